/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: which overloads they may mean, and which of them are instructions of their own.
 * Source: cel-go interpreter/planner.go (resolveFunction), cel/library.go (decorateOptionalOr),
 * interpreter/decorators.go.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "cel/compile_internal.h"
#include "cel/lib/std.h"

/* ---- which overloads ---- */

/* The first function of that name, as the container's rules have it, that has this overload (NULL: any). */
static const struct bw_cel_function_set *find_set(struct bw_compiler *c, struct bw_str name,
                                                  const struct bw_cel_overload *overload)
{
        struct bw_cel_name_walk walk = bw_cel_name_walk(c->env, c->scratch, name);
        struct bw_str full;

        while (bw_cel_name_next(&walk, &full)) {
                const struct bw_cel_function_set *set = bw_cel_env_function(c->env, full);

                for (size_t i = 0; set && i < set->n; i++)
                        if (!overload || set->overloads[i] == overload)
                                return set;
        }
        if (walk.oom)
                bw_compile_nomem(c);
        return NULL;
}

/* A target may be the first part of the function's name: optional.of(x). */
static const struct bw_cel_function_set *find_function(struct bw_compiler *c, const struct bw_cel_expr *e,
                                                       const struct bw_cel_overload *overload, bool *ret_member)
{
        const struct bw_cel_function_set *set = NULL;
        struct bw_str prefix;

        *ret_member = false;
        if (!e->call.target)
                return find_set(c, e->call.function, overload);
        prefix = bw_qualified_name(c, e->call.target);
        if (prefix.n) {
                struct bw_str full =
                        bw_arena_printf(c->scratch, "%.*s.%.*s", BW_STR_ARG(prefix), BW_STR_ARG(e->call.function));

                if (!full.p)
                        bw_compile_nomem(c);
                else
                        set = find_set(c, full, overload);
        }
        if (set)
                return set;
        *ret_member = true;
        return bw_cel_env_function(c->env, e->call.function);
}

static bool is_of(const struct bw_cel_library *library, struct bw_str function)
{
        for (size_t i = 0; i < library->n_functions; i++)
                if (bw_str_is(function, library->functions[i].name))
                        return true;
        return false;
}

/* Standard functions are charged for by the overload that the checker settled on, others by what is called. */
static bool is_standard(struct bw_str function)
{
        return is_of(&bw_cel_lib_operators, function) || is_of(&bw_cel_lib_conversions, function) ||
               is_of(&bw_cel_lib_text, function) || bw_str_is(function, "matches");
}

/*
 * Functions of which the reference has one implementation for all overloads: what the checker settled on does not bind
 * them. It may have settled on too little, where the type of something dynamic was inferred from its first use.
 */
static bool is_shared(struct bw_str function)
{
        return is_of(&bw_cel_lib_operators, function) || bw_str_is(function, "size") || bw_str_is(function, "type") ||
               bw_str_is(function, "dyn") || bw_str_is(function, "matches");
}

static bool may_be_called(const struct bw_cel_reference *ref, const struct bw_cel_overload *overload,
                          struct bw_str function)
{
        if (is_shared(function))
                return true;
        for (uint32_t i = 0; i < ref->n_overloads; i++)
                if (ref->overloads[i] == overload)
                        return true;
        return ref->n_overloads == 0;
}

static bool fill_candidates(struct bw_compiler *c, const struct bw_cel_function_set *set,
                            const struct bw_cel_reference *ref, struct bw_cel_site *site)
{
        struct bw_cel_candidate *candidates = bw_arena_array(c->arena, set ? set->n : 0, sizeof(*candidates));

        if (!candidates) {
                bw_compile_nomem(c);
                return false;
        }
        for (size_t i = 0; set && i < set->n; i++)
                if (set->signatures[i].n_args == site->n_args && may_be_called(ref, set->overloads[i], set->name))
                        candidates[site->n_candidates++] = (struct bw_cel_candidate){
                                .overload = set->overloads[i],
                                .signature = &set->signatures[i],
                        };
        site->candidates = candidates;
        return true;
}

