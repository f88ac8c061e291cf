/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fold as its files see it: fold.c fills it while documents are judged, fold_merge.c empties it.
 * Ownership: as of fold.h. Threads: as of fold.h.
 */
#ifndef BW_SCAN_FOLD_INTERNAL_H
#define BW_SCAN_FOLD_INTERNAL_H

#include "scan/fold.h"

struct fold_entry {
        struct bw_finding finding;   /* the first one in the order of reports; doc counted from its part's first */
        struct bw_owner_id owner;
        struct bw_fold_place place;  /* of that one */
        uint32_t ordinal;            /* of equal findings in one document */
        uint32_t n_objects;
        uint32_t n_pods;
        uint64_t last;               /* the document that added to it last */
};

struct fold_owner {
        struct bw_owner_id self;
        struct bw_owner_id parent;   /* may be none */
        struct bw_fold_place place;
};

struct fold_memo {
        uint64_t hash[2];
        struct bw_fold_place place;
        struct bw_uniform_counts counts;
        size_t first;                /* of repeats */
        size_t n;
};

/* A table by hash of numbers from 1 of things elsewhere; 0 is empty. */
struct fold_table {
        uint32_t *slots;
        size_t n_slots; /* a power of two, or 0 */
        size_t n;
};

struct bw_fold {
        struct fold_entry *entries;
        size_t n_entries, cap_entries;
        struct fold_table by_entry;
        struct fold_owner *owners;
        size_t n_owners, cap_owners;
        struct fold_memo *memos;
        size_t n_memos, cap_memos;
        struct fold_table by_memo;
        uint32_t *repeats;           /* numbers of entries, memo by memo */
        size_t n_repeats, cap_repeats;
        size_t recorded_from;
        bool recording;
        bool spoilt;                 /* what is being recorded depends on more than the template */
        const struct fold_memo *recalled;
        struct bw_fold_place place;  /* of the document at hand */
        uint64_t document;           /* its number, from 1 */
};

/* Findings that are one: by whose they are, what they say, which of equals, and whether somebody answers for them. */
struct fold_key {
        struct bw_owner_id owner;
        struct bw_fingerprint same;
        uint32_t ordinal;
        bool excepted;
};

/* Forgets findings and templates. */
void fold_empty(struct bw_fold *fold);

uint64_t fold_key_hash(const struct fold_key *key);
bool fold_key_eq(const struct fold_key *a, const struct fold_key *b);
int fold_place_cmp(struct bw_fold_place a, struct bw_fold_place b);

/*
 * Goes through the numbers that a hash may stand for: *at begins as the hash. 0 at the end: *at is the slot for a new one,
 * until the table grows.
 */
uint32_t fold_table_next(const struct fold_table *table, uint64_t *at);
/* Room for one more; hash_of tells the hash of number n when the table is made anew. -ENOMEM. */
BW_CHECK int fold_table_grow(struct fold_table *table, uint64_t (*hash_of)(const void *things, uint32_t n),
                             const void *things);
void fold_table_put(struct fold_table *table, uint64_t hash, uint32_t n);
void fold_table_done(struct fold_table *table);

#endif
