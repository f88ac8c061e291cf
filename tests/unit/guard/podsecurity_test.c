/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/goquote.h"
#include "doc/doc.h"
#include "format/go_json.h"
#include "guard/podsecurity.h"
#include "guard/podsecurity_internal.h"

struct fixture {
        struct bw_arena *arena;
        struct bw_catalog *catalog;
        struct bw_judge *judge;
};

static int set_up(void **state)
{
        static struct fixture f;
        const struct bw_world world = {.raw = true};

        f.arena = bw_arena_new(0);
        *state = &f;
        return bw_catalog_new(NULL, &f.catalog, NULL) || bw_catalog_add_builtin(f.catalog, NULL) ||
               bw_pss_prepare(f.catalog, NULL) || bw_judge_new(f.catalog, &world, false, &f.judge, NULL);
}

static int tear_down(void **state)
{
        struct fixture *f = *state;

        bw_judge_free(f->judge);
        bw_catalog_free(f->catalog);
        bw_arena_free(f->arena);
        return 0;
}

static struct bw_value yaml(struct fixture *f, const char *text)
{
        struct bw_doc doc;

        assert_ok(bw_yaml_read(f->arena, bw_str(text), 1, false, &doc, NULL));
        return doc.root;
}

static void quoting_is_gos(void **state)
{
        static const struct {
                struct bw_str in;
                const char *out;
        } cases[] = {
                {{"a\"b\\", 4}, "\"a\\\"b\\\\\""}, {{"\n\t\x01", 3}, "\"\\n\\t\\x01\""},
                {{"\xff", 1}, "\"\\xff\""},        {{"\xc3\xa4", 2}, "\"\xc3\xa4\""},
                {{"\xe2\x80\xa8", 3}, "\"\\u2028\""}, {{"", 0}, "\"\""},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

                bw_buf_go_quote(&buf, cases[i].in);
                assert_string_equal(buf.p, cases[i].out);
        }
}

