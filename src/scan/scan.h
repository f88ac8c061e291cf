/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan: one run from inputs to a report: collect pieces, read documents, judge them on all threads, gather findings in
 * a fixed order. The same inputs give the same report for any number of threads.
 * Ownership: bw_scan_run gives a struct bw_scan that owns the report and everything it points to; rule infos belong
 *            to the catalog, which must outlive it.
 * Errors: an input that cannot be read is an entry of the report's errors, and the rest goes on; the return value is
 *         negative only when the run itself could not be done.
 * Threads: one call, from one thread; it starts and joins its own.
 */
#ifndef BW_SCAN_SCAN_H
#define BW_SCAN_SCAN_H

#include <stdatomic.h>

#include "exception/baseline.h"
#include "finding/finding.h"
#include "rule/rule.h"

struct bw_cluster;
struct bw_error;
struct bw_machine_options;
struct bw_scan;

struct bw_scan_options {
        const struct bw_str *paths;    /* files, directories, snapshots, "-" for standard input */
        size_t n_paths;
        const struct bw_machine_options *node; /* a machine (scan/machine.h); NULL: none */
        struct bw_cluster *cluster;    /* a live one, open (scan/cluster.h); NULL: none. Its end is the run's to wait for */
        struct bw_catalog *catalog;
        unsigned threads;              /* 0 = one per processor it may use; fewer when there is little to do */
        const atomic_bool *cancel;     /* when it becomes true, the run ends soon with what it has found. May be NULL */
        int64_t now;
        bool now_is_given;             /* it goes before the time of a snapshot */
        bool include_passed;           /* findings of verdict pass and skip too */
        bool no_fold;                  /* a finding for each object, also for those that one template made */
        bool want_edits;               /* findings' changes of the text: for reports that show them */
        struct bw_exceptions *exceptions; /* what does not count; NULL: everything counts. Outlives the scan */
        bool keep_excepted;            /* findings that are excepted too */
        struct bw_baseline *baseline;  /* only what it does not have; NULL: all. Used up by the run */
        struct bw_str baseline_file;   /* its name, for the notice of what is gone; outlives the scan */
        bool no_ignore;                /* do not read .bulwarkignore files */
        bool sandbox;                  /* Landlock and seccomp from here on (default of the command line) */
        const struct bw_str *writable; /* directories in which the caller still makes and renames files */
        size_t n_writable;             /* after the run: bw_sandbox_allow_write() for each */
        /* Called now and then from the calling thread, for a progress line. May be NULL. */
        void (*progress)(void *userdata, uint64_t files, uint64_t documents, uint64_t bytes);
        void *progress_userdata;
};

struct bw_scan_stats {
        uint64_t files;
        uint64_t bytes;              /* after decompression */
        uint64_t documents;          /* Kubernetes objects */
        uint64_t other;              /* other documents, templates included */
        uint64_t templates;          /* files that are templates ({{ }}) */
        uint64_t pods;               /* pod specs judged */
        uint64_t like;               /* of them, those that were like one judged before */
        uint64_t evaluations;        /* rule on a value */
        uint64_t rules_compiled;
        uint64_t kept_documents;     /* for rules that look at other objects */
        uint64_t kept_bytes;
        uint64_t arena_peak;         /* bytes, largest of all arenas */
        unsigned threads;
        bool cancelled;
        const char *sandbox;         /* "landlock+seccomp", "seccomp", "none: why"; it stays in force after the run */
};

BW_CHECK int bw_scan_run(const struct bw_scan_options *options, struct bw_scan **ret, struct bw_error *reterr);
void bw_scan_free(struct bw_scan *scan);
BW_DEFINE_AUTO(struct bw_scan *, bw_scan_free);
const struct bw_report *bw_scan_report(const struct bw_scan *scan);
const struct bw_scan_stats *bw_scan_stats(const struct bw_scan *scan);

#endif
