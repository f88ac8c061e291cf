/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "report/emit.h"
#include "report/report_internal.h"

int bw_report_flush(struct bw_buf *buf, const struct bw_report_options *options, size_t least)
{
        int r = bw_buf_status(buf);

        if (r < 0 || !options || !options->flush || buf->n < least || buf->n == 0)
                return r;
        r = options->flush(options->flush_userdata, bw_buf_view(buf));
        bw_buf_clear(buf);
        return r < 0 ? r : 0;
}

size_t bw_plain_run(struct bw_str s)
{
        const uint64_t ones = UINT64_MAX / 255;
        const uint64_t highs = ones * 0x80;
        size_t i = 0;

        /* Eight bytes at a time: the high bit shows a byte of 0x80 and up, one under 0x20, or 0x7f. */
        for (; i + 8 <= s.n; i += 8) {
                uint64_t x;

                memcpy(&x, s.p + i, 8);
                if ((x | (x - ones * 0x20) | (x + ones)) & highs)
                        break;
        }
        while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7f)
                i++;
        return i;
}

size_t bw_report_clean(struct bw_buf *out, struct bw_str s)
{
        size_t width = 0;

        while (s.n) {
                size_t n = bw_plain_run(s);
                uint32_t rune;

                bw_report_put(out, s.p, n);
                width += n;
                s = bw_str_n(s.p + n, s.n - n);
                if (s.n == 0)
                        break;
                n = bw_utf8_decode(s, &rune);
                if (rune == '\t' || rune == '\n' || rune == '\r') {
                        bw_report_char(out, ' ');
                        width++;
                } else if (rune < 0x100 ? bw_rune_is_unsafe(rune) : rune == BW_RUNE_ERROR && n == 1) {
                        bw_buf_clean(out, bw_str_n(s.p, n));
                        width += 4 * n;
                } else if (bw_rune_is_unsafe(rune)) {
                        size_t before = out->n;

                        bw_buf_printf(out, "\\u{%04X}", (unsigned)rune);
                        width += out->n - before;
                } else {
                        bw_report_put(out, s.p, n);
                        width += bw_rune_width(rune);
                }
                s = bw_str_n(s.p + n, s.n - n);
        }
        return width;
}

void bw_report_plural(struct bw_buf *out, uint64_t n, const char *one, const char *many)
{
        bw_buf_u64(out, n);
        bw_report_char(out, ' ');
        bw_report_puts(out, n == 1 ? one : many);
}

bool bw_report_others(struct bw_buf *out, const struct bw_finding *finding)
{
        bool is_pod = bw_str_is(finding->resource.kind, "Pod");
        uint32_t others = bw_finding_objects(finding) - 1;
        uint32_t pods = finding->n_pods - (is_pod && finding->n_pods);

        if (others == 0)
                return false;
        bw_report_puts(out, "and ");
        if (is_pod) {
                bw_report_plural(out, others, "pod like it", "pods like it");
                return true;
        }
        if (pods < others)
                bw_report_plural(out, others - pods, "object it makes", "objects it makes");
        if (pods && pods < others)
                bw_report_puts(out, ", ");
        if (pods)
                bw_report_plural(out, pods, "pod of it", "pods of it");
        return true;
}

/* What a summary says beside its fails, where there is something to say. */
static void put_others(struct bw_buf *out, const struct bw_summary *s)
{
        const struct {
                uint64_t n;
                const char *one;
                const char *many;
        } others[] = {
                {s->verdicts[BW_VERDICT_MANUAL], "to look at by hand", "to look at by hand"},
                {s->verdicts[BW_VERDICT_ERROR], "check could not be evaluated", "checks could not be evaluated"},
                {s->excepted, "excepted", "excepted"},
                {s->known, "known from the baseline", "known from the baseline"},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(others); i++) {
                if (others[i].n == 0)
                        continue;
                bw_report_put(out, "; ", 2);
                bw_report_plural(out, others[i].n, others[i].one, others[i].many);
        }
}

void bw_report_counts(struct bw_buf *out, const struct bw_summary *summary)
{
        uint64_t fails = summary->verdicts[BW_VERDICT_FAIL];

        /* "Nothing wrong" would be a wrong answer when nothing was looked at. */
        if (fails == 0 && summary->documents == 0)
                bw_report_puts(out, "nothing was judged: no Kubernetes objects were found");
        else if (fails == 0)
                bw_report_puts(out, "no failed checks");
        else
                bw_report_plural(out, fails, "failed check", "failed checks");
        for (int i = _BW_SEVERITY_MAX - 1; fails && i >= 0; i--) {
                bw_report_puts(out, i == _BW_SEVERITY_MAX - 1 ? ": " : ", ");
                bw_buf_u64(out, summary->by_severity[i]);
                bw_report_char(out, ' ');
                bw_report_puts(out, bw_severity_text((enum bw_severity)i));
        }
        put_others(out, summary);
}

void bw_report_controls(struct bw_emit *e, const char *key, const char *name_key, const struct bw_rule_info *rule)
{
        bw_emit_key(e, key);
        bw_emit_list(e);
        for (size_t i = 0; i < rule->n_controls; i++) {
                if (rule->controls[i].is_peer)
                        continue;
                bw_emit_map(e);
                bw_emit_key_str(e, name_key, rule->controls[i].framework);
                bw_emit_key_str(e, "control", rule->controls[i].control);
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

void bw_report_evidence(struct bw_buf *out, const struct bw_finding_evidence *evidence)
{
        bool placed = evidence->file.n > 0;

        bw_report_str(out, evidence->state.n ? evidence->state : evidence->type);
        if (evidence->text.n) {
                bw_report_puts(out, ": ");
                bw_report_str(out, evidence->text);
        }
        if (!placed)
                return;
        bw_report_puts(out, evidence->text.n ? " (" : ": ");
        bw_report_str(out, evidence->file);
        if (evidence->line) {
                bw_report_char(out, ':');
                bw_buf_u64(out, evidence->line);
        }
        bw_report_puts(out, evidence->text.n ? ")" : "");
}

void bw_report_emit_evidence(struct bw_emit *e, const struct bw_finding_evidence *evidence)
{
        if (!evidence)
                return;
        bw_emit_key(e, "evidence");
        bw_emit_map(e);
        bw_emit_key_str(e, evidence->state.n ? "state" : "type", evidence->state.n ? evidence->state : evidence->type);
        bw_emit_key_str(e, "text", evidence->text);
        bw_emit_key_str(e, "file", evidence->file);
        bw_emit_key_u64(e, "line", evidence->line);
        bw_emit_end(e);
}
