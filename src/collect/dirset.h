/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dirset: the directories a walk has entered, by device and inode.
 * Ownership: owns its table; zero-initialised is an empty set. Threads: one.
 */
#ifndef BW_COLLECT_DIRSET_H
#define BW_COLLECT_DIRSET_H

#include "base/base.h"

struct bw_error;

struct bw_dirset {
        struct bw_dirset_slot {
                uint64_t dev;
                uint64_t ino;
                bool used;
        } *slots;
        size_t n_slots; /* a power of two */
        size_t n;
};

/* 0: added; 1: was there; -ENOMEM. */
BW_CHECK int bw_dirset_add(struct bw_dirset *set, uint64_t dev, uint64_t ino, struct bw_error *reterr);
void bw_dirset_done(struct bw_dirset *set);

#endif
