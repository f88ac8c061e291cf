/* SPDX-License-Identifier: Apache-2.0 */
/*
 * derive: the documents that one document implies: a pod that runs kube-apiserver implies a Component with its settings;
 * kubeadm's ClusterConfiguration implies one for each component whose arguments it gives; an audit Policy implies what
 * it records of a catalogue of requests. Rules about components are written once, over what is derived.
 * A finding on a derived document is reported for the document that it was derived from, at evidence.path in it.
 * Pure. Ownership: what is derived lives in the arena. Threads: pure.
 */
#ifndef BW_ANALYZE_DERIVE_H
#define BW_ANALYZE_DERIVE_H

#include "doc/facts.h"

/* Quick: false for nearly every document. */
bool bw_derive_wants(const struct bw_doc *doc);
/*
 * The kinds of what may be derived, separated by blanks; *at counts from 0, NULL at the end. Some may be named twice.
 */
const char *bw_derive_kinds(size_t *at);
/* minor: as bw_component_input.default_minor */
BW_CHECK int bw_derive(struct bw_arena *arena, const struct bw_doc *doc, int minor, bool minor_is_given, bw_doc_sink sink,
                       void *userdata, struct bw_error *reterr);

/* One row for each thing that can be derived; the table is in derive.c. */
struct bw_deriver {
        const char *name;
        const char *kinds; /* of what may come out, separated by blanks: their rules are compiled when a document is wanted */
        bool (*wants)(const struct bw_doc *doc);
        int (*derive)(struct bw_arena *arena, const struct bw_doc *doc, int minor, bool minor_is_given, bw_doc_sink sink,
                      void *userdata, struct bw_error *reterr);
};
extern const struct bw_deriver bw_derive_certificate; /* Secrets, ConfigMaps, webhooks, kubeconfigs: certificate_derive.c */
extern const struct bw_deriver bw_derive_component; /* pods and kubeadm's configuration: component_derive.c */

#endif
