/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/lib/lib_internal.h"

/* A quoted text shows escaped: controls, formats, private use, spaces but the plain one, and what is no character. */
static bool is_printable(uint32_t rune)
{
        static const struct {
                uint32_t first, last;
        } hidden[] = {
                {0x00, 0x1f},       {0x7f, 0xa0},       {0xad, 0xad},        {0x600, 0x605},     {0x61c, 0x61c},
                {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},      {0x8e2, 0x8e2},     {0x1680, 0x1680},
                {0x180e, 0x180e},   {0x2000, 0x200f},   {0x2028, 0x202f},    {0x205f, 0x206f},   {0x3000, 0x3000},
                {0xe000, 0xf8ff},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},    {0xfff0, 0xfffb},   {0xfffe, 0xffff},
                {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f},  {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
                {0x1fffe, 0x1ffff}, {0x323b0, 0xe00ff}, {0xe01f0, 0x10ffff},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(hidden) && hidden[i].first <= rune; i++)
                if (rune <= hidden[i].last)
                        return false;
        return true;
}

void bw_lib_put_quoted(struct bw_buf *out, struct bw_str s)
{
        static const char names[128] = {
                ['\a'] = 'a', ['\b'] = 'b', ['\f'] = 'f',  ['\n'] = 'n', ['\r'] = 'r',
                ['\t'] = 't', ['\v'] = 'v', ['\\'] = '\\', ['"'] = '"',
        };

        bw_buf_char(out, '"');
        while (s.n > 0) {
                uint32_t rune;
                size_t len = bw_utf8_decode(s, &rune);

                if (rune < 0x80 && names[rune])
                        bw_buf_printf(out, "\\%c", names[rune]);
                else if (is_printable(rune))
                        bw_buf_put(out, s.p, len);
                else
                        bw_buf_printf(out,
                                      rune < 0x80      ? "\\x%02x"
                                      : rune < 0x10000 ? "\\u%04x"
                                                       : "\\U%08x",
                                      (unsigned)rune);
                s = bw_str_n(s.p + len, s.n - len);
        }
        bw_buf_char(out, '"');
}
