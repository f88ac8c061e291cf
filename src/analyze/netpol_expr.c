/* SPDX-License-Identifier: Apache-2.0 */
/* What selectors ask, as expressions of which equal ones are one object; and the wheres and blocks made of them. */
#include "analyze/netpol_internal.h"

#include "base/arena.h"
#include "base/limits.h"

/* ---- tables of numbers by hash */

static uint32_t mix(uint32_t h, uint32_t v)
{
        h = (h ^ v) * UINT32_C(0x9e3779b1);
        return h ^ h >> 15;
}

static uint32_t hash_text(uint32_t h, struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                h = (h ^ (uint8_t)s.p[i]) * UINT32_C(16777619);
        return mix(h, (uint32_t)s.n);
}

void net_fail(struct net_builder *b, int code)
{
        if (b->status == 0)
                b->status = code;
}

/* Makes room for one more among n numbers + 1 by hash; hash_of tells an item's. False: no memory. */
static bool table_room(struct net_builder *b, uint32_t **table, size_t *mask, size_t n,
                       uint32_t (*hash_of)(const struct net_builder *b, uint32_t number))
{
        size_t size = *table ? *mask + 1 : 0;
        uint32_t *grown;

        if (size > 2 * (n + 1))
                return true;
        size = size ? size * 2 : 256;
        grown = bw_arena_zalloc(b->scratch, size * sizeof(*grown));
        if (!grown) {
                net_fail(b, -ENOMEM);
                return false;
        }
        for (uint32_t i = 0; i < n; i++) {
                size_t at = hash_of(b, i) & (size - 1);

                while (grown[at])
                        at = (at + 1) & (size - 1);
                grown[at] = i + 1;
        }
        *table = grown;
        *mask = size - 1;
        return true;
}

/* ---- expressions */

void net_step(struct net_builder *b, uint64_t n)
{
        b->steps += n;
        if (b->steps > BW_LIMIT_NETPOL_STEPS)
                net_fail(b, -E2BIG);
}

static uint32_t expr_hash(const struct net_builder *b, uint32_t number)
{
        return b->exprs[number]->hash;
}

static bool same_expr(const struct net_expr *a, const struct net_expr *b)
{
        if (a->hash != b->hash || a->op != b->op || a->n != b->n || a->scope != b->scope)
                return false;
        if (a->op <= EXPR_NOT)
                return a->n == 0 || memcmp(a->parts, b->parts, a->n * sizeof(const struct net_expr *)) == 0;
        if (!bw_str_eq(bw_value_text(a->key), bw_value_text(b->key)))
                return false;
        for (uint32_t i = 0; i < a->n; i++)
                if (!bw_str_eq(bw_value_text(a->values[i]), bw_value_text(b->values[i])))
                        return false;
        return true;
}

static const struct net_expr *the_true(void)
{
        static const struct net_expr yes = {.op = EXPR_TRUE, .number = NONE};

        return &yes;
}

const struct net_expr *net_true(struct net_builder *b)
{
        (void)b;
        return the_true();
}

/* The one object that is equal to e, whose lists are in the arena. */
static const struct net_expr *intern(struct net_builder *b, struct net_expr *e)
{
        struct net_expr *kept;
        size_t at;

        if (!table_room(b, &b->expr_table, &b->expr_mask, b->n_exprs, expr_hash))
                return the_true();
        for (at = e->hash & b->expr_mask; b->expr_table[at]; at = (at + 1) & b->expr_mask)
                if (same_expr(b->exprs[b->expr_table[at] - 1], e))
                        return b->exprs[b->expr_table[at] - 1];
        kept = bw_arena_alloc(b->arena, sizeof(*kept));
        if (!kept || b->n_exprs >= BW_LIMIT_NETPOL_PARTS ||
            bw_arena_grow(b->scratch, &b->exprs, &b->cap_exprs, b->n_exprs, sizeof(b->exprs[0])) < 0) {
                net_fail(b, b->n_exprs >= BW_LIMIT_NETPOL_PARTS ? -E2BIG : -ENOMEM);
                return the_true();
        }
        e->number = (uint32_t)b->n_exprs;
        *kept = *e;
        b->exprs[b->n_exprs++] = kept;
        b->expr_table[at] = (uint32_t)b->n_exprs;
        return kept;
}

