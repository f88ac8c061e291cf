/* SPDX-License-Identifier: Apache-2.0 */
/* Whether somebody may write a role or a binding: nobody can grant what he does not hold. */
#include "analyze/rbac_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/goquote.h"

/* A right that cannot be taken apart: one verb on one resource of one group, maybe of one name; or on one path. */
struct atom {
        struct bw_str verb;
        bool is_resource;
        struct bw_str group;
        struct bw_str resource;
        bool has_name;
        struct bw_str name;
        struct bw_str path;
};

struct atoms {
        struct bw_arena *arena;
        struct atom *items;
        size_t n;
        size_t cap;
        bool failed;
};

static void add_atom(struct atoms *atoms, struct atom atom)
{
        if (bw_arena_grow(atoms->arena, &atoms->items, &atoms->cap, atoms->n, sizeof(atom)) < 0)
                atoms->failed = true;
        else
                atoms->items[atoms->n++] = atom;
}

static struct bw_str item(struct bw_value list, uint32_t i)
{
        return bw_value_text(list.list->items[i]);
}

static void break_down_resource(struct atoms *atoms, struct bw_value rule, struct atom atom)
{
        struct bw_value verbs = list_of(rule, "verbs");
        struct bw_value names = list_of(rule, "resourceNames");

        for (uint32_t v = 0; v < verbs.n; v++) {
                atom.verb = item(verbs, v);
                atom.has_name = names.n > 0;
                for (uint32_t i = 0; i < names.n; i++) {
                        atom.name = item(names, i);
                        add_atom(atoms, atom);
                }
                if (names.n == 0)
                        add_atom(atoms, atom);
        }
}

static void break_down(struct atoms *atoms, struct bw_value rule)
{
        struct bw_value groups = list_of(rule, "apiGroups");
        struct bw_value resources = list_of(rule, "resources");
        struct bw_value paths = list_of(rule, "nonResourceURLs");
        struct bw_value verbs = list_of(rule, "verbs");

        for (uint32_t g = 0; g < groups.n; g++)
                for (uint32_t r = 0; r < resources.n; r++)
                        break_down_resource(atoms, rule,
                                            (struct atom){.is_resource = true,
                                                          .group = item(groups, g),
                                                          .resource = item(resources, r)});
        for (uint32_t p = 0; p < paths.n; p++)
                for (uint32_t v = 0; v < verbs.n; v++)
                        add_atom(atoms, (struct atom){.verb = item(verbs, v), .path = item(paths, p)});
}

/* ---- what covers what */

static bool resources_cover(struct bw_value resources, struct bw_str wanted)
{
        const char *slash = wanted.n ? memchr(wanted.p, '/', wanted.n) : NULL;

        if (list_has(resources, BW_STR("*")) || list_has(resources, wanted))
                return true;
        for (uint32_t i = 0; slash && i < resources.n; i++) {
                struct bw_str resource = item(resources, i);

                if (bw_str_starts(resource, BW_STR("*/")) &&
                    bw_str_eq(bw_str_rest(resource, 1), bw_str_rest(wanted, (size_t)(slash - wanted.p))))
                        return true;
        }
        return false;
}

static bool paths_cover(struct bw_value paths, struct bw_str wanted)
{
        for (uint32_t i = 0; i < paths.n; i++) {
                struct bw_str path = item(paths, i);

                if (bw_str_eq(path, wanted))
                        return true;
                if (!bw_str_ends(path, BW_STR("*")))
                        continue;
                while (bw_str_ends(path, BW_STR("*")))
                        path.n--;
                if (bw_str_starts(wanted, path))
                        return true;
        }
        return false;
}

static bool rule_covers(struct bw_value rule, const struct atom *atom)
{
        struct bw_value verbs = list_of(rule, "verbs");
        struct bw_value groups = list_of(rule, "apiGroups");
        struct bw_value names = list_of(rule, "resourceNames");

        if (!list_has(verbs, BW_STR("*")) && !list_has(verbs, atom->verb))
                return false;
        /* A path has no names, and only a rule without names covers that. */
        if (names.n && !(atom->has_name && list_has(names, atom->name)))
                return false;
        if (!atom->is_resource)
                return paths_cover(list_of(rule, "nonResourceURLs"), atom->path);
        return (list_has(groups, BW_STR("*")) || list_has(groups, atom->group)) &&
               resources_cover(list_of(rule, "resources"), atom->resource);
}

struct coverage {
        const struct atoms *wanted;
        bool *covered;
};

static int cover_by(void *userdata, struct bw_value rule, const struct bw_rbac_grant *grant)
{
        struct coverage *coverage = userdata;

        (void)grant;
        for (size_t i = 0; i < coverage->wanted->n; i++)
                coverage->covered[i] = coverage->covered[i] || rule_covers(rule, &coverage->wanted->items[i]);
        return 0;
}

/* ---- what is missing, in the API server's words */

