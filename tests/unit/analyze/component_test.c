/* SPDX-License-Identifier: Apache-2.0 */
/* What is in force in a component: command line, environment, files, defaults of its version. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/component_internal.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/table.h"

extern const struct bw_table bw_table_component_flags;
extern const struct bw_table bw_table_feature_gates;

enum { MOST = 8 };

struct run {
        struct bw_arena *arena;
        struct bw_doc docs[MOST];
        size_t n;
};

struct given {
        const char *component;
        const char *version;
        const char *args[MOST];
        const char *env[2];
        struct bw_component_file files[2];
        bool running;
};

static int take(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct run *run = userdata;

        (void)reterr;
        assert_true(run->n < MOST);
        run->docs[run->n++] = *doc;
        return 0;
}

static struct bw_component_input input_of(struct bw_arena *arena, const struct given *given)
{
        struct bw_component_input input = {
                .component = bw_str(given->component), .name = BW_STR("cp1"), .basis = "process",
                .running = given->running, .version = bw_str(given->version), .default_minor = 35,
                .files = given->files,
        };
        struct bw_component_arg *args = bw_arena_zalloc(arena, MOST * sizeof(args[0]));
        struct bw_str *env = bw_arena_zalloc(arena, 2 * sizeof(env[0]));

        for (; input.n_args < MOST && given->args[input.n_args]; input.n_args++) {
                args[input.n_args].text = bw_str(given->args[input.n_args]);
                args[input.n_args].where.line = (uint32_t)input.n_args + 1;
        }
        for (; input.n_env < 2 && given->env[input.n_env]; input.n_env++)
                env[input.n_env] = bw_str(given->env[input.n_env]);
        while (input.n_files < 2 && given->files[input.n_files].role)
                input.n_files++;
        input.args = args;
        input.env = env;
        return input;
}

static void analyze(struct run *run, const struct given *given)
{
        struct bw_component_input input = input_of(run->arena, given);
        struct bw_error err = {0};

        if (bw_component_analyze(run->arena, &input, take, run, &err) < 0)
                fail_msg("%s", err.message);
}

static void assert_json(struct bw_value value, const char *what, const char *json)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        if (value.type == BW_ABSENT)
                bw_buf_puts(&out, "-");
        else
                bw_value_json(&out, value, 0);
        if (!bw_str_is(bw_buf_view(&out), json))
                fail_msg("%s: %s, not %s", what, out.p, json);
}

static struct bw_value setting(const struct run *run, const char *name)
{
        return bw_map_get(bw_map_get(run->docs[0].root, BW_STR("settings")), bw_str(name));
}

/* A field of the evidence that holds for the setting. */
static struct bw_str evidence(const struct run *run, const char *name, const char *field)
{
        struct bw_segment segments[2] = {{.kind = BW_SEGMENT_KEY, .key = bw_value_str(BW_STR("settings"))},
                                         {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(name))}};

        return bw_map_text(bw_evidence_find(run->docs[0].root, (struct bw_path){.n = 2, .segments = segments}), field);
}

/* All problems as "code: message" lines. */
static void assert_problems(const struct run *run, const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_value list = bw_map_get(run->docs[0].root, BW_STR("problems"));

        for (uint32_t i = 0; i < list.n; i++)
                bw_buf_printf(&out, "%.*s%s: %.*s\n", BW_STR_ARG(bw_map_text(list.list->items[i], "code")),
                              bw_map_get(list.list->items[i], BW_STR("stops")).b ? "!" : "",
                              BW_STR_ARG(bw_map_text(list.list->items[i], "message")));
        assert_str(bw_buf_view(&out), expected);
}

#define GIVEN(...)                                                                                   \
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);                             \
        struct run run = {.arena = arena};                                                           \
        (void)state;                                                                                 \
        analyze(&run, &(struct given){__VA_ARGS__})

