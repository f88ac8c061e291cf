/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "exception/baseline.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "check.h"
#include "finding/fingerprint.h"

#define A "0000000000000000000000000000000a"
#define B "0000000000000000000000000000000b"
#define C "0000000000000000000000000000000c"

static const struct bw_rule_info rules[] = {{.id = BW_STR("R-1"), .severity = BW_SEVERITY_HIGH},
                                            {.id = BW_STR("R-2"), .severity = BW_SEVERITY_LOW}};

static enum bw_rule_presence look(void *userdata, struct bw_str pattern, struct bw_str *ret_nearest)
{
        (void)userdata;
        (void)ret_nearest;
        return bw_str_is(pattern, "R-1") ? BW_RULE_TAKES_PART : BW_RULE_LEFT_OUT;
}

static struct bw_finding finding(char last, size_t rule, enum bw_verdict verdict)
{
        return (struct bw_finding){
                .rule = &rules[rule], .verdict = verdict, .fingerprint = {.low = (uint64_t)(last - 'a' + 10)}};
}

/* The same findings, as each form has them: A twice, B of a rule that does not take part, C excepted. */
static const char json[] = "{\"apiVersion\": \"bulwark.dev/v1\", \"kind\": \"ScanReport\", \"metadata\": {\"inputs\": "
                           "[\"x\"]}, \"findings\": ["
                           "{\"rule\": \"R-1\", \"verdict\": \"fail\", \"fingerprint\": \"" A "\"},"
                           "{\"rule\": \"R-1\", \"verdict\": \"fail\", \"fingerprint\": \"" A "\"},"
                           "{\"rule\": \"R-2\", \"verdict\": \"fail\", \"fingerprint\": \"" B "\"},"
                           "{\"rule\": \"R-1\", \"verdict\": \"skip\", \"fingerprint\": \"" C "\"},"
                           "{\"rule\": \"R-1\", \"verdict\": \"error\"}]}";
static const char yaml[] =
        "apiVersion: bulwark.dev/v1\nkind: ScanReport\nmetadata: {inputs: [x]}\nsummary: {known: 0}\nfindings:\n"
        "- {rule: R-1, verdict: fail, fingerprint: " A "}\n- {rule: R-1, verdict: fail, fingerprint: " A "}\n"
        "- {rule: R-2, verdict: fail, fingerprint: " B "}\n- {rule: R-1, verdict: skip, fingerprint: " C "}\n";
#define PRINT(x) "\"partialFingerprints\": {\"bulwark/v1\": \"" x "\"}"
static const char sarif[] = "{\"version\": \"2.1.0\", \"runs\": [{\"results\": [{\"ruleId\": \"R-1\", " PRINT(
        A) "},"
           "{\"ruleId\": \"R-1\", \"kind\": \"fail\", \"suppressions\": [], " PRINT(
                   A) "},"
                      "{\"ruleId\": \"R-1\", \"suppressions\": [{\"kind\": \"external\"}], " PRINT(
                              C) "},"
                                 "{\"ruleId\": \"R-1\", \"kind\": \"review\"}]}, {\"results\": [{\"ruleId\": "
                                 "\"R-2\", " PRINT(B) "}]}]}";

static void test_forms(void **state)
{
        static const char *const forms[] = {json, yaml, sarif};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(forms); i++) {
                bw_auto(bw_baseline_free) struct bw_baseline *baseline = NULL;
                struct bw_finding findings[] = {
                        finding('a', 0, BW_VERDICT_FAIL), finding('c', 1, BW_VERDICT_FAIL),
                        finding('a', 0, BW_VERDICT_FAIL), finding('a', 0, BW_VERDICT_FAIL),
                        finding('a', 0, BW_VERDICT_PASS),
                };
                struct bw_summary summary = {.verdicts = {[BW_VERDICT_FAIL] = 4},
                                             .by_severity = {[BW_SEVERITY_HIGH] = 3, [BW_SEVERITY_LOW] = 1}};
                const struct bw_str input = BW_STR("x");
                struct bw_error err = {0};
                uint64_t total = 0;

                if (bw_baseline_load(BW_STR("b"), bw_str(forms[i]), &baseline, &err) < 0)
                        fail_msg("%s", err.message);
                assert_int_equal(bw_baseline_filter(baseline, findings, BW_ARRAY_SIZE(findings), &summary), 3);
                assert_int_equal(findings[0].fingerprint.low, 12);
                assert_int_equal(findings[1].fingerprint.low, 10);
                assert_int_equal(findings[2].verdict, BW_VERDICT_PASS);
                assert_int_equal(summary.known, 2);
                assert_int_equal(summary.verdicts[BW_VERDICT_FAIL], 2);
                assert_int_equal(summary.by_severity[BW_SEVERITY_HIGH], 1);
                assert_int_equal(summary.by_severity[BW_SEVERITY_LOW], 1);
                assert_int_equal(bw_baseline_gone(baseline, look, NULL, &input, 1, &total), 0);
                assert_int_equal(total, 3);
        }
}

