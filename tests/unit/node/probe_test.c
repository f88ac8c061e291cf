/* SPDX-License-Identifier: Apache-2.0 */
/* Questions over the network, against small servers of the test's own on the loopback address. */
#define BW_ALLOW_BANNED
#include "check.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "node/probe.h"

/* One connection: what the server says, over TLS or not, and whether it wants a certificate. */
struct server {
        const char *answer; /* NULL: it says nothing and waits */
        bool tls;
        bool wants_certificate;
        int fd;
        uint16_t port;
        pthread_t thread;
        char fingerprint[65];
};

static void answer_plain(const struct server *server, int fd)
{
        char request[512];
        ssize_t n = recv(fd, request, sizeof(request), 0);

        if (n > 0 && server->answer)
                (void)send(fd, server->answer, strlen(server->answer), MSG_NOSIGNAL);
        else
                while (recv(fd, request, sizeof(request), 0) > 0)
                        continue;
}

static X509 *make_certificate(EVP_PKEY *key)
{
        X509 *certificate = X509_new();

        assert_non_null(certificate);
        (void)X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        (void)X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        assert_int_equal(X509_set_pubkey(certificate, key), 1);
        assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
        return certificate;
}

static void answer_tls(struct server *server, int fd)
{
        SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
        EVP_PKEY *key = EVP_EC_gen("P-256");
        X509 *certificate = make_certificate(key);
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int length;
        SSL *ssl;
        char request[512];
        size_t n;

        assert_int_equal(X509_digest(certificate, EVP_sha256(), digest, &length), 1);
        for (unsigned int i = 0; i < length; i++)
                (void)snprintf(server->fingerprint + (size_t)i * 2, 3, "%02x", digest[i]);
        assert_int_equal(SSL_CTX_use_certificate(ctx, certificate), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey(ctx, key), 1);
        if (server->wants_certificate)
                SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        (void)SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
        ssl = SSL_new(ctx);
        assert_int_equal(SSL_set_fd(ssl, fd), 1);
        if (SSL_accept(ssl) == 1 && SSL_read_ex(ssl, request, sizeof(request), &n) == 1)
                (void)SSL_write_ex(ssl, server->answer, strlen(server->answer), &n);
        (void)SSL_shutdown(ssl);
        SSL_free(ssl);
        SSL_CTX_free(ctx);
        X509_free(certificate);
        EVP_PKEY_free(key);
}

static void *serve(void *userdata)
{
        struct server *server = userdata;
        int fd = accept(server->fd, NULL, NULL);

        if (fd < 0)
                return NULL;
        if (server->tls)
                answer_tls(server, fd);
        else
                answer_plain(server, fd);
        (void)close(fd);
        return NULL;
}

static void start(struct server *server)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t n = sizeof(address);

        server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(server->fd >= 0);
        assert_int_equal(bind(server->fd, (struct sockaddr *)&address, n), 0);
        assert_int_equal(listen(server->fd, 4), 0);
        assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &n), 0);
        server->port = ntohs(address.sin_port);
        assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
        (void)shutdown(server->fd, SHUT_RDWR);
        (void)pthread_join(server->thread, NULL);
        (void)close(server->fd);
}

static struct bw_probe_answer ask(struct bw_arena *arena, const struct server *server, int max_tls)
{
        struct bw_probe_question question = {
                .name = "test",
                .address = BW_STR("127.0.0.1"),
                .port = server->port,
                .tls = server->tls,
                .method = "GET",
                .path = "/pods",
                .max_tls = max_tls,
        };
        struct bw_probe_answer answer;

        assert_ok(bw_probe_ask(arena, &question, &answer, NULL));
        return answer;
}

static void test_plain(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct server server = {.answer = "HTTP/1.1 403 Forbidden\r\nA: b\r\n\r\nno"};
        struct bw_probe_answer answer;

        (void)state;
        start(&server);
        answer = ask(arena, &server, 0);
        stop(&server);
        assert_int_equal(answer.outcome, BW_PROBE_ANSWERED);
        assert_int_equal(answer.status, 403);
        assert_str(answer.body, "no");
        assert_null(answer.tls);
        /* Nobody listens there any more. */
        answer = ask(arena, &server, 0);
        assert_int_equal(answer.outcome, BW_PROBE_REFUSED);
}

static void test_no_http(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct server server = {.answer = "SSH-2.0-x\r\n"};
        struct bw_probe_answer answer;

        (void)state;
        start(&server);
        answer = ask(arena, &server, 0);
        stop(&server);
        assert_int_equal(answer.outcome, BW_PROBE_CLOSED);
        assert_int_equal(answer.status, 0);
}

static void test_silence_ends(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct server server = {.answer = NULL};
        struct bw_probe_answer answer;

        (void)state;
        start(&server);
        answer = ask(arena, &server, 0);
        stop(&server);
        assert_int_equal(answer.outcome, BW_PROBE_TIMEOUT);
}

static void test_tls(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct server server = {.answer = "HTTP/1.0 200 OK\r\n\r\n{}", .tls = true};
        struct bw_probe_answer answer;

        (void)state;
        start(&server);
        answer = ask(arena, &server, 0);
        stop(&server);
        assert_int_equal(answer.outcome, BW_PROBE_ANSWERED);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.tls, "TLSv1.3");
        assert_str(answer.fingerprint, server.fingerprint);
}

/* With TLS 1.3 the handshake looks done to the client; only the answer shows that the server wanted a certificate. */
static void test_certificate_demanded(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct server server = {.answer = "HTTP/1.0 200 OK\r\n\r\n{}", .tls = true, .wants_certificate = true};
        struct bw_probe_answer answer;

        (void)state;
        start(&server);
        answer = ask(arena, &server, 0);
        stop(&server);
        assert_int_equal(answer.outcome, BW_PROBE_CLOSED);
        assert_int_equal(answer.status, 0);
}

static void test_old_tls_refused(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct server server = {.answer = "HTTP/1.0 200 OK\r\n\r\n{}", .tls = true};
        struct bw_probe_answer answer;

        (void)state;
        start(&server);
        answer = ask(arena, &server, TLS1_1_VERSION);
        stop(&server);
        assert_int_equal(answer.outcome, BW_PROBE_CLOSED);
        assert_null(answer.tls);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_plain),        cmocka_unit_test(test_no_http),
                cmocka_unit_test(test_silence_ends), cmocka_unit_test(test_tls),
                cmocka_unit_test(test_certificate_demanded), cmocka_unit_test(test_old_tls_refused),
        };

        (void)signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