static void test_apiserver(void **state)
{
        GIVEN(.component = "kube-apiserver", .version = "v1.32.4",
              .args = {"--profiling=true", "--profiling=0", "--enable_admission_plugins=A,B", "--enable-admission-plugins", "C",
                       "--audit-log-maxage", "30"});
        assert_str(run.docs[0].name, "cp1/kube-apiserver");
        assert_json(bw_map_get(run.docs[0].root, BW_STR("minor")), "minor", "32");
        assert_json(setting(&run, "profiling"), "profiling", "false");
        assert_str(evidence(&run, "profiling", "text"), "--profiling=true --profiling=0");
        assert_json(setting(&run, "enable-admission-plugins"), "plugins", "[\"A\",\"B\",\"C\"]");
        assert_str(evidence(&run, "enable-admission-plugins", "text"), "--enable_admission_plugins=A,B --enable-admission-plugins C");
        assert_json(setting(&run, "audit-log-maxage"), "maxage", "30");
        assert_json(setting(&run, "anonymous-auth"), "anonymous", "true");
        assert_json(setting(&run, "authorization-mode"), "mode", "[\"AlwaysAllow\"]");
        assert_json(setting(&run, "token-auth-file"), "token", "\"\"");
        assert_json(setting(&run, "request-timeout"), "timeout", "\"1m0s\"");
        assert_str(evidence(&run, "anonymous-auth", "type"), "default");
        assert_str(evidence(&run, "anonymous-auth", "text"), "default of kube-apiserver 1.32");
        assert_problems(&run, "");
}

static void test_defaults_by_version(void **state)
{
        {
                GIVEN(.component = "kube-controller-manager", .version = "1.31.0");
                assert_json(setting(&run, "node-monitor-grace-period"), "grace", "\"40s\"");
                assert_json(setting(&run, "bind-address"), "address", "\"0.0.0.0\"");
        }
        {
                GIVEN(.component = "kube-controller-manager", .version = "1.32.0");
                assert_json(setting(&run, "node-monitor-grace-period"), "grace", "\"50s\"");
        }
        {
                GIVEN(.component = "kube-apiserver", .version = "1.28.0");
                assert_json(setting(&run, "authorization-config"), "config", "-");
        }
}

static void test_problems(void **state)
{
        GIVEN(.component = "kube-apiserver", .version = "1.27.3",
              .args = {"--insecure-port=8080", "--nosuch=1", "--authentication-config=/a", "--profiling=maybe",
                       "--enable-logs-handler=false", "stray", "---x"});
        assert_problems(&run, "bad-value!: --profiling: kube-apiserver refuses the value: strconv.ParseBool: invalid syntax\n"
                              "unknown-flag!: kube-apiserver has no flag --nosuch\n"
                              "bad-syntax!: kube-apiserver: bad flag syntax\n"
                              "removed-flag!: --insecure-port is gone since kube-apiserver 1.24\n"
                              "future-flag!: --authentication-config came with kube-apiserver 1.29, this is 1.27\n"
                              "deprecated-flag: --enable-logs-handler is deprecated\n"
                              "argument!: kube-apiserver takes no arguments besides flags\n");
        assert_json(setting(&run, "insecure-port"), "port", "8080");
        assert_json(setting(&run, "profiling"), "profiling", "true");
}

/* What runs has the flags that it was started with, whatever a table says. */
static void test_running(void **state)
{
        GIVEN(.component = "kube-apiserver", .version = "1.27.3", .running = true, .args = {"--nosuch=1", "--feature-gates=NoSuch=true"});
        assert_problems(&run, "");
}

/* Flags and gates of versions that the tables do not reach are not called unknown. */
static void test_newer_than_the_tables(void **state)
{
        {
                GIVEN(.component = "kube-apiserver", .version = "1.38.0", .args = {"--nosuch=1", "--feature-gates=NoSuch=true"});
                assert_problems(&run, "");
        }
        {
                GIVEN(.component = "kube-apiserver", .version = "1.24.0", .args = {"--nosuch=1"});
                assert_problems(&run, "");
        }
        {
                GIVEN(.component = "kube-apiserver", .version = "", .args = {"--nosuch=1"});
                assert_problems(&run, "unknown-flag!: kube-apiserver has no flag --nosuch\n");
        }
}

