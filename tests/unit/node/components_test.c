/* SPDX-License-Identifier: Apache-2.0 */
/* How the components of a node are found: processes, manifests, units; who is an impostor; what is a secret. */
#define BW_ALLOW_BANNED
#include "temptree.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "node/node.h"

#define POD "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a_1b.slice/cri-containerd-00.scope"

static struct temp tree;
static struct bw_arena *arena;
static struct bw_host *host;
static struct bw_node *node;

static int setup(void **state BW_UNUSED)
{
        temp_begin(&tree);
        arena = bw_arena_new(0);
        temp_file(&tree, "r/etc/hostname", "n1\n");
        return arena ? 0 : -1;
}

static int teardown(void **state BW_UNUSED)
{
        bw_host_close(host);
        host = NULL;
        bw_arena_free(arena);
        temp_end(&tree);
        return 0;
}

/* processes NULL: an image, of which nobody knows what runs. */
static void discover(const char *processes)
{
        char root[512], modes[512], table[512];

        (void)snprintf(root, sizeof(root), "%s", temp_path(&tree, "r"));
        (void)snprintf(modes, sizeof(modes), "%s", temp_path(&tree, "modes"));
        (void)snprintf(table, sizeof(table), "%s", temp_path(&tree, "processes"));
        temp_file(&tree, "modes", "");
        temp_file(&tree, "processes", processes ? processes : "");
        assert_ok(bw_host_open(
                &(struct bw_host_options){.root = root, .modes = modes, .processes = processes ? table : NULL}, &host, NULL));
        assert_ok(bw_node_new(&(struct bw_node_options){.host = host, .kubernetes_minor = 32}, arena, &node, NULL));
        assert_ok(bw_node_prepare(node, NULL));
}

/* "name basis+ pid: arg@file:line …" for each component that was found. */
static void assert_found(const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        for (size_t i = 0; i < node->n_components; i++) {
                const struct bw_component_input *in = &node->components[i].input;

                bw_buf_printf(&out, "%s%.*s %s%s %u:", i ? "\n" : "", BW_STR_ARG(in->component), in->basis,
                              in->running ? "+" : "", in->pid);
                for (size_t a = 0; a < in->n_args; a++) {
                        struct bw_str file = in->args[a].where.file;

                        while (memchr(file.p ? file.p : "", '/', file.n))
                                file = bw_str_rest(file, 1);
                        bw_buf_printf(&out, " %.*s", BW_STR_ARG(in->args[a].text));
                        if (file.n)
                                bw_buf_printf(&out, "@%.*s:%u", BW_STR_ARG(file), in->args[a].where.line);
                }
        }
        assert_str(bw_buf_view(&out), expected);
}

static void test_processes(void **state BW_UNUSED)
{
        discover("10\t1\t0\tkube-proxy\t/usr/local/bin/kube-proxy\t" POD "\t-\tkube-proxy\t--a\tb\n"
                 "11\t1\t0\tkube-proxy\t/usr/local/bin/kube-proxy\t" POD "\t-\tkube-proxy\t--c\n"
                 "12\t1\t0\tkubelet\t/usr/bin/hyperkube\t/system.slice/kubelet.service\t-\t/usr/bin/hyperkube\tkubelet\t--d\n"
                 "13\t1\t0\tvim\t/usr/bin/vim\t/\t-\tvim\tkube-apiserver\t--e\n"
                 "14\t1\t1000\tkube-apiserver\t/srv/x/kube-apiserver\t/\t-\tkube-apiserver\t--f\n"
                 "15\t1\t1000\tkube-scheduler\t/srv/x/kube-scheduler\t"
                 "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service\t-\tkube-scheduler\t--g\n"
                 "16\t1\t997\tetcd\t/usr/bin/etcd\t/system.slice/etcd.service\tETCD_NAME=a;ETCD_PASSWORD=x;PATH=/;KUBE_TOKEN=y\tetcd\n");
        assert_found("kubelet process+ 12: --d\n"
                     "kube-proxy process+ 10: --a b\n"
                     "kube-proxy process+ 11: --c\n"
                     "etcd process+ 16:");
        assert_str(node->components[1].input.name, "n1");
        assert_str(node->components[2].input.name, "n1:11");
        assert_int_equal(node->components[3].input.n_env, 1);
        assert_str(node->components[3].input.env[0], "ETCD_NAME=a");
        assert_int_equal(node->identity.roles, BW_ROLE_ETCD | BW_ROLE_WORKER);
        assert_non_null(bw_node_component(node, "kube-proxy", 1));
        assert_null(bw_node_component(node, "kube-proxy", 2));
}

