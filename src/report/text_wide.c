/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "report/text_internal.h"

static void begin_line(struct text *t, enum paint paint)
{
        bw_buf_fill(&t->out, ' ', TEXT_INDENT_PLACE);
        text_paint(t, paint);
}

static void end_line(struct text *t, enum paint paint)
{
        text_unpaint(t, paint);
        bw_report_char(&t->out, '\n');
}

static void put_changed(struct text *t, char sign, enum paint paint, struct bw_str line)
{
        begin_line(t, paint);
        bw_report_char(&t->out, sign);
        bw_report_char(&t->out, ' ');
        (void)bw_report_clean(&t->out, line);
        end_line(t, paint);
}

/* The lines of a text, each with its sign. */
static void put_added(struct text *t, struct bw_str text)
{
        struct bw_str line;

        if (text.n == 0)
                return;
        if (text.p[text.n - 1] == '\n')
                text.n--;
        while (bw_str_split(&text, '\n', &line))
                put_changed(t, '+', PAINT_PASS, line);
}

/* True if the edit changes nothing but the finding's own line, whose text is known. */
static bool is_in_source(const struct bw_finding *f, const struct bw_edit *edit)
{
        return edit->line == f->location.line && edit->end_line == edit->line && f->location.source.n &&
               edit->column && edit->end_column >= edit->column;
}

/* The finding's line before and after the edit. */
static void put_line_edit(struct text *t, struct bw_str source, const struct bw_edit *edit)
{
        size_t from = bw_utf8_offset(source, edit->column - 1);
        size_t to = bw_utf8_offset(source, edit->end_column - 1);

        bw_buf_clear(&t->merged);
        bw_report_str(&t->merged, bw_str_n(source.p, from));
        bw_report_str(&t->merged, edit->text);
        bw_report_str(&t->merged, bw_str_rest(source, to));
        if (t->merged.status < 0)
                t->out.status = t->merged.status;
        put_changed(t, '-', PAINT_HIGH, source);
        put_added(t, bw_buf_view(&t->merged));
}

static void put_point(struct bw_buf *out, uint32_t line, uint32_t column)
{
        bw_buf_u64(out, line);
        bw_report_char(out, ':');
        bw_buf_u64(out, column);
}

/* Where an edit is, as a person would say it: whole lines come before or after a line. */
static void put_region(struct text *t, const struct bw_edit *edit)
{
        bool inserts = edit->line == edit->end_line && edit->column == edit->end_column;
        bool begins_line = edit->text.n && edit->text.p[0] == '\n';

        begin_line(t, PAINT_DIM);
        if (inserts && (begins_line || edit->column == 1)) {
                bw_report_puts(&t->out, begins_line ? "@ after line " : "@ before line ");
                bw_buf_u64(&t->out, edit->line);
        } else {
                bw_report_puts(&t->out, inserts ? "@ insert at " : edit->text.n ? "@ replace " : "@ remove ");
                put_point(&t->out, edit->line, edit->column);
        }
        if (!inserts) {
                bw_report_puts(&t->out, " to ");
                put_point(&t->out, edit->end_line, edit->end_column);
        }
        end_line(t, PAINT_DIM);
}

static bool is_same(const struct bw_finding *a, const struct bw_finding *b)
{
        bool same = b && a->n_edits == b->n_edits;

        for (size_t i = 0; i < a->n_edits && same; i++)
                same = a->edits[i].line == b->edits[i].line && a->edits[i].column == b->edits[i].column &&
                       a->edits[i].end_line == b->edits[i].end_line &&
                       a->edits[i].end_column == b->edits[i].end_column &&
                       bw_str_eq(a->edits[i].text, b->edits[i].text);
        return same;
}

void text_edits(struct text *t, const struct bw_finding *f, const struct bw_finding *next)
{
        /* One change may make several values right: it is shown once, behind the last of them. */
        if (is_same(f, next))
                return;
        for (size_t i = 0; i < f->n_edits; i++) {
                const struct bw_edit *edit = &f->edits[i];
                struct bw_str text = edit->text;

                /* Two edits in one line: "before" of the second would be wrong. */
                if (f->n_edits == 1 && is_in_source(f, edit)) {
                        put_line_edit(t, f->location.source, edit);
                        continue;
                }
                put_region(t, edit);
                put_added(t, bw_str_starts(text, BW_STR("\n")) ? bw_str_rest(text, 1) : text);
        }
}

void text_exception(struct text *t, const struct bw_exception_note *note)
{
        bw_buf_clear(&t->merged);
        bw_report_str(&t->merged, note->reason);
        bw_report_puts(&t->merged, " (");
        bw_report_str(&t->merged, note->source);
        if (note->owner.n) {
                bw_report_puts(&t->merged, ", ");
                bw_report_str(&t->merged, note->owner);
        }
        if (note->expires.n) {
                bw_report_puts(&t->merged, ", until ");
                bw_report_str(&t->merged, note->expires);
        }
        bw_report_char(&t->merged, ')');
        begin_line(t, PAINT_NONE);
        bw_report_puts(&t->out, "excepted: ");
        (void)text_wrapped(t, bw_buf_view(&t->merged), TEXT_INDENT_PLACE + 10, TEXT_INDENT_PLACE + 10);
        end_line(t, PAINT_NONE);
}

void text_controls(struct text *t, const struct bw_rule_info *rule)
{
        struct bw_str last = {0};
        bool first = true;

        bw_buf_clear(&t->merged);
        if (rule->practice.n) {
                bw_report_puts(&t->merged, "practice ");
                bw_report_str(&t->merged, rule->practice);
                first = false;
        }
        for (size_t i = 0; i < rule->n_controls; i++) {
                const struct bw_control *c = &rule->controls[i];

                if (c->is_peer)
                        continue;
                bw_report_puts(&t->merged, first ? "" : ", ");
                if (!bw_str_eq(c->framework, last)) {
                        bw_report_str(&t->merged, c->framework);
                        bw_report_char(&t->merged, ' ');
                }
                bw_report_str(&t->merged, c->control);
                last = c->framework;
                first = false;
        }
        if (t->merged.status < 0)
                t->out.status = t->merged.status;
        if (first)
                return;
        begin_line(t, PAINT_DIM);
        bw_report_puts(&t->out, "see: ");
        (void)text_wrapped(t, bw_buf_view(&t->merged), TEXT_INDENT_PLACE + 5, TEXT_INDENT_PLACE + 5);
        end_line(t, PAINT_DIM);
}
