/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and keys put together: roles, issuers, keys, domains of trust, names. */
#define BW_ALLOW_BANNED
#include "certificates.h"

#include "analyze/derive.h"
#include "analyze/pki.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define T2026 1767225600
#define T2027 1798761600

struct all {
        struct bw_arena *arena;
        struct bw_pki *pki;
        struct bw_value docs[32];
        size_t n;
};

static int take(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct all *all = userdata;

        (void)reterr;
        assert_true(all->n < BW_ARRAY_SIZE(all->docs));
        all->docs[all->n++] = doc->root;
        return 0;
}

static void begin(struct all *all)
{
        static const struct bw_pki_options options = {.name = {"cp1", 3}, .origin = "node", .evidence = "file",
                                                      .is_control_plane = true, .knows_control_plane = true,
                                                      .distribution = "kubeadm"};

        *all = (struct all){.arena = bw_arena_new(0)};
        assert_ok(bw_pki_new(&options, all->arena, &all->pki, NULL));
}

static void end(struct all *all)
{
        bw_pki_free(all->pki);
        bw_arena_free(all->arena);
}

static void add(struct all *all, const char *path, enum bw_pki_role role, const char *text)
{
        const struct bw_pki_source source = {
                .label = bw_str(path),
                .file = bw_str(path),
                .role = role,
                .why = BW_STR("named"),
                .in_use = true,
                .wants_certificate = bw_str_ends(bw_str(path), BW_STR(".crt")),
                .wants_key = bw_str_ends(bw_str(path), BW_STR(".key")),
                .state = text ? BW_FILE_READ : BW_FILE_UNREADABLE,
                .reason = text ? BW_STR("") : BW_STR("permission denied"),
                .text = bw_str(text),
        };

        assert_ok(bw_pki_add(all->pki, &source, NULL));
}

static void finish(struct all *all)
{
        assert_ok(bw_pki_finish(all->pki, take, all, NULL));
}

/* The document of that kind and name. */
static struct bw_value find(struct all *all, const char *kind, const char *name)
{
        for (size_t i = 0; i < all->n; i++)
                if (bw_str_is(bw_map_text(all->docs[i], "kind"), kind) &&
                    bw_str_is(bw_map_text(bw_map_get(all->docs[i], BW_STR("metadata")), "name"), name))
                        return all->docs[i];
        fail_msg("no %s %s", kind, name);
        return (struct bw_value){0};
}

/* A field of it as JSON. */
static void assert_field(struct all *all, const char *kind, const char *name, const char *path, const char *json)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_path parsed;
        struct bw_value v;

        assert_ok(bw_path_parse(all->arena, bw_str(path), &parsed, NULL));
        v = bw_path_get(find(all, kind, name), parsed);
        if (v.type != BW_ABSENT)
                bw_value_json(&out, v, 0);
        if (!bw_str_is(bw_buf_view(&out), json))
                fail_msg("%s of %s: %.*s is not %s", path, name, BW_STR_ARG(bw_buf_view(&out)), json);
}

#define CERTIFICATE(name, path, json) assert_field(&all, "Certificate", "cp1" name, path, json)
#define KEY(name, path, json) assert_field(&all, "PrivateKey", "cp1" name, path, json)

static const struct make ca_make = {.common_name = "kubernetes", .is_ca = true, .begin = T2026, .end = T2027};
static const struct make etcd_make = {.common_name = "etcd-ca", .is_ca = true, .begin = T2026, .end = T2027};

