/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Macros' loops. The parser says which macro a loop came from; where the loop has that macro's form, a loop of
 * instructions takes its place whose accumulator nobody sees. Counting costs keeps the accumulator and its price, as
 * the reference evaluates it, but for lists and maps, which grow in place.
 * Source: cel-go parser/macro.go, ext/comprehensions.go (the forms), interpreter/interpretable.go (evalFold).
 */
#include "base/arena.h"
#include "cel/compile_internal.h"

#define COST_OF_LIST 10

/* What a loop collects into; NONE: a value. */
enum target {
        INTO_NONE,
        INTO_LIST,
        INTO_MAP,
};

/* The parts of a macro's loop. */
struct shape {
        enum bw_cel_macro_shape macro;
        enum target target;
        const struct bw_cel_expr *condition; /* NULL: none */
        const struct bw_cel_expr *key;       /* of a map; NULL: item is a map whose entries are added */
        const struct bw_cel_expr *item;      /* or the predicate */
};

static bool is_constant(const struct bw_cel_expr *e, struct bw_value v)
{
        return e->kind == BW_CEL_EXPR_CONST && e->constant.type == v.type && bw_value_eq(e->constant, v);
}

/* accu && x, accu || x */
static bool read_logic(const struct bw_cel_expr *e, const char *function, struct shape *shape)
{
        const struct bw_cel_expr *step = e->loop.loop_step;

        if (!bw_compile_is_call(step, function, 2) || !bw_compile_is_ident(step->call.args[0], e->loop.accu_var) ||
            !bw_compile_is_ident(e->loop.result, e->loop.accu_var))
                return false;
        shape->item = step->call.args[1];
        return true;
}

/* x ? accu + 1 : accu, then accu == 1 */
static bool read_one(const struct bw_cel_expr *e, struct shape *shape)
{
        const struct bw_cel_expr *step = e->loop.loop_step;
        const struct bw_cel_expr *result = e->loop.result;
        const struct bw_cel_expr *next;

        if (!bw_compile_is_call(step, "_?_:_", 3) || !bw_compile_is_ident(step->call.args[2], e->loop.accu_var) ||
            !bw_compile_is_call(result, "_==_", 2) || !is_constant(result->call.args[1], bw_value_int(1)))
                return false;
        next = step->call.args[1];
        if (!bw_compile_is_call(next, "_+_", 2) || !is_constant(next->call.args[1], bw_value_int(1)))
                return false;
        shape->item = step->call.args[0];
        return true;
}

/* [condition ?] accu + [item] or cel.@mapInsert(accu, key, item) [: accu] */
static bool read_collect(const struct bw_cel_expr *e, struct shape *shape)
{
        const struct bw_cel_expr *step = e->loop.loop_step;
        const struct bw_cel_expr *list;

        if (!bw_compile_is_ident(e->loop.result, e->loop.accu_var) ||
            !is_constant(e->loop.loop_cond, bw_value_bool(true)))
                return false;
        if (bw_compile_is_call(step, "_?_:_", 3) && bw_compile_is_ident(step->call.args[2], e->loop.accu_var)) {
                shape->condition = step->call.args[0];
                step = step->call.args[1];
        }
        if (step->kind != BW_CEL_EXPR_CALL || step->call.target || step->call.n_args < 2 ||
            !bw_compile_is_ident(step->call.args[0], e->loop.accu_var))
                return false;
        if (bw_str_is(step->call.function, "cel.@mapInsert")) {
                shape->target = INTO_MAP;
                shape->key = step->call.n_args == 3 ? step->call.args[1] : NULL;
                shape->item = step->call.args[step->call.n_args - 1];
                return step->call.n_args <= 3;
        }
        list = step->call.args[1];
        if (!bw_compile_is_call(step, "_+_", 2) || list->kind != BW_CEL_EXPR_LIST || list->list.n != 1 ||
            list->list.optional)
                return false;
        shape->target = INTO_LIST;
        shape->item = list->list.items[0];
        return true;
}

/* The parser's accumulator cannot be spelt in a source: only the macro's own parts name it. */
static bool read_shape(const struct bw_cel_expr *e, struct shape *shape)
{
        *shape = (struct shape){.macro = (enum bw_cel_macro_shape)e->loop.macro};
        if (e->loop.accu_var.n == 0 || e->loop.accu_var.p[0] != '@')
                return false;
        switch (shape->macro) {
        case BW_CEL_MACRO_NONE:
                return false;
        case BW_CEL_MACRO_ALL:
                return read_logic(e, "_&&_", shape) && is_constant(e->loop.accu_init, bw_value_bool(true));
        case BW_CEL_MACRO_EXISTS:
                return read_logic(e, "_||_", shape) && is_constant(e->loop.accu_init, bw_value_bool(false));
        case BW_CEL_MACRO_EXISTS_ONE:
                return read_one(e, shape) && is_constant(e->loop.accu_init, bw_value_int(0));
        case BW_CEL_MACRO_MAP:
        case BW_CEL_MACRO_FILTER:
        case BW_CEL_MACRO_TRANSFORM_LIST:
        case BW_CEL_MACRO_TRANSFORM_MAP:
        case BW_CEL_MACRO_TRANSFORM_MAP_ENTRY:
                return read_collect(e, shape);
        }
        return false;
}

