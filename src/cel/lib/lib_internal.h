/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lib_internal: what the function libraries share: results, sizes and costs.
 * Ownership: results live in the call's arena or borrow from the arguments. Threads: pure functions.
 * Source of the cost rules: k8s.io/apiserver pkg/cel/library/cost.go; cel-go interpreter/runtimecost.go.
 */
#ifndef BW_CEL_LIB_LIB_INTERNAL_H
#define BW_CEL_LIB_LIB_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cel/lib/lib.h"

#define BW_LIB_FUNCTION(function_name, table, text)                                                                    \
        {                                                                                                              \
                .name = (function_name), .overloads = (table), .n_overloads = BW_ARRAY_SIZE(table), .doc = (text)      \
        }

/* The text of a STRING or BYTES value; p is never NULL. */
static inline struct bw_str bw_lib_text(struct bw_value v)
{
        return bw_str_n(v.n > 0 ? v.s : "", v.n);
}

/* A list of n items, or BW_ERROR when the arena is used up. *ret_list is where the items go. */
struct bw_value bw_lib_list(const struct bw_cel_call *call, size_t n, struct bw_list **ret_list);
/* A copy of text in the arena as a string value. */
struct bw_value bw_lib_copy(const struct bw_cel_call *call, struct bw_str text);
/* The buffer's text, copied to the arena; the buffer is released. */
struct bw_value bw_lib_from_buf(const struct bw_cel_call *call, struct bw_buf *buf);
/* A text in double quotes with what cannot be seen escaped, as Go's %q writes it. */
void bw_lib_put_quoted(struct bw_buf *out, struct bw_str s);
/* optional.of(v), optional.none() */
struct bw_value bw_lib_some(const struct bw_cel_call *call, struct bw_value v);
static inline struct bw_value bw_lib_none(void)
{
        return (struct bw_value){.type = BW_OPTIONAL};
}
static inline struct bw_value bw_lib_opaque(const void *object)
{
        return (struct bw_value){.type = BW_OPAQUE, .opaque = object};
}
/* The object of a class, or NULL when v is something else. */
static inline const void *bw_lib_object(struct bw_value v, const struct bw_opaque_class *cls)
{
        return v.type == BW_OPAQUE && v.opaque->cls == cls ? v.opaque : NULL;
}

/* A hash under which equal values (as CEL compares them) are equal. Opaque values of one class share one hash. */
uint64_t bw_lib_hash(struct bw_value v);
/* True for the types that <, min(), sort() and the like accept. */
bool bw_lib_is_comparable(struct bw_value v);

/* The size that costs are made of: code points, bytes, items, entries; bytes of an address; else 1. */
uint64_t bw_lib_size(struct bw_value v);
/* size * factor, rounded up. A tenth is the price of walking over a character. */
uint64_t bw_lib_scaled(uint64_t size, double factor);
#define BW_LIB_SCAN 0.1
#define BW_LIB_REGEX 0.25
/* One walk over the first argument. */
uint64_t bw_lib_cost_scan(const struct bw_value *args, size_t n, struct bw_value result);
/* Two walks over the first argument: read and build. */
uint64_t bw_lib_cost_scan_twice(const struct bw_value *args, size_t n, struct bw_value result);
/* A visit to every value inside the first argument. */
uint64_t bw_lib_cost_traverse(const struct bw_value *args, size_t n, struct bw_value result);
/* A pattern (second argument) run over a text (first argument). */
uint64_t bw_lib_cost_match(const struct bw_value *args, size_t n, struct bw_value result);

#endif
