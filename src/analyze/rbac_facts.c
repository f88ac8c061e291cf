/* SPDX-License-Identifier: Apache-2.0 */
/* What is there: who and where (the graph's nodes), and what leads from one to another without any right. */
#include "analyze/rbac_graph_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/pod.h"

#define EMPTY BW_STR("")

/* ---- nodes */

static int compare_nodes(const void *a, const void *b)
{
        const struct bw_rbac_node *x = a;
        const struct bw_rbac_node *y = b;
        int order;

        if (x->type != y->type)
                return x->type < y->type ? -1 : 1;
        order = bw_str_cmp(x->ns, y->ns);
        return order ? order : bw_str_cmp(x->name, y->name);
}

static int add_node(struct bw_rbac_graph *g, enum bw_rbac_node_type type, struct bw_str ns, struct bw_str name,
                    struct bw_error *reterr)
{
        if (g->n_nodes >= BW_LIMIT_RBAC_GRAPH)
                return bw_error_set(reterr, -E2BIG, "more than %zu subjects, namespaces and nodes for the RBAC graph",
                                    (size_t)BW_LIMIT_RBAC_GRAPH);
        if (bw_arena_grow(g->arena, &g->nodes, &g->cap_nodes, g->n_nodes, sizeof(*g->nodes)) < 0)
                return bw_arena_error(g->arena, reterr);
        g->nodes[g->n_nodes++] = (struct bw_rbac_node){type, ns, name};
        return 0;
}

uint32_t rbac_node(const struct bw_rbac_graph *g, enum bw_rbac_node_type type, struct bw_str ns, struct bw_str name)
{
        const struct bw_rbac_node key = {type, ns, name};
        const struct bw_rbac_node *found = bsearch(&key, g->nodes, g->n_nodes, sizeof(key), compare_nodes);

        return found ? (uint32_t)(found - g->nodes) : RBAC_NO_NODE;
}

/* A user's name that is a service account's is that service account. */
static struct bw_rbac_node user_key(struct bw_str name)
{
        const struct bw_str prefix = BW_STR("system:serviceaccount:");
        struct bw_str rest = bw_str_starts(name, prefix) ? bw_str_rest(name, prefix.n) : EMPTY;
        struct bw_str ns;

        if (rest.n && bw_str_split(&rest, ':', &ns) && ns.n && rest.n && rest.p)
                return (struct bw_rbac_node){BW_RBAC_SERVICE_ACCOUNT, ns, rest};
        return (struct bw_rbac_node){BW_RBAC_USER, EMPTY, name};
}

bool rbac_subject_key(const struct rbac_binding *binding, uint32_t at, struct bw_rbac_node *ret)
{
        struct bw_value subject = binding->subjects.list->items[at];
        struct bw_str kind = bw_map_text(subject, "kind");
        struct bw_str name = bw_map_text(subject, "name");
        struct bw_str ns = bw_map_text(subject, "namespace");

        if (bw_str_is(kind, "ServiceAccount"))
                *ret = (struct bw_rbac_node){BW_RBAC_SERVICE_ACCOUNT, ns.n ? ns : binding->ns, name};
        else if (bw_str_is(kind, "Group"))
                *ret = (struct bw_rbac_node){BW_RBAC_GROUP, EMPTY, name};
        else
                *ret = user_key(name);
        return name.n && (bw_str_is(kind, "User") || bw_str_is(kind, "Group") ||
                          (bw_str_is(kind, "ServiceAccount") && ret->ns.n));
}

uint32_t rbac_subject_node(const struct bw_rbac_graph *g, const struct rbac_binding *binding, uint32_t at)
{
        struct bw_rbac_node key;

        return rbac_subject_key(binding, at, &key) ? rbac_node(g, key.type, key.ns, key.name) : RBAC_NO_NODE;
}

static const struct bw_rbac_node always[] = {
        {BW_RBAC_CLUSTER_ADMIN, {0}, {0}},
        {BW_RBAC_SECRETS, {0}, {0}},
        {BW_RBAC_NODE, {0}, {0}},
        {BW_RBAC_NODE, {0}, {"?", 1}},
        {BW_RBAC_ANY_ACCOUNT, {0}, {0}},
        {BW_RBAC_ANY_NEW_ACCOUNT, {0}, {0}},
        {BW_RBAC_ANY_POD, {0}, {0}},
        {BW_RBAC_ANY_POD_OF_NODE, {0}, {0}},
        {BW_RBAC_ANY_USER, {0}, {0}},
        {BW_RBAC_ANY_GROUP, {0}, {0}},
        {BW_RBAC_ALL_OF_NAMESPACE, {0}, {0}},
        {BW_RBAC_GROUP, {0}, {"system:authenticated", 20}},
        {BW_RBAC_GROUP, {0}, {"system:unauthenticated", 22}},
        {BW_RBAC_GROUP, {0}, {"system:serviceaccounts", 22}},
        {BW_RBAC_GROUP, {0}, {"system:masters", 14}},
        {BW_RBAC_GROUP, {0}, {"system:nodes", 12}},
        {BW_RBAC_USER, {0}, {"system:anonymous", 16}},
        {BW_RBAC_USER, {0}, {"system:kube-controller-manager", 30}},
};

