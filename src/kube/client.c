/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests with their tries. All waiting is done in bw_kube_drive(), which looks at the cancel flag ten times a second.
 * Source: k8s.io/client-go rest/with_retry.go, rest/request.go; k8s.io/apimachinery pkg/util/net/http.go (which broken
 *         connections are worth another try).
 */
#include "base/alloc.h"
#include "base/limits.h"
#include "kube/client_internal.h"
#include "os/clock.h"

#define POLL_MS 100
#define IN_FLIGHT 4
#define IN_FLIGHT_MOST 64
#define TIMEOUT_SECONDS 60
#define TRIES 6
#define TRIES_OF_MANY 2     /* where one answer in thousands may well be missing */
#define TRIES_TIMED_OUT 2   /* each took its time already */
#define TRIES_INTERNAL 3    /* a conversion webhook that is gone does not come back meanwhile */

int64_t bw_kube_client_now(const struct bw_kube_client *client)
{
        int64_t ms = client->options.clock_ms ? client->options.clock_ms() : (int64_t)(bw_clock_ticks() / 1000000);

        return ms - client->blocked_ms;
}

/* ---- setting up ---- */

static const char *own_environment(const char *name)
{
        return getenv(name);
}

static int find_proxy(struct bw_kube_client *client, const struct bw_kube_url *server, struct bw_error *reterr)
{
        struct bw_str text = client->options.config->proxy_url;
        struct bw_kube_url proxy;
        int r;

        if (!text.n)
                text = bw_kube_env_proxy(server, own_environment);
        if (!text.n)
                return 0;
        r = bw_kube_url_parse(text, &proxy, reterr);
        if (r < 0)
                return bw_error_wrap(reterr, r, "the proxy");
        /* Go's socks5 lets the proxy look names up, which is libcurl's socks5h. */
        if (bw_str_is(proxy.scheme, "socks5"))
                proxy.scheme = BW_STR("socks5h");
        bw_buf_printf(&client->proxy, "%.*s://", BW_STR_ARG(proxy.scheme));
        if (proxy.userinfo.n)
                bw_buf_printf(&client->proxy, "%.*s@", BW_STR_ARG(proxy.userinfo));
        bw_kube_url_authority(&client->proxy, &proxy, true);
        return bw_buf_status(&client->proxy) < 0 ? bw_error_nomem(reterr) : 0;
}

/* tls-server-name: the URL names it, and the connection goes to the server nevertheless. */
static int name_server(struct bw_kube_client *client, const struct bw_kube_url *server, struct bw_error *reterr)
{
        struct bw_kube_url url = *server;
        struct bw_str name = client->options.config->tls_server_name;

        if (name.n && client->is_tls) {
                if (!bw_kube_is_host(name))
                        return bw_error_set(reterr, -EINVAL, "tls-server-name is no name that a certificate can have");
                url.host = name;
                bw_kube_url_authority(&client->connect_to, &url, true);
                bw_buf_char(&client->connect_to, ':');
                bw_kube_url_authority(&client->connect_to, server, true);
                bw_kube_url_authority(&client->host_header, server, false);
        }
        bw_buf_printf(&client->url, "%.*s://", BW_STR_ARG(url.scheme));
        bw_kube_url_authority(&client->url, &url, false);
        bw_buf_str(&client->url, url.path);
        if (bw_buf_status(&client->connect_to) < 0 || bw_buf_status(&client->host_header) < 0 ||
            bw_buf_status(&client->url) < 0)
                return bw_error_nomem(reterr);
        client->connect_to_line.data = client->connect_to.p;
        return 0;
}

static int find_server(struct bw_kube_client *client, struct bw_error *reterr)
{
        struct bw_kube_url server;
        int r = bw_kube_url_parse(client->options.config->server, &server, reterr);

        if (r == 0 && (server.userinfo.n || bw_str_starts(server.scheme, BW_STR("socks"))))
                r = bw_error_set(reterr, -EINVAL, "the URL of a server is https://HOST:PORT");
        if (r < 0)
                return bw_error_wrap(reterr, r, "the server");
        client->is_tls = bw_str_is(server.scheme, "https");
        r = name_server(client, &server, reterr);
        return r == 0 ? find_proxy(client, &server, reterr) : r;
}

static int set_up_multi(struct bw_kube_client *client, struct bw_error *reterr)
{
        const struct bw_curl *curl = &client->curl;

        client->multi = curl->multi_init();
        if (!client->multi ||
            curl->multi_setopt(client->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) != CURLM_OK ||
            curl->multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)client->options.in_flight) != CURLM_OK)
                return bw_error_nomem(reterr);
        return 0;
}

