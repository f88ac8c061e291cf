/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/testrun.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/inventory.h"
#include "doc/keep.h"
#include "rule/judge_internal.h"
#include "rule/reader_internal.h"
#include "rule/table.h"

enum { NO_VERSION = -1 }; /* the test names none: the object's own, else the newest */

struct test {
        struct bw_str name;
        struct bw_value pass;
        struct bw_value fail;
        struct bw_value skip;
        struct text_list paths;
        struct bw_str message;
        struct bw_str detail;
        struct rule_versions kubernetes;
        bool raw;
        struct bw_value with;
};

struct test_run {
        struct bw_arena *arena;
        struct bw_catalog *catalog;
        struct bw_judge *judge;
        bw_rule_test_sink sink;
        void *userdata;
        struct bw_error *reterr;
};

#define FIELD(member, field_name, reader_fn, ...)                                                  \
        {.name = (field_name), .read = (reader_fn), .offset = offsetof(struct test, member), ##__VA_ARGS__}

/* Other objects of the same scan: whole ones. */
static int read_objects(struct reader *r, struct bw_value v, struct bw_mark mark, void *slot)
{
        bool fits = v.type == BW_LIST;

        for (uint32_t i = 0; fits && i < v.n; i++) {
                struct bw_doc doc = {.root = v.list->items[i]};

                fits = bw_doc_identify(&doc);
        }
        if (!fits)
                rule_problem_add(r->problems, r->doc, mark, "with is a list of objects that have apiVersion and kind");
        else
                *(struct bw_value *)slot = v;
        return 0;
}

static const struct field test_fields[] = {
        FIELD(name, "name", read_text, .required = true),
        FIELD(pass, "pass", read_any_map),
        FIELD(fail, "fail", read_any_map),
        FIELD(skip, "skip", read_any_map),
        FIELD(paths, "paths", read_texts),
        FIELD(message, "message", read_text),
        FIELD(detail, "detail", read_text),
        FIELD(kubernetes, "kubernetes", read_versions),
        FIELD(raw, "raw", read_bool),
        FIELD(with, "with", read_objects),
};

static int read_test(struct bw_arena *arena, const struct bw_doc *doc, struct bw_value v, struct bw_mark mark,
                     struct rule_problems *problems, struct test *ret)
{
        const struct rule_load_options options = {.negate_at = -1};
        struct reader r = {.arena = arena, .doc = doc, .problems = problems, .options = &options};
        int status;

        *ret = (struct test){.kubernetes = {.from = NO_VERSION}};
        status = read_map(&r, v, mark, "test", test_fields, BW_ARRAY_SIZE(test_fields), ret);
        if (status == 0 && v.type == BW_MAP &&
            (ret->pass.type == BW_MAP) + (ret->fail.type == BW_MAP) + (ret->skip.type == BW_MAP) != 1)
                rule_problem_add(problems, doc, mark, "a test has either pass, fail or skip, with an object");
        if (status == 0 && ret->fail.type != BW_MAP && (ret->paths.n || ret->message.n || ret->detail.n))
                rule_problem_add(problems, doc, mark, "paths, message and detail belong to a test that fails");
        return status;
}

int rule_test_lint(struct bw_arena *arena, const struct bw_doc *doc, struct bw_value v, struct bw_mark mark,
                   struct rule_problems *problems)
{
        struct test test;

        return read_test(arena, doc, v, mark, problems, &test);
}

/* ---- the object under test, which may be abbreviated */

static struct bw_value with(struct bw_arena *arena, struct bw_value map, const char *key, struct bw_value value)
{
        struct bw_map *copy = bw_map_new(arena, map.n + 1);

        if (!copy)
                return (struct bw_value){0};
        copy->entries[0] = (struct bw_entry){.key = bw_value_str(bw_str(key)), .value = value};
        if (map.n)
                memcpy(copy->entries + 1, map.map->entries, map.n * sizeof(copy->entries[0]));
        if (bw_map_seal(arena, copy, map.n + 1) < 0)
                return (struct bw_value){0};
        return bw_value_map(copy, map.n + 1);
}

static struct bw_value kind_of(struct bw_arena *arena, const struct bw_rule *rule, struct bw_value *ret_version)
{
        const struct rule_kind *kind = rule->match.kinds;
        struct bw_str version = BW_STR("v1");

        if (rule->match.n_versions)
                version = rule->match.versions[0];
        if (rule->match.pod_spec || !kind) {
                *ret_version = bw_value_str(BW_STR("v1"));
                return bw_value_str(BW_STR("Pod"));
        }
        if (kind->group.n)
                version = bw_arena_printf(arena, "%.*s/%.*s", BW_STR_ARG(kind->group), BW_STR_ARG(version));
        *ret_version = version.p ? bw_value_str(version) : (struct bw_value){0};
        return bw_value_str(kind->kind);
}

/* A pod of a component, for a rule on what its flags say: the Component is derived. */
static bool is_component_pod(const struct bw_rule *rule, struct bw_value v)
{
        bool about_components = rule->match.n_kinds > 0;

        for (size_t i = 0; i < rule->match.n_kinds; i++)
                about_components &= bw_str_is(rule->match.kinds[i].group, "bulwark.dev") &&
                                    bw_str_is(rule->match.kinds[i].kind, "Component");
        return about_components && bw_map_get(v, BW_STR("containers")).type == BW_LIST;
}

static struct bw_value as_pod(struct bw_arena *arena, struct bw_value spec)
{
        struct bw_value pod = with(arena, bw_value_map(NULL, 0), "spec", spec);

        if (pod.type != BW_ABSENT)
                pod = with(arena, pod, "kind", bw_value_str(BW_STR("Pod")));
        return pod.type == BW_ABSENT ? pod : with(arena, pod, "apiVersion", bw_value_str(BW_STR("v1")));
}

/* A whole object as it is; without a kind: one of the rule's kind; a pod spec alone: a Pod with it. */
static struct bw_value complete(struct bw_arena *arena, const struct bw_rule *rule, struct bw_value v)
{
        bool whole = bw_map_get(v, BW_STR("spec")).type != BW_ABSENT || bw_map_get(v, BW_STR("metadata")).type != BW_ABSENT;
        struct bw_value version;
        struct bw_value kind;

        if (bw_map_get(v, BW_STR("kind")).type != BW_ABSENT)
                return v;
        if (is_component_pod(rule, v))
                return as_pod(arena, v);
        if (rule->match.pod_spec && !whole)
                v = with(arena, bw_value_map(NULL, 0), "spec", v);
        kind = kind_of(arena, rule, &version);
        if (v.type != BW_ABSENT && version.type != BW_ABSENT)
                v = with(arena, v, "kind", kind);
        return v.type == BW_ABSENT ? v : with(arena, v, "apiVersion", version);
}

/* ---- running one test */

struct outcome {
        struct bw_finding findings[32];
        size_t n;         /* fails, and what a person has to look at; those past the array are counted only */
        bool skipped;
        struct bw_str error;
};

static int take_finding(void *userdata, const struct bw_finding *f)
{
        struct outcome *o = userdata;

        if (f->verdict == BW_VERDICT_ERROR)
                o->error = f->message;
        if (f->verdict == BW_VERDICT_SKIP)
                o->skipped = true;
        if ((f->verdict == BW_VERDICT_FAIL || f->verdict == BW_VERDICT_MANUAL) && o->n++ < BW_ARRAY_SIZE(o->findings))
                o->findings[o->n - 1] = *f;
        return 0;
}

static struct bw_str say(struct test_run *run, const char *fmt, ...) BW_PRINTF(2, 3);
static struct bw_str say(struct test_run *run, const char *fmt, ...)
{
        struct bw_error text = {0};
        va_list ap;

        va_start(ap, fmt);
        vsnprintf(text.message, sizeof(text.message), fmt, ap);
        va_end(ap);
        return bw_arena_str(run->arena, bw_str(text.message));
}

/* The paths of the findings, as a list in one line. */
static struct bw_str found_paths(struct test_run *run, const struct outcome *o)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

        for (size_t i = 0; i < BW_MIN(o->n, BW_ARRAY_SIZE(o->findings)); i++) {
                bw_buf_puts(&buf, i ? ", " : "");
                bw_buf_str(&buf, o->findings[i].location.path);
        }
        return bw_arena_str(run->arena, bw_buf_view(&buf));
}

