/* SPDX-License-Identifier: Apache-2.0 */
#include "format/gotext.h"

#include "base/arena.h"

int bw_go_bool(struct bw_str text, bool *ret)
{
        static const char *const words[2][6] = {
                {"0", "f", "F", "FALSE", "false", "False"},
                {"1", "t", "T", "TRUE", "true", "True"},
        };

        for (size_t v = 0; v < 2; v++)
                for (size_t i = 0; i < BW_ARRAY_SIZE(words[v]); i++)
                        if (bw_str_is(text, words[v][i])) {
                                *ret = v == 1;
                                return 0;
                        }
        return -EINVAL;
}

static int digit_of(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return 99;
}

/* The base that the beginning says; takes it off. *ret_prefixed: an underscore may follow at once. */
static unsigned take_base(struct bw_str *text, bool *ret_prefixed)
{
        *ret_prefixed = false;
        if (text->n < 2 || text->p[0] != '0')
                return 10;
        *ret_prefixed = true;
        if (text->n >= 3) {
                unsigned base = text->p[1] == 'x' || text->p[1] == 'X' ? 16
                                : text->p[1] == 'o' || text->p[1] == 'O' ? 8
                                : text->p[1] == 'b' || text->p[1] == 'B' ? 2
                                                                         : 0;

                if (base) {
                        *text = bw_str_rest(*text, 2);
                        return base;
                }
        }
        *text = bw_str_rest(*text, 1);
        return 8;
}

int bw_go_uint(struct bw_str text, uint64_t *ret)
{
        bool after_digit; /* a base prefix counts: 0x_1f is a number */
        unsigned base = take_base(&text, &after_digit);
        uint64_t v = 0;

        if (text.n == 0)
                return -EINVAL;
        for (size_t i = 0; i < text.n; i++) {
                int d = digit_of(text.p[i]);

                if (text.p[i] == '_' && after_digit && i + 1 < text.n) {
                        after_digit = false;
                        continue;
                }
                if (d >= (int)base)
                        return -EINVAL;
                if (v > (UINT64_MAX - (uint64_t)d) / base)
                        return -ERANGE;
                v = v * base + (uint64_t)d;
                after_digit = true;
        }
        *ret = v;
        return 0;
}

int bw_go_int(struct bw_str text, int64_t *ret)
{
        bool minus = text.n && text.p[0] == '-';
        uint64_t v;
        int r;

        if (text.n && (minus || text.p[0] == '+'))
                text = bw_str_rest(text, 1);
        if (text.n && (text.p[0] == '-' || text.p[0] == '+'))
                return -EINVAL;
        r = bw_go_uint(text, &v);
        if (r < 0)
                return r;
        if (v > (uint64_t)INT64_MAX + (minus ? 1 : 0))
                return -ERANGE;
        *ret = minus ? (int64_t)(0 - v) : (int64_t)v;
        return 0;
}

static const struct {
        const char *name;
        uint64_t nanoseconds;
} units[] = {
        {"ns", 1}, {"us", 1000}, {"\xc2\xb5s", 1000}, {"\xce\xbcs", 1000}, {"ms", 1000000},
        {"s", 1000000000}, {"m", 60ULL * 1000000000}, {"h", 3600ULL * 1000000000},
};

static uint64_t unit_of(struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(units); i++)
                if (bw_str_is(name, units[i].name))
                        return units[i].nanoseconds;
        return 0;
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* One "1.5h" from the front of text, added to *sum. */
static int take_part(struct bw_str *text, uint64_t *sum)
{
        uint64_t whole = 0;
        double fraction = 0;
        double scale = 0.1;
        uint64_t unit;
        size_t i = 0;
        size_t digits = 0;
        size_t from;

        for (; i < text->n && is_digit(text->p[i]); i++, digits++) {
                if (whole > (uint64_t)INT64_MAX / 10)
                        return -ERANGE;
                whole = whole * 10 + (uint64_t)(text->p[i] - '0');
        }
        if (i < text->n && text->p[i] == '.')
                for (i++; i < text->n && is_digit(text->p[i]); i++, digits++, scale /= 10)
                        fraction += scale * (text->p[i] - '0');
        from = i;
        while (i < text->n && text->p[i] != '.' && !is_digit(text->p[i]))
                i++;
        unit = unit_of(bw_str_n(text->p + from, i - from));
        if (!digits || !unit)
                return -EINVAL;
        if (whole > ((uint64_t)1 << 63) / unit)
                return -ERANGE;
        *sum += whole * unit + (uint64_t)(fraction * (double)unit + 0.5);
        *text = bw_str_rest(*text, i);
        return *sum > (uint64_t)1 << 63 ? -ERANGE : 0;
}

int bw_go_duration(struct bw_str text, int64_t *ret)
{
        bool minus = text.n && text.p[0] == '-';
        uint64_t sum = 0;
        int r = 0;

        if (text.n && (minus || text.p[0] == '+'))
                text = bw_str_rest(text, 1);
        if (text.n == 0)
                return -EINVAL;
        if (bw_str_is(text, "0")) {
                *ret = 0;
                return 0;
        }
        while (r == 0 && text.n)
                r = take_part(&text, &sum);
        if (r < 0)
                return r;
        if (sum > (uint64_t)INT64_MAX + (minus ? 1 : 0))
                return -ERANGE;
        *ret = minus ? (int64_t)(0 - sum) : (int64_t)sum;
        return 0;
}

/* A number of whole units and nine digits after the point at most, without zeros at the end: "1.5". */
static int put_decimal(char *out, size_t size, uint64_t whole, uint64_t rest, int digits)
{
        int n = snprintf(out, size, "%" PRIu64, whole);

        if (rest == 0)
                return n;
        n += snprintf(out + n, size - (size_t)n, ".%0*" PRIu64, digits, rest);
        while (out[n - 1] == '0')
                n--;
        out[n] = '\0';
        return n;
}

struct bw_str bw_go_duration_text(struct bw_arena *arena, int64_t nanoseconds)
{
        uint64_t u = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
        uint64_t seconds = u / 1000000000;
        char number[48];
        const char *sign = nanoseconds < 0 ? "-" : "";

        if (u == 0)
                return bw_arena_str(arena, BW_STR("0s"));
        if (u < 1000)
                return bw_arena_printf(arena, "%s%" PRIu64 "ns", sign, u);
        if (u < 1000000) {
                put_decimal(number, sizeof(number), u / 1000, u % 1000, 3);
                return bw_arena_printf(arena, "%s%s\xc2\xb5s", sign, number);
        }
        if (u < 1000000000) {
                put_decimal(number, sizeof(number), u / 1000000, u % 1000000, 6);
                return bw_arena_printf(arena, "%s%sms", sign, number);
        }
        put_decimal(number, sizeof(number), seconds % 60, u % 1000000000, 9);
        if (seconds < 60)
                return bw_arena_printf(arena, "%s%ss", sign, number);
        if (seconds < 3600)
                return bw_arena_printf(arena, "%s%" PRIu64 "m%ss", sign, seconds / 60, number);
        return bw_arena_printf(arena, "%s%" PRIu64 "h%" PRIu64 "m%ss", sign, seconds / 3600, seconds / 60 % 60, number);
}
