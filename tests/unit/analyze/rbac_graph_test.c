/* SPDX-License-Identifier: Apache-2.0 */
/* The escalation graph: each right leads where it should, and not where names, namespaces or Pod Security levels stop it. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/rbac_graph.h"
#include "base/arena.h"
#include "base/error.h"
#include "doc/doc.h"

#define RBAC "apiVersion: rbac.authorization.k8s.io/v1, kind: "
#define ROLE(ns, name, rules) "- {" RBAC "Role, metadata: {name: " name ", namespace: " ns "}, rules: [" rules "]}\n"
#define CROLE(name, rules) "- {" RBAC "ClusterRole, metadata: {name: " name "}, rules: [" rules "]}\n"
#define BIND(ns, name, kind, role, subjects)                                                                           \
        "- {" RBAC "RoleBinding, metadata: {name: " name ", namespace: " ns "}, roleRef: {kind: " kind ", name: " role "}, "  \
        "subjects: [" subjects "]}\n"
#define CBIND(name, role, subjects)                                                                                    \
        "- {" RBAC "ClusterRoleBinding, metadata: {name: " name "}, roleRef: {kind: ClusterRole, name: " role "}, subjects: ["   \
        subjects "]}\n"
#define USER(name) "{kind: User, name: " name "}"
#define GROUP(name) "{kind: Group, name: '" name "'}"
#define ACCOUNT(ns, name) "{kind: ServiceAccount, namespace: " ns ", name: " name "}"
#define SA(ns, name) "- {apiVersion: v1, kind: ServiceAccount, metadata: {name: " name ", namespace: " ns "}}\n"
#define NS(name, labels) "- {apiVersion: v1, kind: Namespace, metadata: {name: " name ", labels: {" labels "}}}\n"
#define NODE(name, labels) "- {apiVersion: v1, kind: Node, metadata: {name: " name ", labels: {" labels "}}}\n"
#define POD(ns, name, spec) "- {apiVersion: v1, kind: Pod, metadata: {name: " name ", namespace: " ns "}, spec: {" spec "}}\n"
#define RULE(verbs, resources) "{apiGroups: [''], resources: [" resources "], verbs: [" verbs "]}"
#define NAMED(verbs, resources, names)                                                                                 \
        "{apiGroups: [''], resources: [" resources "], resourceNames: [" names "], verbs: [" verbs "]}"
#define GRULE(group, verbs, resources) "{apiGroups: [" group "], resources: [" resources "], verbs: [" verbs "]}"
#define GNAMED(group, verbs, resources, names)                                                                         \
        "{apiGroups: [" group "], resources: [" resources "], resourceNames: ['" names "'], verbs: [" verbs "]}"
/* Carla, with these rights in shop, or everywhere. */
#define IN_SHOP(rules) ROLE("shop", "r", rules) BIND("shop", "b", "Role", "r", USER("carla"))
#define EVERYWHERE(rules) CROLE("r", rules) CBIND("b", "r", USER("carla"))
#define ADMIN CROLE("admin", "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}, {nonResourceURLs: ['*'], verbs: ['*']}")
#define BASELINE "pod-security.kubernetes.io/enforce: baseline"
#define RESTRICTED "pod-security.kubernetes.io/enforce: restricted"

struct world {
        struct bw_arena *arena;
        struct bw_inventory *inventory;
        struct bw_rbac_graph *graph;
};

static int add(void *ctx, struct bw_doc *item, struct bw_error *reterr)
{
        struct world *w = ctx;
        struct bw_doc *doc = bw_arena_alloc(w->arena, sizeof(*doc));

        *doc = *item;
        return bw_inventory_add(w->inventory, doc, reterr);
}

static void open_world(struct world *w, const char *objects)
{
        struct bw_error err = {0};
        struct bw_doc *doc;
        char *text;

        w->arena = bw_arena_new(0);
        assert_ok(bw_inventory_new(&w->inventory, NULL));
        text = bw_arena_alloc(w->arena, strlen(objects) + 64);
        (void)snprintf(text, strlen(objects) + 64, "apiVersion: v1\nkind: List\nitems:\n%s", objects);
        doc = bw_arena_zalloc(w->arena, sizeof(*doc));
        if (bw_yaml_read(w->arena, bw_str(text), 1, false, doc, &err) < 0)
                fail_msg("%s in\n%s", err.message, text);
        (void)bw_doc_identify(doc);
        assert_ok(bw_doc_list_items(w->arena, doc, add, w, NULL));
        assert_ok(bw_inventory_seal(w->inventory, NULL));
        assert_ok(bw_rbac_graph_new(w->arena, w->inventory, &w->graph, &err));
}

static void close_world(struct world *w)
{
        bw_inventory_free(w->inventory);
        bw_arena_free(w->arena);
}

