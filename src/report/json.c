/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "finding/fingerprint.h"
#include "report/emit.h"
#include "report/report_internal.h"

static void emit_summary(struct bw_emit *e, const struct bw_summary *summary)
{
        /* The order of the published form. */
        static const enum bw_verdict verdicts[] = {BW_VERDICT_PASS, BW_VERDICT_FAIL, BW_VERDICT_MANUAL, BW_VERDICT_SKIP,
                                                   BW_VERDICT_ERROR};

        bw_emit_key(e, "summary");
        bw_emit_map(e);
        bw_emit_key_u64(e, "documents", summary->documents);
        bw_emit_key_u64(e, "rules", summary->rules);
        for (size_t i = 0; i < BW_ARRAY_SIZE(verdicts); i++)
                bw_emit_key_u64(e, bw_verdict_text(verdicts[i]), summary->verdicts[verdicts[i]]);
        bw_emit_key(e, "bySeverity");
        bw_emit_map(e);
        for (int i = _BW_SEVERITY_MAX - 1; i >= 0; i--)
                bw_emit_key_u64(e, bw_severity_text((enum bw_severity)i), summary->by_severity[i]);
        bw_emit_end(e);
        bw_emit_key_u64(e, "excepted", summary->excepted);
        bw_emit_key_u64(e, "unjudged", summary->unjudged);
        bw_emit_key_u64(e, "known", summary->known);
        bw_emit_end(e);
}

static void emit_exception(struct bw_emit *e, const struct bw_exception_note *note)
{
        if (!note)
                return;
        bw_emit_key(e, "exception");
        bw_emit_map(e);
        bw_emit_key_str(e, "reason", note->reason);
        bw_emit_key_str(e, "owner", note->owner);
        bw_emit_key_str(e, "expires", note->expires);
        bw_emit_key_str(e, "source", note->source);
        bw_emit_end(e);
}

/* The change of the file's text that makes the value right. */
static void emit_fix(struct bw_emit *e, const struct bw_finding *f)
{
        if (f->n_edits == 0)
                return;
        bw_emit_key(e, "fix");
        bw_emit_map(e);
        bw_emit_key(e, "edits");
        bw_emit_list(e);
        for (size_t i = 0; i < f->n_edits; i++) {
                bw_emit_map(e);
                bw_emit_key_u64(e, "line", f->edits[i].line);
                bw_emit_key_u64(e, "column", f->edits[i].column);
                bw_emit_key_u64(e, "endLine", f->edits[i].end_line);
                bw_emit_key_u64(e, "endColumn", f->edits[i].end_column);
                bw_emit_key_str(e, "text", f->edits[i].text);
                bw_emit_end(e);
        }
        bw_emit_end(e);
        bw_emit_end(e);
}

/* What a whole rule says of a whole object has none. */
static void emit_fingerprint(struct bw_emit *e, const struct bw_fingerprint *print)
{
        char hex[BW_FINGERPRINT_TEXT];

        if (print->high == 0 && print->low == 0)
                return;
        bw_emit_key_str(e, "fingerprint", bw_str(bw_fingerprint_format(*print, hex)));
}

/* What a finding stands for, if for more than its own object. */
static void emit_objects(struct bw_emit *e, const struct bw_finding *f)
{
        if (bw_finding_objects(f) == 1)
                return;
        bw_emit_key(e, "objects");
        bw_emit_map(e);
        bw_emit_key_u64(e, "count", f->n_objects);
        bw_emit_key_u64(e, "pods", f->n_pods);
        bw_emit_end(e);
}

