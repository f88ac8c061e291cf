/* SPDX-License-Identifier: Apache-2.0 */
#include "value/path.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"

/* A name that may stand after a dot. Dots, brackets, quotes and blanks need ['…']. */
static bool is_plain_char(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '$';
}

struct parser {
        struct bw_str text;
        size_t at;
        struct bw_error *reterr;
};

static int fail(struct parser *p, const char *why)
{
        return bw_error_at(p->reterr, -EINVAL, 1, (uint32_t)p->at + 1, "%s in path \"%.*s\"", why, BW_STR_ARG(p->text));
}

static int parse_name(struct parser *p, struct bw_segment *seg)
{
        size_t start = p->at;

        while (p->at < p->text.n && is_plain_char(p->text.p[p->at]))
                p->at++;
        if (p->at == start)
                return fail(p, "expected a field name");
        seg->kind = BW_SEGMENT_KEY;
        seg->key = bw_value_str(bw_str_n(p->text.p + start, p->at - start));
        return 0;
}

/* After '['. */
static int parse_bracket(struct parser *p, struct bw_segment *seg)
{
        struct bw_str rest = bw_str_n(p->text.p + p->at, p->text.n - p->at);
        const char *end;
        uint64_t index;

        if (rest.n && (rest.p[0] == '\'' || rest.p[0] == '"')) {
                end = memchr(rest.p + 1, rest.p[0], rest.n - 1);
                if (!end)
                        return fail(p, "quote without end");
                seg->kind = BW_SEGMENT_KEY;
                seg->key = bw_value_str(bw_str_n(rest.p + 1, (size_t)(end - rest.p) - 1));
                p->at += (size_t)(end - rest.p) + 1;
        } else if (rest.n && rest.p[0] == '*') {
                seg->kind = BW_SEGMENT_EACH;
                p->at++;
        } else {
                end = rest.n ? memchr(rest.p, ']', rest.n) : NULL;
                if (!end || bw_str_to_u64(bw_str_n(rest.p, (size_t)(end - rest.p)), &index) < 0 || index > UINT32_MAX)
                        return fail(p, "expected a number, '*' or a quoted key");
                seg->kind = BW_SEGMENT_INDEX;
                seg->index = (uint32_t)index;
                p->at += (size_t)(end - rest.p);
        }
        if (p->at >= p->text.n || p->text.p[p->at] != ']')
                return fail(p, "expected ']'");
        p->at++;
        return 0;
}

int bw_path_parse(struct bw_arena *arena, struct bw_str text, struct bw_path *ret_path, struct bw_error *reterr)
{
        struct bw_segment segments[BW_LIMIT_PATH_DEPTH];
        struct parser p = {.reterr = reterr};
        struct bw_segment *copy;
        size_t n = 0;
        int r;

        p.text = bw_arena_str(arena, text);
        if (!p.text.p)
                return bw_arena_error(arena, reterr);
        while (p.at < p.text.n) {
                if (n == BW_LIMIT_PATH_DEPTH)
                        return bw_error_set(reterr, -E2BIG, "path with more than %d segments", BW_LIMIT_PATH_DEPTH);
                segments[n] = (struct bw_segment){0};
                if (p.text.p[p.at] == '[') {
                        p.at++;
                        r = parse_bracket(&p, &segments[n]);
                } else {
                        if (n > 0) {
                                if (p.text.p[p.at] != '.')
                                        return fail(&p, "expected '.' or '['");
                                p.at++;
                        }
                        r = parse_name(&p, &segments[n]);
                }
                if (r < 0)
                        return r;
                n++;
        }
        copy = bw_arena_array(arena, n, sizeof(*copy));
        if (!copy)
                return bw_arena_error(arena, reterr);
        if (n)
                memcpy(copy, segments, n * sizeof(*copy));
        *ret_path = (struct bw_path){.n = n, .segments = copy};
        return 0;
}

static bool is_plain(struct bw_str name)
{
        for (size_t i = 0; i < name.n; i++)
                if (!is_plain_char(name.p[i]))
                        return false;
        return name.n > 0;
}

void bw_path_format(struct bw_buf *out, struct bw_path path)
{
        for (size_t i = 0; i < path.n; i++) {
                const struct bw_segment *seg = &path.segments[i];
                struct bw_str name = bw_value_text(seg->key);

                if (seg->kind == BW_SEGMENT_EACH) {
                        bw_buf_puts(out, "[*]");
                } else if (seg->kind == BW_SEGMENT_INDEX) {
                        bw_buf_char(out, '[');
                        bw_buf_u64(out, seg->index);
                        bw_buf_char(out, ']');
                } else if (is_plain(name)) {
                        if (i)
                                bw_buf_char(out, '.');
                        bw_buf_str(out, name);
                } else {
                        /* The quote that does not stand in the name; one that holds both cannot be written. */
                        char quote = memchr(name.p, '\'', name.n) ? '"' : '\'';

                        bw_buf_char(out, '[');
                        bw_buf_char(out, quote);
                        bw_buf_clean(out, name);
                        bw_buf_char(out, quote);
                        bw_buf_char(out, ']');
                }
        }
}

static struct bw_value step(struct bw_value v, const struct bw_segment *seg)
{
        const struct bw_entry *e;

        switch (seg->kind) {
        case BW_SEGMENT_KEY:
                e = bw_map_find(v, seg->key);
                return e ? e->value : (struct bw_value){0};
        case BW_SEGMENT_INDEX:
                return bw_list_get(v, seg->index);
        case BW_SEGMENT_EACH:
                break;
        }
        return (struct bw_value){0};
}

struct bw_value bw_path_get(struct bw_value root, struct bw_path path)
{
        for (size_t i = 0; i < path.n && root.type != BW_ABSENT; i++)
                root = step(root, &path.segments[i]);
        return root;
}

static struct bw_mark step_mark(struct bw_value v, const struct bw_segment *seg, bool at_key)
{
        const struct bw_entry *e;
        size_t i;

        if (v.type == BW_LIST && seg->kind == BW_SEGMENT_INDEX && v.list->marks)
                return v.list->marks[seg->index];
        if (v.type != BW_MAP || !v.map->marks)
                return (struct bw_mark){0};
        e = bw_map_find(v, seg->key);
        i = (size_t)(e - v.map->entries);
        return v.map->marks[2 * i + (at_key ? 0 : 1)];
}

struct bw_mark bw_path_mark(struct bw_value root, struct bw_mark root_mark, struct bw_path path, bool at_key,
                            size_t *ret_depth)
{
        struct bw_mark mark = root_mark;
        size_t depth = 0;

        for (; depth < path.n; depth++) {
                struct bw_value next = step(root, &path.segments[depth]);
                struct bw_mark m;

                if (next.type == BW_ABSENT)
                        break;
                m = step_mark(root, &path.segments[depth], at_key);
                if (m.line)
                        mark = m;
                root = next;
        }
        if (ret_depth)
                *ret_depth = depth;
        return mark;
}
