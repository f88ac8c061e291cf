/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/utf16.h"

#include "check.h"

static const struct {
        struct bw_str bytes; /* behind the mark */
        bool big_endian;
        const char *text;
} cases[] = {
        {BW_STR(""), false, ""},
        {BW_STR("a\0b\0"), false, "ab"},
        {BW_STR("\0a\0b"), true, "ab"},
        {BW_STR("\xac\x20"), false, "\xe2\x82\xac"},
        {BW_STR("\x3d\xd8\x00\xde"), false, "\xf0\x9f\x98\x80"},
        {BW_STR("\xd8\x3d\xde\x00"), true, "\xf0\x9f\x98\x80"},
        {BW_STR("\x3d\xd8"
                "a\0"),
         false,
         "\xef\xbf\xbd"
         "a"}, /* first half alone */
        {BW_STR("\x00\xde"
                "a\0"),
         false,
         "\xef\xbf\xbd"
         "a"},                                       /* second half alone */
        {BW_STR("\x3d\xd8"), false, "\xef\xbf\xbd"}, /* first half at the end */
        {BW_STR("a\0b"), false, "a\xef\xbf\xbd"},    /* half a unit */
        {BW_STR("\x3d\xd8"
                "x"),
         false, "\xef\xbf\xbd\xef\xbf\xbd"},
        {BW_STR("\x3d\xd8\x3d\xd8\x00\xde"), false, "\xef\xbf\xbd\xf0\x9f\x98\x80"},
};

/* Each case whole, and cut at every place: the answer must not depend on how bytes arrive. */
static void test_table(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                for (size_t cut = 0; cut <= cases[i].bytes.n; cut++)
                        for (size_t again = cut; again <= cases[i].bytes.n; again++) {
                                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                                struct bw_utf16 u = {.big_endian = cases[i].big_endian};
                                const char *p = cases[i].bytes.p;

                                bw_utf16_convert(&u, bw_str_n(p, cut), false, &out);
                                bw_utf16_convert(&u, bw_str_n(p + cut, again - cut), false, &out);
                                bw_utf16_convert(&u, bw_str_n(p + again, cases[i].bytes.n - again), true, &out);
                                assert_str(bw_buf_view(&out), cases[i].text);
                        }
}

static void test_marks(void **state)
{
        struct bw_utf16 u;

        (void)state;
        assert_true(bw_utf16_has_mark(BW_STR("\xff\xfe"
                                             "a"),
                                      &u));
        assert_false(u.big_endian);
        assert_true(bw_utf16_has_mark(BW_STR("\xfe\xff"), &u));
        assert_true(u.big_endian);
        assert_false(bw_utf16_has_mark(BW_STR("\xff"), &u));
        assert_false(bw_utf16_has_mark(BW_STR("kind"), &u));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_table),
                cmocka_unit_test(test_marks),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
