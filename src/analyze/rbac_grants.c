/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that rights allow: those of each binding, and those that need a second right of the same subject. */
#include "analyze/rbac_graph_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

#define EMPTY BW_STR("")

int rbac_work(struct bw_rbac_graph *g, uint64_t n, struct bw_error *reterr)
{
        g->work += n;
        if (g->work > BW_LIMIT_RBAC_GRAPH_STEPS)
                return bw_error_set(reterr, -E2BIG, "more than %" PRIu64 " rights to look at for the RBAC graph",
                                    BW_LIMIT_RBAC_GRAPH_STEPS);
        return 0;
}

/* A right that a subject has: a rule of the role that it is bound to. */
struct held {
        uint32_t bound, hit;
};

struct emission {
        struct bw_rbac_graph *g;
        uint32_t from;
        struct held by, also;
        struct bw_str ns;
        struct bw_error *reterr;
};

static const struct held nothing = {UINT32_MAX, UINT32_MAX};

static const struct rbac_row *row_of(const struct bw_rbac_graph *g, uint32_t hit)
{
        return &g->rows.rows[g->hits[hit].row];
}

static int emit(const struct emission *e, uint32_t to)
{
        return rbac_add_edge(e->g,
                             (struct rbac_edge){.from = e->from,
                                                .to = to,
                                                .bound = e->by.bound,
                                                .hit = e->by.hit,
                                                .also_bound = e->also.bound,
                                                .also_hit = e->also.hit,
                                                .kind = RBAC_EDGE_GRANT},
                             e->reterr);
}

static int emit_in(const struct emission *e, enum bw_rbac_node_type type)
{
        return emit(e, rbac_node(e->g, type, e->ns, EMPTY));
}

static int emit_anywhere(const struct emission *e, enum bw_rbac_node_type type)
{
        return emit(e, rbac_node(e->g, type, EMPTY, EMPTY));
}

/* ---- rights on what has a name */

typedef int (*for_name)(const struct emission *e, struct bw_str name);

static int each_name(const struct emission *e, struct bw_value names, for_name fn)
{
        int r = rbac_work(e->g, names.n, e->reterr);

        for (uint32_t i = 0; r == 0 && i < names.n; i++)
                if (names.list->items[i].type == BW_STRING && names.list->items[i].n)
                        r = fn(e, bw_value_text(names.list->items[i]));
        return r;
}

/* The namespaces in which it counts: its own, or all. */
static int each_ns(const struct emission *e, struct bw_str name, for_name fn)
{
        struct emission in = *e;
        int r = 0;

        if (e->ns.n)
                return fn(e, name);
        for (size_t i = 0; r == 0 && i < e->g->n_namespaces; i++) {
                in.ns = e->g->namespaces[i];
                r = rbac_work(e->g, 20, e->reterr);
                if (r == 0)
                        r = fn(&in, name);
        }
        return r;
}

static int to_account(const struct emission *e, struct bw_str name)
{
        uint32_t node = rbac_node(e->g, BW_RBAC_SERVICE_ACCOUNT, e->ns, name);

        return node != RBAC_NO_NODE && e->g->exists[node] ? emit(e, node) : 0;
}
static int to_accounts(const struct emission *e, struct bw_str name)
{
        return each_ns(e, name, to_account);
}

static int to_secret(const struct emission *e, struct bw_str name)
{
        const struct bw_doc *secret = bw_inventory_find(e->g->inventory, EMPTY, BW_STR("Secret"), e->ns, name);

        if (!secret || !bw_str_is(bw_map_text(secret->root, "type"), "kubernetes.io/service-account-token"))
                return 0;
        return to_account(e, bw_map_text(bw_map_walk(secret->root, "metadata.annotations"),
                                         "kubernetes.io/service-account.name"));
}
static int to_secrets(const struct emission *e, struct bw_str name)
{
        return each_ns(e, name, to_secret);
}

