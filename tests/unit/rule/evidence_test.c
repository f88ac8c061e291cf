/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that hold what was found on a machine: where findings point, what is skipped, by which version. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "doc/facts.h"
#include "rule/rule.h"

#define COMPONENT "apiVersion: bulwark.dev/v1\nkind: Component\nmetadata: {name: cp1/kube-apiserver}\n"

static const char *const rules =
        "apiVersion: bulwark.dev/v1\n"
        "kind: RuleTable\n"
        "severity: high\n"
        "match: {kinds: [bulwark.dev/Component]}\n"
        "why: x\n"
        "fix: {text: z}\n"
        "rows:\n"
        "  - {metadata: {name: T-1}, title: one, path: settings.a-b, expression: value == 1,\n"
        "     messageExpression: '\"found \" + source'}\n"
        "  - {metadata: {name: T-2}, title: two, verdict: manual, path: settings.c, expression: value == 1, message: look}\n"
        "  - {metadata: {name: T-3}, title: three, forEach: 'files[*]', path: mode, expression: value == 1}\n"
        "  - {metadata: {name: T-4}, title: four, match: {kubernetes: '<1.30'}, expression: 'true',\n"
        "     skip: [{expression: 'object.?managed.orValue(false)', reason: not yours}]}\n"
        "  - {metadata: {name: T-5}, title: five, match: {conditions: [{path: x.z, expression: value == 1}]},\n"
        "     expression: 'true'}\n";

/* "RULE verdict file:line path message; " of every finding, and then pass, skip and unjudged of the summary. */
struct seen {
        char text[4096];
        size_t n;
};

static void note(struct seen *seen, const char *fmt, ...) BW_PRINTF(2, 3);
static void note(struct seen *seen, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        seen->n += (size_t)vsnprintf(seen->text + seen->n, sizeof(seen->text) - seen->n, fmt, ap);
        va_end(ap);
}

static int take(void *userdata, const struct bw_finding *f)
{
        struct seen *seen = userdata;

        note(seen, "%.*s %s %.*s:%u %.*s [%.*s] %s\n", BW_STR_ARG(f->rule->id), bw_verdict_text(f->verdict),
             BW_STR_ARG(f->location.file), f->location.line, BW_STR_ARG(f->location.path), BW_STR_ARG(f->message),
             f->evidence ? "evidence" : "");
        assert_true(f->resource.line == 0);
        return 0;
}

static void judge(const struct bw_catalog_options *options, const char *text, struct seen *seen)
{
        static const struct bw_input input = {.name = {"in.yaml", 7}};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        bw_auto(bw_judge_free) struct bw_judge *judge = NULL;
        struct bw_summary summary = {0};
        struct bw_error err = {0};
        struct bw_doc doc;

        *seen = (struct seen){0};
        assert_int_equal(bw_catalog_new(options, &catalog, &err), 0);
        if (bw_catalog_add(catalog, BW_STR("r.yaml"), bw_str(rules), &err) < 0)
                fail_msg("%s", err.message);
        assert_int_equal(bw_yaml_read(arena, bw_str(text), 1, false, &doc, &err), 0);
        doc.input = &input;
        assert_true(bw_doc_identify(&doc));
        assert_int_equal(bw_catalog_prepare(catalog, &doc, &err), 0);
        assert_int_equal(bw_judge_new(catalog, NULL, true, &judge, &err), 0);
        assert_int_equal(bw_catalog_evaluate(catalog, judge, &doc, arena, take, seen, &err), 0);
        bw_judge_summary(judge, &summary);
        note(seen, "%u pass, %u skip, %u unjudged\n", (unsigned)summary.verdicts[BW_VERDICT_PASS],
             (unsigned)summary.verdicts[BW_VERDICT_SKIP], (unsigned)summary.unjudged);
}

static void a_finding_points_where_the_evidence_says(void **state)
{
        struct seen seen;

        (void)state;
        judge(NULL,
              COMPONENT "settings: {a-b: 2, c: 3}\nfiles: [{mode: 1}]\nx: {z: 1}\n"
                        "evidence:\n"
                        "  settings['a-b']: {type: flag, text: --a-b=2, file: /etc/m.yaml, line: 4}\n"
                        "  settings: {type: file, file: /etc/c.yaml, line: 9}\n",
              &seen);
        assert_string_equal(seen.text, "T-1 fail /etc/m.yaml:4 settings.a-b [found --a-b=2] evidence\n"
                                       "T-2 manual /etc/c.yaml:9 settings.c [look (/etc/c.yaml:9)] evidence\n"
                                       "T-3 pass in.yaml:0  [three] \n"
                                       "T-5 pass in.yaml:0  [five] \n"
                                       "2 pass, 0 skip, 0 unjudged\n");
}

