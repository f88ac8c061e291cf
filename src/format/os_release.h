/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os_release: what an operating system says of itself: assignments as a shell reads them, of which the last one of a name
 * counts.
 * Ownership: texts live in the arena. Errors: lines that are no assignments are passed over, as every reader of the file
 * does; -ENOMEM. Threads: pure.
 * Source: os-release(5).
 */
#ifndef BW_FORMAT_OS_RELEASE_H
#define BW_FORMAT_OS_RELEASE_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_os_release {
        struct bw_str id;          /* "linux" when the file does not say it */
        struct bw_str id_like;
        struct bw_str name;
        struct bw_str pretty_name;
        struct bw_str version;
        struct bw_str version_id;
        struct bw_str version_codename;
        struct bw_str variant_id;
        struct bw_str build_id;
        struct bw_str image_id;
        struct bw_str image_version;
        struct bw_str support_end; /* "2028-06-30" */
};

BW_CHECK int bw_os_release_read(struct bw_arena *arena, struct bw_str text, struct bw_os_release *ret,
                                struct bw_error *reterr);

/*
 * One line of such a file ("KEY=value", quotes and backslashes taken away) into key and value, the latter in the arena.
 * 1: it is one; 0: an empty line, a comment or something else; -ENOMEM.
 */
BW_CHECK int bw_shell_assignment(struct bw_arena *arena, struct bw_str line, struct bw_str *ret_key,
                                 struct bw_str *ret_value, struct bw_error *reterr);

#endif
