/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alloc: the only door to the heap. In builds with -Dfault=true every call passes base/fault.h.
 * Ownership: what these give is freed with bw_free().
 * Threads: safe.
 */
#ifndef BW_BASE_ALLOC_H
#define BW_BASE_ALLOC_H

#include "base/base.h"

/* NULL when memory (or the planted fault) says so; size 0 gives a unique pointer. */
void *bw_malloc(size_t size) __attribute__((__malloc__)) BW_CHECK;
void *bw_zalloc(size_t size) __attribute__((__malloc__)) BW_CHECK;
/* The old block is untouched on failure. Overflow-checked n * size. */
void *bw_reallocarray(void *old, size_t n, size_t size) BW_CHECK;
char *bw_strdup(const char *s) BW_CHECK;
char *bw_strndup(struct bw_str s) BW_CHECK;
/* Gives memory that was freed back to the system: before a part of the work that needs much of its own. */
void bw_free_unused(void);
void bw_free(void *p);
BW_DEFINE_AUTO(void *, bw_free);

/* Makes room for n items of size in a growing array: *items and *cap are updated. -ENOMEM leaves both. */
BW_CHECK int bw_grow(void *items_ptr, size_t *cap, size_t n, size_t size);

#endif
