/* SPDX-License-Identifier: Apache-2.0 */
/* Roles and bindings, found by name and namespace; and the decision itself. */
#include "analyze/rbac_internal.h"

#include "base/arena.h"
#include "base/error.h"

/* ---- one rule */

bool rbac_resource_matches(struct bw_str pattern, const struct bw_rbac_request *request)
{
        struct bw_str rest;

        if (bw_str_is(pattern, "*"))
                return true;
        if (bw_str_starts(pattern, request->resource)) {
                rest = bw_str_rest(pattern, request->resource.n);
                if (request->subresource.n == 0
                            ? rest.n == 0
                            : bw_str_starts(rest, BW_STR("/")) && bw_str_eq(bw_str_rest(rest, 1), request->subresource))
                        return true;
        }
        return request->subresource.n && bw_str_starts(pattern, BW_STR("*/")) &&
               bw_str_eq(bw_str_rest(pattern, 2), request->subresource);
}

static bool resource_allowed(struct bw_value resources, const struct bw_rbac_request *request)
{
        for (uint32_t i = 0; i < resources.n; i++)
                if (rbac_resource_matches(bw_value_text(resources.list->items[i]), request))
                        return true;
        return false;
}

/* A trailing star, or several, match any rest. */
bool rbac_path_matches(struct bw_str pattern, struct bw_str path)
{
        if (bw_str_is(pattern, "*") || bw_str_eq(pattern, path))
                return true;
        if (!bw_str_ends(pattern, BW_STR("*")))
                return false;
        while (bw_str_ends(pattern, BW_STR("*")))
                pattern.n--;
        return bw_str_starts(path, pattern);
}

static bool path_allowed(struct bw_value paths, struct bw_str path)
{
        for (uint32_t i = 0; i < paths.n; i++)
                if (rbac_path_matches(bw_value_text(paths.list->items[i]), path))
                        return true;
        return false;
}

bool bw_rbac_rule_allows(struct bw_value rule, const struct bw_rbac_request *request)
{
        struct bw_value verbs = list_of(rule, "verbs");
        struct bw_value groups = list_of(rule, "apiGroups");
        struct bw_value names = list_of(rule, "resourceNames");

        if (!list_has(verbs, BW_STR("*")) && !list_has(verbs, request->verb))
                return false;
        if (!request->is_resource)
                return path_allowed(list_of(rule, "nonResourceURLs"), request->path);
        return (list_has(groups, BW_STR("*")) || list_has(groups, request->group)) &&
               resource_allowed(list_of(rule, "resources"), request) &&
               (names.n == 0 || list_has(names, request->name));
}

/* ---- roles and bindings */

static int compare_names(struct bw_str a_ns, struct bw_str a, struct bw_str b_ns, struct bw_str b)
{
        int order = bw_str_cmp(a_ns, b_ns);

        return order ? order : bw_str_cmp(a, b);
}

static int compare_roles(const void *a, const void *b)
{
        const struct rbac_role *x = *(const struct rbac_role *const *)a;
        const struct rbac_role *y = *(const struct rbac_role *const *)b;
        int order = compare_names(x->ns, x->name, y->ns, y->name);

        return order ? order : (x->object > y->object) - (x->object < y->object);
}

static int compare_bindings(const void *a, const void *b)
{
        const struct rbac_binding *x = a;
        const struct rbac_binding *y = b;
        int order = bw_str_cmp(x->ns, y->ns);

        return order ? order : (x->object > y->object) - (x->object < y->object);
}

