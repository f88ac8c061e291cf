/* SPDX-License-Identifier: Apache-2.0 */
/* Code as people read it: one line for each instruction, jump targets by number, constants as literals. */
#include "base/buf.h"
#include "cel/program_internal.h"

static void put_operand(struct bw_buf *out, const struct bw_cel_program *program, const struct bw_cel_insn *insn,
                        enum bw_cel_operand kind, uint32_t value)
{
        switch (kind) {
        case BW_CEL_OPERAND__:
                return;
        case BW_CEL_OPERAND_N:
                bw_buf_printf(out, " %" PRIu32, value);
                return;
        case BW_CEL_OPERAND_V:
                bw_buf_printf(out, " $%" PRIu32, value);
                return;
        case BW_CEL_OPERAND_K:
        case BW_CEL_OPERAND_KS:
        case BW_CEL_OPERAND_KSD: {
                uint32_t n = kind == BW_CEL_OPERAND_K ? 1 : insn->c + (kind == BW_CEL_OPERAND_KSD ? 1u : 0);

                for (uint32_t i = 0; i < n; i++) {
                        bw_buf_char(out, ' ');
                        if (program->constants[value + i].type == BW_ERROR)
                                bw_buf_puts(out, program->constants[value + i].error->message);
                        else
                                bw_cel_format_value(out, program->constants[value + i]);
                }
                return;
        }
        case BW_CEL_OPERAND_J:
                bw_buf_printf(out, " ->%" PRIu32, value);
                return;
        case BW_CEL_OPERAND_S:
                bw_buf_printf(out, " %.*s/%" PRIu32, BW_STR_ARG(program->sites[value].function),
                              program->sites[value].n_candidates);
                return;
        case BW_CEL_OPERAND_W:
        case BW_CEL_OPERAND_R:
        case BW_CEL_OPERAND_RW:
        case BW_CEL_OPERAND_IT:
        case BW_CEL_OPERAND_ARGS:
        case BW_CEL_OPERAND_ACC:
                bw_buf_printf(out, " r%" PRIu32, value);
                return;
        }
}

static void put_code(struct bw_buf *out, const struct bw_cel_program *program, const struct bw_cel_code *code)
{
        for (uint32_t at = 0; at < code->n_insns; at++) {
                const struct bw_cel_insn *insn = &code->insns[at];
                const struct bw_cel_opcode_info *info = &bw_cel_opcodes[insn->op];
                const uint32_t fields[] = {insn->a, insn->b, insn->c, insn->d};

                bw_buf_printf(out, "%5" PRIu32 "  %-10s", at, info->name);
                for (unsigned i = 0; i < BW_ARRAY_SIZE(fields); i++)
                        put_operand(out, program, insn, (enum bw_cel_operand)info->operand[i], fields[i]);
                if (code->region_of[at] != BW_CEL_NO_REGION) {
                        const struct bw_cel_region *region = &code->regions[code->region_of[at]];

                        bw_buf_printf(out, "    error: r%u ->%" PRIu32, (unsigned)region->reg, region->target);
                }
                bw_buf_char(out, '\n');
        }
}

void bw_cel_dump_code(struct bw_buf *out, const struct bw_cel_program *program)
{
        bw_buf_printf(out, "fast: %" PRIu32 " registers\n", program->fast.n_registers);
        put_code(out, program, &program->fast);
        if (program->costed.n_insns == 0)
                return;
        bw_buf_printf(out, "costed: %" PRIu32 " registers\n", program->costed.n_registers);
        put_code(out, program, &program->costed);
}
