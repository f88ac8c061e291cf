/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic beyond the operators. math.greatest() and math.least() are macros that become math.@max and math.@min.
 * Source: cel-go 0.23 ext/math.go. Kubernetes does not offer these.
 */
#include <math.h>

#include "cel/lib/lib_internal.h"

/* ---- the greatest and the least ---- */

static bool is_number(struct bw_value v)
{
        return v.type == BW_INT || v.type == BW_UINT || v.type == BW_DOUBLE;
}

/* The first of the values that comes last (wanted 1) or first (-1); a value without an order is an error. */
static struct bw_value best(const struct bw_cel_call *call, const struct bw_value *items, size_t n, int wanted)
{
        struct bw_value found = items[0];

        for (size_t i = 0; i < n; i++) {
                int order;

                if (!is_number(items[i]))
                        return bw_cel_no_overload();
                if (i == 0)
                        continue;
                if (!bw_value_cmp(items[i], found, &order))
                        return bw_cel_error(call, "NaN values cannot be ordered");
                if (order == wanted)
                        found = items[i];
        }
        return found;
}

static struct bw_value best_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n, int wanted)
{
        if (args[0].type != BW_LIST)
                return best(call, args, n, wanted);
        if (args[0].n == 0)
                return bw_cel_error(call, "math.@%s(list) argument must not be empty", wanted > 0 ? "max" : "min");
        return best(call, args[0].list->items, args[0].n, wanted);
}

static struct bw_value max(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        return best_of(call, args, n, 1);
}

static struct bw_value min(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        return best_of(call, args, n, -1);
}

/* ---- doubles ---- */

#define ON_DOUBLE(name, result)                                                                                        \
        static struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)             \
        {                                                                                                              \
                double d = args[0].d;                                                                                  \
                                                                                                                       \
                (void)call;                                                                                            \
                (void)n;                                                                                               \
                return result;                                                                                         \
        }
ON_DOUBLE(math_ceil, bw_value_double(ceil(d)))
ON_DOUBLE(math_floor, bw_value_double(floor(d)))
ON_DOUBLE(math_round, bw_value_double(round(d)))
ON_DOUBLE(math_trunc, bw_value_double(trunc(d)))
ON_DOUBLE(math_sqrt, bw_value_double(sqrt(d)))
ON_DOUBLE(is_nan, bw_value_bool(isnan(d)))
ON_DOUBLE(is_inf, bw_value_bool(isinf(d)))
ON_DOUBLE(is_finite, bw_value_bool(isfinite(d)))

static struct bw_value sqrt_of_integer(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_double(sqrt(args[0].type == BW_INT ? (double)args[0].i : (double)args[0].u));
}

static struct bw_value absolute(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[0].type == BW_DOUBLE)
                return bw_value_double(fabs(args[0].d));
        if (args[0].type == BW_UINT || args[0].i >= 0)
                return args[0];
        return args[0].i == INT64_MIN ? bw_cel_error(call, "integer overflow") : bw_value_int(-args[0].i);
}

static struct bw_value sign(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        double d = args[0].d;

        (void)call;
        (void)n;
        if (args[0].type == BW_DOUBLE)
                return isnan(d) ? args[0] : bw_value_double((d > 0) - (d < 0));
        if (args[0].type == BW_UINT)
                return bw_value_uint(args[0].u > 0);
        return bw_value_int((args[0].i > 0) - (args[0].i < 0));
}

/* ---- bits: ints and uints alike, the result has the type of the first argument ---- */

static struct bw_value with_bits(struct bw_value v, uint64_t bits)
{
        v.u = bits;
        return v;
}

#define ON_BITS(name, result)                                                                                          \
        static struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)             \
        {                                                                                                              \
                (void)call;                                                                                            \
                (void)n;                                                                                               \
                return with_bits(args[0], result);                                                                     \
        }
