/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/gotext_internal.h"

#include "base/arena.h"
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

void gotext_quote(struct bw_buf *out, struct bw_str s)
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

void gotext_invalid(struct bw_buf *out, const char *path, struct bw_str value, const char *detail)
{
        bw_buf_printf(out, "%s: Invalid value: ", path);
        gotext_quote(out, value);
        bw_buf_printf(out, ": %s", detail);
}

void gotexts_add(struct gotexts *texts, struct bw_str text)
{
        if (texts->status == 0 && texts->n == texts->cap) {
                size_t cap = texts->cap ? texts->cap * 2 : 8;
                struct bw_str *items = bw_arena_array(texts->arena, cap, sizeof(*items));

                if (!items) {
                        texts->status = -ENOMEM;
                        return;
                }
                if (texts->n)
                        memcpy(items, texts->items, texts->n * sizeof(*items));
                texts->items = items;
                texts->cap = cap;
        }
        if (texts->status < 0)
                return;
        texts->items[texts->n] = bw_arena_str(texts->arena, text);
        if (!texts->items[texts->n].p)
                texts->status = -ENOMEM;
        else
                texts->n++;
}

void gotexts_take(struct gotexts *texts, struct bw_buf *buf)
{
        if (bw_buf_status(buf) < 0)
                texts->status = -ENOMEM;
        else
                gotexts_add(texts, bw_buf_view(buf));
        bw_buf_clear(buf);
}

int textset_new(struct textset *set, struct bw_arena *arena, size_t n)
{
        set->mask = 1;
        while (set->mask < n * 2)
                set->mask = set->mask * 2 + 1;
        set->slots = bw_arena_zalloc(arena, (set->mask + 1) * sizeof(set->slots[0]));
        return set->slots ? 0 : -ENOMEM;
}

bool textset_add(struct textset *set, const struct bw_str *text)
{
        uint64_t hash = 14695981039346656037u;
        size_t i;

        for (size_t k = 0; k < text->n; k++)
                hash = (hash ^ (uint8_t)text->p[k]) * 1099511628211u;
        for (i = hash & set->mask; set->slots[i]; i = (i + 1) & set->mask)
                if (bw_str_eq(*set->slots[i], *text))
                        return true;
        set->slots[i] = text;
        return false;
}

int gotexts_aggregate(const struct gotexts *texts, struct bw_buf *out)
{
        bw_auto_done(bw_buf_done) struct bw_buf list = {0};
        struct textset seen;
        size_t n = 0;

        if (textset_new(&seen, texts->arena, texts->n) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < texts->n; i++) {
                if (textset_add(&seen, &texts->items[i]))
                        continue;
                bw_buf_puts(&list, n++ ? ", " : "");
                bw_buf_str(&list, texts->items[i]);
        }
        bw_buf_puts(out, n > 1 ? "[" : "");
        bw_buf_str(out, bw_buf_view(&list));
        bw_buf_puts(out, n > 1 ? "]" : "");
        return bw_buf_status(&list) < 0 ? -ENOMEM : 0;
}
