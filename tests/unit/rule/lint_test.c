/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "rule/lint.h"
#include "rule/rule_internal.h"

#define HEAD                                                                                       \
        "apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-1}\ntitle: T\nseverity: high\npractice: W01\nwhy: W\n" \
        "fix: {text: F}\ntests: [{name: a, pass: {}}, {name: b, fail: {}}]\n" /* nine lines */
#define PODS "match: {podSpec: true}\n"

static void expect(const char *rule, const char *problems)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        const struct bw_rule_file file = {.name = {"r.yaml", 6}, .text = bw_str(rule)};
        struct bw_rule_problems found = {0};
        struct bw_error err = {0};

        assert_ok(bw_rule_lint(arena, &file, 1, &found, &err));
        for (size_t i = 0; i < found.n; i++)
                bw_buf_printf(&buf, "%u:%u %.*s\n", found.items[i].line, found.items[i].column,
                              BW_STR_ARG(found.items[i].message));
        assert_string_equal(buf.p ? buf.p : "", problems);
}

static void good_rules_have_no_problems(void **state)
{
        (void)state;
        expect(HEAD PODS "forEach: containers\npath: securityContext.privileged\nexpression: value != true\n", "");
        expect(HEAD PODS "expression: containers.all(c, has(c.image))\n", "");
        expect(HEAD "match: {kinds: [example.com/Thing]}\npath: spec.any.thing\nexpression: value == null\n", "");
}

static void misspelt_fields_are_found(void **state)
{
        (void)state;
        expect(HEAD PODS "forEach: containers\npath: securityContxt.privileged\nexpression: value != true\n",
               "12:7 path: there is no field \"securityContxt\"\n");
        expect(HEAD PODS "forEach: containers.prts[*]\npath: hostPort\nexpression: value == null\n",
               "11:10 forEach: there is no field \"prts\"\n");
        expect(HEAD PODS "forEach: containers\nexpression: each.securityContxt.privileged\n",
               "12:18 expression: undefined field 'securityContxt'\n");
        expect(HEAD PODS "expression: containers.all(c, c.imag != '')\n",
               "11:33 expression: undefined field 'imag'\n");
        expect(HEAD "match: {kinds: [Service]}\npath: spec.externalIP\nexpression: value == null\n",
               "11:7 path: there is no field \"externalIP\"\n");
        expect(HEAD "match: {podSpec: true, conditions: [{path: hostNetwrk, expression: value == null}]}\nexpression: 'true'\n",
               "10:44 path: there is no field \"hostNetwrk\"\n");
}

