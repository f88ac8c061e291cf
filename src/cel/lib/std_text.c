/* SPDX-License-Identifier: Apache-2.0 */
/* size() and what strings can be asked. Source: cel-go common/stdlib/standard.go, common/types/string.go. */
#include "cel/lib/lib_internal.h"
#include "cel/lib/std.h"

struct bw_value bw_std_size(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        switch ((enum bw_type)args[0].type) {
        case BW_STRING:
                return bw_value_int((int64_t)bw_utf8_count(bw_value_text(args[0])));
        case BW_BYTES:
        case BW_LIST:
        case BW_MAP:
                return bw_value_int(args[0].n);
        default:
                return bw_cel_no_overload();
        }
}

struct bw_value bw_std_starts_with(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bool(bw_str_starts(bw_value_text(args[0]), bw_value_text(args[1])));
}

struct bw_value bw_std_ends_with(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bool(bw_str_ends(bw_value_text(args[0]), bw_value_text(args[1])));
}

struct bw_value bw_std_contains(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bool(bw_str_find(bw_value_text(args[0]), bw_value_text(args[1])) != SIZE_MAX);
}

static uint64_t cost_contains(const struct bw_value *args, size_t n, struct bw_value result)
{
        (void)n;
        (void)result;
        return bw_lib_scaled(bw_lib_size(args[0]), BW_LIB_SCAN) * bw_lib_scaled(bw_lib_size(args[1]), BW_LIB_SCAN);
}

static const struct bw_cel_overload size[] = {
        {"size_bytes", "size(bytes) -> int", bw_std_size, NULL},
        {"bytes_size", "bytes.size() -> int", bw_std_size, NULL},
        {"size_list", "size(list(T)) -> int", bw_std_size, NULL},
        {"list_size", "list(T).size() -> int", bw_std_size, NULL},
        {"size_map", "size(map(K, V)) -> int", bw_std_size, NULL},
        {"map_size", "map(K, V).size() -> int", bw_std_size, NULL},
        {"size_string", "size(string) -> int", bw_std_size, NULL},
        {"string_size", "string.size() -> int", bw_std_size, NULL},
};
static const struct bw_cel_overload contains[] = {
        {"contains_string", "string.contains(string) -> bool", bw_std_contains, cost_contains},
};
static const struct bw_cel_overload ends_with[] = {
        {"ends_with_string", "string.endsWith(string) -> bool", bw_std_ends_with, bw_lib_cost_scan},
};
static const struct bw_cel_overload starts_with[] = {
        {"starts_with_string", "string.startsWith(string) -> bool", bw_std_starts_with, bw_lib_cost_scan},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("size", size, "Code points of a string, bytes, items of a list, entries of a map."),
        BW_LIB_FUNCTION("contains", contains, "Whether the text occurs in the string."),
        BW_LIB_FUNCTION("endsWith", ends_with, "Whether the string ends with the text."),
        BW_LIB_FUNCTION("startsWith", starts_with, "Whether the string begins with the text."),
};

const struct bw_cel_library bw_cel_lib_text = {
        .name = "text",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
