/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pod as the API server would see it. Typed decoding treats an explicit null as a field that is not there. Of the
 * defaults, two change what Pod Security says: a volume without a source becomes an emptyDir, and on the host's network
 * every port of a Pod's own (init) containers becomes a host port.
 * Source: kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Volume, SetDefaults_Pod (defaultHostNetworkPorts).
 */
#include "base/arena.h"
#include "rule/rule_internal.h"

static bool same(struct bw_value a, struct bw_value b)
{
        return a.head == b.head && a.u == b.u;
}

static struct bw_value list_without_nulls(struct bw_arena *arena, struct bw_value v)
{
        struct bw_list *copy = NULL;

        for (uint32_t i = 0; i < v.n; i++) {
                struct bw_value item = v.list->items[i];
                struct bw_value clean = item.type < BW_LIST ? item : rule_without_nulls(arena, item);

                if (clean.type == BW_ABSENT)
                        return clean;
                if (!copy && !same(item, clean)) {
                        copy = bw_list_new(arena, v.n);
                        if (!copy)
                                return (struct bw_value){0};
                        memcpy(copy->items, v.list->items, v.n * sizeof(copy->items[0]));
                }
                if (copy)
                        copy->items[i] = clean;
        }
        return copy ? bw_value_list(copy, v.n) : v;
}

/* A copy of map without the entries before `at` that are null, with room for all. */
static struct bw_map *copy_head(struct bw_arena *arena, struct bw_value v, uint32_t at)
{
        struct bw_map *copy = bw_map_new(arena, v.n);

        if (copy && at)
                memcpy(copy->entries, v.map->entries, at * sizeof(copy->entries[0]));
        return copy;
}

static struct bw_value map_without_nulls(struct bw_arena *arena, struct bw_value v)
{
        struct bw_map *copy = NULL;
        uint32_t n = 0;

        for (uint32_t i = 0; i < v.n; i++) {
                const struct bw_entry *e = &v.map->entries[i];
                struct bw_value clean = e->value.type < BW_LIST ? e->value : rule_without_nulls(arena, e->value);

                if (clean.type == BW_ABSENT)
                        return clean;
                if (!copy && (clean.type == BW_NULL || !same(e->value, clean))) {
                        copy = copy_head(arena, v, i);
                        n = i;
                        if (!copy)
                                return (struct bw_value){0};
                }
                if (copy && clean.type != BW_NULL)
                        copy->entries[n++] = (struct bw_entry){.key = e->key, .value = clean};
        }
        if (!copy)
                return v;
        if (bw_map_seal(arena, copy, n) < 0)
                return (struct bw_value){0};
        return bw_value_map(copy, n);
}

/* Recursion is as deep as documents may be: BW_LIMIT_DOC_DEPTH. */
struct bw_value rule_without_nulls(struct bw_arena *arena, struct bw_value v)
{
        if (v.type == BW_MAP)
                return map_without_nulls(arena, v);
        if (v.type == BW_LIST)
                return list_without_nulls(arena, v);
        return v;
}

/* Volume sources; any other key of a volume is unknown to the API server, which drops it. */
static const char *const volume_sources[] = {
        "emptyDir", "configMap", "secret", "projected", "persistentVolumeClaim", "hostPath", "downwardAPI", "csi",
        "ephemeral", "image", "nfs", "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc",
        "flexVolume", "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "iscsi", "photonPersistentDisk",
        "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
};

_Static_assert(BW_ARRAY_SIZE(volume_sources) < 64, "the table has room");

void rule_volume_sources_init(struct rule_volume_sources *sources)
{
        memset(sources, 0, sizeof(*sources));
        for (size_t i = 0; i < BW_ARRAY_SIZE(volume_sources); i++) {
                struct bw_value key = bw_value_str(bw_str(volume_sources[i]));
                unsigned at = key.hash & 63;

                while (sources->keys[at].type != BW_ABSENT)
                        at = (at + 1) & 63;
                sources->keys[at] = key;
        }
}

