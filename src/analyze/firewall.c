/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/firewall.h"

#include "base/limits.h"
#include "format/proc_net.h"

const char *bw_reach_text(enum bw_reach reach)
{
        static const char *const texts[] = {
                [BW_REACH_OPEN] = "open",
                [BW_REACH_UNKNOWN] = "unknown",
                [BW_REACH_LIMITED] = "limited",
                [BW_REACH_CLOSED] = "closed",
        };

        return texts[reach];
}

/* Whether an expression matches the packet. */
enum match {
        MATCH_NO,
        MATCH_YES,
        MATCH_SOME,    /* depends on who sends: an address, an interface */
        MATCH_OTHERS,  /* the same, turned round: all but some */
        MATCH_UNKNOWN,
};

/* What a chain has done so far. */
struct walk {
        const struct bw_nft_ruleset *ruleset;
        const struct bw_packet *packet;
        const struct bw_nft_chain *base;
        size_t steps;
        bool some_passed;   /* accepted for some senders */
        bool narrowed;      /* dropped for all but some */
        bool unknown;       /* something that cannot be read may have let it pass */
        bool maybe_dropped; /* something that cannot be read may have dropped it */
        bool of_cluster;    /* in a chain of kube-proxy or a CNI plugin, which drop nothing that matters here */
};
enum verdict {
        VERDICT_NONE,
        VERDICT_ACCEPT,
        VERDICT_DROP,
        VERDICT_RETURN,
};

static bool number_of(struct bw_value v, int64_t *ret)
{
        if (v.type == BW_INT)
                *ret = v.i;
        else if (v.type == BW_UINT && v.u <= INT64_MAX)
                *ret = (int64_t)v.u;
        else
                return v.type == BW_STRING && bw_str_to_i64(bw_value_text(v), ret) == 0;
        return true;
}

static bool text_is(struct bw_value v, const char *text)
{
        return v.type == BW_STRING && bw_str_is(bw_value_text(v), text);
}

/* The only entry of a map {"range": …}: its key and value. */
static struct bw_value only(struct bw_value v, struct bw_str *ret_key)
{
        *ret_key = (struct bw_str){0};
        if (v.type != BW_MAP || v.n != 1 || v.map->entries[0].key.type != BW_STRING)
                return (struct bw_value){0};
        *ret_key = bw_value_text(v.map->entries[0].key);
        return v.map->entries[0].value;
}

/* Asks `one` of each item of a right side: a plain value, a list, {"set": […]}, "@name". */
static enum match any_of(const struct walk *walk, struct bw_value right,
                         enum match (*one)(const struct walk *walk, struct bw_value item), unsigned depth)
{
        enum match best = MATCH_NO;
        struct bw_str key;
        struct bw_value inner = only(right, &key);

        if (depth > 4)
                return MATCH_UNKNOWN;
        if (bw_str_is(key, "set"))
                return any_of(walk, inner, one, depth + 1);
        if (bw_str_is(key, "elem"))
                return any_of(walk, bw_map_get(inner, BW_STR("val")), one, depth + 1);
        if (right.type == BW_STRING && right.n && right.s[0] == '@') {
                const struct bw_nft_set *set = bw_nft_set_find(walk->ruleset, walk->base->family, walk->base->table,
                                                               bw_str_rest(bw_value_text(right), 1));

                return set ? any_of(walk, set->elements, one, depth + 1) : MATCH_UNKNOWN;
        }
        if (right.type == BW_ABSENT)
                return MATCH_NO; /* an empty set */
        if (right.type != BW_LIST)
                return one(walk, right);
        for (uint32_t i = 0; i < right.n && best != MATCH_YES; i++) {
                enum match match = any_of(walk, right.list->items[i], one, depth + 1);

                if (match != MATCH_NO)
                        best = match;
        }
        return best;
}

static enum match yes_if(bool yes)
{
        return yes ? MATCH_YES : MATCH_NO;
}

static enum match match_port(const struct walk *walk, struct bw_value item)
{
        struct bw_str key;
        struct bw_value range = only(item, &key);
        int64_t from;
        int64_t to;

        if (number_of(item, &from))
                return yes_if(from == walk->packet->port);
        if (bw_str_is(key, "range") && number_of(bw_list_get(range, 0), &from) && number_of(bw_list_get(range, 1), &to))
                return yes_if(from <= walk->packet->port && walk->packet->port <= to);
        return MATCH_UNKNOWN;
}

