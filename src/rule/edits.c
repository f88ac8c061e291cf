/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "fix/fix.h"
#include "rule/judge_internal.h"

int judge_item_edits(struct bw_judge *judge, const struct judge_item *item, struct bw_doc *doc, struct bw_arena *arena,
                     struct bw_finding *finding, struct bw_error *reterr)
{
        struct bw_value patch = judge->rule->patch;
        struct bw_path path;

        if (patch.type != BW_MAP || judge->n_edited >= BW_LIMIT_FIX_PER_DOC)
                return 0;
        judge->n_edited++;
        path = judge_item_path(judge, item, true);
        if (!path.segments)
                return bw_error_nomem(reterr);
        return bw_fix_edits(arena, doc, path, patch, &finding->edits, &finding->n_edits, reterr);
}
