/* SPDX-License-Identifier: Apache-2.0 */
/* collect: what is known of a machine or of a cluster, into one file that can be scanned elsewhere. */
#include <stdio.h>

#include "base/arena.h"
#include "cli/files.h"
#include "cli/machine_args.h"
#include "cli/scan_cluster.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "os/clock.h"
#include "os/proc.h"
#include "os/sandbox.h"
#include "rule/rule.h"
#include "scan/snapshot.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_arena *arena;
        struct bw_output output;
        struct bw_machine machine;
        struct bw_catalog *catalog;  /* of a cluster, what rules need is collected */
        struct bw_cluster *cluster;
        uint64_t started;
        uint64_t drawn;
        bool closed;                 /* nobody reads standard output any more */
};

static void job_done(struct job *job)
{
        bw_machine_close(&job->machine);
        bw_cluster_close(job->cluster);
        bw_catalog_free(job->catalog);
        bw_output_done(&job->output);
        bw_arena_free(job->arena);
}

static int write_snapshot(struct job *job, const struct bw_buf *bytes, struct bw_error *reterr)
{
        int r;

        if (!job->output.path) {
                r = bw_term_write(&job->cli->out, bw_buf_view(bytes));
                return r == -EPIPE ? 0 : r < 0 ? bw_error_set(reterr, r, "<stdout>: %s", bw_cli_write_problem(r)) : 0;
        }
        r = bw_output_write(&job->output, bw_buf_view(bytes));
        if (r < 0)
                return bw_error_set(reterr, r, "%s: %s", job->output.path, bw_cli_write_problem(r));
        return bw_output_finish(&job->output, reterr);
}

/* Lines to look into, by the file's name. */
static bool is_plain(const struct job *job)
{
        struct bw_str file = bw_str(job->output.path);

        return bw_str_ends(file, BW_STR(".jsonl")) || bw_str_ends(file, BW_STR(".ndjson"));
}

static int collect(struct job *job, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf bytes = {0};
        int r = bw_machine_of_args(job->args, NULL, job->output.folder, job->arena, &job->machine, reterr);

        if (r == 0)
                r = bw_snapshot_write(&job->machine.head, job->machine.docs, job->machine.n_docs, !is_plain(job), &bytes,
                                      reterr);
        return r < 0 ? r : write_snapshot(job, &bytes, reterr);
}

/* ---- clusters */

static int write_bytes(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        struct job *job = userdata;
        int r;

        if (job->closed)
                return 0;
        if (job->output.path) {
                r = bw_output_write(&job->output, bytes);
                return r < 0 ? bw_error_set(reterr, r, "%s: %s", job->output.path, bw_cli_write_problem(r)) : 0;
        }
        r = bw_term_write(&job->cli->out, bytes);
        job->closed = r == -EPIPE;
        return r == 0 || job->closed ? 0 : bw_error_set(reterr, r, "<stdout>: %s", bw_cli_write_problem(r));
}

static void draw_progress(void *userdata, uint64_t documents, uint64_t bytes)
{
        struct job *job = userdata;
        uint64_t now = bw_clock_ticks();
        char line[120];
        int n;

        if (now - job->started < 300000000 || now - job->drawn < 100000000)
                return;
        job->drawn = now;
        n = snprintf(line, sizeof(line), "\r\x1b[Kcollecting: objects %" PRIu64 ", %" PRIu64 " MiB", documents, bytes >> 20);
        (void)!bw_term_write(&job->cli->err, bw_str_n(line, (size_t)n));
}

static int open_cluster(struct job *job, struct bw_error *reterr)
{
        int r = bw_catalog_new(NULL, &job->catalog, reterr);

        if (r == 0)
                r = bw_catalog_add_builtin(job->catalog, reterr);
        (void)bw_proc_watch_interrupts();
        return r < 0 ? r : bw_scan_cluster_open(job->args, job->catalog, job->arena, &job->cluster, reterr);
}

static void enter_sandbox(const struct job *job)
{
        struct bw_sandbox sandbox;
        const char *why;

        if (bw_args_has(job->args, BW_OPT_NO_SANDBOX) || !bw_sandbox_is_possible(&why))
                return;
        sandbox = bw_sandbox_begin();
        if (job->output.folder)
                bw_sandbox_allow_write(&sandbox, job->output.folder);
        bw_sandbox_enter(&sandbox);
        bw_sandbox_done(&sandbox);
}

/* What of a cluster could not be had does not lose the rest: it is told, and the status says so. */
static int finish_cluster(struct job *job, const struct bw_cluster_recorded *recorded)
{
        struct bw_error error = {0};
        int status = BW_EXIT_OK;

        if (recorded->broken) {
                bw_cli_error(job->cli, "%" PRIu64 " %s could not be read, the first: %s", recorded->broken,
                             recorded->broken == 1 ? "object" : "objects", recorded->first.message);
                status = BW_EXIT_USAGE;
        }
        if (bw_cluster_finish(job->cluster, &error) < 0)
                status = bw_cli_fail(job->cli, &error);
        if (bw_proc_interrupt_signal()) {
                bw_cli_error(job->cli, "interrupted: the snapshot holds what was read until then");
                status = BW_EXIT_INTERRUPTED;
        }
        return status;
}

