/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policies of administrators: AdminNetworkPolicy and BaselineAdminNetworkPolicy (policy.networking.k8s.io/v1alpha1, also in its
 * form up to release 0.1.4 with namespaces.namespaceSelector, sameLabels and notSameLabels), ClusterNetworkPolicy (v1alpha2).
 * Source: sigs.k8s.io/network-policy-api apis/v1alpha1, apis/v1alpha2, config/crd.
 */
#include "analyze/netpol_check_internal.h"

#include "base/arena.h"

/* What differs between the kinds. */
struct family {
        const char *kind;
        bool baseline;                  /* Pass is no action there; v1alpha1's is one object of the name default */
        bool by_tier;                   /* spec.tier says which, spec.priority in which order */
        const char *allow;
        const char *ports;              /* the list of a rule's ports */
        uint32_t most;                  /* rules of a direction, peers, ports */
};

static const struct family families[] = {
        {.kind = "AdminNetworkPolicy", .allow = "Allow", .ports = "ports", .most = 100},
        {.kind = "BaselineAdminNetworkPolicy", .baseline = true, .allow = "Allow", .ports = "ports", .most = 100},
        {.kind = "ClusterNetworkPolicy", .by_tier = true, .allow = "Accept", .ports = "protocols", .most = 25},
};

#define EVERYWHERE (KINDS(KIND_POD) | KINDS(KIND_HOST) | KINDS(KIND_NODE) | KINDS(KIND_OUTSIDE))

static bool is_there(struct bw_value v)
{
        return v.type != BW_ABSENT && v.type != BW_NULL;
}

/* ---- what the API server refuses */

/* Exactly one of these fields is set, and nothing else: CustomResourceDefinitions drop fields that they do not know. */
static void check_one(struct net_builder *b, const struct net_path *path, struct bw_value v, const char *const *fields, const char *what)
{
        size_t n = 0;

        for (size_t i = 0; fields[i]; i++)
                n += is_there(bw_map_get(v, bw_str(fields[i])));
        if (n != 1)
                net_problem(b, true, path->text, n ? "only one field may be set of %s" : "one field must be set of %s", what);
}

static void check_selector_in(struct net_builder *b, struct net_path *path, struct bw_value map, const char *field)
{
        size_t here = net_path_in(path, field);

        net_check_selector(b, path, bw_map_get(map, bw_str(field)), false);
        net_path_back(path, here);
}

/* `namespaces` of a peer: a selector, or in older releases what holds one. */
static void check_namespaces(struct net_builder *b, struct net_path *path, struct bw_value map)
{
        struct bw_value namespaces = bw_map_get(map, BW_STR("namespaces"));
        size_t here = net_path_in(path, "namespaces");

        if (is_there(bw_map_get(namespaces, BW_STR("namespaceSelector"))))
                check_selector_in(b, path, namespaces, "namespaceSelector");
        else
                net_check_selector(b, path, namespaces, false);
        (void)net_check_list(b, path, namespaces, "sameLabels", BW_STRING);
        (void)net_check_list(b, path, namespaces, "notSameLabels", BW_STRING);
        net_path_back(path, here);
}

static void check_pods(struct net_builder *b, struct net_path *path, struct bw_value map)
{
        struct bw_value pods = bw_map_get(map, BW_STR("pods"));
        size_t here = net_path_in(path, "pods");

        if (net_check_type(b, path, pods, BW_MAP)) {
                check_selector_in(b, path, pods, "namespaceSelector");
                check_selector_in(b, path, pods, "podSelector");
                check_namespaces(b, path, pods);
        }
        net_path_back(path, here);
}

static void check_networks(struct net_builder *b, struct net_path *path, struct bw_value peer)
{
        struct bw_value networks = net_check_list(b, path, peer, "networks", BW_STRING);
        size_t here = net_path_in(path, "networks");

        if (is_there(bw_map_get(peer, BW_STR("networks"))) && (networks.n == 0 || networks.n > 25))
                net_problem(b, true, path->text, "must have 1 to 25 items");
        for (uint32_t i = 0; i < networks.n; i++) {
                size_t back = net_path_at(path, i);
                struct net_ip_range range;

                net_check_cidr(b, path, networks.list->items[i], &range, NULL);
                net_path_back(path, back);
        }
        net_path_back(path, here);
}

