/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan_internal.h"
#include "report/emit.h"

struct counter {
        const char *name;  /* in JSON */
        const char *label; /* for people */
        uint64_t value;
};

int bw_stats_print(struct bw_cli *cli, const char *format, const struct bw_scan_stats *stats,
                   const struct bw_report *report, uint64_t nanoseconds)
{
        const struct counter counters[] = {
                {"elapsedMicroseconds", "microseconds, start to finish", nanoseconds / 1000},
                {"files", "files read", stats->files},
                {"bytes", "bytes, decompressed", stats->bytes},
                {"documents", "Kubernetes objects", stats->documents},
                {"otherDocuments", "other documents", stats->other},
                {"templates", "files that are templates", stats->templates},
                {"podSpecs", "pod specs judged", stats->pods},
                {"podsLikeOthers", "of them like one judged before", stats->like},
                {"evaluations", "evaluations (a rule on a value)", stats->evaluations},
                {"keptDocuments", "objects kept for rules that look at others", stats->kept_documents},
                {"keptBytes", "bytes of them", stats->kept_bytes},
                {"rules", "rules", report->summary.rules},
                {"rulesCompiled", "rules compiled", stats->rules_compiled},
                {"findings", "findings", report->n_findings},
                {"unreadableInputs", "unreadable inputs or parts", report->n_errors},
                {"arenaPeakBytes", "bytes in the largest arena", stats->arena_peak},
                {"threads", "threads", stats->threads},
        };
        const char *sandbox = stats->sandbox ? stats->sandbox : "none";
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r = 0;

        bw_emit_init(&e, BW_SYNTAX_JSON, NULL);
        if (strcmp(format, "json") == 0) {
                bw_emit_map(&e);
                for (size_t i = 0; i < BW_ARRAY_SIZE(counters); i++)
                        bw_emit_key_u64(&e, counters[i].name, counters[i].value);
                bw_emit_key_str(&e, "sandbox", bw_str(sandbox));
                bw_emit_end(&e);
                r = bw_emit_close(&e, NULL);
        } else {
                for (size_t i = 0; i < BW_ARRAY_SIZE(counters); i++)
                        bw_buf_printf(&e.buf, "%14" PRIu64 "  %s\n", counters[i].value, counters[i].label);
                bw_buf_printf(&e.buf, "%14s  sandbox: %s\n", "", sandbox);
        }
        if (r == 0)
                r = bw_buf_status(&e.buf);
        return r < 0 ? r : bw_term_write(&cli->err, bw_buf_view(&e.buf));
}
