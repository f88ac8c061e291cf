/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats behind rpm_database.h: each walks its file and hands out the blobs of the headers.
 * Ownership: a blob is borrowed during the call. Threads: as in rpm_database.h.
 */
#ifndef BW_FORMAT_RPM_DATABASE_INTERNAL_H
#define BW_FORMAT_RPM_DATABASE_INTERNAL_H

#include "format/rpm_database.h"

typedef int (*bw_blob_fn)(void *userdata, struct bw_str blob, struct bw_error *reterr);

/* The second column of every row of the table, a blob. */
BW_CHECK int bw_sqlite_blobs(struct bw_arena *arena, const struct bw_reader_at *file, struct bw_str table, bw_blob_fn each,
                             void *userdata, struct bw_error *reterr);
BW_CHECK int bw_ndb_blobs(struct bw_arena *arena, const struct bw_reader_at *file, bw_blob_fn each, void *userdata,
                          struct bw_error *reterr);
/* The values of a hash. */
BW_CHECK int bw_berkeley_blobs(struct bw_arena *arena, const struct bw_reader_at *file, bw_blob_fn each, void *userdata,
                               struct bw_error *reterr);

static inline uint32_t bw_be16(const uint8_t *p)
{
        return (uint32_t)p[0] << 8 | p[1];
}
static inline uint32_t bw_be32(const uint8_t *p)
{
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline uint32_t bw_le32(const uint8_t *p)
{
        return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

#endif