int bw_kube_client_new(const struct bw_kube_client_options *options, struct bw_kube_client **ret, struct bw_error *reterr)
{
        bw_auto(bw_kube_client_free) struct bw_kube_client *client = bw_zalloc(sizeof(*client));
        int r;

        if (!client)
                return bw_error_nomem(reterr);
        client->options = *options;
        client->options.qps = options->qps > 0 ? options->qps : BW_KUBE_QPS;
        client->options.in_flight = options->in_flight ? BW_MIN(options->in_flight, (unsigned)IN_FLIGHT_MOST) : IN_FLIGHT;
        client->options.timeout = options->timeout ? options->timeout : TIMEOUT_SECONDS;
        client->options.tries = options->tries ? options->tries : TRIES;
        client->random = bw_clock_ticks() | 1;
        client->tokens = client->options.qps;
        client->tokens_at = bw_kube_client_now(client);
        bw_buf_str(&client->user_agent, options->user_agent.n ? options->user_agent : BW_STR("bulwark"));
        if (bw_buf_status(&client->user_agent) < 0)
                return bw_error_nomem(reterr);
        r = find_server(client, reterr);
        if (r == 0)
                r = bw_kube_credential_new(options->config, options->cancel, &client->credential, reterr);
        if (r == 0)
                r = bw_curl_load(&client->curl, reterr);
        if (r == 0)
                r = set_up_multi(client, reterr);
        if (r == 0)
                *ret = bw_take(client);
        return r;
}

void bw_kube_client_free(struct bw_kube_client *client)
{
        if (!client)
                return;
        if (client->multi)
                (void)client->curl.multi_cleanup(client->multi);
        bw_curl_unload(&client->curl);
        bw_kube_credential_free(client->credential);
        if (client->proxy.p)
                explicit_bzero(client->proxy.p, client->proxy.cap);
        bw_buf_done(&client->url);
        bw_buf_done(&client->connect_to);
        bw_buf_done(&client->host_header);
        bw_buf_done(&client->user_agent);
        bw_buf_done(&client->proxy);
        bw_buf_done(&client->plain);
        bw_buf_done(&client->list_version);
        bw_free(client);
}

struct bw_kube_stats bw_kube_client_stats(const struct bw_kube_client *client)
{
        return client->stats;
}

/* ---- when a request is sent ---- */

/* The bucket holds what a second brings. *ret_wait: milliseconds until there is a token. */
static bool take_token(struct bw_kube_client *client, int64_t now, int64_t *ret_wait)
{
        double qps = client->options.qps;
        double most = BW_MAX(qps, 1.0);

        client->tokens = BW_MIN(most, client->tokens + (double)(now - client->tokens_at) * qps / 1000.0);
        client->tokens_at = now;
        if (client->tokens < 1.0) {
                *ret_wait = (int64_t)((1.0 - client->tokens) * 1000.0 / qps) + 1;
                return false;
        }
        client->tokens -= 1.0;
        return true;
}

uint64_t bw_kube_random(struct bw_kube_client *client)
{
        client->random ^= client->random << 13;
        client->random ^= client->random >> 7;
        client->random ^= client->random << 17;
        return client->random;
}

static void fail(struct bw_kube_request *request, int r, const struct bw_error *err)
{
        request->r = r;
        request->err = *err;
        request->state = BW_KUBE_DONE;
}

static void begin_try(struct bw_kube_client *client, struct bw_kube_request *request)
{
        struct bw_error err = {0};
        struct bw_kube_proof proof = {0};
        int r;

        request->n_tries++;
        r = bw_kube_credential_get(client->credential, bw_clock_now(), false, &proof, &err);
        request->generation = proof.generation;
        if (r == 0)
                r = bw_kube_try_begin(client, request, &proof, &err);
        if (r < 0) {
                bw_kube_try_end(client, request);
                fail(request, r, &err);
                return;
        }
        client->stats.requests++;
        request->state = BW_KUBE_RUNNING;
}

/* ---- whether it is tried again ---- */

static bool is_lost(int r)
{
        return r == -ETIMEDOUT || r == -ECONNRESET || r == -ECONNREFUSED || r == -EHOSTUNREACH || r == -ECONNABORTED;
}

