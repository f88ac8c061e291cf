/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/plan_internal.h"

#include "analyze/derive.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/inventory.h"
#include "exception/exception.h"

/* One run of a rule on a document. */
struct evaluation {
        struct bw_doc *doc;
        struct bw_doc *subject; /* what findings are about: doc, or what it was derived from */
        struct bw_arena *arena;
        bw_finding_sink sink;
        void *userdata;
        uint32_t order;
        bool joined;            /* the document was judged by other rules before */
        bool varying;           /* only by rules that are not uniform */
        struct bw_path at;      /* of the finding at hand, from the subject's root */
        struct bw_line_cursor lines; /* of the document: findings mostly come in the order of its lines */
        const struct bw_rule *rule;
        uint32_t n_failed;      /* values, of this rule */
        uint32_t n_repeated;    /* of them, those that another rule has reported */
        bool has_error;
        bool exact;             /* the version is given: it goes before the document's own */
};

/* ---- findings */

static struct bw_str path_text(struct bw_judge *judge, struct bw_arena *arena, struct bw_path path)
{
        bw_buf_clear(&judge->text);
        bw_path_format(&judge->text, path);
        if (bw_buf_status(&judge->text) < 0)
                return (struct bw_str){0};
        return bw_arena_str(arena, bw_buf_view(&judge->text));
}

/* A path that is part of another: spec.volumes[1] of spec.volumes[1].hostPath. */
static bool is_within(struct bw_str path, struct bw_str outer)
{
        return bw_str_starts(path, outer) &&
               (path.n == outer.n || path.p[outer.n] == '.' || path.p[outer.n] == '[');
}

/* Whether a rule that this one repeats in part has reported the same value. */
static bool is_repeated(const struct bw_judge *judge, struct bw_str path)
{
        for (size_t i = 0; i < judge->n_reported; i++)
                for (size_t k = 0; k < judge->rule->n_overridden; k++)
                        if (judge->reported[i].rule == judge->rule->overridden[k] &&
                            is_within(judge->reported[i].path, path))
                                return true;
        return false;
}

static int remember(struct bw_judge *judge, struct bw_str path)
{
        if (judge->n_reported >= BW_LIMIT_FINDINGS_PER_RULE_DOC)
                return 0;
        if (bw_grow(&judge->reported, &judge->cap_reported, judge->n_reported + 1, sizeof(*judge->reported)) < 0)
                return -ENOMEM;
        judge->reported[judge->n_reported++] = (struct judge_reported){.rule = judge->rule, .path = path};
        return 0;
}

static struct bw_finding new_finding(const struct evaluation *ev, enum bw_verdict verdict)
{
        const struct bw_doc *doc = ev->subject;
        bool has_text = ev->subject != ev->doc || !bw_doc_has_evidence(doc);

        return (struct bw_finding){
                .rule = &ev->rule->info,
                .verdict = verdict,
                .resource = {.api_version = doc->api_version, .kind = doc->kind, .ns = doc->ns, .name = doc->name,
                             .line = has_text ? doc->mark.line : 0},
                .location = {.file = doc->input ? doc->input->name : (struct bw_str){0},
                             .line = has_text ? doc->mark.line : 0, .column = has_text ? doc->mark.column : 0},
                .input = doc->input ? doc->input->number : 0,
                .doc = doc->index,
                .order = ev->order,
                .n_objects = 1,
                .n_pods = bw_str_is(doc->kind, "Pod"),
        };
}

/* What somebody answers for does not count. */
static void except(const struct evaluation *ev, struct bw_judge *judge, struct bw_finding *f)
{
        if ((f->verdict != BW_VERDICT_FAIL && f->verdict != BW_VERDICT_MANUAL) || !judge->world.exceptions)
                return;
        f->exception = bw_exceptions_match(judge->world.exceptions, ev->subject, f, judge->world.now, ev->arena);
        if (!f->exception)
                return;
        f->verdict = BW_VERDICT_SKIP;
        judge->summary.excepted++;
}

static void count(struct bw_judge *judge, const struct bw_rule *rule, enum bw_verdict verdict)
{
        bool counts = verdict == BW_VERDICT_FAIL;

        judge->summary.verdicts[verdict]++;
        judge->summary.by_severity[rule->info.severity] += counts;
        if (!rule->uniform)
                return;
        judge->uniform.verdicts[verdict]++;
        judge->uniform.by_severity[rule->info.severity] += counts;
}

