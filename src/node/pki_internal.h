/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki (internal): the files of the collector of certificates and keys: pki.c (files, directories, kubeconfigs in usual
 * places), pki_components.c (what components name).
 * Ownership, errors, threads: node/node.h.
 */
#ifndef BW_NODE_PKI_INTERNAL_H
#define BW_NODE_PKI_INTERNAL_H

#include "analyze/pki.h"
#include "node/registry.h"

struct pki_search {
        struct bw_node *node;
        struct bw_pki *pki;
        struct bw_arena *scratch; /* one file */
        struct bw_error *reterr;
};

struct pki_file {
        const char *path;         /* on the machine */
        enum bw_pki_role role;
        struct bw_str why;
        bool in_use;
        bool wants_certificate;
        bool wants_key;
        bool must_exist;          /* that it is missing is worth telling */
        bool rotated;
};

BW_CHECK int bw_pki_search_file(struct pki_search *s, const struct pki_file *file);
/* A kubeconfig, and the files that it names. why: who names it. */
BW_CHECK int bw_pki_search_kubeconfig(struct pki_search *s, const char *path, struct bw_str why, bool must_exist);
/* pki_components.c */
BW_CHECK int bw_pki_search_components(struct pki_search *s);

#endif
