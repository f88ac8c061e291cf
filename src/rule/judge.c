/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/judge_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

int bw_judge_new(const struct bw_catalog *catalog, const struct bw_world *world, bool include_passed,
                 struct bw_judge **ret, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(BW_LIMIT_CEL_ARENA);
        struct bw_judge *judge = bw_zalloc(sizeof(*judge));

        if (!scratch || !judge) {
                bw_free(judge);
                return bw_error_nomem(reterr);
        }
        judge->catalog = catalog;
        if (world)
                judge->world = *world;
        if (!judge->world.seen_at)
                judge->world.seen_at = judge->world.now;
        judge->include_passed = include_passed;
        judge->minor = catalog->options.kubernetes_minor;
        judge->scratch = bw_take(scratch);
        judge->eval = (struct bw_cel_eval_options){
                .slots = judge->slots,
                .arena = judge->scratch,
                .now = judge->world.seen_at,
        };
        rule_volume_sources_init(&judge->volume_sources);
        judge->slots[SLOT_OLD_OBJECT] = bw_value_null();
        judge->slots[SLOT_REQUEST] = bw_value_null();
        judge->slots[SLOT_NAMESPACE_OBJECT] = bw_value_null();
        judge->slots[SLOT_NOW] = (struct bw_value){.type = BW_TIMESTAMP, .hash = 0x8000, .i = judge->world.seen_at};
        *ret = judge;
        return 0;
}

void bw_judge_free(struct bw_judge *judge)
{
        if (!judge)
                return;
        for (size_t i = 0; i < judge->n_late; i++)
                if (judge->late[i])
                        bw_cel_program_done(judge->late[i]->program);
        bw_free(judge->late);
        bw_arena_free(judge->late_arena);
        bw_arena_free(judge->scratch);
        bw_buf_done(&judge->text);
        bw_free(judge->containers);
        bw_free(judge->answers);
        bw_free(judge->reported);
        bw_free(judge->failures);
        bw_free(judge);
}

void bw_judge_summary(const struct bw_judge *judge, struct bw_summary *add_to)
{
        for (size_t i = 0; i < _BW_VERDICT_MAX; i++)
                add_to->verdicts[i] += judge->summary.verdicts[i];
        for (size_t i = 0; i < _BW_SEVERITY_MAX; i++)
                add_to->by_severity[i] += judge->summary.by_severity[i];
        add_to->excepted += judge->summary.excepted;
        add_to->unjudged += judge->summary.unjudged;
}

uint64_t bw_judge_evaluations(const struct bw_judge *judge)
{
        return judge->evaluations;
}

uint64_t bw_judge_pods(const struct bw_judge *judge)
{
        return judge->pods;
}

/* ---- the pod */

/* Slots that are made when an expression first uses them: costly, or rarely used. */
#define SLOTS_OF_POD (SLOT_BIT(SLOT_POD_SPEC) | SLOT_BIT(SLOT_POD_METADATA) | SLOT_BIT(SLOT_CONTAINERS))
#define SLOTS_OF_DOC (SLOT_BIT(SLOT_OBJECT) | SLOTS_OF_POD)

static int list_containers(struct bw_judge *judge)
{
        struct bw_pod pod = {.spec = judge->spec};
        size_t n = bw_pod_containers(&pod, judge->containers, judge->cap_containers);

        if (n > judge->cap_containers) {
                if (bw_grow(&judge->containers, &judge->cap_containers, n, sizeof(*judge->containers)) < 0)
                        return -ENOMEM;
                n = bw_pod_containers(&pod, judge->containers, judge->cap_containers);
        }
        judge->n_containers = n;
        return 0;
}

int judge_begin_pod(struct bw_judge *judge, struct bw_value metadata, struct bw_value spec, bool is_pod, bool raw)
{
        if (spec.type != BW_MAP)
                spec = bw_value_map(NULL, 0);
        if (metadata.type != BW_MAP)
                metadata = bw_value_map(NULL, 0);
        judge->spec = raw ? spec : rule_pod_defaults(judge->scratch, &judge->volume_sources, spec, is_pod);
        judge->metadata = metadata;
        judge->doc_bound &= ~SLOTS_OF_POD;
        if (judge->spec.type == BW_ABSENT)
                return -ENOMEM;
        return list_containers(judge);
}

