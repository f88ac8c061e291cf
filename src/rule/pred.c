/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/pred_internal.h"

#include "base/arena.h"
#include "cel/lib/repeated.h"

enum kind {
        AND,
        OR,
        NOT,
        CONSTANT,    /* true or false */
        EQUAL,       /* term == constant */
        SAME,        /* term == other term */
        IN_LIST,     /* term in [constants] */
        HOLDS_ITEM,  /* constant in term */
        HAS,         /* has(term.field) */
        CONTAINS,    /* term.contains(constant) … */
        STARTS_WITH,
        ENDS_WITH,
        LAST_AFTER,  /* term.lastIndexOf(constant) > term.lastIndexOf(constant2) */
        IS_TYPE,     /* type(term) == type */
        IS_UNIQUE,   /* repeated(term, constant) == [] */
        OTHER,       /* what only CEL can answer, beside something that may decide */
};

/* The value, or a field of it: fields are followed from the first. */
struct term {
        uint32_t n;
        struct bw_value fields[4];
};

struct pred {
        enum kind kind;
        struct term term;
        struct term other;
        struct bw_value constant;   /* or the field of HAS */
        struct bw_value constant2;
        const struct bw_value *list;
        uint32_t n_list;
        uint8_t type;               /* of IS_TYPE: enum bw_type */
        struct pred *left;
        struct pred *right;
};

/* ---- making */

struct maker {
        struct bw_arena *arena;
        struct bw_str variable;     /* value or each, whichever came first */
        int status;
};

static struct pred *make(struct maker *m, const struct bw_cel_expr *e);

static struct pred *new_pred(struct maker *m, enum kind kind)
{
        struct pred *p = bw_arena_zalloc(m->arena, sizeof(*p));

        if (p)
                p->kind = kind;
        else
                m->status = -ENOMEM;
        return p;
}

static bool is_constant(const struct bw_cel_expr *e)
{
        return e->kind == BW_CEL_EXPR_CONST;
}

static bool is_text(const struct bw_cel_expr *e)
{
        return is_constant(e) && e->constant.type == BW_STRING;
}

/* A text literal may lack the hash that makes it comparable as a key. */
static struct bw_value constant_of(const struct bw_cel_expr *e)
{
        return e->constant.type == BW_STRING ? bw_value_str(bw_value_text(e->constant)) : e->constant;
}

static bool make_term(struct maker *m, const struct bw_cel_expr *e, struct term *ret)
{
        const struct bw_cel_expr *at = e;

        for (ret->n = 0; at->kind == BW_CEL_EXPR_SELECT && !at->select.test; at = at->select.operand)
                if (ret->n++ == BW_ARRAY_SIZE(ret->fields))
                        return false;
        if (at->kind != BW_CEL_EXPR_IDENT || (!bw_str_is(at->ident, "value") && !bw_str_is(at->ident, "each")))
                return false;
        if (m->variable.n && !bw_str_eq(m->variable, at->ident))
                return false;
        m->variable = at->ident;
        for (uint32_t i = ret->n; i-- > 0; e = e->select.operand)
                ret->fields[i] = bw_value_str(e->select.field);
        return true;
}

static struct pred *make_pair(struct maker *m, enum kind kind, const struct bw_cel_expr *e)
{
        struct pred *p = new_pred(m, kind);

        if (!p)
                return NULL;
        p->left = make(m, e->call.args[0]);
        if (kind == NOT)
                return p->left ? p : NULL;
        p->right = make(m, e->call.args[1]);
        if (!p->left && !p->right)
                return NULL;
        if (!p->left)
                p->left = new_pred(m, OTHER);
        if (!p->right)
                p->right = new_pred(m, OTHER);
        return p->left && p->right ? p : NULL;
}

static bool is_call(const struct bw_cel_expr *e, const char *function, uint32_t n_args)
{
        return e->kind == BW_CEL_EXPR_CALL && bw_str_is(e->call.function, function) && !e->call.target &&
               e->call.n_args == n_args;
}

