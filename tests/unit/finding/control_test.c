/* SPDX-License-Identifier: Apache-2.0 */
/* What the findings of a run say of each control. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/alloc.h"
#include "finding/control.h"

#define CONTROL(id) {.framework = {"f", 1}, .control = {id, 1}}

static const struct bw_control a_and_b[] = {CONTROL("a"), CONTROL("b")};
static const struct bw_control only_b[] = {CONTROL("b")};
static const struct bw_rule_info both = {.controls = a_and_b, .n_controls = 2};
static const struct bw_rule_info second = {.controls = only_b, .n_controls = 1};
static const struct bw_finding_evidence unreadable = {.state = BW_STR("unreadable")};
static const struct bw_finding_evidence absent = {.state = BW_STR("absent")};
static const struct bw_exception_note note = {.reason = BW_STR("r")};

/* The verdict of control b, from findings on it; a has those of `both`. */
static enum bw_verdict verdict_of(const struct bw_finding *findings, size_t n, uint64_t *ret_count)
{
        static const struct bw_control_row rows[] = {
                {.framework = BW_STR("f"), .id = BW_STR("a")},
                {.framework = BW_STR("f"), .id = BW_STR("b")},
                {.framework = BW_STR("f"), .id = BW_STR("c"), .no_rule = BW_STR("by hand")},
                {.framework = BW_STR("g"), .id = BW_STR("b")},
        };
        const struct bw_report report = {
                .findings = findings, .n_findings = n, .controls = rows, .n_controls = BW_ARRAY_SIZE(rows)};
        struct bw_control_result *results;
        enum bw_verdict verdict;

        assert_ok(bw_control_results(&report, &results, NULL));
        assert_int_equal(results[2].verdict, BW_VERDICT_MANUAL);
        assert_null(results[2].finding);
        assert_int_equal(results[3].verdict, BW_VERDICT_SKIP);
        verdict = results[1].verdict;
        *ret_count = results[1].n;
        bw_free(results);
        return verdict;
}

static void the_gravest_decides(void **state)
{
        const struct bw_finding order[] = {
                {.rule = &both, .verdict = BW_VERDICT_SKIP, .evidence = &absent},
                {.rule = &second, .verdict = BW_VERDICT_PASS},
                {.rule = &second, .verdict = BW_VERDICT_SKIP, .evidence = &unreadable},
                {.rule = &both, .verdict = BW_VERDICT_MANUAL},
                {.rule = &second, .verdict = BW_VERDICT_ERROR},
                {.rule = &both, .verdict = BW_VERDICT_FAIL},
        };
        uint64_t n;

        (void)state;
        assert_int_equal(verdict_of(order, 0, &n), BW_VERDICT_SKIP);
        for (size_t i = 0; i < BW_ARRAY_SIZE(order); i++) {
                assert_int_equal(verdict_of(order, i + 1, &n), order[i].verdict);
                assert_int_equal(n, 1);
        }
}

static void an_exception_is_no_pass(void **state)
{
        const struct bw_finding findings[] = {
                {.rule = &second, .verdict = BW_VERDICT_PASS},
                {.rule = &second, .verdict = BW_VERDICT_SKIP, .exception = &note},
                {.rule = &second, .verdict = BW_VERDICT_SKIP, .exception = &note},
        };
        uint64_t n;

        (void)state;
        assert_int_equal(verdict_of(findings, 3, &n), BW_VERDICT_SKIP);
        assert_int_equal(n, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_gravest_decides),
                cmocka_unit_test(an_exception_is_no_pass),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
