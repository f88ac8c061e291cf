/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy (cilium.io/v2), as far as addresses and ports go. Their rules stand in one
 * tier with Kubernetes' own, denials first. What looks further (HTTP, DNS, names of servers, domain names) allows at most that much.
 * Source: docs.cilium.io network/kubernetes/policy and security/policy; cilium/cilium pkg/policy/api, pkg/k8s/apis/cilium.io/utils
 * (how selectors get their namespace).
 */
#include "analyze/netpol_check_internal.h"

#include "base/arena.h"

#define GROUP "cilium.io"
#define NODES (KINDS(KIND_NODE) | KINDS(KIND_HOST))
#define EVERYWHERE (KINDS(KIND_POD) | NODES | KINDS(KIND_OUTSIDE))

static bool is_there(struct bw_value v)
{
        return v.type != BW_ABSENT && v.type != BW_NULL;
}

/* Peers of a rule: those that are certain, and those that are known only roughly. */
struct peers {
        uint32_t *items[2];
        size_t n[2], cap[2];
        bool named;                     /* some field says who; else all are meant */
};
enum { SURE, ROUGH };

struct reader {
        struct net_builder *b;
        struct bw_str ns;               /* of the policy; empty: cluster-wide */
        struct net_path path;
};

static void add_where(const struct reader *r, struct peers *to, size_t which, uint32_t where)
{
        if (bw_arena_grow(r->b->arena, &to->items[which], &to->cap[which], to->n[which], sizeof(where)) < 0)
                net_fail(r->b, -ENOMEM);
        else
                to->items[which][to->n[which]++] = where;
}

/* ---- entities */

struct entity {
        const char *name;
        unsigned kinds;
        bool rough;                     /* it is only some of these */
        int family;                     /* 4, 6; 0: both */
};
static const struct entity entities[] = {
        {"all", EVERYWHERE, false, 0},
        {"cluster", KINDS(KIND_POD) | NODES, false, 0},
        {"world", KINDS(KIND_OUTSIDE), false, 0},
        {"world-ipv4", KINDS(KIND_OUTSIDE), false, 4},
        {"world-ipv6", KINDS(KIND_OUTSIDE), false, 6},
        {"host", NODES, true, 0},        /* the pod's own node */
        {"remote-node", NODES, true, 0}, /* all others */
        {"kube-apiserver", NODES | KINDS(KIND_OUTSIDE), true, 0},
        {"unmanaged", KINDS(KIND_POD), true, 0},
        {"init", 0, false, 0},
        {"health", 0, false, 0},
        {"ingress", 0, false, 0},
        {"none", 0, false, 0},
};

static const struct entity *find_entity(struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(entities); i++)
                if (bw_str_is(name, entities[i].name))
                        return &entities[i];
        return NULL;
}

static const struct net_ip_range families[] = {
        {{false, 0, 0}, {false, 0, UINT32_MAX}},
        {{true, 0, 0}, {true, UINT64_MAX, UINT64_MAX}},
};

static void add_entity(const struct reader *r, struct peers *to, const struct entity *e, bool rough)
{
        if (e->kinds)
                add_where(r, to, rough ? ROUGH : SURE,
                          net_where(r->b, e->kinds, net_true(r->b), e->family ? net_block(r->b, &families[e->family == 6], 1, NULL, 0) : NULL));
}

static void read_entities(struct reader *r, struct bw_value rule, const char *field, struct peers *to)
{
        struct bw_value list = net_check_list(r->b, &r->path, rule, field, BW_STRING);
        /* One's own node and all others are all nodes. */
        bool all_nodes = list_has(list, BW_STR("host")) && list_has(list, BW_STR("remote-node"));

        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_str name = bw_value_text(list.list->items[i]);
                const struct entity *e = list.list->items[i].type == BW_STRING ? find_entity(name) : NULL;

                if (!e)
                        net_problem(r->b, true, r->path.text, "\"%.*s\" is no entity", BW_STR_ARG(name));
                else
                        add_entity(r, to, e, e->rough && !(all_nodes && e->kinds == NODES));
        }
}