static int to_pod(const struct emission *e, struct bw_str name)
{
        const struct bw_doc *pod = bw_inventory_find(e->g->inventory, EMPTY, BW_STR("Pod"), e->ns, name);
        struct bw_value spec;
        struct bw_str account;
        struct bw_str node;
        int r;

        if (!pod)
                return 0;
        spec = bw_map_get(pod->root, BW_STR("spec"));
        account = bw_map_text(spec, "serviceAccountName");
        node = bw_map_text(spec, "nodeName");
        r = to_account(e, account.n ? account : BW_STR("default"));
        if (r == 0 && rbac_pod_takes_node(pod))
                r = emit(e, rbac_node(e->g, BW_RBAC_NODE, EMPTY, node.n ? node : BW_STR("?")));
        return r;
}
static int to_pods(const struct emission *e, struct bw_str name)
{
        return each_ns(e, name, to_pod);
}

static int to_node_pods(const struct emission *e, struct bw_str name)
{
        return emit(e, rbac_node(e->g, BW_RBAC_ANY_POD_OF_NODE, EMPTY, name));
}

static int to_user(const struct emission *e, struct bw_str name)
{
        return emit(e, rbac_node(e->g, BW_RBAC_USER, EMPTY, name));
}

static int to_group(const struct emission *e, struct bw_str name)
{
        return emit(e, rbac_node(e->g, BW_RBAC_GROUP, EMPTY, name));
}

/* ---- one right */

static int give_new_pods(const struct emission *e)
{
        int r = emit_in(e, BW_RBAC_ANY_ACCOUNT);

        if (r == 0)
                r = emit_in(e, BW_RBAC_SECRETS);
        /* Where there are SecurityContextConstraints, they decide. */
        if (r == 0 && !e->g->has_scc && rbac_ns_is_open(e->g, e->ns))
                r = emit_anywhere(e, BW_RBAC_NODE);
        return r;
}

/* The node of a pod that is there: one of the control plane, if there is one. */
static uint32_t node_of_pods(const struct bw_rbac_graph *g, struct bw_str ns)
{
        struct bw_doc_range pods = bw_inventory_namespace(g->inventory, EMPTY, BW_STR("Pod"), ns);
        uint32_t best = RBAC_NO_NODE;

        for (size_t i = 0; i < pods.n; i++) {
                struct bw_str name = bw_map_text(bw_map_get(pods.docs[i]->root, BW_STR("spec")), "nodeName");
                const struct bw_doc *node = name.n ? bw_inventory_find(g->inventory, EMPTY, BW_STR("Node"), EMPTY, name) : NULL;

                if (best == RBAC_NO_NODE && name.n)
                        best = rbac_node(g, BW_RBAC_NODE, EMPTY, name);
                if (node && bw_map_get(bw_map_walk(node->root, "metadata.labels"),
                                       BW_STR("node-role.kubernetes.io/control-plane")).type != BW_ABSENT)
                        return rbac_node(g, BW_RBAC_NODE, EMPTY, name);
        }
        return best;
}

static int give_debug_pods(const struct emission *e)
{
        int r = emit_in(e, BW_RBAC_ANY_POD);

        if (r < 0 || e->g->has_scc || !rbac_ns_is_open(e->g, e->ns))
                return r;
        r = rbac_work(e->g, 8 * bw_inventory_namespace(e->g->inventory, EMPTY, BW_STR("Pod"), e->ns).n, e->reterr);
        if (r < 0)
                return r;
        return e->ns.n ? emit(e, node_of_pods(e->g, e->ns)) : emit_anywhere(e, BW_RBAC_NODE);
}

static int give_bootstrap(const struct emission *e)
{
        int r = 0;

        for (uint32_t i = 0; r == 0 && i < e->g->n_nodes && e->g->nodes[i].type <= BW_RBAC_GROUP; i++)
                if (e->g->nodes[i].type == BW_RBAC_GROUP &&
                    bw_str_starts(e->g->nodes[i].name, BW_STR("system:bootstrappers")))
                        r = emit(e, i);
        return r ? r : rbac_work(e->g, e->g->n_nodes / 8, e->reterr);
}

/* Where no name is asked for, everything of its sort; else only these. */
static int give_named(const struct emission *e, struct bw_value names, enum bw_rbac_node_type all, for_name one)
{
        return names.n ? each_name(e, names, one) : emit_in(e, all);
}

