/* SPDX-License-Identifier: Apache-2.0 */
/* sshd's configuration: the first value counts, Include in place, Match blocks, quoting, times. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "format/sshd_config.h"

static const struct bw_sshd_file included[] = {
        {BW_STR("/etc/ssh/sshd_config.d/10.conf"), BW_STR("PasswordAuthentication no\nMatch User git\nX11Forwarding yes\n")},
        {BW_STR("/etc/ssh/sshd_config.d/20.conf"), BW_STR("PasswordAuthentication yes\nMaxAuthTries 3\n")},
};

static int include(void *userdata, struct bw_str pattern, const struct bw_sshd_file **ret, size_t *ret_n,
                   struct bw_error *reterr BW_UNUSED)
{
        size_t *asked = userdata;

        ++*asked;
        if (!bw_str_is(pattern, "sshd_config.d/*.conf"))
                return 0;
        *ret = included;
        *ret_n = BW_ARRAY_SIZE(included);
        return 0;
}

/* A file that takes itself in. */
static int include_again(void *userdata, struct bw_str pattern BW_UNUSED, const struct bw_sshd_file **ret, size_t *ret_n,
                         struct bw_error *reterr BW_UNUSED)
{
        *ret = userdata;
        *ret_n = 1;
        return 0;
}

static struct bw_sshd_config read_text(struct bw_arena *arena, const char *text)
{
        struct bw_sshd_file file = {BW_STR("/etc/ssh/sshd_config"), bw_str(text)};
        struct bw_sshd_config config;
        size_t asked = 0;

        assert_ok(bw_sshd_config_read(arena, NULL, 0, &file, include, &asked, &config, NULL));
        return config;
}

static void assert_value(const struct bw_sshd_config *config, const char *keyword, const char *value, uint32_t line)
{
        const struct bw_sshd_setting *setting = bw_sshd_effective(config, bw_sshd_keyword_find(bw_str(keyword)));

        assert_non_null(setting);
        assert_str(setting->words[0], value);
        assert_int_equal(setting->line, line);
}

static void test_first_value_counts(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sshd_config config =
                read_text(arena, "# a comment\npermitrootlogin no\nPermitRootLogin yes\nX11Forwarding=\"yes\" # all\n"
                                 "Port 22\nPort 2222\nChallengeResponseAuthentication no\n");

        (void)state;
        assert_value(&config, "PermitRootLogin", "no", 2);
        assert_value(&config, "x11forwarding", "yes", 4);
        assert_value(&config, "KbdInteractiveAuthentication", "no", 7);
        assert_null(bw_sshd_effective(&config, bw_sshd_keyword_find(BW_STR("MaxAuthTries"))));
        assert_int_equal(config.n_settings, 6);
        assert_int_equal(config.n_problems, 0);
}

static void test_include(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sshd_config config = read_text(
                arena, "Include sshd_config.d/*.conf\nPasswordAuthentication yes\nX11Forwarding no\nInclude none/*\n");
        const struct bw_sshd_keyword *x11 = bw_sshd_keyword_find(BW_STR("X11Forwarding"));

        (void)state;
        assert_value(&config, "PasswordAuthentication", "no", 1);
        assert_str(bw_sshd_effective(&config, bw_sshd_keyword_find(BW_STR("PasswordAuthentication")))->file,
                   "/etc/ssh/sshd_config.d/10.conf");
        /* A Match of an included file ends with it: the next file and the rest hold for everybody. */
        assert_value(&config, "MaxAuthTries", "3", 2);
        assert_value(&config, "X11Forwarding", "no", 3);
        assert_int_equal(config.n_blocks, 1);
        assert_str(config.blocks[0].criteria, "User git");
        assert_str(bw_sshd_in_block(&config, x11, 1)->words[0], "yes");
}

