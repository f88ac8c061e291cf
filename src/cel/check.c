/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the tree from the leaves up, with the types that infer.c deduces and the overloads that overload.c picks. */
#include "base/alloc.h"
#include "cel/check_internal.h"

static const struct bw_cel_type *check(struct checker *c, struct bw_cel_expr *e);

/* What a name stands for. */
struct meaning {
        const struct bw_cel_type *type; /* NULL: nothing */
        struct bw_str name;             /* full */
        int32_t slot;
        struct bw_value constant;
};

static const struct bw_cel_type *undeclared(struct checker *c, uint32_t offset, struct bw_str name)
{
        bw_cel_issue_add(&c->issues, offset, "undeclared reference to '%.*s' (in container '%.*s')", BW_STR_ARG(name),
                         BW_STR_ARG(c->env->container));
        return &bw_cel_type_error;
}

static const struct bw_cel_type *mismatch(struct checker *c, const struct bw_cel_expr *e,
                                          const struct bw_cel_type *wanted, const struct bw_cel_type *found)
{
        bw_cel_issue_add(&c->issues, e->offset, "expected type '%s' but found '%s'",
                         bw_cel_type_text(bw_cel_infer_resolve(c, wanted, true)).text,
                         bw_cel_type_text(bw_cel_infer_resolve(c, found, true)).text);
        return &bw_cel_type_error;
}

static const struct checker_local *find_local(const struct checker *c, struct bw_str name)
{
        for (size_t i = c->n_locals; i > 0; i--)
                if (bw_str_eq(c->locals[i - 1].name, name))
                        return &c->locals[i - 1];
        return NULL;
}

static bool push_local(struct checker *c, struct bw_str name, const struct bw_cel_type *type)
{
        if (bw_grow(&c->locals, &c->cap_locals, c->n_locals + 1, sizeof(*c->locals)) < 0) {
                (void)bw_cel_check_nomem(c);
                return false;
        }
        c->locals[c->n_locals++] = (struct checker_local){.name = name, .type = type};
        return true;
}

/* A variable of the env, or a type's name, in the container's order. */
static struct meaning find_global(struct checker *c, struct bw_str name)
{
        struct bw_cel_name_walk walk = bw_cel_name_walk(c->env, c->arena, name);
        struct meaning m = {.slot = -1};
        const struct bw_cel_type *type;

        while (bw_cel_name_next(&walk, &m.name)) {
                int32_t slot = bw_cel_env_variable(c->env, m.name);

                if (slot >= 0 && !c->env->variables[slot].undeclared) {
                        type = c->env->variables[slot].type;
                        m.slot = slot;
                        m.type = bw_cel_infer_instantiate(c, type ? type : &bw_cel_dyn, c->declared);
                        return m;
                }
                type = bw_cel_env_type(c->env, m.name);
                if (type) {
                        m.constant = bw_cel_type_value(type);
                        m.type = bw_cel_infer_composed(c, bw_cel_type_of(c->arena, type));
                        return m;
                }
        }
        if (walk.oom)
                (void)bw_cel_check_nomem(c);
        return m;
}

static const struct bw_cel_type *refer(struct checker *c, const struct bw_cel_expr *e, struct meaning m)
{
        struct bw_cel_reference *ref = &c->references[e->id];

        ref->name = m.name;
        ref->slot = m.slot;
        ref->constant = m.constant;
        return m.type;
}

static const struct bw_cel_type *check_ident(struct checker *c, const struct bw_cel_expr *e)
{
        const struct checker_local *local = find_local(c, e->ident);
        struct meaning m;

        if (local)
                return refer(c, e, (struct meaning){.type = local->type, .name = e->ident, .slot = -1});
        m = find_global(c, e->ident);
        if (m.type)
                return refer(c, e, m);
        return c->failed ? &bw_cel_type_error : undeclared(c, e->offset, e->ident);
}

/* The identifier that a chain of plain selections begins with; NULL when it begins with anything else. */
static const struct bw_cel_expr *chain_head(const struct bw_cel_expr *e)
{
        while (e->kind == BW_CEL_EXPR_SELECT && !e->select.test)
                e = e->select.operand;
        return e->kind == BW_CEL_EXPR_IDENT ? e : NULL;
}

