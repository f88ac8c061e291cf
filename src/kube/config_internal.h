/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_internal: how a configuration comes about, stage by stage: texts are read and checked as kubeconfigs (files), one
 * cluster and one user of them is chosen and flags are put over them (choice), files that these name are read (config.c).
 * The first two stages do no I/O.
 * Ownership: files and choices live in the arena given, and borrow the texts. Errors: as of kube/config.h. Threads: pure.
 */
#ifndef BW_KUBE_CONFIG_INTERNAL_H
#define BW_KUBE_CONFIG_INTERNAL_H

#include "doc/doc.h"
#include "kube/config.h"

struct bw_kube_text {
        struct bw_str path;  /* as messages name it; relative paths in it are relative to its folder */
        struct bw_str bytes;
        uint32_t mode;       /* permissions; 0: no file */
};

enum bw_kube_list {
        BW_KUBE_CLUSTERS,
        BW_KUBE_USERS,
        BW_KUBE_CONTEXTS,
        _BW_KUBE_LIST_MAX,
};

struct bw_kube_file {
        const struct bw_kube_text *text;
        struct bw_doc doc;
        struct bw_value lists[_BW_KUBE_LIST_MAX];
};

struct bw_kube_files {
        struct bw_kube_file *items;  /* in order: of entries of one name the first one's is used */
        size_t n;
};

/* An entry of a list: item i of a file's. file NULL: there is none. */
struct bw_kube_entry {
        struct bw_kube_file *file;
        uint32_t index;
        enum bw_kube_list list;
        struct bw_str name;
        struct bw_value value; /* what stands at "cluster", "user", "context" */
};

/* What was chosen: a config without the contents of files, which are named here. */
struct bw_kube_choice {
        bool nothing;                /* nothing says where a cluster is; only flags are in config */
        struct bw_kube_config config;
        struct bw_str ca_file;       /* empty: none, or config.ca_pem has it */
        struct bw_str cert_file;
        struct bw_str key_file;
        struct bw_kube_entry context, cluster, user;
        bool cluster_config_is_there;
        struct bw_value cluster_config; /* of the cluster's extension for exec plugins */
};

/* -EINVAL: no kubeconfig, or wrong types, at file, line and column. */
BW_CHECK int bw_kube_files_read(struct bw_arena *arena, const struct bw_kube_text *texts, size_t n, struct bw_kube_files *ret,
                                struct bw_error *reterr);
/* server: of $KUBERNETES_MASTER. */
BW_CHECK int bw_kube_choose(struct bw_arena *arena, const struct bw_kube_files *files, const struct bw_kube_flags *flags,
                            struct bw_str server, struct bw_kube_choice *ret, struct bw_error *reterr);

/* The first entry of that name; false: there is none. */
bool bw_kube_find(const struct bw_kube_files *files, enum bw_kube_list list, struct bw_str name, struct bw_kube_entry *ret);
/* "a, b, c and 4 more": the names of all, for messages. */
struct bw_str bw_kube_names(struct bw_arena *arena, const struct bw_kube_files *files, enum bw_kube_list list);
/* Where entry.key stands, as an error: file, line, column. Returns code. */
int bw_kube_error_at(struct bw_arena *arena, const struct bw_kube_entry *entry, const char *key, struct bw_error *reterr,
                     int code, const char *fmt, ...) BW_PRINTF(6, 7);

/* path as one in the folder of file; absolute ones as they are. As Go's filepath.Join: "." and ".." are resolved by their names. */
struct bw_str bw_kube_path(struct bw_arena *arena, struct bw_str file, struct bw_str path);
/* "HOST", "HOST:PORT" or a URL as one without path's end, query and fragment. -EINVAL with what is wrong; code and message only. */
BW_CHECK int bw_kube_server(struct bw_arena *arena, struct bw_str text, bool is_tls, struct bw_str *ret, struct bw_error *reterr);
BW_CHECK int bw_kube_proxy(struct bw_arena *arena, struct bw_str text, struct bw_str *ret, struct bw_error *reterr);
/* False: it could not stand in an HTTP header. */
bool bw_kube_is_header_text(struct bw_str text);
/* A file's bytes into the arena: of a file, or of a shell's <(command). */
BW_CHECK int bw_kube_read_file(struct bw_arena *arena, struct bw_str path, size_t most, struct bw_str *ret, uint32_t *ret_mode,
                               struct bw_error *reterr);
/* One document, in JSON or YAML. */
BW_CHECK int bw_kube_read_object(struct bw_arena *arena, struct bw_str bytes, struct bw_doc *doc, struct bw_error *reterr);
/* What has to be true of certificates and keys before anybody connects with them. from: "user \"x\"", for messages. */
BW_CHECK int bw_kube_check_ca(struct bw_str pem, struct bw_str from, struct bw_error *reterr);
BW_CHECK int bw_kube_check_pair(struct bw_str cert_pem, struct bw_str key_pem, struct bw_str from, struct bw_error *reterr);
/* spec.cluster of an ExecCredential, into config->exec. */
BW_CHECK int bw_kube_put_cluster_info(struct bw_kube_choice *choice, struct bw_arena *arena, struct bw_error *reterr);
/* Adds to config's warnings; those past BW_KUBE_WARNINGS are lost. */
BW_CHECK int bw_kube_warn(struct bw_kube_config *config, struct bw_arena *arena, const char *fmt, ...) BW_PRINTF(3, 4);

/* For tests: another folder than /var/run/secrets/kubernetes.io/serviceaccount. */
BW_CHECK int bw_kube_config_load_in(const struct bw_kube_flags *flags, const char *(*getenv)(const char *name),
                                    const char *service_account, struct bw_kube_config **ret, struct bw_error *reterr);

#endif
