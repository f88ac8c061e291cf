/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What feed.c (who gets which unit) and unit.c (what is in it) share.
 * Ownership: as in feed.h. Threads: everything in a feed is touched only inside its monitor.
 */
#ifndef BW_COLLECT_FEED_INTERNAL_H
#define BW_COLLECT_FEED_INTERNAL_H

#include "base/buf.h"
#include "collect/feed.h"
#include "collect/source.h"
#include "collect/walk.h"

/* A file to read, or an error of the walk. Texts are offsets in the unit's names. */
struct bw_unit_file {
        size_t name;
        size_t name_n;
        uint32_t number;
        uint32_t flags; /* enum bw_walk_flags */
        bool failed;
        size_t error;   /* if failed: number of the error in the unit */
};

/* A piece. What its List said is the cutter's own memory: kept here, since the cutter goes on. */
struct bw_unit_piece {
        struct bw_piece piece;
        size_t error;            /* SIZE_MAX: none; else piece is what could not be cut, and why is in errors */
        size_t list_api_version; /* in names; zero-terminated */
        size_t list_kind;
};

struct bw_unit {
        struct bw_feed *feed;
        struct bw_buf text;           /* of the file or slice at hand */
        struct bw_buf names;
        struct bw_unit_file *files;
        size_t n_files, files_cap, next_file;
        struct bw_error *errors;      /* of the walk, or of pieces */
        size_t n_errors, n_walk_errors, errors_cap;
        struct bw_unit_piece *pieces; /* of the file or slice at hand */
        size_t n_pieces, pieces_cap, next_piece;
        bool has_late_error;          /* to be given behind the pieces */
        struct bw_error late_error;
        struct bw_input input;
        uint32_t part;
        struct bw_feed_stats stats;
};

/* A stream that is given slice by slice. */
struct bw_stream {
        struct bw_stream *next;
        struct bw_source source;
        int fd;      /* of a stream that was given as one; else -1 */
        bool is_open;
        bool is_cut; /* the cutter has begun */
        struct bw_cutter cutter;
        struct bw_buf carry; /* the beginning of a document whose end is not read yet */
        uint32_t number;
        uint32_t part;
        unsigned flags;
        size_t name_n;
        char name[];
};

/* Empties a unit for refilling; memory of an exceptionally large document goes back. */
void bw_unit_clear(struct bw_unit *unit);
/* Puts a name into the unit; SIZE_MAX when out of memory. */
size_t bw_unit_add_name(struct bw_unit *unit, struct bw_str name);
BW_CHECK int bw_unit_add_file(struct bw_unit *unit, const struct bw_walk_entry *entry, struct bw_error *reterr);
/* The next slice of a stream into the unit. 1: there is more to come, 0: that was the end. */
BW_CHECK int bw_unit_fill(struct bw_unit *unit, struct bw_stream *stream, const atomic_bool *cancel,
                          struct bw_error *reterr);
/*
 * Takes what documents of *rest are complete into the unit's pieces. 0, or why nothing further can be cut: then the
 * last piece is not the end of the text.
 */
BW_CHECK int bw_unit_cut(struct bw_unit *unit, struct bw_cutter *cutter, struct bw_str *rest, bool eof,
                         struct bw_error *err);
bool bw_unit_is_empty(const struct bw_unit *unit);

/* A file that turned out to be big goes back to the feed, as a stream for all threads. */
BW_CHECK int bw_feed_give_back(struct bw_feed *feed, struct bw_str name, uint32_t number, unsigned flags,
                               struct bw_error *reterr);
const atomic_bool *bw_feed_cancel(const struct bw_feed *feed);

#endif
