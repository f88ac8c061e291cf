/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/scan.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "os/random.h"
#include "os/sandbox.h"
#include "os/tzdata.h"
#include "scan/cluster.h"
#include "scan/finish_internal.h"
#include "scan/join_internal.h"
#include "scan/machines_internal.h"
#include "scan/merge_internal.h"
#include "scan/worker_internal.h"

struct bw_scan {
        struct bw_arena *arena;    /* the report's inputs */
        struct bw_worker *workers; /* own the findings' texts */
        unsigned n_workers;
        struct bw_merged merged;
        struct bw_report report;
        struct bw_scan_stats stats;
        struct bw_sandbox sandbox;
        struct bw_machines machines;
};

/* What lives as long as the run only. */
struct run {
        const struct bw_scan_options *options;
        struct bw_scan *scan;
        struct bw_scan_shared shared;
        struct bw_world world;
};

void bw_scan_free(struct bw_scan *scan)
{
        if (!scan)
                return;
        for (unsigned i = 0; i < scan->n_workers; i++)
                bw_worker_done(&scan->workers[i]);
        bw_free(scan->workers);
        bw_merged_done(&scan->merged);
        bw_machines_done(&scan->machines);
        bw_arena_free(scan->arena);
        bw_sandbox_done(&scan->sandbox);
        bw_free(scan);
}

const struct bw_report *bw_scan_report(const struct bw_scan *scan)
{
        return &scan->report;
}

const struct bw_scan_stats *bw_scan_stats(const struct bw_scan *scan)
{
        return &scan->stats;
}

/* The paths, zero-terminated and for the report's life; and the machine. */
static int open_inputs(struct bw_scan *scan, const struct bw_scan_options *options, struct bw_error *reterr)
{
        struct bw_str *inputs = bw_arena_array(scan->arena, options->n_paths, sizeof(*inputs));

        if (!inputs)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < options->n_paths; i++) {
                inputs[i] = bw_arena_str(scan->arena, options->paths[i]);
                if (!inputs[i].p)
                        return bw_error_nomem(reterr);
        }
        return bw_machines_open(options, inputs, scan->arena, &scan->machines, reterr);
}

/* Snapshots are known by what is in them: read in the sandbox. */
static int read_inputs(struct bw_scan *scan, struct bw_error *reterr)
{
        int r = bw_machines_read(&scan->machines, scan->arena, reterr);

        scan->report.inputs = scan->machines.inputs;
        scan->report.n_inputs = scan->machines.n_inputs;
        return r;
}

static void allow_machine(struct bw_sandbox *sandbox, const struct bw_machine_options *node)
{
        bw_sandbox_allow_read(sandbox, bw_machine_root(node));
        if (node->root)
                return;
        bw_sandbox_allow_read(sandbox, "/proc");
        bw_sandbox_allow_read(sandbox, "/sys");
}

/* Before anything is read. What the caller still needs afterwards is in the options. */
static int enter_sandbox(struct bw_scan *scan, const struct bw_scan_options *options, struct bw_error *reterr)
{
        scan->stats.sandbox = "none: not asked for";
        if (!options->sandbox || !bw_sandbox_is_possible(&scan->stats.sandbox))
                return 0;
        scan->sandbox = bw_sandbox_begin();
        bw_sandbox_allow_read(&scan->sandbox, BW_TZDATA_FOLDER);
        for (size_t i = 0; i < scan->machines.n_paths; i++)
                if (!bw_str_is(scan->machines.paths[i], "-"))
                        bw_sandbox_allow_read(&scan->sandbox, scan->machines.paths[i].p);
        if (options->node)
                allow_machine(&scan->sandbox, options->node);
        for (size_t i = 0; i < options->n_writable; i++) {
                struct bw_str path = bw_arena_str(scan->arena, options->writable[i]);

                if (!path.p)
                        return bw_error_nomem(reterr);
                bw_sandbox_allow_write(&scan->sandbox, path.p);
        }
        bw_sandbox_enter(&scan->sandbox);
        scan->stats.sandbox = bw_sandbox_text(&scan->sandbox);
        return 0;
}

static void tell_progress(const struct run *run)
{
        if (run->options->progress)
                run->options->progress(run->options->progress_userdata,
                                       atomic_load_explicit(&run->shared.files, memory_order_relaxed),
                                       atomic_load_explicit(&run->shared.documents, memory_order_relaxed),
                                       atomic_load_explicit(&run->shared.bytes, memory_order_relaxed));
}

static void helper_thread(void *arg, unsigned index)
{
        struct run *run = arg;
        struct bw_worker *worker = &run->scan->workers[index];
        int r = bw_worker_init(worker, &run->shared, &worker->error);

        if (r < 0) {
                struct bw_error err = worker->error;

                bw_worker_done(worker);
                worker->error = err;
                (void)bw_error_set(&worker->error, r, "a thread could not begin");
                bw_feed_stop(run->shared.feed);
                return;
        }
        while (bw_worker_step(worker) == 1)
                ;
}

