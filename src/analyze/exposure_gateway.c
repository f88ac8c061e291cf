/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Gateway API: which routes a Gateway takes, and to which Services they lead.
 * Source: sigs.k8s.io/gateway-api apis/v1, apis/v1alpha2, apis/v1beta1 (ReferenceGrant); the spec's texts on attachment of routes.
 */
#include "analyze/exposure_internal.h"

#include "value/selector.h"

#define GROUP "gateway.networking.k8s.io"

static bool is_or_empty(struct bw_str text, const char *other)
{
        return text.n == 0 || bw_str_is(text, other);
}

/* ---- names of hosts: "shop.example", "*.example", or empty: any */

static bool covers(struct bw_str pattern, struct bw_str host)
{
        if (bw_str_starts(pattern, BW_STR("*.")))
                return bw_str_ends(host, bw_str_rest(pattern, 1));
        return bw_str_eq(pattern, host);
}

static bool hosts_meet(struct bw_str a, struct bw_str b)
{
        return a.n == 0 || b.n == 0 || bw_str_eq(a, b) || covers(a, b) || covers(b, a);
}

/* The first of the route's names that the listener serves; of a route without names the listener's. False: none. */
static bool meet_hosts(struct bw_value hostnames, struct bw_str listener, struct bw_str *ret)
{
        *ret = listener;
        for (uint32_t i = 0; i < hostnames.n; i++) {
                struct bw_value name = hostnames.list->items[i];

                if (name.type == BW_STRING && hosts_meet(bw_value_text(name), listener)) {
                        *ret = bw_value_text(name);
                        return true;
                }
        }
        return hostnames.n == 0;
}

/* ---- listeners */

static const struct {
        const char *protocol;
        const char *kinds;
} served[] = {
        {"HTTP", "HTTPRoute GRPCRoute"}, {"HTTPS", "HTTPRoute GRPCRoute"}, {"TLS", "TLSRoute TCPRoute"}, {"TCP", "TCPRoute"}, {"UDP", "UDPRoute"},
};

static bool serves_protocol(struct bw_str protocol, struct bw_str kind)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(served); i++) {
                struct bw_str rest = bw_str(served[i].kinds);
                struct bw_str part;

                while (bw_str_is(protocol, served[i].protocol) && bw_str_split(&rest, ' ', &part))
                        if (bw_str_eq(part, kind))
                                return true;
        }
        return false;
}

static bool serves_kind(struct bw_value listener, struct bw_str kind)
{
        struct bw_value kinds = list_of(bw_map_get(listener, BW_STR("allowedRoutes")), "kinds");

        for (uint32_t i = 0; i < kinds.n; i++)
                if (bw_str_eq(bw_map_text(kinds.list->items[i], "kind"), kind) &&
                    is_or_empty(bw_map_text(kinds.list->items[i], "group"), GROUP))
                        return true;
        return kinds.n == 0 && serves_protocol(bw_map_text(listener, "protocol"), kind);
}

/* A namespace has its own name as a label. */
static bool selects_namespace(const struct bw_exposure *e, struct bw_value selector, struct bw_str ns, struct bw_arena *arena)
{
        const struct bw_doc *doc = bw_inventory_find(e->inventory, BW_STR(""), BW_STR("Namespace"), BW_STR(""), ns);
        struct bw_value labels = doc ? bw_map_walk(doc->root, "metadata.labels") : (struct bw_value){0};
        uint32_t n = labels.type == BW_MAP ? labels.n : 0;
        struct bw_map *map = bw_map_new(arena, n + 1);

        if (!map)
                return false;
        map->entries[0] = (struct bw_entry){bw_value_str(BW_STR("kubernetes.io/metadata.name")), bw_value_str(ns)};
        n = 1;
        for (uint32_t i = 0; labels.type == BW_MAP && i < labels.n; i++)
                if (labels.map->entries[i].key.head != map->entries[0].key.head)
                        map->entries[n++] = labels.map->entries[i];
        return bw_map_seal(arena, map, n) == 0 && bw_selector_match(selector, bw_value_map(map, n)) == BW_SELECTED_YES;
}

static bool serves_namespace(const struct bw_exposure *e, const struct bw_doc *gateway, struct bw_value listener, struct bw_str ns)
{
        struct bw_value namespaces = bw_map_walk(listener, "allowedRoutes.namespaces");
        struct bw_str from = bw_map_text(namespaces, "from");

        if (bw_str_is(from, "All"))
                return true;
        if (bw_str_is(from, "Selector"))
                return selects_namespace(e, bw_map_get(namespaces, BW_STR("selector")), ns, e->arena);
        return is_or_empty(from, "Same") && bw_str_eq(ns, expo_ns(gateway));
}

static bool is_meant(struct bw_value listener, struct bw_value parent)
{
        struct bw_str section = bw_map_text(parent, "sectionName");
        uint32_t port = expo_number(parent, "port", 0);

        return (section.n == 0 || bw_str_eq(section, bw_map_text(listener, "name"))) && (port == 0 || port == expo_number(listener, "port", 0));
}

