/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster: a live cluster as a stream of documents. A process of its own (the fetcher) holds the credentials and talks to the
 * API server; it writes what it was answered into a pipe, and whoever reads the other end gives up network and files first. So
 * the bytes of a hostile API object are parsed where there is neither a credential nor a socket.
 *
 *     bw_cluster_open    starts the fetcher, and waits until the server has answered it
 *     (the caller gives up rights: sandbox)
 *     bw_cluster_fd      JSON values one after the other, as kube/fetch.h has them: a head of kind Cluster, API lists page by page
 *                        (PodList …), a document of kind ClusterCoverage for each resource: listed, or refused and by which rule
 *
 * A signal that is watched (bw_proc_watch_interrupts) reaches the fetcher too: it asks for nothing more, and the stream ends with
 * what there is.
 * Ownership: bw_cluster_close() ends the fetcher and waits for it.
 * Errors: as of kube/config.h and kube/client.h. Threads: one.
 */
#ifndef BW_SCAN_CLUSTER_H
#define BW_SCAN_CLUSTER_H

#include "kube/config.h"

struct bw_cluster;

struct bw_cluster_options {
        struct bw_kube_flags flags;
        bool (*wanted)(void *userdata, struct bw_str group, struct bw_str kind); /* kinds to list, of those that are there */
        void *userdata;
        bool no_kubelets;            /* do not ask kubelets for their configuration */
        double qps;                  /* 0: the client's own */
        unsigned timeout;            /* seconds; 0: the client's own */
        bool sandbox;                /* the fetcher gives up rights as well */
        struct bw_str user_agent;    /* "bulwark/1.0" */
};

BW_CHECK int bw_cluster_open(const struct bw_cluster_options *options, struct bw_cluster **ret, struct bw_error *reterr);
/* The reading end; it stays the cluster's. */
int bw_cluster_fd(const struct bw_cluster *cluster);
/* The server's URL: the name of the input. */
struct bw_str bw_cluster_server(const struct bw_cluster *cluster);
/* What a user should know of the kubeconfig; each ends with a line feed. */
struct bw_str bw_cluster_warnings(const struct bw_cluster *cluster);
/* N of its Kubernetes 1.N; -1: it does not tell. */
int bw_cluster_minor(const struct bw_cluster *cluster);
/* Ends the fetcher, if it has not ended. Why it gave up, if it did: then what was read is a part only. */
BW_CHECK int bw_cluster_finish(struct bw_cluster *cluster, struct bw_error *reterr);
void bw_cluster_close(struct bw_cluster *cluster);
BW_DEFINE_AUTO(struct bw_cluster *, bw_cluster_close);

#endif
