/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vm (internal): the machine's state and what its instructions do, apart from the loop that runs them in vm.c.
 * Ownership: values live in the call's arena. Threads: one machine, one thread.
 */
#ifndef BW_CEL_VM_INTERNAL_H
#define BW_CEL_VM_INTERNAL_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cel/access.h"
#include "cel/program_internal.h"

struct machine {
        struct bw_cel_call call;
        struct bw_value *registers;
        const struct bw_value *constants;
        const struct bw_value *slots;
        int64_t steps; /* left */
        uint64_t cost;
        uint64_t cost_limit;
};

static const struct bw_value_error out_of_steps = {.message = "too many loop steps"};
static const struct bw_value_error no_costs = {.message = "the program was compiled without costs"};
static const struct bw_value_error out_of_cost = {.message = "operation cancelled: actual cost limit exceeded"};

static inline struct bw_value error_value(const struct bw_value_error *error)
{
        return (struct bw_value){.type = BW_ERROR, .error = error};
}

/* What && and || must not absorb. */
static inline bool is_fatal(struct bw_value error)
{
        return bw_cel_is_no_memory(error) || error.error == &out_of_steps || error.error == &out_of_cost;
}

/* The error that a value stands for which should have been a bool. */
static inline struct bw_value not_bool(struct bw_value v)
{
        return v.type == BW_ERROR ? v : bw_cel_no_overload();
}

static inline bool is_true(struct bw_value v)
{
        return v.type == BW_BOOL && v.b;
}

static inline bool is_false(struct bw_value v)
{
        return v.type == BW_BOOL && !v.b;
}

/* What an instruction walks over counts as steps; the next turn of a loop, or the end, sees that they are used up. */
static inline void charge(struct machine *m, uint64_t steps)
{
        m->steps -= (int64_t)steps;
}

/* ---- fields ---- */

/* v = v.k0.k1…; false: v is the error. */
static inline bool walk(struct machine *m, struct bw_value *v, const struct bw_value *keys, uint32_t n)
{
        for (uint32_t i = 0; i < n; i++) {
                const struct bw_entry *e = keys[i].type == BW_STRING ? bw_map_find(*v, keys[i]) : NULL;

                if (BW_LIKELY(e != NULL))
                        *v = e->value;
                else
                        *v = bw_cel_access(&m->call, *v, keys[i], BW_CEL_GET, true);
                if (BW_UNLIKELY(v->type == BW_ERROR))
                        return false;
        }
        return true;
}

/* has(v.key) as a bool, or an error. */
static inline struct bw_value test(struct machine *m, struct bw_value v, struct bw_value key)
{
        if (BW_LIKELY(v.type == BW_MAP && key.type == BW_STRING))
                return bw_value_bool(bw_map_find(v, key) != NULL);
        v = bw_cel_access(&m->call, v, key, BW_CEL_OPTIONAL, true);
        if (v.type == BW_ERROR)
                return v;
        return bw_value_bool(v.type == BW_OPTIONAL ? v.opt != NULL : v.type != BW_ABSENT);
}

/* v = v.?k0.?k1…; ABSENT when something is missing, or the error. */
static inline void walk_optional(struct machine *m, struct bw_value *v, const struct bw_value *keys, uint32_t n)
{
        if (v->type == BW_OPTIONAL)
                *v = v->opt ? *v->opt : (struct bw_value){0};
        for (uint32_t i = 0; i < n && v->type != BW_ABSENT && v->type != BW_ERROR; i++) {
                if (BW_LIKELY(v->type == BW_MAP && keys[i].type == BW_STRING)) {
                        const struct bw_entry *e = bw_map_find(*v, keys[i]);

                        *v = e ? e->value : (struct bw_value){0};
                } else if (v->type == BW_OPTIONAL) {
                        *v = (struct bw_value){0};
                } else {
                        *v = bw_cel_access(&m->call, *v, keys[i], BW_CEL_OPTIONAL, true);
                }
        }
}

/* An optional of what walk_optional() found; errors pass. */
static inline struct bw_value optional_of(struct machine *m, struct bw_value v)
{
        struct bw_value *place;

        if (v.type == BW_ERROR)
                return v;
        if (v.type == BW_ABSENT)
                return (struct bw_value){.type = BW_OPTIONAL};
        place = bw_arena_alloc(m->call.arena, sizeof(*place));
        if (!place)
                return bw_cel_no_memory();
        *place = v;
        return (struct bw_value){.type = BW_OPTIONAL, .opt = place};
}

/* One step that counts: fields cost 1 when they are asked for, those of optionals when they are there. */
static inline struct bw_value costed_step(struct machine *m, struct bw_value v, struct bw_value key, bool optional,
                                          bool name_key)
{
        if (!optional && v.type != BW_OPTIONAL) {
                m->cost++;
                return bw_cel_access(&m->call, v, key, BW_CEL_GET, name_key);
        }
        v = bw_cel_access_optional(&m->call, v, key, name_key);
        if (v.type == BW_OPTIONAL && v.opt)
                m->cost++;
        return v;
}

