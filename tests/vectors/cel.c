/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CEL cases: an expression, variables, and what parsing, checking, planning and evaluating it must give. Each is also
 * evaluated with costs counted: both must agree.
 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "cel/ast.h"
#include "cel/cel.h"
#include "cel/kube_types.h"
#include "cel/lib/time.h"
#include "cel/types.h"
#include "doc/doc.h"
#include "os/tzdata.h"

#define MOST_VARIABLES 64

enum stage {
        STAGE_PARSE,
        STAGE_CHECK,
        STAGE_PLAN,
        STAGE_EVAL,
        STAGE_VALUE, /* no error */
};
static const char *const stage_names[] = {"parse", "check", "plan", "eval", "value"};

/* What one run of the stages came to. */
struct outcome {
        enum stage stage;
        struct bw_value value;
        const struct bw_cel_type *type;
        uint64_t cost;
        struct bw_error error;
};

struct file {
        struct vectors_run *run;
        struct bw_arena *arena; /* of the file */
        struct bw_value inputs;
        struct bw_tzdata *zones;
        unsigned same_cost;
        unsigned other_cost;
};

struct test_case {
        struct file *file;
        struct bw_arena *arena; /* of the case */
        struct bw_value data;
        struct bw_str name;
        bool kubernetes;
        struct bw_cel_variable variables[MOST_VARIABLES];
        struct bw_value slots[MOST_VARIABLES];
        size_t n_variables;
        struct bw_cel_env *env;
};

static const char *const case_keys[] = {
        "section",        "name",       "expr", "vars",   "inputs",    "decls", "container",    "disable_check",
        "disable_macros", "check_only", "env",  "expect", "unchecked", "k8s",   "go_disagrees", "go",
        "quirk",          "tzdata",     "cost",
};

static bool flag(struct bw_value map, const char *key)
{
        struct bw_value v = bw_map_get(map, bw_str(key));

        return v.type == BW_BOOL && v.b;
}

/* ---- typed values ---- */

static int digit64(char c)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *at = c ? strchr(digits, c) : NULL;

        return at ? (int)(at - digits) : -1;
}

static struct bw_str decode64(struct bw_arena *arena, struct bw_str text)
{
        char *out = bw_arena_alloc(arena, text.n + 4);
        uint32_t bits = 0;
        unsigned have = 0;
        size_t n = 0;

        for (size_t i = 0; out && i < text.n && text.p[i] != '='; i++) {
                bits = bits << 6 | (uint32_t)digit64(text.p[i]);
                have += 6;
                if (have >= 8) {
                        have -= 8;
                        out[n++] = (char)(bits >> have);
                }
        }
        return bw_str_n(out, n);
}

static bool number_of(struct bw_str text, const char *type, struct bw_value *ret)
{
        char buffer[400];

        if (strcmp(type, "int") == 0) {
                *ret = bw_value_int(0);
                return bw_str_to_i64(text, &ret->i) == 0;
        }
        if (strcmp(type, "uint") == 0) {
                *ret = bw_value_uint(0);
                return bw_str_to_u64(text, &ret->u) == 0;
        }
        snprintf(buffer, sizeof(buffer), "%.*s", BW_STR_ARG(text));
        *ret = bw_value_double(strtod(buffer, NULL));
        return true;
}

static bool value_of(struct bw_arena *arena, struct bw_value typed, struct bw_value *ret);

static bool list_of(struct bw_arena *arena, struct bw_value items, struct bw_value *ret)
{
        struct bw_list *list = bw_list_new(arena, items.n);

        for (uint32_t i = 0; i < items.n; i++)
                if (!list || !value_of(arena, items.list->items[i], &list->items[i]))
                        return false;
        *ret = bw_value_list(list, items.n);
        return true;
}

static bool map_of(struct bw_arena *arena, struct bw_value pairs, struct bw_value *ret)
{
        struct bw_map *map = bw_map_new(arena, pairs.n);

        for (uint32_t i = 0; i < pairs.n; i++)
                if (!map || !value_of(arena, bw_list_get(pairs.list->items[i], 0), &map->entries[i].key) ||
                    !value_of(arena, bw_list_get(pairs.list->items[i], 1), &map->entries[i].value))
                        return false;
        *ret = bw_value_map(map, pairs.n);
        return map && bw_map_seal(arena, map, pairs.n) == 0;
}

