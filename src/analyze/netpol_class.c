/* SPDX-License-Identifier: Apache-2.0 */
/* Classes: behaviours within a namespace, the workloads they belong to; and the sides that hold for each behaviour. */
#include "analyze/netpol_endpoint_internal.h"

#include "base/arena.h"
#include "base/limits.h"

static void *room(struct net_builder *b, struct bw_arena *arena, size_t n, size_t size)
{
        void *p = bw_arena_zalloc(arena, (n + 1) * size);

        if (!p)
                net_fail(b, -ENOMEM);
        return p;
}

/* ---- classes of pods */

/* Endpoints by namespace, so that a stamp for each behaviour tells what was met in the same one. */
static void number_classes(struct net_builder *b, const uint32_t *order, uint32_t n)
{
        struct bw_netpol *np = b->np;
        uint32_t *met = room(b, b->scratch, np->n_behaviours, sizeof(*met)); /* class + 1 */

        np->class_sample = room(b, b->arena, n, sizeof(uint32_t));
        np->class_pods = room(b, b->arena, n, sizeof(uint32_t));
        if (b->status < 0)
                return;
        for (uint32_t i = 0; i < n; i++) {
                struct net_endpoint *e = &np->endpoints[order[i]];
                uint32_t class = met[e->behaviour];

                if (!class || np->endpoints[np->class_sample[class - 1]].ns != e->ns) {
                        np->class_sample[np->n_classes] = order[i];
                        class = met[e->behaviour] = ++np->n_classes;
                }
                e->class = class - 1;
                np->class_pods[class - 1] += e->n_pods;
        }
}

static void form_classes(struct net_builder *b)
{
        struct bw_netpol *np = b->np;
        uint32_t *from = room(b, b->scratch, np->n_namespaces + 1, sizeof(*from));
        uint32_t *order = room(b, b->scratch, np->n_endpoints, sizeof(*order));
        uint32_t total = 0;

        if (b->status < 0)
                return;
        for (uint32_t i = 0; i < np->n_endpoints; i++)
                if (np->endpoints[i].ns != NONE)
                        from[np->endpoints[i].ns]++;
        for (uint32_t i = 0; i < np->n_namespaces; i++) {
                uint32_t n = from[i];

                from[i] = total;
                total += n;
        }
        for (uint32_t i = 0; i < np->n_endpoints; i++)
                if (np->endpoints[i].ns != NONE)
                        order[from[np->endpoints[i].ns]++] = i;
        number_classes(b, order, total);
}

/* ---- workloads and documents */

static int compare_docs(const void *a, const void *b)
{
        uintptr_t x = (uintptr_t)((const struct net_member *)a)->doc;
        uintptr_t y = (uintptr_t)((const struct net_member *)b)->doc;

        return (x > y) - (x < y);
}

static void index_docs(struct net_builder *b, const struct net_world *world)
{
        struct bw_netpol *np = b->np;
        struct net_member *sorted = room(b, b->scratch, world->n_members, sizeof(*sorted));

        np->docs = room(b, b->arena, world->n_members, sizeof(np->docs[0]));
        np->doc_classes = room(b, b->arena, world->n_members, sizeof(uint32_t));
        np->doc_workloads = room(b, b->arena, world->n_members, sizeof(uint32_t));
        if (b->status < 0)
                return;
        if (world->n_members)
                memcpy(sorted, world->members, world->n_members * sizeof(*sorted));
        if (world->n_members > 1)
                qsort(sorted, world->n_members, sizeof(*sorted), compare_docs);
        for (size_t i = 0; i < world->n_members; i++) {
                /* A document with several templates is known by the first. */
                if (np->n_docs && np->docs[np->n_docs - 1] == sorted[i].doc)
                        continue;
                np->docs[np->n_docs] = sorted[i].doc;
                np->doc_classes[np->n_docs] = np->endpoints[sorted[i].endpoint].class;
                np->doc_workloads[np->n_docs++] = sorted[i].workload;
        }
}

