/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kubelet: what is in force in a kubelet: flags, the file of --config, drop-ins of --config-dir, flags once more, the defaults
 * of its version, validation, names of TLS suites; in that order, each as the kubelet does it.
 *
 * The document is a KubeletConfiguration (kubelet.config.k8s.io/v1beta1) with evidence for each field, and beside its fields:
 *   effective        true: these are no words of a file, but what holds
 *   kubernetesMinor  the version by which it is judged
 *   problems         [{code, field, message, stops}]: what keeps this kubelet from starting (code: the stage), what it ignores
 *                    in its file (unknown-field, duplicate-key), what one source says and a later one otherwise (overridden)
 * Values of staticPodURLHeader are never in it: they may be credentials.
 *
 * Pure: the caller reads the files. Ownership: everything lives in the arena; input is borrowed until the call returns.
 * Errors: what the kubelet refuses is in the result; negative only for -ENOMEM and what the sink says. Threads: pure.
 * Source: k8s.io/kubernetes cmd/kubelet/app/server.go, cmd/kubelet/app/options, pkg/kubelet/apis/config{,/v1beta1,/validation},
 *         pkg/kubelet/kubeletconfig/configfiles.
 */
#ifndef BW_ANALYZE_KUBELET_H
#define BW_ANALYZE_KUBELET_H

#include "analyze/component.h"
#include "analyze/schema.h"

struct bw_kubelet {
        const char *stage;    /* where it would stop: "flags", "config", "dropins", "validate", "tls"; NULL: it starts */
        struct bw_str error;  /* what it would say there */
        bool known;           /* false: its file could not be seen; config then holds what flags say */
        struct bw_value config; /* effective KubeletConfiguration, without apiVersion and kind */
        struct bw_problems problems; /* of its files, with places; errors too */
        struct bw_doc doc;    /* the document described above */
};

/* Files of the input: role "config", and "drop-ins" in their order (bw_component_needs). */
BW_CHECK int bw_kubelet_effective(struct bw_arena *arena, const struct bw_component_input *input, struct bw_kubelet *ret,
                                  struct bw_error *reterr);

/* The same, given to sink. */
BW_CHECK int bw_kubelet_analyze(struct bw_arena *arena, const struct bw_component_input *input, bw_doc_sink sink,
                                void *userdata, struct bw_error *reterr);

/* True when a flag stands for a field of KubeletConfiguration; the others are the kubelet's own (--hostname-override). */
bool bw_kubelet_flag_is_field(struct bw_str flag);

/*
 * Validates a decoded KubeletConfiguration as the kubelet would that has it as --config: defaults, then validation and names
 * of TLS suites. What it refuses becomes problems, at their places in doc.
 */
BW_CHECK int bw_kubelet_check(struct bw_arena *arena, struct bw_doc *doc, struct bw_value decoded, int minor,
                              struct bw_problems *problems, struct bw_error *reterr);

#endif
