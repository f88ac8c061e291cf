/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpol_check (internal): what the API server refuses of policies. Each function reports through net_problem() at a path that it
 * is given.
 * Ownership: borrows. Threads: one builder, one thread.
 * Source: k8s.io/kubernetes pkg/apis/networking/validation, k8s.io/apimachinery pkg/apis/meta/v1/validation and pkg/util/validation.
 */
#ifndef BW_ANALYZE_NETPOL_CHECK_INTERNAL_H
#define BW_ANALYZE_NETPOL_CHECK_INTERNAL_H

#include "analyze/netpol_internal.h"

/* A path that grows and shrinks as a policy is walked. */
struct net_path {
        char text[256];
        size_t n;
};
/* Adds ".name" or "[index]"; gives what to pass to net_path_back(). */
size_t net_path_in(struct net_path *path, const char *name);
size_t net_path_at(struct net_path *path, uint32_t index);
void net_path_back(struct net_path *path, size_t n);

/* A field that is there must be of this type (null counts as not there). False, and reported: it is not. */
bool net_check_type(struct net_builder *b, const struct net_path *path, struct bw_value v, enum bw_type type);
/* The list in a field, each item a map or null; an empty list, and reported, when it is none. */
struct bw_value net_check_list(struct net_builder *b, struct net_path *path, struct bw_value map, const char *field, enum bw_type type);

/* strict: keys and values as labels must be. Custom resources are not looked at that closely. */
void net_check_selector(struct net_builder *b, struct net_path *path, struct bw_value selector, bool strict);
void net_check_cidr(struct net_builder *b, const struct net_path *path, struct bw_value text, struct net_ip_range *ret, unsigned *ret_bits);
void net_check_port_number(struct net_builder *b, const struct net_path *path, struct bw_value port);

#endif
