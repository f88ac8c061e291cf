/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_internal: what the reporters share: flushing in blocks, and the width of text on a terminal.
 * Ownership: borrows everything. Threads: pure functions of their arguments.
 * Source: Unicode Standard Annex 11 (East Asian Width), general categories Mn, Me and Cf.
 */
#ifndef BW_REPORT_REPORT_INTERNAL_H
#define BW_REPORT_REPORT_INTERNAL_H

#include "report/report.h"

/* Output leaves in blocks of about this size. */
#define BW_REPORT_BLOCK ((size_t)64 * 1024)

/* Hands buf to options->flush and empties it, if it holds at least `least` bytes. Gives the buffer's or flush's error. */
BW_CHECK int bw_report_flush(struct bw_buf *buf, const struct bw_report_options *options, size_t least);

/* bw_buf_put() and its kin, without the call while there is room: most of a report is short pieces. */
static inline void bw_report_put(struct bw_buf *buf, const void *p, size_t n)
{
        if (BW_UNLIKELY(buf->cap - buf->n <= n || n == 0)) {
                bw_buf_put(buf, p, n);
                return;
        }
        memcpy(buf->p + buf->n, p, n);
        buf->n += n;
        buf->p[buf->n] = '\0';
}
static inline void bw_report_str(struct bw_buf *buf, struct bw_str s)
{
        if (s.n)
                bw_report_put(buf, s.p, s.n);
}
static inline void bw_report_puts(struct bw_buf *buf, const char *s)
{
        bw_report_put(buf, s, strlen(s));
}
static inline void bw_report_char(struct bw_buf *buf, char c)
{
        bw_report_put(buf, &c, 1);
}

/* Columns that a rune takes: 0 (combining), 1 or 2. */
unsigned bw_rune_width(uint32_t rune);
/* True for what must not reach a terminal: controls, and marks that reorder or hide text (bidirectional overrides). */
bool bw_rune_is_unsafe(uint32_t rune);
/* The length of the longest prefix of s that is printable ASCII. */
size_t bw_plain_run(struct bw_str s);

/* s as a terminal may see it: unsafe runes as \xNN or \u{NNNN}, tabs and newlines as one blank. Returns its width. */
size_t bw_report_clean(struct bw_buf *out, struct bw_str s);

/* "2026-11-21T15:04:05Z" of unix seconds. buf: at least 32 bytes. Returns buf. */
const char *bw_report_time(int64_t seconds, char *buf, size_t size);

extern const struct bw_reporter bw_reporter_text;
extern const struct bw_reporter bw_reporter_wide;
extern const struct bw_reporter bw_reporter_json;
extern const struct bw_reporter bw_reporter_yaml;

#endif
