/* SPDX-License-Identifier: Apache-2.0 */
/* Settings held against a catalog, and parameters from the settings to the verdict. */
#define BW_ALLOW_BANNED
#include "exception/settings.h"

#include "base/arena.h"
#include "base/error.h"
#include "check.h"
#include "rule/rule.h"

#define HEAD "apiVersion: bulwark.dev/v1\nkind: Config\n"

static const char rules[] =
        "apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-LIMIT}\ntitle: T\nseverity: high\n"
        "match: {kinds: [ConfigMap]}\nforEach: object\nparams: {max: 2, ratio: 0.5, names: [a], any: null, by: {a: 1}, "
        "flag: true}\n"
        "expression: size(object.data) <= params.max\n"
        "---\napiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-PLAIN}\ntitle: T\nseverity: low\n"
        "match: {kinds: [ConfigMap]}\nforEach: object\nexpression: 'false'\n";
static const char manifest[] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: '', b: '', c: ''}\n";

static int take(void *userdata, const struct bw_finding *f)
{
        char *text = userdata;

        (void)snprintf(text + strlen(text), 100, " %.*s", BW_STR_ARG(f->rule->id));
        return 0;
}

/* The rules with the settings: the error of checking them, or "fails X-LIMIT X-PLAIN". */
static const char *outcome(const char *settings_text, struct bw_str *only, char text[static 1200])
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        bw_auto(bw_judge_free) struct bw_judge *judge = NULL;
        struct bw_catalog_options options = {.kubernetes_minor = 30, .only = only, .n_only = only != NULL};
        struct bw_settings settings;
        struct bw_error err = {0};
        struct bw_str disabled[4];
        struct bw_doc doc;

        if (bw_settings_read(arena, BW_STR("s.yaml"), bw_str(settings_text), &settings, &err) < 0)
                fail_msg("%s", err.message);
        for (size_t i = 0; i < settings.disabled.n; i++)
                disabled[options.n_disabled++] = settings.disabled.items[i].rule.text;
        options.disabled = disabled;
        options.params = settings.params;
        assert_ok(bw_catalog_new(&options, &catalog, &err));
        assert_ok(bw_catalog_add(catalog, BW_STR("r.yaml"), bw_str(rules), &err));
        if (bw_catalog_check_settings(catalog, &settings, &err) < 0)
                return bw_error_format(&err, text, 1200);
        assert_ok(bw_yaml_read(arena, bw_str(manifest), 1, false, &doc, &err));
        assert_true(bw_doc_identify(&doc));
        assert_ok(bw_catalog_prepare(catalog, &doc, &err));
        assert_ok(bw_judge_new(catalog, NULL, false, &judge, &err));
        (void)snprintf(text, 1200, "fails");
        assert_ok(bw_catalog_evaluate(catalog, judge, &doc, arena, take, text, &err));
        return text;
}

