/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and keys as facts; none of a key's bytes come out. */
#define BW_ALLOW_BANNED
#include "certificates.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/pem.h"
#include "format/x509.h"

#define T2026 1767225600
#define T2027 1798761600

static struct bw_str first_der(struct bw_arena *arena, const char *pem, struct bw_pem_block *ret_block)
{
        struct bw_pem_reader reader = bw_pem_reader(bw_str(pem));
        struct bw_str der = {0};

        assert_true(bw_pem_next(&reader, ret_block));
        assert_ok(bw_pem_decode(arena, ret_block, &der, NULL));
        return der;
}

static struct bw_x509 *read_certificate(struct bw_arena *arena, const struct made *made, struct bw_x509_facts *facts)
{
        struct bw_pem_block block;
        struct bw_str der = first_der(arena, made->certificate_pem, &block);
        struct bw_x509 *x509 = NULL;

        assert_ok(bw_x509_read(der, &x509, NULL));
        assert_ok(bw_x509_facts(arena, x509, facts, NULL));
        return x509;
}

static void test_facts(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        const struct make root = {.common_name = "kubernetes", .is_ca = true, .path_length = 2, .begin = T2026, .end = T2027};
        struct made ca = {0};
        struct make how = {.common_name = "system:node:cp1", .organization = "system:nodes", .issuer = &ca, .begin = T2026,
                           .end = T2027, .usage = "serverAuth,clientAuth", .rsa_bits = 2048,
                           .names = "DNS:cp1,DNS:*.pods.example.org,IP:10.0.0.10,IP:2001:db8::1,URI:spiffe://a/b,email:a@example.org"};
        struct made leaf = {0};
        struct bw_x509_facts of_ca;
        struct bw_x509_facts facts;
        bw_auto(bw_x509_free) struct bw_x509 *x_ca = NULL;
        bw_auto(bw_x509_free) struct bw_x509 *x = NULL;

        (void)state;
        made_begin(&ca, &root);
        made_begin(&leaf, &how);
        x_ca = read_certificate(arena, &ca, &of_ca);
        x = read_certificate(arena, &leaf, &facts);
        assert_str(facts.subject, "CN=system:node:cp1,O=system:nodes");
        assert_str(facts.issuer, "CN=kubernetes");
        assert_str(facts.common_name, "system:node:cp1");
        assert_int_equal(facts.organizations.n, 1);
        assert_str(facts.organizations.items[0], "system:nodes");
        assert_int_equal(facts.not_before, T2026);
        assert_int_equal(facts.not_after, T2027);
        assert_string_equal(facts.key.type, "RSA");
        assert_int_equal(facts.key.bits, 2048);
        assert_str(facts.digest, "SHA256");
        assert_str(facts.signature, "ecdsa-with-SHA256");
        assert_int_equal(facts.dns.n, 2);
        assert_str(facts.ips.items[1], "2001:db8::1");
        assert_str(facts.uris.items[0], "spiffe://a/b");
        assert_str(facts.emails.items[0], "a@example.org");
        assert_int_equal(facts.ext_usage.n, 2);
        assert_str(facts.ext_usage.items[1], "clientAuth");
        assert_false(facts.has_key_usage);
        assert_false(facts.is_ca || facts.self_signed);
        assert_int_equal(facts.fingerprint.n, 64);
        assert_true(bw_str_eq(facts.authority_key_id, of_ca.subject_key_id));
        assert_true(of_ca.is_ca && of_ca.self_signed);
        assert_int_equal(of_ca.path_length, 1);
        assert_str(of_ca.key.curve, "P-256");
        assert_str(of_ca.key_usage.items[1], "keyCertSign");
        assert_true(bw_x509_names_issuer(x, x_ca) && bw_x509_is_signed_by(x, x_ca));
        assert_false(bw_x509_names_issuer(x_ca, x) || bw_x509_is_signed_by(x_ca, x));
        made_done(&leaf);
        made_done(&ca);
}

static void test_names(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        const struct make how = {.common_name = "cn.example.org", .begin = T2026, .end = T2027,
                                 .names = "DNS:Cp1.example.org,DNS:*.pods.example.org,IP:10.0.0.10,IP:2001:db8::1"};
        static const struct {
                const char *name;
                bool is;
        } rows[] = {
                {"cp1.example.org", true},      {"a.pods.example.org", true},  {"a.b.pods.example.org", false},
                {"pods.example.org", false},    {"10.0.0.10", true},           {"10.0.0.11", false},
                {"2001:db8:0::1", true},        {"2001:db8::2", false},        {"cn.example.org", false}, /* not by its common name */
                {"", false},                    {".pods.example.org", false},
        };
        bw_auto(bw_x509_free) struct bw_x509 *x = NULL;
        struct made made = {0};
        struct bw_x509_facts facts;

        (void)state;
        made_begin(&made, &how);
        x = read_certificate(arena, &made, &facts);
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                if (bw_x509_is_for(&facts, bw_str(rows[i].name)) != rows[i].is)
                        fail_msg("%s", rows[i].name);
        made_done(&made);
}

static void test_keys(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        static const int sizes[] = {0, 1024, 2048};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(sizes); i++) {
                const struct make how = {.common_name = "a", .begin = T2026, .end = T2027, .rsa_bits = sizes[i]};
                bw_auto(bw_x509_free) struct bw_x509 *x = NULL;
                struct made made = {0};
                struct bw_pem_block block;
                struct bw_x509_facts facts;
                struct bw_key_facts key;
                struct bw_str der;

                made_begin(&made, &how);
                x = read_certificate(arena, &made, &facts);
                der = first_der(arena, made.key_pem, &block);
                assert_ok(bw_key_read(arena, block.label, der, false, &key, NULL));
                assert_true(bw_str_eq(key.spki, facts.key.spki));
                assert_int_equal(key.bits, sizes[i] ? sizes[i] : 256);
                assert_false(key.encrypted);
                /* What is no key, or one that is cut off. */
                assert_int_equal(bw_key_read(arena, block.label, BW_STR("placeholder"), false, &key, NULL), -EINVAL);
                assert_int_equal(bw_key_read(arena, block.label, bw_str_n(der.p, der.n / 2), false, &key, NULL), -EINVAL);
                assert_ok(bw_key_read(arena, BW_STR("ENCRYPTED PRIVATE KEY"), der, false, &key, NULL));
                assert_true(key.encrypted);
                made_done(&made);
        }
}

static void test_broken(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        const struct make how = {.common_name = "a", .begin = T2026, .end = T2027};
        struct made made = {0};
        struct bw_pem_block block;
        struct bw_x509 *x = NULL;
        struct bw_error err = {0};
        struct bw_str der;

        (void)state;
        made_begin(&made, &how);
        der = first_der(arena, made.certificate_pem, &block);
        assert_int_equal(bw_x509_read(bw_str_n(der.p, der.n - 1), &x, &err), -EINVAL);
        assert_string_equal(err.message, "the block is no X.509 certificate");
        assert_int_equal(bw_x509_read(BW_STR("x"), &x, NULL), -EINVAL);
        assert_int_equal(bw_x509_read((struct bw_str){.p = "", .n = 0}, &x, NULL), -EINVAL);
        assert_int_equal(bw_x509_read(bw_str_n(der.p, BW_LIMIT_X509_BYTES + 1), &x, NULL), -E2BIG);
        assert_null(x);
        made_done(&made);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_facts),
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_keys),
                cmocka_unit_test(test_broken),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
