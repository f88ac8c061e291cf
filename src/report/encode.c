/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "report/report_internal.h"

/* The length of the prefix that stays as it is. */
static size_t unchanged(const struct bw_encoding *encoding, struct bw_str s)
{
        size_t i = 0;

        while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7f && !encoding->ascii[(unsigned char)s.p[i]])
                i++;
        return i;
}

static void put_rune(struct bw_buf *out, uint32_t rune, struct bw_str bytes)
{
        if (rune == '\t' || rune == '\n' || rune == '\r')
                bw_report_char(out, ' ');
        else if (rune < 0x100 ? bw_rune_is_unsafe(rune) : rune == BW_RUNE_ERROR && bytes.n == 1)
                bw_buf_clean(out, bytes);
        else if (bw_rune_is_unsafe(rune) || (rune & 0xfffe) == 0xfffe)
                bw_buf_printf(out, "\\u{%04X}", (unsigned)rune);
        else
                bw_report_str(out, bytes);
}

void bw_report_encode(struct bw_buf *out, const struct bw_encoding *encoding, struct bw_str s)
{
        while (s.n) {
                size_t n = unchanged(encoding, s);
                uint32_t rune;

                bw_report_put(out, s.p, n);
                s = bw_str_rest(s, n);
                if (s.n == 0)
                        break;
                n = bw_utf8_decode(s, &rune);
                if (rune < 128 && encoding->ascii[rune])
                        bw_report_puts(out, encoding->ascii[rune]);
                else
                        put_rune(out, rune, bw_str_n(s.p, n));
                s = bw_str_rest(s, n);
        }
}

static bool is_uri_plain(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
               c == '.' || c == '_' || c == '~';
}

void bw_report_uri(struct bw_buf *out, struct bw_str file)
{
        static const char digits[] = "0123456789ABCDEF";

        while (bw_str_starts(file, BW_STR("./")))
                file = bw_str_rest(file, 2);
        if (bw_str_starts(file, BW_STR("/")))
                bw_report_puts(out, "file://");
        for (size_t i = 0; i < file.n; i++) {
                unsigned char c = (unsigned char)file.p[i];

                if (is_uri_plain(file.p[i])) {
                        bw_report_char(out, file.p[i]);
                        continue;
                }
                bw_report_char(out, '%');
                bw_report_char(out, digits[c >> 4]);
                bw_report_char(out, digits[c & 15]);
        }
}

void bw_report_resource(struct bw_buf *out, const struct bw_encoding *encoding, const struct bw_resource *resource)
{
        bw_report_encode(out, encoding, resource->kind.n ? resource->kind : BW_STR("Document"));
        if (resource->name.n || resource->ns.n)
                bw_report_char(out, ' ');
        if (resource->ns.n) {
                bw_report_encode(out, encoding, resource->ns);
                bw_report_encode(out, encoding, BW_STR("/"));
        }
        bw_report_encode(out, encoding, resource->name);
}
