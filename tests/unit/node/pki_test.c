/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and keys of a machine: what components and kubeconfigs name, usual places, links, odd files. */
#define BW_ALLOW_BANNED
#include "certificates.h"
#include "temptree.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "node/registry.h"

#define T2026 1767225600
#define T2027 1798761600
#define POD "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a_1b.slice/cri-containerd-00.scope"

static struct temp tree;
static struct bw_arena *arena;
static struct bw_host *host;
static struct bw_value docs[64];
static size_t n_docs;

static int setup(void **state BW_UNUSED)
{
        temp_begin(&tree);
        arena = bw_arena_new(0);
        n_docs = 0;
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

static int take(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        (void)userdata;
        (void)reterr;
        assert_true(n_docs < BW_ARRAY_SIZE(docs));
        docs[n_docs++] = doc->root;
        return 0;
}

static void collect(const char *modes_text, const char *processes_text)
{
        char root[512], modes[512], processes[512];
        struct bw_node *node;

        (void)snprintf(root, sizeof(root), "%s", temp_path(&tree, "r"));
        (void)snprintf(modes, sizeof(modes), "%s", temp_path(&tree, "modes"));
        (void)snprintf(processes, sizeof(processes), "%s", temp_path(&tree, "processes"));
        temp_file(&tree, "modes", modes_text);
        temp_file(&tree, "processes", processes_text);
        assert_ok(bw_host_open(&(struct bw_host_options){.root = root, .modes = modes, .processes = processes}, &host, NULL));
        assert_ok(bw_node_new(&(struct bw_node_options){.host = host, .kubernetes_minor = 34}, arena, &node, NULL));
        assert_ok(bw_node_prepare(node, NULL));
        assert_ok(bw_collector_pki.collect(node, take, NULL, NULL));
}

/* A field of the document of that kind and name as JSON; "none" when there is no such document. */
static struct bw_str field(const char *kind, const char *name, const char *path)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_path parsed;

        assert_ok(bw_path_parse(arena, bw_str(path), &parsed, NULL));
        for (size_t i = 0; i < n_docs; i++) {
                struct bw_value v;

                if (!bw_str_is(bw_map_text(docs[i], "kind"), kind) ||
                    !bw_str_is(bw_map_text(bw_map_get(docs[i], BW_STR("metadata")), "name"), name))
                        continue;
                v = bw_path_get(docs[i], parsed);
                if (v.type != BW_ABSENT)
                        bw_value_json(&out, v, 0);
                return bw_arena_str(arena, bw_buf_view(&out));
        }
        return BW_STR("none");
}

static const struct make ca_make = {.common_name = "kubernetes", .is_ca = true, .begin = T2026, .end = T2027};

