/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_gaps: what is wrong with network policies as a whole: those that select nothing, that allow nothing others do not allow, that
 * name labels nobody has while a similar one is there; and whether the network plugin enforces any.
 * Ownership: in the arena; documents are borrowed. Errors: -ENOMEM. Threads: pure.
 * Source: Kubernetes NetworkPolicy API reference; the plugins' documentation named in net_plugin.c.
 */
#ifndef BW_ANALYZE_NET_GAPS_H
#define BW_ANALYZE_NET_GAPS_H

#include "analyze/netpol.h"

struct bw_arena;

enum bw_gap_type {
        BW_GAP_SELECTS_NOTHING,
        BW_GAP_SHADOWED,         /* each of its rules is in others that hold for the same pods */
        BW_GAP_TYPO,             /* a label that nobody has, where a similar one is there */
        _BW_GAP_MAX,
};

struct bw_policy_gap {
        enum bw_gap_type type;
        const struct bw_doc *policy;
        const struct bw_doc *by; /* SHADOWED: a policy that allows the same */
        struct bw_str path;      /* in the policy: "spec.ingress[0].from[1].podSelector.matchLabels.app" */
        struct bw_str text;      /* "no pod of the namespace has app=reports; did you mean app=report?" */
};

/* By policy, in the order of the inventory. */
BW_CHECK int bw_net_policy_gaps(struct bw_arena *arena, const struct bw_inventory *inventory, const struct bw_netpol *netpol,
                                const struct bw_policy_gap **ret, size_t *ret_n, struct bw_error *reterr);

/* The network plugin, as its pods show it. */
struct bw_net_plugin {
        const char *name;        /* "flannel"; NULL: none was seen */
        const struct bw_doc *doc;
        enum { BW_PLUGIN_UNKNOWN, BW_PLUGIN_ENFORCES, BW_PLUGIN_IGNORES } verdict;
        const char *why;         /* of IGNORES */
};
struct bw_net_plugin bw_net_plugin(const struct bw_inventory *inventory);

#endif
