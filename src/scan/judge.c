/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a document to findings. */
#include "analyze/derive.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "doc/classify.h"
#include "doc/pod.h"
#include "scan/clusters_internal.h"
#include "scan/slim.h"
#include "scan/worker_internal.h"

/*
 * Reports go further than manifests do: a line that may hold a secret is not shown. A whole object, or a list of them, can
 * be on one line; the line of an environment variable holds its value, and a command line whatever is passed on it.
 */
static bool is_shown(const struct bw_finding *f)
{
        static const char *const paths[] = {".args", ".command"};
        /* Fields with secrets, as YAML and JSON have them on a line with others. */
        static const char *const fields[] = {"value:",         "\"value\"",  "args:",      "\"args\"", "command:",
                                             "\"command\"",    "stringData", "binaryData", " data:",   "{data:",
                                             "\"data\"",      "annotations:", "\"annotations\""};
        struct bw_str line = f->location.source;
        struct bw_str path = f->location.path;
        struct bw_byte_set bytes;

        if (line.n > BW_LIMIT_SOURCE_LINE || bw_str_is(f->resource.kind, "Secret"))
                return false;
        if (bw_str_is(f->resource.kind, "ConfigMap") &&
            (bw_str_starts(path, BW_STR("data")) || bw_str_starts(path, BW_STR("binaryData"))))
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++)
                if (bw_str_find(path, bw_str(paths[i])) != SIZE_MAX)
                        return false;
        bytes = bw_str_bytes(line);
        for (size_t i = 0; i < BW_ARRAY_SIZE(fields); i++)
                if (bw_byte_set_covers(&bytes, bw_str(fields[i])) && bw_str_find(line, bw_str(fields[i])) != SIZE_MAX)
                        return false;
        return true;
}

/* What all findings of a document say of it. */
static int keep_subject(struct bw_worker *worker, const struct bw_finding *finding)
{
        struct bw_resource *subject = &worker->subject;
        struct bw_str *const texts[] = {&subject->api_version, &subject->kind, &subject->ns, &subject->name,
                                        &worker->subject_file};

        *subject = finding->resource;
        worker->subject_file = finding->location.file;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++)
                if (bw_texts_keep(worker->texts, texts[i]) < 0)
                        return -ENOMEM;
        worker->has_subject = true;
        return 0;
}

/* Changes of the text lie in the document's arena. */
static int keep_edits(struct bw_texts *texts, struct bw_finding *f)
{
        struct bw_edit *edits;

        if (f->n_edits == 0)
                return 0;
        edits = bw_texts_copy(texts, f->edits, f->n_edits * sizeof(*edits));
        if (!edits)
                return -ENOMEM;
        for (size_t i = 0; i < f->n_edits; i++)
                if (bw_texts_keep(texts, &edits[i].text) < 0)
                        return -ENOMEM;
        f->edits = edits;
        return 0;
}

/* Evidence borrows from the document. */
static int keep_evidence(struct bw_texts *texts, struct bw_finding *f)
{
        struct bw_finding_evidence *evidence;

        if (!f->evidence)
                return 0;
        evidence = bw_texts_copy(texts, f->evidence, sizeof(*evidence));
        if (!evidence)
                return -ENOMEM;
        f->evidence = evidence;
        if (bw_texts_keep(texts, &evidence->type) < 0 || bw_texts_keep(texts, &evidence->state) < 0 ||
            bw_texts_keep(texts, &evidence->text) < 0 || bw_texts_keep(texts, &evidence->file) < 0)
                return -ENOMEM;
        return 0;
}

