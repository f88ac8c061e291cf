/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine_args: which machine is meant, and as of when: --node, --root, --modes, --processes, --probe, --now.
 * Ownership: texts are the arguments' own. Errors: -EINVAL with a message for the user. Threads: the first thread only.
 */
#ifndef BW_CLI_MACHINE_ARGS_H
#define BW_CLI_MACHINE_ARGS_H

#include "cli/cli.h"
#include "scan/machine.h"

/* Fills root, modes, processes, probe and version. wanted: --node was given; without it the others make no sense. */
BW_CHECK int bw_machine_args(const struct bw_args *args, bool wanted, struct bw_machine_options *options,
                             struct bw_error *reterr);
/*
 * The machine that the arguments name, in the sandbox from here on: of --node, or of the snapshot. writable: a folder in
 * which the caller still makes files, or NULL. bw_machine_close() is the caller's.
 */
BW_CHECK int bw_machine_of_args(const struct bw_args *args, const char *snapshot, const char *writable,
                                struct bw_arena *arena, struct bw_machine *ret, struct bw_error *reterr);
/* As a warning on standard error: what was refused for want of rights. */
void bw_machine_tell_refused(struct bw_cli *cli, const struct bw_machine *machine);
/* --now, else the clock. */
BW_CHECK int bw_now_arg(const struct bw_args *args, int64_t *ret_now, bool *ret_given, struct bw_error *reterr);

#endif
