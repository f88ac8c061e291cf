/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/parse_internal.h"

/* The variable that a loop's result grows in. No source can spell it. */
#define ACCU BW_STR("@result")
/* The name it had in earlier grammars: an iteration variable may not hide it. */
#define OLD_ACCU BW_STR("__result__")
/* The iteration variable of a loop that does not loop: cel.bind and the like. */
#define UNUSED BW_STR("#unused")

struct macro_call {
        struct parser *p;
        const struct macro *macro;
        uint32_t offset;
        struct bw_cel_expr *target;
        struct bw_cel_expr **args;
        uint32_t n_args;
};

#define ANY_NUMBER UINT8_MAX

struct macro {
        const char *name;
        uint8_t n_args;
        bool member;
        uint8_t n_vars; /* leading arguments that are names */
        enum bw_cel_macro_shape shape;
        /* NULL: p->failed. */
        struct bw_cel_expr *(*expand)(const struct macro_call *c);
        const char *namespace; /* the target must be this very name */
        unsigned library;      /* 0 = always there, else a BW_CEL_LIB_… bit */
};

static struct bw_cel_expr *constant(const struct macro_call *c, struct bw_value v)
{
        return bw_cel_node_const(c->p, c->offset, v);
}

static struct bw_cel_expr *accu(const struct macro_call *c)
{
        return bw_cel_node_ident(c->p, c->offset, ACCU);
}

static struct bw_cel_expr *call1(const struct macro_call *c, const char *function, struct bw_cel_expr *a)
{
        return bw_cel_node_call_of(c->p, c->offset, bw_str(function), 1, &a);
}

static struct bw_cel_expr *call2(const struct macro_call *c, const char *function, struct bw_cel_expr *a,
                                 struct bw_cel_expr *b)
{
        struct bw_cel_expr *args[] = {a, b};

        return bw_cel_node_call_of(c->p, c->offset, bw_str(function), 2, args);
}

static struct bw_cel_expr *call3(const struct macro_call *c, const char *function, struct bw_cel_expr *a,
                                 struct bw_cel_expr *b, struct bw_cel_expr *d)
{
        struct bw_cel_expr *args[] = {a, b, d};

        return bw_cel_node_call_of(c->p, c->offset, bw_str(function), 3, args);
}

static struct bw_cel_expr *method(const struct macro_call *c, const char *function, struct bw_cel_expr *target)
{
        return target ? bw_cel_node_call(c->p, c->offset, bw_str(function), target, 0, NULL) : NULL;
}

/* [item], or [] without one. */
static struct bw_cel_expr *list_of(const struct macro_call *c, bool empty, struct bw_cel_expr *item)
{
        struct bw_cel_expr *e = bw_cel_node(c->p, BW_CEL_EXPR_LIST, c->offset);

        if (!e || empty)
                return e;
        e->list.items = bw_arena_alloc(c->p->arena, sizeof(struct bw_cel_expr *));
        if (!e->list.items) {
                bw_cel_parse_nomem(c->p);
                return NULL;
        }
        e->list.items[0] = item;
        e->list.n = 1;
        return item ? e : NULL;
}

static struct bw_cel_expr *loop(const struct macro_call *c, struct bw_cel_expr *init, struct bw_cel_expr *cond,
                                struct bw_cel_expr *step, struct bw_cel_expr *result)
{
        struct bw_cel_expr *e = bw_cel_node(c->p, BW_CEL_EXPR_COMPREHENSION, c->offset);

        if (!e || !init || !cond || !step || !result)
                return NULL;
        e->loop.iter_var = c->args[0]->ident;
        if (c->macro->n_vars == 2)
                e->loop.iter_var2 = c->args[1]->ident;
        e->loop.range = c->target;
        e->loop.accu_var = ACCU;
        e->loop.accu_init = init;
        e->loop.loop_cond = cond;
        e->loop.loop_step = step;
        e->loop.result = result;
        e->loop.macro = (uint8_t)c->macro->shape;
        return e;
}

/* The last argument, and the condition before it when there is one more. */
static struct bw_cel_expr *body(const struct macro_call *c)
{
        return c->args[c->n_args - 1];
}

