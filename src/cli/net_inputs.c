/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/net_inputs.h"

#include "analyze/address.h"
#include "analyze/api_resource.h"
#include "base/arena.h"
#include "base/limits.h"
#include "cli/cluster_args.h"
#include "report/emit.h"

/* ---- what is read */

int bw_net_inputs_build(struct bw_arena *arena, const struct bw_inventory *inventory, struct bw_net_inputs *ret, struct bw_error *reterr)
{
        int r = bw_netpol_new(arena, inventory, &ret->netpol, reterr);

        if (r == 0)
                r = bw_exposure_new(arena, inventory, ret->netpol, &ret->exposure, reterr);
        if (r == 0)
                r = bw_reach_new(arena, ret->netpol, ret->exposure, &ret->reach, reterr);
        if (r < 0)
                return r;
        ret->inventory = inventory;
        ret->workloads = bw_netpol_workloads(ret->netpol, &ret->n_workloads);
        return 0;
}

void bw_net_inputs_done(struct bw_net_inputs *inputs)
{
        bw_inventory_free(inputs->part);
        bw_objects_done(&inputs->objects);
}

int bw_net_inputs_open(struct bw_cli *cli, const struct bw_args *args, struct bw_net_inputs *ret, struct bw_error *reterr)
{
        struct bw_net_inputs inputs = {0};
        int r = bw_objects_open(cli, args, bw_network_looks, true, &inputs.objects, reterr);

        if (r < 0)
                return r;
        r = bw_net_inputs_build(inputs.objects.arena, inputs.objects.inventory, &inputs, reterr);
        if (r < 0) {
                bw_net_inputs_done(&inputs);
                return r;
        }
        *ret = inputs;
        return 0;
}

/* ---- texts */

struct bw_str bw_net_workload_text(struct bw_arena *arena, const struct bw_net_workload *workload)
{
        return bw_arena_printf(arena, "%.*s/%.*s/%.*s", BW_STR_ARG(workload->ns), BW_STR_ARG(workload->kind), BW_STR_ARG(workload->name));
}

static bool is_all(const struct bw_ports *ports, size_t protocol)
{
        return ports->n[protocol] == 1 && ports->ranges[protocol][0].low <= 1 && ports->ranges[protocol][0].high == UINT16_MAX;
}

void bw_net_ports_text(struct bw_buf *out, const struct bw_ports *ports)
{
        bool first = true;

        if (is_all(ports, BW_PROTOCOL_TCP) && is_all(ports, BW_PROTOCOL_UDP) && is_all(ports, BW_PROTOCOL_SCTP)) {
                bw_buf_puts(out, "all ports");
                return;
        }
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                if (!ports->n[p])
                        continue;
                bw_buf_printf(out, "%s%s ", first ? "" : "; ", bw_protocol_name((enum bw_protocol)p));
                first = false;
                for (uint32_t i = 0; i < ports->n[p] && !is_all(ports, p); i++) {
                        struct bw_port_range range = ports->ranges[p][i];

                        bw_buf_printf(out, range.low == range.high ? "%s%u" : "%s%u-%u", i ? "," : "", range.low, range.high);
                }
                if (is_all(ports, p))
                        bw_buf_puts(out, "all");
        }
        if (first)
                bw_buf_puts(out, "none");
}

void bw_emit_net_ports(struct bw_emit *e, const struct bw_ports *ports)
{
        bw_emit_map(e);
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                if (!ports->n[p])
                        continue;
                bw_emit_key(e, bw_protocol_name((enum bw_protocol)p));
                bw_emit_list(e);
                for (uint32_t i = 0; i < ports->n[p]; i++) {
                        bw_emit_list(e);
                        bw_emit_u64(e, ports->ranges[p][i].low);
                        bw_emit_u64(e, ports->ranges[p][i].high);
                        bw_emit_end(e);
                }
                bw_emit_end(e);
        }
        bw_emit_end(e);
}

