/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that do not do what they are there for, network plugins, connections as rows, addresses as texts. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/address.h"
#include "analyze/connections.h"
#include "analyze/net_gaps.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "objects.h"

struct state {
        struct bw_arena *arena;
        struct bw_inventory *inventory;
        struct bw_netpol *netpol;
};

static void load(struct state *s, const char *items)
{
        struct bw_str text;

        s->arena = bw_arena_new(0);
        assert_non_null(s->arena);
        assert_ok(bw_inventory_new(&s->inventory, NULL));
        text = bw_arena_printf(s->arena, "apiVersion: v1\nkind: List\nitems:\n%s", items);
        assert_ok(objects_read(s->arena, s->inventory, text));
        assert_ok(bw_inventory_seal(s->inventory, NULL));
        assert_ok(bw_netpol_new(s->arena, s->inventory, &s->netpol, NULL));
}

static void unload(struct state *s)
{
        bw_inventory_free(s->inventory);
        bw_arena_free(s->arena);
}

#define POD(name, labels) "- {apiVersion: v1, kind: Pod, metadata: {name: " name ", namespace: shop, labels: {" labels "}}, spec: {containers: [{name: a}]}}\n"
#define NP(name, spec) "- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: " name ", namespace: shop}, spec: {" spec "}}\n"
#define PODS POD("web", "app: frontend") POD("db", "app: db1")
#define ALL "podSelector: {}, "
#define SHADOWED(by) "each of its rules is in other policies for the same pods, such as " by "\n"