/* a.b.c of such a chain, with ".last" behind it unless last is empty. NULL text: memory (c->failed). */
static struct bw_str chain_name(struct checker *c, const struct bw_cel_expr *chain, struct bw_str last)
{
        struct bw_str name = {.n = last.n ? last.n + 1 : 0};
        const struct bw_cel_expr *e;
        char *out;

        for (e = chain; e->kind == BW_CEL_EXPR_SELECT; e = e->select.operand)
                name.n += 1 + e->select.field.n;
        name.n += e->ident.n;
        out = bw_arena_alloc(c->arena, name.n);
        if (!out) {
                (void)bw_cel_check_nomem(c);
                return (struct bw_str){0};
        }
        name.p = out;
        out += name.n;
        if (last.n) {
                out -= last.n;
                memcpy(out, last.p, last.n);
                *--out = '.';
        }
        for (e = chain; e->kind == BW_CEL_EXPR_SELECT; e = e->select.operand) {
                out -= e->select.field.n;
                memcpy(out, e->select.field.p, e->select.field.n);
                *--out = '.';
        }
        memcpy(out - e->ident.n, e->ident.p, e->ident.n);
        return name;
}

static const struct bw_cel_type *field_type(struct checker *c, const struct bw_cel_type *object, uint32_t offset,
                                            struct bw_str field)
{
        for (uint32_t i = 0; i < object->n_fields; i++)
                if (bw_str_eq(object->fields[i].name, field))
                        return object->fields[i].type;
        bw_cel_issue_add(&c->issues, offset, "undefined field '%.*s'", BW_STR_ARG(field));
        return &bw_cel_type_error;
}

/* The type of a field of a value of type operand, which may be an optional of one. */
static const struct bw_cel_type *select_type(struct checker *c, const struct bw_cel_type *operand, uint32_t offset,
                                             struct bw_str field, bool optional)
{
        const struct bw_cel_type *target = bw_cel_infer_resolve(c, operand, false);
        const struct bw_cel_type *result = &bw_cel_dyn;

        if (bw_cel_type_is_optional(target)) {
                optional = true;
                target = target->params[0];
        }
        switch (target->kind) {
        case BW_CEL_MAP:
                result = target->params[1];
                break;
        case BW_CEL_OBJECT:
                result = field_type(c, target, offset, field);
                break;
        case BW_CEL_VAR:
                (void)bw_cel_infer_assignable(c, &bw_cel_dyn, target);
                break;
        default:
                if (!bw_cel_is_dyn_or_error(target))
                        bw_cel_issue_add(&c->issues, offset, "type '%s' does not support field selection",
                                         bw_cel_type_text(bw_cel_infer_resolve(c, target, true)).text);
        }
        if (!optional)
                return result;
        return bw_cel_infer_composed(c, bw_cel_type_opaque(c->arena, bw_cel_optional_dyn.name, 1, &result));
}

/* a.b.c is a variable or type of that name where there is one, else field c of a.b. */
static const struct bw_cel_type *check_select(struct checker *c, struct bw_cel_expr *e)
{
        const struct bw_cel_expr *head = chain_head(e);
        const struct bw_cel_type *type;

        if (head && bw_cel_env_may_be_qualified(c->env, head->ident) && !find_local(c, head->ident)) {
                struct bw_str name = chain_name(c, e, (struct bw_str){0});
                struct meaning m = name.p ? find_global(c, name) : (struct meaning){0};

                if (m.type)
                        return refer(c, e, m);
        }
        type = select_type(c, check(c, e->select.operand), e->offset, e->select.field, false);
        return e->select.test ? &bw_cel_bool : bw_cel_infer_resolve(c, type, false);
}

static const struct bw_cel_function_set *find_function(struct checker *c, struct bw_str name)
{
        struct bw_cel_name_walk walk = bw_cel_name_walk(c->env, c->arena, name);
        const struct bw_cel_function_set *set = NULL;
        struct bw_str full;

        while (!set && bw_cel_name_next(&walk, &full))
                set = bw_cel_env_function(c->env, full);
        if (walk.oom)
                (void)bw_cel_check_nomem(c);
        return set;
}