/* ---- selectors of endpoints */

static bool cut_prefix(struct bw_str *s, const char *prefix)
{
        if (!bw_str_starts(*s, bw_str(prefix)))
                return false;
        *s = bw_str_rest(*s, strlen(prefix));
        return true;
}

#define NS_NAME "io.kubernetes.pod.namespace"
#define NS_LABEL "io.cilium.k8s.namespace.labels."

/* What a selector says of namespaces and reserved names, by its keys. */
struct keys {
        bool ns, ns_label;
        struct bw_str reserved;         /* empty: none */
};

static void look_at_key(struct bw_str key, struct keys *keys)
{
        if (cut_prefix(&key, "reserved:")) {
                keys->reserved = key;
                return;
        }
        if (!cut_prefix(&key, "k8s:"))
                (void)cut_prefix(&key, "any:");
        keys->ns |= bw_str_is(key, NS_NAME);
        keys->ns_label |= bw_str_starts(key, BW_STR(NS_LABEL));
}

static struct keys keys_of(struct bw_value selector)
{
        struct bw_value labels = bw_map_get(selector, BW_STR("matchLabels"));
        struct bw_value requirements = list_of(selector, "matchExpressions");
        struct keys keys = {0};

        for (uint32_t i = 0; labels.type == BW_MAP && i < labels.n; i++)
                look_at_key(bw_value_text(labels.map->entries[i].key), &keys);
        for (uint32_t i = 0; i < requirements.n; i++)
                look_at_key(bw_map_text(requirements.list->items[i], "key"), &keys);
        return keys;
}

/* A label by Cilium's name of it; op HAS or IN. */
static const struct net_expr *label_test(const struct reader *r, enum net_op op, struct bw_str key, const struct bw_value *values, uint32_t n)
{
        enum net_scope scope = SCOPE_POD;

        if (!cut_prefix(&key, "k8s:"))
                (void)cut_prefix(&key, "any:");
        if (bw_str_is(key, NS_NAME)) {
                scope = SCOPE_NAMESPACE;
                key = BW_STR("kubernetes.io/metadata.name");
        } else if (cut_prefix(&key, NS_LABEL)) {
                scope = SCOPE_NAMESPACE;
        } else if (bw_str_is(key, "io.cilium.k8s.policy.serviceaccount")) {
                scope = SCOPE_ACCOUNT;
                key = BW_STR("projectcalico.org/name");
        } else if (bw_str_is(key, "io.cilium.k8s.policy.cluster")) {
                return net_true(r->b); /* of which cluster the objects are is not known: this one */
        }
        return net_label(r->b, op, scope, key, values, n);
}

static const struct net_expr *read_labels(const struct reader *r, struct bw_value selector)
{
        struct bw_value labels = bw_map_get(selector, BW_STR("matchLabels"));
        struct bw_value requirements = list_of(selector, "matchExpressions");
        uint32_t n_labels = labels.type == BW_MAP ? labels.n : 0;
        const struct net_expr **parts = bw_arena_array(r->b->scratch, (size_t)n_labels + requirements.n + 1, sizeof(const struct net_expr *));
        uint32_t n = 0;

        if (!parts) {
                net_fail(r->b, -ENOMEM);
                return net_true(r->b);
        }
        for (uint32_t i = 0; i < n_labels; i++)
                parts[n++] = label_test(r, EXPR_IN, bw_value_text(labels.map->entries[i].key), &labels.map->entries[i].value, 1);
        for (uint32_t i = 0; i < requirements.n; i++) {
                struct bw_value e = requirements.list->items[i];
                struct bw_str op = bw_map_text(e, "operator");
                struct bw_value values = list_of(e, "values");
                bool in = bw_str_is(op, "In") || bw_str_is(op, "NotIn");
                const struct net_expr *one =
                        label_test(r, in ? EXPR_IN : EXPR_HAS, bw_map_text(e, "key"), in && values.n ? values.list->items : NULL, in ? values.n : 0);

                parts[n++] = bw_str_is(op, "NotIn") || bw_str_is(op, "DoesNotExist") ? net_not(r->b, one) : one;
        }
        return net_and(r->b, parts, n);
}

