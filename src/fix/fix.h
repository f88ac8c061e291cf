/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix: from "this value should look like that" to a change of the document's own text that keeps comments, order and
 * style. The basis of SARIF's fixes and of what harden applies.
 * Ownership: edits live in the arena given. Threads: pure, but for bw_doc_mark() on a JSON document.
 * Source: RFC 7396 (JSON Merge Patch) for what a patch means.
 */
#ifndef BW_FIX_FIX_H
#define BW_FIX_FIX_H

#include "doc/doc.h"
#include "finding/finding.h"

struct bw_arena;
struct bw_error;

/*
 * The edits that make the document's text say what it says now with `patch` merged into the value at `path` (from the
 * object's root; what is missing on the way is made). Block and flow style, comments, indentation and line ends stay as
 * they are. Applied to the text, they give a document that equals the merged one; where that cannot be done by a small
 * change (anchors, aliases, merge keys, multi-line keys …) there are no edits: *ret_n is 0.
 * doc: with its text. 0, -ENOMEM.
 */
BW_CHECK int bw_fix_edits(struct bw_arena *arena, struct bw_doc *doc, struct bw_path path, struct bw_value patch,
                          const struct bw_edit **ret, size_t *ret_n, struct bw_error *reterr);

/* text with edits applied (first_line: of text, as edits count lines); an empty text with p NULL when memory is short. */
struct bw_str bw_fix_apply(struct bw_arena *arena, struct bw_str text, uint32_t first_line, const struct bw_edit *edits,
                           size_t n);

#endif