/* ---- operators ---- */

/*
 * Lists and maps with a count of what is walked over: lists that stand in each other many times over have more places
 * than memory. Their depth is that of documents and expressions.
 */
static bool equal_deep(struct machine *m, struct bw_value a, struct bw_value b)
{
        if (a.type != b.type || (a.type != BW_LIST && a.type != BW_MAP)) {
                if (a.type == b.type && (a.type == BW_STRING || a.type == BW_BYTES))
                        charge(m, BW_MIN(a.n, b.n) / 64);
                return bw_value_eq(a, b);
        }
        if (a.n != b.n)
                return false;
        for (uint32_t i = 0; i < a.n && m->steps >= 0; i++) {
                charge(m, 1);
                if (a.type == BW_LIST) {
                        if (!equal_deep(m, a.list->items[i], b.list->items[i]))
                                return false;
                } else {
                        const struct bw_entry *e = bw_map_find_any(b, a.map->entries[i].key);

                        if (!e || !equal_deep(m, a.map->entries[i].value, e->value))
                                return false;
                }
        }
        return true;
}

static inline bool equal(struct machine *m, struct bw_value a, struct bw_value b)
{
        if (a.type == b.type) {
                if (a.type == BW_STRING && a.n <= 64)
                        return a.head == b.head && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
                if (a.type == BW_INT || a.type == BW_UINT)
                        return a.u == b.u;
                if (a.type == BW_BOOL)
                        return a.b == b.b;
        }
        return equal_deep(m, a, b);
}

static struct bw_value member(struct machine *m, struct bw_value item, struct bw_value where)
{
        if (where.type == BW_MAP) {
                struct bw_value found = bw_cel_access(&m->call, where, item, BW_CEL_OPTIONAL, false);

                return bw_value_bool(found.type != BW_ABSENT);
        }
        if (where.type != BW_LIST)
                return bw_cel_no_overload();
        charge(m, where.n / 8);
        for (uint32_t i = 0; i < where.n; i++)
                if (equal(m, item, where.list->items[i]))
                        return bw_value_bool(true);
        return bw_value_bool(false);
}

static bool order(struct machine *m, struct bw_value a, struct bw_value b, int *ret)
{
        if (a.type == BW_STRING || a.type == BW_BYTES)
                charge(m, a.n / 64);
        return bw_value_cmp(a, b, ret);
}

BW_COLD BW_UNUSED static struct bw_value unordered(struct machine *m, struct bw_value a, struct bw_value b)
{
        bool nan = (a.type == BW_DOUBLE && __builtin_isnan(a.d)) || (b.type == BW_DOUBLE && __builtin_isnan(b.d));

        return nan ? bw_cel_error(&m->call, "NaN values cannot be ordered") : bw_cel_no_overload();
}

static inline struct bw_value size_of(struct machine *m, struct bw_value v)
{
        if (v.type == BW_STRING)
                charge(m, v.n / 64);
        if (v.type == BW_STRING)
                return bw_value_int((int64_t)bw_utf8_count(bw_value_text(v)));
        if (v.type == BW_LIST || v.type == BW_MAP || v.type == BW_BYTES)
                return bw_value_int(v.n);
        return bw_cel_no_overload();
}

static struct bw_value call(struct machine *m, const struct bw_cel_site *site, const struct bw_value *args)
{
        for (uint32_t i = 0; i < site->n_args; i++) {
                if (args[i].type == BW_STRING || args[i].type == BW_BYTES)
                        charge(m, args[i].n / 64);
                else if (args[i].type == BW_LIST || args[i].type == BW_MAP)
                        charge(m, args[i].n / 4);
        }
        switch (site->machine_does) {
        case BW_CEL_SITE_CALL:
                break;
        case BW_CEL_SITE_EQUAL:
                return bw_value_bool(equal(m, args[0], args[1]));
        case BW_CEL_SITE_NOT_EQUAL:
                return bw_value_bool(!equal(m, args[0], args[1]));
        case BW_CEL_SITE_IN:
                return member(m, args[0], args[1]);
        }
        return bw_cel_site_call(site, &m->call, args);
}

static inline struct bw_value call_costed(struct machine *m, const struct bw_cel_site *site,
                                          const struct bw_value *args)
{
        struct bw_value result = {0};

        for (uint32_t i = 0; i < site->n_args && result.type == BW_ABSENT; i++)
                if (args[i].type == BW_ERROR)
                        result = args[i];
        if (result.type == BW_ABSENT)
                result = call(m, site, args);
        m->cost += bw_cel_site_cost(site, args, result);
        return m->cost > m->cost_limit ? error_value(&out_of_cost) : result;
}

/* ---- loops ---- */

