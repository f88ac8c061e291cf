/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calico's NetworkPolicy, GlobalNetworkPolicy, NetworkSet, GlobalNetworkSet and Tier (projectcalico.org/v3, and as Calico stores them
 * crd.projectcalico.org/v1). Kubernetes' policies have order 1000 in the tier "default". Host endpoints are not looked at.
 * Source: projectcalico/calico api/pkg/apis/projectcalico/v3, libcalico-go lib/backend/syncersv1/updateprocessors (rules.go,
 * networkpolicyprocessor.go, globalnetworkpolicyprocessor.go), felix/calc/policy_sorter.go.
 */
#include <math.h>

#include "analyze/netpol_internal.h"

#include "base/arena.h"
#include "base/error.h"

#define EVERYWHERE (KINDS(KIND_POD) | KINDS(KIND_HOST) | KINDS(KIND_NODE) | KINDS(KIND_OUTSIDE))

static const char *const groups[] = {"projectcalico.org", "crd.projectcalico.org"};

struct net_set_of_addresses { /* a NetworkSet */
        struct net_endpoint end;        /* its labels and namespace */
        struct bw_value nets;
};

struct reader {
        struct net_builder *b;
        struct net_set_of_addresses *sets;
        size_t n_sets, cap_sets;
        struct bw_str ns;               /* of the policy; empty: a global one */
        const char *path;               /* of the rule, for problems */
};

static bool is_there(struct bw_value v)
{
        return v.type != BW_ABSENT && v.type != BW_NULL;
}

/* NULL, and reported: it cannot be read. */
static const struct net_expr *read_selector(const struct reader *r, struct bw_value map, const char *field, enum net_scope scope)
{
        struct bw_error err = {0};
        struct bw_value text = bw_map_get(map, bw_str(field));
        const struct net_expr *e;

        if (!is_there(text))
                return net_true(r->b);
        if (text.type != BW_STRING) {
                net_problem(r->b, true, r->path, "%s must be a text", field);
                return NULL;
        }
        e = net_calico_selector(r->b, bw_value_text(text), scope, &err);
        if (!e)
                net_problem(r->b, true, r->path, "%s: %s", field, err.message);
        return e;
}

/* ---- which ports */

/* A protocol by name or number: bits of those that are known; *ret_any: it is not given. */
static unsigned protocols_of(struct bw_value v, bool *ret_any)
{
        static const int64_t numbers[_BW_PROTOCOL_MAX] = {6, 17, 132};
        unsigned bits = 0;

        *ret_any = !is_there(v);
        for (unsigned p = 0; p < _BW_PROTOCOL_MAX; p++)
                if (*ret_any || (v.type == BW_INT && v.i == numbers[p]) ||
                    (v.type == BW_STRING && net_protocol(bw_value_text(v)) == (enum bw_protocol)p))
                        bits |= 1U << p;
        return bits;
}

/* 80, "8000:9000", or (false) a name. */
static bool port_range(struct bw_value v, struct bw_port_range *ret)
{
        struct bw_str text = bw_value_text(v);
        size_t colon = v.type == BW_STRING ? bw_str_find(text, BW_STR(":")) : SIZE_MAX;
        uint64_t low = 0;
        uint64_t high = 0;

        if (v.type == BW_INT && v.i >= 0 && v.i <= UINT16_MAX) {
                *ret = (struct bw_port_range){(uint16_t)v.i, (uint16_t)v.i};
                return true;
        }
        if (v.type != BW_STRING)
                return false;
        if (bw_str_to_u64(colon == SIZE_MAX ? text : bw_str_n(text.p, colon), &low) < 0 || low > UINT16_MAX)
                return false;
        high = low;
        if (colon != SIZE_MAX && (bw_str_to_u64(bw_str_rest(text, colon + 1), &high) < 0 || high > UINT16_MAX))
                return false;
        *ret = (struct bw_port_range){(uint16_t)low, (uint16_t)high};
        return true;
}

