/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any expression on any object through all stages: the first byte chooses the environment, the first zero byte
 * parts the expression from the object's JSON. What the fast code and the code that counts costs come to must agree.
 */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "cel/ast.h"
#include "cel/cel.h"
#include "cel/kube_types.h"
#include "doc/doc.h"

#define MEMORY ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bw_cel_env *make_env(unsigned kind)
{
        const struct bw_cel_variable variables[] = {
                {.name = BW_STR("object")},
                {.name = BW_STR("unbound")},
                {.name = BW_STR("object.spec")},
                {.name = BW_STR("request"), .type = &bw_cel_kube_request},
        };
        const struct bw_cel_env_options options = {
                .variables = variables,
                .n_variables = kind & 1 ? BW_ARRAY_SIZE(variables) : 2,
                .container = kind & 2 ? BW_STR("a.b") : BW_STR(""),
                .libraries = kind & 4 ? BW_CEL_LIB_EXTRA | BW_CEL_LIB_SEMVER : 0,
                .plain_literals = kind & 4,
                .strict_presence = kind & 8,
        };
        struct bw_cel_env *env = NULL;

        return bw_cel_env_new(&options, &env, NULL) < 0 ? NULL : env;
}

static int evaluate(const struct bw_cel_program *program, const struct bw_value *slots, uint64_t cost_limit,
                    struct bw_buf *out)
{
        struct bw_arena *arena = bw_arena_new(MEMORY);
        struct bw_cel_eval_options options = {.slots = slots, .arena = arena, .cost_limit = cost_limit};
        struct bw_error error = {0};
        struct bw_value v;
        int r = -ENOMEM;

        if (arena) {
                r = bw_cel_eval(program, &options, &v, &error);
                if (r == 0)
                        bw_cel_format_value(out, v);
                else if (error.code != r || !error.message[0])
                        __builtin_trap();
        }
        bw_arena_free(arena);
        return r;
}

/* Limits may strike one code and not the other; results and errors must be the same. */
static void compare(const struct bw_cel_program *program, const struct bw_value *slots)
{
        bw_auto_done(bw_buf_done) struct bw_buf fast = {0};
        bw_auto_done(bw_buf_done) struct bw_buf costed = {0};
        int a = evaluate(program, slots, 0, &fast);
        int b = evaluate(program, slots, BW_LIMIT_CEL_COST, &costed);

        if (a == -E2BIG || b == -E2BIG || a == -ENOMEM || b == -ENOMEM || fast.status < 0 || costed.status < 0)
                return;
        if (a != b || !bw_str_eq(bw_buf_view(&fast), bw_buf_view(&costed)))
                __builtin_trap();
}

static void run(const struct bw_cel_env *env, struct bw_arena *arena, struct bw_str source, struct bw_str json,
                bool check)
{
        struct bw_value slots[4] = {{.type = BW_ABSENT}};
        struct bw_cel_program *program = NULL;
        struct bw_doc doc = {0};
        struct bw_error error = {0};
        struct bw_cel_ast *ast;
        size_t used;
        int r;

        if (bw_json_read(arena, json, 1, 1, false, &doc, &used, NULL) == 0)
                slots[0] = slots[2] = slots[3] = doc.root;
        r = bw_cel_parse(arena, env, source, &ast, NULL, &error);
        if (r == 0 && check)
                r = bw_cel_check(arena, env, ast, NULL, NULL, &error);
        if (r == 0)
                r = bw_cel_compile(arena, env, ast, &program, &error);
        if (r == -EFAULT || (r < 0 && (error.code != r || !error.message[0])))
                __builtin_trap();
        if (r == 0)
                compare(program, slots);
        bw_cel_program_done(program);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct bw_cel_env *envs[16];
        struct bw_arena *arena;
        struct bw_str source;
        struct bw_str json;
        unsigned kind;
        const char *end;

        if (size == 0)
                return 0;
        kind = data[0] & 15;
        if (!envs[kind])
                envs[kind] = make_env(kind);
        source = bw_str_n((const char *)data + 1, size - 1);
        end = source.n ? memchr(source.p, '\0', source.n) : NULL;
        json = end ? bw_str_n(end + 1, source.n - (size_t)(end + 1 - source.p)) : (struct bw_str){.p = ""};
        source.n = end ? (size_t)(end - source.p) : source.n;
        arena = bw_arena_new(MEMORY);
        if (envs[kind] && arena)
                run(envs[kind], arena, source, json, !(data[0] & 16));
        bw_arena_free(arena);
        return 0;
}
