/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Topic netpol: who may talk to whom. A folder with an INDEX.ndjson lists cases, a folder beside it for each:
 *
 *   NAME/expected.ndjson   {src, dst, ports} of each connection between workloads, or a workload and a range of addresses;
 *                          INDEX.ndjson says where the manifests are, or that they are to be refused, and why
 *   NAME/expected.json     {peers, probes: [{port, protocol, rows}]} with the manifests beside it
 *
 * The folder of one case, or one that holds such folders, will do, too.
 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include <dirent.h>
#include <sys/stat.h>

#include "analyze/exposure.h"
#include "analyze/netpol.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/doc.h"
#include "scan/gather.h"

enum { MOST_LINES = 20000, MOST_CASES = 4096, PORTS = 65536 };

struct state {
        struct vectors_run *run;
        struct bw_arena *arena;         /* of one case */
        const char *only;               /* the one case that is asked for; NULL: all */
};

/* ---- reading */

static bool is_wanted(struct bw_str group, struct bw_str kind)
{
        (void)group;
        (void)kind;
        return true;
}

static bool load(struct state *s, const char *folder, struct bw_gathering **ret, struct bw_error *err)
{
        struct bw_str path = bw_str(folder);
        struct bw_gather_options options = {.paths = &path, .n_paths = 1, .wanted = is_wanted};

        (void)s;
        return bw_gather(&options, ret, err) == 0;
}

/* One JSON value; ABSENT when it is none. */
static struct bw_value read_json(struct state *s, struct bw_str text)
{
        struct bw_error err = {0};
        struct bw_doc doc = {0};
        size_t used;

        if (bw_json_read(s->arena, text, 1, 1, false, &doc, &used, &err) < 0)
                vectors_broken(s->run, "%s", err.message);
        return doc.root;
}

static bool exists(const char *path)
{
        struct stat st;

        return stat(path, &st) == 0;
}

/* ---- ends and ports of an expected line */

struct end {
        struct bw_str ns, kind, name;   /* of a workload */
        bool is_range;
        uint32_t low, high;
};
struct line {
        struct end src, dst;
        struct bw_value ports;
};
struct expected {
        struct line lines[MOST_LINES];
        size_t n;
};

static uint32_t ip4_of(struct bw_str text)
{
        unsigned part[4] = {0};
        char copy[32];

        snprintf(copy, sizeof(copy), "%.*s", BW_STR_ARG(text));
        if (sscanf(copy, "%u.%u.%u.%u", &part[0], &part[1], &part[2], &part[3]) != 4)
                return 0;
        return part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3];
}

static struct end end_of(struct bw_value v)
{
        struct end end = {
                .ns = bw_map_text(v, "namespace"),
                .kind = bw_map_text(v, "kind"),
                .name = bw_map_text(v, "name"),
                .is_range = bw_map_text(v, "from").n > 0,
        };

        if (end.is_range) {
                end.low = ip4_of(bw_map_text(v, "from"));
                end.high = ip4_of(bw_map_text(v, "to"));
        }
        return end;
}

static bool is_controller(struct bw_value v)
{
        return bw_map_get(v, BW_STR("ingressController")).type == BW_BOOL;
}

/* "all", or ranges by protocol. */
static bool same_ports(const struct bw_ports *ours, struct bw_value theirs)
{
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                struct bw_value list = bw_map_get(theirs, bw_str(bw_protocol_name((enum bw_protocol)p)));
                uint32_t n = list.type == BW_LIST ? list.n : 0;

                if (theirs.type == BW_STRING) {
                        if (ours->n[p] != 1 || ours->ranges[p][0].low != 1 || ours->ranges[p][0].high != PORTS - 1)
                                return false;
                        continue;
                }
                if (ours->n[p] != n)
                        return false;
                for (uint32_t i = 0; i < n; i++) {
                        struct bw_value range = list.list->items[i];

                        if (bw_list_get(range, 0).i != ours->ranges[p][i].low || bw_list_get(range, 1).i != ours->ranges[p][i].high)
                                return false;
                }
        }
        return true;
}

static bool no_ports(const struct bw_ports *ports)
{
        return ports->n[0] + ports->n[1] + ports->n[2] == 0;
}

