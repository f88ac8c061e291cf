/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lz4: unpacks LZ4 frames, block by block: bytes in, bytes out. apt keeps its lists so where it is told to save space.
 * Checksums are not checked: what is unpacked is an index, whose own reader says what is wrong.
 * Ownership: the unpacker owns its state and appends to the caller's buffer. Errors: -EINVAL broken, -ENOTSUP with a
 * dictionary, -ENOMEM. Threads: one stream, one thread.
 * Source: LZ4 Frame Format 1.6.4, LZ4 Block Format (github.com/lz4/lz4, doc/).
 */
#ifndef BW_FORMAT_LZ4_H
#define BW_FORMAT_LZ4_H

#include "base/buf.h"

struct bw_error;

#define BW_LZ4_WINDOW 65536

struct bw_lz4 {
        int state;            /* private */
        bool content_checksum;
        bool block_checksum;
        uint32_t max_block;
        struct bw_buf in;     /* bytes of a part that is not whole yet */
        struct bw_buf out;    /* the last 64 KiB, and the block that is being unpacked */
};

bool bw_lz4_knows(struct bw_str head);
/* Takes all of `in`, and calls each with what came out, block by block. *ret_end: the frame is complete. */
BW_CHECK int bw_lz4_feed(struct bw_lz4 *lz4, struct bw_str in,
                         int (*each)(void *userdata, struct bw_str bytes, struct bw_error *reterr), void *userdata,
                         bool *ret_end, struct bw_error *reterr);
void bw_lz4_done(struct bw_lz4 *lz4);

#endif
