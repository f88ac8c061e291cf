/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env (internal): what an environment holds, and how the stages look names up.
 * Ownership: the env's arena holds everything. Threads: immutable once made.
 * Source: cel-go checker/env.go, common/containers/container.go.
 */
#ifndef BW_CEL_ENV_INTERNAL_H
#define BW_CEL_ENV_INTERNAL_H

#include "cel/library.h"
#include "cel/types_internal.h"

/* Places of things by their name: a hash table of numbers + 1, 0 = empty. */
struct bw_cel_names {
        uint32_t *slots;
        uint32_t mask;
};

struct bw_cel_env {
        struct bw_arena *arena;
        struct bw_str container;
        unsigned libraries;
        const struct bw_cel_library *const *more_libraries;
        bool no_macros;
        bool plain_literals;
        bool validated;
        bool strict_presence;
        bool no_costs;
        struct bw_str (*timezone)(void *userdata, struct bw_str name);
        void *timezone_userdata;

        const struct bw_cel_variable *variables;
        size_t n_variables;
        struct bw_cel_names variable_names;

        struct bw_cel_function_set *functions;
        size_t n_functions;
        const struct bw_cel_overload **overloads; /* of all functions; each set has a range of both */
        struct bw_cel_signature *signatures;
        struct bw_cel_names function_names;

        struct bw_cel_type_name *type_names; /* of the libraries and the language */
        size_t n_type_names;
        struct bw_cel_names type_names_by_name;

        /* Bit (hash & 63) of the first part of every variable and type whose name has a dot: tells most selections
         * from qualified names without building the name. */
        uint64_t qualified;
        uint64_t qualified_functions; /* the same of functions: sets.contains, optional.of */
};

/* The slot of the variable of exactly this name; -1 when there is none. */
int32_t bw_cel_env_variable(const struct bw_cel_env *env, struct bw_str name);
/* The type of exactly this name; NULL when there is none. */
const struct bw_cel_type *bw_cel_env_type(const struct bw_cel_env *env, struct bw_str name);
/* False: no variable or type has a qualified name that begins with this part. */
bool bw_cel_env_may_be_qualified(const struct bw_cel_env *env, struct bw_str head);
bool bw_cel_env_may_be_qualified_function(const struct bw_cel_env *env, struct bw_str head);

/*
 * The full names that a name may stand for in the env's container a.b: a.b.x, a.x, x; of .x only x. NULL-safe:
 *     for (struct bw_cel_name_walk w = bw_cel_name_walk(env, arena, x); bw_cel_name_next(&w, &full);)
 * w.oom: the arena was used up.
 */
struct bw_cel_name_walk {
        struct bw_arena *arena;
        struct bw_str container; /* what is still to be put before the name */
        struct bw_str name;
        bool last;
        bool oom;
};
struct bw_cel_name_walk bw_cel_name_walk(const struct bw_cel_env *env, struct bw_arena *arena, struct bw_str name);
bool bw_cel_name_next(struct bw_cel_name_walk *walk, struct bw_str *ret_full);

/* A line of a function table. name: the function's. Type names borrow from text. -EINVAL when it is malformed. */
BW_CHECK int bw_cel_signature_parse(struct bw_arena *arena, struct bw_str name, const char *text,
                                    struct bw_cel_signature *ret, struct bw_error *reterr);

#endif