static struct bw_cel_expr *condition(const struct macro_call *c)
{
        return c->n_args > c->macro->n_vars + 1u ? c->args[c->macro->n_vars] : NULL;
}

static struct bw_cel_expr *expand_all(const struct macro_call *c)
{
        return loop(c, constant(c, bw_value_bool(true)), call1(c, "@not_strictly_false", accu(c)),
                    call2(c, "_&&_", accu(c), body(c)), accu(c));
}

static struct bw_cel_expr *expand_exists(const struct macro_call *c)
{
        return loop(c, constant(c, bw_value_bool(false)), call1(c, "@not_strictly_false", call1(c, "!_", accu(c))),
                    call2(c, "_||_", accu(c), body(c)), accu(c));
}

static struct bw_cel_expr *expand_exists_one(const struct macro_call *c)
{
        struct bw_cel_expr *next = call2(c, "_+_", accu(c), constant(c, bw_value_int(1)));

        return loop(c, constant(c, bw_value_int(0)), constant(c, bw_value_bool(true)),
                    call3(c, "_?_:_", body(c), next, accu(c)), call2(c, "_==_", accu(c), constant(c, bw_value_int(1))));
}

/* Loops that build a list or a map: the step, taken only where the condition holds. */
static struct bw_cel_expr *collect(const struct macro_call *c, struct bw_cel_expr *init, struct bw_cel_expr *step,
                                   struct bw_cel_expr *cond)
{
        if (cond)
                step = call3(c, "_?_:_", cond, step, accu(c));
        return loop(c, init, constant(c, bw_value_bool(true)), step, accu(c));
}

static struct bw_cel_expr *expand_map(const struct macro_call *c)
{
        return collect(c, list_of(c, true, NULL), call2(c, "_+_", accu(c), list_of(c, false, body(c))), condition(c));
}

static struct bw_cel_expr *expand_filter(const struct macro_call *c)
{
        return collect(c, list_of(c, true, NULL), call2(c, "_+_", accu(c), list_of(c, false, c->args[0])), body(c));
}

static struct bw_cel_expr *expand_transform_map(const struct macro_call *c)
{
        struct bw_cel_expr *key = bw_cel_node_ident(c->p, c->offset, c->args[0]->ident);

        return collect(c, bw_cel_node(c->p, BW_CEL_EXPR_MAP, c->offset),
                       call3(c, "cel.@mapInsert", accu(c), key, body(c)), condition(c));
}

static struct bw_cel_expr *expand_transform_entry(const struct macro_call *c)
{
        return collect(c, bw_cel_node(c->p, BW_CEL_EXPR_MAP, c->offset), call2(c, "cel.@mapInsert", accu(c), body(c)),
                       condition(c));
}

static struct bw_cel_expr *expand_has(const struct macro_call *c)
{
        struct bw_cel_expr *e = c->args[0];

        if (e->kind != BW_CEL_EXPR_SELECT) {
                bw_cel_issue_add(
                        &c->p->issues, e->offset,
                        "invalid argument to has() macro: it must be a field selection, e.g. has(object.spec)");
                return constant(c, bw_value_null());
        }
        e->select.test = true;
        return e;
}

/* A loop over nothing whose accumulator is the variable. */
static struct bw_cel_expr *bind(const struct macro_call *c, struct bw_str name, struct bw_cel_expr *value,
                                struct bw_cel_expr *result)
{
        struct bw_cel_expr *e = bw_cel_node(c->p, BW_CEL_EXPR_COMPREHENSION, c->offset);
        struct bw_cel_expr *range = list_of(c, true, NULL);
        struct bw_cel_expr *cond = constant(c, bw_value_bool(false));
        struct bw_cel_expr *step = bw_cel_node_ident(c->p, c->offset, name);

        if (!e || !range || !cond || !step || !value || !result)
                return NULL;
        e->loop.iter_var = UNUSED;
        e->loop.range = range;
        e->loop.accu_var = name;
        e->loop.accu_init = value;
        e->loop.loop_cond = cond;
        e->loop.loop_step = step;
        e->loop.result = result;
        return e;
}

