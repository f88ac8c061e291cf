/* SPDX-License-Identifier: Apache-2.0 */
/* net diff: which connections between workloads appear, go or change from one state to another. */
#include "analyze/connections.h"
#include "base/arena.h"
#include "cli/cluster_args.h"
#include "cli/net_rows.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

struct side {
        struct bw_net_inputs inputs;
        struct bw_net_rows rows;
};

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_objects objects;
        struct side sides[2];          /* old, new */
        size_t n_added, n_removed, n_changed;
};

static void job_done(struct job *job)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(job->sides); i++) {
                bw_net_rows_done(&job->sides[i].rows);
                bw_inventory_free(job->sides[i].inputs.part);
        }
        bw_objects_done(&job->objects);
}

/* ---- which side an object is of */

static struct bw_str without_slashes(const char *path)
{
        struct bw_str s = bw_str(path);

        while (s.n > 1 && s.p[s.n - 1] == '/')
                s.n--;
        return s;
}

static bool lies_in(struct bw_str name, struct bw_str path)
{
        if (bw_str_is(path, "-"))
                path = BW_STR("<stdin>");
        return bw_str_starts(name, path) && (name.n == path.n || name.p[path.n] == '/' || path.p[path.n - 1] == '/');
}

/* What does not lie in the new path and not in the old one is of the cluster, which is new. */
static size_t side_of(const struct job *job, const struct bw_doc *doc)
{
        return lies_in(doc->input ? doc->input->name : BW_STR(""), without_slashes(job->args->positional[0])) ? 0 : 1;
}

static int split(struct job *job, struct bw_error *reterr)
{
        struct bw_doc_range all = bw_inventory_all(job->objects.inventory);
        int r = 0;

        for (size_t s = 0; r == 0 && s < BW_ARRAY_SIZE(job->sides); s++)
                r = bw_inventory_new(&job->sides[s].inputs.part, reterr);
        for (size_t i = 0; r == 0 && i < all.n; i++)
                r = bw_inventory_add(job->sides[side_of(job, all.docs[i])].inputs.part, all.docs[i], reterr);
        for (size_t s = 0; r == 0 && s < BW_ARRAY_SIZE(job->sides); s++)
                r = bw_inventory_seal(job->sides[s].inputs.part, reterr);
        return r;
}

static int list_side(struct job *job, struct side *side, struct bw_error *reterr)
{
        struct bw_str ns = bw_namespace_arg(job->args);
        struct bw_connections_query query = {.outside = true};
        uint8_t *mine = NULL;
        int r = bw_net_inputs_build(job->objects.arena, side->inputs.part, &side->inputs, reterr);

        if (r < 0)
                return r;
        side->inputs.objects.arena = job->objects.arena;
        side->rows.inputs = &side->inputs;
        if (ns.n) {
                mine = bw_arena_zalloc(job->objects.arena, side->inputs.n_workloads + 1);
                if (!mine)
                        return bw_error_nomem(reterr);
                for (size_t i = 0; i < side->inputs.n_workloads; i++)
                        mine[i] = bw_str_eq(side->inputs.workloads[i].ns, ns);
                query.from = query.to = mine;
                query.either = true;
        }
        r = bw_connections_each(side->inputs.netpol, side->inputs.reach, &query, bw_net_rows_add, &side->rows, reterr);
        bw_net_rows_sort(&side->rows);
        return r;
}

/* ---- what differs */

struct difference {
        const struct bw_net_row *old, *new; /* NULL: not there */
};

/* Rows of the same ends; of addresses that are cut otherwise the whole row is new. */
static bool next_difference(struct job *job, size_t *i, size_t *j, struct difference *ret)
{
        const struct bw_net_rows *old = &job->sides[0].rows;
        const struct bw_net_rows *new = &job->sides[1].rows;

        while (*i < old->n || *j < new->n) {
                const struct bw_net_row *a = *i < old->n ? &old->items[*i] : NULL;
                const struct bw_net_row *b = *j < new->n ? &new->items[*j] : NULL;
                int order = !a ? 1 : !b ? -1 : bw_net_rows_compare(a, b);

                *i += order <= 0;
                *j += order >= 0;
                *ret = (struct difference){order <= 0 ? a : NULL, order >= 0 ? b : NULL};
                if (order != 0 || !bw_str_eq(a->ports, b->ports))
                        return true;
        }
        return false;
}

static void count(struct job *job)
{
        struct difference d;

        for (size_t i = 0, j = 0; next_difference(job, &i, &j, &d);) {
                job->n_added += !d.old;
                job->n_removed += !d.new;
                job->n_changed += d.old && d.new;
        }
}

