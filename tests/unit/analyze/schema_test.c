/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "analyze/schema.h"
#include "analyze/validate.h"
#include "base/arena.h"
#include "base/error.h"

#define KUBELET "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
#define ENCRYPTION "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n"

/* What the component would print for a text, decoded as its kind. "" is nothing. */
static const struct {
        const char *text;
        enum bw_schema_mode mode;
        int minor;
        const char *error;
        size_t problems; /* warnings too */
} texts[] = {
        {KUBELET, BW_SCHEMA_LENIENT, 32, "", 0},
        {KUBELET "readOnlyPort: 10255.0\n", BW_SCHEMA_STRICT, 32, "", 0},
        {KUBELET "readOnlyPort: 1.5\n", BW_SCHEMA_LENIENT, 32,
         "json: cannot unmarshal number 1.5 into Go struct field KubeletConfiguration.readOnlyPort of type int32", 1},
        {KUBELET "readOnlyPort: 3000000000\n", BW_SCHEMA_LENIENT, 32,
         "json: cannot unmarshal number 3000000000 into Go struct field KubeletConfiguration.readOnlyPort of type int32", 1},
        {KUBELET "clusterDNS: [1]\n", BW_SCHEMA_LENIENT, 32,
         "json: cannot unmarshal number into Go struct field KubeletConfiguration.clusterDNS of type string", 1},
        {KUBELET "featureGates: {A: \"yes\"}\n", BW_SCHEMA_LENIENT, 32,
         "json: cannot unmarshal string into Go struct field KubeletConfiguration.featureGates of type bool", 1},
        {KUBELET "syncFrequency: 5x\n", BW_SCHEMA_LENIENT, 32, "time: unknown unit \"x\" in duration \"5x\"", 1},
        {KUBELET "syncFrequency: \"5\"\n", BW_SCHEMA_LENIENT, 32, "time: missing unit in duration \"5\"", 1},
        {KUBELET "syncFrequency: abc\n", BW_SCHEMA_LENIENT, 32, "time: invalid duration \"abc\"", 1},
        {KUBELET "syncFrequency:\n", BW_SCHEMA_LENIENT, 32, "time: invalid duration \"\"", 1},
        {KUBELET "cpuCFSQuotaPeriod:\n", BW_SCHEMA_LENIENT, 32, "", 0},
        {KUBELET "kubeReserved: {cpu: 1}\n", BW_SCHEMA_LENIENT, 32,
         "json: cannot unmarshal number into Go struct field KubeletConfiguration.kubeReserved of type string", 1},
        {KUBELET "reservedMemory: [{numaNode: 0, limits: {memory: 1Gi}}]\n", BW_SCHEMA_STRICT, 32, "", 0},
        {KUBELET "reservedMemory: [{numaNode: 0, limits: {memory: 1Gb}}]\n", BW_SCHEMA_LENIENT, 32,
         "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'", 1},
        {KUBELET "logging: {flushFrequency: 5000000000}\n", BW_SCHEMA_STRICT, 32, "", 0},
        {KUBELET "a: 1\nB: 2\n", BW_SCHEMA_STRICT, 32, "strict decoding error: unknown field \"B\", unknown field \"a\"", 2},
        {KUBELET "a: 1\n", BW_SCHEMA_LENIENT, 32, "", 1},
        {KUBELET "userNamespaces: {idsPerPod: 65536}\n", BW_SCHEMA_LENIENT, 32, "", 1},
        {KUBELET "userNamespaces: {idsPerPod: 65536}\n", BW_SCHEMA_LENIENT, 33, "", 0},
        {KUBELET "port: 1\nport: 2\n", BW_SCHEMA_STRICT, 32,
         "strict decoding error: yaml: unmarshal errors:\n  line 4: key \"port\" already set in map", 1},
        {KUBELET "port: 1\nport: 2\naddress: a\naddress: b\n", BW_SCHEMA_STRICT, 32,
         "strict decoding error: yaml: unmarshal errors:\n  line 4: key \"port\" already set in map\n  line 6: key \"address\" "
         "already set in map", 2},
        {KUBELET "port: [\n", BW_SCHEMA_STRICT, 32, "yaml: line 3: did not find expected node content", 1},
        {ENCRYPTION "---\nbroken: [", BW_SCHEMA_STRICT, 32, "", 0},
        {"- a\n", BW_SCHEMA_STRICT, 32,
         "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion "
         "string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }", 1},
        {"kind: 1\n", BW_SCHEMA_STRICT, 32,
         "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string", 1},
        {"{\"kind\": ", BW_SCHEMA_STRICT, 32, "couldn't get version/kind; json parse error: unexpected end of JSON input", 1},
        {"{kind: a}", BW_SCHEMA_STRICT, 32,
         "couldn't get version/kind; json parse error: invalid character 'k' looking for beginning of object key string", 1},
        {"{\"apiVersion\": \"kubelet.config.k8s.io/v1beta1\", \"kind\": \"KubeletConfiguration\", \"port\": 10.0}",
         BW_SCHEMA_LENIENT, 32,
         "json: cannot unmarshal number 10 into Go struct field KubeletConfiguration.port of type int32", 1},
        {"kind: Policy\n", BW_SCHEMA_STRICT, 32, "Object 'apiVersion' is missing", 1},
        {"apiVersion: v1\nkind: Pod\n", BW_SCHEMA_STRICT, 32, "no kind \"Pod\" is registered for version \"v1\"", 1},
        {"apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n", BW_SCHEMA_STRICT, 32,
         "no kind \"AuthenticationConfiguration\" is registered for version \"apiserver.config.k8s.io/v1\"", 1},
        {"apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n", BW_SCHEMA_STRICT, 34, "", 0},
        {"KIND: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\n", BW_SCHEMA_LENIENT, 32, "", 1},
};

