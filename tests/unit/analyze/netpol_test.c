/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may talk to whom. A case is a policy (or several, one a line) over one small cluster, and questions "from to port" with an
 * answer: yes, no, or most (perhaps less than that). Each is answered three ways: asked alone, as all ports, and for all pairs.
 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/netpol.h"
#include "base/arena.h"
#include "base/error.h"
#include "doc/stream.h"

static const char cluster[] =
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a, zone: x}}}\n"
        "{apiVersion: v1, kind: Namespace, metadata: {name: bank, labels: {team: b, zone: x}}}\n"
        "{apiVersion: v1, kind: Namespace, metadata: {name: lab, labels: {team: a}}}\n"
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: cashier, namespace: shop, labels: {role: money}}}\n"
        "{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {kind: worker}}, status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}}\n"
        "{apiVersion: v1, kind: Node, metadata: {name: n2, labels: {kind: infra}}, status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}}\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web, tier: front}}, spec: {serviceAccountName: cashier,"
        " containers: [{name: c, ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}]}, status: {podIP: 10.0.0.1}}\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db, tier: back}}, spec: {"
        " containers: [{name: c, ports: [{name: http, containerPort: 5432}]}]}, status: {podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}, {ip: 'fd00::2'}]}}\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: bank, labels: {app: api, tier: back}}, spec: {containers: [{name: c}]}, status: {podIP: 10.0.1.1}}\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: app, namespace: lab, labels: {app: web}}, spec: {containers: [{name: c}]}, status: {podIP: 10.0.2.1}}\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: host, namespace: shop, labels: {app: host}}, spec: {hostNetwork: true, nodeName: n1, containers: [{name: c}]}, status: {podIP: 192.168.0.1}}\n";

struct given {
        struct bw_arena *arena;
        struct bw_inventory *inventory;
        struct bw_netpol *np;
};

static void add_docs(struct given *g, const char *text)
{
        struct bw_str rest = bw_str(text);
        struct bw_str line;

        while (bw_str_split(&rest, '\n', &line)) {
                struct bw_piece piece = {.text = line, .line = 1, .column = 1, .format = BW_FORMAT_YAML};
                struct bw_doc *doc = bw_arena_zalloc(g->arena, sizeof(*doc));
                struct bw_error err = {0};

                if (line.n == 0)
                        continue;
                assert_non_null(doc);
                if (bw_doc_read(g->arena, &piece, false, doc, &err) < 0 || doc->kind.n == 0)
                        fail_msg("%s in %.*s", err.message, BW_STR_ARG(line));
                assert_ok(bw_inventory_add(g->inventory, doc, NULL));
        }
}

static struct given load(const char *policies, const struct bw_net_options *options)
{
        struct given g = {.arena = bw_arena_new(0)};
        struct bw_error err = {0};

        assert_non_null(g.arena);
        assert_ok(bw_inventory_new(&g.inventory, NULL));
        add_docs(&g, cluster);
        add_docs(&g, policies);
        assert_ok(bw_inventory_seal(g.inventory, NULL));
        if (bw_netpol_new_as(g.arena, g.inventory, options, &g.np, &err) < 0)
                fail_msg("%s", err.message);
        return g;
}

static void unload(struct given *g)
{
        bw_inventory_free(g->inventory);
        bw_arena_free(g->arena);
}

static struct bw_net_end end_of(const struct given *g, struct bw_str text)
{
        struct bw_net_end end = {.type = BW_NET_ADDRESS};
        struct bw_str ns;
        size_t class;

        if (bw_str_find(text, BW_STR("/")) == SIZE_MAX) {
                assert_true(bw_net_address_parse(text, &end.address));
                return end;
        }
        assert_true(bw_str_split(&text, '/', &ns));
        class = bw_netpol_class_of_pod(g->np, ns, text);
        if (class == SIZE_MAX)
                fail_msg("no pod %.*s", BW_STR_ARG(text));
        return (struct bw_net_end){.type = BW_NET_CLASS, .class = (uint32_t)class};
}

static bool has(const struct bw_ports *ports, enum bw_protocol protocol, uint16_t port)
{
        for (uint32_t i = 0; i < ports->n[protocol]; i++)
                if (ports->ranges[protocol][i].low <= port && port <= ports->ranges[protocol][i].high)
                        return true;
        return false;
}

/* The same from all pairs, where both ends are pods. */
static void check_reach(const struct given *g, const struct bw_net_question *q, const struct bw_ports *ports, bool at_most)
{
        struct bw_net_reach *reach;
        uint32_t *row = bw_arena_array(g->arena, bw_netpol_n_classes(g->np), sizeof(*row));
        const struct bw_ports *all;
        bool all_at_most;

        if (q->from.type != BW_NET_CLASS || q->to.type != BW_NET_CLASS)
                return;
        assert_non_null(row);
        assert_ok(bw_net_reach_new(g->arena, g->np, &reach, NULL));
        assert_ok(bw_net_reach_from(reach, q->from.class, row, NULL));
        all = bw_net_reach_ports(reach, row[q->to.class], &all_at_most);
        assert_int_equal(all_at_most, at_most);
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                assert_int_equal(all->n[p], ports->n[p]);
                for (uint32_t i = 0; i < ports->n[p]; i++) {
                        assert_int_equal(all->ranges[p][i].low, ports->ranges[p][i].low);
                        assert_int_equal(all->ranges[p][i].high, ports->ranges[p][i].high);
                }
        }
        assert_int_equal(row[q->to.class] == BW_NET_NO_PORTS, ports->n[0] + ports->n[1] + ports->n[2] == 0 && !at_most);
}

