/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "collect/source.h"

#include "base/error.h"
#include "temptree.h"

static int setup(void **state)
{
        static struct temp t;

        temp_begin(&t);
        *state = &t;
        return 0;
}

static int teardown(void **state)
{
        temp_end(*state);
        return 0;
}

static void open_source(struct temp *t, const char *name, struct bw_source *source)
{
        struct bw_file file = BW_FILE_CLOSED;

        assert_ok(bw_fs_open(AT_FDCWD, temp_path(t, name), 0, &file, NULL));
        bw_source_init(source, &file, NULL);
        assert_int_equal(file.fd, -1);
}

static int read_all(struct bw_source *source, size_t step, struct bw_buf *text, struct bw_error *err)
{
        int r = 0;

        while (r == 0 && !source->ended)
                r = bw_source_read(source, step, text, err);
        return r;
}

/* However many bytes are asked for at once, the text is the same. */
static void test_steps(void **state)
{
        static const struct {
                struct bw_str bytes;
                const char *text;
        } cases[] = {
                {BW_STR(""), ""},
                {BW_STR("a"), "a"},
                {BW_STR("kind: Pod\n"), "kind: Pod\n"},
                {BW_STR("\xef\xbb\xbf"), ""},
                {BW_STR("\xef\xbb\xbf"
                        "a"),
                 "a"},
                {BW_STR("\xef\xbb"), "\xef\xbb"},
                {BW_STR("\xff\xfe"), ""},
                {BW_STR("\xff\xfe"
                        "a\0b\0c\0"),
                 "abc"},
                {BW_STR("\xfe\xff\0a\0b\0c"), "abc"},
                {BW_STR("\x28\xb5"), "\x28\xb5"},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                for (size_t step = 1; step < 12; step++) {
                        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                        struct bw_source source;

                        temp_bytes(*state, "f", cases[i].bytes.p, cases[i].bytes.n);
                        open_source(*state, "f", &source);
                        assert_ok(read_all(&source, step, &text, NULL));
                        assert_str(bw_buf_view(&text), cases[i].text);
                        assert_int_equal(source.n_text, text.n);
                        bw_source_done(&source);
                }
}

static void test_a_file_that_shrinks(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_error err = {0};
        struct bw_source source;

        temp_file(*state, "f", "0123456789");
        open_source(*state, "f", &source);
        assert_ok(bw_source_read(&source, 5, &text, &err));
        temp_file(*state, "f", "0123456");
        assert_int_equal(read_all(&source, 5, &text, &err), -ESTALE);
        assert_non_null(strstr(err.message, "shrank while it was read (it had 10 bytes)"));
        assert_str(bw_buf_view(&text), "0123456"); /* what was there is given */
        assert_true(source.ended);
        bw_source_done(&source);
}

static void test_a_file_that_grows(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_error err = {0};
        struct bw_source source;

        temp_file(*state, "f", "0123456789");
        open_source(*state, "f", &source);
        assert_ok(bw_source_read(&source, 5, &text, &err));
        temp_file(*state, "f", "0123456789abc");
        assert_int_equal(read_all(&source, 5, &text, &err), -ESTALE);
        assert_non_null(strstr(err.message, "grew while it was read"));
        assert_str(bw_buf_view(&text), "0123456789"); /* never more than it had */
        bw_source_done(&source);
}

/* Files of the kernel say that they have no size. */
static void test_files_without_size(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_file file = BW_FILE_CLOSED;
        struct bw_source source;

        (void)state;
        assert_ok(bw_fs_open(AT_FDCWD, "/proc/self/status", 0, &file, NULL));
        bw_source_init(&source, &file, NULL);
        assert_ok(read_all(&source, 100, &text, NULL));
        assert_true(text.n > 100);
        bw_source_done(&source);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_steps, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_file_that_shrinks, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_file_that_grows, setup, teardown),
                cmocka_unit_test(test_files_without_size),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
