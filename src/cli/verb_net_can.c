/* SPDX-License-Identifier: Apache-2.0 */
/* net can: whether one end reaches another, and which policies and ways decide it. */
#include "base/arena.h"
#include "cli/cluster_args.h"
#include "cli/net_inputs.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

enum { SHOWN_PAIRS = 20, SHOWN_REASONS = 16 };

struct pair { /* two ends that policies tell from others of the same question */
        const struct bw_backend *from, *to; /* NULL: an address */
        struct bw_address from_address, to_address;
        bool allowed;
        bool at_most;
        uint16_t port;
        struct bw_net_answer answer;
        struct bw_ports ports;         /* where no port was asked for */
};

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_net_inputs inputs;
        struct bw_net_place from, to;
        bool has_port;
        uint16_t port;
        enum bw_protocol protocol;
        struct bw_str port_name;
        struct pair *pairs;            /* the first ones of each sort */
        size_t n_pairs, cap_pairs;
        uint64_t n_yes, n_no;
        bool at_most;
        /* From the Internet to pods: the ways. */
        bool by_ways;
        const struct bw_reach_way **ways;
        size_t n_ways, cap_ways;
        struct bw_str note;            /* what else there is to know; may be empty */
};

static void job_done(struct job *job)
{
        bw_net_inputs_done(&job->inputs);
}

static struct bw_arena *arena_of(const struct job *job)
{
        return job->inputs.objects.arena;
}

/* ---- asking */

static size_t ends_of(const struct bw_net_place *place)
{
        return place->type == BW_PLACE_PODS ? place->n_pods : place->n_addresses;
}

static struct bw_net_end end_of(const struct bw_net_place *place, size_t i)
{
        if (place->type == BW_PLACE_PODS)
                return (struct bw_net_end){.type = BW_NET_CLASS, .class = place->pods[i].class};
        return (struct bw_net_end){.type = BW_NET_ADDRESS, .address = place->addresses[i]};
}

static bool is_nothing(const struct bw_ports *ports)
{
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++)
                if (ports->n[p])
                        return false;
        return true;
}

/* Ports of a pair, and the reasons on one of them: an allowed one if there is one. */
static int ask_ports(struct job *job, struct pair *pair, struct bw_net_question *question, struct bw_error *reterr)
{
        int r = bw_netpol_ports(job->inputs.netpol, &question->from, &question->to, arena_of(job), &pair->ports, &pair->at_most, reterr);

        pair->allowed = r == 0 && !is_nothing(&pair->ports);
        question->port = 1;
        question->port_name = BW_STR("");
        for (size_t p = 0; pair->allowed && p < _BW_PROTOCOL_MAX; p++)
                if (pair->ports.n[p]) {
                        question->protocol = (enum bw_protocol)p;
                        question->port = pair->ports.ranges[p][0].low;
                        break;
                }
        return r < 0 ? r : bw_netpol_ask(job->inputs.netpol, question, arena_of(job), &pair->answer, reterr);
}

static int ask_pair(struct job *job, size_t from, size_t to, struct bw_error *reterr)
{
        struct pair pair = {0};
        struct bw_net_question question = {.from = end_of(&job->from, from), .to = end_of(&job->to, to), .protocol = job->protocol,
                                           .port = job->port, .port_name = job->port_name};
        int r;

        if (job->from.type == BW_PLACE_PODS)
                pair.from = &job->from.pods[from];
        else
                pair.from_address = job->from.addresses[from];
        if (job->to.type == BW_PLACE_PODS)
                pair.to = &job->to.pods[to];
        else
                pair.to_address = job->to.addresses[to];
        if (pair.to && pair.to->port) {
                question.port = pair.to->port;
                question.protocol = (enum bw_protocol)pair.to->protocol;
        }
        if (job->has_port || (pair.to && pair.to->port)) {
                r = bw_netpol_ask(job->inputs.netpol, &question, arena_of(job), &pair.answer, reterr);
                pair.allowed = pair.answer.allowed;
                pair.at_most = pair.answer.at_most;
                pair.port = question.port;
        } else {
                r = ask_ports(job, &pair, &question, reterr);
        }
        if (r < 0)
                return r;
        job->n_yes += pair.allowed;
        job->n_no += !pair.allowed;
        job->at_most |= pair.at_most && pair.allowed;
        if ((pair.allowed ? job->n_yes : job->n_no) > SHOWN_PAIRS)
                return 0;
        if (bw_arena_grow(arena_of(job), &job->pairs, &job->cap_pairs, job->n_pairs, sizeof(pair)) < 0)
                return bw_error_nomem(reterr);
        job->pairs[job->n_pairs++] = pair;
        return 0;
}

