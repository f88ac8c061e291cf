/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ast: the tree that the parser makes, with macros expanded, and the checker's side tables by node id.
 * Ownership: everything lives in the arena given to bw_cel_parse() and borrows the source text. Threads: the checker writes the side tables once;
 *            immutable afterwards.
 * Source: cel-spec proto/cel/expr/syntax.proto (Expr, Reference); cel-go common/ast.
 */
#ifndef BW_CEL_AST_H
#define BW_CEL_AST_H

#include "cel/cel.h"

enum bw_cel_expr_kind {
        BW_CEL_EXPR_CONST,         /* literal */
        BW_CEL_EXPR_IDENT,
        BW_CEL_EXPR_SELECT,        /* operand.field; test: has(operand.field) */
        BW_CEL_EXPR_CALL,          /* function(args) or target.function(args); operators are calls */
        BW_CEL_EXPR_LIST,
        BW_CEL_EXPR_MAP,
        BW_CEL_EXPR_STRUCT,        /* Name{field: value} */
        BW_CEL_EXPR_COMPREHENSION,
};

/*
 * Operators are calls with cel-go's names: _&&_ _||_ !_ -_ _+_ _-_ _*_ _/_ _%_ _==_ _!=_ _<_ _<=_ _>_ _>=_ @in _?_:_ _[_]
 * _?._ (optional select, args: operand, string constant) _[?_] (optional index); @not_strictly_false in loops.
 */
struct bw_cel_expr;

struct bw_cel_ast_entry { /* of a map or struct */
        uint32_t id;
        uint32_t offset;            /* where its key or field stands */
        bool optional;              /* ?key: value */
        struct bw_cel_expr *key;    /* map */
        struct bw_str field;        /* struct */
        struct bw_cel_expr *value;
};

struct bw_cel_expr {
        enum bw_cel_expr_kind kind;
        uint32_t id;                /* from 1; index of the side tables */
        uint32_t offset;            /* bytes into the source, where the node's own token stands: a select's is its field,
                                       a call's the function's name, a binary operator's the operator */
        uint32_t height;            /* operators, selects, indexes and member calls on the longest way down, as written;
                                       at most BW_LIMIT_CEL_DEPTH */
        union {
                struct bw_value constant;
                struct bw_str ident;
                struct {
                        struct bw_cel_expr *operand;
                        struct bw_str field;
                        bool test;
                } select;
                struct {
                        struct bw_str function;
                        struct bw_cel_expr *target; /* NULL for a global call */
                        struct bw_cel_expr **args;
                        uint32_t n_args;
                } call;
                struct {
                        struct bw_cel_expr **items;
                        const bool *optional; /* NULL, or n flags: [?x] */
                        uint32_t n;
                } list;
                struct {
                        struct bw_str type_name; /* STRUCT */
                        struct bw_cel_ast_entry *entries;
                        uint32_t n;
                } map; /* MAP and STRUCT */
                struct {
                        struct bw_str iter_var;
                        struct bw_str iter_var2; /* "" with one variable */
                        struct bw_cel_expr *range;
                        struct bw_str accu_var;
                        struct bw_cel_expr *accu_init;
                        struct bw_cel_expr *loop_cond;
                        struct bw_cel_expr *loop_step;
                        struct bw_cel_expr *result;
                        uint8_t macro; /* enum bw_cel_macro_shape: what the macro was, so that the compiler can use a better loop */
                } loop;
        };
};

enum bw_cel_macro_shape {
        BW_CEL_MACRO_NONE, /* cel.bind and hand-made loops */
        BW_CEL_MACRO_ALL,
        BW_CEL_MACRO_EXISTS,
        BW_CEL_MACRO_EXISTS_ONE,
        BW_CEL_MACRO_MAP,
        BW_CEL_MACRO_FILTER,
        BW_CEL_MACRO_TRANSFORM_LIST,
        BW_CEL_MACRO_TRANSFORM_MAP,
        BW_CEL_MACRO_TRANSFORM_MAP_ENTRY,
};

struct bw_cel_overload;

/* What the checker found out about a node. */
struct bw_cel_reference {
        struct bw_str name;                            /* IDENT (and SELECT chains that are a qualified name): the variable's full name */
        int32_t slot;                                  /* its slot; -1 = none */
        struct bw_value constant;                      /* a name that stands for a constant: type names; else ABSENT */
        uint32_t n_overloads;
        const struct bw_cel_overload *const *overloads; /* CALL: candidates left after checking */
};

struct bw_cel_ast {
        struct bw_str source;
        struct bw_cel_expr *root;
        uint32_t n_ids;                                /* ids are 1 … n_ids */
        bool checked;
        const struct bw_cel_type **types;              /* [id], after the check */
        struct bw_cel_reference *references;           /* [id], after the check */
};

/*
 * The parts of a node in evaluation order: fn gets the place of each, so that it can replace or number them. Entries of
 * maps and messages come as their key (if any) and their value. Recursion is the caller's: the parser bounds the depth
 * of the tree (a few times BW_LIMIT_CEL_DEPTH, macros included).
 */
void bw_cel_ast_children(struct bw_cel_expr *e, void (*fn)(struct bw_cel_expr **child, void *userdata), void *userdata);
/* Ids from 1: a node, its entries, then its parts in order. Returns the last one. */
uint32_t bw_cel_ast_number(struct bw_cel_expr *root);

/* Line and column (code points, both from 1) of a byte offset in the source. */
struct bw_mark bw_cel_place(struct bw_str source, uint32_t offset);

#endif
