/* SPDX-License-Identifier: Apache-2.0 */
/* What the API server says of an audit policy's file. */
#include "analyze/audit_policy.h"
#include "analyze/list_internal.h"
#include "analyze/problem_text_internal.h"

#include "base/arena.h"
#include "base/error.h"

/* A group "*" in a rule stands for every group from this version on. */
#define ANY_GROUP_SINCE 36

static struct bw_str item(struct bw_value list, uint32_t i)
{
        return bw_value_text(list.list->items[i]);
}

struct check {
        struct bw_problems *problems;
        struct bw_doc *doc;
        int minor;
};

static struct field_at at(const struct check *check, struct bw_str path)
{
        return (struct field_at){.problems = check->problems, .doc = check->doc, .path = path};
}

static void check_stages(const struct check *check, struct bw_value stages, const char *parent)
{
        for (uint32_t i = 0; i < stages.n; i++)
                if (bw_audit_stage_parse(item(stages, i)) < 0)
                        field_invalid_text(at(check, field_path(check->problems, "%somitStages[%u]", parent, i)),
                                           item(stages, i),
                                           "allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic");
}

static void check_level(const struct check *check, struct bw_value rule, const char *parent)
{
        static const char *const levels[] = {
#define X(name, text) text,
                BW_AUDIT_LEVELS(X)
#undef X
                NULL};
        struct bw_str level = bw_map_text(rule, "level");
        struct field_at where = at(check, field_path(check->problems, "%slevel", parent));

        if (level.n == 0)
                field_required(where, "");
        else if (bw_audit_level_parse(level) < 0)
                field_not_supported(where, level, levels);
}

static void check_urls(const struct check *check, struct bw_value urls, const char *parent)
{
        for (uint32_t i = 0; i < urls.n; i++) {
                struct bw_str url = item(urls, i);
                struct field_at where = at(check, field_path(check->problems, "%snonResourceURLs[%u]", parent, i));

                if (bw_str_is(url, "*"))
                        continue;
                if (!bw_str_starts(url, BW_STR("/")))
                        field_invalid_text(where, url, "non-resource URL rules must begin with a '/' character");
                if (url.n && memchr(url.p, '*', url.n - 1))
                        field_invalid_text(where, url,
                                           "non-resource URL wildcards '*' must be the final character of the rule");
        }
}

/* Kubernetes leaves the number of the entry out of these paths. */
static void check_resources(const struct check *check, struct bw_value resources, const char *parent)
{
        for (uint32_t i = 0; i < resources.n; i++) {
                struct bw_value entry = resources.list->items[i];
                struct bw_str group = bw_map_text(entry, "group");
                struct bw_value names = list_of(entry, "resourceNames");
                bool any = bw_str_is(group, "*") && check->minor >= ANY_GROUP_SINCE;
                const char *problem = group.n && !any ? dns_subdomain_problem(group) : NULL;
                struct field_at where = at(check, field_path(check->problems, "%sresources[%u].group", parent, i));
                bw_auto_done(bw_buf_done) struct bw_buf value = {0};

                where.shown = field_path(check->problems, "%sresources.group", parent);
                if (problem)
                        field_invalid_text(where, group, "%s", problem);
                if (names.n == 0 || list_of(entry, "resources").n)
                        continue;
                where.path = field_path(check->problems, "%sresources[%u].resourceNames", parent, i);
                where.shown = field_path(check->problems, "%sresources.resourceNames", parent);
                put_go_strings(&value, names);
                field_invalid(where, bw_buf_view(&value).p, "using resourceNames requires at least one resource");
        }
}

static void check_rule(const struct check *check, struct bw_value rule, uint32_t number)
{
        struct bw_value urls = list_of(rule, "nonResourceURLs");
        bw_auto_done(bw_buf_done) struct bw_buf value = {0};
        char parent[32];

        (void)snprintf(parent, sizeof(parent), "rules[%u].", number);
        check_level(check, rule, parent);
        check_urls(check, urls, parent);
        check_resources(check, list_of(rule, "resources"), parent);
        check_stages(check, list_of(rule, "omitStages"), parent);
        if (urls.n == 0 || list_of(rule, "resources").n + list_of(rule, "namespaces").n == 0)
                return;
        put_go_strings(&value, urls);
        field_invalid(at(check, field_path(check->problems, "%snonResourceURLs", parent)), bw_buf_view(&value).p,
                      "rules cannot apply to both regular resources and non-resource URLs");
}

static void refuse(struct bw_problems *problems, enum bw_problem_kind kind, struct bw_mark mark, struct bw_str message)
{
        if (!message.p)
                problems->failed = true;
        else
                bw_problems_add(problems, &(struct bw_problem){.kind = kind, .mark = mark, .message = message});
}

