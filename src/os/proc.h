/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc: settings of this process: no memory image on disk, and the flag that SIGINT and SIGTERM raise.
 * Ownership: nothing to release. The flag is the one piece of state that a signal handler must share; it lives here.
 * Threads: call from the first thread, before others start; the flag may be read anywhere.
 */
#ifndef BW_OS_PROC_H
#define BW_OS_PROC_H

#include <stdatomic.h>

#include "base/base.h"

/* Secrets pass through memory: no core dump, and no other process of the same user may attach and read it. */
void bw_proc_hide_memory(void);

/* Fills the places of standard input and output that the caller closed, lest a file opened later gets one. */
void bw_proc_hold_std_fds(void);

/*
 * From now on the first SIGINT or SIGTERM sets the flag (long work looks at it and ends with what it has); a second one
 * ends the process at once, as if nothing had been installed.
 */
const atomic_bool *bw_proc_watch_interrupts(void);
/* The same as if a signal came. */
void bw_proc_interrupt(void);
/* A pipe that gets a byte when a signal comes; -1: none any more. */
void bw_proc_share_interrupts(int fd);
/* The signal that came, or 0. */
int bw_proc_interrupt_signal(void);

#endif
