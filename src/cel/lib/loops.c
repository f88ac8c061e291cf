/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the macros transformMap and transformMapEntry expand to. No source can spell the name, and the compiler makes
 * instructions of the loops that hold it: the table serves the checker alone.
 * Source: cel-go ext/comprehensions.go.
 */
#include "cel/lib/lib_internal.h"

static const struct bw_cel_overload map_insert[] = {
        {.id = "@mapInsert_map_key_value", .signature = "cel.@mapInsert(map(K, V), K, V) -> map(K, V)"},
        {.id = "@mapInsert_map_map", .signature = "cel.@mapInsert(map(K, V), map(K, V)) -> map(K, V)"},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("cel.@mapInsert", map_insert, "A map with more entries; used by macros."),
};

const struct bw_cel_library bw_cel_lib_loops = {
        .name = "loops",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
