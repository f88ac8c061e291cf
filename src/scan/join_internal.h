/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join: the second half of a run: when everything has been read, what was kept becomes one inventory, and the rules that
 * look at other objects judge it, in parallel.
 * Ownership: findings go to the workers, as in the first half; what was kept is released.
 * Threads: called from one; it starts and joins its own.
 */
#ifndef BW_SCAN_JOIN_INTERNAL_H
#define BW_SCAN_JOIN_INTERNAL_H

#include <stdatomic.h>

#include "base/base.h"

struct bw_error;
struct bw_scan_shared;
struct bw_worker;

/* cancel: may be NULL. */
BW_CHECK int bw_join(struct bw_scan_shared *shared, struct bw_worker *workers, unsigned n_workers,
                     const atomic_bool *cancel, struct bw_error *reterr);

#endif