/* "carla" a user, "g:devs" a group, "shop/web" a service account, "node:n1", "secrets:shop", "admin". */
static size_t node_called(const struct world *w, const char *text)
{
        const char *slash = strchr(text, '/');

        if (strcmp(text, "admin") == 0)
                return bw_rbac_graph_find(w->graph, BW_RBAC_CLUSTER_ADMIN, BW_STR(""), BW_STR(""));
        if (strncmp(text, "g:", 2) == 0)
                return bw_rbac_graph_find(w->graph, BW_RBAC_GROUP, BW_STR(""), bw_str(text + 2));
        if (strncmp(text, "node:", 5) == 0)
                return bw_rbac_graph_find(w->graph, BW_RBAC_NODE, BW_STR(""), bw_str(text + 5));
        if (strncmp(text, "secrets:", 8) == 0)
                return bw_rbac_graph_find(w->graph, BW_RBAC_SECRETS, bw_str(text + 8), BW_STR(""));
        if (slash)
                return bw_rbac_graph_find(w->graph, BW_RBAC_SERVICE_ACCOUNT, bw_str_n(text, (size_t)(slash - text)),
                                          bw_str(slash + 1));
        return bw_rbac_graph_find(w->graph, BW_RBAC_USER, BW_STR(""), bw_str(text));
}

struct way {
        const char *what;
        const char *objects;
        const char *from, *to;
        uint32_t steps;        /* UINT32_MAX: there must be no way */
        const char *technique; /* of the first step that is no membership */
        const char *text;      /* part of its text */
};
#define NO_WAY UINT32_MAX, NULL, NULL

static void check_way(const struct way *c)
{
        struct world w;
        const struct bw_rbac_step *steps;
        struct bw_rbac_reach *reach;
        size_t target;
        size_t from;
        size_t n;
        size_t first = 0;

        open_world(&w, c->objects);
        target = node_called(&w, c->to);
        from = node_called(&w, c->from);
        if (target == SIZE_MAX || from == SIZE_MAX)
                fail_msg("%s: %s is not in the graph", c->what, target == SIZE_MAX ? c->to : c->from);
        assert_ok(bw_rbac_reach_new(w.graph, &target, 1, w.arena, &reach, NULL));
        assert_ok(bw_rbac_reach_path(reach, from, w.arena, &steps, &n, NULL));
        if (bw_rbac_reach_steps(reach, from) != c->steps) {
                for (size_t i = 0; i < n; i++)
                        print_message("# %s: %.*s\n", steps[i].technique, BW_STR_ARG(steps[i].text));
                fail_msg("%s: %u steps, not %u", c->what, bw_rbac_reach_steps(reach, from), c->steps);
        }
        while (first < n && steps[first].is_membership)
                first++;
        if (c->technique && (first == n || strcmp(steps[first].technique, c->technique) != 0))
                fail_msg("%s: by \"%s\", not \"%s\"", c->what, first < n ? steps[first].technique : "nothing", c->technique);
        if (c->text && bw_str_find(steps[first].text, bw_str(c->text)) == SIZE_MAX)
                fail_msg("%s: \"%.*s\" is without \"%s\"", c->what, BW_STR_ARG(steps[first].text), c->text);
        for (size_t i = 0; i < n; i++) {
                assert_true(steps[i].text.n > 0);
                assert_int_equal(steps[i].from, i ? steps[i - 1].to : from);
        }
        if (n)
                assert_int_equal(steps[n - 1].to, target);
        close_world(&w);
}

static void check_ways(const struct way *cases, size_t n)
{
        for (size_t i = 0; i < n; i++)
                check_way(&cases[i]);
}

#define RUNNING POD("shop", "web-1", "serviceAccountName: web, nodeName: n1, containers: [{name: a}]")
#define WORKLOADS "{apiGroups: [apps], resources: [deployments], verbs: [patch]}"

