/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: what a process that is about to parse untrusted bytes gives up, for good: with Landlock every file that it
 * was not promised, with seccomp every system call that reading, computing and writing to open files does not need.
 *
 *         begin, allow_read / allow_write for each place, enter
 *
 * Best effort: what the kernel (or a container around it) refuses is left out, and bw_sandbox_text() says what holds.
 * There are no errors: a scan with less protection is better than none, and --stats shows it.
 * Ownership: a struct bw_sandbox is a plain value; bw_sandbox_done releases its descriptor, entered or not.
 * Threads: call from the only thread; threads started later are in the sandbox too.
 * Source: landlock(7), seccomp(2).
 */
#ifndef BW_OS_SANDBOX_H
#define BW_OS_SANDBOX_H

#include "base/base.h"

struct bw_sandbox {
        int ruleset;       /* Landlock's; -1: there is none */
        int abi;           /* of Landlock */
        bool writes;       /* some place may be written */
        bool network;      /* connections may be made */
        char text[96];     /* what is in force */
};

/* False, with the reason, where it would break the build's own tools (sanitizers look at the process from outside). */
bool bw_sandbox_is_possible(const char **ret_why);

struct bw_sandbox bw_sandbox_begin(void);
/* The same for a client: connections may be made, names looked up. */
struct bw_sandbox bw_sandbox_begin_client(void);
/* A file, or a directory with all below it. A path that is not there is left out: there is nothing to read. */
void bw_sandbox_allow_read(struct bw_sandbox *sandbox, const char *path);
/* A directory in which files may be made, written, renamed and removed. */
void bw_sandbox_allow_write(struct bw_sandbox *sandbox, const char *path);
/* No way back. */
void bw_sandbox_enter(struct bw_sandbox *sandbox);
/* "landlock+seccomp", "seccomp", "landlock", "none: why". Lives as long as the struct. */
const char *bw_sandbox_text(const struct bw_sandbox *sandbox);
void bw_sandbox_done(struct bw_sandbox *sandbox);

#endif
