/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/lint.h"

#include "base/arena.h"
#include "base/error.h"
#include "rule/fields.h"
#include "rule/place_internal.h"
#include "rule/reader_internal.h"

struct seen_id {
        struct bw_str id;
        struct bw_str file;
};

struct lint {
        struct bw_arena *arena;
        struct rule_problems problems;
        const struct bw_rule_fields *fields;
        struct seen_id ids[BW_LIMIT_RULES];
        size_t n_ids;
        struct bw_doc *frameworks[256];
        size_t n_frameworks;
        /* the rule being linted */
        const struct bw_rule *rule;
        const struct bw_doc *doc;
};

/* ---- expressions */

static void add_issues(struct lint *l, const struct rule_expr *expr, const char *what,
                       const struct bw_cel_issues *issues)
{
        for (size_t i = 0; i < issues->n; i++) {
                const struct bw_cel_issue *issue = &issues->items[i];
                struct bw_mark in = {.line = issue->line, .column = issue->column};

                rule_problem_add(&l->problems, l->doc, place_of_mark(l->doc, expr->mark, expr->source, in), "%s: %.*s",
                                 what, BW_STR_ARG(issue->message));
        }
}

/* 0: fine or reported; -ENOMEM. wanted: the type that the result must have. */
static int check_expr(struct lint *l, const struct bw_cel_env *env, const struct rule_expr *expr, const char *what,
                      const struct bw_cel_type *wanted)
{
        const struct bw_cel_type *type = NULL;
        struct bw_cel_issues issues = {0};
        struct bw_cel_program *program = NULL;
        struct bw_cel_ast *ast = NULL;
        struct bw_error err = {0};
        int r;

        if (!expr->source.p)
                return 0;
        r = bw_cel_parse(l->arena, env, expr->source, &ast, &issues, &err);
        if (r == 0)
                r = bw_cel_check(l->arena, env, ast, &type, &issues, &err);
        if (r == 0 && rule_looks_wrong(l->rule, ast, &err)) {
                const struct bw_mark mark = {.line = err.line, .column = err.column};

                rule_problem_add(&l->problems, l->doc, place_of_mark(l->doc, expr->mark, expr->source, mark), "%s: %s",
                                 what, err.message);
                return 0;
        }
        if (r == 0)
                r = bw_cel_compile(l->arena, env, ast, &program, &err);
        if (program)
                bw_cel_program_done(program);
        if (r == -ENOMEM)
                return r;
        if (r < 0 && issues.n)
                add_issues(l, expr, what, &issues);
        else if (r < 0)
                rule_problem_add(&l->problems, l->doc, expr->mark, "%s: %s", what, err.message);
        else if (wanted && type->kind != BW_CEL_DYN && type->kind != wanted->kind)
                rule_problem_add(&l->problems, l->doc, expr->mark, "%s must give a %.*s", what, BW_STR_ARG(wanted->name));
        return 0;
}

static const struct bw_cel_type wanted_bool = {.kind = BW_CEL_BOOL, .name = {"bool", 4}};
static const struct bw_cel_type wanted_string = {.kind = BW_CEL_STRING, .name = {"string", 6}};

static int new_env(struct lint *l, const struct bw_cel_type *const *types, struct bw_cel_env **ret)
{
        struct bw_catalog_options options = {0};
        struct bw_error err = {0};
        int r = rule_env_new(&options, NULL, false, l->rule->variables, l->rule->n_variables, types, ret, &err);

        if (r == -EINVAL) {
                rule_problem_add(&l->problems, l->doc, l->doc->mark, "%s", err.message);
                return 0;
        }
        return r;
}

/* ---- types of the values under test */

static const struct bw_cel_type *type_named(const struct lint *l, const char *name)
{
        return bw_rule_fields_type(l->fields, bw_str(name));
}

/* The type of the object: known only when the rule is about one kind. */
static const struct bw_cel_type *object_type(const struct lint *l)
{
        const struct rule_match *m = &l->rule->match;

        if (m->n_kinds != 1)
                return &bw_cel_dyn;
        return bw_rule_fields_kind(l->fields, m->kinds[0].any_group ? (struct bw_str){0} : m->kinds[0].group,
                                   m->kinds[0].kind);
}

static const struct bw_cel_type *root_type(const struct lint *l)
{
        return l->rule->match.pod_spec ? type_named(l, "PodSpec") : object_type(l);
}

static const struct bw_cel_type *base_type(const struct lint *l, enum rule_base base)
{
        switch (base) {
        case BASE_CONTAINERS:
                return type_named(l, "Container");
        case BASE_POD_METADATA:
                return type_named(l, "ObjectMeta");
        case BASE_ROOT:
                break;
        }
        return root_type(l);
}

