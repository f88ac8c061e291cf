/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_arguments: of a kernel's command line, the arguments that its security depends on. The others are left out: people
 * hand tokens and passwords to their first programs there.
 * Ownership: texts are borrowed from the line. Threads: pure. Source: kernel-parameters.txt of Linux.
 */
#ifndef BW_NODE_KERNEL_ARGUMENTS_H
#define BW_NODE_KERNEL_ARGUMENTS_H

#include "base/base.h"

struct bw_kernel_argument {
        struct bw_str name;
        struct bw_str value; /* empty for a word alone */
        bool weakens;        /* turns a protection off */
};

/* At most `most`; of equal names the last one. What follows "--" is the first program's. */
size_t bw_kernel_arguments(struct bw_str line, struct bw_kernel_argument *to, size_t most);

#endif
