/* SPDX-License-Identifier: Apache-2.0 */
/* Audit policies: what is refused, at which level requests are recorded, and rules that never match. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/audit_coverage_internal.h"
#include "analyze/audit_policy.h"
#include "analyze/audit_requests.h"
#include "base/arena.h"
#include "base/error.h"

#define HEAD "apiVersion: audit.k8s.io/v1\nkind: Policy\n"

static struct bw_value load(struct bw_arena *arena, const char *text, int minor, struct bw_str *ret_error)
{
        struct bw_problems problems = {.arena = arena};
        struct bw_doc doc;
        struct bw_value policy;

        assert_ok(bw_schema_read(arena, bw_str(text), BW_SCHEMA_LENIENT, &doc, &problems, NULL));
        assert_ok(bw_audit_policy_check(arena, &doc, minor, &problems, &policy, NULL));
        assert_ok(bw_problems_text(&problems, arena, ret_error, NULL));
        return policy;
}

static void test_refused(void **state)
{
        static const struct {
                const char *text;
                int minor;
                const char *error;
        } cases[] = {
                {HEAD, 32, "loaded illegal policy with 0 rules"},
                {HEAD "rules: [{level: Metadata}]", 32, ""},
                {"rules: [{level: Metadata}]", 32,
                 "unknown group version field audit.k8s.io/__internal, Kind=Policy in policy"},
                {HEAD "rules: [{level: All}]", 32,
                 "rules[0].level: Unsupported value: \"All\": supported values: \"None\", \"Metadata\", \"Request\", "
                 "\"RequestResponse\""},
                {HEAD "rules: [{level: None, resources: [{group: \"*\"}]}]", 36, ""},
                {HEAD "rules: [{level: None, nonResourceURLs: [/a], namespaces: [b]}]", 32,
                 "rules[0].nonResourceURLs: Invalid value: []string{\"/a\"}: rules cannot apply to both regular resources "
                 "and non-resource URLs"},
                {"[1]", 32,
                 "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { "
                 "APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }"},
                {"apiVersion: 1\nkind: Policy\n", 32,
                 "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field "
                 ".apiVersion of type string"},
        };
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_str error;

                (void)load(arena, cases[i].text, cases[i].minor, &error);
                assert_str(error, cases[i].error);
        }
        {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_str error;

                (void)load(arena, HEAD "rules: [{level: None, resources: [{group: \"*\"}]}]", 35, &error);
                assert_true(bw_str_starts(error, BW_STR("rules[0].resources.group: Invalid value: \"*\"")));
        }
}

static void test_levels(void **state)
{
        static const struct {
                const char *rules;
                const char *request; /* id in the catalogue */
                enum bw_audit_level level;
        } cases[] = {
                {"[{level: Metadata}]", "secret-read", BW_AUDIT_METADATA},
                {"[{level: None, users: [bob]}, {level: Request}]", "secret-read", BW_AUDIT_REQUEST},
                {"[{level: None, userGroups: [\"system:authenticated\"]}, {level: Request}]", "secret-read", BW_AUDIT_NONE},
                {"[{level: Request, resources: [{group: \"\", resources: [pods]}]}]", "exec", BW_AUDIT_NONE},
                {"[{level: Request, resources: [{group: \"\", resources: [pods/*]}]}]", "exec", BW_AUDIT_REQUEST},
                {"[{level: Request, resources: [{group: \"\", resources: [pods/*]}]}]", "pod-create", BW_AUDIT_REQUEST},
                {"[{level: Request, resources: [{group: \"\", resources: [\"*/exec\"]}]}]", "exec", BW_AUDIT_REQUEST},
                {"[{level: Request, resources: [{group: \"\", resources: [\"*\"]}]}]", "exec", BW_AUDIT_REQUEST},
                {"[{level: Request, resources: [{group: \"\", resources: [pod]}]}]", "pod-create", BW_AUDIT_NONE},
                {"[{level: Request, resources: [{group: \"\", resources: [secrets], resourceNames: [db]}]}]", "secret-read",
                 BW_AUDIT_REQUEST},
                {"[{level: Request, resources: [{group: \"\", resources: [secrets], resourceNames: [db]}]}]", "secret-list",
                 BW_AUDIT_NONE},
                {"[{level: Request, namespaces: [\"\"]}]", "node-patch", BW_AUDIT_REQUEST},
                {"[{level: Request, namespaces: [shop]}]", "health", BW_AUDIT_NONE},
                {"[{level: Request, nonResourceURLs: [\"/health*\"]}]", "health", BW_AUDIT_REQUEST},
                {"[{level: Request, verbs: [\"*\"]}]", "secret-read", BW_AUDIT_NONE},
        };
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_str text = bw_arena_printf(arena, HEAD "rules: %s\n", cases[i].rules);
                struct bw_str error;
                struct bw_value policy = load(arena, text.p, 32, &error);
                bool found = false;

                assert_str(error, "");
                for (size_t j = 0; j < bw_n_audit_cases; j++) {
                        struct bw_str groups[3];
                        struct bw_audit_request request = bw_audit_case_request(&bw_audit_cases[j], groups);

                        if (strcmp(bw_audit_cases[j].id, cases[i].request) != 0)
                                continue;
                        found = true;
                        assert_int_equal(bw_audit_decide(policy, &request).level, cases[i].level);
                }
                assert_true(found);
        }
}

