/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_double: stands in for the rule layer where only the pipeline around it is under test. Every object gets one
 * finding at its beginning; what an object's labels ask for besides is listed at evaluate. Include in one file only.
 * Ownership: as in rule/rule.h. Threads: counters are atomic.
 */
#ifndef BW_TESTS_SUPPORT_CATALOG_DOUBLE_H
#define BW_TESTS_SUPPORT_CATALOG_DOUBLE_H

#include <stdatomic.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "doc/inventory.h"
#include "rule/rule.h"

static const struct bw_rule_info double_rules[] = {
        {.id = BW_STR("T-1"), .severity = BW_SEVERITY_LOW},
        {.id = BW_STR("T-2"), .severity = BW_SEVERITY_HIGH},
        {.id = BW_STR("T-3"), .severity = BW_SEVERITY_MEDIUM},
};
static atomic_uint double_prepared; /* calls of bw_catalog_prepare */
static atomic_bool double_ready;
static int double_prepare_result;

struct bw_judge {
        struct bw_summary summary;
        uint64_t evaluations;
        const struct bw_joins *joins;
};

struct bw_joins {
        size_t n; /* documents in the inventory */
};

bool bw_catalog_is_ready(const struct bw_catalog *catalog BW_UNUSED, const struct bw_doc *doc BW_UNUSED)
{
        return atomic_load(&double_ready);
}

int bw_catalog_prepare(struct bw_catalog *catalog BW_UNUSED, const struct bw_doc *doc BW_UNUSED,
                       struct bw_error *reterr)
{
        atomic_fetch_add(&double_prepared, 1);
        if (double_prepare_result < 0)
                return bw_error_set(reterr, double_prepare_result, "the rules cannot be compiled");
        atomic_store(&double_ready, true);
        return 0;
}

size_t bw_catalog_size(const struct bw_catalog *catalog BW_UNUSED)
{
        return BW_ARRAY_SIZE(double_rules);
}

enum bw_rule_presence bw_catalog_look(void *catalog BW_UNUSED, struct bw_str pattern, struct bw_str *ret_nearest BW_UNUSED)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(double_rules); i++)
                if (bw_str_eq(double_rules[i].id, pattern))
                        return BW_RULE_TAKES_PART;
        return BW_RULE_UNKNOWN;
}

int bw_judge_new(const struct bw_catalog *catalog BW_UNUSED, const struct bw_world *world BW_UNUSED,
                 bool include_passed BW_UNUSED, struct bw_judge **ret, struct bw_error *reterr)
{
        struct bw_judge *judge = bw_zalloc(sizeof(*judge));

        if (!judge)
                return bw_error_nomem(reterr);
        *ret = judge;
        return 0;
}

void bw_judge_free(struct bw_judge *judge)
{
        bw_free(judge);
}

void bw_judge_summary(const struct bw_judge *judge, struct bw_summary *add_to)
{
        add_to->verdicts[BW_VERDICT_FAIL] += judge->summary.verdicts[BW_VERDICT_FAIL];
}

size_t bw_catalog_compiled(const struct bw_catalog *catalog BW_UNUSED)
{
        return atomic_load(&double_prepared) ? 1 : 0;
}

uint64_t bw_judge_pods(const struct bw_judge *judge BW_UNUSED)
{
        return 0;
}

uint64_t bw_judge_evaluations(const struct bw_judge *judge)
{
        return judge->evaluations;
}

/* ---- rules that look at other objects: metadata.labels.join: look is looked at only, anything else is judged, too */

int bw_catalog_plan_joined(struct bw_catalog *catalog BW_UNUSED, struct bw_error *reterr BW_UNUSED)
{
        return 0;
}

unsigned bw_catalog_needs(const struct bw_catalog *catalog BW_UNUSED, const struct bw_doc *doc)
{
        struct bw_str join = bw_map_text(bw_map_walk(doc->root, "metadata.labels"), "join");

        if (join.n == 0)
                return 0;
        return bw_str_is(join, "look") ? BW_NEED_LOOKED : BW_NEED_LOOKED | BW_NEED_JUDGED;
}

int bw_catalog_prepare_joined(struct bw_catalog *catalog BW_UNUSED, const struct bw_doc *doc BW_UNUSED,
                              struct bw_error *reterr BW_UNUSED)
{
        return 0;
}

int bw_joins_new(const struct bw_catalog *catalog BW_UNUSED, const struct bw_inventory *inventory,
                 struct bw_joins **ret, struct bw_error *reterr)
{
        struct bw_joins *joins = bw_zalloc(sizeof(*joins));

        if (!joins)
                return bw_error_nomem(reterr);
        joins->n = bw_inventory_size(inventory);
        *ret = joins;
        return 0;
}

void bw_joins_free(struct bw_joins *joins)
{
        bw_free(joins);
}

/* No rule of the double is for what many objects imply. */
bool bw_catalog_wants_made(const struct bw_catalog *catalog BW_UNUSED, size_t synthesizer BW_UNUSED)
{
        return false;
}

