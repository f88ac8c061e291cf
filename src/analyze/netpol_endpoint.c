/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endpoints: pods (and templates whose pods were not seen) by what any policy asks of them, nodes, and the pieces into which blocks
 * cut the addresses outside; and the workloads that pods belong to.
 */
#include "analyze/netpol_endpoint_internal.h"

#include "base/arena.h"
#include "base/limits.h"
#include "doc/pod.h"

/* ---- hashing */

static uint64_t mix(uint64_t h, uint64_t v)
{
        h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
        return h ^ h >> 29;
}

static uint64_t text_hash(struct bw_str s)
{
        uint64_t h = s.n;
        uint64_t word;

        for (; s.n >= 8; s = bw_str_rest(s, 8)) {
                memcpy(&word, s.p, 8);
                h = mix(h, word);
        }
        word = 0;
        if (s.n)
                memcpy(&word, s.p, s.n);
        return mix(h, word);
}

/* An array of slots, all empty, for n items. */
static uint32_t *new_slots(struct net_builder *b, size_t n, size_t *ret_mask)
{
        size_t size = 64;
        uint32_t *slots;

        while (size < 2 * n)
                size *= 2;
        slots = bw_arena_zalloc(b->scratch, size * sizeof(*slots));
        if (!slots)
                net_fail(b, -ENOMEM);
        *ret_mask = size - 1;
        return slots;
}

/* ---- namespaces */

static size_t ns_slot(const struct bw_netpol *np, struct bw_str name)
{
        size_t at = text_hash(name) & np->ns_mask;

        while (np->ns_table[at] && !bw_str_eq(np->namespaces[np->ns_table[at] - 1].name, name))
                at = (at + 1) & np->ns_mask;
        return at;
}

uint32_t net_find_namespace(const struct bw_netpol *np, struct bw_str name)
{
        return np->ns_table[ns_slot(np, name)] - 1;
}

static bool grow_namespaces(struct net_builder *b)
{
        struct bw_netpol *np = b->np;
        size_t size = np->ns_table ? np->ns_mask + 1 : 0;

        if (size > 2 * (np->n_namespaces + 1))
                return true;
        size = size ? size * 2 : 64;
        np->ns_table = bw_arena_zalloc(b->arena, size * sizeof(*np->ns_table));
        np->ns_mask = size - 1;
        if (!np->ns_table) {
                net_fail(b, -ENOMEM);
                return false;
        }
        for (uint32_t i = 0; i < np->n_namespaces; i++)
                np->ns_table[ns_slot(np, np->namespaces[i].name)] = i + 1;
        return true;
}

uint32_t net_namespace(struct net_builder *b, struct bw_str name)
{
        struct bw_netpol *np = b->np;
        size_t at = ns_slot(np, name);

        if (np->ns_table[at])
                return np->ns_table[at] - 1;
        if (bw_arena_grow(b->arena, &np->namespaces, &np->cap_namespaces, np->n_namespaces, sizeof(np->namespaces[0])) < 0) {
                net_fail(b, -ENOMEM);
                return NONE;
        }
        np->namespaces[np->n_namespaces] = (struct net_namespace){.name = name};
        np->ns_table[at] = (uint32_t)++np->n_namespaces;
        return grow_namespaces(b) ? (uint32_t)np->n_namespaces - 1 : NONE;
}

void net_collect_namespaces(struct net_builder *b)
{
        struct bw_doc_range range = bw_inventory_kind(b->np->inventory, BW_STR(""), BW_STR("Namespace"));

        if (!grow_namespaces(b))
                return;
        for (size_t i = 0; i < range.n && b->status == 0; i++) {
                uint32_t ns = net_namespace(b, range.docs[i]->name);

                if (ns != NONE)
                        b->np->namespaces[ns].labels = bw_map_walk(range.docs[i]->root, "metadata.labels");
        }
}

/* ---- what is asked of pods' labels */

static size_t key_slot(const struct net_asked *asked, struct bw_value key)
{
        size_t at = (size_t)mix(key.head, 1) & asked->key_mask;

        while (asked->key_slots[at]) {
                const struct net_asked_key *k = &asked->keys[asked->key_slots[at] - 1];

                if (k->key.head == key.head && bw_same_bytes(k->key.s, key.s, key.n))
                        break;
                at = (at + 1) & asked->key_mask;
        }
        return at;
}

