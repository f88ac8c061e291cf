/* SPDX-License-Identifier: Apache-2.0 */
/* Fields, items and entries of values: what a.b, a[b], has(a.b) and a.?b find. */
#include "cel/access.h"
#include "base/arena.h"
#include "cel/env_internal.h"

/* A list takes any number without a fraction. */
static bool list_index(struct bw_value key, int64_t *ret)
{
        if (key.type == BW_INT) {
                *ret = key.i;
                return true;
        }
        if (key.type == BW_UINT && key.u <= (uint64_t)INT64_MAX) {
                *ret = (int64_t)key.u;
                return true;
        }
        if (key.type == BW_DOUBLE && key.d > -0x1p63 && key.d < 0x1p63 && (double)(int64_t)key.d == key.d) {
                *ret = (int64_t)key.d;
                return true;
        }
        return false;
}

static bool is_key(struct bw_value key)
{
        return key.type == BW_STRING || key.type == BW_INT || key.type == BW_UINT || key.type == BW_DOUBLE ||
               key.type == BW_BOOL;
}

/* 1, 1u and 1.0 find each other, but the key of the very type comes first. */
static const struct bw_entry *find(struct bw_value map, struct bw_value key)
{
        const struct bw_entry *e = bw_map_find_any(map, key);

        if (e && BW_UNLIKELY(e->key.type != key.type) && map.n <= BW_MAP_SMALL)
                for (uint32_t i = 0; i < map.n; i++)
                        if (map.map->entries[i].key.type == key.type && map.map->entries[i].key.u == key.u)
                                return &map.map->entries[i];
        return e;
}

static struct bw_value missing(const struct bw_cel_call *call, struct bw_value key, bool name_key)
{
        if (name_key && key.type == BW_STRING)
                return bw_cel_error(call, "no such key: %.*s", BW_STR_ARG(bw_value_text(key)));
        if (name_key && key.type == BW_INT)
                return bw_cel_error(call, "no such key: %" PRId64, key.i);
        return bw_cel_error(call, "no such key");
}

static struct bw_value out_of_bounds(const struct bw_cel_call *call, int64_t index, bool name_key)
{
        if (name_key)
                return bw_cel_error(call, "index out of bounds: %" PRId64, index);
        return bw_cel_error(call, "index out of bounds");
}

struct bw_value bw_cel_access(const struct bw_cel_call *call, struct bw_value object, struct bw_value key,
                              enum bw_cel_access access, bool name_key)
{
        const struct bw_entry *e;
        int64_t index;

        switch ((enum bw_type)object.type) {
        case BW_MAP:
                e = is_key(key) ? find(object, key) : NULL;
                if (e)
                        return e->value;
                return access == BW_CEL_GET ? missing(call, key, name_key) : (struct bw_value){0};
        case BW_LIST:
                if (!list_index(key, &index))
                        return bw_cel_error(call, "unsupported index of type '%s' in list",
                                            bw_type_name((enum bw_type)key.type));
                if (index >= 0 && index < object.n)
                        return object.list->items[index];
                return access == BW_CEL_GET ? out_of_bounds(call, index, name_key) : (struct bw_value){0};
        case BW_OPTIONAL:
                return bw_cel_access_optional(call, object, key, name_key);
        default:
                if (access == BW_CEL_GET || call->env->strict_presence)
                        return missing(call, key, name_key);
                return (struct bw_value){0};
        }
}

struct bw_value bw_cel_access_optional(const struct bw_cel_call *call, struct bw_value optional, struct bw_value key,
                                       bool name_key)
{
        struct bw_value found = optional.type == BW_OPTIONAL ? (struct bw_value){0} : optional;
        struct bw_value *place;

        if (optional.type == BW_OPTIONAL) {
                if (!optional.opt)
                        return optional;
                found = *optional.opt;
        }
        /* An optional in an optional has no fields of its own. */
        if (found.type == BW_OPTIONAL)
                return (struct bw_value){.type = BW_OPTIONAL};
        found = bw_cel_access(call, found, key, BW_CEL_OPTIONAL, name_key);
        if (found.type == BW_ERROR)
                return found;
        if (found.type == BW_ABSENT)
                return (struct bw_value){.type = BW_OPTIONAL};
        place = bw_arena_alloc(call->arena, sizeof(*place));
        if (!place)
                return bw_cel_no_memory();
        *place = found;
        return (struct bw_value){.type = BW_OPTIONAL, .opt = place};
}

int bw_cel_map_finish(struct bw_arena *arena, struct bw_map *map, uint32_t *n, bool unique)
{
        uint32_t kept = 0;
        int r = bw_map_seal(arena, map, *n);

        /* A repeated key is marked, so that what the seal knows of places stays right until all were looked up. */
        for (uint32_t i = 0; r == 0 && i < *n; i++) {
                struct bw_entry *e = &map->entries[i];
                struct bw_entry *first = (struct bw_entry *)(uintptr_t)bw_map_find_any(bw_value_map(map, *n), e->key);

                if (first == e || (!unique && first->key.type != e->key.type)) {
                        kept++;
                        continue;
                }
                if (unique)
                        return -EEXIST;
                first->value = e->value;
                e->key.type = BW_ABSENT;
        }
        if (r < 0 || kept == *n)
                return r;
        kept = 0;
        for (uint32_t i = 0; i < *n; i++)
                if (map->entries[i].key.type != BW_ABSENT)
                        map->entries[kept++] = map->entries[i];
        *n = kept;
        return bw_map_seal(arena, map, kept);
}
