/* SPDX-License-Identifier: Apache-2.0 */
#include "node/system.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

int bw_system_read(struct bw_node *node, const char *path, struct bw_str *ret, struct bw_error *reterr)
{
        return bw_host_read(node->host, node->arena, path, BW_LIMIT_SYSTEM_FILE, ret, reterr);
}

bool bw_system_line(struct bw_node *node, const char *path, struct bw_str *ret)
{
        struct bw_str text;

        if (bw_system_read(node, path, &text, NULL) < 0)
                return false;
        *ret = (struct bw_str){0};
        (void)bw_str_split(&text, '\n', ret);
        *ret = bw_str_trim(*ret);
        return true;
}

/* ---- drop-ins */

struct dropin {
        struct bw_str name;
        const char *path;
        bool masked;
};
struct dropins {
        struct bw_node *node;
        struct dropin *items;
        size_t n, cap;
};

static bool has_name(const struct dropins *all, struct bw_str name)
{
        for (size_t i = 0; i < all->n; i++)
                if (bw_str_eq(all->items[i].name, name))
                        return true;
        return false;
}

static int add_dropin(struct dropins *all, const char *dir, const char *name, struct bw_error *reterr)
{
        struct bw_arena *arena = all->node->arena;
        struct dropin item = {.name = bw_arena_str(arena, bw_str(name))};
        struct bw_str path = bw_arena_printf(arena, "%s/%s", dir, name);
        struct bw_str target;

        if (!item.name.p || !path.p)
                return bw_arena_error(arena, reterr);
        if (bw_arena_grow(arena, &all->items, &all->cap, all->n, sizeof(all->items[0])) < 0)
                return bw_arena_error(arena, reterr);
        item.path = path.p;
        item.masked = bw_host_link(all->node->host, arena, path.p, &target, NULL) == 0 && bw_str_is(target, "/dev/null");
        all->items[all->n++] = item;
        return 0;
}

static int add_dir(struct dropins *all, const char *dir, struct bw_str suffix, struct bw_error *reterr)
{
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        int r = 0;

        if (bw_host_list(all->node->host, dir, BW_LIMIT_SYSTEM_DROPINS, &names, NULL) < 0 && !names.n_entries)
                return 0;
        for (size_t i = 0; r == 0 && i < names.n_entries; i++) {
                struct bw_str name = bw_str(bw_listing_name(&names, i));

                if (bw_str_ends(name, suffix) && name.p[0] != '.' && !has_name(all, name))
                        r = add_dropin(all, dir, name.p, reterr);
        }
        return r;
}

static int by_name(const void *a, const void *b)
{
        return bw_str_cmp(((const struct dropin *)a)->name, ((const struct dropin *)b)->name);
}

int bw_system_dropins(struct bw_node *node, const char *const *dirs, size_t n_dirs, const char *suffix,
                      const char *const **ret, size_t *ret_n, struct bw_error *reterr)
{
        struct dropins all = {.node = node};
        const char **paths;
        size_t n = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < n_dirs; i++)
                r = add_dir(&all, dirs[i], bw_str(suffix), reterr);
        if (r < 0)
                return r;
        if (all.n)
                qsort(all.items, all.n, sizeof(all.items[0]), by_name);
        paths = bw_arena_array(node->arena, all.n + 1, sizeof(paths[0]));
        if (!paths)
                return bw_arena_error(node->arena, reterr);
        for (size_t i = 0; i < all.n; i++)
                if (!all.items[i].masked)
                        paths[n++] = all.items[i].path;
        *ret = paths;
        *ret_n = n;
        return 0;
}

/* ---- systemd */

static const char *const unit_dirs[] = {"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
                                        "/usr/lib/systemd/system", "/lib/systemd/system"};

bool bw_system_has_systemd(struct bw_node *node)
{
        return bw_host_exists(node->host, "/usr/lib/systemd/systemd") || bw_host_exists(node->host, "/lib/systemd/systemd") ||
               bw_host_exists(node->host, "/run/systemd/system");
}

static bool wants(struct bw_node *node, const char *dir, const char *folder, const char *unit, struct bw_str *ret_link)
{
        struct bw_host_stat st;
        char path[512];

        if (snprintf(path, sizeof(path), "%s/%s/%s", dir, folder, unit) >= (int)sizeof(path))
                return false;
        /* The link itself: what it leads to may be elsewhere on a machine that is an image. */
        if (bw_host_stat(node->host, path, BW_FS_NOFOLLOW, &st, NULL) < 0)
                return false;
        if (ret_link)
                *ret_link = bw_arena_str(node->arena, bw_str(path));
        return true;
}

bool bw_system_unit_enabled(struct bw_node *node, const char *unit, struct bw_str *ret_link)
{
        if (!bw_system_unit_exists(node, unit))
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(unit_dirs); i++) {
                bw_auto_done(bw_listing_done) struct bw_listing names = {0};

                if (bw_host_list(node->host, unit_dirs[i], BW_LIMIT_UNITS, &names, NULL) < 0)
                        continue;
                for (size_t k = 0; k < names.n_entries; k++) {
                        struct bw_str name = bw_str(bw_listing_name(&names, k));

                        if ((bw_str_ends(name, BW_STR(".wants")) || bw_str_ends(name, BW_STR(".requires"))) &&
                            wants(node, unit_dirs[i], name.p, unit, ret_link))
                                return true;
                }
        }
        return false;
}

bool bw_system_unit_exists(struct bw_node *node, const char *unit)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(unit_dirs); i++) {
                struct bw_host_stat st;
                struct bw_str target;
                char path[512];

                if (snprintf(path, sizeof(path), "%s/%s", unit_dirs[i], unit) >= (int)sizeof(path))
                        continue;
                if (bw_host_link(node->host, node->arena, path, &target, NULL) == 0 && bw_str_is(target, "/dev/null"))
                        return false;
                if (bw_host_stat(node->host, path, 0, &st, NULL) == 0)
                        return st.kind == BW_FS_FILE;
        }
        return false;
}

int bw_system_os_release(struct bw_node *node, struct bw_os_release *ret, const char **ret_path, struct bw_error *reterr)
{
        static const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};
        struct bw_str text;

        *ret = (struct bw_os_release){0};
        if (ret_path)
                *ret_path = NULL;
        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++) {
                if (bw_system_read(node, paths[i], &text, NULL) < 0)
                        continue;
                if (ret_path)
                        *ret_path = paths[i];
                return bw_os_release_read(node->arena, text, ret, reterr);
        }
        return 0;
}

/* ---- evidence */

void bw_system_from_file(struct bw_facts *facts, const char *path, struct bw_str file, uint32_t line, struct bw_str text)
{
        struct bw_evidence evidence = {.type = "file", .file = file, .line = line, .text = text};

        bw_facts_evidence(facts, &evidence, "%s", path);
}

void bw_system_from_kernel(struct bw_facts *facts, const char *path, const char *file, struct bw_str text)
{
        struct bw_evidence evidence = {.type = "kernel", .file = bw_str(file), .text = text};

        bw_facts_evidence(facts, &evidence, "%s", path);
}

void bw_system_failed(struct bw_facts *facts, const char *path, const char *file, int code, const struct bw_error *err,
                      const char *absent_reason)
{
        if (code == -ENOENT || code == -ENOTDIR)
                bw_facts_absent(facts, path, absent_reason);
        else
                bw_facts_unreadable(facts, path, bw_str(file), err);
}
