/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/audit_policy.h"
#include "analyze/list_internal.h"

#include "base/error.h"

static const char *const level_texts[] = {
#define X(name, text) text,
        BW_AUDIT_LEVELS(X)
#undef X
};

static const char *const stage_texts[] = {
#define X(name, text) text,
        BW_AUDIT_STAGES(X)
#undef X
};

const char *bw_audit_level_text(enum bw_audit_level level)
{
        return level_texts[level];
}

enum bw_audit_level bw_audit_level_parse(struct bw_str text)
{
        for (int i = 0; i < _BW_AUDIT_LEVEL_MAX; i++)
                if (bw_str_is(text, level_texts[i]))
                        return (enum bw_audit_level)i;
        return _BW_AUDIT_LEVEL_INVALID;
}

const char *bw_audit_stage_text(enum bw_audit_stage stage)
{
        return stage_texts[stage];
}

enum bw_audit_stage bw_audit_stage_parse(struct bw_str text)
{
        for (int i = 0; i < _BW_AUDIT_STAGE_MAX; i++)
                if (bw_str_is(text, stage_texts[i]))
                        return (enum bw_audit_stage)i;
        return _BW_AUDIT_STAGE_INVALID;
}

/* A resource of a rule : a name, a name with a subresource, either of them a star against the request's. */
static bool resource_matches(struct bw_str pattern, const struct bw_audit_request *request)
{
        struct bw_str rest = pattern;
        struct bw_str resource;

        if (bw_str_is(pattern, "*"))
                return true;
        /* What stands before the first slash, as far as the request's own resource has none. */
        if (bw_str_starts(pattern, request->resource)) {
                rest = bw_str_rest(pattern, request->resource.n);
                if (request->subresource.n ? rest.n == request->subresource.n + 1 && rest.p[0] == '/' &&
                                                     bw_str_eq(bw_str_rest(rest, 1), request->subresource)
                                           : rest.n == 0)
                        return true;
        }
        if (request->subresource.n && bw_str_starts(pattern, BW_STR("*/")) &&
            bw_str_eq(bw_str_rest(pattern, 2), request->subresource))
                return true;
        resource = bw_str_ends(pattern, BW_STR("/*")) ? bw_str_n(pattern.p, pattern.n - 2) : (struct bw_str){0};
        return resource.p && bw_str_eq(resource, request->resource);
}

static bool group_resource_matches(struct bw_value entry, const struct bw_audit_request *request)
{
        struct bw_str group = bw_map_text(entry, "group");
        struct bw_value resources = list_of(entry, "resources");
        struct bw_value names = list_of(entry, "resourceNames");

        if (!bw_str_eq(group, request->group) && !bw_str_is(group, "*"))
                return false;
        if (resources.n == 0)
                return true;
        if (names.n && !list_has(names, request->name))
                return false;
        for (uint32_t i = 0; i < resources.n; i++)
                if (resource_matches(bw_value_text(resources.list->items[i]), request))
                        return true;
        return false;
}

static bool resources_match(struct bw_value namespaces, struct bw_value resources, const struct bw_audit_request *request)
{
        if (!request->is_resource || (namespaces.n && !list_has(namespaces, request->ns)))
                return false;
        for (uint32_t i = 0; i < resources.n; i++)
                if (group_resource_matches(resources.list->items[i], request))
                        return true;
        return resources.n == 0;
}

static bool url_matches(struct bw_str pattern, struct bw_str path)
{
        if (bw_str_is(pattern, "*") || bw_str_eq(pattern, path))
                return true;
        if (!bw_str_ends(pattern, BW_STR("*")))
                return false;
        while (bw_str_ends(pattern, BW_STR("*")))
                pattern.n--;
        return bw_str_starts(path, pattern);
}

static bool urls_match(struct bw_value urls, const struct bw_audit_request *request)
{
        for (uint32_t i = 0; !request->is_resource && i < urls.n; i++)
                if (url_matches(bw_value_text(urls.list->items[i]), request->path))
                        return true;
        return false;
}

static bool in_any_group(struct bw_value groups, const struct bw_audit_request *request)
{
        for (size_t i = 0; request->has_user && i < request->n_groups; i++)
                if (list_has(groups, request->groups[i]))
                        return true;
        return false;
}

bool bw_audit_rule_matches(struct bw_value rule, const struct bw_audit_request *request)
{
        struct bw_value users = list_of(rule, "users");
        struct bw_value groups = list_of(rule, "userGroups");
        struct bw_value verbs = list_of(rule, "verbs");
        struct bw_value namespaces = list_of(rule, "namespaces");
        struct bw_value resources = list_of(rule, "resources");
        struct bw_value urls = list_of(rule, "nonResourceURLs");

        if (users.n && (!request->has_user || !list_has(users, request->user)))
                return false;
        if (groups.n && !in_any_group(groups, request))
                return false;
        if (verbs.n && !list_has(verbs, request->verb))
                return false;
        if (namespaces.n || resources.n)
                return resources_match(namespaces, resources, request);
        return urls.n == 0 || urls_match(urls, request);
}

static unsigned stages_of(struct bw_value map)
{
        struct bw_value list = list_of(map, "omitStages");
        unsigned stages = 0;

        for (uint32_t i = 0; i < list.n; i++) {
                enum bw_audit_stage stage = bw_audit_stage_parse(bw_value_text(list.list->items[i]));

                if (stage >= 0)
                        stages |= 1u << stage;
        }
        return stages;
}

struct bw_audit_answer bw_audit_decide(struct bw_value policy, const struct bw_audit_request *request)
{
        struct bw_value rules = list_of(policy, "rules");
        struct bw_value omit = bw_map_get(policy, BW_STR("omitManagedFields"));
        struct bw_audit_answer answer = {
                .level = BW_AUDIT_NONE,
                .rule = BW_AUDIT_NO_RULE,
                .omit_stages = stages_of(policy),
                .omit_managed_fields = omit.type == BW_BOOL && omit.b,
        };

        for (uint32_t i = 0; i < rules.n; i++) {
                struct bw_value rule = rules.list->items[i];

                if (!bw_audit_rule_matches(rule, request))
                        continue;
                answer.rule = i;
                answer.level = BW_MAX(BW_AUDIT_NONE, bw_audit_level_parse(bw_map_text(rule, "level")));
                answer.omit_stages |= stages_of(rule);
                omit = bw_map_get(rule, BW_STR("omitManagedFields"));
                if (omit.type == BW_BOOL)
                        answer.omit_managed_fields = omit.b;
                break;
        }
        return answer;
}
