/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate: a configuration file of Kubernetes, read as strictly as the component that reads it does, and validated as
 * upstream validates its kind; and, where a text is none of these files, what it was probably meant to be.
 * Ownership: everything lives in the arena. Errors: what is wrong with the file is a problem (analyze/schema.h); negative only
 *            for -ENOMEM. Threads: pure.
 * Source: k8s.io/apiserver pkg/apis/apiserver/validation, pkg/server/egressselector; k8s.io/kubernetes
 *         pkg/proxy/apis/config/validation, pkg/scheduler/apis/config/validation, pkg/credentialprovider/plugin/config.go,
 *         plugin/pkg/admission/eventratelimit/apis/eventratelimit/validation; k8s.io/pod-security-admission admission/api;
 *         k8s.io/client-go tools/clientcmd/validation.go.
 */
#ifndef BW_ANALYZE_VALIDATE_H
#define BW_ANALYZE_VALIDATE_H

#include "analyze/schema.h"

struct bw_validation {
        const struct bw_schema *schema; /* NULL: it is no kind that is known */
        struct bw_doc doc;
        struct bw_problems problems;
};

/* text: one document (what follows a first YAML document is not read). first_line: of text in its file. minor: of Kubernetes. */
BW_CHECK int bw_validate(struct bw_arena *arena, struct bw_str text, uint32_t first_line, int minor, struct bw_validation *ret,
                         struct bw_error *reterr);

#endif
