/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool: threads that run one function, and the monitor (lock and condition) that they meet at.
 * Ownership: bw_pool_start gives a pool that bw_pool_join releases; a monitor is a plain member, bw_monitor_done at
 *            its end.
 * Threads: start and join from one thread; the monitor's calls from any.
 */
#ifndef BW_OS_POOL_H
#define BW_OS_POOL_H

#include <pthread.h>

#include "base/base.h"

struct bw_error;
struct bw_pool;

/* Processors that this process may use; at least 1. */
unsigned bw_processors(void);

/*
 * Starts n threads that call fn(arg, index) with index first, first + 1, … Signals are blocked in them, so that the
 * starting thread gets them. Fewer threads than asked is no error; none at all is.
 */
BW_CHECK int bw_pool_start(unsigned n, unsigned first, void (*fn)(void *arg, unsigned index), void *arg,
                           struct bw_pool **ret_pool, struct bw_error *reterr);
unsigned bw_pool_size(const struct bw_pool *pool);
/* Waits for all of them and frees the pool. NULL is fine. */
void bw_pool_join(struct bw_pool *pool);
BW_DEFINE_AUTO(struct bw_pool *, bw_pool_join);

struct bw_monitor {
        pthread_mutex_t lock;
        pthread_cond_t changed;
};
BW_CHECK int bw_monitor_init(struct bw_monitor *m, struct bw_error *reterr);
void bw_monitor_done(struct bw_monitor *m);
void bw_monitor_enter(struct bw_monitor *m);
void bw_monitor_leave(struct bw_monitor *m);
/* Leaves, sleeps until bw_monitor_wake (or for no reason at all), enters again. */
void bw_monitor_wait(struct bw_monitor *m);
void bw_monitor_wake(struct bw_monitor *m);

#endif
