/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/env_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"

/* The language's own type names. */
static const struct bw_cel_type_name language_types[] = {
        {"bool", &bw_cel_bool},
        {"int", &bw_cel_int},
        {"uint", &bw_cel_uint},
        {"double", &bw_cel_double},
        {"string", &bw_cel_string},
        {"bytes", &bw_cel_bytes},
        {"list", &bw_cel_list_dyn},
        {"map", &bw_cel_map_dyn},
        {"null_type", &bw_cel_null},
        {"type", &bw_cel_type_type},
        {"google.protobuf.Timestamp", &bw_cel_timestamp},
        {"google.protobuf.Duration", &bw_cel_duration},
        {"optional_type", &bw_cel_optional_dyn},
};

/* FNV-1a: names of one library share their beginnings and ends. */
static uint32_t hash_name(struct bw_str name)
{
        uint32_t h = 2166136261u;

        for (size_t i = 0; i < name.n; i++)
                h = (h ^ (uint8_t)name.p[i]) * 16777619u;
        return h;
}

static bool names_init(struct bw_cel_names *names, struct bw_arena *arena, size_t n)
{
        uint32_t size = 8;

        while (size < n * 2)
                size *= 2;
        names->slots = bw_arena_zalloc(arena, size * sizeof(*names->slots));
        names->mask = size - 1;
        return names->slots;
}

/* The slot where a name is or belongs. name_of: the name of the thing of a number. */
static uint32_t *names_slot(const struct bw_cel_names *names, struct bw_str name, const void *things,
                            struct bw_str (*name_of)(const void *things, uint32_t i))
{
        uint32_t at = hash_name(name) & names->mask;

        while (names->slots[at] && !bw_str_eq(name_of(things, names->slots[at] - 1), name))
                at = (at + 1) & names->mask;
        return &names->slots[at];
}

static struct bw_str variable_name(const void *things, uint32_t i)
{
        return ((const struct bw_cel_variable *)things)[i].name;
}

static struct bw_str function_name(const void *things, uint32_t i)
{
        return ((const struct bw_cel_function_set *)things)[i].name;
}

static struct bw_str type_name(const void *things, uint32_t i)
{
        return bw_str(((const struct bw_cel_type_name *)things)[i].name);
}

static struct bw_str first_part(struct bw_str name)
{
        const char *dot = name.n ? memchr(name.p, '.', name.n) : NULL;

        return dot ? bw_str_n(name.p, (size_t)(dot - name.p)) : name;
}

static uint64_t head_bit(struct bw_str head)
{
        return UINT64_C(1) << (hash_name(head) & 63);
}

static void note_qualified(uint64_t *heads, struct bw_str name)
{
        struct bw_str head = first_part(name);

        if (head.n < name.n)
                *heads |= head_bit(head);
}

/* Copies the variables with their names. Of two with one name the first counts. */
static int add_variables(struct bw_cel_env *env, const struct bw_cel_env_options *options, struct bw_error *reterr)
{
        struct bw_cel_variable *copy = bw_arena_array(env->arena, options->n_variables, sizeof(*copy));

        if (!copy || !names_init(&env->variable_names, env->arena, options->n_variables))
                return bw_error_nomem(reterr);
        for (uint32_t i = 0; i < options->n_variables; i++) {
                uint32_t *slot;

                copy[i] = options->variables[i];
                copy[i].name = bw_arena_str(env->arena, copy[i].name);
                if (!copy[i].name.p)
                        return bw_error_nomem(reterr);
                slot = names_slot(&env->variable_names, copy[i].name, copy, variable_name);
                if (!*slot)
                        *slot = i + 1;
                note_qualified(&env->qualified, copy[i].name);
        }
        env->variables = copy;
        env->n_variables = options->n_variables;
        return 0;
}

typedef int (*library_fn)(struct bw_cel_env *env, const struct bw_cel_library *library, struct bw_error *reterr);

static int for_libraries_in(struct bw_cel_env *env, const struct bw_cel_library *const *libraries, library_fn fn,
                            struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; libraries[i] && r >= 0; i++)
                if (!libraries[i]->flag || (libraries[i]->flag & env->libraries))
                        r = fn(env, libraries[i], reterr);
        return r;
}

/* Calls fn for every library that the env has. */
static int for_libraries(struct bw_cel_env *env, library_fn fn, struct bw_error *reterr)
{
        int r = for_libraries_in(env, bw_cel_libraries, fn, reterr);

        return r < 0 || !env->more_libraries ? r : for_libraries_in(env, env->more_libraries, fn, reterr);
}

