/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/limits.h"
#include "collect/feed_internal.h"

#define SMALL_FILE ((uint64_t)512 << 10)      /* larger ones are shared between threads as streams */
#define KEEP_TEXT ((size_t)4 << 20)           /* a buffer beyond this goes back after the unit */
#define TEXT_CEILING (3 * BW_LIMIT_DOC_BYTES) /* the cutter refuses a document long before */

int bw_unit_new(struct bw_feed *feed, struct bw_unit **ret_unit, struct bw_error *reterr)
{
        struct bw_unit *unit = bw_zalloc(sizeof(*unit));

        if (!unit)
                return bw_error_nomem(reterr);
        unit->feed = feed;
        unit->text.ceiling = TEXT_CEILING;
        *ret_unit = unit;
        return 0;
}

void bw_unit_free(struct bw_unit *unit)
{
        if (!unit)
                return;
        bw_buf_done(&unit->text);
        bw_buf_done(&unit->names);
        bw_free(unit->files);
        bw_free(unit->errors);
        bw_free(unit->pieces);
        bw_free(unit);
}

void bw_unit_clear(struct bw_unit *unit)
{
        if (unit->text.cap > KEEP_TEXT)
                bw_buf_done(&unit->text);
        bw_buf_clear(&unit->text);
        bw_buf_clear(&unit->names);
        unit->n_files = unit->next_file = 0;
        unit->n_errors = unit->n_walk_errors = 0;
        unit->n_pieces = unit->next_piece = 0;
        unit->has_late_error = false;
        unit->part = 0;
}

bool bw_unit_is_empty(const struct bw_unit *unit)
{
        return unit->n_files == 0 && unit->n_pieces == 0 && !unit->has_late_error;
}

struct bw_feed_stats bw_unit_stats(const struct bw_unit *unit)
{
        return unit->stats;
}

size_t bw_unit_add_name(struct bw_unit *unit, struct bw_str name)
{
        size_t at = unit->names.n;

        bw_buf_str(&unit->names, name);
        bw_buf_char(&unit->names, '\0');
        return bw_buf_status(&unit->names) < 0 ? SIZE_MAX : at;
}

int bw_unit_add_file(struct bw_unit *unit, const struct bw_walk_entry *entry, struct bw_error *reterr)
{
        struct bw_unit_file file = {
                .name = bw_unit_add_name(unit, entry->name),
                .name_n = entry->name.n,
                .number = entry->number,
                .flags = entry->flags,
                .failed = entry->failed,
                .error = unit->n_errors,
        };

        if (file.name == SIZE_MAX || bw_grow(&unit->files, &unit->files_cap, unit->n_files + 1, sizeof(file)) < 0)
                return bw_error_nomem(reterr);
        if (entry->failed) {
                if (bw_grow(&unit->errors, &unit->errors_cap, unit->n_errors + 1, sizeof(entry->error)) < 0)
                        return bw_error_nomem(reterr);
                unit->errors[unit->n_errors++] = entry->error;
                unit->n_walk_errors = unit->n_errors;
        }
        unit->files[unit->n_files++] = file;
        return 0;
}

static unsigned open_flags(unsigned walk_flags)
{
        if (walk_flags & BW_WALK_NAMED)
                return BW_FS_STREAMS;
        return walk_flags & BW_WALK_LINK ? 0 : BW_FS_NOFOLLOW;
}

/* An error that ends this input, given behind what was read before it. Out of memory ends the run instead. */
static int set_late_error(struct bw_unit *unit, const struct bw_error *err, struct bw_error *reterr)
{
        if (err->code == -ENOMEM)
                return bw_error_nomem(reterr);
        unit->has_late_error = true;
        unit->late_error = *err;
        return 0;
}

/*
 * Opens a small file and reads all of it. 1: it is big, and back in the feed. What was read before an error is judged,
 * but for the document that the error broke off.
 */
