/* SPDX-License-Identifier: Apache-2.0 */
/* A drawing as SVG. Source: SVG 1.1 (paths, markers, text), XML 1.0; prefers-color-scheme of Media Queries 5. */
#include "report/graph_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "report/report_internal.h"

static const struct bw_encoding xml = {
        .ascii = {['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;"}};

static const char *const marks[] = {
        [BW_GRAPH_PLAIN] = "plain",
        [BW_GRAPH_START] = "start",
        [BW_GRAPH_GOOD] = "good",
        [BW_GRAPH_BAD] = "bad",
        [BW_GRAPH_OUTSIDE] = "outside",
};

static const char style[] =
        "<style>\n"
        "svg{--bg:#fff;--ink:#1f2328;--dim:#59636e;--line:#818b98;--box:#fff;--group:#f6f8fa;--rim:#d1d9e0;"
        "--start:#0969da;--start-box:#ddf4ff;--good:#1a7f37;--good-box:#dafbe1;--bad:#cf222e;--bad-box:#ffebe9}\n"
        "@media (prefers-color-scheme:dark){svg{--bg:#0d1117;--ink:#e6edf3;--dim:#9198a1;--line:#767e88;--box:#151b23;"
        "--group:#0f141b;--rim:#3d444d;--start:#4493f8;--start-box:#0c2d6b;--good:#3fb950;--good-box:#0f3a1d;"
        "--bad:#f85149;--bad-box:#4c1214}}\n"
        "text{font:12px system-ui,-apple-system,\"Segoe UI\",Helvetica,Arial,sans-serif;fill:var(--ink)}\n"
        ".title{font-size:15px;font-weight:600}.group text{font-weight:600;fill:var(--dim)}\n"
        ".detail,.label text{font-size:10.5px;fill:var(--dim)}\n"
        ".back{fill:var(--bg)}.group rect{fill:var(--group);stroke:var(--rim)}\n"
        ".node rect{fill:var(--box);stroke:var(--line)}.start rect{fill:var(--start-box);stroke:var(--start)}\n"
        ".good rect{fill:var(--good-box);stroke:var(--good)}.bad rect{fill:var(--bad-box);stroke:var(--bad)}\n"
        ".outside rect{stroke-dasharray:5 3}.edge path{fill:none;stroke:var(--line);stroke-width:1.3}\n"
        ".edge.start path{stroke:var(--start)}.edge.good path{stroke:var(--good)}.edge.bad path{stroke:var(--bad)}\n"
        ".edge.outside path{stroke-dasharray:5 3}.label rect{fill:var(--bg);opacity:.88;stroke:none}\n"
        "marker path{fill:var(--line)}#to-start path{fill:var(--start)}#to-good path{fill:var(--good)}"
        "#to-bad path{fill:var(--bad)}\n"
        "</style>\n";

static void put_title(struct bw_buf *out, struct bw_str a, struct bw_str b)
{
        bw_buf_puts(out, "<title>");
        bw_report_encode(out, &xml, a);
        if (a.n && b.n)
                bw_buf_puts(out, ": ");
        bw_report_encode(out, &xml, b);
        bw_buf_puts(out, "</title>");
}

static void put_text(struct bw_buf *out, const char *class, double x, double y, struct bw_str text, bool is_cut)
{
        bw_buf_printf(out, "<text%s%s%s x=\"%.1f\" y=\"%.1f\">", class ? " class=\"" : "", class ? class : "",
                      class ? "\"" : "", x, y);
        bw_report_encode(out, &xml, text);
        bw_buf_puts(out, is_cut ? "…</text>" : "</text>");
}

static void put_lines(struct bw_buf *out, const char *class, double x, double *y, const struct graph_text *text)
{
        for (size_t i = 0; i < text->n; i++) {
                put_text(out, class, x, *y, text->lines[i], text->is_cut && i + 1 == text->n);
                *y += GRAPH_LINE_HEIGHT;
        }
}

static void put_head(struct bw_buf *out, const struct graph_layout *l)
{
        bw_buf_printf(out,
                      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
                      "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n",
                      l->width, l->height, l->width, l->height);
        put_title(out, l->graph->title, BW_STR(""));
        bw_buf_char(out, '\n');
        bw_buf_puts(out, style);
        bw_buf_puts(out, "<defs>");
        for (size_t i = 0; i < BW_ARRAY_SIZE(marks); i++)
                bw_buf_printf(out,
                              "<marker id=\"to-%s\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" "
                              "markerHeight=\"7\" orient=\"auto-start-reverse\"><path d=\"M0 1L10 5L0 9z\"/></marker>",
                              marks[i]);
        bw_buf_puts(out, "</defs>\n<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n");
        if (l->graph->title.n)
                put_text(out, "title", 24, 34, l->graph->title, false);
        bw_buf_char(out, '\n');
}

static void put_groups(struct bw_buf *out, const struct graph_layout *l)
{
        for (uint32_t i = 0; i < l->n_blocks; i++) {
                const struct graph_block *b = &l->blocks[i];

                if (b->name.n == 0)
                        continue;
                bw_buf_printf(out, "<g class=\"group\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"8\"/>",
                              b->x, b->top, b->w, b->h);
                put_text(out, NULL, b->x + GRAPH_GROUP_PAD, b->top + 19, b->name, false);
                bw_buf_puts(out, "</g>\n");
        }
}

static void put_node(struct bw_buf *out, const struct graph_layout *l, size_t i)
{
        const struct bw_graph_node *node = &l->graph->nodes[i];
        const struct graph_item *at = &l->items[i];
        double y = at->y - at->h / 2 + GRAPH_NODE_PAD + 9;

        bw_buf_printf(out, "<g class=\"node %s\">", marks[node->mark]);
        put_title(out, node->label, node->detail);
        bw_buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\"/>", at->x, at->y - at->h / 2,
                      at->w, at->h);
        put_lines(out, NULL, at->x + GRAPH_NODE_PAD, &y, &l->labels[i]);
        put_lines(out, "detail", at->x + GRAPH_NODE_PAD, &y, &l->details[i]);
        bw_buf_puts(out, "</g>\n");
}

/* ---- edges */

static double right_of(const struct graph_item *item)
{
        return item->x + item->w;
}

static void put_path(struct bw_buf *out, const struct graph_layout *l, uint32_t edge)
{
        for (uint32_t i = l->first_link[edge]; i < l->first_link[edge + 1]; i++) {
                const struct graph_link *link = &l->links[i];
                double x0 = right_of(&l->items[link->from]);
                double x1 = l->items[link->to].x;
                double middle = (x0 + x1) / 2;

                /* Through the width of the column that it passes. */
                bw_buf_printf(out, i == l->first_link[edge] ? "M%.1f %.1f" : "L%.1f %.1f", x0, link->from_y);
                bw_buf_printf(out, "C%.1f %.1f %.1f %.1f %.1f %.1f", middle, link->from_y, middle, link->to_y, x1,
                              link->to_y);
        }
}

static void put_loop(struct bw_buf *out, const struct graph_item *at)
{
        double x = right_of(at);

        bw_buf_printf(out, "M%.1f %.1fc26 -2 26 %.1f 0 %.1f", x, at->y - at->h / 4, at->h / 2 + 2, at->h / 2);
}

static void put_edge(struct bw_buf *out, const struct graph_layout *l, uint32_t i)
{
        const struct bw_graph_edge *edge = &l->graph->edges[i];
        const char *mark = marks[edge->mark];
        bool is_loop = l->first_link[i] == l->first_link[i + 1];

        bw_buf_printf(out, "<g class=\"edge %s\">", mark);
        if (edge->label.n)
                put_title(out, edge->label, BW_STR(""));
        bw_buf_printf(out, "<path marker-%s=\"url(#to-%s)\" d=\"", l->is_reversed[i] && !is_loop ? "start" : "end", mark);
        if (is_loop)
                put_loop(out, &l->items[edge->from]);
        else
                put_path(out, l, i);
        bw_buf_puts(out, "\"/></g>\n");
}

/* ---- labels of edges */

enum { TRIES = 5, MAX_SHOWN = 400 };

struct shown {
        double x, y, w, h;
};

/* Labels of one gap between columns that are shown, the newest last. */
struct shown_labels {
        struct shown *items;
        uint32_t *next;  /* the one before in the same gap */
        uint32_t *last;  /* by rank */
        uint32_t *count; /* by rank */
        uint32_t n;
};

static bool is_free(const struct shown_labels *labels, uint32_t rank, const struct shown *box)
{
        for (uint32_t i = labels->last[rank]; i != UINT32_MAX; i = labels->next[i]) {
                const struct shown *other = &labels->items[i];

                if (box->x < other->x + other->w && other->x < box->x + box->w && box->y < other->y + other->h &&
                    other->y < box->y + box->h)
                        return false;
        }
        return true;
}

/* A point of the curve that put_path() draws. */
static void point_at(const struct graph_layout *l, const struct graph_link *link, double t, double *x, double *y)
{
        double x0 = right_of(&l->items[link->from]);
        double x1 = l->items[link->to].x;
        double middle = (x0 + x1) / 2;
        double u = 1 - t;
        double ends = u * u * u + 3 * u * u * t;

        *x = u * u * u * x0 + 3 * u * t * middle + t * t * t * x1;
        *y = ends * link->from_y + (1 - ends) * link->to_y;
}

/* Where it covers no other label; false: nowhere, and then only the tooltip says it. */
static bool find_room(const struct graph_layout *l, struct shown_labels *labels, const struct graph_link *link,
                      struct shown *box)
{
        static const double along[TRIES] = {0.5, 0.35, 0.65, 0.22, 0.78};
        uint32_t rank = l->items[link->from].rank;

        if (labels->count[rank] >= MAX_SHOWN)
                return false;
        for (int i = 0; i < TRIES; i++) {
                double x;
                double y;

                point_at(l, link, along[i], &x, &y);
                box->x = x - box->w / 2;
                box->y = y - box->h / 2;
                if (is_free(labels, rank, box))
                        return true;
        }
        return false;
}

static void put_label(struct bw_buf *out, const struct graph_layout *l, struct shown_labels *labels, uint32_t edge)
{
        const struct graph_text *text = &l->edge_labels[edge];
        const struct graph_link *link = &l->links[l->first_link[edge]];
        struct shown box = {.w = (double)text->columns * GRAPH_SMALL_WIDTH + 6, .h = (double)text->n * 13 + 2};
        uint32_t rank;

        if (text->n == 0 || l->first_link[edge] == l->first_link[edge + 1] || !find_room(l, labels, link, &box))
                return;
        rank = l->items[link->from].rank;
        labels->items[labels->n] = box;
        labels->next[labels->n] = labels->last[rank];
        labels->last[rank] = labels->n++;
        labels->count[rank]++;
        bw_buf_printf(out, "<g class=\"label\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", box.x, box.y,
                      box.w, box.h);
        for (size_t i = 0; i < text->n; i++)
                put_text(out, NULL, box.x + 3, box.y + 11 + 13 * (double)i, text->lines[i],
                         text->is_cut && i + 1 == text->n);
        bw_buf_puts(out, "</g>\n");
}

static int put_labels(struct bw_buf *out, struct bw_arena *arena, const struct graph_layout *l)
{
        struct shown_labels labels = {
                .items = bw_arena_array(arena, l->graph->n_edges + 1, sizeof(struct shown)),
                .next = bw_arena_array(arena, l->graph->n_edges + 1, sizeof(uint32_t)),
                .last = bw_arena_array(arena, (size_t)l->n_ranks + 1, sizeof(uint32_t)),
                .count = bw_arena_zalloc(arena, ((size_t)l->n_ranks + 1) * sizeof(uint32_t)),
        };

        if (!labels.items || !labels.next || !labels.last || !labels.count)
                return -ENOMEM;
        for (uint32_t r = 0; r < l->n_ranks; r++)
                labels.last[r] = UINT32_MAX;
        for (uint32_t i = 0; i < l->graph->n_edges; i++)
                put_label(out, l, &labels, i);
        return 0;
}

int bw_graph_svg(const struct bw_graph *graph, struct bw_buf *out, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct graph_layout l;
        int r = bw_graph_check(graph, reterr);

        if (r < 0)
                return r;
        if (!arena)
                return bw_error_nomem(reterr);
        r = bw_graph_layout(arena, graph, &l, reterr);
        if (r < 0)
                return r;
        put_head(out, &l);
        put_groups(out, &l);
        for (uint32_t i = 0; i < graph->n_edges; i++)
                put_edge(out, &l, i);
        for (uint32_t i = 0; i < graph->n_nodes; i++)
                put_node(out, &l, i);
        if (put_labels(out, arena, &l) < 0)
                return bw_error_nomem(reterr);
        bw_buf_puts(out, "</svg>\n");
        return bw_buf_status(out) < 0 ? bw_error_set(reterr, bw_buf_status(out), "the drawing is too large") : 0;
}
