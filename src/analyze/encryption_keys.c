/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of a key without showing it. */
#include "analyze/encryption_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "format/base64.h"

static bool is_text(const unsigned char *p, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (p[i] != '\n' && (p[i] < ' ' || p[i] > '~'))
                        return false;
        return true;
}

/* The same few bytes over and over, or each one more than the last. */
static bool is_pattern(const unsigned char *p, size_t n)
{
        for (size_t period = 1; period <= n / 2; period++)
                if (memcmp(p, p + period, n - period) == 0)
                        return true;
        for (size_t i = 2; i < n; i++)
                if ((unsigned char)(p[i] - p[i - 1]) != (unsigned char)(p[1] - p[0]))
                        return false;
        return n > 2;
}

static struct bw_str weakness(const unsigned char *p, size_t n)
{
        if (n < 8)
                return (struct bw_str){0};
        if (is_pattern(p, n))
                return BW_STR("a pattern, not random bytes");
        if (is_text(p, n))
                return BW_STR("readable text, not random bytes");
        return (struct bw_str){0};
}

static void hash(const unsigned char *p, size_t n, uint64_t to[2])
{
        to[0] = 0xcbf29ce484222325u;
        to[1] = 0x9e3779b97f4a7c15u;
        for (size_t i = 0; i < n; i++) {
                to[0] = (to[0] ^ p[i]) * 0x100000001b3u;
                to[1] = (to[1] + p[i]) * 0xd6e8feb86659fd93u;
        }
}

/* What the text of a key says of its bytes, which are wiped. */
static void look_at(struct bw_arena *arena, struct bw_str text, struct key_facts *facts)
{
        struct bw_str bytes;
        int r = bw_base64_decode(arena, text, 0, &bytes, NULL);

        facts->is_base64 = r == 0;
        facts->failed = r == -ENOMEM;
        if (r < 0 || bytes.n == 0)
                return;
        facts->bytes = bytes.n;
        facts->weak = weakness((const unsigned char *)bytes.p, bytes.n);
        hash((const unsigned char *)bytes.p, bytes.n, facts->hash);
        explicit_bzero((char *)(uintptr_t)bytes.p, bytes.n);
}

struct key_facts encryption_key_facts(struct bw_arena *arena, struct bw_value key)
{
        struct bw_value kept = bw_map_get(key, BW_STR("facts"));
        struct bw_value bytes = bw_map_get(kept, BW_STR("bytes"));
        struct bw_value secret = bw_map_get(key, BW_STR("secret"));
        struct key_facts facts = {.is_base64 = true};

        if (kept.type == BW_MAP) {
                facts.bytes = bytes.type == BW_INT && bytes.i > 0 ? (size_t)bytes.i : 0;
                facts.weak = bw_map_text(kept, "weak");
                facts.same_as = bw_map_text(kept, "sameAs");
        } else if (secret.type == BW_STRING) {
                look_at(arena, bw_value_text(secret), &facts);
        }
        return facts;
}

/* Calls each for every key of the configuration, with where it is; ends with its first non-zero answer. */
struct key_place {
        uint32_t entry;
        uint32_t provider;
        const char *kind;
        uint32_t number;
};
static int each_key(struct bw_value config, int (*each)(void *userdata, struct bw_value key, struct key_place place),
                    void *userdata)
{
        struct bw_value entries = list_of(config, "resources");
        struct key_place place = {0};
        int r = 0;

        for (place.entry = 0; place.entry < entries.n; place.entry++) {
                struct bw_value list = list_of(entries.list->items[place.entry], "providers");

                for (place.provider = 0; place.provider < list.n; place.provider++) {
                        struct bw_value with_keys;
                        enum encryption_provider which = encryption_provider_of(list.list->items[place.provider], &with_keys);
                        struct bw_value keys = list_of(with_keys, "keys");

                        if (which == _PROVIDER_MAX)
                                continue;
                        place.kind = encryption_provider_name(which);
                        for (place.number = 0; r == 0 && place.number < keys.n; place.number++)
                                r = each(userdata, keys.list->items[place.number], place);
                }
        }
        return r;
}