/* A copy with texts that outlive the document. */
static int keep_finding(struct bw_worker *worker, const struct bw_finding *finding, struct bw_finding *ret)
{
        struct bw_finding f = *finding;
        struct bw_str *const texts[] = {&f.location.path, &f.location.source, &f.message};

        if (!is_shown(&f))
                f.location.source = (struct bw_str){0};
        if (!worker->has_subject && keep_subject(worker, finding) < 0)
                return -ENOMEM;
        f.resource = worker->subject;
        f.resource.line = finding->resource.line;
        if (bw_str_eq(f.location.file, worker->subject_file))
                f.location.file = worker->subject_file;
        else if (bw_texts_keep(worker->texts, &f.location.file) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++)
                if (bw_texts_keep(worker->texts, texts[i]) < 0)
                        return -ENOMEM;
        /* A rule's own fix lives as long as the catalog. */
        if (f.remediation.p != f.rule->fix.p && bw_texts_keep(worker->texts, &f.remediation) < 0)
                return -ENOMEM;
        if (keep_edits(worker->texts, &f) < 0 || keep_evidence(worker->texts, &f) < 0)
                return -ENOMEM;
        *ret = f;
        return 0;
}

int bw_worker_add_finding(void *userdata, const struct bw_finding *finding)
{
        struct bw_worker *worker = userdata;
        struct bw_part *part = &worker->part;
        struct bw_finding *to = NULL;

        if (bw_owner_is_set(worker->fold_doc.owner) && finding->same.high) {
                int r = bw_fold_add(worker->fold, &worker->fold_doc, finding, &to);

                return r < 0 || !to ? r : keep_finding(worker, finding, to);
        }
        /* What is excepted for a controller is so for what it makes: that is known in the end only. */
        if (finding->exception && !worker->shared->keep_excepted && !finding->same.high)
                return 0;
        if (bw_grow(&part->findings, &worker->findings_cap, part->n_findings + 1, sizeof(*part->findings)) < 0 ||
            keep_finding(worker, finding, &part->findings[part->n_findings]) < 0)
                return -ENOMEM;
        part->n_findings++;
        return 0;
}

/* Rules are compiled when the first document that needs them is met, by whichever thread meets it. */
static int prepare(struct bw_worker *worker, const struct bw_doc *doc, struct bw_error *reterr)
{
        struct bw_scan_shared *shared = worker->shared;
        int r;

        if (BW_LIKELY(bw_catalog_is_ready(shared->catalog, doc)))
                return 0;
        bw_monitor_enter(&shared->catalog_lock);
        r = bw_catalog_prepare(shared->catalog, doc, reterr);
        bw_monitor_leave(&shared->catalog_lock);
        return r;
}

/* An error of this document: an entry in the report, unless memory is out, which ends the run. */
static int document_error(struct bw_worker *worker, const struct bw_doc *doc, int code, struct bw_error *err,
                          struct bw_error *reterr)
{
        if (code == -ENOMEM)
                return bw_error_nomem(reterr);
        if (err->line == 0) {
                err->line = doc->line;
                err->column = doc->column;
        }
        return bw_worker_add_error(worker, doc->input->name, err, reterr);
}

/* bulwark's own settings file, which often lies beside what it is for. */
static bool is_settings(const struct bw_doc *doc)
{
        return bw_str_is(doc->group, "bulwark.dev") && bw_str_is(doc->kind, "Config");
}

/* Who answers for the document's findings. Those of custom controllers may make pods of more than one template. */
static int begin_fold(struct bw_worker *worker, const struct bw_doc *doc)
{
        struct bw_siphash_key key = worker->shared->world->fold_key;
        struct bw_owner_id owner;
        bool is_plain;

        worker->fold_doc = (struct bw_fold_doc){0};
        if (!worker->fold || !bw_pod_may_have(doc))
                return 0;
        bw_fold_begin(worker->fold, (struct bw_fold_place){
                                            .input = worker->part.input, .part = worker->part.part, .doc = doc->index});
        owner = bw_owner_of(doc, key, &is_plain);
        worker->fold_doc.is_pod = bw_str_is(doc->kind, "Pod");
        if (is_plain)
                worker->fold_doc.owner = owner;
        else if (worker->fold_doc.is_pod)
                (void)bw_catalog_template(worker->shared->catalog, doc, key, owner, worker->fold_doc.owner.words);
        if (worker->fold_doc.is_pod)
                return 0;
        return bw_fold_owner(worker->fold, bw_owner_self(doc, key), worker->fold_doc.owner);
}