static const struct bw_cel_type *type_at(struct lint *l, const struct bw_cel_type *type, struct bw_path path,
                                         struct bw_mark mark, const char *what)
{
        const struct bw_cel_type *found;
        size_t at = 0;

        found = bw_rule_fields_at(type, path, &at);
        if (found)
                return found;
        if (path.segments[at].kind == BW_SEGMENT_KEY)
                rule_problem_add(&l->problems, l->doc, mark, "%s: there is no field \"%.*s\"", what,
                                 BW_STR_ARG(bw_value_text(path.segments[at].key)));
        else
                rule_problem_add(&l->problems, l->doc, mark, "%s: there is no list", what);
        return &bw_cel_dyn;
}

/* Two types of one variable: the common one, or dyn. */
static void join_type(const struct bw_cel_type **type, const struct bw_cel_type *other)
{
        if (!*type)
                *type = other;
        else if (!bw_cel_type_same(*type, other))
                *type = &bw_cel_dyn;
}

/* Conditions on what is at their paths below a value of type `from`. */
static int lint_when(struct lint *l, const struct rule_when *when, size_t n, const struct bw_cel_type *from,
                     const struct bw_cel_type **types)
{
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++) {
                bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;

                types[SLOT_EACH] = from;
                types[SLOT_VALUE] = type_at(l, from, when[i].path, when[i].path_mark, "path");
                r = new_env(l, types, &env);
                if (r == 0 && env)
                        r = check_expr(l, env, &when[i].expression, "expression", &wanted_bool);
        }
        return r;
}

static int lint_check(struct lint *l, const struct rule_check *check, const struct bw_cel_type **types)
{
        bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;
        const struct bw_cel_type *each_type;
        int r;

        types[SLOT_EACH] = NULL;
        types[SLOT_VALUE] = NULL;
        for (size_t i = 0; i < check->n_places; i++) {
                const struct rule_place *place = &check->places[i];
                const struct bw_cel_type *each = base_type(l, place->base);

                each = type_at(l, each, place->pattern, place->mark, "forEach");
                join_type(&types[SLOT_EACH], each);
                for (size_t k = 0; k < check->n_paths; k++) {
                        const struct bw_cel_type *value =
                                type_at(l, each, check->paths[k], check->path_mark, "path");

                        (void)type_at(l, value, check->point, check->path_mark, "point");
                        join_type(&types[SLOT_VALUE], value);
                }
        }
        r = new_env(l, types, &env);
        if (r < 0 || !env)
                return r;
        each_type = types[SLOT_EACH];
        r = check_expr(l, env, &check->expression, "expression", &wanted_bool);
        if (r == 0)
                r = check_expr(l, env, &check->label, "label", NULL);
        if (r == 0)
                r = check_expr(l, env, &check->message_expression, "messageExpression", &wanted_string);
        return r ? r : lint_when(l, check->where, check->n_where, each_type, types);
}

static int lint_rest(struct lint *l, const struct bw_cel_type **types)
{
        bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;
        const struct bw_rule *rule = l->rule;
        int r;

        types[SLOT_EACH] = types[SLOT_VALUE] = NULL;
        r = new_env(l, types, &env);
        for (size_t i = 0; i < rule->n_variables && r == 0 && env; i++)
                r = check_expr(l, env, &rule->variables[i].expression, "expression", NULL);
        for (size_t i = 0; i < rule->n_skips && r == 0 && env; i++) {
                r = check_expr(l, env, &rule->skips[i].expression, "expression", &wanted_bool);
                if (r == 0)
                        r = check_expr(l, env, &rule->skips[i].reason_expression, "reasonExpression", &wanted_string);
        }
        if (r == 0 && env)
                r = check_expr(l, env, &rule->pss.reason_expression, "reasonExpression", &wanted_string);
        return r || !env ? r : check_expr(l, env, &rule->pss.detail, "detail", &wanted_string);
}

static int lint_tests(struct lint *l)
{
        struct bw_value tests = l->rule->tests;
        bool has_pass = false;
        bool has_fail = false;

        for (uint32_t i = 0; tests.type == BW_LIST && i < tests.n; i++) {
                struct bw_value test = tests.list->items[i];

                has_pass |= bw_map_get(test, BW_STR("pass")).type != BW_ABSENT;
                has_fail |= bw_map_get(test, BW_STR("fail")).type != BW_ABSENT;
                if (rule_test_lint(l->arena, l->doc, test, list_mark(tests, i), &l->problems) < 0)
                        return -ENOMEM;
        }
        if (tests.n && !(has_pass && has_fail))
                rule_problem_add(&l->problems, l->doc, l->doc->mark, "a rule needs a test that passes and one that fails");
        return 0;
}

/* ---- documents */

