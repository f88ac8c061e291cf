/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lib: the libraries of CEL functions, one file each. registry.c lists them; nothing else names them.
 * Ownership: static tables. Threads: immutable.
 */
#ifndef BW_CEL_LIB_LIB_H
#define BW_CEL_LIB_LIB_H

#include "cel/library.h"

extern const struct bw_cel_library bw_cel_lib_strings, bw_cel_lib_format_strings, bw_cel_lib_regex, bw_cel_lib_lists,
        bw_cel_lib_sets, bw_cel_lib_time, bw_cel_lib_url, bw_cel_lib_ip, bw_cel_lib_cidr, bw_cel_lib_quantity,
        bw_cel_lib_semver, bw_cel_lib_formats, bw_cel_lib_math, bw_cel_lib_encoders, bw_cel_lib_ext_lists,
        bw_cel_lib_ext_strings, bw_cel_lib_loops, bw_cel_lib_flags, bw_cel_lib_image, bw_cel_lib_credential,
        bw_cel_lib_selectors, bw_cel_lib_repeated, bw_cel_lib_contains_any;

/*
 * Macros of these libraries (macro.c) and the functions that they call:
 *     math.greatest(a), (a, b), (a, b, c, …), ([…])  ->  math.@max(a), math.@max(a, b), math.@max([…]); math.least: math.@min
 *     list.sortBy(x, key)  ->  list.@sortByAssociatedKeys(list.map(x, key))
 */

#endif
