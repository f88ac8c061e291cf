/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where everything stands. Each node has a rank: the longest way to it, cycles turned round. An edge over several ranks has a
 * bend in each that it passes. Groups, and nodes and bends alone, are blocks: no two overlap, and each is drawn towards the
 * middle of what it is linked with, over and over.
 */
#include "report/graph_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "report/report_internal.h"

enum { SWEEPS = 14, NODE_COLUMNS = 30, LABEL_COLUMNS = 28 };
static const double MARGIN = 24.0;
static const double GAP_X = 64.0;
static const double GAP_Y = 14.0;
static const double BEND_HEIGHT = 8.0;

/* ---- texts */

static bool breaks_after(char c)
{
        return strchr(" /:-._,@=", c) && c;
}

/* The longest beginning that fits, broken where a reader would. */
static size_t line_end(struct bw_str text, size_t columns)
{
        size_t width = 0;
        size_t good = 0;
        size_t i = 0;

        while (i < text.n) {
                uint32_t rune;
                size_t n = bw_utf8_decode(bw_str_rest(text, i), &rune);

                width += bw_rune_width(rune);
                if (width > columns)
                        return good > i / 3 ? good : BW_MAX(i, n);
                i += n;
                if (breaks_after(text.p[i - 1]))
                        good = i;
        }
        return text.n;
}

static size_t columns_of(struct bw_str text)
{
        size_t width = 0;

        while (text.n) {
                uint32_t rune;
                size_t n = bw_utf8_decode(text, &rune);

                width += bw_rune_width(rune);
                text = bw_str_rest(text, n);
        }
        return width;
}

void bw_graph_wrap(struct bw_str text, size_t columns, size_t max_lines, struct graph_text *ret)
{
        *ret = (struct graph_text){0};
        while (text.n && ret->n < max_lines) {
                size_t n = line_end(text, columns);
                struct bw_str line = bw_str_trim(bw_str_n(text.p, n));

                ret->lines[ret->n++] = line;
                ret->columns = BW_MAX(ret->columns, columns_of(line));
                text = bw_str_rest(text, n);
        }
        ret->is_cut = text.n > 0;
        if (ret->is_cut)
                ret->columns++;
}

/* ---- ranks */

/* Edges by the node at one end: those of node i are edges[start[i]] to edges[start[i + 1]]. */
struct adjacency {
        uint32_t *start;
        uint32_t *edges;
};

static int sort_by_end(struct bw_arena *arena, const uint32_t *end, uint32_t n_ends, uint32_t n_nodes,
                       struct adjacency *ret)
{
        ret->start = bw_arena_zalloc(arena, ((size_t)n_nodes + 2) * sizeof(uint32_t));
        ret->edges = bw_arena_array(arena, (size_t)n_ends + 1, sizeof(uint32_t));
        if (!ret->start || !ret->edges)
                return -ENOMEM;
        for (uint32_t i = 0; i < n_ends; i++)
                ret->start[end[i] + 2]++;
        for (uint32_t i = 2; i < n_nodes + 2; i++)
                ret->start[i] += ret->start[i - 1];
        for (uint32_t i = 0; i < n_ends; i++)
                ret->edges[ret->start[end[i] + 1]++] = i;
        return 0;
}

struct ranking {
        struct bw_arena *arena;
        struct graph_layout *l;
        uint32_t n_nodes, n_edges;
        uint32_t *from, *to;    /* of edges, without cycles */
        struct adjacency out;
};

