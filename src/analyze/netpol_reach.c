/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All pairs at once. For each set of sides a row is worked out: what it decides for most peers, and for which it decides
 * otherwise. A pair is then two look-ups and a memory of which sets of ports meet in which.
 */
#include "analyze/netpol_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

/* ---- numbered things: equal ones have one number */

struct slots {
        uint32_t *table; /* numbers + 1 */
        size_t mask;
};

struct verdict { /* of one direction; numbers of sets of ports */
        uint32_t sure, most, doubted;
};
struct result {
        uint32_t ports;
        bool at_most;
};
struct memo { /* of an operation on two numbers */
        uint64_t key; /* + 1; 0: empty */
        uint32_t value;
};

struct entry {
        uint32_t peer; /* behaviour; in the transposed lists: row */
        uint32_t verdict;
};
struct row {
        uint32_t verdict; /* of all others */
        const struct entry *entries;
        uint32_t n;
};

struct bw_net_reach {
        const struct bw_netpol *np;
        struct bw_arena *arena;
        struct bw_ports *ports;
        size_t n_ports, cap_ports;
        struct slots port_slots;
        struct verdict *verdicts;
        size_t n_verdicts, cap_verdicts;
        struct slots verdict_slots;
        struct result *results;
        size_t n_results, cap_results;
        struct memo *memo;
        size_t n_memo, memo_mask;
        struct row *rows;
        size_t n_rows, cap_rows;
        uint32_t *row_of[2];    /* by behaviour: egress, ingress */
        uint32_t *from;         /* entries of rows of ingress by peer: from[i] up to from[i + 1] */
        struct entry *by_peer;
        uint64_t n_entries;
        uint64_t steps;         /* peers to which rules were applied */
        uint32_t *out;          /* verdicts by behaviour, of the class that is asked about */
        uint32_t *in;           /* verdicts by row */
        int status;
};

enum { PORTS_NONE, PORTS_ALL };
enum { OP_UNION, OP_INTERSECT, OP_MINUS, OP_MEET };

static void *room(struct bw_net_reach *r, size_t n, size_t size)
{
        void *p = bw_arena_zalloc(r->arena, (n + 1) * size);

        if (!p)
                r->status = -ENOMEM;
        return p;
}

static uint32_t mix(uint32_t h, uint32_t v)
{
        h = (h ^ v) * UINT32_C(0x9e3779b1);
        return h ^ h >> 15;
}

static uint32_t ports_hash(const struct bw_ports *ports)
{
        uint32_t h = 1;

        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                h = mix(h, ports->n[p]);
                for (uint32_t i = 0; i < ports->n[p]; i++)
                        h = mix(h, (uint32_t)ports->ranges[p][i].low << 16 | ports->ranges[p][i].high);
        }
        return h;
}

static uint32_t verdict_hash(const struct verdict *v)
{
        return mix(mix(mix(1, v->sure), v->most), v->doubted);
}

/* Room for one more among n; hash_at gives an item's. */
static bool make_room(struct bw_net_reach *r, struct slots *slots, size_t n, uint32_t (*hash_at)(const struct bw_net_reach *r, size_t i))
{
        size_t size = slots->table ? slots->mask + 1 : 0;

        if (size > 2 * (n + 1))
                return true;
        size = size ? 2 * size : 256;
        slots->table = room(r, size, sizeof(*slots->table));
        slots->mask = size - 1;
        for (size_t i = 0; slots->table && i < n; i++) {
                size_t at = hash_at(r, i) & slots->mask;

                while (slots->table[at])
                        at = (at + 1) & slots->mask;
                slots->table[at] = (uint32_t)i + 1;
        }
        return slots->table != NULL;
}

static uint32_t ports_hash_at(const struct bw_net_reach *r, size_t i)
{
        return ports_hash(&r->ports[i]);
}

static uint32_t number_of_ports(struct bw_net_reach *r, const struct bw_ports *ports)
{
        size_t at;

        if (!make_room(r, &r->port_slots, r->n_ports, ports_hash_at))
                return PORTS_NONE;
        for (at = ports_hash(ports) & r->port_slots.mask; r->port_slots.table[at]; at = (at + 1) & r->port_slots.mask)
                if (net_ports_eq(&r->ports[r->port_slots.table[at] - 1], ports))
                        return r->port_slots.table[at] - 1;
        if (bw_arena_grow(r->arena, &r->ports, &r->cap_ports, r->n_ports, sizeof(*ports)) < 0) {
                r->status = -ENOMEM;
                return PORTS_NONE;
        }
        r->ports[r->n_ports++] = *ports;
        r->port_slots.table[at] = (uint32_t)r->n_ports;
        return (uint32_t)r->n_ports - 1;
}

