/* SPDX-License-Identifier: Apache-2.0 */
/* net gaps: where network policies do not do what they are there for, and policies to begin with. */
#include "analyze/net_gaps.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "cli/cluster_args.h"
#include "cli/net_inputs.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

enum { SHOWN_NAMES = 8 };

struct namespace_gaps {
        struct bw_str ns;
        size_t workloads;       /* that policies hold for: not on the host's network */
        size_t open_in, open_out, metadata, no_dns;
};

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_net_inputs inputs;
        struct bw_arena *scratch;
        struct bw_str ns;
        struct namespace_gaps *spaces;
        size_t n_spaces, cap_spaces;
        struct namespace_gaps all;
        const struct bw_policy_gap *gaps;
        size_t n_gaps;
        struct bw_net_plugin plugin;
        const char **no_dns;    /* workloads, as texts */
        size_t n_no_dns, cap_no_dns;
};

static void job_done(struct job *job)
{
        bw_net_inputs_done(&job->inputs);
        bw_arena_free(job->scratch);
        bw_free(job->spaces);
        bw_free(job->no_dns);
}

/* ---- what is so */

/* Workloads come by namespace. */
static struct namespace_gaps *space_of(struct job *job, struct bw_str ns)
{
        for (size_t i = job->n_spaces; i-- > 0;)
                if (bw_str_eq(job->spaces[i].ns, ns))
                        return &job->spaces[i];
        if (bw_grow(&job->spaces, &job->cap_spaces, job->n_spaces + 1, sizeof(*job->spaces)) < 0)
                return NULL;
        job->spaces[job->n_spaces] = (struct namespace_gaps){.ns = ns};
        return &job->spaces[job->n_spaces++];
}

static int note_dns(struct job *job, const struct bw_net_workload *w)
{
        struct bw_str text = bw_net_workload_text(job->inputs.objects.arena, w);

        if (!text.p || bw_grow(&job->no_dns, &job->cap_no_dns, job->n_no_dns + 1, sizeof(*job->no_dns)) < 0)
                return -ENOMEM;
        job->no_dns[job->n_no_dns++] = text.p;
        return 0;
}

static int is_cut_off(struct job *job, uint32_t class, bool *ret, struct bw_error *reterr)
{
        bool resolves = true;
        int r = bw_reach_can_resolve(job->inputs.reach, class, job->scratch, &resolves, reterr);

        *ret = !resolves;
        return r;
}

static int do_workload(struct job *job, size_t number, struct bw_error *reterr)
{
        const struct bw_net_workload *w = &job->inputs.workloads[number];
        const uint32_t *classes = bw_netpol_workload_classes(job->inputs.netpol) + w->first_class;
        bool open_in = false;
        bool open_out = false;
        bool metadata = false;
        bool cut = false;
        bool any = false;
        struct namespace_gaps *space;
        int r = 0;

        bw_arena_reset(job->scratch);
        for (uint32_t i = 0; r == 0 && i < w->n_classes; i++) {
                enum bw_reach_share share;
                bool at_most;
                bool cut_here;

                if (bw_netpol_class(job->inputs.netpol, classes[i]).host_network)
                        continue;
                any = true;
                open_in |= !bw_netpol_isolated(job->inputs.netpol, classes[i], true);
                open_out |= !bw_netpol_isolated(job->inputs.netpol, classes[i], false);
                r = bw_reach_share(job->inputs.reach, classes[i], true, BW_REACH_METADATA, BW_PROTOCOL_TCP, 80, job->scratch, &share, &at_most, reterr);
                metadata |= share == BW_REACH_ALL;
                if (r == 0)
                        r = is_cut_off(job, classes[i], &cut_here, reterr);
                cut |= r == 0 && cut_here;
        }
        if (r < 0 || !any)
                return r;
        space = space_of(job, w->ns);
        if (!space || (cut && note_dns(job, w) < 0))
                return bw_error_nomem(reterr);
        space->workloads++;
        space->open_in += open_in;
        space->open_out += open_out;
        space->metadata += metadata;
        space->no_dns += cut;
        return 0;
}

static int by_ns(const void *a, const void *b)
{
        return bw_str_cmp(((const struct namespace_gaps *)a)->ns, ((const struct namespace_gaps *)b)->ns);
}

static int learn(struct job *job, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < job->inputs.n_workloads; i++)
                if (!job->ns.n || bw_str_eq(job->inputs.workloads[i].ns, job->ns))
                        r = do_workload(job, i, reterr);
        if (job->n_spaces)
                qsort(job->spaces, job->n_spaces, sizeof(*job->spaces), by_ns);
        for (size_t i = 0; i < job->n_spaces; i++) {
                job->all.workloads += job->spaces[i].workloads;
                job->all.open_in += job->spaces[i].open_in;
                job->all.open_out += job->spaces[i].open_out;
                job->all.metadata += job->spaces[i].metadata;
                job->all.no_dns += job->spaces[i].no_dns;
        }
        job->plugin = bw_net_plugin(job->inputs.inventory);
        if (r == 0)
                r = bw_net_policy_gaps(job->inputs.objects.arena, job->inputs.inventory, job->inputs.netpol, &job->gaps, &job->n_gaps, reterr);
        return r;
}