static void test_secrets(void **state)
{
        GIVEN(.component = "etcd", .version = "3.6.1",
              .args = {"--discovery-password=hunter2", "--discovery-user", "me", "--discovery=http://u:p@host/x"});
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        bw_value_json(&out, run.docs[0].root, 0);
        assert_json(setting(&run, "discovery-password"), "password", "\"(redacted)\"");
        assert_json(setting(&run, "discovery"), "address", "\"http://(redacted)@host/x\"");
        assert_str(evidence(&run, "discovery-password", "text"), "--discovery-password=(redacted)");
        assert_true(bw_str_find(bw_buf_view(&out), BW_STR("hunter2")) == SIZE_MAX);
        assert_true(bw_str_find(bw_buf_view(&out), BW_STR("u:p")) == SIZE_MAX);
}

static void test_gates(void **state)
{
        GIVEN(.component = "kube-apiserver", .version = "1.34.0",
              .args = {"--feature-gates=KubeletInUserNamespace=true,AnonymousAuthConfigurableEndpoints=false,NoSuch=true,AllAlpha=true",
                       "--feature-gates=kube:EnvFiles=true,ImageVolumeWithDigest=true"});
        assert_json(bw_map_get(run.docs[0].root, BW_STR("featureGates")), "gates",
                    "{\"KubeletInUserNamespace\":{\"enabled\":true,\"stage\":\"alpha\",\"default\":false},"
                    "\"AnonymousAuthConfigurableEndpoints\":{\"enabled\":false,\"stage\":\"ga\",\"default\":true},"
                    "\"NoSuch\":{\"enabled\":true},\"AllAlpha\":{\"enabled\":true},"
                    "\"EnvFiles\":{\"enabled\":true,\"stage\":\"alpha\",\"default\":false},"
                    "\"ImageVolumeWithDigest\":{\"enabled\":true}}");
        assert_problems(&run, "locked-gate!: the feature gate AnonymousAuthConfigurableEndpoints cannot be changed in 1.34: it is on\n"
                              "unknown-gate!: kube-apiserver 1.34 has no feature gate NoSuch\n"
                              "unknown-gate!: kube-apiserver 1.34 has no feature gate ImageVolumeWithDigest\n");
}

#define FILE_OF(r, p, s, t) {.role = r, .path = BW_STR(p), .state = s, .text = BW_STR(t)}

static void test_structured_files(void **state)
{
        GIVEN(.component = "kube-apiserver", .version = "1.34.0",
              .args = {"--authentication-config=/a.yaml", "--authorization-config=/b.yaml"},
              .files = {FILE_OF("authentication-config", "/a.yaml", BW_FILE_READ,
                                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n"
                                "anonymous:\n  enabled: true\n  conditions:\n  - path: /livez\n"),
                        FILE_OF("authorization-config", "/b.yaml", BW_FILE_READ,
                                "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\n"
                                "authorizers:\n- {type: Node, name: node}\n- {type: RBAC, name: rbac}\n")});
        assert_problems(&run, "");
        assert_json(setting(&run, "anonymous-auth"), "anonymous", "true");
        assert_str(evidence(&run, "anonymous-auth", "text"), "/a.yaml:4");
        assert_json(setting(&run, "anonymous-auth-paths"), "paths", "[\"/livez\"]");
        assert_json(setting(&run, "authorization-mode"), "mode", "[\"Node\",\"RBAC\"]");
        assert_int_equal(run.n, 3);
        assert_str(run.docs[1].kind, "AuthenticationConfiguration");
        assert_str(run.docs[2].kind, "AuthorizationConfiguration");
        assert_str(run.docs[2].name, "cp1/kube-apiserver");
}

