/* SPDX-License-Identifier: Apache-2.0 */
#include "os/process.h"

#include <dirent.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fault.h"

#define CHUNK 4096 /* nearly every text of a process fits */

static int fail(struct bw_error *reterr, int code)
{
        if (code == EPERM)
                code = EACCES;
        if (code == ESRCH)
                code = ENOENT;
        return bw_error_set(reterr, -code, "%s", bw_errno_text(code));
}

int bw_procfs_open(const struct bw_root *root, struct bw_procfs *ret, struct bw_error *reterr)
{
        struct bw_spot spot;
        struct statfs fs;
        int r = bw_root_find(root, "/proc", 0, &spot, reterr);

        if (r < 0)
                return r;
        r = bw_spot_open_dir(&spot, &ret->dir, reterr);
        bw_spot_done(&spot);
        if (r < 0)
                return r;
        ret->at = ret->n = 0;
        if (fstatfs(ret->dir.fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
                return 0;
        bw_procfs_close(ret);
        return bw_error_set(reterr, -ENOENT, "no process file system is mounted there");
}

void bw_procfs_close(struct bw_procfs *procfs)
{
        bw_file_close(&procfs->dir);
}

int bw_procfs_rewind(struct bw_procfs *procfs, struct bw_error *reterr)
{
        procfs->at = procfs->n = 0;
        return lseek(procfs->dir.fd, 0, SEEK_SET) < 0 ? fail(reterr, errno) : 0;
}

/* 0: not a process's folder. */
static uint32_t pid_of(const char *name)
{
        uint64_t pid;

        if (name[0] < '1' || name[0] > '9' || bw_str_to_u64(bw_str(name), &pid) < 0 || pid > INT32_MAX)
                return 0;
        return (uint32_t)pid;
}

int bw_procfs_next(struct bw_procfs *procfs, uint32_t *ret_pid, struct bw_error *reterr)
{
        for (;;) {
                ssize_t n;

                while (procfs->at < procfs->n) {
                        const struct dirent64 *e = (const void *)(procfs->block + procfs->at);
                        uint32_t pid = pid_of(e->d_name);

                        procfs->at += e->d_reclen;
                        if (pid) {
                                *ret_pid = pid;
                                return 0;
                        }
                }
                n = bw_fault(BW_FAULT_READ) ? (errno = EIO, -1)
                                            : getdents64(procfs->dir.fd, procfs->block, sizeof(procfs->block));
                if (n < 0)
                        return fail(reterr, errno);
                procfs->at = 0;
                procfs->n = (size_t)n;
                if (n == 0) {
                        *ret_pid = 0;
                        return 0;
                }
        }
}

static const char *path_of(char *to, size_t size, uint32_t pid, const char *name)
{
        (void)snprintf(to, size, "%" PRIu32 "/%s", pid, name);
        return to;
}

/* Until the end, or until there are `most` bytes. */
static int read_all(int fd, size_t most, struct bw_buf *buf, bool *ret_is_cut)
{
        *ret_is_cut = false;
        for (;;) {
                size_t room = BW_MIN((size_t)CHUNK, most + 1 - buf->n);
                char *to = bw_buf_reserve(buf, room);
                ssize_t n;

                if (!to)
                        return -ENOMEM;
                n = bw_fault(BW_FAULT_READ) ? (errno = EIO, -1) : read(fd, to, room);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        return 0;
                bw_buf_commit(buf, (size_t)n);
                if (buf->n > most) {
                        buf->n = most;
                        *ret_is_cut = true;
                        return 0;
                }
        }
}

int bw_procfs_read(const struct bw_procfs *procfs, uint32_t pid, const char *name, size_t most, struct bw_buf *buf,
                   bool *ret_is_cut, struct bw_error *reterr)
{
        char path[48];
        bool is_cut;
        int fd = openat(procfs->dir.fd, path_of(path, sizeof(path), pid, name), O_RDONLY | O_CLOEXEC | O_NOCTTY);
        int r;

        if (fd < 0)
                return fail(reterr, errno);
        bw_buf_clear(buf);
        r = read_all(fd, most, buf, &is_cut);
        (void)close(fd);
        if (r < 0)
                return fail(reterr, -r);
        if (ret_is_cut)
                *ret_is_cut = is_cut;
        return 0;
}

int bw_procfs_exe(const struct bw_procfs *procfs, uint32_t pid, char *to, size_t size, size_t *ret_n,
                  struct bw_error *reterr)
{
        char path[48];
        ssize_t n = readlinkat(procfs->dir.fd, path_of(path, sizeof(path), pid, "exe"), to, size);

        if (n < 0)
                return fail(reterr, errno);
        if ((size_t)n >= size)
                return fail(reterr, ENAMETOOLONG);
        *ret_n = (size_t)n;
        return 0;
}

int bw_procfs_root(const struct bw_procfs *procfs, uint32_t pid, struct bw_root *ret, struct bw_error *reterr)
{
        char path[48];

        return bw_root_open(procfs->dir.fd, path_of(path, sizeof(path), pid, "root"), ret, reterr);
}

/* "socket:[4711]" */
static bool socket_inode(const char *text, size_t n, uint64_t *ret)
{
        static const char before[] = "socket:[";
        const size_t skip = sizeof(before) - 1;

        return n > skip + 1 && memcmp(text, before, skip) == 0 && text[n - 1] == ']' &&
               bw_str_to_u64(bw_str_n(text + skip, n - skip - 1), ret) == 0;
}

static int each_socket(int fd, char *block, size_t n, size_t *left, int (*each)(void *userdata, uint64_t inode),
                       void *userdata)
{
        int r = 0;

        for (size_t at = 0; r == 0 && *left && at < n;) {
                const struct dirent64 *e = (const void *)(block + at);
                char text[64];
                ssize_t length = e->d_name[0] == '.' ? -1 : readlinkat(fd, e->d_name, text, sizeof(text));
                uint64_t inode;

                at += e->d_reclen;
                --*left;
                if (length > 0 && socket_inode(text, (size_t)length, &inode))
                        r = each(userdata, inode);
        }
        return r;
}

int bw_procfs_sockets(const struct bw_procfs *procfs, uint32_t pid, size_t most, int (*each)(void *userdata, uint64_t inode),
                      void *userdata, struct bw_error *reterr)
{
        char path[48];
        char block[4096] __attribute__((aligned(8)));
        int fd = openat(procfs->dir.fd, path_of(path, sizeof(path), pid, "fd"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ssize_t n = 0;
        int r = 0;

        if (fd < 0)
                return fail(reterr, errno);
        while (r == 0 && most && (n = getdents64(fd, block, sizeof(block))) > 0)
                r = each_socket(fd, block, (size_t)n, &most, each, userdata);
        if (r == 0 && n < 0)
                r = fail(reterr, errno);
        (void)close(fd);
        return r;
}
