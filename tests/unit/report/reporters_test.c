/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "report/report.h"

#include "check.h"

#include "base/error.h"
#include "base/fault.h"
#include "report_samples.h"

static void render(const struct bw_report *report, const char *name, struct bw_report_options options,
                   struct kept *kept)
{
        const struct bw_reporter *reporter = bw_reporter_find(bw_str(name));

        assert_non_null(reporter);
        options.flush = kept_flush;
        options.flush_userdata = kept;
        assert_int_equal(reporter->write(report, &options, NULL), 0);
}

static void expect_text(const struct bw_report *report, struct bw_report_options options, const char *wanted)
{
        struct kept kept = {0};

        render(report, "text", options, &kept);
        assert_string_equal(kept.buf.p, wanted);
        kept_done(&kept);
}

static const char summary[] =
        "3 failed checks: 2 critical, 0 high, 0 medium, 1 low; 1 to look at by hand\n"
        "2 objects in 7 files judged by 3 rules in 8.2 ms; 1 document skipped (no Kubernetes object)\n";

static void text_groups_by_resource_and_rule(void **state)
{
        char wanted[4096];

        (void)state;
        (void)snprintf(wanted, sizeof(wanted), "%s%s%s",
                       "Deployment shop/web  shop/web.yaml:3\n"
                       "  CRITICAL  BW-T-001  Container runs privileged\n"
                       "    shop/web.yaml:21:25  container \"web\" runs privileged\n"
                       "     21 |             privileged: true\n"
                       "        |                         ^~~~\n"
                       "    shop/web.yaml:31:25  container \"log\" runs privileged\n"
                       "     31 |             privileged: true\n"
                       "        |                         ^~~~\n"
                       "    fix: Remove privileged.\n"
                       "  LOW       BW-T-002  container \"web\" has no digest  :18\n"
                       "\n"
                       "Namespace shop  shop/web.yaml\n"
                       "  MANUAL    BW-T-003  Somebody has to look\n"
                       "    shop/web.yaml:40:1  metadata.name  look at it\n"
                       "\n",
                       summary, "\nbulwark explain BW-T-001 tells why a check matters and how to fix it\n"
                       "-o wide shows source lines and fixes for medium and low, too\n");
        expect_text(&sample_report, (struct bw_report_options){.files = 7, .elapsed_us = 8160, .program = "bulwark"},
                    wanted);
}

static void summary_alone(void **state)
{
        char wanted[4096];

        (void)state;
        (void)snprintf(wanted, sizeof(wanted), "%s%s",
                       "SEVERITY  FINDINGS  RULE      TITLE\n"
                       "critical         2  BW-T-001  Container runs privileged\n"
                       "low              1  BW-T-002  Image has no digest\n"
                       "\n"
                       "By practice: W03 2, I01 1\n"
                       "\n",
                       summary);
        expect_text(&sample_report, (struct bw_report_options){.files = 7, .elapsed_us = 8160, .summary = true},
                    wanted);
}

static void nothing_found(void **state)
{
        static const struct bw_report report = {.summary = {.documents = 1, .rules = 9}};
        static const struct bw_input_error errors[] = {{.file = S("x"), .message = S("broken")}};
        struct bw_report unreadable = report;

        (void)state;
        expect_text(&report, (struct bw_report_options){0}, "No failed checks\n1 object judged by 9 rules\n");
        unreadable.errors = errors;
        unreadable.n_errors = 1;
        expect_text(&unreadable, (struct bw_report_options){0},
                    "No failed checks\n1 object judged by 9 rules\nNot judged: 1 unreadable input or part of one\n");
        unreadable.summary.documents = 0;
        expect_text(&unreadable, (struct bw_report_options){0},
                    "Nothing was judged: no Kubernetes objects were found\n0 objects judged by 9 rules\n"
                    "Not judged: 1 unreadable input or part of one\n");
}