static void test_texts(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                struct bw_arena *arena = bw_arena_new(0);
                struct bw_problems problems = {0};
                const struct bw_schema *schema = NULL;
                struct bw_error err = {0};
                struct bw_value value;
                struct bw_doc doc;
                struct bw_str text;

                assert_ok(bw_schema_read(arena, bw_str(texts[i].text), texts[i].mode, &doc, &problems, &err));
                if (problems.n == 0 || problems.items[0].kind != BW_PROBLEM_SYNTAX)
                        bw_schema_identify(&doc, NULL, NULL, texts[i].minor, &problems, &schema);
                if (schema)
                        assert_ok(bw_schema_decode(arena, schema, &doc, texts[i].mode, texts[i].minor, &problems, &value, &err));
                assert_ok(bw_problems_text(&problems, arena, &text, &err));
                assert_str(text, texts[i].error);
                if (problems.n != texts[i].problems)
                        fail_msg("%s: %zu problems", texts[i].text, problems.n);
                bw_arena_free(arena);
        }
}

static void test_decoded_value(void **state)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_problems problems = {0};
        const struct bw_schema *schema = NULL;
        struct bw_error err = {0};
        struct bw_value value;
        struct bw_doc doc;

        (void)state;
        assert_ok(bw_schema_read(arena, BW_STR(KUBELET "syncFrequency: 90s\nport: 1e3\nfoo: 1\nauthentication: {anonymous: {enabled: no}}\n"
                                                       "staticPodPath:\n"),
                                 BW_SCHEMA_LENIENT, &doc, &problems, &err));
        bw_schema_identify(&doc, "kubelet", NULL, 0, &problems, &schema);
        assert_non_null(schema);
        assert_string_equal(bw_schema_component(schema), "kubelet");
        assert_ok(bw_schema_decode(arena, schema, &doc, BW_SCHEMA_LENIENT, 32, &problems, &value, &err));
        assert_str(bw_map_text(value, "syncFrequency"), "1m30s");
        assert_int_equal(bw_map_get(value, BW_STR("port")).i, 1000);
        assert_int_equal(bw_map_get(value, BW_STR("foo")).type, BW_ABSENT);
        assert_int_equal(bw_map_get(value, BW_STR("staticPodPath")).type, BW_ABSENT);
        assert_int_equal(bw_map_walk(value, "authentication.anonymous.enabled").type, BW_BOOL);
        assert_int_equal(problems.n, 1);
        assert_int_equal(problems.items[0].mark.line, 5);
        bw_arena_free(arena);
}

/* Every type that a field names is one that can be decoded, and rows are in order. */
static void test_tables(void **state)
{
        const struct bw_schema *schema;

        (void)state;
        for (size_t i = 0; (schema = bw_schema_at(i)); i++) {
                struct bw_arena *arena = bw_arena_new(0);
                struct bw_doc doc = {.root = bw_value_map(NULL, 0)};
                struct bw_problems problems = {0};
                struct bw_error err = {0};
                struct bw_value value;

                assert_ptr_equal(bw_schema_find(bw_str(bw_schema_api_version(schema)), bw_str(bw_schema_kind(schema)), 0), schema);
                assert_ok(bw_schema_decode(arena, schema, &doc, BW_SCHEMA_STRICT, 0, &problems, &value, &err));
                assert_int_equal(problems.n, 0);
                bw_arena_free(arena);
        }
}