static void check_peer(struct net_builder *b, struct net_path *path, struct bw_value peer, bool ingress)
{
        static const char *const of_egress[] = {"namespaces", "pods", "nodes", "networks", "domainNames", NULL};
        static const char *const of_ingress[] = {"namespaces", "pods", NULL};

        check_one(b, path, peer, ingress ? of_ingress : of_egress, "a peer");
        check_namespaces(b, path, peer);
        check_pods(b, path, peer);
        if (ingress)
                return;
        check_selector_in(b, path, peer, "nodes");
        check_networks(b, path, peer);
}

static void check_number(struct net_builder *b, struct net_path *path, struct bw_value map, const char *field)
{
        size_t here = net_path_in(path, field);

        net_check_port_number(b, path, bw_map_get(map, bw_str(field)));
        net_path_back(path, here);
}

static void check_range(struct net_builder *b, struct net_path *path, struct bw_value range)
{
        struct bw_value start = bw_map_get(range, BW_STR("start"));
        struct bw_value end = bw_map_get(range, BW_STR("end"));

        check_number(b, path, range, "start");
        check_number(b, path, range, "end");
        if (start.type == BW_INT && end.type == BW_INT && start.i >= end.i)
                net_problem(b, true, path->text, "start must be below end");
}

/* protocol is any text to the API server; only those three mean something. */
static void check_protocol(struct net_builder *b, const struct net_path *path, struct bw_value map)
{
        struct bw_str protocol = bw_map_text(map, "protocol");

        if (protocol.n && net_protocol(protocol) == _BW_PROTOCOL_MAX)
                net_problem(b, true, path->text, "protocol must be TCP, UDP or SCTP");
}

static void check_port(struct net_builder *b, struct net_path *path, struct bw_value port)
{
        static const char *const fields[] = {"portNumber", "namedPort", "portRange", NULL};
        struct bw_value number = bw_map_get(port, BW_STR("portNumber"));
        struct bw_value range = bw_map_get(port, BW_STR("portRange"));
        size_t here;

        check_one(b, path, port, fields, "a port");
        here = net_path_in(path, "portNumber");
        if (is_there(number)) {
                check_number(b, path, number, "port");
                check_protocol(b, path, number);
        }
        net_path_back(path, here);
        here = net_path_in(path, "portRange");
        if (is_there(range)) {
                check_range(b, path, range);
                check_protocol(b, path, range);
        }
        net_path_back(path, here);
}

static const char *const protocol_fields[] = {"tcp", "udp", "sctp"};

static void check_protocol_match(struct net_builder *b, struct net_path *path, struct bw_value item)
{
        static const char *const fields[] = {"tcp", "udp", "sctp", "destinationNamedPort", NULL};
        static const char *const of_port[] = {"number", "range", NULL};

        check_one(b, path, item, fields, "a protocol");
        for (size_t p = 0; p < BW_ARRAY_SIZE(protocol_fields); p++) {
                struct bw_value match = bw_map_get(item, bw_str(protocol_fields[p]));
                struct bw_value port = bw_map_get(match, BW_STR("destinationPort"));
                size_t here = net_path_in(path, protocol_fields[p]);
                size_t inside;

                if (is_there(match) && match.type == BW_MAP && !is_there(port))
                        net_problem(b, true, path->text, "destinationPort must be given");
                (void)net_check_type(b, path, match, BW_MAP);
                inside = net_path_in(path, "destinationPort");
                if (is_there(port)) {
                        check_one(b, path, port, of_port, "a port");
                        if (is_there(bw_map_get(port, BW_STR("number"))))
                                check_number(b, path, port, "number");
                        if (is_there(bw_map_get(port, BW_STR("range"))))
                                check_range(b, path, bw_map_get(port, BW_STR("range")));
                }
                net_path_back(path, inside);
                net_path_back(path, here);
        }
}

