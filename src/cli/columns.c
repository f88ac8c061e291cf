/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/columns.h"

#include "base/alloc.h"
#include "base/utf8.h"

#define GAP 2

void bw_columns_init(struct bw_columns *table, size_t n_columns, const char *const *head)
{
        *table = (struct bw_columns){.n_columns = BW_MIN(n_columns, (size_t)BW_COLUMNS_MAX)};
        for (size_t i = 0; head && i < table->n_columns; i++)
                bw_columns_cell(table, bw_str(head[i]));
}

void bw_columns_done(struct bw_columns *table)
{
        bw_free(table->cells);
        table->cells = NULL;
        table->n_cells = table->cap = 0;
}

void bw_columns_cell(struct bw_columns *table, struct bw_str text)
{
        if (bw_grow(&table->cells, &table->cap, table->n_cells + 1, sizeof(*table->cells)) < 0)
                table->failed = true;
        else
                table->cells[table->n_cells++] = text.n ? text : BW_STR("-");
}

/* Appends the cell; gives its width as shown. */
static size_t put_cell(struct bw_buf *out, struct bw_str text)
{
        size_t begin = out->n;

        bw_buf_clean(out, text);
        return bw_buf_status(out) < 0 ? 0 : bw_utf8_count(bw_str_n(out->p + begin, out->n - begin));
}

static void measure(const struct bw_columns *table, struct bw_buf *scratch, size_t widths[BW_COLUMNS_MAX])
{
        memset(widths, 0, BW_COLUMNS_MAX * sizeof(*widths));
        for (size_t i = 0; i < table->n_cells; i++) {
                bw_buf_clear(scratch);
                widths[i % table->n_columns] = BW_MAX(widths[i % table->n_columns], put_cell(scratch, table->cells[i]));
        }
}

int bw_columns_print(const struct bw_columns *table, struct bw_buf *out)
{
        bw_auto_done(bw_buf_done) struct bw_buf scratch = {0};
        size_t widths[BW_COLUMNS_MAX];

        if (table->failed)
                return -ENOMEM;
        measure(table, &scratch, widths);
        for (size_t i = 0; i < table->n_cells; i++) {
                size_t column = i % table->n_columns;
                size_t width = put_cell(out, table->cells[i]);

                if (column + 1 == table->n_columns)
                        bw_buf_char(out, '\n');
                else
                        bw_buf_fill(out, ' ', widths[column] - width + GAP);
        }
        return bw_buf_status(out);
}