static bool same_paths(const struct test *test, const struct outcome *o)
{
        if (test->paths.n != o->n || o->n > BW_ARRAY_SIZE(o->findings))
                return false;
        for (size_t i = 0; i < o->n; i++)
                if (!bw_str_eq(test->paths.items[i], o->findings[i].location.path))
                        return false;
        return true;
}

/* Why the outcome is not what the test expects; empty when it is. */
static struct bw_str compare(struct test_run *run, const struct test *test, const struct outcome *o)
{
        if (o->error.n)
                return say(run, "cannot be evaluated: %.*s", BW_STR_ARG(o->error));
        if (test->pass.type == BW_MAP) {
                if (o->n == 0)
                        return (struct bw_str){0};
                return say(run, "expected to pass, but fails at %.*s: %.*s", BW_STR_ARG(o->findings[0].location.path),
                           BW_STR_ARG(o->findings[0].message));
        }
        if (test->skip.type == BW_MAP && o->n == 0)
                return o->skipped ? (struct bw_str){0} : BW_STR("expected to be skipped, but passes");
        if (test->skip.type == BW_MAP)
                return say(run, "expected to be skipped, but fails: %.*s", BW_STR_ARG(o->findings[0].message));
        if (o->n == 0)
                return o->skipped ? BW_STR("expected to fail, but is skipped") : BW_STR("expected to fail, but passes");
        if (test->paths.n && !same_paths(test, o))
                return say(run, "fails at other places: %.*s", BW_STR_ARG(found_paths(run, o)));
        if (test->message.n && !bw_str_eq(test->message, o->findings[0].message))
                return say(run, "the message is: %.*s", BW_STR_ARG(o->findings[0].message));
        return (struct bw_str){0};
}

