/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/error.h"
#include "cel/env_internal.h"

#define MAX_ARGS 8

struct reading {
        struct bw_str text;
        struct type_reader types;
        const struct bw_cel_type *args[MAX_ARGS];
        uint32_t n_args;
};

static int malformed(const struct reading *r, struct bw_error *reterr)
{
        return bw_error_set(reterr, -EINVAL, "malformed function signature: %.*s", BW_STR_ARG(r->text));
}

static int read_type(struct reading *r, struct bw_error *reterr)
{
        if (r->n_args == MAX_ARGS)
                return malformed(r, reterr);
        return bw_cel_type_read(&r->types, &r->args[r->n_args++], reterr);
}

/* "TARGET." before ".name(" of a member: a type whose own dots make it impossible to read on blindly. */
static int read_target(struct reading *r, struct bw_str name, bool *ret_member, struct bw_error *reterr)
{
        struct bw_str head = r->text;
        int err;

        *ret_member = false;
        if (bw_str_starts(head, name) && head.n > name.n && head.p[name.n] == '(') {
                r->types.rest = bw_str_n(head.p + name.n + 1, head.n - name.n - 1);
                return 0;
        }
        for (size_t i = 1; i + name.n + 1 < head.n; i++) {
                struct bw_str rest = bw_str_n(head.p + i + 1, head.n - i - 1);

                if (head.p[i] != '.' || !bw_str_starts(rest, name) || rest.p[name.n] != '(')
                        continue;
                r->types.rest = bw_str_n(head.p, i);
                err = read_type(r, reterr);
                if (err < 0)
                        return err;
                if (r->types.rest.n)
                        return malformed(r, reterr);
                r->types.rest = bw_str_n(rest.p + name.n + 1, rest.n - name.n - 1);
                *ret_member = true;
                return 0;
        }
        return malformed(r, reterr);
}

/* True, and past it, when text is next. */
static bool skip(struct reading *r, const char *text)
{
        struct bw_str wanted = bw_str(text);

        if (!bw_str_starts(r->types.rest, wanted))
                return false;
        r->types.rest = bw_str_n(r->types.rest.p + wanted.n, r->types.rest.n - wanted.n);
        return true;
}

/* The type parameters in a type, as bits. */
static uint32_t letters_of(const struct bw_cel_type *type)
{
        uint32_t letters = type->kind == BW_CEL_PARAM ? UINT32_C(1) << type->var : 0;

        for (uint32_t i = 0; i < type->n_params; i++)
                letters |= letters_of(type->params[i]);
        return letters;
}

static int finish(struct reading *r, struct bw_arena *arena, struct bw_cel_signature *signature,
                  struct bw_error *reterr)
{
        const struct bw_cel_type **args = bw_arena_array(arena, r->n_args, sizeof(*args));
        uint32_t letters = letters_of(signature->result);

        if (!args)
                return bw_arena_error(arena, reterr);
        for (uint32_t i = 0; i < r->n_args; i++) {
                args[i] = r->args[i];
                letters |= letters_of(args[i]);
        }
        signature->args = args;
        signature->n_args = r->n_args;
        signature->n_params = (uint32_t)__builtin_popcount(letters);
        return 0;
}

int bw_cel_signature_parse(struct bw_arena *arena, struct bw_str name, const char *text, struct bw_cel_signature *ret,
                           struct bw_error *reterr)
{
        struct reading r = {.text = bw_str(text), .types = {.arena = arena, .text = bw_str(text), .borrow = true}};
        struct bw_cel_signature signature = {0};
        int err;

        err = read_target(&r, name, &signature.member, reterr);
        if (err < 0)
                return err;
        if (!skip(&r, ")")) {
                do {
                        err = read_type(&r, reterr);
                        if (err < 0)
                                return err;
                } while (skip(&r, ", "));
                if (!skip(&r, ")"))
                        return malformed(&r, reterr);
        }
        if (!skip(&r, " -> "))
                return malformed(&r, reterr);
        err = bw_cel_type_read(&r.types, &signature.result, reterr);
        if (err < 0)
                return err;
        if (r.types.rest.n)
                return malformed(&r, reterr);
        err = finish(&r, arena, &signature, reterr);
        if (err < 0)
                return err;
        *ret = signature;
        return 0;
}
