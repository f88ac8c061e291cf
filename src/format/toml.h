/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toml: TOML as a document: tables are maps, arrays lists, dates texts; every value with its place.
 * Ownership: everything lives in the arena; nothing borrows the text. Threads: pure.
 * Errors: -EINVAL with line and column, -E2BIG past BW_LIMIT_TOML_BYTES or BW_LIMIT_TOML_DEPTH, -ENOMEM.
 * Source: TOML 1.0.0. containerd and CRI-O read it with Go's pelletier/go-toml and BurntSushi/toml.
 */
#ifndef BW_FORMAT_TOML_H
#define BW_FORMAT_TOML_H

#include "doc/doc.h"

struct bw_arena;
struct bw_error;

/* The document has no text of its own: bw_doc_mark() tells places, bw_doc_line() nothing. */
BW_CHECK int bw_toml_read(struct bw_arena *arena, struct bw_str text, struct bw_doc *ret_doc, struct bw_error *reterr);

#endif
