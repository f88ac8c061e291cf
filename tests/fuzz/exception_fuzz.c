/* SPDX-License-Identifier: Apache-2.0 */
/* Settings files, annotations and baselines: the same bytes as each of them, held against a small object. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "exception/baseline.h"
#include "exception/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char manifest[] =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec:\n"
        " template:\n  spec:\n   containers: [{name: app}]\n";
static const struct bw_control control = {
        .framework = BW_STR("kube-linter"), .control = BW_STR("host-ipc"), .is_peer = true};
static const struct bw_rule_info rule = {.id = BW_STR("BW-WL-001"), .controls = &control, .n_controls = 1};

static enum bw_rule_presence look(void *rules, struct bw_str pattern, struct bw_str *ret_nearest)
{
        (void)rules;
        (void)ret_nearest;
        return bw_rule_pattern_matches(pattern, rule.id) ? BW_RULE_TAKES_PART : BW_RULE_UNKNOWN;
}

static void judge(struct bw_arena *arena, struct bw_exceptions *exceptions, struct bw_doc *doc)
{
        static const char *const paths[] = {"spec.template.spec.containers[0].image", "", "metadata.annotations['a b']",
                                            "["};
        const struct bw_notice *notices;
        struct bw_input input = {.name = BW_STR("./a/b.yaml")};
        struct bw_error err = {0};
        size_t n;

        doc->input = &input;
        if (bw_exceptions_see(exceptions, doc, arena) < 0)
                return;
        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++) {
                const struct bw_finding f = {.rule = &rule, .location = {.file = input.name, .path = bw_str(paths[i])}};
                const struct bw_exception_note *note = bw_exceptions_match(exceptions, doc, &f, 1800000000, arena);

                if (note && (note->reason.n == 0 || note->source.n == 0))
                        abort();
        }
        if (bw_exceptions_notices(exceptions, look, NULL, 1800000000, arena, &notices, &n, &err) == 0)
                for (size_t i = 0; i < n; i++)
                        if (notices[i].message.n == 0)
                                abort();
}

static void as_settings(struct bw_arena *arena, struct bw_str text)
{
        bw_auto(bw_exceptions_free) struct bw_exceptions *exceptions = NULL;
        struct bw_settings settings;
        struct bw_error err = {0};
        struct bw_doc doc;

        if (bw_settings_read(arena, BW_STR("s.yaml"), text, &settings, &err) < 0) {
                if (!err.code || !err.message[0] || !err.file[0])
                        abort();
                return;
        }
        if (bw_exceptions_new(&exceptions, &err) == 0 && bw_exceptions_add(exceptions, &settings, &err) == 0 &&
            bw_yaml_read(arena, bw_str(manifest), 1, false, &doc, &err) == 0 && bw_doc_identify(&doc))
                judge(arena, exceptions, &doc);
}

static void as_object(struct bw_arena *arena, struct bw_str text)
{
        bw_auto(bw_exceptions_free) struct bw_exceptions *exceptions = NULL;
        struct bw_error err = {0};
        struct bw_doc doc;

        if (bw_exceptions_new(&exceptions, &err) == 0 && bw_yaml_read(arena, text, 1, false, &doc, &err) == 0 &&
            bw_doc_identify(&doc))
                judge(arena, exceptions, &doc);
}

static void as_baseline(struct bw_str text)
{
        bw_auto(bw_baseline_free) struct bw_baseline *baseline = NULL;
        struct bw_finding findings[2] = {{.rule = &rule, .verdict = BW_VERDICT_FAIL, .fingerprint = {1, 2}},
                                         {.rule = &rule, .verdict = BW_VERDICT_FAIL, .fingerprint = {1, 2}}};
        struct bw_summary summary = {.verdicts = {[BW_VERDICT_FAIL] = 2}, .by_severity = {2}};
        struct bw_error err = {0};
        uint64_t total;

        if (bw_baseline_load(BW_STR("b"), text, &baseline, &err) < 0)
                return;
        if (bw_baseline_filter(baseline, findings, 2, &summary) + summary.known != 2)
                abort();
        if (bw_baseline_gone(baseline, look, NULL, NULL, 0, &total) > total)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 * BW_MIB);
        struct bw_str text = {(const char *)data, size};

        if (!arena || size > 65536)
                return 0;
        as_settings(arena, text);
        as_object(arena, text);
        as_baseline(text);
        return 0;
}
