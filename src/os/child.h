/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: a part of this program in a process of its own, with two pipes from it: bulk data, and short messages. It ends with
 * its parent, whatever way that ends. Signals may be out of the parent's reach by then (sandbox): a third pipe tells it to stop,
 * which it hears as an interrupt (bw_proc_watch_interrupts).
 * Ownership: a struct bw_child is a plain value; bw_child_end() closes the pipes, ends the process and waits for it.
 * Errors: as of fork and pipe. Threads: start from the only thread; the rest from one.
 * Source: fork(2), prctl(2) PR_SET_PDEATHSIG, pipe(7).
 */
#ifndef BW_OS_CHILD_H
#define BW_OS_CHILD_H

#include "base/base.h"

struct bw_error;

struct bw_child {
        int pid;      /* 0: none */
        int data;     /* reading ends; -1: closed */
        int messages;
        int stop;     /* writing end: a byte asks it to come to an end */
};
#define BW_CHILD_NONE {.pid = 0, .data = -1, .messages = -1, .stop = -1}

/* Messages up to this many bytes come whole (PIPE_BUF). */
#define BW_CHILD_MESSAGE 4096

/* run gets the writing ends. Nothing that the parent holds is released in the child: it is gone with it. */
BW_CHECK int bw_child_start(void (*run)(void *userdata, int data, int messages), void *userdata, struct bw_child *ret,
                            struct bw_error *reterr);
/* A message of this very size. 1: it came; 0: no more will come. */
BW_CHECK int bw_child_message(const struct bw_child *child, void *to, size_t n, struct bw_error *reterr);
void bw_child_end(struct bw_child *child);

/* In the child: all n bytes. -EPIPE: nobody reads any more. */
BW_CHECK int bw_child_write(int fd, const void *p, size_t n);

#endif
