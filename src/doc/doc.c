/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/doc.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/marks_internal.h"
#include "doc/stream.h"
#include "doc/yaml_internal.h"

/* ---- what it is ---- */

bool bw_doc_identify(struct bw_doc *doc)
{
        struct bw_value metadata = bw_map_get(doc->root, BW_STR("metadata"));
        size_t slash;

        doc->api_version = bw_map_text(doc->root, "apiVersion");
        doc->kind = bw_map_text(doc->root, "kind");
        doc->ns = bw_map_text(metadata, "namespace");
        doc->name = bw_map_text(metadata, "name");
        if (doc->name.n == 0)
                doc->name = bw_map_text(metadata, "generateName");
        slash = bw_str_find(doc->api_version, BW_STR("/"));
        doc->group = slash == SIZE_MAX ? (struct bw_str){.p = ""} : bw_str_n(doc->api_version.p, slash);
        return doc->api_version.n > 0 && doc->kind.n > 0;
}

/* ---- pieces of a stream ---- */

/* The kind of a typed list's items: Pod of PodList. Empty for List itself and for what is no list. */
static struct bw_str item_kind(struct bw_str list_kind)
{
        const size_t suffix = sizeof("List") - 1;

        if (list_kind.n <= suffix || !bw_str_ends(list_kind, BW_STR("List")))
                return (struct bw_str){.p = ""};
        return bw_str_n(list_kind.p, list_kind.n - suffix);
}

/* root with apiVersion and kind; marks of the two: that of the root. */
static int typed_root(struct bw_arena *arena, struct bw_doc *doc, struct bw_str api_version, struct bw_str kind,
                      struct bw_error *reterr)
{
        const struct bw_map *old = doc->root.map;
        const struct bw_mark *old_marks = old ? old->marks : NULL;
        uint32_t n = doc->root.n;
        struct bw_map *map = bw_map_new(arena, n + 2);
        struct bw_mark *marks = old_marks ? bw_arena_array(arena, ((size_t)n + 2) * 2, sizeof(*marks)) : NULL;
        bool repeated;

        api_version = bw_arena_str(arena, api_version);
        kind = bw_arena_str(arena, kind);
        if (!map || (old_marks && !marks) || !api_version.p || !kind.p)
                return bw_arena_error(arena, reterr);
        if (n)
                memcpy(map->entries, old->entries, n * sizeof(*old->entries));
        map->entries[n] = (struct bw_entry){bw_value_str(BW_STR("apiVersion")), bw_value_str(api_version)};
        map->entries[n + 1] = (struct bw_entry){bw_value_str(BW_STR("kind")), bw_value_str(kind)};
        if (marks) {
                memcpy(marks, old_marks, (size_t)n * 2 * sizeof(*marks));
                for (size_t i = (size_t)n * 2; i < ((size_t)n + 2) * 2; i++)
                        marks[i] = doc->mark;
        }
        n += 2;
        if (bw_map_seal_last(arena, map, &n, marks, &repeated) < 0)
                return bw_arena_error(arena, reterr);
        map->marks = marks;
        doc->root = bw_value_map(map, n);
        return 0;
}

/* Items of a typed list from the API server come without apiVersion and kind: clients set them from the list's. */
static int add_type(struct bw_arena *arena, struct bw_doc *doc, struct bw_str list_api_version, struct bw_str list_kind,
                    struct bw_error *reterr)
{
        struct bw_str kind = item_kind(list_kind);

        if (doc->root.type != BW_MAP || kind.n == 0 || bw_map_text(doc->root, "kind").n ||
            bw_map_text(doc->root, "apiVersion").n)
                return 0;
        return typed_root(arena, doc, list_api_version, kind, reterr);
}

int bw_doc_read(struct bw_arena *arena, const struct bw_piece *piece, bool strict, struct bw_doc *ret_doc,
                struct bw_error *reterr)
{
        size_t used = 0;
        struct bw_doc doc;
        int r;

        if (piece->format == BW_FORMAT_YAML) {
                r = bw_yaml_read_text(arena, piece->text, true, piece->line, strict, &doc, reterr);
        } else {
                r = bw_json_read(arena, piece->text, piece->line, piece->column, strict, &doc, &used, reterr);
                if (r == 0 && used < piece->text.n)
                        r = bw_error_at(reterr, -EINVAL, piece->line, piece->column, "more than one JSON value");
        }
        if (r < 0)
                return r;
        r = add_type(arena, &doc, piece->list_api_version, piece->list_kind, reterr);
        if (r < 0)
                return r;
        (void)bw_doc_identify(&doc);
        *ret_doc = doc;
        return 0;
}

/* ---- Lists ---- */