static uint32_t verdict_hash_at(const struct bw_net_reach *r, size_t i)
{
        return verdict_hash(&r->verdicts[i]);
}

static uint32_t number_of_verdict(struct bw_net_reach *r, const struct verdict *v)
{
        size_t at;

        if (!make_room(r, &r->verdict_slots, r->n_verdicts, verdict_hash_at))
                return 0;
        for (at = verdict_hash(v) & r->verdict_slots.mask; r->verdict_slots.table[at]; at = (at + 1) & r->verdict_slots.mask) {
                const struct verdict *w = &r->verdicts[r->verdict_slots.table[at] - 1];

                if (w->sure == v->sure && w->most == v->most && w->doubted == v->doubted)
                        return r->verdict_slots.table[at] - 1;
        }
        if (bw_arena_grow(r->arena, &r->verdicts, &r->cap_verdicts, r->n_verdicts, sizeof(*v)) < 0) {
                r->status = -ENOMEM;
                return 0;
        }
        r->verdicts[r->n_verdicts++] = *v;
        r->verdict_slots.table[at] = (uint32_t)r->n_verdicts;
        return (uint32_t)r->n_verdicts - 1;
}

/* ---- operations on numbers, each worked out once */

static struct memo *memo_slot(const struct bw_net_reach *r, uint64_t key)
{
        size_t at = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & r->memo_mask;

        while (r->memo[at].key && r->memo[at].key != key)
                at = (at + 1) & r->memo_mask;
        return &r->memo[at];
}

static bool grow_memo(struct bw_net_reach *r)
{
        struct memo *old = r->memo;
        size_t n = old ? r->memo_mask + 1 : 0;

        if (n > 2 * (r->n_memo + 1))
                return true;
        r->memo = room(r, n ? 2 * n : 4096, sizeof(*r->memo));
        if (!r->memo) {
                r->memo = old;
                return false;
        }
        r->memo_mask = (n ? 2 * n : 4096) - 1;
        for (size_t i = 0; i < n; i++)
                if (old[i].key)
                        *memo_slot(r, old[i].key) = old[i];
        return true;
}

static uint32_t combine(struct bw_net_reach *r, enum port_op op, uint32_t a, uint32_t b)
{
        struct bw_ports ports;

        if (!net_ports_combine(r->arena, op, &r->ports[a], &r->ports[b], &ports)) {
                r->status = -ENOMEM;
                return PORTS_NONE;
        }
        return number_of_ports(r, &ports);
}

static uint32_t on_ports(struct bw_net_reach *r, unsigned op, uint32_t a, uint32_t b)
{
        static const enum port_op ops[] = {PORTS_UNION, PORTS_INTERSECT, PORTS_MINUS};
        uint64_t key = (uint64_t)a << 34 | (uint64_t)b << 2 | op;
        struct memo *slot;
        uint32_t value;

        /* The answers that need no memory. */
        if (op == OP_UNION && (a == b || b == PORTS_NONE || a == PORTS_ALL))
                return a;
        if (op == OP_UNION && (a == PORTS_NONE || b == PORTS_ALL))
                return b;
        if (op == OP_INTERSECT && (a == b || a == PORTS_NONE || b == PORTS_ALL))
                return a;
        if (op == OP_INTERSECT && (b == PORTS_NONE || a == PORTS_ALL))
                return b;
        if (op == OP_MINUS && (a == PORTS_NONE || b == PORTS_NONE))
                return a;
        if (op == OP_MINUS && (a == b || b == PORTS_ALL))
                return PORTS_NONE;
        if (!grow_memo(r))
                return PORTS_NONE;
        slot = memo_slot(r, key + 1);
        if (slot->key)
                return slot->value;
        value = combine(r, ops[op], a, b);
        *slot = (struct memo){.key = key + 1, .value = value};
        r->n_memo++;
        return value;
}

static uint32_t add_result(struct bw_net_reach *r, uint32_t out, uint32_t in)
{
        struct verdict a = r->verdicts[out];
        struct verdict b = r->verdicts[in];
        uint32_t most = on_ports(r, OP_INTERSECT, a.most, b.most);
        uint32_t doubted = on_ports(r, OP_INTERSECT, on_ports(r, OP_UNION, a.doubted, b.doubted), most);
        struct result result = {.ports = most,
                                .at_most = most != on_ports(r, OP_INTERSECT, a.sure, b.sure) || doubted != PORTS_NONE};

        for (uint32_t i = 0; i < r->n_results; i++)
                if (r->results[i].ports == result.ports && r->results[i].at_most == result.at_most)
                        return i;
        if (bw_arena_grow(r->arena, &r->results, &r->cap_results, r->n_results, sizeof(result)) < 0) {
                r->status = -ENOMEM;
                return 0;
        }
        r->results[r->n_results++] = result;
        return (uint32_t)r->n_results - 1;
}

