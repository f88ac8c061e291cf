/* SPDX-License-Identifier: Apache-2.0 */
#include "node/section.h"

#include <fnmatch.h>

#include "base/arena.h"
#include "base/limits.h"

static bool is_absent(int code)
{
        return code == -ENOENT || code == -ENOTDIR;
}

int bw_section_read(struct bw_node *node, const char *path, struct bw_section_file *ret, struct bw_error *reterr)
{
        struct bw_section_file file = {.path = bw_arena_str(node->arena, bw_str(path))};
        int r;

        if (!file.path.p)
                return bw_arena_error(node->arena, reterr);
        r = bw_host_read(node->host, node->arena, file.path.p, BW_LIMIT_CONFIG_TEXT, &file.text, &file.err);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        file.seen = r == 0 ? BW_SEEN_READ : is_absent(r) ? BW_SEEN_ABSENT : BW_SEEN_UNREADABLE;
        *ret = file;
        return 0;
}

static int read_names(struct bw_node *node, const char *path, const char *pattern, const struct bw_listing *listing,
                      struct bw_section_file *files, size_t *n, struct bw_section_file *refused, struct bw_error *reterr)
{
        for (size_t i = 0; i < listing->n_entries && *n < BW_LIMIT_INCLUDED_FILES; i++) {
                const char *name = bw_listing_name(listing, i);
                char joined[4096];
                int r;

                if (fnmatch(pattern, name, FNM_PERIOD) != 0 ||
                    snprintf(joined, sizeof(joined), "%s/%s", path, name) >= (int)sizeof(joined))
                        continue;
                r = bw_section_read(node, joined, &files[*n], reterr);
                if (r < 0)
                        return r;
                if (files[*n].seen == BW_SEEN_UNREADABLE && refused)
                        *refused = files[*n];
                *n += files[*n].seen == BW_SEEN_READ;
        }
        return 0;
}

int bw_section_read_dir(struct bw_node *node, const char *path, const char *pattern, struct bw_section_file **ret,
                        size_t *ret_n, struct bw_section_file *ret_refused, struct bw_error *reterr)
{
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        struct bw_section_file dir = {.path = bw_arena_str(node->arena, bw_str(path)), .seen = BW_SEEN_UNREADABLE};
        struct bw_section_file *files;
        size_t n = 0;
        int r;

        *ret = NULL;
        *ret_n = 0;
        if (!dir.path.p)
                return bw_arena_error(node->arena, reterr);
        r = bw_host_list(node->host, path, BW_LIMIT_UNITS, &listing, &dir.err);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        if (r < 0) {
                if (!is_absent(r) && ret_refused)
                        *ret_refused = dir;
                return 0;
        }
        files = bw_arena_array(node->arena, BW_MIN(listing.n_entries, (size_t)BW_LIMIT_INCLUDED_FILES) + 1, sizeof(files[0]));
        if (!files)
                return bw_arena_error(node->arena, reterr);
        r = read_names(node, path, pattern, &listing, files, &n, ret_refused, reterr);
        if (r < 0)
                return r;
        *ret = files;
        *ret_n = n;
        return 0;
}

struct bw_evidence bw_section_evidence(const char *type, struct bw_str file, uint32_t line)
{
        return (struct bw_evidence){.type = type, .file = file, .line = line};
}

void bw_section_unreadable(struct bw_facts *facts, const char *path, const struct bw_section_file *file)
{
        bw_facts_unreadable(facts, path, file->path, &file->err);
}

/* Directories below /etc/systemd/system in which links enable units. */
static bool enables(const char *name)
{
        struct bw_str text = bw_str(name);

        return bw_str_ends(text, BW_STR(".wants")) || bw_str_ends(text, BW_STR(".requires"));
}

int bw_section_unit_link(struct bw_node *node, struct bw_str unit, struct bw_str *ret, struct bw_error *reterr)
{
        static const char base[] = "/etc/systemd/system";
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        int r = bw_host_list(node->host, base, BW_LIMIT_UNITS, &listing, NULL);

        *ret = (struct bw_str){0};
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++) {
                const char *name = bw_listing_name(&listing, i);
                struct bw_host_stat stat;
                struct bw_str path;

                if (!enables(name))
                        continue;
                path = bw_arena_printf(node->arena, "%s/%s/%.*s", base, name, BW_STR_ARG(unit));
                if (!path.p)
                        return bw_arena_error(node->arena, reterr);
                if (bw_host_stat(node->host, path.p, BW_FS_NOFOLLOW, &stat, NULL) == 0) {
                        *ret = path;
                        return 0;
                }
        }
        return 0;
}
