/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "cel/ast.h"

static struct bw_cel_env *env;
static struct bw_arena *arena;

static int setup(void **state)
{
        (void)state;
        arena = bw_arena_new(0);
        return bw_cel_env_new(&(struct bw_cel_env_options){0}, &env, NULL);
}

static int teardown(void **state)
{
        (void)state;
        bw_cel_env_free(env);
        bw_arena_free(arena);
        return 0;
}

static int parse(struct bw_str source, struct bw_cel_ast **ret, struct bw_cel_issues *issues)
{
        return bw_cel_parse(arena, env, source, ret, issues, NULL);
}

/* The tree as one line: f(x, y) for calls, so that a table can hold it. */
static void line(struct bw_buf *out, const struct bw_cel_expr *e);

static void items(struct bw_buf *out, struct bw_cel_expr *const *e, uint32_t n, const bool *optional)
{
        for (uint32_t i = 0; i < n; i++) {
                bw_buf_puts(out, i ? ", " : "");
                bw_buf_puts(out, optional && optional[i] ? "?" : "");
                line(out, e[i]);
        }
}

static void line(struct bw_buf *out, const struct bw_cel_expr *e)
{
        switch (e->kind) {
        case BW_CEL_EXPR_CONST:
                bw_cel_format_value(out, e->constant);
                break;
        case BW_CEL_EXPR_IDENT:
                bw_buf_str(out, e->ident);
                break;
        case BW_CEL_EXPR_SELECT:
                line(out, e->select.operand);
                bw_buf_printf(out, e->select.test ? ".%.*s~test~" : ".%.*s", BW_STR_ARG(e->select.field));
                break;
        case BW_CEL_EXPR_CALL:
                if (e->call.target) {
                        line(out, e->call.target);
                        bw_buf_char(out, '.');
                }
                bw_buf_str(out, e->call.function);
                bw_buf_char(out, '(');
                items(out, e->call.args, e->call.n_args, NULL);
                bw_buf_char(out, ')');
                break;
        case BW_CEL_EXPR_LIST:
                bw_buf_char(out, '[');
                items(out, e->list.items, e->list.n, e->list.optional);
                bw_buf_char(out, ']');
                break;
        case BW_CEL_EXPR_MAP:
        case BW_CEL_EXPR_STRUCT:
                bw_buf_printf(out, "%.*s{", BW_STR_ARG(e->map.type_name));
                for (uint32_t i = 0; i < e->map.n; i++) {
                        bw_buf_puts(out, i ? ", " : "");
                        bw_buf_puts(out, e->map.entries[i].optional ? "?" : "");
                        bw_buf_str(out, e->map.entries[i].field);
                        if (e->map.entries[i].key)
                                line(out, e->map.entries[i].key);
                        bw_buf_puts(out, ": ");
                        line(out, e->map.entries[i].value);
                }
                bw_buf_char(out, '}');
                break;
        case BW_CEL_EXPR_COMPREHENSION:
                bw_buf_printf(out, "loop(%.*s", BW_STR_ARG(e->loop.iter_var));
                bw_buf_printf(out, "%s%.*s in ", e->loop.iter_var2.n ? "/" : "", BW_STR_ARG(e->loop.iter_var2));
                line(out, e->loop.range);
                bw_buf_printf(out, "; %.*s = ", BW_STR_ARG(e->loop.accu_var));
                line(out, e->loop.accu_init);
                bw_buf_puts(out, "; ");
                line(out, e->loop.loop_cond);
                bw_buf_puts(out, "; ");
                line(out, e->loop.loop_step);
                bw_buf_puts(out, "; ");
                line(out, e->loop.result);
                bw_buf_char(out, ')');
                break;
        }
}

struct tree_case {
        const char *source;
        const char *tree;
};