static uint32_t meet(struct bw_net_reach *r, uint32_t out, uint32_t in)
{
        uint64_t key = (uint64_t)out << 34 | (uint64_t)in << 2 | OP_MEET;
        struct memo *slot = memo_slot(r, key + 1);
        uint32_t value;

        if (slot->key)
                return slot->value;
        value = add_result(r, out, in);
        if (!grow_memo(r))
                return 0;
        slot = memo_slot(r, key + 1);
        *slot = (struct memo){.key = key + 1, .value = value};
        r->n_memo++;
        return value;
}

/* ---- rows */

struct standing { /* of a peer, while the sides of a set are gone through */
        uint32_t sure, perhaps, doubted, rest, passed;
};

struct walk {
        struct bw_net_reach *r;
        const struct net_set *set;
        const struct net_endpoint *subject;
        uint32_t behaviour;     /* the subject's */
        bool ingress;
        struct standing others;
        struct standing *peers; /* by behaviour, those that are touched */
        uint32_t *stamp;        /* by behaviour: the row that touched it last, from 1 */
        uint32_t *rule_stamp;   /* the same for rules */
        uint32_t *touched;
        uint32_t n_touched;
        uint32_t row, rule;
};

static void apply(struct bw_net_reach *r, struct standing *s, const struct net_rule *rule, uint32_t ports)
{
        uint32_t *to = rule->action == BW_NET_ALLOW ? (rule->at_most ? &s->perhaps : &s->sure)
                       : rule->at_most              ? &s->doubted
                       : rule->action == BW_NET_PASS ? &s->passed
                                                     : NULL;

        ports = on_ports(r, OP_INTERSECT, s->rest, ports);
        if (to)
                *to = on_ports(r, OP_UNION, *to, ports);
        if (!rule->at_most)
                s->rest = on_ports(r, OP_MINUS, s->rest, ports);
}

static uint32_t rule_ports_at(struct walk *w, const struct net_rule *rule, const struct net_endpoint *to)
{
        struct bw_ports ports = rule->ports;

        if (rule->n_names && !net_rule_ports(rule, to, w->r->arena, &ports)) {
                w->r->status = -ENOMEM;
                return PORTS_NONE;
        }
        return number_of_ports(w->r, &ports);
}

static void touch(struct walk *w, uint32_t peer)
{
        if (w->stamp[peer] == w->row)
                return;
        w->stamp[peer] = w->row;
        w->peers[peer] = w->others;
        w->touched[w->n_touched++] = peer;
}

static void apply_rule(struct walk *w, const struct net_rule *rule)
{
        const struct bw_netpol *np = w->r->np;
        bool by_peer = rule->n_names && !w->ingress; /* names are the destination's */
        uint32_t ports = by_peer ? PORTS_NONE : rule_ports_at(w, rule, w->subject);

        w->rule++;
        w->r->steps += rule->anyone ? w->n_touched : 0;
        for (uint32_t i = 0; i < rule->n_peers; i++)
                w->r->steps += np->wheres[rule->peers[i]].n;
        if (w->r->steps > BW_LIMIT_NETPOL_STEPS) {
                w->r->status = -E2BIG;
                return;
        }
        if (rule->anyone) {
                /* A name is known only where the destination is: those that have it are told from the others. */
                for (uint32_t i = 0; by_peer && i < np->n_behaviours; i++)
                        if (np->endpoints[np->sample[i]].n_ports)
                                touch(w, i);
                for (uint32_t i = 0; i < w->n_touched; i++)
                        apply(w->r, &w->peers[w->touched[i]], rule,
                              by_peer ? rule_ports_at(w, rule, &np->endpoints[np->sample[w->touched[i]]]) : ports);
                apply(w->r, &w->others, rule, by_peer ? number_of_ports(w->r, &rule->ports) : ports);
                return;
        }
        for (uint32_t i = 0; i < rule->n_peers; i++) {
                const struct net_where *where = &np->wheres[rule->peers[i]];

                for (uint32_t j = 0; j < where->n; j++) {
                        uint32_t peer = where->behaviours[j];

                        if (w->rule_stamp[peer] == w->rule)
                                continue;
                        w->rule_stamp[peer] = w->rule;
                        touch(w, peer);
                        apply(w->r, &w->peers[peer], rule,
                              by_peer ? rule_ports_at(w, rule, &np->endpoints[np->sample[peer]]) : ports);
                }
        }
}

