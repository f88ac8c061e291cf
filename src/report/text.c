/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/utf8.h"
#include "report/text_internal.h"

/* Places of one rule in one object that are shown with their source line; the others are named in a line of their own. */
#define PLACES_MAX 2

static const char *const paints[_PAINT_MAX] = {
        [PAINT_NONE] = "",           [PAINT_BOLD] = "\x1b[1m",
        [PAINT_DIM] = "\x1b[2m",     [PAINT_CARET] = "\x1b[1;36m",
        [PAINT_LOW] = "\x1b[34m",    [PAINT_MEDIUM] = "\x1b[33m",
        [PAINT_HIGH] = "\x1b[31m",   [PAINT_CRITICAL] = "\x1b[1;31m",
        [PAINT_MANUAL] = "\x1b[35m", [PAINT_ERROR] = "\x1b[1;35m",
        [PAINT_PASS] = "\x1b[32m",
};

static const enum paint severity_paints[_BW_SEVERITY_MAX] = {
        [BW_SEVERITY_LOW] = PAINT_LOW,
        [BW_SEVERITY_MEDIUM] = PAINT_MEDIUM,
        [BW_SEVERITY_HIGH] = PAINT_HIGH,
        [BW_SEVERITY_CRITICAL] = PAINT_CRITICAL,
};

/* How each verdict is shown. A fail shows its severity. */
static const struct {
        const char *label;
        enum paint paint;
        bool brief; /* one line, without place */
} verdict_rows[_BW_VERDICT_MAX] = {
        [BW_VERDICT_ERROR] = {.label = "ERROR", .paint = PAINT_ERROR},
        [BW_VERDICT_MANUAL] = {.label = "MANUAL", .paint = PAINT_MANUAL},
        [BW_VERDICT_SKIP] = {.label = "SKIP", .paint = PAINT_DIM, .brief = true},
        [BW_VERDICT_PASS] = {.label = "PASS", .paint = PAINT_PASS, .brief = true},
};

static const char *const severity_labels[_BW_SEVERITY_MAX] = {
        [BW_SEVERITY_LOW] = "LOW",
        [BW_SEVERITY_MEDIUM] = "MEDIUM",
        [BW_SEVERITY_HIGH] = "HIGH",
        [BW_SEVERITY_CRITICAL] = "CRITICAL",
};

void text_paint(struct text *t, enum paint paint)
{
        if (t->options->color && paint != PAINT_NONE)
                bw_report_puts(&t->out, paints[paint]);
}

void text_unpaint(struct text *t, enum paint paint)
{
        if (t->options->color && paint != PAINT_NONE)
                bw_report_put(&t->out, "\x1b[0m", 4);
}

void text_painted(struct text *t, enum paint paint, struct bw_str s)
{
        text_paint(t, paint);
        (void)bw_report_clean(&t->out, s);
        text_unpaint(t, paint);
}

enum paint text_severity_paint(enum bw_severity severity)
{
        return severity_paints[severity];
}

/* One line of clean text, broken at blanks. Returns the column after it. */
static size_t wrap_line(struct text *t, struct bw_str line, size_t column, size_t indent)
{
        size_t width = t->options->width;
        bool fresh = true;

        while (line.n) {
                struct bw_str word;
                size_t columns;
                size_t blanks = 0;

                while (blanks < line.n && line.p[blanks] == ' ')
                        blanks++;
                line = bw_str_n(line.p + blanks, line.n - blanks);
                word = line;
                for (word.n = 0; word.n < line.n && line.p[word.n] != ' '; word.n++)
                        ;
                columns = bw_utf8_count(word);
                if (column + blanks + columns > width && !fresh) {
                        bw_report_char(&t->out, '\n');
                        bw_buf_fill(&t->out, ' ', indent);
                        column = indent;
                        blanks = 0;
                }
                bw_buf_fill(&t->out, ' ', blanks);
                bw_report_str(&t->out, word);
                column += blanks + columns;
                fresh = false;
                line = bw_str_n(line.p + word.n, line.n - word.n);
        }
        return column;
}

