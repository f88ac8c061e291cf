/* SPDX-License-Identifier: Apache-2.0 */
/* YAML as sigs.k8s.io/yaml reads it: a text and the JSON that comes of it. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/stream.h"

struct yaml_case {
        const char *text;
        const char *json;  /* NULL: refused */
        bool strict_error; /* refused in strict mode only */
};

static void run_case(const struct yaml_case *c)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_error err = {0};
        struct bw_doc doc;
        int r = bw_yaml_read(arena, bw_str(c->text), 1, false, &doc, &err);

        if (!c->json) {
                if (r != -EINVAL)
                        fail_msg("\"%s\" gave %d instead of an error", c->text, r);
                assert_true(err.message[0]);
                return;
        }
        if (r != 0)
                fail_msg("\"%s\" gave the error %u:%u %s", c->text, err.line, err.column, err.message);
        bw_value_json(&out, doc.root, 0);
        if (!bw_str_is(bw_buf_view(&out), c->json))
                fail_msg("\"%s\" gave %s instead of %s", c->text, out.p, c->json);
        r = bw_yaml_read(arena, bw_str(c->text), 1, true, &doc, NULL);
        if (r != (c->strict_error ? -EINVAL : 0))
                fail_msg("\"%s\" gave %d in strict mode", c->text, r);
}

#define RUN(cases)                                                                                                     \
        do {                                                                                                           \
                (void)state;                                                                                           \
                for (size_t i_ = 0; i_ < BW_ARRAY_SIZE(cases); i_++)                                                   \
                        run_case(&(cases)[i_]);                                                                        \
        } while (0)

static void test_words(void **state)
{
        static const struct yaml_case cases[] = {
                {"[y, Y, yes, Yes, YES, on, On, ON, true, True, TRUE]",
                 "[true,true,true,true,true,true,true,true,true,true,true]"},
                {"[n, N, no, No, NO, off, Off, OFF, false, False, FALSE]",
                 "[false,false,false,false,false,false,false,false,false,false,false]"},
                {"[yES, nO, oN, tRUE, fALSE, nULL, yess, o, f, t]",
                 "[\"yES\",\"nO\",\"oN\",\"tRUE\",\"fALSE\",\"nULL\",\"yess\",\"o\",\"f\",\"t\"]"},
                {"[~, null, Null, NULL, , '', \"~\"]", NULL},
                {"[~, null, Null, NULL, '', \"~\", ~~]", "[null,null,null,null,\"\",\"~\",\"~~\"]"},
                {"a:\nb: ''\n", "{\"a\":null,\"b\":\"\"}"},
                {"'yes'", "\"yes\""},
                {"! yes", "\"yes\""},
                {"[.inf]", NULL},
                {"[-.INF]", NULL},
                {"[.NaN]", NULL},
                {"[.iNf, +.nan, -.nan, 1.inf, ..inf]", "[\".iNf\",\"+.nan\",\"-.nan\",\"1.inf\",\"..inf\"]"},
        };

        RUN(cases);
}

static void test_integers(void **state)
{
        static const struct yaml_case cases[] = {
                {"[0, 1, -1, +1, 00, 007, 010, -010, +010]", "[0,1,-1,1,0,7,8,-8,8]"},
                {"[0o17, 0O17, 0x1f, 0X1F, -0x10, 0b101, 0B11, -0b11]", "[15,15,31,31,-16,5,3,-3]"},
                {"[1_000, 1__0, 0x_1F, 0_7, -1_0, 1_]", "[1000,10,31,7,-10,1]"},
                {"[08, 0778, 09, -08]", "[8,778,9,-8]"},
                {"[0b+1, 0b-11, 0b, 0x, 0o, 0b2, 0xg, 0o8]", "[1,-3,\"0b\",\"0x\",\"0o\",\"0b2\",\"0xg\",\"0o8\"]"},
                {"[9223372036854775807, 9223372036854775808, 18446744073709551615, -9223372036854775808]",
                 "[9223372036854775807,9223372036854775808,18446744073709551615,-9223372036854775808]"},
                {"[+, -, --1, +-1, 1-, 1:30, 12e, _1, 1 2]",
                 "[\"+\",\"-\",\"--1\",\"+-1\",\"1-\",\"1:30\",\"12e\",\"_1\",\"1 2\"]"},
                {"a: 0x7fffffffffffffff\nb: 0xffffffffffffffff\nc: 0x10000000000000000",
                 "{\"a\":9223372036854775807,\"b\":18446744073709551615,\"c\":\"0x10000000000000000\"}"},
        };

        RUN(cases);
}