static void add_range(const struct reader *r, struct net_port_list *to, unsigned protocols, struct bw_port_range range)
{
        for (unsigned p = 0; p < _BW_PROTOCOL_MAX; p++)
                if (protocols >> p & 1)
                        net_ports_add(r->b, to, (enum bw_protocol)p, BW_MAX(range.low, (uint16_t)1), range.high);
}

static void add_name(const struct reader *r, struct net_rule *rule, struct net_port_ask *names, struct bw_str name, unsigned protocols)
{
        for (unsigned p = 0; p < _BW_PROTOCOL_MAX; p++)
                if (protocols >> p & 1) {
                        names[rule->n_names] = (struct net_port_ask){.name = name, .protocol = (enum bw_protocol)p};
                        net_ask_port(r->b, &names[rule->n_names++]);
                }
}

static void read_ports(const struct reader *r, struct bw_value item, struct net_rule *rule)
{
        struct bw_value destination = bw_map_get(item, BW_STR("destination"));
        struct bw_value ports = list_of(destination, "ports");
        struct bw_value not_ports = list_of(destination, "notPorts");
        struct net_port_ask *names = bw_arena_array(r->b->arena, ((size_t)ports.n + 1) * _BW_PROTOCOL_MAX, sizeof(*names));
        struct net_port_list in = {0};
        struct net_port_list out = {0};
        struct bw_ports excluded;
        struct bw_port_range range;
        bool any;
        unsigned protocols = protocols_of(bw_map_get(item, BW_STR("protocol")), &any);
        unsigned without = protocols_of(bw_map_get(item, BW_STR("notProtocol")), &any);

        if (!names) {
                net_fail(r->b, -ENOMEM);
                return;
        }
        protocols &= any ? ~0U : ~without;
        rule->names = names;
        if (ports.n == 0)
                add_range(r, &in, protocols, (struct bw_port_range){1, UINT16_MAX});
        for (uint32_t i = 0; i < ports.n; i++) {
                if (port_range(ports.list->items[i], &range))
                        add_range(r, &in, protocols, range);
                else if (ports.list->items[i].type == BW_STRING)
                        add_name(r, rule, names, bw_value_text(ports.list->items[i]), protocols);
        }
        for (uint32_t i = 0; i < not_ports.n; i++) {
                if (port_range(not_ports.list->items[i], &range))
                        add_range(r, &out, (1U << _BW_PROTOCOL_MAX) - 1, range);
                else
                        rule->at_most = true; /* which port that is differs from pod to pod */
        }
        rule->ports = net_ports_of(r->b, &in);
        excluded = net_ports_of(r->b, &out);
        if (!net_ports_combine(r->b->arena, PORTS_MINUS, &rule->ports, &excluded, &rule->ports))
                net_fail(r->b, -ENOMEM);
}

/* ---- which peers */

/* What a side of a rule (source, destination) asks for. */
struct entity {
        struct bw_value v;
        const struct net_expr *selected; /* what its endpoints must be; NULL: nothing is asked of them */
        const struct net_expr *without;  /* what they must not be; NULL: nothing */
        bool nets;                       /* they must be in `in` */
        struct net_ip_range *in, *out;
        size_t n_in, n_out;
};

static size_t read_nets(const struct reader *r, struct bw_value list, struct net_ip_range **ret)
{
        size_t n = 0;

        *ret = bw_arena_array(r->b->scratch, (size_t)list.n + 1, sizeof(**ret));
        if (!*ret)
                net_fail(r->b, -ENOMEM);
        for (uint32_t i = 0; *ret && i < list.n; i++)
                if (list.list->items[i].type == BW_STRING && net_cidr_parse(bw_value_text(list.list->items[i]), true, &(*ret)[n], NULL))
                        n++;
                else
                        net_problem(r->b, true, r->path, "a network is no address and no CIDR");
        return n;
}

