/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prices, worked out from Kubernetes' rules: a variable 1 (in a branch of ?: 0, under has() 0), a field that is asked
 * for 1, one of an optional only if it is there; a list 10, a map 30; a call 1 unless its function has a price;
 * constants and what was computed from them at compile time nothing.
 */
#include "run_eval.h"

static const struct bw_cel_variable variables[] = {{.name = {"object", 6}}};
static const struct run_setup setup = {
        .options = {.variables = variables, .n_variables = 1, .libraries = BW_CEL_LIB_EXTRA},
        .values =
                {
                        "{'a': {'b': 1}, 'yes': true, 'list': [1, 2, 3], 'names': ['p', 'q'], 'empty': [], "
                        "'text': '0123456789012345678901234', 'zero': 0, 'key': 'a'}",
                },
};

#define RUN(table)                                                                                                     \
        do {                                                                                                           \
                (void)state;                                                                                           \
                run_cases(&setup, (table), BW_ARRAY_SIZE(table));                                                      \
        } while (0)

static void test_fields(void **state)
{
        static const struct run_case cases[] = {
                {"object.a.b", "1", 3},
                {"object.a['b']", "1", 3},
                {"object.a.x", "error: no such key", 3},
                {"object.x.y.z", "error: no such key", 2},
                {"object.list[0]", "1", 3},
                {"object[object.key].b", "1", 4},
                {"object.list[object.zero + 1]", "2", 6},
                {"has(object.a.b)", "true", 2},
                {"has(object.x.y)", "error: no such key", 1},
                {"object.?a.?b.orValue(0)", "1", 3},
                {"object.?x.?b.orValue(0)", "0", 1},
                {"object.?a.b.hasValue()", "true", 4},
                {"object.?a.?x.or(object.?zero).value()", "0", 5},
                {"object.yes ? object.a.b : object.x", "1", 4},
                {"(object.yes ? object.a : object.x).b", "1", 4},
                {"[object.a][0].b", "1", 15},
        };

        RUN(cases);
}

static void test_operators(void **state)
{
        static const struct run_case cases[] = {
                {"object.zero + 1", "1", 3},
                {"object.x + 1", "error: no such key", 3},
                {"object.zero == 0", "true", 3},
                {"object.list == [1, 2, 3]", "true", 3},
                {"object.text == object.text", "true", 7},
                {"object.text < object.text + 'x'", "true", 10},
                {"!object.yes", "false", 3},
                {"object.yes && object.zero == 0", "true", 5},
                {"object.x && object.zero == 1", "false", 5},
                {"object.text.startsWith('0')", "true", 5},
                {"object.text.contains('345')", "true", 5},
                {"object.text.matches('^[0-9]+$')", "true", 8},
                {"object.zero in object.list", "false", 5},
                {"object.zero in [1, 2, 3]", "false", 2},
                {"'p' in object.names", "true", 3},
                {"object.text + 'abcde' + ''", "\"0123456789012345678901234abcde\"", 8},
                {"bytes(object.text).size()", "25", 4},
                {"size(object.text)", "25", 3},
                {"1 + 2 * 3", "7", 2},
                {"int('7') + 1", "8", 1},
                {"[1, 2] == [1, 2]", "true", 1},
                {"[object.zero]", "[0]", 12},
                {"{'a': object.zero}", "{\"a\": 0}", 32},
                {"[object.x]", "error: no such key", 12},
        };
        struct run_result r;

        RUN(cases);
        /* The checker cannot know the type of an object's field: the price is that of any call. */
        run_once(&setup, BW_STR("dyn('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') < object.text"), true, BW_LIMIT_CEL_COST, &r);
        assert_int_equal(r.cost, 3);
}

static void test_loops(void **state)
{
        static const struct run_case cases[] = {
                /* each round: the condition 2 (exists: 3), the step's accumulator 1 and predicate 2; the result 1 */
                {"[1, 2, 3].all(x, x > 0)", "true", 16},
                {"[1, 2, 3].all(x, x > 1)", "false", 8},
                {"object.list.all(x, x > 0)", "true", 18},
                {"object.empty.all(x, x > 0)", "true", 3},
                {"[1, 2, 3].exists(x, x > 2)", "true", 19},
                {"[1, 2, 3].exists(x, x > 0)", "true", 10},
                {"[1, 0, 2].exists(x, 2 / x > 1)", "true", 11},
                /* the predicate 2, counting 2, then == 2 */
                {"[1, 2, 3].exists_one(x, x > 2)", "true", 10},
                /* accumulator 1, list 10, + 1, item 1; result 1 */
                {"[1, 2, 3].map(x, x)", "[1, 2, 3]", 40},
                {"[1, 2, 3].filter(x, x > 2)", "[3]", 20},
                {"[1, 0].map(x, 1 / x)", "error: division by zero", 29},
                {"[1, 2].transformMap(i, v, v)", "{0: 1, 1: 2}", 9},
                {"[1].map(x, [2].map(y, x + y))", "[[3]]", 29},
        };

        RUN(cases);
}

static void test_bind(void **state)
{
        static const struct run_case cases[] = {
                {"cel.bind(x, object.a.b, x + x)", "2", 6},
                {"cel.bind(x, object.a.b, true)", "true", 0},
                {"object.?zero.optMap(v, v + 1).value()", "1", 10},
        };
        struct run_result r;

        RUN(cases);
        run_once(&setup, BW_STR("cel.bind(x, object.a.b, true)"), true, BW_LIMIT_CEL_COST, &r);
        assert_int_equal(r.cost, 0);
}

static void test_without_costs(void **state)
{
        struct run_setup without = setup;
        struct run_result r;

        (void)state;
        without.options.no_costs = true;
        run_once(&without, BW_STR("object.list.all(x, x > 0)"), true, 0, &r);
        assert_string_equal(r.text, "true");
        run_once(&without, BW_STR("object.list.all(x, x > 0)"), true, 1000, &r);
        assert_int_equal(r.code, -EINVAL);
        assert_int_equal(r.cost, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fields), cmocka_unit_test(test_operators),     cmocka_unit_test(test_loops),
                cmocka_unit_test(test_bind),   cmocka_unit_test(test_without_costs),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
