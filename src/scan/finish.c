/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/finish_internal.h"

#include "base/arena.h"
#include "base/error.h"

static void drop_excepted(struct bw_merged *merged)
{
        size_t n = 0;

        for (size_t i = 0; i < merged->n_findings; i++)
                if (!merged->findings[i].exception)
                        merged->findings[n++] = merged->findings[i];
        merged->n_findings = n;
}

/* One more than there are: a baseline's own. */
static int add_notice(struct bw_report *report, struct bw_arena *arena, struct bw_notice notice)
{
        struct bw_notice *notices = bw_arena_array(arena, report->n_notices + 1, sizeof(*notices));

        if (!notices || !notice.message.p)
                return -ENOMEM;
        if (report->n_notices)
                memcpy(notices, report->notices, report->n_notices * sizeof(*notices));
        notices[report->n_notices++] = notice;
        report->notices = notices;
        return 0;
}

static int tell_gone(const struct bw_scan_options *options, struct bw_report *report, struct bw_arena *arena)
{
        uint64_t total = 0;
        uint64_t gone = bw_baseline_gone(options->baseline, bw_catalog_look, options->catalog, report->inputs,
                                         report->n_inputs, &total);

        if (gone == 0)
                return 0;
        return add_notice(report, arena,
                          (struct bw_notice){
                                  .file = options->baseline_file,
                                  .message = bw_arena_printf(arena,
                                                             "%" PRIu64 " of %" PRIu64
                                                             " findings of the baseline are gone: write it anew, or "
                                                             "they may come back unnoticed",
                                                             gone, total),
                          });
}

int bw_scan_finish(const struct bw_scan_options *options, struct bw_arena *arena, struct bw_merged *merged,
                   struct bw_report *report, struct bw_error *reterr)
{
        int r = 0;

        if (options->baseline)
                merged->n_findings =
                        bw_baseline_filter(options->baseline, merged->findings, merged->n_findings, &report->summary);
        if (options->exceptions && !options->keep_excepted)
                drop_excepted(merged);
        /* Of a part of the inputs there is no telling what is unused, or gone. */
        if (options->cancel && atomic_load(options->cancel))
                return 0;
        if (options->exceptions)
                r = bw_exceptions_notices(options->exceptions, bw_catalog_look, options->catalog, options->now, arena,
                                          &report->notices, &report->n_notices, reterr);
        if (r == 0 && options->baseline && tell_gone(options, report, arena) < 0)
                r = bw_error_nomem(reterr);
        return r;
}
