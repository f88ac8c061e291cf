/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "report/text_internal.h"

/* Rules shown by name in the table, alone and below findings; the rest is counted in one line. */
#define ROWS_MAX 12
#define ROWS_BELOW 5
#define OBJECTS_MAX 5
#define PRACTICES_MAX 64
#define PRACTICE_INDENT strlen("By practice:")

/* How much is wrong with one object. */
struct object {
        const struct bw_finding *first;
        uint64_t counts[_BW_SEVERITY_MAX];
};

/* The worst so far, the worst first. */
struct objects {
        struct object worst[OBJECTS_MAX];
        size_t n;       /* of worst */
        uint64_t total; /* objects with a failed check */
};

struct practice {
        struct bw_str id;
        uint64_t count;
};

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

/* What fits into the line behind column. */
static void put_cut(struct text *t, struct bw_str s, size_t column)
{
        size_t room = t->options->width > column + 1 ? t->options->width - column : SIZE_MAX;

        if (bw_utf8_count(s) <= room) {
                (void)bw_report_clean(&t->out, s);
                return;
        }
        (void)bw_report_clean(&t->out, bw_str_n(s.p, bw_utf8_offset(s, room - 1)));
        bw_report_puts(&t->out, "\xe2\x80\xa6");
}

static void put_table(struct text *t, const struct bw_tally *rules)
{
        size_t shown = BW_MIN(rules->n, (size_t)(t->options->summary ? ROWS_MAX : ROWS_BELOW));
        size_t id_width = strlen("RULE");

        for (size_t i = 0; i < shown; i++)
                id_width = BW_MAX(id_width, rules->ordered[i]->rule->id.n);
        text_paint(t, PAINT_DIM);
        bw_report_puts(&t->out, "SEVERITY  FINDINGS  ");
        put_padded(t, PAINT_NONE, BW_STR("RULE"), id_width + 2);
        bw_report_puts(&t->out, "TITLE");
        text_unpaint(t, PAINT_DIM);
        bw_report_char(&t->out, '\n');
        for (size_t i = 0; i < shown; i++) {
                const struct bw_rule_info *rule = rules->ordered[i]->rule;

                put_padded(t, text_severity_paint(rule->severity), bw_str(bw_severity_text(rule->severity)), 8);
                put_number(&t->out, rules->ordered[i]->count, 10);
                bw_report_puts(&t->out, "  ");
                put_padded(t, PAINT_BOLD, rule->id, id_width + 2);
                put_cut(t, rule->title, 20 + id_width + 2);
                bw_report_char(&t->out, '\n');
        }
        if (rules->n > shown) {
                uint64_t rest = 0;

                for (size_t i = shown; i < rules->n; i++)
                        rest += rules->ordered[i]->count;
                bw_report_puts(&t->out, "        ");
                put_number(&t->out, rest, 10);
                bw_buf_printf(&t->out, "  of %zu more %s\n", rules->n - shown, rules->n - shown == 1 ? "rule" : "rules");
        }
        bw_report_char(&t->out, '\n');
}

/* ---- objects */

static bool is_worse(const struct object *a, const struct object *b)
{
        for (int i = _BW_SEVERITY_MAX - 1; i >= 0; i--)
                if (a->counts[i] != b->counts[i])
                        return a->counts[i] > b->counts[i];
        return false;
}

static void keep_object(struct objects *objects, const struct object *object)
{
        size_t at = objects->n;

        objects->total++;
        while (at > 0 && is_worse(object, &objects->worst[at - 1]))
                at--;
        if (at == OBJECTS_MAX)
                return;
        objects->n = BW_MIN(objects->n + 1, (size_t)OBJECTS_MAX);
        memmove(&objects->worst[at + 1], &objects->worst[at], (objects->n - 1 - at) * sizeof(objects->worst[0]));
        objects->worst[at] = *object;
}

