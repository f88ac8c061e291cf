/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calico's selector language: a == "x", a != 'x', a in {"x"}, a not in {}, a contains/starts with/ends with "x", has(a), all(),
 * global(), !, &&, ||, parentheses. Source: libcalico-go lib/selector/tokenizer, lib/selector/parser.
 */
#include "analyze/netpol_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

enum { LONGEST_LABEL = 512 };

struct parser {
        struct net_builder *b;
        struct bw_str rest;
        size_t total;                   /* bytes of the whole text */
        enum net_scope scope;           /* what plain labels are of */
        unsigned depth;
        struct bw_error *err;
};

static const struct net_expr *parse_or(struct parser *p);

/* NULL is what all of these give for a text that is wrong. */
static const struct net_expr *wrong(struct parser *p, const char *what)
{
        (void)bw_error_set(p->err, -EINVAL, "%s at character %zu of the selector", what, p->total - p->rest.n + 1);
        return NULL;
}

static void skip_blanks(struct parser *p)
{
        while (p->rest.n && (p->rest.p[0] == ' ' || p->rest.p[0] == '\t'))
                p->rest = bw_str_rest(p->rest, 1);
}

static bool skip(struct parser *p, const char *text)
{
        skip_blanks(p);
        if (!bw_str_starts(p->rest, bw_str(text)))
                return false;
        p->rest = bw_str_rest(p->rest, strlen(text));
        return true;
}

static bool is_label_char(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '/' || c == '-';
}

/* Words, with blanks or none between them, and then no letter. */
static bool skip_words(struct parser *p, const char *first, const char *second)
{
        struct bw_str before = p->rest;

        if (skip(p, first) && (!second || skip(p, second))) {
                if (second)
                        skip_blanks(p);
                if (p->rest.n == 0 || !is_label_char(p->rest.p[0]))
                        return true;
        }
        p->rest = before;
        return false;
}

static struct bw_str take_label(struct parser *p)
{
        struct bw_str label;
        size_t n = 0;

        skip_blanks(p);
        while (n < p->rest.n && is_label_char(p->rest.p[n]))
                n++;
        label = bw_str_n(p->rest.p, n);
        p->rest = bw_str_rest(p->rest, n);
        return n <= LONGEST_LABEL ? label : (struct bw_str){0};
}

static bool take_text(struct parser *p, struct bw_value *ret)
{
        const char *end;
        size_t n;

        skip_blanks(p);
        if (p->rest.n < 2 || (p->rest.p[0] != '"' && p->rest.p[0] != '\''))
                return false;
        end = memchr(p->rest.p + 1, p->rest.p[0], p->rest.n - 1);
        if (!end)
                return false;
        n = (size_t)(end - p->rest.p);
        *ret = bw_value_str(bw_str_n(p->rest.p + 1, n - 1));
        p->rest = bw_str_rest(p->rest, n + 1);
        return true;
}

/* ---- what a label is of */

static bool cut_prefix(struct bw_str *s, const char *prefix)
{
        if (!bw_str_starts(*s, bw_str(prefix)))
                return false;
        *s = bw_str_rest(*s, strlen(prefix));
        return true;
}

/* Calico sets labels of its own on every pod, and gives it those of its namespace and service account with a prefix. */
static const struct net_expr *label_test(struct parser *p, enum net_op op, struct bw_str label, const struct bw_value *values, uint32_t n)
{
        enum net_scope scope = p->scope;

        if (scope == SCOPE_POD && bw_str_is(label, "projectcalico.org/orchestrator")) {
                struct bw_value k8s = bw_value_str(BW_STR("k8s"));
                bool holds = op == EXPR_HAS;

                for (uint32_t i = 0; i < n; i++)
                        holds |= bw_value_eq(values[i], k8s);
                /* Only pods have it. */
                return holds ? net_label(p->b, EXPR_HAS, SCOPE_ACCOUNT, BW_STR("projectcalico.org/name"), NULL, 0)
                             : net_not(p->b, net_true(p->b));
        }
        if (scope == SCOPE_POD && bw_str_is(label, "projectcalico.org/namespace")) {
                scope = SCOPE_NAMESPACE;
                label = BW_STR("kubernetes.io/metadata.name");
        } else if (scope == SCOPE_POD && bw_str_is(label, "projectcalico.org/serviceaccount")) {
                scope = SCOPE_ACCOUNT;
                label = BW_STR("projectcalico.org/name");
        } else if (scope == SCOPE_POD && cut_prefix(&label, "pcns.")) {
                scope = SCOPE_NAMESPACE;
        } else if (scope == SCOPE_POD && cut_prefix(&label, "pcsa.")) {
                scope = SCOPE_ACCOUNT;
        }
        return net_label(p->b, op, scope, label, values, n);
}

/* all() of a selector of namespaces: whatever is in one; global(): what is in none. */
static const struct net_expr *everything(struct parser *p)
{
        if (p->scope == SCOPE_NAMESPACE)
                return net_label(p->b, EXPR_HAS, SCOPE_NAMESPACE, BW_STR("kubernetes.io/metadata.name"), NULL, 0);
        if (p->scope == SCOPE_ACCOUNT)
                return net_label(p->b, EXPR_HAS, SCOPE_ACCOUNT, BW_STR("projectcalico.org/name"), NULL, 0);
        return net_true(p->b);
}

