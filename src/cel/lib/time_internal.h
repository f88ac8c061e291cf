/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time_internal: calendar arithmetic and time zones, shared by time.c, time_text.c and zone.c.
 * Ownership: plain values. Threads: pure functions.
 * Source: proleptic Gregorian calendar; RFC 8536 (TZif) for zones.
 */
#ifndef BW_CEL_LIB_TIME_INTERNAL_H
#define BW_CEL_LIB_TIME_INTERNAL_H

#include "value/value.h"

#define TIME_MIN INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define TIME_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define TIME_DAY 86400
#define TIME_NANO 1000000000

struct bw_civil {
        int64_t year;
        int month; /* 1 to 12 */
        int day;   /* 1 to 31 */
        int hour;
        int minute;
        int second;
        int weekday; /* 0 = Sunday */
        int yearday; /* 0 to 365 */
};

bool bw_time_is_leap(int64_t year);
int bw_time_days_in(int64_t year, int month);
/* Days from 1970-01-01 to a date. */
int64_t bw_time_days(int64_t year, int month, int day);
/* Seconds since 1970 (already shifted by the zone's offset) as a date and time of day. */
struct bw_civil bw_time_civil(int64_t seconds);

/* Seconds to add to UTC in a zone at a time. -EINVAL: not a TZif file. tzif borrows. */
BW_CHECK int bw_zone_offset(struct bw_str tzif, int64_t seconds, int64_t *ret);

#endif
