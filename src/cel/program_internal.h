/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program_internal: what the compiler makes and the machine runs. Register code: a register holds a value, a local
 * variable is the register it lives in, constants and field names are prebuilt values.
 * A program has two codes for one expression: `fast`, with fused and specialised instructions, and `costed`, which does
 * each step that Kubernetes charges for by itself and counts it.
 * Ownership: everything lives in the arena given to bw_cel_compile(), but for the regular expressions.
 * Threads: immutable after compilation.
 */
#ifndef BW_CEL_PROGRAM_INTERNAL_H
#define BW_CEL_PROGRAM_INTERNAL_H

#include "cel/cel.h"
#include "cel/lib/regex.h"
#include "cel/library.h"
#include "cel/types.h"

enum bw_cel_opcode {
#define X(name, a, b, c, d, text) BW_CEL_OP_##name,
#include "cel/opcodes.def"
#undef X
        _BW_CEL_OP_MAX,
};

struct bw_cel_insn {
        uint16_t op;
        uint16_t a;
        uint16_t b;
        uint16_t c;
        uint32_t d;
};
_Static_assert(sizeof(struct bw_cel_insn) == 12, "instructions are 12 bytes");

/* How an instruction uses one of its fields; see opcodes.def. */
enum bw_cel_operand {
        BW_CEL_OPERAND__,
        BW_CEL_OPERAND_W,
        BW_CEL_OPERAND_R,
        BW_CEL_OPERAND_RW,
        BW_CEL_OPERAND_N,
        BW_CEL_OPERAND_V,
        BW_CEL_OPERAND_K,
        BW_CEL_OPERAND_KS,
        BW_CEL_OPERAND_KSD,
        BW_CEL_OPERAND_J,
        BW_CEL_OPERAND_S,
        BW_CEL_OPERAND_IT,
        BW_CEL_OPERAND_ARGS,
        BW_CEL_OPERAND_ACC,
};
struct bw_cel_opcode_info {
        const char *name;
        uint8_t operand[4]; /* enum bw_cel_operand of a, b, c, d */
};
extern const struct bw_cel_opcode_info bw_cel_opcodes[_BW_CEL_OP_MAX];

/* The registers of a loop, counted from its first. */
enum {
        BW_CEL_LOOP_RANGE,
        BW_CEL_LOOP_AT,
        BW_CEL_LOOP_VAR,
        BW_CEL_LOOP_VAR2,
        BW_CEL_LOOP_ERROR,
        BW_CEL_LOOP_COUNT,
        _BW_CEL_LOOP_MAX,
};

/* An error raised between start and end lands in register reg, and execution goes on at target. */
struct bw_cel_region {
        uint32_t start;
        uint32_t end;
        uint32_t target;
        uint16_t reg;
};

/* One overload that a call may turn out to mean. */
struct bw_cel_candidate {
        const struct bw_cel_overload *overload;
        const struct bw_cel_signature *signature;
};

/* Calls that the machine makes itself, because it counts what they walk over. */
enum bw_cel_site_kind {
        BW_CEL_SITE_CALL,
        BW_CEL_SITE_EQUAL,
        BW_CEL_SITE_NOT_EQUAL,
        BW_CEL_SITE_IN,
};

/* A call: its candidates in declaration order; the first that fits the arguments' types is called. */
struct bw_cel_site {
        struct bw_str function;
        uint32_t n_args;
        uint32_t n_candidates;
        const struct bw_cel_candidate *candidates;
        const struct bw_regex *regex; /* the second argument, when it is a constant pattern */
        bw_regex_function regex_call; /* then called instead of the candidate */
        enum bw_cel_site_kind machine_does;
        bool is_settled;              /* the checker left one overload */
        bool is_standard;             /* costs what the settled overload costs, else 1; others: what was called costs */
        bw_cel_cost_fn cost;          /* of the settled overload; NULL: 1 */
};

#define BW_CEL_NO_REGION UINT32_MAX

struct bw_cel_code {
        const struct bw_cel_insn *insns;
        const uint32_t *region_of; /* by instruction: its innermost region, or BW_CEL_NO_REGION */
        const struct bw_cel_region *regions;
        uint32_t n_insns;
        uint32_t n_regions;
        uint32_t n_registers;
};

struct bw_cel_program {
        const struct bw_cel_env *env;
        struct bw_cel_code fast;
        struct bw_cel_code costed;
        const struct bw_value *constants; /* names of variables precede the keys of GETV and its kin */
        const struct bw_cel_site *sites;
        struct bw_regex *const *regexes;
        uint32_t n_constants;
        uint32_t n_sites;
        uint32_t n_regexes;
        uint32_t n_slots;
        const bool *uses; /* by slot */
};

/* Checks that code cannot leave its bounds or read what was not written. -EFAULT with what is wrong: a compiler bug. */
BW_CHECK int bw_cel_verify(const struct bw_cel_program *program, const struct bw_cel_code *code,
                           struct bw_error *reterr);

/* The first candidate that fits the arguments; NULL: none. */
const struct bw_cel_candidate *bw_cel_site_find(const struct bw_cel_site *site, const struct bw_value *args);
/* Calls the candidate that fits. Errors are values. */
struct bw_value bw_cel_site_call(const struct bw_cel_site *site, const struct bw_cel_call *call,
                                 const struct bw_value *args);
/* What Kubernetes' tracker charges for the call. */
uint64_t bw_cel_site_cost(const struct bw_cel_site *site, const struct bw_value *args, struct bw_value result);
/* True if v may stand where the signature says type. */
bool bw_cel_type_fits(const struct bw_cel_type *type, struct bw_value v);

#endif
