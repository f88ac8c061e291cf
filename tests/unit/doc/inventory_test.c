/* SPDX-License-Identifier: Apache-2.0 */
/* Documents found by kind, name, labels and owner; what documents are that are no objects. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "doc/classify.h"
#include "doc/inventory.h"
#include "value/selector.h"

static struct bw_doc *make(struct bw_arena *arena, const char *text, uint32_t line)
{
        struct bw_doc *doc = bw_arena_zalloc(arena, sizeof(*doc));

        assert_ok(bw_yaml_read(arena, bw_str(text), line, false, doc, NULL));
        (void)bw_doc_identify(doc);
        return doc;
}

static void test_find(void **state)
{
        static const char *const texts[] = {
                "{apiVersion: v1, kind: Namespace, metadata: {name: b}}",
                "{apiVersion: v1, kind: Pod, metadata: {name: p2, namespace: b, labels: {app: x}, ownerReferences: "
                "[{kind: Other, name: o}, {kind: ReplicaSet, name: r, controller: true}]}}",
                "{apiVersion: v1, kind: Pod, metadata: {name: p1, namespace: b, labels: {app: w}, ownerReferences: "
                "[{kind: ReplicaSet, name: r, controller: true}]}}",
                "{apiVersion: v1, kind: Pod, metadata: {name: p1, namespace: a, labels: {app: x}}}",
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: a}}",
                "{apiVersion: v1, kind: Namespace, metadata: {name: a}}",
                "{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {last: 'true'}}}",
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_inventory_free) struct bw_inventory *inventory = NULL;
        bw_auto(bw_inventory_free) struct bw_inventory *other = NULL;
        const struct bw_doc *doc;
        struct bw_doc_range range;
        size_t at = 0;

        (void)state;
        assert_ok(bw_inventory_new(&inventory, NULL));
        assert_ok(bw_inventory_new(&other, NULL));
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++)
                assert_ok(bw_inventory_add(i % 2 ? inventory : other, make(arena, texts[i], (uint32_t)i + 1), NULL));
        assert_ok(bw_inventory_take(inventory, other, NULL));
        assert_int_equal(bw_inventory_size(other), 0);
        assert_ok(bw_inventory_seal(inventory, NULL));
        assert_int_equal(bw_inventory_size(inventory), 7);
        assert_int_equal(bw_inventory_add(inventory, NULL, NULL), -EINVAL);

        range = bw_inventory_kind(inventory, BW_STR(""), BW_STR("Pod"));
        assert_int_equal(range.n, 3);
        assert_str(range.docs[0]->ns, "a");
        assert_str(range.docs[1]->name, "p1");
        assert_str(range.docs[2]->name, "p2");
        range = bw_inventory_namespace(inventory, BW_STR(""), BW_STR("Pod"), BW_STR("b"));
        assert_int_equal(range.n, 2);
        assert_int_equal(bw_inventory_kind(inventory, BW_STR("apps"), BW_STR("Pod")).n, 0);

        doc = bw_inventory_find(inventory, BW_STR(""), BW_STR("Namespace"), BW_STR(""), BW_STR("a"));
        assert_non_null(doc);
        assert_int_equal(doc->line, 7); /* the later one of two */
        assert_null(bw_inventory_find(inventory, BW_STR(""), BW_STR("Namespace"), BW_STR(""), BW_STR("z")));

        range = bw_inventory_owned(inventory, BW_STR("b"), BW_STR("ReplicaSet"), BW_STR("r"));
        assert_int_equal(range.n, 2);
        assert_str(range.docs[0]->name, "p1");
        assert_int_equal(bw_inventory_owned(inventory, BW_STR("b"), BW_STR("Other"), BW_STR("o")).n, 0);

        range = bw_inventory_kind(inventory, BW_STR(""), BW_STR("Pod"));
        doc = make(arena, "{matchLabels: {app: x}}", 1);
        assert_str(bw_range_select(range, doc->root, &at)->ns, "a");
        assert_str(bw_range_select(range, doc->root, &at)->name, "p2");
        assert_null(bw_range_select(range, doc->root, &at));
}

static void test_empty(void **state)
{
        bw_auto(bw_inventory_free) struct bw_inventory *inventory = NULL;

        (void)state;
        assert_ok(bw_inventory_new(&inventory, NULL));
        assert_ok(bw_inventory_seal(inventory, NULL));
        assert_int_equal(bw_inventory_kind(inventory, BW_STR(""), BW_STR("Pod")).n, 0);
        bw_inventory_free(NULL);
}

