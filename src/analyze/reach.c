/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/reach.h"

#include "analyze/address.h"
#include "analyze/exposure_internal.h"
#include "analyze/netpol_internal.h"

#include "doc/kind.h"

static const struct {
        const char *group;
        const char *kind;
} policies[] = {
        {"networking.k8s.io", "NetworkPolicy"},
        {"policy.networking.k8s.io", "AdminNetworkPolicy"},
        {"policy.networking.k8s.io", "BaselineAdminNetworkPolicy"},
        {"policy.networking.k8s.io", "ClusterNetworkPolicy"},
        {"cilium.io", "CiliumNetworkPolicy"},
        {"cilium.io", "CiliumClusterwideNetworkPolicy"},
        {"cilium.io", "CiliumCIDRGroup"},
        {"crd.projectcalico.org", "NetworkPolicy"},
        {"crd.projectcalico.org", "GlobalNetworkPolicy"},
        {"crd.projectcalico.org", "NetworkSet"},
        {"crd.projectcalico.org", "GlobalNetworkSet"},
        {"crd.projectcalico.org", "Tier"},
        {"projectcalico.org", "NetworkPolicy"},
        {"projectcalico.org", "GlobalNetworkPolicy"},
        {"projectcalico.org", "NetworkSet"},
        {"projectcalico.org", "GlobalNetworkSet"},
        {"projectcalico.org", "Tier"},
        {"", "ServiceAccount"},
};

bool bw_network_looks(struct bw_str group, struct bw_str kind)
{
        size_t n;

        for (size_t i = 0; i < BW_ARRAY_SIZE(policies); i++)
                if (bw_str_is(kind, policies[i].kind) && bw_str_is(group, policies[i].group))
                        return true;
        return bw_exposure_looks(group, kind) || bw_kind_find(group, kind, &n) != NULL;
}

bool bw_network_kind_at(size_t i, struct bw_str *ret_group, struct bw_str *ret_kind)
{
        if (i >= BW_ARRAY_SIZE(policies))
                return bw_exposure_kind_at(i - BW_ARRAY_SIZE(policies), ret_group, ret_kind);
        *ret_group = bw_str(policies[i].group);
        *ret_kind = bw_str(policies[i].kind);
        return true;
}

enum { PROXY_ROUNDS = 4, TRIED_OF_WHERE = 4, TRIED_BOUND = 16, SHARE_PIECES = 1024 };

struct behaviour { /* where pods of it are: two namespaces are enough to have one that is another */
        uint32_t class;
        uint32_t other;          /* NONE: all of one namespace */
};

struct bw_reach {
        const struct bw_netpol *np;
        const struct bw_exposure *exposure;
        struct bw_arena *arena;
        struct behaviour *behaviours;
        uint32_t free_class[2];  /* of two namespaces, if there are: nothing limits what they send */
        uint32_t *public_pieces; /* outside, of different behaviours */
        uint32_t n_public;
        uint32_t *node_behaviours;
        uint32_t n_nodes;
        struct bw_reach_way *ways;
        size_t n_ways, cap_ways;
        uint32_t *first;         /* by workload: in ways; one more at the end */
        uint8_t *scopes;         /* by workload */
        struct bw_reach_dns dns;
};

static const struct net_endpoint *sample_of(const struct bw_reach *reach, uint32_t class)
{
        return &reach->np->endpoints[reach->np->class_sample[class]];
}

static const struct net_set *set_of(const struct bw_reach *reach, uint32_t behaviour, bool ingress)
{
        return &reach->np->sets[reach->np->set_of[ingress][behaviour]];
}

/* ---- what is prepared */