static void test_policies(void **unused)
{
        static const struct {
                const char *items;
                const char *expected;
        } rows[] = {
                {PODS NP("a", ALL "ingress: [{from: [{podSelector: {matchLabels: {app: frontend}}}]}]"), ""},
                {PODS NP("a", ALL "ingress: [{from: [{podSelector: {matchLabels: {app: fronted}}}]}]"),
                 "a spec.ingress[0].from[0].podSelector.matchLabels.app no pod of its namespace has app=fronted; did you mean frontend?\n"},
                {PODS NP("a", ALL "egress: [{to: [{podSelector: {matchLabels: {app: Frontend}}}]}]"),
                 "a spec.egress[0].to[0].podSelector.matchLabels.app no pod of its namespace has app=Frontend; did you mean frontend?\n"},
                /* Another number is another thing; so is what the policy names as well; so is a short word. */
                {PODS NP("a", ALL "ingress: [{from: [{podSelector: {matchLabels: {app: db2}}}]}]"), ""},
                {PODS NP("a", ALL "ingress: [{from: [{podSelector: {matchLabels: {app: fronted}}}, {podSelector: {matchLabels: {app: frontend}}}]}]"), ""},
                {POD("a", "app: web") NP("a", ALL "ingress: [{from: [{podSelector: {matchLabels: {app: wed}}}]}]"), ""},
                {POD("a", "app: node-a") NP("a", ALL "ingress: [{from: [{podSelector: {matchLabels: {app: node-b}}}]}]"), ""},
                {PODS NP("a", "podSelector: {matchLabels: {app: fronten}}"),
                 "a  no pod is selected by it\na spec.podSelector.matchLabels.app no pod of its namespace has app=fronten; did you mean frontend?\n"},
                {PODS "- {apiVersion: v1, kind: Namespace, metadata: {name: monitoring}}\n" NP("a", ALL "ingress: [{from: [{namespaceSelector: {matchLabels: "
                                                                                                   "{kubernetes.io/metadata.name: monitorng}}}]}]"),
                 "a spec.ingress[0].from[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name'] no namespace has kubernetes.io/metadata.name=monitorng; did you "
                 "mean monitoring?\n"},
                /* Shadowed. */
                {PODS NP("a", ALL "ingress: [{}]") NP("b", "podSelector: {matchLabels: {app: db1}}, ingress: [{ports: [{port: 5432}]}]"), "b  " SHADOWED("a")},
                {PODS NP("a", ALL "ingress: [{ports: [{port: 80, endPort: 90}]}]") NP("b", ALL "ingress: [{ports: [{port: 85}]}]"), "b  " SHADOWED("a")},
                {PODS NP("a", ALL "ingress: [{ports: [{port: 80, endPort: 90}]}]") NP("b", ALL "ingress: [{ports: [{port: 85, endPort: 95}]}]"), ""},
                {PODS NP("a", ALL "ingress: [{ports: [{port: 80}]}]") NP("b", ALL "ingress: [{ports: [{port: 80, protocol: UDP}]}]"), ""},
                {PODS NP("a", ALL "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]") NP("b", ALL "ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]"), "b  " SHADOWED("a")},
                {PODS NP("a", ALL "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]") NP("b", ALL "ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]"), ""},
                {PODS NP("a", ALL "ingress: [{from: [{namespaceSelector: {}}]}]") NP("b", ALL "ingress: [{from: [{podSelector: {matchLabels: {app: db1}}}]}]"), "b  " SHADOWED("a")},
                {PODS NP("a", ALL "ingress: [{from: [{podSelector: {}}]}]") NP("b", ALL "ingress: [{from: [{namespaceSelector: {}}]}]"), "a  " SHADOWED("b")},
                {PODS NP("a", ALL "ingress: [{from: [{podSelector: {}}]}]") NP("b", ALL "ingress: [{from: [{namespaceSelector: {matchLabels: {a: b}}}]}]"), ""},
                /* It isolates for egress as well: what it does is not in the other one. */
                {PODS NP("a", ALL "ingress: [{}]") NP("b", ALL "policyTypes: [Ingress, Egress], ingress: [{ports: [{port: 80}]}]"), ""},
                /* Of two that say the same one is told of. Without rules it says what holds where nothing else does. */
                {PODS NP("a", ALL "ingress: [{ports: [{port: 80}]}]") NP("b", ALL "ingress: [{ports: [{port: 80}]}]"), "b  " SHADOWED("a")},
                {PODS NP("a", ALL "ingress: [{}]") NP("deny", ALL "policyTypes: [Ingress]"), ""},
                {PODS NP("a", "podSelector: {matchLabels: {app: db1}}, ingress: [{}]") NP("b", ALL "ingress: [{ports: [{port: 80}]}]"), ""},
        };

        (void)unused;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                const struct bw_policy_gap *gaps;
                struct state s = {0};
                size_t n;

                load(&s, rows[i].items);
                assert_ok(bw_net_policy_gaps(s.arena, s.inventory, s.netpol, &gaps, &n, NULL));
                for (size_t j = 0; j < n; j++)
                        bw_buf_printf(&out, "%.*s %.*s %.*s\n", BW_STR_ARG(gaps[j].policy->name), BW_STR_ARG(gaps[j].path), BW_STR_ARG(gaps[j].text));
                if (!bw_str_eq(bw_buf_view(&out), bw_str(rows[i].expected)))
                        fail_msg("row %zu: expected\n%sbut there is\n%s", i, rows[i].expected, out.p ? out.p : "");
                unload(&s);
        }
}

#define DAEMON(name, image) "- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: " name ", namespace: kube-system}, spec: {template: {spec: {containers: [{name: a, image: '" image "'}]}}}}\n"

