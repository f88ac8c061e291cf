/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects: the objects of a text, YAML or JSON, Lists opened, into an inventory. For tests only.
 * Ownership: documents live in the arena. Errors: a text that cannot be read ends the reading; -ENOMEM.
 * Threads: one.
 */
#ifndef BW_TESTS_SUPPORT_OBJECTS_H
#define BW_TESTS_SUPPORT_OBJECTS_H

#include "base/arena.h"
#include "doc/inventory.h"
#include "doc/stream.h"

struct objects_reading {
        struct bw_arena *arena;
        struct bw_inventory *inventory;
};

static inline int objects_add(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        struct objects_reading *reading = ctx;
        struct bw_doc *doc = bw_arena_alloc(reading->arena, sizeof(*doc));

        if (!doc)
                return -ENOMEM;
        *doc = *item;
        return bw_inventory_add(reading->inventory, doc, reterr);
}

static inline int objects_read(struct bw_arena *arena, struct bw_inventory *inventory, struct bw_str text)
{
        struct objects_reading reading = {arena, inventory};
        struct bw_cutter cutter;
        struct bw_piece piece;
        int r = 0;

        bw_cutter_init(&cutter, bw_stream_format(text), true);
        while (r == 0 && bw_cutter_next(&cutter, &text, true, &piece, NULL) == 1) {
                struct bw_doc *doc = bw_arena_zalloc(arena, sizeof(*doc));

                if (!doc)
                        return -ENOMEM;
                if (bw_doc_read(arena, &piece, false, doc, NULL) == 0)
                        r = bw_doc_list_items(arena, doc, objects_add, &reading, NULL);
        }
        return r;
}

#endif
