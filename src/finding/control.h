/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control: what the findings of a run say of each control of a framework. A control stands for all rules that it names, on
 * all objects: one that fails decides, then one that could not be evaluated, one for a person to look at, one that could
 * not be judged or is excepted, one that holds. Where there is nothing that its rules are about, it does not apply.
 * Ownership: results borrow from the report. Errors: -ENOMEM. Threads: pure.
 * Source: docs/reports.md "controls".
 */
#ifndef BW_FINDING_CONTROL_H
#define BW_FINDING_CONTROL_H

#include "finding/finding.h"

struct bw_error;

struct bw_control_result {
        const struct bw_control_row *row;
        enum bw_verdict verdict;
        const struct bw_finding *finding;  /* the first that decided; NULL: there is none */
        uint64_t n;                        /* findings that say the same */
};

/* One for each row of report->controls, in their order; bw_free() is the caller's. Needs findings that passed, too. */
BW_CHECK int bw_control_results(const struct bw_report *report, struct bw_control_result **ret, struct bw_error *reterr);

#endif