size_t text_wrapped(struct text *t, struct bw_str s, size_t column, size_t indent)
{
        struct bw_str line;
        bool first = true;

        while (s.n && s.p[s.n - 1] == '\n')
                s.n--;
        while (bw_str_split(&s, '\n', &line)) {
                if (!first) {
                        bw_report_char(&t->out, '\n');
                        bw_buf_fill(&t->out, ' ', indent);
                        column = indent;
                }
                first = false;
                if (t->options->width == 0) {
                        column += bw_report_clean(&t->out, line);
                        continue;
                }
                bw_buf_clear(&t->scratch);
                (void)bw_report_clean(&t->scratch, line);
                if (t->scratch.status < 0)
                        t->out.status = t->scratch.status;
                column = wrap_line(t, bw_buf_view(&t->scratch), column, indent);
        }
        return column;
}

static size_t put_position(struct bw_buf *out, struct bw_str file, uint32_t line, uint32_t column)
{
        size_t before = out->n;

        (void)bw_report_clean(out, file);
        if (line) {
                bw_report_char(out, ':');
                bw_buf_u64(out, line);
        }
        if (line && column) {
                bw_report_char(out, ':');
                bw_buf_u64(out, column);
        }
        return out->n - before;
}

void text_resource(struct text *t, const struct bw_finding *f, size_t column)
{
        size_t width = t->options->width;

        bw_buf_clear(&t->scratch);
        bw_report_resource(&t->scratch, &(const struct bw_encoding){0}, &f->resource);
        column += bw_utf8_count(bw_buf_view(&t->scratch)) + 2;
        text_painted(t, PAINT_BOLD, bw_buf_view(&t->scratch));
        if (t->scratch.status < 0)
                t->out.status = t->scratch.status;
        /* What was found on a machine stands in many files: each place names its own. */
        if (f->evidence && !f->resource.line) {
                bw_report_char(&t->out, '\n');
                return;
        }
        bw_buf_clear(&t->scratch);
        column += put_position(&t->scratch, f->location.file, f->resource.line, 0);
        if (t->scratch.status < 0)
                t->out.status = t->scratch.status;
        /* Below a heading the file is worth a line of its own; in a table it is not. */
        if (width && column > width && t->in_table) {
                bw_report_char(&t->out, '\n');
                return;
        }
        bw_report_puts(&t->out, width && column > width ? "\n  " : "  ");
        text_painted(t, PAINT_DIM, bw_buf_view(&t->scratch));
        bw_report_char(&t->out, '\n');
}

/* "  HIGH      BW-PSS-102  "; returns the column after it. */
static size_t put_label(struct text *t, const struct bw_finding *f)
{
        bool fails = f->verdict == BW_VERDICT_FAIL;
        const char *label = fails ? severity_labels[f->rule->severity] : verdict_rows[f->verdict].label;
        enum paint paint = fails ? severity_paints[f->rule->severity] : verdict_rows[f->verdict].paint;
        size_t n;

        if (f->exception)
                label = "EXCEPTED";
        n = strlen(label);
        bw_buf_fill(&t->out, ' ', TEXT_INDENT_RULE);
        text_paint(t, paint);
        bw_report_put(&t->out, label, n);
        text_unpaint(t, paint);
        bw_buf_fill(&t->out, ' ', TEXT_LABEL_WIDTH - BW_MIN(n, TEXT_LABEL_WIDTH) + 2);
        text_painted(t, PAINT_BOLD, f->rule->id);
        bw_buf_fill(&t->out, ' ', t->id_width - BW_MIN(f->rule->id.n, t->id_width) + 2);
        return TEXT_INDENT_RULE + TEXT_LABEL_WIDTH + 2 + BW_MAX(f->rule->id.n, t->id_width) + 2;
}

static void put_rule(struct text *t, const struct bw_finding *f)
{
        (void)put_label(t, f);
        (void)bw_report_clean(&t->out, f->rule->title);
        if (f->exception && !t->options->wide) {
                bw_report_put(&t->out, ": ", 2);
                (void)bw_report_clean(&t->out, f->exception->reason);
        } else if (!f->exception && verdict_rows[f->verdict].brief && f->message.n && !bw_str_eq(f->message, f->rule->title)) {
                bw_report_put(&t->out, ": ", 2);
                (void)bw_report_clean(&t->out, f->message);
        }
        bw_report_char(&t->out, '\n');
}

