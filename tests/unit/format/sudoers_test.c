/* SPDX-License-Identifier: Apache-2.0 */
/* sudo's rules: aliases, tags that stay, run-as lists, files taken in, defaults. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "format/sudoers.h"

static const struct bw_sudo_file dropped[] = {{BW_STR("/etc/sudoers.d/90-a"), BW_STR("carol ALL=(ALL) NOPASSWD: ALL\n")}};

static int include(void *userdata BW_UNUSED, struct bw_str path, bool is_dir, const struct bw_sudo_file **ret,
                   size_t *ret_n, struct bw_error *reterr BW_UNUSED)
{
        if (!is_dir || !bw_str_is(path, "/etc/sudoers.d"))
                return 0;
        *ret = dropped;
        *ret_n = 1;
        return 0;
}

static struct bw_sudoers read_text(struct bw_arena *arena, const char *text)
{
        struct bw_sudo_file file = {BW_STR("/etc/sudoers"), bw_str(text)};
        struct bw_sudoers sudoers;

        assert_ok(bw_sudoers_read(arena, &file, include, NULL, &sudoers, NULL));
        return sudoers;
}

static void test_plain(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sudoers s = read_text(arena, "root ALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL # all\n\n"
                                               "@includedir /etc/sudoers.d\n#include /none\n# includedir x\n");

        (void)state;
        assert_int_equal(s.n_rules, 3);
        assert_str(s.rules[1].users.items[0], "%sudo");
        assert_str(s.rules[1].hosts.items[0], "ALL");
        assert_str(s.rules[1].command, "ALL");
        assert_true(s.rules[1].runs_as_root);
        assert_false(s.rules[1].nopasswd);
        assert_true(s.rules[2].nopasswd);
        assert_str(s.rules[2].file, "/etc/sudoers.d/90-a");
        assert_int_equal(s.rules[2].line, 1);
        assert_int_equal(s.n_problems, 0);
}

static void test_tags_stay(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sudoers s = read_text(
                arena, "dan web1, web2 = (www, root) NOPASSWD: /bin/a b\\, c, PASSWD: NOEXEC: /bin/d, !/bin/e : "
                       "db = (: adm) /bin/f\n");

        (void)state;
        assert_int_equal(s.n_rules, 4);
        assert_int_equal(s.rules[0].hosts.n, 2);
        assert_str(s.rules[0].command, "/bin/a b\\, c");
        assert_true(s.rules[0].nopasswd);
        assert_true(s.rules[0].runs_as_root);
        assert_false(s.rules[1].nopasswd);
        assert_true(s.rules[1].noexec);
        assert_true(s.rules[2].negated);
        assert_str(s.rules[2].command, "/bin/e");
        assert_str(s.rules[3].hosts.items[0], "db");
        assert_false(s.rules[3].runs_as_root);
        assert_false(s.rules[3].noexec);
}

static void test_aliases(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sudoers s = read_text(arena, "ADMINS ALL=(OPS) TOOLS\n"
                                               "User_Alias ADMINS = eve, MORE : MORE = frank, !gus\n"
                                               "Runas_Alias OPS = daemon\n"
                                               "Cmnd_Alias TOOLS = /bin/x, \\\n  /bin/y, !SHELLS\nCmd_Alias SHELLS=/bin/sh\n");

        (void)state;
        assert_int_equal(s.n_rules, 3);
        assert_int_equal(s.rules[0].users.n, 3);
        assert_str(s.rules[0].users.items[2], "!gus");
        assert_str(s.rules[1].command, "/bin/y");
        assert_true(s.rules[2].negated);
        assert_str(s.rules[2].command, "/bin/sh");
        assert_false(s.rules[0].runs_as_root);
        assert_int_equal(s.rules[0].line, 1);
}

static void test_alias_of_itself_ends(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sudo_file file = {BW_STR("f"), BW_STR("Cmnd_Alias A = A, A, A, A\nx ALL = A\n")};
        struct bw_sudoers sudoers;

        (void)state;
        assert_int_equal(bw_sudoers_read(arena, &file, include, NULL, &sudoers, NULL), -E2BIG);
}

static void test_defaults(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sudoers s = read_text(arena, "Defaults\tenv_reset, use_pty, !authenticate\n"
                                               "Defaults:hal timestamp_timeout=-1\nDefaults secure_path=\"/a:/b\"\n"
                                               "Defaults !use_pty\n");

        (void)state;
        assert_str(bw_sudo_default_find(&s, "env_reset")->value, "true");
        assert_str(bw_sudo_default_find(&s, "authenticate")->value, "false");
        assert_str(bw_sudo_default_find(&s, "use_pty")->value, "false");
        assert_int_equal(bw_sudo_default_find(&s, "use_pty")->line, 4);
        assert_str(bw_sudo_default_find(&s, "secure_path")->value, "/a:/b");
        assert_null(bw_sudo_default_find(&s, "timestamp_timeout"));
}

static void test_problems(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_sudoers s = read_text(arena, "ida\nUser_Alias X\njo ALL=(ALL ALL\nkim ALL = ALL\n#1000 ALL = ALL\n");

        (void)state;
        assert_int_equal(s.n_problems, 3);
        assert_int_equal(s.n_rules, 2);
        assert_str(s.rules[1].users.items[0], "#1000");
        assert_true(bw_sudo_takes_name(BW_STR("90-cloud")));
        assert_false(bw_sudo_takes_name(BW_STR("a.bak")));
        assert_false(bw_sudo_takes_name(BW_STR("a~")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_plain),    cmocka_unit_test(test_tags_stay),
                cmocka_unit_test(test_aliases),  cmocka_unit_test(test_alias_of_itself_ends),
                cmocka_unit_test(test_defaults), cmocka_unit_test(test_problems),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