static size_t value_slot(const struct net_asked *asked, uint32_t key, struct bw_str text)
{
        size_t at = (size_t)mix(text_hash(text), key) & asked->value_mask;

        while (asked->value_slots[at]) {
                const struct net_asked_value *v = &asked->values[asked->value_slots[at] - 1];

                if (v->key == key && bw_str_eq(v->text, text))
                        break;
                at = (at + 1) & asked->value_mask;
        }
        return at;
}

/* The number of a value that is asked for, from 1; 0: it is not. */
uint32_t net_asked_value(const struct net_asked *asked, uint32_t key, struct bw_str text)
{
        return asked->value_slots[value_slot(asked, key, text)];
}

uint32_t net_asked_key(const struct net_asked *asked, struct bw_value key)
{
        return asked->key_slots[key_slot(asked, key)] - 1;
}

static bool add_value(struct net_builder *b, struct net_asked *asked, uint32_t key, struct bw_str text)
{
        size_t at = value_slot(asked, key, text);

        if (asked->value_slots[at])
                return true;
        if (bw_arena_grow(b->scratch, &asked->values, &asked->cap_values, asked->n_values, sizeof(asked->values[0])) < 0) {
                net_fail(b, -ENOMEM);
                return false;
        }
        asked->values[asked->n_values++] = (struct net_asked_value){.key = key, .text = text};
        asked->value_slots[at] = (uint32_t)asked->n_values;
        if (2 * asked->n_values < asked->value_mask)
                return true;
        asked->value_slots = new_slots(b, 2 * asked->value_mask, &asked->value_mask);
        for (uint32_t i = 0; asked->value_slots && i < asked->n_values; i++)
                asked->value_slots[value_slot(asked, asked->values[i].key, asked->values[i].text)] = i + 1;
        return asked->value_slots != NULL;
}

static void collect_asked(struct net_builder *b, struct net_asked *asked)
{
        asked->key_slots = new_slots(b, b->n_exprs, &asked->key_mask);
        asked->value_slots = new_slots(b, 64, &asked->value_mask);
        asked->keys = bw_arena_array(b->scratch, b->n_exprs + 1, sizeof(*asked->keys));
        if (!asked->keys)
                net_fail(b, -ENOMEM);
        for (size_t i = 0; i < b->n_exprs && b->status == 0; i++) {
                const struct net_expr *e = b->exprs[i];
                size_t at;

                asked->scopes |= e->scopes;
                if (e->op < EXPR_HAS || e->scope != SCOPE_POD)
                        continue;
                at = key_slot(asked, e->key);
                if (!asked->key_slots[at]) {
                        asked->keys[asked->n_keys] = (struct net_asked_key){.key = e->key};
                        asked->key_slots[at] = ++asked->n_keys;
                }
                asked->keys[asked->key_slots[at] - 1].whole |= e->op > EXPR_IN;
                for (uint32_t j = 0; e->op == EXPR_IN && j < e->n && b->status == 0; j++)
                        if (!add_value(b, asked, asked->key_slots[at] - 1, bw_value_text(e->values[j])))
                                return;
        }
}

static int compare_words(const void *a, const void *b)
{
        uint64_t x = *(const uint64_t *)a;
        uint64_t y = *(const uint64_t *)b;

        return (x > y) - (x < y);
}

/* What is asked of these labels: number of the key, number of the value (0: another one), sorted. */
static uint32_t project(struct net_builder *b, struct net_asked *asked, struct bw_value labels, uint64_t **ret)
{
        uint32_t n = 0;

        if (labels.type != BW_MAP)
                return 0;
        if (asked->cap_words < labels.n) {
                asked->cap_words = labels.n;
                asked->words = bw_arena_array(b->scratch, labels.n, sizeof(*asked->words));
                if (!asked->words) {
                        asked->cap_words = 0;
                        net_fail(b, -ENOMEM);
                        return 0;
                }
        }
        for (uint32_t i = 0; i < labels.n; i++) {
                const struct bw_entry *e = &labels.map->entries[i];
                uint32_t key = net_asked_key(asked, e->key);

                if (key == NONE || e->value.type != BW_STRING)
                        continue;
                if (asked->keys[key].whole && !add_value(b, asked, key, bw_value_text(e->value)))
                        return 0;
                asked->words[n++] = (uint64_t)key << 32 | net_asked_value(asked, key, bw_value_text(e->value));
        }
        if (n > 1)
                qsort(asked->words, n, sizeof(*asked->words), compare_words);
        *ret = asked->words;
        return n;
}

/* ---- pieces of the addresses */

static int compare_ips(const void *a, const void *b)
{
        return net_ip_cmp(a, b);
}

