/* SPDX-License-Identifier: Apache-2.0 */
/* What API validation says of roles and bindings. Source: k8s.io/kubernetes pkg/apis/rbac/validation/validation.go. */
#include "analyze/problem_text_internal.h"
#include "analyze/rbac_internal.h"

#include "base/arena.h"

#define RBAC_GROUP "rbac.authorization.k8s.io"

struct check {
        struct bw_problems *problems;
        struct bw_doc *doc;
};

static struct field_at at(const struct check *check, struct bw_str path)
{
        return (struct field_at){.problems = check->problems, .doc = check->doc, .path = path};
}

static void check_rule(const struct check *check, struct bw_value rule, const char *path, bool is_namespaced)
{
        struct bw_value urls = list_of(rule, "nonResourceURLs");
        struct bw_value groups = list_of(rule, "apiGroups");
        struct bw_value resources = list_of(rule, "resources");
        bw_auto_done(bw_buf_done) struct bw_buf value = {0};

        if (list_of(rule, "verbs").n == 0)
                field_required(at(check, field_path(check->problems, "%s.verbs", path)),
                               "verbs must contain at least one value");
        if (urls.n) {
                struct field_at where = at(check, field_path(check->problems, "%s.nonResourceURLs", path));

                put_go_strings(&value, urls);
                if (is_namespaced)
                        field_invalid(where, bw_buf_view(&value).p,
                                      "namespaced rules cannot apply to non-resource URLs");
                if (groups.n || resources.n || list_of(rule, "resourceNames").n)
                        field_invalid(where, bw_buf_view(&value).p,
                                      "rules cannot apply to both regular resources and non-resource URLs");
                return;
        }
        if (groups.n == 0)
                field_required(at(check, field_path(check->problems, "%s.apiGroups", path)),
                               "resource rules must supply at least one api group");
        if (resources.n == 0)
                field_required(at(check, field_path(check->problems, "%s.resources", path)),
                               "resource rules must supply at least one resource");
}

static void check_role(const struct check *check, struct bw_value object, bool is_cluster)
{
        struct bw_value rules = list_of(object, "rules");
        struct bw_value aggregation = bw_map_get(object, BW_STR("aggregationRule"));
        char path[40];

        for (uint32_t i = 0; i < rules.n; i++) {
                (void)snprintf(path, sizeof(path), "rules[%u]", i);
                check_rule(check, rules.list->items[i], path, !is_cluster);
        }
        if (is_cluster && aggregation.type == BW_MAP && list_of(aggregation, "clusterRoleSelectors").n == 0)
                field_required(at(check, BW_STR("aggregationRule.clusterRoleSelectors")),
                               "at least one clusterRoleSelector required if aggregationRule is non-nil");
}

/* A name that can be a part of a path. */
static const char *segment_problem(struct bw_str name)
{
        if (bw_str_is(name, "."))
                return "may not be '.'";
        if (bw_str_is(name, ".."))
                return "may not be '..'";
        if (name.n && memchr(name.p, '/', name.n))
                return "may not contain '/'";
        return name.n && memchr(name.p, '%', name.n) ? "may not contain '%'" : NULL;
}

static void check_role_ref(const struct check *check, struct bw_value ref, bool is_cluster)
{
        static const char *const groups[] = {RBAC_GROUP, NULL};
        static const char *const cluster_kinds[] = {"ClusterRole", NULL};
        static const char *const kinds[] = {"Role", "ClusterRole", NULL};
        struct bw_str group = bw_map_text(ref, "apiGroup");
        struct bw_str kind = bw_map_text(ref, "kind");
        struct bw_str name = bw_map_text(ref, "name");
        const char *problem = segment_problem(name);

        /* An empty group is filled in. */
        if (group.n && !bw_str_is(group, RBAC_GROUP))
                field_not_supported(at(check, BW_STR("roleRef.apiGroup")), group, groups);
        if (!bw_str_is(kind, "ClusterRole") && (is_cluster || !bw_str_is(kind, "Role")))
                field_not_supported(at(check, BW_STR("roleRef.kind")), kind, is_cluster ? cluster_kinds : kinds);
        if (name.n == 0)
                field_required(at(check, BW_STR("roleRef.name")), "");
        else if (problem)
                field_invalid_text(at(check, BW_STR("roleRef.name")), name, "%s", problem);
}

static void check_group(const struct check *check, struct bw_str group, const char *path, bool is_account)
{
        static const char *const none[] = {"", NULL};
        static const char *const rbac[] = {RBAC_GROUP, NULL};
        struct field_at where = at(check, field_path(check->problems, "%s.apiGroup", path));

        if (is_account ? group.n > 0 : group.n > 0 && !bw_str_is(group, RBAC_GROUP))
                field_not_supported(where, group, is_account ? none : rbac);
}

static void check_subject(const struct check *check, struct bw_value subject, const char *path, bool is_cluster)
{
        static const char *const kinds[] = {"ServiceAccount", "User", "Group", NULL};
        struct bw_str kind = bw_map_text(subject, "kind");
        struct bw_str name = bw_map_text(subject, "name");
        const char *problem = name.n ? dns_subdomain_problem(name) : NULL;
        bool is_account = bw_str_is(kind, "ServiceAccount");

        if (name.n == 0)
                field_required(at(check, field_path(check->problems, "%s.name", path)), "");
        if (!is_account && !bw_str_is(kind, "User") && !bw_str_is(kind, "Group")) {
                field_not_supported(at(check, field_path(check->problems, "%s.kind", path)), kind, kinds);
                return;
        }
        if (is_account && problem)
                field_invalid_text(at(check, field_path(check->problems, "%s.name", path)), name, "%s", problem);
        check_group(check, bw_map_text(subject, "apiGroup"), path, is_account);
        if (is_account && is_cluster && bw_map_text(subject, "namespace").n == 0)
                field_required(at(check, field_path(check->problems, "%s.namespace", path)), "");
}

void bw_rbac_validate(struct bw_doc *doc, struct bw_problems *problems)
{
        const struct check check = {.problems = problems, .doc = doc};
        struct bw_str kind = bw_map_text(doc->root, "kind");
        bool is_cluster = bw_str_starts(kind, BW_STR("Cluster"));
        struct bw_value subjects;
        char path[40];

        if (!bw_str_ends(kind, BW_STR("Binding"))) {
                check_role(&check, doc->root, is_cluster);
                return;
        }
        check_role_ref(&check, bw_map_get(doc->root, BW_STR("roleRef")), is_cluster);
        subjects = list_of(doc->root, "subjects");
        for (uint32_t i = 0; i < subjects.n; i++) {
                (void)snprintf(path, sizeof(path), "subjects[%u]", i);
                check_subject(&check, subjects.list->items[i], path, is_cluster);
        }
}