const struct rbac_role *rbac_find_role(const struct bw_rbac *rbac, struct bw_str ns, struct bw_str name)
{
        size_t from = 0;
        size_t to = rbac->n_roles;

        while (from < to) {
                size_t middle = from + (to - from) / 2;
                const struct rbac_role *role = rbac->by_name[middle];

                if (compare_names(role->ns, role->name, ns, name) < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        if (from == rbac->n_roles || compare_names(rbac->by_name[from]->ns, rbac->by_name[from]->name, ns, name) != 0)
                return NULL;
        return rbac->by_name[from];
}

const struct rbac_role *rbac_role_of(const struct bw_rbac *rbac, struct bw_value role_ref, struct bw_str ns)
{
        struct bw_str kind = bw_map_text(role_ref, "kind");
        struct bw_str name = bw_map_text(role_ref, "name");

        if (bw_str_is(kind, "ClusterRole"))
                return rbac_find_role(rbac, BW_STR(""), name);
        if (bw_str_is(kind, "Role") && ns.n)
                return rbac_find_role(rbac, ns, name);
        return NULL;
}

const struct rbac_binding *rbac_bindings_in(const struct bw_rbac *rbac, struct bw_str ns, size_t *ret_n)
{
        size_t from = 0;
        size_t to = rbac->n_bindings;
        size_t end;

        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if (bw_str_cmp(rbac->bindings[middle].ns, ns) < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        for (end = from; end < rbac->n_bindings && bw_str_eq(rbac->bindings[end].ns, ns);)
                end++;
        *ret_n = end - from;
        return rbac->bindings + from;
}

static void add_role(struct bw_rbac *rbac, size_t number, struct bw_value object, bool is_cluster)
{
        struct bw_value metadata = bw_map_get(object, BW_STR("metadata"));
        struct rbac_role *role = &rbac->roles[rbac->n_roles];

        *role = (struct rbac_role){
                .object = number,
                .value = object,
                .ns = is_cluster ? BW_STR("") : bw_map_text(metadata, "namespace"),
                .name = bw_map_text(metadata, "name"),
                .is_cluster = is_cluster,
                .rules = list_of(object, "rules"),
                .is_aggregated = is_cluster && bw_map_get(object, BW_STR("aggregationRule")).type == BW_MAP,
        };
        role->expanded = role->rules;
        rbac->by_name[rbac->n_roles++] = role;
}

static void add_binding(struct rbac_binding *to, size_t number, struct bw_value object, bool is_cluster)
{
        struct bw_value metadata = bw_map_get(object, BW_STR("metadata"));

        *to = (struct rbac_binding){
                .object = number,
                .ns = is_cluster ? BW_STR("") : bw_map_text(metadata, "namespace"),
                .name = bw_map_text(metadata, "name"),
                .is_cluster = is_cluster,
                .subjects = list_of(object, "subjects"),
        };
}

/* Roles must be sorted before bindings look for them. */
static void resolve(struct bw_rbac *rbac, const struct bw_value *objects)
{
        for (size_t i = 0; i < rbac->n_cluster_bindings; i++) {
                struct rbac_binding *b = &rbac->cluster_bindings[i];

                b->role = rbac_role_of(rbac, bw_map_get(objects[b->object], BW_STR("roleRef")), BW_STR(""));
        }
        for (size_t i = 0; i < rbac->n_bindings; i++) {
                struct rbac_binding *b = &rbac->bindings[i];

                b->role = rbac_role_of(rbac, bw_map_get(objects[b->object], BW_STR("roleRef")), b->ns);
        }
}

int bw_rbac_new(struct bw_arena *arena, const struct bw_value *objects, size_t n_objects, struct bw_rbac **ret,
                struct bw_error *reterr)
{
        struct bw_rbac *rbac = bw_arena_zalloc(arena, sizeof(*rbac));
        int r;

        if (!rbac)
                return bw_arena_error(arena, reterr);
        rbac->arena = arena;
        rbac->objects = objects;
        rbac->roles = bw_arena_array(arena, n_objects + 1, sizeof(rbac->roles[0]));
        rbac->by_name = bw_arena_array(arena, n_objects + 1, sizeof(rbac->by_name[0]));
        rbac->cluster_bindings = bw_arena_array(arena, n_objects + 1, sizeof(rbac->cluster_bindings[0]));
        rbac->bindings = bw_arena_array(arena, n_objects + 1, sizeof(rbac->bindings[0]));
        if (!rbac->roles || !rbac->by_name || !rbac->cluster_bindings || !rbac->bindings)
                return bw_arena_error(arena, reterr);
        for (size_t i = 0; i < n_objects; i++) {
                struct bw_str kind = bw_map_text(objects[i], "kind");

                if (!bw_str_starts(bw_map_text(objects[i], "apiVersion"), BW_STR("rbac.authorization.k8s.io/")))
                        continue;
                if (bw_str_is(kind, "Role") || bw_str_is(kind, "ClusterRole"))
                        add_role(rbac, i, objects[i], bw_str_is(kind, "ClusterRole"));
                else if (bw_str_is(kind, "ClusterRoleBinding"))
                        add_binding(&rbac->cluster_bindings[rbac->n_cluster_bindings++], i, objects[i], true);
                else if (bw_str_is(kind, "RoleBinding"))
                        add_binding(&rbac->bindings[rbac->n_bindings++], i, objects[i], false);
        }
        qsort(rbac->by_name, rbac->n_roles, sizeof(rbac->by_name[0]), compare_roles);
        qsort(rbac->bindings, rbac->n_bindings, sizeof(rbac->bindings[0]), compare_bindings);
        resolve(rbac, objects);
        r = rbac_aggregate(rbac, reterr);
        if (r == 0)
                *ret = rbac;
        return r;
}

/* ---- the decision */

static bool is_service_account(struct bw_str user, struct bw_str ns, struct bw_str name)
{
        const struct bw_str prefix = BW_STR("system:serviceaccount:");

        return ns.n && bw_str_starts(user, prefix) && user.n == prefix.n + ns.n + 1 + name.n &&
               memcmp(user.p + prefix.n, ns.p, ns.n) == 0 && user.p[prefix.n + ns.n] == ':' &&
               bw_str_eq(bw_str_rest(user, prefix.n + ns.n + 1), name);
}

static bool subject_is(const struct bw_rbac_subject *subject, struct bw_str binding_ns, const struct bw_rbac_user *user)
{
        if (bw_str_is(subject->kind, "User"))
                return bw_str_eq(subject->name, user->name);
        if (bw_str_is(subject->kind, "ServiceAccount"))
                return is_service_account(user->name, subject->ns.n ? subject->ns : binding_ns, subject->name);
        for (size_t i = 0; bw_str_is(subject->kind, "Group") && i < user->n_groups; i++)
                if (bw_str_eq(subject->name, user->groups[i]))
                        return true;
        return false;
}

static struct bw_rbac_subject subject_at(const struct rbac_binding *binding, uint32_t i)
{
        struct bw_value subject = binding->subjects.list->items[i];

        return (struct bw_rbac_subject){.kind = bw_map_text(subject, "kind"),
                                        .name = bw_map_text(subject, "name"),
                                        .ns = bw_map_text(subject, "namespace")};
}

/* The first subject of the binding that the user is. */
static bool binds(const struct rbac_binding *binding, const struct bw_rbac_user *user, struct bw_rbac_subject *ret)
{
        for (uint32_t i = 0; i < binding->subjects.n; i++) {
                *ret = subject_at(binding, i);
                if (subject_is(ret, binding->ns, user))
                        return true;
        }
        return false;
}

bool rbac_binds(const struct rbac_binding *binding, const struct bw_rbac_user *user)
{
        struct bw_rbac_subject subject;

        return binds(binding, user, &subject);
}

/* Walks the RoleBindings of a namespace; ends with each's first answer other than 0. */
static int each_binding_there(const struct bw_rbac *rbac, struct bw_str ns,
                              int (*each)(void *userdata, const struct rbac_binding *binding), void *userdata)
{
        size_t n = 0;
        const struct rbac_binding *in_ns = ns.n ? rbac_bindings_in(rbac, ns, &n) : NULL;
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++)
                r = each(userdata, &in_ns[i]);
        return r;
}

/* All that count in a namespace. */
static int each_binding(const struct bw_rbac *rbac, struct bw_str ns,
                        int (*each)(void *userdata, const struct rbac_binding *binding), void *userdata)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < rbac->n_cluster_bindings; i++)
                r = each(userdata, &rbac->cluster_bindings[i]);
        return r ? r : each_binding_there(rbac, ns, each, userdata);
}

