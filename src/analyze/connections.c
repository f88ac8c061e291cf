/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/connections.h"

#include "analyze/netpol_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

enum { FOLD_LEAST = 3 }; /* fewer rows are as short */

struct link { /* what one end may do to another */
        struct bw_ports ports;
        bool at_most;
        bool partly;
        bool nothing;
};

struct cell { /* of a class, for the class of destinations at hand */
        uint32_t epoch;
        struct link link;
};

struct row {
        uint32_t from;
        struct link link;
};

struct work {
        const struct bw_netpol *np;
        const struct bw_reach *reach;
        const struct bw_connections_query *query;
        bw_connection_sink sink;
        void *userdata;
        struct bw_error *reterr;
        struct bw_arena *arena;     /* of one destination */
        struct bw_arena *scratch;   /* of one question */
        struct cell *cells;
        uint32_t epoch;
        struct row *rows;
        uint64_t n_pairs, n_sent;
};

static void work_done(struct work *work)
{
        bw_free(work->cells);
        bw_free(work->rows);
        bw_arena_free(work->arena);
        bw_arena_free(work->scratch);
}

/* ---- one pair of ends */

static int copy_ports(struct bw_arena *arena, const struct bw_ports *from, struct bw_ports *to)
{
        *to = *from;
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                struct bw_port_range *ranges = bw_arena_array(arena, from->n[p] + 1, sizeof(*ranges));

                if (!ranges)
                        return -ENOMEM;
                if (from->n[p])
                        memcpy(ranges, from->ranges[p], from->n[p] * sizeof(*ranges));
                to->ranges[p] = ranges;
        }
        return 0;
}

static int ask(struct work *w, const struct bw_net_end *from, const struct bw_net_end *to, struct link *ret)
{
        struct link link = {0};
        int r;

        if (++w->n_pairs > BW_LIMIT_NET_PAIRS)
                return bw_error_set(w->reterr, -E2BIG, "there are more than %d pairs of workloads to look at: narrow the question with -n, --from or --to",
                                    BW_LIMIT_NET_PAIRS);
        r = bw_netpol_ports(w->np, from, to, w->scratch, &link.ports, &link.at_most, w->reterr);
        if (r == 0 && copy_ports(w->arena, &link.ports, &link.ports) < 0)
                r = bw_error_nomem(w->reterr);
        bw_arena_reset(w->scratch);
        link.nothing = net_ports_empty(&link.ports);
        *ret = link;
        return r;
}

static const struct link everything = {.ports = {.n = {0}}};

static int ask_classes(struct work *w, uint32_t from, uint32_t to, struct link *ret)
{
        const struct bw_net_end a = {.type = BW_NET_CLASS, .class = from};
        const struct bw_net_end b = {.type = BW_NET_CLASS, .class = to};

        if (bw_reach_is_free(w->reach, from, false) && bw_reach_is_free(w->reach, to, true)) {
                *ret = everything;
                ret->ports = net_ports_all;
                return 0;
        }
        return ask(w, &a, &b, ret);
}

/* What a part of the pods may do is added; partly where parts differ. */
static int merge(struct work *w, struct link *all, const struct link *part, bool first)
{
        struct bw_ports ports;

        if (first) {
                *all = *part;
                return 0;
        }
        if (net_ports_eq(&all->ports, &part->ports)) {
                all->at_most |= part->at_most;
                return 0;
        }
        if (!net_ports_combine(w->arena, PORTS_UNION, &all->ports, &part->ports, &ports))
                return bw_error_nomem(w->reterr);
        all->ports = ports;
        all->partly = true;
        all->at_most |= part->at_most;
        all->nothing &= part->nothing;
        return 0;
}

/* ---- one destination */

static bool is_meant(const uint8_t *list, uint32_t workload)
{
        return !list || list[workload];
}

static bool is_asked(const struct bw_connections_query *query, uint32_t from, uint32_t to)
{
        return query->either ? is_meant(query->from, from) || is_meant(query->to, to) : is_meant(query->from, from) && is_meant(query->to, to);
}

static int class_to_class(struct work *w, uint32_t from, uint32_t to, struct link *ret)
{
        struct cell *cell = &w->cells[from];
        int r = 0;

        if (cell->epoch != w->epoch) {
                r = ask_classes(w, from, to, &cell->link);
                cell->epoch = w->epoch;
        }
        *ret = cell->link;
        return r;
}

