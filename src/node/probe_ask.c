/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question over TCP or TLS, and its answer. HTTP/1.0, so that an answer ends with the connection and is not in chunks.
 * The server's certificate is not verified: what it is, is the answer. No client certificate is shown unless the question
 * names one.
 * Source: SSL_connect(3), SSL_get_error(3), RFC 1945.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/probe_internal.h"
#include "os/clock.h"
#include "os/net.h"

struct exchange {
        struct bw_arena *arena;
        const struct bw_probe_question *question;
        struct bw_probe_answer *answer;
        uint64_t deadline;
        int fd;
        SSL_CTX *ctx;
        SSL *ssl;
        char *text;  /* of the answer */
        size_t n;
};

const char *bw_probe_outcome_text(enum bw_probe_outcome outcome)
{
        static const char *const texts[] = {
                [BW_PROBE_REFUSED] = "refused", [BW_PROBE_TIMEOUT] = "timeout",   [BW_PROBE_CLOSED] = "closed",
                [BW_PROBE_ANSWERED] = "answered", [BW_PROBE_FAILED] = "failed",
        };

        return texts[outcome];
}

/* ---- TLS */

/* Old versions are offered only where the question is whether they are taken. */
static bool set_up_tls(struct exchange *x)
{
        x->ctx = SSL_CTX_new(TLS_client_method());
        if (!x->ctx)
                return false;
        SSL_CTX_set_verify(x->ctx, SSL_VERIFY_NONE, NULL);
        if (x->question->max_tls) {
                SSL_CTX_set_security_level(x->ctx, 0);
                if (SSL_CTX_set_min_proto_version(x->ctx, TLS1_VERSION) != 1 ||
                    SSL_CTX_set_max_proto_version(x->ctx, x->question->max_tls) != 1 ||
                    SSL_CTX_set_cipher_list(x->ctx, "ALL:@SECLEVEL=0") != 1)
                        return false;
        }
        if (x->question->certificate && (SSL_CTX_use_certificate_chain_file(x->ctx, x->question->certificate) != 1 ||
                                         SSL_CTX_use_PrivateKey_file(x->ctx, x->question->key, SSL_FILETYPE_PEM) != 1))
                return false;
        x->ssl = SSL_new(x->ctx);
        return x->ssl && SSL_set_fd(x->ssl, x->fd) == 1;
}

/* What to do after a call of OpenSSL: 1 try again, 0 it is over. */
static int tls_wait(struct exchange *x, int result)
{
        int error = SSL_get_error(x->ssl, result);

        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
                return 0;
        if (bw_net_wait(x->fd, error == SSL_ERROR_WANT_WRITE, x->deadline, NULL) == 0)
                return 1;
        x->answer->outcome = BW_PROBE_TIMEOUT;
        return 0;
}

struct bw_str bw_probe_fingerprint(struct bw_arena *arena, const X509 *certificate)
{
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int n = 0;
        char *text;

        if (!certificate || X509_digest(certificate, EVP_sha256(), digest, &n) != 1)
                return (struct bw_str){0};
        text = bw_arena_alloc(arena, (size_t)n * 2 + 1);
        for (unsigned int i = 0; text && i < n; i++)
                (void)snprintf(text + (size_t)i * 2, 3, "%02x", digest[i]);
        return bw_str_n(text, text ? (size_t)n * 2 : 0);
}

static bool handshake(struct exchange *x)
{
        X509 *certificate;
        int r;

        if (!set_up_tls(x)) {
                x->answer->outcome = BW_PROBE_FAILED;
                return false;
        }
        do {
                r = SSL_connect(x->ssl);
        } while (r != 1 && tls_wait(x, r));
        if (r != 1)
                return false;
        x->answer->tls = SSL_get_version(x->ssl);
        x->answer->cipher = bw_arena_str(x->arena, bw_str(SSL_get_cipher_name(x->ssl)));
        certificate = SSL_get1_peer_certificate(x->ssl);
        x->answer->fingerprint = bw_probe_fingerprint(x->arena, certificate);
        X509_free(certificate);
        return true;
}

/* ---- bytes */

