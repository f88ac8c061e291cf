/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host: the machine under examination, seen from a root directory: the live one, a mounted image (--root DIR), or a fixture
 * (--root DIR --modes FILE --processes FILE). Whoever asks cannot tell them apart.
 *
 * Paths are absolute, as on the machine. Symbolic links resolve inside the root (os/root.h), absolute ones too; ".."
 * does not leave it. Nothing hangs: FIFOs, sockets and devices are told before a byte is read; nothing is written, and no
 * process is started. Of a fixture the tables are the truth: what the table of modes leaves out is root's, 0644 or 0755;
 * directories that only the table has are there, and empty.
 *
 * A Landlock domain hides other processes (os/process.h): exe, environment and their roots must be asked for before.
 *
 * Ownership: a host owns its descriptors and tables; texts live in the arenas given.
 * Errors: -ENOENT, -EACCES, -ELOOP, -ENOTDIR, -EISDIR, -EINVAL (no regular file), -E2BIG (larger than asked for) are told apart,
 *         since absent, unreadable and broken are different facts. The message says what is wrong without the path.
 * Threads: one host, one thread.
 * Source: path_resolution(7), proc(5); the fixture form: docs/node.md.
 */
#ifndef BW_HOST_HOST_H
#define BW_HOST_HOST_H

#include "os/fs.h"

struct bw_arena;
struct bw_error;
struct bw_host;

struct bw_host_options {
        const char *root;      /* NULL: "/" */
        const char *modes;     /* fixture: path, mode, uid, gid; NULL: what the file system says */
        const char *processes; /* fixture: table of processes; NULL: the root's /proc if the kernel's is mounted there, else
                                  there are none to see */
};

BW_CHECK int bw_host_open(const struct bw_host_options *options, struct bw_host **ret, struct bw_error *reterr);
void bw_host_close(struct bw_host *host);
BW_DEFINE_AUTO(struct bw_host *, bw_host_close);

/* The machine that this program runs on: its kernel, network and processes can be asked. */
bool bw_host_is_live(const struct bw_host *host);
/* False: nobody can say what runs (an image); "not running" must not be concluded. */
bool bw_host_knows_processes(const struct bw_host *host);
/* What reports call it: the examined /etc/hostname, else "node". */
struct bw_str bw_host_name(const struct bw_host *host);

struct bw_host_stat {
        enum bw_fs_kind kind;
        uint32_t mode;   /* permission bits, 07777 */
        uint32_t uid;
        uint32_t gid;
        uint64_t size;
        uint64_t dev;
        uint64_t ino;
        int64_t mtime;   /* unix seconds */
};
/* flags: BW_FS_NOFOLLOW tells of the link itself. */
BW_CHECK int bw_host_stat(struct bw_host *host, const char *path, unsigned flags, struct bw_host_stat *ret,
                          struct bw_error *reterr);
/* The path without links, on the examined machine. */
BW_CHECK int bw_host_real(struct bw_host *host, struct bw_arena *arena, const char *path, struct bw_str *ret,
                          struct bw_error *reterr);
/* A whole regular file of at most `most` bytes, ended by a zero byte that is not counted. */
BW_CHECK int bw_host_read(struct bw_host *host, struct bw_arena *arena, const char *path, size_t most,
                          struct bw_str *ret, struct bw_error *reterr);
/* The file for reading piece by piece (binaries, databases): bw_file_read(), bw_file_close(). */
BW_CHECK int bw_host_open_file(struct bw_host *host, const char *path, struct bw_file *ret, struct bw_error *reterr);
/* Sorted names; bw_listing_done(). */
BW_CHECK int bw_host_list(struct bw_host *host, const char *path, size_t most, struct bw_listing *listing,
                          struct bw_error *reterr);
bool bw_host_exists(struct bw_host *host, const char *path);
/* Where a link points to, as it is written. -EINVAL: no link. */
BW_CHECK int bw_host_link(struct bw_host *host, struct bw_arena *arena, const char *path, struct bw_str *ret,
                          struct bw_error *reterr);

/*
 * Who can get at a file, directories on the way considered: a 0644 file below a 0700 directory of root is within nobody's
 * reach. closed_by: the directory (in the arena) that keeps others out; empty when none does.
 */