/* Turns round each edge that leads back to where the search came from. */
static int break_cycles(struct ranking *g)
{
        enum { NEW, OPEN, DONE };
        uint8_t *state = bw_arena_zalloc(g->arena, (size_t)g->n_nodes + 1);
        uint32_t *stack = bw_arena_array(g->arena, (size_t)g->n_nodes + 1, sizeof(*stack));
        uint32_t *at = bw_arena_array(g->arena, (size_t)g->n_nodes + 1, sizeof(*at));

        if (!state || !stack || !at || sort_by_end(g->arena, g->from, g->n_edges, g->n_nodes, &g->out) < 0)
                return -ENOMEM;
        for (uint32_t root = 0; root < g->n_nodes; root++) {
                uint32_t depth = 0;

                if (state[root] != NEW)
                        continue;
                state[root] = OPEN;
                at[root] = g->out.start[root];
                stack[depth++] = root;
                while (depth) {
                        uint32_t node = stack[depth - 1];
                        uint32_t edge;

                        if (at[node] == g->out.start[node + 1]) {
                                state[node] = DONE;
                                depth--;
                                continue;
                        }
                        edge = g->out.edges[at[node]++];
                        if (state[g->l->graph->edges[edge].to] == OPEN) {
                                g->l->is_reversed[edge] = true;
                        } else if (state[g->l->graph->edges[edge].to] == NEW) {
                                stack[depth] = g->l->graph->edges[edge].to;
                                state[stack[depth]] = OPEN;
                                at[stack[depth]] = g->out.start[stack[depth]];
                                depth++;
                        }
                }
        }
        for (uint32_t i = 0; i < g->n_edges; i++) {
                if (!g->l->is_reversed[i])
                        continue;
                g->from[i] = g->l->graph->edges[i].to;
                g->to[i] = g->l->graph->edges[i].from;
        }
        return 0;
}

/* A node without edges that lead to it stands next to the first that it leads to. */
static void pull_starts(struct ranking *g, const uint32_t *n_in)
{
        for (uint32_t i = 0; i < g->n_nodes; i++) {
                uint32_t nearest = UINT32_MAX;

                for (uint32_t e = g->out.start[i]; e < g->out.start[i + 1]; e++)
                        if (g->to[g->out.edges[e]] != i)
                                nearest = BW_MIN(nearest, g->l->items[g->to[g->out.edges[e]]].rank);
                if (n_in[i] == 0 && nearest != UINT32_MAX)
                        g->l->items[i].rank = nearest - 1;
        }
}

static int rank_nodes(struct ranking *g)
{
        uint32_t *n_in = bw_arena_zalloc(g->arena, ((size_t)g->n_nodes + 1) * sizeof(*n_in));
        uint32_t *left = bw_arena_zalloc(g->arena, ((size_t)g->n_nodes + 1) * sizeof(*left));
        uint32_t *queue = bw_arena_array(g->arena, (size_t)g->n_nodes + 1, sizeof(*queue));
        uint32_t n = 0;

        if (!n_in || !left || !queue || sort_by_end(g->arena, g->from, g->n_edges, g->n_nodes, &g->out) < 0)
                return -ENOMEM;
        for (uint32_t i = 0; i < g->n_edges; i++)
                n_in[g->to[i]] += g->from[i] != g->to[i];
        memcpy(left, n_in, g->n_nodes * sizeof(*left));
        for (uint32_t i = 0; i < g->n_nodes; i++)
                if (left[i] == 0)
                        queue[n++] = i;
        for (uint32_t head = 0; head < n; head++) {
                for (uint32_t e = g->out.start[queue[head]]; e < g->out.start[queue[head] + 1]; e++) {
                        uint32_t to = g->to[g->out.edges[e]];

                        if (to == queue[head])
                                continue;
                        g->l->items[to].rank = BW_MAX(g->l->items[to].rank, g->l->items[queue[head]].rank + 1);
                        if (--left[to] == 0)
                                queue[n++] = to;
                }
        }
        pull_starts(g, n_in);
        return 0;
}

/* ---- bends and links */

static int make_links(struct ranking *g)
{
        struct graph_layout *l = g->l;
        uint64_t n_links = 0;

        for (uint32_t i = 0; i < g->n_edges; i++)
                n_links += l->items[g->to[i]].rank - l->items[g->from[i]].rank;
        if (n_links > g->n_edges + (uint64_t)BW_LIMIT_GRAPH_BENDS)
                n_links = g->n_edges + (uint64_t)BW_LIMIT_GRAPH_BENDS;
        l->links = bw_arena_array(g->arena, (size_t)n_links + 1, sizeof(*l->links));
        l->first_link = bw_arena_array(g->arena, (size_t)g->n_edges + 1, sizeof(*l->first_link));
        if (!l->links || !l->first_link)
                return -ENOMEM;
        for (uint32_t i = 0; i < g->n_edges; i++) {
                uint32_t from = g->from[i];
                uint32_t bends = l->items[g->to[i]].rank - l->items[from].rank;

                l->first_link[i] = l->n_links;
                if (bends == 0)
                        continue;
                /* Past the limit an edge is drawn straight through whatever stands there. */
                if (l->n_items - g->n_nodes + (bends - 1) > BW_LIMIT_GRAPH_BENDS)
                        bends = 1;
                for (; bends > 1; bends--) {
                        l->items[l->n_items] = (struct graph_item){.rank = l->items[from].rank + 1, .h = BEND_HEIGHT};
                        l->links[l->n_links++] = (struct graph_link){.from = from, .to = l->n_items, .edge = i};
                        from = l->n_items++;
                }
                l->links[l->n_links++] = (struct graph_link){.from = from, .to = g->to[i], .edge = i};
        }
        l->first_link[g->n_edges] = l->n_links;
        return 0;
}

