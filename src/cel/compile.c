/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions to code. Source: cel-go interpreter/planner.go (what is planned how), runtimecost.go (what costs). */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "cel/compile_internal.h"

#define COST_OF_LIST 10
#define COST_OF_MAP 30

void bw_compile_cost(struct bw_compiler *c, uint32_t cost)
{
        if (c->costed && cost)
                bw_emit(c, BW_CEL_OP_COST, 0, 0, 0, cost);
}

bool bw_compile_is_call(const struct bw_cel_expr *e, const char *function, uint32_t n_args)
{
        return e->kind == BW_CEL_EXPR_CALL && !e->call.target && e->call.n_args == n_args &&
               bw_str_is(e->call.function, function);
}

bool bw_compile_is_ident(const struct bw_cel_expr *e, struct bw_str name)
{
        return e->kind == BW_CEL_EXPR_IDENT && bw_str_eq(e->ident, name);
}

void bw_compile_into(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        uint16_t r = bw_compile_expr(c, e, dst);

        if (r != dst)
                bw_emit(c, BW_CEL_OP_MOVE, dst, r, 0, 0);
}

void bw_compile_caught(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        uint32_t start = bw_emit_here(c);

        bw_compile_into(c, e, dst);
        bw_emit_region(c, start, dst);
}

/* ---- logic ---- */

struct chain {
        const char *function;
        enum bw_cel_opcode first;
        enum bw_cel_opcode next;
        enum bw_cel_opcode last;
};
static const struct chain chain_and = {"_&&_", BW_CEL_OP_AND_FIRST, BW_CEL_OP_AND_NEXT, BW_CEL_OP_AND_LAST};
static const struct chain chain_or = {"_||_", BW_CEL_OP_OR_FIRST, BW_CEL_OP_OR_NEXT, BW_CEL_OP_OR_LAST};

/* The jumps of one chain are linked through their targets until the end is known; 0 ends the list. */
struct chain_state {
        const struct chain *chain;
        uint16_t dst;
        uint16_t error;
        uint32_t last_jump; /* number + 1 */
};

static void compile_terms(struct bw_compiler *c, const struct bw_cel_expr *e, struct chain_state *state)
{
        enum bw_cel_opcode op = state->last_jump ? state->chain->next : state->chain->first;

        if (bw_compile_is_call(e, state->chain->function, 2)) {
                compile_terms(c, e->call.args[0], state);
                compile_terms(c, e->call.args[1], state);
                return;
        }
        bw_compile_caught(c, e, state->dst);
        state->last_jump = bw_emit(c, op, state->dst, state->error, 0, state->last_jump) + 1;
}

static uint16_t compile_chain(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst,
                              const struct chain *chain)
{
        uint32_t top = c->top;
        struct chain_state state = {.chain = chain, .dst = dst, .error = bw_emit_registers(c, 1)};
        uint32_t jump;

        compile_terms(c, e, &state);
        c->top = top;
        if (c->status < 0)
                return dst;
        jump = state.last_jump - 1;
        state.last_jump = c->insns[jump].d;
        c->insns[jump].op = (uint16_t)chain->last;
        c->insns[jump].d = 0;
        while (state.last_jump) {
                jump = state.last_jump - 1;
                state.last_jump = c->insns[jump].d;
                bw_emit_land(c, jump);
        }
        return dst;
}

/* A branch that is a variable or a field is not charged for itself. */
static void compile_branch(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        uint16_t r;

        if (bw_fold(c, e) || !bw_is_attribute(c, e) || bw_compile_is_call(e, "_?_:_", 3)) {
                bw_compile_into(c, e, dst);
                return;
        }
        r = bw_compile_attribute(c, e, dst, false);
        if (r != dst)
                bw_emit(c, BW_CEL_OP_MOVE, dst, r, 0, 0);
}

