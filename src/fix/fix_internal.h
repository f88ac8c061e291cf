/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix (internal): a change under work: offsets in the text, and edits as they are found.
 * Ownership: everything lives in the arena given. Threads: one.
 */
#ifndef BW_FIX_FIX_INTERNAL_H
#define BW_FIX_FIX_INTERNAL_H

#include "base/buf.h"
#include "fix/fix.h"

/* A change by bytes: [from, to) of the text becomes `text`. */
struct change {
        size_t from;
        size_t to;
        struct bw_str text;
};

struct work {
        struct bw_arena *arena;
        struct bw_str text;
        uint32_t first_line;
        uint32_t first_column;    /* of the text's first byte */
        bool is_json;
        bool crlf;                /* how lines end */
        const size_t *lines;      /* offset of each line's first byte */
        size_t n_lines;
        struct change *changes;   /* in the order in which they were made */
        size_t n_changes;
        size_t cap_changes;
        bool nomem;
};

/* ---- text.c: places in the text. SIZE_MAX: there is no such place, or it is of a kind that is not changed. */

static inline bool text_is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

BW_CHECK int text_index_lines(struct work *w);
size_t text_offset(const struct work *w, struct bw_mark mark);
struct bw_mark text_mark(const struct work *w, size_t at);
/* Number of the line that holds the byte. */
size_t text_line(const struct work *w, size_t at);
/* The end of a line, before its line end. */
size_t text_line_end(const struct work *w, size_t line);
/* Blanks before the first other byte of a line. */
size_t text_indent(const struct work *w, size_t line);
/* Just after a flow collection or a scalar of one line that begins at `at`; in_flow: inside of a flow collection. */
size_t text_value_end(const struct work *w, size_t at, bool in_flow);
/* Just after the content of the block map or list that begins at `at`: its lines have at least this indentation. */
size_t text_block_end(const struct work *w, size_t at, size_t indent, bool is_list);
/* The colon behind the key that begins at `at`. */
size_t text_colon(const struct work *w, size_t at);

/* ---- render.c: values as text */

struct render {
        bool json;
        bool crlf;
};
/* On one line: a scalar, [a, b], {a: b}. */
void render_inline(struct bw_buf *out, const struct render *how, struct bw_value v);
void render_key(struct bw_buf *out, const struct render *how, struct bw_value key);
/* "key: value" in block style at this indentation, without the first line's indentation and the last line's end. */
void render_entry(struct bw_buf *out, const struct render *how, struct bw_value key, struct bw_value v, size_t indent);
/* Items of a list, the first without its indentation. */
void render_items(struct bw_buf *out, const struct render *how, struct bw_value list, size_t indent);
void render_newline(struct bw_buf *out, const struct render *how, size_t indent);

/* ---- merge.c: what the document is to say (RFC 7396). ABSENT when memory is short. */

struct bw_value merge_patch(struct bw_arena *arena, struct bw_value target, struct bw_value patch);
struct bw_value merge_at(struct bw_arena *arena, struct bw_value root, struct bw_path path, struct bw_value patch);

#endif
