/* SPDX-License-Identifier: Apache-2.0 */
/* audit explain-policy: what an audit policy records of the requests that matter. */
#include "analyze/audit_policy.h"
#include "base/arena.h"
#include "base/limits.h"
#include "cli/files.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"
#include "exception/settings.h"
#include "report/emit.h"
#include "rule/rule.h"

#define WHO 30 /* columns of level and rule */

struct job {
        struct bw_cli *cli;
        struct bw_arena *arena;
        const char *path;
        struct bw_str text;
        struct bw_doc policy;
        struct bw_value decoded;
        struct bw_problems problems;
        struct bw_doc coverage;
        int minor;
};

/* Problems as errors are shown: file, line and column, one a line. */
static void show_problems(const struct job *job)
{
        for (size_t i = 0; i < job->problems.n; i++) {
                const struct bw_problem *problem = &job->problems.items[i];
                struct bw_error err = {0};
                char text[BW_LIMIT_SOURCE_LINE * 2];

                (void)bw_error_at(&err, -EINVAL, problem->mark.line, problem->mark.column, "%s%.*s",
                                  problem->warning ? "warning: " : "", BW_STR_ARG(problem->message));
                bw_error_in_file(&err, bw_str(job->path));
                bw_cli_error(job->cli, "%s", bw_error_format(&err, text, sizeof(text)));
        }
}

static int keep_coverage(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct job *job = userdata;

        (void)reterr;
        job->coverage = *doc;
        return 0;
}

static uint32_t line_of_rule(struct job *job, uint32_t number)
{
        const struct bw_segment segments[] = {
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(BW_STR("rules"))},
                {.kind = BW_SEGMENT_INDEX, .index = number},
        };

        return bw_doc_mark(&job->policy, job->arena, (struct bw_path){.n = 2, .segments = segments}, false).line;
}

static bool is_true(struct bw_value row, const char *field)
{
        struct bw_value v = bw_map_get(row, bw_str(field));

        return v.type == BW_BOOL && v.b;
}

static void put_colored(struct bw_buf *out, const struct job *job, const char *color, struct bw_str text)
{
        bw_buf_puts(out, job->cli->out.color ? color : "");
        bw_buf_str(out, text);
        bw_buf_puts(out, job->cli->out.color ? "\x1b[0m" : "");
}

static void put_request(struct bw_buf *out, struct job *job, struct bw_value row)
{
        struct bw_value rule = bw_map_get(row, BW_STR("rule"));
        size_t begin = out->n;

        bw_buf_printf(out, "  %-16.*s", BW_STR_ARG(bw_map_text(row, "level")));
        if (rule.type == BW_INT)
                bw_buf_printf(out, "line %u", line_of_rule(job, (uint32_t)rule.i));
        else
                bw_buf_puts(out, "no rule");
        bw_buf_fill(out, ' ', WHO - BW_MIN((size_t)WHO, out->n - begin));
        bw_buf_str(out, bw_map_text(row, "title"));
        if (is_true(row, "missed")) {
                bw_buf_puts(out, "  ");
                put_colored(out, job, "\x1b[33m", BW_STR("MISSED"));
                bw_buf_printf(out, ": should be %.*s", BW_STR_ARG(bw_map_text(row, "least")));
        }
        if (is_true(row, "leaks")) {
                bw_buf_puts(out, "  ");
                put_colored(out, job, "\x1b[31m", BW_STR("LEAKS"));
                bw_buf_printf(out, " %.*s: %.*s at most", BW_STR_ARG(bw_map_text(row, "holds")),
                              BW_STR_ARG(bw_map_text(row, "most")));
        }
        bw_buf_char(out, '\n');
}

static void put_dead(struct bw_buf *out, struct job *job, struct bw_value dead)
{
        if (dead.n == 0)
                return;
        bw_buf_puts(out, "\nrules that never match\n");
        for (uint32_t i = 0; i < dead.n; i++) {
                struct bw_value row = dead.list->items[i];
                int64_t rule = bw_map_get(row, BW_STR("rule")).i;

                bw_buf_printf(out, "  %s:%u: rule %" PRId64 ": %.*s\n", job->path, line_of_rule(job, (uint32_t)rule),
                              rule + 1, BW_STR_ARG(bw_map_text(row, "why")));
        }
}

struct counts {
        unsigned missed;
        unsigned leaks;
        unsigned dead;
};

static struct counts count(struct bw_value requests, struct bw_value dead)
{
        struct counts counts = {.dead = dead.n};

        for (uint32_t i = 0; i < requests.n; i++) {
                counts.missed += is_true(requests.list->items[i], "missed");
                counts.leaks += is_true(requests.list->items[i], "leaks");
        }
        return counts;
}

