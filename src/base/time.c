/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <time.h>

const char *bw_time_format(int64_t seconds, char buf[BW_TIME_TEXT])
{
        time_t t = (time_t)seconds;
        struct tm tm;

        if (seconds < 0 || !gmtime_r(&t, &tm) || tm.tm_year > 9999 - 1900 ||
            strftime(buf, BW_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
                (void)snprintf(buf, BW_TIME_TEXT, "1970-01-01T00:00:00Z");
        return buf;
}

static int number(struct bw_str text, size_t at, size_t n)
{
        int value = 0;

        for (size_t i = at; i < at + n; i++)
                value = value * 10 + (text.p[i] - '0');
        return value;
}

int bw_time_parse(struct bw_str text, int64_t *ret)
{
        static const char form[] = "0000-00-00T00:00:00Z";
        char again[BW_TIME_TEXT];
        struct tm tm = {0};
        int64_t seconds;

        if (text.n != sizeof(form) - 1)
                return -EINVAL;
        for (size_t i = 0; i < text.n; i++)
                if (form[i] == '0' ? text.p[i] < '0' || text.p[i] > '9' : text.p[i] != form[i])
                        return -EINVAL;
        tm.tm_year = number(text, 0, 4) - 1900;
        tm.tm_mon = number(text, 5, 2) - 1;
        tm.tm_mday = number(text, 8, 2);
        tm.tm_hour = number(text, 11, 2);
        tm.tm_min = number(text, 14, 2);
        tm.tm_sec = number(text, 17, 2);
        seconds = timegm(&tm);
        /* A day that no month has would be another one. */
        if (!bw_str_is(text, bw_time_format(seconds, again)))
                return -EINVAL;
        *ret = seconds;
        return 0;
}

static bool is_digits(struct bw_str text, size_t at, size_t n)
{
        for (size_t i = at; i < at + n; i++)
                if (i >= text.n || text.p[i] < '0' || text.p[i] > '9')
                        return false;
        return true;
}

/* "Z", "+05:30" */
static int read_zone(struct bw_str zone, int64_t *ret)
{
        int hours;
        int minutes;

        *ret = 0;
        if (bw_str_is(zone, "Z"))
                return 0;
        if (zone.n != 6 || (zone.p[0] != '+' && zone.p[0] != '-') || zone.p[3] != ':' || !is_digits(zone, 1, 2) ||
            !is_digits(zone, 4, 2))
                return -EINVAL;
        hours = number(zone, 1, 2);
        minutes = number(zone, 4, 2);
        if (hours > 23 || minutes > 59)
                return -EINVAL;
        *ret = (int64_t)(hours * 3600 + minutes * 60) * (zone.p[0] == '-' ? -1 : 1);
        return 0;
}

int bw_time_parse_zone(struct bw_str text, int64_t *ret)
{
        const size_t seconds_n = 19; /* "2026-11-21T15:04:05" */
        char utc[BW_TIME_TEXT];
        struct bw_str rest;
        int64_t seconds;
        int64_t zone;
        size_t n = 0;

        if (text.n <= seconds_n)
                return -EINVAL;
        (void)snprintf(utc, sizeof(utc), "%.*sZ", (int)seconds_n, text.p);
        rest = bw_str_rest(text, seconds_n);
        if (rest.p[0] == '.') {
                while (is_digits(rest, n + 1, 1))
                        n++;
                if (n == 0)
                        return -EINVAL;
                rest = bw_str_rest(rest, n + 1);
        }
        if (bw_time_parse(bw_str(utc), &seconds) < 0 || read_zone(rest, &zone) < 0)
                return -EINVAL;
        *ret = seconds - zone;
        return 0;
}
