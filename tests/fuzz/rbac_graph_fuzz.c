/* SPDX-License-Identifier: Apache-2.0 */
/* Roles, bindings, pods and the rest of a cluster, as a List in YAML or JSON: the escalation graph of it, and every way to the top. */
#include "analyze/rbac_graph.h"
#include "analyze/synthesis.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/error.h"
#include "objects.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct objects_reading *run)
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
        struct objects_reading run = {.arena = bw_arena_new(256 * BW_MIB)};

        if (run.arena && size <= 64 << 10 && bw_inventory_new(&run.inventory, NULL) == 0) {
                if (objects_read(run.arena, run.inventory, bw_str_n((const char *)data, size)) == 0) {
                        ask(&run);
                        (void)!bw_synthesize_access.make(run.arena, run.inventory, drop, NULL, NULL);
                }
        }
        bw_inventory_free(run.inventory);
        bw_arena_free(run.arena);
        return 0;
}
