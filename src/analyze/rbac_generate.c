/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest roles that allow what a subject did. */
#include "analyze/rbac_usage.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "doc/facts.h"

/* What was done to one resource in one namespace: becomes a rule, or a part of one. */
struct need {
        struct bw_str ns;             /* "" = the cluster */
        struct bw_str group;
        struct bw_str resource;       /* "pods/log"; a URL when is_url */
        bool is_url;
        const struct bw_str *names;   /* resourceNames, sorted; n = 0: any */
        size_t n_names;
        struct bw_str *verbs;         /* sorted */
        size_t n_verbs;
};

struct plan {
        struct bw_arena *arena;
        struct bw_facts facts;        /* makes values */
        const struct bw_usage_user *user;
        const struct bw_rbac_generate_options *options;
        struct need *needs;
        size_t n, cap;
        struct bw_value *made;
        size_t n_made, cap_made;
};

static void plan_done(struct plan *plan)
{
        bw_free(plan->needs);
        bw_free(plan->made);
}

static int compare_lists(const struct bw_str *a, size_t n_a, const struct bw_str *b, size_t n_b)
{
        for (size_t i = 0; i < BW_MIN(n_a, n_b); i++) {
                int c = bw_str_cmp(a[i], b[i]);

                if (c)
                        return c;
        }
        return (n_a > n_b) - (n_a < n_b);
}

static int by_text(const void *a, const void *b)
{
        return bw_str_cmp(*(const struct bw_str *)a, *(const struct bw_str *)b);
}

/* Those of one resource together. */
static int by_resource(const void *a, const void *b)
{
        const struct need *x = a;
        const struct need *y = b;
        int c = bw_str_cmp(x->ns, y->ns);

        if (c == 0)
                c = x->is_url - y->is_url;
        if (c == 0)
                c = bw_str_cmp(x->group, y->group);
        if (c == 0)
                c = bw_str_cmp(x->resource, y->resource);
        return c ? c : compare_lists(x->names, x->n_names, y->names, y->n_names);
}

/* Those that can share a rule together: same verbs and names. */
static int by_rule(const void *a, const void *b)
{
        const struct need *x = a;
        const struct need *y = b;
        int c = bw_str_cmp(x->ns, y->ns);

        if (c == 0)
                c = x->is_url - y->is_url;
        if (c == 0)
                c = bw_str_cmp(x->group, y->group);
        if (c == 0)
                c = compare_lists(x->verbs, x->n_verbs, y->verbs, y->n_verbs);
        if (c == 0)
                c = compare_lists(x->names, x->n_names, y->names, y->n_names);
        return c ? c : bw_str_cmp(x->resource, y->resource);
}

static bool shares_rule(const struct need *x, const struct need *y)
{
        return bw_str_eq(x->ns, y->ns) && x->is_url == y->is_url && bw_str_eq(x->group, y->group) &&
               compare_lists(x->verbs, x->n_verbs, y->verbs, y->n_verbs) == 0 &&
               compare_lists(x->names, x->n_names, y->names, y->n_names) == 0;
}

/* ---- what is needed */

/* A namespace is asked for in itself, but a Role in it would have to be there before. */
static bool is_clusterwide(const struct bw_usage_request *q)
{
        return !q->is_resource || q->ns.n == 0 || (q->group.n == 0 && bw_str_is(q->resource, "namespaces"));
}

/* The names that the roles must allow; n = SIZE_MAX: none is missing. */
static int names_needed(struct plan *plan, const struct bw_usage_request *q, struct bw_str **ret, size_t *ret_n)
{
        struct bw_str *names = bw_arena_array(plan->arena, q->n_names + 1, sizeof(*names));
        bool any = !plan->options->names || q->more_names;
        size_t n = 0;

        if (!names)
                return -ENOMEM;
        for (size_t i = 0; i < q->n_names; i++) {
                struct bw_rbac_request question = bw_usage_question(plan->user, q, i);

                if (plan->options->beside && bw_rbac_decide(plan->options->beside, &question, true).allowed)
                        continue;
                any |= q->names[i].n == 0;
                names[n++] = q->names[i];
        }
        qsort(names, n, sizeof(*names), by_text);
        *ret = names;
        *ret_n = n == 0 ? SIZE_MAX : any ? 0 : n;
        return 0;
}

static int add_need(struct plan *plan, const struct bw_usage_request *q)
{
        struct need need = {.ns = is_clusterwide(q) ? BW_STR("") : q->ns, .group = q->group, .is_url = !q->is_resource};
        struct bw_str *names;

        if (names_needed(plan, q, &names, &need.n_names) < 0)
                return -ENOMEM;
        if (need.n_names == SIZE_MAX)
                return 0;
        need.names = names;
        need.resource = !q->is_resource      ? q->path
                        : q->subresource.n == 0 ? q->resource
                                                : bw_arena_printf(plan->arena, "%.*s/%.*s", BW_STR_ARG(q->resource),
                                                                  BW_STR_ARG(q->subresource));
        need.verbs = bw_arena_array(plan->arena, 1, sizeof(*need.verbs));
        if (!need.resource.p || !need.verbs || bw_grow(&plan->needs, &plan->cap, plan->n + 1, sizeof(need)) < 0)
                return -ENOMEM;
        need.verbs[0] = q->verb;
        need.n_verbs = 1;
        plan->needs[plan->n++] = need;
        return 0;
}

