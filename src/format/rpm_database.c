/* SPDX-License-Identifier: Apache-2.0 */
#include "format/rpm_database_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

enum { INDEX_ENTRY = 16 };
enum rpm_type {
        RPM_INT32 = 4,
        RPM_STRING = 6,
        RPM_I18N = 9,
};

/* ---- headers: number of entries, bytes of data, the entries (tag, type, offset, count), the data; big-endian */

static const struct {
        uint32_t tag;
        size_t offset;
} texts[] = {
        {1000, offsetof(struct bw_rpm_package, name)},   {1001, offsetof(struct bw_rpm_package, version)},
        {1002, offsetof(struct bw_rpm_package, release)}, {1022, offsetof(struct bw_rpm_package, arch)},
        {5096, offsetof(struct bw_rpm_package, module)},
};
enum { TAG_EPOCH = 1003 };

static int take_text(struct bw_str data, uint32_t offset, struct bw_str *ret, struct bw_error *reterr)
{
        const char *end = offset < data.n ? memchr(data.p + offset, 0, data.n - offset) : NULL;

        if (!end)
                return bw_error_set(reterr, -EINVAL, "a package's header has a text outside of its data");
        *ret = bw_str_n(data.p + offset, (size_t)(end - (data.p + offset)));
        return 0;
}

static int take_entry(struct bw_str data, const uint8_t *entry, struct bw_rpm_package *package, struct bw_error *reterr)
{
        uint32_t tag = bw_be32(entry);
        uint32_t type = bw_be32(entry + 4);
        uint32_t offset = bw_be32(entry + 8);

        if (tag == TAG_EPOCH && type == RPM_INT32) {
                if (offset > data.n || data.n - offset < 4)
                        return bw_error_set(reterr, -EINVAL, "a package's header has an epoch outside of its data");
                package->epoch = bw_be32((const uint8_t *)data.p + offset);
                package->has_epoch = true;
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++)
                if (tag == texts[i].tag && (type == RPM_STRING || type == RPM_I18N))
                        return take_text(data, offset, (struct bw_str *)(void *)((char *)package + texts[i].offset),
                                         reterr);
        return 0;
}

int bw_rpm_header_read(struct bw_str blob, struct bw_rpm_package *ret, struct bw_error *reterr)
{
        struct bw_rpm_package package = {0};
        const uint8_t *p = (const uint8_t *)blob.p;
        uint64_t n_entries;
        uint64_t n_data;
        struct bw_str data;

        if (blob.n < 8)
                return bw_error_set(reterr, -EINVAL, "a package's header is cut off");
        n_entries = bw_be32(p);
        n_data = bw_be32(p + 4);
        if (8 + n_entries * INDEX_ENTRY + n_data > blob.n)
                return bw_error_set(reterr, -EINVAL, "a package's header is cut off");
        data = bw_str_n(blob.p + 8 + n_entries * INDEX_ENTRY, n_data);
        for (uint64_t i = 0; i < n_entries; i++) {
                int r = take_entry(data, p + 8 + i * INDEX_ENTRY, &package, reterr);

                if (r < 0)
                        return r;
        }
        if (!package.name.n || !package.version.n)
                return bw_error_set(reterr, -EINVAL, "a package's header has no name or no version");
        *ret = package;
        return 0;
}

/* ---- ndb: pages of slots, each the place of a package's blob; little-endian */

enum {
        NDB_PAGE = 4096,
        NDB_SLOT = 16,
        NDB_BLOCK = 16,
        NDB_FIRST_SLOT = 2, /* the file's header is as long as two */
        NDB_BLOB_HEAD = 16,
};
#define NDB_MAGIC_FILE 0x506d7052U
#define NDB_MAGIC_SLOT 0x746f6c53U
#define NDB_MAGIC_BLOB 0x53626c42U

