/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_internal: what the files of the probes share. Ownership, errors, threads: probe.h.
 */
#ifndef BW_NODE_PROBE_INTERNAL_H
#define BW_NODE_PROBE_INTERNAL_H

#include <openssl/x509.h>

#include "node/daemons.h"
#include "node/probe.h"
#include "node/survey.h"

/* The effective settings of the first component of that name; ABSENT: there is none. */
BW_CHECK int bw_probe_settings(struct bw_node *node, const char *component, struct bw_value *ret, struct bw_error *reterr);
/* SHA-256 in hex; empty: no certificate, or no memory. */
struct bw_str bw_probe_fingerprint(struct bw_arena *arena, const X509 *certificate);
/* Asks etcd as one of its own clients: health, version, size, alarms. */
BW_CHECK int bw_probe_etcd(struct bw_node *node, const struct bw_survey *survey, struct bw_probe_etcd *ret,
                           struct bw_error *reterr);
/* host_metadata.c: whose cloud the machine is in, by its firmware's tables; "": nobody's. */
BW_CHECK int bw_metadata_provider(struct bw_node *node, const char **ret, struct bw_error *reterr);

#endif