static void json_errors_are_gos(void **state)
{
        static const struct {
                const char *text;
                const char *error; /* NULL: it is JSON */
        } cases[] = {
                {"{\"a\":[1,-2.5e+3,true,null,\"\\u00e4\\n\"],\"b\":{}}", NULL},
                {" [] ", NULL},
                {"", "unexpected end of JSON input"},
                {"{a: 1}", "invalid character 'a' looking for beginning of object key string"},
                {"{'a': 1}", "invalid character '\\'' looking for beginning of object key string"},
                {"{\"a\" 1}", "invalid character '1' after object key"},
                {"{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair"},
                {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
                {"[1 2]", "invalid character '2' after array element"},
                {"[1,]", "invalid character ']' looking for beginning of value"},
                {"{} {}", "invalid character '{' after top-level value"},
                {"\"a\nb\"", "invalid character '\\n' in string literal"},
                {"\"\\x\"", "invalid character 'x' in string escape code"},
                {"\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape"},
                {"tru3", "invalid character '3' in literal true (expecting 'e')"},
                {"-x", "invalid character 'x' in numeric literal"},
                {"1.x", "invalid character 'x' after decimal point in numeric literal"},
                {"1ex", "invalid character 'x' in exponent of numeric literal"},
                {"01", "invalid character '1' after top-level value"},
                {"[", "unexpected end of JSON input"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

                assert_int_equal(bw_go_json_check(bw_str(cases[i].text), &buf), cases[i].error == NULL);
                assert_string_equal(buf.p ? buf.p : "", cases[i].error ? cases[i].error : "");
        }
}

#define V1 "apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n"
#define LABEL_RULE                                                                                 \
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " \
        "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "                      \
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

static void configurations(void **state)
{
        static const struct {
                const char *text;
                const char *error; /* NULL: accepted, with enforce at… */
                const char *enforce;
        } cases[] = {
                {"", NULL, "privileged:latest"},
                {V1 "defaults: {enforce: baseline, enforce-version: v1.30}\n", NULL, "baseline:v1.30"},
                {V1 "defaults: null\nexemptions: {namespaces: null}\n", NULL, "privileged:latest"},
                {V1 "defaults: {enforce: 1}\n",
                 "json: cannot unmarshal number into Go struct field PodSecurityDefaults.defaults.enforce of type string", NULL},
                {V1 "exemptions: {usernames: bob}\n",
                 "json: cannot unmarshal string into Go struct field PodSecurityExemptions.exemptions.usernames of type []string",
                 NULL},
                {V1 "defaults: []\n",
                 "json: cannot unmarshal array into Go struct field PodSecurityConfiguration.defaults of type "
                 "v1.PodSecurityDefaults", NULL},
                {V1 "defaults: {enforce: strict, warn-version: \"1.30\"}\n",
                 "[defaults.enforce: Invalid value: \"strict\": must be one of privileged, baseline, restricted, "
                 "defaults.warn-version: Invalid value: \"1.30\": must be \"latest\" or \"v1.x\"]", NULL},
                {V1 "exemptions: {namespaces: [a.b, A, a, a]}\n",
                 "[exemptions.namespaces[0]: Invalid value: \"a.b\": must not contain dots, exemptions.namespaces[1]: Invalid "
                 "value: \"A\": " LABEL_RULE ", exemptions.namespaces[3]: Duplicate value: \"a\"]", NULL},
                {V1 "extra: 1\ndefaults: {x: 1}\n",
                 "strict decoding error: unknown field \"extra\", unknown field \"defaults.x\"", NULL},
                {"kind: PodSecurityConfiguration\n", "Object 'apiVersion' is missing in 'kind: PodSecurityConfiguration\n'",
                 NULL},
                {"apiVersion: a/b/c\nkind: X\n", "unexpected GroupVersion string: a/b/c", NULL},
                {"apiVersion: pod-security.admission.config.k8s.io/v2\nkind: PodSecurityConfiguration\n",
                 "no kind \"PodSecurityConfiguration\" is registered for version \"pod-security.admission.config.k8s.io/v2\" in "
                 "scheme \"k8s.io/pod-security-admission/admission/api/scheme/scheme.go:31\"", NULL},
                {V1 "defaults:\n  enforce: baseline\n  enforce: restricted\n",
                 "strict decoding error: yaml: unmarshal errors:\n  line 5: key \"enforce\" already set in map", NULL},
                {"{\"apiVersion\":\"pod-security.admission.config.k8s.io/v1\",\"kind\":\"PodSecurityConfiguration\","
                 "\"defaults\":{\"warn\":\"baseline\",\"warn\":\"restricted\"}}",
                 "strict decoding error: duplicate field \"defaults.warn\"", NULL},
                {"{", "couldn't get version/kind; json parse error: unexpected end of JSON input", NULL},
                {"a: b: c\n", "yaml: mapping values are not allowed in this context", NULL},
                {"[]", "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { "
                       "APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }",
                 NULL},
        };
        struct fixture *f = *state;

        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
                struct bw_str message = {0};
                struct bw_error err = {0};
                struct bw_ps_config config;
                int r = bw_ps_config_load(f->arena, bw_str(cases[i].text), &config, &message, &err);

                assert_int_equal(r, cases[i].error ? -EINVAL : 0);
                if (cases[i].error) {
                        assert_str(message, cases[i].error);
                        continue;
                }
                bw_ps_level_format(&buf, config.defaults.modes[BW_PS_ENFORCE]);
                assert_string_equal(buf.p, cases[i].enforce);
        }
}

static void labels(void **state)
{
        static const struct {
                const char *labels;
                const char *policy; /* enforce audit warn */
                size_t n_errors;
        } cases[] = {
                {"{}", "privileged:latest privileged:latest privileged:latest", 0},
                {"{pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.20}",
                 "baseline:v1.20 privileged:latest baseline:v1.20", 0},
                {"{pod-security.kubernetes.io/enforce: nonsense}", "restricted:latest privileged:latest privileged:latest", 1},
                {"{pod-security.kubernetes.io/audit: nonsense, pod-security.kubernetes.io/warn-version: v1.01}",
                 "privileged:latest privileged:latest privileged:latest", 2},
                {"{pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn-version: v1.3}",
                 "restricted:latest privileged:latest restricted:v1.3", 0},
        };
        struct fixture *f = *state;
        struct bw_ps_config config;

        assert_ok(bw_ps_config_load(f->arena, BW_STR(""), &config, NULL, NULL));
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
                struct bw_ps_policy policy;
                struct bw_ps_errors errors;

                assert_ok(bw_ps_policy_of(f->arena, yaml(f, cases[i].labels), &config.defaults, &policy, &errors, NULL));
                for (int m = 0; m < _BW_PS_MODE_MAX; m++) {
                        bw_buf_puts(&buf, m ? " " : "");
                        bw_ps_level_format(&buf, policy.modes[m]);
                }
                assert_string_equal(buf.p, cases[i].policy);
                assert_int_equal(errors.n, cases[i].n_errors);
        }
}

static void levels_are_read_back(void **state)
{
        static const char *const bad[] = {"", "baseline", "baseline:", ":latest", "baseline:v2.1", "baseline:v1.x", "a:latest"};
        struct bw_ps_level level;

        (void)state;
        assert_ok(bw_ps_level_parse(BW_STR("restricted:v1.7"), &level, NULL));
        assert_int_equal(level.level, BW_PSS_RESTRICTED);
        assert_int_equal(level.minor, 7);
        for (size_t i = 0; i < BW_ARRAY_SIZE(bad); i++)
                assert_int_equal(bw_ps_level_parse(bw_str(bad[i]), &level, NULL), -EINVAL);
}

