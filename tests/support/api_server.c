/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_server: sockets, TLS, HTTP/1.1 and the log of a test API server. A thread for each connection.
 */
#define BW_ALLOW_BANNED
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "api_server_internal.h"
#include "base/alloc.h"
#include "certificates.h"

#define HEAD_MAX ((size_t)1 << 20)
#define PACK_FROM ((size_t)128 << 10) /* real servers pack answers larger than this */
#define YEAR ((long)365 * 24 * 3600)

struct connection {
        struct api_server *server;
        struct api_listener *listener;
        int fd;
        SSL *tls;
        struct bw_buf in; /* read and not yet used */
        struct bw_str certificate;
        uint64_t slow_bytes, slow_ms;
};

static int64_t now_ms(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void nap(uint64_t ms, const struct api_server *server)
{
        for (uint64_t done = 0; done < ms && !atomic_load(&server->stopping); done += 10)
                (void)usleep((useconds_t)(BW_MIN(ms - done, 10U) * 1000));
}

/* ---- bytes */

static bool readable(struct connection *c)
{
        struct pollfd p = {.fd = c->fd, .events = POLLIN};

        if (c->tls && SSL_pending(c->tls) > 0)
                return true;
        while (!atomic_load(&c->server->stopping)) {
                int r = poll(&p, 1, 100);

                if (r > 0)
                        return true;
                if (r < 0 && errno != EINTR)
                        return false;
        }
        return false;
}

static bool fill(struct connection *c)
{
        char *to;
        int n;

        if (!readable(c))
                return false;
        to = bw_buf_reserve(&c->in, 1 << 14);
        if (!to)
                return false;
        n = c->tls ? SSL_read(c->tls, to, 1 << 14) : (int)recv(c->fd, to, 1 << 14, 0);
        if (n <= 0)
                return false;
        bw_buf_commit(&c->in, (size_t)n);
        return true;
}

static bool send_some(struct connection *c, const char *p, size_t n)
{
        while (n > 0) {
                int part = (int)BW_MIN(n, (size_t)1 << 20);
                int sent;

                if (atomic_load(&c->server->stopping))
                        return false;
                ERR_clear_error();
                sent = c->tls ? SSL_write(c->tls, p, part) : (int)send(c->fd, p, (size_t)part, MSG_NOSIGNAL);
                if (sent <= 0)
                        return false;
                p += sent;
                n -= (size_t)sent;
        }
        return true;
}

static bool send_bytes(struct connection *c, const char *p, size_t n)
{
        while (c->slow_bytes && n > c->slow_bytes) {
                if (!send_some(c, p, (size_t)c->slow_bytes))
                        return false;
                nap(c->slow_ms, c->server);
                p += c->slow_bytes;
                n -= (size_t)c->slow_bytes;
        }
        return send_some(c, p, n);
}

/* ---- requests */

static bool same_name(struct bw_str a, const char *b)
{
        return a.n == strlen(b) && strncasecmp(a.p, b, a.n) == 0;
}

static void read_header(struct api_request *r, struct bw_str line, size_t *length)
{
        static const struct {
                const char *name;
                size_t at;
        } kept[] = {
                {"accept", offsetof(struct api_request, accept)},
                {"accept-encoding", offsetof(struct api_request, accept_encoding)},
                {"authorization", offsetof(struct api_request, authorization)},
                {"user-agent", offsetof(struct api_request, user_agent)},
                {"impersonate-user", offsetof(struct api_request, as)},
                {"impersonate-group", offsetof(struct api_request, as_groups)},
        };
        struct bw_str name;

        if (!bw_str_split(&line, ':', &name))
                return;
        line = bw_str_trim(line);
        for (size_t i = 0; i < BW_ARRAY_SIZE(kept); i++) {
                struct bw_str *to = (struct bw_str *)(void *)((char *)r + kept[i].at);

                if (!same_name(name, kept[i].name))
                        continue;
                *to = to->n ? bw_arena_printf(r->arena, "%.*s,%.*s", BW_STR_ARG(*to), BW_STR_ARG(line)) : bw_arena_str(r->arena, line);
        }
        if (same_name(name, "content-length"))
                *length = strtoul(bw_arena_str(r->arena, line).p, NULL, 10);
        if (same_name(name, "connection") && same_name(line, "close"))
                r->closes = true;
}

static bool parse_head(struct api_request *r, struct bw_str head, size_t *length)
{
        struct bw_str line, target;

        if (!bw_str_split(&head, '\n', &line) || !bw_str_split(&line, ' ', &r->method) || !bw_str_split(&line, ' ', &target))
                return false;
        r->method = bw_arena_str(r->arena, r->method);
        r->target = bw_arena_str(r->arena, target);
        r->line = bw_arena_printf(r->arena, "%.*s %.*s", BW_STR_ARG(r->method), BW_STR_ARG(r->target));
        r->query = r->target;
        (void)bw_str_split(&r->query, '?', &r->path);
        while (bw_str_split(&head, '\n', &line))
                read_header(r, bw_str_trim(line), length);
        return true;
}

/* False: the connection is at its end. */
static bool read_request(struct connection *c, struct api_request *r)
{
        size_t head, length = 0;
        char *p;

        while ((head = bw_str_find(bw_buf_view(&c->in), BW_STR("\r\n\r\n"))) == SIZE_MAX)
                if (c->in.n > HEAD_MAX || !fill(c))
                        return false;
        head += 4;
        if (!parse_head(r, bw_str_n(c->in.p, head), &length))
                return false;
        while (c->in.n < head + length)
                if (length > HEAD_MAX || !fill(c))
                        return false;
        r->body = bw_arena_str(r->arena, bw_str_n(c->in.p + head, length));
        p = c->in.p;
        memmove(p, p + head + length, c->in.n - head - length);
        c->in.n -= head + length;
        r->certificate = c->certificate;
        r->listener = c->listener->name;
        return true;
}

/* ---- log */

static void log_text(struct bw_buf *out, const char *key, struct bw_str value)
{
        bw_buf_printf(out, ",\"%s\":", key);
        bw_buf_json(out, value);
}

static void log_request(struct api_server *s, const struct api_request *r, int status)
{
        size_t from;

        (void)pthread_mutex_lock(&s->lock);
        from = s->log.n;
        bw_buf_puts(&s->log, "{\"listener\":");
        bw_buf_json(&s->log, bw_str(r->listener));
        log_text(&s->log, "method", r->method);
        log_text(&s->log, "path", r->target);
        log_text(&s->log, "user", r->user);
        bw_buf_printf(&s->log, ",\"status\":%d,\"authorization\":%s", status, r->authorization.n ? "true" : "false");
        log_text(&s->log, "clientCertificate", r->certificate);
        log_text(&s->log, "as", r->as);
        log_text(&s->log, "asGroups", r->as_groups);
        log_text(&s->log, "accept", r->accept);
        bw_buf_printf(&s->log, ",\"packed\":%s",
                      bw_str_find(r->accept_encoding, BW_STR("gzip")) != SIZE_MAX ? "true" : "false");
        log_text(&s->log, "userAgent", r->user_agent);
        bw_buf_printf(&s->log, ",\"ms\":%" PRId64 "}\n", now_ms() - s->started);
        if (s->log_fd >= 0 && write(s->log_fd, s->log.p + from, s->log.n - from) < 0)
                api_die("the log cannot be written");
        (void)pthread_mutex_unlock(&s->lock);
}

/* ---- answers */

static void pack(struct bw_buf *body, struct bw_buf *head)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {.ceiling = (size_t)8 << 30};
        z_stream z = {0};
        uLong most;
        char *to;

        if (deflateInit2(&z, 4, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
                api_die("out of memory");
        most = deflateBound(&z, body->n);
        to = bw_buf_reserve(&out, most);
        if (!to)
                api_die("out of memory");
        z.next_in = (unsigned char *)body->p;
        z.avail_in = (unsigned)body->n;
        z.next_out = (unsigned char *)to;
        z.avail_out = (unsigned)most;
        if (deflate(&z, Z_FINISH) != Z_STREAM_END)
                api_die("packing failed");
        bw_buf_commit(&out, z.total_out);
        (void)deflateEnd(&z);
        bw_buf_done(body);
        *body = out;
        out = (struct bw_buf){0};
        bw_buf_puts(head, "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n");
}

static bool send_head(struct connection *c, const struct api_request *r, struct api_answer *a, bool chunked)
{
        bw_auto_done(bw_buf_done) struct bw_buf head = {0};

        bw_buf_printf(&head, "HTTP/1.1 %d Answer\r\n", a->status);
        bw_buf_puts(&head, "Audit-Id: 11111111-2222-4333-8444-555555555555\r\nCache-Control: no-cache, private\r\n");
        if (a->type)
                bw_buf_printf(&head, "Content-Type: %s\r\n", a->type);
        bw_buf_str(&head, bw_buf_view(&a->head));
        if (a->has_length)
                bw_buf_printf(&head, "Content-Length: %" PRId64 "\r\n", a->length);
        else if (chunked)
                bw_buf_puts(&head, "Transfer-Encoding: chunked\r\n");
        else
                bw_buf_printf(&head, "Content-Length: %zu\r\n", a->body.n);
        if (r->closes)
                bw_buf_puts(&head, "Connection: close\r\n");
        if (!a->endless_headers && !a->endless_line)
                bw_buf_puts(&head, "\r\n");
        else if (a->endless_line)
                bw_buf_puts(&head, "X-Endless: ");
        return send_bytes(c, head.p, head.n);
}

static bool send_chunk(struct connection *c, const char *p, size_t n)
{
        char size[32];
        int used = snprintf(size, sizeof(size), "%zx\r\n", n);

        return send_bytes(c, size, (size_t)used) && send_bytes(c, p, n) && send_bytes(c, "\r\n", 2);
}

static void send_endless(struct connection *c, const struct api_answer *a)
{
        bw_auto_done(bw_buf_done) struct bw_buf some = {0};

        while (some.n < 1 << 16)
                bw_buf_puts(&some, a->endless_line ? "0123456789abcdef" : "X-Endless: 0123456789abcdef\r\n");
        while (send_bytes(c, some.p, some.n))
                ;
}

/* Bodies that are made while they are sent. */
static bool send_stream(struct connection *c, struct api_answer *a)
{
        bw_auto_done(bw_buf_done) struct bw_buf chunk = {0};
        bool more = true;

        for (uint64_t turn = 0; more; turn++) {
                bw_buf_clear(&chunk);
                more = a->stream(a, &chunk, turn);
                if (!send_chunk(c, chunk.p, chunk.n))
                        return false;
        }
        return send_bytes(c, "0\r\n\r\n", 5);
}

static bool send_lines(struct connection *c, const struct api_answer *a)
{
        struct bw_str rest = bw_buf_view(&a->body);
        struct bw_str line;

        while (bw_str_split(&rest, '\n', &line)) {
                if (line.n == 0)
                        continue;
                if (!send_chunk(c, line.p, line.n + 1))
                        return false;
                nap(a->watch_pause, c->server);
        }
        return send_bytes(c, "0\r\n\r\n", 5);
}

/* In pieces, so that what is cut off is cut off in the middle of something. */
static bool send_body(struct connection *c, struct api_answer *a, bool chunked)
{
        size_t n = a->cut >= 0 ? BW_MIN(a->body.n, (size_t)a->cut) : a->body.n;

        if (!chunked) {
                bool sent = send_bytes(c, a->body.p, n);

                return sent && a->cut < 0 && (!a->has_length || a->length == (int64_t)a->body.n);
        }
        for (size_t at = 0; at < n; at += 1 << 15)
                if (!send_chunk(c, a->body.p + at, BW_MIN(n - at, (size_t)1 << 15)))
                        return false;
        return a->cut < 0 && send_bytes(c, "0\r\n\r\n", 5);
}

static void wait_for_stop(const struct api_server *server)
{
        while (!atomic_load(&server->stopping))
                nap(100, server);
}

/* False: the connection ends. */
static bool send_answer(struct connection *c, const struct api_request *r, struct api_answer *a)
{
        bool chunked;

        if (a->drop || a->reset) {
                struct linger none = {.l_onoff = 1};

                if (a->reset)
                        (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
                return false;
        }
        if (a->silent) {
                wait_for_stop(c->server);
                return false;
        }
        if (!a->no_packing && !a->is_watch && bw_str_find(r->accept_encoding, BW_STR("gzip")) != SIZE_MAX &&
            (a->must_pack || a->body.n > PACK_FROM))
                pack(&a->body, &a->head);
        chunked = a->stream || a->is_watch || a->body.n > 2048;
        c->slow_bytes = a->slow_bytes;
        c->slow_ms = a->slow_ms;
        if (!send_head(c, r, a, chunked && !a->has_length))
                return false;
        if (a->endless_headers || a->endless_line) {
                send_endless(c, a);
                return false;
        }
        if (a->hang) {
                wait_for_stop(c->server);
                return false;
        }
        if (a->stream)
                return send_stream(c, a) && !r->closes;
        if (a->is_watch)
                return send_lines(c, a) && !r->closes;
        return send_body(c, a, chunked && !a->has_length) && !r->closes;
}

/* Whoever may impersonate is the one they say. */
static bool impersonate(struct api_server *server, struct api_request *r, struct api_answer *a)
{
        if (r->as.n == 0)
                return true;
        if (!api_script_permits(&server->script, r->user, r->groups, "impersonate", "users", "")) {
                api_answer_status(a, 403,
                                  bw_arena_printf(r->arena,
                                                  "users \"%.*s\" is forbidden: User \"%.*s\" cannot impersonate resource \"users\" in API "
                                                  "group \"\" at the cluster scope",
                                                  BW_STR_ARG(r->as), BW_STR_ARG(r->user)),
                                  BW_STR(""));
                return false;
        }
        r->user = r->as;
        r->groups = r->as_groups;
        return true;
}

static void make_answer(struct api_server *server, struct api_request *r, struct api_answer *a)
{
        bool done;

        (void)pthread_mutex_lock(&server->lock);
        done = api_script_identify(&server->script, r) != 0;
        if (done)
                api_answer_status(a, 401, BW_STR("Unauthorized"), BW_STR(""));
        else
                done = !impersonate(server, r, a) || api_script_answer(server, r, a);
        (void)pthread_mutex_unlock(&server->lock);
        if (!done)
                api_answer(server, r, a);
        (void)pthread_mutex_lock(&server->lock);
        api_script_send(server, r, a);
        (void)pthread_mutex_unlock(&server->lock);
}

/* A place where no credential should ever arrive. */
static void make_trap_answer(struct api_request *r, struct api_answer *a)
{
        r->user = BW_STR("");
        a->status = 200;
        bw_buf_puts(&a->body, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"from-the-trap\"},"
                              "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}]}\n");
}

static bool serve_one(struct connection *c)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct api_request request = {.arena = arena};
        struct api_answer answer = {.type = "application/json", .cut = -1, .body.ceiling = (size_t)8 << 30};
        bool more;

        if (!arena || !read_request(c, &request))
                return false;
        if (c->listener == &c->server->listeners[API_LISTENER])
                make_answer(c->server, &request, &answer);
        else
                make_trap_answer(&request, &answer);
        log_request(c->server, &request, answer.status);
        more = send_answer(c, &request, &answer);
        bw_buf_done(&answer.head);
        bw_buf_done(&answer.body);
        return more;
}

/* ---- connections */

static bool shake_hands(struct connection *c, char *name, int size)
{
        X509 *peer;

        if (!c->listener->tls)
                return true;
        c->tls = SSL_new(c->listener->tls);
        if (!c->tls || SSL_set_fd(c->tls, c->fd) != 1 || SSL_accept(c->tls) != 1)
                return false;
        peer = SSL_get1_peer_certificate(c->tls);
        if (peer && X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, size) > 0)
                c->certificate = bw_str(name);
        X509_free(peer);
        return true;
}

static void *serve(void *userdata)
{
        struct connection *c = userdata;
        char name[128] = "";
        const int one = 1;

        (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        if (shake_hands(c, name, sizeof(name)))
                while (serve_one(c))
                        ;
        if (c->tls)
                (void)SSL_shutdown(c->tls);
        SSL_free(c->tls);
        (void)close(c->fd);
        bw_buf_done(&c->in);
        ERR_clear_error();
        (void)atomic_fetch_sub(&c->server->connections, 1);
        bw_free(c);
        return NULL;
}

static void accept_one(struct api_listener *listener)
{
        struct timeval patience = {.tv_sec = 1};
        struct connection *c;
        pthread_attr_t attributes;
        pthread_t thread;
        int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0)
                return;
        c = bw_zalloc(sizeof(*c));
        if (!c)
                api_die("out of memory");
        /* A client that reads nothing more must not keep the server from stopping. */
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        *c = (struct connection){.server = listener->server, .listener = listener, .fd = fd};
        (void)atomic_fetch_add(&listener->server->connections, 1);
        (void)pthread_attr_init(&attributes);
        (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        if (pthread_create(&thread, &attributes, serve, c) != 0)
                api_die("no thread");
        (void)pthread_attr_destroy(&attributes);
}

static void *listen_on(void *userdata)
{
        struct api_listener *listener = userdata;
        struct pollfd p = {.fd = listener->fd, .events = POLLIN};

        while (!atomic_load(&listener->server->stopping))
                if (poll(&p, 1, 50) > 0)
                        accept_one(listener);
        return NULL;
}

/* ---- certificates */

static int choose_http(SSL *tls BW_UNUSED, const unsigned char **out, unsigned char *out_n, const unsigned char *in, unsigned n,
                       void *userdata BW_UNUSED)
{
        static const unsigned char known[] = "\x08http/1.1";

        return SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_n, known, sizeof(known) - 1, in, n) == OPENSSL_NPN_NEGOTIATED
                       ? SSL_TLSEXT_ERR_OK
                       : SSL_TLSEXT_ERR_NOACK;
}

static SSL_CTX *new_tls(const struct made *made, const struct made *ca)
{
        SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

        if (!tls || SSL_CTX_use_certificate(tls, made->certificate) != 1 || SSL_CTX_use_PrivateKey(tls, made->key) != 1 ||
            X509_STORE_add_cert(SSL_CTX_get_cert_store(tls), ca->certificate) != 1)
                api_die("TLS cannot be set up");
        SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
        SSL_CTX_set_alpn_select_cb(tls, choose_http, NULL);
        SSL_CTX_set_mode(tls, SSL_MODE_AUTO_RETRY);
        (void)SSL_CTX_set_session_id_context(tls, (const unsigned char *)"api", 3);
        return tls;
}

static void make_certificates(struct api_server *s)
{
        const char *kind = s->script.certificate ? s->script.certificate : "good";
        long now = (long)time(NULL);
        struct made ca = {0}, other = {0}, server = {0}, client = {0}, trap = {0};
        struct make how = {.common_name = "test-api-server-ca", .is_ca = true, .begin = now - YEAR, .end = now + YEAR};

        made_begin(&ca, &how);
        how.common_name = "another-ca";
        made_begin(&other, &how);
        how = (struct make){.common_name = "kube-apiserver", .names = "DNS:localhost,DNS:kubernetes,IP:127.0.0.1,IP:::1",
                            .usage = "serverAuth", .issuer = &ca, .begin = now - 3600, .end = now + YEAR};
        made_begin(&trap, &how);
        if (strcmp(kind, "expired") == 0)
                how.begin = now - YEAR, how.end = now - 3600;
        else if (strcmp(kind, "future") == 0)
                how.begin = now + 3600;
        else if (strcmp(kind, "self-signed") == 0)
                how.issuer = NULL;
        else if (strcmp(kind, "other-name") == 0)
                how.names = "DNS:elsewhere.test";
        else if (strcmp(kind, "other-ca") == 0)
                how.issuer = &other;
        else if (strcmp(kind, "good") != 0)
                api_die("script: there is no certificate \"%s\"", kind);
        made_begin(&server, &how);
        how = (struct make){.common_name = "certificate-user", .organization = "testers", .usage = "clientAuth", .issuer = &ca,
                            .begin = now - 3600, .end = now + YEAR};
        made_begin(&client, &how);
        s->listeners[API_LISTENER].tls = new_tls(&server, &ca);
        s->listeners[API_TRAP].tls = new_tls(&trap, &ca);
        s->ca = bw_strdup(ca.certificate_pem);
        s->client_certificate = bw_strdup(client.certificate_pem);
        s->client_key = bw_strdup(client.key_pem);
        made_done(&ca);
        made_done(&other);
        made_done(&server);
        made_done(&client);
        made_done(&trap);
}

/* ---- start and stop */

static void open_listener(struct api_listener *listener, unsigned port)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t n = sizeof(address);
        const int one = 1;

        listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
        if (listener->fd < 0 || bind(listener->fd, (struct sockaddr *)&address, n) < 0 || listen(listener->fd, 64) < 0 ||
            getsockname(listener->fd, (struct sockaddr *)&address, &n) < 0)
                api_die("port %u: %s", port, strerror(errno));
        listener->port = ntohs(address.sin_port);
}

