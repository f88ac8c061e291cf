/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpol_bench: what it costs to know who may talk to whom.
 *   netpol_bench made PODS POLICIES   a cluster made up: milliseconds until questions can be asked, and for the answers of all pairs of
 *                                     workloads by class; peak memory in KiB; classes, workloads, allowed pairs
 *   netpol_bench files PATH...        the same of manifests or a dump; pairs only where there are at most 5,000 classes
 *   netpol_bench truth FILE PATH...   sampled answers {from, to, protocol, port, allowed}, one a line: how many are right
 */
#define BW_ALLOW_BANNED
#include <sys/resource.h>

#include "bench.h"

#include "analyze/netpol.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "scan/gather.h"

enum { MOST_CLASSES = 5000 };

static void fail(const struct bw_error *err)
{
        fprintf(stderr, "netpol_bench: %s\n", err->message);
        exit(2);
}

static long peak_kib(void)
{
        struct rusage usage;

        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
}

/* ---- a made-up cluster: namespaces of 200 pods, workloads of 10, policies as teams write them */

struct made {
        struct bw_arena *arena;
        struct bw_inventory *inventory;
        struct bw_buf text;
};

static void add(struct made *m)
{
        struct bw_doc *doc = bw_arena_alloc(m->arena, sizeof(*doc));
        struct bw_error err = {0};
        struct bw_str text = bw_arena_str(m->arena, bw_buf_view(&m->text));
        size_t used;

        if (!doc || !text.p || bw_json_read(m->arena, text, 1, 1, false, doc, &used, &err) < 0 || !bw_doc_identify(doc) ||
            bw_inventory_add(m->inventory, doc, &err) < 0)
                fail(&err);
        bw_buf_clear(&m->text);
}

static void make_pod(struct made *m, unsigned i)
{
        bw_buf_printf(&m->text,
                      "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p%u\",\"namespace\":\"n%u\",\"labels\":{\"app\":\"a%u\","
                      "\"tier\":\"%s\",\"pod-template-hash\":\"h%u\"},\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":"
                      "\"ReplicaSet\",\"name\":\"a%u\",\"controller\":true}]},\"spec\":{\"containers\":[{\"name\":\"c\",\"ports\":["
                      "{\"name\":\"http\",\"containerPort\":%u}]}]},\"status\":{\"podIP\":\"10.%u.%u.%u\"}}",
                      i, i / 200, i / 10, i / 10 % 3 ? "front" : "back", i / 10, i / 10, 8000 + i / 10 % 4, i >> 16 & 255, i >> 8 & 255,
                      i & 255);
        add(m);
}

static void put_policy(struct made *m, unsigned i, unsigned ns)
{
        switch (i % 5) {
        case 0:
                bw_buf_puts(&m->text, "{\"podSelector\":{},\"policyTypes\":[\"Ingress\",\"Egress\"],\"egress\":[{\"ports\":[{\"protocol\":"
                                      "\"UDP\",\"port\":53}],\"to\":[{\"namespaceSelector\":{\"matchLabels\":{\"team\":\"t1\"}}}]}]}");
                break;
        case 1:
                bw_buf_printf(&m->text,
                              "{\"podSelector\":{\"matchLabels\":{\"app\":\"a%u\"}},\"ingress\":[{\"from\":[{\"podSelector\":{\"matchLabels\":"
                              "{\"tier\":\"front\"}}},{\"namespaceSelector\":{\"matchLabels\":{\"kubernetes.io/metadata.name\":\"n%u\"}}}],"
                              "\"ports\":[{\"port\":\"http\"}]}]}",
                              ns * 20 + i / 5 % 20, i % 7);
                break;
        case 2:
                bw_buf_printf(&m->text,
                              "{\"podSelector\":{\"matchExpressions\":[{\"key\":\"tier\",\"operator\":\"NotIn\",\"values\":[\"back\"]}]},"
                              "\"egress\":[{\"to\":[{\"ipBlock\":{\"cidr\":\"0.0.0.0/0\",\"except\":[\"10.0.0.0/8\",\"169.254.%u.0/24\"]}}]}]}",
                              i / 5 % 200);
                break;
        case 3:
                bw_buf_printf(&m->text,
                              "{\"podSelector\":{\"matchLabels\":{\"tier\":\"back\"}},\"ingress\":[{\"from\":[{\"podSelector\":{\"matchLabels\":"
                              "{\"app\":\"a%u\"}}}],\"ports\":[{\"port\":%u,\"endPort\":%u}]}]}",
                              ns * 20 + i / 5 % 20, 1000 + i % 50, 2000 + i % 50);
                break;
        default:
                bw_buf_puts(&m->text, "{\"podSelector\":{},\"egress\":[{\"to\":[{\"podSelector\":{}}]}],\"policyTypes\":[\"Egress\"]}");
                break;
        }
}

