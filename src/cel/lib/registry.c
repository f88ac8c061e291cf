/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/lib/lib.h"
#include "cel/lib/std.h"

/* The order decides which overloads of a name are tried first: the standard library leads. */
const struct bw_cel_library *const bw_cel_libraries[] = {
        &bw_cel_lib_operators,
        &bw_cel_lib_conversions,
        &bw_cel_lib_text,
        &bw_cel_lib_optional,
        &bw_cel_lib_loops,
        &bw_cel_lib_time,
        &bw_cel_lib_strings,
        &bw_cel_lib_format_strings,
        &bw_cel_lib_regex,
        &bw_cel_lib_lists,
        &bw_cel_lib_sets,
        &bw_cel_lib_url,
        &bw_cel_lib_ip,
        &bw_cel_lib_cidr,
        &bw_cel_lib_quantity,
        &bw_cel_lib_formats,
        &bw_cel_lib_semver,
        &bw_cel_lib_ext_strings,
        &bw_cel_lib_math,
        &bw_cel_lib_encoders,
        &bw_cel_lib_ext_lists,
        &bw_cel_lib_flags,
        &bw_cel_lib_image,
        &bw_cel_lib_credential,
        &bw_cel_lib_selectors,
        &bw_cel_lib_repeated,
        &bw_cel_lib_contains_any,
        NULL,
};
