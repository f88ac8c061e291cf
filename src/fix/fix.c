/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change is made by looking at the text around the marks of the values, and then read back: if the changed text does
 * not say exactly what it should, there is no change. So what is rare in YAML needs no code here.
 */
#include "fix/fix.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/stream.h"
#include "fix/fix_internal.h"

static int add_change(struct work *w, size_t from, size_t to, struct bw_buf *text)
{
        struct change *c;
        struct bw_str copy = bw_buf_status(text) < 0 ? (struct bw_str){0} : bw_arena_str(w->arena, bw_buf_view(text));

        if (!copy.p || bw_grow(&w->changes, &w->cap_changes, w->n_changes + 1, sizeof(*c)) < 0) {
                w->nomem = true;
                return -ENOMEM;
        }
        c = &w->changes[w->n_changes++];
        *c = (struct change){.from = from, .to = to, .text = copy};
        return 0;
}

/* Places of an entry of a map that has marks. */
static size_t key_at(const struct work *w, struct bw_value map, uint32_t i)
{
        return map.map->marks ? text_offset(w, map.map->marks[2 * (size_t)i]) : SIZE_MAX;
}

static struct bw_mark value_mark(struct bw_value map, uint32_t i)
{
        return map.map->marks ? map.map->marks[2 * (size_t)i + 1] : (struct bw_mark){0};
}

static bool is_flow(const struct work *w, size_t at)
{
        return at < w->text.n && (w->text.p[at] == '{' || w->text.p[at] == '[');
}

static size_t column_of(const struct work *w, size_t at)
{
        return at - w->lines[text_line(w, at)];
}

/* ---- entries that are missing */

/* The end of what stands before the bracket that closes a flow map: members, without blanks and comments behind them. */
static size_t members_end(const struct work *w, struct bw_value map, size_t at, size_t close)
{
        size_t end = at + 1;

        if (map.n) {
                size_t v = text_offset(w, value_mark(map, map.n - 1));

                end = v == SIZE_MAX ? v : text_value_end(w, v, true);
        }
        return end > close ? SIZE_MAX : end;
}

static int insert_in_flow(struct work *w, struct bw_value map, size_t at, struct bw_value missing)
{
        struct render how = {.json = w->is_json, .crlf = w->crlf};
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        size_t end = text_value_end(w, at, true);
        size_t from = end == SIZE_MAX ? end : members_end(w, map, at, end - 1);
        size_t first = map.n ? key_at(w, map, 0) : SIZE_MAX;
        bool comma = false;
        bool own_lines;

        if (from == SIZE_MAX || (map.n && first == SIZE_MAX))
                return -ENOENT;
        for (size_t i = from; i < end - 1; i++)
                comma = comma || w->text.p[i] == ',';
        own_lines = map.n && text_line(w, first) != text_line(w, at) && text_line(w, end - 1) != text_line(w, from);
        if (comma)
                for (from++; w->text.p[from - 1] != ','; from++)
                        ;
        for (uint32_t i = 0; i < missing.n; i++) {
                if (i || (map.n && !comma))
                        bw_buf_char(&text, ',');
                if (own_lines)
                        render_newline(&text, &how, column_of(w, first));
                else if (i || map.n)
                        bw_buf_char(&text, ' ');
                render_key(&text, &how, missing.map->entries[i].key);
                bw_buf_puts(&text, ": ");
                render_inline(&text, &how, missing.map->entries[i].value);
        }
        return add_change(w, from, from, &text);
}

static int insert_in_block(struct work *w, size_t at, struct bw_value missing)
{
        struct render how = {.crlf = w->crlf};
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        size_t indent = column_of(w, at);
        size_t end = text_block_end(w, at, indent, false);

        for (uint32_t i = 0; i < missing.n; i++) {
                render_newline(&text, &how, indent);
                render_entry(&text, &how, missing.map->entries[i].key, missing.map->entries[i].value, indent);
        }
        return add_change(w, end, end, &text);
}

/* ---- entries that are there */

