/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine. One function runs the code; an error goes to the handler of the instruction's region, or out.
 * Effort is bounded: loop steps, and what equality, membership and concatenation walk over, count against
 * BW_LIMIT_CEL_ITERATIONS; memory against the arena's ceiling.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "cel/vm_internal.h"

#define STACK_REGISTERS 40

/* One label at the margin for each instruction. */
/* clang-format off */

#define CASE(name) op_##name
#define NEXT_INSN                                                                                                      \
        do {                                                                                                           \
                pc++;                                                                                                  \
                goto *labels[pc->op];                                                                                  \
        } while (0)
#define JUMP_TO(target)                                                                                                \
        do {                                                                                                           \
                pc = code->insns + (target);                                                                           \
                goto *labels[pc->op];                                                                                  \
        } while (0)
#define RAISE(value)                                                                                                   \
        do {                                                                                                           \
                error = (value);                                                                                       \
                goto raise;                                                                                            \
        } while (0)
/* Sets a register to a value that may be an error. */
#define SET_OR_RAISE(value)                                                                                            \
        do {                                                                                                           \
                struct bw_value result_ = (value);                                                                     \
                if (BW_UNLIKELY(result_.type == BW_ERROR))                                                             \
                        RAISE(result_);                                                                                \
                r[pc->a] = result_;                                                                                    \
                NEXT_INSN;                                                                                             \
        } while (0)
#define COMPARE(right, op)                                                                                             \
        do {                                                                                                           \
                struct bw_value a_ = r[pc->b];                                                                         \
                struct bw_value b_ = (right);                                                                          \
                int order_;                                                                                            \
                if (BW_LIKELY(a_.type == BW_INT && b_.type == BW_INT))                                                 \
                        r[pc->a] = bw_value_bool(a_.i op b_.i);                                                        \
                else if (order(m, a_, b_, &order_))                                                                    \
                        r[pc->a] = bw_value_bool(order_ op 0);                                                         \
                else                                                                                                   \
                        RAISE(unordered(m, a_, b_));                                                                   \
                NEXT_INSN;                                                                                             \
        } while (0)
#define TEXTS(right, test)                                                                                             \
        do {                                                                                                           \
                struct bw_value a_ = r[pc->b];                                                                         \
                struct bw_value b_ = (right);                                                                          \
                if (BW_UNLIKELY(a_.type != BW_STRING || b_.type != BW_STRING))                                         \
                        RAISE(bw_cel_no_overload());                                                                   \
                r[pc->a] = bw_value_bool(test);                                                                        \
                NEXT_INSN;                                                                                             \
        } while (0)
#define STARTS(a, b) bw_str_starts(bw_value_text(a), bw_value_text(b))
#define ENDS(a, b) bw_str_ends(bw_value_text(a), bw_value_text(b))
#define CONTAINS(a, b) (charge(m, (a).n / 64), bw_str_find(bw_value_text(a), bw_value_text(b)) != SIZE_MAX)
/* The variable in slot b; its name is the constant before the first key, or d itself. */
#define LOAD_VARIABLE(v, name)                                                                                         \
        do {                                                                                                           \
                v = m->slots[pc->b];                                                                                   \
                if (BW_UNLIKELY(v.type == BW_ABSENT))                                                                  \
                        RAISE(bw_cel_error(&m->call, "no such attribute(s): %.*s", BW_STR_ARG(bw_value_text(name))));  \
        } while (0)

