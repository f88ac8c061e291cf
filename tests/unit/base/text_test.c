/* SPDX-License-Identifier: Apache-2.0 */
/* str, utf8 and error: the texts everything else is made of. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/time.h"
#include "base/utf8.h"

static void test_split_and_trim(void **state)
{
        struct bw_str s = BW_STR("a,,b,");
        struct bw_str part;
        const char *want[] = {"a", "", "b", ""};
        size_t n = 0;

        (void)state;
        while (bw_str_split(&s, ',', &part)) {
                assert_true(n < BW_ARRAY_SIZE(want));
                assert_str(part, want[n]);
                n++;
        }
        assert_int_equal(n, 4);
        assert_str(bw_str_trim(BW_STR(" \t x y\r\n")), "x y");
        assert_str(bw_str_trim(BW_STR("  ")), "");
}

static void test_find(void **state)
{
        (void)state;
        assert_int_equal(bw_str_find(BW_STR("abcabc"), BW_STR("ca")), 2);
        assert_true(bw_str_find(BW_STR("abc"), BW_STR("abcd")) == SIZE_MAX);
        assert_int_equal(bw_str_find((struct bw_str){0}, BW_STR("")), 0);
        assert_true(bw_str_starts(BW_STR("abc"), BW_STR("ab")));
        assert_false(bw_str_ends(BW_STR("abc"), BW_STR("ab")));
        assert_true(bw_str_cmp(BW_STR("ab"), BW_STR("abc")) < 0);
        assert_true(bw_str_cmp(BW_STR("\xff"), BW_STR("a")) > 0);
}

static void test_byte_set(void **state)
{
        struct bw_byte_set set = bw_str_bytes(BW_STR("value: \xff"));
        struct bw_byte_set none = bw_str_bytes((struct bw_str){0});

        (void)state;
        assert_true(bw_byte_set_covers(&set, BW_STR("value:")));
        assert_true(bw_byte_set_covers(&set, BW_STR("eulav"))); /* the order is not asked about */
        assert_true(bw_byte_set_covers(&set, BW_STR("\xff")));
        assert_false(bw_byte_set_covers(&set, BW_STR("values")));
        assert_true(bw_byte_set_covers(&none, BW_STR("")));
        assert_false(bw_byte_set_covers(&none, BW_STR("a")));
}

static void test_numbers(void **state)
{
        static const struct {
                const char *text;
                int r;
                int64_t v;
        } cases[] = {
                {"0", 0, 0},
                {"-1", 0, -1},
                {"+7", 0, 7},
                {"9223372036854775807", 0, INT64_MAX},
                {"-9223372036854775808", 0, INT64_MIN},
                {"9223372036854775808", -ERANGE, 0},
                {"-9223372036854775809", -ERANGE, 0},
                {"99999999999999999999999", -ERANGE, 0},
                {"", -EINVAL, 0},
                {"-", -EINVAL, 0},
                {"1 ", -EINVAL, 0},
                {"0x1", -EINVAL, 0},
        };
        double d;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                int64_t v = 0;

                assert_int_equal(bw_str_to_i64(bw_str(cases[i].text), &v), cases[i].r);
                assert_int_equal(v, cases[i].v);
        }
        assert_ok(bw_str_to_double(BW_STR("-1.5e3"), &d));
        assert_true(d == -1500);
        assert_int_equal(bw_str_to_double(BW_STR("1e999"), &d), -ERANGE);
        assert_int_equal(bw_str_to_double(BW_STR("inf"), &d), -EINVAL);
        assert_int_equal(bw_str_to_double(BW_STR("0x1p3"), &d), -EINVAL);
        assert_int_equal(bw_str_to_double(BW_STR("1e"), &d), -EINVAL);
        assert_int_equal(bw_str_to_double(BW_STR("."), &d), -EINVAL);
}

