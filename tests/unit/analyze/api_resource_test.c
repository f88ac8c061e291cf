/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "analyze/api_resource.h"

#include "base/arena.h"
#include "check.h"

static const struct {
        const char *text;
        const char *resource, *group, *subresource, *kind;
        bool namespaced, known;
} rows[] = {
        {"pods", "pods", "", "", "Pod", true, true},
        {"po", "pods", "", "", "Pod", true, true},
        {"Pod", "pods", "", "", "Pod", true, true},
        {"pods/log", "pods", "", "log", "Pod", true, true},
        {"deploy", "deployments", "apps", "", "Deployment", true, true},
        {"deployments.apps", "deployments", "apps", "", "Deployment", true, true},
        {"deployments.v1.apps/scale", "deployments", "apps", "scale", "Deployment", true, true},
        {"ing.networking", "ingresses", "networking.k8s.io", "", "Ingress", true, true},
        {"no", "nodes", "", "", "Node", false, true},
        {"events", "events", "", "", "Event", true, true},
        {"events.events.k8s.io", "events", "events.k8s.io", "", "Event", true, true},
        {"nodes.metrics.k8s.io", "nodes", "metrics.k8s.io", "", "NodeMetrics", false, true},
        {"crds", "customresourcedefinitions", "apiextensions.k8s.io", "", "CustomResourceDefinition", false, true},
        {"*", "*", "", "", "", true, true},
        {"*.*", "*", "*", "", "", true, true},
        {"*/scale", "*", "", "scale", "", true, true},
        {"users", "users", "", "", "", true, true},
        {"podz", "podz", "", "", "", true, false},
        {"widgets.example.com", "widgets", "example.com", "", "", true, false},
        {"deployments.extensions", "deployments", "extensions", "", "", true, false},
        {"", "", "", "", "", true, false},
};

static void test_names(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_api_resource r = bw_api_resource_parse(bw_str(rows[i].text), NULL);

                assert_str(r.resource, rows[i].resource);
                assert_str(r.group, rows[i].group);
                assert_str(r.subresource, rows[i].subresource);
                assert_str(r.kind, rows[i].kind);
                assert_int_equal(r.namespaced, rows[i].namespaced);
                assert_int_equal(r.known, rows[i].known);
        }
}

static void test_custom(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_inventory *inventory = NULL;
        struct bw_api_resource r;
        struct bw_doc doc;

        (void)state;
        assert_ok(bw_yaml_read(arena,
                               BW_STR("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                                      "metadata: {name: widgets.example.com}\n"
                                      "spec: {group: example.com, scope: Cluster, names: {plural: widgets, singular: widget, kind: "
                                      "Widget, shortNames: [wd]}}\n"),
                               1, false, &doc, NULL));
        assert_true(bw_doc_identify(&doc));
        assert_ok(bw_inventory_new(&inventory, NULL));
        assert_ok(bw_inventory_add(inventory, &doc, NULL));
        assert_ok(bw_inventory_seal(inventory, NULL));
        r = bw_api_resource_parse(BW_STR("wd"), inventory);
        assert_str(r.resource, "widgets");
        assert_str(r.group, "example.com");
        assert_false(r.namespaced);
        assert_true(r.known);
        assert_true(bw_api_resource_parse(BW_STR("widget.example.com"), inventory).known);
        assert_false(bw_api_resource_parse(BW_STR("widget.example.org"), inventory).known);
        bw_inventory_free(inventory);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_custom),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