/* How many tries a failure is worth. */
static unsigned tries_for(const struct bw_kube_client *client, const struct bw_kube_request *request)
{
        unsigned most = request->tries ? request->tries : client->options.tries;
        bool says_when = request->now.retry_after >= 0;

        switch (request->r) {
        case -EAGAIN:
                if (request->status_code != 429 && !says_when && request->is_one_of_many)
                        return BW_MIN(most, (unsigned)TRIES_OF_MANY);
                if (request->status_code == 504 && request->is_page)
                        return BW_MIN(most, (unsigned)TRIES_TIMED_OUT);
                return request->status_code == 500 && !says_when ? BW_MIN(most, (unsigned)TRIES_INTERNAL) : most;
        case -ETIMEDOUT:
                return client->has_answered ? BW_MIN(most, (unsigned)TRIES_TIMED_OUT) : 1;
        case -ECONNABORTED:
        case -ECONNREFUSED:
        case -EHOSTUNREACH:
                return client->has_answered ? most : 1; /* a server that has never been there is not waited for */
        case -ECONNRESET:
        case -EBADMSG:
                return most;
        default:
                return 1;
        }
}

/* True when another proof is there to be tried. */
static bool renew_proof(struct bw_kube_client *client, struct bw_kube_request *request)
{
        struct bw_error err = {0};
        struct bw_kube_proof proof = {0};
        int r;

        if (request->status_code != 401 || request->was_refused)
                return false;
        request->was_refused = true;
        /* Another request may have asked for it meanwhile. */
        r = bw_kube_credential_get(client->credential, bw_clock_now(), false, &proof, &err);
        if (r == 0 && proof.generation == request->generation)
                r = bw_kube_credential_get(client->credential, bw_clock_now(), true, &proof, &err);
        if (r < 0) {
                request->r = r;
                request->err = err;
        }
        return r == 0 && proof.generation != request->generation;
}

/* -1: not again; else the pause before it in milliseconds. */
static int64_t pause_before_retry(struct bw_kube_client *client, struct bw_kube_request *request)
{
        const struct bw_kube_try *now = &request->now;
        uint64_t ms;

        if (now->reader_failed || (now->gave && !request->restart))
                return -1;
        if (renew_proof(client, request))
                return 0;
        if (request->n_tries >= tries_for(client, request))
                return -1;
        ms = bw_kube_pause(request->n_tries, bw_kube_random(client));
        if (now->retry_after >= 0)
                ms = (uint64_t)now->retry_after + ms / 4;
        return request->waited_ms + ms > BW_LIMIT_KUBE_WAIT_MS ? -1 : (int64_t)ms;
}

void bw_kube_tell_pause(const struct bw_kube_client *client, const struct bw_error *err, int64_t ms)
{
        char text[sizeof(err->message) + 64];

        if (!client->options.told)
                return;
        (void)snprintf(text, sizeof(text), "%s; again in %.1f s", err->message, (double)ms / 1000.0);
        client->options.told(client->options.userdata, text);
}

static void settle(struct bw_kube_client *client, struct bw_kube_request *request)
{
        client->has_answered |= request->status_code > 0;
        client->lost = is_lost(request->r) ? client->lost + 1 : 0;
        client->lost_r = request->r;
        if (request->r == -EBADMSG)
                request->r = request->err.code = -EPROTO;
        request->state = BW_KUBE_DONE;
}

static void end_try(struct bw_kube_client *client, struct bw_kube_request *request, CURLcode code)
{
        bool gave;
        int64_t ms;
        int r;

        bw_kube_try_judge(client, request, code);
        client->has_answered |= request->status_code > 0;
        ms = request->r == 0 ? -1 : pause_before_retry(client, request);
        gave = request->now.gave;
        request->retry_after = request->now.retry_after;
        bw_kube_try_end(client, request);
        if (ms < 0) {
                settle(client, request);
                return;
        }
        bw_kube_tell_pause(client, &request->err, ms);
        client->stats.retries++;
        client->stats.waited_ms += (uint64_t)ms;
        request->waited_ms += (uint64_t)ms;
        request->not_before = bw_kube_client_now(client) + ms;
        request->state = BW_KUBE_WAITING;
        r = gave ? request->restart(request->userdata) : 0;
        if (r != 0) {
                bw_error_clear(&request->err);
                request->r = bw_error_set(&request->err, r, "the answer was not taken");
                request->state = BW_KUBE_DONE;
        }
}

/* ---- the rounds ---- */

