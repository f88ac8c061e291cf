/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time: timestamps and durations as text and as calendar fields.
 * A TIMESTAMP value is seconds since 1970 in i, nanoseconds in n and its zone's offset from UTC in minutes, plus
 * 0x8000, in hash; the offset shows only in its text. A DURATION value is nanoseconds in i.
 * Ownership: plain values. Threads: pure functions.
 * Source: RFC 3339 and Go's time.Parse, time.ParseDuration as cel-go uses them; years 1 to 9999.
 */
#ifndef BW_CEL_LIB_TIME_H
#define BW_CEL_LIB_TIME_H

#include "value/value.h"

#define BW_CEL_TIME_UTC 0x8000 /* in hash: no offset */

/* -EINVAL: not of the form; -ERANGE: no such time, or out of range. */
BW_CHECK int bw_cel_timestamp_parse(struct bw_str text, struct bw_value *ret);
BW_CHECK int bw_cel_duration_parse(struct bw_str text, struct bw_value *ret);
/* A timestamp in UTC. -ERANGE outside the years 1 to 9999. */
BW_CHECK int bw_cel_timestamp_make(int64_t seconds, uint32_t nanoseconds, struct bw_value *ret);
void bw_cel_timestamp_format(struct bw_buf *out, struct bw_value timestamp);
void bw_cel_duration_format(struct bw_buf *out, struct bw_value duration);

#endif
