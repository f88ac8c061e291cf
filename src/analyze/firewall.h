/* SPDX-License-Identifier: Apache-2.0 */
/*
 * firewall: what a ruleset of nftables does with the first packet of a connection: lets everybody pass, some, or nobody.
 * Rules that iptables-nft made count as well, as far as they are nftables' own expressions; an extension of xtables that
 * decides makes the answer "unknown".
 *
 * Pure. Ownership: borrows the ruleset. Errors: none; what cannot be told is BW_REACH_UNKNOWN. Threads: pure.
 * Source: nft(8): chains of one hook run in the order of their priorities, accept ends one chain, drop ends all.
 */
#ifndef BW_ANALYZE_FIREWALL_H
#define BW_ANALYZE_FIREWALL_H

#include "format/nft_json.h"

enum bw_reach {
        BW_REACH_OPEN,    /* everybody */
        BW_REACH_UNKNOWN, /* a rule that cannot be read decides */
        BW_REACH_LIMITED, /* some: by address or interface */
        BW_REACH_CLOSED,  /* nobody */
};
const char *bw_reach_text(enum bw_reach reach);

struct bw_packet {
        const char *hook;       /* "input", "forward" */
        int family;             /* 4, 6 */
        const char *protocol;   /* "tcp", "udp", "sctp" */
        uint16_t port;          /* destination */
        const char *address;    /* destination; NULL: one of this machine's */
};
/* Packets from outside, of a source that no rule knows by name. */
enum bw_reach bw_firewall_reach(const struct bw_nft_ruleset *ruleset, const struct bw_packet *packet);
/* True if some chain of the hook and family filters. */
bool bw_firewall_filters(const struct bw_nft_ruleset *ruleset, const char *hook, int family);
/* Made by iptables-nft: its names are in capitals, and nobody else's are. */
bool bw_firewall_is_iptables(const struct bw_nft_chain *chain);

#endif