static bool is_source(const struct rule_volume_sources *sources, struct bw_value key)
{
        for (unsigned at = key.hash & 63; sources->keys[at].type != BW_ABSENT; at = (at + 1) & 63)
                if (sources->keys[at].head == key.head && memcmp(sources->keys[at].s, key.s, key.n) == 0)
                        return true;
        return false;
}

static bool has_source(const struct rule_volume_sources *sources, struct bw_value volume)
{
        for (uint32_t i = 0; i < volume.n; i++)
                if (volume.map->entries[i].value.type != BW_NULL && is_source(sources, volume.map->entries[i].key))
                        return true;
        return false;
}

/* The map with key set to value, in its old place or at the end. ABSENT when memory is short. */
static struct bw_value with(struct bw_arena *arena, struct bw_value map, const char *key, struct bw_value value)
{
        struct bw_map *copy = bw_map_new(arena, map.n + 1);
        uint32_t n = map.n;

        if (!copy)
                return (struct bw_value){0};
        if (map.n)
                memcpy(copy->entries, map.map->entries, map.n * sizeof(copy->entries[0]));
        for (uint32_t i = 0; i < map.n; i++)
                if (bw_str_is(bw_value_text(copy->entries[i].key), key))
                        n = i;
        copy->entries[n] = (struct bw_entry){.key = bw_value_str(bw_str(key)), .value = value};
        n = BW_MAX(map.n, n + 1);
        if (bw_map_seal(arena, copy, n) < 0)
                return (struct bw_value){0};
        return bw_value_map(copy, n);
}

/* Changes one item of a list: the item itself when nothing is to be changed; ABSENT when memory is short. */
typedef struct bw_value (*item_change)(struct bw_arena *arena, const struct rule_volume_sources *sources,
                                       struct bw_value item);

/* map[key] with change applied to each of its items. */
static struct bw_value change_items(struct bw_arena *arena, const struct rule_volume_sources *sources,
                                    struct bw_value map, const char *key, item_change change)
{
        struct bw_value list = bw_map_get(map, bw_str(key));
        struct bw_list *copy = NULL;

        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++) {
                struct bw_value item = list.list->items[i];
                struct bw_value changed = item.type == BW_MAP ? change(arena, sources, item) : item;

                if (changed.type == BW_ABSENT)
                        return changed;
                if (!copy && !same(item, changed)) {
                        copy = bw_list_new(arena, list.n);
                        if (!copy)
                                return (struct bw_value){0};
                        memcpy(copy->items, list.list->items, list.n * sizeof(copy->items[0]));
                }
                if (copy)
                        copy->items[i] = changed;
        }
        return copy ? with(arena, map, key, bw_value_list(copy, list.n)) : map;
}

static struct bw_value default_volume(struct bw_arena *arena, const struct rule_volume_sources *sources,
                                      struct bw_value volume)
{
        return has_source(sources, volume) ? volume : with(arena, volume, "emptyDir", bw_value_map(NULL, 0));
}

static struct bw_value default_port(struct bw_arena *arena, const struct rule_volume_sources *sources,
                                    struct bw_value port)
{
        struct bw_value host = bw_map_get(port, BW_STR("hostPort"));
        struct bw_value container = bw_map_get(port, BW_STR("containerPort"));

        (void)sources;
        if ((host.type > BW_NULL && !(host.type == BW_INT && host.i == 0)) || container.type <= BW_NULL)
                return port;
        return with(arena, port, "hostPort", container);
}

static struct bw_value default_ports(struct bw_arena *arena, const struct rule_volume_sources *sources,
                                     struct bw_value container)
{
        return change_items(arena, sources, container, "ports", default_port);
}

struct bw_value rule_pod_defaults(struct bw_arena *arena, const struct rule_volume_sources *sources,
                                  struct bw_value spec, bool is_pod)
{
        struct bw_value host_network = bw_map_get(spec, BW_STR("hostNetwork"));
        struct bw_value v = change_items(arena, sources, spec, "volumes", default_volume);

        if (is_pod && host_network.type == BW_BOOL && host_network.b) {
                if (v.type != BW_ABSENT)
                        v = change_items(arena, sources, v, "containers", default_ports);
                if (v.type != BW_ABSENT)
                        v = change_items(arena, sources, v, "initContainers", default_ports);
        }
        return v;
}