static int ask_pairs(struct job *job, struct bw_error *reterr)
{
        size_t n_from = ends_of(&job->from);
        size_t n_to = ends_of(&job->to);
        int r = 0;

        if (n_from && n_to > BW_LIMIT_NET_PIECES / n_from + 1)
                return bw_error_set(reterr, -E2BIG, "the question is about %zu times %zu groups of pods and addresses: ask about fewer", n_from, n_to);
        for (size_t i = 0; r == 0 && i < n_from; i++)
                for (size_t j = 0; r == 0 && j < n_to; j++)
                        r = ask_pair(job, i, j, reterr);
        return r;
}

/* ---- from the Internet: by what leads there */

static bool is_asked_port(const struct job *job, const struct bw_reach_way *reached, const struct bw_way *way)
{
        if (!job->has_port)
                return true;
        return reached->protocol == job->protocol && (reached->port == job->port || way->port == job->port);
}

/* ret_open: there are such ways; ret_whole: for all addresses and pods. */
static int add_ways_of(struct job *job, uint32_t workload, const struct bw_way *ways, bool *ret_open, bool *ret_whole, struct bw_error *reterr)
{
        size_t n;
        const struct bw_reach_way *reached = bw_reach_ways(job->inputs.reach, workload, &n);

        *ret_open = false;
        *ret_whole = false;
        for (size_t i = 0; i < n; i++) {
                if (reached[i].scope != BW_SCOPE_INTERNET || !is_asked_port(job, &reached[i], &ways[reached[i].way]))
                        continue;
                if (bw_arena_grow(arena_of(job), &job->ways, &job->cap_ways, job->n_ways, sizeof(const struct bw_reach_way *)) < 0)
                        return bw_error_nomem(reterr);
                job->ways[job->n_ways++] = &reached[i];
                *ret_open = true;
                *ret_whole |= !reached[i].partly;
        }
        return 0;
}

static bool any_way(const struct job *job, uint32_t workload, const struct bw_way *ways, size_t n_ways)
{
        for (size_t i = 0; i < n_ways; i++)
                for (uint32_t j = 0; j < ways[i].n_backends; j++)
                        if (ways[i].backends[j].workload == workload && ways[i].scope == BW_SCOPE_INTERNET &&
                            (!job->has_port || ways[i].backends[j].port == job->port || ways[i].port == job->port))
                                return true;
        return false;
}

static int ask_ways(struct job *job, struct bw_error *reterr)
{
        size_t n_ways;
        const struct bw_way *ways = bw_exposure_ways(job->inputs.exposure, &n_ways);
        uint32_t *workloads;
        bool closed = false;
        bool leads = false;
        size_t n;
        int r = 0;

        job->by_ways = true;
        if (bw_net_place_workloads(arena_of(job), &job->to, &workloads, &n) < 0)
                return bw_error_nomem(reterr);
        for (size_t i = 0; r == 0 && i < n; i++) {
                bool open;
                bool whole;

                r = add_ways_of(job, workloads[i], ways, &open, &whole, reterr);
                job->n_yes += open;
                job->n_no += !whole;
                closed |= !open;
                leads |= !open && any_way(job, workloads[i], ways, n_ways);
        }
        job->at_most = job->n_ways > 0;
        for (size_t i = 0; i < job->n_ways; i++)
                if (!job->ways[i]->at_most)
                        job->at_most = false;
        if (closed)
                job->note = leads ? BW_STR("something leads there from outside, but network policies do not let it in")
                                  : BW_STR("no Service, Ingress, Gateway or port of a host leads there from the Internet");
        return r;
}

