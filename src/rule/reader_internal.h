/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader (internal): turns a map of a rule file into a struct by a table of its fields; whatever does not fit becomes a
 * problem with its place, and reading goes on.
 * Ownership: results live in the reader's arena or borrow from the document. Threads: one reader, one thread.
 */
#ifndef BW_RULE_READER_INTERNAL_H
#define BW_RULE_READER_INTERNAL_H

#include "rule/rule_internal.h"

struct reader {
        struct bw_arena *arena;
        const struct bw_doc *doc;
        struct rule_problems *problems;
        const struct rule_load_options *options;
        long n_expressions;     /* seen so far, for mutation tests */
        struct bw_str negated;  /* the one that was turned around */
};

/* Reads v (never ABSENT, never null) into slot. 0 or -ENOMEM. */
typedef int (*field_reader)(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);

struct field {
        const char *name;
        field_reader read;      /* NULL: known and skipped */
        size_t offset;
        bool required;
};

/* what: "rule", "match", … for messages. */
BW_CHECK int read_map(struct reader *r, struct bw_value v, struct bw_mark mark, const char *what,
                      const struct field *fields, size_t n_fields, void *base);
/* A list (or one item alone) of what read_item reads into items of item_size. */
BW_CHECK int read_list(struct reader *r, struct bw_value v, struct bw_mark mark, field_reader read_item,
                       size_t item_size, void *ret_items, size_t *ret_n);

/* Slots: struct bw_str, non-empty. */
BW_CHECK int read_text(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);
/* Slot: bool. */
BW_CHECK int read_bool(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);
/* Slot: struct bw_value; a map. */
BW_CHECK int read_any_map(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);
/* Slot: struct rule_expr. */
BW_CHECK int read_expr(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);
/* Slot: struct bw_path; without wildcards. */
BW_CHECK int read_path(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);
/* Slot: struct rule_versions. */
BW_CHECK int read_versions(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);

/* Two neighbours in a struct: pointer to items, and their number. */
struct text_list {
        const struct bw_str *items;
        size_t n;
};
BW_CHECK int read_texts(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot);

struct bw_mark list_mark(struct bw_value list, size_t i);
struct bw_mark key_mark(struct bw_value map, size_t i);
struct bw_mark value_mark(struct bw_value map, size_t i);

#endif
