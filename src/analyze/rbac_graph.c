/* SPDX-License-Identifier: Apache-2.0 */
/* The graph as a whole: what it is made of, who reaches what, and the texts of steps. */
#include "analyze/rbac_graph_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/pod.h"

#define EMPTY BW_STR("")
#define RBAC_GROUP BW_STR("rbac.authorization.k8s.io")

static const char *const rbac_kinds[] = {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"};

static const struct {
        const char *group;
        const char *kind;
} looked_at[] = {
        {"", "ServiceAccount"},
        {"", "Secret"},
        {"", "Namespace"},
        {"", "Node"},
        {"", "Pod"},
        {"apiextensions.k8s.io", "CustomResourceDefinition"},
        {"security.openshift.io", "SecurityContextConstraints"},
        {"rbac.authorization.k8s.io", "ClusterRole"},
        {"rbac.authorization.k8s.io", "ClusterRoleBinding"},
        {"rbac.authorization.k8s.io", "Role"},
        {"rbac.authorization.k8s.io", "RoleBinding"},
        {"apps", "Deployment"},
        {"apps", "StatefulSet"},
        {"apps", "DaemonSet"},
        {"batch", "CronJob"},
        {"batch", "Job"},
};

bool bw_rbac_graph_looks(struct bw_str group, struct bw_str kind)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(looked_at); i++)
                if (bw_str_is(kind, looked_at[i].kind) && bw_str_is(group, looked_at[i].group))
                        return true;
        return false;
}

/* ---- building */

static int take_objects(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        struct bw_value *values;
        size_t n = 0;

        for (size_t i = 0; i < BW_ARRAY_SIZE(rbac_kinds); i++)
                n += bw_inventory_kind(g->inventory, RBAC_GROUP, bw_str(rbac_kinds[i])).n;
        g->objects = bw_arena_array(g->arena, n + 1, sizeof(*g->objects));
        values = bw_arena_array(g->arena, n + 1, sizeof(*values));
        if (!g->objects || !values)
                return bw_arena_error(g->arena, reterr);
        for (size_t i = 0; i < BW_ARRAY_SIZE(rbac_kinds); i++) {
                struct bw_doc_range docs = bw_inventory_kind(g->inventory, RBAC_GROUP, bw_str(rbac_kinds[i]));

                for (size_t k = 0; k < docs.n; k++) {
                        values[g->n_objects] = docs.docs[k]->root;
                        g->objects[g->n_objects++] = docs.docs[k];
                }
        }
        return bw_rbac_new(g->arena, values, g->n_objects, &g->rbac, reterr);
}

static int take_bindings(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        g->bindings = bw_arena_array(g->arena, g->rbac->n_cluster_bindings + g->rbac->n_bindings + 1, sizeof(*g->bindings));
        if (!g->bindings)
                return bw_arena_error(g->arena, reterr);
        for (size_t i = 0; i < g->rbac->n_cluster_bindings; i++)
                g->bindings[g->n_bindings++] = &g->rbac->cluster_bindings[i];
        for (size_t i = 0; i < g->rbac->n_bindings; i++)
                if (g->rbac->bindings[i].ns.n)
                        g->bindings[g->n_bindings++] = &g->rbac->bindings[i];
        return 0;
}

static bool on_a_node(const struct bw_inventory *inventory)
{
        struct bw_doc_range pods = bw_inventory_kind(inventory, EMPTY, BW_STR("Pod"));

        for (size_t i = 0; i < pods.n; i++)
                if (bw_map_text(bw_map_get(pods.docs[i]->root, BW_STR("spec")), "nodeName").n)
                        return true;
        return false;
}

/* EKS has roles of its own, and the ConfigMap. */
static bool is_eks(const struct bw_rbac_graph *g)
{
        for (size_t i = 0; i < g->rbac->n_roles; i++)
                if (g->rbac->roles[i].is_cluster && bw_str_starts(g->rbac->roles[i].name, BW_STR("eks:")))
                        return true;
        return bw_inventory_find(g->inventory, EMPTY, BW_STR("ConfigMap"), BW_STR("kube-system"), BW_STR("aws-auth"));
}

