/* SPDX-License-Identifier: Apache-2.0 */
#include "os/root.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/limits.h"

static int fail(struct bw_error *reterr, int code)
{
        if (code == EPERM)
                code = EACCES;
        return bw_error_set(reterr, -code, "%s", bw_errno_text(code));
}

int bw_root_open(int dirfd, const char *path, struct bw_root *ret, struct bw_error *reterr)
{
        int fd;

        if (bw_fault(BW_FAULT_OPEN))
                return fail(reterr, EIO);
        fd = openat(dirfd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return fail(reterr, errno);
        *ret = (struct bw_root){.fd = fd};
        return 0;
}

void bw_root_close(struct bw_root *root)
{
        if (root->fd >= 0)
                (void)close(root->fd);
        root->fd = -1;
}

/* The directories that lead to where the walk stands, and what is left of the path. */
struct walk {
        int fds[BW_LIMIT_HOST_DEPTH + 1]; /* fds[0] is the root's, borrowed */
        size_t ends[BW_LIMIT_HOST_DEPTH + 1]; /* of their paths */
        size_t depth;
        unsigned links;
        const struct bw_root *root;
        struct bw_spot *spot; /* its path grows */
        size_t rest_n;
        char rest[PATH_MAX];
};

static void walk_done(struct walk *w)
{
        for (; w->depth; w->depth--)
                (void)close(w->fds[w->depth]);
}

static void leave_dir(struct walk *w)
{
        if (w->depth)
                (void)close(w->fds[w->depth--]);
        w->spot->path_n = w->ends[w->depth];
}

static int append_name(struct bw_spot *spot, const char *name, size_t n)
{
        if (spot->path_n + n + 2 > sizeof(spot->path))
                return -ENAMETOOLONG;
        spot->path[spot->path_n++] = '/';
        memcpy(spot->path + spot->path_n, name, n);
        spot->path_n += n;
        spot->path[spot->path_n] = '\0';
        return 0;
}

/* The text of a regular file that stands for a link. */
static ssize_t read_link_text(int dirfd, const char *name, char *to, size_t size)
{
        int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, to, size);

        if (fd >= 0)
                (void)close(fd);
        while (n > 0 && to[n - 1] == '\n')
                n--;
        return n;
}

static bool is_link_text(const struct walk *w, const char *name)
{
        char path[PATH_MAX + NAME_MAX];
        int n;

        if (!w->root->is_link)
                return false;
        n = snprintf(path, sizeof(path), "%.*s/%s", (int)w->spot->path_n, w->spot->path, name);
        return w->root->is_link(w->root->userdata, bw_str_n(path, (size_t)n));
}

/* Puts the link's target in place of its name, which stands at the beginning of the rest and is n bytes long. */
static int follow(struct walk *w, const char *name, size_t n)
{
        char target[PATH_MAX];
        ssize_t got = readlinkat(w->fds[w->depth], name, target, sizeof(target));
        size_t t;

        if (got < 0 && errno == EINVAL && is_link_text(w, name)) {
                got = read_link_text(w->fds[w->depth], name, target, sizeof(target));
                if (got < 0)
                        return -errno;
        }
        if (got < 0)
                return errno == EINVAL ? -ENOTDIR : -errno;
        t = (size_t)got;
        if (t == 0)
                return -ENOENT;
        if (++w->links > BW_LIMIT_HOST_LINKS)
                return -ELOOP;
        if (t + (w->rest_n - n) + 1 > sizeof(w->rest))
                return -ENAMETOOLONG;
        memmove(w->rest + t, w->rest + n, w->rest_n - n);
        memcpy(w->rest, target, t);
        w->rest_n += t - n;
        if (target[0] == '/')
                while (w->depth)
                        leave_dir(w);
        return 0;
}

