/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime: what is in force in a container runtime (containerd 1 and 2, CRI-O, Docker): its files in the order in which it
 * reads them, its flags, its defaults, each value with its source; and which published holes its version has.
 * Settings have one name for all runtimes that have the thing (kinds/ContainerRuntime.yaml).
 *
 * Pure: the caller reads the files. Ownership: everything lives in the arena of the facts. Errors: builders stay silent
 * until bw_facts_finish(). Threads: pure.
 * Source: containerd docs/man/containerd-config.toml.5.md, docs/cri/config.md, docs/hosts.md, cmd/containerd/server/config;
 *         cri-o docs/crio.conf.5.md, docs/crio.conf.d.5.md; moby daemon/config, dockerd(8); containers-registries.conf(5).
 */
#ifndef BW_ANALYZE_RUNTIME_H
#define BW_ANALYZE_RUNTIME_H

#include "doc/facts.h"

enum bw_runtime_kind {
        BW_RUNTIME_CONTAINERD,
        BW_RUNTIME_CRIO,
        BW_RUNTIME_DOCKER,
        _BW_RUNTIME_MAX,
};
const char *bw_runtime_name(enum bw_runtime_kind kind);

/* A configuration file, read. Later ones go over earlier ones. */
struct bw_runtime_source {
        const char *type; /* of evidence: "file", "drop-in" */
        struct bw_str path;
        struct bw_doc doc;
};

/* hosts.toml of one registry (containerd), or a registries.conf (containers/image: CRI-O). */
struct bw_runtime_hosts {
        struct bw_str registry; /* the directory's name; empty: registries.conf */
        struct bw_str path;
        struct bw_doc doc;
};

struct bw_runtime_input {
        enum bw_runtime_kind kind;
        struct bw_str version;                   /* "1.7.27"; empty: unknown */
        const struct bw_runtime_source *sources;
        size_t n_sources;
        const struct bw_runtime_hosts *hosts;
        size_t n_hosts;
        const struct bw_str *args;               /* of the process, without its name */
        size_t n_args;
        struct bw_facts *facts;
};

/* Adds `settings` with its evidence. */
void bw_runtime_put_settings(const struct bw_runtime_input *input);

/*
 * Adds `insecureRegistries`, from which images come unencrypted or by anybody's certificate, and `registryCredentials`, the
 * names of registries whose passwords stand in the files.
 */
void bw_runtime_put_registries(const struct bw_runtime_input *input);

/* The text in force of a setting that the caller needs to go on: "registryConfigPath", "socket". */
struct bw_str bw_runtime_text(const struct bw_runtime_input *input, const char *setting);
/* Where a setting comes from. */
struct bw_evidence bw_runtime_evidence(const struct bw_runtime_input *input, const char *setting);
/* What a containerd file imports, as written. */
struct bw_value bw_runtime_imports(const struct bw_doc *doc);

/*
 * Adds `advisories`: of each component with a version, the published holes that it has (data/runtime-advisories.tsv).
 * Versions are those of the makers: packages of distributions have fixes that their numbers do not show.
 */
struct bw_runtime_version {
        const char *component; /* "containerd", "runc", "cri-o", "docker" */
        struct bw_str version;
};
void bw_runtime_put_advisories(struct bw_facts *facts, const struct bw_runtime_version *versions, size_t n);

/* -1, 0, 1 by up to three numbers, what follows them left out: "1.7.27-1" is "1.7.27". */
int bw_runtime_version_cmp(struct bw_str a, struct bw_str b) BW_PURE;

#endif