static struct pred *make_unique(struct maker *m, struct bw_cel_expr *const *args, const struct bw_cel_expr *list)
{
        struct pred *p = new_pred(m, IS_UNIQUE);

        if (!p || !is_text(args[1]) || list->kind != BW_CEL_EXPR_LIST || list->list.n > 0 ||
            !make_term(m, args[0], &p->term))
                return NULL;
        p->constant = constant_of(args[1]);
        return p;
}

static struct pred *make_type(struct maker *m, const struct bw_cel_expr *of, const struct bw_cel_expr *type)
{
        static const struct {
                const char *name;
                uint8_t type;
        } types[] = {{"string", BW_STRING}, {"int", BW_INT}, {"bool", BW_BOOL}, {"list", BW_LIST}, {"map", BW_MAP}};
        struct pred *p = new_pred(m, IS_TYPE);

        if (!p || type->kind != BW_CEL_EXPR_IDENT || !make_term(m, of, &p->term))
                return NULL;
        for (size_t i = 0; i < BW_ARRAY_SIZE(types); i++) {
                if (bw_str_is(type->ident, types[i].name)) {
                        p->type = types[i].type;
                        return p;
                }
        }
        return NULL;
}

static struct pred *make_equal(struct maker *m, const struct bw_cel_expr *e)
{
        const struct bw_cel_expr *term = e->call.args[0];
        const struct bw_cel_expr *constant = e->call.args[1];
        struct pred *p = new_pred(m, is_constant(constant) ? EQUAL : SAME);

        if (is_call(term, "repeated", 2))
                return make_unique(m, term->call.args, constant);
        if (is_call(term, "type", 1))
                return make_type(m, term->call.args[0], constant);
        if (!p || !make_term(m, term, &p->term))
                return NULL;
        if (p->kind == SAME)
                return make_term(m, constant, &p->other) ? p : NULL;
        p->constant = constant_of(constant);
        return p;
}

static struct pred *make_not(struct maker *m, struct pred *of)
{
        struct pred *p = of ? new_pred(m, NOT) : NULL;

        if (p)
                p->left = of;
        return p;
}

static struct pred *make_in(struct maker *m, const struct bw_cel_expr *e)
{
        const struct bw_cel_expr *left = e->call.args[0];
        const struct bw_cel_expr *right = e->call.args[1];
        struct pred *p = new_pred(m, is_constant(left) ? HOLDS_ITEM : IN_LIST);
        struct bw_value *list;

        if (!p)
                return NULL;
        if (is_constant(left)) {
                p->constant = constant_of(left);
                return is_text(left) && make_term(m, right, &p->term) ? p : NULL;
        }
        if (right->kind != BW_CEL_EXPR_LIST || !make_term(m, left, &p->term))
                return NULL;
        list = bw_arena_array(m->arena, right->list.n + 1u, sizeof(*list));
        if (!list) {
                m->status = -ENOMEM;
                return NULL;
        }
        for (uint32_t i = 0; i < right->list.n; i++) {
                if (!is_constant(right->list.items[i]) || right->list.optional)
                        return NULL;
                list[i] = constant_of(right->list.items[i]);
        }
        p->list = list;
        p->n_list = right->list.n;
        return p;
}

static struct pred *make_text_test(struct maker *m, const struct bw_cel_expr *e, enum kind kind)
{
        struct pred *p = new_pred(m, kind);

        if (!p || e->call.n_args != 1 || !is_text(e->call.args[0]) || !make_term(m, e->call.target, &p->term))
                return NULL;
        p->constant = constant_of(e->call.args[0]);
        return p;
}

static bool is_last_index(const struct bw_cel_expr *e)
{
        return e->kind == BW_CEL_EXPR_CALL && bw_str_is(e->call.function, "lastIndexOf") && e->call.target &&
               e->call.n_args == 1 && is_text(e->call.args[0]) && e->call.args[0]->constant.n > 0;
}

