/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who can come to an entry: load balancers made internal by annotations or classes, or limited to ranges; addresses of nodes.
 * Source: the annotations of cloud-provider-aws, aws-load-balancer-controller (internal unless said otherwise), cloud-provider-azure,
 * GKE, OpenStack, OCI, Alibaba, Tencent, IBM, Scaleway, Hetzner, Yandex, DigitalOcean.
 */
#include <strings.h>

#include "analyze/address.h"
#include "analyze/exposure_internal.h"

bool expo_is_public(struct bw_str address)
{
        struct bw_address_range range;

        return bw_address_range_parse(address, &range) && bw_address_is_public(&range.low);
}

/* ---- nodes */

void expo_learn_nodes(struct bw_exposure *e)
{
        struct bw_doc_range nodes = expo_kind(e, "", "Node");
        bool known = false;

        e->node_scope = BW_SCOPE_INTERNET;
        e->node_caveat = "if the nodes have public addresses";
        for (size_t i = 0; i < nodes.n; i++) {
                struct bw_value addresses = list_of(bw_map_get(nodes.docs[i]->root, BW_STR("status")), "addresses");

                for (uint32_t j = 0; j < addresses.n; j++) {
                        struct bw_str text = bw_map_text(addresses.list->items[j], "address");
                        struct bw_address_range ignored;

                        if (!bw_address_range_parse(text, &ignored))
                                continue;
                        known = true;
                        if (expo_is_public(text)) {
                                e->node_caveat = "if no firewall stands before the nodes";
                                return;
                        }
                }
        }
        if (known) {
                e->node_scope = BW_SCOPE_PRIVATE;
                e->node_caveat = NULL;
        }
}

/* ---- load balancers */

static const struct {
        const char *key;
        const char *value; /* NULL: any but "false" */
} internal[] = {
        {"service.beta.kubernetes.io/aws-load-balancer-internal", NULL},
        {"service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"},
        {"alb.ingress.kubernetes.io/scheme", "internal"},
        {"service.beta.kubernetes.io/azure-load-balancer-internal", "true"},
        {"appgw.ingress.kubernetes.io/use-private-ip", "true"},
        {"cloud.google.com/load-balancer-type", "internal"},
        {"networking.gke.io/load-balancer-type", "internal"},
        {"service.beta.kubernetes.io/openstack-internal-load-balancer", "true"},
        {"service.beta.kubernetes.io/oci-load-balancer-internal", "true"},
        {"oci-network-load-balancer.oraclecloud.com/internal", "true"},
        {"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet"},
        {"service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", NULL},
        {"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private"},
        {"service.beta.kubernetes.io/scw-loadbalancer-private", "true"},
        {"load-balancer.hetzner.cloud/disable-public-network", "true"},
        {"yandex.cloud/load-balancer-type", "internal"},
        {"service.beta.kubernetes.io/do-loadbalancer-network", "internal"},
};

/* Who may come is limited by something that is not in the cluster. */
static const struct {
        const char *key;
        const char *why;
} limiting[] = {
        {"service.beta.kubernetes.io/aws-load-balancer-security-groups", "a security group stands before it"},
        {"service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists", "a prefix list stands before it"},
        {"service.beta.kubernetes.io/azure-allowed-ip-ranges", "azure-allowed-ip-ranges limits it"},
        {"service.beta.kubernetes.io/azure-allowed-service-tags", "azure-allowed-service-tags limits it"},
        {"service.beta.kubernetes.io/vultr-loadbalancer-firewall-rules", "firewall rules limit it"},
        {"service.beta.kubernetes.io/do-loadbalancer-allow-rules", "firewall rules limit it"},
        {"alb.ingress.kubernetes.io/inbound-cidrs", "inbound-cidrs limits it"},
        {"alb.ingress.kubernetes.io/security-groups", "a security group stands before it"},
        {"nginx.ingress.kubernetes.io/whitelist-source-range", "whitelist-source-range limits it"},
        {"nginx.ingress.kubernetes.io/allowlist-source-range", "allowlist-source-range limits it"},
        {"haproxy.org/allow-list", "allow-list limits it"},
        {"haproxy.router.openshift.io/ip_whitelist", "ip_whitelist limits it"},
        {"haproxy.router.openshift.io/ip_allowlist", "ip_allowlist limits it"},
};

/* Classes of load balancers whose addresses are private. */
static const char *const private_classes[] = {"tailscale"};
/* Those of the controller for which internal is the default. */
static const char *const internal_classes[] = {"service.k8s.aws/nlb"};