/* What a right in a namespace ("": everywhere) gives by itself, or with the other that it needs. */
static int give(const struct emission *e, const struct rbac_hit *hit)
{
        switch (e->g->rows.rows[hit->row].gives) {
        case RBAC_GIVES_ACCOUNTS:
                return give_named(e, hit->names, BW_RBAC_ANY_ACCOUNT, to_accounts);
        case RBAC_GIVES_NEW_ACCOUNTS:
                return emit_in(e, BW_RBAC_ANY_NEW_ACCOUNT);
        case RBAC_GIVES_NEW_PODS:
                return give_new_pods(e);
        case RBAC_GIVES_PODS:
                return give_named(e, hit->names, BW_RBAC_ANY_POD, to_pods);
        case RBAC_GIVES_DEBUG_PODS:
                return hit->names.n ? each_name(e, hit->names, to_pods) : give_debug_pods(e);
        case RBAC_GIVES_ALL_PODS:
                return give_named(e, hit->names, BW_RBAC_ANY_POD, to_node_pods);
        case RBAC_GIVES_NODE_PODS:
                return emit_anywhere(e, BW_RBAC_ANY_POD_OF_NODE);
        case RBAC_GIVES_SECRETS:
                return give_named(e, hit->names, BW_RBAC_SECRETS, to_secrets);
        case RBAC_GIVES_USER:
                return hit->names.n ? each_name(e, hit->names, to_user) : emit_anywhere(e, BW_RBAC_ANY_USER);
        case RBAC_GIVES_GROUP:
                return hit->names.n ? each_name(e, hit->names, to_group) : emit_anywhere(e, BW_RBAC_ANY_GROUP);
        case RBAC_GIVES_NODE:
                return rbac_ns_is_open(e->g, e->ns) && !e->g->rows.rows[hit->row].needs_scc ? 0 : emit_anywhere(e, BW_RBAC_NODE);
        case RBAC_GIVES_BOOTSTRAP:
                return give_bootstrap(e);
        case RBAC_GIVES_ADMIN:
                return emit_anywhere(e, BW_RBAC_CLUSTER_ADMIN);
        case RBAC_GIVES_ALL:
                return e->ns.n ? emit_in(e, BW_RBAC_ALL_OF_NAMESPACE) : emit_anywhere(e, BW_RBAC_CLUSTER_ADMIN);
        case RBAC_GIVES_STEER: /* taken from nodes */
        case RBAC_GIVES_ESCALATE:
        case RBAC_GIVES_BIND:
        case RBAC_GIVES_RIGHT:
                break;
        }
        return 0;
}

/* Rights on what is cluster-wide do not come from RoleBindings. */
static bool counts_in(const struct rbac_row *row, struct bw_str ns)
{
        if (ns.n == 0)
                return true;
        return row->scope == RBAC_SCOPE_NS || (row->scope == RBAC_SCOPE_ONE && bw_str_eq(ns, row->only_ns));
}

static struct bw_str place_of(const struct rbac_row *row, struct bw_str ns)
{
        return row->scope == RBAC_SCOPE_ONE ? row->only_ns : ns;
}

/* What a role has of the table. One that allows everything needs no other row. */
static struct rbac_hits hits_of(const struct bw_rbac_graph *g, const struct rbac_role *role)
{
        return role ? g->role_hits[role - g->rbac->roles] : (struct rbac_hits){0};
}
static bool allows_all(const struct bw_rbac_graph *g, struct rbac_hits hits)
{
        return hits.n && row_of(g, hits.first)->gives == RBAC_GIVES_ALL;
}
static struct rbac_hits own_hits_of(const struct bw_rbac_graph *g, const struct rbac_role *role)
{
        struct rbac_hits hits = hits_of(g, role);

        hits.n = allows_all(g, hits) ? 1 : hits.n;
        return hits;
}

/* ---- escalate and bind */

static bool is_subject_or_group(const struct bw_rbac_graph *g, uint32_t node, size_t turn, uint32_t *ret)
{
        uint32_t groups[3];

        if (turn == 0) {
                *ret = node;
                return true;
        }
        if (turn > rbac_groups_of(g, node, groups))
                return false;
        *ret = groups[turn - 1];
        return true;
}

static bool name_allowed(struct bw_value names, struct bw_str name)
{
        return names.n == 0 || list_has(names, name);
}

/*
 * Who may put any right into a role that he is bound to has it. Without names every ClusterRole may be changed, those that
 * everybody is bound to as well.
 */
