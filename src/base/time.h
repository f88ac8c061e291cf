/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time: points in time as reports and snapshots write them: "2026-11-21T15:04:05Z".
 * Ownership: plain values. Errors: -EINVAL for any other form. Threads: pure; no clock is read.
 * Source: RFC 3339, in UTC and whole seconds.
 */
#ifndef BW_BASE_TIME_H
#define BW_BASE_TIME_H

#include "base/base.h"

#define BW_TIME_TEXT 32

/* Of seconds since 1970. Returns buf; a year that has not four digits gives the epoch. */
const char *bw_time_format(int64_t seconds, char buf[BW_TIME_TEXT]);
/* *ret is untouched on failure. */
BW_CHECK int bw_time_parse(struct bw_str text, int64_t *ret);
/* The same for all of RFC 3339: with a fraction, which is dropped, and another zone ("2026-11-21T16:04:05.5+01:00"). */
BW_CHECK int bw_time_parse_zone(struct bw_str text, int64_t *ret);

#endif
