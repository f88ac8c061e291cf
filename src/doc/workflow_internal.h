/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workflow_internal: pod specs of workflow steps, put together from the parts that the engine would use for the pod.
 * Ownership: new maps and lists live in the arena; everything in them is the document's own.
 * Threads: pure.
 * Source: argoproj.io/v1alpha1 WorkflowSpec and Template; tekton.dev/v1 TaskSpec and PodTemplate.
 */
#ifndef BW_DOC_WORKFLOW_INTERNAL_H
#define BW_DOC_WORKFLOW_INTERNAL_H

#include "doc/pod.h"

/*
 * here: the path of the Argo template `v`; base: where its workflow's spec stands. 1: *ret is the pod of the template;
 * 0: it makes none (steps, dag, suspend …). -ENOMEM.
 */
BW_CHECK int bw_argo_pod(struct bw_arena *arena, struct bw_value root, const char *base, struct bw_value v,
                         struct bw_path here, struct bw_pod *ret);
/* here: the path of the Tekton task spec `v`; base: where the run's pod template stands, or NULL. */
BW_CHECK int bw_tekton_pod(struct bw_arena *arena, struct bw_value root, const char *base, struct bw_value v,
                           struct bw_path here, struct bw_pod *ret);

#endif