void bw_emit_net_workload(struct bw_emit *e, const struct bw_net_workload *workload)
{
        bw_emit_key_str(e, "namespace", workload->ns);
        bw_emit_key_str(e, "kind", workload->kind);
        bw_emit_key_str(e, "name", workload->name);
}

/* ---- ports */

static bool protocol_named(struct bw_str text, enum bw_protocol *ret)
{
        static const char *const names[_BW_PROTOCOL_MAX] = {"tcp", "udp", "sctp"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++) {
                bool same = text.n == strlen(names[i]);

                for (size_t j = 0; same && j < text.n; j++)
                        same = (text.p[j] | 0x20) == names[i][j];
                if (same) {
                        *ret = (enum bw_protocol)i;
                        return true;
                }
        }
        return false;
}

int bw_net_port_parse(const char *text, uint16_t *ret_port, enum bw_protocol *ret_protocol, struct bw_str *ret_name, struct bw_error *reterr)
{
        struct bw_str rest = bw_str(text);
        struct bw_str port = BW_STR("");
        enum bw_protocol protocol = BW_PROTOCOL_TCP;
        uint64_t number = 0;

        (void)bw_str_split(&rest, '/', &port);
        if (rest.n && !protocol_named(rest, &protocol))
                return bw_error_set(reterr, -EINVAL, "a port is 443, 53/udp or a name, not \"%s\"", text);
        if (bw_str_to_u64(port, &number) < 0) {
                number = 0;
                if (port.n == 0 || (port.p[0] >= '0' && port.p[0] <= '9') || port.p[0] == '-')
                        return bw_error_set(reterr, -EINVAL, "a port is 443, 53/udp or a name, not \"%s\"", text);
                *ret_name = port;
        } else if (number == 0 || number > UINT16_MAX) {
                return bw_error_set(reterr, -EINVAL, "ports are 1 to 65535, not %.*s", BW_STR_ARG(port));
        }
        *ret_port = (uint16_t)number;
        *ret_protocol = protocol;
        return 0;
}

/* ---- ends */

struct parser {
        const struct bw_net_inputs *inputs;
        struct bw_arena *arena;
        struct bw_str ns;              /* of -n; may be empty */
        const char *text;
        enum bw_protocol protocol;
        uint16_t port;
        struct bw_net_place place;
        struct bw_error *reterr;
};

static int add_pod(struct parser *p, size_t *cap, uint32_t workload, uint32_t class)
{
        struct bw_backend *pods = (struct bw_backend *)(uintptr_t)p->place.pods;

        if (bw_arena_grow(p->arena, &pods, cap, p->place.n_pods, sizeof(*pods)) < 0)
                return bw_error_nomem(p->reterr);
        p->place.pods = pods;
        pods[p->place.n_pods++] = (struct bw_backend){.workload = workload, .class = class};
        return 0;
}

static int add_workload(struct parser *p, size_t *cap, size_t number)
{
        const struct bw_net_workload *w = &p->inputs->workloads[number];
        const uint32_t *classes = bw_netpol_workload_classes(p->inputs->netpol);
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < w->n_classes; i++)
                r = add_pod(p, cap, (uint32_t)number, classes[w->first_class + i]);
        return r;
}

static int label(struct parser *p, struct bw_str text)
{
        p->place.label = bw_arena_str(p->arena, text);
        return p->place.label.p ? 0 : bw_error_nomem(p->reterr);
}

/* Pods of workloads with this name; kind empty: any. */
static int find_workloads(struct parser *p, struct bw_str ns, struct bw_str kind, struct bw_str name)
{
        size_t cap = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < p->inputs->n_workloads; i++) {
                const struct bw_net_workload *w = &p->inputs->workloads[i];
                struct bw_str text;

                if (!bw_str_eq(w->name, name) || !bw_str_eq(w->ns, ns) || (kind.n && !bw_str_eq(w->kind, kind)))
                        continue;
                r = add_workload(p, &cap, i);
                text = bw_net_workload_text(p->arena, w);
                if (r == 0)
                        r = text.p ? label(p, text) : bw_error_nomem(p->reterr);
        }
        return r;
}

