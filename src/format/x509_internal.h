/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509 (internal): what certificates (x509.c) and keys (x509_key.c) share.
 * Ownership: texts live in the arena. Errors: empty texts for want of memory. Threads: pure.
 */
#ifndef BW_FORMAT_X509_INTERNAL_H
#define BW_FORMAT_X509_INTERNAL_H

#include <openssl/evp.h>

#include "format/x509.h"

/* Keeps OpenSSL from reading its configuration file: that would be I/O, and could change what is read here. */
void bw_crypto_begin(void);
struct bw_str bw_sha256_hex(struct bw_arena *arena, const unsigned char *p, size_t n);
/* Type, size and curve. key may be NULL: an algorithm that OpenSSL does not know. */
void bw_key_of(struct bw_arena *arena, EVP_PKEY *key, struct bw_key_facts *ret);
/* The hash by which keys and certificates are matched. Slow: OpenSSL writes the key anew. */
struct bw_str bw_key_spki(struct bw_arena *arena, EVP_PKEY *key);

#endif
