/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kind: which kinds hold pods, and where: a table. Kubernetes' own, and those of well-known operators.
 * Ownership: static data. Threads: read-only.
 * Source: Kubernetes API reference; the CustomResourceDefinitions of the projects named in kind.c.
 */
#ifndef BW_DOC_KIND_H
#define BW_DOC_KIND_H

#include "value/path.h"

enum bw_pod_shape {
        BW_POD_TEMPLATE,   /* a pod template: metadata and spec */
        BW_POD_SPEC,       /* a pod spec; its metadata is the object's own */
        BW_POD_SPEC_ALONE, /* a pod spec without metadata */
        BW_POD_ARGO,       /* a template of an Argo workflow */
        BW_POD_TEKTON,     /* a Tekton task */
};

struct bw_kind {
        const char *kind;
        const char *group;
        const char *place; /* path from the object's root to what has the shape; may have [*] */
        const char *base;  /* Argo: of the workflow; Tekton: of the run's pod template; else NULL */
        enum bw_pod_shape shape;
        bool optional; /* the object may do without it: then there is no pod */
        /* Without [*]: the paths of the spec and of its metadata (n = 0: none). */
        struct bw_path spec;
        struct bw_path metadata;
};

/* The first row for a kind; other places in which it holds pods follow, *ret_n rows in all. NULL: it holds none. */
const struct bw_kind *bw_kind_find(struct bw_str group, struct bw_str kind, size_t *ret_n);
/* All rows, from 0; NULL at the end. */
const struct bw_kind *bw_kind_at(size_t i);

#endif
