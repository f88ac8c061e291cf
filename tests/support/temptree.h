/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temptree: a folder of a test's own, with files made by one call each and removed at the end. For tests only.
 * Ownership: the folder lives from temp_begin() to temp_end(). Threads: one.
 */
#ifndef BW_TESTS_SUPPORT_TEMPTREE_H
#define BW_TESTS_SUPPORT_TEMPTREE_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

struct temp {
        char path[64];
        char joined[8][512]; /* temp_path() results, in turn */
        unsigned turn;
};

static inline void temp_begin(struct temp *t)
{
        memset(t, 0, sizeof(*t));
        (void)snprintf(t->path, sizeof(t->path), "%s/bulwark-XXXXXX",
                       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        assert_non_null(mkdtemp(t->path));
}

static inline int temp_remove_one(const char *path, const struct stat *st BW_UNUSED, int type BW_UNUSED,
                                  struct FTW *ftw BW_UNUSED)
{
        return remove(path);
}

/* Gives every directory back its rights first, or what tests took away could not be removed. */
static inline int temp_open_one(const char *path, const struct stat *st BW_UNUSED, int type, struct FTW *ftw BW_UNUSED)
{
        return type == FTW_D || type == FTW_DNR ? chmod(path, 0700) : 0;
}

static inline void temp_end(struct temp *t)
{
        (void)nftw(t->path, temp_open_one, 16, FTW_PHYS);
        (void)nftw(t->path, temp_remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

static inline const char *temp_path(struct temp *t, const char *name)
{
        char *to = t->joined[t->turn++ % BW_ARRAY_SIZE(t->joined)];
        size_t n = strlen(t->path);

        memcpy(to, t->path, n);
        (void)snprintf(to + n, sizeof(t->joined[0]) - n, "%s%s", *name ? "/" : "", name);
        return to;
}

static inline void temp_dir(struct temp *t, const char *name)
{
        assert_int_equal(mkdir(temp_path(t, name), 0755), 0);
}

/* Makes the folders on the way as well. */
static inline void temp_bytes(struct temp *t, const char *name, const void *bytes, size_t n)
{
        char path[512];
        int fd;

        (void)snprintf(path, sizeof(path), "%s", temp_path(t, name));
        for (char *slash = path + strlen(t->path) + 1; (slash = strchr(slash, '/')); slash++) {
                *slash = '\0';
                (void)mkdir(path, 0755);
                *slash = '/';
        }
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, n), (ssize_t)n);
        (void)close(fd);
}

static inline void temp_file(struct temp *t, const char *name, const char *text)
{
        temp_bytes(t, name, text, strlen(text));
}

static inline void temp_link(struct temp *t, const char *name, const char *target)
{
        assert_int_equal(symlink(target, temp_path(t, name)), 0);
}

#endif
