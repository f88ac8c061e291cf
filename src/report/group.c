/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "report/report_internal.h"

/* The order of verdicts within an object. */
static const int ranks[_BW_VERDICT_MAX] = {
        [BW_VERDICT_FAIL] = 0, [BW_VERDICT_ERROR] = 1, [BW_VERDICT_MANUAL] = 2,
        [BW_VERDICT_SKIP] = 3, [BW_VERDICT_PASS] = 4,
};

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

        COMPARE(ranks[x->verdict], ranks[y->verdict]);
        COMPARE(y->rule->severity, x->rule->severity);
        r = x->rule == y->rule ? 0 : bw_str_cmp(x->rule->id, y->rule->id);
        if (r != 0)
                return r;
        COMPARE(x->location.line, y->location.line);
        COMPARE(x->location.column, y->location.column);
        COMPARE(x->order, y->order);
        return 0;
}

int bw_group_take(struct bw_group *group, const struct bw_report *report, size_t from, bool include_passed,
                  size_t *ret_end)
{
        const struct bw_finding *first = &report->findings[from];
        size_t end = from;
        int r;

        while (end < report->n_findings && report->findings[end].input == first->input &&
               report->findings[end].doc == first->doc)
                end++;
        r = bw_grow(&group->items, &group->cap, end - from, sizeof(group->items[0]));
        if (r < 0)
                return r;
        group->n = 0;
        for (size_t i = from; i < end; i++)
                if (bw_report_lists(&report->findings[i], include_passed))
                        group->items[group->n++] = &report->findings[i];
        if (group->n)
                qsort(group->items, group->n, sizeof(group->items[0]), cmp_shown);
        *ret_end = end;
        return 0;
}

size_t bw_group_run(const struct bw_group *group, size_t from)
{
        const struct bw_finding *first = group->items[from];
        size_t end = from + 1;

        while (end < group->n && group->items[end]->rule == first->rule && group->items[end]->verdict == first->verdict)
                end++;
        return end;
}

void bw_group_done(struct bw_group *group)
{
        bw_free(group->items);
        *group = (struct bw_group){0};
}
