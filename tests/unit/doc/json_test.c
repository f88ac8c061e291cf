/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as Go's encoding/json and Kubernetes' unstructured objects have it. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/doc.h"

struct json_case {
        const char *text;
        const char *json; /* NULL: refused */
        bool strict_error;
};

static void run_cases(const struct json_case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_error err = {0};
                struct bw_doc doc;
                size_t used = 0;
                int r = bw_json_read(arena, bw_str(cases[i].text), 1, 1, false, &doc, &used, &err);

                if (!cases[i].json) {
                        if (r != -EINVAL)
                                fail_msg("\"%s\" gave %d instead of an error", cases[i].text, r);
                        continue;
                }
                if (r != 0)
                        fail_msg("\"%s\" gave the error %s", cases[i].text, err.message);
                bw_value_json(&out, doc.root, 0);
                if (!bw_str_is(bw_buf_view(&out), cases[i].json))
                        fail_msg("\"%s\" gave %s instead of %s", cases[i].text, out.p, cases[i].json);
                assert_int_equal(used, strlen(cases[i].text));
                r = bw_json_read(arena, bw_str(cases[i].text), 1, 1, true, &doc, NULL, NULL);
                assert_int_equal(r, cases[i].strict_error ? -EINVAL : 0);
        }
}

static void test_values(void **state)
{
        static const struct json_case cases[] = {
                {"null", "null"},
                {" true ", "true"},
                {"[false,1,-1,1.5,\"x\"]", "[false,1,-1,1.5,\"x\"]"},
                {"{\"a\":{\"b\":[]},\"c\":{}}", "{\"a\":{\"b\":[]},\"c\":{}}"},
                {"[9223372036854775807,9223372036854775808,18446744073709551615]",
                 "[9223372036854775807,9223372036854775808,18446744073709551615]"},
                {"[18446744073709551616,-9223372036854775808,-9223372036854775809]",
                 "[18446744073709551616,-9223372036854775808,-9223372036854775808]"},
                {"[1.0,1e3,-0]", "[1,1000,0]"},
                {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}", true},
                {"{\"a\":{\"x\":1,\"x\":2}}", "{\"a\":{\"x\":2}}", true},
                {"\"\\u0041\\ud83d\\ude00\\/\\n\"", "\"A\xf0\x9f\x98\x80/\\n\""},
                {"\"\\u0000\"", "\"\\u0000\""},
                {"", NULL},
                {"{", NULL},
                {"[1,]", NULL},
                {"{\"a\":1,}", NULL},
                {"{a:1}", NULL},
                {"'a'", NULL},
                {"[01]", NULL},
                {"[.5]", NULL},
                {"[1.]", NULL},
                {"[+1]", NULL},
                {"[NaN]", NULL},
                {"[Infinity]", NULL},
                {"\"\t\"", NULL},
                {"\"\\x41\"", NULL},
                {"\"\\u12\"", NULL},
                {"// x\n1", NULL},
                {"\xef\xbb\xbf{}", NULL},
        };

        (void)state;
        run_cases(cases, BW_ARRAY_SIZE(cases));
}

