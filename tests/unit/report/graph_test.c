/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "report/graph_internal.h"

#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

#define N(l, d, g, m) {.label = {l, sizeof(l) - 1}, .detail = {d, sizeof(d) - 1}, .group = {g, sizeof(g) - 1}, .mark = m}
#define E(a, b, l) {.from = a, .to = b, .label = {l, sizeof(l) - 1}}

static const struct bw_graph_node shop_nodes[] = {
        N("User carla", "", "", BW_GRAPH_START),
        N("ServiceAccount shop/web", "default", "shop", BW_GRAPH_PLAIN),
        N("ServiceAccount shop/deploy", "", "shop", BW_GRAPH_GOOD),
        N("ServiceAccount ops/a-controller-with-a-name-that-needs-more-than-one-line", "", "ops", BW_GRAPH_OUTSIDE),
        N("cluster-admin", "everything", "", BW_GRAPH_BAD),
        N("Secrets <of> \"shop\" & more\x01", "", "shop", BW_GRAPH_PLAIN),
};
static const struct bw_graph_edge shop_edges[] = {
        E(0, 1, "may create pods in shop"), E(0, 2, "may create pods in shop"), E(1, 5, "reads"), E(5, 2, "token inside"),
        E(2, 3, "impersonates"), E(3, 4, "is bound to cluster-admin"), E(0, 4, "may escalate"), E(4, 0, ""), E(1, 1, "itself"),
        E(2, 4, "and this"),  E(2, 4, "and this too"),
};
static const struct bw_graph shop = {
        .title = {"Ways to cluster-admin", 21},
        .nodes = shop_nodes,
        .n_nodes = BW_ARRAY_SIZE(shop_nodes),
        .edges = shop_edges,
        .n_edges = BW_ARRAY_SIZE(shop_edges),
};

static void dot(void **state)
{
        static const struct bw_graph_node nodes[] = {N("a \"b\" \\n", "c", "", BW_GRAPH_PLAIN), N("d\n\xff", "", "g\"", BW_GRAPH_BAD)};
        static const struct bw_graph_edge edges[] = {{.from = 1, .to = 0, .label = {"e", 1}, .mark = BW_GRAPH_OUTSIDE}};
        const struct bw_graph graph = {.title = BW_STR("t"), .nodes = nodes, .n_nodes = 2, .edges = edges, .n_edges = 1};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        assert_int_equal(bw_graph_dot(&graph, &out, NULL), 0);
        assert_non_null(strstr(out.p, "  n0 [label=\"a \\\"b\\\" \\\\n\\nc\"];\n"));
        assert_non_null(strstr(out.p, "  subgraph \"cluster_0\" {\n  label=\"g\\\"\";\n  n1 [label=\"d \\\\xff\", color"));
        assert_non_null(strstr(out.p, "  n1 -> n0 [label=\"e\", style=dashed];\n"));
        assert_true(bw_str_ends(bw_buf_view(&out), BW_STR(", style=dashed];\n}\n")));
}

static void svg(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        assert_int_equal(bw_graph_svg(&shop, &out, NULL), 0);
        assert_non_null(strstr(out.p, "Secrets &lt;of&gt; &quot;shop&quot; &amp; more\\x01"));
        assert_null(strchr(out.p, '\x01'));
        assert_null(strstr(out.p, "<script"));
        assert_non_null(strstr(out.p, "<title>Ways to cluster-admin</title>"));
}

static void wrapping(void **state)
{
        struct graph_text text;

        (void)state;
        bw_graph_wrap(BW_STR("one two-three four"), 8, 4, &text);
        assert_int_equal(text.n, 3);
        assert_true(bw_str_is(text.lines[0], "one two-"));
        assert_true(bw_str_is(text.lines[1], "three"));
        assert_true(bw_str_is(text.lines[2], "four"));
        assert_false(text.is_cut);
        bw_graph_wrap(BW_STR("abcdefghij"), 4, 2, &text);
        assert_int_equal(text.n, 2);
        assert_true(bw_str_is(text.lines[1], "efgh"));
        assert_true(text.is_cut);
        bw_graph_wrap(BW_STR("\xe4\xb8\xad\xe4\xb8\xad"), 1, 4, &text); /* wider than a line */
        assert_int_equal(text.n, 2);
        bw_graph_wrap(BW_STR(""), 4, 2, &text);
        assert_int_equal(text.n, 0);
}

