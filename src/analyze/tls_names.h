/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_names: the names of cipher suites and TLS versions that Kubernetes' components take.
 * Ownership: static data. Threads: pure.
 * Source: k8s.io/component-base cli/flag/ciphersuites_flag.go; Go 1.23 crypto/tls CipherSuites, InsecureCipherSuites.
 */
#ifndef BW_ANALYZE_TLS_NAMES_H
#define BW_ANALYZE_TLS_NAMES_H

#include "base/base.h"

/* True when there is such a suite; *ret_insecure: Go calls it insecure. */
bool bw_tls_suite(struct bw_str name, bool *ret_insecure);
/* VersionTLS10 to VersionTLS13. */
bool bw_tls_version(struct bw_str name);

#endif
