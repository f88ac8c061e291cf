/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs: files and directories by directory descriptor and path, opened so that nothing can hang or mislead: a FIFO,
 * socket or device is told before a byte is read, nothing is created or written, every descriptor closes on exec.
 * Ownership: a struct bw_file owns its descriptor (bw_file_close); a listing owns its names (bw_listing_done).
 * Errors: negative errno; the message says what is wrong and what to do, without the file's name, which the caller adds
 *         (bw_error_in_file).
 * Threads: no shared state; one file, one thread at a time.
 * Source: open(2), getdents(2), path_resolution(7).
 */
#ifndef BW_OS_FS_H
#define BW_OS_FS_H

#include <fcntl.h>
#include <stdatomic.h>

#include "base/base.h"

struct bw_error;

enum bw_fs_kind {
        BW_FS_FILE,
        BW_FS_DIR,
        BW_FS_LINK,   /* only where links are not followed */
        BW_FS_FIFO,   /* a named pipe, in the file system */
        BW_FS_PIPE,   /* a pipe without a name: standard input, a shell's <(command) */
        BW_FS_SOCKET,
        BW_FS_DEVICE,
        BW_FS_UNKNOWN, /* a listing's entry of which the file system did not say what it is */
};

struct bw_fs_stat {
        enum bw_fs_kind kind;
        uint32_t mode;  /* permissions: 0644 */
        uint64_t size;  /* bytes, of a regular file; else 0 */
        uint64_t dev;   /* dev and ino name one file on this machine */
        uint64_t ino;
};

struct bw_file {
        int fd; /* -1 = closed */
        struct bw_fs_stat stat;
};
#define BW_FILE_CLOSED ((struct bw_file){.fd = -1})

enum bw_fs_flags {
        BW_FS_NOFOLLOW = 1 << 0, /* a link as the last part of the path is refused: -ELOOP */
        BW_FS_STREAMS = 1 << 1,  /* a pipe without a name will do as well as a regular file */
};

/* dirfd may be AT_FDCWD. */
BW_CHECK int bw_fs_stat(int dirfd, const char *path, unsigned flags, struct bw_fs_stat *ret_stat,
                        struct bw_error *reterr);

/* Opens a regular file for reading. -EINVAL with a message for any other kind. */
BW_CHECK int bw_fs_open(int dirfd, const char *path, unsigned flags, struct bw_file *ret_file, struct bw_error *reterr);
BW_CHECK int bw_fs_open_dir(int dirfd, const char *path, unsigned flags, struct bw_file *ret_dir,
                            struct bw_error *reterr);
/* A descriptor of its own on what fd is open on, whatever that is; what: its name in messages. */
BW_CHECK int bw_fs_open_fd(int fd, const char *what, struct bw_file *ret_file, struct bw_error *reterr);
BW_CHECK int bw_fs_open_stdin(struct bw_file *ret_file, struct bw_error *reterr);
void bw_file_close(struct bw_file *file);
/* Why a kind of file is not read: -EINVAL or -EISDIR; 0 if it is. To ask before opening: opening a device may act. */
BW_CHECK int bw_fs_refusal(enum bw_fs_kind kind, unsigned flags, struct bw_error *reterr);

/*
 * Reads up to n bytes; *ret_n is 0 only at the end of the file. Waiting for a pipe or terminal ends with -EINTR when
 * *cancel (may be NULL) becomes true.
 */
BW_CHECK int bw_file_read(const struct bw_file *file, void *to, size_t n, const atomic_bool *cancel, size_t *ret_n,
                          struct bw_error *reterr);
/* Exactly n bytes at an offset of a regular file, for databases that are read page by page. -EINVAL: it ends before. */
BW_CHECK int bw_file_read_at(const struct bw_file *file, uint64_t at, void *to, size_t n, struct bw_error *reterr);
/*
 * True if `path` below `dirfd`, links followed, lies at or below the directory `root` by their real paths. False when
 * that cannot be told. Opens nothing that could act.
 */
bool bw_fs_is_beneath(int dirfd, const char *path, const struct bw_file *root);

/* The names in a directory, sorted by bytes, without "." and "..". */
struct bw_listing_entry {
        uint32_t at;     /* of the name in names; a zero byte follows it */
        uint16_t length;
        uint16_t kind;   /* enum bw_fs_kind */
};
struct bw_listing {
        char *names;
        struct bw_listing_entry *entries;
        size_t n_entries;
        size_t names_n, names_cap, entries_cap; /* private */
};
/* max_entries: -E2BIG beyond. What was read so far is given even on failure: names first, judged later. */
BW_CHECK int bw_fs_list(const struct bw_file *dir, size_t max_entries, struct bw_listing *listing,
                        struct bw_error *reterr);
void bw_listing_done(struct bw_listing *listing);
static inline const char *bw_listing_name(const struct bw_listing *listing, size_t i)
{
        return listing->names + listing->entries[i].at;
}

/* What an errno means for one who gave a path: "does not exist"; with what to do about it where that helps. */
const char *bw_errno_text(int code);

#endif