static int compare_texts(const void *a, const void *b)
{
        return bw_str_cmp(*(const struct bw_str *)a, *(const struct bw_str *)b);
}

/* Sorts the nodes and leaves each once. */
static void unite(struct bw_rbac_graph *g)
{
        size_t n = 0;

        qsort(g->nodes, g->n_nodes, sizeof(*g->nodes), compare_nodes);
        for (size_t i = 0; i < g->n_nodes; i++)
                if (n == 0 || compare_nodes(&g->nodes[n - 1], &g->nodes[i]) != 0)
                        g->nodes[n++] = g->nodes[i];
        g->n_nodes = n;
}

static int add_subjects(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        int r = 0;

        for (uint32_t b = 0; b < g->n_bindings; b++) {
                for (uint32_t i = 0; r == 0 && i < g->bindings[b]->subjects.n; i++) {
                        struct bw_rbac_node key;

                        if (rbac_subject_key(g->bindings[b], i, &key))
                                r = add_node(g, key.type, key.ns, key.name, reterr);
                }
        }
        /* Who may be impersonated is somebody too. */
        for (size_t i = 0; r == 0 && i < g->n_hits; i++) {
                enum rbac_names names = g->rows.rows[g->hits[i].row].names;

                for (uint32_t n = 0; r == 0 && n < g->hits[i].names.n; n++) {
                        struct bw_value name = g->hits[i].names.list->items[n];

                        if (name.type == BW_STRING && name.n && names == RBAC_NAMES_GROUP)
                                r = add_node(g, BW_RBAC_GROUP, EMPTY, bw_value_text(name), reterr);
                        if (name.type == BW_STRING && name.n && names == RBAC_NAMES_USER &&
                            user_key(bw_value_text(name)).type == BW_RBAC_USER)
                                r = add_node(g, BW_RBAC_USER, EMPTY, bw_value_text(name), reterr);
                }
        }
        return r;
}

/* The service account that a pod runs as; empty for a mirror pod, which has none. */
static struct bw_str account_of(const struct bw_doc *doc, const struct bw_pod *pod)
{
        struct bw_value annotations = bw_map_walk(doc->root, "metadata.annotations");
        struct bw_str name = bw_map_text(pod->spec, "serviceAccountName");

        if (bw_map_get(annotations, BW_STR("kubernetes.io/config.mirror")).type != BW_ABSENT)
                return EMPTY;
        if (name.n == 0)
                name = bw_map_text(pod->spec, "serviceAccount");
        return name.n ? name : BW_STR("default");
}

/* Manifests without a namespace are applied to some; "default" is kubectl's. */
static struct bw_str ns_of(const struct bw_doc *doc)
{
        return doc->ns.n ? doc->ns : BW_STR("default");
}

struct pod_walk {
        struct bw_rbac_graph *g;
        int (*each)(struct bw_rbac_graph *g, const struct bw_doc *doc, const struct bw_pod *pod, struct bw_error *reterr);
        const struct bw_doc *doc;
        struct bw_error *reterr;
        int status;
};

static int pod_of_walk(void *userdata, const struct bw_pod *pod)
{
        struct pod_walk *walk = userdata;

        walk->status = walk->each(walk->g, walk->doc, pod, walk->reterr);
        return walk->status;
}

/* Pods; where none is on a node (manifests, not a cluster), those that workloads would make too. */
static int each_pod(struct bw_rbac_graph *g,
                    int (*each)(struct bw_rbac_graph *g, const struct bw_doc *doc, const struct bw_pod *pod,
                                struct bw_error *reterr),
                    struct bw_error *reterr)
{
        struct pod_walk walk = {.g = g, .each = each, .reterr = reterr};
        struct bw_doc_range docs = g->is_live ? bw_inventory_kind(g->inventory, EMPTY, BW_STR("Pod")) :
                                                bw_inventory_all(g->inventory);

        for (size_t i = 0; i < docs.n; i++) {
                struct bw_pod pod;
                int r = 0;

                walk.doc = docs.docs[i];
                if (bw_pod_find(walk.doc, &pod))
                        r = each(g, walk.doc, &pod, reterr);
                else if (bw_pod_may_have(walk.doc))
                        r = bw_doc_pods(walk.doc, g->arena, pod_of_walk, &walk);
                if (r < 0)
                        return walk.status < 0 || r != -ENOMEM ? r : bw_arena_error(g->arena, reterr);
        }
        return 0;
}

/* Where a name of a node is remembered: most pods are on one that was met before. */
static struct bw_str *seen_name(struct bw_rbac_graph *g, struct bw_str name)
{
        return &g->seen_names[bw_key_hash(name.p, name.n) % RBAC_SEEN_NAMES];
}

