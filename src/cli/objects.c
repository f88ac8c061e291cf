/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/objects.h"

#include "base/arena.h"
#include "cli/cluster_args.h"
#include "doc/doc.h"
#include "os/proc.h"

void bw_objects_done(struct bw_objects *objects)
{
        bw_gathering_free(objects->gathering);
        bw_arena_free(objects->arena);
}

/* options->paths stay as they are if there are some. */
static int paths_of(const struct bw_args *args, struct bw_arena *arena, struct bw_gather_options *options, struct bw_error *reterr)
{
        struct bw_str *paths = bw_arena_array(arena, args->n_options + 1, sizeof(*paths));
        const char *path;
        size_t at = 0;

        if (!paths)
                return bw_error_nomem(reterr);
        if (options->paths)
                return 0;
        options->paths = paths;
        while ((path = bw_args_next(args, BW_OPT_FILENAME, &at)))
                paths[options->n_paths++] = bw_str(path);
        return 0;
}

static void tell_errors(struct bw_cli *cli, struct bw_objects *objects)
{
        size_t n;
        const struct bw_input_error *errors = bw_gathering_errors(objects->gathering, &n);

        bw_cluster_tell_warnings(cli, bw_gathering_warnings(objects->gathering));
        for (size_t i = 0; i < n; i++) {
                struct bw_error err = {0};

                (void)bw_error_at(&err, -EIO, errors[i].line, errors[i].column, "%.*s", BW_STR_ARG(errors[i].message));
                bw_error_in_file(&err, errors[i].file);
                (void)bw_cli_fail(cli, &err);
        }
        objects->incomplete = n > 0;
}

int bw_objects_open_with(struct bw_cli *cli, const struct bw_args *args,
                         bool (*wanted)(struct bw_str group, struct bw_str kind), bool places,
                         const struct bw_objects_more *more, struct bw_objects *ret, struct bw_error *reterr)
{
        const atomic_bool *cancel = bw_proc_watch_interrupts();
        bool is_live = bw_args_has(args, BW_OPT_CLUSTER);
        struct bw_cluster_options cluster = {.no_kubelets = true};
        struct bw_gather_options options = {
                .paths = more->paths,
                .n_paths = more->n_paths,
                .cluster = is_live ? &cluster : NULL,
                .wanted = wanted,
                .places = places,
                .cancel = cancel,
                .sandbox = !bw_args_has(args, BW_OPT_NO_SANDBOX),
                .readable = more->readable,
                .n_readable = more->n_readable,
        };
        struct bw_objects objects = {.arena = bw_arena_new(0)};
        int r;

        if (!objects.arena)
                return bw_error_nomem(reterr);
        r = bw_cluster_args(args, is_live, objects.arena, &cluster, reterr);
        cluster.flags.ns = (struct bw_str){0}; /* -n is about the question; what decides on it may lie anywhere */
        if (r == 0)
                r = paths_of(args, objects.arena, &options, reterr);
        if (r == 0 && options.n_paths == 0 && !is_live && !more->may_be_none)
                r = bw_error_set(reterr, -EINVAL, "of which objects? -f PATH names files, --cluster the live cluster");
        if (r == 0)
                r = bw_gather(&options, &objects.gathering, reterr);
        if (r < 0) {
                bw_objects_done(&objects);
                return r;
        }
        objects.inventory = bw_gathering_inventory(objects.gathering);
        tell_errors(cli, &objects);
        *ret = objects;
        return 0;
}

int bw_objects_open_paths(struct bw_cli *cli, const struct bw_args *args, const struct bw_str *paths, size_t n_paths,
                          bool (*wanted)(struct bw_str group, struct bw_str kind), bool places, struct bw_objects *ret,
                          struct bw_error *reterr)
{
        return bw_objects_open_with(cli, args, wanted, places, &(struct bw_objects_more){.paths = paths, .n_paths = n_paths}, ret,
                                    reterr);
}

int bw_objects_open(struct bw_cli *cli, const struct bw_args *args, bool (*wanted)(struct bw_str group, struct bw_str kind),
                    bool places, struct bw_objects *ret, struct bw_error *reterr)
{
        return bw_objects_open_with(cli, args, wanted, places, &(struct bw_objects_more){0}, ret, reterr);
}

int bw_object_place(struct bw_arena *arena, const struct bw_doc *doc, struct bw_path path, struct bw_str *ret)
{
        /* A kept copy: its marks are read, never made. */
        struct bw_mark mark = path.n ? bw_doc_mark((struct bw_doc *)(uintptr_t)doc, arena, path, false) : (struct bw_mark){0};
        uint32_t line = mark.line ? mark.line : doc->mark.line ? doc->mark.line : doc->line;

        if (!doc->input)
                *ret = BW_STR("");
        else if (line)
                *ret = bw_arena_printf(arena, "%.*s:%u", BW_STR_ARG(doc->input->name), line);
        else
                *ret = doc->input->name;
        return ret->p ? 0 : -ENOMEM;
}
