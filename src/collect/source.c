/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/source.h"

#include "base/error.h"
#include "base/limits.h"

#define HEAD_BYTES 4                 /* enough to tell packing and byte order */
#define RAW_BLOCK ((size_t)64 << 10) /* packed bytes read at once */

void bw_source_init(struct bw_source *source, struct bw_file *file, const atomic_bool *cancel)
{
        *source = (struct bw_source){.file = *file, .cancel = cancel};
        file->fd = -1;
}

void bw_source_done(struct bw_source *source)
{
        bw_file_close(&source->file);
        bw_decompress_free(source->unpack);
        bw_buf_done(&source->raw);
        bw_buf_done(&source->units);
        *source = (struct bw_source){.file = BW_FILE_CLOSED};
}

static int changed(const struct bw_source *source, const char *how, struct bw_error *reterr)
{
        return bw_error_set(reterr, -ESTALE,
                            "the file %s while it was read (it had %" PRIu64 " bytes): scan it again when "
                            "nothing writes to it",
                            how, source->file.stat.size);
}

/* Reads once, up to n bytes of the file. A file that says its size is not read beyond it. */
static int read_raw(struct bw_source *source, size_t n, struct bw_buf *to, struct bw_error *reterr)
{
        uint64_t size = source->file.stat.size; /* 0: unknown, as in /proc */
        size_t got;
        char *at;
        int r;

        if (size && n > size - source->n_raw)
                n = (size_t)(size - source->n_raw) + 1; /* the one byte more tells the end without another call */
        at = bw_buf_reserve(to, n);
        if (!at)
                return bw_error_nomem(reterr);
        r = bw_file_read(&source->file, at, n, source->cancel, &got, reterr);
        if (r < 0)
                return r;
        if (size && source->n_raw + got > size) {
                bw_buf_commit(to, got - 1);
                source->n_raw = size;
                return changed(source, "grew", reterr);
        }
        bw_buf_commit(to, got);
        source->n_raw += got;
        if (got == 0 && source->n_raw < size)
                return changed(source, "shrank", reterr);
        source->raw_ended = got == 0 || (size && source->n_raw == size && got < n);
        return 0;
}

/* Appends bytes, unpacked. Sets *ret_end when there are no more. */
static int read_bytes(struct bw_source *source, size_t n, struct bw_buf *to, bool *ret_end, struct bw_error *reterr)
{
        int r;

        if (!source->unpack) {
                r = source->raw_ended ? 0 : read_raw(source, n, to, reterr);
                *ret_end = source->raw_ended;
                return r;
        }
        for (;;) {
                struct bw_str in = bw_str_n(source->raw.p + source->raw_at, source->raw.n - source->raw_at);
                size_t before = in.n;
                size_t made = to->n;

                r = bw_decompress_run(source->unpack, &in, source->raw_ended, n, to, ret_end, reterr);
                source->raw_at += before - in.n;
                if (r < 0 || *ret_end || to->n > made)
                        return r;
                if (source->raw_ended)
                        return bw_error_set(reterr, -EINVAL, "the packed file is cut off");
                /* It needs more bytes than there are. */
                if (source->raw_at) {
                        memmove(source->raw.p, source->raw.p + source->raw_at, in.n);
                        source->raw.n = in.n;
                        source->raw_at = 0;
                }
                r = read_raw(source, RAW_BLOCK, &source->raw, reterr);
                if (r < 0)
                        return r;
        }
}

/* If the bytes from `at` on are packed, they go to the unpacker's side. */
static int look_for_packing(struct bw_source *source, size_t at, struct bw_buf *to, struct bw_error *reterr)
{
        struct bw_str head = bw_str_n(to->p + at, to->n - at);
        int r;

        if (!bw_decompress_knows(head))
                return 0;
        r = bw_decompress_new(head, &source->unpack, reterr);
        if (r < 0)
                return r;
        bw_buf_str(&source->raw, head);
        to->n = at;
        return bw_buf_status(&source->raw) < 0 ? bw_error_nomem(reterr) : 1;
}

/* If the bytes from `at` on begin with a byte order mark, it goes; UTF-16 goes to the converter's side. */
static int look_for_mark(struct bw_source *source, size_t at, struct bw_buf *to, struct bw_error *reterr)
{
        struct bw_str head = bw_str_n(to->p + at, to->n - at);

        source->text = BW_SOURCE_UTF8;
        if (bw_str_starts(head, BW_STR("\xef\xbb\xbf"))) {
                memmove(to->p + at, head.p + 3, head.n - 3);
                to->n -= 3;
        } else if (bw_utf16_has_mark(head, &source->utf16)) {
                source->text = BW_SOURCE_UTF16;
                bw_buf_str(&source->units, bw_str_n(head.p + 2, head.n - 2));
                to->n = at;
                if (bw_buf_status(&source->units) < 0)
                        return bw_error_nomem(reterr);
        }
        return 0;
}

/* Reads the beginning and finds out what the bytes are. */
static int read_head(struct bw_source *source, size_t n, struct bw_buf *to, bool *ret_end, struct bw_error *reterr)
{
        size_t at = to->n;
        bool packed = false;
        int r = 0;

        while (r == 0 && !*ret_end && to->n - at < HEAD_BYTES) {
                r = read_bytes(source, n, to, ret_end, reterr);
                if (r == 0 && !packed && (*ret_end || to->n - at >= HEAD_BYTES)) {
                        r = look_for_packing(source, at, to, reterr);
                        if (r == 1) {
                                packed = true;
                                *ret_end = false;
                                r = 0;
                        }
                }
        }
        if (r == 0 || to->n - at >= HEAD_BYTES) {
                int mark = look_for_mark(source, at, to, r < 0 ? NULL : reterr);

                r = r < 0 ? r : mark;
        }
        return r;
}

int bw_source_read(struct bw_source *source, size_t n, struct bw_buf *to, struct bw_error *reterr)
{
        size_t at = to->n;
        bool end = false;
        int r;

        if (source->text == BW_SOURCE_UNKNOWN)
                r = read_head(source, n, to, &end, reterr);
        else
                r = read_bytes(source, n, source->text == BW_SOURCE_UTF16 ? &source->units : to, &end, reterr);
        if (source->text == BW_SOURCE_UTF16) {
                bw_utf16_convert(&source->utf16, bw_buf_view(&source->units), end, to);
                bw_buf_clear(&source->units);
        }
        source->ended = end || r < 0;
        source->n_text += to->n - at;
        if (r < 0)
                return r;
        if (bw_buf_status(to) < 0)
                return bw_error_nomem(reterr);
        if (source->n_text > BW_LIMIT_FILE_BYTES)
                return bw_error_set(reterr, -E2BIG, "more than %" PRIu64 " bytes of text", BW_LIMIT_FILE_BYTES);
        return 0;
}