int bw_rbac_namespaces(const struct bw_rbac *rbac, struct bw_arena *arena, struct bw_str **ret, size_t *ret_n)
{
        struct bw_str *namespaces = bw_arena_array(arena, rbac->n_bindings + 1, sizeof(*namespaces));
        size_t n = 0;

        if (!namespaces)
                return -ENOMEM;
        for (size_t i = 0; i < rbac->n_bindings; i++)
                if (n == 0 || !bw_str_eq(namespaces[n - 1], rbac->bindings[i].ns))
                        namespaces[n++] = rbac->bindings[i].ns;
        *ret = namespaces;
        *ret_n = n;
        return 0;
}

/* The first rule of the role that allows the request; UINT32_MAX when there is none. */
static uint32_t allowing_rule(struct bw_value rules, const struct bw_rbac_request *request)
{
        for (uint32_t i = 0; i < rules.n; i++)
                if (bw_rbac_rule_allows(rules.list->items[i], request))
                        return i;
        return UINT32_MAX;
}

struct decision {
        const struct bw_rbac_request *request;
        bool expanded;
        struct bw_rbac_answer answer;
};

static int decide_by(void *userdata, const struct rbac_binding *binding)
{
        struct decision *d = userdata;
        struct bw_rbac_subject subject;
        uint32_t rule;

        if (!binds(binding, &d->request->user, &subject))
                return 0;
        if (!binding->role) {
                d->answer.unresolved = true;
                return 0;
        }
        rule = allowing_rule(d->expanded ? binding->role->expanded : binding->role->rules, d->request);
        if (rule == UINT32_MAX)
                return 0;
        d->answer.allowed = true;
        d->answer.grant = (struct bw_rbac_grant){
                .binding = binding->object, .role = binding->role->object, .rule = rule, .subject = subject};
        return 1;
}