static void test_components(void **state BW_UNUSED)
{
        struct made ca = {0}, server = {0}, other = {0};
        struct make how = {.common_name = "kube-apiserver", .issuer = &ca, .usage = "serverAuth", .names = "IP:10.0.0.10",
                           .begin = T2026, .end = T2027};

        made_begin(&ca, &ca_make);
        made_begin(&server, &how);
        made_begin(&other, &how);
        temp_file(&tree, "r/data/ca.pem", ca.certificate_pem);
        temp_file(&tree, "r/data/server.pem", server.certificate_pem);
        temp_file(&tree, "r/data/server-key.pem", other.key_pem);
        temp_file(&tree, "r/data/sa.key", server.key_pem);
        collect("/data/\t755\t0\t0\n/data/ca.pem\t644\t0\t0\n/data/server.pem\t644\t0\t0\n/data/server-key.pem\t640\t0\t0\n"
                "/data/sa.key\t644\t0\t0\n",
                "20\t1\t0\tkube-apiserver\t/usr/local/bin/kube-apiserver\t" POD "\t-\tkube-apiserver\t--client-ca-file=/data/ca.pem"
                "\t--etcd-cafile\t/data/ca.pem\t--tls-cert-file=/data/server.pem\t--tls-private-key-file=/data/server-key.pem"
                "\t--service-account-signing-key-file=/data/sa.key\t--advertise-address=10.0.0.10"
                "\t--service-cluster-ip-range=10.96.0.0/12,fd00::/108\t--kubelet-client-certificate=/data/gone.pem\n");
        assert_str(field("Certificate", "n1/data/ca.pem", "domains"), "[\"cluster\",\"etcd\"]");
        assert_str(field("Certificate", "n1/data/server.pem", "role"), "\"apiserver-serving\"");
        assert_str(field("Certificate", "n1/data/server.pem", "chain.verified"), "true");
        assert_str(field("Certificate", "n1/data/server.pem", "key.matches"), "false");
        assert_str(field("Certificate", "n1/data/server.pem", "files[0].why"), "[\"named by kube-apiserver --tls-cert-file\"]");
        assert_str(field("Certificate", "n1/data/server.pem", "missingNames"),
                   "[{\"name\":\"10.96.0.1\",\"why\":\"address of the Service kubernetes\"}]");
        assert_str(field("Certificate", "n1/data/gone.pem", "evidence[''].state"), "\"absent\"");
        assert_str(field("PrivateKey", "n1/data/sa.key", "reach.others"), "true");
        assert_str(field("PrivateKey", "n1/data/sa.key", "holders"), "[\"service-account\",\"kube-apiserver\"]");
        assert_str(field("PrivateKey", "n1/data/server-key.pem", "modeText"), "\"0640\"");
        made_done(&ca), made_done(&server), made_done(&other);
}

static void test_usual_places(void **state BW_UNUSED)
{
        struct made ca = {0}, old = {0}, kubelet = {0};
        struct make how = {.common_name = "system:node:n1", .organization = "system:nodes", .issuer = &ca, .usage = "clientAuth",
                           .begin = T2026, .end = T2027};
        char pem[16384];

        made_begin(&ca, &ca_make);
        made_begin(&kubelet, &how);
        how.end = T2026 + 60;
        made_begin(&old, &how);
        temp_file(&tree, "r/etc/kubernetes/pki/ca.crt", ca.certificate_pem);
        temp_file(&tree, "r/etc/kubernetes/pki/ca.key", "placeholder");
        temp_file(&tree, "r/etc/kubernetes/pki/sub/dir/mine.pem", ca.certificate_pem);
        temp_file(&tree, "r/etc/kubernetes/pki/notes.txt", "nothing");
        (void)snprintf(pem, sizeof(pem), "%s%s", kubelet.certificate_pem, kubelet.key_pem);
        temp_file(&tree, "r/var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem", pem);
        temp_file(&tree, "r/var/lib/kubelet/pki/kubelet-client-2025-01-01-00-00-00.pem", old.certificate_pem);
        temp_link(&tree, "r/var/lib/kubelet/pki/kubelet-client-current.pem",
                  "/var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem");
        temp_link(&tree, "r/etc/kubernetes/pki/loop.crt", "loop.crt");
        temp_link(&tree, "r/etc/kubernetes/pki/up", "..");
        assert_int_equal(mkfifo(temp_path(&tree, "r/etc/kubernetes/pki/fifo.crt"), 0600), 0);
        temp_file(&tree, "r/etc/kubernetes/kubelet.conf",
                  "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'https://10.0.0.10:6443', "
                  "certificate-authority: pki/ca.crt}}]\nusers: [{name: u, user: {client-certificate: "
                  "/var/lib/kubelet/pki/kubelet-client-current.pem, client-key: /var/lib/kubelet/pki/kubelet-client-current.pem}}]\n");
        temp_file(&tree, "r/etc/kubernetes/admin.conf", "not: a kubeconfig\n");
        collect("", "");
        assert_str(field("Certificate", "n1/etc/kubernetes/pki/ca.crt", "role"), "\"cluster-ca\"");
        assert_str(field("Certificate", "n1/etc/kubernetes/pki/ca.crt", "files[1].path"), "\"/etc/kubernetes/pki/sub/dir/mine.pem\"");
        assert_str(field("Certificate", "n1/etc/kubernetes/pki/ca.crt", "evidence['key.matches'].reason"), "\"no private key in PEM form\"");
        assert_str(field("Certificate", "n1/var/lib/kubelet/pki/kubelet-client-current.pem", "rotated"), "true");
        assert_str(field("Certificate", "n1/var/lib/kubelet/pki/kubelet-client-current.pem", "key.matches"), "true");
        assert_str(field("Certificate", "n1/var/lib/kubelet/pki/kubelet-client-current.pem", "chain.verified"), "true");
        assert_str(field("Certificate", "n1/var/lib/kubelet/pki/kubelet-client-2025-01-01-00-00-00.pem", "role"), "none");
        assert_str(field("Certificate", "n1/etc/kubernetes/pki/fifo.crt", "evidence[''].state"), "\"unreadable\"");
        assert_str(field("Certificate", "n1/etc/kubernetes/pki/loop.crt", "evidence[''].state"), "\"unreadable\"");
        assert_str(field("PrivateKey", "n1/etc/kubernetes/pki/ca.key", "evidence.key.state"), "\"unreadable\"");
        assert_str(field("Kubeconfig", "n1/etc/kubernetes/kubelet.conf", "clusters[0].hasCertificateAuthority"), "true");
        assert_str(field("Kubeconfig", "n1/etc/kubernetes/admin.conf", "evidence[''].state"), "\"unreadable\"");
        made_done(&ca), made_done(&old), made_done(&kubelet);
}

