/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "cli/files.h"
#include "cli/machine_args.h"
#include "cli/rules_internal.h"
#include "cli/scan_cluster.h"
#include "cli/scan_internal.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "os/clock.h"
#include "os/proc.h"
#include "os/tzdata.h"
#include "scan/snapshot.h"

#define THREADS_MAX 256

/* Everything that a scan holds, released at once. */
struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_str *paths;
        struct bw_str *frameworks;
        struct bw_str *only;
        size_t n_paths;
        size_t n_frameworks;
        size_t n_only;
        struct bw_sink *sinks;
        size_t n_sinks;
        struct bw_str *writable; /* folders of the files that -o makes */
        size_t n_writable;
        struct bw_files rule_files;
        struct bw_scan_settings settings;
        struct bw_tzdata *zones;
        struct bw_catalog *catalog;
        struct bw_scan *scan;
        struct bw_control_row *controls; /* for reports that show them */
        struct bw_finding *listed;       /* findings for the others then */
        size_t n_controls;
        size_t n_rules; /* left by --framework and --rule; 0 = all */
        int fail_on;    /* as bw_fail_on_parse() */
        int kubernetes_minor;
        bool minor_is_given; /* on the command line or in the settings */
        unsigned threads;
        struct bw_machine_options node;
        bool has_node;
        struct bw_arena *arena;      /* of the cluster's options, and heads of snapshots */
        struct bw_cluster *cluster;
        int64_t now;
        bool now_is_given;
        int min_coverage; /* percent; -1: any will do */
        uint64_t started;
        uint64_t drawn; /* when the progress line was last drawn */
};

static void job_done(struct job *job)
{
        bw_scan_free(job->scan);
        bw_cluster_close(job->cluster);
        bw_arena_free(job->arena);
        bw_catalog_free(job->catalog);
        bw_tzdata_free(job->zones);
        bw_files_done(&job->rule_files);
        for (size_t i = 0; i < job->n_sinks; i++)
                bw_sink_done(&job->sinks[i]);
        bw_free(job->sinks);
        bw_free(job->writable);
        bw_free(job->paths);
        bw_free(job->frameworks);
        bw_free(job->controls);
        bw_free(job->listed);
        bw_free(job->only);
        bw_scan_settings_done(&job->settings);
}

static int collect_values(const struct bw_args *args, enum bw_option_id id, struct bw_str **list, size_t *n,
                          struct bw_error *reterr)
{
        size_t at = 0;
        const char *value;

        *list = bw_malloc((args->n_options + 1) * sizeof(**list));
        if (!*list)
                return bw_error_nomem(reterr);
        while ((value = bw_args_next(args, id, &at)))
                (*list)[(*n)++] = bw_str(value);
        return 0;
}

/* -f values, then arguments. */
static int collect_paths(struct job *job, struct bw_error *reterr)
{
        const struct bw_args *args = job->args;
        const char *value;
        size_t at = 0;

        job->paths = bw_malloc((args->n_options + args->n_positional + 1) * sizeof(job->paths[0]));
        if (!job->paths)
                return bw_error_nomem(reterr);
        while ((value = bw_args_next(args, BW_OPT_FILENAME, &at)))
                job->paths[job->n_paths++] = bw_str(value);
        for (size_t i = 0; i < args->n_positional; i++)
                job->paths[job->n_paths++] = bw_str(args->positional[i]);
        job->has_node = bw_args_has(args, BW_OPT_NODE);
        if (job->n_paths == 0 && !job->has_node && !bw_args_has(args, BW_OPT_CLUSTER))
                return bw_error_set(reterr, -EINVAL,
                                    "nothing to scan: name files or directories, - for standard input, --node for this machine, "
                                    "or --cluster for a live cluster");
        for (size_t i = 0; i < job->n_paths; i++)
                if (job->paths[i].n == 0)
                        return bw_error_set(reterr, -EINVAL, "a path is empty");
        return 0;
}

