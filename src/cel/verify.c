/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier: code stays inside its program, jumps land inside the code, and no register is read before it was
 * written on every way there. It finds mistakes of the compiler, not of expressions.
 */
#include "base/arena.h"
#include "base/error.h"
#include "cel/program_internal.h"

const struct bw_cel_opcode_info bw_cel_opcodes[_BW_CEL_OP_MAX] = {
#define X(name, a, b, c, d, text)                                                                                      \
        [BW_CEL_OP_##name] = {                                                                                         \
                #name,                                                                                                 \
                {BW_CEL_OPERAND_##a, BW_CEL_OPERAND_##b, BW_CEL_OPERAND_##c, BW_CEL_OPERAND_##d},                      \
        },
#include "cel/opcodes.def"
#undef X
};

/* Sets of registers as bits; one for each instruction that is jumped to or follows a jump. */
struct verifier {
        const struct bw_cel_program *program;
        const struct bw_cel_code *code;
        struct bw_error *reterr;
        uint32_t words;     /* of a set */
        uint32_t *state_of; /* by instruction: number of its state + 1, 0 = none */
        uint64_t *states;
        uint32_t n_states;
        bool *reached; /* by state */
        bool changed;
        uint64_t *now;
        uint64_t *jump; /* what an instruction's jump takes with it */
};

static int bad(const struct verifier *v, uint32_t at, const char *what)
{
        return bw_error_set(v->reterr, -EFAULT, "bad code at %" PRIu32 " (%s): %s", at,
                            v->code->insns[at].op < _BW_CEL_OP_MAX ? bw_cel_opcodes[v->code->insns[at].op].name : "?",
                            what);
}

static bool in_registers(const struct verifier *v, uint32_t first, uint32_t n)
{
        return first + n <= v->code->n_registers;
}

static uint32_t field(const struct bw_cel_insn *insn, unsigned i)
{
        return i == 0 ? insn->a : i == 1 ? insn->b : i == 2 ? insn->c : insn->d;
}

static bool in_constants(const struct verifier *v, uint32_t first, uint32_t n)
{
        return first <= v->program->n_constants && n <= v->program->n_constants - first;
}

/* Before the keys of a variable stands its name. */
static bool is_variable(const struct bw_cel_insn *insn)
{
        return bw_cel_opcodes[insn->op].operand[1] == BW_CEL_OPERAND_V;
}

static bool operand_is_good(const struct verifier *v, const struct bw_cel_insn *insn, unsigned i)
{
        uint32_t value = field(insn, i);

        switch ((enum bw_cel_operand)bw_cel_opcodes[insn->op].operand[i]) {
        case BW_CEL_OPERAND__:
        case BW_CEL_OPERAND_N:
                return true;
        case BW_CEL_OPERAND_W:
        case BW_CEL_OPERAND_R:
        case BW_CEL_OPERAND_RW:
                return in_registers(v, value, 1);
        case BW_CEL_OPERAND_V:
                return value < v->program->n_slots;
        case BW_CEL_OPERAND_K:
                return in_constants(v, value, 1);
        case BW_CEL_OPERAND_KS:
                return insn->c > 0 && (value > 0 || !is_variable(insn)) && in_constants(v, value, insn->c);
        case BW_CEL_OPERAND_KSD:
                return insn->c > 0 && (value > 0 || !is_variable(insn)) && in_constants(v, value, insn->c + 1u);
        case BW_CEL_OPERAND_J:
                return value < v->code->n_insns;
        case BW_CEL_OPERAND_S:
                return value < v->program->n_sites;
        case BW_CEL_OPERAND_IT:
                return in_registers(v, value, _BW_CEL_LOOP_MAX);
        case BW_CEL_OPERAND_ARGS:
                return in_registers(v, value, insn->c);
        case BW_CEL_OPERAND_ACC:
                return in_registers(v, value, 2);
        }
        return false;
}

static int check_bounds(const struct verifier *v)
{
        const struct bw_cel_code *code = v->code;

        for (uint32_t at = 0; at < code->n_insns; at++) {
                const struct bw_cel_insn *insn = &code->insns[at];

                if (insn->op >= _BW_CEL_OP_MAX)
                        return bad(v, at, "no such instruction");
                for (unsigned i = 0; i < 4; i++)
                        if (!operand_is_good(v, insn, i))
                                return bad(v, at, "an operand is out of bounds");
                if ((insn->op == BW_CEL_OP_OPT_OR || insn->op == BW_CEL_OP_OPTV_OR) &&
                    (at + 2 >= code->n_insns || insn[1].op != BW_CEL_OP_JUMP))
                        return bad(v, at, "no jump follows");
                if ((insn->op == BW_CEL_OP_CALL || insn->op == BW_CEL_OP_C_CALL) &&
                    insn->c != v->program->sites[insn->d].n_args)
                        return bad(v, at, "wrong number of arguments");
                if (insn->op == BW_CEL_OP_MATCH && !v->program->sites[insn->d].regex)
                        return bad(v, at, "no regular expression");
        }
        for (uint32_t i = 0; i < code->n_regions; i++)
                if (code->regions[i].end > code->n_insns || code->regions[i].target >= code->n_insns ||
                    code->regions[i].reg >= code->n_registers)
                        return bad(v, 0, "a region is out of bounds");
        return code->n_insns ? 0 : bw_error_set(v->reterr, -EFAULT, "bad code: empty");
}

/* ---- what is written where ---- */

static void add(uint64_t *set, uint32_t reg, uint32_t n)
{
        for (uint32_t i = reg; i < reg + n; i++)
                set[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool has(const uint64_t *set, uint32_t reg, uint32_t n)
{
        for (uint32_t i = reg; i < reg + n; i++)
                if (!(set[i / 64] >> (i % 64) & 1))
                        return false;
        return true;
}

/* Control comes to `to` with this set: only what every way brings counts there. */
static void flow(struct verifier *v, uint32_t to, const uint64_t *set)
{
        uint32_t number = v->state_of[to] - 1;
        uint64_t *state = v->states + (size_t)number * v->words;

        for (uint32_t i = 0; i < v->words; i++) {
                uint64_t merged = v->reached[number] ? state[i] & set[i] : set[i];

                if (!v->reached[number] || merged != state[i])
                        v->changed = true;
                state[i] = merged;
        }
        v->reached[number] = true;
}

static bool reads_are_good(const struct verifier *v, const struct bw_cel_insn *insn)
{
        for (unsigned i = 0; i < 3; i++) {
                uint32_t value = field(insn, i);

                switch ((enum bw_cel_operand)bw_cel_opcodes[insn->op].operand[i]) {
                case BW_CEL_OPERAND_R:
                case BW_CEL_OPERAND_RW:
                        if (!has(v->now, value, 1))
                                return false;
                        break;
                case BW_CEL_OPERAND_ARGS:
                        if (!has(v->now, value, insn->c))
                                return false;
                        break;
                case BW_CEL_OPERAND_IT:
                        if (insn->op != BW_CEL_OP_ITER && !has(v->now, value, BW_CEL_LOOP_VAR))
                                return false;
                        break;
                case BW_CEL_OPERAND_ACC:
                        if (insn->op != BW_CEL_OP_LIST && insn->op != BW_CEL_OP_MAP &&
                            insn->op != BW_CEL_OP_SUB_BEGIN && !has(v->now, value, 2))
                                return false;
                        break;
                default:
                        break;
                }
        }
        return true;
}

static void apply_writes(const struct bw_cel_insn *insn, uint64_t *set)
{
        for (unsigned i = 0; i < 3; i++) {
                uint8_t kind = bw_cel_opcodes[insn->op].operand[i];

                if (kind == BW_CEL_OPERAND_W)
                        add(set, field(insn, i), 1);
                else if (kind == BW_CEL_OPERAND_ACC)
                        add(set, field(insn, i), 2);
                else if (kind == BW_CEL_OPERAND_IT)
                        add(set, field(insn, i), _BW_CEL_LOOP_MAX);
        }
}

/* Instructions that write only when they do not jump. */
static bool jumps_before_writing(uint16_t op)
{
        return op == BW_CEL_OP_AND_FIRST || op == BW_CEL_OP_OR_FIRST || op == BW_CEL_OP_ITER;
}

static bool jumps(const struct bw_cel_insn *insn)
{
        return bw_cel_opcodes[insn->op].operand[3] == BW_CEL_OPERAND_J;
}

static bool ends(uint16_t op)
{
        return op == BW_CEL_OP_JUMP || op == BW_CEL_OP_RETURN || op == BW_CEL_OP_RAISE || op == BW_CEL_OP_SUB_END;
}

/* Takes v->now over one instruction. */
static int step(struct verifier *v, uint32_t at)
{
        const struct bw_cel_code *code = v->code;
        const struct bw_cel_insn *insn = &code->insns[at];
        size_t bytes = v->words * sizeof(*v->now);

        if (!reads_are_good(v, insn))
                return bad(v, at, "a register is read before it is written");
        memcpy(v->jump, v->now, bytes);
        if (code->region_of[at] != BW_CEL_NO_REGION) {
                const struct bw_cel_region *region = &code->regions[code->region_of[at]];

                add(v->jump, region->reg, 1);
                flow(v, region->target, v->jump);
                memcpy(v->jump, v->now, bytes);
        }
        apply_writes(insn, v->now);
        if (insn->op == BW_CEL_OP_OPT_OR || insn->op == BW_CEL_OP_OPTV_OR) {
                flow(v, at + 2, v->jump);
        } else if (insn->op == BW_CEL_OP_OR_ELSE || insn->op == BW_CEL_OP_OR_OPT) {
                flow(v, insn->d, v->now);
                memcpy(v->now, v->jump, bytes);
        } else if (insn->op == BW_CEL_OP_LAZY) {
                return 0; /* a call: what it computes has its state from SUB_BEGIN */
        } else if (jumps(insn)) {
                flow(v, insn->d, jumps_before_writing(insn->op) ? v->jump : v->now);
        }
        return 0;
}

static int pass(struct verifier *v)
{
        bool running = false;

        for (uint32_t at = 0; at < v->code->n_insns; at++) {
                uint32_t number = v->state_of[at];
                int r;

                if (number) {
                        if (running)
                                flow(v, at, v->now);
                        running = v->reached[number - 1];
                        memcpy(v->now, v->states + (size_t)(number - 1) * v->words, v->words * sizeof(*v->now));
                }
                if (!running)
                        continue;
                r = step(v, at);
                if (r < 0)
                        return r;
                running = !ends(v->code->insns[at].op);
                if (running && at + 1 == v->code->n_insns)
                        return bad(v, at, "the code runs off its end");
        }
        return 0;
}

static void mark(struct verifier *v, uint32_t at)
{
        if (at < v->code->n_insns && !v->state_of[at])
                v->state_of[at] = ++v->n_states;
}

static int check_flow(struct verifier *v, struct bw_arena *arena)
{
        const struct bw_cel_code *code = v->code;

        v->words = code->n_registers / 64 + 1;
        v->state_of = bw_arena_zalloc(arena, code->n_insns * sizeof(*v->state_of));
        if (!v->state_of)
                return bw_error_nomem(v->reterr);
        mark(v, 0);
        for (uint32_t at = 0; at < code->n_insns; at++) {
                const struct bw_cel_insn *insn = &code->insns[at];

                if (jumps(insn))
                        mark(v, insn->d);
                if (insn->op == BW_CEL_OP_OPT_OR || insn->op == BW_CEL_OP_OPTV_OR)
                        mark(v, at + 2);
        }
        for (uint32_t i = 0; i < code->n_regions; i++)
                mark(v, code->regions[i].target);
        v->states = bw_arena_zalloc(arena, (size_t)v->n_states * v->words * sizeof(*v->states));
        v->reached = bw_arena_zalloc(arena, v->n_states * sizeof(*v->reached));
        v->now = bw_arena_zalloc(arena, v->words * sizeof(*v->now));
        v->jump = bw_arena_zalloc(arena, v->words * sizeof(*v->jump));
        if (!v->states || !v->reached || !v->now || !v->jump)
                return bw_error_nomem(v->reterr);
        v->reached[0] = true;
        do {
                int r;

                v->changed = false;
                r = pass(v);
                if (r < 0)
                        return r;
        } while (v->changed);
        return 0;
}

int bw_cel_verify(const struct bw_cel_program *program, const struct bw_cel_code *code, struct bw_error *reterr)
{
        struct verifier v = {.program = program, .code = code, .reterr = reterr};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        int r;

        if (!arena)
                return bw_error_nomem(reterr);
        r = check_bounds(&v);
        return r < 0 ? r : check_flow(&v, arena);
}
