/* SPDX-License-Identifier: Apache-2.0 */
#include <zlib.h>
#include <zstd.h>

#include "doc/decompress.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/limits.h"

#define STEP ((size_t)64 << 10)
#define RATIO_FROM (16 * BW_MIB)

/* Both formats may have several members (frames) in a row, which are one text. */
struct bw_decompress {
        bool is_zstd;
        bool in_member;
        z_stream gzip;
        ZSTD_DStream *zstd;
        uint64_t n_in;
        uint64_t n_out;
};

static bool is_gzip(struct bw_str s)
{
        return s.n >= 2 && s.p[0] == '\x1f' && s.p[1] == '\x8b';
}

/* A frame, or one that is to be skipped. */
static bool is_zstd(struct bw_str s)
{
        return bw_str_starts(s, BW_STR("\x28\xb5\x2f\xfd")) ||
               (s.n >= 4 && (s.p[0] & '\xf0') == '\x50' && s.p[1] == '\x2a' && s.p[2] == '\x4d' && s.p[3] == '\x18');
}

bool bw_decompress_knows(struct bw_str head)
{
        return is_gzip(head) || is_zstd(head);
}

static void *give(void *opaque, unsigned n, unsigned size)
{
        (void)opaque;
        return bw_reallocarray(NULL, n, size);
}

static void take_back(void *opaque, void *p)
{
        (void)opaque;
        bw_free(p);
}

int bw_decompress_new(struct bw_str head, struct bw_decompress **ret, struct bw_error *reterr)
{
        bw_auto(bw_decompress_free) struct bw_decompress *d = NULL;

        if (!bw_decompress_knows(head))
                return bw_error_set(reterr, -EINVAL, "neither gzip nor zstd data");
        d = bw_zalloc(sizeof(*d));
        if (!d)
                return bw_error_nomem(reterr);
        d->is_zstd = is_zstd(head);
        d->in_member = true;
        d->gzip.zalloc = give;
        d->gzip.zfree = take_back;
        if (d->is_zstd)
                d->zstd = ZSTD_createDStream();
        /* 15 bits of window, and 16: with a gzip header */
        if (d->is_zstd ? !d->zstd : inflateInit2(&d->gzip, 15 + 16) != Z_OK)
                return bw_error_nomem(reterr);
        *ret = bw_take(d);
        return 0;
}

void bw_decompress_free(struct bw_decompress *d)
{
        if (!d)
                return;
        ZSTD_freeDStream(d->zstd);
        if (!d->is_zstd)
                (void)inflateEnd(&d->gzip);
        bw_free(d);
}

/* One step into out[0..*n]; *n becomes what was written. 1: a member ended; 0; -EINVAL, -ENOMEM. */
static int step_gzip(struct bw_decompress *d, struct bw_str *in, char *out, size_t *n, struct bw_error *reterr)
{
        size_t n_in = BW_MIN(in->n, (size_t)1 << 30);
        int r;

        d->gzip.next_in = (unsigned char *)(uintptr_t)in->p;
        d->gzip.avail_in = (unsigned)n_in;
        d->gzip.next_out = (unsigned char *)out;
        d->gzip.avail_out = (unsigned)*n;
        r = inflate(&d->gzip, Z_NO_FLUSH);
        n_in -= d->gzip.avail_in;
        *in = bw_str_n(in->p + n_in, in->n - n_in);
        *n -= d->gzip.avail_out;
        if (r == Z_MEM_ERROR)
                return bw_error_nomem(reterr);
        if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
                return bw_error_set(reterr, -EINVAL, "broken gzip data: %s",
                                    d->gzip.msg ? d->gzip.msg : "no dictionary");
        return r == Z_STREAM_END;
}

static int step_zstd(struct bw_decompress *d, struct bw_str *in, char *out, size_t *n, struct bw_error *reterr)
{
        ZSTD_inBuffer from = {.src = in->p, .size = in->n};
        ZSTD_outBuffer to = {.dst = out, .size = *n};
        size_t r = ZSTD_decompressStream(d->zstd, &to, &from);

        *in = bw_str_n(in->p + from.pos, in->n - from.pos);
        *n = to.pos;
        if (ZSTD_isError(r))
                return bw_error_set(reterr, -EINVAL, "broken zstd data: %s", ZSTD_getErrorName(r));
        return r == 0;
}

/* Between members. 1: another one begins; 0: no bytes left. gzip's may be followed by zero bytes, as tapes pad them. */
static int next_member(struct bw_decompress *d, struct bw_str *in, struct bw_error *reterr)
{
        while (!d->is_zstd && in->n && in->p[0] == '\0')
                *in = bw_str_n(in->p + 1, in->n - 1);
        if (in->n == 0)
                return 0;
        if (!d->is_zstd && in->p[0] != '\x1f')
                return bw_error_set(reterr, -EINVAL, "unknown data behind the end of the gzip data");
        if (!d->is_zstd && inflateReset(&d->gzip) != Z_OK)
                return bw_error_set(reterr, -EINVAL, "broken gzip data");
        d->in_member = true;
        return 1;
}

static int check_ratio(const struct bw_decompress *d, struct bw_error *reterr)
{
        if (d->n_out <= RATIO_FROM || d->n_out / BW_LIMIT_INFLATE_RATIO <= d->n_in)
                return 0;
        return bw_error_set(reterr, -E2BIG, "packed data that grows to more than %d times its size",
                            BW_LIMIT_INFLATE_RATIO);
}

int bw_decompress_run(struct bw_decompress *d, struct bw_str *in, bool last, size_t max_out, struct bw_buf *out,
                      bool *ret_end, struct bw_error *reterr)
{
        size_t written = 0;
        int r;

        *ret_end = false;
        while (written < max_out) {
                size_t before = in->n;
                size_t n = BW_MIN(STEP, max_out - written);
                char *to;

                if (!d->in_member) {
                        r = next_member(d, in, reterr);
                        *ret_end = r == 0 && last;
                        if (r <= 0)
                                return r;
                }
                to = bw_buf_reserve(out, n);
                if (!to)
                        return bw_buf_status(out) == -ENOMEM ? bw_error_nomem(reterr)
                                                             : bw_error_set(reterr, -E2BIG, "unpacked data too large");
                r = d->is_zstd ? step_zstd(d, in, to, &n, reterr) : step_gzip(d, in, to, &n, reterr);
                if (r == -ENOMEM)
                        return r;
                bw_buf_commit(out, n);
                written += n;
                d->n_in += before - in->n;
                d->n_out += n;
                if (r < 0)
                        return r;
                d->in_member = r == 0;
                r = check_ratio(d, reterr);
                if (r < 0)
                        return r;
                if (d->in_member && n == 0 && in->n == 0)
                        return last ? bw_error_set(reterr, -EINVAL, "the packed data is cut off") : 0;
        }
        return 0;
}
