/* SPDX-License-Identifier: Apache-2.0 */
#include "lib_eval.h"

#include "cel/lib/quantity_internal.h"

static const struct eval_setup plain = {0};

/* The canonical text of what is read. */
static void test_canonical(void **state)
{
        static const char *const cases[][2] = {
                {"0", "0"},
                {"00", "0"},
                {"0Gi", "0"},
                {"-0", "0"},
                {"1", "1"},
                {"+1", "+1"},
                {"1000", "1k"},
                {"1000m", "1"},
                {"1500m", "1500m"},
                {"1.5", "1500m"},
                {"1.500", "1.500"},
                {"0.5", "500m"},
                {"0.001", "1m"},
                {".5", "500m"},
                {"5.", "5."},
                {"100k", "100k"},
                {"1000k", "1M"},
                {"12e6", "12e6"},
                {"12E6", "12E6"},
                {"1e4", "10e3"},
                {"100e-3", "100e-3"},
                {"1E", "1E"},
                {"1Ki", "1Ki"},
                {"1024Ki", "1Mi"},
                {"1000Ki", "1000Ki"},
                {"8Gi", "8Gi"},
                {"0.5Gi", "512Mi"},
                {"1.5Gi", "1536Mi"},
                {"0.1Gi", "107374182400m"},
                {"512Ei", "9223372036854775807"}, /* the greatest binary quantity */
                {"0.5Ki", "512"},
                {"1n", "1n"},
                {"0.1n", "1n"},
                {"-0.1n", "-1n"},
                {"1.0000000001", "1000000001n"},
                {"1e-30", "1e-9"},
                {"123456789012345678901234567890", "123456789012345678901234567890"},
                {"-1234567890123456789012345678900000", "-1234567890123456789012345678900k"},
                {"1Pi", "1Pi"},
                {"1Ei", "1Ei"},
                {"5u", "5u"},
                {"-5Mi", "-5Mi"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_quantity q;

                if (bw_quantity_parse(arena, bw_str(cases[i][0]), &q) < 0)
                        fail_msg("%s is refused", cases[i][0]);
                assert_ok(bw_quantity_format(&q, &out));
                if (strcmp(out.p, cases[i][1]) != 0)
                        fail_msg("%s becomes %s", cases[i][0], out.p);
        }
}

static void test_grammar(void **state)
{
        static const struct eval_case cases[] = {
                {"['1', '1.5Gi', '+3', '-5m', '.5', '5.', '1e3', '1E-3', '1e+3', '7n', '0.0.'].filter(s, "
                 "!isQuantity(s))",
                 "[\"0.0.\"]"},
                {"['', ' 1', '1 ', '1Kb', 'ki', '1ki', '1K', '1mi', '1_0', '0x10', 'NaN', '1e', '1.2.3', '--1', '1,5', "
                 "'1Kii', '1eE', '1m1', '.Ei', '1e1.5', '\\u0661'].exists(s, isQuantity(s))",
                 "false"},
                {"quantity('x')", "error"},
                {"quantity(1)", "error"},
                {"type(quantity('1')) == type(quantity('2'))", "true"},
        };
        char digits[1200] = "quantity('";

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
        /* At the limit on digits, and past it. */
        for (size_t n = BW_LIMIT_QUANTITY_DIGITS - 10; n <= BW_LIMIT_QUANTITY_DIGITS; n++) {
                /* Nine decimals are always there. */
                bool fits = n + 9 <= BW_LIMIT_QUANTITY_DIGITS;

                memset(digits + 10, '7', n);
                strcpy(digits + 10 + n, "').isInteger()");
                eval_cases(&plain, &(struct eval_case){digits, fits ? "false" : "error"}, 1);
        }
}

static void test_arithmetic(void **state)
{
        static const struct eval_case cases[] = {
                {"quantity('1Gi').add(quantity('512Mi'))", "kubernetes.Quantity(\"1536Mi\")"},
                {"quantity('1').add(quantity('1m'))", "kubernetes.Quantity(\"1001m\")"},
                {"quantity('0').add(quantity('1Ki'))", "kubernetes.Quantity(\"1Ki\")"},
                {"quantity('0').add(5000)", "kubernetes.Quantity(\"5e3\")"},
                {"quantity('1Ki').add(1)", "kubernetes.Quantity(\"1025\")"},
                {"quantity('1Ki').sub(1)", "kubernetes.Quantity(\"1023\")"},
                {"quantity('1').sub(quantity('1n'))", "kubernetes.Quantity(\"999999999n\")"},
                {"quantity('-5').sub(-3)", "kubernetes.Quantity(\"-2\")"},
                {"quantity('9223372036854775807').add(1)", "kubernetes.Quantity(\"9223372036854775808\")"},
                {"quantity('999999999999999999').add(quantity('999999999999999999')).add(quantity('9E')).sub(quantity('"
                 "9E'))"
                 " == quantity('1999999999999999998')",
                 "true"},
                {"quantity('123456789012345678901234567890').sub(quantity('123456789012345678901234567889.5'))",
                 "kubernetes.Quantity(\"500m\")"},
                {"quantity('1e30').add(quantity('-1e30'))", "kubernetes.Quantity(\"0\")"},
                {"quantity('1e2000000000').add(1)", "error"},
                {"quantity('1e2000000000').compareTo(quantity('1e1999999999'))", "1"},
                {"quantity('1e2000000000').isGreaterThan(quantity('1Ei'))", "true"},
                {"[quantity('1k').compareTo(quantity('1000')), quantity('1Ki').compareTo(quantity('1k')), "
                 "quantity('-1').compareTo(quantity('1n'))]",
                 "[0, 1, -1]"},
                {"quantity('0.1') == quantity('100m') && quantity('1e-12') == quantity('1n')", "true"},
                {"quantity('123456789012345678901234567890') == quantity('123456789012345678901234567890.0')", "true"},
                {"[sign(quantity('5')), sign(quantity('-1n')), sign(quantity('0.0'))]", "[1, -1, 0]"},
                {"quantity('1').isLessThan(quantity('1001m')) && !quantity('1').isLessThan(quantity('1'))", "true"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_numbers(void **state)
{
        static const struct eval_case cases[] = {
                {"[quantity('50k').asInteger(), quantity('1Ti').asInteger(), quantity('-3').asInteger()]",
                 "[50000, 1099511627776, -3]"},
                {"quantity('50m').asInteger()", "error"},
                {"quantity('1.5').asInteger()", "error"},
                {"['1', '1E', '10E', '1m', '1.0', '1Ti', '99Ti', '100Ti', '1Pi', '1e18', '1e19', '0e99'].map(s, "
                 "quantity(s).isInteger())",
                 "[true, true, false, false, false, true, true, false, false, true, false, true]"},
                {"[quantity('1.5').asApproximateFloat(), quantity('-250m').asApproximateFloat(), "
                 "quantity('1Ei').asApproximateFloat(), quantity('0').asApproximateFloat()]",
                 "[1.5, -0.25, 1152921504606846976.0, 0.0]"},
                {"quantity('0.1234567899').asApproximateFloat()", "0.12345679000000001"},
                {"quantity('1e400').asApproximateFloat()", "double(\"Infinity\")"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_canonical),
                cmocka_unit_test(test_grammar),
                cmocka_unit_test(test_arithmetic),
                cmocka_unit_test(test_numbers),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