static void what_is_not_known_is_skipped(void **state)
{
        struct seen seen;

        (void)state;
        judge(NULL,
              COMPONENT "settings: {}\nkubernetesMinor: 29\nmanaged: true\nfiles: []\n"
                        "evidence:\n"
                        "  settings: {state: unreadable, file: /etc/c.yaml, reason: permission denied, help: run as root}\n"
                        "  settings.c: {state: notApplicable}\n"
                        "  files: {state: absent, reason: no manifest}\n"
                        "  x: {state: absent}\n",
              &seen);
        assert_string_equal(seen.text,
                            "T-1 skip /etc/c.yaml:0 settings.a-b [/etc/c.yaml: permission denied; run as root] evidence\n"
                            "T-2 skip in.yaml:0 settings.c [does not apply here] evidence\n"
                            "T-3 skip in.yaml:0 files [no manifest] evidence\n"
                            "T-4 skip in.yaml:0  [not yours] \n"
                            "T-5 skip in.yaml:0 x.z [there is none] evidence\n"
                            "0 pass, 5 skip, 1 unjudged\n");
}

static void one_value_that_cannot_be_read_keeps_the_rule_from_passing(void **state)
{
        const char *const text = COMPONENT "settings: {a-b: 1, c: 1}\nfiles: [{mode: 1}, {}, %s]\n"
                                           "x: {z: 2}\n"
                                           "evidence: {'files[1]': {state: unreadable, reason: refused}}\n";
        char doc[512];
        struct seen seen;

        (void)state;
        (void)snprintf(doc, sizeof(doc), text, "{mode: 1}");
        judge(NULL, doc, &seen);
        assert_non_null(strstr(seen.text, "T-3 skip in.yaml:0 files[1].mode [refused] evidence\n"));
        assert_non_null(strstr(seen.text, "2 pass, 1 skip, 1 unjudged\n"));
        assert_null(strstr(seen.text, "T-5"));
        (void)snprintf(doc, sizeof(doc), text, "{mode: 2}");
        judge(NULL, doc, &seen);
        assert_non_null(strstr(seen.text, "T-3 fail in.yaml:0 files[2].mode [three] \n"));
        assert_non_null(strstr(seen.text, "2 pass, 0 skip, 0 unjudged\n"));
}

static void the_version_given_goes_before_the_documents_own(void **state)
{
        const struct bw_catalog_options options = {.kubernetes_minor = 31, .kubernetes_minor_is_given = true};
        struct seen seen;

        (void)state;
        judge(NULL, COMPONENT "kubernetesMinor: 29\nevidence: {}\n", &seen);
        assert_non_null(strstr(seen.text, "T-4 pass"));
        judge(&options, COMPONENT "kubernetesMinor: 29\nevidence: {}\n", &seen);
        assert_null(strstr(seen.text, "T-4"));
}

/* Whoever writes a manifest must not be able to say that there is nothing to judge in it. */
static void evidence_of_an_object_of_the_api_is_not_believed(void **state)
{
        static const struct {
                const char *api_version;
                bool believed;
        } rows[] = {{"v1", false}, {"apps/v1", false}, {"example.com/v1", false}, {"bulwark.dev/v1", true},
                    {"audit.k8s.io/v1", true}, {"kubelet.config.k8s.io/v1beta1", true}};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
                struct bw_error err = {0};
                struct bw_doc doc;
                char text[128];

                (void)snprintf(text, sizeof(text), "{apiVersion: %s, kind: Pod, evidence: {'': {state: absent}}}",
                               rows[i].api_version);
                assert_int_equal(bw_yaml_read(arena, bw_str(text), 1, false, &doc, &err), 0);
                assert_true(bw_doc_identify(&doc));
                assert_int_equal(bw_doc_has_evidence(&doc), rows[i].believed);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_finding_points_where_the_evidence_says),
                cmocka_unit_test(what_is_not_known_is_skipped),
                cmocka_unit_test(one_value_that_cannot_be_read_keeps_the_rule_from_passing),
                cmocka_unit_test(the_version_given_goes_before_the_documents_own),
                cmocka_unit_test(evidence_of_an_object_of_the_api_is_not_believed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
