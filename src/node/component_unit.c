/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unit of a service, with its drop-ins and environment files, found as systemd finds them.
 * Source: systemd.unit(5) "UNIT FILE LOAD PATH", systemd.exec(5) "EnvironmentFile=".
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/components_internal.h"

/* In the order in which they beat each other. */
static const char *const unit_dirs[] = {
        "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
        "/etc/systemd/system",         "/run/systemd/system",         "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system",     "/lib/systemd/system",
};

struct files {
        struct bw_finder *finder;
        struct bw_str *paths;
        size_t n, cap;
};

static int add_file(struct files *files, struct bw_str path)
{
        if (!path.n)
                return bw_error_nomem(files->finder->reterr);
        if (bw_arena_grow(files->finder->arena, &files->paths, &files->cap, files->n, sizeof(path)) < 0)
                return bw_arena_error(files->finder->arena, files->finder->reterr);
        files->paths[files->n++] = path;
        return 0;
}

/* The fragment itself: the first one that is there. A link to /dev/null or an empty file masks the unit. */
static int find_fragment(struct files *files, struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(unit_dirs); i++) {
                struct bw_str path = bw_find_printf(files->finder, "%s/%.*s", unit_dirs[i], BW_STR_ARG(name));

                if (!path.n)
                        return bw_error_nomem(files->finder->reterr);
                if (bw_host_exists(files->finder->host, path.p))
                        return add_file(files, path);
        }
        return 0;
}

static struct bw_str last_part(struct bw_str path)
{
        for (size_t i = path.n; i > 0; i--)
                if (path.p[i - 1] == '/')
                        return bw_str_rest(path, i);
        return path;
}

/* Drop-ins are applied in the order of their names, wherever they stand; of equal names the first directory's counts. */
static int add_drop_in(struct files *files, size_t from, struct bw_str path)
{
        size_t at = from;
        int order = 1;
        int r;

        while (at < files->n && (order = bw_str_cmp(last_part(files->paths[at]), last_part(path))) < 0)
                at++;
        if (at < files->n && order == 0)
                return 0;
        r = add_file(files, path);
        if (r < 0)
                return r;
        memmove(&files->paths[at + 1], &files->paths[at], (files->n - 1 - at) * sizeof(path));
        files->paths[at] = path;
        return 0;
}

static int find_drop_ins(struct files *files, struct bw_str name)
{
        size_t from = files->n;
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(unit_dirs); i++) {
                bw_auto_done(bw_listing_done) struct bw_listing names = {0};
                struct bw_str dir = bw_find_printf(files->finder, "%s/%.*s.d", unit_dirs[i], BW_STR_ARG(name));

                if (!dir.n || bw_host_list(files->finder->host, dir.p, BW_LIMIT_INCLUDED_FILES, &names, NULL) == -ENOMEM)
                        return bw_error_nomem(files->finder->reterr);
                for (size_t k = 0; r == 0 && k < names.n_entries; k++) {
                        struct bw_str file = bw_str(bw_listing_name(&names, k));

                        if (bw_str_ends(file, BW_STR(".conf")))
                                r = add_drop_in(files, from, bw_find_printf(files->finder, "%s/%s", dir.p, file.p));
                }
        }
        return r;
}

static int read_environment_files(struct files *files, const struct bw_unit *unit, struct bw_env *env)
{
        const struct bw_unit_setting *s;
        size_t at = 0;
        int r = 0;

        while (r == 0 && (s = bw_unit_next(unit, "Service", "EnvironmentFile", &at))) {
                struct bw_str path = s->value.p[0] == '-' ? bw_str_rest(s->value, 1) : s->value;
                struct bw_str text = {0};
                int state = 0;

                path = bw_find_printf(files->finder, "%.*s", BW_STR_ARG(path));
                if (!path.n || path.p[0] != '/')
                        continue;
                r = bw_find_text(files->finder, path.p, &text, &state);
                if (r == 0 && state == 0)
                        r = add_file(files, path);
                if (r == 0 && state == 0)
                        r = bw_env_file_read(env, path, text, NULL) == -ENOMEM ? bw_error_nomem(files->finder->reterr) : 0;
        }
        return r;
}

int bw_find_unit(struct bw_finder *finder, struct bw_str name, struct bw_unit *unit, struct bw_env *env,
                 struct bw_node_component *component)
{
        struct files files = {.finder = finder};
        int r = find_fragment(&files, name);

        *unit = (struct bw_unit){.arena = finder->arena};
        *env = (struct bw_env){.arena = finder->arena};
        if (r < 0 || !files.n)
                return r;
        r = find_drop_ins(&files, name);
        for (size_t i = 0; r == 0 && i < files.n; i++) {
                struct bw_str text = {0};

                r = bw_find_text(finder, files.paths[i].p, &text, NULL);
                if (r == 0)
                        r = bw_unit_read(unit, files.paths[i], text, NULL) == -ENOMEM ? bw_error_nomem(finder->reterr) : 0;
        }
        if (r == 0 && bw_unit_environment(unit, env, NULL) == -ENOMEM)
                r = bw_error_nomem(finder->reterr);
        if (r == 0)
                r = read_environment_files(&files, unit, env);
        component->unit = files.paths[0];
        component->unit_files = files.paths;
        component->n_unit_files = files.n;
        return r;
}

/* Started at boot: a link below some target's .wants. */
bool bw_unit_is_enabled(struct bw_finder *finder, const char *name)
{
        static const char *const targets[] = {"multi-user.target", "kubernetes.target", "graphical.target", "default.target"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(targets); i++)
                for (size_t k = 0; k < BW_ARRAY_SIZE(unit_dirs); k++) {
                        struct bw_str path = bw_find_printf(finder, "%s/%s.wants/%s", unit_dirs[k], targets[i], name);
                        struct bw_host_stat stat;

                        if (path.n && bw_host_stat(finder->host, path.p, BW_FS_NOFOLLOW, &stat, NULL) == 0)
                                return true;
                }
        return false;
}
