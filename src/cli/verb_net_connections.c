/* SPDX-License-Identifier: Apache-2.0 */
/* net connections: which workload may connect to which, as a table, as data or as a drawing. */
#include "analyze/connections.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "cli/cluster_args.h"
#include "cli/columns.h"
#include "cli/net_rows.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "report/graph.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_net_inputs inputs;
        struct bw_net_rows rows;
        uint8_t *from, *to;            /* NULL: all */
        bool either;
        bool outside;
};

static void job_done(struct job *job)
{
        bw_free(job->from);
        bw_free(job->to);
        bw_net_rows_done(&job->rows);
        bw_net_inputs_done(&job->inputs);
}

/* ---- what is asked for */

static int mark_place(struct job *job, const char *text, uint8_t **ret, struct bw_error *reterr)
{
        struct bw_net_place place;
        int r = bw_net_place_parse(&job->inputs, bw_namespace_arg(job->args), text, BW_PROTOCOL_TCP, 0, &place, reterr);

        if (r < 0)
                return r;
        if (place.type != BW_PLACE_PODS)
                return bw_error_set(reterr, -EINVAL, "--from and --to take pods, not \"%s\": addresses are listed beside them", text);
        *ret = bw_zalloc(job->inputs.n_workloads + 1);
        if (!*ret)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < place.n_pods; i++)
                (*ret)[place.pods[i].workload] = 1;
        return 0;
}

static int mark_namespace(struct job *job, struct bw_str ns, struct bw_error *reterr)
{
        bool found = false;

        job->from = bw_zalloc(job->inputs.n_workloads + 1);
        job->to = bw_zalloc(job->inputs.n_workloads + 1);
        if (!job->from || !job->to)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < job->inputs.n_workloads; i++) {
                job->from[i] = job->to[i] = bw_str_eq(job->inputs.workloads[i].ns, ns);
                found |= job->from[i];
        }
        job->either = true;
        if (!found)
                return bw_error_set(reterr, -ENOENT, "there are no pods in namespace %.*s in what was read", BW_STR_ARG(ns));
        return 0;
}

static int take_filters(struct job *job, struct bw_error *reterr)
{
        const char *from = bw_args_value(job->args, BW_OPT_FROM, NULL);
        const char *to = bw_args_value(job->args, BW_OPT_TO, NULL);
        struct bw_str ns = bw_namespace_arg(job->args);
        int r = 0;

        job->outside = !(from && to);
        if (!from && !to)
                return ns.n ? mark_namespace(job, ns, reterr) : 0;
        if (from)
                r = mark_place(job, from, &job->from, reterr);
        if (r == 0 && to)
                r = mark_place(job, to, &job->to, reterr);
        return r;
}

static int collect(struct job *job, struct bw_error *reterr)
{
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "text");
        struct bw_connections_query query = {0};
        int r = take_filters(job, reterr);

        query = (struct bw_connections_query){.from = job->from, .to = job->to, .either = job->either, .outside = job->outside,
                                              .fold = strcmp(format, "csv") != 0 && !job->from};
        job->rows.inputs = &job->inputs;
        if (r == 0)
                r = bw_connections_each(job->inputs.netpol, job->inputs.reach, &query, bw_net_rows_add, &job->rows, reterr);
        bw_net_rows_sort(&job->rows);
        return r;
}

/* ---- as a table, and as data */

static int put_text(struct bw_buf *out, const struct job *job, struct bw_error *reterr)
{
        static const char *const head[] = {"FROM", "TO", "PORTS"};
        bw_auto_done(bw_columns_done) struct bw_columns table;

        bw_columns_init(&table, BW_ARRAY_SIZE(head), head);
        for (size_t i = 0; i < job->rows.n; i++) {
                const struct bw_net_row *row = &job->rows.items[i];

                bw_columns_cell(&table, row->from);
                bw_columns_cell(&table, row->to);
                bw_columns_cell(&table, row->ports);
        }
        if (job->rows.n == 0)
                bw_buf_puts(out, "no workload may connect to another\n");
        else if (bw_columns_print(&table, out) < 0)
                return bw_error_nomem(reterr);
        return 0;
}

static void put_cell(struct bw_buf *out, struct bw_str text, bool last)
{
        bw_buf_char(out, '"');
        if (text.n && strchr("=+-@\t\r", text.p[0]))
                bw_buf_char(out, '\'');
        for (size_t i = 0; i < text.n; i++) {
                if (text.p[i] == '"')
                        bw_buf_char(out, '"');
                bw_buf_char(out, text.p[i]);
        }
        bw_buf_puts(out, last ? "\"\r\n" : "\",");
}

static void put_csv(struct bw_buf *out, const struct job *job)
{
        bw_buf_puts(out, "from,to,ports\r\n");
        for (size_t i = 0; i < job->rows.n; i++) {
                put_cell(out, job->rows.items[i].from, false);
                put_cell(out, job->rows.items[i].to, false);
                put_cell(out, job->rows.items[i].ports, true);
        }
}

static int put_document(struct bw_buf *out, const struct job *job, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("NetworkConnections"));
        bw_emit_key_u64(&e, "workloads", job->inputs.n_workloads);
        bw_emit_key(&e, "connections");
        bw_emit_list(&e);
        for (size_t i = 0; i < job->rows.n; i++)
                bw_emit_net_row(&e, &job->rows, &job->rows.items[i]);
        bw_emit_end(&e);
        bw_emit_end(&e);
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

/* ---- as a drawing */

