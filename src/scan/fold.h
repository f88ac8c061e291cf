/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold: findings that say the same of a controller and of what it makes (Deployment, ReplicaSets, Pods) become one, reported
 * for the highest object that is there and counted for the others. Each worker folds what it meets by controller; the merge
 * follows controllers up. Nothing is left out that is not counted: two findings are one only if they are equal in everything
 * but the object (rule/sameness.c).
 *
 * A memo of templates saves judging the second pod of one: docs/internals/scale.md.
 * Ownership: a fold owns its entries; their texts are the worker's. Errors: -ENOMEM.
 * Threads: a fold belongs to one worker; merging is for one thread after all workers have ended.
 */
#ifndef BW_SCAN_FOLD_H
#define BW_SCAN_FOLD_H

#include "doc/template.h"
#include "rule/rule.h"

struct bw_error;
struct bw_fold;
struct bw_merged;
struct bw_summary;
struct bw_worker;

/* A document with a pod or a template, as folding sees it. */
struct bw_fold_doc {
        struct bw_owner_id owner; /* who answers for its findings; not set: it does itself */
        bool is_pod;
};

/* The place of a document in the order of reports. */
struct bw_fold_place {
        uint32_t input;
        uint32_t part;
        uint32_t doc; /* counted from the part's first */
};

BW_CHECK int bw_fold_new(struct bw_fold **ret, struct bw_error *reterr);
void bw_fold_free(struct bw_fold *fold);
BW_DEFINE_AUTO(struct bw_fold *, bw_fold_free);

/* Before a document: its findings are told apart by it. */
void bw_fold_begin(struct bw_fold *fold, struct bw_fold_place place);
/* Something that makes pods, and may have a controller itself. */
BW_CHECK int bw_fold_owner(struct bw_fold *fold, struct bw_owner_id self, struct bw_owner_id parent);

/*
 * A finding about a document that has a controller. NULL: it was counted to one before it. Else what it is to be copied to,
 * with texts that live as long as the fold. -ENOMEM.
 */
BW_CHECK int bw_fold_add(struct bw_fold *fold, const struct bw_fold_doc *doc, const struct bw_finding *finding,
                         struct bw_finding **ret);

/* ---- templates */

/* What uniform rules found in the first pod with this hash, if that came before this one. NULL: there was none. */
const struct bw_uniform_counts *bw_fold_recall(struct bw_fold *fold, const uint64_t hash[2]);
/* Counts its findings again, for a pod like it; after bw_fold_recall() gave them. */
void bw_fold_repeat(struct bw_fold *fold);
/* Uniform findings from here on are remembered, */
void bw_fold_record(struct bw_fold *fold);
/* until here. NULL counts: they are forgotten. */
BW_CHECK int bw_fold_remember(struct bw_fold *fold, const uint64_t hash[2], const struct bw_uniform_counts *counts);
/* Rules and verdicts of what was recalled, to ask whether somebody answers for them: number of them, and each. */
size_t bw_fold_recalled(const struct bw_fold *fold);
const struct bw_finding *bw_fold_recalled_at(const struct bw_fold *fold, size_t i);

/*
 * Puts the findings of all workers' folds to what they found otherwise; the folds have none then, but know who owns whom: it
 * may be called again for what rules find that look at other objects, since those are others.
 */
BW_CHECK int bw_fold_merge(struct bw_worker *workers, unsigned n_workers, struct bw_merged *merged,
                           struct bw_summary *summary, struct bw_error *reterr);

#endif
