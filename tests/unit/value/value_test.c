/* SPDX-License-Identifier: Apache-2.0 */
/* Values: maps small and large, equality and order of numbers, JSON. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "value/value.h"

static struct bw_value key_of(struct bw_arena *arena, unsigned i)
{
        return bw_value_str(bw_arena_printf(arena, "key-%u", i));
}

static void test_maps(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

        (void)state;
        for (uint32_t n = 0; n < 200; n += n < 40 ? 1 : 53) {
                struct bw_map *map = bw_map_new(arena, n);
                struct bw_value v;

                for (uint32_t i = 0; i < n; i++)
                        map->entries[i] = (struct bw_entry){key_of(arena, i), bw_value_int(i)};
                assert_ok(bw_map_seal(arena, map, n));
                assert_int_equal(map->index != NULL, n > BW_MAP_SMALL);
                v = bw_value_map(map, n);
                for (uint32_t i = 0; i < n; i++) {
                        const struct bw_entry *e = bw_map_find(v, key_of(arena, i));

                        assert_ptr_equal(e, &map->entries[i]);
                        assert_ptr_equal(bw_map_find_any(v, key_of(arena, i)), e);
                }
                for (uint32_t i = n; i < n + 50; i++)
                        assert_null(bw_map_find(v, key_of(arena, i)));
        }
}

static void test_get(void **state)
{
        struct bw_entry inner = {bw_value_str(BW_STR("b")), bw_value_str(BW_STR("text"))};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_map *a = bw_map_new(arena, 1);
        struct bw_map *b = bw_map_new(arena, 1);
        struct bw_value root = bw_value_map(a, 1);

        (void)state;
        b->entries[0] = inner;
        assert_ok(bw_map_seal(arena, b, 1));
        a->entries[0] = (struct bw_entry){bw_value_str(BW_STR("a")), bw_value_map(b, 1)};
        assert_ok(bw_map_seal(arena, a, 1));
        assert_str(bw_value_text(bw_map_walk(root, "a.b")), "text");
        assert_int_equal(bw_map_walk(root, "a.c").type, BW_ABSENT);
        assert_int_equal(bw_map_walk(root, "a.b.c").type, BW_ABSENT);
        assert_str(bw_map_text(bw_map_get(root, BW_STR("a")), "b"), "text");
        assert_str(bw_map_text(root, "a"), "");
        assert_int_equal(bw_map_get(bw_value_int(1), BW_STR("a")).type, BW_ABSENT);
        assert_int_equal(bw_list_get(root, 0).type, BW_ABSENT);
}

/* Of keys that repeat the last one's value stays, where the first stood. */
static void test_repeated(void **state)
{
        static const uint32_t sizes[] = {1, 2, 3, 7, 20, 24, 25, 60, 1000};

        (void)state;
        for (size_t s = 0; s < BW_ARRAY_SIZE(sizes); s++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                uint32_t n = sizes[s];
                uint32_t unique = (n + 1) / 2;
                uint32_t left = n;
                struct bw_map *map = bw_map_new(arena, n);
                struct bw_mark *marks = bw_arena_array(arena, (size_t)n * 2, sizeof(*marks));
                bool repeated = false;

                for (uint32_t i = 0; i < n; i++) {
                        map->entries[i] = (struct bw_entry){key_of(arena, i % unique), bw_value_int(i)};
                        marks[2 * i] = (struct bw_mark){i + 1, 1};
                        marks[2 * i + 1] = (struct bw_mark){i + 1, 2};
                }
                assert_ok(bw_map_seal_last(arena, map, &left, marks, &repeated));
                assert_int_equal(left, unique);
                assert_int_equal(repeated, unique < n);
                for (uint32_t i = 0; i < unique; i++) {
                        uint32_t last = i + unique < n ? i + unique : i;

                        assert_true(bw_value_eq(map->entries[i].key, key_of(arena, i)));
                        assert_int_equal(map->entries[i].value.i, last);
                        assert_int_equal(marks[2 * i].line, last + 1);
                        assert_int_equal(marks[2 * i + 1].column, 2);
                        assert_ptr_equal(bw_map_find(bw_value_map(map, left), key_of(arena, i)), &map->entries[i]);
                }
        }
}

/* The index's hash of a key, to make keys that meet in one slot. */
static uint32_t slot_of(struct bw_str s)
{
        uint64_t h = 0xcbf29ce484222325u;

        for (size_t i = 0; i < s.n; i++)
                h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
        return (uint32_t)(h * 0x9e3779b97f4a7c15u >> 32);
}

