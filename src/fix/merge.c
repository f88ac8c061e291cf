/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "fix/fix_internal.h"

static const struct bw_value nothing;

/* A map with one key set (v ABSENT: removed). */
static struct bw_value with_key(struct bw_arena *arena, struct bw_value map, struct bw_value key, struct bw_value v)
{
        const struct bw_entry *old = bw_map_find(map, key);
        uint32_t n = map.type == BW_MAP ? map.n : 0;
        struct bw_map *copy = bw_map_new(arena, n + 1);
        uint32_t at = 0;

        if (!copy)
                return nothing;
        for (uint32_t i = 0; i < n; i++) {
                const struct bw_entry *e = &map.map->entries[i];

                if (e != old)
                        copy->entries[at++] = *e;
                else if (v.type != BW_ABSENT)
                        copy->entries[at++] = (struct bw_entry){.key = key, .value = v};
        }
        if (!old && v.type != BW_ABSENT)
                copy->entries[at++] = (struct bw_entry){.key = key, .value = v};
        return bw_map_seal(arena, copy, at) < 0 ? nothing : bw_value_map(copy, at);
}

struct bw_value merge_patch(struct bw_arena *arena, struct bw_value target, struct bw_value patch)
{
        if (patch.type != BW_MAP)
                return patch;
        if (target.type != BW_MAP)
                target = bw_value_map(NULL, 0);
        for (uint32_t i = 0; i < patch.n; i++) {
                const struct bw_entry *e = &patch.map->entries[i];
                struct bw_value v = nothing;

                if (e->value.type != BW_NULL) {
                        const struct bw_entry *old = bw_map_find(target, e->key);

                        v = merge_patch(arena, old ? old->value : nothing, e->value);
                        if (v.type == BW_ABSENT)
                                return nothing;
                }
                target = with_key(arena, target, e->key, v);
                if (target.type == BW_ABSENT)
                        return nothing;
        }
        return target;
}

struct bw_value merge_at(struct bw_arena *arena, struct bw_value root, struct bw_path path, struct bw_value patch)
{
        struct bw_path rest = {.n = path.n - 1, .segments = path.segments + 1};
        const struct bw_segment *s = path.segments;
        struct bw_value child;
        struct bw_list *copy;

        if (path.n == 0)
                return merge_patch(arena, root, patch);
        if (s->kind == BW_SEGMENT_KEY) {
                const struct bw_entry *e = bw_map_find(root, s->key);

                child = merge_at(arena, e ? e->value : nothing, rest, patch);
                return child.type == BW_ABSENT ? nothing : with_key(arena, root, s->key, child);
        }
        child = bw_list_get(root, s->index);
        if (s->kind != BW_SEGMENT_INDEX || child.type == BW_ABSENT)
                return nothing;
        child = merge_at(arena, child, rest, patch);
        copy = bw_list_new(arena, root.n);
        if (child.type == BW_ABSENT || !copy)
                return nothing;
        for (uint32_t i = 0; i < root.n; i++)
                copy->items[i] = i == s->index ? child : root.list->items[i];
        return bw_value_list(copy, root.n);
}
