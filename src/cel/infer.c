/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unification of types. A failed attempt takes back what it bound. Every recursive step is counted and its depth
 * limited: variables may stand for types that grow exponentially when they are written out.
 */
#include "base/alloc.h"
#include "cel/check_internal.h"

static bool assign(struct checker *c, const struct bw_cel_type *a, const struct bw_cel_type *b);

/* What a type costs that is made while others are written out: the limit of steps bounds memory, too. */
#define STEPS_OF_NEW_TYPE 16

const struct bw_cel_type *bw_cel_check_nomem(struct checker *c)
{
        if (!c->failed)
                c->failed = bw_arena_error(c->arena, NULL);
        return &bw_cel_type_error;
}

const struct bw_cel_type *bw_cel_check_too_complex(struct checker *c)
{
        if (!c->failed)
                bw_cel_issue_add(&c->issues, c->at, "the types of this expression are too complex");
        c->failed = -E2BIG;
        return &bw_cel_type_error;
}

/* Counts a step down; false ends the recursion. Each true needs a leave(). */
static bool enter(struct checker *c)
{
        if (c->failed)
                return false;
        if (++c->steps > BW_LIMIT_CEL_CHECK_STEPS || c->depth >= BW_LIMIT_CEL_TYPE_SIZE) {
                (void)bw_cel_check_too_complex(c);
                return false;
        }
        c->depth++;
        return true;
}

static bool leave(struct checker *c, bool result)
{
        c->depth--;
        return result;
}

const struct bw_cel_type *bw_cel_infer_composed(struct checker *c, const struct bw_cel_type *type)
{
        if (!type)
                return bw_cel_check_nomem(c);
        if (type->size > BW_LIMIT_CEL_TYPE_SIZE)
                return bw_cel_check_too_complex(c);
        return type;
}

const struct bw_cel_type *bw_cel_infer_var(struct checker *c)
{
        struct bw_cel_type *var = bw_arena_zalloc(c->arena, sizeof(*var));

        if (!var || bw_grow(&c->bindings, &c->cap_vars, c->n_vars + 1, sizeof(struct bw_cel_type *)) < 0)
                return bw_cel_check_nomem(c);
        c->bindings[c->n_vars] = NULL;
        var->kind = BW_CEL_VAR;
        var->var = (uint32_t)c->n_vars++;
        return var;
}

static void bind(struct checker *c, const struct bw_cel_type *var, const struct bw_cel_type *type)
{
        if (bw_grow(&c->trail, &c->cap_trail, c->n_trail + 1, sizeof(*c->trail)) < 0) {
                (void)bw_cel_check_nomem(c);
                return;
        }
        c->trail[c->n_trail++] = (struct checker_undo){.var = var->var, .old = c->bindings[var->var]};
        c->bindings[var->var] = type;
}

static void take_back(struct checker *c, size_t mark)
{
        while (c->n_trail > mark) {
                c->n_trail--;
                c->bindings[c->trail[c->n_trail].var] = c->trail[c->n_trail].old;
        }
}

const struct bw_cel_type *bw_cel_infer_shallow(const struct checker *c, const struct bw_cel_type *type)
{
        while (type->kind == BW_CEL_VAR && c->bindings[type->var])
                type = c->bindings[type->var];
        return type;
}

/* True if var does not occur in type: else binding it would make a type that holds itself. */
static bool absent_in(struct checker *c, const struct bw_cel_type *var, const struct bw_cel_type *type)
{
        bool result = true;

        if (type->kind == BW_CEL_VAR) {
                if (type->var == var->var)
                        return false;
                if (!c->bindings[type->var])
                        return true;
                if (!enter(c))
                        return false;
                return leave(c, absent_in(c, var, c->bindings[type->var]));
        }
        if (type->n_params == 0)
                return true;
        if (!enter(c))
                return false;
        for (uint32_t i = 0; result && i < type->n_params; i++)
                result = absent_in(c, var, type->params[i]);
        return leave(c, result);
}

/* Types whose values may be null instead. */
static bool nullable(const struct bw_cel_type *type)
{
        switch (type->kind) {
        case BW_CEL_NULL:
        case BW_CEL_OPAQUE:
        case BW_CEL_OBJECT:
        case BW_CEL_TIMESTAMP:
        case BW_CEL_DURATION:
                return true;
        default:
                return type->nullable;
        }
}

/* True if a is the same as b with dyn or variables in some places, or with a type that null fits where b has null. */
static bool less_specific(const struct bw_cel_type *a, const struct bw_cel_type *b)
{
        if (a->kind == BW_CEL_DYN || a->kind == BW_CEL_VAR)
                return true;
        if (b->kind == BW_CEL_DYN || b->kind == BW_CEL_VAR)
                return false;
        if (b->kind == BW_CEL_NULL)
                return nullable(a);
        if (a->kind != b->kind || !bw_str_eq(a->name, b->name))
                return false;
        if (a->kind == BW_CEL_TYPE)
                return true;
        if (a->n_params != b->n_params)
                return false;
        for (uint32_t i = 0; i < a->n_params; i++)
                if (!less_specific(a->params[i], b->params[i]))
                        return false;
        return true;
}

