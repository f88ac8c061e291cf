/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ingresses and OpenShift's Routes.
 * Source: k8s.io/api networking/v1, networking/v1beta1, extensions/v1beta1; openshift/api route/v1.
 */
#include "analyze/exposure_internal.h"

/* port: a number, a name, or {number, name}. */
static struct expo_ask ask_of(struct bw_value port)
{
        struct expo_ask ask = {0};

        if (port.type == BW_MAP)
                return (struct expo_ask){.number = expo_number(port, "number", 0), .name = bw_map_text(port, "name")};
        if (port.type == BW_INT && port.i > 0 && port.i <= UINT16_MAX)
                ask.number = (uint32_t)port.i;
        else if (port.type == BW_STRING)
                ask.name = bw_value_text(port);
        return ask;
}

/* backend: of networking.k8s.io/v1 {service: {name, port}}, or of the versions before it {serviceName, servicePort}. */
static int add_backend(struct bw_exposure *e, const struct bw_way *way, struct bw_value backend)
{
        struct bw_value service = bw_map_get(backend, BW_STR("service"));
        struct bw_str name = service.type == BW_MAP ? bw_map_text(service, "name") : bw_map_text(backend, "serviceName");
        struct expo_ask ask = ask_of(bw_map_get(service.type == BW_MAP ? service : backend, service.type == BW_MAP ? BW_STR("port") : BW_STR("servicePort")));
        struct bw_way made = *way;

        if (name.n == 0 || (!ask.number && !ask.name.n))
                return 0;
        return expo_add_through(e, &made, expo_find(e, "", "Service", expo_ns(way->entry), name), &ask);
}

static bool has_tls(struct bw_value spec, struct bw_str host)
{
        struct bw_value tls = list_of(spec, "tls");

        for (uint32_t i = 0; i < tls.n; i++) {
                struct bw_value hosts = list_of(tls.list->items[i], "hosts");

                if (host.n == 0 || hosts.n == 0 || list_has(hosts, host))
                        return true;
        }
        return false;
}

static int read_rule(struct bw_exposure *e, struct bw_way way, struct bw_value spec, struct bw_value rule)
{
        struct bw_value paths = list_of(bw_map_get(rule, BW_STR("http")), "paths");
        int r = 0;

        way.host = bw_map_text(rule, "host");
        way.port = has_tls(spec, way.host) ? 443 : 80;
        for (uint32_t i = 0; r == 0 && i < paths.n; i++)
                r = add_backend(e, &way, bw_map_get(paths.list->items[i], BW_STR("backend")));
        return r;
}

static int read_ingress(struct bw_exposure *e, const struct bw_doc *ingress)
{
        struct bw_value spec = bw_map_get(ingress->root, BW_STR("spec"));
        struct bw_way way = {.type = BW_WAY_INGRESS, .entry = ingress, .port = 80};
        struct bw_value rules = list_of(spec, "rules");
        size_t first = e->n_ways;
        int r;

        expo_ingress_controller(e, ingress, &way);
        way.port = has_tls(spec, BW_STR("")) ? 443 : 80;
        r = add_backend(e, &way, bw_map_get(spec, BW_STR("defaultBackend")));
        if (r == 0)
                r = add_backend(e, &way, bw_map_get(spec, BW_STR("backend")));
        for (uint32_t i = 0; r == 0 && i < rules.n; i++)
                r = read_rule(e, way, spec, rules.list->items[i]);
        if (r == 0)
                expo_drop_repeated(e, first);
        return r;
}

static int read_route(struct bw_exposure *e, const struct bw_doc *route)
{
        struct bw_value spec = bw_map_get(route->root, BW_STR("spec"));
        struct bw_value others = list_of(spec, "alternateBackends");
        struct expo_ask ask = ask_of(bw_map_get(bw_map_get(spec, BW_STR("port")), BW_STR("targetPort")));
        struct bw_way way = {.type = BW_WAY_ROUTE, .entry = route, .host = bw_map_text(spec, "host"),
                             .port = bw_map_get(spec, BW_STR("tls")).type == BW_MAP ? 443 : 80};
        int r = 0;

        ask.target = true;
        expo_router(e, &way);
        if (expo_limit_of(route))
                way.at_most = expo_limit_of(route);
        for (uint32_t i = 0; r == 0 && i <= others.n; i++) {
                struct bw_value to = i ? others.list->items[i - 1] : bw_map_get(spec, BW_STR("to"));
                struct bw_str kind = bw_map_text(to, "kind");
                struct bw_way made = way;

                if (kind.n == 0 || bw_str_is(kind, "Service"))
                        r = expo_add_through(e, &made, expo_find(e, "", "Service", expo_ns(route), bw_map_text(to, "name")), &ask);
        }
        return r;
}

int expo_read_ingresses(struct bw_exposure *e)
{
        static const struct {
                const char *group;
                const char *kind;
                int (*read)(struct bw_exposure *e, const struct bw_doc *doc);
        } kinds[] = {{"networking.k8s.io", "Ingress", read_ingress},
                     {"extensions", "Ingress", read_ingress},
                     {"route.openshift.io", "Route", read_route}};
        int r = 0;

        for (size_t k = 0; k < BW_ARRAY_SIZE(kinds); k++) {
                struct bw_doc_range docs = expo_kind(e, kinds[k].group, kinds[k].kind);

                for (size_t i = 0; r == 0 && i < docs.n; i++)
                        if (!expo_is_superseded(docs, i))
                                r = kinds[k].read(e, docs.docs[i]);
        }
        return r;
}
