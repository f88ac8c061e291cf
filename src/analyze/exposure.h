/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exposure: the ways that lead to workloads from outside of the pod network: Services with their node ports, load balancers and
 * external addresses, Ingresses, OpenShift's Routes, Gateways of the Gateway API and of Istio, ports of the hosts. A way is what
 * the objects say; whether network policies let it through is asked of netpol (analyze/reach.h does).
 * Ownership: what is given lives in the arena; documents are borrowed.
 * Errors: -ENOMEM, -E2BIG for more than BW_LIMIT_WAYS. What is malformed leads nowhere and is left out.
 * Threads: immutable once built.
 * Source: Kubernetes API reference (Service, EndpointSlice, Ingress, Pod); pkg/registry/core/service; OpenShift route/v1;
 *         gateway-api.sigs.k8s.io spec (Gateway, routes, ReferenceGrant); istio.io Gateway and VirtualService references;
 *         the clouds' pages on annotations of load balancers, named in exposure_scope.c.
 */
#ifndef BW_ANALYZE_EXPOSURE_H
#define BW_ANALYZE_EXPOSURE_H

#include "analyze/netpol.h"

struct bw_exposure;

enum bw_way_type {
        BW_WAY_LOAD_BALANCER,
        BW_WAY_NODE_PORT,
        BW_WAY_EXTERNAL_IP,
        BW_WAY_HOST_PORT,
        BW_WAY_HOST_NETWORK,
        BW_WAY_INGRESS,
        BW_WAY_ROUTE,         /* OpenShift */
        BW_WAY_GATEWAY,       /* Gateway API */
        BW_WAY_ISTIO,
        _BW_WAY_MAX,
};
/* "LoadBalancer", "NodePort" … */
const char *bw_way_name(enum bw_way_type type);

/* Who can come to the entry of a way, policies aside. */
enum bw_way_scope {
        BW_SCOPE_CLUSTER,     /* pods only */
        BW_SCOPE_PRIVATE,     /* the network around the nodes: internal load balancers, nodes without public addresses */
        BW_SCOPE_INTERNET,
};

/* A port of pods of one class of a workload. */
struct bw_backend {
        uint32_t workload;    /* number in bw_netpol_workloads() */
        uint32_t class;
        uint16_t port;
        uint8_t protocol;     /* enum bw_protocol */
};

struct bw_way {
        enum bw_way_type type;
        enum bw_way_scope scope;
        bool proxied;         /* a controller's pods connect for the clients: policies see those */
        bool node_seen;       /* policies may see a node's address in place of the client's */
        const char *at_most;  /* NULL, or the reason why fewer than the scope says may come */
        const struct bw_doc *entry;   /* the Service, Ingress, Route, Gateway or Pod that opens it */
        const struct bw_doc *route;   /* HTTPRoute, VirtualService …; NULL: there is none between */
        const struct bw_doc *service; /* through which it leads; NULL: straight to the pods */
        struct bw_str host;   /* name under which it is asked for; may be empty: any */
        uint16_t port;        /* of the entry; 0: not known */
        uint8_t protocol;
        const struct bw_address_range *sources; /* only these may come; n_sources = 0: all of the scope */
        uint32_t n_sources;
        const uint32_t *proxies; /* workloads of the controller; n_proxies = 0 of a proxied way: its pods were not found */
        uint32_t n_proxies;
        const struct bw_backend *backends; /* sorted, each once */
        uint32_t n_backends;
};

/* What objects of these kinds say is looked at. */
bool bw_exposure_looks(struct bw_str group, struct bw_str kind);
/* Those kinds one by one; false past the last. */
bool bw_exposure_kind_at(size_t i, struct bw_str *ret_group, struct bw_str *ret_kind);

BW_CHECK int bw_exposure_new(struct bw_arena *arena, const struct bw_inventory *inventory, const struct bw_netpol *netpol,
                             struct bw_exposure **ret, struct bw_error *reterr);
/* All ways, by kind of entry. */
const struct bw_way *bw_exposure_ways(const struct bw_exposure *exposure, size_t *ret_n);

/* Where connections to a port of a Service end; port 0: of all its ports. -ENOMEM. */
BW_CHECK int bw_exposure_service(struct bw_exposure *exposure, const struct bw_doc *service, enum bw_protocol protocol, uint16_t port,
                                 const struct bw_backend **ret, size_t *ret_n, struct bw_error *reterr);

/* "Ingress shop/web, host shop.example, Service shop/web": in the arena. p is NULL when memory is used up. */
struct bw_str bw_way_text(struct bw_arena *arena, const struct bw_way *way);

#endif
