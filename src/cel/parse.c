/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/parse_internal.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "cel/env_internal.h"

/* The rules are mutually recursive; BW_LIMIT_CEL_DEPTH bounds them. NULL means p->failed is set. */
static struct bw_cel_expr *parse_expr(struct parser *p);

/* Words that grammars to come may use: no variable, no function. */
static const char *const reserved[] = {
        "as",  "break", "const",     "continue", "else",   "for", "function", "if",    "import",
        "let", "loop",  "namespace", "package",  "return", "var", "void",     "while",
};

static const struct {
        enum token_kind token;
        uint8_t level; /* of calc: 2 binds tighter than 1; 0 = a relation */
        const char *function;
} binary_operators[] = {
        {TOKEN_STAR, 2, "_*_"},  {TOKEN_SLASH, 2, "_/_"}, {TOKEN_PERCENT, 2, "_%_"}, {TOKEN_PLUS, 1, "_+_"},
        {TOKEN_MINUS, 1, "_-_"}, {TOKEN_LT, 0, "_<_"},    {TOKEN_LE, 0, "_<=_"},     {TOKEN_GE, 0, "_>=_"},
        {TOKEN_GT, 0, "_>_"},    {TOKEN_EQ, 0, "_==_"},   {TOKEN_NE, 0, "_!=_"},     {TOKEN_IN, 0, "@in"},
};

static void fail(struct parser *p, int code)
{
        if (!p->failed)
                p->failed = code;
}

void bw_cel_parse_nomem(struct parser *p)
{
        fail(p, bw_arena_error(p->arena, NULL));
}

static struct bw_cel_expr *too_deep(struct parser *p)
{
        bw_cel_issue_add(&p->issues, p->token.offset, "expression recursion limit exceeded: %d", BW_LIMIT_CEL_DEPTH);
        fail(p, -E2BIG);
        return NULL;
}

static void advance(struct parser *p)
{
        p->token = bw_cel_scan(&p->scanner);
}

static struct bw_cel_expr *unexpected(struct parser *p, const char *wanted)
{
        struct token t = p->token;
        struct bw_str text = bw_cel_token_text(&p->scanner, t);

        text.n = bw_utf8_offset(text, 40);
        if (t.kind == TOKEN_BAD && t.why)
                bw_cel_issue_add(&p->issues, t.offset, "Syntax error: %s", t.why);
        else if (t.kind == TOKEN_BAD)
                bw_cel_issue_add(&p->issues, t.offset, "Syntax error: unknown character '%.*s'", BW_STR_ARG(text));
        else if (t.kind == TOKEN_END)
                bw_cel_issue_add(&p->issues, t.offset, "Syntax error: unexpected end of expression, expected %s",
                                 wanted);
        else
                bw_cel_issue_add(&p->issues, t.offset, "Syntax error: unexpected '%.*s', expected %s", BW_STR_ARG(text),
                                 wanted);
        fail(p, -EINVAL);
        return NULL;
}

static bool accept(struct parser *p, enum token_kind kind)
{
        if (p->token.kind != kind)
                return false;
        advance(p);
        return true;
}

static bool expect(struct parser *p, enum token_kind kind)
{
        if (accept(p, kind))
                return true;
        (void)unexpected(p, bw_cel_token_name(kind));
        return false;
}

struct bw_cel_expr *bw_cel_node(struct parser *p, enum bw_cel_expr_kind kind, uint32_t offset)
{
        struct bw_cel_expr *e;

        if (p->failed)
                return NULL;
        if (p->n_ids >= BW_LIMIT_CEL_NODES) {
                bw_cel_issue_add(&p->issues, offset, "expression has more than %d nodes", BW_LIMIT_CEL_NODES);
                fail(p, -E2BIG);
                return NULL;
        }
        e = bw_arena_zalloc(p->arena, sizeof(*e));
        if (!e) {
                bw_cel_parse_nomem(p);
                return NULL;
        }
        e->kind = kind;
        e->id = ++p->n_ids;
        e->offset = offset;
        return e;
}

struct bw_cel_expr *bw_cel_node_const(struct parser *p, uint32_t offset, struct bw_value constant)
{
        struct bw_cel_expr *e = bw_cel_node(p, BW_CEL_EXPR_CONST, offset);

        if (e)
                e->constant = constant;
        return e;
}

struct bw_cel_expr *bw_cel_node_ident(struct parser *p, uint32_t offset, struct bw_str name)
{
        struct bw_cel_expr *e = bw_cel_node(p, BW_CEL_EXPR_IDENT, offset);

