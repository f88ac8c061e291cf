/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/audit_log.h"

#include "base/arena.h"
#include "base/limits.h"
#include "collect/feed.h"

struct reader {
        const struct bw_audit_log_sink *sink;
        struct bw_feed *feed;
        struct bw_unit *unit;
        struct bw_arena *arena; /* of one event */
};

static void reader_done(struct reader *reader)
{
        bw_unit_free(reader->unit);
        bw_feed_free(reader->feed);
        bw_arena_free(reader->arena);
}

static int tell_broken(const struct reader *reader, const struct bw_item *item, struct bw_error *err)
{
        if (err->line == 0) {
                err->line = item->piece.line;
                err->column = item->piece.column;
        }
        bw_error_in_file(err, item->input->name);
        return reader->sink->broken(reader->sink->userdata, err);
}

static int read_item(struct reader *reader, const struct bw_item *item, struct bw_error *reterr)
{
        struct bw_error err = {0};
        struct bw_doc doc = {0};
        int r;

        if (item->failed)
                return reader->sink->broken(reader->sink->userdata, item->error);
        r = bw_doc_read(reader->arena, &item->piece, false, &doc, &err);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        if (r < 0)
                r = tell_broken(reader, item, &err);
        else if (doc.root.type == BW_MAP)
                r = reader->sink->event(reader->sink->userdata, doc.root, reterr);
        bw_arena_reset(reader->arena);
        return r;
}

int bw_audit_log_read(const struct bw_str *paths, size_t n_paths, const atomic_bool *cancel,
                      const struct bw_audit_log_sink *sink, struct bw_error *reterr)
{
        const struct bw_feed_options options = {.paths = paths, .n_paths = n_paths, .cancel = cancel};
        bw_auto_done(reader_done) struct reader reader = {.sink = sink, .arena = bw_arena_new(BW_LIMIT_DOC_ARENA)};
        struct bw_item item;
        int r = reader.arena ? bw_feed_new(&options, &reader.feed, reterr) : bw_error_nomem(reterr);

        if (r == 0)
                r = bw_unit_new(reader.feed, &reader.unit, reterr);
        if (r < 0)
                return r;
        while ((r = bw_feed_next(reader.feed, reader.unit, reterr)) == 1) {
                while ((r = bw_unit_item(reader.unit, &item, reterr)) == 1) {
                        r = read_item(&reader, &item, reterr);
                        if (r < 0)
                                return r;
                }
                if (r < 0)
                        return r;
        }
        return r;
}
