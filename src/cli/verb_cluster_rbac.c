/* SPDX-License-Identifier: Apache-2.0 */
/* cluster rbac: the rights that a scan of a cluster needs, as a ClusterRole to apply. */
#include <stdlib.h>

#include "analyze/api_resource.h"
#include "analyze/synthesis.h"
#include "base/arena.h"
#include "cli/verbs.h"
#include "doc/kind.h"
#include "kube/fetch.h"
#include "rule/rule.h"
#include "scan/wanted.h"

#define ROLE "bulwark-scan"

struct right {
        struct bw_str group;
        struct bw_str resource;
};

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_arena *arena;
        struct bw_catalog *catalog;
        struct right *rights;
        size_t n;
        size_t cap;
        struct bw_buf out;
};

static void job_done(struct job *job)
{
        bw_buf_done(&job->out);
        bw_catalog_free(job->catalog);
        bw_arena_free(job->arena);
}

static int add_right(struct job *job, struct bw_str group, struct bw_str resource)
{
        for (size_t i = 0; i < job->n; i++)
                if (bw_str_eq(job->rights[i].group, group) && bw_str_eq(job->rights[i].resource, resource))
                        return 0;
        if (bw_arena_grow(job->arena, &job->rights, &job->cap, job->n, sizeof(*job->rights)) < 0)
                return -ENOMEM;
        job->rights[job->n++] = (struct right){group, resource};
        return 0;
}

static bool ends_in_one_of(struct bw_str text, const char *const *ends, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_ends(text, bw_str(ends[i])))
                        return true;
        return false;
}

/* The plural that authors of custom resources give them, as English has it. */
static struct bw_str plural_of(struct bw_arena *arena, struct bw_str kind)
{
        static const char *const hissing[] = {"s", "x", "ch", "sh"};
        static const char *const vowel_y[] = {"ay", "ey", "oy", "uy"};
        struct bw_str lower = bw_arena_str(arena, kind);

        for (size_t i = 0; lower.p && i < lower.n; i++)
                if (lower.p[i] >= 'A' && lower.p[i] <= 'Z')
                        ((char *)(uintptr_t)lower.p)[i] |= 0x20;
        if (!lower.p || bw_str_is(lower, "securitycontextconstraints"))
                return lower;
        if (ends_in_one_of(lower, hissing, BW_ARRAY_SIZE(hissing)))
                return bw_arena_printf(arena, "%.*ses", BW_STR_ARG(lower));
        if (bw_str_ends(lower, BW_STR("y")) && !ends_in_one_of(lower, vowel_y, BW_ARRAY_SIZE(vowel_y)))
                return bw_arena_printf(arena, "%.*sies", (int)lower.n - 1, lower.p);
        return bw_arena_printf(arena, "%.*ss", BW_STR_ARG(lower));
}

/* What such a group does not have any more, nobody serves. */
static bool is_own_group(struct bw_str group)
{
        struct bw_api_resource r;

        for (size_t i = 0; bw_api_resource_at(i, &r); i++)
                if (bw_str_eq(r.group, group))
                        return true;
        return false;
}

/* A kind that a rule names, or that holds pods. Kubernetes' own are added from their table. */
static int add_kind(void *userdata, struct bw_str group, struct bw_str kind)
{
        struct job *job = userdata;
        struct bw_str plural;

        /* Files are of groups that no server has: configuration, and what others call their own. */
        if (group.n == 0 || bw_str_ends(group, BW_STR("config.k8s.io")) || bw_str_is(group, "bulwark.dev") ||
            is_own_group(group))
                return 0;
        plural = plural_of(job->arena, kind);
        return plural.p ? add_right(job, group, plural) : -ENOMEM;
}

static int add_own(struct job *job)
{
        struct bw_api_resource r;
        int code = 0;

        for (size_t i = 0; code == 0 && bw_api_resource_at(i, &r); i++)
                if (bw_fetch_may_list(r.group, r.resource) && bw_scan_wants(job->catalog, r.group, r.kind))
                        code = add_right(job, r.group, r.resource);
        return code;
}

/* What documents are put together from, though no rule names it. */
static int add_synthesized(struct job *job)
{
        struct bw_str group, kind;
        int r = 0;

        for (size_t k = 0; bw_synthesizers[k]; k++)
                for (size_t i = 0; r == 0 && bw_synthesizers[k]->kind_at && bw_synthesizers[k]->kind_at(i, &group, &kind); i++)
                        r = add_kind(job, group, kind);
        return r;
}

static int collect(struct job *job, struct bw_error *reterr)
{
        const struct bw_kind *kind;
        int r = bw_catalog_new(NULL, &job->catalog, reterr);

        if (r == 0)
                r = bw_catalog_add_builtin(job->catalog, reterr);
        if (r < 0)
                return r;
        r = add_own(job);
        if (r == 0)
                r = add_synthesized(job);
        if (r == 0)
                r = bw_catalog_each_kind(job->catalog, add_kind, job);
        for (size_t i = 0; r == 0 && (kind = bw_kind_at(i)); i++)
                r = add_kind(job, bw_str(kind->group), bw_str(kind->kind));
        return r < 0 ? bw_error_nomem(reterr) : 0;
}

/* ---- as YAML */