static int resolve(struct job *job, struct bw_error *reterr)
{
        struct bw_str ns = bw_namespace_arg(job->args);
        int r = 0;

        job->has_port = job->args->n_positional > 2;
        if (job->has_port)
                r = bw_net_port_parse(job->args->positional[2], &job->port, &job->protocol, &job->port_name, reterr);
        if (r == 0)
                r = bw_net_place_parse(&job->inputs, ns, job->args->positional[0], BW_PROTOCOL_TCP, 0, &job->from, reterr);
        if (r == 0)
                r = bw_net_place_parse(&job->inputs, ns, job->args->positional[1], job->protocol, job->port, &job->to, reterr);
        if (r == 0 && job->to.service && job->to.n_pods == 0)
                r = bw_error_set(reterr, -ENOENT, "%.*s leads to no pods%s", BW_STR_ARG(job->to.label), job->has_port ? " on that port" : "");
        if (r == 0 && job->from.type != BW_PLACE_PODS && job->to.type != BW_PLACE_PODS)
                r = bw_error_set(reterr, -EINVAL, "one of the two ends must be pods");
        return r;
}

static int decide(struct job *job, struct bw_error *reterr)
{
        int r = resolve(job, reterr);

        if (r < 0)
                return r;
        if (job->from.type == BW_PLACE_INTERNET)
                return ask_ways(job, reterr);
        return ask_pairs(job, reterr);
}

/* ---- the answer */

static const char *answer_text(const struct job *job)
{
        return job->n_yes == 0 ? "no" : job->n_no ? "partly" : "yes";
}

static void put_reason(struct bw_buf *out, struct job *job, const struct bw_net_reason *reason)
{
        struct bw_str place = BW_STR("");

        if (reason->policy)
                (void)!bw_object_place(arena_of(job), reason->policy, (struct bw_path){0}, &place);
        bw_buf_printf(out, "  %-7s  ", reason->ingress ? "ingress" : "egress");
        bw_buf_clean(out, reason->text);
        bw_buf_puts(out, place.n ? "  " : "");
        bw_buf_clean(out, place);
        bw_buf_char(out, '\n');
}

static bool same_reasons(const struct pair *a, const struct pair *b)
{
        if (a->answer.n_reasons != b->answer.n_reasons)
                return false;
        for (size_t i = 0; i < a->answer.n_reasons; i++)
                if (!bw_str_eq(a->answer.reasons[i].text, b->answer.reasons[i].text))
                        return false;
        return true;
}

/* The workload of one end, where a question is about several. */
static void put_pair_head(struct bw_buf *out, struct job *job, const struct pair *pair)
{
        bw_buf_printf(out, "%s", pair->allowed ? "yes " : "no  ");
        bw_buf_clean(out, pair->from ? bw_net_workload_text(arena_of(job), &job->inputs.workloads[pair->from->workload]) : job->from.label);
        bw_buf_puts(out, " -> ");
        bw_buf_clean(out, pair->to ? bw_net_workload_text(arena_of(job), &job->inputs.workloads[pair->to->workload]) : job->to.label);
        if (pair->port)
                bw_buf_printf(out, " port %u", pair->port);
        bw_buf_char(out, '\n');
}

static void put_pairs(struct bw_buf *out, struct job *job)
{
        bool several = job->n_yes + job->n_no > 1;

        for (size_t i = 0; i < job->n_pairs; i++) {
                const struct pair *pair = &job->pairs[i];
                bool met = false;

                for (size_t j = 0; j < i; j++)
                        met |= same_reasons(pair, &job->pairs[j]) && pair->allowed == job->pairs[j].allowed &&
                               (pair->from ? pair->from->workload : 0) == (job->pairs[j].from ? job->pairs[j].from->workload : 0) &&
                               (pair->to ? pair->to->workload : 0) == (job->pairs[j].to ? job->pairs[j].to->workload : 0);
                if (met)
                        continue;
                if (several)
                        put_pair_head(out, job, pair);
                if (!job->has_port && pair->port == 0) {
                        bw_buf_puts(out, "  ports    ");
                        bw_net_ports_text(out, &pair->ports);
                        bw_buf_char(out, '\n');
                }
                for (size_t k = 0; k < BW_MIN(pair->answer.n_reasons, (size_t)SHOWN_REASONS); k++)
                        put_reason(out, job, &pair->answer.reasons[k]);
        }
        if (job->n_yes + job->n_no > job->n_pairs)
                bw_buf_printf(out, "and %" PRIu64 " more pairs of pods and addresses\n", job->n_yes + job->n_no - job->n_pairs);
}