static void test_colliding_keys(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        uint32_t n = 400;
        struct bw_map *map = bw_map_new(arena, n);
        uint32_t found = 0;

        (void)state;
        for (unsigned i = 0; found < n && i < 4000000; i++) {
                char text[16];
                struct bw_str s = bw_str_n(text, (size_t)snprintf(text, sizeof(text), "%u", i));

                if ((slot_of(s) & 1023) != 0)
                        continue;
                map->entries[found++] = (struct bw_entry){bw_value_str(bw_arena_str(arena, s)), bw_value_null()};
        }
        assert_int_equal(found, n);
        assert_int_equal(bw_map_seal(arena, map, n), -E2BIG);
}

static void test_numbers(void **state)
{
        static const struct {
                struct bw_value a;
                struct bw_value b;
                int order; /* 9: none */
        } cases[] = {
                {{.type = BW_INT, .i = 1}, {.type = BW_INT, .i = 2}, -1},
                {{.type = BW_INT, .i = 1}, {.type = BW_UINT, .u = 1}, 0},
                {{.type = BW_INT, .i = -1}, {.type = BW_UINT, .u = UINT64_MAX}, -1},
                /* Beside a double an integer counts as the nearest one, as CEL's reference has it. */
                {{.type = BW_INT, .i = INT64_MAX}, {.type = BW_DOUBLE, .d = 9223372036854775808.0}, 0},
                {{.type = BW_INT, .i = INT64_MIN}, {.type = BW_DOUBLE, .d = -9223372036854775808.0}, 0},
                {{.type = BW_UINT, .u = UINT64_MAX}, {.type = BW_DOUBLE, .d = 18446744073709551616.0}, 0},
                {{.type = BW_INT, .i = 3}, {.type = BW_DOUBLE, .d = 3.5}, -1},
                {{.type = BW_DOUBLE, .d = 3.5}, {.type = BW_UINT, .u = 3}, 1},
                {{.type = BW_DOUBLE, .d = -0.0}, {.type = BW_INT, .i = 0}, 0},
                {{.type = BW_DOUBLE, .d = __builtin_nan("")}, {.type = BW_INT, .i = 0}, 9},
                {{.type = BW_BOOL, .b = false}, {.type = BW_BOOL, .b = true}, -1},
                {{.type = BW_INT, .i = 0}, {.type = BW_BOOL, .b = false}, 9},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                int order = 9;

                if (!bw_value_cmp(cases[i].a, cases[i].b, &order))
                        order = 9;
                if (order != cases[i].order)
                        fail_msg("case %zu gave %d", i, order);
                assert_int_equal(bw_value_eq(cases[i].a, cases[i].b), cases[i].order == 0);
                assert_int_equal(bw_value_eq(cases[i].b, cases[i].a), cases[i].order == 0);
        }
}

static void test_key_hash(void **state)
{
        (void)state;
        /* Only the bytes of the key count, wherever they stand. */
        for (size_t n = 0; n < 40; n++) {
                char a[64];
                char b[64];

                memset(a, 'x', sizeof(a));
                memset(b, 'y', sizeof(b));
                memset(b + 3, 'x', n);
                assert_int_equal(bw_key_hash(a, n), bw_key_hash(b + 3, n));
        }
}

static void test_json(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_list *list = bw_list_new(arena, 8);
        struct bw_map *map = bw_map_new(arena, 2);

        (void)state;
        list->items[0] = bw_value_null();
        list->items[1] = bw_value_bool(true);
        list->items[2] = bw_value_int(INT64_MIN);
        list->items[3] = bw_value_uint(UINT64_MAX);
        list->items[4] = bw_value_double(1.5);
        list->items[5] = bw_value_str(BW_STR("a\"\\\n\x01"));
        list->items[6] = bw_value_list(NULL, 0);
        list->items[7] = bw_value_map(NULL, 0);
        map->entries[0] = (struct bw_entry){bw_value_str(BW_STR("l")), bw_value_list(list, 8)};
        map->entries[1] = (struct bw_entry){bw_value_str(BW_STR("m")), bw_value_int(1)};
        assert_ok(bw_map_seal(arena, map, 2));
        bw_value_json(&out, bw_value_map(map, 2), 0);
        assert_string_equal(
                out.p, "{\"l\":[null,true,-9223372036854775808,18446744073709551615,1.5,\"a\\\"\\\\\\n\\u0001\",[],{}],"
                       "\"m\":1}");
        bw_buf_clear(&out);
        map->entries[0].value = bw_value_list(NULL, 0);
        bw_value_json(&out, bw_value_map(map, 2), 2);
        assert_string_equal(out.p, "{\n  \"l\": [],\n  \"m\": 1\n}");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_maps),           cmocka_unit_test(test_get),     cmocka_unit_test(test_repeated),
                cmocka_unit_test(test_colliding_keys), cmocka_unit_test(test_numbers), cmocka_unit_test(test_key_hash),
                cmocka_unit_test(test_json),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