static void pods(void **state)
{
        static const struct way cases[] = {
                {"new pods run as any account", SA("shop", "web") IN_SHOP(RULE("create", "pods")), "carla", "shop/web", 1,
                 "create-pods", "may create pods in shop, which run as any service account there"},
                {"in their namespace only", SA("shop", "web") SA("ops", "top") IN_SHOP(RULE("create", "pods")), "carla", "ops/top", NO_WAY},
                {"accounts that are not there cannot be used", SA("shop", "web") BIND("shop", "x", "Role", "none", ACCOUNT("shop", "gone"))
                 IN_SHOP(RULE("create", "pods")), "carla", "shop/gone", NO_WAY},
                {"unless they can be made", SA("shop", "web") BIND("shop", "x", "Role", "none", ACCOUNT("shop", "gone"))
                 IN_SHOP(RULE("create", "'*'")), "carla", "shop/gone", 1, "create-accounts", NULL},
                {"workloads too", SA("shop", "web") IN_SHOP(WORKLOADS), "carla", "shop/web", 1, "write-workloads", NULL},
                {"by name too", SA("shop", "web") IN_SHOP(GNAMED("apps", "patch", "deployments", "x")), "carla", "shop/web", 1,
                 "write-workloads", NULL},
                {"what is created has no name", SA("shop", "web") IN_SHOP(GNAMED("apps", "create", "deployments", "x")), "carla",
                 "shop/web", NO_WAY},
                {"reading them is nothing", SA("shop", "web") IN_SHOP(RULE("get, list", "pods")), "carla", "shop/web", NO_WAY},
                {"another group's pods", SA("shop", "web") IN_SHOP(GRULE("metrics.k8s.io", "create", "pods")), "carla", "shop/web", NO_WAY},
                {"they mount Secrets", IN_SHOP(RULE("create", "pods")), "carla", "secrets:shop", 1, "create-pods", "mount any Secret"},
                {"and take the node", NS("shop", "") IN_SHOP(RULE("create", "pods")), "carla", "node:", 1, "create-pods",
                 "no Pod Security level"},
                {"not under baseline", NS("shop", BASELINE) IN_SHOP(RULE("create", "pods")), "carla", "node:", NO_WAY},
                {"not under restricted", NS("shop", RESTRICTED) IN_SHOP(RULE("create", "pods")), "carla", "node:", NO_WAY},
                {"somewhere it is open", NS("shop", RESTRICTED) NS("kube-system", "") EVERYWHERE(RULE("create", "pods")), "carla", "node:", 1,
                 "create-pods", "in every namespace"},
                {"nowhere it is open", NS("shop", RESTRICTED) NS("kube-system", BASELINE) EVERYWHERE(RULE("create", "pods")), "carla",
                 "node:", NO_WAY},
                {"the level taken off", NS("shop", RESTRICTED) IN_SHOP(RULE("create", "pods") ", " RULE("patch", "namespaces")), "carla",
                 "node:", 1, "relabel-namespaces", "in shop"},
                {"of this namespace, by the cluster's right", NS("shop", RESTRICTED) IN_SHOP(RULE("create", "pods")) CROLE("n", RULE("update", "namespaces"))
                 CBIND("n", "n", USER("carla")), "carla", "node:", 1, "relabel-namespaces", "in shop"},
                {"volumes of paths", NS("shop", RESTRICTED) IN_SHOP(RULE("create", "pods")) CROLE("n", RULE("create", "persistentvolumes"))
                 CBIND("n", "n", USER("carla")), "carla", "node:", 1, "host-volumes", NULL},
                {"volumes without pods", NS("shop", RESTRICTED) EVERYWHERE(RULE("create", "persistentvolumes")), "carla", "node:", NO_WAY},
                {"constraints of OpenShift decide", NS("shop", "") "- {apiVersion: security.openshift.io/v1, kind: SecurityContextConstraints, metadata: {name: privileged}}\n"
                 IN_SHOP(RULE("create", "pods")), "carla", "node:", NO_WAY},
                {"and may be used", NS("shop", "") "- {apiVersion: security.openshift.io/v1, kind: SecurityContextConstraints, metadata: {name: privileged}}\n"
                 IN_SHOP(RULE("create", "pods") ", " GNAMED("security.openshift.io", "use", "securitycontextconstraints", "privileged")),
                 "carla", "node:", 1, "privileged-constraints", NULL},
                {"custom workloads that are installed", SA("shop", "web")
                 "- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: workflows.argoproj.io}}\n"
                 IN_SHOP(GRULE("argoproj.io", "create", "workflows")), "carla", "shop/web", 1, "write-custom-workloads", NULL},
                {"and those that are not", SA("shop", "web") IN_SHOP(GRULE("argoproj.io", "create", "workflows")), "carla", "shop/web", NO_WAY},
        };

        (void)state;
        check_ways(cases, BW_ARRAY_SIZE(cases));
}

