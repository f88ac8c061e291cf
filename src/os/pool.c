/* SPDX-License-Identifier: Apache-2.0 */
#include "os/pool.h"

#include <sched.h>
#include <signal.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/limits.h"

/* Values are walked by recursion as deep as documents may be (BW_LIMIT_DOC_DEPTH); only touched pages are used. */
#define STACK_BYTES ((size_t)8 << 20)

struct worker {
        struct bw_pool *pool;
        unsigned index;
        pthread_t thread;
};

struct bw_pool {
        void (*fn)(void *arg, unsigned index);
        void *arg;
        unsigned n;
        struct worker workers[];
};

unsigned bw_processors(void)
{
        cpu_set_t set;

        if (sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) < 1)
                return 1;
        return BW_MIN((unsigned)CPU_COUNT(&set), BW_LIMIT_THREADS);
}

static void *run(void *arg)
{
        const struct worker *w = arg;

        w->pool->fn(w->pool->arg, w->index);
        return NULL;
}

static void start_threads(struct bw_pool *pool, unsigned n, unsigned first, const pthread_attr_t *attr)
{
        for (unsigned i = 0; i < n; i++) {
                struct worker *w = &pool->workers[i];

                w->pool = pool;
                w->index = first + i;
                if (pthread_create(&w->thread, attr, run, w) != 0)
                        return;
                pool->n++;
        }
}

int bw_pool_start(unsigned n, unsigned first, void (*fn)(void *arg, unsigned index), void *arg,
                  struct bw_pool **ret_pool, struct bw_error *reterr)
{
        struct bw_pool *pool;
        pthread_attr_t attr;
        sigset_t all;
        sigset_t old;

        n = BW_MIN(n, BW_LIMIT_THREADS);
        pool = bw_zalloc(sizeof(*pool) + n * sizeof(pool->workers[0]));
        if (!pool)
                return bw_error_nomem(reterr);
        pool->fn = fn;
        pool->arg = arg;
        if (pthread_attr_init(&attr) != 0) {
                bw_free(pool);
                return bw_error_nomem(reterr);
        }
        (void)pthread_attr_setstacksize(&attr, STACK_BYTES);
        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &old);
        start_threads(pool, n, first, &attr);
        (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
        (void)pthread_attr_destroy(&attr);
        if (pool->n == 0) {
                bw_free(pool);
                return bw_error_set(reterr, -EAGAIN, "no thread could be started");
        }
        *ret_pool = pool;
        return 0;
}

unsigned bw_pool_size(const struct bw_pool *pool)
{
        return pool ? pool->n : 0;
}

void bw_pool_join(struct bw_pool *pool)
{
        if (!pool)
                return;
        for (unsigned i = 0; i < pool->n; i++)
                (void)pthread_join(pool->workers[i].thread, NULL);
        bw_free(pool);
}

int bw_monitor_init(struct bw_monitor *m, struct bw_error *reterr)
{
        if (pthread_mutex_init(&m->lock, NULL) != 0)
                return bw_error_nomem(reterr);
        if (pthread_cond_init(&m->changed, NULL) != 0) {
                (void)pthread_mutex_destroy(&m->lock);
                return bw_error_nomem(reterr);
        }
        return 0;
}

void bw_monitor_done(struct bw_monitor *m)
{
        (void)pthread_cond_destroy(&m->changed);
        (void)pthread_mutex_destroy(&m->lock);
}

/* These four cannot fail on a monitor that was initialised. */
void bw_monitor_enter(struct bw_monitor *m)
{
        (void)pthread_mutex_lock(&m->lock);
}

void bw_monitor_leave(struct bw_monitor *m)
{
        (void)pthread_mutex_unlock(&m->lock);
}

void bw_monitor_wait(struct bw_monitor *m)
{
        (void)pthread_cond_wait(&m->changed, &m->lock);
}

void bw_monitor_wake(struct bw_monitor *m)
{
        (void)pthread_cond_broadcast(&m->changed);
}
