/* SPDX-License-Identifier: Apache-2.0 */
#include "value/selector.h"

/* All of wanted are labels. */
static enum bw_selected match_all(struct bw_value wanted, struct bw_value labels)
{
        for (uint32_t i = 0; i < wanted.n; i++) {
                const struct bw_entry *want = &wanted.map->entries[i];
                const struct bw_entry *have = bw_map_find(labels, want->key);

                if (want->value.type != BW_STRING)
                        return BW_SELECTED_INVALID;
                if (!have || have->value.type != BW_STRING ||
                    !bw_str_eq(bw_value_text(have->value), bw_value_text(want->value)))
                        return BW_SELECTED_NO;
        }
        return BW_SELECTED_YES;
}

static bool is_among(struct bw_value v, struct bw_value list)
{
        for (uint32_t i = 0; i < list.n; i++)
                if (bw_value_eq(v, list.list->items[i]))
                        return true;
        return false;
}

/* {key, operator, values}. A label that is not there is in no list. */
static enum bw_selected match_expression(struct bw_value e, struct bw_value labels)
{
        struct bw_str op = bw_map_text(e, "operator");
        struct bw_value values = bw_map_get(e, BW_STR("values"));
        struct bw_value label = bw_map_get(labels, bw_map_text(e, "key"));
        bool has = label.type == BW_STRING;
        bool listed = values.type == BW_LIST && values.n > 0;

        if (bw_map_text(e, "key").n == 0)
                return BW_SELECTED_INVALID;
        if (bw_str_is(op, "In"))
                return !listed                          ? BW_SELECTED_INVALID
                       : has && is_among(label, values) ? BW_SELECTED_YES
                                                        : BW_SELECTED_NO;
        if (bw_str_is(op, "NotIn"))
                return !listed                          ? BW_SELECTED_INVALID
                       : has && is_among(label, values) ? BW_SELECTED_NO
                                                        : BW_SELECTED_YES;
        if (bw_str_is(op, "Exists"))
                return listed ? BW_SELECTED_INVALID : has ? BW_SELECTED_YES : BW_SELECTED_NO;
        if (bw_str_is(op, "DoesNotExist"))
                return listed ? BW_SELECTED_INVALID : has ? BW_SELECTED_NO : BW_SELECTED_YES;
        return BW_SELECTED_INVALID;
}

enum bw_selected bw_selector_match(struct bw_value selector, struct bw_value labels)
{
        struct bw_value wanted = bw_map_get(selector, BW_STR("matchLabels"));
        struct bw_value expressions = bw_map_get(selector, BW_STR("matchExpressions"));
        enum bw_selected all = BW_SELECTED_YES;

        if (selector.type == BW_ABSENT || selector.type == BW_NULL)
                return BW_SELECTED_NO;
        if (selector.type != BW_MAP)
                return BW_SELECTED_INVALID;
        if (wanted.type == BW_MAP)
                all = match_all(wanted, labels);
        /* A wrong expression makes the whole selector invalid, whatever the others say. */
        for (uint32_t i = 0; expressions.type == BW_LIST && i < expressions.n && all != BW_SELECTED_INVALID; i++) {
                enum bw_selected one = match_expression(expressions.list->items[i], labels);

                if (one != BW_SELECTED_YES)
                        all = one == BW_SELECTED_INVALID || all == BW_SELECTED_YES ? one : all;
        }
        return all;
}

enum bw_selected bw_selector_match_labels(struct bw_value wanted, struct bw_value labels)
{
        if (wanted.type == BW_MAP && wanted.n > 0)
                return match_all(wanted, labels);
        return wanted.type == BW_MAP || wanted.type == BW_ABSENT || wanted.type == BW_NULL ? BW_SELECTED_NO
                                                                                           : BW_SELECTED_INVALID;
}
