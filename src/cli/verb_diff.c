/* SPDX-License-Identifier: Apache-2.0 */
/* diff: what changed between two snapshots, or two reports of scans. */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "cli/diff_internal.h"
#include "cli/files.h"
#include "cli/machine_args.h"
#include "cli/verbs.h"
#include "os/proc.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_arena *arena;
        struct bw_diff diff;
        struct bw_diff_side sides[2];
};

static void job_done(struct job *job)
{
        for (size_t i = 0; i < 2; i++)
                bw_diff_side_done(&job->sides[i]);
        bw_arena_free(job->arena);
}

static int load_sides(struct job *job, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < 2; i++)
                r = bw_diff_load(job->args->positional[i], job->arena, &job->sides[i], reterr);
        if (r == 0 && job->sides[0].is_cluster != job->sides[1].is_cluster)
                return bw_error_set(reterr, -EINVAL, "a cluster's snapshot can be held against another one of a cluster only");
        if (r == 0 && job->sides[0].is_snapshot != job->sides[1].is_snapshot)
                return bw_error_set(reterr, -EINVAL, "a snapshot cannot be held against a report of a scan");
        return r;
}

static int run_job(struct job *job)
{
        bool json = strcmp(bw_args_value(job->args, BW_OPT_OUTPUT, "text"), "json") == 0;
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_error error = {0};
        int status;
        int r;

        job->arena = bw_arena_new(0);
        r = job->arena ? load_sides(job, &error) : bw_error_nomem(&error);
        if (r == 0)
                r = bw_diff_make(&job->sides[0], &job->sides[1], job->arena, &job->diff, &error);
        if (r < 0)
                return bw_cli_fail(job->cli, &error);
        if (json)
                bw_diff_json(&out, &job->diff);
        else
                bw_diff_text(&out, job->cli->out.color, &job->diff);
        status = bw_cli_print(job->cli, &out);
        if (status != BW_EXIT_OK)
                return status;
        return job->diff.n_facts + job->diff.n_findings ? BW_EXIT_FINDINGS : BW_EXIT_OK;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        struct job job = {.cli = cli, .args = args};
        int status;

        bw_proc_hide_memory();
        bw_term_color(&cli->out, bw_args_value(args, BW_OPT_COLOR, "auto"));
        status = run_job(&job);
        job_done(&job);
        return status;
}

static const struct bw_option options[] = {
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "text json",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "text (default) or json"},
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"What changed on a node since a snapshot of it",
         "bulwark collect --node --root examples/node/root -o old.zst; bulwark diff old.zst old.zst"},
        {0},
};

const struct bw_verb bw_verb_diff = {
        .name = "diff",
        .summary = "tell what changed between two snapshots of nodes or clusters, or two reports of scans",
        .args = "OLD NEW",
        .text = "Of two snapshots of one machine, it lists the values that differ, each with where it came from, and the "
                "findings that are new or gone. Of two machines, such as two members of a control plane, it lists the "
                "settings of their components that differ though they should be the same; addresses and names are "
                "left out. Of two reports (-o json of scan), and of two snapshots of clusters, it lists the findings that "
                "are new or gone.\n\n"
                "The exit status is 0 when nothing differs, 1 when something does, 2 for what cannot be read.",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_FILE,
        .min_args = 2,
        .max_args = 2,
        .run = run,
};
