/* SPDX-License-Identifier: Apache-2.0 */
/* Pods by their labels, Services, ports of the hosts. */
#include "analyze/exposure_internal.h"

#include "doc/pod.h"
#include "value/selector.h"

#define NONE UINT32_MAX

static const char *const way_names[_BW_WAY_MAX] = {
        [BW_WAY_LOAD_BALANCER] = "LoadBalancer", [BW_WAY_NODE_PORT] = "NodePort",         [BW_WAY_EXTERNAL_IP] = "external address",
        [BW_WAY_HOST_PORT] = "hostPort",         [BW_WAY_HOST_NETWORK] = "host network", [BW_WAY_INGRESS] = "Ingress",
        [BW_WAY_ROUTE] = "Route",                [BW_WAY_GATEWAY] = "Gateway",           [BW_WAY_ISTIO] = "Istio Gateway",
};

const char *bw_way_name(enum bw_way_type type)
{
        return way_names[type];
}

static const struct {
        const char *group;
        const char *kind;
} looked_at[] = {
        {"", "Service"},
        {"", "Endpoints"},
        {"", "Node"},
        {"", "Namespace"},
        {"discovery.k8s.io", "EndpointSlice"},
        {"networking.k8s.io", "Ingress"},
        {"networking.k8s.io", "IngressClass"},
        {"extensions", "Ingress"},
        {"route.openshift.io", "Route"},
        {"gateway.networking.k8s.io", "Gateway"},
        {"gateway.networking.k8s.io", "GatewayClass"},
        {"gateway.networking.k8s.io", "HTTPRoute"},
        {"gateway.networking.k8s.io", "GRPCRoute"},
        {"gateway.networking.k8s.io", "TLSRoute"},
        {"gateway.networking.k8s.io", "TCPRoute"},
        {"gateway.networking.k8s.io", "UDPRoute"},
        {"gateway.networking.k8s.io", "ReferenceGrant"},
        {"networking.istio.io", "Gateway"},
        {"networking.istio.io", "VirtualService"},
};

bool bw_exposure_looks(struct bw_str group, struct bw_str kind)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(looked_at); i++)
                if (bw_str_is(kind, looked_at[i].kind) && bw_str_is(group, looked_at[i].group))
                        return true;
        return false;
}

bool bw_exposure_kind_at(size_t i, struct bw_str *ret_group, struct bw_str *ret_kind)
{
        if (i >= BW_ARRAY_SIZE(looked_at))
                return false;
        *ret_group = bw_str(looked_at[i].group);
        *ret_kind = bw_str(looked_at[i].kind);
        return true;
}

/* ---- fields */

struct bw_doc_range expo_kind(const struct bw_exposure *e, const char *group, const char *kind)
{
        return bw_inventory_kind(e->inventory, bw_str(group), bw_str(kind));
}

bool expo_is_superseded(struct bw_doc_range range, size_t i)
{
        return i + 1 < range.n && bw_str_eq(range.docs[i]->ns, range.docs[i + 1]->ns) && bw_str_eq(range.docs[i]->name, range.docs[i + 1]->name);
}

const struct bw_doc *expo_find(const struct bw_exposure *e, const char *group, const char *kind, struct bw_str ns, struct bw_str name)
{
        const struct bw_doc *doc = bw_inventory_find(e->inventory, bw_str(group), bw_str(kind), ns, name);

        if (!doc && bw_str_is(ns, "default"))
                doc = bw_inventory_find(e->inventory, bw_str(group), bw_str(kind), BW_STR(""), name);
        return doc;
}

uint32_t expo_number(struct bw_value map, const char *field, uint32_t otherwise)
{
        struct bw_value v = bw_map_get(map, bw_str(field));

        return v.type == BW_INT && v.i >= 0 && v.i < UINT32_MAX ? (uint32_t)v.i : otherwise;
}

enum bw_protocol expo_protocol(struct bw_value map, const char *field)
{
        static const char *const names[_BW_PROTOCOL_MAX] = {"TCP", "UDP", "SCTP"};
        struct bw_str text = bw_map_text(map, field);

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_is(text, names[i]))
                        return (enum bw_protocol)i;
        return text.n ? _BW_PROTOCOL_MAX : BW_PROTOCOL_TCP;
}

bool expo_true(struct bw_value map, const char *field)
{
        struct bw_value v = bw_map_get(map, bw_str(field));

        return v.type == BW_BOOL && v.b;
}

/* ---- pods */

