/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access: fields, items and entries of values: what a.b, a[b], has(a.b), a.?b and a[?b] find.
 * Ownership: results borrow from the object; optionals and errors live in the call's arena. Threads: pure functions.
 * Source: cel-go interpreter/attributes.go (refQualify), common/types/{list,map}.go.
 */
#ifndef BW_CEL_ACCESS_H
#define BW_CEL_ACCESS_H

#include "cel/library.h"

enum bw_cel_access {
        BW_CEL_GET,      /* what is missing is an error */
        BW_CEL_OPTIONAL, /* what is missing is BW_ABSENT, also in a value that has no fields */
};

/* name_key: the key stands in the source, so that an error may name it. */
struct bw_value bw_cel_access(const struct bw_cel_call *call, struct bw_value object, struct bw_value key,
                              enum bw_cel_access access, bool name_key);
/* object.?key as an optional value; if the object is itself an optional, its value is asked. */
struct bw_value bw_cel_access_optional(const struct bw_cel_call *call, struct bw_value object, struct bw_value key,
                                       bool name_key);
/*
 * Seals a map whose keys may stand twice, of *n entries. unique: that is -EEXIST, also for numbers of different types;
 * else the last value of a key counts. -ENOMEM.
 * Source: cel-spec langdef.md "Map literals" (an error); cel-go evalMap (the last counts), mapInsert (an error).
 */
BW_CHECK int bw_cel_map_finish(struct bw_arena *arena, struct bw_map *map, uint32_t *n, bool unique);

#endif
