/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: growing bytes with a ceiling. The first failure sticks: later writes do nothing and
 * bw_buf_status() tells, so that output code needs one check at its end.
 * Ownership: the buffer owns its bytes; bw_buf_done() releases them. Zero-initialised is ready for use.
 * Threads: one buffer, one thread.
 */
#ifndef BW_BASE_BUF_H
#define BW_BASE_BUF_H

#include "base/base.h"

struct bw_buf {
        char *p;         /* always followed by a zero byte once anything was written */
        size_t n;
        size_t cap;
        size_t ceiling;  /* most bytes; 0 = BW_LIMIT_BUF */
        int status;      /* 0, -ENOMEM or -E2BIG */
};

void bw_buf_done(struct bw_buf *buf);
/* Empties, keeps the memory and clears the status. */
void bw_buf_clear(struct bw_buf *buf);
void bw_buf_put(struct bw_buf *buf, const void *p, size_t n);
void bw_buf_str(struct bw_buf *buf, struct bw_str s);
void bw_buf_puts(struct bw_buf *buf, const char *s);
void bw_buf_char(struct bw_buf *buf, char c);
void bw_buf_fill(struct bw_buf *buf, char c, size_t n);
void bw_buf_printf(struct bw_buf *buf, const char *fmt, ...) BW_PRINTF(2, 3);
/* A JSON string with its quotes. Bad UTF-8 becomes U+FFFD; control characters are escaped. */
void bw_buf_json(struct bw_buf *buf, struct bw_str s);
/* Text for a terminal: control characters (and bad UTF-8) shown as \xNN, nothing else changed. */
void bw_buf_clean(struct bw_buf *buf, struct bw_str s);
/* A decimal number; shortest double that reads back the same ("1e+21" style as Go's 'g' -1). */
void bw_buf_i64(struct bw_buf *buf, int64_t v);
void bw_buf_u64(struct bw_buf *buf, uint64_t v);
void bw_buf_double(struct bw_buf *buf, double v);
BW_CHECK int bw_buf_status(const struct bw_buf *buf);
/* Makes room for n more bytes and gives the place to write them; then bw_buf_commit(). NULL on failure. */
char *bw_buf_reserve(struct bw_buf *buf, size_t n);
void bw_buf_commit(struct bw_buf *buf, size_t n);
static inline struct bw_str bw_buf_view(const struct bw_buf *buf)
{
        return bw_str_n(buf->p ? buf->p : "", buf->n);
}

#endif