/* Counts, then places: edges by the node that they lead to, in their order. */
static int index_edges(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        g->first_to = bw_arena_zalloc(g->arena, (g->n_nodes + 2) * sizeof(*g->first_to));
        g->edges_to = bw_arena_array(g->arena, g->n_edges + 1, sizeof(*g->edges_to));
        if (!g->first_to || !g->edges_to)
                return bw_arena_error(g->arena, reterr);
        for (size_t i = 0; i < g->n_edges; i++)
                g->first_to[g->edges[i].to + 2]++;
        for (size_t i = 2; i < g->n_nodes + 2; i++)
                g->first_to[i] += g->first_to[i - 1];
        for (size_t i = 0; i < g->n_edges; i++)
                g->edges_to[g->first_to[g->edges[i].to + 1]++] = (uint32_t)i;
        return 0;
}

static int build(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        int r = take_objects(g, reterr);

        if (r == 0)
                r = take_bindings(g, reterr);
        if (r < 0)
                return r;
        g->is_eks = is_eks(g);
        r = rbac_find_hits(g, reterr);
        if (r == 0)
                r = rbac_collect_nodes(g, reterr);
        if (r == 0)
                r = rbac_add_facts(g, reterr);
        return r < 0 ? r : rbac_add_grants(g, reterr);
}

/*
 * Edges are many: while they become more they are not in the arena, where each smaller array would stay. They move into it
 * from the last on, and what has moved is given back: all of them are never there twice.
 */
static int settle_edges(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        enum { AT_ONCE = 1 << 17 };
        struct rbac_edge *edges = bw_arena_array(g->arena, g->n_edges + 1, sizeof(*edges));

        if (!edges)
                return bw_arena_error(g->arena, reterr);
        for (size_t end = g->n_edges, from; end; end = from) {
                struct rbac_edge *fewer;

                from = end > AT_ONCE ? end - AT_ONCE : 0;
                memcpy(edges + from, g->edges + from, (end - from) * sizeof(*edges));
                fewer = bw_reallocarray(g->edges, from, sizeof(*fewer));
                if (fewer)
                        g->edges = fewer;
        }
        bw_free(g->edges);
        g->edges = edges;
        g->cap_edges = 0;
        return 0;
}

int bw_rbac_graph_new(struct bw_arena *arena, const struct bw_inventory *inventory, struct bw_rbac_graph **ret,
                      struct bw_error *reterr)
{
        struct bw_rbac_graph *g = bw_arena_zalloc(arena, sizeof(*g));
        int r;

        if (!g)
                return bw_arena_error(arena, reterr);
        g->arena = arena;
        g->inventory = inventory;
        g->is_live = on_a_node(inventory);
        g->has_scc = bw_inventory_kind(inventory, BW_STR("security.openshift.io"), BW_STR("SecurityContextConstraints")).n > 0;
        g->is_open_somewhere = rbac_is_open_somewhere(inventory);
        rbac_rows_read(&g->rows);
        r = build(g, reterr);
        if (r == 0)
                r = settle_edges(g, reterr);
        if (r < 0) {
                bw_free(g->edges);
                return r;
        }
        r = index_edges(g, reterr);
        if (r == 0)
                *ret = g;
        return r;
}

struct bw_rbac *bw_rbac_graph_rbac(const struct bw_rbac_graph *graph)
{
        return graph->rbac;
}

const struct bw_doc *const *bw_rbac_graph_objects(const struct bw_rbac_graph *graph, size_t *ret_n)
{
        *ret_n = graph->n_objects;
        return graph->objects;
}

const struct bw_rbac_node *bw_rbac_graph_nodes(const struct bw_rbac_graph *graph, size_t *ret_n)
{
        *ret_n = graph->n_nodes;
        return graph->nodes;
}

size_t bw_rbac_graph_n_edges(const struct bw_rbac_graph *graph)
{
        return graph->n_edges;
}

size_t bw_rbac_graph_find(const struct bw_rbac_graph *graph, enum bw_rbac_node_type type, struct bw_str ns, struct bw_str name)
{
        uint32_t node = rbac_node(graph, type, ns, name);

        return node == RBAC_NO_NODE ? SIZE_MAX : node;
}

/* ---- who reaches it */

struct bw_rbac_reach {
        const struct bw_rbac_graph *graph;
        uint32_t *distance; /* by node, in sixteenths of a step; UINT32_MAX: none */
        uint32_t *next;     /* the edge to take; UINT32_MAX at a target */
};

struct waiting {
        uint32_t node;
        uint32_t next;  /* of the same distance; UINT32_MAX: the last */
        uint32_t distance;
};

/* Nodes that wait, in a ring of lists by distance: no edge is longer than RBAC_STEP. */
struct ring {
        struct bw_arena *arena;
        struct waiting *items;
        size_t n, cap;
        uint32_t first[RBAC_STEP + 1];
        uint32_t last[RBAC_STEP + 1];
};