/* Just after an entry's value. */
static size_t entry_end(const struct work *w, struct bw_value map, uint32_t i, bool in_flow)
{
        size_t key = key_at(w, map, i);
        size_t v = text_offset(w, value_mark(map, i));
        struct bw_value value = map.map->entries[i].value;

        if (key == SIZE_MAX || v == SIZE_MAX)
                return SIZE_MAX;
        if (!in_flow && !is_flow(w, v) && value.n && (value.type == BW_MAP || value.type == BW_LIST))
                return text_block_end(w, v, column_of(w, v), value.type == BW_LIST);
        if (value.type == BW_NULL) {
                size_t colon = text_colon(w, key);

                /* A null that is not written: the entry ends with its colon. */
                if (v <= colon || v >= w->text.n || text_line(w, v) != text_line(w, colon) || text_is_blank(w->text.p[v]))
                        return colon == SIZE_MAX ? colon : colon + 1;
        }
        return text_value_end(w, v, in_flow);
}

static int remove_entry(struct work *w, struct bw_value map, uint32_t i, bool in_flow)
{
        bw_auto_done(bw_buf_done) struct bw_buf none = {0};
        size_t from = key_at(w, map, i);
        size_t to = i + 1 < map.n ? key_at(w, map, i + 1) : entry_end(w, map, i, in_flow);
        size_t line;

        if (map.n < 2 || from == SIZE_MAX || to == SIZE_MAX)
                return -ENOENT;
        line = text_line(w, from);
        if (in_flow) {
                if (i + 1 == map.n)
                        from = entry_end(w, map, i - 1, true);
        } else if (text_indent(w, line) == column_of(w, from)) {
                /* Whole lines; comments between this entry and the next one belong to the next one. */
                size_t last = text_line(w, entry_end(w, map, i, false));

                from = w->lines[line];
                to = last + 1 < w->n_lines ? w->lines[last + 1] : w->text.n;
        }
        return from > to ? -ENOENT : add_change(w, from, to, &none);
}

/* "key:" without a value, or with a written null: the value goes behind the colon. */
static int fill_null(struct work *w, struct bw_value map, uint32_t i, struct bw_value v, bool in_flow)
{
        struct render how = {.json = w->is_json, .crlf = w->crlf};
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        size_t key = key_at(w, map, i);
        size_t colon = key == SIZE_MAX ? key : text_colon(w, key);
        size_t end = entry_end(w, map, i, in_flow);

        if (colon == SIZE_MAX || end == SIZE_MAX)
                return -ENOENT;
        if (in_flow || v.type != BW_MAP || v.n == 0 || end != colon + 1) {
                bw_buf_char(&text, ' ');
                render_inline(&text, &how, v);
                return add_change(w, colon + 1, end, &text);
        }
        for (uint32_t k = 0; k < v.n; k++) {
                render_newline(&text, &how, column_of(w, key) + 2);
                render_entry(&text, &how, v.map->entries[k].key, v.map->entries[k].value, column_of(w, key) + 2);
        }
        end = text_line_end(w, text_line(w, colon));
        return add_change(w, end, end, &text);
}

static int replace_value(struct work *w, struct bw_value map, uint32_t i, struct bw_value v, bool in_flow)
{
        struct render how = {.json = w->is_json, .crlf = w->crlf};
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_value old = map.map->entries[i].value;
        size_t from = text_offset(w, value_mark(map, i));
        size_t to = entry_end(w, map, i, in_flow);

        if (old.type == BW_NULL)
                return fill_null(w, map, i, v, in_flow);
        if (from == SIZE_MAX || to == SIZE_MAX || from > to)
                return -ENOENT;
        if (!in_flow && !is_flow(w, from) && old.type == BW_LIST && old.n && v.type == BW_LIST && v.n)
                render_items(&text, &how, v, column_of(w, from));
        else
                render_inline(&text, &how, v);
        return add_change(w, from, to, &text);
}

/* ---- a map */

static int merge_map(struct work *w, struct bw_value map, struct bw_mark mark, struct bw_value patch, bool in_flow);

static int merge_entry(struct work *w, struct bw_value map, uint32_t i, struct bw_value v, bool in_flow)
{
        struct bw_value old = map.map->entries[i].value;

        if (v.type == BW_NULL)
                return remove_entry(w, map, i, in_flow);
        if (v.type == BW_MAP && old.type == BW_MAP)
                return merge_map(w, old, value_mark(map, i), v, in_flow);
        if (old.type == v.type && bw_value_eq(old, v))
                return 0;
        return replace_value(w, map, i, merge_patch(w->arena, (struct bw_value){0}, v), in_flow);
}

