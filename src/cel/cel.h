/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel: the Common Expression Language as Kubernetes 1.33 offers it to ValidatingAdmissionPolicy.
 * Stages: source -> (scan, parse, macros) -> AST -> (check) -> (compile, verify) -> program -> (eval) -> value.
 * Ownership: an env owns itself; ASTs and programs live in the arena given to bw_cel_parse/bw_cel_compile and borrow the
 *            env; results live in the arena given to bw_cel_eval or borrow from the variables.
 * Threads: env, AST and program are immutable once made: any number of threads may evaluate one program, each with a
 *          bw_cel_eval_options.arena of its own.
 * Source: cel-spec langdef.md; k8s.io/apiserver pkg/cel/environment/base.go, pkg/cel/library.
 */
#ifndef BW_CEL_CEL_H
#define BW_CEL_CEL_H

#include "value/value.h"

struct bw_arena;
struct bw_buf;
struct bw_error;
struct bw_cel_env;
struct bw_cel_ast;
struct bw_cel_program;
struct bw_cel_type;
struct bw_cel_library;

/* A variable: its slot in the activation is its position in the env's list. */
struct bw_cel_variable {
        struct bw_str name;            /* may be qualified: "a.b.c" */
        const struct bw_cel_type *type; /* NULL = dyn */
        bool undeclared;               /* has a slot, but the checker does not know it (test vectors) */
};

#define BW_CEL_LIB_SEMVER (1u << 0)    /* beyond the base environment: isSemver(), semver() */
#define BW_CEL_LIB_EXTRA (1u << 1)     /* cel-go extensions that Kubernetes 1.33 lacks: math, base64, ext lists, reverse() */
#define BW_CEL_LIB_BULWARK (1u << 2)   /* bulwark's own: flag(), image(), credential(), selects() and their kin */

struct bw_cel_env_options {
        const struct bw_cel_variable *variables; /* copied; their types are borrowed */
        size_t n_variables;
        struct bw_str container;       /* namespace for name resolution, "" = none */
        unsigned libraries;            /* BW_CEL_LIB_… beside those that are always there */
        const struct bw_cel_library *const *more_libraries; /* of the caller's own; NULL-terminated. NULL: none */
        const struct bw_cel_env *functions_of; /* an env with the same libraries that outlives this one: its tables of
                                                  functions are used, which are most of what an env costs. NULL: none */
        bool no_macros;
        bool plain_literals;           /* as CEL without Kubernetes: [1, "a"] is a list(dyn), and a bad duration, timestamp,
                                        * format or pattern is found later than by the checker */
        bool strict_presence;          /* has() and .? on a value that has no fields is an error, as plain CEL may have
                                          it; to Kubernetes the field is absent */
        bool validated;                /* texts of literals (patterns, durations …) were checked when the program was built:
                                          the checker believes it, a bad pattern fails the compilation */
        bool no_costs;                 /* programs cannot count costs: compiling takes half the time and memory */
        /* Gives the bytes of a TZif file for a zone name ("Europe/Berlin"), or an empty text. They must live as long as
         * the env. cel itself reads no files. NULL: only UTC and fixed offsets are known. Called at run time, from
         * any thread. */
        struct bw_str (*timezone)(void *userdata, struct bw_str name);
        void *timezone_userdata;
};

BW_CHECK int bw_cel_env_new(const struct bw_cel_env_options *options, struct bw_cel_env **ret_env,
                            struct bw_error *reterr);
void bw_cel_env_free(struct bw_cel_env *env);
BW_DEFINE_AUTO(struct bw_cel_env *, bw_cel_env_free);

/* What is wrong in a source: all errors found, up to BW_LIMIT_CEL_ISSUES. */
struct bw_cel_issue {
        uint32_t line;   /* from 1 */
        uint32_t column; /* from 1, in code points */
        struct bw_str message;
};
struct bw_cel_issues {
        size_t n;
        size_t n_more; /* dropped past the limit */
        const struct bw_cel_issue *items;
};

/* parse: -EINVAL on a syntax or macro error (reterr has the first, issues all; issues may be NULL), -E2BIG on limits. */
BW_CHECK int bw_cel_parse(struct bw_arena *arena, const struct bw_cel_env *env, struct bw_str source,
                          struct bw_cel_ast **ret_ast, struct bw_cel_issues *issues, struct bw_error *reterr);
/*
 * check: fills the AST's type and overload tables. -EINVAL on a type error, an unknown name or overload; -E2BIG when types
 * grow past the limits. Calls of namespaced functions (sets.contains) become global calls of that name in the AST, also
 * when the check fails; such an AST can still be compiled without types.
 */
BW_CHECK int bw_cel_check(struct bw_arena *arena, const struct bw_cel_env *env, struct bw_cel_ast *ast,
                          const struct bw_cel_type **ret_type, struct bw_cel_issues *issues, struct bw_error *reterr);
/* compile ("plan"): constant conversions and regular expressions are evaluated here; -EINVAL if one fails. Works on
 * checked and on unchecked ASTs. */
BW_CHECK int bw_cel_compile(struct bw_arena *arena, const struct bw_cel_env *env, const struct bw_cel_ast *ast,
                            struct bw_cel_program **ret_program, struct bw_error *reterr);
/* Frees what a program holds outside its arena (compiled regular expressions). */
void bw_cel_program_done(struct bw_cel_program *program);

/* Issues as people read them: "file:line:column: message", the source line, a caret. */
void bw_cel_issues_format(struct bw_buf *out, struct bw_str file, struct bw_str source,
                          const struct bw_cel_issues *issues);

struct bw_cel_eval_options {
        const struct bw_value *slots;  /* one per variable of the env; BW_ABSENT = unbound */
        struct bw_arena *arena;        /* results and intermediate values */
        uint64_t cost_limit;           /* 0 = cost is not tracked (loop steps are always bounded) */
        int64_t steps;                 /* of loops and comparisons; 0 = BW_LIMIT_CEL_ITERATIONS */
        uint64_t cost;                 /* out: the cost, when tracked */
        int64_t now;                   /* unix seconds; for functions of bulwark's own, never read from a clock */
};
/*
 * 0: *ret is the value (never BW_ERROR). -EINVAL: evaluation error, text in reterr (the value of a Secret never
 * appears in it). -E2BIG: cost, step or memory limit. -ENOMEM.
 */
BW_CHECK int bw_cel_eval(const struct bw_cel_program *program, struct bw_cel_eval_options *options,
                         struct bw_value *ret, struct bw_error *reterr);
/* For the hot path of rules: the result, or a BW_ERROR value whose message is a static or arena text. */
struct bw_value bw_cel_run(const struct bw_cel_program *program, struct bw_cel_eval_options *options);

/* What a program reads: true if the variable in this slot is used at all. */
bool bw_cel_program_uses(const struct bw_cel_program *program, size_t slot);

/* Dumps for people and golden tests. */
void bw_cel_dump_ast(struct bw_buf *out, const struct bw_cel_ast *ast);
void bw_cel_dump_types(struct bw_buf *out, const struct bw_cel_ast *ast);
void bw_cel_dump_code(struct bw_buf *out, const struct bw_cel_program *program);

/* A value as CEL literal text, e.g. [1, 2u, "a", duration("1s")]. */
void bw_cel_format_value(struct bw_buf *out, struct bw_value v);

#endif
