/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge: what all workers found, in one order that does not depend on who found it: by input, document, then as
 * bw_finding_cmp has it.
 * Ownership: a struct bw_merged owns its two arrays; texts stay the workers'.
 * Threads: after all workers have ended, one.
 */
#ifndef BW_SCAN_MERGE_INTERNAL_H
#define BW_SCAN_MERGE_INTERNAL_H

#include "finding/finding.h"

struct bw_error;
struct bw_worker;

struct bw_merged {
        struct bw_finding *findings;
        size_t n_findings;
        struct bw_input_error *errors;
        size_t n_errors;
};

/* Empties the workers' parts: findings are there once, not twice, when it ends. */
BW_CHECK int bw_merge(struct bw_worker *workers, unsigned n_workers, struct bw_merged *ret, struct bw_error *reterr);
void bw_merged_done(struct bw_merged *merged);

#endif
