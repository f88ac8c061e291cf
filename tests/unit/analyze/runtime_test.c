/* SPDX-License-Identifier: Apache-2.0 */
/* What is in force in a container runtime. Files are JSON here: where a value stands in a document is all that counts. */
#include "analyze/runtime.h"

#include "base/arena.h"
#include "base/buf.h"
#include "check.h"

static struct bw_arena *arena;
static struct bw_facts facts;
static struct bw_runtime_source sources[4];
static struct bw_runtime_hosts hosts[4];
static struct bw_runtime_input input;

static int setup(void **state BW_UNUSED)
{
        arena = bw_arena_new(0);
        return arena ? 0 : -1;
}

static int teardown(void **state BW_UNUSED)
{
        bw_arena_free(arena);
        return 0;
}

static struct bw_doc doc_of(const char *json)
{
        struct bw_doc doc;
        size_t used;

        assert_ok(bw_json_read(arena, bw_str(json), 1, 1, true, &doc, &used, NULL));
        return doc;
}

/* texts: one file after the other, NULL at the end. */
static void begin(enum bw_runtime_kind kind, const char *const *texts)
{
        static const char *const paths[] = {"/a", "/b", "/c", "/d"};

        bw_facts_init(&facts, arena, "ContainerRuntime", BW_STR("n1/x"));
        input = (struct bw_runtime_input){.kind = kind, .facts = &facts, .sources = sources, .hosts = hosts};
        for (; texts[input.n_sources]; input.n_sources++)
                sources[input.n_sources] = (struct bw_runtime_source){
                        .type = input.n_sources ? "drop-in" : "file",
                        .path = bw_str(paths[input.n_sources]),
                        .doc = doc_of(texts[input.n_sources]),
                };
}

static struct bw_value finished(const char *field)
{
        struct bw_doc doc;

        assert_ok(bw_facts_finish(&facts, &doc, NULL));
        return bw_map_get(doc.root, bw_str(field));
}

static void expect_json(struct bw_value v, const char *json)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};

        bw_value_json(&buf, v, 0);
        assert_str(bw_buf_view(&buf), json);
}

static void expect_setting(const char *name, const char *json, const char *type, const char *file)
{
        struct bw_evidence where = bw_runtime_evidence(&input, name);

        expect_json(bw_map_get(finished("settings"), bw_str(name)), json);
        assert_string_equal(where.type, type);
        assert_str(where.file, file);
}

static void test_names_of_the_plugin_by_version(void **state BW_UNUSED)
{
        static const char *const rows[][2] = {
                {"{\"plugins\":{\"cri\":{\"disable_apparmor\":true}}}", "true"},
                {"{\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"disable_apparmor\":true}}}", "true"},
                {"{\"version\":2,\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"disable_apparmor\":true}}}", "true"},
                {"{\"version\":2,\"plugins\":{\"cri\":{\"disable_apparmor\":true}}}", "false"},
                {"{\"version\":3,\"plugins\":{\"io.containerd.cri.v1.runtime\":{\"disable_apparmor\":true}}}", "true"},
                {"{\"version\":3,\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"disable_apparmor\":true}}}", "false"},
                {"{\"version\":3,\"plugins\":{\"io.containerd.cri.v1.images\":{\"disable_apparmor\":true}}}", "false"},
                {"{\"plugins\":7}", "false"},
                {"[]", "false"},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                begin(BW_RUNTIME_CONTAINERD, (const char *const[]){rows[i][0], NULL});
                bw_runtime_put_settings(&input);
                expect_json(bw_map_get(finished("settings"), BW_STR("apparmorDisabled")), rows[i][1]);
        }
}

/* containerd 1 puts the plugin's section of an import in the place of that before; containerd 2 adds to it. */
static void test_imports(void **state BW_UNUSED)
{
        begin(BW_RUNTIME_CONTAINERD,
              (const char *const[]){
                      "{\"version\":2,\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"enable_selinux\":true,\"stream_server_address\":\"0.0.0.0\"}}}",
                      "{\"version\":2,\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"stream_server_address\":\"::1\"}}}", NULL});
        bw_runtime_put_settings(&input);
        expect_setting("streamAddress", "\"::1\"", "drop-in", "/b");
        expect_setting("selinux", "false", "default", "");
        input.version = BW_STR("2.0.1");
        bw_facts_init(&facts, arena, "ContainerRuntime", BW_STR("n1/x"));
        bw_runtime_put_settings(&input);
        expect_setting("selinux", "true", "file", "/a");
        begin(BW_RUNTIME_CONTAINERD,
              (const char *const[]){
                      "{\"version\":3,\"imports\":[\"a\"],\"plugins\":{\"io.containerd.cri.v1.runtime\":{\"enable_selinux\":true}}}",
                      "{\"version\":3,\"plugins\":{\"io.containerd.cri.v1.runtime\":{\"disable_apparmor\":true}}}", NULL});
        bw_runtime_put_settings(&input);
        expect_setting("selinux", "true", "file", "/a");
        expect_setting("apparmorDisabled", "true", "drop-in", "/b");
        expect_json(bw_runtime_imports(&sources[0].doc), "[\"a\"]");
}

