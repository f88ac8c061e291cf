/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places in JSON by pointers: strings borrow from a copy of the text, so a key's address tells where it stands. That is
 * all a few findings need; a document with many, or a large one, is gone over once for all of them (marks.c).
 */
#include "base/utf8.h"
#include "doc/marks_internal.h"

#define LARGE_TEXT ((size_t)64 << 10) /* each place costs a look at all before it */

size_t bw_json_string_offset(const struct bw_doc *doc, struct bw_value v)
{
        size_t at = (size_t)((uintptr_t)v.s - (uintptr_t)doc->bytes);

        if (v.type != BW_STRING || at == 0 || at >= doc->text.n || doc->text.p[at - 1] != '"')
                return SIZE_MAX;
        return at - 1;
}

/* The offset of the bracket that stands before the byte at `at`, with blanks between at most. */
static size_t bracket_before(const struct bw_doc *doc, size_t at, char bracket)
{
        while (at != SIZE_MAX && at > 0) {
                char ch = doc->text.p[--at];

                if (ch == bracket)
                        return at;
                if (ch != ' ' && ch != '\n' && ch != '\r' && ch != '\t')
                        break;
        }
        return SIZE_MAX;
}

size_t bw_json_value_offset(const struct bw_doc *doc, struct bw_value v)
{
        size_t at;

        if (v.type == BW_MAP && v.n > 0)
                return bracket_before(doc, bw_json_string_offset(doc, v.map->entries[0].key), '{');
        if (v.type != BW_LIST || v.n == 0)
                return bw_json_string_offset(doc, v);
        v = v.list->items[0];
        at = v.type == BW_MAP && v.n > 0 ? bracket_before(doc, bw_json_string_offset(doc, v.map->entries[0].key), '{')
                                         : bw_json_string_offset(doc, v);
        return bracket_before(doc, at, '[');
}

static struct bw_mark mark_of(const struct bw_doc *doc, size_t at)
{
        struct bw_mark mark = {.line = doc->line, .column = doc->column};
        const char *newline = at ? memrchr(doc->text.p, '\n', at) : NULL;
        size_t start = 0;

        if (newline) {
                start = (size_t)(newline - doc->text.p) + 1;
                mark.column = 1;
                for (size_t i = 0; i < start; i++)
                        mark.line += doc->text.p[i] == '\n';
        }
        mark.column += (uint32_t)bw_utf8_count(bw_str_n(doc->text.p + start, at - start));
        return mark;
}

bool bw_json_place(const struct bw_doc *doc, struct bw_path path, struct bw_mark *ret_mark)
{
        const struct bw_entry *entry = NULL;
        struct bw_value v = doc->root;
        size_t depth = 0;
        size_t at;

        if (!doc->bytes || doc->text.n > LARGE_TEXT)
                return false;
        for (; depth < path.n; depth++) {
                const struct bw_segment *s = &path.segments[depth];
                const struct bw_entry *e = s->kind == BW_SEGMENT_KEY ? bw_map_find(v, s->key) : NULL;
                struct bw_value next = e                             ? e->value
                                       : s->kind == BW_SEGMENT_INDEX ? bw_list_get(v, s->index)
                                                                     : (struct bw_value){0};

                if (next.type == BW_ABSENT)
                        break;
                entry = e;
                v = next;
        }
        if (depth == 0) {
                *ret_mark = doc->mark;
                return true;
        }
        at = entry ? bw_json_string_offset(doc, entry->key) : bw_json_value_offset(doc, v);
        if (at == SIZE_MAX)
                return false;
        *ret_mark = mark_of(doc, at);
        return true;
}