static int map_behaviours(struct bw_reach *reach)
{
        const struct bw_netpol *np = reach->np;

        reach->free_class[0] = reach->free_class[1] = NONE;
        reach->behaviours = bw_arena_array(reach->arena, np->n_behaviours + 1, sizeof(*reach->behaviours));
        if (!reach->behaviours)
                return -ENOMEM;
        memset(reach->behaviours, 0xff, (np->n_behaviours + 1) * sizeof(*reach->behaviours));
        for (uint32_t class = 0; class < np->n_classes; class++) {
                const struct net_endpoint *end = sample_of(reach, class);
                struct behaviour *b = &reach->behaviours[end->behaviour];
                uint32_t *to_free = reach->free_class;

                if (b->class == NONE)
                        b->class = class;
                else if (b->other == NONE && sample_of(reach, b->class)->ns != end->ns)
                        b->other = class;
                if (end->kind != KIND_POD || set_of(reach, end->behaviour, false)->n)
                        continue;
                if (to_free[0] == NONE)
                        to_free[0] = class;
                else if (to_free[1] == NONE && sample_of(reach, to_free[0])->ns != end->ns)
                        to_free[1] = class;
        }
        return 0;
}

/* The first of the piece's addresses that is routed on the Internet: its ends, or those behind the blocks that are not. */
static bool is_public_piece(const struct net_ip_range *piece)
{
        /* Any piece that is wider than the largest block that is not routed holds one that is. */
        static const char *const probes[] = {"1.0.0.1", "8.8.8.8", "64.0.0.1", "128.0.0.1", "192.0.1.1", "203.0.0.1", "2001:4860::1", "2600::1"};
        struct bw_address ends[2] = {net_address_of(&piece->low), net_address_of(&piece->high)};

        for (size_t i = 0; i < BW_ARRAY_SIZE(ends); i++)
                if (bw_address_is_public(&ends[i]))
                        return true;
        for (size_t i = 0; i < BW_ARRAY_SIZE(probes); i++) {
                struct net_ip ip;

                if (net_ip_parse(bw_str(probes[i]), &ip) && net_ip_cmp(&piece->low, &ip) <= 0 && net_ip_cmp(&ip, &piece->high) <= 0)
                        return true;
        }
        return false;
}

/* False when it was there. */
static bool add_number(uint32_t *list, uint32_t *n, uint32_t number)
{
        for (uint32_t i = 0; i < *n; i++)
                if (list[i] == number)
                        return false;
        list[(*n)++] = number;
        return true;
}

static int map_places(struct bw_reach *reach)
{
        const struct bw_netpol *np = reach->np;
        uint32_t *met = bw_arena_array(reach->arena, SHARE_PIECES, sizeof(*met));
        uint32_t n_met = 0;

        reach->public_pieces = bw_arena_array(reach->arena, SHARE_PIECES, sizeof(uint32_t));
        reach->node_behaviours = bw_arena_array(reach->arena, SHARE_PIECES, sizeof(uint32_t));
        if (!met || !reach->public_pieces || !reach->node_behaviours)
                return -ENOMEM;
        for (uint32_t i = 0; i < np->n_pieces && n_met < SHARE_PIECES; i++)
                if (is_public_piece(&np->pieces[i]) && add_number(met, &n_met, np->endpoints[np->first_outside + i].behaviour))
                        reach->public_pieces[reach->n_public++] = i;
        for (size_t i = 0; i < np->n_nodes && reach->n_nodes < SHARE_PIECES; i++) {
                uint32_t before = reach->n_nodes;

                /* One address for each behaviour. */
                if (add_number(reach->node_behaviours, &reach->n_nodes, np->endpoints[np->nodes[i].endpoint].behaviour))
                        reach->node_behaviours[before] = np->endpoints[np->nodes[i].endpoint].behaviour;
        }
        return 0;
}

static struct bw_net_end class_end(uint32_t class)
{
        return (struct bw_net_end){.type = BW_NET_CLASS, .class = class};
}

static struct bw_net_end address_end(const struct net_ip *ip)
{
        return (struct bw_net_end){.type = BW_NET_ADDRESS, .address = net_address_of(ip)};
}