static void write_text(const char *folder, const char *name, struct bw_str text)
{
        char path[4096];
        int fd;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n)
                api_die("%s: cannot be written", path);
        (void)close(fd);
}

/* The first token of each user. */
static bool names_its_user(const struct api_script *script, size_t at)
{
        for (size_t i = 0; i < at; i++)
                if (bw_str_eq(script->tokens[i].user, script->tokens[at].user))
                        return false;
        return true;
}

/* Contexts: "token" (the current one), "certificate", "anonymous", "unverified", and one for each user with a token. */
static void write_kubeconfig(const struct api_server *s, const char *folder)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        unsigned port = s->listeners[API_LISTENER].port;

        bw_buf_puts(&out, "apiVersion: v1\nkind: Config\ncurrent-context: token\nclusters:\n");
        bw_buf_printf(&out, "- {name: test, cluster: {server: 'https://127.0.0.1:%u', certificate-authority: ca.crt}}\n", port);
        bw_buf_printf(&out, "- {name: unverified, cluster: {server: 'https://127.0.0.1:%u', insecure-skip-tls-verify: true}}\n", port);
        bw_buf_puts(&out, "users:\n- {name: certificate, user: {client-certificate: client.crt, client-key: client.key}}\n"
                          "- {name: anonymous, user: {}}\n");
        for (size_t i = 0; i < s->script.n_tokens; i++)
                if (names_its_user(&s->script, i))
                        bw_buf_printf(&out, "- {name: '%.*s', user: {token: '%.*s'}}\n", BW_STR_ARG(s->script.tokens[i].user),
                              BW_STR_ARG(s->script.tokens[i].token));
        bw_buf_printf(&out, "contexts:\n- {name: token, context: {cluster: test, user: '%.*s'}}\n", BW_STR_ARG(s->script.tokens[0].user));
        bw_buf_puts(&out, "- {name: certificate, context: {cluster: test, user: certificate}}\n"
                          "- {name: anonymous, context: {cluster: test, user: anonymous}}\n");
        bw_buf_printf(&out, "- {name: unverified, context: {cluster: unverified, user: '%.*s'}}\n", BW_STR_ARG(s->script.tokens[0].user));
        for (size_t i = 0; i < s->script.n_tokens; i++)
                if (names_its_user(&s->script, i))
                        bw_buf_printf(&out, "- {name: '%.*s', context: {cluster: test, user: '%.*s'}}\n", BW_STR_ARG(s->script.tokens[i].user),
                              BW_STR_ARG(s->script.tokens[i].user));
        write_text(folder, "ca.crt", bw_str(s->ca));
        write_text(folder, "client.crt", bw_str(s->client_certificate));
        write_text(folder, "client.key", bw_str(s->client_key));
        write_text(folder, "kubeconfig", bw_buf_view(&out));
}

