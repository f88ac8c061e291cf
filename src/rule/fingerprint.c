/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/judge_internal.h"

struct bw_fingerprint judge_item_fingerprint(struct bw_judge *judge, const struct judge_item *item, struct bw_path path)
{
        (void)judge;
        (void)item;
        (void)path;
        return (struct bw_fingerprint){0};
}