static const struct net_expr *read_accounts(const struct reader *r, struct bw_value accounts)
{
        struct bw_value names = list_of(accounts, "names");
        const struct net_expr *e = is_there(bw_map_get(accounts, BW_STR("selector"))) && bw_map_text(accounts, "selector").n
                                           ? read_selector(r, accounts, "selector", SCOPE_ACCOUNT)
                                           : net_true(r->b);

        if (e && names.n)
                e = net_both(r->b, e,
                             net_label(r->b, EXPR_IN, SCOPE_ACCOUNT, BW_STR("projectcalico.org/name"), names.list->items, names.n));
        return e;
}

/* The pods behind a Service; what is behind one without a selector is not known. */
static const struct net_expr *read_service(const struct reader *r, struct bw_value services, struct net_rule *rule)
{
        struct bw_str ns = bw_map_text(services, "namespace");
        struct bw_str name = bw_map_text(services, "name");
        const struct bw_doc *doc;
        struct bw_value labels;

        ns = ns.n ? ns : r->ns;
        doc = bw_inventory_find(r->b->np->inventory, BW_STR(""), BW_STR("Service"), ns, name);
        labels = doc ? bw_map_walk(doc->root, "spec.selector") : (struct bw_value){0};
        if (labels.type != BW_MAP || labels.n == 0) {
                net_problem(r->b, false, r->path, "Service %.*s/%.*s is not among the objects, or has no selector: what is behind it is not known",
                            BW_STR_ARG(ns), BW_STR_ARG(name));
                return net_not(r->b, net_true(r->b));
        }
        rule->at_most = true; /* the ports of its endpoints only */
        return net_pods_with(r->b, ns, labels);
}

static bool has_text(struct bw_value map, const char *field)
{
        return bw_map_text(map, field).n > 0;
}

/* False: something in it cannot be read. */
static bool read_entity(const struct reader *r, struct bw_value v, struct net_rule *rule, struct entity *ret)
{
        struct bw_value accounts = bw_map_get(v, BW_STR("serviceAccounts"));
        struct bw_value services = bw_map_get(v, BW_STR("services"));
        bool by_ns = has_text(v, "namespaceSelector");
        bool asked = has_text(v, "selector") || is_there(accounts) || is_there(services) || by_ns;
        const struct net_expr *parts[4];
        uint32_t n = 0;

        *ret = (struct entity){.v = v, .nets = list_of(v, "nets").n > 0};
        ret->n_in = read_nets(r, list_of(v, "nets"), &ret->in);
        ret->n_out = read_nets(r, list_of(v, "notNets"), &ret->out);
        if (has_text(v, "notSelector"))
                ret->without = read_selector(r, v, "notSelector", SCOPE_POD);
        /* In a policy of a namespace, all selectors are about that namespace unless another is named. */
        if (by_ns)
                parts[n++] = read_selector(r, v, "namespaceSelector", SCOPE_NAMESPACE);
        else if (r->ns.n && !is_there(services) && (asked || ret->without))
                parts[n++] = net_in_namespace(r->b, r->ns);
        if (has_text(v, "selector"))
                parts[n++] = read_selector(r, v, "selector", SCOPE_POD);
        if (is_there(accounts))
                parts[n++] = read_accounts(r, accounts);
        if (is_there(services))
                parts[n++] = read_service(r, services, rule);
        for (uint32_t i = 0; i < n; i++)
                if (!parts[i])
                        return false;
        if (n)
                ret->selected = net_and(r->b, parts, n);
        return !r->b->refused && r->b->status == 0;
}

struct wheres {
        uint32_t *items;
        size_t n, cap;
};

static void add_where(const struct reader *r, struct wheres *to, uint32_t where)
{
        if (bw_arena_grow(r->b->arena, &to->items, &to->cap, to->n, sizeof(where)) < 0)
                net_fail(r->b, -ENOMEM);
        else
                to->items[to->n++] = where;
}

