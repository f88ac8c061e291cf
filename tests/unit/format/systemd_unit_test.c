/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd would start: units, drop-ins, environment files, command lines. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/systemd_unit.h"

static struct bw_arena *arena;

static int setup(void **state)
{
        (void)state;
        arena = bw_arena_new(0);
        return arena ? 0 : -1;
}

static int teardown(void **state)
{
        (void)state;
        bw_arena_free(arena);
        return 0;
}

/* The words of the first command, one after the other: "file:line word|…". */
static void assert_command(const char *unit_text, const char *drop_in, const char *env_text, const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_unit unit = {.arena = arena};
        struct bw_env env = {.arena = arena};
        const struct bw_word *words;
        size_t n;

        assert_ok(bw_unit_read(&unit, BW_STR("u"), bw_str(unit_text), NULL));
        if (drop_in)
                assert_ok(bw_unit_read(&unit, BW_STR("d"), bw_str(drop_in), NULL));
        assert_ok(bw_unit_environment(&unit, &env, NULL));
        if (env_text)
                assert_ok(bw_env_file_read(&env, BW_STR("e"), bw_str(env_text), NULL));
        assert_ok(bw_unit_command(&unit, 0, &env, &words, &n, NULL));
        for (size_t i = 0; i < n; i++)
                bw_buf_printf(&out, "%s%.*s:%u %.*s", i ? "|" : "", BW_STR_ARG(words[i].file), words[i].line,
                              BW_STR_ARG(words[i].text));
        assert_str(bw_buf_view(&out), expected);
}

static void test_words(void **state)
{
        (void)state;
        assert_command("[Service]\nExecStart=-/bin/a  'b c' d\"e f\"g \\x41\\102\\s\\q\\\"\n", NULL, NULL,
                       "u:2 /bin/a|u:2 b c|u:2 de fg|u:2 AB \\q\"");
        assert_command("[Service]\nExecStart=@/bin/a zero one ; /bin/b two\n", NULL, NULL, "u:2 /bin/a|u:2 one");
        assert_command("[Service]\nExecStart=/bin/a \\\n# why not\n; nor this\n  b \\\n c\n", NULL, NULL,
                       "u:2 /bin/a|u:2 b|u:2 c");
        assert_command("[Install]\nExecStart=/bin/no\n[Service]\nExecStart = /bin/yes\\\n", NULL, NULL, "u:4 /bin/yes");
}

static void test_variables(void **state)
{
        static const char unit[] = "[Service]\n"
                                   "Environment=\"A=--one --two\" B=3 C=\n"
                                   "Environment=B=4\n"
                                   "ExecStart=/bin/a $A x${B}y $B$A ${A} $NONE ${NONE} $C $$B %%h\n";

        (void)state;
        assert_command(unit, NULL, NULL,
                       "u:4 /bin/a|u:2 --one|u:2 --two|u:4 x4y|u:4 $B$A|u:4 --one --two|u:4 |u:4 $B|u:4 %h");
        /* A file beats Environment=, wherever each stands; ":" puts nothing in. */
        assert_command(unit, NULL, "A='-f \"g h\"'\nB=5 \n",
                       "u:4 /bin/a|e:1 -f|e:1 g h|u:4 x5y|u:4 $B$A|u:4 -f \"g h\"|u:4 |u:4 $B|u:4 %h");
        assert_command("[Service]\nEnvironment=A=1\nExecStart=:/bin/a $A ${A}\n", NULL, NULL, "u:3 /bin/a|u:3 $A|u:3 ${A}");
}

static void test_drop_in(void **state)
{
        (void)state;
        assert_command("[Service]\nEnvironment=A=1\nExecStart=/bin/a\n", "[Service]\nExecStart=\nExecStart=/bin/b ${A}\n", NULL,
                       "d:3 /bin/b|d:3 1");
        assert_command("[Service]\nEnvironment=A=1\nExecStart=/bin/a ${A}\n", "[Service]\nEnvironment=\n", NULL, "u:3 /bin/a|u:3 ");
}

static void test_last(void **state)
{
        struct bw_unit unit = {.arena = arena};
        const struct bw_word *words;
        size_t n;

        (void)state;
        assert_ok(bw_unit_read(&unit, BW_STR("u"), BW_STR("[Service]\nUser=a\nUser= b \n[Unit]\nUser=c\n"), NULL));
        assert_str(bw_unit_last(&unit, "Service", "User"), "b");
        assert_str(bw_unit_last(&unit, "Service", "Group"), "");
        assert_int_equal(bw_unit_command(&unit, 0, NULL, &words, &n, NULL), -ENOENT);
}

static void assert_env(const char *text, const char *name, const char *value, uint32_t line)
{
        struct bw_env env = {.arena = arena};
        const struct bw_env_entry *entry;

        assert_ok(bw_env_file_read(&env, BW_STR("e"), bw_str(text), NULL));
        entry = bw_env_find(&env, bw_str(name));
        if (!value) {
                assert_null(entry);
                return;
        }
        assert_non_null(entry);
        assert_str(entry->value, value);
        assert_int_equal(entry->line, line);
}

static void test_env_file(void **state)
{
        (void)state;
        assert_env("A=1\n#A=2\n ; A=3\n", "A", "1", 1);
        assert_env("A=1\nA=2\n", "A", "2", 2);
        assert_env("A= b c \t\nB=2", "A", "b c", 1);
        assert_env("A='b c ' \nB=2", "B", "2", 2);
        assert_env("A='b \\c ' ", "A", "b \\c ", 1);
        assert_env("A=\"b \\\"c\\\" \\d\\$\"", "A", "b \"c\" \\d$", 1);
        assert_env("A=\"b \\\n c\"\nB=2\n", "A", "b  c", 1);
        assert_env("A=b\\\nc\nB=2\n", "B", "2", 3);
        assert_env("A=\"x\ny\"\nB=2\n", "A", "x\ny", 1);
        assert_env("A=\"x\ny\"\nB=2\n", "B", "2", 3);
        assert_env("9A=1\nA B=2\nnothing\n", "9A", NULL, 0);
}

static void test_limits(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_unit unit = {.arena = arena};
        struct bw_env env = {.arena = arena};
        const struct bw_word *words;
        size_t n;

        (void)state;
        bw_buf_puts(&text, "[Service]\nExecStart=/bin/a");
        for (int i = 0; i < 5000; i++)
                bw_buf_puts(&text, " x");
        assert_ok(bw_unit_read(&unit, BW_STR("u"), bw_buf_view(&text), NULL));
        assert_int_equal(bw_unit_command(&unit, 0, &env, &words, &n, NULL), -E2BIG);
        bw_buf_clear(&text);
        for (int i = 0; i < 5000; i++)
                bw_buf_puts(&text, "A=1\n");
        assert_int_equal(bw_env_file_read(&env, BW_STR("e"), bw_buf_view(&text), NULL), -E2BIG);
        assert_int_equal(bw_unit_read(&unit, BW_STR("u"), bw_buf_view(&text), NULL), -E2BIG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_words, setup, teardown),
                cmocka_unit_test_setup_teardown(test_variables, setup, teardown),
                cmocka_unit_test_setup_teardown(test_drop_in, setup, teardown),
                cmocka_unit_test_setup_teardown(test_last, setup, teardown),
                cmocka_unit_test_setup_teardown(test_env_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
