/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph: a drawing of things and what leads from one to another, in the formats dot (Graphviz) and svg (drawn here, layer by
 * layer from left to right; readable in light and dark, texts can be selected, no script).
 * Ownership: borrows everything. Errors: -ENOMEM, -E2BIG for more than BW_LIMIT_GRAPH_NODES nodes or BW_LIMIT_GRAPH_EDGES, -EINVAL
 *         for an edge to no node.
 * Threads: pure.
 */
#ifndef BW_REPORT_GRAPH_H
#define BW_REPORT_GRAPH_H

#include "base/buf.h"

struct bw_error;

enum bw_graph_mark { BW_GRAPH_PLAIN, BW_GRAPH_START, BW_GRAPH_GOOD, BW_GRAPH_BAD, BW_GRAPH_OUTSIDE };

struct bw_graph_node {
        struct bw_str label;         /* "ServiceAccount shop/web" */
        struct bw_str detail;        /* second line; may be empty */
        struct bw_str group;         /* nodes of one group stand together: a namespace; may be empty */
        enum bw_graph_mark mark;
};
struct bw_graph_edge {
        uint32_t from, to;           /* numbers of nodes */
        struct bw_str label;         /* may be empty */
        enum bw_graph_mark mark;
};
struct bw_graph {
        struct bw_str title;
        const struct bw_graph_node *nodes;
        size_t n_nodes;
        const struct bw_graph_edge *edges;
        size_t n_edges;
};

BW_CHECK int bw_graph_dot(const struct bw_graph *graph, struct bw_buf *out, struct bw_error *reterr);
BW_CHECK int bw_graph_svg(const struct bw_graph *graph, struct bw_buf *out, struct bw_error *reterr);

#endif
