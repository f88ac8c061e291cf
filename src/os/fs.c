/* SPDX-License-Identifier: Apache-2.0 */
#include "os/fs.h"

#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"

#define POLL_MS 100 /* how long a waiting read may take to see that it is cancelled */

static const struct {
        int code;
        const char *text;
} errno_texts[] = {
        {ENOENT, "does not exist"},
        {EACCES, "permission denied: run as a user who may read it"},
        {EPERM, "operation not permitted"},
        {ENOTDIR, "a part of the path is not a directory"},
        {EISDIR, "is a directory"},
        {ELOOP, "too many symbolic links, or a link where none is followed"},
        {ENAMETOOLONG, "the name is too long"},
        {EMFILE, "too many open files: raise the limit (ulimit -n)"},
        {ENFILE, "the system has too many open files"},
        {ENOMEM, "out of memory"},
        {EIO, "the device failed to read it (input/output error)"},
        {ENXIO, "nothing stands behind this device or socket"},
        {ENODEV, "nothing stands behind this device"},
        {ESTALE, "the network file is gone (stale handle)"},
        {EBADF, "is closed, or not open for reading"},
        {EINTR, "interrupted"},
        {EINVAL, "is not a file that can be read"},
};

const char *bw_errno_text(int code)
{
        if (code < 0)
                code = -code;
        for (size_t i = 0; i < BW_ARRAY_SIZE(errno_texts); i++)
                if (errno_texts[i].code == code)
                        return errno_texts[i].text;
        return "the operating system refused";
}

static int os_error(struct bw_error *reterr, const char *what, int code)
{
        return bw_error_set(reterr, -code, "%s: %s (errno %d)", what, bw_errno_text(code), code);
}

/* The common errors need no number and no verb: "does not exist". */
static int path_error(struct bw_error *reterr, int code)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(errno_texts); i++)
                if (errno_texts[i].code == code)
                        return bw_error_set(reterr, -code, "%s", errno_texts[i].text);
        return os_error(reterr, "cannot be opened", code);
}

static enum bw_fs_kind kind_of(mode_t mode)
{
        switch (mode & S_IFMT) {
        case S_IFREG:
                return BW_FS_FILE;
        case S_IFDIR:
                return BW_FS_DIR;
        case S_IFLNK:
                return BW_FS_LINK;
        case S_IFIFO:
                return BW_FS_FIFO;
        case S_IFSOCK:
                return BW_FS_SOCKET;
        default:
                return BW_FS_DEVICE;
        }
}

static struct bw_fs_stat stat_of(const struct stat *st)
{
        enum bw_fs_kind kind = kind_of(st->st_mode);

        return (struct bw_fs_stat){
                .kind = kind,
                .mode = st->st_mode & 07777,
                .size = kind == BW_FS_FILE && st->st_size > 0 ? (uint64_t)st->st_size : 0,
                .dev = st->st_dev,
                .ino = st->st_ino,
        };
}

int bw_fs_stat(int dirfd, const char *path, unsigned flags, struct bw_fs_stat *ret_stat, struct bw_error *reterr)
{
        struct stat st;
        struct statfs fs;

        if (bw_fault(BW_FAULT_OPEN))
                return path_error(reterr, EIO);
        if (fstatat(dirfd, path, &st, flags & BW_FS_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0) < 0)
                return path_error(reterr, errno);
        *ret_stat = stat_of(&st);
        if (ret_stat->kind == BW_FS_FIFO && dirfd == AT_FDCWD && statfs(path, &fs) == 0 && fs.f_type == PIPEFS_MAGIC)
                ret_stat->kind = BW_FS_PIPE;
        return 0;
}

/* By kind; NULL: it is read. A FIFO may wait for ever, a device may act when opened. */
static const char *const refusals[] = {
        [BW_FS_FILE] = NULL,
        [BW_FS_DIR] = "is a directory",
        [BW_FS_LINK] = "is a symbolic link, and links are not followed here",
        [BW_FS_FIFO] = "is a named pipe, which may never begin or end: give its bytes on standard input (- < PATH)",
        [BW_FS_PIPE] = "is a pipe: give its bytes on standard input (-)",
        [BW_FS_SOCKET] = "is a socket: only files, directories and standard input (-) are read",
        [BW_FS_DEVICE] = "is a device: only files, directories and standard input (-) are read",
        [BW_FS_UNKNOWN] = NULL, /* opening it will tell */
};

int bw_fs_refusal(enum bw_fs_kind kind, unsigned flags, struct bw_error *reterr)
{
        if (!refusals[kind] || (kind == BW_FS_PIPE && flags & BW_FS_STREAMS))
                return 0;
        return bw_error_set(reterr, kind == BW_FS_DIR ? -EISDIR : -EINVAL, "%s", refusals[kind]);
}

/* Completes a file just opened: what it is, by its descriptor, so that no later change of the path matters. */
static int examine(int fd, struct bw_fs_stat *ret_stat, struct bw_error *reterr)
{
        struct stat st;
        struct statfs fs;

        if (fstat(fd, &st) < 0)
                return path_error(reterr, errno);
        *ret_stat = stat_of(&st);
        if (ret_stat->kind == BW_FS_FIFO && fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC)
                ret_stat->kind = BW_FS_PIPE;
        return 0;
}

static int open_retry(int dirfd, const char *path, int flags)
{
        int fd;

        do {
                fd = openat(dirfd, path, flags | O_RDONLY | O_CLOEXEC | O_NOCTTY);
        } while (fd < 0 && errno == EINTR);
        return fd;
}

