/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

size_t bw_utf8_decode(struct bw_str s, uint32_t *ret_rune)
{
        const unsigned char *p = (const unsigned char *)s.p;
        uint32_t rune;
        size_t len;

        *ret_rune = BW_RUNE_ERROR;
        if (s.n == 0)
                return 0;
        if (p[0] < 0x80) {
                *ret_rune = p[0];
                return 1;
        }
        if (p[0] >= 0xc2 && p[0] < 0xe0) {
                len = 2;
                rune = p[0] & 0x1f;
        } else if ((p[0] & 0xf0) == 0xe0) {
                len = 3;
                rune = p[0] & 0x0f;
        } else if (p[0] >= 0xf0 && p[0] < 0xf5) {
                len = 4;
                rune = p[0] & 0x07;
        } else {
                return 1;
        }
        if (s.n < len)
                return 1;
        for (size_t i = 1; i < len; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return 1;
                rune = rune << 6 | (p[i] & 0x3f);
        }
        if ((len == 3 && (rune < 0x800 || (rune >= 0xd800 && rune < 0xe000))) ||
            (len == 4 && (rune < 0x10000 || rune > 0x10ffff)))
                return 1;
        *ret_rune = rune;
        return len;
}

size_t bw_utf8_encode(uint32_t rune, char out[4])
{
        if (rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000))
                rune = BW_RUNE_ERROR;
        if (rune < 0x80) {
                out[0] = (char)rune;
                return 1;
        }
        if (rune < 0x800) {
                out[0] = (char)(0xc0 | rune >> 6);
                out[1] = (char)(0x80 | (rune & 0x3f));
                return 2;
        }
        if (rune < 0x10000) {
                out[0] = (char)(0xe0 | rune >> 12);
                out[1] = (char)(0x80 | (rune >> 6 & 0x3f));
                out[2] = (char)(0x80 | (rune & 0x3f));
                return 3;
        }
        out[0] = (char)(0xf0 | rune >> 18);
        out[1] = (char)(0x80 | (rune >> 12 & 0x3f));
        out[2] = (char)(0x80 | (rune >> 6 & 0x3f));
        out[3] = (char)(0x80 | (rune & 0x3f));
        return 4;
}

bool bw_utf8_is_ascii(struct bw_str s)
{
        uint64_t words[4];
        uint64_t seen = 0;
        size_t i = 0;

        for (; i + sizeof(words) <= s.n; i += sizeof(words)) {
                memcpy(words, s.p + i, sizeof(words));
                seen |= (words[0] | words[1]) | (words[2] | words[3]);
        }
        for (; i + 8 <= s.n; i += 8) {
                memcpy(words, s.p + i, 8);
                seen |= words[0];
        }
        for (; i < s.n; i++)
                seen |= (unsigned char)s.p[i];
        return (seen & 0x8080808080808080u) == 0;
}

bool bw_utf8_valid(struct bw_str s)
{
        if (bw_utf8_is_ascii(s))
                return true;
        while (s.n) {
                uint32_t rune;
                size_t len = bw_utf8_decode(s, &rune);

                if (rune == BW_RUNE_ERROR && len == 1)
                        return false;
                s.p += len;
                s.n -= len;
        }
        return true;
}

size_t bw_utf8_count(struct bw_str s)
{
        size_t count = 0;

        if (bw_utf8_is_ascii(s))
                return s.n;
        while (s.n) {
                uint32_t rune;
                size_t len = bw_utf8_decode(s, &rune);

                s.p += len;
                s.n -= len;
                count++;
        }
        return count;
}

size_t bw_utf8_offset(struct bw_str s, size_t i)
{
        size_t at = 0;

        while (i-- && at < s.n) {
                uint32_t rune;

                at += bw_utf8_decode(bw_str_n(s.p + at, s.n - at), &rune);
        }
        return at;
}