static int find_pod(struct parser *p, struct bw_str ns, struct bw_str name)
{
        const struct bw_doc *doc = bw_inventory_find(p->inputs->inventory, BW_STR(""), BW_STR("Pod"), ns, name);
        size_t class;
        size_t workload;
        size_t cap = 0;

        if (!doc && bw_str_is(ns, "default"))
                doc = bw_inventory_find(p->inputs->inventory, BW_STR(""), BW_STR("Pod"), BW_STR(""), name);
        if (!doc)
                return 0;
        class = bw_netpol_class_of_doc(p->inputs->netpol, doc);
        workload = bw_netpol_workload_of_doc(p->inputs->netpol, doc);
        if (class == SIZE_MAX || workload == SIZE_MAX)
                return bw_error_set(p->reterr, -ENOENT, "pod %.*s/%.*s has ended, or has no address", BW_STR_ARG(ns), BW_STR_ARG(name));
        p->place.label = bw_arena_printf(p->arena, "%.*s/Pod/%.*s", BW_STR_ARG(ns), BW_STR_ARG(name));
        return p->place.label.p ? add_pod(p, &cap, (uint32_t)workload, (uint32_t)class) : bw_error_nomem(p->reterr);
}

static int find_service(struct parser *p, struct bw_str ns, struct bw_str name)
{
        const struct bw_doc *doc = bw_inventory_find(p->inputs->inventory, BW_STR(""), BW_STR("Service"), ns, name);

        if (!doc && bw_str_is(ns, "default"))
                doc = bw_inventory_find(p->inputs->inventory, BW_STR(""), BW_STR("Service"), BW_STR(""), name);
        if (!doc)
                return bw_error_set(p->reterr, -ENOENT, "there is no Service %.*s/%.*s in what was read", BW_STR_ARG(ns), BW_STR_ARG(name));
        p->place.service = doc;
        p->place.label = bw_arena_printf(p->arena, "%.*s/Service/%.*s", BW_STR_ARG(ns), BW_STR_ARG(name));
        if (!p->place.label.p)
                return bw_error_nomem(p->reterr);
        return bw_exposure_service(p->inputs->exposure, doc, p->protocol, p->port, &p->place.pods, &p->place.n_pods, p->reterr);
}

static int add_address(struct parser *p, size_t *cap, const struct bw_address *address)
{
        struct bw_address *list = (struct bw_address *)(uintptr_t)p->place.addresses;

        if (p->place.n_addresses >= BW_LIMIT_NET_PIECES)
                return bw_error_set(p->reterr, -E2BIG, "policies cut %s into more than %d pieces: ask about a smaller range", p->text, BW_LIMIT_NET_PIECES);
        if (bw_arena_grow(p->arena, &list, cap, p->place.n_addresses, sizeof(*list)) < 0)
                return bw_error_nomem(p->reterr);
        p->place.addresses = list;
        list[p->place.n_addresses++] = *address;
        return 0;
}

/* One address of each piece in the range. */
static int take_range(struct parser *p, const struct bw_address_range *range, bool only_public)
{
        size_t n;
        const struct bw_address_range *pieces = bw_netpol_outside(p->inputs->netpol, &n);
        size_t cap = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++) {
                const struct bw_address *low = bw_address_cmp(&pieces[i].low, &range->low) > 0 ? &pieces[i].low : &range->low;

                if (bw_address_cmp(&pieces[i].high, &range->low) < 0 || bw_address_cmp(&range->high, &pieces[i].low) < 0 ||
                    (only_public && bw_address_range_is_private(&pieces[i])))
                        continue;
                r = add_address(p, &cap, low);
        }
        if (r == 0 && p->place.n_addresses == 0)
                r = add_address(p, &cap, &range->low);
        return r;
}

static int take_metadata(struct parser *p)
{
        struct bw_address_range range;
        size_t cap = 0;
        int r = label(p, BW_STR("metadata (169.254.169.254)"));

        p->place.type = BW_PLACE_ADDRESSES;
        if (r == 0 && bw_address_range_parse(BW_STR("169.254.169.254"), &range))
                r = add_address(p, &cap, &range.low);
        return r;
}