static int collect_items(struct bw_exposure *e)
{
        struct bw_doc_range all = bw_inventory_all(e->inventory);

        e->items = bw_arena_array(e->arena, all.n + 1, sizeof(*e->items));
        if (!e->items)
                return -ENOMEM;
        for (size_t i = 0; i < all.n; i++) {
                const struct bw_doc *doc = all.docs[i];
                struct bw_pod pod;
                size_t workload;
                size_t class;

                if (!bw_pod_may_have(doc) || !bw_pod_find(doc, &pod))
                        continue;
                workload = bw_netpol_workload_of_doc(e->netpol, doc);
                class = bw_netpol_class_of_doc(e->netpol, doc);
                if (workload == SIZE_MAX || class == SIZE_MAX)
                        continue;
                e->items[e->n_items++] = (struct expo_item){
                        .doc = doc,
                        .labels = bw_map_get(pod.metadata, BW_STR("labels")),
                        .spec = pod.spec,
                        .ns = expo_ns(doc),
                        .workload = (uint32_t)workload,
                        .class = (uint32_t)class,
                };
        }
        return 0;
}

/* ---- an index of the labels that selectors ask for */

static uint64_t hash_bytes(uint64_t h, struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                h = (h ^ (uint8_t)s.p[i]) * UINT64_C(0x100000001b3);
        return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

static struct expo_pair *pair_slot(const struct bw_exposure *e, struct bw_str ns, struct bw_str key, struct bw_str value)
{
        uint64_t h = hash_bytes(hash_bytes(hash_bytes(UINT64_C(0xcbf29ce484222325), ns), key), value);
        size_t at = (size_t)(h ^ h >> 29) & e->pair_mask;

        while (e->pairs[at].key.p && !(bw_str_eq(e->pairs[at].value, value) && bw_str_eq(e->pairs[at].key, key) &&
                                       bw_str_eq(e->pairs[at].ns, ns)))
                at = (at + 1) & e->pair_mask;
        return &e->pairs[at];
}

static void want_pairs(struct bw_exposure *e, struct bw_str ns, struct bw_value selector)
{
        for (uint32_t i = 0; selector.type == BW_MAP && i < selector.n; i++) {
                const struct bw_entry *entry = &selector.map->entries[i];
                struct expo_pair *slot;

                if (entry->key.type != BW_STRING || entry->value.type != BW_STRING || entry->key.n == 0)
                        continue;
                slot = pair_slot(e, ns, bw_value_text(entry->key), bw_value_text(entry->value));
                if (!slot->key.p)
                        e->n_pairs++;
                *slot = (struct expo_pair){.ns = ns, .key = bw_value_text(entry->key), .value = bw_value_text(entry->value)};
        }
}

static struct bw_value service_selector(const struct bw_doc *service)
{
        return bw_map_walk(service->root, "spec.selector");
}

static int size_pairs(struct bw_exposure *e, struct bw_doc_range services)
{
        size_t n = 16;
        size_t wanted = 0;

        for (size_t i = 0; i < services.n; i++) {
                struct bw_value selector = service_selector(services.docs[i]);

                wanted += selector.type == BW_MAP ? selector.n : 0;
        }
        while (n < 2 * wanted)
                n *= 2;
        e->pair_mask = n - 1;
        e->pairs = bw_arena_array(e->arena, n, sizeof(*e->pairs));
        if (!e->pairs)
                return -ENOMEM;
        memset(e->pairs, 0, n * sizeof(*e->pairs));
        return 0;
}

/* The pair that an entry of a pod's labels is; NULL: nobody asks for it. */
static struct expo_pair *asked_pair(const struct bw_exposure *e, const struct expo_item *item, const struct bw_entry *entry)
{
        struct expo_pair *slot;

        if (entry->key.type != BW_STRING || entry->value.type != BW_STRING || entry->key.n == 0)
                return NULL;
        slot = pair_slot(e, item->ns, bw_value_text(entry->key), bw_value_text(entry->value));
        return slot->key.p ? slot : NULL;
}

static int fill_pairs(struct bw_exposure *e)
{
        uint32_t total = 0;

        for (size_t i = 0; i < e->n_items; i++)
                for (uint32_t j = 0; e->items[i].labels.type == BW_MAP && j < e->items[i].labels.n; j++) {
                        struct expo_pair *slot = asked_pair(e, &e->items[i], &e->items[i].labels.map->entries[j]);

                        if (slot)
                                slot->n++;
                }
        for (size_t i = 0; i <= e->pair_mask; i++) {
                e->pairs[i].first = total;
                total += e->pairs[i].n;
                e->pairs[i].n = 0;
        }
        e->members = bw_arena_array(e->arena, (size_t)total + 1, sizeof(*e->members));
        if (!e->members)
                return -ENOMEM;
        for (size_t i = 0; i < e->n_items; i++)
                for (uint32_t j = 0; e->items[i].labels.type == BW_MAP && j < e->items[i].labels.n; j++) {
                        struct expo_pair *slot = asked_pair(e, &e->items[i], &e->items[i].labels.map->entries[j]);

                        if (slot)
                                e->members[slot->first + slot->n++] = (uint32_t)i;
                }
        return 0;
}

static int index_labels(struct bw_exposure *e)
{
        struct bw_doc_range services = expo_kind(e, "", "Service");
        int r = size_pairs(e, services);

        if (r < 0)
                return r;
        for (size_t i = 0; i < services.n; i++)
                want_pairs(e, expo_ns(services.docs[i]), service_selector(services.docs[i]));
        return e->n_pairs ? fill_pairs(e) : 0;
}

/* The label of the selector that fewest pods have; NULL: one of them nobody has, or it was not foreseen. */
static const struct expo_pair *rarest(const struct bw_exposure *e, struct bw_str ns, struct bw_value labels)
{
        const struct expo_pair *best = NULL;

        for (uint32_t i = 0; i < labels.n; i++) {
                const struct bw_entry *entry = &labels.map->entries[i];
                const struct expo_pair *slot;

                if (entry->key.type != BW_STRING || entry->value.type != BW_STRING || entry->key.n == 0)
                        return NULL;
                slot = pair_slot(e, ns, bw_value_text(entry->key), bw_value_text(entry->value));
                if (!slot->key.p)
                        return NULL;
                if (!best || slot->n < best->n)
                        best = slot;
        }
        return best;
}

const struct expo_item *expo_select(const struct bw_exposure *e, struct bw_str ns, struct bw_value labels, size_t *at)
{
        const struct expo_pair *pair = labels.type == BW_MAP ? rarest(e, ns, labels) : NULL;

        while (pair && *at < pair->n) {
                const struct expo_item *item = &e->items[e->members[pair->first + (*at)++]];

                if (bw_selector_match_labels(labels, item->labels) == BW_SELECTED_YES)
                        return item;
        }
        return NULL;
}

int expo_workloads_with(struct bw_exposure *e, struct bw_str ns, struct bw_value labels, const uint32_t **ret, uint32_t *ret_n)
{
        uint32_t *found = NULL;
        size_t cap = 0;
        uint32_t n = 0;

        for (size_t i = 0; i < e->n_items; i++) {
                const struct expo_item *item = &e->items[i];

                if ((ns.n && !bw_str_eq(ns, item->ns)) || bw_selector_match_labels(labels, item->labels) != BW_SELECTED_YES)
                        continue;
                if (n && found[n - 1] == item->workload)
                        continue;
                if (bw_arena_grow(e->arena, &found, &cap, n, sizeof(*found)) < 0)
                        return -ENOMEM;
                found[n++] = item->workload;
        }
        *ret = found;
        *ret_n = n;
        return 0;
}

/* ---- backends */

int expo_push(struct bw_exposure *e, struct expo_list *list, const struct expo_item *item, enum bw_protocol protocol, uint32_t port)
{
        const struct bw_backend backend = {item->workload, item->class, (uint16_t)port, (uint8_t)protocol};

        if (port == 0 || port > UINT16_MAX || protocol == _BW_PROTOCOL_MAX)
                return 0;
        if (list->n && memcmp(&list->items[list->n - 1], &backend, sizeof(backend)) == 0)
                return 0;
        if (bw_arena_grow(e->arena, &list->items, &list->cap, list->n, sizeof(backend)) < 0)
                return -ENOMEM;
        list->items[list->n++] = backend;
        return 0;
}

#define CMP(a, b) (((a) > (b)) - ((a) < (b)))
static int by_backend(const void *a, const void *b)
{
        const struct bw_backend *x = a;
        const struct bw_backend *y = b;
        int r = CMP(x->workload, y->workload);

        r = r ? r : CMP(x->class, y->class);
        r = r ? r : CMP(x->protocol, y->protocol);
        return r ? r : CMP(x->port, y->port);
}

int expo_settle(struct bw_exposure *e, struct expo_list *list, const struct bw_backend **ret, uint32_t *ret_n)
{
        struct bw_backend *kept;
        uint32_t n = 0;

        if (list->n)
                qsort(list->items, list->n, sizeof(*list->items), by_backend);
        for (size_t i = 0; i < list->n; i++)
                if (n == 0 || by_backend(&list->items[n - 1], &list->items[i]) != 0)
                        list->items[n++] = list->items[i];
        kept = bw_arena_array(e->arena, (size_t)n + 1, sizeof(*kept));
        if (!kept)
                return -ENOMEM;
        if (n)
                memcpy(kept, list->items, n * sizeof(*kept));
        *ret = kept;
        *ret_n = n;
        return 0;
}

/* The number of a named port in a list of containers; 0: none has it. */
static uint32_t named_port(struct bw_value containers, struct bw_str name, enum bw_protocol protocol, bool sidecars)
{
        for (uint32_t i = 0; i < containers.n; i++) {
                struct bw_value container = containers.list->items[i];
                struct bw_value ports = list_of(container, "ports");

                if (sidecars && !bw_str_is(bw_map_text(container, "restartPolicy"), "Always"))
                        continue;
                for (uint32_t j = 0; j < ports.n; j++)
                        if (bw_str_eq(bw_map_text(ports.list->items[j], "name"), name) &&
                            expo_protocol(ports.list->items[j], "protocol") == protocol)
                                return expo_number(ports.list->items[j], "containerPort", 0);
        }
        return 0;
}

static uint32_t target_port(const struct expo_item *item, struct bw_value port, enum bw_protocol protocol)
{
        struct bw_value target = bw_map_get(port, BW_STR("targetPort"));
        uint32_t n;

        if (target.type == BW_INT && target.i > 0)
                return target.i <= UINT16_MAX ? (uint32_t)target.i : 0;
        if (target.type != BW_STRING || target.n == 0)
                return expo_number(port, "port", 0);
        n = named_port(list_of(item->spec, "containers"), bw_value_text(target), protocol, false);
        return n ? n : named_port(list_of(item->spec, "initContainers"), bw_value_text(target), protocol, true);
}

/* ---- Services without a selector: what their endpoints name */

static const struct expo_item *item_of_pod(const struct bw_exposure *e, struct bw_str ns, struct bw_str name)
{
        const struct bw_doc *doc = expo_find(e, "", "Pod", ns, name);

        for (size_t low = 0, high = e->n_items; doc && low < high;) {
                /* Items stand in the inventory's order, in which Pods of a namespace are sorted by name. */
                size_t middle = low + (high - low) / 2;
                const struct bw_doc *here = e->items[middle].doc;
                int r = bw_str_cmp(here->group, doc->group);

                r = r ? r : bw_str_cmp(here->kind, doc->kind);
                r = r ? r : bw_str_cmp(here->ns, doc->ns);
                r = r ? r : bw_str_cmp(here->name, doc->name);
                if (r == 0)
                        return &e->items[middle];
                if (r < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

static int push_address(struct bw_exposure *e, struct expo_list *list, struct bw_value endpoint, struct bw_str ns,
                        enum bw_protocol protocol, uint32_t port)
{
        struct bw_value target = bw_map_get(endpoint, BW_STR("targetRef"));
        struct bw_str of = bw_map_text(target, "namespace");
        const struct expo_item *item;

        if (!bw_str_is(bw_map_text(target, "kind"), "Pod"))
                return 0;
        item = item_of_pod(e, of.n ? of : ns, bw_map_text(target, "name"));
        return item ? expo_push(e, list, item, protocol, port) : 0;
}

/* ports and addresses: of an EndpointSlice, or of a subset of Endpoints. */
static int push_endpoints(struct bw_exposure *e, struct expo_list *list, struct bw_str ns, struct bw_value ports,
                          struct bw_value addresses, struct bw_value port)
{
        int r = 0;

        for (uint32_t i = 0; i < ports.n; i++) {
                struct bw_value p = ports.list->items[i];

                if (!bw_str_eq(bw_map_text(p, "name"), bw_map_text(port, "name")) ||
                    expo_protocol(p, "protocol") != expo_protocol(port, "protocol"))
                        continue;
                for (uint32_t j = 0; r == 0 && j < addresses.n; j++)
                        r = push_address(e, list, addresses.list->items[j], ns, expo_protocol(p, "protocol"),
                                         expo_number(p, "port", 0));
        }
        return r;
}

static int push_manual(struct bw_exposure *e, struct expo_list *list, const struct bw_doc *service, struct bw_value port)
{
        struct bw_doc_range slices = bw_inventory_namespace(e->inventory, BW_STR("discovery.k8s.io"), BW_STR("EndpointSlice"), service->ns);
        const struct bw_doc *endpoints = bw_inventory_find(e->inventory, BW_STR(""), BW_STR("Endpoints"), service->ns, service->name);
        struct bw_value subsets = endpoints ? list_of(endpoints->root, "subsets") : (struct bw_value){0};
        int r = 0;

        for (size_t i = 0; r == 0 && i < slices.n; i++) {
                struct bw_value labels = bw_map_walk(slices.docs[i]->root, "metadata.labels");

                if (bw_str_eq(bw_map_text(labels, "kubernetes.io/service-name"), service->name))
                        r = push_endpoints(e, list, expo_ns(service), list_of(slices.docs[i]->root, "ports"),
                                           list_of(slices.docs[i]->root, "endpoints"), port);
        }
        for (uint32_t i = 0; r == 0 && i < subsets.n; i++)
                r = push_endpoints(e, list, expo_ns(service), list_of(subsets.list->items[i], "ports"),
                                   list_of(subsets.list->items[i], "addresses"), port);
        return r;
}

/* ---- ports of Services */

static int find_backends(struct bw_exposure *e, const struct bw_doc *service, struct bw_value port, const struct bw_backend **ret,
                         uint32_t *ret_n)
{
        enum bw_protocol protocol = expo_protocol(port, "protocol");
        struct bw_value selector = service_selector(service);
        struct expo_list list = {0};
        const struct expo_item *item;
        size_t at = 0;
        int r = 0;

        if (selector.type != BW_MAP || selector.n == 0)
                r = push_manual(e, &list, service, port);
        while (r == 0 && (item = expo_select(e, expo_ns(service), selector, &at)))
                r = expo_push(e, &list, item, protocol, target_port(item, port, protocol));
        return r < 0 ? r : expo_settle(e, &list, ret, ret_n);
}

static struct expo_memo *memo_slot(const struct bw_exposure *e, const struct bw_doc *service, uint32_t port)
{
        size_t at = (((uintptr_t)service >> 4) * 31 + port) * UINT64_C(0x9e3779b97f4a7c15) >> 20 & e->memo_mask;

        while (e->memos[at].service && !(e->memos[at].service == service && e->memos[at].port == port))
                at = (at + 1) & e->memo_mask;
        return &e->memos[at];
}

static int grow_memos(struct bw_exposure *e)
{
        struct expo_memo *old = e->memos;
        size_t n_old = old ? e->memo_mask + 1 : 0;
        size_t n = n_old ? 2 * n_old : 64;

        e->memos = bw_arena_array(e->arena, n, sizeof(*e->memos));
        if (!e->memos) {
                e->memos = old;
                return -ENOMEM;
        }
        memset(e->memos, 0, n * sizeof(*e->memos));
        e->memo_mask = n - 1;
        for (size_t i = 0; i < n_old; i++)
                if (old[i].service)
                        *memo_slot(e, old[i].service, old[i].port) = old[i];
        return 0;
}

int expo_port_backends(struct bw_exposure *e, const struct bw_doc *service, struct bw_value port, uint32_t index,
                       const struct bw_backend **ret, uint32_t *ret_n)
{
        struct expo_memo *memo;
        int r = 0;

        if (!e->memos || 2 * e->n_memos > e->memo_mask)
                r = grow_memos(e);
        if (r < 0)
                return r;
        memo = memo_slot(e, service, index);
        if (!memo->service) {
                r = find_backends(e, service, port, &memo->backends, &memo->n);
                if (r < 0)
                        return r;
                memo->service = service;
                memo->port = index;
                e->n_memos++;
        }
        *ret = memo->backends;
        *ret_n = memo->n;
        return 0;
}

/* A Service that is another name of one in the cluster: that one. */
static const struct bw_doc *resolve_name(const struct bw_exposure *e, const struct bw_doc *service)
{
        struct bw_value spec = bw_map_get(service->root, BW_STR("spec"));
        struct bw_str rest = bw_map_text(spec, "externalName");
        struct bw_str name;
        struct bw_str ns;
        struct bw_str svc;

        if (!bw_str_is(bw_map_text(spec, "type"), "ExternalName"))
                return service;
        if (!bw_str_split(&rest, '.', &name) || !bw_str_split(&rest, '.', &ns) || !bw_str_split(&rest, '.', &svc) ||
            !bw_str_is(svc, "svc"))
                return NULL;
        service = expo_find(e, "", "Service", ns, name);
        return service && bw_str_is(bw_map_text(bw_map_get(service->root, BW_STR("spec")), "type"), "ExternalName") ? NULL : service;
}

static struct bw_value ports_of(const struct bw_doc *service)
{
        return list_of(bw_map_get(service->root, BW_STR("spec")), "ports");
}

static bool is_asked(struct bw_value port, const struct expo_ask *ask)
{
        struct bw_value target = bw_map_get(port, BW_STR("targetPort"));

        if (!ask->number && !ask->name.n)
                return true;
        if (ask->name.n)
                return bw_str_eq(bw_map_text(port, "name"), ask->name) ||
                       (ask->target && target.type == BW_STRING && bw_str_eq(bw_value_text(target), ask->name));
        if (ask->target && target.type == BW_INT)
                return target.i == ask->number;
        return expo_number(port, "port", 0) == ask->number;
}

int expo_add(struct bw_exposure *e, const struct bw_way *way)
{
        if (way->n_backends == 0)
                return 0;
        if (e->n_ways >= BW_LIMIT_WAYS)
                return -E2BIG;
        if (bw_arena_grow(e->arena, &e->ways, &e->cap_ways, e->n_ways, sizeof(*e->ways)) < 0)
                return -ENOMEM;
        e->ways[e->n_ways++] = *way;
        return 0;
}

int expo_add_through(struct bw_exposure *e, struct bw_way *way, const struct bw_doc *service, const struct expo_ask *ask)
{
        const struct bw_doc *real = service ? resolve_name(e, service) : NULL;
        struct bw_value ports = real ? ports_of(real) : (struct bw_value){0};
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < ports.n; i++) {
                struct bw_value port = ports.list->items[i];
                struct bw_way made = *way;

                if (!is_asked(port, ask))
                        continue;
                r = expo_port_backends(e, real, port, i, &made.backends, &made.n_backends);
                made.service = service;
                if (made.port == 0)
                        made.port = (uint16_t)BW_MIN(expo_number(port, "port", 0), UINT16_MAX);
                if (r == 0)
                        r = expo_add(e, &made);
        }
        return r;
}

void expo_drop_repeated(struct bw_exposure *e, size_t first)
{
        size_t n = first;

        for (size_t i = first; i < e->n_ways; i++) {
                const struct bw_way *way = &e->ways[i];
                bool met = false;

                /* Backends of equal ports are one array. */
                for (size_t j = n; !met && j > first && n - j < 32; j--)
                        met = e->ways[j - 1].service == way->service && e->ways[j - 1].backends == way->backends &&
                              e->ways[j - 1].route == way->route && bw_str_eq(e->ways[j - 1].host, way->host);
                if (!met)
                        e->ways[n++] = *way;
        }
        e->n_ways = n;
}

int bw_exposure_service(struct bw_exposure *exposure, const struct bw_doc *service, enum bw_protocol protocol, uint16_t port,
                        const struct bw_backend **ret, size_t *ret_n, struct bw_error *reterr)
{
        const struct bw_doc *real = resolve_name(exposure, service);
        struct bw_value ports = real ? ports_of(real) : (struct bw_value){0};
        struct expo_list list = {0};
        uint32_t n = 0;
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < ports.n; i++) {
                const struct bw_backend *found = NULL;
                uint32_t n_found = 0;

                if (port && (expo_number(ports.list->items[i], "port", 0) != port ||
                             expo_protocol(ports.list->items[i], "protocol") != protocol))
                        continue;
                r = expo_port_backends(exposure, real, ports.list->items[i], i, &found, &n_found);
                for (uint32_t j = 0; r == 0 && j < n_found; j++) {
                        r = bw_arena_grow(exposure->arena, &list.items, &list.cap, list.n, sizeof(*list.items));
                        if (r == 0)
                                list.items[list.n++] = found[j];
                }
        }
        if (r == 0)
                r = expo_settle(exposure, &list, ret, &n);
        if (r < 0)
                return bw_error_nomem(reterr);
        *ret_n = n;
        return 0;
}

/* ---- ways of Services */

/*
 * An entry's own port, in place of that of the Service: its field in the Service's port. guess: it is opened also where the field
 * is missing, as that of a NodePort is before it is created.
 */
static int add_port_ways(struct bw_exposure *e, struct bw_way way, const char *field, bool guess)
{
        struct bw_value ports = ports_of(way.entry);
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < ports.n; i++) {
                struct bw_value port = ports.list->items[i];
                uint32_t number = expo_number(port, field, 0);
                struct bw_way made = way;

                if ((number == 0 && !guess) || number > UINT16_MAX || expo_protocol(port, "protocol") == _BW_PROTOCOL_MAX)
                        continue;
                made.port = (uint16_t)number;
                made.protocol = (uint8_t)expo_protocol(port, "protocol");
                r = expo_port_backends(e, way.entry, port, i, &made.backends, &made.n_backends);
                if (r == 0)
                        r = expo_add(e, &made);
        }
        return r;
}

static int add_load_balancer(struct bw_exposure *e, const struct bw_doc *service, bool local)
{
        struct bw_way way = {.type = BW_WAY_LOAD_BALANCER, .scope = BW_SCOPE_INTERNET, .entry = service, .service = service, .node_seen = !local};
        int r;

        expo_service_scope(service, &way);
        r = expo_source_ranges(e, service, &way);
        return r < 0 ? r : add_port_ways(e, way, "port", false);
}

static int add_external_ips(struct bw_exposure *e, const struct bw_doc *service, bool local)
{
        struct bw_value addresses = list_of(bw_map_get(service->root, BW_STR("spec")), "externalIPs");
        struct bw_way way = {.type = BW_WAY_EXTERNAL_IP, .scope = BW_SCOPE_PRIVATE, .entry = service, .service = service, .node_seen = !local};

        for (uint32_t i = 0; i < addresses.n; i++) {
                struct bw_str text = addresses.list->items[i].type == BW_STRING ? bw_value_text(addresses.list->items[i]) : BW_STR("");

                if (way.host.n == 0 || (way.scope != BW_SCOPE_INTERNET && expo_is_public(text)))
                        way.host = text;
                if (expo_is_public(text))
                        way.scope = BW_SCOPE_INTERNET;
        }
        return addresses.n ? add_port_ways(e, way, "port", false) : 0;
}

static int add_service(struct bw_exposure *e, const struct bw_doc *service)
{
        struct bw_value spec = bw_map_get(service->root, BW_STR("spec"));
        struct bw_str type = bw_map_text(spec, "type");
        bool balanced = bw_str_is(type, "LoadBalancer");
        bool local = bw_str_is(bw_map_text(spec, "externalTrafficPolicy"), "Local");
        struct bw_way node_port = {.type = BW_WAY_NODE_PORT, .scope = e->node_scope, .at_most = e->node_caveat, .entry = service,
                                   .service = service, .node_seen = !local};
        int r = 0;

        if (bw_str_is(type, "ExternalName"))
                return 0;
        if (balanced)
                r = add_load_balancer(e, service, local);
        if (r == 0 && (balanced || bw_str_is(type, "NodePort")))
                r = add_port_ways(e, node_port, "nodePort", !balanced);
        return r < 0 ? r : add_external_ips(e, service, local);
}

/* ---- ports of the hosts */

struct host_seen { /* a hash table of what has a way already */
        uint64_t *keys;
        size_t mask, n;
};

/* True when it is new. */
static int host_remember(struct bw_exposure *e, struct host_seen *seen, uint64_t key, bool *ret_new)
{
        size_t at;

        if (2 * seen->n >= seen->mask) {
                struct host_seen bigger = {.mask = seen->mask ? 2 * seen->mask + 1 : 63};

                bigger.keys = bw_arena_array(e->arena, bigger.mask + 1, sizeof(*bigger.keys));
                if (!bigger.keys)
                        return -ENOMEM;
                memset(bigger.keys, 0, (bigger.mask + 1) * sizeof(*bigger.keys));
                for (size_t i = 0; seen->keys && i <= seen->mask; i++)
                        if (seen->keys[i]) {
                                for (at = seen->keys[i] * UINT64_C(0x9e3779b97f4a7c15) >> 20 & bigger.mask; bigger.keys[at];)
                                        at = (at + 1) & bigger.mask;
                                bigger.keys[at] = seen->keys[i];
                        }
                bigger.n = seen->n;
                *seen = bigger;
        }
        for (at = key * UINT64_C(0x9e3779b97f4a7c15) >> 20 & seen->mask; seen->keys[at] && seen->keys[at] != key;)
                at = (at + 1) & seen->mask;
        *ret_new = seen->keys[at] == 0;
        seen->n += *ret_new;
        seen->keys[at] = key;
        return 0;
}

static bool is_loopback(struct bw_str ip)
{
        return bw_str_starts(ip, BW_STR("127.")) || bw_str_is(ip, "::1");
}

static int add_host_port(struct bw_exposure *e, const struct expo_item *item, struct bw_value port, struct host_seen *seen)
{
        bool on_host = expo_true(item->spec, "hostNetwork");
        uint32_t number = expo_number(port, "containerPort", 0);
        uint32_t outer = expo_number(port, "hostPort", 0);
        enum bw_protocol protocol = expo_protocol(port, "protocol");
        struct bw_str ip = bw_map_text(port, "hostIP");
        struct bw_way way = {.type = on_host ? BW_WAY_HOST_NETWORK : BW_WAY_HOST_PORT, .scope = e->node_scope,
                             .at_most = e->node_caveat, .entry = item->doc, .protocol = (uint8_t)protocol};
        struct expo_list list = {0};
        bool is_new = false;
        int r;

        if (on_host)
                outer = number;
        if (!outer || outer > UINT16_MAX || !number || number > UINT16_MAX || protocol == _BW_PROTOCOL_MAX || (!on_host && is_loopback(ip)))
                return 0;
        /* The class is in it: the same workload may have pods that policies treat differently. */
        r = host_remember(e, seen, ((uint64_t)item->workload << 41 ^ (uint64_t)item->class << 20 ^ (uint64_t)outer << 2 ^ (uint64_t)protocol) + 1, &is_new);
        if (r < 0 || !is_new)
                return r;
        way.port = (uint16_t)outer;
        r = expo_push(e, &list, item, protocol, number);
        if (r == 0)
                r = expo_settle(e, &list, &way.backends, &way.n_backends);
        return r < 0 ? r : expo_add(e, &way);
}

static int read_hosts(struct bw_exposure *e)
{
        static const char *const lists[] = {"containers", "initContainers"};
        struct host_seen seen = {0};
        int r = 0;

        for (size_t i = 0; r == 0 && i < e->n_items; i++)
                for (size_t l = 0; l < BW_ARRAY_SIZE(lists); l++) {
                        struct bw_value containers = list_of(e->items[i].spec, lists[l]);

                        for (uint32_t c = 0; c < containers.n; c++) {
                                struct bw_value ports = list_of(containers.list->items[c], "ports");

                                if (l && !bw_str_is(bw_map_text(containers.list->items[c], "restartPolicy"), "Always"))
                                        continue;
                                for (uint32_t p = 0; r == 0 && p < ports.n; p++)
                                        r = add_host_port(e, &e->items[i], ports.list->items[p], &seen);
                        }
                }
        return r;
}

static int read_services(struct bw_exposure *e)
{
        struct bw_doc_range services = expo_kind(e, "", "Service");
        int r = 0;

        for (size_t i = 0; r == 0 && i < services.n; i++)
                if (!expo_is_superseded(services, i))
                        r = add_service(e, services.docs[i]);
        return r;
}

int bw_exposure_new(struct bw_arena *arena, const struct bw_inventory *inventory, const struct bw_netpol *netpol, struct bw_exposure **ret,
                    struct bw_error *reterr)
{
        static int (*const steps[])(struct bw_exposure *e) = {collect_items,        index_labels, expo_find_controllers,
                                                              read_services,        read_hosts,   expo_read_ingresses,
                                                              expo_read_gateways,   expo_read_istio};
        struct bw_exposure *e = bw_arena_zalloc(arena, sizeof(*e));
        int r = e ? 0 : -ENOMEM;

        if (e) {
                e->arena = arena;
                e->inventory = inventory;
                e->netpol = netpol;
                expo_learn_nodes(e);
        }
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(steps); i++)
                r = steps[i](e);
        if (r == -E2BIG)
                return bw_error_set(reterr, r, "more than %d ways lead to workloads: ask of fewer namespaces", BW_LIMIT_WAYS);
        if (r < 0)
                return bw_error_nomem(reterr);
        *ret = e;
        return 0;
}

