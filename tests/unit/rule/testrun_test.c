/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "rule/judge_internal.h"
#include "rule/testrun.h"

#define RULE                                                                                       \
        "apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-1}\ntitle: T\nseverity: high\n"                    \
        "match: {podSpec: true}\nforEach: containers\npath: image\nexpression: value != 'bad' && value != 'worse'\n"

static int take(void *userdata, const struct bw_rule_test_result *r)
{
        bw_buf_printf(userdata, "%u %s: %.*s\n", r->line, r->ok ? "ok" : "not ok", BW_STR_ARG(r->why));
        return 0;
}

static void expect(const char *rule, bool mutations, const char *results)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        const struct bw_rule_file file = {.name = {"r.yaml", 6}, .text = bw_str(rule)};
        struct bw_error err = {0};

        assert_ok((mutations ? bw_rule_test_mutations : bw_rule_test)(arena, &file, 1, take, &buf, &err));
        assert_string_equal(buf.p, results);
}

static void tests_say_what_differs(void **state)
{
        (void)state;
        expect(RULE "tests:\n- {name: a, pass: {containers: [{name: c, image: good}]}}\n"
                    "- {name: b, pass: {containers: [{name: c, image: bad}]}}\n"
                    "- {name: c, fail: {containers: [{name: c, image: good}]}}\n"
                    "- {name: d, fail: {containers: [{name: c, image: bad}]}, paths: [spec.x]}\n"
                    "- {name: e, fail: {containers: [{name: c, image: bad}]}, message: other}\n"
                    "- {name: f, fail: {containers: [{image: bad}]}, paths: 'spec.containers[0].image', message: T}\n"
                    "- {name: g, fail: {apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{image: "
                    "bad}]}}}}, paths: 'spec.template.spec.containers[0].image'}\n"
                    "- {name: h, pass: {apiVersion: v1, kind: Service}}\n",
               false,
               "11 ok: \n12 not ok: expected to pass, but fails at spec.containers[0].image: T\n"
               "13 not ok: expected to fail, but passes\n14 not ok: fails at other places: spec.containers[0].image\n"
               "15 not ok: the message is: T\n16 ok: \n17 ok: \n18 ok: \n");
}

/* A patch that the failing value does not get right is told; two values are made right one after the other. */
static void patches_must_work(void **state)
{
        static const char two_bad[] = "tests:\n- {name: a, fail: {containers: [{image: bad}, {image: worse, name: c}]}}\n";
        char rule[1000];

        (void)state;
        snprintf(rule, sizeof(rule), RULE "fix: {text: x, patch: {image: good}}\n%s", two_bad);
        expect(rule, false, "12 ok: \n");
        snprintf(rule, sizeof(rule), RULE "fix: {text: x, patch: {image: worse}}\n%s", two_bad);
        expect(rule, false, "12 not ok: fix.patch does not make it pass: spec.containers[0].image still fails\n");
}

static void negations_must_be_noticed(void **state)
{
        (void)state;
        expect(RULE "when: [{path: hostIPC, expression: value == null}]\n"
                    "tests:\n- {name: a, pass: {containers: [{name: c, image: good}]}}\n",
               true, "0 ok: \n0 not ok: no test of the rule fails when this is negated\n");
}

/* A condition of the match, conditions of checks and of values, variables: each is negated once. */
static void all_that_decides_is_negated(void **state)
{
        (void)state;
        expect("apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-1}\ntitle: T\nseverity: high\n"
               "match: {podSpec: true, conditions: [{path: hostIPC, expression: value != true}]}\n"
               "variables: [{name: names, expression: 'containers.map(c, c.name)'}, {name: many, expression: "
               "'containers.size() > 1'}]\n"
               "checks:\n- {when: [{path: hostPID, expression: value == true}], where: [{path: name, expression: value != 'x'}],\n"
               "  forEach: containers, path: image, expression: value != 'bad' || variables.many}\n"
               "tests:\n- {name: good, pass: {hostPID: true, containers: [{name: c, image: good}]}}\n"
               "- {name: two, pass: {hostPID: true, containers: [{name: c, image: bad}, {name: d, image: good}]}}\n"
               "- {name: bad, fail: {hostPID: true, containers: [{name: c, image: bad}]}}\n",
               true, "0 ok: \n0 ok: \n0 ok: \n0 ok: \n0 ok: \n");
}