static void running_pods(void **state)
{
        static const struct way cases[] = {
                {"exec", RUNNING IN_SHOP(RULE("create", "pods/exec")), "carla", "shop/web", 1, "exec", "pod shop/web-1 runs as it"},
                {"exec by GET", RUNNING IN_SHOP(RULE("get", "pods/exec")), "carla", "shop/web", 1, "exec", NULL},
                {"every subresource", RUNNING IN_SHOP(RULE("create", "'*/exec'")), "carla", "shop/web", 1, "exec", NULL},
                {"pods alone", RUNNING IN_SHOP(RULE("get", "pods")), "carla", "shop/web", NO_WAY},
                {"of this name", RUNNING IN_SHOP(NAMED("create", "pods/exec", "web-1")), "carla", "shop/web", 1, "exec", "(only web-1)"},
                {"of another", RUNNING IN_SHOP(NAMED("create", "pods/exec", "web-2")), "carla", "shop/web", NO_WAY},
                {"nothing runs as it", RUNNING SA("shop", "idle") IN_SHOP(RULE("create", "pods/exec")), "carla", "shop/idle", NO_WAY},
                {"no token mounted", POD("shop", "web-1", "serviceAccountName: web, automountServiceAccountToken: false, containers: [{name: a}]")
                 IN_SHOP(RULE("create", "pods/exec")), "carla", "shop/web", NO_WAY},
                {"but as a volume", POD("shop", "web-1", "serviceAccountName: web, automountServiceAccountToken: false, containers: [{name: a}], "
                 "volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]")
                 IN_SHOP(RULE("create", "pods/exec")), "carla", "shop/web", 1, "exec", NULL},
                {"attach", RUNNING IN_SHOP(RULE("create", "pods/attach")), "carla", "shop/web", 1, "attach", NULL},
                {"ephemeral containers", RUNNING IN_SHOP(RULE("patch", "pods/ephemeralcontainers")), "carla", "shop/web", 1,
                 "ephemeral-containers", NULL},
                {"ephemeral containers on the node", RUNNING IN_SHOP(RULE("patch", "pods/ephemeralcontainers")), "carla", "node:n1", 1,
                 "ephemeral-containers", "no Pod Security level"},
                {"other images", RUNNING IN_SHOP(RULE("patch", "pods")), "carla", "shop/web", 1, "change-pods", NULL},
                {"port-forward is no identity", RUNNING IN_SHOP(RULE("create", "pods/portforward")), "carla", "shop/web", NO_WAY},
                {"a privileged pod", POD("shop", "agent", "nodeName: n1, containers: [{name: a, securityContext: {privileged: true}}]")
                 IN_SHOP(RULE("create", "pods/exec")), "carla", "node:n1", 1, "exec", "pod shop/agent is privileged"},
                {"a pod that writes the node's files", POD("shop", "agent", "nodeName: n1, volumes: [{name: e, hostPath: {path: /etc}}], "
                 "containers: [{name: a, volumeMounts: [{name: e, mountPath: /e}]}]")
                 IN_SHOP(RULE("create", "pods/exec")), "carla", "node:n1", 1, "exec", "mounts the node's own files"},
                {"a pod that reads them", POD("shop", "agent", "nodeName: n1, volumes: [{name: e, hostPath: {path: /etc}}], "
                 "containers: [{name: a, volumeMounts: [{name: e, mountPath: /e, readOnly: true}]}]")
                 IN_SHOP(RULE("create", "pods/exec")), "carla", "node:n1", NO_WAY},
                {"not as root", POD("shop", "agent", "nodeName: n1, securityContext: {runAsUser: 7}, volumes: [{name: e, hostPath: {path: /}}], "
                 "containers: [{name: a, volumeMounts: [{name: e, mountPath: /e}]}]")
                 IN_SHOP(RULE("create", "pods/exec")), "carla", "node:n1", NO_WAY},
                {"files that mean nothing", POD("shop", "agent", "nodeName: n1, volumes: [{name: e, hostPath: {path: /var/log/shop}}], "
                 "containers: [{name: a, volumeMounts: [{name: e, mountPath: /e}]}]")
                 IN_SHOP(RULE("create", "pods/exec")), "carla", "node:n1", NO_WAY},
                {"kubelets run commands", RUNNING EVERYWHERE(RULE("get", "nodes/proxy")), "carla", "shop/web", 1, "node-proxy", NULL},
                {"not by a RoleBinding", RUNNING IN_SHOP(RULE("get", "nodes/proxy")), "carla", "shop/web", NO_WAY},
                {"of this node", RUNNING EVERYWHERE(NAMED("get", "nodes/proxy", "n1")), "carla", "shop/web", 1, "node-proxy", NULL},
                {"of another node", RUNNING EVERYWHERE(NAMED("get", "nodes/proxy", "n2")), "carla", "shop/web", NO_WAY},
                {"root on the node has its tokens", NS("shop", RESTRICTED) RUNNING
                 POD("ops", "agent", "nodeName: n1, containers: [{name: a, securityContext: {privileged: true}}]")
                 BIND("ops", "b", "Role", "r", USER("carla")) ROLE("ops", "r", RULE("create", "pods/exec")), "carla", "shop/web", 2, "exec", NULL},
                {"and of no other", NODE("n2", "") RUNNING
                 POD("ops", "agent", "nodeName: n2, containers: [{name: a, securityContext: {privileged: true}}]")
                 BIND("ops", "b", "Role", "r", USER("carla")) ROLE("ops", "r", RULE("create", "pods/exec")), "carla", "shop/web", NO_WAY},
                {"unless pods can be made to come", NODE("n2", "") RUNNING CROLE("m", RULE("patch", "nodes")) CBIND("m", "m", ACCOUNT("ops", "agent"))
                 POD("ops", "agent", "nodeName: n2, serviceAccountName: agent, containers: [{name: a, securityContext: {privileged: true}}]")
                 BIND("ops", "b", "Role", "r", USER("carla")) ROLE("ops", "r", RULE("create", "pods/exec")), "carla", "shop/web", 2, "exec", NULL},
                {"a node of the control plane", NODE("cp", "node-role.kubernetes.io/control-plane: ''") IN_SHOP(RULE("create", "pods")), "carla",
                 "admin", 2, "create-pods", NULL},
                {"workers are not", NODE("w", "") IN_SHOP(RULE("create", "pods")), "carla", "admin", NO_WAY},
                {"etcd", "- {apiVersion: v1, kind: Pod, metadata: {name: etcd-cp, namespace: kube-system, labels: {component: etcd}, "
                 "annotations: {kubernetes.io/config.mirror: x}, ownerReferences: [{kind: Node, name: cp, controller: true}]}, "
                 "spec: {nodeName: cp, containers: [{name: etcd}]}}\n"
                 ROLE("kube-system", "r", RULE("create", "pods/exec")) BIND("kube-system", "b", "Role", "r", USER("carla")), "carla", "admin", 1,
                 "exec", "is etcd"},
                {"workloads of manifests", "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {template: {spec: "
                 "{serviceAccountName: web, containers: [{name: a}]}}}}\n" IN_SHOP(RULE("create", "pods/exec")), "carla", "shop/web", 1, "exec",
                 "Deployment shop/web runs as it"},
        };

        (void)state;
        check_ways(cases, BW_ARRAY_SIZE(cases));
}

