/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one table of an SQLite file, page by page: just what rpm's database needs. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/rpm_database_internal.h"

enum {
        FILE_HEADER = 100,  /* at the beginning of page 1 */
        MAX_DEPTH = 20,     /* of a tree of pages: SQLite's own limit */
        PAGE_INTERIOR = 0x05,
        PAGE_LEAF = 0x0d,
};

struct sqlite {
        struct bw_arena *arena;
        const struct bw_reader_at *file;
        uint32_t page_size;
        uint32_t usable;   /* bytes of a page without what is reserved at its end */
        uint32_t n_pages;
        uint32_t budget;   /* pages of trees that may still be read: a loop ends here */
        struct bw_str table;
        uint32_t root;     /* of the table, once it is found */
        bw_blob_fn each;
        void *userdata;
};

struct row {
        const uint8_t *payload;
        size_t n;
};
typedef int (*row_fn)(struct sqlite *db, const struct row *row, struct bw_error *reterr);

static int broken(struct bw_error *reterr, const char *what)
{
        return bw_error_set(reterr, -EINVAL, "the database is broken: %s", what);
}

/* 1 to 9 bytes, the high bit says that another follows. 0: it is cut off. */
static size_t varint(const uint8_t *p, size_t n, uint64_t *ret)
{
        uint64_t v = 0;

        for (size_t i = 0; i < n && i < 9; i++) {
                v = i == 8 ? v << 8 | p[i] : v << 7 | (p[i] & 0x7f);
                if (i == 8 || !(p[i] & 0x80)) {
                        *ret = v;
                        return i + 1;
                }
        }
        return 0;
}

static int read_page(struct sqlite *db, uint32_t number, uint8_t *to, struct bw_error *reterr)
{
        if (number == 0 || number > db->n_pages)
                return broken(reterr, "a page outside of the file");
        return db->file->read(db->file->userdata, (uint64_t)(number - 1) * db->page_size, to, db->page_size, reterr);
}

/* Bytes of a payload that stand in the page itself: sqlite.org/fileformat2.html, "B-tree Cell Format". */
static uint64_t local_bytes(const struct sqlite *db, uint64_t n)
{
        uint64_t u = db->usable;
        uint64_t least = (u - 12) * 32 / 255 - 23;
        uint64_t k;

        if (n <= u - 35)
                return n;
        k = least + (n - least) % (u - 4);
        return k <= u - 35 ? k : least;
}

/* The pages that the rest of a long payload is in. */
static int read_overflow(struct sqlite *db, uint32_t page, uint8_t *to, uint64_t n, struct bw_error *reterr)
{
        uint8_t *bytes = bw_arena_alloc(db->arena, db->page_size);
        int r = 0;

        if (!bytes)
                return bw_arena_error(db->arena, reterr);
        while (n) {
                uint64_t part = BW_MIN(n, (uint64_t)db->usable - 4);

                r = read_page(db, page, bytes, reterr);
                if (r < 0)
                        return r;
                memcpy(to, bytes + 4, part);
                to += part;
                n -= part;
                page = bw_be32(bytes);
        }
        return 0;
}

static int leaf_cell(struct sqlite *db, const uint8_t *cell, size_t n, row_fn each, struct bw_error *reterr)
{
        uint64_t size;
        uint64_t rowid;
        uint64_t local;
        size_t used = varint(cell, n, &size);
        size_t more = used ? varint(cell + used, n - used, &rowid) : 0;
        uint8_t *payload;
        int r;

        if (!used || !more)
                return broken(reterr, "a cell that is cut off");
        used += more;
        if (size > BW_LIMIT_RPM_HEADER)
                return bw_error_set(reterr, -E2BIG, "a row has more than %zu bytes", BW_LIMIT_RPM_HEADER);
        local = local_bytes(db, size);
        if (local + (local < size ? 4 : 0) > n - used)
                return broken(reterr, "a cell that is cut off");
        if (local == size)
                return each(db, &(struct row){cell + used, size}, reterr);
        payload = bw_arena_alloc(db->arena, size);
        if (!payload)
                return bw_arena_error(db->arena, reterr);
        memcpy(payload, cell + used, local);
        r = read_overflow(db, bw_be32(cell + used + local), payload + local, size - local, reterr);
        return r < 0 ? r : each(db, &(struct row){payload, size}, reterr);
}

static int walk(struct sqlite *db, uint32_t number, unsigned depth, row_fn each, struct bw_error *reterr);

static int walk_cells(struct sqlite *db, const uint8_t *page, uint32_t number, unsigned depth, row_fn each,
                      struct bw_error *reterr)
{
        size_t base = number == 1 ? FILE_HEADER : 0;
        bool leaf = page[base] == PAGE_LEAF;
        size_t pointers = base + (leaf ? 8 : 12);
        uint32_t n_cells = bw_be16(page + base + 3);
        int r = 0;

