/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode (internal): would Kubernetes' typed decoder take this object? Only the fields that Pod Security reads are looked
 * at; a value of another type there is an error in the decoder's words. What cannot be decoded must never be admitted.
 * Ownership: writes to the buffer given. Threads: pure.
 * Source: Go encoding/json UnmarshalTypeError; k8s.io/api core/v1 types.go.
 */
#ifndef BW_GUARD_DECODE_INTERNAL_H
#define BW_GUARD_DECODE_INTERNAL_H

#include "base/buf.h"
#include "value/value.h"

/* kind: "Pod", "Deployment", "Namespace", …; others pass. False: *why has the error. */
bool decode_check(struct bw_str kind, struct bw_value root, struct bw_buf *why);

#endif
