/* SPDX-License-Identifier: Apache-2.0 */
/* rbac who-can: all subjects that may do something, and what grants it to them. */
#include "cli/rbac_grants.h"
#include "cli/verbs.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_rbac_inputs inputs;
        struct bw_rbac_request request;
        struct bw_rbac_grants grants;
};

static void job_done(struct job *job)
{
        bw_rbac_grants_done(&job->grants);
        bw_rbac_inputs_done(&job->inputs);
}

static int add_grant(void *userdata, const struct bw_rbac_subject *subject, const struct bw_rbac_grant *grant)
{
        struct job *job = userdata;

        (void)subject; /* the grant has it too */
        return bw_rbac_grants_add(&job->grants, grant);
}

/* In one namespace, or everywhere: what ClusterRoleBindings give, then each namespace's own. */
static int find(struct job *job, bool namespaced)
{
        struct bw_rbac_request request = job->request;
        struct bw_str *namespaces;
        size_t n;
        bool unresolved;
        int r = bw_rbac_who_can(job->inputs.rbac, &request, add_grant, job, &job->grants.unresolved);

        if (r < 0 || request.ns.n || !namespaced)
                return r;
        r = bw_rbac_namespaces(job->inputs.rbac, job->inputs.objects.arena, &namespaces, &n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                request.ns = namespaces[i];
                r = bw_rbac_who_can_there(job->inputs.rbac, &request, add_grant, job, &unresolved);
                job->grants.unresolved |= unresolved;
        }
        return r;
}

static int answer(struct job *job, struct bw_error *reterr)
{
        bool namespaced;

        job->grants = (struct bw_rbac_grants){
                .inputs = &job->inputs,
                .nobody = "nobody, but for group system:masters, to which the API server itself allows everything\n"};
        bw_rbac_question_args(job->cli, job->args, job->inputs.objects.inventory, 0, &job->request, &namespaced);
        return find(job, namespaced) < 0 ? bw_error_nomem(reterr)
                                         : bw_rbac_grants_show(job->cli, job->args, &job->grants, reterr);
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
        BW_OPTION_DATA_OUTPUT,
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"Who may read Secrets, and where?", "bulwark rbac who-can get secrets -f examples/rbac"},
        {"Who may run commands in the shop's pods?", "bulwark rbac who-can create pods/exec -n shop -f examples/rbac"},
        {0},
};

const struct bw_verb bw_verb_rbac_who_can = {
        .name = "rbac who-can",
        .summary = "list who may do something, and what grants it",
        .args = "VERB RESOURCE[/SUBRESOURCE]|URL [NAME]",
        .text = "Lists every subject of a binding whose role allows the request, with the namespace in which it holds (* is "
                "everywhere), the binding, the role and the rule's place. With -n only what holds in that namespace. A NAME asks "
                "for one object: rules with resourceNames count if they name it.",
        .options = options,
        .examples = examples,
        .min_args = 2,
        .max_args = 3,
        .run = run,
};
