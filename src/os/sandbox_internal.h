/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two mechanisms behind sandbox.h. Each says 0 or a negative errno.
 * Ownership: as in sandbox.h. Threads: as in sandbox.h.
 */
#ifndef BW_OS_SANDBOX_INTERNAL_H
#define BW_OS_SANDBOX_INTERNAL_H

#include "os/sandbox.h"

BW_CHECK int bw_landlock_begin(struct bw_sandbox *sandbox);
BW_CHECK int bw_landlock_allow(const struct bw_sandbox *sandbox, const char *path, bool write);
BW_CHECK int bw_landlock_enter(const struct bw_sandbox *sandbox);
BW_CHECK int bw_seccomp_enter(bool writes, bool network);

#endif