static int give_escalate(const struct emission *e)
{
        struct bw_rbac_graph *g = e->g;
        bool is_cluster = row_of(g, e->by.hit)->scope == RBAC_SCOPE_CLUSTER;
        struct bw_value names = g->hits[e->by.hit].names;
        struct bw_value also = g->hits[e->also.hit].names;
        uint32_t who;
        int r = 0;

        if (is_cluster && names.n == 0 && also.n == 0)
                return emit_anywhere(e, BW_RBAC_CLUSTER_ADMIN);
        for (size_t turn = 0; r == 0 && is_subject_or_group(g, e->from, turn, &who); turn++) {
                for (uint32_t i = g->bound_of[who]; r == 0 && i < g->bound_of[who + 1]; i++) {
                        const struct rbac_binding *b = g->bindings[g->bound[i].binding];
                        struct emission in = *e;

                        if (!b->role || b->role->is_cluster != is_cluster || !name_allowed(names, b->role->name) ||
                            !name_allowed(also, b->role->name) || (e->ns.n && !bw_str_eq(b->ns, e->ns)))
                                continue;
                        in.ns = b->ns;
                        r = emit_in(&in, b->ns.n ? BW_RBAC_ALL_OF_NAMESPACE : BW_RBAC_CLUSTER_ADMIN);
                }
                if (r == 0)
                        r = rbac_work(g, g->bound_of[who + 1] - g->bound_of[who], e->reterr);
        }
        return r;
}

/* What a role gives to one who binds it to himself. */
static int give_role(const struct emission *e, const struct rbac_role *role)
{
        struct rbac_hits hits = own_hits_of(e->g, role);
        int r = rbac_work(e->g, hits.n, e->reterr);

        for (uint32_t i = hits.first; r == 0 && i < hits.first + hits.n; i++) {
                const struct rbac_row *row = row_of(e->g, i);
                struct emission in = *e;

                if (row->needs[0] || !counts_in(row, e->ns))
                        continue;
                in.ns = place_of(row, e->ns);
                r = give(&in, &e->g->hits[i]);
        }
        return r;
}

static int bind_cluster_role(const struct emission *e, struct bw_str name)
{
        const struct rbac_role *role = rbac_find_role(e->g->rbac, EMPTY, name);

        return role ? give_role(e, role) : 0;
}
static int bind_role(const struct emission *e, struct bw_str name)
{
        const struct rbac_role *role = rbac_find_role(e->g->rbac, e->ns, name);

        return role && !role->is_cluster ? give_role(e, role) : 0;
}
static int bind_role_anywhere(const struct emission *e, struct bw_str name)
{
        return each_ns(e, name, bind_role);
}

static int give_bind(const struct emission *e)
{
        struct bw_rbac_graph *g = e->g;
        const struct rbac_hit *hit = &g->hits[e->by.hit];
        bool of_cluster_roles = bw_str_starts(bw_str(row_of(g, e->by.hit)->resources), BW_STR("clusterroles"));
        bool everywhere = row_of(g, e->also.hit)->scope == RBAC_SCOPE_CLUSTER;
        int r = 0;

        if (of_cluster_roles && hit->names.n)
                return each_name(e, hit->names, bind_cluster_role);
        if (of_cluster_roles)
                return everywhere ? emit_anywhere(e, BW_RBAC_CLUSTER_ADMIN) : emit_in(e, BW_RBAC_ALL_OF_NAMESPACE);
        if (hit->names.n)
                return each_name(e, hit->names, bind_role_anywhere);
        for (size_t i = 0; r == 0 && i < g->rbac->n_roles; i++) {
                struct emission in = *e;

                if (g->rbac->roles[i].is_cluster || (e->ns.n && !bw_str_eq(e->ns, g->rbac->roles[i].ns)))
                        continue;
                in.ns = g->rbac->roles[i].ns;
                r = give_role(&in, &g->rbac->roles[i]);
        }
        return r ? r : rbac_work(g, g->rbac->n_roles, e->reterr);
}

/* ---- two rights of one subject */

struct profile {
        struct held *items;
        size_t n, cap;
};

static int compare_held(const struct bw_rbac_graph *g, const struct held *a, const struct held *b)
{
        if (g->hits[a->hit].row != g->hits[b->hit].row)
                return g->hits[a->hit].row < g->hits[b->hit].row ? -1 : 1;
        return bw_str_cmp(rbac_binding_ns(g, a->bound), rbac_binding_ns(g, b->bound));
}