static void test_chain(void **state)
{
        struct made ca = {0}, other = {0}, etcd = {0}, good = {0}, wrong = {0}, broken = {0}, alone = {0};
        struct make how = {.common_name = "kube-apiserver", .usage = "serverAuth", .begin = T2026, .end = T2027};
        struct all all;

        (void)state;
        begin(&all);
        made_begin(&ca, &ca_make);
        made_begin(&other, &ca_make);
        made_begin(&etcd, &etcd_make);
        how.issuer = &ca;
        made_begin(&good, &how);
        how.issuer = &etcd;
        made_begin(&wrong, &how);
        how.issuer = &other;
        made_begin(&broken, &how);
        how.issuer = NULL;
        made_begin(&alone, &how);
        add(&all, "/pki/ca.crt", BW_PKI_ROLE_CLUSTER_CA, ca.certificate_pem);
        add(&all, "/pki/etcd/ca.crt", BW_PKI_ROLE_ETCD_CA, etcd.certificate_pem);
        add(&all, "/good.crt", BW_PKI_ROLE_APISERVER_SERVING, good.certificate_pem);
        add(&all, "/wrong.crt", BW_PKI_ROLE_KUBELET_SERVING, wrong.certificate_pem);
        add(&all, "/broken.crt", BW_PKI_ROLE_APISERVER_SERVING, broken.certificate_pem);
        add(&all, "/stranger.crt", BW_PKI_NONE, broken.certificate_pem);
        add(&all, "/alone.crt", BW_PKI_NONE, alone.certificate_pem);
        finish(&all);
        CERTIFICATE("/pki/ca.crt", "chain.issuer", "\"self\"");
        CERTIFICATE("/pki/ca.crt", "domains", "[\"cluster\"]");
        CERTIFICATE("/good.crt", "chain.verified", "true");
        CERTIFICATE("/good.crt", "chain.ca.file", "\"/pki/ca.crt\"");
        CERTIFICATE("/good.crt", "chain.ca.domains", "[\"cluster\"]");
        CERTIFICATE("/wrong.crt", "chain.domain", "\"cluster\"");
        CERTIFICATE("/wrong.crt", "chain.ca.domains", "[\"etcd\"]");
        CERTIFICATE("/broken.crt", "chain.issuer", "\"broken\"");
        CERTIFICATE("/broken.crt", "chain.verified", "false");
        CERTIFICATE("/broken.crt", "chain.problem", "\"the CA of that name did not sign it\"");
        /* The same certificate in two files is one document. */
        CERTIFICATE("/broken.crt", "files[1].path", "\"/stranger.crt\"");
        CERTIFICATE("/alone.crt", "chain.issuer", "\"self\"");
        CERTIFICATE("/alone.crt", "role", "\"serving\"");
        assert_int_equal(all.n, 6);
        end(&all);
        made_done(&ca), made_done(&other), made_done(&etcd), made_done(&good), made_done(&wrong), made_done(&broken), made_done(&alone);
}

/* A CA of the same name, elsewhere trusted: no mistake of this node. */
static void test_stranger(void **state)
{
        struct made ca = {0}, other = {0}, client = {0};
        struct make how = {.common_name = "admin", .usage = "clientAuth", .begin = T2026, .end = T2027, .issuer = &other};
        struct all all;

        (void)state;
        begin(&all);
        made_begin(&ca, &ca_make);
        made_begin(&other, &ca_make);
        made_begin(&client, &how);
        add(&all, "/ca.crt", BW_PKI_ROLE_CLUSTER_CA, ca.certificate_pem);
        add(&all, "/client.crt", BW_PKI_NONE, client.certificate_pem);
        finish(&all);
        CERTIFICATE("/client.crt", "chain.issuer", "\"unknown\"");
        CERTIFICATE("/client.crt", "chain.problem", "");
        end(&all);
        made_done(&ca), made_done(&other), made_done(&client);
}