static void make(struct made *m, unsigned pods, unsigned policies)
{
        unsigned namespaces = (pods + 199) / 200;
        struct bw_error err = {0};

        for (unsigned i = 0; i < namespaces; i++) {
                bw_buf_printf(&m->text,
                              "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n%u\",\"labels\":{\"team\":\"t%u\"}}}", i, i % 9);
                add(m);
        }
        for (unsigned i = 0; i < pods; i++)
                make_pod(m, i);
        for (unsigned i = 0; i < policies; i++) {
                unsigned ns = i * 7919U % namespaces;

                bw_buf_printf(&m->text,
                              "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":{\"name\":\"p%u\",\"namespace\":\"n%u\"},"
                              "\"spec\":",
                              i, ns);
                put_policy(m, i, ns);
                bw_buf_char(&m->text, '}');
                add(m);
        }
        if (bw_inventory_seal(m->inventory, &err) < 0)
                fail(&err);
}

/* ---- measuring */

static void measure(const struct bw_inventory *inventory, long before)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(0);
        struct bw_error err = {0};
        struct bw_netpol *np = NULL;
        struct bw_net_reach *reach = NULL;
        uint64_t allowed = 0;
        size_t n_workloads;
        double start = bench_now();
        double built;
        double done;

        if (!arena || !scratch || bw_netpol_new(arena, inventory, &np, &err) < 0)
                fail(&err);
        built = bench_now();
        (void)bw_netpol_workloads(np, &n_workloads);
        if (bw_netpol_n_classes(np) <= MOST_CLASSES) {
                uint32_t *row;

                if (bw_net_reach_new(scratch, np, &reach, &err) < 0)
                        fail(&err);
                row = malloc((bw_netpol_n_classes(np) + 1) * sizeof(*row));
                for (size_t i = 0; row && i < bw_netpol_n_classes(np); i++) {
                        if (bw_net_reach_from(reach, (uint32_t)i, row, &err) < 0)
                                fail(&err);
                        for (size_t j = 0; j < bw_netpol_n_classes(np); j++)
                                allowed += row[j] != BW_NET_NO_PORTS;
                }
                free(row);
        }
        done = bench_now();
        printf("%.1f %.1f %ld %zu %zu %" PRIu64 "\n", (built - start) * 1e3, (done - built) * 1e3, peak_kib() - before,
               bw_netpol_n_classes(np), n_workloads, allowed);
}

static void run_made(unsigned pods, unsigned policies)
{
        struct made m = {.arena = bw_arena_new(0)};
        struct bw_error err = {0};

        if (!m.arena || bw_inventory_new(&m.inventory, &err) < 0)
                fail(&err);
        make(&m, pods, policies);
        measure(m.inventory, peak_kib());
        bw_inventory_free(m.inventory);
        bw_buf_done(&m.text);
        bw_arena_free(m.arena);
}

static bool is_wanted(struct bw_str group, struct bw_str kind)
{
        (void)group;
        (void)kind;
        return true;
}

