/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "analyze/kubelet.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define KIND "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
#define CONFIG "--config=/etc/kubelet/config.yaml"
#define DROPINS "--config-dir=/etc/kubelet/conf.d"

/* One kubelet: what it is given, and one field of what comes out, or where it stops. */
struct given {
        const char *args[6];
        const char *config;
        const char *dropins[3];
        const char *version;
        const char *stage;  /* NULL: it starts */
        const char *words;  /* of the error */
        const char *field;
        const char *value;  /* as JSON */
        const char *source; /* the evidence's type */
        uint32_t line;
};

static const struct given cases[] = {
        {.field = "authentication.anonymous.enabled", .value = "true", .source = "default"},
        {.args = {CONFIG}, .config = KIND, .field = "authentication.anonymous.enabled", .value = "false", .source = "default"},
        {.args = {CONFIG}, .config = KIND "readOnlyPort: 1\n", .field = "readOnlyPort", .value = "1", .source = "file", .line = 3},
        {.args = {CONFIG, "--read-only-port=2"}, .config = KIND "readOnlyPort: 1\n", .field = "readOnlyPort", .value = "2",
         .source = "flag"},
        {.args = {CONFIG, DROPINS}, .config = KIND "readOnlyPort: 1\n", .dropins = {KIND "\nreadOnlyPort: 3\n"},
         .field = "readOnlyPort", .value = "3", .source = "drop-in", .line = 4},
        /* Drop-ins are decoded by Go's own JSON, which takes names in any case. */
        {.args = {CONFIG, DROPINS}, .config = KIND, .dropins = {KIND "readonlyport: 3\n"}, .field = "readOnlyPort", .value = "3",
         .source = "drop-in", .line = 3},
        /* A null in a drop-in brings the default back, and that of a kubelet with --config. */
        {.args = {DROPINS}, .dropins = {KIND "authentication: {anonymous: {enabled: null}}\n"},
         .field = "authentication.anonymous.enabled", .value = "false", .source = "default"},
        {.args = {DROPINS}, .dropins = {KIND}, .field = "authorization.mode", .value = "\"AlwaysAllow\"", .source = "default"},
        /* An empty list is left out of what drop-ins are merged into. */
        {.args = {CONFIG}, .config = KIND "enforceNodeAllocatable: []\n", .field = "enforceNodeAllocatable", .value = "[]",
         .source = "file", .line = 3},
        {.args = {CONFIG, DROPINS}, .config = KIND "enforceNodeAllocatable: []\n", .dropins = {KIND},
         .field = "enforceNodeAllocatable", .value = "[\"pods\"]", .source = "default"},
        {.args = {CONFIG}, .config = KIND "evictionHard: {memory.available: 1Gi}\n", .field = "evictionHard",
         .value = "{\"memory.available\":\"1Gi\"}", .source = "file", .line = 3},
        {.args = {"--eviction-hard=memory.available<2Gi"}, .field = "evictionHard", .value = "{\"memory.available\":\"2Gi\"}",
         .source = "flag"},
        {.args = {CONFIG}, .config = KIND "nodeStatusUpdateFrequency: 20s\n", .field = "nodeStatusReportFrequency",
         .value = "\"20s\"", .source = "default"},
        {.args = {CONFIG}, .config = KIND "maxParallelImagePulls: 3\n", .field = "serializeImagePulls", .value = "false",
         .source = "default"},
        {.args = {CONFIG}, .config = KIND "podPidsLimit: -7\n", .field = "podPidsLimit", .value = "-1", .source = "default"},
        {.args = {CONFIG, "--streaming-connection-idle-timeout=0"}, .config = KIND, .field = "streamingConnectionIdleTimeout",
         .value = "\"0s\"", .source = "flag"},
        {.args = {CONFIG}, .config = KIND "staticPodURLHeader: {Authorization: [abc]}\n", .field = "staticPodURLHeader",
         .value = "{\"Authorization\":[\"(redacted)\"]}", .source = "file", .line = 3},
        {.args = {CONFIG}, .config = KIND, .version = "1.35.1", .field = "failCgroupV1", .value = "true", .source = "default"},
        {.args = {CONFIG}, .config = KIND, .version = "1.31.1", .field = "failCgroupV1", .value = "false", .source = "default"},
        {.args = {"--register-with-taints=a=b:NoSchedule"}, .field = "registerWithTaints",
         .value = "[{\"key\":\"a\",\"value\":\"b\",\"effect\":\"NoSchedule\"}]", .source = "flag"},
        {.args = {"--kube-reserved=cpu=1"}, .field = "kubeReserved", .value = "{\"cpu\":\"1\"}", .source = "flag"},

        {.args = {"--nope"}, .stage = "flags", .words = "unknown flag: --nope"},
        {.args = {"--anonymous-auth", "true"}, .stage = "flags", .words = "unknown command true"},
        {.args = {"--read-only-port=x"}, .stage = "flags",
         .words = "invalid argument \"x\" for \"--read-only-port\" flag: strconv.ParseInt: parsing \"x\": invalid syntax"},
        {.args = {"--read-only-port=3000000000"}, .stage = "flags",
         .words = "invalid argument \"3000000000\" for \"--read-only-port\" flag: strconv.ParseInt: parsing \"3000000000\": value "
                  "out of range"},
        {.args = {"--anonymous-auth=yes"}, .stage = "flags",
         .words = "invalid argument \"yes\" for \"--anonymous-auth\" flag: strconv.ParseBool: parsing \"yes\": invalid syntax"},
        {.args = {"--sync-frequency=5"}, .stage = "flags",
         .words = "invalid argument \"5\" for \"--sync-frequency\" flag: time: missing unit in duration \"5\""},
        {.args = {"--feature-gates=AppArmor=false"}, .stage = "flags",
         .words = "cannot set feature gate AppArmor to false, feature is locked to true"},
        {.args = {"--feature-gates=NodeSwap"}, .stage = "flags",
         .words = "invalid argument \"NodeSwap\" for \"--feature-gates\" flag: malformed pair, expect string=bool"},
        {.args = {"--eviction-hard=memory.available"}, .stage = "flags",
         .words = "invalid argument \"memory.available\" for \"--eviction-hard\" flag: malformed pair, expect string<string"},
        {.args = {"--address=here"}, .stage = "flags",
         .words = "invalid argument \"here\" for \"--address\" flag: \"here\" is not a valid IP address"},
        {.args = {CONFIG}, .config = KIND "eventBurst: x\nsyncFrequency: 5\n", .stage = "config",
         .words = "failed to decode: json: cannot unmarshal number into Go struct field KubeletConfiguration.syncFrequency of type "
                  "string"},
        {.args = {CONFIG}, .config = KIND "reservedSystemCPUs: 5-3\n", .stage = "validate",
         .words = "invalid configuration: unable to parse reservedSystemCPUs (--reserved-cpus) 5-3, error: invalid range \"5-3\" "
                  "(5 > 3)"},
        {.args = {CONFIG}, .config = "", .stage = "config", .words = "kubelet config file \"/etc/kubelet/config.yaml\" was empty"},
        {.args = {CONFIG}, .config = "# nothing\n", .stage = "config", .words = "failed to decode: Object 'Kind' is missing"},
        {.args = {CONFIG, DROPINS}, .config = KIND, .dropins = {"apiVersion: v1\nkind: ConfigMap\n"}, .stage = "dropins",
         .words = "dropin: unknown apiVersion/kind: /v1, Kind=ConfigMap"},
        {.args = {CONFIG, DROPINS}, .config = KIND, .dropins = {KIND "readOnlyPort: \"1\"\n"}, .stage = "dropins",
         .words = "failed to unmarshal merged JSON into kubelet configuration: json: cannot unmarshal string into Go struct field "
                  "KubeletConfiguration.readOnlyPort of type int32"},
        {.args = {CONFIG, DROPINS}, .config = KIND, .dropins = {KIND "podLogsDir: logs\n"}, .stage = "validate",
         .words = "invalid configuration: pod logs path \"logs\" must be absolute path"},
        {.args = {CONFIG, "--port=0"}, .config = KIND, .stage = "validate",
         .words = "invalid configuration: port (--port) 0 must be between 1 and 65535, inclusive"},
        {.args = {CONFIG}, .config = KIND "registerWithTaints: [{key: a, effect: Nope}]\n", .stage = "validate",
         .words = "invalid taint: {a  Nope <nil>}"},
        {.args = {CONFIG}, .config = KIND "tlsCipherSuites: [TLS_NOPE]\n", .stage = "tls",
         .words = "Cipher suite TLS_NOPE not supported or doesn't exist"},
};

