/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_rows: connections as texts, sorted: what verbs list, draw and compare.
 * Ownership: rows live in the inputs' arena; bw_net_rows_done() releases the list. Errors: -ENOMEM.
 * Threads: the first thread only.
 */
#ifndef BW_CLI_NET_ROWS_H
#define BW_CLI_NET_ROWS_H

#include "analyze/connections.h"
#include "cli/net_inputs.h"

struct bw_net_row {
        struct bw_str from, to, ports;        /* "shop/Deployment/web", "all workloads", "10.0.0.0/8"; "TCP 80, at most" */
        struct bw_connection_end from_end, to_end;
        struct bw_ports allowed;
        bool at_most, partly;
};

struct bw_net_rows {
        const struct bw_net_inputs *inputs;
        struct bw_net_row *items;
        size_t n, cap;
};

/* A sink of connections: userdata is a struct bw_net_rows. */
BW_CHECK int bw_net_rows_add(void *userdata, const struct bw_connection *connection, struct bw_error *reterr);
/* By the names of the ends. */
void bw_net_rows_sort(struct bw_net_rows *rows);
void bw_net_rows_done(struct bw_net_rows *rows);
/* Order of two rows' ends. */
int bw_net_rows_compare(const struct bw_net_row *a, const struct bw_net_row *b);

struct bw_emit;
void bw_emit_net_row(struct bw_emit *e, const struct bw_net_rows *rows, const struct bw_net_row *row);

#endif