static int compare_numbers(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a;
        uint32_t y = *(const uint32_t *)b;

        return (x > y) - (x < y);
}

/* Sorted, each once: how many are left. */
static uint32_t sort_once(uint32_t *numbers, uint32_t n)
{
        uint32_t kept = 0;

        if (n > 1)
                qsort(numbers, n, sizeof(*numbers), compare_numbers);
        for (uint32_t i = 0; i < n; i++)
                if (kept == 0 || numbers[kept - 1] != numbers[i])
                        numbers[kept++] = numbers[i];
        return kept;
}

static void list_workload_classes(struct net_builder *b, const struct net_world *world)
{
        struct bw_netpol *np = b->np;
        uint32_t *from = room(b, b->scratch, np->n_workloads + 1, sizeof(*from));
        uint32_t total = 0;

        np->workload_classes = room(b, b->arena, world->n_members, sizeof(uint32_t));
        if (b->status < 0)
                return;
        for (size_t i = 0; i < world->n_members; i++)
                from[world->members[i].workload]++;
        for (size_t i = 0; i < np->n_workloads; i++) {
                np->workloads[i].first_class = total;
                total += from[i];
        }
        for (size_t i = 0; i < world->n_members; i++) {
                struct bw_net_workload *w = &np->workloads[world->members[i].workload];

                np->workload_classes[w->first_class + w->n_classes++] = np->endpoints[world->members[i].endpoint].class;
        }
        for (size_t i = 0; i < np->n_workloads; i++)
                np->workloads[i].n_classes =
                        sort_once(np->workload_classes + np->workloads[i].first_class, np->workloads[i].n_classes);
}

static int compare_workloads(const void *a, const void *b)
{
        const struct bw_net_workload *x = *(const struct bw_net_workload *const *)a;
        const struct bw_net_workload *y = *(const struct bw_net_workload *const *)b;
        int order = bw_str_cmp(x->ns, y->ns);

        if (!order)
                order = bw_str_cmp(x->name, y->name);
        return order ? order : bw_str_cmp(x->kind, y->kind);
}

/* By namespace and name; one without pods and without a template that could be read is none. */
static void sort_workloads(struct net_builder *b)
{
        struct bw_netpol *np = b->np;
        struct bw_net_workload **order = room(b, b->scratch, np->n_workloads, sizeof(*order));
        struct bw_net_workload *sorted = room(b, b->arena, np->n_workloads, sizeof(*sorted));
        uint32_t *moved = room(b, b->scratch, np->n_workloads, sizeof(*moved));
        size_t n = 0;

        if (b->status < 0)
                return;
        for (size_t i = 0; i < np->n_workloads; i++)
                if (np->workloads[i].n_classes)
                        order[n++] = &np->workloads[i];
        if (n > 1)
                qsort(order, n, sizeof(struct bw_net_workload *), compare_workloads);
        for (size_t i = 0; i < n; i++) {
                sorted[i] = *order[i];
                moved[order[i] - np->workloads] = (uint32_t)i;
        }
        for (size_t i = 0; i < np->n_docs; i++)
                np->doc_workloads[i] = moved[np->doc_workloads[i]];
        np->workloads = sorted;
        np->n_workloads = n;
}

/* ---- sides by behaviour */

static int compare_tiers(const void *a, const void *b)
{
        const struct net_tier *x = a;
        const struct net_tier *y = b;

        if (x->order != y->order)
                return x->order < y->order ? -1 : 1;
        return bw_str_cmp(x->name, y->name);
}

static int compare_sides(const void *a, const void *b)
{
        const struct net_side *x = a;
        const struct net_side *y = b;

        if (x->tier != y->tier)
                return x->tier < y->tier ? -1 : 1;
        if (x->order != y->order)
                return x->order < y->order ? -1 : 1;
        return (x->number > y->number) - (x->number < y->number);
}