static struct bw_cel_expr *expand_bind(const struct macro_call *c)
{
        return bind(c, c->args[0]->ident, c->args[1], c->args[2]);
}

static struct bw_cel_expr *copy(struct parser *p, const struct bw_cel_expr *e);

static bool copy_all(struct parser *p, struct bw_cel_expr ***items, uint32_t n)
{
        struct bw_cel_expr **copies = bw_arena_array(p->arena, n, sizeof(*copies));

        if (!copies) {
                bw_cel_parse_nomem(p);
                return false;
        }
        for (uint32_t i = 0; i < n; i++) {
                copies[i] = copy(p, (*items)[i]);
                if (!copies[i])
                        return false;
        }
        *items = copies;
        return true;
}

static bool copy_entries(struct parser *p, struct bw_cel_ast_entry **entries, uint32_t n)
{
        struct bw_cel_ast_entry *copies = bw_arena_array(p->arena, n, sizeof(*copies));

        if (!copies) {
                bw_cel_parse_nomem(p);
                return false;
        }
        for (uint32_t i = 0; i < n; i++) {
                copies[i] = (*entries)[i];
                copies[i].id = ++p->n_ids;
                copies[i].value = copy(p, copies[i].value);
                if (copies[i].key)
                        copies[i].key = copy(p, copies[i].key);
        }
        *entries = copies;
        return !p->failed;
}

static bool copy_loop(struct parser *p, struct bw_cel_expr *e)
{
        struct bw_cel_expr **const parts[] = {
                &e->loop.range, &e->loop.accu_init, &e->loop.loop_cond, &e->loop.loop_step, &e->loop.result,
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(parts); i++)
                *parts[i] = copy(p, *parts[i]);
        return !p->failed;
}

/* The same expression with ids of its own. The limit of nodes bounds what nested macros can grow to. */
static struct bw_cel_expr *copy(struct parser *p, const struct bw_cel_expr *from)
{
        struct bw_cel_expr *e = p->failed ? NULL : bw_cel_node(p, from->kind, from->offset);
        uint32_t id;
        bool ok = true;

        if (!e)
                return NULL;
        id = e->id;
        *e = *from;
        e->id = id;
        switch (e->kind) {
        case BW_CEL_EXPR_CONST:
        case BW_CEL_EXPR_IDENT:
                break;
        case BW_CEL_EXPR_SELECT:
                e->select.operand = copy(p, e->select.operand);
                break;
        case BW_CEL_EXPR_CALL:
                if (e->call.target)
                        e->call.target = copy(p, e->call.target);
                ok = copy_all(p, &e->call.args, e->call.n_args);
                break;
        case BW_CEL_EXPR_LIST:
                ok = copy_all(p, &e->list.items, e->list.n);
                break;
        case BW_CEL_EXPR_MAP:
        case BW_CEL_EXPR_STRUCT:
                ok = copy_entries(p, &e->map.entries, e->map.n);
                break;
        case BW_CEL_EXPR_COMPREHENSION:
                ok = copy_loop(p, e);
                break;
        }
        return ok && !p->failed ? e : NULL;
}

/* target.hasValue() ? optional.of(cel.bind(x, target.value(), body)) : optional.none() */
static struct bw_cel_expr *expand_opt_map(const struct macro_call *c)
{
        struct bw_cel_expr *value = method(c, "value", copy(c->p, c->target));

        return call3(c, "_?_:_", method(c, "hasValue", c->target),
                     call1(c, "optional.of", bind(c, c->args[0]->ident, value, c->args[1])),
                     bw_cel_node_call_of(c->p, c->offset, BW_STR("optional.none"), 0, NULL));
}

static struct bw_cel_expr *expand_opt_flat_map(const struct macro_call *c)
{
        struct bw_cel_expr *value = method(c, "value", copy(c->p, c->target));

        return call3(c, "_?_:_", method(c, "hasValue", c->target), bind(c, c->args[0]->ident, value, c->args[1]),
                     bw_cel_node_call_of(c->p, c->offset, BW_STR("optional.none"), 0, NULL));
}

