/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a role has, by whom they are named, and what is said of them. */
#define BW_ALLOW_BANNED
#include "temptree.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/registry.h"

#define KUBELET "/system.slice/kubelet.service"
#define POD "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a_1b.slice/cri-containerd-00.scope"
#define APISERVER "20\t1\t0\tkube-apiserver\t/usr/local/bin/kube-apiserver\t" POD "\t-\tkube-apiserver\t--etcd-servers=https://e:2379\n"

static struct temp tree;
static struct bw_arena *arena;
static struct bw_host *host;
static struct bw_buf out; /* what the role asked for has */
static const char *asked;

static int setup(void **state BW_UNUSED)
{
        temp_begin(&tree);
        arena = bw_arena_new(0);
        temp_file(&tree, "r/etc/hostname", "n1\n");
        temp_file(&tree, "r/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        temp_file(&tree, "r/etc/group", "root:x:0:\nops:x:1001:\n");
        return arena ? 0 : -1;
}

static int teardown(void **state BW_UNUSED)
{
        bw_host_close(host);
        host = NULL;
        bw_buf_done(&out);
        bw_arena_free(arena);
        temp_end(&tree);
        return 0;
}

static struct bw_str text_of(struct bw_value map, const char *key)
{
        struct bw_value v = map.type == BW_MAP ? bw_map_get(map, bw_str(key)) : (struct bw_value){0};

        return v.type == BW_STRING ? bw_value_text(v) : BW_STR("-");
}

static void put_evidence(const struct bw_doc *doc, const char *path)
{
        struct bw_value evidence = bw_map_get(bw_map_get(doc->root, BW_STR("evidence")), bw_str(path));

        if (evidence.type == BW_MAP && !bw_str_is(text_of(evidence, "state"), "-"))
                bw_buf_printf(&out, " (%.*s: %.*s)", BW_STR_ARG(text_of(evidence, "state")),
                              BW_STR_ARG(text_of(evidence, "reason")));
}

static int take(void *userdata BW_UNUSED, struct bw_doc *doc, struct bw_error *reterr BW_UNUSED)
{
        struct bw_value files = bw_map_get(doc->root, BW_STR("files"));

        if (!bw_str_is(text_of(doc->root, "role"), asked))
                return 0;
        put_evidence(doc, "files");
        for (uint32_t i = 0; i < files.n; i++) {
                struct bw_value item = files.list->items[i];
                struct bw_value secret = bw_map_get(item, BW_STR("secret"));
                char place[32];

                bw_buf_printf(&out, "%s%.*s %.*s %.*s:%.*s, %.*s", i ? "\n" : "", BW_STR_ARG(text_of(item, "path")),
                              BW_STR_ARG(text_of(item, "modeText")), BW_STR_ARG(text_of(item, "owner")),
                              BW_STR_ARG(text_of(item, "group")), BW_STR_ARG(text_of(item, "why")));
                if (secret.type == BW_BOOL && secret.b)
                        bw_buf_puts(&out, ", secret");
                (void)snprintf(place, sizeof(place), "files[%u]", i);
                put_evidence(doc, place);
        }
        return 0;
}

static void collect(const char *modes, const char *processes, const char *role)
{
        struct bw_node *node = NULL;
        char root[512], modes_path[512], table[512];

        bw_host_close(host);
        host = NULL;
        bw_buf_clear(&out);
        asked = role;
        (void)snprintf(root, sizeof(root), "%s", temp_path(&tree, "r"));
        (void)snprintf(modes_path, sizeof(modes_path), "%s", temp_path(&tree, "modes"));
        (void)snprintf(table, sizeof(table), "%s", temp_path(&tree, "processes"));
        temp_file(&tree, "modes", modes ? modes : "");
        temp_file(&tree, "processes", processes);
        assert_ok(bw_host_open(&(struct bw_host_options){.root = root, .modes = modes ? modes_path : NULL, .processes = table},
                               &host, NULL));
        assert_ok(bw_node_new(&(struct bw_node_options){.host = host, .kubernetes_minor = 32}, arena, &node, NULL));
        assert_ok(bw_node_prepare(node, NULL));
        assert_ok(bw_collector_files.collect(node, take, NULL, NULL));
        bw_node_free(node);
}

static void expect(const char *modes, const char *processes, const char *role, const char *expected)
{
        collect(modes, processes, role);
        assert_str(bw_buf_view(&out), expected);
}

static void test_the_process_says_where(void **state BW_UNUSED)
{
        temp_file(&tree, "r/etc/kubernetes/kubelet.conf", "users: []\n");
        temp_file(&tree, "r/srv/k.conf", "users:\n- user: {token: x}\n");
        expect("/srv/k.conf\t0640\t0\t1001\n", "9\t1\t0\tkubelet\t/usr/bin/kubelet\t" KUBELET "\t-\tkubelet\t--kubeconfig=/srv/k.conf\n",
               "kubelet.kubeconfig", "/srv/k.conf 0640 root:ops, named by kubeconfig of kubelet, secret");
        /* Without it the usual places. */
        expect("", "9\t1\t0\tkubelet\t/usr/bin/kubelet\t" KUBELET "\t-\tkubelet\n", "kubelet.kubeconfig",
               "/etc/kubernetes/kubelet.conf 0644 root:root, usual place");
}

static void test_the_unit_that_counts(void **state BW_UNUSED)
{
        static const char process[] = "9\t1\t0\tkubelet\t/usr/bin/kubelet\t" KUBELET "\t-\tkubelet\n";

        temp_file(&tree, "r/usr/lib/systemd/system/kubelet.service", "[Service]\nExecStart=/usr/bin/kubelet\n");
        expect("", process, "kubelet.service",
               "/usr/lib/systemd/system/kubelet.service 0644 root:root, sets the unit's command line");
        temp_file(&tree, "r/etc/systemd/system/kubelet.service.d/10-args.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet -v2\n");
        temp_file(&tree, "r/etc/systemd/system/kubelet.service.d/20-other.conf", "[Service]\nNice=1\n");
        expect("/etc/systemd/system/kubelet.service.d/10-args.conf\t0600\t0\t0\n", process, "kubelet.service",
               "/etc/systemd/system/kubelet.service.d/10-args.conf 0600 root:root, sets the unit's command line");
}

static void test_what_is_not_of_this_node(void **state BW_UNUSED)
{
        static const char kubelet[] = "9\t1\t0\tkubelet\t/usr/bin/kubelet\t" KUBELET "\t-\tkubelet\n";

        temp_file(&tree, "r/etc/kubernetes/pki/ca.crt", "x\n");
        temp_file(&tree, "r/etc/kubernetes/pki/ca.key", "-----BEGIN PRIVATE KEY-----\n");
        expect("", kubelet, "pki", " (notApplicable: this node runs no control plane)");
        expect("", kubelet, "etcd.data", " (notApplicable: no etcd runs on this node)");
        expect("", kubelet, "audit.log", " (notApplicable: this node runs no control plane)");
        expect("", APISERVER, "audit.log", " (absent: there is no such file on this node)");
        /* Keys are looked for everywhere. */
        expect("/etc/kubernetes/pki/ca.key\t0600\t0\t0\n", kubelet, "keys",
               "/etc/kubernetes/pki/ca.key 0600 root:root, usual place, secret");
}

static void test_a_tree(void **state BW_UNUSED)
{
        temp_file(&tree, "r/etc/kubernetes/pki/ca.crt", "x\n");
        temp_file(&tree, "r/etc/kubernetes/pki/ca.key", "x\n");
        temp_file(&tree, "r/etc/kubernetes/pki/etcd/server.key", "x\n");
        temp_link(&tree, "r/etc/kubernetes/pki/again.key", "ca.key");
        temp_link(&tree, "r/etc/kubernetes/pki/loop", "../pki");
        temp_link(&tree, "r/etc/kubernetes/pki/nowhere.key", "/none");
        expect("", APISERVER, "pki.keys",
               "/etc/kubernetes/pki/ca.key 0644 root:root, usual place\n"
               "/etc/kubernetes/pki/etcd/server.key 0644 root:root, usual place");
        expect("/etc/kubernetes/pki/\t0711\t0\t0\n", APISERVER, "pki",
               "/etc/kubernetes/pki 0711 root:root, usual place\n"
               "/etc/kubernetes/pki/ca.key 0644 root:root, usual place\n"
               "/etc/kubernetes/pki/ca.crt 0644 root:root, usual place\n"
               "/etc/kubernetes/pki/etcd 0755 root:root, usual place\n"
               "/etc/kubernetes/pki/etcd/server.key 0644 root:root, usual place");
}

static void test_a_config_map_is_no_file(void **state BW_UNUSED)
{
        temp_file(&tree, "r/var/lib/kubelet/pods/0a-1b/volumes/kubernetes.io~configmap/kube-proxy/kubeconfig.conf", "x\n");
        temp_file(&tree, "r/var/lib/kubelet/pods/0a-1b/volumes/kubernetes.io~configmap/kube-proxy/config.conf",
                  "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
                  "clientConnection: {kubeconfig: /var/lib/kube-proxy/kubeconfig.conf}\n");
        temp_file(&tree, "r/etc/kubernetes/kube-proxy.conf", "x\n");
        expect("",
               "9\t1\t0\tkubelet\t/usr/bin/kubelet\t" KUBELET "\t-\tkubelet\n"
               "30\t1\t0\tkube-proxy\t/usr/local/bin/kube-proxy\t" POD
               "\t-\tkube-proxy\t--kubeconfig=/var/lib/kubelet/pods/0a-1b/volumes/kubernetes.io~configmap/kube-proxy/kubeconfig.conf\n",
               "kubeproxy.kubeconfig", " (absent: it comes from a ConfigMap of the cluster, by way of a pod's volume)");
}

static void test_patterns(void **state BW_UNUSED)
{
        temp_file(&tree, "r/etc/ssh/ssh_host_rsa_key", "x\n");
        temp_file(&tree, "r/etc/ssh/ssh_host_rsa_key.pub", "x\n");
        temp_file(&tree, "r/etc/sudoers.d/a", "x\n");
        temp_file(&tree, "r/etc/sudoers.d/.hidden", "x\n");
        temp_dir(&tree, "r/etc/sudoers.d/dir");
        expect("", APISERVER, "host.sshkeys", "/etc/ssh/ssh_host_rsa_key 0644 root:root, usual place");
        expect("", APISERVER, "host.sudoers", "/etc/sudoers.d/a 0644 root:root, usual place");
}

static void test_what_may_not_be_seen(void **state BW_UNUSED)
{
        const uid_t me = geteuid();

        temp_file(&tree, "r/etc/kubernetes/pki/a/x.key", "x\n");
        temp_file(&tree, "r/etc/kubernetes/pki/y.key", "x\n");
        assert_int_equal(chmod(tree.path, 0755), 0);
        assert_int_equal(chmod(temp_path(&tree, "r/etc/kubernetes/pki/a"), 0), 0);
        temp_file(&tree, "processes", "");
        assert_int_equal(chmod(temp_path(&tree, "processes"), 0666), 0);
        temp_file(&tree, "modes", "");
        assert_int_equal(chmod(temp_path(&tree, "modes"), 0666), 0);
        if (me == 0)
                assert_int_equal(seteuid(65534), 0);
        collect("", APISERVER, "pki.keys");
        if (me == 0)
                assert_int_equal(seteuid(me), 0);
        assert_str(bw_buf_view(&out), "/etc/kubernetes/pki/a/ - -:-, - (unreadable: permission denied: run as a user who may read it)\n"
                                      "/etc/kubernetes/pki/y.key 0644 root:root, usual place");
}

/* More files than are looked at: it is said, and nothing hangs. */
static void test_too_many(void **state BW_UNUSED)
{
        char name[64];
        size_t lines = 0;

        for (unsigned i = 0; i < BW_LIMIT_NODE_FILES + 2; i++) {
                (void)snprintf(name, sizeof(name), "r/var/lib/cni/networks/%u", i);
                temp_file(&tree, name, "");
        }
        collect("", APISERVER, "cni.files");
        for (size_t i = 0; i < out.n; i++)
                lines += out.p[i] == '\n';
        assert_true(bw_str_starts(bw_buf_view(&out),
                                  BW_STR("/var/lib/cni/networks/ - -:-, - (unreadable: the directory has more than 4000 entries)")));
        assert_true(bw_str_find(bw_buf_view(&out), BW_STR("(unreadable: there are more than 4000 files here")) != SIZE_MAX);
        assert_int_equal(lines, BW_LIMIT_NODE_FILES);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_the_process_says_where, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_unit_that_counts, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_is_not_of_this_node, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_tree, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_config_map_is_no_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_patterns, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_may_not_be_seen, setup, teardown),
                cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
        };

        return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
