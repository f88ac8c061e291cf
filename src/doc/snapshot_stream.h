/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_stream: a snapshot of a cluster: as a machine's (doc/snapshot.h), JSON lines packed with zstd, but of any length: it
 * is written and read line by line in constant memory. The first line is its head, of kind ClusterSnapshot; it is read as any
 * stream of documents is (collect/feed.h).
 * Ownership: a stream owns its state; bytes go to the sink as they come, and are the stream's until it returns.
 * Errors: what the sink says; -ENOMEM. Threads: one stream, one thread.
 * Source: docs/cluster.md "Snapshots"; RFC 8878 (zstd).
 */
#ifndef BW_DOC_SNAPSHOT_STREAM_H
#define BW_DOC_SNAPSHOT_STREAM_H

#include "doc/doc.h"

struct bw_buf;
struct bw_error;
struct bw_snapshot_stream;

struct bw_cluster_head {
        struct bw_str server;   /* URL: the input's name in reports */
        struct bw_str version;  /* of bulwark */
        int64_t time;           /* when it was collected, unix seconds */
        int kubernetes_minor;   /* of the server; -1: not known */
};

/* Whether packed or plain bytes may begin a cluster's snapshot; a few thousand are enough. */
bool bw_cluster_snapshot_is(struct bw_str head);
/* The first line, of unpacked text. Texts live in the arena. -EINVAL for what is none. */
BW_CHECK int bw_cluster_head_read(struct bw_arena *arena, struct bw_str line, struct bw_cluster_head *ret,
                                  struct bw_error *reterr);

typedef int (*bw_snapshot_sink)(void *userdata, struct bw_str bytes, struct bw_error *reterr);

BW_CHECK int bw_snapshot_stream_new(const struct bw_cluster_head *head, bool packed, bw_snapshot_sink sink, void *userdata,
                                    struct bw_snapshot_stream **ret, struct bw_error *reterr);
void bw_snapshot_stream_free(struct bw_snapshot_stream *stream);
BW_DEFINE_AUTO(struct bw_snapshot_stream *, bw_snapshot_stream_free);
BW_CHECK int bw_snapshot_stream_add(struct bw_snapshot_stream *stream, const struct bw_doc *doc, struct bw_error *reterr);
/* What is left in the packer. Nothing may be added then. */
BW_CHECK int bw_snapshot_stream_end(struct bw_snapshot_stream *stream, struct bw_error *reterr);

#endif