static void check_id(struct lint *l, struct bw_str id, struct bw_mark mark)
{
        for (size_t i = 0; i < l->n_ids; i++)
                if (bw_str_eq(l->ids[i].id, id))
                        rule_problem_add(&l->problems, l->doc, mark, "the name %.*s is in use already: %.*s",
                                         BW_STR_ARG(id), BW_STR_ARG(l->ids[i].file));
        if (l->n_ids < BW_ARRAY_SIZE(l->ids))
                l->ids[l->n_ids++] = (struct seen_id){.id = id, .file = l->doc->input->name};
}

static int lint_rule(struct lint *l, struct bw_doc *doc)
{
        const struct rule_load_options options = {.lint = true, .negate_at = -1};
        const struct bw_cel_type *types[_SLOT_FIXED] = {0};
        struct bw_rule *rule = NULL;
        int r;

        l->doc = doc;
        r = rule_load(l->arena, doc, doc->root, &options, &l->problems, &rule);
        if (r < 0 || !rule)
                return r;
        l->rule = rule;
        check_id(l, rule->info.id, doc->mark);
        types[SLOT_OBJECT] = object_type(l);
        types[SLOT_POD_SPEC] = rule->match.pod_spec ? type_named(l, "PodSpec") : NULL;
        types[SLOT_POD_METADATA] = rule->match.pod_spec ? type_named(l, "ObjectMeta") : NULL;
        types[SLOT_CONTAINER] = type_named(l, "Container");
        types[SLOT_CONTAINERS] = bw_cel_type_list(l->arena, type_named(l, "Container"));
        if (!types[SLOT_CONTAINERS])
                return -ENOMEM;
        r = lint_when(l, rule->match.conditions, rule->match.n_conditions, root_type(l), types);
        for (size_t i = 0; i < rule->n_checks && r == 0; i++) {
                r = lint_when(l, rule->checks[i].when, rule->checks[i].n_when, root_type(l), types);
                if (r == 0)
                        r = lint_check(l, &rule->checks[i], types);
        }
        if (r == 0)
                r = lint_rest(l, types);
        return r ? r : lint_tests(l);
}

static int lint_doc(void *userdata, struct bw_doc *doc)
{
        struct lint *l = userdata;

        if (bw_str_is(doc->api_version, "bulwark.dev/v1") && bw_str_is(doc->kind, "Rule"))
                return lint_rule(l, doc);
        if (bw_str_is(doc->api_version, "bulwark.dev/v1") && bw_str_is(doc->kind, "Framework")) {
                if (l->n_frameworks < BW_ARRAY_SIZE(l->frameworks))
                        l->frameworks[l->n_frameworks++] = doc;
                return 0;
        }
        rule_problem_add(&l->problems, doc, doc->mark, "expected a Rule or a Framework of bulwark.dev/v1");
        return 0;
}

static bool is_known(const struct lint *l, struct bw_str id)
{
        for (size_t i = 0; i < l->n_ids; i++)
                if (bw_str_eq(l->ids[i].id, id))
                        return true;
        for (size_t i = 0; i < rule_n_builtins; i++)
                if (bw_str_is(id, rule_builtins[i].id))
                        return true;
        return false;
}

static int lint_framework(struct lint *l, struct bw_doc *doc)
{
        struct bw_framework *fw = NULL;
        int r = framework_load(l->arena, doc, doc->root, &l->problems, &fw);

        for (size_t i = 0; r == 0 && fw && i < fw->n_controls; i++)
                for (size_t k = 0; k < fw->controls[i].n_rules; k++)
                        if (!is_known(l, fw->controls[i].rules[k]))
                                rule_problem_add(&l->problems, doc, doc->mark, "control %.*s: there is no rule %.*s",
                                                 BW_STR_ARG(fw->controls[i].id), BW_STR_ARG(fw->controls[i].rules[k]));
        return r;
}

int bw_rule_lint(struct bw_arena *arena, const struct bw_rule_file *files, size_t n_files, struct bw_rule_problems *ret,
                 struct bw_error *reterr)
{
        struct lint *l = bw_arena_zalloc(arena, sizeof(*l));
        int r;

        if (!l)
                return bw_error_nomem(reterr);
        l->arena = arena;
        l->problems.arena = arena;
        r = bw_rule_fields_new(arena, &l->fields);
        for (size_t i = 0; i < n_files && r == 0; i++)
                r = rule_file_visit(arena, files[i].name, files[i].text, &l->problems, lint_doc, l);
        for (size_t i = 0; i < l->n_frameworks && r == 0; i++)
                r = lint_framework(l, l->frameworks[i]);
        if (r < 0 || l->problems.nomem)
                return bw_error_nomem(reterr);
        *ret = (struct bw_rule_problems){.n = l->problems.n, .n_more = l->problems.n_more, .items = l->problems.items};
        return 0;
}
