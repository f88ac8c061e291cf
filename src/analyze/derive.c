/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/derive.h"

#include "analyze/audit_policy.h"
#include "analyze/encryption.h"

static const struct bw_deriver *const derivers[] = {
        &bw_derive_audit,
        &bw_derive_certificate,
        &bw_derive_component,
        &bw_derive_encryption,
        NULL,
};

bool bw_derive_wants(const struct bw_doc *doc)
{
        if (doc->derives)
                return doc->derives == BW_DERIVES_SOMETHING;
        for (size_t i = 0; derivers[i]; i++)
                if (derivers[i]->wants(doc))
                        return true;
        return false;
}

const char *bw_derive_kinds(size_t *at)
{
        while (derivers[*at]) {
                const char *kinds = derivers[(*at)++]->kinds;

                if (kinds)
                        return kinds;
        }
        return NULL;
}

int bw_derive(struct bw_arena *arena, const struct bw_doc *doc, int minor, bool minor_is_given, bw_doc_sink sink,
              void *userdata, struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && derivers[i]; i++)
                if (derivers[i]->wants(doc))
                        r = derivers[i]->derive(arena, doc, minor, minor_is_given, sink, userdata, reterr);
        return r;
}
