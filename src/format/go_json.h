/* SPDX-License-Identifier: Apache-2.0 */
/*
 * go_json: what Go's encoding/json says of a text that is no JSON.
 * Ownership: writes to the buffer given. Threads: pure. Limits: nesting up to 10,000, as in Go.
 * Source: Go encoding/json scanner.go (states, contexts of errors).
 */
#ifndef BW_FORMAT_GO_JSON_H
#define BW_FORMAT_GO_JSON_H

#include "base/buf.h"
#include "value/value.h"

/* True when the text is one JSON value; else *why has the error. */
bool bw_go_json_check(struct bw_str text, struct bw_buf *why);

/* What Go's errors call the JSON type of a value; no null. */
const char *bw_go_json_type(struct bw_value v);

#endif
