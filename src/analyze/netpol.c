/* SPDX-License-Identifier: Apache-2.0 */
/* From an inventory to something that can be asked; and what is asked of it most simply. */
#include "analyze/netpol_endpoint_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

void net_begin(struct net_builder *b, const struct bw_doc *doc)
{
        b->doc = doc;
        b->refused = false;
        b->listed = false;
}

void net_problem(struct net_builder *b, bool refused, const char *path, const char *fmt, ...)
{
        struct bw_netpol *np = b->np;
        struct bw_net_problem problem = {.policy = b->doc, .refused = refused};
        char text[512];
        va_list ap;

        b->refused |= refused;
        if (np->n_problems >= BW_LIMIT_NETPOL_PROBLEMS)
                return;
        va_start(ap, fmt);
        (void)vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        problem.path = bw_arena_str(b->arena, bw_str(path));
        problem.text = bw_arena_str(b->arena, bw_str(text));
        if (!problem.path.p || !problem.text.p ||
            bw_arena_grow(b->arena, &np->problems, &np->cap_problems, np->n_problems, sizeof(problem)) < 0)
                net_fail(b, -ENOMEM);
        else
                np->problems[np->n_problems++] = problem;
}

uint32_t net_tier(struct net_builder *b, struct bw_str name, double order)
{
        struct bw_netpol *np = b->np;

        for (uint32_t i = 0; i < np->n_tiers; i++)
                if (np->tiers[i].order == order && bw_str_eq(np->tiers[i].name, name))
                        return i;
        if (np->n_tiers >= BW_LIMIT_NETPOL_TIERS) {
                net_fail(b, -E2BIG);
                return 0;
        }
        if (bw_arena_grow(b->arena, &np->tiers, &np->cap_tiers, np->n_tiers, sizeof(np->tiers[0])) < 0) {
                net_fail(b, -ENOMEM);
                return 0;
        }
        np->tiers[np->n_tiers] = (struct net_tier){.name = name, .order = order};
        return (uint32_t)np->n_tiers++;
}

void net_list_policy(struct net_builder *b)
{
        struct bw_netpol *np = b->np;

        if (b->listed)
                return;
        if (bw_arena_grow(b->arena, &np->policies, &np->cap_policies, np->n_policies, sizeof(np->policies[0])) < 0) {
                net_fail(b, -ENOMEM);
                return;
        }
        np->policies[np->n_policies++] = (struct bw_net_policy){.doc = b->doc};
        b->listed = true;
}

void net_add_side(struct net_builder *b, const struct net_side *side)
{
        struct bw_netpol *np = b->np;
        struct net_side *to;

        net_list_policy(b);
        if (b->status < 0 || bw_arena_grow(b->arena, &np->sides, &np->cap_sides, np->n_sides, sizeof(*to)) < 0) {
                net_fail(b, -ENOMEM);
                return;
        }
        to = &np->sides[np->n_sides];
        *to = *side;
        to->doc = b->doc;
        to->number = (uint32_t)np->n_sides++;
        to->policy = (uint32_t)np->n_policies - 1;
        np->policies[to->policy].ingress |= side->ingress;
        np->policies[to->policy].egress |= !side->ingress;
}

void net_ask_port(struct net_builder *b, const struct net_port_ask *ask)
{
        if (bw_arena_grow(b->scratch, &b->names, &b->cap_names, b->n_names, sizeof(b->names[0])) < 0)
                net_fail(b, -ENOMEM);
        else
                b->names[b->n_names++] = *ask;
}

int bw_netpol_new_as(struct bw_arena *arena, const struct bw_inventory *inventory, const struct bw_net_options *options,
                     struct bw_netpol **ret, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(0);
        struct bw_netpol *np = bw_arena_zalloc(arena, sizeof(*np));
        struct net_builder b = {.np = np, .arena = arena, .scratch = scratch};
        struct net_world world = {0};

        if (!scratch)
                return bw_error_nomem(reterr);
        if (!np)
                return bw_arena_error(arena, reterr);
        np->arena = arena;
        np->inventory = inventory;
        np->options = *options;
        net_collect_namespaces(&b);
        net_read_admin_policies(&b);
        net_read_cilium_policies(&b);
        net_read_calico_policies(&b);
        net_read_network_policies(&b);
        net_collect_endpoints(&b, &world);
        net_form_behaviours(&b, &world);
        net_form_classes(&b, &world);
        if (b.status == -E2BIG)
                return bw_error_set(reterr, -E2BIG,
                                    "the network policies ask for more than %u things, or select more than %u groups of pods in all, or "
                                    "have more than %u tiers: ask about fewer namespaces",
                                    (unsigned)BW_LIMIT_NETPOL_PARTS, (unsigned)BW_LIMIT_NETPOL_MEMBERS, BW_LIMIT_NETPOL_TIERS);
        if (b.status < 0)
                return bw_arena_error(arena, reterr);
        *ret = np;
        return 0;
}

