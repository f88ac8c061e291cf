/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machines: of a run's inputs, those that are machines: the node that is asked for, and snapshots among the paths. Their
 * documents are few and are judged by one thread, after the manifests. Clusters are told from them here, and are streams.
 * Ownership: everything lives in the arena given; bw_machines_done() releases descriptors.
 * Threads: the first one.
 */
#ifndef BW_SCAN_MACHINES_INTERNAL_H
#define BW_SCAN_MACHINES_INTERNAL_H

#include "base/error.h"
#include "scan/clusters_internal.h"
#include "scan/machine.h"
#include "scan/scan.h"
#include "scan/worker_internal.h"

struct bw_machine_input {
        struct bw_machine machine;
        struct bw_input input;
        struct bw_error error;         /* a snapshot that cannot be read; code 0: it can */
};

struct bw_machines {
        struct bw_machine_input *items;
        size_t n;
        struct bw_clusters clusters;   /* snapshots of clusters, and the live one */
        const struct bw_str *paths;    /* those that are no snapshots */
        size_t n_paths;
        const struct bw_str *inputs;   /* of the report */
        size_t n_inputs;
};

/* Before the sandbox is entered: opens the node. paths: zero-terminated, for the run. */
BW_CHECK int bw_machines_open(const struct bw_scan_options *options, const struct bw_str *paths, struct bw_arena *arena,
                              struct bw_machines *ret, struct bw_error *reterr);
/* After it: collects from the node, reads snapshots. */
BW_CHECK int bw_machines_read(struct bw_machines *machines, struct bw_arena *arena, struct bw_error *reterr);
/* The time by which rules judge: that of the snapshot, if it is the only input; else now. */
int64_t bw_machines_time(const struct bw_machines *machines, const struct bw_scan_options *options);
BW_CHECK int bw_machines_judge(const struct bw_machines *machines, struct bw_worker *worker, struct bw_error *reterr);
/* What was refused for want of rights, as notices. */
BW_CHECK int bw_machines_notices(const struct bw_machines *machines, struct bw_arena *arena, struct bw_report *report,
                                 struct bw_error *reterr);
void bw_machines_done(struct bw_machines *machines);

#endif