uint32_t net_piece_of(const struct bw_netpol *np, const struct net_ip *ip)
{
        uint32_t from = 0;
        uint32_t to = np->n_pieces;

        while (to - from > 1) {
                uint32_t middle = from + (to - from) / 2;

                if (net_ip_cmp(&np->pieces[middle].low, ip) <= 0)
                        from = middle;
                else
                        to = middle;
        }
        return from;
}

/* Where pieces begin. */
static size_t collect_cuts(struct net_builder *b, struct net_ip **ret)
{
        size_t n = 2;
        struct net_ip *cuts;

        for (size_t i = 0; i < b->n_blocks; i++)
                n += 2 * (size_t)b->blocks[i]->n;
        cuts = bw_arena_array(b->scratch, n, sizeof(*cuts));
        *ret = cuts;
        if (!cuts)
                return 0;
        cuts[0] = (struct net_ip){0};
        cuts[1] = (struct net_ip){.is6 = true};
        n = 2;
        for (size_t i = 0; i < b->n_blocks; i++)
                for (uint32_t j = 0; j < b->blocks[i]->n; j++) {
                        struct net_ip after = b->blocks[i]->ranges[j].high;

                        cuts[n++] = b->blocks[i]->ranges[j].low;
                        if (net_ip_next(&after))
                                cuts[n++] = after;
                }
        qsort(cuts, n, sizeof(*cuts), compare_ips);
        return n;
}

static void cut_pieces(struct net_builder *b)
{
        struct bw_netpol *np = b->np;
        struct net_ip *cuts;
        size_t n = collect_cuts(b, &cuts);

        np->pieces = n && n < BW_LIMIT_NETPOL_PARTS ? bw_arena_array(b->arena, n, sizeof(*np->pieces)) : NULL;
        if (!np->pieces) {
                net_fail(b, n < BW_LIMIT_NETPOL_PARTS ? -ENOMEM : -E2BIG);
                return;
        }
        for (size_t i = 0; i < n; i++)
                if (np->n_pieces == 0 || net_ip_cmp(&np->pieces[np->n_pieces - 1].low, &cuts[i]) != 0)
                        np->pieces[np->n_pieces++].low = cuts[i];
        for (uint32_t i = 0; i < np->n_pieces; i++) {
                bool last = i + 1 == np->n_pieces;
                struct net_ip high = {.is6 = true, .high = UINT64_MAX, .low = UINT64_MAX};

                if (!last && np->pieces[i + 1].low.is6 != np->pieces[i].low.is6)
                        high = (struct net_ip){.low = UINT32_MAX};
                else if (!last)
                        high = (struct net_ip){np->pieces[i].low.is6,
                                               np->pieces[i + 1].low.high - (np->pieces[i + 1].low.low == 0),
                                               np->pieces[i + 1].low.low - 1};
                np->pieces[i].high = high;
        }
}

/* ---- endpoints */

struct facts { /* of a pod, template or node */
        enum net_kind kind;
        const struct bw_doc *doc;
        struct bw_str ns;
        struct bw_value labels;
        struct bw_value spec;
        struct bw_value status;
        const struct bw_doc *node;
        uint32_t count;
};

struct collector {
        struct net_builder *b;
        struct net_asked asked;
        uint32_t *slots;                /* endpoints by hash */
        size_t mask;
        uint64_t **words;               /* of each endpoint */
        uint32_t *n_words;
        size_t cap_words, cap_n_words;
        struct net_port_name *ports;    /* of the pod that is looked at */
        size_t n_ports, cap_ports;
        uint32_t *pieces;
        size_t n_pieces, cap_pieces;
        uint32_t *workload_slots;
        size_t workload_mask;
        const struct bw_doc *owner;     /* the last pod whose owner was looked for, and what it was */
        struct bw_str owner_kind, owner_name;
        struct bw_str top_kind, top_name;
        const struct bw_doc *top_doc;
        struct net_member *members;     /* pods and templates of workloads */
        size_t n_members, cap_members;
};

static int compare_ports(const void *a, const void *b)
{
        const struct net_port_name *x = a;
        const struct net_port_name *y = b;
        int order = bw_str_cmp(x->name, y->name);

        return order                        ? order
               : x->protocol != y->protocol ? (x->protocol > y->protocol ? 1 : -1)
                                            : (x->port > y->port) - (x->port < y->port);
}

