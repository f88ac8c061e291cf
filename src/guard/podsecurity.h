/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podsecurity: Kubernetes' Pod Security admission: its configuration file, the labels of namespaces, and the decision on
 * an admission request, word for word as the admission plugin and webhook give it.
 * Ownership: a configuration and an answer live in the arena given; they may borrow from the texts and values given.
 * Threads: configurations are immutable; one judge, one thread.
 * Source: k8s.io/pod-security-admission api/helpers.go, admission/admission.go, admission/api/{load,v1,validation}.
 */
#ifndef BW_GUARD_PODSECURITY_H
#define BW_GUARD_PODSECURITY_H

#include "rule/podsecurity.h"

struct bw_arena;
struct bw_buf;
struct bw_error;

/* A level at a version: "baseline:v1.24", "restricted:latest". */
struct bw_ps_level {
        enum bw_pss_level level;
        int64_t minor;  /* N of v1.N; BW_PS_LATEST */
};
#define BW_PS_LATEST INT64_MAX

enum bw_ps_mode {
        BW_PS_ENFORCE,
        BW_PS_AUDIT,
        BW_PS_WARN,
        _BW_PS_MODE_MAX,
};
struct bw_ps_policy {
        struct bw_ps_level modes[_BW_PS_MODE_MAX];
};
const char *bw_ps_mode_text(enum bw_ps_mode mode);
void bw_ps_level_format(struct bw_buf *out, struct bw_ps_level level);
/* "baseline:v1.24". -EINVAL. */
BW_CHECK int bw_ps_level_parse(struct bw_str text, struct bw_ps_level *ret, struct bw_error *reterr);

/* Kind PodSecurityConfiguration. */
struct bw_ps_config {
        struct bw_ps_policy defaults;
        const struct bw_str *usernames; /* exemptions */
        size_t n_usernames;
        const struct bw_str *namespaces;
        size_t n_namespaces;
        const struct bw_str *runtime_classes;
        size_t n_runtime_classes;
};
/*
 * Reads, defaults and validates as the API server does at its start; empty text gives the default configuration.
 * -EINVAL: reterr has the API server's own message, and *ret_message (if not NULL) has it uncut; -E2BIG, -ENOMEM.
 */
BW_CHECK int bw_ps_config_load(struct bw_arena *arena, struct bw_str text, struct bw_ps_config *ret,
                               struct bw_str *ret_message, struct bw_error *reterr);

/* Field errors, in the API server's words. */
struct bw_ps_errors {
        const struct bw_str *items;
        size_t n;
};
/* The policy that a namespace with these labels (a map, or ABSENT) gets. */
BW_CHECK int bw_ps_policy_of(struct bw_arena *arena, struct bw_value labels, const struct bw_ps_policy *defaults,
                             struct bw_ps_policy *ret, struct bw_ps_errors *ret_errors, struct bw_error *reterr);

/* What the decision needs to know of the cluster. */
struct bw_ps_cluster {
        /* Labels of a namespace (a map, maybe empty). -ENOENT: there is no such namespace; *ret_why may be set to the
         * look-up's error text, else it is the API server's "not found". */
        int (*namespace_labels)(void *userdata, struct bw_str name, struct bw_value *ret, struct bw_str *ret_why);
        /* The pods in a namespace, as a list of Pods. Negative: cannot be listed. */
        int (*pods)(void *userdata, struct bw_str ns, struct bw_value *ret);
        void *userdata;
};

struct bw_ps_annotation {
        struct bw_str key; /* without the "pod-security.kubernetes.io/" that the API server puts before it */
        struct bw_str value;
};
struct bw_ps_answer {
        bool allowed;
        int code;              /* HTTP status when not allowed */
        struct bw_str reason;  /* "Forbidden" */
        struct bw_str message;
        const struct bw_str *warnings;
        size_t n_warnings;
        const struct bw_ps_annotation *annotations; /* sorted by key */
        size_t n_annotations;
};
/*
 * Decides on an AdmissionRequest (the `request` of an AdmissionReview). judge: of a catalog with the built-in rules after
 * bw_pss_prepare(), made with world.raw, as objects in requests carry the API server's defaults already.
 */
BW_CHECK int bw_ps_review(const struct bw_ps_config *config, const struct bw_ps_cluster *cluster, struct bw_judge *judge,
                          struct bw_value request, struct bw_arena *arena, struct bw_ps_answer *ret,
                          struct bw_error *reterr);

#endif