/* Names of ports belong to pods. */
static bool names_port(struct bw_value ports)
{
        for (uint32_t i = 0; i < ports.n; i++)
                if (is_there(bw_map_get(ports.list->items[i], BW_STR("namedPort"))) ||
                    is_there(bw_map_get(ports.list->items[i], BW_STR("destinationNamedPort"))))
                        return true;
        return false;
}

static bool names_outside(struct bw_value peers)
{
        static const char *const fields[] = {"networks", "nodes", "domainNames"};

        for (uint32_t i = 0; i < peers.n; i++)
                for (size_t j = 0; j < BW_ARRAY_SIZE(fields); j++)
                        if (is_there(bw_map_get(peers.list->items[i], bw_str(fields[j]))))
                                return true;
        return false;
}

static void check_count(struct net_builder *b, const struct net_path *path, uint32_t n, bool some, const struct family *f)
{
        if (some && n == 0)
                net_problem(b, true, path->text, "must have an item");
        if (n > f->most)
                net_problem(b, true, path->text, "may not have more than %u items", f->most);
}

static void check_rule(struct net_builder *b, struct net_path *path, struct bw_value rule, bool ingress, const struct family *f)
{
        const char *field = ingress ? "from" : "to";
        struct bw_value peers = net_check_list(b, path, rule, field, BW_MAP);
        struct bw_value ports = net_check_list(b, path, rule, f->ports, BW_MAP);
        struct bw_str action = bw_map_text(rule, "action");
        size_t here;

        if (!bw_str_is(action, f->allow) && !bw_str_is(action, "Deny") && !(bw_str_is(action, "Pass") && !f->baseline))
                net_problem(b, true, path->text, "action must be %s%s", f->allow, f->baseline ? " or Deny" : ", Deny or Pass");
        if (bw_map_text(rule, "name").n > 100)
                net_problem(b, true, path->text, "name may not be longer than 100 bytes");
        if (names_port(ports) && names_outside(peers))
                net_problem(b, true, path->text, "a port by its name may not stand with peers that are no pods: they have no such names");
        here = net_path_in(path, field);
        check_count(b, path, peers.n, true, f);
        for (uint32_t i = 0; i < peers.n; i++) {
                size_t back = net_path_at(path, i);

                check_peer(b, path, peers.list->items[i], ingress);
                net_path_back(path, back);
        }
        net_path_back(path, here);
        here = net_path_in(path, f->ports);
        check_count(b, path, ports.n, is_there(bw_map_get(rule, bw_str(f->ports))), f);
        for (uint32_t i = 0; i < ports.n; i++) {
                size_t back = net_path_at(path, i);

                if (f->by_tier)
                        check_protocol_match(b, path, ports.list->items[i]);
                else
                        check_port(b, path, ports.list->items[i]);
                net_path_back(path, back);
        }
        net_path_back(path, here);
}

static void check_priority(struct net_builder *b, struct bw_value spec, const struct family *f)
{
        struct bw_value priority = bw_map_get(spec, BW_STR("priority"));
        struct bw_str tier = bw_map_text(spec, "tier");

        if (!f->baseline && (priority.type != BW_INT || priority.i < 0 || priority.i > 1000))
                net_problem(b, true, "spec.priority", "must be a number from 0 to 1000");
        if (f->by_tier && !bw_str_is(tier, "Admin") && !bw_str_is(tier, "Baseline"))
                net_problem(b, true, "spec.tier", "must be Admin or Baseline");
}

