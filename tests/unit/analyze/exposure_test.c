/* SPDX-License-Identifier: Apache-2.0 */
/* Ways from outside to workloads, and what policies leave of them. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/reach.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "objects.h"

struct state {
        struct bw_arena *arena;
        struct bw_inventory *inventory;
        struct bw_netpol *netpol;
        struct bw_exposure *exposure;
        struct bw_reach *reach;
};

/* items: of a List, in YAML. */
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
        assert_ok(bw_exposure_new(s->arena, s->inventory, s->netpol, &s->exposure, NULL));
        assert_ok(bw_reach_new(s->arena, s->netpol, s->exposure, &s->reach, NULL));
}

static void unload(struct state *s)
{
        bw_inventory_free(s->inventory);
        bw_arena_free(s->arena);
}

/* A line for each way to each workload. */
static void list_ways(const struct state *s, struct bw_buf *out)
{
        static const char *const scopes[] = {[BW_SCOPE_CLUSTER] = "cluster", [BW_SCOPE_PRIVATE] = "private", [BW_SCOPE_INTERNET] = "internet"};
        size_t n_workloads;
        const struct bw_net_workload *workloads = bw_netpol_workloads(s->netpol, &n_workloads);
        size_t n_all;
        const struct bw_way *all = bw_exposure_ways(s->exposure, &n_all);

        for (size_t w = 0; w < n_workloads; w++) {
                size_t n;
                const struct bw_reach_way *ways = bw_reach_ways(s->reach, (uint32_t)w, &n);

                for (size_t i = 0; i < n; i++) {
                        struct bw_str text = bw_way_text(s->arena, &all[ways[i].way]);

                        bw_buf_printf(out, "%.*s %u %s: %.*s%s%s%s%s\n", BW_STR_ARG(workloads[w].name), ways[i].port, scopes[ways[i].scope],
                                      BW_STR_ARG(text), ways[i].partly ? " partly" : "", ways[i].at_most ? " at most" : "", ways[i].why ? " " : "",
                                      ways[i].why ? ways[i].why : "");
                }
        }
}

#define WEB                                                                                                                     \
        "- {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: a, " \
        "ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}]}}\n"
#define CONTROLLER                                                                                                              \
        "- {apiVersion: v1, kind: Pod, metadata: {name: proxy, namespace: edge, labels: {app: proxy}}, spec: {containers: [{name: a, " \
        "image: 'registry.k8s.io/ingress-nginx/controller:v1@sha256:ab'}]}}\n"                                                   \
        "- {apiVersion: v1, kind: Service, metadata: {name: proxy, namespace: edge}, spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: proxy}, ports: [{port: 80}]}}\n"
#define SERVICE(spec) "- {apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, " spec "}}\n"
#define INGRESS(spec) "- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: in, namespace: shop}, spec: {" spec "}}\n"
#define BACKEND "service: {name: web, port: {number: 80}}"
#define DENY "- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {podSelector: {}}}\n"
#define ALLOW(from)                                                                                                             \
        "- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: allow, namespace: shop}, spec: {podSelector: {}, " \
        "ingress: [{from: [" from "]}]}}\n"
#define GATEWAY(listener) "- {apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: gw, namespace: edge}, spec: {gatewayClassName: x, listeners: [{name: a, port: 80, protocol: HTTP" listener "}]}}\n"
#define ROUTE(spec) "- {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: shop}, spec: {parentRefs: [{name: gw, namespace: edge}], rules: [{backendRefs: [{name: web, port: 80}]}]" spec "}}\n"
#define UNSEEN " at most the pods of its controller were not seen\n"

