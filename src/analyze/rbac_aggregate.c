/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of ClusterRoles that are put together from others, as the controller does it, until nothing changes any more.
 * Source: k8s.io/kubernetes pkg/controller/clusterroleaggregation.
 */
#include "analyze/rbac_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "value/selector.h"

/* A rule's fields compare as lists; one that is not there is as an empty one. */
static bool same_rule(struct bw_value a, struct bw_value b)
{
        static const char *const fields[] = {"verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(fields); i++)
                if (!bw_value_eq(list_of(a, fields[i]), list_of(b, fields[i])))
                        return false;
        return true;
}

static bool has_rule(const struct bw_list *rules, uint32_t n, struct bw_value rule)
{
        for (uint32_t i = 0; i < n; i++)
                if (same_rule(rules->items[i], rule))
                        return true;
        return false;
}

static bool same_rules(struct bw_value a, struct bw_value b)
{
        for (uint32_t i = 0; a.n == b.n && i < a.n; i++)
                if (!same_rule(a.list->items[i], b.list->items[i]))
                        return false;
        return a.n == b.n;
}

static struct bw_value labels_of(const struct rbac_role *role)
{
        return bw_map_walk(role->value, "metadata.labels");
}

/* Rules that the roles selected have, at most; with repetitions. */
static size_t count_rules(const struct bw_rbac *rbac, const struct rbac_role *role, struct bw_value selectors)
{
        size_t n = 0;

        for (uint32_t s = 0; s < selectors.n; s++)
                for (size_t i = 0; i < rbac->n_roles; i++)
                        if (rbac->by_name[i]->is_cluster && rbac->by_name[i] != role &&
                            bw_selector_match(selectors.list->items[s], labels_of(rbac->by_name[i])) == BW_SELECTED_YES)
                                n += rbac->by_name[i]->expanded.n;
        return n;
}

/* One role from what the others have now. 1: it has changed. Roles come by name, as the controller sorts them. */
static int aggregate_one(struct bw_rbac *rbac, struct rbac_role *role, struct bw_error *reterr)
{
        struct bw_value selectors =
                list_of(bw_map_get(role->value, BW_STR("aggregationRule")), "clusterRoleSelectors");
        size_t most = count_rules(rbac, role, selectors);
        struct bw_list *rules = most <= UINT32_MAX ? bw_list_new(rbac->arena, (uint32_t)most) : NULL;
        struct bw_value made;
        uint32_t n = 0;

        if (!rules)
                return bw_arena_error(rbac->arena, reterr);
        for (uint32_t s = 0; s < selectors.n; s++) {
                for (size_t i = 0; i < rbac->n_roles; i++) {
                        const struct rbac_role *other = rbac->by_name[i];

                        if (!other->is_cluster || bw_str_eq(other->name, role->name) ||
                            bw_selector_match(selectors.list->items[s], labels_of(other)) != BW_SELECTED_YES)
                                continue;
                        for (uint32_t j = 0; j < other->expanded.n; j++)
                                if (!has_rule(rules, n, other->expanded.list->items[j]))
                                        rules->items[n++] = other->expanded.list->items[j];
                }
        }
        made = bw_value_list(rules, n);
        if (same_rules(made, role->expanded))
                return 0;
        role->expanded = made;
        return 1;
}

int rbac_aggregate(struct bw_rbac *rbac, struct bw_error *reterr)
{
        bool changed = true;

        /* Each pass hands rules on by one role at least, and they only grow in number after the first. */
        for (size_t pass = 0; changed && pass <= rbac->n_roles + 1; pass++) {
                changed = false;
                for (size_t i = 0; i < rbac->n_roles; i++) {
                        int r = rbac->roles[i].is_aggregated ? aggregate_one(rbac, &rbac->roles[i], reterr) : 0;

                        if (r < 0)
                                return r;
                        changed = changed || r > 0;
                }
        }
        return 0;
}

struct bw_value bw_rbac_aggregated(const struct bw_rbac *rbac, struct bw_str cluster_role)
{
        const struct rbac_role *role = rbac_find_role(rbac, BW_STR(""), cluster_role);

        return role && role->is_aggregated ? role->expanded : (struct bw_value){0};
}
