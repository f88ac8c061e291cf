/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/fault.h"
#include "cel/ast.h"
#include "cel/kube_types.h"
#include "cel/types.h"

static struct bw_arena *arena;
static struct bw_cel_env *kube;  /* as admission policies */
static struct bw_cel_env *plain; /* as CEL without Kubernetes */

static int setup(void **state)
{
        const struct bw_cel_type *list_t;
        struct bw_cel_variable variables[] = {
                {.name = BW_STR("object")},
                {.name = BW_STR("request"), .type = &bw_cel_kube_request},
                {.name = BW_STR("namespaceObject"), .type = &bw_cel_kube_namespace},
                {.name = BW_STR("i"), .type = &bw_cel_int},
                {.name = BW_STR("s"), .type = &bw_cel_string},
                {.name = BW_STR("a.b.c"), .type = &bw_cel_bool},
                {.name = BW_STR("a.b"), .type = &bw_cel_map_string_dyn},
                {.name = BW_STR("hidden"), .undeclared = true},
                {.name = BW_STR("generic")},
        };
        struct bw_cel_env_options options = {
                .variables = variables, .n_variables = BW_ARRAY_SIZE(variables), .libraries = BW_CEL_LIB_EXTRA,
        };

        (void)state;
        arena = bw_arena_new(0);
        assert_ok(bw_cel_type_parse(arena, BW_STR("list(T)"), &list_t, NULL));
        variables[8].type = list_t;
        assert_ok(bw_cel_env_new(&options, &kube, NULL));
        options.plain_literals = true;
        return bw_cel_env_new(&options, &plain, NULL);
}

static int teardown(void **state)
{
        (void)state;
        bw_cel_env_free(kube);
        bw_cel_env_free(plain);
        bw_arena_free(arena);
        return 0;
}

static int check(const struct bw_cel_env *env, struct bw_str source, struct bw_cel_ast **ret_ast,
                 const struct bw_cel_type **ret_type, struct bw_cel_issues *issues)
{
        if (bw_cel_parse(arena, env, source, ret_ast, issues, NULL) < 0)
                fail_msg("%.*s: %.*s", BW_STR_ARG(source), BW_STR_ARG(issues->items[0].message));
        return bw_cel_check(arena, env, *ret_ast, ret_type, issues, NULL);
}

struct type_case {
        const char *source;
        const char *type;
};

static void check_types(const struct bw_cel_env *env, const struct type_case *cases, size_t n)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        for (size_t i = 0; i < n; i++) {
                struct bw_cel_issues issues = {0};
                const struct bw_cel_type *type;
                struct bw_cel_ast *ast;

                if (check(env, bw_str(cases[i].source), &ast, &type, &issues) < 0)
                        fail_msg("%s: %.*s", cases[i].source, BW_STR_ARG(issues.items[0].message));
                bw_buf_clear(&out);
                bw_cel_type_format(&out, type);
                if (!bw_str_is(bw_buf_view(&out), cases[i].type))
                        fail_msg("%s: %s", cases[i].source, out.p);
        }
}

