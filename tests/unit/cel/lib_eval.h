/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lib_eval: tables of expressions and what they come to, for the tests of the function libraries. Every expression goes
 * through all stages, with type checking and without, and is evaluated again with every small amount of memory: it then
 * ends with its own result or with the limit's error. In builds with planted failures, each is run again with every
 * allocation failing in turn: nothing may crash or leak.
 */
#ifndef BW_TESTS_UNIT_CEL_LIB_EVAL_H
#define BW_TESTS_UNIT_CEL_LIB_EVAL_H

#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/limits.h"
#include "cel/cel.h"

struct eval_case {
        const char *source;
        const char *want; /* as bw_cel_format_value() writes it; "error": it fails, at whatever stage */
};

struct eval_zone {
        const char *name;
        struct bw_str tzif;
};

struct eval_setup {
        unsigned libraries;
        const struct eval_zone *zones; /* NULL, or up to an entry without a name */
        bool plain_literals;
        bool no_cost;
};

static struct bw_str eval_timezone(void *userdata, struct bw_str name)
{
        for (const struct eval_zone *zone = userdata; zone && zone->name; zone++)
                if (bw_str_is(name, zone->name))
                        return zone->tzif;
        return (struct bw_str){.p = ""};
}

/* Evaluation in arenas of 16, 32, … bytes, until one is large enough: no other error than the limit's. */
static void eval_with_ceilings(const struct bw_cel_program *program, uint64_t cost_limit, const char *source, int want)
{
        for (size_t ceiling = 16; ceiling <= 4096; ceiling += 16) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(ceiling);
                struct bw_cel_eval_options options = {.arena = arena, .cost_limit = cost_limit};
                struct bw_error error = {0};
                struct bw_value v;
                int r;

                if (!arena)
                        return;
                r = bw_cel_eval(program, &options, &v, &error);
                if (r == want)
                        return;
                if (r != -E2BIG && r != -ENOMEM)
                        fail_msg("%s with %zu bytes gives %d: %s", source, ceiling, r, error.message);
        }
}

/* 0 and the text of the value, or the error. */
static int eval_stages(const struct bw_cel_env *env, struct bw_arena *arena, const char *source, bool check,
                       uint64_t cost_limit, struct bw_buf *out, struct bw_error *reterr)
{
        struct bw_cel_eval_options options = {.arena = arena, .cost_limit = cost_limit};
        struct bw_cel_program *program = NULL;
        const struct bw_cel_type *type;
        struct bw_cel_ast *ast;
        struct bw_value v;
        int r;

        r = bw_cel_parse(arena, env, bw_str(source), &ast, NULL, reterr);
        if (r == 0 && check)
                r = bw_cel_check(arena, env, ast, &type, NULL, reterr);
        if (r == 0)
                r = bw_cel_compile(arena, env, ast, &program, reterr);
        if (r < 0)
                return r;
        r = bw_cel_eval(program, &options, &v, reterr);
        if (r == 0)
                bw_cel_format_value(out, v);
        if (r == 0 || r == -EINVAL)
                eval_with_ceilings(program, cost_limit, source, r);
        bw_cel_program_done(program);
        return r;
}

static int eval_once(const struct eval_setup *setup, const char *source, bool check, struct bw_buf *out,
                     struct bw_error *reterr)
{
        struct bw_cel_env_options options = {
                .libraries = setup->libraries,
                .plain_literals = setup->plain_literals,
                .timezone = eval_timezone,
                .timezone_userdata = (void *)setup->zones,
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_CEL_ARENA);
        bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;
        int r;

        if (!arena)
                return -ENOMEM;
        r = bw_cel_env_new(&options, &env, reterr);
        return r < 0 ? r : eval_stages(env, arena, source, check, setup->no_cost ? 0 : BW_LIMIT_CEL_COST, out, reterr);
}

#ifdef BW_FAULT
static void eval_with_faults(const struct eval_setup *setup, const char *source)
{
        for (uint64_t n = 1;; n++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                bw_fault_plan(BW_FAULT_ALLOC, n, n % 2 == 0);
                (void)eval_once(setup, source, true, &out, NULL);
                if (bw_fault_count(BW_FAULT_ALLOC) < n)
                        break;
        }
        bw_fault_plan(BW_FAULT_ALLOC, 0, false);
}
#endif

static void eval_cases(const struct eval_setup *setup, const struct eval_case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                bool fails = strcmp(cases[i].want, "error") == 0;

                for (int check = 0; check < 2; check++) {
                        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                        struct bw_error error = {0};
                        int r = eval_once(setup, cases[i].source, check, &out, &error);

                        if ((r < 0) != fails)
                                fail_msg("%s gives %s%s", cases[i].source, r < 0 ? "the error " : "",
                                         r < 0 ? error.message : out.p);
                        if (r == 0 && strcmp(out.p, cases[i].want) != 0)
                                fail_msg("%s gives %s, not %s", cases[i].source, out.p, cases[i].want);
                }
#ifdef BW_FAULT
                eval_with_faults(setup, cases[i].source);
#endif
        }
}

#endif
