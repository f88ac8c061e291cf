/* SPDX-License-Identifier: Apache-2.0 */
#include "node/node.h"

#include "base/arena.h"
#include "base/error.h"
#include "node/registry.h"

int bw_node_new(const struct bw_node_options *options, struct bw_arena *arena, struct bw_node **ret,
                struct bw_error *reterr)
{
        struct bw_node *node = bw_arena_zalloc(arena, sizeof(*node));

        if (!node)
                return bw_arena_error(arena, reterr);
        node->host = options->host;
        node->arena = arena;
        node->options = *options;
        node->name = bw_host_name(options->host);
        *ret = node;
        return 0;
}

void bw_node_free(struct bw_node *node)
{
        (void)node; /* everything lives in the arena */
}

static bool cancelled(const struct bw_node *node)
{
        return node->options.cancel && atomic_load_explicit(node->options.cancel, memory_order_relaxed);
}

int bw_node_prepare(struct bw_node *node, struct bw_error *reterr)
{
        int r = bw_node_discover(node, reterr);

        for (size_t i = 0; r == 0 && i < bw_n_collectors; i++)
                if (bw_collectors[i]->prepare && !cancelled(node))
                        r = bw_collectors[i]->prepare(node, reterr);
        return r;
}

int bw_node_collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        int r = bw_node_discover(node, reterr);

        for (size_t i = 0; r == 0 && i < bw_n_collectors; i++)
                if (!cancelled(node))
                        r = bw_collectors[i]->collect(node, sink, userdata, reterr);
        return r;
}

int bw_node_give(struct bw_node *node, struct bw_facts *facts, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        struct bw_doc *doc = bw_arena_zalloc(node->arena, sizeof(*doc));
        int r;

        if (!doc)
                return bw_arena_error(node->arena, reterr);
        if (node->identity.minor)
                bw_fields_int(&facts->fields, "kubernetesMinor", node->identity.minor);
        r = bw_facts_finish(facts, doc, reterr);
        return r < 0 ? r : sink(userdata, doc, reterr);
}