static void put_ports(struct bw_buf *out, const struct bw_ports *ports)
{
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++)
                for (uint32_t i = 0; i < ports->n[p]; i++)
                        bw_buf_printf(out, " %s %u-%u", bw_protocol_name((enum bw_protocol)p), ports->ranges[p][i].low,
                                      ports->ranges[p][i].high);
}

/* ---- a table of connections */

struct table {
        struct state *s;
        const struct bw_netpol *np;
        const struct bw_net_workload *workloads;
        size_t n_workloads;
        struct expected *expected;
        uint32_t cuts[MOST_LINES];      /* where ranges begin, ours and theirs */
        size_t n_cuts;
        uint64_t pairs, wrong;
        struct bw_buf first;            /* what is wrong first */
};

static bool is_workload(const struct end *end, const struct bw_net_workload *w)
{
        return !end->is_range && bw_str_eq(end->name, w->name) && bw_str_eq(end->kind, w->kind) && bw_str_eq(end->ns, w->ns);
}

/* w NULL: the address. */
static bool is_end(const struct end *end, const struct bw_net_workload *w, uint32_t address)
{
        return w ? is_workload(end, w) : end->is_range && end->low <= address && address <= end->high;
}

static struct bw_value expected_ports(const struct expected *expected, const struct bw_net_workload *from, const struct bw_net_workload *to,
                                      uint32_t address)
{
        for (size_t i = 0; i < expected->n; i++)
                if (is_end(&expected->lines[i].src, from, address) && is_end(&expected->lines[i].dst, to, address))
                        return expected->lines[i].ports;
        return (struct bw_value){0};
}

static struct bw_net_end outside(uint32_t address)
{
        struct bw_net_end end = {.type = BW_NET_ADDRESS, .address = {.bytes = {[10] = 0xff, [11] = 0xff}}};

        for (size_t i = 0; i < 4; i++)
                end.address.bytes[12 + i] = (uint8_t)(address >> (24 - 8 * i));
        return end;
}

/* A bit for each port: unions of answers for the classes of a workload are compared that way. */
static void add_bits(uint8_t *bits, const struct bw_ports *ports)
{
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++)
                for (uint32_t i = 0; i < ports->n[p]; i++)
                        for (uint32_t port = ports->ranges[p][i].low; port <= ports->ranges[p][i].high; port++)
                                bits[p * PORTS + port] = 1;
}

static struct bw_ports from_bits(struct bw_arena *arena, const uint8_t *bits)
{
        struct bw_ports ports = {0};

        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                struct bw_port_range *ranges = bw_arena_array(arena, PORTS / 2, sizeof(*ranges));

                for (uint32_t port = 1; ranges && port < PORTS; port++) {
                        if (!bits[p * PORTS + port])
                                continue;
                        if (ports.n[p] && ranges[ports.n[p] - 1].high == port - 1)
                                ranges[ports.n[p] - 1].high = (uint16_t)port;
                        else
                                ranges[ports.n[p]++] = (struct bw_port_range){(uint16_t)port, (uint16_t)port};
                }
                ports.ranges[p] = ranges;
        }
        return ports;
}

static struct bw_net_end nth_end(const struct table *t, const struct bw_net_workload *w, uint32_t i, uint32_t address)
{
        if (!w)
                return outside(address);
        return (struct bw_net_end){.type = BW_NET_CLASS, .class = bw_netpol_workload_classes(t->np)[w->first_class + i]};
}

static bool our_ports(const struct table *t, const struct bw_net_workload *from, const struct bw_net_workload *to, uint32_t address,
                      struct bw_ports *ret)
{
        uint32_t n_from = from ? from->n_classes : 1;
        uint32_t n_to = to ? to->n_classes : 1;
        uint8_t *bits = n_from * n_to > 1 ? calloc((size_t)_BW_PROTOCOL_MAX * PORTS, 1) : NULL;
        bool ok = true;

        for (uint32_t i = 0; ok && i < n_from; i++)
                for (uint32_t j = 0; ok && j < n_to; j++) {
                        struct bw_net_end a = nth_end(t, from, i, address);
                        struct bw_net_end b = nth_end(t, to, j, address);
                        bool at_most;

                        ok = bw_netpol_ports(t->np, &a, &b, t->s->arena, ret, &at_most, NULL) == 0;
                        if (ok && bits)
                                add_bits(bits, ret);
                }
        if (ok && bits)
                *ret = from_bits(t->s->arena, bits);
        free(bits);
        return ok;
}

