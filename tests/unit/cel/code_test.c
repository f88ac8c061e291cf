/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler makes of expressions, and that the verifier sees what is wrong with code. */
#include "run_eval.h"

#include "cel/program_internal.h"

static const struct bw_cel_variable variables[] = {{.name = {"object", 6}}, {.name = {"x", 1}}};

static struct bw_arena *arena;
static struct bw_cel_env *env;

static int setup(void **state)
{
        struct bw_cel_env_options options = {.variables = variables, .n_variables = 2, .libraries = BW_CEL_LIB_EXTRA};

        (void)state;
        arena = bw_arena_new(0);
        return bw_cel_env_new(&options, &env, NULL);
}

static int teardown(void **state)
{
        (void)state;
        bw_cel_env_free(env);
        bw_arena_free(arena);
        return 0;
}

static struct bw_cel_program *compile(const char *source)
{
        struct bw_cel_program *program = NULL;
        struct bw_error error = {0};

        if (run_compile(arena, env, bw_str(source), true, &program, &error) < 0)
                fail_msg("%s: %s", source, error.message);
        return program;
}

/* The names of the fast code's instructions, joined by blanks. */
static void test_instructions(void **state)
{
        static const char *const cases[][2] = {
                {"object.spec.containers", "GETV RETURN"},
                {"has(object.spec.hostPID)", "HASV RETURN"},
                {"object.spec.?a.?b.orValue(false)", "GETV OPT_ORK RETURN"},
                {"object.?a.hasValue()", "OPTV_HAS RETURN"},
                {"object.?a.orValue(x)", "OPTV_OR JUMP VAR RETURN"},
                {"object.items.all(c, has(c.a.b) && c.n == 'x')",
                 "K GETV ITER HAS AND_FIRST GET EQK AND_LAST NEXT_ALL RETURN"},
                {"object.items.map(c, c.n)", "LIST GETV ITER GET PUSH NEXT MOVE RETURN"},
                {"object.items.exists(c, c in ['a', 'b'])", "K GETV ITER IN_SET NEXT_EXISTS RETURN"},
                {"'a' in object.labels", "GETV HAS_KEY RETURN"},
                {"object.n.startsWith('a') || object.n.matches('b$')",
                 "GETV STARTSK OR_FIRST GETV MATCH OR_LAST RETURN"},
                {"1 < x && 2.0 >= x", "VAR GTK AND_FIRST VAR LEK AND_LAST RETURN"},
                {"1 + 2 == 3", "K RETURN"},
                {"[1, 2].size() + 'ab'.size()", "K RETURN"},
                {"quantity('1Gi')", "K RETURN"},
                {"x == 1 ? 'a' : 'b'", "VAR EQK COND K JUMP K RETURN"},
                {"cel.bind(y, x, y)", "SUB_BEGIN VAR SUB_END LAZY MOVE RETURN"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_cel_program *program = compile(cases[i][0]);
                bw_auto_done(bw_buf_done) struct bw_buf names = {0};

                for (uint32_t at = 0; at < program->fast.n_insns; at++)
                        bw_buf_printf(&names, "%s%s", at ? " " : "", bw_cel_opcodes[program->fast.insns[at].op].name);
                if (strcmp(names.p, cases[i][1]) != 0)
                        fail_msg("%s is %s, not %s", cases[i][0], names.p, cases[i][1]);
                bw_cel_program_done(program);
        }
}

static void test_dump(void **state)
{
        struct bw_cel_program *program = compile("object.items.all(i, i.n > 1)");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        bw_cel_dump_code(&out, program);
        assert_non_null(strstr(out.p, "costed: "));
        *strstr(out.p, "costed: ") = '\0';
        assert_string_equal(out.p, "fast: 7 registers\n"
                                   "    0  K          r0 true\n"
                                   "    1  GETV       r1 $0 1 \"items\"\n"
                                   "    2  ITER       r1 r1 1 ->6\n"
                                   "    3  GET        r0 r3 1 \"n\"    error: r0 ->5\n"
                                   "    4  GTK        r0 r0 1    error: r0 ->5\n"
                                   "    5  NEXT_ALL   r1 r0 1 ->3\n"
                                   "    6  RETURN     r0\n");
        bw_cel_program_done(program);
}

static bool is_refused(const struct bw_cel_program *program, const struct bw_cel_insn *insns, uint32_t n)
{
        struct bw_cel_code code = program->fast;
        uint32_t no_region[64];

        for (size_t i = 0; i < BW_ARRAY_SIZE(no_region); i++)
                no_region[i] = BW_CEL_NO_REGION;
        code.insns = insns;
        code.n_insns = n;
        code.n_regions = 0;
        code.region_of = no_region;
        return bw_cel_verify(program, &code, NULL) == -EFAULT;
}

/* Every single field of every instruction set far out of its bounds, and some mistakes that only the flow shows. */
static void test_verifier(void **state)
{
        struct bw_cel_program *program = compile("x == 1 ? object.a.b : object.items.map(i, i.n.matches('a'))");
        struct bw_cel_insn insns[64];
        uint32_t n = program->fast.n_insns;

        (void)state;
        assert_true(n < 64);
        memcpy(insns, program->fast.insns, n * sizeof(insns[0]));
        assert_false(is_refused(program, insns, n));
        for (uint32_t at = 0; at < n; at++) {
                const struct bw_cel_opcode_info *info = &bw_cel_opcodes[insns[at].op];
                struct bw_cel_insn saved = insns[at];

                for (unsigned i = 0; i < 4; i++) {
                        if (info->operand[i] == BW_CEL_OPERAND__ || info->operand[i] == BW_CEL_OPERAND_N)
                                continue;
                        if (i == 0)
                                insns[at].a = 60000;
                        else if (i == 1)
                                insns[at].b = 60000;
                        else if (i == 2)
                                insns[at].c = 60000;
                        else
                                insns[at].d = 60000000;
                        assert_true(is_refused(program, insns, n));
                        insns[at] = saved;
                }
                insns[at].op = _BW_CEL_OP_MAX;
                assert_true(is_refused(program, insns, n));
                insns[at] = saved;
        }
        assert_true(is_refused(program, insns, n - 1)); /* runs off the end */
        insns[0] = (struct bw_cel_insn){.op = BW_CEL_OP_JUMP, .d = 1};
        assert_true(is_refused(program, insns, n)); /* the variable is not loaded */
        assert_true(is_refused(program, insns, 0));
        bw_cel_program_done(program);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_instructions),
                cmocka_unit_test(test_dump),
                cmocka_unit_test(test_verifier),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, setup, teardown);
}
