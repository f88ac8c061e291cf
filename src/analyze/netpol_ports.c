/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of ports. */
#include "analyze/netpol_internal.h"

#include "base/arena.h"

enum { LAST_PORT = 65535 };

static const struct bw_port_range every[] = {{1, LAST_PORT}};
const struct bw_ports net_ports_all = {.ranges = {every, every, every}, .n = {1, 1, 1}};
const struct bw_ports net_ports_none = {.n = {0, 0, 0}};

struct cursor {
        const struct bw_port_range *ranges;
        uint32_t n;
        uint32_t at;
};

/* Whether the port is in the set; *next: not behind the next port where that changes. Ports come in order. */
static bool contains(struct cursor *c, uint32_t port, uint32_t *next)
{
        while (c->at < c->n && c->ranges[c->at].high < port)
                c->at++;
        if (c->at == c->n)
                return false;
        if (c->ranges[c->at].low > port) {
                *next = BW_MIN(*next, (uint32_t)c->ranges[c->at].low);
                return false;
        }
        *next = BW_MIN(*next, (uint32_t)c->ranges[c->at].high + 1);
        return true;
}

static bool combine_one(struct bw_arena *arena, enum port_op op, struct cursor a, struct cursor b,
                        const struct bw_port_range **ret, uint32_t *ret_n)
{
        struct bw_port_range *out = bw_arena_array(arena, (size_t)a.n + b.n + 1, sizeof(*out));
        uint32_t n = 0;
        uint32_t next;

        if (!out)
                return false;
        for (uint32_t port = 1; port <= LAST_PORT; port = next) {
                unsigned bit = 0;

                next = LAST_PORT + 1;
                if (contains(&a, port, &next))
                        bit += 2;
                if (contains(&b, port, &next))
                        bit += 1;
                if (!((unsigned)op >> bit & 1))
                        continue;
                if (n && out[n - 1].high == port - 1)
                        out[n - 1].high = (uint16_t)(next - 1);
                else
                        out[n++] = (struct bw_port_range){(uint16_t)port, (uint16_t)(next - 1)};
        }
        *ret = out;
        *ret_n = n;
        return true;
}

bool net_ports_combine(struct bw_arena *arena, enum port_op op, const struct bw_ports *a, const struct bw_ports *b,
                       struct bw_ports *ret)
{
        struct bw_ports result = {0};

        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++)
                if (!combine_one(arena, op, (struct cursor){a->ranges[p], a->n[p], 0}, (struct cursor){b->ranges[p], b->n[p], 0},
                                 &result.ranges[p], &result.n[p]))
                        return false;
        *ret = result;
        return true;
}

bool net_ports_empty(const struct bw_ports *ports)
{
        return ports->n[BW_PROTOCOL_TCP] + ports->n[BW_PROTOCOL_UDP] + ports->n[BW_PROTOCOL_SCTP] == 0;
}

bool net_ports_eq(const struct bw_ports *a, const struct bw_ports *b)
{
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++)
                if (a->n[p] != b->n[p] || (a->n[p] && memcmp(a->ranges[p], b->ranges[p], a->n[p] * sizeof(*a->ranges[p])) != 0))
                        return false;
        return true;
}

bool net_ports_has(const struct bw_ports *ports, enum bw_protocol protocol, uint16_t port)
{
        for (uint32_t i = 0; i < ports->n[protocol]; i++)
                if (ports->ranges[protocol][i].low <= port && port <= ports->ranges[protocol][i].high)
                        return true;
        return false;
}

static const char *const names[_BW_PROTOCOL_MAX] = {"TCP", "UDP", "SCTP"};

const char *bw_protocol_name(enum bw_protocol protocol)
{
        return names[protocol];
}

enum bw_protocol net_protocol(struct bw_str name)
{
        enum bw_protocol p = BW_PROTOCOL_TCP;

        while (p < _BW_PROTOCOL_MAX && !bw_str_is(name, names[p]))
                p++;
        return p;
}

/* ---- ranges in any order */

void net_ports_add(struct net_builder *b, struct net_port_list *list, enum bw_protocol protocol, int64_t low, int64_t high)
{
        if (low > high)
                return;
        if (bw_arena_grow(b->scratch, &list->items[protocol], &list->cap[protocol], list->n[protocol], sizeof(struct bw_port_range)) < 0)
                net_fail(b, -ENOMEM);
        else
                list->items[protocol][list->n[protocol]++] = (struct bw_port_range){(uint16_t)low, (uint16_t)high};
}

static int compare_ranges(const void *a, const void *b)
{
        const struct bw_port_range *x = a;
        const struct bw_port_range *y = b;

        return x->low != y->low ? (x->low > y->low) - (x->low < y->low) : (x->high > y->high) - (x->high < y->high);
}

struct bw_ports net_ports_of(struct net_builder *b, const struct net_port_list *list)
{
        struct bw_ports ports = {0};

        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                struct bw_port_range *out = bw_arena_array(b->arena, list->n[p], sizeof(*out));

                if (!out) {
                        net_fail(b, -ENOMEM);
                        return net_ports_none;
                }
                if (list->n[p] > 1)
                        qsort(list->items[p], list->n[p], sizeof(*out), compare_ranges);
                for (size_t i = 0; i < list->n[p]; i++) {
                        struct bw_port_range range = list->items[p][i];
                        struct bw_port_range *last = ports.n[p] ? &out[ports.n[p] - 1] : NULL;

                        if (last && range.low <= (uint32_t)last->high + 1)
                                last->high = BW_MAX(last->high, range.high);
                        else
                                out[ports.n[p]++] = range;
                }
                ports.ranges[p] = out;
        }
        return ports;
}