static int wait_for(struct ring *ring, uint32_t node, uint32_t distance)
{
        uint32_t slot = distance % (RBAC_STEP + 1);

        if (bw_arena_grow(ring->arena, &ring->items, &ring->cap, ring->n, sizeof(*ring->items)) < 0)
                return -ENOMEM;
        ring->items[ring->n] = (struct waiting){node, UINT32_MAX, distance};
        if (ring->first[slot] == UINT32_MAX)
                ring->first[slot] = (uint32_t)ring->n;
        else
                ring->items[ring->last[slot]].next = (uint32_t)ring->n;
        ring->last[slot] = (uint32_t)ring->n++;
        return 0;
}

static int relax(struct bw_rbac_reach *reach, struct ring *ring, uint32_t node)
{
        const struct bw_rbac_graph *g = reach->graph;

        for (uint32_t i = g->first_to[node]; i < g->first_to[node + 1]; i++) {
                const struct rbac_edge *edge = &g->edges[g->edges_to[i]];
                uint32_t distance = reach->distance[node] + rbac_edge_styles[edge->kind].weight;

                if (distance >= reach->distance[edge->from])
                        continue;
                reach->distance[edge->from] = distance;
                reach->next[edge->from] = g->edges_to[i];
                if (wait_for(ring, edge->from, distance) < 0)
                        return -ENOMEM;
        }
        return 0;
}

int bw_rbac_reach_new(const struct bw_rbac_graph *graph, const size_t *targets, size_t n_targets, struct bw_arena *arena,
                      struct bw_rbac_reach **ret, struct bw_error *reterr)
{
        struct bw_rbac_reach *reach = bw_arena_alloc(arena, sizeof(*reach));
        struct ring ring = {.arena = arena};
        struct bw_arena_mark before;
        uint32_t empty = 0;

        if (!reach)
                return bw_arena_error(arena, reterr);
        reach->graph = graph;
        reach->distance = bw_arena_alloc(arena, (graph->n_nodes + 1) * sizeof(*reach->distance));
        reach->next = bw_arena_alloc(arena, (graph->n_nodes + 1) * sizeof(*reach->next));
        if (!reach->distance || !reach->next)
                return bw_arena_error(arena, reterr);
        memset(reach->distance, 0xff, (graph->n_nodes + 1) * sizeof(*reach->distance));
        memset(reach->next, 0xff, (graph->n_nodes + 1) * sizeof(*reach->next));
        memset(ring.first, 0xff, sizeof(ring.first));
        before = bw_arena_save(arena);
        for (size_t i = 0; i < n_targets; i++) {
                reach->distance[targets[i]] = 0;
                if (wait_for(&ring, (uint32_t)targets[i], 0) < 0)
                        return bw_arena_error(arena, reterr);
        }
        for (uint32_t distance = 0; empty <= RBAC_STEP; distance++) {
                uint32_t *slot = &ring.first[distance % (RBAC_STEP + 1)];

                empty = *slot == UINT32_MAX ? empty + 1 : 0;
                while (*slot != UINT32_MAX) {
                        struct waiting it = ring.items[*slot];

                        /* What is found at no distance from here is appended to this list. */
                        if (it.distance == reach->distance[it.node] && relax(reach, &ring, it.node) < 0)
                                return bw_arena_error(arena, reterr);
                        *slot = ring.items[*slot].next;
                }
        }
        bw_arena_restore(arena, before);
        *ret = reach;
        return 0;
}

uint32_t bw_rbac_reach_steps(const struct bw_rbac_reach *reach, size_t node)
{
        return reach->distance[node] == UINT32_MAX ? UINT32_MAX : reach->distance[node] / RBAC_STEP;
}

/* ---- texts */

