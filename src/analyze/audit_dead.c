/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/audit_coverage_internal.h"
#include "analyze/audit_requests.h"
#include "analyze/list_internal.h"

#include "base/arena.h"
#include "base/error.h"

/* An empty list stands for everything. */
static bool list_covers(struct bw_value earlier, struct bw_value later)
{
        if (earlier.n == 0)
                return true;
        for (uint32_t i = 0; i < later.n; i++)
                if (!list_has(earlier, bw_value_text(later.list->items[i])))
                        return false;
        return later.n > 0;
}

static bool field_covers(struct bw_value earlier, struct bw_value later, const char *field)
{
        return list_covers(list_of(earlier, field), list_of(later, field));
}

/* A star takes in everything, also before or after a slash. */
static bool pattern_covers(struct bw_str earlier, struct bw_str later)
{
        const char *slash = later.n ? memchr(later.p, '/', later.n) : NULL;
        size_t cut = slash ? (size_t)(slash - later.p) : later.n;

        if (bw_str_is(earlier, "*") || bw_str_eq(earlier, later))
                return true;
        if (bw_str_ends(earlier, BW_STR("/*")) && earlier.n - 2 == cut && memcmp(earlier.p, later.p, cut) == 0)
                return true;
        return slash && bw_str_starts(earlier, BW_STR("*/")) &&
               bw_str_eq(bw_str_rest(earlier, 1), bw_str_rest(later, cut)) && !bw_str_ends(later, BW_STR("/*"));
}

static bool patterns_cover(struct bw_value earlier, struct bw_str later)
{
        for (uint32_t i = 0; i < earlier.n; i++)
                if (pattern_covers(bw_value_text(earlier.list->items[i]), later))
                        return true;
        return false;
}

/* One entry of `resources`. */
static bool entry_covers(struct bw_value earlier, struct bw_value later)
{
        struct bw_str group = bw_map_text(earlier, "group");
        struct bw_value mine = list_of(earlier, "resources");
        struct bw_value theirs = list_of(later, "resources");

        if (!bw_str_is(group, "*") && !bw_str_eq(group, bw_map_text(later, "group")))
                return false;
        if (mine.n == 0)
                return true;
        if (!field_covers(earlier, later, "resourceNames"))
                return false;
        for (uint32_t i = 0; i < theirs.n; i++)
                if (!patterns_cover(mine, bw_value_text(theirs.list->items[i])))
                        return false;
        return theirs.n > 0 || list_has(mine, BW_STR("*"));
}

static bool resources_cover(struct bw_value earlier, struct bw_value later)
{
        for (uint32_t i = 0; earlier.n && i < later.n; i++) {
                bool covered = false;

                for (uint32_t j = 0; !covered && j < earlier.n; j++)
                        covered = entry_covers(earlier.list->items[j], later.list->items[i]);
                if (!covered)
                        return false;
        }
        return earlier.n == 0 || later.n > 0;
}

static bool url_covers(struct bw_str earlier, struct bw_str later)
{
        if (bw_str_is(earlier, "*") || bw_str_eq(earlier, later))
                return true;
        if (!bw_str_ends(earlier, BW_STR("*")))
                return false;
        return bw_str_starts(later, bw_str_n(earlier.p, earlier.n - 1));
}

static bool urls_cover(struct bw_value earlier, struct bw_value later)
{
        for (uint32_t i = 0; i < later.n; i++) {
                bool covered = false;

                for (uint32_t j = 0; !covered && j < earlier.n; j++)
                        covered = url_covers(bw_value_text(earlier.list->items[j]), bw_value_text(later.list->items[i]));
                if (!covered)
                        return false;
        }
        return later.n > 0;
}

/* What a rule is about: namespaces and resources go before addresses. */
enum scope {
        SCOPE_ALL,
        SCOPE_RESOURCES,
        SCOPE_URLS,
};

static enum scope scope_of(struct bw_value rule)
{
        if (list_of(rule, "namespaces").n || list_of(rule, "resources").n)
                return SCOPE_RESOURCES;
        return list_of(rule, "nonResourceURLs").n ? SCOPE_URLS : SCOPE_ALL;
}

bool audit_rule_covers(struct bw_value earlier, struct bw_value rule)
{
        if (!field_covers(earlier, rule, "users") || !field_covers(earlier, rule, "userGroups") ||
            !field_covers(earlier, rule, "verbs"))
                return false;
        if (scope_of(earlier) == SCOPE_ALL)
                return true;
        if (scope_of(earlier) != scope_of(rule))
                return false;
        if (scope_of(earlier) == SCOPE_URLS)
                return urls_cover(list_of(earlier, "nonResourceURLs"), list_of(rule, "nonResourceURLs"));
        return field_covers(earlier, rule, "namespaces") &&
               resources_cover(list_of(earlier, "resources"), list_of(rule, "resources"));
}

static const char *const verbs[] = {"get",    "list",   "watch",            "create",     "update", "patch",   "delete",
                                    "deletecollection", "proxy",  "post",   "put",        "head",   "options", "connect",
                                    "trace"};

static bool verb_exists(struct bw_str verb)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(verbs); i++)
                if (bw_str_is(verb, verbs[i]))
                        return true;
        return false;
}

/* The one verb that no request has, when all of them are such. */
static struct bw_str verb_of_none(struct bw_value list)
{
        for (uint32_t i = 0; i < list.n; i++)
                if (verb_exists(bw_value_text(list.list->items[i])))
                        return (struct bw_str){0};
        return list.n ? bw_value_text(list.list->items[0]) : (struct bw_str){0};
}

/* A resource of one of Kubernetes' own groups that does not exist, when all of the rule's are such. */
static bool unknown_resource(struct bw_value resources, struct bw_str *ret_group, struct bw_str *ret_resource)
{
        for (uint32_t i = 0; i < resources.n; i++) {
                struct bw_value entry = resources.list->items[i];
                struct bw_value names = list_of(entry, "resources");

                *ret_group = bw_map_text(entry, "group");
                for (uint32_t j = 0; j < names.n; j++) {
                        struct bw_str name = bw_value_text(names.list->items[j]);
                        const char *slash = name.n ? memchr(name.p, '/', name.n) : NULL;

                        *ret_resource = slash ? bw_str_n(name.p, (size_t)(slash - name.p)) : name;
                        if (bw_str_is(*ret_resource, "*") || bw_audit_resource_is_known(*ret_group, *ret_resource))
                                return false;
                }
                if (names.n == 0)
                        return false;
        }
        return resources.n > 0;
}

int audit_rule_impossible(struct bw_arena *arena, struct bw_value rule, struct bw_str *ret_why, struct bw_error *reterr)
{
        struct bw_str verb = verb_of_none(list_of(rule, "verbs"));
        struct bw_str group;
        struct bw_str resource;

        *ret_why = (struct bw_str){0};
        if (bw_str_is(verb, "*"))
                *ret_why = bw_arena_str(arena, BW_STR("\"*\" is no wildcard for verbs: leave verbs out to mean all of them"));
        else if (verb.n)
                *ret_why = bw_arena_printf(arena, "no request has the verb \"%.*s\"", BW_STR_ARG(verb));
        else if (unknown_resource(list_of(rule, "resources"), &group, &resource))
                *ret_why = bw_arena_printf(arena, "there is no resource \"%.*s\" in the group \"%.*s\"", BW_STR_ARG(resource),
                                           BW_STR_ARG(group));
        else
                return 0;
        return ret_why->p ? 0 : bw_error_nomem(reterr);
}