static void test_crio(void **state BW_UNUSED)
{
        const struct bw_str args[] = {BW_STR("--selinux"), BW_STR("--log-level"), BW_STR("debug"), BW_STR("--stream-address=::1")};

        begin(BW_RUNTIME_CRIO,
              (const char *const[]){"{\"crio\":{\"runtime\":{\"seccomp_profile\":\"unconfined\",\"log_level\":\"warn\"}}}",
                                    "{\"crio\":{\"runtime\":{\"seccomp_profile\":\"\",\"default_capabilities\":[\"KILL\"]}}}", NULL});
        input.args = args;
        input.n_args = BW_ARRAY_SIZE(args);
        bw_runtime_put_settings(&input);
        expect_setting("seccompProfile", "\"\"", "drop-in", "/b");
        expect_setting("defaultCapabilities", "[\"KILL\"]", "drop-in", "/b");
        expect_setting("logLevel", "\"debug\"", "flag", "");
        expect_setting("streamAddress", "\"::1\"", "flag", "");
        expect_setting("selinux", "true", "flag", "");
        expect_setting("apparmorProfile", "\"crio-default\"", "default", "");
        assert_str(bw_runtime_text(&input, "socket"), "/var/run/crio/crio.sock");
}

static void test_docker(void **state BW_UNUSED)
{
        const struct bw_str args[] = {BW_STR("-H"), BW_STR("fd://"), BW_STR("--host=tcp://0.0.0.0:2375"), BW_STR("--tlsverify=false")};

        begin(BW_RUNTIME_DOCKER, (const char *const[]){"{\"hosts\":[\"unix:///x\"],\"tlsverify\":true,\"icc\":false}", NULL});
        bw_runtime_put_settings(&input);
        expect_setting("hosts", "[\"unix:///x\"]", "file", "/a");
        expect_setting("tlsVerify", "true", "file", "/a");
        begin(BW_RUNTIME_DOCKER, (const char *const[]){"{\"icc\":false}", NULL});
        input.args = args;
        input.n_args = BW_ARRAY_SIZE(args);
        bw_runtime_put_settings(&input);
        expect_setting("hosts", "[\"fd://\",\"tcp://0.0.0.0:2375\"]", "flag", "");
        expect_setting("tlsVerify", "false", "flag", "");
        expect_setting("interContainer", "false", "file", "/a");
        expect_setting("liveRestore", "false", "default", "");
}

static void expect_registries(const char *insecure, const char *credentials)
{
        bw_runtime_put_registries(&input);
        expect_json(finished("insecureRegistries"), insecure);
        expect_json(finished("registryCredentials"), credentials);
}

static void test_registries(void **state BW_UNUSED)
{
        begin(BW_RUNTIME_CONTAINERD,
              (const char *const[]){
                      "{\"version\":2,\"plugins\":{\"io.containerd.grpc.v1.cri\":{\"registry\":{"
                      "\"configs\":{\"a:5000\":{\"tls\":{\"insecure_skip_verify\":true}},\"b\":{\"auth\":{\"password\":\"hidden\"}},"
                      "\"c\":{\"tls\":{\"insecure_skip_verify\":false}}},"
                      "\"mirrors\":{\"d\":{\"endpoint\":[\"https://d\",\"http://d:5000\",\"http://127.0.0.1:5000\"]}}}}}}",
                      NULL});
        expect_registries("[{\"name\":\"a:5000\",\"reason\":\"its certificate is not verified\"},"
                          "{\"name\":\"http://d:5000\",\"reason\":\"it is asked without encryption\"}]",
                          "[{\"name\":\"b\",\"reason\":\"stands in the configuration\"}]");
        begin(BW_RUNTIME_CONTAINERD, (const char *const[]){NULL});
        hosts[input.n_hosts++] = (struct bw_runtime_hosts){
                .registry = BW_STR("e"), .path = BW_STR("/e/hosts.toml"),
                .doc = doc_of("{\"server\":\"http://e\",\"host\":{\"https://f\":{\"skip_verify\":true},\"https://g\":{\"skip_verify\":false}}}")};
        expect_registries("[{\"name\":\"http://e\",\"reason\":\"it is asked without encryption\"},"
                          "{\"name\":\"https://f\",\"reason\":\"its certificate is not verified\"}]",
                          "[]");
        begin(BW_RUNTIME_CRIO, (const char *const[]){NULL});
        hosts[input.n_hosts++] = (struct bw_runtime_hosts){
                .path = BW_STR("/etc/containers/registries.conf"),
                .doc = doc_of("{\"registry\":[{\"location\":\"h\",\"insecure\":true,\"mirror\":[{\"location\":\"i\",\"insecure\":true}]},"
                              "{\"prefix\":\"j\",\"insecure\":true},{\"location\":\"k\"}]}")};
        bw_runtime_put_registries(&input);
        assert_int_equal(finished("insecureRegistries").n, 3);
        begin(BW_RUNTIME_DOCKER, (const char *const[]){"{\"insecure-registries\":[\"l:5000\",\"127.0.0.0/8\",7]}", NULL});
        bw_runtime_put_registries(&input);
        assert_int_equal(finished("insecureRegistries").n, 1);
}

