/* SPDX-License-Identifier: Apache-2.0 */
/* rbac generate: the smallest roles that allow what a subject did. */
#include "analyze/rbac_review.h"
#include "analyze/rbac_usage.h"
#include "base/arena.h"
#include "cli/rbac_inputs.h"
#include "cli/rbac_log.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_arena *arena;
        struct bw_rbac_log log;
        struct bw_rbac_inputs inputs;
        const struct bw_usage_user *user;
        struct bw_value *made;
        size_t n;
};

static void job_done(struct job *job)
{
        bw_rbac_inputs_done(&job->inputs);
        bw_arena_free(job->arena);
}

/* The user as the log has it; the nearest one helps whoever typed it wrong. */
static int find_user(struct job *job, struct bw_error *reterr)
{
        const char *text = bw_args_value(job->args, BW_OPT_SUBJECT, "");
        const struct bw_usage_user *users;
        struct bw_nearest nearest = {0};
        struct bw_rbac_user subject;
        size_t n;
        int r = bw_rbac_subject_arg(job->args, text, job->arena, &subject, reterr);

        if (r < 0)
                return r;
        if (subject.name.n == 0)
                return bw_error_set(reterr, -EINVAL, "%s is no user: an audit log shows what users and service accounts do", text);
        job->user = bw_usage_find(job->log.usage, subject.name);
        if (job->user)
                return 0;
        users = bw_usage_users(job->log.usage, &n);
        for (size_t i = 0; i < n; i++)
                bw_nearest_try(&nearest, subject.name, users[i].name);
        if (bw_nearest_is_near(&nearest, subject.name))
                return bw_error_set(reterr, -ENOENT, "the audit log shows nothing of %.*s; there is %.*s", BW_STR_ARG(subject.name),
                                    (int)nearest.n, nearest.best);
        return bw_error_set(reterr, -ENOENT, "the audit log shows nothing that %.*s was allowed and did", BW_STR_ARG(subject.name));
}

/* A name for the roles: the account's or user's own, as far as names may have it. */
static int default_name(struct job *job, struct bw_str *ret)
{
        struct bw_str user = job->user->name;
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        for (size_t i = 0; i < user.n; i++)
                if (user.p[i] == ':')
                        user = bw_str_rest(user, i + 1), i = SIZE_MAX;
        for (size_t i = 0; i < BW_MIN(user.n, (size_t)200); i++) {
                char c = user.p[i];
                bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';

                bw_buf_char(&out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : ok ? c : '-');
        }
        bw_buf_puts(&out, "-used");
        if (bw_buf_status(&out) < 0)
                return -ENOMEM;
        *ret = bw_arena_str(job->arena, bw_buf_view(&out));
        return ret->p ? 0 : -ENOMEM;
}

static int generate(struct job *job, struct bw_error *reterr)
{
        struct bw_rbac_generate_options options = {
                .name = bw_str(bw_args_value(job->args, BW_OPT_NAME, NULL)),
                .names = bw_args_has(job->args, BW_OPT_NAMES),
                .beside = bw_args_has(job->args, BW_OPT_MISSING) ? job->inputs.rbac : NULL,
        };

        if (options.name.n == 0 && default_name(job, &options.name) < 0)
                return bw_error_nomem(reterr);
        return bw_rbac_generate(job->arena, job->user, &options, &job->made, &job->n, reterr);
}

static int show(struct job *job, struct bw_error *reterr)
{
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "yaml");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r;

        if (strcmp(format, "yaml") == 0) {
                bw_buf_puts(&out, "# What ");
                bw_buf_clean(&out, job->user->name);
                bw_buf_puts(&out, " was allowed and did (");
                bw_rbac_log_span(&job->log, &out);
                bw_buf_puts(&out, job->n ? ")\n" : ")\n# Nothing is missing: the roles that exist allow all of it.\n");
        }
        bw_emit_init(&e, bw_syntax_of(format), NULL);
        for (size_t i = 0; i < job->n; i++) {
                if (i)
                        bw_emit_next_document(&e);
                bw_emit_value(&e, job->made[i]);
        }
        r = job->n ? bw_emit_close(&e, reterr) : 0;
        if (r < 0)
                return r;
        bw_buf_str(&out, bw_buf_view(&e.buf));
        return bw_cli_print(job->cli, &out);
}

static int answer(struct job *job, struct bw_error *reterr)
{
        int r = bw_rbac_log_read(job->cli, job->arena, &job->log, reterr);

        if (r == 0)
                r = find_user(job, reterr);
        if (r == 0)
                r = generate(job, reterr);
        if (r == 0)
                r = show(job, reterr);
        return r == BW_EXIT_OK && (job->inputs.objects.incomplete || job->log.broken) ? BW_EXIT_USAGE : r;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args, .arena = bw_arena_new(0)};
        struct bw_error err = {0};
        int r;

        if (!bw_args_has(args, BW_OPT_SUBJECT))
                return bw_cli_usage(cli, "for whom? --subject names a user or a service account");
        r = job.arena ? bw_rbac_log_args(args, job.arena, &job.log, &err) : bw_error_nomem(&err);
        if (r == 0) {
                const struct bw_objects_more more = {
                        .readable = job.log.paths,
                        .n_readable = job.log.n_paths,
                        .may_be_none = !bw_args_has(args, BW_OPT_MISSING),
                };

                r = bw_rbac_inputs_open(cli, args, &more, &job.inputs, &err);
        }
        if (r == 0)
                r = answer(&job, &err);
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        {.name = "subject",
         .arg = "SUBJECT",
         .id = BW_OPT_SUBJECT,
         .help = "whose roles: user:NAME or sa:NAMESPACE/NAME"},
        BW_OPTION_AUDIT_LOG,
        {.name = "missing",
         .id = BW_OPT_MISSING,
         .help = "only what the roles and bindings in -f or --cluster do not allow already"},
        {.name = "names", .id = BW_OPT_NAMES, .help = "for the very objects that were used (resourceNames), where requests have names"},
        {.name = "name", .arg = "NAME", .id = BW_OPT_NAME, .help = "name of the roles and bindings (default: the subject's, and -used)"},
        BW_OPTIONS_OBJECTS,
        BW_OPTION_RBAC_GROUP,
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "yaml json",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "yaml (default) or json"},
        BW_OPTIONS_CLUSTER,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"The roles that the shop's pipeline needs", "bulwark rbac generate --subject sa:shop/deployer --audit-log examples/rbac/audit.jsonl"},
        {"Only what it did by other rights than its own",
         "bulwark rbac generate --subject sa:shop/deployer --audit-log examples/rbac/audit.jsonl --missing -f examples/rbac/access.yaml"},
        {0},
};

const struct bw_verb bw_verb_rbac_generate = {
        .name = "rbac generate",
        .summary = "write the smallest roles that allow what a subject did",
        .args = "",
        .text = "Reads from the audit log what the subject was allowed and did, and writes a Role and a RoleBinding for each "
                "namespace, and a ClusterRole and its binding for what was done cluster-wide. Fed to kubectl apply, they allow that "
                "and no other verb, resource or namespace. Requests that were denied do not count.\n\n"
                "A log that is too short misses what happens once a month: compare with \"rbac unused\", and take rights away "
                "step by step.",
        .options = options,
        .examples = examples,
        .run = run,
};
