/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

int bw_str_cmp(struct bw_str a, struct bw_str b)
{
        size_t n = BW_MIN(a.n, b.n);
        int r = n ? memcmp(a.p, b.p, n) : 0;

        if (r != 0)
                return r;
        return (a.n > b.n) - (a.n < b.n);
}

bool bw_str_starts(struct bw_str s, struct bw_str prefix)
{
        return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool bw_str_ends(struct bw_str s, struct bw_str suffix)
{
        return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

size_t bw_str_find(struct bw_str s, struct bw_str needle)
{
        const char *at;

        if (needle.n == 0)
                return 0;
        if (needle.n > s.n)
                return SIZE_MAX;
        at = memmem(s.p, s.n, needle.p, needle.n);
        return at ? (size_t)(at - s.p) : SIZE_MAX;
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bw_str bw_str_trim(struct bw_str s)
{
        while (s.n && is_blank(s.p[0])) {
                s.p++;
                s.n--;
        }
        while (s.n && is_blank(s.p[s.n - 1]))
                s.n--;
        return s;
}

struct bw_byte_set bw_str_bytes(struct bw_str s)
{
        struct bw_byte_set set = {0};

        for (size_t i = 0; i < s.n; i++) {
                unsigned char c = (unsigned char)s.p[i];

                set.bits[c >> 6] |= UINT64_C(1) << (c & 63);
        }
        return set;
}

bool bw_byte_set_covers(const struct bw_byte_set *set, struct bw_str part)
{
        for (size_t i = 0; i < part.n; i++) {
                unsigned char c = (unsigned char)part.p[i];

                if (!(set->bits[c >> 6] >> (c & 63) & 1))
                        return false;
        }
        return true;
}

bool bw_str_split(struct bw_str *s, char sep, struct bw_str *ret_part)
{
        const char *at;

        if (!s->p)
                return false;
        at = s->n ? memchr(s->p, sep, s->n) : NULL;
        if (!at) {
                *ret_part = *s;
                *s = (struct bw_str){0};
                return true;
        }
        *ret_part = bw_str_n(s->p, (size_t)(at - s->p));
        s->n -= ret_part->n + 1;
        s->p = at + 1;
        return true;
}

int bw_str_to_u64(struct bw_str s, uint64_t *ret)
{
        uint64_t v = 0;

        if (s.n == 0)
                return -EINVAL;
        for (size_t i = 0; i < s.n; i++) {
                unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

                if (digit > 9)
                        return -EINVAL;
                if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, digit, &v))
                        return -ERANGE;
        }
        *ret = v;
        return 0;
}

int bw_str_to_i64(struct bw_str s, int64_t *ret)
{
        bool negative = s.n && s.p[0] == '-';
        uint64_t v;
        int r;

        if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
                s.p++;
                s.n--;
        }
        r = bw_str_to_u64(s, &v);
        if (r < 0)
                return r;
        if (v > (uint64_t)INT64_MAX + (negative ? 1 : 0))
                return -ERANGE;
        *ret = negative ? (int64_t)(0 - v) : (int64_t)v;
        return 0;
}

static bool is_number_text(struct bw_str s)
{
        bool digits = false;
        size_t i = 0;

        if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
                i++;
        for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
                digits = true;
        if (i < s.n && s.p[i] == '.')
                for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
                        digits = true;
        if (!digits)
                return false;
        if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
                i++;
                if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
                        i++;
                if (i == s.n)
                        return false;
                for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
                        ;
        }
        return i == s.n;
}

int bw_str_to_double(struct bw_str s, double *ret)
{
        /* The program never calls setlocale(), so strtod reads the C locale's form. */
        char text[1100];
        size_t n = s.n;
        double d;

        if (!is_number_text(s))
                return -EINVAL;
        if (n >= sizeof(text))
                return -ERANGE;
        memcpy(text, s.p, n);
        text[n] = '\0';
        d = strtod(text, NULL);
        if (__builtin_isinf(d))
                return -ERANGE;
        *ret = d;
        return 0;
}