/* Renders one finding whose location is given and returns what stands between its place line and the summary. */
static void expect_source(struct bw_location location, unsigned width, const char *wanted)
{
        struct bw_finding f = {.rule = &sample_rules[0], .verdict = BW_VERDICT_FAIL, .location = location};
        struct bw_report report = {.findings = &f, .n_findings = 1};
        struct kept kept = {0};
        char *from;
        char *to;

        render(&report, "text", (struct bw_report_options){.width = width}, &kept);
        from = strstr(kept.buf.p, "    f:");
        assert_non_null(from);
        from = strchr(from, '\n') + 1;
        to = strstr(from, "\n\n");
        assert_non_null(to);
        to[1] = '\0';
        assert_string_equal(from, wanted);
        kept_done(&kept);
}

#define AT(l, c, text) ((struct bw_location){.file = S("f"), .line = (l), .column = (c), .source = S(text)})

static void carets(void **state)
{
        (void)state;
        /* Tabs are expanded, wide characters take two columns, combining ones none. */
        expect_source(AT(1, 7, "\ta\tb: 1"), 80, "      1 |     a    b: 1\n        |             ^\n");
        expect_source(AT(12345678, 4, "\xe6\xbc\xa2\xe5\xad\x97 x"), 80,
                      "  12345678 | \xe6\xbc\xa2\xe5\xad\x97 x\n           |      ^\n");
        expect_source(AT(2, 4, "e\xcc\x81 x"), 80, "      2 | e\xcc\x81 x\n        |   ^\n");
        /* Keys without their colon, quoted texts as a whole, columns past the end of the line. */
        expect_source(AT(3, 3, "  hostPath:"), 80, "      3 |   hostPath:\n        |   ^~~~~~~~\n");
        expect_source(AT(3, 4, "a: \"x y\" # c"), 80, "      3 | a: \"x y\" # c\n        |    ^~~~~\n");
        expect_source(AT(3, 99, "short"), 80, "      3 | short\n        |      ^\n");
        expect_source(AT(3, 0, "no column"), 80, "      3 | no column\n");
        /* Nothing of the text drives the terminal. */
        expect_source(AT(4, 1, "\x1b[31mred\xe2\x80\xae\xff"), 80,
                      "      4 | \\x1b[31mred\\u{202E}\\xff\n        | ^~~~~~~~~~~~~~~~~~~~~~~\n");
}

static void long_lines_are_cut_around_the_caret(void **state)
{
        char line[2000];
        struct bw_location at = {.file = S("f"), .line = 1, .column = 1001};

        (void)state;
        memset(line, 'x', sizeof(line));
        line[999] = ' ';
        line[1000] = 'Y';
        line[1001] = ' ';
        at.source = bw_str_n(line, sizeof(line));
        expect_source(at, 42,
                      "      1 | \xe2\x80\xa6xxxxxxxxxxxxxx Y xxxxxxxxxxxxx\xe2\x80\xa6\n"
                      "        |                 ^\n");
}

static void wide_shows_paths_and_controls(void **state)
{
        struct kept kept = {0};

        (void)state;
        render(&sample_report, "wide", (struct bw_report_options){0}, &kept);
        assert_non_null(strstr(kept.buf.p, "    path: spec.template.spec.containers[0].securityContext.privileged\n"));
        assert_non_null(strstr(kept.buf.p, "    see: practice W03, pss-baseline privileged, cis-1.12 5.2.2\n"));
        kept_done(&kept);
}

static void messages_wrap_at_the_width(void **state)
{
        struct kept kept = {0};

        (void)state;
        render(&sample_report, "text", (struct bw_report_options){.width = 50}, &kept);
        assert_non_null(strstr(kept.buf.p, "    shop/web.yaml:21:25\n      container \"web\" runs privileged\n"));
        for (const char *line = kept.buf.p; *line; line = strchr(line, '\n') + 1) {
                if (strncmp(line, "3 failed", 8) == 0)
                        break;
                assert_true(strcspn(line, "\n") <= 50);
        }
        kept_done(&kept);
}

