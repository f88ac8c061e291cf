/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_internal: one request with its tries, and the rounds in which several of them are driven.
 * Ownership: a request is the caller's; it borrows path, accept and body until bw_kube_request_done(). It is begun with its first
 * part filled in and all else zero.
 * Threads: the client's.
 */
#ifndef BW_KUBE_CLIENT_INTERNAL_H
#define BW_KUBE_CLIENT_INTERNAL_H

#include "base/error.h"
#include "kube/answer.h"
#include "kube/client.h"
#include "kube/curl_internal.h"
#include "kube/url.h"

struct bw_decompress;

struct bw_kube_client {
        struct bw_kube_client_options options;
        struct bw_curl curl;
        CURLM *multi;
        struct bw_kube_credential *credential;
        struct bw_kube_stats stats;
        struct bw_buf url;         /* up to the path: https://host:port/prefix */
        struct bw_buf connect_to;  /* with tls-server-name: where that name is found */
        struct curl_slist connect_to_line;
        struct bw_buf host_header; /* and the name that the server knows itself by */
        struct bw_buf user_agent;
        struct bw_buf proxy;       /* SECRET when it has a password; empty: none */
        struct bw_buf plain;       /* unpacked bytes on their way */
        struct bw_buf list_version;
        bool is_tls;
        bool has_answered;
        unsigned lost;             /* requests in a row that were left without an answer */
        int lost_r;
        uint64_t random;
        double tokens;             /* of the bucket that qps fills */
        int64_t tokens_at;
        int64_t blocked_ms;        /* time that readers of answers took: nobody else's fault */
};

struct bw_kube_request {
        /* What is asked. */
        const char *path;
        const char *accept;
        struct bw_str body;        /* of a POST */
        bool is_post;
        bool is_watch;             /* slow by nature: only `seconds` bounds it */
        bool is_one_of_many;       /* what answers 5xx is not waited for at length */
        bool is_page;              /* of a list: where it takes the server too long, a smaller one is asked for instead */
        size_t max;                /* bytes of a good answer, unpacked */
        unsigned seconds;          /* 0: BW_LIMIT_KUBE_SECONDS */
        unsigned tries;            /* 0: the client's */
        int (*piece)(void *userdata, struct bw_str bytes, struct bw_error *reterr);
        int (*restart)(void *userdata); /* before another try, when pieces were given; NULL: never tried again then */
        void *userdata;

        /* What came of it, once state is BW_KUBE_DONE. */
        int r;
        struct bw_error err;
        long status_code;
        char content_type[160];
        struct bw_buf token;       /* that a Status offers for the rest of the list */
        int64_t retry_after;       /* milliseconds that the server asks to wait; -1: not said */

        /* Private. */
        enum bw_kube_request_state {
                BW_KUBE_WAITING,
                BW_KUBE_RUNNING,
                BW_KUBE_DONE,
        } state;
        unsigned n_tries;
        int64_t not_before;
        uint64_t waited_ms;
        bool was_refused;
        uint64_t generation;       /* of the proof that was sent */

        struct bw_kube_try {       /* of one try */
                struct bw_kube_client *client;
                CURL *easy;
                struct bw_buf headers; /* SECRET */
                struct curl_slist *lines;
                char message[CURL_ERROR_SIZE];
                int64_t started;
                int64_t window_at;
                size_t window_bytes;
                size_t n_header;
                bool has_headers;
                bool is_packed;
                bool gave;
                bool reader_failed;
                bool has_enough;       /* of an error's text */
                int64_t retry_after;   /* -1: not said */
                size_t n_head;
                char head[2];          /* of packed bytes */
                struct bw_decompress *unpack;
                size_t n_plain;
                struct bw_buf error_body;
                int r;                 /* why we broke it off */
                struct bw_error err;
        } now;
};

/* Milliseconds that only go forward, without the time that readers took. */
int64_t bw_kube_client_now(const struct bw_kube_client *client);

/* Drives the requests that are not done until one of them is: 0; -EINTR when cancelled, -ENOMEM, -EIO. */
BW_CHECK int bw_kube_drive(struct bw_kube_client *client, struct bw_kube_request *const *requests, size_t n,
                           struct bw_error *reterr);
/* One request from beginning to end. Its result. */
BW_CHECK int bw_kube_run(struct bw_kube_client *client, struct bw_kube_request *request, struct bw_error *reterr);
void bw_kube_request_done(struct bw_kube_client *client, struct bw_kube_request *request);

/* An answer of any size up to the request's max. */
BW_CHECK int bw_kube_whole(struct bw_kube_client *client, struct bw_kube_request *request, struct bw_buf *to,
                           struct bw_error *reterr);
uint64_t bw_kube_random(struct bw_kube_client *client);
void bw_kube_tell_pause(const struct bw_kube_client *client, const struct bw_error *err, int64_t ms);
/* A page for people, of a proxy or a login, is no answer to one who asked for JSON: -EPROTO. */
BW_CHECK int bw_kube_check_type(const struct bw_kube_request *request, struct bw_error *reterr);
/* "/api/v1/namespaces/NS/pods?labelSelector=…&": what follows is the caller's. */
void bw_kube_list_path(struct bw_buf *to, const struct bw_kube_list *list);

/* request.c: one try. */
BW_CHECK int bw_kube_try_begin(struct bw_kube_client *client, struct bw_kube_request *request,
                               const struct bw_kube_proof *proof, struct bw_error *reterr);
void bw_kube_try_end(struct bw_kube_client *client, struct bw_kube_request *request);
/* A time-out that has passed: -ETIMEDOUT. */
int bw_kube_try_check(struct bw_kube_client *client, struct bw_kube_request *request);
/* What the try came to: request->r, err, status_code, token. */
void bw_kube_try_judge(struct bw_kube_client *client, struct bw_kube_request *request, CURLcode code);

#endif
