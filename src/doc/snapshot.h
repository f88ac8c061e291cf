/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot: what was found on a machine, in one file: JSON lines, packed with zstd. The first line is the head (kind
 * Snapshot: when, by which version, on which machine), then one line for each document, in the order in which they were
 * collected. Bytes in, bytes out; no I/O.
 * Ownership: what is read lives in the arena given; its texts do not borrow from the bytes.
 * Errors: -EINVAL with the line for what is no snapshot or was cut off, -E2BIG past a named limit, -ENOMEM.
 * Threads: pure.
 * Source: docs/node.md "Snapshots".
 */
#ifndef BW_DOC_SNAPSHOT_H
#define BW_DOC_SNAPSHOT_H

#include "base/buf.h"
#include "doc/facts.h"

struct bw_snapshot_head {
        struct bw_str name;          /* of the machine */
        struct bw_str version;       /* of bulwark */
        int64_t time;                /* when it was collected, unix seconds */
        const struct bw_str *inputs; /* what a report on it names as its inputs */
        size_t n_inputs;
        uint64_t refused;            /* files that could not be read for want of rights, */
        struct bw_str first_refused; /* and the first of them */
};

/* Whether packed or plain bytes may begin a snapshot; a few thousand are enough. */
bool bw_snapshot_is(struct bw_str head);

/* Appends the snapshot to out; packed, or as plain lines. */
BW_CHECK int bw_snapshot_write(const struct bw_snapshot_head *head, struct bw_doc *const *docs, size_t n_docs, bool packed,
                               struct bw_buf *out, struct bw_error *reterr);

/* Documents have no text and no places of their own: findings point where their evidence says. */
BW_CHECK int bw_snapshot_read(struct bw_arena *arena, struct bw_str bytes, struct bw_snapshot_head *ret_head,
                              struct bw_doc ***ret_docs, size_t *ret_n, struct bw_error *reterr);

#endif
