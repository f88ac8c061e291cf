/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One try of a request: what is sent, what is let in, and what it came to.
 * Source: libcurl's manual pages of the options; k8s.io/client-go transport/round_trippers.go (headers of impersonation).
 */
#include <strings.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "doc/decompress.h"
#include "kube/client_internal.h"
#include "os/clock.h"

/* ---- what is sent ---- */

#define AUTHORIZATION "Authorization: "

/* Header lines are kept as texts in one buffer until all are known: it moves while it grows. */
struct lines {
        struct bw_buf *text; /* terminated lines */
        size_t n;
        bool is_bad;
};

static void add_line(struct lines *lines, const char *name, struct bw_str key, const char *before, struct bw_str value)
{
        for (size_t i = 0; i < value.n; i++)
                if ((uint8_t)value.p[i] < ' ' || value.p[i] == 0x7f)
                        lines->is_bad = true; /* a line feed would begin another header */
        bw_buf_puts(lines->text, name);
        bw_kube_url_escape(lines->text, key);
        bw_buf_puts(lines->text, before);
        bw_buf_str(lines->text, value);
        bw_buf_char(lines->text, '\0');
        lines->n++;
}

static void add_identity(const struct bw_kube_client *client, const struct bw_kube_proof *proof, struct lines *lines)
{
        const struct bw_kube_config *config = client->options.config;
        struct bw_str none = {0};

        /* Whoever listens on a line without TLS would have the token. */
        if (proof->token.n && client->is_tls)
                add_line(lines, AUTHORIZATION, none, "Bearer ", proof->token);
        if (config->as_user.n)
                add_line(lines, "Impersonate-User: ", none, "", config->as_user);
        if (config->as_uid.n)
                add_line(lines, "Impersonate-Uid: ", none, "", config->as_uid);
        for (size_t i = 0; i < config->n_as_groups; i++)
                add_line(lines, "Impersonate-Group: ", none, "", config->as_groups[i]);
        for (size_t i = 0; i < config->n_as_extra; i++)
                add_line(lines, "Impersonate-Extra-", config->as_extra[i].key, ": ", config->as_extra[i].value);
}

static int make_headers(struct bw_kube_client *client, struct bw_kube_request *request, const struct bw_kube_proof *proof,
                        struct bw_error *reterr)
{
        struct bw_kube_try *now = &request->now;
        struct lines lines = {.text = &now->headers};
        struct bw_str none = {0};
        size_t at = 0;

        /* Grown text would leave copies of the token behind. */
        if (!bw_buf_reserve(lines.text, 1024 + proof->token.n))
                return bw_error_nomem(reterr);
        add_line(&lines, "Accept: ", none, "", bw_str(request->accept));
        if (!client->options.config->no_compression && !request->is_watch)
                add_line(&lines, "Accept-Encoding: ", none, "", BW_STR("gzip"));
        if (request->is_post)
                add_line(&lines, "Content-Type: ", none, "", BW_STR("application/json"));
        if (client->host_header.n)
                add_line(&lines, "Host: ", none, "", bw_buf_view(&client->host_header));
        add_identity(client, proof, &lines);
        if (bw_buf_status(lines.text) < 0)
                return bw_error_nomem(reterr);
        if (lines.is_bad)
                return bw_error_set(reterr, -EINVAL, "the token or a name to act as has a character that a header cannot "
                                                     "have");
        now->lines = bw_reallocarray(NULL, lines.n, sizeof(*now->lines));
        if (!now->lines)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < lines.n; i++) {
                now->lines[i].data = lines.text->p + at;
                now->lines[i].next = i + 1 < lines.n ? &now->lines[i + 1] : NULL;
                at += strlen(lines.text->p + at) + 1;
        }
        return 0;
}

struct setter {
        struct bw_kube_client *client;
        CURL *easy;
        CURLcode code; /* the first failure */
        CURLoption option;
};

static void note(struct setter *s, CURLoption option, CURLcode code)
{
        if (s->code == CURLE_OK && code != CURLE_OK) {
                s->code = code;
                s->option = option;
        }
}

static void set_number(struct setter *s, CURLoption option, long value)
{
        note(s, option, s->client->curl.easy_setopt(s->easy, option, value));
}

static void set_pointer(struct setter *s, CURLoption option, const void *value)
{
        note(s, option, s->client->curl.easy_setopt(s->easy, option, value));
}

