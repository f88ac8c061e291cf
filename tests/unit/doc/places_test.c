/* SPDX-License-Identifier: Apache-2.0 */
/* Where values stand, in YAML and JSON, and the lines that reports show. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "doc/stream.h"

struct place {
        const char *path;
        uint32_t value[2]; /* line, column */
        uint32_t key[2];
};

static void check_places(struct bw_doc *doc, struct bw_arena *arena, const struct place *places, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct bw_path path;
                struct bw_mark value;
                struct bw_mark key;

                assert_ok(bw_path_parse(arena, bw_str(places[i].path), &path, NULL));
                value = bw_doc_mark(doc, arena, path, false);
                key = bw_doc_mark(doc, arena, path, true);
                if (value.line != places[i].value[0] || value.column != places[i].value[1] ||
                    key.line != places[i].key[0] || key.column != places[i].key[1])
                        fail_msg("%s: value at %u:%u, key at %u:%u", places[i].path, value.line, value.column, key.line,
                                 key.column);
        }
}

static void test_yaml(void **state)
{
        static const char text[] = "apiVersion: v1\n"
                                   "metadata:\n"
                                   "  labels: {a: b, \xc3\xa9\xf0\x9f\x98\x80: c, 'd': \"e\"}\n"
                                   "list:\n"
                                   "- x\n"
                                   "-   k: |\n"
                                   "      text\n"
                                   "    l: >-\n"
                                   "      a\n"
                                   "      b\n"
                                   "\n"
                                   "after:   y\n"
                                   "empty:\n"
                                   "tagged: !!str &a 1\n"
                                   "alias: *a\n";
        static const struct place places[] = {
                {"", {11, 1}, {11, 1}},
                {"apiVersion", {11, 13}, {11, 1}},
                {"metadata", {13, 3}, {12, 1}},
                {"metadata.labels", {13, 11}, {13, 3}},
                {"metadata.labels.a", {13, 15}, {13, 12}},
                {"metadata.labels['\xc3\xa9\xf0\x9f\x98\x80']", {13, 22}, {13, 18}},
                {"metadata.labels.d", {13, 30}, {13, 25}},
                {"list", {15, 1}, {14, 1}},
                {"list[0]", {15, 3}, {15, 3}},
                {"list[1]", {16, 5}, {16, 5}},
                {"list[1].k", {16, 8}, {16, 5}},
                {"list[1].l", {18, 8}, {18, 5}},
                {"after", {22, 10}, {22, 1}},
                {"empty", {23, 7}, {23, 1}},
                {"tagged", {24, 9}, {24, 1}},
                {"alias", {25, 8}, {25, 1}},
                /* what is not there: the deepest part that is */
                {"metadata.labels.nope.more", {13, 11}, {13, 3}},
                {"list[7]", {15, 1}, {14, 1}},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_doc doc;

        (void)state;
        assert_ok(bw_yaml_read(arena, bw_str(text), 11, false, &doc, NULL));
        check_places(&doc, arena, places, BW_ARRAY_SIZE(places));
}

static void test_yaml_ends_and_marks(void **state)
{
        static const struct place places[] = {
                {"a", {1, 4}, {1, 1}},
                {"b", {2, 4}, {2, 1}},
                {"c", {5, 4}, {5, 1}},
        };
        static const char *const texts[] = {
                ("\xef\xbb\xbf"
                 "a: 1\nb: |\n x\n y\nc: 2\n"),
                "a: 1\r\nb: |\r\n x\r\n y\r\nc: 2\r\n",
                "a: 1\rb: |\r x\r y\rc: 2\r",
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_doc doc;

                assert_ok(bw_yaml_read(arena, bw_str(texts[i]), 1, false, &doc, NULL));
                check_places(&doc, arena, places, BW_ARRAY_SIZE(places));
                assert_str(bw_doc_line(&doc, 3), " x");
                assert_str(bw_doc_line(&doc, 5), "c: 2");
        }
}

/* A text that is repaired before libyaml reads it keeps its places. */
static void test_yaml_repaired(void **state)
{
        static const struct place places[] = {
                {"a[0]", {1, 5}, {1, 5}},
                {"a[1]", {1, 13}, {1, 13}},
                {"a[2]", {1, 17}, {1, 17}},
                {"b", {2, 4}, {2, 1}},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_doc doc;

        (void)state;
        assert_ok(bw_yaml_read(arena, BW_STR("a: [\"x\\'y\", z:, w]\nb: 1\n"), 1, false, &doc, NULL));
        assert_str(bw_value_text(bw_list_get(bw_map_get(doc.root, BW_STR("a")), 1)), "z:");
        check_places(&doc, arena, places, BW_ARRAY_SIZE(places));
}

static void test_json(void **state)
{
        static const char text[] = "{\"a\": [1, {\"b\": null},\n"
                                   "  \"\xc3\xa9\xf0\x9f\x98\x80\", [ ] , true],\n"
                                   "\t\"k\\u0065y\\n\" : {\"x\": {\"y\": 1}}, \"dup\": [1,2,3], \"z\":2,\n"
                                   " \"dup\": {\"q\": \"\\\"\"}, \"last\": {}}";
        static const struct place places[] = {
                {"", {3, 5}, {3, 5}},
                {"a", {3, 11}, {3, 6}},
                {"a[0]", {3, 12}, {3, 12}},
                {"a[1]", {3, 15}, {3, 15}},
                {"a[1].b", {3, 21}, {3, 16}},
                {"a[2]", {4, 3}, {4, 3}},
                {"a[3]", {4, 9}, {4, 9}},
                {"a[4]", {4, 15}, {4, 15}},
                {"['key\n'].x", {5, 23}, {5, 18}},
                {"['key\n'].x.y", {5, 29}, {5, 24}},
                {"z", {5, 54}, {5, 50}},
                {"dup", {6, 9}, {6, 2}},
                {"dup.q", {6, 15}, {6, 10}},
                {"last", {6, 30}, {6, 22}},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_doc doc;

        (void)state;
        assert_ok(bw_json_read(arena, bw_str(text), 3, 5, false, &doc, NULL, NULL));
        check_places(&doc, arena, places, BW_ARRAY_SIZE(places));
        assert_str(bw_doc_line(&doc, 4), "  \"\xc3\xa9\xf0\x9f\x98\x80\", [ ] , true],");
        assert_str(bw_doc_line(&doc, 2), "");
        assert_str(bw_doc_line(&doc, 7), "");
}

struct seen {
        size_t n;
        char names[256];
        struct bw_mark marks[16];
};

static int see(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        struct seen *seen = ctx;
        size_t at = strlen(seen->names);

        (void)reterr;
        (void)snprintf(seen->names + at, sizeof(seen->names) - at, "%u:%.*s/%.*s ", (unsigned)item->index,
                       BW_STR_ARG(item->kind), BW_STR_ARG(item->name));
        seen->marks[seen->n++] = item->mark;
        return 0;
}

static void test_lists(void **state)
{
        static const char *const texts[] = {
                "kind: List\n"
                "items:\n"
                "- kind: A\n"
                "  metadata: {name: a}\n"
                "- kind: BList\n"
                "  apiVersion: v1\n"
                "  items:\n"
                "  - metadata: {name: b}\n"
                "  - {}\n"
                "- 7\n",
                "{\"kind\":\"List\",\n"
                "\"items\":[\n"
                "  {\"kind\":\"A\",\n"
                "   \"metadata\":{\"name\":\"a\"}},\n"
                "  {\"kind\":\"BList\",\n"
                "  \"apiVersion\":\"v1\",\n"
                "  \"items\":[\n"
                "    {\"metadata\":{\"name\":\"b\"}},\n"
                "    {}]},\n"
                "  7]}",
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct seen seen = {0};
                struct bw_doc doc;

                if (i == 0)
                        assert_ok(bw_yaml_read(arena, bw_str(texts[i]), 1, false, &doc, NULL));
                else
                        assert_ok(bw_json_read(arena, bw_str(texts[i]), 1, 1, false, &doc, NULL, NULL));
                assert_true(bw_doc_is_list(&doc));
                doc.index = 4;
                assert_ok(bw_doc_list_items(arena, &doc, see, &seen, NULL));
                assert_string_equal(seen.names, "4:A/a 5:B/b 6:B/ 7:/ ");
                for (size_t j = 0; j < 4; j++) {
                        static const uint32_t lines[] = {3, 8, 9, 10};

                        assert_int_equal(seen.marks[j].line, lines[j]);
                        assert_true(seen.marks[j].column >= 3);
                }
        }
}

static void test_no_list(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct seen seen = {0};
        struct bw_doc doc;

        (void)state;
        assert_ok(
                bw_yaml_read(arena, BW_STR("kind: A\nitems: x\nmetadata: {generateName: g-}\n"), 1, false, &doc, NULL));
        assert_ok(bw_doc_list_items(arena, &doc, see, &seen, NULL));
        assert_string_equal(seen.names, "0:A/g- ");
}

static void test_nested_lists(void **state)
{
        (void)state;
        for (unsigned depth = 8; depth <= 9; depth++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                struct seen seen = {0};
                struct bw_doc doc;

                for (unsigned i = 0; i < depth; i++)
                        bw_buf_puts(&text, "{\"items\":[");
                bw_buf_puts(&text, "{}");
                for (unsigned i = 0; i < depth; i++)
                        bw_buf_puts(&text, "]}");
                assert_ok(bw_json_read(arena, bw_buf_view(&text), 1, 1, false, &doc, NULL, NULL));
                assert_int_equal(bw_doc_list_items(arena, &doc, see, &seen, NULL), depth > 8 ? -E2BIG : 0);
        }
}

static void test_identify(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_doc doc;

        (void)state;
        assert_ok(bw_yaml_read(arena, BW_STR("{apiVersion: apps/v1, kind: D, metadata: {name: x, namespace: s}}"), 1,
                               false, &doc, NULL));
        assert_true(bw_doc_identify(&doc));
        assert_str(doc.group, "apps");
        assert_str(doc.ns, "s");
        assert_str(doc.name, "x");
        assert_ok(bw_yaml_read(arena, BW_STR("{apiVersion: v1, kind: [], metadata: x}"), 1, false, &doc, NULL));
        assert_false(bw_doc_identify(&doc));
        assert_str(doc.group, "");
        assert_ok(bw_yaml_read(arena, BW_STR("x"), 1, false, &doc, NULL));
        assert_false(bw_doc_identify(&doc));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_yaml),          cmocka_unit_test(test_yaml_ends_and_marks),
                cmocka_unit_test(test_yaml_repaired), cmocka_unit_test(test_json),
                cmocka_unit_test(test_lists),         cmocka_unit_test(test_no_list),
                cmocka_unit_test(test_nested_lists),  cmocka_unit_test(test_identify),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
