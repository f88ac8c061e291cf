/* SPDX-License-Identifier: Apache-2.0 */
/* All roles, bindings and pods together imply an AccessGrant for each subject that reaches more than it holds. kinds/AccessGrant.yaml. */
#include "analyze/rbac_graph.h"
#include "analyze/synthesis.h"

#include "base/arena.h"
#include "base/error.h"

/* What is reached, the gravest first. */
static const struct target {
        const char *name;
        enum bw_rbac_node_type type;
        bool whole; /* only that without namespace and name */
} targets[] = {
        {"cluster-admin", BW_RBAC_CLUSTER_ADMIN, true},
        {"node", BW_RBAC_NODE, false},
        {"secrets", BW_RBAC_SECRETS, true},
};
enum { N_TARGETS = BW_ARRAY_SIZE(targets) };

struct access {
        struct bw_arena *arena;
        struct bw_rbac_graph *graph;
        const struct bw_rbac_node *nodes;
        size_t n_nodes;
        const struct bw_doc *const *objects;
        size_t n_objects;
        struct bw_rbac_reach *reach[N_TARGETS];
        bw_synthesis_sink sink;
        void *userdata;
};

/* A subject's way to one of the targets. */
struct way {
        const struct bw_rbac_step *steps;
        size_t n;
        const struct bw_rbac_step *first; /* that is by a grant */
        uint32_t n_steps;
};

static int find_reach(struct access *a, size_t target, struct bw_error *reterr)
{
        size_t *nodes = bw_arena_array(a->arena, a->n_nodes + 1, sizeof(*nodes));
        size_t n = 0;

        if (!nodes)
                return bw_arena_error(a->arena, reterr);
        for (size_t i = 0; i < a->n_nodes; i++)
                if (a->nodes[i].type == targets[target].type &&
                    (!targets[target].whole || (a->nodes[i].ns.n == 0 && a->nodes[i].name.n == 0)))
                        nodes[n++] = i;
        return bw_rbac_reach_new(a->graph, nodes, n, a->arena, &a->reach[target], reterr);
}

/* What the API server itself keeps in place. */
static bool is_default(const struct bw_doc *binding)
{
        return bw_str_is(bw_map_text(bw_map_walk(binding->root, "metadata.labels"), "kubernetes.io/bootstrapping"),
                         "rbac-defaults");
}

static bool is_everybody(const struct bw_rbac_node *node)
{
        static const char *const names[] = {"system:authenticated", "system:unauthenticated", "system:serviceaccounts"};

        if (node->type == BW_RBAC_USER)
                return bw_str_is(node->name, "system:anonymous");
        for (size_t i = 0; node->type == BW_RBAC_GROUP && i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_is(node->name, names[i]))
                        return true;
        return false;
}

static int find_way(const struct access *a, size_t node, size_t target, struct way *ret, struct bw_error *reterr)
{
        int r = bw_rbac_reach_path(a->reach[target], node, a->arena, &ret->steps, &ret->n, reterr);

        ret->n_steps = bw_rbac_reach_steps(a->reach[target], node);
        ret->first = NULL;
        for (size_t i = 0; r == 0 && !ret->first && i < ret->n; i++)
                if (ret->steps[i].has_grant)
                        ret->first = &ret->steps[i];
        return r;
}

/* One rule of one role that leads straight there is for the rules about roles and bindings. */
static bool is_plain(const struct way *way)
{
        return way->n_steps == 1 && !(way->first->has_also && way->first->also.binding != way->first->grant.binding);
}

/* ---- the document */

static struct bw_str subject_path(struct bw_arena *arena, const struct bw_doc *binding, const struct bw_rbac_subject *subject)
{
        struct bw_value subjects = bw_map_get(binding->root, BW_STR("subjects"));

        for (uint32_t i = 0; subjects.type == BW_LIST && i < subjects.n; i++) {
                struct bw_value s = subjects.list->items[i];

                if (bw_str_eq(bw_map_text(s, "kind"), subject->kind) && bw_str_eq(bw_map_text(s, "name"), subject->name) &&
                    bw_str_eq(bw_map_text(s, "namespace"), subject->ns))
                        return bw_arena_printf(arena, "subjects[%u]", i);
        }
        return BW_STR("subjects");
}

static struct bw_value path_of(const struct access *a, struct bw_facts *facts, const struct way *way)
{
        struct bw_items items = bw_items(facts);

        for (size_t i = 0; i < way->n; i++) {
                struct bw_str to = bw_rbac_node_text(a->arena, &a->nodes[way->steps[i].to]);

                bw_items_text(&items, bw_arena_printf(a->arena, "%.*s -> %.*s", BW_STR_ARG(way->steps[i].text), BW_STR_ARG(to)));
        }
        return bw_items_end(&items);
}

static struct bw_value reaches_of(const struct access *a, struct bw_facts *facts, size_t node)
{
        struct bw_items items = bw_items(facts);

