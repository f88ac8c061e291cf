/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpol: who may talk to whom, as the network policies of a cluster decide it: NetworkPolicy, AdminNetworkPolicy and
 * BaselineAdminNetworkPolicy in their order, the layers 3 and 4 of Cilium's and Calico's policies. Pods that no policy and no
 * question can tell apart are one class, so cost grows with classes, not with pairs of pods.
 * What is computed is what the policies allow; whether the network plugin enforces them is another question.
 * Ownership: a bw_netpol and what it gives live in the arena; it borrows the documents.
 * Errors: a policy that cannot be understood is a problem of that policy (see bw_netpol_problems) and is left out; negative only
 *         for -ENOMEM and -E2BIG. Threads: immutable once built; questions may be asked from any thread with a scratch arena each.
 * Source: Kubernetes NetworkPolicy API reference and concepts page, k8s.io/api networking/v1; sigs.k8s.io/network-policy-api
 *         apis/v1alpha1 and v1alpha2; docs.cilium.io policy language; docs.tigera.io NetworkPolicy reference.
 */
#ifndef BW_ANALYZE_NETPOL_H
#define BW_ANALYZE_NETPOL_H

#include "doc/inventory.h"

struct bw_arena;
struct bw_error;
struct bw_netpol;

/* Ports by protocol: sorted ranges that neither overlap nor touch, 1 to 65535. */
enum bw_protocol { BW_PROTOCOL_TCP, BW_PROTOCOL_UDP, BW_PROTOCOL_SCTP, _BW_PROTOCOL_MAX };
const char *bw_protocol_name(enum bw_protocol protocol); /* "TCP" */
struct bw_port_range { uint16_t low, high; };
struct bw_ports {
        const struct bw_port_range *ranges[_BW_PROTOCOL_MAX];
        uint32_t n[_BW_PROTOCOL_MAX];
};

/* An IPv4 or IPv6 address; IPv4 as ::ffff:a.b.c.d. */
struct bw_address { uint8_t bytes[16]; };
struct bw_address_range { struct bw_address low, high; };
/* False: it is none. */
BW_CHECK bool bw_net_address_parse(struct bw_str text, struct bw_address *ret);

/*
 * Workloads: pods of one controlling owner (followed up to the Deployment, CronJob …), or a manifest's template, or a pod alone.
 * Their pods may fall into several classes (labels differ, some on the host's network).
 */
struct bw_net_workload {
        struct bw_str ns, kind, name;
        const struct bw_doc *doc;      /* a document of it */
        uint32_t n_pods;               /* seen; 0: only a template */
        uint32_t first_class, n_classes; /* in bw_netpol_workload_classes() */
};

BW_CHECK int bw_netpol_new(struct bw_arena *arena, const struct bw_inventory *inventory, struct bw_netpol **ret,
                           struct bw_error *reterr);
/* What network plugins do differently. bw_netpol_new() takes what most do. */
struct bw_net_options {
        bool host_network_is_pod;      /* pods on the host's network are selected, and bound, like others */
        bool blocks_skip_pods;         /* an ipBlock never matches a pod by its address (Cilium) */
};
BW_CHECK int bw_netpol_new_as(struct bw_arena *arena, const struct bw_inventory *inventory, const struct bw_net_options *options,
                              struct bw_netpol **ret, struct bw_error *reterr);
const struct bw_net_workload *bw_netpol_workloads(const struct bw_netpol *netpol, size_t *ret_n);

/* One end of a question. */
struct bw_net_end {
        enum { BW_NET_CLASS, BW_NET_ADDRESS } type;
        uint32_t class;                /* type CLASS */
        struct bw_address address;     /* type ADDRESS: outside of the cluster, or a node's */
};
/* The class of a pod: by namespace and name, or that of a pod's or template's document. SIZE_MAX: not there. */
size_t bw_netpol_class_of_pod(const struct bw_netpol *netpol, struct bw_str ns, struct bw_str name);
size_t bw_netpol_class_of_doc(const struct bw_netpol *netpol, const struct bw_doc *doc);
/* Numbers of classes; a workload has n_classes of them from first_class on. */
const uint32_t *bw_netpol_workload_classes(const struct bw_netpol *netpol);
/* The number of the workload that a pod's or template's document belongs to. SIZE_MAX: none; a template whose pods were seen
 * (its pods stand for it), and a pod that is over. */