/* What is said of a machine and of the time. */
static int read_machine_options(struct job *job, struct bw_error *reterr)
{
        const char *coverage = bw_args_value(job->args, BW_OPT_MIN_COVERAGE, NULL);
        uint64_t percent = 0;
        int r = bw_now_arg(job->args, &job->now, &job->now_is_given, reterr);

        job->min_coverage = -1;
        if (r == 0 && coverage && (bw_str_to_u64(bw_str(coverage), &percent) < 0 || percent > 100))
                return bw_error_set(reterr, -EINVAL, "--min-coverage takes a number from 0 to 100, not \"%s\"", coverage);
        if (coverage)
                job->min_coverage = (int)percent;
        if (r < 0)
                return r;
        job->node.now = job->now;
        job->node.kubernetes_minor = job->kubernetes_minor;
        job->node.kubernetes_minor_is_given = job->minor_is_given;
        return bw_machine_args(job->args, job->has_node, &job->node, reterr);
}

/* The command line, else the settings file, else what is usual. */
static int read_options(struct job *job, struct bw_error *reterr)
{
        const struct bw_args *args = job->args;
        const struct bw_settings *settings = &job->settings.settings;
        const char *fail_on = bw_args_value(args, BW_OPT_FAIL_ON, NULL);
        const char *threads = bw_args_value(args, BW_OPT_THREADS, "0");
        const char *version = bw_args_value(args, BW_OPT_KUBERNETES_VERSION, NULL);
        uint64_t n;

        job->fail_on = fail_on                  ? bw_fail_on_parse(bw_str(fail_on))
                       : settings->fail_on >= 0 ? settings->fail_on
                                                : (int)BW_SEVERITY_HIGH;
        if (bw_str_to_u64(bw_str(threads), &n) < 0 || n > THREADS_MAX)
                return bw_error_set(reterr, -EINVAL, "--threads takes a number from 1 to %d, not \"%s\"", THREADS_MAX,
                                    threads);
        job->threads = (unsigned)n;
        job->kubernetes_minor = settings->kubernetes_minor >= 0 ? settings->kubernetes_minor : BW_KUBERNETES_NEWEST;
        job->minor_is_given = version || settings->kubernetes_minor >= 0;
        if (version)
                job->kubernetes_minor = bw_kubernetes_minor_parse(bw_str(version));
        if (job->kubernetes_minor < 0)
                return bw_error_set(reterr, -EINVAL, "--kubernetes-version takes a version such as 1.33, not \"%s\"",
                                    version);
        if (bw_args_has(args, BW_OPT_CONFIG) && bw_args_has(args, BW_OPT_NO_CONFIG))
                return bw_error_set(reterr, -EINVAL, "--config and --no-config exclude each other");
        return read_machine_options(job, reterr);
}

/* A file holds one report: the second would replace the first. Devices and pipes take any number. */
static int check_file(const struct job *job, const struct bw_sink *sink, struct bw_error *reterr)
{
        for (const struct bw_sink *other = job->sinks; other < sink; other++)
                if (sink->file && sink->output.temporary && other->file && strcmp(sink->file, other->file) == 0)
                        return bw_error_set(reterr, -EINVAL, "two reports cannot go to the same file: %s", sink->file);
        return 0;
}

static int open_sinks(struct job *job, struct bw_error *reterr)
{
        bool to_stdout = false;
        const char *value;
        size_t at = 0;
        int r;

        job->sinks = bw_zalloc((job->args->n_options + 1) * sizeof(job->sinks[0]));
        job->writable = bw_zalloc((job->args->n_options + 1) * sizeof(job->writable[0]));
        if (!job->sinks || !job->writable)
                return bw_error_nomem(reterr);
        while ((value = bw_args_next(job->args, BW_OPT_OUTPUT, &at))) {
                struct bw_sink *sink = &job->sinks[job->n_sinks++];

                r = bw_sink_open(sink, job->cli, value, reterr);
                if (r == 0)
                        r = check_file(job, sink, reterr);
                if (r < 0)
                        return r;
                if (sink->file)
                        job->writable[job->n_writable++] = bw_str(sink->output.folder);
                if (!sink->file && to_stdout)
                        return bw_error_set(reterr, -EINVAL,
                                            "only one -o may go to standard output; "
                                            "-o FORMAT=FILE writes to a file");
                to_stdout = to_stdout || !sink->file;
        }
        if (to_stdout || bw_args_has(job->args, BW_OPT_QUIET))
                return 0;
        return bw_sink_open(&job->sinks[job->n_sinks++], job->cli, "text", reterr);
}