/* Why the cluster's answers broke off is an error of that input: what came before counts. */
static int finish_cluster(const struct run *run, struct bw_worker *worker, struct bw_error *reterr)
{
        struct bw_cluster *cluster = run->options->cluster;
        struct bw_error err = {0};
        int r;

        if (!cluster || bw_cluster_finish(cluster, &err) == 0)
                return 0;
        r = bw_worker_begin_part(worker, (struct bw_part_begin){.input = BW_CLUSTER_LIVE, .part = UINT32_MAX, .is_whole = true},
                                 reterr);
        if (r == 0)
                r = bw_worker_add_error(worker, bw_cluster_server(cluster), &err, reterr);
        return r < 0 ? r : bw_worker_finish_part(worker, reterr);
}

/* The calling thread works too; others are started once there is work for them. */
static int work(struct run *run, unsigned threads, struct bw_error *reterr)
{
        struct bw_scan *scan = run->scan;
        struct bw_worker *first = &scan->workers[0];
        struct bw_pool *pool = NULL;
        bool tried = threads < 2;
        int r = bw_worker_init(first, &run->shared, reterr);

        if (r < 0)
                return r;
        for (;;) {
                r = bw_worker_step(first);
                if (r != 1)
                        break;
                if (!tried && bw_feed_has_more(run->shared.feed)) {
                        tried = true;
                        /* Without further threads the work is done by this one. */
                        (void)!bw_pool_start(threads - 1, 1, helper_thread, run, &pool, NULL);
                }
                tell_progress(run);
        }
        scan->stats.threads = 1 + bw_pool_size(pool);
        bw_pool_join(pool);
        r = first->error.code ? 0 : bw_machines_judge(&scan->machines, first, reterr);
        if (r == 0 && first->error.code == 0)
                r = finish_cluster(run, first, reterr);
        tell_progress(run);
        return r;
}

/* The first error of a worker, if one gave up. */
static int worker_error(const struct bw_scan *scan, struct bw_error *reterr)
{
        for (unsigned i = 0; i < scan->n_workers; i++) {
                if (scan->workers[i].error.code == 0)
                        continue;
                if (reterr)
                        *reterr = scan->workers[i].error;
                return scan->workers[i].error.code;
        }
        return 0;
}

static void add_up(struct run *run)
{
        const struct bw_scan_options *options = run->options;
        struct bw_scan *scan = run->scan;
        struct bw_summary *summary = &scan->report.summary;
        struct bw_scan_stats *stats = &scan->stats;

        for (unsigned i = 0; i < scan->n_workers; i++) {
                const struct bw_worker *w = &scan->workers[i];
                struct bw_feed_stats read;

                if (!w->judge)
                        continue;
                bw_judge_summary(w->judge, summary);
                stats->evaluations += bw_judge_evaluations(w->judge);
                stats->pods += bw_judge_pods(w->judge);
                read = bw_unit_stats(w->unit);
                stats->files += read.files;
                stats->bytes += read.bytes;
                stats->documents += w->n_documents;
                stats->like += w->n_like;
                stats->other += w->n_other;
                stats->templates += w->n_templates;
                stats->arena_peak = BW_MAX(stats->arena_peak, (uint64_t)w->arena_peak);
        }
        if (!atomic_load(&run->shared.keeps_none)) {
                stats->kept_documents = atomic_load(&run->shared.kept_docs);
                stats->kept_bytes = atomic_load(&run->shared.kept_bytes);
        }
        stats->rules_compiled = bw_catalog_compiled(options->catalog);
        summary->documents = stats->documents;
        summary->other = stats->other;
        summary->rules = bw_catalog_size(options->catalog);
        stats->cancelled = options->cancel && atomic_load(options->cancel);
}

/* What the user should know of the run itself. */
static int add_notices(struct run *run, struct bw_error *reterr)
{
        struct bw_scan *scan = run->scan;
        struct bw_notice *notices;

        if (!atomic_load(&run->shared.keeps_none))
                return 0;
        notices = bw_arena_array(scan->arena, scan->report.n_notices + 1, sizeof(*notices));
        if (!notices)
                return bw_error_nomem(reterr);
        if (scan->report.n_notices)
                memcpy(notices, scan->report.notices, scan->report.n_notices * sizeof(*notices));
        notices[scan->report.n_notices] = (struct bw_notice){
                .message = BW_STR("rules that look at other objects were left out: there is more to keep in mind for "
                                  "them than a run may; scan a part at a time")};
        scan->report.notices = notices;
        scan->report.n_notices++;
        return 0;
}

