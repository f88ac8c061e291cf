/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential: what a request proves its sender with: a token that is read again when its file changes, or what an exec plugin
 * gives, asked again when it expires or the server says 401.
 * The plugin is the one program that bulwark starts: directly, without a shell, with the arguments and environment that the
 * kubeconfig names; it gets a terminal only when it may ask.
 * Ownership: a credential borrows its config; texts live until the next call, and are overwritten then.
 * Errors: the plugin's failure with its exit status and install hint, never what it printed on standard output.
 * Threads: one.
 * Source: k8s.io/client-go plugin/pkg/client/auth/exec/exec.go, transport/token_source.go;
 *         KEP-541; k8s.io/client-go/pkg/apis/clientauthentication/v1.
 */
#ifndef BW_KUBE_CREDENTIAL_H
#define BW_KUBE_CREDENTIAL_H

#include <stdatomic.h>

#include "kube/config.h"

struct bw_kube_credential;

struct bw_kube_proof {
        struct bw_str token;       /* SECRET; empty: none */
        struct bw_str cert_pem;    /* SECRET with key_pem; empty: none */
        struct bw_str key_pem;
        uint64_t generation;       /* changes when any of them does */
};

/* cancel may be NULL. */
BW_CHECK int bw_kube_credential_new(const struct bw_kube_config *config, const atomic_bool *cancel,
                                    struct bw_kube_credential **ret, struct bw_error *reterr);
void bw_kube_credential_free(struct bw_kube_credential *credential);
BW_DEFINE_AUTO(struct bw_kube_credential *, bw_kube_credential_free);
/* now: unix seconds. refused: the last one was answered with 401. */
BW_CHECK int bw_kube_credential_get(struct bw_kube_credential *credential, int64_t now, bool refused,
                                    struct bw_kube_proof *ret, struct bw_error *reterr);

#endif
