/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0, as code scanning services read it.
 * Source: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", sections 3.14 to 3.57; GitHub, "SARIF
 *         support for code scanning", for tags, security-severity and what identifies an alert.
 */
#include "base/error.h"
#include "base/time.h"
#include "finding/fingerprint.h"
#include "report/emit.h"
#include "report/report_internal.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

struct sarif {
        struct bw_emit e;
        struct bw_buf scratch;
        struct bw_tally rules;
        const struct bw_report *report;
        const struct bw_report_options *options;
        bool has_suppressions;
};

/* level: of a result; score: what GitHub sorts alerts by, in its bands critical, high, medium, low. */
static const struct {
        const char *level;
        const char *score;
} severity_rows[_BW_SEVERITY_MAX] = {
        [BW_SEVERITY_LOW] = {"note", "2.0"},
        [BW_SEVERITY_MEDIUM] = {"warning", "5.5"},
        [BW_SEVERITY_HIGH] = {"error", "8.0"},
        [BW_SEVERITY_CRITICAL] = {"error", "9.5"},
};

/* What a verdict is called; an error is no result, but a notification. */
static const char *const kinds[_BW_VERDICT_MAX] = {
        [BW_VERDICT_PASS] = "pass",
        [BW_VERDICT_FAIL] = "fail",
        [BW_VERDICT_MANUAL] = "review",
        [BW_VERDICT_SKIP] = "notApplicable",
};

/* A file that code scanning shows is found by a path from the root of the sources. */
#define SOURCE_ROOT "%SRCROOT%"

static void emit_text(struct bw_emit *e, const char *key, struct bw_str text)
{
        bw_emit_key(e, key);
        bw_emit_map(e);
        bw_emit_key_str(e, "text", text);
        bw_emit_end(e);
}

/* A message, in which "[text](target)" would be a link: what stands in an input makes none. */
static void emit_message(struct sarif *s, struct bw_str text)
{
        size_t at = bw_str_find(text, BW_STR("]("));

        bw_buf_clear(&s->scratch);
        while (at != SIZE_MAX) {
                bw_report_str(&s->scratch, bw_str_n(text.p, at + 1));
                bw_report_char(&s->scratch, ' ');
                text = bw_str_rest(text, at + 1);
                at = bw_str_find(text, BW_STR("]("));
        }
        bw_report_str(&s->scratch, text);
        if (s->scratch.status < 0)
                s->e.status = s->scratch.status;
        emit_text(&s->e, "message", bw_buf_view(&s->scratch));
}

static void emit_artifact_location(struct sarif *s, const char *key, struct bw_str file)
{
        bw_emit_key(&s->e, key);
        bw_emit_map(&s->e);
        bw_buf_clear(&s->scratch);
        bw_report_uri(&s->scratch, file);
        if (s->scratch.status < 0)
                s->e.status = s->scratch.status;
        bw_emit_key_str(&s->e, "uri", bw_buf_view(&s->scratch));
        if (!bw_str_starts(file, BW_STR("/")))
                bw_emit_key_str(&s->e, "uriBaseId", BW_STR(SOURCE_ROOT));
        bw_emit_end(&s->e);
}

/* ---- rules */

static void emit_tags(struct bw_emit *e, const struct bw_rule_info *rule)
{
        bw_emit_key(e, "tags");
        bw_emit_list(e);
        /* GitHub gives a security severity only to rules with the first of these. */
        bw_emit_str(e, BW_STR("security"));
        bw_emit_str(e, BW_STR("kubernetes"));
        if (rule->practice.n)
                bw_emit_str(e, rule->practice);
        for (size_t i = 0; i < rule->n_controls; i++) {
                const struct bw_control *c = &rule->controls[i];
                bool is_repeated = c->is_peer;

                for (size_t k = 0; k < i && !is_repeated; k++)
                        is_repeated = !rule->controls[k].is_peer && bw_str_eq(rule->controls[k].framework, c->framework);
                if (!is_repeated)
                        bw_emit_str(e, c->framework);
        }
        bw_emit_end(e);
}