static int version_of(const struct test *test)
{
        return test->kubernetes.from == NO_VERSION ? BW_KUBERNETES_NEWEST : test->kubernetes.from;
}

static int compare_detail(struct test_run *run, const struct bw_rule *rule, const struct test *test,
                          const struct bw_doc *doc, struct bw_str *ret_why)
{
        struct bw_pss_violation v;
        struct bw_pod pod;
        bool violated;
        int r;

        if (!bw_pod_find(doc, &pod)) {
                *ret_why = BW_STR("a test with a detail needs one pod");
                return 0;
        }
        r = rule_violation(run->judge, rule, version_of(test), &pod, bw_str_is(doc->kind, "Pod"), run->arena, &v,
                           &violated, run->reterr);
        if (r == -EINVAL) {
                *ret_why = say(run, "the detail cannot be evaluated: %s", run->reterr->message);
                bw_error_clear(run->reterr);
                return 0;
        }
        if (r == 0 && !(violated && bw_str_eq(v.detail, test->detail)))
                *ret_why = violated ? say(run, "the detail is: %.*s", BW_STR_ARG(v.detail)) : BW_STR("there is no detail");
        return r;
}

/* ---- rules that look at other objects: as a scan keeps them */

struct joined {
        struct bw_keeper *keeper;
        struct bw_inventory *inventory;
        struct bw_joins *joins;
};

static void joined_done(struct joined *j)
{
        bw_joins_free(j->joins);
        bw_inventory_free(j->inventory);
        bw_keeper_free(j->keeper);
}

static int keep(struct joined *j, const struct bw_doc *doc, struct bw_doc **ret, struct bw_error *reterr)
{
        int r = bw_doc_keep(j->keeper, doc, false, ret, reterr);

        return r < 0 ? r : bw_inventory_add(j->inventory, *ret, reterr);
}

/* Sets the judge on an inventory of the object under test, which becomes what is kept of it, and of those beside it. */
static int join(struct test_run *run, const struct bw_rule *rule, struct bw_value others, struct joined *j,
                struct bw_doc *doc)
{
        struct bw_doc *kept;
        int r = bw_keeper_new(&j->keeper, run->reterr);

        if (r == 0)
                r = bw_inventory_new(&j->inventory, run->reterr);
        if (r == 0)
                r = keep(j, doc, &kept, run->reterr);
        if (r == 0)
                *doc = *kept;
        for (uint32_t i = 0; r == 0 && i < others.n; i++) {
                struct bw_doc other = {.root = others.list->items[i], .index = i + 1};

                (void)bw_doc_identify(&other);
                r = keep(j, &other, &kept, run->reterr);
        }
        if (r == 0)
                r = bw_inventory_seal(j->inventory, run->reterr);
        if (r == 0)
                r = rule_joins_new(j->inventory, rule->looks, rule->n_looks, &j->joins, run->reterr);
        if (r == 0)
                bw_judge_join(run->judge, j->joins);
        return r;
}

/* In tests it is always the beginning of 2026 (UTC). */
static const struct bw_world test_world = {.now = 1767225600};

