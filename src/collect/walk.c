/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/walk.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "collect/dirset.h"
#include "collect/ignore.h"
#include "os/fs.h"

#define IGNORE_FILE ".bulwarkignore"

/* A directory on the way down. */
struct frame {
        struct bw_file dir;
        struct bw_listing listing;
        size_t next;   /* entry to look at */
        size_t path_n; /* bytes of the path up to and with its last slash */
        struct bw_ignore *ignore;
};

struct bw_walk {
        const struct bw_str *paths;
        size_t n_paths;
        size_t next_path;
        bool no_ignore;
        uint32_t number;
        struct bw_buf path; /* of the entry at hand */
        struct bw_dirset entered;
        size_t depth;
        struct frame frames[BW_LIMIT_DIR_DEPTH];
};

int bw_walk_new(const struct bw_str *paths, size_t n_paths, bool no_ignore, struct bw_walk **ret_walk,
                struct bw_error *reterr)
{
        struct bw_walk *walk = bw_zalloc(sizeof(*walk));

        if (!walk)
                return bw_error_nomem(reterr);
        walk->paths = paths;
        walk->n_paths = n_paths;
        walk->no_ignore = no_ignore;
        *ret_walk = walk;
        return 0;
}

static void frame_done(struct frame *f)
{
        bw_file_close(&f->dir);
        bw_listing_done(&f->listing);
        bw_ignore_free(f->ignore);
        *f = (struct frame){.dir = BW_FILE_CLOSED};
}

void bw_walk_free(struct bw_walk *walk)
{
        if (!walk)
                return;
        while (walk->depth)
                frame_done(&walk->frames[--walk->depth]);
        bw_dirset_done(&walk->entered);
        bw_buf_done(&walk->path);
        bw_free(walk);
}

bool bw_walk_is_done(const struct bw_walk *walk)
{
        return walk->depth == 0 && walk->next_path == walk->n_paths;
}

/* The path of an entry: the frame's, and a name behind it. */
static int set_path(struct bw_walk *walk, size_t keep, struct bw_str name)
{
        walk->path.n = BW_MIN(keep, walk->path.n);
        bw_buf_str(&walk->path, name);
        if (bw_buf_status(&walk->path) < 0) {
                bw_buf_clear(&walk->path);
                return -ENOMEM;
        }
        return 0;
}

static int give(struct bw_walk *walk, struct bw_str name, unsigned flags, struct bw_walk_entry *ret_entry)
{
        ret_entry->name = name;
        ret_entry->number = walk->number++;
        ret_entry->flags = flags;
        ret_entry->failed = false;
        return 1;
}

static int give_error(struct bw_walk *walk, const struct bw_error *err, struct bw_walk_entry *ret_entry)
{
        (void)give(walk, bw_buf_view(&walk->path), 0, ret_entry);
        ret_entry->failed = true;
        ret_entry->error = *err;
        return 1;
}

/* True for names that are read without being asked for. */
static bool is_manifest_name(struct bw_str name)
{
        static const char *const packed[] = {".gz", ".zst"};
        static const char *const plain[] = {".yaml", ".yml", ".json", ".ndjson", ".jsonl"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(packed); i++)
                if (bw_str_ends(name, bw_str(packed[i])))
                        name.n -= strlen(packed[i]);
        for (size_t i = 0; i < BW_ARRAY_SIZE(plain); i++)
                if (name.n > strlen(plain[i]) && bw_str_ends(name, bw_str(plain[i])))
                        return true;
        return false;
}

static int read_ignore(const struct bw_file *dir, struct bw_ignore **ret_ignore, struct bw_error *reterr)
{
        struct bw_file file = BW_FILE_CLOSED;
        bw_auto_done(bw_buf_done) struct bw_buf text = {.ceiling = BW_LIMIT_IGNORE_BYTES + 4096};
        size_t got = 1;
        int r = bw_fs_open(dir->fd, IGNORE_FILE, BW_FS_NOFOLLOW, &file, reterr);

        while (r == 0 && got && text.n <= BW_LIMIT_IGNORE_BYTES) {
                char *to = bw_buf_reserve(&text, 4096);

                if (!to) {
                        r = bw_error_nomem(reterr);
                        break;
                }
                r = bw_file_read(&file, to, 4096, NULL, &got, reterr);
                if (r == 0)
                        bw_buf_commit(&text, got);
        }
        bw_file_close(&file);
        return r < 0 ? r : bw_ignore_parse(bw_buf_view(&text), ret_ignore, reterr);
}