/* A selector that names no namespace means the policy's own. */
static const struct net_expr *read_selector(const struct reader *r, struct bw_value selector, const struct keys *keys)
{
        const struct net_expr *e = read_labels(r, selector);

        return keys->ns || keys->ns_label || r->ns.n == 0 ? e : net_both(r->b, e, net_in_namespace(r->b, r->ns));
}

static void read_endpoints(struct reader *r, struct bw_value rule, const char *field, struct peers *to)
{
        struct bw_value list = net_check_list(r->b, &r->path, rule, field, BW_MAP);

        for (uint32_t i = 0; i < list.n && !r->b->refused; i++) {
                struct bw_value selector = list.list->items[i];
                struct keys keys = keys_of(selector);
                const struct entity *e = keys.reserved.n ? find_entity(keys.reserved) : NULL;

                net_check_selector(r->b, &r->path, selector, false);
                if (keys.reserved.n && e)
                        add_entity(r, to, e, e->rough);
                else if (!keys.reserved.n && !r->b->refused)
                        add_where(r, to, SURE, net_where(r->b, net_pod_kinds(r->b->np), read_selector(r, selector, &keys), NULL));
        }
}

static void read_nodes(struct reader *r, struct bw_value rule, const char *field, struct peers *to)
{
        struct bw_value list = net_check_list(r->b, &r->path, rule, field, BW_MAP);

        for (uint32_t i = 0; i < list.n && !r->b->refused; i++) {
                net_check_selector(r->b, &r->path, list.list->items[i], false);
                if (!r->b->refused)
                        add_where(r, to, SURE, net_where(r->b, NODES, net_selector(r->b, SCOPE_NODE, list.list->items[i]), NULL));
        }
}

/* ---- addresses: only what is outside of the cluster has one for Cilium */

static void add_nets(const struct reader *r, struct peers *to, struct bw_value list, struct bw_value except)
{
        struct net_ip_range *yes = bw_arena_array(r->b->scratch, (size_t)list.n + 1, sizeof(*yes));
        struct net_ip_range *no = bw_arena_array(r->b->scratch, (size_t)except.n + 1, sizeof(*no));
        size_t n_yes = 0;
        size_t n_no = 0;

        if (!yes || !no) {
                net_fail(r->b, -ENOMEM);
                return;
        }
        for (uint32_t i = 0; i < list.n; i++)
                if (list.list->items[i].type == BW_STRING && net_cidr_parse(bw_value_text(list.list->items[i]), true, &yes[n_yes], NULL))
                        n_yes++;
                else
                        net_problem(r->b, true, r->path.text, "must be a valid CIDR, such as 10.9.8.0/24 or 2001:db8::/64");
        for (uint32_t i = 0; i < except.n; i++)
                if (except.list->items[i].type == BW_STRING && net_cidr_parse(bw_value_text(except.list->items[i]), true, &no[n_no], NULL))
                        n_no++;
                else
                        net_problem(r->b, true, r->path.text, "except must hold valid CIDRs");
        add_where(r, to, SURE, net_where(r->b, KINDS(KIND_OUTSIDE), net_true(r->b), net_block(r->b, yes, n_yes, no, n_no)));
}

/* Groups of addresses by name, or by their labels. */
static void add_groups(const struct reader *r, struct peers *to, struct bw_value item, struct bw_value except)
{
        struct bw_str name = bw_map_text(item, "cidrGroupRef");
        struct bw_value selector = bw_map_get(item, BW_STR("cidrGroupSelector"));
        struct bw_doc_range range = bw_inventory_kind(r->b->np->inventory, BW_STR(GROUP), BW_STR("CiliumCIDRGroup"));
        bool found = false;

        net_step(r->b, range.n);
        for (size_t i = 0; i < range.n && r->b->status == 0; i++) {
                struct net_endpoint any = {.ns = NONE, .labels = bw_map_walk(range.docs[i]->root, "metadata.labels")};

                if (name.n ? !bw_str_eq(name, range.docs[i]->name)
                           : !net_expr_holds(r->b->np, net_selector(r->b, SCOPE_POD, selector), &any))
                        continue;
                found = true;
                add_nets(r, to, list_of(bw_map_get(range.docs[i]->root, BW_STR("spec")), "externalCIDRs"), except);
        }
        if (!found)
                net_problem(r->b, false, r->path.text, "no such CiliumCIDRGroup is among the objects: nothing matches it");
}

