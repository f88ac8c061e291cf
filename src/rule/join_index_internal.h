/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join_index: an index of label pairs over the pods, or over the selectors, of one namespace.
 * Ownership: an index lives in the arena given and borrows the values. Errors: -ENOMEM, or ABSENT values.
 * Threads: immutable once made.
 * Source: selector.h for what a selector selects.
 */
#ifndef BW_RULE_JOIN_INDEX_INTERNAL_H
#define BW_RULE_JOIN_INDEX_INTERNAL_H

#include "value/value.h"

struct bw_arena;

struct join_entry {
        uint64_t hash; /* of a label and its value */
        uint32_t item; /* number in the list */
};

struct join_index {
        struct join_entry *entries; /* by hash, item */
        size_t n;
};

/* Where objects of a kind have their selector of pods. */
struct join_selector {
        const char *kind; /* "Service", "networking.k8s.io/NetworkPolicy" */
        const char *path; /* "spec.selector" */
        bool plain;       /* a map of labels, as Services have; else a LabelSelector */
        bool missing_is_empty; /* a LabelSelector that is not there selects all */
};

/* pods: a list of maps with `labels`. objects: a list of objects with a selector. */
BW_CHECK int join_index_pods(struct bw_arena *arena, struct bw_value pods, struct join_index *ret);
BW_CHECK int join_index_selectors(struct bw_arena *arena, struct bw_value objects, const struct join_selector *how,
                                  struct join_index *ret);

/* Those of the pods that the selector selects; those of the objects that select the labels: in their lists' order. */
struct bw_value join_selected(struct bw_arena *arena, struct bw_value pods, const struct join_index *index,
                              struct bw_value selector, bool plain);
struct bw_value join_selecting(struct bw_arena *arena, struct bw_value objects, const struct join_index *index,
                               const struct join_selector *how, struct bw_value labels);

#endif
