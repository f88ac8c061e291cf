/* SPDX-License-Identifier: Apache-2.0 */
#include "format/toml.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/tomlplusplus.h"

/* A map or list that is being filled, and where it begins. */
struct level {
        struct bw_map *map; /* NULL: a list */
        struct bw_list *list;
        struct bw_mark *marks;
        struct bw_mark mark;
        uint32_t n;    /* filled */
        uint32_t want;
};

struct reader {
        struct bw_arena *arena;
        struct level levels[BW_LIMIT_TOML_DEPTH];
        size_t depth;
        struct bw_value root;
        struct bw_mark mark;
        int status;
};

static bool finish(struct reader *r, const struct level *l, struct bw_value *ret)
{
        if (l->list) {
                l->list->marks = l->marks;
                *ret = bw_value_list(l->list, l->n);
                return true;
        }
        l->map->marks = l->marks;
        if (bw_map_seal(r->arena, l->map, l->n) < 0) {
                r->status = -ENOMEM;
                return false;
        }
        *ret = bw_value_map(l->map, l->n);
        return true;
}

/* Puts a finished value where it belongs, and all that it completes. */
static bool put(struct reader *r, struct bw_value v, struct bw_mark mark)
{
        while (r->depth) {
                struct level *l = &r->levels[r->depth - 1];

                if (l->list) {
                        l->marks[l->n] = mark;
                        l->list->items[l->n++] = v;
                } else {
                        l->marks[2 * (size_t)l->n + 1] = mark;
                        l->map->entries[l->n++].value = v;
                }
                if (l->n < l->want)
                        return true;
                if (!finish(r, l, &v))
                        return false;
                mark = l->mark;
                r->depth--;
        }
        r->root = v;
        r->mark = mark;
        return true;
}

static bool begin(struct reader *r, bool is_map, size_t want, struct bw_mark mark)
{
        struct level l = {.want = (uint32_t)want, .mark = mark};
        struct bw_value v;

        if (r->depth == BW_LIMIT_TOML_DEPTH) {
                r->status = -E2BIG;
                return false;
        }
        l.marks = bw_arena_array(r->arena, BW_MAX(want, (size_t)1), (is_map ? 2 : 1) * sizeof(*l.marks));
        if (is_map)
                l.map = bw_map_new(r->arena, l.want);
        else
                l.list = bw_list_new(r->arena, l.want);
        if (!l.marks || !(l.map || l.list)) {
                r->status = -ENOMEM;
                return false;
        }
        if (want) {
                r->levels[r->depth++] = l;
                return true;
        }
        return finish(r, &l, &v) && put(r, v, mark);
}

static bool put_text(struct reader *r, const struct bw_toml_event *event, struct bw_mark mark, bool is_key)
{
        struct bw_str text = bw_arena_str(r->arena, bw_str_n(event->text, event->n));
        struct level *l;

        if (!text.p) {
                r->status = -ENOMEM;
                return false;
        }
        if (!is_key)
                return put(r, bw_value_str(text), mark);
        l = &r->levels[r->depth - 1];
        l->map->entries[l->n].key = bw_value_str(text);
        l->marks[2 * (size_t)l->n] = mark;
        return true;
}

static bool take(void *userdata, const struct bw_toml_event *event)
{
        struct reader *r = userdata;
        struct bw_mark mark = {.line = event->line, .column = event->column};

        switch (event->type) {
        case BW_TOML_MAP:
        case BW_TOML_LIST:
                return begin(r, event->type == BW_TOML_MAP, event->n, mark);
        case BW_TOML_KEY:
        case BW_TOML_TEXT:
                return put_text(r, event, mark, event->type == BW_TOML_KEY);
        case BW_TOML_INT:
                return put(r, bw_value_int(event->i), mark);
        case BW_TOML_FLOAT:
                return put(r, bw_value_double(event->d), mark);
        case BW_TOML_BOOL:
                return put(r, bw_value_bool(event->b), mark);
        }
        return false;
}

/* Where a text in quotes that begins at `at` ends: behind its closing quotes, or at the end of its line or of all. */
static size_t quoted_end(struct bw_str text, size_t at)
{
        const char quote = text.p[at];
        const bool is_long = at + 2 < text.n && text.p[at + 1] == quote && text.p[at + 2] == quote;
        const size_t n = is_long ? 3 : 1;

        for (at += n; at < text.n; at++) {
                if (text.p[at] == '\n' && !is_long)
                        return at;
                if (text.p[at] == '\\' && quote == '"' && at + 1 < text.n && text.p[at + 1] != '\n')
                        at++;
                else if (text.p[at] == quote &&
                         (!is_long || (at + 2 < text.n && text.p[at + 1] == quote && text.p[at + 2] == quote)))
                        break;
        }
        at = BW_MIN(at + n, text.n);
        /* Up to two quotes before the three that end it belong to the text. */
        for (size_t more = 0; is_long && more < 2 && at < text.n && text.p[at] == quote; more++)
                at++;
        return at;
}

/*
 * toml++ limits how deep values are nested, but not tables, which a.b.c nests as deep as the key is long: it would use up the
 * stack when it takes them down.
 */
static int check_keys(struct bw_str text, struct bw_error *reterr)
{
        uint32_t line = 1;
        unsigned dots = 0;

        for (size_t i = 0; i < text.n;) {
                const char c = text.p[i];

                if (c == '"' || c == '\'') {
                        size_t end = quoted_end(text, i);

                        for (; i < end; i++)
                                line += text.p[i] == '\n';
                        continue;
                }
                if (c == '#') {
                        const char *newline = memchr(text.p + i, '\n', text.n - i);

                        i = newline ? (size_t)(newline - text.p) : text.n;
                        continue;
                }
                if (c == '.' && ++dots > BW_LIMIT_TOML_DEPTH)
                        return bw_error_at(reterr, -E2BIG, line, 0, "a key has more than %d parts", BW_LIMIT_TOML_DEPTH);
                if (strchr("\n=,{[", c) && c)
                        dots = 0;
                line += c == '\n';
                i++;
        }
        return 0;
}

int bw_toml_read(struct bw_arena *arena, struct bw_str text, struct bw_doc *ret_doc, struct bw_error *reterr)
{
        struct bw_toml_failure failure = {0};
        struct reader r = {.arena = arena};
        int status;

        if (text.n > BW_LIMIT_TOML_BYTES)
                return bw_error_set(reterr, -E2BIG, "is larger than %zu bytes", (size_t)BW_LIMIT_TOML_BYTES);
        status = check_keys(text, reterr);
        if (status < 0)
                return status;
        if (bw_toml_parse(text.p ? text.p : "", text.n, take, &r, &failure)) {
                *ret_doc = (struct bw_doc){.root = r.root, .mark = r.mark, .line = 1, .column = 1, .format = BW_FORMAT_YAML};
                return 0;
        }
        if (r.status == -E2BIG)
                return bw_error_set(reterr, -E2BIG, "tables are nested more than %d deep", BW_LIMIT_TOML_DEPTH);
        if (r.status == -ENOMEM || failure.no_memory)
                return bw_error_nomem(reterr);
        return bw_error_at(reterr, -EINVAL, failure.line, failure.column, "no TOML: %s", failure.message);
}
