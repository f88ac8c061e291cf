/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testrun: runs the tests that stand inside rules.
 * Ownership: results borrow from the catalog and the arena given. Threads: as for loading a catalog.
 * Source: docs/rules.md "Tests".
 */
#ifndef BW_RULE_TESTRUN_H
#define BW_RULE_TESTRUN_H

#include "rule/lint.h"

struct bw_arena;
struct bw_error;

struct bw_rule_test_result {
        struct bw_str file;
        uint32_t line;        /* of the test; 0 = unknown (built-in rules) */
        struct bw_str rule;   /* id */
        struct bw_str test;   /* its name */
        bool ok;
        struct bw_str why;    /* when not ok: what was expected and what came */
        bool is_mutation;     /* test: the expression that was negated */
        struct bw_str noticed_by; /* of a mutation: the first test that fails */
};
/* A non-zero return stops the run. */
typedef int (*bw_rule_test_sink)(void *userdata, const struct bw_rule_test_result *result);

/* Tests of the rules in these files. Files that do not load are an error: -EINVAL with file, line and column. */
BW_CHECK int bw_rule_test(struct bw_arena *arena, const struct bw_rule_file *files, size_t n_files,
                          bw_rule_test_sink sink, void *userdata, struct bw_error *reterr);
/* Tests of the rules compiled into the binary. */
BW_CHECK int bw_rule_test_builtin(struct bw_arena *arena, bw_rule_test_sink sink, void *userdata,
                                  struct bw_error *reterr);
/*
 * For each expression of each rule that decides (of checks and of conditions, and variables that are true or false): the
 * same rule with that expression negated must fail at least one of its own tests; a result per expression, not ok when the
 * negation went unnoticed.
 */
BW_CHECK int bw_rule_test_mutations(struct bw_arena *arena, const struct bw_rule_file *files, size_t n_files,
                                    bw_rule_test_sink sink, void *userdata, struct bw_error *reterr);

#endif