struct bw_rbac_answer bw_rbac_decide(const struct bw_rbac *rbac, const struct bw_rbac_request *request, bool expanded)
{
        struct decision d = {.request = request, .expanded = expanded};

        (void)each_binding(rbac, request->ns, decide_by, &d);
        return d.answer;
}

struct broken_walk {
        const struct bw_rbac_user *user;
        int (*each)(void *userdata, size_t binding);
        void *userdata;
};

static int broken_by(void *userdata, const struct rbac_binding *binding)
{
        struct broken_walk *walk = userdata;
        struct bw_rbac_subject subject;

        return binding->role || !binds(binding, walk->user, &subject) ? 0 : walk->each(walk->userdata, binding->object);
}

int bw_rbac_broken_bindings(const struct bw_rbac *rbac, const struct bw_rbac_user *user, struct bw_str ns,
                            int (*each)(void *userdata, size_t binding), void *userdata)
{
        struct broken_walk walk = {.user = user, .each = each, .userdata = userdata};

        return each_binding(rbac, ns, broken_by, &walk);
}

struct rules_walk {
        const struct bw_rbac_user *user;
        int (*each)(void *userdata, struct bw_value rule, const struct bw_rbac_grant *grant);
        void *userdata;
        bool unresolved;
};

static int rules_by(void *userdata, const struct rbac_binding *binding)
{
        struct rules_walk *walk = userdata;
        struct bw_rbac_grant grant = {.binding = binding->object};
        int r = 0;

        if (!binds(binding, walk->user, &grant.subject))
                return 0;
        if (!binding->role) {
                walk->unresolved = true;
                return 0;
        }
        grant.role = binding->role->object;
        for (grant.rule = 0; r == 0 && grant.rule < binding->role->expanded.n; grant.rule++)
                r = walk->each(walk->userdata, binding->role->expanded.list->items[grant.rule], &grant);
        return r;
}

int bw_rbac_rules_of(const struct bw_rbac *rbac, const struct bw_rbac_user *user, struct bw_str ns,
                     int (*each)(void *userdata, struct bw_value rule, const struct bw_rbac_grant *grant),
                     void *userdata, bool *ret_unresolved)
{
        struct rules_walk walk = {.user = user, .each = each, .userdata = userdata};
        int r = each_binding(rbac, ns, rules_by, &walk);

        *ret_unresolved = walk.unresolved;
        return r;
}

int bw_rbac_rules_there(const struct bw_rbac *rbac, const struct bw_rbac_user *user, struct bw_str ns,
                        int (*each)(void *userdata, struct bw_value rule, const struct bw_rbac_grant *grant),
                        void *userdata, bool *ret_unresolved)
{
        struct rules_walk walk = {.user = user, .each = each, .userdata = userdata};
        int r = each_binding_there(rbac, ns, rules_by, &walk);

        *ret_unresolved = walk.unresolved;
        return r;
}

/* ---- who can */

struct who {
        const struct bw_rbac_request *request;
        int (*each)(void *userdata, const struct bw_rbac_subject *subject, const struct bw_rbac_grant *grant);
        void *userdata;
        bool unresolved;
};

static int who_by(void *userdata, const struct rbac_binding *binding)
{
        struct who *who = userdata;
        struct bw_rbac_grant grant = {.binding = binding->object};
        int r = 0;

        if (!binding->role) {
                who->unresolved = true;
                return 0;
        }
        grant.role = binding->role->object;
        grant.rule = allowing_rule(binding->role->expanded, who->request);
        for (uint32_t i = 0; r == 0 && grant.rule != UINT32_MAX && i < binding->subjects.n; i++) {
                grant.subject = subject_at(binding, i);
                r = who->each(who->userdata, &grant.subject, &grant);
        }
        return r;
}

int bw_rbac_who_can(const struct bw_rbac *rbac, const struct bw_rbac_request *request,
                    int (*each)(void *userdata, const struct bw_rbac_subject *subject, const struct bw_rbac_grant *grant),
                    void *userdata, bool *ret_unresolved)
{
        struct who who = {.request = request, .each = each, .userdata = userdata};
        int r = each_binding(rbac, request->ns, who_by, &who);

        *ret_unresolved = who.unresolved;
        return r;
}

int bw_rbac_who_can_there(const struct bw_rbac *rbac, const struct bw_rbac_request *request,
                          int (*each)(void *userdata, const struct bw_rbac_subject *subject,
                                      const struct bw_rbac_grant *grant),
                          void *userdata, bool *ret_unresolved)
{
        struct who who = {.request = request, .each = each, .userdata = userdata};
        int r = each_binding_there(rbac, request->ns, who_by, &who);

        *ret_unresolved = who.unresolved;
        return r;
}
