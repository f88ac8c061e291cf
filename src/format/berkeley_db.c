/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of a Berkeley DB hash, page by page: just what rpm's database before RHEL 9 needs. Numbers are in the order of the
 * machine that wrote it. Source: libdb src/dbinc/db_page.h.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/rpm_database_internal.h"

enum {
        META_BYTES = 72,
        META_MAGIC = 12,
        META_PAGE_SIZE = 20,
        META_ENCRYPTION = 24,
        META_LAST_PAGE = 32,
        PAGE_HEADER = 26, /* lsn 8, number 4, previous 4, next 4, entries 2, end of the data 2, level 1, type 1 */
        PAGE_NEXT = 16,
        PAGE_ENTRIES = 20,
        PAGE_DATA_END = 22,
        PAGE_TYPE = 25,
        TYPE_HASH_UNSORTED = 2,
        TYPE_OVERFLOW = 7,
        TYPE_HASH = 13,
        ITEM_INLINE = 1,
        ITEM_OFFPAGE = 3, /* type 1, unused 3, page 4, length 4 */
        OFFPAGE_BYTES = 12,
};
#define HASH_MAGIC 0x00061561U

struct hash {
        struct bw_arena *arena;
        const struct bw_reader_at *file;
        bool big;           /* big-endian */
        uint32_t page_size;
        uint32_t last_page;
        uint64_t budget;    /* overflow pages that may still be read: a loop ends here */
        bw_blob_fn each;
        void *userdata;
};

static uint32_t u32(const struct hash *db, const uint8_t *p)
{
        return db->big ? bw_be32(p) : bw_le32(p);
}

static uint32_t u16(const struct hash *db, const uint8_t *p)
{
        return db->big ? bw_be16(p) : (uint32_t)p[1] << 8 | p[0];
}

static int broken(struct bw_error *reterr, const char *what)
{
        return bw_error_set(reterr, -EINVAL, "the database is broken: %s", what);
}

static int read_page(struct hash *db, uint32_t number, uint8_t *to, struct bw_error *reterr)
{
        if (number == 0 || number > db->last_page)
                return broken(reterr, "a page outside of the file");
        return db->file->read(db->file->userdata, (uint64_t)number * db->page_size, to, db->page_size, reterr);
}

/* A long value is a chain of pages. */
static int offpage(struct hash *db, const uint8_t *item, struct bw_error *reterr)
{
        uint32_t page = u32(db, item + 4);
        uint32_t length = u32(db, item + 8);
        uint8_t *bytes = bw_arena_alloc(db->arena, db->page_size);
        uint8_t *blob;
        uint32_t n = 0;

        if (length > BW_LIMIT_RPM_HEADER)
                return bw_error_set(reterr, -E2BIG, "a package's header has more than %zu bytes", BW_LIMIT_RPM_HEADER);
        if (length > db->file->size)
                return broken(reterr, "a value longer than the file");
        blob = bw_arena_alloc(db->arena, length);
        if (!bytes || !blob)
                return bw_arena_error(db->arena, reterr);
        while (n < length) {
                uint32_t part;
                int r = db->budget ? read_page(db, page, bytes, reterr) : broken(reterr, "its pages go round in a circle");

                if (r < 0)
                        return r;
                db->budget--;
                part = u16(db, bytes + PAGE_DATA_END);
                if (bytes[PAGE_TYPE] != TYPE_OVERFLOW || part == 0 || part > db->page_size - PAGE_HEADER ||
                    part > length - n)
                        return broken(reterr, "a page of a value holds something else");
                memcpy(blob + n, bytes + PAGE_HEADER, part);
                n += part;
                page = u32(db, bytes + PAGE_NEXT);
        }
        return db->each(db->userdata, bw_str_n((const char *)blob, length), reterr);
}

/* Item number i of a hash page: it goes up to where the one before it begins. */
static int value(struct hash *db, const uint8_t *page, uint32_t i, struct bw_error *reterr)
{
        uint32_t begin = u16(db, page + PAGE_HEADER + 2 * (size_t)i);
        uint32_t end = u16(db, page + PAGE_HEADER + 2 * (size_t)(i - 1));

        if (begin >= end || end > db->page_size)
                return broken(reterr, "an item outside of its page");
        if (page[begin] == ITEM_OFFPAGE && end - begin >= OFFPAGE_BYTES)
                return offpage(db, page + begin, reterr);
        /* The shortest header has 8 bytes before its entries; rpm keeps a counter of 4 beside the packages. */
        if (page[begin] == ITEM_INLINE && end - begin > 8)
                return db->each(db->userdata, bw_str_n((const char *)page + begin + 1, end - begin - 1), reterr);
        return 0;
}

/* Keys and values in turn. */
static int hash_page(struct hash *db, uint32_t number, struct bw_error *reterr)
{
        struct bw_arena_mark mark = bw_arena_save(db->arena);
        uint8_t *page = bw_arena_alloc(db->arena, db->page_size);
        int r = page ? read_page(db, number, page, reterr) : bw_arena_error(db->arena, reterr);
        uint32_t n = r < 0 ? 0 : u16(db, page + PAGE_ENTRIES);

        if (r >= 0 && (n % 2 || PAGE_HEADER + 2 * (uint64_t)n > db->page_size))
                r = broken(reterr, "a page with half an entry");
        for (uint32_t i = 1; r >= 0 && i < n; i += 2) {
                struct bw_arena_mark each = bw_arena_save(db->arena);

                r = value(db, page, i, reterr);
                bw_arena_restore(db->arena, each);
        }
        bw_arena_restore(db->arena, mark);
        return r;
}

static int read_meta(struct hash *db, struct bw_error *reterr)
{
        uint8_t meta[META_BYTES];
        int r;

        if (db->file->size < sizeof(meta))
                return broken(reterr, "it is cut off");
        r = db->file->read(db->file->userdata, 0, meta, sizeof(meta), reterr);
        if (r < 0)
                return r;
        db->big = bw_be32(meta + META_MAGIC) == HASH_MAGIC;
        db->page_size = u32(db, meta + META_PAGE_SIZE);
        if (meta[META_ENCRYPTION])
                return bw_error_set(reterr, -ENOTSUP, "the database is encrypted");
        if (db->page_size < 512 || db->page_size > 65536 || (db->page_size & (db->page_size - 1)))
                return broken(reterr, "its pages have a size that cannot be");
        if (db->file->size / db->page_size > UINT32_MAX || db->file->size < db->page_size)
                return broken(reterr, "its length cannot be");
        db->last_page = (uint32_t)(db->file->size / db->page_size) - 1;
        db->last_page = BW_MIN(db->last_page, u32(db, meta + META_LAST_PAGE));
        db->budget = (uint64_t)db->last_page + 1;
        return 0;
}

int bw_berkeley_blobs(struct bw_arena *arena, const struct bw_reader_at *file, bw_blob_fn each, void *userdata,
                      struct bw_error *reterr)
{
        struct hash db = {.arena = arena, .file = file, .each = each, .userdata = userdata};
        int r = read_meta(&db, reterr);

        for (uint32_t page = 1; r >= 0 && page <= db.last_page; page++) {
                uint8_t head[PAGE_HEADER];

                r = file->read(file->userdata, (uint64_t)page * db.page_size, head, sizeof(head), reterr);
                if (r >= 0 && (head[PAGE_TYPE] == TYPE_HASH || head[PAGE_TYPE] == TYPE_HASH_UNSORTED))
                        r = hash_page(&db, page, reterr);
        }
        return r < 0 ? r : 0;
}