/* ---- blocks */

struct grouping {
        const struct bw_graph_node *nodes;
        uint32_t node;
};

static int by_group(const void *a, const void *b)
{
        const struct grouping *x = a;
        const struct grouping *y = b;
        int order = bw_str_cmp(x->nodes[x->node].group, y->nodes[y->node].group);

        return order ? order : (x->node > y->node) - (x->node < y->node);
}

static int name_blocks(struct ranking *g)
{
        struct graph_layout *l = g->l;
        struct grouping *sorted = bw_arena_array(g->arena, (size_t)g->n_nodes + 1, sizeof(*sorted));

        l->blocks = bw_arena_array(g->arena, (size_t)l->n_items + 1, sizeof(*l->blocks));
        if (!sorted || !l->blocks)
                return -ENOMEM;
        for (uint32_t i = 0; i < g->n_nodes; i++)
                sorted[i] = (struct grouping){l->graph->nodes, i};
        qsort(sorted, g->n_nodes, sizeof(*sorted), by_group);
        for (uint32_t i = 0; i < g->n_nodes; i++) {
                struct bw_str name = l->graph->nodes[sorted[i].node].group;

                if (name.n == 0 || i == 0 || !bw_str_eq(name, l->graph->nodes[sorted[i - 1].node].group))
                        l->blocks[l->n_blocks++] = (struct graph_block){.name = name};
                l->items[sorted[i].node].block = l->n_blocks - 1;
        }
        /* A bend between nodes of one group is in it. */
        for (uint32_t i = 0; i < l->n_links; i++) {
                uint32_t bend = l->links[i].to;
                uint32_t edge = l->links[i].edge;

                if (bend < g->n_nodes)
                        continue;
                l->items[bend].block = l->items[g->from[edge]].block;
                if (l->items[g->from[edge]].block == l->items[g->to[edge]].block)
                        continue;
                l->blocks[l->n_blocks++] = (struct graph_block){0};
                l->items[bend].block = l->n_blocks - 1;
        }
        return 0;
}

static int fill_blocks(struct ranking *g)
{
        struct graph_layout *l = g->l;

        l->members = bw_arena_array(g->arena, (size_t)l->n_items + 1, sizeof(*l->members));
        if (!l->members)
                return -ENOMEM;
        for (uint32_t i = 0; i < l->n_items; i++)
                l->blocks[l->items[i].block].n++;
        for (uint32_t i = 0, at = 0; i < l->n_blocks; i++) {
                l->blocks[i].first = at;
                at += l->blocks[i].n;
                l->blocks[i].n = 0;
                l->blocks[i].from_rank = UINT32_MAX;
        }
        for (uint32_t i = 0; i < l->n_items; i++) {
                struct graph_block *b = &l->blocks[l->items[i].block];

                l->members[b->first + b->n++] = i;
                b->from_rank = BW_MIN(b->from_rank, l->items[i].rank);
                b->to_rank = BW_MAX(b->to_rank, l->items[i].rank);
                l->n_ranks = BW_MAX(l->n_ranks, l->items[i].rank + 1);
        }
        return 0;
}

/* ---- up and down */

struct placing {
        struct graph_layout *l;
        double *wish;      /* by item: the middle of its neighbours */
        double *offset;    /* by item: from its block's top to its middle */
        double *pull;      /* by block: where its top would like to be */
        double *down, *up; /* by block: two ways to place it */
        double *best;      /* by item, then by block */
        double *edge_of;   /* by rank: what is taken */
        double *stack;     /* by rank: heights inside a block */
        struct sortable {
                double key;
                uint32_t rank;
                uint32_t number;
        } *order;
};

