/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential_internal: one run of an exec plugin, and the reading of what it prints, apart from when that is due.
 * Ownership: what is given lives in the arena, which has to be one that is wiped.
 * Errors: as of kube/credential.h; the messages go on after "the exec plugin X of user Y". Threads: one.
 */
#ifndef BW_KUBE_CREDENTIAL_INTERNAL_H
#define BW_KUBE_CREDENTIAL_INTERNAL_H

#include "kube/credential.h"

struct bw_arena;

struct bw_kube_given {
        struct bw_kube_proof proof;  /* its generation is 0 */
        bool has_expiry;
        int64_t expires;             /* unix seconds */
};

BW_CHECK int bw_kube_plugin_ask(const struct bw_kube_exec *exec, const atomic_bool *cancel, struct bw_arena *arena,
                                struct bw_kube_given *ret, struct bw_error *reterr);
/* printed: of any origin. Nothing of it is in an error. */
BW_CHECK int bw_kube_plugin_read(struct bw_arena *arena, struct bw_str api_version, struct bw_str printed,
                                 struct bw_kube_given *ret, struct bw_error *reterr);

#endif
