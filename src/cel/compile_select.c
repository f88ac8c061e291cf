/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names, fields and items. A run of steps with constant keys (a.b["c"], a.?b.?c) becomes one instruction.
 * Source: cel-go interpreter/attributes.go (which names are tried, what an optional step does to those after it).
 */
#include "base/arena.h"
#include "base/buf.h"
#include "cel/compile_internal.h"

#define MOST_KEYS 16

/* ---- names ---- */

static bool is_name(const struct bw_cel_expr *e)
{
        return e->kind == BW_CEL_EXPR_IDENT || (e->kind == BW_CEL_EXPR_SELECT && !e->select.test);
}

const struct bw_local *bw_local_find(const struct bw_compiler *c, const struct bw_cel_expr *e)
{
        if (e->kind != BW_CEL_EXPR_IDENT)
                return NULL;
        for (const struct bw_local *l = c->locals; l; l = l->outer)
                if (bw_str_eq(l->name, e->ident))
                        return l;
        return NULL;
}

/* The first name of a.b.c; NULL when the chain starts with something else. */
static const struct bw_cel_expr *head_of(const struct bw_cel_expr *e)
{
        while (e->kind == BW_CEL_EXPR_SELECT && !e->select.test)
                e = e->select.operand;
        return e->kind == BW_CEL_EXPR_IDENT ? e : NULL;
}

static void put_name(struct bw_buf *out, const struct bw_cel_expr *e)
{
        if (e->kind == BW_CEL_EXPR_SELECT) {
                put_name(out, e->select.operand);
                bw_buf_char(out, '.');
                bw_buf_str(out, e->select.field);
        } else {
                bw_buf_str(out, e->ident);
        }
}

struct bw_str bw_qualified_name(struct bw_compiler *c, const struct bw_cel_expr *e)
{
        const struct bw_cel_expr *head = head_of(e);
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_str copy = {0};

        if (!head || bw_local_find(c, head))
                return copy;
        if (e == head)
                return e->ident;
        put_name(&text, e);
        if (bw_buf_status(&text) == 0)
                copy = bw_arena_str(c->scratch, bw_buf_view(&text));
        if (!copy.p)
                bw_compile_nomem(c);
        return copy;
}

static bool resolve_checked(const struct bw_compiler *c, const struct bw_cel_expr *e, uint32_t k,
                            struct bw_resolved *ret)
{
        for (; k == 0; e = e->select.operand) {
                const struct bw_cel_reference *ref = &c->ast->references[e->id];

                if (ref->name.n > 0 && (ref->slot >= 0 || ref->constant.type != BW_ABSENT)) {
                        *ret = (struct bw_resolved){.node = e, .slot = ref->slot, .constant = ref->constant};
                        if (ref->constant.type != BW_ABSENT)
                                ret->slot = -1;
                        return true;
                }
                if (e->kind != BW_CEL_EXPR_SELECT || e->select.test)
                        return false;
        }
        return false;
}

/* The k-th meaning of exactly this name; counts k down by those that it has. */
static bool resolve_name(struct bw_compiler *c, const struct bw_cel_expr *e, bool whole, uint32_t *k,
                         struct bw_resolved *ret)
{
        struct bw_str name = bw_qualified_name(c, e);
        struct bw_cel_name_walk walk = bw_cel_name_walk(c->env, c->scratch, name);
        struct bw_str full;

        while (name.n && bw_cel_name_next(&walk, &full)) {
                int32_t slot = bw_cel_env_variable(c->env, full);
                const struct bw_cel_type *type = whole ? bw_cel_env_type(c->env, full) : NULL;

                *ret = (struct bw_resolved){.node = e, .slot = slot};
                if (slot >= 0 && (*k)-- == 0)
                        return true;
                if (type && (*k)-- == 0) {
                        ret->slot = -1;
                        ret->constant = bw_cel_type_value(type);
                        return true;
                }
        }
        if (walk.oom)
                bw_compile_nomem(c);
        return false;
}

bool bw_resolve(struct bw_compiler *c, const struct bw_cel_expr *e, uint32_t k, struct bw_resolved *ret)
{
        const struct bw_cel_expr *head = head_of(e);
        const struct bw_cel_expr *whole = e;

        if (c->ast->checked)
                return resolve_checked(c, e, k, ret);
        if (!head || bw_local_find(c, head))
                return false;
        if (!bw_cel_env_may_be_qualified(c->env, head->ident))
                e = head;
        for (;; e = e->select.operand) {
                if (resolve_name(c, e, e == whole, &k, ret))
                        return true;
                if (e == head)
                        return false;
        }
}