static int enter_dir(struct walk *w, const char *name, size_t n)
{
        int fd;
        int r;

        if (w->depth == BW_LIMIT_HOST_DEPTH)
                return -ENAMETOOLONG;
        fd = openat(w->fds[w->depth], name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = append_name(w->spot, name, n);
        if (r < 0) {
                (void)close(fd);
                return r;
        }
        w->fds[++w->depth] = fd;
        w->ends[w->depth] = w->spot->path_n;
        return 0;
}

static void drop(struct walk *w, size_t n)
{
        memmove(w->rest, w->rest + n, w->rest_n - n);
        w->rest_n -= n;
}

static void fill(struct bw_spot *spot, const struct stat *st)
{
        static const struct {
                mode_t type;
                enum bw_fs_kind kind;
        } kinds[] = {{S_IFREG, BW_FS_FILE}, {S_IFDIR, BW_FS_DIR},     {S_IFLNK, BW_FS_LINK},
                     {S_IFIFO, BW_FS_FIFO}, {S_IFSOCK, BW_FS_SOCKET}, {0, BW_FS_DEVICE}};
        size_t i = 0;

        while (kinds[i].type && kinds[i].type != (st->st_mode & S_IFMT))
                i++;
        spot->kind = kinds[i].kind;
        spot->mode = st->st_mode & 07777;
        spot->uid = st->st_uid;
        spot->gid = st->st_gid;
        spot->size = st->st_size > 0 ? (uint64_t)st->st_size : 0;
        spot->dev = st->st_dev;
        spot->ino = st->st_ino;
        spot->mtime = st->st_mtime;
}

/* The spot is the directory where the walk stands, or `name` in it. */
static int arrive(struct walk *w, const char *name, const struct stat *st)
{
        struct bw_spot *spot = w->spot;

        fill(spot, st);
        if (name) {
                size_t n = strlen(name);
                int r = append_name(spot, name, n);

                if (r < 0)
                        return r;
                spot->name = spot->path + spot->path_n - n;
        } else {
                spot->name = ".";
                if (spot->path_n == 0) {
                        spot->path[spot->path_n++] = '/';
                        spot->path[spot->path_n] = '\0';
                }
        }
        spot->dirfd = w->fds[w->depth];
        spot->owns_dirfd = w->depth > 0;
        if (w->depth)
                w->depth--; /* it is the spot's now */
        return 1;
}

/* The first name of the rest; false when there is none. */
static bool next_name(struct walk *w, char *name, size_t size, size_t *ret_n)
{
        size_t n = 0;

        while (n < w->rest_n && w->rest[n] == '/')
                n++;
        drop(w, n);
        for (n = 0; n < w->rest_n && w->rest[n] != '/';)
                n++;
        if (n >= size) {
                *ret_n = n;
                return true;
        }
        memcpy(name, w->rest, n);
        name[n] = '\0';
        *ret_n = n;
        return n > 0;
}

/* One part of the path. 1: arrived; 0: go on. */
static int step(struct walk *w, unsigned flags)
{
        char name[NAME_MAX + 1];
        struct stat st;
        bool is_text;
        size_t n;
        int r;

        if (!next_name(w, name, sizeof(name), &n))
                return fstat(w->fds[w->depth], &st) < 0 ? -errno : arrive(w, NULL, &st);
        if (n >= sizeof(name))
                return -ENAMETOOLONG;
        if (n <= 2 && memcmp(name, "..", n) == 0) {
                drop(w, n);
                if (n == 2)
                        leave_dir(w);
                return 0;
        }
        if (n < w->rest_n) { /* a slash follows: it must be a directory */
                r = enter_dir(w, name, n);
                if (r == -ENOTDIR || r == -ELOOP)
                        return follow(w, name, n);
                if (r == 0)
                        drop(w, n);
                return r;
        }
        if (fstatat(w->fds[w->depth], name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return -errno;
        is_text = S_ISREG(st.st_mode) && is_link_text(w, name);
        if ((S_ISLNK(st.st_mode) || is_text) && !(flags & BW_FS_NOFOLLOW)) {
                r = follow(w, name, n);
                return r == -ENOTDIR ? 0 : r; /* no link any more: look again */
        }
        r = arrive(w, name, &st);
        if (r > 0 && is_text) {
                w->spot->kind = BW_FS_LINK;
                w->spot->is_link_text = true;
        }
        return r;
}

int bw_root_find(const struct bw_root *root, const char *path, unsigned flags, struct bw_spot *ret,
                 struct bw_error *reterr)
{
        struct walk w;
        int r = 0;

        if (bw_fault(BW_FAULT_OPEN))
                return fail(reterr, EIO);
        w.rest_n = strlen(path);
        if (w.rest_n == 0)
                return fail(reterr, ENOENT);
        if (w.rest_n >= sizeof(w.rest))
                return fail(reterr, ENAMETOOLONG);
        memcpy(w.rest, path, w.rest_n);
        w.fds[0] = root->fd;
        w.ends[0] = 0;
        w.depth = 0;
        w.links = 0;
        w.root = root;
        w.spot = ret;
        ret->is_link_text = false;
        ret->path_n = 0;
        ret->path[0] = '\0';
        /* Each step uses up a name, follows one of a limited number of links, or looks again at what was one. */
        for (unsigned steps = 0; r == 0; steps++)
                r = steps > PATH_MAX * (BW_LIMIT_HOST_LINKS + 1) ? -ELOOP : step(&w, flags);
        walk_done(&w);
        return r < 0 ? fail(reterr, -r) : 0;
}

void bw_spot_done(struct bw_spot *spot)
{
        if (spot->owns_dirfd && spot->dirfd >= 0)
                (void)close(spot->dirfd);
        spot->dirfd = -1;
        spot->owns_dirfd = false;
}

/* By kind; NULL: it is read. */
static const char *const refusals[] = {
        [BW_FS_FILE] = NULL,
        [BW_FS_DIR] = "is a directory, not a file",
        [BW_FS_LINK] = "is a symbolic link, not a file",
        [BW_FS_FIFO] = "is a named pipe, not a regular file: it is not read",
        [BW_FS_PIPE] = "is a pipe, not a regular file: it is not read",
        [BW_FS_SOCKET] = "is a socket, not a regular file: it is not read",
        [BW_FS_DEVICE] = "is a device, not a regular file: it is not read",
        [BW_FS_UNKNOWN] = "is not a regular file: it is not read",
};

static int open_checked(const struct bw_spot *spot, int flags, struct bw_file *ret, struct bw_error *reterr)
{
        struct stat st;
        int fd;

        if (bw_fault(BW_FAULT_OPEN))
                return fail(reterr, EIO);
        do {
                /* O_NONBLOCK: should a FIFO have taken its place, opening it must not wait. */
                fd = openat(spot->dirfd, spot->name,
                            flags | O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        } while (fd < 0 && errno == EINTR);
        if (fd < 0)
                return fail(reterr, errno);
        if (fstat(fd, &st) < 0 || st.st_dev != spot->dev || st.st_ino != spot->ino) {
                (void)close(fd);
                return bw_error_set(reterr, -EAGAIN, "was replaced while it was opened");
        }
        *ret = (struct bw_file){
                .fd = fd,
                .stat = {.kind = spot->kind, .size = spot->size, .dev = spot->dev, .ino = spot->ino},
        };
        return 0;
}

int bw_spot_open(const struct bw_spot *spot, struct bw_file *ret, struct bw_error *reterr)
{
        if (refusals[spot->kind])
                return bw_error_set(reterr, spot->kind == BW_FS_DIR ? -EISDIR : -EINVAL, "%s", refusals[spot->kind]);
        return open_checked(spot, 0, ret, reterr);
}

int bw_spot_open_dir(const struct bw_spot *spot, struct bw_file *ret, struct bw_error *reterr)
{
        if (spot->kind != BW_FS_DIR)
                return bw_error_set(reterr, -ENOTDIR, "is not a directory");
        return open_checked(spot, O_DIRECTORY, ret, reterr);
}

int bw_spot_link(const struct bw_spot *spot, char *to, size_t size, size_t *ret_n, struct bw_error *reterr)
{
        ssize_t n;

        if (spot->kind != BW_FS_LINK)
                return bw_error_set(reterr, -EINVAL, "is not a symbolic link");
        n = spot->is_link_text ? read_link_text(spot->dirfd, spot->name, to, size)
                               : readlinkat(spot->dirfd, spot->name, to, size);
        if (n < 0)
                return fail(reterr, errno);
        if ((size_t)n >= size)
                return fail(reterr, ENAMETOOLONG);
        *ret_n = (size_t)n;
        return 0;
}