static void test_secrets(void **state BW_UNUSED)
{
        discover("10\t1\t0\tetcd\t/usr/bin/etcd\t/system.slice/etcd.service\t-\tetcd\t--initial-cluster-token=s3cret\t--auth-token=simple\t"
                 "--password\ts3cret\t--some_token\t--name=a\t--listen-client-urls=https://u:s3cret@127.0.0.1:2379,https://b:1\n"
                 "11\t1\t0\tkube-apiserver\t/usr/bin/kube-apiserver\t/system.slice/a.service\t-\tkube-apiserver\t"
                 "--token-auth-file=/t.csv\t--service-account-key-file=/k\t--enable-bootstrap-token-auth\t--basic-auth=u:s3cret\n");
        assert_found("etcd process+ 10: --auth-token=simple --name=a --listen-client-urls=https://127.0.0.1:2379,https://b:1\n"
                     "kube-apiserver process+ 11: --token-auth-file=/t.csv --service-account-key-file=/k --enable-bootstrap-token-auth");
}

static const char manifest[] = "apiVersion: v1\n"
                               "kind: Pod\n"
                               "spec:\n"
                               "  securityContext: {runAsUser: 2000}\n"
                               "  containers:\n"
                               "  - name: sidecar\n"
                               "    command: [/bin/other, kube-apiserver, --no]\n"
                               "  - name: main\n"
                               "    image: registry.example:5000/kube-apiserver:v1.31.7@sha256:00\n"
                               "    command: [kube-apiserver, --a=1]\n"
                               "    args:\n"
                               "    - --b=$(IP)$$\n"
                               "    - --c=$(NONE)\n"
                               "    env: [{name: IP, value: 192.0.2.1}, {name: P, valueFrom: {}}]\n"
                               "    volumeMounts:\n"
                               "    - {name: conf, mountPath: /etc/inside}\n"
                               "    - {name: file, mountPath: /etc/inside/deep/, subPath: sub}\n"
                               "  volumes:\n"
                               "  - {name: conf, hostPath: {path: /etc/outside/}}\n"
                               "  - {name: file, hostPath: {path: /srv}}\n";

static void test_manifest_alone(void **state BW_UNUSED)
{
        const struct bw_node_component *c;

        temp_file(&tree, "r/etc/kubernetes/manifests/api.yaml", manifest);
        temp_file(&tree, "r/etc/kubernetes/manifests/.old.yaml", manifest);
        temp_file(&tree, "r/etc/kubernetes/manifests/broken.yaml", "{");
        discover("1\t0\t0\tinit\t/sbin/init\t/\t-\tinit\n");
        assert_found("kube-apiserver static-pod 0: --a=1@api.yaml:10 --b=192.0.2.1$@api.yaml:12 --c=$(NONE)@api.yaml:13");
        c = bw_node_component(node, "kube-apiserver", 0);
        assert_str(c->input.version, "1.31.7");
        assert_int_equal(node->identity.minor, 31);
        assert_str(bw_node_outside(node, c, BW_STR("/etc/inside/x.yaml")), "/etc/outside//x.yaml");
        assert_str(bw_node_outside(node, c, BW_STR("/etc/inside/deep/x")), "/srv/sub/x");
        assert_str(bw_node_outside(node, c, BW_STR("/etc/insider")), "/etc/insider");
}

/* What runs counts; the place is the manifest's; what differs is noted. Another user's program in a pod is not it. */
static void test_manifest_and_process(void **state BW_UNUSED)
{
        const struct bw_component_input *in;

        temp_file(&tree, "r/etc/kubernetes/manifests/api.yaml", manifest);
        discover("20\t1\t2000\tkube-apiserver\t/kube-apiserver\t" POD "\t-\tkube-apiserver\t--b=192.0.2.1$\t--a=1\t--d\n"
                 "21\t1\t3000\tkube-apiserver\t/kube-apiserver\t" POD "\t-\tkube-apiserver\t--z\n"
                 "22\t1\t0\tkube-apiserver\t/root/kube-apiserver\t/user.slice/user-0.slice/session-1.scope\t-\tkube-apiserver\t--z\n");
        assert_found("kube-apiserver process+ 20: --b=192.0.2.1$@api.yaml:12 --a=1@api.yaml:10 --d");
        in = &node->components[0].input;
        assert_int_equal(in->n_notes, 1);
        assert_string_equal(in->notes[0].code, "manifest-differs");
        assert_str(in->notes[0].message, "the process runs with --d, which its manifest does not have");
        assert_str(in->notes[0].where.file, "/etc/kubernetes/manifests/api.yaml");
}

