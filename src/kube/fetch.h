/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch: all that is wanted of a cluster, as a stream of JSON values in a descriptor: what a process of its own does that holds
 * the credentials (scan/cluster.h).
 *
 *     Cluster            bulwark.dev/v1: which server, its version, how it is asked; never a credential
 *     NamespaceList …    API lists page by page, as the server sent them, kinds in a fixed order
 *     KubeletConfigz     what each kubelet says it runs with: {node, kubeletconfig}
 *     ClusterCoverage    one for each resource that was asked for: listed, or why not and what would allow it
 *
 * Nothing in lists is parsed here but what leads to the next page.
 * Ownership: borrows all. Errors: as of kube/config.h and kube/client.h, when nothing at all could be had; a list that is refused or
 * breaks off is coverage, not an error. Threads: one.
 * Source: Kubernetes API concepts; k8s.io/kubernetes pkg/kubelet/server (configz).
 */
#ifndef BW_KUBE_FETCH_H
#define BW_KUBE_FETCH_H

#include <stdatomic.h>

#include "kube/client.h"

struct bw_fetch_ready {
        struct bw_str server;
        struct bw_str context;
        struct bw_str version;     /* "v1.32.13"; empty: not told */
        int minor;                 /* -1 */
        const struct bw_str *warnings; /* of the kubeconfig (kube/config.h) */
        size_t n_warnings;
};

struct bw_fetch {
        const struct bw_kube_flags *flags;
        bool (*wanted)(void *userdata, struct bw_str group, struct bw_str kind);
        void *userdata;
        bool no_kubelets;
        bool sandbox;              /* give up what asking a server does not need; not with an exec plugin, which may need anything */
        double qps;                /* 0: the client's own */
        unsigned timeout;
        struct bw_str user_agent;
        const atomic_bool *cancel;
        int data;                  /* takes the stream */
        void (*ready)(void *userdata, const struct bw_fetch_ready *ready); /* the server has answered */
        void *ready_userdata;
};
BW_CHECK int bw_fetch_run(const struct bw_fetch *fetch, struct bw_error *reterr);

/* What can be listed and is wanted, in the order in which it is asked for. Others are left out. In the arena. */
BW_CHECK int bw_fetch_plan(struct bw_arena *arena, const struct bw_kube_resource *resources, size_t n,
                           bool (*wanted)(void *userdata, struct bw_str group, struct bw_str kind), void *userdata,
                           const struct bw_kube_resource ***ret, size_t *ret_n, struct bw_error *reterr);

/* False for what is never asked for (events, leases) and what is no list (reviews). */
bool bw_fetch_may_list(struct bw_str group, struct bw_str resource);

/* The rule of a role that allows it: {apiGroups: [""], resources: [pods], verbs: [list]}, as one line of YAML. */
void bw_fetch_put_rule(struct bw_buf *out, struct bw_str group, struct bw_str resource, const char *verb);

#endif