static int cmp(const void *a, const void *b)
{
        const struct right *x = a;
        const struct right *y = b;
        int by_group = bw_str_cmp(x->group, y->group);

        return by_group ? by_group : bw_str_cmp(x->resource, y->resource);
}

static void put_rights(struct job *job)
{
        struct bw_buf *out = &job->out;

        qsort(job->rights, job->n, sizeof(*job->rights), cmp);
        for (size_t i = 0; i < job->n;) {
                struct bw_str group = job->rights[i].group;

                bw_buf_printf(out, "- apiGroups: [\"%.*s\"]\n  resources:\n", BW_STR_ARG(group));
                for (; i < job->n && bw_str_eq(job->rights[i].group, group); i++)
                        bw_buf_printf(out, "  - %.*s\n", BW_STR_ARG(job->rights[i].resource));
                bw_buf_puts(out, "  verbs: [list]\n");
        }
}

static void put_role(struct job *job)
{
        struct bw_buf *out = &job->out;

        bw_buf_puts(out, "# What \"bulwark scan --cluster\" reads, and nothing else: no watch, no writes. What is not installed is not\n"
                         "# asked for. Of Secrets and ConfigMaps the values are looked at and never kept; without the right to list\n"
                         "# them, the checks on them are skipped.\n"
                         "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: " ROLE "\nrules:\n");
        put_rights(job);
        if (bw_args_has(job->args, BW_OPT_KUBELETS))
                bw_buf_puts(out, "# The kubelets' configuration (/configz). Mind that this right reaches all of a kubelet's API: it reads\n"
                                 "# logs, and can run commands in every pod of the node. Without it: scan --cluster --no-kubelets.\n"
                                 "- apiGroups: [\"\"]\n  resources:\n  - nodes/proxy\n  verbs: [get]\n");
}

/* sa:NAMESPACE/NAME, user:NAME, group:NAME. */
static int put_binding(struct job *job, const char *subject, struct bw_error *reterr)
{
        static const char *const sorts[][2] = {{"user:", "User"}, {"group:", "Group"}, {"sa:", "ServiceAccount"}};
        struct bw_buf *out = &job->out;

        for (size_t i = 0; i < BW_ARRAY_SIZE(sorts); i++) {
                struct bw_str name = bw_str(subject);
                struct bw_str ns = {0};
                bool is_account = i == 2;

                if (!bw_str_starts(name, bw_str(sorts[i][0])))
                        continue;
                name = bw_str_rest(name, strlen(sorts[i][0]));
                if (is_account && !bw_str_split(&name, '/', &ns))
                        break;
                if (name.n == 0 || (is_account && ns.n == 0))
                        break;
                bw_buf_puts(out, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: " ROLE "\n"
                                 "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: " ROLE "\nsubjects:\n");
                bw_buf_printf(out, "- %skind: %s\n  name: ", is_account ? "" : "apiGroup: rbac.authorization.k8s.io\n  ", sorts[i][1]);
                bw_buf_json(out, name);
                if (is_account) {
                        bw_buf_puts(out, "\n  namespace: ");
                        bw_buf_json(out, ns);
                }
                bw_buf_char(out, '\n');
                return 0;
        }
        return bw_error_set(reterr, -EINVAL, "--subject takes sa:NAMESPACE/NAME, user:NAME or group:NAME, not \"%s\"", subject);
}

static int run_job(struct job *job)
{
        const char *subject = bw_args_value(job->args, BW_OPT_SUBJECT, NULL);
        struct bw_error error = {0};
        int r;

        job->arena = bw_arena_new(0);
        r = job->arena ? collect(job, &error) : bw_error_nomem(&error);
        if (r == 0)
                put_role(job);
        if (r == 0 && subject && put_binding(job, subject, &error) < 0)
                return bw_cli_usage(job->cli, "%s", error.message);
        return r < 0 ? bw_cli_fail(job->cli, &error) : bw_cli_print(job->cli, &job->out);
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        struct job job = {.cli = cli, .args = args};
        int status = run_job(&job);

        job_done(&job);
        return status;
}

static const struct bw_option options[] = {
        {.name = "subject",
         .arg = "SUBJECT",
         .id = BW_OPT_SUBJECT,
         .help = "also a binding to sa:NAMESPACE/NAME, user:NAME or group:NAME"},
        {.name = "kubelets", .id = BW_OPT_KUBELETS, .help = "also what asking the kubelets needs: get on nodes/proxy, a powerful right"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"The role, and a service account that has it", "bulwark cluster rbac --subject sa:security/bulwark"},
        {"The same, judged by bulwark's own rules", "bulwark cluster rbac | bulwark scan --fail-on none -"},
        {0},
};

const struct bw_verb bw_verb_cluster_rbac = {
        .name = "cluster rbac",
        .summary = "print the rights that a scan of a cluster needs, as a ClusterRole",
        .args = "",
        .text = "Prints a ClusterRole that allows to list what \"bulwark scan --cluster\" and \"bulwark collect --cluster\" read, "
                "by the rules of this version, and nothing else. Whatever of it is refused is skipped by a scan, so it may be cut "
                "down: \"bulwark scan --cluster --preflight\" shows what one has.",
        .options = options,
        .examples = examples,
        .run = run,
};
