/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ports: what is known of a port of a node: data/ports.tsv.
 * Ownership: static data. Threads: immutable.
 */
#ifndef BW_NODE_PORTS_H
#define BW_NODE_PORTS_H

#include "base/base.h"

struct bw_port_info {
        uint16_t from, to;
        const char *protocol;
        const char *role;     /* "any", "control-plane", "etcd" */
        const char *name;
        const char *programs; /* separated by blanks; "" : the kernel's own */
        const char *exposure; /* "public", "nodes", "local", "never" */
};
/*
 * The row for a port: the one that names the program, if it is known (empty: unknown). roles: bits of enum bw_node_role of
 * the machine. False: nothing is known of it there.
 */
bool bw_port_find(const char *protocol, uint16_t port, struct bw_str program, unsigned roles, struct bw_port_info *ret);
/* Row number i; false past the last one. */
bool bw_port_row(size_t i, struct bw_port_info *ret);

#endif
