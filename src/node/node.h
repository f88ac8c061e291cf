/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node: collects everything that is known of one machine of a cluster as documents: Host, HostFiles, Component and effective
 * configurations, ContainerRuntime, Certificate, EtcdStore, Probe. It judges nothing.
 *
 *     bw_node_prepare   what needs more rights than reading: firewall (netlink), probes (only with options.probe)
 *     (the caller gives up rights: sandbox)
 *     bw_node_collect   everything else, in the order of the registry, into the sink
 *
 * A collector is one file and one row in registry.c. A section of the Host document is one file and one row in sections.c.
 * Ownership: documents live in the arena given to bw_node_new. Errors: what cannot be read is evidence in a document
 * (doc/facts.h); negative only when the run cannot go on (-ENOMEM, the sink). Threads: one thread.
 */
#ifndef BW_NODE_NODE_H
#define BW_NODE_NODE_H

#include <stdatomic.h>

#include "analyze/component.h"
#include "host/host.h"

struct bw_node_options {
        struct bw_host *host;      /* borrowed */
        int64_t now;               /* unix seconds */
        bool probe;                /* may send packets: TLS handshakes, metadata service */
        int kubernetes_minor;      /* by which defaults go when nothing shows the version */
        bool kubernetes_minor_is_given;
        const atomic_bool *cancel; /* may be NULL */
};

struct bw_node;
BW_CHECK int bw_node_new(const struct bw_node_options *options, struct bw_arena *arena, struct bw_node **ret,
                         struct bw_error *reterr);
BW_CHECK int bw_node_prepare(struct bw_node *node, struct bw_error *reterr);
BW_CHECK int bw_node_collect(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr);
void bw_node_free(struct bw_node *node);
BW_DEFINE_AUTO(struct bw_node *, bw_node_free);

/* ---- for collectors */

enum bw_node_role { /* bits */
        BW_ROLE_CONTROL_PLANE = 1 << 0,
        BW_ROLE_ETCD = 1 << 1,
        BW_ROLE_WORKER = 1 << 2,
};

/* What detection found, before any collector runs (detect.c; data/distros.tsv). */
struct bw_node_identity {
        const char *distribution; /* "kubeadm", "k3s", "rke2", "microk8s", "openshift", "eks", "gke", "aks", "talos", …,
                                     "unknown", "none" (no Kubernetes here) */
        const char *title;        /* as people write it: "EKS"; "" */
        const char *owner;        /* whose a managed control plane is: "AWS"; "" */
        const char *provider;     /* "aws", "gcp", "azure", …, "" */
        const char *os;           /* ID of os-release: "debian", "flatcar", "bottlerocket"; "" */
        unsigned roles;
        bool managed;             /* the control plane is the provider's: not on this node, not to be judged */
        bool immutable;           /* the file system of the operating system is not ours to change */
        int minor;                /* of Kubernetes; 0 = unknown */
        struct bw_str version;    /* "1.32.4", "" */
        struct bw_str evidence;   /* why: "/var/lib/kubelet/kubeadm-flags.env" */
};

/* A directory or file of the machine that a container sees elsewhere. */
struct bw_node_mount {
        struct bw_str inside;
        struct bw_str outside;
};

/* A component found on the node, ready to be analyzed, for collectors that look at its files too (pki, files, etcd). */
struct bw_node_component {
        struct bw_component_input input;
        const struct bw_component_need *needs;
        size_t n_needs;
        struct bw_str manifest;   /* static pod's file, "" */
        struct bw_str unit;       /* systemd unit's file, "" */
        const struct bw_str *unit_files; /* that file, its drop-ins and environment files */
        size_t n_unit_files;
        struct bw_str cgroup;     /* of the process, "" */
        const struct bw_node_mount *mounts; /* of the container that it runs in */
        size_t n_mounts;
};

struct bw_runtime_package;

struct bw_node {
        struct bw_host *host;
        struct bw_arena *arena;   /* of the run */
        struct bw_node_options options;
        struct bw_str name;       /* of the node, for metadata.name */
        struct bw_node_identity identity;
        const struct bw_node_component *components;
        size_t n_components;
        const struct bw_runtime_package *runtime_packages; /* noted by the section of packages: runtime.h */
        size_t n_runtime_packages;
        bool discovered;          /* identity and components are filled in */
        void *prepared[8];        /* what a collector's prepare left for its collect; index: BW_PREPARED_* */
};
enum {
        BW_PREPARED_SURVEY,
        BW_PREPARED_PROBES,
};

/*
 * Fills in identity and components, once: bw_node_prepare does so first of all, because a sandboxed process is not shown
 * what others run and read (host.h).
 */
BW_CHECK int bw_node_discover(struct bw_node *node, struct bw_error *reterr);
/* Number `i` of the components of that name; NULL: there are not so many. */
const struct bw_node_component *bw_node_component(const struct bw_node *node, const char *component, size_t i);
/*
 * Where a file that the component names is on the machine: through the mounts of its container and the volumes of its pod.
 * The path itself when that is not known. Ended by a zero byte, in the arena of the run; empty: no memory.
 */
struct bw_str bw_node_outside(struct bw_node *node, const struct bw_node_component *component, struct bw_str path);

struct bw_collector {
        const char *name;
        /* May be NULL. Runs before the sandbox. */
        int (*prepare)(struct bw_node *node, struct bw_error *reterr);
        int (*collect)(struct bw_node *node, bw_doc_sink sink, void *userdata, struct bw_error *reterr);
};
/* A part of the Host document: adds fields and evidence below its name. */
struct bw_host_section {
        const char *name;         /* the field: "ssh" */
        int (*collect)(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr);
};

#endif