static int run_test(struct test_run *run, const struct bw_rule *rule, const struct test *test, struct bw_str *ret_why)
{
        struct bw_doc doc = {.root = test->pass.type == BW_MAP   ? test->pass
                                     : test->fail.type == BW_MAP ? test->fail
                                                                 : test->skip};
        bw_auto_done(joined_done) struct joined joined = {0};
        struct outcome o = {0};
        int r = 0;

        doc.root = rule_test_object(run->arena, rule->test_base, doc.root);
        if (doc.root.type == BW_ABSENT)
                return bw_error_nomem(run->reterr);
        doc.root = complete(run->arena, rule, doc.root);
        if (doc.root.type == BW_ABSENT)
                return bw_error_nomem(run->reterr);
        if (!bw_doc_identify(&doc)) {
                *ret_why = BW_STR("the object under test has no apiVersion and kind");
                return 0;
        }
        run->judge->world.raw = test->raw;
        if (rule->n_looks)
                r = join(run, rule, test->with, &joined, &doc);
        if (r < 0)
                return r;
        r = rule_evaluate(run->judge, &rule, 1, test->kubernetes.from, &doc, run->arena, take_finding, &o, run->reterr);
        if (r < 0)
                return r;
        *ret_why = compare(run, test, &o);
        if (ret_why->n == 0 && test->detail.n && rule->pss.detail.source.p)
                r = compare_detail(run, rule, test, &doc, ret_why);
        if (r == 0 && ret_why->n == 0 && test->fail.type == BW_MAP && rule->patch.type == BW_MAP && !rule->n_looks)
                r = rule_fix_test(run->judge, run->arena, rule, version_of(test), doc.root, ret_why, run->reterr);
        return r;
}

/* ---- all tests of a rule */

typedef int (*test_visit)(void *userdata, struct test_run *run, const struct bw_rule *rule, const struct test *test,
                          struct bw_mark mark, struct bw_str why);

static int run_tests(struct test_run *run, const struct bw_rule *rule, test_visit visit, void *userdata)
{
        struct rule_problems problems = {.arena = run->arena};
        int r = 0;

        for (uint32_t i = 0; rule->tests.type == BW_LIST && i < rule->tests.n && r == 0; i++) {
                struct bw_mark mark = list_mark(rule->tests, i);
                struct bw_str why = {0};
                struct test test;

                if (read_test(run->arena, rule->doc, rule->tests.list->items[i], mark, &problems, &test) < 0)
                        return bw_error_nomem(run->reterr);
                if (problems.n)
                        return rule_problems_error(&problems, run->reterr);
                r = run_test(run, rule, &test, &why);
                if (r == 0)
                        r = visit(userdata, run, rule, &test, mark, why);
        }
        return r;
}

static int report_test(void *userdata, struct test_run *run, const struct bw_rule *rule, const struct test *test,
                       struct bw_mark mark, struct bw_str why)
{
        const struct bw_rule_test_result result = {
                .file = rule->info.file,
                .line = mark.line,
                .rule = rule->info.id,
                .test = test->name,
                .ok = why.n == 0,
                .why = why,
        };

        (void)userdata;
        return run->sink(run->userdata, &result);
}

/* Runs with a judge for the catalog. */
static int with_judge(struct test_run *run, int (*act)(struct test_run *run))
{
        bw_auto(bw_judge_free) struct bw_judge *judge = NULL;
        int r = bw_judge_new(run->catalog, &test_world, true, &judge, run->reterr);

        if (r < 0)
                return r;
        run->judge = judge;
        return act(run);
}

static int test_all(struct test_run *run)
{
        int r = 0;

        for (size_t i = 0; i < run->catalog->n_entries && r == 0; i++)
                r = run_tests(run, run->catalog->entries[i].rule, report_test, NULL);
        return r;
}

int bw_rule_test(struct bw_arena *arena, const struct bw_rule_file *files, size_t n_files, bw_rule_test_sink sink,
                 void *userdata, struct bw_error *reterr)
{
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        struct bw_error err = {0};
        struct test_run run = {.arena = arena, .sink = sink, .userdata = userdata, .reterr = &err};
        int r = bw_catalog_new(NULL, &catalog, &err);

        for (size_t i = 0; i < n_files && r == 0; i++)
                r = bw_catalog_add(catalog, files[i].name, files[i].text, &err);
        run.catalog = catalog;
        if (r == 0)
                r = with_judge(&run, test_all);
        if (r < 0 && reterr)
                *reterr = err;
        return r;
}

