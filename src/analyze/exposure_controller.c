/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which pods carry the requests of an Ingress, a Route or a Gateway: those that the network policies of the workloads behind see.
 * Source: the controllers' documentation on IngressClass.spec.controller and GatewayClass.spec.controllerName, and the images and
 * labels in their own manifests and charts.
 */
#include "analyze/exposure_internal.h"

#include "doc/pod.h"

#define GATEWAY_LABEL "gateway.networking.k8s.io/gateway-name"
#define ENVOY_LABEL "gateway.envoyproxy.io/owning-gateway-name"
#define ENVOY_NS_LABEL "gateway.envoyproxy.io/owning-gateway-namespace"

enum { MAX_PROXIES = 256 };

/* Texts are separated by blanks. */
static const struct controller {
        const char *names;      /* of the controller, as classes name it: these, or with more behind a slash */
        const char *classes;    /* names of classes that are its own where no IngressClass says so */
        const char *images;     /* ends of its images' names */
        const char *label;      /* a label of its pods; NULL: the images tell */
        const char *value;      /* NULL: any */
        bool is_cloud;          /* a load balancer of the cloud: no pods */
        bool is_private;        /* unless an annotation says otherwise */
} controllers[] = {
        {"k8s.io/ingress-nginx", "nginx ingress-nginx public webapprouting.kubernetes.azure.com",
         "ingress-nginx/controller ingress-nginx/controller-chroot nginx-ingress-controller", NULL, NULL, false, false},
        {"nginx.org/ingress-controller", "nginx", "nginx-ingress nginx-plus-ingress", NULL, NULL, false, false},
        {"traefik.io/ingress-controller traefik.io/gateway-controller", "traefik traefik-internal", "traefik mirrored-library-traefik", NULL,
         NULL, false, false},
        {"haproxy.org/ingress-controller", "haproxy", "haproxytech/kubernetes-ingress", NULL, NULL, false, false},
        {"haproxy-ingress.github.io/controller", "haproxy", "haproxy-ingress", NULL, NULL, false, false},
        {"ingress-controllers.konghq.com/kong konghq.com/kic-gateway-controller", "kong", "kong kong-gateway", NULL, NULL, false, false},
        {"projectcontour.io/ingress-controller projectcontour.io/gateway-controller projectcontour.io/projectcontour/contour", "contour",
         "envoyproxy/envoy bitnami/envoy", NULL, NULL, false, false},
        {"cilium.io/ingress-controller io.cilium/gateway-controller", "cilium", "cilium-envoy cilium/cilium", NULL, NULL, false, false},
        {"istio.io/ingress-controller istio.io/gateway-controller", "istio", "", "istio", "ingressgateway", false, false},
        {"openshift.io/ingress-to-route", "openshift-default", "haproxy-router",
         "ingresscontroller.operator.openshift.io/deployment-ingresscontroller", NULL, false, false},
        {"apisix.apache.org/apisix-ingress-controller", "apisix", "apisix", NULL, NULL, false, false},
        {"getambassador.io/ingress-controller", "ambassador", "emissary ambassador aes", NULL, NULL, false, false},
        {"gateway.nginx.org/nginx-gateway-controller", "", "nginx-gateway-fabric/nginx nginx-gateway", NULL, NULL, false, false},
        {"ingress.k8s.aws/alb eks.amazonaws.com/alb gateway.k8s.aws/alb gateway.k8s.aws/nlb", "alb", "", NULL, NULL, true, true},
        {"application-networking.k8s.aws/gateway-api-controller", "", "", NULL, NULL, true, true},
        {"azure/application-gateway alb.networking.azure.io/alb-controller", "azure/application-gateway azure-application-gateway", "",
         NULL, NULL, true, false},
        {"k8s.io/ingress-gce networking.gke.io/gateway", "gce", "", NULL, NULL, true, false},
        {"", "gce-internal", "", NULL, NULL, true, true},
};

enum { ROUTER_ROW = 9 };

static bool words_have(const char *words, struct bw_str word)
{
        struct bw_str rest = bw_str(words);
        struct bw_str part;

        while (word.n && bw_str_split(&rest, ' ', &part))
                if (bw_str_eq(part, word))
                        return true;
        return false;
}

/* A name of the controller, or one with more behind a slash, as haproxy.org's and ingress-nginx's instances have it. */
static bool is_named(const struct controller *row, struct bw_str name)
{
        struct bw_str rest = bw_str(row->names);
        struct bw_str part;

        while (name.n && bw_str_split(&rest, ' ', &part))
                if (bw_str_starts(name, part) && part.n && (name.n == part.n || name.p[part.n] == '/' || name.p[part.n] == '-'))
                        return true;
        return false;
}

/* ---- the controllers' pods */

/* Without tag and digest. */
static struct bw_str image_name(struct bw_str image)
{
        size_t slash = 0;

        for (size_t i = 0; i < image.n; i++) {
                if (image.p[i] == '/')
                        slash = i;
                if (image.p[i] == '@')
                        image.n = i;
        }
        for (size_t i = slash; i < image.n; i++)
                if (image.p[i] == ':')
                        image.n = i;
        return image;
}

