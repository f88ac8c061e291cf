/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_server_internal: what the parts of the test API server share: what it has (store), what it was told (script), what it
 * answers (answer), and how that is sent (server).
 * Ownership: texts of a request and its answer live as long as its connection's turn; those of the store as long as the server.
 * Threads: the store is immutable once loaded; script and log are behind the server's lock.
 */
#ifndef BW_TESTS_SUPPORT_API_SERVER_INTERNAL_H
#define BW_TESTS_SUPPORT_API_SERVER_INTERNAL_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "api_server.h"
#include "base/arena.h"
#include "base/buf.h"

/* ---- store */

struct api_object {
        struct bw_str ns, name;
        struct bw_str metadata; /* JSON */
        struct bw_str rest;     /* JSON members other than apiVersion, kind and metadata; each after a comma */
};

struct api_resource {
        struct bw_str group, version, resource, kind, verbs;
        bool namespaced;
        bool broken;
        struct api_object *objects; /* sorted by namespace and name, as etcd has them */
        size_t n, cap;
};

struct api_store {
        struct bw_arena *arena;
        const char *const *folders;
        struct api_resource *resources;
        size_t n, cap;
        uint64_t version; /* resourceVersion of lists */
};
void api_store_load(struct api_store *store, const char *const *folders);
/* NULL when there is none. */
struct api_resource *api_store_find(const struct api_store *store, struct bw_str group, struct bw_str version,
                                    struct bw_str resource);
/* A file of the folders, or of the working folder; false when there is none. */
bool api_store_file(const struct api_store *store, const char *name, struct bw_buf *to);
struct bw_str api_resource_version(struct bw_arena *arena, const struct api_resource *resource); /* "apps/v1" */
bool api_resource_is_builtin(const struct api_resource *resource);
BW_NORETURN void api_die(const char *format, ...) BW_PRINTF(1, 2);

/* ---- requests and answers */

struct api_request {
        struct bw_arena *arena;
        const char *listener;
        struct bw_str method;
        struct bw_str target; /* path and query as sent */
        struct bw_str path;
        struct bw_str query;
        struct bw_str line; /* "GET /path?query" */
        struct bw_str accept, accept_encoding, authorization, user_agent, as, as_groups;
        struct bw_str body;
        struct bw_str certificate; /* common name of a verified client certificate */
        struct bw_str user, groups;
        bool closes;
};

struct api_answer {
        int status;
        const char *type;
        struct bw_buf head; /* further header lines */
        struct bw_buf body;
        bool packed;     /* body is gzip */
        bool no_packing, must_pack;
        bool is_watch;
        uint64_t watch_pause;
        /* Writes a body that has no end in memory: called with the connection until false. */
        bool (*stream)(struct api_answer *answer, struct bw_buf *chunk, uint64_t turn);
        uint64_t number; /* of the action */
        /* how it is sent */
        uint64_t slow_bytes, slow_ms;
        int64_t cut; /* bytes of the body, then the connection ends; -1: whole */
        bool has_length;
        int64_t length;
        bool hang, silent, drop, reset, endless_headers, endless_line;
};

struct api_server;
/* What a well-behaved server says. */
void api_answer(struct api_server *server, struct api_request *request, struct api_answer *answer);
/* A Status object. reason: "Forbidden"; message: not yet escaped. */
void api_answer_status(struct api_answer *answer, int code, struct bw_str message, struct bw_str resume);
bool api_query(const struct api_request *request, const char *key, struct bw_str *ret);
/* The 410 of an expired token: for the request's own place in the list. */
void api_answer_gone(struct api_request *request, struct api_answer *answer, bool final);

/* ---- script */

struct api_rule;
struct api_script {
        struct bw_arena *arena;
        struct api_rule *rules;
        size_t n, cap;
        struct api_token {
                struct bw_str token, user, groups;
                int64_t uses; /* -1: no end */
        } *tokens;
        size_t n_tokens, cap_tokens;
        struct api_right {
                bool permits;
                const char *user, *verb, *resource, *ns;
        } *rights;
        size_t n_rights, cap_rights;
        const char *certificate;
        bool no_anonymous;
};
bool api_glob(const char *glob, const char *text);
void api_script_add(struct api_script *script, const char *lines);
/* With the server's lock held. True when a line gave the answer. */
bool api_script_answer(struct api_server *server, struct api_request *request, struct api_answer *answer);
void api_script_send(struct api_server *server, struct api_request *request, struct api_answer *answer);
bool api_script_permits(const struct api_script *script, struct bw_str user, struct bw_str groups, const char *verb,
                        const char *resource, const char *ns);
/* 0 or 401. */
int api_script_identify(struct api_script *script, struct api_request *request);

/* ---- server */

struct api_server {
        struct api_store store;
        struct api_script script;
        pthread_mutex_t lock;
        struct bw_buf log;
        int log_fd;
        struct api_listener {
                struct api_server *server;
                const char *name;
                SSL_CTX *tls; /* NULL: plain */
                int fd;
                unsigned port;
                pthread_t thread;
        } listeners[3];
        atomic_bool stopping;
        atomic_int connections;
        int64_t started;
        char *ca, *client_certificate, *client_key;
};
enum { API_LISTENER, API_TRAP, API_TRAP_HTTP };

#endif
