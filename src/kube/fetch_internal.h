/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fetch.c (lists, coverage), fetch_plan.c (what is asked for, in which order) and fetch_kubelets.c share.
 * Ownership: as in fetch.h. Threads: one.
 */
#ifndef BW_KUBE_FETCH_INTERNAL_H
#define BW_KUBE_FETCH_INTERNAL_H

#include "base/error.h"
#include "kube/fetch.h"

/* How it went with one resource. */
struct fetch_outcome {
        const struct bw_kube_resource *resource;
        const char *verb;
        int code;
        uint64_t pages;
        uint64_t bytes;
        uint64_t wanted;           /* kubelets that were asked, */
        uint64_t answered;         /* and those that answered */
        bool inconsistent;
        struct bw_error error;
};

/* A node, whose kubelet may be asked. */
struct fetch_node {
        struct bw_str name;
        int minor;                 /* of its kubelet; -1: it does not tell */
};

struct fetcher {
        const struct bw_fetch *options;
        struct bw_arena *arena;
        struct bw_kube_config *config;
        struct bw_kube_client *client;
        struct bw_kube_resource *resources;
        size_t n_resources;
        struct bw_str *broken;     /* groups */
        size_t n_broken;
        struct bw_str version;
        struct bw_str platform;
        int minor;
        bool version_refused;
        struct fetch_outcome *outcomes;
        size_t n_outcomes;
        size_t cap_outcomes;
        struct bw_buf text;        /* of a document of our own */
        struct bw_buf page;        /* of a list: handed on when it is whole */
        uint64_t n_pages;
        uint64_t n_bytes;
        bool reader_is_gone;
        bool lists_nodes;          /* the page is of nodes: they are remembered */
        struct fetch_node *nodes;
        size_t n_nodes;
        size_t cap_nodes;
        bool too_many_nodes;
};

BW_CHECK int fetch_put(struct fetcher *f, struct bw_str bytes, struct bw_error *reterr);
BW_CHECK int fetch_put_document(struct fetcher *f, struct bw_error *reterr);
BW_CHECK int fetch_add_outcome(struct fetcher *f, const struct fetch_outcome *outcome, struct bw_error *reterr);
/* By the API server itself, in its own words. A kubelet, or what stands before it, may say 403 as well. */
bool fetch_is_refused(const struct bw_error *err);
/* The nodes of a page of their list, as it was handed on. -ENOMEM. */
BW_CHECK int fetch_take_nodes(struct fetcher *f, struct bw_str page);
BW_CHECK int fetch_kubelets(struct fetcher *f, struct bw_error *reterr);

#endif
