/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpol (internal): the one form into which all kinds of policies are brought, and how it is decided.
 *
 *   expression  what a selector asks of labels: of a pod, its namespace, its service account, a node
 *   where       a set of endpoints: kinds of them, an expression on the namespace, one on the rest, or a block of addresses
 *   endpoint    pods that no expression, named port or block can tell apart; a node; a piece of the addresses outside
 *   behaviour   endpoints that are in the same wheres: what a decision looks at. A class is a behaviour in one namespace
 *   side        the rules of one policy in one direction, for the endpoints of one where, in a tier
 *
 * A decision goes through the tiers in order, in each through the sides that hold for the endpoint, in each through the rules: the
 * first that matches a port decides it. What is left at the end of a tier is refused where a side isolates, else goes on.
 *
 * Ownership: in the arena of the bw_netpol. Errors: a builder that runs out of memory, or over a limit, remembers it in `status`.
 * Threads: as netpol.h. Source: as netpol.h.
 */
#ifndef BW_ANALYZE_NETPOL_INTERNAL_H
#define BW_ANALYZE_NETPOL_INTERNAL_H

#include "analyze/list_internal.h"
#include "analyze/netpol.h"

#define NONE UINT32_MAX

/* ---- ports */

extern const struct bw_ports net_ports_all, net_ports_none;

enum port_op { PORTS_UNION = 0xe, PORTS_INTERSECT = 0x8, PORTS_MINUS = 0x4 }; /* bit 2 * (in a) + (in b): is in the result */
/* False when memory is used up. */
BW_CHECK bool net_ports_combine(struct bw_arena *arena, enum port_op op, const struct bw_ports *a, const struct bw_ports *b,
                                struct bw_ports *ret);
bool net_ports_empty(const struct bw_ports *ports);
bool net_ports_eq(const struct bw_ports *a, const struct bw_ports *b);
bool net_ports_has(const struct bw_ports *ports, enum bw_protocol protocol, uint16_t port);
/* "TCP", "UDP", "SCTP"; _BW_PROTOCOL_MAX: another one. */
enum bw_protocol net_protocol(struct bw_str name);

/* ---- addresses */

/* An address as a number: all of IPv4 before all of IPv6. */
struct net_ip {
        bool is6;
        uint64_t high, low;
};
struct net_ip_range {
        struct net_ip low, high;
};
int net_ip_cmp(const struct net_ip *a, const struct net_ip *b);
struct net_ip net_ip_of(const struct bw_address *address);
struct bw_address net_address_of(const struct net_ip *ip);
BW_CHECK bool net_ip_parse(struct bw_str text, struct net_ip *ret);
/* An address with a length, or (alone) without one. canonical: no bits are set behind the prefix. */
BW_CHECK bool net_cidr_parse(struct bw_str text, bool alone, struct net_ip_range *ret, unsigned *ret_bits);
/* The addresses next to these; false: there are none. */
bool net_ip_next(struct net_ip *ip);

/* ---- expressions */

enum net_scope { SCOPE_POD, SCOPE_NAMESPACE, SCOPE_ACCOUNT, SCOPE_NODE, _SCOPE_MAX };
enum net_op { EXPR_TRUE, EXPR_AND, EXPR_OR, EXPR_NOT, EXPR_HAS, EXPR_IN, EXPR_STARTS, EXPR_ENDS, EXPR_CONTAINS };

/* Equal expressions are one object. */
struct net_expr {
        enum net_op op;
        enum net_scope scope;           /* HAS and the rest */
        unsigned scopes;                /* bits of all scopes inside */
        uint32_t hash;
        struct bw_value key;
        const struct bw_value *values;  /* IN: sorted; STARTS …: one */
        const struct net_expr *const *parts; /* AND, OR: two or more; NOT: one */
        uint32_t n;                     /* of values or parts */
        uint32_t number;                /* from 0 */
};

/* ---- wheres */

enum net_kind { KIND_POD, KIND_HOST, KIND_NODE, KIND_OUTSIDE }; /* HOST: a pod on its node's network */
#define KINDS(kind) (1U << (kind))

struct net_block { /* sorted ranges that neither overlap nor touch */
        const struct net_ip_range *ranges;
        uint32_t n;
        uint32_t hash;
        bool unknown;                   /* pods whose addresses are not known are in it */
};

struct net_where {
        unsigned kinds;
        const struct net_expr *ns;      /* NULL: any namespace */
        const struct net_expr *expr;    /* NULL: anything */
        const struct net_block *block;  /* NULL: not asked */
        uint32_t hash;
        uint32_t *behaviours;           /* sorted */
        uint32_t n;
};

/* ---- endpoints */

struct net_port_name {
        struct bw_str name;
        enum bw_protocol protocol;
        uint16_t port;
};

