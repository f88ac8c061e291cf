/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: requests to one API server: reads only, but for reviews (SelfSubjectAccessReview …), which write nothing either.
 * TLS is verified unless the kubeconfig says otherwise. Redirects are not followed: a credential goes to the server that the
 * kubeconfig names and nowhere else. Connections are kept; HTTP/2 where the server has it; answers come packed (gzip).
 * Waits and tries again on 429, 503 and broken connections, as Retry-After says, with growing pauses otherwise.
 * Ownership: a client borrows config and options; answers go to the caller's sink as they arrive.
 * Errors: -EACCES 401/403 (what was refused), -ENOENT 404, -ESTALE 410, -EAGAIN 429/5xx after all tries, -ECONNREFUSED, -ECONNRESET,
 *         -EHOSTUNREACH (a name that is not known), -ECONNABORTED (no TLS in common, or a
 *         handshake that broke off), -EKEYREJECTED (the server's certificate), -EPROTO for an answer that is none
 *         (wrong content type, broken body, a redirect), -E2BIG past a limit, -ETIMEDOUT, -EINTR cancelled. The message names
 *         method, path and what the server said, never a credential. A server that leaves three requests in a row without an
 *         answer is not asked again: the rest fails at once.
 * Threads: one client, one thread; bw_kube_many() has several requests in flight on it.
 * Source: k8s.io/client-go rest/request.go (retries), Kubernetes API concepts (lists in chunks, watch, discovery);
 *         RFC 9110 (Retry-After).
 */
#ifndef BW_KUBE_CLIENT_H
#define BW_KUBE_CLIENT_H

#include "base/buf.h"
#include "kube/credential.h"

struct bw_kube_client;

struct bw_kube_client_options {
        const struct bw_kube_config *config;
        double qps;                  /* requests a second; 0: BW_KUBE_QPS */
        unsigned in_flight;          /* at most; 0: 4 */
        unsigned timeout;            /* seconds for one answer without progress; 0: 60 */
        unsigned tries;              /* of one request; 0: 6 */
        struct bw_str user_agent;
        const atomic_bool *cancel;   /* may be NULL */
        int64_t (*clock_ms)(void);   /* for tests; NULL: monotonic */
        void (*told)(void *userdata, const char *what); /* "429 from …, waiting 3 s", for --verbose; may be NULL */
        void *userdata;
};
#define BW_KUBE_QPS 50.0

BW_CHECK int bw_kube_client_new(const struct bw_kube_client_options *options, struct bw_kube_client **ret,
                                struct bw_error *reterr);
void bw_kube_client_free(struct bw_kube_client *client);
BW_DEFINE_AUTO(struct bw_kube_client *, bw_kube_client_free);

struct bw_kube_stats { uint64_t requests, retries, bytes, packed_bytes, waited_ms; unsigned http_version; /* 11, 20 */ };
struct bw_kube_stats bw_kube_client_stats(const struct bw_kube_client *client);

/* A small answer, whole: /version, discovery, one object. path: "/api/v1/…", with its query. max: bytes, unpacked. */
BW_CHECK int bw_kube_get(struct bw_kube_client *client, const char *path, const char *accept, size_t max,
                         struct bw_buf *to, struct bw_error *reterr);
/* A review: posts JSON, takes the object that comes back. */
BW_CHECK int bw_kube_review(struct bw_kube_client *client, const char *path, struct bw_str body, struct bw_buf *to,
                            struct bw_error *reterr);

/* Several GETs side by side, at most in_flight and qps: done is called once for each, in the order in which they end. body is the
 * sink's until it returns. err->code 0: fine. A negative answer of done ends the work. */
struct bw_kube_get_one { struct bw_str path; size_t max; void *userdata; };
BW_CHECK int bw_kube_many(struct bw_kube_client *client, const struct bw_kube_get_one *wanted, size_t n,
                          int (*done)(void *userdata, const struct bw_kube_get_one *get, struct bw_str body,
                                      const struct bw_error *err),
                          void *userdata, struct bw_error *reterr);

/* ---- discovery */

struct bw_kube_resource {
        struct bw_str group;       /* "" of v1 */
        struct bw_str version;     /* the group's preferred one that has the resource */
        struct bw_str resource;    /* "pods" */
        struct bw_str kind;
        bool namespaced;
        bool can_list;
        bool can_watch;
};
/* Aggregated discovery (v2, v2beta1), else group by group. Groups whose server does not answer are in ret_broken. In the arena. */
BW_CHECK int bw_kube_discover(struct bw_kube_client *client, struct bw_arena *arena, struct bw_kube_resource **ret,
                              size_t *ret_n, struct bw_str **ret_broken, size_t *ret_n_broken, struct bw_error *reterr);

/* ---- lists */

struct bw_kube_list {
        const struct bw_kube_resource *resource;
        struct bw_str ns;                  /* "" = all */
        struct bw_str label_selector;
        struct bw_str field_selector;
        unsigned limit;                    /* of one page; 0: 500 */
        bool metadata_only;                /* PartialObjectMetadataList */
};
struct bw_kube_listed { uint64_t pages; struct bw_str resource_version; /* until the next call */ bool inconsistent; /* a continue
                        token expired: the rest is of a later time, as the server offered */ };
/*
 * Gives the pages' bodies in order, unpacked, piece by piece as they arrive; an empty piece with page_end follows each page that
 * came whole and is a list. A page that breaks off is asked for again: then restart is called, and what the sink had of that page
 * does not count. again (may be NULL): the server has lost the list's snapshot and offers no way on; nothing of the list counts,
 * it is begun anew. Without it that is -ESTALE. An answer other than 0 ends the list.
 */
struct bw_kube_sink {
        int (*piece)(void *userdata, struct bw_str bytes, bool page_end);
        int (*restart)(void *userdata);
        int (*again)(void *userdata);
        void *userdata;
};
BW_CHECK int bw_kube_list(struct bw_kube_client *client, const struct bw_kube_list *list, const struct bw_kube_sink *sink,
                          struct bw_kube_listed *ret, struct bw_error *reterr);

/* ---- watch */

/* Events from a resourceVersion on: calls event with each JSON object {"type", "object"}; bookmarks move *resource_version (a text
 * in the arena) and are not given. Connects again where it was after an end or an error. 0: event said to stop (a positive
 * answer); -ESTALE: too old, list again. */
BW_CHECK int bw_kube_watch(struct bw_kube_client *client, const struct bw_kube_list *list, struct bw_buf *resource_version,
                           int (*event)(void *userdata, struct bw_str json), void *userdata, struct bw_error *reterr);

#endif