static void set_blob(struct setter *s, CURLoption option, struct bw_str bytes)
{
        struct curl_blob blob = {.data = (void *)(uintptr_t)bytes.p, .len = bytes.n, .flags = CURL_BLOB_COPY};

        set_pointer(s, option, &blob);
}

static void set_tls(struct setter *s, const struct bw_kube_proof *proof)
{
        const struct bw_kube_config *config = s->client->options.config;
        long verify = config->insecure ? 0 : 1;

        set_number(s, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
        set_number(s, CURLOPT_SSL_VERIFYPEER, verify);
        set_number(s, CURLOPT_SSL_VERIFYHOST, verify * 2);
        set_number(s, CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
        /* Connections are kept; and libcurl 7.88 frees a session twice when there is no memory for it. */
        set_number(s, CURLOPT_SSL_SESSIONID_CACHE, 0);
        if (config->ca_pem.n) {
                /* These and no others: the folder of the system's would be looked into beside them. */
                set_pointer(s, CURLOPT_CAINFO, NULL);
                set_pointer(s, CURLOPT_CAPATH, NULL);
                set_blob(s, CURLOPT_CAINFO_BLOB, config->ca_pem);
        }
        if (proof->cert_pem.n && s->client->is_tls) {
                set_pointer(s, CURLOPT_SSLCERTTYPE, "PEM");
                set_pointer(s, CURLOPT_SSLKEYTYPE, "PEM");
                set_blob(s, CURLOPT_SSLCERT_BLOB, proof->cert_pem);
                set_blob(s, CURLOPT_SSLKEY_BLOB, proof->key_pem);
        }
}

static void set_bounds(struct setter *s)
{
        struct bw_kube_client *client = s->client;

        set_number(s, CURLOPT_PROTOCOLS, client->is_tls ? CURLPROTO_HTTPS : CURLPROTO_HTTP);
        set_number(s, CURLOPT_REDIR_PROTOCOLS, 0);
        set_number(s, CURLOPT_FOLLOWLOCATION, 0);
        set_number(s, CURLOPT_HTTP09_ALLOWED, 0);
        set_number(s, CURLOPT_HTTP_CONTENT_DECODING, 0); /* unpacked by us, with limits */
        set_number(s, CURLOPT_NETRC, CURL_NETRC_IGNORED);
        set_number(s, CURLOPT_NOSIGNAL, 1);
        set_number(s, CURLOPT_PATH_AS_IS, 1);
        if (client->connect_to.n)
                set_pointer(s, CURLOPT_CONNECT_TO, &client->connect_to_line);
        set_number(s, CURLOPT_CONNECTTIMEOUT_MS, BW_LIMIT_KUBE_CONNECT_MS);
        set_number(s, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
        set_number(s, CURLOPT_PIPEWAIT, 1);
        set_number(s, CURLOPT_BUFFERSIZE, 256 * 1024);
        set_number(s, CURLOPT_TCP_KEEPALIVE, 1);
        /* No variable of the environment is looked at by libcurl: what they say is in `proxy`. */
        set_pointer(s, CURLOPT_PROXY, client->proxy.n ? client->proxy.p : "");
        set_pointer(s, CURLOPT_NOPROXY, "");
        set_number(s, CURLOPT_HEADEROPT, CURLHEADER_SEPARATE); /* the proxy is told no token */
        set_number(s, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
}

static size_t on_header(char *bytes, size_t size, size_t n, void *userdata);
static size_t on_body(char *bytes, size_t size, size_t n, void *userdata);

static void set_request(struct setter *s, struct bw_kube_request *request)
{
        struct bw_kube_try *now = &request->now;

        set_pointer(s, CURLOPT_HTTPHEADER, now->lines);
        set_pointer(s, CURLOPT_USERAGENT, s->client->user_agent.p);
        set_pointer(s, CURLOPT_ERRORBUFFER, now->message);
        set_pointer(s, CURLOPT_PRIVATE, request);
        set_pointer(s, CURLOPT_HEADERDATA, request);
        set_pointer(s, CURLOPT_WRITEDATA, request);
        note(s, CURLOPT_HEADERFUNCTION, s->client->curl.easy_setopt(s->easy, CURLOPT_HEADERFUNCTION, on_header));
        note(s, CURLOPT_WRITEFUNCTION, s->client->curl.easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, on_body));
        if (request->is_post) {
                set_number(s, CURLOPT_POST, 1);
                set_number(s, CURLOPT_POSTFIELDSIZE, (long)request->body.n);
                set_pointer(s, CURLOPT_POSTFIELDS, request->body.p);
        }
}

static int set_up(struct bw_kube_client *client, struct bw_kube_request *request, const struct bw_kube_proof *proof,
                  struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf url = {0};
        struct setter s = {.client = client, .easy = request->now.easy};

        bw_buf_str(&url, bw_buf_view(&client->url));
        bw_buf_puts(&url, request->path);
        if (bw_buf_status(&url) < 0)
                return bw_error_nomem(reterr);
        set_pointer(&s, CURLOPT_URL, url.p);
        set_tls(&s, proof);
        set_bounds(&s);
        set_request(&s, request);
        (void)client->curl.easy_setopt(s.easy, CURLOPT_QUICK_EXIT, 1L); /* 7.87: does not wait for a name that is looked up */
        if (s.code == CURLE_OUT_OF_MEMORY)
                return bw_error_nomem(reterr);
        if (s.code != CURLE_OK)
                return bw_error_set(reterr, -ENOTSUP, "libcurl does not take option %d: it is too old, or made without "
                                                      "OpenSSL",
                                    (int)s.option);
        return 0;
}

int bw_kube_try_begin(struct bw_kube_client *client, struct bw_kube_request *request, const struct bw_kube_proof *proof,
                      struct bw_error *reterr)
{
        struct bw_kube_try *now = &request->now;
        int r;

        now->client = client;
        now->retry_after = -1;
        now->started = now->window_at = bw_kube_client_now(client);
        now->easy = client->curl.easy_init();
        if (!now->easy)
                return bw_error_nomem(reterr);
        r = make_headers(client, request, proof, reterr);
        if (r == 0)
                r = set_up(client, request, proof, reterr);
        if (r == 0 && client->curl.multi_add(client->multi, now->easy) != CURLM_OK)
                r = bw_error_nomem(reterr);
        if (r < 0) {
                client->curl.easy_cleanup(now->easy);
                now->easy = NULL;
        }
        return r;
}

void bw_kube_try_end(struct bw_kube_client *client, struct bw_kube_request *request)
{
        struct bw_kube_try *now = &request->now;

        if (now->easy) {
                (void)client->curl.multi_remove(client->multi, now->easy);
                client->curl.easy_cleanup(now->easy);
        }
        bw_free(now->lines);
        if (now->headers.p)
                explicit_bzero(now->headers.p, now->headers.cap);
        bw_buf_done(&now->headers);
        bw_buf_done(&now->error_body);
        bw_decompress_free(now->unpack);
        *now = (struct bw_kube_try){0};
}

/* ---- what is let in ---- */

static size_t refuse(struct bw_kube_try *now, int r)
{
        now->r = r;
        return 0;
}

static struct bw_str header_value(struct bw_str line, const char *name)
{
        struct bw_str key = bw_str(name);

        if (line.n <= key.n || line.p[key.n] != ':' || strncasecmp(line.p, key.p, key.n) != 0)
                return (struct bw_str){0};
        return bw_str_trim(bw_str_rest(line, key.n + 1));
}

static int take_header(struct bw_kube_request *request, struct bw_str line)
{
        struct bw_kube_try *now = &request->now;
        struct bw_str value = header_value(line, "content-type");

        if (value.n)
                (void)snprintf(request->content_type, sizeof(request->content_type), "%.*s", BW_STR_ARG(value));
        value = header_value(line, "retry-after");
        if (value.n)
                now->retry_after = bw_kube_retry_after(value, bw_clock_now());
        value = header_value(line, "content-encoding");
        if (value.n && strncasecmp(value.p, "identity", value.n) != 0) {
                if (value.n != 4 || strncasecmp(value.p, "gzip", 4) != 0)
                        return bw_error_set(&now->err, -EPROTO, "the answer is packed in a way that was not asked for");
                now->is_packed = true;
        }
        value = header_value(line, "transfer-encoding");
        if (value.n && (value.n != 7 || strncasecmp(value.p, "chunked", 7) != 0))
                return bw_error_set(&now->err, -EPROTO, "the answer has a transfer encoding that is not chunked");
        return 0;
}

static long status_of(const struct bw_kube_try *now)
{
        long code = 0;

        return now->client->curl.easy_getinfo(now->easy, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK ? code : 0;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *userdata)
{
        struct bw_kube_request *request = userdata;
        struct bw_kube_try *now = &request->now;
        struct bw_str line = bw_str_n(bytes, size * n);
        int r;

        now->n_header += line.n;
        if (now->n_header > BW_LIMIT_KUBE_HEADERS)
                return refuse(now, bw_error_set(&now->err, -E2BIG, "the answer has more than %d KiB of headers",
                                                BW_LIMIT_KUBE_HEADERS / 1024));
        if (now->has_headers)
                return line.n; /* behind the body: they say nothing that counts */
        if (bw_str_starts(line, BW_STR("HTTP/"))) {
                request->content_type[0] = '\0';
                now->is_packed = false;
                now->retry_after = -1;
                return line.n;
        }
        if (!bw_str_trim(line).n) {
                now->has_headers = status_of(now) >= 200;
                now->window_at = bw_kube_client_now(now->client);
                now->window_bytes = 0;
                return line.n;
        }
        r = take_header(request, line);
        return r < 0 ? refuse(now, r) : line.n;
}

static int give_plain(struct bw_kube_request *request, struct bw_str bytes)
{
        struct bw_kube_try *now = &request->now;
        struct bw_kube_client *client = now->client;
        int64_t before;
        int r;

        if (status_of(now) / 100 != 2) {
                size_t room = BW_LIMIT_KUBE_STATUS - BW_MIN(now->error_body.n, (size_t)BW_LIMIT_KUBE_STATUS);

                bw_buf_put(&now->error_body, bytes.p, BW_MIN(bytes.n, room));
                if (bw_buf_status(&now->error_body) < 0)
                        return bw_error_nomem(&now->err);
                now->has_enough = bytes.n > room;
                return now->has_enough ? -EMSGSIZE : 0;
        }
        now->n_plain += bytes.n;
        client->stats.bytes += bytes.n;
        if (now->n_plain > request->max)
                return bw_error_set(&now->err, -E2BIG, "the answer has more than %zu bytes", request->max);
        if (!bytes.n)
                return 0;
        now->gave = true;
        before = bw_kube_client_now(client);
        r = request->piece(request->userdata, bytes, &now->err);
        client->blocked_ms += bw_kube_client_now(client) - before;
        now->reader_failed = r != 0;
        return r;
}

static int give_unpacked(struct bw_kube_request *request, struct bw_str bytes, bool last)
{
        struct bw_kube_try *now = &request->now;
        struct bw_buf *plain = &now->client->plain;
        bool ends = false;
        int r;

        do {
                bw_buf_clear(plain);
                r = bw_decompress_run(now->unpack, &bytes, last, 256 * 1024, plain, &ends, &now->err);
                if (r == -EINVAL)
                        now->err.code = r = -EBADMSG;
                if (r == 0)
                        r = give_plain(request, bw_buf_view(plain));
        } while (r == 0 && plain->n && !ends);
        return r;
}

static int take_packed(struct bw_kube_request *request, struct bw_str bytes)
{
        struct bw_kube_try *now = &request->now;
        struct bw_str head;
        int r;

        if (!now->unpack) {
                for (; now->n_head < sizeof(now->head) && bytes.n; bytes = bw_str_rest(bytes, 1))
                        now->head[now->n_head++] = bytes.p[0];
                if (now->n_head < sizeof(now->head))
                        return 0;
                head = bw_str_n(now->head, now->n_head);
                if (!bw_str_starts(head, BW_STR("\x1f\x8b")))
                        return bw_error_set(&now->err, -EPROTO, "the answer says that it is gzip, and is not");
                r = bw_decompress_new(head, &now->unpack, &now->err);
                if (r == 0)
                        r = give_unpacked(request, head, false);
                if (r < 0)
                        return r;
        }
        return bytes.n ? give_unpacked(request, bytes, false) : 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *userdata)
{
        struct bw_kube_request *request = userdata;
        struct bw_kube_try *now = &request->now;
        struct bw_str all = bw_str_n(bytes, size * n);
        int r;

        now->window_bytes += all.n;
        now->client->stats.packed_bytes += all.n;
        r = now->is_packed ? take_packed(request, all) : give_plain(request, all);
        return r != 0 ? refuse(now, r) : all.n;
}

/* ---- what it came to ---- */

int bw_kube_try_check(struct bw_kube_client *client, struct bw_kube_request *request)
{
        struct bw_kube_try *now = &request->now;
        int64_t at = bw_kube_client_now(client);
        int64_t patience = (int64_t)client->options.timeout * 1000;
        int64_t most = (int64_t)(request->seconds ? request->seconds : BW_LIMIT_KUBE_SECONDS) * 1000;

        if (at - now->started > most)
                return bw_error_set(&now->err, -ETIMEDOUT, "no end of the answer within %d s", (int)(most / 1000));
        if (!now->has_headers)
                return at - now->started <= patience
                               ? 0
                               : bw_error_set(&now->err, -ETIMEDOUT, "no answer within %u s", client->options.timeout);
        if (request->is_watch || at - now->window_at <= patience)
                return 0;
        if (now->window_bytes < (size_t)BW_LIMIT_KUBE_SLOWEST * client->options.timeout)
                return bw_error_set(&now->err, -ETIMEDOUT, "%zu bytes of the answer in %u s", now->window_bytes,
                                    client->options.timeout);
        now->window_at = at;
        now->window_bytes = 0;
        return 0;
}

static const struct failure {
        CURLcode code;
        int r;
        const char *text; /* NULL: libcurl's own words */
} failures[] = {
        {CURLE_OUT_OF_MEMORY, -ENOMEM, "out of memory"},
        {CURLE_COULDNT_RESOLVE_HOST, -EHOSTUNREACH, "the server's name is not known"},
        {CURLE_COULDNT_RESOLVE_PROXY, -EHOSTUNREACH, "the proxy's name is not known"},
        {CURLE_COULDNT_CONNECT, -ECONNREFUSED, NULL},
        {CURLE_PROXY, -ECONNREFUSED, NULL},
        {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, "no connection in time"},
        {CURLE_SSL_CACERT_BADFILE, -EINVAL, "the certificate authority that the configuration names cannot be read"},
        {CURLE_SSL_CERTPROBLEM, -EINVAL, "the client's certificate or key cannot be used"},
        {CURLE_SSL_CONNECT_ERROR, -ECONNABORTED, NULL}, /* of the handshake: no common version, or a server that goes away */
        {CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, NULL},
        {CURLE_WEIRD_SERVER_REPLY, -EPROTO, "the server does not speak HTTP"},
        {CURLE_RECV_ERROR, -ECONNRESET, NULL},
        {CURLE_SEND_ERROR, -ECONNRESET, NULL},
        {CURLE_GOT_NOTHING, -ECONNRESET, "the connection was closed without an answer"},
        {CURLE_PARTIAL_FILE, -ECONNRESET, "the answer breaks off"},
        {CURLE_HTTP2, -ECONNRESET, NULL},
        {CURLE_HTTP2_STREAM, -ECONNRESET, NULL},
};

static const struct status_meaning {
        long code;
        int r;
        const char *text;
} meanings[] = {
        {400, -EINVAL, "Bad Request"},
        {401, -EACCES, "Unauthorized: the server does not take the credential"},
        {403, -EACCES, "Forbidden"},
        {404, -ENOENT, "Not Found"},
        {405, -EOPNOTSUPP, "Method Not Allowed"},
        {406, -EPROTO, "Not Acceptable"},
        {410, -ESTALE, "Gone"},
        {413, -E2BIG, "Too Large"},
        {422, -EINVAL, "Unprocessable"},
        {429, -EAGAIN, "Too Many Requests"},
        {500, -EAGAIN, "Internal Server Error"},
        {502, -EAGAIN, "Bad Gateway"},
        {503, -EAGAIN, "Service Unavailable"},
        {504, -EAGAIN, "Gateway Timeout"},
};

/* "GET /api/v1/pods": without the query, which is long and says nothing to a reader. */
static void name_request(struct bw_kube_request *request)
{
        struct bw_str path = bw_str(request->path);

        path.n = BW_MIN(bw_str_find(path, BW_STR("?")), path.n);
        bw_error_wrap(&request->err, request->r, "%s %.*s", request->is_post ? "POST" : "GET", BW_STR_ARG(path));
}

/* A server that repeats what we proved ourselves with does not get it into a message. */
static bool repeats_secret(const struct bw_kube_try *now, struct bw_str message)
{
        struct bw_str start = BW_STR(AUTHORIZATION "Bearer ");

        for (const struct curl_slist *line = now->lines; line; line = line->next)
                if (bw_str_starts(bw_str(line->data), start))
                        return bw_str_find(message, bw_str_rest(bw_str(line->data), start.n)) != SIZE_MAX;
        return false;
}

static int judge_status(struct bw_kube_request *request)
{
        struct bw_kube_try *now = &request->now;
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct status_meaning unknown = {.r = request->status_code >= 500 ? -EAGAIN : -EPROTO, .text = "an answer that is none"};
        const struct status_meaning *meaning = &unknown;
        struct bw_kube_status status;

        if (!arena || bw_kube_status_read(arena, bw_buf_view(&now->error_body), &status, &now->err) < 0)
                return bw_error_nomem(&now->err);
        for (size_t i = 0; i < BW_ARRAY_SIZE(meanings); i++)
                if (meanings[i].code == request->status_code)
                        meaning = &meanings[i];
        if (request->status_code / 100 == 3)
                unknown.text = "a redirect; the credential goes nowhere else: name the server itself in the kubeconfig";
        if (status.retry_after > 0 && now->retry_after < 0)
                now->retry_after = BW_MIN(status.retry_after, (int64_t)BW_LIMIT_KUBE_RETRY_AFTER_MS / 1000) * 1000;
        bw_buf_clear(&request->token);
        bw_buf_str(&request->token, status.continue_token);
        if (bw_buf_status(&request->token) < 0)
                return bw_error_nomem(&now->err);
        if (!status.message.n || request->status_code / 100 == 3)
                return bw_error_set(&now->err, meaning->r, "%ld %s", request->status_code, meaning->text);
        if (repeats_secret(now, bw_buf_view(&now->error_body)))
                status.message = BW_STR("(what the server says has the credential in it and is not shown)");
        return bw_error_set(&now->err, meaning->r, "%ld %s: %.*s", request->status_code, meaning->text,
                            BW_STR_ARG(status.message));
}

static int judge_failure(struct bw_kube_request *request, CURLcode code)
{
        struct bw_kube_try *now = &request->now;
        const struct failure *failure = NULL;
        const char *words = now->message[0] ? now->message : now->client->curl.easy_strerror(code);

        /* What libcurl says of a header that it does not want to hold. */
        if (code == CURLE_OUT_OF_MEMORY && now->n_header && !now->has_headers)
                return bw_error_set(&now->err, -E2BIG, "a header of the answer is too long, or there is no memory for it");
        for (size_t i = 0; i < BW_ARRAY_SIZE(failures) && !failure; i++)
                if (failures[i].code == code)
                        failure = &failures[i];
        if (code == CURLE_PEER_FAILED_VERIFICATION)
                return bw_error_set(&now->err, -EKEYREJECTED, "the server's certificate is not taken: %s (the kubeconfig's "
                                                           "certificate-authority and tls-server-name say which one is)",
                                    words);
        return bw_error_set(&now->err, failure ? failure->r : -EIO, "%s", failure && failure->text ? failure->text : words);
}

static int judge(struct bw_kube_request *request, CURLcode code)
{
        struct bw_kube_try *now = &request->now;
        int r = 0;

        if (now->r != 0 && !now->has_enough) {
                if (!now->err.code)
                        bw_error_set(&now->err, now->r, "the answer was not taken");
                return now->r;
        }
        if (code != CURLE_OK && !now->has_enough)
                return judge_failure(request, code);
        if (request->status_code / 100 != 2)
                return judge_status(request);
        if (now->is_packed)
                r = now->unpack ? give_unpacked(request, (struct bw_str){0}, true)
                                : bw_error_set(&now->err, -EBADMSG, "the answer breaks off");
        return r;
}

void bw_kube_try_judge(struct bw_kube_client *client, struct bw_kube_request *request, CURLcode code)
{
        struct bw_kube_try *now = &request->now;
        long version = 0;

        request->status_code = status_of(now);
        if (client->curl.easy_getinfo(now->easy, CURLINFO_HTTP_VERSION, &version) == CURLE_OK && version)
                client->stats.http_version = version == CURL_HTTP_VERSION_2_0 ? 20 : 11;
        bw_error_clear(&request->err);
        request->r = judge(request, code);
        request->err = now->err;
        if (request->r != 0)
                name_request(request);
}