const struct rbac_edge_style rbac_edge_styles[_RBAC_EDGE_MAX] = {
        [RBAC_EDGE_GRANT] = {"", "", RBAC_STEP},
        [RBAC_EDGE_MEMBER] = {"member", "is in this group", 1},
        [RBAC_EDGE_CHOICE] = {"one-of", "", 0},
        [RBAC_EDGE_RUNS_AS] = {"runs-as", "", 0},
        [RBAC_EDGE_TAKES_NODE] = {"owns-node", "", 0},
        [RBAC_EDGE_ETCD] = {"etcd", "", 0},
        [RBAC_EDGE_ON_NODE] = {"on-node", "root on a node has the tokens of the pods there", RBAC_STEP},
        [RBAC_EDGE_NODE_IDENTITY] = {"node-identity", "a kubelet may issue the tokens of the pods on its node", RBAC_STEP},
        [RBAC_EDGE_KUBELET] = {"kubelet", "root on a node has the kubelet's credentials", 1},
        [RBAC_EDGE_STEER] = {"", "", RBAC_STEP},
        [RBAC_EDGE_CONTROL_PLANE] = {"control-plane", "the node belongs to the control plane and has the cluster's keys", RBAC_STEP},
        [RBAC_EDGE_TOKEN] = {"token-secret", "one of the Secrets has its token", RBAC_STEP},
        [RBAC_EDGE_MASTERS] = {"masters", "the API server lets this group do everything", RBAC_STEP},
        [RBAC_EDGE_CONTROLLER] = {"controller-manager", "issues tokens of every controller, of the one for roles too", RBAC_STEP},
        [RBAC_EDGE_ALL] = {"everything", "may do everything", RBAC_STEP},
};

struct bw_str bw_rbac_node_text(struct bw_arena *arena, const struct bw_rbac_node *node)
{
        struct bw_str ns = node->ns.n ? node->ns : BW_STR("the cluster");

        switch (node->type) {
        case BW_RBAC_USER:
                return bw_arena_printf(arena, "User %.*s", BW_STR_ARG(node->name));
        case BW_RBAC_GROUP:
                return bw_arena_printf(arena, "Group %.*s", BW_STR_ARG(node->name));
        case BW_RBAC_SERVICE_ACCOUNT:
                return bw_arena_printf(arena, "ServiceAccount %.*s/%.*s", BW_STR_ARG(node->ns), BW_STR_ARG(node->name));
        case BW_RBAC_NODE:
                if (node->name.n == 0)
                        return BW_STR("any node");
                if (bw_str_is(node->name, "?"))
                        return BW_STR("a node");
                return bw_arena_printf(arena, "node %.*s", BW_STR_ARG(node->name));
        case BW_RBAC_SECRETS:
                return bw_arena_printf(arena, "Secrets of %.*s", BW_STR_ARG(ns));
        case BW_RBAC_CLUSTER_ADMIN:
                return BW_STR("cluster-admin");
        case BW_RBAC_ANY_ACCOUNT:
        case BW_RBAC_ANY_NEW_ACCOUNT:
                return bw_arena_printf(arena, "service accounts of %.*s", BW_STR_ARG(ns));
        case BW_RBAC_ANY_POD:
                return bw_arena_printf(arena, "pods of %.*s", BW_STR_ARG(ns));
        case BW_RBAC_ANY_POD_OF_NODE:
                return bw_arena_printf(arena, "pods on %.*s", BW_STR_ARG(node->name.n ? node->name : BW_STR("nodes")));
        case BW_RBAC_ALL_OF_NAMESPACE:
                return bw_arena_printf(arena, "all of %.*s", BW_STR_ARG(ns));
        case BW_RBAC_ANY_USER:
                return BW_STR("users");
        case BW_RBAC_ANY_GROUP:
                return BW_STR("groups");
        }
        return (struct bw_str){0};
}

static void put_names(struct bw_buf *out, struct bw_value names)
{
        enum { SHOWN = 4 };

        for (uint32_t i = 0; i < names.n && i < SHOWN; i++) {
                bw_buf_puts(out, i ? ", " : " (only ");
                if (names.list->items[i].type == BW_STRING)
                        bw_buf_str(out, bw_value_text(names.list->items[i]));
        }
        if (names.n)
                bw_buf_puts(out, names.n > SHOWN ? ", …)" : ")");
}

/* What a right comes to, where its text does not say it. */
static const char *effect_of(const struct bw_rbac_graph *g, const struct rbac_edge *edge, const struct rbac_row *row)
{
        enum bw_rbac_node_type to = g->nodes[edge->to].type;

        if (row->gives == RBAC_GIVES_NEW_PODS && to == BW_RBAC_SECRETS)
                return ", which mount any Secret there";
        if (row->gives == RBAC_GIVES_NEW_PODS && to == BW_RBAC_NODE)
                return ", and no Pod Security level keeps them off the node";
        if (row->gives == RBAC_GIVES_NEW_PODS)
                return ", which run as any service account there";
        if (row->gives == RBAC_GIVES_DEBUG_PODS && to == BW_RBAC_NODE)
                return ", and no Pod Security level keeps them off the node";
        return "";
}

