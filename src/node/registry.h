/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry: the collectors of a node and the sections of its Host document. To add one: a file of its own, its name in the
 * list here (BW_COLLECTORS in the order in which they run, BW_HOST_SECTIONS in the order of the document), the file in
 * meson.build.
 *
 *     const struct bw_collector bw_collector_pki = {.name = "pki", .collect = collect};
 *     const struct bw_host_section bw_section_ssh = {.name = "ssh", .collect = collect};
 *
 * Ownership: constant tables. Errors: as in node.h. Threads: read only.
 */
#ifndef BW_NODE_REGISTRY_H
#define BW_NODE_REGISTRY_H

#include "node/node.h"

#define BW_COLLECTORS(X)                                                                           \
        X(components)                                                                      \
        X(files)                                                                           \
        X(survey)                                                                          \
        X(host)                                                                            \
        X(runtime)                                                                         \
        X(pki) \
        X(probe)                                                                           \
        X(etcd)

#define BW_HOST_SECTIONS(X)                                                                        \
        X(node) \
        X(os) \
        X(kernel) \
        X(packages) \
        X(boot) \
        X(lsm) \
        X(sysctls) \
        X(modules) \
        X(mounts) \
        X(swap) \
        X(cgroup) \
        X(time) \
        X(coredump) \
        X(ssh) \
        X(accounts) \
        X(sudo) \
        X(services) \
        X(listeners) \
        X(firewall) \
        X(auditd) \
        X(journald) \
        X(metadataService)

#define X(name) extern const struct bw_collector bw_collector_##name;
BW_COLLECTORS(X)
#undef X
#define X(name) extern const struct bw_host_section bw_section_##name;
BW_HOST_SECTIONS(X)
#undef X

extern const struct bw_collector *const bw_collectors[];
extern const size_t bw_n_collectors;
extern const struct bw_host_section *const bw_host_sections[];
extern const size_t bw_n_host_sections;

/* The roles as texts: "control-plane", "etcd", "worker". */
void bw_node_put_roles(struct bw_fields *fields, const char *key, unsigned roles);
/* Gives a finished document, identified, to the sink: builds it in the node's arena. */
BW_CHECK int bw_node_give(struct bw_node *node, struct bw_facts *facts, bw_doc_sink sink, void *userdata,
                          struct bw_error *reterr);

#endif
