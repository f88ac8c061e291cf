/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "finding/finding.h"

#include "check.h"

static void texts_round_trip(void **state)
{
        (void)state;
        for (int i = 0; i < _BW_VERDICT_MAX; i++)
                assert_int_equal(bw_verdict_parse(bw_str(bw_verdict_text((enum bw_verdict)i))), i);
        for (int i = 0; i < _BW_SEVERITY_MAX; i++)
                assert_int_equal(bw_severity_parse(bw_str(bw_severity_text((enum bw_severity)i))), i);
        assert_string_equal(bw_severity_text(BW_SEVERITY_CRITICAL), "critical");
        assert_string_equal(bw_verdict_text(BW_VERDICT_MANUAL), "manual");
}

static void unknown_texts_are_refused(void **state)
{
        static const char *const bad[] = {"", "FAIL", "fai", "fail ", "none", "criticall"};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(bad); i++) {
                assert_int_equal(bw_verdict_parse(bw_str(bad[i])), _BW_VERDICT_INVALID);
                assert_int_equal(bw_severity_parse(bw_str(bad[i])), _BW_SEVERITY_INVALID);
        }
        assert_string_equal(bw_severity_text(_BW_SEVERITY_INVALID), "invalid");
        assert_string_equal(bw_verdict_text(_BW_VERDICT_MAX), "invalid");
}

static void severities_compare(void **state)
{
        (void)state;
        assert_true(BW_SEVERITY_CRITICAL > BW_SEVERITY_HIGH && BW_SEVERITY_HIGH > BW_SEVERITY_MEDIUM &&
                    BW_SEVERITY_MEDIUM > BW_SEVERITY_LOW);
}

static void order_is_input_document_severity_place_rule(void **state)
{
        static const struct bw_rule_info low = {.id = {"BW-A", 4}, .severity = BW_SEVERITY_LOW};
        static const struct bw_rule_info high_a = {.id = {"BW-B", 4}, .severity = BW_SEVERITY_HIGH};
        static const struct bw_rule_info high_b = {.id = {"BW-C", 4}, .severity = BW_SEVERITY_HIGH};
        /* Written in the order wanted; `order` is the number that must come out. */
        static const struct bw_finding wanted[] = {
                {.rule = &high_b, .location = {.line = 1}, .order = 0},
                {.rule = &high_a, .location = {.line = 2, .column = 1}, .order = 1},
                {.rule = &high_a, .location = {.line = 2, .column = 3}, .order = 2},
                {.rule = &high_b, .location = {.line = 2, .column = 3}, .order = 3},
                {.rule = &high_b, .location = {.line = 2, .column = 3}, .order = 4},
                {.rule = &low, .location = {.line = 1}, .order = 5},
                {.rule = &high_a, .doc = 1, .order = 6},
                {.rule = &high_a, .input = 1, .order = 7},
        };
        struct bw_finding shuffled[BW_ARRAY_SIZE(wanted)];
        size_t n = BW_ARRAY_SIZE(wanted);

        (void)state;
        for (size_t turn = 0; turn < n; turn++) {
                for (size_t i = 0; i < n; i++)
                        shuffled[i] = wanted[(i * 3 + turn) % n];
                qsort(shuffled, n, sizeof(shuffled[0]), bw_finding_cmp);
                for (size_t i = 0; i < n; i++)
                        assert_int_equal(shuffled[i].order, i);
        }
}

/* Several documents that were made about one object number their findings alike. */
static void equal_numbers_are_told_apart_by_their_words(void **state)
{
        static const struct bw_rule_info rule = {.id = {"BW-A", 4}, .severity = BW_SEVERITY_LOW};
        static const struct bw_finding a = {.rule = &rule, .message = {"a", 1}};
        static const struct bw_finding b = {.rule = &rule, .message = {"b", 1}};
        static const struct bw_finding later = {.rule = &rule, .message = {"a", 1}, .location = {.path = {"x", 1}}};

        (void)state;
        assert_true(bw_finding_cmp(&a, &b) < 0 && bw_finding_cmp(&b, &a) > 0);
        assert_true(bw_finding_cmp(&b, &later) < 0 && bw_finding_cmp(&later, &a) > 0);
        assert_int_equal(bw_finding_cmp(&a, &a), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(texts_round_trip),
                cmocka_unit_test(unknown_texts_are_refused),
                cmocka_unit_test(severities_compare),
                cmocka_unit_test(order_is_input_document_severity_place_rule),
                cmocka_unit_test(equal_numbers_are_told_apart_by_their_words),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}
