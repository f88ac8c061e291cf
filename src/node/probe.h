/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe: questions over the network that only --probe asks, before the sandbox is entered: TLS handshakes with the node's own
 * servers without a client certificate, and one with etcd as its own client; the cloud's metadata service.
 *
 * Every exchange ends after BW_LIMIT_PROBE_MS. Only what a server says of itself is kept: versions, status codes, the
 * fingerprint of its certificate, numbers; never the body of an answer.
 * Ownership: results live in the arena of the run. Errors: what fails is a result; negative when memory ran out.
 * Threads: one node, one thread.
 */
#ifndef BW_NODE_PROBE_H
#define BW_NODE_PROBE_H

#include "node/registry.h"

enum bw_probe_outcome {
        BW_PROBE_REFUSED,   /* nobody listens there */
        BW_PROBE_TIMEOUT,
        BW_PROBE_CLOSED,    /* the server ended the exchange: for a server of TLS that wants a certificate, as it should be */
        BW_PROBE_ANSWERED,
        BW_PROBE_FAILED,    /* on this side: no socket, no library */
};
const char *bw_probe_outcome_text(enum bw_probe_outcome outcome);

/* What to ask. */
struct bw_probe_question {
        const char *name;          /* "etcd-client" */
        const char *component;
        struct bw_str address;     /* numeric */
        uint16_t port;
        bool tls;
        const char *method;        /* NULL: the handshake alone */
        const char *path;
        const char *body;          /* NULL: none */
        const char *headers;       /* lines with \r\n; NULL: none */
        const char *certificate;   /* file of the client's certificate; NULL: none is shown */
        const char *key;
        int max_tls;               /* 0: the newest; else a version of OpenSSL's */
};
struct bw_probe_answer {
        enum bw_probe_outcome outcome;
        int status;                /* of HTTP; 0: none */
        const char *tls;           /* "TLSv1.3"; NULL: no handshake */
        struct bw_str cipher;
        struct bw_str fingerprint; /* SHA-256 of the server's certificate, in hex */
        struct bw_str body;        /* of HTTP; for who asked, never for a document as it is */
};
BW_CHECK int bw_probe_ask(struct bw_arena *arena, const struct bw_probe_question *question, struct bw_probe_answer *ret,
                          struct bw_error *reterr);

struct bw_probe_result {
        struct bw_probe_question question;
        struct bw_probe_answer answer;
        bool old_tls;                    /* a version below 1.2 is taken */
        const char *certificate_setting; /* which names the server's certificate; NULL */
};
/* Of etcd's own gateway. */
struct bw_probe_etcd {
        bool asked;
        bool healthy;
        struct bw_str version;
        int64_t db_size, db_size_in_use;
        struct bw_str alarms[16];
        size_t n_alarms;
        struct bw_str why_not; /* why it could not be asked */
};
struct bw_probe_results {
        struct bw_probe_result *items;
        size_t n, cap;
        struct bw_probe_etcd etcd;
        bool metadata_asked;
        bool metadata_answers;
        bool metadata_answers_plainly;
};

#endif
