/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a certificate, as a private key and as a public key, without the armour of PEM. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "format/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_certificate(struct bw_arena *arena, struct bw_str der)
{
        bw_auto(bw_x509_free) struct bw_x509 *x509 = NULL;
        struct bw_x509_facts facts;

        if (bw_x509_read(der, &x509, NULL) < 0 || bw_x509_facts(arena, x509, &facts, NULL) < 0)
                return;
        if (facts.fingerprint.n != 64 || !facts.key.type)
                abort();
        (void)bw_x509_is_for(&facts, BW_STR("10.0.0.1"));
        (void)bw_x509_is_for(&facts, BW_STR("a.example.org"));
        (void)bw_x509_names_issuer(x509, x509);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const labels[] = {"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "PUBLIC KEY", "RSA PUBLIC KEY"};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)64 << 20);
        struct bw_str der = bw_str_n((const char *)data, size);
        struct bw_key_facts key;

        if (!arena)
                return 0;
        read_certificate(arena, der);
        for (size_t i = 0; i < BW_ARRAY_SIZE(labels); i++)
                (void)!bw_key_read(arena, bw_str(labels[i]), der, false, &key, NULL);
        return 0;
}
