/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "report/emit.h"

#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "report/report.h"
#include "value/value.h"

static void nested(struct bw_emit *e)
{
        bw_emit_map(e);
        bw_emit_key_str(e, "name", BW_STR("web"));
        bw_emit_key(e, "empty");
        bw_emit_list(e);
        bw_emit_end(e);
        bw_emit_key(e, "none");
        bw_emit_map(e);
        bw_emit_end(e);
        bw_emit_key(e, "items");
        bw_emit_list(e);
        bw_emit_map(e);
        bw_emit_key_u64(e, "a", 1);
        bw_emit_key(e, "b");
        bw_emit_map(e);
        bw_emit_key(e, "c");
        bw_emit_bool(e, true);
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_list(e);
        bw_emit_str(e, BW_STR("x"));
        bw_emit_u64(e, 2);
        bw_emit_list(e);
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_map(e);
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_end(e);
}

static void expect(enum bw_syntax syntax, void (*fn)(struct bw_emit *), const char *wanted)
{
        struct bw_emit e;

        bw_emit_init(&e, syntax, NULL);
        fn(&e);
        assert_int_equal(bw_emit_close(&e, NULL), 0);
        assert_string_equal(e.buf.p, wanted);
        bw_emit_done(&e);
}

static void structure(void **state)
{
        (void)state;
        expect(BW_SYNTAX_JSON, nested,
               "{\n  \"name\": \"web\",\n  \"empty\": [],\n  \"none\": {},\n  \"items\": [\n    {\n      \"a\": 1,\n"
               "      \"b\": {\n        \"c\": true\n      }\n    },\n    [\n      \"x\",\n      2,\n      []\n    ],\n"
               "    {}\n  ]\n}\n");
        expect(BW_SYNTAX_YAML, nested,
               "name: web\nempty: []\nnone: {}\nitems:\n- a: 1\n  b:\n    c: true\n- - x\n  - 2\n  - []\n- {}\n");
}

static const struct {
        const char *text;
        const char *json;
        const char *yaml;
} strings[] = {
        {"plain", "\"plain\"", "plain"},
        {"two words", "\"two words\"", "two words"},
        {"", "\"\"", "\"\""},
        {"true", "\"true\"", "\"true\""},
        {"No", "\"No\"", "\"No\""},
        {"1.12", "\"1.12\"", "\"1.12\""},
        {"-x", "\"-x\"", "\"-x\""},
        {"v1", "\"v1\"", "v1"},
        {"a: b", "\"a: b\"", "\"a: b\""},
        {"a:b", "\"a:b\"", "a:b"},
        {"a #b", "\"a #b\"", "\"a #b\""},
        {"a#b", "\"a#b\"", "a#b"},
        {"end:", "\"end:\"", "\"end:\""},
        {"end ", "\"end \"", "\"end \""},
        {"say \"hi\" \\", "\"say \\\"hi\\\" \\\\\"", "say \"hi\" \\"},
        {"\"q\"", "\"\\\"q\\\"\"", "'\"q\"'"},
        {"\"it's\"", "\"\\\"it's\\\"\"", "'\"it''s\"'"},
        {"tab\there", "\"tab\\there\"", "\"tab\\there\""},
        {"esc\x1b[2J", "\"esc\\u001b[2J\"", "\"esc\\u001b[2J\""},
        {"c1\xc2\x9b", "\"c1\\u009b\"", "\"c1\\u009b\""},
        {"bidi\xe2\x80\xae!", "\"bidi\\u202e!\"", "\"bidi\\u202e!\""},
        {"bad\xff.", "\"bad\xef\xbf\xbd.\"", "\"bad\xef\xbf\xbd.\""},
        {"caf\xc3\xa9", "\"caf\xc3\xa9\"", "\"caf\xc3\xa9\""},
        {"one\ntwo", "\"one\\ntwo\"", "|-\n  one\n  two"},
        {"one\n\n  two", "\"one\\n\\n  two\"", "|-\n  one\n\n    two"},
        {"one\n", "\"one\\n\"", "\"one\\n\""},
        {" lead\nx", "\" lead\\nx\"", "\" lead\\nx\""},
};

static void strings_are_quoted_as_needed(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(strings); i++) {
                for (int yaml = 0; yaml < 2; yaml++) {
                        struct bw_emit e;

                        bw_emit_init(&e, yaml ? BW_SYNTAX_YAML : BW_SYNTAX_JSON, NULL);
                        bw_emit_str(&e, bw_str(strings[i].text));
                        assert_int_equal(bw_buf_status(&e.buf), 0);
                        assert_string_equal(e.buf.p, yaml ? strings[i].yaml : strings[i].json);
                        bw_emit_done(&e);
                }
        }
}

static void depth_is_limited(void **state)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_value v = bw_value_null();
        struct bw_error error = {0};
        struct bw_emit e;

        (void)state;
        for (int i = 0; i < BW_EMIT_DEPTH + 5; i++) {
                struct bw_list *list = bw_list_new(arena, 1);

                assert_non_null(list);
                list->items[0] = v;
                v = bw_value_list(list, 1);
        }
        bw_emit_init(&e, BW_SYNTAX_JSON, NULL);
        bw_emit_value(&e, v);
        assert_int_equal(bw_emit_close(&e, &error), -E2BIG);
        assert_true(error.message[0] != '\0');
        bw_emit_done(&e);
        bw_arena_free(arena);
}

static void documents_are_separated(void **state)
{
        struct bw_emit e;

        (void)state;
        bw_emit_init(&e, BW_SYNTAX_YAML, NULL);
        bw_emit_str(&e, BW_STR("a"));
        bw_emit_next_document(&e);
        bw_emit_str(&e, BW_STR("b"));
        assert_int_equal(bw_emit_close(&e, NULL), 0);
        assert_string_equal(e.buf.p, "a\n---\nb\n");
        bw_emit_done(&e);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(structure),
                cmocka_unit_test(strings_are_quoted_as_needed),
                cmocka_unit_test(depth_is_limited),
                cmocka_unit_test(documents_are_separated),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
