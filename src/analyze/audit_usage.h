/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_usage: who did what, gathered from the events of an audit log: for each user every kind of request that was allowed,
 * once. An impersonated user is the one who did it, since that is whose rights count.
 * Ownership: lives in the arena; texts are copied. Memory grows with different requests, not with events.
 * Errors: -ENOMEM. Past BW_LIMIT_USAGE_… the usage is marked incomplete, and what is new is left out.
 * Threads: one.
 * Source: k8s.io/apiserver pkg/apis/audit/v1 (Event), pkg/endpoints/filters/authorization.go (annotations
 *         authorization.k8s.io/decision), pkg/endpoints/request/requestinfo.go.
 */
#ifndef BW_ANALYZE_AUDIT_USAGE_H
#define BW_ANALYZE_AUDIT_USAGE_H

#include "analyze/rbac.h"
#include "base/siphash.h"

struct bw_usage;

struct bw_usage_request {
        struct bw_str verb;
        bool is_resource;
        struct bw_str group, resource, subresource, ns;
        struct bw_str path;           /* without its query */
        const struct bw_str *names;   /* of objects; "" is a request without one */
        size_t n_names;
        bool more_names;              /* there were more than are kept */
        uint64_t count;
};
struct bw_usage_user {
        struct bw_str name;
        const struct bw_str *groups;  /* all that it was ever seen with */
        size_t n_groups;
        const struct bw_usage_request *requests;
        size_t n_requests;
};

/* key: random bytes, against logs made to be slow to read. */
BW_CHECK int bw_usage_new(struct bw_arena *arena, struct bw_siphash_key key, struct bw_usage **ret, struct bw_error *reterr);
/* event: an audit event, or any other document, which is counted as such and left out. */
BW_CHECK int bw_usage_add(struct bw_usage *usage, struct bw_value event, struct bw_error *reterr);
/* Puts users and requests in order: asked from then on. */
BW_CHECK int bw_usage_seal(struct bw_usage *usage, struct bw_error *reterr);

struct bw_usage_span {
        uint64_t events;              /* that count */
        uint64_t denied;
        uint64_t other;               /* documents that are no events */
        struct bw_str first, last;    /* RFC 3339, of the events that count */
        bool incomplete;
};
struct bw_usage_span bw_usage_span(const struct bw_usage *usage);
const struct bw_usage_user *bw_usage_users(const struct bw_usage *usage, size_t *ret_n);
/* NULL: never seen. After sealing. */
const struct bw_usage_user *bw_usage_find(const struct bw_usage *usage, struct bw_str name);
/* As a question to the authorizer, for one of its names. */
struct bw_rbac_request bw_usage_question(const struct bw_usage_user *user, const struct bw_usage_request *request, size_t name);

#endif
