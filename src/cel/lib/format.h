/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format: the clauses of string.format(), read the same way by the function and by the check of constant formats.
 * Ownership: texts borrow from the format. Threads: pure functions.
 * Source: cel-go 0.23 ext/formatting.go.
 */
#ifndef BW_CEL_LIB_FORMAT_H
#define BW_CEL_LIB_FORMAT_H

#include "cel/types.h"

struct bw_cel_format_clause {
        char verb; /* one of sdfeboxX; 0 = the end of the format */
        bool has_precision;
        uint32_t precision;
        struct bw_str text; /* what stands before the clause, with "%%" still doubled */
};

/*
 * Reads on from *at: the text up to the next clause and the clause. -EINVAL with a static text in *ret_why; then
 * ret->text is still what stands before the bad clause.
 */
BW_CHECK int bw_cel_format_next(struct bw_str format, size_t *at, struct bw_cel_format_clause *ret,
                                const char **ret_why);
/* NULL if a value of this kind may stand for the verb, else what the verb takes (printf text with one %s: the type). */
const char *bw_cel_format_refuses(char verb, enum bw_cel_kind kind);

#endif