struct net_endpoint {
        enum net_kind kind;
        uint32_t ns;                    /* NONE: of no namespace */
        struct bw_value labels;
        struct bw_value node;           /* labels of the node: NODE, HOST */
        struct bw_str account;
        const struct bw_doc *doc;
        const struct net_port_name *ports; /* those asked for, sorted */
        uint32_t n_ports;
        const uint32_t *pieces;         /* of its addresses, sorted */
        uint32_t n_pieces;
        uint32_t n_pods;
        uint32_t hash;
        uint32_t behaviour;
        uint32_t class;
};

struct net_namespace {
        struct bw_str name;
        struct bw_value labels;
        uint32_t first, n;              /* its endpoints in by_ns */
        uint32_t next;                  /* of equal hash */
};

/* ---- rules */

struct net_port_ask { /* a port by its name */
        struct bw_str name;
        enum bw_protocol protocol;      /* _BW_PROTOCOL_MAX: any */
};

struct net_rule {
        enum bw_net_effect action;      /* ALLOW, DENY, PASS */
        bool anyone;                    /* no peers are named: all match */
        bool at_most;                   /* it looks further than ports */
        uint32_t number;                /* in its list */
        const char *list;               /* "ingress", "egressDeny" */
        const uint32_t *peers;          /* wheres */
        uint32_t n_peers;
        struct bw_ports ports;
        const struct net_port_ask *names;
        uint32_t n_names;
        const uint32_t *own;            /* wheres of which the subject must be in one; none: nothing is asked of it */
        uint32_t n_own;
};

struct net_side {
        const struct bw_doc *doc;
        bool ingress;
        bool isolates;
        uint32_t tier;
        double order;                   /* in the tier */
        uint32_t number;                /* among equals */
        uint32_t subject;               /* where */
        uint32_t policy;
        const struct net_rule *rules;
        uint32_t n_rules;
};

struct net_tier {
        struct bw_str name;             /* may be empty: Kubernetes' own */
        double order;
};

struct net_set { /* the sides that hold for a behaviour in one direction, in order */
        const uint32_t *sides;
        uint32_t n;
        bool isolates;
};

struct bw_netpol {
        struct bw_arena *arena;
        const struct bw_inventory *inventory;
        struct bw_net_options options;

        struct net_namespace *namespaces;
        size_t n_namespaces, cap_namespaces;
        uint32_t *ns_table;
        size_t ns_mask;

        struct net_where *wheres;
        size_t n_wheres, cap_wheres;
        struct net_side *sides;
        size_t n_sides, cap_sides;
        struct net_tier *tiers;
        size_t n_tiers, cap_tiers;

        struct net_endpoint *endpoints;
        size_t n_endpoints, cap_endpoints;
        uint32_t first_outside;         /* endpoint of the first piece */
        struct net_ip_range *pieces;
        uint32_t n_pieces;
        uint32_t n_behaviours;
        uint32_t *sample;               /* an endpoint of each behaviour */
        struct net_set *sets;           /* those of behaviours, equal ones once */
        size_t n_sets, cap_sets;
        uint32_t *set_of[2];            /* by behaviour: egress, ingress */

        uint32_t *class_sample;         /* an endpoint of each class of pods */
        uint32_t *class_pods;
        uint32_t n_classes;
        struct bw_net_workload *workloads;
        size_t n_workloads, cap_workloads;
        uint32_t *workload_classes;
        const struct bw_doc **docs;     /* pods and templates by address, and the class of each */
        uint32_t *doc_classes;
        uint32_t *doc_workloads;
        size_t n_docs;
        struct net_node *nodes;         /* by address */
        size_t n_nodes, cap_nodes;

        struct bw_address_range *outside;
        uint32_t n_outside;
        struct bw_net_policy *policies;
        size_t n_policies, cap_policies;
        struct bw_net_problem *problems;
        size_t n_problems, cap_problems;
};

struct net_node { /* an address of a node */
        struct net_ip ip;
        uint32_t endpoint;
};

/* ---- building */

struct net_builder {
        struct bw_netpol *np;
        struct bw_arena *arena;         /* the result's */
        struct bw_arena *scratch;
        const struct net_expr **exprs;
        size_t n_exprs, cap_exprs;
        uint32_t *expr_table;
        size_t expr_mask;
        uint32_t *where_table;
        size_t where_mask;
        const struct net_block **blocks;
        size_t n_blocks, cap_blocks;
        uint32_t *block_table;
        size_t block_mask;
        struct net_port_ask *names;     /* asked for by rules; names come once */
        size_t n_names, cap_names;
        const struct bw_doc *doc;       /* the policy that is being read */
        bool refused;                   /* it has a problem that makes the API server refuse it */
        bool listed;                    /* it is among the policies */
        uint64_t steps;
        int status;                     /* 0, -ENOMEM, -E2BIG */
};

