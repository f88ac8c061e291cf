/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac_usage: rights held against their use: what bindings grant and nobody used, and the smallest roles that allow what a
 * subject did.
 * Ownership: what is given lives in the arena; it borrows usage and roles. Errors: -ENOMEM. Threads: pure.
 * Source: analyze/rbac.h; kubernetes.io/docs/concepts/security/rbac-good-practices (least privilege).
 */
#ifndef BW_ANALYZE_RBAC_USAGE_H
#define BW_ANALYZE_RBAC_USAGE_H

#include "analyze/audit_usage.h"

/* A rule that a binding grants, in part or as a whole without use. */
struct bw_rbac_unused {
        size_t binding, role;         /* numbers of objects, as in grants */
        uint32_t rule;
        bool whole_binding;           /* no rule of it was used: told once, rule counts from 0 */
        bool whole_rule;
        bool subject_seen;            /* somebody whom the binding is for did something */
        const struct bw_str *verbs;   /* of the rule, those without use; with "*": see used */
        size_t n_verbs;
        const struct bw_str *resources; /* "apps/deployments", or URLs */
        size_t n_resources;
        const struct bw_str *used;    /* verbs that were used of a rule with "*" */
        size_t n_used;
};
/* In the order of bindings. Kubernetes' own roles and bindings (names with system:, its bootstrapping label) are left out. */
BW_CHECK int bw_rbac_unused(const struct bw_rbac *rbac, const struct bw_usage *usage, struct bw_arena *arena,
                            struct bw_rbac_unused **ret, size_t *ret_n, struct bw_error *reterr);

struct bw_rbac_generate_options {
        struct bw_str name;           /* of the roles */
        bool names;                   /* with resourceNames, where they hold */
        const struct bw_rbac *beside; /* only what these do not allow; NULL: all */
};
/* Roles, ClusterRoles and their bindings as manifests, by namespace, cluster-wide ones first. */
BW_CHECK int bw_rbac_generate(struct bw_arena *arena, const struct bw_usage_user *user,
                              const struct bw_rbac_generate_options *options, struct bw_value **ret, size_t *ret_n,
                              struct bw_error *reterr);

#endif
