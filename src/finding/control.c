/* SPDX-License-Identifier: Apache-2.0 */
#include "finding/control.h"

#include "base/alloc.h"
#include "base/error.h"

/* Which of two findings decides: the larger number. */
static int weight(const struct bw_finding *f)
{
        static const int weights[_BW_VERDICT_MAX] = {
                [BW_VERDICT_SKIP] = 1,
                [BW_VERDICT_PASS] = 2,
                [BW_VERDICT_MANUAL] = 4,
                [BW_VERDICT_ERROR] = 5,
                [BW_VERDICT_FAIL] = 6,
        };
        bool unjudged = f->evidence && bw_str_is(f->evidence->state, "unreadable");

        return f->verdict == BW_VERDICT_SKIP && (unjudged || f->exception) ? 3 : weights[f->verdict];
}

static struct bw_control_result *find_result(struct bw_control_result *results, size_t n, const struct bw_control *control)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_eq(results[i].row->id, control->control) &&
                    bw_str_eq(results[i].row->framework, control->framework))
                        return &results[i];
        return NULL;
}

static void add(struct bw_control_result *result, const struct bw_finding *f)
{
        int now = result->finding ? weight(result->finding) : 0;
        int then = weight(f);

        if (then == now)
                result->n++;
        if (then <= now)
                return;
        result->finding = f;
        result->verdict = f->verdict;
        result->n = 1;
}

int bw_control_results(const struct bw_report *report, struct bw_control_result **ret, struct bw_error *reterr)
{
        struct bw_control_result *results = bw_zalloc((report->n_controls + 1) * sizeof(*results));

        if (!results)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < report->n_controls; i++)
                results[i] = (struct bw_control_result){
                        .row = &report->controls[i],
                        .verdict = report->controls[i].no_rule.n ? BW_VERDICT_MANUAL : BW_VERDICT_SKIP};
        for (size_t i = 0; i < report->n_findings; i++) {
                const struct bw_rule_info *rule = report->findings[i].rule;

                for (size_t k = 0; k < rule->n_controls; k++) {
                        struct bw_control_result *result = find_result(results, report->n_controls, &rule->controls[k]);

                        if (result)
                                add(result, &report->findings[i]);
                }
        }
        *ret = results;
        return 0;
}