/* Adds the rights of one node that pair with others. */
static int gather(struct bw_rbac_graph *g, struct bw_arena *arena, uint32_t node, struct profile *profile, bool *ret_any,
                  struct bw_error *reterr)
{
        int r = 0;

        *ret_any = false;
        for (uint32_t i = g->bound_of[node]; r == 0 && i < g->bound_of[node + 1]; i++) {
                const struct rbac_binding *b = g->bindings[g->bound[i].binding];
                struct rbac_hits hits = hits_of(g, b->role);

                r = rbac_work(g, 1 + hits.n, reterr);
                for (uint32_t h = 0; r == 0 && h < hits.n; h++) {
                        struct held held = {i, hits.first + h};

                        if (!(g->rows.paired >> g->hits[held.hit].row & 1) || !counts_in(row_of(g, held.hit), b->ns))
                                continue;
                        if (bw_arena_grow(arena, &profile->items, &profile->cap, profile->n, sizeof(held)) < 0)
                                return bw_arena_error(arena, reterr);
                        profile->items[profile->n++] = held;
                        *ret_any = true;
                }
        }
        return r;
}

/* Merge sort: stable, and its order needs the graph. */
static void sort_profile(const struct bw_rbac_graph *g, struct held *items, struct held *scratch, size_t n)
{
        size_t half = n / 2;
        size_t i = 0;
        size_t k = half;

        if (n < 2)
                return;
        sort_profile(g, items, scratch, half);
        sort_profile(g, items + half, scratch, n - half);
        for (size_t to = 0; to < n; to++)
                scratch[to] = k == n || (i < half && compare_held(g, &items[i], &items[k]) <= 0) ? items[i++] : items[k++];
        memcpy(items, scratch, n * sizeof(*items));
}

/* Those of a row and, unless ns is NULL, of a namespace: from *from to the answer. */
static size_t range_of(const struct bw_rbac_graph *g, const struct profile *p, uint8_t row, const struct bw_str *ns,
                       size_t *ret_from)
{
        size_t bounds[2];

        for (int side = 0; side < 2; side++) {
                size_t low = 0;
                size_t high = p->n;

                while (low < high) {
                        size_t middle = low + (high - low) / 2;
                        uint8_t its = g->hits[p->items[middle].hit].row;
                        int order = its != row ? (its < row ? -1 : 1) :
                                    ns         ? bw_str_cmp(rbac_binding_ns(g, p->items[middle].bound), *ns) :
                                                 0;

                        if (order < 0 || (side && order == 0))
                                low = middle + 1;
                        else
                                high = middle;
                }
                bounds[side] = low;
        }
        *ret_from = bounds[0];
        return bounds[1];
}

struct pairing {
        struct bw_rbac_graph *g;
        const struct profile *profile;
        uint32_t who;
        struct bw_error *reterr;
};

static bool is_own(const struct pairing *p, struct held held)
{
        return p->g->bound[held.bound].subject == p->who;
}

/* One of the rows is held everywhere. */
static bool find_cluster_wide(const struct pairing *p, uint64_t rows, struct held *ret)
{
        const struct bw_str everywhere = EMPTY;

        for (uint8_t row = 0; row < p->g->rows.n; row++) {
                size_t at;
                size_t end;

                if (!(rows >> row & 1))
                        continue;
                end = range_of(p->g, p->profile, row, &everywhere, &at);
                if (at < end) {
                        *ret = p->profile->items[at];
                        return true;
                }
        }
        return false;
}

