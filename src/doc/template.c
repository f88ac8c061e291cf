/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/template.h"

#define TOKEN_PREFIX "kube-api-access-"

const char *const bw_template_own_fields[] = {"nodeName", "hostname", "claimName", "nodeAffinity", "matchFields", NULL};

size_t bw_template_token_name(struct bw_str text)
{
        const struct bw_str prefix = BW_STR(TOKEN_PREFIX);

        return text.n == BW_TEMPLATE_TOKEN_NAME && bw_str_starts(text, prefix) ? prefix.n : 0;
}

/* ---- who made it */

/* Kinds that have one template for pods, by group. */
static const struct {
        const char *group;
        const char *kind;
} plain_kinds[] = {
        {"apps", "ReplicaSet"}, {"apps", "StatefulSet"}, {"apps", "DaemonSet"}, {"batch", "Job"}, {"", "ReplicationController"},
        {"apps", "Deployment"}, {"batch", "CronJob"}, {"argoproj.io", "Rollout"}, {"apps.openshift.io", "DeploymentConfig"},
};

static struct bw_str group_of(struct bw_str api_version)
{
        size_t slash = bw_str_find(api_version, BW_STR("/"));

        return slash == SIZE_MAX ? BW_STR("") : bw_str_n(api_version.p, slash);
}

static struct bw_value controller_of(const struct bw_doc *doc)
{
        struct bw_value owners = bw_map_walk(doc->root, "metadata.ownerReferences");

        for (uint32_t i = 0; owners.type == BW_LIST && i < owners.n; i++) {
                struct bw_value controller = bw_map_get(owners.list->items[i], BW_STR("controller"));

                if (controller.type == BW_BOOL && controller.b)
                        return owners.list->items[i];
        }
        return (struct bw_value){0};
}

static struct bw_owner_id id_of(struct bw_siphash_key key, const struct bw_str parts[5])
{
        struct bw_siphash hash = bw_siphash_begin(key);
        struct bw_owner_id id;

        for (size_t i = 0; i < 5; i++)
                bw_siphash_text(&hash, parts[i]);
        bw_siphash_end(&hash, id.words);
        return id;
}

struct bw_owner_id bw_owner_of(const struct bw_doc *doc, struct bw_siphash_key key, bool *ret_plain)
{
        struct bw_value owner = controller_of(doc);
        struct bw_str group = group_of(bw_map_text(owner, "apiVersion"));
        struct bw_str kind = bw_map_text(owner, "kind");
        struct bw_str name = bw_map_text(owner, "name");

        *ret_plain = false;
        if (owner.type != BW_MAP || !kind.n || !name.n || (bw_str_is(kind, "Node") && !group.n))
                return (struct bw_owner_id){0};
        for (size_t i = 0; i < BW_ARRAY_SIZE(plain_kinds) && !*ret_plain; i++)
                *ret_plain = bw_str_is(kind, plain_kinds[i].kind) && bw_str_is(group, plain_kinds[i].group);
        return id_of(key, (const struct bw_str[]){group, kind, doc->ns, name, bw_map_text(owner, "uid")});
}

struct bw_owner_id bw_owner_self(const struct bw_doc *doc, struct bw_siphash_key key)
{
        struct bw_str uid = bw_map_text(bw_map_get(doc->root, BW_STR("metadata")), "uid");

        return id_of(key, (const struct bw_str[]){doc->group, doc->kind, doc->ns, doc->name, uid});
}

/* ---- what is common */

enum place {
        ANY,
        SKIP,
        SPEC,
        VOLUME,
        CLAIM,
        CLAIM_NAME,
        CONTAINER,
        MOUNT,
        TOKEN_NAME,
        AFFINITY,
        MATCH_FIELD,
};

/* What a map at a place has at a key; items of a list are at the list's place. */
static const struct step {
        uint8_t place;
        uint8_t inside;
        struct bw_str key;
} steps[] = {
#define STEP(place, name, inside) {place, inside, {("" name), sizeof(name) - 1}}
        STEP(SPEC, "nodeName", SKIP),
        STEP(SPEC, "hostname", SKIP),
        STEP(SPEC, "volumes", VOLUME),
        STEP(SPEC, "containers", CONTAINER),
        STEP(SPEC, "initContainers", CONTAINER),
        STEP(SPEC, "ephemeralContainers", CONTAINER),
        STEP(SPEC, "affinity", AFFINITY),
        STEP(VOLUME, "name", TOKEN_NAME),
        STEP(VOLUME, "persistentVolumeClaim", CLAIM),
        STEP(CLAIM, "claimName", CLAIM_NAME),
        STEP(CONTAINER, "volumeMounts", MOUNT),
        STEP(MOUNT, "name", TOKEN_NAME),
        STEP(AFFINITY, "nodeAffinity", AFFINITY),
        STEP(AFFINITY, "requiredDuringSchedulingIgnoredDuringExecution", AFFINITY),
        STEP(AFFINITY, "nodeSelectorTerms", AFFINITY),
        STEP(AFFINITY, "matchFields", MATCH_FIELD),
        STEP(MATCH_FIELD, "values", SKIP),
#undef STEP
};

static enum place step_into(enum place place, struct bw_value key)
{
        struct bw_str name = bw_value_text(key);

        if (place == ANY)
                return ANY;
        for (size_t i = 0; i < BW_ARRAY_SIZE(steps); i++)
                if (steps[i].place == place && bw_str_eq(steps[i].key, name))
                        return (enum place)steps[i].inside;
        return ANY;
}

#define END UINT64_MAX /* of a map: it may have fewer entries than were read */

static void add_text(struct bw_siphash *hash, struct bw_str text, enum place place, struct bw_str pod_name)
{
        if (place == TOKEN_NAME && bw_template_token_name(text))
                text.n = bw_template_token_name(text);
        else if (place == CLAIM_NAME && pod_name.n && bw_str_ends(text, pod_name))
                text.n -= pod_name.n;
        bw_siphash_text(hash, text);
}

/* Recursion is as deep as documents may be: BW_LIMIT_DOC_DEPTH. */
static void add(struct bw_siphash *hash, struct bw_value v, enum place place, struct bw_str pod_name)
{
        bw_siphash_word(hash, v.type);
        switch (v.type) {
        case BW_STRING:
                add_text(hash, bw_value_text(v), place, pod_name);
                break;
        case BW_LIST:
                bw_siphash_word(hash, v.n);
                for (uint32_t i = 0; i < v.n; i++)
                        add(hash, v.list->items[i], place, pod_name);
                break;
        case BW_MAP:
                for (uint32_t i = 0; i < v.n; i++) {
                        const struct bw_entry *e = &v.map->entries[i];
                        enum place inside = step_into(place, e->key);

                        if (inside == SKIP)
                                continue;
                        bw_siphash_text(hash, bw_value_text(e->key));
                        add(hash, e->value, inside, pod_name);
                }
                bw_siphash_word(hash, END);
                break;
        case BW_BOOL:
                bw_siphash_word(hash, v.b);
                break;
        default: /* numbers; null has nothing in it */
                bw_siphash_word(hash, v.type > BW_NULL ? (uint64_t)v.i : 0);
                break;
        }
}

void bw_template_add(struct bw_siphash *hash, struct bw_value spec, struct bw_str pod_name)
{
        add(hash, spec, SPEC, pod_name);
}

void bw_template_add_value(struct bw_siphash *hash, struct bw_value v)
{
        add(hash, v, ANY, BW_STR(""));
}
