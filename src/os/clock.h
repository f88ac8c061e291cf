/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: the only place that reads the time. Everything above gets it as an input, so that a run can be repeated.
 * Ownership: plain numbers. Threads: safe.
 */
#ifndef BW_OS_CLOCK_H
#define BW_OS_CLOCK_H

#include "base/base.h"

/* Seconds since 1970, UTC. */
int64_t bw_clock_now(void);
/* Nanoseconds that only go forward, for durations. */
uint64_t bw_clock_ticks(void);

#endif