/* ---- expressions */

static struct bw_value containers_value(struct bw_judge *judge)
{
        struct bw_list *list = bw_list_new(judge->scratch, (uint32_t)judge->n_containers);

        if (!list)
                return (struct bw_value){0};
        for (size_t i = 0; i < judge->n_containers; i++)
                list->items[i] = rule_without_nulls(judge->scratch, judge->containers[i].value);
        return bw_value_list(list, (uint32_t)judge->n_containers);
}

static int bind_doc(struct bw_judge *judge, uint64_t wanted)
{
        if (wanted & SLOT_BIT(SLOT_OBJECT))
                judge->slots[SLOT_OBJECT] = rule_without_nulls(judge->scratch, judge->object);
        if (wanted & SLOT_BIT(SLOT_POD_SPEC))
                judge->slots[SLOT_POD_SPEC] = rule_without_nulls(judge->scratch, judge->spec);
        if (wanted & SLOT_BIT(SLOT_POD_METADATA))
                judge->slots[SLOT_POD_METADATA] = rule_without_nulls(judge->scratch, judge->metadata);
        if (wanted & SLOT_BIT(SLOT_CONTAINERS))
                judge->slots[SLOT_CONTAINERS] = containers_value(judge);
        judge->doc_bound |= wanted;
        return 0;
}

static void bind_item(struct bw_judge *judge, uint64_t uses, const struct judge_item *item)
{
        const struct bw_segment *last = item->n_steps ? &item->steps[item->n_steps - 1] : NULL;

        judge->slots[SLOT_VALUE] = rule_without_nulls(judge->scratch, item->value);
        if (uses & SLOT_BIT(SLOT_EACH))
                judge->slots[SLOT_EACH] = rule_without_nulls(judge->scratch, item->each);
        if (uses & SLOT_BIT(SLOT_CONTAINER))
                judge->slots[SLOT_CONTAINER] =
                        item->container == NO_CONTAINER ?
                                bw_value_null() :
                                rule_without_nulls(judge->scratch, judge->containers[item->container].value);
        judge->slots[SLOT_EACH_KEY] = last && last->kind == BW_SEGMENT_KEY ? last->key : bw_value_null();
        judge->slots[SLOT_EACH_INDEX] =
                last && last->kind == BW_SEGMENT_INDEX ? bw_value_int(last->index) : bw_value_null();
        if (uses & SLOT_BIT(SLOT_NAME))
                judge->slots[SLOT_NAME] = bw_value_str(judge_item_name(judge, item));
        if (uses & SLOT_BIT(SLOT_WHO))
                judge->slots[SLOT_WHO] = bw_value_str(judge_item_who(judge, item));
        if (uses & SLOT_BIT(SLOT_SOURCE))
                judge->slots[SLOT_SOURCE] =
                        bw_value_str(judge_source(judge, judge_evidence(judge, judge_value_path(judge, item))));
        if (uses & SLOT_BIT(SLOT_LABEL))
                judge->slots[SLOT_LABEL] = bw_value_str(judge_item_label(judge, item));
}

/* Variables are evaluated when an expression uses them; an error in one is an error where it is used. */
static void bind_variables(struct bw_judge *judge, const struct rule_expr *expr)
{
        for (size_t i = 0; i < judge->rule->n_variables; i++) {
                const struct rule_expr *of = &judge->rule->variables[i].expression;
                uint64_t bit = SLOT_BIT(_SLOT_FIXED + i);

                if (!(expr->variables & bit) || (judge->variables_bound & bit))
                        continue;
                judge->slots[_SLOT_FIXED + i] = bw_cel_run(of->program, &judge->eval);
                if (!(of->uses & SLOTS_OF_ITEM))
                        judge->variables_bound |= bit;
        }
}

/* Room for the expression of this number. */
static int grow_late(struct bw_judge *judge, size_t number)
{
        size_t n = BW_MAX(number, judge->n_late * 2);
        struct rule_expr **grown = bw_reallocarray(judge->late, n, sizeof(struct rule_expr *));

        if (!grown)
                return -ENOMEM;
        memset(grown + judge->n_late, 0, (n - judge->n_late) * sizeof(struct rule_expr *));
        judge->late = grown;
        judge->n_late = n;
        return 0;
}

