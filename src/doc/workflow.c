/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/workflow_internal.h"

#include "base/arena.h"

#define MAX_FIELDS 40 /* more than the tables below name, and three lists */

/* A pod spec being put together. The first failure sticks. */
struct assembly {
        struct bw_arena *arena;
        struct bw_entry fields[MAX_FIELDS];
        size_t n_fields;
        struct bw_pod_splice *splices;
        size_t n_splices;
        size_t cap_splices;
        bool failed;
};

/* ---- paths ---- */

static struct bw_path extend(struct assembly *a, struct bw_path path, const struct bw_segment *more, size_t n)
{
        struct bw_segment *segments = bw_arena_array(a->arena, path.n + n, sizeof(*segments));

        if (!segments) {
                a->failed = true;
                return (struct bw_path){0};
        }
        if (path.n)
                memcpy(segments, path.segments, path.n * sizeof(*segments));
        memcpy(segments + path.n, more, n * sizeof(*segments));
        return (struct bw_path){.n = path.n + n, .segments = segments};
}

static struct bw_segment key_segment(const char *key)
{
        return (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(key))};
}

static struct bw_path key_path(struct assembly *a, struct bw_path path, const char *key)
{
        struct bw_segment seg = key_segment(key);

        return extend(a, path, &seg, 1);
}

static struct bw_path item_path(struct assembly *a, struct bw_path path, uint32_t index)
{
        struct bw_segment seg = {.kind = BW_SEGMENT_INDEX, .index = index};

        return extend(a, path, &seg, 1);
}

static void splice(struct assembly *a, struct bw_path at, struct bw_path real)
{
        struct bw_pod_splice *grown;

        if (a->n_splices == a->cap_splices) {
                a->cap_splices = a->cap_splices ? a->cap_splices * 2 : 16;
                grown = bw_arena_array(a->arena, a->cap_splices, sizeof(*grown));
                if (!grown) {
                        a->failed = true;
                        a->cap_splices = a->n_splices;
                        return;
                }
                if (a->n_splices)
                        memcpy(grown, a->splices, a->n_splices * sizeof(*grown));
                a->splices = grown;
        }
        a->splices[a->n_splices++] = (struct bw_pod_splice){.at = at, .real = real};
}

/* ---- fields and lists ---- */

static bool has_field(const struct assembly *a, struct bw_str name)
{
        for (size_t i = 0; i < a->n_fields; i++)
                if (bw_str_eq(bw_value_text(a->fields[i].key), name))
                        return true;
        return false;
}

static void put(struct assembly *a, struct bw_value key, struct bw_value value)
{
        if (a->n_fields < MAX_FIELDS)
                a->fields[a->n_fields++] = (struct bw_entry){.key = key, .value = value};
}

/* Takes the named fields of a map, unless there is one of that name already. */
static void take_fields(struct assembly *a, struct bw_value from, struct bw_path from_path, const char *const *names)
{
        for (; *names; names++) {
                struct bw_value v = bw_map_get(from, bw_str(*names));

                if (v.type == BW_ABSENT || v.type == BW_NULL || has_field(a, bw_str(*names)))
                        continue;
                put(a, bw_value_str(bw_str(*names)), v);
                splice(a, key_path(a, (struct bw_path){0}, *names), key_path(a, from_path, *names));
        }
}

/* A list of the spec that is made of items from several places. */
struct items {
        const char *name;
        struct bw_value *values;
        uint32_t n;
        uint32_t cap;
};

static void add_item(struct assembly *a, struct items *items, struct bw_value v, struct bw_path real)
{
        struct bw_segment at[2] = {key_segment(items->name), {.kind = BW_SEGMENT_INDEX, .index = items->n}};
        struct bw_value *grown;

        if (v.type != BW_MAP)
                return;
        if (items->n == items->cap) {
                items->cap = items->cap ? items->cap * 2 : 8;
                grown = bw_arena_array(a->arena, items->cap, sizeof(*grown));
                if (!grown) {
                        a->failed = true;
                        items->cap = items->n;
                        return;
                }
                if (items->n)
                        memcpy(grown, items->values, items->n * sizeof(*grown));
                items->values = grown;
        }
        items->values[items->n++] = v;
        splice(a, extend(a, (struct bw_path){0}, at, 2), real);
}

