/* SPDX-License-Identifier: Apache-2.0 */
/* net exposure: of each workload, what the Internet, other namespaces and nodes reach, and whether it reaches the metadata service. */
#include "base/arena.h"
#include "cli/cluster_args.h"
#include "cli/net_inputs.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

enum { SHOWN_WAYS = 12 };

struct facts { /* of a workload: the widest of its classes */
        struct bw_ports others;        /* from other namespaces */
        bool others_at_most;
        enum bw_reach_share nodes;
        enum bw_reach_share metadata;
        enum bw_reach_share internet;  /* that it sends to */
        bool on_host;
};

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_net_inputs inputs;
        struct bw_arena *scratch;
        struct bw_str ns;
        const char *only;              /* of --from; NULL: all */
        struct bw_buf out;
        struct bw_emit emit;
        bool is_text;
        size_t n, n_internet, n_perhaps, n_private, n_others, n_metadata;
};

static void job_done(struct job *job)
{
        bw_net_inputs_done(&job->inputs);
        bw_arena_free(job->scratch);
        bw_buf_done(&job->out);
        if (!job->is_text)
                bw_emit_done(&job->emit);
}

/* ---- what is so */

static bool is_nothing(const struct bw_ports *ports)
{
        return ports->n[BW_PROTOCOL_TCP] + ports->n[BW_PROTOCOL_UDP] + ports->n[BW_PROTOCOL_SCTP] == 0;
}

/* The ports of a workload's widest class: classes are few, and differ seldom. */
static bool is_wider(const struct bw_ports *a, const struct bw_ports *b)
{
        uint32_t sum[2] = {0, 0};

        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                for (uint32_t i = 0; i < a->n[p]; i++)
                        sum[0] += 1u + a->ranges[p][i].high - a->ranges[p][i].low;
                for (uint32_t i = 0; i < b->n[p]; i++)
                        sum[1] += 1u + b->ranges[p][i].high - b->ranges[p][i].low;
        }
        return sum[0] > sum[1];
}

static int share(struct job *job, uint32_t class, bool outward, enum bw_reach_place place, uint16_t port, enum bw_reach_share *to, struct bw_error *reterr)
{
        enum bw_reach_share found;
        bool at_most;
        int r = bw_reach_share(job->inputs.reach, class, outward, place, BW_PROTOCOL_TCP, port, job->scratch, &found, &at_most, reterr);

        if (r == 0)
                *to = BW_MAX(*to, found);
        return r;
}

static int learn(struct job *job, const struct bw_net_workload *w, struct facts *facts, struct bw_error *reterr)
{
        const uint32_t *classes = bw_netpol_workload_classes(job->inputs.netpol) + w->first_class;
        int r = 0;

        bw_arena_reset(job->scratch);
        for (uint32_t i = 0; r == 0 && i < w->n_classes; i++) {
                struct bw_ports ports;
                bool at_most;

                facts->on_host |= bw_netpol_class(job->inputs.netpol, classes[i]).host_network;
                r = bw_reach_ports(job->inputs.reach, classes[i], BW_REACH_OTHER_NAMESPACES, job->scratch, &ports, &at_most, reterr);
                if (r == 0 && (i == 0 || is_wider(&ports, &facts->others))) {
                        facts->others = ports;
                        facts->others_at_most = at_most;
                }
                if (r == 0)
                        r = share(job, classes[i], false, BW_REACH_NODES, 0, &facts->nodes, reterr);
                if (r == 0)
                        r = share(job, classes[i], true, BW_REACH_METADATA, 80, &facts->metadata, reterr);
                if (r == 0)
                        r = share(job, classes[i], true, BW_REACH_INTERNET, 0, &facts->internet, reterr);
        }
        return r;
}

/* ---- as a text */

static const char *const share_texts[] = {[BW_REACH_NONE] = "no", [BW_REACH_SOME] = "partly", [BW_REACH_ALL] = "yes", [BW_REACH_UNKNOWN] = "not known"};

