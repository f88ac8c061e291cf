/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Behaviours: endpoints that are in the same wheres and have the same of the ports that are asked for by name. One group at first,
 * which each where splits into those that are in it and those that are not.
 */
#include "analyze/netpol_endpoint_internal.h"

#include "base/arena.h"
#include "base/limits.h"

/* Lists of endpoints by a number: those of number i are from[i] up to from[i + 1]. */
struct lists {
        uint32_t *from;
        uint32_t *items;
};

struct former {
        struct net_builder *b;
        struct bw_netpol *np;
        const struct net_world *world;
        struct lists by_ns;
        struct lists by_value;          /* pods by value of a label that is asked for */
        uint32_t *by_kind;              /* nodes, then what is outside */
        uint32_t n_nodes;
        struct lists by_piece;          /* pods and nodes by piece */
        uint32_t **ns_lists;            /* by number of an expression on namespaces: how many, then their numbers */
        uint32_t *ns_found;             /* one that is being made */
        uint32_t *found;                /* the members of the where that is looked at */
        uint32_t n_found;
        uint32_t *stamps;               /* by endpoint: the where that found it last, from 1 */
        uint32_t where;
        uint64_t n_members;             /* of all wheres */
};

static void *room(struct net_builder *b, size_t n, size_t size)
{
        void *p = bw_arena_zalloc(b->scratch, (n + 1) * size);

        if (!p)
                net_fail(b, -ENOMEM);
        return p;
}

/* each calls put(number) for all numbers of an endpoint; it is called twice. */
static bool make_lists(struct former *f, size_t n_numbers, struct lists *ret,
                       void (*each)(const struct former *f, uint32_t endpoint, uint32_t *counts, uint32_t *items))
{
        uint32_t *from = room(f->b, n_numbers + 2, sizeof(*from));
        uint32_t total = 0;

        if (!from)
                return false;
        for (uint32_t i = 0; i < f->np->n_endpoints; i++)
                each(f, i, from, NULL);
        for (size_t i = 0; i <= n_numbers; i++) {
                uint32_t n = from[i];

                from[i] = total;
                total += n;
        }
        ret->items = room(f->b, total, sizeof(*ret->items));
        if (!ret->items)
                return false;
        for (uint32_t i = 0; i < f->np->n_endpoints; i++)
                each(f, i, from, ret->items);
        /* Each is now where the next one begins. */
        memmove(from + 1, from, n_numbers * sizeof(*from));
        from[0] = 0;
        ret->from = from;
        return true;
}

static void put(uint32_t *counts, uint32_t *items, uint32_t number, uint32_t endpoint)
{
        if (items)
                items[counts[number]] = endpoint;
        counts[number]++;
}

static void each_ns(const struct former *f, uint32_t endpoint, uint32_t *counts, uint32_t *items)
{
        if (f->np->endpoints[endpoint].ns != NONE)
                put(counts, items, f->np->endpoints[endpoint].ns, endpoint);
}

static void each_value(const struct former *f, uint32_t endpoint, uint32_t *counts, uint32_t *items)
{
        for (uint32_t i = 0; i < f->world->n_words[endpoint]; i++)
                if ((uint32_t)f->world->words[endpoint][i])
                        put(counts, items, (uint32_t)f->world->words[endpoint][i] - 1, endpoint);
}

static void each_piece(const struct former *f, uint32_t endpoint, uint32_t *counts, uint32_t *items)
{
        const struct net_endpoint *e = &f->np->endpoints[endpoint];

        for (uint32_t i = 0; i < e->n_pieces; i++)
                put(counts, items, e->pieces[i], endpoint);
        if (e->kind == KIND_OUTSIDE)
                put(counts, items, endpoint - f->np->first_outside, endpoint);
}

/* ---- the members of a where */

static void add_found(struct former *f, const struct net_where *where, uint32_t endpoint)
{
        const struct net_endpoint *e = &f->np->endpoints[endpoint];

        if (!(where->kinds & KINDS(e->kind)) || f->stamps[endpoint] == f->where)
                return;
        if (where->ns && !net_expr_holds(f->np, where->ns, e))
                return;
        if (where->expr && !net_expr_holds(f->np, where->expr, e))
                return;
        f->stamps[endpoint] = f->where;
        f->found[f->n_found++] = endpoint;
}

