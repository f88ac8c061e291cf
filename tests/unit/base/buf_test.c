/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/buf.h"

static void test_ceiling_sticks(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {.ceiling = 8};

        (void)state;
        bw_buf_puts(&buf, "12345678");
        assert_int_equal(bw_buf_status(&buf), 0);
        bw_buf_puts(&buf, "9");
        assert_int_equal(bw_buf_status(&buf), -E2BIG);
        bw_buf_clear(&buf);
        assert_int_equal(bw_buf_status(&buf), 0);
        bw_buf_puts(&buf, "again");
        assert_str(bw_buf_view(&buf), "again");
        assert_int_equal(buf.p[buf.n], '\0');
}

static void test_json(void **state)
{
        static const struct {
                const char *text;
                size_t n;
                const char *json;
        } cases[] = {
                {"", 0, "\"\""},
                {"plain", 5, "\"plain\""},
                {"a\"b\\c", 5, "\"a\\\"b\\\\c\""},
                {"\n\r\t\x01\x7f", 5, "\"\\n\\r\\t\\u0001\\u007f\""},
                {"\0", 1, "\"\\u0000\""},
                {"\xc3\xbc\xf0\x9f\x9a\x80", 6, "\"\xc3\xbc\xf0\x9f\x9a\x80\""},
                {"\xff\xc3", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

                bw_buf_json(&buf, bw_str_n(cases[i].text, cases[i].n));
                assert_str(bw_buf_view(&buf), cases[i].json);
        }
}

static void test_clean(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

        (void)state;
        /* An escape sequence, a C1 control and a bad byte never reach a terminal; letters do. */
        bw_buf_clean(&buf, BW_STR("\x1b[31m\xc2\x9b \xff z\xc3\xbcrich\n"));
        assert_str(bw_buf_view(&buf), "\\x1b[31m\\xc2\\x9b \\xff z\xc3\xbcrich\\x0a");
}

static void test_numbers(void **state)
{
        static const struct {
                double d;
                const char *text;
        } doubles[] = {
                {0, "0"},           {-0.0, "-0"},
                {1, "1"},           {100, "100"},
                {0.1, "0.1"},       {1e15, "1000000000000000"},
                {1e20, "100000000000000000000"}, {1e21, "1e+21"},
                {1e-7, "1e-07"},    {1.0 / 3, "0.3333333333333333"},
                {123456789.125, "123456789.125"}, {5e-324, "5e-324"},
        };
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(doubles); i++) {
                bw_buf_clear(&buf);
                bw_buf_double(&buf, doubles[i].d);
                assert_str(bw_buf_view(&buf), doubles[i].text);
        }
        bw_buf_clear(&buf);
        bw_buf_i64(&buf, INT64_MIN);
        bw_buf_char(&buf, ' ');
        bw_buf_u64(&buf, UINT64_MAX);
        assert_str(bw_buf_view(&buf), "-9223372036854775808 18446744073709551615");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ceiling_sticks),
                cmocka_unit_test(test_json),
                cmocka_unit_test(test_clean),
                cmocka_unit_test(test_numbers),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
