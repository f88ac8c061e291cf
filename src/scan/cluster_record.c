/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/limits.h"
#include "collect/feed.h"
#include "scan/cluster.h"
#include "scan/clusters_internal.h"
#include "scan/slim.h"
#include "scan/snapshot.h"

#define KEEP_ARENA ((size_t)8 << 20) /* an arena that held more goes back after the document */

struct recorder {
        const struct bw_cluster_recording *options;
        struct bw_snapshot_stream *out;
        struct bw_feed *feed;
        struct bw_unit *unit;
        struct bw_arena *arena;         /* of the document at hand */
        struct bw_cluster_recorded recorded;
        bool cannot_write;
};

static void recorder_done(struct recorder *r)
{
        bw_unit_free(r->unit);
        bw_feed_free(r->feed);
        bw_snapshot_stream_free(r->out);
        bw_arena_free(r->arena);
}

static int begin(struct recorder *r, struct bw_error *reterr)
{
        const struct bw_cluster_recording *options = r->options;
        const struct bw_cluster_head head = {
                .server = bw_cluster_server(options->cluster),
                .version = options->version,
                .time = options->now,
                .kubernetes_minor = bw_cluster_minor(options->cluster),
        };
        const struct bw_feed_stream stream = {.name = head.server, .fd = bw_cluster_fd(options->cluster), .number = BW_CLUSTER_LIVE};
        const struct bw_feed_options feed = {.streams = &stream, .n_streams = 1};
        int code;

        r->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        if (!r->arena)
                return bw_error_nomem(reterr);
        code = bw_feed_new(&feed, &r->feed, reterr);
        if (code == 0)
                code = bw_unit_new(r->feed, &r->unit, reterr);
        return code < 0 ? code :
                          bw_snapshot_stream_new(&head, options->packed, options->sink, options->userdata, &r->out, reterr);
}

static int record_doc(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        struct recorder *r = userdata;
        int code;

        if (doc->kind.n == 0)
                return 0;
        code = bw_slim(r->arena, doc, reterr);
        if (code < 0)
                return code;
        r->recorded.documents++;
        code = bw_snapshot_stream_add(r->out, doc, reterr);
        r->cannot_write = code < 0;
        return code;
}

/* What cannot be read does not end the recording. */
static int record_item(struct recorder *r, const struct bw_item *item, struct bw_error *reterr)
{
        struct bw_error err = {0};
        struct bw_doc doc = {0};
        int code = item->failed ? item->error->code : bw_doc_read(r->arena, &item->piece, false, &doc, &err);

        if (item->failed)
                err = *item->error;
        doc.input = item->input;
        doc.text = (struct bw_str){0};
        if (code == 0)
                code = bw_doc_list_items(r->arena, &doc, record_doc, r, &err);
        if (code == 0)
                return 0;
        if (code == -ENOMEM || r->cannot_write) {
                if (reterr)
                        *reterr = err;
                return code;
        }
        if (r->recorded.broken++ == 0)
                r->recorded.first = err;
        return 0;
}

static int reset_arena(struct recorder *r, struct bw_error *reterr)
{
        if (bw_arena_used(r->arena) <= KEEP_ARENA) {
                bw_arena_reset(r->arena);
                return 0;
        }
        bw_arena_free(r->arena);
        r->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        return r->arena ? 0 : bw_error_nomem(reterr);
}

static int record_all(struct recorder *r, struct bw_error *reterr)
{
        struct bw_item item;
        int code;

        while ((code = bw_feed_next(r->feed, r->unit, reterr)) == 1) {
                while ((code = bw_unit_item(r->unit, &item, reterr)) == 1) {
                        code = record_item(r, &item, reterr);
                        if (code == 0)
                                code = reset_arena(r, reterr);
                        if (code < 0)
                                return code;
                }
                if (code < 0)
                        return code;
                if (r->options->progress)
                        r->options->progress(r->options->progress_userdata, r->recorded.documents, bw_unit_stats(r->unit).bytes);
        }
        return code;
}

int bw_cluster_record(const struct bw_cluster_recording *recording, struct bw_cluster_recorded *ret, struct bw_error *reterr)
{
        bw_auto_done(recorder_done) struct recorder r = {.options = recording};
        int code = begin(&r, reterr);

        if (code == 0)
                code = record_all(&r, reterr);
        if (code == 0)
                code = bw_snapshot_stream_end(r.out, reterr);
        if (code < 0)
                return code;
        *ret = r.recorded;
        return 0;
}
