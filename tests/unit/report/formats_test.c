/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/error.h"
#include "report/report.h"
#include "report_samples.h"

/* One of everything: a fail with an edit, an excepted one, one that could not be judged, an unread input, a notice. */
static const struct bw_control full_controls[] = {
        {S("cis-1.12"), S("5.2.2"), false}, {S("cis-1.12"), S("5.2.3"), false}, {S("kube-linter"), S("privileged"), true}};
static const struct bw_str full_references[] = {S("https://example.com/a"), S("https://example.com/b")};
static const struct bw_rule_info full_rule = {
        .id = S("BW-T-009"), .title = S("Container runs privileged"), .severity = BW_SEVERITY_HIGH, .practice = S("W03"),
        .why = S("It is the node's root."), .fix = S("Remove it."), .controls = full_controls, .n_controls = 3,
        .references = full_references, .n_references = 2};
static const struct bw_rule_info second_rule = {.id = S("BW-T-001"), .title = S("Another"), .severity = BW_SEVERITY_LOW};
static const struct bw_edit full_edits[] = {{4, 15, 4, 19, S("false")}};
static const struct bw_edit inserted[] = {
        {5, 1, 5, 1, S("  a: 1\n  b: 2\n")}, {6, 9, 6, 9, S("\n  c: 3")}, {6, 9, 6, 9, S(" d")}, {7, 1, 8, 1, S("")}};
static const struct bw_exception_note note = {S("agreed"), S("team-a"), S("2027-01-31"), S(".bulwark.yaml:12")};

#define FULL_POD {.api_version = S("v1"), .kind = S("Pod"), .ns = S("n"), .name = S("p"), .line = 1}

static const struct bw_finding full_findings[] = {
        {.rule = &full_rule, .verdict = BW_VERDICT_FAIL, .resource = FULL_POD,
         .location = {S("a b/x.yaml"), 4, 15, S("spec.privileged"), S("  privileged: true")},
         .message = S("it is [privileged](https://evil)"), .remediation = S("Remove it."),
         .fingerprint = {0x0123456789abcdef, 0xfedcba9876543210}, .edits = full_edits, .n_edits = 1},
        {.rule = &full_rule, .verdict = BW_VERDICT_SKIP, .resource = FULL_POD,
         .location = {S("a b/x.yaml"), 9, 1, S("spec.other"), S("other: x")}, .message = S("it is privileged, too"),
         .exception = &note, .order = 1},
        {.rule = &second_rule, .verdict = BW_VERDICT_ERROR, .resource = FULL_POD,
         .location = {S("a b/x.yaml"), 1, 1, S(""), S("")}, .message = S("no such field"), .order = 2},
        {.rule = &second_rule, .verdict = BW_VERDICT_FAIL, .resource = {.kind = S("Node"), .name = S("=n")},
         .location = {S("/abs/y.yaml"), 0, 0, S("spec"), S("")}, .message = S("@all, \"see\"\n#1 ]]> | 100%: a,b"),
         .edits = inserted, .n_edits = 4, .input = 1},
};
static const struct bw_input_error full_errors[] = {{S("bad.yaml"), 3, 2, S("broken ]]>")}};
static const struct bw_notice full_notices[] = {{S(".bulwark.yaml"), 7, 1, S("nothing uses it")}};

static const struct bw_report full = {
        .version = S("1.2.3"),
        .generated_at = 1795273445,
        .summary = {.documents = 2, .rules = 2, .excepted = 1, .known = 4,
                    .verdicts = {[BW_VERDICT_FAIL] = 2, [BW_VERDICT_SKIP] = 1, [BW_VERDICT_ERROR] = 1},
                    .by_severity = {[BW_SEVERITY_LOW] = 1, [BW_SEVERITY_HIGH] = 1}},
        .findings = full_findings,
        .n_findings = BW_ARRAY_SIZE(full_findings),
        .errors = full_errors,
        .n_errors = 1,
        .notices = full_notices,
        .n_notices = 1,
};

static void render(const struct bw_report *report, const char *name, struct bw_report_options options, struct kept *kept)
{
        options.flush = kept_flush;
        options.flush_userdata = kept;
        bw_buf_clear(&kept->buf);
        assert_int_equal(bw_reporter_find(bw_str(name))->write(report, &options, NULL), 0);
}

