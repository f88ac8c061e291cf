/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench: what the benchmark programs share: files in memory, the time of this process, medians. Errors end the program.
 */
#ifndef BW_BENCH_BENCH_H
#define BW_BENCH_BENCH_H

#include "base/base.h"

#define BENCH_ROUNDS 11

static inline double bench_now(void)
{
        struct timespec ts;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
        return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The whole file, with some zero bytes behind it. */
static inline struct bw_str bench_read(const char *name)
{
        FILE *in = fopen(name, "rb");
        struct bw_str text = {0};
        size_t cap = (size_t)1 << 20;
        char *p = malloc(cap);

        for (size_t got = 1; in && p && got; text.n += got) {
                if (text.n + 16 >= cap)
                        p = realloc(p, cap *= 2);
                got = p ? fread(p + text.n, 1, cap - text.n - 16, in) : 0;
        }
        if (!in || !p) {
                fprintf(stderr, "%s: cannot be read\n", name);
                exit(2);
        }
        memset(p + text.n, 0, 16);
        fclose(in);
        text.p = p;
        return text;
}

static inline int bench_compare(const void *a, const void *b)
{
        const double *x = a;
        const double *y = b;

        return (*x > *y) - (*x < *y);
}

static inline double bench_median(double *times, size_t n)
{
        qsort(times, n, sizeof(*times), bench_compare);
        return times[n / 2];
}

#endif
