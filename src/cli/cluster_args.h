/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster_args: which cluster is meant and as whom one asks it: the options of BW_OPTIONS_CLUSTER and BW_OPTIONS_NAMESPACE.
 * Ownership: texts are the arguments' own; the list of groups lives in the arena.
 * Errors: -EINVAL with a message for the user. Threads: the first thread only.
 */
#ifndef BW_CLI_CLUSTER_ARGS_H
#define BW_CLI_CLUSTER_ARGS_H

#include "cli/cli.h"
#include "scan/cluster.h"

struct bw_arena;

/*
 * Fills flags, qps and timeout; the rest of ret stays as it is. wanted: a cluster is to be asked; without it the options of
 * BW_OPTIONS_CLUSTER make no sense, and are refused.
 */
BW_CHECK int bw_cluster_args(const struct bw_args *args, bool wanted, struct bw_arena *arena, struct bw_cluster_options *ret,
                             struct bw_error *reterr);
/* As warnings on standard error: lines, as of bw_cluster_warnings(). */
void bw_cluster_tell_warnings(struct bw_cli *cli, struct bw_str lines);
/* -n, of any source of objects; empty: none was given, or -A goes before it. */
struct bw_str bw_namespace_arg(const struct bw_args *args);

#endif