static int give_pair(const struct pairing *p, struct held by, struct held also, struct bw_str ns)
{
        const struct rbac_row *row = row_of(p->g, by.hit);
        const struct emission e = {
                .g = p->g, .from = p->who, .by = by, .also = also, .ns = place_of(row, ns), .reterr = p->reterr};
        struct held third = nothing;
        bool own = is_own(p, by) || is_own(p, also);

        if (row->needs[1] && !find_cluster_wide(p, row->needs[1], &third))
                return 0;
        /* What groups have together, they have by themselves. */
        if (!own && !(third.bound != UINT32_MAX && is_own(p, third)))
                return 0;
        /* Rights of roles that allow everything lead nowhere else together. */
        if (allows_all(p->g, hits_of(p->g, p->g->bindings[p->g->bound[by.bound].binding]->role)) &&
            allows_all(p->g, hits_of(p->g, p->g->bindings[p->g->bound[also.bound].binding]->role)))
                return 0;
        /* Who binds everywhere must be allowed to everywhere. */
        if (row_of(p->g, also.hit)->scope == RBAC_SCOPE_CLUSTER && rbac_binding_ns(p->g, by.bound).n)
                return 0;
        /* Secrets of these names are there already, most likely: a new one of another name could not be read. */
        if (row->gives == RBAC_GIVES_ACCOUNTS && p->g->hits[also.hit].names.n)
                return 0;
        if (row->gives == RBAC_GIVES_ESCALATE)
                return give_escalate(&e);
        if (row->gives == RBAC_GIVES_BIND)
                return give_bind(&e);
        return give(&e, &p->g->hits[by.hit]);
}

/* The right with each of the row that it needs, where both hold. */
static int pair_with(const struct pairing *p, struct held by, uint8_t row)
{
        struct bw_rbac_graph *g = p->g;
        struct bw_str ns = rbac_binding_ns(g, by.bound);
        const struct bw_str everywhere = EMPTY;
        size_t at;
        size_t end;
        int r = 0;

        end = range_of(g, p->profile, row, &everywhere, &at);
        for (size_t i = at; r == 0 && i < end; i++)
                r = give_pair(p, by, p->profile->items[i], ns);
        if (r < 0)
                return r;
        end = range_of(g, p->profile, row, ns.n ? &ns : NULL, &at);
        for (size_t i = at; r == 0 && i < end; i++) {
                struct bw_str other = rbac_binding_ns(g, p->profile->items[i].bound);

                r = rbac_work(g, 8, p->reterr);
                if (r == 0 && other.n)
                        r = give_pair(p, by, p->profile->items[i], other);
        }
        return r;
}

static int pair_rights(const struct pairing *p)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < p->profile->n; i++) {
                struct held by = p->profile->items[i];
                uint64_t needs = row_of(p->g, by.hit)->needs[0];

                for (uint8_t row = 0; r == 0 && row < p->g->rows.n; row++)
                        if (needs >> row & 1)
                                r = pair_with(p, by, row);
        }
        return r;
}

static int add_pairs(struct bw_rbac_graph *g, uint32_t node, struct bw_arena *arena, struct bw_error *reterr)
{
        struct profile profile = {0};
        struct pairing pairing = {.g = g, .profile = &profile, .who = node, .reterr = reterr};
        struct held *scratch;
        uint32_t who;
        bool any;
        int r = gather(g, arena, node, &profile, &any, reterr);

        if (r < 0 || !any)
                return r;
        for (size_t turn = 1; r == 0 && is_subject_or_group(g, node, turn, &who); turn++)
                r = gather(g, arena, who, &profile, &any, reterr);
        scratch = bw_arena_array(arena, profile.n + 1, sizeof(*scratch));
        if (r == 0 && !scratch)
                return bw_arena_error(arena, reterr);
        if (r < 0)
                return r;
        sort_profile(g, profile.items, scratch, profile.n);
        return pair_rights(&pairing);
}

/* ---- all of them */

static int compare_bound(const void *a, const void *b)
{
        const struct rbac_bound *x = a;
        const struct rbac_bound *y = b;

        if (x->subject != y->subject)
                return x->subject < y->subject ? -1 : 1;
        if (x->binding != y->binding)
                return x->binding < y->binding ? -1 : 1;
        return (x->at > y->at) - (x->at < y->at);
}

