/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types: CEL's static types, as the checker deduces them and as the function tables write them.
 * Ownership: builtin types are static; composed types live in the arena given. Threads: immutable.
 * Source: cel-spec langdef.md "Gradual type checking"; cel-go common/types/types.go.
 */
#ifndef BW_CEL_TYPES_H
#define BW_CEL_TYPES_H

#include "value/value.h"

struct bw_error;

enum bw_cel_kind {
        BW_CEL_DYN,
        BW_CEL_NULL,
        BW_CEL_BOOL,
        BW_CEL_INT,
        BW_CEL_UINT,
        BW_CEL_DOUBLE,
        BW_CEL_STRING,
        BW_CEL_BYTES,
        BW_CEL_LIST,      /* 1 parameter */
        BW_CEL_MAP,       /* 2 parameters */
        BW_CEL_TIMESTAMP,
        BW_CEL_DURATION,
        BW_CEL_TYPE,      /* type(T): 1 parameter; without: the type of any type */
        BW_CEL_OPAQUE,    /* by name, any number of parameters; optional_type(T) among them */
        BW_CEL_OBJECT,    /* a typed object: fields, e.g. request.userInfo */
        BW_CEL_PARAM,     /* a type parameter: A, B, K, V, T */
        BW_CEL_VAR,       /* the checker's own inference variables */
        BW_CEL_ERROR,     /* the type of an expression with a reported error: agrees with all */
};

struct bw_cel_field;

struct bw_cel_type {
        enum bw_cel_kind kind;
        struct bw_str name;                    /* OPAQUE, OBJECT, PARAM: their name */
        uint32_t n_params;
        uint32_t var;                          /* VAR: its number; PARAM: its place in the alphabet */
        uint32_t size;                         /* types inside it, itself not counted */
        const struct bw_cel_type *const *params;
        const struct bw_cel_field *fields;     /* OBJECT */
        uint32_t n_fields;
        bool nullable;                         /* LIST: null may stand in its place (a field that is not there) */
};
struct bw_cel_field {
        struct bw_str name;
        const struct bw_cel_type *type;
};

/* The builtin types without parameters; list(dyn), map(dyn, dyn), map(string, dyn); optional_type(dyn). */
extern const struct bw_cel_type bw_cel_dyn, bw_cel_null, bw_cel_bool, bw_cel_int, bw_cel_uint, bw_cel_double,
        bw_cel_string, bw_cel_bytes, bw_cel_timestamp, bw_cel_duration, bw_cel_type_type, bw_cel_list_dyn,
        bw_cel_map_dyn, bw_cel_map_string_dyn, bw_cel_optional_dyn;

/* NULL when the arena is used up. */
const struct bw_cel_type *bw_cel_type_list(struct bw_arena *arena, const struct bw_cel_type *elem) BW_CHECK;
const struct bw_cel_type *bw_cel_type_map(struct bw_arena *arena, const struct bw_cel_type *key,
                                          const struct bw_cel_type *value) BW_CHECK;
const struct bw_cel_type *bw_cel_type_opaque(struct bw_arena *arena, struct bw_str name, uint32_t n,
                                             const struct bw_cel_type *const *params) BW_CHECK;

/* "list(map(string, dyn))", "optional_type(T)", "net.IP", "kubernetes.Quantity": the form of the vectors and of the
 * function tables. A single capital is a type parameter, an unknown name an opaque type. -EINVAL, -ENOMEM. */
BW_CHECK int bw_cel_type_parse(struct bw_arena *arena, struct bw_str text, const struct bw_cel_type **ret,
                               struct bw_error *reterr);
void bw_cel_type_format(struct bw_buf *out, const struct bw_cel_type *type);
bool bw_cel_type_same(const struct bw_cel_type *a, const struct bw_cel_type *b);

/* The value of type(x): a BW_TYPE value; two such values are equal when their type names are. */
struct bw_value bw_cel_type_value(const struct bw_cel_type *type);
/* The run-time type of a value, without parameters (opaque classes: found by their name). */
struct bw_str bw_cel_runtime_type_name(struct bw_value v);

#endif
