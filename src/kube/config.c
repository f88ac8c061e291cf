/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/config.h"

#include "base/alloc.h"
#include "base/arena.h"

/* Secrets do not stay behind in freed memory. */
static void wipe(struct bw_str text)
{
        if (text.n)
                explicit_bzero((void *)(uintptr_t)text.p, text.n);
}

void bw_kube_config_free(struct bw_kube_config *config)
{
        struct bw_arena *arena;

        if (!config)
                return;
        arena = config->arena;
        wipe(config->key_pem);
        wipe(config->token);
        bw_free(config);
        bw_arena_free(arena);
}