static bool is_image_of(const char *ends, struct bw_str image)
{
        struct bw_str name = image_name(image);
        struct bw_str rest = bw_str(ends);
        struct bw_str part;

        while (bw_str_split(&rest, ' ', &part))
                if (part.n && bw_str_ends(name, part) && (name.n == part.n || name.p[name.n - part.n - 1] == '/'))
                        return true;
        return false;
}

static bool is_pod_of(const struct controller *row, const struct expo_item *item)
{
        struct bw_value containers = list_of(item->spec, "containers");
        struct bw_value label = row->label ? bw_map_get(item->labels, bw_str(row->label)) : (struct bw_value){0};

        if (label.type == BW_STRING && (!row->value || bw_str_is(bw_value_text(label), row->value)))
                return true;
        for (uint32_t i = 0; row->images[0] && i < containers.n; i++)
                if (is_image_of(row->images, bw_map_text(containers.list->items[i], "image")))
                        return true;
        return false;
}

static int add_proxy(struct bw_exposure *e, uint32_t **list, uint32_t *n, uint32_t workload)
{
        size_t cap = *n; /* grown one by one: there are few */

        if (*n >= MAX_PROXIES || (*n && (*list)[*n - 1] == workload))
                return 0;
        if (bw_arena_grow(e->arena, list, &cap, *n, sizeof(**list)) < 0)
                return -ENOMEM;
        (*list)[(*n)++] = workload;
        return 0;
}

static bool is_gateway_pod(const struct expo_item *item)
{
        return bw_map_text(item->labels, GATEWAY_LABEL).n || bw_map_text(item->labels, ENVOY_LABEL).n;
}

int expo_find_controllers(struct bw_exposure *e)
{
        size_t cap = 0;
        uint32_t last = UINT32_MAX;

        e->controllers = bw_arena_array(e->arena, BW_ARRAY_SIZE(controllers), sizeof(*e->controllers));
        e->n_controllers = bw_arena_array(e->arena, BW_ARRAY_SIZE(controllers), sizeof(*e->n_controllers));
        if (!e->controllers || !e->n_controllers)
                return -ENOMEM;
        memset(e->controllers, 0, sizeof(*e->controllers) * BW_ARRAY_SIZE(controllers));
        memset(e->n_controllers, 0, sizeof(*e->n_controllers) * BW_ARRAY_SIZE(controllers));
        for (size_t i = 0; i < e->n_items; i++) {
                const struct expo_item *item = &e->items[i];

                /* Pods of one workload stand together, mostly; one is enough. */
                if (item->workload == last)
                        continue;
                last = item->workload;
                for (size_t row = 0; row < BW_ARRAY_SIZE(controllers); row++)
                        if (is_pod_of(&controllers[row], item) &&
                            add_proxy(e, &e->controllers[row], &e->n_controllers[row], item->workload) < 0)
                                return -ENOMEM;
                if (!is_gateway_pod(item))
                        continue;
                if (bw_arena_grow(e->arena, &e->gateway_pods, &cap, e->n_gateway_pods, sizeof(*e->gateway_pods)) < 0)
                        return -ENOMEM;
                e->gateway_pods[e->n_gateway_pods++] = (uint32_t)i;
        }
        return 0;
}

static void set_row(const struct bw_exposure *e, size_t row, struct bw_way *way)
{
        way->proxied = true;
        way->proxies = e->controllers[row];
        way->n_proxies = e->n_controllers[row];
        if (controllers[row].is_cloud && !way->at_most)
                way->at_most = "policies see the load balancer's own addresses";
}

/* ---- the class of an Ingress */

static const struct bw_doc *default_class(const struct bw_exposure *e)
{
        struct bw_doc_range classes = expo_kind(e, "networking.k8s.io", "IngressClass");

        for (size_t i = 0; i < classes.n; i++)
                if (bw_str_is(bw_map_text(bw_map_walk(classes.docs[i]->root, "metadata.annotations"), "ingressclass.kubernetes.io/is-default-class"), "true"))
                        return classes.docs[i];
        return classes.n == 1 ? classes.docs[0] : NULL;
}

/* Of two controllers with the same usual class (nginx, haproxy) the one whose pods are there. */
static size_t row_of_class(const struct bw_exposure *e, struct bw_str class)
{
        size_t found = SIZE_MAX;

        for (size_t row = 0; row < BW_ARRAY_SIZE(controllers); row++)
                if (words_have(controllers[row].classes, class) && (found == SIZE_MAX || (!e->n_controllers[found] && e->n_controllers[row])))
                        found = row;
        return found;
}

static size_t row_of_name(struct bw_str name)
{
        for (size_t row = 0; row < BW_ARRAY_SIZE(controllers); row++)
                if (is_named(&controllers[row], name))
                        return row;
        return SIZE_MAX;
}