static int add_pod_nodes(struct bw_rbac_graph *g, const struct bw_doc *doc, const struct bw_pod *pod,
                         struct bw_error *reterr)
{
        struct bw_str account = account_of(doc, pod);
        struct bw_str node = bw_map_text(pod->spec, "nodeName");
        const struct bw_rbac_node *last = g->n_nodes ? &g->nodes[g->n_nodes - 1] : NULL;
        int r = 0;

        if (account.n && !(last && last->type == BW_RBAC_SERVICE_ACCOUNT && bw_str_eq(last->name, account) &&
                           bw_str_eq(last->ns, ns_of(doc))))
                r = add_node(g, BW_RBAC_SERVICE_ACCOUNT, ns_of(doc), account, reterr);
        if (r == 0 && node.n && !bw_str_eq(*seen_name(g, node), node)) {
                *seen_name(g, node) = node;
                r = add_node(g, BW_RBAC_NODE, EMPTY, node, reterr);
        }
        return r;
}

static int add_named(struct bw_rbac_graph *g, const char *kind, enum bw_rbac_node_type type, struct bw_error *reterr)
{
        struct bw_doc_range docs = bw_inventory_kind(g->inventory, EMPTY, bw_str(kind));
        int r = 0;

        for (size_t i = 0; r == 0 && i < docs.n; i++)
                if (docs.docs[i]->name.n)
                        r = add_node(g, type, type == BW_RBAC_SERVICE_ACCOUNT ? ns_of(docs.docs[i]) : EMPTY,
                                     docs.docs[i]->name, reterr);
        return r;
}

/* Namespaces: of Namespace objects, of subjects, bindings and Secrets. */
static int find_namespaces(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        struct bw_doc_range all = bw_inventory_kind(g->inventory, EMPTY, BW_STR("Namespace"));
        struct bw_doc_range secrets = bw_inventory_kind(g->inventory, EMPTY, BW_STR("Secret"));
        size_t cap = all.n + secrets.n + g->n_nodes + g->n_bindings + 1;
        size_t n = 0;
        size_t unique = 0;

        g->namespaces = bw_arena_array(g->arena, cap, sizeof(*g->namespaces));
        if (!g->namespaces)
                return bw_arena_error(g->arena, reterr);
        for (size_t i = 0; i < all.n; i++)
                g->namespaces[n++] = all.docs[i]->name;
        for (size_t i = 0; i < secrets.n; i++)
                if (n == 0 || !bw_str_eq(g->namespaces[n - 1], ns_of(secrets.docs[i])))
                        g->namespaces[n++] = ns_of(secrets.docs[i]);
        for (size_t i = 0; i < g->n_nodes; i++)
                if (g->nodes[i].type == BW_RBAC_SERVICE_ACCOUNT &&
                    (n == 0 || !bw_str_eq(g->namespaces[n - 1], g->nodes[i].ns)))
                        g->namespaces[n++] = g->nodes[i].ns;
        for (uint32_t i = 0; i < g->n_bindings; i++)
                g->namespaces[n++] = g->bindings[i]->ns;
        qsort(g->namespaces, n, sizeof(*g->namespaces), compare_texts);
        for (size_t i = 0; i < n; i++)
                if (g->namespaces[i].n && (unique == 0 || !bw_str_eq(g->namespaces[unique - 1], g->namespaces[i])))
                        g->namespaces[unique++] = g->namespaces[i];
        g->n_namespaces = unique;
        return 0;
}

static int add_of_namespaces(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        static const enum bw_rbac_node_type types[] = {BW_RBAC_SECRETS, BW_RBAC_ANY_ACCOUNT, BW_RBAC_ANY_NEW_ACCOUNT,
                                                       BW_RBAC_ANY_POD, BW_RBAC_ALL_OF_NAMESPACE};
        int r = 0;

        for (size_t i = 0; r == 0 && i < g->n_namespaces; i++) {
                struct bw_str group = bw_arena_printf(g->arena, "system:serviceaccounts:%.*s", BW_STR_ARG(g->namespaces[i]));

                if (!group.p)
                        return bw_arena_error(g->arena, reterr);
                r = add_node(g, BW_RBAC_GROUP, EMPTY, group, reterr);
                for (size_t t = 0; r == 0 && t < BW_ARRAY_SIZE(types); t++)
                        r = add_node(g, types[t], g->namespaces[i], EMPTY, reterr);
        }
        return r;
}

