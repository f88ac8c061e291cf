/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "report/report_internal.h"

#include "check.h"

static const struct {
        const char *text;
        const char *clean;
        size_t width;
} rows[] = {
        {"", "", 0},
        {"plain text", "plain text", 10},
        {"exactly8", "exactly8", 8},
        {"a\tb\nc\rd", "a b c d", 7},
        {"\x1b]0;title\x07", "\\x1b]0;title\\x07", 16},
        {"del\x7f", "del\\x7f", 7},
        {"c1\xc2\x9b"
         "31m",
         "c1\\xc2\\x9b31m", 13},
        {"caf\xc3\xa9", "caf\xc3\xa9", 4},
        {"e\xcc\x81", "e\xcc\x81", 1},
        {"\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2\xe5\xad\x97", 4},
        {"\xf0\x9f\x98\x80!", "\xf0\x9f\x98\x80!", 3},
        {"bad \xff\xc3", "bad \\xff\\xc3", 12},
        {"\xe2\x80\xae"
         "evil",
         "\\u{202E}evil", 12},
        {"\xf3\xa0\x81\x81", "\\u{E0041}", 9},
        {"zero\xe2\x80\x8bwidth", "zero\\u{200B}width", 17},
};

static void cleaning(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_buf out = {0};

                bw_buf_puts(&out, "");
                assert_int_equal(bw_report_clean(&out, bw_str(rows[i].text)), rows[i].width);
                assert_string_equal(out.p, rows[i].clean);
                bw_buf_done(&out);
        }
}

/* Each byte at each place of the eight that are looked at together. */
static void plain_runs_stop_at_the_first_odd_byte(void **state)
{
        (void)state;
        for (int byte = 0; byte < 256; byte++) {
                for (size_t at = 0; at < 20; at++) {
                        char text[20];
                        bool plain = byte >= 0x20 && byte < 0x7f;

                        memset(text, ' ', sizeof(text));
                        text[at] = (char)byte;
                        assert_int_equal(bw_plain_run(bw_str_n(text, sizeof(text))), plain ? sizeof(text) : at);
                }
        }
        assert_int_equal(bw_plain_run((struct bw_str){0}), 0);
}

static void widths(void **state)
{
        (void)state;
        assert_int_equal(bw_rune_width('a'), 1);
        assert_int_equal(bw_rune_width(0x301), 0);
        assert_int_equal(bw_rune_width(0x4e00), 2);
        assert_int_equal(bw_rune_width(0x9fff), 2);
        assert_int_equal(bw_rune_width(0xac00), 2);
        assert_int_equal(bw_rune_width(0xe9), 1);
        assert_int_equal(bw_rune_width(0x10ffff), 1);
        for (uint32_t rune = 0; rune < 0x20; rune++)
                assert_true(bw_rune_is_unsafe(rune));
        assert_false(bw_rune_is_unsafe(' '));
        assert_false(bw_rune_is_unsafe(0xa0));
        assert_true(bw_rune_is_unsafe(0x2066));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(cleaning),
                cmocka_unit_test(plain_runs_stop_at_the_first_odd_byte),
                cmocka_unit_test(widths),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests_name("clean", tests, NULL, NULL);
}
