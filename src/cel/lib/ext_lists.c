/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists cut, joined, sorted and made. sortBy() is a macro that becomes @sortByAssociatedKeys.
 * Source: cel-go 0.23 ext/lists.go. Kubernetes offers them from 1.34 on.
 */
#include "cel/lib/set_internal.h"

static struct bw_value slice(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        int64_t begin = args[1].i;
        int64_t end = args[2].i;
        struct bw_list *list;
        struct bw_value v;

        (void)n;
        if (begin < 0 || end < 0)
                return bw_cel_error(call, "cannot slice(%" PRId64 ", %" PRId64 "), negative indexes not supported",
                                    begin, end);
        if (begin > end)
                return bw_cel_error(call,
                                    "cannot slice(%" PRId64 ", %" PRId64 "), start index must be less than or equal "
                                    "to end index",
                                    begin, end);
        if (end > args[0].n)
                return bw_cel_error(call, "cannot slice(%" PRId64 ", %" PRId64 "), list is length %" PRIu32, begin, end,
                                    args[0].n);
        v = bw_lib_list(call, (size_t)(end - begin), &list);
        if (v.type == BW_LIST && end > begin)
                memcpy(list->items, args[0].list->items + begin, (size_t)(end - begin) * sizeof(*list->items));
        return v;
}

/* How many values the flat list has. */
static size_t flat_size(struct bw_value list, int64_t depth)
{
        size_t n = 0;

        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value v = list.list->items[i];

                n += v.type == BW_LIST && depth > 0 ? flat_size(v, depth - 1) : 1;
        }
        return n;
}

static struct bw_value *flatten_to(struct bw_value *to, struct bw_value list, int64_t depth)
{
        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value v = list.list->items[i];

                if (v.type == BW_LIST && depth > 0)
                        to = flatten_to(to, v, depth - 1);
                else
                        *to++ = v;
        }
        return to;
}

static struct bw_value flatten(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        int64_t depth = n > 1 ? args[1].i : 1;
        struct bw_list *list;
        struct bw_value v;

        if (depth < 0)
                return bw_cel_error(call, "level must be non-negative");
        depth = BW_MIN(depth, (int64_t)BW_LIMIT_DOC_DEPTH);
        v = bw_lib_list(call, flat_size(args[0], depth), &list);
        if (v.type == BW_LIST)
                (void)flatten_to(list->items, args[0], depth);
        return v;
}

static struct bw_value range(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_list *list;
        struct bw_value v;

        (void)n;
        v = bw_lib_list(call, args[0].i > 0 ? (size_t)args[0].i : 0, &list);
        for (uint32_t i = 0; v.type == BW_LIST && i < v.n; i++)
                list->items[i] = bw_value_int(i);
        return v;
}

static struct bw_value reverse(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_list *list;
        struct bw_value v = bw_lib_list(call, args[0].n, &list);

        (void)n;
        for (uint32_t i = 0; v.type == BW_LIST && i < v.n; i++)
                list->items[i] = args[0].list->items[v.n - 1 - i];
        return v;
}

static struct bw_value distinct(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_list *list;
        struct bw_value v = bw_lib_list(call, args[0].n, &list);
        struct bw_arena_mark mark;
        struct bw_set set;
        uint32_t kept = 0;
        int r;

        (void)n;
        if (v.type == BW_ERROR)
                return v;
        mark = bw_arena_save(call->arena);
        r = bw_set_new(call->arena, v.n, &set);
        for (uint32_t i = 0; r == 0 && i < v.n; i++) {
                bool added;

                r = bw_set_add(&set, args[0].list->items[i], &added);
                if (r == 0 && added)
                        list->items[kept++] = args[0].list->items[i];
        }
        bw_arena_restore(call->arena, mark);
        if (r == -ENOMEM)
                return bw_cel_no_memory();
        return r < 0 ? bw_cel_error(call, "the list has too many values to compare") : bw_value_list(list, kept);
}

struct keyed {
        struct bw_value key;
        uint32_t i;
};

static int by_key(const void *a, const void *b)
{
        const struct keyed *x = a;
        const struct keyed *y = b;
        int order = 0;

        if (!bw_value_cmp(x->key, y->key, &order) || order == 0)
                return (x->i > y->i) - (x->i < y->i);
        return order;
}

