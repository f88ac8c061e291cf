/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connections: every pair of workloads that policies let connect, and on which ports; addresses outside as ranges. Made
 * destination by destination, so that nothing but one destination's rows is held.
 * Ownership: what a sink is given lives until it returns. Errors: -E2BIG past BW_LIMIT_NET_PAIRS pairs or BW_LIMIT_NET_ROWS rows,
 *         -ENOMEM, what the sink gives. Threads: pure.
 * Source: netpol.h.
 */
#ifndef BW_ANALYZE_CONNECTIONS_H
#define BW_ANALYZE_CONNECTIONS_H

#include "analyze/reach.h"

struct bw_connection_end {
        enum { BW_CONNECTION_WORKLOAD, BW_CONNECTION_RANGES, BW_CONNECTION_ALL } type; /* ALL: all workloads that were asked for */
        uint32_t workload;
        const struct bw_address_range *ranges; /* joined */
        size_t n_ranges;
};

struct bw_connection {
        struct bw_connection_end from, to;
        struct bw_ports ports;
        bool at_most;
        bool partly;              /* for some of the workload's pods only */
};

struct bw_connections_query {
        const uint8_t *from, *to; /* by workload: 1 if it is meant; NULL: all */
        bool either;              /* one of the two ends is enough */
        bool outside;             /* addresses, too */
        bool fold;                /* a row with ALL where every other workload reaches one in the same way */
};

typedef int (*bw_connection_sink)(void *userdata, const struct bw_connection *connection, struct bw_error *reterr);
BW_CHECK int bw_connections_each(const struct bw_netpol *netpol, const struct bw_reach *reach, const struct bw_connections_query *query,
                                 bw_connection_sink sink, void *userdata, struct bw_error *reterr);

/* Every address that there is. */
bool bw_connection_is_everywhere(const struct bw_connection_end *end);

#endif
