/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: which API server to talk to and as whom, as kubectl would: merged kubeconfigs (KUBECONFIG, ~/.kube/config),
 * flags over them, else the service account of the pod that we run in. Reads files; sends nothing.
 * Ownership: a config owns its texts; secrets among them are overwritten by bw_kube_config_free().
 * Errors: -EINVAL with file, line and column for a broken kubeconfig; -ENOENT when nothing says where a cluster is (and what
 *         would); -EACCES …; -ENOTSUP for what we refuse, with the reason (basic auth, auth-provider) and what to do.
 * Threads: immutable once loaded.
 * Source: k8s.io/client-go tools/clientcmd (loader.go, client_config.go, overrides.go, validation.go), rest/config.go
 *         (InClusterConfig), tools/clientcmd/api/v1.
 */
#ifndef BW_KUBE_CONFIG_H
#define BW_KUBE_CONFIG_H

#include "base/base.h"

struct bw_error;
struct bw_kube_config;

#define BW_KUBE_WARNINGS 8

/* What flags say; empty texts: not given. All of them go before the kubeconfig. */
struct bw_kube_flags {
        struct bw_str kubeconfig;            /* --kubeconfig: this file alone */
        struct bw_str context;
        struct bw_str cluster;               /* --cluster-name: name of a cluster entry (kubectl's --cluster) */
        struct bw_str user;                  /* --user: name of a user entry */
        struct bw_str server;
        struct bw_str ca_file;               /* --certificate-authority */
        struct bw_str cert_file;             /* --client-certificate */
        struct bw_str key_file;              /* --client-key */
        struct bw_str token_file;            /* --token-file; a token on a command line is seen by everybody: there is none */
        struct bw_str tls_server_name;
        struct bw_str proxy_url;
        bool insecure;                       /* --insecure-skip-tls-verify */
        struct bw_str as_user;               /* --as, --as-uid, --as-group */
        struct bw_str as_uid;
        const struct bw_str *as_groups;
        size_t n_as_groups;
        struct bw_str ns;                    /* -n; empty: the context's, else all as the verb says */
};

/* The exec plugin of a user: a program that prints an ExecCredential. */
struct bw_kube_exec {
        struct bw_str api_version;           /* client.authentication.k8s.io/v1 or v1beta1 */
        struct bw_str command;               /* resolved: relative ones with a slash are relative to their kubeconfig */
        const struct bw_str *args;
        size_t n_args;
        const struct bw_str *env;            /* NAME=VALUE */
        size_t n_env;
        struct bw_str install_hint;
        enum bw_kube_interactive {
                BW_KUBE_INTERACTIVE_IF_AVAILABLE,
                BW_KUBE_INTERACTIVE_NEVER,
                BW_KUBE_INTERACTIVE_ALWAYS,
        } interactive;
        bool provide_cluster_info;
        struct bw_str cluster_info;          /* JSON of spec.cluster, when it is to be provided */
};

/* One place that says how to connect. File contents are read when the config is loaded, but for token files, which are read again
 * and again: they change. */
struct bw_kube_config {
        struct bw_str server;                /* https://HOST[:PORT][/PATH], without a slash at the end; with http:// there is no
                                                credential: client-go sends none there */
        struct bw_str tls_server_name;
        bool insecure;
        struct bw_str ca_pem;                /* empty: the system's */
        struct bw_str cert_pem;              /* SECRET with key_pem */
        struct bw_str key_pem;
        struct bw_str token;                 /* SECRET; empty: none */
        struct bw_str token_file;            /* goes before token, as in client-go */
        bool has_exec;
        struct bw_kube_exec exec;
        struct bw_str proxy_url;             /* SECRET, it may have a password; empty: HTTPS_PROXY and NO_PROXY decide */
        bool no_compression;                 /* disable-compression */
        struct bw_str as_user;
        struct bw_str as_uid;
        const struct bw_str *as_groups;
        size_t n_as_groups;
        const struct bw_kube_extra {
                struct bw_str key, value;
        } *as_extra;   /* act-as-user-extra */
        size_t n_as_extra;
        struct bw_str ns;                    /* "default" when nothing says one */
        bool ns_is_given;                    /* by a flag */
        struct bw_str context;               /* names, for messages; empty in a pod */
        struct bw_str cluster;
        struct bw_str user;
        struct bw_str from;                  /* the kubeconfig that the cluster entry stands in, or "the pod's service account" */
        struct bw_str warnings[BW_KUBE_WARNINGS]; /* what a user should know, and what does not keep it from working */
        size_t n_warnings;
        struct bw_arena *arena;              /* private */
};

/* getenv: what the environment says, for tests; NULL: the process's own. */
BW_CHECK int bw_kube_config_load(const struct bw_kube_flags *flags, const char *(*getenv)(const char *name),
                                 struct bw_kube_config **ret, struct bw_error *reterr);
void bw_kube_config_free(struct bw_kube_config *config);
BW_DEFINE_AUTO(struct bw_kube_config *, bw_kube_config_free);

#endif
