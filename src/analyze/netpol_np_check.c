/* SPDX-License-Identifier: Apache-2.0 */
/* What the API server refuses of a NetworkPolicy. Source: pkg/apis/networking/validation ValidateNetworkPolicySpec. */
#include "analyze/netpol_check_internal.h"

/* At most 15 lower case letters, digits and dashes, a letter among them, no dash at an end or beside another. */
static bool is_port_name(struct bw_str s)
{
        bool letter = false;

        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if (c == '-' ? i == 0 || i + 1 == s.n || s.p[i - 1] == '-' : !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
                        return false;
                letter |= c >= 'a' && c <= 'z';
        }
        return letter && s.n <= 15;
}

static void check_port(struct net_builder *b, struct net_path *path, struct bw_value item)
{
        struct bw_value port = bw_map_get(item, BW_STR("port"));
        struct bw_value end = bw_map_get(item, BW_STR("endPort"));
        struct bw_value protocol = bw_map_get(item, BW_STR("protocol"));
        bool has_port = port.type != BW_ABSENT && port.type != BW_NULL;
        bool has_end = end.type != BW_ABSENT && end.type != BW_NULL;

        if (protocol.type != BW_ABSENT && protocol.type != BW_NULL &&
            (protocol.type != BW_STRING || net_protocol(bw_value_text(protocol)) == _BW_PROTOCOL_MAX))
                net_problem(b, true, path->text, "protocol must be TCP, UDP or SCTP");
        if (port.type == BW_STRING && !is_port_name(bw_value_text(port)))
                net_problem(b, true, path->text,
                            "\"%.*s\" is no name of a port: at most 15 lower case letters, digits and dashes, a letter among them",
                            BW_STR_ARG(bw_value_text(port)));
        else if (has_port && port.type != BW_STRING)
                net_check_port_number(b, path, port);
        if (has_end && port.type != BW_INT)
                net_problem(b, true, path->text, "endPort may only be given with a port that is a number");
        else if (has_end && (end.type != BW_INT || end.i > UINT16_MAX || end.i < port.i))
                net_problem(b, true, path->text, "endPort must be a port that is not below port");
}

static void check_block(struct net_builder *b, struct net_path *path, struct bw_value block)
{
        struct bw_value except = net_check_list(b, path, block, "except", BW_STRING);
        struct net_ip_range all = {0};
        unsigned bits = 0;
        bool refused = b->refused;
        size_t here = net_path_in(path, "cidr");

        b->refused = false;
        net_check_cidr(b, path, bw_map_get(block, BW_STR("cidr")), &all, &bits);
        net_path_back(path, here);
        here = net_path_in(path, "except");
        for (uint32_t i = 0; !b->refused && i < except.n; i++) {
                size_t back = net_path_at(path, i);
                struct net_ip_range range = all;
                unsigned length = bits + 1;

                net_check_cidr(b, path, except.list->items[i], &range, &length);
                if (net_ip_cmp(&range.low, &all.low) < 0 || net_ip_cmp(&range.low, &all.high) > 0 || length <= bits)
                        net_problem(b, true, path->text, "must be a strict subset of cidr");
                net_path_back(path, back);
        }
        net_path_back(path, here);
        b->refused |= refused;
}

static void check_peer(struct net_builder *b, struct net_path *path, struct bw_value peer)
{
        static const char *const selectors[] = {"podSelector", "namespaceSelector"};
        struct bw_value block = bw_map_get(peer, BW_STR("ipBlock"));
        bool has_block = block.type != BW_ABSENT && block.type != BW_NULL;
        size_t n = has_block ? 1 : 0;
        size_t here;

        for (size_t i = 0; i < BW_ARRAY_SIZE(selectors); i++) {
                struct bw_value selector = bw_map_get(peer, bw_str(selectors[i]));

                if (selector.type == BW_ABSENT || selector.type == BW_NULL)
                        continue;
                n++;
                here = net_path_in(path, selectors[i]);
                net_check_selector(b, path, selector, true);
                net_path_back(path, here);
        }
        here = net_path_in(path, "ipBlock");
        if (has_block && net_check_type(b, path, block, BW_MAP))
                check_block(b, path, block);
        net_path_back(path, here);
        if (n == 0)
                net_problem(b, true, path->text, "must name a peer: podSelector, namespaceSelector or ipBlock");
        else if (n > 1 && has_block)
                net_problem(b, true, path->text, "ipBlock may not stand beside another peer");
}

static void check_rules(struct net_builder *b, struct net_path *path, struct bw_value spec, const char *field, const char *peers_field)
{
        struct bw_value rules = net_check_list(b, path, spec, field, BW_MAP);
        static void (*const checks[])(struct net_builder *, struct net_path *, struct bw_value) = {check_port, check_peer};
        const char *const fields[] = {"ports", peers_field};
        size_t here = net_path_in(path, field);

        for (uint32_t i = 0; i < rules.n; i++) {
                size_t rule = net_path_at(path, i);

                for (size_t k = 0; k < BW_ARRAY_SIZE(fields); k++) {
                        struct bw_value list = net_check_list(b, path, rules.list->items[i], fields[k], BW_MAP);
                        size_t inside = net_path_in(path, fields[k]);

                        for (uint32_t j = 0; j < list.n; j++) {
                                size_t back = net_path_at(path, j);

                                checks[k](b, path, list.list->items[j]);
                                net_path_back(path, back);
                        }
                        net_path_back(path, inside);
                }
                net_path_back(path, rule);
        }
        net_path_back(path, here);
}

void net_check_network_policy(struct net_builder *b, struct bw_value spec)
{
        struct net_path path = {0};
        struct bw_value types;
        size_t here;

        (void)net_path_in(&path, "spec");
        if (!net_check_type(b, &path, spec, BW_MAP))
                return;
        here = net_path_in(&path, "podSelector");
        net_check_selector(b, &path, bw_map_get(spec, BW_STR("podSelector")), true);
        net_path_back(&path, here);
        check_rules(b, &path, spec, "ingress", "from");
        check_rules(b, &path, spec, "egress", "to");
        types = net_check_list(b, &path, spec, "policyTypes", BW_STRING);
        (void)net_path_in(&path, "policyTypes");
        if (types.n > 2)
                net_problem(b, true, path.text, "may not have more than two items");
        for (uint32_t i = 0; i < BW_MIN(types.n, 2U); i++) {
                struct bw_str type = bw_value_text(types.list->items[i]);

                if (types.list->items[i].type != BW_STRING || (!bw_str_is(type, "Ingress") && !bw_str_is(type, "Egress")))
                        net_problem(b, true, path.text, "must be Ingress or Egress");
        }
}