static enum bw_cel_site_kind site_kind(struct bw_str function)
{
        if (bw_str_is(function, "_==_"))
                return BW_CEL_SITE_EQUAL;
        if (bw_str_is(function, "_!=_"))
                return BW_CEL_SITE_NOT_EQUAL;
        return bw_str_is(function, "@in") ? BW_CEL_SITE_IN : BW_CEL_SITE_CALL;
}

bool bw_compile_site(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_cel_site *site,
                     const struct bw_cel_expr ***ret_args)
{
        static const struct bw_cel_reference unknown;
        const struct bw_cel_reference *ref = c->ast->checked ? &c->ast->references[e->id] : &unknown;
        const struct bw_cel_function_set *set;
        const struct bw_cel_expr **args;
        bool member;

        *site = (struct bw_cel_site){.function = e->call.function};
        set = find_function(c, e, ref->n_overloads ? ref->overloads[0] : NULL, &member);
        site->n_args = e->call.n_args + (member ? 1 : 0);
        args = bw_arena_array(c->scratch, site->n_args, sizeof(*args));
        site->function = bw_arena_str(c->arena, set ? set->name : e->call.function);
        if (!args || !site->function.p) {
                bw_compile_nomem(c);
                return false;
        }
        if (member)
                args[0] = e->call.target;
        for (uint32_t i = 0; i < e->call.n_args; i++)
                args[i + (member ? 1 : 0)] = e->call.args[i];
        *ret_args = args;
        if (c->status < 0 || !fill_candidates(c, set, ref, site))
                return false;
        site->machine_does = site_kind(site->function);
        site->is_settled = ref->n_overloads == 1;
        site->is_standard = is_standard(site->function);
        if (site->is_settled)
                site->cost = ref->overloads[0]->cost;
        return true;
}

/* ---- instructions instead of calls ---- */

/* Functions with an instruction: with both operands in registers, with the second or the first a constant. */
struct special {
        const char *function;
        bw_cel_function_impl impl; /* of all candidates; NULL: the name says enough */
        enum bw_cel_opcode op;
        enum bw_cel_opcode op_constant; /* second operand; 0 = none */
        enum bw_cel_opcode op_flipped;  /* first operand: the operands change places; 0 = none */
};
static const struct special binary[] = {
        {"_==_", NULL, BW_CEL_OP_EQ, BW_CEL_OP_EQK, BW_CEL_OP_EQK},
        {"_!=_", NULL, BW_CEL_OP_NE, BW_CEL_OP_NEK, BW_CEL_OP_NEK},
        {"_<_", NULL, BW_CEL_OP_LT, BW_CEL_OP_LTK, BW_CEL_OP_GTK},
        {"_<=_", NULL, BW_CEL_OP_LE, BW_CEL_OP_LEK, BW_CEL_OP_GEK},
        {"_>_", NULL, BW_CEL_OP_GT, BW_CEL_OP_GTK, BW_CEL_OP_LTK},
        {"_>=_", NULL, BW_CEL_OP_GE, BW_CEL_OP_GEK, BW_CEL_OP_LEK},
        {"_+_", NULL, BW_CEL_OP_ADD, 0, 0},
        {"_-_", NULL, BW_CEL_OP_SUB, 0, 0},
        {"@in", NULL, BW_CEL_OP_IN, 0, BW_CEL_OP_HAS_KEY},
        {"startsWith", bw_std_starts_with, BW_CEL_OP_STARTS, BW_CEL_OP_STARTSK, 0},
        {"endsWith", bw_std_ends_with, BW_CEL_OP_ENDS, BW_CEL_OP_ENDSK, 0},
        {"contains", bw_std_contains, BW_CEL_OP_CONTAINS, BW_CEL_OP_CONTAINSK, 0},
};
static const struct special unary[] = {
        {"!_", NULL, BW_CEL_OP_NOT, 0, 0},
        {"size", bw_std_size, BW_CEL_OP_SIZE, 0, 0},
};

static const struct special *find_special(const struct bw_cel_site *site)
{
        const struct special *table = site->n_args == 2 ? binary : unary;
        size_t n = site->n_args == 2 ? BW_ARRAY_SIZE(binary) : site->n_args == 1 ? BW_ARRAY_SIZE(unary) : 0;

        for (size_t i = 0; i < n; i++) {
                if (!bw_str_is(site->function, table[i].function) || site->n_candidates == 0)
                        continue;
                for (uint32_t k = 0; table[i].impl && k < site->n_candidates; k++)
                        if (site->candidates[k].overload->impl != table[i].impl)
                                return NULL;
                return &table[i];
        }
        return NULL;
}