/* Whether somebody answers for a finding of a template in this very pod. */
static bool has_exceptions(struct bw_worker *worker, const struct bw_doc *doc)
{
        const struct bw_world *world = worker->shared->world;

        for (size_t i = 0; world->exceptions && i < bw_fold_recalled(worker->fold); i++) {
                struct bw_finding f = *bw_fold_recalled_at(worker->fold, i);

                if (f.verdict != BW_VERDICT_FAIL && f.verdict != BW_VERDICT_MANUAL)
                        continue;
                f.resource = (struct bw_resource){
                        .api_version = doc->api_version, .kind = doc->kind, .ns = doc->ns, .name = doc->name};
                f.location.file = doc->input->name;
                if (bw_exceptions_match(world->exceptions, doc, &f, world->now, worker->arena))
                        return true;
        }
        return false;
}

static int judge_doc(struct bw_worker *worker, struct bw_doc *doc, struct bw_error *reterr)
{
        return bw_catalog_evaluate(worker->shared->catalog, worker->judge, doc, worker->arena, bw_worker_add_finding, worker,
                                   reterr);
}

/* A pod like one before it gets what uniform rules found there. */
static int judge_folded(struct bw_worker *worker, struct bw_doc *doc, struct bw_error *reterr)
{
        const struct bw_catalog *catalog = worker->shared->catalog;
        const struct bw_uniform_counts *known;
        struct bw_uniform_counts counts;
        uint64_t hash[2];
        int r;

        if (!bw_owner_is_set(worker->fold_doc.owner) || doc->derives == BW_DERIVES_SOMETHING ||
            !bw_catalog_template(catalog, doc, worker->shared->world->fold_key, worker->fold_doc.owner, hash))
                return judge_doc(worker, doc, reterr);
        known = bw_fold_recall(worker->fold, hash);
        if (known && !has_exceptions(worker, doc)) {
                worker->n_like++;
                bw_judge_repeat(worker->judge, known);
                bw_fold_repeat(worker->fold);
                return bw_catalog_evaluate_varying(catalog, worker->judge, doc, worker->arena, bw_worker_add_finding, worker,
                                                   reterr);
        }
        bw_fold_record(worker->fold);
        (void)bw_judge_uniform(worker->judge);
        r = judge_doc(worker, doc, reterr);
        counts = bw_judge_uniform(worker->judge);
        if (bw_fold_remember(worker->fold, hash, r < 0 ? NULL : &counts) < 0)
                return bw_error_nomem(reterr);
        return r;
}

int bw_worker_doc(struct bw_worker *worker, struct bw_doc *doc, struct bw_error *reterr)
{
        struct bw_error err = {0};
        int r;

        doc->index = worker->part.n_docs++;
        if (doc->api_version.n == 0 || doc->kind.n == 0 || is_settings(doc)) {
                worker->n_other++;
                return 0;
        }
        worker->n_documents++;
        worker->has_subject = false;
        if (worker->shared->world->exceptions &&
            bw_exceptions_see(worker->shared->world->exceptions, doc, worker->arena) < 0)
                return bw_error_nomem(reterr);
        /* Asked twice from here on. */
        doc->derives = bw_derive_wants(doc) ? BW_DERIVES_SOMETHING : BW_DERIVES_NOTHING;
        r = prepare(worker, doc, reterr);
        if (r < 0)
                return r;
        if (begin_fold(worker, doc) < 0)
                return bw_error_nomem(reterr);
        r = judge_folded(worker, doc, &err);
        if (r < 0)
                return document_error(worker, doc, r, &err, reterr);
        return bw_worker_keep(worker, doc, reterr);
}