/* One need for each resource and set of names, with all verbs. What is allowed for any name need not be for some. */
static int join_verbs(struct plan *plan)
{
        size_t n = 0;

        qsort(plan->needs, plan->n, sizeof(*plan->needs), by_resource);
        for (size_t i = 0, end; i < plan->n; i = end) {
                struct need *to = &plan->needs[n++];
                struct bw_str *verbs;

                for (end = i; end < plan->n && by_resource(&plan->needs[i], &plan->needs[end]) == 0; end++)
                        ;
                verbs = bw_arena_array(plan->arena, end - i, sizeof(*verbs));
                if (!verbs)
                        return -ENOMEM;
                for (size_t k = i; k < end; k++)
                        verbs[k - i] = plan->needs[k].verbs[0];
                qsort(verbs, end - i, sizeof(*verbs), by_text);
                *to = plan->needs[i];
                to->verbs = verbs;
                to->n_verbs = 0;
                for (size_t k = 0; k < end - i; k++)
                        if (to->n_verbs == 0 || !bw_str_eq(verbs[to->n_verbs - 1], verbs[k]))
                                verbs[to->n_verbs++] = verbs[k];
        }
        plan->n = n;
        return 0;
}

static bool has_verb(const struct need *need, struct bw_str verb)
{
        for (size_t i = 0; i < need->n_verbs; i++)
                if (bw_str_eq(need->verbs[i], verb))
                        return true;
        return false;
}

static void drop_verbs_of(struct need *need, const struct need *other)
{
        size_t left = 0;

        if (other->is_url != need->is_url || !bw_str_eq(other->group, need->group) ||
            !bw_str_eq(other->resource, need->resource) || other->n_names)
                return;
        for (size_t v = 0; v < need->n_verbs; v++)
                if (!has_verb(other, need->verbs[v]))
                        need->verbs[left++] = need->verbs[v];
        need->n_verbs = left;
}

/*
 * A verb that is granted cluster-wide, or for any name, need not be granted again for less. Needs are sorted by resource: the
 * cluster's come first, and of one resource that for any name.
 */
static void drop_covered(struct plan *plan)
{
        size_t n_cluster = 0;
        size_t n = 0;

        while (n_cluster < plan->n && plan->needs[n_cluster].ns.n == 0)
                n_cluster++;
        for (size_t i = 0; i < plan->n; i++) {
                struct need *need = &plan->needs[i];

                for (size_t k = 0; k < n_cluster && need->ns.n; k++)
                        drop_verbs_of(need, &plan->needs[k]);
                for (size_t k = i; need->n_names && k > 0 && bw_str_eq(plan->needs[k - 1].ns, need->ns) &&
                                   bw_str_eq(plan->needs[k - 1].resource, need->resource);
                     k--)
                        drop_verbs_of(need, &plan->needs[k - 1]);
        }
        for (size_t i = 0; i < plan->n; i++)
                if (plan->needs[i].n_verbs)
                        plan->needs[n++] = plan->needs[i];
        plan->n = n;
}

/* ---- manifests */

static struct bw_value texts(struct plan *plan, const struct bw_str *list, size_t n)
{
        struct bw_items items = bw_items(&plan->facts);

        for (size_t i = 0; i < n; i++)
                bw_items_text(&items, list[i]);
        return bw_items_end(&items);
}

static struct bw_value resources_of(struct plan *plan, const struct need *first, const struct need *end)
{
        struct bw_items items = bw_items(&plan->facts);

        for (const struct need *need = first; need < end; need++)
                bw_items_text(&items, need->resource);
        return bw_items_end(&items);
}

static struct bw_value rule_of(struct plan *plan, const struct need *first, const struct need *end)
{
        struct bw_fields rule = bw_fields(&plan->facts);

        if (first->is_url) {
                bw_fields_value(&rule, "nonResourceURLs", resources_of(plan, first, end));
        } else {
                bw_fields_value(&rule, "apiGroups", texts(plan, &first->group, 1));
                bw_fields_value(&rule, "resources", resources_of(plan, first, end));
        }
        if (first->n_names)
                bw_fields_value(&rule, "resourceNames", texts(plan, first->names, first->n_names));
        bw_fields_value(&rule, "verbs", texts(plan, first->verbs, first->n_verbs));
        return bw_fields_end(&rule);
}

static struct bw_value metadata_of(struct plan *plan, struct bw_str ns)
{
        struct bw_fields metadata = bw_fields(&plan->facts);

        bw_fields_text(&metadata, "name", plan->options->name);
        if (ns.n)
                bw_fields_text(&metadata, "namespace", ns);
        return bw_fields_end(&metadata);
}

