/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "cel/compile_internal.h"

void bw_compile_fail(struct bw_compiler *c, int code, const char *fmt, ...)
{
        char text[512];
        va_list ap;

        if (c->status < 0)
                return;
        va_start(ap, fmt);
        (void)vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        c->status = bw_error_set(c->reterr, code, "%s", text);
}

void bw_compile_nomem(struct bw_compiler *c)
{
        if (c->status == 0)
                c->status = bw_error_nomem(c->reterr);
}

uint32_t bw_emit(struct bw_compiler *c, enum bw_cel_opcode op, uint32_t a, uint32_t b, uint32_t cc, uint32_t d)
{
        if (c->status < 0)
                return 0;
        if (a > UINT16_MAX || b > UINT16_MAX || cc > UINT16_MAX || c->n_insns >= UINT32_MAX / 2) {
                bw_compile_fail(c, -E2BIG, "the expression is too complex");
                return 0;
        }
        if (bw_grow(&c->insns, &c->cap_insns, c->n_insns + 1, sizeof(*c->insns)) < 0) {
                bw_compile_nomem(c);
                return 0;
        }
        c->insns[c->n_insns] = (struct bw_cel_insn){
                .op = (uint16_t)op,
                .a = (uint16_t)a,
                .b = (uint16_t)b,
                .c = (uint16_t)cc,
                .d = d,
        };
        return (uint32_t)c->n_insns++;
}

void bw_emit_land(struct bw_compiler *c, uint32_t insn)
{
        if (c->status == 0)
                c->insns[insn].d = bw_emit_here(c);
}

void bw_emit_region(struct bw_compiler *c, uint32_t start, uint32_t reg)
{
        if (c->status < 0 || start == c->n_insns)
                return;
        if (bw_grow(&c->regions, &c->cap_regions, c->n_regions + 1, sizeof(*c->regions)) < 0) {
                bw_compile_nomem(c);
                return;
        }
        c->regions[c->n_regions++] = (struct bw_cel_region){
                .start = start,
                .end = bw_emit_here(c),
                .target = bw_emit_here(c),
                .reg = (uint16_t)reg,
        };
}

uint16_t bw_emit_registers(struct bw_compiler *c, uint32_t n)
{
        uint32_t first = c->top;

        if (first + n > UINT16_MAX) {
                bw_compile_fail(c, -E2BIG, "the expression is too complex");
                return 0;
        }
        c->top = first + n;
        c->n_registers = BW_MAX(c->n_registers, c->top);
        return (uint16_t)first;
}

uint32_t bw_emit_constant(struct bw_compiler *c, struct bw_value v)
{
        if (c->status < 0)
                return 0;
        if (bw_grow(&c->constants, &c->cap_constants, c->n_constants + 1, sizeof(*c->constants)) < 0) {
                bw_compile_nomem(c);
                return 0;
        }
        c->constants[c->n_constants] = v;
        return (uint32_t)c->n_constants++;
}

uint32_t bw_emit_site(struct bw_compiler *c, const struct bw_cel_site *site)
{
        if (c->status < 0 || bw_grow(&c->sites, &c->cap_sites, c->n_sites + 1, sizeof(*c->sites)) < 0) {
                bw_compile_nomem(c);
                return UINT32_MAX;
        }
        c->sites[c->n_sites] = *site;
        return (uint32_t)c->n_sites++;
}

/* Regions were written inner ones first: the first that covers an instruction is its innermost. */
static uint32_t *index_regions(struct bw_compiler *c)
{
        uint32_t *region_of = bw_arena_array(c->arena, c->n_insns, sizeof(*region_of));

        if (!region_of)
                return NULL;
        for (size_t i = 0; i < c->n_insns; i++)
                region_of[i] = BW_CEL_NO_REGION;
        for (size_t r = c->n_regions; r-- > 0;)
                for (uint32_t i = c->regions[r].start; i < c->regions[r].end; i++)
                        region_of[i] = (uint32_t)r;
        return region_of;
}

void *bw_emit_keep(struct bw_compiler *c, const void *items, size_t n, size_t size)
{
        void *copy = bw_arena_array(c->arena, n, size);

        if (!copy)
                bw_compile_nomem(c);
        else if (n)
                memcpy(copy, items, n * size);
        return copy;
}

void bw_emit_finish(struct bw_compiler *c, struct bw_cel_code *ret_code)
{
        struct bw_cel_code code = {
                .n_insns = (uint32_t)c->n_insns,
                .n_regions = (uint32_t)c->n_regions,
                .n_registers = c->n_registers,
        };

        if (c->status == 0) {
                code.insns = bw_emit_keep(c, c->insns, c->n_insns, sizeof(*c->insns));
                code.regions = bw_emit_keep(c, c->regions, c->n_regions, sizeof(*c->regions));
                code.region_of = index_regions(c);
                if (!code.region_of)
                        bw_compile_nomem(c);
        }
        if (c->status == 0)
                *ret_code = code;
        c->n_insns = c->n_regions = 0;
        c->top = c->n_registers = 0;
}
