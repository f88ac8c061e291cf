/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packages: what is installed, and what indexes on the machine have newer. One struct bw_packages is filled by the reader of
 * the machine's package manager and then put into the Host document by host_packages.c.
 * Ownership: texts live in the arena of the work. Errors: what cannot be read is a reason; negative for -ENOMEM.
 * Threads: as node.h.
 * Source: dpkg(1) status, apt's lists; rpm and dnf, yum and zypper caches; apk(5).
 */
#ifndef BW_NODE_PACKAGES_H
#define BW_NODE_PACKAGES_H

#include "node/system.h"

struct bw_installed {
        struct bw_str name;
        struct bw_str arch;
        struct bw_str version;   /* with epoch and release, as its manager writes it */
        struct bw_str module;    /* rpm: "nodejs:18:…" */
        struct bw_str available; /* newest in the indexes; empty: none is newer */
        struct bw_str source;    /* the index */
        struct bw_str advisory;  /* "RHSA-2024:1234", if there is one */
        bool held;               /* not to be upgraded, the owner says */
};

struct bw_packages {
        struct bw_node *node;
        struct bw_arena *arena;  /* of the work */
        const char *manager;     /* "dpkg", "rpm", "apk"; NULL: none was found */
        struct bw_str database;  /* the file */
        struct bw_installed *items;
        size_t n, cap;
        int (*order)(struct bw_str a, struct bw_str b); /* of versions */
        bool security;           /* indexes tell security updates from others */
        /* Indexes. */
        size_t n_indexes;        /* that were read */
        struct bw_str index;     /* one of them */
        int64_t index_date;      /* of the oldest one, unix seconds; 0: unknown */
        const char *why_none;    /* why there are none, a clause */
        struct bw_str skipped;   /* an index that could not be read, with the reason; empty */
        uint64_t budget;         /* bytes of indexes that may still be read */
        /* Unattended upgrades. */
        bool unattended_known;
        bool unattended;
        struct bw_str unattended_file;
};

BW_CHECK int bw_packages_add(struct bw_packages *packages, const struct bw_installed *item, struct bw_error *reterr);
/* After the last one: sorts, and of several versions of one package keeps the newest (kernels). */
void bw_packages_sort(struct bw_packages *packages);
/* An index has this version of a package: noted where it is newer than what is installed. arch "all" or "noarch": any. */
BW_CHECK int bw_packages_offer(struct bw_packages *packages, const struct bw_installed *offer, struct bw_error *reterr);
/* A package's first place in the list by its name, *ret_n of them; NULL: it is not installed. */
const struct bw_installed *bw_packages_find(const struct bw_packages *packages, struct bw_str name, size_t *ret_n);

/*
 * A file's bytes piece by piece, unpacked where it is packed with gzip, zstd or LZ4. -ENOTSUP: with something else. Gives
 * what each says.
 */
BW_CHECK int bw_packages_stream(struct bw_packages *packages, const char *path,
                                int (*each)(void *userdata, struct bw_str bytes, struct bw_error *reterr), void *userdata,
                                struct bw_error *reterr);
/* An index was read, or could not be. date: 0 unknown. */
void bw_packages_note(struct bw_packages *packages, const char *path, int64_t date, int code, const struct bw_error *err);

/* One for each package manager: fills packages, leaves manager NULL when its database is not there. */
BW_CHECK int bw_packages_read_dpkg(struct bw_packages *packages, const struct bw_os_release *os, struct bw_error *reterr);
BW_CHECK int bw_packages_read_rpm(struct bw_packages *packages, const struct bw_os_release *os, struct bw_error *reterr);
BW_CHECK int bw_packages_read_apk(struct bw_packages *packages, const struct bw_os_release *os, struct bw_error *reterr);

#endif