static void begin_object(struct plan *plan, struct bw_fields *object, const char *kind, struct bw_str ns)
{
        *object = bw_fields(&plan->facts);
        bw_fields_text(object, "apiVersion", BW_STR("rbac.authorization.k8s.io/v1"));
        bw_fields_text(object, "kind", bw_str(kind));
        bw_fields_value(object, "metadata", metadata_of(plan, ns));
}

static int add_object(struct plan *plan, struct bw_fields *object)
{
        if (bw_grow(&plan->made, &plan->cap_made, plan->n_made + 1, sizeof(*plan->made)) < 0)
                return -ENOMEM;
        plan->made[plan->n_made++] = bw_fields_end(object);
        return plan->facts.failed ? -ENOMEM : 0;
}

static struct bw_value subject_of(struct plan *plan)
{
        const struct bw_str prefix = BW_STR("system:serviceaccount:");
        struct bw_fields subject = bw_fields(&plan->facts);
        struct bw_str name = plan->user->name;
        struct bw_str rest = bw_str_starts(name, prefix) ? bw_str_rest(name, prefix.n) : BW_STR("");
        size_t colon = bw_str_find(rest, BW_STR(":"));

        if (rest.n && colon != SIZE_MAX) {
                bw_fields_text(&subject, "kind", BW_STR("ServiceAccount"));
                bw_fields_text(&subject, "name", bw_str_rest(rest, colon + 1));
                bw_fields_text(&subject, "namespace", bw_str_n(rest.p, colon));
        } else {
                bw_fields_text(&subject, "apiGroup", BW_STR("rbac.authorization.k8s.io"));
                bw_fields_text(&subject, "kind", BW_STR("User"));
                bw_fields_text(&subject, "name", name);
        }
        return bw_fields_end(&subject);
}

static int put_binding(struct plan *plan, struct bw_str ns)
{
        struct bw_fields object;
        struct bw_fields ref = bw_fields(&plan->facts);
        struct bw_items subjects = bw_items(&plan->facts);

        begin_object(plan, &object, ns.n ? "RoleBinding" : "ClusterRoleBinding", ns);
        bw_fields_text(&ref, "apiGroup", BW_STR("rbac.authorization.k8s.io"));
        bw_fields_text(&ref, "kind", ns.n ? BW_STR("Role") : BW_STR("ClusterRole"));
        bw_fields_text(&ref, "name", plan->options->name);
        bw_fields_value(&object, "roleRef", bw_fields_end(&ref));
        bw_items_value(&subjects, subject_of(plan));
        bw_fields_value(&object, "subjects", bw_items_end(&subjects));
        return add_object(plan, &object);
}

/* The role of one namespace, and its binding. */
static int put_role(struct plan *plan, const struct need *first, const struct need *end)
{
        struct bw_fields object;
        struct bw_items rules = bw_items(&plan->facts);
        int r;

        begin_object(plan, &object, first->ns.n ? "Role" : "ClusterRole", first->ns);
        for (const struct need *need = first, *next; need < end; need = next) {
                for (next = need; next < end && shares_rule(need, next); next++)
                        ;
                bw_items_value(&rules, rule_of(plan, need, next));
        }
        bw_fields_value(&object, "rules", bw_items_end(&rules));
        r = add_object(plan, &object);
        return r < 0 ? r : put_binding(plan, first->ns);
}

static int put_roles(struct plan *plan)
{
        int r = 0;

        qsort(plan->needs, plan->n, sizeof(*plan->needs), by_rule);
        for (size_t i = 0, end; r == 0 && i < plan->n; i = end) {
                for (end = i; end < plan->n && bw_str_eq(plan->needs[i].ns, plan->needs[end].ns); end++)
                        ;
                r = put_role(plan, &plan->needs[i], &plan->needs[end]);
        }
        return r;
}

int bw_rbac_generate(struct bw_arena *arena, const struct bw_usage_user *user,
                     const struct bw_rbac_generate_options *options, struct bw_value **ret, size_t *ret_n,
                     struct bw_error *reterr)
{
        bw_auto_done(plan_done) struct plan plan = {.arena = arena, .user = user, .options = options};
        struct bw_value *made;
        int r = 0;

        bw_facts_init(&plan.facts, arena, "Role", options->name);
        for (size_t i = 0; r == 0 && i < user->n_requests; i++)
                r = add_need(&plan, &user->requests[i]);
        if (r == 0 && plan.n)
                r = join_verbs(&plan);
        if (r == 0 && plan.n) {
                drop_covered(&plan);
                r = put_roles(&plan);
        }
        made = r == 0 ? bw_arena_array(arena, plan.n_made + 1, sizeof(*made)) : NULL;
        if (!made)
                return bw_error_nomem(reterr);
        if (plan.n_made)
                memcpy(made, plan.made, plan.n_made * sizeof(*made));
        *ret = made;
        *ret_n = plan.n_made;
        return 0;
}
