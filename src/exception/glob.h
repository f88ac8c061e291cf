/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob: names and paths with wildcards: '*' is any run of bytes without a slash, '**' any run, '**' and a slash any
 * number of folders, '?' one byte that is no slash. Everything else is itself.
 * Ownership: borrows. Effort: at most pattern × text × text steps. Threads: pure.
 * Source: docs/exceptions.md.
 */
#ifndef BW_EXCEPTION_GLOB_H
#define BW_EXCEPTION_GLOB_H

#include "base/base.h"

bool bw_glob_match(struct bw_str pattern, struct bw_str text) BW_PURE;
/* A pattern that matches itself alone. */
bool bw_glob_is_literal(struct bw_str pattern) BW_PURE;

#endif