/* sets.contains(…): the target is part of the function's name. */
static const struct bw_cel_function_set *find_namespaced(struct checker *c, const struct bw_cel_expr *e)
{
        const struct bw_cel_expr *head = chain_head(e->call.target);
        struct bw_str name;

        if (!head || !bw_cel_env_may_be_qualified_function(c->env, head->ident))
                return NULL;
        name = chain_name(c, e->call.target, e->call.function);
        return name.p ? find_function(c, name) : NULL;
}

static const struct bw_cel_type *check_opt_select(struct checker *c, struct bw_cel_expr *e)
{
        const struct bw_cel_expr *field = e->call.args[1];
        const struct bw_cel_function_set *set = find_function(c, e->call.function);
        const struct bw_cel_type *type = check(c, e->call.args[0]);

        c->types[field->id] = &bw_cel_string;
        if (set) {
                c->references[e->id].overloads = set->overloads;
                c->references[e->id].n_overloads = (uint32_t)set->n;
        }
        type = select_type(c, type, e->offset, bw_value_text(field->constant), true);
        return bw_cel_infer_resolve(c, type, false);
}

/* Rewrites the node when the function's full name or its target turn out to be others than were written. */
static const struct bw_cel_type *check_call(struct checker *c, struct bw_cel_expr *e)
{
        const struct bw_cel_function_set *set = NULL;

        if (bw_str_is(e->call.function, "_?._"))
                return check_opt_select(c, e);
        for (uint32_t i = 0; i < e->call.n_args; i++)
                (void)check(c, e->call.args[i]);
        if (e->call.target) {
                set = find_namespaced(c, e);
                if (!set) {
                        (void)check(c, e->call.target);
                } else {
                        e->offset = chain_head(e->call.target)->offset;
                        e->call.target = NULL;
                }
        }
        if (!set)
                set = find_function(c, e->call.function);
        if (c->failed)
                return &bw_cel_type_error;
        if (!set)
                return undeclared(c, e->offset, e->call.function);
        if (!e->call.target)
                e->call.function = set->name;
        c->at = e->offset;
        return bw_cel_resolve_overload(c, e, set);
}

/* What an optional holds; an issue unless it is one (or dyn). */
static const struct bw_cel_type *unwrap(struct checker *c, const struct bw_cel_expr *e, const struct bw_cel_type *type)
{
        const struct bw_cel_type *found = bw_cel_infer_shallow(c, type);

        if (bw_cel_type_is_optional(found))
                return found->params[0];
        if (!bw_cel_is_dyn_or_error(found))
                (void)mismatch(
                        c, e,
                        bw_cel_infer_composed(c, bw_cel_type_opaque(c->arena, bw_cel_optional_dyn.name, 1, &found)),
                        found);
        return found;
}

/* The type of the items so far, with one more: dyn when they differ (validate.c may refuse that). */
static const struct bw_cel_type *join(struct checker *c, const struct bw_cel_type *so_far,
                                      const struct bw_cel_type *type)
{
        if (!so_far)
                return type;
        if (bw_cel_infer_assignable(c, so_far, type))
                return bw_cel_infer_most_general(c, so_far, type);
        return &bw_cel_dyn;
}

static const struct bw_cel_type *check_list(struct checker *c, struct bw_cel_expr *e)
{
        const struct bw_cel_type *items = NULL;

        for (uint32_t i = 0; i < e->list.n && !c->failed; i++) {
                struct bw_cel_expr *item = e->list.items[i];
                const struct bw_cel_type *type = check(c, item);

                if (e->list.optional && e->list.optional[i])
                        type = unwrap(c, item, type);
                items = join(c, items, type);
        }
        if (!items)
                items = bw_cel_infer_var(c);
        return bw_cel_infer_composed(c, bw_cel_type_list(c->arena, items));
}

