/* SPDX-License-Identifier: Apache-2.0 */
#include "run_eval.h"

#include "cel/library.h"

static const struct bw_cel_variable variables[] = {
        {.name = {"object", 6}},
        {.name = {"missing", 7}},
        {.name = {"opt", 3}},
        {.name = {"ns.object", 9}},
};
static const struct run_setup setup = {
        .options = {.variables = variables, .n_variables = 4},
        .values =
                {
                        "{'a': {'b': {'c': 1}}, 'list': [1, 2.5, 'x', null], 'names': ['p', 'q', 'r'], 'none': null, "
                        "'yes': true, "
                        "'n': 7, 'u': 5u, 'text': 'hello', 'm': {'x': 1, 'y': 2}, 'nums': {1: 'one', 2u: 'two', true: "
                        "'yes'}}",
                        NULL,
                        "optional.of({'f': 3, 'o': optional.of(4)})",
                        "'qualified'",
                },
};
/* The same with what Kubernetes leaves out. */
static struct run_setup plain;

static int prepare(void **state)
{
        (void)state;
        plain = setup;
        plain.options.plain_literals = true;
        plain.options.libraries = BW_CEL_LIB_EXTRA;
        return 0;
}

#define RUN(s, table)                                                                                                  \
        do {                                                                                                           \
                (void)state;                                                                                           \
                run_cases((s), (table), BW_ARRAY_SIZE(table));                                                         \
        } while (0)

static void test_fields(void **state)
{
        static const struct run_case cases[] = {
                {"object.a.b.c", "1", 0},
                {"object['a'].b['c']", "1", 0},
                {"object.a.x.c", "error: no such key: x", 0},
                {"object.text.x", "error: no such key: x", 0},
                {"object.list[1]", "2.5", 0},
                {"object.list[1.0]", "2.5", 0},
                {"object.list[1u]", "2.5", 0},
                {"object.list[1.5]", "error: unsupported index", 0},
                {"object.list['a']", "error: unsupported index", 0},
                {"object.list[9]", "error: index out of bounds: 9", 0},
                {"object.list[-1]", "error: index out of bounds: -1", 0},
                {"object.list[object.n]", "error: index out of bounds", 0},
                {"object.names[object.names.size() - 1]", "\"r\"", 0},
                {"object.nums[1u] + object.nums[2] + object.nums[1.0]", "\"onetwoone\"", 0},
                {"object.nums[true]", "\"yes\"", 0},
                {"object.nums[dyn(b'x')]", "error: ", 0},
                {"object.m[object.names[0]]", "error: no such key", 0},
                {"has(object.a)", "true", 0},
                {"has(object.a.b.c)", "true", 0},
                {"has(object.a.b.x)", "false", 0},
                {"has(object.a.x.c)", "error: no such key: x", 0},
                {"has(object.text.x)", "false", 0},
                {"has(object.none.x)", "false", 0},
                {"has({'k': 1}.k) && !has({'k': 1}.x)", "true", 0},
                {"[object][0].a.b", "{\"c\": 1}", 0},
                {"object.names.map(n, object.m)[2].y", "2", 0},
                {"(object.yes ? object.a : object.m).b.c", "1", 0},
                {"ns.object", "\"qualified\"", 0},
                {"missing", "error: no such attribute(s): missing", 0},
                {"missing.x.y", "error: no such attribute(s): missing", 0},
                {"has(missing.x)", "error: no such attribute(s): missing", 0},
                {"true || missing", "true", 0},
        };

        RUN(&setup, cases);
}

