/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit's XML: a test suite for each file, a test case for each object and rule.
 * Source: the dialect that Jenkins and GitLab read (jenkinsci/xunit-plugin, junit-10.xsd); XML 1.0, 2.2, for characters.
 */
#include "base/error.h"
#include "base/time.h"
#include "report/report_internal.h"

static const struct bw_encoding text = {
        .ascii = {['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['\n'] = "\n", ['\t'] = "\t"}};
static const struct bw_encoding attribute = {
        .ascii = {['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;", ['\n'] = "&#10;", ['\t'] = "&#9;"}};

struct counts {
        uint64_t tests;
        uint64_t failures;
        uint64_t errors;
        uint64_t skipped;
};

struct junit {
        struct bw_buf out;
        struct bw_group group;
        const struct bw_report *report;
        const struct bw_report_options *options;
        char when[32];
};

static void put_attribute(struct bw_buf *out, const char *name, struct bw_str value)
{
        bw_report_char(out, ' ');
        bw_report_puts(out, name);
        bw_report_put(out, "=\"", 2);
        bw_report_encode(out, &attribute, value);
        bw_report_char(out, '"');
}

static void put_number(struct bw_buf *out, const char *name, uint64_t value)
{
        bw_report_char(out, ' ');
        bw_report_puts(out, name);
        bw_report_put(out, "=\"", 2);
        bw_buf_u64(out, value);
        bw_report_char(out, '"');
}

static void put_counts(struct bw_buf *out, const struct counts *counts)
{
        put_number(out, "tests", counts->tests);
        put_number(out, "failures", counts->failures);
        put_number(out, "errors", counts->errors);
        put_number(out, "skipped", counts->skipped);
}

static void count_case(struct counts *counts, enum bw_verdict verdict)
{
        counts->tests++;
        counts->failures += verdict == BW_VERDICT_FAIL;
        counts->errors += verdict == BW_VERDICT_ERROR;
        counts->skipped += verdict == BW_VERDICT_SKIP || verdict == BW_VERDICT_MANUAL;
}

static void put_place(struct bw_buf *out, const struct bw_finding *f)
{
        bw_report_encode(out, &text, f->location.file);
        if (f->location.line) {
                bw_report_char(out, ':');
                bw_buf_u64(out, f->location.line);
                bw_report_char(out, ':');
                bw_buf_u64(out, f->location.column);
        }
        bw_report_put(out, ": ", 2);
        bw_report_encode(out, &text, f->message.n ? f->message : f->rule->title);
        if (bw_finding_objects(f) > 1) {
                bw_report_puts(out, ", ");
                (void)bw_report_others(out, f);
        }
        bw_report_char(out, '\n');
        if (f->location.path.n) {
                bw_report_put(out, "    ", 4);
                bw_report_encode(out, &text, f->location.path);
                bw_report_char(out, '\n');
        }
}

/* One element with the text of all findings: some readers take only the first. */
static void put_problem(struct junit *j, const char *element, const struct bw_finding *const *findings, size_t n)
{
        struct bw_buf *out = &j->out;

        bw_report_puts(out, "      <");
        bw_report_puts(out, element);
        put_attribute(out, "message", findings[0]->message);
        put_attribute(out, "type", bw_str(bw_severity_text(findings[0]->rule->severity)));
        bw_report_char(out, '>');
        for (size_t i = 0; i < n; i++)
                put_place(out, findings[i]);
        if (findings[0]->remediation.n && findings[0]->verdict == BW_VERDICT_FAIL) {
                bw_report_puts(out, "Fix: ");
                bw_report_encode(out, &text, findings[0]->remediation);
                bw_report_char(out, '\n');
        }
        bw_report_put(out, "</", 2);
        bw_report_puts(out, element);
        bw_report_put(out, ">\n", 2);
}

static void put_skipped(struct junit *j, const struct bw_finding *f)
{
        bw_report_puts(&j->out, "      <skipped");
        if (f->exception) {
                bw_report_puts(&j->out, " message=\"excepted: ");
                bw_report_encode(&j->out, &attribute, f->exception->reason);
                bw_report_char(&j->out, '"');
        } else {
                put_attribute(&j->out, "message", f->message);
        }
        bw_report_puts(&j->out, "/>\n");
}

static void put_case(struct junit *j, const struct bw_finding *const *findings, size_t n)
{
        const struct bw_finding *f = findings[0];
        struct bw_buf *out = &j->out;

        bw_report_puts(out, "    <testcase classname=\"");
        bw_report_resource(out, &attribute, &f->resource);
        bw_report_puts(out, "\" name=\"");
        bw_report_encode(out, &attribute, f->rule->id);
        bw_report_char(out, ' ');
        bw_report_encode(out, &attribute, f->rule->title);
        bw_report_char(out, '"');
        put_attribute(out, "file", f->location.file);
        if (f->location.line)
                put_number(out, "line", f->location.line);
        if (f->verdict == BW_VERDICT_PASS) {
                bw_report_puts(out, "/>\n");
                return;
        }
        bw_report_puts(out, ">\n");
        if (f->verdict == BW_VERDICT_FAIL)
                put_problem(j, "failure", findings, n);
        else if (f->verdict == BW_VERDICT_ERROR)
                put_problem(j, "error", findings, n);
        else
                put_skipped(j, f);
        bw_report_puts(out, "    </testcase>\n");
}

/* Cases of the objects from `from` to `end`: counted, and written if put is set. */
static int walk(struct junit *j, size_t from, size_t end, struct counts *counts, bool put)
{
        for (size_t at = from; at < end;) {
                int r = bw_group_take(&j->group, j->report, at, true, &at);

                for (size_t i = 0, to; i < j->group.n && r == 0; i = to) {
                        to = bw_group_run(&j->group, i);
                        count_case(counts, j->group.items[i]->verdict);
                        if (!put)
                                continue;
                        put_case(j, j->group.items + i, to - i);
                        r = bw_report_flush(&j->out, j->options, BW_REPORT_BLOCK);
                }
                if (r < 0)
                        return r;
        }
        return 0;
}

static void begin_suite(struct junit *j, struct bw_str name, const struct counts *counts)
{
        bw_report_puts(&j->out, "  <testsuite");
        put_attribute(&j->out, "name", name);
        put_counts(&j->out, counts);
        put_attribute(&j->out, "timestamp", bw_str(j->when));
        bw_report_puts(&j->out, ">\n");
}

static int put_suite(struct junit *j, size_t from, size_t end)
{
        struct counts counts = {0};
        int r = walk(j, from, end, &counts, false);

        if (r < 0)
                return r;
        begin_suite(j, j->report->findings[from].location.file, &counts);
        r = walk(j, from, end, &(struct counts){0}, true);
        bw_report_puts(&j->out, "  </testsuite>\n");
        return r;
}

static int put_suites(struct junit *j)
{
        const struct bw_finding *findings = j->report->findings;
        size_t n = j->report->n_findings;
        int r = 0;

        for (size_t i = 0, end; i < n && r == 0; i = end) {
                for (end = i + 1; end < n && findings[end].input == findings[i].input;)
                        end++;
                r = put_suite(j, i, end);
        }
        return r;
}

/* The run itself: readers of reports take one without any case for a mistake. Inputs that were not read are errors. */
static int put_run(struct junit *j, const struct counts *counts)
{
        const struct bw_report *report = j->report;
        struct bw_buf *out = &j->out;
        int r = 0;

        begin_suite(j, BW_STR("bulwark"), counts);
        bw_report_puts(out, "    <testcase classname=\"bulwark\" name=\"");
        bw_report_plural(out, report->summary.documents, "object", "objects");
        bw_report_puts(out, " judged by ");
        bw_report_plural(out, report->summary.rules, "rule", "rules");
        bw_report_puts(out, "\"/>\n");
        for (size_t i = 0; i < report->n_errors && r == 0; i++) {
                const struct bw_input_error *e = &report->errors[i];

                bw_report_puts(out, "    <testcase classname=\"bulwark\" name=\"read ");
                bw_report_encode(out, &attribute, e->file);
                bw_report_char(out, '"');
                put_attribute(out, "file", e->file);
                if (e->line)
                        put_number(out, "line", e->line);
                bw_report_puts(out, ">\n      <error");
                put_attribute(out, "message", e->message);
                bw_report_puts(out, " type=\"unreadable\"/>\n    </testcase>\n");
                r = bw_report_flush(out, j->options, BW_REPORT_BLOCK);
        }
        bw_report_puts(out, "  </testsuite>\n");
        return r;
}

static int write_all(struct junit *j)
{
        const struct counts run = {.tests = 1 + j->report->n_errors, .errors = j->report->n_errors};
        struct counts all = run;
        int r = walk(j, 0, j->report->n_findings, &all, false);

        if (r < 0)
                return r;
        bw_report_puts(&j->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"bulwark\"");
        put_counts(&j->out, &all);
        if (j->options->elapsed_us)
                bw_buf_printf(&j->out, " time=\"%.6f\"", (double)j->options->elapsed_us / 1e6);
        bw_report_puts(&j->out, ">\n");
        r = put_run(j, &run);
        if (r == 0)
                r = put_suites(j);
        bw_report_puts(&j->out, "</testsuites>\n");
        return r < 0 ? r : bw_report_flush(&j->out, j->options, 1);
}

static int write_junit(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        struct junit j = {.report = report, .options = options};
        int r;

        /* ISO 8601 without a zone, as JUnit writes it. */
        (void)bw_time_format(report->generated_at, j.when);
        j.when[strlen(j.when) - 1] = '\0';
        r = write_all(&j);
        bw_buf_done(&j.out);
        bw_group_done(&j.group);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

const struct bw_reporter bw_reporter_junit = {
        .name = "junit",
        .help = "JUnit XML, for CI systems that show tests",
        .shows_excepted = true,
        .write = write_junit,
};