/* Positions count code points, but which of two comes later is the same in bytes. */
static struct pred *make_greater(struct maker *m, const struct bw_cel_expr *e)
{
        const struct bw_cel_expr *left = e->call.args[0];
        const struct bw_cel_expr *right = e->call.args[1];
        struct pred *p = new_pred(m, LAST_AFTER);
        struct term other;

        if (!p || !is_last_index(left) || !is_last_index(right) || !make_term(m, left->call.target, &p->term) ||
            !make_term(m, right->call.target, &other) || p->term.n || other.n)
                return NULL;
        p->constant = constant_of(left->call.args[0]);
        p->constant2 = constant_of(right->call.args[0]);
        return p;
}

static struct pred *make_has(struct maker *m, const struct bw_cel_expr *e)
{
        struct pred *p = new_pred(m, HAS);

        if (!p || !make_term(m, e->select.operand, &p->term))
                return NULL;
        p->constant = bw_value_str(e->select.field);
        return p;
}

static struct pred *make_call(struct maker *m, const struct bw_cel_expr *e)
{
        static const struct {
                const char *function;
                enum kind kind;
        } pairs[] = {{"_&&_", AND}, {"_||_", OR}, {"!_", NOT}},
          texts[] = {{"contains", CONTAINS}, {"startsWith", STARTS_WITH}, {"endsWith", ENDS_WITH}};

        for (size_t i = 0; i < BW_ARRAY_SIZE(pairs); i++)
                if (bw_str_is(e->call.function, pairs[i].function))
                        return make_pair(m, pairs[i].kind, e);
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++)
                if (e->call.target && bw_str_is(e->call.function, texts[i].function))
                        return make_text_test(m, e, texts[i].kind);
        if (bw_str_is(e->call.function, "_==_"))
                return make_equal(m, e);
        if (bw_str_is(e->call.function, "_!=_"))
                return make_not(m, make_equal(m, e));
        if (bw_str_is(e->call.function, "@in"))
                return make_in(m, e);
        return bw_str_is(e->call.function, "_>_") ? make_greater(m, e) : NULL;
}

/* Recursion is as deep as the parser lets an expression be: BW_LIMIT_CEL_DEPTH. */
static struct pred *make(struct maker *m, const struct bw_cel_expr *e)
{
        if (e->kind == BW_CEL_EXPR_CALL)
                return make_call(m, e);
        if (e->kind == BW_CEL_EXPR_SELECT && e->select.test)
                return make_has(m, e);
        if (is_constant(e) && e->constant.type == BW_BOOL) {
                struct pred *p = new_pred(m, CONSTANT);

                if (p)
                        p->constant = e->constant;
                return p;
        }
        return NULL;
}

int pred_new(struct bw_arena *arena, const struct bw_cel_ast *ast, struct pred **ret)
{
        struct maker m = {.arena = arena};

        *ret = make(&m, ast->root);
        return m.status;
}

/* ---- asking */

static enum pred_answer answer(bool yes)
{
        return yes ? PRED_YES : PRED_NO;
}

/* A null entry is no entry. */
static struct bw_value field(struct bw_value map, struct bw_value key)
{
        const struct bw_entry *e = bw_map_find(map, key);

        return e && e->value.type != BW_NULL ? e->value : (struct bw_value){0};
}

static bool equal(struct bw_value a, struct bw_value b)
{
        if (a.type == BW_STRING && b.type == BW_STRING)
                return a.head == b.head && memcmp(a.s, b.s, a.n) == 0;
        return bw_value_eq(a, b);
}

static enum pred_answer in_list(const struct pred *p, struct bw_value v)
{
        for (uint32_t i = 0; i < p->n_list; i++)
                if (equal(v, p->list[i]))
                        return PRED_YES;
        return PRED_NO;
}

static enum pred_answer holds_item(const struct pred *p, struct bw_value v)
{
        if (v.type == BW_MAP)
                return answer(field(v, p->constant).type != BW_ABSENT);
        if (v.type != BW_LIST)
                return PRED_UNKNOWN;
        for (uint32_t i = 0; i < v.n; i++)
                if (equal(v.list->items[i], p->constant))
                        return PRED_YES;
        return PRED_NO;
}