/* As keys, numbers of different types are the same only when they are exactly: the large ones stay out. */
static bool is_set_item(struct bw_value v)
{
        const int64_t exact = INT64_C(1) << 53;

        switch ((enum bw_type)v.type) {
        case BW_STRING:
        case BW_BOOL:
                return true;
        case BW_INT:
                return v.i > -exact && v.i < exact;
        case BW_UINT:
                return v.u < (uint64_t)exact;
        case BW_DOUBLE:
                return v.d > (double)-exact && v.d < (double)exact;
        default:
                return false;
        }
}

/* The items of a constant list as the keys of a map; ABSENT when they cannot all be keys. */
static struct bw_value set_of(struct bw_compiler *c, struct bw_value list)
{
        struct bw_map *map;

        for (uint32_t i = 0; i < list.n; i++)
                if (!is_set_item(list.list->items[i]))
                        return (struct bw_value){0};
        map = bw_map_new(c->arena, list.n);
        if (map)
                for (uint32_t i = 0; i < list.n; i++)
                        map->entries[i] = (struct bw_entry){list.list->items[i], bw_value_bool(true)};
        if (!map || bw_map_seal(c->arena, map, list.n) < 0) {
                bw_compile_nomem(c);
                return (struct bw_value){0};
        }
        return bw_value_map(map, list.n);
}

/* x in [constants]; false: not of that form. */
static bool compile_in_constants(struct bw_compiler *c, const struct bw_cel_site *site, const struct bw_cel_expr **args,
                                 uint16_t dst)
{
        const struct bw_value *list = bw_str_is(site->function, "@in") ? bw_fold(c, args[1]) : NULL;
        struct bw_value set;
        uint32_t start = bw_emit_here(c);
        size_t regions = c->n_regions;
        uint16_t r;

        if (!list || list->type != BW_LIST || (c->costed && !site->is_settled))
                return false;
        set = set_of(c, *list);
        if (set.type == BW_ABSENT)
                return false;
        r = bw_compile_expr(c, args[0], dst);
        if (list->n > 0 || !site->is_settled) {
                bw_emit(c, BW_CEL_OP_IN_SET, dst, r, 0, bw_emit_constant(c, set));
                return true;
        }
        /* Nothing is in an empty list: what was looked for is checked, but not evaluated. */
        if (c->status == 0) {
                c->n_insns = start;
                c->n_regions = regions;
        }
        bw_emit(c, BW_CEL_OP_K, dst, 0, 0, bw_emit_constant(c, bw_value_bool(false)));
        return true;
}

static bool compile_special(struct bw_compiler *c, const struct bw_cel_site *site, const struct bw_cel_expr **args,
                            uint16_t dst)
{
        const struct special *s = find_special(site);
        const struct bw_value *left = s && s->op_flipped ? bw_fold(c, args[0]) : NULL;
        const struct bw_value *right = s && s->op_constant ? bw_fold(c, args[1]) : NULL;
        uint32_t top = c->top;
        uint32_t other = 0;
        uint16_t first;
        uint16_t second;

        if (!s)
                return false;
        if (site->n_args == 1) {
                bw_emit(c, s->op, dst, bw_compile_expr(c, args[0], dst), 0, 0);
                return true;
        }
        if (right) {
                first = bw_compile_expr(c, args[0], dst);
                bw_emit(c, s->op_constant, dst, first, 0, bw_emit_constant(c, *right));
                return true;
        }
        if (left) {
                first = bw_compile_expr(c, args[1], dst);
                bw_emit(c, s->op_flipped, dst, first, 0, bw_emit_constant(c, *left));
                return true;
        }
        first = bw_compile_expr(c, args[0], dst);
        second = bw_compile_expr(c, args[1], bw_emit_registers(c, 1));
        if (s->op == BW_CEL_OP_ADD || s->op == BW_CEL_OP_SUB)
                other = bw_emit_site(c, site);
        bw_emit(c, s->op, dst, first, second, other);
        c->top = top;
        return true;
}

