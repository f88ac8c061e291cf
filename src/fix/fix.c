/* SPDX-License-Identifier: Apache-2.0 */
#include "fix/fix.h"

int bw_fix_edits(struct bw_arena *arena, struct bw_doc *doc, struct bw_path path, struct bw_value patch,
                 const struct bw_edit **ret, size_t *ret_n, struct bw_error *reterr)
{
        (void)arena;
        (void)doc;
        (void)path;
        (void)patch;
        (void)reterr;
        *ret = NULL;
        *ret_n = 0;
        return 0;
}
