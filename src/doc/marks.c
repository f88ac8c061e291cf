/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/marks_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/utf8.h"
#include "doc/bracket.h"

/*
 * The text was read once, so it is JSON; but of keys that stand twice only the last one's value is there. The value
 * that belongs to what is being passed is looked up by key or number and may be of another shape: every step is
 * checked, and what the last of the equal keys says is written last.
 */

struct level {
        struct bw_value value; /* ABSENT: nothing to mark */
        struct bw_mark *marks;
        uint32_t next; /* list: number of the next item; map: where the next key is expected */
        bool is_map;   /* what stands in the text */
};

struct pass {
        struct bw_arena *arena;
        struct bw_str text;
        size_t at;
        size_t line_start; /* offset of the line's first byte */
        uint32_t line;
        uint32_t column; /* of the line's first byte */
        uint32_t extra;  /* bytes of this line that begin no character */
        struct level *levels;
        size_t n_levels;
        size_t cap_levels;
};

static void pass_done(struct pass *p)
{
        bw_free(p->levels);
}

static struct bw_mark here(const struct pass *p)
{
        return (struct bw_mark){
                .line = p->line,
                .column = p->column + (uint32_t)(p->at - p->line_start) - p->extra,
        };
}

/* Blanks, commas and colons say nothing new. */
static void skip_between(struct pass *p)
{
        for (; p->at < p->text.n; p->at++) {
                char ch = p->text.p[p->at];

                if (ch == '\n') {
                        p->line++;
                        p->line_start = p->at + 1;
                        p->column = 1;
                        p->extra = 0;
                } else if (ch != ' ' && ch != '\t' && ch != '\r' && ch != ',' && ch != ':') {
                        return;
                }
        }
}

/* The string at p->at without its quotes, still escaped. */
static struct bw_str take_string(struct pass *p)
{
        size_t from = p->at + 1;
        size_t end = bw_string_end(p->text, p->at);
        struct bw_str s;

        if (end == SIZE_MAX) {
                p->at = p->text.n;
                return (struct bw_str){.p = ""};
        }
        s = bw_str_n(p->text.p + from, end - 1 - from);
        if (!bw_utf8_is_ascii(s))
                for (size_t i = 0; i < s.n; i++)
                        p->extra += ((unsigned char)s.p[i] & 0xc0) == 0x80;
        p->at = end;
        return s;
}

static void skip_scalar(struct pass *p)
{
        if (p->text.p[p->at] == '"') {
                (void)take_string(p);
                return;
        }
        for (p->at++; p->at < p->text.n && !strchr(" \t\r\n,]}", p->text.p[p->at]); p->at++)
                ;
}

/* Marks of a container, made on first sight. NULL when it has no members or memory is used up. */
static struct bw_mark *marks_of(struct pass *p, struct bw_value v, int *ret_status)
{
        /* The containers were made by the reader in memory that can be written; only users see them as constant. */
        struct bw_map *map = v.type == BW_MAP ? (struct bw_map *)(uintptr_t)v.map : NULL;
        struct bw_list *list = v.type == BW_LIST ? (struct bw_list *)(uintptr_t)v.list : NULL;
        size_t n = v.type == BW_MAP ? (size_t)v.n * 2 : v.n;
        struct bw_mark *marks;

        if (v.n == 0 || (!map && !list))
                return NULL;
        if (map ? map->marks : list->marks)
                return (struct bw_mark *)(uintptr_t)(map ? map->marks : list->marks);
        marks = bw_arena_zalloc(p->arena, n * sizeof(*marks));
        if (!marks)
                *ret_status = -ENOMEM;
        else if (map)
                map->marks = marks;
        else
                list->marks = marks;
        return marks;
}

/* At a bracket, behind which the members of v begin. */
static int enter(struct pass *p, struct bw_value v)
{
        int status = 0;
        struct level *l;

        if (bw_grow(&p->levels, &p->cap_levels, p->n_levels + 1, sizeof(*l)) < 0)
                return -ENOMEM;
        l = &p->levels[p->n_levels++];
        *l = (struct level){.value = v, .is_map = p->text.p[p->at++] == '{'};
        l->marks = marks_of(p, v, &status);
        return status;
}

