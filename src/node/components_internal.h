/* SPDX-License-Identifier: Apache-2.0 */
/*
 * components: what is shared by the files that find the components of a node (component_*.c).
 * Ownership: everything lives in the arena of the run. Errors: what cannot be read is left out or becomes a file's state;
 * negative only when the memory is used up. Threads: one node, one thread.
 */
#ifndef BW_NODE_COMPONENTS_INTERNAL_H
#define BW_NODE_COMPONENTS_INTERNAL_H

#include "format/systemd_unit.h"
#include "node/registry.h"

/* A process that may be a component, or holds several in itself (k3s, kubelite). */
struct bw_found_process {
        const char *program;   /* "kubelet", "k3s", "kubelite" */
        uint32_t pid, uid;
        int64_t started;       /* unix seconds; 0: unknown */
        struct bw_str comm, exe, cgroup;
        const struct bw_str *args; /* without what names the program */
        size_t n_args;
        bool args_cut;
        bool in_pod;
};

/* A component in a static pod's manifest. */
struct bw_found_manifest {
        const char *component;
        struct bw_str file;
        const struct bw_component_arg *args;
        size_t n_args;
        const struct bw_str *env;
        size_t n_env;
        struct bw_str image;
        int64_t run_as;        /* uid; -1: not said */
        const struct bw_node_mount *mounts;
        size_t n_mounts;
        bool inert;            /* the kubelet names no directory: it lies in a usual place, and nobody runs it */
};

struct bw_finder {
        struct bw_node *node;
        struct bw_arena *arena;
        struct bw_host *host;
        struct bw_error *reterr;
        struct bw_found_process *processes;
        size_t n_processes, cap_processes;
        struct bw_found_manifest *manifests;
        size_t n_manifests, cap_manifests;
        struct bw_node_component *components;
        size_t n_components, cap_components;
};

/* A list of arguments that grows. What looks like a credential is left out before anything else sees it. */
struct bw_arg_list {
        struct bw_finder *finder;
        struct bw_component_arg *items;
        size_t n, cap;
        bool drop_next; /* the value of a secret flag is the next element */
        bool failed;
};
void bw_arg_list_add(struct bw_arg_list *list, struct bw_str text, const struct bw_evidence *where);
void bw_arg_list_add_word(struct bw_arg_list *list, const struct bw_word *word, const char *type);
/* "--name" or "--name=…", with one dash or two, underscores for dashes. */
bool bw_arg_is(struct bw_str arg, const char *name);
/* The last value of a flag among arguments; false: it is not there. */
bool bw_node_arg_value(const struct bw_component_arg *args, size_t n, const char *name, struct bw_str *ret);
/* Of an environment, the variables that components read, without credentials. */
int bw_env_list(struct bw_finder *finder, const struct bw_str *env, size_t n, const struct bw_str **ret, size_t *ret_n);

/* The whole text of a file of the machine; an empty text when it cannot be read, and then *ret_state (may be NULL) says why. */
int bw_find_text(struct bw_finder *finder, const char *path, struct bw_str *ret, int *ret_state);
/* printf into the arena; an empty text marks that memory ran out. */
struct bw_str bw_find_printf(struct bw_finder *finder, const char *fmt, ...) BW_PRINTF(2, 3);
/* A copy that is ended by a zero byte. */
const char *bw_find_z(struct bw_finder *finder, struct bw_str text);

int bw_find_processes(struct bw_finder *finder);                                  /* component_process.c */
/* Of somebody who logged in. */
bool bw_cgroup_is_session(struct bw_str cgroup);
const struct bw_found_process *bw_found_program(const struct bw_finder *finder, const char *program, size_t i);
int bw_find_manifests(struct bw_finder *finder, const char *dir, bool inert);      /* component_manifest.c */
const struct bw_found_manifest *bw_found_manifest(const struct bw_finder *finder, const char *component);
int bw_find_unit(struct bw_finder *finder, struct bw_str name, struct bw_unit *unit, struct bw_env *env,
                 struct bw_node_component *component);                             /* component_unit.c */
bool bw_unit_is_enabled(struct bw_finder *finder, const char *name);
int bw_find_k3s(struct bw_finder *finder);                                        /* component_k3s.c */
int bw_find_snap(struct bw_finder *finder);                                       /* component_snap.c */
int bw_add_openshift_config(struct bw_finder *finder, struct bw_node_component *component); /* component_openshift.c */
/* Reads what a component's flags name; fills in files and needs. component_files.c */
int bw_find_files(struct bw_finder *finder, struct bw_node_component *component);
/* The directory of static pods that the kubelet's files name; empty: none. */
struct bw_str bw_static_pod_path(struct bw_finder *finder, const struct bw_node_component *kubelet);
/* Adds a component, or gives -E2BIG silently: the rest is not looked at. */
int bw_add_component(struct bw_finder *finder, const struct bw_node_component *component);

/* detect.c: the identity, before components are looked for and after. */
int bw_node_detect(struct bw_finder *finder);
void bw_node_settle(struct bw_node *node);
/* What a version of Kubernetes is known by, when neither image nor log says it. */
int bw_find_package_version(struct bw_finder *finder, const char *package, struct bw_str *ret);

#endif