static int take_internet(struct parser *p)
{
        static const char *const all[] = {"0.0.0.0/0", "::/0"};
        struct bw_address_range v4;
        struct bw_address_range v6;
        int r;

        p->place.type = BW_PLACE_INTERNET;
        if (!bw_address_range_parse(bw_str(all[0]), &v4) || !bw_address_range_parse(bw_str(all[1]), &v6))
                return label(p, BW_STR("internet"));
        v4.high = v6.high;
        r = take_range(p, &v4, true);
        return r < 0 ? r : label(p, BW_STR("internet"));
}

static int take_controllers(struct parser *p)
{
        size_t n;
        const struct bw_way *ways = bw_exposure_ways(p->inputs->exposure, &n);
        size_t cap = 0;
        int r = label(p, BW_STR("ingress"));

        for (size_t i = 0; r == 0 && i < n; i++)
                for (uint32_t j = 0; r == 0 && j < ways[i].n_proxies; j++) {
                        bool met = false;

                        for (size_t k = 0; k < p->place.n_pods; k++)
                                met |= p->place.pods[k].workload == ways[i].proxies[j];
                        if (!met)
                                r = add_workload(p, &cap, ways[i].proxies[j]);
                }
        if (r == 0 && p->place.n_pods == 0)
                r = bw_error_set(p->reterr, -ENOENT, "no pods of an ingress or gateway controller that is in use were found");
        return r;
}

static int take_object(struct parser *p, struct bw_str ns, struct bw_str kind, struct bw_str name)
{
        struct bw_api_resource resource = bw_api_resource_parse(kind, p->inputs->inventory);

        if (resource.known && bw_str_is(resource.kind, "Service"))
                return find_service(p, ns, name);
        if (resource.known && bw_str_is(resource.kind, "Pod")) {
                int r = find_pod(p, ns, name);

                if (r < 0 || p->place.n_pods)
                        return r;
        }
        return find_workloads(p, ns, resource.known && resource.kind.n ? resource.kind : kind, name);
}

static int take_name(struct parser *p, struct bw_str ns, struct bw_str name)
{
        int r = find_pod(p, ns, name);

        return r < 0 || p->place.n_pods ? r : find_workloads(p, ns, BW_STR(""), name);
}

/* The nearest name among the workloads, for people who mistype. */
static int not_found(struct parser *p)
{
        struct bw_nearest nearest = {0};

        for (size_t i = 0; i < p->inputs->n_workloads; i++) {
                struct bw_str text = bw_net_workload_text(p->arena, &p->inputs->workloads[i]);

                if (text.p && text.n < 200)
                        bw_nearest_try(&nearest, bw_str(p->text), text);
        }
        if (nearest.best && bw_nearest_is_near(&nearest, bw_str(p->text)))
                return bw_error_set(p->reterr, -ENOENT, "no pods in what was read are called \"%s\"; there is %.*s", p->text, (int)nearest.n, nearest.best);
        return bw_error_set(p->reterr, -ENOENT,
                            "no pods in what was read are called \"%s\": name them NAMESPACE/POD or NAMESPACE/KIND/NAME, a Service "
                            "NAMESPACE/svc/NAME, or give an address, internet, metadata or ingress",
                            p->text);
}

static int take_words(struct parser *p)
{
        struct bw_str rest = bw_str(p->text);
        struct bw_str ns = p->ns.n ? p->ns : BW_STR("default");
        struct bw_str words[4];
        size_t n = 0;
        int r;

        while (n < BW_ARRAY_SIZE(words) && bw_str_split(&rest, '/', &words[n]))
                n++;
        if (n == 3)
                r = take_object(p, words[0], words[1], words[2]);
        else if (n == 2 && bw_api_resource_parse(words[0], NULL).known && (p->ns.n || !bw_inventory_find(p->inputs->inventory, BW_STR(""), BW_STR("Namespace"), BW_STR(""), words[0])))
                r = take_object(p, ns, words[0], words[1]);
        else if (n == 2)
                r = take_name(p, words[0], words[1]);
        else if (n == 1)
                r = take_name(p, ns, words[0]);
        else
                return not_found(p);
        return r == 0 && p->place.n_pods == 0 && !p->place.service ? not_found(p) : r;
}