static const struct bw_cel_type *check_map(struct checker *c, struct bw_cel_expr *e)
{
        const struct bw_cel_type *keys = NULL;
        const struct bw_cel_type *values = NULL;

        for (uint32_t i = 0; i < e->map.n && !c->failed; i++) {
                const struct bw_cel_ast_entry *entry = &e->map.entries[i];
                const struct bw_cel_type *type;

                keys = join(c, keys, check(c, entry->key));
                type = check(c, entry->value);
                if (entry->optional)
                        type = unwrap(c, entry->value, type);
                values = join(c, values, type);
        }
        if (!keys) {
                keys = bw_cel_infer_var(c);
                values = bw_cel_infer_var(c);
        }
        return bw_cel_infer_composed(c, bw_cel_type_map(c->arena, keys, values));
}

/* No type of this environment can be built by name; the fields are checked all the same. */
static const struct bw_cel_type *check_struct(struct checker *c, struct bw_cel_expr *e)
{
        struct bw_str name = e->map.type_name;
        struct meaning m = find_global(c, name);

        if (m.type && m.type->kind == BW_CEL_TYPE && m.slot < 0)
                bw_cel_issue_add(&c->issues, e->offset, "'%.*s' is not a message type", BW_STR_ARG(name));
        else if (m.type)
                bw_cel_issue_add(&c->issues, e->offset, "'%.*s' is not a type", BW_STR_ARG(name));
        else if (!c->failed)
                (void)undeclared(c, e->offset, name);
        for (uint32_t i = 0; i < e->map.n; i++)
                (void)check(c, e->map.entries[i].value);
        return &bw_cel_type_error;
}

/* The types of a loop's variables: items of a list, keys of a map; with two variables index and item, key and value. */
static void loop_types(struct checker *c, const struct bw_cel_expr *e, const struct bw_cel_type *range,
                       const struct bw_cel_type **ret_var, const struct bw_cel_type **ret_var2)
{
        bool two = e->loop.iter_var2.n;

        *ret_var = *ret_var2 = &bw_cel_dyn;
        switch (range->kind) {
        case BW_CEL_LIST:
                *ret_var = two ? &bw_cel_int : range->params[0];
                *ret_var2 = range->params[0];
                break;
        case BW_CEL_MAP:
                *ret_var = range->params[0];
                *ret_var2 = range->params[1];
                break;
        case BW_CEL_DYN:
        case BW_CEL_ERROR:
        case BW_CEL_VAR:
                (void)bw_cel_infer_assignable(c, &bw_cel_dyn, range);
                break;
        default:
                bw_cel_issue_add(&c->issues, e->loop.range->offset,
                                 "expression of type '%s' cannot be range of a comprehension (must be list, map, or "
                                 "dynamic)",
                                 bw_cel_type_text(bw_cel_infer_resolve(c, range, true)).text);
                *ret_var = *ret_var2 = &bw_cel_type_error;
        }
}

static void assert_type(struct checker *c, const struct bw_cel_expr *e, const struct bw_cel_type *wanted,
                        const struct bw_cel_type *found)
{
        if (!bw_cel_infer_assignable(c, wanted, found) && !c->failed)
                (void)mismatch(c, e, wanted, found);
}

static const struct bw_cel_type *check_loop(struct checker *c, struct bw_cel_expr *e)
{
        const struct bw_cel_type *range = bw_cel_infer_resolve(c, check(c, e->loop.range), false);
        const struct bw_cel_type *accu = check(c, e->loop.accu_init);
        size_t n_locals = c->n_locals;
        const struct bw_cel_type *var;
        const struct bw_cel_type *var2;
        const struct bw_cel_type *result;

        loop_types(c, e, range, &var, &var2);
        if (!push_local(c, e->loop.accu_var, accu) || !push_local(c, e->loop.iter_var, var))
                return &bw_cel_type_error;
        if (e->loop.iter_var2.n && !push_local(c, e->loop.iter_var2, var2))
                return &bw_cel_type_error;
        assert_type(c, e->loop.loop_cond, &bw_cel_bool, check(c, e->loop.loop_cond));
        assert_type(c, e->loop.loop_step, accu, check(c, e->loop.loop_step));
        c->n_locals = n_locals + 1;
        result = check(c, e->loop.result);
        c->n_locals = n_locals;
        return bw_cel_infer_resolve(c, result, false);
}