static int make_catalog(struct job *job, struct bw_error *reterr)
{
        struct bw_catalog_options options = {
                .kubernetes_minor = job->kubernetes_minor, .kubernetes_minor_is_given = job->minor_is_given};
        const char *path;
        size_t at = 0;
        int r;

        r = collect_values(job->args, BW_OPT_FRAMEWORK, &job->frameworks, &job->n_frameworks, reterr);
        if (r == 0)
                r = collect_values(job->args, BW_OPT_RULE, &job->only, &job->n_only, reterr);
        if (r == 0)
                r = bw_tzdata_new(&job->zones, reterr);
        if (r < 0)
                return r;
        options.frameworks = job->frameworks;
        options.n_frameworks = job->n_frameworks;
        /* Who names rules means those rules. */
        if (job->n_frameworks + job->n_only == 0) {
                options.frameworks = job->settings.frameworks;
                options.n_frameworks = job->settings.settings.frameworks.n;
        }
        options.disabled = job->settings.disabled;
        options.n_disabled = job->settings.settings.disabled.n;
        options.params = job->settings.settings.params;
        options.only = job->only;
        options.n_only = job->n_only;
        options.timezone = bw_tzdata_get;
        options.timezone_userdata = job->zones;
        r = bw_catalog_new(&options, &job->catalog, reterr);
        if (r == 0)
                r = bw_catalog_add_builtin(job->catalog, reterr);
        if (r == 0)
                r = bw_scan_settings_add_rules(&job->settings, &job->rule_files, reterr);
        while (r == 0 && (path = bw_args_next(job->args, BW_OPT_RULES, &at)))
                r = bw_files_add(&job->rule_files, path, reterr);
        for (size_t i = 0; r == 0 && i < job->rule_files.n; i++)
                r = bw_catalog_add(job->catalog, job->rule_files.items[i].name, job->rule_files.items[i].text, reterr);
        if (r == 0)
                r = bw_scan_settings_check(&job->settings, job->catalog, reterr);
        if (r == 0 && options.n_frameworks + options.n_disabled + job->n_only)
                r = bw_rule_set_check(job->catalog, job->args, &job->n_rules, reterr);
        return r;
}

static void draw_progress(void *userdata, uint64_t files, uint64_t documents, uint64_t bytes)
{
        struct job *job = userdata;
        uint64_t now = bw_clock_ticks();
        char line[120];
        int n;

        /* Ten times a second is lively enough; the first 300 ms need no line at all. */
        if (now - job->started < 300000000 || now - job->drawn < 100000000)
                return;
        job->drawn = now;
        if (job->cluster)
                n = snprintf(line, sizeof(line), "\r\x1b[Kscanning: objects %" PRIu64 ", %" PRIu64 " MiB", documents, bytes >> 20);
        else
                n = snprintf(line, sizeof(line), "\r\x1b[Kscanning: files %" PRIu64 ", objects %" PRIu64 ", %" PRIu64 " MiB",
                             files, documents, bytes >> 20);
        (void)!bw_term_write(&job->cli->err, bw_str_n(line, (size_t)n));
}

/* Whether any of the reports needs something that is not worked out, or kept, unasked. */
static bool any_shows_edits(const struct job *job)
{
        for (size_t i = 0; i < job->n_sinks; i++)
                if (job->sinks[i].reporter->shows_edits)
                        return true;
        return false;
}

static bool any_shows_controls(const struct job *job)
{
        for (size_t i = 0; i < job->n_sinks; i++)
                if (job->sinks[i].reporter->shows_controls)
                        return true;
        return false;
}

static bool any_shows_excepted(const struct job *job)
{
        for (size_t i = 0; i < job->n_sinks; i++)
                if (job->sinks[i].reporter->shows_excepted)
                        return true;
        return bw_args_has(job->args, BW_OPT_INCLUDE_PASSED) || any_shows_controls(job);
}

