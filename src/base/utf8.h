/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8: code points in UTF-8 text. Pure. Source: RFC 3629 (no surrogates, no overlong forms, up to U+10FFFF).
 */
#ifndef BW_BASE_UTF8_H
#define BW_BASE_UTF8_H

#include "base/base.h"

#define BW_RUNE_ERROR 0xFFFDu

/* The code point at s.p and its bytes; 0 for an empty text. Bad bytes give BW_RUNE_ERROR with length 1 (as Go does). */
size_t bw_utf8_decode(struct bw_str s, uint32_t *ret_rune);
/* Writes up to 4 bytes; values that are no code point are written as U+FFFD. */
size_t bw_utf8_encode(uint32_t rune, char out[4]);
bool bw_utf8_valid(struct bw_str s);
/* Code points; each bad byte counts as one. */
size_t bw_utf8_count(struct bw_str s);
/* True if all bytes are below 0x80. */
bool bw_utf8_is_ascii(struct bw_str s);
/* Byte offset of the i-th code point (from 0); s.n when i is at or past the end. */
size_t bw_utf8_offset(struct bw_str s, size_t i);

#endif
