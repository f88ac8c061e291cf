/* SPDX-License-Identifier: Apache-2.0 */
/* A ruleset of nftables, and what it does with packets. */
#include "analyze/firewall.h"
#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct bw_nft_ruleset ruleset = {0};
        struct bw_packet packet = {.hook = "input", .family = 4, .protocol = "tcp", .port = 443};

        if (!arena || bw_nft_read(arena, bw_str_n((const char *)data, size), &ruleset, NULL) < 0)
                return 0;
        (void)bw_firewall_reach(&ruleset, &packet);
        packet = (struct bw_packet){
                .hook = "forward", .family = 6, .protocol = "udp", .port = 53, .address = "fd00::1"};
        (void)bw_firewall_reach(&ruleset, &packet);
        return 0;
}