/* What validation says of files that are well formed. */
static const struct {
        const char *text;
        const char *words; /* of the first problem; NULL: there is none */
        uint32_t line;
} files[] = {
        {"apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers: []\n",
         "authorizers: Required value: at least one authorization mode must be defined", 3},
        {"apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n- {type: Node, name: one}\n"
         "- {type: Nope, name: two}\n",
         "authorizers[1].type: Unsupported value: \"Nope\": supported values: \"ABAC\", \"AlwaysAllow\", \"AlwaysDeny\", "
         "\"Node\", \"RBAC\", \"Webhook\"", 5},
        {"apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: 'http://a.example', "
         "audiences: [a]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n",
         "jwt[0].issuer.url: Invalid value: \"http://a.example\": URL scheme must be https", 4},
        {"apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n- issuer: {url: 'https://a.example', "
         "audiences: [a]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n", NULL, 0},
        {"apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: PodSecurity\n  configuration:\n"
         "    apiVersion: pod-security.admission.config.k8s.io/v1\n    kind: PodSecurityConfiguration\n    defaults:\n"
         "      enforce: strict\n",
         "plugins[0].configuration: defaults.enforce: Invalid value: \"strict\": must be one of privileged, baseline, restricted", 9},
        {"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: userspace\n",
         "mode: Invalid value: \"userspace\": must be iptables,ipvs,nftables or blank (blank means the best-available proxy "
         "[currently iptables])", 3},
        {"apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: [{schedulerName: a}, "
         "{schedulerName: a}]\n",
         "profiles[1].schedulerName: Duplicate value: \"a\"", 3},
        {"apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n- name: ecr\n  matchImages: [a.example]\n"
         "  defaultCacheDuration: 1h\n",
         "providers[0].apiVersion: Required value", 4},
        {KUBELET "readOnlyPort: 70000\n",
         "invalid configuration: readOnlyPort (--read-only-port) 70000 must be between 0 and 65535, inclusive", 3},
        {KUBELET "tlsMinVersion: TLS1.2\n", "unknown tls version \"TLS1.2\"", 3},
        {"apiVersion: v1\nkind: Config\ncurrent-context: a\n",
         "current-context: Invalid value: \"a\": context was not found for specified context", 3},
        {"imagePolicy: {defaultAllow: true}\n", "imagePolicy.kubeConfigFile: Required value: the webhook is reached by a kubeconfig", 1},
        {"apiVersion: apiserver.k8s.io/v1beta1\nkind: EgressSelectorConfiguration\negressSelections:\n- name: master\n  connection: "
         "{proxyProtocol: Direct}\n",
         "egressSelections[0].name: Unsupported value: \"master\": supported values: \"cluster\", \"controlplane\", \"etcd\"", 4},
};

static void test_files(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(files); i++) {
                struct bw_arena *arena = bw_arena_new(0);
                struct bw_validation v;
                struct bw_error err = {0};

                assert_ok(bw_validate(arena, bw_str(files[i].text), 1, 35, &v, &err));
                assert_non_null(v.schema);
                if (!files[i].words) {
                        assert_int_equal(v.problems.n, 0);
                } else {
                        assert_true(v.problems.n > 0);
                        assert_str(v.problems.items[0].message, files[i].words);
                        assert_int_equal(v.problems.items[0].mark.line, files[i].line);
                }
                bw_arena_free(arena);
        }
}

static void test_shapes(void **state)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_validation v;
        struct bw_error err = {0};

        (void)state;
        assert_ok(bw_validate(arena, BW_STR("etcd:\n  encryption:\n  - resources: [secrets]\n"), 1, 35, &v, &err));
        assert_null(v.schema);
        assert_int_equal(v.problems.n, 1);
        assert_true(bw_str_find(v.problems.items[0].hint, BW_STR("EncryptionConfiguration")) != SIZE_MAX);
        assert_ok(bw_validate(arena, BW_STR("apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: []\n"), 1, 35, &v, &err));
        assert_str(v.problems.items[0].hint, "this kind is known in audit.k8s.io/v1");
        bw_arena_free(arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_texts),  cmocka_unit_test(test_decoded_value), cmocka_unit_test(test_tables),
                cmocka_unit_test(test_files), cmocka_unit_test(test_shapes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
