/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list (internal): lists of texts, as rules of roles and policies hold them. A field that is not there, or is no list, is as
 * an empty one.
 * Ownership: borrows. Threads: pure.
 */
#ifndef BW_ANALYZE_LIST_INTERNAL_H
#define BW_ANALYZE_LIST_INTERNAL_H

#include "value/value.h"

static inline struct bw_value list_of(struct bw_value map, const char *field)
{
        struct bw_value list = bw_map_get(map, bw_str(field));

        return list.type == BW_LIST ? list : (struct bw_value){.type = BW_LIST};
}

static inline bool list_has(struct bw_value list, struct bw_str text)
{
        for (uint32_t i = 0; i < list.n; i++)
                if (list.list->items[i].type == BW_STRING && bw_str_eq(bw_value_text(list.list->items[i]), text))
                        return true;
        return false;
}

#endif
