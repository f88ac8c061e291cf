/* SPDX-License-Identifier: Apache-2.0 */
/* os-release, mounts, sysctl.d and modprobe.d files. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/modprobe_conf.h"
#include "format/mounts.h"
#include "format/os_release.h"
#include "format/sysctl_conf.h"

static struct bw_arena *arena;

static int setup(void **state BW_UNUSED)
{
        arena = bw_arena_new(0);
        return arena ? 0 : -1;
}

static int teardown(void **state BW_UNUSED)
{
        bw_arena_free(arena);
        return 0;
}

static void test_os_release(void **state BW_UNUSED)
{
        struct bw_os_release os;

        assert_ok(bw_os_release_read(arena,
                                     BW_STR("# a comment\nID=old\nNAME=\"Some \\\"OS\\\" \\$1\"\nID=some\n"
                                            "PRETTY_NAME='it''s a \\name'\nVERSION_ID=12 # the twelfth\n"
                                            "no assignment\n1BAD=x\nVARIANT_ID=\nexport VERSION=a\\ b"),
                                     &os, NULL));
        assert_str(os.id, "some");
        assert_str(os.name, "Some \"OS\" $1");
        assert_str(os.pretty_name, "its a \\name");
        assert_str(os.version_id, "12");
        assert_str(os.version, "a b");
        assert_str(os.variant_id, "");
        assert_ok(bw_os_release_read(arena, BW_STR(""), &os, NULL));
        assert_str(os.id, "linux");
}

static void test_mountinfo(void **state BW_UNUSED)
{
        struct bw_mount *mounts;
        size_t n;
        struct bw_str value;

        assert_ok(bw_mountinfo_read(arena,
                                    BW_STR("27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro\n"
                                           "broken line\n"
                                           "30 27 0:25 / /mnt/with\\040blank rw,nosuid master:3 - tmpfs tmpfs rw,size=4k\n"
                                           "31 27 0:26 / /run/a rw shared:5 master:1 - tmpfs tmpfs rw\n"
                                           "32 27 0:27 / /run/b rw - tmpfs tmpfs rw\n"
                                           "33 27 0:28 / /cut rw shared:9\n"),
                                    &mounts, &n, NULL));
        assert_int_equal(n, 4);
        assert_str(mounts[0].target, "/");
        assert_str(mounts[0].device, "254:1");
        assert_str(mounts[0].source, "/dev/vda1");
        assert_str(mounts[0].propagation, "shared");
        assert_str(mounts[1].target, "/mnt/with blank");
        assert_int_equal(mounts[1].line, 3);
        assert_str(mounts[1].propagation, "slave");
        assert_str(mounts[2].propagation, "shared,slave");
        assert_str(mounts[3].propagation, "private");
        assert_true(bw_mount_has(mounts[1].options, "nosuid"));
        assert_false(bw_mount_has(mounts[1].options, "suid"));
        assert_true(bw_mount_option(mounts[0].super_options, "errors", &value));
        assert_str(value, "remount-ro");
}

static void test_fstab(void **state BW_UNUSED)
{
        struct bw_mount *mounts;
        size_t n;

        assert_ok(bw_fstab_read(arena,
                                BW_STR("# <file system>\n\nUUID=1-2 / ext4 defaults 0 1\n/swap\tnone\tswap\tsw\t0 0\n"
                                       "tmpfs /tmp tmpfs\nonly two\n"),
                                &mounts, &n, NULL));
        assert_int_equal(n, 3);
        assert_str(mounts[1].type, "swap");
        assert_str(mounts[2].options, "");
        assert_int_equal(mounts[2].line, 5);
}

static int put_sysctl(void *userdata, const struct bw_sysctl_line *line, struct bw_error *reterr BW_UNUSED)
{
        bw_buf_printf(userdata, "%u:%.*s=%.*s%s%s;", line->line, BW_STR_ARG(line->key), BW_STR_ARG(line->value),
                      line->excludes ? "-" : "", line->is_pattern ? "*" : "");
        return 0;
}

static void test_sysctl_conf(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        assert_ok(bw_sysctl_conf_read(arena,
                                      BW_STR("; c\n# c\nnet.ipv4.ip_forward = 1\n"
                                             "net/ipv4/conf/eth0.1/forwarding=0\n"
                                             "net.ipv4.conf.eth0/1.rp_filter=2\n-kernel.x = 3 4\n"
                                             "net.ipv4.conf.*.rp_filter=1\n-net.ipv4.conf.lo.rp_filter\nnothing\n=5\n"),
                                      put_sysctl, &out, NULL));
        assert_str(bw_buf_view(&out), "3:net/ipv4/ip_forward=1;4:net/ipv4/conf/eth0.1/forwarding=0;"
                                      "5:net/ipv4/conf/eth0.1/rp_filter=2;6:kernel/x=3 4;"
                                      "7:net/ipv4/conf/*/rp_filter=1*;8:net/ipv4/conf/lo/rp_filter=-;");
}

static void test_patterns(void **state BW_UNUSED)
{
        static const struct {
                const char *pattern;
                const char *path;
                bool matches;
        } rows[] = {
                {"a/*/c", "a/b/c", true},     {"a/*/c", "a/b/b/c", false}, {"a/*", "a/", true},
                {"*", "abc", true},           {"*", "a/b", false},         {"a?c", "abc", true},
                {"a?c", "a/c", false},        {"[a-c]x", "bx", true},      {"[!a-c]x", "bx", false},
                {"[!a-c]x", "dx", true},      {"[]]x", "]x", true},        {"[ax", "[ax", true},
                {"eth*.1", "eth0.1", true},   {"a*b*c", "aXbYc", true},    {"a*b*c", "aXbY", false},
                {"", "", true},               {"", "a", false},            {"a", "", false},
                {"net/*/conf/*/x", "net/ipv4/conf/all/x", true},           {"**", "ab", true},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                if (bw_path_pattern_matches(bw_str(rows[i].pattern), bw_str(rows[i].path)) != rows[i].matches)
                        fail_msg("%s and %s", rows[i].pattern, rows[i].path);
}

static int put_modprobe(void *userdata, const struct bw_modprobe_line *line, struct bw_error *reterr BW_UNUSED)
{
        bw_buf_printf(userdata, "%u:%s %.*s %s[%.*s];", line->line, line->verb == BW_MODPROBE_INSTALL ? "install" : "no",
                      BW_STR_ARG(line->module), line->refuses ? "!" : "", BW_STR_ARG(line->command));
        return 0;
}

static void test_modprobe_conf(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        assert_ok(bw_modprobe_conf_read(arena,
                                        BW_STR("# x\nblacklist usb-storage\n install  cramfs /bin/false\n"
                                               "install udf /sbin/modprobe --ignore-install udf; \\\n"
                                               "  install dccp /bin/false\nalias a b\ninstall\n"
                                               "install sctp /bin/true # no\ninstall x /bin/true && insmod x\n"),
                                        put_modprobe, &out, NULL));
        assert_str(bw_buf_view(&out), "2:no usb_storage [];3:install cramfs ![/bin/false];"
                                      "4:install udf [/sbin/modprobe --ignore-install udf; \\];"
                                      "8:install sctp ![/bin/true # no];9:install x [/bin/true && insmod x];");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_os_release), cmocka_unit_test(test_mountinfo),     cmocka_unit_test(test_fstab),
                cmocka_unit_test(test_sysctl_conf), cmocka_unit_test(test_patterns),
                cmocka_unit_test(test_modprobe_conf),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
