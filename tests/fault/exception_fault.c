/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads settings and a baseline, matches findings and gathers notices while one allocation after the other fails, once
 * and for ever after. Each run ends without crash or leak; when it says that all went well, it found what an
 * undisturbed run finds.
 */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/error.h"
#include "base/fault.h"
#include "exception/baseline.h"
#include "exception/settings.h"

static const char settings_text[] =
        "apiVersion: bulwark.dev/v1\nkind: Config\nexceptions:\n"
        "- {rules: [BW-1, BW-*], reason: r, resources: [{kind: Deploy*, name: web}], paths: ['containers[*]']}\n"
        "- {rules: [BW-2], reason: unused, namespaces: [a, b], containers: [app], files: ['**/x.yaml']}\n"
        "- {rules: [BW-1], reason: late, expires: 2026-01-31, labels: {matchExpressions: [{key: a, operator: "
        "Exists}]}}\n"
        "params: {BW-1: {a: [1, 2]}}\nframeworks: [a, b]\n";
static const char manifest[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations: {bulwark.dev/ignore.BW-3: r, "
        "bulwark.dev/ignore.BW-4: unused, kube-linter.io/ignore-all: s}\nspec: {template: {spec: {containers: [{name: "
        "c}]}}}\n";
static const char report[] = "{\"apiVersion\":\"bulwark.dev/"
                             "v1\",\"kind\":\"ScanReport\",\"findings\":[{\"rule\":\"BW-1\",\"verdict\":\"fail\","
                             "\"fingerprint\":\"00000000000000010000000000000002\"}]}";

static const struct bw_control control = {.framework = BW_STR("kube-linter"), .control = BW_STR("c"), .is_peer = true};
static const struct bw_rule_info rules[] = {
        {.id = BW_STR("BW-1")}, {.id = BW_STR("BW-3")}, {.id = BW_STR("X-5"), .controls = &control, .n_controls = 1}};

static enum bw_rule_presence look(void *userdata, struct bw_str pattern, struct bw_str *ret_nearest)
{
        (void)userdata;
        (void)pattern;
        (void)ret_nearest;
        return BW_RULE_TAKES_PART;
}

static int match_all(struct bw_exceptions *exceptions, struct bw_doc *doc, struct bw_arena *arena, size_t *ret_n)
{
        int r = bw_exceptions_see(exceptions, doc, arena);

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(rules); i++) {
                const struct bw_finding f = {.rule = &rules[i],
                                             .location = {.path = BW_STR("spec.template.spec.containers[0].image")}};

                *ret_n += bw_exceptions_match(exceptions, doc, &f, 1800000000, arena) != NULL;
        }
        return r;
}

static int except(size_t *ret_n, struct bw_error *err)
{
        bw_auto(bw_exceptions_free) struct bw_exceptions *exceptions = NULL;
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        const struct bw_notice *notices = NULL;
        struct bw_input input = {.name = BW_STR("x.yaml")};
        struct bw_settings settings = {0};
        size_t n_notices = 0;
        size_t n = 0;
        struct bw_doc doc;
        int r = arena ? bw_settings_read(arena, BW_STR("s.yaml"), bw_str(settings_text), &settings, err)
                      : bw_error_nomem(err);

        if (r == 0)
                r = bw_exceptions_new(&exceptions, err);
        if (r == 0)
                r = bw_exceptions_add(exceptions, &settings, err);
        if (r == 0)
                r = bw_yaml_read(arena, bw_str(manifest), 1, false, &doc, err);
        if (r < 0)
                return r;
        doc.input = &input;
        (void)bw_doc_identify(&doc);
        r = match_all(exceptions, &doc, arena, &n);
        if (r < 0)
                return bw_error_nomem(err);
        r = bw_exceptions_notices(exceptions, look, NULL, 1800000000, arena, &notices, &n_notices, err);
        *ret_n = n * 100 + n_notices;
        return r;
}

static int filter(size_t *ret_n, struct bw_error *err)
{
        bw_auto(bw_baseline_free) struct bw_baseline *baseline = NULL;
        struct bw_finding finding = {.rule = &rules[0], .verdict = BW_VERDICT_FAIL, .fingerprint = {1, 2}};
        struct bw_summary summary = {.verdicts = {[BW_VERDICT_FAIL] = 1}, .by_severity = {1}};
        int r = bw_baseline_load(BW_STR("b"), bw_str(report), &baseline, err);

        if (r == 0)
                *ret_n = bw_baseline_filter(baseline, &finding, 1, &summary) + 10 * summary.known;
        return r;
}

static const struct {
        const char *name;
        int (*run)(size_t *ret_n, struct bw_error *err);
        size_t wanted;
} runs[] = {{"exceptions", except, 303}, {"baseline", filter, 10}};

int main(void)
{
        unsigned failures = 0;

        for (size_t i = 0; i < BW_ARRAY_SIZE(runs); i++) {
                struct bw_error err = {0};
                size_t got = 0;
                unsigned bad;
                uint64_t total;

                bw_fault_plan(BW_FAULT_ALLOC, 0, false);
                bad = runs[i].run(&got, &err) != 0 || got != runs[i].wanted;
                if (bad)
                        printf("# undisturbed: %zu, not %zu: %s\n", got, runs[i].wanted, err.message);
                total = bw_fault_count(BW_FAULT_ALLOC);
                for (uint64_t n = 1; n <= total; n++) {
                        for (int persistent = 0; persistent <= 1; persistent++) {
                                int r;

                                got = 0;
                                bw_error_clear(&err);
                                bw_fault_plan(BW_FAULT_ALLOC, n, persistent);
                                r = runs[i].run(&got, &err);
                                bw_fault_plan(BW_FAULT_ALLOC, 0, false);
                                if (r == 0 ? got != runs[i].wanted : r != -ENOMEM || !err.message[0]) {
                                        printf("# allocation %" PRIu64 "%s: status %d, %zu: %s\n", n,
                                               persistent ? " and all after" : "", r, got, err.message);
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