static void read_cidr_set(struct reader *r, struct bw_value rule, const char *field, struct peers *to)
{
        struct bw_value list = net_check_list(r->b, &r->path, rule, field, BW_MAP);

        for (uint32_t i = 0; i < list.n && !r->b->refused; i++) {
                struct bw_value item = list.list->items[i];
                struct bw_value cidr = bw_map_get(item, BW_STR("cidr"));
                struct bw_list *one = bw_list_new(r->b->arena, 1);

                if (!one) {
                        net_fail(r->b, -ENOMEM);
                        return;
                }
                one->items[0] = cidr;
                if (bw_map_text(item, "cidrGroupRef").n || is_there(bw_map_get(item, BW_STR("cidrGroupSelector"))))
                        add_groups(r, to, item, list_of(item, "except"));
                else
                        add_nets(r, to, bw_value_list(one, 1), list_of(item, "except"));
        }
}

/* ---- services */

static void add_service(const struct reader *r, struct peers *to, const struct bw_doc *doc)
{
        struct bw_value labels = bw_map_walk(doc->root, "spec.selector");

        /* One without a selector stands for what somebody listed. */
        if (labels.type != BW_MAP || labels.n == 0) {
                add_where(r, to, ROUGH, net_where(r->b, KINDS(KIND_OUTSIDE), net_true(r->b), NULL));
                return;
        }
        add_where(r, to, ROUGH,
                  net_where(r->b, net_pod_kinds(r->b->np), net_pods_with(r->b, doc->ns.n ? doc->ns : BW_STR("default"), labels), NULL));
}

static void read_services(struct reader *r, struct bw_value rule, struct peers *to)
{
        struct bw_value list = net_check_list(r->b, &r->path, rule, "toServices", BW_MAP);
        struct bw_doc_range range = bw_inventory_kind(r->b->np->inventory, BW_STR(""), BW_STR("Service"));

        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value by_name = bw_map_get(list.list->items[i], BW_STR("k8sService"));
                struct bw_value by_label = bw_map_get(list.list->items[i], BW_STR("k8sServiceSelector"));
                struct bw_str ns = bw_map_text(is_there(by_name) ? by_name : by_label, "namespace");
                const struct net_expr *e = is_there(by_label) ? read_labels(r, bw_map_get(by_label, BW_STR("selector"))) : NULL;

                net_step(r->b, range.n);
                for (size_t j = 0; j < range.n && r->b->status == 0; j++) {
                        const struct bw_doc *doc = range.docs[j];
                        struct net_endpoint any = {.ns = NONE, .labels = bw_map_walk(doc->root, "metadata.labels")};

                        if (ns.n && !bw_str_eq(ns, doc->ns.n ? doc->ns : BW_STR("default")))
                                continue;
                        if (e ? net_expr_holds(r->b->np, e, &any) : bw_str_eq(doc->name, bw_map_text(by_name, "serviceName")))
                                add_service(r, to, doc);
                }
        }
}

/* ---- ports */

/* "80", 80, "http"; *ret_name: a name. False: neither. */
static bool read_port(struct bw_value v, int64_t *ret_number, struct bw_str *ret_name)
{
        *ret_number = -1;
        *ret_name = (struct bw_str){0};
        if (v.type == BW_INT)
                *ret_number = v.i;
        else if (v.type != BW_STRING || v.n == 0)
                return false;
        else if (bw_str_to_i64(bw_value_text(v), ret_number) < 0)
                *ret_name = bw_value_text(v);
        return ret_name->n || (*ret_number >= 0 && *ret_number <= UINT16_MAX);
}

