/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan (internal): a first pass over a pod that tells which rules can be skipped. The paths of all checks are merged into
 * one tree, so that each field is looked up once for all rules, and what is absent costs nothing below it. A rule that
 * the pass cannot clear is then run by itself, and only there are findings made: the pass decides nothing else.
 * Ownership: a plan lives in the catalog's arena. Threads: immutable once made.
 */
#ifndef BW_RULE_PLAN_INTERNAL_H
#define BW_RULE_PLAN_INTERNAL_H

#include "rule/judge_internal.h"

struct plan;

/* A plan for rules about pods, at one version. */
BW_CHECK int plan_new(struct bw_arena *arena, const struct bw_rule *const *rules, size_t n_rules, int minor,
                      struct plan **ret);

enum plan_answer {
        PLAN_CLEAR,            /* the rule holds */
        PLAN_CLEAR_IF_MATCHED, /* it holds if it is about this kind of object at all */
        PLAN_NOT_APPLIED,      /* its conditions do not */
        PLAN_RUN,              /* it has to be run */
};
/* Fills ret_answers[rule] (enum plan_answer) for the pod on which the judge stands. */
void plan_run(const struct plan *plan, struct bw_judge *judge, uint8_t *ret_answers);

#endif