static const struct {
        const char *name;
        const char *items;
        const char *expected;
} cases[] = {
        {"a Service of the cluster", WEB SERVICE("ports: [{port: 80, targetPort: http}]"), ""},
        {"a load balancer", WEB SERVICE("type: LoadBalancer, ports: [{port: 80, targetPort: http, nodePort: 30080}]"),
         "web 8080 internet: LoadBalancer shop/web port 80\n"
         "web 8080 internet: NodePort shop/web port 30080 at most if the nodes have public addresses\n"},
        {"ports by name are those of the protocol",
         WEB SERVICE("type: LoadBalancer, ports: [{name: a, port: 53, protocol: UDP, targetPort: dns}, {name: b, port: 53, targetPort: dns}]"),
         "web 53 internet: LoadBalancer shop/web port 53/UDP\n"},
        {"an internal load balancer",
         WEB "- {apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: "
             "'true'}}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}\n",
         "web 80 private: LoadBalancer shop/web port 80\n"},
        {"the controller of AWS makes internal ones",
         WEB SERVICE("type: LoadBalancer, loadBalancerClass: service.k8s.aws/nlb, ports: [{port: 80}]"), "web 80 private: LoadBalancer shop/web port 80\n"},
        {"an address that is private",
         WEB "- {apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}, "
             "status: {loadBalancer: {ingress: [{ip: 192.168.1.2}]}}}\n",
         "web 80 private: LoadBalancer shop/web port 80\n"},
        {"source ranges", WEB SERVICE("type: LoadBalancer, loadBalancerSourceRanges: [8.8.8.0/24], ports: [{port: 80}]"),
         "web 80 internet: LoadBalancer shop/web port 80 partly its source ranges let in some addresses only\n"},
        {"source ranges of everyone", WEB SERVICE("type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/0], ports: [{port: 80}]"),
         "web 80 internet: LoadBalancer shop/web port 80\n"},
        {"private source ranges", WEB SERVICE("type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 80}]"),
         "web 80 private: LoadBalancer shop/web port 80 partly its source ranges let in some addresses only\n"},
        {"a node port before it is created", WEB SERVICE("type: NodePort, ports: [{port: 80}]"),
         "web 80 internet: NodePort shop/web at most if the nodes have public addresses\n"},
        {"nodes with private addresses",
         WEB SERVICE("type: NodePort, ports: [{port: 80, nodePort: 30000}]") "- {apiVersion: v1, kind: Node, metadata: {name: n}, status: {addresses: [{type: "
                                                                            "InternalIP, address: 10.0.0.1}]}}\n",
         "web 80 private: NodePort shop/web port 30000\n"},
        {"external addresses", WEB SERVICE("externalIPs: [10.0.0.9, 8.8.8.8], ports: [{port: 80}]"),
         "web 80 internet: external address shop/web port 80, address 8.8.8.8\n"},
        {"a port of the host, and one of itself alone",
         "- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {containers: [{name: a, ports: [{containerPort: 80, hostPort: 8080}, "
         "{containerPort: 81, hostPort: 8081, hostIP: 127.0.0.1}]}]}}\n",
         "a 80 internet: hostPort of its nodes port 8080 at most if the nodes have public addresses\n"},
        {"the host's network",
         "- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {hostNetwork: true, containers: [{name: a, ports: [{containerPort: 9100}]}]}}\n" DENY,
         "a 9100 internet: host network of its nodes port 9100 at most if the nodes have public addresses\n"},
        {"policies close it", WEB SERVICE("type: LoadBalancer, ports: [{port: 80}]") DENY, ""},
        {"policies let some in", WEB SERVICE("type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}]") ALLOW("{ipBlock: {cidr: 8.8.8.0/24}}"),
         "web 80 internet: LoadBalancer shop/web port 80 partly policies let in some addresses only\n"},
        {"endpoints that name a pod",
         WEB "- {apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {type: LoadBalancer, ports: [{port: 80}]}}\n"
             "- {apiVersion: v1, kind: Endpoints, metadata: {name: s, namespace: shop}, subsets: [{addresses: [{ip: 10.0.0.1, targetRef: {kind: Pod, name: web}}, {ip: "
             "10.0.0.2}], ports: [{port: 8443}]}]}\n",
         "web 8443 internet: LoadBalancer shop/s port 80\n"},
        {"an Ingress whose controller was not seen", WEB SERVICE("ports: [{port: 80, targetPort: 8080}]") INGRESS("defaultBackend: {" BACKEND "}") DENY,
         "web 8080 internet: Ingress shop/in port 80, Service web" UNSEEN},
        {"an Ingress behind its controller",
         WEB CONTROLLER SERVICE("ports: [{port: 80, targetPort: 8080}]")
                 INGRESS("ingressClassName: nginx, tls: [{hosts: [a.example]}], rules: [{host: a.example, http: {paths: [{backend: {" BACKEND "}}, {backend: {" BACKEND "}}]}}]"),
         "proxy 80 internet: LoadBalancer edge/proxy port 80\nweb 8080 internet: Ingress shop/in port 443, host a.example, Service web\n"},
        {"a policy admits the controller", WEB CONTROLLER SERVICE("ports: [{port: 80, targetPort: 8080}]") INGRESS("ingressClassName: nginx, defaultBackend: {" BACKEND "}")
                 ALLOW("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}}"),
         "proxy 80 internet: LoadBalancer edge/proxy port 80\nweb 8080 internet: Ingress shop/in port 80, Service web\n"},
        {"a policy does not", WEB CONTROLLER SERVICE("ports: [{port: 80, targetPort: 8080}]") INGRESS("ingressClassName: nginx, defaultBackend: {" BACKEND "}") DENY,
         "proxy 80 internet: LoadBalancer edge/proxy port 80\n"},
        {"an Ingress of old", WEB SERVICE("ports: [{port: 80}]")
                 "- {apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: in, namespace: shop}, spec: {backend: {serviceName: web, servicePort: 80}}}\n",
         "web 80 internet: Ingress shop/in port 80, Service web\n"},
        {"an Ingress of a load balancer of AWS", WEB SERVICE("ports: [{port: 80}]") INGRESS("ingressClassName: alb, defaultBackend: {" BACKEND "}"),
         "web 80 private: Ingress shop/in port 80, Service web at most policies see the load balancer's own addresses\n"},
        {"a Route by the name of the target port",
         WEB SERVICE("ports: [{name: a, port: 80, targetPort: http}, {name: b, port: 81, targetPort: 81}]")
                 "- {apiVersion: route.openshift.io/v1, kind: Route, metadata: {name: r, namespace: shop}, spec: {to: {kind: Service, name: web}, port: {targetPort: http}}}\n",
         "web 8080 internet: Route shop/r port 80, Service web\n"},
        {"a Gateway that takes routes of its own namespace only", WEB SERVICE("ports: [{port: 80}]") GATEWAY("") ROUTE(""), ""},
        {"a Gateway that takes all", WEB SERVICE("ports: [{port: 80}]") GATEWAY(", allowedRoutes: {namespaces: {from: All}}") ROUTE(""),
         "web 80 internet: Gateway edge/gw port 80, HTTPRoute shop/r, Service web\n"},
        {"a Gateway that selects namespaces",
         WEB SERVICE("ports: [{port: 80}]") GATEWAY(", allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: shop}}}}") ROUTE(""),
         "web 80 internet: Gateway edge/gw port 80, HTTPRoute shop/r, Service web\n"},
        {"another host", WEB SERVICE("ports: [{port: 80}]") GATEWAY(", hostname: '*.example', allowedRoutes: {namespaces: {from: All}}") ROUTE(", hostnames: [a.test]"), ""},
        {"the same host", WEB SERVICE("ports: [{port: 80}]") GATEWAY(", hostname: '*.example', allowedRoutes: {namespaces: {from: All}}") ROUTE(", hostnames: [a.test, a.example]"),
         "web 80 internet: Gateway edge/gw port 80, HTTPRoute shop/r, host a.example, Service web\n"},
        {"a Service of another namespace without leave",
         WEB SERVICE("ports: [{port: 80}]") GATEWAY("")
                 "- {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: edge}, spec: {parentRefs: [{name: gw}], rules: [{backendRefs: "
                 "[{name: web, namespace: shop, port: 80}]}]}}\n",
         ""},
        {"a Service of another namespace with leave",
         WEB SERVICE("ports: [{port: 80}]") GATEWAY("")
                 "- {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: edge}, spec: {parentRefs: [{name: gw}], rules: [{backendRefs: "
                 "[{name: web, namespace: shop, port: 80}]}]}}\n"
                 "- {apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: g, namespace: shop}, spec: {from: [{group: gateway.networking.k8s.io, "
                 "kind: HTTPRoute, namespace: edge}], to: [{group: '', kind: Service}]}}\n",
         "web 80 internet: Gateway edge/gw port 80, HTTPRoute edge/r, Service web\n"},
        {"Istio",
         WEB SERVICE("ports: [{port: 80, targetPort: 8080}]")
                 "- {apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: g, namespace: edge}, spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80}, "
                 "hosts: ['shop/*.example']}]}}\n"
                 "- {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: v, namespace: shop}, spec: {hosts: [a.example], gateways: [edge/g], http: [{route: "
                 "[{destination: {host: web.shop.svc.cluster.local, port: {number: 80}}}]}]}}\n",
         "web 8080 internet: Istio Gateway edge/g port 80, VirtualService shop/v, host a.example, Service web\n"},
};