static void add_port(struct reader *r, struct net_rule *rule, struct net_port_ask *names, struct net_port_list *list, struct bw_value item)
{
        struct bw_str text = bw_map_text(item, "protocol");
        struct bw_value end = bw_map_get(item, BW_STR("endPort"));
        bool any = text.n == 0 || bw_str_is(text, "ANY");
        struct bw_str name;
        int64_t number;

        if (!read_port(bw_map_get(item, BW_STR("port")), &number, &name)) {
                net_problem(r->b, true, r->path.text, "port must be a number up to 65535 or a name");
                return;
        }
        for (size_t p = 0; p < _BW_PROTOCOL_MAX; p++) {
                if (!any && net_protocol(text) != (enum bw_protocol)p)
                        continue;
                if (name.n) {
                        names[rule->n_names] = (struct net_port_ask){.name = name, .protocol = (enum bw_protocol)p};
                        net_ask_port(r->b, &names[rule->n_names++]);
                        continue;
                }
                if (number == 0) /* all of them */
                        net_ports_add(r->b, list, (enum bw_protocol)p, 1, UINT16_MAX);
                else if (end.type == BW_INT && end.i >= number && end.i <= UINT16_MAX)
                        net_ports_add(r->b, list, (enum bw_protocol)p, number, end.i);
                else
                        net_ports_add(r->b, list, (enum bw_protocol)p, number, number);
        }
}

/* What one item of toPorts opens, into a rule without peers. */
static void read_port_rule(struct reader *r, struct bw_value item, struct net_rule *rule)
{
        struct bw_value ports = net_check_list(r->b, &r->path, item, "ports", BW_MAP);
        struct net_port_ask *names = bw_arena_array(r->b->arena, ((size_t)ports.n + 1) * _BW_PROTOCOL_MAX, sizeof(*names));
        struct net_port_list list = {0};

        if (!names) {
                net_fail(r->b, -ENOMEM);
                return;
        }
        rule->names = names;
        for (uint32_t i = 0; i < ports.n; i++)
                add_port(r, rule, names, &list, ports.list->items[i]);
        rule->ports = ports.n ? net_ports_of(r->b, &list) : net_ports_all;
        rule->at_most = is_there(bw_map_get(item, BW_STR("rules"))) || list_of(item, "serverNames").n > 0;
}

/* ---- rules */

struct rules {
        struct net_rule *items;
        size_t n, cap;
};

static void add_rule(const struct reader *r, struct rules *to, const struct net_rule *rule)
{
        if (bw_arena_grow(r->b->arena, &to->items, &to->cap, to->n, sizeof(*rule)) < 0)
                net_fail(r->b, -ENOMEM);
        else
                to->items[to->n++] = *rule;
}

/* For the peers that are certain, those that are not, and for all where none are named. */
static void add_rules(const struct reader *r, struct rules *to, struct net_rule rule, const struct peers *peers)
{
        if (!peers->named) {
                rule.anyone = true;
                add_rule(r, to, &rule);
                return;
        }
        for (size_t which = SURE; which <= ROUGH; which++) {
                rule.peers = peers->items[which];
                rule.n_peers = (uint32_t)peers->n[which];
                rule.at_most |= which == ROUGH;
                if (rule.n_peers)
                        add_rule(r, to, &rule);
        }
}