static void test_manifest_has_more(void **state BW_UNUSED)
{
        temp_file(&tree, "r/etc/kubernetes/manifests/api.yaml", manifest);
        discover("20\t1\t2000\tkube-apiserver\t/kube-apiserver\t" POD "\t-\tkube-apiserver\t--b=192.0.2.1$\t--c=$(NONE)\n");
        assert_str(node->components[0].input.notes[0].message, "the manifest has --a=1, with which the process does not run");
        assert_int_equal(node->components[0].input.notes[0].where.line, 10);
}

static void test_manifest_as_it_runs(void **state BW_UNUSED)
{
        temp_file(&tree, "r/etc/kubernetes/manifests/api.yaml", manifest);
        discover("20\t1\t2000\tkube-apiserver\t/kube-apiserver\t" POD "\t-\tkube-apiserver\t--a=1\t--b=192.0.2.1$\t--c=$(NONE)\n");
        assert_int_equal(node->components[0].input.n_notes, 0);
}

/* A script in a shell, as OpenShift and GKE have it. */
static void test_script(void **state BW_UNUSED)
{
        temp_file(&tree, "r/etc/kubernetes/manifests/p.yaml",
                  "kind: Pod\nspec:\n  containers:\n  - command: [/bin/bash, -ec]\n    args:\n    - |\n      set -x\n"
                  "      exec tool -- hyperkube kube-proxy --a=\"b c\" 2>&1 | tee x\n");
        discover("1\t0\t0\tinit\t/sbin/init\t/\t-\tinit\n");
        assert_found("kube-proxy static-pod 0: --a=b c@p.yaml:8");
}

static const char unit[] = "[Service]\nEnvironment=\"A=--config=/k.yaml --x=1\"\nEnvironmentFile=-/etc/default/kubelet\n"
                           "ExecStart=/usr/bin/kubelet $A $MORE\n";

/* The kubelet's own directory of static pods counts, not the usual one. */
static void test_unit(void **state BW_UNUSED)
{
        temp_file(&tree, "r/usr/lib/systemd/system/kubelet.service", unit);
        temp_file(&tree, "r/etc/systemd/system/kubelet.service.d/20-x.conf", "[Service]\nEnvironment=MORE=--y=2\n");
        temp_file(&tree, "r/usr/lib/systemd/system/kubelet.service.d/20-x.conf", "[Service]\nEnvironment=MORE=--not\n");
        temp_file(&tree, "r/usr/lib/systemd/system/kubelet.service.d/10-x.conf", "[Service]\nEnvironment=MORE=--neither\n");
        temp_file(&tree, "r/etc/default/kubelet", "# nothing\n");
        temp_file(&tree, "r/k.yaml", "kind: KubeletConfiguration\nstaticPodPath: /pods/\n");
        temp_file(&tree, "r/pods/api.yaml", manifest);
        temp_file(&tree, "r/etc/kubernetes/manifests/other.yaml", "kind: Pod\nspec: {containers: [{command: [etcd]}]}\n");
        discover("30\t1\t0\tkubelet\t/usr/bin/kubelet\t/system.slice/kubelet.service\t-\tkubelet\t--config=/k.yaml\t--x=1\t--y=2\n");
        assert_found("kubelet process+ 30: --config=/k.yaml@kubelet.service:2 --x=1@kubelet.service:2 --y=2@20-x.conf:2\n"
                     "kube-apiserver static-pod 0: --a=1@api.yaml:10 --b=192.0.2.1$@api.yaml:12 --c=$(NONE)@api.yaml:13");
        assert_str(node->components[0].unit, "/usr/lib/systemd/system/kubelet.service");
        assert_int_equal(node->components[0].n_unit_files, 4);
        assert_str(node->components[0].unit_files[1], "/usr/lib/systemd/system/kubelet.service.d/10-x.conf");
        assert_str(node->components[0].unit_files[2], "/etc/systemd/system/kubelet.service.d/20-x.conf");
        assert_str(node->components[0].unit_files[3], "/etc/default/kubelet");
}

/* Of an image, the unit is all there is; a unit that nobody enabled runs nowhere, but for the kubelet's. */
static void test_image(void **state BW_UNUSED)
{
        temp_file(&tree, "r/usr/lib/systemd/system/kubelet.service", unit);
        temp_file(&tree, "r/usr/lib/systemd/system/etcd.service", "[Service]\nExecStart=/usr/bin/etcd --name=a\n");
        temp_file(&tree, "r/usr/lib/systemd/system/kube-proxy.service", "[Service]\nExecStart=/usr/bin/kube-proxy --p\n");
        temp_file(&tree, "r/etc/systemd/system/multi-user.target.wants/other.service", "");
        temp_link(&tree, "r/etc/systemd/system/multi-user.target.wants/kube-proxy.service", "/usr/lib/systemd/system/kube-proxy.service");
        discover(NULL);
        assert_found("kubelet unit 0: --config=/k.yaml@kubelet.service:2 --x=1@kubelet.service:2\n"
                     "kube-proxy unit 0: --p@kube-proxy.service:2");
}