struct api_server *api_server_start(const struct api_server_options *options)
{
        static const char *const names[] = {"api", "trap", "trap-http"};
        struct api_server *s = bw_zalloc(sizeof(*s));
        char path[4096];

        if (!s)
                api_die("out of memory");
        (void)signal(SIGPIPE, SIG_IGN);
        s->log_fd = -1;
        s->log.ceiling = (size_t)1 << 30;
        s->started = now_ms();
        (void)pthread_mutex_init(&s->lock, NULL);
        s->script.arena = bw_arena_new(0);
        api_script_add(&s->script, options->script ? options->script : "");
        if (s->script.n_tokens == 0)
                api_script_add(&s->script, "token planted-admin-token admin system:masters");
        api_store_load(&s->store, options->folders);
        make_certificates(s);
        for (size_t i = 0; i < BW_ARRAY_SIZE(s->listeners); i++) {
                s->listeners[i].server = s;
                s->listeners[i].name = names[i];
                open_listener(&s->listeners[i], i == API_LISTENER ? options->port : 0);
        }
        if (options->temp) {
                write_kubeconfig(s, options->temp);
                (void)snprintf(path, sizeof(path), "%s/log", options->temp);
                s->log_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(s->listeners); i++)
                if (pthread_create(&s->listeners[i].thread, NULL, listen_on, &s->listeners[i]) != 0)
                        api_die("no thread");
        return s;
}