static const struct net_expr *of_parts(struct net_builder *b, enum net_op op, const struct net_expr *const *parts, uint32_t n)
{
        const struct net_expr **copy = bw_arena_array(b->arena, n, sizeof(const struct net_expr *));
        struct net_expr e = {.op = op, .n = n, .hash = mix(2166136261U, (uint32_t)op)};

        if (!copy) {
                net_fail(b, -ENOMEM);
                return the_true();
        }
        for (uint32_t i = 0; i < n; i++) {
                copy[i] = parts[i];
                e.scopes |= parts[i]->scopes;
                e.hash = mix(e.hash, parts[i]->number);
        }
        e.parts = copy;
        return intern(b, &e);
}

const struct net_expr *net_not(struct net_builder *b, const struct net_expr *e)
{
        return e->op == EXPR_NOT ? e->parts[0] : of_parts(b, EXPR_NOT, &e, 1);
}

static int compare_exprs(const void *a, const void *b)
{
        const struct net_expr *x = *(const struct net_expr *const *)a;
        const struct net_expr *y = *(const struct net_expr *const *)b;

        return (x->number > y->number) - (x->number < y->number);
}

/* AND and OR: sorted, each part once, flat, without those that change nothing. */
static const struct net_expr *combine(struct net_builder *b, enum net_op op, const struct net_expr *const *parts, uint32_t n)
{
        size_t room = 0;
        uint32_t kept = 0;
        const struct net_expr **flat;

        for (uint32_t i = 0; i < n; i++)
                room += parts[i]->op == op ? parts[i]->n : 1;
        flat = bw_arena_array(b->scratch, room + 1, sizeof(const struct net_expr *));
        if (!flat) {
                net_fail(b, -ENOMEM);
                return the_true();
        }
        for (uint32_t i = 0; i < n; i++) {
                if (parts[i]->op == op) {
                        memcpy(flat + kept, parts[i]->parts, parts[i]->n * sizeof(const struct net_expr *));
                        kept += parts[i]->n;
                } else if (parts[i]->op != EXPR_TRUE) {
                        flat[kept++] = parts[i];
                } else if (op == EXPR_OR) {
                        return the_true();
                }
        }
        qsort(flat, kept, sizeof(flat[0]), compare_exprs);
        n = kept;
        kept = 0;
        for (uint32_t i = 0; i < n; i++)
                if (kept == 0 || flat[kept - 1] != flat[i])
                        flat[kept++] = flat[i];
        if (kept == 0)
                return op == EXPR_AND ? the_true() : net_not(b, the_true());
        return kept == 1 ? flat[0] : of_parts(b, op, flat, kept);
}

const struct net_expr *net_and(struct net_builder *b, const struct net_expr *const *parts, uint32_t n)
{
        return combine(b, EXPR_AND, parts, n);
}

const struct net_expr *net_or(struct net_builder *b, const struct net_expr *const *parts, uint32_t n)
{
        return combine(b, EXPR_OR, parts, n);
}

const struct net_expr *net_both(struct net_builder *b, const struct net_expr *x, const struct net_expr *y)
{
        const struct net_expr *parts[] = {x, y};

        return net_and(b, parts, 2);
}

static int compare_values(const void *a, const void *b)
{
        return bw_str_cmp(bw_value_text(*(const struct bw_value *)a), bw_value_text(*(const struct bw_value *)b));
}

