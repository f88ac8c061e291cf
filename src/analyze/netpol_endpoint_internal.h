/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpol_endpoint (internal): endpoints while they are collected and grouped.
 * Ownership: in the builder's scratch arena. Threads: one builder, one thread.
 */
#ifndef BW_ANALYZE_NETPOL_ENDPOINT_INTERNAL_H
#define BW_ANALYZE_NETPOL_ENDPOINT_INTERNAL_H

#include "analyze/netpol_internal.h"

struct net_asked_key {
        struct bw_value key;
        bool whole;                     /* its values are looked into */
};
struct net_asked_value {
        uint32_t key;
        struct bw_str text;
};

/* Keys and values that expressions ask of pods' labels. */
struct net_asked {
        unsigned scopes;                /* that any expression looks at */
        struct net_asked_key *keys;
        uint32_t n_keys;
        uint32_t *key_slots;
        size_t key_mask;
        struct net_asked_value *values;
        size_t n_values, cap_values;
        uint32_t *value_slots;
        size_t value_mask;
        uint64_t *words;
        size_t cap_words;
};
/* NONE: nothing asks for it. */
uint32_t net_asked_key(const struct net_asked *asked, struct bw_value key);
/* From 1; 0: it is not asked for. */
uint32_t net_asked_value(const struct net_asked *asked, uint32_t key, struct bw_str text);

struct net_member { /* a pod or template of a workload */
        const struct bw_doc *doc;
        uint32_t endpoint;
        uint32_t workload;
};

struct net_world {
        struct net_asked asked;
        uint64_t *const *words;         /* of each endpoint: number of a key, number of its value */
        const uint32_t *n_words;
        const struct net_member *members;
        size_t n_members;
};

uint32_t net_piece_of(const struct bw_netpol *np, const struct net_ip *ip);
void net_collect_endpoints(struct net_builder *b, struct net_world *ret);
/* Which endpoints are in which wheres, and which are in the same ones. */
void net_form_behaviours(struct net_builder *b, const struct net_world *world);
void net_form_classes(struct net_builder *b, const struct net_world *world);

#endif