static void colours_only_when_asked(void **state)
{
        struct kept kept = {0};

        (void)state;
        render(&sample_report, "text", (struct bw_report_options){0}, &kept);
        assert_null(strchr(kept.buf.p, '\x1b'));
        bw_buf_clear(&kept.buf);
        render(&sample_report, "text", (struct bw_report_options){.color = true}, &kept);
        assert_non_null(strstr(kept.buf.p, "\x1b[1;31mCRITICAL\x1b[0m"));
        kept_done(&kept);
}

static const char json[] =
        "{\n  \"apiVersion\": \"bulwark.dev/v1\",\n  \"kind\": \"ScanReport\",\n  \"metadata\": {\n"
        "    \"generatedAt\": \"2026-11-21T15:04:05Z\",\n    \"version\": \"1.2.3\",\n    \"inputs\": [\n      "
        "\"shop\"\n    ]\n  },\n"
        "  \"summary\": {\n    \"documents\": 2,\n    \"rules\": 3,\n    \"pass\": 4,\n    \"fail\": 3,\n    "
        "\"manual\": 1,\n"
        "    \"skip\": 0,\n    \"error\": 0,\n    \"bySeverity\": {\n      \"critical\": 2,\n      \"high\": 0,\n"
        "      \"medium\": 0,\n      \"low\": 1\n    },\n    \"excepted\": 0,\n    \"unjudged\": 0,\n    \"known\": 0\n  },\n  \"findings\": [\n    {\n      \"rule\": \"BW-T-001\",\n"
        "      \"title\": \"Container runs privileged\",\n      \"severity\": \"critical\",\n      \"verdict\": "
        "\"fail\",\n"
        "      \"practice\": \"W03\",\n      \"resource\": {\n        \"apiVersion\": \"apps/v1\",\n"
        "        \"kind\": \"Deployment\",\n        \"namespace\": \"shop\",\n        \"name\": \"web\"\n      },\n"
        "      \"location\": {\n        \"file\": \"shop/web.yaml\",\n        \"line\": 21,\n        \"column\": 25,\n"
        "        \"path\": \"spec.template.spec.containers[0].securityContext.privileged\"\n      },\n"
        "      \"message\": \"container \\\"web\\\" runs privileged\",\n      \"remediation\": \"Remove "
        "privileged.\",\n"
        "      \"frameworks\": [\n        {\n          \"name\": \"pss-baseline\",\n          \"control\": "
        "\"privileged\"\n"
        "        },\n        {\n          \"name\": \"cis-1.12\",\n          \"control\": \"5.2.2\"\n        }\n      "
        "]\n    },\n";

static void json_is_a_scan_report(void **state)
{
        struct kept kept = {0};

        (void)state;
        render(&sample_report, "json", (struct bw_report_options){0}, &kept);
        assert_memory_equal(kept.buf.p, json, strlen(json));
        /* Input errors appear only when there are some. */
        assert_null(strstr(kept.buf.p, "\"errors\""));
        kept_done(&kept);
}

static void yaml_is_the_same_report(void **state)
{
        static const char wanted[] =
                "apiVersion: bulwark.dev/v1\nkind: ScanReport\nmetadata:\n"
                "  generatedAt: \"2026-11-21T15:04:05Z\"\n  version: \"1.2.3\"\n  inputs:\n  - shop\nsummary:\n";
        struct kept kept = {0};

        (void)state;
        render(&sample_report, "yaml", (struct bw_report_options){0}, &kept);
        assert_memory_equal(kept.buf.p, wanted, strlen(wanted));
        assert_non_null(strstr(kept.buf.p, "\nfindings:\n- rule: BW-T-001\n  title: Container runs privileged\n"));
        assert_non_null(strstr(kept.buf.p, "\n  frameworks:\n  - name: pss-baseline\n    control: privileged\n"));
        assert_non_null(strstr(kept.buf.p, "\n  frameworks: []\n"));
        kept_done(&kept);
}

#define MANY 2000

/* A long report leaves in blocks, and the same bytes come out. */
/* A comment, and the controls of a framework, are no longer than a block. */
static bool is_short(const struct bw_reporter *reporter)
{
        return strcmp(reporter->name, "markdown") == 0 || reporter->shows_controls;
}