static void mark_existing(struct bw_rbac_graph *g)
{
        struct bw_doc_range docs = bw_inventory_kind(g->inventory, EMPTY, BW_STR("ServiceAccount"));
        struct bw_str ns = EMPTY;
        bool none = true;

        for (size_t i = 0; i < g->n_nodes; i++) {
                if (g->nodes[i].type != BW_RBAC_SERVICE_ACCOUNT)
                        continue;
                /* Of a namespace of which no service account was read, all may be there. */
                if (!bw_str_eq(ns, g->nodes[i].ns))
                        none = bw_inventory_namespace(g->inventory, EMPTY, BW_STR("ServiceAccount"), g->nodes[i].ns).n == 0;
                ns = g->nodes[i].ns;
                g->exists[i] = none;
        }
        for (size_t i = 0; i < docs.n; i++) {
                uint32_t node = rbac_node(g, BW_RBAC_SERVICE_ACCOUNT, ns_of(docs.docs[i]), docs.docs[i]->name);
                struct bw_value mounts = bw_map_get(docs.docs[i]->root, BW_STR("automountServiceAccountToken"));

                if (node == RBAC_NO_NODE)
                        continue;
                g->exists[node] = 1;
                g->no_token[node] = mounts.type == BW_BOOL && !mounts.b;
        }
}

/* What would be looked up for each pod and each right otherwise. */
static int relate(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        struct bw_str ns = EMPTY;
        uint32_t group = RBAC_NO_NODE;

        for (size_t i = 0; i < g->n_nodes; i++) {
                const struct bw_rbac_node *n = &g->nodes[i];

                g->related[i] = RBAC_NO_NODE;
                if (n->type == BW_RBAC_NODE)
                        g->related[i] = rbac_node(g, BW_RBAC_ANY_POD_OF_NODE, EMPTY, n->name);
                if (n->type != BW_RBAC_SERVICE_ACCOUNT)
                        continue;
                if (!bw_str_eq(ns, n->ns)) {
                        struct bw_str name = bw_arena_printf(g->arena, "system:serviceaccounts:%.*s", BW_STR_ARG(n->ns));

                        if (!name.p)
                                return bw_arena_error(g->arena, reterr);
                        group = rbac_node(g, BW_RBAC_GROUP, EMPTY, name);
                }
                ns = n->ns;
                g->related[i] = group;
        }
        g->everybody = rbac_node(g, BW_RBAC_GROUP, EMPTY, BW_STR("system:authenticated"));
        g->accounts = rbac_node(g, BW_RBAC_GROUP, EMPTY, BW_STR("system:serviceaccounts"));
        return 0;
}

int rbac_collect_nodes(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        int r;

        g->seen_names = bw_arena_zalloc(g->arena, RBAC_SEEN_NAMES * sizeof(*g->seen_names));
        if (!g->seen_names)
                return bw_arena_error(g->arena, reterr);
        r = add_subjects(g, reterr);
        if (r == 0)
                r = add_named(g, "ServiceAccount", BW_RBAC_SERVICE_ACCOUNT, reterr);
        if (r == 0)
                r = each_pod(g, add_pod_nodes, reterr);
        if (r == 0)
                r = add_named(g, "Node", BW_RBAC_NODE, reterr);
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(always); i++)
                r = add_node(g, always[i].type, always[i].ns, always[i].name, reterr);
        if (r < 0)
                return r;
        unite(g);
        r = find_namespaces(g, reterr);
        for (size_t i = 0, n = g->n_nodes; r == 0 && i < n; i++)
                if (g->nodes[i].type == BW_RBAC_NODE)
                        r = add_node(g, BW_RBAC_ANY_POD_OF_NODE, EMPTY, g->nodes[i].name, reterr);
        if (r == 0)
                r = add_of_namespaces(g, reterr);
        if (r < 0)
                return r;
        unite(g);
        g->exists = bw_arena_zalloc(g->arena, g->n_nodes + 1);
        g->no_token = bw_arena_zalloc(g->arena, g->n_nodes + 1);
        g->related = bw_arena_alloc(g->arena, (g->n_nodes + 1) * sizeof(*g->related));
        if (!g->exists || !g->no_token || !g->related)
                return bw_arena_error(g->arena, reterr);
        mark_existing(g);
        return relate(g, reterr);
}

/* ---- edges */

int rbac_add_edge(struct bw_rbac_graph *g, struct rbac_edge edge, struct bw_error *reterr)
{
        if (edge.from == RBAC_NO_NODE || edge.to == RBAC_NO_NODE || edge.from == edge.to)
                return 0;
        if (g->n_edges >= BW_LIMIT_RBAC_GRAPH)
                return bw_error_set(reterr, -E2BIG, "more than %zu steps for the RBAC graph", (size_t)BW_LIMIT_RBAC_GRAPH);
        if (bw_grow(&g->edges, &g->cap_edges, g->n_edges + 1, sizeof(*g->edges)) < 0)
                return bw_error_nomem(reterr);
        g->edges[g->n_edges++] = edge;
        return 0;
}

static int link_nodes(struct bw_rbac_graph *g, uint32_t from, uint32_t to, enum rbac_edge_kind kind,
                      const struct bw_doc *fact, struct bw_error *reterr)
{
        return rbac_add_edge(g,
                             (struct rbac_edge){.from = from,
                                                .to = to,
                                                .bound = UINT32_MAX,
                                                .hit = UINT32_MAX,
                                                .also_bound = UINT32_MAX,
                                                .also_hit = UINT32_MAX,
                                                .fact = fact,
                                                .kind = (uint8_t)kind},
                             reterr);
}

