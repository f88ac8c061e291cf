/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/error.h"
#include "cel/types.h"
#include "rule/place_internal.h"
#include "rule/pred_internal.h"
#include "rule/rule_internal.h"

static const char *const slot_names[_SLOT_FIXED] = {
#define X(slot, name) [SLOT_##slot] = (name),
        RULE_SLOTS(X)
#undef X
};

/* Values that have one type whatever the document says. */
static const struct bw_cel_type *const slot_types[_SLOT_FIXED] = {
        [SLOT_CONTAINERS] = &bw_cel_list_dyn,
        [SLOT_NAME] = &bw_cel_string,
        [SLOT_WHO] = &bw_cel_string,
        [SLOT_LABEL] = &bw_cel_string,
        [SLOT_SOURCE] = &bw_cel_string,
        [SLOT_KUBERNETES_MINOR] = &bw_cel_int,
        [SLOT_INVENTORY] = &rule_inventory_type,
        [SLOT_NOW] = &bw_cel_timestamp,
};

int rule_env_new(const struct bw_catalog_options *options, const struct bw_cel_env *shared, bool builtin,
                 const struct rule_variable *variables, size_t n_variables, const struct bw_cel_type *const *types,
                 struct bw_cel_env **ret, struct bw_error *reterr)
{
        struct bw_cel_variable all[RULE_MAX_SLOTS] = {0};
        char names[BW_LIMIT_RULE_VARIABLES][80];
        struct bw_cel_env_options env = {
                .variables = all,
                .n_variables = _SLOT_FIXED + n_variables,
                .libraries = BW_CEL_LIB_SEMVER | BW_CEL_LIB_BULWARK,
                .more_libraries = rule_libraries,
                .functions_of = shared,
                .validated = builtin,
                .no_costs = true,
                .timezone = options->timezone,
                .timezone_userdata = options->timezone_userdata,
        };

        for (size_t i = 0; i < _SLOT_FIXED; i++)
                all[i] = (struct bw_cel_variable){.name = bw_str(slot_names[i]),
                                                  .type = types && types[i] ? types[i] : slot_types[i]};
        for (size_t i = 0; i < n_variables; i++) {
                int n = snprintf(names[i], sizeof(names[i]), "variables.%.*s", BW_STR_ARG(variables[i].name));

                if (n < 0 || (size_t)n >= sizeof(names[i]))
                        return bw_error_set(reterr, -EINVAL, "the name of a variable is too long");
                all[_SLOT_FIXED + i].name = bw_str_n(names[i], (size_t)n);
        }
        return bw_cel_env_new(&env, ret, reterr);
}

/* What the program answers when only `slot` varies: for null, false and true, at every version. */
static void tabulate(struct bw_arena *arena, const struct bw_rule *rule, struct rule_expr *expr, enum rule_slot slot)
{
        const struct bw_value inputs[3] = {bw_value_null(), bw_value_bool(false), bw_value_bool(true)};
        struct bw_value slots[RULE_MAX_SLOTS] = {0};
        int last = expr->uses & SLOT_BIT(SLOT_KUBERNETES_MINOR) ? BW_KUBERNETES_NEWEST : 0;
        struct bw_arena_mark mark = bw_arena_save(arena);

        slots[SLOT_PARAMS] = rule->params;
        for (size_t i = 0; i < 3; i++) {
                enum rule_truth answer = TRUTH_ASK;

                slots[slot] = inputs[i];
                for (int minor = 0; minor <= last; minor++) {
                        struct bw_cel_eval_options options = {.slots = slots, .arena = arena};
                        struct bw_value v;
                        enum rule_truth now;

                        slots[SLOT_KUBERNETES_MINOR] = bw_value_int(minor);
                        v = bw_cel_run(expr->program, &options);
                        now = v.type != BW_BOOL ? TRUTH_ASK : v.b ? TRUTH_HOLDS : TRUTH_FAILS;
                        if (minor > 0 && now != answer)
                                now = TRUTH_ASK;
                        answer = now;
                        if (answer == TRUTH_ASK)
                                break;
                }
                expr->truth[i] = (uint8_t)answer;
        }
        bw_arena_restore(arena, mark);
}

struct compile_run {
        struct bw_arena *arena;
        const struct bw_cel_env *env;
        const struct bw_rule *rule;
        size_t n_slots;
        uint32_t *n_late;
        struct bw_error *reterr;
};

/* The error, with its place in the rule's file. */
static int refuse(struct compile_run *run, const struct rule_expr *expr, const char *what, const struct bw_error *err)
{
        const struct bw_doc *doc = run->rule->doc;
        struct bw_mark mark = {.line = err->line, .column = err->column};

        if (doc)
                mark = place_of_mark(doc, expr->mark, expr->source, mark);
        bw_error_at(run->reterr, err->code, mark.line, mark.column, "rule %.*s: %s: %s", BW_STR_ARG(run->rule->info.id),
                    what, err->message);
        if (run->reterr && doc && doc->input)
                bw_error_in_file(run->reterr, doc->input->name);
        return err->code;
}

