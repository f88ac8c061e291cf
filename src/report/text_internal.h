/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_internal: the parts of the reporter for people: findings (text.c), those told in one line (text_brief.c), source
 * lines with carets (text_source.c), what -o wide adds (text_wide.c) and the summary (text_summary.c).
 * Ownership: struct text owns its buffers; the report is borrowed. Threads: one writer, one thread.
 * Source: ECMA-48, "Select Graphic Rendition", for the colours.
 */
#ifndef BW_REPORT_TEXT_INTERNAL_H
#define BW_REPORT_TEXT_INTERNAL_H

#include "report/report_internal.h"

enum paint {
        PAINT_NONE,
        PAINT_BOLD,
        PAINT_DIM,
        PAINT_CARET,
        PAINT_LOW,
        PAINT_MEDIUM,
        PAINT_HIGH,
        PAINT_CRITICAL,
        PAINT_MANUAL,
        PAINT_ERROR,
        PAINT_PASS,
        _PAINT_MAX,
};

struct text {
        const struct bw_report *report;
        const struct bw_report_options *options;
        struct bw_buf out;
        struct bw_buf scratch;
        struct bw_buf merged;
        struct bw_buf lines;
        bool in_table;   /* lines that must not break */
        size_t id_width; /* of the longest rule id in the group */
        size_t n_brief; /* lines of findings that are told without source and fix */
        struct bw_group group;
};

/* Width used where lines must be cut although nobody told the terminal's. */
#define TEXT_DEFAULT_WIDTH 120u
#define TEXT_LABEL_WIDTH 8u
/* Columns: rule lines, then places and what belongs to them. */
#define TEXT_INDENT_RULE 2u
#define TEXT_INDENT_PLACE 4u

void text_paint(struct text *t, enum paint paint);
void text_unpaint(struct text *t, enum paint paint);
void text_painted(struct text *t, enum paint paint, struct bw_str s);
enum paint text_severity_paint(enum bw_severity severity);
/*
 * s, cleaned, broken at blanks so that no line passes the width (if there is one), further lines indented. column: where
 * the cursor stands; returns where it stands then. Newlines in s begin a new line; the blanks after them are kept.
 */
size_t text_wrapped(struct text *t, struct bw_str s, size_t column, size_t indent);

/* "Deployment shop/web  file:3" and a newline. column: where the cursor stands. */
void text_resource(struct text *t, const struct bw_finding *f, size_t column);

/* The source line with a caret under the value. Nothing when the location has no line. */
void text_source(struct text *t, const struct bw_location *at, size_t indent);

/*
 * Findings of one rule in what is left of a line that has come to column: as one text where they differ in a name only and
 * the line is wide enough, else the rule's title; then their lines.
 */
void text_brief(struct text *t, const struct bw_finding *const *findings, size_t n, size_t column);
/* "and container "c", "d" runs privileged  :41, :52": the places that are not shown one by one. */
void text_more(struct text *t, const struct bw_finding *const *findings, size_t n);

/*
 * Of -o wide: the change of the text as + and - lines (next: the finding that is shown next, of the same rule, or NULL);
 * who answers for an excepted finding; practice and controls.
 */
void text_edits(struct text *t, const struct bw_finding *f, const struct bw_finding *next);
void text_exception(struct text *t, const struct bw_exception_note *note);
void text_controls(struct text *t, const struct bw_rule_info *rule);

BW_CHECK int text_summary(struct text *t);

#endif