static void check_trees_in(const struct bw_cel_env *in, const struct tree_case *cases, size_t n)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        for (size_t i = 0; i < n; i++) {
                struct bw_cel_issues issues = {0};
                struct bw_cel_ast *ast;

                if (bw_cel_parse(arena, in, bw_str(cases[i].source), &ast, &issues, NULL) < 0)
                        fail_msg("%s: %.*s", cases[i].source, BW_STR_ARG(issues.items[0].message));
                bw_buf_clear(&out);
                line(&out, ast->root);
                assert_str(bw_buf_view(&out), cases[i].tree);
        }
}

static void check_trees(const struct tree_case *cases, size_t n)
{
        check_trees_in(env, cases, n);
}

static void test_operators(void **state)
{
        static const struct tree_case cases[] = {
                {"1 + 2 * 3 - 4", "_-_(_+_(1, _*_(2, 3)), 4)"},
                {"1 * 2 % 3 / 4", "_/_(_%_(_*_(1, 2), 3), 4)"},
                {"1 - 1", "_-_(1, 1)"},
                {"1 -1", "_-_(1, 1)"},
                {"1 - -1", "_-_(1, -1)"},
                {"-1", "-1"},
                {"- 1", "-1"},
                {"--1", "1"},
                {"---1", "-_(1)"},
                {"-x.y", "-_(x.y)"},
                {"-1.size()", "-1.size()"},
                {"!!x", "x"},
                {"!!!x.y", "!_(x.y)"},
                {"!-1", "!_(-1)"},
                {"a < b == c", "_==_(_<_(a, b), c)"},
                {"1 + 1 in [2]", "@in(_+_(1, 1), [2])"},
                {"a ? b : c ? d : e", "_?_:_(a, b, _?_:_(c, d, e))"},
                {"a || b ? c && d : e", "_?_:_(_||_(a, b), _&&_(c, d), e)"},
                {"a || b && c", "_||_(a, _&&_(b, c))"},
                {"a && b && c && d", "_&&_(_&&_(a, b), _&&_(c, d))"},
                {"a || b || c", "_||_(_||_(a, b), c)"},
        };

        (void)state;
        check_trees(cases, BW_ARRAY_SIZE(cases));
}

static void test_primaries(void **state)
{
        static const struct tree_case cases[] = {
                {" a . b\n.c // note\n", "a.b.c"},
                {".a.b", ".a.b"},
                {". a", ".a"},
                {"a.for.if", "a.for.if"},
                {"a.`x-y/z.w v`", "a.x-y/z.w v"},
                {"a.?b.?`c d`", "_?._(_?._(a, \"b\"), \"c d\")"},
                {"a[?0][1]", "_[_](_[?_](a, 0), 1)"},
                {"f()", "f()"},
                {".f(1, 2)", ".f(1, 2)"},
                {"a.b(c).d(e, f)", "a.b(c).d(e, f)"},
                {"[]", "[]"},
                {"[,]", "[]"},
                {"[1, ?x, 2,]", "[1, ?x, 2]"},
                {"{}", "{}"},
                {"{,}", "{}"},
                {"{'a': 1, ?b: c,}", "{\"a\": 1, ?b: c}"},
                {"A{}", "A{}"},
                {"a.b.C{x: 1, ?y: 2, `z-z`: 3,}.x", "a.b.C{x: 1, ?y: 2, z-z: 3}.x"},
                {".a.B{}", ".a.B{}"},
                {"a ? B{} : {}", "_?_:_(a, B{}, {})"},
                {"true != false == null", "_==_(_!=_(true, false), null)"},
                {"truest + inn + nulls", "_+_(_+_(truest, inn), nulls)"},
        };

        (void)state;
        check_trees(cases, BW_ARRAY_SIZE(cases));
}

