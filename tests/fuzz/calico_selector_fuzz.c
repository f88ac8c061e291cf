/* SPDX-License-Identifier: Apache-2.0 */
/* Calico's selectors: the first byte chooses what plain labels are of, the rest is the text. Read twice it is the same expression. */
#define BW_ALLOW_BANNED
#include "analyze/netpol_internal.h"

#include "base/arena.h"
#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 << 20);
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(64 << 20);
        struct bw_netpol np = {0};
        struct net_builder b = {.np = &np, .arena = arena, .scratch = scratch};
        struct net_endpoint end = {.ns = NONE};
        struct bw_error err = {0};
        const struct net_expr *e;
        struct bw_str text;
        enum net_scope scope;

        if (size == 0 || !arena || !scratch)
                return 0;
        scope = (enum net_scope)(data[0] % SCOPE_NODE);
        text = bw_str_n((const char *)data + 1, size - 1);
        e = net_calico_selector(&b, text, scope, &err);
        if (!e && err.code == 0)
                __builtin_trap();
        if (!e || b.status < 0)
                return 0;
        if (net_calico_selector(&b, text, scope, &err) != e && b.status == 0)
                __builtin_trap();
        (void)net_expr_holds(&np, e, &end);
        return 0;
}