static const struct bw_cel_type *const_type(struct bw_value v)
{
        static const struct bw_cel_type *const types[_BW_TYPE_MAX] = {
                [BW_NULL] = &bw_cel_null,   [BW_BOOL] = &bw_cel_bool,     [BW_INT] = &bw_cel_int,
                [BW_UINT] = &bw_cel_uint,   [BW_DOUBLE] = &bw_cel_double, [BW_STRING] = &bw_cel_string,
                [BW_BYTES] = &bw_cel_bytes,
        };

        return types[v.type] ? types[v.type] : &bw_cel_dyn;
}

static const struct bw_cel_type *check_node(struct checker *c, struct bw_cel_expr *e)
{
        switch (e->kind) {
        case BW_CEL_EXPR_CONST:
                return const_type(e->constant);
        case BW_CEL_EXPR_IDENT:
                return check_ident(c, e);
        case BW_CEL_EXPR_SELECT:
                return check_select(c, e);
        case BW_CEL_EXPR_CALL:
                return check_call(c, e);
        case BW_CEL_EXPR_LIST:
                return check_list(c, e);
        case BW_CEL_EXPR_MAP:
                return check_map(c, e);
        case BW_CEL_EXPR_STRUCT:
                return check_struct(c, e);
        case BW_CEL_EXPR_COMPREHENSION:
                return check_loop(c, e);
        }
        return &bw_cel_type_error;
}

static const struct bw_cel_type *check(struct checker *c, struct bw_cel_expr *e)
{
        const struct bw_cel_type *type;

        if (c->failed)
                return &bw_cel_type_error;
        c->at = e->offset;
        type = check_node(c, e);
        c->types[e->id] = type;
        return type;
}

static bool make_tables(struct checker *c)
{
        size_t n = (size_t)c->ast->n_ids + 1;

        c->types = bw_arena_zalloc(c->arena, n * sizeof(*c->types));
        c->references = bw_arena_zalloc(c->arena, n * sizeof(*c->references));
        for (size_t i = 0; c->references && i < n; i++)
                c->references[i].slot = -1;
        return c->types && c->references;
}

/* Free variables become dyn: nothing in the expression says more of them. */
static void resolve_all(struct checker *c)
{
        for (uint32_t i = 1; i <= c->ast->n_ids && !c->failed; i++)
                if (c->types[i])
                        c->types[i] = bw_cel_infer_resolve(c, c->types[i], true);
}

static int finish(struct checker *c, const struct bw_cel_type **ret_type, struct bw_cel_issues *issues,
                  struct bw_error *reterr)
{
        int r;

        if (c->failed == -ENOMEM)
                return bw_error_nomem(reterr);
        r = bw_cel_issues_close(&c->issues, c->failed ? c->failed : -EINVAL, issues, reterr);
        if (r < 0)
                return r;
        if (c->failed)
                return bw_arena_error(c->arena, reterr);
        c->ast->types = c->types;
        c->ast->references = c->references;
        c->ast->checked = true;
        if (ret_type)
                *ret_type = c->types[c->ast->root->id];
        return 0;
}

int bw_cel_check(struct bw_arena *arena, const struct bw_cel_env *env, struct bw_cel_ast *ast,
                 const struct bw_cel_type **ret_type, struct bw_cel_issues *issues, struct bw_error *reterr)
{
        struct checker c = {
                .arena = arena,
                .env = env,
                .ast = ast,
                .issues = {.arena = arena, .source = ast->source},
        };
        int r;

        if (!make_tables(&c))
                return bw_arena_error(arena, reterr);
        (void)check(&c, ast->root);
        if (!c.failed && !c.issues.n) {
                resolve_all(&c);
                bw_cel_validate(&c);
        }
        r = finish(&c, ret_type, issues, reterr);
        bw_free(c.bindings);
        bw_free(c.trail);
        bw_free(c.locals);
        return r;
}