static void test_configuration(void **state BW_UNUSED)
{
        struct made ca = {0};

        made_begin(&ca, &ca_make);
        temp_file(&tree, "r/data/ca.pem", ca.certificate_pem);
        temp_file(&tree, "r/data/kubelet.yaml",
                  "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
                  "authentication: {x509: {clientCAFile: /data/ca.pem}}\ntlsCertFile: /data/gone.crt\ntlsPrivateKeyFile: /data/gone.key\n");
        collect("", "20\t1\t0\tkubelet\t/usr/bin/kubelet\t/system.slice/kubelet.service\t-\tkubelet\t--config=/data/kubelet.yaml\n");
        assert_str(field("Certificate", "n1/data/ca.pem", "domains"), "[\"cluster\"]");
        assert_str(field("Certificate", "n1/data/gone.crt", "evidence[''].state"), "\"absent\"");
        made_done(&ca);
}

/* Nothing of a key or token is in what comes out. */
static void test_no_secrets(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct made one = {0};
        char text[32768];
        struct bw_str key;

        made_begin(&one, &ca_make);
        (void)snprintf(text, sizeof(text),
                       "apiVersion: v1\nkind: Config\nusers: [{name: u, user: {token: very-secret-token, password: very-secret-word}}]\n");
        temp_file(&tree, "r/etc/kubernetes/admin.conf", text);
        temp_file(&tree, "r/etc/kubernetes/pki/ca.key", one.key_pem);
        collect("", "");
        for (size_t i = 0; i < n_docs; i++)
                bw_value_json(&out, docs[i], 0);
        key = bw_str_n(strchr(one.key_pem, '\n') + 1, 32);
        assert_true(n_docs >= 2);
        assert_true(bw_str_find(bw_buf_view(&out), key) == SIZE_MAX);
        assert_true(bw_str_find(bw_buf_view(&out), BW_STR("very-secret")) == SIZE_MAX);
        made_done(&one);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_components, setup, teardown),
                cmocka_unit_test_setup_teardown(test_usual_places, setup, teardown),
                cmocka_unit_test_setup_teardown(test_configuration, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_secrets, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
