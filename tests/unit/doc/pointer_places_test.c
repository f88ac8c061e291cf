/* SPDX-License-Identifier: Apache-2.0 */
/* Places found by pointers are the places that a pass over the whole text finds, for every path of a document. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "doc/doc.h"
#include "doc/marks_internal.h"

#define MAX_PLACES 256

struct places {
        struct bw_segment segments[MAX_PLACES][8];
        size_t depth[MAX_PLACES];
        struct bw_mark marks[MAX_PLACES];
        bool known[MAX_PLACES];
        size_t n;
};

static void collect(struct places *all, struct bw_value v, struct bw_segment *path, size_t depth)
{
        for (uint32_t i = 0; i < v.n && (v.type == BW_MAP || v.type == BW_LIST); i++) {
                struct bw_value child = v.type == BW_MAP ? v.map->entries[i].value : v.list->items[i];

                if (v.type == BW_MAP)
                        path[depth] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = v.map->entries[i].key};
                else
                        path[depth] = (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = i};
                assert_true(all->n < MAX_PLACES && depth < 7);
                memcpy(all->segments[all->n], path, (depth + 1) * sizeof(*path));
                all->depth[all->n++] = depth + 1;
                collect(all, child, path, depth + 1);
        }
}

static struct bw_path path_of(const struct places *all, size_t i)
{
        return (struct bw_path){.n = all->depth[i], .segments = all->segments[i]};
}

/* known: how many places at least must be found by pointers alone. */
static void compare(const char *text, uint32_t line, uint32_t column, size_t known)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        static struct places all;
        struct bw_segment path[8];
        struct bw_doc doc;
        size_t found = 0;
        size_t used;

        all.n = 0;
        assert_ok(bw_json_read(arena, bw_str(text), line, column, false, &doc, &used, NULL));
        collect(&all, doc.root, path, 0);
        for (size_t i = 0; i < all.n; i++) {
                all.known[i] = bw_json_place(&doc, path_of(&all, i), &all.marks[i]);
                found += all.known[i];
        }
        assert_ok(bw_json_marks(arena, &doc));
        for (size_t i = 0; i < all.n; i++) {
                struct bw_mark mark = bw_path_mark(doc.root, doc.mark, path_of(&all, i), true, NULL);

                if (all.known[i] && (mark.line != all.marks[i].line || mark.column != all.marks[i].column))
                        fail_msg("%s: path %zu is at %u:%u, not %u:%u", text, i, mark.line, mark.column,
                                 all.marks[i].line, all.marks[i].column);
        }
        if (found < known)
                fail_msg("%s: %zu places were found by pointers, not %zu", text, found, known);
}

static void test_compact(void **state)
{
        (void)state;
        compare("{\"a\":{\"b\":[{\"c\":1},{\"d\":\"x\"}],\"e\":\"\"},\"f\":null,\"\":{\"g\":true}}", 1, 1, 10);
        compare("  {\"a\": 1}", 7, 40, 1);
}

static void test_indented(void **state)
{
        (void)state;
        compare("{\n  \"a\": [\n    {\n      \"b\": \"c\"\n    },\n    [ \"x\", [\"y\"] ]\n  ],\r\n\t\"z\" : {\"k\":\n\"v\"}\n}", 3, 5, 9);
}

static void test_characters_and_escapes(void **state)
{
        (void)state;
        compare("{\"z\xc3\xbcrich\":{\"\xf0\x9f\x9a\x80\":1,\"a\\u0062\\n\":{\"q\\\"uote\":[\"\\\\\"]}},\"t\":[\"\xc3\xbc\",\"b\"]}", 1, 1, 8);
}

/* Of keys that stand twice the last counts; the first entry's key may stand anywhere then. */
static void test_repeated_keys(void **state)
{
        (void)state;
        compare("{\"a\":{\"x\":1},\"b\":2,\"a\":{\"y\":3,\"y\":4}}", 1, 1, 3);
        compare("[{\"a\":1,\"a\":2},{\"a\":1,\"b\":2,\"a\":3}]", 1, 1, 3);
}

/* Strings that had to be repaired do not lie where the text's do: no place is better than a wrong one. */
static void test_repaired(void **state)
{
        (void)state;
        compare("{\"a\xff\":{\"b\":1},\"c\":\"\\ud800\",\"d\":[\"e\"]}", 1, 1, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_compact),       cmocka_unit_test(test_indented),
                cmocka_unit_test(test_characters_and_escapes), cmocka_unit_test(test_repeated_keys),
                cmocka_unit_test(test_repaired),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
