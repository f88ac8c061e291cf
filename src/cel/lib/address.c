/* SPDX-License-Identifier: Apache-2.0 */
/* IP addresses as text. */
#include "cel/lib/address_internal.h"

/* Four numbers up to 255 without leading zeros. */
static int parse_v4(struct bw_str s, uint8_t out[4], const char **ret_why)
{
        size_t fields = 0;
        unsigned value = 0;
        size_t digits = 0;

        *ret_why = "an IPv4 address has four numbers up to 255, without leading zeros";
        for (size_t i = 0; i <= s.n; i++) {
                if (i == s.n || s.p[i] == '.') {
                        if (digits == 0 || fields == 4)
                                return -EINVAL;
                        out[fields++] = (uint8_t)value;
                        value = 0;
                        digits = 0;
                } else if (s.p[i] >= '0' && s.p[i] <= '9') {
                        if (digits > 0 && value == 0)
                                return -EINVAL;
                        value = value * 10 + (unsigned)(s.p[i] - '0');
                        if (value > 255)
                                return -EINVAL;
                        digits++;
                } else {
                        return -EINVAL;
                }
        }
        return fields == 4 ? 0 : -EINVAL;
}

static int hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
                return (c | 0x20) - 'a' + 10;
        return -1;
}

/* One group of up to four hexadecimal digits; returns how many. */
static size_t parse_group(struct bw_str s, unsigned *ret)
{
        size_t n = 0;

        *ret = 0;
        while (n < s.n && n < 5) {
                int digit = hex_digit(s.p[n]);

                if (digit < 0)
                        break;
                *ret = *ret << 4 | (unsigned)digit;
                n++;
        }
        return n;
}

/* Groups between colons; one "::" stands for the missing ones; the last four bytes may be an IPv4 address. */
static int parse_v6(struct bw_str s, uint8_t out[16], const char **ret_why)
{
        size_t filled = 0;
        size_t gap = SIZE_MAX;
        size_t i = 0;

        *ret_why = "an IPv6 address has eight groups of up to four hexadecimal digits, or fewer and one \"::\"";
        if (s.n >= 2 && s.p[0] == ':' && s.p[1] == ':') {
                gap = 0;
                i = 2;
        }
        while (i < s.n && filled < 16) {
                unsigned group;
                size_t digits = parse_group(bw_str_n(s.p + i, s.n - i), &group);

                if (digits == 0 || digits > 4)
                        return -EINVAL;
                if (i + digits < s.n && s.p[i + digits] == '.') {
                        if (filled > 12 || (gap == SIZE_MAX && filled != 12) ||
                            parse_v4(bw_str_n(s.p + i, s.n - i), out + filled, ret_why) < 0)
                                return -EINVAL;
                        filled += 4;
                        i = s.n;
                        break;
                }
                out[filled++] = (uint8_t)(group >> 8);
                out[filled++] = (uint8_t)group;
                i += digits;
                if (i == s.n)
                        break;
                if (s.p[i] != ':' || i + 1 == s.n)
                        return -EINVAL;
                i++;
                if (s.p[i] == ':') {
                        if (gap != SIZE_MAX)
                                return -EINVAL;
                        gap = filled;
                        i++;
                }
        }
        if (i < s.n || (filled == 16 && gap != SIZE_MAX) || (filled < 16 && gap == SIZE_MAX))
                return -EINVAL;
        if (filled < 16) {
                memmove(out + gap + 16 - filled, out + gap, filled - gap);
                memset(out + gap, 0, 16 - filled);
        }
        return 0;
}

int bw_address_parse(struct bw_str text, struct bw_address *ret, const char **ret_why)
{
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        struct bw_address a = {.size = 4};

        for (size_t i = 0; i < text.n; i++) {
                if (text.p[i] == '.') {
                        if (parse_v4(text, a.bytes, ret_why) < 0)
                                return -EINVAL;
                        *ret = a;
                        return 0;
                }
                if (text.p[i] == ':' || text.p[i] == '%')
                        break;
        }
        if (text.n > 0 && memchr(text.p, '%', text.n)) {
                *ret_why = "a zone is not allowed";
                return -EINVAL;
        }
        a.size = 16;
        if (parse_v6(text, a.bytes, ret_why) < 0)
                return -EINVAL;
        if (memcmp(a.bytes, mapped, sizeof(mapped)) == 0) {
                *ret_why = "an IPv4-mapped IPv6 address is not allowed";
                return -EINVAL;
        }
        *ret = a;
        return 0;
}

static size_t put_number(char *out, unsigned value)
{
        size_t n = value >= 100 ? 3 : value >= 10 ? 2 : 1;

        for (size_t i = n; i-- > 0; value /= 10)
                out[i] = (char)('0' + value % 10);
        return n;
}

static size_t put_hex(char *out, unsigned value)
{
        size_t n = value >= 0x1000 ? 4 : value >= 0x100 ? 3 : value >= 0x10 ? 2 : 1;

        for (size_t i = n; i-- > 0; value >>= 4)
                out[i] = "0123456789abcdef"[value & 15];
        return n;
}

size_t bw_address_format(const struct bw_address *a, char out[BW_ADDRESS_TEXT])
{
        unsigned groups[8];
        size_t gap = 8;
        size_t gap_end = 8;
        size_t n = 0;

        if (a->size == 4) {
                for (size_t i = 0; i < 4; i++) {
                        if (i > 0)
                                out[n++] = '.';
                        n += put_number(out + n, a->bytes[i]);
                }
                return n;
        }
        for (size_t i = 0; i < 8; i++)
                groups[i] = (unsigned)a->bytes[i * 2] << 8 | a->bytes[i * 2 + 1];
        /* The first of the longest runs of two or more zero groups becomes "::". */
        for (size_t i = 0; i < 8; i++) {
                size_t end = i;

                while (end < 8 && groups[end] == 0)
                        end++;
                if (end - i >= 2 && end - i > gap_end - gap) {
                        gap = i;
                        gap_end = end;
                }
        }
        for (size_t i = 0; i < 8; i++) {
                if (i == gap) {
                        out[n++] = ':';
                        out[n++] = ':';
                        i = gap_end;
                        if (i >= 8)
                                break;
                } else if (i > 0) {
                        out[n++] = ':';
                }
                n += put_hex(out + n, groups[i]);
        }
        return n;
}
