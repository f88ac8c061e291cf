/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encryption (internal): the parts that its files share.
 * Ownership: values borrow. Threads: pure.
 */
#ifndef BW_ANALYZE_ENCRYPTION_INTERNAL_H
#define BW_ANALYZE_ENCRYPTION_INTERNAL_H

#include "analyze/encryption.h"
#include "analyze/list_internal.h"

/* In the order in which the API server looks at them. X(field, prefix) */
#define ENCRYPTION_PROVIDERS(X)                                                                    \
        X(kms, "k8s:enc:kms:")                                                                     \
        X(aesgcm, "k8s:enc:aesgcm:v1:")                                                            \
        X(aescbc, "k8s:enc:aescbc:v1:")                                                            \
        X(secretbox, "k8s:enc:secretbox:v1:")                                                      \
        X(identity, "")

enum encryption_provider {
#define X(field, prefix) PROVIDER_##field,
        ENCRYPTION_PROVIDERS(X)
#undef X
                _PROVIDER_MAX,
};

const char *encryption_provider_name(enum encryption_provider provider);
/* The field of a provider that counts; _PROVIDER_MAX when it has none. */
enum encryption_provider encryption_provider_of(struct bw_value provider, struct bw_value *ret_config);
/* "v1" or what the provider says. */
struct bw_str encryption_kms_version(struct bw_value kms);

/* "deployments.apps": resource and group as schema.ParseGroupResource parts them. */
struct group_resource {
        struct bw_str resource;
        struct bw_str group;
};
struct group_resource encryption_resource(struct bw_str text);

/* What is known of a key: from its secret, or from the facts that were left in its place. */
struct key_facts {
        bool is_base64;
        size_t bytes;
        struct bw_str weak;    /* "all bytes are equal", "text instead of random bytes"; empty: nothing is known against it */
        struct bw_str same_as; /* only from facts */
        uint64_t hash[2];      /* tells equal keys; not kept. Zero: not known */
        bool failed;           /* out of memory */
};
struct key_facts encryption_key_facts(struct bw_arena *arena, struct bw_value key);

/* "resources[0].providers[1].aescbc.keys[0]" of an earlier key that is equal; empty: there is none. -ENOMEM. */
BW_CHECK int encryption_key_repeats(struct bw_arena *arena, struct bw_value config, struct bw_value key, struct bw_str *ret);

#endif
