/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the runtime; the rest are two files and hosts.toml, with a zero byte between them. */
#include "analyze/runtime.h"

#include "base/arena.h"
#include "base/limits.h"
#include "format/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 * BW_MIB);
        static const struct bw_str args[] = {{"-H", 2}, {"tcp://0.0.0.0:1", 15}, {"--insecure-registry", 19}, {"a", 1}};
        struct bw_runtime_source sources[2];
        struct bw_runtime_hosts hosts[2];
        struct bw_facts facts;
        struct bw_runtime_input input = {.facts = &facts, .sources = sources, .hosts = hosts, .args = args};
        struct bw_str rest = bw_str_n((const char *)data, size);
        struct bw_str part = {0};
        struct bw_doc doc;

        if (!arena || size == 0)
                return 0;
        input.kind = (enum bw_runtime_kind)(data[0] % _BW_RUNTIME_MAX);
        input.n_args = data[0] & 64 ? BW_ARRAY_SIZE(args) : 0;
        rest = bw_str_rest(rest, 1);
        bw_facts_init(&facts, arena, "ContainerRuntime", BW_STR("n"));
        for (unsigned i = 0; i < 4 && bw_str_split(&rest, '\0', &part); i++) {
                if (bw_toml_read(arena, part, &doc, NULL) < 0)
                        continue;
                if (i < 2)
                        sources[input.n_sources++] = (struct bw_runtime_source){.type = "file", .path = BW_STR("/a"), .doc = doc};
                else
                        hosts[input.n_hosts++] = (struct bw_runtime_hosts){
                                .registry = i == 2 ? BW_STR("r") : BW_STR(""), .path = BW_STR("/b"), .doc = doc};
        }
        bw_runtime_put_settings(&input);
        bw_runtime_put_registries(&input);
        (void)!bw_facts_finish(&facts, &doc, NULL);
        return 0;
}