static void check_policy(struct net_builder *b, struct bw_value spec, const struct family *f)
{
        static const char *const of_subject[] = {"namespaces", "pods", NULL};
        struct bw_value subject = bw_map_get(spec, BW_STR("subject"));
        struct net_path path = {0};
        size_t here;

        (void)net_path_in(&path, "spec");
        if (spec.type != BW_MAP) {
                net_problem(b, true, path.text, "must be an object");
                return;
        }
        if (f->baseline && !bw_str_is(b->doc->name, "default"))
                net_problem(b, true, "metadata.name", "a cluster has one BaselineAdminNetworkPolicy, of the name default");
        check_priority(b, spec, f);
        here = net_path_in(&path, "subject");
        check_one(b, &path, subject, of_subject, "the subject");
        check_selector_in(b, &path, subject, "namespaces");
        check_pods(b, &path, subject);
        net_path_back(&path, here);
        for (size_t k = 0; k < 2; k++) {
                const char *field = k ? "egress" : "ingress";
                struct bw_value rules = net_check_list(b, &path, spec, field, BW_MAP);

                here = net_path_in(&path, field);
                check_count(b, &path, rules.n, false, f);
                for (uint32_t i = 0; i < rules.n; i++) {
                        size_t back = net_path_at(&path, i);

                        check_rule(b, &path, rules.list->items[i], k == 0, f);
                        net_path_back(&path, back);
                }
                net_path_back(&path, here);
        }
}

/* ---- reading */

/* Values of namespaces' labels that the subject has, for sameLabels; a NULL table: there are none to compare. */
struct tuple {
        struct bw_value keys;           /* a list */
        const struct bw_value *values;  /* of each; ABSENT: the subject has none */
};

struct reader {
        struct net_builder *b;
        const struct family *family;
        const struct tuple *tuple;
        bool at_most;                   /* the rule names domains */
        struct net_port_list list;      /* its ports */
        unsigned pods;                  /* kinds */
};

static struct bw_value value_in(const struct tuple *tuple, struct bw_str key)
{
        for (uint32_t i = 0; i < tuple->keys.n; i++)
                if (bw_str_eq(bw_value_text(tuple->keys.list->items[i]), key))
                        return tuple->values[i];
        return (struct bw_value){0};
}

/* Namespaces with all of these labels, whose values are the subject's; or at least one of which is another. */
static const struct net_expr *same_labels(const struct reader *r, struct bw_value keys, bool same)
{
        const struct net_expr *all = net_true(r->b);
        const struct net_expr *alike = net_true(r->b);

        for (uint32_t i = 0; i < keys.n; i++) {
                struct bw_str key = bw_value_text(keys.list->items[i]);
                struct bw_value value = value_in(r->tuple, key);

                all = net_both(r->b, all, net_label(r->b, EXPR_HAS, SCOPE_NAMESPACE, key, NULL, 0));
                alike = net_both(r->b, alike, net_label(r->b, EXPR_IN, SCOPE_NAMESPACE, key, &value, 1));
        }
        if (keys.n == 0)
                return net_not(r->b, net_true(r->b));
        return net_both(r->b, all, same ? alike : net_not(r->b, alike));
}

static const struct net_expr *read_namespaces(const struct reader *r, struct bw_value namespaces)
{
        struct bw_value selector = bw_map_get(namespaces, BW_STR("namespaceSelector"));

        if (is_there(selector))
                return net_selector(r->b, SCOPE_NAMESPACE, selector);
        if (is_there(bw_map_get(namespaces, BW_STR("sameLabels"))))
                return same_labels(r, list_of(namespaces, "sameLabels"), true);
        if (is_there(bw_map_get(namespaces, BW_STR("notSameLabels"))))
                return same_labels(r, list_of(namespaces, "notSameLabels"), false);
        return net_selector(r->b, SCOPE_NAMESPACE, namespaces);
}

static const struct net_expr *read_pods(const struct reader *r, struct bw_value pods)
{
        struct bw_value older = bw_map_get(pods, BW_STR("namespaces"));

        return net_both(r->b,
                        is_there(older) ? read_namespaces(r, older)
                                        : net_selector(r->b, SCOPE_NAMESPACE, bw_map_get(pods, BW_STR("namespaceSelector"))),
                        net_selector(r->b, SCOPE_POD, bw_map_get(pods, BW_STR("podSelector"))));
}

static uint32_t read_networks(const struct reader *r, struct bw_value networks)
{
        struct net_ip_range *ranges = bw_arena_array(r->b->scratch, networks.n, sizeof(*ranges));
        size_t n = 0;

        if (!ranges)
                net_fail(r->b, -ENOMEM);
        for (uint32_t i = 0; ranges && i < networks.n; i++)
                if (net_cidr_parse(bw_value_text(networks.list->items[i]), false, &ranges[n], NULL))
                        n++;
        return net_where(r->b, EVERYWHERE, net_true(r->b), net_block(r->b, ranges, n, NULL, 0));
}

