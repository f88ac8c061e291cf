/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge: what all workers found, in one order that does not depend on who found it: by input, document, then as
 * bw_finding_cmp has it.
 * Ownership: a struct bw_merged owns its arrays; texts stay the workers'.
 * Threads: after all workers have ended, one.
 */
#ifndef BW_SCAN_MERGE_INTERNAL_H
#define BW_SCAN_MERGE_INTERNAL_H

#include "finding/finding.h"

struct bw_error;
struct bw_worker;

/* How many documents of an input stand before one of its parts. */
struct bw_part_start {
        uint32_t input;
        uint32_t part;
        uint32_t first_doc;
};

struct bw_merged {
        struct bw_finding *findings;
        size_t n_findings;
        struct bw_input_error *errors;
        size_t n_errors;
        struct bw_part_start *starts; /* in order */
        size_t n_starts;
};

/* Empties the workers' parts: findings are there once, not twice, when it ends. */
BW_CHECK int bw_merge(struct bw_worker *workers, unsigned n_workers, struct bw_merged *ret, struct bw_error *reterr);
/* Adds what was found later; `more` is the caller's still. -ENOMEM. */
BW_CHECK int bw_merged_add(struct bw_merged *merged, struct bw_merged *more, struct bw_error *reterr);
uint32_t bw_merged_first_doc(const struct bw_merged *merged, uint32_t input, uint32_t part);
void bw_merged_done(struct bw_merged *merged);

#endif
