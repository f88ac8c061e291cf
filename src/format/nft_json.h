/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nft_json: nftables' ruleset as libnftables writes it in JSON: chains with their rules in order, named sets.
 * Statements and expressions stay the values they are; analyze/firewall.h asks them.
 *
 * Pure. Ownership: everything lives in the arena; bw_nft_read() may be called for several texts, which add up.
 * Errors: -EINVAL: no JSON of nftables; -E2BIG, -ENOMEM. Objects of other kinds are passed over. Threads: pure.
 * Source: libnftables-json(5).
 */
#ifndef BW_FORMAT_NFT_JSON_H
#define BW_FORMAT_NFT_JSON_H

#include "value/value.h"

struct bw_arena;
struct bw_error;

struct bw_nft_chain {
        struct bw_str family; /* "ip", "ip6", "inet", "bridge", "arp", "netdev" */
        struct bw_str table;
        struct bw_str name;
        struct bw_str type;   /* "filter", "nat", "route"; empty: no base chain */
        struct bw_str hook;   /* "input", "forward", … */
        struct bw_str policy; /* "accept", "drop"; empty: no base chain, or accept */
        int64_t priority;
        const struct bw_value **rules; /* lists of statements */
        size_t n_rules, rules_cap;
};
struct bw_nft_set {
        struct bw_str family, table, name;
        struct bw_value elements; /* a list; ABSENT: none */
};
struct bw_nft_ruleset {
        struct bw_nft_chain *chains;
        size_t n_chains, chains_cap;
        struct bw_nft_set *sets;
        size_t n_sets, sets_cap;
};

BW_CHECK int bw_nft_read(struct bw_arena *arena, struct bw_str json, struct bw_nft_ruleset *ruleset,
                         struct bw_error *reterr);
const struct bw_nft_chain *bw_nft_chain_find(const struct bw_nft_ruleset *ruleset, struct bw_str family,
                                             struct bw_str table, struct bw_str name);
const struct bw_nft_set *bw_nft_set_find(const struct bw_nft_ruleset *ruleset, struct bw_str family, struct bw_str table,
                                         struct bw_str name);

#endif
