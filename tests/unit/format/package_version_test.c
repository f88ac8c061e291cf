/* SPDX-License-Identifier: Apache-2.0 */
/* Orders of versions as dpkg, rpm and apk have them. Each row is tried both ways. */
#include "check.h"

#include "format/package_version.h"

struct row {
        const char *a;
        const char *b;
        int order;
};

static void check_rows(const char *name, int (*cmp)(struct bw_str a, struct bw_str b), const struct row *rows, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                if (cmp(bw_str(rows[i].a), bw_str(rows[i].b)) != rows[i].order)
                        fail_msg("%s: %s and %s are not %d", name, rows[i].a, rows[i].b, rows[i].order);
                if (cmp(bw_str(rows[i].b), bw_str(rows[i].a)) != -rows[i].order)
                        fail_msg("%s: %s and %s are not %d", name, rows[i].b, rows[i].a, -rows[i].order);
        }
}

static void test_dpkg(void **state)
{
        static const struct row rows[] = {
                {"1.0", "1.0", 0},
                {"1.0", "1.00", 0},
                {"1.0-1", "1.0-1", 0},
                {"0:1.0", "1.0", 0},
                {"1.0", "1.0-0", 0},
                {"1:0.1", "9.9", 1},
                {"2:1", "10:1", -1},
                {"1.9", "1.10", -1},
                {"1.0~rc1", "1.0", -1},
                {"1.0~~", "1.0~", -1},
                {"1.0~", "1.0~a", -1},
                {"1.0+deb12u1", "1.0", 1},
                {"1.0+deb12u1", "1.0+deb12u10", -1},
                {"1.0a", "1.0+", -1},
                {"1.0a", "1.0b", -1},
                {"1.0Z", "1.0a", -1},
                {"3.0.15-1~deb12u1", "3.0.15-1", -1},
                {"252.36-1~deb12u1", "252.38-1~deb12u1", -1},
                {"2.36-9+deb12u9", "2.36-9+deb12u10", -1},
                {"1.2-3-4", "1.2-3-5", -1},
                {"1.2-1ubuntu0.1", "1.2-1ubuntu0.10", -1},
                {"1.2-1build1", "1.2-1ubuntu0.1", -1},
                {"20230311", "20230311+deb12u1", -1},
                {"000000000000000000000000000001", "1", 0},
                {"18446744073709551617", "18446744073709551616", 1},
                {"", "", 0},
        };

        (void)state;
        check_rows("dpkg", bw_version_dpkg, rows, BW_ARRAY_SIZE(rows));
}

static void test_rpm_part(void **state)
{
        static const struct row rows[] = {
                {"1.0", "1.0", 0},          {"1.0", "2.0", -1},          {"2.0.1", "2.0", 1},
                {"2.0.1a", "2.0.1", 1},     {"5.5p1", "5.5p10", -1},     {"10xyz", "10.1xyz", -1},
                {"xyz10", "xyz10.1", -1},   {"xyz.4", "8", -1},          {"6.0.rc1", "6.0", 1},
                {"10b2", "10a1", 1},        {"1.0aa", "1.0a", 1},        {"10.0001", "10.1", 0},
                {"10.0001", "10.0039", -1}, {"2_0", "2.0", 0},           {"a+", "a_", 0},
                {"+_", "_+", 0},            {"1.0~rc1", "1.0", -1},      {"1.0~rc1", "1.0~rc2", -1},
                {"1.0~rc1~git1", "1.0~rc1", -1},                         {"1.0^", "1.0", 1},
                {"1.0^git1", "1.01", -1},   {"1.0^20160101", "1.0.1", -1},
                {"1.0^20160102", "1.0^20160101^git1", 1},                {"1.0~rc1^git1", "1.0~rc1", 1},
                {"1.0^git1", "1.0^git1~pre", 1},
                {"6.1.0-9-amd64", "6.1.0-10-amd64", -1},
        };

        (void)state;
        check_rows("rpm part", bw_version_rpm_part, rows, BW_ARRAY_SIZE(rows));
}

static void test_rpm(void **state)
{
        static const struct row rows[] = {
                {"1:1.0-1", "2.0-1", 1},
                {"0:1.0-1", "1.0-1", 0},
                {"3.0.7-27.el9", "3.0.7-28.el9_4", -1},
                {"5.14.0-427.13.1.el9_4", "5.14.0-427.9.1.el9_4", 1},
                {"1.0", "1.0-5", 0},
                {"2.34-100.el9_4.2", "2.34-100.el9", 1},
        };

        (void)state;
        check_rows("rpm", bw_version_rpm, rows, BW_ARRAY_SIZE(rows));
}

static void test_apk(void **state)
{
        static const struct row rows[] = {
                {"2.34", "0.1.0_alpha", 1},
                {"0.1.0_alpha", "0.1.3_alpha", -1},
                {"1.0", "1.0", 0},
                {"1.0-r0", "1.0-r1", -1},
                {"1.0-r9", "1.0-r10", -1},
                {"1.0", "1.0-r0", -1},
                {"1.0_rc1", "1.0", -1},
                {"1.0_rc2", "1.0_rc10", -1},
                {"1.0_p1", "1.0", 1},
                {"1.0_alpha", "1.0_beta", -1},
                {"1.0_git20200101", "1.0_p1", -1},
                {"1.0a", "1.0b", -1},
                {"1.0a", "1.0", 1},
                {"1.0.1", "1.0", 1},
                {"1.01", "1.1", -1},
                {"1.001", "1.01", -1},
                {"3.1.4-r5", "3.1.4-r6", -1},
                {"1.36.1-r29", "1.37.0-r0", -1},
                {"20240226-r0", "20230506-r0", 1},
                {"1.0_git20240101", "1.0_hg1", -1},
                {"1.0~abc", "1.0~abd", -1},
                {"0.1.0_alpha_pre2", "0.1.0_alpha", -1},
                {"1.0.0", "1.0.0", 0},
        };

        (void)state;
        check_rows("apk", bw_version_apk, rows, BW_ARRAY_SIZE(rows));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_dpkg),
                cmocka_unit_test(test_rpm_part),
                cmocka_unit_test(test_rpm),
                cmocka_unit_test(test_apk),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
