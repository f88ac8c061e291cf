/* SPDX-License-Identifier: Apache-2.0 */
/*
 * component: what is in force in a component of Kubernetes (kube-apiserver, kube-controller-manager, kube-scheduler,
 * kubelet, kube-proxy, etcd, cloud-controller-manager): its flags, environment, files and the defaults of its version,
 * read as its own flag parser and configuration loader read them, each value with its source.
 *
 * Documents that come out:
 *   Component (bulwark.dev/v1)  component, version, minor, basis, running, process, settings, featureGates, config, problems
 *   KubeletConfiguration        of a kubelet: effective (flags over drop-ins over file over defaults), as its /configz shows
 *   KubeProxyConfiguration      of a kube-proxy: the same
 *   KubeSchedulerConfiguration, AuthenticationConfiguration, AuthorizationConfiguration, AdmissionConfiguration,
 *   Policy (audit.k8s.io/v1), EncryptionConfiguration (facts in place of keys): files that the component reads
 * each with evidence (doc/facts.h). kinds/ describes those of bulwark's own.
 *
 * Settings of kube-apiserver, kube-controller-manager, kube-scheduler, etcd and cloud-controller-manager are named as their
 * flags, without dashes before them (settings['authorization-mode']); values have the flag's type: bool, int, text, list,
 * map; durations are texts as Go prints them ("4h0m0s"). What a configuration file sets in a flag's place has the flag's
 * name too (the scheduler's enableProfiling is settings.profiling, etcd's client-transport-security.client-cert-auth is
 * settings['client-cert-auth']); structured authorization fills settings['authorization-mode'] with its types.
 *
 * Pure: the caller reads the files. Ownership: everything lives in the arena; input is borrowed until the call returns.
 * Errors: a flag or file that the component itself would refuse is an item of `problems`; negative only for -ENOMEM and
 *         what the sink says. Threads: pure.
 * Source: k8s.io/kubernetes cmd/{component}/app/options, k8s.io/component-base/cli/flag, spf13/pflag, etcd server/embed.
 */
#ifndef BW_ANALYZE_COMPONENT_H
#define BW_ANALYZE_COMPONENT_H

#include "doc/facts.h"

enum bw_file_state {
        BW_FILE_READ,
        BW_FILE_ABSENT,
        BW_FILE_UNREADABLE,
        BW_FILE_UNKNOWN, /* nobody looked: a manifest names it, the node is not there */
};

struct bw_component_arg {
        struct bw_str text;        /* one element of argv */
        struct bw_evidence where;  /* file, line, column or path of it, as far as known; type and text are filled in */
};

struct bw_component_file {
        const char *role;          /* as bw_component_needs() asked for it */
        struct bw_str path;
        enum bw_file_state state;
        struct bw_str text;        /* when read */
        struct bw_str reason;      /* when unreadable */
};

/* What was found out about a component besides its settings: becomes an item of `problems`. */
struct bw_component_note {
        const char *code;          /* "manifest-differs", "args-cut", … */
        struct bw_str message;
        struct bw_evidence where;
};

struct bw_component_input {
        struct bw_str component;   /* "kube-apiserver" */
        struct bw_str name;        /* of the documents: the node's, or the pod's */
        const char *basis;         /* "process", "static-pod", "manifest", "unit", "args-file", "journal", "config" */
        bool running;
        uint32_t pid;              /* 0: unknown */
        uint32_t uid;
        struct bw_str exe;
        const struct bw_component_arg *args; /* without argv[0] */
        size_t n_args;
        struct bw_evidence command; /* where the command stands as a whole: the place of what no flag says */
        const struct bw_str *env;  /* "A=b" */
        size_t n_env;
        const struct bw_component_file *files;
        size_t n_files;
        struct bw_str version;     /* "1.32.4" or "v1.32.4+k3s1"; empty: unknown */
        struct bw_str version_source; /* "image tag", "package kubelet" */
        int default_minor;         /* by which defaults go when the version is unknown */
        const char *rest_is_elsewhere; /* not NULL: what no argument says is given elsewhere, and why; no default holds */
        const struct bw_component_note *notes;
        size_t n_notes;
        bool default_minor_is_given; /* the user said so: it goes before the version found */
};

/* What a component's flags and environment make it read. */
struct bw_component_need {
        const char *role;     /* "config", "drop-ins", "authentication-config", "encryption-provider-config", "kubeconfig",
                                 "tls-cert-file", … : the setting's name, but for config and drop-ins */
        struct bw_str path;
        bool is_dir;          /* drop-ins: every file with `suffix`, subfolders too, in the order of filepath.Walk */
        const char *suffix;   /* ".conf" */
        bool wants_text;      /* the analysis needs its text; else only its owner and mode matter (keys, certificates) */
};
BW_CHECK int bw_component_needs(struct bw_arena *arena, const struct bw_component_input *input,
                                const struct bw_component_need **ret, size_t *ret_n, struct bw_error *reterr);

BW_CHECK int bw_component_analyze(struct bw_arena *arena, const struct bw_component_input *input, bw_doc_sink sink,
                                  void *userdata, struct bw_error *reterr);

/* The component that a program's file name stands for ("/usr/local/bin/kube-apiserver"); NULL: none. */
const char *bw_component_of_program(struct bw_str path);

#endif
