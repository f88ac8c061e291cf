/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of documents: values, lines and columns; and that nothing of the original is borrowed. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/keep.h"

/* Keeps the document in text, overwrites the text and its arena, and tells what was kept. */
static struct bw_doc *keep(struct bw_keeper *keeper, enum bw_format format, const char *text, bool places)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        static const struct bw_input input = {.name = BW_STR("in.yaml"), .number = 7};
        char *copy = strdup(text);
        struct bw_doc doc = {0};
        struct bw_doc *kept = NULL;
        size_t used;

        if (format == BW_FORMAT_YAML)
                assert_ok(bw_yaml_read(arena, bw_str(copy), 10, false, &doc, NULL));
        else
                assert_ok(bw_json_read(arena, bw_str(copy), 10, 5, false, &doc, &used, NULL));
        doc.input = &input;
        doc.index = 3;
        assert_true(bw_doc_identify(&doc));
        assert_ok(bw_doc_keep(keeper, &doc, places, &kept, NULL));
        memset(copy, 'x', strlen(copy));
        free(copy);
        assert_ptr_not_equal(kept->input, &input);
        assert_str(kept->input->name, "in.yaml");
        assert_int_equal(kept->input->number, 7);
        assert_int_equal(kept->index, 3);
        return kept;
}

static void expect(const char *yaml, const char *json)
{
        bw_auto(bw_keeper_free) struct bw_keeper *keeper = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        assert_ok(bw_keeper_new(&keeper, NULL));
        bw_value_json(&out, keep(keeper, BW_FORMAT_YAML, yaml, false)->root, 0);
        bw_buf_char(&out, 0);
        assert_string_equal(out.p, json);
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static void test_metadata(void **state)
{
        (void)state;
        expect("apiVersion: v1\nkind: Service\n"
               "metadata: {name: a, generateName: b, namespace: c, labels: {d: e}, uid: f, managedFields: [g],\n"
               "  annotations: {h: i, j: 1, kubectl.kubernetes.io/last-applied-configuration: k}, ownerReferences: [{kind: l}]}\n"
               "spec: {m: null, q: [null, 1, 2.5, true, '" LONG "']}\nstatus: {o: p}",
               "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"a\",\"generateName\":\"b\","
               "\"namespace\":\"c\",\"labels\":{\"d\":\"e\"},\"annotations\":{\"h\":\"i\"},\"ownerReferences\":[{\"kind\":"
               "\"l\"}]},\"spec\":{\"q\":[null,1,2.5,true,\"" LONG "\"]},\"status\":{\"o\":\"p\"}}");
}

static void test_secrets_have_no_values(void **state)
{
        (void)state;
        expect("{apiVersion: v1, kind: Secret, type: Opaque, data: {a: YQ==, b: [x], c: {d: x}}, stringData: {e: x, f: 1}}",
               "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"Opaque\",\"data\":{\"a\":\"\",\"b\":\"\",\"c\":"
               "\"\"},\"stringData\":{\"e\":\"\",\"f\":\"\"}}");
        expect("{apiVersion: v1, kind: Secret, data: x, stringData: [x, {a: x}]}",
               "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"stringData\":[null,{\"a\":\"\"}]}");
        expect("{apiVersion: v1, kind: ConfigMap, data: {a: x}, binaryData: {b: x}, immutable: true}",
               "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"a\":\"\"},\"binaryData\":{\"b\":\"\"},"
               "\"immutable\":true}");
        /* A Secret of another API is another kind. */
        expect("{apiVersion: x/v1, kind: Secret, data: {a: b}}",
               "{\"apiVersion\":\"x/v1\",\"kind\":\"Secret\",\"data\":{\"a\":\"b\"}}");
}

static void test_pods(void **state)
{
        (void)state;
        expect("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nstatus: {x: x, phase: p, podIP: 10.0.0.1, podIPs: "
               "[{ip: 10.0.0.1}], hostIP: 10.1.0.1, conditions: [x]}\nspec:\n  serviceAccountName: s\n  hostNetwork: true\n  tolerations: [x]\n  containers:\n"
               "  - name: c\n    image: i\n    args: [x]\n    command: [x]\n    env: [{name: A, value: x}, {name: B, "
               "valueFrom: {secretKeyRef: {name: s, key: k}}}, x]\n    envFrom: [{configMapRef: {name: m}}]\n"
               "    ports: [{containerPort: 1, name: p}]\n    securityContext: {runAsUser: 1}\n    livenessProbe: {x: x}\n"
               "    volumeMounts: [{name: b, mountPath: /b, readOnly: true}]\n"
               "  - x\n"
               "  volumes: [{name: a, emptyDir: {}}, {name: b, secret: {secretName: s, items: [x]}}, {name: c, projected: "
               "{sources: [{serviceAccountToken: {path: x}}, {configMap: {name: m, optional: true, items: [x]}}]}}]\n",
               "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"},\"status\":{\"phase\":\"p\",\"podIP\":\"10.0.0.1\","
               "\"hostIP\":\"10.1.0.1\"},\"spec\":{\"serviceAccountName\":\"s\","
               "\"hostNetwork\":true,\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"env\":[{\"name\":\"A\"},{\"name\":"
               "\"B\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\",\"key\":\"k\"}}},null],\"envFrom\":[{\"configMapRef\":"
               "{\"name\":\"m\"}}],\"ports\":[{\"containerPort\":1,\"name\":\"p\"}],\"securityContext\":{\"runAsUser\":1},"
               "\"volumeMounts\":[{\"name\":\"b\",\"readOnly\":true}]},"
               "null],\"volumes\":[{\"name\":\"a\",\"emptyDir\":\"\"},{\"name\":\"b\",\"secret\":{\"secretName\":\"s\"}},"
               "{\"name\":\"c\",\"projected\":{\"sources\":[{\"serviceAccountToken\":\"\"},{\"configMap\":{\"name\":\"m\","
               "\"optional\":true}}]}}]}}");
        expect("apiVersion: batch/v1\nkind: CronJob\nspec: {schedule: s, jobTemplate: {metadata: {uid: x}, spec: "
               "{template: {metadata: {labels: {a: b}, uid: x}, spec: {containers: [{name: c, args: [x]}], dnsPolicy: x}}}}}\n",
               "{\"apiVersion\":\"batch/v1\",\"kind\":\"CronJob\",\"spec\":{\"schedule\":\"s\",\"jobTemplate\":{\"metadata\":"
               "{},\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\"}"
               "]}}}}}}");
}