static struct bw_gathering *gather(char **paths, int n)
{
        struct bw_str *names = malloc(((size_t)n + 1) * sizeof(*names));
        struct bw_gather_options options = {.paths = names, .n_paths = (size_t)n, .wanted = is_wanted};
        struct bw_gathering *gathering = NULL;
        struct bw_error err = {0};

        for (int i = 0; names && i < n; i++)
                names[i] = bw_str(paths[i]);
        if (!names || bw_gather(&options, &gathering, &err) < 0)
                fail(&err);
        free(names);
        return gathering;
}

/* ---- truth */

/* "namespace/pod", or an address. */
static bool end_of(const struct bw_netpol *np, struct bw_str text, struct bw_net_end *ret)
{
        struct bw_str ns;
        size_t class;

        *ret = (struct bw_net_end){.type = BW_NET_ADDRESS};
        if (bw_str_find(text, BW_STR("/")) == SIZE_MAX)
                return bw_net_address_parse(text, &ret->address);
        (void)bw_str_split(&text, '/', &ns);
        class = bw_netpol_class_of_pod(np, ns, text);
        *ret = (struct bw_net_end){.type = BW_NET_CLASS, .class = (uint32_t)class};
        return class != SIZE_MAX;
}

static bool is_right(const struct bw_netpol *np, struct bw_arena *arena, struct bw_value v)
{
        struct bw_net_question q = {.port = (uint16_t)bw_map_get(v, BW_STR("port")).i};
        struct bw_net_answer answer;

        while (q.protocol < _BW_PROTOCOL_MAX && !bw_str_is(bw_map_text(v, "protocol"), bw_protocol_name(q.protocol)))
                q.protocol++;
        return end_of(np, bw_map_text(v, "from"), &q.from) && end_of(np, bw_map_text(v, "to"), &q.to) &&
               bw_netpol_ask(np, &q, arena, &answer, NULL) == 0 && answer.allowed == bw_map_get(v, BW_STR("allowed")).b;
}

static int run_truth(const char *file, char **paths, int n)
{
        bw_auto(bw_gathering_free) struct bw_gathering *gathering = gather(paths, n);
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(0);
        struct bw_str rest = bench_read(file);
        struct bw_error err = {0};
        struct bw_netpol *np = NULL;
        struct bw_str line;
        uint64_t right = 0;
        uint64_t all = 0;

        if (!arena || !scratch || bw_netpol_new(arena, bw_gathering_inventory(gathering), &np, &err) < 0)
                fail(&err);
        while (bw_str_split(&rest, '\n', &line)) {
                struct bw_doc doc;
                size_t used;

                if (line.n == 0)
                        continue;
                bw_arena_reset(scratch);
                if (bw_json_read(scratch, line, 1, 1, false, &doc, &used, &err) < 0)
                        fail(&err);
                all++;
                if (is_right(np, scratch, doc.root))
                        right++;
                else if (all - right <= 3)
                        fprintf(stderr, "wrong: %.*s\n", BW_STR_ARG(line));
        }
        printf("%" PRIu64 " of %" PRIu64 "\n", right, all);
        return right == all && all ? 0 : 1;
}

int main(int argc, char **argv)
{
        if (argc == 4 && strcmp(argv[1], "made") == 0) {
                run_made((unsigned)strtoul(argv[2], NULL, 10), (unsigned)strtoul(argv[3], NULL, 10));
                return 0;
        }
        if (argc > 3 && strcmp(argv[1], "truth") == 0)
                return run_truth(argv[2], argv + 3, argc - 3);
        if (argc > 2 && strcmp(argv[1], "files") == 0) {
                bw_auto(bw_gathering_free) struct bw_gathering *gathering = gather(argv + 2, argc - 2);

                measure(bw_gathering_inventory(gathering), peak_kib());
                return 0;
        }
        fprintf(stderr, "usage: netpol_bench made PODS POLICIES | files PATH... | truth FILE PATH...\n");
        return 2;
}
