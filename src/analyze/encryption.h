/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encryption: an EncryptionConfiguration read and applied as the API server does: what it refuses, and what of each resource
 * is written and can be read.
 * Ownership: everything lives in the arena; a configuration is a document's value, borrowed. Keys are looked at and never
 *            copied anywhere: what comes out are facts about them.
 * Errors: what the API server would refuse is a problem (analyze/schema.h). Threads: pure.
 * Source: k8s.io/apiserver pkg/server/options/encryptionconfig/config.go, pkg/apis/apiserver/validation,
 *         pkg/apis/apiserver/v1/defaults.go.
 */
#ifndef BW_ANALYZE_ENCRYPTION_H
#define BW_ANALYZE_ENCRYPTION_H

#include "analyze/derive.h"
#include "analyze/schema.h"

struct bw_encryption_options {
        int minor;    /* of Kubernetes */
        bool reload;  /* --encryption-provider-config-automatic-reload */
        int kms_v1;   /* feature gate KMSv1: 0 off, 1 on, -1 as the version has it */
};

/*
 * What the API server says of the file. doc: as bw_schema_read(BW_SCHEMA_STRICT) gives it, with its problems in the list.
 * *ret_config: what is in force; ABSENT when it was refused.
 */
BW_CHECK int bw_encryption_check(struct bw_arena *arena, struct bw_doc *doc, const struct bw_encryption_options *options,
                                 struct bw_problems *problems, struct bw_value *ret_config, struct bw_error *reterr);

/* The prefixes of stored values that can be read of a resource, in order; the first one is written. "" is plain text. */
struct bw_encryption_use {
        const struct bw_str *prefixes; /* at least one */
        size_t n;
        size_t n_entries;              /* that name the resource or a wildcard for it; 0: it stays plain text */
};
BW_CHECK int bw_encryption_of(struct bw_arena *arena, struct bw_value config, struct bw_str group, struct bw_str resource,
                              struct bw_encryption_use *ret, struct bw_error *reterr);

/*
 * The same configuration without keys: each key's `secret` is gone, and its `facts` are {bytes, weak?, sameAs?}: weak says
 * why somebody could guess it, sameAs is the path of an earlier key that is equal.
 */
BW_CHECK int bw_encryption_redacted(struct bw_arena *arena, struct bw_value config, struct bw_value *ret,
                                    struct bw_error *reterr);

/* An EncryptionConfiguration implies an EncryptionAtRest: kinds/EncryptionAtRest.yaml. */
extern const struct bw_deriver bw_derive_encryption;

#endif