static void test_optionals(void **state)
{
        static const struct run_case cases[] = {
                {"object.?a", "optional.of({\"b\": {\"c\": 1}})", 0},
                {"object.?a.?b.?c.orValue(9)", "1", 0},
                {"object.?a.b.c.orValue(9)", "1", 0},
                {"object.?a.?x.?c.orValue(9)", "9", 0},
                {"object.?a.x.y.orValue(9)", "9", 0},
                {"object.a.?b.?x.orValue(object.n)", "7", 0},
                {"object.a.?b.?c.orValue(object.missing)", "1", 0},
                {"object.a.?b.?x.orValue(object.missing)", "error: no such key: missing", 0},
                {"object.?a.?x.hasValue()", "false", 0},
                {"object.a.?b.hasValue()", "true", 0},
                {"object.list[?1].hasValue() && !object.list[?7].hasValue()", "true", 0},
                {"object.list[?object.n].hasValue()", "false", 0},
                {"object.?list[1].value()", "2.5", 0},
                {"object[?'a'].?b.hasValue()", "true", 0},
                {"object.?none.?x.hasValue()", "false", 0},
                {"object.?text.?x.hasValue()", "false", 0},
                {"object.?list.?x.hasValue()", "error: unsupported index", 0},
                {"object.?x.or(object.?n).value()", "7", 0},
                {"object.?n.or(object.missing).value()", "7", 0},
                {"object.?x.or(object.?y).hasValue()", "false", 0},
                {"object.?x.value()", "error: optional.none() dereference", 0},
                {"has(object.?a.b)", "true", 0},
                {"has(object.?a.x)", "false", 0},
                {"has(object.?x.y)", "false", 0},
                {"opt.f.value() + opt.?f.value()", "6", 0},
                {"opt.?f.orValue(0)", "3", 0},
                {"opt.x.hasValue()", "false", 0},
                {"has(opt.f) && !has(opt.x)", "true", 0},
                {"opt.?o.?z.hasValue()", "false", 0},
                {"object.?n.optMap(v, v * 2).orValue(0)", "14", 0},
                {"object.?x.optMap(v, v * 2).orValue(0)", "0", 0},
                {"object.?a.optFlatMap(v, v.?b).hasValue()", "true", 0},
                {"[?object.?n, ?object.?x, dyn(1)]", "[7, 1]", 0},
                {"{?'n': object.?n, ?'x': object.?x}", "{\"n\": 7}", 0},
                {"[?dyn(1)]", "error: non-optional", 0},
                {"{?'a': dyn(1)}", "error: non-optional", 0},
                {"optional.ofNonZeroValue(0).hasValue() || optional.ofNonZeroValue([]).hasValue()", "false", 0},
                {"object.names.first().value() + object.names.last().value()", "\"pr\"", 0},
                {"optional.unwrap([optional.of(1), optional.none()]) == [optional.of(1)].unwrapOpt()", "true", 0},
        };
        static const struct run_case strict_cases[] = {
                {"{'k': dyn(null)}.?k.?x.hasValue()", "error: no such key", 0},
                {"has({'k': dyn('text')}.k.x)", "error: no such key", 0},
        };
        struct run_setup strict = setup;

        RUN(&setup, cases);
        strict.options.strict_presence = true;
        RUN(&strict, strict_cases);
}

static void test_logic(void **state)
{
        static const struct run_case cases[] = {
                {"true && true && true", "true", 0},
                {"true && false && true", "false", 0},
                {"object.x && false", "false", 0},
                {"false && object.x", "false", 0},
                {"object.x && true", "error: no such key: x", 0},
                {"true && object.x", "error: no such key: x", 0},
                {"object.x && object.y", "error: no such key: x", 0},
                {"object.x && object.y && false", "false", 0},
                {"object.n && true", "error: no such overload", 0},
                {"object.n && false", "false", 0},
                {"object.x || true", "true", 0},
                {"object.x || object.y || object.yes", "true", 0},
                {"object.x || false", "error: no such key: x", 0},
                {"false || object.n", "error: no such overload", 0},
                {"(object.x || object.yes) && (object.y && false || true)", "true", 0},
                {"!object.yes", "false", 0},
                {"!object.n", "error: no such overload", 0},
                {"object.yes ? 1 : object.x", "1", 0},
                {"!object.yes ? object.x : 2", "2", 0},
                {"object.n ? 1 : 2", "error: no such overload", 0},
                {"object.x ? 1 : 2", "error: no such key: x", 0},
                {"(object.yes ? object.n : object.x) == 7", "true", 0},
        };

        RUN(&setup, cases);
}

