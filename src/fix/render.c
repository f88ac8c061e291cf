/* SPDX-License-Identifier: Apache-2.0 */
#include "fix/fix_internal.h"

void render_newline(struct bw_buf *out, const struct render *how, size_t indent)
{
        bw_buf_puts(out, how->crlf ? "\r\n" : "\n");
        bw_buf_fill(out, ' ', indent);
}

/* Words that YAML 1.1 or 1.2 reads as something else than text. */
static bool is_reserved(struct bw_str s)
{
        static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "inf", "nan"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(words); i++)
                if (s.n == strlen(words[i]) && strncasecmp(s.p, words[i], s.n) == 0)
                        return true;
        return false;
}

/* Text that needs no quotes: a letter first, then letters, digits and a few signs that mean nothing to YAML there. */
static bool is_plain(struct bw_str s)
{
        if (s.n == 0 || is_reserved(s))
                return false;
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

                if (!letter && (i == 0 ? c != '/' : !strchr("0123456789_./-", c)))
                        return false;
        }
        return true;
}

static void render_text(struct bw_buf *out, const struct render *how, struct bw_str s)
{
        if (!how->json && is_plain(s))
                bw_buf_str(out, s);
        else
                bw_buf_json(out, s);
}

void render_key(struct bw_buf *out, const struct render *how, struct bw_value key)
{
        render_text(out, how, bw_value_text(key));
}

static void render_members(struct bw_buf *out, const struct render *how, struct bw_value v)
{
        for (uint32_t i = 0; i < v.n; i++) {
                if (i)
                        bw_buf_puts(out, ", ");
                if (v.type == BW_LIST) {
                        render_inline(out, how, v.list->items[i]);
                        continue;
                }
                render_key(out, how, v.map->entries[i].key);
                bw_buf_puts(out, ": ");
                render_inline(out, how, v.map->entries[i].value);
        }
}

void render_inline(struct bw_buf *out, const struct render *how, struct bw_value v)
{
        if (v.type == BW_STRING) {
                render_text(out, how, bw_value_text(v));
        } else if (v.type == BW_LIST || v.type == BW_MAP) {
                bw_buf_char(out, v.type == BW_LIST ? '[' : '{');
                render_members(out, how, v);
                bw_buf_char(out, v.type == BW_LIST ? ']' : '}');
        } else {
                bw_value_json(out, v, 0);
        }
}

static bool is_block_map(struct bw_value v)
{
        return v.type == BW_MAP && v.n > 0;
}

static bool has_maps(struct bw_value v)
{
        for (uint32_t i = 0; v.type == BW_LIST && i < v.n; i++)
                if (is_block_map(v.list->items[i]))
                        return true;
        return false;
}

void render_items(struct bw_buf *out, const struct render *how, struct bw_value list, size_t indent)
{
        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value item = list.list->items[i];

                if (i)
                        render_newline(out, how, indent);
                bw_buf_puts(out, "- ");
                if (!is_block_map(item)) {
                        render_inline(out, how, item);
                        continue;
                }
                for (uint32_t k = 0; k < item.n; k++) {
                        if (k)
                                render_newline(out, how, indent + 2);
                        render_entry(out, how, item.map->entries[k].key, item.map->entries[k].value, indent + 2);
                }
        }
}

void render_entry(struct bw_buf *out, const struct render *how, struct bw_value key, struct bw_value v, size_t indent)
{
        render_key(out, how, key);
        bw_buf_char(out, ':');
        if (is_block_map(v)) {
                for (uint32_t i = 0; i < v.n; i++) {
                        render_newline(out, how, indent + 2);
                        render_entry(out, how, v.map->entries[i].key, v.map->entries[i].value, indent + 2);
                }
        } else if (has_maps(v)) {
                render_newline(out, how, indent + 2);
                render_items(out, how, v, indent + 2);
        } else {
                bw_buf_char(out, ' ');
                render_inline(out, how, v);
        }
}