static int ndb_blob(struct bw_arena *arena, const struct bw_reader_at *file, const uint8_t *slot, bw_blob_fn each,
                    void *userdata, struct bw_error *reterr)
{
        uint64_t at = (uint64_t)bw_le32(slot + 8) * NDB_BLOCK;
        uint8_t head[NDB_BLOB_HEAD];
        uint32_t n;
        char *blob;
        int r;

        if (at > file->size || file->size - at < sizeof(head))
                return bw_error_set(reterr, -EINVAL, "a package lies outside of the file");
        r = file->read(file->userdata, at, head, sizeof(head), reterr);
        if (r < 0)
                return r;
        n = bw_le32(head + 12);
        if (bw_le32(head) != NDB_MAGIC_BLOB || bw_le32(head + 4) != bw_le32(slot + 4) ||
            n > file->size - at - sizeof(head))
                return bw_error_set(reterr, -EINVAL, "a package's place in the file holds something else");
        if (n > BW_LIMIT_RPM_HEADER)
                return bw_error_set(reterr, -E2BIG, "a package's header has more than %zu bytes", BW_LIMIT_RPM_HEADER);
        blob = bw_arena_alloc(arena, n);
        if (!blob)
                return bw_arena_error(arena, reterr);
        r = file->read(file->userdata, at + sizeof(head), blob, n, reterr);
        return r < 0 ? r : each(userdata, bw_str_n(blob, n), reterr);
}

static int ndb_page(struct bw_arena *arena, const struct bw_reader_at *file, uint32_t page, bw_blob_fn each,
                    void *userdata, struct bw_error *reterr)
{
        uint8_t slots[NDB_PAGE];
        int r = file->read(file->userdata, (uint64_t)page * NDB_PAGE, slots, sizeof(slots), reterr);

        for (unsigned i = page ? 0 : NDB_FIRST_SLOT; r >= 0 && i < NDB_PAGE / NDB_SLOT; i++) {
                const uint8_t *slot = slots + i * NDB_SLOT;
                struct bw_arena_mark mark = bw_arena_save(arena);

                if (bw_le32(slot) != NDB_MAGIC_SLOT)
                        return bw_error_set(reterr, -EINVAL, "a page of the database's index holds something else");
                if (bw_le32(slot + 8) == 0)
                        continue; /* free */
                r = ndb_blob(arena, file, slot, each, userdata, reterr);
                bw_arena_restore(arena, mark);
        }
        return r;
}

int bw_ndb_blobs(struct bw_arena *arena, const struct bw_reader_at *file, bw_blob_fn each, void *userdata,
                 struct bw_error *reterr)
{
        uint8_t head[NDB_FIRST_SLOT * NDB_SLOT];
        uint32_t pages;
        int r = 0;

        if (file->size < sizeof(head))
                return bw_error_set(reterr, -EINVAL, "the database is cut off");
        r = file->read(file->userdata, 0, head, sizeof(head), reterr);
        if (r < 0)
                return r;
        pages = bw_le32(head + 12);
        if (bw_le32(head + 4) != 0)
                return bw_error_set(reterr, -ENOTSUP, "version %u of rpm's ndb format is not known", bw_le32(head + 4));
        if (pages > file->size / NDB_PAGE)
                return bw_error_set(reterr, -EINVAL, "the database is cut off");
        for (uint32_t page = 0; r >= 0 && page < pages; page++)
                r = ndb_page(arena, file, page, each, userdata, reterr);
        return r < 0 ? r : 0;
}

/* ---- which of them it is */

struct reading {
        bw_rpm_package_fn each;
        void *userdata;
};

static int see_blob(void *userdata, struct bw_str blob, struct bw_error *reterr)
{
        const struct reading *reading = userdata;
        struct bw_rpm_package package;
        int r = bw_rpm_header_read(blob, &package, reterr);

        return r < 0 ? r : reading->each(reading->userdata, &package, reterr);
}

int bw_rpm_database_read(struct bw_arena *arena, const struct bw_reader_at *file, bw_rpm_package_fn each, void *userdata,
                         struct bw_error *reterr)
{
        struct reading reading = {.each = each, .userdata = userdata};
        uint8_t head[16] = {0};
        int r;

        if (file->size < sizeof(head))
                return bw_error_set(reterr, -EINVAL, "the database is cut off");
        r = file->read(file->userdata, 0, head, sizeof(head), reterr);
        if (r < 0)
                return r;
        if (memcmp(head, "SQLite format 3", 16) == 0)
                return bw_sqlite_blobs(arena, file, BW_STR("Packages"), see_blob, &reading, reterr);
        if (bw_le32(head) == NDB_MAGIC_FILE)
                return bw_ndb_blobs(arena, file, see_blob, &reading, reterr);
        if (bw_le32(head + 12) == 0x00061561 || bw_be32(head + 12) == 0x00061561)
                return bw_berkeley_blobs(arena, file, see_blob, &reading, reterr);
        return bw_error_set(reterr, -EINVAL, "it is no database of rpm's");
}
