/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finish: what is done once all findings are together: those that a baseline knows go, those that are excepted go unless
 * the report is to have them, and the run's notices come.
 * Ownership: notices live in the arena given. Threads: after all workers have ended, one.
 */
#ifndef BW_SCAN_FINISH_INTERNAL_H
#define BW_SCAN_FINISH_INTERNAL_H

#include "scan/merge_internal.h"
#include "scan/scan.h"

struct bw_arena;

/* report: its inputs and summary are set. Sets its notices. */
BW_CHECK int bw_scan_finish(const struct bw_scan_options *options, struct bw_arena *arena, struct bw_merged *merged,
                            struct bw_report *report, struct bw_error *reterr);

#endif
