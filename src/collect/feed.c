/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/feed.h"

#include "base/alloc.h"
#include "collect/feed_internal.h"
#include "os/pool.h"

#define FILES_PER_UNIT 32 /* small files that one thread takes at once: one lock for all of them */

struct bw_feed {
        struct bw_monitor monitor;
        struct bw_walk *walk;
        const atomic_bool *cancel;
        struct bw_stream *first; /* streams waiting for a thread, in the order they came */
        struct bw_stream **last;
        size_t n_out; /* units of files in the hands of threads: each may give streams back */
        bool broken;  /* out of memory somewhere: nobody gets work any more */
};

static void stream_free(struct bw_stream *stream)
{
        if (stream->is_open)
                bw_source_done(&stream->source);
        bw_buf_done(&stream->carry);
        bw_free(stream);
}

void bw_feed_free(struct bw_feed *feed)
{
        if (!feed)
                return;
        while (feed->first) {
                struct bw_stream *stream = feed->first;

                feed->first = stream->next;
                stream_free(stream);
        }
        bw_walk_free(feed->walk);
        bw_monitor_done(&feed->monitor);
        bw_free(feed);
}

const atomic_bool *bw_feed_cancel(const struct bw_feed *feed)
{
        return feed->cancel;
}

static bool is_cancelled(const struct bw_feed *feed)
{
        return feed->broken || (feed->cancel && atomic_load_explicit(feed->cancel, memory_order_relaxed));
}

static struct bw_stream *stream_new(struct bw_str name, uint32_t number, unsigned flags)
{
        struct bw_stream *stream = bw_zalloc(sizeof(*stream) + name.n + 1);

        if (!stream)
                return NULL;
        memcpy(stream->name, name.p, name.n);
        stream->name_n = name.n;
        stream->number = number;
        stream->flags = flags;
        stream->fd = -1;
        return stream;
}

static void put_last(struct bw_feed *feed, struct bw_stream *stream)
{
        *feed->last = stream;
        feed->last = &stream->next;
}

static struct bw_stream *take_first(struct bw_feed *feed)
{
        struct bw_stream *stream = feed->first;

        feed->first = stream->next;
        stream->next = NULL;
        if (!feed->first)
                feed->last = &feed->first;
        return stream;
}

static int add_streams(struct bw_feed *feed, const struct bw_feed_options *options, struct bw_error *reterr)
{
        for (size_t i = 0; i < options->n_streams; i++) {
                struct bw_stream *stream = stream_new(options->streams[i].name, options->streams[i].number, 0);

                if (!stream)
                        return bw_error_nomem(reterr);
                stream->fd = options->streams[i].fd;
                put_last(feed, stream);
        }
        return 0;
}

int bw_feed_new(const struct bw_feed_options *options, struct bw_feed **ret_feed, struct bw_error *reterr)
{
        struct bw_feed *feed = bw_zalloc(sizeof(*feed));
        int r;

        if (!feed)
                return bw_error_nomem(reterr);
        feed->cancel = options->cancel;
        feed->last = &feed->first;
        r = bw_monitor_init(&feed->monitor, reterr);
        if (r < 0) {
                bw_free(feed);
                return r;
        }
        r = bw_walk_new(options->paths, options->n_paths, options->no_ignore, &feed->walk, reterr);
        if (r == 0)
                r = add_streams(feed, options, reterr);
        if (r < 0) {
                bw_feed_free(feed);
                return r;
        }
        *ret_feed = feed;
        return 0;
}

int bw_feed_give_back(struct bw_feed *feed, struct bw_str name, uint32_t number, unsigned flags,
                      struct bw_error *reterr)
{
        struct bw_stream *stream = stream_new(name, number, flags);

        if (!stream)
                return bw_error_nomem(reterr);
        bw_monitor_enter(&feed->monitor);
        put_last(feed, stream);
        bw_monitor_wake(&feed->monitor);
        bw_monitor_leave(&feed->monitor);
        return 0;
}

/* Small files into the unit; standard input becomes a stream. 1: the unit has something, or a stream waits. */
static int take_files(struct bw_feed *feed, struct bw_unit *unit, struct bw_error *reterr)
{
        struct bw_walk_entry entry;

        while (unit->n_files < FILES_PER_UNIT && !feed->first) {
                int r;

                entry.error.code = 0;
                r = bw_walk_next(feed->walk, &entry, reterr);
                if (r < 0)
                        return r;
                if (r == 0)
                        break;
                if (entry.flags & BW_WALK_STDIN) {
                        struct bw_stream *stream = stream_new(entry.name, entry.number, entry.flags);

                        if (!stream)
                                return bw_error_nomem(reterr);
                        put_last(feed, stream);
                        continue;
                }
                r = bw_unit_add_file(unit, &entry, reterr);
                if (r < 0)
                        return r;
        }
        return unit->n_files > 0 || feed->first;
}

/* The next slice of the first stream. */
static int take_slice(struct bw_feed *feed, struct bw_unit *unit, struct bw_error *reterr)
{
        struct bw_stream *stream = feed->first;
        int r = bw_unit_fill(unit, stream, feed->cancel, reterr);

        if (r <= 0)
                stream_free(take_first(feed));
        return r;
}

static int next_locked(struct bw_feed *feed, struct bw_unit *unit, struct bw_error *reterr)
{
        if (unit->n_files)
                feed->n_out--;
        bw_unit_clear(unit);
        while (!is_cancelled(feed)) {
                int r;

                if (feed->first) {
                        r = take_slice(feed, unit, reterr);
                        if (r < 0)
                                return r;
                        if (!bw_unit_is_empty(unit))
                                return 1;
                        continue;
                }
                r = take_files(feed, unit, reterr);
                if (r < 0)
                        return r;
                if (unit->n_files) {
                        feed->n_out++;
                        return 1;
                }
                if (r > 0)
                        continue;
                if (feed->n_out == 0)
                        return 0;
                bw_monitor_wait(&feed->monitor);
        }
        return 0;
}

int bw_feed_next(struct bw_feed *feed, struct bw_unit *unit, struct bw_error *reterr)
{
        int r;

        bw_monitor_enter(&feed->monitor);
        r = next_locked(feed, unit, reterr);
        if (r < 0)
                feed->broken = true;
        /* Others may wait to hear that nothing more will come. */
        if (r <= 0)
                bw_monitor_wake(&feed->monitor);
        bw_monitor_leave(&feed->monitor);
        return r;
}

void bw_feed_stop(struct bw_feed *feed)
{
        bw_monitor_enter(&feed->monitor);
        feed->broken = true;
        bw_monitor_wake(&feed->monitor);
        bw_monitor_leave(&feed->monitor);
}

bool bw_feed_has_more(struct bw_feed *feed)
{
        bool more;

        bw_monitor_enter(&feed->monitor);
        more = feed->first || !bw_walk_is_done(feed->walk);
        bw_monitor_leave(&feed->monitor);
        return more;
}