static void test_operators(void **state)
{
        static const struct run_case cases[] = {
                {"object.n == 7 && object.n == 7u && object.n == 7.0 && object.n != 8", "true", 0},
                {"object.text == 'hello' && object.text != 'hellO'", "true", 0},
                {"object.none == null && object.text != null", "true", 0},
                {"object.list == [dyn(1), dyn(2.5), dyn('x'), dyn(null)]", "true", 0},
                {"object.m == {'y': 2, 'x': 1} && object.m != {'x': 1}", "true", 0},
                {"object.n < 8 && object.n <= 7 && object.n > 6 && object.n >= 7 && 8 > object.n && 6.5 < object.n",
                 "true", 0},
                {"object.u < 6u && object.u < 5.5 && object.u > 4", "true", 0},
                {"object.text < 'help' && object.text >= 'hello'", "true", 0},
                {"object.text < object.n", "error: no such overload", 0},
                {"object.text < 1", "error: no such overload", 0},
                {"object.n < double('NaN')", "error: NaN values cannot be ordered", 0},
                {"object.n + 1 - 2", "6", 0},
                {"object.n + object.u", "error: no such overload", 0},
                {"object.text + '!' + object.names[0]", "\"hello!p\"", 0},
                {"object.names + ['s'] + []", "[\"p\", \"q\", \"r\", \"s\"]", 0},
                {"object.n * 3 / 2 % 4", "2", 0},
                {"-object.n", "-7", 0},
                {"object.n / 0", "error: division by zero", 0},
                {"object.n % 0", "error: modulus by zero", 0},
                {"object.n + 9223372036854775807", "error: integer overflow", 0},
                {"-9223372036854775808 - object.n", "error: integer overflow", 0},
                {"object.u - 6u", "error: unsigned integer overflow", 0},
                {"object.n in [dyn(1), dyn(7.0), dyn(3)] && object.n in [1, 7]", "true", 0},
                {"object.text in ['hallo', 'hello']", "true", 0},
                {"object.text in ['hallo', 'hullo']", "false", 0},
                {"object.n in object.list || 2.5 in object.list", "true", 0},
                {"'x' in object.m && !('z' in object.m)", "true", 0},
                {"'p' in object.names && !('z' in object.names)", "true", 0},
                {"1 in object.nums && 2.0 in object.nums && !(3 in object.nums)", "true", 0},
                {"object.m in [{'x': 1, 'y': 2}]", "true", 0},
                {"'x' in object.text", "error: no such overload", 0},
                {"'x' in object.n", "error: no such overload", 0},
                {"size(object.text) + object.names.size() + size(object.m)", "10", 0},
                {"size(object.n)", "error: no such overload", 0},
                {"object.text.startsWith('he') && object.text.endsWith('lo') && object.text.contains('ell')", "true",
                 0},
                {"object.text.startsWith(object.names[0]) || object.text.contains(object.names[1])", "false", 0},
                {"object.text.endsWith(object.text)", "true", 0},
                {"object.n.startsWith('x')", "error: no such overload", 0},
                {"object.text.matches('^h.*o$') && !object.text.matches('x')", "true", 0},
                {"object.text.matches('h' + 'e')", "true", 0},
                {"object.text.matches(object.names[0])", "false", 0},
                {"object.n.matches('x')", "error: no such overload", 0},
                {"type(object) == map && type(object.n) == int && type(type(1)) == type", "true", 0},
                {"type(object.?x) == optional_type", "true", 0},
                {"int('7') + int(7.9) + int(7u)", "21", 0},
                {"int(1e300)", "error: integer overflow", 0},
                {"int('x') == 1 || true", "error: type conversion error", 0},
                {"int(object.text) == 1 || true", "true", 0},
                {"uint(-1)", "error: unsigned integer overflow", 0},
                {"double('1_0.5e1') + double('0x1p1') + double(1u)", "108.0", 0},
                {"double('1__0') == 0.0 || true", "error: type conversion error", 0},
                {"double('-Infinity') < 0.0 && double('nan') != double('NaN')", "true", 0},
                {"string(1e6) + string(123456.75) + string(1e-5) + string(100000.0)", "\"1e+06123456.751e-05100000\"",
                 0},
                {"string(b'\\xff')", "error: invalid UTF-8", 0},
                {"bytes('ab') == b'ab' && string(b'ab') == 'ab' && string(true) == 'true'", "true", 0},
                {"bool('T') && !bool('False')", "true", 0},
        };

        RUN(&setup, cases);
}