static void put_way(struct job *job, const struct bw_reach_way *reached)
{
        size_t n;
        const struct bw_way *way = &bw_exposure_ways(job->inputs.exposure, &n)[reached->way];
        const char *color = !job->cli->out.color || reached->scope != BW_SCOPE_INTERNET ? "" : reached->at_most || reached->partly ? "\x1b[33m" : "\x1b[31m";

        bw_buf_printf(&job->out, "  %s%-16s%s  %s %u by ", color, reached->scope == BW_SCOPE_INTERNET ? "internet" : reached->scope == BW_SCOPE_PRIVATE ? "private network" : "cluster",
                      *color ? "\x1b[0m" : "", bw_protocol_name((enum bw_protocol)reached->protocol), reached->port);
        bw_buf_clean(&job->out, bw_way_text(job->scratch, way));
        if (reached->at_most || reached->partly)
                bw_buf_printf(&job->out, " (%s%s%s)", reached->at_most ? "at most" : "partly", reached->why ? ": " : "", reached->why ? reached->why : "");
        bw_buf_char(&job->out, '\n');
}

static void put_workload(struct job *job, const struct bw_net_workload *w, const struct facts *facts, const struct bw_reach_way *ways, size_t n)
{
        bw_buf_clean(&job->out, bw_net_workload_text(job->scratch, w));
        bw_buf_puts(&job->out, facts->on_host ? "  (on the host's network: no policy holds)\n" : "\n");
        for (size_t i = 0; i < BW_MIN(n, (size_t)SHOWN_WAYS); i++)
                put_way(job, &ways[i]);
        if (n > SHOWN_WAYS)
                bw_buf_printf(&job->out, "  and %zu more ways\n", n - SHOWN_WAYS);
        bw_buf_puts(&job->out, "  other namespaces  ");
        bw_net_ports_text(&job->out, &facts->others);
        bw_buf_puts(&job->out, facts->others_at_most ? ", at most\n" : "\n");
        if (facts->nodes != BW_REACH_UNKNOWN)
                bw_buf_printf(&job->out, "  nodes             %s\n", share_texts[facts->nodes]);
        bw_buf_printf(&job->out, "  sends to          internet: %s, metadata service: %s\n", share_texts[facts->internet], share_texts[facts->metadata]);
}

/* ---- as data */

static void emit_way(struct job *job, const struct bw_reach_way *reached)
{
        static const char *const scopes[] = {[BW_SCOPE_CLUSTER] = "cluster", [BW_SCOPE_PRIVATE] = "private", [BW_SCOPE_INTERNET] = "internet"};
        struct bw_emit *e = &job->emit;
        size_t n;
        const struct bw_way *way = &bw_exposure_ways(job->inputs.exposure, &n)[reached->way];

        bw_emit_map(e);
        bw_emit_key_str(e, "from", bw_str(scopes[reached->scope]));
        bw_emit_key_str(e, "type", bw_str(bw_way_name(way->type)));
        bw_emit_key_str(e, "by", bw_way_text(job->scratch, way));
        bw_emit_key_str(e, "entryKind", way->entry->kind);
        bw_emit_key_str(e, "entryNamespace", way->entry->ns);
        bw_emit_key_str(e, "entryName", way->entry->name);
        if (way->host.n)
                bw_emit_key_str(e, "host", way->host);
        if (way->port)
                bw_emit_key_u64(e, "entryPort", way->port);
        bw_emit_key_str(e, "protocol", bw_str(bw_protocol_name((enum bw_protocol)reached->protocol)));
        bw_emit_key_u64(e, "port", reached->port);
        bw_emit_key(e, "atMost");
        bw_emit_bool(e, reached->at_most);
        bw_emit_key(e, "partly");
        bw_emit_bool(e, reached->partly);
        if (reached->why)
                bw_emit_key_str(e, "why", bw_str(reached->why));
        bw_emit_end(e);
}

