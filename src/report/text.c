/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"
#include "report/text_internal.h"

/* Columns: rule lines, then places, then what belongs to a place. */
#define INDENT_RULE 2
#define INDENT_PLACE 4

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

/* How each verdict is shown; rank: the order within a resource. A fail shows its severity. */
static const struct {
        const char *label;
        enum paint paint;
        int rank;
        bool brief; /* one line, without place */
} verdict_rows[_BW_VERDICT_MAX] = {
        [BW_VERDICT_FAIL] = {.rank = 0},
        [BW_VERDICT_ERROR] = {.label = "ERROR", .paint = PAINT_ERROR, .rank = 1},
        [BW_VERDICT_MANUAL] = {.label = "MANUAL", .paint = PAINT_MANUAL, .rank = 2},
        [BW_VERDICT_SKIP] = {.label = "SKIP", .paint = PAINT_DIM, .rank = 3, .brief = true},
        [BW_VERDICT_PASS] = {.label = "PASS", .paint = PAINT_PASS, .rank = 4, .brief = true},
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

void text_wrapped(struct text *t, struct bw_str s, size_t column, size_t indent)
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
                        (void)bw_report_clean(&t->out, line);
                        continue;
                }
                bw_buf_clear(&t->scratch);
                (void)bw_report_clean(&t->scratch, line);
                if (t->scratch.status < 0)
                        t->out.status = t->scratch.status;
                (void)wrap_line(t, bw_buf_view(&t->scratch), column, indent);
        }
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

static void put_resource(struct text *t, const struct bw_finding *f)
{
        const struct bw_resource *r = &f->resource;

        text_paint(t, PAINT_BOLD);
        (void)bw_report_clean(&t->out, r->kind.n ? r->kind : BW_STR("Document"));
        if (r->name.n || r->ns.n)
                bw_report_char(&t->out, ' ');
        if (r->ns.n) {
                (void)bw_report_clean(&t->out, r->ns);
                bw_report_char(&t->out, '/');
        }
        (void)bw_report_clean(&t->out, r->name);
        text_unpaint(t, PAINT_BOLD);
        bw_report_put(&t->out, "  ", 2);
        text_paint(t, PAINT_DIM);
        (void)put_position(&t->out, f->location.file, r->line, 0);
        text_unpaint(t, PAINT_DIM);
        bw_report_char(&t->out, '\n');
}

static void put_rule(struct text *t, const struct bw_finding *f)
{
        bool fails = f->verdict == BW_VERDICT_FAIL;
        const char *label = fails ? severity_labels[f->rule->severity] : verdict_rows[f->verdict].label;
        enum paint paint = fails ? severity_paints[f->rule->severity] : verdict_rows[f->verdict].paint;
        size_t n = strlen(label);

        bw_buf_fill(&t->out, ' ', INDENT_RULE);
        text_paint(t, paint);
        bw_report_put(&t->out, label, n);
        text_unpaint(t, paint);
        bw_buf_fill(&t->out, ' ', TEXT_LABEL_WIDTH - BW_MIN(n, TEXT_LABEL_WIDTH) + 2);
        text_painted(t, PAINT_BOLD, f->rule->id);
        bw_report_put(&t->out, "  ", 2);
        (void)bw_report_clean(&t->out, f->rule->title);
        if (verdict_rows[f->verdict].brief && f->message.n && !bw_str_eq(f->message, f->rule->title)) {
                bw_report_put(&t->out, ": ", 2);
                (void)bw_report_clean(&t->out, f->message);
        }
        bw_report_char(&t->out, '\n');
}

static void put_place(struct text *t, const struct bw_finding *f)
{
        size_t width = t->options->width;
        size_t column = INDENT_PLACE;

        bw_buf_fill(&t->out, ' ', INDENT_PLACE);
        column += put_position(&t->out, f->location.file, f->location.line, f->location.column);
        if (f->location.source.n == 0) {
                bw_report_put(&t->out, "  ", 2);
                text_paint(t, PAINT_DIM);
                column += 2 + bw_report_clean(&t->out, f->location.path);
                text_unpaint(t, PAINT_DIM);
        }
        if (f->message.n && width && column + 2 + f->message.n > width) {
                bw_report_char(&t->out, '\n');
                bw_buf_fill(&t->out, ' ', INDENT_PLACE + 2);
                text_wrapped(t, f->message, INDENT_PLACE + 2, INDENT_PLACE + 2);
        } else if (f->message.n) {
                bw_report_put(&t->out, "  ", 2);
                text_wrapped(t, f->message, column + 2, INDENT_PLACE + 2);
        }
        bw_report_char(&t->out, '\n');
        text_source(t, &f->location, INDENT_PLACE - 2);
        if (t->options->wide && f->location.source.n) {
                bw_buf_fill(&t->out, ' ', INDENT_PLACE);
                text_painted(t, PAINT_DIM, BW_STR("path: "));
                text_painted(t, PAINT_DIM, f->location.path);
                bw_report_char(&t->out, '\n');
        }
}