static bool has_one_class(const struct bw_net_workload *to)
{
        return to->n_classes == 1;
}

/* Classes of the source to those of the destination, all together. */
static int workload_to_workload(struct work *w, const struct bw_net_workload *from, const struct bw_net_workload *to, struct link *ret)
{
        bool first = true;
        int r = 0;

        for (uint32_t j = 0; r == 0 && j < to->n_classes; j++)
                for (uint32_t i = 0; r == 0 && i < from->n_classes; i++) {
                        uint32_t a = w->np->workload_classes[from->first_class + i];
                        uint32_t b = w->np->workload_classes[to->first_class + j];
                        struct link link = {0};

                        r = has_one_class(to) ? class_to_class(w, a, b, &link) : ask_classes(w, a, b, &link);
                        if (r == 0)
                                r = merge(w, ret, &link, first);
                        first = false;
                }
        ret->nothing |= first;
        return r;
}

static int send(struct work *w, const struct bw_connection_end *from, const struct bw_connection_end *to, const struct link *link)
{
        const struct bw_connection connection = {.from = *from, .to = *to, .ports = link->ports, .at_most = link->at_most, .partly = link->partly};

        if (link->nothing)
                return 0;
        if (++w->n_sent > BW_LIMIT_NET_ROWS)
                return bw_error_set(w->reterr, -E2BIG, "there are more than %d connections: narrow the question with -n, --from or --to", BW_LIMIT_NET_ROWS);
        return w->sink(w->userdata, &connection, w->reterr);
}

static bool same_link(const struct link *a, const struct link *b)
{
        return a->nothing == b->nothing && a->at_most == b->at_most && a->partly == b->partly && net_ports_eq(&a->ports, &b->ports);
}

static int send_rows(struct work *w, uint32_t to, size_t n)
{
        struct bw_connection_end target = {.type = BW_CONNECTION_WORKLOAD, .workload = to};
        bool same = w->query->fold && n >= FOLD_LEAST;
        int r = 0;

        for (size_t i = 1; same && i < n; i++)
                same = same_link(&w->rows[0].link, &w->rows[i].link);
        if (same)
                return send(w, &(struct bw_connection_end){.type = BW_CONNECTION_ALL}, &target, &w->rows[0].link);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = send(w, &(struct bw_connection_end){.type = BW_CONNECTION_WORKLOAD, .workload = w->rows[i].from}, &target, &w->rows[i].link);
        return r;
}

/* ---- addresses */

struct piece {
        struct bw_address_range range;
        struct link link;
        bool sent;
};

static bool touches(const struct bw_address_range *a, const struct bw_address_range *b)
{
        struct net_ip next = net_ip_of(&a->high);
        struct net_ip low = net_ip_of(&b->low);

        return net_ip_next(&next) && next.is6 == low.is6 && net_ip_cmp(&next, &low) == 0;
}

/* Those with the link of number `at`, neighbours joined. */
static size_t join_ranges(struct piece *pieces, size_t n, size_t at, struct bw_address_range *out)
{
        size_t n_out = 0;

        for (size_t i = at; i < n; i++) {
                if (pieces[i].sent || !same_link(&pieces[i].link, &pieces[at].link))
                        continue;
                if (i != at)
                        pieces[i].sent = true;
                if (n_out && touches(&out[n_out - 1], &pieces[i].range))
                        out[n_out - 1].high = pieces[i].range.high;
                else
                        out[n_out++] = pieces[i].range;
        }
        return n_out;
}

static int link_outside(struct work *w, const struct bw_net_workload *workload, bool inward, const struct bw_address_range *range, struct link *ret)
{
        const struct bw_net_end place = {.type = BW_NET_ADDRESS, .address = range->low};
        int r = 0;

        *ret = (struct link){.nothing = true};
        for (uint32_t i = 0; r == 0 && i < workload->n_classes; i++) {
                uint32_t class = w->np->workload_classes[workload->first_class + i];
                const struct bw_net_end end = {.type = BW_NET_CLASS, .class = class};
                struct link link = everything;

                link.ports = net_ports_all;
                if (!bw_reach_is_free(w->reach, class, inward))
                        r = inward ? ask(w, &place, &end, &link) : ask(w, &end, &place, &link);
                if (r == 0)
                        r = merge(w, ret, &link, i == 0);
        }
        return r;
}