static void expect_advisories(const char *component, const char *version, const char *ids)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_value list;

        bw_facts_init(&facts, arena, "ContainerRuntime", BW_STR("n1/x"));
        bw_runtime_put_advisories(&facts, &(struct bw_runtime_version){component, bw_str(version)}, 1);
        list = finished("advisories");
        for (uint32_t i = 0; i < list.n; i++)
                bw_buf_printf(&buf, "%s%.*s", i ? " " : "",
                              BW_STR_ARG(bw_value_text(bw_map_get(list.list->items[i], BW_STR("id")))));
        assert_str(bw_buf_view(&buf), ids);
}

static void test_published_holes(void **state BW_UNUSED)
{
        expect_advisories("runc", "1.1.11", "CVE-2024-21626 CVE-2025-31133 CVE-2025-52565 CVE-2025-52881");
        expect_advisories("runc", "1.1.12", "CVE-2025-31133 CVE-2025-52565 CVE-2025-52881");
        expect_advisories("runc", "1.2.8", "");
        expect_advisories("runc", "1.3.2", "CVE-2025-31133 CVE-2025-52565 CVE-2025-52881");
        expect_advisories("runc", "1.4.0", "");
        expect_advisories("containerd", "2.0.5", "CVE-2024-25621 CVE-2025-64329 CVE-2026-53488");
        expect_advisories("containerd", "2.3.2", "");
        expect_advisories("containerd", "2.4.0", "");
        expect_advisories("containerd", "2.0.0", "CVE-2024-40635 CVE-2024-25621 CVE-2025-64329 CVE-2026-53488");
        expect_advisories("docker", "28.3.2", "CVE-2025-54388");
        expect_advisories("docker", "28.1.0", "");
        expect_advisories("podman", "1.0.0", "");
        assert_int_equal(bw_runtime_version_cmp(BW_STR("1.7.27-1"), BW_STR("1.7.27")), 0);
        assert_int_equal(bw_runtime_version_cmp(BW_STR("1.10.0"), BW_STR("1.9.9")), 1);
        assert_int_equal(bw_runtime_version_cmp(BW_STR(""), BW_STR("0.0.1")), -1);
}

static void test_handlers(void **state BW_UNUSED)
{
        begin(BW_RUNTIME_CONTAINERD,
              (const char *const[]){"{\"version\":3,\"plugins\":{\"io.containerd.cri.v1.runtime\":{\"containerd\":{\"runtimes\":{"
                                    "\"kata\":{\"privileged_without_host_devices\":true,"
                                    "\"privileged_without_host_devices_all_devices_allowed\":true},\"odd\":3}}}}}",
                                    NULL});
        bw_runtime_put_settings(&input);
        expect_json(bw_map_get(finished("settings"), BW_STR("handlers")),
                    "[{\"name\":\"kata\",\"privilegedWithoutHostDevices\":true,\"allDevicesAllowed\":true},"
                    "{\"name\":\"odd\",\"privilegedWithoutHostDevices\":false,\"allDevicesAllowed\":false}]");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_names_of_the_plugin_by_version, setup, teardown),
                cmocka_unit_test_setup_teardown(test_imports, setup, teardown),
                cmocka_unit_test_setup_teardown(test_crio, setup, teardown),
                cmocka_unit_test_setup_teardown(test_docker, setup, teardown),
                cmocka_unit_test_setup_teardown(test_registries, setup, teardown),
                cmocka_unit_test_setup_teardown(test_published_holes, setup, teardown),
                cmocka_unit_test_setup_teardown(test_handlers, setup, teardown),
        };

        return cmocka_run_group_tests_name("runtime", tests, NULL, NULL);
}
