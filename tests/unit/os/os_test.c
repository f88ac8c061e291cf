/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include <signal.h>

#include "base/error.h"
#include "os/clock.h"
#include "os/pool.h"
#include "os/proc.h"
#include "os/tzdata.h"
#include "temptree.h"

struct shared {
        struct bw_monitor monitor;
        unsigned sum;
        unsigned arrived;
};

static void add_index(void *arg, unsigned index)
{
        struct shared *s = arg;

        for (int i = 0; i < 1000; i++) {
                bw_monitor_enter(&s->monitor);
                s->sum += index;
                bw_monitor_leave(&s->monitor);
        }
        bw_monitor_enter(&s->monitor);
        s->arrived++;
        bw_monitor_wake(&s->monitor);
        while (s->arrived < 4)
                bw_monitor_wait(&s->monitor);
        bw_monitor_leave(&s->monitor);
}

static void test_pool(void **state)
{
        struct shared s = {0};
        struct bw_pool *pool = NULL;
        struct bw_error err = {0};

        (void)state;
        assert_true(bw_processors() >= 1);
        assert_ok(bw_monitor_init(&s.monitor, &err));
        assert_ok(bw_pool_start(4, 1, add_index, &s, &pool, &err));
        assert_int_equal(bw_pool_size(pool), 4);
        bw_pool_join(pool);
        assert_int_equal(s.sum, 10000);
        bw_monitor_done(&s.monitor);
        bw_pool_join(NULL);
        assert_int_equal(bw_pool_size(NULL), 0);
}

static void test_clock(void **state)
{
        uint64_t before = bw_clock_ticks();

        (void)state;
        assert_true(bw_clock_now() > 1600000000);
        assert_true(bw_clock_ticks() >= before);
}

static void test_zones(void **state)
{
        static const char *const bad[] = {
                "",
                "/etc/passwd",
                "../passwd",
                "Europe/../../passwd",
                "Europe//Berlin",
                "Europe/",
                "a\nb",
                ".",
                "Europe/Nowhere",
                "-x",
                "Europe",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        };
        struct bw_tzdata *cache = NULL;
        struct bw_error err = {0};
        struct bw_str once;

        (void)state;
        assert_ok(bw_tzdata_new(&cache, &err));
        for (size_t i = 0; i < BW_ARRAY_SIZE(bad); i++)
                assert_int_equal(bw_tzdata_get(cache, bw_str(bad[i])).n, 0);
        if (access(BW_TZDATA_FOLDER "/Europe/Berlin", R_OK) == 0) {
                once = bw_tzdata_get(cache, BW_STR("Europe/Berlin"));
                assert_true(once.n > 100);
                assert_memory_equal(once.p, "TZif", 4);
                assert_ptr_equal(bw_tzdata_get(cache, BW_STR("Europe/Berlin")).p, once.p);
        }
        for (int i = 0; i < 3000; i++) { /* more names than a cache keeps */
                char name[16];

                (void)snprintf(name, sizeof(name), "Zone%d", i);
                assert_int_equal(bw_tzdata_get(cache, bw_str(name)).n, 0);
        }
        bw_tzdata_free(cache);
        bw_tzdata_free(NULL);
}

static void test_interrupts(void **state)
{
        const atomic_bool *flag = bw_proc_watch_interrupts();

        (void)state;
        assert_false(atomic_load(flag));
        assert_int_equal(bw_proc_interrupt_signal(), 0);
        assert_int_equal(raise(SIGINT), 0);
        assert_true(atomic_load(flag));
        assert_int_equal(bw_proc_interrupt_signal(), SIGINT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_pool),
                cmocka_unit_test(test_clock),
                cmocka_unit_test(test_zones),
                cmocka_unit_test(test_interrupts),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