/* ---- steps ---- */

enum step_kind {
        STEP_NONE,
        STEP_PLAIN,
        STEP_OPTIONAL,
};

struct step {
        enum step_kind kind;
        const struct bw_cel_expr *operand;
        const struct bw_cel_expr *index; /* what gives the key, when it is no constant */
        struct bw_value key;
};

static struct step step_of(struct bw_compiler *c, const struct bw_cel_expr *e)
{
        struct step s = {.kind = STEP_NONE};
        const struct bw_value *key;

        if (e->kind == BW_CEL_EXPR_SELECT && !e->select.test) {
                struct bw_str field = bw_arena_str(c->arena, e->select.field);

                if (!field.p)
                        bw_compile_nomem(c);
                else
                        s = (struct step){STEP_PLAIN, e->select.operand, NULL, bw_value_str(field)};
                return s;
        }
        if (bw_compile_is_call(e, "_[_]", 2))
                s.kind = STEP_PLAIN;
        else if (bw_compile_is_call(e, "_?._", 2) || bw_compile_is_call(e, "_[?_]", 2))
                s.kind = STEP_OPTIONAL;
        else
                return s;
        s.operand = e->call.args[0];
        key = bw_fold(c, e->call.args[1]);
        if (key)
                s.key = *key;
        else
                s.index = e->call.args[1];
        return s;
}

bool bw_is_attribute(struct bw_compiler *c, const struct bw_cel_expr *e)
{
        (void)c;
        return is_name(e) || (e->kind == BW_CEL_EXPR_SELECT) || bw_compile_is_call(e, "_[_]", 2) ||
               bw_compile_is_call(e, "_?._", 2) || bw_compile_is_call(e, "_[?_]", 2) ||
               bw_compile_is_call(e, "_?_:_", 3);
}

/* A name that was looked at already and is none: its parts are fields. */
static const struct bw_resolved no_name = {.slot = -1};

/* Steps of one kind with constant keys, outermost first. */
struct run {
        struct bw_value keys[MOST_KEYS];
        uint32_t n;
        const struct bw_cel_expr *base;
        const struct bw_resolved *name; /* what the base is known to stand for; NULL: not looked up */
        struct bw_resolved found;
};

static void collect_run(struct bw_compiler *c, const struct bw_cel_expr *e, const struct bw_resolved *name,
                        enum step_kind kind, struct run *run)
{
        uint32_t most = c->costed ? 1 : MOST_KEYS;
        struct bw_resolved other;

        run->n = 0;
        run->name = name;
        for (; run->n < most; run->n++) {
                struct step s;

                if (run->name && run->name->node == e)
                        break;
                if (!run->name && is_name(e)) {
                        const struct bw_cel_expr *head = head_of(e);

                        if (!bw_resolve(c, e, 0, &run->found)) {
                                if (head && !bw_local_find(c, head))
                                        break;
                                run->name = &no_name;
                        } else if (run->found.slot < 0 || bw_resolve(c, e, 1, &other)) {
                                break;
                        } else {
                                run->name = &run->found;
                        }
                        if (run->name->node == e)
                                break;
                }
                s = step_of(c, e);
                if (s.kind != kind || s.index)
                        break;
                run->keys[run->n] = s.key;
                if (e->kind != BW_CEL_EXPR_SELECT)
                        run->name = NULL;
                e = s.operand;
        }
        run->base = e;
}

static bool base_is_variable(const struct run *run)
{
        return run->name && run->name->node == run->base && run->name->slot >= 0;
}

/* The run's keys, innermost first, as consecutive constants; before them the variable's name. */
static uint32_t emit_keys(struct bw_compiler *c, const struct run *run)
{
        uint32_t first;

        if (base_is_variable(run))
                (void)bw_emit_constant(c, bw_value_str(c->env->variables[run->name->slot].name));
        first = (uint32_t)c->n_constants;
        for (uint32_t i = run->n; i-- > 0;)
                (void)bw_emit_constant(c, run->keys[i]);
        return first;
}

static uint16_t compile_path(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst,
                             const struct bw_resolved *name);

