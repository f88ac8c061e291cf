/* SPDX-License-Identifier: Apache-2.0 */
/* The hot path: from a rule's checks to the values under test, and the verdict on each. */
#include "rule/judge_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "rule/pred_internal.h"

struct walk {
        struct bw_judge *judge;
        struct judge_item item;
        judge_visit_fn visit;
        void *userdata;
};

static struct bw_value step(struct bw_value v, const struct bw_segment *s)
{
        const struct bw_entry *e;

        if (s->kind == BW_SEGMENT_INDEX)
                return bw_list_get(v, s->index);
        e = bw_map_find(v, s->key);
        return e ? e->value : (struct bw_value){0};
}

/* Null and absent are one to Kubernetes. */
static bool is_nothing(struct bw_value v)
{
        return v.type == BW_ABSENT || v.type == BW_NULL;
}

static struct bw_value value_at(struct bw_value v, const struct bw_path *path)
{
        for (size_t i = 0; i < path->n; i++) {
                v = step(v, &path->segments[i]);
                if (is_nothing(v))
                        return bw_value_null();
        }
        return v;
}

/* What is known without running the program. */
static enum rule_truth quick(const struct rule_expr *expr, struct bw_value v)
{
        static const enum rule_truth truths[] = {
                [PRED_UNKNOWN] = TRUTH_ASK, [PRED_YES] = TRUTH_HOLDS, [PRED_NO] = TRUTH_FAILS};

        if (v.type == BW_NULL)
                return (enum rule_truth)expr->truth[0];
        if (v.type == BW_BOOL)
                return (enum rule_truth)expr->truth[1 + v.b];
        return expr->pred ? truths[pred_ask(expr->pred, v)] : TRUTH_ASK;
}

/* 1 when the expression holds, 0 when not, -EINVAL. */
static int holds(struct bw_judge *judge, const struct rule_expr *expr, const struct judge_item *item,
                 struct bw_error *reterr)
{
        enum rule_truth known = quick(expr, expr->uses & SLOT_BIT(SLOT_VALUE) ? item->value : item->each);
        struct bw_value v;

        if (known != TRUTH_ASK)
                return known == TRUTH_HOLDS;
        v = judge_run(judge, expr, item, reterr);
        if (v.type == BW_BOOL)
                return v.b;
        if (v.type == BW_ABSENT)
                return -EINVAL;
        return bw_error_set(reterr, -EINVAL, "the expression gives a %s, not true or false", bw_type_name(v.type));
}

/* The expression is false, or (status < 0) cannot be evaluated: then it is run again for the error's text. */
static int not_held(struct walk *w, const struct rule_expr *expr, int status)
{
        struct bw_error err = {0};

        if (status == 0)
                return w->visit(w->userdata, w->judge, &w->item, NULL);
        status = holds(w->judge, expr, &w->item, &err);
        return status < 0 ? w->visit(w->userdata, w->judge, &w->item, &err) : 0;
}

/* ---- documents with evidence: why there is nothing to look at */

static bool has_evidence(const struct bw_judge *judge)
{
        return BW_UNLIKELY(judge->evidence.type == BW_MAP);
}

/* The path as text, in scratch. */
static struct bw_str path_text(struct bw_judge *judge, struct bw_path path)
{
        bw_buf_clear(&judge->text);
        bw_path_format(&judge->text, path);
        return bw_arena_str(judge->scratch, bw_buf_view(&judge->text));
}

/* Notes the state of what is at path, if evidence gives one. */
static bool is_stated(struct bw_judge *judge, struct bw_path path, struct bw_value evidence)
{
        struct bw_str state = bw_map_text(evidence, "state");
        bool unreadable = bw_str_is(state, "unreadable");

        if (!state.n)
                return false;
        if (judge->unknown.evidence.type == BW_ABSENT || (unreadable && !judge->unknown.unreadable))
                judge->unknown = (struct judge_unknown){
                        .evidence = evidence, .path = path_text(judge, path), .unreadable = unreadable};
        return true;
}

