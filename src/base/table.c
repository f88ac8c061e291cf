/* SPDX-License-Identifier: Apache-2.0 */
#include "base/table.h"

const char *bw_table_text(const struct bw_table *table, size_t row, size_t column)
{
        const char *s;

        if (row >= table->n_rows || column >= table->n_columns)
                return "";
        s = table->text + table->cells[row * table->n_columns + column];
        return strcmp(s, "-") == 0 ? "" : s;
}

int64_t bw_table_int(const struct bw_table *table, size_t row, size_t column, int64_t otherwise)
{
        int64_t i;

        return bw_str_to_i64(bw_table_cell(table, row, column), &i) == 0 ? i : otherwise;
}

size_t bw_table_find(const struct bw_table *table, struct bw_str key)
{
        size_t low = 0;
        size_t high = table->n_rows;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (bw_str_cmp(bw_table_cell(table, middle, 0), key) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < table->n_rows && bw_str_eq(bw_table_cell(table, low, 0), key) ? low : SIZE_MAX;
}
