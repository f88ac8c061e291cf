/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/ignore.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "check.h"

/* What git answers for the same patterns and path. A path that ends in '/' is a directory. */
static const struct {
        const char *patterns;
        const char *path;
        enum bw_ignored answer;
} cases[] = {
        /* empty lines, comments, escapes, blanks at the end */
        {"", "a", BW_IGNORE_SILENT},
        {"\n\n", "a", BW_IGNORE_SILENT},
        {"# a\n", "# a", BW_IGNORE_SILENT},
        {"\\#a\n", "#a", BW_IGNORE_SKIP},
        {"\\!a\n", "!a", BW_IGNORE_SKIP},
        {"a  \n", "a", BW_IGNORE_SKIP},
        {"a\\ \n", "a ", BW_IGNORE_SKIP},
        {"a\\ \n", "a", BW_IGNORE_SILENT},
        {"a\r\n", "a", BW_IGNORE_SKIP},
        {"a\t\n", "a", BW_IGNORE_SILENT},
        {"\xef\xbb\xbf"
         "a\n",
         "a", BW_IGNORE_SKIP},
        {"a", "a", BW_IGNORE_SKIP}, /* no newline */
        {"a\\", "a", BW_IGNORE_SILENT},
        {"a\\", "a\\", BW_IGNORE_SILENT},
        /* anchors and directories */
        {"a\n", "x/y/a", BW_IGNORE_SKIP},
        {"/a\n", "x/a", BW_IGNORE_SILENT},
        {"/a\n", "a", BW_IGNORE_SKIP},
        {"x/a\n", "y/x/a", BW_IGNORE_SILENT},
        {"x/a\n", "x/a", BW_IGNORE_SKIP},
        {"a/\n", "a", BW_IGNORE_SILENT},
        {"a/\n", "a/", BW_IGNORE_SKIP},
        {"a/\n", "x/a/", BW_IGNORE_SKIP},
        {"/\n", "a/", BW_IGNORE_SILENT},
        {"!\n", "a", BW_IGNORE_SILENT},
        /* order */
        {"*.yaml\n!keep.yaml\n", "keep.yaml", BW_IGNORE_KEEP},
        {"!keep.yaml\n*.yaml\n", "keep.yaml", BW_IGNORE_SKIP},
        {"!a\n", "a", BW_IGNORE_KEEP},
        /* stars and question marks */
        {"*.yaml\n", "x/b.yaml", BW_IGNORE_SKIP},
        {"*\n", "x/b", BW_IGNORE_SKIP},
        {"x/*\n", "x/b", BW_IGNORE_SKIP},
        {"x/*\n", "x/b/c", BW_IGNORE_SILENT},
        {"x/*/c\n", "x/b/c", BW_IGNORE_SKIP},
        {"x/*b*c\n", "x/abacabc", BW_IGNORE_SKIP},
        {"?.yml\n", "a.yml", BW_IGNORE_SKIP},
        {"?.yml\n", "ab.yml", BW_IGNORE_SILENT},
        {"a?b\n", "a/b", BW_IGNORE_SILENT},
        {"a**b\n", "axxb", BW_IGNORE_SKIP},
        /* whole folders */
        {"**/foo\n", "foo", BW_IGNORE_SKIP},
        {"**/foo\n", "a/b/foo", BW_IGNORE_SKIP},
        {"**/foo/bar\n", "x/foo/bar", BW_IGNORE_SKIP},
        {"abc/**\n", "abc/x/y", BW_IGNORE_SKIP},
        {"abc/**\n", "abc/", BW_IGNORE_SILENT},
        {"a/**/b\n", "a/b", BW_IGNORE_SKIP},
        {"a/**/b\n", "a/x/y/b", BW_IGNORE_SKIP},
        {"a/**/b\n", "a/xb", BW_IGNORE_SILENT},
        {"a/**/c/**/d\n", "a/c/x/c/d", BW_IGNORE_SKIP},
        {"**\n", "a/b", BW_IGNORE_SKIP},
        {"/**/\n", "a/", BW_IGNORE_SKIP},
        {"foo**/bar\n", "foox/y/bar", BW_IGNORE_SKIP}, /* git's own corner */
        {"x*o**/bar\n", "xo/y/bar", BW_IGNORE_SILENT},
        {"a/**\\/b\n", "a/b", BW_IGNORE_SILENT},
        {"a/**\\/b\n", "a/x/b", BW_IGNORE_SKIP},
        /* classes */
        {"[ab]\n", "a", BW_IGNORE_SKIP},
        {"[!ab]\n", "a", BW_IGNORE_SILENT},
        {"[^ab]\n", "c", BW_IGNORE_SKIP},
        {"[a-c]x\n", "bx", BW_IGNORE_SKIP},
        {"[c-a]x\n", "bx", BW_IGNORE_SILENT},
        {"[]a]\n", "]", BW_IGNORE_SKIP},
        {"[a-]\n", "-", BW_IGNORE_SKIP},
        {"[\\]]\n", "]", BW_IGNORE_SKIP},
        {"[[:digit:]]\n", "7", BW_IGNORE_SKIP},
        {"[[:digit:]x]\n", "x", BW_IGNORE_SKIP},
        {"[[:nothing:]]\n", "n", BW_IGNORE_SILENT},
        {"[[:]\n", ":", BW_IGNORE_SKIP},
        {"[a\n", "a", BW_IGNORE_SILENT},
        {"x/a[/]b\n", "x/a/b", BW_IGNORE_SILENT},
        {"[!a]b\n",
         "\xc3"
         "b",
         BW_IGNORE_SKIP},
        {"\\*\n", "*", BW_IGNORE_SKIP},
        {"\\*\n", "a", BW_IGNORE_SILENT},
};

