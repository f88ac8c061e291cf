/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodes: copies of a machine's folder, changed step by step (variants.tsv).
 * Ownership: texts live in the arena. Errors: false; the reason is printed. Threads: one.
 */
#ifndef BW_TESTS_VECTORS_NODES_H
#define BW_TESTS_VECTORS_NODES_H

#include "value/value.h"
#include "vectors.h"

/* Copies root/ and the tables and logs beside it into an empty folder. */
bool nodes_copy(const char *from, const char *to, struct bw_arena *arena);
/* Applies a list of steps: ["argv+", exe, arg…], ["file", path, text, mode], … */
bool nodes_patch(const char *dir, struct bw_value steps, struct bw_arena *arena);
/* Removes a copy. */
void nodes_remove(const char *dir);

#endif