const struct net_expr *net_label(struct net_builder *b, enum net_op op, enum net_scope scope, struct bw_str key,
                                 const struct bw_value *values, uint32_t n)
{
        struct net_expr e = {.op = op, .scope = scope, .scopes = 1U << scope, .key = bw_value_str(key)};
        struct bw_value *copy = bw_arena_array(b->arena, (size_t)n + 1, sizeof(*copy));

        if (!copy) {
                net_fail(b, -ENOMEM);
                return the_true();
        }
        for (uint32_t i = 0; i < n; i++)
                if (values[i].type == BW_STRING)
                        copy[e.n++] = values[i];
        if (e.n > 1)
                qsort(copy, e.n, sizeof(*copy), compare_values);
        e.values = copy;
        e.hash = hash_text(mix(mix(2166136261U, (uint32_t)op), (uint32_t)scope), key);
        n = e.n;
        e.n = 0;
        for (uint32_t i = 0; i < n; i++)
                if (e.n == 0 || compare_values(&copy[e.n - 1], &copy[i]) != 0) {
                        copy[e.n++] = copy[i];
                        e.hash = hash_text(e.hash, bw_value_text(copy[i]));
                }
        return intern(b, &e);
}

static const struct net_expr *of_requirement(struct net_builder *b, enum net_scope scope, struct bw_value e)
{
        struct bw_str key = bw_map_text(e, "key");
        struct bw_str op = bw_map_text(e, "operator");
        struct bw_value values = list_of(e, "values");
        const struct bw_value *items = values.n ? values.list->items : NULL;

        if (bw_str_is(op, "In"))
                return net_label(b, EXPR_IN, scope, key, items, values.n);
        if (bw_str_is(op, "NotIn"))
                return net_not(b, net_label(b, EXPR_IN, scope, key, items, values.n));
        if (bw_str_is(op, "Exists"))
                return net_label(b, EXPR_HAS, scope, key, NULL, 0);
        return net_not(b, net_label(b, EXPR_HAS, scope, key, NULL, 0));
}

const struct net_expr *net_selector(struct net_builder *b, enum net_scope scope, struct bw_value selector)
{
        struct bw_value labels = bw_map_get(selector, BW_STR("matchLabels"));
        struct bw_value requirements = list_of(selector, "matchExpressions");
        uint32_t n_labels = labels.type == BW_MAP ? labels.n : 0;
        const struct net_expr **parts = bw_arena_array(b->scratch, (size_t)n_labels + requirements.n + 1, sizeof(const struct net_expr *));
        uint32_t n = 0;

        if (!parts) {
                net_fail(b, -ENOMEM);
                return the_true();
        }
        for (uint32_t i = 0; i < n_labels; i++)
                parts[n++] = net_label(b, EXPR_IN, scope, bw_value_text(labels.map->entries[i].key), &labels.map->entries[i].value, 1);
        for (uint32_t i = 0; i < requirements.n; i++)
                parts[n++] = of_requirement(b, scope, requirements.list->items[i]);
        return net_and(b, parts, n);
}

#define NAME_KEY "kubernetes.io/metadata.name"

const struct net_expr *net_in_namespace(struct net_builder *b, struct bw_str ns)
{
        struct bw_value name = bw_value_str(ns);

        return net_label(b, EXPR_IN, SCOPE_NAMESPACE, BW_STR(NAME_KEY), &name, 1);
}

const struct net_expr *net_pods_with(struct net_builder *b, struct bw_str ns, struct bw_value labels)
{
        uint32_t n = labels.type == BW_MAP ? labels.n : 0;
        const struct net_expr **parts = bw_arena_array(b->scratch, (size_t)n + 1, sizeof(const struct net_expr *));

        if (!parts) {
                net_fail(b, -ENOMEM);
                return the_true();
        }
        for (uint32_t i = 0; i < n; i++)
                parts[i] = net_label(b, EXPR_IN, SCOPE_POD, bw_value_text(labels.map->entries[i].key), &labels.map->entries[i].value, 1);
        parts[n] = net_in_namespace(b, ns);
        return net_and(b, parts, n + 1);
}

/* ---- what an endpoint says */

struct bw_value net_namespace_label(const struct bw_netpol *np, uint32_t ns, struct bw_value key)
{
        struct bw_str text = bw_value_text(key);
        const struct bw_entry *e;

