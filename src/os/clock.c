/* SPDX-License-Identifier: Apache-2.0 */
#include "os/clock.h"

int64_t bw_clock_now(void)
{
        struct timespec ts;

        return clock_gettime(CLOCK_REALTIME, &ts) == 0 ? (int64_t)ts.tv_sec : 0;
}

uint64_t bw_clock_ticks(void)
{
        struct timespec ts;

        if (clock_gettime(CLOCK_MONOTONIC, &ts) < 0)
                return 0;
        return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}