        if (e)
                e->ident = name;
        return e;
}

struct bw_cel_expr *bw_cel_node_call(struct parser *p, uint32_t offset, struct bw_str function,
                                     struct bw_cel_expr *target, uint32_t n_args, struct bw_cel_expr **args)
{
        struct bw_cel_expr *e = bw_cel_node(p, BW_CEL_EXPR_CALL, offset);

        if (!e)
                return NULL;
        e->call.function = function;
        e->call.target = target;
        e->call.args = args;
        e->call.n_args = n_args;
        e->height = target ? target->height : 0;
        for (uint32_t i = 0; i < n_args; i++)
                e->height = BW_MAX(e->height, args[i]->height);
        return e;
}

struct bw_cel_expr *bw_cel_node_call_of(struct parser *p, uint32_t offset, struct bw_str function, uint32_t n,
                                        struct bw_cel_expr *const *args)
{
        struct bw_cel_expr **copy;

        copy = bw_arena_array(p->arena, n, sizeof(*copy));
        if (!copy) {
                bw_cel_parse_nomem(p);
                return NULL;
        }
        for (uint32_t i = 0; i < n; i++) {
                copy[i] = args[i];
                if (!copy[i])
                        return NULL;
        }
        return bw_cel_node_call(p, offset, function, NULL, n, copy);
}

/* An operator, select, index or member call counts one level of height. */
static struct bw_cel_expr *raise(struct parser *p, struct bw_cel_expr *e)
{
        if (e && ++e->height > BW_LIMIT_CEL_DEPTH)
                return too_deep(p);
        return e;
}

static bool push(struct parser *p, struct bw_cel_ast_entry entry)
{
        int r;

        if (!entry.value)
                return false;
        r = bw_grow(&p->stack, &p->cap_stack, p->n_stack + 1, sizeof(*p->stack));
        if (r < 0) {
                fail(p, r);
                return false;
        }
        p->stack[p->n_stack++] = entry;
        return true;
}

/* The values of all entries from base on, which leave the stack. */
static struct bw_cel_expr **pop_values(struct parser *p, size_t base, uint32_t *ret_n, uint32_t *ret_height)
{
        size_t n = p->n_stack - base;
        struct bw_cel_expr **values = bw_arena_array(p->arena, n, sizeof(struct bw_cel_expr *));

        p->n_stack = base;
        if (!values) {
                bw_cel_parse_nomem(p);
                return NULL;
        }
        *ret_height = 0;
        for (size_t i = 0; i < n; i++) {
                values[i] = p->stack[base + i].value;
                *ret_height = BW_MAX(*ret_height, values[i]->height);
        }
        *ret_n = (uint32_t)n;
        return values;
}

static void check_reserved(struct parser *p, struct token t)
{
        struct bw_str text = bw_cel_token_text(&p->scanner, t);

        for (size_t i = 0; i < BW_ARRAY_SIZE(reserved); i++)
                if (bw_str_is(text, reserved[i]))
                        bw_cel_issue_add(&p->issues, t.offset, "reserved identifier: %.*s", BW_STR_ARG(text));
}

/* '(' is read. Leaves the arguments on the stack. */
static bool parse_args(struct parser *p)
{
        if (accept(p, TOKEN_RPAREN))
                return true;
        do {
                if (!push(p, (struct bw_cel_ast_entry){.value = parse_expr(p)}))
                        return false;
        } while (accept(p, TOKEN_COMMA));
        return expect(p, TOKEN_RPAREN);
}

static struct bw_cel_expr *parse_call(struct parser *p, uint32_t offset, struct bw_str function,
                                      struct bw_cel_expr *target)
{
        size_t base = p->n_stack;
        struct bw_cel_expr **args;
        struct bw_cel_expr *e;
        uint32_t height;
        uint32_t n;

        advance(p);
        if (!parse_args(p))
                return NULL;
        args = pop_values(p, base, &n, &height);
        if (!args)
                return NULL;
        if (target)
                height = BW_MAX(height, target->height);
        if (!p->macros || !bw_cel_macro_expand(p, offset, function, target, args, n, &e))
                e = bw_cel_node_call(p, offset, function, target, n, args);
        if (!e)
                return NULL;
        e->height = height;
        return target ? raise(p, e) : e;
}

static struct bw_cel_expr *parse_list(struct parser *p)
{
        struct bw_cel_expr *e = bw_cel_node(p, BW_CEL_EXPR_LIST, p->token.offset);
        size_t base = p->n_stack;
        bool any_optional = false;
        bool *optional = NULL;