static void test_stopped(void **state BW_UNUSED)
{
        temp_file(&tree, "r/usr/lib/systemd/system/kubelet.service", unit);
        discover("1\t0\t0\tinit\t/sbin/init\t/\t-\tinit\n");
        assert_found("");
        assert_string_equal(node->identity.distribution, "none");
}

/* What the version is known by: the package, where no image says it. */
static void test_package(void **state BW_UNUSED)
{
        temp_file(&tree, "r/var/lib/dpkg/status", "Package: kube\nVersion: 9\n\nPackage: kubelet\nStatus: install ok installed\n"
                                                  "Version: 1.30.2-1.1\n\nPackage: z\nVersion: 1\n");
        discover("30\t1\t0\tkubelet\t/usr/bin/kubelet\t/system.slice/kubelet.service\t-\tkubelet\n");
        assert_str(node->components[0].input.version, "1.30.2");
        assert_str(node->components[0].input.version_source, "package kubelet");
        assert_int_equal(node->identity.minor, 30);
        assert_string_equal(node->identity.distribution, "unknown");
}

/* A configuration that the pod's ConfigMap volume holds, seen from the machine. */
static void test_pod_volume(void **state BW_UNUSED)
{
        const struct bw_node_component *c;

        temp_file(&tree, "r/var/lib/kubelet/pods/0a-1b/volumes/kubernetes.io~configmap/kube-proxy/config.conf", "kind: X\n");
        temp_file(&tree, "r/var/lib/kubelet/pods/0a-1b/volumes/kubernetes.io~configmap/other/config.conf", "kind: Y\n");
        temp_file(&tree, "r/var/lib/kubelet/pods/0a-1b/volumes/kubernetes.io~configmap/other/only.conf", "kind: Z\n");
        discover("10\t1\t0\tkube-proxy\t/kube-proxy\t" POD "\t-\tkube-proxy\t--config=/var/lib/kube-proxy/config.conf\n");
        c = bw_node_component(node, "kube-proxy", 0);
        assert_str(bw_node_outside(node, c, BW_STR("/var/lib/kube-proxy/config.conf")),
                   "/var/lib/kubelet/pods/0a-1b/volumes/kubernetes.io~configmap/kube-proxy/config.conf");
        assert_str(bw_node_outside(node, c, BW_STR("/x/only.conf")),
                   "/var/lib/kubelet/pods/0a-1b/volumes/kubernetes.io~configmap/other/only.conf");
        assert_str(bw_node_outside(node, c, BW_STR("/x/config.conf")), "/x/config.conf"); /* two would do */
        assert_int_equal(c->input.n_files, 1);
        assert_str(c->input.files[0].text, "kind: X\n");
}

static void test_many(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf table = {0};

        for (int i = 0; i < 200; i++)
                bw_buf_printf(&table, "%d\t1\t0\tetcd\t/usr/bin/etcd\t/system.slice/etcd.service\t-\tetcd\n", 100 + i);
        discover(table.p);
        assert_int_equal(node->n_components, 64); /* BW_LIMIT_COMPONENTS */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_processes, setup, teardown),
                cmocka_unit_test_setup_teardown(test_secrets, setup, teardown),
                cmocka_unit_test_setup_teardown(test_manifest_alone, setup, teardown),
                cmocka_unit_test_setup_teardown(test_manifest_and_process, setup, teardown),
                cmocka_unit_test_setup_teardown(test_manifest_has_more, setup, teardown),
                cmocka_unit_test_setup_teardown(test_manifest_as_it_runs, setup, teardown),
                cmocka_unit_test_setup_teardown(test_script, setup, teardown),
                cmocka_unit_test_setup_teardown(test_unit, setup, teardown),
                cmocka_unit_test_setup_teardown(test_image, setup, teardown),
                cmocka_unit_test_setup_teardown(test_stopped, setup, teardown),
                cmocka_unit_test_setup_teardown(test_package, setup, teardown),
                cmocka_unit_test_setup_teardown(test_pod_volume, setup, teardown),
                cmocka_unit_test_setup_teardown(test_many, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