static void test_literals(void **state)
{
        static const struct tree_case cases[] = {
                {"9223372036854775807", "9223372036854775807"},
                {"-9223372036854775808", "-9223372036854775808"},
                {"18446744073709551615u", "18446744073709551615u"},
                {"0xFfu + 0x10U", "_+_(255u, 16u)"},
                {"-0x8000000000000000", "-9223372036854775808"},
                {"007", "7"},
                {"1.5e3", "1500.0"},
                {".5", "0.5"},
                {"1e-2", "0.01"},
                {"-0.0", "-0.0"},
                {"4.9e-324 > 1e-400", "_>_(5e-324, 0.0)"},
                {"1.e5", "1.e5"},
                {"\"a'b\" + 'a\"b'", "_+_(\"a'b\", \"a\\\"b\")"},
                {"'''a'b\n''c'''", "\"a'b\\n''c\""},
                {"\"\"\"\"\"\"", "\"\""},
                {"'''a\r\nb\rc'''", "\"a\\nb\\nc\""},
                {"r'a\\n' + R\"\\\"", "_+_(\"a\\\\n\", \"\\\\\")"},
                {"r'''\\'\n'''", "\"\\\\'\\n\""},
                {"'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\`\\?'", "\"\\a\\b\\f\\n\\r\\t\\v\\\\'\\\"`?\""},
                {"'\\x41\\X42\\u00e9\\U0001F431\\103'", "\"AB\xc3\xa9\xf0\x9f\x90\xb1"
                                                        "C\""},
                {"'\\377'", "\"\xc3\xbf\""},
                {"'\\ud800'", "\"\xef\xbf\xbd\""},
                {"b'\\377\\xfe\xc3\xa9'", "b\"\\xff\\xfe\\xc3\\xa9\""},
                {"B\"\"\"a\"b\"\"\" + bR'\\x'", "_+_(b\"a\\\"b\", b\"\\\\x\")"},
                {"'\xf0\x9f\x90\xb1'", "\"\xf0\x9f\x90\xb1\""},
        };

        (void)state;
        check_trees(cases, BW_ARRAY_SIZE(cases));
}

static void test_macros(void **state)
{
        static const struct tree_case cases[] = {
                {"has(a.b.c)", "a.b.c~test~"},
                {"has(a.`b/c`)", "a.b/c~test~"},
                {"r.all(x, p)",
                 "loop(x in r; @result = true; @not_strictly_false(@result); _&&_(@result, p); @result)"},
                {"r.exists(i, x, p)", "loop(i/x in r; @result = false; @not_strictly_false(!_(@result)); "
                                      "_||_(@result, p); @result)"},
                {"r.exists_one(x, p)", "loop(x in r; @result = 0; true; _?_:_(p, _+_(@result, 1), @result); "
                                       "_==_(@result, 1))"},
                {"r.existsOne(i, x, p)", "loop(i/x in r; @result = 0; true; _?_:_(p, _+_(@result, 1), @result); "
                                         "_==_(@result, 1))"},
                {"r.map(x, y)", "loop(x in r; @result = []; true; _+_(@result, [y]); @result)"},
                {"r.map(x, p, y)", "loop(x in r; @result = []; true; _?_:_(p, _+_(@result, [y]), @result); @result)"},
                {"r.filter(x, p)", "loop(x in r; @result = []; true; _?_:_(p, _+_(@result, [x]), @result); @result)"},
                {"r.transformList(i, x, y)", "loop(i/x in r; @result = []; true; _+_(@result, [y]); @result)"},
                {"r.transformMap(k, v, p, y)", "loop(k/v in r; @result = {}; true; "
                                               "_?_:_(p, cel.@mapInsert(@result, k, y), @result); @result)"},
                {"r.transformMapEntry(k, v, {v: k})", "loop(k/v in r; @result = {}; true; "
                                                      "cel.@mapInsert(@result, {v: k}); @result)"},
                {"r.bind(x, 1, x)", "r.bind(x, 1, x)"},
                {"o.optMap(x, y)", "_?_:_(o.hasValue(), optional.of(loop(#unused in []; x = o.value(); false; x; y)), "
                                   "optional.none())"},
                {"a.b.optFlatMap(x, y)", "_?_:_(a.b.hasValue(), loop(#unused in []; x = a.b.value(); false; x; y), "
                                         "optional.none())"},
                {"r.all(x)", "r.all(x)"},
                {"all(x, p)", "all(x, p)"},
                {"x.has(y)", "x.has(y)"},
        };

        (void)state;
        check_trees(cases, BW_ARRAY_SIZE(cases));
}

