/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clusters: of a run's inputs, those that are clusters: the live one, and snapshots among the paths. Their documents come as
 * streams, behind all files, and are known by the number of their input.
 * Ownership: texts live in the arena given; bw_clusters_done() closes files.
 * Threads: the first one; bw_cluster_number_… may be asked anywhere.
 */
#ifndef BW_SCAN_CLUSTERS_INTERNAL_H
#define BW_SCAN_CLUSTERS_INTERNAL_H

#include "collect/feed.h"
#include "doc/snapshot_stream.h"

struct bw_cluster;

#define BW_CLUSTER_LIVE 0x70000000u     /* number of the live one's input; snapshots follow */
#define BW_CLUSTER_LAST 0x7fffffffu

static inline bool bw_cluster_number_is(uint32_t number)
{
        return number >= BW_CLUSTER_LIVE && number <= BW_CLUSTER_LAST;
}
static inline bool bw_cluster_number_is_snapshot(uint32_t number)
{
        return number > BW_CLUSTER_LIVE && number <= BW_CLUSTER_LAST;
}

struct bw_clusters {
        struct bw_feed_stream *streams; /* the live one first */
        struct bw_cluster_head *heads;
        size_t n;
        bool is_live;                   /* the first is */
};

/* cluster: the live one, open, or NULL. n_paths: of the run, at most so many snapshots are there. */
BW_CHECK int bw_clusters_begin(struct bw_clusters *clusters, const struct bw_cluster *cluster, size_t n_paths,
                               struct bw_arena *arena, struct bw_error *reterr);
/* Opens a snapshot (bw_cluster_snapshot_is_file). */
BW_CHECK int bw_clusters_add(struct bw_clusters *clusters, const char *path, struct bw_arena *arena, struct bw_error *reterr);
void bw_clusters_done(struct bw_clusters *clusters);

#endif
