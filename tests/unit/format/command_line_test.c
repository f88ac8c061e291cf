/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments in scripts, in snaps' files and in k3s's log. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/command_line.h"

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

static void assert_words(const struct bw_word *words, size_t n, const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        for (size_t i = 0; i < n; i++)
                bw_buf_printf(&out, "%u %.*s%s", words[i].line, BW_STR_ARG(words[i].text), words[i].last ? "." : i + 1 < n ? "|" : "");
        assert_str(bw_buf_view(&out), expected);
}

static void assert_shell(const char *script, const char *expected)
{
        struct bw_env env = {.arena = arena};
        const struct bw_env_entry ip = {.name = BW_STR("IP"), .value = BW_STR("10.0.0.1")};
        const struct bw_word *words;
        size_t n;

        assert_ok(bw_env_add(&env, &ip, NULL));
        assert_ok(bw_shell_words(arena, bw_str(script), &env, BW_STR("f"), 5, &words, &n, NULL));
        assert_words(words, n, expected);
}

static void test_shell(void **state)
{
        (void)state;
        assert_shell("", "");
        assert_shell("exec a --b='c d' \"e $IP\" ${IP}f $NONE ${", "5 exec|5 a|5 --b=c d|5 e 10.0.0.1|5 10.0.0.1f|5 $NONE|5 ${.");
        assert_shell("a 1>>/var/log/x 2>&1 b < in; c &\n# d\ne#f '' \\\ng", "5 a|5 b.5 c.7 e#f|7 |8 g.");
        assert_shell("a2>x b", "5 a2|5 b.");
        assert_shell("(a | b) && c 'it''s' \"q\\\"r\\s\"", "5 a.5 b.5 c|5 its|5 q\"r\\s.");
}

static void test_args_file(void **state)
{
        struct bw_env env = {.arena = arena};
        const struct bw_env_entry data = {.name = BW_STR("SNAP_DATA"), .value = BW_STR("/d")};
        const struct bw_word *words;
        size_t n;

        (void)state;
        assert_ok(bw_env_add(&env, &data, NULL));
        assert_ok(bw_args_file_read(arena, BW_STR("f"), BW_STR("--a=${SNAP_DATA}/x\n\n# --b\n  --c \"d'e\" $SNAP_DATA\n--f=$X$"), &env,
                                    &words, &n, NULL));
        assert_words(words, n, "1 --a=/d/x|4 --c|4 de|4 /d|5 --f=$X$");
}

static void test_k3s_log(void **state)
{
        static const char log[] =
                "Jan 01 00:00:00 n k3s[1]: time=\"t\" level=info msg=\"Running kubelet --old=1\"\n"
                "Jan 01 00:00:01 n k3s[1]: time=\"t\" level=info msg=\"Running kubelet --a=b c --d=\\\"e\\\" --f\"\n"
                "Jan 01 00:00:02 n k3s[1]: time=\"t\" level=info msg=\"said \\\"Running kubelet --fake\\\"\"\n"
                "Jan 01 00:00:03 n k3s[1]: time=\"t\" level=info msg=\"said\" error=\" msg=\\\"Running kubelet --fake\"\n"
                "Jan 01 00:00:04 n k3s[1]: Running kube-proxy --x=1\n";
        const struct bw_word *words;
        size_t n;

        (void)state;
        assert_ok(bw_k3s_log_read(arena, BW_STR("f"), bw_str(log), "kubelet", &words, &n, NULL));
        assert_words(words, n, "2 --a=b c|2 --d=\"e\"|2 --f");
        assert_ok(bw_k3s_log_read(arena, BW_STR("f"), bw_str(log), "kube-proxy", &words, &n, NULL));
        assert_words(words, n, "5 --x=1");
        assert_int_equal(bw_k3s_log_read(arena, BW_STR("f"), bw_str(log), "kube", &words, &n, NULL), -ENOENT);
}

static void test_limit(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        const struct bw_word *words;
        size_t n;

        (void)state;
        for (int i = 0; i < 5000; i++)
                bw_buf_puts(&text, "a ");
        assert_int_equal(bw_shell_words(arena, bw_buf_view(&text), NULL, BW_STR("f"), 1, &words, &n, NULL), -E2BIG);
        assert_int_equal(bw_args_file_read(arena, BW_STR("f"), bw_buf_view(&text), NULL, &words, &n, NULL), -E2BIG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_shell, setup, teardown),
                cmocka_unit_test_setup_teardown(test_args_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_k3s_log, setup, teardown),
                cmocka_unit_test_setup_teardown(test_limit, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
