/* SPDX-License-Identifier: Apache-2.0 */
/* An EncryptionConfiguration implies an EncryptionAtRest: what is encrypted, by which keys, and what is wrong. */
#include "analyze/encryption_internal.h"

#include "base/arena.h"

/* What is asked of a configuration: resources that hold secrets, or usually do. */
static const struct {
        const char *group;
        const char *resource;
} asked[] = {{"", "secrets"}, {"", "configmaps"}, {"oauth.openshift.io", "oauthaccesstokens"}};

static void add_resource(struct bw_facts *facts, struct bw_fields *resources, struct bw_value config, size_t i,
                         struct bw_error *reterr)
{
        struct bw_encryption_use use;
        struct bw_fields row = bw_fields(facts);
        struct bw_items reads = bw_items(facts);

        if (bw_encryption_of(facts->arena, config, bw_str(asked[i].group), bw_str(asked[i].resource), &use, reterr) < 0) {
                facts->failed = true;
                return;
        }
        bw_fields_bool(&row, "covered", use.n_entries > 0);
        bw_fields_bool(&row, "encrypted", use.prefixes[0].n > 0);
        bw_fields_text(&row, "write", use.prefixes[0]);
        for (size_t j = 0; j < use.n; j++)
                bw_items_text(&reads, use.prefixes[j]);
        bw_fields_value(&row, "read", bw_items_end(&reads));
        bw_fields_value(resources, asked[i].resource, bw_fields_end(&row));
}

static void add_key(struct bw_facts *facts, struct bw_items *items, struct bw_value config, struct bw_value key,
                    const char *provider, struct bw_str path)
{
        struct key_facts known = encryption_key_facts(facts->arena, key);
        struct bw_fields row = bw_fields(facts);
        uint32_t number = items->n;
        struct bw_str same;

        if (encryption_key_repeats(facts->arena, config, key, &same) < 0)
                facts->failed = true;
        bw_fields_text(&row, "name", bw_map_text(key, "name"));
        bw_fields_text(&row, "provider", bw_str(provider));
        bw_fields_int(&row, "bytes", (int64_t)known.bytes);
        bw_fields_text(&row, "weak", known.weak);
        bw_fields_text(&row, "sameAs", same);
        bw_items_value(items, bw_fields_end(&row));
        bw_facts_evidence(facts, &(struct bw_evidence){.type = "derived", .path = path}, "keys[%u]", number);
}

static void add_keys(struct bw_facts *facts, struct bw_items *items, struct bw_value config)
{
        struct bw_value entries = list_of(config, "resources");

        for (uint32_t i = 0; i < entries.n; i++) {
                struct bw_value list = list_of(entries.list->items[i], "providers");

                for (uint32_t j = 0; j < list.n; j++) {
                        struct bw_value with_keys;
                        enum encryption_provider which = encryption_provider_of(list.list->items[j], &with_keys);
                        struct bw_value keys = list_of(with_keys, "keys");

                        for (uint32_t k = 0; which < PROVIDER_identity && k < keys.n; k++)
                                add_key(facts, items, config, keys.list->items[k], encryption_provider_name(which),
                                        bw_arena_printf(facts->arena, "resources[%u].providers[%u].%s.keys[%u]", i, j,
                                                        encryption_provider_name(which), k));
                }
        }
}

static void add_problem(struct bw_facts *facts, struct bw_items *items, const struct bw_problem *problem)
{
        struct bw_fields row = bw_fields(facts);
        struct bw_evidence evidence = {.type = "derived", .path = problem->path};
        uint32_t number = items->n;

        bw_fields_text(&row, "message", problem->message);
        bw_fields_text(&row, "path", problem->path);
        bw_fields_text(&row, "hint", problem->hint);
        bw_items_value(items, bw_fields_end(&row));
        bw_facts_evidence(facts, &evidence, "problems[%u]", number);
}

static bool wants(const struct bw_doc *doc)
{
        return (bw_str_is(doc->kind, "EncryptionConfiguration") && bw_str_is(doc->group, "apiserver.config.k8s.io")) ||
               (bw_str_is(doc->kind, "EncryptionConfig") && bw_str_is(doc->api_version, "v1"));
}

static int derive(struct bw_arena *arena, const struct bw_doc *doc, int minor, bool minor_is_given, bw_doc_sink sink,
                  void *userdata, struct bw_error *reterr)
{
        /* Whether a node has the gate KMSv1 on is not known here. */
        const struct bw_encryption_options options = {.minor = minor, .kms_v1 = 1};
        struct bw_problems problems = {.arena = arena};
        struct bw_doc config_doc = *doc;
        struct bw_value config;
        struct bw_facts facts;
        struct bw_fields resources;
        struct bw_items keys;
        struct bw_items wrong;
        struct bw_doc made;
        int r = 0;

        (void)minor_is_given;
        /* Facts of a node have been checked when its file was read, and hold no keys. */
        if (!bw_doc_has_evidence(doc))
                r = bw_encryption_check(arena, &config_doc, &options, &problems, &config, reterr);
        bw_facts_init(&facts, arena, "EncryptionAtRest", doc->name.n ? doc->name : BW_STR("encryption"));
        resources = bw_fields(&facts);
        keys = bw_items(&facts);
        wrong = bw_items(&facts);
        for (size_t i = 0; r == 0 && i < problems.n; i++)
                add_problem(&facts, &wrong, &problems.items[i]);
        /* What it would do once its mistakes are mended is said of a file that is refused as well. */
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(asked); i++)
                add_resource(&facts, &resources, doc->root, i, reterr);
        add_keys(&facts, &keys, doc->root);
        bw_fields_value(&facts.fields, "resources", bw_fields_end(&resources));
        bw_fields_value(&facts.fields, "keys", bw_items_end(&keys));
        bw_fields_value(&facts.fields, "problems", bw_items_end(&wrong));
        bw_facts_evidence(&facts, &(struct bw_evidence){.type = "derived", .path = BW_STR("resources")}, "resources");
        if (r == 0)
                r = bw_facts_finish(&facts, &made, reterr);
        return r < 0 ? r : sink(userdata, &made, reterr);
}

const struct bw_deriver bw_derive_encryption = {.name = "encryption", .kinds = "EncryptionAtRest", .wants = wants, .derive = derive};
