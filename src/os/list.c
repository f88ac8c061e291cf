/* SPDX-License-Identifier: Apache-2.0 */
/* Directory listings, read in blocks by getdents64 and sorted by bytes. */
#include <dirent.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fault.h"
#include "os/fs.h"

static const uint8_t kinds[] = {
        [DT_UNKNOWN] = BW_FS_UNKNOWN, [DT_REG] = BW_FS_FILE,    [DT_DIR] = BW_FS_DIR,    [DT_LNK] = BW_FS_LINK,
        [DT_FIFO] = BW_FS_FIFO,       [DT_SOCK] = BW_FS_SOCKET, [DT_CHR] = BW_FS_DEVICE, [DT_BLK] = BW_FS_DEVICE,
};

static enum bw_fs_kind entry_kind(const struct bw_file *dir, const struct dirent64 *e)
{
        struct bw_fs_stat st;

        if (e->d_type != DT_UNKNOWN && e->d_type < BW_ARRAY_SIZE(kinds))
                return (enum bw_fs_kind)kinds[e->d_type];
        /* Some file systems leave the type out. */
        if (bw_fs_stat(dir->fd, e->d_name, BW_FS_NOFOLLOW, &st, NULL) < 0)
                return BW_FS_UNKNOWN;
        return st.kind;
}

static int add_entry(const struct bw_file *dir, const struct dirent64 *e, struct bw_listing *l)
{
        size_t n = strlen(e->d_name);

        if (bw_grow(&l->names, &l->names_cap, l->names_n + n + 1, 1) < 0 ||
            bw_grow(&l->entries, &l->entries_cap, l->n_entries + 1, sizeof(*l->entries)) < 0)
                return -ENOMEM;
        memcpy(l->names + l->names_n, e->d_name, n + 1);
        l->entries[l->n_entries++] = (struct bw_listing_entry){
                .at = (uint32_t)l->names_n,
                .length = (uint16_t)n,
                .kind = (uint16_t)entry_kind(dir, e),
        };
        l->names_n += n + 1;
        return 0;
}

static int by_name(const void *a, const void *b, void *names)
{
        const struct bw_listing_entry *x = a;
        const struct bw_listing_entry *y = b;

        return strcmp((const char *)names + x->at, (const char *)names + y->at);
}

static bool is_dots(const char *name)
{
        return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

static int read_entries(const struct bw_file *dir, size_t max_entries, struct bw_listing *l, struct bw_error *reterr)
{
        union {
                struct dirent64 align;
                char bytes[32768];
        } buf;

        for (;;) {
                ssize_t n = bw_fault(BW_FAULT_READ) ? (errno = EIO, -1) : getdents64(dir->fd, &buf, sizeof(buf));

                if (n == 0)
                        return 0;
                if (n < 0)
                        return bw_error_set(reterr, -errno, "the directory cannot be read: %s", bw_errno_text(errno));
                for (ssize_t at = 0; at < n;) {
                        const struct dirent64 *e = (const void *)(buf.bytes + at);

                        at += e->d_reclen;
                        if (is_dots(e->d_name))
                                continue;
                        if (l->n_entries >= max_entries)
                                return bw_error_set(reterr, -E2BIG, "the directory has more than %zu entries",
                                                    max_entries);
                        if (add_entry(dir, e, l) < 0)
                                return bw_error_nomem(reterr);
                }
        }
}

int bw_fs_list(const struct bw_file *dir, size_t max_entries, struct bw_listing *listing, struct bw_error *reterr)
{
        int r;

        listing->n_entries = 0;
        listing->names_n = 0;
        r = read_entries(dir, max_entries, listing, reterr);
        if (listing->n_entries)
                qsort_r(listing->entries, listing->n_entries, sizeof(*listing->entries), by_name, listing->names);
        return r;
}

void bw_listing_done(struct bw_listing *listing)
{
        bw_free(listing->names);
        bw_free(listing->entries);
        *listing = (struct bw_listing){0};
}