static int send_outside(struct work *w, uint32_t number, bool inward)
{
        const struct bw_net_workload *workload = &w->np->workloads[number];
        size_t n;
        const struct bw_address_range *outside = bw_netpol_outside(w->np, &n);
        struct bw_connection_end own = {.type = BW_CONNECTION_WORKLOAD, .workload = number};
        struct piece *pieces = bw_arena_array(w->arena, n + 1, sizeof(*pieces));
        struct bw_address_range *joined = bw_arena_array(w->arena, n + 1, sizeof(*joined));
        int r = 0;

        if (!pieces || !joined)
                return bw_error_nomem(w->reterr);
        for (size_t i = 0; r == 0 && i < n; i++) {
                pieces[i] = (struct piece){.range = outside[i]};
                r = link_outside(w, workload, inward, &outside[i], &pieces[i].link);
        }
        for (size_t i = 0; r == 0 && i < n; i++) {
                struct bw_connection_end ranges = {.type = BW_CONNECTION_RANGES, .ranges = joined};

                if (pieces[i].sent || pieces[i].link.nothing)
                        continue;
                ranges.n_ranges = join_ranges(pieces, n, i, joined);
                r = inward ? send(w, &ranges, &own, &pieces[i].link) : send(w, &own, &ranges, &pieces[i].link);
        }
        return r;
}

bool bw_connection_is_everywhere(const struct bw_connection_end *end)
{
        struct net_ip low;
        struct net_ip high;

        if (end->type != BW_CONNECTION_RANGES || end->n_ranges == 0 || end->n_ranges > 2)
                return false;
        low = net_ip_of(&end->ranges[0].low);
        high = net_ip_of(&end->ranges[end->n_ranges - 1].high);
        if (low.is6 || low.low != 0 || !high.is6 || high.high != UINT64_MAX || high.low != UINT64_MAX)
                return false;
        low = net_ip_of(&end->ranges[0].high);
        high = net_ip_of(&end->ranges[end->n_ranges - 1].low);
        return end->n_ranges == 1 || (low.low == UINT32_MAX && !low.is6 && high.is6 && high.high == 0 && high.low == 0);
}

/* ---- all of them */

static int do_destination(struct work *w, uint32_t to)
{
        size_t n = 0;
        int r = 0;

        w->epoch++;
        for (uint32_t from = 0; r == 0 && from < w->np->n_workloads; from++) {
                struct row row = {.from = from};

                if (from == to || !is_asked(w->query, from, to))
                        continue;
                r = workload_to_workload(w, &w->np->workloads[from], &w->np->workloads[to], &row.link);
                if (!row.link.nothing || w->query->fold)
                        w->rows[n++] = row;
        }
        if (r == 0)
                r = send_rows(w, to, n);
        if (r == 0 && w->query->outside && (w->query->either ? is_meant(w->query->to, to) : is_meant(w->query->to, to) && !w->query->from))
                r = send_outside(w, to, true);
        if (r == 0 && w->query->outside && (w->query->either ? is_meant(w->query->from, to) : is_meant(w->query->from, to) && !w->query->to))
                r = send_outside(w, to, false);
        bw_arena_reset(w->arena);
        return r;
}

int bw_connections_each(const struct bw_netpol *netpol, const struct bw_reach *reach, const struct bw_connections_query *query,
                        bw_connection_sink sink, void *userdata, struct bw_error *reterr)
{
        bw_auto_done(work_done) struct work work = {
                .np = netpol, .reach = reach, .query = query, .sink = sink, .userdata = userdata, .reterr = reterr};
        int r = 0;

        work.arena = bw_arena_new(0);
        work.scratch = bw_arena_new(0);
        work.cells = bw_zalloc(((size_t)netpol->n_classes + 1) * sizeof(*work.cells));
        work.rows = bw_reallocarray(NULL, netpol->n_workloads + 1, sizeof(*work.rows));
        if (!work.arena || !work.scratch || !work.cells || !work.rows)
                return bw_error_nomem(reterr);
        for (uint32_t to = 0; r == 0 && to < netpol->n_workloads; to++)
                r = do_destination(&work, to);
        return r;
}
