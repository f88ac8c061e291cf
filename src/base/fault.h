/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault: planted failures for tests. A fault point asks bw_fault(KIND); in ordinary builds the answer is a
 * constant false and costs nothing. With -Dfault=true the N-th call (and, if persistent, all later ones) fails.
 * Ownership: nothing to own. Threads: counters are atomic; plans are set before threads start.
 */
#ifndef BW_BASE_FAULT_H
#define BW_BASE_FAULT_H

#include "base/base.h"

enum bw_fault_kind {
        BW_FAULT_ALLOC, /* heap */
        BW_FAULT_OPEN,  /* open a file or directory */
        BW_FAULT_READ,  /* read bytes */
        BW_FAULT_WRITE, /* write, fsync, rename */
        _BW_FAULT_MAX,
};

#ifdef BW_FAULT
/* True when this call is to fail. */
bool bw_fault(enum bw_fault_kind kind);
/* Fail the n-th call from now (from 1; 0 = never); persistent: all later ones too. */
void bw_fault_plan(enum bw_fault_kind kind, uint64_t n, bool persistent);
/* Calls counted since the last plan. */
uint64_t bw_fault_count(enum bw_fault_kind kind);
#else
static inline bool bw_fault(enum bw_fault_kind kind)
{
        (void)kind;
        return false;
}
#endif

#endif