static BW_HOT struct bw_value run(struct machine *m, const struct bw_cel_code *code, const struct bw_cel_program *program)
{
        static const void *const labels[] = {
#define X(name, a, b, c, d, text) [BW_CEL_OP_##name] = &&op_##name,
#include "cel/opcodes.def"
#undef X
        };
        struct bw_value *const r = m->registers;
        const struct bw_value *const k = m->constants;
        const struct bw_cel_insn *pc = code->insns;
        struct bw_value error;
        struct bw_value v;

        goto *labels[pc->op];

        /* Values */
CASE(K):
        r[pc->a] = k[pc->d];
        NEXT_INSN;
CASE(MOVE):
        r[pc->a] = r[pc->b];
        NEXT_INSN;
CASE(LOAD):
        SET_OR_RAISE(r[pc->b]);
CASE(VAR):
        LOAD_VARIABLE(v, k[pc->d]);
        r[pc->a] = v;
        NEXT_INSN;
CASE(BOUND):
        if (m->slots[pc->a].type == BW_ABSENT)
                JUMP_TO(pc->d);
        NEXT_INSN;
CASE(RAISE):
        RAISE(k[pc->d]);

        /* Fields */
CASE(GETV):
        LOAD_VARIABLE(v, k[pc->d - 1]);
        goto get;
CASE(GET):
        v = r[pc->b];
get:
        if (BW_UNLIKELY(!walk(m, &v, &k[pc->d], pc->c)))
                RAISE(v);
        r[pc->a] = v;
        NEXT_INSN;
CASE(HASV):
        LOAD_VARIABLE(v, k[pc->d - 1]);
        goto has;
CASE(HAS):
        v = r[pc->b];
has:
        if (BW_UNLIKELY(!walk(m, &v, &k[pc->d], pc->c - 1u)))
                RAISE(v);
        SET_OR_RAISE(test(m, v, k[pc->d + pc->c - 1]));
CASE(OPTV):
        LOAD_VARIABLE(v, k[pc->d - 1]);
        goto opt;
CASE(OPT):
        v = r[pc->b];
opt:
        walk_optional(m, &v, &k[pc->d], pc->c);
        SET_OR_RAISE(optional_of(m, v));
CASE(OPTV_HAS):
        LOAD_VARIABLE(v, k[pc->d - 1]);
        goto opt_has;
CASE(OPT_HAS):
        v = r[pc->b];
opt_has:
        walk_optional(m, &v, &k[pc->d], pc->c);
        if (BW_UNLIKELY(v.type == BW_ERROR))
                RAISE(v);
        r[pc->a] = bw_value_bool(v.type != BW_ABSENT);
        NEXT_INSN;
CASE(OPTV_ORK):
        LOAD_VARIABLE(v, k[pc->d - 1]);
        goto opt_ork;
CASE(OPT_ORK):
        v = r[pc->b];
opt_ork:
        walk_optional(m, &v, &k[pc->d], pc->c);
        SET_OR_RAISE(v.type == BW_ABSENT ? k[pc->d + pc->c] : v);
CASE(OPTV_OR):
        LOAD_VARIABLE(v, k[pc->d - 1]);
        goto opt_or;
CASE(OPT_OR):
        v = r[pc->b];
opt_or:
        walk_optional(m, &v, &k[pc->d], pc->c);
        if (v.type == BW_ABSENT) {
                pc++;
                NEXT_INSN;
        }
        SET_OR_RAISE(v);
CASE(INDEX):
        SET_OR_RAISE(bw_cel_access(&m->call, r[pc->b], r[pc->c], BW_CEL_GET, false));
CASE(OPT_INDEX):
        SET_OR_RAISE(bw_cel_access_optional(&m->call, r[pc->b], r[pc->c], false));

        /* Operators */
CASE(EQ):
        r[pc->a] = bw_value_bool(equal(m, r[pc->b], r[pc->c]));
        NEXT_INSN;
CASE(NE):
        r[pc->a] = bw_value_bool(!equal(m, r[pc->b], r[pc->c]));
        NEXT_INSN;
CASE(EQK):
        r[pc->a] = bw_value_bool(equal(m, r[pc->b], k[pc->d]));
        NEXT_INSN;
CASE(NEK):
        r[pc->a] = bw_value_bool(!equal(m, r[pc->b], k[pc->d]));
        NEXT_INSN;
CASE(LT):
        COMPARE(r[pc->c], <);
CASE(LE):
        COMPARE(r[pc->c], <=);
CASE(GT):
        COMPARE(r[pc->c], >);
CASE(GE):
        COMPARE(r[pc->c], >=);
CASE(LTK):
        COMPARE(k[pc->d], <);
CASE(LEK):
        COMPARE(k[pc->d], <=);
CASE(GTK):
        COMPARE(k[pc->d], >);
CASE(GEK):
        COMPARE(k[pc->d], >=);
CASE(NOT):
        if (BW_UNLIKELY(r[pc->b].type != BW_BOOL))
                RAISE(not_bool(r[pc->b]));
        r[pc->a] = bw_value_bool(!r[pc->b].b);
        NEXT_INSN;
CASE(ADD): {
        struct bw_value args[2] = {r[pc->b], r[pc->c]};

        if (args[0].type == BW_INT && args[1].type == BW_INT &&
            !__builtin_add_overflow(args[0].i, args[1].i, &v.i)) {
                r[pc->a] = bw_value_int(v.i);
                NEXT_INSN;
        }
        SET_OR_RAISE(call(m, &program->sites[pc->d], args));
}
CASE(SUB): {
        struct bw_value args[2] = {r[pc->b], r[pc->c]};

        if (args[0].type == BW_INT && args[1].type == BW_INT &&
            !__builtin_sub_overflow(args[0].i, args[1].i, &v.i)) {
                r[pc->a] = bw_value_int(v.i);
                NEXT_INSN;
        }
        SET_OR_RAISE(call(m, &program->sites[pc->d], args));
}
CASE(IN):
        SET_OR_RAISE(member(m, r[pc->b], r[pc->c]));
CASE(IN_SET):
        r[pc->a] = bw_value_bool(bw_cel_access(&m->call, k[pc->d], r[pc->b], BW_CEL_OPTIONAL, false).type !=
                                 BW_ABSENT);
        NEXT_INSN;
CASE(HAS_KEY):
        if (BW_LIKELY(r[pc->b].type == BW_MAP && k[pc->d].type == BW_STRING)) {
                r[pc->a] = bw_value_bool(bw_map_find(r[pc->b], k[pc->d]) != NULL);
                NEXT_INSN;
        }
        SET_OR_RAISE(member(m, k[pc->d], r[pc->b]));
CASE(SIZE):
        SET_OR_RAISE(size_of(m, r[pc->b]));
CASE(STARTS):
        TEXTS(r[pc->c], STARTS(a_, b_));
CASE(ENDS):
        TEXTS(r[pc->c], ENDS(a_, b_));
CASE(CONTAINS):
        TEXTS(r[pc->c], CONTAINS(a_, b_));
CASE(STARTSK):
        TEXTS(k[pc->d], STARTS(a_, b_));
CASE(ENDSK):
        TEXTS(k[pc->d], ENDS(a_, b_));
CASE(CONTAINSK):
        TEXTS(k[pc->d], CONTAINS(a_, b_));
CASE(MATCH): {
        int match;

        if (BW_UNLIKELY(r[pc->b].type != BW_STRING))
                RAISE(bw_cel_no_overload());
        charge(m, r[pc->b].n / 16);
        match = bw_regex_match(program->sites[pc->d].regex, bw_value_text(r[pc->b]));
        if (BW_UNLIKELY(match < 0))
                RAISE(bw_cel_no_memory());
        r[pc->a] = bw_value_bool(match);
        NEXT_INSN;
}
CASE(CALL):
        SET_OR_RAISE(call(m, &program->sites[pc->d], &r[pc->b]));

        /* Control */
CASE(JUMP):
        JUMP_TO(pc->d);
CASE(COND):
        if (is_false(r[pc->a]))
                JUMP_TO(pc->d);
        if (BW_UNLIKELY(r[pc->a].type != BW_BOOL))
                RAISE(not_bool(r[pc->a]));
        NEXT_INSN;
CASE(AND_FIRST):
        if (is_false(r[pc->a]))
                JUMP_TO(pc->d);
        r[pc->b] = BW_LIKELY(r[pc->a].type == BW_BOOL) ? (struct bw_value){0} : not_bool(r[pc->a]);
        NEXT_INSN;
CASE(AND_NEXT):
        if (is_false(r[pc->a]))
                JUMP_TO(pc->d);
        if (BW_UNLIKELY(r[pc->a].type != BW_BOOL) && r[pc->b].type == BW_ABSENT)
                r[pc->b] = not_bool(r[pc->a]);
        NEXT_INSN;
CASE(AND_LAST):
        if (is_false(r[pc->a]))
                NEXT_INSN;
        if (BW_UNLIKELY(r[pc->b].type != BW_ABSENT))
                RAISE(r[pc->b]);
        if (BW_UNLIKELY(r[pc->a].type != BW_BOOL))
                RAISE(not_bool(r[pc->a]));
        NEXT_INSN;
CASE(OR_FIRST):
        if (is_true(r[pc->a]))
                JUMP_TO(pc->d);
        r[pc->b] = BW_LIKELY(r[pc->a].type == BW_BOOL) ? (struct bw_value){0} : not_bool(r[pc->a]);
        NEXT_INSN;
CASE(OR_NEXT):
        if (is_true(r[pc->a]))
                JUMP_TO(pc->d);
        if (BW_UNLIKELY(r[pc->a].type != BW_BOOL) && r[pc->b].type == BW_ABSENT)
                r[pc->b] = not_bool(r[pc->a]);
        NEXT_INSN;
CASE(OR_LAST):
        if (is_true(r[pc->a]))
                NEXT_INSN;
        if (BW_UNLIKELY(r[pc->b].type != BW_ABSENT))
                RAISE(r[pc->b]);
        if (BW_UNLIKELY(r[pc->a].type != BW_BOOL))
                RAISE(not_bool(r[pc->a]));
        NEXT_INSN;
CASE(OR_ELSE):
        v = r[pc->b];
        if (v.type == BW_OPTIONAL && !v.opt)
                NEXT_INSN;
        r[pc->a] = v.type == BW_OPTIONAL ? *v.opt : v;
        JUMP_TO(pc->d);
CASE(OR_OPT):
        v = r[pc->b];
        if (v.type == BW_OPTIONAL && !v.opt)
                NEXT_INSN;
        r[pc->a] = v;
        JUMP_TO(pc->d);
CASE(RETURN):
        return r[pc->a];

        /* Values that are computed when first used */
CASE(SUB_BEGIN):
        r[pc->a] = (struct bw_value){0};
        JUMP_TO(pc->d);
CASE(SUB_END):
        JUMP_TO(r[pc->a].u);
CASE(LAZY):
        if (r[pc->a].type == BW_ABSENT) {
                r[pc->a + 1] = bw_value_uint((uint64_t)(pc - code->insns));
                JUMP_TO(pc->d);
        }
        if (BW_UNLIKELY(r[pc->a].type == BW_ERROR))
                RAISE(r[pc->a]);
        NEXT_INSN;

        /* Loops */
CASE(ITER): {
        struct bw_value *loop = &r[pc->a];

        v = r[pc->b];
        if (BW_UNLIKELY(v.type != BW_LIST && v.type != BW_MAP))
                RAISE(not_iterable(m, v));
        if (BW_UNLIKELY(--m->steps < 0))
                RAISE(error_value(&out_of_steps));
        loop[BW_CEL_LOOP_RANGE] = v;
        loop[BW_CEL_LOOP_AT].u = 0;
        loop[BW_CEL_LOOP_ERROR] = (struct bw_value){0};
        loop[BW_CEL_LOOP_COUNT].u = 0;
        if (v.n == 0)
                JUMP_TO(pc->d);
        load_element(loop, pc->c);
        NEXT_INSN;
}
CASE(NEXT_ALL):
        if (BW_UNLIKELY(!is_true(r[pc->b]))) {
                if (is_false(r[pc->b]))
                        NEXT_INSN;
                if (r[pc->a + BW_CEL_LOOP_ERROR].type == BW_ABSENT)
                        r[pc->a + BW_CEL_LOOP_ERROR] = not_bool(r[pc->b]);
        }
        v = bw_value_bool(true);
        goto next_logic;
CASE(NEXT_EXISTS):
        if (!is_false(r[pc->b])) {
                if (is_true(r[pc->b]))
                        NEXT_INSN;
                if (r[pc->a + BW_CEL_LOOP_ERROR].type == BW_ABSENT)
                        r[pc->a + BW_CEL_LOOP_ERROR] = not_bool(r[pc->b]);
        }
        v = bw_value_bool(false);
next_logic:
        switch (advance(m, &r[pc->a], pc->c)) {
        case ADVANCE_MORE:
                JUMP_TO(pc->d);
        case ADVANCE_TIRED:
                RAISE(error_value(&out_of_steps));
        case ADVANCE_DONE:
                break;
        }
        if (BW_UNLIKELY(r[pc->a + BW_CEL_LOOP_ERROR].type != BW_ABSENT))
                RAISE(r[pc->a + BW_CEL_LOOP_ERROR]);
        r[pc->b] = v;
        NEXT_INSN;
CASE(NEXT_ONE):
        if (BW_UNLIKELY(r[pc->b].type != BW_BOOL))
                RAISE(not_bool(r[pc->b]));
        r[pc->a + BW_CEL_LOOP_COUNT].u += r[pc->b].b;
        r[pc->b] = bw_value_bool(r[pc->a + BW_CEL_LOOP_COUNT].u == 1);
CASE(NEXT):
        switch (advance(m, &r[pc->a], pc->c)) {
        case ADVANCE_MORE:
                JUMP_TO(pc->d);
        case ADVANCE_TIRED:
                RAISE(error_value(&out_of_steps));
        case ADVANCE_DONE:
                break;
        }
        NEXT_INSN;
CASE(BREAK):
        if (is_false(r[pc->a]))
                JUMP_TO(pc->d);
        NEXT_INSN;
CASE(LIST):
        if (BW_UNLIKELY(!start_list(m, &r[pc->a], pc->c)))
                RAISE(bw_cel_no_memory());
        NEXT_INSN;
CASE(PUSH_OPT):
        v = r[pc->b];
        if (v.type != BW_OPTIONAL)
                RAISE(bw_cel_error(&m->call, "cannot initialize optional list element from non-optional value"));
        if (!v.opt)
                NEXT_INSN;
        v = *v.opt;
        goto push;
CASE(PUSH):
        v = r[pc->b];
push:
        if (BW_UNLIKELY(!push(m, &r[pc->a], v)))
                RAISE(bw_cel_no_memory());
        NEXT_INSN;
CASE(MAP):
        if (BW_UNLIKELY(!start_map(m, &r[pc->a], pc->c)))
                RAISE(bw_cel_no_memory());
        NEXT_INSN;
CASE(PUT_OPT):
        v = r[pc->c];
        if (v.type != BW_OPTIONAL)
                RAISE(bw_cel_error(&m->call, "cannot initialize optional entry from non-optional value"));
        if (!v.opt)
                NEXT_INSN;
        v = put(m, &r[pc->a], r[pc->b], *v.opt);
        goto put;
CASE(PUT):
        v = put(m, &r[pc->a], r[pc->b], r[pc->c]);
        goto put;
CASE(PUT_ALL):
        v = put_all(m, &r[pc->a], r[pc->b]);
        goto put;
CASE(MAP_END):
        v = finish_map(m, &r[pc->a], pc->c);
put:
        if (BW_UNLIKELY(v.type == BW_ERROR))
                RAISE(v);
        NEXT_INSN;

        /* With cost accounting */
CASE(COST):
        m->cost += pc->d;
        if (BW_UNLIKELY(m->cost > m->cost_limit))
                RAISE(error_value(&out_of_cost));
        NEXT_INSN;
CASE(C_GET):
        SET_OR_RAISE(costed_step(m, r[pc->b], k[pc->d], false, true));
CASE(C_HAS):
        m->cost++;
        SET_OR_RAISE(test(m, r[pc->b], k[pc->d]));
CASE(C_OPT):
        SET_OR_RAISE(costed_step(m, r[pc->b], k[pc->d], true, true));
CASE(C_INDEX):
        SET_OR_RAISE(costed_step(m, r[pc->b], r[pc->c], false, false));
CASE(C_OPT_INDEX):
        SET_OR_RAISE(costed_step(m, r[pc->b], r[pc->c], true, false));
CASE(C_CALL):
        SET_OR_RAISE(call_costed(m, &program->sites[pc->d], &r[pc->b]));

raise:
        if (code->region_of[pc - code->insns] == BW_CEL_NO_REGION || is_fatal(error))
                return error;
        {
                const struct bw_cel_region *region = &code->regions[code->region_of[pc - code->insns]];

                r[region->reg] = error;
                JUMP_TO(region->target);
        }
}
/* clang-format on */