/* The listener that takes the route: one with TLS goes before. False: none does. */
static bool attach(const struct bw_exposure *e, const struct bw_doc *gateway, const struct bw_doc *route, struct bw_value parent, struct bw_way *way)
{
        struct bw_value listeners = list_of(bw_map_get(gateway->root, BW_STR("spec")), "listeners");
        struct bw_value hostnames = list_of(bw_map_get(route->root, BW_STR("spec")), "hostnames");
        bool found = false;

        for (uint32_t i = 0; i < listeners.n; i++) {
                struct bw_value listener = listeners.list->items[i];
                struct bw_str protocol = bw_map_text(listener, "protocol");
                struct bw_str host;

                if (!is_meant(listener, parent) || !serves_kind(listener, route->kind) || !serves_namespace(e, gateway, listener, expo_ns(route)) ||
                    !meet_hosts(hostnames, bw_map_text(listener, "hostname"), &host) || (found && !bw_str_is(protocol, "HTTPS")))
                        continue;
                way->host = host;
                way->port = (uint16_t)BW_MIN(expo_number(listener, "port", 0), UINT16_MAX);
                way->protocol = bw_str_is(protocol, "UDP") ? BW_PROTOCOL_UDP : BW_PROTOCOL_TCP;
                found = true;
        }
        return found;
}

/* ---- backends */

static bool grants_from(struct bw_value grant, const struct bw_doc *route)
{
        struct bw_value from = list_of(grant, "from");

        for (uint32_t i = 0; i < from.n; i++)
                if (bw_str_is(bw_map_text(from.list->items[i], "group"), GROUP) &&
                    bw_str_eq(bw_map_text(from.list->items[i], "kind"), route->kind) &&
                    bw_str_eq(bw_map_text(from.list->items[i], "namespace"), expo_ns(route)))
                        return true;
        return false;
}

static bool grants_to(struct bw_value grant, struct bw_str service)
{
        struct bw_value to = list_of(grant, "to");

        for (uint32_t i = 0; i < to.n; i++) {
                struct bw_str name = bw_map_text(to.list->items[i], "name");

                if (bw_map_text(to.list->items[i], "group").n == 0 && bw_str_is(bw_map_text(to.list->items[i], "kind"), "Service") &&
                    (name.n == 0 || bw_str_eq(name, service)))
                        return true;
        }
        return false;
}

static bool may_refer(const struct bw_exposure *e, const struct bw_doc *route, struct bw_str ns, struct bw_str service)
{
        struct bw_doc_range grants = bw_inventory_namespace(e->inventory, BW_STR(GROUP), BW_STR("ReferenceGrant"), ns);

        if (bw_str_eq(ns, expo_ns(route)))
                return true;
        for (size_t i = 0; i < grants.n; i++) {
                struct bw_value spec = bw_map_get(grants.docs[i]->root, BW_STR("spec"));

                if (grants_from(spec, route) && grants_to(spec, service))
                        return true;
        }
        return false;
}

static int add_ref(struct bw_exposure *e, const struct bw_way *way, struct bw_value ref)
{
        struct bw_str ns = bw_map_text(ref, "namespace");
        struct bw_str name = bw_map_text(ref, "name");
        struct expo_ask ask = {.number = expo_number(ref, "port", 0)};
        struct bw_way made = *way;

        if (ns.n == 0)
                ns = expo_ns(way->route);
        if (bw_map_text(ref, "group").n || !is_or_empty(bw_map_text(ref, "kind"), "Service") || expo_number(ref, "weight", 1) == 0 || !ask.number ||
            !may_refer(e, way->route, ns, name))
                return 0;
        return expo_add_through(e, &made, expo_find(e, "", "Service", ns, name), &ask);
}

/* Copies of requests reach a backend, too. */
static int add_mirrors(struct bw_exposure *e, const struct bw_way *way, struct bw_value filters)
{
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < filters.n; i++)
                r = add_ref(e, way, bw_map_walk(filters.list->items[i], "requestMirror.backendRef"));
        return r;
}

static int add_rules(struct bw_exposure *e, const struct bw_way *way)
{
        struct bw_value rules = list_of(bw_map_get(way->route->root, BW_STR("spec")), "rules");
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < rules.n; i++) {
                struct bw_value refs = list_of(rules.list->items[i], "backendRefs");

                for (uint32_t j = 0; r == 0 && j < refs.n; j++)
                        r = add_ref(e, way, refs.list->items[j]);
                if (r == 0)
                        r = add_mirrors(e, way, list_of(rules.list->items[i], "filters"));
        }
        return r;
}

static int read_route(struct bw_exposure *e, const struct bw_doc *route)
{
        struct bw_value parents = list_of(bw_map_get(route->root, BW_STR("spec")), "parentRefs");
        size_t first = e->n_ways;
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < parents.n; i++) {
                struct bw_value parent = parents.list->items[i];
                struct bw_str ns = bw_map_text(parent, "namespace");
                struct bw_way way = {.type = BW_WAY_GATEWAY, .route = route};

                if (!is_or_empty(bw_map_text(parent, "group"), GROUP) || !is_or_empty(bw_map_text(parent, "kind"), "Gateway"))
                        continue;
                way.entry = expo_find(e, GROUP, "Gateway", ns.n ? ns : expo_ns(route), bw_map_text(parent, "name"));
                if (!way.entry || !attach(e, way.entry, route, parent, &way))
                        continue;
                r = expo_gateway_controller(e, way.entry, &way);
                if (r == 0)
                        r = add_rules(e, &way);
        }
        if (r == 0)
                expo_drop_repeated(e, first);
        return r;
}

int expo_read_gateways(struct bw_exposure *e)
{
        static const char *const kinds[] = {"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"};
        int r = 0;

        for (size_t k = 0; k < BW_ARRAY_SIZE(kinds); k++) {
                struct bw_doc_range routes = expo_kind(e, GROUP, kinds[k]);

                for (size_t i = 0; r == 0 && i < routes.n; i++)
                        if (!expo_is_superseded(routes, i))
                                r = read_route(e, routes.docs[i]);
        }
        return r;
}
