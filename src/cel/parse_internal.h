/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse (internal): what the parser, the literal reader and the macros share.
 * Ownership: nodes live in the arena of bw_cel_parse(); the scratch stack is freed when parsing ends.
 * Threads: one parser, one thread.
 * Source: cel-go parser/parser.go, parser/helper.go, parser/macro.go.
 */
#ifndef BW_CEL_PARSE_INTERNAL_H
#define BW_CEL_PARSE_INTERNAL_H

#include "base/arena.h"
#include "base/error.h"
#include "cel/ast.h"
#include "cel/issues_internal.h"
#include "cel/scan_internal.h"

struct parser {
        struct bw_arena *arena;
        struct scanner scanner;
        struct token token;  /* the next one */
        struct issue_list issues;
        uint32_t n_ids;
        int failed;          /* negative errno that ends the parse: -EINVAL after a syntax error */
        bool macros;
        unsigned libraries;  /* BW_CEL_LIB_…: some have macros */
        /* How deep rules are inside themselves, each counted alone as in cel-go. */
        uint32_t depth_expr;
        uint32_t depth_relation;
        uint32_t depth_calc;
        /* Operands of lists and chains that are not complete yet. */
        struct bw_cel_ast_entry *stack;
        size_t n_stack;
        size_t cap_stack;
};

/* A new node with an id; NULL (and p->failed) when memory or the limit of nodes is used up. */
struct bw_cel_expr *bw_cel_node(struct parser *p, enum bw_cel_expr_kind kind, uint32_t offset) BW_CHECK;
struct bw_cel_expr *bw_cel_node_const(struct parser *p, uint32_t offset, struct bw_value constant) BW_CHECK;
struct bw_cel_expr *bw_cel_node_ident(struct parser *p, uint32_t offset, struct bw_str name) BW_CHECK;
/* A call; takes args, which live in the arena. */
struct bw_cel_expr *bw_cel_node_call(struct parser *p, uint32_t offset, struct bw_str function,
                                     struct bw_cel_expr *target, uint32_t n_args, struct bw_cel_expr **args) BW_CHECK;
/* A global call; copies args. NULL among them (a part that failed) makes it NULL. */
struct bw_cel_expr *bw_cel_node_call_of(struct parser *p, uint32_t offset, struct bw_str function, uint32_t n,
                                        struct bw_cel_expr *const *args) BW_CHECK;
void bw_cel_parse_nomem(struct parser *p);

/*
 * Literals. A number out of range or a bad escape is an issue, not the end of the parse: they give a zero or an empty
 * text. negative: a '-' stands before the number.
 */
struct bw_value bw_cel_literal(struct parser *p, struct token t, bool negative);

/*
 * Expands a call if it is a macro. False: it is none. True: *ret is the expansion; a null literal in its place when the
 * arguments do not suit it (the issue is noted); NULL when p->failed.
 */
bool bw_cel_macro_expand(struct parser *p, uint32_t offset, struct bw_str function, struct bw_cel_expr *target,
                         struct bw_cel_expr **args, uint32_t n_args, struct bw_cel_expr **ret);

#endif