static void put_end(struct bw_buf *out, const struct bw_net_workload *w, uint32_t address)
{
        if (w)
                bw_buf_printf(out, "%.*s/%.*s[%.*s]", BW_STR_ARG(w->ns), BW_STR_ARG(w->name), BW_STR_ARG(w->kind));
        else
                bw_buf_printf(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

static void compare(struct table *t, const struct bw_net_workload *from, const struct bw_net_workload *to, uint32_t address)
{
        struct bw_arena_mark mark = bw_arena_save(t->s->arena);
        struct bw_value want = expected_ports(t->expected, from, to, address);
        struct bw_ports ours = {0};
        bool ok = our_ports(t, from, to, address, &ours) &&
                  (want.type == BW_ABSENT ? no_ports(&ours) : !no_ports(&ours) && same_ports(&ours, want));

        t->pairs++;
        if (!ok && t->wrong++ == 0) {
                put_end(&t->first, from, address);
                bw_buf_puts(&t->first, " to ");
                put_end(&t->first, to, address);
                bw_buf_puts(&t->first, ": expected ");
                bw_value_json(&t->first, want, 0);
                bw_buf_puts(&t->first, ", came");
                put_ports(&t->first, &ours);
        }
        bw_arena_restore(t->s->arena, mark);
}

static void add_cut(struct table *t, uint32_t cut)
{
        if (t->n_cuts < MOST_LINES)
                t->cuts[t->n_cuts++] = cut;
}

static int compare_cuts(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a;
        uint32_t y = *(const uint32_t *)b;

        return (x > y) - (x < y);
}

static void collect_cuts(struct table *t)
{
        size_t n;
        const struct bw_address_range *ranges = bw_netpol_outside(t->np, &n);
        size_t kept = 0;

        add_cut(t, 0);
        for (size_t i = 0; i < n; i++) {
                const uint8_t *b = ranges[i].low.bytes;

                if (b[10] == 0xff && b[11] == 0xff)
                        add_cut(t, (uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15]);
        }
        for (size_t i = 0; i < t->expected->n; i++) {
                const struct end *ends[] = {&t->expected->lines[i].src, &t->expected->lines[i].dst};

                for (size_t j = 0; j < 2; j++)
                        if (ends[j]->is_range) {
                                add_cut(t, ends[j]->low);
                                if (ends[j]->high != UINT32_MAX)
                                        add_cut(t, ends[j]->high + 1);
                        }
        }
        qsort(t->cuts, t->n_cuts, sizeof(t->cuts[0]), compare_cuts);
        for (size_t i = 0; i < t->n_cuts; i++)
                if (kept == 0 || t->cuts[kept - 1] != t->cuts[i])
                        t->cuts[kept++] = t->cuts[i];
        t->n_cuts = kept;
}

/* Every end that is expected must be there. */
static void check_ends(struct table *t)
{
        for (size_t i = 0; i < t->expected->n; i++) {
                const struct end *ends[] = {&t->expected->lines[i].src, &t->expected->lines[i].dst};

                for (size_t j = 0; j < 2; j++) {
                        bool found = ends[j]->is_range;

                        for (size_t k = 0; !found && k < t->n_workloads; k++)
                                found = is_workload(ends[j], &t->workloads[k]);
                        if (!found && t->wrong++ == 0)
                                bw_buf_printf(&t->first, "no workload %.*s/%.*s[%.*s]", BW_STR_ARG(ends[j]->ns),
                                              BW_STR_ARG(ends[j]->name), BW_STR_ARG(ends[j]->kind));
                }
        }
}

static void compare_all(struct table *t)
{
        collect_cuts(t);
        check_ends(t);
        for (size_t i = 0; i < t->n_workloads; i++) {
                for (size_t j = 0; j < t->n_workloads; j++)
                        if (i != j)
                                compare(t, &t->workloads[i], &t->workloads[j], 0);
                for (size_t j = 0; j < t->n_cuts; j++) {
                        compare(t, &t->workloads[i], NULL, t->cuts[j]);
                        compare(t, NULL, &t->workloads[i], t->cuts[j]);
                }
        }
}

static void read_expected(struct state *s, const char *folder, const char *name, struct expected *ret)
{
        struct bw_buf path = {0};
        struct bw_str rest;
        struct bw_str line;

        bw_buf_printf(&path, "%s/%s/expected.ndjson", folder, name);
        rest = vectors_read(s->run, s->arena, bw_buf_view(&path).p);
        bw_buf_done(&path);
        while (rest.p && bw_str_split(&rest, '\n', &line)) {
                struct bw_value v;

                if (line.n == 0)
                        continue;
                v = read_json(s, line);
                /* Ingress controllers are no pods. */
                if (is_controller(bw_map_get(v, BW_STR("src"))) || is_controller(bw_map_get(v, BW_STR("dst"))))
                        continue;
                if (ret->n == MOST_LINES) {
                        vectors_broken(s->run, "%s: too many lines", name);
                        return;
                }
                ret->lines[ret->n++] = (struct line){end_of(bw_map_get(v, BW_STR("src"))), end_of(bw_map_get(v, BW_STR("dst"))),
                                                     bw_map_get(v, BW_STR("ports"))};
        }
}

static void run_table(struct state *s, const struct bw_netpol *np, const char *folder, const char *name)
{
        struct table *t = calloc(1, sizeof(*t));

        if (!t)
                return;
        t->expected = calloc(1, sizeof(*t->expected));
        if (t->expected) {
                t->s = s;
                t->np = np;
                t->workloads = bw_netpol_workloads(np, &t->n_workloads);
                read_expected(s, folder, name, t->expected);
                compare_all(t);
                vectors_case(s->run, t->wrong == 0, name, "%" PRIu64 " of %" PRIu64 " pairs: %.*s", t->wrong, t->pairs,
                             BW_STR_ARG(bw_buf_view(&t->first)));
        }
        bw_buf_done(&t->first);
        free(t->expected);
        free(t);
}

/* ---- what an ingress controller reaches: a pod of a namespace of its own, by Ingresses and Routes */

static const char controller[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: controller, namespace: vectors-controller}\n"
                                 "spec: {containers: [{name: controller}]}\n";

static bool add_controller(struct state *s, const struct bw_inventory *given, struct bw_inventory *inventory)
{
        struct bw_doc_range all = bw_inventory_all(given);
        struct bw_doc *doc = bw_arena_zalloc(s->arena, sizeof(*doc));
        bool ok = doc && bw_yaml_read(s->arena, bw_str(controller), 1, true, doc, NULL) == 0 && bw_doc_identify(doc) &&
                  bw_inventory_add(inventory, doc, NULL) == 0;

        for (size_t i = 0; ok && i < all.n; i++)
                ok = bw_inventory_add(inventory, all.docs[i], NULL) == 0;
        return ok && bw_inventory_seal(inventory, NULL) == 0;
}

/* Ports of each workload that the ways lead to and policies leave open, as bits. */
static bool reach_by_ways(struct state *s, const struct bw_netpol *np, const struct bw_exposure *exposure, uint8_t *bits)
{
        struct bw_net_end from = {.type = BW_NET_CLASS, .class = (uint32_t)bw_netpol_class_of_pod(np, BW_STR("vectors-controller"), BW_STR("controller"))};
        size_t n;
        const struct bw_way *ways = bw_exposure_ways(exposure, &n);

        for (size_t i = 0; i < n; i++)
                for (uint32_t j = 0; (ways[i].type == BW_WAY_INGRESS || ways[i].type == BW_WAY_ROUTE) && j < ways[i].n_backends; j++) {
                        const struct bw_backend *b = &ways[i].backends[j];
                        struct bw_net_question q = {.from = from, .to = {.type = BW_NET_CLASS, .class = b->class}, .protocol = b->protocol, .port = b->port};
                        struct bw_net_answer answer;

                        if (bw_netpol_ask(np, &q, s->arena, &answer, NULL) < 0)
                                return false;
                        if (answer.allowed)
                                bits[((size_t)b->workload * _BW_PROTOCOL_MAX + b->protocol) * PORTS + b->port] = 1;
                }
        return true;
}

static struct bw_value controller_line(struct state *s, const char *folder, const char *name, const struct bw_net_workload *to)
{
        struct bw_value found = {0};
        struct bw_buf path = {0};
        struct bw_str rest;
        struct bw_str line;

        bw_buf_printf(&path, "%s/%s/expected.ndjson", folder, name);
        rest = vectors_read(s->run, s->arena, bw_buf_view(&path).p);
        bw_buf_done(&path);
        while (rest.p && bw_str_split(&rest, '\n', &line)) {
                struct bw_value v = line.n ? read_json(s, line) : (struct bw_value){0};
                struct end dst = end_of(bw_map_get(v, BW_STR("dst")));

                if (is_controller(bw_map_get(v, BW_STR("src"))) && is_workload(&dst, to))
                        found = bw_map_get(v, BW_STR("ports"));
        }
        return found;
}

static void run_controller(struct state *s, const struct bw_inventory *given, const struct bw_net_options *options, const char *folder, const char *name)
{
        bw_auto(bw_inventory_free) struct bw_inventory *inventory = NULL;
        struct bw_exposure *exposure = NULL;
        const struct bw_net_workload *workloads;
        struct bw_netpol *np = NULL;
        uint8_t *bits = NULL;
        uint64_t n_wrong = 0;
        size_t n = 0;
        bool ok = bw_inventory_new(&inventory, NULL) == 0 && add_controller(s, given, inventory) &&
                  bw_netpol_new_as(s->arena, inventory, options, &np, NULL) == 0 && bw_exposure_new(s->arena, inventory, np, &exposure, NULL) == 0;

        workloads = ok ? bw_netpol_workloads(np, &n) : NULL;
        bits = calloc(n + 1, (size_t)_BW_PROTOCOL_MAX * PORTS);
        ok = ok && bits && reach_by_ways(s, np, exposure, bits);
        for (size_t i = 0; ok && i < n; i++) {
                struct bw_value want = controller_line(s, folder, name, &workloads[i]);
                struct bw_ports ours = from_bits(s->arena, bits + i * _BW_PROTOCOL_MAX * PORTS);

                n_wrong += want.type == BW_ABSENT ? !no_ports(&ours) : !same_ports(&ours, want);
        }
        free(bits);
        vectors_case(s->run, ok && n_wrong == 0, name, "%" PRIu64 " workloads that the ingress controller reaches are wrong", n_wrong);
}

/* ---- what is to be refused */

static const struct bw_net_problem *first_refused(const struct bw_netpol *np)
{
        size_t n;
        const struct bw_net_problem *problems = bw_netpol_problems(np, &n);

        for (size_t i = 0; i < n; i++)
                if (problems[i].refused)
                        return &problems[i];
        return NULL;
}

static bool is_true(struct bw_value v)
{
        return v.type == BW_BOOL && v.b;
}

/* One line of INDEX.ndjson, or of a case by itself. */
static void run_connections(struct state *s, const char *folder, const char *name, struct bw_value c)
{
        bw_auto(bw_gathering_free) struct bw_gathering *gathering = NULL;
        /* These tables take pods on the host's network for pods like others. */
        const struct bw_net_options options = {.host_network_is_pod = true};
        struct bw_error err = {0};
        struct bw_netpol *np = NULL;
        struct bw_buf path = {0};
        bool refused = is_true(bw_map_get(c, BW_STR("refused"))) && !is_true(bw_map_get(c, BW_STR("np_guard_only")));
        const struct bw_net_problem *problem;

        bw_buf_printf(&path, "%s/%s/manifests", folder, name);
        if (!load(s, bw_buf_view(&path).p, &gathering, &err) ||
            bw_netpol_new_as(s->arena, bw_gathering_inventory(gathering), &options, &np, &err) < 0) {
                vectors_case(s->run, false, name, "%s", err.message);
                bw_buf_done(&path);
                return;
        }
        bw_buf_done(&path);
        problem = first_refused(np);
        if (refused || problem)
                vectors_case(s->run, refused && problem, name, "expected %s, came %.*s %.*s",
                             refused ? "to be refused" : "to be taken", BW_STR_ARG(problem ? problem->path : BW_STR("no problem")),
                             BW_STR_ARG(problem ? problem->text : BW_STR("")));
        else if (is_true(bw_map_get(c, BW_STR("refused"))))
                vectors_case(s->run, true, name, "%s", "");
        else
                run_table(s, np, folder, name);
        if (is_true(bw_map_get(c, BW_STR("ingress_controller"))) && !problem)
                run_controller(s, bw_gathering_inventory(gathering), &options, folder, name);
}

/* ---- probes */

static bool end_of_peer(const struct bw_netpol *np, struct bw_str peer, struct bw_net_end *ret)
{
        struct bw_str name = peer;
        struct bw_str ns;
        size_t class;

        *ret = (struct bw_net_end){.type = BW_NET_ADDRESS};
        if (bw_str_find(peer, BW_STR("/")) == SIZE_MAX)
                return bw_net_address_parse(peer, &ret->address);
        (void)bw_str_split(&name, '/', &ns);
        class = bw_netpol_class_of_pod(np, ns, name);
        *ret = (struct bw_net_end){.type = BW_NET_CLASS, .class = (uint32_t)class};
        return class != SIZE_MAX;
}

/* What is asked must agree with what all ports say. */
static int ask(struct state *s, const struct bw_netpol *np, const struct bw_net_question *q)
{
        struct bw_net_answer answer = {0};
        struct bw_ports ports = {0};
        bool at_most;
        bool has = false;

        if (bw_netpol_ask(np, q, s->arena, &answer, NULL) < 0 ||
            bw_netpol_ports(np, &q->from, &q->to, s->arena, &ports, &at_most, NULL) < 0 || answer.n_reasons == 0)
                return '?';
        for (uint32_t i = 0; i < ports.n[q->protocol]; i++)
                has |= ports.ranges[q->protocol][i].low <= q->port && q->port <= ports.ranges[q->protocol][i].high;
        return has != answer.allowed ? '!' : has ? '1' : '0';
}

static void run_probe(struct state *s, const struct bw_netpol *np, const char *name, struct bw_value peers, struct bw_value probe)
{
        struct bw_value rows = bw_map_get(probe, BW_STR("rows"));
        struct bw_str protocol = bw_map_text(probe, "protocol");
        struct bw_net_question q = {.port = (uint16_t)bw_map_get(probe, BW_STR("port")).i};
        struct bw_buf wrong = {0};
        uint64_t n_wrong = 0;
        char label[128];

        while (q.protocol < _BW_PROTOCOL_MAX && !bw_str_is(protocol, bw_protocol_name(q.protocol)))
                q.protocol++;
        for (uint32_t i = 0; i < rows.n; i++) {
                struct bw_str row = bw_value_text(rows.list->items[i]);

                for (uint32_t j = 0; j < row.n && j < peers.n; j++) {
                        struct bw_arena_mark mark = bw_arena_save(s->arena);
                        struct bw_str from = bw_value_text(peers.list->items[i]);
                        struct bw_str to = bw_value_text(peers.list->items[j]);
                        int came = end_of_peer(np, from, &q.from) && end_of_peer(np, to, &q.to) ? 0 : '?';

                        if (row.p[j] != '-' && !came)
                                came = ask(s, np, &q);
                        bw_arena_restore(s->arena, mark);
                        if (row.p[j] != '-' && came != row.p[j] && n_wrong++ == 0)
                                bw_buf_printf(&wrong, "%.*s to %.*s: expected %c, came %c", BW_STR_ARG(from), BW_STR_ARG(to),
                                              row.p[j], came);
                }
        }
        snprintf(label, sizeof(label), "%s %u/%.*s", name, q.port, BW_STR_ARG(protocol));
        vectors_case(s->run, n_wrong == 0 && rows.n > 0, label, "%" PRIu64 " wrong: %.*s", n_wrong, BW_STR_ARG(bw_buf_view(&wrong)));
        bw_buf_done(&wrong);
}

static void run_probes(struct state *s, const char *folder, const char *name)
{
        bw_auto(bw_gathering_free) struct bw_gathering *gathering = NULL;
        struct bw_error err = {0};
        struct bw_netpol *np = NULL;
        struct bw_buf path = {0};
        struct bw_value root;
        struct bw_value probes;

        bw_buf_printf(&path, "%s/%s/expected.json", folder, name);
        root = read_json(s, vectors_read(s->run, s->arena, bw_buf_view(&path).p));
        bw_buf_clear(&path);
        bw_buf_printf(&path, "%s/%s", folder, name);
        if (!load(s, bw_buf_view(&path).p, &gathering, &err) ||
            bw_netpol_new(s->arena, bw_gathering_inventory(gathering), &np, &err) < 0)
                vectors_case(s->run, false, name, "%s", err.message);
        bw_buf_done(&path);
        probes = bw_map_get(root, BW_STR("probes"));
        if (!np)
                return;
        vectors_case(s->run, !first_refused(np) && probes.n > 0, name, "%s", "nothing is to be refused, and something to be asked");
        for (uint32_t i = 0; probes.type == BW_LIST && i < probes.n; i++)
                run_probe(s, np, name, bw_map_get(root, BW_STR("peers")), probes.list->items[i]);
}

/* ---- folders */

static void run_case(struct state *s, const char *folder, const char *name, struct bw_value c)
{
        char path[4096];

        if (s->only && strcmp(s->only, name) != 0)
                return;
        snprintf(path, sizeof(path), "%s/%s/expected.json", folder, name);
        if (exists(path))
                run_probes(s, folder, name);
        else
                run_connections(s, folder, name, c);
}

static void run_index(struct state *s, const char *folder)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_buf path = {0};
        struct bw_str rest;
        struct bw_str line;

        bw_buf_printf(&path, "%s/INDEX.ndjson", folder);
        rest = arena ? vectors_read(s->run, arena, bw_buf_view(&path).p) : (struct bw_str){0};
        bw_buf_done(&path);
        while (rest.p && bw_str_split(&rest, '\n', &line)) {
                struct bw_value c;
                char name[256];

                if (line.n == 0)
                        continue;
                bw_arena_reset(s->arena);
                c = read_json(s, line);
                snprintf(name, sizeof(name), "%.*s", BW_STR_ARG(bw_map_text(c, "name")));
                run_case(s, folder, name, c);
        }
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Folders in a folder, in the order of their names. */
static size_t list_folders(const char *path, char **names, size_t max)
{
        DIR *dir = opendir(path);
        const struct dirent *entry;
        size_t n = 0;

        while (dir && (entry = readdir(dir)) && n < max) {
                char inside[4096 + 512];

                snprintf(inside, sizeof(inside), "%s/%s/.", path, entry->d_name);
                if (entry->d_name[0] != '.' && exists(inside))
                        names[n++] = strdup(entry->d_name);
        }
        if (dir)
                closedir(dir);
        qsort(names, n, sizeof(names[0]), compare_names);
        return n;
}

static void run_folder(struct state *s, const char *path, int depth);

static void run_folders(struct state *s, const char *path, int depth)
{
        char **names = calloc(MOST_CASES, sizeof(*names));
        size_t n = names ? list_folders(path, names, MOST_CASES) : 0;

        for (size_t i = 0; i < n; i++) {
                char inside[4096];

                snprintf(inside, sizeof(inside), "%s/%s", path, names[i]);
                run_folder(s, inside, depth + 1);
                free(names[i]);
        }
        free(names);
}

static bool has(const char *folder, const char *name)
{
        char path[4096 + 64];

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        return exists(path);
}

static void run_folder(struct state *s, const char *path, int depth)
{
        char above[4096];
        char *slash;

        if (has(path, "INDEX.ndjson")) {
                run_index(s, path);
                return;
        }
        snprintf(above, sizeof(above), "%s", path);
        slash = strrchr(above, '/');
        if (!slash || (!has(path, "manifests") && !has(path, "expected.json"))) {
                if (depth < 2)
                        run_folders(s, path, depth);
                return;
        }
        *slash = '\0';
        s->only = slash + 1;
        if (has(above, "INDEX.ndjson"))
                run_index(s, above);
        else
                run_case(s, above, slash + 1, (struct bw_value){0});
        s->only = NULL;
}

static void run(struct vectors_run *run, const char *path)
{
        struct state s = {.run = run, .arena = bw_arena_new(0)};
        char copy[4096];
        size_t n = (size_t)snprintf(copy, sizeof(copy), "%s", path);

        while (n > 1 && n < sizeof(copy) && copy[n - 1] == '/')
                copy[--n] = '\0';
        if (s.arena)
                run_folder(&s, copy, 0);
        bw_arena_free(s.arena);
}

const struct vectors_topic vectors_netpol = {
        .name = "netpol",
        .help = "network policies: folders with an INDEX.ndjson, or of one case",
        .run = run,
};
