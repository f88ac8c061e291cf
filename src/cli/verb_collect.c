/* SPDX-License-Identifier: Apache-2.0 */
/* collect: what is known of a machine, into one file that can be scanned elsewhere. */
#include "base/arena.h"
#include "cli/files.h"
#include "cli/machine_args.h"
#include "cli/verbs.h"
#include "os/proc.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_arena *arena;
        struct bw_output output;
        struct bw_machine machine;
};

static void job_done(struct job *job)
{
        bw_machine_close(&job->machine);
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

static int run_job(struct job *job)
{
        const char *file = bw_args_value(job->args, BW_OPT_OUTPUT, "");
        bool to_stdout = strcmp(file, "-") == 0;
        struct bw_error error = {0};
        int r = 0;

        if (!bw_args_has(job->args, BW_OPT_NODE))
                return bw_cli_usage(job->cli, "nothing to collect: --node is what can be collected");
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
        .summary = "put what is known of a node into a file that can be scanned elsewhere",
        .args = "",
        .text = "Reads what \"bulwark scan --node\" judges: processes and their settings, files with owners and modes, "
                "certificates, the host. The snapshot holds no keys, tokens or passwords, and no contents of files but "
                "settings. A scan of it gives the same findings as a scan of the machine at that time.",
        .options = options,
        .examples = examples,
        .run = run,
};
