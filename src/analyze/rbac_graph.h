/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac_graph: what a subject can become with what it may do: identities and powers as nodes, each step from one to the next with
 * the grant that allows it. Creating pods in a namespace leads to each of its service accounts; reading Secrets to the tokens in
 * them; exec to the pod's own; nodes/proxy, a privileged or hostPath pod to the node and whoever runs on it; escalate, bind,
 * impersonate, signed certificates, webhooks and RBAC objects to everything. The rights are rows of data/rbac-steps.tsv.
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
struct bw_rbac_reach;

enum bw_rbac_node_type {
        BW_RBAC_USER, BW_RBAC_GROUP, BW_RBAC_SERVICE_ACCOUNT, /* who */
        BW_RBAC_NODE,           /* root on a node; name: the node, "" = any node that it chooses, "?" = some node */
        BW_RBAC_SECRETS,        /* all Secrets of a namespace; ns "" = of the cluster */
        BW_RBAC_CLUSTER_ADMIN,  /* everything */
        _BW_RBAC_ENDS,
        /* One of many, of a namespace or ("") of the cluster: never the end of a step. */
        BW_RBAC_ANY_ACCOUNT = _BW_RBAC_ENDS, /* service accounts that are there */
        BW_RBAC_ANY_NEW_ACCOUNT, /* those that bindings name, and that are not there */
        BW_RBAC_ANY_POD,        /* what runs in it */
        BW_RBAC_ANY_POD_OF_NODE, /* name: the node; the accounts of what runs there */
        BW_RBAC_ALL_OF_NAMESPACE,
        BW_RBAC_ANY_USER,
        BW_RBAC_ANY_GROUP,
};
struct bw_rbac_node { enum bw_rbac_node_type type; struct bw_str ns, name; };

/* Why one leads to the other. */
struct bw_rbac_step {
        uint32_t from, to;          /* numbers of nodes */
        const char *technique;      /* id of a row in data/rbac-steps.tsv, or of a fact: "member", "runs-as", "on-node" … */
        struct bw_str ns;           /* in which it is done; "" = the whole cluster */
        bool has_grant;             /* false: a fact, not a right (a pod that runs on the node with this account) */
        bool is_membership;         /* it only says of which group the subject is: no step to take */
        struct bw_rbac_grant grant; /* objects as numbers of bw_rbac_graph_objects() */
        bool has_also;
        struct bw_rbac_grant also;  /* a second one that is needed */
        const struct bw_doc *fact;  /* the pod …; may be NULL */
        struct bw_str text;         /* "may create pods in shop, which run as any service account there" */
};

/* What must be in the inventory for all of it; of what is not there, nothing is claimed. */
bool bw_rbac_graph_looks(struct bw_str group, struct bw_str kind);
BW_CHECK int bw_rbac_graph_new(struct bw_arena *arena, const struct bw_inventory *inventory, struct bw_rbac_graph **ret,
                               struct bw_error *reterr);
struct bw_rbac *bw_rbac_graph_rbac(const struct bw_rbac_graph *graph);
/* Roles and bindings, by the number that grants have. */
const struct bw_doc *const *bw_rbac_graph_objects(const struct bw_rbac_graph *graph, size_t *ret_n);
const struct bw_rbac_node *bw_rbac_graph_nodes(const struct bw_rbac_graph *graph, size_t *ret_n);
size_t bw_rbac_graph_n_edges(const struct bw_rbac_graph *graph);
/* SIZE_MAX: not there. */
size_t bw_rbac_graph_find(const struct bw_rbac_graph *graph, enum bw_rbac_node_type type, struct bw_str ns, struct bw_str name);

/* "ServiceAccount shop/web", "any node", "Secrets of shop". p is NULL when the arena is used up. */
struct bw_str bw_rbac_node_text(struct bw_arena *arena, const struct bw_rbac_node *node) BW_CHECK;
/*
 * Kubernetes' own: users and groups of the control plane and of nodes (system:masters too), kubeadm's group of administrators,
 * service accounts of the controllers in kube-controller-manager. Groups that everybody is in are not among them.
 */
bool bw_rbac_node_is_system(const struct bw_rbac_node *node);

/* Who reaches any of the targets (numbers of nodes), by the fewest steps. Lives in the arena. */
BW_CHECK int bw_rbac_reach_new(const struct bw_rbac_graph *graph, const size_t *targets, size_t n_targets,
                               struct bw_arena *arena, struct bw_rbac_reach **ret, struct bw_error *reterr);
/* Steps from the node to the nearest target, memberships not counted; 0 for a target itself; UINT32_MAX: there is no way. */
uint32_t bw_rbac_reach_steps(const struct bw_rbac_reach *reach, size_t node);
/* The steps of that way, first step first; n = 0: there is none, or nothing to do. In the arena given. */
BW_CHECK int bw_rbac_reach_path(const struct bw_rbac_reach *reach, size_t from, struct bw_arena *arena,
                                const struct bw_rbac_step **ret, size_t *ret_n, struct bw_error *reterr);

#endif
