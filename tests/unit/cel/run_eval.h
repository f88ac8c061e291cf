/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_eval: runs an expression in every way there is: with the checker and without, by the fast code and by the code
 * that counts costs. All four must agree. Variables are given as expressions.
 */
#ifndef BW_TESTS_UNIT_CEL_RUN_EVAL_H
#define BW_TESTS_UNIT_CEL_RUN_EVAL_H

#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/limits.h"
#include "cel/ast.h"
#include "cel/cel.h"

#define RUN_MOST_VARIABLES 8

struct run_case {
        const char *source;
        const char *want; /* as bw_cel_format_value() writes it, or "error: " and what the message contains */
        uint64_t cost;    /* of a checked expression that was evaluated; 0 = not compared */
};

struct run_setup {
        struct bw_cel_env_options options;
        const char *values[RUN_MOST_VARIABLES]; /* of options.variables; NULL: unbound */
};

/* What a run came to: a text, "error: …" on failure. */
struct run_result {
        char text[2000];
        uint64_t cost;
        int code;
        bool evaluated;
};

static int run_compile(struct bw_arena *arena, const struct bw_cel_env *env, struct bw_str source, bool check,
                       struct bw_cel_program **ret, struct bw_error *error)
{
        struct bw_cel_ast *ast;
        int r = bw_cel_parse(arena, env, source, &ast, NULL, error);

        if (r == 0 && check)
                r = bw_cel_check(arena, env, ast, NULL, NULL, error);
        return r < 0 ? r : bw_cel_compile(arena, env, ast, ret, error);
}

/* The variables' values; false when memory was made to fail. */
static bool run_slots(const struct run_setup *setup, struct bw_arena *arena, struct bw_value *slots)
{
        bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;
        struct bw_cel_env_options plain = {.plain_literals = true};

        if (bw_cel_env_new(&plain, &env, NULL) < 0)
                return false;
        for (size_t i = 0; i < setup->options.n_variables; i++) {
                struct bw_cel_eval_options options = {.arena = arena};
                struct bw_cel_program *program = NULL;

                slots[i] = (struct bw_value){0};
                if (!setup->values[i])
                        continue;
                if (run_compile(arena, env, bw_str(setup->values[i]), false, &program, NULL) < 0 ||
                    bw_cel_eval(program, &options, &slots[i], NULL) < 0) {
                        bw_cel_program_done(program);
                        return false;
                }
                bw_cel_program_done(program);
        }
        return true;
}

static void run_once(const struct run_setup *setup, struct bw_str source, bool check, uint64_t cost_limit,
                     struct run_result *ret)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_arena_free) struct bw_arena *own = bw_arena_new(BW_LIMIT_CEL_ARENA);
        bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_value slots[RUN_MOST_VARIABLES];
        struct bw_cel_eval_options options = {.slots = slots, .arena = own, .cost_limit = cost_limit};
        struct bw_cel_program *program = NULL;
        struct bw_error error = {0};
        struct bw_value v;

        memset(ret, 0, sizeof(*ret));
        ret->code = -ENOMEM;
        if (!arena || !own || !run_slots(setup, arena, slots) || bw_cel_env_new(&setup->options, &env, NULL) < 0)
                return;
        ret->code = run_compile(arena, env, source, check, &program, &error);
        if (ret->code == 0) {
                ret->evaluated = true;
                memset(&v, 0xA5, sizeof(v));
                ret->code = bw_cel_eval(program, &options, &v, &error);
                ret->cost = options.cost;
        }
        if (ret->code == 0)
                bw_cel_format_value(&out, v);
        if (ret->code < 0)
                snprintf(ret->text, sizeof(ret->text), "error: %s", error.message);
        else
                snprintf(ret->text, sizeof(ret->text), "%.*s", BW_STR_ARG(bw_buf_view(&out)));
        bw_cel_program_done(program);
}

static bool run_is(const struct run_result *r, const char *want)
{
        if (strncmp(want, "error: ", 7) == 0)
                return r->code < 0 && strstr(r->text, want + 7);
        return r->code == 0 && strcmp(r->text, want) == 0;
}

#ifdef BW_FAULT
static void run_with_faults(const struct run_setup *setup, const char *source)
{
        for (uint64_t n = 1;; n++) {
                struct run_result r;

                bw_fault_plan(BW_FAULT_ALLOC, n, n % 2 == 0);
                run_once(setup, bw_str(source), true, n % 4 < 2 ? 0 : BW_LIMIT_CEL_COST, &r);
                if (bw_fault_count(BW_FAULT_ALLOC) < n)
                        break;
        }
        bw_fault_plan(BW_FAULT_ALLOC, 0, false);
}
#endif

BW_UNUSED static void run_cases(const struct run_setup *setup, const struct run_case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                for (unsigned way = 0; way < 4; way++) {
                        uint64_t limit = way & 2 ? BW_LIMIT_CEL_COST : 0;
                        struct run_result r;

                        run_once(setup, bw_str(cases[i].source), !(way & 1), limit, &r);
                        if (!run_is(&r, cases[i].want))
                                fail_msg("%s (%s, %s) gives %s, not %s", cases[i].source,
                                         way & 1 ? "unchecked" : "checked", way & 2 ? "costed" : "fast", r.text,
                                         cases[i].want);
                        if (way == 2 && cases[i].cost && r.evaluated && r.cost != cases[i].cost)
                                fail_msg("%s costs %llu, not %llu", cases[i].source, (unsigned long long)r.cost,
                                         (unsigned long long)cases[i].cost);
                }
#ifdef BW_FAULT
                run_with_faults(setup, cases[i].source);
#endif
        }
}

#endif