/* The controls of the frameworks that were asked for. */
static int list_controls(struct job *job, struct bw_error *reterr)
{
        const struct bw_str *names = job->n_frameworks ? job->frameworks : job->settings.frameworks;
        size_t n = job->n_frameworks ? job->n_frameworks : job->settings.settings.frameworks.n;

        if (!any_shows_controls(job))
                return 0;
        if (n == 0)
                return bw_error_set(reterr, -EINVAL, "-o controls shows the controls of a framework: name it with --framework");
        return bw_scan_controls(job->catalog, names, n, &job->controls, &job->n_controls, reterr);
}

/* The version of the cluster that is scanned, if nobody said another one. */
static int judge_by_version(struct job *job, struct bw_error *reterr)
{
        struct bw_cluster_head head = {.kubernetes_minor = -1};
        int minor = -1;
        int r = 0;

        if (job->cluster) {
                minor = bw_cluster_minor(job->cluster);
        } else if (job->n_paths == 1 && !job->has_node && !bw_str_is(job->paths[0], "-") &&
                   bw_cluster_snapshot_is_file(job->paths[0].p)) {
                r = bw_cluster_snapshot_head(job->paths[0].p, job->arena, &head, reterr);
                minor = head.kubernetes_minor;
        }
        if (r == 0 && minor >= 0 && !job->minor_is_given)
                bw_catalog_set_minor(job->catalog, minor);
        return r;
}

/* The fetcher is started last of all before the run: what is open then, it has too. */
static int open_cluster(struct job *job, struct bw_error *reterr)
{
        int r;

        (void)bw_proc_watch_interrupts();
        r = bw_scan_cluster_open(job->args, job->catalog, job->arena, &job->cluster, reterr);
        if (r == 0 && job->cluster)
                bw_cluster_tell_warnings(job->cli, bw_cluster_warnings(job->cluster));
        return r < 0 ? r : judge_by_version(job, reterr);
}

static int run_scan(struct job *job, struct bw_error *reterr)
{
        bool quiet = bw_args_has(job->args, BW_OPT_QUIET);
        const atomic_bool *cancel = bw_proc_watch_interrupts();
        struct bw_scan_options options = {
                .paths = job->paths,
                .n_paths = job->n_paths,
                .node = job->has_node ? &job->node : NULL,
                .cluster = job->cluster,
                .catalog = job->catalog,
                .threads = job->threads,
                .cancel = cancel,
                .now = job->now,
                .now_is_given = job->now_is_given,
                .include_passed = bw_args_has(job->args, BW_OPT_INCLUDE_PASSED) || any_shows_controls(job),
                .exceptions = job->settings.exceptions,
                .want_edits = any_shows_edits(job),
                .keep_excepted = any_shows_excepted(job),
                .baseline = job->settings.baseline,
                .baseline_file = bw_str(bw_args_value(job->args, BW_OPT_BASELINE, NULL)),
                .no_fold = bw_args_has(job->args, BW_OPT_NO_FOLD),
                .no_ignore = bw_args_has(job->args, BW_OPT_NO_IGNORE),
                .sandbox = !bw_args_has(job->args, BW_OPT_NO_SANDBOX),
                .writable = job->writable,
                .n_writable = job->n_writable,
        };
        int r;

        job->node.cancel = cancel;
        if (job->cli->err.is_terminal && !quiet) {
                options.progress = draw_progress;
                options.progress_userdata = job;
        }
        r = bw_scan_run(&options, &job->scan, reterr);
        if (job->drawn)
                (void)!bw_term_write(&job->cli->err, BW_STR("\r\x1b[K"));
        return r;
}

static void tell_errors(struct bw_cli *cli, const struct bw_report *report)
{
        for (size_t i = 0; i < report->n_errors; i++) {
                const struct bw_input_error *e = &report->errors[i];
                struct bw_error error = {.code = -EINVAL, .line = e->line, .column = e->column};

                bw_error_in_file(&error, e->file);
                (void)snprintf(error.message, sizeof(error.message), "%.*s", BW_STR_ARG(e->message));
                (void)bw_cli_fail(cli, &error);
        }
}