static void add_list(struct former *f, const struct net_where *where, const uint32_t *items, size_t n)
{
        net_step(f->b, n);
        for (size_t i = 0; i < n && f->b->status == 0; i++)
                add_found(f, where, items[i]);
}

static void add_block(struct former *f, const struct net_where *where)
{
        const struct net_block *block = where->block;

        for (uint32_t i = 0; i < block->n; i++) {
                uint32_t first = net_piece_of(f->np, &block->ranges[i].low);
                uint32_t last = net_piece_of(f->np, &block->ranges[i].high);

                add_list(f, where, f->by_piece.items + f->by_piece.from[first],
                         f->by_piece.from[last + 1] - f->by_piece.from[first]);
        }
        for (uint32_t i = 0; block->unknown && i < f->np->first_outside; i++)
                if (f->np->endpoints[i].n_pieces == 0)
                        add_found(f, where, i);
}

/* An expression that must hold and asks for one of some values of a key; NULL: none is found. */
static const struct net_expr *needed(const struct net_expr *e, enum net_scope scope, const char *key)
{
        if (e->op == EXPR_IN && e->scope == scope && (!key || bw_str_is(bw_value_text(e->key), key)))
                return e;
        for (uint32_t i = 0; e->op == EXPR_AND && i < e->n; i++)
                if (e->parts[i]->op == EXPR_IN && e->parts[i]->scope == scope &&
                    (!key || bw_str_is(bw_value_text(e->parts[i]->key), key)))
                        return e->parts[i];
        return NULL;
}

static void list_namespaces(struct former *f, const struct net_expr *e, uint32_t *list)
{
        const struct net_expr *named = needed(e, SCOPE_NAMESPACE, "kubernetes.io/metadata.name");
        uint32_t n = named ? named->n : (uint32_t)f->np->n_namespaces;

        net_step(f->b, n);
        for (uint32_t i = 0; i < n && f->b->status == 0; i++) {
                struct net_endpoint any = {.ns = named ? net_find_namespace(f->np, bw_value_text(named->values[i])) : i};

                if (any.ns != NONE && net_expr_holds(f->np, e, &any))
                        list[++list[0]] = any.ns;
        }
}

/* The namespaces in which it holds; worked out once. */
static const uint32_t *namespaces_of(struct former *f, const struct net_expr *e)
{
        uint32_t *list;

        if (f->ns_lists[e->number])
                return f->ns_lists[e->number];
        f->ns_found[0] = 0;
        list_namespaces(f, e, f->ns_found);
        list = room(f->b, f->ns_found[0], sizeof(*list));
        if (list)
                memcpy(list, f->ns_found, (f->ns_found[0] + 1) * sizeof(*list));
        f->ns_lists[e->number] = list;
        return list;
}

static size_t in_namespaces(const struct former *f, const uint32_t *list)
{
        size_t n = 0;

        for (uint32_t i = 1; i <= list[0]; i++)
                n += f->by_ns.from[list[i] + 1] - f->by_ns.from[list[i]];
        return n;
}

/* The posting lists of a label's values: how many pods are in them. */
static size_t in_values(const struct former *f, const struct net_expr *e)
{
        uint32_t key = net_asked_key(&f->world->asked, e->key);
        size_t n = 0;

        for (uint32_t i = 0; i < e->n; i++) {
                uint32_t value = net_asked_value(&f->world->asked, key, bw_value_text(e->values[i]));

                n += f->by_value.from[value] - f->by_value.from[value - 1];
        }
        return n;
}

static void add_values(struct former *f, const struct net_where *where, const struct net_expr *e)
{
        uint32_t key = net_asked_key(&f->world->asked, e->key);

        for (uint32_t i = 0; i < e->n; i++) {
                uint32_t value = net_asked_value(&f->world->asked, key, bw_value_text(e->values[i]));

                add_list(f, where, f->by_value.items + f->by_value.from[value - 1],
                         f->by_value.from[value] - f->by_value.from[value - 1]);
        }
}

