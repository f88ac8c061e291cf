/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists as sets. Short lists are compared item by item, long ones through a table of hashes.
 * Source: cel-go 0.23 ext/sets.go.
 */
#include "cel/lib/set_internal.h"

#define SHORT 256 /* comparisons that cost no more than building a table */

static bool has(struct bw_value list, struct bw_value v)
{
        for (uint32_t i = 0; i < list.n; i++)
                if (bw_value_eq(list.list->items[i], v))
                        return true;
        return false;
}

static bool any_in(struct bw_value items, struct bw_value list)
{
        for (uint32_t i = 0; i < items.n; i++)
                if (has(list, items.list->items[i]))
                        return true;
        return false;
}

static bool all_in(struct bw_value items, struct bw_value list)
{
        for (uint32_t i = 0; i < items.n; i++)
                if (!has(list, items.list->items[i]))
                        return false;
        return true;
}

/* How many of the items are in the list: stops when the answer to "all?" or to "any?" is known. */
static int look_up(const struct bw_cel_call *call, struct bw_value items, struct bw_value list, bool any, bool *ret)
{
        struct bw_set set;
        int r = bw_set_new(call->arena, list.n, &set);

        for (uint32_t i = 0; r == 0 && i < list.n; i++)
                r = bw_set_add(&set, list.list->items[i], NULL);
        *ret = !any;
        for (uint32_t i = 0; r == 0 && i < items.n && *ret != any; i++) {
                bool found;

                r = bw_set_has(&set, items.list->items[i], &found);
                if (found == any)
                        *ret = any;
        }
        return r;
}

static struct bw_value failed(const struct bw_cel_call *call, int r)
{
        return r == -ENOMEM ? bw_cel_no_memory() : bw_cel_error(call, "the lists have too many values to compare");
}

static struct bw_value compare(const struct bw_cel_call *call, struct bw_value items, struct bw_value list, bool any)
{
        struct bw_arena_mark mark;
        bool result;
        int r;

        if ((uint64_t)items.n * list.n <= SHORT)
                return bw_value_bool(any ? any_in(items, list) : all_in(items, list));
        mark = bw_arena_save(call->arena);
        r = look_up(call, items, list, any, &result);
        bw_arena_restore(call->arena, mark);
        return r < 0 ? failed(call, r) : bw_value_bool(result);
}

static struct bw_value contains(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return compare(call, args[1], args[0], false);
}

static struct bw_value intersects(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        return compare(call, args[0], args[1], true);
}

static struct bw_value equivalent(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value v = compare(call, args[1], args[0], false);

        (void)n;
        return v.type == BW_BOOL && v.b ? compare(call, args[0], args[1], false) : v;
}

static uint64_t cost(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return 1 + bw_lib_size(args[0]) * bw_lib_size(args[1]);
}

static uint64_t cost_equivalent(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return 1 + bw_lib_size(args[0]) * bw_lib_size(args[1]) * 2;
}

static const struct bw_cel_overload contains_overloads[] = {
        {"list_sets_contains_list", "sets.contains(list(T), list(T)) -> bool", contains, cost},
};
static const struct bw_cel_overload equivalent_overloads[] = {
        {"list_sets_equivalent_list", "sets.equivalent(list(T), list(T)) -> bool", equivalent, cost_equivalent},
};
static const struct bw_cel_overload intersects_overloads[] = {
        {"list_sets_intersects_list", "sets.intersects(list(T), list(T)) -> bool", intersects, cost},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("sets.contains", contains_overloads, "True if every value of the second list is in the first."),
        BW_LIB_FUNCTION("sets.equivalent", equivalent_overloads, "True if each list has every value of the other."),
        BW_LIB_FUNCTION("sets.intersects", intersects_overloads, "True if the lists have a value in common."),
};

const struct bw_cel_library bw_cel_lib_sets = {
        .name = "sets",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