size_t bw_netpol_workload_of_doc(const struct bw_netpol *netpol, const struct bw_doc *doc);
size_t bw_netpol_n_classes(const struct bw_netpol *netpol);

struct bw_net_class {
        struct bw_str ns;
        struct bw_value labels;        /* of one of its pods */
        const struct bw_doc *doc;      /* one of its pods or templates */
        uint32_t n_pods;
        bool host_network;             /* policies do not hold for it: it has its node's address */
};
struct bw_net_class bw_netpol_class(const struct bw_netpol *netpol, size_t class);

/* Which policy decided, for an explanation. */
struct bw_net_reason {
        const struct bw_doc *policy;   /* NULL: none selects it: allowed by default */
        bool ingress;                  /* of the destination; else egress of the source */
        enum bw_net_effect { BW_NET_DEFAULT, BW_NET_ALLOW, BW_NET_DENY, BW_NET_PASS, BW_NET_ISOLATED } effect;
        uint32_t rule;                 /* of its list; UINT32_MAX: none matches (isolated) */
        struct bw_str text;            /* "no ingress rule of shop/deny-all allows it"; may be empty */
};
struct bw_net_answer {
        bool allowed;
        bool at_most;                  /* a policy looks further than ports (HTTP, DNS names): it may allow less */
        const struct bw_net_reason *reasons; /* those that matter, egress before ingress */
        size_t n_reasons;
};
/* port: number; 0 with a name: a named port of the destination. */
struct bw_net_question {
        struct bw_net_end from, to;
        enum bw_protocol protocol;
        uint16_t port;
        struct bw_str port_name;
};
BW_CHECK int bw_netpol_ask(const struct bw_netpol *netpol, const struct bw_net_question *question, struct bw_arena *arena,
                           struct bw_net_answer *ret, struct bw_error *reterr);
/* All ports that are allowed from one end to the other. */
BW_CHECK int bw_netpol_ports(const struct bw_netpol *netpol, const struct bw_net_end *from, const struct bw_net_end *to,
                             struct bw_arena *arena, struct bw_ports *ret, bool *ret_at_most, struct bw_error *reterr);

/*
 * All pairs of classes, much cheaper than one by one: row[i] becomes the number of a set of ports that the class may reach on class
 * i. A reach lives in the arena that it was made with and is for one thread.
 */
#define BW_NET_NO_PORTS 0U
struct bw_net_reach;
BW_CHECK int bw_net_reach_new(struct bw_arena *arena, const struct bw_netpol *netpol, struct bw_net_reach **ret, struct bw_error *reterr);
BW_CHECK int bw_net_reach_from(struct bw_net_reach *reach, uint32_t class, uint32_t *row, struct bw_error *reterr);
/* The set of that number; valid until the next bw_net_reach_from(). */
const struct bw_ports *bw_net_reach_ports(const struct bw_net_reach *reach, uint32_t number, bool *ret_at_most);

/* The pieces into which the policies' CIDRs cut the addresses outside of the cluster: within one, all are treated alike. */
const struct bw_address_range *bw_netpol_outside(const struct bw_netpol *netpol, size_t *ret_n);

/* Whether any policy selects the class in that direction: then what is not allowed is refused. */
bool bw_netpol_isolated(const struct bw_netpol *netpol, size_t class, bool ingress);

/* The policies that were understood, and for each what it selects. */
struct bw_net_policy {
        const struct bw_doc *doc;
        uint32_t n_classes;            /* that it selects */
        uint64_t n_pods;
        bool ingress, egress;          /* directions in which it isolates or decides */
};
const struct bw_net_policy *bw_netpol_policies(const struct bw_netpol *netpol, size_t *ret_n);
/* What is wrong with policies: refused by the API server, or understood in part. */
struct bw_net_problem { const struct bw_doc *policy; struct bw_str path, text; bool refused; };
const struct bw_net_problem *bw_netpol_problems(const struct bw_netpol *netpol, size_t *ret_n);

#endif
