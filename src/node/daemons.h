/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemons: programs that the assessment of a host wants to know of: those that should not run on a node, and those whose
 * work is looked for (logs, audit, time is time's own section).
 * Ownership: static data. Threads: immutable.
 * Source: the Debian and RHEL packages of each: names of programs and units.
 */
#ifndef BW_NODE_DAEMONS_H
#define BW_NODE_DAEMONS_H

#include "base/base.h"

enum bw_daemon_class {
        BW_DAEMON_CLEARTEXT, /* passwords or data cross the network unencrypted, or without a check of who asks */
        BW_DAEMON_DESKTOP,   /* of a desktop, not of a node */
        BW_DAEMON_SERVER,    /* serves others; belongs on a machine of its own */
        BW_DAEMON_NFS,       /* what NFS volumes need besides the kernel */
        BW_DAEMON_LOGGER,    /* sends logs somewhere */
        BW_DAEMON_NEEDED,    /* whose work other sections look for */
};
const char *bw_daemon_class_text(enum bw_daemon_class daemon_class);

struct bw_daemon {
        const char *name;     /* what people call it */
        enum bw_daemon_class daemon_class;
        const char *programs; /* separated by blanks */
        const char *units;    /* the same, with their suffix */
};
extern const struct bw_daemon bw_daemons[];
extern const size_t bw_n_daemons;
/* NULL: no program of the table. */
const struct bw_daemon *bw_daemon_of_program(struct bw_str program);
/* True if the word is one of those in the list. */
bool bw_daemon_lists(const char *list, struct bw_str word);

#endif
