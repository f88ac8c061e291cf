/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, booleans and durations as Go reads and writes them. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "format/gotext.h"

static void test_bool(void **state)
{
        static const char *const yes[] = {"1", "t", "T", "TRUE", "true", "True"};
        static const char *const no[] = {"0", "f", "F", "FALSE", "false", "False"};
        static const char *const bad[] = {"", "yes", "no", "on", "tRUE", "2", " true"};
        bool b;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(yes); i++) {
                b = false;
                assert_ok(bw_go_bool(bw_str(yes[i]), &b));
                assert_true(b);
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(no); i++) {
                b = true;
                assert_ok(bw_go_bool(bw_str(no[i]), &b));
                assert_false(b);
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(bad); i++)
                assert_int_equal(bw_go_bool(bw_str(bad[i]), &b), -EINVAL);
}

static void test_int(void **state)
{
        static const struct {
                const char *text;
                int r;
                int64_t value;
        } rows[] = {
                {"0", 0, 0}, {"10", 0, 10}, {"-7", 0, -7}, {"+7", 0, 7}, {"0x1f", 0, 31}, {"0X1F", 0, 31},
                {"0o17", 0, 15}, {"017", 0, 15}, {"0b101", 0, 5}, {"1_000", 0, 1000}, {"0x_1f", 0, 31},
                {"9223372036854775807", 0, INT64_MAX}, {"-9223372036854775808", 0, INT64_MIN},
                {"9223372036854775808", -ERANGE, 0}, {"99999999999999999999", -ERANGE, 0}, {"", -EINVAL, 0},
                {"-", -EINVAL, 0}, {"--1", -EINVAL, 0}, {"08", -EINVAL, 0}, {"0x", -EINVAL, 0}, {"_1", -EINVAL, 0},
                {"1_", -EINVAL, 0}, {"1__0", -EINVAL, 0}, {"1.0", -EINVAL, 0}, {"30d", -EINVAL, 0}, {"0b2", -EINVAL, 0},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                int64_t value = 0;

                if (bw_go_int(bw_str(rows[i].text), &value) != rows[i].r || value != rows[i].value)
                        fail_msg("%s", rows[i].text);
        }
}

static void test_duration(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        static const struct {
                const char *text;
                const char *canonical; /* NULL: refused */
        } rows[] = {
                {"0", "0s"}, {"0s", "0s"}, {"-0", "0s"}, {"60s", "1m0s"}, {"4h", "4h0m0s"}, {"1h30m", "1h30m0s"},
                {"1.5h", "1h30m0s"}, {"90m", "1h30m0s"}, {"1m0.5s", "1m0.5s"}, {"100ms", "100ms"}, {"1.5ms", "1.5ms"},
                {"10us", "10\xc2\xb5s"}, {"10\xce\xbcs", "10\xc2\xb5s"}, {"7ns", "7ns"}, {"-2m", "-2m0s"}, {"+2m", "2m0s"},
                {".5s", "500ms"}, {"5.s", "5s"}, {"8760h", "8760h0m0s"}, {"2562047h47m16.854775807s", "2562047h47m16.854775807s"},
                {"", NULL}, {"-", NULL}, {"5", NULL}, {"30d", NULL}, {"s", NULL}, {".s", NULL}, {"1h 30m", NULL},
                {"9999999999h", NULL}, {"99999999999999999999s", NULL}, {"3m!", NULL},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                int64_t ns;
                int r = bw_go_duration(bw_str(rows[i].text), &ns);

                if (r < 0 ? rows[i].canonical != NULL : rows[i].canonical == NULL)
                        fail_msg("%s: %d", rows[i].text, r);
                if (r == 0)
                        assert_str(bw_go_duration_text(arena, ns), rows[i].canonical);
        }
        assert_str(bw_go_duration_text(arena, INT64_MIN), "-2562047h47m16.854775808s");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_bool),
                cmocka_unit_test(test_int),
                cmocka_unit_test(test_duration),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