static enum match match_protocol(const struct walk *walk, struct bw_value item)
{
        static const struct {
                const char *name;
                int64_t number;
        } protocols[] = {{"tcp", 6}, {"udp", 17}, {"sctp", 132}};
        int64_t number;

        if (number_of(item, &number)) {
                for (size_t i = 0; i < BW_ARRAY_SIZE(protocols); i++)
                        if (protocols[i].number == number)
                                return yes_if(strcmp(protocols[i].name, walk->packet->protocol) == 0);
                return MATCH_NO;
        }
        return item.type == BW_STRING ? yes_if(text_is(item, walk->packet->protocol)) : MATCH_UNKNOWN;
}

static enum match match_nfproto(const struct walk *walk, struct bw_value item)
{
        int64_t number;

        if (number_of(item, &number))
                return yes_if(number == (walk->packet->family == 4 ? 2 : 10));
        return yes_if(text_is(item, walk->packet->family == 4 ? "ipv4" : "ipv6"));
}

/* The first packet of a connection: "new", or the bits of a mask in which new is 8. */
static enum match match_state(const struct walk *walk BW_UNUSED, struct bw_value item)
{
        int64_t number;

        if (number_of(item, &number))
                return yes_if(number & 8);
        return yes_if(text_is(item, "new"));
}

/* "lo" is never where packets from outside come from. */
static enum match match_interface(const struct walk *walk BW_UNUSED, struct bw_value item)
{
        return text_is(item, "lo") ? MATCH_NO : MATCH_SOME;
}