#define TOKEN_SECRET                                                                                                   \
        "- {apiVersion: v1, kind: Secret, metadata: {name: web-token, namespace: shop, annotations: "                  \
        "{kubernetes.io/service-account.name: web}}, type: kubernetes.io/service-account-token}\n"

static void secrets(void **state)
{
        static const struct way cases[] = {
                {"of a namespace", IN_SHOP(RULE("list", "secrets")), "carla", "secrets:shop", 1, "read-secrets", "in shop"},
                {"not of the others", IN_SHOP(RULE("list", "secrets")), "carla", "secrets:", NO_WAY},
                {"all of them", EVERYWHERE(RULE("watch", "secrets")), "carla", "secrets:", 1, "read-secrets", "in every namespace"},
                {"writing is not reading", IN_SHOP(RULE("create, update, delete", "secrets")), "carla", "secrets:shop", NO_WAY},
                {"some", IN_SHOP(NAMED("get", "secrets", "x")), "carla", "secrets:shop", NO_WAY},
                {"a token in one", SA("shop", "web") TOKEN_SECRET IN_SHOP(RULE("get", "secrets")), "carla", "shop/web", 2, "read-secrets", NULL},
                {"that one", SA("shop", "web") TOKEN_SECRET IN_SHOP(NAMED("get", "secrets", "web-token")), "carla", "shop/web", 1,
                 "read-secrets", "(only web-token)"},
                {"that one from above", SA("shop", "web") TOKEN_SECRET EVERYWHERE(NAMED("get", "secrets", "web-token")), "carla", "shop/web", 1,
                 "read-secrets", NULL},
                {"another one", SA("shop", "web") TOKEN_SECRET IN_SHOP(NAMED("get", "secrets", "db")), "carla", "shop/web", NO_WAY},
                {"filled by the controller", SA("shop", "web") IN_SHOP(RULE("create, get", "secrets")), "carla", "shop/web", 1,
                 "create-token-secrets", NULL},
                {"of names that are taken", SA("shop", "web") IN_SHOP(RULE("create", "secrets") ", " NAMED("get", "secrets", "db")), "carla", "shop/web", NO_WAY},
                {"from two bindings", SA("shop", "web") IN_SHOP(RULE("create", "secrets")) CROLE("s", RULE("get", "secrets"))
                 BIND("shop", "s", "ClusterRole", "s", USER("carla")), "carla", "shop/web", 1, "create-token-secrets", NULL},
                {"of two namespaces", SA("shop", "web") IN_SHOP(RULE("create", "secrets")) CROLE("s", RULE("get", "secrets"))
                 BIND("ops", "s", "ClusterRole", "s", USER("carla")), "carla", "shop/web", NO_WAY},
                {"one as a group", SA("shop", "web") SA("ops", "bot") ROLE("shop", "r", RULE("create", "secrets"))
                 BIND("shop", "b", "Role", "r", ACCOUNT("ops", "bot")) ROLE("shop", "s", RULE("get", "secrets"))
                 BIND("shop", "s", "Role", "s", GROUP("system:serviceaccounts:ops")), "ops/bot", "shop/web", 1, "create-token-secrets", NULL},
                {"tokens", SA("shop", "web") IN_SHOP(RULE("create", "serviceaccounts/token")), "carla", "shop/web", 1, "create-tokens", NULL},
                {"tokens of one", SA("shop", "web") IN_SHOP(NAMED("create", "serviceaccounts/token", "web")), "carla", "shop/web", 1,
                 "create-tokens", NULL},
                {"tokens of another", SA("shop", "web") IN_SHOP(NAMED("create", "serviceaccounts/token", "db")), "carla", "shop/web", NO_WAY},
                {"bootstrap tokens", ROLE("kube-system", "r", RULE("create", "secrets")) BIND("kube-system", "b", "Role", "r", USER("carla"))
                 CBIND("k", "x", GROUP("system:bootstrappers:kubeadm:default-node-token")), "carla",
                 "g:system:bootstrappers:kubeadm:default-node-token", 1, "create-bootstrap-tokens", NULL},
                {"not in shop", IN_SHOP(RULE("create", "secrets")) CBIND("k", "x", GROUP("system:bootstrappers:kubeadm:default-node-token")), "carla",
                 "g:system:bootstrappers:kubeadm:default-node-token", NO_WAY},
        };

        (void)state;
        check_ways(cases, BW_ARRAY_SIZE(cases));
}

#define BOSS ADMIN CBIND("boss", "admin", USER("boss"))
#define CHIEFS ADMIN CBIND("chiefs", "admin", GROUP("chiefs"))