static void test_custom_resource_definitions(void **state)
{
        (void)state;
        expect("{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, spec: {group: g, "
               "names: {kind: K}, scope: Namespaced, conversion: {x: x}, versions: [{name: v1, served: true, storage: true, "
               "schema: {x: x}}]}, status: {x: x}}",
               "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\",\"metadata\":{\"name\":"
               "\"a\"},\"spec\":{\"group\":\"g\",\"names\":{\"kind\":\"K\"},\"scope\":\"Namespaced\",\"versions\":[{\"name\":"
               "\"v1\",\"served\":true,\"storage\":true}]}}");
}

static void test_endpoint_slices(void **state)
{
        (void)state;
        expect("{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, uid: x}, addressType: IPv4, endpoints: "
               "[{addresses: [10.0.0.1], conditions: {ready: true}, hostname: h, nodeName: m, zone: z, targetRef: {kind: Pod, "
               "namespace: b, name: p, uid: x}}], ports: [{name: http, port: 80, protocol: TCP}]}",
               "{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":\"a\"},"
               "\"addressType\":\"IPv4\",\"endpoints\":[{\"addresses\":[\"10.0.0.1\"],\"conditions\":{\"ready\":true},"
               "\"hostname\":\"h\",\"nodeName\":\"m\",\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"b\",\"name\":\"p\"}}],"
               "\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]}");
}

/* "line:column" of a path's key. */
static void expect_place(struct bw_doc *doc, const char *path, uint32_t line, uint32_t column)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_path parsed;
        struct bw_mark mark;

        assert_ok(bw_path_parse(arena, bw_str(path), &parsed, NULL));
        mark = bw_doc_mark(doc, arena, parsed, true);
        if (mark.line != line || mark.column != column)
                fail_msg("%s is at %u:%u, not at %u:%u", path, mark.line, mark.column, line, column);
}

static void test_places(void **state)
{
        static const char yaml[] = "apiVersion: v1\nkind: Service\nmetadata:\n  uid: x\n  name: a\nspec:\n  ports:\n"
                                   "  - port: 1\n  - {name: b, port: 2}\n";
        static const char json[] = "{\"apiVersion\": \"v1\", \"kind\": \"Service\",\n \"metadata\": {\"uid\": \"x\",\n"
                                   "  \"name\": \"\xc3\xa9\", \"labels\": {\"\xc3\xa9\": \"b\", \"c\": \"d\"}},\n"
                                   " \"spec\": {\"ports\": [{\"port\": 1}, {\"name\": \"b\"}, 7, \"c\"]}}";
        bw_auto(bw_keeper_free) struct bw_keeper *keeper = NULL;
        struct bw_doc *doc;

        (void)state;
        assert_ok(bw_keeper_new(&keeper, NULL));
        doc = keep(keeper, BW_FORMAT_YAML, yaml, true);
        expect_place(doc, "metadata.name", 14, 3);
        expect_place(doc, "metadata.uid", 12, 1); /* not kept: where it was */
        expect_place(doc, "spec.ports[1]", 18, 5);
        expect_place(doc, "spec.ports[1].port", 18, 15);

        doc = keep(keeper, BW_FORMAT_JSON, json, true);
        expect_place(doc, "kind", 10, 26);
        expect_place(doc, "metadata", 11, 2);
        expect_place(doc, "metadata.name", 12, 3);
        expect_place(doc, "metadata.labels.c", 12, 37);
        expect_place(doc, "spec.ports[0]", 13, 21);
        expect_place(doc, "spec.ports[1].name", 13, 35);
        expect_place(doc, "spec.ports[2]", 13, 11); /* a number has no address: where the list is */
        expect_place(doc, "spec.ports[3]", 13, 52);

        doc = keep(keeper, BW_FORMAT_JSON, json, false);
        assert_null(doc->root.map->marks);
}

