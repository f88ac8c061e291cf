/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_internal: where the reports of a scan go (-o FORMAT[=FILE]), and its counters (--stats).
 * Ownership: a sink owns its file (bw_sink_done). Threads: the first thread only.
 */
#ifndef BW_CLI_SCAN_INTERNAL_H
#define BW_CLI_SCAN_INTERNAL_H

#include "cli/cli.h"
#include "cli/files.h"
#include "exception/settings.h"
#include "report/report.h"
#include "scan/scan.h"

struct bw_sink {
        const struct bw_reporter *reporter;
        struct bw_cli *cli;
        const char *file;           /* NULL: standard output */
        struct bw_output output;
};

/* spec: "json", "json=-" or "json=FILE". The file is made now, before the sandbox is entered, and appears when it is complete. */
BW_CHECK int bw_sink_open(struct bw_sink *sink, struct bw_cli *cli, const char *spec, struct bw_error *reterr);
BW_CHECK int bw_sink_write(struct bw_sink *sink, const struct bw_report *report, const struct bw_report_options *options,
                           struct bw_error *reterr);
void bw_sink_done(struct bw_sink *sink);

/* What a scan takes from files besides its inputs. */
struct bw_scan_settings {
        struct bw_arena *arena;
        struct bw_settings settings;   /* file.p is NULL: there is no settings file */
        struct bw_str *frameworks;     /* of the settings, as the catalog takes them */
        struct bw_str *disabled;
        struct bw_exceptions *exceptions;
        struct bw_baseline *baseline;  /* NULL without --baseline */
};
/* --config, --no-config, --baseline. Call bw_scan_settings_done() whatever it returns. */
BW_CHECK int bw_scan_settings_load(struct bw_scan_settings *s, const struct bw_args *args, struct bw_error *reterr);
void bw_scan_settings_done(struct bw_scan_settings *s);
/* Reads the rule files that the settings name. */
BW_CHECK int bw_scan_settings_add_rules(struct bw_scan_settings *s, struct bw_files *files, struct bw_error *reterr);
/* Whether all that the settings name is in the catalog. */
BW_CHECK int bw_scan_settings_check(const struct bw_scan_settings *s, struct bw_catalog *catalog,
                                    struct bw_error *reterr);
/* ---- scan_controls.c */

/* The controls of these frameworks; bw_free() is the caller's. */
BW_CHECK int bw_scan_controls(struct bw_catalog *catalog, const struct bw_str *names, size_t n_names,
                              struct bw_control_row **ret_rows, size_t *ret_n, struct bw_error *reterr);
/* Copies what a report lists that nobody asked to list what passed and was skipped. Gives the number. */
size_t bw_scan_without_passed(const struct bw_report *report, struct bw_finding *to);

/* As warnings on standard error. */
void bw_scan_tell_notices(struct bw_cli *cli, const struct bw_report *report);

/* format: "text" or "json". Writes to standard error. */
BW_CHECK int bw_stats_print(struct bw_cli *cli, const char *format, const struct bw_scan_stats *stats,
                            const struct bw_report *report, uint64_t nanoseconds);

#endif
