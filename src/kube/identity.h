/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity: what a configuration proves its user with, as facts that rules judge: whose the certificate is and until when it holds,
 * what a token says of itself. Never the certificate's key nor the token.
 * Ownership: borrows. Errors: the buffer's status; what cannot be read is left out. Threads: pure, but for a token file, which is read.
 * Source: k8s.io/client-go transport (what goes before what); RFC 7519 (tokens); kinds/Cluster.yaml (the form).
 */
#ifndef BW_KUBE_IDENTITY_H
#define BW_KUBE_IDENTITY_H

#include "base/buf.h"
#include "kube/config.h"

/* "exec", "tokenFile", "token", "certificate", "none" */
const char *bw_kube_identity_method(const struct bw_kube_config *config);
/* Appends a JSON object: the field `client` of a Cluster. */
void bw_kube_identity_put(struct bw_buf *out, const struct bw_kube_config *config);

#endif
