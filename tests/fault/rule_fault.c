/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads rules, judges a pod, lints and runs rules' tests while one allocation after the other fails, once and for ever
 * after. Each run ends without crash or leak; when it says that all went well, it found what an undisturbed run finds.
 */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/error.h"
#include "base/fault.h"
#include "rule/lint.h"
#include "rule/podsecurity.h"
#include "rule/testrun.h"

#define SAMPLES 200 /* runs of each kind unless TORTURE=full */

static const char manifest[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: p}\nspec:\n template:\n  spec:\n   hostNetwork: true\n"
        "   volumes: [{name: v, hostPath: {path: /}}, {name: w, nfs: null}]\n   containers:\n"
        "   - {name: c, image: i, securityContext: {privileged: true, capabilities: {add: [ALL]}}}\n";
static const char rule[] =
        "apiVersion: bulwark.dev/v1\nkind: Rule\nmetadata: {name: X-1}\ntitle: T\nseverity: low\nmatch: {podSpec: true}\n"
        "variables: [{name: names, expression: 'containers.map(c, c.name)'}]\n"
        "checks: [{forEach: containers, path: image, expression: \"value != 'i'\", messageExpression: \"who + variables.names[0]\"}]\n"
        "tests: [{name: a, fail: {containers: [{name: c, image: i}]}}, {name: b, pass: {volumes: []}}]\n";

static int count(void *userdata, const struct bw_finding *finding)
{
        (void)finding;
        ++*(size_t *)userdata;
        return 0;
}

static int count_test(void *userdata, const struct bw_rule_test_result *result)
{
        *(size_t *)userdata += result->ok;
        return 0;
}

static int judge(size_t *ret_n)
{
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        bw_auto(bw_judge_free) struct bw_judge *judge = NULL;
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        const struct bw_pss_violation *violations;
        struct bw_error err = {0};
        struct bw_doc doc;
        size_t n = 0;
        size_t n_violations = 0;
        int r = arena ? bw_catalog_new(NULL, &catalog, &err) : -ENOMEM;

        if (r == 0)
                r = bw_catalog_add_builtin(catalog, &err);
        if (r == 0)
                r = bw_catalog_add(catalog, BW_STR("rule.yaml"), bw_str(rule), &err);
        if (r == 0)
                r = bw_yaml_read(arena, bw_str(manifest), 1, false, &doc, &err);
        if (r == 0 && bw_doc_identify(&doc))
                r = bw_catalog_prepare(catalog, &doc, &err);
        if (r == 0)
                r = bw_pss_prepare(catalog, &err);
        if (r == 0)
                r = bw_judge_new(catalog, NULL, false, &judge, &err);
        if (r == 0)
                r = bw_catalog_evaluate(catalog, judge, &doc, arena, count, &n, &err);
        if (r == 0)
                r = bw_pss_evaluate(judge, BW_PSS_RESTRICTED, 30, (struct bw_value){0},
                                    bw_map_walk(doc.root, "spec.template.spec"), false, true, arena, &violations,
                                    &n_violations, &err);
        if (r < 0 && !err.code && arena)
                return 1;
        *ret_n = n * 100 + n_violations;
        return r;
}

static int lint_and_test(size_t *ret_n)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        const struct bw_rule_file file = {.name = {"rule.yaml", 9}, .text = bw_str(rule)};
        struct bw_rule_problems problems = {0};
        struct bw_error err = {0};
        size_t n = 0;
        int r = arena ? bw_rule_lint(arena, &file, 1, &problems, &err) : -ENOMEM;

        if (r == 0)
                r = bw_rule_test(arena, &file, 1, count_test, &n, &err);
        *ret_n = n * 100 + problems.n;
        return r;
}

static const struct {
        const char *name;
        int (*run)(size_t *ret_n);
} runs[] = {{"judge", judge}, {"lint and test", lint_and_test}};

int main(void)
{
        const char *torture = getenv("TORTURE");
        bool full = torture && strcmp(torture, "full") == 0;
        unsigned failures = 0;

        for (size_t i = 0; i < BW_ARRAY_SIZE(runs); i++) {
                size_t wanted = 0;
                unsigned bad = 0;
                uint64_t total;
                uint64_t step;

                bw_fault_plan(BW_FAULT_ALLOC, 0, false);
                int first = runs[i].run(&wanted);

                if (first != 0)
                        bad++;
                total = bw_fault_count(BW_FAULT_ALLOC);
                step = full || total < SAMPLES ? 1 : total / SAMPLES;
                for (uint64_t n = 1; n <= total; n += step) {
                        for (int persistent = 0; persistent <= 1; persistent++) {
                                size_t got = 0;
                                int r;

                                bw_fault_plan(BW_FAULT_ALLOC, n, persistent);
                                r = runs[i].run(&got);
                                bw_fault_plan(BW_FAULT_ALLOC, 0, false);
                                if (r > 0 || (r == 0 && got != wanted)) {
                                        printf("# allocation %" PRIu64 "%s: status %d, %zu, not %zu\n", n,
                                               persistent ? " and all after" : "", r, got, wanted);
                                        bad++;
                                }
                        }
                }
                printf("%sok %zu - %s, %" PRIu64 " allocations\n", bad ? "not " : "", i + 1, runs[i].name, total);
                failures += bad > 0;
        }
        printf("1..%zu\n", BW_ARRAY_SIZE(runs));
        return failures ? 1 : 0;
}
