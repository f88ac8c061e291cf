/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goquote: a text as Go's %q prints it: what Kubernetes' own messages quote values with.
 * Ownership: writes to the buffer given. Threads: pure. Source: Go strconv.Quote, strconv.IsPrint.
 */
#ifndef BW_BASE_GOQUOTE_H
#define BW_BASE_GOQUOTE_H

#include "base/buf.h"

void bw_buf_go_quote(struct bw_buf *out, struct bw_str s);

#endif
