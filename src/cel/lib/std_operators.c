/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators. The logical ones, the conditional and the index are compiled, not called; they stand here for the checker
 * (and, the strict ones, for calls whose arguments have no known type).
 * Source: cel-go common/stdlib/standard.go, common/types/overflow.go (which results overflow),
 * interpreter/runtimecost.go.
 */
#include <math.h>

#include "cel/access.h"
#include "cel/lib/lib_internal.h"
#include "cel/lib/std.h"

/* ---- arithmetic ---- */

static struct bw_value int_overflow(const struct bw_cel_call *call)
{
        return bw_cel_error(call, "integer overflow");
}

static struct bw_value uint_overflow(const struct bw_cel_call *call)
{
        return bw_cel_error(call, "unsigned integer overflow");
}

#define CHECKED(name, builtin, type, member, make, overflow)                                                           \
        static struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)             \
        {                                                                                                              \
                type v;                                                                                                \
                                                                                                                       \
                (void)n;                                                                                               \
                if (builtin(args[0].member, args[1].member, &v))                                                       \
                        return overflow(call);                                                                         \
                return make(v);                                                                                        \
        }
CHECKED(add_int, __builtin_add_overflow, int64_t, i, bw_value_int, int_overflow)
CHECKED(subtract_int, __builtin_sub_overflow, int64_t, i, bw_value_int, int_overflow)
CHECKED(multiply_int, __builtin_mul_overflow, int64_t, i, bw_value_int, int_overflow)
CHECKED(add_uint, __builtin_add_overflow, uint64_t, u, bw_value_uint, uint_overflow)
CHECKED(subtract_uint, __builtin_sub_overflow, uint64_t, u, bw_value_uint, uint_overflow)
CHECKED(multiply_uint, __builtin_mul_overflow, uint64_t, u, bw_value_uint, uint_overflow)
#undef CHECKED

#define DOUBLES(name, op)                                                                                              \
        static struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)             \
        {                                                                                                              \
                (void)call;                                                                                            \
                (void)n;                                                                                               \
                return bw_value_double(args[0].d op args[1].d);                                                        \
        }
DOUBLES(add_double, +)
DOUBLES(subtract_double, -)
DOUBLES(multiply_double, *)
DOUBLES(divide_double, /)
#undef DOUBLES

static struct bw_value divide_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[1].i == 0)
                return bw_cel_error(call, "division by zero");
        if (args[0].i == INT64_MIN && args[1].i == -1)
                return int_overflow(call);
        return bw_value_int(args[0].i / args[1].i);
}

static struct bw_value divide_uint(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[1].u == 0)
                return bw_cel_error(call, "division by zero");
        return bw_value_uint(args[0].u / args[1].u);
}

static struct bw_value modulo_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[1].i == 0)
                return bw_cel_error(call, "modulus by zero");
        if (args[0].i == INT64_MIN && args[1].i == -1)
                return int_overflow(call);
        return bw_value_int(args[0].i % args[1].i);
}

static struct bw_value modulo_uint(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[1].u == 0)
                return bw_cel_error(call, "modulus by zero");
        return bw_value_uint(args[0].u % args[1].u);
}

static struct bw_value negate_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (args[0].i == INT64_MIN)
                return int_overflow(call);
        return bw_value_int(-args[0].i);
}

static struct bw_value negate_double(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_double(-args[0].d);
}

static struct bw_value add_text(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        size_t size = (size_t)args[0].n + args[1].n;
        char *text;

        (void)n;
        if (args[0].n == 0)
                return args[1];
        if (args[1].n == 0)
                return args[0];
        if (size > UINT32_MAX)
                return bw_cel_no_memory();
        text = bw_arena_alloc(call->arena, size);
        if (!text)
                return bw_cel_no_memory();
        memcpy(text, args[0].s, args[0].n);
        memcpy(text + args[0].n, args[1].s, args[1].n);
        return args[0].type == BW_STRING ? bw_value_str(bw_str_n(text, size)) : bw_value_bytes(bw_str_n(text, size));
}

static struct bw_value add_list(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_list *list;
        struct bw_value v;

        (void)n;
        if (args[0].n == 0)
                return args[1];
        if (args[1].n == 0)
                return args[0];
        v = bw_lib_list(call, (size_t)args[0].n + args[1].n, &list);
        if (v.type == BW_ERROR)
                return v;
        memcpy(list->items, args[0].list->items, args[0].n * sizeof(list->items[0]));
        memcpy(list->items + args[0].n, args[1].list->items, args[1].n * sizeof(list->items[0]));
        return v;
}

/* ---- order, equality ---- */

static struct bw_value unordered(const struct bw_cel_call *call, struct bw_value a, struct bw_value b)
{
        bool nan = (a.type == BW_DOUBLE && isnan(a.d)) || (b.type == BW_DOUBLE && isnan(b.d));

