/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "rule/rule.h"

#define HEAD "apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-1}\ntitle: A title\nseverity: high\n"

struct run {
        struct bw_arena *arena;
        struct bw_catalog *catalog;
        struct bw_judge *judge;
        struct bw_error err;
        struct bw_buf found; /* one line a finding */
};

static int take(void *userdata, const struct bw_finding *f)
{
        struct run *run = userdata;

        bw_buf_printf(&run->found, "%.*s %s %u:%u %.*s: %.*s\n", BW_STR_ARG(f->rule->id), bw_verdict_text(f->verdict),
                      f->location.line, f->location.column, BW_STR_ARG(f->location.path), BW_STR_ARG(f->message));
        return 0;
}

static void judge(struct run *run, const struct bw_catalog_options *options, const char *rules, const char *manifest)
{
        static struct bw_input input = {.name = {"m.yaml", 6}};
        struct bw_doc doc;

        run->arena = bw_arena_new(0);
        assert_ok(bw_catalog_new(options, &run->catalog, &run->err));
        assert_ok(rules ? bw_catalog_add(run->catalog, BW_STR("r.yaml"), bw_str(rules), &run->err) :
                          bw_catalog_add_builtin(run->catalog, &run->err));
        assert_ok(bw_yaml_read(run->arena, bw_str(manifest), 1, false, &doc, &run->err));
        doc.input = &input;
        assert_true(bw_doc_identify(&doc));
        if (!bw_catalog_is_ready(run->catalog, &doc))
                assert_ok(bw_catalog_prepare(run->catalog, &doc, &run->err));
        assert_true(bw_catalog_is_ready(run->catalog, &doc));
        assert_ok(bw_judge_new(run->catalog, NULL, false, &run->judge, &run->err));
        assert_ok(bw_catalog_evaluate(run->catalog, run->judge, &doc, run->arena, take, run, &run->err));
}

static void end(struct run *run)
{
        bw_buf_done(&run->found);
        bw_judge_free(run->judge);
        bw_catalog_free(run->catalog);
        bw_arena_free(run->arena);
}

static void expect(const char *rules, const char *manifest, const char *findings)
{
        struct run run = {0};

        judge(&run, NULL, rules, manifest);
        assert_string_equal(run.found.p ? run.found.p : "", findings);
        end(&run);
}

#define POD                                                                                        \
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop, labels: {app: a}}\nspec:\n"                   \
        "  containers:\n  - name: app\n    image: x\n    securityContext:\n      privileged: true\n"                   \
        "  - name: two\n"

static void findings_point_at_the_value(void **state)
{
        (void)state;
        expect(HEAD "match: {podSpec: true}\nforEach: containers\npath: securityContext.privileged\n"
                    "expression: value != true\nmessageExpression: who + ' is privileged'\n",
               POD, "X-1 fail 9:7 spec.containers[0].securityContext.privileged: container \"app\" is privileged\n");
}

static void missing_values_point_at_what_is_there(void **state)
{
        (void)state;
        expect(HEAD "match: {podSpec: true}\nforEach: containers\npath: securityContext.readOnlyRootFilesystem\n"
                    "expression: value == true\nmessage: not read-only\n",
               POD,
               "X-1 fail 8:5 spec.containers[0].securityContext.readOnlyRootFilesystem: not read-only\n"
               "X-1 fail 10:5 spec.containers[1].securityContext.readOnlyRootFilesystem: not read-only\n");
}

static void templates_and_workflows_give_real_paths(void **state)
{
        (void)state;
        expect(HEAD "match: {podSpec: true}\nforEach: containers\npath: image\nexpression: value != 'bad'\n",
               "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  jobTemplate:\n    spec:\n      template:\n"
               "        spec:\n          containers: [{name: a, image: bad}]\n",
               "X-1 fail 9:34 spec.jobTemplate.spec.template.spec.containers[0].image: A title\n");
        expect(HEAD "match: {podSpec: true}\nforEach: containers\npath: image\nexpression: value != 'bad'\n",
               "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  templates:\n"
               "  - name: one\n    container: {image: good}\n  - name: two\n    container: {image: bad}\n",
               "X-1 fail 9:17 spec.templates[1].container.image: A title\n");
}