static void read_peers(struct reader *r, struct bw_value rule, bool ingress, struct peers *to)
{
        static const char *const fields[][9] = {
                {"toEndpoints", "toEntities", "toCIDR", "toCIDRSet", "toNodes", "toGroups", "toRequires", "toFQDNs", "toServices"},
                {"fromEndpoints", "fromEntities", "fromCIDR", "fromCIDRSet", "fromNodes", "fromGroups", "fromRequires", NULL, NULL},
        };
        const char *const *f = fields[ingress];

        for (size_t i = 0; i < BW_ARRAY_SIZE(fields[0]); i++)
                to->named |= f[i] && i != 6 && is_there(bw_map_get(rule, bw_str(f[i])));
        read_endpoints(r, rule, f[0], to);
        read_entities(r, rule, f[1], to);
        if (list_of(rule, f[2]).n)
                add_nets(r, to, list_of(rule, f[2]), (struct bw_value){.type = BW_LIST});
        read_cidr_set(r, rule, f[3], to);
        read_nodes(r, rule, f[4], to);
        if (f[7] && list_of(rule, f[7]).n)
                add_where(r, to, ROUGH, net_where(r->b, KINDS(KIND_OUTSIDE), net_true(r->b), NULL));
        if (list_of(rule, f[5]).n)
                add_where(r, to, ROUGH, net_where(r->b, KINDS(KIND_OUTSIDE), net_true(r->b), NULL));
        if (f[8])
                read_services(r, rule, to);
        if (is_there(bw_map_get(rule, bw_str(f[6]))))
                net_problem(r->b, false, r->path.text, "%s is not looked at: less may be allowed", f[6]);
}

static void read_rule(struct reader *r, struct bw_value item, bool ingress, bool denies, uint32_t number, struct rules *to)
{
        struct bw_value to_ports = net_check_list(r->b, &r->path, item, "toPorts", BW_MAP);
        bool only_icmp = list_of(item, "icmps").n > 0 && to_ports.n == 0;
        struct net_rule rule = {
                .action = denies ? BW_NET_DENY : BW_NET_ALLOW,
                .number = number,
                .list = ingress ? (denies ? "ingressDeny" : "ingress") : (denies ? "egressDeny" : "egress"),
                .ports = net_ports_all,
        };
        struct peers peers = {0};

        read_peers(r, item, ingress, &peers);
        if (r->b->refused || only_icmp)
                return;
        /* A rule that says nothing allows nothing: it is how everything is refused. */
        if (to_ports.n == 0 && peers.named)
                add_rules(r, to, rule, &peers);
        for (uint32_t i = 0; i < to_ports.n; i++) {
                struct net_rule of_ports = rule;

                read_port_rule(r, to_ports.list->items[i], &of_ports);
                add_rules(r, to, of_ports, &peers);
        }
}

static void read_list(struct reader *r, struct bw_value spec, const char *field, bool ingress, bool denies, struct rules *to)
{
        struct bw_value list = net_check_list(r->b, &r->path, spec, field, BW_MAP);
        size_t here = net_path_in(&r->path, field);

        for (uint32_t i = 0; i < list.n && r->b->status == 0; i++) {
                size_t back = net_path_at(&r->path, i);

                read_rule(r, list.list->items[i], ingress, denies, i, to);
                net_path_back(&r->path, back);
        }
        net_path_back(&r->path, here);
}

/* Unless it is said, what has rules refuses the rest. */
static bool refuses_rest(struct bw_value spec, bool ingress)
{
        struct bw_value said = bw_map_get(bw_map_get(spec, BW_STR("enableDefaultDeny")), ingress ? BW_STR("ingress") : BW_STR("egress"));

        if (said.type == BW_BOOL)
                return said.b;
        return list_of(spec, ingress ? "ingress" : "egress").n + list_of(spec, ingress ? "ingressDeny" : "egressDeny").n > 0;
}

static uint32_t read_subject(struct reader *r, struct bw_value spec)
{
        struct bw_value endpoints = bw_map_get(spec, BW_STR("endpointSelector"));
        struct bw_value nodes = bw_map_get(spec, BW_STR("nodeSelector"));
        struct keys keys = keys_of(endpoints);

        if (is_there(endpoints) == is_there(nodes)) {
                net_problem(r->b, true, r->path.text, "either endpointSelector or nodeSelector must be given");
                return 0;
        }
        if (is_there(nodes) && r->ns.n)
                net_problem(r->b, true, r->path.text, "nodeSelector belongs into a CiliumClusterwideNetworkPolicy");
        net_check_selector(r->b, &r->path, is_there(nodes) ? nodes : endpoints, false);
        if (r->b->refused)
                return 0;
        if (is_there(nodes))
                return net_where(r->b, NODES, net_selector(r->b, SCOPE_NODE, nodes), NULL);
        /* Cilium's own endpoints (health, ingress) are no pods. */
        if (keys.reserved.n)
                return net_where(r->b, 0, net_true(r->b), NULL);
        if (r->ns.n) /* whatever it says of namespaces, it is about its own */
                return net_where(r->b, net_pod_kinds(r->b->np), net_both(r->b, read_labels(r, endpoints), net_in_namespace(r->b, r->ns)), NULL);
        return net_where(r->b, net_pod_kinds(r->b->np), read_labels(r, endpoints), NULL);
}