/* ---- parts ---- */

struct loop {
        uint16_t base; /* first of the loop's registers */
        uint32_t n_vars;
        uint32_t enter; /* the ITER */
        uint32_t body;
        struct bw_local vars[2];
};

static void begin_loop(struct bw_compiler *c, const struct bw_cel_expr *e, struct loop *loop)
{
        uint16_t range;

        loop->base = bw_emit_registers(c, _BW_CEL_LOOP_MAX);
        loop->n_vars = e->loop.iter_var2.n ? 2 : 1;
        range = bw_compile_expr(c, e->loop.range, (uint16_t)(loop->base + BW_CEL_LOOP_RANGE));
        loop->enter = bw_emit(c, BW_CEL_OP_ITER, loop->base, range, loop->n_vars, 0);
        loop->body = bw_emit_here(c);
        for (uint32_t i = 0; i < 2; i++)
                loop->vars[i] = (struct bw_local){
                        .outer = i ? &loop->vars[0] : c->locals,
                        .name = i ? e->loop.iter_var2 : e->loop.iter_var,
                        .reg = (uint16_t)(loop->base + BW_CEL_LOOP_VAR + i),
                };
        c->locals = &loop->vars[loop->n_vars - 1];
}

/* The instruction that goes on with the next element; the loop ends after it. */
static void end_loop(struct bw_compiler *c, struct loop *loop, enum bw_cel_opcode op, uint16_t reg)
{
        bw_emit(c, op, loop->base, reg, loop->n_vars, loop->body);
        bw_emit_land(c, loop->enter);
        c->locals = loop->vars[0].outer;
}

static void compile_predicate(struct bw_compiler *c, const struct bw_cel_expr *e, const struct shape *shape,
                              uint16_t dst)
{
        struct loop loop;

        bw_emit(c, BW_CEL_OP_K, dst, 0, 0, bw_emit_constant(c, bw_value_bool(shape->macro == BW_CEL_MACRO_ALL)));
        begin_loop(c, e, &loop);
        if (shape->macro == BW_CEL_MACRO_EXISTS_ONE) {
                bw_compile_into(c, shape->item, dst);
                end_loop(c, &loop, BW_CEL_OP_NEXT_ONE, dst);
                return;
        }
        bw_compile_caught(c, shape->item, dst);
        end_loop(c, &loop, shape->macro == BW_CEL_MACRO_ALL ? BW_CEL_OP_NEXT_ALL : BW_CEL_OP_NEXT_EXISTS, dst);
}

static void compile_collect(struct bw_compiler *c, const struct bw_cel_expr *e, const struct shape *shape, uint16_t dst)
{
        uint16_t acc = bw_emit_registers(c, 2);
        uint16_t key = bw_emit_registers(c, 1);
        uint16_t item = bw_emit_registers(c, 1);
        uint32_t skip = 0;
        struct loop loop;
        uint16_t r;

        bw_emit(c, shape->target == INTO_LIST ? BW_CEL_OP_LIST : BW_CEL_OP_MAP, acc, 0, 0, 0);
        begin_loop(c, e, &loop);
        if (shape->condition)
                skip = bw_emit(c, BW_CEL_OP_COND, bw_compile_expr(c, shape->condition, item), 0, 0, 0);
        r = bw_compile_expr(c, shape->item, item);
        if (shape->target == INTO_LIST)
                bw_emit(c, BW_CEL_OP_PUSH, acc, r, 0, 0);
        else if (shape->key)
                bw_emit(c, BW_CEL_OP_PUT, acc, bw_compile_expr(c, shape->key, key), r, 0);
        else
                bw_emit(c, BW_CEL_OP_PUT_ALL, acc, r, 0, 0);
        if (shape->condition)
                bw_emit_land(c, skip);
        end_loop(c, &loop, BW_CEL_OP_NEXT, 0);
        if (shape->target == INTO_MAP)
                bw_emit(c, BW_CEL_OP_MAP_END, acc, 0, true, 0);
        bw_emit(c, BW_CEL_OP_MOVE, dst, acc, 0, 0);
}

/* ---- with the accumulator as a variable ---- */