static void add_list(struct assembly *a, struct items *items, struct bw_value owner, struct bw_path owner_path,
                     const char *name)
{
        struct bw_value list = bw_map_get(owner, bw_str(name));
        struct bw_path path;

        if (list.type != BW_LIST)
                return;
        path = key_path(a, owner_path, name);
        for (uint32_t i = 0; i < list.n; i++)
                add_item(a, items, list.list->items[i], item_path(a, path, i));
}

static void put_items(struct assembly *a, const struct items *items)
{
        struct bw_list *list;

        if (items->n == 0)
                return;
        list = bw_list_new(a->arena, items->n);
        if (!list) {
                a->failed = true;
                return;
        }
        memcpy(list->items, items->values, items->n * sizeof(*list->items));
        put(a, bw_value_str(bw_str(items->name)), bw_value_list(list, items->n));
}

static int finish(struct assembly *a, struct bw_path here, struct bw_value metadata, struct bw_pod *ret)
{
        struct bw_map *map;

        if (a->failed)
                return -ENOMEM;
        map = bw_map_new(a->arena, (uint32_t)a->n_fields);
        if (!map)
                return -ENOMEM;
        memcpy(map->entries, a->fields, a->n_fields * sizeof(*map->entries));
        if (bw_map_seal(a->arena, map, (uint32_t)a->n_fields) < 0)
                return -ENOMEM;
        *ret = (struct bw_pod){
                .spec = bw_value_map(map, (uint32_t)a->n_fields),
                .metadata = metadata,
                .spec_path = here,
                .splices = a->splices,
                .n_splices = a->n_splices,
        };
        if (metadata.type == BW_MAP)
                ret->metadata_path = key_path(a, here, "metadata");
        return a->failed ? -ENOMEM : 1;
}

static struct bw_value map_or_absent(struct bw_value v)
{
        return v.type == BW_MAP ? v : (struct bw_value){0};
}

/* ---- Argo ---- */

int bw_argo_pod(struct bw_arena *arena, struct bw_value root, const char *base, struct bw_value v, struct bw_path here,
                struct bw_pod *ret)
{
        /* A template's own fields come before the workflow's. */
        static const char *const own[] = {"securityContext",
                                          "serviceAccountName",
                                          "automountServiceAccountToken",
                                          "hostAliases",
                                          "nodeSelector",
                                          "tolerations",
                                          "affinity",
                                          "priorityClassName",
                                          "schedulerName",
                                          "activeDeadlineSeconds",
                                          NULL};
        static const char *const shared[] = {"securityContext",
                                             "serviceAccountName",
                                             "automountServiceAccountToken",
                                             "hostAliases",
                                             "hostNetwork",
                                             "dnsPolicy",
                                             "dnsConfig",
                                             "nodeSelector",
                                             "tolerations",
                                             "affinity",
                                             "imagePullSecrets",
                                             "priorityClassName",
                                             NULL};
        struct assembly a = {.arena = arena};
        struct items containers = {.name = "containers"};
        struct items init = {.name = "initContainers"};
        struct items volumes = {.name = "volumes"};
        struct bw_value workflow = bw_map_walk(root, base);
        struct bw_value set = bw_map_get(v, BW_STR("containerSet"));
        struct bw_path workflow_path;