static void emit_workload(struct job *job, const struct bw_net_workload *w, const struct facts *facts, const struct bw_reach_way *ways, size_t n)
{
        static const char *const shares[] = {[BW_REACH_NONE] = "none", [BW_REACH_SOME] = "some", [BW_REACH_ALL] = "all", [BW_REACH_UNKNOWN] = "unknown"};
        struct bw_emit *e = &job->emit;

        bw_emit_map(e);
        bw_emit_net_workload(e, w);
        bw_emit_key_u64(e, "pods", w->n_pods);
        bw_emit_key(e, "hostNetwork");
        bw_emit_bool(e, facts->on_host);
        bw_emit_key(e, "ways");
        bw_emit_list(e);
        for (size_t i = 0; i < n; i++)
                emit_way(job, &ways[i]);
        bw_emit_end(e);
        bw_emit_key(e, "otherNamespaces");
        bw_emit_net_ports(e, &facts->others);
        bw_emit_key_str(e, "nodes", bw_str(shares[facts->nodes]));
        bw_emit_key_str(e, "sendsToInternet", bw_str(shares[facts->internet]));
        bw_emit_key_str(e, "sendsToMetadata", bw_str(shares[facts->metadata]));
        bw_emit_end(e);
}

/* ---- all of them */

static bool has_scope(const struct bw_reach_way *ways, size_t n, enum bw_way_scope scope)
{
        for (size_t i = 0; i < n; i++)
                if (ways[i].scope == scope)
                        return true;
        return false;
}

static bool is_shown(const struct job *job, const struct facts *facts, const struct bw_reach_way *ways, size_t n)
{
        if (!job->only)
                return true;
        if (strcmp(job->only, "internet") == 0)
                return has_scope(ways, n, BW_SCOPE_INTERNET);
        if (strcmp(job->only, "private") == 0)
                return has_scope(ways, n, BW_SCOPE_PRIVATE);
        if (strcmp(job->only, "nodes") == 0)
                return facts->nodes == BW_REACH_ALL || facts->nodes == BW_REACH_SOME;
        return !is_nothing(&facts->others);
}

static int do_workload(struct job *job, uint32_t number, struct bw_error *reterr)
{
        const struct bw_net_workload *w = &job->inputs.workloads[number];
        struct facts facts = {0};
        size_t n;
        const struct bw_reach_way *ways = bw_reach_ways(job->inputs.reach, number, &n);
        int r;

        if (job->ns.n && !bw_str_eq(job->ns, w->ns))
                return 0;
        r = learn(job, w, &facts, reterr);
        if (r < 0)
                return r;
        job->n++;
        job->n_internet += bw_reach_scope(job->inputs.reach, number) == BW_SCOPE_INTERNET;
        job->n_perhaps += bw_reach_scope(job->inputs.reach, number) != BW_SCOPE_INTERNET && has_scope(ways, n, BW_SCOPE_INTERNET);
        job->n_others += !is_nothing(&facts.others);
        job->n_metadata += facts.metadata == BW_REACH_ALL;
        if (!is_shown(job, &facts, ways, n))
                return 0;
        if (job->is_text)
                put_workload(job, w, &facts, ways, n);
        else
                emit_workload(job, w, &facts, ways, n);
        return job->is_text && job->out.n > BW_MIB && bw_cli_print(job->cli, &job->out) != BW_EXIT_OK ? -EPIPE : 0;
}

static void put_summary(struct job *job)
{
        bw_buf_printf(&job->out, "%sworkloads: %zu, open to the Internet: %zu (perhaps or partly %zu more), to other namespaces: %zu, may ask the metadata service: %zu\n",
                      job->n ? "\n" : "", job->n, job->n_internet, job->n_perhaps, job->n_others, job->n_metadata);
}

