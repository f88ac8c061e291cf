/* SPDX-License-Identifier: Apache-2.0 */
/*
 * podsecurity (rules): judges one pod by the Pod Security Standards at a level and version, by the rules that carry
 * `podSecurity`, with the reasons and details of Kubernetes' own evaluator.
 * Ownership: results live in the arena given; reasons and check ids as long as the catalog.
 * Threads: one judge, one thread.
 * Source: k8s.io/pod-security-admission policy/registry.go (order, overrides), policy/check_*.go.
 */
#ifndef BW_RULE_PODSECURITY_H
#define BW_RULE_PODSECURITY_H

#include "rule/rule.h"

enum bw_pss_level { /* from the loosest */
        BW_PSS_PRIVILEGED,
        BW_PSS_BASELINE,
        BW_PSS_RESTRICTED,
        _BW_PSS_LEVEL_MAX,
};

struct bw_pss_violation {
        struct bw_str check;  /* "hostPorts" */
        struct bw_str reason; /* "hostPort" */
        struct bw_str detail; /* "container \"a\" uses hostPort 80"; may be empty */
};

/* Compiles the Pod Security rules; before the first bw_pss_evaluate. */
BW_CHECK int bw_pss_prepare(struct bw_catalog *catalog, struct bw_error *reterr);

/*
 * The violations of a pod in the evaluator's order; none = allowed. minor: N of v1.N; above BW_KUBERNETES_NEWEST counts
 * as it. metadata, spec: of the pod or template (ABSENT = empty). raw: as for struct bw_world. is_pod: the spec is a
 * Pod's own, so that the API server would have defaulted its host ports. details: false leaves details empty, which is
 * cheaper.
 * -ENOMEM; -EINVAL when a rule cannot be evaluated on this pod (fields of a wrong type).
 */
BW_CHECK int bw_pss_evaluate(struct bw_judge *judge, enum bw_pss_level level, int minor, struct bw_value metadata,
                             struct bw_value spec, bool is_pod, bool details, struct bw_arena *arena,
                             const struct bw_pss_violation **ret, size_t *ret_n, struct bw_error *reterr);

const char *bw_pss_level_text(enum bw_pss_level level);

#endif
