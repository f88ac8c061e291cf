/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki (internal): what "pki list" and "pki check" share: documents of certificates from a machine, snapshots, files and
 * manifests (pki_gather.c), and rows made of them (verb_pki.c).
 * Ownership: documents live in the gathering's arena. Errors: an input that cannot be read is told on standard error and
 * counted, the rest goes on. Threads: the first thread only.
 */
#ifndef BW_CLI_PKI_INTERNAL_H
#define BW_CLI_PKI_INTERNAL_H

#include "analyze/pki.h"
#include "cli/cli.h"

struct pki_found {
        struct bw_value root;     /* of a Certificate, or of one that could not be read */
        struct bw_str from;       /* "manifests/web.yaml: Secret shop/web": before the places in it; empty: they are paths */
};

struct pki_gathering {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_arena *arena;
        struct bw_arena *scratch;  /* one file */
        struct bw_arena *document; /* one document of it */
        struct bw_pki *files;     /* of certificates and keys as such */
        struct pki_found *items;
        size_t n, cap;
        size_t n_unreadable;
        struct bw_str from;       /* of what is being taken */
        int64_t now;
        bool now_is_given;
};

/* From --node, or from the arguments. Negative: nothing further makes sense. */
BW_CHECK int pki_gather(struct pki_gathering *g, struct bw_error *reterr);
void pki_gathering_done(struct pki_gathering *g);

#endif
