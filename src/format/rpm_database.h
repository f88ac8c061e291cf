/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm_database: the packages in rpm's database, read straight from its file: SQLite (rpmdb.sqlite), ndb
 * (Packages.db) and Berkeley DB (Packages, before RHEL 9). It is read page by page through a function of the caller's, so
 * that a database of 100 MB needs little memory, and without a library that opens files itself.
 * Ownership: a package's texts are borrowed during the call. Errors: -EINVAL broken, -E2BIG (BW_LIMIT_RPM_HEADER),
 * -ENOTSUP another format, what `read` and `each` say. Threads: one call, one thread.
 * Source: rpm lib/backend/sqlite.cc, lib/backend/ndb/rpmpkg.c, lib/header.cc; sqlite.org/fileformat2.html; libdb
 * src/dbinc/db_page.h.
 */
#ifndef BW_FORMAT_RPM_DATABASE_H
#define BW_FORMAT_RPM_DATABASE_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_reader_at {
        /* Reads exactly n bytes at an offset within size. */
        int (*read)(void *userdata, uint64_t at, void *to, size_t n, struct bw_error *reterr);
        void *userdata;
        uint64_t size;
};

struct bw_rpm_package {
        struct bw_str name;
        struct bw_str version;
        struct bw_str release;
        struct bw_str arch;   /* empty for keys ("gpg-pubkey") */
        struct bw_str module; /* "nodejs:18:8070020230314:bd1311ed" of a modular package */
        uint32_t epoch;
        bool has_epoch;
};

/* A header blob: index and data, as the database holds it. */
BW_CHECK int bw_rpm_header_read(struct bw_str blob, struct bw_rpm_package *ret, struct bw_error *reterr);

typedef int (*bw_rpm_package_fn)(void *userdata, const struct bw_rpm_package *package, struct bw_error *reterr);

/* What it is is told by the first bytes. arena: for the work, restored after each package. */
BW_CHECK int bw_rpm_database_read(struct bw_arena *arena, const struct bw_reader_at *file, bw_rpm_package_fn each,
                                  void *userdata, struct bw_error *reterr);

#endif
