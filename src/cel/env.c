/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/env_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"

/* Copies the variables with their names. */
static int copy_variables(struct bw_cel_env *env, const struct bw_cel_env_options *options)
{
        struct bw_cel_variable *copy = bw_arena_array(env->arena, options->n_variables, sizeof(*copy));

        if (!copy)
                return -ENOMEM;
        for (size_t i = 0; i < options->n_variables; i++) {
                copy[i] = options->variables[i];
                copy[i].name = bw_arena_str(env->arena, copy[i].name);
                if (!copy[i].name.p)
                        return -ENOMEM;
        }
        env->variables = copy;
        env->n_variables = options->n_variables;
        return 0;
}

int bw_cel_env_new(const struct bw_cel_env_options *options, struct bw_cel_env **ret_env, struct bw_error *reterr)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_cel_env *env = arena ? bw_arena_zalloc(arena, sizeof(*env)) : NULL;

        if (!env) {
                bw_arena_free(arena);
                return bw_error_nomem(reterr);
        }
        env->arena = arena;
        env->libraries = options->libraries;
        env->no_macros = options->no_macros;
        env->portable = options->portable;
        env->timezone = options->timezone;
        env->timezone_userdata = options->timezone_userdata;
        env->container = bw_arena_str(arena, options->container);
        if (!env->container.p || copy_variables(env, options) < 0) {
                bw_arena_free(arena);
                return bw_error_nomem(reterr);
        }
        *ret_env = env;
        return 0;
}

void bw_cel_env_free(struct bw_cel_env *env)
{
        if (env)
                bw_arena_free(env->arena);
}