const struct bw_way *bw_exposure_ways(const struct bw_exposure *exposure, size_t *ret_n)
{
        *ret_n = exposure->n_ways;
        return exposure->ways;
}

/* ---- as a text */

static struct bw_str name_of(struct bw_arena *arena, const struct bw_doc *doc)
{
        return bw_arena_printf(arena, "%.*s/%.*s", BW_STR_ARG(expo_ns(doc)), BW_STR_ARG(doc->name));
}

struct bw_str bw_way_text(struct bw_arena *arena, const struct bw_way *way)
{
        struct bw_str text = way->type == BW_WAY_HOST_PORT || way->type == BW_WAY_HOST_NETWORK
                                     ? bw_arena_printf(arena, "%s of its nodes", bw_way_name(way->type))
                                     : name_of(arena, way->entry);

        if (text.p && way->type != BW_WAY_HOST_PORT && way->type != BW_WAY_HOST_NETWORK)
                text = bw_arena_printf(arena, "%s %.*s", bw_way_name(way->type), BW_STR_ARG(text));
        if (text.p && way->port)
                text = bw_arena_printf(arena, "%.*s port %u%s", BW_STR_ARG(text), way->port,
                                       way->protocol == BW_PROTOCOL_UDP    ? "/UDP"
                                       : way->protocol == BW_PROTOCOL_SCTP ? "/SCTP"
                                                                           : "");
        if (text.p && way->route) {
                struct bw_str route = name_of(arena, way->route);

                text = route.p ? bw_arena_printf(arena, "%.*s, %.*s %.*s", BW_STR_ARG(text), BW_STR_ARG(way->route->kind), BW_STR_ARG(route)) : route;
        }
        if (text.p && way->host.n)
                text = bw_arena_printf(arena, "%.*s, %s %.*s", BW_STR_ARG(text), way->type == BW_WAY_EXTERNAL_IP ? "address" : "host",
                                       BW_STR_ARG(way->host));
        if (text.p && way->service && way->service != way->entry)
                text = bw_arena_printf(arena, "%.*s, Service %.*s", BW_STR_ARG(text), BW_STR_ARG(way->service->name));
        return text;
}
