/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kube_types: the fixed types of the variables that admission policies see, beside object, oldObject and params.
 * Ownership: static data. Threads: immutable.
 * Source: k8s.io/apiserver pkg/admission/plugin/cel/compile.go, BuildRequestType and BuildNamespaceType.
 */
#ifndef BW_CEL_KUBE_TYPES_H
#define BW_CEL_KUBE_TYPES_H

#include "cel/types.h"

extern const struct bw_cel_type bw_cel_kube_request;   /* request: kubernetes.AdmissionRequest */
extern const struct bw_cel_type bw_cel_kube_namespace; /* namespaceObject: kubernetes.Namespace */

#endif