static void put_place(struct bw_buf *out, const struct rbac_row *row, struct bw_str ns)
{
        if (row->scope == RBAC_SCOPE_ONE)
                ns = row->only_ns;
        if (ns.n)
                bw_buf_printf(out, " in %.*s", BW_STR_ARG(ns));
        else if (row->scope == RBAC_SCOPE_NS && row->gives != RBAC_GIVES_ALL)
                bw_buf_puts(out, " in every namespace");
}

static void put_grant_text(struct bw_buf *out, const struct bw_rbac_graph *g, const struct rbac_edge *edge)
{
        const struct rbac_row *row = &g->rows.rows[g->hits[edge->hit].row];
        struct bw_str ns = rbac_binding_ns(g, edge->bound);

        if (ns.n == 0 && edge->also_bound != UINT32_MAX)
                ns = rbac_binding_ns(g, edge->also_bound);
        bw_buf_puts(out, row->text);
        put_names(out, g->hits[edge->hit].names);
        put_place(out, row, ns);
        bw_buf_puts(out, effect_of(g, edge, row));
}

static void put_doc(struct bw_buf *out, const struct bw_doc *doc)
{
        if (bw_str_is(doc->kind, "Pod"))
                bw_buf_puts(out, "pod");
        else
                bw_buf_str(out, doc->kind);
        bw_buf_char(out, ' ');
        if (doc->ns.n)
                bw_buf_printf(out, "%.*s/", BW_STR_ARG(doc->ns));
        bw_buf_str(out, doc->name);
}

/* What stands behind a choice, added to the step before it. */
static void put_choice_text(struct bw_buf *out, const struct rbac_edge *edge)
{
        if (!edge->fact)
                return;
        bw_buf_puts(out, out->n ? "; " : "");
        put_doc(out, edge->fact);
        if (edge->kind == RBAC_EDGE_RUNS_AS)
                bw_buf_puts(out, " runs as it");
        else if (edge->kind == RBAC_EDGE_TAKES_NODE)
                bw_buf_printf(out, " %s", rbac_pod_takes_node(edge->fact));
        else if (edge->kind == RBAC_EDGE_ETCD)
                bw_buf_puts(out, " is etcd, which holds everything");
}

static void put_edge_text(struct bw_buf *out, const struct bw_rbac_graph *g, const struct rbac_edge *edge)
{
        if (rbac_edge_styles[edge->kind].weight == 0) {
                put_choice_text(out, edge);
                return;
        }
        if (edge->kind == RBAC_EDGE_STEER) {
                bw_buf_puts(out, "has the token of ");
                put_doc(out, edge->fact);
                bw_buf_puts(out, ", which ");
                put_grant_text(out, g, edge);
                return;
        }
        if (edge->kind == RBAC_EDGE_GRANT) {
                put_grant_text(out, g, edge);
                return;
        }
        bw_buf_puts(out, rbac_edge_styles[edge->kind].text);
        if (edge->fact && edge->kind == RBAC_EDGE_TOKEN) {
                bw_buf_puts(out, ": ");
                put_doc(out, edge->fact);
        }
}

/* ---- ways */

static struct bw_rbac_grant grant_of(const struct bw_rbac_graph *g, uint32_t bound, uint32_t hit)
{
        const struct rbac_binding *b = g->bindings[g->bound[bound].binding];
        struct bw_value subject = b->subjects.list->items[g->bound[bound].at];

        return (struct bw_rbac_grant){.binding = b->object,
                                      .role = b->role->object,
                                      .rule = g->hits[hit].rule,
                                      .subject = {.kind = bw_map_text(subject, "kind"),
                                                  .name = bw_map_text(subject, "name"),
                                                  .ns = bw_map_text(subject, "namespace")}};
}

static struct bw_rbac_step step_of(const struct bw_rbac_graph *g, const struct rbac_edge *edge)
{
        bool by_grant = edge->bound != UINT32_MAX;
        struct bw_rbac_step step = {
                .from = edge->from,
                .to = edge->to,
                .technique = by_grant ? g->rows.rows[g->hits[edge->hit].row].id : rbac_edge_styles[edge->kind].technique,
                .has_grant = by_grant,
                .is_membership = edge->kind == RBAC_EDGE_MEMBER || edge->kind == RBAC_EDGE_KUBELET,
                .has_also = edge->also_bound != UINT32_MAX,
                .fact = edge->fact,
        };

