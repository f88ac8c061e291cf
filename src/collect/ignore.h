/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ignore: the patterns of one ignore file, in gitignore's syntax: '#', '!', '/' at the start, the end and between, '*',
 * '?', '**', [classes], '\' and blanks at the end. The last pattern that matches decides.
 * Ownership: an ignore owns its patterns; it borrows nothing. Patterns and paths are bytes.
 * Effort: matching takes at most pattern × path steps, whatever the two are; limits are BW_LIMIT_IGNORE_*.
 * Threads: read-only after parsing.
 * Source: gitignore(5), and git's own answers where that page is silent.
 */
#ifndef BW_COLLECT_IGNORE_H
#define BW_COLLECT_IGNORE_H

#include "base/base.h"

struct bw_error;
struct bw_ignore;

enum bw_ignored {
        BW_IGNORE_SILENT, /* no pattern matches: an ignore file further up decides */
        BW_IGNORE_SKIP,
        BW_IGNORE_KEEP, /* '!' */
};

/* -E2BIG past a limit (with the line), -ENOMEM. Every other text is valid; a malformed pattern matches nothing. */
BW_CHECK int bw_ignore_parse(struct bw_str text, struct bw_ignore **ret_ignore, struct bw_error *reterr);
void bw_ignore_free(struct bw_ignore *ignore);
BW_DEFINE_AUTO(struct bw_ignore *, bw_ignore_free);

/* path: relative to the folder of the ignore file, '/' between parts, none at either end. */
enum bw_ignored bw_ignore_match(const struct bw_ignore *ignore, struct bw_str path, bool is_dir);

#endif