static void kinds_namespaces_labels_versions(void **state)
{
        (void)state;
#define NEVER "expression: 'false'\n"
        expect(HEAD "match: {kinds: [Pod]}\n" NEVER, POD, "X-1 fail 1:1 : A title\n");
        expect(HEAD "match: {kinds: [apps/Pod]}\n" NEVER, POD, "");
        expect(HEAD "match: {kinds: ['*'], namespaces: [sh*]}\n" NEVER, POD, "X-1 fail 1:1 : A title\n");
        expect(HEAD "match: {kinds: [Pod], excludeNamespaces: [shop]}\n" NEVER, POD, "");
        expect(HEAD "match: {kinds: [Pod], labels: {app: a}}\n" NEVER, POD, "X-1 fail 1:1 : A title\n");
        expect(HEAD "match: {kinds: [Pod], labels: {app: b}}\n" NEVER, POD, "");
        expect(HEAD "match: {podSpec: true, kinds: [Pod]}\n" NEVER, POD, "X-1 fail 4:1 spec: A title\n");
        expect(HEAD "match: {podSpec: true, kinds: [apps/Deployment]}\n" NEVER, POD, "");
        expect(HEAD "match: {kinds: [Pod], versions: [v1beta1]}\n" NEVER, POD, "");
        expect(HEAD "match: {podSpec: true, namespaces: [other]}\n" NEVER, POD, "");
        expect(HEAD "match: {podSpec: true, kubernetes: '<1.20'}\n" NEVER, POD, "");
        /* An operator's kind of the same name is another kind. */
        expect(HEAD "match: {kinds: [NetworkPolicy]}\n" NEVER,
               "apiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: {name: n}\n", "");
        expect(HEAD "match: {kinds: [NetworkPolicy]}\n" NEVER,
               "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\n", "X-1 fail 1:1 : A title\n");
}

static void conditions_when_where_and_keys(void **state)
{
        (void)state;
        expect(HEAD "match: {podSpec: true, conditions: [{path: hostNetwork, expression: value == true}]}\n" NEVER, POD, "");
        expect(HEAD "match: {podSpec: true}\nwhen: [{path: hostNetwork, expression: value == null}]\n" NEVER, POD,
               "X-1 fail 4:1 spec: A title\n");
        expect(HEAD "match: {podSpec: true}\nforEach: containers\nwhere: [{path: name, expression: value == 'two'}]\n" NEVER,
               POD, "X-1 fail 10:5 spec.containers[1]: A title\n");
        expect(HEAD "match: {kinds: [Pod]}\nforEach: metadata.labels[*]\nkeys: [a*]\nexpression: each != 'a'\n"
                    "messageExpression: eachKey\n",
               POD, "X-1 fail 3:47 metadata.labels.app: app\n");
        expect(HEAD "match: {kinds: [Pod]}\nforEach: metadata.labels[*]\nkeys: b\n" NEVER, POD, "");
}

/* A condition that checks of several rules begin with is asked once; each check still has the rest for itself. */
static void shared_conditions(void **state)
{
#define OF_TWO(id, more)                                                                                               \
        "---\napiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: " id "}\ntitle: T\nseverity: high\n"             \
        "match: {podSpec: true}\nforEach: containers\nwhere: [{path: name, expression: value == 'two'}" more "\n" NEVER
        (void)state;
        expect(OF_TWO("X-1", "]")
               OF_TWO("X-2", ", {path: image, expression: value == 'x'}]")
               OF_TWO("X-3", "]\npath: name")
               OF_TWO("X-4", ", {path: image, expression: value == null}]"),
               POD, "X-1 fail 10:5 spec.containers[1]: T\nX-3 fail 10:5 spec.containers[1].name: T\n"
                    "X-4 fail 10:5 spec.containers[1]: T\n");
}

