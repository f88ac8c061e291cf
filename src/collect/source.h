/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source: the text of one input, block by block: packed bytes unpacked, UTF-16 turned into UTF-8, a byte order mark
 * left out. What the bytes are is told by the bytes, never by the name.
 * Ownership: a source takes the file it is given and closes it in bw_source_done.
 * Errors: -EINVAL broken packing, -E2BIG a named limit, -EIO and others from reading, -ESTALE for a file that changed
 *         while it was read, -EINTR cancelled. What was read before the error has been given.
 * Threads: one source, one thread at a time.
 */
#ifndef BW_COLLECT_SOURCE_H
#define BW_COLLECT_SOURCE_H

#include "base/buf.h"
#include "collect/utf16.h"
#include "doc/decompress.h"
#include "os/fs.h"

struct bw_error;

enum bw_source_text {
        BW_SOURCE_UNKNOWN, /* nothing read yet */
        BW_SOURCE_UTF8,
        BW_SOURCE_UTF16,
};

struct bw_source {
        struct bw_file file;
        const atomic_bool *cancel;
        struct bw_decompress *unpack;  /* NULL: plain bytes */
        struct bw_buf raw;            /* read, not yet unpacked: from raw_at on */
        size_t raw_at;
        struct bw_buf units;          /* unpacked, not yet turned into UTF-8 */
        struct bw_utf16 utf16;
        enum bw_source_text text;
        uint64_t n_raw;               /* bytes of the file read so far */
        uint64_t n_text;              /* bytes of text given so far */
        bool raw_ended;
        bool ended;
};

/* Takes file. */
void bw_source_init(struct bw_source *source, struct bw_file *file, const atomic_bool *cancel);
void bw_source_done(struct bw_source *source);
/* Appends up to about n bytes of text; source->ended tells that there are no more. */
BW_CHECK int bw_source_read(struct bw_source *source, size_t n, struct bw_buf *to, struct bw_error *reterr);

#endif