static int cancelled(const struct bw_kube_client *client, struct bw_error *reterr)
{
        if (!client->options.cancel || !atomic_load_explicit(client->options.cancel, memory_order_relaxed))
                return 0;
        return bw_error_set(reterr, -EINTR, "interrupted");
}

/* Sends what may be sent. Gives how long there is nothing to do, at most POLL_MS. */
static int64_t begin_due(struct bw_kube_client *client, struct bw_kube_request *const *requests, size_t n)
{
        int64_t now = bw_kube_client_now(client);
        int64_t wait = POLL_MS;

        for (size_t i = 0; i < n; i++) {
                struct bw_kube_request *request = requests[i];
                int64_t until = request->not_before - now;

                if (request->state != BW_KUBE_WAITING)
                        continue;
                if (client->lost >= BW_LIMIT_KUBE_LOST) {
                        struct bw_error err = {0};

                        bw_error_set(&err, client->lost_r, "the server does not answer any more: it was not asked");
                        fail(request, client->lost_r, &err);
                } else if (until <= 0 && take_token(client, now, &until)) {
                        begin_try(client, request);
                } else {
                        wait = BW_MIN(wait, until);
                }
        }
        return BW_MAX(wait, (int64_t)1);
}

static void end_finished(struct bw_kube_client *client, struct bw_kube_request *const *requests, size_t n)
{
        CURLMsg *message;
        int left;

        while ((message = client->curl.multi_info(client->multi, &left))) {
                char *request = NULL;

                /* Copied first: ending a try frees the message. */
                CURLcode code = message->data.result;

                if (message->msg != CURLMSG_DONE ||
                    client->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request) != CURLE_OK || !request)
                        continue;
                end_try(client, (struct bw_kube_request *)(void *)request, code);
        }
        for (size_t i = 0; i < n; i++) {
                struct bw_kube_request *request = requests[i];
                int r = request->state == BW_KUBE_RUNNING ? bw_kube_try_check(client, request) : 0;

                if (r < 0) {
                        request->now.r = r;
                        end_try(client, request, CURLE_OK);
                }
        }
}

static bool any_done(struct bw_kube_request *const *requests, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (requests[i]->state == BW_KUBE_DONE)
                        return true;
        return n == 0;
}

int bw_kube_drive(struct bw_kube_client *client, struct bw_kube_request *const *requests, size_t n, struct bw_error *reterr)
{
        int running;
        int r;

        for (;;) {
                int64_t wait;

                r = cancelled(client, reterr);
                if (r < 0)
                        return r;
                wait = begin_due(client, requests, n);
                if (client->curl.multi_perform(client->multi, &running) != CURLM_OK)
                        return bw_error_set(reterr, -EIO, "libcurl cannot go on");
                end_finished(client, requests, n);
                if (any_done(requests, n))
                        return 0;
                if (client->curl.multi_poll(client->multi, NULL, 0, (int)wait, NULL) != CURLM_OK)
                        return bw_error_set(reterr, -EIO, "libcurl cannot wait");
        }
}

void bw_kube_request_done(struct bw_kube_client *client, struct bw_kube_request *request)
{
        bw_kube_try_end(client, request);
        bw_buf_done(&request->token);
}

int bw_kube_run(struct bw_kube_client *client, struct bw_kube_request *request, struct bw_error *reterr)
{
        int r = bw_kube_drive(client, &request, 1, reterr);

        if (r < 0)
                return r;
        if (request->r != 0 && reterr && !reterr->code)
                *reterr = request->err;
        return request->r;
}

/* ---- whole answers ---- */

static int keep(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        bw_buf_str(userdata, bytes);
        return bw_buf_status(userdata) < 0 ? bw_error_nomem(reterr) : 0;
}

static int forget(void *userdata)
{
        bw_buf_clear(userdata);
        return 0;
}

int bw_kube_check_type(const struct bw_kube_request *request, struct bw_error *reterr)
{
        struct bw_str json = BW_STR("application/json");

        if (!bw_str_starts(bw_str(request->accept), json) || bw_str_starts(bw_str(request->content_type), json))
                return 0;
        return bw_error_set(reterr, -EPROTO, "GET %.200s: the answer is not JSON but \"%.60s\": is this an API server?",
                            request->path, request->content_type);
}

#define JSON "application/json"

