/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address_internal: IP addresses and networks, as the ip and cidr libraries share them.
 * Ownership: plain values; error texts are static. Threads: pure functions.
 * Source: Go's net/netip as k8s.io/apiserver pkg/cel/library/{ip,cidr}.go use it: no zones, no IPv4-mapped addresses.
 */
#ifndef BW_CEL_LIB_ADDRESS_INTERNAL_H
#define BW_CEL_LIB_ADDRESS_INTERNAL_H

#include "cel/library.h"

struct bw_address {
        uint8_t bytes[16]; /* IPv4: the first four */
        uint8_t size;      /* 4 or 16 */
};

/* 0, or -EINVAL with a static text. */
BW_CHECK int bw_address_parse(struct bw_str text, struct bw_address *ret, const char **ret_why);
/* Canonical text (RFC 5952); returns its length. */
#define BW_ADDRESS_TEXT 40
size_t bw_address_format(const struct bw_address *a, char out[BW_ADDRESS_TEXT]);

struct bw_ip {
        struct bw_opaque base;
        struct bw_address address;
};
struct bw_cidr {
        struct bw_opaque base;
        struct bw_address address;
        uint8_t bits;
};
extern const struct bw_opaque_class bw_ip_class, bw_cidr_class;
extern const struct bw_cel_type bw_ip_type, bw_cidr_type;

struct bw_value bw_ip_value(const struct bw_cel_call *call, const struct bw_address *address);
/* Bytes of an address or of a prefix, for costs; 1 for other values. */
uint64_t bw_address_size(struct bw_value v);

#endif