/* Whether the value under test can be judged. */
static bool is_known(struct walk *w)
{
        struct bw_path path = judge_value_path(w->judge, &w->item);
        struct bw_value evidence = judge_evidence(w->judge, path);

        if (is_stated(w->judge, path, evidence))
                return false;
        if (w->judge->n_tested++ == 0) {
                w->judge->tested = evidence;
                w->judge->tested_path = path_text(w->judge, path);
        }
        return true;
}

/* The first n segments of the pattern lead to nothing: evidence may say why. */
static void note_nothing(struct walk *w, size_t n)
{
        const struct rule_place *whole = w->item.place;
        const struct rule_place part = {.base = whole->base, .pattern = {.n = n, .segments = whole->pattern.segments}};
        const struct bw_path *before = w->item.path;
        const struct bw_path none = {0};
        struct bw_path path;

        if (!has_evidence(w->judge))
                return;
        w->item.place = &part;
        w->item.path = &none;
        path = judge_value_path(w->judge, &w->item);
        (void)is_stated(w->judge, path, judge_evidence(w->judge, path));
        w->item.place = whole;
        w->item.path = before;
}

/* `keys` and `where`: 1 when the value is to be tested, 0, or what visit returned. */
static int is_wanted(struct walk *w)
{
        const struct rule_check *check = w->item.check;
        const struct bw_segment *last = w->item.n_steps ? &w->item.steps[w->item.n_steps - 1] : NULL;
        int r = 1;

        if (check->n_keys && !(last && last->kind == BW_SEGMENT_KEY &&
                               rule_name_matches(check->keys, check->n_keys, bw_value_text(last->key))))
                return 0;

        for (size_t i = 0; i < check->n_where && r > 0; i++) {
                w->item.path = &check->where[i].path;
                w->item.value = value_at(w->item.each, w->item.path);
                if (has_evidence(w->judge) && is_nothing(w->item.value) && !is_known(w))
                        return 0;
                r = holds(w->judge, &check->where[i].expression, &w->item, NULL);
                if (r < 0)
                        return BW_MIN(not_held(w, &check->where[i].expression, r), 0);
        }
        return r;
}

static int test_value(struct walk *w)
{
        const struct rule_check *check = w->item.check;
        int wanted = check->n_where || check->n_keys ? is_wanted(w) : 1;

        if (wanted <= 0)
                return wanted;
        for (size_t i = 0; i < check->n_paths; i++) {
                int r;

                w->item.path = &check->paths[i];
                w->item.value = value_at(w->item.each, w->item.path);
                if (has_evidence(w->judge) && !is_known(w))
                        continue;
                r = holds(w->judge, &check->expression, &w->item, NULL);
                if (BW_LIKELY(r > 0))
                        continue;
                r = not_held(w, &check->expression, r);
                if (r != 0)
                        return r;
        }
        return 0;
}

static int walk_pattern(struct walk *w, struct bw_value v, size_t at);

/* Recursion is bounded by the wildcards of a pattern: BW_LIMIT_RULE_WILDCARDS. */
static int walk_each(struct walk *w, struct bw_value v, size_t at)
{
        uint32_t n_steps = w->item.n_steps;
        struct bw_segment *s = &w->item.steps[n_steps];
        int r = 0;

        if ((v.type != BW_LIST && v.type != BW_MAP) || v.n == 0) {
                note_nothing(w, at);
                return 0;
        }
        w->item.n_steps = n_steps + 1;
        for (uint32_t i = 0; i < v.n && r == 0; i++) {
                if (v.type == BW_LIST) {
                        *s = (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = i};
                        w->item.element = v.list->items[i];
                } else {
                        *s = (struct bw_segment){.kind = BW_SEGMENT_KEY, .index = i, .key = v.map->entries[i].key};
                        w->item.element = v.map->entries[i].value;
                }
                if (!is_nothing(w->item.element))
                        r = walk_pattern(w, w->item.element, at + 1);
        }
        w->item.n_steps = n_steps;
        return r;
}