static void end_tier(struct bw_net_reach *r, struct standing *s, bool isolates)
{
        s->rest = isolates ? s->passed : on_ports(r, OP_UNION, s->rest, s->passed);
        s->passed = PORTS_NONE;
}

static void walk_sides(struct walk *w)
{
        const struct net_side *sides = w->r->np->sides;
        const struct net_set *set = w->set;

        w->others = (struct standing){.rest = PORTS_ALL};
        for (uint32_t i = 0; i < set->n && w->r->status == 0;) {
                uint32_t tier = sides[set->sides[i]].tier;
                bool isolates = false;

                for (; i < set->n && sides[set->sides[i]].tier == tier; i++) {
                        const struct net_side *side = &sides[set->sides[i]];

                        isolates |= side->isolates;
                        for (uint32_t j = 0; j < side->n_rules; j++)
                                if (net_rule_is_own(w->r->np, &side->rules[j], w->behaviour))
                                        apply_rule(w, &side->rules[j]);
                }
                end_tier(w->r, &w->others, isolates);
                for (uint32_t j = 0; j < w->n_touched; j++)
                        end_tier(w->r, &w->peers[w->touched[j]], isolates);
        }
}

static uint32_t close_standing(struct bw_net_reach *r, const struct standing *s)
{
        struct verdict v = {.sure = on_ports(r, OP_UNION, s->sure, s->rest), .doubted = s->doubted};

        v.most = on_ports(r, OP_UNION, v.sure, s->perhaps);
        return number_of_verdict(r, &v);
}

static uint32_t new_row(struct walk *w)
{
        struct bw_net_reach *r = w->r;
        struct row row = {0};
        struct entry *entries;

        w->n_touched = 0;
        w->row++;
        walk_sides(w);
        row.verdict = close_standing(r, &w->others);
        entries = room(r, w->n_touched, sizeof(*entries));
        if (!entries || bw_arena_grow(r->arena, &r->rows, &r->cap_rows, r->n_rows, sizeof(row)) < 0) {
                r->status = -ENOMEM;
                return 0;
        }
        for (uint32_t i = 0; i < w->n_touched; i++) {
                uint32_t verdict = close_standing(r, &w->peers[w->touched[i]]);

                if (verdict != row.verdict)
                        entries[row.n++] = (struct entry){w->touched[i], verdict};
        }
        row.entries = entries;
        r->n_entries += row.n;
        if (r->n_entries > BW_LIMIT_NETPOL_MEMBERS)
                r->status = -E2BIG;
        r->rows[r->n_rows++] = row;
        return (uint32_t)r->n_rows - 1;
}

/* Rules that ask something of the subject itself: then its row is no other's. */
static bool is_private(const struct bw_netpol *np, const struct net_set *set, bool ingress)
{
        for (uint32_t i = 0; i < set->n; i++) {
                const struct net_side *side = &np->sides[set->sides[i]];

                for (uint32_t j = 0; j < side->n_rules; j++)
                        if (side->rules[j].n_own || (ingress && side->rules[j].n_names))
                                return true;
        }
        return false;
}

static void make_rows(struct bw_net_reach *r, bool ingress)
{
        const struct bw_netpol *np = r->np;
        struct walk w = {
                .r = r,
                .ingress = ingress,
                .peers = room(r, np->n_behaviours, sizeof(*w.peers)),
                .stamp = room(r, np->n_behaviours, sizeof(*w.stamp)),
                .rule_stamp = room(r, np->n_behaviours, sizeof(*w.rule_stamp)),
                .touched = room(r, np->n_behaviours, sizeof(*w.touched)),
        };
        uint32_t *shared = room(r, np->n_sets, sizeof(*shared)); /* row + 1 */

        r->row_of[ingress] = room(r, np->n_behaviours, sizeof(uint32_t));
        for (uint32_t i = 0; r->status == 0 && i < np->n_behaviours; i++) {
                uint32_t number = np->set_of[ingress][i];

                w.set = &np->sets[number];
                w.behaviour = i;
                w.subject = &np->endpoints[np->sample[i]];
                if (w.subject->kind > KIND_HOST)
                        continue;
                if (is_private(np, w.set, ingress)) {
                        r->row_of[ingress][i] = new_row(&w);
                        continue;
                }
                if (!shared[number])
                        shared[number] = new_row(&w) + 1;
                r->row_of[ingress][i] = shared[number] - 1;
        }
}