void api_server_stop(struct api_server *s)
{
        if (!s)
                return;
        atomic_store(&s->stopping, true);
        for (size_t i = 0; i < BW_ARRAY_SIZE(s->listeners); i++)
                (void)pthread_join(s->listeners[i].thread, NULL);
        while (atomic_load(&s->connections) > 0)
                (void)usleep(1000);
        for (size_t i = 0; i < BW_ARRAY_SIZE(s->listeners); i++) {
                (void)close(s->listeners[i].fd);
                SSL_CTX_free(s->listeners[i].tls);
        }
        if (s->log_fd >= 0)
                (void)close(s->log_fd);
        for (size_t i = 0; i < s->store.n; i++)
                bw_free(s->store.resources[i].objects);
        bw_free(s->store.resources);
        bw_arena_free(s->store.arena);
        bw_free(s->script.rules);
        bw_free(s->script.tokens);
        bw_free(s->script.rights);
        bw_arena_free(s->script.arena);
        bw_buf_done(&s->log);
        bw_free(s->ca);
        bw_free(s->client_certificate);
        bw_free(s->client_key);
        (void)pthread_mutex_destroy(&s->lock);
        bw_free(s);
}

unsigned api_server_port(const struct api_server *s)
{
        return s->listeners[API_LISTENER].port;
}

