/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decimal_internal: decimal numbers, for quantities that do not fit in 64 bits.
 * Ownership: digits live in the arena given; numbers are immutable. Threads: pure functions.
 * Limits: BW_LIMIT_QUANTITY_DIGITS. Errors: -ENOMEM, or -E2BIG past the limit.
 * Source: the semantics of gopkg.in/inf.v0 as Kubernetes uses it.
 */
#ifndef BW_CEL_LIB_DECIMAL_INTERNAL_H
#define BW_CEL_LIB_DECIMAL_INTERNAL_H

#include "base/base.h"

struct bw_arena;

/* limbs[0] + limbs[1] * 10^9 + …, divided by 10^scale. The highest limb is not 0; zero has no limbs. */
struct bw_decimal {
        const uint32_t *limbs;
        uint32_t n;
        int32_t scale;
        bool negative;
};

BW_CHECK int bw_decimal_of_int(struct bw_arena *arena, int64_t value, int32_t scale, struct bw_decimal *ret);
/* Digits with at most one point; the scale is the number of digits after it. -EINVAL without any digit. */
BW_CHECK int bw_decimal_of_text(struct bw_arena *arena, struct bw_str digits, struct bw_decimal *ret);
BW_CHECK int bw_decimal_multiply(struct bw_arena *arena, struct bw_decimal d, uint32_t factor, struct bw_decimal *ret);
/* The quotient, cut, and the remainder of the magnitude. */
BW_CHECK int bw_decimal_divide(struct bw_arena *arena, struct bw_decimal d, uint32_t divisor, struct bw_decimal *ret,
                               uint32_t *ret_rest);
/* The same number with another scale; digits that fall off round away from zero, *ret_exact tells if none did. */
BW_CHECK int bw_decimal_rescale(struct bw_arena *arena, struct bw_decimal d, int32_t scale, struct bw_decimal *ret,
                                bool *ret_exact);
BW_CHECK int bw_decimal_add(struct bw_arena *arena, struct bw_decimal a, struct bw_decimal b, struct bw_decimal *ret);
int bw_decimal_cmp(struct bw_decimal a, struct bw_decimal b) BW_PURE;
/* Number of digits of the magnitude; 0 for zero. */
uint32_t bw_decimal_digits(struct bw_decimal d) BW_PURE;
/* Writes the magnitude's digits, bw_decimal_digits() of them. */
void bw_decimal_write(struct bw_decimal d, char *out);
/* The unscaled number (as if the scale were 0) as the nearest double. */
double bw_decimal_to_double(struct bw_decimal d);

#endif
