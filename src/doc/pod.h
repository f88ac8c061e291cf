/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pod: the pods that a document asks for: itself, its template, or those of a workflow's steps.
 * Ownership: a pod borrows the document's values; what must be put together lives in the arena given.
 * Threads: pure.
 * Source: kind.h; Pod Security admission's order of containers: init containers, containers, ephemeral containers.
 */
#ifndef BW_DOC_POD_H
#define BW_DOC_POD_H

#include "doc/doc.h"

struct bw_kind;

/* A part of a spec that was put together: what is at `at` in the spec stands at `real` in the document. */
struct bw_pod_splice {
        struct bw_path at;   /* one or two segments: volumes, containers[0] */
        struct bw_path real; /* from the object's root */
};

struct bw_pod {
        struct bw_value spec;                /* ABSENT when there is none */
        struct bw_value metadata;            /* ABSENT when there is none */
        struct bw_path spec_path;            /* from the object's root */
        struct bw_path metadata_path;        /* n = 0 when the pod has no place for metadata */
        const struct bw_pod_splice *splices; /* workflows only */
        size_t n_splices;
};

/* True when documents of this kind may hold a pod: a look at a table. */
bool bw_pod_may_have(const struct bw_doc *doc);

/*
 * The pod of a kind that has exactly one, at a fixed place: nearly every document. Allocates nothing; paths are static.
 * False for all other kinds, and for one that may do without a pod template and does.
 */
bool bw_pod_find(const struct bw_doc *doc, struct bw_pod *ret);

/*
 * Calls each for every pod of a document of any kind, in the order of the document. Workflow steps (Argo, Tekton) give
 * a pod spec that is put together from real parts. Ends with each's first answer that is not 0 and gives it; -ENOMEM.
 */
typedef int (*bw_pod_sink)(void *ctx, const struct bw_pod *pod);
BW_CHECK int bw_doc_pods(const struct bw_doc *doc, struct bw_arena *arena, bw_pod_sink each, void *ctx);

enum bw_container_list {
        BW_CONTAINERS_INIT,
        BW_CONTAINERS_MAIN,
        BW_CONTAINERS_EPHEMERAL,
        _BW_CONTAINERS_MAX,
};

struct bw_container {
        struct bw_value value;
        enum bw_container_list list;
        uint32_t index;
};

/* The name of the list in a pod spec: "initContainers" … */
struct bw_str bw_container_list_name(enum bw_container_list list);
/* All containers that are maps, in Pod Security's order: gives how many there are, and writes up to max of them. */
size_t bw_pod_containers(const struct bw_pod *pod, struct bw_container *out, size_t max);

/*
 * Where `path` of the pod's spec (securityContext.runAsUser, containers[1].image …) stands in the document: spec_path
 * and path, or what a splice says. ret->segments is NULL when the arena is used up.
 */
struct bw_path bw_pod_path(struct bw_arena *arena, const struct bw_pod *pod, struct bw_path path);

#endif
