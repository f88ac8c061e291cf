/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of comparable values, and search in any list.
 * Source: k8s.io/apiserver pkg/cel/library/lists.go.
 */
#include "cel/lib/lib_internal.h"

static struct bw_value is_sorted(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value list = args[0];

        (void)call;
        (void)n;
        for (uint32_t i = 0; i < list.n; i++) {
                int order = 0;

                if (!bw_lib_is_comparable(list.list->items[i]))
                        return bw_cel_no_overload();
                /* Two values without an order do not disturb it. */
                if (i > 0 && bw_value_cmp(list.list->items[i - 1], list.list->items[i], &order) && order > 0)
                        return bw_value_bool(false);
        }
        return bw_value_bool(true);
}

/* The value that comes first (or last) in the order; values without an order to the best so far are passed over. */
static struct bw_value best(const struct bw_cel_call *call, struct bw_value list, int wanted, const char *name)
{
        struct bw_value found = {0};

        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value v = list.list->items[i];
                int order = 0;

                if (!bw_lib_is_comparable(v))
                        return bw_cel_no_overload();
                if (i == 0 || (bw_value_cmp(v, found, &order) && order == wanted))
                        found = v;
        }
        return list.n > 0 ? found : bw_cel_error(call, "%s called on empty list", name);
}

static struct bw_value min(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return best(call, args[0], -1, "min");
}

static struct bw_value max(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return best(call, args[0], 1, "max");
}

static bool add(struct bw_value *sum, struct bw_value v)
{
        switch ((enum bw_type)v.type) {
        case BW_DOUBLE:
                sum->d += v.d;
                return true;
        case BW_UINT:
                return !__builtin_add_overflow(sum->u, v.u, &sum->u);
        default: /* INT and DURATION */
                return !__builtin_add_overflow(sum->i, v.i, &sum->i);
        }
}

/* zero: what an empty list sums up to. */
static struct bw_value sum(const struct bw_cel_call *call, struct bw_value list, struct bw_value zero)
{
        struct bw_value total = zero;

        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value v = list.list->items[i];

                if (v.type != list.list->items[0].type ||
                    (v.type != BW_INT && v.type != BW_UINT && v.type != BW_DOUBLE && v.type != BW_DURATION))
                        return bw_cel_no_overload();
                if (i == 0)
                        total = (struct bw_value){.type = v.type};
                if (!add(&total, v))
                        return bw_cel_error(call, v.type == BW_UINT ? "unsigned integer overflow" : "integer overflow");
        }
        return total;
}

static struct bw_value sum_int(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return sum(call, args[0], bw_value_int(0));
}

static struct bw_value sum_uint(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return sum(call, args[0], bw_value_uint(0));
}

static struct bw_value sum_double(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return sum(call, args[0], bw_value_double(0));
}

static struct bw_value sum_duration(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return sum(call, args[0], (struct bw_value){.type = BW_DURATION});
}

static struct bw_value index_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        for (uint32_t i = 0; i < args[0].n; i++)
                if (bw_value_eq(args[0].list->items[i], args[1]))
                        return bw_value_int(i);
        return bw_value_int(-1);
}

static struct bw_value last_index_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        for (uint32_t i = args[0].n; i-- > 0;)
                if (bw_value_eq(args[0].list->items[i], args[1]))
                        return bw_value_int(i);
        return bw_value_int(-1);
}

#define EACH_COMPARABLE(X) X("int") X("uint") X("double") X("bool") X("duration") X("timestamp") X("string") X("bytes")

static const struct bw_cel_overload is_sorted_overloads[] = {
#define X(type) {"list_" type "_is_sorted_bool", "list(" type ").isSorted() -> bool", is_sorted, bw_lib_cost_traverse},
        EACH_COMPARABLE(X)
#undef X
};
static const struct bw_cel_overload min_overloads[] = {
#define X(type) {"list_" type "_min_" type, "list(" type ").min() -> " type, min, bw_lib_cost_traverse},
        EACH_COMPARABLE(X)
#undef X
};
static const struct bw_cel_overload max_overloads[] = {
#define X(type) {"list_" type "_max_" type, "list(" type ").max() -> " type, max, bw_lib_cost_traverse},
        EACH_COMPARABLE(X)
#undef X
};
static const struct bw_cel_overload sum_overloads[] = {
        {"list_int_sum_int", "list(int).sum() -> int", sum_int, bw_lib_cost_traverse},
        {"list_uint_sum_uint", "list(uint).sum() -> uint", sum_uint, bw_lib_cost_traverse},
        {"list_double_sum_double", "list(double).sum() -> double", sum_double, bw_lib_cost_traverse},
        {"list_duration_sum_duration", "list(duration).sum() -> duration", sum_duration, bw_lib_cost_traverse},
};
static const struct bw_cel_overload index_of_overloads[] = {
        {"list_a_index_of_int", "list(A).indexOf(A) -> int", index_of, bw_lib_cost_traverse},
};
static const struct bw_cel_overload last_index_of_overloads[] = {
        {"list_a_last_index_of_int", "list(A).lastIndexOf(A) -> int", last_index_of, bw_lib_cost_traverse},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("isSorted", is_sorted_overloads, "True if no value is greater than the next."),
        BW_LIB_FUNCTION("sum", sum_overloads, "The sum of all numbers or durations."),
        BW_LIB_FUNCTION("min", min_overloads, "The smallest value; an error for an empty list."),
        BW_LIB_FUNCTION("max", max_overloads, "The greatest value; an error for an empty list."),
        BW_LIB_FUNCTION("indexOf", index_of_overloads, "The first position of a value; -1 if absent."),
        BW_LIB_FUNCTION("lastIndexOf", last_index_of_overloads, "The last position of a value; -1 if absent."),
};

const struct bw_cel_library bw_cel_lib_lists = {
        .name = "lists",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