struct bw_host_reach {
        bool group;              /* the file's group, by its bits and by those of the directories */
        bool others;
        struct bw_str closed_by;
        /* The first directory on the way in which somebody besides root and the file's owner may replace what lies there,
         * whatever the file's own mode; empty when there is none. Sticky ones do not count. */
        struct bw_str opened_by;
        struct bw_str opened_to; /* "everybody", "user 1000", "group 1001" */
};
BW_CHECK int bw_host_reach(struct bw_host *host, struct bw_arena *arena, const char *path, struct bw_host_reach *ret,
                           struct bw_error *reterr);

/* Names of ids by the examined root's /etc/passwd and /etc/group; empty when they have none. */
struct bw_str bw_host_user(struct bw_host *host, uint32_t uid);
struct bw_str bw_host_group(struct bw_host *host, uint32_t gid);
/* The id of a name. False: there is no such name. */
bool bw_host_uid(struct bw_host *host, struct bw_str name, uint32_t *ret);
bool bw_host_gid(struct bw_host *host, struct bw_str name, uint32_t *ret);

struct bw_process {
        uint32_t pid;
        uint32_t ppid;
        uint32_t uid;            /* effective */
        struct bw_str comm;
        struct bw_str exe;       /* path of the program, " (deleted)" taken off; empty: a kernel thread, or not allowed */
        bool exe_is_refused;     /* not allowed: another user's process, and no CAP_SYS_PTRACE */
        int64_t started;         /* unix seconds; 0: unknown */
        struct bw_str cgroup;    /* of the unified hierarchy, else of the first controller's */
        const struct bw_str *args; /* with args[0] */
        size_t n_args;
        bool args_cut;           /* longer than BW_LIMIT_PROCESS_ARGS */
};
/*
 * Every process, one after the other; texts live until each returns. wanted: asked first, with pid and exe alone (and,
 * where exe is refused, ppid, uid and comm), since what is not wanted then costs next to nothing; NULL: all. A process that
 * ends meanwhile is left out.
 */
BW_CHECK int bw_host_processes(struct bw_host *host, bool (*wanted)(void *userdata, const struct bw_process *process),
                               int (*each)(void *userdata, const struct bw_process *process), void *userdata,
                               struct bw_error *reterr);
/* The process's environment: "A=b" texts in the arena. -EACCES, -ENOENT. */
BW_CHECK int bw_host_environment(struct bw_host *host, struct bw_arena *arena, uint32_t pid, const struct bw_str **ret,
                                 size_t *ret_n, struct bw_error *reterr);
/*
 * A file as the process sees it (/proc/PID/root, its own mounts), for configuration that a container names. A fixture or
 * image has no other view than the root: the file there.
 */
BW_CHECK int bw_host_read_as(struct bw_host *host, uint32_t pid, struct bw_arena *arena, const char *path, size_t most,
                             struct bw_str *ret, struct bw_error *reterr);

/*
 * What a systemd unit ("k3s") has written since a time (its process's start; 0: ever), a line for each message, at most
 * BW_LIMIT_HOST_JOURNAL bytes. Of a fixture: journal-UNIT.txt beside the table of processes. -ENOENT: there is no journal, or
 * nothing of the unit in it. Live it loads a library, which must be done before the sandbox is entered.
 */
BW_CHECK int bw_host_journal(struct bw_host *host, struct bw_arena *arena, const char *unit, int64_t since,
                             struct bw_str *ret, struct bw_error *reterr);

/*
 * The inode of every socket that a process has open (BW_LIMIT_OPEN_FILES); each may end it with a number other than 0, which
 * is given on. -ENOENT: it has ended, or this is no running machine; -EACCES.
 */
BW_CHECK int bw_host_sockets(struct bw_host *host, uint32_t pid, int (*each)(void *userdata, uint64_t inode), void *userdata,
                             struct bw_error *reterr);
/*
 * A file beside a fixture's table of processes ("listeners.tsv"), of at most `most` bytes. -ENOENT: there is none, or this
 * is no fixture.
 */
BW_CHECK int bw_host_beside(struct bw_host *host, struct bw_arena *arena, const char *name, size_t most, struct bw_str *ret,
                            struct bw_error *reterr);

/* What was refused for want of rights, so that a report can say it once: number of files, and the first path. */
size_t bw_host_refused(const struct bw_host *host, struct bw_str *ret_first);

#endif
