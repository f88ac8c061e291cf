/* SPDX-License-Identifier: Apache-2.0 */
#include "node/packages.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/decompress.h"
#include "format/lz4.h"

static bool is_any(struct bw_str arch)
{
        return bw_str_is(arch, "all") || bw_str_is(arch, "noarch") || !arch.n;
}

int bw_packages_add(struct bw_packages *packages, const struct bw_installed *item, struct bw_error *reterr)
{
        struct bw_installed copy = {.held = item->held};
        struct bw_arena *arena = packages->arena;

        if (packages->n >= BW_LIMIT_PACKAGES)
                return bw_error_set(reterr, -E2BIG, "more than %d packages", BW_LIMIT_PACKAGES);
        if (bw_arena_grow(arena, &packages->items, &packages->cap, packages->n, sizeof(packages->items[0])) < 0)
                return bw_arena_error(arena, reterr);
        copy.name = bw_arena_str(arena, item->name);
        copy.arch = bw_arena_str(arena, item->arch);
        copy.version = bw_arena_str(arena, item->version);
        copy.module = bw_arena_str(arena, item->module);
        if (!copy.name.p || !copy.arch.p || !copy.version.p || !copy.module.p)
                return bw_arena_error(arena, reterr);
        packages->items[packages->n++] = copy;
        return 0;
}

static int by_name(const void *a, const void *b)
{
        const struct bw_installed *x = a;
        const struct bw_installed *y = b;
        int d = bw_str_cmp(x->name, y->name);

        return d ? d : bw_str_cmp(x->arch, y->arch);
}

void bw_packages_sort(struct bw_packages *packages)
{
        size_t n = 0;

        if (packages->n)
                qsort(packages->items, packages->n, sizeof(packages->items[0]), by_name);
        for (size_t i = 0; i < packages->n; i++) {
                struct bw_installed *last = n ? &packages->items[n - 1] : NULL;
                const struct bw_installed *item = &packages->items[i];

                if (!last || by_name(last, item) != 0)
                        packages->items[n++] = *item;
                else if (packages->order(item->version, last->version) > 0)
                        *last = *item;
        }
        packages->n = n;
}