        if (ns == NONE)
                return (struct bw_value){0};
        /* The API server sets the first one, Calico the second. */
        if (bw_str_is(text, NAME_KEY) || bw_str_is(text, "projectcalico.org/name"))
                return bw_value_str(np->namespaces[ns].name);
        e = bw_map_find(np->namespaces[ns].labels, key);
        return e ? e->value : (struct bw_value){0};
}

static struct bw_value account_label(const struct bw_netpol *np, const struct net_endpoint *end, struct bw_value key)
{
        const struct bw_doc *doc;

        if (end->ns == NONE)
                return (struct bw_value){0};
        if (end->account.n == 0)
                return (struct bw_value){0};
        if (bw_str_is(bw_value_text(key), "projectcalico.org/name"))
                return bw_value_str(end->account);
        doc = bw_inventory_find(np->inventory, BW_STR(""), BW_STR("ServiceAccount"), np->namespaces[end->ns].name, end->account);
        return doc ? bw_map_get(bw_map_walk(doc->root, "metadata.labels"), bw_value_text(key)) : (struct bw_value){0};
}

static struct bw_value label_of(const struct bw_netpol *np, const struct net_endpoint *end, enum net_scope scope,
                                struct bw_value key)
{
        const struct bw_entry *e;

        if (scope == SCOPE_NAMESPACE)
                return net_namespace_label(np, end->ns, key);
        if (scope == SCOPE_ACCOUNT)
                return account_label(np, end, key);
        e = bw_map_find(scope == SCOPE_POD ? end->labels : end->node, key);
        return e ? e->value : (struct bw_value){0};
}

static bool is_among(const struct net_expr *e, struct bw_str text)
{
        uint32_t from = 0;
        uint32_t to = e->n;

        while (from < to) {
                uint32_t middle = from + (to - from) / 2;
                int order = bw_str_cmp(bw_value_text(e->values[middle]), text);

                if (order == 0)
                        return true;
                if (order < 0)
                        from = middle + 1;
                else
                        to = middle;
        }
        return false;
}

static bool label_holds(const struct net_expr *e, struct bw_value label)
{
        struct bw_str text = bw_value_text(label);

        if (label.type != BW_STRING)
                return false;
        switch (e->op) {
        case EXPR_IN:
                return is_among(e, text);
        case EXPR_STARTS:
                return bw_str_starts(text, bw_value_text(e->values[0]));
        case EXPR_ENDS:
                return bw_str_ends(text, bw_value_text(e->values[0]));
        case EXPR_CONTAINS:
                return bw_str_find(text, bw_value_text(e->values[0])) != SIZE_MAX;
        default:
                return true;
        }
}

/* Recursion is as deep as the readers of selectors allow. */
bool net_expr_holds(const struct bw_netpol *np, const struct net_expr *e, const struct net_endpoint *end)
{
        switch (e->op) {
        case EXPR_TRUE:
                return true;
        case EXPR_AND:
                for (uint32_t i = 0; i < e->n; i++)
                        if (!net_expr_holds(np, e->parts[i], end))
                                return false;
                return true;
        case EXPR_OR:
                for (uint32_t i = 0; i < e->n; i++)
                        if (net_expr_holds(np, e->parts[i], end))
                                return true;
                return false;
        case EXPR_NOT:
                return !net_expr_holds(np, e->parts[0], end);
        default:
                return label_holds(e, label_of(np, end, e->scope, e->key));
        }
}

/* ---- blocks */

static int compare_ranges(const void *a, const void *b)
{
        const struct net_ip_range *x = a;
        const struct net_ip_range *y = b;
        int order = net_ip_cmp(&x->low, &y->low);

        return order ? order : net_ip_cmp(&x->high, &y->high);
}

