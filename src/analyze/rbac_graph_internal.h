/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac_graph (internal): the graph as its files share it. Nodes are sorted and found by name; edges are short, their texts are
 * made when a way is asked for.
 * Ownership: in the graph's arena. Threads: immutable once built.
 * Source: as in rbac_graph.h.
 */
#ifndef BW_ANALYZE_RBAC_GRAPH_INTERNAL_H
#define BW_ANALYZE_RBAC_GRAPH_INTERNAL_H

#include "analyze/rbac_graph.h"
#include "analyze/rbac_internal.h"

enum { RBAC_MAX_ROWS = 64, RBAC_SEEN_NAMES = 8192 };
#define RBAC_NO_NODE UINT32_MAX

/* ---- the table */

enum rbac_scope { RBAC_SCOPE_NS, RBAC_SCOPE_CLUSTER, RBAC_SCOPE_ONE };

#define RBAC_NAMES(X)                                                                                                  \
        X(NO, "no") X(ANY, "any") X(ACCOUNT, "account") X(SECRET, "secret") X(POD, "pod") X(NODE, "node") X(USER, "user") \
        X(GROUP, "group") X(ROLE, "role") X(NAMESPACE, "namespace")
enum rbac_names {
#define X(name, text) RBAC_NAMES_##name,
        RBAC_NAMES(X)
#undef X
        RBAC_NAMES_LISTED, /* only those of `counted` */
};

#define RBAC_GIVES(X)                                                                                                  \
        X(ACCOUNTS, "accounts") X(NEW_ACCOUNTS, "new-accounts") X(NEW_PODS, "new-pods") X(PODS, "pods")               \
        X(DEBUG_PODS, "debug-pods") X(ALL_PODS, "all-pods") X(NODE_PODS, "node-pods") X(SECRETS, "secrets") X(NODE, "node") \
        X(USER, "user") X(GROUP, "group") X(BOOTSTRAP, "bootstrap") X(ADMIN, "admin") X(ALL, "all") X(STEER, "steer") \
        X(ESCALATE, "escalate") X(BIND, "bind") X(RIGHT, "right")
enum rbac_gives {
#define X(name, text) RBAC_GIVES_##name,
        RBAC_GIVES(X)
#undef X
};

struct rbac_row {
        const char *id;
        const char *text;
        const char *verbs;      /* separated by blanks */
        const char *resources;
        struct bw_str only_ns;  /* RBAC_SCOPE_ONE */
        const char *counted;    /* RBAC_NAMES_LISTED */
        enum rbac_scope scope;
        enum rbac_names names;
        enum rbac_gives gives;
        uint64_t needs[2];      /* rows of which one must be held too; 0: none */
        bool needs_crd, needs_eks, needs_scc;
};

struct rbac_rows {
        struct rbac_row rows[RBAC_MAX_ROWS];
        size_t n;
        uint64_t paired; /* rows that need others, or that others need */
};

/* ---- roles and bindings */

/* A rule of a role that is in a row. */
struct rbac_hit {
        uint32_t rule;
        uint8_t row;
        struct bw_value names; /* resourceNames; empty: any */
};

struct rbac_hits { /* of a role, by row */
        uint32_t first, n;
};

/* A subject of a binding, in the order of subjects. */
struct rbac_bound {
        uint32_t subject;  /* node */
        uint32_t binding;  /* in rbac_graph.bindings */
        uint32_t at;       /* in its list */
};

enum rbac_edge_kind {
        RBAC_EDGE_GRANT,         /* by a right */
        RBAC_EDGE_MEMBER,
        RBAC_EDGE_CHOICE,        /* one of many: part of the step before */
        RBAC_EDGE_RUNS_AS,       /* a choice: fact is the pod */
        RBAC_EDGE_TAKES_NODE,    /* a choice: fact is a pod that owns its node */
        RBAC_EDGE_ETCD,          /* a choice: fact is etcd's pod */
        RBAC_EDGE_ON_NODE,       /* root on a node has the tokens there */
        RBAC_EDGE_NODE_IDENTITY, /* a kubelet may read and issue what its pods use */
        RBAC_EDGE_KUBELET,       /* root on a node has the kubelet's credentials */
        RBAC_EDGE_STEER,         /* and by a token there makes pods move to it */
        RBAC_EDGE_CONTROL_PLANE, /* a node of the control plane */
        RBAC_EDGE_TOKEN,         /* a Secret with a token */
        RBAC_EDGE_MASTERS,
        RBAC_EDGE_CONTROLLER,    /* the controller manager's own user */
        RBAC_EDGE_ALL,           /* who may do everything */
        _RBAC_EDGE_MAX,
};