/* ---- the grammar */

static const struct net_expr *parse_set(struct parser *p, struct bw_str label)
{
        struct bw_value *values = NULL;
        size_t cap = 0;
        uint32_t n = 0;
        struct bw_value value;

        if (!skip(p, "{"))
                return wrong(p, "'{' is expected");
        while (take_text(p, &value)) {
                if (bw_arena_grow(p->b->scratch, &values, &cap, n, sizeof(*values)) < 0) {
                        net_fail(p->b, -ENOMEM);
                        return wrong(p, "no memory");
                }
                values[n++] = value;
                if (!skip(p, ","))
                        break;
        }
        if (!skip(p, "}"))
                return wrong(p, "'}' is expected");
        return label_test(p, EXPR_IN, label, values, n);
}

static const struct net_expr *parse_value(struct parser *p, enum net_op op, struct bw_str label)
{
        struct bw_value value;

        if (!take_text(p, &value))
                return wrong(p, "a text in quotes is expected");
        return label_test(p, op, label, &value, 1);
}

static const struct net_expr *negate(struct parser *p, const struct net_expr *e)
{
        return e ? net_not(p->b, e) : NULL;
}

static const struct net_expr *parse_test(struct parser *p)
{
        struct bw_str label = take_label(p);

        if (label.n == 0)
                return wrong(p, "a label is expected");
        if (skip(p, "=="))
                return parse_value(p, EXPR_IN, label);
        if (skip(p, "!="))
                return negate(p, parse_value(p, EXPR_IN, label));
        if (skip_words(p, "contains", NULL))
                return parse_value(p, EXPR_CONTAINS, label);
        if (skip_words(p, "starts", "with"))
                return parse_value(p, EXPR_STARTS, label);
        if (skip_words(p, "ends", "with"))
                return parse_value(p, EXPR_ENDS, label);
        if (skip_words(p, "not", "in"))
                return negate(p, parse_set(p, label));
        if (skip_words(p, "in", NULL))
                return parse_set(p, label);
        return wrong(p, "an operator is expected");
}

static const struct net_expr *parse_has(struct parser *p)
{
        struct bw_str label = take_label(p);

        if (label.n == 0)
                return wrong(p, "a label is expected");
        if (!skip(p, ")"))
                return wrong(p, "')' is expected");
        return label_test(p, EXPR_HAS, label, NULL, 0);
}

static const struct net_expr *parse_operation(struct parser *p)
{
        const struct net_expr *e;
        bool no = false;

        while (skip(p, "!"))
                no = !no;
        if (skip(p, "(")) {
                if (++p->depth > BW_LIMIT_CALICO_DEPTH)
                        return wrong(p, "too many parentheses");
                e = parse_or(p);
                p->depth--;
                if (e && !skip(p, ")"))
                        return wrong(p, "')' is expected");
        } else if (skip(p, "has(")) {
                e = parse_has(p);
        } else if (skip(p, "all(")) {
                e = skip(p, ")") ? everything(p) : wrong(p, "')' is expected");
        } else if (skip(p, "global(")) {
                e = !skip(p, ")") ? wrong(p, "')' is expected") : p->scope == SCOPE_NAMESPACE ? net_not(p->b, everything(p)) : net_true(p->b);
        } else {
                e = parse_test(p);
        }
        return no ? negate(p, e) : e;
}

typedef const struct net_expr *(*part_fn)(struct parser *p);

/* Parts with an operator between them. */
static const struct net_expr *parse_parts(struct parser *p, part_fn part, const char *between,
                                          const struct net_expr *(*join)(struct net_builder *b, const struct net_expr *const *parts, uint32_t n))
{
        const struct net_expr **parts = NULL;
        size_t cap = 0;
        uint32_t n = 0;

        do {
                const struct net_expr *e = part(p);

                if (!e)
                        return NULL;
                if (bw_arena_grow(p->b->scratch, &parts, &cap, n, sizeof(parts[0])) < 0) {
                        net_fail(p->b, -ENOMEM);
                        return wrong(p, "no memory");
                }
                parts[n++] = e;
        } while (skip(p, between));
        return join(p->b, parts, n);
}

static const struct net_expr *parse_and(struct parser *p)
{
        return parse_parts(p, parse_operation, "&&", net_and);
}

static const struct net_expr *parse_or(struct parser *p)
{
        return parse_parts(p, parse_and, "||", net_or);
}

const struct net_expr *net_calico_selector(struct net_builder *b, struct bw_str text, enum net_scope scope, struct bw_error *reterr)
{
        struct parser p = {.b = b, .rest = text, .total = text.n, .scope = scope, .err = reterr};
        const struct net_expr *e;

        if (text.n > BW_LIMIT_CALICO_BYTES)
                return wrong(&p, "a selector that is too long ends");
        skip_blanks(&p);
        if (p.rest.n == 0)
                return net_true(b);
        e = parse_or(&p);
        skip_blanks(&p);
        return e && p.rest.n ? wrong(&p, "something that is not understood stands") : e;
}
