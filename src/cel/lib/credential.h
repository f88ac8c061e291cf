/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential: what a text that holds a secret looks like. Formats that their issuers published, and texts that only a
 * generator of random numbers writes.
 * Ownership: names are static; nothing is kept of a text.
 * Threads: pure functions.
 * Source: the issuers' documentation of their tokens; RFC 7468 (PEM), RFC 7519 (JWT), RFC 3986 (URLs).
 */
#ifndef BW_CEL_LIB_CREDENTIAL_H
#define BW_CEL_LIB_CREDENTIAL_H

#include "base/buf.h"

/* What CEL's credential() says of a text: a format, or "high-entropy text"; NULL: nothing. */
const char *bw_credential_kind(struct bw_str text);
/* The kind of the first credential of a known format in the text, or NULL. */
const char *bw_credential_format(struct bw_str text);
/* The same as bw_credential_conceal() for credentials of known formats. */
bool bw_credential_conceal_formats(struct bw_str text, struct bw_buf *out);
/* An example of a known format; false for a kind that is none. */
bool bw_credential_format_example(const char *kind, struct bw_buf *out);
/* True if the whole text is one that only a generator of random numbers writes. */
bool bw_credential_is_random(struct bw_str text);
/* True for what people write where a value belongs: changeme, <password>, ${PASSWORD}, xxxxx, your-token-here. */
bool bw_credential_is_placeholder(struct bw_str text);
/* True if a key or variable of this name usually holds a secret. */
bool bw_credential_is_name(struct bw_str name);

/*
 * The text with another in place of each credential in it: of the same kind, so that the answers above stay what they are,
 * and the same for all texts of that kind. False when there is none; then nothing is written. Of a credential nothing stays
 * but the letters by which its kind is known.
 */
bool bw_credential_conceal(struct bw_str text, struct bw_buf *out);
/* A text of a kind that bw_credential_kind() gives: an example of it. */
void bw_credential_stand_in(const char *kind, struct bw_buf *out);

/*
 * Base64, standard or for URLs, padded or not, without blanks: true, and up to max decoded bytes in out (the first of
 * them when there are more; *ret_n is how many were written).
 */
bool bw_credential_base64(struct bw_str text, unsigned char *out, size_t max, size_t *ret_n);

#endif