static int read_small(struct bw_unit *unit, const struct bw_unit_file *f, struct bw_error *reterr)
{
        struct bw_str name = bw_str_n(unit->names.p + f->name, f->name_n);
        struct bw_file file = BW_FILE_CLOSED;
        struct bw_source source;
        struct bw_error err = {0};
        bool is_big;
        int r = bw_fs_open(AT_FDCWD, name.p, open_flags(f->flags), &file, &err);

        if (r < 0)
                return set_late_error(unit, &err, reterr);
        is_big = file.stat.kind != BW_FS_FILE || file.stat.size > SMALL_FILE;
        bw_source_init(&source, &file, bw_feed_cancel(unit->feed));
        while (r == 0 && !is_big && !source.ended) {
                r = bw_source_read(&source, SMALL_FILE, &unit->text, &err);
                is_big = unit->text.n > 2 * SMALL_FILE; /* unpacked, or of unknown size */
        }
        if (!is_big)
                unit->stats.bytes += source.n_text;
        bw_source_done(&source);
        if (is_big) {
                bw_buf_clear(&unit->text);
                r = bw_feed_give_back(unit->feed, name, f->number, f->flags, reterr);
                return r < 0 ? r : 1;
        }
        unit->stats.files++;
        return r < 0 ? set_late_error(unit, &err, reterr) : 0;
}

static int next_file(struct bw_unit *unit, struct bw_error *reterr)
{
        const struct bw_unit_file *f = &unit->files[unit->next_file++];
        struct bw_error err = {0};
        struct bw_cutter cutter;
        struct bw_str rest;
        int r = 0;

        unit->has_late_error = false;
        unit->n_pieces = unit->next_piece = 0;
        unit->n_errors = unit->n_walk_errors;
        bw_buf_clear(&unit->text);
        if (f->failed)
                r = set_late_error(unit, &unit->errors[f->error], reterr);
        else
                r = read_small(unit, f, reterr);
        if (r < 0)
                return r;
        rest = bw_buf_view(&unit->text);
        bw_cutter_init(&cutter, bw_stream_format(rest), true);
        if (r == 0 && rest.n && bw_unit_cut(unit, &cutter, &rest, !unit->has_late_error, &err) < 0) {
                /* Of two errors the first one in the file is the one to know. */
                if (set_late_error(unit, &err, reterr) < 0)
                        return -ENOMEM;
        }
        /* Only now: cutting may have moved the names. */
        unit->input = (struct bw_input){.name = bw_str_n(unit->names.p + f->name, f->name_n), .number = f->number};
        return 0;
}

static int give_error(struct bw_unit *unit, struct bw_error *error, struct bw_str text, struct bw_item *ret_item)
{
        bw_error_in_file(error, unit->input.name);
        *ret_item = (struct bw_item){
                .input = &unit->input,
                .part = unit->part,
                .is_whole = unit->n_files > 0,
                .failed = true,
                .piece = {.text = text},
                .error = error,
        };
        return 1;
}

static int give_piece(struct bw_unit *unit, struct bw_item *ret_item)
{
        const struct bw_unit_piece *kept = &unit->pieces[unit->next_piece++];

        if (kept->error != SIZE_MAX)
                return give_error(unit, &unit->errors[kept->error], kept->piece.text, ret_item);
        *ret_item = (struct bw_item){
                .input = &unit->input,
                .part = unit->part,
                .is_whole = unit->n_files > 0,
                .piece = kept->piece,
        };
        ret_item->piece.list_api_version = bw_str(unit->names.p + kept->list_api_version);
        ret_item->piece.list_kind = bw_str(unit->names.p + kept->list_kind);
        return 1;
}