/* The shortest way to all pods that can be in it. */
static void add_pods(struct former *f, const struct net_where *where)
{
        const struct net_expr *by_label = where->expr ? needed(where->expr, SCOPE_POD, NULL) : NULL;
        const uint32_t *list = where->ns ? namespaces_of(f, where->ns) : NULL;
        size_t n_all = f->by_ns.from[f->np->n_namespaces];
        size_t n;

        if (where->ns && !list)
                return;
        n = list ? in_namespaces(f, list) : n_all;
        if (by_label && in_values(f, by_label) < n)
                add_values(f, where, by_label);
        else if (list)
                for (uint32_t i = 1; i <= list[0]; i++)
                        add_list(f, where, f->by_ns.items + f->by_ns.from[list[i]],
                                 f->by_ns.from[list[i] + 1] - f->by_ns.from[list[i]]);
        else
                add_list(f, where, f->by_ns.items, n_all);
}

static void find_members(struct former *f, const struct net_where *where)
{
        f->n_found = 0;
        f->where++;
        if (where->block) {
                add_block(f, where);
                return;
        }
        if (where->kinds & (KINDS(KIND_POD) | KINDS(KIND_HOST)))
                add_pods(f, where);
        if (where->kinds & KINDS(KIND_NODE))
                add_list(f, where, f->by_kind, f->n_nodes);
        if (where->kinds & KINDS(KIND_OUTSIDE))
                add_list(f, where, f->by_kind + f->n_nodes, f->np->n_pieces);
}

/* ---- splitting */

struct groups {
        uint32_t *size;
        uint32_t *hits;
        uint32_t *into;
        uint32_t *touched;
        uint32_t n;
};

/* The members of each group that was found in part become a group of their own. */
static void split(struct former *f, struct groups *g)
{
        struct net_endpoint *ends = f->np->endpoints;
        uint32_t n_touched = 0;

        for (uint32_t i = 0; i < f->n_found; i++)
                if (g->hits[ends[f->found[i]].behaviour]++ == 0)
                        g->touched[n_touched++] = ends[f->found[i]].behaviour;
        for (uint32_t i = 0; i < n_touched; i++) {
                uint32_t group = g->touched[i];

                g->into[group] = group;
                if (g->hits[group] < g->size[group]) {
                        g->into[group] = g->n;
                        g->size[g->n++] = g->hits[group];
                        g->size[group] -= g->hits[group];
                }
                g->hits[group] = 0;
        }
        for (uint32_t i = 0; i < f->n_found; i++)
                ends[f->found[i]].behaviour = g->into[ends[f->found[i]].behaviour];
}

static uint32_t first_hash(const struct net_endpoint *e)
{
        uint32_t h = (uint32_t)e->kind + 1;

        for (uint32_t i = 0; i < e->n_ports; i++) {
                for (size_t j = 0; j < e->ports[i].name.n; j++)
                        h = (h ^ (uint8_t)e->ports[i].name.p[j]) * UINT32_C(16777619);
                h = (h ^ (uint32_t)e->ports[i].port ^ (uint32_t)e->ports[i].protocol << 16) * UINT32_C(0x9e3779b1);
        }
        return h ^ h >> 15;
}

static bool same_first(const struct net_endpoint *a, const struct net_endpoint *b)
{
        if (a->kind != b->kind || a->n_ports != b->n_ports)
                return false;
        for (uint32_t i = 0; i < a->n_ports; i++)
                if (a->ports[i].protocol != b->ports[i].protocol || a->ports[i].port != b->ports[i].port ||
                    !bw_str_eq(a->ports[i].name, b->ports[i].name))
                        return false;
        return true;
}

/* Groups by what no where asks for: the kind, and the ports by name. */
static void first_groups(struct former *f, struct groups *g)
{
        struct net_endpoint *ends = f->np->endpoints;
        size_t mask = 63;
        uint32_t *slots;

        while (mask < 2 * f->np->n_endpoints)
                mask = 2 * mask + 1;
        slots = room(f->b, mask + 1, sizeof(*slots));
        for (uint32_t i = 0; slots && i < f->np->n_endpoints; i++) {
                size_t at = first_hash(&ends[i]) & mask;

                while (slots[at] && !same_first(&ends[slots[at] - 1], &ends[i]))
                        at = (at + 1) & mask;
                if (!slots[at]) {
                        slots[at] = i + 1;
                        ends[i].behaviour = g->n++;
                } else {
                        ends[i].behaviour = ends[slots[at] - 1].behaviour;
                }
                g->size[ends[i].behaviour]++;
        }
}