/* The text of a key with escapes: four hexadecimal digits and the short forms. */
static struct bw_str unescape(struct pass *p, struct bw_str s)
{
        char *out = bw_arena_alloc(p->arena, s.n);
        size_t n = 0;

        if (!out)
                return (struct bw_str){.p = ""};
        for (size_t i = 0; i < s.n; i++) {
                uint32_t rune = 0;
                uint32_t low = 0;

                if (s.p[i] != '\\' || i + 1 >= s.n) {
                        out[n++] = s.p[i];
                        continue;
                }
                i++;
                if (s.p[i] != 'u') {
                        static const char from[] = "bfnrt";
                        static const char to[] = "\b\f\n\r\t";
                        const char *short_form = strchr(from, s.p[i]);

                        out[n++] = short_form ? to[short_form - from] : s.p[i];
                        continue;
                }
                if (i + 4 >= s.n || !bw_json_hex4(s.p + i + 1, &rune))
                        break;
                i += 4;
                if (rune >= 0xd800 && rune < 0xdc00 && i + 6 < s.n && s.p[i + 1] == '\\' && s.p[i + 2] == 'u' &&
                    bw_json_hex4(s.p + i + 3, &low) && low >= 0xdc00 && low < 0xe000) {
                        rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
                        i += 6;
                }
                n += bw_utf8_encode(rune, out + n);
        }
        return bw_str_n(out, n);
}

/* The number of a key in a map; UINT32_MAX when it is not there. */
static uint32_t key_number(struct pass *p, const struct level *l, struct bw_str raw)
{
        const struct bw_entry *e;

        if (l->value.type != BW_MAP || l->value.n == 0)
                return UINT32_MAX;
        if (l->next < l->value.n && bw_str_eq(bw_value_text(l->value.map->entries[l->next].key), raw))
                return l->next;
        if (raw.n && memchr(raw.p, '\\', raw.n))
                raw = unescape(p, raw);
        e = bw_map_find(l->value, bw_value_str(raw));
        return e ? (uint32_t)(e - l->value.map->entries) : UINT32_MAX;
}

/* Takes a key, if there are keys; marks the value that begins then and gives it in *ret. */
static void mark_member(struct pass *p, struct level *l, struct bw_value *ret)
{
        struct bw_mark key = here(p);
        uint32_t i = l->next;

        *ret = (struct bw_value){0};
        if (l->is_map) {
                i = key_number(p, l, take_string(p));
                skip_between(p);
                if (i == UINT32_MAX)
                        return;
                if (l->marks) {
                        l->marks[2 * (size_t)i] = key;
                        l->marks[2 * (size_t)i + 1] = here(p);
                }
                *ret = l->value.map->entries[i].value;
        } else if (l->value.type == BW_LIST && i < l->value.n) {
                if (l->marks)
                        l->marks[i] = here(p);
                *ret = l->value.list->items[i];
        }
        l->next = i + 1;
}

/* One member, or the end of a container. */
static int step(struct pass *p)
{
        struct level *l = &p->levels[p->n_levels - 1];
        struct bw_value v;
        char ch = p->text.p[p->at];

        if (ch == ']' || ch == '}') {
                p->at++;
                p->n_levels--;
                return 0;
        }
        mark_member(p, l, &v);
        if (p->at >= p->text.n)
                return 0;
        ch = p->text.p[p->at];
        if (ch == '{' || ch == '[')
                return enter(p, v);
        skip_scalar(p);
        return 0;
}

int bw_json_marks(struct bw_arena *arena, const struct bw_doc *doc)
{
        bw_auto_done(pass_done) struct pass p = {
                .arena = arena, .text = doc->text, .line = doc->line, .column = doc->column};
        int r = 0;

        skip_between(&p);
        if (p.at < p.text.n && (p.text.p[p.at] == '{' || p.text.p[p.at] == '['))
                r = enter(&p, doc->root);
        while (r == 0 && p.n_levels) {
                skip_between(&p);
                if (p.at >= p.text.n)
                        break;
                r = step(&p);
        }
        return r;
}