int bw_catalog_evaluate_made(const struct bw_catalog *catalog BW_UNUSED, struct bw_judge *judge BW_UNUSED,
                             struct bw_doc *doc BW_UNUSED, struct bw_doc *about BW_UNUSED, struct bw_arena *arena BW_UNUSED,
                             bw_finding_sink sink BW_UNUSED, void *userdata BW_UNUSED, struct bw_error *reterr BW_UNUSED)
{
        return 0;
}

bool bw_catalog_template(const struct bw_catalog *catalog BW_UNUSED, const struct bw_doc *doc BW_UNUSED,
                         struct bw_siphash_key key BW_UNUSED, struct bw_owner_id owner BW_UNUSED, uint64_t ret[2] BW_UNUSED)
{
        return false;
}

struct bw_uniform_counts bw_judge_uniform(struct bw_judge *judge BW_UNUSED)
{
        return (struct bw_uniform_counts){0};
}

int bw_catalog_evaluate_varying(const struct bw_catalog *catalog BW_UNUSED, struct bw_judge *judge BW_UNUSED,
                                struct bw_doc *doc BW_UNUSED, struct bw_arena *arena BW_UNUSED,
                                bw_finding_sink sink BW_UNUSED, void *userdata BW_UNUSED,
                                struct bw_error *reterr BW_UNUSED)
{
        return 0;
}

void bw_judge_repeat(struct bw_judge *judge BW_UNUSED, const struct bw_uniform_counts *counts BW_UNUSED)
{
}

void bw_judge_join(struct bw_judge *judge, const struct bw_joins *joins)
{
        judge->joins = joins;
}

/* One finding at the object's labels, which tells how many objects there are. */
int bw_catalog_evaluate_joined(const struct bw_catalog *catalog BW_UNUSED, struct bw_judge *judge, struct bw_doc *doc,
                               struct bw_arena *arena, bw_finding_sink sink, void *userdata, struct bw_error *reterr)
{
        const struct bw_segment segments[] = {
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(BW_STR("metadata"))},
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(BW_STR("labels"))},
        };
        const struct bw_path path = {.n = 2, .segments = segments};
        struct bw_mark mark = bw_doc_mark(doc, arena, path, true);
        struct bw_finding f = {
                .rule = &double_rules[2],
                .verdict = BW_VERDICT_FAIL,
                .resource = {.api_version = doc->api_version, .kind = doc->kind, .ns = doc->ns, .name = doc->name},
                .location = {.file = doc->input->name,
                             .line = mark.line,
                             .column = mark.column,
                             .path = BW_STR("metadata.labels"),
                             .source = bw_doc_line(doc, mark.line)},
                .input = doc->input->number,
                .doc = doc->index,
        };

        judge->summary.verdicts[BW_VERDICT_FAIL]++;
        f.message = bw_arena_printf(arena, "one of %zu", judge->joins->n);
        return f.message.p ? sink(userdata, &f) : bw_error_nomem(reterr);
}

/* metadata.labels: two: a second, worse finding; error: the evaluation fails with that number; path: the finding's
 * path. */
int bw_catalog_evaluate(const struct bw_catalog *catalog BW_UNUSED, struct bw_judge *judge, struct bw_doc *doc,
                        struct bw_arena *arena, bw_finding_sink sink, void *userdata, struct bw_error *reterr)
{
        struct bw_value labels = bw_map_walk(doc->root, "metadata.labels");
        struct bw_str path = bw_map_text(labels, "path");
        struct bw_value code = bw_map_get(labels, BW_STR("error"));
        struct bw_finding f = {
                .rule = &double_rules[0],
                .verdict = BW_VERDICT_FAIL,
                .resource = {.api_version = doc->api_version, .kind = doc->kind, .ns = doc->ns, .name = doc->name},
                .location = {.file = doc->input->name,
                             .line = doc->mark.line,
                             .column = doc->mark.column,
                             .path = path.n ? path : BW_STR("kind"),
                             .source = bw_doc_line(doc, doc->mark.line)},
                .input = doc->input->number,
                .doc = doc->index,
        };
        int r;

        if (code.type == BW_INT)
                return bw_error_set(reterr, (int)-code.i, "the object cannot be judged");
        judge->evaluations++;
        judge->summary.verdicts[BW_VERDICT_FAIL]++;
        f.message = bw_arena_printf(arena, "%.*s is here", BW_STR_ARG(doc->name));
        if (!f.message.p)
                return bw_error_nomem(reterr);
        r = sink(userdata, &f);
        if (r == 0 && bw_map_get(labels, BW_STR("two")).type != BW_ABSENT) {
                f.rule = &double_rules[1];
                f.order = 1;
                judge->summary.verdicts[BW_VERDICT_FAIL]++;
                r = sink(userdata, &f);
        }
        return r;
}

#endif