/* "shop/web bank/api 80" or "… 53/UDP", then yes, no or most. */
static void check_question(const struct given *g, const char *name, struct bw_str line)
{
        struct bw_str words[4] = {{0}};
        struct bw_str whole = line;
        struct bw_net_question q = {.protocol = BW_PROTOCOL_TCP};
        struct bw_net_answer answer;
        struct bw_ports ports;
        struct bw_error err = {0};
        struct bw_str port;
        uint64_t number;
        bool at_most;
        bool yes;

        for (size_t i = 0; i < 4; i++)
                assert_true(bw_str_split(&line, ' ', &words[i]));
        q.from = end_of(g, words[0]);
        q.to = end_of(g, words[1]);
        assert_true(bw_str_split(&words[2], '/', &port));
        while (words[2].n && !bw_str_is(words[2], bw_protocol_name(q.protocol)))
                q.protocol++;
        if (bw_str_to_u64(port, &number) == 0)
                q.port = (uint16_t)number;
        else
                q.port_name = port;
        yes = !bw_str_is(words[3], "no");
        if (bw_netpol_ask(g->np, &q, g->arena, &answer, &err) < 0)
                fail_msg("%s: %.*s: %s", name, BW_STR_ARG(whole), err.message);
        if (answer.allowed != yes || answer.at_most != bw_str_is(words[3], "most"))
                fail_msg("%s: %.*s: came %d, at most %d: %.*s", name, BW_STR_ARG(whole), answer.allowed, answer.at_most,
                         BW_STR_ARG(answer.n_reasons ? answer.reasons[answer.n_reasons - 1].text : BW_STR("no reason")));
        assert_ok(bw_netpol_ports(g->np, &q.from, &q.to, g->arena, &ports, &at_most, NULL));
        if (q.port && has(&ports, q.protocol, q.port) != yes)
                fail_msg("%s: %.*s: of all ports the answer is another", name, BW_STR_ARG(whole));
        check_reach(g, &q, &ports, at_most);
}

struct vector {
        const char *name;
        const char *policies;
        const char *questions;
};

static void check_vectors(const struct vector *vectors, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct given g = load(vectors[i].policies, &(struct bw_net_options){0});
                struct bw_str rest = bw_str(vectors[i].questions);
                struct bw_str line;
                size_t n_problems;
                const struct bw_net_problem *problems = bw_netpol_problems(g.np, &n_problems);

                for (size_t j = 0; j < n_problems; j++)
                        if (problems[j].refused)
                                fail_msg("%s: refused: %.*s %.*s", vectors[i].name, BW_STR_ARG(problems[j].path), BW_STR_ARG(problems[j].text));
                while (bw_str_split(&rest, '\n', &line))
                        check_question(&g, vectors[i].name, line);
                unload(&g);
        }
}

#define NP(name, ns, spec) "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: " name ", namespace: " ns "}, spec: " spec "}\n"
#define ANP(name, spec) "{apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: " name "}, spec: " spec "}\n"
#define BANP(spec) "{apiVersion: policy.networking.k8s.io/v1alpha1, kind: BaselineAdminNetworkPolicy, metadata: {name: default}, spec: " spec "}\n"
#define CLNP(name, spec) "{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: " name "}, spec: " spec "}\n"
#define CALICO(kind, name, ns, spec) "{apiVersion: projectcalico.org/v3, kind: " kind ", metadata: {name: " name ", namespace: " ns "}, spec: " spec "}\n"
#define GLOBAL(kind, name, spec) "{apiVersion: projectcalico.org/v3, kind: " kind ", metadata: {name: " name "}, spec: " spec "}\n"
#define CNP(name, ns, spec) "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: " name ", namespace: " ns "}, spec: " spec "}\n"
#define CCNP(name, spec) "{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: " name "}, spec: " spec "}\n"

static void test_network_policies(void **state)
{
        static const struct vector vectors[] = {
                {"none", "", "shop/web shop/db 5432 yes\n8.8.8.8 shop/web 80 yes\nshop/web 8.8.8.8 80 yes"},
                {"types by default", NP("a", "shop", "{podSelector: {matchLabels: {app: db}}, egress: [{ports: [{port: 53, protocol: UDP}]}]}"),
                 "shop/web shop/db 1 no\nshop/db shop/web 53/UDP yes\nshop/db shop/web 53 no\nshop/db 8.8.8.8 53/UDP yes\nshop/web shop/web 1 yes"},
                {"one rule's peers and ports, another's", NP("a", "shop",
                    "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}, {port: 7000, endPort: 7009}]},"
                    " {from: [{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [a]}]}}]}]}"),
                 "shop/web shop/db 5432 yes\nshop/web shop/db http yes\nshop/web shop/db 8080 no\nshop/web shop/db 7009 yes\nshop/web shop/db 7010 no\n"
                 "bank/api shop/db 1 yes\nlab/app shop/db 5432 no\n8.8.8.8 shop/db 5432 no"},
                {"both selectors of one peer", NP("a", "shop",
                    "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}"),
                 "lab/app shop/db 1 yes\nshop/web shop/db 1 yes\nbank/api shop/db 1 no\n8.8.8.8 shop/db 1 no"},
                {"blocks", NP("a", "shop",
                    "{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.1.0/24]}}, {ipBlock: {cidr: 'fd00::/16'}}]}],"
                    " egress: [{to: [{ipBlock: {cidr: 192.168.0.0/24}}, {ipBlock: {cidr: 1.2.3.4/32}}]}]}"),
                 "lab/app shop/web 1 yes\nbank/api shop/web 1 no\n10.9.9.9 shop/web 1 yes\n10.0.1.9 shop/web 1 no\nfd00::9 shop/web 1 yes\nfd01::9 shop/web 1 no\n"
                 "shop/web shop/host 1 yes\nshop/web 192.168.0.2 1 yes\nshop/web 1.2.3.4 1 yes\nshop/web 1.2.3.5 1 no\nshop/web lab/app 1 no"},
                {"pods on the host's network are not bound", NP("a", "shop", "{podSelector: {}, policyTypes: [Ingress, Egress]}"),
                 "shop/host shop/host 1 yes\nbank/api shop/host 1 yes\nshop/host shop/web 1 no\nshop/host bank/api 1 yes"},
                {"default and no namespace are one", NP("a", "default", "{podSelector: {}, ingress: []}")
                    "{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {a: b}}, spec: {containers: [{name: c}]}}\n",
                 "shop/web default/p 1 no\ndefault/p shop/web 1 yes"},
        };

        (void)state;
        check_vectors(vectors, BW_ARRAY_SIZE(vectors));
}