static int write_reports(struct job *job, const struct bw_report *report, int status, struct bw_error *reterr)
{
        const struct bw_scan_stats *stats = bw_scan_stats(job->scan);
        struct bw_report_options options = {
                .color = job->cli->out.color,
                .width = job->cli->out.width,
                .summary = bw_args_has(job->args, BW_OPT_SUMMARY),
                .include_passed = bw_args_has(job->args, BW_OPT_INCLUDE_PASSED),
                .has_baseline = job->settings.baseline != NULL,
                .exit_status = status,
                .files = stats->files,
                .elapsed_us = (bw_clock_ticks() - job->started) / 1000 + 1,
                .program = job->cli->program,
        };
        struct bw_report listed = *report;
        int r = 0;

        if (any_shows_controls(job) && !options.include_passed) {
                job->listed = bw_malloc((report->n_findings + 1) * sizeof(*job->listed));
                if (!job->listed)
                        return bw_error_nomem(reterr);
                listed.n_findings = bw_scan_without_passed(report, job->listed);
                listed.findings = job->listed;
        }
        for (size_t i = 0; i < job->n_sinks && r == 0; i++)
                r = bw_sink_write(&job->sinks[i], job->sinks[i].reporter->shows_controls ? report : &listed, &options,
                                  reterr);
        return r;
}

/* Percent of what was to be judged; what does not apply does not count. All of it, when there was nothing. */
static int coverage_of(const struct bw_summary *summary)
{
        uint64_t judged = summary->verdicts[BW_VERDICT_PASS] + summary->verdicts[BW_VERDICT_FAIL] +
                          summary->verdicts[BW_VERDICT_MANUAL] + summary->excepted + summary->known;
        uint64_t all = judged + summary->unjudged + summary->verdicts[BW_VERDICT_ERROR];

        return all ? (int)(judged * 100 / all) : 100;
}

static bool is_covered(const struct job *job, const struct bw_report *report)
{
        return job->min_coverage < 0 || coverage_of(&report->summary) >= job->min_coverage;
}

static void tell_coverage(const struct job *job, const struct bw_report *report)
{
        const struct bw_summary *s = &report->summary;

        if (!is_covered(job, report))
                bw_cli_error(job->cli,
                             "coverage: %d %% of the checks could be judged, --min-coverage asks for %d: %" PRIu64
                             " could not for want of what could not be read, %" PRIu64 " could not be evaluated",
                             coverage_of(s), job->min_coverage, s->unjudged, s->verdicts[BW_VERDICT_ERROR]);
}

static int exit_status(const struct job *job, const struct bw_report *report)
{
        if (bw_proc_interrupt_signal())
                return BW_EXIT_INTERRUPTED;
        /* A rule that could not be evaluated has not passed. */
        if (report->n_errors || report->summary.verdicts[BW_VERDICT_ERROR] || !is_covered(job, report))
                return BW_EXIT_USAGE;
        for (int i = job->fail_on; i < _BW_SEVERITY_MAX; i++)
                if (report->summary.by_severity[i])
                        return BW_EXIT_FINDINGS;
        return BW_EXIT_OK;
}

static int finish(struct job *job)
{
        struct bw_report report = *bw_scan_report(job->scan);
        struct bw_error error = {0};
        int status = exit_status(job, &report);

        report.version = BW_STR(BW_VERSION);
        report.controls = job->controls;
        report.n_controls = job->n_controls;
        if (job->n_rules)
                report.summary.rules = job->n_rules;
        tell_errors(job->cli, &report);
        bw_scan_tell_notices(job->cli, &report);
        tell_coverage(job, &report);
        if (bw_proc_interrupt_signal())
                bw_cli_error(job->cli, "interrupted: the results are those found until then");
        if (write_reports(job, &report, status, &error) < 0) {
                (void)bw_cli_fail(job->cli, &error);
                return BW_EXIT_INTERNAL;
        }
        if (bw_args_has(job->args, BW_OPT_STATS))
                return bw_stats_print(job->cli, bw_args_value(job->args, BW_OPT_STATS, "text"),
                                      bw_scan_stats(job->scan), &report, bw_clock_ticks() - job->started) < 0
                               ? BW_EXIT_INTERNAL
                               : status;
        return status;
}