static uint32_t everywhere(const struct bw_rbac_graph *g, enum bw_rbac_node_type type)
{
        return rbac_node(g, type, EMPTY, EMPTY);
}

static uint32_t group(const struct bw_rbac_graph *g, const char *name)
{
        return rbac_node(g, BW_RBAC_GROUP, EMPTY, bw_str(name));
}

size_t rbac_groups_of(const struct bw_rbac_graph *g, uint32_t node, uint32_t groups[3])
{
        const struct bw_rbac_node *it = &g->nodes[node];
        size_t n = 0;

        if (it->type == BW_RBAC_SERVICE_ACCOUNT) {
                groups[n++] = g->related[node];
                groups[n++] = g->accounts;
        } else if (it->type == BW_RBAC_USER && bw_str_is(it->name, "system:anonymous")) {
                groups[n++] = group(g, "system:unauthenticated");
                return n;
        } else if (it->type == BW_RBAC_USER && bw_str_starts(it->name, BW_STR("system:node:"))) {
                groups[n++] = group(g, "system:nodes");
        } else if (it->type == BW_RBAC_GROUP && bw_str_starts(it->name, BW_STR("system:serviceaccounts:"))) {
                groups[n++] = g->accounts;
        } else if (node == g->everybody || (it->type == BW_RBAC_GROUP && bw_str_is(it->name, "system:unauthenticated"))) {
                return 0;
        }
        groups[n++] = g->everybody;
        return n;
}

static int add_memberships(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < g->n_nodes; i++) {
                uint32_t groups[3];
                size_t n;

                if (g->nodes[i].type > BW_RBAC_SERVICE_ACCOUNT)
                        continue;
                n = rbac_groups_of(g, i, groups);
                for (size_t k = 0; r == 0 && k < n; k++)
                        r = link_nodes(g, i, groups[k], RBAC_EDGE_MEMBER, NULL, reterr);
                if (r == 0 && g->nodes[i].type == BW_RBAC_USER && bw_str_starts(g->nodes[i].name, BW_STR("system:node:")))
                        r = link_nodes(g, i, rbac_node(g, BW_RBAC_ANY_POD_OF_NODE, EMPTY, bw_str_rest(g->nodes[i].name, 12)),
                                       RBAC_EDGE_NODE_IDENTITY, NULL, reterr);
        }
        return r;
}

/* ---- what is one of many, and what has everything */

static int add_choices(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        static const enum bw_rbac_node_type of_namespace[] = {BW_RBAC_SECRETS, BW_RBAC_ANY_ACCOUNT, BW_RBAC_ANY_NEW_ACCOUNT,
                                                              BW_RBAC_ANY_POD};
        uint32_t admin = everywhere(g, BW_RBAC_CLUSTER_ADMIN);
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < g->n_nodes; i++) {
                const struct bw_rbac_node *n = &g->nodes[i];
                uint32_t whole = everywhere(g, n->type);

                switch (n->type) {
                case BW_RBAC_USER:
                        r = link_nodes(g, everywhere(g, BW_RBAC_ANY_USER), i, RBAC_EDGE_CHOICE, NULL, reterr);
                        break;
                case BW_RBAC_GROUP:
                        r = link_nodes(g, everywhere(g, BW_RBAC_ANY_GROUP), i, RBAC_EDGE_CHOICE, NULL, reterr);
                        break;
                case BW_RBAC_SERVICE_ACCOUNT:
                        r = link_nodes(g, rbac_node(g, g->exists[i] ? BW_RBAC_ANY_ACCOUNT : BW_RBAC_ANY_NEW_ACCOUNT, n->ns, EMPTY),
                                       i, RBAC_EDGE_CHOICE, NULL, reterr);
                        break;
                case BW_RBAC_NODE:
                        if (bw_str_is(n->name, "?"))
                                break;
                        r = link_nodes(g, whole, i, RBAC_EDGE_CHOICE, NULL, reterr);
                        if (r == 0 && n->name.n)
                                r = link_nodes(g, i, rbac_node(g, BW_RBAC_ANY_POD_OF_NODE, EMPTY, n->name), RBAC_EDGE_ON_NODE,
                                               NULL, reterr);
                        if (r == 0 && n->name.n)
                                r = link_nodes(g, i, group(g, "system:nodes"), RBAC_EDGE_KUBELET, NULL, reterr);
                        break;
                case BW_RBAC_ALL_OF_NAMESPACE:
                        for (size_t t = 0; r == 0 && t < BW_ARRAY_SIZE(of_namespace); t++)
                                r = link_nodes(g, i, rbac_node(g, of_namespace[t], n->ns, EMPTY), RBAC_EDGE_CHOICE, NULL, reterr);
                        if (r == 0 && !g->has_scc && rbac_ns_is_open(g, n->ns))
                                r = link_nodes(g, i, everywhere(g, BW_RBAC_NODE), RBAC_EDGE_CHOICE, NULL, reterr);
                        break;
                case BW_RBAC_SECRETS:
                case BW_RBAC_ANY_ACCOUNT:
                case BW_RBAC_ANY_NEW_ACCOUNT:
                case BW_RBAC_ANY_POD:
                case BW_RBAC_ANY_POD_OF_NODE:
                        r = link_nodes(g, whole, i, RBAC_EDGE_CHOICE, NULL, reterr);
                        break;
                case BW_RBAC_CLUSTER_ADMIN:
                case BW_RBAC_ANY_USER:
                case BW_RBAC_ANY_GROUP:
                        break;
                }
        }
        if (r == 0)
                r = link_nodes(g, group(g, "system:masters"), admin, RBAC_EDGE_MASTERS, NULL, reterr);
        if (r == 0)
                r = link_nodes(g, rbac_node(g, BW_RBAC_USER, EMPTY, BW_STR("system:kube-controller-manager")), admin,
                               RBAC_EDGE_CONTROLLER, NULL, reterr);
        if (r == 0)
                r = link_nodes(g, admin, everywhere(g, BW_RBAC_ALL_OF_NAMESPACE), RBAC_EDGE_ALL, NULL, reterr);
        if (r == 0)
                r = link_nodes(g, admin, everywhere(g, BW_RBAC_NODE), RBAC_EDGE_ALL, NULL, reterr);
        if (r == 0)
                r = link_nodes(g, admin, everywhere(g, BW_RBAC_ANY_USER), RBAC_EDGE_ALL, NULL, reterr);
        return r ? r : link_nodes(g, admin, everywhere(g, BW_RBAC_ANY_GROUP), RBAC_EDGE_ALL, NULL, reterr);
}