static void test_plugins(void **unused)
{
        static const struct {
                const char *items;
                const char *name;
                int verdict;
        } rows[] = {
                {"- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n", NULL, BW_PLUGIN_UNKNOWN},
                {DAEMON("proxy", "registry.k8s.io/kube-proxy:v1.33.0"), NULL, BW_PLUGIN_UNKNOWN},
                {DAEMON("kube-flannel-ds", "ghcr.io/flannel-io/flannel/flannel:v0.26"), "flannel", BW_PLUGIN_IGNORES},
                {DAEMON("a", "example.org/notflannel/flannel-exporter:v1"), NULL, BW_PLUGIN_UNKNOWN},
                {DAEMON("kube-flannel-ds", "docker.io/flannel/flannel:v0.26.7"), "flannel", BW_PLUGIN_IGNORES},
                {DAEMON("a", "docker.io/flannel/flannel:v0.26.7") DAEMON("calico-node", "docker.io/calico/node:v3.29.0"), "Calico", BW_PLUGIN_ENFORCES},
                {DAEMON("calico-node", "docker.io/calico/node:v3.29.0") DAEMON("z", "docker.io/flannel/flannel:v0.26.7"), "Calico", BW_PLUGIN_ENFORCES},
                {DAEMON("cilium", "quay.io/cilium/cilium:v1.17.2@sha256:ab"), "Cilium", BW_PLUGIN_ENFORCES},
                {DAEMON("kindnet", "docker.io/kindest/kindnetd:v20230511-dc714da8"), "kindnet", BW_PLUGIN_IGNORES},
                {DAEMON("kindnet", "docker.io/kindest/kindnetd:v20241108-5c6d2daf"), "kindnet", BW_PLUGIN_ENFORCES},
                {DAEMON("aws-node", "602401143452.dkr.ecr.eu-central-1.amazonaws.com/amazon-k8s-cni:v1.12.0"), "Amazon VPC CNI", BW_PLUGIN_IGNORES},
                {"- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: aws-node, namespace: kube-system}, spec: {template: {spec: {containers: [{name: a, image: "
                 "'x/amazon-k8s-cni:v1.19'}, {name: b, image: 'x/amazon/aws-network-policy-agent:v1.2'}]}}}}\n", "Amazon VPC CNI", BW_PLUGIN_UNKNOWN},
                {DAEMON("ovnkube-node", "quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:ab"), "OVN-Kubernetes", BW_PLUGIN_ENFORCES},
        };

        (void)unused;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_net_plugin plugin;
                struct state s = {0};

                load(&s, rows[i].items);
                plugin = bw_net_plugin(s.inventory);
                if ((int)plugin.verdict != rows[i].verdict || !bw_str_eq(bw_str(plugin.name), bw_str(rows[i].name)))
                        fail_msg("row %zu: %s %d", i, plugin.name ? plugin.name : "-", (int)plugin.verdict);
                assert_int_equal(plugin.why != NULL, plugin.verdict == BW_PLUGIN_IGNORES);
                unload(&s);
        }
}

/* ---- rows */

struct listing {
        const struct state *s;
        struct bw_buf out;
};

static void put_end(struct listing *l, const struct bw_connection_end *end)
{
        size_t n;

        if (end->type == BW_CONNECTION_WORKLOAD)
                bw_buf_str(&l->out, bw_netpol_workloads(l->s->netpol, &n)[end->workload].name);
        else if (end->type == BW_CONNECTION_ALL)
                bw_buf_puts(&l->out, "all");
        else if (bw_connection_is_everywhere(end))
                bw_buf_puts(&l->out, "everywhere");
        for (size_t i = 0; end->type == BW_CONNECTION_RANGES && !bw_connection_is_everywhere(end) && i < end->n_ranges; i++) {
                bw_buf_puts(&l->out, i ? "," : "");
                bw_address_range_text(&l->out, &end->ranges[i]);
        }
}

static int take_row(void *userdata, const struct bw_connection *c, struct bw_error *reterr)
{
        struct listing *l = userdata;

        (void)reterr;
        put_end(l, &c->from);
        bw_buf_puts(&l->out, " ");
        put_end(l, &c->to);
        bw_buf_printf(&l->out, " %u-%u%s\n", c->ports.ranges[0][0].low, c->ports.ranges[0][0].high, c->partly ? " partly" : "");
        return 0;
}