static const struct net_ip_range whole[] = {
        {{false, 0, 0}, {false, 0, UINT32_MAX}},
        {{true, 0, 0}, {true, UINT64_MAX, UINT64_MAX}},
};

/* Addresses that are in these networks and in those that the rule asks for; NULL: no address is asked for. */
static const struct net_block *block_of(const struct reader *r, const struct entity *e, const struct net_ip_range *also, size_t n_also)
{
        const struct net_block *outside = e->nets ? net_block(r->b, whole, 2, e->in, e->n_in) : NULL;
        size_t n_not = e->n_out + (outside ? outside->n : 0);
        struct net_ip_range *not_in = bw_arena_array(r->b->scratch, n_not + 1, sizeof(*not_in));

        if (!not_in) {
                net_fail(r->b, -ENOMEM);
                return NULL;
        }
        if (e->n_out)
                memcpy(not_in, e->out, e->n_out * sizeof(*not_in));
        if (outside)
                memcpy(not_in + e->n_out, outside->ranges, outside->n * sizeof(*not_in));
        return net_block(r->b, also, n_also, not_in, n_not);
}

/* NetworkSets are selected as pods are: their addresses count. */
static void add_sets(const struct reader *r, const struct entity *e, struct wheres *to)
{
        net_step(r->b, r->n_sets);
        for (size_t i = 0; i < r->n_sets && r->b->status == 0; i++) {
                struct net_ip_range *ranges;
                size_t n;

                if (!net_expr_holds(r->b->np, e->selected, &r->sets[i].end) ||
                    (e->without && net_expr_holds(r->b->np, e->without, &r->sets[i].end)))
                        continue;
                n = read_nets(r, r->sets[i].nets, &ranges);
                if (ranges)
                        add_where(r, to, net_where(r->b, EVERYWHERE, net_true(r->b), block_of(r, e, ranges, n)));
        }
}

static void read_wheres(const struct reader *r, const struct entity *e, struct wheres *to)
{
        const struct net_block *block = e->nets || e->n_out ? block_of(r, e, whole, 2) : NULL;
        const struct net_expr *pods = e->selected ? e->selected : net_true(r->b);

        /* Pods whose addresses are not known are in no network, and so not in those that are taken out either. */
        if (block && !e->nets)
                block = net_block_or_unknown(r->b, block);
        if (e->without)
                pods = net_both(r->b, pods, net_not(r->b, e->without));
        add_where(r, to, net_where(r->b, net_pod_kinds(r->b->np), pods, block));
        if (e->selected)
                add_sets(r, e, to);
        else
                add_where(r, to, net_where(r->b, EVERYWHERE & ~net_pod_kinds(r->b->np), net_true(r->b), block));
}

/* ---- rules */

static bool asks_nothing(const struct entity *e)
{
        return !e->selected && !e->without && !e->nets && e->n_out == 0;
}

/* False: the rule decides nothing (Log), or nothing that has ports. */
static bool read_action(const struct reader *r, struct bw_value item, struct net_rule *rule)
{
        struct bw_str action = bw_map_text(item, "action");

        if (bw_str_is(action, "Log"))
                return false;
        if (bw_str_is(action, "Allow"))
                rule->action = BW_NET_ALLOW;
        else if (bw_str_is(action, "Deny"))
                rule->action = BW_NET_DENY;
        else if (bw_str_is(action, "Pass"))
                rule->action = BW_NET_PASS;
        else
                net_problem(r->b, true, r->path, "action must be Allow, Deny, Log or Pass");
        return !r->b->refused;
}