ON_BITS(bit_and, (args[0].u & args[1].u))
ON_BITS(bit_or, args[0].u | args[1].u)
ON_BITS(bit_xor, args[0].u ^ args[1].u)
ON_BITS(bit_not, ~args[0].u)

static struct bw_value shift_left(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[1].i < 0)
                return bw_cel_error(call, "math.bitShiftLeft() negative offset: %" PRId64, args[1].i);
        return with_bits(args[0], args[1].i > 63 ? 0 : args[0].u << args[1].i);
}

/* Zeros come in from the left, also into a negative int. */
static struct bw_value shift_right(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[1].i < 0)
                return bw_cel_error(call, "math.bitShiftRight() negative offset: %" PRId64, args[1].i);
        return with_bits(args[0], args[1].i > 63 ? 0 : args[0].u >> args[1].i);
}

/* ---- tables ---- */

#define BEST_OVERLOADS(name, impl)                                                                                     \
        static const struct bw_cel_overload name##_overloads[] = {                                                     \
                {"math_@" #name "_double", "math.@" #name "(double) -> double", impl, NULL},                           \
                {"math_@" #name "_int", "math.@" #name "(int) -> int", impl, NULL},                                    \
                {"math_@" #name "_uint", "math.@" #name "(uint) -> uint", impl, NULL},                                 \
                {"math_@" #name "_double_double", "math.@" #name "(double, double) -> double", impl, NULL},            \
                {"math_@" #name "_int_int", "math.@" #name "(int, int) -> int", impl, NULL},                           \
                {"math_@" #name "_uint_uint", "math.@" #name "(uint, uint) -> uint", impl, NULL},                      \
                {"math_@" #name "_int_uint", "math.@" #name "(int, uint) -> dyn", impl, NULL},                         \
                {"math_@" #name "_int_double", "math.@" #name "(int, double) -> dyn", impl, NULL},                     \
                {"math_@" #name "_double_int", "math.@" #name "(double, int) -> dyn", impl, NULL},                     \
                {"math_@" #name "_double_uint", "math.@" #name "(double, uint) -> dyn", impl, NULL},                   \
                {"math_@" #name "_uint_int", "math.@" #name "(uint, int) -> dyn", impl, NULL},                         \
                {"math_@" #name "_uint_double", "math.@" #name "(uint, double) -> dyn", impl, NULL},                   \
                {"math_@" #name "_list_double", "math.@" #name "(list(double)) -> double", impl, NULL},                \
                {"math_@" #name "_list_int", "math.@" #name "(list(int)) -> int", impl, NULL},                         \
                {"math_@" #name "_list_uint", "math.@" #name "(list(uint)) -> uint", impl, NULL},                      \
        }
BEST_OVERLOADS(max, max);
BEST_OVERLOADS(min, min);

#define DOUBLE_OVERLOAD(name, impl, result)                                                                            \
        static const struct bw_cel_overload name##_overloads[] = {                                                     \
                {"math_" #name "_double", "math." #name "(double) -> " result, impl, NULL},                            \
        }
DOUBLE_OVERLOAD(ceil, math_ceil, "double");
DOUBLE_OVERLOAD(floor, math_floor, "double");
DOUBLE_OVERLOAD(round, math_round, "double");
DOUBLE_OVERLOAD(trunc, math_trunc, "double");
DOUBLE_OVERLOAD(isNaN, is_nan, "bool");
DOUBLE_OVERLOAD(isInf, is_inf, "bool");
DOUBLE_OVERLOAD(isFinite, is_finite, "bool");

static const struct bw_cel_overload sqrt_overloads[] = {
        {"math_sqrt_double", "math.sqrt(double) -> double", math_sqrt, NULL},
        {"math_sqrt_int", "math.sqrt(int) -> double", sqrt_of_integer, NULL},
        {"math_sqrt_uint", "math.sqrt(uint) -> double", sqrt_of_integer, NULL},
};
static const struct bw_cel_overload abs_overloads[] = {
        {"math_abs_double", "math.abs(double) -> double", absolute, NULL},
        {"math_abs_int", "math.abs(int) -> int", absolute, NULL},
        {"math_abs_uint", "math.abs(uint) -> uint", absolute, NULL},
};
static const struct bw_cel_overload sign_overloads[] = {
        {"math_sign_double", "math.sign(double) -> double", sign, NULL},
        {"math_sign_int", "math.sign(int) -> int", sign, NULL},
        {"math_sign_uint", "math.sign(uint) -> uint", sign, NULL},
};

#define PAIR_OVERLOADS(name, impl)                                                                                     \
        static const struct bw_cel_overload name##_overloads[] = {                                                     \
                {"math_" #name "_int_int", "math." #name "(int, int) -> int", impl, NULL},                             \
                {"math_" #name "_uint_uint", "math." #name "(uint, uint) -> uint", impl, NULL},                        \
        }
PAIR_OVERLOADS(bitAnd, bit_and);
PAIR_OVERLOADS(bitOr, bit_or);
PAIR_OVERLOADS(bitXor, bit_xor);

static const struct bw_cel_overload bitNot_overloads[] = {
        {"math_bitNot_int_int", "math.bitNot(int) -> int", bit_not, NULL},
        {"math_bitNot_uint_uint", "math.bitNot(uint) -> uint", bit_not, NULL},
};

#define SHIFT_OVERLOADS(name, impl)                                                                                    \
        static const struct bw_cel_overload name##_overloads[] = {                                                     \
                {"math_" #name "_int_int", "math." #name "(int, int) -> int", impl, NULL},                             \
                {"math_" #name "_uint_int", "math." #name "(uint, int) -> uint", impl, NULL},                          \
        }
SHIFT_OVERLOADS(bitShiftLeft, shift_left);
SHIFT_OVERLOADS(bitShiftRight, shift_right);

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("math.@max", max_overloads, "The greatest number: math.greatest()."),
        BW_LIB_FUNCTION("math.@min", min_overloads, "The least number: math.least()."),
        BW_LIB_FUNCTION("math.ceil", ceil_overloads, "The nearest whole number that is not smaller."),
        BW_LIB_FUNCTION("math.floor", floor_overloads, "The nearest whole number that is not greater."),
        BW_LIB_FUNCTION("math.round", round_overloads, "The nearest whole number, halves away from zero."),
        BW_LIB_FUNCTION("math.trunc", trunc_overloads, "The whole part."),
        BW_LIB_FUNCTION("math.sqrt", sqrt_overloads, "The square root."),
        BW_LIB_FUNCTION("math.isNaN", isNaN_overloads, "True if the double is no number."),
        BW_LIB_FUNCTION("math.isInf", isInf_overloads, "True if the double is infinite."),
        BW_LIB_FUNCTION("math.isFinite", isFinite_overloads, "True if the double is a finite number."),
        BW_LIB_FUNCTION("math.abs", abs_overloads, "The number without its sign."),
        BW_LIB_FUNCTION("math.sign", sign_overloads, "1, 0 or -1."),
        BW_LIB_FUNCTION("math.bitAnd", bitAnd_overloads, "The bits that both have."),
        BW_LIB_FUNCTION("math.bitOr", bitOr_overloads, "The bits that one of them has."),
        BW_LIB_FUNCTION("math.bitXor", bitXor_overloads, "The bits that only one of them has."),
        BW_LIB_FUNCTION("math.bitNot", bitNot_overloads, "The bits that it has not."),
        BW_LIB_FUNCTION("math.bitShiftLeft", bitShiftLeft_overloads, "The bits moved to the left."),
        BW_LIB_FUNCTION("math.bitShiftRight", bitShiftRight_overloads, "The bits moved to the right."),
};

const struct bw_cel_library bw_cel_lib_math = {
        .name = "math",
        .flag = BW_CEL_LIB_EXTRA,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