static void test_path_length(void **state)
{
        struct made root = {0}, middle = {0}, low = {0}, leaf = {0};
        struct make how = {.common_name = "root", .is_ca = true, .path_length = 1, .begin = T2026, .end = T2027};
        struct all all;
        char bundle[32768];

        (void)state;
        begin(&all);
        made_begin(&root, &how);
        how = (struct make){.common_name = "middle", .is_ca = true, .begin = T2026, .end = T2027, .issuer = &root};
        made_begin(&middle, &how);
        how = (struct make){.common_name = "leaf", .begin = T2026, .end = T2027, .issuer = &middle, .usage = "serverAuth"};
        made_begin(&leaf, &how);
        how = (struct make){.common_name = "low", .begin = T2026, .end = T2027, .issuer = &leaf};
        made_begin(&low, &how);
        (void)snprintf(bundle, sizeof(bundle), "%s%s%s%s", low.certificate_pem, leaf.certificate_pem, middle.certificate_pem, root.certificate_pem);
        add(&all, "/low.crt", BW_PKI_ROLE_SERVING, bundle);
        finish(&all);
        CERTIFICATE("/low.crt", "chain.problem", "\"it was signed by a certificate that is no CA\"");
        CERTIFICATE("/low.crt#2", "chain.problem", "\"the chain is longer than a CA in it allows\"");
        CERTIFICATE("/low.crt#2", "role", "\"serving\"");
        CERTIFICATE("/low.crt#3", "chain.verified", "true");
        CERTIFICATE("/low.crt#3", "role", "\"ca\"");
        end(&all);
        made_done(&root), made_done(&middle), made_done(&low), made_done(&leaf);
}

static void test_keys(void **state)
{
        struct made ca = {0}, one = {0}, two = {0};
        struct make how = {.common_name = "one", .begin = T2026, .end = T2027, .usage = "serverAuth"};
        char pem[32768];
        struct all all;

        (void)state;
        begin(&all);
        made_begin(&ca, &ca_make);
        made_begin(&one, &how);
        how.common_name = "two";
        made_begin(&two, &how);
        add(&all, "/ca.crt", BW_PKI_ROLE_CLUSTER_CA, ca.certificate_pem);
        add(&all, "/ca.key", BW_PKI_ROLE_CLUSTER_CA, ca.key_pem);
        add(&all, "/one.crt", BW_PKI_ROLE_APISERVER_SERVING, one.certificate_pem);
        add(&all, "/one.key", BW_PKI_ROLE_APISERVER_SERVING, one.key_pem);
        add(&all, "/sa.key", BW_PKI_ROLE_SERVICE_ACCOUNT, one.key_pem);
        add(&all, "/two.crt", BW_PKI_ROLE_ETCD_SERVER, two.certificate_pem);
        add(&all, "/closed.key", BW_PKI_ROLE_ETCD_PEER, NULL);
        add(&all, "/broken.key", BW_PKI_ROLE_ETCD_PEER, "-----BEGIN EC PRIVATE KEY-----\nplaceholder\n-----END EC PRIVATE KEY-----\n");
        add(&all, "/empty.crt", BW_PKI_ROLE_ETCD_PEER, "nothing");
        (void)snprintf(pem, sizeof(pem), "%s%s", two.certificate_pem, two.key_pem);
        add(&all, "/both.pem", BW_PKI_NONE, pem);
        assert_ok(bw_pki_pair(all.pki, BW_STR("/one.crt"), BW_STR("/one.key"), NULL));
        assert_ok(bw_pki_pair(all.pki, BW_STR("/two.crt"), BW_STR("/one.key"), NULL));
        assert_ok(bw_pki_pair(all.pki, BW_STR("/nowhere.crt"), BW_STR("/one.key"), NULL));
        finish(&all);
        CERTIFICATE("/one.crt", "key", "{\"file\":\"/one.key\",\"matches\":true}");
        CERTIFICATE("/two.crt", "key", "{\"file\":\"/one.key\",\"matches\":false}");
        CERTIFICATE("/ca.crt", "key", "{\"file\":\"/ca.key\",\"matches\":true}");
        KEY("/one.key", "holders", "[\"service-account\",\"kube-apiserver\"]");
        KEY("/one.key", "sameKeyIn", "[\"/sa.key\"]");
        KEY("/one.key", "isCAKey", "false");
        KEY("/one.key", "certificate", "\"CN=one\"");
        KEY("/ca.key", "isCAKey", "true");
        KEY("/ca.key", "controlPlane", "true");
        KEY("/both.pem", "holders", "[\"etcd\"]");
        KEY("/closed.key", "evidence.key.reason", "\"permission denied\"");
        KEY("/closed.key", "evidence.key.state", "\"unreadable\"");
        KEY("/closed.key", "role", "\"etcd-peer\"");
        KEY("/broken.key", "evidence.key.state", "\"unreadable\"");
        CERTIFICATE("/empty.crt", "evidence[''].reason", "\"no certificate in PEM form\"");
        end(&all);
        made_done(&ca), made_done(&one), made_done(&two);
}