/* A node's address of number i among those of different behaviours. */
static struct bw_net_end node_end(const struct bw_reach *reach, uint32_t i)
{
        for (size_t j = 0; j < reach->np->n_nodes; j++)
                if (reach->np->endpoints[reach->np->nodes[j].endpoint].behaviour == reach->node_behaviours[i])
                        return address_end(&reach->np->nodes[j].ip);
        return address_end(&(struct net_ip){0});
}

/* ---- one question */

struct asking {
        const struct bw_reach *reach;
        struct bw_arena *arena;
        enum bw_protocol protocol;
        uint16_t port;           /* 0: any */
        bool at_most;
        struct bw_error *reterr;
};

/* 1: allowed, 0: refused. */
static int is_allowed(struct asking *a, const struct bw_net_end *from, const struct bw_net_end *to, bool *ret_at_most)
{
        struct bw_arena_mark mark = bw_arena_save(a->arena);
        struct bw_ports ports;
        bool at_most;
        int r = bw_netpol_ports(a->reach->np, from, to, a->arena, &ports, &at_most, a->reterr);

        if (r == 0)
                r = a->port ? net_ports_has(&ports, a->protocol, a->port) : !net_ports_empty(&ports);
        *ret_at_most = at_most;
        bw_arena_restore(a->arena, mark);
        return r;
}

/* Whether nothing limits a class in a direction. */
static bool is_free(const struct bw_reach *reach, uint32_t class, bool ingress)
{
        return set_of(reach, sample_of(reach, class)->behaviour, ingress)->n == 0;
}

struct tally {
        size_t yes, no;
        bool at_most;
};

static int count_one(struct asking *a, uint32_t class, bool outward, const struct bw_net_end *place, struct tally *tally)
{
        struct bw_net_end end = class_end(class);
        bool at_most = false;
        int r = is_allowed(a, outward ? &end : place, outward ? place : &end, &at_most);

        if (r < 0)
                return r;
        tally->yes += r > 0;
        tally->no += r == 0;
        tally->at_most |= r > 0 && at_most;
        return 0;
}

static enum bw_reach_share share_of(const struct tally *tally)
{
        return tally->yes == 0 ? BW_REACH_NONE : tally->no ? BW_REACH_SOME : BW_REACH_ALL;
}

static int ask_internet(struct asking *a, uint32_t class, bool outward, struct tally *tally)
{
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < a->reach->n_public; i++) {
                struct bw_net_end place = address_end(&a->reach->np->pieces[a->reach->public_pieces[i]].low);

                r = count_one(a, class, outward, &place, tally);
        }
        return r;
}

static int ask_metadata(struct asking *a, uint32_t class, bool outward, struct tally *tally)
{
        static const char *const addresses[] = {"169.254.169.254", "fd00:ec2::254"};
        struct net_ip ip;
        int r = 0;

        /* The second is of one cloud only, and only where IPv6 is on: it does not count when the first is open. */
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(addresses) && tally->yes == 0; i++) {
                struct bw_net_end place;

                if (!net_ip_parse(bw_str(addresses[i]), &ip))
                        continue;
                place = address_end(&ip);
                r = count_one(a, class, outward, &place, tally);
        }
        if (tally->yes)
                tally->no = 0;
        return r;
}

static int ask_nodes(struct asking *a, uint32_t class, bool outward, struct tally *tally)
{
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < a->reach->n_nodes; i++) {
                struct bw_net_end place = node_end(a->reach, i);

                r = count_one(a, class, outward, &place, tally);
        }
        return r;
}

int bw_reach_share(const struct bw_reach *reach, uint32_t class, bool outward, enum bw_reach_place place, enum bw_protocol protocol,
                   uint16_t port, struct bw_arena *arena, enum bw_reach_share *ret, bool *ret_at_most, struct bw_error *reterr)
{
        static int (*const ask[])(struct asking *a, uint32_t class, bool outward, struct tally *tally) = {
                [BW_REACH_INTERNET] = ask_internet, [BW_REACH_METADATA] = ask_metadata, [BW_REACH_NODES] = ask_nodes};
        struct asking a = {.reach = reach, .arena = arena, .protocol = protocol, .port = port, .reterr = reterr};
        struct tally tally = {0};
        int r;

        *ret_at_most = false;
        *ret = BW_REACH_ALL;
        if (is_free(reach, class, !outward))
                return 0;
        r = ask[place](&a, class, outward, &tally);
        if (r < 0)
                return r;
        *ret = place == BW_REACH_NODES && reach->n_nodes == 0 ? BW_REACH_UNKNOWN : share_of(&tally);
        *ret_at_most = tally.at_most;
        return 0;
}

