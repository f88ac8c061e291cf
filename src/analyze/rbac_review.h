/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rbac_review: questions to the authorizer as documents: SubjectAccessReview and its relatives, checked as the API server
 * checks them; or the bare attributes of a request {user, groups, verb, namespace, group, resource, subresource, name, path}.
 * Ownership: the request borrows the document; its lists live in the arena.
 * Errors: -EINVAL with what the API server says of such an object; -ENOMEM.
 * Threads: pure.
 * Source: k8s.io/api/authorization/v1, k8s.io/kubernetes pkg/apis/authorization/validation.
 */
#ifndef BW_ANALYZE_RBAC_REVIEW_H
#define BW_ANALYZE_RBAC_REVIEW_H

#include "analyze/rbac.h"

/* self: who asks, for SelfSubjectAccessReview; NULL: nobody, they are refused. */
BW_CHECK int bw_rbac_review_read(struct bw_arena *arena, struct bw_value object, const struct bw_rbac_user *self,
                                 struct bw_rbac_request *ret, struct bw_error *reterr);
/*
 * Who is meant by a text: user:NAME, group:NAME, sa:NAMESPACE/NAME, system:serviceaccount:NAMESPACE:NAME; anything else is a
 * user's name. With the groups that Kubernetes gives each: those of service accounts, system:authenticated or
 * system:unauthenticated. -EINVAL, -ENOMEM.
 */
BW_CHECK int bw_rbac_user_parse(struct bw_arena *arena, struct bw_str text, const struct bw_str *more_groups, size_t n_more,
                                struct bw_rbac_user *ret, struct bw_error *reterr);

#endif