static uint32_t read_peer(struct reader *r, struct bw_value peer)
{
        struct bw_value namespaces = bw_map_get(peer, BW_STR("namespaces"));
        struct bw_value pods = bw_map_get(peer, BW_STR("pods"));
        struct bw_value nodes = bw_map_get(peer, BW_STR("nodes"));
        struct bw_value networks = bw_map_get(peer, BW_STR("networks"));

        if (is_there(namespaces))
                return net_where(r->b, r->pods, read_namespaces(r, namespaces), NULL);
        if (is_there(pods))
                return net_where(r->b, r->pods, read_pods(r, pods), NULL);
        if (is_there(nodes))
                return net_where(r->b, KINDS(KIND_NODE) | KINDS(KIND_HOST), net_selector(r->b, SCOPE_NODE, nodes), NULL);
        if (is_there(networks))
                return read_networks(r, networks);
        /* domainNames: which addresses they have is not known. */
        r->at_most = true;
        return net_where(r->b, KINDS(KIND_OUTSIDE), net_true(r->b), NULL);
}

static void add_range(struct reader *r, enum bw_protocol protocol, struct bw_value low, struct bw_value high)
{
        net_ports_add(r->b, &r->list, protocol, low.i, high.i);
}

static enum bw_protocol protocol_of(struct bw_value map)
{
        struct bw_str protocol = bw_map_text(map, "protocol");

        return net_protocol(protocol.n ? protocol : BW_STR("TCP"));
}

static void read_port(struct reader *r, struct net_rule *rule, struct net_port_ask *names, struct bw_value port)
{
        struct bw_value number = bw_map_get(port, BW_STR("portNumber"));
        struct bw_value range = bw_map_get(port, BW_STR("portRange"));
        struct bw_str name = bw_map_text(port, "namedPort");

        if (name.n == 0)
                name = bw_map_text(port, "destinationNamedPort");
        if (name.n) {
                names[rule->n_names] = (struct net_port_ask){.name = name, .protocol = _BW_PROTOCOL_MAX};
                net_ask_port(r->b, &names[rule->n_names++]);
        } else if (is_there(number)) {
                add_range(r, protocol_of(number), bw_map_get(number, BW_STR("port")), bw_map_get(number, BW_STR("port")));
        } else if (is_there(range)) {
                add_range(r, protocol_of(range), bw_map_get(range, BW_STR("start")), bw_map_get(range, BW_STR("end")));
        }
        for (size_t p = 0; p < BW_ARRAY_SIZE(protocol_fields); p++) {
                struct bw_value match = bw_map_get(bw_map_get(port, bw_str(protocol_fields[p])), BW_STR("destinationPort"));

                number = bw_map_get(match, BW_STR("number"));
                range = bw_map_get(match, BW_STR("range"));
                if (is_there(number))
                        add_range(r, (enum bw_protocol)p, number, number);
                else if (is_there(range))
                        add_range(r, (enum bw_protocol)p, bw_map_get(range, BW_STR("start")), bw_map_get(range, BW_STR("end")));
        }
}

static void read_rule(struct reader *r, struct bw_value item, bool ingress, struct net_rule *rule)
{
        struct bw_value peers = list_of(item, ingress ? "from" : "to");
        struct bw_value ports = list_of(item, r->family->ports);
        uint32_t *wheres = bw_arena_array(r->b->arena, peers.n, sizeof(*wheres));
        struct net_port_ask *names = bw_arena_array(r->b->arena, ports.n, sizeof(*names));
        struct bw_str action = bw_map_text(item, "action");

        if (!wheres || !names) {
                net_fail(r->b, -ENOMEM);
                return;
        }
        r->at_most = false;
        rule->action = bw_str_is(action, "Deny") ? BW_NET_DENY : bw_str_is(action, "Pass") ? BW_NET_PASS : BW_NET_ALLOW;
        rule->list = ingress ? "ingress" : "egress";
        rule->peers = wheres;
        rule->names = names;
        r->list = (struct net_port_list){0};
        for (uint32_t i = 0; i < peers.n && r->b->status == 0; i++)
                wheres[rule->n_peers++] = read_peer(r, peers.list->items[i]);
        for (uint32_t i = 0; i < ports.n && r->b->status == 0; i++)
                read_port(r, rule, names, ports.list->items[i]);
        rule->ports = ports.n ? net_ports_of(r->b, &r->list) : net_ports_all;
        rule->at_most = r->at_most;
}