/* Entries of rows first .. last by peer. */
static void turn(struct bw_net_reach *r, size_t first)
{
        uint32_t n = r->np->n_behaviours;

        r->from = room(r, (size_t)n + 1, sizeof(*r->from));
        r->by_peer = room(r, (size_t)r->n_entries, sizeof(*r->by_peer));
        if (r->status < 0)
                return;
        for (size_t i = first; i < r->n_rows; i++)
                for (uint32_t j = 0; j < r->rows[i].n; j++)
                        r->from[r->rows[i].entries[j].peer + 1]++;
        for (uint32_t i = 0; i < n; i++)
                r->from[i + 1] += r->from[i];
        for (size_t i = first; i < r->n_rows; i++)
                for (uint32_t j = 0; j < r->rows[i].n; j++) {
                        const struct entry *e = &r->rows[i].entries[j];

                        r->by_peer[r->from[e->peer]++] = (struct entry){(uint32_t)i, e->verdict};
                }
        memmove(r->from + 1, r->from, n * sizeof(*r->from));
        r->from[0] = 0;
}

static int failure(const struct bw_net_reach *r, struct bw_error *reterr)
{
        if (r->status == -E2BIG)
                return bw_error_set(reterr, -E2BIG, "the network policies make more than %u differences between groups of pods: ask about "
                                    "fewer namespaces", (unsigned)BW_LIMIT_NETPOL_MEMBERS);
        return bw_arena_error(r->arena, reterr);
}

int bw_net_reach_new(struct bw_arena *arena, const struct bw_netpol *netpol, struct bw_net_reach **ret, struct bw_error *reterr)
{
        struct bw_net_reach *r = bw_arena_zalloc(arena, sizeof(*r));
        size_t first;

        if (!r)
                return bw_arena_error(arena, reterr);
        r->np = netpol;
        r->arena = arena;
        (void)number_of_ports(r, &net_ports_none);
        (void)number_of_ports(r, &net_ports_all);
        (void)grow_memo(r);
        if (r->status == 0)
                make_rows(r, false);
        first = r->n_rows;
        if (r->status == 0)
                make_rows(r, true);
        if (r->status == 0)
                turn(r, first);
        r->out = room(r, netpol->n_behaviours, sizeof(*r->out));
        r->in = room(r, r->n_rows, sizeof(*r->in));
        if (r->status == 0 && bw_arena_grow(arena, &r->results, &r->cap_results, 0, sizeof(*r->results)) < 0)
                r->status = -ENOMEM;
        if (r->status < 0)
                return failure(r, reterr);
        r->results[r->n_results++] = (struct result){.ports = PORTS_NONE};
        *ret = r;
        return 0;
}

int bw_net_reach_from(struct bw_net_reach *reach, uint32_t class, uint32_t *row, struct bw_error *reterr)
{
        const struct bw_netpol *np = reach->np;
        uint32_t behaviour;
        const struct row *out;

        if (class >= np->n_classes)
                return bw_error_set(reterr, -EINVAL, "there is no such class of pods");
        behaviour = np->endpoints[np->class_sample[class]].behaviour;
        out = &reach->rows[reach->row_of[false][behaviour]];
        for (uint32_t i = 0; i < np->n_behaviours; i++)
                reach->out[i] = out->verdict;
        for (uint32_t i = 0; i < out->n; i++)
                reach->out[out->entries[i].peer] = out->entries[i].verdict;
        for (size_t i = 0; i < reach->n_rows; i++)
                reach->in[i] = reach->rows[i].verdict;
        for (uint32_t i = reach->from[behaviour]; i < reach->from[behaviour + 1]; i++)
                reach->in[reach->by_peer[i].peer] = reach->by_peer[i].verdict;
        for (uint32_t i = 0; i < np->n_classes; i++) {
                uint32_t peer = np->endpoints[np->class_sample[i]].behaviour;

                row[i] = meet(reach, reach->out[peer], reach->in[reach->row_of[true][peer]]);
        }
        return reach->status < 0 ? failure(reach, reterr) : 0;
}

const struct bw_ports *bw_net_reach_ports(const struct bw_net_reach *reach, uint32_t number, bool *ret_at_most)
{
        *ret_at_most = reach->results[number].at_most;
        return &reach->ports[reach->results[number].ports];
}