static void test_replaced(void **state)
{
        static const struct json_case cases[] = {
                {"\"a\xff\xfe b\"", "\"a\xef\xbf\xbd\xef\xbf\xbd b\""},
                {"\"\xc3\"", "\"\xef\xbf\xbd\""},
                {"\"\xed\xa0\x80\"", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
                {"\"\\ud800\"", "\"\xef\xbf\xbd\""},
                {"\"\\udc00x\"", "\"\xef\xbf\xbdx\""},
                {"\"\\ud800\\ud800\\udc00\"", "\"\xef\xbf\xbd\xf0\x90\x80\x80\""},
                {"\"\\ud800\\n\"", "\"\xef\xbf\xbd\\n\""},
                {"\"\\\\ud800\"", "\"\\\\ud800\""},
                {"{\"\xff\":1}", "{\"\xef\xbf\xbd\":1}"},
                {"[\"\xff\",\"\xc3\xa9\",\"\\ud800\"]", "[\"\xef\xbf\xbd\",\"\xc3\xa9\",\"\xef\xbf\xbd\"]"},
                {"[\xff]", NULL},
                {"[\"\xff\",\"\\q\"]", NULL},
        };

        (void)state;
        run_cases(cases, BW_ARRAY_SIZE(cases));
}

/* Beyond all doubles: Kubernetes keeps the text of such a number until somebody asks for its value. */
static void test_huge_numbers(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_doc doc;

        (void)state;
        assert_ok(bw_json_read(arena, BW_STR("[1e400,-1e400]"), 1, 1, false, &doc, NULL, NULL));
        assert_int_equal(bw_list_get(doc.root, 0).type, BW_DOUBLE);
        assert_true(__builtin_isinf(bw_list_get(doc.root, 0).d) && bw_list_get(doc.root, 1).d < 0);
}

static void test_used(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_doc doc;
        size_t used;

        (void)state;
        assert_ok(bw_json_read(arena, BW_STR(" \n[1] \n [2]"), 5, 3, false, &doc, &used, NULL));
        assert_int_equal(used, 8);
        assert_str(doc.text, " \n[1]");
        assert_int_equal(doc.line, 5);
        assert_int_equal(doc.mark.line, 6);
        assert_int_equal(doc.mark.column, 1);
        assert_ok(bw_json_read(arena, BW_STR("\"\xff\" 1"), 1, 1, false, &doc, &used, NULL));
        assert_int_equal(used, 4);
}

static void test_error_places(void **state)
{
        static const struct {
                const char *text;
                uint32_t line;
                uint32_t column;
        } cases[] = {
                {"[1,\n x]", 8, 2},
                {"[\"\xc3\xa9\", x]", 7, 12},
                {"[\"\xff\", \"\\q\"]", 7, 13},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_error err = {0};
                struct bw_doc doc;

                assert_int_equal(bw_json_read(arena, bw_str(cases[i].text), 7, 6, false, &doc, NULL, &err), -EINVAL);
                if (err.line != cases[i].line || err.column != cases[i].column)
                        fail_msg("\"%s\" failed at %u:%u: %s", cases[i].text, err.line, err.column, err.message);
        }
}

static void test_depth(void **state)
{
        (void)state;
        for (size_t depth = 10000; depth <= 10001; depth++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_error err = {0};
                struct bw_doc doc;
                int r;

                bw_buf_fill(&text, '[', depth);
                bw_buf_char(&text, '1');
                bw_buf_fill(&text, ']', depth);
                r = bw_json_read(arena, bw_buf_view(&text), 1, 1, false, &doc, NULL, &err);
                assert_int_equal(r, depth > BW_LIMIT_DOC_DEPTH ? -E2BIG : 0);
                if (r < 0)
                        continue;
                bw_value_json(&out, doc.root, 0);
                assert_true(bw_str_eq(bw_buf_view(&out), bw_buf_view(&text)));
                assert_true(bw_value_eq(doc.root, doc.root));
        }
}

static void test_ten_million_brackets(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        (void)state;
        bw_buf_fill(&text, '[', 10000000);
        for (int closed = 0; closed < 2; closed++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
                struct bw_error err = {0};
                struct bw_doc doc;

                assert_true(bw_json_read(arena, bw_buf_view(&text), 1, 1, false, &doc, NULL, &err) < 0);
                assert_true(err.message[0]);
                bw_buf_fill(&text, ']', 10000000);
        }
}

static void test_many_keys(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_doc doc;

        (void)state;
        bw_buf_char(&text, '{');
        for (int i = 0; i < 20000; i++)
                bw_buf_printf(&text, "%s\"k%d\":%d", i ? "," : "", i % 15000, i);
        bw_buf_char(&text, '}');
        assert_ok(bw_json_read(arena, bw_buf_view(&text), 1, 1, false, &doc, NULL, NULL));
        assert_int_equal(doc.root.n, 15000);
        assert_int_equal(bw_map_get(doc.root, BW_STR("k4999")).i, 19999);
        assert_int_equal(bw_map_get(doc.root, BW_STR("k5000")).i, 5000);
        assert_int_equal(bw_map_get(doc.root, BW_STR("nope")).type, BW_ABSENT);
        assert_int_equal(bw_json_read(arena, bw_buf_view(&text), 1, 1, true, &doc, NULL, NULL), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_replaced),
                cmocka_unit_test(test_huge_numbers),
                cmocka_unit_test(test_used),
                cmocka_unit_test(test_error_places),
                cmocka_unit_test(test_depth),
                cmocka_unit_test(test_ten_million_brackets),
                cmocka_unit_test(test_many_keys),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