static void put_fix(struct text *t, struct bw_str fix)
{
        if (fix.n == 0)
                return;
        bw_buf_fill(&t->out, ' ', INDENT_PLACE);
        text_paint(t, PAINT_PASS);
        bw_report_put(&t->out, "fix:", 4);
        text_unpaint(t, PAINT_PASS);
        bw_report_char(&t->out, ' ');
        text_wrapped(t, fix, INDENT_PLACE + 5, INDENT_PLACE + 5);
        bw_report_char(&t->out, '\n');
}

static void put_controls(struct text *t, const struct bw_rule_info *rule)
{
        if (!t->options->wide || (rule->n_controls == 0 && rule->practice.n == 0))
                return;
        bw_buf_fill(&t->out, ' ', INDENT_PLACE);
        text_paint(t, PAINT_DIM);
        bw_report_puts(&t->out, "see: ");
        (void)bw_report_clean(&t->out, rule->practice);
        for (size_t i = 0; i < rule->n_controls; i++) {
                if (i || rule->practice.n)
                        bw_report_put(&t->out, ", ", 2);
                (void)bw_report_clean(&t->out, rule->controls[i].framework);
                bw_report_char(&t->out, ' ');
                (void)bw_report_clean(&t->out, rule->controls[i].control);
        }
        text_unpaint(t, PAINT_DIM);
        bw_report_char(&t->out, '\n');
}

/* Findings of one rule in one resource: places one under the other, the fix once if it is the same for all. */
static void put_block(struct text *t, const struct bw_finding *const *findings, size_t n)
{
        put_rule(t, findings[0]);
        if (verdict_rows[findings[0]->verdict].brief)
                return;
        for (size_t i = 0; i < n; i++) {
                put_place(t, findings[i]);
                /* What a rule could not judge has nothing to fix. */
                if (findings[i]->verdict == BW_VERDICT_ERROR)
                        continue;
                if (i + 1 == n || !bw_str_eq(findings[i]->remediation, findings[i + 1]->remediation))
                        put_fix(t, findings[i]->remediation);
        }
        put_controls(t, findings[0]->rule);
}

#define COMPARE(a, b)                                                                                                  \
        do {                                                                                                           \
                if ((a) != (b))                                                                                        \
                        return (a) < (b) ? -1 : 1;                                                                     \
        } while (0)

static int cmp_shown(const void *a, const void *b)
{
        const struct bw_finding *x = *(const struct bw_finding *const *)a;
        const struct bw_finding *y = *(const struct bw_finding *const *)b;
        int r;

        COMPARE(verdict_rows[x->verdict].rank, verdict_rows[y->verdict].rank);
        COMPARE(y->rule->severity, x->rule->severity);
        r = x->rule == y->rule ? 0 : bw_str_cmp(x->rule->id, y->rule->id);
        if (r != 0)
                return r;
        COMPARE(x->location.line, y->location.line);
        COMPARE(x->location.column, y->location.column);
        COMPARE(x->order, y->order);
        return 0;
}

static int put_group(struct text *t, const struct bw_finding *findings, size_t n)
{
        int r = bw_grow(&t->group, &t->group_cap, n, sizeof(t->group[0]));

        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                t->group[i] = &findings[i];
        qsort(t->group, n, sizeof(t->group[0]), cmp_shown);
        put_resource(t, t->group[0]);
        for (size_t i = 0, end; i < n; i = end) {
                const struct bw_finding *f = t->group[i];

                for (end = i + 1; end < n && t->group[end]->rule == f->rule && t->group[end]->verdict == f->verdict;)
                        end++;
                put_block(t, t->group + i, end - i);
                r = bw_report_flush(&t->out, t->options, BW_REPORT_BLOCK);
                if (r < 0)
                        return r;
        }
        bw_report_char(&t->out, '\n');
        return 0;
}

static int put_findings(struct text *t)
{
        const struct bw_finding *findings = t->report->findings;
        size_t n = t->report->n_findings;

        for (size_t i = 0, end; i < n; i = end) {
                int r;

                for (end = i + 1;
                     end < n && findings[end].input == findings[i].input && findings[end].doc == findings[i].doc;)
                        end++;
                r = put_group(t, findings + i, end - i);
                if (r < 0)
                        return r;
        }
        return 0;
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
        bw_free(t.group);
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
        .help = "text with field paths, practices and framework controls",
        .write = write_wide,
};
