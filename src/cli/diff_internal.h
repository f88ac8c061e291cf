/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_internal: the two sides of a diff, what differs between them, and how it is printed.
 * Ownership: a side owns its scan (bw_diff_side_done); everything else lives in the arena given.
 * Errors: name the file. Threads: the first thread only.
 */
#ifndef BW_CLI_DIFF_INTERNAL_H
#define BW_CLI_DIFF_INTERNAL_H

#include "analyze/compare.h"
#include "cli/cli.h"
#include "scan/machine.h"
#include "scan/scan.h"

/* A finding, by what it has in both sides. */
struct bw_diff_finding {
        struct bw_str key;       /* a fingerprint, or rule, object and path */
        struct bw_str rule;
        struct bw_str title;
        struct bw_str severity;
        struct bw_str verdict;
        struct bw_str object;
        struct bw_str message;
        bool is_new;
};

struct bw_diff_side {
        bool is_snapshot;               /* of a machine */
        bool is_cluster;                /* a snapshot of one: findings are compared, objects are not */
        struct bw_machine machine;      /* of a machine's snapshot */
        struct bw_catalog *catalog;
        struct bw_scan *scan;
        struct bw_diff_finding *findings; /* sorted by key */
        size_t n_findings;
        struct bw_str name;             /* of the machine, else the file's */
        struct bw_str time;             /* RFC 3339 */
};

/* A snapshot of a machine or a cluster (which is scanned by the rules that are compiled in), or a ScanReport in JSON. */
BW_CHECK int bw_diff_load(const char *path, struct bw_arena *arena, struct bw_diff_side *ret, struct bw_error *reterr);
void bw_diff_side_done(struct bw_diff_side *side);

struct bw_diff {
        const struct bw_diff_side *before;
        const struct bw_diff_side *after;
        bool members;                   /* two machines */
        struct bw_fact_change *facts;
        size_t n_facts;
        struct bw_diff_finding *findings; /* new and gone */
        size_t n_findings;
};
BW_CHECK int bw_diff_make(const struct bw_diff_side *before, const struct bw_diff_side *after, struct bw_arena *arena,
                          struct bw_diff *ret, struct bw_error *reterr);

void bw_diff_text(struct bw_buf *out, bool color, const struct bw_diff *diff);
void bw_diff_json(struct bw_buf *out, const struct bw_diff *diff);

/* "--anonymous-auth=false (/etc/x.yaml:20)": where a value came from; nothing when that is not known. */
void bw_put_source(struct bw_buf *out, struct bw_value evidence);
/* A value as people write it. */
void bw_put_value(struct bw_buf *out, struct bw_value value);

#endif