/* One instruction for a run: op on a register, op_variable on a variable. */
static void emit_run(struct bw_compiler *c, const struct run *run, uint16_t dst, enum bw_cel_opcode op,
                     enum bw_cel_opcode op_variable)
{
        if (base_is_variable(run) && !c->costed) {
                c->uses[run->name->slot] = true;
                bw_emit(c, op_variable, dst, (uint32_t)run->name->slot, run->n, emit_keys(c, run));
        } else {
                uint16_t base = compile_path(c, run->base, dst, run->name);

                bw_emit(c, op, dst, base, run->n, emit_keys(c, run));
        }
}

static uint16_t compile_variable(struct bw_compiler *c, uint32_t slot, uint16_t dst)
{
        c->uses[slot] = true;
        bw_emit(c, BW_CEL_OP_VAR, dst, slot, 0, bw_emit_constant(c, bw_value_str(c->env->variables[slot].name)));
        return dst;
}

static uint16_t compile_local(struct bw_compiler *c, const struct bw_local *local, uint16_t dst)
{
        switch (local->kind) {
        case BW_LOCAL_VALUE:
                break;
        case BW_LOCAL_MAYBE:
                bw_emit(c, BW_CEL_OP_LOAD, dst, local->reg, 0, 0);
                return dst;
        case BW_LOCAL_LAZY:
                bw_emit(c, BW_CEL_OP_LAZY, local->reg, 0, 0, local->lazy);
                break;
        }
        return local->reg;
}

static void raise_missing(struct bw_compiler *c, const struct bw_cel_expr *e)
{
        struct bw_str name = bw_qualified_name(c, e);
        struct bw_str text = bw_arena_printf(c->arena, "no such attribute(s): %.*s", BW_STR_ARG(name));
        struct bw_value_error *error = bw_arena_alloc(c->arena, sizeof(*error));

        if (!text.p || !error) {
                bw_compile_nomem(c);
                return;
        }
        error->message = text.p;
        bw_emit(c, BW_CEL_OP_RAISE, 0, 0, 0, bw_emit_constant(c, (struct bw_value){.type = BW_ERROR, .error = error}));
}

/* Without a checker a name may mean several things: the first that is bound counts. */
static uint16_t compile_name(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        const struct bw_local *local = bw_local_find(c, e);
        const struct bw_cel_expr *head = head_of(e);
        struct bw_resolved found;
        struct bw_resolved next;
        uint32_t ends = 0; /* jumps to the end, linked through their targets */
        uint32_t k = 0;

        if (local)
                return compile_local(c, local, dst);
        if (!bw_resolve(c, e, 0, &found)) {
                raise_missing(c, head);
                return dst;
        }
        for (bool more = true; more && c->status == 0; found = next) {
                uint32_t unbound = 0;
                uint16_t r;

                more = bw_resolve(c, e, ++k, &next) && found.slot >= 0;
                if (more)
                        unbound = bw_emit(c, BW_CEL_OP_BOUND, (uint32_t)found.slot, 0, 0, 0);
                r = compile_path(c, e, dst, &found);
                if (r != dst)
                        bw_emit(c, BW_CEL_OP_MOVE, dst, r, 0, 0);
                if (more) {
                        ends = bw_emit(c, BW_CEL_OP_JUMP, 0, 0, 0, ends) + 1;
                        bw_emit_land(c, unbound);
                }
        }
        while (ends && c->status == 0) {
                uint32_t jump = ends - 1;

                ends = c->insns[jump].d;
                bw_emit_land(c, jump);
        }
        return dst;
}

/* a[b], a[?b] with a key that is computed. */
static uint16_t compile_index(struct bw_compiler *c, const struct step *s, uint16_t dst)
{
        static const enum bw_cel_opcode ops[2][2] = {
                {BW_CEL_OP_INDEX, BW_CEL_OP_OPT_INDEX},
                {BW_CEL_OP_C_INDEX, BW_CEL_OP_C_OPT_INDEX},
        };
        uint32_t top = c->top;
        uint16_t operand = compile_path(c, s->operand, dst, NULL);
        uint16_t key = bw_emit_registers(c, 1);
        uint16_t r;

        if (bw_is_attribute(c, s->index) && !bw_compile_is_call(s->index, "_?_:_", 3))
                r = bw_compile_attribute(c, s->index, key, false);
        else
                r = bw_compile_expr(c, s->index, key);
        bw_emit(c, ops[c->costed][s->kind == STEP_OPTIONAL], dst, operand, r, 0);
        c->top = top;
        return dst;
}