static void test_admin_policies(void **state)
{
        static const struct vector vectors[] = {
                {"priority, then order, then the namespace's own, then the baseline",
                 ANP("late", "{priority: 20, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {matchLabels: {team: b}}}]}]}")
                 ANP("soon", "{priority: 10, subject: {pods: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: db}}}}, ingress: ["
                     "{action: Allow, from: [{namespaces: {matchLabels: {team: b}}}], ports: [{portNumber: {port: 80}}]},"
                     "{action: Pass, from: [{namespaces: {matchLabels: {team: b}}}], ports: [{portRange: {start: 90, end: 99, protocol: UDP}}, {namedPort: http}]}]}")
                 BANP("{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}")
                 NP("a", "shop", "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 95, protocol: UDP}, {port: 70}]}]}"),
                 "bank/api shop/db 80 yes\nbank/api shop/db 70 no\nbank/api shop/db 95/UDP yes\nbank/api shop/db 96/UDP no\nbank/api shop/db 5432 no\n"
                 "bank/api shop/web 80 no\nlab/app shop/db 70 yes\nlab/app shop/db 80 no\nlab/app shop/web 80 no\n8.8.8.8 shop/web 1 yes\n8.8.8.8 shop/db 70 no"},
                {"nodes, networks, domain names",
                 ANP("a", "{priority: 1, subject: {namespaces: {}}, egress: [{action: Allow, to: [{nodes: {matchLabels: {kind: worker}}}, {networks: [8.0.0.0/8]}]},"
                     "{action: Allow, to: [{domainNames: ['*.example.com']}], ports: [{portNumber: {port: 443}}]},"
                     "{action: Deny, to: [{networks: ['0.0.0.0/0']}]}]}"),
                 "shop/web 192.168.0.1 1 yes\nshop/web shop/host 1 yes\nshop/web 192.168.0.2 1 no\nshop/web 8.8.8.8 1 yes\nshop/web 9.9.9.9 443 most\n"
                 "shop/web 9.9.9.9 80 no\nshop/web bank/api 1 no\nshop/web 2001:db8::1 1 yes"},
                {"same labels",
                 ANP("a", "{priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {sameLabels: [team]}}]},"
                     "{action: Deny, from: [{namespaces: {notSameLabels: [team, zone]}}]}, {action: Deny, from: [{pods: {namespaces: {namespaceSelector: {matchLabels: {team: a}}}, podSelector: {}}}],"
                     " ports: [{portNumber: {port: 9}}]}]}"),
                 "shop/web lab/app 1 yes\nlab/app shop/web 9 yes\nbank/api shop/web 1 no\nshop/web bank/api 1 no\nlab/app bank/api 1 yes\nlab/app bank/api 9 no"},
                {"cluster network policies",
                 CLNP("a", "{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Accept, from: [{namespaces: {matchLabels: {team: b}}}], protocols: [{tcp: {destinationPort: {number: 80}}},"
                      "{udp: {destinationPort: {range: {start: 1, end: 5}}}}, {destinationNamedPort: http}]}]}")
                 CLNP("b", "{tier: Baseline, priority: 1, subject: {pods: {namespaceSelector: {}, podSelector: {}}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}"),
                 "bank/api shop/web 80 yes\nbank/api shop/web 8080 yes\nbank/api shop/web 3/UDP yes\nbank/api shop/web 3 no\nlab/app shop/web 80 no\n8.8.8.8 shop/web 1 yes"},
        };

        (void)state;
        check_vectors(vectors, BW_ARRAY_SIZE(vectors));
}