static const struct net_expr *read_subject(const struct reader *r, struct bw_value subject)
{
        struct bw_value namespaces = bw_map_get(subject, BW_STR("namespaces"));
        const struct net_expr *e = is_there(namespaces) ? net_selector(r->b, SCOPE_NAMESPACE, namespaces)
                                                        : read_pods(r, bw_map_get(subject, BW_STR("pods")));

        for (uint32_t i = 0; r->tuple && i < r->tuple->keys.n; i++) {
                struct bw_str key = bw_value_text(r->tuple->keys.list->items[i]);

                e = net_both(r->b, e,
                             r->tuple->values[i].type == BW_STRING
                                     ? net_label(r->b, EXPR_IN, SCOPE_NAMESPACE, key, &r->tuple->values[i], 1)
                                     : net_not(r->b, net_label(r->b, EXPR_HAS, SCOPE_NAMESPACE, key, NULL, 0)));
        }
        return e;
}

static void read_sides(struct reader *r, struct bw_value spec)
{
        struct bw_value priority = bw_map_get(spec, BW_STR("priority"));
        bool baseline = r->family->baseline || bw_str_is(bw_map_text(spec, "tier"), "Baseline");
        uint32_t subject = net_where(r->b, r->pods, read_subject(r, bw_map_get(spec, BW_STR("subject"))), NULL);

        net_list_policy(r->b);
        for (size_t k = 0; k < 2; k++) {
                struct bw_value list = list_of(spec, k ? "egress" : "ingress");
                struct net_rule *rules = bw_arena_zalloc(r->b->arena, (list.n + (size_t)1) * sizeof(*rules));
                struct net_side side = {
                        .ingress = k == 0,
                        .subject = subject,
                        .order = priority.type == BW_INT ? (double)priority.i : 0,
                        .tier = net_tier(r->b, BW_STR(""), baseline ? ORDER_BASELINE : ORDER_ADMIN),
                        .rules = rules,
                        .n_rules = list.n,
                };

                if (!rules)
                        net_fail(r->b, -ENOMEM);
                if (list.n == 0 || r->b->status < 0)
                        continue;
                for (uint32_t i = 0; i < list.n && r->b->status == 0; i++) {
                        rules[i].number = i;
                        read_rule(r, list.list->items[i], k == 0, &rules[i]);
                }
                net_add_side(r->b, &side);
        }
}

/* ---- sameLabels: the policy is read once for each combination of values that its subjects' namespaces have */

enum { MOST_KEYS = 16, MOST_TUPLES = 1000 };

struct tuples {
        struct net_builder *b;
        struct bw_list *keys;
        uint32_t n_keys;
        struct bw_value (*items)[MOST_KEYS];
        uint32_t n;
        bool too_many;
};

static void add_keys(struct tuples *t, struct bw_value list)
{
        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value key = list.list->items[i];

                if (key.type != BW_STRING || list_has(bw_value_list(t->keys, t->n_keys), bw_value_text(key)))
                        continue;
                if (t->n_keys == MOST_KEYS) {
                        t->too_many = true;
                        return;
                }
                t->keys->items[t->n_keys++] = key;
        }
}

static void collect_keys(struct tuples *t, struct bw_value spec)
{
        for (size_t k = 0; k < 2; k++) {
                struct bw_value rules = list_of(spec, k ? "egress" : "ingress");

                for (uint32_t i = 0; i < rules.n; i++) {
                        struct bw_value peers = list_of(rules.list->items[i], k ? "to" : "from");

                        for (uint32_t j = 0; j < peers.n; j++) {
                                struct bw_value namespaces = bw_map_get(peers.list->items[j], BW_STR("namespaces"));
                                struct bw_value older = bw_map_walk(peers.list->items[j], "pods.namespaces");

                                add_keys(t, list_of(namespaces, "sameLabels"));
                                add_keys(t, list_of(namespaces, "notSameLabels"));
                                add_keys(t, list_of(older, "sameLabels"));
                                add_keys(t, list_of(older, "notSameLabels"));
                        }
                }
        }
}

