/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn: starts one program and reads what it prints, without a shell: the arguments are the program's, byte for byte. It gets
 * standard error, the environment given, default signals, no other descriptor, and dies with us. It stays in our process
 * group, so that it may ask on the terminal and Ctrl-C reaches it.
 * Ownership: nothing outlives the call but what the program itself left running.
 * Errors: -ENOENT, -EACCES, -ENOEXEC when it cannot be started; -ETIMEDOUT, -EINTR (cancelled) and -E2BIG (it prints too much) end
 *         it, first by SIGTERM. A program that fails is no error here: how it ended is what is given.
 * Threads: safe; waits on its own child only.
 * Source: fork(2), execve(2), prctl(2) PR_SET_PDEATHSIG, close_range(2); Go's os/exec LookPath (which files of PATH count).
 */
#ifndef BW_OS_SPAWN_H
#define BW_OS_SPAWN_H

#include <stdatomic.h>

#include "base/base.h"

struct bw_arena;
struct bw_buf;
struct bw_error;

struct bw_spawn {
        const char *program;        /* a path: PATH is not searched */
        const char *const *args;    /* with the program's name first; NULL ends */
        const char *const *env;     /* NAME=VALUE; NULL ends */
        bool with_stdin;            /* it gets our standard input, else an empty one */
        size_t most;                /* bytes that it may print */
        unsigned timeout_ms;
        const atomic_bool *cancel;  /* may be NULL */
};

struct bw_spawn_end {
        int status;                 /* exit status; -1: a signal ended it */
        int signal;                 /* 0: none */
};

/* What it printed is appended to out in memory that is taken once: nothing of it is left elsewhere on the heap. */
BW_CHECK int bw_spawn_read(const struct bw_spawn *spawn, struct bw_buf *out, struct bw_spawn_end *ret, struct bw_error *reterr);

/*
 * Where in path (as $PATH) a program of that name is; name has no slash. -ENOENT: nowhere. -EPERM: in a folder that is not
 * given from the root on: what happens to lie in the current directory is not run.
 */
BW_CHECK int bw_spawn_find(struct bw_arena *arena, struct bw_str name, struct bw_str path, struct bw_str *ret,
                           struct bw_error *reterr);

/* Whether standard input is a terminal. */
bool bw_spawn_may_ask(void);

/* The environment of this process; NULL ends. */
const char *const *bw_spawn_env(void);

#endif
