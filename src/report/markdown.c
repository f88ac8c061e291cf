/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markdown for a comment on a pull request: counts, then findings by severity and rule. What does not fit into a comment
 * is counted.
 * Source: GitHub Flavored Markdown Spec, "Backslash escapes", "Tables (extension)", "HTML blocks".
 */
#include "base/error.h"
#include "base/limits.h"
#include "report/report_internal.h"

/* The comment behind @ and # keeps texts of an input from calling people and linking issues. */
static const struct bw_encoding markdown = {
        .ascii = {['\\'] = "\\\\", ['`'] = "\\`", ['*'] = "\\*", ['_'] = "\\_", ['['] = "\\[", [']'] = "\\]",
                  ['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['|'] = "\\|", ['~'] = "\\~", ['$'] = "\\$",
                  ['@'] = "@<!-- -->", ['#'] = "#<!-- -->"}};

static const char *const titles[_BW_SEVERITY_MAX] = {
        [BW_SEVERITY_LOW] = "Low",
        [BW_SEVERITY_MEDIUM] = "Medium",
        [BW_SEVERITY_HIGH] = "High",
        [BW_SEVERITY_CRITICAL] = "Critical",
};

struct comment {
        struct bw_buf out;
        struct bw_tally rules; /* of what is being listed */
        const struct bw_report *report;
        const struct bw_report_options *options;
        size_t flushed;
        uint64_t unlisted;
};

static bool is_full(const struct comment *c)
{
        return c->flushed + c->out.n > BW_LIMIT_MARKDOWN_BYTES;
}

static int flush(struct comment *c, size_t least)
{
        size_t before = c->out.n;
        int r = bw_report_flush(&c->out, c->options, least);

        if (c->options->flush)
                c->flushed += before - c->out.n;
        return r;
}

static void put_heading(struct comment *c)
{
        const struct bw_summary *s = &c->report->summary;
        uint64_t fails = s->verdicts[BW_VERDICT_FAIL];

        bw_report_puts(&c->out, "### bulwark: ");
        if (fails)
                bw_report_plural(&c->out, fails, "failed check", "failed checks");
        else
                bw_report_counts(&c->out, s);
        bw_report_puts(&c->out, "\n\n");
        if (fails) {
                bw_report_puts(&c->out, "| Critical | High | Medium | Low |\n|---:|---:|---:|---:|\n|");
                for (int i = _BW_SEVERITY_MAX - 1; i >= 0; i--) {
                        bw_report_char(&c->out, ' ');
                        bw_buf_u64(&c->out, s->by_severity[i]);
                        bw_report_put(&c->out, " |", 2);
                }
                bw_report_puts(&c->out, "\n\n");
        }
        bw_report_plural(&c->out, s->documents, "object", "objects");
        bw_report_puts(&c->out, " judged by ");
        bw_report_plural(&c->out, s->rules, "rule", "rules");
        if (s->excepted)
                bw_buf_printf(&c->out, "; %" PRIu64 " excepted", s->excepted);
        if (s->known)
                bw_buf_printf(&c->out, "; %" PRIu64 " known from the baseline", s->known);
        bw_report_puts(&c->out, ".\n");
}

static void begin_section(struct comment *c, const char *title, uint64_t n, bool open)
{
        bw_report_puts(&c->out, open ? "\n<details open><summary><b>" : "\n<details><summary><b>");
        bw_report_puts(&c->out, title);
        bw_report_puts(&c->out, "</b> (");
        bw_buf_u64(&c->out, n);
        bw_report_puts(&c->out, ")</summary>\n");
}

static void end_section(struct comment *c)
{
        bw_report_puts(&c->out, "\n</details>\n");
}

/* A link where the file is one of the sources. */
static void put_place(struct bw_buf *out, struct bw_str file, uint32_t line)
{
        bool linked = file.n && file.p[0] != '/' && file.p[0] != '<';

        if (linked)
                bw_report_char(out, '[');
        bw_report_encode(out, &markdown, file);
        if (line) {
                bw_report_char(out, ':');
                bw_buf_u64(out, line);
        }
        if (!linked)
                return;
        bw_report_put(out, "](", 2);
        bw_report_uri(out, file);
        if (line) {
                bw_report_put(out, "#L", 2);
                bw_buf_u64(out, line);
        }
        bw_report_char(out, ')');
}

static void put_row(struct comment *c, const struct bw_finding *f)
{
        bw_report_put(&c->out, "| ", 2);
        bw_report_resource(&c->out, &markdown, &f->resource);
        bw_report_put(&c->out, " | ", 3);
        put_place(&c->out, f->location.file, f->location.line);
        bw_report_put(&c->out, " | ", 3);
        bw_report_encode(&c->out, &markdown, f->message.n ? f->message : f->rule->title);
        if (bw_finding_objects(f) > 1) {
                bw_report_puts(&c->out, ", ");
                (void)bw_report_others(&c->out, f);
        }
        bw_report_put(&c->out, " |\n", 3);
}

/* All findings of a rule: the table, and the fix behind it. */
static int put_rule(struct comment *c, const struct bw_tally_row *row, enum bw_verdict verdict)
{
        const struct bw_report *report = c->report;
        const struct bw_rule_info *rule = row->rule;
        uint64_t left = row->count;
        int r = 0;

        if (is_full(c)) {
                c->unlisted += left;
                return 0;
        }
        bw_report_puts(&c->out, "\n**");
        bw_report_encode(&c->out, &markdown, rule->id);
        bw_report_puts(&c->out, "** ");
        bw_report_encode(&c->out, &markdown, rule->title);
        bw_report_puts(&c->out, "\n\n| Object | Place | Finding |\n|---|---|---|\n");
        for (size_t i = 0; left && !is_full(c) && r == 0; i++) {
                const struct bw_finding *f = &report->findings[i];

                if (f->rule != rule || f->verdict != verdict)
                        continue;
                put_row(c, f);
                left--;
                r = flush(c, BW_REPORT_BLOCK);
        }
        c->unlisted += left;
        if (rule->fix.n && verdict == BW_VERDICT_FAIL) {
                bw_report_puts(&c->out, "\nFix: ");
                bw_report_encode(&c->out, &markdown, rule->fix);
                bw_report_char(&c->out, '\n');
        }
        return r;
}

/* Findings of one verdict; severity: of one severity, or of all (_BW_SEVERITY_MAX). */
static int put_section(struct comment *c, const char *title, enum bw_verdict verdict, int severity)
{
        const struct bw_report *report = c->report;
        uint64_t n = 0;
        int r = 0;

        bw_tally_done(&c->rules);
        for (size_t i = 0; i < report->n_findings && r == 0; i++) {
                const struct bw_finding *f = &report->findings[i];

                if (f->verdict != verdict || (severity != _BW_SEVERITY_MAX && (int)f->rule->severity != severity))
                        continue;
                r = bw_tally_add(&c->rules, f->rule, bw_finding_objects(f));
                n++;
        }
        if (r == 0)
                r = bw_tally_sort(&c->rules, bw_tally_worst_first);
        if (r < 0 || n == 0)
                return r;
        begin_section(c, title, n, severity >= (int)BW_SEVERITY_HIGH);
        for (size_t i = 0; i < c->rules.n && r == 0; i++)
                r = put_rule(c, c->rules.ordered[i], verdict);
        end_section(c);
        return r;
}

static void put_errors(struct comment *c)
{
        const struct bw_report *report = c->report;

        if (report->n_errors == 0)
                return;
        begin_section(c, "Not judged", report->n_errors, true);
        bw_report_char(&c->out, '\n');
        for (size_t i = 0; i < report->n_errors; i++) {
                if (is_full(c)) {
                        c->unlisted++;
                        continue;
                }
                bw_report_put(&c->out, "* ", 2);
                put_place(&c->out, report->errors[i].file, report->errors[i].line);
                bw_report_put(&c->out, ": ", 2);
                bw_report_encode(&c->out, &markdown, report->errors[i].message);
                bw_report_char(&c->out, '\n');
        }
        end_section(c);
}

static void put_notices(struct comment *c)
{
        const struct bw_report *report = c->report;

        if (report->n_notices)
                bw_report_char(&c->out, '\n');
        for (size_t i = 0; i < report->n_notices && !is_full(c); i++) {
                bw_report_puts(&c->out, "* Note: ");
                put_place(&c->out, report->notices[i].file, report->notices[i].line);
                bw_report_put(&c->out, ": ", 2);
                bw_report_encode(&c->out, &markdown, report->notices[i].message);
                bw_report_char(&c->out, '\n');
        }
}

static int put_all(struct comment *c)
{
        int r = 0;

        put_heading(c);
        put_errors(c);
        for (int i = _BW_SEVERITY_MAX - 1; i >= 0 && r == 0; i--)
                r = put_section(c, titles[i], BW_VERDICT_FAIL, i);
        if (r == 0)
                r = put_section(c, "Could not be evaluated", BW_VERDICT_ERROR, _BW_SEVERITY_MAX);
        if (r == 0)
                r = put_section(c, "To look at by hand", BW_VERDICT_MANUAL, _BW_SEVERITY_MAX);
        put_notices(c);
        if (c->unlisted) {
                bw_report_puts(&c->out, "\nAnd ");
                bw_buf_u64(&c->out, c->unlisted);
                bw_report_puts(&c->out, " more that do not fit here; the other formats list them all.\n");
        }
        return r < 0 ? r : flush(c, 1);
}

static int write_markdown(const struct bw_report *report, const struct bw_report_options *options,
                          struct bw_error *reterr)
{
        struct comment c = {.report = report, .options = options};
        int r = put_all(&c);

        bw_buf_done(&c.out);
        bw_tally_done(&c.rules);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

const struct bw_reporter bw_reporter_markdown = {
        .name = "markdown",
        .help = "for a comment on a pull request: counts, then findings by severity and rule",
        .write = write_markdown,
};