bool expo_says_internal(struct bw_value annotations)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(internal); i++) {
                struct bw_value v = bw_map_get(annotations, bw_str(internal[i].key));
                struct bw_str text = v.type == BW_STRING ? bw_value_text(v) : BW_STR("");

                if (v.type == BW_STRING && (internal[i].value ? text.n == strlen(internal[i].value) && strncasecmp(text.p, internal[i].value, text.n) == 0
                                                              : !bw_str_is(text, "false")))
                        return true;
        }
        return false;
}

const char *expo_limit_of(const struct bw_doc *doc)
{
        struct bw_value annotations = bw_map_walk(doc->root, "metadata.annotations");

        for (size_t i = 0; i < BW_ARRAY_SIZE(limiting); i++)
                if (bw_map_text(annotations, limiting[i].key).n)
                        return limiting[i].why;
        return NULL;
}

static bool is_one_of(struct bw_str text, const char *const *texts, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_is(text, texts[i]))
                        return true;
        return false;
}

/* aws-load-balancer-controller makes internal ones, unless the scheme says otherwise. */
static bool is_internal_of_aws(struct bw_value spec, struct bw_value annotations)
{
        struct bw_str type = bw_map_text(annotations, "service.beta.kubernetes.io/aws-load-balancer-type");

        return (bw_str_is(type, "external") || bw_str_is(type, "nlb-ip") ||
                is_one_of(bw_map_text(spec, "loadBalancerClass"), internal_classes, BW_ARRAY_SIZE(internal_classes))) &&
               !bw_str_is(bw_map_text(annotations, "service.beta.kubernetes.io/aws-load-balancer-scheme"), "internet-facing");
}

/* 1: its addresses are known and private; 0: one is public; -1: not known. */
static int is_private_status(const struct bw_doc *service)
{
        struct bw_value addresses = list_of(bw_map_walk(service->root, "status.loadBalancer"), "ingress");
        int answer = -1;

        for (uint32_t i = 0; i < addresses.n; i++) {
                struct bw_str ip = bw_map_text(addresses.list->items[i], "ip");

                if (ip.n == 0)
                        return -1;
                if (expo_is_public(ip))
                        return 0;
                answer = 1;
        }
        return answer;
}

void expo_service_scope(const struct bw_doc *service, struct bw_way *way)
{
        struct bw_value spec = bw_map_get(service->root, BW_STR("spec"));
        struct bw_value annotations = bw_map_walk(service->root, "metadata.annotations");
        int status = is_private_status(service);

        if (status == 1 || expo_says_internal(annotations) ||
            is_one_of(bw_map_text(spec, "loadBalancerClass"), private_classes, BW_ARRAY_SIZE(private_classes)) ||
            (status < 0 && is_internal_of_aws(spec, annotations)))
                way->scope = BW_SCOPE_PRIVATE;
        way->at_most = expo_limit_of(service);
}

/* ---- source ranges */

static int add_range(struct bw_exposure *e, struct bw_str text, struct bw_address_range **ranges, size_t *cap, uint32_t *n, bool *has_public)
{
        struct bw_address_range range;

        if (!bw_address_range_parse(bw_str_trim(text), &range))
                return 0;
        if (bw_arena_grow(e->arena, ranges, cap, *n, sizeof(**ranges)) < 0)
                return -ENOMEM;
        (*ranges)[(*n)++] = range;
        *has_public |= !bw_address_range_is_private(&range);
        return 0;
}

int expo_source_ranges(struct bw_exposure *e, const struct bw_doc *service, struct bw_way *way)
{
        struct bw_value listed = list_of(bw_map_get(service->root, BW_STR("spec")), "loadBalancerSourceRanges");
        struct bw_str rest = bw_map_text(bw_map_walk(service->root, "metadata.annotations"), "service.beta.kubernetes.io/load-balancer-source-ranges");
        struct bw_address_range *ranges = NULL;
        bool has_public = false;
        struct bw_str part;
        uint32_t n = 0;
        size_t cap = 0;
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < listed.n; i++)
                if (listed.list->items[i].type == BW_STRING)
                        r = add_range(e, bw_value_text(listed.list->items[i]), &ranges, &cap, &n, &has_public);
        while (r == 0 && listed.n == 0 && bw_str_split(&rest, ',', &part))
                r = add_range(e, part, &ranges, &cap, &n, &has_public);
        way->sources = ranges;
        way->n_sources = n;
        if (n && !has_public && way->scope == BW_SCOPE_INTERNET)
                way->scope = BW_SCOPE_PRIVATE;
        return r;
}