static bool is_on_host(const struct bw_doc *pod)
{
        struct bw_value on_host = bw_map_walk(pod->root, "spec.hostNetwork");

        return on_host.type == BW_BOOL && on_host.b;
}

static bool has_address(struct bw_value text, const struct bw_address *address)
{
        struct bw_address_range range;

        return text.type == BW_STRING && bw_address_range_parse(bw_value_text(text), &range) && bw_address_cmp(&range.low, address) == 0;
}

/* An address that a pod or a Service has is the pod, or the Service. */
static int take_own_address(struct parser *p, const struct bw_address *address)
{
        struct bw_doc_range services = bw_inventory_kind(p->inputs->inventory, BW_STR(""), BW_STR("Service"));
        struct bw_doc_range pods = bw_inventory_kind(p->inputs->inventory, BW_STR(""), BW_STR("Pod"));

        for (size_t i = 0; i < services.n; i++)
                if (has_address(bw_map_walk(services.docs[i]->root, "spec.clusterIP"), address))
                        return find_service(p, services.docs[i]->ns, services.docs[i]->name);
        for (size_t i = 0; i < pods.n; i++)
                if (has_address(bw_map_walk(pods.docs[i]->root, "status.podIP"), address) &&
                    !is_on_host(pods.docs[i]) && bw_netpol_class_of_doc(p->inputs->netpol, pods.docs[i]) != SIZE_MAX)
                        return find_pod(p, pods.docs[i]->ns, pods.docs[i]->name);
        return 0;
}

static int take_address(struct parser *p, const struct bw_address_range *range)
{
        int r = bw_address_cmp(&range->low, &range->high) == 0 ? take_own_address(p, &range->low) : 0;

        if (r < 0 || p->place.n_pods || p->place.service)
                return r;
        p->place.type = BW_PLACE_ADDRESSES;
        r = take_range(p, range, false);
        return r < 0 ? r : label(p, bw_str(p->text));
}

int bw_net_place_parse(const struct bw_net_inputs *inputs, struct bw_str ns, const char *text, enum bw_protocol protocol, uint16_t port,
                       struct bw_net_place *ret, struct bw_error *reterr)
{
        static const struct {
                const char *word;
                int (*take)(struct parser *p);
        } words[] = {{"internet", take_internet}, {"metadata", take_metadata}, {"ingress", take_controllers}};
        struct parser p = {.inputs = inputs, .arena = inputs->objects.arena, .ns = ns, .text = text, .protocol = protocol, .port = port, .reterr = reterr};
        struct bw_address_range range;
        int r = 1;

        for (size_t i = 0; r == 1 && i < BW_ARRAY_SIZE(words); i++)
                if (strcmp(text, words[i].word) == 0)
                        r = words[i].take(&p);
        if (r == 1)
                r = bw_address_range_parse(bw_str(text), &range) ? take_address(&p, &range) : take_words(&p);
        if (r == 0)
                *ret = p.place;
        return r;
}

static int by_number(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a;
        uint32_t y = *(const uint32_t *)b;

        return x < y ? -1 : x > y;
}

int bw_net_place_workloads(struct bw_arena *arena, const struct bw_net_place *place, uint32_t **ret, size_t *ret_n)
{
        uint32_t *list = bw_arena_array(arena, place->n_pods + 1, sizeof(*list));
        size_t n = 0;

        if (!list)
                return -ENOMEM;
        for (size_t i = 0; i < place->n_pods; i++)
                list[i] = place->pods[i].workload;
        if (place->n_pods)
                qsort(list, place->n_pods, sizeof(*list), by_number);
        for (size_t i = 0; i < place->n_pods; i++)
                if (n == 0 || list[n - 1] != list[i])
                        list[n++] = list[i];
        *ret = list;
        *ret_n = n;
        return 0;
}
