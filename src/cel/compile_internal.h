/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile (internal): the compiler's state and what its parts ask of each other.
 * compile.c: expressions; compile_select.c: names, fields and indexes; compile_call.c: calls and operators;
 * compile_loop.c: macros; fold.c: constants; emit.c: code, registers and constants.
 *
 * An expression is compiled with a register of its own (dst) and answers in which register its value is: dst, or that
 * of a local variable. Errors of compilation stick in `status`; all parts may go on after one.
 * Ownership: the scratch arena dies with the compiler, the program arena does not. Threads: one compiler, one thread.
 */
#ifndef BW_CEL_COMPILE_INTERNAL_H
#define BW_CEL_COMPILE_INTERNAL_H

#include "cel/ast.h"
#include "cel/env_internal.h"
#include "cel/program_internal.h"

enum bw_local_kind {
        BW_LOCAL_VALUE, /* its register holds a value */
        BW_LOCAL_MAYBE, /* its register may hold an error, which a use raises */
        BW_LOCAL_LAZY,  /* computed by the code at `lazy` when first used */
};

struct bw_local {
        const struct bw_local *outer;
        struct bw_str name;
        enum bw_local_kind kind;
        uint32_t lazy;
        uint16_t reg;
};

enum bw_folded {
        BW_FOLDED_UNKNOWN,
        BW_FOLDED_NO,
        BW_FOLDED_YES,
};

struct bw_compiler {
        struct bw_arena *arena;
        struct bw_arena *scratch;
        const struct bw_cel_env *env;
        const struct bw_cel_ast *ast;
        struct bw_error *reterr;
        int status;
        bool costed;

        const struct bw_local *locals;
        uint32_t top;         /* registers in use */
        uint32_t n_registers; /* most that were in use */

        struct bw_cel_insn *insns;
        size_t n_insns;
        size_t cap_insns;
        struct bw_cel_region *regions;
        size_t n_regions;
        size_t cap_regions;
        struct bw_value *constants;
        size_t n_constants;
        size_t cap_constants;
        struct bw_cel_site *sites;
        size_t n_sites;
        size_t cap_sites;
        struct bw_regex **regexes;
        size_t n_regexes;
        size_t cap_regexes;
        bool *uses;

        uint8_t *folded;           /* by node id: enum bw_folded */
        struct bw_value *constant; /* by node id */
        uint32_t *pattern;         /* by node id: number + 1 of the regular expression, as both codes use it */
};

/* ---- emit.c ---- */
BW_PRINTF(3, 4) void bw_compile_fail(struct bw_compiler *c, int code, const char *fmt, ...);
void bw_compile_nomem(struct bw_compiler *c);
/* Appends an instruction; its number. */
uint32_t bw_emit(struct bw_compiler *c, enum bw_cel_opcode op, uint32_t a, uint32_t b, uint32_t cc, uint32_t d);
/* Lets an instruction jump to the next one to be written. */
void bw_emit_land(struct bw_compiler *c, uint32_t insn);
static inline uint32_t bw_emit_here(const struct bw_compiler *c)
{
        return (uint32_t)c->n_insns;
}
/* Errors raised from start to here land in reg and go on here. */
void bw_emit_region(struct bw_compiler *c, uint32_t start, uint32_t reg);
/* n registers in a row; given back by resetting c->top. */
uint16_t bw_emit_registers(struct bw_compiler *c, uint32_t n);
uint32_t bw_emit_constant(struct bw_compiler *c, struct bw_value v);
uint32_t bw_emit_site(struct bw_compiler *c, const struct bw_cel_site *site);
/* A copy in the program's arena. */
void *bw_emit_keep(struct bw_compiler *c, const void *items, size_t n, size_t size);
/* The code so far as a part of the program; the compiler starts a new one. */
void bw_emit_finish(struct bw_compiler *c, struct bw_cel_code *ret_code);

/* ---- fold.c ---- */
/* The value of a constant expression, or NULL. */
const struct bw_value *bw_fold(struct bw_compiler *c, const struct bw_cel_expr *e);

/* ---- compile.c ---- */
uint16_t bw_compile_expr(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst);
/* The same, in dst in any case. */
void bw_compile_into(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst);
/* The same where an error is a value. */
void bw_compile_caught(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst);
void bw_compile_cost(struct bw_compiler *c, uint32_t cost);
bool bw_compile_is_call(const struct bw_cel_expr *e, const char *function, uint32_t n_args);
bool bw_compile_is_ident(const struct bw_cel_expr *e, struct bw_str name);

/* ---- compile_select.c ---- */
/* What a name or a qualified name stands for. */
struct bw_resolved {
        const struct bw_cel_expr *node; /* of the whole name */
        int32_t slot;                   /* -1: a constant */
        struct bw_value constant;
};
/* The k-th meaning that the innermost names of e may have, the longest name first; false: no more. */
bool bw_resolve(struct bw_compiler *c, const struct bw_cel_expr *e, uint32_t k, struct bw_resolved *ret);
const struct bw_local *bw_local_find(const struct bw_compiler *c, const struct bw_cel_expr *e);
/* a.b.c as text, if it consists of names only and its first is no local variable; else an empty text. */
struct bw_str bw_qualified_name(struct bw_compiler *c, const struct bw_cel_expr *e);
/* True for what cel-go calls an attribute: a variable, a field, an item or a conditional. */
bool bw_is_attribute(struct bw_compiler *c, const struct bw_cel_expr *e);
/* As bw_compile_expr, for those but the conditional. charged: the attribute itself costs 1. */
uint16_t bw_compile_attribute(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst, bool charged);
/* An optional selection whose value, or absence, is used at once. */
bool bw_is_optional_chain(struct bw_compiler *c, const struct bw_cel_expr *e);
void bw_compile_has_value(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst);
void bw_compile_or_value(struct bw_compiler *c, const struct bw_cel_expr *e, const struct bw_cel_expr *other,
                         uint16_t dst);

/* ---- compile_call.c ---- */
/* Fills site and gives the arguments, the target first if it is one. False: the compilation failed. */
bool bw_compile_site(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_cel_site *site,
                     const struct bw_cel_expr ***ret_args);
uint16_t bw_compile_call(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst);

/* ---- compile_loop.c ---- */
uint16_t bw_compile_loop(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst);

#endif
