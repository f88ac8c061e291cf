/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gotext: texts of numbers, booleans and durations, as Go's standard library reads and writes them.
 * Ownership: what is written lives in the arena. Errors: -EINVAL (not of this form), -ERANGE (does not fit).
 * Threads: pure.
 * Source: Go strconv (ParseBool, ParseInt with base 0), time (ParseDuration, Duration.String).
 */
#ifndef BW_FORMAT_GOTEXT_H
#define BW_FORMAT_GOTEXT_H

#include "base/base.h"

struct bw_arena;

/* 1, t, T, TRUE, true, True and their opposites. */
BW_CHECK int bw_go_bool(struct bw_str text, bool *ret);
/* Base 0: 10, 0x1f, 0o17, 017, 0b1, 1_000. */
BW_CHECK int bw_go_int(struct bw_str text, int64_t *ret);
BW_CHECK int bw_go_uint(struct bw_str text, uint64_t *ret);
/* "1h30m", "-1.5s", "0": nanoseconds. */
BW_CHECK int bw_go_duration(struct bw_str text, int64_t *ret);
/* "1h30m0s", "1.5s", "0s". An empty text when the memory is used up. */
struct bw_str bw_go_duration_text(struct bw_arena *arena, int64_t nanoseconds);

#endif