static void test_types(void **state)
{
        static const struct type_case cases[] = {
                {"1", "int"},
                {"null", "null_type"},
                {"b'' + b''", "bytes"},
                {"[1, 2]", "list(int)"},
                {"[]", "list(dyn)"},
                {"[[], [1]]", "list(list(int))"},
                {"{}", "map(dyn, dyn)"},
                {"{'a': [1u]}", "map(string, list(uint))"},
                {"[1, 2][0]", "int"},
                {"{'a': 1.5}.a", "double"},
                {"{'a': 1}['a'] + 1", "int"},
                {"object.spec.x", "dyn"},
                {"object.spec.x + 1", "int"},
                {"object.x == 1 || object.y", "bool"},
                {"object.x < object.y", "bool"},
                {"-object.x", "dyn"},
                {"true ? 1 : object.x", "dyn"},
                {"true ? [1] : []", "list(int)"},
                {"[1].map(x, string(x))", "list(string)"},
                {"[1].filter(x, x > 1)", "list(int)"},
                {"{'a': 1}.map(k, k)", "list(string)"},
                {"{'a': 1u}.transformList(k, v, v)", "list(uint)"},
                {"['a'].transformMap(i, v, v == 'a')", "map(int, bool)"},
                {"['a'].transformMapEntry(i, v, {v: i})", "map(string, int)"},
                {"object.items.map(x, x.name)", "list(dyn)"},
                {"object.labels.exists(k, v, k == 'app' && v.startsWith('x'))", "bool"},
                {"[].map(x, x)", "list(dyn)"},
                {"cel.bind(x, [1], x + [2])", "list(int)"},
                {"object.?a.?b", "optional_type(dyn)"},
                {"optional.of(1)", "optional_type(int)"},
                {"optional.of(1).optMap(x, x + 1)", "optional_type(int)"},
                {"optional.none().orValue(1)", "int"},
                {"{'a': 1}[?'a']", "optional_type(int)"},
                {"[?optional.of(1), 2]", "list(int)"},
                {"{?'a': optional.of(1)}", "map(string, int)"},
                {"{'a': {'b': 1}}.?a.b", "optional_type(int)"},
                {"type(1)", "type(int)"},
                {"type(1) == int", "bool"},
                {"type([1]) == list", "bool"},
                {"google.protobuf.Timestamp", "type(timestamp)"},
                {"timestamp('2024-01-01T00:00:00Z') - duration('1h')", "timestamp"},
                {"request.userInfo.groups", "list(string)"},
                {"request.userInfo.extra['k'][0]", "string"},
                {"request.?userInfo.?username", "optional_type(string)"},
                {"has(request.dryRun) && request.dryRun", "bool"},
                {"namespaceObject.metadata.labels['x']", "string"},
                {"namespaceObject.status.conditions[0].lastTransitionTime", "timestamp"},
                {"request.options.x", "dyn"},
                {"request.userInfo == null", "bool"},
                {"a.b.c", "bool"},
                {"a.b.d", "dyn"},
                {"a.b['c']", "dyn"},
                {"[{'b': 1}].all(a, a.b == 1)", "bool"},
                {"[true].all(object, object)", "bool"},
                {"[1].all(i, .i == i)", "bool"},
                {"generic", "list(dyn)"},
                {"generic + [1]", "list(int)"},
                {"'%d %s'.format([1, 'a'])", "string"},
                {"'a'.matches('[a-z]')", "bool"},
        };

        (void)state;
        check_types(kube, cases, BW_ARRAY_SIZE(cases));
}

static void test_plain_types(void **state)
{
        static const struct type_case cases[] = {
                {"[1, 'a']", "list(dyn)"},
                {"{'a': 1, 2: 'b'}", "map(dyn, dyn)"},
                {"[optional.of(1), null][0]", "optional_type(int)"},
                {"[null, optional.of(1)][0]", "optional_type(int)"},
                {"true ? null : duration('1s')", "duration"},
                {"[[null], [timestamp(0)]]", "list(list(timestamp))"},
                {"[1, 2.0, 3u]", "list(dyn)"},
                {"duration('soon')", "duration"},
                {"'a'.matches('[')", "bool"},
        };

        (void)state;
        check_types(plain, cases, BW_ARRAY_SIZE(cases));
}

struct error_case {
        const char *source;
        uint32_t column;
        const char *message; /* its beginning */
};