        return nan ? bw_cel_error(call, "NaN values cannot be ordered") : bw_cel_no_overload();
}

#define ORDER(name, op)                                                                                                \
        struct bw_value name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)                    \
        {                                                                                                              \
                int order;                                                                                             \
                                                                                                                       \
                (void)n;                                                                                               \
                if (!bw_value_cmp(args[0], args[1], &order))                                                           \
                        return unordered(call, args[0], args[1]);                                                      \
                return bw_value_bool(order op 0);                                                                      \
        }
ORDER(bw_std_less, <)
ORDER(bw_std_less_equals, <=)
ORDER(bw_std_greater, >)
ORDER(bw_std_greater_equals, >=)
#undef ORDER

struct bw_value bw_std_equals(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bool(bw_value_eq(args[0], args[1]));
}

struct bw_value bw_std_not_equals(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bool(!bw_value_eq(args[0], args[1]));
}

struct bw_value bw_std_in(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value item = args[0];
        struct bw_value where = args[1];

        (void)call;
        (void)n;
        if (where.type == BW_MAP)
                return bw_value_bool(bw_cel_access(call, where, item, BW_CEL_OPTIONAL, false).type != BW_ABSENT);
        if (where.type != BW_LIST)
                return bw_cel_no_overload();
        for (uint32_t i = 0; i < where.n; i++)
                if (bw_value_eq(item, where.list->items[i]))
                        return bw_value_bool(true);
        return bw_value_bool(false);
}

/* ---- logic ---- */

struct bw_value bw_std_not(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bool(!args[0].b);
}

/* What is compiled in place and never called. */
static struct bw_value compiled(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)args;
        (void)n;
        return bw_cel_no_overload();
}

static struct bw_value not_strictly_false(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return args[0].type == BW_BOOL ? args[0] : bw_value_bool(true);
}

static struct bw_value index_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return bw_cel_access(call, args[0], args[1], BW_CEL_GET, false);
}

/* ---- costs ---- */

static uint64_t cost_smaller(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return bw_lib_scaled(BW_MIN(bw_lib_size(args[0]), bw_lib_size(args[1])), BW_LIB_SCAN);
}

/* Kubernetes' own types compare at the price of one step. */
static uint64_t cost_equals(const struct bw_value *args, size_t n, struct bw_value result)
{
        return args[0].type == BW_OPAQUE ? 1 : cost_smaller(args, n, result);
}

static uint64_t cost_both(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return bw_lib_scaled(bw_lib_size(args[0]) + bw_lib_size(args[1]), BW_LIB_SCAN);
}

static uint64_t cost_in_list(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return bw_lib_size(args[1]);
}

/* ---- tables ---- */

static const struct bw_cel_overload conditional[] = {
        {"conditional", "_?_:_(bool, T, T) -> T", compiled, NULL},
};
static const struct bw_cel_overload logical_and[] = {
        {"logical_and", "_&&_(bool, bool) -> bool", compiled, NULL},
};
static const struct bw_cel_overload logical_or[] = {
        {"logical_or", "_||_(bool, bool) -> bool", compiled, NULL},
};
static const struct bw_cel_overload logical_not[] = {
        {"logical_not", "!_(bool) -> bool", bw_std_not, NULL},
};
static const struct bw_cel_overload not_false[] = {
        {"not_strictly_false", "@not_strictly_false(bool) -> bool", not_strictly_false, NULL},
};
static const struct bw_cel_overload equals[] = {
        {"equals", "_==_(T, T) -> bool", bw_std_equals, cost_equals},
};
static const struct bw_cel_overload not_equals[] = {
        {"not_equals", "_!=_(T, T) -> bool", bw_std_not_equals, cost_smaller},
};

static const struct bw_cel_overload add[] = {
        {"add_bytes", "_+_(bytes, bytes) -> bytes", add_text, cost_both},
        {"add_double", "_+_(double, double) -> double", add_double, NULL},
        {"add_int64", "_+_(int, int) -> int", add_int, NULL},
        {"add_list", "_+_(list(T), list(T)) -> list(T)", add_list, NULL},
        {"add_string", "_+_(string, string) -> string", add_text, cost_both},
        {"add_uint64", "_+_(uint, uint) -> uint", add_uint, NULL},
};
static const struct bw_cel_overload subtract[] = {
        {"subtract_double", "_-_(double, double) -> double", subtract_double, NULL},
        {"subtract_int64", "_-_(int, int) -> int", subtract_int, NULL},
        {"subtract_uint64", "_-_(uint, uint) -> uint", subtract_uint, NULL},
};
static const struct bw_cel_overload multiply[] = {
        {"multiply_double", "_*_(double, double) -> double", multiply_double, NULL},
        {"multiply_int64", "_*_(int, int) -> int", multiply_int, NULL},
        {"multiply_uint64", "_*_(uint, uint) -> uint", multiply_uint, NULL},
};
static const struct bw_cel_overload divide[] = {
        {"divide_double", "_/_(double, double) -> double", divide_double, NULL},
        {"divide_int64", "_/_(int, int) -> int", divide_int, NULL},
        {"divide_uint64", "_/_(uint, uint) -> uint", divide_uint, NULL},
};
static const struct bw_cel_overload modulo[] = {
        {"modulo_int64", "_%_(int, int) -> int", modulo_int, NULL},
        {"modulo_uint64", "_%_(uint, uint) -> uint", modulo_uint, NULL},
};
static const struct bw_cel_overload negate[] = {
        {"negate_double", "-_(double) -> double", negate_double, NULL},
        {"negate_int64", "-_(int) -> int", negate_int, NULL},
};