static int merge(struct bw_scan *scan, struct bw_merged *ret, struct bw_error *reterr)
{
        int r = bw_merge(scan->workers, scan->n_workers, ret, reterr);

        return r < 0 ? r : bw_fold_merge(scan->workers, scan->n_workers, ret, &scan->report.summary, reterr);
}

/* Findings become few before rules that look at other objects need the memory. */
static int find_all(struct run *run, unsigned threads, struct bw_error *reterr)
{
        bw_auto_done(bw_merged_done) struct bw_merged more = {0};
        struct bw_scan *scan = run->scan;
        int r = work(run, threads, reterr);

        if (r == 0)
                r = worker_error(scan, reterr);
        if (r == 0)
                r = merge(scan, &scan->merged, reterr);
        bw_free_unused();
        if (r == 0)
                r = bw_join(&run->shared, scan->workers, scan->n_workers, run->options->cancel, reterr);
        if (r == 0)
                r = merge(scan, &more, reterr);
        return r < 0 ? r : bw_merged_add(&scan->merged, &more, reterr);
}

static int run_all(struct run *run, unsigned threads, struct bw_error *reterr)
{
        struct bw_scan *scan = run->scan;
        int r = find_all(run, threads, reterr);

        if (r == 0)
                add_up(run);
        if (r == 0)
                r = bw_scan_finish(run->options, scan->arena, &scan->merged, &scan->report, reterr);
        if (r < 0)
                return r;
        r = add_notices(run, reterr);
        if (r == 0)
                r = bw_machines_notices(&scan->machines, scan->arena, &scan->report, reterr);
        if (r < 0)
                return r;
        scan->report.generated_at = run->options->now;
        scan->report.findings = scan->merged.findings;
        scan->report.n_findings = scan->merged.n_findings;
        scan->report.errors = scan->merged.errors;
        scan->report.n_errors = scan->merged.n_errors;
        return 0;
}

/* Everything that a run needs besides its threads' own things. */
static int run_with_feed(struct run *run, unsigned threads, struct bw_error *reterr)
{
        const struct bw_scan_options *options = run->options;
        struct bw_feed_options feed_options = {
                .paths = run->scan->machines.paths,
                .n_paths = run->scan->machines.n_paths,
                .streams = run->scan->machines.clusters.streams,
                .n_streams = run->scan->machines.clusters.n,
                .no_ignore = options->no_ignore,
                /* Broken off, a cluster still says what it has and what is missing: its fetcher ends, and so does the stream. */
                .cancel = options->cluster ? NULL : options->cancel,
        };
        bw_auto(bw_feed_free) struct bw_feed *feed = NULL;
        int r = bw_feed_new(&feed_options, &feed, reterr);

        if (r == 0)
                r = bw_catalog_plan_joined(options->catalog, reterr);
        if (r == 0)
                r = bw_monitor_init(&run->shared.catalog_lock, reterr);
        if (r < 0)
                return r;
        run->world = (struct bw_world){
                .now = options->now,
                .seen_at = bw_machines_time(&run->scan->machines, options),
                .exceptions = options->exceptions,
                .want_edits = options->want_edits,
                .fold = !options->no_fold,
        };
        bw_os_random(&run->world.fold_key, sizeof(run->world.fold_key));
        run->shared.feed = feed;
        run->shared.catalog = options->catalog;
        run->shared.world = &run->world;
        run->shared.include_passed = options->include_passed;
        /* A baseline may have what is excepted now: that is not gone. */
        run->shared.keep_excepted = options->keep_excepted || options->baseline;
        r = run_all(run, threads, reterr);
        bw_monitor_done(&run->shared.catalog_lock);
        return r;
}

int bw_scan_run(const struct bw_scan_options *options, struct bw_scan **ret, struct bw_error *reterr)
{
        bw_auto(bw_scan_free) struct bw_scan *scan = bw_zalloc(sizeof(*scan));
        unsigned threads = BW_MIN(options->threads ? options->threads : bw_processors(), BW_LIMIT_THREADS);
        struct run run = {.options = options, .scan = scan};
        int r;

        if (!scan)
                return bw_error_nomem(reterr);
        scan->sandbox.ruleset = -1;
        scan->arena = bw_arena_new(0);
        scan->workers = bw_zalloc(threads * sizeof(*scan->workers));
        if (!scan->arena || !scan->workers)
                return bw_error_nomem(reterr);
        scan->n_workers = threads;
        r = open_inputs(scan, options, reterr);
        if (r == 0)
                r = enter_sandbox(scan, options, reterr);
        if (r == 0)
                r = read_inputs(scan, reterr);
        if (r == 0)
                r = run_with_feed(&run, threads, reterr);
        if (r < 0)
                return r;
        *ret = bw_take(scan);
        return 0;
}
