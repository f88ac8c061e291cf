/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peers' own test suites: does our scan say "something is wrong" where theirs does? Which of our rules answer which of
 * their rules, and where we deliberately judge otherwise, stands in tests/vectors/workload/: NAME.tsv (source, rule,
 * ids, reason, params) and NAME-cases.tsv (case, our verdict, reason, params); lines that begin with # are comments.
 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include <dirent.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/doc.h"
#include "scan/scan.h"

#ifndef WORKLOAD_MAPS
#error "WORKLOAD_MAPS: the folder of the maps"
#endif

enum { MAX_ROWS = 1000, MAX_INPUTS = 32, MAX_IDS = 64 };

struct row { /* of NAME.tsv, or of NAME-cases.tsv with a verdict in ids */
        struct bw_str source;
        struct bw_str rule;
        struct bw_str ids;
        struct bw_str reason;
        struct bw_str params;
        bool used;
};

struct table {
        struct row rows[MAX_ROWS];
        size_t n;
};

struct score {
        const char *source;
        uint64_t agree;
        uint64_t explained;
        uint64_t disagree;
};

struct workload {
        struct vectors_run *run;
        struct bw_arena *arena;   /* of the run */
        struct bw_arena *scratch; /* of one case */
        struct table *rules;
        struct table *cases;
        struct bw_str folder;
        struct score scores[4];
};

static struct score *score_of(struct workload *w, struct bw_str source)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(w->scores); i++)
                if (bw_str_is(source, w->scores[i].source))
                        return &w->scores[i];
        return NULL;
}

/* ---- the maps */