static void test_floats(void **state)
{
        static const struct yaml_case cases[] = {
                {"[1.5, .5, 5., -.5, +.5, 1e3, 1E3, 1e+3, 1.5e-3, 12e03]",
                 "[1.5,0.5,5,-0.5,0.5,1000,1000,1000,0.0015,12000]"},
                {"[1e400, -1e400, 1.e, 1e, .e1, 1.2.3, 1e5.5]",
                 "[\"1e400\",\"-1e400\",\"1.e\",\"1e\",\".e1\",\"1.2.3\",\"1e5.5\"]"},
                {"[1_0.5, 1.5_5, .5_5, .5_, ._5, .5__5]", "[10.5,1.55,0.55,\".5_\",\"._5\",\".5__5\"]"},
                {"[123456789012345678901234567890, 0x1p3, 1.0]", "[1.2345678901234568e+29,\"0x1p3\",1]"},
                {"[2024-01-02, 2001-12-14t21:59:43.10-05:00, 1.10.0]",
                 "[\"2024-01-02\",\"2001-12-14t21:59:43.10-05:00\",\"1.10.0\"]"},
        };

        RUN(cases);
}

static void test_tags(void **state)
{
        static const struct yaml_case cases[] = {
                {"[!!str 1, !!str yes, !!int '12', !!float 3, !!bool \"on\", !!null '']",
                 "[\"1\",\"yes\",12,3,true,null]"},
                {"!!int 1.5", NULL},
                {"!!int x", NULL},
                {"!!float x", NULL},
                {"!!float 18446744073709551615", NULL},
                {"!!bool 1", NULL},
                {"!!null x", NULL},
                {"!!binary aGVsbG8=", "\"hello\""},
                {"!!binary aGVsbG8", NULL},
                {"!!binary \"aGVs\\nbG8=\"", "\"hello\""},
                {"!!binary aGVsbG8=x", NULL},
                {"!!binary ''", "\"\""},
                {"!!binary /w==", "\"\xef\xbf\xbd\""},
                {"[!!timestamp 2024-02-29, !!timestamp '2024-1-2T3:4:5Z', !!timestamp \"2024-01-02 03:04:05.5\"]",
                 "[\"2024-02-29\",\"2024-1-2T3:4:5Z\",\"2024-01-02 03:04:05.5\"]"},
                {"!!timestamp 2023-02-29", NULL},
                {"!!timestamp 2024-01-02T25:00:00Z", NULL},
                {"!!timestamp x", NULL},
                {"[!own 123, !own yes, !<x:y> 1]", "[\"123\",\"yes\",\"1\"]"},
                {"!!map x", "\"x\""},
                {"!!set {x, y}", "{\"x\":null,\"true\":null}"},
                {"!e!x y", NULL},
                {"%TAG !e! tag:yaml.org,2002:\n---\n!e!int '5'", "5"},
                {"%TAG !! tag:example.org,2000:\n---\n!!int '5'", "\"5\""},
                {"%YAML 1.1\n---\nyes", "true"},
                {"%YAML 1.01\n---\nyes", "true"},
                {"%YAML 1.2\n---\nyes", NULL},
                {"%YAML 1.001\n---\nyes", NULL},
                {"%YAML 1.1\n%YAML 1.1\n---\nyes", NULL},
                {"%OTHER x\n---\nyes", NULL},
                {"%YAML 1.1\nyes", NULL},
        };

        RUN(cases);
}

