/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "finding/fingerprint.h"

#include "check.h"

static void test_hash(void **state)
{
        char text[BW_FINGERPRINT_TEXT];
        struct bw_fingerprint f = bw_fingerprint_begin();

        (void)state;
        /* The offset basis of FNV-1a, and its value for "a" and a zero byte. */
        assert_string_equal(bw_fingerprint_format(f, text), "6c62272e07bb014262b821756295c58d");
        assert_string_equal(bw_fingerprint_format(bw_fingerprint_add(f, BW_STR("a")), text),
                            "0880954519ab1be95aa0733055b70e0c");
        /* Fields do not run into one another. */
        assert_false(bw_fingerprint_eq(bw_fingerprint_add(bw_fingerprint_add(f, BW_STR("a")), BW_STR("b")),
                                       bw_fingerprint_add(bw_fingerprint_add(f, BW_STR("ab")), BW_STR(""))));
        assert_true(bw_fingerprint_is_set(f));
        assert_false(bw_fingerprint_is_set((struct bw_fingerprint){0}));
}

static void test_text(void **state)
{
        static const char *const refused[] = {"",
                                              "0",
                                              "0123456789abcdef0123456789abcde",
                                              "0123456789abcdef0123456789abcdef0",
                                              "0123456789ABCDEF0123456789abcdef",
                                              "0123456789abcdeg0123456789abcdef"};
        struct bw_fingerprint f = {0};
        char text[BW_FINGERPRINT_TEXT];

        (void)state;
        assert_ok(bw_fingerprint_parse(BW_STR("0123456789abcdef02468ace13579bdf"), &f));
        assert_int_equal(f.high, 0x0123456789abcdef);
        assert_int_equal(f.low, 0x02468ace13579bdf);
        assert_string_equal(bw_fingerprint_format(f, text), "0123456789abcdef02468ace13579bdf");
        for (size_t i = 0; i < BW_ARRAY_SIZE(refused); i++)
                assert_int_equal(bw_fingerprint_parse(bw_str(refused[i]), &f), -EINVAL);
        assert_int_equal(f.low, 0x02468ace13579bdf);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_hash), cmocka_unit_test(test_text)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