static void count_evaluation(struct bw_judge *judge, const struct bw_rule *rule)
{
        judge->evaluations++;
        judge->uniform.evaluations += rule->uniform;
}

static int give(struct evaluation *ev, struct bw_judge *judge, struct bw_finding *finding)
{
        finding->uniform = ev->rule->uniform;
        if (judge->foldable)
                finding->same = judge_sameness(judge, ev->at, finding);
        ev->at = (struct bw_path){0};
        except(ev, judge, finding);
        ev->order++;
        count(judge, ev->rule, finding->verdict);
        return ev->sink(ev->userdata, finding);
}

/* Line, column and source line of a path of the subject. */
static void locate_in_text(struct evaluation *ev, struct bw_path path, struct bw_finding *f)
{
        struct bw_mark mark = bw_doc_mark(ev->subject, ev->arena, path, true);

        if (mark.line) {
                f->location.line = mark.line;
                f->location.column = mark.column;
        }
        if (!bw_str_is(ev->subject->kind, "Secret") && f->location.line)
                f->location.source = bw_doc_line_from(ev->subject, f->location.line, &ev->lines);
}

static uint32_t number_of(struct bw_value evidence, const char *key)
{
        struct bw_value v = bw_map_get(evidence, bw_str(key));

        return v.type == BW_INT && v.i > 0 && v.i <= UINT32_MAX ? (uint32_t)v.i : 0;
}

static int copy_evidence(struct evaluation *ev, struct bw_value evidence, struct bw_finding *f)
{
        struct bw_finding_evidence *copy;

        if (evidence.type != BW_MAP)
                return 0;
        copy = bw_arena_alloc(ev->arena, sizeof(*copy));
        if (!copy)
                return -ENOMEM;
        *copy = (struct bw_finding_evidence){
                .type = bw_map_text(evidence, "type"),
                .state = bw_map_text(evidence, "state"),
                .text = bw_map_text(evidence, "text"),
                .file = bw_map_text(evidence, "file"),
                .line = number_of(evidence, "line"),
        };
        f->evidence = copy;
        return 0;
}

/* Where the evidence says: on the examined machine, or in the document that this one was derived from. */
static int locate_by_evidence(struct evaluation *ev, struct bw_judge *judge, struct bw_value evidence,
                              struct bw_str path_text, struct bw_finding *f)
{
        struct bw_str file = bw_map_text(evidence, "file");
        struct bw_path path;

        f->location.path = bw_arena_str(ev->arena, path_text);
        if (!f->location.path.p || copy_evidence(ev, evidence, f) < 0)
                return -ENOMEM;
        if (ev->subject != ev->doc) {
                struct bw_str place = bw_map_text(evidence, "path");

                if (!place.n || bw_path_parse(judge->scratch, place, &path, NULL) < 0)
                        path = (struct bw_path){0};
                f->location.path = place;
                locate_in_text(ev, path, f);
                f->fingerprint = judge_fingerprint(judge, path);
                ev->at = path;
                return 0;
        }
        if (file.n) {
                f->location.file = file;
                f->location.line = number_of(evidence, "line");
                f->location.column = number_of(evidence, "column");
        }
        return 0;
}

/* Path, place, and what the value comes from. */
static int locate(struct evaluation *ev, struct bw_judge *judge, struct bw_path path, struct bw_str text,
                  struct bw_finding *f)
{
        f->fingerprint = judge_fingerprint(judge, path);
        if (judge->evidence.type == BW_MAP)
                return locate_by_evidence(ev, judge, judge_evidence(judge, path), text, f);
        f->location.path = text;
        ev->at = path;
        locate_in_text(ev, path, f);
        return 0;
}

static struct bw_str message_of(struct bw_judge *judge, const struct judge_item *item)
{
        struct bw_str text = judge_text(judge, &item->check->message_expression, item);

        if (text.n)
                return text;
        return item->check->message.n ? item->check->message : judge->rule->info.title;
}

/* Who has to look wants to see what is there. */
static struct bw_str with_source(struct evaluation *ev, struct bw_judge *judge, const struct judge_item *item,
                                 struct bw_str message)
{
        struct bw_str source = judge_source(judge, judge_evidence(judge, judge_value_path(judge, item)));

