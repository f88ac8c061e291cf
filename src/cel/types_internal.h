/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types (internal): what the checker and the reader of function signatures need beyond types.h.
 * Ownership: as types.h. Threads: pure.
 */
#ifndef BW_CEL_TYPES_INTERNAL_H
#define BW_CEL_TYPES_INTERNAL_H

#include "cel/types.h"

/* Type parameters are single capitals; a PARAM's var is its place in the alphabet. */
#define BW_CEL_TYPE_LETTERS 26

extern const struct bw_cel_type bw_cel_type_error;

/* Reads types one after the other. */
struct type_reader {
        struct bw_arena *arena;
        struct bw_str text; /* the whole, for messages */
        struct bw_str rest;
        bool borrow;        /* names may be borrowed from the text */
        unsigned depth;
};
BW_CHECK int bw_cel_type_read(struct type_reader *r, const struct bw_cel_type **ret, struct bw_error *reterr);

/* type(T) */
const struct bw_cel_type *bw_cel_type_of(struct bw_arena *arena, const struct bw_cel_type *type) BW_CHECK;
/* The same type (LIST, MAP, TYPE, OPAQUE) over other parameters. */
const struct bw_cel_type *bw_cel_type_with_params(struct bw_arena *arena, const struct bw_cel_type *like,
                                                  const struct bw_cel_type *const *params) BW_CHECK;
bool bw_cel_type_is_optional(const struct bw_cel_type *type);

#endif