static void expect_parts(const char *name, struct bw_report_options options, const char *const *parts)
{
        struct kept kept = {0};

        render(&full, name, options, &kept);
        for (size_t i = 0; parts[i]; i++)
                if (!strstr(kept.buf.p, parts[i]))
                        fail_msg("%s lacks <<%s>> in\n%s", name, parts[i], kept.buf.p);
        kept_done(&kept);
}

static void expect_none(const char *name, struct bw_report_options options, const char *const *parts)
{
        struct kept kept = {0};

        render(&full, name, options, &kept);
        for (size_t i = 0; parts[i]; i++)
                if (strstr(kept.buf.p, parts[i]))
                        fail_msg("%s has <<%s>> in\n%s", name, parts[i], kept.buf.p);
        kept_done(&kept);
}

static void csv_is_a_table(void **state)
{
        static const char wanted[] =
                "severity,verdict,rule,title,kind,namespace,name,file,line,column,path,message,remediation,practice,"
                "frameworks,exception,fingerprint,objects\r\n"
                "high,fail,BW-T-009,\"Container runs privileged\",Pod,n,p,\"a b/x.yaml\",4,15,spec.privileged,"
                "\"it is [privileged](https://evil)\",\"Remove it.\",W03,\"cis-1.12 5.2.2; cis-1.12 5.2.3\",,"
                "0123456789abcdeffedcba9876543210,1\r\n"
                "low,error,BW-T-001,Another,Pod,n,p,\"a b/x.yaml\",1,1,,\"no such field\",,,\"\",,"
                "00000000000000000000000000000000,1\r\n"
                "low,fail,BW-T-001,Another,Node,,\"'=n\",/abs/y.yaml,,,spec,"
                "\"'@all, \"\"see\"\"\n#1 ]]> | 100%: a,b\",,,\"\",,00000000000000000000000000000000,1\r\n";
        struct kept kept = {0};

        (void)state;
        render(&full, "csv", (struct bw_report_options){0}, &kept);
        assert_string_equal(kept.buf.p, wanted);
        render(&full, "csv", (struct bw_report_options){.include_passed = true}, &kept);
        assert_non_null(strstr(kept.buf.p, "high,skip,BW-T-009,"));
        assert_non_null(strstr(kept.buf.p, ",agreed,"));
        kept_done(&kept);
}

static void github_is_commands_worst_first(void **state)
{
        static const char wanted[] =
                "::error file=bad.yaml,line=3,col=2,title=Not judged::broken ]]>\n"
                "::error file=a b/x.yaml,line=4,col=15,endColumn=19,title=BW-T-009 Container runs privileged::"
                "Pod n/p: it is [privileged](https://evil)%0AFix: Remove it.\n"
                "::notice file=/abs/y.yaml,title=BW-T-001 Another::"
                "Node =n: @all, \"see\"%0A#1 ]]> | 100%25: a,b\n"
                "::warning file=a b/x.yaml,line=1,col=1,title=BW-T-001 Another::Pod n/p: no such field\n"
                "::notice file=.bulwark.yaml,line=7,col=1,title=Settings::nothing uses it\n"
                "bulwark: 2 failed checks: 0 critical, 1 high, 0 medium, 1 low; 1 check could not be evaluated; 1 excepted; "
                "4 known from the baseline\n";
        struct kept kept = {0};

        (void)state;
        render(&full, "github", (struct bw_report_options){0}, &kept);
        assert_string_equal(kept.buf.p, wanted);
        kept_done(&kept);
}

