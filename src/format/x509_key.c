/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/x509_internal.h"

BW_DEFINE_AUTO(EVP_PKEY *, EVP_PKEY_free);

void bw_crypto_begin(void)
{
        (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

static const struct {
        const char *openssl;
        const char *name;
} types[] = {
        {"RSA", "RSA"}, {"RSA-PSS", "RSA"}, {"EC", "EC"}, {"ED25519", "Ed25519"}, {"ED448", "Ed448"}, {"DSA", "DSA"},
};

/* Names by which Go and NIST call the curves that are in use. */
static const struct {
        const char *openssl;
        const char *name;
} curves[] = {
        {"prime256v1", "P-256"}, {"secp224r1", "P-224"}, {"secp384r1", "P-384"}, {"secp521r1", "P-521"},
        {"prime192v1", "P-192"},
};

static void read_curve(struct bw_arena *arena, EVP_PKEY *key, struct bw_key_facts *ret)
{
        char name[80];
        size_t n = 0;

        if (EVP_PKEY_get_group_name(key, name, sizeof(name), &n) != 1)
                return;
        for (size_t i = 0; i < BW_ARRAY_SIZE(curves); i++)
                if (strcmp(name, curves[i].openssl) == 0)
                        ret->curve = bw_str(curves[i].name);
        if (ret->curve.n == 0)
                ret->curve = bw_arena_str(arena, bw_str(name));
}

void bw_key_of(struct bw_arena *arena, EVP_PKEY *key, struct bw_key_facts *ret)
{
        *ret = (struct bw_key_facts){.type = "other"};
        if (!key)
                return;
        for (size_t i = 0; i < BW_ARRAY_SIZE(types); i++)
                if (EVP_PKEY_is_a(key, types[i].openssl))
                        ret->type = types[i].name;
        ret->bits = EVP_PKEY_get_bits(key);
        if (EVP_PKEY_is_a(key, "EC"))
                read_curve(arena, key, ret);
        ERR_clear_error();
}

struct bw_str bw_key_spki(struct bw_arena *arena, EVP_PKEY *key)
{
        unsigned char *bytes = NULL;
        struct bw_str spki = {0};
        int n;

        /* Files hold the point of an EC key in short or in full: the hash must not depend on it. */
        if (EVP_PKEY_is_a(key, "EC"))
                (void)EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed");
        n = i2d_PUBKEY(key, &bytes);
        if (n > 0)
                spki = bw_sha256_hex(arena, bytes, (size_t)n);
        OPENSSL_free(bytes);
        ERR_clear_error();
        return spki;
}

enum bw_pem_kind bw_pem_kind(struct bw_str label)
{
        if (bw_str_is(label, "CERTIFICATE") || bw_str_is(label, "X509 CERTIFICATE") ||
            bw_str_is(label, "TRUSTED CERTIFICATE"))
                return BW_PEM_CERTIFICATE;
        if (bw_str_ends(label, BW_STR("PRIVATE KEY")))
                return BW_PEM_PRIVATE_KEY;
        return bw_str_ends(label, BW_STR("PUBLIC KEY")) ? BW_PEM_PUBLIC_KEY : BW_PEM_OTHER;
}

static EVP_PKEY *private_key(struct bw_str label, const unsigned char **at, long n)
{
        if (bw_str_is(label, "RSA PRIVATE KEY"))
                return d2i_PrivateKey(EVP_PKEY_RSA, NULL, at, n);
        if (bw_str_is(label, "EC PRIVATE KEY"))
                return d2i_PrivateKey(EVP_PKEY_EC, NULL, at, n);
        return d2i_AutoPrivateKey(NULL, at, n);
}

static EVP_PKEY *public_key(struct bw_str label, const unsigned char **at, long n)
{
        if (bw_str_is(label, "RSA PUBLIC KEY"))
                return d2i_PublicKey(EVP_PKEY_RSA, NULL, at, n);
        return d2i_PUBKEY(NULL, at, n);
}

int bw_key_read(struct bw_arena *arena, struct bw_str label, struct bw_str der, bool encrypted,
                struct bw_key_facts *ret, struct bw_error *reterr)
{
        const unsigned char *at = (const unsigned char *)der.p;
        bw_auto(EVP_PKEY_free) EVP_PKEY *key = NULL;
        bool is_private = bw_pem_kind(label) == BW_PEM_PRIVATE_KEY;

        *ret = (struct bw_key_facts){.type = "other"};
        if (encrypted || bw_str_is(label, "ENCRYPTED PRIVATE KEY")) {
                ret->encrypted = true;
                return 0;
        }
        if (der.n > BW_LIMIT_X509_BYTES)
                return bw_error_set(reterr, -E2BIG, "a key of more than %zu bytes", (size_t)BW_LIMIT_X509_BYTES);
        bw_crypto_begin();
        key = is_private ? private_key(label, &at, (long)der.n) : public_key(label, &at, (long)der.n);
        ERR_clear_error();
        if (!key)
                return bw_error_set(reterr, -EINVAL, "the block is no %s key", is_private ? "private" : "public");
        bw_key_of(arena, key, ret);
        ret->spki = bw_key_spki(arena, key);
        return 0;
}