/* Ids are what rules and reports hold on to. */
static void test_catalogue(void **state)
{
        (void)state;
        for (size_t i = 0; i < bw_n_audit_cases; i++) {
                const struct bw_audit_case *c = &bw_audit_cases[i];

                assert_true(c->least <= c->most);
                assert_true(c->resource == NULL || bw_audit_resource_is_known(bw_str(c->group), bw_str(c->resource)));
                for (size_t j = 0; j < i; j++)
                        assert_string_not_equal(c->id, bw_audit_cases[j].id);
        }
}

static void test_never_matches(void **state)
{
        static const struct {
                const char *earlier;
                const char *rule;
                bool covered;
        } cases[] = {
                {"{}", "{users: [a]}", true},
                {"{users: [a]}", "{}", false},
                {"{users: [a, b]}", "{users: [a]}", true},
                {"{users: [a]}", "{users: [a, b]}", false},
                {"{verbs: [get]}", "{verbs: [get], resources: [{group: \"\"}]}", true},
                {"{resources: [{group: \"\"}]}", "{resources: [{group: \"\", resources: [pods]}]}", true},
                {"{resources: [{group: \"\", resources: [pods]}]}", "{resources: [{group: \"\", resources: [pods/log]}]}", false},
                {"{resources: [{group: \"\", resources: [pods/*]}]}", "{resources: [{group: \"\", resources: [pods, pods/log]}]}",
                 true},
                {"{resources: [{group: \"\", resources: [\"*/log\"]}]}", "{resources: [{group: \"\", resources: [pods/log]}]}", true},
                {"{resources: [{group: \"\", resources: [\"*/log\"]}]}", "{resources: [{group: \"\", resources: [pods/*]}]}", false},
                {"{resources: [{group: \"\", resources: [\"*\"]}]}", "{resources: [{group: \"\"}]}", true},
                {"{resources: [{group: \"\", resources: [a], resourceNames: [x]}]}", "{resources: [{group: \"\", resources: [a]}]}",
                 false},
                {"{resources: [{group: \"\"}]}", "{namespaces: [a]}", false},
                {"{namespaces: [a]}", "{namespaces: [a], resources: [{group: apps}]}", true},
                {"{nonResourceURLs: [\"/api*\"]}", "{nonResourceURLs: [/apis, \"/api/v1*\"]}", true},
                {"{nonResourceURLs: [/api]}", "{nonResourceURLs: [\"/api*\"]}", false},
                {"{nonResourceURLs: [\"*\"]}", "{resources: [{group: \"\"}]}", false},
        };
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_doc earlier;
                struct bw_doc rule;

                assert_ok(bw_yaml_read(arena, bw_str(cases[i].earlier), 1, false, &earlier, NULL));
                assert_ok(bw_yaml_read(arena, bw_str(cases[i].rule), 1, false, &rule, NULL));
                if (audit_rule_covers(earlier.root, rule.root) != cases[i].covered)
                        fail_msg("%s before %s", cases[i].earlier, cases[i].rule);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_levels),
                cmocka_unit_test(test_catalogue),
                cmocka_unit_test(test_never_matches),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
