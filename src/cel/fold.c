/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constants. As in the reference, conversions of constants are evaluated at this stage, and one that fails fails the
 * compilation: no || absorbs it. Other calls with constant arguments are evaluated too, in the code that counts no
 * costs, when they succeed.
 * Source: cel-go interpreter/decorators.go (decOptimize).
 */
#include "base/arena.h"
#include "cel/access.h"
#include "cel/compile_internal.h"

static const char *const conversions[] = {
        "bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint",
};

/* Texts of literals live as long as the AST: the program gets its own. */
static bool fold_literal(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_value *ret)
{
        struct bw_str copy;

        *ret = e->constant;
        if (ret->type != BW_STRING && ret->type != BW_BYTES)
                return true;
        copy = bw_arena_str(c->arena, bw_value_text(*ret));
        if (!copy.p)
                bw_compile_nomem(c);
        ret->s = copy.p;
        return copy.p;
}

static bool fold_name(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_value *ret)
{
        struct bw_resolved found;

        if (e->kind == BW_CEL_EXPR_SELECT && e->select.test)
                return false;
        if (bw_local_find(c, e) || !bw_resolve(c, e, 0, &found) || found.slot >= 0 || found.node != e)
                return false;
        *ret = found.constant;
        return true;
}

static bool fold_list(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_value *ret)
{
        struct bw_list *list;

        if (e->list.optional)
                return false;
        for (uint32_t i = 0; i < e->list.n; i++)
                if (!bw_fold(c, e->list.items[i]))
                        return false;
        list = bw_list_new(c->arena, e->list.n);
        if (!list) {
                bw_compile_nomem(c);
                return false;
        }
        for (uint32_t i = 0; i < e->list.n; i++)
                list->items[i] = *bw_fold(c, e->list.items[i]);
        *ret = bw_value_list(list, e->list.n);
        return true;
}

static bool is_key(struct bw_value v)
{
        return v.type == BW_STRING || v.type == BW_INT || v.type == BW_UINT || v.type == BW_BOOL;
}

static bool fold_map(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_value *ret)
{
        uint32_t n = e->map.n;
        struct bw_map *map;
        int r;

        for (uint32_t i = 0; i < e->map.n; i++) {
                const struct bw_value *key = bw_fold(c, e->map.entries[i].key);

                if (e->map.entries[i].optional || !key || !is_key(*key) || !bw_fold(c, e->map.entries[i].value))
                        return false;
        }
        map = bw_map_new(c->arena, e->map.n);
        if (map)
                for (uint32_t i = 0; i < e->map.n; i++)
                        map->entries[i] = (struct bw_entry){
                                .key = *bw_fold(c, e->map.entries[i].key),
                                .value = *bw_fold(c, e->map.entries[i].value),
                        };
        r = map ? bw_cel_map_finish(c->arena, map, &n, c->env->plain_literals) : -ENOMEM;
        if (r == -ENOMEM)
                bw_compile_nomem(c);
        *ret = bw_value_map(map, n);
        return r == 0; /* else a key stands twice: an error of the evaluation */
}

static bool is_conversion(const struct bw_cel_expr *e)
{
        if (e->call.target || e->call.n_args != 1)
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(conversions); i++)
                if (bw_str_is(e->call.function, conversions[i]))
                        return true;
        return false;
}

/* Operators that are compiled in place are not called. */
static bool is_callable(const struct bw_cel_expr *e)
{
        static const char *const compiled[] = {"_&&_", "_||_", "_?_:_", "@not_strictly_false"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(compiled); i++)
                if (bw_str_is(e->call.function, compiled[i]))
                        return false;
        return e->call.n_args > 0 || e->call.target;
}

#define MOST_ARGS 8
#define MOST_BYTES 256

/* Small arguments and a result that is no list: evaluating them here cannot take much time or memory. */
static bool is_cheap(const struct bw_cel_site *site, const struct bw_value *args)
{
        const struct bw_cel_candidate *found;
        size_t bytes = 0;

        for (uint32_t i = 0; i < site->n_args; i++)
                if (args[i].type == BW_STRING || args[i].type == BW_BYTES || args[i].type == BW_LIST ||
                    args[i].type == BW_MAP)
                        bytes += args[i].n;
        found = bw_cel_site_find(site, args);
        return bytes <= MOST_BYTES && found && found->signature->result->kind != BW_CEL_LIST &&
               found->signature->result->kind != BW_CEL_MAP;
}

static bool fold_call(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_value *ret)
{
        bool conversion = is_conversion(e);
        struct bw_cel_call call = {.arena = c->arena, .env = c->env};
        const struct bw_cel_expr **args;
        struct bw_value values[MOST_ARGS];
        struct bw_cel_site site;

        if ((c->costed && !conversion) || !is_callable(e))
                return false;
        for (uint32_t i = 0; i < e->call.n_args; i++)
                if (!bw_fold(c, e->call.args[i]))
                        return false;
        if ((e->call.target && bw_qualified_name(c, e->call.target).n == 0 && !bw_fold(c, e->call.target)) ||
            !bw_compile_site(c, e, &site, &args) || site.n_args > MOST_ARGS || site.n_args == 0)
                return false;
        for (uint32_t i = 0; i < site.n_args; i++) {
                const struct bw_value *v = bw_fold(c, args[i]);

                if (!v)
                        return false;
                values[i] = *v;
        }
        if (!conversion && !is_cheap(&site, values))
                return false;
        *ret = bw_cel_site_call(&site, &call, values);
        if (bw_cel_is_no_memory(*ret))
                bw_compile_nomem(c);
        else if (ret->type == BW_ERROR && conversion)
                bw_compile_fail(c, -EINVAL, "%s", ret->error->message);
        return ret->type != BW_ERROR;
}

static bool fold(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_value *ret)
{
        switch (e->kind) {
        case BW_CEL_EXPR_CONST:
                return fold_literal(c, e, ret);
        case BW_CEL_EXPR_IDENT:
        case BW_CEL_EXPR_SELECT:
                return fold_name(c, e, ret);
        case BW_CEL_EXPR_LIST:
                return fold_list(c, e, ret);
        case BW_CEL_EXPR_MAP:
                return fold_map(c, e, ret);
        case BW_CEL_EXPR_CALL:
                return fold_call(c, e, ret);
        default:
                return false;
        }
}

const struct bw_value *bw_fold(struct bw_compiler *c, const struct bw_cel_expr *e)
{
        uint8_t *state = &c->folded[e->id];

        if (c->status < 0)
                return NULL;
        if (*state == BW_FOLDED_UNKNOWN)
                *state = fold(c, e, &c->constant[e->id]) ? BW_FOLDED_YES : BW_FOLDED_NO;
        return *state == BW_FOLDED_YES ? &c->constant[e->id] : NULL;
}
