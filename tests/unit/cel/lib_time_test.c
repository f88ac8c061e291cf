/* SPDX-License-Identifier: Apache-2.0 */
#include "lib_eval.h"

#include "cel/lib/time_internal.h"

static const struct eval_setup plain = {0};

static void test_timestamps(void **state)
{
        static const struct eval_case cases[] = {
                {"string(timestamp('2024-02-29T23:59:59.120Z'))", "\"2024-02-29T23:59:59.12Z\""},
                {"string(timestamp('2024-02-29T23:59:59+05:30'))", "\"2024-02-29T23:59:59+05:30\""},
                {"string(timestamp('2024-02-29T23:59:59-00:30') + duration('1s'))", "\"2024-03-01T00:00:00-00:30\""},
                {"timestamp('2024-01-01T00:00:00+01:00') == timestamp('2023-12-31T23:00:00Z')", "true"},
                {"timestamp('2024-01-01T1:02:03Z')", "timestamp(\"2024-01-01T01:02:03Z\")"},
                {"timestamp('2024-01-01T01:02:03,5Z')", "timestamp(\"2024-01-01T01:02:03.5Z\")"},
                {"timestamp('2024-01-01T01:02:03.1234567899Z')", "timestamp(\"2024-01-01T01:02:03.123456789Z\")"},
                {"timestamp('0001-01-01T00:00:00Z')", "timestamp(\"0001-01-01T00:00:00Z\")"},
                {"timestamp('9999-12-31T23:59:59.999999999Z') > timestamp('9999-12-31T23:59:59Z')", "true"},
                {"timestamp('0001-01-01T00:00:00+00:01')", "error"},
                {"timestamp('2023-02-29T00:00:00Z')", "error"},
                {"timestamp('1900-02-29T00:00:00Z')", "error"},
                {"timestamp('2024-00-01T00:00:00Z')", "error"},
                {"timestamp('2024-01-01T24:00:00Z')", "error"},
                {"timestamp('2024-01-01T00:60:00Z')", "error"},
                {"timestamp('2024-01-01T00:00:00')", "error"},
                {"timestamp('2024-01-01T00:00:00.Z')", "error"},
                {"timestamp('2024-01-01T00:00:00Z ')", "error"},
                {"timestamp('2024-01-01T00:00:00+25:00')", "error"},
                {"timestamp('2024-01-01 00:00:00Z')", "error"},
                {"timestamp('')", "error"},
                {"timestamp(0)", "timestamp(\"1970-01-01T00:00:00Z\")"},
                {"timestamp(-62135596801)", "error"},
                {"int(timestamp('1969-12-31T23:59:59.5Z'))", "-1"},
                {"timestamp(timestamp(5)) == timestamp(5)", "true"},
                {"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "error"},
                {"timestamp('0001-01-01T00:00:00Z') - duration('1ns')", "error"},
                {"timestamp('1970-01-01T00:00:00Z') - duration('1ns')",
                 "timestamp(\"1969-12-31T23:59:59.999999999Z\")"},
                {"timestamp('2024-03-01T00:00:00Z') - timestamp('2024-02-01T00:00:00.5Z')", "duration(\"2505599.5s\")"},
                {"timestamp('9999-01-01T00:00:00Z') - timestamp('0001-01-01T00:00:00Z')", "error"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_durations(void **state)
{
        static const struct eval_case cases[] = {
                {"duration('1h2m3.5s')", "duration(\"3723.5s\")"},
                {"duration('1.5h')", "duration(\"5400s\")"},
                {"duration('-.5s')", "duration(\"-0.5s\")"},
                {"duration('5.s')", "duration(\"5s\")"},
                {"duration('1us1ms1ns')", "duration(\"0.001001001s\")"},
                {"duration('1\\u00b5s') == duration('1\\u03bcs')", "true"},
                {"duration('0')", "duration(\"0s\")"},
                {"duration('9223372036854775807ns')", "duration(\"9223372036.854775807s\")"},
                {"duration('-9223372036854775808ns')", "duration(\"-9223372036.854775808s\")"},
                {"duration('9223372036854775808ns')", "error"},
                {"duration('2562048h')", "error"},
                {"duration('1')", "error"},
                {"duration('s')", "error"},
                {"duration('.s')", "error"},
                {"duration('1d')", "error"},
                {"duration('')", "error"},
                {"duration('-')", "error"},
                {"duration('99999999999999999999s')", "error"},
                {"duration(1500)", "duration(\"0.0000015s\")"},
                {"string(duration('1ns'))", "\"0.000000001s\""},
                {"string(duration('1.5h'))", "\"5400s\""},
                {"string(duration('2500000h'))", "\"9000000000s\""},
                {"int(duration('1.5s'))", "1500000000"},
                {"duration('1h').getMinutes() + duration('119s').getMinutes()", "61"},
                {"duration('9223372036.999999999s')", "error"},
                {"duration('-9223372036s') - duration('1s')", "error"},
                {"duration('1s') < duration('2s') && duration('2s') >= duration('2s')", "true"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

/* ---- zones: files made here, so that no zone database is needed ---- */

static void put32(struct bw_buf *b, int64_t v)
{
        for (int shift = 24; shift >= 0; shift -= 8)
                bw_buf_char(b, (char)(v >> shift));
}

static void put64(struct bw_buf *b, int64_t v)
{
        put32(b, v >> 32);
        put32(b, v);
}

/* Two types (standard, summer), changes at the times given in turn, a rule. */
static struct bw_str make_zone(struct bw_buf *b, char version, const int64_t *times, uint32_t n, const char *rule)
{
        for (int block = 0; block < (version >= '2' ? 2 : 1); block++) {
                bw_buf_puts(b, "TZif");
                bw_buf_char(b, version == '1' ? '\0' : version);
                bw_buf_fill(b, '\0', 15 + 12);
                put32(b, n);
                put32(b, 2);
                put32(b, 4);
                for (uint32_t i = 0; i < n; i++) {
                        if (block == 1)
                                put64(b, times[i]);
                        else
                                put32(b, times[i]);
                }
                for (uint32_t i = 0; i < n; i++)
                        bw_buf_char(b, i % 2 == 0);
                put32(b, 3600);
                bw_buf_put(b, "\0\0", 2);
                put32(b, 7200);
                bw_buf_put(b, "\1\0", 2);
                bw_buf_put(b, "ABC", 4);
        }
        if (version >= '2')
                bw_buf_printf(b, "\n%s\n", rule);
        return bw_buf_view(b);
}

static const int64_t changes[] = {1711846800, 1729990800}; /* 2024-03-31 and 2024-10-27, 01:00 UTC */

static void test_zones(void **state)
{
        static const struct eval_case cases[] = {
                {"timestamp('2024-03-31T00:59:59Z').getHours('Test/Rule')", "1"},
                {"timestamp('2024-03-31T01:00:00Z').getHours('Test/Rule')", "3"},
                {"timestamp('2024-10-27T01:00:00Z').getHours('Test/Rule')", "2"},
                {"timestamp('2030-07-01T00:00:00Z').getHours('Test/Rule')", "2"},
                {"timestamp('2030-01-01T00:00:00Z').getHours('Test/Rule')", "1"},
                {"timestamp('2030-07-01T00:00:00Z').getHours('Test/Old')", "1"},
                {"timestamp('1950-07-01T00:00:00Z').getHours('Test/Old')", "1"},
                {"timestamp('2024-07-01T23:30:00Z').getDate('Test/Old')", "2"},
                {"timestamp('2024-01-01T00:00:00Z').getHours('Test/South')", "13"},
                {"timestamp('2024-07-01T00:00:00Z').getHours('Test/South')", "12"},
                {"timestamp('2024-07-01T00:00:00Z').getHours('Test/Short')", "error"},
                {"timestamp('2024-07-01T00:00:00Z').getHours('Test/None')", "error"},
                {"timestamp('2024-07-01T00:00:00Z').getHours('../Test/Rule')", "error"},
                {"timestamp('2024-07-01T00:00:00Z').getHours('/Test/Rule')", "error"},
                {"timestamp('2024-07-01T00:00:00Z').getHours('') + timestamp(3600).getHours('UTC')", "1"},
                {"timestamp('2024-07-01T00:30:00Z').getMinutes('-00:45')", "45"},
                {"timestamp('2024-07-01T00:30:00Z').getHours('+05:30')", "6"},
                {"timestamp('2024-07-01T00:30:00Z').getHours('5:00')", "5"},
                {"timestamp('2024-07-01T00:30:00Z').getHours('x:00')", "error"},
                {"timestamp('2024-07-01T00:30:00Z').getHours(':00')", "error"},
                {"timestamp('2024-07-01T00:30:00Z').getHours('+05:')", "error"},
                {"timestamp('2024-07-01T00:30:00Z').getHours('99999999999:00')", "error"},
                {"timestamp('2024-12-31T23:00:00Z').getDayOfYear('+02:00')", "0"},
                {"timestamp('2024-12-31T23:00:00Z').getDayOfYear()", "365"},
                {"timestamp('2000-02-29T12:00:00.987Z').getMilliseconds('+02:00')", "987"},
                {"timestamp('2000-02-29T12:00:00Z').getDayOfWeek()", "2"},
                {"timestamp('0001-01-01T00:00:00Z').getFullYear('-01:00')", "0"},
        };
        bw_auto_done(bw_buf_done) struct bw_buf rule = {0};
        bw_auto_done(bw_buf_done) struct bw_buf old = {0};
        bw_auto_done(bw_buf_done) struct bw_buf south = {0};
        struct eval_zone zones[] = {
                {"Test/Rule", make_zone(&rule, '2', changes, 2, "CET-1CEST,M3.5.0,M10.5.0/3")},
                {"Test/Old", make_zone(&old, '1', changes, 2, "")},
                {"Test/South", make_zone(&south, '3', NULL, 0, "NZST-12NZDT,M9.5.0,M4.1.0/3")},
                {"Test/Short", bw_str_n(rule.p, rule.n / 2)},
                {0},
        };
        const struct eval_setup setup = {.zones = zones};

        (void)state;
        eval_cases(&setup, cases, BW_ARRAY_SIZE(cases));
}

/* Offsets in a year of several rules at their borders. */
static void test_rules(void **state)
{
        static const struct {
                const char *rule;
                int64_t at;
                int64_t offset;
        } cases[] = {
                {"UTC0", 0, 0},
                {"<+0330>-3:30", 1700000000, 12600},
                {"EST5EDT,M3.2.0,M11.1.0", 1710053999, -18000}, /* 2024-03-10 06:59:59 */
                {"EST5EDT,M3.2.0,M11.1.0", 1710054000, -14400},
                {"EST5EDT,M3.2.0,M11.1.0", 1730613599, -14400}, /* 2024-11-03 05:59:59 */
                {"EST5EDT,M3.2.0,M11.1.0", 1730613600, -18000},
                {"IST-1GMT0,M10.5.0,M3.5.0/1", 1704067200, 0}, /* 2024-01-01: the "summer" time is the winter's */
                {"IST-1GMT0,M10.5.0,M3.5.0/1", 1719792000, 3600},
                {"AAA0BBB,J60/0,J61/0", 1709251200, 3600}, /* J60 is 1 March, leap year or not */
                {"AAA0BBB,J60/0,J61/0", 1709251199, 0},
                {"AAA0BBB,59/0,60/0", 1709164800, 3600}, /* day 59 of a leap year is 29 February */
                {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1711846800, -3600},
                {"EST5EDT4,0/0,J365/25", 1719792000, -14400}, /* summer all year */
                {"broken", 1719792000, 7200},                 /* no rule: the last change counts */
                {"EST5EDT", 1719792000, 7200},
                {"EST5EDT,M13.1.0,M11.1.0", 1719792000, 7200},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf file = {0};
                static const int64_t once[] = {-1};
                int64_t offset = 1;

                assert_ok(bw_zone_offset(make_zone(&file, '4', once, 1, cases[i].rule), cases[i].at, &offset));
                if (offset != cases[i].offset)
                        fail_msg("%s at %" PRId64 " gives %" PRId64, cases[i].rule, cases[i].at, offset);
        }
}

/* Every shorter file is refused or read without going past its end. */
static void test_cut_files(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf file = {0};
        struct bw_str whole = make_zone(&file, '2', changes, 2, "CET-1CEST,M3.5.0,M10.5.0/3");
        int64_t offset;

        (void)state;
        for (size_t n = 0; n < whole.n; n++) {
                char *copy = malloc(n + 1);

                memcpy(copy, whole.p, n);
                (void)!bw_zone_offset(bw_str_n(copy, n), 2000000000, &offset);
                free(copy);
        }
}

static void test_calendar(void **state)
{
        int64_t day = bw_time_days(1, 1, 1);

        (void)state;
        assert_int_equal(bw_time_days(1970, 1, 1), 0);
        for (int64_t year = 1; year <= 2100; year++) {
                int yearday = 0;

                for (int month = 1; month <= 12; month++) {
                        for (int in_month = 1; in_month <= bw_time_days_in(year, month); in_month++, day++, yearday++) {
                                struct bw_civil c = bw_time_civil(day * TIME_DAY + TIME_DAY - 1);

                                if (bw_time_days(year, month, in_month) != day || c.year != year || c.month != month ||
                                    c.day != in_month || c.yearday != yearday || c.hour != 23 || c.second != 59 ||
                                    c.weekday != ((day + 4) % 7 + 7) % 7)
                                        fail_msg("day %" PRId64, day);
                        }
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_timestamps), cmocka_unit_test(test_durations), cmocka_unit_test(test_zones),
                cmocka_unit_test(test_rules),      cmocka_unit_test(test_cut_files), cmocka_unit_test(test_calendar),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