/* Where needle begins last; -1 when it is not there. */
static int64_t last_index(struct bw_str s, struct bw_str needle)
{
        for (size_t i = s.n < needle.n ? 0 : s.n - needle.n + 1; i-- > 0;)
                if (memcmp(s.p + i, needle.p, needle.n) == 0)
                        return (int64_t)i;
        return -1;
}

static enum pred_answer test_text(const struct pred *p, struct bw_value v)
{
        struct bw_str s = bw_value_text(v);
        struct bw_str constant = bw_value_text(p->constant);

        /* lastIndexOf() of an empty text is an error. */
        if (v.type != BW_STRING || (p->kind == LAST_AFTER && s.n == 0))
                return PRED_UNKNOWN;
        switch (p->kind) {
        case CONTAINS:
                return answer(bw_str_find(s, constant) != SIZE_MAX);
        case STARTS_WITH:
                return answer(bw_str_starts(s, constant));
        case ENDS_WITH:
                return answer(bw_str_ends(s, constant));
        default:
                return answer(last_index(s, constant) > last_index(s, bw_value_text(p->constant2)));
        }
}

/* ABSENT when a field on the way is not there. */
static struct bw_value follow(const struct term *term, struct bw_value v)
{
        for (uint32_t i = 0; i < term->n && v.type != BW_ABSENT; i++)
                v = field(v, term->fields[i]);
        return v;
}

/* Recursion is as deep as documents may be: BW_LIMIT_DOC_DEPTH. */
static bool holds_null(struct bw_value v)
{
        for (uint32_t i = 0; v.type == BW_LIST && i < v.n; i++)
                if (holds_null(v.list->items[i]))
                        return true;
        for (uint32_t i = 0; v.type == BW_MAP && i < v.n; i++)
                if (holds_null(v.map->entries[i].value))
                        return true;
        return v.type == BW_NULL;
}

/* Null entries are no entries: then maps that differ here may be equal to CEL. */
static enum pred_answer same(struct bw_value a, struct bw_value b)
{
        if (b.type == BW_ABSENT)
                return PRED_UNKNOWN;
        if (equal(a, b))
                return PRED_YES;
        return holds_null(a) || holds_null(b) ? PRED_UNKNOWN : PRED_NO;
}

static enum pred_answer ask_term(const struct pred *p, struct bw_value value)
{
        struct bw_value v = follow(&p->term, value);

        if (v.type == BW_ABSENT)
                return PRED_UNKNOWN;
        switch (p->kind) {
        case SAME:
                return same(v, follow(&p->other, value));
        case IS_TYPE:
                return answer(v.type == p->type);
        case IS_UNIQUE:
                return bw_list_is_unique(v, p->constant) ? PRED_YES : PRED_UNKNOWN;
        case EQUAL:
                return answer(equal(v, p->constant));
        case IN_LIST:
                return in_list(p, v);
        case HOLDS_ITEM:
                return holds_item(p, v);
        case HAS:
                return v.type == BW_MAP ? answer(field(v, p->constant).type != BW_ABSENT) : PRED_UNKNOWN;
        default:
                return test_text(p, v);
        }
}

enum pred_answer pred_ask(const struct pred *p, struct bw_value value)
{
        enum pred_answer left;
        enum pred_answer right;
        enum pred_answer decides = p->kind == OR ? PRED_YES : PRED_NO;

        switch (p->kind) {
        case CONSTANT:
                return answer(p->constant.b);
        case OTHER:
                return PRED_UNKNOWN;
        case NOT:
                left = pred_ask(p->left, value);
                return left == PRED_UNKNOWN ? left : answer(left == PRED_NO);
        case AND:
        case OR:
                left = pred_ask(p->left, value);
                if (left == decides)
                        return left;
                right = pred_ask(p->right, value);
                return right == decides || left != PRED_UNKNOWN ? right : PRED_UNKNOWN;
        default:
                return ask_term(p, value);
        }
}