static void test_loops(void **state)
{
        static const struct run_case cases[] = {
                {"object.names.all(x, x != 'z')", "true", 0},
                {"object.names.all(x, x == 'p')", "false", 0},
                {"[].all(x, x)", "true", 0},
                {"[0, 1].all(x, 1 / x == 1)", "error: division by zero", 0},
                {"[0, 2].all(x, 1 / x == 1)", "false", 0},
                {"[1].all(x, dyn(x))", "error: no such overload", 0},
                {"object.names.exists(x, x == 'q')", "true", 0},
                {"object.names.exists(x, x == 'z')", "false", 0},
                {"[].exists(x, x)", "false", 0},
                {"[0, 1].exists(x, 1 / x == 1)", "true", 0},
                {"[0, 2].exists(x, 1 / x == 1)", "error: division by zero", 0},
                {"object.names.exists_one(x, x == 'q')", "true", 0},
                {"object.names.exists_one(x, x != 'q')", "false", 0},
                {"[].exists_one(x, x)", "false", 0},
                {"[1, 0].exists_one(x, 1 / x == 1)", "error: division by zero", 0},
                {"object.names.map(x, x + x)", "[\"pp\", \"qq\", \"rr\"]", 0},
                {"object.names.map(x, x != 'q', x)", "[\"p\", \"r\"]", 0},
                {"object.names.filter(x, x != 'q')", "[\"p\", \"r\"]", 0},
                {"[1, 0].map(x, 1 / x)", "error: division by zero", 0},
                {"[1, 0].filter(x, dyn(x))", "error: no such overload", 0},
                {"object.m.all(k, k in ['x', 'y'])", "true", 0},
                {"object.m.map(k, object.m[k])", "[1, 2]", 0},
                {"object.m.all(k, v, v > 0 && k != 'z')", "true", 0},
                {"object.names.exists(i, x, i == 1 && x == 'q')", "true", 0},
                {"object.names.existsOne(i, x, i > 1)", "true", 0},
                {"object.names.transformList(i, x, i > 0, [i, x])", "[[1, \"q\"], [2, \"r\"]]", 0},
                {"object.m.transformMap(k, v, v * 10)", "{\"x\": 10, \"y\": 20}", 0},
                {"object.m.transformMap(k, v, v > 1, v)", "{\"y\": 2}", 0},
                {"object.m.transformMapEntry(k, v, {v: k})", "{1: \"x\", 2: \"y\"}", 0},
                {"object.m.transformMapEntry(k, v, {'same': k})", "error: repeated key", 0},
                {"object.m.transformMapEntry(k, v, dyn(k))", "error: no such overload", 0},
                {"[1, 2].map(x, [10, 20].map(y, x + y))", "[[11, 21], [12, 22]]", 0},
                {"[1, 2].map(x, [10, 20].map(x, x))", "[[10, 20], [10, 20]]", 0},
                {"[[1, 2], [3]].all(x, x.all(y, x.exists(z, z == y)))", "true", 0},
                {"object.names.map(x, object.names.filter(y, y > x).size())", "[2, 1, 0]", 0},
                {"object.text.all(x, true)", "error: expected iterable type", 0},
                {"object.none.exists(x, true)", "error: expected iterable type", 0},
                {"object.x.all(x, true)", "error: no such key: x", 0},
                {"object.x.all(x, true) || true", "true", 0},
        };

        RUN(&setup, cases);
}

