/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread of a run: takes units, reads their documents, judges them, and keeps what it found, part by part.
 * Ownership: a worker owns its results and their texts until the run is freed.
 * Threads: a worker belongs to one thread; what threads share is in struct bw_scan_shared, each member with its rule.
 */
#ifndef BW_SCAN_WORKER_INTERNAL_H
#define BW_SCAN_WORKER_INTERNAL_H

#include "base/error.h"
#include "collect/feed.h"
#include "doc/keep.h"
#include "os/pool.h"
#include "scan/fold.h"
#include "scan/scan.h"
#include "scan/texts.h"

struct bw_arena;

/* What a run's threads share. */
struct bw_scan_shared {
        struct bw_feed *feed;             /* has a lock of its own */
        struct bw_catalog *catalog;
        struct bw_monitor catalog_lock;   /* around bw_catalog_prepare() */
        const struct bw_world *world;
        bool include_passed;
        bool keep_excepted;
        atomic_uint_fast64_t kept_docs;   /* for rules that look at other objects */
        atomic_uint_fast64_t kept_bytes;
        atomic_uint_fast64_t kept_text;   /* bytes of their texts */
        atomic_bool keeps_none;           /* there are more than BW_LIMIT_KEPT_… allows */
        atomic_bool keeps_no_text;
        atomic_uint_fast64_t files;       /* for the progress line */
        atomic_uint_fast64_t documents;
        atomic_uint_fast64_t bytes;
};

/* A document that rules need which look at other objects. */
struct bw_kept {
        struct bw_doc *doc;               /* counted from the part's first */
        uint32_t part;
        bool judged;                      /* by such a rule */
        struct bw_owner_id owner;         /* who answers for its findings, if not itself */
};

/* What was found in one part of one input. Findings are in report order, documents counted from the part's first. */
struct bw_part {
        uint32_t input;
        uint32_t part;
        uint32_t n_docs;
        bool joined;                      /* by rules that look at other objects: n_docs is 0, another part counts them */
        uint32_t n_unlisted;              /* errors beyond BW_LIMIT_INPUT_ERRORS */
        struct bw_finding *findings;
        size_t n_findings;
        struct bw_input_error *errors;
        size_t n_errors;
        struct bw_str file;               /* set if there are errors */
};

struct bw_worker {
        struct bw_scan_shared *shared;
        struct bw_unit *unit;
        struct bw_judge *judge;
        struct bw_fold *fold;             /* NULL: findings are not folded */
        struct bw_arena *arena;           /* of the document at hand */
        struct bw_texts *texts;
        struct bw_error error;            /* why this worker gave up; code 0: it did not */

        /* The part at hand. */
        bool in_part;
        bool is_whole;
        bool has_template;
        struct bw_part part;
        size_t findings_cap;
        size_t errors_cap;

        /* Of the document at hand, once it has a finding: kept texts. */
        bool has_subject;
        struct bw_resource subject;
        struct bw_str subject_file;
        struct bw_fold_doc fold_doc;

        struct bw_part *parts;            /* finished, if there is anything to tell */
        size_t n_parts;
        size_t parts_cap;

        /* What is kept. */
        struct bw_keeper *keeper;
        struct bw_arena *kept_texts;
        struct bw_str text_from;          /* the text copied last: items of a List share theirs */
        struct bw_str text_kept;
        struct bw_kept *kept;
        size_t n_kept;
        size_t cap_kept;

        uint64_t n_documents;
        uint64_t n_like;                  /* pods that were like one before them */
        uint64_t n_other;
        uint64_t n_templates;
        size_t arena_peak;
};

BW_CHECK int bw_worker_init(struct bw_worker *worker, struct bw_scan_shared *shared, struct bw_error *reterr);
void bw_worker_done(struct bw_worker *worker);
/* Works on one unit. 1: done; 0: there was none left; negative: gave up (worker->error), and the feed is stopped. */
BW_CHECK int bw_worker_step(struct bw_worker *worker);

/* Begins the findings of a part of an input, and puts those of the last one to the finished ones. -ENOMEM. */
struct bw_part_begin {
        uint32_t input;
        uint32_t part;
        bool is_whole;                    /* nothing need be told of it when nothing was found */
        bool joined;
};
BW_CHECK int bw_worker_begin_part(struct bw_worker *worker, struct bw_part_begin begin, struct bw_error *reterr);
BW_CHECK int bw_worker_finish_part(struct bw_worker *worker, struct bw_error *reterr);

/* ---- keep.c */

/* Keeps what rules that look at other objects need of a document. -ENOMEM. */
BW_CHECK int bw_worker_keep(struct bw_worker *worker, const struct bw_doc *doc, struct bw_error *reterr);
/* Releases what was kept. */
void bw_worker_keep_done(struct bw_worker *worker);

/* ---- judge.c */

/* One document's text: read, identified, judged. What is wrong with it becomes an error of the part. -ENOMEM. */
BW_CHECK int bw_worker_piece(struct bw_worker *worker, const struct bw_item *item, struct bw_error *reterr);
/* A document, judged; its input is set. What is wrong with it becomes an error of the part. -ENOMEM. */
BW_CHECK int bw_worker_doc(struct bw_worker *worker, struct bw_doc *doc, struct bw_error *reterr);
/* A kept document, judged by rules that look at other objects. -ENOMEM. */
BW_CHECK int bw_worker_join(struct bw_worker *worker, const struct bw_kept *kept, struct bw_error *reterr);
/* A document that many imply, about one of them or itself. -ENOMEM. */
BW_CHECK int bw_worker_made(struct bw_worker *worker, struct bw_doc *doc, struct bw_doc *about, struct bw_error *reterr);
/* An item that could not be read. -ENOMEM. */
BW_CHECK int bw_worker_broken(struct bw_worker *worker, const struct bw_item *item, struct bw_error *reterr);
BW_CHECK int bw_worker_add_error(struct bw_worker *worker, struct bw_str file, const struct bw_error *err,
                                 struct bw_error *reterr);
/* For bw_catalog_evaluate. */
int bw_worker_add_finding(void *worker, const struct bw_finding *finding);

#endif
