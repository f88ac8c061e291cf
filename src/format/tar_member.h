/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tar_member: the content of one file of a tar archive that passes by piece by piece, as in apk's indexes (signature and
 * index are archives of their own, one behind the other, the first without an end).
 * Ownership: bytes are borrowed during the call. Errors: -EINVAL broken, what `each` says. Threads: one reader, one thread.
 * Source: POSIX pax, "ustar Interchange Format"; apk(5).
 */
#ifndef BW_FORMAT_TAR_MEMBER_H
#define BW_FORMAT_TAR_MEMBER_H

#include "base/base.h"

struct bw_error;

#define BW_TAR_BLOCK 512

struct bw_tar_member {
        struct bw_str name; /* of the file that is wanted */
        int (*each)(void *userdata, struct bw_str bytes, struct bw_error *reterr);
        void *userdata;
        bool seen;          /* the file has begun */
        /* private */
        char header[BW_TAR_BLOCK];
        size_t header_n;
        uint64_t left;      /* of the file at hand */
        uint64_t padding;   /* up to the next header */
        bool wanted;
};

BW_CHECK int bw_tar_member_feed(struct bw_tar_member *tar, struct bw_str bytes, struct bw_error *reterr);

#endif