static bool port_is_asked(const struct net_builder *b, struct bw_str name)
{
        size_t from = 0;
        size_t to = b->n_names;

        while (from < to) {
                size_t middle = from + (to - from) / 2;
                int order = bw_str_cmp(b->names[middle].name, name);

                if (order == 0)
                        return true;
                if (order < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        return false;
}

static void add_ports(struct collector *c, struct bw_value containers, bool sidecars_only)
{
        for (uint32_t i = 0; i < containers.n; i++) {
                struct bw_value ports = list_of(containers.list->items[i], "ports");

                if (sidecars_only && !bw_str_is(bw_map_text(containers.list->items[i], "restartPolicy"), "Always"))
                        continue;
                for (uint32_t j = 0; j < ports.n; j++) {
                        struct bw_value port = bw_map_get(ports.list->items[j], BW_STR("containerPort"));
                        struct bw_str protocol = bw_map_text(ports.list->items[j], "protocol");
                        struct net_port_name name = {.name = bw_map_text(ports.list->items[j], "name")};

                        name.protocol = net_protocol(protocol.n ? protocol : BW_STR("TCP"));
                        if (name.name.n == 0 || port.type != BW_INT || port.i < 1 || port.i > UINT16_MAX ||
                            name.protocol == _BW_PROTOCOL_MAX || !port_is_asked(c->b, name.name))
                                continue;
                        name.port = (uint16_t)port.i;
                        if (bw_arena_grow(c->b->scratch, &c->ports, &c->cap_ports, c->n_ports, sizeof(name)) < 0) {
                                net_fail(c->b, -ENOMEM);
                                return;
                        }
                        c->ports[c->n_ports++] = name;
                }
        }
}

static void find_ports(struct collector *c, struct bw_value spec)
{
        size_t n;

        c->n_ports = 0;
        if (c->b->n_names == 0)
                return;
        add_ports(c, list_of(spec, "containers"), false);
        add_ports(c, list_of(spec, "initContainers"), true);
        n = c->n_ports;
        c->n_ports = 0;
        if (n > 1)
                qsort(c->ports, n, sizeof(c->ports[0]), compare_ports);
        for (size_t i = 0; i < n; i++)
                if (c->n_ports == 0 || compare_ports(&c->ports[c->n_ports - 1], &c->ports[i]) != 0)
                        c->ports[c->n_ports++] = c->ports[i];
}

static int compare_numbers(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a;
        uint32_t y = *(const uint32_t *)b;

        return (x > y) - (x < y);
}

static void add_piece(struct collector *c, struct bw_value text)
{
        struct net_ip ip;

        if (text.type != BW_STRING || !net_ip_parse(bw_value_text(text), &ip))
                return;
        if (bw_arena_grow(c->b->scratch, &c->pieces, &c->cap_pieces, c->n_pieces, sizeof(c->pieces[0])) < 0)
                net_fail(c->b, -ENOMEM);
        else
                c->pieces[c->n_pieces++] = net_piece_of(c->b->np, &ip);
}

static void add_pieces_of(struct collector *c, struct bw_value list, const char *field)
{
        for (uint32_t i = 0; i < list.n; i++)
                add_piece(c, bw_map_get(list.list->items[i], bw_str(field)));
}

/* The pieces in which its addresses are; where nothing asks for addresses, none are looked at. */
static void find_pieces(struct collector *c, const struct facts *facts)
{
        size_t n;

        c->n_pieces = 0;
        if (c->b->n_blocks == 0 || (facts->kind == KIND_POD && c->b->np->options.blocks_skip_pods))
                return;
        if (facts->kind != KIND_NODE) {
                add_piece(c, bw_map_get(facts->status, BW_STR("podIP")));
                add_pieces_of(c, list_of(facts->status, "podIPs"), "ip");
        }
        if (facts->kind == KIND_HOST)
                add_piece(c, bw_map_get(facts->status, BW_STR("hostIP")));
        if (facts->node)
                add_pieces_of(c, list_of(bw_map_get(facts->node->root, BW_STR("status")), "addresses"), "address");
        n = c->n_pieces;
        c->n_pieces = 0;
        if (n > 1)
                qsort(c->pieces, n, sizeof(c->pieces[0]), compare_numbers);
        for (size_t i = 0; i < n; i++)
                if (c->n_pieces == 0 || c->pieces[c->n_pieces - 1] != c->pieces[i])
                        c->pieces[c->n_pieces++] = c->pieces[i];
}

static struct bw_str account_of(struct bw_value spec)
{
        struct bw_str name = bw_map_text(spec, "serviceAccountName");

        if (name.n == 0)
                name = bw_map_text(spec, "serviceAccount");
        return name.n ? name : BW_STR("default");
}

/* What is compared of endpoints. */
struct key {
        enum net_kind kind;
        uint32_t ns;
        const uint64_t *words;
        uint32_t n_words;
        struct bw_str account;          /* empty: not asked */
        const struct bw_doc *node;      /* NULL: not asked */
        uint32_t hash;
};

static uint32_t hash_of(const struct collector *c, const struct key *key)
{
        uint64_t h = mix((uint64_t)key->kind << 32 | key->ns, text_hash(key->account));

        for (uint32_t i = 0; i < key->n_words; i++)
                h = mix(h, key->words[i]);
        for (size_t i = 0; i < c->n_ports; i++)
                h = mix(h, text_hash(c->ports[i].name) ^ (uint64_t)c->ports[i].port << 8 ^ (uint64_t)c->ports[i].protocol);
        for (size_t i = 0; i < c->n_pieces; i++)
                h = mix(h, c->pieces[i]);
        return (uint32_t)(mix(h, (uintptr_t)key->node) >> 16);
}

static bool same_endpoint(const struct collector *c, uint32_t number, const struct key *key)
{
        const struct net_endpoint *e = &c->b->np->endpoints[number];

        if (e->hash != key->hash || e->kind != key->kind || e->ns != key->ns || c->n_words[number] != key->n_words ||
            e->n_ports != c->n_ports || e->n_pieces != c->n_pieces)
                return false;
        if (key->n_words && memcmp(c->words[number], key->words, key->n_words * sizeof(*key->words)) != 0)
                return false;
        if (c->n_pieces && memcmp(e->pieces, c->pieces, c->n_pieces * sizeof(*c->pieces)) != 0)
                return false;
        for (size_t i = 0; i < c->n_ports; i++)
                if (compare_ports(&e->ports[i], &c->ports[i]) != 0)
                        return false;
        return (key->account.n == 0 || bw_str_eq(e->account, key->account)) &&
               (!key->node || bw_value_eq(e->node, bw_map_walk(key->node->root, "metadata.labels")));
}

static bool grow_slots(struct collector *c)
{
        struct bw_netpol *np = c->b->np;

        if (c->slots && 2 * (np->n_endpoints + 1) < c->mask)
                return true;
        c->slots = new_slots(c->b, c->slots ? 2 * (c->mask + 1) : 1024, &c->mask);
        for (uint32_t i = 0; c->slots && i < np->n_endpoints; i++) {
                size_t at = np->endpoints[i].hash & c->mask;

                while (c->slots[at])
                        at = (at + 1) & c->mask;
                c->slots[at] = i + 1;
        }
        return c->slots != NULL;
}

static void *copy_of(struct net_builder *b, const void *items, size_t n, size_t size)
{
        void *copy = bw_arena_array(b->arena, n, size);

        if (!copy)
                net_fail(b, -ENOMEM);
        else if (n)
                memcpy(copy, items, n * size);
        return copy;
}

static uint32_t new_endpoint(struct collector *c, const struct facts *facts, const struct key *key, size_t slot)
{
        struct net_builder *b = c->b;
        struct bw_netpol *np = b->np;
        size_t n = np->n_endpoints;
        struct net_endpoint *e;

        if (bw_arena_grow(b->arena, &np->endpoints, &np->cap_endpoints, n, sizeof(*e)) < 0 ||
            bw_arena_grow(b->scratch, &c->words, &c->cap_words, n, sizeof(c->words[0])) < 0 ||
            bw_arena_grow(b->scratch, &c->n_words, &c->cap_n_words, n, sizeof(c->n_words[0])) < 0) {
                net_fail(b, -ENOMEM);
                return NONE;
        }
        c->n_words[n] = key->n_words;
        c->words[n] = bw_arena_array(b->scratch, key->n_words, sizeof(*key->words));
        if (!c->words[n]) {
                net_fail(b, -ENOMEM);
                return NONE;
        }
        if (key->n_words)
                memcpy(c->words[n], key->words, key->n_words * sizeof(*key->words));
        e = &np->endpoints[n];
        *e = (struct net_endpoint){
                .kind = facts->kind,
                .ns = key->ns,
                .labels = facts->labels,
                .account = account_of(facts->spec),
                .doc = facts->doc,
                .n_ports = (uint32_t)c->n_ports,
                .n_pieces = (uint32_t)c->n_pieces,
                .ports = copy_of(b, c->ports, c->n_ports, sizeof(*c->ports)),
                .pieces = copy_of(b, c->pieces, c->n_pieces, sizeof(*c->pieces)),
                .hash = key->hash,
        };
        if (facts->node)
                e->node = bw_map_walk(facts->node->root, "metadata.labels");
        np->n_endpoints++;
        if (slot != SIZE_MAX)
                c->slots[slot] = (uint32_t)n + 1;
        return (uint32_t)n;
}

/* The endpoint of a pod or node; equal ones are one. */
static uint32_t endpoint_of(struct collector *c, const struct facts *facts)
{
        struct key key = {.kind = facts->kind, .ns = NONE};
        uint64_t *words = NULL;
        uint32_t number;
        size_t at;

        find_pieces(c, facts);
        find_ports(c, facts->spec);
        if (facts->kind != KIND_NODE) {
                key.ns = net_namespace(c->b, facts->ns);
                key.n_words = project(c->b, &c->asked, facts->labels, &words);
                key.words = words;
                if (c->asked.scopes & 1U << SCOPE_ACCOUNT)
                        key.account = account_of(facts->spec);
        }
        if (c->asked.scopes & 1U << SCOPE_NODE)
                key.node = facts->node;
        key.hash = hash_of(c, &key);
        if (c->b->status < 0 || !grow_slots(c))
                return NONE;
        for (at = key.hash & c->mask; c->slots[at] && !same_endpoint(c, c->slots[at] - 1, &key);)
                at = (at + 1) & c->mask;
        number = c->slots[at] ? c->slots[at] - 1 : new_endpoint(c, facts, &key, at);
        if (number != NONE)
                c->b->np->endpoints[number].n_pods += facts->count;
        return number;
}

/* ---- workloads */

static struct bw_str group_of(struct bw_str api_version)
{
        size_t slash = bw_str_find(api_version, BW_STR("/"));

        return slash == SIZE_MAX ? BW_STR("") : bw_str_n(api_version.p, slash);
}

static struct bw_value controller_of(const struct bw_doc *doc)
{
        struct bw_value owners = list_of(bw_map_get(doc->root, BW_STR("metadata")), "ownerReferences");

        for (uint32_t i = 0; i < owners.n; i++) {
                struct bw_value controller = bw_map_get(owners.list->items[i], BW_STR("controller"));

                if (controller.type == BW_BOOL && controller.b)
                        return owners.list->items[i];
        }
        return (struct bw_value){0};
}

enum { MOST_OWNERS = 8 };

/* What the document belongs to, followed up; itself when nothing controls it. A mirror pod's node is no workload. */
static void find_top(struct collector *c, const struct bw_doc *doc)
{
        struct bw_value owner = controller_of(doc);
        struct bw_str kind = bw_map_text(owner, "kind");
        struct bw_str name = bw_map_text(owner, "name");

        if (name.n && c->owner && bw_str_eq(c->owner->ns, doc->ns) && bw_str_eq(c->owner_kind, kind) && bw_str_eq(c->owner_name, name))
                return;
        c->owner = NULL;
        c->top_kind = doc->kind;
        c->top_name = doc->name;
        c->top_doc = doc;
        if (name.n == 0 || bw_str_is(kind, "Node"))
                return;
        c->owner = doc;
        c->owner_kind = kind;
        c->owner_name = name;
        for (size_t i = 0; i < MOST_OWNERS && name.n; i++) {
                const struct bw_doc *found =
                        bw_inventory_find(c->b->np->inventory, group_of(bw_map_text(owner, "apiVersion")), kind, doc->ns, name);

                c->top_kind = kind.n ? kind : doc->kind;
                c->top_name = name;
                c->top_doc = found;
                if (!found)
                        return;
                owner = controller_of(found);
                kind = bw_map_text(owner, "kind");
                name = bw_map_text(owner, "name");
        }
}

static size_t workload_slot(const struct collector *c, struct bw_str ns, struct bw_str kind, struct bw_str name)
{
        const struct bw_netpol *np = c->b->np;
        size_t at = (size_t)mix(mix(text_hash(ns), text_hash(kind)), text_hash(name)) & c->workload_mask;

        while (c->workload_slots[at]) {
                const struct bw_net_workload *w = &np->workloads[c->workload_slots[at] - 1];

                if (bw_str_eq(w->name, name) && bw_str_eq(w->kind, kind) && bw_str_eq(w->ns, ns))
                        break;
                at = (at + 1) & c->workload_mask;
        }
        return at;
}

static bool grow_workloads(struct collector *c)
{
        struct bw_netpol *np = c->b->np;

        if (c->workload_slots && 2 * (np->n_workloads + 1) < c->workload_mask)
                return true;
        c->workload_slots = new_slots(c->b, c->workload_slots ? 2 * (c->workload_mask + 1) : 256, &c->workload_mask);
        for (uint32_t i = 0; c->workload_slots && i < np->n_workloads; i++)
                c->workload_slots[workload_slot(c, np->workloads[i].ns, np->workloads[i].kind, np->workloads[i].name)] = i + 1;
        return c->workload_slots != NULL;
}

/* The workload that c->top_… says. */
static uint32_t workload_of(struct collector *c, struct bw_str ns, const struct bw_doc *doc)
{
        struct bw_netpol *np = c->b->np;
        size_t at;

        if (!grow_workloads(c))
                return NONE;
        at = workload_slot(c, ns, c->top_kind, c->top_name);
        if (c->workload_slots[at])
                return c->workload_slots[at] - 1;
        if (bw_arena_grow(c->b->arena, &np->workloads, &np->cap_workloads, np->n_workloads, sizeof(np->workloads[0])) < 0) {
                net_fail(c->b, -ENOMEM);
                return NONE;
        }
        np->workloads[np->n_workloads] = (struct bw_net_workload){
                .ns = ns, .kind = c->top_kind, .name = c->top_name, .doc = c->top_doc ? c->top_doc : doc};
        c->workload_slots[at] = (uint32_t)++np->n_workloads;
        return (uint32_t)np->n_workloads - 1;
}

static void add_member(struct collector *c, const struct bw_doc *doc, uint32_t endpoint, uint32_t workload)
{
        if (endpoint == NONE)
                return;
        if (bw_arena_grow(c->b->scratch, &c->members, &c->cap_members, c->n_members, sizeof(c->members[0])) < 0) {
                net_fail(c->b, -ENOMEM);
                return;
        }
        c->members[c->n_members++] = (struct net_member){doc, endpoint, workload};
}

static bool is_true(struct bw_value v)
{
        return v.type == BW_BOOL && v.b;
}

static struct bw_str namespace_name(const struct bw_doc *doc)
{
        return doc->ns.n ? doc->ns : BW_STR("default");
}

static struct facts facts_of(const struct collector *c, const struct bw_doc *doc, struct bw_value metadata, struct bw_value spec)
{
        struct bw_str node = bw_map_text(spec, "nodeName");
        struct facts facts = {
                .kind = is_true(bw_map_get(spec, BW_STR("hostNetwork"))) ? KIND_HOST : KIND_POD,
                .doc = doc,
                .ns = namespace_name(doc),
                .labels = bw_map_get(metadata, BW_STR("labels")),
                .spec = spec,
        };

        if (facts.kind == KIND_HOST && node.n)
                facts.node = bw_inventory_find(c->b->np->inventory, BW_STR(""), BW_STR("Node"), BW_STR(""), node);
        return facts;
}

/* It has run and will not run again: nothing reaches it. */
static bool is_over(struct bw_value status)
{
        struct bw_str phase = bw_map_text(status, "phase");

        return bw_str_is(phase, "Succeeded") || bw_str_is(phase, "Failed");
}

static void add_pod(struct collector *c, const struct bw_doc *doc, bool over)
{
        struct facts facts = facts_of(c, doc, bw_map_get(doc->root, BW_STR("metadata")), bw_map_get(doc->root, BW_STR("spec")));
        uint32_t workload;

        facts.status = bw_map_get(doc->root, BW_STR("status"));
        if (is_over(facts.status) != over)
                return;
        find_top(c, doc);
        workload = workload_of(c, facts.ns, doc);
        if (workload == NONE || (over && c->b->np->workloads[workload].n_pods))
                return;
        facts.count = over ? 0 : 1;
        c->b->np->workloads[workload].n_pods += facts.count;
        add_member(c, doc, endpoint_of(c, &facts), workload);
}

struct template {
        struct collector *c;
        const struct bw_doc *doc;
        uint32_t workload;
};

static int add_template(void *ctx, const struct bw_pod *pod)
{
        struct template *t = ctx;
        struct facts facts = facts_of(t->c, t->doc, pod->metadata, pod->spec);

        facts.node = NULL; /* a template is on no node */
        add_member(t->c, t->doc, endpoint_of(t->c, &facts), t->workload);
        return t->c->b->status;
}

/* A document that makes pods stands for them where none were seen, unless what controls it does. */
static void add_templates(struct collector *c, const struct bw_doc *doc)
{
        struct template t = {.c = c, .doc = doc};
        int r;

        find_top(c, doc);
        if (c->top_doc && c->top_doc != doc)
                return;
        t.workload = workload_of(c, namespace_name(doc), doc);
        if (t.workload == NONE || c->b->np->workloads[t.workload].n_pods)
                return;
        r = bw_doc_pods(doc, c->b->scratch, add_template, &t);
        if (r < 0)
                net_fail(c->b, r);
}

/* ---- nodes and the outside */

static int compare_nodes(const void *a, const void *b)
{
        return net_ip_cmp(&((const struct net_node *)a)->ip, &((const struct net_node *)b)->ip);
}

static void add_node(struct collector *c, const struct bw_doc *doc)
{
        struct bw_netpol *np = c->b->np;
        struct facts facts = {.kind = KIND_NODE, .doc = doc, .node = doc};
        struct bw_value addresses = list_of(bw_map_get(doc->root, BW_STR("status")), "addresses");
        uint32_t endpoint = endpoint_of(c, &facts);

        for (uint32_t i = 0; i < addresses.n && endpoint != NONE; i++) {
                struct net_node node = {.endpoint = endpoint};

                if (!net_ip_parse(bw_map_text(addresses.list->items[i], "address"), &node.ip))
                        continue;
                if (bw_arena_grow(c->b->arena, &np->nodes, &np->cap_nodes, np->n_nodes, sizeof(node)) < 0) {
                        net_fail(c->b, -ENOMEM);
                        return;
                }
                np->nodes[np->n_nodes++] = node;
        }
}

static void add_outside(struct collector *c)
{
        struct bw_netpol *np = c->b->np;

        np->first_outside = (uint32_t)np->n_endpoints;
        for (uint32_t i = 0; i < np->n_pieces && c->b->status == 0; i++) {
                struct facts facts = {.kind = KIND_OUTSIDE, .doc = NULL};
                struct key key = {.kind = KIND_OUTSIDE, .ns = NONE, .words = NULL};

                c->n_ports = 0;
                c->n_pieces = 0;
                (void)new_endpoint(c, &facts, &key, SIZE_MAX);
        }
}

static int compare_names(const void *a, const void *b)
{
        return bw_str_cmp(((const struct net_port_ask *)a)->name, ((const struct net_port_ask *)b)->name);
}

static void sort_names(struct net_builder *b)
{
        size_t n = b->n_names;

        if (n > 1)
                qsort(b->names, n, sizeof(b->names[0]), compare_names);
        b->n_names = 0;
        for (size_t i = 0; i < n; i++)
                if (b->n_names == 0 || compare_names(&b->names[b->n_names - 1], &b->names[i]) != 0)
                        b->names[b->n_names++] = b->names[i];
}

static void collect_pods(struct collector *c)
{
        struct bw_doc_range pods = bw_inventory_kind(c->b->np->inventory, BW_STR(""), BW_STR("Pod"));
        struct bw_doc_range all = bw_inventory_all(c->b->np->inventory);
        const struct bw_doc *last = NULL;
        bool may_have = false;

        for (size_t i = 0; i < pods.n && c->b->status == 0; i++)
                add_pod(c, pods.docs[i], false);
        for (size_t i = 0; i < pods.n && c->b->status == 0; i++)
                add_pod(c, pods.docs[i], true);
        for (size_t i = 0; i < all.n && c->b->status == 0; i++) {
                const struct bw_doc *doc = all.docs[i];

                /* Those of one kind are neighbours. */
                if (!last || !bw_str_eq(last->kind, doc->kind) || !bw_str_eq(last->group, doc->group))
                        may_have = bw_pod_may_have(doc) && !(bw_str_is(doc->kind, "Pod") && doc->group.n == 0);
                last = doc;
                if (may_have)
                        add_templates(c, doc);
        }
}

void net_collect_endpoints(struct net_builder *b, struct net_world *world)
{
        struct collector c = {.b = b};
        struct bw_doc_range nodes = bw_inventory_kind(b->np->inventory, BW_STR(""), BW_STR("Node"));

        sort_names(b);
        collect_asked(b, &c.asked);
        cut_pieces(b);
        if (b->status == 0)
                collect_pods(&c);
        for (size_t i = 0; i < nodes.n && b->status == 0; i++)
                add_node(&c, nodes.docs[i]);
        if (b->np->n_nodes > 1)
                qsort(b->np->nodes, b->np->n_nodes, sizeof(b->np->nodes[0]), compare_nodes);
        if (b->status == 0)
                add_outside(&c);
        *world = (struct net_world){
                .asked = c.asked, .words = c.words, .n_words = c.n_words, .members = c.members, .n_members = c.n_members};
}
