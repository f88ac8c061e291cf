/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/join_internal.h"

#include "analyze/synthesis.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "doc/inventory.h"
#include "scan/worker_internal.h"

enum { CHUNK = 32, FEW = 128 }; /* documents that a thread takes at once; so many are not worth a further thread */

struct join {
        struct bw_scan_shared *shared;
        struct bw_worker *workers;
        unsigned n_workers; /* that have begun */
        const atomic_bool *cancel;
        struct bw_inventory *inventory;
        struct bw_joins *joins;
        struct bw_kept *judged; /* in the order of the inputs */
        size_t n_judged;
        bool makes;             /* rules are for what many documents imply together */
        struct bw_kept *all;    /* in the order of the documents' addresses */
        size_t n_all;
        struct bw_arena *made;
        atomic_size_t next;
};

static void join_done(struct join *j)
{
        for (unsigned i = 0; i < j->n_workers; i++) {
                if (j->workers[i].judge)
                        bw_judge_join(j->workers[i].judge, NULL);
                bw_worker_keep_done(&j->workers[i]);
        }
        bw_joins_free(j->joins);
        bw_inventory_free(j->inventory);
        bw_free(j->judged);
        bw_free(j->all);
        bw_arena_free(j->made);
}

static int by_place(const void *a, const void *b)
{
        const struct bw_kept *x = a;
        const struct bw_kept *y = b;
        uint32_t input_x = x->doc->input->number;
        uint32_t input_y = y->doc->input->number;

        if (input_x != input_y)
                return input_x < input_y ? -1 : 1;
        if (x->part != y->part)
                return x->part < y->part ? -1 : 1;
        return (x->doc->index > y->doc->index) - (x->doc->index < y->doc->index);
}

/* What was kept by a worker goes into the inventory and, if it is to be judged, on the list. */
static int take_kept(struct join *j, struct bw_worker *worker, struct bw_error *reterr)
{
        bool no_text = atomic_load(&j->shared->keeps_no_text);
        int r = 0;

        for (size_t i = 0; i < worker->n_kept && r == 0; i++) {
                const struct bw_kept *kept = &worker->kept[i];

                if (no_text)
                        kept->doc->text = BW_STR("");
                r = bw_inventory_add(j->inventory, kept->doc, reterr);
                if (j->makes)
                        j->all[j->n_all++] = *kept;
                if (r < 0 || !kept->judged)
                        continue;
                j->judged[j->n_judged++] = *kept;
                r = bw_catalog_prepare_joined(j->shared->catalog, kept->doc, reterr);
        }
        if (no_text)
                bw_arena_free(bw_take(worker->kept_texts));
        if (worker->keeper)
                bw_keeper_finish(worker->keeper);
        return r;
}

static int gather(struct join *j, struct bw_error *reterr)
{
        size_t n = 0;
        int r = bw_inventory_new(&j->inventory, reterr);

        for (unsigned i = 0; i < j->n_workers; i++)
                n += j->workers[i].n_kept;
        j->judged = bw_reallocarray(NULL, n, sizeof(*j->judged));
        j->all = j->makes ? bw_reallocarray(NULL, n, sizeof(*j->all)) : NULL;
        if (!j->judged || (j->makes && !j->all))
                return bw_error_nomem(reterr);
        for (unsigned i = 0; i < j->n_workers && r == 0; i++)
                r = take_kept(j, &j->workers[i], reterr);
        if (r < 0 || (j->n_judged == 0 && !j->makes))
                return r;
        qsort(j->judged, j->n_judged, sizeof(*j->judged), by_place);
        r = bw_inventory_seal(j->inventory, reterr);
        return r < 0 ? r : bw_joins_new(j->shared->catalog, j->inventory, &j->joins, reterr);
}

static bool is_cancelled(const struct join *j)
{
        return j->cancel && atomic_load_explicit(j->cancel, memory_order_relaxed);
}

static int judge_chunk(struct join *j, struct bw_worker *worker, size_t from, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = from; i < BW_MIN(from + CHUNK, j->n_judged) && r == 0 && !is_cancelled(j); i++) {
                const struct bw_kept *kept = &j->judged[i];
                const struct bw_part_begin part = {
                        .input = kept->doc->input->number, .part = kept->part, .is_whole = true, .joined = true};

                r = bw_worker_begin_part(worker, part, reterr);
                if (r == 0)
                        r = bw_worker_join(worker, kept, reterr);
        }
        return r;
}