static void test_match(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sshd_config config =
                read_text(arena, "PermitRootLogin no\nMatch Address 10.0.0.0/8\n PermitRootLogin yes\n Port 23\n"
                                 "Match all\n PasswordAuthentication no\nMatch\n");

        (void)state;
        assert_value(&config, "PermitRootLogin", "no", 1);
        /* What "Match all" says beats what stands outside. */
        assert_value(&config, "PasswordAuthentication", "no", 6);
        assert_int_equal(config.n_blocks, 2);
        assert_false(config.blocks[0].all);
        assert_true(config.blocks[1].all);
        assert_int_equal(config.n_problems, 2);
        assert_int_equal(config.problems[0].line, 4);
        assert_int_equal(config.problems[1].line, 7);
}

static void test_command_line_goes_first(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str options[] = {BW_STR("PermitRootLogin=yes"), BW_STR("MaxAuthTries 2"), BW_STR("Include x")};
        struct bw_sshd_file file = {BW_STR("f"), BW_STR("PermitRootLogin no\n")};
        struct bw_sshd_config config;
        size_t asked = 0;

        (void)state;
        assert_ok(bw_sshd_config_read(arena, options, 3, &file, include, &asked, &config, NULL));
        assert_value(&config, "PermitRootLogin", "yes", 0);
        assert_value(&config, "MaxAuthTries", "2", 0);
        assert_int_equal(asked, 0);
}

static void test_quotes(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sshd_config config = read_text(arena, "Banner \"/etc/my banner\"\nAllowUsers a 'b c' d\\ e \\\"f\nCiphers \"a\n");

        (void)state;
        assert_value(&config, "Banner", "/etc/my banner", 1);
        assert_int_equal(config.settings[1].n_words, 4);
        assert_str(config.settings[1].words[1], "b c");
        assert_str(config.settings[1].words[2], "d e");
        assert_str(config.settings[1].words[3], "\"f");
        assert_int_equal(config.n_problems, 1);
        assert_str(config.problems[0].text, "a quote is not closed");
}

static void test_loop_ends(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sshd_file file = {BW_STR("f"), BW_STR("Include f\nPort 1\n")};
        struct bw_sshd_config config;

        (void)state;
        assert_ok(bw_sshd_config_read(arena, NULL, 0, &file, include_again, &file, &config, NULL));
        assert_int_equal(config.n_problems, 1);
        assert_int_equal(config.n_settings, 17);
}

static void test_times(void **state)
{
        int64_t seconds;

        (void)state;
        assert_true(bw_sshd_time(BW_STR("120"), &seconds) && seconds == 120);
        assert_true(bw_sshd_time(BW_STR("1h30m"), &seconds) && seconds == 5400);
        assert_true(bw_sshd_time(BW_STR("2M"), &seconds) && seconds == 120);
        assert_true(bw_sshd_time(BW_STR("none"), &seconds) && seconds == -1);
        assert_false(bw_sshd_time(BW_STR(""), &seconds));
        assert_false(bw_sshd_time(BW_STR("5x"), &seconds));
        assert_false(bw_sshd_time(BW_STR("99999999999"), &seconds));
        assert_false(bw_sshd_time(BW_STR("999999999w"), &seconds));
}

/* Each default is one that sshd would take. */
static void test_table(void **state)
{
        (void)state;
        for (size_t i = 0; i < bw_n_sshd_keywords; i++) {
                const struct bw_sshd_keyword *keyword = &bw_sshd_keywords[i];
                struct bw_str value = bw_str(keyword->default_value);
                int64_t number;

                assert_ptr_equal(bw_sshd_keyword_find(bw_str(keyword->name)), keyword);
                if (keyword->type == BW_SSHD_FLAG)
                        assert_true(bw_str_is(value, "yes") || bw_str_is(value, "no"));
                if (keyword->type == BW_SSHD_INT)
                        assert_ok(bw_str_to_i64(value, &number));
                if (keyword->type == BW_SSHD_TIME)
                        assert_true(bw_sshd_time(value, &number));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_first_value_counts),
                cmocka_unit_test(test_include),
                cmocka_unit_test(test_match),
                cmocka_unit_test(test_command_line_goes_first),
                cmocka_unit_test(test_quotes),
                cmocka_unit_test(test_loop_ends),
                cmocka_unit_test(test_times),
                cmocka_unit_test(test_table),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
