/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules_bench FILE.ndjson: nanoseconds per document for all built-in rules, and for those of each level of the Pod
 * Security Standards: the time of reading and judging each document less that of reading it (so that the document is in
 * the processor's caches, as in a scan). Findings are made and thrown away. Medians; yyjson alone for comparison.
 */
#define BW_ALLOW_BANNED
#include <yyjson.h>

#include "bench.h"

#include "base/arena.h"
#include "base/error.h"
#include "doc/stream.h"
#include "rule/podsecurity.h"

enum { MAX_DOCS = 4000 };

struct set {
        struct bw_piece pieces[MAX_DOCS];
        size_t n;
};

static void fail(const struct bw_error *err)
{
        fprintf(stderr, "rules_bench: %s\n", err->message);
        exit(2);
}

static void cut(struct set *set, struct bw_str text)
{
        struct bw_cutter cutter;

        bw_cutter_init(&cutter, BW_FORMAT_JSON, true);
        while (set->n < MAX_DOCS && bw_cutter_next(&cutter, &text, true, &set->pieces[set->n], NULL) == 1)
                set->n++;
}

static void read_doc(const struct set *set, size_t i, struct bw_arena *arena, struct bw_doc *ret)
{
        struct bw_error err = {0};

        bw_arena_reset(arena);
        if (bw_doc_read(arena, &set->pieces[i], false, ret, &err) < 0)
                fail(&err);
        (void)bw_doc_identify(ret);
}

static double time_yyjson(const struct set *set)
{
        double start = bench_now();

        for (size_t i = 0; i < set->n; i++)
                yyjson_doc_free(yyjson_read(set->pieces[i].text.p, set->pieces[i].text.n, 0));
        return bench_now() - start;
}

static int count(void *userdata, const struct bw_finding *finding)
{
        (void)finding;
        ++*(size_t *)userdata;
        return 0;
}

struct runner {
        struct bw_catalog *catalog;
        struct bw_judge *judge;
        size_t findings;
};

static void set_up(struct runner *r, const char *framework, const struct set *set, struct bw_arena *arena)
{
        struct bw_str name = bw_str(framework);
        struct bw_catalog_options options = {.frameworks = &name, .n_frameworks = framework != NULL,
                                             .kubernetes_minor = BW_KUBERNETES_NEWEST};
        struct bw_error err = {0};

        if (bw_catalog_new(&options, &r->catalog, &err) < 0 || bw_catalog_add_builtin(r->catalog, &err) < 0 ||
            bw_judge_new(r->catalog, NULL, false, &r->judge, &err) < 0)
                fail(&err);
        for (size_t i = 0; i < set->n; i++) {
                struct bw_doc doc;

                read_doc(set, i, arena, &doc);
                if (!bw_catalog_is_ready(r->catalog, &doc) && bw_catalog_prepare(r->catalog, &doc, &err) < 0)
                        fail(&err);
        }
}

/* r: NULL for reading alone. */
static double time_rules(struct runner *r, const struct set *set, struct bw_arena *arena)
{
        double start = bench_now();
        struct bw_error err = {0};

        if (r)
                r->findings = 0;
        for (size_t i = 0; i < set->n; i++) {
                struct bw_doc doc;

                read_doc(set, i, arena, &doc);
                if (r && bw_catalog_evaluate(r->catalog, r->judge, &doc, arena, count, &r->findings, &err) < 0)
                        fail(&err);
        }
        return bench_now() - start;
}

static double time_preparation(const struct set *set, struct bw_arena *arena)
{
        struct set one = {.n = 1};
        struct runner r = {0};
        double start;

        one.pieces[0] = set->pieces[0];
        start = bench_now();
        set_up(&r, NULL, &one, arena);
        start = bench_now() - start;
        bw_judge_free(r.judge);
        bw_catalog_free(r.catalog);
        return start;
}

int main(int argc, char **argv)
{
        static const char *const names[] = {"all", "pss-baseline", "pss-restricted"};
        static struct set set;
        struct bw_arena *arena = bw_arena_new(0);
        struct runner runners[BW_ARRAY_SIZE(names)] = {0};
        double times[BW_ARRAY_SIZE(names)][BENCH_ROUNDS];
        double yyjson[BENCH_ROUNDS];
        double reading[BENCH_ROUNDS];
        double preparation;
        double n;

        if (argc != 2 || !arena)
                return 2;
        cut(&set, bench_read(argv[1]));
        n = (double)set.n;
        preparation = time_preparation(&set, arena);
        for (size_t k = 0; k < BW_ARRAY_SIZE(names); k++)
                set_up(&runners[k], k ? names[k] : NULL, &set, arena);
        for (size_t round = 0; round < BENCH_ROUNDS; round++) {
                yyjson[round] = time_yyjson(&set);
                reading[round] = time_rules(NULL, &set, arena);
                for (size_t k = 0; k < BW_ARRAY_SIZE(names); k++)
                        times[k][round] = time_rules(&runners[k], &set, arena);
        }
        printf("{\"documents\":%zu,\"compile_ms\":%.2f,\"yyjson_ns\":%.0f,\"reading_ns\":%.0f", set.n, preparation * 1e3,
               bench_median(yyjson, BENCH_ROUNDS) / n * 1e9, bench_median(reading, BENCH_ROUNDS) / n * 1e9);
        for (size_t k = 0; k < BW_ARRAY_SIZE(names); k++) {
                double both = bench_median(times[k], BENCH_ROUNDS) - bench_median(reading, BENCH_ROUNDS);

                printf(",\"%s\":{\"ns\":%.0f,\"findings\":%.2f}", names[k], both / n * 1e9,
                       (double)runners[k].findings / n);
                bw_judge_free(runners[k].judge);
                bw_catalog_free(runners[k].catalog);
        }
        printf("}\n");
        bw_arena_free(arena);
        return 0;
}
