/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed: hands out the work of a run in units that take a thread some milliseconds: a few dozen small files, which the
 * thread opens and reads itself, or the next slice of one big stream, cut where documents end, so that all threads
 * share one big file. Memory does not grow with the input: units are refilled, and a slice is larger than
 * BW_FEED_SLICE only when a single document is.
 *
 *         while (bw_feed_next(feed, unit, &err) == 1)
 *                 while (bw_unit_item(unit, &item, &err) == 1)
 *                         …
 *
 * Ownership: a feed owns its walk and streams; a unit owns the bytes that its items borrow, until the next
 *            bw_unit_item.
 * Errors: what cannot be read is an item with an error; a negative return is the end of the run (out of memory).
 * Threads: a unit belongs to one thread; units of the same feed work in any number of threads.
 */
#ifndef BW_COLLECT_FEED_H
#define BW_COLLECT_FEED_H

#include <stdatomic.h>

#include "base/error.h"
#include "doc/stream.h"

#define BW_FEED_SLICE ((size_t)256 << 10) /* bytes of text in a slice, about */

struct bw_feed;
struct bw_unit;

/* Text that comes through a descriptor: a pipe from whoever fetches it. */
struct bw_feed_stream {
        struct bw_str name;         /* of the input */
        int fd;                     /* the caller's; used until the feed is freed */
        uint32_t number;            /* of the input; files count from 0 */
};

struct bw_feed_options {
        const struct bw_str *paths; /* as in collect/walk.h; borrowed */
        size_t n_paths;
        const struct bw_feed_stream *streams; /* given first; borrowed until bw_feed_new returns */
        size_t n_streams;
        bool no_ignore;
        const atomic_bool *cancel;  /* may be NULL; when true, no further unit or file is given */
};

BW_CHECK int bw_feed_new(const struct bw_feed_options *options, struct bw_feed **ret_feed, struct bw_error *reterr);
void bw_feed_free(struct bw_feed *feed);
BW_DEFINE_AUTO(struct bw_feed *, bw_feed_free);

BW_CHECK int bw_unit_new(struct bw_feed *feed, struct bw_unit **ret_unit, struct bw_error *reterr);
void bw_unit_free(struct bw_unit *unit);
BW_DEFINE_AUTO(struct bw_unit *, bw_unit_free);

/* Fills the unit. 1: there is work; 0: there is none left, and there will be none. */
BW_CHECK int bw_feed_next(struct bw_feed *feed, struct bw_unit *unit, struct bw_error *reterr);
/* True if another unit could be had now: worth a further thread. */
bool bw_feed_has_more(struct bw_feed *feed);
/* Gives no work any more: for a thread that gives up while others wait for what it may hand back. */
void bw_feed_stop(struct bw_feed *feed);

struct bw_item {
        const struct bw_input *input;
        uint32_t part;                /* of the input, from 0: items are in order of input, part, and as they come */
        bool is_whole;                /* the input has no other part */
        bool failed;
        struct bw_piece piece;        /* one document's text; if failed: only the text that could not be cut, or none */
        const struct bw_error *error; /* if failed */
};
BW_CHECK int bw_unit_item(struct bw_unit *unit, struct bw_item *ret_item, struct bw_error *reterr);

struct bw_feed_stats {
        uint64_t files; /* read, or begun */
        uint64_t bytes; /* of text */
};
/* What this unit's owner has read so far. */
struct bw_feed_stats bw_unit_stats(const struct bw_unit *unit);

#endif
