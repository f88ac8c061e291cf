/* SPDX-License-Identifier: Apache-2.0 */
#include "lib_eval.h"

static const struct eval_setup plain = {.plain_literals = true};
static const struct eval_setup extra = {
        .libraries = BW_CEL_LIB_EXTRA | BW_CEL_LIB_SEMVER, .plain_literals = true, .no_cost = true};

static void test_lists(void **state)
{
        static const struct eval_case cases[] = {
                {"[1, 2, 2].isSorted() && !['b', 'a'].isSorted() && [].isSorted()", "true"},
                {"dyn([1, 'a', null]).isSorted()", "error"},
                {"[[1]].isSorted()", "error"},
                {"[1, 2].sum() + [0.5, 0.25].sum().size()", "error"},
                {"[1, 2].sum() == 3 && [3u].sum() == 3u && [duration('1s'), duration('1m')].sum() == duration('61s')",
                 "true"},
                {"[1.5, 2.0].sum()", "3.5"},
                {"[9223372036854775807, 1].sum()", "error"},
                {"[18446744073709551615u, 1u].sum()", "error"},
                {"['a'].sum()", "error"},
                {"dyn([1, 1.0]).sum()", "error"},
                {"['b', 'a', 'c'].min() + ['b', 'a', 'c'].max()", "\"ac\""},
                {"dyn([1, 2.5, 2u]).max()", "2.5"},
                {"[].max()", "error"},
                {"[timestamp(2), timestamp(1)].min()", "timestamp(\"1970-01-01T00:00:01Z\")"},
                {"[1, 2, 1].indexOf(1) + [1, 2, 1].lastIndexOf(1) * 10 + [1].indexOf(3) * 100", "-80"},
                {"dyn([1, 2.0]).indexOf(2)", "1"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_sets(void **state)
{
        static const struct eval_case cases[] = {
                {"sets.contains([1, 2, 3], [3, 1, 1]) && sets.contains([], []) && !sets.contains([], [1])", "true"},
                {"sets.contains([dyn(1), dyn(2u)], [2.0, 1.0])", "true"},
                {"sets.equivalent([1, 1, 2], [2, 1]) && !sets.equivalent([1], [1, 2])", "true"},
                {"sets.intersects([[1], [2]], [[2]]) && !sets.intersects([1], [2])", "true"},
                {"sets.contains(dyn([{'a': 1, 'b': 2}]), dyn([{'b': 2.0, 'a': 1.0}]))", "true"},
        };
        static const struct eval_case long_lists[] = {
                {"cel.bind(l, lists.range(2000), sets.equivalent(l, l.reverse()))", "true"},
                {"cel.bind(l, lists.range(2000), sets.contains(dyn(l), l.map(i, [i])))", "false"},
                {"cel.bind(l, lists.range(2000), sets.contains(l.map(i, [i]), l.map(i, [i])))", "true"},
                {"cel.bind(l, lists.range(2000), sets.contains(l.map(i, {'k': [i]}), l.map(i, {'k': [i + 1]})))",
                 "false"},
                {"cel.bind(l, lists.range(2000), sets.intersects(l.map(i, double(i)), dyn(l)))", "true"},
                {"cel.bind(l, lists.range(2000), sets.contains(l.map(i, string(i)), l.map(i, string(i))))", "true"},
                {"cel.bind(l, lists.range(2000), sets.intersects(l.map(i, double('NaN')), l.map(i, double('NaN'))))",
                 "false"},
                /* Too many values that only a comparison of each with each could tell apart. */
                {"cel.bind(l, lists.range(9000), sets.contains(l.map(i, quantity(string(i))), "
                 "l.map(i, quantity(string(i)))))",
                 "error"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
#ifndef BW_FAULT
        eval_cases(&extra, long_lists, BW_ARRAY_SIZE(long_lists));
#else
        (void)long_lists;
#endif
}

static void test_semver(void **state)
{
        static const struct eval_case cases[] = {
                {"['1.2.3', '0.0.0', '1.0.0-alpha.1', '1.0.0+b.01', '1.0.0-a-b+c-d', "
                 "'18446744073709551615.0.0'].all(s, "
                 "isSemver(s))",
                 "true"},
                {"['', '1', '1.2', 'v1.2.3', '1.2.3.4', '01.2.3', '1.2.03', '1.2.3-', '1.2.3-01', '1.2.3-a..b', "
                 "'1.2.3+', "
                 "'1.2.3-é', '-1.2.3', '+1.2.3', '18446744073709551616.0.0', '1.2.3 '].exists(s, isSemver(s))",
                 "false"},
                {"['v1.02', '1', '01.002.003-x', 'v1.2.3', '0'].map(s, semver(s, true))",
                 "[kubernetes.Semver(\"1.2.0\"), kubernetes.Semver(\"1.0.0\"), kubernetes.Semver(\"1.2.3-x\"), "
                 "kubernetes.Semver(\"1.2.3\"), kubernetes.Semver(\"0.0.0\")]"},
                {"['1.2-x', '1+b', 'vv1', '1.x.3'].exists(s, isSemver(s, true))", "false"},
                {"isSemver('v1', false)", "false"},
                {"semver('v1')", "error"},
                {"[semver('1.2.3').major(), semver('1.2.3').minor(), semver('1.2.3').patch()]", "[1, 2, 3]"},
                {"['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', "
                 "'1.0.0-rc.1', '1.0.0', '1.0.1'].all(i, s, i == 0 || semver(s).compareTo(semver('1.0.0-alpha')) == 1)",
                 "true"},
                {"semver('1.0.0-beta.11').isGreaterThan(semver('1.0.0-beta.2')) && "
                 "semver('1.0.0-1').isLessThan(semver('1.0.0-a')) && semver('1.0.0-a').isLessThan(semver('1.0.0-a.1'))",
                 "true"},
                {"semver('1.0.0+a') == semver('1.0.0+b') && semver('1.0.0') != semver('1.0.0-x')", "true"},
        };

        (void)state;
        eval_cases(&extra, cases, BW_ARRAY_SIZE(cases));
}

static void test_formats(void **state)
{
        static const struct eval_case cases[] = {
                {"['a', 'a-1', '0'].all(s, !format.dns1123Label().validate(s).hasValue())", "true"},
                {"['', '-a', 'a-', 'A', 'a_b', 'é'].all(s, format.dns1123Label().validate(s).hasValue())", "true"},
                {"format.dns1123Label().validate('a.b').value()", "[\"must not contain dots\"]"},
                {"format.dns1123Label().validate('"
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                 "').value()",
                 "[\"must be no more than 63 characters\"]"},
                {"['a', 'a.b-c.1', 'x.y'].all(s, !format.dns1123Subdomain().validate(s).hasValue())", "true"},
                {"['', '.', 'a.', '.a', 'a..b', 'a.-b'].all(s, format.dns1123Subdomain().validate(s).hasValue())",
                 "true"},
                {"format.dns1035Label().validate('1a').hasValue() && !format.dns1035Label().validate('a1').hasValue()",
                 "true"},
                {"['a-', 'abc-', 'a'].all(s, !format.dns1123LabelPrefix().validate(s).hasValue())", "true"},
                {"format.dns1123LabelPrefix().validate('-').hasValue()", "true"},
                {"!format.dns1123SubdomainPrefix().validate('a.b-').hasValue() && "
                 "!format.dns1035LabelPrefix().validate('ab-').hasValue()",
                 "true"},
                {"['a', 'a.b/c_d', 'x/Y'].all(s, !format.qualifiedName().validate(s).hasValue())", "true"},
                {"format.qualifiedName().validate('/').value().size()", "3"},
                {"['', 'a', 'A_b.c-1'].all(s, !format.labelValue().validate(s).hasValue())", "true"},
                {"['-', 'a b', 'a-'].all(s, format.labelValue().validate(s).hasValue())", "true"},
                {"['aGVsbG8=', 'aGk=', 'YQ==', 'abcd'].all(s, !format.byte().validate(s).hasValue())", "true"},
                {"['', 'a', 'abc', 'a===', 'ab=c', '====', 'ab\\n='].all(s, format.byte().validate(s).hasValue())",
                 "true"},
                {"['2024-02-29', '0000-01-01'].all(s, !format.date().validate(s).hasValue())", "true"},
                {"['2023-02-29', '2024-1-1', '2024-13-01', '', '2024-01-01T'].all(s, "
                 "format.date().validate(s).hasValue())",
                 "true"},
                {"['2024-01-01T00:00:00Z', '2024-01-01t00:00:00z', '2024-01-01T00:00:00.5+01:00', "
                 "'2024-01-01T00:00:00x5Z', '2024-01-01T00:00:00+99:99'].all(s, "
                 "!format.datetime().validate(s).hasValue())",
                 "true"},
                {"['2024-01-01', '2024-01-01T24:00:00Z', '2024-01-01T00:00:00', '2024-01-01T00:00:00.Z', "
                 "'2024-01-01T00:00:00.5.5Z', 'T'].all(s, format.datetime().validate(s).hasValue())",
                 "true"},
                {"format.uuid().validate('123e4567e89b-12d3a456-426614174000').hasValue()", "false"},
                {"['', '123e4567-e89b-12d3-a456-42661417400', '123e4567-e89b-12d3-a456-4266141740000', "
                 "'123e4567--e89b-12d3-a456-426614174000'].all(s, format.uuid().validate(s).hasValue())",
                 "true"},
                {"format.uri().validate('/a').hasValue()", "false"},
                {"format.uri().validate('a\\u00e9').value()", "[\"parse \\\"aé\\\": invalid URI for request\"]"},
                {"format.uri().validate('http://a b').value()",
                 "[\"parse \\\"http://a b\\\": invalid character \\\" \\\" in host name\"]"},
                {"format.uri().validate('http://a/%zz').value()",
                 "[\"parse \\\"http://a/%zz\\\": invalid URL escape \\\"%zz\\\"\"]"},
                {"format.named('uri').value() == format.uri() && format.uri() != format.uuid()", "true"},
                {"format.named('URI')", "optional.none()"},
                {"format.labelValue()", "kubernetes.NamedFormat(\"LabelValue\")"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_math(void **state)
{
        static const struct eval_case cases[] = {
                {"[math.greatest(1, 2), math.greatest(3, 1, 2), math.least([2, 1, 3]), math.least(4)]", "[2, 3, 1, 4]"},
                {"math.greatest(1, 1.5)", "1.5"},
                {"math.greatest([])", "error"},
                {"math.greatest(dyn([]))", "error"},
                {"math.greatest(dyn(['a']))", "error"},
                {"[math.ceil(1.2), math.floor(-1.2), math.round(-2.5), math.trunc(-1.7), math.sqrt(9.0), "
                 "math.sqrt(16)]",
                 "[2.0, -2.0, -3.0, -1.0, 3.0, 4.0]"},
                {"[math.abs(-3), math.sign(-3), math.abs(-9223372036854775807)]", "[3, -1, 9223372036854775807]"},
                {"math.abs(-9223372036854775807 - 1)", "error"},
                {"math.isNaN(0.0 / 0.0) && math.isInf(-1.0 / 0.0) && math.isFinite(1.0) && math.isNaN(math.sign(0.0 / "
                 "0.0))",
                 "true"},
                {"[math.bitAnd(6, 3), math.bitOr(6, 3), math.bitXor(6, 3), math.bitNot(0), math.bitShiftLeft(1, 63), "
                 "math.bitShiftLeft(1, 64), math.bitShiftRight(-1, 63), math.bitShiftRight(-1, 64)]",
                 "[2, 7, 5, -1, -9223372036854775808, 0, 1, 0]"},
                {"math.bitShiftLeft(1, -1)", "error"},
                {"base64.encode(b'') + base64.encode(b'a') + base64.encode(b'ab') + base64.encode(b'abc')",
                 "\"YQ==YWI=YWJj\""},
                {"[base64.decode(''), base64.decode('YQ=='), base64.decode('YWI'), base64.decode('YW\\nJj')]",
                 "[b\"\", b\"a\", b\"ab\", b\"abc\"]"},
                {"base64.decode('Y')", "error"},
                {"base64.decode('YQ=')", "error"},
                {"base64.decode('YQ=a')", "error"},
                {"base64.decode('Y-8=')", "error"},
        };

        (void)state;
        eval_cases(&extra, cases, BW_ARRAY_SIZE(cases));
}

static void test_extra_lists(void **state)
{
        static const struct eval_case cases[] = {
                {"[1, 2, 3, 4].slice(1, 3)", "[2, 3]"},
                {"[1].slice(0, 0)", "[]"},
                {"[1].slice(0, 2)", "error"},
                {"[1].slice(-1, 0)", "error"},
                {"[1, 2].slice(2, 1)", "error"},
                {"[[1, 2], [3]].flatten()", "[1, 2, 3]"},
                {"dyn([1, [2, [3, [4]]]]).flatten(2)", "[1, 2, 3, [4]]"},
                {"dyn([1, [2]]).flatten(0)", "[1, [2]]"},
                {"[[1]].flatten(-1)", "error"},
                {"lists.range(3) + lists.range(-1)", "[0, 1, 2]"},
                {"lists.range(99999999999)", "error"},
                {"['a', 'b'].reverse()", "[\"b\", \"a\"]"},
                {"dyn([1, 2, 1.0, 'a', 2u]).distinct()", "[1, 2, \"a\"]"},
                {"[3, 1, 2].sort()", "[1, 2, 3]"},
                {"dyn([3, 'a']).sort()", "error"},
                {"[[1], [2]].sort()", "error"},
                {"['ccc', 'a', 'bb'].sortBy(s, s.size())", "[\"a\", \"bb\", \"ccc\"]"},
                {"[3, 1, 2].sortBy(i, -i)", "[3, 2, 1]"},
        };

        (void)state;
        eval_cases(&extra, cases, BW_ARRAY_SIZE(cases));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lists),   cmocka_unit_test(test_sets), cmocka_unit_test(test_semver),
                cmocka_unit_test(test_formats), cmocka_unit_test(test_math), cmocka_unit_test(test_extra_lists),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
