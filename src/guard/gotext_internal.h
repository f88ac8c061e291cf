/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gotext (internal): texts in the form that Go and Kubernetes' field errors give them.
 * Ownership: writes to the buffer given. Threads: pure.
 * Source: k8s.io/apimachinery pkg/util/validation/field/errors.go, pkg/util/errors (aggregates).
 */
#ifndef BW_GUARD_GOTEXT_INTERNAL_H
#define BW_GUARD_GOTEXT_INTERNAL_H

#include "base/buf.h"

/* `path: Invalid value: "value": detail`. */
void gotext_invalid(struct bw_buf *out, const char *path, struct bw_str value, const char *detail);

/* Texts collected one by one, each a copy in the arena. */
struct gotexts {
        struct bw_arena *arena;
        struct bw_str *items;
        size_t n;
        size_t cap;
        int status; /* 0 or -ENOMEM: the first failure sticks */
};
void gotexts_add(struct gotexts *texts, struct bw_str text);
/* Adds what the buffer holds and empties it. */
void gotexts_take(struct gotexts *texts, struct bw_buf *buf);
/* "a" for one, "[a, b]" for several; repeated texts once. 0 or -ENOMEM. */
BW_CHECK int gotexts_aggregate(const struct gotexts *texts, struct bw_buf *out);

/* A set of at most n texts. */
struct textset {
        const struct bw_str **slots; /* open addressing, never more than half full */
        size_t mask;
};
BW_CHECK int textset_new(struct textset *set, struct bw_arena *arena, size_t n);
/* True when an equal text was there already. Borrows. */
bool textset_add(struct textset *set, const struct bw_str *text);

#endif