/* Kinds have their fields whether their group is named or not; a field that is not there is null, of whatever type. */
static void fields_of_other_kinds(void **state)
{
        static const struct {
                const char *kind;
                const char *path;
        } good[] = {
                {"Deployment", "spec.template.spec.containers[0].image"},
                {"apps/StatefulSet", "spec.volumeClaimTemplates[0].spec.resources.requests"},
                {"CronJob", "spec.jobTemplate.spec.template.spec.hostNetwork"},
                {"HorizontalPodAutoscaler", "spec.scaleTargetRef.name"},
                {"PodDisruptionBudget", "spec.minAvailable"},
                {"LimitRange", "spec.limits[0].defaultRequest"},
                {"ResourceQuota", "spec.hard"},
                {"ValidatingWebhookConfiguration", "webhooks[0].clientConfig.service.namespace"},
                {"MutatingWebhookConfiguration", "webhooks[0].rules[0].operations"},
                {"ValidatingAdmissionPolicy", "spec.matchConstraints.resourceRules[0].resources"},
                {"ValidatingAdmissionPolicyBinding", "spec.validationActions"},
                {"APIService", "spec.insecureSkipTLSVerify"},
                {"StorageClass", "reclaimPolicy"},
                {"PersistentVolume", "spec.hostPath.path"},
                {"PersistentVolumeClaim", "spec.accessModes"},
                {"PriorityClass", "globalDefault"},
                {"CustomResourceDefinition", "spec.conversion"},
                {"RuntimeClass", "handler"},
                {"gateway.networking.k8s.io/Gateway", "spec.listeners[0].tls.mode"},
                {"gateway.networking.k8s.io/HTTPRoute", "spec.rules[0].backendRefs"},
                {"CertificateSigningRequest", "spec.signerName"},
                {"policy/PodSecurityPolicy", "spec.allowedHostPaths[0].readOnly"},
                {"Ingress", "spec.rules[0].http.paths[0].backend.service.name"},
                {"NetworkPolicy", "spec.ingress[0].from[0].ipBlock.cidr"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(good); i++) {
                const char *last = strrchr(good[i].path, '.') ? strrchr(good[i].path, '.') + 1 : good[i].path;
                char rule[1024];
                char problem[128];

                for (int misspelt = 0; misspelt < 2; misspelt++) {
                        snprintf(rule, sizeof(rule),
                                 HEAD "match: {kinds: [%s]}\npath: %s%s\nexpression: value == null\n", good[i].kind,
                                 good[i].path, misspelt ? "x" : "");
                        snprintf(problem, sizeof(problem), "11:7 path: there is no field \"%sx\"\n", last);
                        expect(rule, misspelt ? problem : "");
                }
        }
        expect(HEAD "match: {kinds: [Gateway]}\npath: spec.listeners\nexpression: value == null || value.all(l, l.prt == 1)\n",
               "12:45 expression: undefined field 'prt'\n");
}

/* The caret stands under the character, whatever the scalar's style. */
static void errors_in_expressions_have_their_place(void **state)
{
        (void)state;
        expect(HEAD PODS "expression: podSpec.hostNet\n", "11:21 expression: undefined field 'hostNet'\n");
        expect(HEAD PODS "expression: 'podSpec.dnsPolicy == \"it''s\" || podSpec.hostNet'\n",
               "11:54 expression: undefined field 'hostNet'\n");
        expect(HEAD PODS "expression: \"podSpec.dnsPolicy == \\\"\\u00e4\\\" || podSpec.hostNet\"\n",
               "11:57 expression: undefined field 'hostNet'\n");
        expect(HEAD PODS "expression: |\n  true &&\n    podSpec.hostNet\n", "13:13 expression: undefined field 'hostNet'\n");
        expect(HEAD PODS "expression: >-\n  true &&\n  true && podSpec.hostNet\n",
               "13:19 expression: undefined field 'hostNet'\n");
        expect(HEAD PODS "expression: true &&\n   podSpec.hostNet\n", "12:12 expression: undefined field 'hostNet'\n");
}

static void types_of_results(void **state)
{
        (void)state;
        expect(HEAD PODS "expression: 1 + 1\n", "11:13 expression must give a bool\n");
        expect(HEAD PODS "expression: 'true'\nmessageExpression: 1 + 1\n", "12:20 messageExpression must give a string\n");
}

static void what_is_missing_or_wrong(void **state)
{
        (void)state;
        expect("apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-1}\ntitle: T\nseverity: huge\nmatch: {podSpec: yes}\n"
               "expression: 'true'\ncolour: red\n",
               "5:11 severity must be critical, high, medium or low\n"
               "8:1 rule has no field \"colour\"\n"
               "1:1 rule lacks the field \"why\"\n1:1 rule lacks the field \"fix\"\n"
               "1:1 rule has no tests\n");
        expect("apiVersion: bulwark.dev/v1\nkind: Framework\nmetadata: {name: f}\ntitle: F\ncontrols:\n"
               "- {id: a, title: A, rules: [BW-PSS-107]}\n- {id: b, title: B, rules: [NO-1]}\n- {id: c, title: C}\n",
               "8:3 a control has either rules, or noRule that says why not\n");
        expect("apiVersion: bulwark.dev/v1\nkind: Framework\nmetadata: {name: f}\ntitle: F\ncontrols:\n"
               "- {id: b, title: B, rules: [NO-1]}\n",
               "1:1 control b: there is no rule NO-1\n");
}

/* Which objects an expression looks into must stand in the rule's `inventory`. */
static void other_objects(void **state)
{
        (void)state;
        expect(HEAD PODS "inventory: [pods, Service, example.com/Thing]\nexpression: >-\n"
                         "  size(inventory.pods()) + size(inventory.pods('a')) + size(inventory.list('Service', 'a')) > 0 ||\n"
                         "  inventory.find('example.com/Thing', 'a', 'b') != null\n",
               "");
        expect(HEAD PODS "expression: size(inventory.list('Service')) > 0\n",
               "11:33 expression: the rule's field inventory does not name Service\n");
        expect(HEAD PODS "expression: type(inventory) != string\n",
               "11:18 expression: the rule names no kinds to look into: it lacks the field inventory\n");
        expect(HEAD PODS "inventory: Service\nexpression: inventory.pods().size() > 0\n",
               "12:23 expression: the rule's field inventory does not name pods\n");
        expect(HEAD PODS "inventory: Service\nexpression: \"[1].exists(x, inventory.find('Pod', 'a', 'b') != null)\"\n",
               "12:43 expression: the rule's field inventory does not name Pod\n");
        expect(HEAD PODS "inventory: Service\nexpression: inventory.all('Service')\n",
               "12:23 expression: undeclared reference to 'all' (in container '')\n");
        expect(HEAD PODS "inventory: [a/b/c, x/, '*']\nexpression: 'true'\n",
               "11:13 inventory names pods, Kind or group/Kind\n11:20 inventory names pods, Kind or group/Kind\n"
               "11:24 inventory names pods, Kind or group/Kind\n");
}

static void versions(void **state)
{
        static const struct {
                const char *text;
                int from;
                int to;
        } good[] = {{">=1.25", 25, INT_MAX}, {"<1.19", 0, 18},        {">1.3 <=1.9", 4, 9},
                    {"1.30", 30, 30},        {" =v1.7  ", 7, 7},      {">=1.25  <1.29", 25, 28}};
        static const char *const bad[] = {"", "1", "2.0", ">=", "1.25 x", ">1.5 <1.5", "1.2.3", "~1.2", "1.-1"};
        struct rule_versions v;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(good); i++) {
                assert_ok(rule_versions_parse(bw_str(good[i].text), &v, NULL));
                assert_int_equal(v.from, good[i].from);
                assert_int_equal(v.to, good[i].to);
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(bad); i++)
                if (rule_versions_parse(bw_str(bad[i]), &v, NULL) != -EINVAL)
                        fail_msg("\"%s\" was taken", bad[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_rules_have_no_problems),
                cmocka_unit_test(misspelt_fields_are_found),
                cmocka_unit_test(fields_of_other_kinds),
                cmocka_unit_test(errors_in_expressions_have_their_place),
                cmocka_unit_test(types_of_results),
                cmocka_unit_test(what_is_missing_or_wrong),
                cmocka_unit_test(other_objects),
                cmocka_unit_test(versions),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
