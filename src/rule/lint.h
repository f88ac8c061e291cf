/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lint: everything that is wrong in rule files, with file, line and column: unknown fields, wrong types, duplicate ids,
 * missing tests, paths that no Kubernetes object has, and what the CEL checker says about expressions.
 * Ownership: problems live in the arena given; they borrow the files' texts.
 * Threads: pure. Limits: BW_LIMIT_RULE_BYTES per file, BW_LIMIT_RULE_PROBLEMS in all.
 * Source: docs/rules.md; Kubernetes API reference for the field tables (rule/fields.h).
 */
#ifndef BW_RULE_LINT_H
#define BW_RULE_LINT_H

#include "value/value.h"

struct bw_arena;
struct bw_buf;
struct bw_error;

struct bw_rule_file {
        struct bw_str name;
        struct bw_str text;
};

struct bw_rule_problem {
        struct bw_str file;
        uint32_t line;          /* from 1; 0 = the file as a whole */
        uint32_t column;        /* from 1, in code points */
        struct bw_str message;
        struct bw_str source;   /* the line, for the caret; may be empty */
};
struct bw_rule_problems {
        size_t n;
        size_t n_more;          /* dropped past the limit */
        const struct bw_rule_problem *items;
};

/* All rule and framework files of one set; in the order of files and places. 0 also when there are problems: see n. */
BW_CHECK int bw_rule_lint(struct bw_arena *arena, const struct bw_rule_file *files, size_t n_files,
                          struct bw_rule_problems *ret, struct bw_error *reterr);

/* For people: "file:line:column: message", the source line, a caret. */
void bw_rule_problems_format(struct bw_buf *out, const struct bw_rule_problems *problems);

#endif