/* What is tested is a field, never a part of a name. */
static uint16_t compile_has(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        struct bw_str field = bw_arena_str(c->arena, e->select.field);
        struct run run = {.base = e->select.operand};

        if (!field.p) {
                bw_compile_nomem(c);
                return dst;
        }
        if (!c->costed)
                collect_run(c, e->select.operand, NULL, STEP_PLAIN, &run);
        if (run.n == MOST_KEYS)
                run = (struct run){.base = e->select.operand};
        memmove(run.keys + 1, run.keys, run.n * sizeof(run.keys[0]));
        run.keys[0] = bw_value_str(field);
        run.n++;
        emit_run(c, &run, dst, c->costed ? BW_CEL_OP_C_HAS : BW_CEL_OP_HAS, BW_CEL_OP_HASV);
        return dst;
}

static uint16_t compile_path(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst,
                             const struct bw_resolved *name)
{
        struct step s;
        struct run run;

        if (c->status < 0)
                return dst;
        if (name && name->node == e) {
                if (name->slot >= 0)
                        return compile_variable(c, (uint32_t)name->slot, dst);
                bw_emit(c, BW_CEL_OP_K, dst, 0, 0, bw_emit_constant(c, name->constant));
                return dst;
        }
        if (e->kind == BW_CEL_EXPR_IDENT)
                return compile_name(c, e, dst);
        if (e->kind == BW_CEL_EXPR_SELECT && e->select.test)
                return compile_has(c, e, dst);
        s = step_of(c, e);
        if (s.kind == STEP_NONE)
                return bw_compile_expr(c, e, dst);
        if (s.index)
                return compile_index(c, &s, dst);
        collect_run(c, e, name, s.kind, &run);
        if (run.n == 0)
                return compile_name(c, e, dst);
        if (s.kind == STEP_PLAIN)
                emit_run(c, &run, dst, c->costed ? BW_CEL_OP_C_GET : BW_CEL_OP_GET, BW_CEL_OP_GETV);
        else
                emit_run(c, &run, dst, c->costed ? BW_CEL_OP_C_OPT : BW_CEL_OP_OPT, BW_CEL_OP_OPTV);
        return dst;
}

/* True if the attribute's innermost part is a conditional: it has no price of its own. */
static bool is_conditional(struct bw_compiler *c, const struct bw_cel_expr *e)
{
        for (;;) {
                struct step s = {.kind = STEP_NONE};

                if (e->kind == BW_CEL_EXPR_SELECT)
                        s = (struct step){.kind = STEP_PLAIN, .operand = e->select.operand};
                else if (bw_is_attribute(c, e) && e->kind == BW_CEL_EXPR_CALL && e->call.n_args == 2)
                        s = (struct step){.kind = STEP_PLAIN, .operand = e->call.args[0]};
                if (s.kind == STEP_NONE)
                        return bw_compile_is_call(e, "_?_:_", 3);
                e = s.operand;
        }
}

uint16_t bw_compile_attribute(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst, bool charged)
{
        bool test = e->kind == BW_CEL_EXPR_SELECT && e->select.test;

        if (c->costed && charged && !test && !is_conditional(c, e))
                bw_compile_cost(c, 1);
        return compile_path(c, e, dst, NULL);
}

/* ---- optional selections whose result is used at once ---- */

bool bw_is_optional_chain(struct bw_compiler *c, const struct bw_cel_expr *e)
{
        struct step s;

        if (c->costed || e->kind != BW_CEL_EXPR_CALL || bw_fold(c, e))
                return false;
        s = step_of(c, e);
        return s.kind == STEP_OPTIONAL && !s.index;
}

void bw_compile_has_value(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        struct run run;

        collect_run(c, e, NULL, STEP_OPTIONAL, &run);
        emit_run(c, &run, dst, BW_CEL_OP_OPT_HAS, BW_CEL_OP_OPTV_HAS);
}

void bw_compile_or_value(struct bw_compiler *c, const struct bw_cel_expr *e, const struct bw_cel_expr *other,
                         uint16_t dst)
{
        const struct bw_value *constant = bw_fold(c, other);
        uint32_t end;
        struct run run;

        collect_run(c, e, NULL, STEP_OPTIONAL, &run);
        if (constant) {
                emit_run(c, &run, dst, BW_CEL_OP_OPT_ORK, BW_CEL_OP_OPTV_ORK);
                (void)bw_emit_constant(c, *constant);
                return;
        }
        emit_run(c, &run, dst, BW_CEL_OP_OPT_OR, BW_CEL_OP_OPTV_OR);
        end = bw_emit(c, BW_CEL_OP_JUMP, 0, 0, 0, 0);
        bw_compile_into(c, other, dst);
        bw_emit_land(c, end);
}