static bool read_rule(const struct reader *r, struct bw_value item, bool ingress, struct net_rule *rule)
{
        struct bw_value source = bw_map_get(item, BW_STR("source"));
        struct entity peer;
        struct entity own;
        struct wheres peers = {0};
        struct wheres owns = {0};
        struct bw_value version = bw_map_get(item, BW_STR("ipVersion"));

        if (!read_action(r, item, rule) || !read_entity(r, bw_map_get(item, ingress ? BW_STR("source") : BW_STR("destination")), rule, &peer) ||
            !read_entity(r, bw_map_get(item, ingress ? BW_STR("destination") : BW_STR("source")), rule, &own))
                return false;
        rule->list = ingress ? "ingress" : "egress";
        /* HTTP, source ports and the version of the protocol tell apart what has the same ports here. */
        rule->at_most |= is_there(bw_map_get(item, BW_STR("http"))) || is_there(version) || list_of(source, "ports").n > 0 ||
                         list_of(source, "notPorts").n > 0;
        rule->anyone = asks_nothing(&peer);
        if (!rule->anyone)
                read_wheres(r, &peer, &peers);
        if (!asks_nothing(&own))
                read_wheres(r, &own, &owns);
        rule->peers = peers.items;
        rule->n_peers = (uint32_t)peers.n;
        rule->own = owns.items;
        rule->n_own = (uint32_t)owns.n;
        read_ports(r, item, rule);
        return r->b->status == 0;
}

static const struct net_rule *read_rules(struct reader *r, struct bw_value list, bool ingress, uint32_t *ret_n)
{
        struct net_rule *rules = bw_arena_zalloc(r->b->arena, ((size_t)list.n + 1) * sizeof(*rules));
        char path[48];

        *ret_n = 0;
        if (!rules)
                net_fail(r->b, -ENOMEM);
        r->path = path;
        for (uint32_t i = 0; i < list.n && r->b->status == 0 && !r->b->refused; i++) {
                (void)snprintf(path, sizeof(path), "spec.%s[%u]", ingress ? "ingress" : "egress", i);
                rules[*ret_n] = (struct net_rule){.number = i};
                if (list.list->items[i].type != BW_MAP)
                        net_problem(r->b, true, path, "must be an object");
                else if (read_rule(r, list.list->items[i], ingress, &rules[*ret_n]))
                        ++*ret_n;
        }
        r->path = "spec";
        return rules;
}

/* ---- tiers */

static const struct bw_doc *find_object(const struct net_builder *b, const char *kind, struct bw_str ns, struct bw_str name)
{
        const struct bw_doc *doc = NULL;

        for (size_t i = 0; !doc && i < BW_ARRAY_SIZE(groups); i++)
                doc = bw_inventory_find(b->np->inventory, bw_str(groups[i]), bw_str(kind), ns, name);
        return doc;
}

static double order_of(struct bw_value v, double otherwise)
{
        return v.type == BW_INT ? (double)v.i : v.type == BW_UINT ? (double)v.u : v.type == BW_DOUBLE && v.d == v.d ? v.d : otherwise;
}

static uint32_t read_tier(struct net_builder *b, struct bw_str name, bool *ret_denies)
{
        static const struct {
                const char *name;
                double order;
                bool denies;
        } known[] = {
                {"default", ORDER_DEFAULT, true},
                {"kube-admin", ORDER_ADMIN, false},
                {"adminnetworkpolicy", ORDER_ADMIN, false},
                {"kube-baseline", ORDER_BASELINE, false},
                {"baselineadminnetworkpolicy", ORDER_BASELINE, false},
        };
        const struct bw_doc *doc = find_object(b, "Tier", BW_STR(""), name);
        struct bw_value spec = doc ? bw_map_get(doc->root, BW_STR("spec")) : (struct bw_value){0};
        bool is_known = false;
        double order = (double)INFINITY;

        *ret_denies = true;
        for (size_t i = 0; i < BW_ARRAY_SIZE(known); i++)
                if (bw_str_is(name, known[i].name)) {
                        is_known = true;
                        order = known[i].order;
                        *ret_denies = known[i].denies;
                }
        if (doc && !is_known)
                order = order_of(bw_map_get(spec, BW_STR("order")), order);
        if (has_text(spec, "defaultAction"))
                *ret_denies = !bw_str_is(bw_map_text(spec, "defaultAction"), "Pass");
        if (!doc && !is_known)
                net_problem(b, false, "spec.tier", "there is no Tier %.*s among the objects: it is taken as the last", BW_STR_ARG(name));
        return net_tier(b, name, order);
}