/* A typed value as a value; false: a type that no variable of a case has. */
static bool value_of(struct bw_arena *arena, struct bw_value typed, struct bw_value *ret)
{
        struct bw_str type = bw_map_text(typed, "type");
        struct bw_value v = bw_map_get(typed, BW_STR("value"));

        if (bw_str_is(type, "null") || bw_str_is(type, "bool") || bw_str_is(type, "string"))
                *ret = v;
        else if (bw_str_is(type, "int"))
                return number_of(bw_value_text(v), "int", ret);
        else if (bw_str_is(type, "uint"))
                return number_of(bw_value_text(v), "uint", ret);
        else if (bw_str_is(type, "double"))
                return number_of(bw_value_text(v), "double", ret);
        else if (bw_str_is(type, "bytes"))
                *ret = bw_value_bytes(decode64(arena, bw_value_text(v)));
        else if (bw_str_is(type, "list"))
                return list_of(arena, v, ret);
        else if (bw_str_is(type, "map"))
                return map_of(arena, v, ret);
        else if (bw_str_is(type, "timestamp"))
                return bw_cel_timestamp_parse(bw_value_text(v), ret) == 0;
        else if (bw_str_is(type, "duration"))
                return bw_cel_duration_parse(bw_value_text(v), ret) == 0;
        else if (bw_str_is(type, "type"))
                *ret = (struct bw_value){.type = BW_TYPE, .n = v.n, .s = v.s};
        else
                return false;
        return true;
}

static bool opaque_is(struct bw_value v, struct bw_str type, struct bw_str text)
{
        static const char *const classes[][2] = {
                {"quantity", "kubernetes.Quantity"},
                {"url", "kubernetes.URL"},
                {"ip", "net.IP"},
                {"cidr", "net.CIDR"},
                {"semver", "kubernetes.Semver"},
                {"format", "kubernetes.NamedFormat"},
        };
        struct bw_buf out = {0};
        bool same = false;

        for (size_t i = 0; v.type == BW_OPAQUE && i < BW_ARRAY_SIZE(classes); i++)
                same = same || (bw_str_is(type, classes[i][0]) && strcmp(v.opaque->cls->name, classes[i][1]) == 0);
        if (same) {
                v.opaque->cls->format(v.opaque, &out);
                same = bw_str_eq(bw_buf_view(&out), text);
        }
        bw_buf_done(&out);
        return same;
}

static bool same(struct bw_arena *arena, struct bw_value v, struct bw_value typed);

static bool same_map(struct bw_arena *arena, struct bw_value v, struct bw_value pairs)
{
        if (v.type != BW_MAP || v.n != pairs.n)
                return false;
        for (uint32_t i = 0; i < pairs.n; i++) {
                bool found = false;

                for (uint32_t k = 0; k < v.n && !found; k++)
                        found = same(arena, v.map->entries[k].key, bw_list_get(pairs.list->items[i], 0)) &&
                                same(arena, v.map->entries[k].value, bw_list_get(pairs.list->items[i], 1));
                if (!found)
                        return false;
        }
        return true;
}

/* The same type and value; NaN is NaN, 0 is not -0. */
static bool same(struct bw_arena *arena, struct bw_value v, struct bw_value typed)
{
        struct bw_str type = bw_map_text(typed, "type");
        struct bw_value want = bw_map_get(typed, BW_STR("value"));
        struct bw_value plain;

        if (bw_str_is(type, "list")) {
                bool ok = v.type == BW_LIST && v.n == want.n;

                for (uint32_t i = 0; ok && i < v.n; i++)
                        ok = same(arena, v.list->items[i], want.list->items[i]);
                return ok;
        }
        if (bw_str_is(type, "map"))
                return same_map(arena, v, want);
        if (bw_str_is(type, "optional"))
                return v.type == BW_OPTIONAL &&
                       (v.opt ? want.type != BW_NULL && same(arena, *v.opt, want) : want.type == BW_NULL);
        if (!value_of(arena, typed, &plain))
                return opaque_is(v, type, bw_value_text(want));
        if (v.type != plain.type)
                return false;
        if (v.type == BW_DOUBLE)
                return memcmp(&v.d, &plain.d, sizeof(v.d)) == 0 || (v.d != v.d && plain.d != plain.d);
        return bw_value_eq(v, plain);
}

/* ---- a case's environment ---- */

/* Numbers of an object beyond int64 are doubles to CEL. */
static struct bw_value as_cel_sees(struct bw_value v)
{
        if (v.type == BW_UINT)
                return bw_value_double((double)v.u);
        if (v.type == BW_LIST)
                for (uint32_t i = 0; i < v.n; i++)
                        ((struct bw_list *)(uintptr_t)v.list)->items[i] = as_cel_sees(v.list->items[i]);
        if (v.type == BW_MAP)
                for (uint32_t i = 0; i < v.n; i++) {
                        struct bw_entry *e = (struct bw_entry *)(uintptr_t)&v.map->entries[i];

                        e->value = as_cel_sees(e->value);
                }
        return v;
}

