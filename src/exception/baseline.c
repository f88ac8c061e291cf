/* SPDX-License-Identifier: Apache-2.0 */
#include "exception/baseline.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/doc.h"
#include "doc/stream.h"
#include "finding/fingerprint.h"

#define SARIF_KEY "bulwark/v1"

struct entry { /* findings of one fingerprint */
        struct bw_fingerprint fingerprint;
        struct bw_str rule;
        uint32_t n;
        uint32_t n_met;
};

struct bw_baseline {
        struct bw_arena *arena;
        struct entry *entries; /* sorted, each fingerprint once */
        size_t n;
        size_t cap;
        struct bw_value inputs; /* list of texts; ABSENT when the report does not say */
};

void bw_baseline_free(struct bw_baseline *baseline)
{
        if (!baseline)
                return;
        bw_arena_free(baseline->arena);
        bw_free(baseline->entries);
        bw_free(baseline);
}

static int cmp_entries(const void *a, const void *b)
{
        const struct bw_fingerprint *x = &((const struct entry *)a)->fingerprint;
        const struct bw_fingerprint *y = &((const struct entry *)b)->fingerprint;

        if (x->high != y->high)
                return x->high < y->high ? -1 : 1;
        return x->low < y->low ? -1 : x->low > y->low;
}

/* ---- reading */

static int add(struct bw_baseline *baseline, struct bw_str rule, struct bw_str fingerprint, struct bw_error *reterr)
{
        struct entry entry = {.rule = rule, .n = 1};

        if (bw_fingerprint_parse(fingerprint, &entry.fingerprint) < 0)
                return bw_error_set(reterr, -EINVAL,
                                    "findings without fingerprints of this version: write the baseline anew");
        if (bw_grow(&baseline->entries, &baseline->cap, baseline->n + 1, sizeof(entry)) < 0)
                return bw_error_nomem(reterr);
        baseline->entries[baseline->n++] = entry;
        return 0;
}

static int take_report(struct bw_baseline *baseline, struct bw_value root, struct bw_error *reterr)
{
        struct bw_value findings = bw_map_get(root, BW_STR("findings"));
        struct bw_value known = bw_map_walk(root, "summary.known");
        int r = 0;

        if (findings.type != BW_LIST)
                return bw_error_set(reterr, -EINVAL, "a ScanReport without a list of findings");
        if (known.type == BW_INT && known.i > 0)
                return bw_error_set(reterr, -EINVAL,
                                    "this report leaves out what was known from another baseline: write one without "
                                    "--baseline");
        baseline->inputs = bw_map_walk(root, "metadata.inputs");
        for (uint32_t i = 0; i < findings.n && r == 0; i++) {
                struct bw_value f = findings.list->items[i];

                if (bw_str_is(bw_map_text(f, "verdict"), bw_verdict_text(BW_VERDICT_FAIL)))
                        r = add(baseline, bw_map_text(f, "rule"), bw_map_text(f, "fingerprint"), reterr);
        }
        return r;
}

/* A result that is a fail which nobody has excepted. */
static bool is_open(struct bw_value result)
{
        struct bw_value suppressions = bw_map_get(result, BW_STR("suppressions"));
        struct bw_value kind = bw_map_get(result, BW_STR("kind"));

        if (suppressions.type == BW_LIST && suppressions.n > 0)
                return false;
        return kind.type != BW_STRING || bw_str_is(bw_value_text(kind), "fail");
}

static int take_run(struct bw_baseline *baseline, struct bw_value run, struct bw_error *reterr)
{
        struct bw_value results = bw_map_get(run, BW_STR("results"));
        int r = 0;

        if (results.type != BW_LIST)
                return bw_error_set(reterr, -EINVAL, "a SARIF run without a list of results");
        for (uint32_t i = 0; i < results.n && r == 0; i++) {
                struct bw_value result = results.list->items[i];
                struct bw_value prints = bw_map_get(result, BW_STR("partialFingerprints"));

                if (is_open(result))
                        r = add(baseline, bw_map_text(result, "ruleId"), bw_map_text(prints, SARIF_KEY), reterr);
        }
        return r;
}

static int take_root(struct bw_baseline *baseline, struct bw_value root, struct bw_error *reterr)
{
        struct bw_value runs = bw_map_get(root, BW_STR("runs"));
        int r = 0;

        if (bw_str_is(bw_map_text(root, "apiVersion"), "bulwark.dev/v1") &&
            bw_str_is(bw_map_text(root, "kind"), "ScanReport"))
                return take_report(baseline, root, reterr);
        if (runs.type != BW_LIST || bw_map_text(root, "version").n == 0)
                return bw_error_set(reterr, -EINVAL,
                                    "no baseline: it takes a report of an earlier scan (-o json, yaml or sarif)");
        for (uint32_t i = 0; i < runs.n && r == 0; i++)
                r = take_run(baseline, runs.list->items[i], reterr);
        return r;
}