static void test_utf8(void **state)
{
        static const struct {
                const char *bytes;
                uint32_t rune;
                size_t len;
        } cases[] = {
                {"a", 'a', 1},
                {"\xc3\xbc", 0xfc, 2},
                {"\xe2\x82\xac", 0x20ac, 3},
                {"\xf0\x9f\x9a\x80", 0x1f680, 4},
                {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
                {"\xc0\xaf", BW_RUNE_ERROR, 1},         /* overlong */
                {"\xe0\x80\xaf", BW_RUNE_ERROR, 1},     /* overlong */
                {"\xed\xa0\x80", BW_RUNE_ERROR, 1},     /* surrogate */
                {"\xf4\x90\x80\x80", BW_RUNE_ERROR, 1}, /* past the last code point */
                {"\xe2\x82", BW_RUNE_ERROR, 1},         /* cut */
                {"\x80", BW_RUNE_ERROR, 1},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                uint32_t rune;
                char back[4];

                assert_int_equal(bw_utf8_decode(bw_str(cases[i].bytes), &rune), cases[i].len);
                assert_int_equal(rune, cases[i].rune);
                if (cases[i].rune != BW_RUNE_ERROR) {
                        assert_int_equal(bw_utf8_encode(rune, back), cases[i].len);
                        assert_memory_equal(back, cases[i].bytes, cases[i].len);
                }
        }
        assert_int_equal(bw_utf8_count(BW_STR("Z\xc3\xbcrich \xf0\x9f\x9a\x80\xff")), 9);
        assert_int_equal(bw_utf8_offset(BW_STR("\xc3\xbc" "b"), 1), 2);
        assert_int_equal(bw_utf8_offset(BW_STR("ab"), 9), 2);
        assert_true(bw_utf8_valid(BW_STR("ok")));
        assert_false(bw_utf8_valid(BW_STR("no\xff")));
}

static void test_error_shape(void **state)
{
        struct bw_error err = {0};
        char text[1200];

        (void)state;
        assert_int_equal(bw_error_at(&err, -EINVAL, 3, 7, "bad %s", "key"), -EINVAL);
        (void)bw_error_set(&err, -ENOMEM, "a later one does not replace the first");
        assert_int_equal(bw_error_wrap(&err, -EINVAL, "reading \"%s\"", "x"), -EINVAL);
        bw_error_in_file(&err, BW_STR("dir/evil\x1b[2J.yaml"));
        assert_string_equal(bw_error_format(&err, text, sizeof(text)),
                            "dir/evil\\x1b[2J.yaml:3:7: reading \"x\": bad key");
        assert_int_equal(bw_error_set(NULL, -EIO, "nobody listens"), -EIO);
}

static void test_error_cuts_long_texts(void **state)
{
        static char big[5000];
        struct bw_error err = {0};
        char text[64];

        (void)state;
        memset(big, 'x', sizeof(big) - 1);
        (void)bw_error_set(&err, -EINVAL, "%s", big);
        (void)bw_error_wrap(&err, -EINVAL, "%s", big);
        bw_error_in_file(&err, bw_str(big));
        assert_true(strlen(bw_error_format(&err, text, sizeof(text))) < sizeof(text));
}

static void test_grow(void **state)
{
        int *items = NULL;
        size_t cap = 0;

        (void)state;
        for (size_t n = 1; n < 1000; n++) {
                assert_ok(bw_grow(&items, &cap, n, sizeof(*items)));
                items[n - 1] = (int)n;
        }
        assert_int_equal(items[500], 501);
        assert_int_equal(bw_grow(&items, &cap, SIZE_MAX, 1), -ENOMEM);
        bw_free(items);
}

static void test_times(void **state)
{
        static const char *const wrong[] = {"",
                                            "2026-11-21",
                                            "2026-11-21T15:04:05",
                                            "2026-11-21T15:04:05+00:00",
                                            "2026-11-21 15:04:05Z",
                                            "2026-02-29T00:00:00Z",
                                            "2026-13-01T00:00:00Z",
                                            "2026-01-01T24:00:00Z",
                                            "2026-01-0:T00:00:00Z"};
        char text[BW_TIME_TEXT];
        int64_t seconds = 7;

        (void)state;
        assert_string_equal(bw_time_format(0, text), "1970-01-01T00:00:00Z");
        assert_string_equal(bw_time_format(951827696, text), "2000-02-29T12:34:56Z");
        assert_string_equal(bw_time_format(INT64_MAX, text), "1970-01-01T00:00:00Z");
        assert_string_equal(bw_time_format(-1, text), "1970-01-01T00:00:00Z");
        for (size_t i = 0; i < BW_ARRAY_SIZE(wrong); i++)
                assert_int_equal(bw_time_parse(bw_str(wrong[i]), &seconds), -EINVAL);
        assert_int_equal(seconds, 7);
        assert_int_equal(bw_time_parse(BW_STR("2000-02-29T12:34:56Z"), &seconds), 0);
        assert_int_equal(seconds, 951827696);
}

static void test_time_with_zone(void **state)
{
        static const struct {
                const char *text;
                int64_t seconds; /* -1: refused */
        } rows[] = {
                {"2000-02-29T12:34:56Z", 951827696},
                {"2000-02-29T12:34:56.999999999Z", 951827696},
                {"2000-02-29T13:34:56+01:00", 951827696},
                {"2000-02-29T07:04:56.1-05:30", 951827696},
                {"2000-02-29T12:34:56-00:00", 951827696},
                {"", -1},
                {"2000-02-29T12:34:56", -1},
                {"2000-02-29T12:34:56.Z", -1},
                {"2000-02-29T12:34:56.5", -1},
                {"2000-02-29T12:34:56+0100", -1},
                {"2000-02-29T12:34:56+24:00", -1},
                {"2000-02-29T12:34:56+01:60", -1},
                {"2000-02-29T12:34:56*01:00", -1},
                {"2000-02-30T12:34:56Z", -1},
                {"2000-02-29t12:34:56Z", -1},
                {"2000-02-29T12:34:56Z ", -1},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                int64_t seconds = 7;
                int r = bw_time_parse_zone(bw_str(rows[i].text), &seconds);

                if (r != (rows[i].seconds < 0 ? -EINVAL : 0) || seconds != (rows[i].seconds < 0 ? 7 : rows[i].seconds))
                        fail_msg("%s: %d, %" PRId64, rows[i].text, r, seconds);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_split_and_trim), cmocka_unit_test(test_find),
                cmocka_unit_test(test_byte_set),       cmocka_unit_test(test_times),
                cmocka_unit_test(test_time_with_zone),
                cmocka_unit_test(test_numbers),        cmocka_unit_test(test_utf8),
                cmocka_unit_test(test_error_shape),    cmocka_unit_test(test_error_cuts_long_texts),
                cmocka_unit_test(test_grow),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