static void output_leaves_in_blocks(void **state)
{
        static struct bw_finding many[MANY];
        struct bw_report report = sample_report;

        (void)state;
        for (size_t i = 0; i < MANY; i++) {
                many[i] = sample_findings[i % 3];
                many[i].doc = (uint32_t)(i / 3);
        }
        report.findings = many;
        report.n_findings = MANY;
        for (size_t i = 0; bw_reporters[i]; i++) {
                struct kept kept = {0};

                render(&report, bw_reporters[i]->name, (struct bw_report_options){0}, &kept);
                assert_true(kept.calls >= (is_short(bw_reporters[i]) ? 1 : 4));
                assert_true(kept.largest < 80 * 1024);
                kept_done(&kept);
        }
}

static void a_closed_pipe_stops_the_report(void **state)
{
        static struct bw_finding many[MANY];
        struct bw_report report = sample_report;

        (void)state;
        for (size_t i = 0; i < MANY; i++) {
                many[i] = sample_findings[0];
                many[i].doc = (uint32_t)i;
        }
        report.findings = many;
        report.n_findings = MANY;
        for (size_t i = 0; bw_reporters[i]; i++) {
                struct kept kept = {.fail_at = is_short(bw_reporters[i]) ? 1 : 2};
                struct bw_report_options options = {.flush = kept_flush, .flush_userdata = &kept};

                assert_int_equal(bw_reporters[i]->write(&report, &options, NULL), -EPIPE);
                assert_int_equal(kept.calls, kept.fail_at);
                kept_done(&kept);
        }
}

#ifdef BW_FAULT
static void every_allocation_may_fail(void **state)
{
        (void)state;
        for (size_t i = 0; bw_reporters[i]; i++) {
                for (uint64_t n = 1;; n++) {
                        struct kept kept = {0};
                        struct bw_report_options options = {.width = 60, .flush = kept_flush, .flush_userdata = &kept};
                        struct bw_error error = {0};
                        uint64_t calls;
                        int r;

                        bw_fault_plan(BW_FAULT_ALLOC, n, n & 1);
                        r = bw_reporters[i]->write(&sample_report, &options, &error);
                        calls = bw_fault_count(BW_FAULT_ALLOC);
                        bw_fault_plan(BW_FAULT_ALLOC, 0, false);
                        kept_done(&kept);
                        if (calls < n) {
                                assert_int_equal(r, 0);
                                break;
                        }
                        if (r != -ENOMEM)
                                fail_msg("%s: %d when allocation %d fails", bw_reporters[i]->name, r, (int)n);
                }
        }
}
#endif

static void registry(void **state)
{
        (void)state;
        for (size_t i = 0; bw_reporters[i]; i++) {
                assert_ptr_equal(bw_reporter_find(bw_str(bw_reporters[i]->name)), bw_reporters[i]);
                assert_true(bw_reporters[i]->help[0] != '\0');
        }
        assert_null(bw_reporter_find(BW_STR("")));
        assert_null(bw_reporter_find(BW_STR("jso")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_groups_by_resource_and_rule),
                cmocka_unit_test(summary_alone),
                cmocka_unit_test(nothing_found),
                cmocka_unit_test(carets),
                cmocka_unit_test(long_lines_are_cut_around_the_caret),
                cmocka_unit_test(wide_shows_paths_and_controls),
                cmocka_unit_test(messages_wrap_at_the_width),
                cmocka_unit_test(colours_only_when_asked),
                cmocka_unit_test(json_is_a_scan_report),
                cmocka_unit_test(yaml_is_the_same_report),
                cmocka_unit_test(output_leaves_in_blocks),
                cmocka_unit_test(a_closed_pipe_stops_the_report),
#ifdef BW_FAULT
                cmocka_unit_test(every_allocation_may_fail),
#endif
                cmocka_unit_test(registry),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests_name("reporters", tests, NULL, NULL);
}