static void test_cilium(void **state)
{
        static const struct vector vectors[] = {
                {"a rule that says nothing refuses everything", CNP("a", "shop", "{endpointSelector: {}, ingress: [{}]}"),
                 "shop/web shop/db 1 no\nshop/db bank/api 1 yes\nbank/api shop/web 1 no"},
                {"endpoints are of the policy's namespace unless another is named",
                 CNP("a", "shop", "{endpointSelector: {matchLabels: {'k8s:app': db}}, ingress: [{fromEndpoints: [{matchLabels: {'any:app': web}}]},"
                     "{fromEndpoints: [{matchLabels: {'k8s:io.kubernetes.pod.namespace': bank}}], toPorts: [{ports: [{port: '80', protocol: TCP}, {port: '53', protocol: ANY}, {port: http}]}]}]}"),
                 "shop/web shop/db 1 yes\nlab/app shop/db 1 no\nbank/api shop/db 80 yes\nbank/api shop/db 81 no\nbank/api shop/db 53/UDP yes\nbank/api shop/db 5432 yes\n8.8.8.8 shop/db 80 no"},
                {"namespaces by their labels", CNP("a", "shop", "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: a}}]}]}"),
                 "lab/app shop/web 1 yes\nbank/api shop/web 1 no\nshop/db shop/web 1 yes"},
                {"an empty list of peers", CNP("a", "shop", "{endpointSelector: {}, ingress: [{fromEndpoints: []}]}"), "shop/db shop/web 1 no"},
                {"ports without peers", CNP("a", "shop", "{endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: '8000', endPort: 9000, protocol: TCP}]}]}]}"),
                 "8.8.8.8 shop/web 8500 yes\nbank/api shop/web 8500 yes\nbank/api shop/web 9001 no\nbank/api shop/web 8500/UDP no"},
                {"denials come first", CNP("a", "shop", "{endpointSelector: {}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: bank}}], toPorts: [{ports: [{port: '22'}]}]}]}")
                    NP("b", "shop", "{podSelector: {}, ingress: [{}]}"),
                 "bank/api shop/web 22 no\nbank/api shop/web 23 yes\nlab/app shop/web 22 yes"},
                {"entities", CNP("a", "shop", "{endpointSelector: {matchLabels: {app: web}}, egress: [{toEntities: [world-ipv4]}, {toEntities: [host]}, {toEntities: [cluster], toPorts: [{ports: [{port: '53', protocol: UDP}]}]}]}"),
                 "shop/web 8.8.8.8 1 yes\nshop/web 2001:db8::1 1 no\nshop/web 192.168.0.1 1 most\nshop/web bank/api 53/UDP yes\nshop/web bank/api 53 no\nshop/web 192.168.0.1 53/UDP yes"},
                {"both kinds of nodes are all nodes", CNP("a", "shop", "{endpointSelector: {matchLabels: {app: web}}, egress: [{toEntities: [host, remote-node]}]}"),
                 "shop/web 192.168.0.2 1 yes\nshop/web 8.8.8.8 1 no"},
                {"addresses are those outside", CNP("a", "shop", "{endpointSelector: {matchLabels: {app: web}}, egress: [{toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.5.0.0/16]}, {cidrGroupRef: g}]}, {toCIDR: [1.2.3.4]}]}")
                    "{apiVersion: cilium.io/v2alpha1, kind: CiliumCIDRGroup, metadata: {name: g}, spec: {externalCIDRs: [5.0.0.0/8]}}\n",
                 "shop/web 10.9.9.9 1 yes\nshop/web 10.5.0.1 1 no\nshop/web bank/api 1 no\nshop/web 1.2.3.4 1 yes\nshop/web 5.5.5.5 1 yes\nshop/web 6.6.6.6 1 no"},
                {"what looks further allows at most that", CNP("a", "shop",
                    "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{method: GET}]}}]},"
                    " {fromEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: '80', protocol: TCP}]}]}], egress: [{toFQDNs: [{matchName: example.com}], toPorts: [{ports: [{port: '443', protocol: TCP}]}]}]}"),
                 "shop/db shop/web 80 yes\nshop/web shop/web 80 no\nshop/web 8.8.8.8 443 most\nshop/web 8.8.8.8 80 no\nshop/web bank/api 443 no"},
                {"what looks further, for one", CNP("a", "shop", "{endpointSelector: {matchLabels: {app: web}}, ingress: [{fromEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{}]}}]}]}"),
                 "shop/db shop/web 80 most\nshop/db shop/web 81 no"},
                {"the rest is refused unless it is said", CNP("a", "shop", "{endpointSelector: {}, enableDefaultDeny: {ingress: false}, ingress: [{fromEndpoints: [{}]}], ingressDeny: [{fromCIDR: [8.0.0.0/8]}]}"),
                 "bank/api shop/web 1 yes\n8.8.8.8 shop/web 1 no\n9.9.9.9 shop/web 1 yes"},
                {"clusterwide, and of nodes", CCNP("a", "{endpointSelector: {matchLabels: {tier: back}}, ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}]}")
                    CCNP("b", "{nodeSelector: {matchLabels: {kind: worker}}, ingress: [{fromEntities: [cluster]}]}"),
                 "lab/app shop/db 1 yes\nshop/web bank/api 1 yes\nbank/api shop/db 1 no\n8.8.8.8 192.168.0.1 1 no\n8.8.8.8 192.168.0.2 1 yes\nlab/app 192.168.0.1 1 yes\n8.8.8.8 shop/host 1 no"},
                {"only ICMP", CNP("a", "shop", "{endpointSelector: {}, ingress: [{fromEntities: [all], icmps: [{fields: [{type: 8}]}]}]}"), "bank/api shop/web 80 no"},
                {"a service account", CCNP("a", "{endpointSelector: {matchLabels: {app: db}}, ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: cashier}}]}]}"),
                 "shop/web shop/db 1 yes\nbank/api shop/db 1 no"},
                {"services", CNP("a", "shop", "{endpointSelector: {matchLabels: {app: web}}, egress: [{toServices: [{k8sService: {serviceName: s, namespace: bank}}]}]}")
                    "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: bank}, spec: {selector: {app: api}}}\n",
                 "shop/web bank/api 1 most\nshop/web shop/db 1 no"},
        };

        (void)state;
        check_vectors(vectors, BW_ARRAY_SIZE(vectors));
}