/* ---- texts */

static bool is_shown(const struct job *job, const struct bw_doc *policy)
{
        struct bw_str ns = policy->ns.n ? policy->ns : BW_STR("default");

        return !job->ns.n || bw_str_eq(ns, job->ns);
}

static bool has_gap(const struct namespace_gaps *space)
{
        return space->open_in || space->open_out || space->no_dns;
}

static void put_spaces(struct bw_buf *out, const struct job *job)
{
        size_t width = 9;

        for (size_t i = 0; i < job->n_spaces; i++)
                if (has_gap(&job->spaces[i]))
                        width = BW_MAX(width, job->spaces[i].ns.n);
        bw_buf_printf(out, "%-*s  WORKLOADS  OPEN INWARD  OPEN OUTWARD  METADATA  NO DNS\n", (int)width, "NAMESPACE");
        for (size_t i = 0; i < job->n_spaces; i++) {
                const struct namespace_gaps *s = &job->spaces[i];

                if (!has_gap(s))
                        continue;
                bw_buf_clean(out, s->ns);
                bw_buf_fill(out, ' ', width - s->ns.n);
                bw_buf_printf(out, "  %9zu  %11zu  %12zu  %8zu  %6zu\n", s->workloads, s->open_in, s->open_out, s->metadata, s->no_dns);
        }
        bw_buf_printf(out, "%-*s  %9zu  %11zu  %12zu  %8zu  %6zu\n", (int)width, "all", job->all.workloads, job->all.open_in, job->all.open_out, job->all.metadata,
                      job->all.no_dns);
}

static void put_plugin(struct bw_buf *out, const struct job *job)
{
        if (job->plugin.verdict != BW_PLUGIN_IGNORES)
                return;
        bw_buf_printf(out, "\npolicies are not enforced: the network plugin is %s; %s\n", job->plugin.name, job->plugin.why);
}

static void put_policies(struct bw_buf *out, struct job *job)
{
        size_t shown = 0;

        for (size_t i = 0; i < job->n_gaps; i++) {
                const struct bw_policy_gap *gap = &job->gaps[i];
                struct bw_path path = {0};
                struct bw_str place = BW_STR("");

                if (!is_shown(job, gap->policy))
                        continue;
                if (shown++ == 0)
                        bw_buf_puts(out, "\npolicies:\n");
                if (gap->path.n && bw_path_parse(job->inputs.objects.arena, gap->path, &path, NULL) < 0)
                        path = (struct bw_path){0};
                (void)!bw_object_place(job->inputs.objects.arena, gap->policy, path, &place);
                bw_buf_puts(out, "  ");
                bw_buf_clean(out, gap->policy->ns);
                bw_buf_puts(out, gap->policy->ns.n ? "/" : "");
                bw_buf_clean(out, gap->policy->name);
                bw_buf_puts(out, ": ");
                bw_buf_clean(out, gap->text);
                bw_buf_puts(out, place.n ? "  " : "");
                bw_buf_clean(out, place);
                bw_buf_char(out, '\n');
        }
}

static void put_problems(struct bw_buf *out, struct job *job)
{
        size_t n;
        const struct bw_net_problem *problems = bw_netpol_problems(job->inputs.netpol, &n);
        size_t shown = 0;

        for (size_t i = 0; i < n; i++) {
                if (!is_shown(job, problems[i].policy))
                        continue;
                if (shown++ == 0)
                        bw_buf_puts(out, "\nnot understood:\n");
                bw_buf_puts(out, "  ");
                bw_buf_clean(out, problems[i].policy->ns);
                bw_buf_puts(out, problems[i].policy->ns.n ? "/" : "");
                bw_buf_clean(out, problems[i].policy->name);
                bw_buf_puts(out, problems[i].refused ? ": the API server refuses it: " : ": ");
                bw_buf_clean(out, problems[i].path);
                bw_buf_puts(out, problems[i].path.n ? ": " : "");
                bw_buf_clean(out, problems[i].text);
                bw_buf_char(out, '\n');
        }
}

static void put_dns(struct bw_buf *out, const struct job *job)
{
        if (!job->n_no_dns)
                return;
        bw_buf_puts(out, "\ncut off from the cluster's name service:\n");
        for (size_t i = 0; i < BW_MIN(job->n_no_dns, (size_t)SHOWN_NAMES); i++) {
                bw_buf_puts(out, "  ");
                bw_buf_clean(out, bw_str(job->no_dns[i]));
                bw_buf_char(out, '\n');
        }
        if (job->n_no_dns > SHOWN_NAMES)
                bw_buf_printf(out, "  and %zu more\n", job->n_no_dns - SHOWN_NAMES);
}

