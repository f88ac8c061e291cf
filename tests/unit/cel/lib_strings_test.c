/* SPDX-License-Identifier: Apache-2.0 */
#include "lib_eval.h"

static const struct eval_setup plain = {0};
static const struct eval_setup extra = {.libraries = BW_CEL_LIB_EXTRA};

static void test_positions(void **state)
{
        static const struct eval_case cases[] = {
                {"'héllo'.charAt(1)", "\"é\""},
                {"'abc'.charAt(3)", "\"\""},
                {"'abc'.charAt(4)", "error"},
                {"'é'.charAt(2)", "error"},
                {"'abc'.charAt(-1)", "error"},
                {"'hello'.indexOf('l')", "2"},
                {"'hello'.indexOf('l', 3)", "3"},
                {"'hello'.indexOf('l', 4)", "-1"},
                {"'hello'.indexOf('l', 99)", "-1"},
                {"'hello'.indexOf('l', -1)", "error"},
                {"'hello'.indexOf('')", "0"},
                {"'日本日本'.indexOf('本', 2)", "3"},
                {"'hello'.lastIndexOf('l')", "3"},
                {"'hello'.lastIndexOf('l', 2)", "2"},
                {"'hello'.lastIndexOf('')", "5"},
                {"'hello'.lastIndexOf('lo', 4)", "3"},
                {"'hello'.lastIndexOf('hello world')", "-1"},
                {"'日本日本'.lastIndexOf('日本', 1)", "0"},
                {"'日本日本'.lastIndexOf('日本')", "2"},
                {"'aabaabaaab'.lastIndexOf('aabaa')", "3"},
                {"'aaaaaaaaab'.lastIndexOf('aaaaaaaaaa')", "-1"},
                {"'hello'.substring(1)", "\"ello\""},
                {"'hello'.substring(1, 3)", "\"el\""},
                {"'日本語'.substring(1, 2)", "\"本\""},
                {"'日本語'.substring(3)", "\"\""},
                {"'日本語'.substring(4)", "error"},
                {"'hello'.substring(3, 1)", "error"},
                {"'hello'.substring(-1, 1)", "error"},
                {"''.substring(0)", "\"\""},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_changes(void **state)
{
        static const struct eval_case cases[] = {
                {"'ÄbC'.lowerAscii()", "\"Äbc\""},
                {"'äbC'.upperAscii()", "\"äBC\""},
                {"'abc'.lowerAscii()", "\"abc\""},
                {"'a.b.c'.replace('.', '')", "\"abc\""},
                {"'a.b.c'.replace('.', '::', 1)", "\"a::b.c\""},
                {"'a.b.c'.replace('.', '-', 0)", "\"a.b.c\""},
                {"'a.b.c'.replace('.', '-', -1)", "\"a-b-c\""},
                {"'ab'.replace('', '-')", "\"-a-b-\""},
                {"'é'.replace('', '-', 1)", "\"-é\""},
                {"'é日'.replace('', '-', 2)", "\"-é-日\""},
                {"'aaa'.replace('aa', 'b')", "\"ba\""},
                {"''.replace('', 'x')", "\"x\""},
                {"'a,b,,c'.split(',')", "[\"a\", \"b\", \"\", \"c\"]"},
                {"'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]"},
                {"'a,b,c'.split(',', 0)", "[]"},
                {"'a,b,c'.split(',', 9)", "[\"a\", \"b\", \"c\"]"},
                {"''.split(',')", "[\"\"]"},
                {"''.split('')", "[]"},
                {"'aé日'.split('')", "[\"a\", \"é\", \"日\"]"},
                {"'aé日'.split('', 2)", "[\"a\", \"é日\"]"},
                {"' \\t\\u3000x y\\u00a0\\r\\n'.trim()", "\"x y\""},
                {"' \\u200b '.trim() == '\\u200b'", "true"},
                {"'   '.trim()", "\"\""},
                {"strings.quote('a\\\"b\\\\c\\nd\\x07é') == '\"a\\\\\\\"b\\\\\\\\c\\\\nd\\\\aé\"'", "true"},
                {"['a', 'b'].join()", "\"ab\""},
                {"['a', 'b', ''].join('--')", "\"a--b--\""},
                {"[].join('x')", "\"\""},
                {"dyn(['a', 1]).join('x')", "error"},
                {"'abc'.split('').reverse().size()", "error"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_extra(void **state)
{
        static const struct eval_case cases[] = {
                {"'añb日'.reverse()", "\"日bña\""},
                {"''.reverse()", "\"\""},
        };

        (void)state;
        eval_cases(&extra, cases, BW_ARRAY_SIZE(cases));
}

/* Results that outgrow the evaluation's memory are an error of that evaluation. */
static void test_limits(void **state)
{
        static const struct eval_case cases[] = {
                {"cel.bind(a, 'aaaaaaaaaaaaaaaa'.replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), "
                 "cel.bind(b, a.replace('a', a), cel.bind(c, b.replace('a', b), c.size())))",
                 "error"},
                {"cel.bind(a, 'aaaaaaaaaaaaaaaa'.replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), "
                 "cel.bind(b, a.replace('a', a), b.replace('a', a).split('').size()))",
                 "error"},
        };

        (void)state;
        eval_cases(&extra, cases, BW_ARRAY_SIZE(cases));
}

static void test_format(void **state)
{
        static const struct eval_case cases[] = {
                {"'%s|%d|%%|%x|%X|%o|%b'.format(['a', -7, 255, 'az', 8, true])", "\"a|-7|%|ff|617A|10|1\""},
                {"'%b %o %x'.format([-5, -8, 18446744073709551615u])", "\"-101 -10 ffffffffffffffff\""},
                {"'%f %.0f %.2f %.10f'.format([1234567.891, 0.5, -0.005, 0.1])",
                 "\"1,234,567.891000 0 -0.01 0.1000000000\""},
                {"'%.1f'.format([-0.01])", "\"-0.0\""},
                {"'%.300f'.format([0.5]).size()", "46"},
                {"'%f %f %f'.format([double('NaN'), double('-Infinity'), 'Infinity'])", "\"NaN -∞ ∞\""},
                {"'%f'.format(['x'])", "error"},
                {"'%e|%e|%.9e'.format([0.0, -123456.0, 1e-10])", "\"0.000000×10⁰⁰|-1.234560×10⁰⁵|1.000000×10⁻¹⁰\""},
                {"'%e|%.30e|'.format([double('Infinity'), 1e300])", "\"     ∞|                1.000000×10³⁰⁰|\""},
                {"'%s'.format([[1, 2.5, 'x\\ny', b'z', null, true, [], {}, duration('1h'), type(1), 3u]])",
                 "\"[1, 2.500000, \\\"x\\\\ny\\\", b\\\"z\\\", null, true, [], {}, duration(\\\"3600s\\\"), int, 3]\""},
                {"'%s'.format([{'b': 1, 'a': {2: 'x', 1: 'y'}, true: 0}]) == "
                 "'{\"a\":{1:\"y\", 2:\"x\"}, \"b\":1, true:0}'",
                 "true"},
                {"'%s'.format([{1.5: 1}])", "error"},
                {"'%s'.format([timestamp('2024-01-02T03:04:05.5+02:00')])", "\"2024-01-02T03:04:05.5+02:00\""},
                {"'%s'.format([quantity('1')])", "error"},
                {"'%s'.format([[quantity('1')]])", "error"},
                {"'%s'.format([b'\\xff'])", "error"},
                {"'%d'.format([1.5])", "error"},
                {"'%x'.format([1.5])", "error"},
                {"'%'.format([1])", "error"},
                {"'%.'.format([1])", "error"},
                {"'%.1'.format([1])", "error"},
                {"'%.99999f'.format([1.0])", "error"},
                {"'%z'.format([1])", "error"},
                {"'%s'.format([])", "error"},
                {"'%s'.format([[double('NaN'), double('Infinity')]])", "\"[\\\"NaN\\\", \\\"+Inf\\\"]\""},
                {"'%s'.format([['\\u200b\\u00e9\\x7f\\U000e0001']]) == '[\"\\\\u200bé\\\\x7f\\\\U000e0001\"]'", "true"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_positions), cmocka_unit_test(test_changes), cmocka_unit_test(test_extra),
                cmocka_unit_test(test_limits),    cmocka_unit_test(test_format),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
