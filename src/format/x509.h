/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509: certificates and keys as facts. What comes out says what a certificate states and what a key is, never a key.
 * Ownership: texts of facts live in the arena given. A struct bw_x509 is OpenSSL's and is freed with bw_x509_free().
 * Errors: -EINVAL (no certificate, no key) with a message without the file's name, -E2BIG (a limit), -ENOMEM.
 * Threads: pure.
 * Source: RFC 5280 (certificates), RFC 5208 and 5915 and 8017 (keys), OpenSSL 3.
 */
#ifndef BW_FORMAT_X509_H
#define BW_FORMAT_X509_H

#include "doc/facts.h"

struct bw_x509;

struct bw_texts {
        struct bw_str *items;
        size_t n;
};

/* A public key, or the public half of a private one. */
struct bw_key_facts {
        const char *type;         /* "RSA", "EC", "Ed25519", "DSA", …; "other" */
        struct bw_str curve;      /* of EC keys: "P-256"; else empty */
        int bits;
        struct bw_str spki;       /* SHA-256 of its SubjectPublicKeyInfo in hex: the same for a key and its certificate */
        bool encrypted;           /* nothing else is known then */
};

struct bw_x509_facts {
        struct bw_str subject;    /* "CN=kubernetes-admin,O=kubeadm:cluster-admins" (RFC 2253) */
        struct bw_str issuer;
        struct bw_str common_name;
        struct bw_texts organizations;
        struct bw_str serial;     /* hex */
        int64_t not_before;       /* unix seconds */
        int64_t not_after;
        struct bw_key_facts key;
        struct bw_str signature;  /* "ecdsa-with-SHA256" */
        struct bw_str digest;     /* "SHA256"; empty: the algorithm has none of its own */
        struct bw_texts dns, ips, uris, emails;
        struct bw_texts key_usage;     /* "digitalSignature", "keyCertSign", … */
        struct bw_texts ext_usage;     /* "serverAuth", "clientAuth", … */
        bool has_key_usage;       /* the extension is there; without it every use is allowed */
        bool has_ext_usage;
        bool is_ca;
        int64_t path_length;      /* -1: none is given */
        struct bw_str subject_key_id;  /* hex */
        struct bw_str authority_key_id;
        struct bw_str fingerprint;     /* SHA-256 in hex */
        bool self_signed;         /* by its own key; the signature was checked */
};

/* The fingerprint of a certificate, before it is read: what was seen already need not be read again. Empty: no memory. */
struct bw_str bw_x509_fingerprint(struct bw_arena *arena, struct bw_str der);
BW_CHECK int bw_x509_read(struct bw_str der, struct bw_x509 **ret, struct bw_error *reterr);
void bw_x509_free(struct bw_x509 *certificate);
BW_DEFINE_AUTO(struct bw_x509 *, bw_x509_free);
BW_CHECK int bw_x509_facts(struct bw_arena *arena, const struct bw_x509 *certificate, struct bw_x509_facts *ret,
                           struct bw_error *reterr);
/* The names say so, and the certificate's extensions do not deny it; no signature is looked at. */
bool bw_x509_names_issuer(const struct bw_x509 *certificate, const struct bw_x509 *issuer);
/* The certificate was signed by the issuer's key. */
bool bw_x509_is_signed_by(const struct bw_x509 *certificate, const struct bw_x509 *issuer);
/* Whether a client that asks for name ("10.0.0.1", "api.example.org") takes the certificate: by its alternative names alone,
 * as Go does. */
bool bw_x509_is_for(const struct bw_x509_facts *facts, struct bw_str name);

/* What kind of block a PEM label names. */
enum bw_pem_kind {
        BW_PEM_OTHER,       /* requests, parameters, … */
        BW_PEM_CERTIFICATE,
        BW_PEM_PRIVATE_KEY, /* encrypted ones too */
        BW_PEM_PUBLIC_KEY,
};
enum bw_pem_kind bw_pem_kind(struct bw_str label);

/* label: of the PEM block. Wipes nothing: der is the caller's. */
BW_CHECK int bw_key_read(struct bw_arena *arena, struct bw_str label, struct bw_str der, bool encrypted,
                         struct bw_key_facts *ret, struct bw_error *reterr);

/* Adds what kinds/Certificate.yaml and kinds/PrivateKey.yaml call so. */
void bw_x509_put(struct bw_fields *fields, const struct bw_x509_facts *facts);
struct bw_value bw_key_value(struct bw_facts *facts, const struct bw_key_facts *key);
/* Unix seconds as "2030-01-02T03:04:05Z". */
struct bw_value bw_facts_time(struct bw_facts *facts, int64_t seconds);

#endif
