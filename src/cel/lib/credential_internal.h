/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential: what a text that holds a secret looks like. Formats that their issuers published, and texts that only a
 * generator of random numbers writes.
 * Ownership: names are static; nothing is kept of a text.
 * Threads: pure functions.
 * Source: the issuers' documentation of their tokens; RFC 7468 (PEM), RFC 7519 (JWT), RFC 3986 (URLs).
 */
#ifndef BW_CEL_LIB_CREDENTIAL_INTERNAL_H
#define BW_CEL_LIB_CREDENTIAL_INTERNAL_H

#include "base/base.h"

/* A set of bytes. */
struct bw_charset {
        uint64_t bits[4];
};
static inline bool bw_charset_has(const struct bw_charset *set, char c)
{
        return set->bits[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1;
}

/* The kind of the first credential of a known format in the text, or NULL. */
const char *bw_credential_format(struct bw_str text);
/* True if the whole text is one that only a generator of random numbers writes. */
bool bw_credential_is_random(struct bw_str text);
/* True for what people write where a value belongs: changeme, <password>, ${PASSWORD}, xxxxx, your-token-here. */
bool bw_credential_is_placeholder(struct bw_str text);
/* True if a key or variable of this name usually holds a secret. */
bool bw_credential_is_name(struct bw_str name);

/*
 * Base64, standard or for URLs, padded or not, without blanks: true, and up to max decoded bytes in out (the first of
 * them when there are more; *ret_n is how many were written).
 */
bool bw_credential_base64(struct bw_str text, unsigned char *out, size_t max, size_t *ret_n);

#endif
