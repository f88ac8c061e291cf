/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resource quantities.
 * Source: k8s.io/apiserver pkg/cel/library/quantity.go.
 */
#include "cel/lib/lib_internal.h"
#include "cel/lib/quantity_internal.h"

static const struct bw_quantity *as_quantity(struct bw_value v)
{
        return bw_lib_object(v, &bw_quantity_class);
}

static bool quantity_eq(const struct bw_opaque *a, const struct bw_opaque *b)
{
        return bw_quantity_cmp((const struct bw_quantity *)a, (const struct bw_quantity *)b) == 0;
}

static void quantity_format(const struct bw_opaque *o, struct bw_buf *out)
{
        int r = bw_quantity_format((const struct bw_quantity *)o, out);

        if (r < 0 && out->status == 0)
                out->status = r;
}

const struct bw_opaque_class bw_quantity_class = {
        .name = "kubernetes.Quantity", .eq = quantity_eq, .format = quantity_format};

static struct bw_value failed(const struct bw_cel_call *call, int r)
{
        if (r == -E2BIG)
                return bw_cel_error(call, "a quantity has more than %d digits", BW_LIMIT_QUANTITY_DIGITS);
        if (r == -ENOMEM)
                return bw_cel_no_memory();
        return bw_cel_error(call, "quantities must be a number with a suffix such as m, k, M, Gi or e3");
}

static struct bw_value quantity_value(const struct bw_cel_call *call, const struct bw_quantity *q)
{
        struct bw_quantity *copy = bw_arena_alloc(call->arena, sizeof(*copy));

        if (!copy)
                return bw_cel_no_memory();
        *copy = *q;
        return bw_lib_opaque(copy);
}

static struct bw_value quantity_of_string(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_quantity q;
        int r = bw_quantity_parse(call->arena, bw_lib_text(args[0]), &q);

        (void)n;
        return r < 0 ? failed(call, r) : quantity_value(call, &q);
}

static struct bw_value is_quantity(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_arena_mark mark = bw_arena_save(call->arena);
        struct bw_quantity q;
        int r = bw_quantity_parse(call->arena, bw_lib_text(args[0]), &q);

        (void)n;
        bw_arena_restore(call->arena, mark);
        return r == 0 || r == -EINVAL ? bw_value_bool(r == 0) : failed(call, r);
}

static struct bw_value sign(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_quantity *q = as_quantity(args[0]);

        (void)call;
        (void)n;
        return q ? bw_value_int(bw_quantity_sign(q)) : bw_cel_no_overload();
}

/* The order of two quantities: ABSENT when one of them is something else. */
static struct bw_value order(const struct bw_value *args)
{
        const struct bw_quantity *a = as_quantity(args[0]);
        const struct bw_quantity *b = as_quantity(args[1]);

        return a && b ? bw_value_int(bw_quantity_cmp(a, b)) : (struct bw_value){0};
}

static struct bw_value is_greater(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value v = order(args);

        (void)call;
        (void)n;
        return v.type == BW_INT ? bw_value_bool(v.i > 0) : bw_cel_no_overload();
}

static struct bw_value is_less(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value v = order(args);

        (void)call;
        (void)n;
        return v.type == BW_INT ? bw_value_bool(v.i < 0) : bw_cel_no_overload();
}

static struct bw_value compare_to(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value v = order(args);

        (void)call;
        (void)n;
        return v.type == BW_INT ? v : bw_cel_no_overload();
}

static struct bw_value as_float(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_quantity *q = as_quantity(args[0]);

        (void)call;
        (void)n;
        return q ? bw_value_double(bw_quantity_as_double(q)) : bw_cel_no_overload();
}

static struct bw_value as_integer(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_quantity *q = as_quantity(args[0]);
        int64_t value;

        (void)n;
        if (!q)
                return bw_cel_no_overload();
        return bw_quantity_as_int(q, &value) ? bw_value_int(value)
                                             : bw_cel_error(call, "cannot convert value to integer");
}

static struct bw_value is_integer(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct bw_quantity *q = as_quantity(args[0]);
        int64_t value;

        (void)call;
        (void)n;
        return q ? bw_value_bool(bw_quantity_as_int(q, &value)) : bw_cel_no_overload();
}

