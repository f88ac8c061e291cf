/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files: lint, load, the rules' own tests, and a verdict on a small pod. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "rule/lint.h"
#include "rule/rule.h"
#include "rule/testrun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char manifest[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {a: b}, annotations: {c: d}}\nspec:\n  hostNetwork: true\n"
        "  volumes: [{name: v, hostPath: {path: /}}]\n  containers:\n  - {name: c, image: i, ports: [{containerPort: 1}],\n"
        "     env: [{name: x, value: y}], securityContext: {privileged: true, capabilities: {add: [ALL]}}}\n";

static int ignore_test(void *userdata, const struct bw_rule_test_result *result)
{
        (void)userdata;
        (void)result;
        return 0;
}

static int ignore_finding(void *userdata, const struct bw_finding *finding)
{
        (void)userdata;
        (void)finding;
        return 0;
}

static void judge(struct bw_arena *arena, struct bw_str text)
{
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        bw_auto(bw_judge_free) struct bw_judge *judge = NULL;
        struct bw_error err = {0};
        struct bw_doc doc;

        if (bw_catalog_new(NULL, &catalog, &err) < 0 || bw_catalog_add(catalog, BW_STR("rule.yaml"), text, &err) < 0 ||
            bw_yaml_read(arena, bw_str(manifest), 1, false, &doc, &err) < 0 || !bw_doc_identify(&doc) ||
            bw_catalog_prepare(catalog, &doc, &err) < 0 || bw_judge_new(catalog, NULL, true, &judge, &err) < 0)
                return;
        (void)!bw_catalog_evaluate(catalog, judge, &doc, arena, ignore_finding, NULL, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 * BW_MIB);
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        const struct bw_rule_file file = {.name = {"rule.yaml", 9}, .text = {(const char *)data, size}};
        struct bw_rule_problems problems = {0};
        struct bw_error err = {0};

        if (!arena || size > 65536)
                return 0;
        if (bw_rule_lint(arena, &file, 1, &problems, &err) == 0)
                bw_rule_problems_format(&buf, &problems);
        bw_error_clear(&err);
        (void)!bw_rule_test(arena, &file, 1, ignore_test, NULL, &err);
        judge(arena, file.text);
        return 0;
}
