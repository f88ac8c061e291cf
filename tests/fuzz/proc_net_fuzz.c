/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's tables of sockets and routes. */
#include "base/arena.h"
#include "format/proc_net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)64 << 20);
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_sockets sockets = {0};
        bool is_default;

        if (!arena)
                return 0;
        for (int table = 0; table < _BW_SOCKETS_MAX; table++)
                if (bw_sockets_read(arena, (enum bw_socket_table)table, text, &sockets, NULL) < 0)
                        return 0;
        for (size_t i = 0; i < sockets.n; i++)
                (void)bw_address_text(arena, sockets.items[i].family, sockets.items[i].address);
        (void)bw_route_find(text, (const uint8_t[4]){169, 254, 169, 254}, &is_default);
        return 0;
}