        if (!source.n || bw_str_find(message, source) != SIZE_MAX)
                return bw_arena_str(ev->arena, message);
        return bw_arena_printf(ev->arena, "%.*s (%.*s)", BW_STR_ARG(message), BW_STR_ARG(source));
}

static int report_item(struct evaluation *ev, struct bw_judge *judge, const struct judge_item *item,
                       const struct bw_error *err)
{
        struct bw_finding f = new_finding(ev, err ? BW_VERDICT_ERROR : judge->rule->verdict);
        struct bw_path path = judge_item_path(judge, item, false);
        struct bw_str text = path_text(judge, ev->arena, path);

        if (!text.p)
                return -ENOMEM;
        if (!err && judge->rule->n_overridden && is_repeated(judge, text)) {
                ev->n_repeated++;
                return 0;
        }
        if (!err && judge->rule->pss.level == BW_PSS_BASELINE && remember(judge, text) < 0)
                return -ENOMEM;
        if (f.verdict == BW_VERDICT_MANUAL)
                f.message = with_source(ev, judge, item, message_of(judge, item));
        else
                f.message = bw_arena_str(ev->arena, err ? bw_str(err->message) : message_of(judge, item));
        f.remediation = ev->rule->info.fix;
        if (!f.message.p || judge->late_failed)
                return -ENOMEM;
        if (locate(ev, judge, path, text, &f) < 0)
                return -ENOMEM;
        /* What has a controller is changed there. */
        if (!err && judge->world.want_edits && !judge->owned && !ev->joined && judge->evidence.type != BW_MAP &&
            judge_item_edits(judge, item, ev->doc, ev->arena, &f, NULL) < 0)
                return -ENOMEM;
        return give(ev, judge, &f);
}

static int visit_item(void *userdata, struct bw_judge *judge, const struct judge_item *item, const struct bw_error *err)
{
        struct evaluation *ev = userdata;

        if (err) {
                /* One is enough: the others would say the same. */
                if (ev->has_error)
                        return 0;
                ev->has_error = true;
        } else if (ev->n_failed++ >= BW_LIMIT_FINDINGS_PER_RULE_DOC) {
                return 0;
        }
        return report_item(ev, judge, item, err);
}

/* ---- rules */

static int report_whole(struct evaluation *ev, struct bw_judge *judge, enum bw_verdict verdict, struct bw_str message)
{
        struct bw_finding f = new_finding(ev, verdict);

        f.fingerprint = judge_fingerprint(judge, (struct bw_path){0});
        f.message = bw_arena_str(ev->arena, message);
        return f.message.p ? give(ev, judge, &f) : -ENOMEM;
}

/* "/etc/x: permission denied; run as root": what evidence says of a value that is not known. */
static struct bw_str why_unknown(struct evaluation *ev, struct bw_value evidence)
{
        static const struct {
                const char *state;
                const char *text;
        } usual[] = {{"absent", "there is none"}, {"notApplicable", "does not apply here"}, {"unreadable", "cannot be read"}};
        struct bw_str reason = bw_map_text(evidence, "reason");
        struct bw_str file = bw_map_text(evidence, "file");
        struct bw_str help = bw_map_text(evidence, "help");

        for (size_t i = 0; i < BW_ARRAY_SIZE(usual) && !reason.n; i++)
                if (bw_str_is(bw_map_text(evidence, "state"), usual[i].state))
                        reason = bw_str(usual[i].text);
        if (bw_str_find(reason, file) != SIZE_MAX)
                file = (struct bw_str){0};
        return bw_arena_printf(ev->arena, "%.*s%s%.*s%s%.*s", BW_STR_ARG(file), file.n ? ": " : "", BW_STR_ARG(reason),
                               help.n ? "; " : "", BW_STR_ARG(help));
}

/* Nothing could be judged, or something was kept from us: the rule neither holds nor fails. */
static int report_unknown(struct evaluation *ev, struct bw_judge *judge)
{
        const struct judge_unknown *unknown = &judge->unknown;
        struct bw_finding f = new_finding(ev, BW_VERDICT_SKIP);

        judge->summary.unjudged += unknown->unreadable;
        if (!judge->include_passed) {
                count(judge, ev->rule, BW_VERDICT_SKIP);
                return 0;
        }
        f.fingerprint = judge_fingerprint(judge, (struct bw_path){0});
        f.message = why_unknown(ev, unknown->evidence);
        if (!f.message.p || locate_by_evidence(ev, judge, unknown->evidence, unknown->path, &f) < 0)
                return -ENOMEM;
        return give(ev, judge, &f);
}