static int collect_cluster(struct job *job)
{
        struct bw_cluster_recording recording = {
                .version = BW_STR(BW_VERSION),
                .packed = !job->output.path || !is_plain(job),
                .sink = write_bytes,
                .userdata = job,
                .progress = job->cli->err.is_terminal ? draw_progress : NULL,
                .progress_userdata = job,
        };
        struct bw_cluster_recorded recorded;
        struct bw_error error = {0};
        bool now_is_given;
        int r = bw_now_arg(job->args, &recording.now, &now_is_given, &error);

        job->started = bw_clock_ticks();
        if (r == 0)
                r = open_cluster(job, &error);
        if (r == 0) {
                bw_cluster_tell_warnings(job->cli, bw_cluster_warnings(job->cluster));
                enter_sandbox(job);
                recording.cluster = job->cluster;
                r = bw_cluster_record(&recording, &recorded, &error);
        }
        if (job->drawn)
                (void)!bw_term_write(&job->cli->err, BW_STR("\r\x1b[K"));
        if (r == 0 && job->output.path)
                r = bw_output_finish(&job->output, &error);
        return r < 0 ? bw_cli_fail(job->cli, &error) : finish_cluster(job, &recorded);
}

/* ---- */

static int run_job(struct job *job)
{
        const char *file = bw_args_value(job->args, BW_OPT_OUTPUT, "");
        bool to_stdout = strcmp(file, "-") == 0;
        bool cluster = bw_args_has(job->args, BW_OPT_CLUSTER);
        struct bw_error error = {0};
        int r = 0;

        if (bw_args_has(job->args, BW_OPT_NODE) == cluster)
                return bw_cli_usage(job->cli, cluster ? "--node and --cluster go into snapshots of their own" :
                                                        "nothing to collect: --node or --cluster is what can be collected");
        if (!file[0])
                return bw_cli_usage(job->cli, "where to? -o FILE names the snapshot, -o - is standard output");
        if (to_stdout && job->cli->out.is_terminal)
                return bw_cli_usage(job->cli, "a snapshot is nothing for a terminal: -o FILE writes it to a file");
        job->arena = bw_arena_new(0);
        job->output.is_private = true;
        if (!job->arena)
                r = bw_error_nomem(&error);
        if (r == 0 && !to_stdout)
                r = bw_output_begin(&job->output, file, &error);
        if (r == 0 && cluster)
                return collect_cluster(job);
        if (r == 0) /* refuses options that are about a cluster */
                r = bw_scan_cluster_open(job->args, NULL, job->arena, &job->cluster, &error);
        if (r == 0)
                r = collect(job, &error);
        if (r < 0)
                return bw_cli_fail(job->cli, &error);
        bw_machine_tell_refused(job->cli, &job->machine);
        return bw_proc_interrupt_signal() ? BW_EXIT_INTERRUPTED : BW_EXIT_OK;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        struct job job = {.cli = cli, .args = args, .output = {.fd = -1}};
        int status;

        bw_proc_hide_memory();
        status = run_job(&job);
        job_done(&job);
        return status;
}

static const struct bw_option options[] = {
        {.name = "node", .id = BW_OPT_NODE, .help = "this machine, or the one that --root says, as a node of a cluster"},
        BW_OPTIONS_MACHINE,
        BW_OPTION_CLUSTER,
        BW_OPTIONS_NAMESPACE,
        BW_OPTION_NO_KUBELETS,
        BW_OPTIONS_CLUSTER,
        {.name = "output",
         .letter = 'o',
         .arg = "FILE",
         .id = BW_OPT_OUTPUT,
         .complete = BW_COMPLETE_FILE,
         .help = "the snapshot, for its owner's eyes only (mode 0600): JSON lines packed with zstd, plain if it is named "
                 "*.jsonl; - is standard output"},
        {.name = "kubernetes-version",
         .arg = "1.NN",
         .id = BW_OPT_KUBERNETES_VERSION,
         .help = "the Kubernetes version whose defaults hold where nothing shows another one"},
        BW_OPTION_NOW,
        {.name = "no-sandbox",
         .id = BW_OPT_NO_SANDBOX,
         .help = "do not give up system calls and files (Landlock, seccomp) before reading the machine"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"A node, to be judged elsewhere", "bulwark collect --node --root examples/node/root -o node.zst"},
        {"What such a file holds", "bulwark collect --node --root examples/node/root -o node.jsonl; head -c 120 node.jsonl"},
        {0},
};

const struct bw_verb bw_verb_collect = {
        .name = "collect",
        .summary = "put what is known of a node or of a live cluster into a file that can be scanned elsewhere",
        .args = "",
        .text = "Reads what \"bulwark scan --node\" judges: processes and their settings, files with owners and modes, "
                "certificates, the host. The snapshot holds no keys, tokens or passwords, and no contents of files but "
                "settings. A scan of it gives the same findings as a scan of the machine at that time.\n\n"
                "With --cluster the objects that \"bulwark scan --cluster\" judges, without the values of Secrets and "
                "ConfigMaps and without literal credentials: of a certificate in them stay its facts, of a value its size "
                "and what sort it is. \"bulwark scan\", \"diff\", \"rbac\" and \"net\" take the file in place of the cluster.",
        .options = options,
        .examples = examples,
        .run = run,
};
