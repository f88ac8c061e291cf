/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki: certificates and keys from anywhere (a machine's files, kubeconfigs, Secrets, webhooks), put together: what each is
 * used for, who issued it, which key belongs to it, who else has that key.
 *
 *     bw_pki_new → bw_pki_add for each text, bw_pki_add_kubeconfig for each kubeconfig, bw_pki_pair, bw_pki_expect
 *                → bw_pki_finish: documents Certificate (one for each distinct one), PrivateKey (one for each key in each
 *                  file), Kubeconfig
 *
 * Nothing depends on the time: what has expired is for rules to say.
 * Ownership: everything lives in the arena; a source's text may be wiped as soon as it was added. bw_pki_free() releases
 *            what OpenSSL holds.
 * Errors: a text without what it should have is a document with evidence of that; negative only for -ENOMEM and what the sink
 *         says. Threads: one pki, one thread.
 * Source: kubernetes.io "PKI certificates and requirements"; kinds/Certificate.yaml, PrivateKey.yaml, Kubeconfig.yaml.
 */
#ifndef BW_ANALYZE_PKI_H
#define BW_ANALYZE_PKI_H

#include "analyze/component.h"
#include "format/kubeconfig.h"
#include "format/x509.h"

/* Whose trust a role belongs to: a CA of one must not be one of another. */
enum bw_pki_domain {
        BW_PKI_NO_DOMAIN,
        BW_PKI_CLUSTER,      /* clients and servers of the API, kubelets */
        BW_PKI_ETCD,
        BW_PKI_FRONT_PROXY,  /* API servers beside the API server, who say on whose behalf they ask */
        _BW_PKI_DOMAIN_MAX,
};

enum bw_pki_kind { /* bits */
        BW_PKI_CA = 1 << 0,
        BW_PKI_SERVING = 1 << 1,
        BW_PKI_CLIENT = 1 << 2,
        BW_PKI_TOKENS = 1 << 3, /* a key that signs tokens */
};

/* X(role, name, kind, domain, who has the key). What names a role comes before what only looks like one. */
#define BW_PKI_ROLES(X)                                                                                        \
        X(CLUSTER_CA, "cluster-ca", BW_PKI_CA, CLUSTER, "cluster-ca")                                          \
        X(ETCD_CA, "etcd-ca", BW_PKI_CA, ETCD, "etcd-ca")                                                      \
        X(FRONT_PROXY_CA, "front-proxy-ca", BW_PKI_CA, FRONT_PROXY, "front-proxy-ca")                          \
        X(KUBELET_CA, "kubelet-ca", BW_PKI_CA, CLUSTER, "cluster-ca")                                          \
        X(SERVICE_ACCOUNT, "service-account", BW_PKI_TOKENS, NO_DOMAIN, "service-account")                     \
        X(APISERVER_SERVING, "apiserver-serving", BW_PKI_SERVING, CLUSTER, "kube-apiserver")                   \
        X(APISERVER_KUBELET_CLIENT, "apiserver-kubelet-client", BW_PKI_CLIENT, CLUSTER, "kube-apiserver")      \
        X(APISERVER_ETCD_CLIENT, "apiserver-etcd-client", BW_PKI_CLIENT, ETCD, "kube-apiserver")               \
        X(FRONT_PROXY_CLIENT, "front-proxy-client", BW_PKI_CLIENT, FRONT_PROXY, "kube-apiserver")              \
        X(ETCD_SERVER, "etcd-server", BW_PKI_SERVING, ETCD, "etcd")                                            \
        X(ETCD_PEER, "etcd-peer", BW_PKI_SERVING | BW_PKI_CLIENT, ETCD, "etcd")                                \
        X(ETCD_CLIENT, "etcd-client", BW_PKI_CLIENT, ETCD, "etcd")                                             \
        X(KUBELET_SERVING, "kubelet-serving", BW_PKI_SERVING, CLUSTER, "kubelet")                              \
        X(KUBELET_CLIENT, "kubelet-client", BW_PKI_CLIENT, CLUSTER, "kubelet")                                 \
        X(CONTROLLER_MANAGER_SERVING, "controller-manager-serving", BW_PKI_SERVING, CLUSTER, "kube-controller-manager") \
        X(CONTROLLER_MANAGER_CLIENT, "controller-manager-client", BW_PKI_CLIENT, CLUSTER, "kube-controller-manager")    \
        X(SCHEDULER_SERVING, "scheduler-serving", BW_PKI_SERVING, CLUSTER, "kube-scheduler")                   \
        X(SCHEDULER_CLIENT, "scheduler-client", BW_PKI_CLIENT, CLUSTER, "kube-scheduler")                      \
        X(KUBE_PROXY_CLIENT, "kube-proxy-client", BW_PKI_CLIENT, CLUSTER, "kube-proxy")                        \
        X(ADMIN_CLIENT, "admin-client", BW_PKI_CLIENT, CLUSTER, "admin")                                       \
        X(WEBHOOK_CA, "webhook-ca", BW_PKI_CA, NO_DOMAIN, "webhook-ca")                                        \
        X(SERVING, "serving", BW_PKI_SERVING, NO_DOMAIN, "serving")                                            \
        X(CLIENT, "client", BW_PKI_CLIENT, NO_DOMAIN, "client")                                                \
        X(CA, "ca", BW_PKI_CA, NO_DOMAIN, "ca")                                                                \
        X(UNKNOWN, "unknown", 0, NO_DOMAIN, "unknown")

enum bw_pki_role {
        BW_PKI_NONE, /* told by the contents */
#define X(role, name, kind, domain, holder) BW_PKI_ROLE_##role,
        BW_PKI_ROLES(X)
#undef X
                _BW_PKI_ROLE_MAX,
};
const char *bw_pki_role_name(enum bw_pki_role role);
unsigned bw_pki_role_kind(enum bw_pki_role role); /* enum bw_pki_kind */

/* What a component's setting ("tls-cert-file") makes of the file that it names. */
struct bw_pki_setting {
        const char *component;
        const char *setting;
        const char *key_setting;  /* that names the certificate's key; NULL: none */
        enum bw_pki_role role;
};
extern const struct bw_pki_setting bw_pki_settings[]; /* ended by a NULL component */
/* By the name of a file in a usual place ("etcd/ca.crt"); BW_PKI_NONE: unknown. */
enum bw_pki_role bw_pki_role_of_file(struct bw_str path);

/* The file that a source is, as far as a machine tells. */
struct bw_pki_file {
        bool is_known;
        uint32_t mode, uid, gid;
        struct bw_str owner, group;
        bool group_reaches, others_reach;
        struct bw_str closed_by;
};

struct bw_pki_source {
        struct bw_str label;      /* unique: the file's path; with "#…" for a part of it */
        struct bw_str file;       /* path on the machine; empty: none */
        struct bw_str path;       /* place in the document that it was derived from; empty: none */
        uint32_t line;            /* of the text's first line in the file; 0: the text begins there */
        enum bw_pki_role role;
        struct bw_str why;        /* "named by kube-apiserver --tls-cert-file", "usual place" */
        bool in_use;              /* something that runs, or a kubeconfig, names it */
        bool wants_certificate;   /* without one it is broken */
        bool wants_key;
        bool wants_kubeconfig;    /* it should be one, and is none */
        bool rotated;             /* the kubelet renews it by itself */
        enum bw_file_state state;
        struct bw_str reason;     /* with BW_FILE_UNREADABLE */
        struct bw_str help;
        struct bw_str text;       /* PEM */
        struct bw_pki_file owner;
};

struct bw_pki;
struct bw_pki_options {
        struct bw_str name;       /* of the documents: the node's or the object's */
        const char *origin;       /* "node", "file", "manifest" */
        const char *evidence;     /* type of evidence: "file", "field" */
        bool is_control_plane;    /* of this node: CA keys belong here */
        bool knows_control_plane;
        const char *distribution; /* "" = unknown */
};
BW_CHECK int bw_pki_new(const struct bw_pki_options *options, struct bw_arena *arena, struct bw_pki **ret,
                        struct bw_error *reterr);
void bw_pki_free(struct bw_pki *pki);
BW_DEFINE_AUTO(struct bw_pki *, bw_pki_free);

/* True: the label was added before; its role and reason are added to it. */
bool bw_pki_again(struct bw_pki *pki, struct bw_str label, enum bw_pki_role role, struct bw_str why, bool in_use);
BW_CHECK int bw_pki_add(struct bw_pki *pki, const struct bw_pki_source *source, struct bw_error *reterr);
/* The key of the certificate in one file stands in another. */
BW_CHECK int bw_pki_pair(struct bw_pki *pki, struct bw_str certificate, struct bw_str key, struct bw_error *reterr);
/* Servers of this role are asked by this name. */
BW_CHECK int bw_pki_expect(struct bw_pki *pki, enum bw_pki_role role, struct bw_str name, struct bw_str why,
                           struct bw_error *reterr);
/* source: the file (text is not looked at), its role that of the cluster's CA. Embedded certificates and keys are added as sources of their own. */
BW_CHECK int bw_pki_add_kubeconfig(struct bw_pki *pki, const struct bw_pki_source *source,
                                   const struct bw_kubeconfig *config, struct bw_error *reterr);

BW_CHECK int bw_pki_finish(struct bw_pki *pki, bw_doc_sink sink, void *userdata, struct bw_error *reterr);

#endif
