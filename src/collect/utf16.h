/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf16: turns UTF-16 with a byte order mark, as some Windows tools write it, into UTF-8. Halves that have no partner
 * become U+FFFD. Pure. Source: RFC 2781.
 */
#ifndef BW_COLLECT_UTF16_H
#define BW_COLLECT_UTF16_H

#include "base/buf.h"

struct bw_utf16 {
        bool big_endian;
        uint8_t n_held;     /* bytes kept for the next call */
        uint8_t held[4];
};

/* True for the two marks (FF FE, FE FF); *ret is then ready to take the bytes behind it. */
bool bw_utf16_has_mark(struct bw_str head, struct bw_utf16 *ret);
/* Appends to out; last: no more bytes will follow. */
void bw_utf16_convert(struct bw_utf16 *state, struct bw_str bytes, bool last, struct bw_buf *out);

#endif