static bool merges(const struct atom *a, const struct atom *b)
{
        return a->is_resource && b->is_resource && bw_str_eq(a->group, b->group) && bw_str_eq(a->resource, b->resource) &&
               a->has_name == b->has_name && bw_str_eq(a->name, b->name);
}

static void put_list(struct bw_buf *out, const char *field, struct bw_str text)
{
        bw_buf_printf(out, "%s:[", field);
        bw_buf_go_quote(out, text);
        bw_buf_char(out, ']');
}

/* The atom at `first`, with the verbs of all later ones that differ in nothing else; those are marked as told. */
static void put_missing(struct bw_buf *out, const struct atoms *atoms, bool *told, size_t first)
{
        const struct atom *atom = &atoms->items[first];

        bw_buf_char(out, '{');
        if (atom->is_resource) {
                put_list(out, "APIGroups", atom->group);
                put_list(out, ", Resources", atom->resource);
        } else {
                put_list(out, "NonResourceURLs", atom->path);
        }
        if (atom->has_name)
                put_list(out, ", ResourceNames", atom->name);
        bw_buf_puts(out, ", Verbs:[");
        bw_buf_go_quote(out, atom->verb);
        for (size_t i = first + 1; i < atoms->n; i++) {
                if (told[i] || !merges(atom, &atoms->items[i]))
                        continue;
                told[i] = true;
                bw_buf_char(out, ' ');
                bw_buf_go_quote(out, atoms->items[i].verb);
        }
        bw_buf_puts(out, "]}");
}

static int compare_texts(const void *a, const void *b)
{
        return bw_str_cmp(*(const struct bw_str *)a, *(const struct bw_str *)b);
}

/* covered: those that are not told of. Sorted, each text once. */
static int describe(struct bw_arena *arena, const struct atoms *atoms, bool *covered, struct bw_rbac_escalation *ret,
                    struct bw_error *reterr)
{
        struct bw_str *texts = bw_arena_array(arena, atoms->n + 1, sizeof(*texts));
        size_t n = 0;
        size_t unique = 0;

        if (!texts)
                return bw_arena_error(arena, reterr);
        for (size_t i = 0; i < atoms->n; i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                if (covered[i])
                        continue;
                put_missing(&out, atoms, covered, i);
                texts[n] = bw_buf_status(&out) < 0 ? (struct bw_str){0} : bw_arena_str(arena, bw_buf_view(&out));
                if (!texts[n++].p)
                        return bw_error_nomem(reterr);
        }
        qsort(texts, n, sizeof(*texts), compare_texts);
        for (size_t i = 0; i < n; i++)
                if (unique == 0 || !bw_str_eq(texts[unique - 1], texts[i]))
                        texts[unique++] = texts[i];
        ret->missing = texts;
        ret->n_missing = unique;
        ret->denial = n ? BW_RBAC_MISSING_RULES : BW_RBAC_ALLOWED;
        return 0;
}

static bool is_superuser(const struct bw_rbac_user *user)
{
        for (size_t i = 0; i < user->n_groups; i++)
                if (bw_str_is(user->groups[i], "system:masters"))
                        return true;
        return false;
}

int bw_rbac_covers(struct bw_arena *arena, const struct bw_rbac *rbac, const struct bw_rbac_user *user, struct bw_str ns,
                   struct bw_value rules, struct bw_rbac_escalation *ret, struct bw_error *reterr)
{
        struct atoms atoms = {.arena = arena};
        struct coverage coverage = {.wanted = &atoms};

        *ret = (struct bw_rbac_escalation){.denial = BW_RBAC_ALLOWED};
        for (uint32_t i = 0; rules.type == BW_LIST && i < rules.n; i++)
                break_down(&atoms, rules.list->items[i]);
        coverage.covered = bw_arena_zalloc(arena, atoms.n + 1);
        if (atoms.failed || !coverage.covered)
                return bw_error_nomem(reterr);
        (void)!bw_rbac_rules_of(rbac, user, ns, cover_by, &coverage, &ret->unresolved);
        return describe(arena, &atoms, coverage.covered, ret, reterr);
}

/* ---- writing roles and bindings */

static bool may(const struct bw_rbac *rbac, const struct bw_rbac_user *user, const char *verb, const char *resource,
                struct bw_str ns, struct bw_str name)
{
        const struct bw_rbac_request request = {
                .user = *user,
                .verb = bw_str(verb),
                .is_resource = true,
                .ns = ns,
                .group = BW_STR("rbac.authorization.k8s.io"),
                .resource = bw_str(resource),
                .name = name,
        };

        return bw_rbac_decide(rbac, &request, true).allowed;
}