static int find_bound(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        for (uint32_t b = 0; b < g->n_bindings; b++) {
                for (uint32_t i = 0; i < g->bindings[b]->subjects.n; i++) {
                        uint32_t subject = rbac_subject_node(g, g->bindings[b], i);

                        if (subject == RBAC_NO_NODE)
                                continue;
                        if (bw_arena_grow(g->arena, &g->bound, &g->cap_bound, g->n_bound, sizeof(*g->bound)) < 0)
                                return bw_arena_error(g->arena, reterr);
                        g->bound[g->n_bound++] = (struct rbac_bound){subject, b, i};
                }
        }
        if (g->n_bound)
                qsort(g->bound, g->n_bound, sizeof(*g->bound), compare_bound);
        g->bound_of = bw_arena_zalloc(g->arena, (g->n_nodes + 2) * sizeof(*g->bound_of));
        if (!g->bound_of)
                return bw_arena_error(g->arena, reterr);
        for (size_t i = 0; i < g->n_bound; i++)
                g->bound_of[g->bound[i].subject + 1]++;
        for (size_t i = 1; i <= g->n_nodes; i++)
                g->bound_of[i] += g->bound_of[i - 1];
        return 0;
}

static int add_single(struct bw_rbac_graph *g, uint32_t i, struct bw_error *reterr)
{
        const struct rbac_binding *b = g->bindings[g->bound[i].binding];
        struct rbac_hits hits = own_hits_of(g, b->role);
        int r = 0;

        for (uint32_t h = 0; r == 0 && h < hits.n; h++) {
                uint32_t hit = hits.first + h;
                const struct rbac_row *row = row_of(g, hit);
                const struct emission e = {.g = g,
                                           .from = g->bound[i].subject,
                                           .by = {i, hit},
                                           .also = nothing,
                                           .ns = place_of(row, b->ns),
                                           .reterr = reterr};

                if (row->needs[0] || !counts_in(row, b->ns))
                        continue;
                if (row->gives == RBAC_GIVES_STEER && g->steer_bound[e.from] == UINT32_MAX) {
                        g->steers = true;
                        g->steer_bound[e.from] = i;
                        g->steer_hit[e.from] = hit;
                }
                r = give(&e, &g->hits[hit]);
        }
        return r ? r : rbac_work(g, 1 + hits.n, reterr);
}

/* Root on a node has the tokens of what runs there; one that may drive pods from other nodes brings them here. */
static int add_steering(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        size_t n = g->n_edges;
        int r = 0;

        for (size_t i = 0; r == 0 && g->steers && i < n; i++) {
                const struct rbac_edge *edge = &g->edges[i];
                uint32_t who = RBAC_NO_NODE;

                if (edge->kind != RBAC_EDGE_RUNS_AS || g->nodes[edge->from].type != BW_RBAC_ANY_POD_OF_NODE)
                        continue;
                for (size_t turn = 0; is_subject_or_group(g, edge->to, turn, &who); turn++)
                        if (g->steer_bound[who] != UINT32_MAX)
                                break;
                if (who == RBAC_NO_NODE || g->steer_bound[who] == UINT32_MAX)
                        continue;
                r = rbac_add_edge(g,
                                  (struct rbac_edge){.from = rbac_node(g, BW_RBAC_NODE, EMPTY, g->nodes[edge->from].name),
                                                     .to = rbac_node(g, BW_RBAC_ANY_POD_OF_NODE, EMPTY, EMPTY),
                                                     .bound = g->steer_bound[who],
                                                     .hit = g->steer_hit[who],
                                                     .also_bound = UINT32_MAX,
                                                     .also_hit = UINT32_MAX,
                                                     .fact = edge->fact,
                                                     .kind = RBAC_EDGE_STEER},
                                  reterr);
        }
        return r;
}

int rbac_add_grants(struct bw_rbac_graph *g, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *scratch = bw_arena_new(0);
        int r;

        g->steer_bound = bw_arena_alloc(g->arena, (g->n_nodes + 1) * sizeof(*g->steer_bound));
        g->steer_hit = bw_arena_alloc(g->arena, (g->n_nodes + 1) * sizeof(*g->steer_hit));
        if (!scratch || !g->steer_bound || !g->steer_hit)
                return bw_error_nomem(reterr);
        memset(g->steer_bound, 0xff, (g->n_nodes + 1) * sizeof(*g->steer_bound));
        r = find_bound(g, reterr);
        for (uint32_t i = 0; r == 0 && i < g->n_bound; i++)
                r = add_single(g, i, reterr);
        for (uint32_t i = 0; r == 0 && i < g->n_nodes && g->nodes[i].type <= BW_RBAC_SERVICE_ACCOUNT; i++) {
                bw_arena_reset(scratch);
                r = add_pairs(g, i, scratch, reterr);
        }
        return r ? r : add_steering(g, reterr);
}
