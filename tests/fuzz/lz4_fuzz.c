/* SPDX-License-Identifier: Apache-2.0 */
/* An LZ4 frame of any bytes: unpacked alike in one piece and in many, or refused. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/lz4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int put(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        struct bw_buf *out = userdata;

        if (out->n + bytes.n > (size_t)64 << 20)
                return bw_error_set(reterr, -E2BIG, "enough");
        bw_buf_str(out, bytes);
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto_done(bw_buf_done) struct bw_buf whole = {0};
        bw_auto_done(bw_buf_done) struct bw_buf pieces = {0};
        bw_auto_done(bw_lz4_done) struct bw_lz4 one = {0};
        bw_auto_done(bw_lz4_done) struct bw_lz4 many = {0};
        const char *text = (const char *)data;
        size_t piece = size / 5 + 1;
        bool end = false;
        int r = bw_lz4_feed(&one, bw_str_n(text, size), put, &whole, &end, NULL);
        int again = 0;

        for (size_t at = 0; again == 0 && at < size; at += piece)
                again = bw_lz4_feed(&many, bw_str_n(text + at, BW_MIN(piece, size - at)), put, &pieces, &end, NULL);
        if (r != again || (r == 0 && !bw_str_eq(bw_buf_view(&whole), bw_buf_view(&pieces))))
                abort();
        return 0;
}