        if (bw_path_parse(arena, bw_str(base), &workflow_path, NULL) < 0)
                return -ENOMEM;
        add_list(&a, &init, v, here, "initContainers");
        add_item(&a, &containers, bw_map_get(v, BW_STR("container")), key_path(&a, here, "container"));
        add_item(&a, &containers, bw_map_get(v, BW_STR("script")), key_path(&a, here, "script"));
        if (set.type == BW_MAP)
                add_list(&a, &containers, set, key_path(&a, here, "containerSet"), "containers");
        if (containers.n == 0)
                return a.failed ? -ENOMEM : 0;
        add_list(&a, &containers, v, here, "sidecars");
        add_list(&a, &volumes, workflow, workflow_path, "volumes");
        add_list(&a, &volumes, v, here, "volumes");
        put_items(&a, &init);
        put_items(&a, &containers);
        put_items(&a, &volumes);
        take_fields(&a, v, here, own);
        take_fields(&a, workflow, workflow_path, shared);
        return finish(&a, here, map_or_absent(bw_map_get(v, BW_STR("metadata"))), ret);
}

/* ---- Tekton ---- */

/* A step with what the task's stepTemplate says for all steps, unless the step says otherwise. */
static struct bw_value with_template(struct assembly *a, struct bw_value step, struct bw_value defaults)
{
        uint32_t n = defaults.n + step.n;
        struct bw_map *map;
        bool repeated;

        if (step.type != BW_MAP || defaults.type != BW_MAP || defaults.n == 0 || step.n == 0)
                return step.type == BW_MAP && step.n == 0 && defaults.type == BW_MAP ? defaults : step;
        map = bw_map_new(a->arena, n);
        if (!map) {
                a->failed = true;
                return step;
        }
        memcpy(map->entries, defaults.map->entries, defaults.n * sizeof(*map->entries));
        memcpy(map->entries + defaults.n, step.map->entries, step.n * sizeof(*map->entries));
        if (bw_map_seal_last(a->arena, map, &n, NULL, &repeated) < 0) {
                a->failed = true;
                return step;
        }
        return bw_value_map(map, n);
}

int bw_tekton_pod(struct bw_arena *arena, struct bw_value root, const char *base, struct bw_value v,
                  struct bw_path here, struct bw_pod *ret)
{
        static const char *const from_template[] = {"securityContext",
                                                    "automountServiceAccountToken",
                                                    "hostNetwork",
                                                    "hostAliases",
                                                    "dnsPolicy",
                                                    "dnsConfig",
                                                    "nodeSelector",
                                                    "tolerations",
                                                    "affinity",
                                                    "runtimeClassName",
                                                    "priorityClassName",
                                                    "schedulerName",
                                                    "enableServiceLinks",
                                                    "imagePullSecrets",
                                                    "topologySpreadConstraints",
                                                    NULL};
        struct assembly a = {.arena = arena};
        struct items containers = {.name = "containers"};
        struct items volumes = {.name = "volumes"};
        struct bw_value template = base ? bw_map_walk(root, base) : (struct bw_value){0};
        struct bw_value steps = bw_map_get(v, BW_STR("steps"));
        struct bw_value defaults = bw_map_get(v, BW_STR("stepTemplate"));
        struct bw_path template_path = {0};
        struct bw_path steps_path = key_path(&a, here, "steps");

        if (steps.type != BW_LIST)
                return a.failed ? -ENOMEM : 0;
        if (base && bw_path_parse(arena, bw_str(base), &template_path, NULL) < 0)
                return -ENOMEM;
        for (uint32_t i = 0; i < steps.n; i++)
                add_item(&a, &containers, with_template(&a, steps.list->items[i], defaults),
                         item_path(&a, steps_path, i));
        add_list(&a, &containers, v, here, "sidecars");
        add_list(&a, &volumes, v, here, "volumes");
        add_list(&a, &volumes, template, template_path, "volumes");
        put_items(&a, &containers);
        put_items(&a, &volumes);
        take_fields(&a, template, template_path, from_template);
        return finish(&a, here, map_or_absent(bw_map_get(v, BW_STR("metadata"))), ret);
}