static void impersonation(void **state)
{
        static const struct way cases[] = {
                {"users", BOSS EVERYWHERE(RULE("impersonate", "users")), "carla", "boss", 1, "impersonate-users", NULL},
                {"this user", BOSS EVERYWHERE(NAMED("impersonate", "users", "boss")), "carla", "admin", 2, "impersonate-users", NULL},
                {"that user", BOSS EVERYWHERE(NAMED("impersonate", "users", "dora")), "carla", "boss", NO_WAY},
                {"not in a namespace", BOSS IN_SHOP(RULE("impersonate", "users")), "carla", "boss", NO_WAY},
                {"groups need a user", CHIEFS EVERYWHERE(RULE("impersonate", "groups")), "carla", "g:chiefs", NO_WAY},
                {"groups", CHIEFS EVERYWHERE(RULE("impersonate", "groups, users")), "carla", "g:chiefs", 1, "impersonate-groups", NULL},
                {"groups of names", CHIEFS EVERYWHERE(NAMED("impersonate", "groups", "chiefs") ", " NAMED("impersonate", "users", "x")), "carla",
                 "admin", 2, "impersonate-groups", NULL},
                {"masters", EVERYWHERE(RULE("impersonate", "groups, users")), "carla", "admin", 2, NULL, NULL},
                {"accounts", SA("shop", "web") IN_SHOP(RULE("impersonate", "serviceaccounts")), "carla", "shop/web", 1, "impersonate-accounts", NULL},
                {"other accounts", SA("shop", "web") IN_SHOP(NAMED("impersonate", "serviceaccounts", "db")), "carla", "shop/web", NO_WAY},
                {"a group with an account", SA("shop", "web") CHIEFS EVERYWHERE(RULE("impersonate", "groups"))
                 ROLE("shop", "i", RULE("impersonate", "serviceaccounts")) BIND("shop", "i", "Role", "i", USER("carla")), "carla", "g:chiefs", 1,
                 "impersonate-groups", NULL},
        };

        (void)state;
        check_ways(cases, BW_ARRAY_SIZE(cases));
}

#define RB "rbac.authorization.k8s.io"

static void roles(void **state)
{
        static const struct way cases[] = {
                {"everything", ADMIN CBIND("b", "admin", USER("carla")), "carla", "admin", 1, "everything", "may do everything"},
                {"everything in a namespace is not it", ADMIN BIND("shop", "b", "ClusterRole", "admin", USER("carla")), "carla", "admin", NO_WAY},
                {"but that namespace's", SA("shop", "web") ADMIN BIND("shop", "b", "ClusterRole", "admin", USER("carla")), "carla", "shop/web", 1,
                 "everything", "in shop"},
                {"wildcards with a name are less", EVERYWHERE("{apiGroups: ['*'], resources: ['*'], verbs: ['*'], resourceNames: [x]}"), "carla",
                 "admin", 1, "mutating-webhooks", NULL},
                {"escalate and change", EVERYWHERE(GRULE(RB, "escalate, update", "clusterroles")), "carla", "admin", 1, "escalate-cluster-roles", NULL},
                {"escalate alone", EVERYWHERE(GRULE(RB, "escalate", "clusterroles")), "carla", "admin", NO_WAY},
                {"change alone", EVERYWHERE(GRULE(RB, "update, patch", "clusterroles")), "carla", "admin", NO_WAY},
                {"not in a namespace", IN_SHOP(GRULE(RB, "escalate, update", "clusterroles")), "carla", "admin", NO_WAY},
                {"a role of one's own", EVERYWHERE(GNAMED(RB, "escalate, update", "clusterroles", "r")), "carla", "admin", 1,
                 "escalate-cluster-roles", NULL},
                {"a role of others", EVERYWHERE(GNAMED(RB, "escalate, update", "clusterroles", "other")) CROLE("other", ""), "carla", "admin", NO_WAY},
                {"roles of a namespace", SA("shop", "web") IN_SHOP(GRULE(RB, "escalate, patch", "roles")), "carla", "shop/web", 1,
                 "escalate-roles", NULL},
                {"and no further", SA("ops", "web") IN_SHOP(GRULE(RB, "escalate, patch", "roles")), "carla", "ops/web", NO_WAY},
                {"bind everywhere", EVERYWHERE(GRULE(RB, "bind", "clusterroles") ", " GRULE(RB, "create", "clusterrolebindings")), "carla", "admin", 1,
                 "bind-cluster-roles", NULL},
                {"bind alone", EVERYWHERE(GRULE(RB, "bind", "clusterroles")), "carla", "admin", NO_WAY},
                {"bindings alone", EVERYWHERE(GRULE(RB, "create", "clusterrolebindings")), "carla", "admin", NO_WAY},
                {"bind in a namespace", SA("shop", "web") IN_SHOP(GRULE(RB, "bind", "clusterroles") ", " GRULE(RB, "create", "rolebindings")), "carla",
                 "shop/web", 1, "bind-cluster-roles", NULL},
                {"which is not the cluster", IN_SHOP(GRULE(RB, "bind", "clusterroles") ", " GRULE(RB, "create", "rolebindings, clusterrolebindings")),
                 "carla", "admin", NO_WAY},
                {"bind cluster roles, by bindings of a namespace", SA("shop", "web") EVERYWHERE(GRULE(RB, "bind", "clusterroles")) ROLE("shop", "w", GRULE(RB, "create", "rolebindings"))
                 BIND("shop", "w", "Role", "w", USER("carla")), "carla", "shop/web", 1, "bind-cluster-roles", "in shop"},
                {"bind a role that is everything", ADMIN EVERYWHERE(GNAMED(RB, "bind", "clusterroles", "admin") ", " GRULE(RB, "create", "clusterrolebindings")),
                 "carla", "admin", 1, "bind-cluster-roles", "(only admin)"},
                {"bind a role that is little", CROLE("view", RULE("get", "pods"))
                 EVERYWHERE(GNAMED(RB, "bind", "clusterroles", "view") ", " GRULE(RB, "create", "clusterrolebindings")), "carla", "secrets:", NO_WAY},
                {"bind a role that is something", CROLE("keys", RULE("get", "secrets"))
                 EVERYWHERE(GNAMED(RB, "bind", "clusterroles", "keys") ", " GRULE(RB, "create", "clusterrolebindings")), "carla", "secrets:", 1,
                 "bind-cluster-roles", NULL},
                {"bind Roles", ROLE("shop", "keys", RULE("get", "secrets")) IN_SHOP(GRULE(RB, "bind", "roles") ", " GRULE(RB, "create", "rolebindings")),
                 "carla", "secrets:shop", 1, "bind-roles", NULL},
                {"bind other Roles", ROLE("shop", "keys", RULE("get", "secrets"))
                 IN_SHOP(GNAMED(RB, "bind", "roles", "x") ", " GRULE(RB, "create", "rolebindings")), "carla", "secrets:shop", NO_WAY},
        };

        (void)state;
        check_ways(cases, BW_ARRAY_SIZE(cases));
}

