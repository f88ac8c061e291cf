/* SPDX-License-Identifier: Apache-2.0 */
#include "format/nft_json.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/doc.h"

struct reader {
        struct bw_arena *arena;
        struct bw_nft_ruleset *ruleset;
        struct bw_error *reterr;
        const struct bw_nft_chain *last; /* rules come chain by chain */
};

const struct bw_nft_chain *bw_nft_chain_find(const struct bw_nft_ruleset *ruleset, struct bw_str family,
                                             struct bw_str table, struct bw_str name)
{
        for (size_t i = 0; i < ruleset->n_chains; i++) {
                const struct bw_nft_chain *chain = &ruleset->chains[i];

                if (bw_str_eq(chain->name, name) && bw_str_eq(chain->table, table) && bw_str_eq(chain->family, family))
                        return chain;
        }
        return NULL;
}

const struct bw_nft_set *bw_nft_set_find(const struct bw_nft_ruleset *ruleset, struct bw_str family, struct bw_str table,
                                         struct bw_str name)
{
        for (size_t i = 0; i < ruleset->n_sets; i++) {
                const struct bw_nft_set *set = &ruleset->sets[i];

                if (bw_str_eq(set->name, name) && bw_str_eq(set->table, table) && bw_str_eq(set->family, family))
                        return set;
        }
        return NULL;
}

static int64_t int_of(struct bw_value value)
{
        if (value.type == BW_INT)
                return value.i;
        return value.type == BW_UINT && value.u <= INT64_MAX ? (int64_t)value.u : 0;
}

static int add_chain(struct reader *reader, struct bw_value v)
{
        struct bw_nft_ruleset *to = reader->ruleset;

        if (to->n_chains == BW_LIMIT_NFT_STEPS)
                return bw_error_set(reader->reterr, -E2BIG, "more than %d chains", BW_LIMIT_NFT_STEPS);
        if (bw_arena_grow(reader->arena, &to->chains, &to->chains_cap, to->n_chains, sizeof(to->chains[0])) < 0)
                return bw_arena_error(reader->arena, reader->reterr);
        to->chains[to->n_chains++] = (struct bw_nft_chain){
                .family = bw_map_text(v, "family"),
                .table = bw_map_text(v, "table"),
                .name = bw_map_text(v, "name"),
                .type = bw_map_text(v, "type"),
                .hook = bw_map_text(v, "hook"),
                .policy = bw_map_text(v, "policy"),
                .priority = int_of(bw_map_get(v, BW_STR("prio"))),
        };
        reader->last = NULL;
        return 0;
}

static bool is_chain(const struct bw_nft_chain *chain, struct bw_str family, struct bw_str table, struct bw_str name)
{
        return chain && bw_str_eq(chain->name, name) && bw_str_eq(chain->table, table) && bw_str_eq(chain->family, family);
}

static int add_rule(struct reader *reader, struct bw_value v)
{
        struct bw_str family = bw_map_text(v, "family");
        struct bw_str table = bw_map_text(v, "table");
        struct bw_str name = bw_map_text(v, "chain");
        const struct bw_entry *expr = bw_map_find(v, bw_value_str(BW_STR("expr")));
        struct bw_nft_chain *chain;

        if (!is_chain(reader->last, family, table, name))
                reader->last = bw_nft_chain_find(reader->ruleset, family, table, name);
        if (!reader->last || !expr || expr->value.type != BW_LIST)
                return 0;
        chain = &reader->ruleset->chains[reader->last - reader->ruleset->chains];
        if (bw_arena_grow(reader->arena, &chain->rules, &chain->rules_cap, chain->n_rules, sizeof(chain->rules[0])) < 0)
                return bw_arena_error(reader->arena, reader->reterr);
        chain->rules[chain->n_rules++] = &expr->value;
        return 0;
}

static int add_set(struct reader *reader, struct bw_value v)
{
        struct bw_nft_ruleset *to = reader->ruleset;

        if (to->n_sets == BW_LIMIT_NFT_STEPS)
                return bw_error_set(reader->reterr, -E2BIG, "more than %d sets", BW_LIMIT_NFT_STEPS);
        if (bw_arena_grow(reader->arena, &to->sets, &to->sets_cap, to->n_sets, sizeof(to->sets[0])) < 0)
                return bw_arena_error(reader->arena, reader->reterr);
        to->sets[to->n_sets++] = (struct bw_nft_set){
                .family = bw_map_text(v, "family"),
                .table = bw_map_text(v, "table"),
                .name = bw_map_text(v, "name"),
                .elements = bw_map_get(v, BW_STR("elem")),
        };
        return 0;
}

static const struct {
        const char *name;
        int (*add)(struct reader *reader, struct bw_value v);
} objects[] = {
        {"chain", add_chain},
        {"rule", add_rule},
        {"set", add_set},
        {"map", add_set},
};

static int add_object(struct reader *reader, struct bw_value object)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(objects); i++) {
                struct bw_value v = bw_map_get(object, bw_str(objects[i].name));

                if (v.type == BW_MAP)
                        return objects[i].add(reader, v);
        }
        return 0;
}

int bw_nft_read(struct bw_arena *arena, struct bw_str json, struct bw_nft_ruleset *ruleset, struct bw_error *reterr)
{
        struct reader reader = {.arena = arena, .ruleset = ruleset, .reterr = reterr};
        struct bw_doc doc;
        struct bw_value list;
        size_t used;
        int r;

        if (json.n > BW_LIMIT_NFT_BYTES)
                return bw_error_set(reterr, -E2BIG, "a ruleset of more than %zu MiB", BW_LIMIT_NFT_BYTES / BW_MIB);
        r = bw_json_read(arena, json, 1, 1, false, &doc, &used, reterr);
        if (r < 0)
                return r;
        list = bw_map_get(doc.root, BW_STR("nftables"));
        if (list.type != BW_LIST)
                return bw_error_set(reterr, -EINVAL, "no ruleset of nftables: there is no list \"nftables\"");
        for (uint32_t i = 0; r == 0 && i < list.n; i++)
                r = add_object(&reader, list.list->items[i]);
        return r;
}