static bool may_be_number(const struct bw_cel_expr *e)
{
        switch (e->kind) {
        case BW_CEL_EXPR_CONST:
                return e->constant.type == BW_INT || e->constant.type == BW_UINT || e->constant.type == BW_DOUBLE;
        case BW_CEL_EXPR_LIST:
        case BW_CEL_EXPR_MAP:
        case BW_CEL_EXPR_STRUCT:
                return false;
        default:
                return true;
        }
}

static bool may_be_numbers(struct bw_cel_expr *const *e, uint32_t n)
{
        for (uint32_t i = 0; i < n; i++)
                if (!may_be_number(e[i]))
                        return false;
        return n > 0;
}

/* Of one number, of two, of the numbers of a list; of more than two numbers as of their list. */
static struct bw_cel_expr *extreme(const struct macro_call *c, const char *function)
{
        const struct bw_cel_expr *first = c->n_args ? c->args[0] : NULL;
        bool of_list = c->n_args == 1 && first->kind == BW_CEL_EXPR_LIST;
        struct bw_cel_expr *list;

        if (of_list ? !may_be_numbers(first->list.items, first->list.n) : !may_be_numbers(c->args, c->n_args)) {
                bw_cel_issue_add(&c->p->issues, first ? first->offset : c->offset,
                                 "math.%s() needs numbers, or one list of numbers", c->macro->name);
                return constant(c, bw_value_null());
        }
        if (c->n_args <= 2)
                return bw_cel_node_call_of(c->p, c->offset, bw_str(function), c->n_args, c->args);
        list = bw_cel_node(c->p, BW_CEL_EXPR_LIST, c->offset);
        if (!list)
                return NULL;
        list->list.items = c->args;
        list->list.n = c->n_args;
        return call1(c, function, list);
}

static struct bw_cel_expr *expand_greatest(const struct macro_call *c)
{
        return extreme(c, "math.@max");
}

static struct bw_cel_expr *expand_least(const struct macro_call *c)
{
        return extreme(c, "math.@min");
}

/* cel.bind(@input, target, @input.@sortByAssociatedKeys(@input.map(x, key))) */
static struct bw_cel_expr *expand_sort_by(const struct macro_call *c)
{
        const struct bw_str input = BW_STR("@__sortBy_input__");
        struct macro_call of_input = *c;
        struct bw_cel_expr **keys = bw_arena_alloc(c->p->arena, sizeof(*keys));

        of_input.target = bw_cel_node_ident(c->p, c->offset, input);
        if (!keys) {
                bw_cel_parse_nomem(c->p);
                return NULL;
        }
        keys[0] = expand_map(&of_input);
        if (!keys[0] || !of_input.target)
                return NULL;
        return bind(c, input, c->target,
                    bw_cel_node_call(c->p, c->offset, BW_STR("@sortByAssociatedKeys"),
                                     bw_cel_node_ident(c->p, c->offset, input), 1, keys));
}

