/* SPDX-License-Identifier: Apache-2.0 */
/* What of a cluster is asked for, and in which order: first what says most about it, pods last. */
#include "base/arena.h"
#include "base/error.h"
#include "kube/fetch_internal.h"

/* Kinds that come before all others, and behind them. */
static const char *const first[] = {"namespaces",   "nodes",        "customresourcedefinitions", "clusterroles", "roles",
                                    "clusterrolebindings", "rolebindings", "serviceaccounts",   "networkpolicies"};
static const char *const last[] = {"services", "configmaps", "secrets", "replicasets", "jobs", "pods"};

/* Never: they tell of what happened, change all the time, and are most of what there is. */
static const struct {
        const char *group;
        const char *resource;
} never[] = {
        {"", "events"},
        {"events.k8s.io", "events"},
        {"coordination.k8s.io", "leases"},
        {"", "componentstatuses"},
        {"", "bindings"},
        {"metrics.k8s.io", "pods"},
        {"metrics.k8s.io", "nodes"},
};

static int place_of(struct bw_str resource)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(first); i++)
                if (bw_str_is(resource, first[i]))
                        return (int)i - (int)BW_ARRAY_SIZE(first);
        for (size_t i = 0; i < BW_ARRAY_SIZE(last); i++)
                if (bw_str_is(resource, last[i]))
                        return (int)i + 1;
        return 0;
}

static int cmp(const void *a, const void *b)
{
        const struct bw_kube_resource *x = *(const struct bw_kube_resource *const *)a;
        const struct bw_kube_resource *y = *(const struct bw_kube_resource *const *)b;
        int by_place = place_of(x->resource) - place_of(y->resource);
        int by_group;

        if (by_place)
                return by_place;
        by_group = bw_str_cmp(x->group, y->group);
        return by_group ? by_group : bw_str_cmp(x->resource, y->resource);
}

bool bw_fetch_may_list(struct bw_str group, struct bw_str resource)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(never); i++)
                if (bw_str_is(group, never[i].group) && bw_str_is(resource, never[i].resource))
                        return false;
        return !bw_str_ends(resource, BW_STR("reviews")) && !memchr(resource.p, '/', resource.n);
}

int bw_fetch_plan(struct bw_arena *arena, const struct bw_kube_resource *resources, size_t n,
                  bool (*wanted)(void *userdata, struct bw_str group, struct bw_str kind), void *userdata,
                  const struct bw_kube_resource ***ret, size_t *ret_n, struct bw_error *reterr)
{
        const struct bw_kube_resource **plan = bw_arena_array(arena, n + 1, sizeof(*plan));
        size_t n_plan = 0;

        if (!plan)
                return bw_arena_error(arena, reterr);
        for (size_t i = 0; i < n; i++)
                if (resources[i].can_list && bw_fetch_may_list(resources[i].group, resources[i].resource) &&
                    wanted(userdata, resources[i].group, resources[i].kind))
                        plan[n_plan++] = &resources[i];
        qsort(plan, n_plan, sizeof(*plan), cmp);
        *ret = plan;
        *ret_n = n_plan;
        return 0;
}