/* A file that nobody saw: what it may change is not known; a flag that goes before it is. */
static void test_unknown_files(void **state)
{
        GIVEN(.component = "kube-apiserver", .version = "1.34.0",
              .args = {"--authentication-config=/a.yaml", "--authorization-config=/b.yaml"},
              .files = {{.role = "authorization-config", .path = BW_STR("/b.yaml"), .state = BW_FILE_UNREADABLE,
                         .reason = BW_STR("permission denied")}});
        assert_json(setting(&run, "anonymous-auth"), "anonymous", "-");
        assert_str(evidence(&run, "anonymous-auth", "state"), "absent");
        assert_str(evidence(&run, "anonymous-auth", "reason"), "/a.yaml was not looked at");
        assert_json(setting(&run, "authorization-mode"), "mode", "-");
        assert_str(evidence(&run, "authorization-mode", "state"), "unreadable");
        assert_str(evidence(&run, "authorization-mode", "reason"), "permission denied");
        assert_json(setting(&run, "profiling"), "profiling", "true");
}

static void test_broken_files(void **state)
{
        GIVEN(.component = "kube-scheduler", .version = "1.34.0", .args = {"--config=/s.yaml", "--profiling=false"},
              .files = {FILE_OF("config", "/s.yaml", BW_FILE_READ,
                                "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nenableProfilin: true\n")});
        assert_problems(&run, "bad-file!: /s.yaml: unknown field \"enableProfilin\"\n"
                              "ignored-flag: --profiling is ignored: kube-scheduler has a configuration file\n");
        assert_json(setting(&run, "profiling"), "profiling", "-");
        assert_str(evidence(&run, "profiling", "state"), "unreadable");
}

static void test_scheduler(void **state)
{
        GIVEN(.component = "kube-scheduler", .version = "1.34.0", .args = {"--config=/s.yaml", "--leader-elect=false"},
              .files = {FILE_OF("config", "/s.yaml", BW_FILE_READ,
                                "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"
                                "enableProfiling: false\nleaderElection: {leaderElect: true, leaseDuration: 1m}\n")});
        assert_json(setting(&run, "profiling"), "profiling", "false");
        assert_str(evidence(&run, "profiling", "text"), "/s.yaml:3");
        assert_json(setting(&run, "contention-profiling"), "contention", "true");
        assert_json(setting(&run, "leader-elect"), "leader-elect", "false");
        assert_json(setting(&run, "leader-elect-lease-duration"), "lease", "\"1m0s\"");
        assert_json(setting(&run, "bind-address"), "address", "\"0.0.0.0\"");
        assert_int_equal(run.n, 2);
}

static void test_proxy(void **state)
{
        GIVEN(.component = "kube-proxy", .version = "1.32.0",
              .args = {"--config=/p.conf", "--metrics-bind-address=0.0.0.0:10249", "--hostname-override=n1", "-v=4"},
              .files = {FILE_OF("config", "/p.conf", BW_FILE_READ,
                                "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
                                "mode: ipvs\nmetricsBindAddress: \"\"\nhostnameOverride: n2\nipvs: {strictARP: true}\n"
                                "featureGates: {NFTablesProxyMode: false}\n")});
        assert_json(setting(&run, "metrics-bind-address"), "metrics", "\"127.0.0.1:10249\"");
        assert_str(evidence(&run, "metrics-bind-address", "type"), "default");
        assert_json(setting(&run, "proxy-mode"), "mode", "\"ipvs\"");
        assert_str(evidence(&run, "proxy-mode", "text"), "/p.conf:3");
        assert_json(setting(&run, "hostname-override"), "hostname", "\"n1\"");
        assert_json(setting(&run, "v"), "v", "4");
        assert_json(bw_map_walk(run.docs[0].root, "featureGates"), "gates",
                    "{\"NFTablesProxyMode\":{\"enabled\":false,\"stage\":\"beta\",\"default\":true}}");
        assert_problems(&run, "ignored-flag: --metrics-bind-address is ignored: kube-proxy has a configuration file\n");
        assert_int_equal(run.n, 2);
        assert_str(run.docs[1].kind, "KubeProxyConfiguration");
        assert_json(bw_map_walk(run.docs[1].root, "ipvs.strictARP"), "strictARP", "true");
        assert_json(bw_map_walk(run.docs[1].root, "metricsBindAddress"), "metrics", "\"127.0.0.1:10249\"");
        assert_json(bw_map_walk(run.docs[1].root, "conntrack.maxPerCore"), "conntrack", "32768");
}

