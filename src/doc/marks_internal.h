/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marks_internal: places in JSON documents, found by going over the text again: only documents with findings need them.
 * Ownership: marks live in the arena. Threads: writes into the document's containers: one thread at a time.
 */
#ifndef BW_DOC_MARKS_INTERNAL_H
#define BW_DOC_MARKS_INTERNAL_H

#include "doc/doc.h"

/* Sets the marks of all lists and maps of a JSON document. -ENOMEM: of some only. */
BW_CHECK int bw_json_marks(struct bw_arena *arena, const struct bw_doc *doc);

/*
 * Where a string (its opening quote) or any value begins in the document's text; SIZE_MAX when its address cannot tell:
 * only strings have one, and what begins with one. Documents with bytes only.
 */
size_t bw_json_string_offset(const struct bw_doc *doc, struct bw_value v);
size_t bw_json_value_offset(const struct bw_doc *doc, struct bw_value v);

/*
 * The place of the key, or of the item of a list, that is the deepest part of path that is there: what bw_path_mark()
 * gives at_key after bw_json_marks(), without going over the whole text. False when that cannot tell: then marks are
 * needed.
 */
bool bw_json_place(const struct bw_doc *doc, struct bw_path path, struct bw_mark *ret_mark);

#endif
