/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/net_gaps.h"

#include "analyze/address.h"
#include "analyze/list_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/pod.h"

enum { CANDIDATES = 200 };

struct label { /* a label that some pod, or some namespace, has */
        struct bw_str scope;     /* a namespace; "" all pods; "/" namespaces */
        struct bw_str key, value;
        uint32_t next;           /* another value of the key in the scope; 0: none */
};

struct gaps {
        struct bw_arena *arena;
        const struct bw_inventory *inventory;
        const struct bw_netpol *netpol;
        struct label *labels;    /* a hash table of labels, and (with an empty value) of keys: heads of the lists of values */
        size_t mask, n_labels;
        struct bw_policy_gap *items;
        size_t n, cap;
        struct bw_error *reterr;
};

/* ---- labels that there are */

static uint64_t hash_text(uint64_t h, struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                h = (h ^ (uint8_t)s.p[i]) * UINT64_C(0x100000001b3);
        return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

static size_t slot_of(const struct gaps *g, struct bw_str scope, struct bw_str key, struct bw_str value)
{
        uint64_t h = hash_text(hash_text(hash_text(UINT64_C(0xcbf29ce484222325), scope), key), value);
        size_t at = (size_t)(h ^ h >> 31) & g->mask;

        while (g->labels[at].key.p && !(bw_str_eq(g->labels[at].value, value) && bw_str_eq(g->labels[at].key, key) && bw_str_eq(g->labels[at].scope, scope)))
                at = (at + 1) & g->mask;
        return at;
}

static int grow_labels(struct gaps *g)
{
        struct label *old = g->labels;
        size_t n_old = old ? g->mask + 1 : 0;
        size_t n = n_old ? 4 * n_old : 1024;
        size_t *moved = bw_arena_array(g->arena, n_old + 1, sizeof(*moved));

        g->labels = bw_arena_array(g->arena, n, sizeof(*g->labels));
        if (!g->labels || !moved)
                return -ENOMEM;
        memset(g->labels, 0, n * sizeof(*g->labels));
        g->mask = n - 1;
        for (size_t i = 0; i < n_old; i++)
                if (old[i].key.p) {
                        moved[i] = slot_of(g, old[i].scope, old[i].key, old[i].value);
                        g->labels[moved[i]] = old[i];
                }
        for (size_t i = 0; i < n_old; i++)
                if (old[i].key.p && old[i].next)
                        g->labels[moved[i]].next = (uint32_t)moved[old[i].next - 1] + 1;
        return 0;
}

static int add_label(struct gaps *g, struct bw_str scope, struct bw_str key, struct bw_str value)
{
        size_t head;
        size_t at;

        if (!g->labels || 2 * (g->n_labels + 2) > g->mask)
                if (grow_labels(g) < 0)
                        return -ENOMEM;
        at = slot_of(g, scope, key, value);
        if (g->labels[at].key.p || value.n == 0)
                return 0;
        g->labels[at] = (struct label){.scope = scope, .key = key, .value = value};
        head = slot_of(g, scope, key, BW_STR(""));
        if (!g->labels[head].key.p) {
                g->labels[head] = (struct label){.scope = scope, .key = key, .value = BW_STR("")};
                g->n_labels++;
        }
        g->labels[at].next = g->labels[head].next;
        g->labels[head].next = (uint32_t)at + 1;
        g->n_labels++;
        return 0;
}

static bool has_label(const struct gaps *g, struct bw_str scope, struct bw_str key, struct bw_str value)
{
        return g->labels && g->labels[slot_of(g, scope, key, value)].key.p;
}

/* Labels that controllers make, with a value of their own for each pod: nobody names them in a policy. */
static const char *const made[] = {"pod-template-hash", "controller-revision-hash", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
                                   "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name", "pod-template-generation"};

static bool is_made(struct bw_str key)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(made); i++)
                if (bw_str_is(key, made[i]))
                        return true;
        return false;
}