        advance(p);
        while (e && p->token.kind != TOKEN_RBRACKET && p->token.kind != TOKEN_COMMA) {
                struct bw_cel_ast_entry item = {.optional = accept(p, TOKEN_QUESTION)};

                any_optional = any_optional || item.optional;
                item.value = parse_expr(p);
                if (!push(p, item))
                        return NULL;
                if (p->token.kind != TOKEN_COMMA)
                        break;
                advance(p);
                if (p->token.kind == TOKEN_COMMA)
                        return unexpected(p, "an expression or ']'");
        }
        if (e && p->n_stack == base)
                (void)accept(p, TOKEN_COMMA);
        if (!e || !expect(p, TOKEN_RBRACKET))
                return NULL;
        if (any_optional) {
                optional = bw_arena_array(p->arena, p->n_stack - base, sizeof(*optional));
                if (!optional) {
                        bw_cel_parse_nomem(p);
                        return NULL;
                }
                for (size_t i = base; i < p->n_stack; i++)
                        optional[i - base] = p->stack[i].optional;
        }
        e->list.optional = optional;
        e->list.items = pop_values(p, base, &e->list.n, &e->height);
        return e->list.items ? e : NULL;
}

static bool parse_field_name(struct parser *p, struct bw_str *ret)
{
        struct bw_str text = bw_cel_token_text(&p->scanner, p->token);

        if (p->token.kind == TOKEN_QUOTED_IDENT)
                text = bw_str_n(text.p + 1, text.n - 2);
        else if (p->token.kind != TOKEN_IDENT)
                return unexpected(p, "a field name") != NULL;
        advance(p);
        *ret = text;
        return true;
}

/* key: value, ?key: value; of a message with a field name in place of the key. */
static bool parse_entry(struct parser *p, bool message)
{
        struct bw_cel_ast_entry entry = {.id = ++p->n_ids, .optional = accept(p, TOKEN_QUESTION)};

        if (message) {
                entry.offset = p->token.offset;
                if (!parse_field_name(p, &entry.field))
                        return false;
        } else {
                entry.key = parse_expr(p);
                if (!entry.key)
                        return false;
                entry.offset = entry.key->offset;
        }
        if (!expect(p, TOKEN_COLON))
                return false;
        entry.value = parse_expr(p);
        return push(p, entry);
}

/* '{' is the next token. name: of a message, NULL for a map. */
static struct bw_cel_expr *parse_entries(struct parser *p, uint32_t offset, const struct bw_str *name)
{
        struct bw_cel_expr *e = bw_cel_node(p, name ? BW_CEL_EXPR_STRUCT : BW_CEL_EXPR_MAP, offset);
        size_t base = p->n_stack;
        size_t n;

        advance(p);
        while (e && p->token.kind != TOKEN_RBRACE && p->token.kind != TOKEN_COMMA) {
                if (!parse_entry(p, name))
                        return NULL;
                if (p->token.kind != TOKEN_COMMA)
                        break;
                advance(p);
                if (p->token.kind == TOKEN_COMMA)
                        return unexpected(p, "an entry or '}'");
        }
        if (e && p->n_stack == base)
                (void)accept(p, TOKEN_COMMA);
        if (!e || !expect(p, TOKEN_RBRACE))
                return NULL;
        n = p->n_stack - base;
        e->map.entries = bw_arena_array(p->arena, n, sizeof(*e->map.entries));
        if (!e->map.entries) {
                bw_cel_parse_nomem(p);
                return NULL;
        }
        e->map.n = (uint32_t)n;
        if (name)
                e->map.type_name = *name;
        for (size_t i = 0; i < n; i++) {
                const struct bw_cel_ast_entry *entry = &p->stack[base + i];

                e->map.entries[i] = *entry;
                e->height = BW_MAX(e->height, entry->value->height);
                if (entry->key)
                        e->height = BW_MAX(e->height, entry->key->height);
        }
        p->n_stack = base;
        return e;
}

/* a.b.c of selects over an identifier, as one text: the name of a message. */
static struct bw_cel_expr *parse_message(struct parser *p, const struct bw_cel_expr *chain)
{
        const struct bw_cel_expr *e;
        struct bw_str name = {0};
        char *out;

