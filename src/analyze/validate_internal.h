/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_internal: one decoded document under validation, and the checks by kind (validate_kinds.c).
 * Ownership: everything lives in problems->arena. Errors: problems->failed. Threads: pure.
 */
#ifndef BW_ANALYZE_VALIDATE_INTERNAL_H
#define BW_ANALYZE_VALIDATE_INTERNAL_H

#include "analyze/validate.h"

struct validating {
        struct bw_problems *problems;
        struct bw_doc *doc;      /* for places */
        struct bw_value value;   /* decoded */
        const char *prefix;      /* of paths in messages: "plugins[0].configuration." */
        int minor;
};

/* NULL: there is nothing to check beyond fields and types. kind and type as in data/schema-kinds.tsv. */
typedef void (*validate_kind)(struct validating *v);
validate_kind validate_kind_of(const struct bw_schema *schema);

#endif
