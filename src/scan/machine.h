/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine: the documents of one machine, collected from it now or read from a snapshot: a scan cannot tell them apart.
 *
 *     bw_machine_open      the root, and what needs more rights than reading
 *     (the caller gives up rights: sandbox)
 *     bw_machine_collect   everything else
 *
 * Ownership: documents and texts live in the arena given; bw_machine_close() releases descriptors.
 * Errors: what cannot be read is evidence in a document; negative only when there is no such root or snapshot.
 * Threads: one machine, one thread.
 * Source: docs/node.md.
 */
#ifndef BW_SCAN_MACHINE_H
#define BW_SCAN_MACHINE_H

#include <stdatomic.h>

#include "doc/snapshot.h"

struct bw_host;
struct bw_node;

struct bw_machine_options {
        const char *root;           /* NULL: "/" */
        const char *modes;          /* of a fixture; NULL: none */
        const char *processes;
        bool probe;                 /* may send packets */
        int64_t now;
        int kubernetes_minor;       /* by which defaults go when nothing shows the version */
        bool kubernetes_minor_is_given;
        struct bw_str version;      /* of bulwark, for the head */
        const atomic_bool *cancel;  /* may be NULL */
};

struct bw_machine {
        struct bw_snapshot_head head;
        struct bw_doc **docs;
        size_t n_docs;
        struct bw_arena *arena;     /* private */
        size_t cap;
        struct bw_host *host;
        struct bw_node *node;
};

BW_CHECK int bw_machine_open(const struct bw_machine_options *options, struct bw_arena *arena, struct bw_machine *ret,
                             struct bw_error *reterr);
BW_CHECK int bw_machine_collect(struct bw_machine *machine, struct bw_error *reterr);
/* What of a machine may be read after the sandbox is entered. */
const char *bw_machine_root(const struct bw_machine_options *options);
void bw_machine_close(struct bw_machine *machine);

/* Whether a file that can be read begins as a snapshot. Nothing else is opened. */
bool bw_machine_is_snapshot(const char *path);
BW_CHECK int bw_machine_read(const char *path, struct bw_arena *arena, struct bw_machine *ret, struct bw_error *reterr);

#endif
