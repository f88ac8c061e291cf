/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place (internal): from a character of a YAML scalar's value to where it stands in the file, so that an error inside an
 * expression is shown under the very character, in plain, quoted and block scalars.
 * Ownership: borrows. Threads: pure. Source: YAML 1.1, scalar styles.
 */
#ifndef BW_RULE_PLACE_INTERNAL_H
#define BW_RULE_PLACE_INTERNAL_H

#include "doc/doc.h"

/* mark: where the scalar begins. content: its value. offset: bytes into it. Falls back to mark. */
struct bw_mark place_in_scalar(const struct bw_doc *doc, struct bw_mark mark, struct bw_str content, size_t offset);

/* The same for a line and column of the value. */
struct bw_mark place_of_mark(const struct bw_doc *doc, struct bw_mark mark, struct bw_str content, struct bw_mark in);

#endif