/* A constant pattern is compiled now; one that is wrong fails the compilation. */
static void compile_pattern(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_cel_site *site,
                            const struct bw_cel_expr **args)
{
        bw_regex_function function = site->n_candidates ? bw_regex_function_of(site->candidates[0].overload) : NULL;
        const struct bw_value *pattern = function ? bw_fold(c, args[1]) : NULL;
        struct bw_regex *regex;

        if (!pattern || pattern->type != BW_STRING)
                return;
        if (!c->pattern[e->id]) {
                if (bw_grow(&c->regexes, &c->cap_regexes, c->n_regexes + 1, sizeof(*c->regexes)) < 0) {
                        bw_compile_nomem(c);
                        return;
                }
                c->status = bw_regex_new(bw_value_text(*pattern), &regex, c->reterr);
                if (c->status < 0)
                        return;
                c->regexes[c->n_regexes++] = regex;
                c->pattern[e->id] = (uint32_t)c->n_regexes;
        }
        site->regex = c->regexes[c->pattern[e->id] - 1];
        site->regex_call = function;
}

/* ---- calls ---- */

/* or() and orValue() evaluate their argument only when it is needed. */
static bool compile_or(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        bool value = bw_str_is(e->call.function, "orValue");
        uint32_t jump;
        uint16_t r;

        if (!e->call.target || e->call.n_args != 1 || !(value || bw_str_is(e->call.function, "or")))
                return false;
        if (value && bw_is_optional_chain(c, e->call.target)) {
                bw_compile_or_value(c, e->call.target, e->call.args[0], dst);
                return true;
        }
        r = bw_compile_expr(c, e->call.target, dst);
        jump = bw_emit(c, value ? BW_CEL_OP_OR_ELSE : BW_CEL_OP_OR_OPT, dst, r, 0, 0);
        bw_compile_into(c, e->call.args[0], dst);
        bw_emit_land(c, jump);
        return true;
}

static void emit_call(struct bw_compiler *c, const struct bw_cel_expr *e, struct bw_cel_site *site,
                      const struct bw_cel_expr **args, uint16_t dst)
{
        uint32_t top = c->top;
        uint16_t first;

        compile_pattern(c, e, site, args);
        if (site->regex && !c->costed && bw_str_is(site->function, "matches")) {
                first = bw_compile_expr(c, args[0], dst);
                bw_emit(c, BW_CEL_OP_MATCH, dst, first, 0, bw_emit_site(c, site));
                return;
        }
        first = bw_emit_registers(c, site->n_args);
        for (uint32_t i = 0; i < site->n_args; i++) {
                if (c->costed && site->n_args <= 2)
                        bw_compile_caught(c, args[i], (uint16_t)(first + i));
                else
                        bw_compile_into(c, args[i], (uint16_t)(first + i));
        }
        c->top = top;
        bw_emit(c, c->costed ? BW_CEL_OP_C_CALL : BW_CEL_OP_CALL, dst, first, site->n_args, bw_emit_site(c, site));
}

uint16_t bw_compile_call(struct bw_compiler *c, const struct bw_cel_expr *e, uint16_t dst)
{
        const struct bw_cel_expr **args;
        struct bw_cel_site site;

        if (compile_or(c, e, dst))
                return dst;
        if (bw_compile_is_call(e, "@not_strictly_false",
                               1)) { /* read by a BREAK only, to which an error is not false */
                bw_compile_cost(c, 1);
                bw_compile_caught(c, e->call.args[0], dst);
                return dst;
        }
        if (bw_str_is(e->call.function, "hasValue") && e->call.target && e->call.n_args == 0 &&
            bw_is_optional_chain(c, e->call.target)) {
                bw_compile_has_value(c, e->call.target, dst);
                return dst;
        }
        if (!bw_compile_site(c, e, &site, &args))
                return dst;
        if (site.n_args == 0 && site.n_candidates == 0) {
                bw_compile_fail(c, -EINVAL, "no such overload: %.*s()", BW_STR_ARG(site.function));
                return dst;
        }
        if (compile_in_constants(c, &site, args, dst) || (!c->costed && compile_special(c, &site, args, dst)))
                return dst;
        emit_call(c, e, &site, args, dst);
        return dst;
}
