/* SPDX-License-Identifier: Apache-2.0 */
/*
 * root: a directory taken for the root of a machine: paths are looked up below it as that machine's kernel would, with
 * links, absolute ones too, resolved inside it; ".." does not leave it.
 *
 * The path is walked part by part over directory descriptors, and ".." goes back to the descriptor that was come from. So
 * neither a link nor a rename meanwhile leads out; the walk knows the path without links; and it is the same on every
 * kernel and in the sandbox, which openat2(2) is not (os/sandbox.h). Links of /proc that are no paths are not followed.
 *
 * Ownership: a root and a spot own descriptors. Errors: negative errno, the message without the path; EPERM is told as
 * -EACCES. Threads: no shared state. Source: path_resolution(7), openat(2).
 */
#ifndef BW_OS_ROOT_H
#define BW_OS_ROOT_H

#include <limits.h>

#include "os/fs.h"

struct bw_error;

struct bw_root {
        int fd; /* -1 = closed */
        /*
         * May be NULL. Whether a regular file stands for a link, with the target as its text: what is left of links where
         * files were copied by a program that makes none. path: without links.
         */
        bool (*is_link)(const void *userdata, struct bw_str path);
        const void *userdata;
};
#define BW_ROOT_CLOSED ((struct bw_root){.fd = -1})

/* dirfd may be AT_FDCWD. */
BW_CHECK int bw_root_open(int dirfd, const char *path, struct bw_root *ret, struct bw_error *reterr);
void bw_root_close(struct bw_root *root);

/* What a path leads to. */
struct bw_spot {
        int dirfd;           /* the directory that it is in */
        const char *name;    /* in it: in path, or "." */
        enum bw_fs_kind kind;
        uint32_t mode;       /* permission bits, 07777 */
        uint32_t uid;
        uint32_t gid;
        uint64_t size;
        uint64_t dev;
        uint64_t ino;
        int64_t mtime;       /* unix seconds */
        size_t path_n;
        char path[PATH_MAX]; /* without links, "/" is the root; ended by a zero byte */
        bool owns_dirfd;     /* private */
        bool is_link_text;   /* private: a file that stands for a link */
};
/* flags: BW_FS_NOFOLLOW stops at a link that is the last part. */
BW_CHECK int bw_root_find(const struct bw_root *root, const char *path, unsigned flags, struct bw_spot *ret,
                          struct bw_error *reterr);
void bw_spot_done(struct bw_spot *spot);

/* Opens what was found for reading: a regular file, or a directory. -EISDIR, -EINVAL for what is not; -EAGAIN when
 * something else has taken its place. */
BW_CHECK int bw_spot_open(const struct bw_spot *spot, struct bw_file *ret, struct bw_error *reterr);
BW_CHECK int bw_spot_open_dir(const struct bw_spot *spot, struct bw_file *ret, struct bw_error *reterr);
/* Where a link points to, as it is written. -EINVAL: no link. */
BW_CHECK int bw_spot_link(const struct bw_spot *spot, char *to, size_t size, size_t *ret_n, struct bw_error *reterr);

#endif