static void test_literals(void **state)
{
        static const struct run_case cases[] = {
                {"[object.n, 1, object.n + 1]", "[7, 1, 8]", 0},
                {"{'a': object.n, object.text: 2}", "{\"a\": 7, \"hello\": 2}", 0},
                {"{'a': 1, 'a': object.n}", "error: repeated key", 0},
                {"{'a': 1, 'a': 2}", "error: repeated key", 0},
                {"{1: 1, 1u: 2}", "error: repeated key", 0},
                {"{null: 1}", "error: unsupported key type", 0},
                {"{1.5: 1}", "error: unsupported key type", 0},
                {"{'a': {'b': [1, {'c': 2}]}}.a.b[1].c", "2", 0},
        };
        static const struct run_case kubernetes[] = {
                {"{'a': 1, 'b': 2, 'a': 3}", "{\"a\": 3, \"b\": 2}", 0},
                {"{'a': dyn(1), 'b': dyn(2), 'a': object.n}", "{\"a\": 7, \"b\": 2}", 0},
                {"{dyn(1): 1, dyn(1u): 2}[dyn(1u)]", "2", 0},
                {"{dyn(1): dyn(1), dyn(1u): object.n}[dyn(1u)]", "7", 0},
        };
        struct run_case large[] = {{NULL, "true", 0}};
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        RUN(&plain, cases);
        RUN(&setup, kubernetes);
        /* Repeated keys among so many that the map has an index. */
        bw_buf_puts(&text, "{");
        for (int i = 0; i < 60; i++)
                bw_buf_printf(&text, "'k%d': dyn(%d), ", i % 40, i);
        bw_buf_puts(&text, "'last': object.n} == {'last': 7");
        for (int i = 0; i < 40; i++)
                bw_buf_printf(&text, ", 'k%d': %d", i, i < 20 ? i + 40 : i);
        bw_buf_puts(&text, "}");
        large[0].source = text.p;
        run_cases(&setup, large, 1);
}

static void test_bind(void **state)
{
        static const struct run_case cases[] = {
                {"cel.bind(x, object.n, x + x)", "14", 0},
                {"cel.bind(x, object.missing, true)", "true", 0},
                {"cel.bind(x, object.missing, x)", "error: no such key: missing", 0},
                {"cel.bind(x, object.missing, x == 1 || true)", "true", 0},
                {"cel.bind(x, object.missing, x == 1 || x == 2)", "error: no such key: missing", 0},
                {"cel.bind(x, 1, cel.bind(y, x + object.n, [x, y].map(z, z + y + x)))", "[10, 17]", 0},
                {"[1, 2, 3].map(i, cel.bind(sq, i * i, sq + sq))", "[2, 8, 18]", 0},
                {"cel.bind(f, object.names.filter(x, x != 'p'), f.map(y, f.size()) + f.map(y, 0))", "[2, 2, 0, 0]", 0},
                {"cel.bind(x, cel.bind(x, object.n, x + 1), x + 1)", "9", 0},
                {"object.n == 7 && cel.bind(x, object.text, x == 'hello' && x.size() == 5)", "true", 0},
                {"math.greatest([1, object.n])", "7", 0},
                {"object.names.sortBy(x, -size(x))", "[\"p\", \"q\", \"r\"]", 0},
        };

        RUN(&plain, cases);
}