/* The pairs of types that have an order, for one operator; timestamps and durations stand in time.c. */
#define ORDERED(id, name, impl)                                                                                        \
        {id "_bool", name "(bool, bool) -> bool", impl, NULL}, {id "_int64", name "(int, int) -> bool", impl, NULL},   \
                {id "_int64_double", name "(int, double) -> bool", impl, NULL},                                        \
                {id "_int64_uint64", name "(int, uint) -> bool", impl, NULL},                                          \
                {id "_uint64", name "(uint, uint) -> bool", impl, NULL},                                               \
                {id "_uint64_double", name "(uint, double) -> bool", impl, NULL},                                      \
                {id "_uint64_int64", name "(uint, int) -> bool", impl, NULL},                                          \
                {id "_double", name "(double, double) -> bool", impl, NULL},                                           \
                {id "_double_int64", name "(double, int) -> bool", impl, NULL},                                        \
                {id "_double_uint64", name "(double, uint) -> bool", impl, NULL},                                      \
                {id "_string", name "(string, string) -> bool", impl, cost_smaller},                                   \
        {                                                                                                              \
                id "_bytes", name "(bytes, bytes) -> bool", impl, cost_smaller                                         \
        }
static const struct bw_cel_overload less[] = {ORDERED("less", "_<_", bw_std_less)};
static const struct bw_cel_overload less_equals[] = {ORDERED("less_equals", "_<=_", bw_std_less_equals)};
static const struct bw_cel_overload greater[] = {ORDERED("greater", "_>_", bw_std_greater)};
static const struct bw_cel_overload greater_equals[] = {ORDERED("greater_equals", "_>=_", bw_std_greater_equals)};
#undef ORDERED

static const struct bw_cel_overload index_operator[] = {
        {"index_list", "_[_](list(T), int) -> T", index_of, NULL},
        {"index_map", "_[_](map(K, V), K) -> V", index_of, NULL},
        {"optional_list_index_int", "_[_](optional_type(list(V)), int) -> optional_type(V)", index_of, NULL},
        {"optional_map_index_value", "_[_](optional_type(map(K, V)), K) -> optional_type(V)", index_of, NULL},
};
static const struct bw_cel_overload in[] = {
        {"in_list", "@in(T, list(T)) -> bool", bw_std_in, cost_in_list},
        {"in_map", "@in(K, map(K, V)) -> bool", bw_std_in, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("_?_:_", conditional, "One of two values, by a condition."),
        BW_LIB_FUNCTION("_&&_", logical_and, "Both; false on one side absorbs an error on the other."),
        BW_LIB_FUNCTION("_||_", logical_or, "Either; true on one side absorbs an error on the other."),
        BW_LIB_FUNCTION("!_", logical_not, "Not."),
        BW_LIB_FUNCTION("@not_strictly_false", not_false, "True for what may still become true; used by macros."),
        BW_LIB_FUNCTION("_==_", equals, "Equality by value; numbers of different types compare."),
        BW_LIB_FUNCTION("_!=_", not_equals, "The opposite of ==."),
        BW_LIB_FUNCTION("_+_", add, "Sum, or concatenation of texts and lists."),
        BW_LIB_FUNCTION("_-_", subtract, "Difference."),
        BW_LIB_FUNCTION("_*_", multiply, "Product."),
        BW_LIB_FUNCTION("_/_", divide, "Quotient; of integers, cut towards zero."),
        BW_LIB_FUNCTION("_%_", modulo, "Remainder."),
        BW_LIB_FUNCTION("-_", negate, "The number with the opposite sign."),
        BW_LIB_FUNCTION("_<_", less, "Order of numbers, texts, bools, timestamps and durations."),
        BW_LIB_FUNCTION("_<=_", less_equals, "Less or equal."),
        BW_LIB_FUNCTION("_>_", greater, "Greater."),
        BW_LIB_FUNCTION("_>=_", greater_equals, "Greater or equal."),
        BW_LIB_FUNCTION("_[_]", index_operator, "Item of a list, value of a map."),
        BW_LIB_FUNCTION("@in", in, "Membership in a list, presence of a key in a map."),
};

const struct bw_cel_library bw_cel_lib_operators = {
        .name = "operators",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