static void read_rows(struct workload *w, const char *path, bool of_cases)
{
        struct table *table = of_cases ? w->cases : w->rules;
        struct bw_str rest = vectors_read(w->run, w->arena, path);
        struct bw_str line = {0};

        while (rest.p && bw_str_split(&rest, '\n', &line)) {
                struct row *row = &table->rows[table->n];
                struct bw_str *const rule_fields[] = {&row->source, &row->rule, &row->ids, &row->reason, &row->params};
                struct bw_str *const case_fields[] = {&row->rule, &row->ids, &row->reason, &row->params};
                size_t n = of_cases ? BW_ARRAY_SIZE(case_fields) : BW_ARRAY_SIZE(rule_fields);

                if (line.n == 0 || line.p[0] == '#')
                        continue;
                if (table->n == MAX_ROWS) {
                        vectors_broken(w->run, "%s: too many rows", path);
                        return;
                }
                *row = (struct row){0};
                for (size_t i = 0; i < n && bw_str_split(&line, '\t', of_cases ? case_fields[i] : rule_fields[i]); i++)
                        ;
                if (row->rule.n == 0 || (row->ids.n == 0 && row->reason.n == 0 && row->params.n == 0))
                        vectors_broken(w->run, "%s: a row without ids and without a reason", path);
                table->n++;
        }
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_maps(struct workload *w)
{
        char *names[64];
        size_t n = 0;
        DIR *dir = opendir(WORKLOAD_MAPS);
        const struct dirent *entry;

        if (!dir)
                return false;
        while ((entry = readdir(dir)) && n < BW_ARRAY_SIZE(names)) {
                size_t length = strlen(entry->d_name);

                if (length > 4 && strcmp(entry->d_name + length - 4, ".tsv") == 0)
                        names[n++] = strdup(entry->d_name);
        }
        closedir(dir);
        qsort(names, n, sizeof(names[0]), compare_names);
        for (size_t i = 0; i < n; i++) {
                char path[4096];

                snprintf(path, sizeof(path), "%s/%s", WORKLOAD_MAPS, names[i]);
                read_rows(w, path, strstr(names[i], "-cases.tsv") != NULL);
                free(names[i]);
        }
        return n > 0;
}

/* Names of Kyverno's rules have a slash in one list and a dot in the other. */
static bool same_rule(struct bw_str a, struct bw_str b)
{
        if (a.n != b.n)
                return false;
        for (size_t i = 0; i < a.n; i++)
                if (a.p[i] != b.p[i] && !((a.p[i] == '/' || a.p[i] == '.') && (b.p[i] == '/' || b.p[i] == '.')))
                        return false;
        return true;
}

static struct row *find_rule(struct workload *w, struct bw_str source, struct bw_str rule)
{
        for (size_t i = 0; i < w->rules->n; i++)
                if (bw_str_eq(w->rules->rows[i].source, source) && same_rule(w->rules->rows[i].rule, rule))
                        return &w->rules->rows[i];
        return NULL;
}

static struct row *find_case(struct workload *w, struct bw_str id)
{
        for (size_t i = 0; i < w->cases->n; i++)
                if (bw_str_eq(w->cases->rows[i].rule, id))
                        return &w->cases->rows[i];
        return NULL;
}

/* ---- one case */

static size_t split_ids(struct bw_str text, struct bw_str *ids)
{
        struct bw_str id;
        size_t n = 0;

        while (n < MAX_IDS && bw_str_split(&text, ',', &id)) {
                id = bw_str_trim(id);
                if (id.n)
                        ids[n++] = id;
        }
        return n;
}

static bool read_params(struct workload *w, struct bw_str text, struct bw_value *ret, struct bw_error *err)
{
        struct bw_doc doc;

        *ret = (struct bw_value){0};
        if (text.n == 0)
                return true;
        if (bw_yaml_read(w->scratch, text, 1, true, &doc, err) < 0)
                return false;
        *ret = doc.root;
        return true;
}

enum { OURS_PASS, OURS_FAIL, OURS_BROKEN };

struct outcome {
        int verdict;
        uint64_t documents;
        uint64_t failing;       /* of them */
        struct bw_error error;
};

static void take_report(const struct bw_report *report, struct outcome *out)
{
        const struct bw_finding *last = NULL;

        out->documents = report->summary.documents;
        for (size_t i = 0; i < report->n_findings; i++) {
                const struct bw_finding *f = &report->findings[i];

                if (f->verdict == BW_VERDICT_ERROR) {
                        out->verdict = OURS_BROKEN;
                        bw_error_set(&out->error, -EINVAL, "%.*s: %.*s", BW_STR_ARG(f->rule->id),
                                     BW_STR_ARG(f->message));
                        return;
                }
                if (f->verdict != BW_VERDICT_FAIL)
                        continue;
                out->verdict = OURS_FAIL;
                out->failing += !last || f->input != last->input || f->doc != last->doc;
                last = f;
        }
}

static struct outcome scan(struct workload *w, struct bw_value c, struct bw_str ids_text, struct bw_str params)
{
        struct outcome out = {.verdict = OURS_PASS};
        struct bw_str ids[MAX_IDS];
        struct bw_str inputs[MAX_INPUTS];
        struct bw_value list = bw_map_get(c, BW_STR("inputs"));
        struct bw_catalog_options options = {.only = ids, .kubernetes_minor = BW_KUBERNETES_NEWEST};
        struct bw_scan_options scan_options = {.paths = inputs, .threads = 1, .no_ignore = true};
        struct bw_buf path = {0};
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        bw_auto(bw_scan_free) struct bw_scan *result = NULL;
        int r = 0;

        options.n_only = split_ids(ids_text, ids);
        for (uint32_t i = 0; i < list.n && i < MAX_INPUTS; i++) {
                bw_buf_clear(&path);
                bw_buf_printf(&path, "%.*s/%.*s", BW_STR_ARG(w->folder), BW_STR_ARG(bw_value_text(list.list->items[i])));
                inputs[scan_options.n_paths++] = bw_arena_str(w->scratch, bw_buf_view(&path));
        }
        bw_buf_done(&path);
        out.verdict = OURS_BROKEN;
        if (!read_params(w, params, &options.params, &out.error))
                return out;
        r = bw_catalog_new(&options, &catalog, &out.error);
        if (r == 0)
                r = bw_catalog_add_builtin(catalog, &out.error);
        scan_options.catalog = catalog;
        if (r == 0)
                r = bw_scan_run(&scan_options, &result, &out.error);
        for (size_t i = 0; r == 0 && i < options.n_only; i++) {
                struct bw_rule_details details;

                r = bw_catalog_find(catalog, ids[i], &details, &out.error);
        }
        if (r < 0)
                return out;
        out.verdict = OURS_PASS;
        take_report(bw_scan_report(result), &out);
        return out;
}

static const char *verdict_text(const struct outcome *out)
{
        return out->verdict == OURS_FAIL ? "fail" : out->verdict == OURS_PASS ? "pass" : out->error.message;
}

/* each_object: every object of the file is refused. */
static bool agrees(const struct outcome *out, struct bw_value c)
{
        struct bw_value each = bw_map_get(c, BW_STR("each_object"));

        if (!bw_str_is(bw_map_text(c, "expect"), verdict_text(out)))
                return false;
        if (out->verdict == OURS_FAIL && each.type == BW_BOOL && each.b)
                return out->failing == out->documents;
        return true;
}

static void run_case(struct workload *w, struct bw_value c)
{
        struct bw_str source = bw_map_text(c, "source");
        struct score *score = score_of(w, source);
        struct row *rule = find_rule(w, source, bw_map_text(c, "rule"));
        struct row *exception = find_case(w, bw_map_text(c, "id"));
        struct outcome out = {0};
        bool ok;
        char id[256];

        snprintf(id, sizeof(id), "%.*s", BW_STR_ARG(bw_map_text(c, "id")));
        if (!score || !rule) {
                vectors_case(w->run, false, id, "no row for this rule in the maps");
                return;
        }
        rule->used = true;
        if (exception)
                exception->used = true;
        if (rule->ids.n == 0) {
                score->explained++;
                vectors_case(w->run, true, id, "%s", "");
                return;
        }
        out = scan(w, c, rule->ids, exception && exception->params.n ? exception->params : rule->params);
        ok = agrees(&out, c);
        if (ok && exception && exception->ids.n) {
                vectors_case(w->run, false, id, "is explained as judged otherwise, but agrees");
                return;
        }
        if (ok) {
                score->agree++;
        } else if (exception && bw_str_is(exception->ids, verdict_text(&out)) && exception->reason.n) {
                score->explained++;
                ok = true;
        } else {
                score->disagree++;
        }
        vectors_case(w->run, ok, id, "%.*s says %.*s, %.*s say %s (%" PRIu64 " of %" PRIu64 " objects)",
                     BW_STR_ARG(source), BW_STR_ARG(bw_map_text(c, "expect")), BW_STR_ARG(rule->ids),
                     verdict_text(&out), out.failing, out.documents);
}

/* ---- */

static void print_scores(const struct workload *w)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(w->scores); i++) {
                const struct score *s = &w->scores[i];
                uint64_t n = s->agree + s->explained + s->disagree;

                if (n)
                        printf("%-12s %4" PRIu64 " cases: %4" PRIu64 " agree (%.1f %%), %3" PRIu64 " explained, %3" PRIu64
                               " disagree\n",
                               s->source, n, s->agree, 100.0 * (double)s->agree / (double)n, s->explained, s->disagree);
        }
}

