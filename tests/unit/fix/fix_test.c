/* SPDX-License-Identifier: Apache-2.0 */
/* Each case: a text, a path, a patch, and the text as it should be afterwards; NULL: no change is offered. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "doc/stream.h"
#include "fix/fix.h"

struct fix_case {
        const char *what;
        const char *text;
        const char *path;
        const char *patch; /* as JSON or YAML */
        const char *after;
};

static struct bw_value read_value(struct bw_arena *arena, const char *text)
{
        struct bw_doc doc;
        struct bw_error err = {0};

        if (bw_yaml_read(arena, bw_str(text), 1, true, &doc, &err) < 0)
                fail_msg("%s: %s", text, err.message);
        return doc.root;
}

struct edited {
        struct bw_arena *arena;
        const struct fix_case *c;
        struct bw_str text; /* of the whole */
        uint32_t item;      /* which item of a list is edited */
        uint32_t at;
        bool done;
};

static int edit_item(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        struct edited *e = ctx;
        const struct bw_edit *edits;
        struct bw_path path;
        struct bw_str after;
        size_t n;

        if (e->at++ != e->item)
                return 0;
        assert_ok(bw_path_parse(e->arena, bw_str(e->c->path), &path, reterr));
        assert_ok(bw_fix_edits(e->arena, item, path, read_value(e->arena, e->c->patch), &edits, &n, reterr));
        e->done = true;
        if (n == 0) {
                if (e->c->after)
                        fail_msg("%s: no change is offered", e->c->what);
                return 0;
        }
        for (size_t i = 1; i < n; i++)
                assert_true(edits[i].line > edits[i - 1].end_line ||
                            (edits[i].line == edits[i - 1].end_line && edits[i].column >= edits[i - 1].end_column));
        after = bw_fix_apply(e->arena, e->text, 1, edits, n);
        if (!e->c->after)
                fail_msg("%s: changed to:\n%.*s", e->c->what, BW_STR_ARG(after));
        if (!bw_str_is(after, e->c->after))
                fail_msg("%s:\n%.*s\nis not\n%s", e->c->what, BW_STR_ARG(after), e->c->after);
        return 0;
}

static void run_case(const struct fix_case *c, uint32_t item)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_piece piece = {.text = bw_str(c->text), .line = 1, .column = 1,
                                 .format = bw_stream_format(bw_str(c->text))};
        struct edited e = {.arena = arena, .c = c, .text = bw_str(c->text), .item = item};
        struct bw_error err = {0};
        struct bw_doc doc;

        if (bw_doc_read(arena, &piece, false, &doc, &err) < 0)
                fail_msg("%s: %s", c->what, err.message);
        assert_ok(bw_doc_list_items(arena, &doc, edit_item, &e, &err));
        assert_true(e.done);
}