static struct rule_expr *new_late(struct bw_judge *judge, const struct rule_expr *expr)
{
        struct rule_expr *mine;

        if (!judge->late_arena)
                judge->late_arena = bw_arena_new(0);
        mine = judge->late_arena ? bw_arena_alloc(judge->late_arena, sizeof(*mine)) : NULL;
        if (!mine || (expr->late > judge->n_late && grow_late(judge, expr->late) < 0))
                return NULL;
        *mine = *expr;
        return mine;
}

static const struct rule_expr *compile_mine(struct bw_judge *judge, const struct rule_expr *expr,
                                            struct bw_error *reterr)
{
        struct rule_expr *mine = new_late(judge, expr);

        if (!mine || rule_compile_late(judge->late_arena, judge->catalog->builtin_env, judge->rule, mine, NULL) < 0) {
                if (mine && mine->program)
                        bw_cel_program_done(mine->program);
                judge->late_failed = true;
                bw_error_nomem(reterr);
                return NULL;
        }
        judge->late[expr->late - 1] = mine;
        return mine;
}

/* An expression that can be run: of its rule, or this judge's own. NULL with reterr set. */
static const struct rule_expr *ready_expr(struct bw_judge *judge, const struct rule_expr *expr, struct bw_error *reterr)
{
        if (BW_LIKELY(expr->program != NULL))
                return expr;
        if (expr->late <= judge->n_late && judge->late[expr->late - 1])
                return judge->late[expr->late - 1];
        return compile_mine(judge, expr, reterr);
}

struct bw_value judge_run(struct bw_judge *judge, const struct rule_expr *expr, const struct judge_item *item,
                          struct bw_error *reterr)
{
        uint64_t missing;
        struct bw_value v;

        expr = ready_expr(judge, expr, reterr);
        if (!expr)
                return (struct bw_value){0};
        missing = expr->uses & SLOTS_OF_DOC & ~judge->doc_bound;

        if (missing && bind_doc(judge, missing) < 0) {
                bw_error_nomem(reterr);
                return (struct bw_value){0};
        }
        if (item && (expr->uses & SLOTS_OF_ITEM))
                bind_item(judge, expr->uses, item);
        if (expr->variables)
                bind_variables(judge, expr);
        v = bw_cel_run(expr->program, &judge->eval);
        if (v.type != BW_ERROR)
                return v;
        bw_error_set(reterr, -EINVAL, "%s", v.error ? v.error->message : "evaluation failed");
        return (struct bw_value){0};
}

struct bw_str judge_text(struct bw_judge *judge, const struct rule_expr *expr, const struct judge_item *item)
{
        struct bw_value v;

        if (!expr->source.p)
                return (struct bw_str){0};
        v = judge_run(judge, expr, item, NULL);
        return v.type == BW_STRING ? bw_value_text(v) : (struct bw_str){0};
}

/* ---- texts of an item */

struct bw_str judge_item_name(const struct bw_judge *judge, const struct judge_item *item)
{
        struct bw_value of = item->element;

        if (item->container != NO_CONTAINER)
                of = judge->containers[item->container].value;
        else if (item->n_steps && item->steps[item->n_steps - 1].kind == BW_SEGMENT_KEY)
                return bw_value_text(item->steps[item->n_steps - 1].key);
        return bw_map_text(of, "name");
}

struct bw_str judge_item_who(struct bw_judge *judge, const struct judge_item *item)
{
        const struct rule_place *place = item->place;
        struct bw_str name = judge_item_name(judge, item);
        struct bw_str noun = place->noun;
        char *text;

        if (place->base == BASE_ROOT && !place->n_each) {
                if (judge->rule->match.pod_spec)
                        return BW_STR("pod");
                noun = judge->doc ? judge->doc->kind : BW_STR("object");
                name = judge->doc ? judge->doc->name : name;
        }
        if (!name.n)
                return noun;
        text = bw_arena_alloc(judge->scratch, noun.n + name.n + 3);
        if (!text)
                return noun;
        if (noun.n)
                memcpy(text, noun.p, noun.n);
        memcpy(text + noun.n, " \"", 2);
        memcpy(text + noun.n + 2, name.p, name.n);
        text[noun.n + name.n + 2] = '"';
        return bw_str_n(text, noun.n + name.n + 3);
}

