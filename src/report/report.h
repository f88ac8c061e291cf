/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: prints a report for people and machines. It never decides.
 * Ownership: borrows the report; writes to the buffer given, calling flush whenever it is worth it.
 * Threads: a reporter is a pure function of the report and its options.
 */
#ifndef BW_REPORT_REPORT_H
#define BW_REPORT_REPORT_H

#include "base/buf.h"
#include "finding/finding.h"

struct bw_emit;
struct bw_error;

struct bw_report_options {
        bool color;      /* ANSI colours (the cli decides: terminal, NO_COLOR) */
        unsigned width;  /* of the terminal; 0 = do not wrap */
        bool wide;       /* also the field's path, the practice and the frameworks' controls */
        bool summary;    /* only the summary */
        bool include_passed; /* list what passed, was skipped or is excepted, too */
        bool has_baseline;   /* what is listed is new: the baseline's findings are left out */
        uint64_t files;  /* files read; 0 = unknown */
        uint64_t elapsed_us; /* time of the run, shown in the summary; 0 = not shown */
        int exit_status;     /* that the run is going to end with */
        const char *program; /* how the user calls the program, for hints: "bulwark"; NULL = no hints */
        /* Takes what was written so far; the buffer is cleared afterwards. A negative return stops the report. */
        int (*flush)(void *userdata, struct bw_str bytes);
        void *flush_userdata;
};

struct bw_reporter {
        const char *name;  /* of -o NAME */
        const char *help;  /* one line */
        bool shows_edits;  /* prints findings' edits: worth working out */
        bool shows_excepted; /* lists excepted findings, with their reason, unasked */
        bool shows_controls; /* needs the controls of the frameworks asked for, and all that passed and was skipped */
        int (*write)(const struct bw_report *report, const struct bw_report_options *options, struct bw_error *reterr);
};

/* All reporters, NULL-terminated; by name or NULL. */
extern const struct bw_reporter *const bw_reporters[];
const struct bw_reporter *bw_reporter_find(struct bw_str name);

/* Where the value under test came from, as a map under "evidence"; nothing for NULL. */
void bw_report_emit_evidence(struct bw_emit *e, const struct bw_finding_evidence *evidence);

/* The rule's controls in standards (peers' left out) as a list of {name_key: framework, control: id} under key. */
void bw_report_controls(struct bw_emit *e, const char *key, const char *name_key, const struct bw_rule_info *rule);

#endif
