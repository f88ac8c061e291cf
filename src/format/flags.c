/* SPDX-License-Identifier: Apache-2.0 */
#include "format/flags.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

enum bw_flag_type bw_flag_type(struct bw_str name)
{
        static const char *const names[] = {
#define X(id, text) [BW_FLAG_##id] = text,
                BW_FLAG_TYPES(X)
#undef X
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_is(name, names[i]))
                        return (enum bw_flag_type)i;
        return _BW_FLAG_TYPE_MAX;
}

/* ---- elements */

struct parser {
        struct bw_arena *arena;
        enum bw_flags_style style;
        const struct bw_str *args;
        size_t n;
        size_t at; /* the element that is read */
        bw_flag_find find;
        void *userdata;
        struct bw_flags *flags;
        struct bw_error *reterr;
};

static int add_use(struct parser *p, const struct bw_flag_use *use)
{
        struct bw_flags *f = p->flags;

        if (f->n_uses == BW_LIMIT_FLAG_USES)
                return bw_error_set(p->reterr, -E2BIG, "more than %d flags", BW_LIMIT_FLAG_USES);
        if (bw_arena_grow(p->arena, &f->uses, &f->cap_uses, f->n_uses, sizeof(f->uses[0])) < 0)
                return bw_error_nomem(p->reterr);
        f->uses[f->n_uses++] = *use;
        return 0;
}

static int add_problem(struct parser *p, struct bw_str name, bool unknown, struct bw_str text)
{
        struct bw_flags *f = p->flags;

        if (!text.p || bw_arena_grow(p->arena, &f->problems, &f->cap_problems, f->n_problems, sizeof(f->problems[0])) < 0)
                return bw_error_nomem(p->reterr);
        f->problems[f->n_problems++] =
                (struct bw_flag_problem){.arg = p->at, .unknown = unknown, .name = name, .text = text};
        return 0;
}

/* The name as the flag set knows it: pflag with WordSepNormalizeFunc takes underscores for dashes. */
static int normalize(struct parser *p, struct bw_str *name)
{
        char *copy;

        if (p->style != BW_FLAGS_PFLAG || !memchr(name->p, '_', name->n))
                return 0;
        copy = bw_arena_alloc(p->arena, name->n);
        if (!copy)
                return bw_error_nomem(p->reterr);
        for (size_t i = 0; i < name->n; i++)
                copy[i] = name->p[i] == '_' ? '-' : name->p[i];
        name->p = copy;
        return 0;
}

/* A flag that may stand bare does not look at the next element. */
static bool stands_bare(enum bw_flag_type type)
{
        return type == BW_FLAG_BOOL || type == BW_FLAG_VERSION;
}

static bool is_flag(struct bw_str element)
{
        return element.n >= 2 && element.p[0] == '-';
}

/* Takes the next element as the value; false: there is none. */
static bool take_next(struct parser *p, struct bw_flag_use *use)
{
        if (p->at + 1 >= p->n)
                return false;
        use->value_arg = ++p->at;
        use->value = p->args[p->at];
        return true;
}

/* name without dashes and value; rest: what stands behind the equals sign, p NULL when there is none. */
static int one_flag(struct parser *p, struct bw_str name, struct bw_str rest)
{
        struct bw_flag_use use = {.name = name, .arg = p->at, .value_arg = p->at, .value = rest};
        bool told = rest.p != NULL;
        int r = normalize(p, &use.name);

        if (r < 0)
                return r;
        use.known = p->find(p->userdata, use.name, &use.type);
        if (!use.known) {
                r = add_problem(p, use.name, true,
                                bw_arena_printf(p->arena, p->style == BW_FLAGS_GO ? "flag provided but not defined: -%.*s"
                                                                                  : "unknown flag: --%.*s",
                                                BW_STR_ARG(use.name)));
                /* Whether it has a value in the next element nobody can say; what looks like one is taken as one. */
                if (r == 0 && !told && p->at + 1 < p->n && !is_flag(p->args[p->at + 1]))
                        (void)take_next(p, &use);
                return r < 0 ? r : add_use(p, &use);
        }
        if (!told && stands_bare(use.type))
                use.value = BW_STR("true");
        else if (!told && !take_next(p, &use))
                return add_problem(p, use.name, false,
                                   bw_arena_printf(p->arena, "flag needs an argument: --%.*s", BW_STR_ARG(use.name)));
        return add_use(p, &use);
}

/* -v4, -v=4, -v 4, -h */
static int short_flag(struct parser *p, struct bw_str letters)
{
        struct bw_str name = bw_str_n(letters.p, 1);
        struct bw_str rest = bw_str_rest(letters, 1);

        if (name.p[0] == 'h')
                return one_flag(p, BW_STR("help"), BW_STR("true"));
        if (rest.n > 1 && rest.p[0] == '=')
                return one_flag(p, name, bw_str_rest(rest, 1));
        return one_flag(p, name, rest.n ? rest : (struct bw_str){0});
}

static int long_flag(struct parser *p, struct bw_str text)
{
        struct bw_str name = text;
        const char *equals;

        if (text.n == 0 || text.p[0] == '-' || text.p[0] == '=')
                return add_problem(p, (struct bw_str){0}, false, BW_STR("bad flag syntax"));
        equals = memchr(text.p, '=', text.n);
        if (!equals)
                return one_flag(p, name, (struct bw_str){0});
        name.n = (size_t)(equals - text.p);
        return one_flag(p, name, bw_str_rest(text, name.n + 1));
}

int bw_flags_parse(struct bw_arena *arena, enum bw_flags_style style, const struct bw_str *args, size_t n,
                   bw_flag_find find, void *userdata, struct bw_flags *ret, struct bw_error *reterr)
{
        struct bw_flags flags = {.first_argument = n};
        struct parser p = {.arena = arena, .style = style, .args = args, .n = n, .find = find, .userdata = userdata,
                           .flags = &flags, .reterr = reterr};
        int r = 0;

        for (; r == 0 && p.at < n; p.at++) {
                struct bw_str arg = args[p.at];
                bool two = arg.n >= 2 && arg.p[1] == '-';

                if (!is_flag(arg) || (two && arg.n == 2)) {
                        size_t first = p.at + (is_flag(arg) ? 1 : 0);

                        flags.first_argument = BW_MIN(flags.first_argument, first);
                        if (is_flag(arg) || style == BW_FLAGS_GO)
                                break;
                } else if (style == BW_FLAGS_PFLAG && !two) {
                        r = short_flag(&p, bw_str_rest(arg, 1));
                } else {
                        r = long_flag(&p, bw_str_rest(arg, two ? 2 : 1));
                }
        }
        if (r == 0)
                *ret = flags;
        return r;
}