/* Everything that a manifest says but what the garbage collector writes. */
static bool same_but_for_gc(struct bw_value a, struct bw_value b)
{
        static const char *const gc[] = {"ownerReferences", "finalizers"};
        static const char *const fields[] = {"rules", "aggregationRule", "roleRef", "subjects"};
        struct bw_value x = bw_map_get(a, BW_STR("metadata"));
        struct bw_value y = bw_map_get(b, BW_STR("metadata"));

        for (size_t i = 0; i < BW_ARRAY_SIZE(fields); i++)
                if (!bw_value_eq(bw_map_get(a, bw_str(fields[i])), bw_map_get(b, bw_str(fields[i]))))
                        return false;
        for (int turn = 0; turn < 2; turn++) {
                struct bw_value from = turn ? y : x;
                struct bw_value to = turn ? x : y;

                for (uint32_t i = 0; from.type == BW_MAP && i < from.n; i++) {
                        struct bw_str key = bw_value_text(from.map->entries[i].key);

                        if (bw_str_is(key, gc[0]) || bw_str_is(key, gc[1]))
                                continue;
                        if (!bw_value_eq(from.map->entries[i].value, bw_map_get(to, key)))
                                return false;
                }
        }
        return true;
}

/* Everything on everything: what is asked of those who set an aggregationRule. */
static const struct atom full_authority[] = {
        {.verb = {"*", 1}, .is_resource = true, .group = {"*", 1}, .resource = {"*", 1}},
        {.verb = {"*", 1}, .path = {"*", 1}},
};

static bool has_full_authority(const struct bw_rbac *rbac, const struct bw_rbac_user *user)
{
        struct atom items[BW_ARRAY_SIZE(full_authority)];
        const struct atoms atoms = {.items = items, .n = BW_ARRAY_SIZE(items)};
        bool covered[BW_ARRAY_SIZE(items)] = {false};
        struct coverage coverage = {.wanted = &atoms, .covered = covered};
        bool unresolved;

        memcpy(items, full_authority, sizeof(items));
        (void)!bw_rbac_rules_of(rbac, user, BW_STR(""), cover_by, &coverage, &unresolved);
        return covered[0] && covered[1];
}

static int may_write_role(struct bw_arena *arena, const struct bw_rbac *rbac, const struct bw_rbac_user *user,
                          struct bw_value object, struct bw_value old, bool is_cluster, struct bw_rbac_escalation *ret,
                          struct bw_error *reterr)
{
        struct bw_value metadata = bw_map_get(object, BW_STR("metadata"));
        struct bw_str ns = is_cluster ? BW_STR("") : bw_map_text(metadata, "namespace");
        struct bw_value aggregation = bw_map_get(object, BW_STR("aggregationRule"));
        struct bw_value before = bw_map_get(old, BW_STR("aggregationRule"));
        /* A request to create has no name in its path. */
        struct bw_str name = old.type == BW_MAP ? bw_map_text(metadata, "name") : BW_STR("");
        bool aggregates = old.type == BW_MAP ? !bw_value_eq(aggregation, before) : aggregation.type == BW_MAP;
        int r;

        if (may(rbac, user, "escalate", is_cluster ? "clusterroles" : "roles", ns, name))
                return 0;
        r = bw_rbac_covers(arena, rbac, user, ns, list_of(object, "rules"), ret, reterr);
        if (r == 0 && ret->denial == BW_RBAC_ALLOWED && is_cluster && aggregates && !has_full_authority(rbac, user))
                ret->denial = BW_RBAC_AGGREGATION;
        return r;
}

static int may_write_binding(struct bw_arena *arena, const struct bw_rbac *rbac, const struct bw_rbac_user *user,
                             struct bw_value object, bool is_cluster, struct bw_rbac_escalation *ret,
                             struct bw_error *reterr)
{
        struct bw_str ns =
                is_cluster ? BW_STR("") : bw_map_text(bw_map_get(object, BW_STR("metadata")), "namespace");
        struct bw_value ref = bw_map_get(object, BW_STR("roleRef"));
        struct bw_str kind = bw_map_text(ref, "kind");
        const struct rbac_role *role = rbac_role_of(rbac, ref, ns);
        const char *resource = bw_str_is(kind, "ClusterRole") ? "clusterroles" : bw_str_is(kind, "Role") ? "roles" : NULL;

        if (resource && may(rbac, user, "bind", resource, ns, bw_map_text(ref, "name")))
                return 0;
        if (!role) {
                ret->denial = BW_RBAC_NO_SUCH_ROLE;
                return 0;
        }
        return bw_rbac_covers(arena, rbac, user, ns, role->expanded, ret, reterr);
}

int bw_rbac_may_write(struct bw_arena *arena, const struct bw_rbac *rbac, const struct bw_rbac_user *user,
                      struct bw_value object, struct bw_value old, struct bw_rbac_escalation *ret,
                      struct bw_error *reterr)
{
        struct bw_str kind = bw_map_text(object, "kind");
        bool is_cluster = bw_str_starts(kind, BW_STR("Cluster"));

        *ret = (struct bw_rbac_escalation){.denial = BW_RBAC_ALLOWED};
        if (is_superuser(user) || (old.type == BW_MAP && same_but_for_gc(object, old)))
                return 0;
        if (bw_str_ends(kind, BW_STR("Binding")))
                return may_write_binding(arena, rbac, user, object, is_cluster, ret, reterr);
        return may_write_role(arena, rbac, user, object, old, is_cluster, ret, reterr);
}