int bw_kube_whole(struct bw_kube_client *client, struct bw_kube_request *request, struct bw_buf *to, struct bw_error *reterr)
{
        int r;

        request->piece = keep;
        request->restart = forget;
        request->userdata = to;
        bw_buf_clear(to);
        r = bw_kube_run(client, request, reterr);
        if (r == 0)
                r = bw_kube_check_type(request, reterr);
        bw_kube_request_done(client, request);
        return r;
}

int bw_kube_get(struct bw_kube_client *client, const char *path, const char *accept, size_t max, struct bw_buf *to,
                struct bw_error *reterr)
{
        struct bw_kube_request request = {.path = path, .accept = accept ? accept : JSON, .max = max};

        return bw_kube_whole(client, &request, to, reterr);
}

int bw_kube_review(struct bw_kube_client *client, const char *path, struct bw_str body, struct bw_buf *to,
                   struct bw_error *reterr)
{
        struct bw_kube_request request = {.path = path, .accept = JSON, .is_post = true, .body = body,
                                          .max = BW_LIMIT_KUBE_STATUS * 16};

        return bw_kube_whole(client, &request, to, reterr);
}

/* ---- several side by side ---- */

struct slot {
        struct bw_kube_request request;
        struct bw_buf body;
        char *path;
        const struct bw_kube_get_one *get; /* NULL: free */
};

static int fill(struct slot *slot, const struct bw_kube_get_one *get, struct bw_error *reterr)
{
        slot->path = bw_strndup(get->path);
        if (!slot->path)
                return bw_error_nomem(reterr);
        slot->get = get;
        slot->request = (struct bw_kube_request){.path = slot->path, .accept = JSON, .max = get->max, .is_one_of_many = true,
                                                 .piece = keep, .restart = forget, .userdata = &slot->body};
        bw_buf_clear(&slot->body);
        return 0;
}

static void empty(struct bw_kube_client *client, struct slot *slot)
{
        bw_kube_request_done(client, &slot->request);
        bw_free(slot->path);
        slot->path = NULL;
        slot->get = NULL;
}

static int hand_over(struct slot *slot, int (*done)(void *userdata, const struct bw_kube_get_one *get, struct bw_str body,
                                                    const struct bw_error *err),
                     void *userdata)
{
        struct bw_kube_request *request = &slot->request;

        if (request->r == 0)
                request->r = bw_kube_check_type(request, &request->err);
        return done(userdata, slot->get, request->r == 0 ? bw_buf_view(&slot->body) : (struct bw_str){0}, &request->err);
}

static int many(struct bw_kube_client *client, struct slot *slots, const struct bw_kube_get_one *wanted, size_t n,
                int (*done)(void *userdata, const struct bw_kube_get_one *get, struct bw_str body, const struct bw_error *err),
                void *userdata, struct bw_error *reterr)
{
        struct bw_kube_request *running[IN_FLIGHT_MOST];
        size_t most = client->options.in_flight;
        size_t next = 0;

        for (;;) {
                size_t n_running = 0;
                int r;

                for (size_t i = 0; i < most; i++) {
                        if (!slots[i].get && next < n) {
                                r = fill(&slots[i], &wanted[next++], reterr);
                                if (r < 0)
                                        return r;
                        }
                        if (slots[i].get)
                                running[n_running++] = &slots[i].request;
                }
                if (!n_running)
                        return 0;
                r = bw_kube_drive(client, running, n_running, reterr);
                for (size_t i = 0; r == 0 && i < most; i++) {
                        if (!slots[i].get || slots[i].request.state != BW_KUBE_DONE)
                                continue;
                        if (hand_over(&slots[i], done, userdata) < 0)
                                r = bw_error_set(reterr, -ECANCELED, "the answers were not taken");
                        empty(client, &slots[i]);
                }
                if (r < 0)
                        return r;
        }
}

int bw_kube_many(struct bw_kube_client *client, const struct bw_kube_get_one *wanted, size_t n,
                 int (*done)(void *userdata, const struct bw_kube_get_one *get, struct bw_str body, const struct bw_error *err),
                 void *userdata, struct bw_error *reterr)
{
        size_t n_slots = client->options.in_flight;
        struct slot *slots = bw_reallocarray(NULL, n_slots, sizeof(*slots));
        int r;

        if (!slots)
                return bw_error_nomem(reterr);
        memset(slots, 0, n_slots * sizeof(*slots));
        r = many(client, slots, wanted, n, done, userdata, reterr);
        for (size_t i = 0; i < n_slots; i++) {
                empty(client, &slots[i]);
                bw_buf_done(&slots[i].body);
        }
        bw_free(slots);
        return r;
}
