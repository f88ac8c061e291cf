/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach: what comes to workloads in the end: the ways of exposure.h as far as network policies let them through, and what pods of
 * other namespaces, the metadata address and the cluster's name service are to a workload.
 * Ownership: in the arena; the netpol and the exposure are borrowed. Errors: -ENOMEM, -E2BIG of the arena.
 * Threads: immutable once built; questions take a scratch arena.
 * Source: kubernetes.io "Using Source IP" (what policies see behind a Service), netpol.h, exposure.h; the clouds' pages on the
 *         metadata service (169.254.169.254, fd00:ec2::254).
 */
#ifndef BW_ANALYZE_REACH_H
#define BW_ANALYZE_REACH_H

#include "analyze/exposure.h"

struct bw_reach;

/* Objects of these kinds are looked at by what is in here, the policies' among them. */
bool bw_network_looks(struct bw_str group, struct bw_str kind);
/* Those kinds one by one, without the ones that are looked at for the pods in them; false past the last. */
bool bw_network_kind_at(size_t i, struct bw_str *ret_group, struct bw_str *ret_kind);

/* A way that really leads to a port of a workload. */
struct bw_reach_way {
        uint32_t workload;
        uint32_t way;            /* number in bw_exposure_ways() */
        uint16_t port;           /* of the pods */
        uint8_t protocol;
        enum bw_way_scope scope; /* who comes this way: that of the way, or of the controller's own pods */
        bool partly;             /* policies let in some of these addresses only, or lead to some of its pods only */
        bool at_most;
        const char *why;         /* at most or partly: the reason; else NULL */
};

BW_CHECK int bw_reach_new(struct bw_arena *arena, const struct bw_netpol *netpol, const struct bw_exposure *exposure,
                          struct bw_reach **ret, struct bw_error *reterr);
/* Ways to a workload: the widest scope first. */
const struct bw_reach_way *bw_reach_ways(const struct bw_reach *reach, uint32_t workload, size_t *ret_n);
/* Who can come to a workload at all, for certain (not partly, not at most). */
enum bw_way_scope bw_reach_scope(const struct bw_reach *reach, uint32_t workload);

enum bw_reach_source {
        BW_REACH_OTHER_NAMESPACES,
        BW_REACH_ANYONE,          /* pods of any namespace and addresses outside */
};
/*
 * The ports of a class that some of those sources can reach, taken together. Sources are tried until more would not add to it,
 * a few for each rule that lets some in: nothing is claimed that no source can do.
 */
BW_CHECK int bw_reach_ports(const struct bw_reach *reach, uint32_t class, enum bw_reach_source source, struct bw_arena *arena,
                            struct bw_ports *ret, bool *ret_at_most, struct bw_error *reterr);

/* An end that is no workload: all of the addresses that are routed on the Internet, the metadata service, the nodes. */
enum bw_reach_place { BW_REACH_INTERNET, BW_REACH_METADATA, BW_REACH_NODES };
enum bw_reach_share { BW_REACH_NONE, BW_REACH_SOME, BW_REACH_ALL, BW_REACH_UNKNOWN };
/* Whether addresses of a place can send to a class, or (outward) the class to them: to any port where port is 0. */
BW_CHECK int bw_reach_share(const struct bw_reach *reach, uint32_t class, bool outward, enum bw_reach_place place, enum bw_protocol protocol,
                            uint16_t port, struct bw_arena *arena, enum bw_reach_share *ret, bool *ret_at_most, struct bw_error *reterr);

/* Whether no policy of any sort holds for a class in a direction. */
bool bw_reach_is_free(const struct bw_reach *reach, uint32_t class, bool ingress);

/* The cluster's name service. */
struct bw_reach_dns {
        const struct bw_doc *service;      /* NULL: it was not seen */
        const struct bw_backend *backends;
        size_t n_backends;
};
struct bw_reach_dns bw_reach_dns(const struct bw_reach *reach);
/* Whether a class can ask it. True where it was not seen. */
BW_CHECK int bw_reach_can_resolve(const struct bw_reach *reach, uint32_t class, struct bw_arena *arena, bool *ret, struct bw_error *reterr);

#endif
