/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV, one line for each finding.
 * Source: RFC 4180; OWASP, "CSV Injection": spreadsheets take a cell that begins with one of = + - @ for a formula.
 */
#include "base/error.h"
#include "finding/fingerprint.h"
#include "report/report_internal.h"

static const struct bw_encoding csv = {.ascii = {['"'] = "\"\"", ['\n'] = "\n"}};

/* What may begin a formula; the last four are the first four in full width. */
static const char *const formula_starts[] = {"=", "+", "-", "@", "\t", "\r", "\n", "\xef\xbc\x9d", "\xef\xbc\x8b",
                                             "\xef\xbc\x8d", "\xef\xbc\xa0"};

static bool begins_formula(struct bw_str s)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(formula_starts); i++)
                if (bw_str_starts(s, bw_str(formula_starts[i])))
                        return true;
        return false;
}

/* Also what another separator than the comma would cut: some spreadsheets guess. */
static const bool quoted_bytes[256] = {[0 ... ' '] = true, ['"'] = true, [','] = true, [';'] = true, ['\''] = true, ['|'] = true};

static bool needs_quotes(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (quoted_bytes[(unsigned char)s.p[i]])
                        return true;
        return false;
}

static void put_inner(struct bw_buf *out, struct bw_str s)
{
        if (begins_formula(s))
                bw_report_char(out, '\'');
        bw_report_encode(out, &csv, s);
}

static void put_text(struct bw_buf *out, struct bw_str s)
{
        bool quoted = needs_quotes(s) || begins_formula(s);

        if (quoted)
                bw_report_char(out, '"');
        put_inner(out, s);
        if (quoted)
                bw_report_char(out, '"');
        bw_report_char(out, ',');
}

static void put_number(struct bw_buf *out, uint64_t v)
{
        if (v)
                bw_buf_u64(out, v);
        bw_report_char(out, ',');
}

static void put_controls(struct bw_buf *out, const struct bw_rule_info *rule)
{
        bool first = true;

        bw_report_char(out, '"');
        for (size_t i = 0; i < rule->n_controls; i++) {
                if (rule->controls[i].is_peer)
                        continue;
                bw_report_puts(out, first ? "" : "; ");
                first = false;
                put_inner(out, rule->controls[i].framework);
                bw_report_char(out, ' ');
                bw_report_encode(out, &csv, rule->controls[i].control);
        }
        bw_report_put(out, "\",", 2);
}

static void put_finding(struct bw_buf *out, const struct bw_finding *f)
{
        char hex[BW_FINGERPRINT_TEXT];

        put_text(out, bw_str(bw_severity_text(f->rule->severity)));
        put_text(out, bw_str(bw_verdict_text(f->verdict)));
        put_text(out, f->rule->id);
        put_text(out, f->rule->title);
        put_text(out, f->resource.kind);
        put_text(out, f->resource.ns);
        put_text(out, f->resource.name);
        put_text(out, f->location.file);
        put_number(out, f->location.line);
        put_number(out, f->location.column);
        put_text(out, f->location.path);
        put_text(out, f->message);
        put_text(out, f->remediation);
        put_text(out, f->rule->practice);
        put_controls(out, f->rule);
        put_text(out, f->exception ? f->exception->reason : BW_STR(""));
        bw_report_puts(out, bw_fingerprint_format(f->fingerprint, hex));
        bw_report_char(out, ',');
        bw_buf_u64(out, bw_finding_objects(f));
        bw_report_put(out, "\r\n", 2);
}

static int write_csv(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        int r = 0;

        bw_report_puts(&out, "severity,verdict,rule,title,kind,namespace,name,file,line,column,path,message,remediation,"
                             "practice,frameworks,exception,fingerprint,objects\r\n");
        for (size_t i = 0; i < report->n_findings && r == 0; i++) {
                if (!bw_report_lists(&report->findings[i], options->include_passed))
                        continue;
                put_finding(&out, &report->findings[i]);
                r = bw_report_flush(&out, options, BW_REPORT_BLOCK);
        }
        if (r == 0)
                r = bw_report_flush(&out, options, 1);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

const struct bw_reporter bw_reporter_csv = {
        .name = "csv",
        .help = "a table for spreadsheets and databases, one line for each finding",
        .write = write_csv,
};
