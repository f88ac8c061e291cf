/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields: the fields of Kubernetes objects that rules speak of, as CEL types: a misspelt field in a rule is then an error
 * of the checker, or of a path, and not a rule that never fires. Fields without a type of their own are dyn.
 * Ownership: types live in the arena given. Threads: immutable once made.
 * Source: Kubernetes API reference (v1.37) and k8s.io/api; Gateway API v1.4; policy/v1beta1 as of 1.24.
 */
#ifndef BW_RULE_FIELDS_H
#define BW_RULE_FIELDS_H

#include "cel/types.h"
#include "value/path.h"

struct bw_arena;
struct bw_rule_fields;

BW_CHECK int bw_rule_fields_new(struct bw_arena *arena, const struct bw_rule_fields **ret);
/* "PodSpec", "Container", "ObjectMeta". NULL: no such type. */
const struct bw_cel_type *bw_rule_fields_type(const struct bw_rule_fields *fields, struct bw_str name);
/* The type of an object of a kind (group.p is NULL: of any of Kubernetes' groups); dyn when its fields are not known. */
const struct bw_cel_type *bw_rule_fields_kind(const struct bw_rule_fields *fields, struct bw_str group,
                                              struct bw_str kind);
/* The type of what is at path below a value of this type. NULL: there can be nothing; *ret_at is the segment at fault. */
const struct bw_cel_type *bw_rule_fields_at(const struct bw_cel_type *type, struct bw_path path, size_t *ret_at);

#endif
