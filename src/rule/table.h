/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: a RuleTable becomes rules: the fields that its rows have in common, and over them those of each row.
 * Ownership: rows live in the arena given and share values with the table.
 * Errors: -EINVAL with line and column, -E2BIG past BW_LIMIT_RULE_ROWS, -ENOMEM; the build's tool and the catalog tell
 *         them alike.
 * Threads: pure.
 * Source: docs/rules.md "Tables of rules"; RFC 7396 (JSON merge patch) for how a row is laid over the common part.
 */
#ifndef BW_RULE_TABLE_H
#define BW_RULE_TABLE_H

#include "doc/doc.h"

bool rule_table_is(const struct bw_doc *doc);
/*
 * A test's object, laid over the rule's `testBase` (may be ABSENT) as a row is over the common part; a whole object, and a
 * pod spec, stay as they are. ABSENT: no memory.
 */
struct bw_value rule_test_object(struct bw_arena *arena, struct bw_value base, struct bw_value object);
/* Each row as a Rule of its own, with the row's place. */
BW_CHECK int rule_table_expand(struct bw_arena *arena, const struct bw_doc *table, struct bw_doc **ret_rules,
                               size_t *ret_n, struct bw_error *reterr);

#endif