static void test_etcd(void **state)
{
        GIVEN(.component = "etcd", .version = "3.5.16-0", .args = {"-cert-file", "/a.crt", "--listen-client-urls=https://a,https://b"},
              .env = {"ETCD_CLIENT_CERT_AUTH=true", "ETCD_CERT_FILE=/b.crt"});
        assert_json(setting(&run, "cert-file"), "cert", "\"/a.crt\"");
        assert_json(setting(&run, "client-cert-auth"), "auth", "true");
        assert_str(evidence(&run, "client-cert-auth", "type"), "environment");
        assert_str(evidence(&run, "client-cert-auth", "text"), "ETCD_CLIENT_CERT_AUTH=true");
        assert_json(setting(&run, "listen-client-urls"), "urls", "[\"https://a\",\"https://b\"]");
        assert_json(setting(&run, "snapshot-count"), "snapshots", "100000");
        assert_json(bw_map_walk(run.docs[0].root, "minor"), "minor", "5");
        assert_problems(&run, "");
}

static void test_etcd_file(void **state)
{
        GIVEN(.component = "etcd", .version = "3.6.0", .args = {"--client-cert-auth=true", "--name=x"},
              .env = {"ETCD_CONFIG_FILE=/e.yml", "ETCD_AUTO_TLS=true"},
              .files = {FILE_OF("config", "/e.yml", BW_FILE_READ,
                                "name: cp1\nsnapshot-count: 5\nlisten-client-urls: https://a,http://b\ngrpc-keepalive-min-time: 5000000000\n"
                                "client-transport-security:\n  cert-file: /c.crt\n  client-cert-auth: false\n"
                                "peer-transport-security:\n  auto-tls: true\n  allowed-cn: [m1]\nenable-pprof: maybe\nunknown-key: 1\n")});
        assert_json(setting(&run, "client-cert-auth"), "auth", "false");
        assert_str(evidence(&run, "client-cert-auth", "text"), "/e.yml:7");
        assert_json(setting(&run, "auto-tls"), "auto", "false");
        assert_json(setting(&run, "peer-auto-tls"), "peer auto", "true");
        assert_json(setting(&run, "peer-cert-allowed-cn"), "cn", "[\"m1\"]");
        assert_json(setting(&run, "listen-client-urls"), "urls", "[\"https://a\",\"http://b\"]");
        assert_json(setting(&run, "grpc-keepalive-min-time"), "keepalive", "\"5s\"");
        assert_json(setting(&run, "name"), "name", "\"cp1\"");
        assert_problems(&run, "bad-file!: ['enable-pprof'] has the wrong type\n");
}

static void test_etcd_unknown_file(void **state)
{
        GIVEN(.component = "etcd", .version = "3.5.0", .args = {"--config-file=/e.yml", "--client-cert-auth=true"});
        assert_json(bw_map_get(run.docs[0].root, BW_STR("settings")), "settings", "{}");
        assert_str(evidence(&run, "client-cert-auth", "state"), "absent");
}

/* Of a kubelet the flags alone; its KubeletConfiguration has the rest. */
static void test_kubelet(void **state)
{
        GIVEN(.component = "kubelet", .version = "1.33.1", .args = {"--read-only-port=0", "--config=/k.yaml"},
              .files = {FILE_OF("config", "/k.yaml", BW_FILE_READ,
                                "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n")});
        assert_json(setting(&run, "read-only-port"), "read-only-port", "0");
        assert_json(setting(&run, "anonymous-auth"), "anonymous-auth", "-");
        assert_json(setting(&run, "hostname-override"), "hostname-override", "\"\"");
        assert_int_equal(run.n, 2);
        assert_str(run.docs[1].kind, "KubeletConfiguration");
}