static bool add_variable(struct test_case *t, struct bw_str name, const struct bw_cel_type *type, bool undeclared)
{
        if (t->n_variables == MOST_VARIABLES)
                return false;
        t->variables[t->n_variables] = (struct bw_cel_variable){.name = name, .type = type, .undeclared = undeclared};
        t->slots[t->n_variables++] = (struct bw_value){0};
        return true;
}

static bool set_variable(struct test_case *t, struct bw_str name, struct bw_value v)
{
        for (size_t i = 0; i < t->n_variables; i++)
                if (bw_str_eq(t->variables[i].name, name)) {
                        t->slots[i] = v;
                        return true;
                }
        if (!add_variable(t, name, NULL, !t->kubernetes))
                return false;
        t->slots[t->n_variables - 1] = v;
        return true;
}

static bool add_variables(struct test_case *t)
{
        struct bw_value decls = bw_map_get(t->data, BW_STR("decls"));
        struct bw_value vars = bw_map_get(t->data, BW_STR("vars"));
        struct bw_value inputs = bw_map_get(t->data, BW_STR("inputs"));
        bool ok = true;

        if (t->kubernetes)
                ok = add_variable(t, BW_STR("object"), NULL, false) &&
                     add_variable(t, BW_STR("oldObject"), NULL, false) &&
                     add_variable(t, BW_STR("params"), NULL, false) &&
                     add_variable(t, BW_STR("request"), &bw_cel_kube_request, false) &&
                     add_variable(t, BW_STR("namespaceObject"), &bw_cel_kube_namespace, false);
        for (uint32_t i = 0; ok && decls.type == BW_MAP && i < decls.n; i++) {
                const struct bw_cel_type *type;

                ok = bw_cel_type_parse(t->arena, bw_value_text(decls.map->entries[i].value), &type, NULL) == 0 &&
                     add_variable(t, bw_value_text(decls.map->entries[i].key), type, false);
        }
        for (uint32_t i = 0; ok && vars.type == BW_MAP && i < vars.n; i++) {
                struct bw_value v;

                ok = value_of(t->arena, vars.map->entries[i].value, &v) &&
                     set_variable(t, bw_value_text(vars.map->entries[i].key), v);
        }
        for (uint32_t i = 0; ok && inputs.type == BW_MAP && i < inputs.n; i++) {
                struct bw_value v = bw_map_get(t->file->inputs, bw_value_text(inputs.map->entries[i].value));

                ok = v.type != BW_ABSENT && set_variable(t, bw_value_text(inputs.map->entries[i].key), v);
        }
        return ok;
}

static bool make_env(struct test_case *t, struct bw_error *error)
{
        struct bw_cel_env_options options = {
                .variables = t->variables,
                .n_variables = t->n_variables,
                .container = bw_map_text(t->data, "container"),
                .libraries = t->kubernetes ? 0 : BW_CEL_LIB_EXTRA,
                .no_macros = flag(t->data, "disable_macros"),
                .plain_literals = !t->kubernetes,
                .strict_presence = !t->kubernetes,
                .timezone = bw_tzdata_get,
                .timezone_userdata = t->file->zones,
        };

        if (bw_str_is(bw_map_text(t->data, "env"), "semver"))
                options.libraries |= BW_CEL_LIB_SEMVER;
        return bw_cel_env_new(&options, &t->env, error) == 0;
}

/* ---- running ---- */

static void evaluate(struct test_case *t, const struct bw_cel_program *program, uint64_t cost_limit,
                     struct outcome *out)
{
        struct bw_cel_eval_options options = {.slots = t->slots, .arena = t->arena, .cost_limit = cost_limit};

        out->stage = STAGE_EVAL;
        if (bw_cel_eval(program, &options, &out->value, &out->error) == 0)
                out->stage = STAGE_VALUE;
        out->cost = options.cost;
}

/* All stages; costed: what the code that counts costs gives. */
static void run_stages(struct test_case *t, bool check, struct outcome *out, struct outcome *costed)
{
        struct bw_cel_program *program = NULL;
        struct bw_cel_ast *ast;

        *out = (struct outcome){.stage = STAGE_PARSE};
        if (bw_cel_parse(t->arena, t->env, bw_map_text(t->data, "expr"), &ast, NULL, &out->error) == 0) {
                out->stage = STAGE_CHECK;
                if (!check || bw_cel_check(t->arena, t->env, ast, &out->type, NULL, &out->error) == 0) {
                        out->stage = flag(t->data, "check_only") && check ? STAGE_VALUE : STAGE_PLAN;
                        if (out->stage == STAGE_PLAN &&
                            bw_cel_compile(t->arena, t->env, ast, &program, &out->error) == 0)
                                evaluate(t, program, 0, out);
                }
        }
        *costed = *out;
        if (program) {
                costed->error.code = 0;
                evaluate(t, program, BW_LIMIT_CEL_COST, costed);
        }
        bw_cel_program_done(program);
}