static void test_plan_errors(void **state)
{
        static const struct run_case cases[] = {
                {"false && int('x') == 1", "error: type conversion error", 0},
                {"[].exists(x, duration('x') == x)", "error: ", 0},
                {"false && object.text.matches('(')", "error: ", 0},
                {"false && object.text.find('(') == ''", "error: ", 0},
                {"dyn(1) in [] || object.x", "error: no such key: x", 0},
                {"object.x in []", "false", 0},
        };
        struct run_result r;

        run_cases(&setup, cases, 5);
        run_once(&setup, BW_STR("object.x in []"), true, 0, &r);
        assert_string_equal(r.text, "false");
        run_once(&setup, BW_STR("now() == 1 || true"), false, 0, &r);
        assert_false(r.evaluated);
        run_once(&setup, BW_STR("object.nothing() || true"), false, 0, &r);
        assert_string_equal(r.text, "true");
        run_once(&setup, BW_STR("A{b: 1}"), false, 0, &r);
        assert_false(r.evaluated);
        (void)state;
}

/* Without a checker, the longest name that is bound counts; a local variable hides them all. */
static void test_names(void **state)
{
        static const struct bw_cel_variable names[] = {
                {.name = {"a.b.c", 5}}, {.name = {"a.b", 3}}, {.name = {"a", 1}},
                {.name = {"c.d.x", 5}}, {.name = {"c.x", 3}}, {.name = {"x", 1}},
        };
        struct run_setup s = {
                .options = {.variables = names, .n_variables = 6, .container = BW_STR("c.d")},
                .values = {"1", "{'c': 2}", "{'b': {'c': 3}}", "4", "5", "6"},
        };
        static const struct {
                const char *source;
                unsigned unbound; /* bit by variable */
                const char *want;
        } cases[] = {
                {"a.b.c", 0, "1"},
                {"a.b.c", 1, "2"},
                {"a.b.c", 3, "3"},
                {"a.b.c", 7, "error: no such attribute"},
                {"has(a.b.c)", 0, "true"},
                {"x", 0, "4"},
                {"x", 8, "5"},
                {"x", 24, "6"},
                {".x", 0, "6"},
                {"[7].map(x, x)", 0, "[7]"},
                {"[{'b': {'c': 8}}].map(a, a.b.c)", 0, "[8]"},
                {"int", 0, "int"},
                {"unknown.y", 0, "error: no such attribute(s): unknown"},
                {"unknown.y || true", 0, "true"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct run_setup one = s;
                struct run_result r;

                for (unsigned k = 0; k < 6; k++)
                        if (cases[i].unbound >> k & 1)
                                one.values[k] = NULL;
                for (unsigned costed = 0; costed < 2; costed++) {
                        run_once(&one, bw_str(cases[i].source), false, costed ? BW_LIMIT_CEL_COST : 0, &r);
                        if (!run_is(&r, cases[i].want))
                                fail_msg("%s (%u) gives %s, not %s", cases[i].source, cases[i].unbound, r.text,
                                         cases[i].want);
                }
        }
}

#define TEN "[0,1,2,3,4,5,6,7,8,9]"

/* A list in which one stands 2^60 times: comparing it with itself must end. */
static void test_shared_values(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct run_result r;

        (void)state;
        bw_buf_puts(&text, "[[1].map(v0, [v0])]");
        for (int i = 1; i < 60; i++)
                bw_buf_printf(&text, ".map(v%d, [v%d, v%d])", i, i, i);
        bw_buf_puts(&text, ".map(x, x == x)");
        for (unsigned costed = 0; costed < 2; costed++) {
                run_once(&setup, bw_buf_view(&text), true, costed ? BW_LIMIT_CEL_COST : 0, &r);
                assert_int_equal(r.code, -E2BIG);
        }
}

static void test_limits(void **state)
{
        static const char *const sources[] = {
                /* steps */
                TEN ".all(a, " TEN ".all(b, " TEN ".all(c, " TEN ".all(d, " TEN ".all(e, " TEN ".all(f, " TEN
                    ".all(g, " TEN ".all(h, true))))))))",
                /* memory */
                TEN ".map(a, " TEN ".map(b, " TEN ".map(c, " TEN ".map(d, " TEN ".map(e, " TEN ".map(f, " TEN
                    ".map(g, 'x'))))))) == [] || true",
                ("cel.bind(a, 'aaaaaaaaaaaaaaaa'.replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), "
                 "cel.bind(b, a.replace('a', a), (b + b).size() > 0 || cel.bind(c, b.replace('a', b), c != '') || "
                 "true))"),
        };
        static const char *const cheap = "object.names.map(a, object.names.map(b, a + b))";
        struct run_result r;

        (void)state;
        for (size_t i = 0; i < 2; i++) {
                run_once(&plain, bw_str(sources[i]), false, 0, &r);
                assert_int_equal(r.code, -E2BIG);
        }
        run_once(&plain, bw_str(sources[0]), true, BW_LIMIT_CEL_COST, &r);
        assert_int_equal(r.code, -E2BIG);
        assert_non_null(strstr(r.text, "cost limit of 1000000"));
        assert_true(r.cost > BW_LIMIT_CEL_COST);
        run_once(&plain, bw_str(cheap), true, BW_LIMIT_CEL_COST, &r);
        assert_int_equal(r.code, 0);
        run_once(&plain, bw_str(cheap), true, r.cost, &r);
        assert_int_equal(r.code, 0);
        run_once(&plain, bw_str(cheap), true, r.cost - 1, &r);
        assert_int_equal(r.code, -E2BIG);
}

/* Deep and wide expressions: more registers, keys and constants than the usual ones have. */
static void test_sizes(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct run_result r;

        (void)state;
        bw_buf_puts(&text, "[");
        for (int i = 0; i < 3000; i++)
                bw_buf_printf(&text, "object.n + %d, ", i);
        bw_buf_puts(&text, "0].size()");
        run_once(&setup, bw_buf_view(&text), true, 0, &r);
        assert_string_equal(r.text, "3001");
        run_once(&setup, bw_buf_view(&text), true, BW_LIMIT_CEL_COST, &r);
        assert_string_equal(r.text, "3001");

        bw_buf_clear(&text);
        for (int i = 0; i < 100; i++)
                bw_buf_puts(&text, "object.n - (");
        bw_buf_puts(&text, "object.n");
        bw_buf_fill(&text, ')', 100);
        run_once(&setup, bw_buf_view(&text), true, 0, &r);
        assert_string_equal(r.text, "7");

        bw_buf_clear(&text);
        bw_buf_puts(&text, "object");
        for (int i = 0; i < 200; i++)
                bw_buf_printf(&text, ".?f%d", i);
        bw_buf_puts(&text, ".orValue(1)");
        run_once(&setup, bw_buf_view(&text), true, 0, &r);
        assert_string_equal(r.text, "1");

        bw_buf_clear(&text);
        bw_buf_puts(&text, "object.n == 0");
        for (int i = 1; i < 2000; i++)
                bw_buf_printf(&text, " || object.x%d", i);
        bw_buf_puts(&text, " || object.yes");
        run_once(&setup, bw_buf_view(&text), true, 0, &r);
        assert_string_equal(r.text, "true");
}

static void test_uses(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;
        struct bw_cel_program *program = NULL;

        (void)state;
        assert_ok(bw_cel_env_new(&setup.options, &env, NULL));
        assert_ok(run_compile(arena, env, BW_STR("object.a == 1 || has(opt.x)"), true, &program, NULL));
        assert_true(bw_cel_program_uses(program, 0));
        assert_false(bw_cel_program_uses(program, 1));
        assert_true(bw_cel_program_uses(program, 2));
        assert_false(bw_cel_program_uses(program, 3));
        assert_false(bw_cel_program_uses(program, 4));
        bw_cel_program_done(program);
        bw_cel_program_done(program);
        bw_cel_program_done(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fields), cmocka_unit_test(test_optionals),
                cmocka_unit_test(test_logic),  cmocka_unit_test(test_operators),
                cmocka_unit_test(test_loops),  cmocka_unit_test(test_literals),
                cmocka_unit_test(test_bind),   cmocka_unit_test(test_plan_errors),
                cmocka_unit_test(test_names),  cmocka_unit_test(test_shared_values),
                cmocka_unit_test(test_limits), cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_uses),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, prepare, NULL);
}
