/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories of any bytes: the same in one piece and in many. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/updateinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int put(void *userdata, const struct bw_update *u, struct bw_error *reterr)
{
        (void)reterr;
        bw_buf_printf(userdata, "%d %.*s %.*s %.*s\n", u->security, BW_STR_ARG(u->id), BW_STR_ARG(u->name),
                      BW_STR_ARG(u->version));
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto_done(bw_buf_done) struct bw_buf whole = {0};
        bw_auto_done(bw_buf_done) struct bw_buf pieces = {0};
        bw_auto_done(bw_updateinfo_done) struct bw_updateinfo one = {.each = put, .userdata = &whole};
        bw_auto_done(bw_updateinfo_done) struct bw_updateinfo many = {.each = put, .userdata = &pieces};
        const char *text = (const char *)data;
        size_t piece = size / 6 + 1;
        int r = bw_updateinfo_feed(&one, bw_str_n(text, size), NULL);

        for (size_t at = 0; r == 0 && at < size; at += piece)
                r = bw_updateinfo_feed(&many, bw_str_n(text + at, BW_MIN(piece, size - at)), NULL);
        if (r == 0 && !bw_str_eq(bw_buf_view(&whole), bw_buf_view(&pieces)))
                abort();
        return 0;
}