static void run_index(struct workload *w, const char *path)
{
        struct bw_str rest = vectors_read(w->run, w->arena, path);
        const char *slash = strrchr(path, '/');
        struct bw_str line;

        w->folder = slash ? bw_str_n(path, (size_t)(slash - path)) : BW_STR(".");
        if (!rest.p)
                return;
        if (!read_maps(w)) {
                vectors_broken(w->run, "no maps in tests/vectors/workload");
                return;
        }
        while (bw_str_split(&rest, '\n', &line)) {
                struct bw_error err = {0};
                struct bw_doc doc;
                size_t used;

                if (line.n == 0)
                        continue;
                bw_arena_reset(w->scratch);
                if (bw_json_read(w->scratch, line, 1, 1, true, &doc, &used, &err) < 0 || doc.root.type != BW_MAP) {
                        vectors_broken(w->run, "%s", err.message);
                        return;
                }
                run_case(w, doc.root);
        }
        print_scores(w);
        for (size_t i = 0; w->run->verbose && i < w->cases->n; i++)
                if (!w->cases->rows[i].used)
                        printf("note: no case %.*s\n", BW_STR_ARG(w->cases->rows[i].rule));
}

static void run(struct vectors_run *run, const char *path)
{
        struct workload w = {
                .run = run,
                .arena = bw_arena_new(0),
                .scratch = bw_arena_new(0),
                .rules = calloc(1, sizeof(*w.rules)),
                .cases = calloc(1, sizeof(*w.cases)),
                .scores = {{.source = "kubescape"}, {.source = "kube-linter"}, {.source = "polaris"}, {.source = "kyverno"}},
        };

        if (w.arena && w.scratch && w.rules && w.cases)
                run_index(&w, path);
        else
                vectors_broken(run, "out of memory");
        free(w.cases);
        free(w.rules);
        bw_arena_free(w.scratch);
        bw_arena_free(w.arena);
}

const struct vectors_topic vectors_workload = {
        .name = "workload",
        .help = "other tools' own test suites: INDEX.ndjson",
        .run = run,
};
