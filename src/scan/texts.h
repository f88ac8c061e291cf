/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts: one copy of each text that findings have, since a thousand findings say the same few things. One table for
 * each thread; the texts outlive the documents they came from.
 * Ownership: a table owns its texts. Threads: one.
 */
#ifndef BW_SCAN_TEXTS_H
#define BW_SCAN_TEXTS_H

#include "base/base.h"

struct bw_error;
struct bw_texts;

BW_CHECK int bw_texts_new(struct bw_texts **ret_texts, struct bw_error *reterr);
void bw_texts_free(struct bw_texts *texts);
BW_DEFINE_AUTO(struct bw_texts *, bw_texts_free);
/* Replaces *text by the table's copy, which is zero-terminated. -ENOMEM leaves it. */
BW_CHECK int bw_texts_keep(struct bw_texts *texts, struct bw_str *text);
/* A copy of n bytes that lives as long as the texts. NULL: no memory. */
BW_CHECK void *bw_texts_copy(struct bw_texts *texts, const void *p, size_t n);
size_t bw_texts_bytes(const struct bw_texts *texts);

#endif