static void put_text(struct bw_buf *out, struct job *job, struct bw_value requests, struct bw_value dead,
                     const struct counts *counts)
{
        struct bw_str topic = {0};

        bw_buf_printf(out, "%s: %u rules, as Kubernetes 1.%d reads them\n", job->path,
                      bw_map_get(job->decoded, BW_STR("rules")).n, job->minor);
        for (uint32_t i = 0; i < requests.n; i++) {
                struct bw_value row = requests.list->items[i];

                if (!bw_str_eq(bw_map_text(row, "topic"), topic)) {
                        topic = bw_map_text(row, "topic");
                        bw_buf_printf(out, "\n%.*s\n", BW_STR_ARG(topic));
                }
                put_request(out, job, row);
        }
        put_dead(out, job, dead);
        bw_buf_printf(out, "\n%u requests: %u missed, %u leak; %u rules never match\n", requests.n, counts->missed,
                      counts->leaks, counts->dead);
}

static int put_document(struct bw_buf *out, struct bw_value value, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r;

        bw_emit_init(&e, strcmp(format, "yaml") == 0 ? BW_SYNTAX_YAML : BW_SYNTAX_JSON, NULL);
        bw_emit_value(&e, value);
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

static int explain(struct job *job, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct counts counts;
        struct bw_value requests;
        struct bw_value dead;
        int r;

        job->problems = (struct bw_problems){.arena = job->arena};
        r = bw_file_load(job->arena, job->path, BW_LIMIT_SETTINGS_BYTES, &job->text, reterr);
        if (r == 0)
                r = bw_schema_read(job->arena, job->text, BW_SCHEMA_LENIENT, &job->policy, &job->problems, reterr);
        if (r == 0)
                r = bw_audit_policy_check(job->arena, &job->policy, job->minor, &job->problems, &job->decoded, reterr);
        if (r < 0)
                return r;
        show_problems(job);
        if (bw_problems_refuse(&job->problems))
                return BW_EXIT_USAGE;
        (void)bw_doc_identify(&job->policy);
        r = bw_derive_audit.derive(job->arena, &job->policy, job->minor, true, keep_coverage, job, reterr);
        if (r < 0)
                return r;
        requests = bw_map_get(job->coverage.root, BW_STR("requests"));
        dead = bw_map_get(job->coverage.root, BW_STR("dead"));
        counts = count(requests, dead);
        if (strcmp(format, "text") == 0)
                put_text(&out, job, requests, dead, &counts);
        else
                r = put_document(&out, job->coverage.root, format, reterr);
        if (r < 0)
                return r;
        r = bw_cli_print(job->cli, &out);
        if (r != BW_EXIT_OK)
                return r;
        return counts.missed + counts.leaks + counts.dead ? BW_EXIT_FINDINGS : BW_EXIT_OK;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        const char *version = bw_args_value(args, BW_OPT_KUBERNETES_VERSION, NULL);
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        int minor = version ? bw_kubernetes_minor_parse(bw_str(version)) : BW_KUBERNETES_NEWEST;
        int status = BW_EXIT_OK;

        if (minor < 0)
                return bw_cli_usage(cli, "--kubernetes-version takes a version such as 1.33, not \"%s\"", version);
        for (size_t i = 0; i < args->n_positional; i++) {
                bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
                struct job job = {.cli = cli, .arena = arena, .path = args->positional[i], .minor = minor};
                struct bw_error err = {0};
                int r = arena ? explain(&job, format, &err) : bw_error_nomem(&err);

                if (r < 0) {
                        bw_error_in_file(&err, bw_str(job.path));
                        r = bw_cli_fail(cli, &err);
                }
                status = BW_MAX(status, r);
        }
        return status;
}

static const struct bw_option options[] = {
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .words = "text json yaml",
         .only_words = true,
         .help = "text (default), or the coverage as a document: json, yaml",
         .id = BW_OPT_OUTPUT,
         .complete = BW_COMPLETE_WORDS},
        {.name = "kubernetes-version",
         .arg = "1.NN",
         .help = "read the policy as this version does (default: the newest known)",
         .id = BW_OPT_KUBERNETES_VERSION},
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"What a policy records, misses and gives away", "bulwark audit explain-policy examples/node/audit-policy.yaml"},
        {0},
};

const struct bw_verb bw_verb_audit_explain_policy = {
        .name = "audit explain-policy",
        .summary = "show what an audit policy records of the requests that matter",
        .args = "FILE...",
        .text = "Reads a Policy of audit.k8s.io/v1 as the API server does, and asks it about a catalogue of requests: reading "
                "Secrets, giving rights, running commands in containers, and so on. For each it shows the level, the rule that "
                "decides, and what is wrong: MISSED when the log would not show it, LEAKS when the log would hold a secret.\n\n"
                "Rules that can never match are listed: an earlier rule takes all of their requests, or they name what does not "
                "exist. The exit status is 1 when something is missed, leaks or never matches, 2 when the API server would "
                "refuse the policy.",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_FILE,
        .min_args = 1,
        .max_args = SIZE_MAX,
        .run = run,
};