/* The tables are as their readers need them. */
static void test_tables(void **state)
{
        const struct bw_table *flags = &bw_table_component_flags;
        const struct bw_table *gates = &bw_table_feature_gates;

        (void)state;
        for (size_t i = 0; i < flags->n_rows; i++) {
                if (i && bw_str_cmp(bw_table_cell(flags, i - 1, 0), bw_table_cell(flags, i, 0)) > 0)
                        fail_msg("%s is not in order", bw_table_text(flags, i, 0));
                if (bw_flag_type(bw_table_cell(flags, i, 2)) == _BW_FLAG_TYPE_MAX)
                        fail_msg("%s: no such type", bw_table_text(flags, i, 0));
                if (bw_table_int(flags, i, 4, 0) >= bw_table_int(flags, i, 5, 1000))
                        fail_msg("%s: gone before it came", bw_table_text(flags, i, 0));
        }
        for (size_t i = 0; i < gates->n_rows; i++) {
                struct component_gate gate;

                if (i && bw_str_cmp(bw_table_cell(gates, i - 1, 0), bw_table_cell(gates, i, 0)) >= 0)
                        fail_msg("%s is not in order", bw_table_text(gates, i, 0));
                if (component_gate(bw_table_cell(gates, i, 0), 999, &gate) != COMPONENT_GATE_KNOWN)
                        fail_msg("%s: no stages", bw_table_text(gates, i, 0));
        }
}

static void test_needs(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct given given = {.component = "kube-apiserver", .version = "1.34.0",
                              .args = {"--audit-policy-file=/p", "--tls-private-key-file=/k", "--service-account-key-file=/1",
                                       "--service-account-key-file=/2"}};
        struct bw_component_input input = input_of(arena, &given);
        const struct bw_component_need *needs;
        size_t n;

        (void)state;
        assert_ok(bw_component_needs(arena, &input, &needs, &n, NULL));
        assert_int_equal(n, 4);
        assert_string_equal(needs[0].role, "audit-policy-file");
        assert_true(needs[0].wants_text);
        assert_str(needs[2].path, "/2");
        assert_string_equal(needs[3].role, "tls-private-key-file");
        assert_false(needs[3].wants_text);
}

static void test_programs(void **state)
{
        (void)state;
        assert_string_equal(bw_component_of_program(BW_STR("/usr/local/bin/kube-apiserver")), "kube-apiserver");
        assert_string_equal(bw_component_of_program(BW_STR("etcd")), "etcd");
        assert_null(bw_component_of_program(BW_STR("/usr/bin/kube-apiserver.md")));
        assert_null(bw_component_of_program(BW_STR("kube-apiserver/")));
        assert_null(bw_component_of_program(BW_STR("")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_apiserver),
                cmocka_unit_test(test_defaults_by_version),
                cmocka_unit_test(test_problems),
                cmocka_unit_test(test_running),
                cmocka_unit_test(test_newer_than_the_tables),
                cmocka_unit_test(test_secrets),
                cmocka_unit_test(test_gates),
                cmocka_unit_test(test_structured_files),
                cmocka_unit_test(test_unknown_files),
                cmocka_unit_test(test_broken_files),
                cmocka_unit_test(test_scheduler),
                cmocka_unit_test(test_proxy),
                cmocka_unit_test(test_etcd),
                cmocka_unit_test(test_etcd_file),
                cmocka_unit_test(test_etcd_unknown_file),
                cmocka_unit_test(test_kubelet),
                cmocka_unit_test(test_tables),
                cmocka_unit_test(test_needs),
                cmocka_unit_test(test_programs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