static void broken_tests_are_errors(void **state)
{
        static const char *const bad[] = {
                RULE "tests:\n- {name: a}\n",
                RULE "tests:\n- {name: a, pass: {}, fail: {}}\n",
                RULE "tests:\n- {name: a, pass: {}, paths: [x]}\n",
                RULE "tests:\n- {nam: a, pass: {}}\n",
                RULE "tests: {}\n",
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(bad); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
                const struct bw_rule_file file = {.name = {"r.yaml", 6}, .text = bw_str(bad[i])};
                struct bw_error err = {0};

                assert_int_equal(bw_rule_test(arena, &file, 1, take, &buf, &err), -EINVAL);
                assert_string_equal(err.file, "r.yaml");
                assert_true(err.line >= 10);
        }
}

/* ---- the plan decides nothing: every test object of every built-in rule gives the same findings without it */

static int count(void *userdata, const struct bw_finding *f)
{
        struct bw_buf *buf = userdata;

        if (f->verdict == BW_VERDICT_FAIL || f->verdict == BW_VERDICT_ERROR)
                bw_buf_printf(buf, "%.*s %.*s\n", BW_STR_ARG(f->rule->id), BW_STR_ARG(f->location.path));
        return 0;
}

static void compare_with_plan(struct bw_catalog *catalog, struct bw_value object)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_judge_free) struct bw_judge *planned = NULL;
        bw_auto(bw_judge_free) struct bw_judge *each = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf with = {0};
        bw_auto_done(bw_buf_done) struct bw_buf without = {0};
        struct bw_map *pod = bw_map_new(arena, 3);
        struct bw_doc doc = {.root = object};
        struct bw_summary a = {0};
        struct bw_summary b = {0};

        if (bw_map_get(object, BW_STR("kind")).type == BW_ABSENT) {
                pod->entries[0] = (struct bw_entry){bw_value_str(BW_STR("apiVersion")), bw_value_str(BW_STR("v1"))};
                pod->entries[1] = (struct bw_entry){bw_value_str(BW_STR("kind")), bw_value_str(BW_STR("Pod"))};
                pod->entries[2] = (struct bw_entry){bw_value_str(BW_STR("spec")), object};
                assert_ok(bw_map_seal(arena, pod, 3));
                doc.root = bw_value_map(pod, 3);
        }
        assert_true(bw_doc_identify(&doc));
        assert_ok(bw_catalog_prepare(catalog, &doc, NULL));
        assert_ok(bw_judge_new(catalog, NULL, false, &planned, NULL));
        assert_ok(bw_judge_new(catalog, NULL, true, &each, NULL));
        assert_ok(bw_catalog_evaluate(catalog, planned, &doc, arena, count, &with, NULL));
        assert_ok(bw_catalog_evaluate(catalog, each, &doc, arena, count, &without, NULL));
        assert_string_equal(with.p ? with.p : "", without.p ? without.p : "");
        bw_judge_summary(planned, &a);
        bw_judge_summary(each, &b);
        assert_memory_equal(&a, &b, sizeof(a));
        assert_int_equal(bw_judge_evaluations(planned), bw_judge_evaluations(each));
}

static void the_plan_changes_nothing(void **state)
{
        static const int minors[] = {0, 18, 24, 34, BW_KUBERNETES_NEWEST};

        (void)state;
        for (size_t m = 0; m < BW_ARRAY_SIZE(minors); m++) {
                const struct bw_catalog_options options = {.kubernetes_minor = minors[m]};
                bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;

                assert_ok(bw_catalog_new(&options, &catalog, NULL));
                assert_ok(bw_catalog_add_builtin(catalog, NULL));
                for (size_t i = 0; i < rule_n_builtins; i++) {
                        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                        struct bw_doc tests;
                        size_t used;

                        assert_ok(bw_json_read(arena, bw_str_n(rule_builtins[i].tests, rule_builtins[i].n_tests_json), 1, 1,
                                               true, &tests, &used, NULL));
                        for (uint32_t k = 0; k < tests.root.n; k++) {
                                struct bw_value test = tests.root.list->items[k];
                                struct bw_value pass = bw_map_get(test, BW_STR("pass"));

                                compare_with_plan(catalog, pass.type == BW_MAP ? pass : bw_map_get(test, BW_STR("fail")));
                        }
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(tests_say_what_differs),
                cmocka_unit_test(patches_must_work),
                cmocka_unit_test(negations_must_be_noticed),
                cmocka_unit_test(all_that_decides_is_negated),
                cmocka_unit_test(broken_tests_are_errors),
                cmocka_unit_test(the_plan_changes_nothing),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