/* Rules are written by those who run the scan: their texts are Markdown as they stand. */
static void put_help(struct bw_buf *out, const struct bw_rule_info *rule, bool markdown)
{
        bw_report_str(out, rule->why.n ? rule->why : rule->title);
        if (rule->fix.n) {
                bw_report_puts(out, markdown ? "\n\n**Fix:** " : "\n\nFix: ");
                bw_report_str(out, rule->fix);
        }
        for (size_t i = 0; i < rule->n_references; i++) {
                bw_report_puts(out, i == 0 ? "\n\n" : "\n");
                bw_report_puts(out, markdown ? "* <" : "");
                bw_report_str(out, rule->references[i]);
                bw_report_puts(out, markdown ? ">" : "");
        }
}

static void emit_help(struct sarif *s, const struct bw_rule_info *rule)
{
        bw_emit_key(&s->e, "help");
        bw_emit_map(&s->e);
        for (int markdown = 0; markdown < 2; markdown++) {
                bw_buf_clear(&s->scratch);
                put_help(&s->scratch, rule, markdown);
                if (s->scratch.status < 0)
                        s->e.status = s->scratch.status;
                bw_emit_key_str(&s->e, markdown ? "markdown" : "text", bw_buf_view(&s->scratch));
        }
        bw_emit_end(&s->e);
}

static void emit_rule(struct sarif *s, const struct bw_rule_info *rule)
{
        struct bw_emit *e = &s->e;

        bw_emit_map(e);
        bw_emit_key_str(e, "id", rule->id);
        emit_text(e, "shortDescription", rule->title);
        emit_text(e, "fullDescription", rule->why.n ? rule->why : rule->title);
        emit_help(s, rule);
        if (rule->n_references)
                bw_emit_key_str(e, "helpUri", rule->references[0]);
        bw_emit_key(e, "defaultConfiguration");
        bw_emit_map(e);
        bw_emit_key_str(e, "level", bw_str(severity_rows[rule->severity].level));
        bw_emit_end(e);
        bw_emit_key(e, "properties");
        bw_emit_map(e);
        emit_tags(e, rule);
        bw_emit_any_key(e, BW_STR("security-severity"));
        bw_emit_str(e, bw_str(severity_rows[rule->severity].score));
        bw_emit_key_str(e, "severity", bw_str(bw_severity_text(rule->severity)));
        bw_report_controls(e, "controls", "framework", rule);
        bw_emit_end(e);
        bw_emit_end(e);
}

static void emit_tool(struct sarif *s)
{
        struct bw_emit *e = &s->e;

        bw_emit_key(e, "tool");
        bw_emit_map(e);
        bw_emit_key(e, "driver");
        bw_emit_map(e);
        bw_emit_key_str(e, "name", BW_STR("bulwark"));
        bw_emit_key_str(e, "version", s->report->version);
        bw_emit_key_str(e, "semanticVersion", s->report->version);
        bw_emit_key(e, "rules");
        bw_emit_list(e);
        for (size_t i = 0; i < s->rules.n && e->status == 0; i++)
                emit_rule(s, s->rules.ordered[i]->rule);
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_end(e);
}

/* ---- the run */