/* ---- policies */

/* Types that are not given: Ingress, and Egress where there are rules for it; Egress alone where there are only such. */
static bool has_type(struct bw_value spec, bool ingress)
{
        struct bw_value types = list_of(spec, "types");
        bool egress_rules = list_of(spec, "egress").n > 0;

        if (types.n)
                return list_has(types, ingress ? BW_STR("Ingress") : BW_STR("Egress"));
        return ingress ? !egress_rules || list_of(spec, "ingress").n > 0 : egress_rules;
}

static const struct net_expr *read_subject(const struct reader *r, struct bw_value spec)
{
        const struct net_expr *parts[3];
        uint32_t n = 0;

        parts[n++] = read_selector(r, spec, "selector", SCOPE_POD);
        if (r->ns.n)
                parts[n++] = net_in_namespace(r->b, r->ns);
        else if (has_text(spec, "namespaceSelector"))
                parts[n++] = read_selector(r, spec, "namespaceSelector", SCOPE_NAMESPACE);
        if (has_text(spec, "serviceAccountSelector"))
                parts[n++] = read_selector(r, spec, "serviceAccountSelector", SCOPE_ACCOUNT);
        for (uint32_t i = 0; i < n; i++)
                if (!parts[i])
                        return NULL;
        return net_and(r->b, parts, n);
}

static bool is_true(struct bw_value v)
{
        return v.type == BW_BOOL && v.b;
}

static void read_policy(struct reader *r, const struct bw_doc *doc)
{
        struct net_builder *b = r->b;
        struct bw_value spec = bw_map_get(doc->root, BW_STR("spec"));
        struct bw_str tier = bw_map_text(spec, "tier");
        struct net_side sides[2] = {{.ingress = true}, {.ingress = false}};
        const struct net_expr *subject;
        bool denies;

        if (spec.type != BW_MAP && is_there(spec)) {
                net_problem(b, true, "spec", "must be an object");
                return;
        }
        if (is_true(bw_map_get(spec, BW_STR("preDNAT"))) || is_true(bw_map_get(spec, BW_STR("doNotTrack")))) {
                net_problem(b, false, "spec", "it is for host endpoints only, which are not looked at");
                return;
        }
        subject = read_subject(r, spec);
        for (size_t i = 0; i < 2 && subject && !b->refused; i++)
                sides[i].rules = read_rules(r, list_of(spec, i ? "egress" : "ingress"), i == 0, &sides[i].n_rules);
        if (b->refused || !subject || b->status < 0)
                return;
        net_list_policy(b);
        for (size_t i = 0; i < 2; i++) {
                if (!has_type(spec, i == 0))
                        continue;
                sides[i].tier = read_tier(b, tier.n ? tier : BW_STR("default"), &denies);
                sides[i].isolates = denies;
                sides[i].order = order_of(bw_map_get(spec, BW_STR("order")), (double)INFINITY);
                sides[i].subject = net_where(b, net_pod_kinds(b->np), subject, NULL);
                net_add_side(b, &sides[i]);
        }
}

/* Calico shows Kubernetes' policies among its own, and its own in two groups: each counts once. */
static bool is_shadow(const struct net_builder *b, const struct bw_doc *doc, size_t group, const char *kind)
{
        static const char *const prefixes[] = {"knp.", "kanp.", "kbanp.", "kcnp."};

        for (size_t i = 0; i < BW_ARRAY_SIZE(prefixes); i++)
                if (bw_str_starts(doc->name, bw_str(prefixes[i])))
                        return true;
        return group > 0 && bw_inventory_find(b->np->inventory, bw_str(groups[0]), bw_str(kind), doc->ns, doc->name);
}

