/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "nodes.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"

enum { MAX_LINES = 20000, MAX_STEP = 64 };

/* ---- files of the copy */

static bool read_path(const char *path, struct bw_arena *arena, struct bw_str *ret)
{
        struct bw_buf text = {0};
        FILE *f = fopen(path, "rb");
        char piece[65536];
        size_t n;

        if (!f)
                return false;
        while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
                bw_buf_put(&text, piece, n);
        fclose(f);
        *ret = bw_arena_str(arena, bw_buf_view(&text));
        bw_buf_done(&text);
        return ret->p != NULL;
}

static bool write_path(const char *path, struct bw_str text)
{
        FILE *f = fopen(path, "wb");
        bool ok = f && (text.n == 0 || fwrite(text.p, 1, text.n, f) == text.n);

        if (f)
                ok &= fclose(f) == 0;
        return ok;
}

/* The folders above a path. */
static void make_parents(const char *path)
{
        char dir[4096];

        snprintf(dir, sizeof(dir), "%s", path);
        for (char *p = dir + 1; *p; p++)
                if (*p == '/') {
                        *p = '\0';
                        mkdir(dir, 0777);
                        *p = '/';
                }
}

static const char *copy_from, *copy_to; /* of the walk: nftw() passes nothing on */
static struct bw_arena *copy_arena;

static int copy_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        char to[4096];
        char target[4096];
        struct bw_str text;
        ssize_t n;

        (void)ftw;
        snprintf(to, sizeof(to), "%s%s", copy_to, path + strlen(copy_from));
        if (type == FTW_D)
                return mkdir(to, 0777) == 0 || errno == EEXIST ? 0 : -1;
        if (S_ISLNK(st->st_mode)) {
                n = readlink(path, target, sizeof(target) - 1);
                target[n < 0 ? 0 : n] = '\0';
                return n < 0 ? -1 : symlink(target, to);
        }
        if (!S_ISREG(st->st_mode))
                return 0;
        return read_path(path, copy_arena, &text) && write_path(to, text) ? 0 : -1;
}

bool nodes_copy(const char *from, const char *to, struct bw_arena *arena)
{
        copy_from = from;
        copy_to = to;
        copy_arena = arena;
        return nftw(from, copy_one, 16, FTW_PHYS) == 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st;
        (void)type;
        (void)ftw;
        return remove(path);
}

