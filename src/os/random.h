/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random: bytes that nobody can guess, for the keys of hash tables.
 * Ownership: plain values. Errors: none: where the kernel has no randomness yet, addresses and the clock must do.
 * Threads: any.
 */
#ifndef BW_OS_RANDOM_H
#define BW_OS_RANDOM_H

#include "base/base.h"

void bw_os_random(void *ret, size_t n);

#endif