struct rbac_edge {
        uint32_t from, to;
        uint32_t bound, hit;           /* GRANT, STEER */
        uint32_t also_bound, also_hit; /* UINT32_MAX: no second one */
        const struct bw_doc *fact;
        uint8_t kind;
};

struct rbac_edge_style {
        const char *technique;
        const char *text;
        uint8_t weight;  /* RBAC_STEP, 1 for a membership, 0 for a choice */
};
enum { RBAC_STEP = 16 };
extern const struct rbac_edge_style rbac_edge_styles[_RBAC_EDGE_MAX];

struct bw_rbac_graph {
        struct bw_arena *arena;
        const struct bw_inventory *inventory;
        struct bw_rbac *rbac;
        const struct bw_doc **objects;
        size_t n_objects;
        struct rbac_rows rows;
        bool is_eks, has_scc, is_live;
        bool is_open_somewhere;               /* there is a namespace that no Pod Security level guards */
        uint64_t work;

        const struct rbac_binding **bindings; /* all */
        uint32_t n_bindings;
        struct rbac_hits *role_hits;          /* by role */
        struct rbac_hit *hits;
        size_t n_hits, cap_hits;
        struct rbac_bound *bound;
        size_t n_bound, cap_bound;
        uint32_t *bound_of;                   /* by node, and one more: where its own begin */

        struct bw_rbac_node *nodes;           /* sorted */
        uint8_t *exists;                      /* by node: a service account that is there */
        uint8_t *no_token;                    /* by node: a service account whose pods have none by themselves */
        uint32_t *related;                    /* by node: of a service account the group of its namespace, of a node its pods */
        uint32_t everybody, accounts;         /* system:authenticated, system:serviceaccounts */
        struct bw_str *seen_names;            /* of nodes of the cluster, by hash */
        uint32_t last_pods, last_account;     /* of the pod before, while edges are made */
        bool steers;                          /* there is one that steers */
        uint32_t *steer_bound, *steer_hit;    /* by node; UINT32_MAX: none */
        size_t n_nodes, cap_nodes;
        struct bw_str *namespaces;            /* sorted */
        size_t n_namespaces;

        struct rbac_edge *edges;              /* of the heap while they become more, then of the arena */
        size_t n_edges, cap_edges;
        uint32_t *edges_to;                   /* edges by the node that they lead to */
        uint32_t *first_to;                   /* by node, and one more */
};

static inline struct bw_str rbac_binding_ns(const struct bw_rbac_graph *g, uint32_t bound)
{
        return g->bindings[g->bound[bound].binding]->ns;
}

/* rbac_steps.c: reads data/rbac-steps.tsv; finds what each role has of it; what is named there. */
void rbac_rows_read(struct rbac_rows *rows);
BW_CHECK int rbac_find_hits(struct bw_rbac_graph *g, struct bw_error *reterr);
/* rbac_grants.c: the edges that rights make. */
BW_CHECK int rbac_add_grants(struct bw_rbac_graph *g, struct bw_error *reterr);
/* rbac_facts.c: what is there: nodes of the graph, pods, Secrets, memberships. */
BW_CHECK int rbac_collect_nodes(struct bw_rbac_graph *g, struct bw_error *reterr);
BW_CHECK int rbac_add_facts(struct bw_rbac_graph *g, struct bw_error *reterr);

uint32_t rbac_node(const struct bw_rbac_graph *g, enum bw_rbac_node_type type, struct bw_str ns, struct bw_str name);
/* from or to RBAC_NO_NODE: nothing. */
BW_CHECK int rbac_add_edge(struct bw_rbac_graph *g, struct rbac_edge edge, struct bw_error *reterr);
/* Counts effort: -E2BIG past BW_LIMIT_RBAC_GRAPH_STEPS. */
BW_CHECK int rbac_work(struct bw_rbac_graph *g, uint64_t n, struct bw_error *reterr);
/* The node that a subject of a binding is; RBAC_NO_NODE: nobody. */
uint32_t rbac_subject_node(const struct bw_rbac_graph *g, const struct rbac_binding *binding, uint32_t at);
/* Type, namespace and name of it; false: nobody. */
bool rbac_subject_key(const struct rbac_binding *binding, uint32_t at, struct bw_rbac_node *ret);
/* Whether pods that own their node may be made in the namespace ("": in one at least). */
bool rbac_ns_is_open(const struct bw_rbac_graph *g, struct bw_str ns);
bool rbac_is_open_somewhere(const struct bw_inventory *inventory);
/* Why whoever has the pod has its node: "is privileged"; NULL: it has not. */
const char *rbac_pod_takes_node(const struct bw_doc *pod);
/* The groups that each member of which is also in; up to 3. */
size_t rbac_groups_of(const struct bw_rbac_graph *g, uint32_t node, uint32_t groups[3]);

#endif
