/* SPDX-License-Identifier: Apache-2.0 */
/*
 * re2: the few functions of RE2 that regex.c needs, as C. C++ exceptions end here.
 * Ownership: bw_re2_new() gives, bw_re2_free() takes. Threads: a compiled pattern may be used by any number of threads.
 */
#ifndef BW_CEL_LIB_RE2_H
#define BW_CEL_LIB_RE2_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bw_re2;

/* NULL when RE2 refuses the pattern (its reason goes to message, which is "" when memory ran out). */
struct bw_re2 *bw_re2_new(const char *pattern, size_t n, size_t max_bytes, char *message, size_t message_size);
void bw_re2_free(struct bw_re2 *re);
/* 1: a match at or after start (begin and end may be NULL when only that matters), 0: none, -1: out of memory. */
int bw_re2_match(const struct bw_re2 *re, const char *text, size_t n, size_t start, size_t *ret_begin, size_t *ret_end);

#ifdef __cplusplus
}
#endif

#endif
