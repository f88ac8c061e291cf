/* SPDX-License-Identifier: Apache-2.0 */
/* One look through a text for many words, where a loop of contains() would be most of a rule's cost. */
#include "cel/lib/lib_internal.h"

static struct bw_value contains_any(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str text = bw_value_text(args[0]);
        struct bw_byte_set set = bw_str_bytes(text);
        bool found = false;

        (void)call;
        (void)n;
        for (uint32_t i = 0; i < args[1].n; i++) {
                struct bw_value word = args[1].list->items[i];

                if (word.type != BW_STRING)
                        return bw_cel_no_overload();
                found = found || (bw_byte_set_covers(&set, bw_value_text(word)) &&
                                  bw_str_find(text, bw_value_text(word)) != SIZE_MAX);
        }
        return bw_value_bool(found);
}

static const struct bw_cel_overload overloads[] = {
        {"contains_any_string_list", "string.containsAny(list(string)) -> bool", contains_any, bw_lib_cost_traverse},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("containsAny", overloads, "Whether a text contains one of the texts of a list."),
};

const struct bw_cel_library bw_cel_lib_contains_any = {
        .name = "containsAny",
        .flag = BW_CEL_LIB_BULWARK,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