        for (e = chain; e->kind == BW_CEL_EXPR_SELECT; e = e->select.operand)
                name.n += 1 + e->select.field.n;
        name.n += e->ident.n;
        out = bw_arena_alloc(p->arena, name.n);
        if (!out) {
                bw_cel_parse_nomem(p);
                return NULL;
        }
        name.p = out;
        out += name.n;
        for (e = chain; e->kind == BW_CEL_EXPR_SELECT; e = e->select.operand) {
                out -= e->select.field.n;
                memcpy(out, e->select.field.p, e->select.field.n);
                *--out = '.';
        }
        memcpy(out - e->ident.n, e->ident.p, e->ident.n);
        return parse_entries(p, e->offset, &name);
}

/* An identifier, perhaps with a leading dot, or the call of a function of that name. */
static struct bw_cel_expr *parse_name(struct parser *p, bool *ret_bare)
{
        uint32_t offset = p->token.offset;
        struct bw_str name = {0};
        struct token word;
        bool dot = accept(p, TOKEN_DOT);

        word = p->token;
        if (word.kind != TOKEN_IDENT)
                return unexpected(p, "a name after '.'");
        name = bw_cel_token_text(&p->scanner, word);
        if (dot && word.offset == offset + 1) {
                name = bw_str_n(name.p - 1, name.n + 1);
        } else if (dot) {
                name = bw_arena_printf(p->arena, ".%.*s", BW_STR_ARG(name));
                if (!name.p) {
                        bw_cel_parse_nomem(p);
                        return NULL;
                }
        }
        advance(p);
        if (p->token.kind == TOKEN_LBRACE) {
                *ret_bare = true;
                return bw_cel_node_ident(p, offset, name);
        }
        check_reserved(p, word);
        if (p->token.kind == TOKEN_LPAREN)
                return parse_call(p, offset, name, NULL);
        *ret_bare = true;
        return bw_cel_node_ident(p, offset, name);
}

static struct bw_cel_expr *parse_number(struct parser *p, uint32_t offset, bool negative)
{
        struct bw_cel_expr *e = bw_cel_node_const(p, offset, bw_cel_literal(p, p->token, negative));

        advance(p);
        return e;
}

/* *ret_bare: it is a plain name, which a '{' makes a message. */
static struct bw_cel_expr *parse_primary(struct parser *p, bool *ret_bare)
{
        uint32_t offset = p->token.offset;
        struct bw_cel_expr *e;

        switch (p->token.kind) {
        case TOKEN_DOT:
        case TOKEN_IDENT:
                return parse_name(p, ret_bare);
        case TOKEN_LPAREN:
                advance(p);
                e = parse_expr(p);
                return e && expect(p, TOKEN_RPAREN) ? e : NULL;
        case TOKEN_LBRACKET:
                return parse_list(p);
        case TOKEN_LBRACE:
                return parse_entries(p, offset, NULL);
        case TOKEN_MINUS:
                advance(p);
                if (p->token.kind == TOKEN_INT || p->token.kind == TOKEN_DOUBLE)
                        return parse_number(p, offset, true);
                return unexpected(p, "a number after '-'");
        case TOKEN_INT:
        case TOKEN_UINT:
        case TOKEN_DOUBLE:
        case TOKEN_STRING:
        case TOKEN_BYTES:
        case TOKEN_TRUE:
        case TOKEN_FALSE:
        case TOKEN_NULL:
                return parse_number(p, offset, false);
        default:
                return unexpected(p, "an expression");
        }
}

/* '.' is read. */
static struct bw_cel_expr *parse_select(struct parser *p, struct bw_cel_expr *operand, bool *bare)
{
        bool optional = accept(p, TOKEN_QUESTION);
        struct token word = p->token;
        struct bw_cel_expr *e;
        struct bw_str field;

        if (!parse_field_name(p, &field))
                return NULL;
        if (!optional && word.kind == TOKEN_IDENT && p->token.kind == TOKEN_LPAREN) {
                *bare = false;
                return parse_call(p, word.offset, field, operand);
        }
        *bare = *bare && !optional && word.kind == TOKEN_IDENT;
        if (optional) {
                struct bw_cel_expr *args[] = {operand, bw_cel_node_const(p, word.offset, bw_value_str(field))};

                return raise(p, bw_cel_node_call_of(p, word.offset, BW_STR("_?._"), 2, args));
        }
        e = bw_cel_node(p, BW_CEL_EXPR_SELECT, word.offset);
        if (!e)
                return NULL;
        e->select.operand = operand;
        e->select.field = field;
        e->height = operand->height;
        return raise(p, e);
}