static struct bw_value items_of(const struct bw_doc *doc)
{
        struct bw_value items = bw_map_get(doc->root, BW_STR("items"));

        return items.type == BW_LIST ? items : (struct bw_value){0};
}

bool bw_doc_is_list(const struct bw_doc *doc)
{
        return items_of(doc).type == BW_LIST;
}

struct opening {
        struct bw_arena *arena;
        int (*each)(void *ctx, struct bw_doc *item, struct bw_error *reterr);
        void *ctx;
        uint32_t index;
};

/* Recursion is bounded by BW_LIMIT_LIST_DEPTH. */
static int open_list(struct opening *o, struct bw_doc *doc, unsigned depth, struct bw_error *reterr)
{
        struct bw_value items = items_of(doc);
        int r = 0;

        if (items.type != BW_LIST) {
                (void)bw_doc_identify(doc);
                doc->index = o->index++;
                return o->each(o->ctx, doc, reterr);
        }
        if (depth >= BW_LIMIT_LIST_DEPTH)
                return bw_error_at(reterr, -E2BIG, doc->mark.line, doc->mark.column,
                                   "more than %d Lists inside each other", BW_LIMIT_LIST_DEPTH);
        for (uint32_t i = 0; i < items.n && r >= 0; i++) {
                struct bw_doc item = *doc;

                item.root = items.list->items[i];
                if (items.list->marks)
                        item.mark = items.list->marks[i];
                r = add_type(o->arena, &item, bw_map_text(doc->root, "apiVersion"), bw_map_text(doc->root, "kind"),
                             reterr);
                if (r == 0)
                        r = open_list(o, &item, depth + 1, reterr);
        }
        return r;
}

int bw_doc_list_items(struct bw_arena *arena, struct bw_doc *doc,
                      int (*each)(void *ctx, struct bw_doc *item, struct bw_error *reterr), void *ctx,
                      struct bw_error *reterr)
{
        struct opening o = {.arena = arena, .each = each, .ctx = ctx, .index = doc->index};

        /* The items of a JSON list are found in the text of the whole: all places are set before it is taken apart. */
        if (doc->format == BW_FORMAT_JSON && bw_doc_is_list(doc) && bw_json_marks(arena, doc) < 0)
                return bw_error_nomem(reterr);
        return open_list(&o, doc, 0, reterr);
}

/* ---- places ---- */

static bool has_marks(struct bw_value v)
{
        if (v.n == 0 || (v.type != BW_MAP && v.type != BW_LIST))
                return true;
        return v.type == BW_MAP ? v.map->marks != NULL : v.list->marks != NULL;
}

struct bw_mark bw_doc_mark(struct bw_doc *doc, struct bw_arena *arena, struct bw_path path, bool at_key)
{
        struct bw_mark mark;

        if (doc->format == BW_FORMAT_JSON && !has_marks(doc->root)) {
                if (at_key && bw_json_place(doc, path, &mark))
                        return mark;
                /* When memory runs out there are fewer places, and the deepest one known is given. */
                (void)!bw_json_marks(arena, doc);
        }
        return bw_path_mark(doc->root, doc->mark, path, at_key, NULL);
}

/* A line ends at LF, CR LF or, in YAML, at CR. */
static size_t line_end(const struct bw_doc *doc, size_t at)
{
        struct bw_str rest = bw_str_rest(doc->text, at);
        const char *from = rest.p;
        size_t n = rest.n;
        const char *end = n ? memchr(from, '\n', n) : NULL;
        const char *cr = NULL;

        if (end)
                n = (size_t)(end - from);
        if (n && doc->format == BW_FORMAT_YAML)
                cr = memchr(from, '\r', n);
        return at + (cr ? (size_t)(cr - from) : n);
}

struct bw_str bw_doc_line_from(const struct bw_doc *doc, uint32_t line, struct bw_line_cursor *cursor)
{
        size_t from;
        size_t end;

        if (line < doc->line)
                return (struct bw_str){.p = ""};
        if (line - doc->line < cursor->lines)
                *cursor = (struct bw_line_cursor){0};
        for (;; cursor->lines++) {
                from = cursor->at;
                end = line_end(doc, from);
                if (cursor->lines == line - doc->line)
                        break;
                if (end >= doc->text.n)
                        return (struct bw_str){.p = ""};
                cursor->at =
                        end + 1 + (doc->text.p[end] == '\r' && end + 1 < doc->text.n && doc->text.p[end + 1] == '\n');
        }
        while (end > from && doc->text.p[end - 1] == '\r')
                end--;
        return bw_str_n(doc->text.p + from, end - from);
}

struct bw_str bw_doc_line(const struct bw_doc *doc, uint32_t line)
{
        struct bw_line_cursor cursor = {0};

        return bw_doc_line_from(doc, line, &cursor);
}