static int load_builtin_tests(struct bw_catalog *catalog, struct bw_error *reterr)
{
        for (size_t i = 0; i < catalog->n_entries; i++) {
                struct rule_entry *entry = &catalog->entries[i];
                struct bw_doc doc;
                size_t used;
                int r = rule_catalog_open(catalog, entry, true, reterr);

                if (r == 0)
                        r = bw_json_read(catalog->arena, bw_str_n(entry->builtin->tests, entry->builtin->n_tests_json), 1,
                                         1, true, &doc, &used, reterr);
                if (r < 0)
                        return r;
                entry->rule->tests = doc.root;
        }
        return 0;
}

int bw_rule_test_builtin(struct bw_arena *arena, bw_rule_test_sink sink, void *userdata, struct bw_error *reterr)
{
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        struct bw_error err = {0};
        struct test_run run = {.arena = arena, .sink = sink, .userdata = userdata, .reterr = &err};
        int r = bw_catalog_new(NULL, &catalog, &err);

        if (r == 0)
                r = bw_catalog_add_builtin(catalog, &err);
        if (r == 0)
                r = load_builtin_tests(catalog, &err);
        run.catalog = catalog;
        if (r == 0)
                r = with_judge(&run, test_all);
        if (r < 0 && reterr)
                *reterr = err;
        return r;
}

/* ---- mutations */

static int notice(void *userdata, struct test_run *run, const struct bw_rule *rule, const struct test *test,
                  struct bw_mark mark, struct bw_str why)
{
        struct bw_rule_test_result *result = userdata;

        (void)run;
        (void)rule;
        (void)mark;
        if (!result->ok && why.n > 0)
                result->noticed_by = test->name;
        result->ok |= why.n > 0;
        return 0;
}

/* True for what the number stands for in a rule: a condition, a check, or a variable that is true or false. */
static bool is_negatable(const struct bw_rule *rule, long number)
{
        long variable = number - rule->n_negatable;

        return variable < 0 || ((size_t)variable < rule->n_variables && rule->variables[variable].expression.is_bool);
}

static int test_negated(struct test_run *run, const struct bw_rule *rule)
{
        struct bw_rule_test_result result = {
                .file = rule->info.file, .rule = rule->info.id, .test = rule->negated, .is_mutation = true};
        int r = run_tests(run, rule, notice, &result);

        if (!result.ok)
                result.why = BW_STR("no test of the rule fails when this is negated");
        return r < 0 ? r : run->sink(run->userdata, &result);
}

/* One expression of each rule of one file, negated; plain: its rules as they are. */
static int test_mutation(struct test_run *run, const struct bw_rule_file *file, const struct bw_catalog *plain,
                         long number)
{
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        bw_auto(bw_judge_free) struct bw_judge *judge = NULL;
        int r = bw_catalog_new(NULL, &catalog, run->reterr);

        if (r == 0)
                r = rule_catalog_add(catalog, file->name, file->text, number, run->reterr);
        if (r == 0)
                r = bw_judge_new(catalog, &test_world, true, &judge, run->reterr);
        run->judge = judge;
        for (size_t i = 0; r == 0 && i < catalog->n_entries; i++)
                if (is_negatable(plain->entries[i].rule, number))
                        r = test_negated(run, catalog->entries[i].rule);
        return r;
}

static int test_mutations(struct test_run *run, const struct bw_rule_file *file)
{
        bw_auto(bw_catalog_free) struct bw_catalog *plain = NULL;
        long n = 0;
        int r = bw_catalog_new(NULL, &plain, run->reterr);

        if (r == 0)
                r = bw_catalog_add(plain, file->name, file->text, run->reterr);
        for (size_t i = 0; r == 0 && i < plain->n_entries; i++) {
                const struct bw_rule *rule = plain->entries[i].rule;

                n = BW_MAX(n, rule->n_negatable + (long)rule->n_variables);
        }
        for (long number = 0; r == 0 && number < n; number++)
                r = test_mutation(run, file, plain, number);
        return r;
}

int bw_rule_test_mutations(struct bw_arena *arena, const struct bw_rule_file *files, size_t n_files,
                           bw_rule_test_sink sink, void *userdata, struct bw_error *reterr)
{
        struct bw_error err = {0};
        struct test_run run = {.arena = arena, .sink = sink, .userdata = userdata, .reterr = &err};
        int r = 0;

        for (size_t i = 0; i < n_files && r == 0; i++)
                r = test_mutations(&run, &files[i]);
        if (r < 0 && reterr)
                *reterr = err;
        return r;
}
