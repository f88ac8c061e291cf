/* SPDX-License-Identifier: Apache-2.0 */
/* Selectors of labels, as value/selector.h has them. */
#include "cel/lib/lib_internal.h"
#include "value/selector.h"

/* Maps that are not there count as empty; where the selector itself is missing is for the caller. */
static bool is_map_or_null(struct bw_value v)
{
        return v.type == BW_MAP || v.type == BW_NULL || v.type == BW_ABSENT;
}

/* A selector that the API server refuses selects nothing. */
static struct bw_value answer(const struct bw_value *args, enum bw_selected (*match)(struct bw_value, struct bw_value))
{
        if (!is_map_or_null(args[0]) || !is_map_or_null(args[1]))
                return bw_cel_no_overload();
        return bw_value_bool(match(args[0], args[1]) == BW_SELECTED_YES);
}

static struct bw_value selects(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return answer(args, bw_selector_match);
}

static struct bw_value selects_by_labels(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return answer(args, bw_selector_match_labels);
}

static const struct bw_cel_overload selects_overloads[] = {
        {"selects_labels", "selects(dyn, dyn) -> bool", selects, bw_lib_cost_traverse},
};
static const struct bw_cel_overload selects_by_labels_overloads[] = {
        {"selects_by_labels", "selectsByLabels(dyn, dyn) -> bool", selects_by_labels, bw_lib_cost_traverse},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("selects", selects_overloads,
                        "True if a label selector (matchLabels, matchExpressions) selects the labels: null selects "
                        "nothing, an empty one everything."),
        BW_LIB_FUNCTION("selectsByLabels", selects_by_labels_overloads,
                        "True if a plain map of labels, as a Service has it, selects the labels: an empty one selects "
                        "nothing."),
};

const struct bw_cel_library bw_cel_lib_selectors = {
        .name = "selectors",
        .flag = BW_CEL_LIB_BULWARK,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