static void collect_sets(struct reader *r)
{
        static const char *const kinds[] = {"NetworkSet", "GlobalNetworkSet"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(groups) * BW_ARRAY_SIZE(kinds); i++) {
                const char *kind = kinds[i % 2];
                struct bw_doc_range range = bw_inventory_kind(r->b->np->inventory, bw_str(groups[i / 2]), bw_str(kind));

                for (size_t j = 0; j < range.n && r->b->status == 0; j++) {
                        const struct bw_doc *doc = range.docs[j];
                        struct net_set_of_addresses set = {
                                .end = {.kind = KIND_OUTSIDE, .ns = NONE, .labels = bw_map_walk(doc->root, "metadata.labels")},
                                .nets = list_of(bw_map_get(doc->root, BW_STR("spec")), "nets"),
                        };

                        if (is_shadow(r->b, doc, i / 2, kind))
                                continue;
                        if (i % 2 == 0)
                                set.end.ns = net_namespace(r->b, doc->ns.n ? doc->ns : BW_STR("default"));
                        if (bw_arena_grow(r->b->scratch, &r->sets, &r->cap_sets, r->n_sets, sizeof(set)) < 0)
                                net_fail(r->b, -ENOMEM);
                        else
                                r->sets[r->n_sets++] = set;
                }
        }
}

struct policies {
        const struct bw_doc **docs;
        size_t n, cap;
};

static int compare_docs(const void *a, const void *b)
{
        const struct bw_doc *x = *(const struct bw_doc *const *)a;
        const struct bw_doc *y = *(const struct bw_doc *const *)b;
        int order = bw_str_cmp(x->name, y->name);

        if (!order)
                order = bw_str_cmp(x->ns, y->ns);
        return order ? order : bw_str_cmp(x->kind, y->kind);
}

static void note_host_endpoints(struct net_builder *b)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(groups); i++) {
                struct bw_doc_range range = bw_inventory_kind(b->np->inventory, bw_str(groups[i]), BW_STR("HostEndpoint"));

                if (range.n == 0)
                        continue;
                net_begin(b, range.docs[0]);
                net_problem(b, false, "", "host endpoints are not looked at: what policies do for nodes' own addresses is not said");
                return;
        }
}

void net_read_calico_policies(struct net_builder *b)
{
        static const char *const kinds[] = {"NetworkPolicy", "GlobalNetworkPolicy"};
        struct reader r = {.b = b, .path = "spec"};
        struct policies list = {0};

        for (size_t i = 0; i < BW_ARRAY_SIZE(groups) * BW_ARRAY_SIZE(kinds); i++) {
                struct bw_doc_range range = bw_inventory_kind(b->np->inventory, bw_str(groups[i / 2]), bw_str(kinds[i % 2]));

                for (size_t j = 0; j < range.n && b->status == 0; j++) {
                        if (is_shadow(b, range.docs[j], i / 2, kinds[i % 2]))
                                continue;
                        if (bw_arena_grow(b->scratch, &list.docs, &list.cap, list.n, sizeof(list.docs[0])) < 0)
                                net_fail(b, -ENOMEM);
                        else
                                list.docs[list.n++] = range.docs[j];
                }
        }
        if (list.n == 0)
                return;
        /* Those of one order are applied by name. */
        qsort(list.docs, list.n, sizeof(list.docs[0]), compare_docs);
        collect_sets(&r);
        note_host_endpoints(b);
        for (size_t i = 0; i < list.n && b->status == 0; i++) {
                const struct bw_doc *doc = list.docs[i];

                net_begin(b, doc);
                r.ns = bw_str_is(doc->kind, "NetworkPolicy") ? (doc->ns.n ? doc->ns : BW_STR("default")) : BW_STR("");
                if (i + 1 < list.n && compare_docs(&list.docs[i], &list.docs[i + 1]) == 0)
                        net_problem(b, true, "metadata.name", "another %.*s of this name takes its place", BW_STR_ARG(doc->kind));
                else
                        read_policy(&r, doc);
        }
}
