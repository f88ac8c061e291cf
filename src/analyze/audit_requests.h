/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_requests: a catalogue of requests that matter to security, with the level at which a policy should record each, and
 * the highest level that does not write secrets into the log.
 * Ownership: static data. Threads: immutable.
 * Source: kubernetes.io "Auditing"; what a body holds: API reference of Secret, ConfigMap, TokenReview, TokenRequest; which
 *         requests attacks consist of: MITRE ATT&CK for Containers.
 */
#ifndef BW_ANALYZE_AUDIT_REQUESTS_H
#define BW_ANALYZE_AUDIT_REQUESTS_H

#include "analyze/audit_policy.h"

struct bw_audit_case {
        const char *id;           /* "secret-read" */
        const char *title;        /* "read a Secret" */
        const char *topic;        /* "secrets", "rights", "workloads", "access", "cluster", "reconnaissance", "noise" */
        const char *user;
        const char *groups[3];
        const char *verb;
        const char *ns;
        const char *group;
        const char *resource;     /* NULL: no resource, path counts */
        const char *subresource;
        const char *name;
        const char *path;
        enum bw_audit_level least; /* NONE: need not be recorded */
        enum bw_audit_level most;  /* above it the log holds `holds` */
        const char *holds;         /* "the Secret's values"; NULL: nothing secret */
};

extern const struct bw_audit_case bw_audit_cases[];
extern const size_t bw_n_audit_cases;

/* groups: room for 3 texts, borrowed by the request. */
struct bw_audit_request bw_audit_case_request(const struct bw_audit_case *c, struct bw_str groups[3]);

/* Resources of Kubernetes' own groups, to tell a misspelt name. True for groups that are not Kubernetes' own. */
bool bw_audit_resource_is_known(struct bw_str group, struct bw_str resource);

#endif