static void test_calico(void **state)
{
        static const struct vector vectors[] = {
                {"order, then name; Log goes on", CALICO("NetworkPolicy", "b", "shop", "{order: 10, selector: \"app == 'db'\", types: [Ingress], ingress: [{action: Log}, {action: Allow, protocol: TCP, destination: {ports: [80, '90:99', http]}}, {action: Deny}]}")
                    CALICO("NetworkPolicy", "a", "shop", "{order: 5, selector: \"app in {'db'}\", ingress: [{action: Deny, source: {selector: app == 'web'}}]}"),
                 "shop/web shop/db 80 no\nshop/host shop/db 80 yes\n8.8.8.8 shop/db 95 yes\n8.8.8.8 shop/db 5432 yes\n8.8.8.8 shop/db 100 no\n8.8.8.8 shop/db 80/UDP no\n8.8.8.8 shop/web 1 yes"},
                {"selectors of a policy in a namespace", CALICO("NetworkPolicy", "a", "shop", "{selector: all(), ingress: [{action: Allow, source: {selector: has(tier)}}, {action: Allow, protocol: 17, source: {namespaceSelector: team == 'b'}}]}"),
                 "shop/web shop/db 1 yes\nbank/api shop/db 1 no\nbank/api shop/db 1/UDP yes\nlab/app shop/db 1/UDP no"},
                {"what is not selected", CALICO("NetworkPolicy", "a", "shop", "{selector: app == 'db', ingress: [{action: Allow, source: {notSelector: app == 'web'}}]}"),
                 "8.8.8.8 shop/db 1 no\nshop/db shop/db 1 yes\nshop/web shop/db 1 no\nbank/api shop/db 1 no"},
                {"of a global one", GLOBAL("GlobalNetworkPolicy", "a", "{selector: app == 'db', ingress: [{action: Allow, source: {notSelector: app == 'web'}}]}"),
                 "8.8.8.8 shop/db 1 yes\nshop/web shop/db 1 no\nbank/api shop/db 1 yes"},
                {"networks", GLOBAL("GlobalNetworkPolicy", "a", "{selector: app == 'db', ingress: [{action: Allow, source: {nets: [10.0.0.0/8, 8.8.8.8], notNets: [10.0.1.0/24]}}]}"),
                 "shop/web shop/db 1 yes\nbank/api shop/db 1 no\n8.8.8.8 shop/db 1 yes\n8.8.8.9 shop/db 1 no"},
                {"all but some", GLOBAL("GlobalNetworkPolicy", "a", "{selector: app == 'db', ingress: [{action: Allow, notProtocol: UDP, source: {notNets: [8.0.0.0/8]}, destination: {notPorts: [22]}}]}"),
                 "8.8.8.8 shop/db 1 no\n9.9.9.9 shop/db 1 yes\n9.9.9.9 shop/db 22 no\n9.9.9.9 shop/db 1/UDP no\n9.9.9.9 shop/db 1/SCTP yes\nbank/api shop/db 1 yes"},
                {"tiers: Pass, and what they do at their end",
                 GLOBAL("Tier", "security", "{order: 100}") GLOBAL("Tier", "late", "{order: 2000000, defaultAction: Pass}")
                 GLOBAL("GlobalNetworkPolicy", "security.a", "{tier: security, selector: app == 'db', ingress: [{action: Pass, source: {namespaceSelector: team == 'a'}}, {action: Allow, source: {namespaceSelector: team == 'b'}}]}")
                 GLOBAL("GlobalNetworkPolicy", "late.a", "{tier: late, selector: app == 'web', ingress: [{action: Deny, protocol: TCP, destination: {ports: [22]}}]}")
                 NP("a", "shop", "{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 5432}]}]}"),
                 "bank/api shop/db 1 yes\nshop/web shop/db 5432 yes\nshop/web shop/db 1 no\n8.8.8.8 shop/db 5432 no\n8.8.8.8 shop/web 22 no\n8.8.8.8 shop/web 23 yes"},
                {"before and after Kubernetes' policies", NP("a", "shop", "{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}, {port: 81}, {port: 82}]}]}")
                    CALICO("NetworkPolicy", "default.first", "shop", "{order: 999, selector: app == 'db', ingress: [{action: Deny, protocol: TCP, destination: {ports: [80]}}]}")
                    CALICO("NetworkPolicy", "default.last", "shop", "{order: 1001, selector: app == 'db', ingress: [{action: Deny, protocol: TCP, destination: {ports: [81]}}, {action: Allow, protocol: TCP, destination: {ports: [90]}}]}"),
                 "8.8.8.8 shop/db 80 no\n8.8.8.8 shop/db 81 yes\n8.8.8.8 shop/db 90 yes\n8.8.8.8 shop/db 91 no"},
                {"service accounts", GLOBAL("GlobalNetworkPolicy", "a", "{selector: app == 'db', serviceAccountSelector: all(), ingress: [{action: Allow, source: {serviceAccounts: {names: [cashier], selector: role == 'money'}}}]}"),
                 "shop/web shop/db 1 yes\nbank/api shop/db 1 no"},
                {"for service accounts", GLOBAL("GlobalNetworkPolicy", "a", "{serviceAccountSelector: role == 'money', ingress: []}"), "bank/api shop/web 1 no\nshop/web bank/api 1 yes\nbank/api shop/db 1 yes"},
                {"for service accounts, both ways", GLOBAL("GlobalNetworkPolicy", "a", "{serviceAccountSelector: role == 'money', types: [Ingress, Egress]}"),
                 "bank/api shop/web 1 no\nshop/web bank/api 1 no\nbank/api shop/db 1 yes"},
                {"for namespaces", GLOBAL("GlobalNetworkPolicy", "a", "{namespaceSelector: team != 'a', types: [Ingress]}"), "shop/web bank/api 1 no\nbank/api shop/db 1 yes"},
                {"sets of networks", GLOBAL("GlobalNetworkSet", "s", "{nets: [8.0.0.0/8]}") "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: t, labels: {bad: 'yes'}}, spec: {nets: [9.0.0.0/8]}}\n"
                    GLOBAL("GlobalNetworkPolicy", "a", "{selector: app == 'db', ingress: [{action: Deny, source: {selector: bad == 'yes'}}, {action: Allow}]}"),
                 "9.9.9.9 shop/db 1 no\n8.8.8.8 shop/db 1 yes\nshop/web shop/db 1 yes"},
                {"only what is in no namespace", "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: t, labels: {ok: 'yes'}}, spec: {nets: [9.0.0.0/8]}}\n"
                    CALICO("NetworkPolicy", "a", "shop", "{selector: app == 'db', ingress: [{action: Allow, source: {namespaceSelector: global(), selector: ok == 'yes'}}]}"),
                 "9.9.9.9 shop/db 1 yes\nshop/web shop/db 1 no"},
                {"of the destination itself", GLOBAL("GlobalNetworkPolicy", "a", "{types: [Ingress], ingress: [{action: Allow, destination: {selector: tier == 'front'}}]}"),
                 "bank/api shop/web 1 yes\nbank/api shop/db 1 no"},
                {"HTTP, and ports of the source", GLOBAL("GlobalNetworkPolicy", "a", "{selector: app == 'db', ingress: [{action: Allow, http: {methods: [GET]}, protocol: TCP, destination: {ports: [80]}}, {action: Allow, protocol: UDP, source: {ports: [53]}}]}"),
                 "bank/api shop/db 80 most\nbank/api shop/db 81 no\nbank/api shop/db 9/UDP most"},
                {"kept by Calico itself, and shown twice", "{apiVersion: crd.projectcalico.org/v1, kind: GlobalNetworkPolicy, metadata: {name: default.a}, spec: {selector: app == 'db', types: [Ingress]}}\n"
                    GLOBAL("GlobalNetworkPolicy", "default.a", "{selector: app == 'web', types: [Ingress]}")
                    "{apiVersion: crd.projectcalico.org/v1, kind: NetworkPolicy, metadata: {name: default.b, namespace: bank}, spec: {types: [Ingress]}}\n",
                 "lab/app shop/db 1 yes\nlab/app shop/web 1 no\nlab/app bank/api 1 no"},
                {"what is for host endpoints", GLOBAL("GlobalNetworkPolicy", "a", "{selector: all(), preDNAT: true, applyOnForward: true, ingress: [{action: Deny}]}"), "bank/api shop/web 1 yes"},
                {"services", CALICO("NetworkPolicy", "a", "shop", "{selector: app == 'web', egress: [{action: Allow, destination: {services: {name: s, namespace: bank}}}]}")
                    "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: bank}, spec: {selector: {app: api}}}\n",
                 "shop/web bank/api 1 most\nshop/web shop/db 1 no\nbank/api shop/web 1 yes"},
        };

        (void)state;
        check_vectors(vectors, BW_ARRAY_SIZE(vectors));
}

