/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selector: label selectors, as a document holds them.
 * Ownership: borrows. Threads: pure.
 * Source: k8s.io/apimachinery pkg/apis/meta/v1 helpers.go (LabelSelectorAsSelector), pkg/labels selector.go.
 */
#ifndef BW_VALUE_SELECTOR_H
#define BW_VALUE_SELECTOR_H

#include "value/value.h"

enum bw_selected {
        BW_SELECTED_INVALID = -1, /* an unknown operator, values where none belong … */
        BW_SELECTED_NO = 0,
        BW_SELECTED_YES = 1,
};

/*
 * selector: a LabelSelector {matchLabels, matchExpressions}: an absent or null one selects nothing, an empty one
 * everything. labels: the map of an object's labels, or ABSENT.
 */
enum bw_selected bw_selector_match(struct bw_value selector, struct bw_value labels);
/* A plain map of labels, as Services and ReplicationControllers have: empty or absent selects nothing. */
enum bw_selected bw_selector_match_labels(struct bw_value wanted, struct bw_value labels);

#endif