/* The members of all wheres, for as long as groups are split. */
static void split_all(struct former *f, struct groups *g)
{
        for (size_t i = 0; i < f->np->n_wheres && f->b->status == 0; i++) {
                struct net_where *where = &f->np->wheres[i];

                find_members(f, where);
                f->n_members += f->n_found;
                if (f->n_members > BW_LIMIT_NETPOL_MEMBERS) {
                        net_fail(f->b, -E2BIG);
                        return;
                }
                where->behaviours = room(f->b, f->n_found, sizeof(*where->behaviours));
                if (!where->behaviours)
                        return;
                memcpy(where->behaviours, f->found, f->n_found * sizeof(*f->found));
                where->n = f->n_found;
                split(f, g);
        }
}

static int compare_numbers(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a;
        uint32_t y = *(const uint32_t *)b;

        return (x > y) - (x < y);
}

/* From endpoints to behaviours: each once. */
static void settle(struct former *f, uint32_t *stamps)
{
        for (uint32_t i = 0; i < f->np->n_wheres; i++) {
                struct net_where *where = &f->np->wheres[i];
                uint32_t n = 0;
                uint32_t *kept;

                for (uint32_t j = 0; j < where->n; j++) {
                        uint32_t behaviour = f->np->endpoints[where->behaviours[j]].behaviour;

                        if (stamps[behaviour] != i + 1) {
                                stamps[behaviour] = i + 1;
                                where->behaviours[n++] = behaviour;
                        }
                }
                kept = bw_arena_array(f->b->arena, n, sizeof(*kept));
                if (!kept) {
                        net_fail(f->b, -ENOMEM);
                        return;
                }
                if (n)
                        memcpy(kept, where->behaviours, n * sizeof(*kept));
                if (n > 1)
                        qsort(kept, n, sizeof(*kept), compare_numbers);
                where->behaviours = kept;
                where->n = n;
        }
}

static void take_samples(struct former *f)
{
        struct bw_netpol *np = f->np;

        np->sample = bw_arena_array(f->b->arena, np->n_behaviours, sizeof(*np->sample));
        if (!np->sample) {
                net_fail(f->b, -ENOMEM);
                return;
        }
        for (uint32_t i = (uint32_t)np->n_endpoints; i-- > 0;)
                np->sample[np->endpoints[i].behaviour] = i;
}

static void list_kinds(struct former *f)
{
        uint32_t n = 0;

        for (uint32_t i = 0; i < f->np->first_outside; i++)
                if (f->np->endpoints[i].kind == KIND_NODE)
                        f->by_kind[n++] = i;
        f->n_nodes = n;
        for (uint32_t i = f->np->first_outside; i < f->np->n_endpoints; i++)
                f->by_kind[n++] = i;
}

static bool prepare(struct former *f, struct groups *g)
{
        size_t n = f->np->n_endpoints;

        f->by_kind = room(f->b, n, sizeof(uint32_t));
        f->ns_lists = room(f->b, f->b->n_exprs, sizeof(uint32_t *));
        f->ns_found = room(f->b, f->np->n_namespaces + 1, sizeof(uint32_t));
        f->found = room(f->b, n, sizeof(uint32_t));
        f->stamps = room(f->b, n, sizeof(uint32_t));
        g->size = room(f->b, n, sizeof(uint32_t));
        g->hits = room(f->b, n, sizeof(uint32_t));
        g->into = room(f->b, n, sizeof(uint32_t));
        g->touched = room(f->b, n, sizeof(uint32_t));
        return f->b->status == 0 && make_lists(f, f->np->n_namespaces, &f->by_ns, each_ns) &&
               make_lists(f, f->world->asked.n_values, &f->by_value, each_value) &&
               make_lists(f, f->np->n_pieces, &f->by_piece, each_piece);
}

void net_form_behaviours(struct net_builder *b, const struct net_world *world)
{
        struct former f = {.b = b, .np = b->np, .world = world};
        struct groups g = {0};

        if (b->status < 0 || !prepare(&f, &g))
                return;
        list_kinds(&f);
        first_groups(&f, &g);
        split_all(&f, &g);
        if (b->status < 0)
                return;
        b->np->n_behaviours = g.n;
        memset(f.stamps, 0, b->np->n_endpoints * sizeof(*f.stamps));
        settle(&f, f.stamps);
        take_samples(&f);
}