/* In the order in which they decide; tiers are numbered in theirs. */
static void sort_sides(struct net_builder *b)
{
        struct bw_netpol *np = b->np;
        struct net_tier *sorted = room(b, b->arena, np->n_tiers, sizeof(*sorted));
        uint32_t *moved = room(b, b->scratch, np->n_tiers, sizeof(*moved));

        if (b->status < 0 || np->n_sides == 0)
                return;
        memcpy(sorted, np->tiers, np->n_tiers * sizeof(*sorted));
        qsort(sorted, np->n_tiers, sizeof(*sorted), compare_tiers);
        for (uint32_t i = 0; i < np->n_tiers; i++)
                for (uint32_t j = 0; j < np->n_tiers; j++)
                        if (compare_tiers(&np->tiers[i], &sorted[j]) == 0)
                                moved[i] = j;
        np->tiers = sorted;
        for (size_t i = 0; i < np->n_sides; i++)
                np->sides[i].tier = moved[np->sides[i].tier];
        qsort(np->sides, np->n_sides, sizeof(np->sides[0]), compare_sides);
}

struct former {
        struct net_builder *b;
        struct bw_netpol *np;
        uint32_t *from;                 /* sides by behaviour, of one direction */
        uint32_t *items;
        uint32_t *slots;                /* sets by hash */
        size_t mask;
};

static bool list_sides(struct former *f, bool ingress)
{
        struct bw_netpol *np = f->np;
        uint64_t total = 0;

        f->from = room(f->b, f->b->scratch, np->n_behaviours + 1, sizeof(*f->from));
        if (!f->from)
                return false;
        for (size_t i = 0; i < np->n_sides; i++)
                if (np->sides[i].ingress == ingress)
                        total += np->wheres[np->sides[i].subject].n;
        if (total > BW_LIMIT_NETPOL_MEMBERS) {
                net_fail(f->b, -E2BIG);
                return false;
        }
        f->items = room(f->b, f->b->scratch, (size_t)total, sizeof(*f->items));
        if (!f->items)
                return false;
        for (size_t pass = 0; pass < 2; pass++) {
                uint32_t sum = 0;

                for (uint32_t i = 0; i < np->n_sides; i++) {
                        const struct net_where *where = &np->wheres[np->sides[i].subject];

                        for (uint32_t j = 0; np->sides[i].ingress == ingress && j < where->n; j++) {
                                if (pass)
                                        f->items[f->from[where->behaviours[j]]] = i;
                                f->from[where->behaviours[j]]++;
                        }
                }
                for (uint32_t i = 0; pass == 0 && i <= np->n_behaviours; i++) {
                        uint32_t n = f->from[i];

                        f->from[i] = sum;
                        sum += n;
                }
        }
        return true;
}

static uint32_t hash_of(const uint32_t *sides, uint32_t n)
{
        uint32_t h = n;

        for (uint32_t i = 0; i < n; i++)
                h = ((h ^ sides[i]) * UINT32_C(0x9e3779b1)) ^ h >> 15;
        return h ^ h >> 16;
}

static size_t set_slot(const struct former *f, const uint32_t *sides, uint32_t n)
{
        size_t at = hash_of(sides, n) & f->mask;

        while (f->slots[at]) {
                const struct net_set *set = &f->np->sets[f->slots[at] - 1];

                if (set->n == n && (n == 0 || memcmp(set->sides, sides, n * sizeof(*sides)) == 0))
                        break;
                at = (at + 1) & f->mask;
        }
        return at;
}

static uint32_t set_of(struct former *f, const uint32_t *sides, uint32_t n)
{
        struct bw_netpol *np = f->np;
        size_t at = set_slot(f, sides, n);
        struct net_set set = {.n = n};
        uint32_t *copy;

        if (f->slots[at])
                return f->slots[at] - 1;
        copy = room(f->b, f->b->arena, n, sizeof(*copy));
        if (!copy)
                return 0;
        if (n)
                memcpy(copy, sides, n * sizeof(*copy));
        set.sides = copy;
        for (uint32_t i = 0; i < n; i++)
                set.isolates |= np->sides[sides[i]].isolates;
        if (bw_arena_grow(f->b->arena, &np->sets, &np->cap_sets, np->n_sets, sizeof(set)) < 0) {
                net_fail(f->b, -ENOMEM);
                return 0;
        }
        np->sets[np->n_sets++] = set;
        f->slots[at] = (uint32_t)np->n_sets;
        return (uint32_t)np->n_sets - 1;
}

