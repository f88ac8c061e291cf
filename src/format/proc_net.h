/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc_net: the kernel's tables of sockets: /proc/net/tcp, tcp6, udp, udp6 and sctp/eps, and its routes (/proc/net/route).
 * Only sockets that wait for somebody: TCP in state LISTEN, UDP without a peer, SCTP endpoints.
 *
 * Pure. Ownership: everything lives in the arena. Errors: -ENOMEM, -E2BIG past BW_LIMIT_LISTENERS; lines that are none of
 * the table's are passed over, as a kernel may add columns. Threads: pure.
 * Source: linux net/ipv4/tcp_ipv4.c get_openreq4/get_tcp4_sock, net/ipv4/udp.c udp4_format_sock, net/ipv6/tcp_ipv6.c,
 *         net/sctp/proc.c, net/ipv4/fib_trie.c fib_route_seq_show; include/net/tcp_states.h.
 */
#ifndef BW_FORMAT_PROC_NET_H
#define BW_FORMAT_PROC_NET_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_socket {
        const char *protocol; /* "tcp", "udp", "sctp" */
        int family;           /* 4, 6 */
        uint8_t address[16];  /* in the order of the network; 4 bytes for family 4 */
        uint16_t port;
        uint32_t uid;
        uint64_t inode;
};
struct bw_sockets {
        struct bw_socket *items;
        size_t n, cap;
};
enum bw_socket_table {
        BW_SOCKETS_TCP,
        BW_SOCKETS_TCP6,
        BW_SOCKETS_UDP,
        BW_SOCKETS_UDP6,
        BW_SOCKETS_SCTP,
        _BW_SOCKETS_MAX,
};
/* Path below /proc/net. */
const char *bw_socket_table_name(enum bw_socket_table table);

/* Adds the sockets of one table. The last line may be cut. */
BW_CHECK int bw_sockets_read(struct bw_arena *arena, enum bw_socket_table table, struct bw_str text,
                             struct bw_sockets *sockets, struct bw_error *reterr);

bool bw_address_is_loopback(int family, const uint8_t *address);
bool bw_address_is_any(int family, const uint8_t *address);
/* "10.0.0.1", "::", as inet_ntop() writes it. IPv4 inside IPv6 (::ffff:…) as IPv4. */
struct bw_str bw_address_text(struct bw_arena *arena, int family, const uint8_t *address);
/* The reverse; 0, 4 or 6. */
int bw_address_read(struct bw_str text, uint8_t *ret);

/* The interface of the route that an IPv4 address takes by /proc/net/route: longest prefix; empty: none. */
struct bw_str bw_route_find(struct bw_str table, const uint8_t address[4], bool *ret_is_default);

#endif