static void junit_has_a_case_for_each_object_and_rule(void **state)
{
        static const char wanted[] =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<testsuites name=\"bulwark\" tests=\"6\" failures=\"2\" errors=\"2\" skipped=\"1\" time=\"1.500000\">\n"
                "  <testsuite name=\"bulwark\" tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"0\" "
                "timestamp=\"2026-11-21T15:04:05\">\n"
                "    <testcase classname=\"bulwark\" name=\"2 objects judged by 2 rules\"/>\n"
                "    <testcase classname=\"bulwark\" name=\"read bad.yaml\" file=\"bad.yaml\" line=\"3\">\n"
                "      <error message=\"broken ]]&gt;\" type=\"unreadable\"/>\n"
                "    </testcase>\n"
                "  </testsuite>\n"
                "  <testsuite name=\"a b/x.yaml\" tests=\"3\" failures=\"1\" errors=\"1\" skipped=\"1\" "
                "timestamp=\"2026-11-21T15:04:05\">\n"
                "    <testcase classname=\"Pod n/p\" name=\"BW-T-009 Container runs privileged\" file=\"a b/x.yaml\" "
                "line=\"4\">\n"
                "      <failure message=\"it is [privileged](https://evil)\" type=\"high\">"
                "a b/x.yaml:4:15: it is [privileged](https://evil)\n    spec.privileged\nFix: Remove it.\n</failure>\n"
                "    </testcase>\n";
        static const char *const parts[] = {
                "      <skipped message=\"excepted: agreed\"/>\n",
                "      <failure message=\"@all, &quot;see&quot;&#10;#1 ]]&gt; | 100%: a,b\" type=\"low\">"
                "/abs/y.yaml: @all, \"see\"\n#1 ]]&gt; | 100%: a,b\n    spec\n</failure>\n",
                NULL};
        struct kept kept = {0};

        (void)state;
        render(&full, "junit", (struct bw_report_options){.elapsed_us = 1500000}, &kept);
        assert_memory_equal(kept.buf.p, wanted, strlen(wanted));
        kept_done(&kept);
        expect_parts("junit", (struct bw_report_options){0}, parts);
}

static void markdown_fits_a_comment(void **state)
{
        static const char *const parts[] = {
                "### bulwark: 2 failed checks\n\n| Critical | High | Medium | Low |\n|---:|---:|---:|---:|\n| 0 | 1 | 0 | 1 |\n",
                "2 objects judged by 2 rules; 1 excepted; 4 known from the baseline.\n",
                "<details open><summary><b>High</b> (1)</summary>\n\n**BW-T-009** Container runs privileged\n\n"
                "| Object | Place | Finding |\n|---|---|---|\n"
                "| Pod n/p | [a b/x.yaml:4](a%20b/x.yaml#L4) | it is \\[privileged\\](https://evil) |\n\nFix: Remove it.\n\n"
                "</details>\n",
                "| Node =n | /abs/y.yaml | @<!-- -->all, \"see\" #<!-- -->1 \\]\\]&gt; \\| 100%: a,b |\n",
                "<details open><summary><b>Not judged</b> (1)</summary>\n\n* [bad.yaml:3](bad.yaml#L3): broken \\]\\]&gt;\n",
                "* Note: [.bulwark.yaml:7](.bulwark.yaml#L7): nothing uses it\n",
                NULL};

        (void)state;
        expect_parts("markdown", (struct bw_report_options){0}, parts);
}

#define MANY 5000

static void markdown_counts_what_does_not_fit(void **state)
{
        static struct bw_finding many[MANY];
        struct bw_report report = full;
        struct kept kept = {0};
        uint64_t rows = 0;
        uint64_t rest;

        (void)state;
        for (size_t i = 0; i < MANY; i++)
                many[i] = full_findings[i % 2 ? 3 : 0];
        report.findings = many;
        report.n_findings = MANY;
        report.summary.verdicts[BW_VERDICT_FAIL] = MANY;
        render(&report, "markdown", (struct bw_report_options){0}, &kept);
        assert_true(kept.buf.n < 65536);
        for (const char *p = kept.buf.p; (p = strstr(p, "\n| ")); p++)
                rows += strncmp(p, "\n| Pod", 6) == 0 || strncmp(p, "\n| Node", 7) == 0;
        assert_true(rows > 400);
        rest = strtoull(strstr(kept.buf.p, "\nAnd ") + 5, NULL, 10);
        assert_int_equal(rows + rest, MANY);
        kept_done(&kept);
}

