/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerprint: the hash that names a finding across runs: fields, one after the other, each ended by a zero byte, in
 * FNV-1a of 128 bits. It tells findings apart; it keeps no secret and withstands no one who looks for collisions.
 * Ownership: plain values. Errors: only a text that is no fingerprint. Threads: pure.
 * Source: FNV-1a, 128 bits (draft-eastlake-fnv); what is hashed: src/rule/fingerprint.c and docs/exceptions.md.
 */
#ifndef BW_FINDING_FINGERPRINT_H
#define BW_FINDING_FINGERPRINT_H

#include "finding/finding.h"

#define BW_FINGERPRINT_TEXT 33 /* 32 hexadecimal digits and a zero byte */

struct bw_fingerprint bw_fingerprint_begin(void);
/* The next field. */
struct bw_fingerprint bw_fingerprint_add(struct bw_fingerprint fingerprint, struct bw_str field);

static inline bool bw_fingerprint_eq(struct bw_fingerprint a, struct bw_fingerprint b)
{
        return a.high == b.high && a.low == b.low;
}
/* All zero: there is none. */
static inline bool bw_fingerprint_is_set(struct bw_fingerprint fingerprint)
{
        return fingerprint.high || fingerprint.low;
}

/* As reports have it: 32 hexadecimal digits, lower case. Returns buf. */
const char *bw_fingerprint_format(struct bw_fingerprint fingerprint, char buf[BW_FINGERPRINT_TEXT]);
/* -EINVAL for anything else; *ret is untouched then. */
BW_CHECK int bw_fingerprint_parse(struct bw_str text, struct bw_fingerprint *ret);

#endif