const struct bw_cel_type *bw_cel_infer_most_general(struct checker *c, const struct bw_cel_type *a,
                                                    const struct bw_cel_type *b)
{
        c->steps += BW_MIN(a->size, b->size);
        return less_specific(a, b) ? a : b;
}

enum fit { FITS, CLASHES, UNRELATED };

/* Whether var can stand for type: UNRELATED when nothing is known of var and type holds it. */
static enum fit fit_var(struct checker *c, const struct bw_cel_type *type, const struct bw_cel_type *var)
{
        const struct bw_cel_type *bound;
        const struct bw_cel_type *general;

        if (type->kind == BW_CEL_VAR && type->var == var->var)
                return FITS;
        bound = c->bindings[var->var];
        if (!bound) {
                if (!absent_in(c, var, type))
                        return UNRELATED;
                bind(c, var, type);
                return FITS;
        }
        c->steps += BW_MIN(type->size, bound->size);
        if (bw_cel_type_same(type, bound))
                return FITS;
        if (!assign(c, type, bound))
                return CLASHES;
        general = bw_cel_infer_most_general(c, type, bound);
        if (general != bound && absent_in(c, var, general))
                bind(c, var, general);
        return FITS;
}

static bool assign_all(struct checker *c, uint32_t n, const struct bw_cel_type *const *a,
                       const struct bw_cel_type *const *b)
{
        for (uint32_t i = 0; i < n; i++)
                if (!assign(c, a[i], b[i]))
                        return false;
        return true;
}

static bool assign_inside(struct checker *c, const struct bw_cel_type *a, const struct bw_cel_type *b)
{
        if (b->kind == BW_CEL_VAR) {
                switch (fit_var(c, a, b)) {
                case FITS:
                        return true;
                case CLASHES:
                        return false;
                case UNRELATED:
                        break;
                }
        }
        if (a->kind == BW_CEL_VAR)
                return fit_var(c, b, a) == FITS;
        if (bw_cel_is_dyn_or_error(a) || bw_cel_is_dyn_or_error(b))
                return true;
        if (a->kind == BW_CEL_NULL)
                return nullable(b);
        if (b->kind == BW_CEL_NULL)
                return nullable(a);
        if (a->kind != b->kind || !bw_str_eq(a->name, b->name))
                return false;
        if (a->kind == BW_CEL_TYPE)
                return true;
        return a->n_params == b->n_params && assign_all(c, a->n_params, a->params, b->params);
}

static bool assign(struct checker *c, const struct bw_cel_type *a, const struct bw_cel_type *b)
{
        if (a == b && a->n_params == 0)
                return true;
        if (!enter(c))
                return false;
        return leave(c, assign_inside(c, a, b)) && !c->failed;
}

bool bw_cel_infer_assignable_all(struct checker *c, uint32_t n, const struct bw_cel_type *const *a,
                                 const struct bw_cel_type *const *b)
{
        size_t mark = c->n_trail;

        if (assign_all(c, n, a, b))
                return true;
        take_back(c, mark);
        return false;
}

bool bw_cel_infer_assignable(struct checker *c, const struct bw_cel_type *a, const struct bw_cel_type *b)
{
        return bw_cel_infer_assignable_all(c, 1, &a, &b);
}

/* Replaces the parameters of a type by what fn makes of them; the type itself when none changed. */
static const struct bw_cel_type *rebuild(struct checker *c, const struct bw_cel_type *type, bool to_dyn,
                                         const struct bw_cel_type **letters)
{
        const struct bw_cel_type *small[4];
        const struct bw_cel_type **params = small;
        bool changed = false;

        if (type->n_params > BW_ARRAY_SIZE(small))
                params = bw_arena_array(c->arena, type->n_params, sizeof(*params));
        if (!params)
                return bw_cel_check_nomem(c);
        for (uint32_t i = 0; i < type->n_params; i++) {
                params[i] = letters ? bw_cel_infer_instantiate(c, type->params[i], letters)
                                    : bw_cel_infer_resolve(c, type->params[i], to_dyn);
                changed = changed || params[i] != type->params[i];
        }
        if (!changed || c->failed)
                return type;
        c->steps += STEPS_OF_NEW_TYPE;
        return bw_cel_infer_composed(c, bw_cel_type_with_params(c->arena, type, params));
}

const struct bw_cel_type *bw_cel_infer_resolve(struct checker *c, const struct bw_cel_type *type, bool to_dyn)
{
        type = bw_cel_infer_shallow(c, type);
        if (type->kind == BW_CEL_VAR)
                return to_dyn ? &bw_cel_dyn : type;
        if (type->n_params == 0 || !enter(c))
                return type;
        type = rebuild(c, type, to_dyn, NULL);
        (void)leave(c, true);
        return type;
}

const struct bw_cel_type *bw_cel_infer_instantiate(struct checker *c, const struct bw_cel_type *type,
                                                   const struct bw_cel_type **letters)
{
        if (type->kind == BW_CEL_PARAM) {
                if (!letters[type->var])
                        letters[type->var] = bw_cel_infer_var(c);
                return letters[type->var];
        }
        if (type->n_params == 0 || !enter(c))
                return type;
        type = rebuild(c, type, false, letters);
        (void)leave(c, true);
        return type;
}