/* Nothing of a key is in any document. */
static void test_no_secrets(void **state)
{
        struct made one = {0};
        const struct make how = {.common_name = "one", .begin = T2026, .end = T2027};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str key;
        struct all all;

        (void)state;
        begin(&all);
        made_begin(&one, &how);
        add(&all, "/one.key", BW_PKI_NONE, one.key_pem);
        finish(&all);
        for (size_t i = 0; i < all.n; i++)
                bw_value_json(&out, all.docs[i], 0);
        key = bw_str_n(strchr(one.key_pem, '\n') + 1, 40);
        assert_true(out.n > 0 && bw_str_find(bw_buf_view(&out), key) == SIZE_MAX);
        end(&all);
        made_done(&one);
}

static void test_names(void **state)
{
        struct made one = {0};
        const struct make how = {.common_name = "one", .names = "IP:10.0.0.10", .begin = T2026, .end = T2027};
        struct all all;

        (void)state;
        begin(&all);
        made_begin(&one, &how);
        add(&all, "/one.crt", BW_PKI_ROLE_APISERVER_SERVING, one.certificate_pem);
        assert_ok(bw_pki_expect(all.pki, BW_PKI_ROLE_APISERVER_SERVING, BW_STR("10.0.0.10"), BW_STR("a"), NULL));
        assert_ok(bw_pki_expect(all.pki, BW_PKI_ROLE_APISERVER_SERVING, BW_STR("10.96.0.1"), BW_STR("b"), NULL));
        assert_ok(bw_pki_expect(all.pki, BW_PKI_ROLE_APISERVER_SERVING, BW_STR("10.96.0.1"), BW_STR("b"), NULL));
        assert_ok(bw_pki_expect(all.pki, BW_PKI_ROLE_ETCD_SERVER, BW_STR("10.0.0.11"), BW_STR("c"), NULL));
        finish(&all);
        CERTIFICATE("/one.crt", "missingNames", "[{\"name\":\"10.96.0.1\",\"why\":\"b\"}]");
        end(&all);
        made_done(&one);
}

static void test_reuse(void **state)
{
        struct made ca = {0};
        struct all all;

        (void)state;
        begin(&all);
        made_begin(&ca, &ca_make);
        add(&all, "/ca.crt", BW_PKI_ROLE_CLUSTER_CA, ca.certificate_pem);
        assert_true(bw_pki_again(all.pki, BW_STR("/ca.crt"), BW_PKI_ROLE_ETCD_CA, BW_STR("named again"), true));
        assert_false(bw_pki_again(all.pki, BW_STR("/none.crt"), BW_PKI_ROLE_ETCD_CA, BW_STR("named"), true));
        finish(&all);
        CERTIFICATE("/ca.crt", "domains", "[\"cluster\",\"etcd\"]");
        CERTIFICATE("/ca.crt", "files[0].why", "[\"named\",\"named again\"]");
        end(&all);
        made_done(&ca);
}