struct bw_value bw_cel_run(const struct bw_cel_program *program, struct bw_cel_eval_options *options)
{
        const struct bw_cel_code *code = options->cost_limit ? &program->costed : &program->fast;
        struct bw_value registers[STACK_REGISTERS];
        struct machine m = {
                .call = {.arena = options->arena, .env = program->env, .now = options->now},
                .registers = registers,
                .constants = program->constants,
                .slots = options->slots,
                .steps = options->steps ? options->steps : BW_LIMIT_CEL_ITERATIONS,
                .cost_limit = options->cost_limit,
        };
        struct bw_value v;

        options->cost = 0;
        if (BW_UNLIKELY(code->n_insns == 0))
                return error_value(&no_costs);
        if (BW_UNLIKELY(code->n_registers > STACK_REGISTERS)) {
                m.registers = bw_arena_array(options->arena, code->n_registers, sizeof(registers[0]));
                if (!m.registers)
                        return bw_cel_no_memory();
        }
        v = run(&m, code, program);
        options->cost = m.cost;
        return m.steps < 0 && !(v.type == BW_ERROR && is_fatal(v)) ? error_value(&out_of_steps) : v;
}

int bw_cel_eval(const struct bw_cel_program *program, struct bw_cel_eval_options *options, struct bw_value *ret,
                struct bw_error *reterr)
{
        struct bw_value v = bw_cel_run(program, options);

        if (v.type != BW_ERROR) {
                *ret = v;
                return 0;
        }
        if (bw_cel_is_no_memory(v))
                return bw_arena_error(options->arena, reterr);
        if (v.error == &out_of_steps)
                return bw_error_set(reterr, -E2BIG, "more than %" PRId64 " steps of loops and comparisons",
                                    options->steps ? options->steps : BW_LIMIT_CEL_ITERATIONS);
        if (v.error == &out_of_cost)
                return bw_error_set(reterr, -E2BIG, "cost limit of %" PRIu64 " exceeded", options->cost_limit);
        return bw_error_set(reterr, -EINVAL, "%s", v.error->message);
}
