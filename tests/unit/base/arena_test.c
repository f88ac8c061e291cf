/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"

static void test_alignment_and_content(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

        (void)state;
        for (size_t n = 0; n < 5000; n += 7) {
                unsigned char *p = bw_arena_zalloc(arena, n);

                assert_non_null(p);
                assert_int_equal((uintptr_t)p % 16, 0);
                for (size_t i = 0; i < n; i++)
                        assert_int_equal(p[i], 0);
                memset(p, 0xee, n);
        }
}

static void test_ceiling(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(1024);
        struct bw_error err = {0};

        (void)state;
        assert_non_null(bw_arena_alloc(arena, 1008));
        assert_non_null(bw_arena_alloc(arena, 16));
        assert_null(bw_arena_alloc(arena, 1));
        assert_int_equal(bw_arena_error(arena, &err), -E2BIG);
        assert_string_equal(err.message, "memory limit of 1024 bytes reached");
        bw_arena_reset(arena);
        assert_non_null(bw_arena_alloc(arena, 1024));
        assert_int_equal(bw_arena_peak(arena), 1024);
}

static void test_huge_sizes(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

        (void)state;
        assert_null(bw_arena_alloc(arena, SIZE_MAX));
        assert_null(bw_arena_alloc(arena, SIZE_MAX - 8));
        assert_null(bw_arena_array(arena, SIZE_MAX / 2, 3));
}

static void test_save_and_restore(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_arena_mark start = bw_arena_save(arena);
        struct bw_arena_mark mark;
        char *first;

        (void)state;
        first = bw_arena_alloc(arena, 100);
        memset(first, 'a', 100);
        mark = bw_arena_save(arena);
        for (int i = 0; i < 1000; i++)
                assert_non_null(bw_arena_alloc(arena, 1000));
        bw_arena_restore(arena, mark);
        assert_int_equal(bw_arena_used(arena), 112);
        assert_int_equal(first[99], 'a');
        bw_arena_restore(arena, start);
        assert_int_equal(bw_arena_used(arena), 0);
}

static void test_texts(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str s = bw_arena_str(arena, (struct bw_str){0});

        (void)state;
        assert_non_null(s.p);
        assert_int_equal(s.n, 0);
        assert_str(bw_arena_str(arena, BW_STR("abc")), "abc");
        assert_str(bw_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_alignment_and_content), cmocka_unit_test(test_ceiling),
                cmocka_unit_test(test_huge_sizes),            cmocka_unit_test(test_save_and_restore),
                cmocka_unit_test(test_texts),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
