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
        bool is_peer;            /* another tool's check of the same thing: for its ignore annotations, not for reports */
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
        const struct bw_control *controls; /* of peers' maps too, see is_peer */
        size_t n_controls;
        const struct bw_str *references; /* URLs */
        size_t n_references;
        bool optional;           /* runs only when it is asked for */
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

/* Why a finding does not count: somebody said so, with a reason. Its verdict is skip. */
struct bw_exception_note {
        struct bw_str reason;    /* never empty: a peer's annotation without one is named here */
        struct bw_str owner;     /* may be empty */
        struct bw_str expires;   /* "2027-01-31", may be empty */
        struct bw_str source;    /* ".bulwark.yaml:12", "annotation bulwark.dev/ignore.BW-WL-005" */
};

/* Where the value under test came from, or why there is none: of documents that hold what was found on a machine. */
struct bw_finding_evidence {
        struct bw_str type;      /* "flag", "file", "default", …; empty with a state */
        struct bw_str state;     /* "absent", "unreadable", "notApplicable"; empty when there is a value */
        struct bw_str text;      /* what stands there: "--anonymous-auth=false", "default of 1.32" */
        struct bw_str file;      /* on the examined machine */
        uint32_t line;           /* 0 = unknown */
};

/* A change of the document's text that makes a finding's value right. Lines and columns (code points) from 1. */
struct bw_edit {
        uint32_t line;
        uint32_t column;
        uint32_t end_line;       /* exclusive end: equal to the begin for an insertion */
        uint32_t end_column;
        struct bw_str text;      /* what stands there afterwards; may have several lines */
};

/*
 * What stays the same while a file is edited: a hash of rule, object and named path (containers[app] instead of
 * containers[0]), no line and no file. Two findings may have the same one.
 */
struct bw_fingerprint {
        uint64_t high;
        uint64_t low;
};

struct bw_finding {
        const struct bw_rule_info *rule;
        enum bw_verdict verdict;
        struct bw_resource resource;
        struct bw_location location;
        struct bw_str message;
        struct bw_str remediation; /* the rule's fix, made concrete for this document */
        struct bw_fingerprint fingerprint;
        struct bw_fingerprint same; /* of a finding about a pod or what makes pods: equal ones say the same. Of this run only;
                                       zero: not known */
        bool uniform;              /* pods of one template all have it: the rule sees nothing in which they differ */
        uint32_t n_objects;        /* that it stands for: its own, and those that it was found in the same way in. 0 is 1 */
        uint32_t n_pods;           /* of them, those that are Pods */
        const struct bw_exception_note *exception; /* NULL: none */
        const struct bw_finding_evidence *evidence; /* NULL: the document itself shows the value */
        const struct bw_edit *edits; /* in the order of the text, not overlapping; only when the run was asked for them */
        size_t n_edits;
        uint32_t input;            /* order of the report: input number, */
        uint32_t doc;              /* document number in it, */
        uint32_t order;            /* finding number in the document */
};

static inline uint32_t bw_finding_objects(const struct bw_finding *finding)
{
        return finding->n_objects ? finding->n_objects : 1;
}

struct bw_input_error { /* an input (or a part of it) that could not be read */
        struct bw_str file;
        uint32_t line;
        uint32_t column;
        struct bw_str message;
};

/* Something about the run's own settings that its owner should know: an exception that is unused or has expired. */
struct bw_notice {
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
        uint64_t excepted;         /* of the skips, those with an exception */
        uint64_t unjudged;         /* of the skips, those for want of what could not be read */
        uint64_t known;            /* fails left out because the baseline has them */
};

/* A control of a framework that the run was asked for. */
struct bw_control_row {
        struct bw_str framework;
        struct bw_str id;
        struct bw_str title;
        struct bw_str no_rule;     /* why no rule checks it; empty when some do */
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
        const struct bw_notice *notices;
        size_t n_notices;
        const struct bw_control_row *controls; /* of the frameworks that were asked for, when a reporter shows them */
        size_t n_controls;
};

/* Order of a report: input, document, then rule severity (worst first), place, rule id. For qsort. */
int bw_finding_cmp(const void *a, const void *b);

#endif
