/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exposure (internal): pods found by their labels, and what the readers of the entries' kinds share.
 * Ownership: in the arena of the bw_exposure. Threads: one builder, one thread. Source: as exposure.h.
 */
#ifndef BW_ANALYZE_EXPOSURE_INTERNAL_H
#define BW_ANALYZE_EXPOSURE_INTERNAL_H

#include "analyze/exposure.h"
#include "analyze/list_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

struct expo_item { /* a pod, or a template without pods */
        const struct bw_doc *doc;
        struct bw_value labels;
        struct bw_value spec;
        struct bw_str ns;
        uint32_t workload;
        uint32_t class;
};

struct expo_pair { /* a label that some selector asks for */
        struct bw_str ns;
        struct bw_str key;
        struct bw_str value;
        uint32_t first; /* its items in `members` */
        uint32_t n;
};

struct expo_list { /* of backends, that grows */
        struct bw_backend *items;
        size_t n, cap;
};

struct expo_memo { /* backends of a Service's port */
        const struct bw_doc *service; /* NULL: empty */
        uint32_t port;
        uint32_t n;
        const struct bw_backend *backends;
};

struct bw_exposure {
        struct bw_arena *arena;
        const struct bw_inventory *inventory;
        const struct bw_netpol *netpol;
        struct expo_item *items;
        size_t n_items;
        struct expo_pair *pairs;      /* a hash table */
        size_t pair_mask, n_pairs;
        uint32_t *members;
        struct expo_memo *memos;      /* a hash table */
        size_t memo_mask, n_memos;
        struct bw_way *ways;
        size_t n_ways, cap_ways;
        uint32_t **controllers;       /* by row of the table of controllers: its workloads */
        uint32_t *n_controllers;
        uint32_t *gateway_pods;       /* items: an item of each workload that serves one Gateway */
        size_t n_gateway_pods;
        enum bw_way_scope node_scope;
        const char *node_caveat;      /* NULL, or why that is not certain */
};

/* Objects without a namespace stand in the one that kubectl puts them in. */
static inline struct bw_str expo_ns(const struct bw_doc *doc)
{
        return doc->ns.n ? doc->ns : BW_STR("default");
}
/* Whether a later document is of the same name: it is what would be applied last. */
bool expo_is_superseded(struct bw_doc_range range, size_t i);
struct bw_doc_range expo_kind(const struct bw_exposure *e, const char *group, const char *kind);
const struct bw_doc *expo_find(const struct bw_exposure *e, const char *group, const char *kind, struct bw_str ns, struct bw_str name);
/* A field's number; otherwise when it is none between 0 and UINT32_MAX. */
uint32_t expo_number(struct bw_value map, const char *field, uint32_t otherwise);
/* TCP, where the field is not there; _BW_PROTOCOL_MAX: another one. */
enum bw_protocol expo_protocol(struct bw_value map, const char *field);
bool expo_true(struct bw_value map, const char *field);

/* Pods in a namespace that have all of the labels; at counts from 0. NULL at the end. */
const struct expo_item *expo_select(const struct bw_exposure *e, struct bw_str ns, struct bw_value labels, size_t *at);

/* Backends of number `index` of a Service's ports. */
BW_CHECK int expo_port_backends(struct bw_exposure *e, const struct bw_doc *service, struct bw_value port, uint32_t index,
                                const struct bw_backend **ret, uint32_t *ret_n);
/* of: which ports: a number, or a name where name.n; neither: all. target: the number or name is that of the target port. */
struct expo_ask {
        uint32_t number;
        struct bw_str name;
        bool target;
};
/* Adds a way for each port of the Service that is asked for; way has everything but service, backends (and the port, where
 * it is 0 the Service's). Nothing is added where nothing is reached. */
BW_CHECK int expo_add_through(struct bw_exposure *e, struct bw_way *way, const struct bw_doc *service, const struct expo_ask *ask);
/* Several paths of a host mostly lead to one Service: one way is enough. Of the ways from `first` on. */
void expo_drop_repeated(struct bw_exposure *e, size_t first);
BW_CHECK int expo_add(struct bw_exposure *e, const struct bw_way *way);
/* Sorted, each once, in the arena. */
BW_CHECK int expo_settle(struct bw_exposure *e, struct expo_list *list, const struct bw_backend **ret, uint32_t *ret_n);
BW_CHECK int expo_push(struct bw_exposure *e, struct expo_list *list, const struct expo_item *item, enum bw_protocol protocol, uint32_t port);

/* Scopes: exposure_scope.c. */
bool expo_is_public(struct bw_str address);
void expo_learn_nodes(struct bw_exposure *e);
void expo_service_scope(const struct bw_doc *service, struct bw_way *way);
BW_CHECK int expo_source_ranges(struct bw_exposure *e, const struct bw_doc *service, struct bw_way *way);
/* An internal gateway, load balancer or class by its annotations. */
bool expo_says_internal(struct bw_value annotations);
/* What limits who may come, by annotations, outside of the cluster; NULL: nothing does. */
const char *expo_limit_of(const struct bw_doc *doc);

/* Controllers of Ingresses and Gateways, and their pods: exposure_controller.c. */
BW_CHECK int expo_find_controllers(struct bw_exposure *e);
/* Fills proxied, proxies, scope, at_most for an Ingress's class. */
void expo_ingress_controller(const struct bw_exposure *e, const struct bw_doc *ingress, struct bw_way *way);
void expo_router(const struct bw_exposure *e, struct bw_way *way);
/* The same for a Gateway's: its own pods where it has some. */
BW_CHECK int expo_gateway_controller(struct bw_exposure *e, const struct bw_doc *gateway, struct bw_way *way);
/* Distinct workloads of pods with these labels: in a namespace, or (empty) anywhere. */
BW_CHECK int expo_workloads_with(struct bw_exposure *e, struct bw_str ns, struct bw_value labels, const uint32_t **ret, uint32_t *ret_n);

/* The kinds of entries. */
BW_CHECK int expo_read_ingresses(struct bw_exposure *e);
BW_CHECK int expo_read_gateways(struct bw_exposure *e);
BW_CHECK int expo_read_istio(struct bw_exposure *e);

#endif