/* The first line of a cluster's snapshot says what it is. */
static bool is_head(const struct bw_doc *doc)
{
        return bw_str_is(doc->group, "bulwark.dev") && bw_str_is(doc->kind, "ClusterSnapshot");
}

static int judge_object(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct bw_worker *worker = userdata;
        uint32_t number = doc->input->number;
        int r = 0;

        if (bw_cluster_number_is_snapshot(number)) {
                if (is_head(doc))
                        return 0;
                doc->is_slim = true;
        } else if (bw_cluster_number_is(number)) {
                r = bw_slim(worker->arena, doc, reterr);
        }
        return r < 0 ? r : bw_worker_doc(worker, doc, reterr);
}

int bw_worker_join(struct bw_worker *worker, const struct bw_kept *kept, struct bw_error *reterr)
{
        struct bw_error err = {0};
        int r;

        worker->has_subject = false;
        worker->fold_doc = (struct bw_fold_doc){.owner = kept->owner, .is_pod = bw_str_is(kept->doc->kind, "Pod")};
        if (worker->fold)
                bw_fold_begin(worker->fold, (struct bw_fold_place){.input = kept->doc->input->number,
                                                                   .part = kept->part,
                                                                   .doc = kept->doc->index});
        r = bw_catalog_evaluate_joined(worker->shared->catalog, worker->judge, kept->doc, worker->arena,
                                       bw_worker_add_finding, worker, &err);
        bw_arena_reset(worker->arena);
        return r < 0 ? document_error(worker, kept->doc, r, &err, reterr) : 0;
}

int bw_worker_made(struct bw_worker *worker, struct bw_doc *doc, struct bw_doc *about, struct bw_error *reterr)
{
        struct bw_error err = {0};
        int r;

        worker->has_subject = false;
        worker->fold_doc = (struct bw_fold_doc){0};
        r = bw_catalog_evaluate_made(worker->shared->catalog, worker->judge, doc, about, worker->arena, bw_worker_add_finding,
                                     worker, &err);
        bw_arena_reset(worker->arena);
        return r < 0 ? document_error(worker, about, r, &err, reterr) : 0;
}

/* Text that cannot be read because it is to be made into a document first is counted, not complained of. */
static bool is_template(struct bw_worker *worker, int code, struct bw_str text)
{
        if (code != -EINVAL || !bw_text_is_template(text))
                return false;
        worker->has_template = true;
        worker->n_other++;
        return true;
}

int bw_worker_broken(struct bw_worker *worker, const struct bw_item *item, struct bw_error *reterr)
{
        if (is_template(worker, item->error->code, item->piece.text))
                return 0;
        return bw_worker_add_error(worker, item->input->name, item->error, reterr);
}

int bw_worker_piece(struct bw_worker *worker, const struct bw_item *item, struct bw_error *reterr)
{
        struct bw_doc doc = {0};
        struct bw_error err = {0};
        int r = bw_doc_read(worker->arena, &item->piece, false, &doc, &err);

        worker->text_from = (struct bw_str){0}; /* the next text may stand where the last one stood */
        if (is_template(worker, r, item->piece.text))
                return 0;
        doc.input = item->input;
        if (bw_cluster_number_is(item->input->number)) {
                /* Where an object stands in a stream tells nobody anything. */
                doc.text = (struct bw_str){0};
                doc.bytes = NULL;
                doc.line = doc.column = err.line = err.column = 0;
                doc.mark = (struct bw_mark){0};
        } else if (r < 0) {
                doc.line = item->piece.line;
                doc.column = item->piece.column;
        }
        if (r < 0)
                return document_error(worker, &doc, r, &err, reterr);
        if (doc.root.type == BW_NULL) /* comments only */
                return 0;
        r = bw_doc_list_items(worker->arena, &doc, judge_object, worker, &err);
        if (r < 0 && err.code == 0)
                (void)bw_error_set(&err, r, "the document cannot be judged");
        return r < 0 ? document_error(worker, &doc, r, &err, reterr) : 0;
}