struct search {
        struct bw_arena *arena;
        struct bw_value key;
        struct key_facts facts;
        struct bw_str found;
};

/* 1 ends the search: found, or come to the key itself. */
static int is_same(void *userdata, struct bw_value key, struct key_place place)
{
        struct search *search = userdata;
        struct key_facts facts;

        if (key.map == search->key.map)
                return 1;
        facts = encryption_key_facts(search->arena, key);
        if (facts.failed)
                return -ENOMEM;
        if (facts.bytes != search->facts.bytes || memcmp(facts.hash, search->facts.hash, sizeof(facts.hash)) != 0)
                return 0;
        search->found = bw_arena_printf(search->arena, "resources[%u].providers[%u].%s.keys[%u]", place.entry,
                                        place.provider, place.kind, place.number);
        return search->found.p ? 1 : -ENOMEM;
}

int encryption_key_repeats(struct bw_arena *arena, struct bw_value config, struct bw_value key, struct bw_str *ret)
{
        struct search search = {.arena = arena, .key = key, .facts = encryption_key_facts(arena, key)};
        int r = 0;

        if (search.facts.hash[0])
                r = each_key(config, is_same, &search);
        *ret = search.facts.same_as.n ? search.facts.same_as : search.found;
        return r < 0 ? r : 0;
}

/* ---- the same without keys */

struct redaction {
        struct bw_facts facts; /* only for its builders */
        struct bw_value config;
};

static struct bw_value redacted_key(struct redaction *redaction, struct bw_value key)
{
        struct bw_fields fields = bw_fields(&redaction->facts);
        struct bw_fields known = bw_fields(&redaction->facts);
        struct key_facts facts = encryption_key_facts(redaction->facts.arena, key);
        struct bw_str same;

        if (encryption_key_repeats(redaction->facts.arena, redaction->config, key, &same) < 0)
                redaction->facts.failed = true;
        bw_fields_int(&known, "bytes", (int64_t)facts.bytes);
        if (facts.weak.n)
                bw_fields_text(&known, "weak", facts.weak);
        if (same.n)
                bw_fields_text(&known, "sameAs", same);
        bw_fields_text(&fields, "name", bw_map_text(key, "name"));
        bw_fields_value(&fields, "facts", bw_fields_end(&known));
        return bw_fields_end(&fields);
}

/* Copies the maps and lists down to the keys; everything else is shared. depth: resources, providers, keys. */
static struct bw_value redacted(struct redaction *redaction, struct bw_value value, bool is_keys)
{
        if (value.type == BW_LIST) {
                struct bw_items items = bw_items(&redaction->facts);

                for (uint32_t i = 0; i < value.n; i++)
                        bw_items_value(&items, is_keys ? redacted_key(redaction, value.list->items[i])
                                                       : redacted(redaction, value.list->items[i], false));
                return bw_items_end(&items);
        }
        if (value.type == BW_MAP) {
                struct bw_fields fields = bw_fields(&redaction->facts);

                for (uint32_t i = 0; i < value.n; i++) {
                        const struct bw_entry *e = &value.map->entries[i];
                        struct bw_str name = bw_value_text(e->key);

                        /* A key that stands where none belongs is left out, too. */
                        if (!bw_str_is(name, "secret"))
                                bw_fields_value_at(&fields, name, redacted(redaction, e->value, bw_str_is(name, "keys")));
                }
                return bw_fields_end(&fields);
        }
        return value;
}

int bw_encryption_redacted(struct bw_arena *arena, struct bw_value config, struct bw_value *ret, struct bw_error *reterr)
{
        struct redaction redaction = {.config = config};
        struct bw_value value;

        bw_facts_init(&redaction.facts, arena, "", BW_STR(""));
        value = redacted(&redaction, config, false);
        if (redaction.facts.failed)
                return bw_error_nomem(reterr);
        *ret = value;
        return 0;
}
