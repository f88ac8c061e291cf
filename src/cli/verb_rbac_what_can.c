/* SPDX-License-Identifier: Apache-2.0 */
/* rbac what-can: everything that a subject may do, and what grants it. */
#include "cli/cluster_args.h"
#include "cli/rbac_grants.h"
#include "cli/verbs.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_rbac_inputs inputs;
        struct bw_rbac_user user;
        struct bw_rbac_grants grants;
};

static void job_done(struct job *job)
{
        bw_rbac_grants_done(&job->grants);
        bw_rbac_inputs_done(&job->inputs);
}

static int add_grant(void *userdata, struct bw_value rule, const struct bw_rbac_grant *grant)
{
        struct job *job = userdata;

        (void)rule; /* found again by the grant */
        return bw_rbac_grants_add(&job->grants, grant);
}

static int find(struct job *job)
{
        struct bw_str ns = bw_namespace_arg(job->args);
        struct bw_str *namespaces;
        size_t n;
        bool unresolved;
        int r = bw_rbac_rules_of(job->inputs.rbac, &job->user, ns, add_grant, job, &job->grants.unresolved);

        if (r < 0 || ns.n)
                return r;
        r = bw_rbac_namespaces(job->inputs.rbac, job->inputs.objects.arena, &namespaces, &n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                r = bw_rbac_rules_there(job->inputs.rbac, &job->user, namespaces[i], add_grant, job, &unresolved);
                job->grants.unresolved |= unresolved;
        }
        return r;
}

static int answer(struct job *job, struct bw_error *reterr)
{
        const char *subject = job->args->positional[0];
        int r = bw_rbac_subject_arg(job->args, subject, job->inputs.objects.arena, &job->user, reterr);

        if (r < 0)
                return r;
        job->grants = (struct bw_rbac_grants){.inputs = &job->inputs,
                                              .subject = subject,
                                              .nobody = "nothing: no binding here names this subject or one of its groups\n"};
        return find(job) < 0 ? bw_error_nomem(reterr) : bw_rbac_grants_show(job->cli, job->args, &job->grants, reterr);
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
        {"What the shop's controller may do, and why", "bulwark rbac what-can sa:shop/controller -f examples/rbac"},
        {"What a developer may do in the shop", "bulwark rbac what-can user:dora --group developers -n shop -f examples/rbac"},
        {0},
};

const struct bw_verb bw_verb_rbac_what_can = {
        .name = "rbac what-can",
        .summary = "list what a subject may do, and what grants it",
        .args = "SUBJECT",
        .text = "Lists the rules of every role that is bound to the subject or to one of its groups, with the namespace in which "
                "each holds (* is everywhere) and where it stands. SUBJECT is user:NAME, group:NAME or sa:NAMESPACE/NAME.",
        .options = options,
        .examples = examples,
        .min_args = 1,
        .max_args = 1,
        .run = run,
};