static void test_keys(void **state)
{
        static const struct yaml_case cases[] = {
                {"{1: a, 1.5: b, yes: c, 0x10: d, 010: e, 2024-01-01: f}",
                 "{\"1\":\"a\",\"1.5\":\"b\",\"true\":\"c\",\"16\":\"d\",\"8\":\"e\",\"2024-01-01\":\"f\"}"},
                {"{1e3: a, 1e6: b, 1.5e-7: c, 0.0001: d, 0.00001: e, 123456.7: f, .inf: g, -.inf: h, .nan: i}",
                 "{\"1000\":\"a\",\"1e+06\":\"b\",\"1.5e-07\":\"c\",\"0.0001\":\"d\",\"1e-05\":\"e\",\"123456.7\":"
                 "\"f\","
                 "\".inf\":\"g\",\"-.inf\":\"h\",\".nan\":\"i\"}"},
                {"{-0.0: a, 1e300: b, 0.1: c, 123456789.5: d, 1234567.0: e}",
                 "{\"-0\":\"a\",\".inf\":\"b\",\"0.1\":\"c\",\"1.2345679e+08\":\"d\",\"1.234567e+06\":\"e\"}"},
                {"~: 1", NULL},
                {"null: 1", NULL},
                {": 1", NULL},
                {"18446744073709551615: 1", NULL},
                {"[a]: 1", NULL},
                {"{a: b}: 1", NULL},
                {"? {a: b}\n: c", NULL},
                {"? a\n: b\n? c", "{\"a\":\"b\",\"c\":null}"},
                {"'~': 1", "{\"~\":1}"},
                {"{a: 1, a: 2}", "{\"a\":2}", true},
                {"a: 1\nb: 2\na: 3\n", "{\"a\":3,\"b\":2}", true},
                {"x: {a: 1, a: 2}", "{\"x\":{\"a\":2}}", true},
                /* What is replaced by a later key is not looked at. */
                {"a: .inf\na: 1\n", "{\"a\":1}", true},
                {"a: {~: 1}\na: 1\n", "{\"a\":1}", true},
                {"a: {~: 1}\nb: 1\n", NULL},
        };

        RUN(cases);
}

static void test_anchors(void **state)
{
        static const struct yaml_case cases[] = {
                {"a: &x {k: 1}\nb: *x\n", "{\"a\":{\"k\":1},\"b\":{\"k\":1}}"},
                {"a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}"},
                {"a: &x\nb: *x\n", "{\"a\":null,\"b\":null}"},
                {"&k a: 1\nb: *k\n", "{\"a\":1,\"b\":\"a\"}"},
                {"- &k a\n- *k : 2\n", "[\"a\",{\"a\":2}]"},
                {"a: *nope", NULL},
                {"&x [*x]", NULL},
                {"&x {a: [*x]}", NULL},
                /* The name goes to another node before the list that had it ends. */
                {"[&x [1, &x 2, *x], *x]", "[[1,2,2],2]"},
                {"{<<: {a: 1}, b: 2}", "{\"a\":1,\"b\":2}"},
                {"{b: 2, <<: {b: 1, c: 3}}", "{\"b\":1,\"c\":3}", true},
                {"{<<: {b: 1, c: 3}, b: 2}", "{\"b\":2,\"c\":3}", true},
                {"- &a {k: 1}\n- &b {k: 2, l: 3}\n- <<: [*a, *b]\n", "[{\"k\":1},{\"k\":2,\"l\":3},{\"k\":1,\"l\":3}]",
                 true},
                {"{<<: []}", "{}"},
                {"{'<<': {a: 1}}", "{\"<<\":{\"a\":1}}"},
                {"{! '<<': {a: 1}}", "{\"a\":1}"},
                {"{!!merge x: {a: 1}}", "{\"x\":{\"a\":1}}"},
                {"{!!merge '<<': {a: 1}}", "{\"a\":1}"},
                {"{!!str <<: {a: 1}}", "{\"<<\":{\"a\":1}}"},
                {"{<<: 1}", NULL},
                {"{<<: [[]]}", NULL},
                {"{<<: ~}", NULL},
                {"- &l [{a: 1}]\n- <<: *l\n", NULL},
                {"- &m <<\n- *m\n", "[\"<<\",\"<<\"]"},
                {"- <<\n", "[\"<<\"]"},
                {"&x {<<: *x}", NULL},
        };

        RUN(cases);
}

