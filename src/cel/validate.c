/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Kubernetes refuses although its types are right: literal arguments that can only fail, and lists and maps whose
 * literals mix types. Runs over a checked tree.
 */
#include "cel/check_internal.h"
#include "cel/lib/format.h"

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

/* The first part of an argument that %s cannot show, looking into literals; NULL when there is none. */
static const struct bw_cel_expr *not_shown(const struct validation *v, const struct bw_cel_expr *e)
{
        const struct bw_cel_expr *bad = NULL;

        if (bw_cel_format_refuses('s', v->c->types[e->id]->kind))
                return e;
        for (uint32_t i = 0; e->kind == BW_CEL_EXPR_LIST && !bad && i < e->list.n; i++)
                bad = not_shown(v, e->list.items[i]);
        for (uint32_t i = 0; e->kind == BW_CEL_EXPR_MAP && !bad && i < e->map.n; i++) {
                bad = not_shown(v, e->map.entries[i].key);
                if (!bad)
                        bad = not_shown(v, e->map.entries[i].value);
        }
        return bad;
}

static void note_refused(struct validation *v, const struct bw_cel_expr *e, const char *why)
{
        const char *slot = strstr(why, "%s");
        size_t before = slot ? (size_t)(slot - why) : strlen(why);

        bw_cel_issue_add(&v->c->issues, e->offset, "error during formatting: %.*s%s", (int)before, why,
                         slot ? bw_cel_type_text(v->c->types[e->id]).text : "");
}

/* One clause against its argument; false after an issue. */
static bool validate_clause(struct validation *v, const struct bw_cel_expr *e, char verb, uint32_t i)
{
        const struct bw_cel_expr *list = e->call.args[0];
        const struct bw_cel_expr *arg;
        const char *why;

        if (i >= list->list.n) {
                bw_cel_issue_add(&v->c->issues, e->call.target->offset, "index %" PRIu32 " out of range", i);
                return false;
        }
        arg = list->list.items[i];
        if (verb == 's')
                arg = not_shown(v, arg);
        why = arg ? bw_cel_format_refuses(verb, v->c->types[arg->id]->kind) : NULL;
        if (why)
                note_refused(v, arg, why);
        return !why;
}

/* "…".format([…]) of literals: every clause has an argument that suits it, and every argument a clause. */
static void validate_format(struct validation *v, const struct bw_cel_expr *e)
{
        struct bw_cel_format_clause clause;
        const char *why;
        size_t at = 0;
        uint32_t n = 0;

        if (!e->call.target || e->call.n_args != 1 || e->call.target->kind != BW_CEL_EXPR_CONST ||
            e->call.target->constant.type != BW_STRING || e->call.args[0]->kind != BW_CEL_EXPR_LIST)
                return;
        for (;; n++) {
                if (bw_cel_format_next(bw_value_text(e->call.target->constant), &at, &clause, &why) < 0) {
                        bw_cel_issue_add(&v->c->issues, e->call.target->offset, "could not parse formatting clause: %s",
                                         why);
                        return;
                }
                if (!clause.verb)
                        break;
                if (!validate_clause(v, e, clause.verb, n))
                        return;
        }
        if (n < e->call.args[0]->list.n)
                bw_cel_issue_add(&v->c->issues, e->call.args[0]->list.items[n]->offset,
                                 "too many arguments supplied to string.format (expected %" PRIu32 ", got %" PRIu32 ")",
                                 n, e->call.args[0]->list.n);
}

static void validate_call(struct validation *v, struct bw_cel_expr *e)
{
        bool exempt = bw_str_is(e->call.function, "format");

        for (size_t i = 0; i < BW_ARRAY_SIZE(tried); i++)
                if (bw_str_is(e->call.function, tried[i].function))
                        try_call(v, e, tried[i].arg);
        if (exempt)
                validate_format(v, e);
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
                const struct bw_cel_type *type =
                        item_type(v, e->list.items[i], e->list.optional && e->list.optional[i]);

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

        if (!c->failed && !c->env->plain_literals && !c->env->validated)
                validate(&c->ast->root, &v);
}