static int merge_map(struct work *w, struct bw_value map, struct bw_mark mark, struct bw_value patch, bool in_flow)
{
        size_t at = text_offset(w, mark);
        struct bw_map *missing = bw_map_new(w->arena, patch.n);
        uint32_t n = 0;

        if (!missing) {
                w->nomem = true;
                return -ENOMEM;
        }
        if (at == SIZE_MAX)
                return -ENOENT;
        in_flow = in_flow || is_flow(w, at);
        for (uint32_t i = 0; i < patch.n; i++) {
                const struct bw_entry *e = &patch.map->entries[i];
                const struct bw_entry *old = bw_map_find(map, e->key);
                struct bw_value v;
                int r;

                if (old) {
                        r = merge_entry(w, map, (uint32_t)(old - map.map->entries), e->value, in_flow);
                        if (r < 0)
                                return r;
                } else if (e->value.type != BW_NULL) {
                        v = merge_patch(w->arena, (struct bw_value){0}, e->value);
                        if (v.type == BW_ABSENT) {
                                w->nomem = true;
                                return -ENOMEM;
                        }
                        missing->entries[n++] = (struct bw_entry){.key = e->key, .value = v};
                }
        }
        if (n == 0)
                return 0;
        if (in_flow)
                return insert_in_flow(w, map, at, bw_value_map(missing, n));
        /* A block map without entries is no block map; one whose first key is not where it begins has an anchor. */
        if (map.n == 0 || key_at(w, map, 0) != at)
                return -ENOENT;
        return insert_in_block(w, at, bw_value_map(missing, n));
}

/* Goes down as far as there are maps; what is missing from there on becomes a part of the patch. */
static int merge_path(struct work *w, struct bw_value root, struct bw_mark mark, struct bw_path path,
                      struct bw_value patch)
{
        struct bw_value v = root;
        bool in_flow = false;
        size_t depth = 0;

        for (; depth < path.n; depth++) {
                const struct bw_segment *s = &path.segments[depth];
                const struct bw_entry *e = s->kind == BW_SEGMENT_KEY ? bw_map_find(v, s->key) : NULL;
                struct bw_value next = s->kind == BW_SEGMENT_KEY ? (e ? e->value : (struct bw_value){0})
                                                                 : bw_list_get(v, s->index);

                if (next.type != BW_MAP && next.type != BW_LIST)
                        break;
                if (e)
                        mark = value_mark(v, (uint32_t)(e - v.map->entries));
                else
                        mark = v.list->marks ? v.list->marks[s->index] : (struct bw_mark){0};
                in_flow = in_flow || is_flow(w, text_offset(w, mark));
                v = next;
        }
        for (size_t i = path.n; i > depth; i--) {
                struct bw_map *map = bw_map_new(w->arena, 1);

                if (path.segments[i - 1].kind != BW_SEGMENT_KEY)
                        return -ENOENT;
                if (!map) {
                        w->nomem = true;
                        return -ENOMEM;
                }
                map->entries[0] = (struct bw_entry){.key = path.segments[i - 1].key, .value = patch};
                if (bw_map_seal(w->arena, map, 1) < 0) {
                        w->nomem = true;
                        return -ENOMEM;
                }
                patch = bw_value_map(map, 1);
        }
        if (v.type != BW_MAP || patch.type != BW_MAP)
                return -ENOENT;
        return merge_map(w, v, mark, patch, in_flow);
}

/* ---- from changes to edits */

/* In the order of the text; those at one place in the order in which they were made, as one. */
static int order_changes(struct work *w)
{
        size_t n = 0;

        for (size_t i = 1; i < w->n_changes; i++)
                for (size_t k = i; k > 0 && w->changes[k].from < w->changes[k - 1].from; k--) {
                        struct change c = w->changes[k];

                        w->changes[k] = w->changes[k - 1];
                        w->changes[k - 1] = c;
                }
        for (size_t i = 0; i < w->n_changes; i++) {
                struct change *last = n ? &w->changes[n - 1] : NULL;
                struct change *c = &w->changes[i];

                if (last && c->from < last->to)
                        return -ENOENT;
                if (last && c->from == last->from) {
                        last->text = bw_arena_printf(w->arena, "%.*s%.*s", BW_STR_ARG(last->text), BW_STR_ARG(c->text));
                        last->to = c->to;
                        if (!last->text.p)
                                return -ENOMEM;
                } else {
                        w->changes[n++] = *c;
                }
        }
        w->n_changes = n;
        return 0;
}

static struct bw_edit *make_edits(struct work *w)
{
        struct bw_edit *edits = bw_arena_array(w->arena, w->n_changes, sizeof(*edits));