static struct bw_value find_source(struct bw_value root, struct bw_arena *arena, const char *field)
{
        struct bw_path path;
        struct bw_error err = {0};

        assert_ok(bw_path_parse(arena, bw_str(field), &path, &err));
        return bw_evidence_find(root, path);
}

static void run_case(const struct given *c)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_component_arg args[6] = {0};
        struct bw_component_file files[4] = {0};
        struct bw_component_input input = {.component = BW_STR("kubelet"), .name = BW_STR("n1"), .basis = "process",
                                           .args = args, .files = files, .default_minor = 32,
                                           .version = bw_str(c->version ? c->version : "1.32.4")};
        bw_auto_done(bw_buf_done) struct bw_buf json = {0};
        struct bw_error err = {0};
        struct bw_kubelet kubelet;
        struct bw_value source;

        for (; input.n_args < 6 && c->args[input.n_args]; input.n_args++)
                args[input.n_args].text = bw_str(c->args[input.n_args]);
        if (c->config)
                files[input.n_files++] = (struct bw_component_file){
                        .role = "config", .path = BW_STR("/etc/kubelet/config.yaml"), .state = BW_FILE_READ, .text = bw_str(c->config)};
        for (size_t i = 0; i < 3 && c->dropins[i]; i++)
                files[input.n_files++] = (struct bw_component_file){
                        .role = "drop-ins", .path = BW_STR("/etc/kubelet/conf.d/1.conf"), .state = BW_FILE_READ, .text = bw_str(c->dropins[i])};
        assert_ok(bw_kubelet_effective(arena, &input, &kubelet, &err));
        assert_string_equal(kubelet.stage ? kubelet.stage : "", c->stage ? c->stage : "");
        assert_str(kubelet.error, c->words ? c->words : "");
        if (c->field) {
                bw_value_json(&json, bw_map_walk(kubelet.config, c->field), 0);
                assert_str(bw_buf_view(&json), c->value);
                source = find_source(kubelet.doc.root, arena, c->field);
                assert_str(bw_map_text(source, "type"), c->source);
                if (c->line)
                        assert_int_equal(bw_map_get(source, BW_STR("line")).i, c->line);
        }
        bw_arena_free(arena);
}

