/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_internal: the types behind the kinds, for code that walks them: the decoder, and the kubelet's flags and defaults.
 * A type's text is Go's ("*bool", "[]kubelet/v1beta1.MemoryReservation", "map[string]string"); what stands before '/' tells
 * packages of one name apart and is no part of what Go prints.
 * Ownership: static data. Threads: pure.
 */
#ifndef BW_ANALYZE_SCHEMA_INTERNAL_H
#define BW_ANALYZE_SCHEMA_INTERNAL_H

#include "analyze/schema.h"
#include "base/buf.h"

/* The Go type of a kind ("kubelet/v1beta1.KubeletConfiguration"). */
const char *bw_schema_type(const struct bw_schema *schema);
/* A field's type; empty when the type has no such field in that version (minor 0: in any). */
struct bw_str bw_schema_field(struct bw_str type, struct bw_str field, int minor);
/* What a named type is: "struct", "=" and what it stands for; empty: Go's own, or it decodes itself. */
struct bw_str bw_schema_type_form(struct bw_str type);
/* The fields of a type one by one: *i from 0; false at the end. */
bool bw_schema_each_field(struct bw_str type, size_t *i, int minor, struct bw_str *ret_field, struct bw_str *ret_go);
/* What Go's time.ParseDuration says of a text that is no duration. */
void bw_schema_put_duration_error(struct bw_buf *out, struct bw_str s);

#endif
