/* SPDX-License-Identifier: Apache-2.0 */
/* Kubeconfigs and the tokens in them. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "format/kubeconfig.h"

static void read_doc(struct bw_arena *arena, const char *text, struct bw_doc *doc)
{
        assert_ok(bw_yaml_read(arena, bw_arena_str(arena, bw_str(text)), 1, false, doc, NULL));
        (void)bw_doc_identify(doc);
}

static void test_config(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kubeconfig config;
        struct bw_doc doc;

        (void)state;
        read_doc(arena,
                 "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
                 "clusters:\n- name: a\n  cluster: {server: 'https://a:6443', certificate-authority-data: YQ==}\n"
                 "- name: b\n  cluster: {server: 'http://b', insecure-skip-tls-verify: true, certificate-authority: ca.crt}\n"
                 "contexts:\n- {name: c, context: {cluster: b, user: u}}\n"
                 "users:\n- name: u\n  user:\n    client-certificate: a.pem\n    client-key-data: c2VjcmV0\n    token: top\n"
                 "- {name: v, user: {exec: {command: aws}, password: x, tokenFile: /t, client-certificate-data: '?'}}\n- null\n",
                 &doc);
        assert_true(bw_kubeconfig_is(&doc));
        assert_ok(bw_kubeconfig_read(arena, &doc, &config, NULL));
        bw_kubeconfig_mark(arena, &doc, &config);
        assert_int_equal(config.n_clusters, 2);
        assert_str(config.clusters[0].ca.bytes, "a");
        assert_int_equal(config.clusters[0].ca.line, 6);
        assert_true(config.clusters[1].insecure);
        assert_str(config.clusters[1].ca_file, "ca.crt");
        assert_str(config.current_cluster, "b");
        assert_str(config.current_user, "u");
        assert_int_equal(config.n_users, 3);
        assert_str(config.users[0].cert_file, "a.pem");
        assert_str(config.users[0].key.bytes, "secret");
        assert_int_equal(config.users[0].key.line, 15);
        assert_int_equal(config.users[0].token.kind, BW_TOKEN_OPAQUE);
        assert_str(config.users[1].exec, "aws");
        assert_true(config.users[1].has_password);
        assert_str(config.users[1].token_file, "/t");
        assert_true(config.users[1].cert.is_there && config.users[1].cert.problem.n > 0);
        assert_int_equal(config.users[2].name.n, 0);
}

static void test_wiped(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kubeconfig config;
        struct bw_value user;
        struct bw_str key;
        struct bw_doc doc;

        (void)state;
        read_doc(arena, "apiVersion: v1\nkind: Config\nusers:\n- name: u\n  user: {client-key-data: c2VjcmV0, token: top, password: x}\n",
                 &doc);
        assert_ok(bw_kubeconfig_read(arena, &doc, &config, NULL));
        key = config.users[0].key.bytes;
        assert_str(key, "secret");
        bw_kubeconfig_wipe(&config);
        assert_memory_equal(key.p, "\0\0\0\0\0\0", 6);
        assert_int_equal(config.users[0].key.bytes.n, 0);
        bw_kubeconfig_wipe_doc(&doc);
        user = bw_map_get(bw_list_get(bw_map_get(doc.root, BW_STR("users")), 0), BW_STR("user"));
        assert_memory_equal(bw_map_text(user, "token").p, "\0\0\0", 3);
        assert_memory_equal(bw_map_text(user, "client-key-data").p, "\0\0\0\0\0\0\0\0", 8);
        assert_memory_equal(bw_map_text(user, "password").p, "\0", 1);
}

static void test_not_one(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        static const char *const texts[] = {"a: b\n", "apiVersion: v1\nkind: Config\n", "apiVersion: v2\nkind: Config\nusers: []\n", "- a\n"};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                struct bw_kubeconfig config;
                struct bw_error err = {0};
                struct bw_doc doc;

                read_doc(arena, texts[i], &doc);
                assert_int_equal(bw_kubeconfig_read(arena, &doc, &config, &err), -EINVAL);
                assert_true(err.message[0]);
        }
}

static void test_tokens(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        static const struct {
                const char *token;
                enum bw_token_kind kind;
                int64_t expires; /* -1: it does not say */
                const char *subject;
        } rows[] = {
                {"", BW_TOKEN_NONE, -1, ""},
                {" \n", BW_TOKEN_NONE, -1, ""},
                {"abc", BW_TOKEN_OPAQUE, -1, ""},
                {"abcdef.0123456789abcdef", BW_TOKEN_BOOTSTRAP, -1, ""},
                {"abcdef.0123456789abcdeF", BW_TOKEN_OPAQUE, -1, ""},
                /* {"sub":"me","exp":1800000000,"iat":1700000000} and without exp; the signature is none */
                {"e30.eyJzdWIiOiJtZSIsImV4cCI6MTgwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwfQ.x", BW_TOKEN_JWT, 1800000000, "me"},
                {"e30.eyJzdWIiOiJtZSJ9.x", BW_TOKEN_JWT, -1, "me"},
                {"e30.eyJzdWIiOiJtZSJ9", BW_TOKEN_OPAQUE, -1, ""},
                {"e30.eyJzdWIiOiJtZSJ9.x.y", BW_TOKEN_OPAQUE, -1, ""},
                {"e30.W10.x", BW_TOKEN_OPAQUE, -1, ""},
                {"a.?.x", BW_TOKEN_OPAQUE, -1, ""},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_token_facts facts;

                bw_token_read(arena, bw_str(rows[i].token), &facts);
                if (facts.kind != rows[i].kind || facts.has_expiry != (rows[i].expires >= 0) ||
                    (facts.has_expiry && facts.expires != rows[i].expires) || !bw_str_is(facts.subject, rows[i].subject))
                        fail_msg("%s", rows[i].token);
        }
}

static void test_hosts(void **state)
{
        static const char *const rows[][2] = {
                {"https://a:6443", "a"},       {"https://a", "a"},          {"https://a/b:c", "a"},    {"https://[2001:db8::1]:6443", "2001:db8::1"},
                {"https://u:p@a:1", "a"},      {"a:6443", ""},              {"https://", ""},          {"https://[", ""},
                {"", ""},                      {"https:///x", ""},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                assert_str(bw_url_host(bw_str(rows[i][0])), rows[i][1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_config), cmocka_unit_test(test_wiped), cmocka_unit_test(test_not_one),
                cmocka_unit_test(test_tokens), cmocka_unit_test(test_hosts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