static void test_selectors(void **state)
{
        static const char labels[] = "{app: web, tier: front, empty: ''}";
        static const struct {
                const char *selector;
                int selected;
        } cases[] = {
                {"~", 0},
                {"{}", 1},
                {"{matchLabels: {}, matchExpressions: []}", 1},
                {"{matchLabels: {app: web}}", 1},
                {"{matchLabels: {app: web, tier: back}}", 0},
                {"{matchLabels: {none: x}}", 0},
                {"{matchLabels: {empty: ''}}", 1},
                {"{matchExpressions: [{key: app, operator: In, values: [api, web]}]}", 1},
                {"{matchExpressions: [{key: app, operator: In, values: [api]}]}", 0},
                {"{matchExpressions: [{key: none, operator: In, values: ['']}]}", 0},
                {"{matchExpressions: [{key: app, operator: NotIn, values: [api]}]}", 1},
                {"{matchExpressions: [{key: none, operator: NotIn, values: [api]}]}", 1},
                {"{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", 0},
                {"{matchExpressions: [{key: app, operator: Exists}]}", 1},
                {"{matchExpressions: [{key: none, operator: Exists}]}", 0},
                {"{matchExpressions: [{key: none, operator: DoesNotExist}]}", 1},
                {"{matchExpressions: [{key: app, operator: DoesNotExist}]}", 0},
                {"{matchLabels: {app: web}, matchExpressions: [{key: app, operator: DoesNotExist}]}", 0},
                {"{matchExpressions: [{key: app, operator: exists}]}", -1},
                {"{matchExpressions: [{key: app, operator: In}]}", -1},
                {"{matchExpressions: [{key: app, operator: Exists, values: [x]}]}", -1},
                {"{matchExpressions: [{operator: Exists}]}", -1},
                {"{matchExpressions: [{key: app, operator: DoesNotExist}, {key: app, operator: Bad}]}", -1},
                {"{matchLabels: {app: 1}}", -1},
                {"x", -1},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_value have = make(arena, labels, 1)->root;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                int selected = bw_selector_match(make(arena, cases[i].selector, 1)->root, have);

                if (selected != cases[i].selected)
                        fail_msg("%s gave %d", cases[i].selector, selected);
        }
        assert_int_equal(bw_selector_match_labels(make(arena, "{app: web}", 1)->root, have), BW_SELECTED_YES);
        assert_int_equal(bw_selector_match_labels(make(arena, "{app: x}", 1)->root, have), BW_SELECTED_NO);
        assert_int_equal(bw_selector_match_labels(make(arena, "{}", 1)->root, have), BW_SELECTED_NO);
        assert_int_equal(bw_selector_match_labels(make(arena, "[]", 1)->root, have), BW_SELECTED_INVALID);
}

static void test_classes(void **state)
{
        static const struct {
                const char *text;
                enum bw_doc_class cls;
        } cases[] = {
                {"{apiVersion: v1, kind: Pod}", BW_CLASS_OBJECT},
                {"# nothing", BW_CLASS_EMPTY},
                {"{apiVersion: v2, name: x, version: 0.1.0}", BW_CLASS_HELM_CHART},
                {"{resources: [a.yaml]}", BW_CLASS_KUSTOMIZATION},
                {"{services: {web: {}}}", BW_CLASS_COMPOSE},
                {"{on: push, jobs: {}}", BW_CLASS_WORKFLOW},
                {"{openapi: 3.0.0}", BW_CLASS_OPENAPI},
                {"{a: 1}", BW_CLASS_MAP},
                {"[1]", BW_CLASS_OTHER},
                {"text", BW_CLASS_OTHER},
        };
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                assert_int_equal(bw_doc_classify(make(arena, cases[i].text, 1)), cases[i].cls);
        for (unsigned i = 0; i < _BW_CLASS_MAX; i++)
                assert_true(bw_class_name(i)[0]);
}

static void test_templates(void **state)
{
        static const struct {
                const char *text;
                bool is;
        } cases[] = {
                {"name: {{ .Values.name }}\n", true},
                {"{{- if .x }}\na: 1\n{{- end }}\n", true},
                {"{{\n  include \"x\" . }}", true},
                {"replicas: {{replicas}}", true},
                {"{{/* note */}}", true},
                {"a: {b: {{\"c\": 1}}}", false},
                {"{{}}", false},
                {"{{ }}", false},
                {"a: 1 # {{", false},
                {"}} {{ x", false},
                {"", false},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                if (bw_text_is_template(bw_str(cases[i].text)) != cases[i].is)
                        fail_msg("\"%s\"", cases[i].text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_find),    cmocka_unit_test(test_empty),     cmocka_unit_test(test_selectors),
                cmocka_unit_test(test_classes), cmocka_unit_test(test_templates),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
