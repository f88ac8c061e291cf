/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 as Go reads it, PEM blocks among rubbish. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/base64.h"
#include "format/pem.h"

static void test_base64(void **state)
{
        static const struct {
                const char *text;
                unsigned flags;
                const char *bytes; /* NULL: refused */
        } rows[] = {
                {"", 0, ""},
                {"YQ==", 0, "a"},
                {"YWI=", 0, "ab"},
                {"YWJj", 0, "abc"},
                {"YW\nJ\r\nj\n", 0, "abc"},
                {"YWI", 0, NULL},
                {"YWI==", 0, NULL},
                {"Y", 0, NULL},
                {"YWJj====", 0, NULL},
                {"YW Jj", 0, NULL},
                {"YW Jj", BW_BASE64_BLANKS, "abc"},
                {"${CA}", 0, NULL},
                {"YQ==YQ==", 0, NULL},
                {"_-8", 0, NULL},
                {"fn5-", BW_BASE64_URL, "~~~"},
                {"YWI", BW_BASE64_URL, "ab"},
                {"Pz8_", BW_BASE64_URL, "???"},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_str bytes = {0};
                struct bw_error err = {0};
                int r = bw_base64_decode(arena, bw_str(rows[i].text), rows[i].flags, &bytes, &err);

                if (rows[i].bytes ? r != 0 || !bw_str_is(bytes, rows[i].bytes) : r != -EINVAL || !err.message[0])
                        fail_msg("%s: %d \"%.*s\"", rows[i].text, r, BW_STR_ARG(bytes));
        }
}

static void test_base64_written(void **state)
{
        static const char *const rows[][2] = {{"", ""}, {"a", "YQ=="}, {"ab", "YWI="}, {"abc", "YWJj"}, {"\377\376\375\374", "//79/A=="}};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                bw_base64_encode(&out, bw_str(rows[i][0]));
                assert_str(bw_buf_view(&out), rows[i][1]);
        }
}

static void blocks(const char *text, const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_pem_reader reader = bw_pem_reader(bw_str(text));
        struct bw_pem_block block;

        while (bw_pem_next(&reader, &block))
                bw_buf_printf(&out, "%u %.*s%s|", (unsigned)block.line, BW_STR_ARG(block.label), block.encrypted ? " encrypted" : "");
        assert_str(bw_buf_view(&out), expected);
}

static void test_blocks(void **state)
{
        (void)state;
        blocks("", "");
        blocks("nothing here\n", "");
        blocks("-----BEGIN A-----\nYQ==\n-----END A-----\n", "1 A|");
        blocks("# a comment\r\n\r\n-----BEGIN A-----\r\nYQ==\r\n-----END A-----\r\n", "3 A|");
        blocks("-----BEGIN A-----\nYQ==\n-----END A-----", "1 A|");
        blocks("-----BEGIN A-----\nYQ==\n-----END B-----\n-----BEGIN C-----\nYQ==\n-----END C-----\n", "4 C|");
        /* Without an end it is text. */
        blocks("-----BEGIN A-----\nYQ==\n-----BEGIN C-----\nYQ==\n-----END C-----\n", "3 C|");
        blocks("-----BEGIN A-----\nYQ==\n", "");
        blocks("-----BEGIN -----\nYQ==\n-----END -----\n", "");
        blocks("-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nYQ==\n-----END A-----\n", "1 A encrypted|");
        blocks("-----BEGIN A-----\n-----END A-----\n-----BEGIN B-----\n-----END B-----\n", "1 A|3 B|");
}

static void test_bounds(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_pem_reader reader;
        struct bw_pem_block block;
        size_t n = 0;

        (void)state;
        for (size_t i = 0; i < BW_LIMIT_PEM_BLOCKS + 10; i++)
                bw_buf_puts(&text, "-----BEGIN A-----\nYQ==\n-----END A-----\n");
        reader = bw_pem_reader(bw_buf_view(&text));
        while (bw_pem_next(&reader, &block))
                n++;
        assert_int_equal(n, BW_LIMIT_PEM_BLOCKS);
}

static void test_decode(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_pem_reader reader = bw_pem_reader(BW_STR("-----BEGIN A-----\nx: y\n\n YW\n Jj\n-----END A-----\n"
                                                           "-----BEGIN B-----\n-----END B-----\n"
                                                           "-----BEGIN C-----\n?\n-----END C-----\n"));
        struct bw_pem_block block;
        struct bw_error err = {0};
        struct bw_str der;

        (void)state;
        assert_true(bw_pem_next(&reader, &block));
        assert_ok(bw_pem_decode(arena, &block, &der, NULL));
        assert_str(der, "abc");
        bw_secret_wipe(der);
        assert_int_equal(der.p[0], 0);
        assert_true(bw_pem_next(&reader, &block));
        assert_int_equal(bw_pem_decode(arena, &block, &der, &err), -EINVAL);
        assert_string_equal(err.message, "the block is empty");
        assert_true(bw_pem_next(&reader, &block));
        assert_int_equal(bw_pem_decode(arena, &block, &der, NULL), -EINVAL);
        assert_false(bw_pem_next(&reader, &block));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_base64),
                cmocka_unit_test(test_base64_written),
                cmocka_unit_test(test_blocks),
                cmocka_unit_test(test_bounds),
                cmocka_unit_test(test_decode),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