static int run_job(struct job *job)
{
        struct bw_error error = {0};
        int r;

        job->arena = bw_arena_new(0);
        r = job->arena ? collect_paths(job, &error) : bw_error_nomem(&error);
        if (r == 0 && bw_scan_settings_load(&job->settings, job->args, &error) < 0)
                return bw_cli_fail(job->cli, &error);
        if (r == 0)
                r = read_options(job, &error);
        if (r == -EINVAL)
                return bw_cli_usage(job->cli, "%s", error.message);
        if (r == 0)
                r = make_catalog(job, &error);
        if (r == 0 && bw_args_has(job->args, BW_OPT_PREFLIGHT) && bw_args_has(job->args, BW_OPT_CLUSTER))
                return bw_preflight(job->cli, job->args, job->catalog, job->arena);
        if (r == 0)
                r = open_sinks(job, &error);
        if (r == 0)
                r = list_controls(job, &error);
        if (r == 0)
                r = open_cluster(job, &error);
        if (r == 0)
                r = run_scan(job, &error);
        if (r < 0)
                return bw_cli_fail(job->cli, &error);
        return finish(job);
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        struct job job = {.cli = cli, .args = args, .started = bw_clock_ticks()};
        int status;

        bw_proc_hide_memory();
        status = run_job(&job);
        job_done(&job);
        return status;
}