static int count_library(struct bw_cel_env *env, const struct bw_cel_library *library, struct bw_error *reterr)
{
        (void)reterr;
        env->n_functions += library->n_functions;
        env->n_type_names += library->n_type_names;
        return 0;
}

static void add_type_name(struct bw_cel_env *env, struct bw_cel_type_name name)
{
        uint32_t *slot = names_slot(&env->type_names_by_name, bw_str(name.name), env->type_names, type_name);

        if (*slot)
                return;
        env->type_names[env->n_type_names++] = name;
        *slot = (uint32_t)env->n_type_names;
        note_qualified(&env->qualified, bw_str(name.name));
}

static int add_type_names(struct bw_cel_env *env, const struct bw_cel_library *library, struct bw_error *reterr)
{
        (void)reterr;
        for (size_t i = 0; i < library->n_type_names; i++)
                add_type_name(env, library->type_names[i]);
        return 0;
}

/* Counts the overloads of each name. */
static int count_overloads(struct bw_cel_env *env, const struct bw_cel_library *library, struct bw_error *reterr)
{
        (void)reterr;
        for (size_t i = 0; i < library->n_functions; i++) {
                struct bw_str name = bw_str(library->functions[i].name);
                uint32_t *slot = names_slot(&env->function_names, name, env->functions, function_name);

                if (!*slot) {
                        env->functions[env->n_functions].name = name;
                        *slot = (uint32_t)++env->n_functions;
                        note_qualified(&env->qualified_functions, name);
                }
                env->functions[*slot - 1].n += library->functions[i].n_overloads;
        }
        return 0;
}

/* Room for the overloads that were counted; the counts start again. */
static bool make_room(struct bw_cel_env *env)
{
        size_t n = 0;

        for (size_t i = 0; i < env->n_functions; i++)
                n += env->functions[i].n;
        env->overloads = bw_arena_array(env->arena, n, sizeof(*env->overloads));
        env->signatures = bw_arena_array(env->arena, n, sizeof(*env->signatures));
        if (!env->overloads || !env->signatures)
                return false;
        n = 0;
        for (size_t i = 0; i < env->n_functions; i++) {
                env->functions[i].overloads = env->overloads + n;
                env->functions[i].signatures = env->signatures + n;
                n += env->functions[i].n;
                env->functions[i].n = 0;
        }
        return true;
}

static int add_overloads(struct bw_cel_env *env, const struct bw_cel_library *library, struct bw_error *reterr)
{
        for (size_t i = 0; i < library->n_functions; i++) {
                const struct bw_cel_function *f = &library->functions[i];
                struct bw_str name = bw_str(f->name);
                uint32_t *slot = names_slot(&env->function_names, name, env->functions, function_name);
                struct bw_cel_function_set *set = &env->functions[*slot - 1];
                size_t at = (size_t)(set->overloads - env->overloads) + set->n;

                for (size_t k = 0; k < f->n_overloads; k++) {
                        int r = bw_cel_signature_parse(env->arena, name, f->overloads[k].signature,
                                                       &env->signatures[at + k], reterr);

                        if (r < 0)
                                return bw_error_wrap(reterr, r, "library %s", library->name);
                        env->overloads[at + k] = &f->overloads[k];
                }
                set->n += f->n_overloads;
        }
        return 0;
}

static int add_libraries(struct bw_cel_env *env, struct bw_error *reterr)
{
        int r;

        (void)for_libraries(env, count_library, NULL);
        env->n_type_names += BW_ARRAY_SIZE(language_types);
        env->functions = bw_arena_zalloc(env->arena, env->n_functions * sizeof(*env->functions));
        env->type_names = bw_arena_array(env->arena, env->n_type_names, sizeof(*env->type_names));
        if (!env->functions || !env->type_names || !names_init(&env->function_names, env->arena, env->n_functions) ||
            !names_init(&env->type_names_by_name, env->arena, env->n_type_names))
                return bw_error_nomem(reterr);
        env->n_functions = env->n_type_names = 0;
        for (size_t i = 0; i < BW_ARRAY_SIZE(language_types); i++)
                add_type_name(env, language_types[i]);
        (void)for_libraries(env, add_type_names, NULL);
        r = for_libraries(env, count_overloads, reterr);
        if (r < 0)
                return r;
        if (!make_room(env))
                return bw_error_nomem(reterr);
        return for_libraries(env, add_overloads, reterr);
}