static void test_connections(void **unused)
{
        static const uint8_t only_first[] = {1, 0, 0, 0, 0};
        static const struct {
                const char *items;
                bool outside, fold;
                const uint8_t *to;
                const char *expected;
        } rows[] = {
                {POD("a", "app: a") POD("b", "app: b"), false, false, NULL, "b a 1-65535\na b 1-65535\n"},
                {POD("a", "app: a") POD("b", "app: b") POD("c", "app: c") POD("d", "app: d"), false, true, NULL, "all a 1-65535\nall b 1-65535\nall c 1-65535\nall d 1-65535\n"},
                {POD("a", "app: a") POD("b", "app: b") POD("c", "app: c") POD("d", "app: d"), false, true, only_first, "all a 1-65535\n"},
                {POD("a", "app: a") POD("b", "app: b") POD("c", "app: c") POD("d", "app: d") NP("p", "podSelector: {matchLabels: {app: a}}, ingress: [{from: [{podSelector: "
                                                                                              "{matchLabels: {app: b}}}], ports: [{port: 80}]}]"),
                 false, true, only_first, "b a 80-80\n"},
                {POD("a", "app: a"), true, true, NULL, "everywhere a 1-65535\na everywhere 1-65535\n"},
                {POD("a", "app: a") NP("p", ALL "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {ipBlock: {cidr: 11.0.0.0/8}}], ports: [{port: 80}]}]"),
                 true, true, NULL, "10.0.0.0/16,10.2.0.0-11.255.255.255 a 80-80\na everywhere 1-65535\n"},
                {POD("a", "app: a") "- {apiVersion: v1, kind: Pod, metadata: {name: b-1, namespace: shop, labels: {app: b, x: z}, ownerReferences: [{kind: StatefulSet, name: b, "
                                    "controller: true}]}, spec: {containers: [{name: a}]}}\n"
                                    "- {apiVersion: v1, kind: Pod, metadata: {name: b-2, namespace: shop, labels: {app: b}, ownerReferences: [{kind: StatefulSet, name: b, controller: "
                                    "true}]}, spec: {containers: [{name: a}]}}\n" NP("p", "podSelector: {matchLabels: {x: z}}"),
                 false, false, NULL, "b a 1-65535\na b 1-65535 partly\n"},
        };

        (void)unused;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_connections_query query = {.outside = rows[i].outside, .fold = rows[i].fold, .to = rows[i].to};
                struct bw_exposure *exposure;
                struct bw_reach *reach;
                struct state s = {0};
                struct listing l = {.s = &s};

                load(&s, rows[i].items);
                assert_ok(bw_exposure_new(s.arena, s.inventory, s.netpol, &exposure, NULL));
                assert_ok(bw_reach_new(s.arena, s.netpol, exposure, &reach, NULL));
                assert_ok(bw_connections_each(s.netpol, reach, &query, take_row, &l, NULL));
                if (!bw_str_eq(bw_buf_view(&l.out), bw_str(rows[i].expected)))
                        fail_msg("row %zu: expected\n%sbut there is\n%s", i, rows[i].expected, l.out.p ? l.out.p : "");
                bw_buf_done(&l.out);
                unload(&s);
        }
}

static void test_addresses(void **unused)
{
        static const struct {
                const char *text;
                const char *expected; /* NULL: none */
                bool is_public;
        } rows[] = {
                {"10.0.0.1", "10.0.0.1", false},        {"8.8.8.8", "8.8.8.8", true},       {"8.8.8.8/24", "8.8.8.0/24", true},
                {"0.0.0.0/0", "0.0.0.0/0", false},      {"fd00:ec2::254", "fd00:ec2::254", false}, {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", true},
                {"::/0", "::/0", false},                {"2600::/12", "2600::/12", true},   {"1.2.3", NULL, false},
                {"shop/web", NULL, false},              {"10.0.0.0/33", NULL, false},       {"", NULL, false},
        };

        (void)unused;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct bw_address_range range;

                if (bw_address_range_parse(bw_str(rows[i].text), &range) != (rows[i].expected != NULL))
                        fail_msg("%s", rows[i].text);
                if (!rows[i].expected)
                        continue;
                bw_address_range_text(&out, &range);
                assert_str(bw_buf_view(&out), rows[i].expected);
                if (bw_address_is_public(&range.low) != rows[i].is_public)
                        fail_msg("%s: public?", rows[i].text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_policies),
                cmocka_unit_test(test_plugins),
                cmocka_unit_test(test_connections),
                cmocka_unit_test(test_addresses),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
