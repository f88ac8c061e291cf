/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines_internal: lines of a text, 16 bytes at a time.
 * Ownership: borrows. Threads: pure.
 */
#ifndef BW_DOC_LINES_INTERNAL_H
#define BW_DOC_LINES_INTERNAL_H

#include "base/base.h"

/* Line feeds in text. */
size_t bw_count_lines(struct bw_str text) BW_PURE;
/* The first line that begins with "---", from the line that begins at text.p[from] on; SIZE_MAX when there is none. */
size_t bw_find_dashes(struct bw_str text, size_t from) BW_PURE;

#endif
