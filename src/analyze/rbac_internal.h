/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac (internal): roles and bindings as its files share them.
 * Ownership: in the arena of the bw_rbac. Threads: immutable once built.
 */
#ifndef BW_ANALYZE_RBAC_INTERNAL_H
#define BW_ANALYZE_RBAC_INTERNAL_H

#include "analyze/list_internal.h"
#include "analyze/rbac.h"

struct rbac_role {
        size_t object;              /* its number */
        struct bw_value value;
        struct bw_str ns;           /* "" of a ClusterRole */
        struct bw_str name;
        bool is_cluster;
        struct bw_value rules;      /* list, as written */
        struct bw_value expanded;   /* list, filled in */
        bool is_aggregated;
};

struct rbac_binding {
        size_t object;
        struct bw_str ns;           /* "" of a ClusterRoleBinding */
        struct bw_str name;
        bool is_cluster;
        struct bw_value subjects;   /* list */
        const struct rbac_role *role; /* NULL: not there */
};

/* A table of bindings by namespace: those of one are neighbours, in the order of objects. */
struct bw_rbac {
        struct bw_arena *arena;
        const struct bw_value *objects;
        struct rbac_role *roles;
        size_t n_roles;
        struct rbac_binding *cluster_bindings;
        size_t n_cluster_bindings;
        struct rbac_binding *bindings;  /* by namespace, stable */
        size_t n_bindings;
        const struct rbac_role **by_name; /* roles by namespace and name */
};

/* ns "" finds a ClusterRole; NULL when there is none. */
const struct rbac_role *rbac_find_role(const struct bw_rbac *rbac, struct bw_str ns, struct bw_str name);
/* The role that a binding in ns names; NULL when it is not there or no role at all. */
const struct rbac_role *rbac_role_of(const struct bw_rbac *rbac, struct bw_value role_ref, struct bw_str ns);

/* The bindings of a namespace. */
const struct rbac_binding *rbac_bindings_in(const struct bw_rbac *rbac, struct bw_str ns, size_t *ret_n);

/* Whether one entry of a rule's resources, or of its nonResourceURLs, is for the request. */
bool rbac_resource_matches(struct bw_str pattern, const struct bw_rbac_request *request);
bool rbac_path_matches(struct bw_str pattern, struct bw_str path);
/* Whether the binding is for the user. */
bool rbac_binds(const struct rbac_binding *binding, const struct bw_rbac_user *user);

BW_CHECK int rbac_aggregate(struct bw_rbac *rbac, struct bw_error *reterr);

#endif
