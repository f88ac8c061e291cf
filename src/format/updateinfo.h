/* SPDX-License-Identifier: Apache-2.0 */
/*
 * updateinfo: the advisories of an rpm repository (updateinfo.xml), fed piece by piece: which package of which version
 * mends what. No entity is followed and nothing is looked up: only the tags that matter are told apart.
 * Ownership: texts are borrowed during the call. Errors: -EINVAL broken, -E2BIG (BW_LIMIT_XML_TAG), -ENOMEM, what `each`
 * says. Threads: one reader, one thread.
 * Source: createrepo_c src/updateinfo.c; dnf, libdnf/repo.
 */
#ifndef BW_FORMAT_UPDATEINFO_H
#define BW_FORMAT_UPDATEINFO_H

#include "base/buf.h"

struct bw_error;

struct bw_update {
        bool security;
        struct bw_str id;       /* "RHSA-2024:1234" */
        struct bw_str severity; /* "Important"; may be empty */
        struct bw_str module;   /* "nodejs:18" when the collection is of a module's stream */
        struct bw_str name;
        struct bw_str epoch;    /* "0" or empty */
        struct bw_str version;
        struct bw_str release;
        struct bw_str arch;
};

struct bw_updateinfo {
        int (*each)(void *userdata, const struct bw_update *update, struct bw_error *reterr);
        void *userdata;
        struct bw_buf rest;     /* private: of a tag that has not ended */
        struct bw_buf text;     /* of the element id or severity */
        char id[64];
        char severity[32];
        char module[128];
        bool security;
        bool in_update;         /* and not in a reference or a package */
        bool wants_text;
};

BW_CHECK int bw_updateinfo_feed(struct bw_updateinfo *reader, struct bw_str bytes, struct bw_error *reterr);
void bw_updateinfo_done(struct bw_updateinfo *reader);

#endif