/* ---- pods */

/* The pod has the token of its service account: mounted by itself, or as a projected volume. */
static bool has_token(const struct bw_rbac_graph *g, const struct bw_pod *pod, uint32_t account)
{
        struct bw_value mounts = bw_map_get(pod->spec, BW_STR("automountServiceAccountToken"));
        struct bw_value volumes = list_of(pod->spec, "volumes");

        if (mounts.type == BW_BOOL ? mounts.b : !g->no_token[account])
                return true;
        for (uint32_t i = 0; i < volumes.n; i++) {
                struct bw_value sources = list_of(bw_map_get(volumes.list->items[i], BW_STR("projected")), "sources");

                for (uint32_t k = 0; k < sources.n; k++)
                        if (bw_map_get(sources.list->items[k], BW_STR("serviceAccountToken")).type != BW_ABSENT)
                                return true;
        }
        return false;
}

static bool is_etcd(const struct bw_doc *doc)
{
        struct bw_str kind;
        struct bw_str name;

        return bw_str_is(doc->ns, "kube-system") && bw_str_is(bw_map_text(bw_map_walk(doc->root, "metadata.labels"), "component"), "etcd") &&
               bw_doc_controller(doc, &kind, &name) && bw_str_is(kind, "Node");
}

/* Pods come by namespace, those of one workload together: mostly the node of the last one is the answer. */
static uint32_t node_again(const struct bw_rbac_graph *g, uint32_t last, enum bw_rbac_node_type type, struct bw_str ns,
                           struct bw_str name)
{
        const struct bw_rbac_node *n = last == RBAC_NO_NODE ? NULL : &g->nodes[last];

        return n && n->type == type && bw_str_eq(n->name, name) && bw_str_eq(n->ns, ns) ? last : rbac_node(g, type, ns, name);
}

static int add_pod_edges(struct bw_rbac_graph *g, const struct bw_doc *doc, const struct bw_pod *pod,
                         struct bw_error *reterr)
{
        struct bw_str account = account_of(doc, pod);
        struct bw_str node_name = bw_map_text(pod->spec, "nodeName");
        uint32_t in_ns = node_again(g, g->last_pods, BW_RBAC_ANY_POD, ns_of(doc), EMPTY);
        uint32_t sa = account.n ? node_again(g, g->last_account, BW_RBAC_SERVICE_ACCOUNT, ns_of(doc), account) : RBAC_NO_NODE;
        uint32_t node = rbac_node(g, BW_RBAC_NODE, EMPTY, node_name.n ? node_name : BW_STR("?"));
        int r = 0;

        g->last_pods = in_ns;
        g->last_account = sa;
        if (sa != RBAC_NO_NODE && has_token(g, pod, sa))
                r = link_nodes(g, in_ns, sa, RBAC_EDGE_RUNS_AS, doc, reterr);
        if (r == 0 && node_name.n && node != RBAC_NO_NODE)
                r = link_nodes(g, g->related[node], sa, RBAC_EDGE_RUNS_AS, doc, reterr);
        if (r == 0 && rbac_pod_takes_node(doc))
                r = link_nodes(g, in_ns, node, RBAC_EDGE_TAKES_NODE, doc, reterr);
        if (r == 0 && is_etcd(doc))
                r = link_nodes(g, in_ns, everywhere(g, BW_RBAC_CLUSTER_ADMIN), RBAC_EDGE_ETCD, doc, reterr);
        return r;
}

