/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of SSH: kinds, sizes, options; lines that are none. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "format/ssh_key.h"

static void test_keys(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_ssh_key key;

        (void)state;
        assert_ok(bw_ssh_key_read(arena, BW_STR("ssh-ed25519 AAAA somebody"), &key, NULL));
        assert_str(key.type, "ssh-ed25519");
        assert_int_equal(key.bits, 256);
        assert_false(key.restricts || key.restricts_command || key.restricts_origin || key.is_authority);
        /* Lengths 7 ("ssh-rsa"), 1 (exponent 3), 2 (modulus 0x0100: nine bits). */
        assert_ok(bw_ssh_key_read(arena, BW_STR("ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAAIBAA=="), &key, NULL));
        assert_int_equal(key.bits, 9);
}

static void test_options(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_ssh_key key;

        (void)state;
        assert_ok(bw_ssh_key_read(arena, BW_STR("command=\"a, restrict\",no-pty ecdsa-sha2-nistp384 AAAA"), &key, NULL));
        assert_true(key.restricts_command);
        assert_false(key.restricts);
        assert_int_equal(key.bits, 384);
        assert_ok(bw_ssh_key_read(arena, BW_STR("cert-authority,restrict,from=\"10.*\" ssh-dss AAAA"), &key, NULL));
        assert_true(key.is_authority && key.restricts && key.restricts_origin);
}

static void test_none(void **state)
{
        static const char *const lines[] = {"nonsense", "a b c", "ssh-rsa", "ssh-rsa AAAA", "ssh-rsa !!!", "restrict"};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_ssh_key key;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(lines); i++)
                if (bw_ssh_key_read(arena, bw_str(lines[i]), &key, NULL) != -EINVAL)
                        fail_msg("%s", lines[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_keys),
                cmocka_unit_test(test_options),
                cmocka_unit_test(test_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
