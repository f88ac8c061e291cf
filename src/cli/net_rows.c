/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/net_rows.h"

#include "analyze/address.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "report/emit.h"

enum { SHOWN_RANGES = 6 };

static void put_ranges(struct bw_buf *out, const struct bw_connection_end *end)
{
        if (bw_connection_is_everywhere(end)) {
                bw_buf_puts(out, "any address outside");
                return;
        }
        for (size_t i = 0; i < BW_MIN(end->n_ranges, (size_t)SHOWN_RANGES); i++) {
                bw_buf_puts(out, i ? ", " : "");
                bw_address_range_text(out, &end->ranges[i]);
        }
        if (end->n_ranges > SHOWN_RANGES)
                bw_buf_printf(out, " and %zu more ranges", end->n_ranges - SHOWN_RANGES);
}

static struct bw_str end_text(const struct bw_net_rows *rows, struct bw_connection_end *end)
{
        struct bw_arena *arena = rows->inputs->objects.arena;
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        if (end->type == BW_CONNECTION_WORKLOAD)
                return bw_net_workload_text(arena, &rows->inputs->workloads[end->workload]);
        if (end->type == BW_CONNECTION_ALL)
                return BW_STR("all workloads");
        put_ranges(&text, end);
        return bw_buf_status(&text) < 0 ? (struct bw_str){0} : bw_arena_str(arena, bw_buf_view(&text));
}

static int keep_ranges(struct bw_arena *arena, struct bw_connection_end *end)
{
        struct bw_address_range *ranges;

        if (end->type != BW_CONNECTION_RANGES)
                return 0;
        ranges = bw_arena_array(arena, end->n_ranges + 1, sizeof(*ranges));
        if (!ranges)
                return -ENOMEM;
        memcpy(ranges, end->ranges, end->n_ranges * sizeof(*ranges));
        end->ranges = ranges;
        return 0;
}

static int keep_ports(struct bw_arena *arena, struct bw_ports *ports)
{
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                struct bw_port_range *ranges = bw_arena_array(arena, ports->n[p] + 1, sizeof(*ranges));

                if (!ranges)
                        return -ENOMEM;
                if (ports->n[p])
                        memcpy(ranges, ports->ranges[p], ports->n[p] * sizeof(*ranges));
                ports->ranges[p] = ranges;
        }
        return 0;
}

int bw_net_rows_add(void *userdata, const struct bw_connection *connection, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_net_rows *rows = userdata;
        struct bw_arena *arena = rows->inputs->objects.arena;
        struct bw_net_row row = {.from_end = connection->from, .to_end = connection->to, .allowed = connection->ports,
                                 .at_most = connection->at_most, .partly = connection->partly};

        bw_net_ports_text(&text, &connection->ports);
        bw_buf_puts(&text, connection->partly ? ", some pods" : "");
        bw_buf_puts(&text, connection->at_most ? ", at most" : "");
        row.ports = bw_buf_status(&text) < 0 ? (struct bw_str){0} : bw_arena_str(arena, bw_buf_view(&text));
        row.from = end_text(rows, &row.from_end);
        row.to = end_text(rows, &row.to_end);
        if (!row.ports.p || !row.from.p || !row.to.p || keep_ranges(arena, &row.from_end) < 0 || keep_ranges(arena, &row.to_end) < 0 ||
            keep_ports(arena, &row.allowed) < 0 || bw_grow(&rows->items, &rows->cap, rows->n + 1, sizeof(row)) < 0)
                return bw_error_nomem(reterr);
        rows->items[rows->n++] = row;
        return 0;
}

/* Workloads in the order of their names, addresses before them. */
static int rank(const struct bw_connection_end *end)
{
        return end->type == BW_CONNECTION_RANGES ? 0 : end->type == BW_CONNECTION_ALL ? 1 : 2;
}

int bw_net_rows_compare(const struct bw_net_row *a, const struct bw_net_row *b)
{
        int r = rank(&a->from_end) - rank(&b->from_end);

        r = r ? r : bw_str_cmp(a->from, b->from);
        r = r ? r : rank(&a->to_end) - rank(&b->to_end);
        return r ? r : bw_str_cmp(a->to, b->to);
}

static int by_ends(const void *a, const void *b)
{
        int r = bw_net_rows_compare(a, b);

        return r ? r : bw_str_cmp(((const struct bw_net_row *)a)->ports, ((const struct bw_net_row *)b)->ports);
}

void bw_net_rows_sort(struct bw_net_rows *rows)
{
        if (rows->n)
                qsort(rows->items, rows->n, sizeof(*rows->items), by_ends);
}

void bw_net_rows_done(struct bw_net_rows *rows)
{
        bw_free(rows->items);
        rows->items = NULL;
}

static void emit_end(struct bw_emit *e, const struct bw_net_rows *rows, const struct bw_connection_end *end)
{
        bw_emit_map(e);
        if (end->type == BW_CONNECTION_WORKLOAD) {
                bw_emit_net_workload(e, &rows->inputs->workloads[end->workload]);
        } else if (end->type == BW_CONNECTION_ALL) {
                bw_emit_key_str(e, "all", BW_STR("workloads"));
        } else {
                bw_emit_key(e, "ranges");
                bw_emit_list(e);
                for (size_t i = 0; i < end->n_ranges; i++) {
                        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

                        bw_address_range_text(&text, &end->ranges[i]);
                        bw_emit_str(e, bw_buf_view(&text));
                }
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

void bw_emit_net_row(struct bw_emit *e, const struct bw_net_rows *rows, const struct bw_net_row *row)
{
        bw_emit_map(e);
        bw_emit_key(e, "from");
        emit_end(e, rows, &row->from_end);
        bw_emit_key(e, "to");
        emit_end(e, rows, &row->to_end);
        bw_emit_key(e, "ports");
        bw_emit_net_ports(e, &row->allowed);
        bw_emit_key(e, "atMost");
        bw_emit_bool(e, row->at_most);
        bw_emit_key(e, "partly");
        bw_emit_bool(e, row->partly);
        bw_emit_end(e);
}
