/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/texts.h"

#include "check.h"

static void test_one_copy_of_each(void **state)
{
        struct bw_texts *texts = NULL;
        const char *places[1000];
        size_t bytes;

        (void)state;
        assert_ok(bw_texts_new(&texts, NULL));
        for (int round = 0; round < 2; round++) {
                for (size_t i = 0; i < BW_ARRAY_SIZE(places); i++) {
                        char text[16];
                        struct bw_str s;

                        (void)snprintf(text, sizeof(text), "text %zu", i);
                        s = bw_str(text);
                        assert_ok(bw_texts_keep(texts, &s));
                        assert_ptr_not_equal(s.p, text);
                        assert_string_equal(s.p, text);
                        if (round)
                                assert_ptr_equal(s.p, places[i]);
                        places[i] = s.p;
                }
                if (round)
                        assert_int_equal(bw_texts_bytes(texts), bytes);
                bytes = bw_texts_bytes(texts);
        }
        bw_texts_free(texts);
}

static void test_odd_texts(void **state)
{
        struct bw_texts *texts = NULL;
        struct bw_str empty = {0};
        struct bw_str zero = bw_str_n("a\0b", 3);
        struct bw_str prefix = bw_str_n("a\0b", 1);

        (void)state;
        assert_ok(bw_texts_new(&texts, NULL));
        assert_ok(bw_texts_keep(texts, &empty));
        assert_non_null(empty.p);
        assert_int_equal(empty.n, 0);
        assert_ok(bw_texts_keep(texts, &zero));
        assert_ok(bw_texts_keep(texts, &prefix));
        assert_int_equal(zero.n, 3);
        assert_int_equal(prefix.n, 1);
        assert_ptr_not_equal(zero.p, prefix.p);
        bw_texts_free(texts);
        bw_texts_free(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_one_copy_of_each),
                cmocka_unit_test(test_odd_texts),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
