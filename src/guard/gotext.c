/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/gotext_internal.h"

#include "base/arena.h"
#include "base/goquote.h"

void gotext_invalid(struct bw_buf *out, const char *path, struct bw_str value, const char *detail)
{
        bw_buf_printf(out, "%s: Invalid value: ", path);
        bw_buf_go_quote(out, value);
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