#define CSR "certificates.k8s.io"
#define ADMISSION "admissionregistration.k8s.io"

static void control_plane(void **state)
{
        static const struct way cases[] = {
                {"certificates of anybody", EVERYWHERE(GRULE(CSR, "create", "certificatesigningrequests") ", " GRULE(CSR, "update", "certificatesigningrequests/approval")
                 ", " GNAMED(CSR, "approve", "signers", "kubernetes.io/kube-apiserver-client")), "carla", "admin", 1, "client-certificates", NULL},
                {"of every signer", EVERYWHERE(GRULE(CSR, "create", "certificatesigningrequests") ", " GRULE(CSR, "patch", "certificatesigningrequests/approval")
                 ", " GNAMED(CSR, "approve", "signers", "kubernetes.io/*")), "carla", "admin", 1, "client-certificates", NULL},
                {"of another signer", EVERYWHERE(GRULE(CSR, "create", "certificatesigningrequests") ", " GRULE(CSR, "update", "certificatesigningrequests/approval")
                 ", " GNAMED(CSR, "approve", "signers", "kubernetes.io/kubelet-serving")), "carla", "admin", NO_WAY},
                {"without approval", EVERYWHERE(GRULE(CSR, "create", "certificatesigningrequests") ", " GRULE(CSR, "approve", "signers")), "carla", "admin", NO_WAY},
                {"kubelets'", RUNNING EVERYWHERE(GRULE(CSR, "create", "certificatesigningrequests") ", " GRULE(CSR, "update", "certificatesigningrequests/approval")
                 ", " GNAMED(CSR, "approve", "signers", "kubernetes.io/kube-apiserver-client-kubelet")), "carla", "shop/web", 1, "kubelet-certificates", NULL},
                {"kubelets' of themselves", RUNNING EVERYWHERE(GRULE(CSR, "create", "certificatesigningrequests, certificatesigningrequests/nodeclient")), "carla",
                 "shop/web", 1, "node-client-certificates", NULL},
                {"three bindings", CROLE("a", GRULE(CSR, "create", "certificatesigningrequests")) CBIND("a", "a", GROUP("system:authenticated"))
                 CROLE("b", GRULE(CSR, "update", "certificatesigningrequests/approval")) CBIND("b", "b", GROUP("system:authenticated"))
                 CROLE("c", GRULE(CSR, "approve", "signers")) CBIND("c", "c", USER("carla")), "carla", "admin", 1, "client-certificates", NULL},
                {"and not for all", CROLE("a", GRULE(CSR, "create", "certificatesigningrequests")) CBIND("a", "a", GROUP("system:authenticated"))
                 CROLE("b", GRULE(CSR, "update", "certificatesigningrequests/approval")) CBIND("b", "b", GROUP("system:authenticated"))
                 CROLE("c", GRULE(CSR, "approve", "signers")) CBIND("c", "c", USER("carla")), "g:system:authenticated", "admin", NO_WAY},
                {"mutating webhooks", EVERYWHERE(GNAMED(ADMISSION, "update", "mutatingwebhookconfigurations", "mine")), "carla", "admin", 1, "mutating-webhooks", NULL},
                {"validating webhooks", EVERYWHERE(GRULE(ADMISSION, "create", "validatingwebhookconfigurations")), "carla", "secrets:", 1, "validating-webhooks", NULL},
                {"validating webhooks change nothing", EVERYWHERE(GRULE(ADMISSION, "create", "validatingwebhookconfigurations")), "carla", "admin", NO_WAY},
                {"mutating policies", EVERYWHERE(GRULE(ADMISSION, "create", "mutatingadmissionpolicies, mutatingadmissionpolicybindings")), "carla", "admin", 1,
                 "mutating-policies", NULL},
                {"without a binding", EVERYWHERE(GRULE(ADMISSION, "create", "mutatingadmissionpolicies")), "carla", "admin", NO_WAY},
                {"aws-auth", "- {apiVersion: v1, kind: ConfigMap, metadata: {name: aws-auth, namespace: kube-system}}\n"
                 ROLE("kube-system", "r", RULE("update", "configmaps")) BIND("kube-system", "b", "Role", "r", USER("carla")), "carla", "admin", 1, "aws-auth", NULL},
                {"aws-auth elsewhere", "- {apiVersion: v1, kind: ConfigMap, metadata: {name: aws-auth, namespace: kube-system}}\n"
                 IN_SHOP(RULE("update", "configmaps")), "carla", "admin", NO_WAY},
                {"other ConfigMaps", "- {apiVersion: v1, kind: ConfigMap, metadata: {name: aws-auth, namespace: kube-system}}\n"
                 ROLE("kube-system", "r", NAMED("update", "configmaps", "coredns")) BIND("kube-system", "b", "Role", "r", USER("carla")), "carla", "admin", NO_WAY},
                {"no EKS", ROLE("kube-system", "r", RULE("update", "configmaps")) BIND("kube-system", "b", "Role", "r", USER("carla")), "carla", "admin", NO_WAY},
        };

        (void)state;
        check_ways(cases, BW_ARRAY_SIZE(cases));
}

