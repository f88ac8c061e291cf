/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/lib/repeated.h"

#include "cel/lib/lib_internal.h"
#include "cel/lib/set_internal.h"

/* A text, or ABSENT. */
static struct bw_value text_of(struct bw_value item, struct bw_value field)
{
        const struct bw_entry *e = item.type == BW_MAP ? bw_map_find(item, field) : NULL;

        return e && e->value.type == BW_STRING ? e->value : (struct bw_value){0};
}

static bool same(struct bw_value a, struct bw_value b)
{
        return a.head == b.head && memcmp(a.s, b.s, a.n) == 0;
}

bool bw_list_is_unique(struct bw_value list, struct bw_value field)
{
        uint64_t seen[4] = {0}; /* bits by hash: only where one is set already is there something to compare */

        if (list.type != BW_LIST || list.n > BW_REPEATED_SHORT)
                return false;
        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value v = text_of(list.list->items[i], field);
                uint64_t *word = &seen[v.hash >> 6 & 3];
                uint64_t bit = (uint64_t)1 << (v.hash & 63);

                if (v.type == BW_ABSENT)
                        continue;
                for (uint32_t k = 0; k < i && *word & bit; k++)
                        if (same(v, text_of(list.list->items[k], field)))
                                return false;
                *word |= bit;
        }
        return true;
}

/* Each text that comes back, once, in the order in which they do. */
static int collect(const struct bw_cel_call *call, struct bw_value from, struct bw_value field, struct bw_list *list,
                   uint32_t *ret_n)
{
        struct bw_set all;
        struct bw_set told;
        int r = bw_set_new(call->arena, from.n, &all);

        *ret_n = 0;
        if (r == 0)
                r = bw_set_new(call->arena, from.n, &told);
        for (uint32_t i = 0; r == 0 && i < from.n; i++) {
                struct bw_value v = text_of(from.list->items[i], field);
                bool added = true;

                if (v.type != BW_ABSENT)
                        r = bw_set_add(&all, v, &added);
                if (r == 0 && !added)
                        r = bw_set_add(&told, v, &added);
                else
                        added = false;
                if (r == 0 && added)
                        list->items[(*ret_n)++] = v;
        }
        return r;
}

static struct bw_value repeated(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_list *list;
        struct bw_value v;
        struct bw_arena_mark mark;
        uint32_t kept;
        int r;

        (void)n;
        v = bw_lib_list(call, args[0].n, &list);
        if (v.type == BW_ERROR)
                return v;
        mark = bw_arena_save(call->arena);
        r = collect(call, args[0], args[1], list, &kept);
        bw_arena_restore(call->arena, mark);
        if (r == -ENOMEM)
                return bw_cel_no_memory();
        return r < 0 ? bw_cel_error(call, "the list has too many values to compare") : bw_value_list(list, kept);
}

static const struct bw_cel_overload repeated_overloads[] = {
        {"repeated_list_string", "repeated(list(dyn), string) -> list(string)", repeated, bw_lib_cost_traverse},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("repeated", repeated_overloads,
                        "The texts that more than one item of a list has in a field, each once: of env and \"name\", the "
                        "variables that are set twice."),
};

const struct bw_cel_library bw_cel_lib_repeated = {
        .name = "repeated",
        .flag = BW_CEL_LIB_BULWARK,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
