/* SPDX-License-Identifier: Apache-2.0 */
/*
 * library: how CEL functions are declared. One file per library in cel/lib/, one static table in each, one line in
 * cel/lib/registry.c. The checker, the compiler, the dispatcher, the cost tracker and the docs all read these tables.
 * Ownership: tables are static. Function results live in the call's arena or borrow from their arguments.
 * Threads: tables are immutable; functions are pure.
 */
#ifndef BW_CEL_LIBRARY_H
#define BW_CEL_LIBRARY_H

#include "cel/cel.h"
#include "cel/types.h"

/* What a function sees of the evaluation. */
struct bw_cel_call {
        struct bw_arena *arena;
        const struct bw_cel_env *env;
        int64_t now;
};

/*
 * args: the target first, if the overload is a member. The arguments' run-time types fit the overload's signature
 * (dyn and type parameters are not checked; list and map contents neither). Failure: `return bw_cel_error(call, …)`.
 */
typedef struct bw_value (*bw_cel_function_impl)(const struct bw_cel_call *call, const struct bw_value *args, size_t n);

/* A BW_ERROR value with a text in the arena. Never put a value's content in it: rules run on Secrets. */
struct bw_value bw_cel_error(const struct bw_cel_call *call, const char *fmt, ...) BW_PRINTF(2, 3);
/* "no such overload", without allocation. */
struct bw_value bw_cel_no_overload(void);
/* The arena is used up: no allocation; the evaluation ends with bw_arena_error(), nothing absorbs it. */
struct bw_value bw_cel_no_memory(void);
bool bw_cel_is_no_memory(struct bw_value v);

/*
 * Run-time cost of a call. Default (NULL) is 1. args as for the impl; result: its value.
 * Source: k8s.io/apiserver pkg/cel/library/cost.go CallCost; cel-go interpreter/runtimecost.go costCall.
 */
typedef uint64_t (*bw_cel_cost_fn)(const struct bw_value *args, size_t n, struct bw_value result);

struct bw_cel_overload {
        const char *id;         /* cel-go's overload id: "contains_string" */
        const char *signature;  /* "string.contains(string) -> bool", "isURL(string) -> bool", "_+_(int, int) -> int",
                                   "list(T).sum() -> T"; parsed once, when first used */
        bw_cel_function_impl impl;
        bw_cel_cost_fn cost;
        bw_cel_cost_fn cost_unsettled; /* used where the checker left several overloads; NULL: the same */
};

struct bw_cel_function {
        const char *name;
        const struct bw_cel_overload *overloads;
        size_t n_overloads;
        const char *doc;        /* one line for the generated page */
};

struct bw_cel_type_name { /* a type name that expressions may use: net.IP, kubernetes.Quantity */
        const char *name;
        const struct bw_cel_type *type;
};

struct bw_cel_library {
        const char *name;       /* "strings" */
        unsigned flag;          /* 0 = always there, else a BW_CEL_LIB_… bit */
        const struct bw_cel_function *functions;
        size_t n_functions;
        const struct bw_cel_type_name *type_names;
        size_t n_type_names;
};

/* All libraries, the standard one first. NULL-terminated. */
extern const struct bw_cel_library *const bw_cel_libraries[];

/* A parsed signature. */
struct bw_cel_signature {
        bool member;
        uint32_t n_args;        /* with the target */
        const struct bw_cel_type *const *args;
        const struct bw_cel_type *result;
        uint32_t n_params;      /* type parameters, by name in the types */
};

/* The env's index of functions: every overload of a name over all its libraries, in declaration order. */
struct bw_cel_function_set {
        struct bw_str name;
        size_t n;
        const struct bw_cel_overload *const *overloads;
        const struct bw_cel_signature *signatures;
};
/* NULL: no such function in this env. Thread-safe: filled when the env is made. */
const struct bw_cel_function_set *bw_cel_env_function(const struct bw_cel_env *env, struct bw_str name);

/* The TZif bytes of a zone name, from the env's timezone callback; an empty text when there is none. */
struct bw_str bw_cel_env_timezone(const struct bw_cel_env *env, struct bw_str name);

#endif
