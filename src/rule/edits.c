/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/judge_internal.h"

int judge_item_edits(struct bw_judge *judge, const struct judge_item *item, struct bw_doc *doc, struct bw_arena *arena,
                     struct bw_finding *finding, struct bw_error *reterr)
{
        (void)judge;
        (void)item;
        (void)doc;
        (void)arena;
        (void)finding;
        (void)reterr;
        return 0;
}