struct error_case {
        const char *source;
        uint32_t line;
        uint32_t column;
        const char *message; /* its beginning */
};

static void test_errors(void **state)
{
        static const struct error_case cases[] = {
                {"", 1, 1, "Syntax error: unexpected end of expression, expected an expression"},
                {" // only a note", 1, 16, "Syntax error: unexpected end"},
                {"1 +", 1, 4, "Syntax error: unexpected end of expression, expected an expression"},
                {"(a.b", 1, 5, "Syntax error: unexpected end of expression, expected ')'"},
                {"a b", 1, 3, "Syntax error: unexpected 'b', expected an operator"},
                {"1abc", 1, 2, "Syntax error: unexpected 'abc'"},
                {"a &\nb", 1, 3, "Syntax error: operator is written twice"},
                {"a = b", 1, 3, "Syntax error: operator is written twice"},
                {"1 # x", 1, 3, "Syntax error: unknown character '#'"},
                {"'\xc3\xa9' + \xc3\xa9", 1, 7, "Syntax error: unknown character '\xc3\xa9'"},
                {"a\n\n  ? b", 3, 6, "Syntax error: unexpected end of expression, expected ':'"},
                {"f(a, )", 1, 6, "Syntax error: unexpected ')'"},
                {"[1,,]", 1, 4, "Syntax error: unexpected ','"},
                {"{1}", 1, 3, "Syntax error: unexpected '}', expected ':'"},
                {"a.in", 1, 3, "Syntax error: unexpected 'in', expected a field name"},
                {"a.true", 1, 3, "Syntax error: unexpected 'true'"},
                {"a.?b()", 1, 5, "Syntax error: unexpected '('"},
                {"a.`b`()", 1, 6, "Syntax error: unexpected '('"},
                {"`a`", 1, 1, "Syntax error: unexpected '`a`'"},
                {"a.``", 1, 3, "Syntax error: quoted identifier"},
                {"(a.b){}", 1, 6, "Syntax error: unexpected '{'"},
                {"a.?b{}", 1, 5, "Syntax error: unexpected '{'"},
                {"!x -y z", 1, 7, "Syntax error: unexpected 'z'"},
                {"!-x", 1, 3, "Syntax error: unexpected 'x', expected a number"},
                {"'a\nb'", 1, 1, "Syntax error: string is not closed on its line"},
                {"\"\"\"a\"\"", 1, 1, "Syntax error: string is not closed"},
                {"'a\\", 1, 3, "Syntax error: unknown escape sequence"},
                {"'a\\q'", 1, 3, "Syntax error: unknown escape sequence"},
                {"'\\x4'", 1, 2, "Syntax error: unknown escape sequence"},
                {"'\\477'", 1, 2, "Syntax error: unknown escape sequence"},
                {"'\\U00110000'", 1, 1, "invalid string literal: invalid unicode code point"},
                {"b'\\u0041'", 1, 1, "invalid string literal: \\u and \\U"},
                {"9223372036854775808", 1, 1, "invalid int literal"},
                {"--9223372036854775808", 1, 3, "invalid int literal"},
                {"-9223372036854775809", 1, 2, "invalid int literal"},
                {"18446744073709551616u", 1, 1, "invalid uint literal"},
                {"0x1ffffffffffffffff", 1, 1, "invalid int literal"},
                {"1e400", 1, 1, "invalid double literal"},
                {"for", 1, 1, "reserved identifier: for"},
                {"a + namespace(1)", 1, 5, "reserved identifier: namespace"},
                {"has(a)", 1, 5, "invalid argument to has() macro"},
                {"has(a.?b)", 1, 8, "invalid argument to has() macro"},
                {"[1].all(x.y, true)", 1, 11, "argument must be a simple name"},
                {"[1].map(__result__, 1)", 1, 9, "iteration variable overwrites accumulator variable"},
                {"[1].exists(i, i, true)", 1, 15, "duplicate variable name: i"},
                {"a.optMap(b.c, 1)", 1, 12, "argument must be a simple name"},
                {"a\xff", 1, 2, "Syntax error: not valid UTF-8"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_cel_issues issues = {0};
                struct bw_cel_ast *ast = NULL;

                if (parse(bw_str(cases[i].source), &ast, &issues) != -EINVAL || ast)
                        fail_msg("%s: parsed", cases[i].source);
                assert_int_equal(issues.n, 1);
                if (!bw_str_starts(issues.items[0].message, bw_str(cases[i].message)))
                        fail_msg("%s: %.*s", cases[i].source, BW_STR_ARG(issues.items[0].message));
                if (issues.items[0].line != cases[i].line || issues.items[0].column != cases[i].column)
                        fail_msg("%s: %u:%u", cases[i].source, issues.items[0].line, issues.items[0].column);
        }
}

static void test_several_errors(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str source = BW_STR("has(a) &&\n\t'\xc3\xa9' == 1e999 || let");
        struct bw_cel_issues issues = {0};
        struct bw_error error = {0};
        struct bw_cel_ast *ast;

        (void)state;
        assert_int_equal(bw_cel_parse(arena, env, source, &ast, &issues, &error), -EINVAL);
        assert_int_equal(issues.n, 3);
        assert_int_equal(error.line, 1);
        assert_int_equal(error.column, 5);
        bw_cel_issues_format(&out, BW_STR("p.yaml"), source, &issues);
        assert_str(bw_buf_view(&out),
                   "p.yaml:1:5: invalid argument to has() macro: it must be a field selection, e.g. has(object.spec)\n"
                   " | has(a) &&\n"
                   " | ....^\n"
                   "p.yaml:2:9: invalid double literal: it is out of range\n"
                   " |  '\xc3\xa9' == 1e999 || let\n"
                   " | ........^\n"
                   "p.yaml:2:18: reserved identifier: let\n"
                   " |  '\xc3\xa9' == 1e999 || let\n"
                   " | .................^\n");
}

static void test_many_errors(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_cel_issues issues = {0};
        struct bw_cel_ast *ast;

        (void)state;
        for (int i = 0; i < BW_LIMIT_CEL_ISSUES + 4; i++)
                bw_buf_puts(&text, i ? ", for" : "[for");
        bw_buf_char(&text, ']');
        assert_int_equal(parse(bw_buf_view(&text), &ast, &issues), -EINVAL);
        assert_int_equal(issues.n, BW_LIMIT_CEL_ISSUES);
        assert_int_equal(issues.n_more, 4);
}

/* before × n, middle, after × n */
static int parse_repeated(const char *before, const char *middle, const char *after, size_t n)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_cel_issues issues = {0};
        struct bw_cel_ast *ast;

        for (size_t i = 0; i < n; i++)
                bw_buf_puts(&text, before);
        bw_buf_puts(&text, middle);
        for (size_t i = 0; i < n; i++)
                bw_buf_puts(&text, after);
        return parse(bw_buf_view(&text), &ast, &issues);
}

