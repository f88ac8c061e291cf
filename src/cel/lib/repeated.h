/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repeated: whether two items of a list have the same value in a field, such as two variables of one name.
 * Ownership: nothing is kept. Threads: pure functions.
 */
#ifndef BW_CEL_LIB_REPEATED_H
#define BW_CEL_LIB_REPEATED_H

#include "value/value.h"

/* Longer lists are for those who have memory to compare them in. */
enum { BW_REPEATED_SHORT = 256 };

/* True when no two items have the same text there. What is no list of at most BW_REPEATED_SHORT maps: false. */
bool bw_list_is_unique(struct bw_value list, struct bw_value field);

#endif