/* Keys that stand twice lead back and forth in the text: that costs places, not time. */
static void test_places_back_and_forth(void **state)
{
        bw_auto(bw_keeper_free) struct bw_keeper *keeper = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_doc *doc;

        (void)state;
        bw_buf_puts(&text, "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"spec\":{");
        for (int round = 0; round < 2; round++)
                for (int i = 0; i < 20000; i++)
                        bw_buf_printf(&text, "%s\"k%d\":{\"%s\":\"b\"}", round || i ? "," : "", i, round ? "z" : "a");
        bw_buf_puts(&text, "}}");
        bw_buf_char(&text, 0);
        assert_ok(bw_keeper_new(&keeper, NULL));
        doc = keep(keeper, BW_FORMAT_JSON, text.p, true);
        assert_int_equal(bw_map_get(doc->root, BW_STR("spec")).n, 20000);
}

static bool same_map(struct bw_value a, struct bw_value b, const char *path)
{
        return bw_map_walk(a, path).map == bw_map_walk(b, path).map;
}

static bool same_list(struct bw_value a, const char *path_a, struct bw_value b, const char *path_b)
{
        return bw_map_walk(a, path_a).list == bw_map_walk(b, path_b).list;
}

/* Three objects of which some parts are equal: whether those are there once. What is not equal never is. */
static bool shares(void)
{
#define TEXT(metadata, spec) "{apiVersion: v1, kind: Pod, metadata: {" metadata "}, spec: {" spec "}}"
#define CONTAINER "{name: c, image: i}"
        static const char *const texts[] = {
                TEXT("name: a, labels: {app: x}", "containers: [" CONTAINER "]"),
                TEXT("name: b, labels: {app: x}", "containers: [" CONTAINER "]"),
                TEXT("labels: {app: z}", "containers: [" CONTAINER ", {}], imagePullSecrets: [" CONTAINER "]"),
        };
        bw_auto(bw_keeper_free) struct bw_keeper *keeper = NULL;
        struct bw_value roots[4];

        assert_ok(bw_keeper_new(&keeper, NULL));
        for (size_t i = 0; i < 3; i++)
                roots[i] = keep(keeper, BW_FORMAT_YAML, texts[i], false)->root;
        roots[3] = keep(keeper, BW_FORMAT_YAML, texts[1], true)->root;
        assert_ptr_not_equal(roots[0].map, roots[1].map);
        assert_false(same_map(roots[1], roots[2], "metadata.labels"));
        assert_false(same_list(roots[1], "spec.containers", roots[2], "spec.containers"));
        assert_true(bw_value_eq(roots[1], roots[3]));
        assert_false(same_map(roots[1], roots[3], "metadata.labels"));
        assert_true(bw_keeper_bytes(keeper) > 4 * sizeof(struct bw_doc));
        return same_map(roots[0], roots[1], "spec") && same_map(roots[0], roots[1], "metadata.labels") &&
               same_list(roots[1], "spec.containers", roots[2], "spec.imagePullSecrets");
#undef TEXT
#undef CONTAINER
}

/*
 * Objects resemble each other: what is equal in them is there once, unless it has places. Where it is looked for depends
 * on addresses, and now and then two parts fall on one place: not every time.
 */
static void test_shared(void **state)
{
        size_t n = 0;

        (void)state;
        for (size_t i = 0; i < 20; i++)
                n += shares();
        assert_true(n > 10);
}

/* A long text on one line has one place. */
static void test_places_of_a_line(void **state)
{
        bw_auto(bw_keeper_free) struct bw_keeper *keeper = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_doc *doc;

        (void)state;
        bw_buf_puts(&text, "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"spec\":{\"a\":\"");
        bw_buf_fill(&text, 'x', BW_LIMIT_SOURCE_LINE);
        bw_buf_puts(&text, "\"}}");
        bw_buf_char(&text, 0);
        assert_ok(bw_keeper_new(&keeper, NULL));
        doc = keep(keeper, BW_FORMAT_JSON, text.p, true);
        expect_place(doc, "spec.a", 10, 5);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_metadata),
                cmocka_unit_test(test_secrets_have_no_values),
                cmocka_unit_test(test_pods),
                cmocka_unit_test(test_endpoint_slices),
                cmocka_unit_test(test_custom_resource_definitions),
                cmocka_unit_test(test_places),
                cmocka_unit_test(test_places_back_and_forth),
                cmocka_unit_test(test_shared),
                cmocka_unit_test(test_places_of_a_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