/* ---- policies to begin with */

static void put_suggestion(struct bw_buf *out, const struct namespace_gaps *space, const struct bw_doc *dns)
{
        struct bw_value selector = dns ? bw_map_walk(dns->root, "spec.selector") : (struct bw_value){0};

        bw_buf_puts(out, "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: default-deny\n  namespace: ");
        bw_buf_clean(out, space->ns);
        bw_buf_puts(out, "\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n"
                         "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: allow-dns\n  namespace: ");
        bw_buf_clean(out, space->ns);
        bw_buf_puts(out, "\nspec:\n  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to:\n        - namespaceSelector:\n"
                         "            matchLabels:\n              kubernetes.io/metadata.name: ");
        bw_buf_clean(out, dns ? dns->ns : BW_STR("kube-system"));
        bw_buf_puts(out, "\n          podSelector:\n            matchLabels:\n");
        for (uint32_t i = 0; selector.type == BW_MAP && i < selector.n; i++) {
                bw_buf_puts(out, "              ");
                bw_buf_clean(out, bw_value_text(selector.map->entries[i].key));
                bw_buf_puts(out, ": ");
                if (selector.map->entries[i].value.type == BW_STRING)
                        bw_buf_json(out, bw_value_text(selector.map->entries[i].value));
                bw_buf_char(out, '\n');
        }
        if (selector.type != BW_MAP)
                bw_buf_puts(out, "              k8s-app: kube-dns\n");
        bw_buf_puts(out, "      ports:\n        - {protocol: UDP, port: 53}\n        - {protocol: TCP, port: 53}\n");
        if (dns && bw_str_is(dns->ns, "openshift-dns"))
                bw_buf_puts(out, "        - {protocol: UDP, port: 5353}\n        - {protocol: TCP, port: 5353}\n");
}

static void put_suggestions(struct bw_buf *out, const struct job *job)
{
        const struct bw_doc *dns = bw_reach_dns(job->inputs.reach).service;

        bw_buf_puts(out, "# Deny by default, and let names be asked for. What else is needed has to be added before these are applied:\n"
                         "# \"bulwark net connections\" shows what is open now.\n");
        for (size_t i = 0; i < job->n_spaces; i++)
                if (job->spaces[i].open_in || job->spaces[i].open_out)
                        put_suggestion(out, &job->spaces[i], dns);
}

/* ---- as data */

static void emit_space(struct bw_emit *e, const struct namespace_gaps *space)
{
        bw_emit_key_u64(e, "workloads", space->workloads);
        bw_emit_key_u64(e, "openInward", space->open_in);
        bw_emit_key_u64(e, "openOutward", space->open_out);
        bw_emit_key_u64(e, "metadata", space->metadata);
        bw_emit_key_u64(e, "noDns", space->no_dns);
}

static void emit_gap(struct bw_emit *e, struct job *job, const struct bw_policy_gap *gap)
{
        static const char *const types[_BW_GAP_MAX] = {"selectsNothing", "shadowed", "typo"};
        struct bw_str place = BW_STR("");

        (void)!bw_object_place(job->inputs.objects.arena, gap->policy, (struct bw_path){0}, &place);
        bw_emit_map(e);
        bw_emit_key_str(e, "type", bw_str(types[gap->type]));
        bw_emit_key_str(e, "kind", gap->policy->kind);
        bw_emit_key_str(e, "namespace", gap->policy->ns);
        bw_emit_key_str(e, "name", gap->policy->name);
        if (gap->path.n)
                bw_emit_key_str(e, "path", gap->path);
        bw_emit_key_str(e, "text", gap->text);
        bw_emit_key_str(e, "location", place);
        bw_emit_end(e);
}

