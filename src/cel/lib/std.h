/* SPDX-License-Identifier: Apache-2.0 */
/*
 * std: the standard operators, conversions and text functions, and what the compiler and the machine know of them:
 * calls whose candidates all have one of these implementations become an instruction.
 * Ownership: results live in the call's arena or borrow from their arguments. Threads: pure functions.
 * Source: cel-spec langdef.md "Standard Definitions"; cel-go common/stdlib, common/types.
 */
#ifndef BW_CEL_LIB_STD_H
#define BW_CEL_LIB_STD_H

#include "cel/library.h"

extern const struct bw_cel_library bw_cel_lib_operators, bw_cel_lib_conversions, bw_cel_lib_text, bw_cel_lib_optional;

/* string(double): the fewest digits that read back the same; with an exponent below 0.0001 and from a million on.
 * Returns the length. */
#define BW_STD_DOUBLE_TEXT 40
size_t bw_std_write_double(double d, char out[BW_STD_DOUBLE_TEXT]);

struct bw_value bw_std_less(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_less_equals(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_greater(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_greater_equals(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_equals(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_not_equals(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_not(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_in(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_size(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_starts_with(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_ends_with(const struct bw_cel_call *call, const struct bw_value *args, size_t n);
struct bw_value bw_std_contains(const struct bw_cel_call *call, const struct bw_value *args, size_t n);

#endif
