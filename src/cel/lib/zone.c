/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones from TZif files: the offset at a time, from the table of changes and, past its end, from the rule in the
 * file's last line. Nothing is kept between calls: a lookup reads the header and searches the table in place.
 * Source: RFC 8536 (versions 1 to 3), RFC 9636 (version 4); POSIX TZ for the last line.
 */
#include "cel/lib/time_internal.h"

#define HEADER 44

static uint32_t be32(const char *p)
{
        const unsigned char *b = (const unsigned char *)p;

        return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int64_t be64(const char *p)
{
        return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

struct block {
        const char *times; /* n_times of time_size bytes */
        const char *kinds; /* n_times bytes: index of a type */
        const char *types; /* n_types of 6 bytes: offset, is daylight saving, name */
        size_t n_times;
        size_t n_types;
        size_t time_size;
};

/* Reads a header and steps over its data. */
static int read_block(struct bw_str *s, size_t time_size, struct block *ret, char *ret_version)
{
        size_t n[6]; /* universal/local flags, standard/wall flags, leap seconds, times, types, name characters */
        size_t size;

        if (s->n < HEADER || memcmp(s->p, "TZif", 4) != 0)
                return -EINVAL;
        *ret_version = s->p[4];
        for (size_t i = 0; i < 6; i++)
                n[i] = be32(s->p + 20 + i * 4);
        /* 32-bit counts times small sizes fit in 64 bits. */
        size = n[3] * (time_size + 1) + n[4] * 6 + n[5] + n[2] * (time_size + 4) + n[1] + n[0];
        if (size > s->n - HEADER)
                return -EINVAL;
        *ret = (struct block){
                .times = s->p + HEADER,
                .kinds = s->p + HEADER + n[3] * time_size,
                .types = s->p + HEADER + n[3] * (time_size + 1),
                .n_times = n[3],
                .n_types = n[4],
                .time_size = time_size,
        };
        *s = bw_str_n(s->p + HEADER + size, s->n - HEADER - size);
        return 0;
}

static int64_t time_at(const struct block *b, size_t i)
{
        return b->time_size == 8 ? be64(b->times + i * 8) : (int32_t)be32(b->times + i * 4);
}

static int64_t type_offset(const struct block *b, size_t type)
{
        return (int32_t)be32(b->types + (type < b->n_types ? type : 0) * 6);
}

/* Before the first change the first type that is no daylight saving time is in use. */
static int64_t first_offset(const struct block *b)
{
        for (size_t i = 0; i < b->n_types; i++)
                if (b->types[i * 6 + 4] == 0)
                        return type_offset(b, i);
        return type_offset(b, 0);
}

/* ---- the rule in the last line: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool skip(struct bw_str *s, char c)
{
        if (s->n == 0 || s->p[0] != c)
                return false;
        *s = bw_str_n(s->p + 1, s->n - 1);
        return true;
}

static int number(struct bw_str *s, int min, int max, int *ret)
{
        int value = 0;
        size_t i = 0;

        for (; i < s->n && is_digit(s->p[i]); i++) {
                value = value * 10 + (s->p[i] - '0');
                if (value > max)
                        return -EINVAL;
        }
        if (i == 0 || value < min)
                return -EINVAL;
        *s = bw_str_n(s->p + i, s->n - i);
        *ret = value;
        return 0;
}

/* A name of three or more letters, or anything in angle brackets. */
static int zone_name(struct bw_str *s)
{
        size_t i = 0;

        if (skip(s, '<')) {
                const char *end = memchr(s->p, '>', s->n);

                if (!end)
                        return -EINVAL;
                i = (size_t)(end - s->p) + 1;
        } else {
                while (i < s->n && s->p[i] != ',' && s->p[i] != '+' && s->p[i] != '-' && !is_digit(s->p[i]))
                        i++;
                if (i < 3)
                        return -EINVAL;
        }
        *s = bw_str_n(s->p + i, s->n - i);
        return 0;
}

/* [+-]hh[:mm[:ss]], up to a week's hours. */
static int clock_time(struct bw_str *s, int64_t *ret)
{
        bool negative = s->n > 0 && s->p[0] == '-';
        int part[3] = {0};

        if (!skip(s, '-'))
                (void)skip(s, '+');
        if (number(s, 0, 24 * 7, &part[0]) < 0 || (skip(s, ':') && number(s, 0, 59, &part[1]) < 0) ||
            (skip(s, ':') && number(s, 0, 59, &part[2]) < 0))
                return -EINVAL;
        *ret = part[0] * 3600 + part[1] * 60 + part[2];
        if (negative)
                *ret = -*ret;
        return 0;
}

struct change {
        char kind; /* 'J': day 1 to 365 without 29 February; 'D': day 0 to 365; 'M': month, week, weekday */
        int day;
        int week;
        int month;
        int64_t time; /* seconds after midnight */
};

static int read_change(struct bw_str *s, struct change *ret)
{
        *ret = (struct change){.kind = 'D', .time = 2 * 3600};
        if (skip(s, 'J')) {
                ret->kind = 'J';
                if (number(s, 1, 365, &ret->day) < 0)
                        return -EINVAL;
        } else if (skip(s, 'M')) {
                ret->kind = 'M';
                if (number(s, 1, 12, &ret->month) < 0 || !skip(s, '.') || number(s, 1, 5, &ret->week) < 0 ||
                    !skip(s, '.') || number(s, 0, 6, &ret->day) < 0)
                        return -EINVAL;
        } else if (number(s, 0, 365, &ret->day) < 0) {
                return -EINVAL;
        }
        return skip(s, '/') ? clock_time(s, &ret->time) : 0;
}

/* Seconds from the start of the year to the change, on the clock that is in use before it. */
static int64_t change_in(const struct change *c, int64_t year)
{
        int64_t day = c->day;

        if (c->kind == 'J') {
                day -= 1;
                if (bw_time_is_leap(year) && c->day >= 60)
                        day += 1;
        } else if (c->kind == 'M') {
                int64_t first = bw_time_days(year, c->month, 1);
                int weekday = bw_time_civil(first * TIME_DAY).weekday;
                int in_month = (c->day - weekday + 7) % 7 + (c->week - 1) * 7;

                if (in_month >= bw_time_days_in(year, c->month))
                        in_month -= 7;
                day = first - bw_time_days(year, 1, 1) + in_month;
        }
        return day * TIME_DAY + c->time;
}

static int rule_offset(struct bw_str s, int64_t seconds, int64_t *ret)
{
        struct change start;
        struct change end;
        int64_t standard;
        int64_t summer;
        int64_t year;
        int64_t now;
        int64_t begin;
        int64_t stop;
        bool is_summer;

        /* POSIX counts offsets westward. */
        if (zone_name(&s) < 0 || clock_time(&s, &standard) < 0)
                return -EINVAL;
        standard = -standard;
        *ret = standard;
        if (s.n == 0)
                return 0;
        if (zone_name(&s) < 0)
                return -EINVAL;
        summer = -standard - 3600;
        if (s.n > 0 && s.p[0] != ',' && clock_time(&s, &summer) < 0)
                return -EINVAL;
        summer = -summer;
        if (!skip(&s, ',') || read_change(&s, &start) < 0 || !skip(&s, ',') || read_change(&s, &end) < 0 || s.n > 0)
                return -EINVAL;
        year = bw_time_civil(seconds + standard).year;
        now = seconds - bw_time_days(year, 1, 1) * TIME_DAY;
        begin = change_in(&start, year) - standard;
        stop = change_in(&end, year) - summer;
        is_summer = begin <= stop ? now >= begin && now < stop : now >= begin || now < stop;
        *ret = is_summer ? summer : standard;
        return 0;
}

int bw_zone_offset(struct bw_str tzif, int64_t seconds, int64_t *ret)
{
        struct block b;
        char version;
        size_t low = 0;
        size_t high;

        if (read_block(&tzif, 4, &b, &version) < 0)
                return -EINVAL;
        if (version >= '2' && read_block(&tzif, 8, &b, &version) < 0)
                return -EINVAL;
        if (b.n_types == 0)
                return -EINVAL;
        high = b.n_times;
        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (time_at(&b, middle) <= seconds)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == b.n_times && version >= '2' && tzif.n > 2 && tzif.p[0] == '\n') {
                struct bw_str line = bw_str_n(tzif.p + 1, tzif.n - 1);
                struct bw_str rule;

                if (bw_str_split(&line, '\n', &rule) && rule.n > 0 && rule_offset(rule, seconds, ret) == 0)
                        return 0;
        }
        *ret = low == 0 ? first_offset(&b) : type_offset(&b, (unsigned char)b.kinds[low - 1]);
        return 0;
}
