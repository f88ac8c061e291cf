/* SPDX-License-Identifier: Apache-2.0 */
/* Records of any bytes: the same in one piece and in many; versions in them have one order, whichever is asked first. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "format/package_version.h"
#include "format/stanzas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int put(void *userdata, struct bw_str stanza, struct bw_error *reterr)
{
        struct bw_str version = {0};

        (void)reterr;
        (void)bw_stanza_field(stanza, BW_STR("Version"), &version);
        bw_buf_printf(userdata, "%zu %.*s\n", bw_str_trim(stanza).n, BW_STR_ARG(version));
        return 0;
}

static void compare(struct bw_str a, struct bw_str b)
{
        int (*const orders[])(struct bw_str, struct bw_str) = {bw_version_dpkg, bw_version_rpm, bw_version_apk};

        for (size_t i = 0; i < BW_ARRAY_SIZE(orders); i++)
                if (orders[i](a, a) != 0 || orders[i](a, b) != -orders[i](b, a))
                        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto_done(bw_buf_done) struct bw_buf whole = {0};
        bw_auto_done(bw_buf_done) struct bw_buf pieces = {0};
        bw_auto_done(bw_stanzas_done) struct bw_stanzas one = {.each = put, .userdata = &whole};
        bw_auto_done(bw_stanzas_done) struct bw_stanzas many = {.each = put, .userdata = &pieces};
        const char *text = (const char *)data;
        size_t piece = size / 7 + 1;
        int r = bw_stanzas_feed(&one, bw_str_n(text, size), true, NULL);

        compare(bw_str_n(text, size / 2), bw_str_n(text + size / 2, size - size / 2));
        for (size_t at = 0; r == 0 && at < size; at += piece)
                r = bw_stanzas_feed(&many, bw_str_n(text + at, BW_MIN(piece, size - at)), at + piece >= size, NULL);
        if (r == 0 && !bw_str_eq(bw_buf_view(&whole), bw_buf_view(&pieces)))
                abort();
        return 0;
}
