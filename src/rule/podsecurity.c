/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/podsecurity.h"

#include "base/arena.h"
#include "base/error.h"
#include "rule/judge_internal.h"

static const char *const level_texts[_BW_PSS_LEVEL_MAX] = {
        [BW_PSS_PRIVILEGED] = "privileged",
        [BW_PSS_BASELINE] = "baseline",
        [BW_PSS_RESTRICTED] = "restricted",
};

const char *bw_pss_level_text(enum bw_pss_level level)
{
        return level < _BW_PSS_LEVEL_MAX ? level_texts[level] : "?";
}

/* The evaluator's order: baseline before restricted, each by check id. */
static int cmp_rule(const void *a, const void *b)
{
        const struct rule_pss *x = &(*(const struct bw_rule *const *)a)->pss;
        const struct rule_pss *y = &(*(const struct bw_rule *const *)b)->pss;

        return x->level != y->level ? (int)x->level - (int)y->level : bw_str_cmp(x->check, y->check);
}

int bw_pss_prepare(struct bw_catalog *catalog, struct bw_error *reterr)
{
        const struct bw_rule **rules;
        size_t n = 0;

        if (catalog->pss)
                return 0;
        rules = bw_arena_array(catalog->arena, catalog->n_entries + 1, sizeof(*rules));
        if (!rules)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < catalog->n_entries; i++) {
                struct rule_entry *entry = &catalog->entries[i];
                int r;

                if (entry->builtin ? !entry->builtin->pss : entry->rule->pss.level == BW_PSS_PRIVILEGED)
                        continue;
                r = rule_catalog_open(catalog, entry, true, reterr);
                if (r < 0)
                        return r;
                rules[n++] = entry->rule;
        }
        qsort(rules, n, sizeof(*rules), cmp_rule);
        catalog->pss = rules;
        catalog->n_pss = n;
        return 0;
}

static bool is_overridden(const struct bw_catalog *catalog, const struct bw_rule *rule, int minor)
{
        for (size_t i = 0; i < catalog->n_pss; i++) {
                const struct bw_rule *by = catalog->pss[i];

                if (!rule_versions_has(by->match.kubernetes, minor))
                        continue;
                for (size_t k = 0; k < by->pss.n_overrides; k++)
                        if (bw_str_eq(by->pss.overrides[k], rule->pss.check))
                                return true;
        }
        return false;
}

struct run {
        struct bw_error *reterr;
};

static int keep(void *userdata, struct bw_judge *judge, const struct judge_item *item, const struct bw_error *err)
{
        struct run *run = userdata;

        if (err)
                return bw_error_set(run->reterr, -EINVAL, "%.*s: %s", BW_STR_ARG(judge->rule->pss.check), err->message);
        return judge_keep_failure(judge, item);
}

/* An expression over `failed`, copied to the caller's arena. */
static int text_of(struct bw_judge *judge, const struct rule_expr *expr, struct bw_arena *arena, struct bw_str *ret,
                   struct bw_error *reterr)
{
        struct bw_value v = judge_run(judge, expr, NULL, reterr);

        if (v.type != BW_STRING)
                return bw_error_set(reterr, -EINVAL, "%.*s: the text of a violation is no string",
                                    BW_STR_ARG(judge->rule->pss.check));
        *ret = bw_arena_str(arena, bw_value_text(v));
        return ret->p ? 0 : bw_error_nomem(reterr);
}

static int describe(struct bw_judge *judge, bool details, struct bw_arena *arena, struct bw_pss_violation *v,
                    struct bw_error *reterr)
{
        const struct rule_pss *pss = &judge->rule->pss;
        int r = 0;

        *v = (struct bw_pss_violation){.check = pss->check, .reason = pss->reason};
        if (!details && !pss->reason_expression.source.p)
                return 0;
        judge->slots[SLOT_FAILED] = judge_failed(judge);
        if (judge->slots[SLOT_FAILED].type == BW_ABSENT)
                return bw_error_nomem(reterr);
        if (pss->reason_expression.source.p)
                r = text_of(judge, &pss->reason_expression, arena, &v->reason, reterr);
        if (r == 0 && details)
                r = text_of(judge, &pss->detail, arena, &v->detail, reterr);
        return r;
}

static int begin(struct bw_judge *judge, int minor, struct bw_value metadata, struct bw_value spec, bool is_pod)
{
        bw_arena_reset(judge->scratch);
        judge->doc = NULL;
        judge->evidence = (struct bw_value){0};
        judge->object = bw_value_null();
        judge->doc_bound = 0;
        judge->minor = BW_MIN(minor, BW_KUBERNETES_NEWEST);
        return judge_begin_pod(judge, metadata, spec, is_pod, judge->world.raw);
}

/* The judge stands on a pod. */
static int judge_rule(struct bw_judge *judge, const struct bw_rule *rule, bool details, struct bw_arena *arena,
                      struct bw_pss_violation *ret, bool *ret_violated, struct bw_error *reterr)
{
        struct run run = {.reterr = reterr};
        int r = judge_rule_applies(judge, rule, reterr);

        *ret_violated = false;
        if (r == 1)
                r = judge_run_checks(judge, rule, keep, &run);
        if (r == 0 && judge->n_failures) {
                *ret_violated = true;
                r = describe(judge, details, arena, ret, reterr);
        }
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

int rule_violation(struct bw_judge *judge, const struct bw_rule *rule, int minor, const struct bw_pod *pod, bool is_pod,
                   struct bw_arena *arena, struct bw_pss_violation *ret, bool *ret_violated, struct bw_error *reterr)
{
        if (begin(judge, minor, pod->metadata, pod->spec, is_pod) < 0)
                return bw_error_nomem(reterr);
        return judge_rule(judge, rule, true, arena, ret, ret_violated, reterr);
}

int bw_pss_evaluate(struct bw_judge *judge, enum bw_pss_level level, int minor, struct bw_value metadata,
                    struct bw_value spec, bool is_pod, bool details, struct bw_arena *arena,
                    const struct bw_pss_violation **ret, size_t *ret_n, struct bw_error *reterr)
{
        const struct bw_catalog *catalog = judge->catalog;
        struct bw_pss_violation *found = bw_arena_array(arena, catalog->n_pss + 1, sizeof(*found));
        size_t n = 0;

        if (!found || begin(judge, minor, metadata, spec, is_pod) < 0)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < catalog->n_pss; i++) {
                const struct bw_rule *rule = catalog->pss[i];
                bool violated;
                int r;

                if (rule->pss.level > level ||
                    (level == BW_PSS_RESTRICTED && is_overridden(catalog, rule, judge->minor)))
                        continue;
                r = judge_rule(judge, rule, details, arena, &found[n], &violated, reterr);
                if (r < 0)
                        return r;
                n += violated;
        }
        *ret = found;
        *ret_n = n;
        return 0;
}
