/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns: a table for people: cells in aligned columns, a head in capitals, control characters shown as \xNN.
 * Ownership: cells are borrowed until bw_columns_print; the table owns its array (bw_columns_done).
 * Errors: -ENOMEM comes from bw_columns_print. Threads: the first thread only.
 */
#ifndef BW_CLI_COLUMNS_H
#define BW_CLI_COLUMNS_H

#include "base/buf.h"

#define BW_COLUMNS_MAX 8

struct bw_columns {
        struct bw_str *cells;     /* row by row */
        size_t n_cells, cap;
        size_t n_columns;
        bool failed;
};

/* head: n_columns titles; NULL: no line for them. */
void bw_columns_init(struct bw_columns *table, size_t n_columns, const char *const *head);
/* One cell after the other; an empty one is shown as "-". */
void bw_columns_cell(struct bw_columns *table, struct bw_str text);
/* Appends the table. The last column is not filled up. */
BW_CHECK int bw_columns_print(const struct bw_columns *table, struct bw_buf *out);
void bw_columns_done(struct bw_columns *table);

#endif