static void variables_and_params(void **state)
{
        static const char rule[] =
                HEAD "match: {podSpec: true}\nparams: {bad: [x, y]}\nvariables:\n"
                     "- {name: images, expression: 'containers.filter(c, has(c.image)).map(c, c.image)'}\n"
                     "- {name: first, expression: 'variables.images[0]'}\n"
                     "- {name: broken, expression: '[1][5] == 1'}\n"
                     "expression: '!(variables.first in params.bad) || (false && variables.broken)'\n"
                     "messageExpression: \"'image ' + variables.first\"\n";
        struct bw_catalog_options options = {.kubernetes_minor = BW_KUBERNETES_NEWEST};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct run run = {0};
        struct bw_doc params;

        (void)state;
        expect(rule, POD, "X-1 fail 4:1 spec: image x\n");
        assert_non_null(arena);
        assert_ok(bw_yaml_read(arena, BW_STR("X-1: {bad: [y]}"), 1, false, &params, NULL));
        options.params = params.root;
        judge(&run, &options, rule, POD);
        assert_int_equal(run.found.n, 0);
        end(&run);
}

static void optional_rules_wait_to_be_asked_for(void **state)
{
        static const char rule[] = HEAD "optional: true\nmatch: {kinds: [Pod]}\nexpression: 'false'\n";
        static const char found[] = "X-1 fail 1:1 : A title\n";
        const struct bw_str only = BW_STR("X-1");
        struct bw_catalog_options options = {.kubernetes_minor = BW_KUBERNETES_NEWEST};
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_doc params;
        struct run run = {0};

        (void)state;
        expect(rule, POD, "");
        options.only = &only;
        options.n_only = 1;
        judge(&run, &options, rule, POD);
        assert_string_equal(run.found.p, found);
        end(&run);
        options.n_only = 0;
        assert_ok(bw_yaml_read(arena, BW_STR("X-1: {}"), 1, false, &params, NULL));
        options.params = params.root;
        run = (struct run){0};
        judge(&run, &options, rule, POD);
        assert_string_equal(run.found.p, found);
        end(&run);
        bw_arena_free(arena);
}

static void errors_are_findings(void **state)
{
        struct run run = {0};

        (void)state;
        judge(&run, NULL, HEAD "match: {podSpec: true}\nforEach: containers\nexpression: each.nothing.there == 1\n", POD);
        assert_true(bw_str_starts(bw_buf_view(&run.found), BW_STR("X-1 error 6:5 spec.containers[0]: ")));
        /* Once, not for each container. */
        assert_ptr_equal(strchr(run.found.p, '\n') + 1, run.found.p + run.found.n);
        end(&run);
        memset(&run, 0, sizeof(run));
        judge(&run, NULL, HEAD "match: {podSpec: true}\nexpression: 'true ? 1 : 2'\n", POD);
        assert_non_null(strstr(run.found.p, "gives a int, not true or false"));
        end(&run);
}

static void verdicts_are_counted(void **state)
{
        struct bw_summary summary = {0};
        struct run run = {0};

        (void)state;
        judge(&run, NULL, NULL, POD);
        bw_judge_summary(run.judge, &summary);
        assert_true(summary.verdicts[BW_VERDICT_PASS] > 5);
        assert_true(summary.verdicts[BW_VERDICT_FAIL] > 5);
        assert_int_equal(summary.verdicts[BW_VERDICT_ERROR], 0);
        assert_int_equal(summary.by_severity[BW_SEVERITY_CRITICAL], 1);
        assert_true(bw_judge_evaluations(run.judge) > 20);
        end(&run);
}

static void what_a_stricter_rule_repeats_is_said_once(void **state)
{
        static const char manifest[] =
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  volumes:\n  - {name: a, hostPath: {path: /x}}\n"
                "  - {name: b, nfs: {server: s, path: /}}\n";
        struct bw_str restricted = BW_STR("pss-restricted");
        struct bw_str only[] = {BW_STR("BW-PSS-104"), BW_STR("BW-PSS-204")};
        struct bw_catalog_options options = {.only = only, .n_only = 2, .kubernetes_minor = BW_KUBERNETES_NEWEST};
        struct run run = {0};

        (void)state;
        judge(&run, &options, NULL, manifest);
        assert_string_equal(run.found.p, "BW-PSS-104 fail 6:15 spec.volumes[0].hostPath: volume \"a\" is /x of the host\n"
                                         "BW-PSS-204 fail 7:5 spec.volumes[1]: volume \"b\" is of type nfs\n");
        end(&run);
        memset(&run, 0, sizeof(run));
        options = (struct bw_catalog_options){.only = &only[1], .n_only = 1, .frameworks = &restricted, .n_frameworks = 1,
                                              .kubernetes_minor = BW_KUBERNETES_NEWEST};
        judge(&run, &options, NULL, manifest);
        assert_non_null(strstr(run.found.p, "BW-PSS-204 fail 6:5 spec.volumes[0]: "));
        end(&run);
}

