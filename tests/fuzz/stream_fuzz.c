/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of any bytes: the same pieces whether the bytes come at once or in blocks. The first byte says how. */
#define BW_ALLOW_BANNED
#include "base/buf.h"
#include "base/error.h"
#include "doc/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cut(struct bw_str text, size_t block, bool unwrap, struct bw_buf *out)
{
        struct bw_cutter cutter;
        size_t taken = 0;
        size_t arrived = 0;
        int r = 0;

        bw_cutter_init(&cutter, bw_stream_format(text), unwrap);
        while (r >= 0 && arrived < text.n) {
                struct bw_error err = {0};
                struct bw_piece piece;
                struct bw_str rest;

                arrived = BW_MIN(text.n, arrived + block);
                rest = bw_str_n(text.p + taken, arrived - taken);
                while ((r = bw_cutter_next(&cutter, &rest, arrived == text.n, &piece, &err)) == 1) {
                        if (piece.text.p < text.p || piece.text.p + piece.text.n > text.p + arrived)
                                abort();
                        bw_buf_printf(out, "%u:%u %s %s|", (unsigned)piece.line, (unsigned)piece.column,
                                      piece.list_api_version.p, piece.list_kind.p);
                        bw_buf_str(out, piece.text);
                }
                taken = arrived - rest.n;
                if (r < 0)
                        bw_buf_printf(out, "%d %u:%u %s", r, (unsigned)err.line, (unsigned)err.column, err.message);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto_done(bw_buf_done) struct bw_buf whole = {0};
        bw_auto_done(bw_buf_done) struct bw_buf blocks = {0};
        struct bw_str text;

        if (size < 1 || size > 20000)
                return 0;
        text = bw_str_n((const char *)data + 1, size - 1);
        cut(text, text.n + 1, data[0] & 1, &whole);
        cut(text, (data[0] >> 1) + 1u, data[0] & 1, &blocks);
        if (!bw_str_eq(bw_buf_view(&whole), bw_buf_view(&blocks)))
                abort();
        return 0;
}