/* ns NONE: one that has none of the labels. */
static void add_tuple(struct tuples *t, uint32_t ns)
{
        struct bw_value values[MOST_KEYS];

        memset(values, 0, sizeof(values));
        for (uint32_t i = 0; ns != NONE && i < t->n_keys; i++)
                values[i] = net_namespace_label(t->b->np, ns, t->keys->items[i]);
        for (uint32_t i = 0; i < t->n; i++) {
                uint32_t same = 0;

                while (same < t->n_keys && t->items[i][same].type == values[same].type &&
                       bw_str_eq(bw_value_text(t->items[i][same]), bw_value_text(values[same])))
                        same++;
                if (same == t->n_keys)
                        return;
        }
        if (t->n == MOST_TUPLES)
                t->too_many = true;
        else
                memcpy(t->items[t->n++], values, sizeof(values));
}

static void read_tuples(struct reader *r, struct bw_value spec, struct tuples *t)
{
        struct bw_value subject = bw_map_get(spec, BW_STR("subject"));
        const struct net_expr *e = read_subject(r, subject);

        add_tuple(t, NONE);
        for (uint32_t ns = 0; ns < r->b->np->n_namespaces && !t->too_many; ns++) {
                struct net_endpoint any = {.ns = ns};

                if (is_there(bw_map_get(subject, BW_STR("pods"))) || net_expr_holds(r->b->np, e, &any))
                        add_tuple(t, ns);
                net_step(r->b, t->n);
        }
        if (t->too_many) {
                net_problem(r->b, false, "spec", "sameLabels and notSameLabels ask for more than %u labels, or more than %u combinations "
                            "of their values: it is left out", (unsigned)MOST_KEYS, (unsigned)MOST_TUPLES);
                return;
        }
        for (uint32_t i = 0; i < t->n && r->b->status == 0; i++) {
                struct tuple tuple = {.keys = bw_value_list(t->keys, t->n_keys), .values = t->items[i]};

                r->tuple = &tuple;
                read_sides(r, spec);
        }
}

static void read_policy(struct reader *r, struct bw_value spec)
{
        struct tuples t = {
                .b = r->b,
                .keys = bw_list_new(r->b->arena, MOST_KEYS),
        };

        if (!t.keys) {
                net_fail(r->b, -ENOMEM);
                return;
        }
        collect_keys(&t, spec);
        if (t.n_keys == 0) {
                read_sides(r, spec);
                return;
        }
        t.items = bw_arena_array(r->b->arena, MOST_TUPLES, sizeof(*t.items));
        if (t.items)
                read_tuples(r, spec, &t);
        else
                net_fail(r->b, -ENOMEM);
}

void net_read_admin_policies(struct net_builder *b)
{
        for (size_t k = 0; k < BW_ARRAY_SIZE(families); k++) {
                struct bw_doc_range range =
                        bw_inventory_kind(b->np->inventory, BW_STR("policy.networking.k8s.io"), bw_str(families[k].kind));

                for (size_t i = 0; i < range.n && b->status == 0; i++) {
                        const struct bw_doc *doc = range.docs[i];
                        struct bw_value spec = bw_map_get(doc->root, BW_STR("spec"));
                        struct reader r = {.b = b, .family = &families[k], .pods = net_pod_kinds(b->np)};

                        net_begin(b, doc);
                        if (i + 1 < range.n && bw_str_eq(range.docs[i + 1]->name, doc->name))
                                net_problem(b, true, "metadata.name", "another %s of this name takes its place", families[k].kind);
                        else
                                check_policy(b, spec, &families[k]);
                        if (!b->refused)
                                read_policy(&r, spec);
                }
        }
}