        for (size_t t = 0; t < N_TARGETS; t++)
                if (bw_rbac_reach_steps(a->reach[t], node) != UINT32_MAX)
                        bw_items_text(&items, bw_str(targets[t].name));
        return bw_items_end(&items);
}

static int make_one(const struct access *a, size_t node, size_t target, const struct way *way, struct bw_error *reterr)
{
        static const char *const kinds[] = {"User", "Group", "ServiceAccount"};
        const struct bw_doc *about = a->objects[way->first->grant.binding];
        struct bw_str subject = bw_rbac_node_text(a->arena, &a->nodes[node]);
        struct bw_doc *doc = bw_arena_alloc(a->arena, sizeof(*doc));
        struct bw_str place = subject_path(a->arena, about, &way->first->grant.subject);
        struct bw_facts facts;
        int r;

        if (!doc || !subject.p || !place.p)
                return bw_arena_error(a->arena, reterr);
        bw_facts_init(&facts, a->arena, "AccessGrant", subject);
        bw_fields_text(&facts.fields, "subject", subject);
        bw_fields_text(&facts.fields, "subjectKind", bw_str(kinds[a->nodes[node].type]));
        bw_fields_bool(&facts.fields, "everybody", is_everybody(&a->nodes[node]));
        bw_fields_text(&facts.fields, "reach", bw_str(targets[target].name));
        bw_fields_value(&facts.fields, "reaches", reaches_of(a, &facts, node));
        bw_fields_int(&facts.fields, "steps", way->n_steps);
        bw_fields_value(&facts.fields, "path", path_of(a, &facts, way));
        bw_fields_text(&facts.fields, "technique", bw_str(way->first->technique));
        bw_facts_evidence(&facts, &(struct bw_evidence){.type = "derived", .path = place}, "%s", "");
        r = bw_facts_finish(&facts, doc, reterr);
        return r < 0 ? r : a->sink(a->userdata, doc, about, reterr);
}

/* The gravest thing that it reaches and does not plainly hold; what it holds plainly covers what is less. */
static int make_for(const struct access *a, size_t node, struct bw_error *reterr)
{
        for (size_t t = 0; t < N_TARGETS; t++) {
                struct way way;
                int r;

                if (bw_rbac_reach_steps(a->reach[t], node) == UINT32_MAX)
                        continue;
                r = find_way(a, node, t, &way, reterr);
                if (r < 0)
                        return r;
                if (!way.first || way.steps[0].is_membership || is_default(a->objects[way.first->grant.binding]))
                        return 0;
                if (!is_plain(&way))
                        return make_one(a, node, t, &way, reterr);
                if (t == 0)
                        return 0;
        }
        return 0;
}

static bool has_bindings(const struct bw_inventory *inventory)
{
        const struct bw_str group = BW_STR("rbac.authorization.k8s.io");

        return bw_inventory_kind(inventory, group, BW_STR("ClusterRoleBinding")).n ||
               bw_inventory_kind(inventory, group, BW_STR("RoleBinding")).n;
}

/* More than the limits allow: nothing is claimed, and the rules say so. */
static int give_up(const struct access *a, const struct bw_error *err, struct bw_error *reterr)
{
        struct bw_doc *doc = bw_arena_alloc(a->arena, sizeof(*doc));
        struct bw_facts facts;
        int r;

        if (!doc)
                return bw_arena_error(a->arena, reterr);
        bw_facts_init(&facts, a->arena, "AccessGrant", BW_STR("cluster"));
        bw_facts_unreadable(&facts, "", BW_STR(""), err);
        r = bw_facts_finish(&facts, doc, reterr);
        return r < 0 ? r : a->sink(a->userdata, doc, NULL, reterr);
}

static int make(struct bw_arena *arena, const struct bw_inventory *inventory, bw_synthesis_sink sink, void *userdata,
                struct bw_error *reterr)
{
        struct access a = {.arena = arena, .sink = sink, .userdata = userdata};
        struct bw_error err = {0};
        int r;

        if (!has_bindings(inventory))
                return 0;
        r = bw_rbac_graph_new(arena, inventory, &a.graph, &err);
        if (r == -E2BIG)
                return give_up(&a, &err, reterr);
        if (r < 0)
                return bw_error_set(reterr, r, "%s", err.message);
        a.nodes = bw_rbac_graph_nodes(a.graph, &a.n_nodes);
        a.objects = bw_rbac_graph_objects(a.graph, &a.n_objects);
        for (size_t t = 0; r == 0 && t < N_TARGETS; t++)
                r = find_reach(&a, t, reterr);
        for (size_t i = 0; r == 0 && i < a.n_nodes && a.nodes[i].type <= BW_RBAC_SERVICE_ACCOUNT; i++) {
                const struct bw_arena_mark before = bw_arena_save(arena);

                if (!bw_rbac_node_is_system(&a.nodes[i]))
                        r = make_for(&a, i, reterr);
                bw_arena_restore(arena, before);
        }
        return r;
}

const struct bw_synthesizer bw_synthesize_access = {
        .name = "access", .kinds = "AccessGrant", .looks = bw_rbac_graph_looks, .make = make};