static const struct macro macros[] = {
        {"has", 1, false, 0, BW_CEL_MACRO_NONE, expand_has, NULL, 0},
        {"all", 2, true, 1, BW_CEL_MACRO_ALL, expand_all, NULL, 0},
        {"all", 3, true, 2, BW_CEL_MACRO_ALL, expand_all, NULL, 0},
        {"exists", 2, true, 1, BW_CEL_MACRO_EXISTS, expand_exists, NULL, 0},
        {"exists", 3, true, 2, BW_CEL_MACRO_EXISTS, expand_exists, NULL, 0},
        {"exists_one", 2, true, 1, BW_CEL_MACRO_EXISTS_ONE, expand_exists_one, NULL, 0},
        {"exists_one", 3, true, 2, BW_CEL_MACRO_EXISTS_ONE, expand_exists_one, NULL, 0},
        {"existsOne", 2, true, 1, BW_CEL_MACRO_EXISTS_ONE, expand_exists_one, NULL, 0},
        {"existsOne", 3, true, 2, BW_CEL_MACRO_EXISTS_ONE, expand_exists_one, NULL, 0},
        {"map", 2, true, 1, BW_CEL_MACRO_MAP, expand_map, NULL, 0},
        {"map", 3, true, 1, BW_CEL_MACRO_MAP, expand_map, NULL, 0},
        {"filter", 2, true, 1, BW_CEL_MACRO_FILTER, expand_filter, NULL, 0},
        {"transformList", 3, true, 2, BW_CEL_MACRO_TRANSFORM_LIST, expand_map, NULL, 0},
        {"transformList", 4, true, 2, BW_CEL_MACRO_TRANSFORM_LIST, expand_map, NULL, 0},
        {"transformMap", 3, true, 2, BW_CEL_MACRO_TRANSFORM_MAP, expand_transform_map, NULL, 0},
        {"transformMap", 4, true, 2, BW_CEL_MACRO_TRANSFORM_MAP, expand_transform_map, NULL, 0},
        {"transformMapEntry", 3, true, 2, BW_CEL_MACRO_TRANSFORM_MAP_ENTRY, expand_transform_entry, NULL, 0},
        {"transformMapEntry", 4, true, 2, BW_CEL_MACRO_TRANSFORM_MAP_ENTRY, expand_transform_entry, NULL, 0},
        {"bind", 3, true, 1, BW_CEL_MACRO_NONE, expand_bind, "cel", BW_CEL_LIB_EXTRA},
        {"optMap", 2, true, 1, BW_CEL_MACRO_NONE, expand_opt_map, NULL, 0},
        {"optFlatMap", 2, true, 1, BW_CEL_MACRO_NONE, expand_opt_flat_map, NULL, 0},
        {"greatest", ANY_NUMBER, true, 0, BW_CEL_MACRO_NONE, expand_greatest, "math", BW_CEL_LIB_EXTRA},
        {"least", ANY_NUMBER, true, 0, BW_CEL_MACRO_NONE, expand_least, "math", BW_CEL_LIB_EXTRA},
        {"sortBy", 2, true, 1, BW_CEL_MACRO_MAP, expand_sort_by, NULL, BW_CEL_LIB_EXTRA},
};

/* The arguments that name variables: simple names, different ones, none that hides the accumulator. */
static bool check_variables(const struct macro_call *c)
{
        struct bw_cel_expr **vars = c->args;

        for (uint8_t i = 0; i < c->macro->n_vars; i++) {
                bool simple = vars[i]->kind == BW_CEL_EXPR_IDENT && vars[i]->ident.p[0] != '.';

                if (simple && !bw_str_eq(vars[i]->ident, OLD_ACCU))
                        continue;
                bw_cel_issue_add(&c->p->issues, vars[i]->offset,
                                 simple ? "iteration variable overwrites accumulator variable"
                                        : "argument must be a simple name: the variable of %s()",
                                 c->macro->name);
                return false;
        }
        if (c->macro->n_vars == 2 && bw_str_eq(vars[0]->ident, vars[1]->ident)) {
                bw_cel_issue_add(&c->p->issues, vars[1]->offset, "duplicate variable name: %.*s",
                                 BW_STR_ARG(vars[1]->ident));
                return false;
        }
        return true;
}

static const struct macro *find(unsigned libraries, struct bw_str function, const struct bw_cel_expr *target,
                                uint32_t n_args)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(macros); i++) {
                const struct macro *m = &macros[i];

                if ((m->n_args != n_args && m->n_args != ANY_NUMBER) || m->member != (target != NULL) ||
                    !bw_str_is(function, m->name) || (m->library && !(m->library & libraries)))
                        continue;
                if (m->namespace && (target->kind != BW_CEL_EXPR_IDENT || !bw_str_is(target->ident, m->namespace)))
                        continue;
                return m;
        }
        return NULL;
}

bool bw_cel_macro_expand(struct parser *p, uint32_t offset, struct bw_str function, struct bw_cel_expr *target,
                         struct bw_cel_expr **args, uint32_t n_args, struct bw_cel_expr **ret)
{
        struct macro_call c = {
                .p = p,
                .macro = find(p->libraries, function, target, n_args),
                .offset = offset,
                .target = target,
                .args = args,
                .n_args = n_args,
        };

        if (!c.macro)
                return false;
        *ret = check_variables(&c) ? c.macro->expand(&c) : constant(&c, bw_value_null());
        return true;
}