int bw_netpol_new(struct bw_arena *arena, const struct bw_inventory *inventory, struct bw_netpol **ret, struct bw_error *reterr)
{
        return bw_netpol_new_as(arena, inventory, &(struct bw_net_options){0}, ret, reterr);
}

const struct bw_net_workload *bw_netpol_workloads(const struct bw_netpol *netpol, size_t *ret_n)
{
        *ret_n = netpol->n_workloads;
        return netpol->workloads;
}

const uint32_t *bw_netpol_workload_classes(const struct bw_netpol *netpol)
{
        return netpol->workload_classes;
}

size_t bw_netpol_n_classes(const struct bw_netpol *netpol)
{
        return netpol->n_classes;
}

/* SIZE_MAX: not there. */
static size_t find_doc(const struct bw_netpol *np, const struct bw_doc *doc)
{
        size_t from = 0;
        size_t to = np->n_docs;

        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if ((uintptr_t)np->docs[middle] < (uintptr_t)doc)
                        from = middle + 1;
                else
                        to = middle;
        }
        return from < np->n_docs && np->docs[from] == doc ? from : SIZE_MAX;
}

size_t bw_netpol_class_of_doc(const struct bw_netpol *netpol, const struct bw_doc *doc)
{
        size_t at = find_doc(netpol, doc);

        return at == SIZE_MAX ? SIZE_MAX : netpol->doc_classes[at];
}

size_t bw_netpol_workload_of_doc(const struct bw_netpol *netpol, const struct bw_doc *doc)
{
        size_t at = find_doc(netpol, doc);
        struct bw_str phase = bw_map_text(bw_map_get(doc->root, BW_STR("status")), "phase");

        if (at == SIZE_MAX || bw_str_is(phase, "Succeeded") || bw_str_is(phase, "Failed"))
                return SIZE_MAX;
        return netpol->doc_workloads[at];
}

size_t bw_netpol_class_of_pod(const struct bw_netpol *netpol, struct bw_str ns, struct bw_str name)
{
        const struct bw_doc *doc = bw_inventory_find(netpol->inventory, BW_STR(""), BW_STR("Pod"), ns, name);

        /* Manifests may leave the namespace "default" out. */
        if (!doc && (ns.n == 0 || bw_str_is(ns, "default")))
                doc = bw_inventory_find(netpol->inventory, BW_STR(""), BW_STR("Pod"), ns.n ? BW_STR("") : BW_STR("default"), name);
        return doc ? bw_netpol_class_of_doc(netpol, doc) : SIZE_MAX;
}

struct bw_net_class bw_netpol_class(const struct bw_netpol *netpol, size_t class)
{
        const struct net_endpoint *e = &netpol->endpoints[netpol->class_sample[class]];

        return (struct bw_net_class){
                .ns = netpol->namespaces[e->ns].name,
                .labels = e->labels,
                .doc = e->doc,
                .n_pods = netpol->class_pods[class],
                .host_network = e->kind == KIND_HOST,
        };
}

const struct bw_address_range *bw_netpol_outside(const struct bw_netpol *netpol, size_t *ret_n)
{
        *ret_n = netpol->n_outside;
        return netpol->outside;
}

const struct bw_net_policy *bw_netpol_policies(const struct bw_netpol *netpol, size_t *ret_n)
{
        *ret_n = netpol->n_policies;
        return netpol->policies;
}

const struct bw_net_problem *bw_netpol_problems(const struct bw_netpol *netpol, size_t *ret_n)
{
        *ret_n = netpol->n_problems;
        return netpol->problems;
}

bool bw_netpol_isolated(const struct bw_netpol *netpol, size_t class, bool ingress)
{
        const struct net_endpoint *e = &netpol->endpoints[netpol->class_sample[class]];

        return netpol->sets[netpol->set_of[ingress][e->behaviour]].isolates;
}