static bool in_prefix(const uint8_t *a, const uint8_t *b, int64_t bits)
{
        size_t whole = (size_t)bits / 8;
        unsigned rest = (unsigned)bits % 8;

        if (memcmp(a, b, whole) != 0)
                return false;
        return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

/* {"prefix": {"addr": …, "len": n}} or a plain address. 0: neither. */
static int read_prefix(struct bw_value item, uint8_t *address, int64_t *bits)
{
        struct bw_str key;
        struct bw_value prefix = only(item, &key);
        int family;

        if (bw_str_is(key, "prefix")) {
                family = bw_address_read(bw_map_text(prefix, "addr"), address);
                if (!number_of(bw_map_get(prefix, BW_STR("len")), bits) || *bits < 0)
                        return 0;
        } else {
                family = item.type == BW_STRING ? bw_address_read(bw_value_text(item), address) : 0;
                *bits = family == 4 ? 32 : 128;
        }
        return *bits <= (family == 4 ? 32 : 128) ? family : 0;
}

static enum match match_source(const struct walk *walk BW_UNUSED, struct bw_value item)
{
        uint8_t address[16];
        int64_t bits;

        if (!read_prefix(item, address, &bits))
                return MATCH_SOME;
        /* Packets from outside do not come from loopback addresses: the kernel refuses those. */
        if (bw_address_is_loopback(bits > 32 ? 6 : 4, address) && bits >= 8)
                return MATCH_NO;
        return bits == 0 ? MATCH_YES : MATCH_SOME;
}

static enum match match_destination(const struct walk *walk, struct bw_value item)
{
        uint8_t wanted[16];
        uint8_t address[16];
        int64_t bits;
        int family = read_prefix(item, address, &bits);

        if (!walk->packet->address)
                return family && bw_address_is_loopback(family, address) && bits >= 8 ? MATCH_NO : MATCH_YES;
        if (!family)
                return MATCH_UNKNOWN;
        if (bw_address_read(bw_str(walk->packet->address), wanted) != family)
                return MATCH_NO;
        return yes_if(in_prefix(wanted, address, bits));
}

static enum match match_unicast(const struct walk *walk BW_UNUSED, struct bw_value item)
{
        return yes_if(text_is(item, "host") || text_is(item, "unicast") || text_is(item, "local"));
}

static enum match negated(enum match match)
{
        switch (match) {
        case MATCH_NO:
                return MATCH_YES;
        case MATCH_YES:
                return MATCH_NO;
        case MATCH_SOME:
                return MATCH_OTHERS;
        case MATCH_OTHERS:
                return MATCH_SOME;
        case MATCH_UNKNOWN:
                break;
        }
        return MATCH_UNKNOWN;
}

static const struct left {
        const char *what;  /* "payload", "meta", "ct" */
        const char *name;  /* protocol of a payload; NULL: none to compare */
        const char *field; /* or key */
        enum match (*one)(const struct walk *walk, struct bw_value item);
} lefts[] = {
        {"payload", "th", "dport", match_port},
        {"payload", "tcp", "dport", match_port},
        {"payload", "udp", "dport", match_port},
        {"payload", "sctp", "dport", match_port},
        {"payload", "ip", "protocol", match_protocol},
        {"payload", "ip6", "nexthdr", match_protocol},
        {"payload", "ip", "saddr", match_source},
        {"payload", "ip6", "saddr", match_source},
        {"payload", "ip", "daddr", match_destination},
        {"payload", "ip6", "daddr", match_destination},
        {"meta", NULL, "l4proto", match_protocol},
        {"meta", NULL, "protocol", match_nfproto},
        {"meta", NULL, "nfproto", match_nfproto},
        {"meta", NULL, "iif", match_interface},
        {"meta", NULL, "iifname", match_interface},
        {"meta", NULL, "iifgroup", match_interface},
        {"meta", NULL, "pkttype", match_unicast},
        {"ct", NULL, "state", match_state},
};

/* The packet has no such header: a rule about udp does not match tcp, one about ip6 not IPv4. */
static bool lacks_header(const struct walk *walk, struct bw_str protocol)
{
        if (bw_str_is(protocol, "ip") || bw_str_is(protocol, "ip6"))
                return bw_str_is(protocol, "ip") != (walk->packet->family == 4);
        if (bw_str_is(protocol, "th") || bw_str_is(protocol, "ether") || bw_str_is(protocol, "vlan"))
                return false;
        return !bw_str_is(protocol, walk->packet->protocol);
}

static enum match match_left(const struct walk *walk, struct bw_value left, struct bw_value right)
{
        struct bw_str what;
        struct bw_value inner = only(left, &what);
        struct bw_str protocol = bw_map_text(inner, "protocol");
        struct bw_str field = bw_map_text(inner, bw_str_is(what, "payload") ? "field" : "key");

        if (bw_str_is(what, "payload") && protocol.n && lacks_header(walk, protocol))
                return MATCH_NO;
        if (bw_str_is(what, "fib"))
                return any_of(walk, right, match_unicast, 0);
        for (size_t i = 0; i < BW_ARRAY_SIZE(lefts); i++)
                if (bw_str_is(what, lefts[i].what) && bw_str_is(field, lefts[i].field) &&
                    (!lefts[i].name || bw_str_is(protocol, lefts[i].name)))
                        return any_of(walk, right, lefts[i].one, 0);
        return MATCH_UNKNOWN;
}

static enum match match_expression(const struct walk *walk, struct bw_value v)
{
        struct bw_str op = bw_map_text(v, "op");
        enum match match = match_left(walk, bw_map_get(v, BW_STR("left")), bw_map_get(v, BW_STR("right")));
        struct bw_value left = bw_map_get(v, BW_STR("left"));
        struct bw_str what;
        struct bw_value inner = only(left, &what);

        if (!bw_str_is(op, "!="))
                return bw_str_is(op, "==") || bw_str_is(op, "in") || !op.n ? match : MATCH_UNKNOWN;
        /* "not this header's value" still demands the header. */
        if (bw_str_is(what, "payload") && lacks_header(walk, bw_map_text(inner, "protocol")))
                return MATCH_NO;
        return negated(match);
}

static enum match both(enum match a, enum match b)
{
        if (a == MATCH_NO || b == MATCH_NO)
                return MATCH_NO;
        if (a == MATCH_UNKNOWN || b == MATCH_UNKNOWN)
                return MATCH_UNKNOWN;
        if (a == MATCH_YES)
                return b;
        return b == MATCH_YES || a == b ? a : MATCH_SOME;
}

static enum verdict run_chain(struct walk *walk, const struct bw_nft_chain *chain, enum match so_far, unsigned depth);

/* A verdict that holds for those packets that got here: all of them, some, or nobody knows. */
static enum verdict settle(struct walk *walk, enum verdict verdict, enum match match)
{
        if (verdict == VERDICT_NONE || match == MATCH_YES)
                return verdict;
        if (match == MATCH_UNKNOWN && verdict == VERDICT_DROP)
                walk->maybe_dropped |= !walk->of_cluster;
        else if (match == MATCH_UNKNOWN)
                walk->unknown = true;
        else if (verdict == VERDICT_ACCEPT)
                walk->some_passed = true;
        else if (verdict == VERDICT_DROP && match == MATCH_OTHERS)
                walk->narrowed = true;
        return VERDICT_NONE;
}

static enum verdict jump(struct walk *walk, struct bw_value v, enum match match, bool go, unsigned depth)
{
        const struct bw_nft_chain *to =
                bw_nft_chain_find(walk->ruleset, walk->base->family, walk->base->table, bw_map_text(v, "target"));
        enum verdict verdict;

        if (!to) {
                walk->unknown = true;
                return VERDICT_NONE;
        }
        verdict = run_chain(walk, to, match, depth + 1);
        if (verdict == VERDICT_RETURN || verdict == VERDICT_NONE)
                return go ? settle(walk, VERDICT_RETURN, match) : VERDICT_NONE;
        return verdict;
}

/* One statement as a verdict; false: it is none. */
static bool verdict_of(struct walk *walk, struct bw_str name, struct bw_value v, enum match match, unsigned depth,
                       enum verdict *ret)
{
        if (bw_str_is(name, "accept"))
                *ret = settle(walk, VERDICT_ACCEPT, match);
        else if (bw_str_is(name, "drop") || bw_str_is(name, "reject"))
                *ret = settle(walk, VERDICT_DROP, match);
        else if (bw_str_is(name, "return"))
                *ret = settle(walk, VERDICT_RETURN, match);
        else if (bw_str_is(name, "jump") || bw_str_is(name, "goto"))
                *ret = jump(walk, v, match, bw_str_is(name, "goto"), depth);
        else
                return false;
        return true;
}

/* {"vmap": {"key": left, "data": {"set": [[right, {verdict}], …]}}} */
static enum verdict run_vmap(struct walk *walk, struct bw_value v, enum match match, unsigned depth)
{
        struct bw_value data = bw_map_get(v, BW_STR("data"));
        struct bw_str key;
        struct bw_value pairs = only(data, &key);
        enum verdict verdict = VERDICT_NONE;

        if (data.type == BW_STRING && data.n && data.s[0] == '@') {
                const struct bw_nft_set *set = bw_nft_set_find(walk->ruleset, walk->base->family, walk->base->table,
                                                               bw_str_rest(bw_value_text(data), 1));

                pairs = set ? set->elements : (struct bw_value){0};
        }
        for (uint32_t i = 0; verdict == VERDICT_NONE && pairs.type == BW_LIST && i < pairs.n; i++) {
                struct bw_value pair = pairs.list->items[i];
                struct bw_str name;
                struct bw_value inner = only(bw_list_get(pair, 1), &name);
                enum match one;

                if (walk->steps++ >= BW_LIMIT_NFT_STEPS) {
                        walk->unknown = true;
                        return VERDICT_NONE;
                }
                one = both(match, match_left(walk, bw_map_get(v, BW_STR("key")), bw_list_get(pair, 0)));
                if (one != MATCH_NO && !verdict_of(walk, name, inner, one, depth, &verdict))
                        walk->unknown = true;
        }
        return verdict;
}

/* Statements that do something with the packet and let the rule go on. */
static bool is_side_effect(struct bw_str name)
{
        static const char *const names[] = {"counter", "log", "comment", "mangle", "notrack", "quota", "set", "map", "dup",
                                            "flow", "ct helper", "ct timeout", "ct expectation", "secmark", "last"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_is(name, names[i]))
                        return true;
        return false;
}

static enum verdict run_rule(struct walk *walk, struct bw_value statements, enum match match, unsigned depth)
{
        bool rated = false;

        for (uint32_t i = 0; i < statements.n; i++) {
                struct bw_str name;
                struct bw_value v = only(statements.list->items[i], &name);
                enum verdict verdict;

                if (bw_str_is(name, "match"))
                        match = both(match, match_expression(walk, v));
                else if (bw_str_is(name, "limit") || bw_str_is(name, "ct count") || bw_str_is(name, "meter"))
                        rated = true;
                else if (bw_str_is(name, "vmap"))
                        return run_vmap(walk, v, match, depth);
                else if (rated && (bw_str_is(name, "drop") || bw_str_is(name, "reject")))
                        return VERDICT_NONE; /* only what is too much: the rest goes on */
                else if (verdict_of(walk, name, v, match, depth, &verdict))
                        return verdict;
                else if (bw_str_is(name, "xt") && bw_str_is(bw_map_text(v, "name"), "REJECT"))
                        return settle(walk, VERDICT_DROP, match); /* the target of iptables */
                else if (!is_side_effect(name))
                        match = both(match, MATCH_UNKNOWN); /* a match of xtables, … */
                if (match == MATCH_NO)
                        return VERDICT_NONE;
        }
        return VERDICT_NONE;
}

static bool is_of_cluster(struct bw_str chain)
{
        static const char *const prefixes[] = {"KUBE-", "cali-", "CILIUM_", "FLANNEL-", "CNI-", "WEAVE-", "ANTREA-"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(prefixes); i++)
                if (bw_str_starts(chain, bw_str(prefixes[i])))
                        return true;
        return false;
}

static enum verdict run_chain(struct walk *walk, const struct bw_nft_chain *chain, enum match so_far, unsigned depth)
{
        if (depth > BW_LIMIT_NFT_DEPTH) {
                walk->unknown = true;
                return VERDICT_NONE;
        }
        walk->of_cluster = is_of_cluster(chain->name);
        for (size_t i = 0; i < chain->n_rules; i++) {
                enum verdict verdict;

                if (walk->steps++ >= BW_LIMIT_NFT_STEPS) {
                        walk->unknown = true;
                        return VERDICT_NONE;
                }
                verdict = run_rule(walk, *chain->rules[i], so_far, depth);
                walk->of_cluster = is_of_cluster(chain->name);
                if (verdict != VERDICT_NONE)
                        return verdict;
        }
        return VERDICT_NONE;
}

static bool is_of_family(const struct bw_nft_chain *chain, int family)
{
        return bw_str_is(chain->family, "inet") || bw_str_is(chain->family, family == 4 ? "ip" : "ip6");
}

static bool is_filter_at(const struct bw_nft_chain *chain, const char *hook, int family)
{
        return bw_str_is(chain->type, "filter") && bw_str_is(chain->hook, hook) && is_of_family(chain, family);
}

static enum bw_reach reach_of(struct walk *walk)
{
        enum verdict verdict = run_chain(walk, walk->base, MATCH_YES, 0);

        if (verdict == VERDICT_NONE || verdict == VERDICT_RETURN)
                verdict = bw_str_is(walk->base->policy, "drop") ? VERDICT_DROP : VERDICT_ACCEPT;
        if (verdict == VERDICT_ACCEPT && walk->narrowed)
                return BW_REACH_LIMITED;
        if (verdict == VERDICT_ACCEPT)
                return walk->maybe_dropped ? BW_REACH_UNKNOWN : BW_REACH_OPEN;
        if (walk->unknown)
                return BW_REACH_UNKNOWN;
        return walk->some_passed ? BW_REACH_LIMITED : BW_REACH_CLOSED;
}

enum bw_reach bw_firewall_reach(const struct bw_nft_ruleset *ruleset, const struct bw_packet *packet)
{
        enum bw_reach worst = BW_REACH_OPEN;

        for (size_t i = 0; i < ruleset->n_chains; i++) {
                struct walk walk = {.ruleset = ruleset, .packet = packet, .base = &ruleset->chains[i]};
                enum bw_reach reach;

                /* What prerouting drops never comes to the hook. */
                if (!is_filter_at(walk.base, packet->hook, packet->family) &&
                    !is_filter_at(walk.base, "prerouting", packet->family))
                        continue;
                reach = reach_of(&walk);
                if (reach > worst)
                        worst = reach;
        }
        return worst;
}

bool bw_firewall_filters(const struct bw_nft_ruleset *ruleset, const char *hook, int family)
{
        for (size_t i = 0; i < ruleset->n_chains; i++)
                if (is_filter_at(&ruleset->chains[i], hook, family))
                        return true;
        return false;
}

bool bw_firewall_is_iptables(const struct bw_nft_chain *chain)
{
        static const char *const names[] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_is(chain->name, names[i]))
                        return true;
        return false;
}
