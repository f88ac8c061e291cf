/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "cel/check_internal.h"

struct call_types {
        uint32_t n; /* with the target */
        const struct bw_cel_type **types;
        struct bw_cel_expr **args; /* without the target */
        bool member;
};

struct type_text bw_cel_type_text(const struct bw_cel_type *type)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {.ceiling = sizeof(((struct type_text *)0)->text) * 4};
        struct type_text out;

        bw_cel_type_format(&buf, type);
        (void)snprintf(out.text, sizeof(out.text), "%.*s%s", (int)sizeof(out.text) - 4,
                       bw_buf_status(&buf) < 0 ? "" : buf.p, buf.n > sizeof(out.text) - 4 || buf.status ? "…" : "");
        return out;
}

/* "string.(int)" of a member call, "(string, int)" of a global one. */
static void note_no_overload(struct checker *c, const struct bw_cel_expr *call, struct bw_str name,
                             const struct call_types *given)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

        for (uint32_t i = 0; i < given->n; i++) {
                bool first_arg = i == (given->member ? 1 : 0);

                if (first_arg)
                        bw_buf_puts(&buf, given->member ? ".(" : "(");
                else if (i > 0)
                        bw_buf_puts(&buf, ", ");
                bw_buf_puts(&buf, bw_cel_type_text(bw_cel_infer_resolve(c, given->types[i], true)).text);
        }
        if (given->n == (given->member ? 1 : 0))
                bw_buf_puts(&buf, given->member ? ".(" : "(");
        bw_buf_char(&buf, ')');
        if (bw_buf_status(&buf) < 0) {
                (void)bw_cel_check_nomem(c);
                return;
        }
        bw_cel_issue_add(&c->issues, call->offset, "found no matching overload for '%.*s' applied to '%s'",
                         BW_STR_ARG(name), buf.p);
}

/* Whether a type can be told not to fit a parameter by a look at both: no variables are made for such overloads. */
static bool surely_differs(const struct checker *c, const struct bw_cel_type *param, const struct bw_cel_type *given)
{
        given = bw_cel_infer_shallow(c, given);
        if (param->kind == BW_CEL_PARAM || given->kind == BW_CEL_VAR || param->kind == BW_CEL_NULL ||
            given->kind == BW_CEL_NULL || bw_cel_is_dyn_or_error(param) || bw_cel_is_dyn_or_error(given))
                return false;
        return param->kind != given->kind || !bw_str_eq(param->name, given->name);
}

/* The result type of an overload for these arguments; NULL when it does not fit them. */
static const struct bw_cel_type *try_overload(struct checker *c, const struct bw_cel_signature *signature,
                                              const struct call_types *given)
{
        const struct bw_cel_type *letters[BW_CEL_TYPE_LETTERS] = {0};
        const struct bw_cel_type *small[8];
        const struct bw_cel_type **params = small;
        size_t n_vars = c->n_vars;

        if (signature->member != given->member || signature->n_args != given->n)
                return NULL;
        for (uint32_t i = 0; i < given->n; i++)
                if (surely_differs(c, signature->args[i], given->types[i]))
                        return NULL;
        if (signature->n_params == 0)
                return bw_cel_infer_assignable_all(c, given->n, given->types, signature->args) ? signature->result
                                                                                               : NULL;
        if (given->n > BW_ARRAY_SIZE(small))
                params = bw_arena_array(c->arena, given->n, sizeof(*params));
        if (!params)
                return bw_cel_check_nomem(c);
        for (uint32_t i = 0; i < given->n; i++)
                params[i] = bw_cel_infer_instantiate(c, signature->args[i], letters);
        if (!bw_cel_infer_assignable_all(c, given->n, given->types, params)) {
                c->n_vars = n_vars;
                return NULL;
        }
        return bw_cel_infer_resolve(c, bw_cel_infer_instantiate(c, signature->result, letters), false);
}

/* && and || take each operand for itself, so that the issue points at the one that is no bool. */
static const struct bw_cel_type *resolve_logic(struct checker *c, const struct call_types *given)
{
        bool fits = true;

        for (uint32_t i = 0; i < given->n; i++) {
                if (bw_cel_infer_assignable(c, given->types[i], &bw_cel_bool))
                        continue;
                fits = false;
                bw_cel_issue_add(&c->issues, given->args[i]->offset, "expected type 'bool' but found '%s'",
                                 bw_cel_type_text(bw_cel_infer_resolve(c, given->types[i], true)).text);
        }
        return fits ? &bw_cel_bool : &bw_cel_type_error;
}

static bool collect_types(struct checker *c, const struct bw_cel_expr *e, struct call_types *ret)
{
        ret->member = e->call.target != NULL;
        ret->args = e->call.args;
        ret->n = 0;
        ret->types = bw_arena_array(c->arena, e->call.n_args + 1u, sizeof(*ret->types));
        if (!ret->types) {
                (void)bw_cel_check_nomem(c);
                return false;
        }
        if (ret->member)
                ret->types[ret->n++] = c->types[e->call.target->id];
        for (uint32_t i = 0; i < e->call.n_args; i++)
                ret->types[ret->n++] = c->types[e->call.args[i]->id];
        return true;
}

/* What is wrong with an argument has been said: that its call fits nothing would only repeat it. */
static bool any_error(const struct checker *c, const struct call_types *given)
{
        for (uint32_t i = 0; i < given->n; i++)
                if (bw_cel_infer_shallow(c, given->types[i])->kind == BW_CEL_ERROR)
                        return true;
        return false;
}

const struct bw_cel_type *bw_cel_resolve_overload(struct checker *c, const struct bw_cel_expr *e,
                                                  const struct bw_cel_function_set *set)
{
        struct bw_cel_reference *ref = &c->references[e->id];
        const struct bw_cel_overload **found;
        const struct bw_cel_type *result = NULL;
        struct call_types given;

        if (!collect_types(c, e, &given))
                return &bw_cel_type_error;
        if (bw_str_is(set->name, "_&&_") || bw_str_is(set->name, "_||_")) {
                ref->overloads = set->overloads;
                ref->n_overloads = 1;
                return resolve_logic(c, &given);
        }
        found = bw_arena_array(c->arena, set->n, sizeof(*found));
        if (!found)
                return bw_cel_check_nomem(c);
        for (size_t i = 0; i < set->n; i++) {
                const struct bw_cel_type *type = try_overload(c, &set->signatures[i], &given);

                if (!type)
                        continue;
                found[ref->n_overloads++] = set->overloads[i];
                if (!result)
                        result = type;
                else if (result->kind != BW_CEL_DYN && !bw_cel_type_same(result, type))
                        result = &bw_cel_dyn;
        }
        ref->overloads = found;
        if (result)
                return result;
        if (!c->failed && !any_error(c, &given))
                note_no_overload(c, e, set->name, &given);
        return &bw_cel_type_error;
}