static void test_yaml(void **state)
{
        static const struct fix_case cases[] = {
                {"a key at the end of a block map", "a: 1\nb: 2\n", "", "{c: 3}", "a: 1\nb: 2\nc: 3\n"},
                {"nested maps", "a: 1\n", "", "{c: {d: [x], e: {f: true}}}",
                 "a: 1\nc:\n  d: [x]\n  e:\n    f: true\n"},
                {"into an item of a list, whose indentation it has",
                 "spec:\n    containers:\n    -   name: a # the app\n        image: x\n\n    # another one\n    -   name: b\n",
                 "spec.containers[0]", "{securityContext: {privileged: false}}",
                 "spec:\n    containers:\n    -   name: a # the app\n        image: x\n"
                 "        securityContext:\n          privileged: false\n\n    # another one\n    -   name: b\n"},
                {"a scalar in place, the comment stays", "a:\n  b: true # why\n", "a", "{b: false}",
                 "a:\n  b: false # why\n"},
                {"quoted and with signs", "a: \"x # y\" # z\nb: 'it''s'\n", "", "{a: \"p: q\", b: \"no\"}",
                 "a: \"p: q\" # z\nb: \"no\"\n"},
                {"into what is missing on the way", "kind: Pod\nspec:\n  x: 1\n", "spec.template", "{a: {b: 2}}",
                 "kind: Pod\nspec:\n  x: 1\n  template:\n    a:\n      b: 2\n"},
                {"an empty value becomes a map", "a:\nb: 1\n", "", "{a: {c: 1}}", "a:\n  c: 1\nb: 1\n"},
                {"an empty value with a comment", "a: # to do\nb: 1\n", "", "{a: {c: 1}}", "a: # to do\n  c: 1\nb: 1\n"},
                {"an empty value becomes a scalar", "a:\nb: 1\n", "", "{a: text}", "a: text\nb: 1\n"},
                {"a written null", "a: null\nb: ~\n", "", "{a: 1, b: {c: d}}", "a: 1\nb: {c: d}\n"},
                {"an empty flow map", "a: {}\n", "", "{a: {b: 1}}", "a: {b: 1}\n"},
                {"a flow map", "a: {b: 1, c: 'x, }'} # end\n", "a", "{d: [1, 2], b: 2}",
                 "a: {b: 2, c: 'x, }', d: [1, 2]} # end\n"},
                {"a flow map of several lines", "a: {\n  b: 1, # one\n  c: 2\n}\n", "a", "{d: 3}",
                 "a: {\n  b: 1, # one\n  c: 2,\n  d: 3\n}\n"},
                {"a flow map with a last comma", "a: {\n  b: 1,\n}\n", "a", "{d: 3}", "a: {\n  b: 1,\n  d: 3\n}\n"},
                {"a list in block style", "a:\n  drop:\n  - X\n  - Y # y\n  b: 1\n", "a", "{drop: [ALL]}",
                 "a:\n  drop:\n  - ALL\n  b: 1\n"},
                {"a list in flow style", "a: {drop: [X, Y], b: 1}\n", "a", "{drop: [ALL]}", "a: {drop: [ALL], b: 1}\n"},
                {"a list of maps", "a: 1\n", "", "{b: [{c: 1, d: 2}, {e: 3}]}",
                 "a: 1\nb:\n  - c: 1\n    d: 2\n  - e: 3\n"},
                {"a map in place of a scalar", "a: 1\nb: 2\n", "", "{a: {c: 1}}", "a: {c: 1}\nb: 2\n"},
                {"after a block scalar", "a: |\n  # text\n  more\nb:\n  c: >-\n    x\n    # y\n", "b", "{d: 1}",
                 "a: |\n  # text\n  more\nb:\n  c: >-\n    x\n    # y\n  d: 1\n"},
                {"a key goes", "a: 1\n# about b\nb: 2\nc: 3\n", "", "{b: null}", "a: 1\n# about b\nc: 3\n"},
                {"the key of a list item's first line goes", "- b: 2\n  c: 3\n", "[0]", "{b: null}", "- c: 3\n"},
                {"the last key goes", "a:\n  b:\n    x: 1\n  c:\n  - 1\n  - 2\nd: 1\n", "a", "{c: null}",
                 "a:\n  b:\n    x: 1\nd: 1\n"},
                {"a key of a flow map goes", "a: {b: 1, c: 2}\n", "a", "{b: null}", "a: {c: 2}\n"},
                {"the last key of a flow map goes", "a: {b: 1, c: 2}\n", "a", "{c: null}", "a: {b: 1}\n"},
                {"Windows line ends", "a: 1\r\nb:\r\n  c: 1\r\n", "b", "{d: {e: 1}}",
                 "a: 1\r\nb:\r\n  c: 1\r\n  d:\r\n    e: 1\r\n"},
                {"no line end at the end", "a: 1", "", "{b: 2}", "a: 1\nb: 2"},
                {"other alphabets", "\xc3\xa4: \xe2\x82\xac # \xc3\xbc\nb: {\xc3\xb6: \"\xc3\x9f\"}\n", "b", "{c: 1}",
                 "\xc3\xa4: \xe2\x82\xac # \xc3\xbc\nb: {\xc3\xb6: \"\xc3\x9f\", c: 1}\n"},
                {"several at one place", "a:\n  b:\n    c: 1\n", "", "{a: {b: {d: 2}, e: 3}, f: 4}",
                 "a:\n  b:\n    c: 1\n    d: 2\n  e: 3\nf: 4\n"},
                {"text that looks like another type", "a: 1\n", "", "{b: \"true\", c: \"12\", d: \"\", e: \"-x\", f: a/b.c}",
                 "a: 1\nb: \"true\"\nc: \"12\"\nd: \"\"\ne: \"-x\"\nf: a/b.c\n"},
                {"an empty value at the end", "a: 1\nb:", "", "{b: 2}", "a: 1\nb: 2"},
                {"nothing to do", "a: 1\n", "", "{a: 1}", NULL},
                {"an alias is shared", "a: &x {b: 1}\nc: *x\n", "c", "{d: 1}", NULL},
                {"an anchor is shared", "a: &x\n  b: 1\nc: *x\n", "a", "{d: 1}", NULL},
                {"an index that is not there", "a: [1]\n", "a[3]", "{b: 1}", NULL},
                {"the only key cannot go", "a:\n  b: 1\n", "a", "{b: null}", NULL},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                run_case(&cases[i], 0);
}

static void test_json(void **state)
{
        static const struct fix_case cases[] = {
                {"one line", "{\"a\": {\"b\": true}}", "a", "{b: false, c: [x]}", "{\"a\": {\"b\": false, \"c\": [\"x\"]}}"},
                {"many lines", "{\n  \"a\": {\n    \"b\": true\n  }\n}\n", "a", "{c: {d: 1}}",
                 "{\n  \"a\": {\n    \"b\": true,\n    \"c\": {\"d\": 1}\n  }\n}\n"},
                {"empty", "{\"a\":{}}", "a", "{c: 1}", "{\"a\":{\"c\": 1}}"},
                {"missing on the way", "{\"a\":1}", "b.c", "{d: null, e: x}", "{\"a\":1, \"b\": {\"c\": {\"e\": \"x\"}}}"},
                {"signs in texts", "{\"a\":{\"}\":\"\\\"}, {\"}}", "a", "{c: 1}", "{\"a\":{\"}\":\"\\\"}, {\", \"c\": 1}}"},
                {"null", "{\"a\":null,\"b\":1}", "", "{a: {c: 1}}", "{\"a\": {\"c\": 1},\"b\":1}"},
                {"a key goes", "{\"a\":1,\"b\":[1,2],\"c\":3}", "", "{b: null}", "{\"a\":1,\"c\":3}"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                run_case(&cases[i], 0);
}

static void test_items_of_lists(void **state)
{
        static const struct fix_case yaml = {
                "the second item", "apiVersion: v1\nkind: List\nitems:\n- {kind: A, apiVersion: v1}\n- kind: B\n  apiVersion: v1\n",
                "", "{x: 1}",
                "apiVersion: v1\nkind: List\nitems:\n- {kind: A, apiVersion: v1}\n- kind: B\n  apiVersion: v1\n  x: 1\n"};
        static const struct fix_case json = {
                "the second item", "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"A\"},{\"kind\":\"B\"}]}", "",
                "{x: 1}",
                "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"A\"},{\"kind\":\"B\", \"x\": 1}]}"};

        (void)state;
        run_case(&yaml, 1);
        run_case(&json, 1);
}

/* Every change of small texts reads back, or there is none. */
static void test_many(void **state)
{
        static const char *const texts[] = {
                "a: {b: [1, {c: d}]}\n", "a:\n- b: 1\n  c:\n  - 2\n- d\n", "a: 'x'\nb: |\n  t\n\n\nc: 1\n",
                "? a\n: b\nc: d\n",      "a: \"x\n  y\"\nb: 1\n",            "a:\n  b: 1\n\n\n# end\n",
                "a: !!str 1\nb: 2\n",    "<<: {a: 1}\nb: 2\n",              "a: &x 1\nb: *x\n",
                "{a: 1}\n",              "a : 1\nb:    2\n",                 "---\na: 1\n...\n",
        };
        static const char *const paths[] = {"", "a", "b", "a[0]", "a.b", "c.d"};
        static const char *const patches[] = {"{a: 2}", "{b: null}", "{z: {y: 1}}", "{a: {b: {c: 1}}}", "{c: [1], b: x}"};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts) * BW_ARRAY_SIZE(paths) * BW_ARRAY_SIZE(patches); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_value patch = read_value(arena, patches[i % BW_ARRAY_SIZE(patches)]);
                struct bw_piece piece = {.text = bw_str(texts[i / BW_ARRAY_SIZE(patches) % BW_ARRAY_SIZE(texts)]),
                                         .line = 1, .column = 1, .format = BW_FORMAT_YAML};
                const struct bw_edit *edits;
                struct bw_path path;
                struct bw_doc doc;
                size_t n;

                assert_ok(bw_doc_read(arena, &piece, false, &doc, NULL));
                assert_ok(bw_path_parse(arena, bw_str(paths[i / BW_ARRAY_SIZE(patches) / BW_ARRAY_SIZE(texts)]), &path,
                                        NULL));
                assert_ok(bw_fix_edits(arena, &doc, path, patch, &edits, &n, NULL));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_yaml),
                cmocka_unit_test(test_json),
                cmocka_unit_test(test_items_of_lists),
                cmocka_unit_test(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