static int compile_expr(void *userdata, struct rule_expr *expr, const char *what)
{
        const uint64_t constants = SLOT_BIT(SLOT_PARAMS) | SLOT_BIT(SLOT_KUBERNETES_MINOR);
        struct compile_run *run = userdata;
        const struct bw_rule *rule = run->rule;
        struct bw_error err = {0};
        struct bw_cel_ast *ast;
        const struct bw_cel_type *type;
        int r;

        r = bw_cel_parse(run->arena, run->env, expr->source, &ast, NULL, &err);
        if (r == 0)
                r = bw_cel_check(run->arena, run->env, ast, &type, NULL, &err);
        if (r == 0 && rule_looks_wrong(rule, ast, &err))
                r = err.code;
        if (r == 0)
                r = bw_cel_compile(run->arena, run->env, ast, &expr->program, &err);
        if (r < 0)
                return refuse(run, expr, what, &err);
        expr->is_bool = type->kind == BW_CEL_BOOL;
        for (size_t i = 0; i < run->n_slots; i++)
                if (bw_cel_program_uses(expr->program, i))
                        expr->uses |= SLOT_BIT(i);
        for (size_t i = rule->n_variables; i-- > 0;) {
                const struct rule_expr *of = &rule->variables[i].expression;

                if (!(expr->uses & SLOT_BIT(_SLOT_FIXED + i)))
                        continue;
                expr->variables |= SLOT_BIT(_SLOT_FIXED + i) | of->variables;
                expr->uses |= of->uses;
        }
        if ((expr->uses & ~constants) == SLOT_BIT(SLOT_VALUE))
                tabulate(run->arena, rule, expr, SLOT_VALUE);
        else if ((expr->uses & ~constants) == SLOT_BIT(SLOT_EACH))
                tabulate(run->arena, rule, expr, SLOT_EACH);
        else
                return 0;
        return pred_new(run->arena, ast, &expr->pred) < 0 ? bw_error_nomem(run->reterr) : 0;
}

/*
 * Texts of findings, since most rules find nothing, and what looks at the rule's variables, which the plan cannot tell
 * without the program: mostly a condition before it holds for no value. A user's expressions are compiled at once,
 * since they may be wrong.
 */
static bool may_be_late(const struct bw_rule *rule, const struct rule_expr *expr, const char *what)
{
        static const char *const texts[] = {"messageExpression", "label", "reasonExpression", "detail"};

        if (rule->doc || strcmp(what, "variable") == 0)
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++)
                if (strcmp(what, texts[i]) == 0)
                        return true;
        return bw_str_find(expr->source, BW_STR("variables.")) != SIZE_MAX;
}

static int compile_now_or_late(void *userdata, struct rule_expr *expr, const char *what)
{
        struct compile_run *run = userdata;

        if (!may_be_late(run->rule, expr, what))
                return compile_expr(userdata, expr, what);
        expr->late = ++*run->n_late;
        expr->uses = UINT64_MAX; /* nothing is known of it */
        return 0;
}

int rule_compile_late(struct bw_arena *arena, const struct bw_cel_env *shared, const struct bw_rule *rule,
                      struct rule_expr *expr, struct bw_error *reterr)
{
        struct compile_run run = {
                .arena = arena,
                .env = rule->env ? rule->env : shared,
                .rule = rule,
                .n_slots = _SLOT_FIXED + rule->n_variables,
                .reterr = reterr,
        };

        expr->uses = 0;
        return compile_expr(&run, expr, "expression");
}

int rule_compile(struct bw_arena *arena, const struct bw_catalog_options *options, const struct bw_cel_env *shared,
                 struct bw_rule *rule, uint32_t *n_late, struct bw_error *reterr)
{
        struct compile_run run = {
                .arena = arena,
                .env = shared,
                .rule = rule,
                .n_slots = _SLOT_FIXED + rule->n_variables,
                .n_late = n_late,
                .reterr = reterr,
        };
        int r;

        if (rule->n_variables) {
                r = rule_env_new(options, shared, !rule->doc, rule->variables, rule->n_variables, NULL, &rule->env, reterr);
                if (r < 0)
                        return r;
                run.env = rule->env;
        }
        r = rule_visit_expressions(rule, compile_now_or_late, &run);
        if (r == 0)
                rule->compiled = true;
        return r;
}

static int expr_done(void *userdata, struct rule_expr *expr, const char *what)
{
        (void)userdata;
        (void)what;
        if (expr->program)
                bw_cel_program_done(expr->program);
        expr->program = NULL;
        return 0;
}

void rule_done(struct bw_rule *rule)
{
        if (!rule)
                return;
        (void)rule_visit_expressions(rule, expr_done, NULL);
        bw_cel_env_free(rule->env);
        rule->env = NULL;
}