static void emit_policies(struct bw_emit *e, struct job *job)
{
        size_t n;
        const struct bw_net_problem *problems = bw_netpol_problems(job->inputs.netpol, &n);

        bw_emit_key(e, "policies");
        bw_emit_list(e);
        for (size_t i = 0; i < job->n_gaps; i++)
                if (is_shown(job, job->gaps[i].policy))
                        emit_gap(e, job, &job->gaps[i]);
        bw_emit_end(e);
        bw_emit_key(e, "problems");
        bw_emit_list(e);
        for (size_t i = 0; i < n; i++) {
                if (!is_shown(job, problems[i].policy))
                        continue;
                bw_emit_map(e);
                bw_emit_key_str(e, "kind", problems[i].policy->kind);
                bw_emit_key_str(e, "namespace", problems[i].policy->ns);
                bw_emit_key_str(e, "name", problems[i].policy->name);
                bw_emit_key_str(e, "path", problems[i].path);
                bw_emit_key_str(e, "text", problems[i].text);
                bw_emit_key(e, "refused");
                bw_emit_bool(e, problems[i].refused);
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

static int put_document(struct bw_buf *out, struct job *job, const char *format, struct bw_error *reterr)
{
        static const char *const verdicts[] = {[BW_PLUGIN_UNKNOWN] = "unknown", [BW_PLUGIN_ENFORCES] = "enforces", [BW_PLUGIN_IGNORES] = "ignores"};
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("NetworkGaps"));
        bw_emit_key(&e, "summary");
        bw_emit_map(&e);
        emit_space(&e, &job->all);
        bw_emit_end(&e);
        bw_emit_key(&e, "plugin");
        bw_emit_map(&e);
        bw_emit_key_str(&e, "name", bw_str(job->plugin.name ? job->plugin.name : ""));
        bw_emit_key_str(&e, "policies", bw_str(verdicts[job->plugin.verdict]));
        bw_emit_end(&e);
        bw_emit_key(&e, "namespaces");
        bw_emit_list(&e);
        for (size_t i = 0; i < job->n_spaces; i++) {
                bw_emit_map(&e);
                bw_emit_key_str(&e, "name", job->spaces[i].ns);
                emit_space(&e, &job->spaces[i]);
                bw_emit_end(&e);
        }
        bw_emit_end(&e);
        bw_emit_key(&e, "cutOffFromDns");
        bw_emit_list(&e);
        for (size_t i = 0; i < job->n_no_dns; i++)
                bw_emit_str(&e, bw_str(job->no_dns[i]));
        bw_emit_end(&e);
        emit_policies(&e, job);
        bw_emit_end(&e);
        r = bw_emit_close(&e, reterr);
        if (r == 0)
                bw_buf_str(out, bw_buf_view(&e.buf));
        return r;
}

/* ---- the verb */

static bool is_clean(const struct job *job)
{
        for (size_t i = 0; i < job->n_gaps; i++)
                if (is_shown(job, job->gaps[i].policy))
                        return false;
        return !job->all.open_in && !job->all.open_out && !job->all.no_dns && job->plugin.verdict != BW_PLUGIN_IGNORES;
}

static void put_text(struct bw_buf *out, struct job *job)
{
        put_spaces(out, job);
        put_plugin(out, job);
        put_dns(out, job);
        put_policies(out, job);
        put_problems(out, job);
}

static int print(struct job *job, struct bw_error *reterr)
{
        const char *format = bw_args_value(job->args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        int r = 0;

        if (bw_args_has(job->args, BW_OPT_SUGGEST))
                put_suggestions(&out, job);
        else if (strcmp(format, "text") == 0)
                put_text(&out, job);
        else
                r = put_document(&out, job, format, reterr);
        if (r < 0)
                return r;
        r = bw_cli_print(job->cli, &out);
        if (r != BW_EXIT_OK)
                return r;
        return job->inputs.objects.incomplete ? BW_EXIT_USAGE : bw_args_has(job->args, BW_OPT_SUGGEST) || is_clean(job) ? BW_EXIT_OK : BW_EXIT_FINDINGS;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args, .ns = bw_namespace_arg(args)};
        struct bw_error err = {0};
        int r;

        job.scratch = bw_arena_new(0);
        r = job.scratch ? bw_net_inputs_open(cli, args, &job.inputs, &err) : bw_error_nomem(&err);
        if (r == 0)
                r = learn(&job, &err);
        if (r == 0)
                r = print(&job, &err);
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        BW_OPTIONS_OBJECTS,
        BW_OPTIONS_NAMESPACE,
        {.name = "suggest", .id = BW_OPT_SUGGEST, .help = "print policies to begin with: deny by default, and name service, for each namespace that is open"},
        BW_OPTION_DATA_OUTPUT,
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"What do the policies of this cluster leave open?", "bulwark net gaps -f examples/net; true"},
        {"Policies to begin with", "bulwark net gaps --suggest -n monitoring -f examples/net"},
        {0},
};

const struct bw_verb bw_verb_net_gaps = {
        .name = "net gaps",
        .args = "",
        .summary = "show workloads that no policy isolates, and policies that do not do what they are there for",
        .text = "By namespace: workloads that take connections from everywhere (open inward), send to everywhere (open outward), may ask "
                "the cloud's metadata service, or are cut off from the name service. Then policies that select nothing, that are "
                "shadowed (each of their rules is in others), that name a label nobody has where a similar one is there, or that the "
                "API server would refuse. And whether the network plugin enforces policies at all, as its DaemonSets show it.\n\n"
                "The exit status is 1 when there are gaps.",
        .options = options,
        .examples = examples,
        .run = run,
};
