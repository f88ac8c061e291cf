/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes through the scanner, parser, macros and checker, then the dumps and the issues' excerpts. The first byte
 * chooses the environment.
 */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "cel/ast.h"
#include "cel/kube_types.h"

#define MEMORY ((size_t)256 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bw_cel_env *make_env(unsigned kind)
{
        const struct bw_cel_variable variables[] = {
                {.name = BW_STR("object")},
                {.name = BW_STR("request"), .type = &bw_cel_kube_request},
                {.name = BW_STR("a.b"), .type = &bw_cel_map_string_dyn},
                {.name = BW_STR("x"), .type = &bw_cel_int},
        };
        const struct bw_cel_env_options options = {
                .variables = variables,
                .n_variables = BW_ARRAY_SIZE(variables),
                .container = kind & 1 ? BW_STR("a.c") : BW_STR(""),
                .plain_literals = kind & 2,
                .no_macros = kind & 4,
        };
        struct bw_cel_env *env = NULL;

        return bw_cel_env_new(&options, &env, NULL) < 0 ? NULL : env;
}

static void run(const struct bw_cel_env *env, struct bw_arena *arena, struct bw_str source)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_cel_issues issues = {0};
        const struct bw_cel_type *type;
        struct bw_error error = {0};
        struct bw_cel_ast *ast;
        int r;

        r = bw_cel_parse(arena, env, source, &ast, &issues, &error);
        if (r == 0) {
                bw_cel_dump_ast(&out, ast);
                r = bw_cel_check(arena, env, ast, &type, &issues, &error);
                bw_cel_dump_types(&out, ast);
        }
        if (r < 0)
                bw_cel_issues_format(&out, BW_STR("input"), source, &issues);
        if (r < 0 && (error.code != r || !error.message[0]))
                __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct bw_cel_env *envs[8];
        struct bw_arena *arena;
        unsigned kind;

        if (size == 0)
                return 0;
        kind = data[0] & 7;
        if (!envs[kind])
                envs[kind] = make_env(kind);
        arena = bw_arena_new(MEMORY);
        if (envs[kind] && arena)
                run(envs[kind], arena, bw_str_n((const char *)data + 1, size - 1));
        bw_arena_free(arena);
        return 0;
}