static bool wait_plain(struct exchange *x, int r, bool to_write)
{
        if (r != -EAGAIN)
                return false;
        if (bw_net_wait(x->fd, to_write, x->deadline, NULL) == 0)
                return true;
        x->answer->outcome = BW_PROBE_TIMEOUT;
        return false;
}

static bool send_all(struct exchange *x, struct bw_str text)
{
        while (text.n) {
                size_t n = 0;
                int r;

                if (x->ssl) {
                        r = SSL_write_ex(x->ssl, text.p, text.n, &n);
                        if (r != 1 && !tls_wait(x, r))
                                return false;
                } else {
                        r = bw_net_write(x->fd, text.p, text.n, &n);
                        if (r < 0 && !wait_plain(x, r, true))
                                return false;
                }
                text = bw_str_rest(text, n);
        }
        return true;
}

/* Until the end, the limit or the deadline: whatever came counts. */
static void receive(struct exchange *x)
{
        while (x->n < BW_LIMIT_PROBE_ANSWER) {
                size_t n = 0;
                int r;

                if (x->ssl) {
                        r = SSL_read_ex(x->ssl, x->text + x->n, BW_LIMIT_PROBE_ANSWER - x->n, &n);
                        if (r != 1 && !tls_wait(x, r))
                                return;
                } else {
                        r = bw_net_read(x->fd, x->text + x->n, BW_LIMIT_PROBE_ANSWER - x->n, &n);
                        if (r < 0 && !wait_plain(x, r, false))
                                return;
                        if (r == 0 && n == 0)
                                return;
                }
                x->n += n;
        }
}

/* "HTTP/1.1 403 Forbidden" */
static void read_answer(struct exchange *x)
{
        struct bw_str text = bw_str_n(x->text, x->n);
        size_t blank;
        int64_t status;

        if (!bw_str_starts(text, BW_STR("HTTP/1.")) || text.n < 12 || bw_str_to_i64(bw_str_n(text.p + 9, 3), &status) < 0)
                return;
        x->answer->status = (int)status;
        x->answer->outcome = BW_PROBE_ANSWERED;
        blank = bw_str_find(text, BW_STR("\r\n\r\n"));
        if (blank != SIZE_MAX)
                x->answer->body = bw_str_rest(text, blank + 4);
}

static int talk(struct exchange *x, struct bw_error *reterr)
{
        const struct bw_probe_question *q = x->question;
        struct bw_str request;

        if (!q->method) {
                x->answer->outcome = BW_PROBE_ANSWERED;
                return 0;
        }
        x->text = bw_arena_alloc(x->arena, BW_LIMIT_PROBE_ANSWER);
        request = bw_arena_printf(x->arena, "%s %s HTTP/1.0\r\nHost: %.*s\r\n%sContent-Length: %zu\r\n\r\n%s", q->method, q->path,
                                  BW_STR_ARG(q->address), q->headers ? q->headers : "", q->body ? strlen(q->body) : 0,
                                  q->body ? q->body : "");
        if (!x->text || !request.p)
                return bw_arena_error(x->arena, reterr);
        if (send_all(x, request))
                receive(x);
        read_answer(x);
        return 0;
}

int bw_probe_ask(struct bw_arena *arena, const struct bw_probe_question *question, struct bw_probe_answer *ret,
                 struct bw_error *reterr)
{
        struct bw_probe_answer answer = {.outcome = BW_PROBE_CLOSED};
        struct exchange x = {
                .arena = arena,
                .question = question,
                .answer = &answer,
                .deadline = bw_clock_ticks() + (uint64_t)BW_LIMIT_PROBE_MS * 1000000,
                .fd = -1,
        };
        int r = bw_net_connect(question->address, question->port, x.deadline, &x.fd, NULL);

        if (r < 0) {
                answer.outcome = r == -ECONNREFUSED ? BW_PROBE_REFUSED : r == -ETIMEDOUT ? BW_PROBE_TIMEOUT : BW_PROBE_FAILED;
                r = 0;
        } else if (!question->tls || handshake(&x)) {
                r = talk(&x, reterr);
        }
        SSL_free(x.ssl);
        SSL_CTX_free(x.ctx);
        bw_net_close(x.fd);
        ERR_clear_error();
        if (r == 0)
                *ret = answer;
        return r;
}
