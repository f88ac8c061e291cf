/* SPDX-License-Identifier: Apache-2.0 */
/* The controls of the frameworks that a scan is asked for, for the reports that show them. */
#include "base/alloc.h"
#include "cli/scan_internal.h"
#include "rule/framework.h"

static bool is_asked_for(const struct bw_framework *framework, const struct bw_str *names, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_eq(framework->name, names[i]))
                        return true;
        return false;
}

int bw_scan_controls(struct bw_catalog *catalog, const struct bw_str *names, size_t n_names,
                     struct bw_control_row **ret_rows, size_t *ret_n, struct bw_error *reterr)
{
        const struct bw_framework *frameworks = NULL;
        struct bw_control_row *rows;
        size_t n_frameworks = 0;
        size_t n = 0;
        int r = bw_catalog_frameworks(catalog, &frameworks, &n_frameworks, reterr);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n_frameworks; i++)
                n += is_asked_for(&frameworks[i], names, n_names) ? frameworks[i].n_controls : 0;
        rows = bw_zalloc((n + 1) * sizeof(*rows));
        if (!rows)
                return bw_error_nomem(reterr);
        n = 0;
        for (size_t i = 0; i < n_frameworks; i++)
                for (size_t k = 0; is_asked_for(&frameworks[i], names, n_names) && k < frameworks[i].n_controls; k++)
                        rows[n++] = (struct bw_control_row){
                                .framework = frameworks[i].name,
                                .id = frameworks[i].controls[k].id,
                                .title = frameworks[i].controls[k].title,
                                .no_rule = frameworks[i].controls[k].no_rule,
                        };
        *ret_rows = rows;
        *ret_n = n;
        return 0;
}

size_t bw_scan_without_passed(const struct bw_report *report, struct bw_finding *to)
{
        size_t n = 0;

        for (size_t i = 0; i < report->n_findings; i++) {
                const struct bw_finding *f = &report->findings[i];

                if (f->verdict != BW_VERDICT_PASS && (f->verdict != BW_VERDICT_SKIP || f->exception))
                        to[n++] = *f;
        }
        return n;
}
