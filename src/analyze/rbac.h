/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac: authorization as Kubernetes' RBAC authorizer decides it, over the Roles, ClusterRoles and bindings of a cluster;
 * who can do something; and whether somebody may write a role or binding (escalation).
 * Ownership: a bw_rbac and what it gives live in the arena; it borrows the objects' values.
 * Errors: an object that is no RBAC object is left out; negative only for -ENOMEM. Threads: immutable once built.
 * Source: k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation (rule.go,
 *         policy_compact.go), pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased,
 *         pkg/controller/clusterroleaggregation, pkg/apis/rbac/validation; k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go.
 */
#ifndef BW_ANALYZE_RBAC_H
#define BW_ANALYZE_RBAC_H

#include "value/value.h"

struct bw_arena;
struct bw_buf;
struct bw_error;
struct bw_rbac;

struct bw_rbac_user {
        struct bw_str name;
        const struct bw_str *groups;  /* all of them: those of a service account are not derived from its name */
        size_t n_groups;
};

struct bw_rbac_request {
        struct bw_rbac_user user;
        struct bw_str verb;
        bool is_resource;             /* else only path counts */
        struct bw_str ns;             /* "" = cluster-wide, or all namespaces */
        struct bw_str group;
        struct bw_str resource;
        struct bw_str subresource;
        struct bw_str name;
        struct bw_str path;
};

/* objects: manifests of Role, ClusterRole, RoleBinding, ClusterRoleBinding, borrowed; others are left out. Aggregated ClusterRoles
 * get the rules that the controller would give them. */
BW_CHECK int bw_rbac_new(struct bw_arena *arena, const struct bw_value *objects, size_t n_objects, struct bw_rbac **ret,
                         struct bw_error *reterr);

struct bw_rbac_subject {
        struct bw_str kind;           /* User, Group, ServiceAccount */
        struct bw_str name;
        struct bw_str ns;             /* as the binding names it */
};

/* Why a request is allowed: a subject of a binding, and a rule of its role. */
struct bw_rbac_grant {
        size_t binding;               /* numbers of objects, as given to bw_rbac_new */
        size_t role;
        uint32_t rule;                /* of the role, expanded */
        struct bw_rbac_subject subject;
};

struct bw_rbac_answer {
        bool allowed;
        bool unresolved;              /* a binding that holds for the user names a role that is not there */
        struct bw_rbac_grant grant;   /* the first one, when allowed: ClusterRoleBindings before RoleBindings */
};
/* expanded: with the rules of aggregated roles filled in; else as they are written, which is what the authorizer sees. */
struct bw_rbac_answer bw_rbac_decide(const struct bw_rbac *rbac, const struct bw_rbac_request *request, bool expanded);

/* Calls each for every binding (number of its object) that holds for the user in the namespace and names a role that is not there. */
BW_CHECK int bw_rbac_broken_bindings(const struct bw_rbac *rbac, const struct bw_rbac_user *user, struct bw_str ns,
                                     int (*each)(void *userdata, size_t binding), void *userdata);

/* ---- in the words of Kubernetes' authorizer */

/* `RoleBinding "dev/shop" of Role "reader" to User "alice"` */
void bw_rbac_grant_text(const struct bw_rbac *rbac, const struct bw_rbac_grant *grant, struct bw_buf *out);
/* The reason of the answer: `RBAC: allowed by …`; when it is denied, why roles could not be found, or nothing. -ENOMEM. */
BW_CHECK int bw_rbac_reason(const struct bw_rbac *rbac, const struct bw_rbac_request *request,
                            const struct bw_rbac_answer *answer, struct bw_arena *arena, struct bw_str *ret);

/*
 * Subjects of all bindings that allow the request (whose user is not looked at), in the order of bindings; some may come twice. The
 * group system:masters, which needs none, is not among them. each may end it with a negative number.
 */
BW_CHECK int bw_rbac_who_can(const struct bw_rbac *rbac, const struct bw_rbac_request *request,
                             int (*each)(void *userdata, const struct bw_rbac_subject *subject,
                                         const struct bw_rbac_grant *grant),
                             void *userdata, bool *ret_unresolved);

/* The same by the RoleBindings of request->ns alone: what ClusterRoleBindings give holds everywhere, and need not be asked again. */
BW_CHECK int bw_rbac_who_can_there(const struct bw_rbac *rbac, const struct bw_rbac_request *request,
                                   int (*each)(void *userdata, const struct bw_rbac_subject *subject,
                                               const struct bw_rbac_grant *grant),
                                   void *userdata, bool *ret_unresolved);
/* Namespaces that have RoleBindings, sorted. In the arena. */
BW_CHECK int bw_rbac_namespaces(const struct bw_rbac *rbac, struct bw_arena *arena, struct bw_str **ret, size_t *ret_n);

/* Calls each for every rule that the user has in a namespace ("" = everywhere), with where it has it from. */
BW_CHECK int bw_rbac_rules_of(const struct bw_rbac *rbac, const struct bw_rbac_user *user, struct bw_str ns,
                              int (*each)(void *userdata, struct bw_value rule, const struct bw_rbac_grant *grant),
                              void *userdata, bool *ret_unresolved);

/* The same by the RoleBindings of the namespace alone. */
BW_CHECK int bw_rbac_rules_there(const struct bw_rbac *rbac, const struct bw_rbac_user *user, struct bw_str ns,
                                 int (*each)(void *userdata, struct bw_value rule, const struct bw_rbac_grant *grant),
                                 void *userdata, bool *ret_unresolved);

/* The rules of a ClusterRole with an aggregationRule, filled in; ABSENT when it has none or there is no such role. */
struct bw_value bw_rbac_aggregated(const struct bw_rbac *rbac, struct bw_str cluster_role);

/* ---- escalation */

enum bw_rbac_denial {
        BW_RBAC_ALLOWED,
        BW_RBAC_MISSING_RULES,   /* what is granted is not held: see missing */
        BW_RBAC_AGGREGATION,     /* setting an aggregationRule needs everything */
        BW_RBAC_NO_SUCH_ROLE,    /* the binding names a role that is not there */
};

struct bw_rbac_escalation {
        enum bw_rbac_denial denial;
        const struct bw_str *missing; /* sorted, as the API server's error has them: {APIGroups:[""], …} */
        size_t n_missing;
        bool unresolved;
};

/* Whether the user holds all of these rules (a list of PolicyRules) in the namespace. */
BW_CHECK int bw_rbac_covers(struct bw_arena *arena, const struct bw_rbac *rbac, const struct bw_rbac_user *user,
                            struct bw_str ns, struct bw_value rules, struct bw_rbac_escalation *ret,
                            struct bw_error *reterr);
/* Whether the user may create the role or binding, or (old is a map) replace the old one by it. */
BW_CHECK int bw_rbac_may_write(struct bw_arena *arena, const struct bw_rbac *rbac, const struct bw_rbac_user *user,
                               struct bw_value object, struct bw_value old, struct bw_rbac_escalation *ret,
                               struct bw_error *reterr);

/* What API validation says of a role or binding, as problems. doc->root: the object; defaults are filled in before. */
struct bw_doc;
struct bw_problems;
void bw_rbac_validate(struct bw_doc *doc, struct bw_problems *problems);

/* Whether a PolicyRule allows the request's verb and resource or path. */
bool bw_rbac_rule_allows(struct bw_value rule, const struct bw_rbac_request *request);

#endif