int bw_fs_open(int dirfd, const char *path, unsigned flags, struct bw_file *ret_file, struct bw_error *reterr)
{
        struct bw_file file = BW_FILE_CLOSED;
        int r;

        if (bw_fault(BW_FAULT_OPEN))
                return path_error(reterr, EIO);
        /* O_NONBLOCK: opening a FIFO without a writer, or a device, must not wait. It means nothing to regular files.
         */
        file.fd = open_retry(dirfd, path, O_NONBLOCK | (flags & BW_FS_NOFOLLOW ? O_NOFOLLOW : 0));
        if (file.fd < 0)
                return path_error(reterr, errno);
        r = examine(file.fd, &file.stat, reterr);
        if (r == 0)
                r = bw_fs_refusal(file.stat.kind, flags, reterr);
        if (r < 0) {
                bw_file_close(&file);
                return r;
        }
        *ret_file = file;
        return 0;
}

int bw_fs_open_dir(int dirfd, const char *path, unsigned flags, struct bw_file *ret_dir, struct bw_error *reterr)
{
        struct bw_file dir = BW_FILE_CLOSED;
        int r;

        if (bw_fault(BW_FAULT_OPEN))
                return path_error(reterr, EIO);
        dir.fd = open_retry(dirfd, path, O_DIRECTORY | (flags & BW_FS_NOFOLLOW ? O_NOFOLLOW : 0));
        if (dir.fd < 0)
                return path_error(reterr, errno);
        r = examine(dir.fd, &dir.stat, reterr);
        if (r < 0) {
                bw_file_close(&dir);
                return r;
        }
        *ret_dir = dir;
        return 0;
}

int bw_fs_open_fd(int fd, const char *what, struct bw_file *ret_file, struct bw_error *reterr)
{
        struct bw_file file = BW_FILE_CLOSED;
        int r;

        if (bw_fault(BW_FAULT_OPEN))
                return path_error(reterr, EIO);
        file.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (file.fd < 0)
                return bw_error_set(reterr, -errno, "%s is closed", what);
        r = examine(file.fd, &file.stat, reterr);
        if (r == 0 && file.stat.kind == BW_FS_DIR)
                r = bw_error_set(reterr, -EISDIR, "%s is a directory", what);
        if (r < 0) {
                bw_file_close(&file);
                return r;
        }
        *ret_file = file;
        return 0;
}

int bw_fs_open_stdin(struct bw_file *ret_file, struct bw_error *reterr)
{
        return bw_fs_open_fd(STDIN_FILENO, "standard input", ret_file, reterr);
}

void bw_file_close(struct bw_file *file)
{
        if (file->fd >= 0)
                (void)close(file->fd);
        file->fd = -1;
}

/* Waits until a stream has bytes (or its end). */
static int wait_readable(int fd, const atomic_bool *cancel, struct bw_error *reterr)
{
        for (;;) {
                struct pollfd p = {.fd = fd, .events = POLLIN};
                int n;

                if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
                        return bw_error_set(reterr, -EINTR, "interrupted");
                n = poll(&p, 1, POLL_MS);
                if (n > 0)
                        return 0;
                if (n < 0 && errno != EINTR)
                        return os_error(reterr, "cannot be waited for", errno);
        }
}

int bw_file_read(const struct bw_file *file, void *to, size_t n, const atomic_bool *cancel, size_t *ret_n,
                 struct bw_error *reterr)
{
        for (;;) {
                ssize_t got;

                if (bw_fault(BW_FAULT_READ))
                        return os_error(reterr, "cannot be read", EIO);
                if (file->stat.kind != BW_FS_FILE) {
                        int r = wait_readable(file->fd, cancel, reterr);

                        if (r < 0)
                                return r;
                }
                got = read(file->fd, to, n);
                if (got >= 0) {
                        *ret_n = (size_t)got;
                        return 0;
                }
                /* A kernel's file that never ends (/proc/kmsg) counts as a regular one and has no more for now. */
                if (errno != EINTR && (errno != EAGAIN || file->stat.kind == BW_FS_FILE))
                        return os_error(reterr, "cannot be read", errno);
        }
}

int bw_file_read_at(const struct bw_file *file, uint64_t at, void *to, size_t n, struct bw_error *reterr)
{
        char *p = to;

        while (n) {
                ssize_t got;

                if (bw_fault(BW_FAULT_READ))
                        return os_error(reterr, "cannot be read", EIO);
                got = pread(file->fd, p, n, (off_t)at);
                if (got == 0)
                        return bw_error_set(reterr, -EINVAL, "ends earlier than it says");
                if (got < 0 && errno != EINTR)
                        return os_error(reterr, "cannot be read", errno);
                if (got > 0) {
                        p += got;
                        at += (uint64_t)got;
                        n -= (size_t)got;
                }
        }
        return 0;
}

/* The kernel's own path of an open file. False if it has none or it is too long. */
static bool real_path(int fd, char *buf, size_t size, size_t *ret_n)
{
        char link[40];
        ssize_t n;

        (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        n = readlink(link, buf, size);
        if (n <= 0 || (size_t)n >= size || buf[0] != '/')
                return false;
        *ret_n = (size_t)n;
        return true;
}

bool bw_fs_is_beneath(int dirfd, const char *path, const struct bw_file *root)
{
        char a[PATH_MAX];
        char b[PATH_MAX];
        size_t a_n;
        size_t b_n;
        bool known;
        int fd = open_retry(dirfd, path, O_PATH);

        if (fd < 0)
                return false;
        known = real_path(fd, a, sizeof(a), &a_n) && real_path(root->fd, b, sizeof(b), &b_n);
        (void)close(fd);
        if (!known)
                return false;
        if (b_n == 1)
                return true; /* the root of the file system */
        return a_n >= b_n && memcmp(a, b, b_n) == 0 && (a_n == b_n || a[b_n] == '/');
}
