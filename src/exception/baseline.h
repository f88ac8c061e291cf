/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline: findings that were there before, from an earlier report (-o json, yaml or sarif), by their fingerprints.
 * Ownership: a baseline owns what it keeps. Threads: loading and filtering are for one.
 */
#ifndef BW_EXCEPTION_BASELINE_H
#define BW_EXCEPTION_BASELINE_H

#include "finding/finding.h"

struct bw_baseline;
struct bw_error;

BW_CHECK int bw_baseline_load(struct bw_str file, struct bw_str text, struct bw_baseline **ret, struct bw_error *reterr);
void bw_baseline_free(struct bw_baseline *baseline);
BW_DEFINE_AUTO(struct bw_baseline *, bw_baseline_free);

/*
 * Takes out the fails that the baseline has: as many of a fingerprint as it has, the first ones. Keeps the order and
 * gives how many are left. summary: verdicts and severities are corrected, `known` is set.
 */
size_t bw_baseline_filter(struct bw_baseline *baseline, struct bw_finding *findings, size_t n,
                          struct bw_summary *summary);

#endif