static void test_outcomes(void **state)
{
        static const struct {
                const char *settings;
                const char *outcome;
        } rows[] = {
                {HEAD, "fails X-LIMIT X-PLAIN"},
                {HEAD "params: {X-LIMIT: {max: 3}}\n", "fails X-PLAIN"},
                {HEAD "params: {X-LIMIT: {max: 3, ratio: 2, names: [b, c], any: [1], by: {z: 2}, flag: false}}\n",
                 "fails X-PLAIN"},
                {HEAD "params: {X-LIMIT: {}}\n", "fails X-LIMIT X-PLAIN"},
                {HEAD "params: {X-LIMT: {}}\n", "s.yaml:3:10: no rule \"X-LIMT\"; did you mean X-LIMIT?"},
                {HEAD "params: {NOTHING: {}}\n", "s.yaml:3:10: no rule \"NOTHING\"; bulwark rules list names them all"},
                {HEAD "params: {X-L*: {}}\n", "s.yaml:3:10: parameters belong to one rule: name it by its whole id"},
                {HEAD "params: {X-LIMIT: {min: 3}}\n",
                 "s.yaml:3:20: rule X-LIMIT has no parameter \"min\"; it has max, ratio, names, any, by, flag"},
                {HEAD "params: {X-PLAIN: {min: 3}}\n", "s.yaml:3:20: rule X-PLAIN has no parameters"},
                {HEAD "params: {X-LIMIT: {max: '3'}}\n",
                 "s.yaml:3:25: parameter max of rule X-LIMIT is a whole number, not a text"},
                {HEAD "params: {X-LIMIT: {max: 3.5}}\n",
                 "s.yaml:3:25: parameter max of rule X-LIMIT is a whole number, not a number"},
                {HEAD "params: {X-LIMIT: {max: null}}\n",
                 "s.yaml:3:25: parameter max of rule X-LIMIT is a whole number, not null"},
                {HEAD "params: {X-LIMIT: {names: a}}\n",
                 "s.yaml:3:27: parameter names of rule X-LIMIT is a list, not a text"},
                {HEAD "params: {X-LIMIT: {names: [a, 1]}}\n",
                 "s.yaml:3:31: parameter names holds a text, not a whole number"},
                {HEAD "params: {X-LIMIT: {by: {a: x}}}\n",
                 "s.yaml:3:28: parameter by holds a whole number, not a text"},
                {HEAD "params: {X-LIMIT: {flag: 1}}\n",
                 "s.yaml:3:26: parameter flag of rule X-LIMIT is true or false, not a whole number"},
                {HEAD "disabledRules: [{rule: X-PLAIN, reason: r}]\n", "fails X-LIMIT"},
                {HEAD "disabledRules: [{rule: X-*, reason: r}]\n", "fails"},
                {HEAD "disabledRules: [{rule: X-PLANE, reason: r}]\n",
                 "s.yaml:3:24: no rule \"X-PLANE\"; did you mean X-PLAIN?"},
                {HEAD "disabledRules: [{rule: Y-*, reason: r}]\n", "s.yaml:3:24: no rule's id begins with Y-"},
                {HEAD "exceptions: [{rules: [X-PLAIN, X-LIMITS], reason: r}]\n",
                 "s.yaml:3:32: no rule \"X-LIMITS\"; did you mean X-LIMIT?"},
        };
        char text[1200];

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                assert_string_equal(outcome(rows[i].settings, NULL, text), rows[i].outcome);
}

/* Who names a rule wants it, whatever the settings say. */
static void test_only_wins(void **state)
{
        struct bw_str only = BW_STR("X-PLAIN");
        char text[1200];

        (void)state;
        assert_string_equal(outcome(HEAD "disabledRules: [{rule: X-*, reason: r}]\n", &only, text), "fails X-PLAIN");
}

static void test_look(void **state)
{
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        const struct bw_str disabled = BW_STR("X-PLAIN");
        const struct bw_catalog_options options = {.kubernetes_minor = 30, .disabled = &disabled, .n_disabled = 1};
        struct bw_str nearest = {0};
        struct bw_error err = {0};

        (void)state;
        assert_ok(bw_catalog_new(&options, &catalog, &err));
        assert_ok(bw_catalog_add(catalog, BW_STR("r.yaml"), bw_str(rules), &err));
        assert_int_equal(bw_catalog_look(catalog, BW_STR("X-LIMIT"), &nearest), BW_RULE_TAKES_PART);
        assert_int_equal(bw_catalog_look(catalog, BW_STR("X-*"), &nearest), BW_RULE_TAKES_PART);
        assert_int_equal(bw_catalog_look(catalog, BW_STR("X-PLAIN"), &nearest), BW_RULE_LEFT_OUT);
        assert_int_equal(bw_catalog_look(catalog, BW_STR("Y-*"), &nearest), BW_RULE_UNKNOWN);
        assert_int_equal(bw_catalog_look(catalog, BW_STR("X-PLAN"), &nearest), BW_RULE_UNKNOWN);
        assert_str(nearest, "X-PLAIN");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_outcomes),
                cmocka_unit_test(test_only_wins),
                cmocka_unit_test(test_look),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