static void emit_finding(struct bw_emit *e, const struct bw_finding *f)
{
        const struct bw_rule_info *rule = f->rule;

        bw_emit_map(e);
        bw_emit_key_str(e, "rule", rule->id);
        bw_emit_key_str(e, "title", rule->title);
        bw_emit_key_str(e, "severity", bw_str(bw_severity_text(rule->severity)));
        bw_emit_key_str(e, "verdict", bw_str(bw_verdict_text(f->verdict)));
        bw_emit_key_str(e, "practice", rule->practice);
        bw_emit_key(e, "resource");
        bw_emit_map(e);
        bw_emit_key_str(e, "apiVersion", f->resource.api_version);
        bw_emit_key_str(e, "kind", f->resource.kind);
        bw_emit_key_str(e, "namespace", f->resource.ns);
        bw_emit_key_str(e, "name", f->resource.name);
        bw_emit_end(e);
        emit_objects(e, f);
        bw_emit_key(e, "location");
        bw_emit_map(e);
        bw_emit_key_str(e, "file", f->location.file);
        bw_emit_key_u64(e, "line", f->location.line);
        bw_emit_key_u64(e, "column", f->location.column);
        bw_emit_key_str(e, "path", f->location.path);
        bw_emit_end(e);
        bw_report_emit_evidence(e, f->evidence);
        bw_emit_key_str(e, "message", f->message);
        bw_emit_key_str(e, "remediation", f->remediation);
        bw_report_controls(e, "frameworks", "name", rule);
        emit_fingerprint(e, &f->fingerprint);
        emit_exception(e, f->exception);
        emit_fix(e, f);
        bw_emit_end(e);
}

static void emit_place(struct bw_emit *e, struct bw_str file, uint32_t line, uint32_t column, struct bw_str message)
{
        bw_emit_map(e);
        bw_emit_key_str(e, "file", file);
        bw_emit_key_u64(e, "line", line);
        bw_emit_key_u64(e, "column", column);
        bw_emit_key_str(e, "message", message);
        bw_emit_end(e);
}

/* Inputs that could not be read. Absent when there are none, so that "not judged" never looks like "nothing wrong". */
static void emit_errors(struct bw_emit *e, const struct bw_report *report)
{
        if (report->n_errors == 0)
                return;
        bw_emit_key(e, "errors");
        bw_emit_list(e);
        for (size_t i = 0; i < report->n_errors; i++) {
                const struct bw_input_error *x = &report->errors[i];

                emit_place(e, x->file, x->line, x->column, x->message);
        }
        bw_emit_end(e);
}

/* What the owner of the settings should know. Absent when there is nothing. */
static void emit_notices(struct bw_emit *e, const struct bw_report *report)
{
        if (report->n_notices == 0)
                return;
        bw_emit_key(e, "notices");
        bw_emit_list(e);
        for (size_t i = 0; i < report->n_notices; i++) {
                const struct bw_notice *x = &report->notices[i];

                emit_place(e, x->file, x->line, x->column, x->message);
        }
        bw_emit_end(e);
}

static int write_report(const struct bw_report *report, const struct bw_report_options *options, enum bw_syntax syntax,
                        struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        char when[32];

        bw_emit_init(&e, syntax, options);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("ScanReport"));
        bw_emit_key(&e, "metadata");
        bw_emit_map(&e);
        bw_emit_key_str(&e, "generatedAt", bw_str(bw_time_format(report->generated_at, when)));
        bw_emit_key_str(&e, "version", report->version);
        bw_emit_key(&e, "inputs");
        bw_emit_list(&e);
        for (size_t i = 0; i < report->n_inputs; i++)
                bw_emit_str(&e, report->inputs[i]);
        bw_emit_end(&e);
        bw_emit_end(&e);
        emit_summary(&e, &report->summary);
        bw_emit_key(&e, "findings");
        bw_emit_list(&e);
        for (size_t i = 0; i < report->n_findings && e.status == 0; i++)
                if (bw_report_lists(&report->findings[i], options->include_passed))
                        emit_finding(&e, &report->findings[i]);
        bw_emit_end(&e);
        emit_errors(&e, report);
        emit_notices(&e, report);
        bw_emit_end(&e);
        return bw_emit_close(&e, reterr);
}

static int write_json(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        return write_report(report, options, BW_SYNTAX_JSON, reterr);
}

static int write_yaml(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        return write_report(report, options, BW_SYNTAX_YAML, reterr);
}

const struct bw_reporter bw_reporter_json = {
        .name = "json",
        .help = "a ScanReport in JSON, for programs",
        .shows_edits = true,
        .write = write_json,
};

const struct bw_reporter bw_reporter_yaml = {
        .name = "yaml",
        .help = "the same ScanReport in YAML",
        .shows_edits = true,
        .write = write_yaml,
};
