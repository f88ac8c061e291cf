/* SPDX-License-Identifier: Apache-2.0 */
/* Services, Ingresses, Gateways, policies and pods: the ways that lead to them, connections, and what follows from all together. */
#define BW_ALLOW_BANNED
#include "analyze/connections.h"
#include "analyze/synthesis.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/error.h"
#include "objects.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count(void *userdata, const struct bw_connection *connection, struct bw_error *reterr)
{
        size_t *n = userdata;

        (void)reterr;
        *n += bw_connection_is_everywhere(&connection->from);
        return *n > 10000 ? -E2BIG : 0;
}

static void ask(struct objects_reading *run)
{
        const struct bw_connections_query query = {.outside = true, .fold = true};
        struct bw_exposure *exposure;
        struct bw_netpol *np;
        struct bw_reach *reach;
        const struct bw_way *ways;
        size_t n_rows = 0;
        size_t n;

        if (bw_inventory_seal(run->inventory, NULL) < 0 || bw_netpol_new(run->arena, run->inventory, &np, NULL) < 0 ||
            bw_exposure_new(run->arena, run->inventory, np, &exposure, NULL) < 0 || bw_reach_new(run->arena, np, exposure, &reach, NULL) < 0)
                return;
        ways = bw_exposure_ways(exposure, &n);
        for (size_t i = 0; i < n; i++) {
                (void)!bw_way_text(run->arena, &ways[i]).p;
                for (uint32_t j = 0; j < ways[i].n_backends; j++)
                        if (ways[i].backends[j].port == 0 || ways[i].backends[j].class >= bw_netpol_n_classes(np))
                                abort();
        }
        (void)!bw_connections_each(np, reach, &query, count, &n_rows, NULL);
}

static int drop(void *userdata, struct bw_doc *doc, const struct bw_doc *about, struct bw_error *reterr)
{
        (void)userdata;
        (void)doc;
        (void)about;
        (void)reterr;
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct objects_reading run = {.arena = bw_arena_new(256 * BW_MIB)};

        if (run.arena && size <= 64 << 10 && bw_inventory_new(&run.inventory, NULL) == 0) {
                if (objects_read(run.arena, run.inventory, bw_str_n((const char *)data, size)) == 0) {
                        ask(&run);
                        (void)!bw_synthesize_network.make(run.arena, run.inventory, drop, NULL, NULL);
                }
        }
        bw_inventory_free(run.inventory);
        bw_arena_free(run.arena);
        return 0;
}