/* A value as people write it: texts without quotes, nothing for null. */
static struct bw_str value_text(struct bw_judge *judge, struct bw_value v)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

        if (v.type == BW_STRING)
                return bw_value_text(v);
        if (v.type == BW_NULL || v.type == BW_ABSENT)
                return (struct bw_str){.p = ""};
        bw_value_json(&buf, v, 0);
        return bw_arena_str(judge->scratch, bw_buf_view(&buf));
}

struct bw_str judge_item_label(struct bw_judge *judge, const struct judge_item *item)
{
        const struct rule_expr *label = &item->check->label;
        struct bw_value v = item->path->n ? item->value : item->each;

        if (label->source.p) {
                v = judge_run(judge, label, item, NULL);
                if (v.type == BW_ABSENT)
                        return (struct bw_str){.p = "?", .n = 1};
        }
        return value_text(judge, v);
}

/* ---- where a value comes from */

struct bw_value judge_evidence(const struct bw_judge *judge, struct bw_path path)
{
        if (judge->evidence.type != BW_MAP)
                return (struct bw_value){0};
        return bw_evidence_find(judge->doc->root, path);
}

struct bw_str judge_source(struct bw_judge *judge, struct bw_value evidence)
{
        struct bw_str text = bw_map_text(evidence, "text");
        struct bw_str file = bw_map_text(evidence, "file");
        struct bw_value line = bw_map_get(evidence, BW_STR("line"));

        if (text.n)
                return text;
        if (!file.n)
                return (struct bw_str){.p = ""};
        if (line.type != BW_INT)
                return file;
        text = bw_arena_printf(judge->scratch, "%.*s:%" PRId64, BW_STR_ARG(file), line.i);
        return text.p ? text : file;
}

/* ---- where an item stands */

static void put(struct bw_segment **at, struct bw_path path)
{
        if (path.n)
                memcpy(*at, path.segments, path.n * sizeof(path.segments[0]));
        *at += path.n;
}

/* From the pod spec, its metadata, or the object; path and point lead on from `each`. */
static struct bw_path relative_path(struct bw_judge *judge, const struct judge_item *item, struct bw_path path,
                                    struct bw_path point)
{
        const struct rule_place *place = item->place;
        struct bw_segment *segments =
                bw_arena_array(judge->scratch, 2 + place->pattern.n + path.n + point.n + 1, sizeof(*segments));
        struct bw_segment *at = segments;
        size_t step = 0;

        if (!segments)
                return (struct bw_path){0};
        if (item->container != NO_CONTAINER) {
                const struct bw_container *c = &judge->containers[item->container];

                *at++ = (struct bw_segment){.kind = BW_SEGMENT_KEY,
                                            .key = bw_value_str(bw_container_list_name(c->list))};
                *at++ = (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = c->index};
        }
        for (size_t i = 0; i < place->pattern.n; i++) {
                const struct bw_segment *s = &place->pattern.segments[i];

                *at++ = s->kind == BW_SEGMENT_EACH ? item->steps[step++] : *s;
        }
        put(&at, path);
        put(&at, point);
        return (struct bw_path){.n = (size_t)(at - segments), .segments = segments};
}

struct bw_path judge_value_path(struct bw_judge *judge, const struct judge_item *item)
{
        return relative_path(judge, item, *item->path, (struct bw_path){0});
}

struct bw_path judge_item_path(struct bw_judge *judge, const struct judge_item *item, bool to_each)
{
        const struct bw_path none = {0};
        struct bw_path path =
                relative_path(judge, item, to_each ? none : *item->path, to_each ? none : item->check->point);
        struct bw_path base = judge->pod.metadata_path;
        struct bw_segment *segments;
        struct bw_segment *at;

        if (!path.segments || !judge->rule->match.pod_spec)
                return path;
        if (item->place->base != BASE_POD_METADATA)
                return bw_pod_path(judge->scratch, &judge->pod, path);
        segments = at = bw_arena_array(judge->scratch, base.n + path.n + 1, sizeof(*segments));
        if (!segments)
                return (struct bw_path){0};
        put(&at, base);
        put(&at, path);
        return (struct bw_path){.n = base.n + path.n, .segments = segments};
}
