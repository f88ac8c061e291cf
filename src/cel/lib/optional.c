/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Optional values. The selections (.? and [?]), or() and orValue() are compiled, so that what is not needed is not
 * evaluated; they stand here for the checker. Source: cel-go cel/library.go, "optional types", version 2.
 */
#include "cel/access.h"
#include "cel/lib/lib_internal.h"
#include "cel/lib/std.h"

static struct bw_value optional_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return bw_lib_some(call, args[0]);
}

/* The value that a field has when it was never set. */
static bool is_zero(struct bw_value v)
{
        switch ((enum bw_type)v.type) {
        case BW_NULL:
                return true;
        case BW_BOOL:
                return !v.b;
        case BW_INT:
        case BW_UINT:
        case BW_DURATION:
                return v.u == 0;
        case BW_DOUBLE:
                return v.d == 0;
        case BW_STRING:
        case BW_BYTES:
        case BW_LIST:
        case BW_MAP:
                return v.n == 0;
        default:
                return false;
        }
}

static struct bw_value optional_of_non_zero(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return is_zero(args[0]) ? bw_lib_none() : bw_lib_some(call, args[0]);
}

static struct bw_value optional_none(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)args;
        (void)n;
        return bw_lib_none();
}

static struct bw_value value_of(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        if (!args[0].opt)
                return bw_cel_error(call, "optional.none() dereference");
        return *args[0].opt;
}

static struct bw_value has_value(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bool(args[0].opt != NULL);
}

static struct bw_value or_optional(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return args[0].opt ? args[0] : args[1];
}

static struct bw_value or_value(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return args[0].opt ? *args[0].opt : args[1];
}

static struct bw_value select_optional(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return bw_cel_access_optional(call, args[0], args[1], false);
}

static struct bw_value first(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return args[0].n ? bw_lib_some(call, args[0].list->items[0]) : bw_lib_none();
}

static struct bw_value last(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return args[0].n ? bw_lib_some(call, args[0].list->items[args[0].n - 1]) : bw_lib_none();
}

static struct bw_value unwrap(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_list *list;
        struct bw_value v = bw_lib_list(call, args[0].n, &list);

        (void)n;
        if (v.type == BW_ERROR)
                return v;
        v.n = 0;
        for (uint32_t i = 0; i < args[0].n; i++) {
                struct bw_value item = args[0].list->items[i];

                if (item.type != BW_OPTIONAL)
                        return bw_cel_error(call, "a value of type %s is not optional",
                                            bw_type_name((enum bw_type)item.type));
                if (item.opt)
                        list->items[v.n++] = *item.opt;
        }
        return v;
}

static const struct bw_cel_overload of[] = {
        {"optional_of", "optional.of(V) -> optional_type(V)", optional_of, NULL},
};
static const struct bw_cel_overload of_non_zero[] = {
        {"optional_ofNonZeroValue", "optional.ofNonZeroValue(V) -> optional_type(V)", optional_of_non_zero, NULL},
};
static const struct bw_cel_overload none[] = {
        {"optional_none", "optional.none() -> optional_type(V)", optional_none, NULL},
};
static const struct bw_cel_overload value[] = {
        {"optional_value", "optional_type(V).value() -> V", value_of, NULL},
};
static const struct bw_cel_overload hasvalue[] = {
        {"optional_hasValue", "optional_type(V).hasValue() -> bool", has_value, NULL},
};
static const struct bw_cel_overload or_overloads[] = {
        {"optional_or_optional", "optional_type(V).or(optional_type(V)) -> optional_type(V)", or_optional, NULL},
};
static const struct bw_cel_overload orvalue[] = {
        {"optional_orValue_value", "optional_type(V).orValue(V) -> V", or_value, NULL},
};
static const struct bw_cel_overload select_field[] = {
        {"select_optional_field", "_?._(dyn, string) -> optional_type(V)", select_optional, NULL},
};
static const struct bw_cel_overload optional_index[] = {
        {"list_optindex_optional_int", "_[?_](list(V), int) -> optional_type(V)", select_optional, NULL},
        {"optional_list_optindex_optional_int", "_[?_](optional_type(list(V)), int) -> optional_type(V)",
         select_optional, NULL},
        {"map_optindex_optional_value", "_[?_](map(K, V), K) -> optional_type(V)", select_optional, NULL},
        {"optional_map_optindex_optional_value", "_[?_](optional_type(map(K, V)), K) -> optional_type(V)",
         select_optional, NULL},
};
static const struct bw_cel_overload list_first[] = {
        {"list_first", "list(V).first() -> optional_type(V)", first, NULL},
};
static const struct bw_cel_overload list_last[] = {
        {"list_last", "list(V).last() -> optional_type(V)", last, NULL},
};
static const struct bw_cel_overload unwrap_global[] = {
        {"optional_unwrap", "optional.unwrap(list(optional_type(V))) -> list(V)", unwrap, NULL},
};
static const struct bw_cel_overload unwrap_member[] = {
        {"optional_unwrapOpt", "list(optional_type(V)).unwrapOpt() -> list(V)", unwrap, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("optional.of", of, "An optional that has the value."),
        BW_LIB_FUNCTION("optional.ofNonZeroValue", of_non_zero, "The value, or none if it is zero, empty or null."),
        BW_LIB_FUNCTION("optional.none", none, "An optional without a value."),
        BW_LIB_FUNCTION("value", value, "The optional's value; an error if it has none."),
        BW_LIB_FUNCTION("hasValue", hasvalue, "Whether the optional has a value."),
        BW_LIB_FUNCTION("or", or_overloads, "The first optional of two that has a value."),
        BW_LIB_FUNCTION("orValue", orvalue, "The optional's value, or the other value if it has none."),
        BW_LIB_FUNCTION("_?._", select_field, "A field as an optional: none if it is missing."),
        BW_LIB_FUNCTION("_[?_]", optional_index, "An item or entry as an optional: none if it is missing."),
        BW_LIB_FUNCTION("first", list_first, "The list's first item as an optional."),
        BW_LIB_FUNCTION("last", list_last, "The list's last item as an optional."),
        BW_LIB_FUNCTION("optional.unwrap", unwrap_global, "The values of the optionals that have one."),
        BW_LIB_FUNCTION("unwrapOpt", unwrap_member, "The values of the optionals that have one."),
};

const struct bw_cel_library bw_cel_lib_optional = {
        .name = "optional",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