static void test_cases(void **state)
{
        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++)
                run_case(&cases[i]);
}

static void test_unseen_file(void **state)
{
        static const enum bw_file_state states[] = {BW_FILE_UNREADABLE, BW_FILE_UNKNOWN};
        static const char *const words[] = {"unreadable", "notApplicable"};

        (void)state;
        for (size_t i = 0; i < 2; i++) {
                struct bw_arena *arena = bw_arena_new(0);
                struct bw_component_arg args[2] = {{.text = BW_STR(CONFIG)}, {.text = BW_STR("--read-only-port=7")}};
                struct bw_component_file file = {.role = "config", .path = BW_STR("/etc/kubelet/config.yaml"), .state = states[i],
                                                 .reason = BW_STR("permission denied")};
                struct bw_component_input input = {.component = BW_STR("kubelet"), .name = BW_STR("n1"), .basis = "process",
                                                   .args = args, .n_args = 2, .files = &file, .n_files = 1, .default_minor = 32};
                struct bw_error err = {0};
                struct bw_kubelet kubelet;

                assert_ok(bw_kubelet_effective(arena, &input, &kubelet, &err));
                assert_null(kubelet.stage);
                assert_false(kubelet.known);
                assert_str(bw_map_text(find_source(kubelet.doc.root, arena, "authentication.anonymous.enabled"), "state"), words[i]);
                assert_str(bw_map_text(find_source(kubelet.doc.root, arena, "readOnlyPort"), "type"), "flag");
                bw_arena_free(arena);
        }
}