static uint16_t compile_conditional(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        uint16_t condition = bw_compile_expr(c, e->call.args[0], dst);
        uint32_t otherwise = bw_emit(c, BW_CEL_OP_COND, condition, 0, 0, 0);
        uint32_t end;

        compile_branch(c, e->call.args[1], dst);
        end = bw_emit(c, BW_CEL_OP_JUMP, 0, 0, 0, 0);
        bw_emit_land(c, otherwise);
        compile_branch(c, e->call.args[2], dst);
        bw_emit_land(c, end);
        return dst;
}

/* ---- lists and maps ---- */

/* dst may be a register of the enclosing expression: the two of the builder are its own. */
static uint16_t compile_list(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        uint32_t top = c->top;
        uint16_t acc = bw_emit_registers(c, 2);
        uint16_t item = bw_emit_registers(c, 1);

        bw_compile_cost(c, COST_OF_LIST);
        bw_emit(c, BW_CEL_OP_LIST, acc, 0, BW_MIN(e->list.n, UINT16_MAX), 0);
        for (uint32_t i = 0; i < e->list.n; i++) {
                bool optional = e->list.optional && e->list.optional[i];
                uint16_t r = bw_compile_expr(c, e->list.items[i], item);

                bw_emit(c, optional ? BW_CEL_OP_PUSH_OPT : BW_CEL_OP_PUSH, acc, r, 0, 0);
        }
        bw_emit(c, BW_CEL_OP_MOVE, dst, acc, 0, 0);
        c->top = top;
        return dst;
}

static uint16_t compile_map(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        uint32_t top = c->top;
        uint16_t acc = bw_emit_registers(c, 2);
        uint16_t key = bw_emit_registers(c, 1);
        uint16_t value = bw_emit_registers(c, 1);

        bw_compile_cost(c, COST_OF_MAP);
        bw_emit(c, BW_CEL_OP_MAP, acc, 0, BW_MIN(e->map.n, UINT16_MAX), 0);
        for (uint32_t i = 0; i < e->map.n; i++) {
                uint16_t k = bw_compile_expr(c, e->map.entries[i].key, key);
                uint16_t v = bw_compile_expr(c, e->map.entries[i].value, value);

                bw_emit(c, e->map.entries[i].optional ? BW_CEL_OP_PUT_OPT : BW_CEL_OP_PUT, acc, k, v, 0);
        }
        bw_emit(c, BW_CEL_OP_MAP_END, acc, 0, c->env->plain_literals, 0);
        bw_emit(c, BW_CEL_OP_MOVE, dst, acc, 0, 0);
        c->top = top;
        return dst;
}

/* ---- expressions ---- */

uint16_t bw_compile_expr(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        const struct bw_value *constant = bw_fold(c, e);

        if (c->status < 0)
                return dst;
        if (constant) {
                bw_emit(c, BW_CEL_OP_K, dst, 0, 0, bw_emit_constant(c, *constant));
                return dst;
        }
        switch (e->kind) {
        case BW_CEL_EXPR_CONST: /* always folded */
                return dst;
        case BW_CEL_EXPR_IDENT:
        case BW_CEL_EXPR_SELECT:
                return bw_compile_attribute(c, e, dst, true);
        case BW_CEL_EXPR_CALL:
                if (bw_compile_is_call(e, "_&&_", 2))
                        return compile_chain(c, e, dst, &chain_and);
                if (bw_compile_is_call(e, "_||_", 2))
                        return compile_chain(c, e, dst, &chain_or);
                if (bw_compile_is_call(e, "_?_:_", 3))
                        return compile_conditional(c, e, dst);
                if (bw_is_attribute(c, e))
                        return bw_compile_attribute(c, e, dst, true);
                return bw_compile_call(c, e, dst);
        case BW_CEL_EXPR_LIST:
                return compile_list(c, e, dst);
        case BW_CEL_EXPR_MAP:
                return compile_map(c, e, dst);
        case BW_CEL_EXPR_STRUCT:
                bw_compile_fail(c, -EINVAL, "unknown type: %.*s", BW_STR_ARG(e->map.type_name));
                return dst;
        case BW_CEL_EXPR_COMPREHENSION:
                return bw_compile_loop(c, e, dst);
        }
        return dst;
}