static void broken_rules_are_refused(void **state)
{
        static const struct {
                const char *rule;
                uint32_t line;        /* 0: any */
                const char *message;  /* NULL: any */
        } cases[] = {
                {"a: [", 0, NULL},
                {"kind: Pod\n", 1, "expected a Rule or a Framework of bulwark.dev/v1"},
                {HEAD "match: {podSpec: true}\nexpresion: 'true'\n", 7, "rule has no field \"expresion\""},
                {HEAD "match: {podSpec: true}\nexpression: value ==\n", 7, NULL},
                {HEAD "match: {podSpec: true}\nexpression: nonsense(1)\n", 7, NULL},
                {HEAD "match: {}\nexpression: 'true'\n", 6, "match needs podSpec: true or kinds"},
                {HEAD "match: {podSpec: true, kubernetes: '1.x'}\nexpression: 'true'\n", 6,
                 "\"1.x\" is no version condition such as \">=1.25 <1.29\""},
                {HEAD "match: {podSpec: true}\nforEach: 'a[*'\nexpression: 'true'\n", 7, NULL},
                {HEAD "match: {podSpec: true}\n", 1, "a rule needs an expression, or checks"},
                {HEAD "match: {podSpec: true}\nexpression: 'true'\n---\n" HEAD
                      "match: {podSpec: true}\nexpression: 'true'\n",
                 9, "a rule with the name X-1 is there already"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_catalog *catalog = NULL;
                struct bw_error err = {0};

                assert_ok(bw_catalog_new(NULL, &catalog, &err));
                assert_int_equal(bw_catalog_add(catalog, BW_STR("r.yaml"), bw_str(cases[i].rule), &err), -EINVAL);
                assert_string_equal(err.file, "r.yaml");
                if (cases[i].line && err.line != cases[i].line)
                        fail_msg("case %zu: line %u, not %u: %s", i, err.line, cases[i].line, err.message);
                if (cases[i].message)
                        assert_string_equal(err.message, cases[i].message);
                bw_catalog_free(catalog);
        }
}

static void unknown_ids_get_a_suggestion(void **state)
{
        struct bw_catalog *catalog = NULL;
        struct bw_rule_details details;
        struct bw_error err = {0};

        (void)state;
        assert_ok(bw_catalog_new(NULL, &catalog, &err));
        assert_ok(bw_catalog_add_builtin(catalog, &err));
        assert_ok(bw_catalog_find(catalog, BW_STR("BW-PSS-107"), &details, &err));
        assert_str(details.info->title, "Container runs privileged");
        assert_true(details.builtin);
        assert_int_equal(details.n_tests, 2);
        assert_true(details.info->n_controls >= 2); /* of both levels; other frameworks may name it, too */
        assert_int_equal(bw_catalog_find(catalog, BW_STR("BW-PS-107"), &details, &err), -ENOENT);
        assert_string_equal(err.message, "no rule \"BW-PS-107\"; did you mean BW-PSS-107?");
        bw_error_clear(&err);
        assert_int_equal(bw_catalog_find(catalog, BW_STR("something-else"), &details, &err), -ENOENT);
        assert_string_equal(err.message, "no rule \"something-else\"");
        bw_catalog_free(catalog);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(findings_point_at_the_value),
                cmocka_unit_test(missing_values_point_at_what_is_there),
                cmocka_unit_test(templates_and_workflows_give_real_paths),
                cmocka_unit_test(kinds_namespaces_labels_versions),
                cmocka_unit_test(conditions_when_where_and_keys),
                cmocka_unit_test(shared_conditions),
                cmocka_unit_test(variables_and_params),
                cmocka_unit_test(optional_rules_wait_to_be_asked_for),
                cmocka_unit_test(errors_are_findings),
                cmocka_unit_test(verdicts_are_counted),
                cmocka_unit_test(what_a_stricter_rule_repeats_is_said_once),
                cmocka_unit_test(broken_rules_are_refused),
                cmocka_unit_test(unknown_ids_get_a_suggestion),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
