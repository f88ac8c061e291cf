/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather: the objects of some kinds, from files, snapshots or a cluster, as one sealed inventory: for verbs that ask questions
 * (rbac, net) instead of judging. Objects are slim copies (doc/keep.h); nothing else is held, so a cluster's 150,000 pods fit.
 * Ownership: a gathering owns everything it gives.
 * Errors: as of a scan: what cannot be read is in errors and the rest goes on; negative when the run could not be done.
 * Threads: one call from one thread.
 */
#ifndef BW_SCAN_GATHER_H
#define BW_SCAN_GATHER_H

#include <stdatomic.h>

#include "doc/inventory.h"
#include "finding/finding.h"

struct bw_cluster_options;
struct bw_error;
struct bw_gathering;

struct bw_gather_options {
        const struct bw_str *paths;                /* files, directories, snapshots, "-" */
        size_t n_paths;
        const struct bw_cluster_options *cluster;  /* scan/cluster.h; NULL: none. What is wanted of it is asked below */
        bool (*wanted)(struct bw_str group, struct bw_str kind);
        bool places;                               /* with lines and columns, for answers that point into files */
        const atomic_bool *cancel;                 /* may be NULL */
        bool sandbox;
        const struct bw_str *readable;             /* what the caller still reads afterwards, in the sandbox */
        size_t n_readable;
        const struct bw_str *writable;             /* as in scan/scan.h */
        size_t n_writable;
};

BW_CHECK int bw_gather(const struct bw_gather_options *options, struct bw_gathering **ret, struct bw_error *reterr);
void bw_gathering_free(struct bw_gathering *gathering);
BW_DEFINE_AUTO(struct bw_gathering *, bw_gathering_free);

const struct bw_inventory *bw_gathering_inventory(const struct bw_gathering *gathering);
/* What a user should know of the kubeconfig (scan/cluster.h); empty without a cluster. */
struct bw_str bw_gathering_warnings(const struct bw_gathering *gathering);
/* What could not be read. */
const struct bw_input_error *bw_gathering_errors(const struct bw_gathering *gathering, size_t *ret_n);

#endif