static void test_gone(void **state)
{
        bw_auto(bw_baseline_free) struct bw_baseline *baseline = NULL;
        static const struct bw_exception_note note = {.reason = BW_STR("r")};
        struct bw_finding findings[] = {finding('a', 0, BW_VERDICT_SKIP)};
        const struct bw_str inputs[] = {BW_STR("x"), BW_STR("y")};
        struct bw_summary summary = {0};
        struct bw_error err = {0};
        uint64_t total;

        (void)state;
        findings[0].exception = &note;
        assert_ok(bw_baseline_load(BW_STR("b"), bw_str(json), &baseline, &err));
        assert_int_equal(bw_baseline_gone(baseline, look, NULL, inputs, 1, &total), 2);
        /* What is excepted now is there, and stays in the report. */
        assert_int_equal(bw_baseline_filter(baseline, findings, 1, &summary), 1);
        assert_int_equal(summary.known, 0);
        assert_int_equal(bw_baseline_gone(baseline, look, NULL, inputs, 1, &total), 1);
        assert_int_equal(bw_baseline_gone(baseline, look, NULL, inputs, 2, &total), 0);
        assert_int_equal(bw_baseline_gone(baseline, look, NULL, inputs + 1, 1, &total), 0);
}

static const struct {
        const char *text;
        const char *error;
} refused[] = {
        {"", "b: no baseline: it takes a report"},
        {"a: b\n", "b: no baseline"},
        {"[]", "b: no baseline"},
        {"{\"a\": ", "b:1:"},
        {"{\"apiVersion\": \"bulwark.dev/v1\", \"kind\": \"ScanReport\"}",
         "b: a ScanReport without a list of findings"},
        {"{\"apiVersion\": \"bulwark.dev/v1\", \"kind\": \"RuleTestReport\", \"findings\": []}", "b: no baseline"},
        {"{\"apiVersion\": \"bulwark.dev/v1\", \"kind\": \"ScanReport\", \"findings\": [{\"verdict\": \"fail\"}]}",
         "b: findings without fingerprints of this version"},
        {"{\"apiVersion\": \"bulwark.dev/v1\", \"kind\": \"ScanReport\", \"findings\": [{\"verdict\": \"fail\", "
         "\"fingerprint\": \"xyz\"}]}",
         "b: findings without fingerprints of this version"},
        {"{\"apiVersion\": \"bulwark.dev/v1\", \"kind\": \"ScanReport\", \"findings\": [], \"summary\": {\"known\": "
         "3}}",
         "b: this report leaves out what was known from another baseline"},
        {"{\"version\": \"2.1.0\", \"runs\": [{}]}", "b: a SARIF run without a list of results"},
        {"{\"version\": \"2.1.0\", \"runs\": [{\"results\": [{\"ruleId\": \"x\"}]}]}",
         "b: findings without fingerprints"},
        {"{\"runs\": []}", "b: no baseline"},
};

static void test_refused(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(refused); i++) {
                struct bw_baseline *baseline = NULL;
                struct bw_error err = {0};
                char text[1200];

                if (bw_baseline_load(BW_STR("b"), bw_str(refused[i].text), &baseline, &err) == 0)
                        fail_msg("taken: %s", refused[i].text);
                assert_null(baseline);
                (void)bw_error_format(&err, text, sizeof(text));
                if (!bw_str_starts(bw_str(text), bw_str(refused[i].error)))
                        fail_msg("\"%s\" is not \"%s\"", text, refused[i].error);
        }
}

static void test_limit(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_baseline *baseline = NULL;
        struct bw_error err = {0};

        (void)state;
        bw_buf_puts(&buf, json);
        bw_buf_fill(&buf, ' ', BW_LIMIT_BASELINE_BYTES - buf.n);
        assert_ok(bw_baseline_load(BW_STR("b"), bw_buf_view(&buf), &baseline, &err));
        bw_baseline_free(baseline);
        bw_buf_char(&buf, ' ');
        assert_int_equal(bw_baseline_load(BW_STR("b"), bw_buf_view(&buf), &baseline, &err), -E2BIG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_forms),
                cmocka_unit_test(test_gone),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