static struct bw_cel_expr *parse_index(struct parser *p, struct bw_cel_expr *operand, uint32_t offset)
{
        bool optional = accept(p, TOKEN_QUESTION);
        struct bw_cel_expr *args[] = {operand, parse_expr(p)};

        if (!args[1] || !expect(p, TOKEN_RBRACKET))
                return NULL;
        return raise(p, bw_cel_node_call_of(p, offset, optional ? BW_STR("_[?_]") : BW_STR("_[_]"), 2, args));
}

/* What follows a primary: selects, calls, indexes. */
static struct bw_cel_expr *parse_postfix(struct parser *p, struct bw_cel_expr *e, bool bare)
{
        while (e) {
                uint32_t offset = p->token.offset;

                if (accept(p, TOKEN_DOT)) {
                        e = parse_select(p, e, &bare);
                } else if (accept(p, TOKEN_LBRACKET)) {
                        e = parse_index(p, e, offset);
                        bare = false;
                } else if (bare && p->token.kind == TOKEN_LBRACE) {
                        e = parse_message(p, e);
                        bare = false;
                } else {
                        break;
                }
        }
        return e;
}

static struct bw_cel_expr *parse_unary(struct parser *p)
{
        enum token_kind op = p->token.kind;
        uint32_t offset = p->token.offset;
        struct bw_cel_expr *e;
        bool bare = false;
        bool odd = false;
        size_t n = 0;

        if (op == TOKEN_NOT || op == TOKEN_MINUS)
                for (; p->token.kind == op; n++, odd = !odd)
                        advance(p);
        if (op == TOKEN_MINUS && n == 1 && (p->token.kind == TOKEN_INT || p->token.kind == TOKEN_DOUBLE))
                return parse_postfix(p, parse_number(p, offset, true), false);
        e = parse_primary(p, &bare);
        e = parse_postfix(p, e, bare);
        if (!odd || !e)
                return e;
        return bw_cel_node_call_of(p, offset, op == TOKEN_NOT ? BW_STR("!_") : BW_STR("-_"), 1, &e);
}

static size_t find_operator(enum token_kind kind)
{
        size_t i = 0;

        while (i < BW_ARRAY_SIZE(binary_operators) && binary_operators[i].token != kind)
                i++;
        return i;
}

static struct bw_cel_expr *binary(struct parser *p, uint32_t offset, size_t op, struct bw_cel_expr *left,
                                  struct bw_cel_expr *right)
{
        struct bw_cel_expr *args[] = {left, right};

        return raise(p, bw_cel_node_call_of(p, offset, bw_str(binary_operators[op].function), 2, args));
}

/* Sums and products, from operators of min_level up. */
static struct bw_cel_expr *parse_calc(struct parser *p, uint8_t min_level)
{
        struct bw_cel_expr *e;

        if (p->depth_calc >= BW_LIMIT_CEL_DEPTH)
                return too_deep(p);
        p->depth_calc++;
        e = parse_unary(p);
        while (e) {
                size_t op = find_operator(p->token.kind);
                uint32_t offset = p->token.offset;

                if (op == BW_ARRAY_SIZE(binary_operators) || binary_operators[op].level < min_level)
                        break;
                advance(p);
                e = binary(p, offset, op, e, parse_calc(p, (uint8_t)(binary_operators[op].level + 1)));
        }
        p->depth_calc--;
        return e;
}

static struct bw_cel_expr *parse_relation(struct parser *p, bool operand_only)
{
        struct bw_cel_expr *e;

        if (p->depth_relation >= BW_LIMIT_CEL_DEPTH)
                return too_deep(p);
        p->depth_relation++;
        e = parse_calc(p, 1);
        while (e && !operand_only) {
                size_t op = find_operator(p->token.kind);
                uint32_t offset = p->token.offset;

                if (op == BW_ARRAY_SIZE(binary_operators))
                        break;
                advance(p);
                e = binary(p, offset, op, e, parse_relation(p, true));
        }
        p->depth_relation--;
        return e;
}

/*
 * The terms lo … hi + 1 of a chain as a balanced tree: a chain of any length is only log2 deep. Evaluation still goes
 * from left to right. terms[i].offset: the operator before term i.
 */
static struct bw_cel_expr *balance(struct parser *p, struct bw_str function, const struct bw_cel_ast_entry *terms,
                                   size_t lo, size_t hi)
{
        size_t mid = (lo + hi + 1) / 2;
        struct bw_cel_expr *args[2];

        args[0] = mid == lo ? terms[mid].value : balance(p, function, terms, lo, mid - 1);
        args[1] = mid == hi ? terms[mid + 1].value : balance(p, function, terms, mid + 1, hi);
        return bw_cel_node_call_of(p, terms[mid + 1].offset, function, 2, args);
}