bool bw_reach_is_free(const struct bw_reach *reach, uint32_t class, bool ingress)
{
        return is_free(reach, class, ingress);
}

/* ---- pods of other namespaces */

struct gather {
        struct asking *asking;
        uint32_t class;
        struct bw_ports all;
        bool at_most;
};

static bool is_everything(const struct bw_ports *ports)
{
        return net_ports_eq(ports, &net_ports_all);
}

static int add_source(struct gather *g, uint32_t source)
{
        struct bw_net_end from = class_end(source);
        struct bw_net_end to = class_end(g->class);
        struct bw_ports ports;
        bool at_most = false;
        int r;

        if (source == NONE || is_everything(&g->all))
                return 0;
        r = bw_netpol_ports(g->asking->reach->np, &from, &to, g->asking->arena, &ports, &at_most, g->asking->reterr);
        if (r < 0)
                return r;
        g->at_most |= at_most && !net_ports_empty(&ports);
        if (!net_ports_combine(g->asking->arena, PORTS_UNION, &g->all, &ports, &g->all))
                return bw_error_nomem(g->asking->reterr);
        return 0;
}

/* A class of the behaviour that is in another namespace. */
static uint32_t elsewhere(const struct bw_reach *reach, uint32_t behaviour, uint32_t ns)
{
        const struct behaviour *b = &reach->behaviours[behaviour];

        if (b->class == NONE || sample_of(reach, b->class)->ns != ns)
                return b->class;
        return b->other;
}

/* Those that nothing keeps from sending tell most; of others some more are tried. */
static int add_of_where(struct gather *g, const struct net_where *where, uint32_t ns)
{
        const struct bw_reach *reach = g->asking->reach;
        unsigned tried_free = 0;
        unsigned tried = 0;
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < where->n && tried_free < TRIED_OF_WHERE; i++) {
                uint32_t behaviour = where->behaviours[i];
                uint32_t source = elsewhere(reach, behaviour, ns);
                bool unbound = set_of(reach, behaviour, false)->n == 0;

                if (source == NONE || (!unbound && tried++ >= TRIED_BOUND))
                        continue;
                tried_free += unbound;
                r = add_source(g, source);
        }
        return r;
}

static int add_of_rules(struct gather *g, const struct net_set *set, uint32_t ns)
{
        const struct bw_netpol *np = g->asking->reach->np;
        int r = 0;

        for (uint32_t i = 0; i < set->n; i++) {
                const struct net_side *side = &np->sides[set->sides[i]];

                for (uint32_t j = 0; j < side->n_rules; j++)
                        for (uint32_t k = 0; r == 0 && side->rules[j].action != BW_NET_DENY && k < side->rules[j].n_peers; k++)
                                r = add_of_where(g, &np->wheres[side->rules[j].peers[k]], ns);
        }
        return r;
}

static int add_outside(struct gather *g)
{
        struct bw_net_end to = class_end(g->class);
        const struct bw_reach *reach = g->asking->reach;
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < reach->n_public && !is_everything(&g->all); i++) {
                struct bw_net_end from = address_end(&reach->np->pieces[reach->public_pieces[i]].low);
                struct bw_ports ports;
                bool at_most;

                r = bw_netpol_ports(reach->np, &from, &to, g->asking->arena, &ports, &at_most, g->asking->reterr);
                if (r == 0 && !net_ports_combine(g->asking->arena, PORTS_UNION, &g->all, &ports, &g->all))
                        r = bw_error_nomem(g->asking->reterr);
        }
        return r;
}