static void test_limits(void **state)
{
        (void)state;
        assert_ok(parse_repeated("", "a", " ", BW_LIMIT_CEL_SOURCE - 1));
        assert_int_equal(parse_repeated("", "a", " ", BW_LIMIT_CEL_SOURCE), -E2BIG);
        assert_ok(parse_repeated("", "'\xc3\xa9'", " ", BW_LIMIT_CEL_SOURCE - 3));
        assert_ok(parse_repeated("(", "a", ")", BW_LIMIT_CEL_DEPTH - 1));
        assert_int_equal(parse_repeated("(", "a", ")", BW_LIMIT_CEL_DEPTH), -E2BIG);
        assert_int_equal(parse_repeated("[", "", "", 50000), -E2BIG);
        assert_ok(parse_repeated("a.", "a", "", BW_LIMIT_CEL_DEPTH));
        assert_int_equal(parse_repeated("a.", "a", "", BW_LIMIT_CEL_DEPTH + 1), -E2BIG);
        assert_ok(parse_repeated("1+", "1", "", BW_LIMIT_CEL_DEPTH));
        assert_int_equal(parse_repeated("1+", "1", "", BW_LIMIT_CEL_DEPTH + 1), -E2BIG);
        assert_int_equal(parse_repeated("a?b:", "c", "", BW_LIMIT_CEL_DEPTH), -E2BIG);
        /* A relation's right side counts twice. */
        assert_ok(parse_repeated("1==(", "1", ")", BW_LIMIT_CEL_DEPTH / 2 - 1));
        assert_int_equal(parse_repeated("1==(", "1", ")", BW_LIMIT_CEL_DEPTH / 2), -E2BIG);
        /* Chains of && and || and of prefix operators have no depth. */
        assert_ok(parse_repeated("a||", "b", "", 20000));
        assert_ok(parse_repeated("a&&", "b", "", 20000));
        assert_ok(parse_repeated("!", "a", "", 90000));
        assert_ok(parse_repeated("-", "a", "", 90001));
        assert_ok(parse_repeated("", "[1", ",1", 30000) == -EINVAL ? 0 : -1);
        /* optMap() copies its target: the nodes of a chain double with each link. */
        assert_int_equal(parse_repeated("", "a", ".optMap(x, x)", 60), -E2BIG);
}