static void test_ways(void **unused)
{
        (void)unused;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                struct state s = {0};

                load(&s, cases[i].items);
                list_ways(&s, &out);
                if (!bw_str_eq(bw_buf_view(&out), bw_str(cases[i].expected)))
                        fail_msg("%s: expected\n%sbut there is\n%s", cases[i].name, cases[i].expected, out.p ? out.p : "");
                unload(&s);
        }
}

/* ---- other namespaces, the metadata service, names */

static uint32_t class_of(const struct state *s, const char *name)
{
        size_t class = bw_netpol_class_of_pod(s->netpol, BW_STR("shop"), bw_str(name));

        assert_true(class != SIZE_MAX);
        return (uint32_t)class;
}

#define OTHER "- {apiVersion: v1, kind: Pod, metadata: {name: other, namespace: store, labels: {app: other}}, spec: {containers: [{name: a}]}}\n"
#define DNS                                                                                                                     \
        "- {apiVersion: v1, kind: Pod, metadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}, spec: {containers: [{name: a}]}}\n" \
        "- {apiVersion: v1, kind: Service, metadata: {name: kube-dns, namespace: kube-system}, spec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{port: 53, protocol: UDP}]}}\n"
#define EGRESS(rules)                                                                                                           \
        "- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: out, namespace: shop}, spec: {podSelector: {}, policyTypes: [Egress], " \
        "egress: [" rules "]}}\n"

