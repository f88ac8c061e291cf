/* SPDX-License-Identifier: Apache-2.0 */
/* RBAC: decisions, aggregation, who can, escalation, validation. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/rbac.h"
#include "analyze/schema.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/doc.h"

static const char cluster[] =
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: view, labels: {to: sum}},\n"
        "   rules: [{apiGroups: [\"\"], resources: [pods, \"*/status\"], verbs: [get, list]}]}\n"
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: sum, labels: {to: all}},\n"
        "   aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: sum}}]}}\n"
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all},\n"
        "   aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: all}}]}, rules: [{verbs: [stale]}]}\n"
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: one, namespace: shop},\n"
        "   rules: [{apiGroups: [\"\"], resources: [secrets], resourceNames: [db], verbs: [get]},\n"
        "           {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view], verbs: [bind]}]}\n"
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: urls},\n"
        "   rules: [{nonResourceURLs: [\"/api*\"], verbs: [get]}]}\n"
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a},\n"
        "   roleRef: {kind: ClusterRole, name: all}, subjects: [{kind: Group, name: ops}]}\n"
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: u},\n"
        "   roleRef: {kind: ClusterRole, name: urls}, subjects: [{kind: User, name: alice}, {kind: ServiceAccount, name: web}]}\n"
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: gone},\n"
        "   roleRef: {kind: ClusterRole, name: gone}, subjects: [{kind: User, name: bob}]}\n"
        "- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: r, namespace: shop},\n"
        "   roleRef: {kind: Role, name: one}, subjects: [{kind: ServiceAccount, name: web}, {kind: User, name: alice}]}\n"
        "- {apiVersion: v1, kind: Pod, metadata: {name: x}}\n";

static struct bw_rbac *load(struct bw_arena *arena)
{
        struct bw_rbac *rbac;
        struct bw_doc doc;

        assert_ok(bw_yaml_read(arena, bw_str(cluster), 1, false, &doc, NULL));
        assert_ok(bw_rbac_new(arena, doc.root.list->items, doc.root.n, &rbac, NULL));
        return rbac;
}

static void test_decisions(void **state)
{
        static const struct {
                const char *user;
                const char *group;
                const char *verb;
                const char *ns;
                const char *resource;
                const char *subresource;
                const char *name;
                const char *path;
                bool allowed;
                bool unresolved;
        } cases[] = {
                {"carol", "ops", "get", "", "pods", "", "", NULL, true, false},
                {"carol", "ops", "get", "shop", "pods", "status", "", NULL, true, false},
                {"carol", "ops", "get", "shop", "pods", "log", "", NULL, false, false},
                {"carol", "ops", "stale", "", "pods", "", "", NULL, false, false},
                {"carol", "dev", "get", "", "pods", "", "", NULL, false, false},
                {"alice", "", "get", "shop", "secrets", "", "db", NULL, true, false},
                {"alice", "", "get", "shop", "secrets", "", "", NULL, false, false},
                {"alice", "", "get", "other", "secrets", "", "db", NULL, false, false},
                {"alice", "", "get", "", NULL, "", "", "/apis/apps", true, false},
                {"alice", "", "get", "", NULL, "", "", "/metrics", false, false},
                {"system:serviceaccount:shop:web", "", "get", "shop", "secrets", "", "db", NULL, true, false},
                {"system:serviceaccount:other:web", "", "get", "shop", "secrets", "", "db", NULL, false, false},
                {"system:serviceaccount:shop:web", "", "get", "", NULL, "", "", "/api", false, false},
                {"bob", "", "get", "", "pods", "", "", NULL, false, true},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_rbac *rbac = load(arena);

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_str group = bw_str(cases[i].group);
                struct bw_rbac_request request = {
                        .user = {.name = bw_str(cases[i].user), .groups = &group, .n_groups = group.n > 0},
                        .verb = bw_str(cases[i].verb),
                        .is_resource = cases[i].resource != NULL,
                        .ns = bw_str(cases[i].ns),
                        .resource = bw_str(cases[i].resource),
                        .subresource = bw_str(cases[i].subresource),
                        .name = bw_str(cases[i].name),
                        .path = bw_str(cases[i].path),
                };
                struct bw_rbac_answer answer = bw_rbac_decide(rbac, &request, true);

                if (answer.allowed != cases[i].allowed || answer.unresolved != cases[i].unresolved)
                        fail_msg("case %zu: allowed %d, unresolved %d", i, answer.allowed, answer.unresolved);
        }
}

static int put_subject(void *userdata, const struct bw_rbac_subject *subject, const struct bw_rbac_grant *grant)
{
        (void)grant;
        bw_buf_printf(userdata, "%.*s %.*s;", BW_STR_ARG(subject->kind), BW_STR_ARG(subject->name));
        return 0;
}

