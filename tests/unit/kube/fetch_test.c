/* SPDX-License-Identifier: Apache-2.0 */
/* What of a cluster is asked for, in which order, and the rule that allows it. */
#define BW_ALLOW_BANNED
#include "kube/fetch.h"

#include "base/arena.h"
#include "base/buf.h"
#include "check.h"

static bool all_but_widgets(void *userdata, struct bw_str group, struct bw_str kind)
{
        (void)userdata;
        (void)group;
        return !bw_str_is(kind, "Widget");
}

#define RESOURCE(group_, resource_, kind_, can_list_)                                                                  \
        {                                                                                                              \
                .group = BW_STR(group_), .version = BW_STR("v1"), .resource = BW_STR(resource_), .kind = BW_STR(kind_), \
                .can_list = (can_list_)                                                                                \
        }

static void test_plan(void **state)
{
        const struct bw_kube_resource resources[] = {
                RESOURCE("", "pods", "Pod", true),
                RESOURCE("", "events", "Event", true),
                RESOURCE("coordination.k8s.io", "leases", "Lease", true),
                RESOURCE("a.example", "widgets", "Widget", true),
                RESOURCE("metrics.k8s.io", "pods", "PodMetrics", true),
                RESOURCE("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", false),
                RESOURCE("", "secrets", "Secret", true),
                RESOURCE("b.example", "gadgets", "Gadget", true),
                RESOURCE("apps", "deployments", "Deployment", true),
                RESOURCE("", "pods/log", "Pod", true),
                RESOURCE("", "nodes", "Node", true),
                RESOURCE("", "namespaces", "Namespace", true),
        };
        static const char *const expected[] = {"namespaces", "nodes", "deployments", "gadgets", "secrets", "pods"};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        const struct bw_kube_resource **plan;
        size_t n;

        (void)state;
        assert_ok(bw_fetch_plan(arena, resources, BW_ARRAY_SIZE(resources), all_but_widgets, NULL, &plan, &n, NULL));
        assert_int_equal(n, BW_ARRAY_SIZE(expected));
        for (size_t i = 0; i < n; i++)
                assert_true(bw_str_is(plan[i]->resource, expected[i]));
}

static void test_rule(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        bw_fetch_put_rule(&out, BW_STR("apps"), BW_STR("deployments"), "list");
        assert_string_equal(out.p, "{apiGroups: [\"apps\"], resources: [\"deployments\"], verbs: [\"list\"]}");
        assert_true(bw_fetch_may_list(BW_STR(""), BW_STR("pods")));
        assert_false(bw_fetch_may_list(BW_STR("events.k8s.io"), BW_STR("events")));
        assert_false(bw_fetch_may_list(BW_STR("authorization.k8s.io"), BW_STR("selfsubjectrulesreviews")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_plan),
                cmocka_unit_test(test_rule),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
