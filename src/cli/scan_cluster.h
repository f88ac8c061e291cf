/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_cluster: the live cluster that the arguments of scan and collect name, opened; and what one would see of it.
 * Ownership: the cluster is the caller's (bw_cluster_close). Errors: messages for the user. Threads: the first thread only.
 */
#ifndef BW_CLI_SCAN_CLUSTER_H
#define BW_CLI_SCAN_CLUSTER_H

#include "cli/cluster_args.h"

struct bw_arena;
struct bw_catalog;

/* Refuses options that are about a cluster where there is none. *ret is NULL without --cluster. Before the sandbox is entered. */
BW_CHECK int bw_scan_cluster_open(const struct bw_args *args, struct bw_catalog *catalog, struct bw_arena *arena,
                                  struct bw_cluster **ret, struct bw_error *reterr);

/* --preflight: a table of what a scan would ask for, and whether it may. Returns an exit status: 0 when all is allowed. */
int bw_preflight(struct bw_cli *cli, const struct bw_args *args, struct bw_catalog *catalog, struct bw_arena *arena);

#define BW_OPTION_NO_KUBELETS                                                                      \
        {.name = "no-kubelets", .id = BW_OPT_NO_KUBELETS,                                          \
         .help = "with --cluster: do not ask each kubelet for its configuration (needs get on nodes/proxy)"}

#endif
