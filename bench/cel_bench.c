/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_bench FILE: the policies of FILE ({"exprs": [{"name", "expr"}], "object": Pod, "params": …}) on its Pod. For
 * each: time of compiling (all stages) and of one evaluation, with the arena emptied after it; for all together:
 * against yyjson reading the Pod's compact text. They take turns; medians.
 */
#define BW_ALLOW_BANNED
#include <yyjson.h>

#include "bench.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "cel/cel.h"
#include "doc/doc.h"

#define MOST_POLICIES 100
#define EVALUATIONS 2000

struct policy {
        struct bw_str name;
        struct bw_cel_program *program;
        double compile;
        double times[BENCH_ROUNDS];
};

static struct policy policies[MOST_POLICIES];
static size_t n_policies;

static void die(const char *what, const struct bw_error *error)
{
        fprintf(stderr, "cel_bench: %s: %s\n", what, error->message);
        exit(2);
}

static struct bw_cel_env *make_env(void)
{
        const struct bw_cel_variable variables[] = {{.name = BW_STR("object")}, {.name = BW_STR("params")}};
        struct bw_cel_env_options options = {
                .variables = variables,
                .n_variables = BW_ARRAY_SIZE(variables),
                .no_costs = true,
        };
        struct bw_error error = {0};
        struct bw_cel_env *env = NULL;

        if (bw_cel_env_new(&options, &env, &error) < 0)
                die("environment", &error);
        return env;
}

static void compile(struct bw_arena *arena, const struct bw_cel_env *env, struct bw_str source, struct policy *p)
{
        double start = bench_now();
        struct bw_error error = {0};
        struct bw_cel_ast *ast;

        if (bw_cel_parse(arena, env, source, &ast, NULL, &error) < 0 ||
            bw_cel_check(arena, env, ast, NULL, NULL, &error) < 0 ||
            bw_cel_compile(arena, env, ast, &p->program, &error) < 0)
                die("policy", &error);
        p->compile = bench_now() - start;
}

static double evaluate(const struct policy *p, const struct bw_value *slots, struct bw_arena *arena)
{
        double start = bench_now();

        for (int i = 0; i < EVALUATIONS; i++) {
                struct bw_cel_eval_options options = {.slots = slots, .arena = arena};
                struct bw_value v = bw_cel_run(p->program, &options);

                if (v.type != BW_BOOL) {
                        fprintf(stderr, "cel_bench: a policy fails: %s\n",
                                v.type == BW_ERROR ? v.error->message : "no bool");
                        exit(2);
                }
                bw_arena_reset(arena);
        }
        return (bench_now() - start) / EVALUATIONS;
}

static double read_pod(struct bw_str text)
{
        double start = bench_now();

        for (int i = 0; i < EVALUATIONS; i++) {
                yyjson_doc *doc = yyjson_read(text.p, text.n, 0);

                if (!doc)
                        exit(2);
                yyjson_doc_free(doc);
        }
        return (bench_now() - start) / EVALUATIONS;
}

int main(int argc, char **argv)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_arena *scratch = bw_arena_new(0);
        struct bw_cel_env *env = make_env();
        struct bw_error error = {0};
        struct bw_buf pod = {0};
        struct bw_value slots[2];
        struct bw_value exprs;
        double reads[BENCH_ROUNDS];
        double all[BENCH_ROUNDS] = {0};
        struct bw_doc doc = {0};
        size_t used;
        double read;

        if (argc != 2 || !arena || !scratch)
                return 2;
        if (bw_json_read(arena, bench_read(argv[1]), 1, 1, false, &doc, &used, &error) < 0)
                die(argv[1], &error);
        slots[0] = bw_map_get(doc.root, BW_STR("object"));
        slots[1] = bw_map_get(doc.root, BW_STR("params"));
        exprs = bw_map_get(doc.root, BW_STR("exprs"));
        bw_value_json(&pod, slots[0], 0);
        for (uint32_t i = 0; exprs.type == BW_LIST && i < exprs.n && n_policies < MOST_POLICIES; i++) {
                policies[n_policies].name = bw_map_text(exprs.list->items[i], "name");
                compile(arena, env, bw_map_text(exprs.list->items[i], "expr"), &policies[n_policies++]);
        }
        for (size_t round = 0; round < BENCH_ROUNDS; round++) {
                reads[round] = read_pod(bw_buf_view(&pod));
                for (size_t i = 0; i < n_policies; i++) {
                        policies[i].times[round] = evaluate(&policies[i], slots, scratch);
                        all[round] += policies[i].times[round];
                }
        }
        read = bench_median(reads, BENCH_ROUNDS);
        for (size_t i = 0; i < n_policies; i++)
                printf("cel %-22.*s %8.0f ns   compiled in %5.0f us\n", BW_STR_ARG(policies[i].name),
                       bench_median(policies[i].times, BENCH_ROUNDS) * 1e9, policies[i].compile * 1e6);
        printf("cel all policies / yyjson reading the Pod: %.2f   (%.0f ns / %.0f ns, %zu bytes)\n",
               bench_median(all, BENCH_ROUNDS) / read, bench_median(all, BENCH_ROUNDS) * 1e9, read * 1e9, pod.n);
        for (size_t i = 0; i < n_policies; i++)
                bw_cel_program_done(policies[i].program);
        bw_buf_done(&pod);
        bw_cel_env_free(env);
        bw_arena_free(scratch);
        bw_arena_free(arena);
        return 0;
}
