/* SPDX-License-Identifier: Apache-2.0 */
/* rbac can: whether a subject may do something, and by which binding and rule. */
#include "base/arena.h"
#include "cli/rbac_inputs.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

#define SHOWN_NAMESPACES 5

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_rbac_inputs inputs;
        struct bw_rbac_request request;
        bool namespaced;
        struct bw_rbac_answer answer;
        struct bw_str reason;
        bool by_masters;              /* allowed by the API server itself, before it asks RBAC */
        struct bw_str *only_in;       /* namespaces in which it is allowed, when it is not everywhere */
        size_t n_only_in;
};

static void job_done(struct job *job)
{
        bw_rbac_inputs_done(&job->inputs);
}

static bool is_master(const struct bw_rbac_user *user)
{
        for (size_t i = 0; i < user->n_groups; i++)
                if (bw_str_is(user->groups[i], "system:masters"))
                        return true;
        return false;
}

/* A question about all namespaces that is answered with no may still be allowed in some. */
static int find_namespaces(struct job *job)
{
        struct bw_rbac_request request = job->request;
        struct bw_str *namespaces;
        size_t n;

        if (bw_rbac_namespaces(job->inputs.rbac, job->inputs.objects.arena, &namespaces, &n) < 0)
                return -ENOMEM;
        job->only_in = namespaces;
        for (size_t i = 0; i < n; i++) {
                request.ns = namespaces[i];
                if (bw_rbac_decide(job->inputs.rbac, &request, true).allowed)
                        job->only_in[job->n_only_in++] = namespaces[i];
        }
        return 0;
}

static int decide(struct job *job, struct bw_error *reterr)
{
        int r = bw_rbac_subject_arg(job->args, job->args->positional[0], job->inputs.objects.arena, &job->request.user, reterr);

        if (r < 0)
                return r;
        bw_rbac_question_args(job->cli, job->args, job->inputs.objects.inventory, 1, &job->request, &job->namespaced);
        job->answer = bw_rbac_decide(job->inputs.rbac, &job->request, true);
        job->by_masters = !job->answer.allowed && is_master(&job->request.user);
        r = bw_rbac_reason(job->inputs.rbac, &job->request, &job->answer, job->inputs.objects.arena, &job->reason);
        if (r == 0 && job->by_masters)
                job->reason = BW_STR("the API server itself allows everything to group system:masters");
        else if (r == 0 && !job->answer.allowed && job->namespaced && job->request.ns.n == 0)
                r = find_namespaces(job);
        return r < 0 ? bw_error_nomem(reterr) : 0;
}

static bool is_allowed(const struct job *job)
{
        return job->answer.allowed || job->by_masters;
}

static void put_namespaces(struct bw_buf *out, const struct job *job)
{
        for (size_t i = 0; i < BW_MIN(job->n_only_in, (size_t)SHOWN_NAMESPACES); i++) {
                bw_buf_puts(out, i ? ", " : "  only in ");
                bw_buf_clean(out, job->only_in[i]);
        }
        if (job->n_only_in > SHOWN_NAMESPACES)
                bw_buf_printf(out, " and %zu more", job->n_only_in - SHOWN_NAMESPACES);
        if (job->n_only_in)
                bw_buf_puts(out, " (ask with -n)\n");
}

static int put_text(struct bw_buf *out, const struct job *job)
{
        const char *color = !job->cli->out.color ? "" : is_allowed(job) ? "\x1b[32m" : "\x1b[31m";

        bw_buf_printf(out, "%s%s%s", color, is_allowed(job) ? "yes" : "no", *color ? "\x1b[0m" : "");
        bw_buf_puts(out, job->reason.n ? ": " : is_allowed(job) ? "" : ": nothing grants it");
        bw_buf_clean(out, job->reason);
        bw_buf_char(out, '\n');
        if (job->answer.allowed) {
                struct bw_str rule;
                struct bw_str place;

                if (bw_rbac_rule_text(job->inputs.objects.arena, bw_rbac_granting_rule(&job->inputs, &job->answer.grant), &rule) < 0 ||
                    bw_rbac_rule_place(&job->inputs, &job->answer.grant, &place) < 0)
                        return -ENOMEM;
                bw_buf_puts(out, "  by the rule ");
                bw_buf_clean(out, rule);
                bw_buf_puts(out, place.n ? "  " : "");
                bw_buf_clean(out, place);
                bw_buf_char(out, '\n');
        }
        put_namespaces(out, job);
        return bw_buf_status(out);
}

static int put_document(struct bw_buf *out, const struct job *job, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r = 0;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("AccessAnswer"));
        bw_emit_key_str(&e, "subject", bw_str(job->args->positional[0]));
        bw_emit_key(&e, "allowed");
        bw_emit_bool(&e, is_allowed(job));
        bw_emit_key_str(&e, "reason", job->reason);
        if (job->answer.allowed)
                r = bw_emit_rbac_grant(&e, &job->inputs, &job->answer.grant);
        if (job->n_only_in) {
                bw_emit_key(&e, "onlyInNamespaces");
                bw_emit_list(&e);
                for (size_t i = 0; i < job->n_only_in; i++)
                        bw_emit_str(&e, job->only_in[i]);
                bw_emit_end(&e);
        }
        bw_emit_end(&e);
        if (r < 0)
                return bw_error_nomem(reterr);
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

static int answer(struct job *job, struct bw_error *reterr)
{
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        int r = decide(job, reterr);

        if (r < 0)
                return r;
        r = strcmp(format, "text") == 0 ? put_text(&out, job) : put_document(&out, job, format, reterr);
        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(reterr) : r;
        r = bw_cli_print(job->cli, &out);
        if (r != BW_EXIT_OK)
                return r;
        return job->inputs.objects.incomplete ? BW_EXIT_USAGE : is_allowed(job) ? BW_EXIT_OK : BW_EXIT_FINDINGS;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args};
        struct bw_error err = {0};
        int r = bw_rbac_inputs_open(cli, args, NULL, &job.inputs, &err);

        if (r == 0)
                r = answer(&job, &err);
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        BW_OPTIONS_OBJECTS,
        BW_OPTIONS_NAMESPACE,
        BW_OPTION_RBAC_GROUP,
        BW_OPTION_DATA_OUTPUT,
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"May this service account read the Secrets of its namespace?",
         "bulwark rbac can sa:shop/deployer get secrets -n shop -f examples/rbac"},
        {"May anybody who is not logged in see the health of the API server?",
         "bulwark rbac can user:system:anonymous get /healthz -f examples/rbac"},
        {0},
};

const struct bw_verb bw_verb_rbac_can = {
        .name = "rbac can",
        .summary = "tell whether a subject may do something, and what grants it",
        .args = "SUBJECT VERB RESOURCE[/SUBRESOURCE]|URL [NAME]",
        .text = "Decides as the API server's RBAC authorizer does, over the roles and bindings in files or in the cluster, with "
                "aggregated ClusterRoles filled in. SUBJECT is user:NAME, group:NAME or sa:NAMESPACE/NAME; RESOURCE is what "
                "kubectl takes: pods, po, deployments.apps, pods/log, or a path such as /metrics. Without -n it asks for all "
                "namespaces at once, and names those in which alone it is allowed.\n\n"
                "The exit status is 0 for yes and 1 for no.",
        .options = options,
        .examples = examples,
        .min_args = 3,
        .max_args = 4,
        .run = run,
};