static int by_key(const void *a, const void *b)
{
        const struct sortable *x = a;
        const struct sortable *y = b;

        if (x->rank != y->rank)
                return x->rank < y->rank ? -1 : 1;
        if (x->key < y->key || x->key > y->key)
                return x->key < y->key ? -1 : 1;
        return (x->number > y->number) - (x->number < y->number);
}

/* Stacks the items of a block in each rank, in the order of their wishes, and its middle lines up. */
static void stack_block(struct placing *p, struct graph_block *b)
{
        struct graph_layout *l = p->l;
        double pad = b->name.n ? GRAPH_GROUP_PAD : 0;
        double head = b->name.n ? GRAPH_GROUP_HEAD : 0;
        double tallest = 0;

        for (uint32_t i = 0; i < b->n; i++) {
                uint32_t item = l->members[b->first + i];

                p->order[i] = (struct sortable){p->wish[item], l->items[item].rank, item};
        }
        qsort(p->order, b->n, sizeof(*p->order), by_key);
        for (uint32_t i = 0; i < b->n; i++) {
                struct graph_item *item = &l->items[p->order[i].number];

                l->members[b->first + i] = p->order[i].number;
                if (i == 0 || p->order[i].rank != p->order[i - 1].rank)
                        p->stack[item->rank] = -GAP_Y;
                p->offset[p->order[i].number] = p->stack[item->rank] + GAP_Y + item->h / 2;
                p->stack[item->rank] += GAP_Y + item->h;
                tallest = BW_MAX(tallest, p->stack[item->rank]);
        }
        for (uint32_t i = 0; i < b->n; i++) {
                uint32_t item = l->members[b->first + i];

                p->offset[item] += head + pad + (tallest - p->stack[l->items[item].rank]) / 2;
        }
        b->h = head + 2 * pad + tallest;
}

static void set_items(struct placing *p)
{
        for (uint32_t i = 0; i < p->l->n_items; i++)
                p->l->items[i].y = p->l->blocks[p->l->items[i].block].top + p->offset[i];
}

/* sides: 1 looks to the left, 2 to the right, 3 to both. */
static void make_wishes(struct placing *p, unsigned sides, double *weight)
{
        struct graph_layout *l = p->l;

        memset(weight, 0, l->n_items * sizeof(*weight));
        memset(p->wish, 0, l->n_items * sizeof(*p->wish));
        for (uint32_t i = 0; i < l->n_links; i++) {
                const struct graph_link *link = &l->links[i];

                if (sides & 1) {
                        p->wish[link->to] += l->items[link->from].y;
                        weight[link->to] += 1;
                }
                if (sides & 2) {
                        p->wish[link->from] += l->items[link->to].y;
                        weight[link->from] += 1;
                }
        }
        for (uint32_t i = 0; i < l->n_items; i++)
                p->wish[i] = weight[i] > 0 ? p->wish[i] / weight[i] : l->items[i].y;
}

/* Places a block below (or above) everything that was placed before in its ranks. */
static double settle(struct placing *p, const struct graph_block *b, double pull, bool downwards)
{
        double top = pull;

        for (uint32_t r = b->from_rank; r <= b->to_rank; r++)
                top = downwards ? BW_MAX(top, p->edge_of[r] + GAP_Y) : BW_MIN(top, p->edge_of[r] - GAP_Y - b->h);
        for (uint32_t r = b->from_rank; r <= b->to_rank; r++)
                p->edge_of[r] = downwards ? top + b->h : top;
        return top;
}

/*
 * Blocks in the order of their wishes: once pushed down where they would overlap, once up; the middle of the two has no
 * overlaps either, and leans to neither side.
 */
