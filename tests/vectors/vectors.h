/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors: cases in files, each with one expected outcome, run by build/tests/run-vectors TOPIC FILE….
 * A topic reads a file (or folder) and reports each case; the runner prints the names that fail, then
 * "N passed, N failed", and exits 1 on a failure, 2 when a file cannot be read, is empty or has unknown keys.
 */
#ifndef BW_TESTS_VECTORS_H
#define BW_TESTS_VECTORS_H

#include "value/value.h"

struct bw_arena;

struct vectors_run {
        const char *file;   /* being run */
        uint64_t passed;
        uint64_t failed;
        bool verbose;       /* -v: what was expected and what came, for each failure */
        bool broken;        /* a file was unreadable, empty or malformed */
};

/* why: printf text shown after the name with -v; ignored when ok. */
void vectors_case(struct vectors_run *run, bool ok, const char *name, const char *why, ...) BW_PRINTF(4, 5);
/* The file itself is unusable. */
void vectors_broken(struct vectors_run *run, const char *why, ...) BW_PRINTF(2, 3);
/* The whole file; NULL (and vectors_broken) when it cannot be read. Lives in the arena. */
struct bw_str vectors_read(struct vectors_run *run, struct bw_arena *arena, const char *path);

/* A file that is a JSON list; ABSENT (and vectors_broken) when it is none. */
struct bw_value vectors_read_list(struct vectors_run *run, struct bw_arena *arena, const char *path);

struct vectors_topic {
        const char *name;
        const char *help;
        void (*run)(struct vectors_run *run, const char *path);
};

extern const struct vectors_topic vectors_audit_policy, vectors_encryption_config, vectors_nodes;
extern const struct vectors_topic vectors_netpol, vectors_rbac;
extern const struct vectors_topic vectors_cel, vectors_k8s_yaml, vectors_kubelet_config, vectors_pss, vectors_workload;

#endif