static int report_skip(struct evaluation *ev, struct bw_judge *judge, struct bw_str reason)
{
        if (judge->include_passed)
                return report_whole(ev, judge, BW_VERDICT_SKIP, reason);
        count(judge, ev->rule, BW_VERDICT_SKIP);
        return 0;
}

static int report_pass(struct evaluation *ev, struct bw_judge *judge)
{
        struct bw_finding f = new_finding(ev, BW_VERDICT_PASS);

        if (!judge->include_passed) {
                count(judge, ev->rule, BW_VERDICT_PASS);
                return 0;
        }
        if (!judge->n_tested || judge->tested.type != BW_MAP)
                return report_whole(ev, judge, BW_VERDICT_PASS, ev->rule->info.title);
        f.fingerprint = judge_fingerprint(judge, (struct bw_path){0});
        f.message = ev->rule->info.title;
        if (locate_by_evidence(ev, judge, judge->tested, judge->tested_path, &f) < 0)
                return -ENOMEM;
        return give(ev, judge, &f);
}

static int evaluate_rule(struct evaluation *ev, struct bw_judge *judge, const struct bw_rule *rule)
{
        struct bw_error err = {0};
        struct bw_str reason = {0};
        int r = judge_rule_applies(judge, rule, &err);

        if (r == 0)
                return 0;
        count_evaluation(judge, rule);
        ev->rule = rule;
        ev->n_failed = 0;
        ev->n_repeated = 0;
        ev->has_error = false;
        if (r == JUDGE_UNKNOWN)
                return report_unknown(ev, judge);
        if (r > 0 && rule->n_skips) {
                r = judge_rule_skips(judge, rule, &reason, &err);
                if (r > 0)
                        return report_skip(ev, judge, reason);
        }
        if (r < 0)
                return report_whole(ev, judge, BW_VERDICT_ERROR, bw_str(err.message));
        r = judge_run_checks(judge, rule, visit_item, ev);
        if (r != 0 || ev->n_failed || ev->has_error)
                return r;
        if (judge->unknown.unreadable || (judge->unknown.evidence.type != BW_ABSENT && !judge->n_tested))
                return report_unknown(ev, judge);
        return report_pass(ev, judge);
}

/* A document that holds what was found on a machine says by which version it is to be judged. */
static int minor_of(const struct evaluation *ev, int minor)
{
        struct bw_value own = {0};

        if (!ev->exact && bw_doc_may_have_evidence(ev->doc))
                own = bw_map_get(ev->doc->root, BW_STR("kubernetesMinor"));
        return own.type == BW_INT && own.i > 0 ? (int)BW_MIN(own.i, (int64_t)BW_KUBERNETES_NEWEST) : minor;
}

static bool is_owned(const struct bw_doc *doc)
{
        struct bw_str kind;
        struct bw_str name;

        return bw_doc_controller(doc, &kind, &name) && !bw_str_is(kind, "Node");
}

static void begin(struct bw_judge *judge, const struct evaluation *ev, int minor)
{
        const struct bw_doc *doc = ev->doc;

        bw_arena_reset(judge->scratch);
        judge->doc = doc;
        judge->subject = ev->subject;
        judge->foldable = judge->world.fold && bw_pod_may_have(ev->subject);
        judge->owned = judge->foldable && is_owned(ev->subject);
        judge->own_name = judge->owned && bw_str_is(ev->subject->kind, "Pod") ? ev->subject->name : (struct bw_str){0};
        judge->evidence = (struct bw_value){0};
        if (BW_UNLIKELY(bw_doc_has_evidence(doc)))
                judge->evidence = bw_map_get(doc->root, BW_STR("evidence"));
        judge->object = doc->root;
        judge->spec = bw_value_null();
        judge->metadata = judge->spec;
        judge->n_containers = 0;
        judge->doc_bound = 0;
        judge->n_reported = 0;
        judge->n_edited = 0;
        judge->minor = minor_of(ev, minor);
}

static int evaluate_rules(struct evaluation *ev, struct bw_judge *judge, const struct bw_rule *const *rules, size_t n)
{
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++)
                if (rule_matches(rules[i], ev->doc))
                        r = evaluate_rule(ev, judge, rules[i]);
        return r;
}