/* The other env's variables with qualified names are among those that may be: that costs a look-up, no more. */
static void share_libraries(struct bw_cel_env *env, const struct bw_cel_env *from)
{
        env->functions = from->functions;
        env->n_functions = from->n_functions;
        env->overloads = from->overloads;
        env->signatures = from->signatures;
        env->function_names = from->function_names;
        env->type_names = from->type_names;
        env->n_type_names = from->n_type_names;
        env->type_names_by_name = from->type_names_by_name;
        env->qualified |= from->qualified;
        env->qualified_functions = from->qualified_functions;
}

static int fill(struct bw_cel_env *env, const struct bw_cel_env_options *options, struct bw_error *reterr)
{
        int r;

        env->libraries = options->libraries;
        env->more_libraries = options->more_libraries;
        env->no_macros = options->no_macros;
        env->plain_literals = options->plain_literals;
        env->validated = options->validated;
        env->strict_presence = options->strict_presence;
        env->no_costs = options->no_costs;
        env->timezone = options->timezone;
        env->timezone_userdata = options->timezone_userdata;
        env->container = bw_arena_str(env->arena, options->container);
        if (!env->container.p)
                return bw_error_nomem(reterr);
        r = add_variables(env, options, reterr);
        if (r < 0)
                return r;
        if (!options->functions_of)
                return add_libraries(env, reterr);
        share_libraries(env, options->functions_of);
        return 0;
}

int bw_cel_env_new(const struct bw_cel_env_options *options, struct bw_cel_env **ret_env, struct bw_error *reterr)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_cel_env *env = arena ? bw_arena_zalloc(arena, sizeof(*env)) : NULL;
        int r;

        if (!env) {
                bw_arena_free(arena);
                return bw_error_nomem(reterr);
        }
        env->arena = arena;
        r = fill(env, options, reterr);
        if (r < 0) {
                bw_arena_free(arena);
                return r;
        }
        *ret_env = env;
        return 0;
}

void bw_cel_env_free(struct bw_cel_env *env)
{
        if (env)
                bw_arena_free(env->arena);
}

const struct bw_cel_function_set *bw_cel_env_function(const struct bw_cel_env *env, struct bw_str name)
{
        uint32_t found = *names_slot(&env->function_names, name, env->functions, function_name);

        return found ? &env->functions[found - 1] : NULL;
}

int32_t bw_cel_env_variable(const struct bw_cel_env *env, struct bw_str name)
{
        return (int32_t)*names_slot(&env->variable_names, name, env->variables, variable_name) - 1;
}

const struct bw_cel_type *bw_cel_env_type(const struct bw_cel_env *env, struct bw_str name)
{
        uint32_t found = *names_slot(&env->type_names_by_name, name, env->type_names, type_name);

        return found ? env->type_names[found - 1].type : NULL;
}

static bool may_be(const struct bw_cel_env *env, uint64_t heads, struct bw_str head)
{
        if (env->container.n)
                return true;
        if (head.n && head.p[0] == '.')
                head = bw_str_n(head.p + 1, head.n - 1);
        return heads & head_bit(head);
}

bool bw_cel_env_may_be_qualified(const struct bw_cel_env *env, struct bw_str head)
{
        return may_be(env, env->qualified, head);
}

bool bw_cel_env_may_be_qualified_function(const struct bw_cel_env *env, struct bw_str head)
{
        return may_be(env, env->qualified_functions, head);
}

struct bw_str bw_cel_env_timezone(const struct bw_cel_env *env, struct bw_str name)
{
        return env->timezone ? env->timezone(env->timezone_userdata, name) : (struct bw_str){0};
}

struct bw_cel_name_walk bw_cel_name_walk(const struct bw_cel_env *env, struct bw_arena *arena, struct bw_str name)
{
        if (name.n && name.p[0] == '.')
                return (struct bw_cel_name_walk){.arena = arena, .name = bw_str_n(name.p + 1, name.n - 1)};
        return (struct bw_cel_name_walk){.arena = arena, .container = env->container, .name = name};
}

bool bw_cel_name_next(struct bw_cel_name_walk *walk, struct bw_str *ret_full)
{
        struct bw_str c = walk->container;

        if (walk->last)
                return false;
        if (!c.n) {
                walk->last = true;
                *ret_full = walk->name;
                return true;
        }
        *ret_full = bw_arena_printf(walk->arena, "%.*s.%.*s", BW_STR_ARG(c), BW_STR_ARG(walk->name));
        if (!ret_full->p) {
                walk->oom = walk->last = true;
                return false;
        }
        while (walk->container.n && walk->container.p[walk->container.n - 1] != '.')
                walk->container.n--;
        if (walk->container.n)
                walk->container.n--;
        return true;
}