struct drawing {
        struct bw_graph_node *nodes;
        size_t n_nodes, cap_nodes;
        struct bw_graph_edge *edges;
};

static int node_of(struct bw_arena *arena, const struct job *job, struct drawing *d, const struct bw_connection_end *end, struct bw_str text, uint32_t *ret)
{
        struct bw_graph_node node = {.label = text, .mark = BW_GRAPH_OUTSIDE};

        if (end->type == BW_CONNECTION_WORKLOAD) {
                const struct bw_net_workload *w = &job->inputs.workloads[end->workload];

                node = (struct bw_graph_node){.label = w->name, .detail = w->kind, .group = w->ns};
        } else if (end->type == BW_CONNECTION_ALL) {
                node.mark = BW_GRAPH_START;
        }
        for (size_t i = 0; i < d->n_nodes; i++)
                if (bw_str_eq(d->nodes[i].label, node.label) && bw_str_eq(d->nodes[i].group, node.group) && bw_str_eq(d->nodes[i].detail, node.detail)) {
                        *ret = (uint32_t)i;
                        return 0;
                }
        if (d->n_nodes > BW_LIMIT_GRAPH_NODES || bw_arena_grow(arena, &d->nodes, &d->cap_nodes, d->n_nodes, sizeof(node)) < 0)
                return d->n_nodes > BW_LIMIT_GRAPH_NODES ? -E2BIG : -ENOMEM;
        *ret = (uint32_t)d->n_nodes;
        d->nodes[d->n_nodes++] = node;
        return 0;
}

static int put_drawing(struct bw_buf *out, const struct job *job, const char *format, struct bw_error *reterr)
{
        struct bw_arena *arena = job->inputs.objects.arena;
        struct drawing d = {.edges = bw_arena_array(arena, job->rows.n + 1, sizeof(*d.edges))};
        struct bw_graph graph = {.title = BW_STR("Who may connect to whom"), .n_edges = job->rows.n};
        int r = d.edges ? 0 : -ENOMEM;

        for (size_t i = 0; r == 0 && i < job->rows.n; i++) {
                const struct bw_net_row *row = &job->rows.items[i];

                d.edges[i] = (struct bw_graph_edge){.label = row->ports};
                r = node_of(arena, job, &d, &row->from_end, row->from, &d.edges[i].from);
                if (r == 0)
                        r = node_of(arena, job, &d, &row->to_end, row->to, &d.edges[i].to);
        }
        if (r == -E2BIG)
                return bw_error_set(reterr, r, "more than %d workloads are too many for a drawing: narrow the question with -n, --from or --to", (int)BW_LIMIT_GRAPH_NODES);
        if (r < 0)
                return bw_error_nomem(reterr);
        graph.nodes = d.nodes;
        graph.n_nodes = d.n_nodes;
        graph.edges = d.edges;
        return strcmp(format, "dot") == 0 ? bw_graph_dot(&graph, out, reterr) : bw_graph_svg(&graph, out, reterr);
}

/* ---- the verb */

static int print(struct job *job, struct bw_error *reterr)
{
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        int r = 0;

        if (strcmp(format, "text") == 0)
                r = put_text(&out, job, reterr);
        else if (strcmp(format, "csv") == 0)
                put_csv(&out, job);
        else if (strcmp(format, "dot") == 0 || strcmp(format, "svg") == 0)
                r = put_drawing(&out, job, format, reterr);
        else
                r = put_document(&out, job, format, reterr);
        if (r < 0)
                return r;
        r = bw_cli_print(job->cli, &out);
        return r == BW_EXIT_OK && job->inputs.objects.incomplete ? BW_EXIT_USAGE : r;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args};
        struct bw_error err = {0};
        int r = bw_net_inputs_open(cli, args, &job.inputs, &err);

        if (r == 0)
                r = collect(&job, &err);
        if (r == 0)
                r = print(&job, &err);
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        BW_OPTIONS_OBJECTS,
        BW_OPTIONS_NAMESPACE,
        {.name = "from", .arg = "WORKLOAD", .id = BW_OPT_FROM, .help = "only connections of these pods: NAMESPACE/KIND/NAME, NAMESPACE/NAME"},
        {.name = "to", .arg = "WORKLOAD", .id = BW_OPT_TO, .help = "only connections to these pods"},
        {.name = "output", .letter = 'o', .arg = "FORMAT", .id = BW_OPT_OUTPUT, .words = "text json yaml csv dot svg",
         .complete = BW_COMPLETE_WORDS, .only_words = true, .help = "text (default), json, yaml, csv, dot (Graphviz) or svg"},
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"Of one namespace", "bulwark net connections -n shop -f examples/net"},
        {"Who reaches the database?", "bulwark net connections --to shop/StatefulSet/db -f examples/net"},
        {"As a drawing", "bulwark net connections -n shop -o svg -f examples/net"},
        {0},
};

const struct bw_verb bw_verb_net_connections = {
        .name = "net connections",
        .args = "",
        .summary = "list which workload may connect to which, and on which ports",
        .text = "A row for each pair of workloads between which network policies let connections through, and for the addresses outside "
                "of the cluster, joined to ranges. \"all workloads\" stands for all others, where they may all do the same. \"some "
                "pods\" marks what only a part of a workload's pods may do, \"at most\" what a policy may refuse for reasons beyond "
                "ports. Pods on the host's network are out of reach of policies.\n\n"
                "With -n: rows of which one end is in the namespace.",
        .options = options,
        .examples = examples,
        .run = run,
};
