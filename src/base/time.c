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
