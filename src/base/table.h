/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: a table of texts that is part of the program: made at build time from a file of data/ (tab-separated, one header
 * line, lines with # before it) by tools/embed-table.c. One text and numbers into it, so that nothing is relocated at start.
 * A cell "-" is empty.
 * Ownership: static data. Threads: immutable.
 */
#ifndef BW_BASE_TABLE_H
#define BW_BASE_TABLE_H

#include "base/base.h"

struct bw_table {
        const char *text;      /* cells, each ended by a zero byte */
        const uint32_t *cells; /* where each begins, row by row */
        uint32_t n_rows;
        uint32_t n_columns;
};

/* A cell's text, ended by a zero byte; "" when it is empty or outside. */
const char *bw_table_text(const struct bw_table *table, size_t row, size_t column);
static inline struct bw_str bw_table_cell(const struct bw_table *table, size_t row, size_t column)
{
        return bw_str(bw_table_text(table, row, column));
}
/* A cell as a number; otherwise when it is empty or none. */
int64_t bw_table_int(const struct bw_table *table, size_t row, size_t column, int64_t otherwise);
/* The first row whose first column is key, in a table whose rows are in the byte order of that column; SIZE_MAX: none. */
size_t bw_table_find(const struct bw_table *table, struct bw_str key);

#endif