/* The only controller that has pods; SIZE_MAX: none, or several. */
static size_t only_row(const struct bw_exposure *e)
{
        size_t found = SIZE_MAX;

        for (size_t row = 0; row < BW_ARRAY_SIZE(controllers); row++) {
                if (!e->n_controllers[row] || controllers[row].classes[0] == 0 || bw_str_is(bw_str(controllers[row].classes), "cilium"))
                        continue;
                if (found != SIZE_MAX)
                        return SIZE_MAX;
                found = row;
        }
        return found;
}

static void apply_cloud(size_t row, struct bw_value annotations, bool has_parameters, struct bw_way *way)
{
        bool public = bw_str_is(bw_map_text(annotations, "alb.ingress.kubernetes.io/scheme"), "internet-facing");

        if (!controllers[row].is_private || public)
                return;
        if (has_parameters)
                way->at_most = "if the parameters of its class make it internet-facing";
        else
                way->scope = BW_SCOPE_PRIVATE;
}

void expo_ingress_controller(const struct bw_exposure *e, const struct bw_doc *ingress, struct bw_way *way)
{
        struct bw_value annotations = bw_map_walk(ingress->root, "metadata.annotations");
        struct bw_str class = bw_map_text(bw_map_get(ingress->root, BW_STR("spec")), "ingressClassName");
        const struct bw_doc *object;
        struct bw_value spec;
        size_t row;

        way->proxied = true;
        way->scope = expo_says_internal(annotations) ? BW_SCOPE_PRIVATE : BW_SCOPE_INTERNET;
        way->at_most = expo_limit_of(ingress);
        if (class.n == 0)
                class = bw_map_text(annotations, "kubernetes.io/ingress.class");
        object = class.n ? expo_find(e, "networking.k8s.io", "IngressClass", BW_STR(""), class) : default_class(e);
        spec = object ? bw_map_get(object->root, BW_STR("spec")) : (struct bw_value){0};
        row = object ? row_of_name(bw_map_text(spec, "controller")) : class.n ? row_of_class(e, class) : only_row(e);
        if (row == SIZE_MAX)
                return;
        set_row(e, row, way);
        apply_cloud(row, annotations, bw_map_get(spec, BW_STR("parameters")).type == BW_MAP, way);
}

void expo_router(const struct bw_exposure *e, struct bw_way *way)
{
        way->scope = BW_SCOPE_INTERNET;
        set_row(e, ROUTER_ROW, way);
}

/* ---- Gateways */

static bool is_private_gateway(const struct bw_doc *gateway, struct bw_str class)
{
        struct bw_value addresses = list_of(bw_map_get(gateway->root, BW_STR("status")), "addresses");
        bool known = false;

        if (bw_str_find(class, BW_STR("rilb")) != SIZE_MAX || bw_str_find(class, BW_STR("internal")) != SIZE_MAX)
                return true;
        for (uint32_t i = 0; i < addresses.n; i++) {
                struct bw_str type = bw_map_text(addresses.list->items[i], "type");

                if ((type.n && !bw_str_is(type, "IPAddress")) || expo_is_public(bw_map_text(addresses.list->items[i], "value")))
                        return false;
                known = true;
        }
        return known;
}

static bool is_of_gateway(const struct expo_item *item, const struct bw_doc *gateway)
{
        if (bw_str_eq(item->ns, expo_ns(gateway)) && bw_str_eq(bw_map_text(item->labels, GATEWAY_LABEL), gateway->name))
                return true;
        return bw_str_eq(bw_map_text(item->labels, ENVOY_LABEL), gateway->name) &&
               bw_str_eq(bw_map_text(item->labels, ENVOY_NS_LABEL), expo_ns(gateway));
}

int expo_gateway_controller(struct bw_exposure *e, const struct bw_doc *gateway, struct bw_way *way)
{
        struct bw_value spec = bw_map_get(gateway->root, BW_STR("spec"));
        struct bw_str class = bw_map_text(spec, "gatewayClassName");
        const struct bw_doc *object = expo_find(e, "gateway.networking.k8s.io", "GatewayClass", BW_STR(""), class);
        size_t row = object ? row_of_name(bw_map_text(bw_map_get(object->root, BW_STR("spec")), "controllerName")) : row_of_class(e, class);
        uint32_t *own = NULL;
        uint32_t n = 0;

        way->proxied = true;
        way->scope = is_private_gateway(gateway, class) || expo_says_internal(bw_map_walk(gateway->root, "metadata.annotations")) ||
                                     expo_says_internal(bw_map_walk(spec, "infrastructure.annotations"))
                             ? BW_SCOPE_PRIVATE
                             : BW_SCOPE_INTERNET;
        way->at_most = expo_limit_of(gateway);
        for (size_t i = 0; i < e->n_gateway_pods; i++)
                if (is_of_gateway(&e->items[e->gateway_pods[i]], gateway) &&
                    add_proxy(e, &own, &n, e->items[e->gateway_pods[i]].workload) < 0)
                        return -ENOMEM;
        if (n) {
                way->proxies = own;
                way->n_proxies = n;
        } else if (row != SIZE_MAX) {
                set_row(e, row, way);
        }
        return 0;
}