static void judge_all(void *arg, unsigned index)
{
        struct join *j = arg;
        struct bw_worker *worker = &j->workers[index];
        size_t from;
        int r = 0;

        bw_judge_join(worker->judge, j->joins);
        while (r == 0 && (from = atomic_fetch_add(&j->next, CHUNK)) < j->n_judged)
                r = judge_chunk(j, worker, from, &worker->error);
        if (r == 0)
                r = bw_worker_finish_part(worker, &worker->error);
        if (r < 0) {
                (void)bw_error_set(&worker->error, r, "the run was broken off");
                atomic_store(&j->next, j->n_judged);
        }
}

/* ---- what many documents imply together */

static int by_address(const void *a, const void *b)
{
        const struct bw_doc *x = ((const struct bw_kept *)a)->doc;
        const struct bw_doc *y = ((const struct bw_kept *)b)->doc;

        return (x > y) - (x < y);
}

/* A document that was made, judged by the first worker, and told of the document that it is about. */
static int judge_made(void *userdata, struct bw_doc *doc, const struct bw_doc *about, struct bw_error *reterr)
{
        struct join *j = userdata;
        const struct bw_kept key = {.doc = (struct bw_doc *)(uintptr_t)about};
        const struct bw_kept *kept = about ? bsearch(&key, j->all, j->n_all, sizeof(*j->all), by_address) : NULL;
        const struct bw_doc *first = j->all[0].doc;
        const struct bw_part_begin part = {.input = kept ? kept->doc->input->number : first->input->number,
                                           .part = kept ? kept->part : 0,
                                           .is_whole = true,
                                           .joined = true};
        int r;

        if (is_cancelled(j))
                return 0;
        doc->input = first->input;
        r = bw_catalog_prepare(j->shared->catalog, doc, reterr);
        if (r == 0)
                r = bw_worker_begin_part(&j->workers[0], part, reterr);
        return r < 0 ? r : bw_worker_made(&j->workers[0], doc, kept ? kept->doc : doc, reterr);
}

static int make_all(struct join *j, struct bw_error *reterr)
{
        int r = 0;

        j->made = bw_arena_new(0);
        if (!j->made)
                return bw_error_nomem(reterr);
        qsort(j->all, j->n_all, sizeof(*j->all), by_address);
        for (size_t i = 0; bw_synthesizers[i] && r == 0 && j->n_all && !is_cancelled(j); i++) {
                if (!bw_catalog_wants_made(j->shared->catalog, i))
                        continue;
                r = bw_synthesizers[i]->make(j->made, j->inventory, judge_made, j, reterr);
                bw_arena_reset(j->made);
                bw_free_unused();
        }
        return r < 0 ? r : bw_worker_finish_part(&j->workers[0], reterr);
}

int bw_join(struct bw_scan_shared *shared, struct bw_worker *workers, unsigned n_workers, const atomic_bool *cancel,
            struct bw_error *reterr)
{
        bw_auto_done(join_done) struct join j = {.shared = shared, .workers = workers, .cancel = cancel};
        struct bw_pool *pool = NULL;
        int r;

        while (j.n_workers < n_workers && workers[j.n_workers].judge)
                j.n_workers++;
        if (atomic_load(&shared->kept_docs) == 0 || atomic_load(&shared->keeps_none) || is_cancelled(&j))
                return 0;
        for (size_t i = 0; bw_synthesizers[i]; i++)
                j.makes |= bw_catalog_wants_made(shared->catalog, i);
        r = gather(&j, reterr);
        if (r < 0 || (j.n_judged == 0 && !j.makes))
                return r;
        if (j.n_workers > 1 && j.n_judged > FEW)
                /* Without further threads the work is done by this one. */
                (void)!bw_pool_start(j.n_workers - 1, 1, judge_all, &j, &pool, NULL);
        judge_all(&j, 0);
        bw_pool_join(pool);
        for (unsigned i = 0; i < j.n_workers; i++) {
                if (workers[i].error.code == 0)
                        continue;
                if (reterr)
                        *reterr = workers[i].error;
                return workers[i].error.code;
        }
        if (!j.makes)
                return 0;
        /* What is made needs the inventory alone, and memory. */
        for (unsigned i = 0; i < j.n_workers; i++)
                bw_judge_join(workers[i].judge, NULL);
        bw_joins_free(bw_take(j.joins));
        bw_free(bw_take(j.judged));
        bw_free_unused();
        return make_all(&j, reterr);
}
