/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64: the text form of bytes in Secrets, kubeconfigs, PEM and tokens.
 * Ownership: what is decoded lives in the arena. Errors: -EINVAL with what is wrong, -ENOMEM. Threads: pure.
 * Source: RFC 4648; Go's encoding/base64, which skips CR and LF and demands padding in the standard alphabet.
 */
#ifndef BW_FORMAT_BASE64_H
#define BW_FORMAT_BASE64_H

#include "base/base.h"

struct bw_arena;
struct bw_buf;
struct bw_error;

enum bw_base64_flags {
        BW_BASE64_URL = 1 << 0,    /* the alphabet with - and _, without padding (tokens) */
        BW_BASE64_BLANKS = 1 << 1, /* blanks and tabs are skipped too (PEM) */
};

/* ret is ended by a zero byte that is not counted. */
BW_CHECK int bw_base64_decode(struct bw_arena *arena, struct bw_str text, unsigned flags, struct bw_str *ret,
                              struct bw_error *reterr);
/* Appends the standard form with padding, in one line. */
void bw_base64_encode(struct bw_buf *to, struct bw_str bytes);

#endif
