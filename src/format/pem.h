/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pem: the blocks of a PEM text, in order, whatever stands around them: comments, other blocks, rubbish.
 * A block that has no end, or another one's, is passed over as if it were text, as Go and OpenSSL do.
 * Ownership: a block borrows the text; what is decoded lives in the arena: wipe it (bw_secret_wipe) if it is a key.
 * Errors: -EINVAL, -ENOMEM. Threads: pure.
 * Source: RFC 7468 (the form), RFC 1421 (headers before the body); Go's encoding/pem.
 */
#ifndef BW_FORMAT_PEM_H
#define BW_FORMAT_PEM_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_pem_reader {
        struct bw_str rest;
        uint32_t line;          /* of rest, from 1 */
        uint32_t n_blocks;      /* given so far: at most BW_LIMIT_PEM_BLOCKS */
};

struct bw_pem_block {
        struct bw_str label;    /* "CERTIFICATE" */
        struct bw_str body;     /* base64 */
        uint32_t line;          /* of the BEGIN line */
        bool encrypted;         /* a header says so ("Proc-Type: 4,ENCRYPTED") */
};

struct bw_pem_reader bw_pem_reader(struct bw_str text);
/* False at the end, and past BW_LIMIT_PEM_BLOCKS. */
bool bw_pem_next(struct bw_pem_reader *reader, struct bw_pem_block *ret);
BW_CHECK int bw_pem_decode(struct bw_arena *arena, const struct bw_pem_block *block, struct bw_str *ret_der,
                           struct bw_error *reterr);
/* Cheap: whether a text may have a block. */
bool bw_pem_is_likely(struct bw_str text);

/* Overwrites a secret in memory of ours, so that it is not left for others to find. */
void bw_secret_wipe(struct bw_str secret);

#endif
