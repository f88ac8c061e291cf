/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kubeconfig: which servers a client talks to, how it checks them, and how it proves who it is.
 * Ownership: texts live in the arena or borrow the document. Embedded keys are decoded into the arena and stay there until
 *            bw_kubeconfig_wipe(): call it as soon as they have been looked at.
 * Errors: bw_kubeconfig_read: -EINVAL (no Config), -E2BIG, -ENOMEM. An entry that cannot be understood has a `problem`.
 * Threads: pure.
 * Source: k8s.io/client-go tools/clientcmd/api/v1 (the form), tools/clientcmd/client_config.go (data goes before files),
 *         RFC 7519 (tokens), k8s.io/kubernetes pkg/serviceaccount (claims), cluster-bootstrap/token/api (bootstrap tokens).
 */
#ifndef BW_FORMAT_KUBECONFIG_H
#define BW_FORMAT_KUBECONFIG_H

#include "doc/doc.h"

struct bw_arena;
struct bw_error;

/* A field that holds bytes in base64: certificates, keys. */
struct bw_kubeconfig_data {
        bool is_there;
        struct bw_str bytes;    /* decoded */
        struct bw_str problem;  /* why it could not be decoded */
        uint32_t line;          /* of the value; 0: unknown */
};

struct bw_kubeconfig_cluster {
        struct bw_str name;
        struct bw_str server;
        struct bw_str ca_file;
        struct bw_kubeconfig_data ca;
        struct bw_str tls_server_name;
        struct bw_str proxy_url;
        bool insecure;          /* insecure-skip-tls-verify */
        uint32_t index;         /* in the document's list */
};

enum bw_token_kind {
        BW_TOKEN_NONE,
        BW_TOKEN_JWT,
        BW_TOKEN_BOOTSTRAP,     /* of a node that joins */
        BW_TOKEN_OPAQUE,
};
/* What a token says of itself. Its signature is not checked, and it is not kept. */
struct bw_token_facts {
        enum bw_token_kind kind;
        bool has_expiry;
        int64_t issued;         /* unix seconds; 0: it does not say */
        int64_t expires;
        struct bw_str subject;  /* "system:serviceaccount:kube-system:default" */
        struct bw_str issuer;
};

struct bw_kubeconfig_user {
        struct bw_str name;
        struct bw_str cert_file;
        struct bw_str key_file;
        struct bw_kubeconfig_data cert;
        struct bw_kubeconfig_data key;
        struct bw_token_facts token;
        struct bw_str token_file;
        struct bw_str exec;     /* the program that gives credentials */
        struct bw_str auth_provider;
        bool has_password;
        uint32_t index;
};

struct bw_kubeconfig {
        struct bw_kubeconfig_cluster *clusters;
        size_t n_clusters;
        struct bw_kubeconfig_user *users;
        size_t n_users;
        size_t n_contexts;
        struct bw_str current_context;
        struct bw_str current_cluster; /* of the current context; empty: none */
        struct bw_str current_user;
};

/* Whether a document is one: kind Config of v1, with clusters or users. */
bool bw_kubeconfig_is(const struct bw_doc *doc);
BW_CHECK int bw_kubeconfig_read(struct bw_arena *arena, const struct bw_doc *doc, struct bw_kubeconfig *ret,
                                struct bw_error *reterr);
/* Fills in the lines of embedded data. */
void bw_kubeconfig_mark(struct bw_arena *arena, struct bw_doc *doc, struct bw_kubeconfig *config);
/* Overwrites the keys that were decoded. */
void bw_kubeconfig_wipe(struct bw_kubeconfig *config);
/* Overwrites the texts of tokens, passwords and keys in the document itself: only if nothing needs them any more. */
void bw_kubeconfig_wipe_doc(const struct bw_doc *doc);

/* Of a text that may be a token. Nothing of it that is secret is kept. */
void bw_token_read(struct bw_arena *arena, struct bw_str text, struct bw_token_facts *ret);
/* The host of a server's URL, without brackets; empty: there is none. */
struct bw_str bw_url_host(struct bw_str url);

#endif
