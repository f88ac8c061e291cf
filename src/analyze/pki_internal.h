/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki (internal): what was gathered, for pki.c (gathering), pki_chain.c (who issued what) and pki_put.c (documents).
 * Ownership, errors, threads: analyze/pki.h.
 */
#ifndef BW_ANALYZE_PKI_INTERNAL_H
#define BW_ANALYZE_PKI_INTERNAL_H

#include "analyze/pki.h"

struct pki_source {
        struct bw_pki_source of;      /* its text is empty */
        uint64_t roles;               /* bit: enum bw_pki_role */
        struct bw_str *whys;
        size_t n_whys;
        struct bw_str pair;           /* label of the source with the key; empty: unknown */
        struct bw_str problem;        /* why nothing was found in it; empty: something was */
        size_t n_certificates;
        size_t n_keys;
};

struct pki_place {
        struct pki_source *source;
        size_t position;              /* among the source's certificates, from 0 */
        uint32_t line;
};

enum pki_issuer {
        PKI_ISSUER_UNKNOWN,           /* not among what was gathered */
        PKI_ISSUER_SELF,
        PKI_ISSUER_FOUND,
        PKI_ISSUER_BROKEN,            /* one of that name is there, but its key did not sign */
};

struct pki_certificate {
        struct bw_x509 *x509;
        struct bw_x509_facts facts;
        struct pki_place *places;
        size_t n_places;
        uint64_t roles;
        enum pki_issuer issuer;
        struct pki_certificate *above; /* the issuer, with PKI_ISSUER_FOUND; or the one that did not sign */
        struct pki_certificate *next;
        uint32_t number;
};

struct pki_key {
        struct pki_source *source;
        struct bw_key_facts facts;
        struct bw_str problem;
        uint32_t line;
        struct pki_key *next;
};

struct pki_expected {
        enum bw_pki_role role;
        struct bw_str name;
        struct bw_str why;
        struct pki_expected *next;
};

struct pki_kubeconfig {
        struct pki_source *source;
        struct bw_kubeconfig config;
        struct pki_kubeconfig *next;
};

struct bw_pki {
        struct bw_pki_options options;
        struct bw_arena *arena;
        struct pki_source **sources;
        size_t n_sources, cap_sources;
        struct pki_certificate **certificates;
        size_t n_certificates, cap_certificates;
        struct pki_key **keys;
        size_t n_keys, cap_keys;
        struct pki_expected *expected;
        struct pki_kubeconfig *kubeconfigs, **kubeconfigs_end;
        size_t n_signatures;
};

struct pki_source *pki_find_source(struct bw_pki *pki, struct bw_str label);
/* The role that counts: the first of them. */
enum bw_pki_role pki_first_role(uint64_t roles);
unsigned pki_kinds(uint64_t roles);
/* Who issued each; bw_pki.certificates stays in its order. */
BW_CHECK int pki_link(struct bw_pki *pki);
const char *pki_role_holder(enum bw_pki_role role);
enum bw_pki_domain pki_role_domain(enum bw_pki_role role);
const char *pki_domain_name(enum bw_pki_domain domain);
/* What a certificate says of itself when nothing else tells its role. */
enum bw_pki_role pki_guess_role(const struct bw_x509_facts *facts);

#endif
