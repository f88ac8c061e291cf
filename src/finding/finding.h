/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding: a rule, a document and a verdict; and the report that holds them. A leaf: rule makes findings, report prints
 * them, neither needs the other.
 * Ownership: texts are borrowed from the run's arenas (or static); a report owns only its array.
 * Threads: plain data; each thread fills findings of its own.
 */
#ifndef BW_FINDING_FINDING_H
#define BW_FINDING_FINDING_H

#include "base/base.h"

struct bw_error;

/* X(name, text, what it means) */
#define BW_VERDICTS(X)                                                                             \
        X(PASS, "pass", "the rule holds")                                                          \
        X(FAIL, "fail", "the rule does not hold")                                                  \
        X(MANUAL, "manual", "a person has to look")                                                \
        X(SKIP, "skip", "could not be judged or does not apply, with the reason")                  \
        X(ERROR, "error", "the rule itself failed on this document")

enum bw_verdict {
#define X(name, text, doc) BW_VERDICT_##name,
        BW_VERDICTS(X)
#undef X
                _BW_VERDICT_MAX,
        _BW_VERDICT_INVALID = -EINVAL,
};

/* From the least to the most severe, so that they compare. */
#define BW_SEVERITIES(X)                                                                           \
        X(LOW, "low")                                                                              \
        X(MEDIUM, "medium")                                                                        \
        X(HIGH, "high")                                                                            \
        X(CRITICAL, "critical")

enum bw_severity {
#define X(name, text) BW_SEVERITY_##name,
        BW_SEVERITIES(X)
#undef X
                _BW_SEVERITY_MAX,
        _BW_SEVERITY_INVALID = -EINVAL,
};

const char *bw_verdict_text(enum bw_verdict verdict);
enum bw_verdict bw_verdict_parse(struct bw_str text);
const char *bw_severity_text(enum bw_severity severity);
enum bw_severity bw_severity_parse(struct bw_str text);

struct bw_control { /* of a framework */
        struct bw_str framework; /* "pss-baseline", "cis-1.12" */
        struct bw_str control;   /* "5.2.1", "privileged" */
};

/* What reports say of a rule. */
struct bw_rule_info {
        struct bw_str id;
        struct bw_str title;
        enum bw_severity severity;
        struct bw_str practice;  /* "W03" */
        struct bw_str why;
        struct bw_str fix;       /* text */
        struct bw_str file;      /* where the rule was read from */
        const struct bw_control *controls;
        size_t n_controls;
};

struct bw_resource {
        struct bw_str api_version;
        struct bw_str kind;
        struct bw_str ns;
        struct bw_str name;
        uint32_t line;           /* where the object begins in its input; 0 = unknown */
};

struct bw_location {
        struct bw_str file;
        uint32_t line;           /* from 1; 0 = unknown */
        uint32_t column;
        struct bw_str path;      /* spec.containers[0].securityContext.privileged, from the object's root */
        struct bw_str source;    /* the source line, for the caret; empty when unknown or when it may hold a secret */
};

struct bw_finding {
        const struct bw_rule_info *rule;
        enum bw_verdict verdict;
        struct bw_resource resource;
        struct bw_location location;
        struct bw_str message;
        struct bw_str remediation; /* the rule's fix, made concrete for this document */
        uint32_t input;            /* order of the report: input number, */
        uint32_t doc;              /* document number in it, */
        uint32_t order;            /* finding number in the document */
};

struct bw_input_error { /* an input (or a part of it) that could not be read */
        struct bw_str file;
        uint32_t line;
        uint32_t column;
        struct bw_str message;
};

struct bw_summary {
        uint64_t documents;        /* Kubernetes objects judged */
        uint64_t other;            /* documents that are no Kubernetes object (values files, workflows, templates) */
        uint64_t rules;
        uint64_t verdicts[_BW_VERDICT_MAX];
        uint64_t by_severity[_BW_SEVERITY_MAX]; /* of the fails */
};

struct bw_report {
        struct bw_str version;     /* of bulwark */
        int64_t generated_at;      /* unix seconds */
        const struct bw_str *inputs;
        size_t n_inputs;
        struct bw_summary summary;
        const struct bw_finding *findings; /* sorted; pass and skip are here only if asked for */
        size_t n_findings;
        const struct bw_input_error *errors;
        size_t n_errors;
};

/* Order of a report: input, document, then rule severity (worst first), place, rule id. For qsort. */
int bw_finding_cmp(const void *a, const void *b);

#endif