static void test_other_namespaces(void **unused)
{
        static const struct {
                const char *items;
                uint32_t n_ranges;
                uint16_t low, high;
        } rows[] = {
                {WEB OTHER, 1, 1, 65535},
                {WEB OTHER DENY, 0, 0, 0},
                {WEB OTHER ALLOW("{podSelector: {}}"), 0, 0, 0},
                {WEB OTHER ALLOW("{namespaceSelector: {}}"), 1, 1, 65535},
                {WEB OTHER "- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: {podSelector: {}, ingress: [{ports: "
                           "[{port: http}]}]}}\n", 1, 8080, 8080},
                {WEB, 0, 0, 0}, /* there is none */
        };
        (void)unused;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct state s = {0};
                struct bw_ports ports;
                bool at_most;

                load(&s, rows[i].items);
                assert_ok(bw_reach_ports(s.reach, class_of(&s, "web"), BW_REACH_OTHER_NAMESPACES, s.arena, &ports, &at_most, NULL));
                assert_false(at_most);
                assert_int_equal(ports.n[BW_PROTOCOL_TCP], rows[i].n_ranges);
                if (rows[i].n_ranges) {
                        assert_int_equal(ports.ranges[BW_PROTOCOL_TCP][0].low, rows[i].low);
                        assert_int_equal(ports.ranges[BW_PROTOCOL_TCP][0].high, rows[i].high);
                }
                unload(&s);
        }
}

static void test_places(void **unused)
{
        static const struct {
                const char *items;
                enum bw_reach_share internet, metadata;
                bool names;
        } rows[] = {
                {WEB DNS, BW_REACH_ALL, BW_REACH_ALL, true},
                {WEB DNS EGRESS(""), BW_REACH_NONE, BW_REACH_NONE, false},
                {WEB EGRESS(""), BW_REACH_NONE, BW_REACH_NONE, true}, /* where it is, is not known */
                {WEB DNS EGRESS("{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16]}}]}"), BW_REACH_SOME, BW_REACH_NONE, true},
                {WEB DNS EGRESS("{to: [{ipBlock: {cidr: 8.8.8.0/24}}]}"), BW_REACH_SOME, BW_REACH_NONE, false},
                {WEB DNS EGRESS("{to: [{ipBlock: {cidr: 10.96.0.10/32}}]}"), BW_REACH_NONE, BW_REACH_NONE, true},
                {WEB DNS EGRESS("{to: [{ipBlock: {cidr: 169.254.20.10/32}}]}"), BW_REACH_NONE, BW_REACH_NONE, true},
                {WEB DNS EGRESS("{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}], ports: [{port: 53, protocol: UDP}]}"), BW_REACH_NONE, BW_REACH_NONE, true},
        };

        (void)unused;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                enum bw_reach_share share;
                struct state s = {0};
                bool at_most;
                bool names;

                load(&s, rows[i].items);
                assert_ok(bw_reach_share(s.reach, class_of(&s, "web"), true, BW_REACH_INTERNET, BW_PROTOCOL_TCP, 443, s.arena, &share, &at_most, NULL));
                if (share != rows[i].internet)
                        fail_msg("row %zu: internet %d", i, share);
                assert_ok(bw_reach_share(s.reach, class_of(&s, "web"), true, BW_REACH_METADATA, BW_PROTOCOL_TCP, 80, s.arena, &share, &at_most, NULL));
                if (share != rows[i].metadata)
                        fail_msg("row %zu: metadata %d", i, share);
                assert_ok(bw_reach_can_resolve(s.reach, class_of(&s, "web"), s.arena, &names, NULL));
                if (names != rows[i].names)
                        fail_msg("row %zu: names %d", i, names);
                unload(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ways),
                cmocka_unit_test(test_other_namespaces),
                cmocka_unit_test(test_places),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