static void compile_code(struct bw_compiler *c, bool costed, struct bw_cel_code *ret_code)
{
        uint16_t dst;

        c->costed = costed;
        memset(c->folded, BW_FOLDED_UNKNOWN, c->ast->n_ids + 1u);
        dst = bw_emit_registers(c, 1);
        bw_emit(c, BW_CEL_OP_RETURN, bw_compile_expr(c, c->ast->root, dst), 0, 0, 0);
        bw_emit_finish(c, ret_code);
}

static void free_regexes(struct bw_regex *const *regexes, size_t n)
{
        for (size_t i = 0; i < n; i++)
                bw_regex_free(regexes[i]);
}

static bool prepare(struct bw_compiler *c)
{
        size_t n = c->ast->n_ids + (size_t)1;

        c->scratch = bw_arena_new(0);
        if (!c->scratch)
                return false;
        c->folded = bw_arena_array(c->scratch, n, sizeof(*c->folded));
        c->constant = bw_arena_array(c->scratch, n, sizeof(*c->constant));
        c->pattern = bw_arena_zalloc(c->scratch, n * sizeof(*c->pattern));
        c->uses = bw_arena_zalloc(c->arena, (c->env->n_variables + 1) * sizeof(*c->uses));
        return c->folded && c->constant && c->pattern && c->uses;
}

static struct bw_cel_program *build(struct bw_compiler *c)
{
        struct bw_cel_program *program = bw_arena_zalloc(c->arena, sizeof(*program));

        if (!program || !prepare(c)) {
                bw_compile_nomem(c);
                return NULL;
        }
        program->env = c->env;
        program->n_slots = (uint32_t)c->env->n_variables;
        program->uses = c->uses;
        compile_code(c, false, &program->fast);
        if (!c->env->no_costs)
                compile_code(c, true, &program->costed);
        program->n_constants = (uint32_t)c->n_constants;
        program->constants = bw_emit_keep(c, c->constants, c->n_constants, sizeof(*c->constants));
        program->n_sites = (uint32_t)c->n_sites;
        program->sites = bw_emit_keep(c, c->sites, c->n_sites, sizeof(*c->sites));
        program->n_regexes = (uint32_t)c->n_regexes;
        program->regexes = bw_emit_keep(c, c->regexes, c->n_regexes, sizeof(*c->regexes));
        return program;
}

int bw_cel_compile(struct bw_arena *arena, const struct bw_cel_env *env, const struct bw_cel_ast *ast,
                   struct bw_cel_program **ret_program, struct bw_error *reterr)
{
        struct bw_compiler c = {.arena = arena, .env = env, .ast = ast, .reterr = reterr};
        struct bw_cel_program *program = build(&c);

        if (c.status == 0)
                c.status = bw_cel_verify(program, &program->fast, reterr);
        if (c.status == 0 && !env->no_costs)
                c.status = bw_cel_verify(program, &program->costed, reterr);
        if (c.status < 0)
                free_regexes(c.regexes, c.n_regexes);
        else
                *ret_program = program;
        bw_free(c.insns);
        bw_free(c.regions);
        bw_free(c.constants);
        bw_free(c.sites);
        bw_free(c.regexes);
        bw_arena_free(c.scratch);
        return c.status;
}

void bw_cel_program_done(struct bw_cel_program *program)
{
        if (!program)
                return;
        free_regexes(program->regexes, program->n_regexes);
        program->n_regexes = 0;
}

bool bw_cel_program_uses(const struct bw_cel_program *program, size_t slot)
{
        return slot < program->n_slots && program->uses[slot];
}