static void put_text(struct bw_buf *out, struct job *job)
{
        const bool color = job->cli->out.color;
        struct difference d;

        for (size_t i = 0, j = 0; next_difference(job, &i, &j, &d);) {
                const struct bw_net_row *row = d.new ? d.new : d.old;

                bw_buf_puts(out, !color ? "" : !d.old ? "\x1b[32m" : !d.new ? "\x1b[31m" : "\x1b[33m");
                bw_buf_puts(out, !d.old ? "+ " : !d.new ? "- " : "~ ");
                bw_buf_clean(out, row->from);
                bw_buf_puts(out, " -> ");
                bw_buf_clean(out, row->to);
                bw_buf_puts(out, ": ");
                if (d.old && d.new) {
                        bw_buf_str(out, d.old->ports);
                        bw_buf_puts(out, " => ");
                }
                bw_buf_str(out, row->ports);
                bw_buf_puts(out, color ? "\x1b[0m\n" : "\n");
        }
        bw_buf_printf(out, "%sconnections added: %zu, removed: %zu, changed: %zu\n", job->n_added + job->n_removed + job->n_changed ? "\n" : "", job->n_added,
                      job->n_removed, job->n_changed);
}

static int put_document(struct bw_buf *out, struct job *job, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        struct difference d;
        int r;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("NetworkDiff"));
        bw_emit_key(&e, "summary");
        bw_emit_map(&e);
        bw_emit_key_u64(&e, "added", job->n_added);
        bw_emit_key_u64(&e, "removed", job->n_removed);
        bw_emit_key_u64(&e, "changed", job->n_changed);
        bw_emit_end(&e);
        bw_emit_key(&e, "differences");
        bw_emit_list(&e);
        for (size_t i = 0, j = 0; next_difference(job, &i, &j, &d);) {
                bw_emit_map(&e);
                bw_emit_key_str(&e, "change", !d.old ? BW_STR("added") : !d.new ? BW_STR("removed") : BW_STR("changed"));
                if (d.old) {
                        bw_emit_key(&e, "old");
                        bw_emit_net_row(&e, &job->sides[0].rows, d.old);
                }
                if (d.new) {
                        bw_emit_key(&e, "new");
                        bw_emit_net_row(&e, &job->sides[1].rows, d.new);
                }
                bw_emit_end(&e);
        }
        bw_emit_end(&e);
        bw_emit_end(&e);
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

/* ---- the verb */

static int compare(struct job *job, struct bw_error *reterr)
{
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        int r = split(job, reterr);

        for (size_t s = 0; r == 0 && s < BW_ARRAY_SIZE(job->sides); s++)
                r = list_side(job, &job->sides[s], reterr);
        if (r < 0)
                return r;
        count(job);
        if (strcmp(format, "text") == 0)
                put_text(&out, job);
        else
                r = put_document(&out, job, format, reterr);
        if (r < 0)
                return r;
        r = bw_cli_print(job->cli, &out);
        if (r != BW_EXIT_OK)
                return r;
        return job->objects.incomplete ? BW_EXIT_USAGE : job->n_added + job->n_removed + job->n_changed ? BW_EXIT_FINDINGS : BW_EXIT_OK;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args};
        bool is_live = bw_args_has(args, BW_OPT_CLUSTER);
        struct bw_str paths[2] = {{0}};
        struct bw_error err = {0};
        int r;

        if (args->n_positional + is_live != 2)
                return bw_cli_usage(cli, is_live ? "with --cluster one path is the old state" : "two states are compared: give two paths, or one and --cluster");
        for (size_t i = 0; i < args->n_positional; i++)
                paths[i] = bw_str(args->positional[i]);
        if (!is_live && (lies_in(without_slashes(args->positional[0]), without_slashes(args->positional[1])) ||
                         lies_in(without_slashes(args->positional[1]), without_slashes(args->positional[0]))))
                return bw_cli_usage(cli, "%s and %s: one lies in the other; two states are compared", args->positional[0], args->positional[1]);
        r = bw_objects_open_paths(cli, args, paths, args->n_positional, bw_network_looks, false, &job.objects, &err);
        if (r == 0)
                r = compare(&job, &err);
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        BW_OPTION_CLUSTER,
        {.name = "no-sandbox", .id = BW_OPT_NO_SANDBOX, .help = "do not give up system calls and files (Landlock, seccomp) before reading objects"},
        BW_OPTIONS_NAMESPACE,
        BW_OPTION_DATA_OUTPUT,
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"What does the next version of the shop change?", "bulwark net diff examples/net/shop.yaml examples/net-next.yaml; true"},
        {0},
};

const struct bw_verb bw_verb_net_diff = {
        .name = "net diff",
        .summary = "show which connections between workloads two states of a cluster differ in",
        .args = "OLD [NEW]",
        .text = "OLD and NEW are files, directories or snapshots; with --cluster the live cluster is the new state. Compared is what "
                "\"net connections\" lists: + is added, - removed, ~ has other ports. With -n: connections of which one end is in the "
                "namespace.\n\n"
                "The exit status is 1 when there is a difference.",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_FILE,
        .min_args = 1,
        .max_args = 2,
        .run = run,
};