static void put_ways(struct bw_buf *out, struct job *job)
{
        size_t n;
        const struct bw_way *ways = bw_exposure_ways(job->inputs.exposure, &n);

        for (size_t i = 0; i < BW_MIN(job->n_ways, (size_t)SHOWN_PAIRS); i++) {
                const struct bw_reach_way *way = job->ways[i];

                bw_buf_puts(out, "  by ");
                bw_buf_clean(out, bw_way_text(arena_of(job), &ways[way->way]));
                bw_buf_printf(out, " to port %u of its pods", way->port);
                if (way->at_most || way->partly)
                        bw_buf_printf(out, " (%s%s%s)", way->at_most ? "at most" : "partly", way->why ? ": " : "", way->why ? way->why : "");
                bw_buf_char(out, '\n');
        }
        if (job->n_ways > SHOWN_PAIRS)
                bw_buf_printf(out, "  and by %zu more ways\n", job->n_ways - SHOWN_PAIRS);
}

static void put_text(struct bw_buf *out, struct job *job)
{
        const char *color = !job->cli->out.color ? "" : job->n_yes == 0 ? "\x1b[31m" : job->n_no || job->at_most ? "\x1b[33m" : "\x1b[32m";

        bw_buf_printf(out, "%s%s%s%s: ", color, answer_text(job), job->at_most ? ", at most" : "", *color ? "\x1b[0m" : "");
        bw_buf_clean(out, job->from.label);
        bw_buf_puts(out, " -> ");
        bw_buf_clean(out, job->to.label);
        if (job->has_port)
                bw_buf_printf(out, " port %s", job->args->positional[2]);
        bw_buf_char(out, '\n');
        if (job->by_ways)
                put_ways(out, job);
        else
                put_pairs(out, job);
        if (job->note.n) {
                bw_buf_puts(out, "  ");
                bw_buf_clean(out, job->note);
                bw_buf_char(out, '\n');
        }
}

static void emit_end(struct bw_emit *e, const struct job *job, const char *key, const struct bw_backend *pods, const struct bw_net_place *place)
{
        bw_emit_key(e, key);
        bw_emit_map(e);
        if (pods)
                bw_emit_net_workload(e, &job->inputs.workloads[pods->workload]);
        else
                bw_emit_key_str(e, "addresses", place->label);
        bw_emit_end(e);
}