int bw_unit_item(struct bw_unit *unit, struct bw_item *ret_item, struct bw_error *reterr)
{
        const atomic_bool *cancel = bw_feed_cancel(unit->feed);

        for (;;) {
                int r;

                if (unit->next_piece < unit->n_pieces)
                        return give_piece(unit, ret_item);
                if (unit->has_late_error) {
                        unit->has_late_error = false;
                        return give_error(unit, &unit->late_error, (struct bw_str){0}, ret_item);
                }
                if (unit->next_file == unit->n_files || (cancel && atomic_load_explicit(cancel, memory_order_relaxed)))
                        return 0;
                r = next_file(unit, reterr);
                if (r < 0)
                        return r;
        }
}

static int stream_open(struct bw_stream *stream, struct bw_unit *unit, const atomic_bool *cancel, struct bw_error *err)
{
        struct bw_file file = BW_FILE_CLOSED;
        int r;

        if (stream->fd >= 0)
                r = bw_fs_open_fd(stream->fd, "the stream", &file, err);
        else if (stream->flags & BW_WALK_STDIN)
                r = bw_fs_open_stdin(&file, err);
        else
                r = bw_fs_open(AT_FDCWD, stream->name, open_flags(stream->flags), &file, err);
        if (r < 0)
                return r;
        bw_source_init(&stream->source, &file, cancel);
        stream->is_open = true;
        unit->stats.files++;
        return 0;
}

/* The first bytes tell how to cut. False: there are none. */
static bool stream_begin(struct bw_stream *stream, struct bw_str head)
{
        if (!stream->is_cut && head.n) {
                bw_cutter_init(&stream->cutter, bw_stream_format(head), true);
                stream->is_cut = true;
        }
        return stream->is_cut;
}

/* Reads and cuts until there is something to give. */
static int fill(struct bw_unit *unit, struct bw_stream *stream, struct bw_error *err)
{
        struct bw_str rest;
        size_t want = BW_FEED_SLICE;
        int r = 0;

        bw_buf_str(&unit->text, bw_buf_view(&stream->carry));
        bw_buf_clear(&stream->carry);
        for (;;) {
                while (r == 0 && !stream->source.ended && unit->text.n < want) {
                        size_t before = unit->text.n;

                        r = bw_source_read(&stream->source, want - before, &unit->text, err);
                        unit->stats.bytes += unit->text.n - before;
                }
                if (bw_buf_status(&unit->text) < 0)
                        return bw_error_nomem(err);
                rest = bw_buf_view(&unit->text);
                if (r < 0) { /* what is complete is judged, the document that broke off is not */
                        struct bw_error later = {0};

                        if (stream_begin(stream, rest))
                                (void)!bw_unit_cut(unit, &stream->cutter, &rest, false, &later);
                        return later.code == -ENOMEM ? bw_error_nomem(err) : r;
                }
                if (stream_begin(stream, rest))
                        r = bw_unit_cut(unit, &stream->cutter, &rest, stream->source.ended, err);
                if (r < 0 || stream->source.ended)
                        return r;
                if (unit->n_pieces)
                        break;
                want = 2 * BW_MAX(unit->text.n, BW_FEED_SLICE); /* one document is larger than a slice */
        }
        bw_buf_str(&stream->carry, rest);
        return bw_buf_status(&stream->carry) < 0 ? bw_error_nomem(err) : 1;
}

int bw_unit_fill(struct bw_unit *unit, struct bw_stream *stream, const atomic_bool *cancel, struct bw_error *reterr)
{
        struct bw_error err = {0};
        size_t name = bw_unit_add_name(unit, bw_str_n(stream->name, stream->name_n));
        int r = 0;

        if (name == SIZE_MAX)
                return bw_error_nomem(reterr);
        unit->part = stream->part++;
        if (!stream->is_open)
                r = stream_open(stream, unit, cancel, &err);
        if (r == 0)
                r = fill(unit, stream, &err);
        unit->input =
                (struct bw_input){.name = bw_str_n(unit->names.p + name, stream->name_n), .number = stream->number};
        return r < 0 ? set_late_error(unit, &err, reterr) : r;
}