static void find_objects(const struct bw_report *report, struct objects *objects)
{
        struct object now = {0};

        for (size_t i = 0; i < report->n_findings; i++) {
                const struct bw_finding *f = &report->findings[i];

                if (f->verdict != BW_VERDICT_FAIL)
                        continue;
                if (now.first && (now.first->input != f->input || now.first->doc != f->doc)) {
                        keep_object(objects, &now);
                        now = (struct object){0};
                }
                if (!now.first)
                        now.first = f;
                now.counts[f->rule->severity] += bw_finding_objects(f);
        }
        if (now.first)
                keep_object(objects, &now);
}

static void put_objects(struct text *t, const struct objects *objects)
{
        t->in_table = true;
        text_painted(t, PAINT_DIM, BW_STR("CRITICAL  HIGH  MEDIUM  LOW  OBJECT"));
        bw_report_char(&t->out, '\n');
        for (size_t i = 0; i < objects->n; i++) {
                const struct object *o = &objects->worst[i];

                put_number(&t->out, o->counts[BW_SEVERITY_CRITICAL], 8);
                put_number(&t->out, o->counts[BW_SEVERITY_HIGH], 6);
                put_number(&t->out, o->counts[BW_SEVERITY_MEDIUM], 8);
                put_number(&t->out, o->counts[BW_SEVERITY_LOW], 5);
                bw_report_puts(&t->out, "  ");
                text_resource(t, o->first, 29);
        }
        if (objects->total > objects->n)
                bw_buf_printf(&t->out, "                             and %" PRIu64 " more\n",
                              objects->total - objects->n);
        bw_report_char(&t->out, '\n');
}

/* ---- practices */

static int cmp_practices(const void *a, const void *b)
{
        const struct practice *x = a;
        const struct practice *y = b;

        if (x->count != y->count)
                return x->count > y->count ? -1 : 1;
        return bw_str_cmp(x->id, y->id);
}

static void count_practice(struct practice *practices, size_t *n, const struct bw_tally_row *row)
{
        size_t i = 0;

        while (i < *n && !bw_str_eq(practices[i].id, row->rule->practice))
                i++;
        if (i == PRACTICES_MAX || row->rule->practice.n == 0)
                return;
        if (i == *n)
                practices[(*n)++] = (struct practice){.id = row->rule->practice};
        practices[i].count += row->count;
}

static void put_practices(struct text *t, const struct bw_tally *rules)
{
        struct practice practices[PRACTICES_MAX];
        size_t column;
        size_t n = 0;

        for (size_t i = 0; i < rules->n; i++)
                count_practice(practices, &n, rules->ordered[i]);
        if (n < 2)
                return;
        qsort(practices, n, sizeof(practices[0]), cmp_practices);
        bw_report_puts(&t->out, "By practice:");
        column = PRACTICE_INDENT;
        for (size_t i = 0; i < n; i++) {
                bw_buf_clear(&t->merged);
                (void)bw_report_clean(&t->merged, practices[i].id);
                bw_report_char(&t->merged, ' ');
                bw_buf_u64(&t->merged, practices[i].count);
                bw_report_puts(&t->merged, i + 1 < n ? "," : "");
                if (t->merged.status < 0)
                        t->out.status = t->merged.status;
                if (t->options->width && column + 1 + t->merged.n > t->options->width) {
                        bw_report_char(&t->out, '\n');
                        bw_buf_fill(&t->out, ' ', PRACTICE_INDENT);
                        column = PRACTICE_INDENT;
                }
                bw_report_char(&t->out, ' ');
                bw_report_str(&t->out, bw_buf_view(&t->merged));
                column += 1 + t->merged.n;
        }
        bw_report_puts(&t->out, "\n\n");
}

/* ---- totals */