static void test_table(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_ignore *ignore = NULL;
                struct bw_str path = bw_str(cases[i].path);
                bool is_dir = bw_str_ends(path, BW_STR("/"));

                path.n -= is_dir;
                assert_ok(bw_ignore_parse(bw_str(cases[i].patterns), &ignore, NULL));
                if (bw_ignore_match(ignore, path, is_dir) != cases[i].answer)
                        fail_msg("\"%s\" and \"%s\"", cases[i].patterns, cases[i].path);
                bw_ignore_free(ignore);
        }
}

static void fill(struct bw_buf *text, const char *what, size_t times)
{
        for (size_t i = 0; i < times; i++)
                bw_buf_puts(text, what);
}

/* At a limit it works, beyond it says so with the line. */
static void test_limits(void **state)
{
        static const struct {
                const char *what;
                size_t limit;
                bool one_line;
        } limits[] = {
                {"a\n", BW_LIMIT_IGNORE_PATTERNS, false},
                {"a", BW_LIMIT_IGNORE_PATTERN, true},
                {"\n", BW_LIMIT_IGNORE_BYTES, false},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(limits); i++)
                for (size_t over = 0; over < 2; over++) {
                        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                        struct bw_ignore *ignore = NULL;
                        struct bw_error err = {0};
                        int r;

                        fill(&text, limits[i].what, limits[i].limit + over);
                        r = bw_ignore_parse(bw_buf_view(&text), &ignore, &err);
                        assert_int_equal(r, over ? -E2BIG : 0);
                        assert_true(over ? ignore == NULL && err.message[0] : ignore != NULL);
                        bw_ignore_free(ignore);
                }
}

/* Patterns made to make a backtracking matcher work for years. */
static void test_effort(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf pattern = {0};
        bw_auto_done(bw_buf_done) struct bw_buf path = {0};
        struct bw_ignore *ignore = NULL;

        (void)state;
        fill(&pattern, "**/*a*a*a/", 60);
        bw_buf_puts(&pattern, "b\n/");
        fill(&pattern, "*a", 1000);
        bw_buf_puts(&pattern, "b\n");
        fill(&path, "aaaaaaaaaaaaaaaa/", 200);
        bw_buf_char(&path, 'c');
        assert_ok(bw_ignore_parse(bw_buf_view(&pattern), &ignore, NULL));
        assert_int_equal(bw_ignore_match(ignore, bw_buf_view(&path), false), BW_IGNORE_SILENT);
        bw_ignore_free(ignore);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_table),
                cmocka_unit_test(test_limits),
                cmocka_unit_test(test_effort),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
