/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline: findings that were there before, from an earlier report (-o json, yaml or sarif), by their fingerprints.
 * Ownership: a baseline owns what it keeps. Errors: name the file.
 * Threads: loading and filtering are for one.
 * Source: schema/scan-report.schema.json; SARIF 2.1.0, 3.27.17 partialFingerprints and 3.27.23 suppressions.
 */
#ifndef BW_EXCEPTION_BASELINE_H
#define BW_EXCEPTION_BASELINE_H

#include "exception/exception.h"

struct bw_baseline;

BW_CHECK int bw_baseline_load(struct bw_str file, struct bw_str text, struct bw_baseline **ret, struct bw_error *reterr);
void bw_baseline_free(struct bw_baseline *baseline);
BW_DEFINE_AUTO(struct bw_baseline *, bw_baseline_free);

/*
 * Takes out the fails that the baseline has: as many of a fingerprint as it has, the first ones. Keeps the order and
 * gives how many are left; what is excepted stays. summary: verdicts and severities are corrected, `known` is set.
 */
size_t bw_baseline_filter(struct bw_baseline *baseline, struct bw_finding *findings, size_t n,
                          struct bw_summary *summary);

/*
 * After the filter: findings of the baseline that are there no more, of rules that took part. *ret_total: all that the
 * baseline has. Nothing is gone when the inputs were others than the baseline's.
 */
uint64_t bw_baseline_gone(const struct bw_baseline *baseline, bw_rule_look look, void *rules,
                          const struct bw_str *inputs, size_t n_inputs, uint64_t *ret_total);

#endif