static void test_scalars(void **state)
{
        static const struct yaml_case cases[] = {
                {"a: |\n  x\n   y\n\n  z\n", "{\"a\":\"x\\n y\\n\\nz\\n\"}"},
                {"a: |-\n  x\n", "{\"a\":\"x\"}"},
                {"a: |+\n  x\n\n", "{\"a\":\"x\\n\\n\"}"},
                {"a: |2\n   x\n", "{\"a\":\" x\\n\"}"},
                {"a: >\n  x\n  y\n\n  z\n", "{\"a\":\"x y\\nz\\n\"}"},
                {"a: |\n  x", "{\"a\":\"x\"}"},
                {"a: |0\n  x\n", NULL},
                {"a: |\n\tx\n", NULL},
                {"a: x\n  y\n\n  z\n", "{\"a\":\"x y\\nz\"}"},
                {"\"\\x41\\u00e9\\U0001F600\\n\\t\\0\\e\\_\\N\\L\\P\"",
                 "\"A\xc3\xa9\xf0\x9f\x98\x80\\n\\t\\u0000\\u001b\xc2\xa0\xc2\x85\xe2\x80\xa8\xe2\x80\xa9\""},
                {"\"a\\\n  b\"", "\"ab\""},
                {"\"\\ud800\"", NULL},
                {"\"\\q\"", NULL},
                {"'it''s'", "\"it's\""},
                {"a: b: c", NULL},
                {"a: @x", NULL},
                {"a: `x", NULL},
                {"a: %x", NULL},
                {"a:b: 1", "{\"a:b\":1}"},
                {"a: http://x:80/y # z", "{\"a\":\"http://x:80/y\"}"},
                {"a: x#y", "{\"a\":\"x#y\"}"},
                {"a:\n\tb: 1\n", NULL},
                {"a:\t1\n", "{\"a\":1}"},
                {"- a\n-b\n", NULL},
                {"a: -\n", NULL},
                {"", "null"},
                {"# only\n", "null"},
                {"---\n", "null"},
                {"a: 1\n...\nb: 2\n", "{\"a\":1}"},
                {"a: 1\n---\nb: 2\n", "{\"a\":1}"},
                {"\xef\xbb\xbf"
                 "a: 1",
                 "{\"a\":1}"},
                {"a: \x01", NULL},
                {"a: \xff", NULL},
                {"a: 1\r\nb: |\r\n  x\r\n", "{\"a\":1,\"b\":\"x\\n\"}"},
                {"a: 1\rb: 2\r", "{\"a\":1,\"b\":2}"},
        };

        RUN(cases);
}

