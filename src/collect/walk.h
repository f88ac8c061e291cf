/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk: from the paths that a user names to the files to read, one by one, in an order that depends on names only.
 *
 * A path that names a file is read whatever the file's name is. A directory is walked in byte order for *.yaml, *.yml,
 * *.json, *.ndjson, *.jsonl and these with .gz or .zst. Left out without a word: directories whose name begins with a
 * dot (".git", a ConfigMap volume's "..data") and what .bulwarkignore files say; such a file holds for its folder and
 * all below. Links to files and directories are followed as long as they stay inside the directory that was named.
 * Each directory is entered once.
 *
 * What cannot be read is an entry with an error, and the walk goes on.
 * Ownership: an entry's name and error live until the next call.
 * Threads: one walk, one thread at a time.
 */
#ifndef BW_COLLECT_WALK_H
#define BW_COLLECT_WALK_H

#include <stdatomic.h>

#include "base/error.h"

struct bw_walk;

enum bw_walk_flags {
        BW_WALK_NAMED = 1 << 0, /* named by the user: a pipe will do */
        BW_WALK_LINK = 1 << 1,  /* reached by a link inside the directory */
        BW_WALK_STDIN = 1 << 2,
};

struct bw_walk_entry {
        struct bw_str name;    /* path as the user would write it, zero-terminated; "<stdin>" */
        uint32_t number;       /* place in the run, from 0; errors have one too */
        unsigned flags;
        bool failed;
        struct bw_error error; /* if failed */
};

/* paths are borrowed for the life of the walk. */
BW_CHECK int bw_walk_new(const struct bw_str *paths, size_t n_paths, bool no_ignore, struct bw_walk **ret_walk,
                         struct bw_error *reterr);
void bw_walk_free(struct bw_walk *walk);
BW_DEFINE_AUTO(struct bw_walk *, bw_walk_free);

/* 1: the next entry; 0: no more; -ENOMEM: this entry is lost, the walk may go on. */
BW_CHECK int bw_walk_next(struct bw_walk *walk, struct bw_walk_entry *ret_entry, struct bw_error *reterr);
bool bw_walk_is_done(const struct bw_walk *walk);

#endif