static void put_evidence(struct text *t, const struct bw_finding_evidence *evidence)
{
        bw_buf_clear(&t->merged);
        bw_report_evidence(&t->merged, evidence);
        if (t->merged.status < 0)
                t->out.status = t->merged.status;
        bw_buf_fill(&t->out, ' ', TEXT_INDENT_PLACE);
        text_painted(t, PAINT_DIM, BW_STR("from: "));
        (void)text_wrapped(t, bw_buf_view(&t->merged), TEXT_INDENT_PLACE + 6, TEXT_INDENT_PLACE + 6);
        bw_report_char(&t->out, '\n');
}

static void put_place(struct text *t, const struct bw_finding *f)
{
        size_t width = t->options->width;
        size_t column = TEXT_INDENT_PLACE;

        bw_buf_fill(&t->out, ' ', TEXT_INDENT_PLACE);
        column += put_position(&t->out, f->location.file, f->location.line, f->location.column);
        if (f->location.source.n == 0) {
                bw_report_put(&t->out, "  ", 2);
                text_paint(t, PAINT_DIM);
                column += 2 + bw_report_clean(&t->out, f->location.path);
                text_unpaint(t, PAINT_DIM);
        }
        if (f->message.n && width && column + 2 + f->message.n > width) {
                bw_report_char(&t->out, '\n');
                bw_buf_fill(&t->out, ' ', TEXT_INDENT_PLACE + 2);
                (void)text_wrapped(t, f->message, TEXT_INDENT_PLACE + 2, TEXT_INDENT_PLACE + 2);
        } else if (f->message.n) {
                bw_report_put(&t->out, "  ", 2);
                (void)text_wrapped(t, f->message, column + 2, TEXT_INDENT_PLACE + 2);
        }
        bw_report_char(&t->out, '\n');
        text_source(t, &f->location, TEXT_INDENT_PLACE - 2);
        if (t->options->wide && f->location.source.n) {
                bw_buf_fill(&t->out, ' ', TEXT_INDENT_PLACE);
                text_painted(t, PAINT_DIM, BW_STR("path: "));
                text_painted(t, PAINT_DIM, f->location.path);
                bw_report_char(&t->out, '\n');
        }
        if (t->options->wide && f->evidence)
                put_evidence(t, f->evidence);
}

static void put_fix(struct text *t, struct bw_str fix)
{
        if (fix.n == 0)
                return;
        bw_buf_fill(&t->out, ' ', TEXT_INDENT_PLACE);
        text_paint(t, PAINT_PASS);
        bw_report_put(&t->out, "fix:", 4);
        text_unpaint(t, PAINT_PASS);
        bw_report_char(&t->out, ' ');
        (void)text_wrapped(t, fix, TEXT_INDENT_PLACE + 5, TEXT_INDENT_PLACE + 5);
        bw_report_char(&t->out, '\n');
}

/* What is not urgent is told in one line: 20 findings in one object shall leave the urgent ones in sight. */
static bool is_brief(const struct text *t, const struct bw_finding *f)
{
        return f->verdict == BW_VERDICT_FAIL && f->rule->severity < BW_SEVERITY_HIGH && !t->options->wide;
}

static void put_brief(struct text *t, const struct bw_finding *const *findings, size_t n)
{
        size_t column = put_label(t, findings[0]);

        t->n_brief++;
        text_brief(t, findings, n, column);
        bw_report_char(&t->out, '\n');
}

static void put_wide(struct text *t, const struct bw_finding *f, const struct bw_finding *next)
{
        if (!t->options->wide)
                return;
        text_edits(t, f, next);
        if (f->exception)
                text_exception(t, f->exception);
}

