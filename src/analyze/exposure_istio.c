/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Istio's Gateways and the VirtualServices that are bound to them.
 * Source: istio.io/api networking/v1 Gateway, VirtualService; pilot/pkg/model (names of hosts).
 */
#include "analyze/exposure_internal.h"

#define GROUP "networking.istio.io"

enum { MAX_MEMOS = 64 };

struct memo { /* the pods of a selector: nearly all Gateways have the same */
        struct bw_value selector;
        const uint32_t *workloads;
        uint32_t n;
};
struct reader {
        struct bw_exposure *e;
        struct memo memos[MAX_MEMOS];
        size_t n_memos;
};

static int gateway_pods(struct reader *reader, struct bw_value selector, struct bw_way *way)
{
        struct memo made = {.selector = selector};
        int r;

        for (size_t i = 0; i < reader->n_memos; i++)
                if (bw_value_eq(reader->memos[i].selector, selector)) {
                        way->proxies = reader->memos[i].workloads;
                        way->n_proxies = reader->memos[i].n;
                        return 0;
                }
        r = expo_workloads_with(reader->e, BW_STR(""), selector, &made.workloads, &made.n);
        if (r == 0 && reader->n_memos < MAX_MEMOS)
                reader->memos[reader->n_memos++] = made;
        way->proxies = made.workloads;
        way->n_proxies = made.n;
        return r;
}

static bool is_wild(struct bw_str host)
{
        return bw_str_starts(host, BW_STR("*"));
}

static bool hosts_meet(struct bw_str a, struct bw_str b)
{
        return bw_str_is(a, "*") || bw_str_is(b, "*") || bw_str_eq(a, b) || (is_wild(a) && bw_str_ends(b, bw_str_rest(a, 1))) ||
               (is_wild(b) && bw_str_ends(a, bw_str_rest(b, 1)));
}

/* served: "host", or "namespace/host" with . for the Gateway's own. */
static bool serves(struct bw_str served, const struct bw_doc *gateway, const struct bw_doc *vs, struct bw_str host)
{
        size_t slash = bw_str_find(served, BW_STR("/"));
        struct bw_str ns = slash == SIZE_MAX ? BW_STR("*") : bw_str_n(served.p, slash);

        if (slash != SIZE_MAX)
                served = bw_str_rest(served, slash + 1);
        if (bw_str_is(ns, "."))
                ns = expo_ns(gateway);
        return (bw_str_is(ns, "*") || bw_str_eq(ns, expo_ns(vs))) && hosts_meet(served, host);
}

static bool server_takes(struct bw_value server, const struct bw_doc *gateway, const struct bw_doc *vs, struct bw_str *ret_host)
{
        struct bw_value served = list_of(server, "hosts");
        struct bw_value hosts = list_of(bw_map_get(vs->root, BW_STR("spec")), "hosts");

        for (uint32_t i = 0; i < served.n; i++)
                for (uint32_t j = 0; j < hosts.n; j++)
                        if (served.list->items[i].type == BW_STRING && hosts.list->items[j].type == BW_STRING &&
                            serves(bw_value_text(served.list->items[i]), gateway, vs, bw_value_text(hosts.list->items[j]))) {
                                *ret_host = bw_value_text(hosts.list->items[j]);
                                return true;
                        }
        return false;
}

/* The server that takes the requests: the last one stands, so that 443 goes before 80 where both do. */
static bool bind_to(const struct bw_doc *gateway, const struct bw_doc *vs, struct bw_way *way)
{
        struct bw_value servers = list_of(bw_map_get(gateway->root, BW_STR("spec")), "servers");
        bool found = false;

        for (uint32_t i = 0; i < servers.n; i++) {
                struct bw_value server = servers.list->items[i];
                uint32_t port = expo_number(bw_map_get(server, BW_STR("port")), "number", 0);
                struct bw_str host;

                if (!server_takes(server, gateway, vs, &host) || (found && port < way->port))
                        continue;
                way->host = bw_str_is(host, "*") ? BW_STR("") : host;
                way->port = (uint16_t)BW_MIN(port, UINT16_MAX);
                found = true;
        }
        return found;
}