const char *api_server_ca(const struct api_server *s)
{
        return s->ca;
}

const char *api_server_client_certificate(const struct api_server *s)
{
        return s->client_certificate;
}

const char *api_server_client_key(const struct api_server *s)
{
        return s->client_key;
}

void api_server_script(struct api_server *s, const char *lines)
{
        (void)pthread_mutex_lock(&s->lock);
        api_script_add(&s->script, lines);
        (void)pthread_mutex_unlock(&s->lock);
}

char *api_server_log(struct api_server *s)
{
        char *copy;

        (void)pthread_mutex_lock(&s->lock);
        copy = bw_strndup(bw_buf_view(&s->log));
        (void)pthread_mutex_unlock(&s->lock);
        return copy;
}

size_t api_server_count(struct api_server *s, const char *glob)
{
        bw_auto(bw_free) void *copy = api_server_log(s);
        struct bw_str rest = bw_str(copy);
        struct bw_str line;
        size_t n = 0;

        while (bw_str_split(&rest, '\n', &line)) {
                char method[32] = "", path[4096] = "", text[4200];

                if (sscanf(line.p, "{\"listener\":\"%*[^\"]\",\"method\":\"%31[^\"]\",\"path\":\"%4095[^\"]\"", method, path) != 2)
                        continue;
                (void)snprintf(text, sizeof(text), "%s %s", method, path);
                n += api_glob(glob, text);
        }
        return n;
}
