/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bracket: finds the end of a JSON list or object by its brackets and quotes alone, 64 bytes at a time.
 * Ownership: borrows. Threads: pure, but for the scan's own state.
 * Source: RFC 8259; the way to tell quotes that count from escaped ones and from text inside of strings by masks of 64
 * bits is that of Langdale and Lemire, "Parsing gigabytes of JSON per second".
 */
#ifndef BW_DOC_BRACKET_H
#define BW_DOC_BRACKET_H

#include "base/base.h"

/* Zero-initialised it is ready for the first bracket. */
struct bw_bracket_scan {
        uint64_t in_string; /* all ones inside of a string */
        uint64_t escaped;   /* 1: the next byte stands after a backslash */
        uint32_t depth;
};

/*
 * Goes on at text.p[*at] until the bracket that closes the first one. 1: found, *at is behind it. 0: not in text; *at
 * and the scan are where to go on when there is more of it (a last part of less than 64 bytes is looked at again).
 * -E2BIG: deeper than BW_LIMIT_DOC_DEPTH.
 */
BW_CHECK int bw_bracket_scan(struct bw_bracket_scan *scan, struct bw_str text, size_t *at);

/* Four hexadecimal digits. */
bool bw_json_hex4(const char *p, uint32_t *ret);

/* Behind the string whose first quote is text.p[at]; SIZE_MAX when it does not end in text. */
size_t bw_string_end(struct bw_str text, size_t at);

#endif