static void test_errors(void **state)
{
        static const struct error_case cases[] = {
                {"nope", 1, "undeclared reference to 'nope' (in container '')"},
                {"hidden", 1, "undeclared reference to 'hidden'"},
                {"nope.x.y", 1, "undeclared reference to 'nope'"},
                {"object.nope()", 8, "undeclared reference to 'nope'"},
                {"nope(1)", 1, "undeclared reference to 'nope'"},
                {"sets.nope([1])", 1, "undeclared reference to 'sets'"},
                {"1 + 1.5", 3, "found no matching overload for '_+_' applied to '(int, double)'"},
                {"1 == 'a'", 3, "found no matching overload for '_==_' applied to '(int, string)'"},
                {"1 < 2 < 3", 7, "found no matching overload for '_<_' applied to '(bool, int)'"},
                {"'a'.startsWith(1)", 5, "found no matching overload for 'startsWith' applied to 'string.(int)'"},
                {"startsWith('a', 'b')", 1,
                 "found no matching overload for 'startsWith' applied to '(string, string)'"},
                {"'a'.size(1)", 5, "found no matching overload for 'size' applied to 'string.(int)'"},
                {"i.startsWith('a')", 3, "found no matching overload for 'startsWith' applied to 'int.(string)'"},
                {"optional.none(1)", 1, "found no matching overload for 'optional.none' applied to '(int)'"},
                {"1 && true", 1, "expected type 'bool' but found 'int'"},
                {"true || 'x'", 9, "expected type 'bool' but found 'string'"},
                {"!1", 1, "found no matching overload for '!_' applied to '(int)'"},
                {"i ? 1 : 2", 3, "found no matching overload for '_?_:_' applied to '(int, int, int)'"},
                {"true ? 1 : 'a'", 6, "found no matching overload for '_?_:_' applied to '(bool, int, string)'"},
                {"i.x", 3, "type 'int' does not support field selection"},
                {"has(s.x)", 7, "type 'string' does not support field selection"},
                {"s.?x", 4, "type 'string' does not support field selection"},
                {"request.nope", 9, "undefined field 'nope'"},
                {"request.userInfo.name == 'x'", 18, "undefined field 'name'"},
                {"has(namespaceObject.kind)", 21, "undefined field 'kind'"},
                {"i.all(x, true)", 1, "expression of type 'int' cannot be range of a comprehension"},
                {"[1].all(x, x)", 12, "expected type 'bool' but found 'int'"},
                {"[1].filter(x, x)", 5, "found no matching overload for '_?_:_'"},
                {"[1, 'a']", 5, "expected type 'int' but found 'string'"},
                {"[1, 2.0]", 5, "expected type 'int' but found 'double'"},
                {"[object.x, 1]", 12, "expected type 'dyn' but found 'int'"},
                {"{'a': 1, 'b': 'c'}", 15, "expected type 'int' but found 'string'"},
                {"{'a': 1, 2: 3}", 10, "expected type 'string' but found 'int'"},
                {"[?1]", 3, "expected type 'optional_type(int)' but found 'int'"},
                {"{?'a': 1}", 8, "expected type 'optional_type(int)' but found 'int'"},
                {"Pod{}", 1, "undeclared reference to 'Pod'"},
                {"int{}", 1, "'int' is not a message type"},
                {"object{x: nope}", 1, "'object' is not a type"},
                {"duration('1 hour')", 10, "invalid duration argument"},
                {"timestamp('2024-13-01T00:00:00Z')", 11, "invalid timestamp argument"},
                {"timestamp(253402300800)", 11, "invalid timestamp argument"},
                {"object.x.matches('(')", 18, "invalid matches argument"},
                {"matches(object.x, '(?=a)')", 19, "invalid matches argument"},
                {"'%d'.format(['x'])", 14, "error during formatting: decimal clause"},
                {"'%s %s'.format(['x'])", 1, "index 1 out of range"},
                {"'%s'.format(['x', 'y'])", 19, "too many arguments supplied to string.format (expected 1, got 2)"},
                {"'%'.format([])", 1, "could not parse formatting clause"},
                {"'%s'.format([[optional.none()]])", 15, "error during formatting: string clause"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                const struct bw_cel_type *type = NULL;
                struct bw_cel_issues issues = {0};
                struct bw_cel_ast *ast;

                if (check(kube, bw_str(cases[i].source), &ast, &type, &issues) != -EINVAL || type || ast->checked)
                        fail_msg("%s: accepted", cases[i].source);
                if (!bw_str_starts(issues.items[0].message, bw_str(cases[i].message)))
                        fail_msg("%s: %.*s", cases[i].source, BW_STR_ARG(issues.items[0].message));
                if (issues.items[0].column != cases[i].column)
                        fail_msg("%s: column %u", cases[i].source, issues.items[0].column);
        }
}

/* One mistake, one issue: what follows from it is not said. */
static void test_no_cascades(void **state)
{
        static const struct {
                const char *source;
                size_t n;
        } cases[] = {
                {"nope + 1 == 2", 1},
                {"nope.startsWith(1) && 1 + 'a' == 2", 2},
                {"[nope].all(x, x.y > nope)", 2},
                {"request.nope.startsWith('a') ? 1 : request.nope", 2},
                {"nope(nope).size() > 1", 2},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_cel_issues issues = {0};
                struct bw_cel_ast *ast;

                assert_int_equal(check(kube, bw_str(cases[i].source), &ast, NULL, &issues), -EINVAL);
                if (issues.n != cases[i].n)
                        fail_msg("%s: %zu issues, last %.*s", cases[i].source, issues.n,
                                 BW_STR_ARG(issues.items[issues.n - 1].message));
        }
}

static void test_references(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_cel_issues issues = {0};
        struct bw_cel_ast *ast;

        (void)state;
        assert_ok(check(kube, BW_STR("[i].all(x, optional.of(x) != optional.none()) && a.b.c && type(s) == string"),
                        &ast, NULL, &issues));
        bw_cel_dump_types(&out, ast);
        assert_str(bw_buf_view(&out), "1 call _&&_ : bool <- logical_and\n"
                                      "  2 call _&&_ : bool <- logical_and\n"
                                      "    3 loop x : bool\n"
                                      "      4 range: list : list(int)\n"
                                      "        5 ident i : int <- i (slot 3)\n"
                                      "      3 accumulator: @result\n"
                                      "      6 init: const true : bool\n"
                                      "      7 condition: call @not_strictly_false : bool <- not_strictly_false\n"
                                      "        8 ident @result : bool <- @result\n"
                                      "      9 step: call _&&_ : bool <- logical_and\n"
                                      "        10 ident @result : bool <- @result\n"
                                      "        11 call _!=_ : bool <- not_equals\n"
                                      "          12 call optional.of : optional_type(int) <- optional_of\n"
                                      "            14 ident x : int <- x\n"
                                      "          15 call optional.none : optional_type(int) <- optional_none\n"
                                      "      17 result: ident @result : bool <- @result\n"
                                      "    18 select c : bool <- a.b.c (slot 5)\n"
                                      "      19 select b\n"
                                      "        20 ident a\n"
                                      "  21 call _==_ : bool <- equals\n"
                                      "    22 call type : type(string) <- type\n"
                                      "      23 ident s : string <- s (slot 4)\n"
                                      "    24 ident string : type(string) <- string\n");
        assert_int_equal(ast->references[24].constant.type, BW_TYPE);
}

static void test_containers(void **state)
{
        const struct bw_cel_variable variables[] = {
                {.name = BW_STR("x.y.v"), .type = &bw_cel_int},
                {.name = BW_STR("x.v"), .type = &bw_cel_string},
                {.name = BW_STR("v"), .type = &bw_cel_bool},
                {.name = BW_STR("x.w.z"), .type = &bw_cel_bytes},
        };
        const struct bw_cel_env_options options = {
                .variables = variables, .n_variables = BW_ARRAY_SIZE(variables), .container = BW_STR("x.y")};
        static const struct type_case cases[] = {
                {"v", "int"},
                {".v", "bool"},
                {".x.v", "string"},
                {"w.z", "bytes"},
                {"size('a')", "int"},
                {"[''].all(v, v == '')", "bool"},
                {"[''].map(v, .v)", "list(bool)"},
                {"[1].map(w, w)", "list(int)"},
        };
        struct bw_cel_env *env;

        (void)state;
        assert_ok(bw_cel_env_new(&options, &env, NULL));
        check_types(env, cases, BW_ARRAY_SIZE(cases));
        bw_cel_env_free(env);
}

/* Types that double in size with each line of a source must end in an error, soon. */
static void test_type_growth(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_cel_issues issues = {0};
        struct bw_cel_ast *ast;

        (void)state;
        bw_buf_puts(&text, "cel.bind(v0, 1, ");
        for (int i = 1; i < 60; i++)
                bw_buf_printf(&text, "cel.bind(v%d, {v%d: v%d}, ", i, i - 1, i - 1);
        bw_buf_puts(&text, "v59 == v58");
        for (int i = 0; i < 60; i++)
                bw_buf_char(&text, ')');
        assert_int_equal(check(kube, bw_buf_view(&text), &ast, NULL, &issues), -E2BIG);
        assert_str(issues.items[0].message, "the types of this expression are too complex");

        bw_buf_clear(&text);
        for (int i = 0; i < 60; i++)
                bw_buf_printf(&text, "cel.bind(v%d, [], ", i);
        bw_buf_puts(&text, "true");
        for (int i = 0; i + 1 < 60; i++)
                bw_buf_printf(&text, " && v%d == [{v%d: v%d}]", i, i + 1, i + 1);
        for (int i = 0; i < 60; i++)
                bw_buf_char(&text, ')');
        assert_int_equal(check(kube, bw_buf_view(&text), &ast, NULL, &issues), -E2BIG);

        /* A list of itself has no type. */
        issues = (struct bw_cel_issues){0};
        assert_int_equal(check(kube, BW_STR("cel.bind(x, [], x == [x])"), &ast, NULL, &issues), -EINVAL);
}

/* The deepest trees that the parser lets through, macros inside macros, fit the stack in every stage. */
static void test_depth(void **state)
{
        static const char *const rows[][2] = {
                {"[1].transformList(i, v, true, ", ")"},
                {"{1: [", "]}"},
                {"[1].exists(x, !(", "))"},
                {"optional.of(1).optMap(x, ", ")"},
                {"cel.bind(x, [1], ", ")"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_cel_issues issues = {0};
                struct bw_cel_ast *ast;
                int r;

                for (int k = 0; k < 120; k++)
                        bw_buf_puts(&text, rows[i][0]);
                bw_buf_puts(&text, "true");
                for (int k = 0; k < 120; k++)
                        bw_buf_puts(&text, rows[i][1]);
                r = check(kube, bw_buf_view(&text), &ast, NULL, &issues);
                assert_true(r == 0 || r == -EINVAL);
                bw_cel_dump_types(&out, ast);
                assert_ok(bw_buf_status(&out));
        }
}

#ifdef BW_FAULT
/* Every allocation fails once: an error each time, nothing leaks, nothing is half written. */
static void test_faults(void **state)
{
        const struct bw_str source = BW_STR("[?object.?a, 'x'].map(x, x + '\\n').exists(y, i, has(a.b.d) && "
                                            "optional.of({s: [1]}).optMap(z, z[s] == [2]).orValue(y == 1))");

        (void)state;
        for (uint64_t n = 1;; n++) {
                const struct bw_cel_type *type = NULL;
                struct bw_arena *own = bw_arena_new(0);
                struct bw_cel_env *env = NULL;
                struct bw_cel_ast *ast = NULL;
                struct bw_error error = {0};
                int r;

                bw_fault_plan(BW_FAULT_ALLOC, n, false);
                r = bw_cel_env_new(&(struct bw_cel_env_options){.plain_literals = true}, &env, &error);
                if (r == 0)
                        r = bw_cel_parse(own, plain, source, &ast, NULL, &error);
                if (r == 0)
                        r = bw_cel_check(own, plain, ast, &type, NULL, &error);
                bw_fault_plan(BW_FAULT_ALLOC, 0, false);
                bw_cel_env_free(env);
                bw_arena_free(own);
                if (r == 0)
                        break;
                assert_int_equal(r, -ENOMEM);
                assert_int_equal(error.code, -ENOMEM);
                assert_null(type);
        }
}
#endif

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_types),       cmocka_unit_test(test_plain_types),
                cmocka_unit_test(test_errors),      cmocka_unit_test(test_no_cascades),
                cmocka_unit_test(test_references),  cmocka_unit_test(test_containers),
                cmocka_unit_test(test_type_growth), cmocka_unit_test(test_depth),
#ifdef BW_FAULT
                cmocka_unit_test(test_faults),
#endif
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, setup, teardown);
}
