/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process: what the kernel tells of running processes, one at a time: numbers, the program, the texts below /proc/PID.
 * Ownership: a struct bw_procfs owns a descriptor and a block of names (bw_procfs_close). Errors: -ENOENT when the process
 * has ended, -EACCES when it is another user's. Threads: one bw_procfs, one thread.
 * A Landlock domain hides exe, environ and root of processes outside of it, whatever its paths allow: the kernel asks
 * whether this process might trace the other one.
 * Source: proc(5), landlock(7) "Ptrace restrictions".
 */
#ifndef BW_OS_PROCESS_H
#define BW_OS_PROCESS_H

#include "os/root.h"

struct bw_buf;

struct bw_procfs {
        struct bw_file dir;
        size_t at, n; /* private: of the block of names */
        char block[8192] __attribute__((aligned(8)));
};

/* The /proc below root. -ENOENT also when what stands there is not the kernel's (an image's folder). */
BW_CHECK int bw_procfs_open(const struct bw_root *root, struct bw_procfs *ret, struct bw_error *reterr);
void bw_procfs_close(struct bw_procfs *procfs);

/* Begins again with the first process. */
BW_CHECK int bw_procfs_rewind(struct bw_procfs *procfs, struct bw_error *reterr);
/* The next process; *ret_pid is 0 after the last one. */
BW_CHECK int bw_procfs_next(struct bw_procfs *procfs, uint32_t *ret_pid, struct bw_error *reterr);

/*
 * A text of a process, "status", "cmdline", "cgroup", into buf (emptied first), of at most `most` bytes.
 * *ret_is_cut (may be NULL): there was more.
 */
BW_CHECK int bw_procfs_read(const struct bw_procfs *procfs, uint32_t pid, const char *name, size_t most,
                            struct bw_buf *buf, bool *ret_is_cut, struct bw_error *reterr);
/* The program's path as the kernel writes it. -ENOENT: a kernel thread, or it has ended. */
BW_CHECK int bw_procfs_exe(const struct bw_procfs *procfs, uint32_t pid, char *to, size_t size, size_t *ret_n,
                           struct bw_error *reterr);
/* The root directory as the process sees it. */
BW_CHECK int bw_procfs_root(const struct bw_procfs *procfs, uint32_t pid, struct bw_root *ret, struct bw_error *reterr);
/*
 * The inode of every socket that a process has open, among at most `most` descriptors. each may end it with a number other
 * than 0, which is given on. -EACCES: another user's process.
 */
BW_CHECK int bw_procfs_sockets(const struct bw_procfs *procfs, uint32_t pid, size_t most,
                               int (*each)(void *userdata, uint64_t inode), void *userdata, struct bw_error *reterr);

#endif