static struct bw_str ns_of(const struct bw_doc *doc)
{
        return doc->ns.n ? doc->ns : BW_STR("default");
}

static int add_labels(struct gaps *g, struct bw_str scope, struct bw_value labels, bool of_pod)
{
        for (uint32_t i = 0; labels.type == BW_MAP && i < labels.n; i++) {
                struct bw_value key = labels.map->entries[i].key;
                struct bw_value value = labels.map->entries[i].value;

                if (key.type != BW_STRING || value.type != BW_STRING || key.n == 0 || is_made(bw_value_text(key)))
                        continue;
                if (add_label(g, scope, bw_value_text(key), bw_value_text(value)) < 0 ||
                    (of_pod && add_label(g, BW_STR(""), bw_value_text(key), bw_value_text(value)) < 0))
                        return -ENOMEM;
        }
        return 0;
}

static int learn_labels(struct gaps *g)
{
        struct bw_doc_range namespaces = bw_inventory_kind(g->inventory, BW_STR(""), BW_STR("Namespace"));
        struct bw_doc_range all = bw_inventory_all(g->inventory);
        int r = 0;

        for (size_t i = 0; r == 0 && i < all.n; i++) {
                struct bw_pod pod;

                if (!bw_pod_may_have(all.docs[i]) || !bw_pod_find(all.docs[i], &pod))
                        continue;
                r = add_labels(g, ns_of(all.docs[i]), bw_map_get(pod.metadata, BW_STR("labels")), true);
                if (r == 0)
                        r = add_label(g, BW_STR("/"), BW_STR("kubernetes.io/metadata.name"), ns_of(all.docs[i]));
        }
        for (size_t i = 0; r == 0 && i < namespaces.n; i++) {
                r = add_labels(g, BW_STR("/"), bw_map_walk(namespaces.docs[i]->root, "metadata.labels"), false);
                if (r == 0)
                        r = add_label(g, BW_STR("/"), BW_STR("kubernetes.io/metadata.name"), namespaces.docs[i]->name);
        }
        return r;
}

/* ---- words that are nearly the same */