static void identities(void **state)
{
        static const struct way cases[] = {
                {"everybody with an account", ADMIN SA("shop", "web") CBIND("b", "admin", GROUP("system:authenticated")), "shop/web", "admin", 1, "everything", NULL},
                {"every service account", ADMIN SA("shop", "web") CBIND("b", "admin", GROUP("system:serviceaccounts")), "shop/web", "admin", 1, "everything", NULL},
                {"those of a namespace", ADMIN SA("shop", "web") CBIND("b", "admin", GROUP("system:serviceaccounts:shop")), "shop/web", "admin", 1, "everything", NULL},
                {"those of another", ADMIN SA("shop", "web") CBIND("b", "admin", GROUP("system:serviceaccounts:ops")), "shop/web", "admin", NO_WAY},
                {"users are no service accounts", ADMIN CBIND("b", "admin", GROUP("system:serviceaccounts")) CBIND("c", "x", USER("carla")), "carla", "admin", NO_WAY},
                {"nobody has no account", ADMIN CBIND("b", "admin", GROUP("system:authenticated")), "system:anonymous", "admin", NO_WAY},
                {"anybody", ADMIN CBIND("b", "admin", GROUP("system:unauthenticated")), "system:anonymous", "admin", 1, "everything", NULL},
                {"a service account by its user's name", ADMIN SA("shop", "web") CBIND("b", "admin", USER("'system:serviceaccount:shop:web'")), "shop/web", "admin", 1,
                 "everything", NULL},
                {"a binding of its own namespace", SA("shop", "web") ROLE("shop", "r", RULE("get", "secrets"))
                 BIND("shop", "b", "Role", "r", "{kind: ServiceAccount, name: web}"), "shop/web", "secrets:shop", 1, "read-secrets", NULL},
                {"masters are in no binding", ADMIN, "g:system:masters", "admin", 1, "masters", NULL},
                {"a role that is not there", CBIND("b", "none", USER("carla")), "carla", "admin", NO_WAY},
                {"the cluster's administrators have all", ADMIN SA("shop", "web") CBIND("b", "admin", USER("carla")), "carla", "shop/web", 2, "everything", NULL},
                {"two steps", SA("ops", "top") ADMIN CBIND("t", "admin", ACCOUNT("ops", "top")) ROLE("ops", "r", RULE("create", "pods"))
                 BIND("ops", "b", "Role", "r", USER("carla")), "carla", "admin", 2, "create-pods", NULL},
        };

        (void)state;
        check_ways(cases, BW_ARRAY_SIZE(cases));
}

static void own(void **state)
{
        static const struct {
                struct bw_rbac_node node;
                bool is_system;
        } cases[] = {
                {{BW_RBAC_USER, {0}, BW_STR("system:kube-scheduler")}, true},
                {{BW_RBAC_USER, {0}, BW_STR("system:anonymous")}, false},
                {{BW_RBAC_USER, {0}, BW_STR("carla")}, false},
                {{BW_RBAC_GROUP, {0}, BW_STR("system:masters")}, true},
                {{BW_RBAC_GROUP, {0}, BW_STR("system:authenticated")}, false},
                {{BW_RBAC_GROUP, {0}, BW_STR("system:serviceaccounts:shop")}, false},
                {{BW_RBAC_GROUP, {0}, BW_STR("kubeadm:cluster-admins")}, true},
                {{BW_RBAC_SERVICE_ACCOUNT, BW_STR("kube-system"), BW_STR("generic-garbage-collector")}, true},
                {{BW_RBAC_SERVICE_ACCOUNT, BW_STR("shop"), BW_STR("generic-garbage-collector")}, false},
                {{BW_RBAC_SERVICE_ACCOUNT, BW_STR("kube-system"), BW_STR("web")}, false},
                {{BW_RBAC_CLUSTER_ADMIN, {0}, {0}}, false},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                assert_int_equal(bw_rbac_node_is_system(&cases[i].node), cases[i].is_system);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pods),  cmocka_unit_test(running_pods),  cmocka_unit_test(secrets),    cmocka_unit_test(impersonation),
                cmocka_unit_test(roles), cmocka_unit_test(control_plane), cmocka_unit_test(identities), cmocka_unit_test(own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
