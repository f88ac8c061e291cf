/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: memory of one lifetime (a run, a document batch, one evaluation), released at once.
 * Ownership: what an arena gives lives until bw_arena_reset() or bw_arena_free(); nothing is freed singly.
 * Errors: NULL when the heap or the arena's ceiling is used up; the caller turns that into -ENOMEM
 *         (bw_arena_error() tells which of the two it was). Blocks are aligned to 16 bytes.
 * Threads: one arena, one thread.
 */
#ifndef BW_BASE_ARENA_H
#define BW_BASE_ARENA_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

/* ceiling: most bytes it may hold (0 = no ceiling). NULL when out of memory. */
struct bw_arena *bw_arena_new(size_t ceiling) BW_CHECK;
void bw_arena_free(struct bw_arena *arena);
BW_DEFINE_AUTO(struct bw_arena *, bw_arena_free);
/* It will hold secrets: from now on what goes back to the heap is overwritten first. */
void bw_arena_wipe(struct bw_arena *arena);
/* Forgets all allocations, keeps the first block for reuse. */
void bw_arena_reset(struct bw_arena *arena);

void *bw_arena_alloc(struct bw_arena *arena, size_t size) BW_CHECK;
void *bw_arena_zalloc(struct bw_arena *arena, size_t size) BW_CHECK;
/* n * size with overflow check. */
void *bw_arena_array(struct bw_arena *arena, size_t n, size_t size) BW_CHECK;
/*
 * Makes room for item number n of an array that grows (*items_ptr, *cap of them): twice as much where it is full; what was
 * there is copied, and left behind. -ENOMEM leaves both.
 */
BW_CHECK int bw_arena_grow(struct bw_arena *arena, void *items_ptr, size_t *cap, size_t n, size_t size);
/* Copies; the result is terminated by a zero byte. p is NULL on failure (also of an empty text: never NULL). */
struct bw_str bw_arena_str(struct bw_arena *arena, struct bw_str s) BW_CHECK;
struct bw_str bw_arena_printf(struct bw_arena *arena, const char *fmt, ...) BW_PRINTF(2, 3) BW_CHECK;

/* A place to return to: frees all that was allocated after the mark (stack order). */
struct bw_arena_mark {
        void *block;
        size_t used;
        size_t total;
};
struct bw_arena_mark bw_arena_save(const struct bw_arena *arena);
void bw_arena_restore(struct bw_arena *arena, struct bw_arena_mark mark);

/* Bytes in use, and the most that were ever in use. */
size_t bw_arena_used(const struct bw_arena *arena);
size_t bw_arena_peak(const struct bw_arena *arena);
/* Sets reterr to "memory limit of N bytes reached" or "out of memory"; -E2BIG or -ENOMEM. */
int bw_arena_error(const struct bw_arena *arena, struct bw_error *reterr);

#endif