static void form_sets(struct net_builder *b)
{
        struct former f = {.b = b, .np = b->np, .mask = 63};

        while (f.mask < 4 * (size_t)b->np->n_behaviours)
                f.mask = 2 * f.mask + 1;
        f.slots = room(b, b->scratch, f.mask + 1, sizeof(*f.slots));
        for (size_t ingress = 0; ingress < 2 && b->status == 0; ingress++) {
                uint32_t *of = room(b, b->arena, b->np->n_behaviours, sizeof(*of));

                if (!of || !list_sides(&f, ingress == 1))
                        return;
                b->np->set_of[ingress] = of;
                /* Each number is now where the next one's begin. */
                for (uint32_t i = 0; i < b->np->n_behaviours && b->status == 0; i++) {
                        uint32_t first = i ? f.from[i - 1] : 0;

                        of[i] = set_of(&f, f.items + first, f.from[i] - first);
                }
        }
}

/* ---- what policies select */

/* The sides of one policy are neighbours until they are sorted. What several of them select counts once. */
static void count_selected(struct net_builder *b)
{
        struct bw_netpol *np = b->np;
        uint32_t *classes = room(b, b->scratch, np->n_behaviours, sizeof(*classes));
        uint64_t *pods = room(b, b->scratch, np->n_behaviours, sizeof(*pods));
        uint32_t *met = room(b, b->scratch, np->n_behaviours, sizeof(*met)); /* policy + 1 */

        if (b->status < 0)
                return;
        for (uint32_t i = 0; i < np->n_classes; i++) {
                uint32_t behaviour = np->endpoints[np->class_sample[i]].behaviour;

                classes[behaviour]++;
                pods[behaviour] += np->class_pods[i];
        }
        for (size_t i = 0; i < np->n_sides; i++) {
                const struct net_where *where = &np->wheres[np->sides[i].subject];
                struct bw_net_policy *policy = &np->policies[np->sides[i].policy];

                for (uint32_t j = 0; j < where->n; j++) {
                        if (met[where->behaviours[j]] == np->sides[i].policy + 1)
                                continue;
                        met[where->behaviours[j]] = np->sides[i].policy + 1;
                        policy->n_classes += classes[where->behaviours[j]];
                        policy->n_pods += pods[where->behaviours[j]];
                }
        }
}

/* ---- what is outside */

static void join_outside(struct net_builder *b)
{
        struct bw_netpol *np = b->np;
        uint32_t last = NONE;

        np->outside = room(b, b->arena, np->n_pieces, sizeof(*np->outside));
        if (!np->outside)
                return;
        for (uint32_t i = 0; i < np->n_pieces; i++) {
                uint32_t behaviour = np->endpoints[np->first_outside + i].behaviour;
                bool goes_on = behaviour == last && np->pieces[i].low.is6 == np->pieces[i - 1].low.is6;

                if (!goes_on)
                        np->outside[np->n_outside++].low = net_address_of(&np->pieces[i].low);
                np->outside[np->n_outside - 1].high = net_address_of(&np->pieces[i].high);
                last = behaviour;
        }
}

void net_form_classes(struct net_builder *b, const struct net_world *world)
{
        if (b->status == 0)
                form_classes(b);
        if (b->status == 0)
                index_docs(b, world);
        if (b->status == 0)
                list_workload_classes(b, world);
        if (b->status == 0)
                sort_workloads(b);
        if (b->status == 0)
                count_selected(b);
        if (b->status == 0)
                sort_sides(b);
        if (b->status == 0)
                form_sets(b);
        if (b->status == 0)
                join_outside(b);
}