static void test_dump(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_cel_ast *ast;

        (void)state;
        assert_ok(parse(BW_STR("a.all(x, x in [?y, {'k': T{f: -1}}])"), &ast, NULL));
        bw_cel_dump_ast(&out, ast);
        assert_str(bw_buf_view(&out), "1 loop x\n"
                                      "  2 range: ident a\n"
                                      "  1 accumulator: @result\n"
                                      "  3 init: const true\n"
                                      "  4 condition: call @not_strictly_false\n"
                                      "    5 ident @result\n"
                                      "  6 step: call _&&_\n"
                                      "    7 ident @result\n"
                                      "    8 call @in\n"
                                      "      9 ident x\n"
                                      "      10 list\n"
                                      "        11 optional: ident y\n"
                                      "        12 map\n"
                                      "          13 entry\n"
                                      "            14 key: const \"k\"\n"
                                      "            15 value: struct T\n"
                                      "              16 entry f\n"
                                      "                17 value: const -1\n"
                                      "  18 result: ident @result\n");
        assert_int_equal(ast->n_ids, 18);
}

static void test_no_macros(void **state)
{
        struct bw_cel_env *plain;
        struct bw_cel_ast *ast;

        (void)state;
        assert_ok(bw_cel_env_new(&(struct bw_cel_env_options){.no_macros = true}, &plain, NULL));
        assert_ok(bw_cel_parse(arena, plain, BW_STR("[1].all(x, true)"), &ast, NULL, NULL));
        assert_int_equal(ast->root->kind, BW_CEL_EXPR_CALL);
        assert_str(ast->root->call.function, "all");
        bw_cel_env_free(plain);
}

