/* SPDX-License-Identifier: Apache-2.0 */
#include "os/random.h"

#include <sys/random.h>

void bw_os_random(void *ret, size_t n)
{
        struct timespec now = {0};
        uint64_t seed;
        unsigned char *at = ret;

        if (getrandom(ret, n, GRND_NONBLOCK) == (ssize_t)n)
                return;
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        seed = (uint64_t)now.tv_nsec ^ (uint64_t)(uintptr_t)&now ^ (uint64_t)(uintptr_t)&bw_os_random << 20;
        for (size_t i = 0; i < n; i++) {
                seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                at[i] = (unsigned char)(seed >> 56);
        }
}
