/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tzdata: the bytes of a time zone's file by its name, read once from /usr/share/zoneinfo (or where TZDIR would be on
 * the system that built it). A sandbox must leave BW_TZDATA_FOLDER readable.
 * Ownership: bytes live as long as the cache.
 * Threads: bw_tzdata_get from any thread.
 * Source: tzfile(5); names as in the tz database.
 */
#ifndef BW_OS_TZDATA_H
#define BW_OS_TZDATA_H

#include "base/base.h"

#define BW_TZDATA_FOLDER "/usr/share/zoneinfo"

struct bw_error;
struct bw_tzdata;

BW_CHECK int bw_tzdata_new(struct bw_tzdata **ret_cache, struct bw_error *reterr);
void bw_tzdata_free(struct bw_tzdata *cache);
BW_DEFINE_AUTO(struct bw_tzdata *, bw_tzdata_free);

/* An empty text for a name that is no zone's, or when memory is out. Fits bw_catalog_options.timezone. */
struct bw_str bw_tzdata_get(void *cache, struct bw_str name);

#endif