/* A selector decides whether shop/db may be reached by bank/api; "?" is refused. */
static void test_calico_selectors(void **state)
{
        static const struct {
                const char *selector;
                const char *holds; /* of bank/api: app api, tier back, in bank of team b */
        } cases[] = {
                {"", "yes"}, {" \t", "yes"}, {"all()", "yes"}, {"all( )", "yes"}, {"has(app)", "yes"}, {"!has(app)", "no"}, {"! ! has( app )", "yes"},
                {"app == 'api'", "yes"}, {"app==\"api\"", "yes"}, {"app != 'api'", "no"}, {"nope != 'x'", "yes"}, {"app in {'x', \"api\"}", "yes"},
                {"app in {}", "no"}, {"app not in {'x'}", "yes"}, {"app notin {'api',}", "no"}, {"app contains 'p'", "yes"}, {"app starts with 'ap'", "yes"},
                {"app startswith 'pi'", "no"}, {"app ends with 'pi'", "yes"}, {"app == 'x' || tier == 'back' && has(app)", "yes"},
                {"(app == 'x' || tier == 'back') && !(has(app))", "no"}, {"projectcalico.org/namespace == 'bank'", "yes"}, {"pcns.team == 'b'", "yes"},
                {"projectcalico.org/orchestrator == 'k8s'", "yes"}, {"projectcalico.org/orchestrator == 'vm'", "no"}, {"projectcalico.org/serviceaccount == 'default'", "yes"},
                {"has(pcsa.role)", "no"}, {"in == 'x'", "no"}, {"all-in == 'x'", "no"},
                {"app", "?"}, {"app =", "?"}, {"app = 'x'", "?"}, {"app == x", "?"}, {"app == 'x", "?"}, {"app in 'x'", "?"}, {"app in {'x'", "?"}, {"(app == 'x'", "?"},
                {"app == 'x')", "?"}, {"has(app", "?"}, {"has()", "?"}, {"all(", "?"}, {"app == 'x' &", "?"}, {"app == 'x' && ", "?"}, {"== 'x'", "?"}, {"app inx {'x'}", "?"}, {"'x' == app", "?"}, {"\xff", "?"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_arena *scratch = bw_arena_new(0);
                struct bw_str policy = bw_arena_printf(scratch,
                        "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: a}\nspec:\n  selector: app == 'db'\n"
                        "  ingress:\n  - action: Allow\n    source:\n      namespaceSelector: all()\n      selector: |-\n        %s\n", cases[i].selector);
                struct bw_piece piece = {.text = policy, .line = 1, .column = 1, .format = BW_FORMAT_YAML};
                struct given g = {.arena = bw_arena_new(0)};
                struct bw_doc doc;
                const struct bw_net_problem *problems;
                size_t n;

                assert_ok(bw_inventory_new(&g.inventory, NULL));
                add_docs(&g, cluster);
                if (bw_doc_read(g.arena, &piece, false, &doc, NULL) == 0) {
                        assert_ok(bw_inventory_add(g.inventory, &doc, NULL));
                        assert_ok(bw_inventory_seal(g.inventory, NULL));
                        assert_ok(bw_netpol_new(g.arena, g.inventory, &g.np, NULL));
                        problems = bw_netpol_problems(g.np, &n);
                        if ((n > 0) != (cases[i].holds[0] == '?'))
                                fail_msg("%s: %.*s", cases[i].selector, BW_STR_ARG(n ? problems[0].text : BW_STR("no problem")));
                        if (n == 0) {
                                struct bw_str question = bw_arena_printf(scratch, "bank/api shop/db 1 %s", cases[i].holds);

                                check_question(&g, cases[i].selector, question);
                        }
                }
                unload(&g);
                bw_arena_free(scratch);
        }
}

static void test_refused(void **state)
{
        static const struct {
                const char *policy;
                const char *path;
        } cases[] = {
                {NP("a", "shop", "{podSelector: {matchLabels: {'a@b': c}}}"), "spec.podSelector.matchLabels"},
                {NP("a", "shop", "{podSelector: {matchLabels: {a: 'c d'}}}"), "spec.podSelector.matchLabels"},
                {NP("a", "shop", "{podSelector: {matchLabels: {a: 1}}}"), "spec.podSelector.matchLabels"},
                {NP("a", "shop", "{podSelector: {matchExpressions: [{key: a, operator: In}]}}"), "spec.podSelector.matchExpressions[0]"},
                {NP("a", "shop", "{podSelector: {matchExpressions: [{key: a, operator: Is}]}}"), "spec.podSelector.matchExpressions[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: [{from: [{}]}]}"), "spec.ingress[0].from[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 1.0.0.0/8}}]}]}"), "spec.ingress[0].from[0]"},
                {NP("a", "shop", "{podSelector: {}, egress: [{}, {to: [{ipBlock: {cidr: 1.0.0.0}}]}]}"), "spec.egress[1].to[0].ipBlock.cidr"},
                {NP("a", "shop", "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 1.0.0.0/8, except: [2.0.0.0/16]}}]}]}"), "spec.egress[0].to[0].ipBlock.except[0]"},
                {NP("a", "shop", "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 1.0.0.0/8, except: [1.0.0.0/8]}}]}]}"), "spec.egress[0].to[0].ipBlock.except[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: [{ports: [{port: 0}]}]}"), "spec.ingress[0].ports[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: [{ports: [{port: 10, endPort: 9}]}]}"), "spec.ingress[0].ports[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: [{ports: [{endPort: 9}]}]}"), "spec.ingress[0].ports[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: [{ports: [{port: '80'}]}]}"), "spec.ingress[0].ports[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: [{ports: [{port: a-very-long-name}]}]}"), "spec.ingress[0].ports[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: [{ports: [{protocol: ICMP}]}]}"), "spec.ingress[0].ports[0]"},
                {NP("a", "shop", "{podSelector: {}, ingress: {from: []}}"), "spec.ingress"},
                {NP("a", "shop", "{podSelector: {}, policyTypes: [ingress]}"), "spec.policyTypes"},
                {NP("a", "shop", "{podSelector: {}}") NP("a", "shop", "{podSelector: {}}"), "metadata.name"},
                {ANP("a", "{priority: 1001, subject: {namespaces: {}}}"), "spec.priority"},
                {ANP("a", "{priority: 1, subject: {}}"), "spec.subject"},
                {ANP("a", "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny}]}"), "spec.egress[0].to"},
                {ANP("a", "{priority: 1, subject: {namespaces: {}}, egress: [{action: Drop, to: [{namespaces: {}}]}]}"), "spec.egress[0]"},
                {ANP("a", "{priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{networks: [1.0.0.0/8]}]}]}"), "spec.ingress[0].from[0]"},
                {ANP("a", "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [1.0.0.0/33]}]}]}"), "spec.egress[0].to[0].networks[0]"},
                {ANP("a", "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [1.0.0.0/8]}], ports: [{namedPort: http}]}]}"), "spec.egress[0]"},
                {ANP("a", "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{namespaces: {}}], ports: [{portRange: {start: 2, end: 1}}]}]}"), "spec.egress[0].ports[0].portRange"},
                {"{apiVersion: policy.networking.k8s.io/v1alpha1, kind: BaselineAdminNetworkPolicy, metadata: {name: x}, spec: {subject: {namespaces: {}}}}\n", "metadata.name"},
                {BANP("{subject: {namespaces: {}}, ingress: [{action: Pass, from: [{namespaces: {}}]}]}"), "spec.ingress[0]"},
                {CLNP("a", "{tier: Top, priority: 1, subject: {namespaces: {}}}"), "spec.tier"},
                {CLNP("a", "{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}"), "spec.ingress[0]"},
                {CNP("a", "shop", "{ingress: [{}]}"), "spec"},
                {CNP("a", "shop", "{endpointSelector: {}, ingress: [{fromEntities: [moon]}]}"), "spec.ingress[0]"},
                {CNP("a", "shop", "{endpointSelector: {}, ingress: [{fromCIDR: [x]}]}"), "spec.ingress[0]"},
                {CNP("a", "shop", "{endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: '70000'}]}]}]}"), "spec.ingress[0]"},
                {GLOBAL("GlobalNetworkPolicy", "a", "{selector: app}"), "spec"},
                {GLOBAL("GlobalNetworkPolicy", "a", "{ingress: [{action: Drop}]}"), "spec.ingress[0]"},
                {GLOBAL("GlobalNetworkPolicy", "a", "{egress: [{action: Deny, destination: {nets: [x]}}]}"), "spec.egress[0]"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct given g = load(cases[i].policy, &(struct bw_net_options){0});
                size_t n;
                const struct bw_net_problem *problems = bw_netpol_problems(g.np, &n);
                size_t n_policies;

                (void)bw_netpol_policies(g.np, &n_policies);
                if (n == 0 || !problems[0].refused)
                        fail_msg("is not refused: %s", cases[i].policy);
                assert_str(problems[0].path, cases[i].path);
                if (strcmp(cases[i].path, "metadata.name") != 0)
                        assert_int_equal(n_policies, 0);
                unload(&g);
        }
}