/* Macros of libraries that are not always there. */
static void test_library_macros(void **state)
{
        static const struct tree_case with[] = {
                {"math.greatest(a)", "math.@max(a)"},
                {"cel.bind(x, 1, x + x)", "loop(#unused in []; x = 1; false; x; _+_(x, x))"},
                {"math.least(1, a.b)", "math.@min(1, a.b)"},
                {"math.greatest(1, 2u, 3.0)", "math.@max([1, 2u, 3.0])"},
                {"math.least([1, a])", "math.@min([1, a])"},
                {"x.greatest('a')", "x.greatest(\"a\")"},
                {"l.sortBy(x, x.y)", "loop(#unused in []; @__sortBy_input__ = l; false; @__sortBy_input__; "
                                     "@__sortBy_input__.@sortByAssociatedKeys(loop(x in @__sortBy_input__; "
                                     "@result = []; true; _+_(@result, [x.y]); @result)))"},
        };
        static const struct tree_case without[] = {
                {"math.greatest('a')", "math.greatest(\"a\")"},
                {"cel.bind(x, 1, x + x)", "cel.bind(x, 1, _+_(x, x))"},
                {"l.sortBy(x, x.y)", "l.sortBy(x, x.y)"},
        };
        static const char *const bad[] = {
                "math.greatest()",   "math.least('a')",         "math.greatest([])",
                "math.least(1, {})", "math.greatest([1, 'a'])", "math.least(1, 2, null)", "cel.bind(1, 2, 3)",
        };
        struct bw_cel_env *extra;

        (void)state;
        assert_ok(bw_cel_env_new(&(struct bw_cel_env_options){.libraries = BW_CEL_LIB_EXTRA}, &extra, NULL));
        check_trees_in(extra, with, BW_ARRAY_SIZE(with));
        check_trees(without, BW_ARRAY_SIZE(without));
        for (size_t i = 0; i < BW_ARRAY_SIZE(bad); i++) {
                struct bw_cel_ast *ast;

                assert_int_equal(bw_cel_parse(arena, extra, bw_str(bad[i]), &ast, NULL, NULL), -EINVAL);
        }
        bw_cel_env_free(extra);
}

/* Parses an exact copy, so that a sanitizer sees a read past its end. */
static void parse_copy(struct bw_arena *own, const char *text, size_t n)
{
        char *copy = malloc(n + !n);
        struct bw_cel_ast *ast;
        int r;

        memcpy(copy, text, n);
        r = bw_cel_parse(own, env, bw_str_n(copy, n), &ast, NULL, NULL);
        assert_true(r == 0 || r == -EINVAL);
        bw_arena_reset(own);
        free(copy);
}

/* Every beginning, every end and every one-byte change of a rich source parses or fails, and leaves nothing behind. */
static void test_mutations(void **state)
{
        static const char source[] =
                "has(a.b) ? -0x1fu + .5e3 : {'k\\u00e9': [?b\"x\"]}.?k[0].optMap(v, v.`q-r`) != r'''z'''";
        static const char bytes[] = "\0'\"`\\.(){}[]?:,-!x0\xff";
        const size_t n = sizeof(source) - 1;
        struct bw_arena *own = bw_arena_new(0);
        char text[sizeof(source)];

        (void)state;
        for (size_t i = 0; i < n; i++) {
                parse_copy(own, source, i);
                parse_copy(own, source + i, n - i);
                for (size_t k = 0; k + 1 < sizeof(bytes); k++) {
                        memcpy(text, source, n);
                        text[i] = bytes[k];
                        parse_copy(own, text, n);
                        parse_copy(own, text, i + 1);
                }
        }
        bw_arena_free(own);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_operators),      cmocka_unit_test(test_primaries),
                cmocka_unit_test(test_literals),       cmocka_unit_test(test_macros),
                cmocka_unit_test(test_errors),         cmocka_unit_test(test_several_errors),
                cmocka_unit_test(test_many_errors),    cmocka_unit_test(test_limits),
                cmocka_unit_test(test_dump),           cmocka_unit_test(test_no_macros),
                cmocka_unit_test(test_library_macros), cmocka_unit_test(test_mutations),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, setup, teardown);
}