static bool outcome_is(struct test_case *t, const struct outcome *out, struct bw_value want)
{
        struct bw_value value = bw_map_get(want, BW_STR("value"));
        struct bw_value type = bw_map_get(want, BW_STR("type"));
        struct bw_str stage = bw_map_text(want, "stage");
        struct bw_buf text = {0};
        bool ok = true;

        if (bw_map_get(want, BW_STR("error")).type != BW_ABSENT) {
                /* What Kubernetes' checker refuses, ours does; plain CEL leaves more to the evaluation. */
                if (bw_str_is(stage, "parse") || (bw_str_is(stage, "check") && t->kubernetes))
                        return out->stage < STAGE_EVAL;
                return out->stage != STAGE_VALUE;
        }
        if (out->stage != STAGE_VALUE)
                return false;
        if (type.type == BW_STRING) {
                if (out->type)
                        bw_cel_type_format(&text, out->type);
                ok = bw_str_eq(bw_buf_view(&text), bw_value_text(type));
                bw_buf_done(&text);
        }
        return ok && (value.type == BW_ABSENT || same(t->arena, out->value, value));
}

static void describe(struct bw_buf *out, const struct outcome *o)
{
        if (o->stage != STAGE_VALUE) {
                bw_buf_printf(out, "%s error: %s", stage_names[o->stage], o->error.message);
                return;
        }
        if (o->type) {
                bw_cel_type_format(out, o->type);
                bw_buf_puts(out, ": ");
        }
        bw_cel_format_value(out, o->value);
}

static void report(struct test_case *t, bool ok, const struct outcome *out, struct bw_value want, const char *how)
{
        struct bw_buf name = {0};
        struct bw_buf got = {0};
        struct bw_buf wanted = {0};

        bw_buf_printf(&name, "%.*s%s", BW_STR_ARG(t->name), how);
        describe(&got, out);
        bw_value_json(&wanted, want, 0);
        vectors_case(t->file->run, ok, name.p, "%.*s\n    got  %s\n    want %s",
                     BW_STR_ARG(bw_map_text(t->data, "expr")), got.p ? got.p : "", wanted.p ? wanted.p : "");
        bw_buf_done(&name);
        bw_buf_done(&got);
        bw_buf_done(&wanted);
}

static bool agrees(struct test_case *t, const struct outcome *a, const struct outcome *b)
{
        struct bw_buf x = {0};
        struct bw_buf y = {0};
        bool ok = (a->stage == STAGE_VALUE) == (b->stage == STAGE_VALUE);

        (void)t;
        if (ok && a->stage == STAGE_VALUE) {
                bw_cel_format_value(&x, a->value);
                bw_cel_format_value(&y, b->value);
                ok = bw_str_eq(bw_buf_view(&x), bw_buf_view(&y));
        }
        bw_buf_done(&x);
        bw_buf_done(&y);
        return ok;
}

static void compare_cost(struct test_case *t, const struct outcome *costed)
{
        struct bw_value cost = bw_map_get(t->data, BW_STR("cost"));

        if (cost.type != BW_INT || costed->stage < STAGE_EVAL)
                return;
        if (costed->cost == (uint64_t)cost.i) {
                t->file->same_cost++;
                return;
        }
        t->file->other_cost++;
        if (t->file->run->verbose)
                printf("cost %.*s: %" PRIu64 ", in the reference %" PRId64 ": %.*s\n", BW_STR_ARG(t->name),
                       costed->cost, cost.i, BW_STR_ARG(bw_map_text(t->data, "expr")));
}

static void run_case(struct test_case *t)
{
        struct bw_value want = bw_map_get(t->data, BW_STR("expect"));
        struct bw_value unchecked = bw_map_get(t->data, BW_STR("unchecked"));
        bool check = !flag(t->data, "disable_check");
        struct outcome out;
        struct outcome costed;
        bool ok;

        run_stages(t, check, &out, &costed);
        ok = outcome_is(t, &out, want) || flag(t->data, "quirk") ||
             (flag(t->data, "go_disagrees") && outcome_is(t, &out, bw_map_get(t->data, BW_STR("go"))));
        if (ok && !agrees(t, &out, &costed))
                report(t, false, &costed, want, " (counting costs)");
        else
                report(t, ok, &out, want, "");
        compare_cost(t, &costed);
        if (unchecked.type != BW_ABSENT) {
                run_stages(t, false, &out, &costed);
                ok = outcome_is(t, &out, unchecked) && agrees(t, &out, &costed);
                if (!ok && !flag(t->data, "quirk"))
                        report(t, false, &out, unchecked, " (unchecked)");
        }
}