static const struct bw_option options[] = {
        {.name = "filename",
         .letter = 'f',
         .arg = "PATH",
         .id = BW_OPT_FILENAME,
         .complete = BW_COMPLETE_FILE,
         .help = "a file, a directory or - to scan, as an argument would be (may be repeated)"},
        {.name = "node",
         .id = BW_OPT_NODE,
         .help = "also judge this machine as a node of a cluster: host, kubelet, runtime, control plane, etcd, keys"},
        BW_OPTIONS_MACHINE,
        BW_OPTION_CLUSTER,
        BW_OPTIONS_NAMESPACE,
        BW_OPTION_NO_KUBELETS,
        {.name = "preflight",
         .id = BW_OPT_PREFLIGHT,
         .help = "with --cluster: show what could be read, and end; 2 when something could not"},
        BW_OPTIONS_CLUSTER,
        {.name = "min-coverage",
         .arg = "PERCENT",
         .id = BW_OPT_MIN_COVERAGE,
         .help = "exit with 2 when less than this could be judged, because something could not be read"},
        BW_OPTION_NOW,
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT[=FILE]",
         .id = BW_OPT_OUTPUT,
         .complete = BW_COMPLETE_REPORTER,
         .help = "one of the formats below, on standard output or to FILE (may be repeated; default: text)"},
        {.name = "fail-on",
         .arg = "SEVERITY",
         .id = BW_OPT_FAIL_ON,
         .words = "low medium high critical none",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "exit with 1 on findings of this severity or a worse one (default: high)"},
        {.name = "framework",
         .arg = "NAME",
         .id = BW_OPT_FRAMEWORK,
         .complete = BW_COMPLETE_NONE,
         .help = "only the rules of this framework, such as pss-baseline (may be repeated)"},
        {.name = "rule",
         .arg = "ID",
         .id = BW_OPT_RULE,
         .complete = BW_COMPLETE_RULE,
         .help = "only this rule (may be repeated)"},
        BW_OPTION_RULES,
        {.name = "config",
         .arg = "FILE",
         .id = BW_OPT_CONFIG,
         .complete = BW_COMPLETE_FILE,
         .help = "the settings file: exceptions, parameters of rules, defaults of options (default: .bulwark.yaml in the "
                 "current directory, if it is there)"},
        {.name = "no-config", .id = BW_OPT_NO_CONFIG, .help = "read no settings file"},
        {.name = "baseline",
         .arg = "FILE",
         .id = BW_OPT_BASELINE,
         .complete = BW_COMPLETE_FILE,
         .help = "only what is new since this report of an earlier scan (-o json, yaml or sarif)"},
        {.name = "kubernetes-version",
         .arg = "1.NN",
         .id = BW_OPT_KUBERNETES_VERSION,
         .help = "the Kubernetes version to judge by (default: the newest known)"},
        {.name = "include-passed", .id = BW_OPT_INCLUDE_PASSED, .help = "also list what passed and what was skipped"},
        {.name = "summary", .id = BW_OPT_SUMMARY, .help = "text: only the summary, not the findings"},
        {.name = "quiet",
         .letter = 'q',
         .id = BW_OPT_QUIET,
         .help = "nothing on standard output unless -o asks for it; the exit status tells"},
        BW_OPTION_COLOR,
        {.name = "no-fold",
         .id = BW_OPT_NO_FOLD,
         .help = "a finding for each object, also where a controller and what it makes have the same ones"},
        {.name = "no-ignore", .id = BW_OPT_NO_IGNORE, .help = "also scan what .bulwarkignore files exclude"},
        {.name = "threads",
         .arg = "N",
         .id = BW_OPT_THREADS,
         .help = "threads to use (default: one for each processor)"},
        {.name = "stats",
         .arg = "FORMAT",
         .id = BW_OPT_STATS,
         .words = "text json",
         .complete = BW_COMPLETE_WORDS,
         .value_optional = true,
         .only_words = true,
         .help = "counters and times on standard error, as text or json"},
        {.name = "no-sandbox",
         .id = BW_OPT_NO_SANDBOX,
         .help = "do not give up system calls and files (Landlock, seccomp) before reading inputs"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"Every manifest below a directory", "bulwark scan examples/shop"},
        {"What a cluster runs, from standard input", "kubectl get deployments -A -o json | bulwark scan -"},
        {"In CI: fail on medium and worse, keep a report for programs",
         "bulwark scan --fail-on medium -o json=report.json examples/shop"},
        {"One framework, judged as Kubernetes 1.29 does",
         "bulwark scan --framework pss-baseline --kubernetes-version 1.29 examples/shop"},
        {"Only what is new since a report that was kept",
         "bulwark scan -q -o json=before.json examples/shop; bulwark scan --baseline before.json examples/shop"},
        {"A node by a benchmark, control by control, from a snapshot of it",
         "bulwark collect --node --root examples/node -o node.zst; "
         "bulwark scan --framework cis-1.12 -o controls node.zst"},

        {"Only the totals", "bulwark scan --summary examples/shop"},
        {0},
};

const struct bw_verb bw_verb_scan = {
        .name = "scan",
        .summary = "judge manifests, directories, standard input, a node, a live cluster, or their snapshots",
        .args = "[PATH...|-]",
        .text = "Reads Kubernetes objects in YAML, JSON or NDJSON (also .gz and .zst), judges each by the rules for "
                "its kind, and shows what fails with file, line, column and fix. No network is used but with --cluster, and "
                "nothing is changed.\n\n"
                "Below a directory, files named *.yaml, *.yml, *.json, *.ndjson and *.jsonl are read; .bulwarkignore "
                "files exclude paths as .gitignore does. A file that is named is read whatever it is called. "
                "Documents that are no Kubernetes objects (values files, templates) are counted and skipped. What "
                "cannot be read is named on standard error; the rest is still judged.\n\n"
                "With --node the machine is judged: what runs on it and how it is set up, by its processes, files and "
                "kernel. Nothing on it is changed, no program is started, and no packet is sent without --probe. A "
                "snapshot that \"bulwark collect\" made of a node is judged as the node was then. What could not be read "
                "is skipped with the reason; --min-coverage says how much of that is too much.\n\n"
                "With --cluster the live cluster that the kubeconfig names is judged, by reading only: what may not be read "
                "is skipped, with the rule that would allow it. Control plane and kubelets are judged as on their nodes. "
                "Values of Secrets and ConfigMaps are looked at, and never kept.",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_FILE,
        .max_args = SIZE_MAX,
        .run = run,
};
