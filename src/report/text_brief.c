/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "report/text_internal.h"

/* Of findings told together: differing words, and lines, that are listed. */
#define WORDS_MAX 4
#define LINES_MAX 4
#define WORD_BYTES 40

/* What a list of texts has in common at both ends, whole words. */
struct common {
        size_t head;
        size_t tail;
};

static size_t common_head(struct bw_str a, struct bw_str b, size_t most)
{
        size_t n = BW_MIN(most, BW_MIN(a.n, b.n));
        size_t i = 0;

        while (i < n && a.p[i] == b.p[i])
                i++;
        return i;
}

static size_t common_tail(struct bw_str a, struct bw_str b, size_t most)
{
        size_t n = BW_MIN(most, BW_MIN(a.n, b.n));
        size_t i = 0;

        while (i < n && a.p[a.n - 1 - i] == b.p[b.n - 1 - i])
                i++;
        return i;
}

/* A name, or a word and a name: what may stand in a list. */
static bool is_name(struct bw_str s)
{
        const char *blank = s.n ? memchr(s.p, ' ', s.n) : NULL;

        return s.n && s.n <= WORD_BYTES && s.p[s.n - 1] != ',' && !memchr(s.p, '\n', s.n) &&
               (!blank || !memchr(blank + 1, ' ', s.n - (size_t)(blank + 1 - s.p)));
}

/* False when what differs is not one name within a text that is otherwise the same. */
static bool find_common(const struct bw_finding *const *findings, size_t n, struct common *ret)
{
        struct bw_str first = findings[0]->message;
        struct common c = {.head = first.n, .tail = first.n};

        for (size_t i = 1; i < n; i++) {
                c.head = common_head(first, findings[i]->message, c.head);
                c.tail = common_tail(first, findings[i]->message, c.tail);
        }
        while (c.head && first.p[c.head - 1] != ' ')
                c.head--;
        while (c.tail && first.p[first.n - c.tail] != ' ')
                c.tail--;
        for (size_t i = 0; i < n; i++)
                if (c.head + c.tail >= findings[i]->message.n ||
                    !is_name(bw_str_n(findings[i]->message.p + c.head, findings[i]->message.n - c.head - c.tail)))
                        return false;
        *ret = c;
        return c.head + c.tail > 0;
}

static bool all_equal(const struct bw_finding *const *findings, size_t n)
{
        for (size_t i = 1; i < n; i++)
                if (!bw_str_eq(findings[0]->message, findings[i]->message))
                        return false;
        return true;
}

/* container "a", "b" and 2 more have no limit; false when the findings do not differ in a name only. */
static bool merge_messages(struct bw_buf *out, const struct bw_finding *const *findings, size_t n)
{
        struct bw_str first = findings[0]->message;
        struct common c;

        if (all_equal(findings, n)) {
                bw_report_str(out, first);
                return first.n > 0;
        }
        if (!find_common(findings, n, &c))
                return false;
        bw_report_str(out, bw_str_n(first.p, c.head));
        for (size_t i = 0; i < n && i < WORDS_MAX; i++) {
                struct bw_str s = findings[i]->message;

                bw_report_puts(out, i ? ", " : "");
                bw_report_str(out, bw_str_n(s.p + c.head, s.n - c.head - c.tail));
        }
        if (n > WORDS_MAX)
                bw_buf_printf(out, " and %zu more", n - WORDS_MAX);
        bw_report_str(out, bw_str_n(first.p + first.n - c.tail, c.tail));
        return true;
}

/* What was found on a machine stands in many files, none of which the heading names. */
static bool names_file(const struct bw_finding *f)
{
        return f->evidence && f->evidence->file.n && !f->resource.line;
}

static bool is_same_place(const struct bw_finding *a, const struct bw_finding *b)
{
        return a->location.line == b->location.line && bw_str_eq(a->location.file, b->location.file);
}

/* ":20, :31"; "/etc/x:20" */
static void put_lines(struct bw_buf *out, const struct bw_finding *const *findings, size_t n)
{
        const struct bw_finding *last = NULL;
        size_t shown = 0;

        for (size_t i = 0; i < n; i++) {
                const struct bw_finding *f = findings[i];
                bool again = last && bw_str_eq(last->location.file, f->location.file);

                if ((f->location.line == 0 && !names_file(f)) || (last && is_same_place(last, f)))
                        continue;
                last = f;
                bw_report_puts(out, shown ? ", " : "");
                if (shown++ == LINES_MAX) {
                        bw_report_puts(out, "\xe2\x80\xa6");
                        return;
                }
                if (names_file(f) && !again)
                        bw_report_str(out, f->location.file);
                if (f->location.line) {
                        bw_report_char(out, ':');
                        bw_buf_u64(out, f->location.line);
                }
        }
}

void text_brief(struct text *t, const struct bw_finding *const *findings, size_t n, size_t column)
{
        size_t width = t->options->width ? t->options->width : TEXT_DEFAULT_WIDTH;
        const struct bw_rule_info *rule = findings[0]->rule;
        size_t columns;

        bw_buf_clear(&t->lines);
        put_lines(&t->lines, findings, n);
        columns = 2 + bw_utf8_count(bw_buf_view(&t->lines));
        bw_buf_clear(&t->merged);
        if (!merge_messages(&t->merged, findings, n) ||
            column + bw_utf8_count(bw_buf_view(&t->merged)) + columns > width) {
                bw_buf_clear(&t->merged);
                bw_report_str(&t->merged, rule->title);
                if (n > 1)
                        bw_buf_printf(&t->merged, " (%zu)", n);
        }
        if (t->merged.status < 0 || t->lines.status < 0)
                t->out.status = t->merged.status < 0 ? t->merged.status : t->lines.status;
        (void)bw_report_clean(&t->out, bw_buf_view(&t->merged));
        if (t->lines.n == 0)
                return;
        bw_report_put(&t->out, "  ", 2);
        text_painted(t, PAINT_DIM, bw_buf_view(&t->lines));
}

void text_more(struct text *t, const struct bw_finding *const *findings, size_t n)
{
        bw_buf_clear(&t->merged);
        if (!merge_messages(&t->merged, findings, n)) {
                bw_buf_clear(&t->merged);
                bw_buf_u64(&t->merged, n);
                bw_report_puts(&t->merged, " more");
        }
        bw_report_puts(&t->merged, "  ");
        put_lines(&t->merged, findings, n);
        if (t->merged.status < 0)
                t->out.status = t->merged.status;
        bw_buf_fill(&t->out, ' ', TEXT_INDENT_PLACE);
        bw_report_puts(&t->out, "and ");
        (void)text_wrapped(t, bw_buf_view(&t->merged), TEXT_INDENT_PLACE + 4, TEXT_INDENT_PLACE + 4);
        bw_report_char(&t->out, '\n');
}
