/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podsecurity (internal): what its files share.
 * Ownership: as in podsecurity.h. Threads: pure functions.
 */
#ifndef BW_GUARD_PODSECURITY_INTERNAL_H
#define BW_GUARD_PODSECURITY_INTERNAL_H

#include "base/limits.h"
#include "guard/gotext_internal.h"
#include "guard/podsecurity.h"

#define PS_LABEL_PREFIX "pod-security.kubernetes.io/"
#define PS_BAD_LEVEL "must be one of privileged, baseline, restricted"
#define PS_BAD_VERSION "must be \"latest\" or \"v1.x\""

/* A configuration file: far more than any real one, little enough to check at once. */
#define PS_LIMIT_CONFIG_BYTES BW_MIB

bool ps_parse_level(struct bw_str text, enum bw_pss_level *ret);
bool ps_parse_version(struct bw_str text, int64_t *ret_minor);

/* Adds a warning for each set of reasons for which existing pods violate the level. */
BW_CHECK int ps_check_existing(struct bw_judge *judge, const struct bw_ps_cluster *cluster,
                               const struct bw_ps_level *level, const struct bw_ps_config *config, struct bw_str ns,
                               struct gotexts *warnings, struct bw_error *reterr);

#endif
