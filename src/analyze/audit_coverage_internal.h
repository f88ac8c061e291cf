/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_coverage (internal): rules of an audit policy that can never match.
 * Ownership: texts live in the arena. Threads: pure.
 */
#ifndef BW_ANALYZE_AUDIT_COVERAGE_INTERNAL_H
#define BW_ANALYZE_AUDIT_COVERAGE_INTERNAL_H

#include "analyze/audit_policy.h"

/*
 * True when every request that `rule` matches is matched by `earlier` too. Rules that only several others together cover are
 * not found: what is said is proved, not everything that could be proved is said.
 */
bool audit_rule_covers(struct bw_value earlier, struct bw_value rule);

/* Why no request can match the rule, whatever stands before it; p is NULL when one can. */
BW_CHECK int audit_rule_impossible(struct bw_arena *arena, struct bw_value rule, struct bw_str *ret_why,
                                   struct bw_error *reterr);

#endif