static int compare_edges(const void *a, const void *b)
{
        const struct rbac_edge *x = a;
        const struct rbac_edge *y = b;

        if (x->from != y->from)
                return x->from < y->from ? -1 : 1;
        if (x->to != y->to)
                return x->to < y->to ? -1 : 1;
        /* The first of the pods, by name: documents are in that order. */
        return (x->bound > y->bound) - (x->bound < y->bound);
}

/* Pods of one workload lead to the same places: the first one stands for all. */
static void unite_edges(struct bw_rbac_graph *g, size_t first)
{
        size_t n = first;

        for (size_t i = first; i < g->n_edges; i++)
                g->edges[i].bound = (uint32_t)(i - first);
        qsort(g->edges + first, g->n_edges - first, sizeof(*g->edges), compare_edges);
        for (size_t i = first; i < g->n_edges; i++) {
                g->edges[i].bound = UINT32_MAX;
                if (n == first || g->edges[n - 1].from != g->edges[i].from || g->edges[n - 1].to != g->edges[i].to)
                        g->edges[n++] = g->edges[i];
        }
        g->n_edges = n;
}

/* ---- nodes of the cluster, Secrets */

static bool has_label(const struct bw_doc *doc, const char *label)
{
        return bw_map_get(bw_map_walk(doc->root, "metadata.labels"), bw_str(label)).type != BW_ABSENT;
}

static int add_control_plane(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        struct bw_doc_range nodes = bw_inventory_kind(g->inventory, EMPTY, BW_STR("Node"));
        int r = 0;

        for (size_t i = 0; r == 0 && i < nodes.n; i++)
                if (has_label(nodes.docs[i], "node-role.kubernetes.io/control-plane") ||
                    has_label(nodes.docs[i], "node-role.kubernetes.io/master"))
                        r = link_nodes(g, rbac_node(g, BW_RBAC_NODE, EMPTY, nodes.docs[i]->name),
                                       everywhere(g, BW_RBAC_CLUSTER_ADMIN), RBAC_EDGE_CONTROL_PLANE, nodes.docs[i], reterr);
        return r;
}

static int add_bootstrap_groups(struct bw_rbac_graph *g, uint32_t from, const struct bw_doc *secret,
                                struct bw_error *reterr)
{
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < g->n_nodes && g->nodes[i].type <= BW_RBAC_GROUP; i++)
                if (g->nodes[i].type == BW_RBAC_GROUP && bw_str_starts(g->nodes[i].name, BW_STR("system:bootstrappers")))
                        r = link_nodes(g, from, i, RBAC_EDGE_TOKEN, secret, reterr);
        return r;
}

static int add_secrets(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        struct bw_doc_range secrets = bw_inventory_kind(g->inventory, EMPTY, BW_STR("Secret"));
        bool has_bootstrap = false;
        int r = 0;

        for (size_t i = 0; r == 0 && i < secrets.n; i++) {
                const struct bw_doc *secret = secrets.docs[i];
                struct bw_str type = bw_map_text(secret->root, "type");
                uint32_t from;

                if (!bw_str_is(type, "kubernetes.io/service-account-token") &&
                    !(bw_str_is(type, "bootstrap.kubernetes.io/token") && !has_bootstrap))
                        continue;
                from = rbac_node(g, BW_RBAC_SECRETS, ns_of(secret), EMPTY);
                if (bw_str_is(type, "bootstrap.kubernetes.io/token")) {
                        has_bootstrap = true;
                        r = add_bootstrap_groups(g, from, secret, reterr);
                        continue;
                }
                r = link_nodes(g, from,
                               rbac_node(g, BW_RBAC_SERVICE_ACCOUNT, ns_of(secret),
                                         bw_map_text(bw_map_walk(secret->root, "metadata.annotations"),
                                                     "kubernetes.io/service-account.name")),
                               RBAC_EDGE_TOKEN, secret, reterr);
        }
        return r;
}

int rbac_add_facts(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        size_t first;
        int r = add_memberships(g, reterr);

        if (r == 0)
                r = add_choices(g, reterr);
        first = g->n_edges;
        g->last_pods = RBAC_NO_NODE;
        g->last_account = RBAC_NO_NODE;
        if (r == 0)
                r = each_pod(g, add_pod_edges, reterr);
        if (r < 0)
                return r;
        unite_edges(g, first);
        r = add_control_plane(g, reterr);
        return r ? r : add_secrets(g, reterr);
}

/* ---- what a namespace allows */