int bw_reach_ports(const struct bw_reach *reach, uint32_t class, enum bw_reach_source source, struct bw_arena *arena, struct bw_ports *ret,
                   bool *ret_at_most, struct bw_error *reterr)
{
        struct asking a = {.reach = reach, .arena = arena, .reterr = reterr};
        struct gather g = {.asking = &a, .class = class, .all = net_ports_none};
        const struct net_endpoint *end = sample_of(reach, class);
        uint32_t ns = source == BW_REACH_ANYONE ? NONE : end->ns;
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(reach->free_class); i++)
                if (reach->free_class[i] != NONE && sample_of(reach, reach->free_class[i])->ns != ns)
                        r = add_source(&g, reach->free_class[i]);
        if (r == 0)
                r = add_of_rules(&g, set_of(reach, end->behaviour, true), ns);
        if (r == 0 && source == BW_REACH_ANYONE)
                r = add_outside(&g);
        if (r < 0)
                return r;
        *ret = g.all;
        *ret_at_most = g.at_most;
        return 0;
}

/* ---- ways */

/* Addresses outside, of those that may come this way, to a port of a class. */
static int ask_sources(struct asking *a, const struct bw_way *way, uint32_t class, struct tally *tally)
{
        int r = 0;

        if (way->n_sources == 0 && way->scope == BW_SCOPE_INTERNET)
                return ask_internet(a, class, false, tally);
        for (uint32_t i = 0; r == 0 && i < way->n_sources; i++) {
                struct bw_net_end low = {.type = BW_NET_ADDRESS, .address = way->sources[i].low};
                struct bw_net_end high = {.type = BW_NET_ADDRESS, .address = way->sources[i].high};

                r = count_one(a, class, false, &low, tally);
                if (r == 0)
                        r = count_one(a, class, false, &high, tally);
        }
        if (way->n_sources == 0) {
                /* The network around the nodes: which it is, the objects do not say. */
                static const char *const usual[] = {"10.255.255.254", "172.31.255.254", "192.168.255.254", "fd00::1"};

                for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(usual); i++) {
                        struct net_ip ip;
                        struct bw_net_end place;

                        if (!net_ip_parse(bw_str(usual[i]), &ip))
                                continue;
                        place = address_end(&ip);
                        r = count_one(a, class, false, &place, tally);
                }
        }
        return r;
}

/* Source ranges that are less than every address. */
static bool is_limited(const struct bw_way *way)
{
        for (uint32_t i = 0; i < way->n_sources; i++) {
                struct net_ip low = net_ip_of(&way->sources[i].low);
                struct net_ip high = net_ip_of(&way->sources[i].high);

                if (!low.is6 && low.low == 0 && high.low == UINT32_MAX)
                        return false;
        }
        return way->n_sources > 0;
}

struct verdict {
        enum bw_reach_share share;
        enum bw_way_scope scope;
        bool at_most;
        const char *why;
};

static int judge_direct(struct asking *a, const struct bw_way *way, uint32_t class, struct verdict *v)
{
        struct tally clients = {0};
        struct tally nodes = {0};
        int r;

        v->scope = way->scope;
        v->at_most = way->at_most != NULL;
        v->why = way->at_most;
        v->share = is_limited(way) ? BW_REACH_SOME : BW_REACH_ALL;
        if (v->share == BW_REACH_SOME)
                v->why = "its source ranges let in some addresses only";
        if (is_free(a->reach, class, true))
                return 0;
        r = ask_sources(a, way, class, &clients);
        if (r == 0 && way->node_seen)
                r = ask_nodes(a, class, false, &nodes);
        if (r < 0)
                return r;
        v->share = share_of(&clients);
        v->at_most |= clients.at_most;
        if (v->share == BW_REACH_NONE && nodes.yes) {
                v->share = BW_REACH_ALL;
                v->at_most = true;
                v->why = "where policies see a node's address in place of the client's";
        } else if (v->share != BW_REACH_NONE && nodes.no && !nodes.yes) {
                v->at_most = true;
                v->why = "unless policies see a node's address in place of the client's";
        }
        if (v->share == BW_REACH_SOME)
                v->why = "policies let in some addresses only";
        else if (v->share == BW_REACH_ALL && is_limited(way))
                v->share = BW_REACH_SOME;
        return 0;
}

