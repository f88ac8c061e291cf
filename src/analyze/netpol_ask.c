/* SPDX-License-Identifier: Apache-2.0 */
/* Questions: through the tiers, for one port or for all of them. */
#include "analyze/netpol_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "doc/pod.h"

bool net_where_has(const struct net_where *where, uint32_t behaviour)
{
        uint32_t from = 0;
        uint32_t to = where->n;

        while (from < to) {
                uint32_t middle = from + (to - from) / 2;

                if (where->behaviours[middle] == behaviour)
                        return true;
                if (where->behaviours[middle] < behaviour)
                        from = middle + 1;
                else
                        to = middle;
        }
        return false;
}

static uint32_t behaviour_of_address(const struct bw_netpol *np, const struct bw_address *address)
{
        struct net_ip ip = net_ip_of(address);
        size_t from = 0;
        size_t to = np->n_nodes;

        while (from < to) {
                size_t middle = from + (to - from) / 2;
                int order = net_ip_cmp(&np->nodes[middle].ip, &ip);

                if (order == 0)
                        return np->endpoints[np->nodes[middle].endpoint].behaviour;
                if (order < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        from = 0;
        to = np->n_pieces;
        while (to - from > 1) {
                size_t middle = from + (to - from) / 2;

                if (net_ip_cmp(&np->pieces[middle].low, &ip) <= 0)
                        from = middle;
                else
                        to = middle;
        }
        return np->endpoints[np->first_outside + from].behaviour;
}

uint32_t net_behaviour_of(const struct bw_netpol *np, const struct bw_net_end *end)
{
        if (end->type == BW_NET_ADDRESS)
                return behaviour_of_address(np, &end->address);
        return end->class < np->n_classes ? np->endpoints[np->class_sample[end->class]].behaviour : NONE;
}

bool net_rule_matches(const struct bw_netpol *np, const struct net_rule *rule, uint32_t peer)
{
        for (uint32_t i = 0; i < rule->n_peers; i++)
                if (net_where_has(&np->wheres[rule->peers[i]], peer))
                        return true;
        return rule->anyone;
}

bool net_rule_is_own(const struct bw_netpol *np, const struct net_rule *rule, uint32_t subject)
{
        for (uint32_t i = 0; i < rule->n_own; i++)
                if (net_where_has(&np->wheres[rule->own[i]], subject))
                        return true;
        return rule->n_own == 0;
}

static bool name_is(const struct net_port_ask *ask, const struct net_port_name *port)
{
        return (ask->protocol == _BW_PROTOCOL_MAX || ask->protocol == port->protocol) && bw_str_eq(ask->name, port->name);
}

bool net_rule_ports(const struct net_rule *rule, const struct net_endpoint *to, struct bw_arena *arena, struct bw_ports *ret)
{
        struct bw_ports all = rule->ports;

        for (uint32_t i = 0; i < rule->n_names; i++)
                for (uint32_t j = 0; j < to->n_ports; j++) {
                        struct bw_port_range range = {to->ports[j].port, to->ports[j].port};
                        struct bw_ports one = {0};

                        if (!name_is(&rule->names[i], &to->ports[j]))
                                continue;
                        one.ranges[to->ports[j].protocol] = &range;
                        one.n[to->ports[j].protocol] = 1;
                        if (!net_ports_combine(arena, PORTS_UNION, &all, &one, &all))
                                return false;
                }
        *ret = all;
        return true;
}

/* ---- all ports */

struct decision { /* of one direction */
        struct bw_ports allowed;        /* for certain */
        struct bw_ports perhaps;        /* as far as ports say */
        struct bw_ports doubted;        /* may be refused by what a rule looks at besides */
        struct bw_ports rest;           /* not decided yet */
        struct bw_ports passed;         /* on to the next tier */
};

static bool take(struct bw_arena *arena, struct decision *d, const struct net_rule *rule, struct bw_ports ports)
{
        struct bw_ports *to = rule->action == BW_NET_ALLOW && rule->at_most ? &d->perhaps
                              : rule->action == BW_NET_ALLOW                ? &d->allowed
                              : rule->at_most                               ? &d->doubted
                              : rule->action == BW_NET_PASS                 ? &d->passed
                                                                            : NULL;

        if (!net_ports_combine(arena, PORTS_INTERSECT, &d->rest, &ports, &ports))
                return false;
        if (to && !net_ports_combine(arena, PORTS_UNION, to, &ports, to))
                return false;
        return rule->at_most || net_ports_combine(arena, PORTS_MINUS, &d->rest, &ports, &d->rest);
}

static bool take_side(const struct bw_netpol *np, const struct net_side *side, uint32_t subject, uint32_t peer, const struct net_endpoint *to,
                      struct bw_arena *arena, struct decision *d)
{
        for (uint32_t i = 0; i < side->n_rules; i++) {
                const struct net_rule *rule = &side->rules[i];
                struct bw_ports ports;

                if (net_rule_is_own(np, rule, subject) && net_rule_matches(np, rule, peer) &&
                    !(net_rule_ports(rule, to, arena, &ports) && take(arena, d, rule, ports)))
                        return false;
        }
        return true;
}

/* What the subject's sides let a peer do, `to` being where the traffic goes. */
static bool decide(const struct bw_netpol *np, bool ingress, uint32_t subject, uint32_t peer, const struct net_endpoint *to,
                   struct bw_arena *arena, struct decision *d)
{
        const struct net_set *set = &np->sets[np->set_of[ingress][subject]];

        *d = (struct decision){.rest = net_ports_all};
        for (uint32_t i = 0; i < set->n;) {
                uint32_t tier = np->sides[set->sides[i]].tier;
                bool isolates = false;

                d->passed = net_ports_none;
                for (; i < set->n && np->sides[set->sides[i]].tier == tier; i++) {
                        const struct net_side *side = &np->sides[set->sides[i]];

                        isolates |= side->isolates;
                        if (!take_side(np, side, subject, peer, to, arena, d))
                                return false;
                }
                if (isolates)
                        d->rest = d->passed;
                else if (!net_ports_combine(arena, PORTS_UNION, &d->rest, &d->passed, &d->rest))
                        return false;
        }
        return net_ports_combine(arena, PORTS_UNION, &d->allowed, &d->rest, &d->allowed) &&
               net_ports_combine(arena, PORTS_UNION, &d->allowed, &d->perhaps, &d->perhaps);
}

static bool meet(struct bw_arena *arena, const struct decision *out, const struct decision *in, struct bw_ports *ret, bool *ret_at_most)
{
        struct bw_ports sure;
        struct bw_ports doubted;

        if (!net_ports_combine(arena, PORTS_INTERSECT, &out->allowed, &in->allowed, &sure) ||
            !net_ports_combine(arena, PORTS_INTERSECT, &out->perhaps, &in->perhaps, ret) ||
            !net_ports_combine(arena, PORTS_UNION, &out->doubted, &in->doubted, &doubted) ||
            !net_ports_combine(arena, PORTS_INTERSECT, &doubted, ret, &doubted))
                return false;
        *ret_at_most = !net_ports_eq(&sure, ret) || !net_ports_empty(&doubted);
        return true;
}

static int no_class(struct bw_error *reterr)
{
        return bw_error_set(reterr, -EINVAL, "there is no such class of pods");
}

int bw_netpol_ports(const struct bw_netpol *netpol, const struct bw_net_end *from, const struct bw_net_end *to,
                    struct bw_arena *arena, struct bw_ports *ret, bool *ret_at_most, struct bw_error *reterr)
{
        uint32_t source = net_behaviour_of(netpol, from);
        uint32_t target = net_behaviour_of(netpol, to);
        const struct net_endpoint *end;
        struct decision out;
        struct decision in;

        if (source == NONE || target == NONE)
                return no_class(reterr);
        end = &netpol->endpoints[netpol->sample[target]];
        if (!decide(netpol, false, source, target, end, arena, &out) ||
            !decide(netpol, true, target, source, end, arena, &in) ||
            !meet(arena, &out, &in, ret, ret_at_most))
                return bw_arena_error(arena, reterr);
        return 0;
}

/* ---- one port */

struct asked {
        const struct bw_netpol *np;
        const struct net_set *set;
        bool ingress;
        uint32_t subject, peer;
        const struct net_endpoint *to;
        enum bw_protocol protocol;
        uint16_t port;
        struct bw_arena *arena;
        struct bw_net_reason *reasons;
        size_t n_reasons, cap_reasons;
        bool perhaps, doubted;
        bool failed;
};

static bool has_port(const struct asked *a, const struct net_rule *rule)
{
        if (net_ports_has(&rule->ports, a->protocol, a->port))
                return true;
        for (uint32_t i = 0; i < rule->n_names; i++)
                for (uint32_t j = 0; j < a->to->n_ports; j++)
                        if (a->to->ports[j].port == a->port && a->to->ports[j].protocol == a->protocol &&
                            name_is(&rule->names[i], &a->to->ports[j]))
                                return true;
        return false;
}

static void add_reason(struct asked *a, struct bw_net_reason reason)
{
        reason.ingress = a->ingress;
        if (bw_arena_grow(a->arena, &a->reasons, &a->cap_reasons, a->n_reasons, sizeof(reason)) < 0 || !reason.text.p)
                a->failed = true;
        else
                a->reasons[a->n_reasons++] = reason;
}

static const char *slash(const struct bw_doc *doc)
{
        return doc->ns.n ? "/" : "";
}

static void add_rule(struct asked *a, const struct net_side *side, const struct net_rule *rule)
{
        const char *does = rule->action == BW_NET_PASS    ? "leaves it to the next tier"
                           : rule->action == BW_NET_DENY  ? (rule->at_most ? "may deny it" : "denies it")
                           : rule->at_most                ? "allows some of it"
                                                          : "allows it";
        const struct bw_doc *doc = side->doc;

        add_reason(a, (struct bw_net_reason){
                              .policy = doc,
                              .effect = rule->action,
                              .rule = rule->number,
                              .text = bw_arena_printf(a->arena, "%s[%u] of %.*s %.*s%s%.*s %s", rule->list, rule->number,
                                                      BW_STR_ARG(doc->kind), BW_STR_ARG(doc->ns), slash(doc), BW_STR_ARG(doc->name), does),
                      });
}

/* The policies of a tier that isolate, none of which has a rule for it. */
static void add_isolated(struct asked *a, uint32_t from, uint32_t to)
{
        const struct net_side *sides = a->np->sides;
        const struct bw_doc *first = NULL;
        const struct bw_doc *last = NULL;
        uint32_t n = 0;

        for (uint32_t i = from; i < to; i++) {
                const struct net_side *side = &sides[a->set->sides[i]];

                if (!side->isolates || side->doc == last)
                        continue;
                last = side->doc;
                first = first ? first : last;
                n++;
        }
        if (n == 1)
                add_reason(a, (struct bw_net_reason){
                                      .policy = first, .effect = BW_NET_ISOLATED, .rule = NONE,
                                      .text = bw_arena_printf(a->arena, "no %s rule of %.*s %.*s%s%.*s allows it",
                                                              a->ingress ? "ingress" : "egress", BW_STR_ARG(first->kind),
                                                              BW_STR_ARG(first->ns), slash(first), BW_STR_ARG(first->name))});
        else if (first)
                add_reason(a, (struct bw_net_reason){
                                      .policy = first, .effect = BW_NET_ISOLATED, .rule = NONE,
                                      .text = bw_arena_printf(a->arena, "no %s rule of %.*s %.*s%s%.*s, or of %u more that select it, allows it",
                                                              a->ingress ? "ingress" : "egress", BW_STR_ARG(first->kind),
                                                              BW_STR_ARG(first->ns), slash(first), BW_STR_ARG(first->name), n - 1)});
}

enum outcome { GOES_ON, ALLOWED, DENIED, PASSED };

/* The first rule of a side that decides. */
static enum outcome ask_side(struct asked *a, const struct net_side *side)
{
        for (uint32_t i = 0; i < side->n_rules; i++) {
                const struct net_rule *rule = &side->rules[i];

                if (!net_rule_is_own(a->np, rule, a->subject) || !net_rule_matches(a->np, rule, a->peer) || !has_port(a, rule))
                        continue;
                if (rule->at_most) {
                        if (rule->action == BW_NET_ALLOW ? a->perhaps : a->doubted)
                                continue;
                        a->perhaps |= rule->action == BW_NET_ALLOW;
                        a->doubted |= rule->action != BW_NET_ALLOW;
                        add_rule(a, side, rule);
                        continue;
                }
                add_rule(a, side, rule);
                return rule->action == BW_NET_ALLOW ? ALLOWED : rule->action == BW_NET_DENY ? DENIED : PASSED;
        }
        return GOES_ON;
}

static enum outcome ask_tier(struct asked *a, uint32_t from, uint32_t to)
{
        enum outcome outcome = GOES_ON;
        bool isolates = false;

        for (uint32_t i = from; i < to && outcome == GOES_ON; i++) {
                isolates |= a->np->sides[a->set->sides[i]].isolates;
                outcome = ask_side(a, &a->np->sides[a->set->sides[i]]);
        }
        if (outcome == GOES_ON && isolates) {
                if (!a->perhaps)
                        add_isolated(a, from, to);
                return DENIED;
        }
        return outcome == PASSED ? GOES_ON : outcome;
}

/* Whether one direction allows it; reasons are added. */
static bool ask_direction(struct asked *a)
{
        enum outcome outcome = GOES_ON;
        size_t before = a->n_reasons;

        a->perhaps = a->doubted = false;
        for (uint32_t i = 0, end; i < a->set->n && outcome == GOES_ON; i = end) {
                for (end = i; end < a->set->n && a->np->sides[a->set->sides[end]].tier == a->np->sides[a->set->sides[i]].tier;)
                        end++;
                outcome = ask_tier(a, i, end);
        }
        if (a->n_reasons == before)
                add_reason(a, (struct bw_net_reason){.effect = BW_NET_DEFAULT, .rule = NONE,
                                                     .text = bw_arena_printf(a->arena, "no policy decides on its %s",
                                                                             a->ingress ? "ingress" : "egress")});
        if (outcome != DENIED)
                a->perhaps = false;
        return outcome != DENIED || a->perhaps;
}

/* The number of a port that a pod has under a name; 0: it has none. */
static uint16_t number_of(const struct net_endpoint *e, struct bw_str name, enum bw_protocol protocol)
{
        struct bw_pod pod;
        struct bw_value containers = {0};

        if (e->doc && bw_pod_find(e->doc, &pod))
                containers = list_of(pod.spec, "containers");
        for (uint32_t i = 0; containers.type == BW_LIST && i < containers.n; i++) {
                struct bw_value ports = list_of(containers.list->items[i], "ports");

                for (uint32_t j = 0; j < ports.n; j++) {
                        struct bw_value port = bw_map_get(ports.list->items[j], BW_STR("containerPort"));
                        struct bw_str text = bw_map_text(ports.list->items[j], "protocol");

                        if (bw_str_eq(bw_map_text(ports.list->items[j], "name"), name) && port.type == BW_INT && port.i > 0 &&
                            port.i <= UINT16_MAX && net_protocol(text.n ? text : BW_STR("TCP")) == protocol)
                                return (uint16_t)port.i;
                }
        }
        return 0;
}

int bw_netpol_ask(const struct bw_netpol *netpol, const struct bw_net_question *question, struct bw_arena *arena,
                  struct bw_net_answer *ret, struct bw_error *reterr)
{
        uint32_t source = net_behaviour_of(netpol, &question->from);
        uint32_t target = net_behaviour_of(netpol, &question->to);
        struct asked a = {.np = netpol, .protocol = question->protocol, .port = question->port, .arena = arena};
        struct bw_net_answer answer = {.allowed = true};

        if (source == NONE || target == NONE)
                return no_class(reterr);
        if (question->protocol >= _BW_PROTOCOL_MAX)
                return bw_error_set(reterr, -EINVAL, "the protocol must be TCP, UDP or SCTP");
        a.to = &netpol->endpoints[netpol->sample[target]];
        if (question->to.type == BW_NET_CLASS && question->port == 0)
                a.port = number_of(&netpol->endpoints[netpol->class_sample[question->to.class]], question->port_name, question->protocol);
        if (a.port == 0)
                return bw_error_set(reterr, -EINVAL, "the destination has no %s port of the name \"%.*s\"",
                                    bw_protocol_name(question->protocol), BW_STR_ARG(question->port_name));
        for (size_t ingress = 0; ingress < 2; ingress++) {
                a.ingress = ingress == 1;
                a.peer = a.ingress ? source : target;
                a.subject = a.ingress ? target : source;
                a.set = &netpol->sets[netpol->set_of[ingress][a.subject]];
                /* Nothing decides for what is outside, and for nodes only Cilium's policies of hosts. */
                if (netpol->endpoints[netpol->sample[a.subject]].kind > KIND_HOST && a.set->n == 0)
                        continue;
                answer.allowed &= ask_direction(&a);
                answer.at_most |= a.perhaps || a.doubted;
        }
        answer.at_most &= answer.allowed;
        if (a.failed)
                return bw_arena_error(arena, reterr);
        answer.reasons = a.reasons;
        answer.n_reasons = a.n_reasons;
        *ret = answer;
        return 0;
}