static void sarif_tells_everything(void **state)
{
        static const char *const parts[] = {
                "\"id\": \"BW-T-009\"",
                "\"markdown\": \"It is the node's root.\\n\\n**Fix:** Remove it.\\n\\n* <https://example.com/a>\\n"
                "* <https://example.com/b>\"",
                "\"helpUri\": \"https://example.com/a\"",
                "\"tags\": [\n                  \"security\",\n                  \"kubernetes\",\n                  \"W03\",\n"
                "                  \"cis-1.12\"\n                ]",
                "\"security-severity\": \"8.0\"",
                "\"text\": \"it is [privileged] (https://evil)\"",
                "\"uri\": \"a%20b/x.yaml\",\n                  \"uriBaseId\": \"%SRCROOT%\"",
                "\"uri\": \"file:///abs/y.yaml\"\n",
                "\"startLine\": 4,\n                  \"startColumn\": 15,\n                  \"endLine\": 4,\n"
                "                  \"endColumn\": 19,\n                  \"snippet\": {\n"
                "                    \"text\": \"  privileged: true\"",
                "\"bulwark/v1\": \"0123456789abcdeffedcba9876543210\"",
                "\"insertedContent\": {\n                        \"text\": \"false\"",
                "\"suppressions\": []",
                "\"kind\": \"external\",\n              \"status\": \"accepted\",\n              \"justification\": \"agreed\"",
                "\"associatedRule\": {\n                \"id\": \"BW-T-001\",\n                \"index\": 0",
                "\"toolConfigurationNotifications\": [\n            {\n              \"level\": \"warning\"",
                "\"executionSuccessful\": false,\n          \"exitCode\": 2",
                "\"baselineState\": \"new\"",
                NULL};
        static const char *const none[] = {"kube-linter", "baselineState", NULL};

        (void)state;
        expect_parts("sarif", (struct bw_report_options){.exit_status = 2, .has_baseline = true}, parts);
        expect_none("sarif", (struct bw_report_options){0}, none);
}

static void json_tells_fixes_and_exceptions(void **state)
{
        static const char *const parts[] = {
                "\"fingerprint\": \"0123456789abcdeffedcba9876543210\"",
                "\"fix\": {\n        \"edits\": [\n          {\n            \"line\": 4,\n            \"column\": 15,\n"
                "            \"endLine\": 4,\n            \"endColumn\": 19,\n            \"text\": \"false\"",
                "\"excepted\": 1,\n    \"unjudged\": 0,\n    \"known\": 4",
                "\"notices\": [\n    {\n      \"file\": \".bulwark.yaml\"",
                NULL};
        static const char *const exception[] = {
                "\"exception\": {\n        \"reason\": \"agreed\",\n        \"owner\": \"team-a\",\n"
                "        \"expires\": \"2027-01-31\",\n        \"source\": \".bulwark.yaml:12\"",
                NULL};
        static const char *const none[] = {"kube-linter", "\"exception\"", NULL};

        (void)state;
        expect_parts("json", (struct bw_report_options){0}, parts);
        expect_parts("json", (struct bw_report_options){.include_passed = true}, exception);
        expect_none("json", (struct bw_report_options){0}, none);
}

static void wide_shows_edits_and_exceptions(void **state)
{
        static const char *const parts[] = {
                "    -   privileged: true\n    +   privileged: false\n",
                "    @ before line 5\n    +   a: 1\n    +   b: 2\n    @ after line 6\n    +   c: 3\n    @ insert at 6:9\n    +  d\n    @ remove 7:1 to 8:1\n\n",
                "  EXCEPTED  BW-T-009  Container runs privileged\n    a b/x.yaml:9:1  it is privileged, too\n",
                "    excepted: agreed (.bulwark.yaml:12, team-a, until 2027-01-31)\n",
                "    see: practice W03, cis-1.12 5.2.2, 5.2.3\n",
                NULL};
        static const char *const none[] = {"kube-linter", NULL};
        static const char *const hidden[] = {"EXCEPTED", "+   a: 1", NULL};
        static const char *const brief[] = {"  EXCEPTED  BW-T-009  Container runs privileged: agreed\n", NULL};

        (void)state;
        expect_parts("wide", (struct bw_report_options){0}, parts);
        expect_none("wide", (struct bw_report_options){0}, none);
        expect_none("text", (struct bw_report_options){0}, hidden);
        expect_parts("text", (struct bw_report_options){.include_passed = true}, brief);
}