/* A controller was not found: what anyone can reach, it may reach. */
static int judge_unknown(struct asking *a, uint32_t class, struct verdict *v)
{
        struct bw_ports ports;
        bool at_most;
        int r;

        if (is_free(a->reach, class, true))
                return 0;
        r = bw_reach_ports(a->reach, class, BW_REACH_ANYONE, a->arena, &ports, &at_most, a->reterr);
        if (r < 0)
                return r;
        v->share = net_ports_has(&ports, a->protocol, a->port) ? BW_REACH_ALL : BW_REACH_NONE;
        v->at_most = true;
        v->why = "the pods of its controller were not seen";
        /* Rules for pods that are not there match nothing: whether one is meant for the controller is not known. */
        if (v->share == BW_REACH_NONE && set_of(a->reach, sample_of(a->reach, class)->behaviour, true)->isolates)
                v->share = BW_REACH_UNKNOWN;
        return 0;
}

static int judge_proxied(struct asking *a, const struct bw_way *way, uint32_t class, struct verdict *v)
{
        const struct bw_netpol *np = a->reach->np;
        enum bw_way_scope widest = BW_SCOPE_CLUSTER;
        struct bw_net_end to = class_end(class);
        struct tally tally = {0};
        int r = 0;

        *v = (struct verdict){.share = BW_REACH_ALL, .scope = way->scope, .at_most = way->at_most != NULL, .why = way->at_most};
        if (way->n_proxies == 0)
                return judge_unknown(a, class, v);
        for (uint32_t i = 0; r == 0 && i < way->n_proxies; i++) {
                const struct bw_net_workload *proxy = &np->workloads[way->proxies[i]];
                size_t before = tally.yes;

                for (uint32_t c = 0; r == 0 && c < proxy->n_classes; c++) {
                        struct bw_net_end from = class_end(np->workload_classes[proxy->first_class + c]);
                        bool at_most = false;

                        r = is_allowed(a, &from, &to, &at_most);
                        tally.yes += r > 0;
                        tally.no += r == 0;
                        tally.at_most |= r > 0 && at_most;
                        r = BW_MIN(r, 0);
                }
                if (tally.yes > before)
                        widest = BW_MAX(widest, (enum bw_way_scope)a->reach->scopes[way->proxies[i]]);
        }
        if (r < 0)
                return r;
        v->share = tally.yes ? BW_REACH_ALL : BW_REACH_NONE;
        v->at_most |= tally.at_most;
        if (widest == BW_SCOPE_CLUSTER) {
                v->at_most = true;
                v->why = "if the pods of its controller can be reached from there";
        } else {
                v->scope = BW_MIN(widest, way->scope);
        }
        return 0;
}

static int add_way(struct bw_reach *reach, uint32_t number, const struct bw_backend *backend, const struct verdict *v)
{
        struct bw_reach_way *to;

        if (bw_arena_grow(reach->arena, &reach->ways, &reach->cap_ways, reach->n_ways, sizeof(*reach->ways)) < 0)
                return -ENOMEM;
        to = &reach->ways[reach->n_ways++];
        *to = (struct bw_reach_way){
                .workload = backend->workload, .way = number, .port = backend->port, .protocol = backend->protocol, .scope = v->scope,
                .partly = v->share == BW_REACH_SOME, .at_most = v->at_most || v->share == BW_REACH_UNKNOWN, .why = v->why};
        return 0;
}

