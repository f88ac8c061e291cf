/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/lib/lib.h"

/* The order decides which overloads of a name are tried first: the standard library leads. */
const struct bw_cel_library *const bw_cel_libraries[] = {
        NULL,
};
