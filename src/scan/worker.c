/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "scan/worker_internal.h"

#define KEEP_ARENA ((size_t)8 << 20) /* an arena that held more goes back after the document */

int bw_worker_init(struct bw_worker *worker, struct bw_scan_shared *shared, struct bw_error *reterr)
{
        int r;

        *worker = (struct bw_worker){.shared = shared};
        r = bw_texts_new(&worker->texts, reterr);
        if (r == 0 && shared->world->fold)
                r = bw_fold_new(&worker->fold, reterr);
        if (r == 0)
                r = bw_unit_new(shared->feed, &worker->unit, reterr);
        if (r == 0)
                r = bw_judge_new(shared->catalog, shared->world, shared->include_passed, &worker->judge, reterr);
        if (r == 0) {
                worker->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
                if (!worker->arena)
                        r = bw_error_nomem(reterr);
        }
        if (r < 0)
                bw_worker_done(worker);
        return r;
}

static void part_done(struct bw_part *part)
{
        bw_free(part->findings);
        bw_free(part->errors);
}

void bw_worker_done(struct bw_worker *worker)
{
        part_done(&worker->part);
        for (size_t i = 0; i < worker->n_parts; i++)
                part_done(&worker->parts[i]);
        bw_free(worker->parts);
        bw_worker_keep_done(worker);
        bw_arena_free(worker->arena);
        bw_judge_free(worker->judge);
        bw_fold_free(worker->fold);
        bw_unit_free(worker->unit);
        bw_texts_free(worker->texts);
        *worker = (struct bw_worker){0};
}

int bw_worker_add_error(struct bw_worker *worker, struct bw_str file, const struct bw_error *err,
                        struct bw_error *reterr)
{
        struct bw_part *part = &worker->part;
        struct bw_input_error error = {
                .file = file,
                .line = err->line,
                .column = err->column,
                .message = bw_str(err->message),
        };

        if (part->n_errors >= BW_LIMIT_INPUT_ERRORS) {
                part->n_unlisted++;
                return 0;
        }
        if (bw_texts_keep(worker->texts, &error.file) < 0 || bw_texts_keep(worker->texts, &error.message) < 0 ||
            bw_grow(&part->errors, &worker->errors_cap, part->n_errors + 1, sizeof(error)) < 0)
                return bw_error_nomem(reterr);
        part->file = error.file;
        part->errors[part->n_errors++] = error;
        return 0;
}

/* A copy of exactly the size, since parts are many; the growing array is used again for the next part. */
static int copy_exactly(const void *from, size_t n, size_t size, void *ret_copy)
{
        void *copy = NULL;

        if (n) {
                copy = bw_reallocarray(NULL, n, size);
                if (!copy)
                        return -ENOMEM;
                memcpy(copy, from, n * size);
        }
        *(void **)ret_copy = copy;
        return 0;
}

/* Puts the part at hand to the finished ones, unless there is nothing to tell of it. */
int bw_worker_finish_part(struct bw_worker *worker, struct bw_error *reterr)
{
        struct bw_part *at_hand = &worker->part;
        struct bw_part kept = *at_hand;

        if (!worker->in_part)
                return 0;
        worker->in_part = false;
        worker->n_templates += worker->has_template;
        if (at_hand->n_findings)
                qsort(at_hand->findings, at_hand->n_findings, sizeof(*at_hand->findings), bw_finding_cmp);
        /* The documents of a stream's parts must be known to count on in the next one. */
        if (worker->is_whole && !at_hand->n_findings && !at_hand->n_errors)
                return 0;
        if (bw_grow(&worker->parts, &worker->parts_cap, worker->n_parts + 1, sizeof(kept)) < 0 ||
            copy_exactly(at_hand->findings, at_hand->n_findings, sizeof(*at_hand->findings), &kept.findings) < 0)
                return bw_error_nomem(reterr);
        if (copy_exactly(at_hand->errors, at_hand->n_errors, sizeof(*at_hand->errors), &kept.errors) < 0) {
                bw_free(kept.findings);
                return bw_error_nomem(reterr);
        }
        worker->parts[worker->n_parts++] = kept;
        return 0;
}

int bw_worker_begin_part(struct bw_worker *worker, struct bw_part_begin begin, struct bw_error *reterr)
{
        struct bw_part *part = &worker->part;

        if (worker->in_part && part->input == begin.input && part->part == begin.part)
                return 0;
        if (bw_worker_finish_part(worker, reterr) < 0)
                return -ENOMEM;
        part->input = begin.input;
        part->part = begin.part;
        part->joined = begin.joined;
        part->n_docs = part->n_unlisted = 0;
        part->n_findings = part->n_errors = 0;
        part->file = (struct bw_str){0};
        worker->in_part = true;
        worker->is_whole = begin.is_whole;
        worker->has_template = false;
        return 0;
}

/* The next document starts with an empty arena; memory of an exceptionally large one goes back. */
static int reset_arena(struct bw_worker *worker, struct bw_error *reterr)
{
        size_t used = bw_arena_used(worker->arena);

        worker->arena_peak = BW_MAX(worker->arena_peak, used);
        if (used <= KEEP_ARENA) {
                bw_arena_reset(worker->arena);
                return 0;
        }
        bw_arena_free(worker->arena);
        worker->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        return worker->arena ? 0 : bw_error_nomem(reterr);
}

static int work_on_unit(struct bw_worker *worker, struct bw_error *reterr)
{
        struct bw_item item;
        int r;

        while ((r = bw_unit_item(worker->unit, &item, reterr)) == 1) {
                r = bw_worker_begin_part(
                        worker,
                        (struct bw_part_begin){
                                .input = item.input->number, .part = item.part, .is_whole = item.is_whole},
                        reterr);
                if (r < 0)
                        return r;
                if (item.failed)
                        r = bw_worker_broken(worker, &item, reterr);
                else
                        r = bw_worker_piece(worker, &item, reterr);
                if (r < 0)
                        return r;
                r = reset_arena(worker, reterr);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : bw_worker_finish_part(worker, reterr);
}

int bw_worker_step(struct bw_worker *worker)
{
        struct bw_scan_shared *shared = worker->shared;
        struct bw_feed_stats before = bw_unit_stats(worker->unit);
        uint64_t documents = worker->n_documents;
        struct bw_feed_stats after;
        int r = bw_feed_next(shared->feed, worker->unit, &worker->error);

        if (r == 0)
                return 0;
        if (r > 0)
                r = work_on_unit(worker, &worker->error);
        if (r < 0) {
                if (worker->error.code == 0)
                        (void)bw_error_set(&worker->error, r, "the run was broken off");
                bw_feed_stop(shared->feed);
                return r;
        }
        after = bw_unit_stats(worker->unit);
        (void)atomic_fetch_add_explicit(&shared->files, after.files - before.files, memory_order_relaxed);
        (void)atomic_fetch_add_explicit(&shared->bytes, after.bytes - before.bytes, memory_order_relaxed);
        (void)atomic_fetch_add_explicit(&shared->documents, worker->n_documents - documents, memory_order_relaxed);
        return 1;
}