static void emit_reason(struct bw_emit *e, struct job *job, const struct bw_net_reason *reason)
{
        static const char *const effects[] = {[BW_NET_DEFAULT] = "default", [BW_NET_ALLOW] = "allow", [BW_NET_DENY] = "deny", [BW_NET_PASS] = "pass", [BW_NET_ISOLATED] = "isolated"};
        struct bw_str place = BW_STR("");

        bw_emit_map(e);
        bw_emit_key_str(e, "direction", reason->ingress ? BW_STR("ingress") : BW_STR("egress"));
        bw_emit_key_str(e, "effect", bw_str(effects[reason->effect]));
        bw_emit_key_str(e, "text", reason->text);
        if (reason->policy) {
                (void)!bw_object_place(arena_of(job), reason->policy, (struct bw_path){0}, &place);
                bw_emit_key(e, "policy");
                bw_emit_map(e);
                bw_emit_key_str(e, "kind", reason->policy->kind);
                bw_emit_key_str(e, "namespace", reason->policy->ns);
                bw_emit_key_str(e, "name", reason->policy->name);
                bw_emit_key_str(e, "location", place);
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

static void emit_pair(struct bw_emit *e, struct job *job, const struct pair *pair)
{
        bw_emit_map(e);
        emit_end(e, job, "from", pair->from, &job->from);
        emit_end(e, job, "to", pair->to, &job->to);
        bw_emit_key(e, "allowed");
        bw_emit_bool(e, pair->allowed);
        bw_emit_key(e, "atMost");
        bw_emit_bool(e, pair->at_most);
        if (pair->port) {
                bw_emit_key_u64(e, "port", pair->port);
        } else if (!job->has_port) {
                bw_emit_key(e, "ports");
                bw_emit_net_ports(e, &pair->ports);
        }
        bw_emit_key(e, "reasons");
        bw_emit_list(e);
        for (size_t k = 0; k < pair->answer.n_reasons; k++)
                emit_reason(e, job, &pair->answer.reasons[k]);
        bw_emit_end(e);
        bw_emit_end(e);
}

static void emit_way(struct bw_emit *e, struct job *job, const struct bw_reach_way *reached)
{
        size_t n;
        const struct bw_way *way = &bw_exposure_ways(job->inputs.exposure, &n)[reached->way];

        bw_emit_map(e);
        bw_emit_key_str(e, "by", bw_way_text(arena_of(job), way));
        bw_emit_key(e, "to");
        bw_emit_map(e);
        bw_emit_net_workload(e, &job->inputs.workloads[reached->workload]);
        bw_emit_key_u64(e, "port", reached->port);
        bw_emit_end(e);
        bw_emit_key(e, "atMost");
        bw_emit_bool(e, reached->at_most);
        bw_emit_key(e, "partly");
        bw_emit_bool(e, reached->partly);
        if (reached->why)
                bw_emit_key_str(e, "why", bw_str(reached->why));
        bw_emit_end(e);
}

static int put_document(struct bw_buf *out, struct job *job, const char *format, struct bw_error *reterr)
{
        bw_auto_done(bw_emit_done) struct bw_emit e;
        int r;

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("NetworkAnswer"));
        bw_emit_key_str(&e, "from", job->from.label);
        bw_emit_key_str(&e, "to", job->to.label);
        if (job->has_port)
                bw_emit_key_str(&e, "port", bw_str(job->args->positional[2]));
        bw_emit_key_str(&e, "answer", bw_str(answer_text(job)));
        bw_emit_key(&e, "atMost");
        bw_emit_bool(&e, job->at_most);
        if (job->note.n)
                bw_emit_key_str(&e, "note", job->note);
        bw_emit_key(&e, job->by_ways ? "ways" : "pairs");
        bw_emit_list(&e);
        for (size_t i = 0; job->by_ways && i < job->n_ways; i++)
                emit_way(&e, job, job->ways[i]);
        for (size_t i = 0; !job->by_ways && i < job->n_pairs; i++)
                emit_pair(&e, job, &job->pairs[i]);
        bw_emit_end(&e);
        bw_emit_end(&e);
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
        if (strcmp(format, "text") == 0)
                put_text(&out, job);
        else
                r = put_document(&out, job, format, reterr);
        if (r < 0)
                return r;
        r = bw_cli_print(job->cli, &out);
        if (r != BW_EXIT_OK)
                return r;
        return job->inputs.objects.incomplete ? BW_EXIT_USAGE : job->n_no || !job->n_yes ? BW_EXIT_FINDINGS : BW_EXIT_OK;
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        bw_auto_done(job_done) struct job job = {.cli = cli, .args = args};
        struct bw_error err = {0};
        int r = bw_net_inputs_open(cli, args, &job.inputs, &err);

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
        {"May the storefront reach the database?", "bulwark net can shop/Deployment/web shop/svc/db 5432 -f examples/net"},
        {"What does the Internet reach of it, and by which way?", "bulwark net can internet shop/Deployment/web -f examples/net"},
        {"Can it ask the cloud's metadata service for credentials?", "bulwark net can shop/Deployment/web metadata 80 -f examples/net"},
        {0},
};

const struct bw_verb bw_verb_net_can = {
        .name = "net can",
        .summary = "tell whether one end of the network may reach another, and which policies decide",
        .args = "SRC DST [PORT[/PROTOCOL]]",
        .text = "Decides as the policies in files or in the cluster do: NetworkPolicy, AdminNetworkPolicy and its baseline, Cilium's and "
                "Calico's. An end is NAMESPACE/POD, NAMESPACE/KIND/NAME, with -n KIND/NAME or NAME alone; a Service, "
                "NAMESPACE/svc/NAME, which stands for its pods and their ports; an address or CIDR; metadata (169.254.169.254); "
                "ingress, the pods of the controllers in use; internet. From the Internet the ways count as well: a Service, Ingress, "
                "Gateway or port of a host must lead there. Without a port all ports are asked for, and those that are open shown.\n\n"
                "\"at most\": a policy looks further than ports (HTTP, names), or a fact is not in what was read. \"partly\": some of the "
                "pods or addresses may. The exit status is 0 for yes, 1 for no and partly.",
        .options = options,
        .examples = examples,
        .min_args = 2,
        .max_args = 3,
        .run = run,
};