static char plain(char c)
{
        return c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* One letter more, less, another or two changed places; not a digit: db1 and db2 are two things. */
static bool one_edit(struct bw_str a, struct bw_str b)
{
        size_t from = 0;
        size_t to = 0;

        if (a.n > b.n) {
                struct bw_str swap = a;

                a = b;
                b = swap;
        }
        if (b.n - a.n > 1)
                return false;
        while (from < a.n && plain(a.p[from]) == plain(b.p[from]))
                from++;
        while (to < a.n - from && plain(a.p[a.n - 1 - to]) == plain(b.p[b.n - 1 - to]))
                to++;
        if (b.n - from - to == 2 && a.n == b.n && plain(a.p[from]) == plain(b.p[from + 1]) && plain(a.p[from + 1]) == plain(b.p[from]))
                return true;
        if (b.n - from - to > 1)
                return false;
        for (size_t i = from; i < b.n - to; i++)
                if (is_digit(b.p[i]) || (i < a.n - to && is_digit(a.p[i])))
                        return false;
        /* A letter of its own at the end names one of several: node-a, node-b. */
        return !(a.n == b.n && from + 1 == b.n && b.n >= 2 && plain(b.p[b.n - 2]) == '-');
}

static bool same_but_spelling(struct bw_str a, struct bw_str b)
{
        if (a.n != b.n)
                return false;
        for (size_t i = 0; i < a.n; i++)
                if (plain(a.p[i]) != plain(b.p[i]))
                        return false;
        return true;
}

static bool is_near(struct bw_str a, struct bw_str b)
{
        return same_but_spelling(a, b) || (BW_MIN(a.n, b.n) >= 5 && one_edit(a, b));
}

/* Whether the text stands somewhere in the value: a policy that names both means both. */
static bool mentions(struct bw_value v, struct bw_str text)
{
        bool found = false;

        if (v.type == BW_STRING)
                return bw_str_eq(bw_value_text(v), text);
        for (uint32_t i = 0; v.type == BW_LIST && !found && i < v.n; i++)
                found = mentions(v.list->items[i], text);
        for (uint32_t i = 0; v.type == BW_MAP && !found && i < v.n; i++)
                found = mentions(v.map->entries[i].value, text);
        return found;
}

/* A value of the key that is nearly this one; empty: none. */
static struct bw_str near_value(const struct gaps *g, const struct bw_doc *policy, struct bw_str scope, struct bw_str key, struct bw_str value)
{
        uint32_t next = g->labels[slot_of(g, scope, key, BW_STR(""))].next;
        struct bw_value spec = bw_map_get(policy->root, BW_STR("spec"));

        for (size_t n = 0; next && n < CANDIDATES; n++) {
                const struct label *label = &g->labels[next - 1];

                if (is_near(label->value, value) && !mentions(spec, label->value))
                        return label->value;
                next = label->next;
        }
        return BW_STR("");
}

/* ---- gaps */

static int add_gap(struct gaps *g, const struct bw_policy_gap *gap)
{
        if (!gap->text.p || (gap->path.n && !gap->path.p))
                return -ENOMEM;
        if (bw_arena_grow(g->arena, &g->items, &g->cap, g->n, sizeof(*g->items)) < 0)
                return -ENOMEM;
        g->items[g->n++] = *gap;
        return 0;
}

/* A key as value/path.h writes it. */
static struct bw_str path_with(struct gaps *g, struct bw_str path, struct bw_str key)
{
        bool is_plain = true;

        for (size_t i = 0; i < key.n; i++)
                is_plain &= (plain(key.p[i]) >= 'a' && plain(key.p[i]) <= 'z') || is_digit(key.p[i]);
        return is_plain ? bw_arena_printf(g->arena, "%.*s.matchLabels.%.*s", BW_STR_ARG(path), BW_STR_ARG(key))
                        : bw_arena_printf(g->arena, "%.*s.matchLabels['%.*s']", BW_STR_ARG(path), BW_STR_ARG(key));
}

static int check_label(struct gaps *g, const struct bw_doc *policy, struct bw_str path, struct bw_str scope, struct bw_str key, struct bw_str value)
{
        struct bw_policy_gap gap = {.type = BW_GAP_TYPO, .policy = policy};
        const char *who = bw_str_is(scope, "/") ? "no namespace" : scope.n ? "no pod of its namespace" : "no pod";
        struct bw_str instead;

        if (!g->labels || has_label(g, scope, key, value))
                return 0;
        instead = near_value(g, policy, scope, key, value);
        if (!instead.n)
                return 0;
        gap.path = path_with(g, path, key);
        gap.text = bw_arena_printf(g->arena, "%s has %.*s=%.*s; did you mean %.*s?", who, BW_STR_ARG(key), BW_STR_ARG(value), BW_STR_ARG(instead));
        return add_gap(g, &gap);
}

static int check_selector(struct gaps *g, const struct bw_doc *policy, struct bw_str path, struct bw_str scope, struct bw_value selector)
{
        struct bw_value labels = bw_map_get(selector, BW_STR("matchLabels"));
        int r = 0;

        if (!path.p)
                return -ENOMEM;
        for (uint32_t i = 0; r == 0 && labels.type == BW_MAP && i < labels.n; i++) {
                const struct bw_entry *e = &labels.map->entries[i];

                if (e->key.type == BW_STRING && e->value.type == BW_STRING)
                        r = check_label(g, policy, path, scope, bw_value_text(e->key), bw_value_text(e->value));
        }
        return r;
}

static int check_peer(struct gaps *g, const struct bw_doc *policy, struct bw_str path, struct bw_value peer)
{
        struct bw_value namespaces = bw_map_get(peer, BW_STR("namespaceSelector"));
        struct bw_value pods = bw_map_get(peer, BW_STR("podSelector"));
        int r = 0;

        if (namespaces.type == BW_MAP)
                r = check_selector(g, policy, bw_arena_printf(g->arena, "%.*s.namespaceSelector", BW_STR_ARG(path)), BW_STR("/"), namespaces);
        if (r == 0 && pods.type == BW_MAP)
                r = check_selector(g, policy, bw_arena_printf(g->arena, "%.*s.podSelector", BW_STR_ARG(path)),
                                   namespaces.type == BW_MAP ? BW_STR("") : ns_of(policy), pods);
        return r;
}

static const struct {
        const char *rules;
        const char *peers;
        const char *type;
} directions[] = {{"ingress", "from", "Ingress"}, {"egress", "to", "Egress"}};

static int find_typos(struct gaps *g, const struct bw_doc *policy)
{
        struct bw_value spec = bw_map_get(policy->root, BW_STR("spec"));
        int r = check_selector(g, policy, BW_STR("spec.podSelector"), ns_of(policy), bw_map_get(spec, BW_STR("podSelector")));

        for (size_t d = 0; d < BW_ARRAY_SIZE(directions); d++) {
                struct bw_value rules = list_of(spec, directions[d].rules);

                for (uint32_t i = 0; i < rules.n; i++) {
                        struct bw_value peers = list_of(rules.list->items[i], directions[d].peers);

                        for (uint32_t j = 0; r == 0 && j < peers.n; j++)
                                r = check_peer(g, policy, bw_arena_printf(g->arena, "spec.%s[%u].%s[%u]", directions[d].rules, i, directions[d].peers, j), peers.list->items[j]);
                }
        }
        return r;
}

/* ---- what is in another policy already */

static bool is_any(struct bw_value selector)
{
        struct bw_value labels = bw_map_get(selector, BW_STR("matchLabels"));

        return (labels.type != BW_MAP || labels.n == 0) && list_of(selector, "matchExpressions").n == 0;
}

/* Everything that `a` selects `b` selects, as far as the texts tell. */
static bool selector_covers(struct bw_value b, struct bw_value a)
{
        struct bw_value wanted = bw_map_get(b, BW_STR("matchLabels"));
        struct bw_value has = bw_map_get(a, BW_STR("matchLabels"));
        struct bw_value expressions = list_of(b, "matchExpressions");
        struct bw_value others = list_of(a, "matchExpressions");

        for (uint32_t i = 0; wanted.type == BW_MAP && i < wanted.n; i++)
                if (!bw_value_eq(bw_map_get(has, bw_value_text(wanted.map->entries[i].key)), wanted.map->entries[i].value))
                        return false;
        for (uint32_t i = 0; i < expressions.n; i++) {
                bool found = false;

                for (uint32_t j = 0; j < others.n; j++)
                        found |= bw_value_eq(expressions.list->items[i], others.list->items[j]);
                if (!found)
                        return false;
        }
        return true;
}

static bool block_covers(struct bw_value b, struct bw_value a)
{
        struct bw_address_range outer;
        struct bw_address_range inner;

        if (!bw_address_range_parse(bw_map_text(b, "cidr"), &outer) || !bw_address_range_parse(bw_map_text(a, "cidr"), &inner))
                return false;
        return bw_address_cmp(&outer.low, &inner.low) <= 0 && bw_address_cmp(&inner.high, &outer.high) <= 0 &&
               (list_of(b, "except").n == 0 || bw_value_eq(bw_map_get(b, BW_STR("except")), bw_map_get(a, BW_STR("except"))));
}

static bool peer_covers(struct bw_value b, struct bw_value a)
{
        struct bw_value block = bw_map_get(a, BW_STR("ipBlock"));
        struct bw_value ns_a = bw_map_get(a, BW_STR("namespaceSelector"));
        struct bw_value ns_b = bw_map_get(b, BW_STR("namespaceSelector"));
        struct bw_value pods = bw_map_get(b, BW_STR("podSelector"));

        if (block.type == BW_MAP)
                return block_covers(bw_map_get(b, BW_STR("ipBlock")), block);
        if (bw_map_get(b, BW_STR("ipBlock")).type == BW_MAP)
                return false;
        if (ns_a.type == BW_MAP ? ns_b.type != BW_MAP || !selector_covers(ns_b, ns_a) : ns_b.type == BW_MAP && !is_any(ns_b))
                return false;
        return pods.type != BW_MAP || selector_covers(pods, bw_map_get(a, BW_STR("podSelector")));
}

static struct bw_str protocol_of(struct bw_value port)
{
        struct bw_str text = bw_map_text(port, "protocol");

        return text.n ? text : BW_STR("TCP");
}

static bool port_covers(struct bw_value b, struct bw_value a)
{
        struct bw_value pa = bw_map_get(a, BW_STR("port"));
        struct bw_value pb = bw_map_get(b, BW_STR("port"));
        struct bw_value end_a = bw_map_get(a, BW_STR("endPort"));
        struct bw_value end_b = bw_map_get(b, BW_STR("endPort"));

        if (!bw_str_eq(protocol_of(a), protocol_of(b)))
                return false;
        if (pb.type != BW_INT)
                return pb.type != BW_STRING || bw_value_eq(pa, pb);
        return pa.type == BW_INT && pb.i <= pa.i && (end_a.type == BW_INT ? end_a.i : pa.i) <= (end_b.type == BW_INT ? end_b.i : pb.i);
}

/* Each item of list a is covered by one of b; an empty b covers everything, an empty a is everything. */
static bool list_covers(struct bw_value b, struct bw_value a, bool (*covers)(struct bw_value b, struct bw_value a))
{
        if (b.n == 0)
                return true;
        for (uint32_t i = 0; i < a.n; i++) {
                bool found = false;

                for (uint32_t j = 0; !found && j < b.n; j++)
                        found = covers(b.list->items[j], a.list->items[i]);
                if (!found)
                        return false;
        }
        return a.n > 0;
}

static bool isolates(struct bw_value spec, size_t d)
{
        struct bw_value types = list_of(spec, "policyTypes");

        if (types.n)
                return list_has(types, bw_str(directions[d].type));
        return d == 0 || list_of(spec, directions[d].rules).n > 0;
}

/*
 * Whether two policies are there together: not two versions of one; and manifests that leave the namespace open are for the same
 * one only if they stand in one file.
 */
static bool are_together(const struct bw_doc *a, const struct bw_doc *b)
{
        if (bw_str_eq(a->name, b->name))
                return false;
        return a->ns.n > 0 || !a->input || !b->input || bw_str_eq(a->input->name, b->input->name);
}

static bool is_shadowed(const struct bw_doc *const *docs, size_t n, size_t at, const uint8_t *gone, const struct bw_doc **ret_by)
{
        struct bw_value spec = bw_map_get(docs[at]->root, BW_STR("spec"));
        struct bw_value selector = bw_map_get(spec, BW_STR("podSelector"));
        size_t n_rules = 0;

        for (size_t d = 0; d < BW_ARRAY_SIZE(directions); d++) {
                struct bw_value rules = isolates(spec, d) ? list_of(spec, directions[d].rules) : (struct bw_value){0};
                bool isolated = !isolates(spec, d);

                for (size_t q = 0; q < n; q++) {
                        struct bw_value other = bw_map_get(docs[q]->root, BW_STR("spec"));

                        isolated |= are_together(docs[at], docs[q]) && !gone[q] && isolates(other, d) && selector_covers(bw_map_get(other, BW_STR("podSelector")), selector);
                }
                if (!isolated)
                        return false;
                n_rules += rules.n;
                for (uint32_t i = 0; i < rules.n; i++) {
                        bool found = false;

                        for (size_t q = 0; !found && q < n; q++) {
                                struct bw_value other = bw_map_get(docs[q]->root, BW_STR("spec"));
                                struct bw_value those = list_of(other, directions[d].rules);

                                if (!are_together(docs[at], docs[q]) || gone[q] || !isolates(other, d) || !selector_covers(bw_map_get(other, BW_STR("podSelector")), selector))
                                        continue;
                                for (uint32_t j = 0; !found && j < those.n; j++)
                                        found = list_covers(list_of(those.list->items[j], directions[d].peers), list_of(rules.list->items[i], directions[d].peers), peer_covers) &&
                                                list_covers(list_of(those.list->items[j], "ports"), list_of(rules.list->items[i], "ports"), port_covers);
                                if (found)
                                        *ret_by = docs[q];
                        }
                        if (!found)
                                return false;
                }
        }
        /* A policy without rules says what is the rule: it is no clutter. */
        return n_rules > 0;
}

/* Policies of one namespace. One that is told of no longer counts for the others. */
static int find_shadowed(struct gaps *g, const struct bw_doc *const *docs, size_t n)
{
        uint8_t *gone = bw_arena_zalloc(g->arena, n + 1);
        int r = gone ? 0 : -ENOMEM;

        if (n > BW_LIMIT_GAP_POLICIES)
                return 0;
        for (size_t i = n; r == 0 && i-- > 0;) {
                struct bw_policy_gap gap = {.type = BW_GAP_SHADOWED, .policy = docs[i]};

                if (!is_shadowed(docs, n, i, gone, &gap.by))
                        continue;
                gone[i] = 1;
                gap.text = bw_arena_printf(g->arena, "each of its rules is in other policies for the same pods, such as %.*s", BW_STR_ARG(gap.by->name));
                r = add_gap(g, &gap);
        }
        return r;
}

/* ---- all of them */

static int find_useless(struct gaps *g)
{
        size_t n;
        const struct bw_net_policy *policies = bw_netpol_policies(g->netpol, &n);
        int r = 0;

        for (size_t i = 0; r == 0 && i < n; i++) {
                struct bw_policy_gap gap = {.type = BW_GAP_SELECTS_NOTHING, .policy = policies[i].doc, .text = BW_STR("no pod is selected by it")};

                if (policies[i].n_classes == 0)
                        r = add_gap(g, &gap);
        }
        return r;
}

static int by_policy(const void *a, const void *b)
{
        const struct bw_policy_gap *x = a;
        const struct bw_policy_gap *y = b;
        int r = bw_str_cmp(x->policy->ns, y->policy->ns);

        r = r ? r : bw_str_cmp(x->policy->name, y->policy->name);
        r = r ? r : bw_str_cmp(x->policy->kind, y->policy->kind);
        r = r ? r : (x->type > y->type) - (x->type < y->type);
        return r ? r : bw_str_cmp(x->path, y->path);
}

int bw_net_policy_gaps(struct bw_arena *arena, const struct bw_inventory *inventory, const struct bw_netpol *netpol, const struct bw_policy_gap **ret,
                       size_t *ret_n, struct bw_error *reterr)
{
        struct bw_doc_range policies = bw_inventory_kind(inventory, BW_STR("networking.k8s.io"), BW_STR("NetworkPolicy"));
        struct gaps g = {.arena = arena, .inventory = inventory, .netpol = netpol, .reterr = reterr};
        int r = policies.n ? learn_labels(&g) : 0;

        if (r == 0)
                r = find_useless(&g);
        for (size_t i = 0; r == 0 && i < policies.n; i++)
                r = find_typos(&g, policies.docs[i]);
        for (size_t i = 0, end; r == 0 && i < policies.n; i = end) {
                for (end = i; end < policies.n && bw_str_eq(policies.docs[end]->ns, policies.docs[i]->ns);)
                        end++;
                r = find_shadowed(&g, policies.docs + i, end - i);
        }
        if (r < 0)
                return bw_error_nomem(reterr);
        if (g.n)
                qsort(g.items, g.n, sizeof(*g.items), by_policy);
        *ret = g.items;
        *ret_n = g.n;
        return 0;
}
