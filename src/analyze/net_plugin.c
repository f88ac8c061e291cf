/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which network plugin runs, and whether it acts on NetworkPolicies.
 * Source: flannel README ("does not implement network policy"); AWS "Configure your cluster for Kubernetes network policies" (the
 *         node agent's container); kind release notes v0.24.0 (kindnetd enforces from images of 2024-08 on); the documentation of
 *         Calico, Cilium, Antrea, OVN-Kubernetes, Kube-OVN, kube-router, Weave Net, Azure NPM, kube-network-policies.
 */
#include "analyze/list_internal.h"
#include "analyze/net_gaps.h"

#include "doc/pod.h"

enum says { ENFORCES, IGNORES, PERHAPS };

/* Ends of images' names without tag; a digest hides nothing of them. */
static const struct {
        const char *image;
        const char *name;
        enum says says;
        const char *why;
} images[] = {
        {"cilium/cilium", "Cilium", ENFORCES, NULL},
        {"calico/node", "Calico", ENFORCES, NULL},
        {"mirrored-calico-node", "Calico", ENFORCES, NULL},
        {"hardened-calico", "Calico", ENFORCES, NULL},
        {"antrea/antrea-agent-ubuntu", "Antrea", ENFORCES, NULL},
        {"antrea/antrea-agent-ubi", "Antrea", ENFORCES, NULL},
        {"antrea/antrea-ubuntu", "Antrea", ENFORCES, NULL},
        {"cloudnativelabs/kube-router", "kube-router", ENFORCES, NULL},
        {"weaveworks/weave-npc", "Weave Net", ENFORCES, NULL},
        {"weave-npc", "Weave Net", ENFORCES, NULL},
        {"kubeovn/kube-ovn", "Kube-OVN", ENFORCES, NULL},
        {"ovn-kube-ubuntu", "OVN-Kubernetes", ENFORCES, NULL},
        {"ovn-kube-fedora", "OVN-Kubernetes", ENFORCES, NULL},
        {"networking/kube-network-policies", "kube-network-policies", ENFORCES, NULL},
        {"containernetworking/azure-npm", "Azure NPM", ENFORCES, NULL},
        {"aws-network-policy-agent", "Amazon VPC CNI", PERHAPS, NULL},
        {"amazon/aws-network-policy-agent", "Amazon VPC CNI", PERHAPS, NULL},
        {"amazon-k8s-cni", "Amazon VPC CNI", IGNORES, "the node agent that enforces policies does not run beside it"},
        {"flannel/flannel", "flannel", IGNORES, "flannel alone does not enforce policies"},
        {"flannelcni/flannel", "flannel", IGNORES, "flannel alone does not enforce policies"},
        {"coreos/flannel", "flannel", IGNORES, "flannel alone does not enforce policies"},
        {"mirrored-flannelcni-flannel", "flannel", IGNORES, "flannel alone does not enforce policies"},
        {"kindest/kindnetd", "kindnet", IGNORES, "images of kindnetd before 2024-08 do not enforce policies"},
};
#define KINDNET_ENFORCES "v20240813" /* tags are dates */

/* Names of DaemonSets whose images are known by digest only. */
static const struct {
        const char *name;
        const char *plugin;
} daemons[] = {{"ovnkube-node", "OVN-Kubernetes"}, {"calico-node", "Calico"}, {"cilium", "Cilium"}, {"anetd", "GKE Dataplane V2"},
               {"antrea-agent", "Antrea"}, {"canal", "Canal"}, {"rke2-canal", "Canal"}, {"sdn", "OpenShift SDN"}, {"kube-router", "kube-router"}};

static struct bw_str without_tag(struct bw_str image, struct bw_str *ret_tag)
{
        size_t slash = 0;
        size_t end = image.n;

        for (size_t i = 0; i < image.n; i++) {
                if (image.p[i] == '/')
                        slash = i;
                if (image.p[i] == '@' && i < end)
                        end = i;
        }
        image.n = end;
        *ret_tag = BW_STR("");
        for (size_t i = slash; i < image.n; i++)
                if (image.p[i] == ':') {
                        *ret_tag = bw_str_rest(image, i + 1);
                        image.n = i;
                }
        return image;
}

static bool ends_with(struct bw_str name, struct bw_str end)
{
        return bw_str_ends(name, end) && (name.n == end.n || name.p[name.n - end.n - 1] == '/');
}

static void take(struct bw_net_plugin *best, const char *name, const struct bw_doc *doc, enum says says, const char *why)
{
        /* One that enforces, beside one that does not, is what they were put together for. */
        if (says == IGNORES && best->name)
                return;
        if (says == PERHAPS && best->verdict == BW_PLUGIN_ENFORCES)
                return;
        *best = (struct bw_net_plugin){.name = name, .doc = doc, .why = says == IGNORES ? why : NULL,
                                       .verdict = says == ENFORCES  ? BW_PLUGIN_ENFORCES
                                                  : says == IGNORES ? BW_PLUGIN_IGNORES
                                                                    : BW_PLUGIN_UNKNOWN};
}

static void look_at_image(struct bw_net_plugin *best, const struct bw_doc *doc, struct bw_str image)
{
        struct bw_str tag;
        struct bw_str name = without_tag(image, &tag);

        for (size_t i = 0; i < BW_ARRAY_SIZE(images); i++) {
                enum says says = images[i].says;

                if (!ends_with(name, bw_str(images[i].image)))
                        continue;
                if (bw_str_is(bw_str(images[i].name), "kindnet") && (tag.n == 0 || bw_str_cmp(tag, BW_STR(KINDNET_ENFORCES)) >= 0))
                        says = ENFORCES;
                take(best, images[i].name, doc, says, images[i].why);
        }
}

static void look_at(struct bw_net_plugin *best, const struct bw_doc *doc)
{
        struct bw_value containers;
        struct bw_pod pod;

        for (size_t i = 0; i < BW_ARRAY_SIZE(daemons); i++)
                if (bw_str_is(doc->name, daemons[i].name))
                        take(best, daemons[i].plugin, doc, ENFORCES, NULL);
        if (!bw_pod_find(doc, &pod))
                return;
        containers = list_of(pod.spec, "containers");
        for (uint32_t i = 0; i < containers.n; i++)
                look_at_image(best, doc, bw_map_text(containers.list->items[i], "image"));
}

struct bw_net_plugin bw_net_plugin(const struct bw_inventory *inventory)
{
        struct bw_doc_range daemon_sets = bw_inventory_kind(inventory, BW_STR("apps"), BW_STR("DaemonSet"));
        struct bw_net_plugin best = {0};

        for (size_t i = 0; i < daemon_sets.n; i++)
                look_at(&best, daemon_sets.docs[i]);
        return best;
}