static bool label_is_open(const struct bw_doc *ns)
{
        struct bw_str level = bw_map_text(bw_map_walk(ns->root, "metadata.labels"), "pod-security.kubernetes.io/enforce");

        return !bw_str_is(level, "baseline") && !bw_str_is(level, "restricted");
}

bool rbac_ns_is_open(const struct bw_rbac_graph *g, struct bw_str ns)
{
        const struct bw_doc *doc;

        if (ns.n == 0)
                return g->is_open_somewhere;
        doc = bw_inventory_find(g->inventory, EMPTY, BW_STR("Namespace"), EMPTY, ns);
        return !doc || label_is_open(doc);
}

bool rbac_is_open_somewhere(const struct bw_inventory *inventory)
{
        struct bw_doc_range all = bw_inventory_kind(inventory, EMPTY, BW_STR("Namespace"));

        for (size_t i = 0; i < all.n; i++)
                if (label_is_open(all.docs[i]))
                        return true;
        return all.n == 0;
}

/* ---- pods that own their node */

static bool is_root(struct bw_value pod_context, struct bw_value context)
{
        struct bw_value user = bw_map_get(context, BW_STR("runAsUser"));
        struct bw_value non_root = bw_map_get(context, BW_STR("runAsNonRoot"));

        if (user.type == BW_ABSENT)
                user = bw_map_get(pod_context, BW_STR("runAsUser"));
        if (non_root.type == BW_ABSENT)
                non_root = bw_map_get(pod_context, BW_STR("runAsNonRoot"));
        return !(user.type == BW_INT && user.i != 0) && !(non_root.type == BW_BOOL && non_root.b);
}

/* Paths of a node: who may write there, or in a folder above, or connect there, is root on it. */
struct host_path {
        const char *path;
        bool is_socket;    /* connecting needs no right to write */
};
static const struct host_path host_paths[] = {
        {"/etc/kubernetes", false},
        {"/etc/cron.d", false},
        {"/root/.ssh", false},
        {"/var/lib/kubelet/pki", false},
        {"/var/lib/etcd", false},
        {"/usr/bin", false},
        {"/proc/sys/kernel", false},
        {"/var/run/docker.sock", true},
        {"/run/docker.sock", true},
        {"/run/containerd/containerd.sock", true},
        {"/var/run/containerd/containerd.sock", true},
        {"/run/crio/crio.sock", true},
        {"/var/run/crio/crio.sock", true},
};

static bool path_is_above(struct bw_str path, const struct host_path *row)
{
        struct bw_str whole = bw_str(row->path);

        while (path.n > 1 && bw_str_ends(path, BW_STR("/")))
                path.n--;
        if (bw_str_is(path, "/"))
                return true;
        return bw_str_starts(whole, path) && (path.n == whole.n || whole.p[path.n] == '/');
}

static bool volume_takes_node(struct bw_value volumes, struct bw_value mount, bool is_root_user)
{
        bool reads_only = bw_map_get(mount, BW_STR("readOnly")).type == BW_BOOL && bw_map_get(mount, BW_STR("readOnly")).b;

        for (uint32_t i = 0; i < volumes.n; i++) {
                struct bw_value volume = volumes.list->items[i];
                struct bw_str path = bw_map_text(bw_map_get(volume, BW_STR("hostPath")), "path");

                if (path.n == 0 || !bw_str_eq(bw_map_text(volume, "name"), bw_map_text(mount, "name")))
                        continue;
                for (size_t k = 0; k < BW_ARRAY_SIZE(host_paths); k++)
                        if (path_is_above(path, &host_paths[k]) && is_root_user && (host_paths[k].is_socket || !reads_only))
                                return true;
        }
        return false;
}

static const char *container_takes_node(const struct bw_pod *pod, struct bw_value container)
{
        struct bw_value context = bw_map_get(container, BW_STR("securityContext"));
        struct bw_value privileged = bw_map_get(context, BW_STR("privileged"));
        struct bw_value mounts = list_of(container, "volumeMounts");
        bool root = is_root(bw_map_get(pod->spec, BW_STR("securityContext")), context);

        if (privileged.type == BW_BOOL && privileged.b)
                return "is privileged";
        for (uint32_t i = 0; i < mounts.n; i++)
                if (volume_takes_node(list_of(pod->spec, "volumes"), mounts.list->items[i], root))
                        return "mounts the node's own files";
        return NULL;
}

const char *rbac_pod_takes_node(const struct bw_doc *doc)
{
        struct bw_pod pod;
        const char *why = NULL;

        if (!bw_pod_find(doc, &pod))
                return NULL;
        for (enum bw_container_list list = 0; !why && list < _BW_CONTAINERS_MAX; list++) {
                struct bw_value containers = bw_map_get(pod.spec, bw_container_list_name(list));

                /* Init containers have ended. */
                if (list == BW_CONTAINERS_INIT || containers.type != BW_LIST)
                        continue;
                for (uint32_t i = 0; !why && i < containers.n; i++)
                        why = container_takes_node(&pod, containers.list->items[i]);
        }
        return why;
}