/* Where libyaml and go-yaml part: doc/yaml_repair.c. */
static void test_dialect(void **state)
{
        static const struct yaml_case cases[] = {
                {"\"\\/\"", NULL},
                {"\"a/b\"", "\"a/b\""},
                {"[\"a/b\", '\\/', \\/, \"\\\\/\"]", "[\"a/b\",\"\\\\/\",\"\\\\/\",\"\\\\/\"]"},
                {"# \\/\na: \"x/y\"", "{\"a\":\"x/y\"}"},
                {"\"it\\'s\"", "\"it's\""},
                {"{\"it\\'s\": \"a\\'\\'b\", c: \"\\'\"}", "{\"it's\":\"a''b\",\"c\":\"'\"}"},
                {"a: \"x\\'\n  y\\'z\"\nb: 1", "{\"a\":\"x' y'z\",\"b\":1}"},
                {"\"\\\\\\'\"", "\"\\\\'\""},
                {"\"\\'\\q\"", NULL},
                {"[a?b]", NULL},
                {"{a: b?}", NULL},
                {"a?b: c?", "{\"a?b\":\"c?\"}"},
                {"['a?b']", "[\"a?b\"]"},
                {"[a:, b]", "[\"a:\",\"b\"]"},
                {"{a:}", "{\"a:\":null}"},
                {"[x, a:]", "[\"x\",\"a:\"]"},
                {"[a:b:, 1:]", "[\"a:b:\",\"1:\"]"},
                {"[a:[b]]", NULL},
                {"[a:{b: c}]", NULL},
                {"[a: b]", "[{\"a\":\"b\"}]"},
                {"[!!str, a]", "[\"a\"]"},
                {"[!x[y] z]", "[\"z\"]"},
                {"!x,y z", "\"z\""},
                {"[!!str , a]", "[\"\",\"a\"]"},
                {"[&a !!str, b]", "[\"b\"]"},
                {"[!!str &a, b]", "[\"\",\"b\"]"},
                {"[!<x>, a]", NULL},
                {"[!<x> , a]", "[\"\",\"a\"]"},
                {"a: 1\n\xef\xbb\xbf"
                 "b: 2\n",
                 "{\"a\":1,\"\xef\xbb\xbf"
                 "b\":2}"},
                {"a: |\n  x\n\n  \xef\xbb\xbfy\n", "{\"a\":\"x\\n\\n\xef\xbb\xbfy\\n\"}"},
                {"a: x\xef\xbb\xbf\n", "{\"a\":\"x\xef\xbb\xbf\"}"},
        };

        RUN(cases);
}

/* text: `open` n times, middle, `close` n times. */
static int read_repeated(const char *open, size_t n, const char *middle, const char *close, struct bw_error *err)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_doc doc;

        for (size_t i = 0; i < n; i++)
                bw_buf_puts(&text, open);
        bw_buf_puts(&text, middle);
        for (size_t i = 0; i < n; i++)
                bw_buf_puts(&text, close);
        return bw_yaml_read(arena, bw_buf_view(&text), 1, false, &doc, err);
}

static void test_depth(void **state)
{
        struct bw_error err = {0};

        (void)state;
        assert_ok(read_repeated("[", 10000, "", "]", NULL));
        assert_int_equal(read_repeated("[", 10001, "", "]", &err), -E2BIG);
        assert_string_equal(err.message, "more than 10000 nested lists and maps");
        assert_ok(read_repeated("- ", 10000, "x", "", NULL));
        assert_int_equal(read_repeated("- ", 10001, "x", "", NULL), -E2BIG);
        assert_int_equal(read_repeated("[", 1000000, "", "", NULL), -E2BIG);
}

/* Values deep inside of many brackets would keep libyaml busy for hours. */
static void test_deep_and_wide(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_error err = {0};
        struct bw_doc doc;

        (void)state;
        bw_buf_fill(&text, '[', 9000);
        for (size_t i = 0; i < 150000; i++)
                bw_buf_puts(&text, "a,");
        assert_int_equal(bw_yaml_read(arena, bw_buf_view(&text), 1, false, &doc, &err), -E2BIG);
        assert_non_null(strstr(err.message, "depth of brackets"));
}