static void begin_document(struct job *job, const char *format)
{
        bw_emit_init(&job->emit, bw_syntax_of(format), NULL);
        bw_emit_map(&job->emit);
        bw_emit_key_str(&job->emit, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&job->emit, "kind", BW_STR("NetworkExposure"));
        bw_emit_key(&job->emit, "workloads");
        bw_emit_list(&job->emit);
}

static int end_document(struct job *job, struct bw_error *reterr)
{
        struct bw_emit *e = &job->emit;
        int r;

        bw_emit_end(e);
        bw_emit_key(e, "summary");
        bw_emit_map(e);
        bw_emit_key_u64(e, "workloads", job->n);
        bw_emit_key_u64(e, "openToInternet", job->n_internet);
        bw_emit_key_u64(e, "perhapsOpenToInternet", job->n_perhaps);
        bw_emit_key_u64(e, "openToOtherNamespaces", job->n_others);
        bw_emit_key_u64(e, "sendToMetadata", job->n_metadata);
        bw_emit_end(e);
        bw_emit_end(e);
        r = bw_emit_close(e, reterr);
        if (r == 0)
                bw_buf_str(&job->out, bw_buf_view(&e->buf));
        return r;
}

static int show(struct job *job, struct bw_error *reterr)
{
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < job->inputs.n_workloads; i++)
                r = do_workload(job, i, reterr);
        if (r == -EPIPE)
                return BW_EXIT_INTERNAL;
        if (r == 0 && job->is_text)
                put_summary(job);
        else if (r == 0)
                r = end_document(job, reterr);
        if (r < 0)
                return r;
        r = bw_cli_print(job->cli, &job->out);
        return r == BW_EXIT_OK && job->inputs.objects.incomplete ? BW_EXIT_USAGE : r;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args, .is_text = true, .ns = bw_namespace_arg(args), .only = bw_args_value(args, BW_OPT_FROM, NULL)};
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        struct bw_error err = {0};
        int r;

        job.scratch = bw_arena_new(0);
        r = job.scratch ? bw_net_inputs_open(cli, args, &job.inputs, &err) : bw_error_nomem(&err);
        if (r == 0) {
                job.is_text = strcmp(format, "text") == 0;
                if (!job.is_text)
                        begin_document(&job, format);
                r = show(&job, &err);
        }
        return r < 0 ? bw_cli_fail(cli, &err) : r;
}

static const struct bw_option options[] = {
        BW_OPTIONS_OBJECTS,
        BW_OPTIONS_NAMESPACE,
        {.name = "from", .arg = "WHOM", .id = BW_OPT_FROM, .words = "internet private namespaces nodes", .complete = BW_COMPLETE_WORDS, .only_words = true,
         .help = "only workloads that these reach: internet, private (the network around the nodes), namespaces (other ones), nodes"},
        BW_OPTION_DATA_OUTPUT,
        BW_OPTIONS_CLUSTER,
        BW_OPTION_COLOR,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"What does the Internet reach?", "bulwark net exposure --from internet -f examples/net"},
        {"One namespace", "bulwark net exposure -n shop -f examples/net"},
        {0},
};

const struct bw_verb bw_verb_net_exposure = {
        .name = "net exposure",
        .args = "",
        .summary = "show what the Internet, other namespaces and nodes reach of each workload, and by which way",
        .text = "The Internet reaches a workload by a way: a Service of type LoadBalancer or NodePort, external addresses, an Ingress, a "
                "Route, a Gateway (Gateway API, Istio), a port of a host; and only as far as network policies let it through. Behind an "
                "Ingress or Gateway the pods of its controller count, which must be open themselves. Load balancers that annotations or "
                "classes make internal lead from the private network only.\n\n"
                "\"at most\": something that was not read, or stands outside of the cluster, may still close the way; the reason is "
                "added. A NodePort or load balancer with externalTrafficPolicy Cluster shows policies a node's address, or the "
                "client's, depending on the node that the connection comes to.",
        .options = options,
        .examples = examples,
        .run = run,
};
