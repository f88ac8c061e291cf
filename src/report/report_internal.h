/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_internal: what the reporters share: flushing in blocks, text in the characters that a format allows, the width of
 * text on a terminal, findings of one object in the order that people read, and counts by rule.
 * Ownership: borrows everything but what has a _done() of its own. Threads: pure functions of their arguments.
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

/*
 * How a format writes the ASCII characters that mean something in it: a row for each. Characters without a row stay as
 * they are, but controls become \xNN (newlines and tabs a blank), bytes that are no UTF-8 \xNN, and marks that hide or
 * reorder text \u{NNNN}.
 */
struct bw_encoding {
        const char *ascii[128];
};
void bw_report_encode(struct bw_buf *out, const struct bw_encoding *encoding, struct bw_str s);
/* file as a URI reference (RFC 3986): relative as it is, absolute with file://. */
void bw_report_uri(struct bw_buf *out, struct bw_str file);

/* "Deployment shop/web" of a resource, in an encoding. */
void bw_report_resource(struct bw_buf *out, const struct bw_encoding *encoding, const struct bw_resource *resource);
/* "3 failed checks: 1 critical, …; 1 to look at by hand; 2 excepted", plain. */
void bw_report_counts(struct bw_buf *out, const struct bw_summary *summary);
/* "and 99 pods of it": what else a finding stands for. False, and nothing is written, for one that stands for itself. */
bool bw_report_others(struct bw_buf *out, const struct bw_finding *finding);
void bw_report_plural(struct bw_buf *out, uint64_t n, const char *one, const char *many);

/* "file: --anonymous-auth=true (/etc/x.yaml:3)": where the value under test came from, or why there is none. */
void bw_report_evidence(struct bw_buf *out, const struct bw_finding_evidence *evidence);

/* The column (from 1, in code points) after the key or scalar at the location; 0 when its source line is not known. */
uint32_t bw_report_end_column(const struct bw_location *at);

/* True for what a list of findings shows: fails, manual and error; passed, skipped and excepted when they are asked for. */
static inline bool bw_report_lists(const struct bw_finding *f, bool include_passed)
{
        return include_passed || (f->verdict != BW_VERDICT_PASS && f->verdict != BW_VERDICT_SKIP);
}

/* How often a rule was seen. */
struct bw_tally_row {
        const struct bw_rule_info *rule;
        uint64_t count;
        size_t index; /* in `ordered` */
};
struct bw_tally {
        struct bw_tally_row *rows;            /* by address, to be found quickly */
        const struct bw_tally_row **ordered;  /* after bw_tally_sort() */
        size_t n;
        size_t cap;
};
BW_CHECK int bw_tally_add(struct bw_tally *tally, const struct bw_rule_info *rule, uint64_t count);
/* Orders the rows; cmp: of two `const struct bw_tally_row *const *`. Nothing may be added afterwards. */
BW_CHECK int bw_tally_sort(struct bw_tally *tally, int (*cmp)(const void *, const void *));
const struct bw_tally_row *bw_tally_find(const struct bw_tally *tally, const struct bw_rule_info *rule);
void bw_tally_done(struct bw_tally *tally);
int bw_tally_by_id(const void *a, const void *b);
int bw_tally_worst_first(const void *a, const void *b);

/* Findings of one object: failed ones first, worst first, those of one rule together. */
struct bw_group {
        const struct bw_finding **items;
        size_t n;
        size_t cap;
};
/* Takes the findings of the object at `from` that are listed; *ret_end: where the next object begins. */
BW_CHECK int bw_group_take(struct bw_group *group, const struct bw_report *report, size_t from, bool include_passed,
                           size_t *ret_end);
/* The end of the run of one rule and verdict that begins at `from`. */
size_t bw_group_run(const struct bw_group *group, size_t from);
void bw_group_done(struct bw_group *group);

extern const struct bw_reporter bw_reporter_text;
extern const struct bw_reporter bw_reporter_wide;
extern const struct bw_reporter bw_reporter_json;
extern const struct bw_reporter bw_reporter_yaml;
extern const struct bw_reporter bw_reporter_sarif;
extern const struct bw_reporter bw_reporter_junit;
extern const struct bw_reporter bw_reporter_markdown;
extern const struct bw_reporter bw_reporter_csv;
extern const struct bw_reporter bw_reporter_github;
extern const struct bw_reporter bw_reporter_controls;
extern const struct bw_reporter bw_reporter_controls_json;

#endif
