/* SPDX-License-Identifier: Apache-2.0 */
/* Roles, bindings, pods and the rest of a cluster, as a List in YAML or JSON: the escalation graph of it, and every way to the top. */
#include "analyze/rbac_graph.h"
#include "analyze/synthesis.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/error.h"
#include "doc/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
        struct bw_arena *arena;
        struct bw_inventory *inventory;
};

static int add(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        struct run *run = ctx;
        struct bw_doc *doc = bw_arena_alloc(run->arena, sizeof(*doc));

        if (!doc)
                return -ENOMEM;
        *doc = *item;
        return bw_inventory_add(run->inventory, doc, reterr);
}

static int read_all(struct run *run, struct bw_str text)
{
        enum bw_format format = bw_stream_format(text);
        struct bw_cutter cutter;
        struct bw_piece piece;
        int r = 0;

        bw_cutter_init(&cutter, format, true);
        while (r == 0 && bw_cutter_next(&cutter, &text, true, &piece, NULL) == 1) {
                struct bw_doc *doc = bw_arena_zalloc(run->arena, sizeof(*doc));

                if (!doc)
                        return -ENOMEM;
                if (bw_doc_read(run->arena, &piece, false, doc, NULL) == 0)
                        r = bw_doc_list_items(run->arena, doc, add, run, NULL);
        }
        return r;
}

static void ask(struct run *run)
{
        struct bw_rbac_graph *graph;
        struct bw_rbac_reach *reach;
        const struct bw_rbac_step *steps;
        const struct bw_rbac_node *nodes;
        size_t target;
        size_t n_nodes;
        size_t n;

        if (bw_inventory_seal(run->inventory, NULL) < 0 || bw_rbac_graph_new(run->arena, run->inventory, &graph, NULL) < 0)
                return;
        nodes = bw_rbac_graph_nodes(graph, &n_nodes);
        target = bw_rbac_graph_find(graph, BW_RBAC_CLUSTER_ADMIN, BW_STR(""), BW_STR(""));
        if (bw_rbac_reach_new(graph, &target, 1, run->arena, &reach, NULL) < 0)
                return;
        for (size_t i = 0; i < n_nodes; i++) {
                (void)!bw_rbac_reach_path(reach, i, run->arena, &steps, &n, NULL);
                (void)!bw_rbac_node_text(run->arena, &nodes[i]).p;
        }
}

static int drop(void *userdata, struct bw_doc *doc, const struct bw_doc *about, struct bw_error *reterr)
{
        (void)userdata;
        (void)doc;
        (void)about;
        (void)reterr;
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct run run = {.arena = bw_arena_new(256 * BW_MIB)};

        if (run.arena && size <= 64 << 10 && bw_inventory_new(&run.inventory, NULL) == 0) {
                if (read_all(&run, bw_str_n((const char *)data, size)) == 0) {
                        ask(&run);
                        (void)!bw_synthesize_access.make(run.arena, run.inventory, drop, NULL, NULL);
                }
        }
        bw_inventory_free(run.inventory);
        bw_arena_free(run.arena);
        return 0;
}