struct pods_run {
        struct evaluation *ev;
        struct bw_judge *judge;
        const struct bw_rule *const *rules;
        size_t n_rules;
        const struct plan *plan; /* NULL: all rules are run */
};

/* Runs the rules that the plan cannot clear. */
static int evaluate_planned(struct pods_run *run)
{
        struct bw_judge *judge = run->judge;
        int r = 0;

        if (bw_grow(&judge->answers, &judge->cap_answers, run->n_rules, 1) < 0)
                return -ENOMEM;
        plan_run(run->plan, judge, judge->answers);
        for (size_t i = 0; i < run->n_rules && r == 0; i++) {
                if (judge->answers[i] == PLAN_RUN) {
                        r = evaluate_rules(run->ev, judge, &run->rules[i], 1);
                } else if (judge->answers[i] == PLAN_CLEAR || (judge->answers[i] == PLAN_CLEAR_IF_MATCHED &&
                                                               rule_matches(run->rules[i], run->ev->doc))) {
                        count_evaluation(judge, run->rules[i]);
                        count(judge, run->rules[i], BW_VERDICT_PASS);
                }
        }
        return r;
}

static int evaluate_pod(void *userdata, const struct bw_pod *pod)
{
        struct pods_run *run = userdata;
        struct bw_judge *judge = run->judge;

        judge->pods += !run->ev->joined;
        judge->pod = *pod;
        judge->n_reported = 0;
        if (judge_begin_pod(judge, pod->metadata, pod->spec, bw_str_is(judge->doc->kind, "Pod"), judge->world.raw) < 0)
                return -ENOMEM;
        if (run->plan && run->n_rules && !judge->include_passed)
                return evaluate_planned(run);
        return evaluate_rules(run->ev, judge, run->rules, run->n_rules);
}

/* Nearly every kind holds one pod at a fixed place; workflows hold several. */
static int evaluate_pods(struct evaluation *ev, struct bw_judge *judge, const struct bw_rule *const *rules, size_t n,
                         const struct plan *plan)
{
        struct pods_run run = {.ev = ev, .judge = judge, .rules = rules, .n_rules = n, .plan = plan};
        struct bw_pod pod;

        if (bw_pod_find(ev->doc, &pod))
                return evaluate_pod(&run, &pod);
        return bw_doc_pods(ev->doc, judge->scratch, evaluate_pod, &run);
}

static int evaluate_groups(struct evaluation *ev, struct bw_judge *judge, const struct rule_group_set *set, int minor,
                           struct bw_error *reterr)
{
        struct rule_kind_group *groups[3];
        size_t n = rule_catalog_groups(set, ev->doc, groups);
        int r = 0;

        if (n)
                begin(judge, ev, minor);
        for (size_t g = 0; g < n && r == 0; g++) {
                const struct bw_rule *const *rules = ev->varying ? groups[g]->varying : groups[g]->rules;
                size_t n_rules = ev->varying ? groups[g]->n_varying : groups[g]->n_rules;

                if (groups[g] == &set->groups[GROUP_PODS])
                        r = evaluate_pods(ev, judge, rules, n_rules, ev->varying ? NULL : groups[g]->plan);
                else
                        r = evaluate_rules(ev, judge, rules, n_rules);
        }
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

/* Documents that one document implies, judged by the rules of their kinds. */
struct derived_run {
        struct evaluation *ev;
        struct bw_judge *judge;
        const struct bw_rule *const *rules; /* NULL: the catalog's */
        size_t n_rules;
        int minor;
};

static int evaluate_derived_one(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct derived_run *run = userdata;
        int r = 0;

        run->ev->doc = doc;
        if (!run->rules)
                return evaluate_groups(run->ev, run->judge, &run->judge->catalog->first, run->minor, reterr);
        begin(run->judge, run->ev, run->minor);
        for (size_t i = 0; i < run->n_rules && r == 0; i++)
                if (!run->rules[i]->match.pod_spec)
                        r = evaluate_rules(run->ev, run->judge, &run->rules[i], 1);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}

static int evaluate_derived(struct derived_run *run, struct bw_error *reterr)
{
        struct bw_doc *doc = run->ev->subject;
        int r = bw_derive(run->ev->arena, doc, run->minor, run->ev->exact, evaluate_derived_one, run, reterr);

        run->ev->doc = doc;
        return r;
}

int bw_catalog_evaluate(const struct bw_catalog *catalog, struct bw_judge *judge, struct bw_doc *doc,
                        struct bw_arena *arena, bw_finding_sink sink, void *userdata, struct bw_error *reterr)
{
        struct evaluation ev = {
                .doc = doc, .subject = doc, .arena = arena, .sink = sink, .userdata = userdata,
                .exact = catalog->options.kubernetes_minor_is_given};
        struct derived_run derived = {.ev = &ev, .judge = judge, .minor = catalog->options.kubernetes_minor};
        int r = evaluate_groups(&ev, judge, &catalog->first, catalog->options.kubernetes_minor, reterr);

