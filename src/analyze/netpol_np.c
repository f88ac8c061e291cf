/* SPDX-License-Identifier: Apache-2.0 */
/* NetworkPolicy of networking.k8s.io/v1. Source: k8s.io/api networking/v1 types.go, pkg/apis/networking/v1/defaults.go. */
#include "analyze/netpol_internal.h"

#include "base/arena.h"

/* ---- ports */

struct ports_reader {
        struct net_builder *b;
        struct net_rule *rule;
        struct net_port_ask *names;
        struct net_port_list list;
};

/* One item of `ports`: a range is added, or a name. */
static void read_port(struct ports_reader *r, struct bw_value item)
{
        struct bw_str protocol_name = bw_map_text(item, "protocol");
        enum bw_protocol protocol = net_protocol(protocol_name.n ? protocol_name : BW_STR("TCP"));
        struct bw_value port = bw_map_get(item, BW_STR("port"));
        struct bw_value end = bw_map_get(item, BW_STR("endPort"));

        if (port.type == BW_STRING) {
                struct net_port_ask *name = &r->names[r->rule->n_names++];

                *name = (struct net_port_ask){.name = bw_value_text(port), .protocol = protocol};
                net_ask_port(r->b, name);
                return;
        }
        if (port.type == BW_INT)
                net_ports_add(r->b, &r->list, protocol, port.i, end.type == BW_INT ? end.i : port.i);
        else
                net_ports_add(r->b, &r->list, protocol, 1, UINT16_MAX);
}

static void read_ports(struct net_builder *b, struct bw_value list, struct net_rule *rule)
{
        struct ports_reader r = {.b = b, .rule = rule};

        r.names = bw_arena_array(b->arena, list.n, sizeof(*r.names));
        rule->names = r.names;
        if (!r.names)
                net_fail(b, -ENOMEM);
        for (uint32_t i = 0; i < list.n && b->status == 0; i++)
                read_port(&r, list.list->items[i]);
        rule->ports = list.n ? net_ports_of(b, &r.list) : net_ports_all;
}

/* ---- peers */

static uint32_t read_block(struct net_builder *b, struct bw_value block)
{
        struct bw_value except = list_of(block, "except");
        struct net_ip_range *no = bw_arena_array(b->scratch, except.n, sizeof(*no));
        struct net_ip_range yes = {0};
        size_t n = 0;

        if (!no || !net_cidr_parse(bw_map_text(block, "cidr"), false, &yes, NULL)) {
                net_fail(b, -ENOMEM); /* it has been checked */
                return 0;
        }
        for (uint32_t i = 0; i < except.n; i++)
                if (net_cidr_parse(bw_value_text(except.list->items[i]), false, &no[n], NULL))
                        n++;
        return net_where(b, KINDS(KIND_POD) | KINDS(KIND_HOST) | KINDS(KIND_NODE) | KINDS(KIND_OUTSIDE), net_true(b),
                         net_block(b, &yes, 1, no, n));
}

static uint32_t read_peer(struct net_builder *b, struct bw_value peer, struct bw_str ns)
{
        struct bw_value block = bw_map_get(peer, BW_STR("ipBlock"));
        struct bw_value namespaces = bw_map_get(peer, BW_STR("namespaceSelector"));

        if (block.type == BW_MAP)
                return read_block(b, block);
        return net_where(b, net_pod_kinds(b->np),
                         net_both(b,
                                  namespaces.type == BW_MAP ? net_selector(b, SCOPE_NAMESPACE, namespaces) : net_in_namespace(b, ns),
                                  net_selector(b, SCOPE_POD, bw_map_get(peer, BW_STR("podSelector")))),
                         NULL);
}

/* ---- rules */

static const struct net_rule *read_rules(struct net_builder *b, struct bw_value list, bool ingress, struct bw_str ns)
{
        struct net_rule *rules = bw_arena_array(b->arena, list.n, sizeof(*rules));

        if (!rules)
                net_fail(b, -ENOMEM);
        for (uint32_t i = 0; i < list.n && b->status == 0; i++) {
                struct bw_value item = list.list->items[i];
                struct bw_value peers = list_of(item, ingress ? "from" : "to");
                uint32_t *wheres = bw_arena_array(b->arena, peers.n, sizeof(*wheres));

                rules[i] = (struct net_rule){.action = BW_NET_ALLOW, .anyone = peers.n == 0, .number = i,
                                             .list = ingress ? "ingress" : "egress", .peers = wheres};
                if (!wheres)
                        net_fail(b, -ENOMEM);
                for (uint32_t j = 0; j < peers.n && b->status == 0; j++)
                        wheres[rules[i].n_peers++] = read_peer(b, peers.list->items[j], ns);
                if (b->status == 0)
                        read_ports(b, list_of(item, "ports"), &rules[i]);
        }
        return rules;
}

static bool has_type(struct bw_value spec, const char *type)
{
        struct bw_value types = list_of(spec, "policyTypes");

        if (types.n == 0) /* the default */
                return bw_str_is(bw_str(type), "Ingress") || list_of(spec, "egress").n > 0;
        return list_has(types, bw_str(type));
}

static void read_policy(struct net_builder *b, const struct bw_doc *doc)
{
        struct bw_value spec = bw_map_get(doc->root, BW_STR("spec"));
        struct bw_str ns = doc->ns.n ? doc->ns : BW_STR("default");
        uint32_t subject = net_where(
                b, net_pod_kinds(b->np),
                net_both(b, net_in_namespace(b, ns), net_selector(b, SCOPE_POD, bw_map_get(spec, BW_STR("podSelector")))), NULL);

        for (size_t i = 0; i < 2; i++) {
                bool ingress = i == 0;
                struct bw_value list = list_of(spec, ingress ? "ingress" : "egress");
                struct net_side side = {.ingress = ingress, .isolates = true, .subject = subject, .order = ORDER_NETWORK_POLICY};

                if (!has_type(spec, ingress ? "Ingress" : "Egress"))
                        continue;
                side.tier = net_tier(b, BW_STR("default"), ORDER_DEFAULT);
                side.rules = read_rules(b, list, ingress, ns);
                side.n_rules = list.n;
                net_add_side(b, &side);
        }
}

void net_read_network_policies(struct net_builder *b)
{
        struct bw_doc_range range = bw_inventory_kind(b->np->inventory, BW_STR("networking.k8s.io"), BW_STR("NetworkPolicy"));

        for (size_t i = 0; i < range.n && b->status == 0; i++) {
                const struct bw_doc *doc = range.docs[i];

                net_begin(b, doc);
                if (i + 1 < range.n && bw_str_eq(range.docs[i + 1]->name, doc->name) && bw_str_eq(range.docs[i + 1]->ns, doc->ns)) {
                        net_problem(b, true, "metadata.name", "another NetworkPolicy of this name takes its place");
                        continue;
                }
                net_check_network_policy(b, bw_map_get(doc->root, BW_STR("spec")));
                if (!b->refused)
                        read_policy(b, doc);
        }
}