static void test_who_can(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_rbac *rbac = load(arena);
        struct bw_rbac_request request = {
                .verb = BW_STR("get"), .is_resource = true, .ns = BW_STR("shop"), .resource = BW_STR("secrets"), .name = BW_STR("db")};
        bool unresolved;

        (void)state;
        assert_ok(bw_rbac_who_can(rbac, &request, put_subject, &out, &unresolved));
        assert_str(bw_buf_view(&out), "ServiceAccount web;User alice;");
        assert_true(unresolved);
        assert_int_equal(bw_rbac_aggregated(rbac, BW_STR("all")).n, 1);
        assert_int_equal(bw_rbac_aggregated(rbac, BW_STR("view")).type, BW_ABSENT);
}

static struct bw_value object(struct bw_arena *arena, const char *yaml)
{
        struct bw_doc doc;

        assert_ok(bw_yaml_read(arena, bw_str(yaml), 1, false, &doc, NULL));
        return doc.root;
}

static void test_escalation(void **state)
{
        static const char role[] = "{kind: Role, metadata: {name: n, namespace: shop}, rules: [{apiGroups: [\"\"], resources: "
                                   "[secrets], resourceNames: [db, x], verbs: [get]}]}";
        static const char bind[] = "{kind: RoleBinding, metadata: {name: n, namespace: shop}, roleRef: {kind: ClusterRole, "
                                   "name: view}}";
        static const char gone[] = "{kind: RoleBinding, metadata: {name: n, namespace: shop}, roleRef: {kind: Role, name: no}}";
        static const char sum[] = "{kind: ClusterRole, metadata: {name: n}, rules: [], aggregationRule: {}}";
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_rbac *rbac = load(arena);
        struct bw_str masters = BW_STR("system:masters");
        const struct bw_rbac_user alice = {.name = BW_STR("alice")};
        const struct bw_rbac_user root = {.name = BW_STR("root"), .groups = &masters, .n_groups = 1};
        struct bw_rbac_escalation answer;

        (void)state;
        assert_ok(bw_rbac_may_write(arena, rbac, &alice, object(arena, role), (struct bw_value){0}, &answer, NULL));
        assert_int_equal(answer.denial, BW_RBAC_MISSING_RULES);
        assert_int_equal(answer.n_missing, 1);
        assert_str(answer.missing[0], "{APIGroups:[\"\"], Resources:[\"secrets\"], ResourceNames:[\"x\"], Verbs:[\"get\"]}");
        assert_ok(bw_rbac_may_write(arena, rbac, &alice, object(arena, role), object(arena, role), &answer, NULL));
        assert_int_equal(answer.denial, BW_RBAC_ALLOWED);
        assert_ok(bw_rbac_may_write(arena, rbac, &root, object(arena, role), (struct bw_value){0}, &answer, NULL));
        assert_int_equal(answer.denial, BW_RBAC_ALLOWED);
        assert_ok(bw_rbac_may_write(arena, rbac, &alice, object(arena, bind), (struct bw_value){0}, &answer, NULL));
        assert_int_equal(answer.denial, BW_RBAC_ALLOWED);
        assert_ok(bw_rbac_may_write(arena, rbac, &alice, object(arena, gone), (struct bw_value){0}, &answer, NULL));
        assert_int_equal(answer.denial, BW_RBAC_NO_SUCH_ROLE);
        assert_ok(bw_rbac_may_write(arena, rbac, &alice, object(arena, sum), (struct bw_value){0}, &answer, NULL));
        assert_int_equal(answer.denial, BW_RBAC_AGGREGATION);
}

static void test_validation(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_problems problems = {.arena = arena};
        struct bw_doc doc = {0};

        (void)state;
        assert_ok(bw_yaml_read(arena,
                               BW_STR("kind: ClusterRoleBinding\nroleRef: {kind: Role, name: a/b}\n"
                                      "subjects: [{kind: ServiceAccount, name: web}, {kind: user, name: a}]\n"),
                               1, false, &doc, NULL));
        bw_rbac_validate(&doc, &problems);
        assert_int_equal(problems.n, 4);
        assert_str(problems.items[0].message, "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"");
        assert_str(problems.items[1].message, "roleRef.name: Invalid value: \"a/b\": may not contain '/'");
        assert_str(problems.items[2].message, "subjects[0].namespace: Required value");
        assert_int_equal(problems.items[2].mark.line, 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_decisions),
                cmocka_unit_test(test_who_can),
                cmocka_unit_test(test_escalation),
                cmocka_unit_test(test_validation),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