static int walk_pattern(struct walk *w, struct bw_value v, size_t at)
{
        const struct bw_path *pattern = &w->item.place->pattern;

        for (; at < pattern->n; at++) {
                if (pattern->segments[at].kind == BW_SEGMENT_EACH)
                        return walk_each(w, v, at);
                v = step(v, &pattern->segments[at]);
                if (is_nothing(v)) {
                        note_nothing(w, at + 1);
                        return 0;
                }
        }
        w->item.each = v;
        return test_value(w);
}

static int walk_place(struct walk *w)
{
        struct bw_judge *judge = w->judge;
        int r = 0;

        w->item.n_steps = 0;
        w->item.container = NO_CONTAINER;
        switch (w->item.place->base) {
        case BASE_CONTAINERS:
                for (uint32_t i = 0; i < judge->n_containers && r == 0; i++) {
                        w->item.container = i;
                        r = walk_pattern(w, judge->containers[i].value, 0);
                }
                return r;
        case BASE_POD_METADATA:
                return walk_pattern(w, judge->metadata, 0);
        case BASE_ROOT:
                break;
        }
        return walk_pattern(w, judge->rule->match.pod_spec ? judge->spec : judge->object, 0);
}

/* 1 when all conditions hold, 0, JUDGE_UNKNOWN, -EINVAL. */
static int conditions_hold(struct bw_judge *judge, const struct rule_when *when, size_t n, struct bw_error *reterr)
{
        static const struct rule_place root = {.base = BASE_ROOT};
        struct judge_item item = {.place = &root, .container = NO_CONTAINER};
        bool unknown = false;
        int r = 1;

        for (size_t i = 0; i < n && r == 1; i++) {
                item.each = judge->rule->match.pod_spec ? judge->spec : judge->object;
                item.path = &when[i].path;
                item.value = value_at(item.each, item.path);
                if (has_evidence(judge) && is_nothing(item.value) &&
                    is_stated(judge, *item.path, judge_evidence(judge, *item.path)))
                        unknown = true;
                else
                        r = holds(judge, &when[i].expression, &item, reterr);
        }
        return r == 1 && unknown ? JUDGE_UNKNOWN : r;
}

/* The same names come again and again: what an expression said of a text is kept. The slot that has it, or may have it. */
static struct judge_memo *memo_for(struct bw_judge *judge, const struct rule_expr *expr, struct bw_value v)
{
        uint64_t hash = (v.head ^ (uintptr_t)expr) * 0x9e3779b97f4a7c15u;
        struct judge_memo *pair = &judge->memos[(hash >> 48) % JUDGE_MEMOS & ~1u];

        if (v.type != BW_STRING || v.n > JUDGE_MEMO_TEXT)
                return NULL;
        for (size_t i = 0; i < 2; i++)
                if (pair[i].expr == expr && pair[i].head == v.head && memcmp(pair[i].text, v.s, v.n) == 0)
                        return &pair[i];
        return &pair[judge->memo_turn++ & 1];
}

/* An expression on a value alone. Anything but a clear yes is a no. */
static bool clears(struct bw_judge *judge, const struct rule_expr *expr, struct bw_value v)
{
        enum rule_truth known = quick(expr, v);
        struct judge_memo *memo;
        struct bw_value answer;

        if (known != TRUTH_ASK)
                return known == TRUTH_HOLDS;
        memo = memo_for(judge, expr, v);
        if (memo && memo->expr == expr && memo->head == v.head && memcmp(memo->text, v.s, v.n) == 0)
                return memo->clears;
        if (v.type == BW_MAP || v.type == BW_LIST)
                v = rule_without_nulls(judge->scratch, v);
        judge->slots[SLOT_VALUE] = v;
        judge->slots[SLOT_EACH] = v;
        answer = bw_cel_run(expr->program, &judge->eval);
        if (memo) {
                *memo = (struct judge_memo){.expr = expr, .head = v.head, .clears = answer.type == BW_BOOL && answer.b};
                memcpy(memo->text, v.s, v.n);
        }
        return answer.type == BW_BOOL && answer.b;
}

static bool is_pure(const struct rule_expr *expr)
{
        return !(expr->uses & ~(SLOT_BIT(SLOT_VALUE) | SLOT_BIT(SLOT_PARAMS) | SLOT_BIT(SLOT_KUBERNETES_MINOR)));
}

