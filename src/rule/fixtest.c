/* SPDX-License-Identifier: Apache-2.0 */
/* A rule that offers a patch says that it makes the value right: its failing tests show whether that is so. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "fix/fix.h"
#include "rule/judge_internal.h"

enum { MAX_ROUNDS = 64 }; /* one value is made right in each */

/* The first finding for which the patch changes something; where it does not, only a person can choose. */
struct first {
        struct bw_finding finding;
        bool any;
        struct bw_str before; /* the path that was made right last */
        bool again;           /* that path fails still */
};

static int take(void *userdata, const struct bw_finding *f)
{
        struct first *first = userdata;

        if (f->verdict != BW_VERDICT_FAIL)
                return 0;
        first->again |= first->before.n && bw_str_eq(f->location.path, first->before);
        if (f->n_edits && !first->any) {
                first->finding = *f;
                first->any = true;
        }
        return 0;
}

static int judge_text_once(struct bw_judge *judge, struct bw_arena *arena, const struct bw_rule *rule, int minor,
                           struct bw_str text, struct first *first, struct bw_error *reterr)
{
        struct bw_doc doc;
        size_t used;
        int r = bw_json_read(arena, text, 1, 1, false, &doc, &used, reterr);

        if (r < 0)
                return r;
        (void)bw_doc_identify(&doc);
        return rule_evaluate(judge, &rule, 1, minor, &doc, arena, take, first, reterr);
}

int rule_fix_test(struct bw_judge *judge, struct bw_arena *arena, const struct bw_rule *rule, int minor,
                  struct bw_value object, struct bw_str *ret_why, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct first first = {0};
        struct bw_str text;
        int r = 0;

        bw_value_json(&buf, object, 2);
        text = bw_arena_str(arena, bw_buf_view(&buf));
        judge->world.want_edits = true;
        for (unsigned i = 0; r == 0 && i < MAX_ROUNDS; i++) {
                first = (struct first){.before = first.finding.location.path};
                r = text.p ? judge_text_once(judge, arena, rule, minor, text, &first, reterr) : bw_error_nomem(reterr);
                if (r < 0 || first.again || !first.any)
                        break;
                text = bw_fix_apply(arena, text, 1, first.finding.edits, first.finding.n_edits);
        }
        judge->world.want_edits = false;
        if (r < 0 || !first.again)
                return r;
        *ret_why = bw_arena_printf(arena, "fix.patch does not make it pass: %.*s still fails", BW_STR_ARG(first.before));
        return ret_why->p ? 0 : bw_error_nomem(reterr);
}
