/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set_internal: a table of values by their hash, equal as CEL compares them.
 * Ownership: the table lives in the arena given and borrows the values. Threads: one set, one thread.
 * Limits: -E2BIG past BW_LIMIT_CEL_ITERATIONS comparisons (values of a library's type share one hash).
 */
#ifndef BW_CEL_LIB_SET_INTERNAL_H
#define BW_CEL_LIB_SET_INTERNAL_H

#include "cel/lib/lib_internal.h"

struct bw_set_slot {
        uint64_t hash;
        struct bw_value value; /* ABSENT: free */
};
struct bw_set {
        struct bw_set_slot *slots;
        size_t mask;
        uint64_t steps;
};

/* Room for n values. -ENOMEM. */
BW_CHECK int bw_set_new(struct bw_arena *arena, size_t n, struct bw_set *ret);
/* *ret_added (may be NULL): false when an equal value was there. */
BW_CHECK int bw_set_add(struct bw_set *set, struct bw_value v, bool *ret_added);
BW_CHECK int bw_set_has(struct bw_set *set, struct bw_value v, bool *ret_found);

#endif