static struct bw_value sort_by(const struct bw_cel_call *call, struct bw_value items, struct bw_value keys)
{
        struct bw_list *list;
        struct keyed *order;
        struct bw_value v;

        if (items.n != keys.n)
                return bw_cel_error(call, "the list and its keys differ in length");
        for (uint32_t i = 0; i < keys.n; i++)
                if (!bw_lib_is_comparable(keys.list->items[i]) || keys.list->items[i].type != keys.list->items[0].type)
                        return bw_cel_error(call, "list elements must be comparable and have the same type");
        v = bw_lib_list(call, items.n, &list);
        order = bw_arena_array(call->arena, items.n, sizeof(*order));
        if (v.type == BW_ERROR || !order)
                return bw_cel_no_memory();
        for (uint32_t i = 0; i < keys.n; i++)
                order[i] = (struct keyed){.key = keys.list->items[i], .i = i};
        if (keys.n > 1)
                qsort(order, keys.n, sizeof(*order), by_key);
        for (uint32_t i = 0; i < keys.n; i++)
                list->items[i] = items.list->items[order[i].i];
        return v;
}

static struct bw_value sort(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return sort_by(call, args[0], args[0]);
}

static struct bw_value sort_by_keys(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return sort_by(call, args[0], args[1]);
}

static const struct bw_cel_overload slice_overloads[] = {
        {"list_slice", "list(T).slice(int, int) -> list(T)", slice, NULL},
};
static const struct bw_cel_overload flatten_overloads[] = {
        {"list_flatten", "list(list(T)).flatten() -> list(T)", flatten, NULL},
        {"list_flatten_int", "list(dyn).flatten(int) -> list(dyn)", flatten, NULL},
};
static const struct bw_cel_overload range_overloads[] = {
        {"lists_range", "lists.range(int) -> list(int)", range, NULL},
};
static const struct bw_cel_overload reverse_overloads[] = {
        {"list_reverse", "list(T).reverse() -> list(T)", reverse, NULL},
};
static const struct bw_cel_overload distinct_overloads[] = {
        {"list_distinct", "list(T).distinct() -> list(T)", distinct, NULL},
};

#define EACH_COMPARABLE(X)                                                                                             \
        X("int", "int")                                                                                                \
        X("uint", "uint")                                                                                              \
        X("double", "double")                                                                                          \
        X("bool", "bool")                                                                                              \
        X("google.protobuf.Duration", "duration")                                                                      \
        X("google.protobuf.Timestamp", "timestamp")                                                                    \
        X("string", "string")                                                                                          \
        X("bytes", "bytes")

static const struct bw_cel_overload sort_overloads[] = {
#define X(id, type) {"list_" id "_sort", "list(" type ").sort() -> list(" type ")", sort, NULL},
        EACH_COMPARABLE(X)
#undef X
};
static const struct bw_cel_overload sort_by_overloads[] = {
#define X(id, type)                                                                                                    \
        {"list_" id "_sortByAssociatedKeys", "list(T).@sortByAssociatedKeys(list(" type ")) -> list(T)", sort_by_keys, \
         NULL},
        EACH_COMPARABLE(X)
#undef X
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("slice", slice_overloads, "The items from a position up to, not including, another."),
        BW_LIB_FUNCTION("flatten", flatten_overloads, "The items of the lists in a list, one or more levels deep."),
        BW_LIB_FUNCTION("lists.range", range_overloads, "The ints from 0 up to, not including, n."),
        BW_LIB_FUNCTION("reverse", reverse_overloads, "The items in reverse order."),
        BW_LIB_FUNCTION("distinct", distinct_overloads, "The items without those that equal an earlier one."),
        BW_LIB_FUNCTION("sort", sort_overloads, "The items in ascending order."),
        BW_LIB_FUNCTION("@sortByAssociatedKeys", sort_by_overloads, "The items in the order of their keys: sortBy()."),
};

const struct bw_cel_library bw_cel_lib_ext_lists = {
        .name = "lists (extra)",
        .flag = BW_CEL_LIB_EXTRA,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
