/* SPDX-License-Identifier: Apache-2.0 */
/* Which provider writes a resource. */
#include "analyze/encryption_internal.h"

#include "base/arena.h"
#include "base/error.h"

static const struct {
        const char *name;
        const char *prefix;
} providers[] = {
#define X(field, prefix) {#field, prefix},
        ENCRYPTION_PROVIDERS(X)
#undef X
};

const char *encryption_provider_name(enum encryption_provider provider)
{
        return providers[provider].name;
}

enum encryption_provider encryption_provider_of(struct bw_value provider, struct bw_value *ret_config)
{
        for (int i = 0; i < _PROVIDER_MAX; i++) {
                *ret_config = bw_map_get(provider, bw_str(providers[i].name));
                if (ret_config->type == BW_MAP)
                        return (enum encryption_provider)i;
        }
        return _PROVIDER_MAX;
}

struct bw_str encryption_kms_version(struct bw_value kms)
{
        struct bw_str version = bw_map_text(kms, "apiVersion");

        return version.n ? version : BW_STR("v1");
}

struct group_resource encryption_resource(struct bw_str text)
{
        const char *point = text.n ? memchr(text.p, '.', text.n) : NULL;
        size_t n = point ? (size_t)(point - text.p) : text.n;

        return (struct group_resource){
                .resource = bw_str_n(text.p, n),
                .group = point ? bw_str_rest(text, n + 1) : (struct bw_str){0},
        };
}

struct uses {
        struct bw_arena *arena;
        struct bw_str *prefixes;
        size_t n;
        size_t cap;
        size_t n_entries;
        bool failed;
};

static void add_use(struct uses *uses, struct bw_str prefix)
{
        if (uses->n == uses->cap) {
                size_t cap = uses->cap ? uses->cap * 2 : 8;
                struct bw_str *more = bw_arena_array(uses->arena, cap, sizeof(*more));

                if (more && uses->n)
                        memcpy(more, uses->prefixes, uses->n * sizeof(*more));
                uses->prefixes = more;
                uses->cap = more ? cap : 0;
        }
        if (!uses->prefixes || !prefix.p)
                uses->failed = true;
        else
                uses->prefixes[uses->n++] = prefix;
}

/* A provider with keys reads by each of them. */
static void add_provider(struct uses *uses, struct bw_value provider)
{
        struct bw_value config;
        enum encryption_provider which = encryption_provider_of(provider, &config);
        struct bw_value keys;

        if (which == PROVIDER_identity)
                add_use(uses, BW_STR(""));
        if (which == PROVIDER_kms)
                add_use(uses, bw_arena_printf(uses->arena, "%s%.*s:%.*s:", providers[which].prefix,
                                              BW_STR_ARG(encryption_kms_version(config)),
                                              BW_STR_ARG(bw_map_text(config, "name"))));
        if (which >= PROVIDER_identity || which == PROVIDER_kms)
                return;
        keys = list_of(config, "keys");
        for (uint32_t i = 0; i < keys.n; i++)
                add_use(uses, bw_arena_printf(uses->arena, "%s%.*s:", providers[which].prefix,
                                              BW_STR_ARG(bw_map_text(keys.list->items[i], "name"))));
}

/* Of every entry that names the resource, in order. */
static void add_entries(struct uses *uses, struct bw_value entries, struct group_resource wanted)
{
        for (uint32_t i = 0; i < entries.n; i++) {
                struct bw_value names = list_of(entries.list->items[i], "resources");
                struct bw_value list = list_of(entries.list->items[i], "providers");

                for (uint32_t j = 0; j < names.n; j++) {
                        struct group_resource named = encryption_resource(bw_value_text(names.list->items[j]));

                        if (!bw_str_eq(named.resource, wanted.resource) || !bw_str_eq(named.group, wanted.group))
                                continue;
                        uses->n_entries++;
                        for (uint32_t k = 0; k < list.n; k++)
                                add_provider(uses, list.list->items[k]);
                }
        }
}

int bw_encryption_of(struct bw_arena *arena, struct bw_value config, struct bw_str group, struct bw_str resource,
                     struct bw_encryption_use *ret, struct bw_error *reterr)
{
        const struct group_resource names[] = {
                {.resource = resource, .group = group},
                {.resource = BW_STR("*"), .group = group},
                {.resource = BW_STR("*"), .group = BW_STR("*")},
        };
        struct uses uses = {.arena = arena};

        for (size_t i = 0; uses.n_entries == 0 && i < BW_ARRAY_SIZE(names); i++)
                add_entries(&uses, list_of(config, "resources"), names[i]);
        if (uses.n == 0)
                add_use(&uses, BW_STR(""));
        if (uses.failed)
                return bw_error_nomem(reterr);
        *ret = (struct bw_encryption_use){.prefixes = uses.prefixes, .n = uses.n, .n_entries = uses.n_entries};
        return 0;
}
