/* SPDX-License-Identifier: Apache-2.0 */
/* Timestamps and durations as text, and the calendar behind them. */
#include "base/buf.h"
#include "cel/lib/time.h"
#include "cel/lib/time_internal.h"

/* ---- calendar ---- */

bool bw_time_is_leap(int64_t year)
{
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int bw_time_days_in(int64_t year, int month)
{
        static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

        return month == 2 && bw_time_is_leap(year) ? 29 : days[month - 1];
}

static int64_t floor_div(int64_t a, int64_t b)
{
        return a / b - (a % b < 0);
}

/*
 * Both directions count from 1 March of year 0 in cycles of 400 years, so that the leap day is the last of its year and
 * months from March on have 30.6 days on average: (153 * m + 2) / 5 days stand before the m-th of them.
 */
int64_t bw_time_days(int64_t year, int month, int day)
{
        int64_t y = month <= 2 ? year - 1 : year;
        int64_t era = floor_div(y, 400);
        int64_t year_of_era = y - era * 400;
        int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

        return era * 146097 + day_of_era - 719468;
}

struct bw_civil bw_time_civil(int64_t seconds)
{
        int64_t days = floor_div(seconds, TIME_DAY);
        int rest = (int)(seconds - days * TIME_DAY);
        int64_t shifted = days + 719468;
        int64_t era = floor_div(shifted, 146097);
        int64_t day_of_era = shifted - era * 146097;
        int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        int day_of_year = (int)(day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
        int m = (5 * day_of_year + 2) / 153;
        struct bw_civil c = {
                .month = m < 10 ? m + 3 : m - 9,
                .day = day_of_year - (153 * m + 2) / 5 + 1,
                .hour = rest / 3600,
                .minute = rest / 60 % 60,
                .second = rest % 60,
        };

        c.year = year_of_era + era * 400 + (c.month <= 2);
        c.weekday = (int)(days - floor_div(days + 4, 7) * 7 + 4);
        c.yearday = (int)(days - bw_time_days(c.year, 1, 1));
        return c;
}

/* ---- timestamps ---- */

int bw_cel_timestamp_make(int64_t seconds, uint32_t nanoseconds, struct bw_value *ret)
{
        if (seconds < TIME_MIN || seconds > TIME_MAX)
                return -ERANGE;
        *ret = (struct bw_value){.type = BW_TIMESTAMP, .hash = BW_CEL_TIME_UTC, .i = seconds};
        ret->n = nanoseconds;
        return 0;
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* Exactly n digits (or, for an hour, one where two are usual). */
static bool number(struct bw_str *s, size_t n, bool loose, int *ret)
{
        int value = 0;
        size_t i = 0;

        while (i < n && i < s->n && is_digit(s->p[i]))
                value = value * 10 + (s->p[i++] - '0');
        if (i < n && !(loose && i > 0))
                return false;
        *s = bw_str_n(s->p + i, s->n - i);
        *ret = value;
        return true;
}

static bool skip(struct bw_str *s, char c)
{
        if (s->n == 0 || s->p[0] != c)
                return false;
        *s = bw_str_n(s->p + 1, s->n - 1);
        return true;
}

/* ".123": digits past the ninth are dropped. A comma is a point, as ISO 8601 and Go have it. */
static uint32_t fraction(struct bw_str *s)
{
        uint32_t nanoseconds = 0;
        uint32_t unit = TIME_NANO;
        size_t i = 1;

        if (s->n < 2 || (s->p[0] != '.' && s->p[0] != ',') || !is_digit(s->p[1]))
                return 0;
        for (; i < s->n && is_digit(s->p[i]); i++) {
                unit /= 10;
                nanoseconds += (uint32_t)(s->p[i] - '0') * unit;
        }
        *s = bw_str_n(s->p + i, s->n - i);
        return nanoseconds;
}

/* "Z" or "+05:30", to the end of the text. Minutes east of UTC. */
static int zone(struct bw_str s, int *ret_minutes)
{
        bool west = s.n > 0 && s.p[0] == '-';
        int hours;
        int minutes;

        *ret_minutes = 0;
        if (s.n == 1 && s.p[0] == 'Z')
                return 0;
        if ((!skip(&s, '+') && !skip(&s, '-')) || !number(&s, 2, false, &hours) || !skip(&s, ':') ||
            !number(&s, 2, false, &minutes) || s.n > 0)
                return -EINVAL;
        /* Some write 24 hours or 60 minutes; the reference lets them. */
        if (hours > 24 || minutes > 60)
                return -ERANGE;
        *ret_minutes = west ? -(hours * 60 + minutes) : hours * 60 + minutes;
        return 0;
}

int bw_cel_timestamp_parse(struct bw_str text, struct bw_value *ret)
{
        struct bw_civil c;
        uint32_t nanoseconds;
        struct bw_value v;
        int minutes;
        int year;
        int r;

        if (!number(&text, 4, false, &year) || !skip(&text, '-') || !number(&text, 2, false, &c.month) ||
            !skip(&text, '-') || !number(&text, 2, false, &c.day) || !skip(&text, 'T') ||
            !number(&text, 2, true, &c.hour) || !skip(&text, ':') || !number(&text, 2, false, &c.minute) ||
            !skip(&text, ':') || !number(&text, 2, false, &c.second))
                return -EINVAL;
        nanoseconds = fraction(&text);
        r = zone(text, &minutes);
        if (r < 0)
                return r;
        if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > bw_time_days_in(year, c.month) || c.hour > 23 ||
            c.minute > 59 || c.second > 59)
                return -ERANGE;
        r = bw_cel_timestamp_make(bw_time_days(year, c.month, c.day) * TIME_DAY + c.hour * 3600 +
                                          (c.minute - minutes) * 60 + c.second,
                                  nanoseconds, &v);
        if (r < 0)
                return r;
        v.hash = (uint16_t)(BW_CEL_TIME_UTC + minutes);
        *ret = v;
        return 0;
}

/* A fraction of n digits without its trailing zeros; nothing for zero. */
static void put_fraction(struct bw_buf *out, uint32_t value, int digits)
{
        if (value == 0)
                return;
        for (; value % 10 == 0; digits--)
                value /= 10;
        bw_buf_printf(out, ".%0*" PRIu32, digits, value);
}

void bw_cel_timestamp_format(struct bw_buf *out, struct bw_value timestamp)
{
        int minutes = timestamp.hash - BW_CEL_TIME_UTC;
        struct bw_civil c = bw_time_civil(timestamp.i + minutes * 60);

        bw_buf_printf(out, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
                      c.second);
        put_fraction(out, timestamp.n, 9);
        if (minutes == 0) {
                bw_buf_char(out, 'Z');
                return;
        }
        bw_buf_char(out, minutes < 0 ? '-' : '+');
        minutes = minutes < 0 ? -minutes : minutes;
        bw_buf_printf(out, "%02d:%02d", minutes / 60, minutes % 60);
}

/* ---- durations ---- */

#define DURATION_LIMIT ((uint64_t)1 << 63)

static const struct {
        struct bw_str name;
        uint64_t nanoseconds;
} units[] = {
        {BW_STR("ns"), 1},
        {BW_STR("us"), 1000},
        {BW_STR("\xc2\xb5s"), 1000}, /* micro sign */
        {BW_STR("\xce\xbcs"), 1000}, /* Greek mu */
        {BW_STR("ms"), 1000000},
        {BW_STR("s"), TIME_NANO},
        {BW_STR("m"), (uint64_t)60 * TIME_NANO},
        {BW_STR("h"), (uint64_t)3600 * TIME_NANO},
};

static uint64_t unit(struct bw_str *s)
{
        size_t n = 0;

        while (n < s->n && s->p[n] != '.' && !is_digit(s->p[n]))
                n++;
        for (size_t i = 0; i < BW_ARRAY_SIZE(units); i++) {
                if (bw_str_eq(bw_str_n(s->p, n), units[i].name)) {
                        *s = bw_str_n(s->p + n, s->n - n);
                        return units[i].nanoseconds;
                }
        }
        return 0;
}

/* Digits after the point: value / scale. Those past what 63 bits hold are dropped. */
static size_t decimals(struct bw_str s, uint64_t *ret_value, double *ret_scale)
{
        uint64_t value = 0;
        double scale = 1;
        bool full = false;
        size_t i = 0;

        for (; i < s.n && is_digit(s.p[i]); i++) {
                uint64_t next;

                full = full || value > (DURATION_LIMIT - 1) / 10;
                next = full ? 0 : value * 10 + (uint64_t)(s.p[i] - '0');
                full = full || next > DURATION_LIMIT;
                if (full)
                        continue;
                value = next;
                scale *= 10;
        }
        *ret_value = value;
        *ret_scale = scale;
        return i;
}

/* One number with its unit: "1.5h". */
static int term(struct bw_str *s, uint64_t *ret)
{
        uint64_t whole = 0;
        uint64_t part = 0;
        double scale = 1;
        uint64_t size;
        size_t digits = 0;

        for (; digits < s->n && is_digit(s->p[digits]); digits++) {
                if (whole > DURATION_LIMIT / 10)
                        return -ERANGE;
                whole = whole * 10 + (uint64_t)(s->p[digits] - '0');
                if (whole > DURATION_LIMIT)
                        return -ERANGE;
        }
        *s = bw_str_n(s->p + digits, s->n - digits);
        if (skip(s, '.')) {
                size_t n = decimals(*s, &part, &scale);

                *s = bw_str_n(s->p + n, s->n - n);
                digits += n;
        }
        if (digits == 0)
                return -EINVAL;
        size = unit(s);
        if (size == 0)
                return -EINVAL;
        if (whole > DURATION_LIMIT / size)
                return -ERANGE;
        whole *= size;
        if (part > 0)
                whole += (uint64_t)((double)part * ((double)size / scale));
        if (whole > DURATION_LIMIT)
                return -ERANGE;
        *ret = whole;
        return 0;
}

int bw_cel_duration_parse(struct bw_str text, struct bw_value *ret)
{
        bool negative = text.n > 0 && text.p[0] == '-';
        uint64_t total = 0;

        if (!skip(&text, '-'))
                (void)skip(&text, '+');
        if (text.n == 0)
                return -EINVAL;
        if (text.n == 1 && text.p[0] == '0')
                text.n = 0;
        while (text.n > 0) {
                uint64_t nanoseconds;
                int r = term(&text, &nanoseconds);

                if (r < 0)
                        return r;
                total += nanoseconds;
                if (total > DURATION_LIMIT)
                        return -ERANGE;
        }
        if (!negative && total == DURATION_LIMIT)
                return -ERANGE;
        *ret = (struct bw_value){.type = BW_DURATION, .u = negative ? 0 - total : total};
        return 0;
}

/*
 * Seconds as the shortest decimal of the nearest double, since the reference prints a double: past about 100 days the
 * last nanoseconds are lost.
 */
void bw_cel_duration_format(struct bw_buf *out, struct bw_value duration)
{
        double seconds = (double)(duration.i / TIME_NANO) + (double)(duration.i % TIME_NANO) / 1e9;
        char text[48];

        for (int digits = 0; digits <= 20; digits++) {
                (void)snprintf(text, sizeof(text), "%.*f", digits, seconds);
                if (strtod(text, NULL) == seconds)
                        break;
        }
        bw_buf_puts(out, text);
        bw_buf_char(out, 's');
}
