/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selectors of labels.
 * Source: k8s.io/apimachinery pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector, pkg/labels/selector.go
 * Requirement.Matches, SelectorFromSet.
 */
#include "cel/lib/lib_internal.h"

/* Maps that are not there count as empty; where the selector itself is missing is for the caller. */
static bool is_map_or_null(struct bw_value v)
{
        return v.type == BW_MAP || v.type == BW_NULL || v.type == BW_ABSENT;
}

static bool has_all(struct bw_value labels, struct bw_value wanted)
{
        for (uint32_t i = 0; wanted.type == BW_MAP && i < wanted.n; i++) {
                const struct bw_entry *found = bw_map_find(labels, wanted.map->entries[i].key);

                if (!found || !bw_value_eq(found->value, wanted.map->entries[i].value))
                        return false;
        }
        return true;
}

static bool in_list(struct bw_value list, struct bw_value v)
{
        for (uint32_t i = 0; list.type == BW_LIST && i < list.n; i++)
                if (bw_value_eq(list.list->items[i], v))
                        return true;
        return false;
}

/* A requirement with an operator that there is not is fulfilled by nothing: the API server refuses such a selector. */
static bool fulfils(struct bw_value labels, struct bw_value requirement)
{
        struct bw_str operation = bw_map_text(requirement, "operator");
        struct bw_value values = bw_map_get(requirement, BW_STR("values"));
        struct bw_value label = bw_map_get(labels, bw_map_text(requirement, "key"));
        bool has = label.type != BW_ABSENT;

        if (bw_str_is(operation, "In"))
                return has && in_list(values, label);
        if (bw_str_is(operation, "NotIn"))
                return !has || !in_list(values, label);
        if (bw_str_is(operation, "Exists"))
                return has;
        return bw_str_is(operation, "DoesNotExist") && !has;
}

static struct bw_value selects(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_value expressions;

        (void)call;
        (void)n;
        if (!is_map_or_null(args[0]) || !is_map_or_null(args[1]))
                return bw_cel_no_overload();
        if (args[0].type != BW_MAP)
                return bw_value_bool(false);
        expressions = bw_map_get(args[0], BW_STR("matchExpressions"));
        for (uint32_t i = 0; expressions.type == BW_LIST && i < expressions.n; i++)
                if (!fulfils(args[1], expressions.list->items[i]))
                        return bw_value_bool(false);
        return bw_value_bool(has_all(args[1], bw_map_get(args[0], BW_STR("matchLabels"))));
}

static struct bw_value selects_by_labels(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        if (!is_map_or_null(args[0]) || !is_map_or_null(args[1]))
                return bw_cel_no_overload();
        return bw_value_bool(args[0].type == BW_MAP && args[0].n > 0 && has_all(args[1], args[0]));
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