static struct bw_value sum(const struct bw_cel_call *call, const struct bw_value *args, bool subtract)
{
        const struct bw_quantity *a = as_quantity(args[0]);
        const struct bw_quantity *b = as_quantity(args[1]);
        struct bw_quantity number = {.value = args[1].i, .form = BW_QUANTITY_EXPONENT};
        struct bw_quantity result;
        int r;

        if (!a || (!b && args[1].type != BW_INT))
                return bw_cel_no_overload();
        r = bw_quantity_add(call->arena, a, b ? b : &number, subtract, &result);
        return r < 0 ? failed(call, r) : quantity_value(call, &result);
}

static struct bw_value add(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return sum(call, args, false);
}

static struct bw_value subtract(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return sum(call, args, true);
}

#define QUANTITY "kubernetes.Quantity"

static const struct bw_cel_overload quantity_overloads[] = {
        {"string_to_quantity", "quantity(string) -> " QUANTITY, quantity_of_string, bw_lib_cost_scan},
};
static const struct bw_cel_overload is_quantity_overloads[] = {
        {"is_quantity_string", "isQuantity(string) -> bool", is_quantity, bw_lib_cost_scan},
};
static const struct bw_cel_overload sign_overloads[] = {
        {"quantity_sign", "sign(" QUANTITY ") -> int", sign, NULL},
};
static const struct bw_cel_overload is_greater_overloads[] = {
        {"quantity_is_greater_than", QUANTITY ".isGreaterThan(" QUANTITY ") -> bool", is_greater, NULL},
};
static const struct bw_cel_overload is_less_overloads[] = {
        {"quantity_is_less_than", QUANTITY ".isLessThan(" QUANTITY ") -> bool", is_less, NULL},
};
static const struct bw_cel_overload compare_to_overloads[] = {
        {"quantity_compare_to", QUANTITY ".compareTo(" QUANTITY ") -> int", compare_to, NULL},
};
static const struct bw_cel_overload as_float_overloads[] = {
        {"quantity_get_float", QUANTITY ".asApproximateFloat() -> double", as_float, NULL},
};
static const struct bw_cel_overload as_integer_overloads[] = {
        {"quantity_get_int", QUANTITY ".asInteger() -> int", as_integer, NULL},
};
static const struct bw_cel_overload is_integer_overloads[] = {
        {"quantity_is_integer", QUANTITY ".isInteger() -> bool", is_integer, NULL},
};
static const struct bw_cel_overload add_overloads[] = {
        {"quantity_add", QUANTITY ".add(" QUANTITY ") -> " QUANTITY, add, NULL},
        {"quantity_add_int", QUANTITY ".add(int) -> " QUANTITY, add, NULL},
};
static const struct bw_cel_overload sub_overloads[] = {
        {"quantity_sub", QUANTITY ".sub(" QUANTITY ") -> " QUANTITY, subtract, NULL},
        {"quantity_sub_int", QUANTITY ".sub(int) -> " QUANTITY, subtract, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("quantity", quantity_overloads, "A resource quantity from text such as \"1.5Gi\" or \"250m\"."),
        BW_LIB_FUNCTION("isQuantity", is_quantity_overloads, "True if quantity() would take the text."),
        BW_LIB_FUNCTION("sign", sign_overloads, "1, 0 or -1."),
        BW_LIB_FUNCTION("isGreaterThan", is_greater_overloads, "True if the quantity is the greater one."),
        BW_LIB_FUNCTION("isLessThan", is_less_overloads, "True if the quantity is the smaller one."),
        BW_LIB_FUNCTION("compareTo", compare_to_overloads, "-1, 0 or 1: smaller, equal, greater."),
        BW_LIB_FUNCTION("asApproximateFloat", as_float_overloads, "The quantity as a double."),
        BW_LIB_FUNCTION("asInteger", as_integer_overloads, "The quantity as an int; an error if it is none."),
        BW_LIB_FUNCTION("isInteger", is_integer_overloads, "True if asInteger() gives a number."),
        BW_LIB_FUNCTION("add", add_overloads, "The sum of two quantities, or of a quantity and an int."),
        BW_LIB_FUNCTION("sub", sub_overloads, "The difference of two quantities, or of a quantity and an int."),
};

const struct bw_cel_library bw_cel_lib_quantity = {
        .name = "quantity",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