void nodes_remove(const char *dir)
{
        nftw(dir, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

/* ---- tables: lines of fields */

struct lines {
        struct bw_arena *arena;
        struct bw_str *lines;
        size_t n;
};

static bool read_lines(const char *path, struct lines *lines)
{
        struct bw_str text;
        struct bw_str line;

        lines->lines = bw_arena_array(lines->arena, MAX_LINES, sizeof(*lines->lines));
        if (!lines->lines || !read_path(path, lines->arena, &text))
                return false;
        while (lines->n < MAX_LINES - 8 && bw_str_split(&text, '\n', &line))
                if (line.n)
                        lines->lines[lines->n++] = line;
        return true;
}

static bool write_lines(const char *path, const struct lines *lines)
{
        struct bw_buf out = {0};
        bool ok;

        for (size_t i = 0; i < lines->n; i++) {
                bw_buf_str(&out, lines->lines[i]);
                bw_buf_char(&out, '\n');
        }
        ok = bw_buf_status(&out) == 0 && write_path(path, bw_buf_view(&out));
        bw_buf_done(&out);
        return ok;
}

static struct bw_str field(struct bw_str line, size_t i)
{
        struct bw_str f = {0};

        for (size_t k = 0; k <= i; k++)
                if (!bw_str_split(&line, '\t', &f))
                        return (struct bw_str){0};
        return f;
}

/* ---- a variant */

struct patch {
        struct bw_arena *arena;
        const char *dir;
        struct lines modes;
        struct lines processes;
        struct bw_str step[MAX_STEP]; /* texts; numbers as texts */
        size_t n;
};

/* Absolute paths are the machine's; others lie beside its root: journal-k3s.txt. */
static bool is_machines(struct bw_str path)
{
        return path.p[0] == '/';
}

static const char *path_of(struct patch *p, struct bw_str path)
{
        return bw_arena_printf(p->arena, "%s/%s%.*s", p->dir, is_machines(path) ? "root" : "", BW_STR_ARG(path)).p;
}

static struct bw_str without_slash(struct bw_str path)
{
        while (path.n > 1 && path.p[path.n - 1] == '/')
                path.n--;
        return path;
}

static size_t mode_row(const struct patch *p, struct bw_str path)
{
        for (size_t i = p->modes.n; i > 0; i--)
                if (bw_str_eq(without_slash(field(p->modes.lines[i - 1], 0)), without_slash(path)))
                        return i - 1;
        return SIZE_MAX;
}

/* Sets a row of the table of modes; empty texts leave what is there, or root's. */
static bool set_mode(struct patch *p, struct bw_str path, struct bw_str mode, struct bw_str uid, struct bw_str gid, bool is_dir)
{
        size_t at = is_machines(path) ? mode_row(p, path) : SIZE_MAX;
        struct bw_str old = at == SIZE_MAX ? (struct bw_str){0} : p->modes.lines[at];

        if (!is_machines(path))
                return true;
        if (old.n)
                path = field(old, 0);
        else
                at = p->modes.n++;
        mode = mode.n ? mode : old.n ? field(old, 1) : BW_STR("0644");
        uid = uid.n ? uid : old.n ? field(old, 2) : BW_STR("0");
        gid = gid.n ? gid : old.n ? field(old, 3) : BW_STR("0");
        p->modes.lines[at] = bw_arena_printf(p->arena, "%.*s%s\t%.*s\t%.*s\t%.*s", BW_STR_ARG(path),
                                             is_dir && path.p[path.n - 1] != '/' ? "/" : "", BW_STR_ARG(mode), BW_STR_ARG(uid),
                                             BW_STR_ARG(gid));
        return true;
}

/* Every folder has a row. */
static void add_dirs(struct patch *p, struct bw_str path)
{
        for (size_t i = 1; i < path.n; i++)
                if (path.p[i] == '/' && mode_row(p, bw_str_n(path.p, i)) == SIZE_MAX)
                        set_mode(p, bw_str_n(path.p, i + 1), BW_STR("0755"), BW_STR("0"), BW_STR("0"), true);
}

static bool put_file(struct patch *p, struct bw_str path, struct bw_str text, struct bw_str mode, struct bw_str uid, struct bw_str gid)
{
        const char *file = path_of(p, path);

        make_parents(file);
        add_dirs(p, path);
        return write_path(file, text) && set_mode(p, path, mode, uid, gid, false);
}

/* The root-owned process whose program has this name. */
static struct bw_str *process_of(struct patch *p, struct bw_str exe)
{
        for (size_t i = 0; i < p->processes.n; i++) {
                struct bw_str path = field(p->processes.lines[i], 4);
                size_t at = path.n;

                while (at > 0 && path.p[at - 1] != '/')
                        at--;
                if (bw_str_is(field(p->processes.lines[i], 2), "0") && bw_str_eq(bw_str_rest(path, at), exe))
                        return &p->processes.lines[i];
        }
        return NULL;
}

/* The first seven fields, with another environment if given; then the arguments that `drop` does not name; then more. */
static bool rewrite(struct patch *p, struct bw_str env, bool keep_args, struct bw_str drop, size_t more_from)
{
        struct bw_str *line = process_of(p, p->step[1]);
        struct bw_buf out = {0};
        struct bw_str rest;
        struct bw_str f;

        if (!line)
                return false;
        rest = *line;
        for (size_t i = 0; bw_str_split(&rest, '\t', &f); i++) {
                bool is_dropped = i > 6 && drop.n && bw_str_starts(f, drop) && (f.n == drop.n || f.p[drop.n] == '=');

                if (i > 6 && (!keep_args || is_dropped))
                        continue;
                bw_buf_puts(&out, i ? "\t" : "");
                bw_buf_str(&out, i == 6 && env.n ? env : f);
        }
        for (size_t i = more_from; i < p->n; i++) {
                bw_buf_char(&out, '\t');
                bw_buf_str(&out, p->step[i]);
        }
        *line = bw_arena_str(p->arena, bw_buf_view(&out));
        bw_buf_done(&out);
        return line->p != NULL;
}

static bool argv_add(struct patch *p)
{
        return rewrite(p, (struct bw_str){0}, true, (struct bw_str){0}, 2);
}

static bool argv_drop(struct patch *p)
{
        return rewrite(p, (struct bw_str){0}, true, p->step[2], p->n);
}

static bool argv_set(struct patch *p)
{
        return rewrite(p, (struct bw_str){0}, false, (struct bw_str){0}, 2);
}

static bool env_set(struct patch *p)
{
        return rewrite(p, p->step[2], true, (struct bw_str){0}, p->n);
}

static bool process_add(struct patch *p)
{
        struct bw_buf line = {0};

        bw_buf_printf(&line, "%.*s\t1\t%.*s\t%.*s\t%.*s\t/\t-", BW_STR_ARG(p->step[1]), BW_STR_ARG(p->step[2]),
                      BW_STR_ARG(p->step[3]), BW_STR_ARG(p->step[4]));
        for (size_t i = 5; i < p->n; i++)
                bw_buf_printf(&line, "\t%.*s", BW_STR_ARG(p->step[i]));
        p->processes.lines[p->processes.n++] = bw_arena_str(p->arena, bw_buf_view(&line));
        bw_buf_done(&line);
        return true;
}

static bool process_drop(struct patch *p)
{
        struct bw_str *line = process_of(p, p->step[1]);

        if (!line)
                return false;
        memmove(line, line + 1, (size_t)(p->processes.lines + p->processes.n - line - 1) * sizeof(*line));
        p->processes.n--;
        return true;
}

static bool file_write(struct patch *p)
{
        return put_file(p, p->step[1], p->step[2], p->step[3], BW_STR("0"), BW_STR("0"));
}

static bool file_join(struct patch *p, bool before)
{
        const char *file = path_of(p, p->step[1]);
        struct bw_str old;

        if (!read_path(file, p->arena, &old))
                return false;
        return write_path(file, before ? bw_arena_printf(p->arena, "%.*s%.*s", BW_STR_ARG(p->step[2]), BW_STR_ARG(old))
                                       : bw_arena_printf(p->arena, "%.*s%.*s", BW_STR_ARG(old), BW_STR_ARG(p->step[2])));
}

static bool file_append(struct patch *p)
{
        return file_join(p, false);
}

static bool file_prepend(struct patch *p)
{
        return file_join(p, true);
}

static bool file_replace(struct patch *p)
{
        const char *file = path_of(p, p->step[1]);
        struct bw_str old;
        size_t at;

        if (!read_path(file, p->arena, &old) || (at = bw_str_find(old, p->step[2])) == SIZE_MAX)
                return false;
        return write_path(file, bw_arena_printf(p->arena, "%.*s%.*s%.*s", BW_STR_ARG(bw_str_n(old.p, at)), BW_STR_ARG(p->step[3]),
                                                BW_STR_ARG(bw_str_rest(old, at + p->step[2].n))));
}

static bool file_copy(struct patch *p)
{
        size_t row = mode_row(p, p->step[1]);
        struct bw_str from = row == SIZE_MAX ? BW_STR("\t0644\t0\t0") : p->modes.lines[row];
        struct bw_str text;

        return read_path(path_of(p, p->step[1]), p->arena, &text) &&
               put_file(p, p->step[2], text, field(from, 1), field(from, 2), field(from, 3));
}

static bool mode_set(struct patch *p)
{
        return set_mode(p, p->step[1], p->step[2], (struct bw_str){0}, (struct bw_str){0}, p->step[1].p[p->step[1].n - 1] == '/');
}

static bool owner_set(struct patch *p)
{
        return set_mode(p, p->step[1], (struct bw_str){0}, p->step[2], p->step[3], p->step[1].p[p->step[1].n - 1] == '/');
}

static bool dir_make(struct patch *p)
{
        const char *path = path_of(p, p->step[1]);

        make_parents(path);
        mkdir(path, 0777);
        add_dirs(p, p->step[1]);
        return set_mode(p, p->step[1], p->step[2], BW_STR("0"), BW_STR("0"), true);
}

static bool file_remove(struct patch *p)
{
        size_t row = mode_row(p, p->step[1]);

        if (row != SIZE_MAX) {
                memmove(&p->modes.lines[row], &p->modes.lines[row + 1], (p->modes.n - row - 1) * sizeof(p->modes.lines[0]));
                p->modes.n--;
        }
        return remove(path_of(p, without_slash(p->step[1]))) == 0;
}

static bool link_make(struct patch *p)
{
        const char *path = path_of(p, p->step[1]);

        make_parents(path);
        add_dirs(p, p->step[1]);
        unlink(path);
        return symlink(bw_arena_str(p->arena, p->step[2]).p, path) == 0 &&
               set_mode(p, p->step[1], BW_STR("link"), BW_STR("0"), BW_STR("0"), false);
}

static const struct {
        const char *name;
        size_t least; /* texts, with the name */
        bool (*apply)(struct patch *p);
} steps[] = {
        {"argv+", 3, argv_add},   {"argv-", 3, argv_drop},     {"argv=", 3, argv_set},      {"env", 3, env_set},
        {"proc+", 6, process_add}, {"proc-", 2, process_drop}, {"file", 4, file_write},     {"append", 3, file_append},
        {"prepend", 3, file_prepend}, {"sed", 4, file_replace}, {"copy", 3, file_copy},     {"mode", 3, mode_set},
        {"owner", 4, owner_set},  {"dir", 3, dir_make},        {"rm", 2, file_remove},      {"link", 3, link_make},
};

static bool apply(struct patch *p, struct bw_value step)
{
        p->n = 0;
        for (uint32_t i = 0; step.type == BW_LIST && i < step.n && i < MAX_STEP; i++) {
                struct bw_value v = step.list->items[i];

                p->step[p->n++] = v.type == BW_STRING ? bw_value_text(v)
                                : v.type == BW_INT    ? bw_arena_printf(p->arena, "%" PRId64, v.i)
                                                      : (struct bw_str){0};
        }
        for (size_t i = 0; p->n && i < BW_ARRAY_SIZE(steps); i++)
                if (bw_str_is(p->step[0], steps[i].name) && p->n >= steps[i].least && p->step[1].n)
                        return steps[i].apply(p);
        return false;
}

bool nodes_patch(const char *dir, struct bw_value list, struct bw_arena *arena)
{
        struct patch *p = bw_arena_zalloc(arena, sizeof(*p));
        struct bw_str modes = bw_arena_printf(arena, "%s/modes.tsv", dir);
        struct bw_str processes = bw_arena_printf(arena, "%s/processes.tsv", dir);

        *p = (struct patch){.arena = arena, .dir = dir, .modes.arena = arena, .processes.arena = arena};
        if (!read_lines(modes.p, &p->modes) || !read_lines(processes.p, &p->processes) || list.type != BW_LIST)
                return false;
        for (uint32_t i = 0; i < list.n; i++)
                if (!apply(p, list.list->items[i])) {
                        printf("     step %u (%.*s) cannot be applied\n", i, BW_STR_ARG(p->n ? p->step[0] : (struct bw_str){0}));
                        return false;
                }
        return write_lines(modes.p, &p->modes) && write_lines(processes.p, &p->processes);
}
