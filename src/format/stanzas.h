/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stanzas: records of "Key: value" lines with empty lines between them: dpkg's status, apt's Packages and Release files,
 * apk's database of what is installed, and its index. Fed piece by piece, so that an index of 50 MB needs no memory.
 * Ownership: a stanza's text is borrowed during the call. Errors: -E2BIG (BW_LIMIT_STANZA), -ENOMEM, what `each` says.
 * Threads: one reader, one thread.
 * Source: deb822(5); apk(5), "Installed database".
 */
#ifndef BW_FORMAT_STANZAS_H
#define BW_FORMAT_STANZAS_H

#include "base/buf.h"

struct bw_error;

typedef int (*bw_stanza_fn)(void *userdata, struct bw_str stanza, struct bw_error *reterr);

struct bw_stanzas {
        bw_stanza_fn each;
        void *userdata;
        struct bw_buf rest; /* of a stanza that has not ended */
};

BW_CHECK int bw_stanzas_feed(struct bw_stanzas *stanzas, struct bw_str bytes, bool last, struct bw_error *reterr);
void bw_stanzas_done(struct bw_stanzas *stanzas);

/* The field's first line without blanks around it; false: there is no such field. Upper and lower case differ. */
bool bw_stanza_field(struct bw_str stanza, struct bw_str key, struct bw_str *ret);

#endif