/* A name alone is in the VirtualService's own namespace. */
static const struct bw_doc *service_of(const struct bw_exposure *e, const struct bw_doc *vs, struct bw_str host)
{
        struct bw_str rest = host;
        struct bw_str name = BW_STR("");
        struct bw_str ns = BW_STR("");
        struct bw_str svc = BW_STR("svc");

        (void)bw_str_split(&rest, '.', &name);
        if (!bw_str_split(&rest, '.', &ns))
                return expo_find(e, "", "Service", expo_ns(vs), name);
        (void)bw_str_split(&rest, '.', &svc);
        return bw_str_is(svc, "svc") ? expo_find(e, "", "Service", ns, name) : NULL;
}

static int add_destination(struct bw_exposure *e, const struct bw_way *way, struct bw_value destination)
{
        struct expo_ask ask = {.number = expo_number(bw_map_get(destination, BW_STR("port")), "number", 0)};
        struct bw_str host = bw_map_text(destination, "host");
        struct bw_way made = *way;

        return host.n ? expo_add_through(e, &made, service_of(e, way->route, host), &ask) : 0;
}

static int add_list(struct bw_exposure *e, const struct bw_way *way, struct bw_value destinations)
{
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < destinations.n; i++)
                r = add_destination(e, way, bw_map_get(destinations.list->items[i], BW_STR("destination")));
        return r;
}

static int add_routes(struct bw_exposure *e, const struct bw_way *way)
{
        static const char *const lists[] = {"http", "tls", "tcp"};
        int r = 0;

        for (size_t l = 0; l < BW_ARRAY_SIZE(lists); l++) {
                struct bw_value routes = list_of(bw_map_get(way->route->root, BW_STR("spec")), lists[l]);

                for (uint32_t i = 0; r == 0 && i < routes.n; i++) {
                        r = add_list(e, way, list_of(routes.list->items[i], "route"));
                        if (r == 0)
                                r = add_list(e, way, list_of(routes.list->items[i], "mirrors"));
                        if (r == 0)
                                r = add_destination(e, way, bw_map_get(routes.list->items[i], BW_STR("mirror")));
                }
        }
        return r;
}

/* "gateway" in the namespace of the VirtualService, or "namespace/gateway". */
static const struct bw_doc *gateway_of(const struct bw_exposure *e, const struct bw_doc *vs, struct bw_value name)
{
        struct bw_str text = name.type == BW_STRING ? bw_value_text(name) : BW_STR("");
        size_t slash = bw_str_find(text, BW_STR("/"));

        if (slash == SIZE_MAX)
                return expo_find(e, GROUP, "Gateway", expo_ns(vs), text);
        return expo_find(e, GROUP, "Gateway", bw_str_n(text.p, slash), bw_str_rest(text, slash + 1));
}

static int read_virtual_service(struct reader *reader, const struct bw_doc *vs)
{
        struct bw_value gateways = list_of(bw_map_get(vs->root, BW_STR("spec")), "gateways");
        struct bw_exposure *e = reader->e;
        size_t first = e->n_ways;
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < gateways.n; i++) {
                const struct bw_doc *gateway = gateway_of(e, vs, gateways.list->items[i]);
                struct bw_way way = {.type = BW_WAY_ISTIO, .scope = BW_SCOPE_INTERNET, .proxied = true, .entry = gateway, .route = vs};

                if (!gateway || !bind_to(gateway, vs, &way))
                        continue;
                r = gateway_pods(reader, bw_map_walk(gateway->root, "spec.selector"), &way);
                if (r == 0)
                        r = add_routes(e, &way);
        }
        if (r == 0)
                expo_drop_repeated(e, first);
        return r;
}

int expo_read_istio(struct bw_exposure *e)
{
        struct bw_doc_range services = expo_kind(e, GROUP, "VirtualService");
        struct reader reader = {.e = e};
        int r = 0;

        for (size_t i = 0; r == 0 && i < services.n; i++)
                if (!expo_is_superseded(services, i))
                        r = read_virtual_service(&reader, services.docs[i]);
        return r;
}