static inline void load_element(struct bw_value *loop, uint32_t n_vars)
{
        struct bw_value range = loop[BW_CEL_LOOP_RANGE];
        uint64_t at = loop[BW_CEL_LOOP_AT].u;

        if (range.type == BW_LIST) {
                if (n_vars == 1) {
                        loop[BW_CEL_LOOP_VAR] = range.list->items[at];
                } else {
                        loop[BW_CEL_LOOP_VAR] = bw_value_int((int64_t)at);
                        loop[BW_CEL_LOOP_VAR2] = range.list->items[at];
                }
        } else {
                loop[BW_CEL_LOOP_VAR] = range.map->entries[at].key;
                loop[BW_CEL_LOOP_VAR2] = range.map->entries[at].value;
        }
}

enum advance {
        ADVANCE_DONE,
        ADVANCE_MORE,
        ADVANCE_TIRED,
};

static inline enum advance advance(struct machine *m, struct bw_value *loop, uint32_t n_vars)
{
        if (++loop[BW_CEL_LOOP_AT].u >= loop[BW_CEL_LOOP_RANGE].n)
                return ADVANCE_DONE;
        if (BW_UNLIKELY(--m->steps < 0))
                return ADVANCE_TIRED;
        load_element(loop, n_vars);
        return ADVANCE_MORE;
}

static inline struct bw_value not_iterable(struct machine *m, struct bw_value v)
{
        return bw_cel_error(&m->call, "got '%s', expected iterable type", bw_type_name((enum bw_type)v.type));
}

/* ---- building lists and maps: acc[0] is the value so far, acc[1] its capacity ---- */

static inline bool start_list(struct machine *m, struct bw_value *acc, uint32_t cap)
{
        struct bw_list *list = cap ? bw_list_new(m->call.arena, cap) : NULL;

        acc[0] = bw_value_list(list, 0);
        acc[1] = bw_value_uint(cap);
        return list || cap == 0;
}

static inline bool push(struct machine *m, struct bw_value *acc, struct bw_value item)
{
        if (BW_UNLIKELY(acc[0].n == acc[1].u)) {
                uint64_t cap = BW_MAX((uint64_t)4, acc[1].u * 2);
                struct bw_list *list = cap <= UINT32_MAX ? bw_list_new(m->call.arena, (uint32_t)cap) : NULL;

                if (!list)
                        return false;
                if (acc[0].n)
                        memcpy(list->items, acc[0].list->items, acc[0].n * sizeof(item));
                acc[0].list = list;
                acc[1].u = cap;
        }
        ((struct bw_list *)(uintptr_t)acc[0].list)->items[acc[0].n++] = item;
        return true;
}

static inline bool start_map(struct machine *m, struct bw_value *acc, uint32_t cap)
{
        struct bw_map *map = bw_map_new(m->call.arena, cap);

        acc[0] = bw_value_map(map, 0);
        acc[1] = bw_value_uint(cap);
        return map;
}

/* 0, or the error. */
static inline struct bw_value put(struct machine *m, struct bw_value *acc, struct bw_value key, struct bw_value value)
{
        if (key.type != BW_STRING && key.type != BW_INT && key.type != BW_UINT && key.type != BW_BOOL)
                return bw_cel_error(&m->call, "unsupported key type: %s", bw_type_name((enum bw_type)key.type));
        if (BW_UNLIKELY(acc[0].n == acc[1].u)) {
                uint64_t cap = BW_MAX((uint64_t)4, acc[1].u * 2);
                struct bw_map *map = cap <= UINT32_MAX ? bw_map_new(m->call.arena, (uint32_t)cap) : NULL;

                if (!map)
                        return bw_cel_no_memory();
                memcpy(map->entries, acc[0].map->entries, acc[0].n * sizeof(map->entries[0]));
                acc[0].map = map;
                acc[1].u = cap;
        }
        ((struct bw_map *)(uintptr_t)acc[0].map)->entries[acc[0].n++] = (struct bw_entry){key, value};
        return (struct bw_value){0};
}

static inline struct bw_value put_all(struct machine *m, struct bw_value *acc, struct bw_value map)
{
        struct bw_value error = {0};

        if (map.type != BW_MAP)
                return bw_cel_no_overload();
        charge(m, map.n);
        for (uint32_t i = 0; i < map.n && error.type == BW_ABSENT; i++)
                error = put(m, acc, map.map->entries[i].key, map.map->entries[i].value);
        return error;
}

static inline struct bw_value finish_map(struct machine *m, struct bw_value *acc, bool unique)
{
        uint32_t n = acc[0].n;
        int r;

        if (acc[0].type == BW_ERROR) /* it is raised where the map is used */
                return (struct bw_value){0};
        r = bw_cel_map_finish(m->call.arena, (struct bw_map *)(uintptr_t)acc[0].map, &n, unique);
        acc[0].n = n;
        if (r == -EEXIST)
                return bw_cel_error(&m->call, "Failed with repeated key");
        return r < 0 ? bw_cel_no_memory() : (struct bw_value){0};
}

#endif
