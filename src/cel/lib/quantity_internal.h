/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantity_internal: resource quantities such as "1536Mi", with the two representations that Kubernetes keeps: 64 bits
 * and a power of ten where that does, else a decimal. Which one it is shows: only the first can be an integer.
 * Ownership: texts borrow from the parsed text, decimals live in the arena. Threads: pure functions.
 * Source: k8s.io/apimachinery pkg/api/resource/{quantity,amount,suffix,scale_int}.go.
 */
#ifndef BW_CEL_LIB_QUANTITY_INTERNAL_H
#define BW_CEL_LIB_QUANTITY_INTERNAL_H

#include "cel/lib/decimal_internal.h"
#include "value/value.h"

enum bw_quantity_form { BW_QUANTITY_DECIMAL, BW_QUANTITY_BINARY, BW_QUANTITY_EXPONENT };

struct bw_quantity {
        struct bw_opaque base;
        struct bw_str text; /* as it was written, where that is what Kubernetes prints; else empty */
        int64_t value;      /* value * 10^scale, unless is_decimal */
        int32_t scale;
        uint8_t form; /* enum bw_quantity_form: the family of its suffix */
        bool is_decimal;
        struct bw_decimal decimal;
};

extern const struct bw_opaque_class bw_quantity_class;

/* -EINVAL: no quantity; -E2BIG: more than BW_LIMIT_QUANTITY_DIGITS digits; -ENOMEM. */
BW_CHECK int bw_quantity_parse(struct bw_arena *arena, struct bw_str text, struct bw_quantity *ret);
/* a + b, or a - b. */
BW_CHECK int bw_quantity_add(struct bw_arena *arena, const struct bw_quantity *a, const struct bw_quantity *b,
                             bool subtract, struct bw_quantity *ret);
int bw_quantity_cmp(const struct bw_quantity *a, const struct bw_quantity *b) BW_PURE;
/* -1, 0, 1 */
int bw_quantity_sign(const struct bw_quantity *q) BW_PURE;
bool bw_quantity_as_int(const struct bw_quantity *q, int64_t *ret);
double bw_quantity_as_double(const struct bw_quantity *q);
/* The canonical text. -ENOMEM, -E2BIG. */
BW_CHECK int bw_quantity_format(const struct bw_quantity *q, struct bw_buf *out);

#endif
