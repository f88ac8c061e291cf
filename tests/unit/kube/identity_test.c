/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, as facts: whose the certificate is, what a token says of itself, and nothing that could be used. */
#define BW_ALLOW_BANNED
#include "kube/identity.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "temptree.h"

/* Claims: {"sub":"system:serviceaccount:a:b","iss":"x","iat":1000000000,"exp":1000036000} */
#define JWT                                                                                        \
        "eyJhbGciOiJSUzI1NiJ9."                                                                    \
        "eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIiwiaXNzIjoieCIsImlhdCI6MTAwMDAwMDAwMCwiZXhwIjoxMDAwMDM2MDAwfQ.c2ln"
#define JWT_FACTS                                                                                  \
        "\"token\":{\"kind\":\"jwt\",\"expires\":true,\"notAfter\":\"2001-09-09T11:46:40Z\",\"lifetimeHours\":10,"        \
        "\"subject\":\"system:serviceaccount:a:b\",\"issuer\":\"x\"}"

static void expect(const struct bw_kube_config *config, const char *method, const char *facts)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        assert_string_equal(bw_kube_identity_method(config), method);
        bw_kube_identity_put(&out, config);
        assert_str(bw_buf_view(&out), facts);
}

static void test_tokens(void **state)
{
        struct temp tree;
        struct bw_kube_config file = {.user = BW_STR("u"), .token = BW_STR("other")};

        (void)state;
        expect(&(struct bw_kube_config){0}, "none", "{\"user\":\"\"}");
        expect(&(struct bw_kube_config){.user = BW_STR("u"), .as_user = BW_STR("a"), .has_exec = true}, "exec", "{\"user\":\"u\",\"actsAs\":\"a\"}");
        expect(&(struct bw_kube_config){.user = BW_STR("u"), .token = BW_STR("opaque")}, "token",
               "{\"user\":\"u\",\"token\":{\"kind\":\"opaque\",\"expires\":false}}");
        expect(&(struct bw_kube_config){.user = BW_STR("u"), .token = BW_STR(JWT)}, "token", "{\"user\":\"u\"," JWT_FACTS "}");
        temp_begin(&tree);
        temp_file(&tree, "token", JWT "\n");
        file.token_file = bw_str(temp_path(&tree, "token"));
        expect(&file, "tokenFile", "{\"user\":\"u\"," JWT_FACTS "}");
        temp_end(&tree);
        expect(&file, "tokenFile", "{\"user\":\"u\",\"token\":{\"kind\":\"opaque\",\"expires\":false}}");
}

static void add_name(X509_NAME *name, const char *key, const char *value)
{
        assert_int_equal(X509_NAME_add_entry_by_txt(name, key, MBSTRING_ASC, (const unsigned char *)value, -1, -1, 0), 1);
}

static void test_certificate(void **state)
{
        struct bw_kube_config config = {.user = BW_STR("u")};
        EVP_PKEY *key = EVP_EC_gen("P-256");
        X509 *certificate = X509_new();
        char *pem = NULL;
        size_t n = 0;
        FILE *f = open_memstream(&pem, &n);

        (void)state;
        assert_true(key && certificate && f);
        add_name(X509_get_subject_name(certificate), "O", "system:masters");
        add_name(X509_get_subject_name(certificate), "O", "dev");
        add_name(X509_get_subject_name(certificate), "CN", "ann");
        assert_int_equal(X509_set_pubkey(certificate, key), 1);
        assert_int_equal(ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20260101000000Z"), 1);
        assert_int_equal(ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20360101000000Z"), 1);
        assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
        assert_int_equal(PEM_write_X509(f, certificate), 1);
        assert_int_equal(fclose(f), 0);
        config.cert_pem = bw_str_n(pem, n);
        expect(&config, "certificate",
               "{\"user\":\"u\",\"certificate\":{\"subject\":\"CN=ann,O=dev,O=system:masters\",\"commonName\":\"ann\",\"organizations\":"
               "[\"system:masters\",\"dev\"],\"notAfter\":\"2036-01-01T00:00:00Z\"}}");
        config.cert_pem = BW_STR("-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n");
        expect(&config, "certificate", "{\"user\":\"u\"}");
        X509_free(certificate);
        EVP_PKEY_free(key);
        free(pem);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_tokens), cmocka_unit_test(test_certificate)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