static void test_workloads(void **state)
{
        static const char objects[] =
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: shop}, spec: {template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c}]}}}}\n"
                "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d-1, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: d, controller: true}]}, spec: {template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c}]}}}}\n"
                "{apiVersion: v1, kind: Pod, metadata: {name: d-1-a, namespace: shop, labels: {app: d, x: '1'}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: d-1, controller: true}]}, spec: {containers: [{name: c}]}}\n"
                "{apiVersion: v1, kind: Pod, metadata: {name: d-1-b, namespace: shop, labels: {app: d, x: '2'}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: d-1, controller: true}]}, spec: {containers: [{name: c}]}}\n"
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: e, namespace: shop}, spec: {template: {metadata: {labels: {app: e}}, spec: {containers: [{name: c}]}}}}\n"
                "{apiVersion: v1, kind: Pod, metadata: {name: m-n1, namespace: shop, ownerReferences: [{apiVersion: v1, kind: Node, name: n1, controller: true}]}, spec: {containers: [{name: c}]}}\n"
                "{apiVersion: v1, kind: Pod, metadata: {name: j-1, namespace: shop, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: j, controller: true}]}, spec: {containers: [{name: c}]}, status: {phase: Succeeded}}\n"
                NP("a", "shop", "{podSelector: {matchLabels: {x: '1'}}}");
        static const struct {
                const char *kind, *name;
                uint32_t n_pods, n_classes;
        } expected[] = {{"Pod", "db", 1, 1}, {"Deployment", "d", 2, 2}, {"Deployment", "e", 0, 1}, {"Pod", "m-n1", 1, 1}, {"Job", "j", 0, 1}};
        struct given g = load(objects, &(struct bw_net_options){0});
        size_t n;
        const struct bw_net_workload *workloads = bw_netpol_workloads(g.np, &n);

        (void)state;
        assert_int_equal(n, 9);
        for (size_t i = 0; i < BW_ARRAY_SIZE(expected); i++) {
                size_t found = 0;

                for (size_t j = 0; j < n; j++) {
                        if (!bw_str_is(workloads[j].kind, expected[i].kind) || !bw_str_is(workloads[j].name, expected[i].name))
                                continue;
                        found++;
                        assert_int_equal(workloads[j].n_pods, expected[i].n_pods);
                        assert_int_equal(workloads[j].n_classes, expected[i].n_classes);
                }
                if (found != 1)
                        fail_msg("%zu of %s %s", found, expected[i].kind, expected[i].name);
        }
        assert_int_equal(bw_netpol_workload_of_doc(g.np, bw_inventory_find(g.inventory, BW_STR(""), BW_STR("Pod"), BW_STR("shop"), BW_STR("j-1"))), SIZE_MAX);
        unload(&g);
}

