/* SPDX-License-Identifier: Apache-2.0 */
#include "format/toml.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "check.h"

static int setup(void **state)
{
        *state = bw_arena_new(0);
        return *state ? 0 : -1;
}

static int teardown(void **state)
{
        bw_arena_free(*state);
        return 0;
}

static void expect_json(struct bw_arena *arena, const char *toml, const char *json)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_error err = {0};
        struct bw_doc doc;

        if (bw_toml_read(arena, bw_str(toml), &doc, &err) < 0)
                fail_msg("%s: %s", toml, err.message);
        bw_value_json(&buf, doc.root, 0);
        assert_str(bw_buf_view(&buf), json);
}

static void test_values(void **state)
{
        expect_json(*state, "", "{}");
        expect_json(*state, "a = 1\nb = true\nc = 'x'\nd = [1, 'y', []]\ne = {}\n",
                    "{\"a\":1,\"b\":true,\"c\":\"x\",\"d\":[1,\"y\",[]],\"e\":{}}");
        expect_json(*state, "\xef\xbb\xbf# \xc6\x9d\na = '\xc6\x9d'\nb = \"\"\"\n\xc6\x9d \"x\" \\\"\"\"\"\n'\xc6\x9d' = 1\n",
                    "{\"a\":\"\xc6\x9d\",\"b\":\"\xc6\x9d \\\"x\\\" \\\"\",\"\xc6\x9d\":1}");
        expect_json(*state, "[a.'b.c']\nd = 1.5\n[[l]]\nn = 1\n[[l]]\nn = 2\n",
                    "{\"a\":{\"b.c\":{\"d\":1.5}},\"l\":[{\"n\":1},{\"n\":2}]}");
        expect_json(*state, "t = 2024-01-02T03:04:05Z\nu = 2024-01-02\nv = 03:04:05\n",
                    "{\"t\":\"2024-01-02T03:04:05Z\",\"u\":\"2024-01-02\",\"v\":\"03:04:05\"}");
}

static struct bw_mark mark_at(struct bw_arena *arena, struct bw_doc *doc, const char *path)
{
        struct bw_path p;

        assert_ok(bw_path_parse(arena, bw_str(path), &p, NULL));
        return bw_doc_mark(doc, arena, p, true);
}

static void test_places(void **state)
{
        struct bw_doc doc;
        struct bw_mark mark;

        assert_ok(bw_toml_read(*state, BW_STR("x = 1\n[a]\n  b = {c = 2}\n[[l]]\n[[l]]\n  d = true\n"), &doc, NULL));
        mark = mark_at(*state, &doc, "x");
        assert_int_equal(mark.line, 1);
        mark = mark_at(*state, &doc, "a.b");
        assert_int_equal(mark.line, 3);
        assert_int_equal(mark.column, 3);
        mark = mark_at(*state, &doc, "a.b.c");
        assert_int_equal(mark.line, 3);
        assert_int_equal(mark.column, 8);
        mark = mark_at(*state, &doc, "l[1].d");
        assert_int_equal(mark.line, 6);
}

static void expect_error(struct bw_arena *arena, struct bw_str toml, int code, uint32_t line, const char *says)
{
        struct bw_error err = {0};
        struct bw_doc doc;

        assert_int_equal(bw_toml_read(arena, toml, &doc, &err), code);
        assert_int_equal(err.line, line);
        if (!strstr(err.message, says))
                fail_msg("\"%s\" does not say \"%s\"", err.message, says);
}

static void test_errors(void **state)
{
        expect_error(*state, BW_STR("a = 1\na = 2\n"), -EINVAL, 2, "no TOML");
        expect_error(*state, BW_STR("a = 1\n[b\n"), -EINVAL, 2, "no TOML");
        expect_error(*state, BW_STR("a = \"\xff\"\n"), -EINVAL, 1, "no TOML");
        /* Texts at which toml++ would end the process by an assertion, or do anything at all. */
        expect_error(*state, BW_STR("a.b.c = {x = [}], z = 1}\n"), -EINVAL, 0, "no TOML");
        expect_error(*state, BW_STR("a = 1\n\xc6\x9d = 2\n"), -EINVAL, 2, "no TOML");
        expect_error(*state, BW_STR("a = \xc6\x8d\n"), -EINVAL, 1, "no TOML");
}

/* "a.a.a" with so many parts. */
static struct bw_str long_key(struct bw_buf *buf, unsigned parts, const char *before, const char *after)
{
        bw_buf_clear(buf);
        bw_buf_puts(buf, before);
        for (unsigned i = 0; i < parts; i++)
                bw_buf_puts(buf, i ? ".a" : "a");
        bw_buf_puts(buf, after);
        return bw_buf_view(buf);
}

static void test_limits(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_doc doc;

        /* The root is a level, too. */
        assert_ok(bw_toml_read(*state, long_key(&buf, BW_LIMIT_TOML_DEPTH, "", " = 1\n"), &doc, NULL));
        expect_error(*state, long_key(&buf, BW_LIMIT_TOML_DEPTH + 1, "", " = 1\n"), -E2BIG, 0, "nested more than");
        expect_error(*state, long_key(&buf, 200000, "x = 1\n[", "]\n"), -E2BIG, 2, "more than 64 parts");
        expect_error(*state, long_key(&buf, 40, "[", "]\nb.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b.b = 1\n"),
                     -E2BIG, 0, "nested more than");
        /* Dots in a text are none of a key. */
        assert_ok(bw_toml_read(*state, long_key(&buf, 200, "x = '", "'\n"), &doc, NULL));
        /* The fourth quote is part of the text, and does not begin another that would hide the key. */
        expect_error(*state, long_key(&buf, 200000, "x = ['''a'''', {", " = 1}, 'y']\n"), -E2BIG, 1, "more than 64 parts");
        expect_error(*state, long_key(&buf, 200000, "x = [\"\"\"a\"\"\"\"\", {", " = 1}, 'y']\n"), -E2BIG, 1, "more than 64 parts");
        bw_buf_clear(&buf);
        bw_buf_puts(&buf, "x = ");
        bw_buf_fill(&buf, '[', 100000);
        expect_error(*state, bw_buf_view(&buf), -EINVAL, 1, "no TOML");
        bw_buf_clear(&buf);
        bw_buf_fill(&buf, '\n', BW_LIMIT_TOML_BYTES);
        assert_ok(bw_toml_read(*state, bw_buf_view(&buf), &doc, NULL));
        bw_buf_char(&buf, '\n');
        expect_error(*state, bw_buf_view(&buf), -E2BIG, 0, "larger than");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_values, setup, teardown),
                cmocka_unit_test_setup_teardown(test_places, setup, teardown),
                cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
                cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
        };

        return cmocka_run_group_tests_name("toml", tests, NULL, NULL);
}