        if ((!leaf && page[base] != PAGE_INTERIOR) || pointers + 2 * (size_t)n_cells > db->usable)
                return broken(reterr, "a page of a table holds something else");
        for (uint32_t i = 0; r >= 0 && i < n_cells; i++) {
                uint32_t at = bw_be16(page + pointers + 2 * (size_t)i);
                struct bw_arena_mark mark = bw_arena_save(db->arena);

                if (at + 4 > db->usable)
                        return broken(reterr, "a cell outside of its page");
                r = leaf ? leaf_cell(db, page + at, db->usable - at, each, reterr)
                         : walk(db, bw_be32(page + at), depth + 1, each, reterr);
                bw_arena_restore(db->arena, mark);
        }
        if (r >= 0 && !leaf)
                r = walk(db, bw_be32(page + base + 8), depth + 1, each, reterr);
        return r;
}

static int walk(struct sqlite *db, uint32_t number, unsigned depth, row_fn each, struct bw_error *reterr)
{
        uint8_t *page;
        int r;

        if (depth > MAX_DEPTH || db->budget == 0)
                return broken(reterr, "its pages go round in a circle");
        db->budget--;
        page = bw_arena_alloc(db->arena, db->page_size);
        if (!page)
                return bw_arena_error(db->arena, reterr);
        r = read_page(db, number, page, reterr);
        return r < 0 ? r : walk_cells(db, page, number, depth, each, reterr);
}

/* ---- records: sizes of the columns, then the columns */

static uint64_t column_bytes(uint64_t type)
{
        static const uint8_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};

        return type < BW_ARRAY_SIZE(sizes) ? sizes[type] : (type - 12) / 2;
}

/* A column's bytes; false: the row has no such column, or is cut off. */
static bool column(const struct row *row, unsigned wanted, struct bw_str *ret, uint64_t *ret_type)
{
        uint64_t header;
        size_t at = varint(row->payload, row->n, &header);
        uint64_t data = header;

        if (!at || header > row->n)
                return false;
        for (unsigned i = 0; at < header; i++) {
                size_t used = varint(row->payload + at, header - at, ret_type);
                uint64_t n = used ? column_bytes(*ret_type) : 0;

                if (!used || n > row->n - data)
                        return false;
                if (i == wanted) {
                        *ret = bw_str_n((const char *)row->payload + data, n);
                        return true;
                }
                at += used;
                data += n;
        }
        return false;
}

/* A row of the schema: type, name, tbl_name, rootpage, sql. */
static int see_schema(struct sqlite *db, const struct row *row, struct bw_error *reterr)
{
        struct bw_str type;
        struct bw_str name;
        struct bw_str root;
        uint64_t kind;

        if (!column(row, 0, &type, &kind) || !column(row, 1, &name, &kind) || !column(row, 3, &root, &kind))
                return broken(reterr, "its schema cannot be read");
        if (!bw_str_is(type, "table") || !bw_str_eq(name, db->table) || root.n > 4)
                return 0;
        db->root = kind == 9; /* the constant 1 */
        for (size_t i = 0; i < root.n; i++)
                db->root = db->root << 8 | (uint8_t)root.p[i];
        return 0;
}

static int see_row(struct sqlite *db, const struct row *row, struct bw_error *reterr)
{
        struct bw_str blob;
        uint64_t type;

        if (!column(row, 1, &blob, &type) || type < 12 || type % 2)
                return broken(reterr, "a row without a blob");
        return db->each(db->userdata, blob, reterr);
}

static int read_file_header(struct sqlite *db, struct bw_error *reterr)
{
        uint8_t head[FILE_HEADER];
        int r;

        if (db->file->size < sizeof(head))
                return broken(reterr, "it is cut off");
        r = db->file->read(db->file->userdata, 0, head, sizeof(head), reterr);
        if (r < 0)
                return r;
        db->page_size = bw_be16(head + 16) == 1 ? 65536 : bw_be16(head + 16);
        if (db->page_size < 512 || (db->page_size & (db->page_size - 1)) || db->page_size - head[20] < 480)
                return broken(reterr, "its pages have a size that cannot be");
        db->usable = db->page_size - head[20];
        db->n_pages = (uint32_t)BW_MIN(db->file->size / db->page_size, (uint64_t)UINT32_MAX);
        db->budget = db->n_pages;
        return 0;
}

int bw_sqlite_blobs(struct bw_arena *arena, const struct bw_reader_at *file, struct bw_str table, bw_blob_fn each,
                    void *userdata, struct bw_error *reterr)
{
        struct sqlite db = {.arena = arena, .file = file, .table = table, .each = each, .userdata = userdata};
        struct bw_arena_mark mark = bw_arena_save(arena);
        int r = read_file_header(&db, reterr);

        if (r == 0)
                r = walk(&db, 1, 0, see_schema, reterr);
        if (r >= 0 && !db.root)
                r = bw_error_set(reterr, -EINVAL, "the database has no table %.*s", BW_STR_ARG(table));
        db.budget = db.n_pages;
        if (r >= 0)
                r = walk(&db, db.root, 0, see_row, reterr);
        bw_arena_restore(arena, mark);
        return r < 0 ? r : 0;
}