static void place_blocks(struct placing *p)
{
        struct graph_layout *l = p->l;

        for (uint32_t i = 0; i < l->n_blocks; i++)
                p->order[i] = (struct sortable){p->pull[i] + l->blocks[i].h / 2, 0, i};
        qsort(p->order, l->n_blocks, sizeof(*p->order), by_key);
        for (uint32_t r = 0; r < l->n_ranks; r++)
                p->edge_of[r] = -1e15;
        for (uint32_t i = 0; i < l->n_blocks; i++) {
                uint32_t b = p->order[i].number;

                p->down[b] = settle(p, &l->blocks[b], p->pull[b], true);
        }
        for (uint32_t r = 0; r < l->n_ranks; r++)
                p->edge_of[r] = 1e15;
        for (uint32_t i = l->n_blocks; i > 0; i--) {
                uint32_t b = p->order[i - 1].number;

                p->up[b] = settle(p, &l->blocks[b], p->pull[b], false);
        }
        for (uint32_t i = 0; i < l->n_blocks; i++)
                l->blocks[i].top = (p->down[i] + p->up[i]) / 2;
        set_items(p);
}

static double length_of_links(const struct graph_layout *l)
{
        double sum = 0;

        for (uint32_t i = 0; i < l->n_links; i++) {
                double dy = l->items[l->links[i].to].y - l->items[l->links[i].from].y;

                sum += dy < 0 ? -dy : dy;
        }
        return sum;
}

static void sweep(struct placing *p, unsigned sides)
{
        struct graph_layout *l = p->l;

        make_wishes(p, sides, p->pull); /* any array as long as items */
        for (uint32_t i = 0; i < l->n_blocks; i++)
                stack_block(p, &l->blocks[i]);
        for (uint32_t i = 0; i < l->n_blocks; i++) {
                const struct graph_block *b = &l->blocks[i];
                double sum = 0;

                for (uint32_t m = b->first; m < b->first + b->n; m++)
                        sum += p->wish[l->members[m]] - p->offset[l->members[m]];
                p->pull[i] = sum / b->n;
        }
        place_blocks(p);
}

static void keep(struct placing *p, bool take)
{
        struct graph_layout *l = p->l;
        double *of_blocks = p->best + l->n_items;

        for (uint32_t i = 0; i < l->n_items; i++)
                *(take ? &l->items[i].y : &p->best[i]) = take ? p->best[i] : l->items[i].y;
        for (uint32_t i = 0; i < l->n_blocks; i++)
                *(take ? &l->blocks[i].top : &of_blocks[i]) = take ? of_blocks[i] : l->blocks[i].top;
}

static int place_vertically(struct bw_arena *arena, struct graph_layout *l)
{
        size_t n = (size_t)l->n_items + 1; /* there are no more blocks than items */
        struct placing p = {
                .l = l,
                .wish = bw_arena_zalloc(arena, n * sizeof(double)),
                .offset = bw_arena_zalloc(arena, n * sizeof(double)),
                .pull = bw_arena_zalloc(arena, n * sizeof(double)),
                .down = bw_arena_zalloc(arena, n * sizeof(double)),
                .up = bw_arena_zalloc(arena, n * sizeof(double)),
                .best = bw_arena_zalloc(arena, 2 * n * sizeof(double)),
                .edge_of = bw_arena_zalloc(arena, ((size_t)l->n_ranks + 1) * sizeof(double)),
                .stack = bw_arena_zalloc(arena, ((size_t)l->n_ranks + 1) * sizeof(double)),
                .order = bw_arena_zalloc(arena, n * sizeof(struct sortable)),
        };
        double best = 0;

        if (!p.wish || !p.offset || !p.pull || !p.down || !p.up || !p.best || !p.edge_of || !p.stack || !p.order)
                return -ENOMEM;
        for (uint32_t i = 0; i < l->n_items; i++)
                p.wish[i] = i;
        for (uint32_t i = 0; i < l->n_blocks; i++) {
                stack_block(&p, &l->blocks[i]);
                p.pull[i] = l->members[l->blocks[i].first]; /* the order of the input, to begin with */
        }
        place_blocks(&p);
        best = length_of_links(l);
        keep(&p, false);
        for (unsigned i = 0; i < SWEEPS; i++) {
                double length;

                sweep(&p, i + 4 >= SWEEPS ? 3 : 1 + i % 2);
                length = length_of_links(l);
                if (length < best) {
                        best = length;
                        keep(&p, false);
                }
        }
        keep(&p, true);
        return 0;
}

/* ---- from left to right, and the page */