/* ---- reviews: one namespace "dev" with these labels, and these pods in it */

struct cluster {
        struct bw_value labels;
        struct bw_value pods;
};

static int find_labels(void *userdata, struct bw_str name, struct bw_value *ret, struct bw_str *ret_why)
{
        const struct cluster *c = userdata;

        (void)ret_why;
        *ret = c->labels;
        return bw_str_is(name, "dev") ? 0 : -ENOENT;
}

static int find_pods(void *userdata, struct bw_str ns, struct bw_value *ret)
{
        const struct cluster *c = userdata;

        (void)ns;
        *ret = c->pods;
        return c->pods.type == BW_LIST ? 0 : -EIO;
}

static struct bw_ps_answer review(struct fixture *f, const char *config_text, const char *labels_text, const char *pods,
                                  const char *request)
{
        struct cluster c = {.labels = yaml(f, labels_text), .pods = yaml(f, pods)};
        const struct bw_ps_cluster cluster = {.namespace_labels = find_labels, .pods = find_pods, .userdata = &c};
        struct bw_ps_config config;
        struct bw_ps_answer answer;

        assert_ok(bw_ps_config_load(f->arena, bw_str(config_text), &config, NULL, NULL));
        assert_ok(bw_ps_review(&config, &cluster, f->judge, yaml(f, request), f->arena, &answer, NULL));
        return answer;
}

#define BASELINE "{pod-security.kubernetes.io/enforce: baseline}"
#define POD_REQUEST(rest)                                                                          \
        "{kind: {group: '', version: v1, kind: Pod}, resource: {group: '', version: v1, resource: pods}, name: p, "    \
        "namespace: dev, userInfo: {username: alice}, " rest "}"
#define PRIVILEGED "{containers: [{name: a, image: i, securityContext: {privileged: true}}]}"

