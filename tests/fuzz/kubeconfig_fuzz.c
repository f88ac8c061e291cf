/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a kubeconfig and as a token. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "format/kubeconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct bw_str text = arena ? bw_arena_str(arena, bw_str_n((const char *)data, size)) : (struct bw_str){0};
        struct bw_kubeconfig config;
        struct bw_token_facts token;
        struct bw_doc doc = {0};

        if (!text.p)
                return 0;
        bw_token_read(arena, text, &token);
        if (bw_yaml_read(arena, text, 1, false, &doc, NULL) < 0 || !bw_doc_identify(&doc) ||
            bw_kubeconfig_read(arena, &doc, &config, NULL) < 0)
                return 0;
        bw_kubeconfig_mark(arena, &doc, &config);
        for (size_t i = 0; i < config.n_clusters; i++)
                (void)bw_url_host(config.clusters[i].server);
        bw_kubeconfig_wipe(&config);
        bw_kubeconfig_wipe_doc(&doc);
        return 0;
}
