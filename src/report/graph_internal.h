/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph_internal: a drawing as it is placed on the page, between layout and SVG. Lengths are in pixels, y grows downwards.
 * Ownership: everything lives in the arena given to layout; texts are cleaned copies (valid UTF-8 without controls).
 * Limits: BW_LIMIT_GRAPH_BENDS. Threads: pure.
 * Source: Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures (ranks, barycentres).
 */
#ifndef BW_REPORT_GRAPH_INTERNAL_H
#define BW_REPORT_GRAPH_INTERNAL_H

#include "report/graph.h"

struct bw_arena;

#define GRAPH_LINE_HEIGHT 16.0
#define GRAPH_COLUMN_WIDTH 7.3   /* of a character in a node; fonts differ: rather too wide */
#define GRAPH_SMALL_WIDTH 6.4    /* in an edge's label and a node's second text */
#define GRAPH_NODE_PAD 11.0
#define GRAPH_GROUP_PAD 12.0
#define GRAPH_GROUP_HEAD 22.0

enum { GRAPH_MAX_LINES = 4 };

/* A text broken into lines. */
struct graph_text {
        struct bw_str lines[GRAPH_MAX_LINES];
        size_t n;
        size_t columns;    /* of the longest line */
        bool is_cut;
};

/* A node, or a bend of an edge that passes a rank. */
struct graph_item {
        uint32_t rank;     /* column, from the left */
        uint32_t block;
        double w, h;
        double x, y;       /* left side; middle */
};

/* A group with its nodes, or one node or bend alone. */
struct graph_block {
        struct bw_str name; /* of a group; else empty */
        uint32_t first, n;  /* its items, in graph_layout.members */
        uint32_t from_rank, to_rank;
        double x, top, w, h;
};

/* A piece of an edge between neighbouring ranks, from left to right. */
struct graph_link {
        uint32_t from, to; /* items */
        uint32_t edge;
        double from_y, to_y; /* where it leaves and arrives */
};

struct graph_layout {
        const struct bw_graph *graph;
        struct graph_item *items; /* nodes first */
        uint32_t n_items;
        struct graph_block *blocks;
        uint32_t n_blocks;
        uint32_t *members;        /* items by block */
        struct graph_link *links; /* those of an edge are neighbours, from left to right */
        uint32_t n_links;
        uint32_t *first_link;     /* by edge, and one more; none: the edge leads to its own node */
        bool *is_reversed;        /* by edge: it leads from right to left */
        double *column_x, *column_w;
        uint32_t n_ranks;
        struct graph_text *labels;      /* of nodes */
        struct graph_text *details;
        struct graph_text *edge_labels;
        double width, height;
};

/* Breaks a cleaned text into lines of at most so many columns. */
void bw_graph_wrap(struct bw_str text, size_t columns, size_t max_lines, struct graph_text *ret);
BW_CHECK int bw_graph_layout(struct bw_arena *arena, const struct bw_graph *graph, struct graph_layout *ret,
                             struct bw_error *reterr);
/* Numbers of nodes are right, and there are not too many. -EINVAL, -E2BIG. */
BW_CHECK int bw_graph_check(const struct bw_graph *graph, struct bw_error *reterr);
/* Without controls and bytes that are no UTF-8. p is NULL on failure. */
struct bw_str bw_graph_clean(struct bw_arena *arena, struct bw_str text) BW_CHECK;

#endif