        if (by_grant) {
                step.ns = rbac_binding_ns(g, edge->bound);
                step.grant = grant_of(g, edge->bound, edge->hit);
        }
        if (step.has_also) {
                step.also = grant_of(g, edge->also_bound, edge->also_hit);
                if (step.ns.n == 0)
                        step.ns = rbac_binding_ns(g, edge->also_bound);
        }
        return step;
}

int bw_rbac_reach_path(const struct bw_rbac_reach *reach, size_t from, struct bw_arena *arena,
                       const struct bw_rbac_step **ret, size_t *ret_n, struct bw_error *reterr)
{
        const struct bw_rbac_graph *g = reach->graph;
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_rbac_step *steps = NULL;
        size_t cap = 0;
        size_t n = 0;

        for (uint32_t at = (uint32_t)from; reach->next[at] != UINT32_MAX;) {
                const struct rbac_edge *edge = &g->edges[reach->next[at]];

                /* A choice belongs to the step before it. */
                if (n == 0 || rbac_edge_styles[edge->kind].weight > 0) {
                        if (bw_arena_grow(arena, &steps, &cap, n, sizeof(*steps)) < 0)
                                return bw_arena_error(arena, reterr);
                        bw_buf_clear(&text);
                        steps[n++] = step_of(g, edge);
                } else if (edge->fact) {
                        steps[n - 1].fact = edge->fact;
                }
                put_edge_text(&text, g, edge);
                steps[n - 1].to = edge->to;
                steps[n - 1].text = bw_buf_status(&text) < 0 ? (struct bw_str){0} : bw_arena_str(arena, bw_buf_view(&text));
                if (!steps[n - 1].text.p)
                        return bw_error_nomem(reterr);
                at = edge->to;
        }
        *ret = steps;
        *ret_n = n;
        return 0;
}

/* ---- Kubernetes' own */

/* Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy (controller_policy.go, namespace_policy.go, policy.go). */
static const char *const controllers[] = {
        "attachdetach-controller", "bootstrap-signer", "certificate-controller", "cloud-provider",
        "clusterrole-aggregation-controller", "cronjob-controller", "daemon-set-controller", "deployment-controller",
        "device-taint-eviction-controller", "disruption-controller", "endpoint-controller", "endpointslice-controller",
        "endpointslicemirroring-controller", "ephemeral-volume-controller", "expand-controller",
        "generic-garbage-collector", "horizontal-pod-autoscaler", "job-controller",
        "kube-apiserver-serving-clustertrustbundle-publisher", "kube-controller-manager", "kube-scheduler",
        "leader-election-controller", "legacy-service-account-token-cleaner", "namespace-controller", "node-controller",
        "persistent-volume-binder", "pod-garbage-collector", "podcertificaterequestcleaner-controller",
        "pv-protection-controller", "pvc-protection-controller", "replicaset-controller", "replication-controller",
        "resource-claim-controller", "resourcequota-controller", "root-ca-cert-publisher", "route-controller",
        "selinux-warning-controller", "service-account-controller", "service-ca-cert-publisher", "service-cidrs-controller",
        "service-controller", "statefulset-controller", "storage-version-garbage-collector",
        "storage-version-migrator-controller", "taint-eviction-controller", "token-cleaner", "ttl-after-finished-controller",
        "ttl-controller", "validatingadmissionpolicy-status-controller", "volumeattributesclass-protection-controller",
};

bool bw_rbac_node_is_system(const struct bw_rbac_node *node)
{
        static const char *const everybody[] = {"system:anonymous", "system:unauthenticated", "system:authenticated",
                                                "system:serviceaccounts"};

        if (node->type == BW_RBAC_SERVICE_ACCOUNT) {
                for (size_t i = 0; bw_str_is(node->ns, "kube-system") && i < BW_ARRAY_SIZE(controllers); i++)
                        if (bw_str_is(node->name, controllers[i]))
                                return true;
                return false;
        }
        if (node->type != BW_RBAC_USER && node->type != BW_RBAC_GROUP)
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(everybody); i++)
                if (bw_str_is(node->name, everybody[i]))
                        return false;
        if (bw_str_starts(node->name, BW_STR("system:serviceaccounts:")))
                return false;
        return bw_str_starts(node->name, BW_STR("system:")) ||
               (node->type == BW_RBAC_GROUP && bw_str_is(node->name, "kubeadm:cluster-admins"));
}
