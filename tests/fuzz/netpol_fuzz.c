/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network policies: the first byte holds options, the rest is a stream of objects. Everything is asked of the first few ends, in three
 * ways that must agree.
 */
#define BW_ALLOW_BANNED
#include "analyze/netpol.h"

#include "base/arena.h"
#include "base/error.h"
#include "doc/stream.h"

enum { MOST_DOCS = 64, MOST_ENDS = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_docs(struct bw_arena *arena, struct bw_str text, struct bw_inventory *inventory)
{
        struct bw_cutter cutter;
        struct bw_piece piece;

        bw_cutter_init(&cutter, bw_stream_format(text), true);
        for (size_t n = 0; n < MOST_DOCS && bw_cutter_next(&cutter, &text, true, &piece, NULL) == 1; n++) {
                struct bw_doc *doc = bw_arena_zalloc(arena, sizeof(*doc));

                if (!doc || bw_doc_read(arena, &piece, false, doc, NULL) < 0 || doc->kind.n == 0 ||
                    bw_inventory_add(inventory, doc, NULL) < 0)
                        return;
        }
}

static bool has(const struct bw_ports *ports, enum bw_protocol protocol, uint16_t port)
{
        for (uint32_t i = 0; i < ports->n[protocol]; i++)
                if (ports->ranges[protocol][i].low <= port && port <= ports->ranges[protocol][i].high)
                        return true;
        return false;
}

static void ask(const struct bw_netpol *np, struct bw_net_end from, struct bw_net_end to, struct bw_arena *arena,
                const struct bw_ports *all)
{
        static const uint16_t ports[] = {1, 53, 80, 8080, 65535};

        for (size_t i = 0; i < BW_ARRAY_SIZE(ports) * _BW_PROTOCOL_MAX; i++) {
                struct bw_net_question q = {.from = from, .to = to, .protocol = (enum bw_protocol)(i % _BW_PROTOCOL_MAX),
                                            .port = ports[i / _BW_PROTOCOL_MAX]};
                struct bw_net_answer answer;

                if (bw_netpol_ask(np, &q, arena, &answer, NULL) == 0 && answer.allowed != has(all, q.protocol, q.port))
                        __builtin_trap();
        }
}

static void ask_all(const struct bw_netpol *np, struct bw_arena *arena)
{
        struct bw_net_reach *reach = NULL;
        size_t n = bw_netpol_n_classes(np);
        uint32_t *row = bw_arena_array(arena, n + 1, sizeof(*row));

        if (!row || bw_net_reach_new(arena, np, &reach, NULL) < 0)
                return;
        for (uint32_t i = 0; i < BW_MIN(n, (size_t)MOST_ENDS); i++) {
                if (bw_net_reach_from(reach, i, row, NULL) < 0)
                        return;
                for (uint32_t j = 0; j <= BW_MIN(n, (size_t)MOST_ENDS); j++) {
                        struct bw_net_end from = {.type = BW_NET_CLASS, .class = i};
                        struct bw_net_end to = {.type = BW_NET_CLASS, .class = j};
                        struct bw_ports ports;
                        bool at_most;
                        bool row_at_most;

                        if (j >= n)
                                to = (struct bw_net_end){.type = BW_NET_ADDRESS, .address = {.bytes = {[10] = 255, [11] = 255, [12] = 10}}};
                        if (bw_netpol_ports(np, &from, &to, arena, &ports, &at_most, NULL) < 0)
                                return;
                        ask(np, from, to, arena, &ports);
                        if (j < n && bw_net_reach_ports(reach, row[j], &row_at_most)->n[0] != ports.n[0])
                                __builtin_trap();
                        if (j < n && row_at_most != at_most)
                                __builtin_trap();
                }
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(256 << 20);
        bw_auto(bw_inventory_free) struct bw_inventory *inventory = NULL;
        struct bw_net_options options;
        struct bw_netpol *np;

        if (size < 2 || !arena || bw_inventory_new(&inventory, NULL) < 0)
                return 0;
        options = (struct bw_net_options){.host_network_is_pod = data[0] & 1, .blocks_skip_pods = data[0] & 2};
        read_docs(arena, bw_str_n((const char *)data + 1, size - 1), inventory);
        if (bw_inventory_seal(inventory, NULL) == 0 && bw_netpol_new_as(arena, inventory, &options, &np, NULL) == 0)
                ask_all(np, arena);
        return 0;
}