/* One element of a list or map, charged as `accu + [item]` or `cel.@mapInsert(accu, …)`. */
static void compile_counted_item(struct bw_compiler *c, const struct shape *shape, uint16_t acc)
{
        uint16_t key = bw_emit_registers(c, 1);
        uint16_t item = bw_emit_registers(c, 1);
        uint32_t start = bw_emit_here(c);
        uint32_t skip = 0;

        if (shape->condition)
                skip = bw_emit(c, BW_CEL_OP_COND, bw_compile_expr(c, shape->condition, item), 0, 0, 0);
        bw_compile_cost(c, 1);
        if (shape->key) { /* three arguments: the first that fails ends it */
                uint16_t k;

                bw_emit(c, BW_CEL_OP_LOAD, item, acc, 0, 0);
                k = bw_compile_expr(c, shape->key, key);
                bw_compile_into(c, shape->item, item);
                bw_compile_cost(c, 1);
                bw_emit(c, BW_CEL_OP_PUT, acc, k, item, 0);
        } else { /* two: both are evaluated */
                bw_compile_cost(c, 1 + (shape->target == INTO_LIST ? COST_OF_LIST : 0));
                bw_compile_caught(c, shape->item, item);
                bw_emit(c, BW_CEL_OP_LOAD, key, acc, 0, 0);
                bw_emit(c, BW_CEL_OP_LOAD, item, item, 0, 0);
                bw_emit(c, shape->target == INTO_LIST ? BW_CEL_OP_PUSH : BW_CEL_OP_PUT_ALL, acc, item, 0, 0);
        }
        if (shape->condition)
                bw_emit_land(c, skip);
        bw_emit_region(c, start, acc);
}

static void compile_fold(struct bw_compiler *c, const struct bw_cel_expr *e, const struct shape *shape, uint16_t dst)
{
        uint16_t acc = bw_emit_registers(c, 2);
        uint16_t step = bw_emit_registers(c, 1);
        struct bw_local accu = {.name = e->loop.accu_var, .kind = BW_LOCAL_MAYBE, .reg = acc};
        uint32_t leave = 0;
        struct loop loop;

        if (shape->target == INTO_NONE)
                bw_compile_into(c, e->loop.accu_init, acc);
        else
                bw_emit(c, shape->target == INTO_LIST ? BW_CEL_OP_LIST : BW_CEL_OP_MAP, acc, 0, 0, 0);
        begin_loop(c, e, &loop);
        accu.outer = c->locals;
        c->locals = &accu;
        if (!is_constant(e->loop.loop_cond, bw_value_bool(true))) {
                bw_compile_caught(c, e->loop.loop_cond, step);
                leave = bw_emit(c, BW_CEL_OP_BREAK, step, 0, 0, 0);
        }
        if (shape->target == INTO_NONE) {
                bw_compile_caught(c, e->loop.loop_step, step);
                bw_emit(c, BW_CEL_OP_MOVE, acc, step, 0, 0);
        } else {
                compile_counted_item(c, shape, acc);
        }
        end_loop(c, &loop, BW_CEL_OP_NEXT, 0);
        if (leave)
                bw_emit_land(c, leave);
        if (shape->target == INTO_MAP)
                bw_emit(c, BW_CEL_OP_MAP_END, acc, 0, true, 0);
        accu.outer = c->locals;
        c->locals = &accu;
        bw_compile_into(c, e->loop.result, dst);
        c->locals = accu.outer;
}

/* ---- cel.bind and its kin: a loop over nothing ---- */

/* The variable is computed when it is first used: an error in a variable that is not used is none. */
static void compile_bind(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        uint16_t reg = bw_emit_registers(c, 2); /* the value, where to return */
        struct bw_local variable = {.outer = c->locals, .name = e->loop.accu_var, .reg = reg};
        uint32_t registers = c->n_registers;
        uint32_t begin;

        if (bw_fold(c, e->loop.accu_init)) {
                bw_compile_into(c, e->loop.accu_init, reg);
        } else {
                variable.kind = BW_LOCAL_LAZY;
                begin = bw_emit(c, BW_CEL_OP_SUB_BEGIN, reg, 0, 0, 0);
                variable.lazy = begin + 1;
                c->n_registers = c->top;
                bw_compile_caught(c, e->loop.accu_init, reg);
                bw_emit(c, BW_CEL_OP_SUB_END, reg + 1u, 0, 0, 0);
                bw_emit_land(c, begin);
                /* It runs in the middle of what uses it: its registers stay its own. */
                c->top = c->n_registers;
                c->n_registers = BW_MAX(c->n_registers, registers);
        }
        c->locals = &variable;
        bw_compile_into(c, e->loop.result, dst);
        c->locals = variable.outer;
}

uint16_t bw_compile_loop(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        const struct bw_cel_expr *range = e->loop.range;
        uint32_t top = c->top;
        struct shape shape;

        if (range->kind == BW_CEL_EXPR_LIST && range->list.n == 0 && e->loop.macro == BW_CEL_MACRO_NONE)
                compile_bind(c, e, dst);
        else if (!read_shape(e, &shape))
                compile_fold(c, e, &(struct shape){.target = INTO_NONE}, dst);
        else if (c->costed)
                compile_fold(c, e, &shape, dst);
        else if (shape.target == INTO_NONE)
                compile_predicate(c, e, &shape, dst);
        else
                compile_collect(c, e, &shape, dst);
        c->top = top;
        return dst;
}