static int place_horizontally(struct bw_arena *arena, struct graph_layout *l)
{
        double *label = bw_arena_zalloc(arena, ((size_t)l->n_ranks + 1) * sizeof(*label));
        double x = MARGIN + GRAPH_GROUP_PAD;

        l->column_x = bw_arena_zalloc(arena, ((size_t)l->n_ranks + 1) * sizeof(double));
        l->column_w = bw_arena_zalloc(arena, ((size_t)l->n_ranks + 1) * sizeof(double));
        if (!label || !l->column_x || !l->column_w)
                return -ENOMEM;
        for (uint32_t i = 0; i < l->n_items; i++)
                l->column_w[l->items[i].rank] = BW_MAX(l->column_w[l->items[i].rank], l->items[i].w);
        for (uint32_t i = 0; i < l->n_links; i++) {
                double *widest = &label[l->items[l->links[i].from].rank];

                if (l->first_link[l->links[i].edge] == i)
                        *widest = BW_MAX(*widest, (double)l->edge_labels[l->links[i].edge].columns * GRAPH_SMALL_WIDTH);
        }
        for (uint32_t r = 0; r < l->n_ranks; r++) {
                l->column_x[r] = x;
                x += l->column_w[r] + GAP_X + label[r];
        }
        for (uint32_t i = 0; i < l->n_items; i++) {
                l->items[i].x = l->column_x[l->items[i].rank];
                if (i >= l->graph->n_nodes)
                        l->items[i].w = l->column_w[l->items[i].rank];
        }
        for (uint32_t i = 0; i < l->n_blocks; i++) {
                struct graph_block *b = &l->blocks[i];

                b->x = l->column_x[b->from_rank] - GRAPH_GROUP_PAD;
                b->w = l->column_x[b->to_rank] + l->column_w[b->to_rank] + GRAPH_GROUP_PAD - b->x;
        }
        /* Room for an arrow from a node to itself. */
        l->width = l->n_ranks ? l->column_x[l->n_ranks - 1] + l->column_w[l->n_ranks - 1] + GRAPH_GROUP_PAD + MARGIN + 24 :
                                2 * MARGIN;
        l->width = BW_MAX(l->width, 2 * MARGIN + (double)columns_of(l->graph->title) * GRAPH_COLUMN_WIDTH * 1.25);
        return 0;
}

static void move_to_page(struct graph_layout *l)
{
        double top = l->n_blocks ? 1e15 : 0;
        double bottom = 0;
        double shift;

        for (uint32_t i = 0; i < l->n_blocks; i++)
                top = BW_MIN(top, l->blocks[i].top);
        shift = MARGIN + (l->graph->title.n ? 36 : 0) - top;
        for (uint32_t i = 0; i < l->n_blocks; i++) {
                l->blocks[i].top += shift;
                bottom = BW_MAX(bottom, l->blocks[i].top + l->blocks[i].h);
        }
        for (uint32_t i = 0; i < l->n_items; i++)
                l->items[i].y += shift;
        l->height = bottom + MARGIN;
}

struct port {
        uint32_t item;
        uint32_t link;
        double other_y;
};

static int by_port(const void *a, const void *b)
{
        const struct port *x = a;
        const struct port *y = b;

        if (x->item != y->item)
                return x->item < y->item ? -1 : 1;
        if (x->other_y < y->other_y || x->other_y > y->other_y)
                return x->other_y < y->other_y ? -1 : 1;
        return (x->link > y->link) - (x->link < y->link);
}

/* Links of one node leave it, and arrive, spread over its height, in the order of where they go. */
static int spread_links(struct bw_arena *arena, struct graph_layout *l)
{
        struct port *ports = bw_arena_array(arena, (size_t)l->n_links + 1, sizeof(*ports));

        if (!ports)
                return -ENOMEM;
        for (int side = 0; side < 2; side++) {
                for (uint32_t i = 0; i < l->n_links; i++) {
                        const struct graph_link *link = &l->links[i];

                        ports[i] = (struct port){side ? link->to : link->from, i,
                                                 l->items[side ? link->from : link->to].y};
                }
                qsort(ports, l->n_links, sizeof(*ports), by_port);
                for (uint32_t i = 0, n; i < l->n_links; i += n) {
                        const struct graph_item *item = &l->items[ports[i].item];

                        for (n = 1; i + n < l->n_links && ports[i + n].item == ports[i].item;)
                                n++;
                        for (uint32_t k = 0; k < n; k++) {
                                double y = item->y + item->h * ((k + 1.0) / (n + 1.0) - 0.5);

                                *(side ? &l->links[ports[i + k].link].to_y : &l->links[ports[i + k].link].from_y) = y;
                        }
                }
        }
        return 0;
}

