/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot: snapshots of clusters as files: what they are of, and how one is made of a live cluster. They are read as any other
 * input of a scan.
 * Ownership: texts live in the arena given. Errors: name the file; -EINTR was broken off. Threads: one.
 * Source: docs/cluster.md "Snapshots".
 */
#ifndef BW_SCAN_SNAPSHOT_H
#define BW_SCAN_SNAPSHOT_H

#include "base/error.h"
#include "doc/snapshot_stream.h"

struct bw_cluster;

/* Whether a file that can be read begins as a cluster's snapshot. */
bool bw_cluster_snapshot_is_file(const char *path);
BW_CHECK int bw_cluster_snapshot_head(const char *path, struct bw_arena *arena, struct bw_cluster_head *ret,
                                      struct bw_error *reterr);

struct bw_cluster_recording {
        struct bw_cluster *cluster;   /* open */
        struct bw_str version;        /* of bulwark */
        int64_t now;
        bool packed;
        bw_snapshot_sink sink;        /* takes the file's bytes */
        void *userdata;
        /* Called now and then, for a progress line. May be NULL. */
        void (*progress)(void *userdata, uint64_t documents, uint64_t bytes);
        void *progress_userdata;
};
/*
 * Writes all that the cluster gives, slim (scan/slim.h), document by document, in constant memory. Documents that cannot be read
 * are counted, and the first one's error is kept.
 */
struct bw_cluster_recorded {
        uint64_t documents;
        uint64_t broken;
        struct bw_error first;
};
BW_CHECK int bw_cluster_record(const struct bw_cluster_recording *recording, struct bw_cluster_recorded *ret,
                               struct bw_error *reterr);

#endif