/* Backends of one workload and port stand together, one for each class. */
static int judge_way(struct asking *a, struct bw_reach *reach, uint32_t number, const struct bw_way *way)
{
        for (uint32_t i = 0; i < way->n_backends; i++) {
                const struct bw_backend *backend = &way->backends[i];
                struct verdict v = {0};
                int r;

                a->protocol = backend->protocol;
                a->port = backend->port;
                r = way->proxied ? judge_proxied(a, way, backend->class, &v) : judge_direct(a, way, backend->class, &v);
                bw_arena_reset(a->arena);
                if (r < 0)
                        return r;
                if (v.share == BW_REACH_NONE)
                        continue;
                if (!v.at_most && v.share == BW_REACH_ALL && reach->scopes[backend->workload] < v.scope)
                        reach->scopes[backend->workload] = (uint8_t)v.scope;
                if (add_way(reach, number, backend, &v) < 0)
                        return bw_error_nomem(a->reterr);
        }
        return 0;
}

/* Ways without proxies first: they tell who comes to the controllers. A controller may stand behind another one. */
static int judge_ways(struct bw_reach *reach, struct asking *a)
{
        size_t n;
        const struct bw_way *ways = bw_exposure_ways(reach->exposure, &n);
        size_t before;
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++)
                if (!ways[i].proxied)
                        r = judge_way(a, reach, (uint32_t)i, &ways[i]);
        before = reach->n_ways;
        for (size_t round = 0; round < PROXY_ROUNDS && r == 0; round++) {
                uint64_t sum = 0;
                uint64_t sum_then = 0;

                for (size_t w = 0; w < reach->np->n_workloads; w++)
                        sum += reach->scopes[w];
                reach->n_ways = before;
                for (size_t i = 0; r == 0 && i < n; i++)
                        if (ways[i].proxied)
                                r = judge_way(a, reach, (uint32_t)i, &ways[i]);
                for (size_t w = 0; w < reach->np->n_workloads; w++)
                        sum_then += reach->scopes[w];
                if (sum == sum_then)
                        break;
        }
        return r;
}

#define CMP(a, b) (((a) > (b)) - ((a) < (b)))
static int by_workload(const void *a, const void *b)
{
        const struct bw_reach_way *x = a;
        const struct bw_reach_way *y = b;
        int r = CMP(x->workload, y->workload);

        r = r ? r : CMP(y->scope, x->scope);
        r = r ? r : CMP(x->at_most, y->at_most);
        r = r ? r : CMP(x->way, y->way);
        r = r ? r : CMP(x->protocol, y->protocol);
        return r ? r : CMP(x->port, y->port);
}

/* Of several classes that one way leads to, one stays; partly when they differ. */
static int sort_ways(struct bw_reach *reach)
{
        uint32_t n_workloads = (uint32_t)reach->np->n_workloads;
        size_t n = 0;

        if (reach->n_ways)
                qsort(reach->ways, reach->n_ways, sizeof(*reach->ways), by_workload);
        for (size_t i = 0; i < reach->n_ways; i++)
                if (n == 0 || by_workload(&reach->ways[n - 1], &reach->ways[i]) != 0)
                        reach->ways[n++] = reach->ways[i];
        reach->n_ways = n;
        reach->first = bw_arena_array(reach->arena, (size_t)n_workloads + 1, sizeof(*reach->first));
        if (!reach->first)
                return -ENOMEM;
        for (uint32_t w = 0, at = 0; w <= n_workloads; w++) {
                while (at < n && reach->ways[at].workload < w)
                        at++;
                reach->first[w] = at;
        }
        return 0;
}

/* ---- the name service */

static const struct {
        const char *ns;
        const char *name;
} name_services[] = {{"kube-system", "kube-dns"}, {"kube-system", "coredns"}, {"openshift-dns", "dns-default"}, {"kube-system", "rke2-coredns-rke2-coredns"}};

