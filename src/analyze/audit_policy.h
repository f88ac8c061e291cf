/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_policy: an audit Policy (audit.k8s.io/v1) read and applied as the API server does: what it refuses, and at which
 * level it records a request.
 * Ownership: a policy is a document's value, borrowed. Errors: what the API server would refuse or warn of is a problem
 *            (analyze/schema.h). Threads: pure.
 * Source: k8s.io/apiserver pkg/audit/policy/{reader,checker}.go, pkg/apis/audit/validation/validation.go.
 */
#ifndef BW_ANALYZE_AUDIT_POLICY_H
#define BW_ANALYZE_AUDIT_POLICY_H

#include "analyze/derive.h"
#include "analyze/schema.h"

/* From nothing to everything, so that they compare. */
#define BW_AUDIT_LEVELS(X)                                                                         \
        X(NONE, "None")                                                                            \
        X(METADATA, "Metadata")                                                                    \
        X(REQUEST, "Request")                                                                      \
        X(REQUEST_RESPONSE, "RequestResponse")

#define BW_AUDIT_STAGES(X)                                                                         \
        X(RECEIVED, "RequestReceived")                                                             \
        X(STARTED, "ResponseStarted")                                                              \
        X(COMPLETE, "ResponseComplete")                                                            \
        X(PANIC, "Panic")

enum bw_audit_level {
#define X(name, text) BW_AUDIT_##name,
        BW_AUDIT_LEVELS(X)
#undef X
                _BW_AUDIT_LEVEL_MAX,
        _BW_AUDIT_LEVEL_INVALID = -EINVAL,
};

enum bw_audit_stage {
#define X(name, text) BW_STAGE_##name,
        BW_AUDIT_STAGES(X)
#undef X
                _BW_AUDIT_STAGE_MAX,
        _BW_AUDIT_STAGE_INVALID = -EINVAL,
};

const char *bw_audit_level_text(enum bw_audit_level level);
enum bw_audit_level bw_audit_level_parse(struct bw_str text);
const char *bw_audit_stage_text(enum bw_audit_stage stage);
enum bw_audit_stage bw_audit_stage_parse(struct bw_str text);

struct bw_audit_request {
        bool has_user;
        struct bw_str user;
        const struct bw_str *groups;
        size_t n_groups;
        struct bw_str verb;
        bool is_resource;         /* else only path counts */
        struct bw_str ns;         /* "" = cluster-wide */
        struct bw_str group;
        struct bw_str resource;
        struct bw_str subresource;
        struct bw_str name;
        struct bw_str path;
};

#define BW_AUDIT_NO_RULE UINT32_MAX

struct bw_audit_answer {
        enum bw_audit_level level;
        uint32_t rule;            /* the first that matches, or BW_AUDIT_NO_RULE */
        unsigned omit_stages;     /* bit for each enum bw_audit_stage, the policy's own included */
        bool omit_managed_fields;
};

/* policy: the root of a Policy that bw_audit_policy_check() found no error in. */
struct bw_audit_answer bw_audit_decide(struct bw_value policy, const struct bw_audit_request *request);
/* Whether one rule (a map of the policy's `rules`) matches. */
bool bw_audit_rule_matches(struct bw_value rule, const struct bw_audit_request *request);

/*
 * What the API server of 1.`minor` says of the file: errors (it does not start) and warnings (strict decoding failed, it
 * reads the file leniently). doc: as bw_schema_read() gives it, with its problems in the list. *ret_policy: what is in
 * force, for bw_audit_decide(); ABSENT when the file could not be decoded.
 */
BW_CHECK int bw_audit_policy_check(struct bw_arena *arena, struct bw_doc *doc, int minor, struct bw_problems *problems,
                                   struct bw_value *ret_policy, struct bw_error *reterr);

/* A Policy implies an AuditCoverage: what it records of a catalogue of requests (data/audit-requests.tsv), which of its
 * rules can never match, and its problems. kinds/AuditCoverage.yaml. */
extern const struct bw_deriver bw_derive_audit;

#endif
