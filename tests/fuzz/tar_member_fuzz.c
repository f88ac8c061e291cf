/* SPDX-License-Identifier: Apache-2.0 */
/* A tar archive of any bytes: its member is the same in one piece and in many. */
#define BW_ALLOW_BANNED
#include "base/buf.h"
#include "base/error.h"
#include "format/tar_member.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int put(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        (void)reterr;
        bw_buf_str(userdata, bytes);
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto_done(bw_buf_done) struct bw_buf whole = {0};
        bw_auto_done(bw_buf_done) struct bw_buf pieces = {0};
        struct bw_tar_member one = {.name = BW_STR("APKINDEX"), .each = put, .userdata = &whole};
        struct bw_tar_member many = {.name = BW_STR("APKINDEX"), .each = put, .userdata = &pieces};
        const char *text = (const char *)data;
        size_t piece = size / 6 + 1;
        int r = bw_tar_member_feed(&one, bw_str_n(text, size), NULL);
        int again = 0;

        for (size_t at = 0; again == 0 && at < size; at += piece)
                again = bw_tar_member_feed(&many, bw_str_n(text + at, BW_MIN(piece, size - at)), NULL);
        if (r != again || !bw_str_eq(bw_buf_view(&whole), bw_buf_view(&pieces)))
                abort();
        return 0;
}
