/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed-table OUT.c NAME TABLE.tsv: turns a table of data/ into `const struct bw_table NAME` (src/base/table.h).
 * Runs at build time. Lines that begin with # are skipped, the first other line is the header; every row has as many cells.
 */
#define BW_ALLOW_BANNED
#include "base/base.h"

static void die(const char *what, unsigned line, const char *why)
{
        fprintf(stderr, "embed-table: %s:%u: %s\n", what, line, why);
        exit(1);
}

static void put_cell(FILE *out, const char *s, size_t n)
{
        fputs("\t\"", out);
        for (size_t i = 0; i < n; i++) {
                unsigned char c = (unsigned char)s[i];

                if (c == '"' || c == '\\')
                        fprintf(out, "\\%c", c);
                else if (c < 0x20 || c >= 0x7f || c == '?')
                        fprintf(out, "\\%03o", c);
                else
                        fputc(c, out);
        }
        fputs("\\0\"\n", out);
}

struct rows {
        const char *path;
        unsigned columns;
        unsigned n; /* of rows */
        uint32_t at;
        uint32_t *cells;
        size_t n_cells;
};

static void add_row(struct rows *rows, FILE *out, unsigned number, const char *line)
{
        unsigned columns = 0;

        for (;;) {
                size_t n = strcspn(line, "\t");

                rows->cells = realloc(rows->cells, (rows->n_cells + 1) * sizeof(*rows->cells));
                if (!rows->cells)
                        die(rows->path, number, "out of memory");
                rows->cells[rows->n_cells++] = rows->at;
                rows->at += (uint32_t)n + 1;
                put_cell(out, line, n);
                columns++;
                if (!line[n])
                        break;
                line += n + 1;
        }
        if (columns != rows->columns)
                die(rows->path, number, "not as many cells as the header has");
        rows->n++;
}

static unsigned count_cells(const char *line)
{
        unsigned n = 1;

        for (; *line; line++)
                n += *line == '\t';
        return n;
}

static void read_rows(struct rows *rows, FILE *in, FILE *out)
{
        char *line = NULL;
        size_t cap = 0;
        ssize_t n;

        for (unsigned number = 1; (n = getline(&line, &cap, in)) >= 0; number++) {
                if (n && line[n - 1] == '\n')
                        line[n - 1] = '\0';
                if (line[0] == '#')
                        continue;
                if (rows->columns)
                        add_row(rows, out, number, line);
                else
                        rows->columns = count_cells(line);
        }
        free(line);
}

int main(int argc, char **argv)
{
        struct rows rows = {0};
        FILE *in;
        FILE *out;

        if (argc != 4)
                die("embed-table", 0, "usage: embed-table OUT.c NAME TABLE.tsv");
        rows.path = argv[3];
        in = fopen(argv[3], "r");
        out = fopen(argv[1], "w");
        if (!in || !out)
                die(in ? argv[1] : argv[3], 0, strerror(errno));
        fprintf(out, "#include \"base/table.h\"\nextern const struct bw_table %s;\nstatic const char text[] =\n", argv[2]);
        read_rows(&rows, in, out);
        fputs("\t\"\";\nstatic const uint32_t cells[] = {", out);
        for (size_t i = 0; i < rows.n_cells; i++)
                fprintf(out, "%s%u,", i % 16 ? "" : "\n\t", rows.cells[i]);
        fprintf(out, "0};\nconst struct bw_table %s = {text, cells, %u, %u};\n", argv[2], rows.n, rows.columns);
        free(rows.cells);
        fclose(in);
        if (fclose(out) != 0)
                die(argv[1], 0, strerror(errno));
        return 0;
}