/* ---- all of it */

static int measure(struct bw_arena *arena, struct graph_layout *l)
{
        const struct bw_graph *graph = l->graph;

        l->labels = bw_arena_array(arena, graph->n_nodes + 1, sizeof(*l->labels));
        l->details = bw_arena_array(arena, graph->n_nodes + 1, sizeof(*l->details));
        l->edge_labels = bw_arena_array(arena, graph->n_edges + 1, sizeof(*l->edge_labels));
        if (!l->labels || !l->details || !l->edge_labels)
                return -ENOMEM;
        for (size_t i = 0; i < graph->n_nodes; i++) {
                struct bw_str label = bw_graph_clean(arena, graph->nodes[i].label);
                struct bw_str detail = bw_graph_clean(arena, graph->nodes[i].detail);

                if (!label.p || !detail.p)
                        return -ENOMEM;
                bw_graph_wrap(label, NODE_COLUMNS, GRAPH_MAX_LINES, &l->labels[i]);
                bw_graph_wrap(detail, NODE_COLUMNS + 4, 2, &l->details[i]);
                l->items[i].w = 2 * GRAPH_NODE_PAD + BW_MAX((double)l->labels[i].columns * GRAPH_COLUMN_WIDTH,
                                                           (double)l->details[i].columns * GRAPH_SMALL_WIDTH);
                l->items[i].h = 2 * GRAPH_NODE_PAD - 6 +
                                (double)BW_MAX(l->labels[i].n + l->details[i].n, (size_t)1) * GRAPH_LINE_HEIGHT;
        }
        for (size_t i = 0; i < graph->n_edges; i++) {
                struct bw_str label = bw_graph_clean(arena, graph->edges[i].label);

                if (!label.p)
                        return -ENOMEM;
                bw_graph_wrap(label, LABEL_COLUMNS, 3, &l->edge_labels[i]);
        }
        return 0;
}

static int rank_and_link(struct bw_arena *arena, struct graph_layout *l)
{
        struct ranking g = {
                .arena = arena,
                .l = l,
                .n_nodes = (uint32_t)l->graph->n_nodes,
                .n_edges = (uint32_t)l->graph->n_edges,
                .from = bw_arena_array(arena, l->graph->n_edges + 1, sizeof(uint32_t)),
                .to = bw_arena_array(arena, l->graph->n_edges + 1, sizeof(uint32_t)),
        };

        if (!g.from || !g.to)
                return -ENOMEM;
        for (uint32_t i = 0; i < g.n_edges; i++) {
                g.from[i] = l->graph->edges[i].from;
                g.to[i] = l->graph->edges[i].to;
        }
        if (break_cycles(&g) < 0 || rank_nodes(&g) < 0 || make_links(&g) < 0 || name_blocks(&g) < 0 || fill_blocks(&g) < 0)
                return -ENOMEM;
        return 0;
}

int bw_graph_layout(struct bw_arena *arena, const struct bw_graph *graph, struct graph_layout *ret, struct bw_error *reterr)
{
        struct graph_layout l = {
                .graph = graph,
                .items = bw_arena_zalloc(arena, (graph->n_nodes + BW_LIMIT_GRAPH_BENDS + 1) * sizeof(struct graph_item)),
                .n_items = (uint32_t)graph->n_nodes,
                .is_reversed = bw_arena_zalloc(arena, graph->n_edges + 1),
        };

        if (!l.items || !l.is_reversed || measure(arena, &l) < 0 || rank_and_link(arena, &l) < 0 ||
            place_vertically(arena, &l) < 0 || place_horizontally(arena, &l) < 0)
                return bw_error_nomem(reterr);
        move_to_page(&l);
        if (spread_links(arena, &l) < 0)
                return bw_error_nomem(reterr);
        *ret = l;
        return 0;
}
