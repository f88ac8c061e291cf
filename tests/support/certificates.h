/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificates: keys and certificates made by OpenSSL when a test runs, as PEM texts. For tests only.
 * Ownership: a made thing owns its OpenSSL objects and texts until made_done(). Threads: one.
 */
#ifndef BW_TESTS_SUPPORT_CERTIFICATES_H
#define BW_TESTS_SUPPORT_CERTIFICATES_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "check.h"

struct made {
        EVP_PKEY *key;
        X509 *certificate;
        char certificate_pem[8192];
        char key_pem[8192];
};

struct make {
        const char *common_name;
        const char *organization;  /* NULL: none */
        const char *names;         /* "DNS:a,IP:10.0.0.1"; NULL: none */
        const char *usage;         /* "serverAuth"; NULL: none */
        const char *digest;        /* NULL: SHA256 */
        const struct made *issuer; /* NULL: itself */
        const struct made *key_of; /* has the same key as this one; NULL: a new one */
        int rsa_bits;              /* 0: EC P-256 */
        long begin, end;           /* seconds since 1970 */
        bool is_ca;
        int path_length;           /* with is_ca; 0: none given, n: n - 1 */
};

static inline void made_text(char *to, size_t size, BIO *bio)
{
        char *p;
        long n = BIO_get_mem_data(bio, &p);

        assert_true(n > 0 && (size_t)n < size);
        memcpy(to, p, (size_t)n);
        to[n] = 0;
        BIO_free(bio);
}

static inline void made_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
        X509V3_CTX context;
        X509_EXTENSION *extension;

        X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
        extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
        assert_non_null(extension);
        assert_int_equal(X509_add_ext(x, extension, -1), 1);
        X509_EXTENSION_free(extension);
}

static inline void made_extensions(const struct make *how, X509 *x, X509 *issuer)
{
        char basic[64];

        (void)snprintf(basic, sizeof(basic), how->path_length ? "critical,CA:TRUE,pathlen:%d" : "critical,CA:TRUE",
                       how->path_length - 1);
        if (how->is_ca) {
                made_extension(x, issuer, NID_basic_constraints, basic);
                made_extension(x, issuer, NID_key_usage, "critical,keyCertSign,digitalSignature");
        }
        made_extension(x, issuer, NID_subject_key_identifier, "hash");
        if (how->issuer)
                made_extension(x, issuer, NID_authority_key_identifier, "keyid");
        if (how->names)
                made_extension(x, issuer, NID_subject_alt_name, how->names);
        if (how->usage)
                made_extension(x, issuer, NID_ext_key_usage, how->usage);
}

static inline void made_begin(struct made *made, const struct make *how)
{
        const EVP_MD *digest = EVP_get_digestbyname(how->digest ? how->digest : "SHA256");
        X509 *x = X509_new();
        X509_NAME *name = X509_get_subject_name(x);
        X509 *issuer = how->issuer ? how->issuer->certificate : x;
        BIO *bio;

        if (how->key_of) {
                made->key = how->key_of->key;
                EVP_PKEY_up_ref(made->key);
        } else {
                made->key = how->rsa_bits ? EVP_RSA_gen((unsigned)how->rsa_bits) : EVP_EC_gen("P-256");
        }
        assert_non_null(made->key);
        assert_int_equal(X509_set_version(x, 2), 1);
        ASN1_INTEGER_set(X509_get_serialNumber(x), 4096 + how->begin % 97);
        if (how->organization)
                X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)how->organization, -1, -1, 0);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)how->common_name, -1, -1, 0);
        assert_int_equal(X509_set_issuer_name(x, X509_get_subject_name(issuer)), 1);
        ASN1_TIME_set(X509_getm_notBefore(x), how->begin);
        ASN1_TIME_set(X509_getm_notAfter(x), how->end);
        assert_int_equal(X509_set_pubkey(x, made->key), 1);
        made_extensions(how, x, issuer);
        assert_true(X509_sign(x, how->issuer ? how->issuer->key : made->key, digest) > 0);
        made->certificate = x;
        bio = BIO_new(BIO_s_mem());
        assert_int_equal(PEM_write_bio_X509(bio, x), 1);
        made_text(made->certificate_pem, sizeof(made->certificate_pem), bio);
        bio = BIO_new(BIO_s_mem());
        assert_int_equal(PEM_write_bio_PrivateKey(bio, made->key, NULL, NULL, 0, NULL, NULL), 1);
        made_text(made->key_pem, sizeof(made->key_pem), bio);
}

static inline void made_done(struct made *made)
{
        X509_free(made->certificate);
        EVP_PKEY_free(made->key);
}

#endif