static int read_root(struct bw_arena *arena, struct bw_str text, struct bw_value *ret, struct bw_error *reterr)
{
        struct bw_doc doc = {0};
        size_t used;
        int r;

        if (text.n > BW_LIMIT_BASELINE_BYTES)
                return bw_error_set(reterr, -E2BIG, "a baseline has at most %zu bytes",
                                    (size_t)BW_LIMIT_BASELINE_BYTES);
        if (bw_stream_format(text) == BW_FORMAT_JSON)
                r = bw_json_read(arena, text, 1, 1, false, &doc, &used, reterr);
        else
                r = bw_yaml_read(arena, text, 1, false, &doc, reterr);
        if (r == 0)
                *ret = doc.root;
        return r;
}

/* Sorts, and makes one of equal entries. */
static void settle(struct bw_baseline *baseline)
{
        size_t n = 0;

        if (baseline->n)
                qsort(baseline->entries, baseline->n, sizeof(*baseline->entries), cmp_entries);
        for (size_t i = 0; i < baseline->n; i++) {
                if (n && cmp_entries(&baseline->entries[n - 1], &baseline->entries[i]) == 0)
                        baseline->entries[n - 1].n++;
                else
                        baseline->entries[n++] = baseline->entries[i];
        }
        baseline->n = n;
}

int bw_baseline_load(struct bw_str file, struct bw_str text, struct bw_baseline **ret, struct bw_error *reterr)
{
        bw_auto(bw_baseline_free) struct bw_baseline *baseline = bw_zalloc(sizeof(*baseline));
        struct bw_value root = {0};
        struct bw_str copy;
        int r;

        if (baseline)
                baseline->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        if (!baseline || !baseline->arena)
                return bw_error_nomem(reterr);
        copy = bw_arena_str(baseline->arena, text);
        r = copy.p ? read_root(baseline->arena, copy, &root, reterr) : bw_error_nomem(reterr);
        if (r == 0)
                r = take_root(baseline, root, reterr);
        if (r < 0) {
                if (reterr)
                        bw_error_in_file(reterr, file);
                return r;
        }
        settle(baseline);
        *ret = bw_take(baseline);
        return 0;
}

/* ---- using */

/* Whether the baseline has one more of this fingerprint. */
static bool take_known(struct bw_baseline *baseline, const struct bw_finding *f)
{
        const struct entry key = {.fingerprint = f->fingerprint};
        struct entry *entry = NULL;

        if (baseline->n && bw_fingerprint_is_set(f->fingerprint))
                entry = bsearch(&key, baseline->entries, baseline->n, sizeof(key), cmp_entries);
        if (!entry || entry->n_met >= entry->n)
                return false;
        entry->n_met++;
        return true;
}

size_t bw_baseline_filter(struct bw_baseline *baseline, struct bw_finding *findings, size_t n,
                          struct bw_summary *summary)
{
        size_t left = 0;

        for (size_t i = 0; i < n; i++) {
                const struct bw_finding *f = &findings[i];
                bool counts = f->verdict == BW_VERDICT_FAIL;

                if ((counts || f->exception) && take_known(baseline, f) && counts) {
                        summary->verdicts[BW_VERDICT_FAIL] -= bw_finding_objects(f);
                        summary->by_severity[f->rule->severity] -= bw_finding_objects(f);
                        summary->known += bw_finding_objects(f);
                        continue;
                }
                findings[left++] = *f;
        }
        return left;
}

static bool has_inputs(struct bw_value list, const struct bw_str *inputs, size_t n)
{
        if (list.type != BW_LIST)
                return true;
        if (list.n != n)
                return false;
        for (uint32_t i = 0; i < n; i++)
                if (list.list->items[i].type != BW_STRING || !bw_str_eq(bw_value_text(list.list->items[i]), inputs[i]))
                        return false;
        return true;
}

uint64_t bw_baseline_gone(const struct bw_baseline *baseline, bw_rule_look look, void *rules,
                          const struct bw_str *inputs, size_t n_inputs, uint64_t *ret_total)
{
        bool same = has_inputs(baseline->inputs, inputs, n_inputs);
        uint64_t gone = 0;
        struct bw_str nearest;

        *ret_total = 0;
        for (size_t i = 0; i < baseline->n; i++) {
                const struct entry *entry = &baseline->entries[i];

                *ret_total += entry->n;
                if (same && entry->n_met < entry->n && look(rules, entry->rule, &nearest) == BW_RULE_TAKES_PART)
                        gone += entry->n - entry->n_met;
        }
        return gone;
}