static bool has_entry(const struct bw_listing *listing, const char *name)
{
        size_t low = 0;
        size_t high = listing->n_entries;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int c = strcmp(bw_listing_name(listing, middle), name);

                if (c == 0)
                        return true;
                if (c < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return false;
}

static bool is_ignored(const struct bw_walk *walk, bool is_dir)
{
        for (size_t i = walk->depth; i > 0; i--) {
                const struct frame *f = &walk->frames[i - 1];
                enum bw_ignored answer;

                if (!f->ignore)
                        continue;
                answer = bw_ignore_match(f->ignore, bw_str_n(walk->path.p + f->path_n, walk->path.n - f->path_n),
                                         is_dir);
                if (answer != BW_IGNORE_SILENT)
                        return answer == BW_IGNORE_SKIP;
        }
        return false;
}

static bool is_ancestor(const struct bw_walk *walk, const struct bw_fs_stat *stat)
{
        for (size_t i = 0; i < walk->depth; i++)
                if (walk->frames[i].dir.stat.dev == stat->dev && walk->frames[i].dir.stat.ino == stat->ino)
                        return true;
        return false;
}

/*
 * Goes into the directory just opened, whose path is walk->path. Takes dir. 0: entered; 1: nothing to do (seen
 * already); negative: why not. A listing that broke off is used as far as it goes; the error is given first.
 */
static int enter(struct bw_walk *walk, struct bw_file *dir, struct bw_error *reterr)
{
        struct frame *f = &walk->frames[walk->depth];
        int r;

        if (is_ancestor(walk, &dir->stat))
                r = bw_error_set(reterr, -ELOOP,
                                 "directory loop: this is a folder above itself; it is not entered again");
        else if (walk->depth == BW_LIMIT_DIR_DEPTH)
                r = bw_error_set(reterr, -E2BIG,
                                 "more than %d nested directories: name this one as an input of its own",
                                 BW_LIMIT_DIR_DEPTH);
        else
                r = bw_dirset_add(&walk->entered, dir->stat.dev, dir->stat.ino, reterr);
        if (r == 0) {
                bw_buf_char(&walk->path, '/');
                if (walk->path.n == 1 || walk->path.p[walk->path.n - 2] == '/')
                        walk->path.n--; /* "/" itself, or the empty path of "." */
                if (bw_buf_status(&walk->path) < 0)
                        r = bw_error_nomem(reterr);
        }
        if (r != 0) {
                bw_file_close(dir);
                return r;
        }
        *f = (struct frame){.dir = *dir, .path_n = walk->path.n};
        walk->depth++;
        r = bw_fs_list(&f->dir, BW_LIMIT_FILES, &f->listing, reterr);
        if (r == 0 && !walk->no_ignore && has_entry(&f->listing, IGNORE_FILE)) {
                r = read_ignore(&f->dir, &f->ignore, reterr);
                if (r < 0)
                        (void)bw_error_wrap(reterr, r, "%s", IGNORE_FILE);
        }
        return r;
}

/* A path without what says nothing: slashes at the end, "." alone. */
static struct bw_str clean_path(struct bw_str path)
{
        while (path.n > 1 && path.p[path.n - 1] == '/')
                path.n--;
        return path;
}

static int next_path(struct bw_walk *walk, struct bw_walk_entry *ret_entry, struct bw_error *reterr)
{
        struct bw_str path = clean_path(walk->paths[walk->next_path++]);
        struct bw_fs_stat stat;
        struct bw_error err = {0};
        const char *name;
        int r;

        if (bw_str_is(path, "-"))
                return give(walk, BW_STR("<stdin>"), BW_WALK_STDIN, ret_entry);
        if (set_path(walk, 0, path) < 0)
                return bw_error_nomem(reterr);
        name = walk->path.p ? walk->path.p : "";
        r = bw_fs_stat(AT_FDCWD, name, 0, &stat, &err);
        if (r == 0 && stat.kind == BW_FS_DIR) {
                struct bw_file dir = BW_FILE_CLOSED;

                bw_dirset_done(&walk->entered);
                r = bw_fs_open_dir(AT_FDCWD, name, 0, &dir, &err);
                if (r == 0) {
                        if (bw_str_is(path, "."))
                                bw_buf_clear(&walk->path);
                        r = enter(walk, &dir, &err);
                }
                if (r == 0)
                        return 0;
        } else if (r == 0) {
                r = bw_fs_refusal(stat.kind, BW_FS_STREAMS, &err);
                if (r == 0)
                        return give(walk, bw_buf_view(&walk->path), BW_WALK_NAMED, ret_entry);
        }
        return r == -ENOMEM ? bw_error_nomem(reterr) : give_error(walk, &err, ret_entry);
}

/* Opens what a link inside a directory leads to, if that is wanted and lies in the directory that the user named.
 * 1: it is to be left out. Only directories stay open. */
static int open_link(const struct bw_walk *walk, const struct frame *f, const char *name, bool wanted,
                     struct bw_file *to, struct bw_error *reterr)
{
        struct bw_fs_stat stat;
        int r = bw_fs_stat(f->dir.fd, name, 0, &stat, reterr);

        if (r < 0)
                return wanted ? bw_error_wrap(reterr, r, "the link's target") : 1;
        if (stat.kind == BW_FS_DIR ? name[0] == '.' : !wanted)
                return 1;
        if (is_ignored(walk, stat.kind == BW_FS_DIR))
                return 1;
        if (!bw_fs_is_beneath(f->dir.fd, name, &walk->frames[0].dir))
                return bw_error_set(reterr, -EXDEV,
                                    "this link leads out of the directory given, and is not followed: give "
                                    "its target as an input too, or list the link in %s",
                                    IGNORE_FILE);
        if (stat.kind == BW_FS_DIR)
                return bw_fs_open_dir(f->dir.fd, name, 0, to, reterr);
        return bw_fs_refusal(stat.kind, 0, reterr);
}

static int follow_link(struct bw_walk *walk, const struct frame *f, const char *name, bool wanted,
                       struct bw_walk_entry *ret_entry, struct bw_error *reterr)
{
        struct bw_file to = BW_FILE_CLOSED;
        struct bw_error err = {0};
        int r = open_link(walk, f, name, wanted, &to, &err);

        if (r == 1)
                return 0;
        if (r == 0 && to.fd < 0)
                return give(walk, bw_buf_view(&walk->path), BW_WALK_LINK, ret_entry);
        if (r == 0)
                r = enter(walk, &to, &err);
        if (r >= 0)
                return 0;
        return r == -ENOMEM ? bw_error_nomem(reterr) : give_error(walk, &err, ret_entry);
}

/* One entry of the deepest directory. 0: nothing to give yet. */
static int next_in_dir(struct bw_walk *walk, struct bw_walk_entry *ret_entry, struct bw_error *reterr)
{
        struct frame *f = &walk->frames[walk->depth - 1];
        const struct bw_listing_entry *e;
        struct bw_error err = {0};
        struct bw_file dir = BW_FILE_CLOSED;
        struct bw_str name;
        bool wanted;
        int r;

        if (f->next == f->listing.n_entries) {
                frame_done(f);
                walk->depth--;
                return 0;
        }
        e = &f->listing.entries[f->next++];
        name = bw_str_n(f->listing.names + e->at, e->length);
        wanted = is_manifest_name(name);
        if (e->kind == BW_FS_DIR ? name.p[0] == '.' : e->kind != BW_FS_LINK && !wanted)
                return 0;
        if (set_path(walk, f->path_n, name) < 0)
                return bw_error_nomem(reterr);
        if (e->kind == BW_FS_LINK)
                return follow_link(walk, f, name.p, wanted, ret_entry, reterr);
        if (is_ignored(walk, e->kind == BW_FS_DIR))
                return 0;
        if (e->kind == BW_FS_DIR) {
                r = bw_fs_open_dir(f->dir.fd, name.p, BW_FS_NOFOLLOW, &dir, &err);
                if (r == 0)
                        r = enter(walk, &dir, &err);
                if (r >= 0)
                        return 0;
        } else {
                r = bw_fs_refusal((enum bw_fs_kind)e->kind, 0, &err);
                if (r == 0)
                        return give(walk, bw_buf_view(&walk->path), 0, ret_entry);
        }
        return r == -ENOMEM ? bw_error_nomem(reterr) : give_error(walk, &err, ret_entry);
}

int bw_walk_next(struct bw_walk *walk, struct bw_walk_entry *ret_entry, struct bw_error *reterr)
{
        int r = 0;

        while (r == 0 && !bw_walk_is_done(walk)) {
                if (walk->number == BW_LIMIT_FILES) {
                        struct bw_error err = {0};

                        while (walk->depth)
                                frame_done(&walk->frames[--walk->depth]);
                        walk->next_path = walk->n_paths;
                        (void)bw_error_set(&err, -E2BIG, "more than %d files in one run: the rest is not read",
                                           BW_LIMIT_FILES);
                        return give_error(walk, &err, ret_entry);
                }
                r = walk->depth ? next_in_dir(walk, ret_entry, reterr) : next_path(walk, ret_entry, reterr);
        }
        return r;
}