/* What JSON calls the type of a value that is no text. */
static const char *json_type(struct bw_value value)
{
        return value.type == BW_LIST ? "array" : value.type == BW_MAP ? "object" : value.type == BW_BOOL ? "bool" : "number";
}

/* A document that is no object, or whose version or kind is no text. */
static bool check_form(const struct check *check)
{
        static const char *const fields[] = {"apiVersion", "kind"};
        struct bw_arena *arena = check->problems->arena;
        struct bw_value root = check->doc->root;
        struct bw_str text = {0};

        if (root.type != BW_MAP && root.type != BW_NULL && root.type != BW_ABSENT)
                text = bw_arena_printf(arena,
                                       "couldn't get version/kind; json parse error: json: cannot unmarshal %s into Go "
                                       "value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind "
                                       "string \"json:\\\"kind,omitempty\\\"\" }",
                                       root.type == BW_STRING ? "string" : json_type(root));
        for (size_t i = 0; !text.p && i < BW_ARRAY_SIZE(fields); i++) {
                struct bw_value value = bw_map_get(root, bw_str(fields[i]));

                if (value.type != BW_ABSENT && value.type != BW_NULL && value.type != BW_STRING)
                        text = bw_arena_printf(arena,
                                               "couldn't get version/kind; json parse error: json: cannot unmarshal %s "
                                               "into Go struct field .%s of type string",
                                               json_type(value), fields[i]);
        }
        if (!text.p)
                return true;
        refuse(check->problems, BW_PROBLEM_IDENTITY, check->doc->mark, text);
        return false;
}

#define SCHEME "in scheme \"k8s.io/apiserver/pkg/audit/scheme.go:30\""

/* The kind may be missing, the version may not. True when the document is a Policy of a version that is read. */
static bool check_identity(const struct check *check)
{
        struct bw_arena *arena = check->problems->arena;
        struct bw_str version = bw_map_text(check->doc->root, "apiVersion");
        struct bw_str kind = bw_map_text(check->doc->root, "kind");
        struct bw_str text;

        kind = kind.n ? kind : BW_STR("Policy");
        if (bw_str_is(version, "audit.k8s.io/v1") && bw_str_is(kind, "Policy"))
                return true;
        if (version.n == 0 && bw_str_is(kind, "Policy"))
                text = BW_STR("unknown group version field audit.k8s.io/__internal, Kind=Policy in policy");
        else if (bw_str_is(version, "audit.k8s.io/v1") &&
                 (bw_str_is(kind, "PolicyList") || bw_str_is(kind, "Event") || bw_str_is(kind, "EventList")))
                text = bw_arena_printf(arena, "converting (v1.%.*s) to (audit.Policy): unknown conversion", BW_STR_ARG(kind));
        else
                text = bw_arena_printf(arena, "no kind \"%.*s\" is registered for %s%.*s%s " SCHEME, BW_STR_ARG(kind),
                                       version.n ? "version \"" : "the internal version of group \"audit.k8s.io",
                                       BW_STR_ARG(version), "\"");
        refuse(check->problems, BW_PROBLEM_IDENTITY, check->doc->mark, text);
        return false;
}

int bw_audit_policy_check(struct bw_arena *arena, struct bw_doc *doc, int minor, struct bw_problems *problems,
                          struct bw_value *ret_policy, struct bw_error *reterr)
{
        struct check check = {.problems = problems, .doc = doc, .minor = minor};
        const struct bw_schema *schema = bw_schema_find(BW_STR("audit.k8s.io/v1"), BW_STR("Policy"), minor);
        struct bw_value policy = {0};
        struct bw_value rules;
        int r;

        *ret_policy = policy;
        if (bw_problems_refuse(problems) || !check_form(&check) || !check_identity(&check))
                return problems->failed ? bw_error_nomem(reterr) : 0;
        r = bw_schema_decode(arena, schema, doc, BW_SCHEMA_LENIENT, minor, problems, &policy, reterr);
        if (r < 0 || bw_problems_refuse(problems))
                return r;
        rules = list_of(policy, "rules");
        check_stages(&check, list_of(policy, "omitStages"), "");
        for (uint32_t i = 0; i < rules.n; i++)
                check_rule(&check, rules.list->items[i], i);
        if (rules.n == 0 && !bw_problems_refuse(problems))
                refuse(problems, BW_PROBLEM_VALUE, doc->mark, BW_STR("loaded illegal policy with 0 rules"));
        *ret_policy = policy;
        return problems->failed ? bw_error_nomem(reterr) : 0;
}