        for (size_t i = 0; edits && i < w->n_changes; i++) {
                const struct change *c = &w->changes[i];
                struct bw_mark from = text_mark(w, c->from);
                struct bw_mark to = text_mark(w, c->to);

                edits[i] = (struct bw_edit){.line = from.line, .column = from.column, .end_line = to.line,
                                            .end_column = to.column, .text = c->text};
        }
        return edits;
}

static struct bw_str apply(struct work *w, const struct bw_edit *edits, size_t n)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        size_t at = 0;

        for (size_t i = 0; i < n; i++) {
                size_t from = text_offset(w, (struct bw_mark){.line = edits[i].line, .column = edits[i].column});
                size_t to = text_offset(w, (struct bw_mark){.line = edits[i].end_line, .column = edits[i].end_column});

                if (from == SIZE_MAX || to == SIZE_MAX || from < at || to < from)
                        return (struct bw_str){0};
                bw_buf_put(&out, w->text.p + at, from - at);
                bw_buf_str(&out, edits[i].text);
                at = to;
        }
        bw_buf_put(&out, w->text.p + at, w->text.n - at);
        return bw_buf_status(&out) < 0 ? (struct bw_str){0} : bw_arena_str(w->arena, bw_buf_view(&out));
}

struct bw_str bw_fix_apply(struct bw_arena *arena, struct bw_str text, uint32_t first_line, const struct bw_edit *edits,
                           size_t n)
{
        struct work w = {.arena = arena, .text = text, .first_line = first_line, .first_column = 1};

        return text_index_lines(&w) < 0 ? (struct bw_str){0} : apply(&w, edits, n);
}

/* ---- reading back */

struct search {
        struct bw_mark mark;
        struct bw_value found;
};

static int same_item(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        struct search *s = ctx;

        (void)reterr;
        if (item->mark.line == s->mark.line && item->mark.column == s->mark.column)
                s->found = item->root;
        return 0;
}

/* The changed text says what it should: the document, or the item of the list that it is of. */
static bool reads_back(struct work *w, const struct bw_doc *doc, const struct bw_edit *edits, size_t n,
                       struct bw_value expected)
{
        struct bw_piece piece = {.line = doc->line, .column = doc->column, .format = doc->format};
        struct search search = {.mark = doc->mark};
        struct bw_doc changed;

        piece.text = apply(w, edits, n);
        if (!piece.text.p || bw_doc_read(w->arena, &piece, true, &changed, NULL) < 0)
                return false;
        if (bw_doc_list_items(w->arena, &changed, same_item, &search, NULL) < 0)
                return false;
        return search.found.type != BW_ABSENT && bw_value_eq(search.found, expected);
}

static int find_edits(struct work *w, struct bw_doc *doc, struct bw_path path, struct bw_value patch,
                      const struct bw_edit **ret, size_t *ret_n)
{
        struct bw_value expected = merge_at(w->arena, doc->root, path, patch);
        struct bw_edit *edits;
        int r = expected.type == BW_ABSENT ? -ENOENT : text_index_lines(w);

        if (r == 0) /* all places of a JSON document are set */
                (void)bw_doc_mark(doc, w->arena, path, false);
        if (r == 0)
                r = merge_path(w, doc->root, doc->mark, path, patch);
        if (r == 0)
                r = order_changes(w);
        if (r < 0 || w->n_changes == 0)
                return r;
        edits = make_edits(w);
        if (!edits)
                return -ENOMEM;
        if (!reads_back(w, doc, edits, w->n_changes, expected))
                return -ENOENT;
        *ret = edits;
        *ret_n = w->n_changes;
        return 0;
}

int bw_fix_edits(struct bw_arena *arena, struct bw_doc *doc, struct bw_path path, struct bw_value patch,
                 const struct bw_edit **ret, size_t *ret_n, struct bw_error *reterr)
{
        struct work w = {
                .arena = arena,
                .text = doc->text,
                .first_line = doc->line,
                .first_column = doc->column,
                .is_json = doc->format == BW_FORMAT_JSON,
        };
        const char *newline = doc->text.n ? memchr(doc->text.p, '\n', doc->text.n) : NULL;
        int r;

        *ret = NULL;
        *ret_n = 0;
        if (doc->text.n == 0 || doc->text.n > BW_LIMIT_FIX_TEXT)
                return 0;
        w.crlf = newline && newline > doc->text.p && newline[-1] == '\r';
        r = find_edits(&w, doc, path, patch, ret, ret_n);
        bw_free(w.changes);
        return r == -ENOMEM || w.nomem ? bw_error_nomem(reterr) : 0;
}