static void test_files(void **state)
{
        static const struct {
                const char *path;
                enum bw_pki_role role;
        } rows[] = {
                {"/etc/kubernetes/pki/ca.crt", BW_PKI_ROLE_CLUSTER_CA},
                {"/etc/kubernetes/pki/etcd/ca.key", BW_PKI_ROLE_ETCD_CA},
                {"/etc/kubernetes/pki/sa.pub", BW_PKI_ROLE_SERVICE_ACCOUNT},
                {"/var/lib/kubelet/pki/kubelet-client-current.pem", BW_PKI_ROLE_KUBELET_CLIENT},
                {"/var/lib/rancher/k3s/server/tls/etcd/server-client.crt", BW_PKI_ROLE_ETCD_SERVER},
                {"/var/snap/microk8s/current/certs/ca.crt", BW_PKI_ROLE_CLUSTER_CA},
                {"/etc/kubernetes/pki/mine.crt", BW_PKI_NONE},
                {"ca.crt", BW_PKI_NONE},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                assert_int_equal(bw_pki_role_of_file(bw_str(rows[i].path)), rows[i].role);
}

/* ---- manifests */

static void derive(struct all *all, const char *manifest)
{
        struct bw_doc doc;

        assert_ok(bw_yaml_read(all->arena, bw_arena_str(all->arena, bw_str(manifest)), 1, false, &doc, NULL));
        assert_true(bw_doc_identify(&doc));
        if (bw_derive_certificate.wants(&doc))
                assert_ok(bw_derive_certificate.derive(all->arena, &doc, 0, false, take, all, NULL));
}

/* PEM, indented for a block scalar. */
static const char *indented(struct all *all, const char *pem)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        for (const char *p = pem; *p; p++) {
                if (p == pem || p[-1] == '\n')
                        bw_buf_puts(&out, "    ");
                bw_buf_char(&out, *p);
        }
        return bw_arena_str(all->arena, bw_buf_view(&out)).p;
}

static void test_manifests(void **state)
{
        struct made one = {0}, two = {0};
        const struct make how = {.common_name = "one", .begin = T2026, .end = T2027};
        struct all all;

        (void)state;
        begin(&all);
        made_begin(&one, &how);
        made_begin(&two, &how);
        derive(&all, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {tls.crt: '', tls.key: '?', x: YQ==}\n");
        derive(&all, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {tls.crt: cGxhY2Vob2xkZXI=}\n");
        derive(&all, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {ca.crt: '${CA}', other: 1}\n");
        derive(&all, "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: a}\nspec: {caBundle: Cg==}\n");
        derive(&all, "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\n"
                     "webhooks: [{clientConfig: {caBundle: Cg==}}, null, {clientConfig: 1}]\n");
        assert_int_equal(all.n, 0);
        derive(&all, bw_arena_printf(all.arena,
                                     "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData:\n  tls.crt: |\n%s\n  tls.key: |\n%s\n",
                                     indented(&all, one.certificate_pem), indented(&all, two.key_pem)).p);
        assert_field(&all, "Certificate", "web/stringData['tls.crt']", "origin", "\"manifest\"");
        assert_field(&all, "Certificate", "web/stringData['tls.crt']", "key.matches", "false");
        assert_field(&all, "Certificate", "web/stringData['tls.crt']", "evidence[''].path", "\"stringData['tls.crt']\"");
        assert_field(&all, "PrivateKey", "web/stringData['tls.key']", "reach", "");
        all.n = 0;
        derive(&all, "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'http://a', insecure-skip-tls-verify: true}}]\n"
                     "users: [{name: u, user: {token: abcdef.0123456789abcdef}}]\n");
        assert_field(&all, "Kubeconfig", "Config/kubeconfig", "clusters[0].insecureSkipTLSVerify", "true");
        assert_field(&all, "Kubeconfig", "Config/kubeconfig", "clusters[0].plainHTTP", "true");
        assert_field(&all, "Kubeconfig", "Config/kubeconfig", "users[0].token.kind", "\"bootstrap\"");
        assert_field(&all, "Kubeconfig", "Config/kubeconfig", "evidence['clusters[0]'].path", "\"clusters[0].cluster\"");
        end(&all);
        made_done(&one), made_done(&two);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_chain), cmocka_unit_test(test_stranger), cmocka_unit_test(test_path_length),
                cmocka_unit_test(test_keys),  cmocka_unit_test(test_no_secrets), cmocka_unit_test(test_names),
                cmocka_unit_test(test_reuse), cmocka_unit_test(test_files),    cmocka_unit_test(test_manifests),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