/* Sorts and joins ranges that overlap or touch within a family; gives how many are left. */
static size_t join_ranges(struct net_ip_range *ranges, size_t n)
{
        size_t kept = 0;

        if (n)
                qsort(ranges, n, sizeof(*ranges), compare_ranges);
        for (size_t i = 0; i < n; i++) {
                struct net_ip next = kept ? ranges[kept - 1].high : ranges[i].low;
                bool more = kept && net_ip_next(&next);

                if (kept && ranges[i].low.is6 == ranges[kept - 1].low.is6 && (!more || net_ip_cmp(&ranges[i].low, &next) <= 0)) {
                        if (net_ip_cmp(&ranges[i].high, &ranges[kept - 1].high) > 0)
                                ranges[kept - 1].high = ranges[i].high;
                } else {
                        ranges[kept++] = ranges[i];
                }
        }
        return kept;
}

/* The address before; the first of a family has none. */
static struct net_ip before(struct net_ip ip)
{
        if (ip.low-- == 0)
                ip.high--;
        return ip;
}

/* Takes no (joined) out of yes (joined); out has room for both together. */
static size_t take_out(const struct net_ip_range *yes, size_t n_yes, const struct net_ip_range *no, size_t n_no,
                       struct net_ip_range *out)
{
        size_t n = 0;
        size_t j = 0;

        for (size_t i = 0; i < n_yes; i++) {
                struct net_ip_range rest = yes[i];
                bool left = true;

                while (j < n_no && net_ip_cmp(&no[j].high, &rest.low) < 0)
                        j++;
                for (size_t k = j; left && k < n_no && net_ip_cmp(&no[k].low, &rest.high) <= 0; k++) {
                        if (net_ip_cmp(&no[k].low, &rest.low) > 0)
                                out[n++] = (struct net_ip_range){rest.low, before(no[k].low)};
                        rest.low = no[k].high;
                        left = net_ip_next(&rest.low) && net_ip_cmp(&rest.low, &rest.high) <= 0;
                }
                if (left)
                        out[n++] = rest;
        }
        return n;
}

static uint32_t block_hash(const struct net_builder *b, uint32_t number)
{
        return b->blocks[number]->hash;
}

static bool same_block(const struct net_block *a, const struct net_block *b)
{
        if (a->hash != b->hash || a->n != b->n || a->unknown != b->unknown)
                return false;
        for (uint32_t i = 0; i < a->n; i++)
                if (compare_ranges(&a->ranges[i], &b->ranges[i]) != 0)
                        return false;
        return true;
}

static const struct net_block *intern_block(struct net_builder *b, struct net_block *block)
{
        struct net_block *kept;
        size_t at;

        block->hash = mix(2166136261U, 2 * block->n + block->unknown);
        for (uint32_t i = 0; i < block->n; i++) {
                const struct net_ip_range *r = &block->ranges[i];

                block->hash = mix(mix(mix(block->hash, (uint32_t)r->low.low), (uint32_t)(r->low.high >> 32)), (uint32_t)r->high.low);
        }
        if (!table_room(b, &b->block_table, &b->block_mask, b->n_blocks, block_hash))
                return NULL;
        for (at = block->hash & b->block_mask; b->block_table[at]; at = (at + 1) & b->block_mask)
                if (same_block(b->blocks[b->block_table[at] - 1], block))
                        return b->blocks[b->block_table[at] - 1];
        kept = bw_arena_alloc(b->arena, sizeof(*kept));
        if (!kept || bw_arena_grow(b->scratch, &b->blocks, &b->cap_blocks, b->n_blocks, sizeof(b->blocks[0])) < 0) {
                net_fail(b, -ENOMEM);
                return NULL;
        }
        *kept = *block;
        b->blocks[b->n_blocks++] = kept;
        b->block_table[at] = (uint32_t)b->n_blocks;
        return kept;
}