/* ---- files ---- */

static bool is_case(struct file *file, struct bw_value data)
{
        for (uint32_t i = 0; data.type == BW_MAP && i < data.n; i++) {
                struct bw_str key = bw_value_text(data.map->entries[i].key);
                bool known = false;

                for (size_t k = 0; k < BW_ARRAY_SIZE(case_keys); k++)
                        known = known || bw_str_is(key, case_keys[k]);
                if (!known) {
                        vectors_broken(file->run, "unknown key \"%.*s\"", BW_STR_ARG(key));
                        return false;
                }
        }
        if (bw_map_get(data, BW_STR("expr")).type != BW_STRING || bw_map_get(data, BW_STR("expect")).type != BW_MAP) {
                vectors_broken(file->run, "a case without expr or expect");
                return false;
        }
        return true;
}

static void run_data(struct file *file, struct bw_value data)
{
        struct test_case t = {.file = file, .arena = bw_arena_new(0), .data = data};
        struct bw_str section = bw_map_text(data, "section");
        struct bw_error error = {0};

        t.kubernetes = bw_map_get(data, BW_STR("inputs")).type == BW_MAP;
        if (t.arena)
                t.name = bw_arena_printf(t.arena, "%.*s/%.*s", BW_STR_ARG(section),
                                         BW_STR_ARG(bw_map_text(data, "name")));
        if (!t.name.p)
                vectors_broken(file->run, "out of memory");
        else if (!add_variables(&t))
                vectors_broken(file->run, "%.*s: a variable is unusable", BW_STR_ARG(t.name));
        else if (!make_env(&t, &error))
                vectors_broken(file->run, "%.*s: %s", BW_STR_ARG(t.name), error.message);
        else
                run_case(&t);
        bw_cel_env_free(t.env);
        bw_arena_free(t.arena);
}

static bool read_json(struct file *file, const char *path, struct bw_value *ret)
{
        struct bw_str text = vectors_read(file->run, file->arena, path);
        struct bw_error error = {0};
        struct bw_doc doc = {0};
        size_t used;

        if (!text.p)
                return false;
        if (bw_json_read(file->arena, text, 1, 1, false, &doc, &used, &error) < 0) {
                vectors_broken(file->run, "%s: %s", path, error.message);
                return false;
        }
        *ret = doc.root;
        return true;
}

/* inputs.json stands beside the folder of a file of Kubernetes' cases. */
static bool read_inputs(struct file *file, const char *path)
{
        struct bw_str inputs;
        const char *slash = strrchr(path, '/');

        inputs = slash ? bw_arena_printf(file->arena, "%.*s/../inputs.json", (int)(slash - path), path)
                       : bw_arena_printf(file->arena, "../inputs.json");
        if (!inputs.p || !read_json(file, inputs.p, &file->inputs))
                return false;
        file->inputs = as_cel_sees(file->inputs);
        return true;
}

static void run(struct vectors_run *run, const char *path)
{
        struct file file = {.run = run, .arena = bw_arena_new(0)};
        struct bw_value cases;

        if (!file.arena || bw_tzdata_new(&file.zones, NULL) < 0) {
                vectors_broken(run, "out of memory");
        } else if (read_json(&file, path, &cases)) {
                bool inputs = false;

                if (cases.type != BW_LIST)
                        vectors_broken(run, "no list of cases");
                for (uint32_t i = 0; cases.type == BW_LIST && i < cases.n; i++)
                        inputs = inputs || bw_map_get(cases.list->items[i], BW_STR("inputs")).type == BW_MAP;
                if (!inputs || read_inputs(&file, path))
                        for (uint32_t i = 0; cases.type == BW_LIST && i < cases.n; i++)
                                if (is_case(&file, cases.list->items[i]))
                                        run_data(&file, cases.list->items[i]);
        }
        if (file.other_cost)
                printf("cost %s: %u as in the reference, %u different\n", path, file.same_cost, file.other_cost);
        bw_tzdata_free(file.zones);
        bw_arena_free(file.arena);
}

const struct vectors_topic vectors_cel = {.name = "cel", .help = "Common Expression Language", .run = run};
