/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of the components that were found; and for each one that is not here, a document that says why, so that a
 * report can tell "not on this machine" from "forgotten".
 */
#include "base/arena.h"
#include "base/error.h"
#include "node/components_internal.h"

/* Kubernetes' own kinds that a component's analysis gives besides Component. */
static const struct {
        const char *component;
        const char *api_version;
        const char *kind;
} absent_kinds[] = {
        {"kube-apiserver", NULL, "Component"},
        {"kube-controller-manager", NULL, "Component"},
        {"kube-scheduler", NULL, "Component"},
        {"etcd", NULL, "Component"},
        {"kubelet", NULL, "Component"},
        {"kubelet", "kubelet.config.k8s.io/v1beta1", "KubeletConfiguration"},
        {"kube-proxy", NULL, "Component"},
        {"kube-proxy", "kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration"},
};

static struct bw_str why_absent(struct bw_node *node, const char *component)
{
        const struct bw_node_identity *id = &node->identity;
        bool of_node = strcmp(component, "kubelet") == 0 || strcmp(component, "kube-proxy") == 0;

        if (strcmp(id->distribution, "none") == 0)
                return BW_STR("nothing of Kubernetes is on this machine");
        if (id->managed && !of_node)
                return bw_arena_printf(node->arena, "the control plane of %s is run by %s", id->title, id->owner);
        if (strcmp(component, "etcd") == 0 && id->roles & BW_ROLE_CONTROL_PLANE)
                return strcmp(id->distribution, "k3s") == 0        ? BW_STR("this k3s server keeps its data in SQLite or outside of the machine")
                     : strcmp(id->distribution, "microk8s") == 0 ? BW_STR("MicroK8s keeps its data in dqlite")
                                                                  : BW_STR("etcd is not on this machine");
        if (!of_node && !(id->roles & BW_ROLE_CONTROL_PLANE))
                return BW_STR("this node is no part of the control plane");
        return bw_arena_printf(node->arena, "no %s on this machine", component);
}

/* The fields that every Component has, so that expressions need not ask for them. */
static void put_nothing(struct bw_facts *facts, const char *component)
{
        static const char *const maps[] = {"settings", "featureGates"};
        struct bw_items problems = bw_items(facts);
        struct bw_items config = bw_items(facts);

        bw_fields_text(&facts->fields, "component", bw_str(component));
        bw_fields_bool(&facts->fields, "running", false);
        for (size_t i = 0; i < BW_ARRAY_SIZE(maps); i++) {
                struct bw_fields map = bw_fields(facts);

                bw_fields_value(&facts->fields, maps[i], bw_fields_end(&map));
        }
        bw_fields_value(&facts->fields, "config", bw_items_end(&config));
        bw_fields_value(&facts->fields, "problems", bw_items_end(&problems));
}

static int give_absent(struct bw_node *node, size_t i, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        struct bw_evidence evidence = {.state = "notApplicable", .reason = why_absent(node, absent_kinds[i].component)};
        struct bw_doc *doc = bw_arena_zalloc(node->arena, sizeof(*doc));
        struct bw_facts facts;
        int r;

        if (!doc)
                return bw_arena_error(node->arena, reterr);
        bw_facts_init(&facts, node->arena, absent_kinds[i].kind, node->name);
        if (!absent_kinds[i].api_version)
                put_nothing(&facts, absent_kinds[i].component);
        bw_facts_evidence(&facts, &evidence, "%s", "");
        r = absent_kinds[i].api_version ? bw_facts_finish_as(&facts, absent_kinds[i].api_version, doc, reterr)
                                        : bw_facts_finish(&facts, doc, reterr);
        return r < 0 ? r : sink(userdata, doc, reterr);
}

static int collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < node->n_components; i++)
                r = bw_component_analyze(node->arena, &node->components[i].input, sink, userdata, reterr);
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(absent_kinds); i++)
                if (!bw_node_component(node, absent_kinds[i].component, 0))
                        r = give_absent(node, i, sink, userdata, reterr);
        return r;
}

const struct bw_collector bw_collector_components = {.name = "components", .collect = collect};
