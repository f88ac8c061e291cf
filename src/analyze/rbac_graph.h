/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac_graph: what a subject can become with what it may do: identities and powers as nodes, each step from one to the next with
 * the grant that allows it. Creating pods in a namespace leads to each of its service accounts; reading Secrets to the tokens in
 * them; exec to the pod's own; nodes/proxy, a privileged or hostPath pod to the node and whoever runs on it; escalate, bind,
 * impersonate, signed certificates, webhooks and RBAC objects to everything.
 * Ownership: lives in the arena; borrows the inventory's documents. Errors: -ENOMEM, -E2BIG (BW_LIMIT_RBAC_GRAPH).
 * Threads: immutable once built.
 * Source: kubernetes.io/docs/concepts/security/rbac-good-practices (privilege escalation risks); Kubernetes' authorizer as in
 *         analyze/rbac.h; node authorizer and NodeRestriction (plugin/pkg/auth/authorizer/node).
 */
#ifndef BW_ANALYZE_RBAC_GRAPH_H
#define BW_ANALYZE_RBAC_GRAPH_H

#include "analyze/rbac.h"
#include "doc/inventory.h"

struct bw_rbac_graph;

enum bw_rbac_node_type {
        BW_RBAC_USER, BW_RBAC_GROUP, BW_RBAC_SERVICE_ACCOUNT, /* who */
        BW_RBAC_NODE,           /* root on a node; name: the node, or "" = any node that it chooses */
        BW_RBAC_SECRETS,        /* all Secrets of a namespace; ns "" = of the cluster */
        BW_RBAC_CLUSTER_ADMIN,  /* everything */
};
struct bw_rbac_node { enum bw_rbac_node_type type; struct bw_str ns, name; };

/* Why one leads to the other. */
struct bw_rbac_step {
        uint32_t from, to;          /* numbers of nodes */
        const char *technique;      /* id of a row in data/rbac-steps.tsv: "create-pods", "read-secrets", "node-proxy" … */
        struct bw_str ns;           /* in which it is done; "" = the whole cluster */
        bool has_grant;             /* false: a fact, not a right (a pod that runs on the node with this account) */
        struct bw_rbac_grant grant; /* objects as numbers of bw_rbac_graph_object() */
        const struct bw_doc *fact;  /* the pod …; may be NULL */
        struct bw_str text;         /* "may create pods in shop, which run as any service account there" */
};

BW_CHECK int bw_rbac_graph_new(struct bw_arena *arena, const struct bw_inventory *inventory, struct bw_rbac_graph **ret,
                               struct bw_error *reterr);
const struct bw_rbac *bw_rbac_graph_rbac(const struct bw_rbac_graph *graph);
const struct bw_doc *bw_rbac_graph_object(const struct bw_rbac_graph *graph, size_t number);
const struct bw_rbac_node *bw_rbac_graph_nodes(const struct bw_rbac_graph *graph, size_t *ret_n);
/* SIZE_MAX: not there. */
size_t bw_rbac_graph_find(const struct bw_rbac_graph *graph, enum bw_rbac_node_type type, struct bw_str ns, struct bw_str name);

/* The steps of a shortest way from one node to the other, first step first; n = 0: there is none. In the arena given. */
BW_CHECK int bw_rbac_graph_path(const struct bw_rbac_graph *graph, size_t from, size_t to, struct bw_arena *arena,
                                const struct bw_rbac_step **ret, size_t *ret_n, struct bw_error *reterr);

#endif
