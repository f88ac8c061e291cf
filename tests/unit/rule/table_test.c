/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of rules: what a row is laid over, and where its mistakes are shown. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "rule/lint.h"
#include "rule/rule_internal.h"
#include "rule/table.h"
#include "rule/testrun.h"

#define HEAD "apiVersion: bulwark.dev/v1\nkind: RuleTable\n"

/* The rules as JSON, one on each line with its line in the file; or the error. */
static void expand(const char *text, const char *expected)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_doc *rules = NULL;
        struct bw_error err = {0};
        struct bw_doc table;
        size_t n = 0;

        assert_ok(bw_yaml_read(arena, bw_str(text), 1, true, &table, NULL));
        assert_true(bw_doc_identify(&table) && rule_table_is(&table));
        if (rule_table_expand(arena, &table, &rules, &n, &err) < 0)
                bw_buf_printf(&buf, "%u:%u %s", err.line, err.column, err.message);
        for (size_t i = 0; i < n; i++) {
                bw_buf_printf(&buf, "%u ", rules[i].mark.line);
                bw_value_json(&buf, rules[i].root, 0);
                bw_buf_char(&buf, '\n');
                assert_true(bw_str_is(rules[i].kind, "Rule"));
        }
        assert_string_equal(buf.p ? buf.p : "", expected);
}

static void rows_are_laid_over_the_common_part(void **state)
{
        (void)state;
        expand(HEAD "severity: high\nparams: {a: 1, b: {c: [1], d: 2}}\nrows:\n"
                    "- metadata: {name: A}\n"
                    "- {metadata: {name: B}, severity: low, params: {b: {c: [2, null]}, e: 3}}\n"
                    "- {metadata: {name: C}, params: {b: null}, title: T}\n",
               "6 {\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Rule\",\"severity\":\"high\","
               "\"params\":{\"a\":1,\"b\":{\"c\":[1],\"d\":2}},\"metadata\":{\"name\":\"A\"}}\n"
               "7 {\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Rule\",\"severity\":\"low\","
               "\"params\":{\"a\":1,\"b\":{\"c\":[2,null],\"d\":2},\"e\":3},\"metadata\":{\"name\":\"B\"}}\n"
               "8 {\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Rule\",\"severity\":\"high\",\"params\":{\"a\":1},"
               "\"metadata\":{\"name\":\"C\"},\"title\":\"T\"}\n");
}

static void tables_without_good_rows(void **state)
{
        (void)state;
        expand(HEAD "title: T\n", "1:1 a table needs rows: a list with the fields of each rule");
        expand(HEAD "rows: []\n", "3:1 a table needs rows: a list with the fields of each rule");
        expand(HEAD "rows: {a: b}\n", "3:1 a table needs rows: a list with the fields of each rule");
        expand(HEAD "rows: [{}, x]\n", "3:12 a row must be a map");
}

static void tables_have_a_limit(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

        (void)state;
        for (int n = BW_LIMIT_RULE_ROWS - 1; n <= BW_LIMIT_RULE_ROWS + 1; n++) {
                bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                struct bw_doc *rules;
                struct bw_doc table;
                size_t n_rules;

                bw_buf_puts(&text, HEAD "rows:\n");
                for (int i = 0; i < n; i++)
                        bw_buf_puts(&text, "- {}\n");
                assert_ok(bw_yaml_read(arena, bw_buf_view(&text), 1, true, &table, NULL));
                (void)bw_doc_identify(&table);
                assert_int_equal(rule_table_expand(arena, &table, &rules, &n_rules, NULL),
                                 n > BW_LIMIT_RULE_ROWS ? -E2BIG : 0);
        }
}

#define COMMON                                                                                                         \
        HEAD "severity: high\nwhy: W\nfix: {text: F}\nmatch: {podSpec: true}\nexpression: (value == true) == !params.host\n" \
        /* seven lines */
#define HOST_NETWORK                                                                                                   \
        "- metadata: {name: T-1}\n  title: Host network\n  path: hostNetwork\n  params: {host: true}\n"                   \
        "  tests: [{name: not set, pass: {}}, {name: set, fail: {hostNetwork: true}}]\n"
#define SHARED_PROCESSES                                                                                               \
        "- metadata: {name: T-2}\n  title: Shared processes\n  path: shareProcessNamespace\n  params: {host: false}\n"    \
        "  tests: [{name: set, pass: {shareProcessNamespace: true}}, {name: not set, fail: {}}]\n"

static void lint(const char *text, const char *expected)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        const struct bw_rule_file file = {.name = {"t.yaml", 6}, .text = bw_str(text)};
        struct bw_rule_problems found = {0};

        assert_ok(bw_rule_lint(arena, &file, 1, &found, NULL));
        for (size_t i = 0; i < found.n; i++)
                bw_buf_printf(&buf, "%u:%u %.*s\n", found.items[i].line, found.items[i].column,
                              BW_STR_ARG(found.items[i].message));
        assert_string_equal(buf.p ? buf.p : "", expected);
}

static void mistakes_have_the_place_of_their_row(void **state)
{
        (void)state;
        lint(COMMON "rows:\n" HOST_NETWORK SHARED_PROCESSES, "");
        lint(COMMON "rows:\n" HOST_NETWORK "- metadata: {name: T-2}\n  path: hostPID\n",
             "14:3 rule lacks the field \"title\"\n14:3 rule has no tests\n");
        lint(COMMON "rows:\n" HOST_NETWORK "- metadata: {name: T-1}\n  title: T\n  path: hostPIDD\n"
                    "  tests: [{name: a, pass: {}}, {name: b, fail: {}}]\n",
             "14:3 the name T-1 is in use already: t.yaml\n16:9 path: there is no field \"hostPIDD\"\n");
        lint(HEAD "rows: 1\n", "3:1 a table needs rows: a list with the fields of each rule\n");
}

struct results {
        struct bw_buf text;
};

static int take(void *userdata, const struct bw_rule_test_result *result)
{
        struct results *r = userdata;

        bw_buf_printf(&r->text, "%.*s %s %s\n", BW_STR_ARG(result->rule), result->ok ? "ok" : "not ok",
                      result->is_mutation ? "negated" : "test");
        return 0;
}

static void rows_are_tested_and_negated(void **state)
{
        const struct bw_rule_file file = {.name = {"t.yaml", 6},
                                          .text = bw_str(COMMON "rows:\n" HOST_NETWORK SHARED_PROCESSES)};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct results results = {0};

        (void)state;
        assert_ok(bw_rule_test(arena, &file, 1, take, &results, NULL));
        assert_ok(bw_rule_test_mutations(arena, &file, 1, take, &results, NULL));
        assert_string_equal(results.text.p, "T-1 ok test\nT-1 ok test\nT-2 ok test\nT-2 ok test\n"
                                            "T-1 ok negated\nT-2 ok negated\n");
        bw_buf_done(&results.text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rows_are_laid_over_the_common_part),
                cmocka_unit_test(tables_without_good_rows),
                cmocka_unit_test(tables_have_a_limit),
                cmocka_unit_test(mistakes_have_the_place_of_their_row),
                cmocka_unit_test(rows_are_tested_and_negated),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
