/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Annotations on the lines of a pull request: workflow commands that GitHub Actions reads from a step's output.
 * Source: GitHub, "Workflow commands for GitHub Actions"; actions/toolkit, packages/core/src/command.ts, for what is
 *         escaped.
 */
#include "base/error.h"
#include "report/report_internal.h"

static const struct bw_encoding data = {.ascii = {['%'] = "%25", ['\r'] = "%0D", ['\n'] = "%0A"}};
static const struct bw_encoding property = {
        .ascii = {['%'] = "%25", ['\r'] = "%0D", ['\n'] = "%0A", [':'] = "%3A", [','] = "%2C"}};

static const char *const commands[_BW_SEVERITY_MAX] = {
        [BW_SEVERITY_LOW] = "notice",
        [BW_SEVERITY_MEDIUM] = "warning",
        [BW_SEVERITY_HIGH] = "error",
        [BW_SEVERITY_CRITICAL] = "error",
};

struct github {
        struct bw_buf out;
        const struct bw_report *report;
        const struct bw_report_options *options;
};

static void put_place(struct bw_buf *out, const struct bw_location *at)
{
        uint32_t end = bw_report_end_column(at);

        if (at->file.n == 0 || bw_str_is(at->file, "<stdin>"))
                return;
        bw_report_puts(out, "file=");
        bw_report_encode(out, &property, at->file);
        bw_report_char(out, ',');
        if (at->line == 0)
                return;
        bw_report_puts(out, "line=");
        bw_buf_u64(out, at->line);
        bw_report_char(out, ',');
        if (at->column == 0)
                return;
        bw_report_puts(out, "col=");
        bw_buf_u64(out, at->column);
        bw_report_char(out, ',');
        if (end == 0)
                return;
        bw_report_puts(out, "endColumn=");
        bw_buf_u64(out, end);
        bw_report_char(out, ',');
}

static void begin(struct bw_buf *out, const char *command, const struct bw_location *at)
{
        bw_report_put(out, "::", 2);
        bw_report_puts(out, command);
        bw_report_char(out, ' ');
        put_place(out, at);
        bw_report_puts(out, "title=");
}

static int put_finding(struct github *g, const struct bw_finding *f)
{
        struct bw_buf *out = &g->out;

        begin(out, f->verdict == BW_VERDICT_FAIL ? commands[f->rule->severity] : "warning", &f->location);
        bw_report_encode(out, &property, f->rule->id);
        bw_report_char(out, ' ');
        bw_report_encode(out, &property, f->rule->title);
        bw_report_put(out, "::", 2);
        bw_report_resource(out, &data, &f->resource);
        bw_report_put(out, ": ", 2);
        bw_report_encode(out, &data, f->message.n ? f->message : f->rule->title);
        if (bw_finding_objects(f) > 1) {
                bw_report_puts(out, ", ");
                (void)bw_report_others(out, f);
        }
        if (f->remediation.n && f->verdict != BW_VERDICT_ERROR) {
                bw_report_puts(out, "%0AFix: ");
                bw_report_encode(out, &data, f->remediation);
        }
        bw_report_char(out, '\n');
        return bw_report_flush(out, g->options, BW_REPORT_BLOCK);
}

static void put_other(struct github *g, const char *command, const char *title, const struct bw_location *at,
                      struct bw_str message)
{
        begin(&g->out, command, at);
        bw_report_puts(&g->out, title);
        bw_report_put(&g->out, "::", 2);
        bw_report_encode(&g->out, &data, message);
        bw_report_char(&g->out, '\n');
}

/* GitHub shows only the first ten annotations of a level: the worst come first, severity by severity. */
static int put_findings(struct github *g, bool fails, enum bw_severity severity)
{
        const struct bw_report *report = g->report;
        int r = 0;

        for (size_t i = 0; i < report->n_findings && r == 0; i++) {
                const struct bw_finding *f = &report->findings[i];

                if (f->rule->severity == severity && bw_report_lists(f, false) &&
                    (f->verdict == BW_VERDICT_FAIL) == fails)
                        r = put_finding(g, f);
        }
        return r;
}

static int put_all(struct github *g)
{
        const struct bw_report *report = g->report;
        int r = 0;

        for (size_t i = 0; i < report->n_errors && r == 0; i++) {
                const struct bw_input_error *x = &report->errors[i];

                put_other(g, "error", "Not judged", &(struct bw_location){.file = x->file, .line = x->line, .column = x->column},
                          x->message);
                r = bw_report_flush(&g->out, g->options, BW_REPORT_BLOCK);
        }
        for (int fails = 1; fails >= 0; fails--)
                for (int i = _BW_SEVERITY_MAX - 1; i >= 0 && r == 0; i--)
                        r = put_findings(g, fails, (enum bw_severity)i);
        for (size_t i = 0; i < report->n_notices && r == 0; i++) {
                const struct bw_notice *x = &report->notices[i];

                put_other(g, "notice", "Settings", &(struct bw_location){.file = x->file, .line = x->line, .column = x->column},
                          x->message);
                r = bw_report_flush(&g->out, g->options, BW_REPORT_BLOCK);
        }
        if (r < 0)
                return r;
        bw_report_puts(&g->out, "bulwark: ");
        bw_report_counts(&g->out, &report->summary);
        bw_report_char(&g->out, '\n');
        return bw_report_flush(&g->out, g->options, 1);
}

static int write_github(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        struct github g = {.report = report, .options = options};
        int r = put_all(&g);

        bw_buf_done(&g.out);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

const struct bw_reporter bw_reporter_github = {
        .name = "github",
        .help = "annotations in GitHub Actions, worst first",
        .write = write_github,
};