        return r || BW_LIKELY(!bw_derive_wants(doc)) ? r : evaluate_derived(&derived, reterr);
}

int bw_catalog_evaluate_varying(const struct bw_catalog *catalog, struct bw_judge *judge, struct bw_doc *doc,
                                struct bw_arena *arena, bw_finding_sink sink, void *userdata, struct bw_error *reterr)
{
        struct evaluation ev = {
                .doc = doc, .subject = doc, .arena = arena, .sink = sink, .userdata = userdata, .varying = true,
                .exact = catalog->options.kubernetes_minor_is_given};

        return evaluate_groups(&ev, judge, &catalog->first, catalog->options.kubernetes_minor, reterr);
}

struct bw_uniform_counts bw_judge_uniform(struct bw_judge *judge)
{
        struct bw_uniform_counts counts = judge->uniform;

        judge->uniform = (struct bw_uniform_counts){0};
        return counts;
}

void bw_judge_repeat(struct bw_judge *judge, const struct bw_uniform_counts *counts)
{
        for (size_t i = 0; i < _BW_VERDICT_MAX; i++)
                judge->summary.verdicts[i] += counts->verdicts[i];
        for (size_t i = 0; i < _BW_SEVERITY_MAX; i++)
                judge->summary.by_severity[i] += counts->by_severity[i];
        judge->evaluations += counts->evaluations;
}

int bw_catalog_evaluate_joined(const struct bw_catalog *catalog, struct bw_judge *judge, struct bw_doc *doc,
                               struct bw_arena *arena, bw_finding_sink sink, void *userdata, struct bw_error *reterr)
{
        struct evaluation ev = {
                .doc = doc, .subject = doc, .arena = arena, .sink = sink, .userdata = userdata, .joined = true,
                .exact = catalog->options.kubernetes_minor_is_given};

        return evaluate_groups(&ev, judge, &catalog->joined, catalog->options.kubernetes_minor, reterr);
}

int bw_catalog_evaluate_made(const struct bw_catalog *catalog, struct bw_judge *judge, struct bw_doc *doc,
                             struct bw_doc *about, struct bw_arena *arena, bw_finding_sink sink, void *userdata,
                             struct bw_error *reterr)
{
        struct evaluation ev = {
                .doc = doc, .subject = about, .arena = arena, .sink = sink, .userdata = userdata, .joined = true,
                .exact = catalog->options.kubernetes_minor_is_given};

        return evaluate_groups(&ev, judge, &catalog->first, catalog->options.kubernetes_minor, reterr);
}

int rule_evaluate(struct bw_judge *judge, const struct bw_rule *const *rules, size_t n_rules, int minor,
                  struct bw_doc *doc, struct bw_arena *arena, bw_finding_sink sink, void *userdata,
                  struct bw_error *reterr)
{
        struct evaluation ev = {
                .doc = doc, .subject = doc, .arena = arena, .sink = sink, .userdata = userdata, .exact = minor >= 0};
        struct derived_run derived = {.ev = &ev, .judge = judge, .rules = rules, .n_rules = n_rules};
        int r = 0;

        derived.minor = minor = minor < 0 ? BW_KUBERNETES_NEWEST : minor;
        begin(judge, &ev, minor);
        for (size_t i = 0; i < n_rules && r == 0; i++) {
                if (rules[i]->match.pod_spec)
                        r = evaluate_pods(&ev, judge, &rules[i], 1, NULL);
                else
                        r = evaluate_rules(&ev, judge, &rules[i], 1);
        }
        if (r == 0 && bw_derive_wants(doc))
                return evaluate_derived(&derived, reterr);
        return r == -ENOMEM ? bw_error_nomem(reterr) : r;
}
