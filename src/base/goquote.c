/* SPDX-License-Identifier: Apache-2.0 */
#include "base/goquote.h"

#include "base/utf8.h"

static const struct {
        char c;
        const char *text;
} escapes[] = {{'\a', "\\a"}, {'\b', "\\b"}, {'\f', "\\f"}, {'\n', "\\n"}, {'\r', "\\r"},
               {'\t', "\\t"}, {'\v', "\\v"}, {'\\', "\\\\"}, {'"', "\\\""}};

/* Code points that Go does not print: controls, separators other than the blank, surrogates, private use. */
static bool is_printable(uint32_t rune)
{
        static const struct {
                uint32_t from;
                uint32_t to;
        } hidden[] = {{0x7f, 0xa0}, {0xad, 0xad}, {0x61c, 0x61c}, {0x1680, 0x1680}, {0x2000, 0x200f}, {0x2028, 0x202f},
                      {0x205f, 0x206f}, {0x3000, 0x3000}, {0xd800, 0xf8ff}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb},
                      {0xfffe, 0xffff}, {0xe0000, 0x10ffff}};

        for (size_t i = 0; i < BW_ARRAY_SIZE(hidden); i++)
                if (rune >= hidden[i].from && rune <= hidden[i].to)
                        return false;
        return rune >= 0x20;
}

static void quote_rune(struct bw_buf *out, struct bw_str bytes, uint32_t rune)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(escapes); i++) {
                if (rune == (uint32_t)escapes[i].c) {
                        bw_buf_puts(out, escapes[i].text);
                        return;
                }
        }
        if (rune == BW_RUNE_ERROR && bytes.n == 1)
                bw_buf_printf(out, "\\x%02x", (unsigned char)bytes.p[0]);
        else if (is_printable(rune))
                bw_buf_str(out, bytes);
        else if (rune < 0x20 || rune == 0x7f)
                bw_buf_printf(out, "\\x%02x", rune);
        else
                bw_buf_printf(out, rune < 0x10000 ? "\\u%04x" : "\\U%08x", rune);
}

void bw_buf_go_quote(struct bw_buf *out, struct bw_str s)
{
        bw_buf_char(out, '"');
        while (s.n) {
                uint32_t rune;
                size_t n = bw_utf8_decode(s, &rune);

                quote_rune(out, bw_str_n(s.p, n), rune);
                s = bw_str_n(s.p + n, s.n - n);
        }
        bw_buf_char(out, '"');
}