static void test_aliases(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_error err = {0};
        struct bw_doc doc;

        (void)state;
        /* Ten levels of ten aliases each are ten thousand million values. */
        bw_buf_puts(&text, "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
                bw_buf_printf(&text, "l%d: &l%d [*l%d", i, i, i - 1);
                for (int j = 1; j < 10; j++)
                        bw_buf_printf(&text, ", *l%d", i - 1);
                bw_buf_puts(&text, "]\n");
        }
        assert_int_equal(bw_yaml_read(arena, bw_buf_view(&text), 1, false, &doc, &err), -EINVAL);
        assert_string_equal(err.message, "aliases make the document too large");

        /* Each anchor one deeper than the one before: no bracket is nested, but the value is. */
        bw_buf_clear(&text);
        bw_buf_puts(&text, "- &a0 [x]\n");
        for (int i = 1; i < 12000; i++)
                bw_buf_printf(&text, "- &a%d [*a%d]\n", i, i - 1);
        assert_int_not_equal(bw_yaml_read(arena, bw_buf_view(&text), 1, false, &doc, NULL), 0);
}

static void test_many_anchors_and_keys(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_doc doc;

        (void)state;
        for (int i = 0; i < 3000; i++)
                bw_buf_printf(&text, "k%d: &a%d %d\n", i, i, i);
        for (int i = 0; i < 3000; i += 7)
                bw_buf_printf(&text, "r%d: *a%d\n", i, i);
        assert_ok(bw_yaml_read(arena, bw_buf_view(&text), 1, true, &doc, NULL));
        assert_int_equal(doc.root.n, 3000 + 429);
        assert_int_equal(bw_map_get(doc.root, BW_STR("r2996")).i, 2996);
        assert_int_equal(bw_map_get(doc.root, BW_STR("k2999")).i, 2999);
}

static void test_directives_limit(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_doc doc;

        (void)state;
        for (int i = 0; i < BW_LIMIT_YAML_DIRECTIVES; i++)
                bw_buf_printf(&text, "%%TAG !t%d! x:\n", i);
        bw_buf_puts(&text, "---\na\n");
        assert_ok(bw_yaml_read(arena, bw_buf_view(&text), 1, false, &doc, NULL));
        bw_buf_clear(&text);
        for (int i = 0; i <= BW_LIMIT_YAML_DIRECTIVES; i++)
                bw_buf_printf(&text, "%%TAG !t%d! x:\n", i);
        bw_buf_puts(&text, "---\na\n");
        assert_int_equal(bw_yaml_read(arena, bw_buf_view(&text), 1, false, &doc, NULL), -E2BIG);
}

static void test_error_places(void **state)
{
        static const struct {
                const char *text;
                uint32_t line;
                uint32_t column;
        } cases[] = {
                {"a: 1\nb: [\n", 13, 1},
                {"a: 1\n  b: 2\n", 12, 4},
                {"a: *x\n", 11, 4},
                {"a: 1\nb: !!int x\n", 12, 4},
                {"a: 1\n~: 2\n", 12, 1},
                {"a: 1\nb: \x01\n", 12, 4},
                {"a: \xc3\xa9\xc3\xa9 \"\\q\"\n", 11, 0},
                {"a: [1, .inf]\n", 11, 8},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_error err = {0};
                struct bw_doc doc;
                int r = bw_yaml_read(arena, bw_str(cases[i].text), 11, false, &doc, &err);

                if (cases[i].column == 0) {
                        assert_ok(r);
                        continue;
                }
                if (r != -EINVAL || err.line != cases[i].line || err.column != cases[i].column)
                        fail_msg("\"%s\" gave %d at %u:%u: %s", cases[i].text, r, err.line, err.column, err.message);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_integers),
                cmocka_unit_test(test_floats),
                cmocka_unit_test(test_tags),
                cmocka_unit_test(test_keys),
                cmocka_unit_test(test_anchors),
                cmocka_unit_test(test_scalars),
                cmocka_unit_test(test_dialect),
                cmocka_unit_test(test_depth),
                cmocka_unit_test(test_deep_and_wide),
                cmocka_unit_test(test_aliases),
                cmocka_unit_test(test_many_anchors_and_keys),
                cmocka_unit_test(test_directives_limit),
                cmocka_unit_test(test_error_places),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