static void put_count(struct text *t, const char *comma, uint64_t count, enum paint paint, const char *word)
{
        bw_report_puts(&t->out, comma);
        text_paint(t, count ? paint : PAINT_DIM);
        bw_buf_u64(&t->out, count);
        bw_report_char(&t->out, ' ');
        bw_report_puts(&t->out, word);
        text_unpaint(t, count ? paint : PAINT_DIM);
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
                bw_report_plural(&t->out, fails, "failed check", "failed checks");
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
        if (s->excepted)
                put_count(t, "; ", s->excepted, PAINT_DIM, "excepted");
        if (s->unjudged)
                put_count(t, "; ", s->unjudged, PAINT_ERROR, "could not be judged: something could not be read");
        if (s->known)
                put_count(t, "; ", s->known, PAINT_DIM, "known from the baseline");
        bw_report_char(&t->out, '\n');
}

static void put_coverage(struct text *t)
{
        const struct bw_summary *s = &t->report->summary;

        bw_report_plural(&t->out, s->documents, "object", "objects");
        if (t->options->files) {
                bw_report_puts(&t->out, " in ");
                bw_report_plural(&t->out, t->options->files, "file", "files");
        }
        bw_report_puts(&t->out, " judged by ");
        bw_report_plural(&t->out, s->rules, "rule", "rules");
        if (t->options->elapsed_us)
                put_elapsed(&t->out, t->options->elapsed_us);
        if (s->other) {
                bw_report_puts(&t->out, "; ");
                bw_report_plural(&t->out, s->other, "document skipped (no Kubernetes object)",
                           "documents skipped (no Kubernetes objects)");
        }
        bw_report_char(&t->out, '\n');
        if (t->report->n_errors) {
                text_paint(t, PAINT_ERROR);
                bw_report_puts(&t->out, "Not judged: ");
                bw_report_plural(&t->out, t->report->n_errors, "unreadable input or part of one",
                           "unreadable inputs or parts of them");
                text_unpaint(t, PAINT_ERROR);
                bw_report_char(&t->out, '\n');
        }
}

/* Where to go from here. */
static void put_hints(struct text *t, const struct bw_rule_info *rule)
{
        if (!t->options->program || t->options->summary)
                return;
        bw_report_char(&t->out, '\n');
        text_paint(t, PAINT_DIM);
        bw_report_puts(&t->out, t->options->program);
        bw_report_puts(&t->out, " explain ");
        (void)bw_report_clean(&t->out, rule->id);
        bw_report_puts(&t->out, " tells why a check matters and how to fix it");
        text_unpaint(t, PAINT_DIM);
        bw_report_char(&t->out, '\n');
        if (t->options->wide || t->n_brief == 0)
                return;
        text_painted(t, PAINT_DIM, BW_STR("-o wide shows source lines and fixes for medium and low, too"));
        bw_report_char(&t->out, '\n');
}

static void put_summary(struct text *t, const struct bw_tally *rules)
{
        struct objects objects = {0};

        find_objects(t->report, &objects);
        /* Below the findings of a single object, the table would only repeat them. */
        if (rules->n > 1 && (t->options->summary || objects.total > 1))
                put_table(t, rules);
        if (objects.total > (t->options->summary ? 1 : OBJECTS_MAX))
                put_objects(t, &objects);
        if (t->options->summary)
                put_practices(t, rules);
        put_counts(t);
        put_coverage(t);
        if (rules->n)
                put_hints(t, rules->ordered[0]->rule);
}

int text_summary(struct text *t)
{
        struct bw_tally rules = {0};
        int r = 0;

        for (size_t i = 0; i < t->report->n_findings && r == 0; i++)
                if (t->report->findings[i].verdict == BW_VERDICT_FAIL)
                        r = bw_tally_add(&rules, t->report->findings[i].rule,
                                         bw_finding_objects(&t->report->findings[i]));
        if (r == 0)
                r = bw_tally_sort(&rules, bw_tally_worst_first);
        if (r == 0)
                put_summary(t, &rules);
        bw_tally_done(&rules);
        return r;
}
