/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/files.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "os/fs.h"

static int read_all(const struct bw_file *file, uint64_t limit, struct bw_buf *out, struct bw_error *reterr)
{
        size_t n;

        do {
                char *to = bw_buf_reserve(out, 64 * 1024);
                int r;

                if (!to)
                        return bw_error_nomem(reterr);
                r = bw_file_read(file, to, 64 * 1024, NULL, &n, reterr);
                if (r < 0)
                        return r;
                bw_buf_commit(out, n);
                if (out->n > limit)
                        return bw_error_set(reterr, -E2BIG, "larger than %" PRIu64 " bytes", limit);
        } while (n);
        return 0;
}

int bw_file_load(struct bw_arena *arena, const char *path, uint64_t limit, struct bw_str *ret_text,
                 struct bw_error *reterr)
{
        bw_auto_done(bw_file_close) struct bw_file file = BW_FILE_CLOSED;
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        bool is_stdin = strcmp(path, "-") == 0;
        struct bw_str text;
        int r;

        r = is_stdin ? bw_fs_open_stdin(&file, reterr) : bw_fs_open(AT_FDCWD, path, BW_FS_STREAMS, &file, reterr);
        if (r == 0)
                r = read_all(&file, limit, &buf, reterr);
        if (r < 0) {
                if (reterr)
                        bw_error_in_file(reterr, is_stdin ? BW_STR("<stdin>") : bw_str(path));
                return r;
        }
        text = bw_arena_str(arena, bw_buf_view(&buf));
        if (!text.p)
                return bw_arena_error(arena, reterr);
        *ret_text = text;
        return 0;
}

static int add_file(struct bw_files *files, const char *path, struct bw_error *reterr)
{
        struct bw_rule_file file = {0};
        int r;

        r = bw_grow(&files->items, &files->cap, files->n + 1, sizeof(files->items[0]));
        if (r < 0)
                return bw_error_nomem(reterr);
        r = bw_file_load(files->arena, path, BW_LIMIT_RULE_BYTES, &file.text, reterr);
        if (r < 0)
                return r;
        file.name = bw_arena_str(files->arena, strcmp(path, "-") == 0 ? BW_STR("<stdin>") : bw_str(path));
        if (!file.name.p)
                return bw_arena_error(files->arena, reterr);
        files->items[files->n++] = file;
        return 0;
}

static bool is_rule_name(const char *name)
{
        struct bw_str s = bw_str(name);

        return name[0] != '.' && (bw_str_ends(s, BW_STR(".yaml")) || bw_str_ends(s, BW_STR(".yml")));
}

static int add_folder(struct bw_files *files, const char *path, unsigned depth, struct bw_error *reterr);

static int add_entry(struct bw_files *files, const char *path, enum bw_fs_kind kind, unsigned depth,
                     struct bw_error *reterr)
{
        struct bw_fs_stat stat;
        int r;

        if (kind == BW_FS_UNKNOWN || kind == BW_FS_LINK) {
                r = bw_fs_stat(AT_FDCWD, path, 0, &stat, reterr);
                if (r < 0) {
                        if (reterr)
                                bw_error_in_file(reterr, bw_str(path));
                        return r;
                }
                kind = stat.kind;
        }
        if (kind == BW_FS_DIR)
                return add_folder(files, path, depth + 1, reterr);
        return is_rule_name(strrchr(path, '/') + 1) ? add_file(files, path, reterr) : 0;
}

/* Recursion is bounded by BW_LIMIT_DIR_DEPTH. */
static int add_folder(struct bw_files *files, const char *path, unsigned depth, struct bw_error *reterr)
{
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        bw_auto_done(bw_file_close) struct bw_file dir = BW_FILE_CLOSED;
        struct bw_error error = {0};
        size_t n = strlen(path);
        int r;

        while (n > 1 && path[n - 1] == '/')
                n--;
        if (depth > BW_LIMIT_DIR_DEPTH)
                r = bw_error_set(&error, -E2BIG, "more than %d directories below one another", BW_LIMIT_DIR_DEPTH);
        else
                r = bw_fs_open_dir(AT_FDCWD, path, 0, &dir, &error);
        if (r == 0)
                r = bw_fs_list(&dir, BW_LIMIT_RULES, &listing, &error);
        bw_error_in_file(&error, bw_str(path));
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++) {
                const char *name = bw_listing_name(&listing, i);
                struct bw_str full;

                if (name[0] == '.')
                        continue;
                full = bw_arena_printf(files->arena, "%.*s/%s", (int)n, path, name);
                if (!full.p)
                        return bw_arena_error(files->arena, reterr);
                r = add_entry(files, full.p, (enum bw_fs_kind)listing.entries[i].kind, depth, &error);
        }
        if (r < 0 && reterr)
                *reterr = error;
        return r;
}

int bw_files_add(struct bw_files *files, const char *path, struct bw_error *reterr)
{
        struct bw_fs_stat stat;

        if (!files->arena)
                files->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        if (!files->arena)
                return bw_error_nomem(reterr);
        if (strcmp(path, "-") != 0 && bw_fs_stat(AT_FDCWD, path, 0, &stat, NULL) == 0 && stat.kind == BW_FS_DIR)
                return add_folder(files, path, 0, reterr);
        return add_file(files, path, reterr);
}

void bw_files_done(struct bw_files *files)
{
        bw_free(files->items);
        bw_arena_free(files->arena);
        *files = (struct bw_files){0};
}
