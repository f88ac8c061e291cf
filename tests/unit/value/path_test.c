/* SPDX-License-Identifier: Apache-2.0 */
/* Paths: parsing, printing, following. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "value/path.h"

static void test_round_trip(void **state)
{
        static const struct {
                const char *text;
                const char *printed; /* NULL: the same */
                size_t n;
        } cases[] = {
                {"", NULL, 0},
                {"spec", NULL, 1},
                {"spec.containers[0].image", NULL, 4},
                {"[3]", NULL, 1},
                {"spec.containers[*].ports[*]", NULL, 5},
                {"metadata.labels['app.kubernetes.io/name']", NULL, 3},
                {"metadata.labels[\"a'b\"]", NULL, 3},
                {"['spec'].x", "spec.x", 2},
                {"a['']", NULL, 2},
                {"a-b_c.$d", NULL, 2},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_path path;

                assert_ok(bw_path_parse(arena, bw_str(cases[i].text), &path, NULL));
                assert_int_equal(path.n, cases[i].n);
                bw_path_format(&out, path);
                assert_str(bw_buf_view(&out), cases[i].printed ? cases[i].printed : cases[i].text);
        }
}

static void test_refused(void **state)
{
        static const char *const texts[] = {".a",   "a.",    "a..b", "a[",    "a[]", "a[x]",
                                            "a['x", "a['x'", "a[1",  "a[-1]", "a b", "a[99999999999]",
                                            "a]",   "a[1]b"};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_error err = {0};
                struct bw_path path;

                if (bw_path_parse(arena, bw_str(texts[i]), &path, &err) != -EINVAL)
                        fail_msg("\"%s\" was taken", texts[i]);
                assert_true(err.column > 0);
        }
}

static void test_limit(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_path path;

        (void)state;
        for (int i = 0; i < BW_LIMIT_PATH_DEPTH; i++)
                bw_buf_puts(&text, "[1]");
        assert_ok(bw_path_parse(arena, bw_buf_view(&text), &path, NULL));
        bw_buf_puts(&text, "[1]");
        assert_int_equal(bw_path_parse(arena, bw_buf_view(&text), &path, NULL), -E2BIG);
}

static void test_follow(void **state)
{
        static const struct {
                const char *path;
                int64_t value; /* -1: absent */
                size_t depth;
        } cases[] = {
                {"l[0]", 10, 2}, {"l[1]", 11, 2}, {"l[2]", -1, 1}, {"l.x", -1, 1}, {"x", -1, 0},
                {"l[*]", -1, 1}, {"[0]", -1, 0},  {"n", 5, 1},     {"n.x", -1, 1},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_list *list = bw_list_new(arena, 2);
        struct bw_map *map = bw_map_new(arena, 2);
        struct bw_mark list_marks[] = {{2, 5}, {3, 5}};
        struct bw_mark map_marks[] = {{1, 1}, {2, 3}, {4, 1}, {4, 4}};
        struct bw_value root = bw_value_map(map, 2);

        (void)state;
        list->items[0] = bw_value_int(10);
        list->items[1] = bw_value_int(11);
        list->marks = list_marks;
        map->entries[0] = (struct bw_entry){bw_value_str(BW_STR("l")), bw_value_list(list, 2)};
        map->entries[1] = (struct bw_entry){bw_value_str(BW_STR("n")), bw_value_int(5)};
        assert_ok(bw_map_seal(arena, map, 2));
        map->marks = map_marks;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_path path;
                struct bw_value v;
                size_t depth = 99;

                assert_ok(bw_path_parse(arena, bw_str(cases[i].path), &path, NULL));
                v = bw_path_get(root, path);
                assert_int_equal(v.type, cases[i].value < 0 ? BW_ABSENT : BW_INT);
                (void)bw_path_mark(root, (struct bw_mark){1, 1}, path, false, &depth);
                assert_int_equal(depth, cases[i].depth);
        }
        struct bw_path path;

        assert_ok(bw_path_parse(arena, BW_STR("l[1]"), &path, NULL));
        assert_int_equal(bw_path_mark(root, (struct bw_mark){1, 1}, path, false, NULL).line, 3);
        assert_ok(bw_path_parse(arena, BW_STR("n"), &path, NULL));
        assert_int_equal(bw_path_mark(root, (struct bw_mark){1, 1}, path, true, NULL).column, 1);
        assert_int_equal(bw_path_mark(root, (struct bw_mark){1, 1}, path, false, NULL).column, 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_round_trip),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_limit),
                cmocka_unit_test(test_follow),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