static void emit_physical(struct sarif *s, const struct bw_location *at, bool with_snippet)
{
        struct bw_emit *e = &s->e;
        uint32_t end = with_snippet ? bw_report_end_column(at) : 0;

        bw_emit_key(e, "physicalLocation");
        bw_emit_map(e);
        emit_artifact_location(s, "artifactLocation", at->file);
        if (at->line) {
                bw_emit_key(e, "region");
                bw_emit_map(e);
                bw_emit_key_u64(e, "startLine", at->line);
                if (at->column)
                        bw_emit_key_u64(e, "startColumn", at->column);
                if (end) {
                        bw_emit_key_u64(e, "endLine", at->line);
                        bw_emit_key_u64(e, "endColumn", end);
                }
                if (with_snippet && at->source.n)
                        emit_text(e, "snippet", at->source);
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

static void emit_notification(struct sarif *s, const char *level, const struct bw_location *at, struct bw_str message,
                              const struct bw_rule_info *rule)
{
        struct bw_emit *e = &s->e;

        bw_emit_map(e);
        bw_emit_key_str(e, "level", bw_str(level));
        emit_message(s, message);
        if (at->file.n) {
                bw_emit_key(e, "locations");
                bw_emit_list(e);
                bw_emit_map(e);
                emit_physical(s, at, false);
                bw_emit_end(e);
                bw_emit_end(e);
        }
        if (rule) {
                bw_emit_key(e, "associatedRule");
                bw_emit_map(e);
                bw_emit_key_str(e, "id", rule->id);
                bw_emit_key_u64(e, "index", bw_tally_find(&s->rules, rule)->index);
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

static void emit_notifications(struct sarif *s)
{
        const struct bw_report *report = s->report;
        struct bw_emit *e = &s->e;

        bw_emit_key(e, "toolExecutionNotifications");
        bw_emit_list(e);
        for (size_t i = 0; i < report->n_errors; i++) {
                const struct bw_input_error *x = &report->errors[i];

                emit_notification(s, "error", &(struct bw_location){x->file, x->line, x->column, {0}, {0}}, x->message,
                                  NULL);
        }
        for (size_t i = 0; i < report->n_findings && e->status == 0; i++)
                if (report->findings[i].verdict == BW_VERDICT_ERROR)
                        emit_notification(s, "error", &report->findings[i].location, report->findings[i].message,
                                          report->findings[i].rule);
        bw_emit_end(e);
        bw_emit_key(e, "toolConfigurationNotifications");
        bw_emit_list(e);
        for (size_t i = 0; i < report->n_notices; i++) {
                const struct bw_notice *x = &report->notices[i];

                emit_notification(s, "warning", &(struct bw_location){x->file, x->line, x->column, {0}, {0}},
                                  x->message, NULL);
        }
        bw_emit_end(e);
}

static void emit_invocation(struct sarif *s)
{
        struct bw_emit *e = &s->e;
        char when[32];

        bw_emit_key(e, "invocations");
        bw_emit_list(e);
        bw_emit_map(e);
        /* 0 and 1 tell what was found; the others, that something was not looked at. */
        bw_emit_key(e, "executionSuccessful");
        bw_emit_bool(e, s->options->exit_status <= 1);
        bw_emit_key_u64(e, "exitCode", (uint64_t)s->options->exit_status);
        bw_emit_key_str(e, "startTimeUtc", bw_str(bw_time_format(s->report->generated_at, when)));
        emit_notifications(s);
        bw_emit_end(e);
        bw_emit_end(e);
}

/* Files with results, in the order of the results. */
static void emit_artifacts(struct sarif *s)
{
        const struct bw_report *report = s->report;
        struct bw_str last = {0};
        struct bw_emit *e = &s->e;

        bw_emit_key(e, "artifacts");
        bw_emit_list(e);
        for (size_t i = 0; i < report->n_findings && e->status == 0; i++) {
                struct bw_str file = report->findings[i].location.file;

                if (bw_str_eq(file, last))
                        continue;
                last = file;
                bw_emit_map(e);
                emit_artifact_location(s, "location", file);
                bw_emit_key(e, "roles");
                bw_emit_list(e);
                bw_emit_str(e, BW_STR("analysisTarget"));
                if (bw_str_is(file, "<stdin>"))
                        bw_emit_str(e, BW_STR("standardStream"));
                bw_emit_end(e);
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

/* ---- results */

static void emit_locations(struct sarif *s, const struct bw_finding *f)
{
        struct bw_emit *e = &s->e;

        bw_emit_key(e, "locations");
        bw_emit_list(e);
        bw_emit_map(e);
        emit_physical(s, &f->location, true);
        bw_emit_key(e, "logicalLocations");
        bw_emit_list(e);
        bw_emit_map(e);
        bw_emit_key_str(e, "name", f->resource.name);
        bw_buf_clear(&s->scratch);
        bw_report_resource(&s->scratch, &(const struct bw_encoding){0}, &f->resource);
        if (s->scratch.status < 0)
                e->status = s->scratch.status;
        bw_emit_key_str(e, "fullyQualifiedName", bw_buf_view(&s->scratch));
        bw_emit_key_str(e, "kind", BW_STR("resource"));
        bw_emit_end(e);
        if (f->location.path.n) {
                bw_emit_map(e);
                bw_emit_key_str(e, "fullyQualifiedName", f->location.path);
                bw_emit_key_str(e, "kind", BW_STR("property"));
                bw_emit_end(e);
        }
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_end(e);
}

static void emit_fingerprint(struct bw_emit *e, const struct bw_fingerprint *print)
{
        char hex[BW_FINGERPRINT_TEXT];

        if (print->high == 0 && print->low == 0)
                return;
        bw_emit_key(e, "partialFingerprints");
        bw_emit_map(e);
        bw_emit_any_key(e, BW_STR("bulwark/v1"));
        bw_emit_str(e, bw_str(bw_fingerprint_format(*print, hex)));
        bw_emit_end(e);
}

static void emit_region(struct bw_emit *e, const char *key, const struct bw_edit *edit)
{
        bw_emit_key(e, key);
        bw_emit_map(e);
        bw_emit_key_u64(e, "startLine", edit->line);
        bw_emit_key_u64(e, "startColumn", edit->column);
        bw_emit_key_u64(e, "endLine", edit->end_line);
        bw_emit_key_u64(e, "endColumn", edit->end_column);
        bw_emit_end(e);
}

static void emit_fixes(struct sarif *s, const struct bw_finding *f)
{
        struct bw_emit *e = &s->e;

        if (f->n_edits == 0)
                return;
        bw_emit_key(e, "fixes");
        bw_emit_list(e);
        bw_emit_map(e);
        emit_text(e, "description", f->remediation.n ? f->remediation : f->rule->title);
        bw_emit_key(e, "artifactChanges");
        bw_emit_list(e);
        bw_emit_map(e);
        emit_artifact_location(s, "artifactLocation", f->location.file);
        bw_emit_key(e, "replacements");
        bw_emit_list(e);
        for (size_t i = 0; i < f->n_edits; i++) {
                bw_emit_map(e);
                emit_region(e, "deletedRegion", &f->edits[i]);
                emit_text(e, "insertedContent", f->edits[i].text);
                bw_emit_end(e);
        }
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_end(e);
}

/* Either all results tell whether they are suppressed, or none does. */
static void emit_suppressions(struct sarif *s, const struct bw_finding *f)
{
        const struct bw_exception_note *note = f->exception;
        struct bw_emit *e = &s->e;

        if (!s->has_suppressions)
                return;
        bw_emit_key(e, "suppressions");
        bw_emit_list(e);
        if (note) {
                bw_emit_map(e);
                bw_emit_key_str(e, "kind",
                                bw_str_starts(note->source, BW_STR("annotation")) ? BW_STR("inSource")
                                                                                  : BW_STR("external"));
                bw_emit_key_str(e, "status", BW_STR("accepted"));
                bw_emit_key_str(e, "justification", note->reason);
                bw_emit_key(e, "properties");
                bw_emit_map(e);
                bw_emit_key_str(e, "owner", note->owner);
                bw_emit_key_str(e, "expires", note->expires);
                bw_emit_key_str(e, "source", note->source);
                bw_emit_end(e);
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

static void emit_result(struct sarif *s, const struct bw_finding *f)
{
        enum bw_verdict verdict = f->exception ? BW_VERDICT_FAIL : f->verdict;
        struct bw_emit *e = &s->e;

        bw_emit_map(e);
        bw_emit_key_str(e, "ruleId", f->rule->id);
        bw_emit_key_u64(e, "ruleIndex", bw_tally_find(&s->rules, f->rule)->index);
        bw_emit_key_str(e, "kind", bw_str(kinds[verdict]));
        bw_emit_key_str(e, "level",
                        verdict == BW_VERDICT_FAIL ? bw_str(severity_rows[f->rule->severity].level) : BW_STR("none"));
        emit_message(s, f->message.n ? f->message : f->rule->title);
        emit_locations(s, f);
        emit_fingerprint(e, &f->fingerprint);
        if (bw_finding_objects(f) > 1)
                bw_emit_key_u64(e, "occurrenceCount", bw_finding_objects(f));
        emit_fixes(s, f);
        emit_suppressions(s, f);
        if (f->evidence) {
                bw_emit_key(e, "properties");
                bw_emit_map(e);
                bw_report_emit_evidence(e, f->evidence);
                bw_emit_end(e);
        }
        /* What the baseline has is not in the report. */
        if (s->options->has_baseline && f->verdict == BW_VERDICT_FAIL)
                bw_emit_key_str(e, "baselineState", BW_STR("new"));
        bw_emit_end(e);
}

static void emit_run(struct sarif *s)
{
        const struct bw_report *report = s->report;
        struct bw_emit *e = &s->e;

        bw_emit_map(e);
        emit_tool(s);
        emit_invocation(s);
        bw_emit_key(e, "originalUriBaseIds");
        bw_emit_map(e);
        bw_emit_any_key(e, BW_STR(SOURCE_ROOT));
        bw_emit_map(e);
        emit_text(e, "description", BW_STR("The folder that bulwark was started in."));
        bw_emit_end(e);
        bw_emit_end(e);
        bw_emit_key_str(e, "columnKind", BW_STR("unicodeCodePoints"));
        emit_artifacts(s);
        bw_emit_key(e, "results");
        bw_emit_list(e);
        for (size_t i = 0; i < report->n_findings && e->status == 0; i++)
                if (report->findings[i].verdict != BW_VERDICT_ERROR)
                        emit_result(s, &report->findings[i]);
        bw_emit_end(e);
        bw_emit_end(e);
}

static int write_sarif(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        struct sarif s = {.report = report, .options = options};
        int r = 0;

        bw_emit_init(&s.e, BW_SYNTAX_JSON, options);
        for (size_t i = 0; i < report->n_findings && r == 0; i++) {
                r = bw_tally_add(&s.rules, report->findings[i].rule, 1);
                s.has_suppressions = s.has_suppressions || report->findings[i].exception;
        }
        if (r == 0)
                r = bw_tally_sort(&s.rules, bw_tally_by_id);
        if (r == 0) {
                bw_emit_map(&s.e);
                bw_emit_any_key(&s.e, BW_STR("$schema"));
                bw_emit_str(&s.e, BW_STR(SCHEMA));
                bw_emit_key_str(&s.e, "version", BW_STR("2.1.0"));
                bw_emit_key(&s.e, "runs");
                bw_emit_list(&s.e);
                emit_run(&s);
                bw_emit_end(&s.e);
                bw_emit_end(&s.e);
                r = bw_emit_close(&s.e, reterr);
        }
        bw_emit_done(&s.e);
        bw_buf_done(&s.scratch);
        bw_tally_done(&s.rules);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

const struct bw_reporter bw_reporter_sarif = {
        .name = "sarif",
        .help = "SARIF 2.1.0 with fixes, for code scanning services and editors",
        .shows_edits = true,
        .shows_excepted = true,
        .write = write_sarif,
};