const struct net_block *net_block(struct net_builder *b, const struct net_ip_range *yes, size_t n_yes,
                                  const struct net_ip_range *no, size_t n_no)
{
        struct net_ip_range *in = bw_arena_array(b->scratch, n_yes + 1, sizeof(*in));
        struct net_ip_range *out = bw_arena_array(b->scratch, n_no + 1, sizeof(*out));
        struct net_ip_range *ranges = bw_arena_array(b->arena, n_yes + n_no + 1, sizeof(*ranges));
        struct net_block block = {.ranges = ranges};

        if (!in || !out || !ranges) {
                net_fail(b, -ENOMEM);
                return NULL;
        }
        if (n_yes)
                memcpy(in, yes, n_yes * sizeof(*in));
        if (n_no)
                memcpy(out, no, n_no * sizeof(*out));
        n_yes = join_ranges(in, n_yes);
        n_no = join_ranges(out, n_no);
        block.n = (uint32_t)take_out(in, n_yes, out, n_no, ranges);
        return intern_block(b, &block);
}

const struct net_block *net_block_or_unknown(struct net_builder *b, const struct net_block *block)
{
        struct net_block copy = *block;

        copy.unknown = true;
        return intern_block(b, &copy);
}

/* ---- wheres */

unsigned net_pod_kinds(const struct bw_netpol *np)
{
        return KINDS(KIND_POD) | (np->options.host_network_is_pod ? KINDS(KIND_HOST) : 0U);
}

static uint32_t where_hash(const struct net_builder *b, uint32_t number)
{
        return b->np->wheres[number].hash;
}

/* Takes apart what looks at namespaces alone. */
static void part_namespaces(struct net_builder *b, const struct net_expr *expr, struct net_where *where)
{
        const struct net_expr **parts;
        uint32_t n_ns = 0;
        uint32_t n_rest = 0;

        if (expr->op != EXPR_AND) {
                if (expr->scopes == 1U << SCOPE_NAMESPACE)
                        where->ns = expr;
                else if (expr->op != EXPR_TRUE)
                        where->expr = expr;
                return;
        }
        parts = bw_arena_array(b->scratch, expr->n, sizeof(const struct net_expr *));
        if (!parts) {
                net_fail(b, -ENOMEM);
                return;
        }
        for (uint32_t i = 0; i < expr->n; i++)
                if (expr->parts[i]->scopes == 1U << SCOPE_NAMESPACE)
                        parts[n_ns++] = expr->parts[i];
                else
                        parts[expr->n - ++n_rest] = expr->parts[i];
        where->ns = n_ns ? net_and(b, parts, n_ns) : NULL;
        where->expr = n_rest ? net_and(b, parts + n_ns, n_rest) : NULL;
}

uint32_t net_where(struct net_builder *b, unsigned kinds, const struct net_expr *expr, const struct net_block *block)
{
        struct net_where where = {.kinds = kinds, .block = block};
        struct bw_netpol *np = b->np;
        size_t at;

        part_namespaces(b, expr, &where);
        where.hash = mix(mix(mix(mix(kinds, where.ns ? where.ns->number + 2 : 0), where.expr ? where.expr->number + 2 : 0),
                             block ? block->hash : 0), block ? block->n + 1 : 0);
        if (!table_room(b, &b->where_table, &b->where_mask, np->n_wheres, where_hash))
                return 0;
        for (at = where.hash & b->where_mask; b->where_table[at]; at = (at + 1) & b->where_mask) {
                const struct net_where *w = &np->wheres[b->where_table[at] - 1];

                if (w->kinds == kinds && w->ns == where.ns && w->expr == where.expr && w->block == block)
                        return b->where_table[at] - 1;
        }
        if (np->n_wheres >= BW_LIMIT_NETPOL_PARTS ||
            bw_arena_grow(b->arena, &np->wheres, &np->cap_wheres, np->n_wheres, sizeof(where)) < 0) {
                net_fail(b, np->n_wheres >= BW_LIMIT_NETPOL_PARTS ? -E2BIG : -ENOMEM);
                return 0;
        }
        np->wheres[np->n_wheres++] = where;
        b->where_table[at] = (uint32_t)np->n_wheres;
        return (uint32_t)np->n_wheres - 1;
}
