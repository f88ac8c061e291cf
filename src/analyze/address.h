/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address: IP addresses and ranges of them as texts, and whether they are routed on the Internet.
 * Ownership: values. Threads: pure.
 * Source: RFC 4291, 4632, 5952; the registries of special-purpose addresses (RFC 6890).
 */
#ifndef BW_ANALYZE_ADDRESS_H
#define BW_ANALYZE_ADDRESS_H

#include "analyze/netpol.h"

struct bw_buf;

/* An address or a CIDR. */
bool bw_address_range_parse(struct bw_str text, struct bw_address_range *ret);
bool bw_address_is_public(const struct bw_address *address);
/* All of the range's addresses are private, link-local and the like. */
bool bw_address_range_is_private(const struct bw_address_range *range);
int bw_address_cmp(const struct bw_address *a, const struct bw_address *b); /* all of IPv4 before all of IPv6 */
/* "10.0.0.1", "10.0.0.0/8", "10.0.0.1-10.0.0.9", "::/0". */
void bw_address_range_text(struct bw_buf *out, const struct bw_address_range *range);

#endif
