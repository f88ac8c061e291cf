/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/lib/set_internal.h"

int bw_set_new(struct bw_arena *arena, size_t n, struct bw_set *ret)
{
        size_t slots = 16;

        while (slots < n * 2)
                slots *= 2;
        ret->slots = bw_arena_zalloc(arena, slots * sizeof(*ret->slots));
        ret->mask = slots - 1;
        ret->steps = 0;
        return ret->slots ? 0 : -ENOMEM;
}

/* The slot of an equal value, or the free one where it would go. */
static int find(struct bw_set *set, struct bw_value v, uint64_t hash, struct bw_set_slot **ret)
{
        for (size_t at = hash & set->mask;; at = (at + 1) & set->mask) {
                struct bw_set_slot *slot = &set->slots[at];

                if (slot->value.type == BW_ABSENT || (slot->hash == hash && bw_value_eq(slot->value, v))) {
                        *ret = slot;
                        return 0;
                }
                if (++set->steps > BW_LIMIT_CEL_ITERATIONS)
                        return -E2BIG;
        }
}

int bw_set_add(struct bw_set *set, struct bw_value v, bool *ret_added)
{
        uint64_t hash = bw_lib_hash(v);
        struct bw_set_slot *slot;
        int r = find(set, v, hash, &slot);

        if (r < 0)
                return r;
        if (ret_added)
                *ret_added = slot->value.type == BW_ABSENT;
        *slot = (struct bw_set_slot){.hash = hash, .value = v};
        return 0;
}

int bw_set_has(struct bw_set *set, struct bw_value v, bool *ret_found)
{
        struct bw_set_slot *slot;
        int r = find(set, v, bw_lib_hash(v), &slot);

        *ret_found = r == 0 && slot->value.type != BW_ABSENT;
        return r;
}
