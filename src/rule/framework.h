/* SPDX-License-Identifier: Apache-2.0 */
/*
 * framework: controls of a published standard and the rules that check them (kind Framework, rules/frameworks).
 * Ownership: everything lives as long as the catalog. Threads: as for loading a catalog.
 * Source: docs/rules.md "Frameworks".
 */
#ifndef BW_RULE_FRAMEWORK_H
#define BW_RULE_FRAMEWORK_H

#include "value/value.h"

struct bw_catalog;
struct bw_error;

struct bw_framework_control {
        struct bw_str id;
        struct bw_str title;
        const struct bw_str *rules; /* ids */
        size_t n_rules;
        struct bw_str no_rule;      /* why no rule checks it; empty when n_rules > 0 */
};
struct bw_framework {
        struct bw_str name;         /* "pss-baseline" */
        struct bw_str title;
        struct bw_str reference;    /* URL */
        struct bw_str controls_of;  /* its controls are those of this framework; else empty */
        bool is_peer;               /* another tool's checks: for its users, and for its ignore annotations */
        const struct bw_framework_control *controls;
        size_t n_controls;
};

/* All frameworks of the catalog, by name (those compiled in after bw_catalog_add_builtin). */
BW_CHECK int bw_catalog_frameworks(struct bw_catalog *catalog, const struct bw_framework **ret, size_t *ret_n,
                                   struct bw_error *reterr);

#endif
