/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check (internal): the checker's state, and what its parts offer each other: infer.c unifies types, overload.c picks
 * overloads, check.c walks the tree, validate.c looks at literals afterwards.
 * Ownership: types and references live in the arena of bw_cel_check(); the stacks are freed when it ends.
 * Threads: one checker, one thread.
 * Source: cel-go checker/checker.go, checker/types.go, checker/mapping.go, cel/validator.go.
 */
#ifndef BW_CEL_CHECK_INTERNAL_H
#define BW_CEL_CHECK_INTERNAL_H

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "cel/ast.h"
#include "cel/env_internal.h"
#include "cel/issues_internal.h"

/* A variable of a loop around the node being checked. */
struct checker_local {
        struct bw_str name;
        const struct bw_cel_type *type;
};

struct checker_undo {
        uint32_t var;
        const struct bw_cel_type *old;
};

struct checker {
        struct bw_arena *arena;
        const struct bw_cel_env *env;
        struct bw_cel_ast *ast;
        struct issue_list issues;
        const struct bw_cel_type **types;
        struct bw_cel_reference *references;
        int failed; /* negative errno that ends the check: memory or a limit */

        /* What each inference variable stands for, NULL = nothing yet; and how to take back what failed. */
        const struct bw_cel_type **bindings;
        size_t n_vars;
        size_t cap_vars;
        struct checker_undo *trail;
        size_t n_trail;
        size_t cap_trail;
        /* Variables in place of the type parameters in declarations of the env's variables. */
        const struct bw_cel_type *declared[BW_CEL_TYPE_LETTERS];

        struct checker_local *locals; /* innermost last */
        size_t n_locals;
        size_t cap_locals;

        uint32_t at; /* offset of the node being checked, for limits */
        unsigned steps;
        unsigned depth;
};

/* Ends the check: memory, or a limit with a message. NULL, so that it can be returned. */
const struct bw_cel_type *bw_cel_check_nomem(struct checker *c);
const struct bw_cel_type *bw_cel_check_too_complex(struct checker *c);

/*
 * infer.c. Types come back non-NULL: on a failure as the error type with c->failed set.
 */
/* A new inference variable. */
const struct bw_cel_type *bw_cel_infer_var(struct checker *c);
/* True if a value of type b fits where a is wanted (the relation is mostly symmetric); binds variables then. */
bool bw_cel_infer_assignable(struct checker *c, const struct bw_cel_type *a, const struct bw_cel_type *b);
bool bw_cel_infer_assignable_all(struct checker *c, uint32_t n, const struct bw_cel_type *const *a,
                                 const struct bw_cel_type *const *b);
/* With variables replaced by what they stand for; to_dyn: and free ones by dyn. */
const struct bw_cel_type *bw_cel_infer_resolve(struct checker *c, const struct bw_cel_type *type, bool to_dyn);
/* With type parameters replaced by variables, one per letter; letters not seen yet get a new one. */
const struct bw_cel_type *bw_cel_infer_instantiate(struct checker *c, const struct bw_cel_type *type,
                                                   const struct bw_cel_type **letters);
/* Of two types that agree the one with more dyn in it. */
const struct bw_cel_type *bw_cel_infer_most_general(struct checker *c, const struct bw_cel_type *a,
                                                    const struct bw_cel_type *b);
/* A composed type within the limit of size; takes what bw_cel_type_list() and the like gave. */
const struct bw_cel_type *bw_cel_infer_composed(struct checker *c, const struct bw_cel_type *type);
/* What a variable stands for, as far as it is known without looking inside. */
const struct bw_cel_type *bw_cel_infer_shallow(const struct checker *c, const struct bw_cel_type *type);

static inline bool bw_cel_is_dyn_or_error(const struct bw_cel_type *type)
{
        return type->kind == BW_CEL_DYN || type->kind == BW_CEL_ERROR;
}

/*
 * overload.c: the type of a call of function set with arguments of these types (the target first). Notes the issue and
 * gives the error type when no overload fits.
 */
const struct bw_cel_type *bw_cel_resolve_overload(struct checker *c, const struct bw_cel_expr *call,
                                                  const struct bw_cel_function_set *set);

/* validate.c: literals that would surely fail, mixed lists and maps. After a check without issues. */
void bw_cel_validate(struct checker *c);

/* Types as issues show them; cut when long. */
struct type_text {
        char text[160];
};
struct type_text bw_cel_type_text(const struct bw_cel_type *type);

#endif
