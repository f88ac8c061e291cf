/* SPDX-License-Identifier: Apache-2.0 */
/* What bindings grant and nobody used. */
#include "analyze/rbac_usage.h"

#include "analyze/rbac_internal.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

/* What was used of one rule: a bit for each item of its lists; items beyond the bits count as used. */
struct mark {
        bool used;
        uint64_t verbs;
        uint64_t resources;           /* group and resource, counted through; or URLs */
        struct bw_str used_verbs[BW_LIMIT_USAGE_VERBS];
        size_t n_used_verbs;
};

struct walk {
        const struct bw_rbac *rbac;
        struct bw_arena *arena;
        const struct bw_usage_user *users;
        size_t n_users;
        struct mark *marks;           /* of the binding at hand */
        size_t cap_marks;
        struct bw_rbac_unused *rows;
        size_t n_rows, cap_rows;
};

static void walk_done(struct walk *walk)
{
        bw_free(walk->marks);
        bw_free(walk->rows);
}

static bool is_bootstrap(struct bw_value object)
{
        struct bw_value metadata = bw_map_get(object, BW_STR("metadata"));
        struct bw_value labels = bw_map_get(metadata, BW_STR("labels"));

        return bw_str_starts(bw_map_text(metadata, "name"), BW_STR("system:")) ||
               bw_str_is(bw_map_text(labels, "kubernetes.io/bootstrapping"), "rbac-defaults");
}

static void mark_verb(struct mark *mark, struct bw_value verbs, struct bw_str verb)
{
        bool known = false;

        for (uint32_t i = 0; i < BW_MIN(verbs.n, 64u); i++)
                if (bw_str_eq(bw_value_text(verbs.list->items[i]), verb))
                        mark->verbs |= 1ull << i;
        for (size_t i = 0; i < mark->n_used_verbs; i++)
                known |= bw_str_eq(mark->used_verbs[i], verb);
        if (!known && mark->n_used_verbs < BW_LIMIT_USAGE_VERBS)
                mark->used_verbs[mark->n_used_verbs++] = verb;
}

static void mark_resources(struct mark *mark, struct bw_value rule, const struct bw_rbac_request *q)
{
        struct bw_value groups = list_of(rule, "apiGroups");
        struct bw_value resources = list_of(rule, "resources");
        struct bw_value urls = list_of(rule, "nonResourceURLs");

        for (uint32_t i = 0; !q->is_resource && i < BW_MIN(urls.n, 64u); i++)
                if (rbac_path_matches(bw_value_text(urls.list->items[i]), q->path))
                        mark->resources |= 1ull << i;
        for (uint32_t g = 0; q->is_resource && g < groups.n; g++) {
                struct bw_str group = bw_value_text(groups.list->items[g]);

                if (!bw_str_is(group, "*") && !bw_str_eq(group, q->group))
                        continue;
                for (uint32_t i = 0; i < resources.n && g * resources.n + i < 64; i++)
                        if (rbac_resource_matches(bw_value_text(resources.list->items[i]), q))
                                mark->resources |= 1ull << (g * resources.n + i);
        }
}

static void mark_request(struct mark *marks, struct bw_value rules, const struct bw_usage_user *user,
                         const struct bw_usage_request *used)
{
        for (uint32_t r = 0; r < rules.n; r++) {
                struct bw_value rule = rules.list->items[r];

                for (size_t n = 0; n < BW_MAX(used->n_names, (size_t)1); n++) {
                        struct bw_rbac_request q = bw_usage_question(user, used, n);

                        if (!bw_rbac_rule_allows(rule, &q))
                                continue;
                        marks[r].used = true;
                        mark_verb(&marks[r], list_of(rule, "verbs"), q.verb);
                        mark_resources(&marks[r], rule, &q);
                }
        }
}

/* Whether anybody whom the binding is for was seen; what they did is marked. */
static bool mark_binding(struct walk *walk, const struct rbac_binding *binding)
{
        bool seen = false;

        for (size_t i = 0; i < walk->n_users; i++) {
                const struct bw_usage_user *user = &walk->users[i];
                const struct bw_rbac_user who = {.name = user->name, .groups = user->groups, .n_groups = user->n_groups};

                if (!rbac_binds(binding, &who))
                        continue;
                seen = true;
                for (size_t k = 0; k < user->n_requests; k++)
                        if (binding->is_cluster || bw_str_eq(user->requests[k].ns, binding->ns))
                                mark_request(walk->marks, binding->role->expanded, user, &user->requests[k]);
        }
        return seen;
}

static int put_row(struct walk *walk, const struct bw_rbac_unused *row)
{
        if (bw_grow(&walk->rows, &walk->cap_rows, walk->n_rows + 1, sizeof(*row)) < 0)
                return -ENOMEM;
        walk->rows[walk->n_rows++] = *row;
        return 0;
}