/* a || b || …, and below it a && b && … */
static struct bw_cel_expr *parse_logic(struct parser *p, enum token_kind op)
{
        bool is_or = op == TOKEN_OR;
        struct bw_cel_expr *e = is_or ? parse_logic(p, TOKEN_AND) : parse_relation(p, false);
        size_t base = p->n_stack;
        size_t n;

        if (!e || p->token.kind != op)
                return e;
        if (!push(p, (struct bw_cel_ast_entry){.value = e}))
                return NULL;
        while (p->token.kind == op) {
                struct bw_cel_ast_entry term = {.offset = p->token.offset};

                advance(p);
                term.value = is_or ? parse_logic(p, TOKEN_AND) : parse_relation(p, false);
                if (!push(p, term))
                        return NULL;
        }
        n = p->n_stack - base;
        e = balance(p, is_or ? BW_STR("_||_") : BW_STR("_&&_"), p->stack + base, 0, n - 2);
        p->n_stack = base;
        return e;
}

static struct bw_cel_expr *parse_expr(struct parser *p)
{
        struct bw_cel_expr *args[3];
        uint32_t offset;

        if (p->depth_expr >= BW_LIMIT_CEL_DEPTH)
                return too_deep(p);
        p->depth_expr++;
        args[0] = parse_logic(p, TOKEN_OR);
        offset = p->token.offset;
        if (args[0] && accept(p, TOKEN_QUESTION)) {
                args[1] = parse_logic(p, TOKEN_OR);
                args[2] = args[1] && expect(p, TOKEN_COLON) ? parse_expr(p) : NULL;
                args[0] = raise(p, bw_cel_node_call_of(p, offset, BW_STR("_?_:_"), 3, args));
        }
        p->depth_expr--;
        return args[0];
}

/* Limits and encoding of the source itself. */
static bool check_source(struct parser *p, struct bw_str source)
{
        size_t n = source.n > BW_LIMIT_CEL_SOURCE ? bw_utf8_count(source) : source.n;
        uint32_t rune;

        if (n > BW_LIMIT_CEL_SOURCE) {
                bw_cel_issue_add(&p->issues, BW_CEL_WHOLE_SOURCE,
                                 "expression code point size exceeds limit: size: %zu, limit %d", n,
                                 BW_LIMIT_CEL_SOURCE);
                fail(p, -E2BIG);
                return false;
        }
        if (bw_utf8_valid(source))
                return true;
        for (size_t i = 0; i < source.n; i += n) {
                n = bw_utf8_decode(bw_str_n(source.p + i, source.n - i), &rune);
                if (rune == BW_RUNE_ERROR && n == 1) {
                        bw_cel_issue_add(&p->issues, (uint32_t)i, "Syntax error: not valid UTF-8");
                        break;
                }
        }
        fail(p, -EINVAL);
        return false;
}

static struct bw_cel_expr *parse_source(struct parser *p, struct bw_str source)
{
        struct bw_cel_expr *root;

        if (!check_source(p, source))
                return NULL;
        advance(p);
        root = parse_expr(p);
        if (root && p->token.kind != TOKEN_END)
                return unexpected(p, "an operator or the end of the expression");
        return root;
}

int bw_cel_parse(struct bw_arena *arena, const struct bw_cel_env *env, struct bw_str source,
                 struct bw_cel_ast **ret_ast, struct bw_cel_issues *issues, struct bw_error *reterr)
{
        struct parser p = {
                .arena = arena,
                .scanner = {.source = source},
                .issues = {.arena = arena, .source = source},
                .macros = !env->no_macros,
                .libraries = env->libraries,
        };
        struct bw_cel_expr *root = parse_source(&p, source);
        struct bw_cel_ast *ast;
        int r;

        bw_free(p.stack);
        if (p.failed == -ENOMEM)
                return bw_error_nomem(reterr);
        r = bw_cel_issues_close(&p.issues, p.failed ? p.failed : -EINVAL, issues, reterr);
        if (r < 0)
                return r;
        if (!root)
                return bw_arena_error(arena, reterr);
        ast = bw_arena_zalloc(arena, sizeof(*ast));
        if (!ast)
                return bw_arena_error(arena, reterr);
        ast->source = source;
        ast->root = root;
        ast->n_ids = bw_cel_ast_number(root);
        *ret_ast = ast;
        return 0;
}