/* What must hold of every drawing: edges lead to the right, blocks do not overlap, all is on the page. */
static void check_layout(const struct bw_graph *graph)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct graph_layout l;

        assert_int_equal(bw_graph_layout(arena, graph, &l, NULL), 0);
        for (uint32_t i = 0; i < l.n_links; i++) {
                assert_true(l.items[l.links[i].from].rank < l.items[l.links[i].to].rank);
                assert_true(l.items[l.links[i].from].x < l.items[l.links[i].to].x);
        }
        for (uint32_t i = 0; i < graph->n_edges; i++) {
                const struct bw_graph_edge *edge = &graph->edges[i];
                uint32_t a = l.is_reversed[i] ? edge->to : edge->from;
                uint32_t b = l.is_reversed[i] ? edge->from : edge->to;

                if (edge->from == edge->to) {
                        assert_int_equal(l.first_link[i], l.first_link[i + 1]);
                        continue;
                }
                assert_int_equal(l.links[l.first_link[i]].from, a);
                assert_int_equal(l.links[l.first_link[i + 1] - 1].to, b);
        }
        for (uint32_t i = 0; i < l.n_blocks; i++) {
                const struct graph_block *b = &l.blocks[i];

                assert_true(b->x > 0 && b->top > 0 && b->x + b->w < l.width && b->top + b->h < l.height);
                for (uint32_t m = b->first; m < b->first + b->n; m++) {
                        const struct graph_item *item = &l.items[l.members[m]];

                        assert_int_equal(item->block, i);
                        assert_true(item->y - item->h / 2 >= b->top - 0.01 && item->y + item->h / 2 <= b->top + b->h + 0.01);
                }
                for (uint32_t k = i + 1; k < l.n_blocks; k++) {
                        const struct graph_block *c = &l.blocks[k];

                        assert_true(b->to_rank < c->from_rank || c->to_rank < b->from_rank || b->top + b->h <= c->top + 0.01 ||
                                    c->top + c->h <= b->top + 0.01);
                }
        }
        for (uint32_t i = 0; i < graph->n_nodes; i++)
                for (uint32_t k = i + 1; k < graph->n_nodes; k++) {
                        const struct graph_item *a = &l.items[i];
                        const struct graph_item *b = &l.items[k];

                        assert_true(a->rank != b->rank || a->y + a->h / 2 <= b->y - b->h / 2 + 0.01 ||
                                    b->y + b->h / 2 <= a->y - a->h / 2 + 0.01);
                }
}

static void layout(void **state)
{
        static const struct bw_graph nothing = {0};

        (void)state;
        check_layout(&nothing);
        check_layout(&shop);
}

/* Graphs of all sorts, cycles and loops too. */
static void any_graph(void **state)
{
        static const char *const names[] = {"", "a", "b", "c", "d"};
        struct bw_graph_node nodes[40];
        struct bw_graph_edge edges[80];
        uint32_t seed = 1;

        (void)state;
        for (int turn = 0; turn < 300; turn++) {
                struct bw_graph graph = {.title = BW_STR("x"), .nodes = nodes, .edges = edges};

                seed = seed * 1664525u + 1013904223u;
                graph.n_nodes = 1 + seed % 40;
                graph.n_edges = seed / 64 % 80;
                for (size_t i = 0; i < graph.n_nodes; i++) {
                        seed = seed * 1664525u + 1013904223u;
                        nodes[i] = (struct bw_graph_node){.label = BW_STR("node"), .group = bw_str(names[seed / 1024 % 5])};
                }
                for (size_t i = 0; i < graph.n_edges; i++) {
                        uint32_t from;

                        seed = seed * 1664525u + 1013904223u;
                        from = seed / 1024 % (uint32_t)graph.n_nodes;
                        seed = seed * 1664525u + 1013904223u;
                        edges[i] = (struct bw_graph_edge){.from = from, .to = seed / 1024 % (uint32_t)graph.n_nodes};
                }
                check_layout(&graph);
        }
}

/* Many edges over many ranks cost bends only up to the limit; too many nodes are refused. */
static void limits(void **state)
{
        size_t n = 1000;
        struct bw_graph_node *nodes = calloc(BW_LIMIT_GRAPH_NODES + 1, sizeof(*nodes));
        struct bw_graph_edge *edges = calloc(2 * n, sizeof(*edges));
        struct bw_graph graph = {.nodes = nodes, .n_nodes = n, .edges = edges, .n_edges = 2 * n - 2};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        for (uint32_t i = 0; i + 1 < n; i++) {
                edges[2 * i] = (struct bw_graph_edge){.from = i, .to = i + 1};
                edges[2 * i + 1] = (struct bw_graph_edge){.from = 0, .to = i + 1};
        }
        assert_int_equal(bw_graph_svg(&graph, &out, NULL), 0);
        graph.n_nodes = BW_LIMIT_GRAPH_NODES + 1;
        assert_int_equal(bw_graph_svg(&graph, &out, NULL), -E2BIG);
        assert_int_equal(bw_graph_dot(&graph, &out, NULL), -E2BIG);
        graph.n_nodes = 1;
        assert_int_equal(bw_graph_svg(&graph, &out, NULL), -EINVAL);
        free(nodes);
        free(edges);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(dot),    cmocka_unit_test(svg),       cmocka_unit_test(wrapping),
                cmocka_unit_test(layout), cmocka_unit_test(any_graph), cmocka_unit_test(limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