static int list_verbs(struct walk *walk, struct bw_value verbs, const struct mark *mark, struct bw_rbac_unused *row)
{
        struct bw_str *unused = bw_arena_array(walk->arena, verbs.n + 1, sizeof(*unused));
        struct bw_str *used = bw_arena_array(walk->arena, mark->n_used_verbs + 1, sizeof(*used));
        bool any = false;

        if (!unused || !used)
                return -ENOMEM;
        for (uint32_t i = 0; i < BW_MIN(verbs.n, 64u); i++) {
                struct bw_str verb = bw_value_text(verbs.list->items[i]);

                any |= bw_str_is(verb, "*");
                if (!(mark->verbs >> i & 1))
                        unused[row->n_verbs++] = verb;
        }
        for (size_t i = 0; any && i < mark->n_used_verbs; i++)
                used[row->n_used++] = mark->used_verbs[i];
        row->verbs = unused;
        row->used = used;
        return 0;
}

static int list_resources(struct walk *walk, struct bw_value rule, const struct mark *mark, struct bw_rbac_unused *row)
{
        struct bw_value groups = list_of(rule, "apiGroups");
        struct bw_value resources = list_of(rule, "resources");
        struct bw_value urls = list_of(rule, "nonResourceURLs");
        struct bw_str *unused = bw_arena_array(walk->arena, 65, sizeof(*unused));

        if (!unused)
                return -ENOMEM;
        for (uint32_t i = 0; i < BW_MIN(urls.n, 64u); i++)
                if (!(mark->resources >> i & 1))
                        unused[row->n_resources++] = bw_value_text(urls.list->items[i]);
        for (uint32_t g = 0; urls.n == 0 && g < groups.n; g++)
                for (uint32_t i = 0; i < resources.n && g * resources.n + i < 64; i++) {
                        struct bw_str group = bw_value_text(groups.list->items[g]);
                        struct bw_str resource = bw_value_text(resources.list->items[i]);

                        if (mark->resources >> (g * resources.n + i) & 1)
                                continue;
                        unused[row->n_resources] = bw_arena_printf(walk->arena, "%.*s%s%.*s", BW_STR_ARG(resource),
                                                                   group.n ? "." : "", BW_STR_ARG(group));
                        if (!unused[row->n_resources++].p)
                                return -ENOMEM;
                }
        row->resources = unused;
        return 0;
}

static int put_rule(struct walk *walk, struct bw_rbac_unused row, struct bw_value rule, const struct mark *mark)
{
        if (!mark->used) {
                row.whole_rule = true;
                return put_row(walk, &row);
        }
        if (list_verbs(walk, list_of(rule, "verbs"), mark, &row) < 0 || list_resources(walk, rule, mark, &row) < 0)
                return -ENOMEM;
        return row.n_verbs || row.n_resources ? put_row(walk, &row) : 0;
}

static int look_at(struct walk *walk, const struct rbac_binding *binding)
{
        struct bw_rbac_unused row = {.binding = binding->object};
        struct bw_value rules;
        bool any = false;
        int r = 0;

        if (!binding->role || is_bootstrap(walk->rbac->objects[binding->object]))
                return 0;
        rules = binding->role->expanded;
        row.role = binding->role->object;
        if (rules.n == 0)
                return 0;
        if (bw_grow(&walk->marks, &walk->cap_marks, rules.n, sizeof(*walk->marks)) < 0)
                return -ENOMEM;
        memset(walk->marks, 0, rules.n * sizeof(*walk->marks));
        row.subject_seen = mark_binding(walk, binding);
        for (uint32_t i = 0; i < rules.n; i++)
                any |= walk->marks[i].used;
        if (!any) {
                row.whole_binding = true;
                return put_row(walk, &row);
        }
        /* What a role of Kubernetes' own has too much is not for anybody to change. */
        if (is_bootstrap(binding->role->value))
                return 0;
        for (row.rule = 0; r == 0 && row.rule < rules.n; row.rule++)
                r = put_rule(walk, row, rules.list->items[row.rule], &walk->marks[row.rule]);
        return r;
}

int bw_rbac_unused(const struct bw_rbac *rbac, const struct bw_usage *usage, struct bw_arena *arena,
                   struct bw_rbac_unused **ret, size_t *ret_n, struct bw_error *reterr)
{
        bw_auto_done(walk_done) struct walk walk = {.rbac = rbac, .arena = arena};
        struct bw_rbac_unused *rows;
        int r = 0;

        walk.users = bw_usage_users(usage, &walk.n_users);
        for (size_t i = 0; r == 0 && i < rbac->n_cluster_bindings; i++)
                r = look_at(&walk, &rbac->cluster_bindings[i]);
        for (size_t i = 0; r == 0 && i < rbac->n_bindings; i++)
                r = look_at(&walk, &rbac->bindings[i]);
        rows = r == 0 ? bw_arena_array(arena, walk.n_rows + 1, sizeof(*rows)) : NULL;
        if (!rows)
                return bw_error_nomem(reterr);
        if (walk.n_rows)
                memcpy(rows, walk.rows, walk.n_rows * sizeof(*rows));
        *ret = rows;
        *ret_n = walk.n_rows;
        return 0;
}
