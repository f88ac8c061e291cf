/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Kubernetes refuses although its types are right: literal arguments that can only fail, and lists and maps whose
 * literals mix types. Runs over a checked tree.
 */
#include "cel/check_internal.h"

struct validation {
        struct checker *c;
        unsigned exempt; /* calls of format() around: their lists may mix types */
};

static void validate(struct bw_cel_expr **place, void *userdata);

/* Functions whose constant argument (target counted) is tried out. */
static const struct {
        const char *function;
        uint8_t arg;
} tried[] = {{"duration", 0}, {"timestamp", 0}, {"matches", 1}};

/* The arguments of a call as the implementation wants them; a text that is not known is empty. */
static void try_call(struct validation *v, const struct bw_cel_expr *e, uint8_t tried_arg)
{
        const struct bw_cel_reference *ref = &v->c->references[e->id];
        const struct bw_cel_call call = {.arena = v->c->arena, .env = v->c->env};
        const struct bw_cel_expr *arg = NULL;
        struct bw_value args[2] = {bw_value_str(BW_STR("")), bw_value_str(BW_STR(""))};
        uint32_t first = e->call.target ? 1 : 0;
        struct bw_value result;

        if (tried_arg >= first && tried_arg - first < e->call.n_args)
                arg = e->call.args[tried_arg - first];
        if (!arg || arg->kind != BW_CEL_EXPR_CONST || ref->n_overloads != 1 || !ref->overloads[0]->impl)
                return;
        args[tried_arg] = arg->constant;
        result = ref->overloads[0]->impl(&call, args, tried_arg + 1u);
        if (bw_cel_is_no_memory(result))
                (void)bw_cel_check_nomem(v->c);
        else if (result.type == BW_ERROR)
                bw_cel_issue_add(&v->c->issues, arg->offset, "invalid %.*s argument: %s", BW_STR_ARG(e->call.function),
                                 result.error->message);
}

static void validate_call(struct validation *v, struct bw_cel_expr *e)
{
        bool exempt = bw_str_is(e->call.function, "format");

        for (size_t i = 0; i < BW_ARRAY_SIZE(tried); i++)
                if (bw_str_is(e->call.function, tried[i].function))
                        try_call(v, e, tried[i].arg);
        v->exempt += exempt;
        bw_cel_ast_children(e, validate, v);
        v->exempt -= exempt;
}

/* The type that an item adds to its list: what an optional one holds. */
static const struct bw_cel_type *item_type(const struct validation *v, const struct bw_cel_expr *item, bool optional)
{
        const struct bw_cel_type *type = v->c->types[item->id];

        return optional && bw_cel_type_is_optional(type) ? type->params[0] : type;
}

/* False, and an issue, when type is not that of the items before. */
static bool same_type(struct validation *v, const struct bw_cel_expr *item, const struct bw_cel_type **first,
                      const struct bw_cel_type *type)
{
        if (!*first)
                *first = type;
        if (bw_cel_type_same(*first, type))
                return true;
        bw_cel_issue_add(&v->c->issues, item->offset, "expected type '%s' but found '%s'",
                         bw_cel_type_text(*first).text, bw_cel_type_text(type).text);
        return false;
}

static void validate_list(struct validation *v, const struct bw_cel_expr *e)
{
        const struct bw_cel_type *first = NULL;

        for (uint32_t i = 0; i < e->list.n; i++) {
                const struct bw_cel_type *type = item_type(v, e->list.items[i], e->list.optional && e->list.optional[i]);

                if (!same_type(v, e->list.items[i], &first, type))
                        break;
        }
}

static void validate_map(struct validation *v, const struct bw_cel_expr *e)
{
        const struct bw_cel_type *key = NULL;
        const struct bw_cel_type *value = NULL;

        for (uint32_t i = 0; i < e->map.n; i++) {
                const struct bw_cel_ast_entry *entry = &e->map.entries[i];

                (void)same_type(v, entry->key, &key, v->c->types[entry->key->id]);
                (void)same_type(v, entry->value, &value, item_type(v, entry->value, entry->optional));
        }
}

static void validate(struct bw_cel_expr **place, void *userdata)
{
        struct validation *v = userdata;
        struct bw_cel_expr *e = *place;

        if (e->kind == BW_CEL_EXPR_CALL) {
                validate_call(v, e);
                return;
        }
        if (e->kind == BW_CEL_EXPR_LIST && !v->exempt)
                validate_list(v, e);
        if (e->kind == BW_CEL_EXPR_MAP && !v->exempt)
                validate_map(v, e);
        bw_cel_ast_children(e, validate, v);
}

void bw_cel_validate(struct checker *c)
{
        struct validation v = {.c = c};

        if (!c->failed && !c->env->plain_literals)
                validate(&c->ast->root, &v);
}
