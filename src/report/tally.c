/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "report/report_internal.h"

/* Where the rule stands, or would stand, among the rows. */
static size_t place_of(const struct bw_tally *tally, const struct bw_rule_info *rule)
{
        size_t lo = 0;
        size_t hi = tally->n;

        while (lo < hi) {
                size_t mid = (lo + hi) / 2;

                if ((uintptr_t)tally->rows[mid].rule < (uintptr_t)rule)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        return lo;
}

int bw_tally_add(struct bw_tally *tally, const struct bw_rule_info *rule, uint64_t count)
{
        size_t at = place_of(tally, rule);
        int r;

        if (at < tally->n && tally->rows[at].rule == rule) {
                tally->rows[at].count += count;
                return 0;
        }
        r = bw_grow(&tally->rows, &tally->cap, tally->n + 1, sizeof(tally->rows[0]));
        if (r < 0)
                return r;
        memmove(&tally->rows[at + 1], &tally->rows[at], (tally->n - at) * sizeof(tally->rows[0]));
        tally->rows[at] = (struct bw_tally_row){.rule = rule, .count = count};
        tally->n++;
        return 0;
}

int bw_tally_sort(struct bw_tally *tally, int (*cmp)(const void *, const void *))
{
        if (tally->n == 0)
                return 0;
        tally->ordered = bw_reallocarray(NULL, tally->n, sizeof(const struct bw_tally_row *));
        if (!tally->ordered)
                return -ENOMEM;
        for (size_t i = 0; i < tally->n; i++)
                tally->ordered[i] = &tally->rows[i];
        qsort(tally->ordered, tally->n, sizeof(const struct bw_tally_row *), cmp);
        for (size_t i = 0; i < tally->n; i++)
                tally->rows[tally->ordered[i] - tally->rows].index = i;
        return 0;
}

const struct bw_tally_row *bw_tally_find(const struct bw_tally *tally, const struct bw_rule_info *rule)
{
        size_t at = place_of(tally, rule);

        return at < tally->n && tally->rows[at].rule == rule ? &tally->rows[at] : NULL;
}

void bw_tally_done(struct bw_tally *tally)
{
        bw_free(tally->rows);
        bw_free(tally->ordered);
        *tally = (struct bw_tally){0};
}

int bw_tally_by_id(const void *a, const void *b)
{
        const struct bw_tally_row *x = *(const struct bw_tally_row *const *)a;
        const struct bw_tally_row *y = *(const struct bw_tally_row *const *)b;

        return bw_str_cmp(x->rule->id, y->rule->id);
}

int bw_tally_worst_first(const void *a, const void *b)
{
        const struct bw_tally_row *x = *(const struct bw_tally_row *const *)a;
        const struct bw_tally_row *y = *(const struct bw_tally_row *const *)b;

        if (x->rule->severity != y->rule->severity)
                return x->rule->severity > y->rule->severity ? -1 : 1;
        if (x->count != y->count)
                return x->count > y->count ? -1 : 1;
        return bw_str_cmp(x->rule->id, y->rule->id);
}
