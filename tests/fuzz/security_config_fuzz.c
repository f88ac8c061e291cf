/* SPDX-License-Identifier: Apache-2.0 */
/* Audit policies and encryption configurations: read, checked, applied, and what is derived from them. */
#include "analyze/audit_policy.h"
#include "analyze/audit_requests.h"
#include "analyze/encryption.h"
#include "base/arena.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int drop(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        (void)userdata;
        (void)doc;
        (void)reterr;
        return 0;
}

static void audit(struct bw_arena *arena, struct bw_str text)
{
        struct bw_problems problems = {.arena = arena};
        struct bw_doc doc;
        struct bw_value policy;
        struct bw_str words;

        if (bw_schema_read(arena, text, BW_SCHEMA_LENIENT, &doc, &problems, NULL) < 0 ||
            bw_audit_policy_check(arena, &doc, 36, &problems, &policy, NULL) < 0)
                return;
        (void)!bw_problems_text(&problems, arena, &words, NULL);
        for (size_t i = 0; i < bw_n_audit_cases; i++) {
                struct bw_str groups[3];
                struct bw_audit_request request = bw_audit_case_request(&bw_audit_cases[i], groups);

                (void)bw_audit_decide(policy, &request);
        }
        if (bw_doc_identify(&doc))
                (void)!bw_derive(arena, &doc, 36, false, drop, NULL, NULL);
}

static void encryption(struct bw_arena *arena, struct bw_str text)
{
        static const struct bw_encryption_options options = {.minor = 36, .reload = true, .kms_v1 = 1};
        struct bw_problems problems = {.arena = arena};
        struct bw_encryption_use use;
        struct bw_value redacted;
        struct bw_value config;
        struct bw_doc doc;

        if (bw_schema_read(arena, text, BW_SCHEMA_STRICT, &doc, &problems, NULL) < 0 ||
            bw_encryption_check(arena, &doc, &options, &problems, &config, NULL) < 0)
                return;
        (void)!bw_encryption_of(arena, doc.root, BW_STR(""), BW_STR("secrets"), &use, NULL);
        (void)!bw_encryption_redacted(arena, doc.root, &redacted, NULL);
        if (bw_doc_identify(&doc))
                (void)!bw_derive(arena, &doc, 36, false, drop, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct bw_arena *arena = bw_arena_new(16 * BW_MIB);

        if (arena && size <= 64 << 10) {
                audit(arena, bw_str_n((const char *)data, size));
                bw_arena_reset(arena);
                encryption(arena, bw_str_n((const char *)data, size));
        }
        bw_arena_free(arena);
        return 0;
}