bool judge_clears(struct bw_judge *judge, const struct rule_expr *expr, const struct rule_check *check,
                  struct bw_value params, struct bw_value key, struct bw_value v)
{
        judge->slots[SLOT_PARAMS] = params;
        if (expr)
                return clears(judge, expr, v);
        if (check && check->n_keys &&
            (key.type != BW_STRING || !rule_name_matches(check->keys, check->n_keys, bw_value_text(key))))
                return true;
        for (size_t i = 0; check && i < check->n_where; i++) {
                const struct rule_when *where = &check->where[i];

                if (!is_pure(&where->expression))
                        return false;
                if (!clears(judge, &where->expression, value_at(v, &where->path)))
                        return true;
        }
        if (!check || !is_pure(&check->expression))
                return false;
        for (size_t i = 0; i < check->n_paths; i++)
                if (!clears(judge, &check->expression, value_at(v, &check->paths[i])))
                        return false;
        return true;
}

bool judge_holds_below(struct bw_judge *judge, const struct rule_when *where, struct bw_value v)
{
        return clears(judge, &where->expression, value_at(v, &where->path));
}

int judge_rule_applies(struct bw_judge *judge, const struct bw_rule *rule, struct bw_error *reterr)
{
        judge->rule = rule;
        judge->variables_bound = 0;
        judge->n_failures = 0;
        judge->n_tested = 0;
        judge->unknown = (struct judge_unknown){0};
        judge->slots[SLOT_PARAMS] = rule->params;
        judge->slots[SLOT_KUBERNETES_MINOR] = bw_value_int(judge->minor);
        if (!rule_versions_has(rule->match.kubernetes, judge->minor))
                return 0;
        return conditions_hold(judge, rule->match.conditions, rule->match.n_conditions, reterr);
}

int judge_rule_skips(struct bw_judge *judge, const struct bw_rule *rule, struct bw_str *ret_reason,
                     struct bw_error *reterr)
{
        static const struct rule_place root = {.base = BASE_ROOT};
        static const struct bw_path whole = {0};
        struct judge_item item = {.place = &root, .path = &whole, .container = NO_CONTAINER};

        item.each = item.value = rule->match.pod_spec ? judge->spec : judge->object;
        for (size_t i = 0; i < rule->n_skips; i++) {
                const struct rule_skip *skip = &rule->skips[i];
                int r = holds(judge, &skip->expression, &item, reterr);

                if (r == 0)
                        continue;
                if (r < 0)
                        return r;
                *ret_reason = judge_text(judge, &skip->reason_expression, &item);
                if (!ret_reason->n)
                        *ret_reason = skip->reason;
                return 1;
        }
        return 0;
}

/* A condition of the check itself that cannot be evaluated: as a value that cannot be judged. */
static int when_failed(struct walk *w, const struct bw_error *err)
{
        static const struct rule_place root = {.base = BASE_ROOT};

        w->item.place = &root;
        w->item.path = &w->item.check->paths[0];
        w->item.container = NO_CONTAINER;
        w->item.n_steps = 0;
        return w->visit(w->userdata, w->judge, &w->item, err);
}

int judge_run_checks(struct bw_judge *judge, const struct bw_rule *rule, judge_visit_fn visit, void *userdata)
{
        struct walk w = {.judge = judge, .visit = visit, .userdata = userdata};
        int r = 0;

        for (size_t i = 0; i < rule->n_checks && r == 0; i++) {
                const struct rule_check *check = &rule->checks[i];
                struct bw_error err = {0};
                int applies = 1;

                if (!rule_versions_has(check->versions, judge->minor))
                        continue;
                w.item.check = check;
                if (check->n_when)
                        applies = conditions_hold(judge, check->when, check->n_when, &err);
                if (applies < 0)
                        r = when_failed(&w, &err);
                for (size_t k = 0; k < check->n_places && applies == 1 && r == 0; k++) {
                        w.item.place = &check->places[k];
                        r = walk_place(&w);
                }
        }
        return r;
}
