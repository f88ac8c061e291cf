/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "report/text_internal.h"

/* Rules shown by name in the table; the rest is counted in one line. */
#define ROWS_MAX 12

struct row {
        const struct bw_rule_info *rule;
        uint64_t count;
};

/* Rows sorted by address while counting: the same few rules are looked up once per finding. */
struct rows {
        struct row *items;
        size_t n;
        size_t cap;
};

static int count_rule(struct rows *rows, const struct bw_rule_info *rule)
{
        size_t lo = 0;
        size_t hi = rows->n;
        int r;

        while (lo < hi) {
                size_t mid = (lo + hi) / 2;

                if ((uintptr_t)rows->items[mid].rule < (uintptr_t)rule)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        if (lo < rows->n && rows->items[lo].rule == rule) {
                rows->items[lo].count++;
                return 0;
        }
        r = bw_grow(&rows->items, &rows->cap, rows->n + 1, sizeof(rows->items[0]));
        if (r < 0)
                return r;
        memmove(&rows->items[lo + 1], &rows->items[lo], (rows->n - lo) * sizeof(rows->items[0]));
        rows->items[lo] = (struct row){.rule = rule, .count = 1};
        rows->n++;
        return 0;
}

static int cmp_rows(const void *a, const void *b)
{
        const struct row *x = a;
        const struct row *y = b;

        if (x->rule->severity != y->rule->severity)
                return x->rule->severity > y->rule->severity ? -1 : 1;
        if (x->count != y->count)
                return x->count > y->count ? -1 : 1;
        return bw_str_cmp(x->rule->id, y->rule->id);
}

static void put_number(struct bw_buf *out, uint64_t v, size_t width)
{
        char digits[24];
        size_t n = 0;

        do {
                digits[n++] = (char)('0' + v % 10);
                v /= 10;
        } while (v);
        bw_buf_fill(out, ' ', n < width ? width - n : 0);
        while (n)
                bw_report_char(out, digits[--n]);
}

static void put_padded(struct text *t, enum paint paint, struct bw_str s, size_t width)
{
        text_paint(t, paint);
        size_t n = bw_report_clean(&t->out, s);
        text_unpaint(t, paint);
        bw_buf_fill(&t->out, ' ', n < width ? width - n : 0);
}

static void put_table(struct text *t, const struct rows *rows)
{
        size_t shown = BW_MIN(rows->n, (size_t)ROWS_MAX);
        size_t id_width = strlen("RULE");

        for (size_t i = 0; i < shown; i++)
                id_width = BW_MAX(id_width, rows->items[i].rule->id.n);
        text_paint(t, PAINT_DIM);
        bw_report_puts(&t->out, "SEVERITY  FINDINGS  ");
        put_padded(t, PAINT_NONE, BW_STR("RULE"), id_width + 2);
        bw_report_puts(&t->out, "TITLE");
        text_unpaint(t, PAINT_DIM);
        bw_report_char(&t->out, '\n');
        for (size_t i = 0; i < shown; i++) {
                const struct bw_rule_info *rule = rows->items[i].rule;

                put_padded(t, text_severity_paint(rule->severity), bw_str(bw_severity_text(rule->severity)), 8);
                put_number(&t->out, rows->items[i].count, 10);
                bw_report_puts(&t->out, "  ");
                put_padded(t, PAINT_BOLD, rule->id, id_width + 2);
                (void)bw_report_clean(&t->out, rule->title);
                bw_report_char(&t->out, '\n');
        }
        if (rows->n > shown) {
                uint64_t rest = 0;

                for (size_t i = shown; i < rows->n; i++)
                        rest += rows->items[i].count;
                bw_report_puts(&t->out, "        ");
                put_number(&t->out, rest, 10);
                bw_buf_printf(&t->out, "  of %zu more %s\n", rows->n - shown, rows->n - shown == 1 ? "rule" : "rules");
        }
        bw_report_char(&t->out, '\n');
}

static void put_count(struct text *t, const char *comma, uint64_t count, enum paint paint, const char *word)
{
        bw_report_puts(&t->out, comma);
        text_paint(t, count ? paint : PAINT_DIM);
        bw_buf_u64(&t->out, count);
        bw_report_char(&t->out, ' ');
        bw_report_puts(&t->out, word);
        text_unpaint(t, count ? paint : PAINT_DIM);
}

static void put_plural(struct bw_buf *out, uint64_t n, const char *one, const char *many)
{
        bw_buf_u64(out, n);
        bw_report_char(out, ' ');
        bw_report_puts(out, n == 1 ? one : many);
}

static void put_elapsed(struct bw_buf *out, uint64_t us)
{
        if (us < 10000)
                bw_buf_printf(out, " in %.1f ms", (double)us / 1e3);
        else if (us < 1000000)
                bw_buf_printf(out, " in %.0f ms", (double)us / 1e3);
        else
                bw_buf_printf(out, " in %.2f s", (double)us / 1e6);
}

static void put_counts(struct text *t)
{
        const struct bw_summary *s = &t->report->summary;
        uint64_t fails = s->verdicts[BW_VERDICT_FAIL];

        /* "Nothing wrong" would be a wrong answer when nothing was looked at. */
        if (fails == 0 && s->documents == 0) {
                text_painted(t, PAINT_MEDIUM, BW_STR("Nothing was judged: no Kubernetes objects were found"));
        } else if (fails == 0) {
                text_painted(t, PAINT_PASS, BW_STR("No failed checks"));
        } else {
                text_paint(t, PAINT_BOLD);
                put_plural(&t->out, fails, "failed check", "failed checks");
                text_unpaint(t, PAINT_BOLD);
                for (int i = _BW_SEVERITY_MAX - 1; i >= 0; i--)
                        put_count(t, i == _BW_SEVERITY_MAX - 1 ? ": " : ", ", s->by_severity[i],
                                  text_severity_paint((enum bw_severity)i), bw_severity_text((enum bw_severity)i));
        }
        if (s->verdicts[BW_VERDICT_MANUAL])
                put_count(t, "; ", s->verdicts[BW_VERDICT_MANUAL], PAINT_MANUAL, "to look at by hand");
        if (s->verdicts[BW_VERDICT_ERROR])
                put_count(t, "; ", s->verdicts[BW_VERDICT_ERROR], PAINT_ERROR,
                          s->verdicts[BW_VERDICT_ERROR] == 1 ? "check could not be evaluated"
                                                             : "checks could not be evaluated");
        bw_report_char(&t->out, '\n');
}

static void put_coverage(struct text *t)
{
        const struct bw_summary *s = &t->report->summary;

        put_plural(&t->out, s->documents, "object", "objects");
        if (t->options->files) {
                bw_report_puts(&t->out, " in ");
                put_plural(&t->out, t->options->files, "file", "files");
        }
        bw_report_puts(&t->out, " judged by ");
        put_plural(&t->out, s->rules, "rule", "rules");
        if (t->options->elapsed_us)
                put_elapsed(&t->out, t->options->elapsed_us);
        if (s->other) {
                bw_report_puts(&t->out, "; ");
                put_plural(&t->out, s->other, "document skipped (no Kubernetes object)",
                           "documents skipped (no Kubernetes objects)");
        }
        bw_report_char(&t->out, '\n');
        if (t->report->n_errors) {
                text_paint(t, PAINT_ERROR);
                bw_report_puts(&t->out, "Not judged: ");
                put_plural(&t->out, t->report->n_errors, "unreadable input or part of one",
                           "unreadable inputs or parts of them");
                text_unpaint(t, PAINT_ERROR);
                bw_report_char(&t->out, '\n');
        }
}

int text_summary(struct text *t)
{
        struct rows rows = {0};
        int r = 0;

        for (size_t i = 0; i < t->report->n_findings && r == 0; i++)
                if (t->report->findings[i].verdict == BW_VERDICT_FAIL)
                        r = count_rule(&rows, t->report->findings[i].rule);
        if (r == 0) {
                if (rows.n)
                        qsort(rows.items, rows.n, sizeof(rows.items[0]), cmp_rows);
                if (rows.n > 1)
                        put_table(t, &rows);
                put_counts(t);
                put_coverage(t);
                if (rows.n > 0 && t->options->program && !t->options->summary) {
                        bw_report_char(&t->out, '\n');
                        text_paint(t, PAINT_DIM);
                        bw_buf_printf(&t->out, "%s explain ", t->options->program);
                        (void)bw_report_clean(&t->out, rows.items[0].rule->id);
                        bw_report_puts(&t->out, " tells why a check matters and how to fix it");
                        text_unpaint(t, PAINT_DIM);
                        bw_report_char(&t->out, '\n');
                }
        }
        bw_free(rows.items);
        return r;
}