static void pods_are_refused_in_kubernetes_words(void **state)
{
        struct fixture *f = *state;
        struct bw_ps_answer a = review(f, "", BASELINE, "[]",
                                       POD_REQUEST("operation: CREATE, object: {apiVersion: v1, kind: Pod, spec: " PRIVILEGED "}"));

        assert_false(a.allowed);
        assert_int_equal(a.code, 403);
        assert_str(a.reason, "Forbidden");
        assert_str(a.message, "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": privileged (container \"a\" "
                              "must not set securityContext.privileged=true)");
        assert_int_equal(a.n_warnings, 0);
        assert_int_equal(a.n_annotations, 1);
        assert_str(a.annotations[0].key, "enforce-policy");
}

static void exemptions_and_short_cuts(void **state)
{
        static const char config[] = V1 "exemptions: {usernames: [alice]}\n";
        struct fixture *f = *state;
        struct bw_ps_answer a;

        a = review(f, config, BASELINE, "[]", POD_REQUEST("operation: CREATE, object: null"));
        assert_true(a.allowed);
        assert_str(a.annotations[0].value, "user");
        a = review(f, "", BASELINE, "[]", POD_REQUEST("operation: CREATE, requestSubResource: exec, object: null"));
        assert_true(a.allowed);
        assert_int_equal(a.n_annotations, 0);
        a = review(f, "", "{}", "[]", POD_REQUEST("operation: CREATE, object: null"));
        assert_str(a.annotations[0].value, "privileged:latest");
        a = review(f, "", BASELINE, "[]", POD_REQUEST("operation: CREATE, object: null"));
        assert_int_equal(a.code, 400);
        assert_str(a.message, "failed to decode pod");
        /* The same images: nothing that matters changed. */
        a = review(f, "", BASELINE, "[]",
                   POD_REQUEST("operation: UPDATE, object: {apiVersion: v1, kind: Pod, spec: " PRIVILEGED
                               "}, oldObject: {apiVersion: v1, kind: Pod, spec: " PRIVILEGED "}"));
        assert_true(a.allowed);
        a = review(f, "", BASELINE, "[]",
                   POD_REQUEST("operation: UPDATE, object: {apiVersion: v1, kind: Pod, spec: " PRIVILEGED
                               "}, oldObject: {apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: j}]}}"));
        assert_false(a.allowed);
}

static void workloads_are_warned_of(void **state)
{
        static const char request[] =
                "{kind: {group: apps, version: v1, kind: Deployment}, resource: {group: apps, version: v1, resource: "
                "deployments}, name: w, namespace: dev, operation: CREATE, object: {apiVersion: apps/v1, kind: Deployment, "
                "spec: {template: {spec: " PRIVILEGED "}}}}";
        struct fixture *f = *state;
        struct bw_ps_answer a = review(f, "", BASELINE, "[]", request);

        assert_true(a.allowed);
        assert_int_equal(a.n_warnings, 1);
        assert_str(a.warnings[0], "would violate PodSecurity \"baseline:latest\": privileged (container \"a\" must not set "
                                  "securityContext.privileged=true)");
}

#define NS_REQUEST(rest)                                                                           \
        "{kind: {group: '', version: v1, kind: Namespace}, resource: {group: '', version: v1, resource: namespaces}, "  \
        "name: dev, namespace: dev, " rest "}"
#define NS(labels) "{apiVersion: v1, kind: Namespace, metadata: {name: dev, labels: " labels "}}"

static void namespaces_are_checked_against_their_pods(void **state)
{
        static const char pods[] =
                "[{metadata: {name: b}, spec: " PRIVILEGED "}, {metadata: {name: a}, spec: " PRIVILEGED "}, "
                "{metadata: {name: c}, spec: {hostNetwork: true}}, {metadata: {name: d}, spec: {}}]";
        static const char stricter[] = NS_REQUEST("operation: UPDATE, object: " NS(BASELINE) ", oldObject: " NS("{}"));
        struct fixture *f = *state;
        struct bw_ps_answer a = review(f, "", "{}", pods, stricter);

        assert_true(a.allowed);
        assert_int_equal(a.n_warnings, 3);
        assert_str(a.warnings[0], "existing pods in namespace \"dev\" violate the new PodSecurity enforce level "
                                  "\"baseline:latest\"");
        assert_str(a.warnings[1], "a (and 1 other pod): privileged");
        assert_str(a.warnings[2], "c: host namespaces");
        a = review(f, "", "{}", "{}", stricter);
        assert_str(a.warnings[0], "failed to list pods while checking new PodSecurity enforce level");
        a = review(f, V1 "exemptions: {namespaces: [dev]}\n", "{}", pods, stricter);
        assert_str(a.warnings[0], "namespace \"dev\" is exempt from Pod Security, and the policy (enforce=baseline:latest) "
                                  "will be ignored");
        a = review(f, "", "{}", pods,
                   NS_REQUEST("operation: CREATE, object: " NS("{pod-security.kubernetes.io/enforce: x}")));
        assert_int_equal(a.code, 422);
        assert_str(a.message, "Namespace \"dev\" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid "
                              "value: \"x\": must be one of privileged, baseline, restricted");
}

/* What Kubernetes cannot decode must not pass because no rule minds it. */
static void unreadable_pods_are_refused(void **state)
{
        static const struct {
                const char *spec;
                const char *error;
        } cases[] = {
                {"{containers: [{name: a, securityContext: {capabilities: {drop: 1}}}]}",
                 "cannot unmarshal number into Go struct field Capabilities.spec.containers.securityContext.capabilities.drop "
                 "of type []v1.Capability"},
                {"{containers: [{name: a, securityContext: {privileged: 'true'}}]}",
                 "cannot unmarshal string into Go struct field SecurityContext.spec.containers.securityContext.privileged of "
                 "type bool"},
                {"{containers: 1}", "cannot unmarshal number into Go struct field PodSpec.spec.containers of type []v1.Container"},
                {"[]", "cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec"},
                {"{securityContext: {runAsUser: 1.5}}",
                 "cannot unmarshal number 1.5 into Go struct field PodSecurityContext.spec.securityContext.runAsUser of type "
                 "int64"},
                {"{ephemeralContainers: [{name: 1}]}",
                 "cannot unmarshal number into Go struct field Container.spec.ephemeralContainers.name of type string"},
        };
        struct fixture *f = *state;

        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_str request = bw_arena_printf(
                        f->arena, POD_REQUEST("operation: CREATE, object: {apiVersion: v1, kind: Pod, spec: %s}"), cases[i].spec);
                struct bw_str wanted = bw_arena_printf(f->arena, "failed to decode object: json: %s", cases[i].error);
                struct bw_ps_answer a = review(f, "", "{pod-security.kubernetes.io/enforce: baseline}", "[]", request.p);

                assert_false(a.allowed);
                assert_int_equal(a.code, 400);
                assert_str(a.message, "failed to decode object");
                assert_str(a.annotations[0].value, wanted.p);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(quoting_is_gos),
                cmocka_unit_test(json_errors_are_gos),
                cmocka_unit_test(configurations),
                cmocka_unit_test(labels),
                cmocka_unit_test(levels_are_read_back),
                cmocka_unit_test(pods_are_refused_in_kubernetes_words),
                cmocka_unit_test(exemptions_and_short_cuts),
                cmocka_unit_test(workloads_are_warned_of),
                cmocka_unit_test(namespaces_are_checked_against_their_pods),
                cmocka_unit_test(unreadable_pods_are_refused),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