static int find_dns(struct bw_reach *reach, struct bw_error *reterr)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(name_services); i++) {
                const struct bw_doc *service = bw_inventory_find(reach->np->inventory, BW_STR(""), BW_STR("Service"), bw_str(name_services[i].ns), bw_str(name_services[i].name));
                struct bw_exposure *exposure = (struct bw_exposure *)(uintptr_t)reach->exposure; /* its memo fills */
                int r;

                if (!service)
                        continue;
                r = bw_exposure_service(exposure, service, BW_PROTOCOL_UDP, 53, &reach->dns.backends, &reach->dns.n_backends, reterr);
                if (r < 0)
                        return r;
                if (reach->dns.n_backends) {
                        reach->dns.service = service;
                        return 0;
                }
        }
        return 0;
}

struct bw_reach_dns bw_reach_dns(const struct bw_reach *reach)
{
        return reach->dns;
}

/* Some name its address in place of its pods: where NodeLocal DNSCache answers, or that of the Service. */
static int ask_dns_address(struct asking *a, const struct bw_net_end *from, struct bw_str text, bool *ret)
{
        struct net_ip ip;
        struct bw_net_end to;
        bool at_most;
        int r;

        if (!net_ip_parse(text, &ip))
                return 0;
        to = address_end(&ip);
        a->port = 53;
        r = is_allowed(a, from, &to, &at_most);
        *ret |= r > 0;
        return BW_MIN(r, 0);
}

int bw_reach_can_resolve(const struct bw_reach *reach, uint32_t class, struct bw_arena *arena, bool *ret, struct bw_error *reterr)
{
        struct asking a = {.reach = reach, .arena = arena, .protocol = BW_PROTOCOL_UDP, .reterr = reterr};
        struct bw_net_end from = class_end(class);
        struct bw_net_end to;
        bool at_most;
        int r = 0;

        *ret = reach->dns.service == NULL || sample_of(reach, class)->kind != KIND_POD || is_free(reach, class, false);
        for (size_t i = 0; r == 0 && !*ret && i < reach->dns.n_backends; i++) {
                to = class_end(reach->dns.backends[i].class);
                a.port = reach->dns.backends[i].port;
                r = is_allowed(&a, &from, &to, &at_most);
                *ret |= r > 0;
                r = BW_MIN(r, 0);
        }
        if (r == 0 && !*ret)
                r = ask_dns_address(&a, &from, BW_STR("169.254.20.10"), ret);
        if (r == 0 && !*ret)
                r = ask_dns_address(&a, &from, bw_map_text(bw_map_get(reach->dns.service->root, BW_STR("spec")), "clusterIP"), ret);
        return r;
}

/* ---- as a whole */

int bw_reach_new(struct bw_arena *arena, const struct bw_netpol *netpol, const struct bw_exposure *exposure, struct bw_reach **ret,
                 struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(0);
        struct bw_reach *reach = bw_arena_zalloc(arena, sizeof(*reach));
        struct asking asking = {.reach = reach, .arena = scratch, .reterr = reterr};
        int r;

        if (!scratch || !reach)
                return bw_error_nomem(reterr);
        reach->np = netpol;
        reach->exposure = exposure;
        reach->arena = arena;
        reach->scopes = bw_arena_zalloc(arena, netpol->n_workloads + 1);
        if (!reach->scopes || map_behaviours(reach) < 0 || map_places(reach) < 0)
                return bw_error_nomem(reterr);
        r = judge_ways(reach, &asking);
        if (r == 0)
                r = find_dns(reach, reterr);
        if (r == 0 && sort_ways(reach) < 0)
                r = bw_error_nomem(reterr);
        if (r == 0)
                *ret = reach;
        return r;
}

const struct bw_reach_way *bw_reach_ways(const struct bw_reach *reach, uint32_t workload, size_t *ret_n)
{
        *ret_n = reach->first[workload + 1] - reach->first[workload];
        return reach->ways ? reach->ways + reach->first[workload] : NULL;
}

enum bw_way_scope bw_reach_scope(const struct bw_reach *reach, uint32_t workload)
{
        return (enum bw_way_scope)reach->scopes[workload];
}
