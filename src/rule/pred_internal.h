/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pred (internal): a quick answer for the plainest expressions on one value: comparisons with constants, `in`, has(),
 * text tests, and, or, not. It answers yes or no only where CEL would answer the same, and else does not know; then the
 * program is run.
 * Ownership: a predicate lives in the arena given. Threads: immutable once made.
 */
#ifndef BW_RULE_PRED_INTERNAL_H
#define BW_RULE_PRED_INTERNAL_H

#include "cel/ast.h"
#include "value/value.h"

struct bw_arena;
struct pred;

enum pred_answer {
        PRED_UNKNOWN,
        PRED_YES,
        PRED_NO,
};

/* *ret is NULL when the expression is not that plain. 0 or -ENOMEM. */
BW_CHECK int pred_new(struct bw_arena *arena, const struct bw_cel_ast *ast, struct pred **ret);
/* value stands for both `value` and `each`: an expression that has both is not plain. */
enum pred_answer pred_ask(const struct pred *pred, struct bw_value value);

#endif
