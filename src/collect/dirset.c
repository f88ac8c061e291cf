/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/dirset.h"

#include "base/alloc.h"
#include "base/error.h"

#define FIRST_SLOTS 64

/* The slot that holds this directory, or the free one where it belongs. */
static struct bw_dirset_slot *find(const struct bw_dirset *set, uint64_t dev, uint64_t ino)
{
        uint64_t hash = (ino ^ (dev * UINT64_C(0x9e3779b97f4a7c15))) * UINT64_C(0xd6e8feb86659fd93);
        size_t i = (size_t)(hash >> 20) & (set->n_slots - 1);

        while (set->slots[i].used && (set->slots[i].dev != dev || set->slots[i].ino != ino))
                i = (i + 1) & (set->n_slots - 1);
        return &set->slots[i];
}

static int grow(struct bw_dirset *set)
{
        struct bw_dirset larger = {.n_slots = set->n_slots ? set->n_slots * 2 : FIRST_SLOTS, .n = set->n};

        larger.slots = bw_zalloc(larger.n_slots * sizeof(*larger.slots));
        if (!larger.slots)
                return -ENOMEM;
        for (size_t i = 0; i < set->n_slots; i++)
                if (set->slots[i].used)
                        *find(&larger, set->slots[i].dev, set->slots[i].ino) = set->slots[i];
        bw_free(set->slots);
        *set = larger;
        return 0;
}

int bw_dirset_add(struct bw_dirset *set, uint64_t dev, uint64_t ino, struct bw_error *reterr)
{
        struct bw_dirset_slot *slot;

        if (set->n + 1 > set->n_slots / 2 && grow(set) < 0)
                return bw_error_nomem(reterr);
        slot = find(set, dev, ino);
        if (slot->used)
                return 1;
        *slot = (struct bw_dirset_slot){.dev = dev, .ino = ino, .used = true};
        set->n++;
        return 0;
}

void bw_dirset_done(struct bw_dirset *set)
{
        bw_free(set->slots);
        *set = (struct bw_dirset){0};
}
