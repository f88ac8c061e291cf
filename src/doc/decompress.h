/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decompress: gzip (also several members in a row) and zstd (also several frames), block by block: bytes in, bytes out,
 * no I/O. What it is is told by the first bytes.
 * Ownership: a decompressor owns its state; it borrows input only during a call and appends output to the caller's
 * buffer.
 * Errors: -EINVAL broken or cut off, -E2BIG more than BW_LIMIT_INFLATE_RATIO times the input (checked past 16 MiB),
 * -ENOMEM.
 *         What was unpacked before the error has been appended.
 * Threads: one stream, one thread at a time.
 * Source: RFC 1952, RFC 8878.
 */
#ifndef BW_DOC_DECOMPRESS_H
#define BW_DOC_DECOMPRESS_H

#include "base/buf.h"

struct bw_error;
struct bw_decompress;

/* True if the bytes begin as a packed stream does. Four bytes are enough. */
bool bw_decompress_knows(struct bw_str head);
/* head: the first bytes (at least four); they are not used up. */
BW_CHECK int bw_decompress_new(struct bw_str head, struct bw_decompress **ret, struct bw_error *reterr);
void bw_decompress_free(struct bw_decompress *d);
BW_DEFINE_AUTO(struct bw_decompress *, bw_decompress_free);

/*
 * Takes bytes from *in (moving it on) and appends up to about max_out bytes to out. When nothing was appended and
 * *ret_end is false, *in is used up and more is needed. last: nothing follows *in. *ret_end: the stream is complete.
 */
BW_CHECK int bw_decompress_run(struct bw_decompress *d, struct bw_str *in, bool last, size_t max_out,
                               struct bw_buf *out, bool *ret_end, struct bw_error *reterr);

#endif
