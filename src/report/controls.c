/* SPDX-License-Identifier: Apache-2.0 */
/* A framework's controls, one line each: for auditors, who want all of them and not only what fails. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/time.h"
#include "base/utf8.h"
#include "finding/control.h"
#include "report/emit.h"
#include "report/report_internal.h"

static const char *const colors[_BW_VERDICT_MAX] = {
        [BW_VERDICT_PASS] = "\x1b[32m",   [BW_VERDICT_FAIL] = "\x1b[31m", [BW_VERDICT_MANUAL] = "\x1b[35m",
        [BW_VERDICT_SKIP] = "\x1b[2m",    [BW_VERDICT_ERROR] = "\x1b[1;35m",
};

/* Why the verdict is what it is: what was found, or why nothing could be. */
static void put_reason(struct bw_buf *out, const struct bw_control_result *result)
{
        const struct bw_finding *f = result->finding;

        if (!f) {
                bw_report_str(out, result->row->no_rule.n ? result->row->no_rule : BW_STR("nothing that it is about was seen"));
                return;
        }
        if (f->exception) {
                bw_report_puts(out, "excepted: ");
                bw_report_str(out, f->exception->reason);
        } else if (f->verdict != BW_VERDICT_PASS) {
                bw_report_str(out, f->message.n ? f->message : f->rule->title);
        } else if (f->evidence && f->evidence->text.n) {
                bw_report_str(out, f->evidence->text);
        }
        if (f->evidence && f->evidence->file.n && bw_str_find(f->message, f->evidence->file) == SIZE_MAX) {
                bw_report_puts(out, out->n ? " (" : "(");
                bw_report_str(out, f->evidence->file);
                if (f->evidence->line) {
                        bw_report_char(out, ':');
                        bw_buf_u64(out, f->evidence->line);
                }
                bw_report_char(out, ')');
        }
        if (result->n > 1 && f->verdict != BW_VERDICT_PASS)
                bw_buf_printf(out, "; and %" PRIu64 " more", result->n - 1);
}

/* ---- text */

struct widths {
        size_t id;
        size_t title;
};

static struct widths widths_of(const struct bw_control_result *results, size_t n)
{
        struct widths w = {0};

        for (size_t i = 0; i < n; i++) {
                w.id = BW_MAX(w.id, bw_utf8_count(results[i].row->id));
                w.title = BW_MAX(w.title, bw_utf8_count(results[i].row->title));
        }
        return w;
}

static void put_column(struct bw_buf *out, struct bw_str text, size_t width)
{
        size_t n = bw_report_clean(out, text);

        bw_buf_fill(out, ' ', width - BW_MIN(n, width) + 2);
}

static void put_line(struct bw_buf *out, const struct bw_report_options *options, const struct bw_control_result *result,
                     const struct widths *w, struct bw_buf *reason)
{
        const char *verdict = bw_verdict_text(result->verdict);

        put_column(out, result->row->id, w->id);
        bw_report_puts(out, options->color ? colors[result->verdict] : "");
        put_column(out, bw_str(verdict), strlen("manual"));
        bw_report_puts(out, options->color ? "\x1b[0m" : "");
        put_column(out, result->row->title, w->title);
        bw_buf_clear(reason);
        put_reason(reason, result);
        (void)bw_report_clean(out, bw_buf_view(reason));
        while (out->n && out->p[out->n - 1] == ' ')
                out->n--;
        bw_report_char(out, '\n');
}

static void put_totals(struct bw_buf *out, const struct bw_control_result *results, size_t n)
{
        static const enum bw_verdict order[] = {BW_VERDICT_PASS, BW_VERDICT_FAIL, BW_VERDICT_MANUAL, BW_VERDICT_SKIP,
                                                BW_VERDICT_ERROR};
        uint64_t counts[_BW_VERDICT_MAX] = {0};

        for (size_t i = 0; i < n; i++)
                counts[results[i].verdict]++;
        bw_report_plural(out, n, "control", "controls");
        for (size_t i = 0; i < BW_ARRAY_SIZE(order); i++)
                bw_buf_printf(out, "%s%" PRIu64 " %s", i ? ", " : ": ", counts[order[i]], bw_verdict_text(order[i]));
        bw_report_char(out, '\n');
}

/* The controls of one framework. */
static void put_framework(struct bw_buf *out, const struct bw_report_options *options,
                          const struct bw_control_result *results, size_t n)
{
        struct widths w = widths_of(results, n);
        bw_auto_done(bw_buf_done) struct bw_buf reason = {0};

        (void)bw_report_clean(out, results[0].row->framework);
        bw_report_char(out, '\n');
        for (size_t i = 0; i < n && !options->summary; i++)
                put_line(out, options, &results[i], &w, &reason);
        if (bw_buf_status(&reason) < 0)
                out->status = reason.status;
        put_totals(out, results, n);
}

static int write_text(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_control_result *results;
        int r = bw_control_results(report, &results, reterr);

        if (r < 0)
                return r;
        for (size_t i = 0, end; i < report->n_controls; i = end) {
                for (end = i + 1; end < report->n_controls &&
                                  bw_str_eq(results[end].row->framework, results[i].row->framework); end++)
                        ;
                if (i)
                        bw_report_char(&out, '\n');
                put_framework(&out, options, results + i, end - i);
        }
        if (!report->n_controls)
                put_totals(&out, results, 0);
        r = bw_report_flush(&out, options, 1);
        bw_free(results);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

/* ---- JSON */

static void emit_control(struct bw_emit *e, const struct bw_control_result *result, struct bw_buf *reason)
{
        const struct bw_finding *f = result->finding;

        bw_buf_clear(reason);
        put_reason(reason, result);
        bw_emit_map(e);
        bw_emit_key_str(e, "framework", result->row->framework);
        bw_emit_key_str(e, "control", result->row->id);
        bw_emit_key_str(e, "title", result->row->title);
        bw_emit_key_str(e, "verdict", bw_str(bw_verdict_text(result->verdict)));
        bw_emit_key_str(e, "reason", bw_buf_view(reason));
        bw_emit_key_str(e, "rule", f ? f->rule->id : BW_STR(""));
        bw_emit_key_u64(e, "findings", f ? result->n : 0);
        if (f)
                bw_report_emit_evidence(e, f->evidence);
        bw_emit_end(e);
}

static int write_json(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        bw_auto_done(bw_buf_done) struct bw_buf reason = {0};
        struct bw_control_result *results = NULL;
        char when[BW_TIME_TEXT];
        int r;

        bw_emit_init(&e, BW_SYNTAX_JSON, options);
        r = bw_control_results(report, &results, reterr);
        if (r < 0)
                return r;
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("ControlReport"));
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
        bw_emit_key(&e, "controls");
        bw_emit_list(&e);
        for (size_t i = 0; i < report->n_controls && e.status == 0; i++)
                emit_control(&e, &results[i], &reason);
        bw_emit_end(&e);
        bw_emit_end(&e);
        bw_free(results);
        if (bw_buf_status(&reason) < 0)
                return bw_error_nomem(reterr);
        return bw_emit_close(&e, reterr);
}

const struct bw_reporter bw_reporter_controls = {
        .name = "controls",
        .help = "for auditors: every control of --framework with its verdict and what was found",
        .shows_controls = true,
        .write = write_text,
};

const struct bw_reporter bw_reporter_controls_json = {
        .name = "controls-json",
        .help = "the same as a ControlReport in JSON",
        .shows_controls = true,
        .write = write_json,
};