/* A vendor's kubelet runs with flags and gates that no table has: what it is configured with counts all the same. */
static void test_running(void **state)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_component_arg args[3] = {{.text = BW_STR("--vendor-flag=1")}, {.text = BW_STR("--feature-gates=AppArmor=false")},
                                           {.text = BW_STR(CONFIG)}};
        struct bw_component_file file = {.role = "config", .path = BW_STR("/etc/kubelet/config.yaml"), .state = BW_FILE_READ,
                                         .text = BW_STR(KIND "readOnlyPort: 10255\nfeatureGates: {VendorGate: true}\n")};
        struct bw_component_input input = {.component = BW_STR("kubelet"), .name = BW_STR("n1"), .basis = "process", .args = args,
                                           .n_args = 3, .files = &file, .n_files = 1, .default_minor = 35, .running = true,
                                           .version = BW_STR("1.35.0")};
        struct bw_error err = {0};
        struct bw_kubelet kubelet;

        (void)state;
        assert_ok(bw_kubelet_effective(arena, &input, &kubelet, &err));
        assert_null(kubelet.stage);
        assert_int_equal(bw_map_get(kubelet.config, BW_STR("readOnlyPort")).i, 10255);
        input.running = false;
        assert_ok(bw_kubelet_effective(arena, &input, &kubelet, &err));
        assert_string_equal(kubelet.stage, "flags");
        assert_str(kubelet.error, "unknown flag: --vendor-flag");
        bw_arena_free(arena);
}

static void test_contradictions(void **state)
{
        struct bw_arena *arena = bw_arena_new(0);
        struct bw_component_arg args[2] = {{.text = BW_STR(CONFIG)}, {.text = BW_STR("--read-only-port=10255")}};
        struct bw_component_file file = {.role = "config", .path = BW_STR("/etc/kubelet/config.yaml"), .state = BW_FILE_READ,
                                         .text = BW_STR(KIND "readOnlyPort: 0\nfoo: 1\n")};
        struct bw_component_input input = {.component = BW_STR("kubelet"), .name = BW_STR("n1"), .basis = "process", .args = args,
                                           .n_args = 2, .files = &file, .n_files = 1, .default_minor = 32, .running = true};
        struct bw_error err = {0};
        struct bw_kubelet kubelet;
        struct bw_value problems;

        (void)state;
        assert_ok(bw_kubelet_effective(arena, &input, &kubelet, &err));
        problems = bw_map_get(kubelet.doc.root, BW_STR("problems"));
        assert_int_equal(problems.n, 2);
        assert_str(bw_map_text(problems.list->items[0], "code"), "unknown-field");
        assert_str(bw_map_text(problems.list->items[1], "code"), "overridden");
        assert_str(bw_map_text(problems.list->items[1], "message"),
                   "readOnlyPort: 0 by /etc/kubelet/config.yaml:3, 10255 by --read-only-port=10255");
        bw_arena_free(arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_cases),
                cmocka_unit_test(test_unseen_file),
                cmocka_unit_test(test_running),
                cmocka_unit_test(test_contradictions),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