const struct bw_installed *bw_packages_find(const struct bw_packages *packages, struct bw_str name, size_t *ret_n)
{
        size_t low = 0;
        size_t high = packages->n;
        size_t end;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (bw_str_cmp(packages->items[middle].name, name) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (end = low; end < packages->n && bw_str_eq(packages->items[end].name, name); end++)
                ;
        *ret_n = end - low;
        return end > low ? &packages->items[low] : NULL;
}

/* An update of a module's stream is for packages of that stream alone, and they get no other. */
static bool same_module(struct bw_str installed, struct bw_str offered)
{
        if (!installed.n || !offered.n)
                return installed.n == offered.n;
        return bw_str_starts(installed, offered) && (installed.n == offered.n || installed.p[offered.n] == ':');
}

int bw_packages_offer(struct bw_packages *packages, const struct bw_installed *offer, struct bw_error *reterr)
{
        size_t n;
        struct bw_installed *item = (struct bw_installed *)bw_packages_find(packages, offer->name, &n); /* ours */

        for (; item && n; item++, n--) {
                struct bw_str newest = item->available.n ? item->available : item->version;

                if (!bw_str_eq(item->arch, offer->arch) && !is_any(item->arch) && !is_any(offer->arch))
                        continue;
                if (!same_module(item->module, offer->module) || packages->order(offer->version, newest) <= 0)
                        continue;
                item->available = bw_arena_str(packages->arena, offer->version);
                item->source = bw_arena_str(packages->arena, offer->source);
                item->advisory = bw_arena_str(packages->arena, offer->advisory);
                if (!item->available.p || !item->source.p || !item->advisory.p)
                        return bw_arena_error(packages->arena, reterr);
        }
        return 0;
}

void bw_packages_note(struct bw_packages *packages, const char *path, int64_t date, int code, const struct bw_error *err)
{
        if (code < 0) {
                if (!packages->skipped.n)
                        packages->skipped = bw_arena_printf(packages->arena, "%s: %s", path, err->message);
                return;
        }
        packages->index = bw_arena_str(packages->arena, bw_str(path));
        packages->n_indexes++;
        if (date && (!packages->index_date || date < packages->index_date))
                packages->index_date = date;
}

/* ---- streams */

typedef int (*bytes_fn)(void *userdata, struct bw_str bytes, struct bw_error *reterr);

struct stream {
        struct bw_packages *packages;
        struct bw_file file;
        bytes_fn each;
        void *userdata;
        char piece[65536];
};

/* What has been unpacked counts against what all indexes of the machine may have. */
static int spend(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        struct stream *s = userdata;

        if (bytes.n > s->packages->budget)
                return bw_error_set(reterr, -E2BIG, "the indexes of packages are larger than %llu bytes",
                                    (unsigned long long)BW_LIMIT_PACKAGE_INDEX);
        s->packages->budget -= bytes.n;
        return s->each(s->userdata, bytes, reterr);
}

static int read_piece(struct stream *s, struct bw_str *ret, struct bw_error *reterr)
{
        size_t n;
        int r = bw_file_read(&s->file, s->piece, sizeof(s->piece), s->packages->node->options.cancel, &n, reterr);

        *ret = bw_str_n(s->piece, r < 0 ? 0 : n);
        return r;
}

static int run_plain(struct stream *s, struct bw_str first, struct bw_error *reterr)
{
        int r = spend(s, first, reterr);

        while (r >= 0 && first.n) {
                r = read_piece(s, &first, reterr);
                if (r >= 0 && first.n)
                        r = spend(s, first, reterr);
        }
        return r;
}

static int run_lz4(struct stream *s, struct bw_str piece, struct bw_error *reterr)
{
        bw_auto_done(bw_lz4_done) struct bw_lz4 lz4 = {0};
        bool end = false;
        int r = 0;

        while (r >= 0 && !end) {
                if (!piece.n)
                        return bw_error_set(reterr, -EINVAL, "the packed data are cut off");
                r = bw_lz4_feed(&lz4, piece, spend, s, &end, reterr);
                if (r >= 0 && !end)
                        r = read_piece(s, &piece, reterr);
        }
        return r;
}

static int run_packed(struct stream *s, struct bw_str piece, struct bw_error *reterr)
{
        bw_auto(bw_decompress_free) struct bw_decompress *d = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        bool end = false;
        bool last = false;
        int r = bw_decompress_new(piece, &d, reterr);

        while (r >= 0 && !end) {
                bw_buf_clear(&out);
                r = bw_decompress_run(d, &piece, last, sizeof(s->piece), &out, &end, reterr);
                if (r >= 0 && out.n)
                        r = spend(s, bw_buf_view(&out), reterr);
                if (r < 0 || end || out.n || piece.n)
                        continue;
                if (last)
                        return bw_error_set(reterr, -EINVAL, "the packed data are cut off");
                r = read_piece(s, &piece, reterr);
                last = piece.n == 0;
        }
        return r;
}

int bw_packages_stream(struct bw_packages *packages, const char *path, bytes_fn each, void *userdata,
                       struct bw_error *reterr)
{
        struct stream *s = bw_arena_alloc(packages->arena, sizeof(*s));
        struct bw_str piece;
        int r;

        if (!s)
                return bw_arena_error(packages->arena, reterr);
        s->packages = packages;
        s->each = each;
        s->userdata = userdata;
        r = bw_host_open_file(packages->node->host, path, &s->file, reterr);
        if (r < 0)
                return r;
        r = read_piece(s, &piece, reterr);
        if (r >= 0 && bw_str_starts(piece, bw_str_n("\xfd" "7zXZ", 5)))
                r = bw_error_set(reterr, -ENOTSUP, "is packed with xz, which is not read");
        else if (r >= 0 && bw_lz4_knows(piece))
                r = run_lz4(s, piece, reterr);
        else if (r >= 0 && piece.n >= 4 && bw_decompress_knows(piece))
                r = run_packed(s, piece, reterr);
        else if (r >= 0)
                r = run_plain(s, piece, reterr);
        bw_file_close(&s->file);
        return r < 0 ? r : 0;
}