static void read_spec(struct reader *r, struct bw_value spec)
{
        uint32_t subject;

        if (spec.type != BW_MAP) {
                net_problem(r->b, true, r->path.text, "must be an object");
                return;
        }
        subject = read_subject(r, spec);
        for (size_t i = 0; i < 4 && !r->b->refused && r->b->status == 0; i++) {
                static const char *const fields[] = {"ingressDeny", "egressDeny", "ingress", "egress"};
                bool ingress = i % 2 == 0;
                bool denies = i < 2;
                struct rules rules = {0};
                struct net_side side = {
                        .ingress = ingress,
                        .isolates = refuses_rest(spec, ingress),
                        .order = denies ? ORDER_CILIUM_DENY : ORDER_NETWORK_POLICY,
                        .subject = subject,
                };

                read_list(r, spec, fields[i], ingress, denies, &rules);
                side.tier = net_tier(r->b, BW_STR("default"), ORDER_DEFAULT);
                side.rules = rules.items;
                side.n_rules = (uint32_t)rules.n;
                if (!r->b->refused && (rules.n || (side.isolates && !denies)))
                        net_add_side(r->b, &side);
        }
}

static void read_policy(struct net_builder *b, const struct bw_doc *doc, bool namespaced)
{
        struct reader r = {.b = b, .ns = !namespaced ? BW_STR("") : doc->ns.n ? doc->ns : BW_STR("default")};
        struct bw_value spec = bw_map_get(doc->root, BW_STR("spec"));
        struct bw_value specs = bw_map_get(doc->root, BW_STR("specs"));
        size_t n_sides = b->np->n_sides;
        size_t n_policies = b->np->n_policies;
        size_t here;

        if (!is_there(spec) && !is_there(specs))
                net_problem(b, true, "spec", "there is neither a spec nor specs");
        here = net_path_in(&r.path, "spec");
        if (is_there(spec))
                read_spec(&r, spec);
        net_path_back(&r.path, here);
        specs = net_check_list(b, &r.path, doc->root, "specs", BW_MAP);
        here = net_path_in(&r.path, "specs");
        for (uint32_t i = 0; i < specs.n && b->status == 0; i++) {
                size_t back = net_path_at(&r.path, i);

                read_spec(&r, specs.list->items[i]);
                net_path_back(&r.path, back);
        }
        net_path_back(&r.path, here);
        /* What is refused is refused as a whole. */
        if (b->refused) {
                b->np->n_sides = n_sides;
                b->np->n_policies = n_policies;
        } else {
                net_list_policy(b);
        }
}

void net_read_cilium_policies(struct net_builder *b)
{
        static const char *const kinds[] = {"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"};

        for (size_t k = 0; k < BW_ARRAY_SIZE(kinds); k++) {
                struct bw_doc_range range = bw_inventory_kind(b->np->inventory, BW_STR(GROUP), bw_str(kinds[k]));

                for (size_t i = 0; i < range.n && b->status == 0; i++) {
                        const struct bw_doc *doc = range.docs[i];

                        net_begin(b, doc);
                        if (i + 1 < range.n && bw_str_eq(range.docs[i + 1]->name, doc->name) && bw_str_eq(range.docs[i + 1]->ns, doc->ns))
                                net_problem(b, true, "metadata.name", "another %s of this name takes its place", kinds[k]);
                        else
                                read_policy(b, doc, k == 0);
                }
        }
}