static void test_classes(void **state)
{
        struct given g = load(NP("a", "shop", "{podSelector: {matchLabels: {tier: front}}, ingress: [{from: [{ipBlock: {cidr: 9.0.0.0/8}}]}]}"), &(struct bw_net_options){0});
        size_t n;
        const struct bw_net_policy *policies = bw_netpol_policies(g.np, &n);
        size_t web = bw_netpol_class_of_pod(g.np, BW_STR("shop"), BW_STR("web"));
        const struct bw_address_range *outside;

        (void)state;
        assert_int_equal(n, 1);
        assert_int_equal(policies[0].n_classes, 1);
        assert_int_equal(policies[0].n_pods, 1);
        assert_true(policies[0].ingress && !policies[0].egress);
        assert_true(bw_netpol_isolated(g.np, web, true));
        assert_false(bw_netpol_isolated(g.np, web, false));
        /* shop: web, db, host; bank; lab: no label but tier is asked for, and only in shop. */
        assert_int_equal(bw_netpol_n_classes(g.np), 5);
        assert_true(bw_netpol_class(g.np, bw_netpol_class_of_pod(g.np, BW_STR("shop"), BW_STR("host"))).host_network);
        outside = bw_netpol_outside(g.np, &n);
        assert_int_equal(n, 4); /* up to 9, 9, from 10 on; IPv6 */
        assert_int_equal(outside[1].low.bytes[12], 9);
        assert_int_equal(outside[1].high.bytes[12], 9);
        unload(&g);
}

static void test_reasons(void **state)
{
        struct given g = load(NP("a", "shop", "{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 1}]}, {ports: [{port: 2}]}]}")
                              NP("b", "shop", "{podSelector: {}, policyTypes: [Ingress]}"), &(struct bw_net_options){0});
        struct bw_net_question q = {.from = end_of(&g, BW_STR("bank/api")), .to = end_of(&g, BW_STR("shop/db")), .port = 2};
        struct bw_net_answer answer;

        (void)state;
        assert_ok(bw_netpol_ask(g.np, &q, g.arena, &answer, NULL));
        assert_int_equal(answer.n_reasons, 2);
        assert_int_equal(answer.reasons[0].effect, BW_NET_DEFAULT);
        assert_false(answer.reasons[0].ingress);
        assert_int_equal(answer.reasons[1].effect, BW_NET_ALLOW);
        assert_int_equal(answer.reasons[1].rule, 1);
        assert_str(answer.reasons[1].text, "ingress[1] of NetworkPolicy shop/a allows it");
        q.port = 3;
        assert_ok(bw_netpol_ask(g.np, &q, g.arena, &answer, NULL));
        assert_false(answer.allowed);
        assert_int_equal(answer.reasons[1].effect, BW_NET_ISOLATED);
        assert_str(answer.reasons[1].text, "no ingress rule of NetworkPolicy shop/a, or of 1 more that select it, allows it");
        q.port = 0;
        q.port_name = BW_STR("nope");
        assert_int_equal(bw_netpol_ask(g.np, &q, g.arena, &answer, NULL), -EINVAL);
        unload(&g);
}

static void test_options(void **state)
{
        static const char policies[] = NP("a", "shop", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}");
        struct given as_pod = load(policies, &(struct bw_net_options){.host_network_is_pod = true});
        struct given no_pods = load(policies, &(struct bw_net_options){.blocks_skip_pods = true});

        (void)state;
        check_question(&as_pod, "as a pod", BW_STR("8.8.8.8 shop/host 1 no"));
        check_question(&as_pod, "as a pod", BW_STR("lab/app shop/web 1 yes"));
        check_question(&no_pods, "blocks", BW_STR("lab/app shop/web 1 no"));
        check_question(&no_pods, "blocks", BW_STR("10.9.9.9 shop/web 1 yes"));
        unload(&as_pod);
        unload(&no_pods);
}

static void test_addresses(void **state)
{
        static const struct {
                const char *text;
                bool ok;
        } cases[] = {{"1.2.3.4", true}, {"01.2.3.004", true}, {"1.2.3", false}, {"1.2.3.256", false}, {"1.2.3.4.5", false}, {"", false}, {"::", true}, {"::1", true},
                     {"1::", true}, {"1:2:3:4:5:6:7:8", true}, {"1:2:3:4:5:6:7", false}, {"1::2::3", false}, {"::ffff:1.2.3.4", true}, {"1:2:3:4:5:6:1.2.3.4", true},
                     {"1:2:3:4:5:6:7:1.2.3.4", false}, {"::12345", false}, {":1", false}, {"fe80::1%eth0", false}, {"1:2:3:4:5:6:7::", true}, {"1:2:3:4:5:6:7:8::", false}};
        struct bw_address a;
        struct bw_address b;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                if (bw_net_address_parse(bw_str(cases[i].text), &a) != cases[i].ok)
                        fail_msg("%s", cases[i].text);
        assert_true(bw_net_address_parse(BW_STR("::ffff:1.2.3.4"), &a) && bw_net_address_parse(BW_STR("1.2.3.4"), &b));
        assert_memory_equal(a.bytes, b.bytes, sizeof(a.bytes));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_network_policies), cmocka_unit_test(test_admin_policies), cmocka_unit_test(test_cilium),
                cmocka_unit_test(test_calico),           cmocka_unit_test(test_calico_selectors), cmocka_unit_test(test_refused),
                cmocka_unit_test(test_workloads),        cmocka_unit_test(test_classes),        cmocka_unit_test(test_reasons),
                cmocka_unit_test(test_options),          cmocka_unit_test(test_addresses),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
