/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"

#ifdef BW_FAULT
#include <stdatomic.h>

static _Atomic uint64_t counts[_BW_FAULT_MAX];
static uint64_t plans[_BW_FAULT_MAX];
static bool persist[_BW_FAULT_MAX];

bool bw_fault(enum bw_fault_kind kind)
{
        uint64_t now = atomic_fetch_add(&counts[kind], 1) + 1;

        if (plans[kind] == 0)
                return false;
        return persist[kind] ? now >= plans[kind] : now == plans[kind];
}

void bw_fault_plan(enum bw_fault_kind kind, uint64_t n, bool persistent)
{
        atomic_store(&counts[kind], 0);
        plans[kind] = n;
        persist[kind] = persistent;
}

uint64_t bw_fault_count(enum bw_fault_kind kind)
{
        return atomic_load(&counts[kind]);
}
#endif