/* All of these remember a failure in b->status and give something harmless. */
void net_fail(struct net_builder *b, int code);
const struct net_expr *net_true(struct net_builder *b);
const struct net_expr *net_not(struct net_builder *b, const struct net_expr *e);
const struct net_expr *net_and(struct net_builder *b, const struct net_expr *const *parts, uint32_t n);
const struct net_expr *net_or(struct net_builder *b, const struct net_expr *const *parts, uint32_t n);
const struct net_expr *net_both(struct net_builder *b, const struct net_expr *x, const struct net_expr *y);
/* op: HAS (no values), IN, STARTS, ENDS, CONTAINS. */
const struct net_expr *net_label(struct net_builder *b, enum net_op op, enum net_scope scope, struct bw_str key,
                                 const struct bw_value *values, uint32_t n);
/* A LabelSelector that is valid; what is not there selects everything. */
const struct net_expr *net_selector(struct net_builder *b, enum net_scope scope, struct bw_value selector);
/* The namespace of this name. */
const struct net_expr *net_in_namespace(struct net_builder *b, struct bw_str ns);
const struct net_block *net_block(struct net_builder *b, const struct net_ip_range *yes, size_t n_yes, const struct net_ip_range *no,
                                  size_t n_no);
const struct net_block *net_block_or_unknown(struct net_builder *b, const struct net_block *block);
/* Parts of the expression that only look at namespaces are taken apart from the rest. */
uint32_t net_where(struct net_builder *b, unsigned kinds, const struct net_expr *expr, const struct net_block *block);
/* Pods, and those on the host's network if the options say so. */
unsigned net_pod_kinds(const struct bw_netpol *np);

/* A label of a namespace, with those that are set for it; ABSENT: it has none. */
struct bw_value net_namespace_label(const struct bw_netpol *np, uint32_t ns, struct bw_value key);
bool net_expr_holds(const struct bw_netpol *np, const struct net_expr *e, const struct net_endpoint *end);

uint32_t net_tier(struct net_builder *b, struct bw_str name, double order);
/* Where Calico has them; what has no tiers of its own takes the same places. */
#define ORDER_ADMIN 1000.0
#define ORDER_DEFAULT 1000000.0
#define ORDER_BASELINE 10000000.0
/* In the tier of Kubernetes' NetworkPolicies. */
#define ORDER_CILIUM_DENY -1.0
#define ORDER_NETWORK_POLICY 1000.0

/* Of the policy that is being read, which is listed with its first side. The rules are borrowed. */
void net_add_side(struct net_builder *b, const struct net_side *side);
/* From here on sides and problems are this policy's. */
void net_begin(struct net_builder *b, const struct bw_doc *doc);
/* A policy without sides is one, too. */
void net_list_policy(struct net_builder *b);
void net_ask_port(struct net_builder *b, const struct net_port_ask *ask);
void net_problem(struct net_builder *b, bool refused, const char *path, const char *fmt, ...) BW_PRINTF(4, 5);

/* Ports that are collected in any order: zero-initialised. */
struct net_port_list {
        struct bw_port_range *items[_BW_PROTOCOL_MAX];
        size_t n[_BW_PROTOCOL_MAX], cap[_BW_PROTOCOL_MAX];
};
void net_ports_add(struct net_builder *b, struct net_port_list *list, enum bw_protocol protocol, int64_t low, int64_t high);
struct bw_ports net_ports_of(struct net_builder *b, const struct net_port_list *list);
/* Pods of a namespace with all of these labels (a Service's selector). */
const struct net_expr *net_pods_with(struct net_builder *b, struct bw_str ns, struct bw_value labels);
/* Counts work that may grow as a product; past the limit b->status says so. */
void net_step(struct net_builder *b, uint64_t n);

/* The kinds of policies: each reads all of its kinds. */
void net_check_network_policy(struct net_builder *b, struct bw_value spec);
void net_read_network_policies(struct net_builder *b);
void net_read_admin_policies(struct net_builder *b);
void net_read_calico_policies(struct net_builder *b);
void net_read_cilium_policies(struct net_builder *b);
/* Text of Calico's selector language; NULL: it is none. scope: what plain labels are of. */
const struct net_expr *net_calico_selector(struct net_builder *b, struct bw_str text, enum net_scope scope, struct bw_error *reterr);

void net_collect_namespaces(struct net_builder *b);
/* The namespace of that name: what is named exists. */
uint32_t net_namespace(struct net_builder *b, struct bw_str name);
/* NONE: not there. */
uint32_t net_find_namespace(const struct bw_netpol *np, struct bw_str name);

/* ---- asking */

bool net_where_has(const struct net_where *where, uint32_t behaviour);
/* The behaviour at an end of a question; NONE: there is no such class. */
uint32_t net_behaviour_of(const struct bw_netpol *np, const struct bw_net_end *end);
/* Whether a rule is about the peer, and about the subject itself. */
bool net_rule_matches(const struct bw_netpol *np, const struct net_rule *rule, uint32_t peer);
bool net_rule_is_own(const struct bw_netpol *np, const struct net_rule *rule, uint32_t subject);
/* A rule's ports at a destination. */
BW_CHECK bool net_rule_ports(const struct net_rule *rule, const struct net_endpoint *to, struct bw_arena *arena, struct bw_ports *ret);

#endif
