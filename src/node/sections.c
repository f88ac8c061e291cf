/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "node/registry.h"

const struct bw_host_section *const bw_host_sections[] = {
#define X(name) &bw_section_##name,
        BW_HOST_SECTIONS(X)
#undef X
};
const size_t bw_n_host_sections = BW_ARRAY_SIZE(bw_host_sections);

static int collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        struct bw_facts facts;
        int r = 0;

        bw_facts_init(&facts, node->arena, "Host", node->name);
        for (size_t i = 0; r == 0 && i < bw_n_host_sections; i++) {
                r = bw_host_sections[i]->collect(node, &facts, reterr);
                if (r < 0)
                        return bw_error_wrap(reterr, r, "%s", bw_host_sections[i]->name);
        }
        return bw_node_give(node, &facts, sink, userdata, reterr);
}

const struct bw_collector bw_collector_host = {.name = "host", .collect = collect};