/* Findings of one rule in one object: two places in full, the others in a line; of a low one, a line in all. */
static void text_gathers_what_repeats(void **state)
{
        static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
        static char messages[7][64];
        struct bw_finding many[14];
        struct bw_report report = {.findings = many, .n_findings = BW_ARRAY_SIZE(many)};
        struct kept kept = {0};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(many); i++) {
                (void)snprintf(messages[i / 2], sizeof(messages[0]), "container \"%s\" runs so", names[i / 2]);
                many[i] = (struct bw_finding){.rule = i % 2 ? &full_rule : &second_rule,
                                              .resource = FULL_POD,
                                              .verdict = BW_VERDICT_FAIL,
                                              .message = bw_str(messages[i / 2]),
                                              .location = {.file = S("x"), .line = (uint32_t)(i / 2 + 10), .column = 3}};
        }
        render(&report, "text", (struct bw_report_options){0}, &kept);
        assert_non_null(strstr(kept.buf.p, "    x:11:3    container \"b\" runs so\n"
                                           "    and container \"c\", \"d\", \"e\", \"f\" and 1 more runs so  :12, :13, :14, :15, "
                                           "\xe2\x80\xa6\n"));
        assert_non_null(strstr(kept.buf.p, "  LOW       BW-T-001  container \"a\", \"b\", \"c\", \"d\" and 3 more runs so  "
                                           ":10, :11, :12, :13, \xe2\x80\xa6\n"));
        /* A narrow terminal gets the title. */
        render(&report, "text", (struct bw_report_options){.width = 70}, &kept);
        assert_non_null(strstr(kept.buf.p, "  LOW       BW-T-001  Another (7)  :10, :11, :12, :13, \xe2\x80\xa6\n"));
        /* Texts that do not differ in a name only. */
        many[0].message = (struct bw_str)S("it is, in other words, quite another thing that is said here");
        render(&report, "text", (struct bw_report_options){0}, &kept);
        assert_non_null(strstr(kept.buf.p, "  LOW       BW-T-001  Another (7)  :10"));
        kept_done(&kept);
}

static void summary_names_the_worst_objects(void **state)
{
        struct bw_finding many[14];
        struct bw_report report = {.findings = many, .n_findings = BW_ARRAY_SIZE(many)};
        struct kept kept = {0};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(many); i++) {
                many[i] = full_findings[i == 9 ? 0 : 3];
                many[i].doc = (uint32_t)(i / 2);
                many[i].input = 0;
        }
        render(&report, "text", (struct bw_report_options){.summary = true}, &kept);
        assert_non_null(strstr(kept.buf.p, "CRITICAL  HIGH  MEDIUM  LOW  OBJECT\n"
                                           "       0     1       0    1  Node =n  /abs/y.yaml\n"
                                           "       0     0       0    2  Node =n  /abs/y.yaml\n"));
        assert_non_null(strstr(kept.buf.p, "                             and 2 more\n"));
        /* Tables do not break on a narrow terminal. */
        render(&report, "text", (struct bw_report_options){.summary = true, .width = 44}, &kept);
        assert_non_null(strstr(kept.buf.p, "high             1  BW-T-009  Container run\xe2\x80\xa6\n"));
        assert_non_null(strstr(kept.buf.p, "       0     1       0    1  Node =n\n"));
        kept_done(&kept);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(csv_is_a_table),
                cmocka_unit_test(github_is_commands_worst_first),
                cmocka_unit_test(junit_has_a_case_for_each_object_and_rule),
                cmocka_unit_test(markdown_fits_a_comment),
                cmocka_unit_test(markdown_counts_what_does_not_fit),
                cmocka_unit_test(sarif_tells_everything),
                cmocka_unit_test(json_tells_fixes_and_exceptions),
                cmocka_unit_test(wide_shows_edits_and_exceptions),
                cmocka_unit_test(text_gathers_what_repeats),
                cmocka_unit_test(summary_names_the_worst_objects),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests_name("formats", tests, NULL, NULL);
}