/* Findings of one rule in one resource: places one under the other, the fix once if it is the same for all. */
static void put_block(struct text *t, const struct bw_finding *const *findings, size_t n)
{
        size_t shown = t->options->wide || n <= PLACES_MAX + 1 ? n : PLACES_MAX;
        bool is_excepted = findings[0]->exception && t->options->wide;

        if (is_brief(t, findings[0])) {
                put_brief(t, findings, n);
                return;
        }
        put_rule(t, findings[0]);
        if (verdict_rows[findings[0]->verdict].brief && !is_excepted)
                return;
        for (size_t i = 0; i < shown; i++) {
                put_place(t, findings[i]);
                put_wide(t, findings[i], i + 1 < n ? findings[i + 1] : NULL);
                if (i + 1 == shown && shown < n)
                        text_more(t, findings + shown, n - shown);
                /* What a rule could not judge has nothing to fix. */
                if (findings[i]->verdict == BW_VERDICT_ERROR || is_excepted)
                        continue;
                if (i + 1 == shown || !bw_str_eq(findings[i]->remediation, findings[i + 1]->remediation))
                        put_fix(t, findings[i]->remediation);
        }
        if (t->options->wide)
                text_controls(t, findings[0]->rule);
}

/* In wide, runs of a rule hold excepted findings and, with --include-passed, skipped ones. */
static size_t run_end(const struct text *t, size_t from)
{
        const struct bw_group *g = &t->group;
        size_t end = bw_group_run(g, from);
        bool is_excepted = g->items[from]->exception;

        for (size_t i = from; i < end; i++)
                if ((g->items[i]->exception != NULL) != is_excepted)
                        return i;
        return end;
}

/* What findings of an object stand for besides it; of some of them it may be less. */
static void put_others(struct text *t)
{
        const struct bw_finding *most = t->group.items[0];
        bool differ = false;

        for (size_t i = 1; i < t->group.n; i++) {
                differ |= bw_finding_objects(t->group.items[i]) != bw_finding_objects(most);
                if (bw_finding_objects(t->group.items[i]) > bw_finding_objects(most))
                        most = t->group.items[i];
        }
        if (bw_finding_objects(most) == 1)
                return;
        bw_buf_clear(&t->merged);
        bw_report_puts(&t->merged, differ ? "  up to: " : "  ");
        (void)bw_report_others(&t->merged, most);
        if (t->merged.status < 0)
                t->out.status = t->merged.status;
        text_painted(t, PAINT_DIM, bw_buf_view(&t->merged));
        bw_report_char(&t->out, '\n');
}

static int put_group(struct text *t)
{
        if (t->group.n == 0)
                return 0;
        text_resource(t, t->group.items[0], 0);
        put_others(t);
        t->id_width = 0;
        for (size_t i = 0; i < t->group.n; i++)
                t->id_width = BW_MAX(t->id_width, t->group.items[i]->rule->id.n);
        for (size_t i = 0, end; i < t->group.n; i = end) {
                int r;

                end = run_end(t, i);
                put_block(t, t->group.items + i, end - i);
                r = bw_report_flush(&t->out, t->options, BW_REPORT_BLOCK);
                if (r < 0)
                        return r;
        }
        bw_report_char(&t->out, '\n');
        return 0;
}

static int put_findings(struct text *t)
{
        size_t at = 0;
        int r = 0;

        while (at < t->report->n_findings && r == 0) {
                r = bw_group_take(&t->group, t->report, at, t->options->include_passed || t->options->wide, &at);
                if (r == 0)
                        r = put_group(t);
        }
        return r;
}

static int write_text(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        struct text t = {.report = report, .options = options};
        int r = 0;

        if (!options->summary)
                r = put_findings(&t);
        if (r == 0)
                r = text_summary(&t);
        if (r == 0)
                r = bw_report_flush(&t.out, options, 1);
        bw_buf_done(&t.out);
        bw_buf_done(&t.scratch);
        bw_buf_done(&t.merged);
        bw_buf_done(&t.lines);
        bw_group_done(&t.group);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

static int write_wide(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr)
{
        struct bw_report_options wide = *options;

        wide.wide = true;
        return write_text(report, &wide, reterr);
}

const struct bw_reporter bw_reporter_text = {
        .name = "text",
        .help = "for people: findings by resource, each with its source line and fix, then a summary",
        .write = write_text,
};

const struct bw_reporter bw_reporter_wide = {
        .name = "wide",
        .help = "text with every place, field paths, suggested edits, exceptions and framework controls",
        .shows_edits = true,
        .shows_excepted = true,
        .write = write_wide,
};
