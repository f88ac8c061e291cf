/* SPDX-License-Identifier: Apache-2.0 */
/*
 * issues: collects what is wrong in one source while a stage goes on.
 * Ownership: messages live in the arena; the collector is a value on the stage's stack. Threads: one stage, one thread.
 */
#ifndef BW_CEL_ISSUES_INTERNAL_H
#define BW_CEL_ISSUES_INTERNAL_H

#include "base/limits.h"
#include "cel/cel.h"

struct issue_note {
        uint32_t offset; /* into the source; UINT32_MAX = the source as a whole */
        struct bw_str message;
};

struct issue_list {
        struct bw_arena *arena;
        struct bw_str source;
        size_t n;
        size_t n_more;
        int oom; /* negative errno when a message could not be kept */
        struct issue_note notes[BW_LIMIT_CEL_ISSUES];
};

#define BW_CEL_WHOLE_SOURCE UINT32_MAX

/* Keeps the first BW_LIMIT_CEL_ISSUES, counts the rest; what is said twice of one place is kept once. */
void bw_cel_issue_add(struct issue_list *list, uint32_t offset, const char *fmt, ...) BW_PRINTF(3, 4);
/*
 * Closes the list: 0 when it is empty, else code with the first issue (by place) in reterr and all in ret_issues
 * (may be NULL). An allocation failure while collecting wins over code.
 */
BW_CHECK int bw_cel_issues_close(struct issue_list *list, int code, struct bw_cel_issues *ret_issues,
                                 struct bw_error *reterr);

#endif
