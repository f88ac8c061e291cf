/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "doc/inventory.h"
#include "doc/pod.h"
#include "scan/worker_internal.h"

/* Adds to a counter that all threads share; over: set once the sum is past the limit. */
static void count(atomic_uint_fast64_t *counter, uint64_t n, uint64_t limit, atomic_bool *over)
{
        if (atomic_fetch_add_explicit(counter, n, memory_order_relaxed) + n > limit)
                atomic_store_explicit(over, true, memory_order_relaxed);
}

/* The text is there for the source line of a finding; what no report would show is not kept. */
static bool needs_text(const struct bw_doc *doc)
{
        bool one_line = !doc->text.n || !memchr(doc->text.p, '\n', doc->text.n);

        return !(one_line && doc->text.n > BW_LIMIT_SOURCE_LINE) && !bw_str_is(doc->kind, "Secret");
}

static int keep_text(struct bw_worker *worker, const struct bw_doc *doc, struct bw_doc *kept)
{
        struct bw_scan_shared *shared = worker->shared;
        bool same = doc->text.p == worker->text_from.p && doc->text.n == worker->text_from.n;

        if (!needs_text(doc))
                return 0;
        if (!same) {
                count(&shared->kept_text, doc->text.n, BW_LIMIT_KEPT_TEXT, &shared->keeps_no_text);
                if (atomic_load_explicit(&shared->keeps_no_text, memory_order_relaxed))
                        return 0;
                worker->text_kept = bw_arena_str(worker->kept_texts, doc->text);
                if (!worker->text_kept.p)
                        return -ENOMEM;
                worker->text_from = doc->text;
        }
        kept->text = worker->text_kept;
        return 0;
}

static int begin(struct bw_worker *worker, struct bw_error *reterr)
{
        int r = 0;

        if (!worker->keeper)
                r = bw_keeper_new(&worker->keeper, reterr);
        if (r == 0 && !worker->kept_texts) {
                worker->kept_texts = bw_arena_new(0);
                if (!worker->kept_texts)
                        r = bw_error_nomem(reterr);
        }
        return r;
}

static bool is_owned(const struct bw_doc *doc)
{
        struct bw_str kind;
        struct bw_str name;

        return bw_doc_controller(doc, &kind, &name) && bw_pod_may_have(doc);
}

static int keep(struct bw_worker *worker, const struct bw_doc *doc, unsigned needs, struct bw_error *reterr)
{
        struct bw_scan_shared *shared = worker->shared;
        size_t before = bw_keeper_bytes(worker->keeper);
        struct bw_doc *kept;
        bool judged = needs & BW_NEED_JUDGED;
        /* What has a controller stands for others, or they for it: its beginning is place enough, and equal copies are one. */
        bool places = !is_owned(doc) &&
                      (judged || (needs & BW_NEED_MADE && !bw_pod_may_have(doc)));
        int r = bw_doc_keep(worker->keeper, doc, places, &kept, reterr);

        if (r < 0)
                return r;
        if ((places && keep_text(worker, doc, kept) < 0) ||
            bw_grow(&worker->kept, &worker->cap_kept, worker->n_kept + 1, sizeof(*worker->kept)) < 0)
                return bw_error_nomem(reterr);
        worker->kept[worker->n_kept++] = (struct bw_kept){.doc = kept, .part = worker->part.part, .judged = judged,
                                                         .owner = worker->fold_doc.owner};
        count(&shared->kept_docs, 1, BW_LIMIT_KEPT_DOCS, &shared->keeps_none);
        count(&shared->kept_bytes, bw_keeper_bytes(worker->keeper) - before, BW_LIMIT_KEPT_BYTES, &shared->keeps_none);
        return 0;
}

/* A ReplicaSet that a Deployment has left behind makes no pods; a large cluster has as many of them as of others. */
static bool is_history(const struct bw_doc *doc)
{
        struct bw_value replicas = bw_map_walk(doc->root, "spec.replicas");

        return bw_str_is(doc->kind, "ReplicaSet") && replicas.type == BW_INT && replicas.i == 0 && is_owned(doc);
}

int bw_worker_keep(struct bw_worker *worker, const struct bw_doc *doc, struct bw_error *reterr)
{
        unsigned needs = bw_catalog_needs(worker->shared->catalog, doc);
        int r;

        if (BW_LIKELY(!needs) || is_history(doc))
                return 0;
        if (atomic_load_explicit(&worker->shared->keeps_none, memory_order_relaxed)) {
                bw_worker_keep_done(worker);
                return 0;
        }
        r = begin(worker, reterr);
        return r < 0 ? r : keep(worker, doc, needs, reterr);
}

void bw_worker_keep_done(struct bw_worker *worker)
{
        bw_free(worker->kept);
        worker->kept = NULL;
        worker->n_kept = worker->cap_kept = 0;
        bw_keeper_free(bw_take(worker->keeper));
        bw_arena_free(bw_take(worker->kept_texts));
        worker->text_from = worker->text_kept = (struct bw_str){0};
}
