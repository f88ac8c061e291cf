/* SPDX-License-Identifier: Apache-2.0 */
/* Drawings for Graphviz, and what both formats need. Source: graphviz.org/doc/info/lang.html, attrs.html (escString). */
#include "report/graph_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "report/report_internal.h"

int bw_graph_check(const struct bw_graph *graph, struct bw_error *reterr)
{
        if (graph->n_nodes > BW_LIMIT_GRAPH_NODES)
                return bw_error_set(reterr, -E2BIG, "%zu nodes are too many for a drawing (at most %zu); ask for less",
                                    graph->n_nodes, (size_t)BW_LIMIT_GRAPH_NODES);
        if (graph->n_edges > BW_LIMIT_GRAPH_EDGES)
                return bw_error_set(reterr, -E2BIG, "%zu edges are too many for a drawing (at most %zu); ask for less",
                                    graph->n_edges, (size_t)BW_LIMIT_GRAPH_EDGES);
        for (size_t i = 0; i < graph->n_edges; i++)
                if (graph->edges[i].from >= graph->n_nodes || graph->edges[i].to >= graph->n_nodes)
                        return bw_error_set(reterr, -EINVAL, "edge %zu of the drawing names a node that is not there", i);
        return 0;
}

struct bw_str bw_graph_clean(struct bw_arena *arena, struct bw_str text)
{
        static const struct bw_encoding as_it_is = {0};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        bw_report_encode(&out, &as_it_is, text);
        return bw_buf_status(&out) < 0 ? (struct bw_str){0} : bw_arena_str(arena, bw_buf_view(&out));
}

/* ---- dot */

struct dot_style {
        const char *node;
        const char *edge;
};

static const struct dot_style styles[] = {
        [BW_GRAPH_PLAIN] = {"", ""},
        [BW_GRAPH_START] = {", color=\"#1f6feb\", fillcolor=\"#ddf4ff\"", ", color=\"#1f6feb\", fontcolor=\"#1f6feb\""},
        [BW_GRAPH_GOOD] = {", color=\"#1a7f37\", fillcolor=\"#dafbe1\"", ", color=\"#1a7f37\", fontcolor=\"#1a7f37\""},
        [BW_GRAPH_BAD] = {", color=\"#cf222e\", fillcolor=\"#ffebe9\"", ", color=\"#cf222e\", fontcolor=\"#cf222e\""},
        [BW_GRAPH_OUTSIDE] = {", style=\"rounded,dashed\"", ", style=dashed"},
};

/* Inside of quotes; in Graphviz' strings a backslash begins an escape. */
static void put_dot_text(struct bw_buf *out, struct bw_buf *scratch, struct bw_str text)
{
        static const struct bw_encoding as_it_is = {0};

        bw_buf_clear(scratch);
        bw_report_encode(scratch, &as_it_is, text);
        if (bw_buf_status(scratch) < 0)
                out->status = bw_buf_status(scratch);
        for (size_t i = 0; i < scratch->n; i++) {
                if (scratch->p[i] == '"' || scratch->p[i] == '\\')
                        bw_buf_char(out, '\\');
                bw_buf_char(out, scratch->p[i]);
        }
}

static void put_dot_node(struct bw_buf *out, struct bw_buf *scratch, const struct bw_graph *graph, size_t i)
{
        const struct bw_graph_node *node = &graph->nodes[i];

        bw_buf_printf(out, "  n%zu [label=\"", i);
        put_dot_text(out, scratch, node->label);
        if (node->detail.n) {
                bw_buf_puts(out, "\\n");
                put_dot_text(out, scratch, node->detail);
        }
        bw_buf_printf(out, "\"%s];\n", styles[node->mark].node);
}

struct grouped {
        struct bw_str group;
        uint32_t node;
};

static int by_group(const void *a, const void *b)
{
        const struct grouped *x = a;
        const struct grouped *y = b;
        int order = bw_str_cmp(x->group, y->group);

        return order ? order : (x->node > y->node) - (x->node < y->node);
}

static void put_dot_nodes(struct bw_buf *out, struct bw_buf *scratch, const struct bw_graph *graph,
                          const struct grouped *grouped)
{
        for (size_t i = 0, group = 0; i < graph->n_nodes; i++) {
                bool opens = grouped[i].group.n && (i == 0 || !bw_str_eq(grouped[i].group, grouped[i - 1].group));
                bool closes = grouped[i].group.n &&
                              (i + 1 == graph->n_nodes || !bw_str_eq(grouped[i].group, grouped[i + 1].group));

                if (opens) {
                        bw_buf_printf(out, "  subgraph \"cluster_%zu\" {\n  label=\"", group++);
                        put_dot_text(out, scratch, grouped[i].group);
                        bw_buf_puts(out, "\";\n");
                }
                put_dot_node(out, scratch, graph, grouped[i].node);
                if (closes)
                        bw_buf_puts(out, "  }\n");
        }
}

int bw_graph_dot(const struct bw_graph *graph, struct bw_buf *out, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf scratch = {0};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct grouped *grouped = arena ? bw_arena_array(arena, graph->n_nodes + 1, sizeof(*grouped)) : NULL;
        int r = bw_graph_check(graph, reterr);

        if (r < 0)
                return r;
        if (!grouped)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < graph->n_nodes; i++)
                grouped[i] = (struct grouped){graph->nodes[i].group, (uint32_t)i};
        qsort(grouped, graph->n_nodes, sizeof(*grouped), by_group);
        bw_buf_puts(out, "digraph {\n  rankdir=LR;\n  label=\"");
        put_dot_text(out, &scratch, graph->title);
        bw_buf_puts(out, "\";\n  labelloc=t;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", "
                         "fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=9];\n");
        put_dot_nodes(out, &scratch, graph, grouped);
        for (size_t i = 0; i < graph->n_edges; i++) {
                const struct bw_graph_edge *edge = &graph->edges[i];

                bw_buf_printf(out, "  n%u -> n%u [label=\"", edge->from, edge->to);
                put_dot_text(out, &scratch, edge->label);
                bw_buf_printf(out, "\"%s];\n", styles[edge->mark].edge);
        }
        bw_buf_puts(out, "}\n");
        return bw_buf_status(out) < 0 ? bw_error_set(reterr, bw_buf_status(out), "the drawing is too large") : 0;
}
