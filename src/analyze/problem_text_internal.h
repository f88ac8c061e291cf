/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problem_text (internal): problems in the words of Kubernetes' field errors, each at a place of the document and under the
 * path that Kubernetes gives it, which is not always the same.
 * Ownership: texts live in the problems' arena. Errors: problems->failed. Threads: one list, one thread.
 * Source: k8s.io/apimachinery pkg/util/validation/field/errors.go.
 */
#ifndef BW_ANALYZE_PROBLEM_TEXT_INTERNAL_H
#define BW_ANALYZE_PROBLEM_TEXT_INTERNAL_H

#include "analyze/schema.h"
#include "base/buf.h"

/* Where a field error is: the path in the document, and the one that Kubernetes names (NULL: the same). */
struct field_at {
        struct bw_problems *problems;
        struct bw_doc *doc;
        struct bw_str path;
        struct bw_str shown;
};

/* printf text of a path, in the arena. */
struct bw_str field_path(struct bw_problems *problems, const char *fmt, ...) BW_PRINTF(2, 3);

void field_required(struct field_at at, const char *detail);
void field_invalid_text(struct field_at at, struct bw_str value, const char *fmt, ...) BW_PRINTF(3, 4);
/* The value is already as Go prints it: []string{"a"}, 0, v1.Duration{Duration:0}. */
void field_invalid(struct field_at at, const char *value, const char *fmt, ...) BW_PRINTF(3, 4);
/* supported: ended by NULL. */
void field_not_supported(struct field_at at, struct bw_str value, const char *const *supported);

/* []string{"a", "b"} of a list of texts. */
void put_go_strings(struct bw_buf *out, struct bw_value list);

/* The whole text after "Kind: " says why this name is no DNS subdomain; NULL: it is one. */
const char *dns_subdomain_problem(struct bw_str name);

#endif
