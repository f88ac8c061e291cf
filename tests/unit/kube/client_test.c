/* SPDX-License-Identifier: Apache-2.0 */
/* The client against the test API server: what is asked, what is taken, what is told, and where a credential goes. */
#include "check.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "api_server.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/doc.h"
#include "kube/client.h"
#include "os/clock.h"
#include "temptree.h"

#define TOKEN "token-of-tests-0123456789"
#define RIGHTS "token " TOKEN " admin system:masters\ntoken weak nobody\npermit admin * *\n"

struct trial {
        struct temp temp;
        struct api_server *server;
        struct bw_kube_config config;
        struct bw_kube_client_options options;
        struct bw_kube_client *client;
        char url[64];
        char fixtures[512];
        const char *folders[4];
        struct bw_buf told;
        atomic_bool cancel;
        struct bw_error err;
};

/* Time that passes fifty times as fast, so that pauses and time-outs are short. */
static int64_t fast_clock(void)
{
        return (int64_t)(bw_clock_ticks() / 1000000 * 50);
}

static void told(void *userdata, const char *what)
{
        bw_buf_puts(userdata, what);
        bw_buf_char(userdata, '\n');
}

static void begin(struct trial *t, const char *script)
{
        const char *root = getenv("SOURCE_ROOT");
        bw_auto_done(bw_buf_done) struct bw_buf lines = {0};
        struct api_server_options options = {.folders = t->folders};

        (void)snprintf(t->fixtures, sizeof(t->fixtures), "%s/tests/fixtures/api", root ? root : ".");
        t->folders[0] = t->fixtures;
        t->folders[1] = t->temp.path;
        bw_buf_printf(&lines, "%s%s\n", RIGHTS, script);
        options.script = lines.p;
        t->server = api_server_start(&options);
        (void)snprintf(t->url, sizeof(t->url), "https://127.0.0.1:%u", api_server_port(t->server));
        t->config = (struct bw_kube_config){
                .server = bw_str(t->url),
                .ca_pem = bw_str(api_server_ca(t->server)),
                .token = BW_STR(TOKEN),
        };
        t->options = (struct bw_kube_client_options){
                .config = &t->config, .clock_ms = fast_clock, .told = told, .userdata = &t->told, .cancel = &t->cancel};
}

static struct bw_kube_client *connect_client(struct trial *t)
{
        bw_kube_client_free(t->client);
        t->client = NULL;
        assert_ok(bw_kube_client_new(&t->options, &t->client, &t->err));
        return t->client;
}

static void end(struct trial *t)
{
        bw_kube_client_free(t->client);
        api_server_stop(t->server);
        bw_buf_done(&t->told);
        temp_end(&t->temp);
}
/* begin() may need files: they are put into the folder before. */
#define TRIAL(t)                                                                                   \
        __attribute__((cleanup(end))) struct trial t = {0};                                        \
        temp_begin(&t.temp)

static int get(struct trial *t, const char *path, struct bw_buf *body)
{
        if (!t->client)
                (void)connect_client(t);
        bw_error_clear(&t->err);
        return bw_kube_get(t->client, path, NULL, BW_MIB, body, &t->err);
}

/* A get that ends with r and a message that has the text. */
static void refused(struct trial *t, const char *path, int r, const char *text)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        int got = get(t, path, &body);

        if (got != r || !strstr(t->err.message, text) || t->err.code != r)
                fail_msg("%s: %d %s", path, got, t->err.message);
        assert_null(strstr(t->err.message, TOKEN));
}

static size_t credentials_seen(struct trial *t)
{
        char *log = api_server_log(t->server);
        size_t n = 0;

        for (const char *at = log; (at = strstr(at, "\"authorization\":true")) || false; at++)
                n++;
        bw_free(log);
        return n;
}

static bool log_has(struct trial *t, const char *text)
{
        char *log = api_server_log(t->server);
        bool has = strstr(log, text) != NULL;

        bw_free(log);
        return has;
}

/* ---- whole answers ---- */

static void test_get(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "");
        assert_ok(get(&t, "/version", &body));
        assert_true(bw_str_find(bw_buf_view(&body), BW_STR("gitVersion")) != SIZE_MAX);
        assert_true(log_has(&t, "\"userAgent\":\"bulwark\""));
        assert_int_equal(credentials_seen(&t), 1);
        assert_int_equal(bw_kube_client_stats(t.client).requests, 1);
        assert_int_equal(bw_kube_client_stats(t.client).http_version, 11);
        refused(&t, "/api/v1/nothings?limit=3", -ENOENT, "GET /api/v1/nothings: 404 Not Found");
}

static void test_too_large(void **state)
{
        TRIAL(t);

        (void)state;
        begin(&t, "on /big* huge 3000000\non /bomb* bomb 40000000\n");
        refused(&t, "/big", -E2BIG, "more than 1048576 bytes");
        refused(&t, "/bomb", -E2BIG, "more than");
}

static void test_who_may_not(void **state)
{
        TRIAL(t);

        (void)state;
        begin(&t, "no-anonymous\ndeny nobody * *\n");
        t.config.token = BW_STR("no\nsuch token");
        t.options.config = &t.config;
        (void)connect_client(&t);
        refused(&t, "/version", -EINVAL, "a character that a header cannot have");
        t.config.token = BW_STR("unknown");
        (void)connect_client(&t);
        refused(&t, "/version", -EACCES, "401 Unauthorized");
        t.config.token = BW_STR("weak");
        (void)connect_client(&t);
        refused(&t, "/api/v1/secrets", -EACCES, "403 Forbidden: secrets is forbidden: User \"nobody\" cannot list resource");
        assert_int_equal(bw_kube_client_stats(t.client).requests, 1);
        assert_int_equal(t.told.n, 0);
}

static void test_tries_again(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "on /version?a times=2 status 429 retry-after=1\non /version?b times=1 status 503 retry-after=date+2\non /c status 503\n"
                  "on /d status 500\non /version?e times=3 reset\non /version?f times=1 drop\non /g status 400\n");
        assert_ok(get(&t, "/version?a", &body));
        assert_non_null(strstr(t.told.p, "GET /version: 429 Too Many Requests"));
        assert_in_range(bw_kube_client_stats(t.client).waited_ms, 2000, 3500);
        assert_int_equal(bw_kube_client_stats(t.client).retries, 2);
        assert_ok(get(&t, "/version?b", &body));
        refused(&t, "/c", -EAGAIN, "503 Service Unavailable");
        assert_int_equal(api_server_count(t.server, "GET /c"), 6);
        refused(&t, "/d", -EAGAIN, "500 Internal Server Error");
        assert_int_equal(api_server_count(t.server, "GET /d"), 3);
        assert_ok(get(&t, "/version?e", &body));
        assert_ok(get(&t, "/version?f", &body));
        refused(&t, "/g", -EINVAL, "400 Bad Request");
        assert_int_equal(api_server_count(t.server, "GET /g"), 1);
}

static void test_broken_bodies(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        bw_auto_done(bw_buf_done) struct bw_buf whole = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "on /version?cut times=1 cut 40\non /version?packed packed\non /version?packed-cut packed\non /version?packed-cut cut 40\n"
                  "on /version?type type text/html\non /version?longer times=1 length +50\n"
                  "on /version?encoding header Content-Encoding br\non /version?transfer header Transfer-Encoding gzip\n"
                  "on /version?gzip header Content-Encoding gzip\n");
        assert_ok(get(&t, "/version", &whole));
        assert_ok(get(&t, "/version?cut", &body));
        assert_str(bw_buf_view(&body), whole.p);
        assert_int_equal(bw_kube_client_stats(t.client).retries, 1);
        assert_ok(get(&t, "/version?packed", &body));
        assert_str(bw_buf_view(&body), whole.p);
        assert_ok(get(&t, "/version?longer", &body));
        assert_str(bw_buf_view(&body), whole.p);
        assert_true(get(&t, "/version?packed-cut", &body) < 0);
        refused(&t, "/version?type", -EPROTO, "not JSON but \"text/html");
        refused(&t, "/version?encoding", -EPROTO, "packed in a way that was not asked for");
        refused(&t, "/version?gzip", -EPROTO, "says that it is gzip, and is not");
        assert_true(get(&t, "/version?transfer", &body) < 0);
}

static void test_no_end(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "on /headers endless-headers\non /line endless-line\non /silent silent\non /hang hang\n"
                  "on /version?slow slow 1 20\n");
        assert_ok(get(&t, "/version", &body)); /* a server that has never answered is not asked twice */
        refused(&t, "/headers", -E2BIG, "KiB of headers");
        refused(&t, "/line", -E2BIG, "header");
        refused(&t, "/version?slow", -ETIMEDOUT, "60 s");
        assert_int_equal(api_server_count(t.server, "GET /version?slow"), 2);
        (void)connect_client(&t);
        refused(&t, "/silent", -ETIMEDOUT, "no answer within 60 s");
        refused(&t, "/silent", -ETIMEDOUT, "no answer within 60 s");
        refused(&t, "/silent", -ETIMEDOUT, "no answer within 60 s");
        /* From here on the server counts as lost. */
        refused(&t, "/silent", -ETIMEDOUT, "does not answer any more");
        refused(&t, "/version", -ETIMEDOUT, "does not answer any more");
        assert_int_equal(api_server_count(t.server, "GET /silent"), 3);
}

static void *cancel_soon(void *arg)
{
        struct timespec pause = {.tv_nsec = 300000000};

        (void)nanosleep(&pause, NULL);
        atomic_store((atomic_bool *)arg, true);
        return NULL;
}

static void test_cancel(void **state)
{
        pthread_t thread;
        uint64_t began;
        TRIAL(t);

        (void)state;
        begin(&t, "on /silent silent\n");
        t.options.clock_ms = NULL;
        (void)connect_client(&t);
        began = bw_clock_ticks();
        assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &t.cancel), 0);
        refused(&t, "/silent", -EINTR, "interrupted");
        /* After 300 ms, and the hundred that a round may take; machines that run tests are slow. */
        assert_in_range((bw_clock_ticks() - began) / 1000000, 250, 2000);
        (void)pthread_join(thread, NULL);
}

static void test_review(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "");
        assert_ok(bw_kube_review(connect_client(&t), "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                                 BW_STR("{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":"
                                        "{\"resourceAttributes\":{\"verb\":\"list\",\"resource\":\"pods\"}}}"),
                                 &body, &t.err));
        assert_true(bw_str_find(bw_buf_view(&body), BW_STR("\"allowed\"")) != SIZE_MAX);
        assert_int_equal(api_server_count(t.server, "POST *"), 1);
}

/* ---- TLS, and where a credential goes ---- */

static void test_certificates(void **state)
{
        static const struct {
                const char *script;
                const char *text;
        } cases[] = {
                {"certificate expired", "expired"},         {"certificate future", "not yet valid"},
                {"certificate self-signed", "self"},         {"certificate other-name", "does not match"},
                {"certificate other-ca", "certificate"},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf body = {0};
                TRIAL(t);

                begin(&t, cases[i].script);
                assert_int_equal(get(&t, "/version", &body), -EKEYREJECTED);
                assert_int_equal(api_server_count(t.server, "*"), 0);
                assert_int_equal(credentials_seen(&t), 0);
                /* Only the kubeconfig can say that it does not matter. */
                t.config.insecure = true;
                (void)connect_client(&t);
                assert_ok(get(&t, "/version", &body));
        }
}

static void test_own_authority_alone(void **state)
{
        TRIAL(t);

        (void)state;
        begin(&t, "");
        t.config.ca_pem = (struct bw_str){0};
        (void)connect_client(&t);
        refused(&t, "/version", -EKEYREJECTED, "certificate");
        t.config.ca_pem = BW_STR("no certificate");
        (void)connect_client(&t);
        refused(&t, "/version", -EINVAL, "the certificate authority that the configuration names cannot be read");
        assert_int_equal(credentials_seen(&t), 0);
}

static void test_server_name(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "");
        t.config.tls_server_name = BW_STR("kubernetes");
        assert_ok(get(&t, "/version", &body));
        t.config.tls_server_name = BW_STR("elsewhere.test");
        (void)connect_client(&t);
        assert_int_equal(get(&t, "/version", &body), -EKEYREJECTED);
        t.config.tls_server_name = BW_STR("kubernetes/evil@x");
        assert_int_equal(bw_kube_client_new(&t.options, &t.client, NULL), -EINVAL);
}

static void test_client_certificate(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "no-anonymous\npermit certificate-user * *\n");
        t.config.token = (struct bw_str){0};
        t.config.cert_pem = bw_str(api_server_client_certificate(t.server));
        t.config.key_pem = bw_str(api_server_client_key(t.server));
        assert_ok(get(&t, "/version", &body));
        assert_true(log_has(&t, "\"user\":\"certificate-user\""));
        t.config.key_pem = BW_STR("no key");
        (void)connect_client(&t);
        assert_true(get(&t, "/version", &body) < 0);
}

static void test_impersonation(void **state)
{
        static const struct bw_str groups[] = {{.p = "a", .n = 1}, {.p = "b c", .n = 3}};
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "");
        t.config.as_user = BW_STR("jane");
        t.config.as_groups = groups;
        t.config.n_as_groups = 2;
        (void)get(&t, "/version", &body);
        assert_true(log_has(&t, "\"as\":\"jane\""));
        assert_true(log_has(&t, "b c"));
        t.config.as_user = BW_STR("jane\r\nX-Evil: 1");
        (void)connect_client(&t);
        refused(&t, "/version", -EINVAL, "a character that a header cannot have");
}

static void test_redirect(void **state)
{
        TRIAL(t);

        (void)state;
        begin(&t, "on /a redirect https://127.0.0.1:{trap}/a\non /b redirect http://127.0.0.1:{trap-http}/b\n"
                  "on /c redirect /version\n");
        refused(&t, "/a", -EPROTO, "a redirect");
        refused(&t, "/b", -EPROTO, "a redirect");
        refused(&t, "/c", -EPROTO, "a redirect");
        assert_false(log_has(&t, "\"trap"));
        assert_int_equal(api_server_count(t.server, "*"), 3);
}

/* A server that says our own words back. */
static void test_echo(void **state)
{
        static const char headers[] = "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\n\r\n";
        static const char body[] = "{\"kind\":\"Status\",\"code\":403,\"message\":\"you said Bearer " TOKEN "\"}";
        TRIAL(t);

        (void)state;
        temp_bytes(&t.temp, "echo.headers", headers, sizeof(headers) - 1);
        temp_bytes(&t.temp, "echo.body", body, sizeof(body) - 1);
        begin(&t, "on /a replay echo\n");
        refused(&t, "/a", -EACCES, "is not shown");
}

static void test_plain_http(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "");
        (void)snprintf(t.url, sizeof(t.url), "http://127.0.0.1:%u", api_server_port(t.server));
        t.config.server = bw_str(t.url);
        assert_true(get(&t, "/version", &body) < 0);
        assert_int_equal(credentials_seen(&t), 0);
}

/* A token that has run out is read again from its file, once. */
static void test_renewed_token(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        TRIAL(t);

        (void)state;
        temp_bytes(&t.temp, "token", "first", 5);
        begin(&t, "no-anonymous\ntoken first admin uses=1\ntoken second admin\n");
        t.config.token = (struct bw_str){0};
        t.config.token_file = bw_str(temp_path(&t.temp, "token"));
        assert_ok(get(&t, "/version", &body));
        temp_bytes(&t.temp, "token", "second", 6);
        assert_ok(get(&t, "/version", &body));
        assert_int_equal(api_server_count(t.server, "GET /version"), 3);
        temp_bytes(&t.temp, "token", "third", 5);
        (void)connect_client(&t);
        refused(&t, "/version", -EACCES, "401 Unauthorized");
        assert_int_equal(api_server_count(t.server, "GET /version"), 4);
}

static void test_no_server(void **state)
{
        TRIAL(t);

        (void)state;
        begin(&t, "");
        t.config.server = BW_STR("https://127.0.0.1:1");
        refused(&t, "/version", -ECONNREFUSED, "GET /version:");
        assert_int_equal(bw_kube_client_stats(t.client).requests, 1);
        t.config.server = BW_STR("https://no-such-host.invalid");
        (void)connect_client(&t);
        refused(&t, "/version", -EHOSTUNREACH, "name is not known");
        t.config.server = BW_STR("https://user:hunter2@127.0.0.1");
        bw_error_clear(&t.err);
        bw_kube_client_free(bw_take(t.client));
        assert_int_equal(bw_kube_client_new(&t.options, &t.client, &t.err), -EINVAL);
        assert_null(strstr(t.err.message, "hunter2"));
}

/* ---- several ---- */

struct answers {
        size_t n, n_failed;
        size_t stop_at;
};

static int on_answer(void *userdata, const struct bw_kube_get_one *wanted, struct bw_str body, const struct bw_error *err)
{
        struct answers *a = userdata;

        assert_true(err->code ? !body.n : bw_str_find(body, BW_STR("gitVersion")) != SIZE_MAX);
        assert_true(bw_str_starts(wanted->path, BW_STR("/version?")) || err->code);
        a->n++;
        a->n_failed += err->code != 0;
        return a->n == a->stop_at ? -ECANCELED : 0;
}

static void test_many(void **state)
{
        struct bw_kube_get_one wanted[40];
        char paths[40][32];
        struct answers a = {0};
        TRIAL(t);

        (void)state;
        begin(&t, "on /gone* status 503\n");
        for (size_t i = 0; i < BW_ARRAY_SIZE(wanted); i++) {
                (void)snprintf(paths[i], sizeof(paths[i]), i % 10 == 7 ? "/gone/%zu" : "/version?%zu", i);
                wanted[i] = (struct bw_kube_get_one){.path = bw_str(paths[i]), .max = BW_MIB};
        }
        assert_ok(bw_kube_many(connect_client(&t), wanted, BW_ARRAY_SIZE(wanted), on_answer, &a, &t.err));
        assert_int_equal(a.n, 40);
        assert_int_equal(a.n_failed, 4);
        assert_int_equal(api_server_count(t.server, "GET /gone/*"), 8);
        a = (struct answers){.stop_at = 3};
        assert_int_equal(bw_kube_many(t.client, wanted, 7, on_answer, &a, NULL), -ECANCELED);
        assert_int_equal(a.n, 3);
        assert_ok(bw_kube_many(t.client, wanted, 0, on_answer, &a, NULL));
}

/* No more than so many in a second. */
static void test_rate(void **state)
{
        struct bw_kube_get_one wanted[25];
        struct answers a = {0};
        int64_t began;
        TRIAL(t);

        (void)state;
        begin(&t, "");
        t.options.qps = 10;
        for (size_t i = 0; i < BW_ARRAY_SIZE(wanted); i++)
                wanted[i] = (struct bw_kube_get_one){.path = BW_STR("/version?x"), .max = BW_MIB};
        (void)connect_client(&t);
        began = fast_clock();
        assert_ok(bw_kube_many(t.client, wanted, BW_ARRAY_SIZE(wanted), on_answer, &a, &t.err));
        assert_true(fast_clock() - began >= 1400); /* ten at once, fifteen more at ten a second */
}

/* ---- lists ---- */

struct listed {
        struct bw_buf all;      /* the pages that count */
        size_t page_at;         /* where the page that is not whole yet begins */
        size_t pages, restarts, agains;
        size_t fail_at;         /* pieces */
        atomic_bool *cancel;
};

static int on_piece(void *userdata, struct bw_str bytes, bool page_end)
{
        struct listed *l = userdata;

        if (l->fail_at && --l->fail_at == 0)
                return -EPIPE;
        if (l->cancel)
                atomic_store(l->cancel, true);
        bw_buf_str(&l->all, bytes);
        if (page_end) {
                assert_int_equal(bytes.n, 0);
                l->pages++;
                l->page_at = l->all.n;
        }
        return 0;
}

static int on_restart(void *userdata)
{
        struct listed *l = userdata;

        l->restarts++;
        l->all.n = l->page_at;
        return 0;
}

static int on_again(void *userdata)
{
        struct listed *l = userdata;

        l->agains++;
        l->all.n = l->page_at = 0;
        return 0;
}

static int list(struct trial *t, const char *resource, unsigned limit, bool may_begin_again, struct listed *l)
{
        struct bw_kube_resource what = {.version = BW_STR("v1"), .resource = bw_str(resource)};
        struct bw_kube_list wanted = {.resource = &what, .limit = limit};
        struct bw_kube_sink sink = {on_piece, on_restart, may_begin_again ? on_again : NULL, l};
        struct bw_kube_listed ret = {0};
        int r;

        if (!t->client)
                (void)connect_client(t);
        bw_error_clear(&t->err);
        r = bw_kube_list(t->client, &wanted, &sink, &ret, &t->err);
        if (r == 0) {
                assert_int_equal(ret.pages, l->pages - (l->agains ? l->pages - ret.pages : 0));
                assert_true(ret.resource_version.n > 0);
        }
        return r;
}

/* The names of all items, in order: what a list is, however it was paged. */
static void names_of(struct listed *l, struct bw_buf *names)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str rest = bw_buf_view(&l->all);

        while (bw_str_trim(rest).n) {
                struct bw_doc doc = {0};
                size_t used;

                assert_ok(bw_json_read(arena, rest, 1, 1, false, &doc, &used, NULL));
                for (size_t i = 0; i < bw_map_get(doc.root, BW_STR("items")).n; i++) {
                        struct bw_value item = bw_list_get(bw_map_get(doc.root, BW_STR("items")), i);

                        bw_buf_str(names, bw_map_text(bw_map_get(item, BW_STR("metadata")), "name"));
                        bw_buf_char(names, ' ');
                }
                rest = bw_str_rest(rest, used);
        }
}

static void check_list(struct trial *t, const char *resource, unsigned limit, const char *names, size_t restarts)
{
        bw_auto_done(bw_buf_done) struct bw_buf got = {0};
        struct listed l = {0};
        int r = list(t, resource, limit, true, &l);

        if (r < 0)
                fail_msg("%s: %d %s", resource, r, t->err.message);
        names_of(&l, &got);
        assert_str(bw_buf_view(&got), names);
        assert_int_equal(l.restarts, restarts);
        bw_buf_done(&l.all);
}

/* Seven of them, made for this. */
#define SEVEN "a b c d e f g "
static void seven(struct trial *t, const char *script)
{
        bw_auto_done(bw_buf_done) struct bw_buf yaml = {0};

        for (char c = 'a'; c <= 'g'; c++)
                bw_buf_printf(&yaml, "---\napiVersion: v1\nkind: PodTemplate\nmetadata: {name: %c, namespace: seven}\n", c);
        temp_bytes(&t->temp, "seven.yaml", yaml.p, yaml.n);
        begin(t, script);
}
#define SEVENS "podtemplates"
#define ON_SEVENS "on */podtemplates?*"

static void test_list(void **state)
{
        TRIAL(t);

        (void)state;
        seven(&t, "");
        check_list(&t, SEVENS, 0, SEVEN, 0);
        assert_int_equal(api_server_count(t.server, "GET /api/v1/podtemplates?limit=500"), 1);
        check_list(&t, SEVENS, 2, SEVEN, 0);
        assert_int_equal(api_server_count(t.server, "GET /api/v1/podtemplates?limit=2&continue=*"), 3);
        check_list(&t, SEVENS, 1, SEVEN, 0);
        check_list(&t, SEVENS, 7, SEVEN, 0);
}

static void test_list_options(void **state)
{
        struct bw_kube_resource what = {.group = BW_STR("apps"), .version = BW_STR("v1"), .resource = BW_STR("deployments")};
        struct bw_kube_list wanted = {.resource = &what, .ns = BW_STR("a/../b"), .label_selector = BW_STR("app in (a,b)&x"),
                                      .field_selector = BW_STR("spec.nodeName=n"), .metadata_only = true};
        struct listed l = {0};
        struct bw_kube_sink sink = {on_piece, on_restart, NULL, &l};
        struct bw_kube_listed ret;
        TRIAL(t);

        (void)state;
        begin(&t, "");
        assert_ok(bw_kube_list(connect_client(&t), &wanted, &sink, &ret, &t.err));
        assert_true(log_has(&t, "/apis/apps/v1/namespaces/a%2F..%2Fb/deployments?labelSelector=app%20in%20%28a%2Cb%29%26x&"
                                "fieldSelector=spec.nodeName%3Dn&limit=500"));
        assert_true(log_has(&t, "PartialObjectMetadataList"));
        bw_buf_done(&l.all);
}

static void test_list_breaks(void **state)
{
        TRIAL(t);

        (void)state;
        seven(&t, ON_SEVENS "continue=* skip=1 times=2 cut 100\n");
        check_list(&t, SEVENS, 2, SEVEN, 2);
        api_server_script(t.server, ON_SEVENS " times=1 reset\n");
        check_list(&t, SEVENS, 2, SEVEN, 0);
        api_server_script(t.server, ON_SEVENS "continue=* times=1 status 429 retry-after=1\n");
        check_list(&t, SEVENS, 2, SEVEN, 0);
        api_server_script(t.server, ON_SEVENS " cut 100\n");
        {
                struct listed l = {0};

                assert_true(list(&t, SEVENS, 2, true, &l) < 0);
                assert_int_equal(l.pages, 0);
                bw_buf_done(&l.all);
        }
}

/* A page that takes the server too long is asked for in smaller parts. */
static void test_list_halves(void **state)
{
        TRIAL(t);

        (void)state;
        seven(&t, "on *?limit=500* status 504\n");
        check_list(&t, SEVENS, 0, SEVEN, 0);
        assert_int_equal(api_server_count(t.server, "GET *?limit=500"), 2);
        assert_int_equal(api_server_count(t.server, "GET *?limit=125"), 1);
}

static void test_list_expires(void **state)
{
        struct listed l = {0};
        struct bw_kube_resource what = {.version = BW_STR("v1"), .resource = BW_STR(SEVENS)};
        struct bw_kube_list wanted = {.resource = &what, .limit = 2};
        struct bw_kube_sink sink = {on_piece, on_restart, NULL, &l};
        struct bw_kube_listed ret = {0};
        TRIAL(t);

        (void)state;
        seven(&t, ON_SEVENS "continue=* skip=1 times=1 gone\n");
        assert_ok(bw_kube_list(connect_client(&t), &wanted, &sink, &ret, &t.err));
        assert_true(ret.inconsistent);
        assert_int_equal(l.agains, 0);
        {
                bw_auto_done(bw_buf_done) struct bw_buf names = {0};

                names_of(&l, &names);
                assert_str(bw_buf_view(&names), SEVEN);
        }
        bw_buf_done(&l.all);
        l = (struct listed){0};
        api_server_script(t.server, ON_SEVENS "continue=* times=1 gone final\n");
        assert_int_equal(list(&t, SEVENS, 2, false, &l), -ESTALE);
        assert_non_null(strstr(t.err.message, "410 Gone"));
        bw_buf_done(&l.all);
        l = (struct listed){0};
        api_server_script(t.server, ON_SEVENS "continue=* times=1 gone final\n");
        check_list(&t, SEVENS, 2, SEVEN, 0);
        api_server_script(t.server, ON_SEVENS "continue=* gone final\n");
        assert_int_equal(list(&t, SEVENS, 2, true, &l), -ESTALE);
        assert_int_equal(l.agains, BW_LIMIT_KUBE_RELISTS);
        bw_buf_done(&l.all);
}

static void test_list_hostile(void **state)
{
        static const struct {
                const char *action;
                int r;
        } cases[] = {
                {"nested 20000", -E2BIG},
                {"page text", -EPROTO},
                {"status 403", -EACCES},
        };
        TRIAL(t);

        (void)state;
        begin(&t, "");
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct listed l = {0};
                char script[128];
                int r;

                (void)snprintf(script, sizeof(script), "on */hostile%zu?* %s\n", i, cases[i].action);
                api_server_script(t.server, script);
                (void)snprintf(script, sizeof(script), "hostile%zu", i);
                r = list(&t, script, 0, true, &l);
                if (r != cases[i].r)
                        fail_msg("%s: %d %s", cases[i].action, r, t.err.message);
                assert_int_equal(l.pages, 0);
                bw_buf_done(&l.all);
        }
}

/* ---- a server that goes away and comes back */

struct outage {
        struct trial *t;
        pthread_t thread;
        bool has_begun;
        unsigned port;
        struct api_server_options options;
};

/* In the server's place: one connection is broken off in the middle of its handshake; then the server is back. */
static void *be_away(void *arg)
{
        struct outage *o = arg;
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        struct linger at_once = {.l_onoff = 1};
        char hello[4096];
        int yes = 1;
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int fd;

        (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
        if (bind(listener, (const struct sockaddr *)&at, sizeof(at)) == 0 && listen(listener, 4) == 0) {
                fd = accept(listener, NULL, NULL);
                (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
                assert_true(recv(fd, hello, sizeof(hello), 0) > 0);
                (void)close(fd);
        }
        (void)close(listener);
        o->t->server = api_server_start(&o->options);
        return NULL;
}

static int on_piece_before_outage(void *userdata, struct bw_str bytes, bool page_end)
{
        struct outage *o = userdata;

        (void)bytes;
        if (page_end && !o->has_begun) {
                o->has_begun = true;
                o->port = o->options.port = api_server_port(o->t->server);
                api_server_stop(bw_take(o->t->server));
                assert_int_equal(pthread_create(&o->thread, NULL, be_away, o), 0);
        }
        return 0;
}

static void test_list_over_an_outage(void **state)
{
        struct bw_kube_resource what = {.version = BW_STR("v1"), .resource = BW_STR(SEVENS)};
        struct bw_kube_list wanted = {.resource = &what, .limit = 2};
        struct bw_kube_listed ret = {0};
        struct outage o = {0};
        struct bw_kube_sink sink = {on_piece_before_outage, on_restart, NULL, &o};
        TRIAL(t);

        (void)state;
        seven(&t, "");
        o.t = &t;
        o.options = (struct api_server_options){.folders = t.folders, .script = RIGHTS};
        t.config.insecure = true; /* its keys are new when it is back */
        t.config.ca_pem = (struct bw_str){0};
        t.options.clock_ms = NULL;
        assert_ok(bw_kube_list(connect_client(&t), &wanted, &sink, &ret, &t.err));
        assert_int_equal(pthread_join(o.thread, NULL), 0);
        assert_int_equal(ret.pages, 4);
        assert_in_range(bw_kube_client_stats(t.client).retries, 1, 6);
}

static void test_list_reader_stops(void **state)
{
        struct listed l = {.fail_at = 3};
        TRIAL(t);

        (void)state;
        seven(&t, "");
        assert_int_equal(list(&t, SEVENS, 1, true, &l), -EPIPE);
        assert_int_equal(l.restarts, 0);
        bw_buf_done(&l.all);
        l = (struct listed){.cancel = &t.cancel};
        assert_int_equal(list(&t, SEVENS, 1, true, &l), -EINTR);
        bw_buf_done(&l.all);
}

/* ---- discovery ---- */

static const struct bw_kube_resource *find(const struct bw_kube_resource *all, size_t n, const char *group, const char *resource)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_is(all[i].group, group) && bw_str_is(all[i].resource, resource))
                        return &all[i];
        return NULL;
}

static void check_discovery(struct trial *t)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_resource *all;
        const struct bw_kube_resource *one;
        struct bw_str *broken;
        size_t n, n_broken;

        assert_ok(bw_kube_discover(connect_client(t), arena, &all, &n, &broken, &n_broken, &t->err));
        one = find(all, n, "", "pods");
        assert_non_null(one);
        assert_str(one->kind, "Pod");
        assert_str(one->version, "v1");
        assert_true(one->namespaced && one->can_list && one->can_watch);
        one = find(all, n, "", "nodes");
        assert_true(one && !one->namespaced);
        one = find(all, n, "", "bindings");
        assert_true(one && !one->can_list);
        assert_non_null(find(all, n, "apps", "deployments"));
        for (size_t i = 0; i < n; i++) {
                assert_null(memchr(all[i].resource.p, '/', all[i].resource.n));
                assert_ptr_equal(find(all, n, all[i].group.p, all[i].resource.p), &all[i]); /* each once */
        }
        assert_int_equal(n_broken, 1);
        assert_true(bw_str_starts(broken[0], BW_STR("metrics.example.com/")));
}

static void test_discovery(void **state)
{
        TRIAL(t);

        (void)state;
        begin(&t, "");
        check_discovery(&t);
        assert_int_equal(api_server_count(t.server, "*"), 2);
}

/* The old form, as servers without the aggregated one give it: the version that is preferred first, then the others. */
static void test_discovery_one_by_one(void **state)
{
        static const char core[] = "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}";
        static const char groups[] =
                "{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"apps\",\"versions\":[{\"version\":\"v1beta9\"},{\"version\":"
                "\"v1\"}],\"preferredVersion\":{\"version\":\"v1\"}},{\"name\":\"../evil\",\"versions\":[{\"version\":\"v1\"}]},"
                "{\"name\":\"metrics.example.com\",\"versions\":[{\"version\":\"v1\"}]}]}";
        static const char v1[] =
                "{\"kind\":\"APIResourceList\",\"resources\":[{\"name\":\"pods\",\"kind\":\"Pod\",\"namespaced\":true,\"verbs\":"
                "[\"list\",\"watch\"]},{\"name\":\"pods/log\",\"kind\":\"Pod\",\"namespaced\":true,\"verbs\":[\"get\"]},{\"name\":"
                "\"nodes\",\"kind\":\"Node\",\"namespaced\":false,\"verbs\":[\"list\"]},{\"name\":\"bindings\",\"kind\":\"Binding\","
                "\"namespaced\":true,\"verbs\":[\"create\"]}]}";
        static const char apps[] = "{\"resources\":[{\"name\":\"deployments\",\"kind\":\"Deployment\",\"verbs\":[\"list\"]}]}";
        static const char beta[] = "{\"resources\":[{\"name\":\"deployments\",\"kind\":\"Old\",\"verbs\":[]},{\"name\":\"scales\","
                                   "\"kind\":\"Scale\",\"verbs\":\"list\"}]}";
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_resource *all;
        struct bw_str *broken;
        size_t n, n_broken;
        TRIAL(t);

        (void)state;
        temp_bytes(&t.temp, "x/core", core, sizeof(core) - 1);
        temp_bytes(&t.temp, "x/groups", groups, sizeof(groups) - 1);
        temp_bytes(&t.temp, "x/v1", v1, sizeof(v1) - 1);
        temp_bytes(&t.temp, "x/apps", apps, sizeof(apps) - 1);
        temp_bytes(&t.temp, "x/beta", beta, sizeof(beta) - 1);
        begin(&t, "on /api file x/core\non /apis file x/groups\non /api/v1 file x/v1\non /apis/apps/v1 file x/apps\n"
                  "on /apis/apps/v1beta9 file x/beta\non /apis/metrics* status 503\n");
        assert_ok(bw_kube_discover(connect_client(&t), arena, &all, &n, &broken, &n_broken, &t.err));
        assert_int_equal(n, 5);
        assert_true(find(all, n, "", "pods")->can_watch && find(all, n, "", "pods")->namespaced);
        assert_true(!find(all, n, "", "nodes")->can_watch && !find(all, n, "", "nodes")->namespaced);
        assert_str(find(all, n, "apps", "deployments")->version, "v1");
        assert_str(find(all, n, "apps", "deployments")->kind, "Deployment");
        assert_str(find(all, n, "apps", "scales")->version, "v1beta9");
        assert_int_equal(n_broken, 1);
        assert_str(broken[0], "metrics.example.com/v1");
        assert_int_equal(api_server_count(t.server, "*evil*"), 0);
}

static void test_discovery_of_nothing(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_resource *all;
        struct bw_str *broken;
        size_t n, n_broken;
        TRIAL(t);

        (void)state;
        begin(&t, "on /api status 403\n");
        assert_int_equal(bw_kube_discover(connect_client(&t), arena, &all, &n, &broken, &n_broken, &t.err), -EACCES);
}

/* What a real server has said. */
static void test_discovery_recorded(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_resource *all, *old;
        struct bw_str *broken;
        size_t n, n_old, n_broken;
        char folder[512];
        TRIAL(t);

        (void)state;
        (void)snprintf(folder, sizeof(folder), "%s/recordings/api", getenv("SHARED") ? getenv("SHARED") : "");
        if (access(folder, R_OK) < 0)
                skip();
        begin(&t, "");
        t.folders[2] = folder;
        api_server_script(t.server, "on /api times=1 replay api-aggregated\non /apis times=1 replay apis-aggregated\n");
        assert_ok(bw_kube_discover(connect_client(&t), arena, &all, &n, &broken, &n_broken, &t.err));
        assert_true(n > 50);
        /* Both forms say the same of v1, which is recorded in both. */
        api_server_script(t.server, "on /api replay api\non /api/v1 replay api-v1\non /apis page text\n");
        assert_int_equal(bw_kube_discover(t.client, arena, &old, &n_old, &broken, &n_broken, &t.err), -EPROTO);
        assert_true(bw_str_is(find(all, n, "", "pods")->kind, "Pod"));
        assert_non_null(find(all, n, "rbac.authorization.k8s.io", "clusterrolebindings"));
}

/* ---- watches ---- */

struct watched {
        struct bw_buf seen;
        size_t n, stop_at;
        int answer;
};

static int on_event(void *userdata, struct bw_str json)
{
        struct watched *w = userdata;
        size_t at = bw_str_find(json, BW_STR("\"resourceVersion\":\""));

        bw_buf_put(&w->seen, json.p + at + 19, 1);
        return ++w->n == w->stop_at ? w->answer : 0;
}

#define EVENT(type, version)                                                                       \
        "{\"type\":\"" type "\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"" version "\"}}}\n"

static int watch(struct trial *t, struct watched *w, struct bw_buf *version)
{
        struct bw_kube_resource what = {.version = BW_STR("v1"), .resource = BW_STR("pods")};
        struct bw_kube_list wanted = {.resource = &what};

        if (!t->client)
                (void)connect_client(t);
        bw_error_clear(&t->err);
        return bw_kube_watch(t->client, &wanted, version, on_event, w, &t->err);
}

static void test_watch(void **state)
{
        static const char first[] = EVENT("ADDED", "2") EVENT("MODIFIED", "3") EVENT("BOOKMARK", "5");
        static const char second[] = EVENT("DELETED", "6") EVENT("ADDED", "7") EVENT("ADDED", "8");
        static const char third[] = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\","
                                    "\"message\":\"too old\"}}\n";
        bw_auto_done(bw_buf_done) struct bw_buf version = {0};
        struct watched w = {.stop_at = 4, .answer = 1};
        TRIAL(t);

        (void)state;
        temp_bytes(&t.temp, "x/first", first, sizeof(first) - 1);
        temp_bytes(&t.temp, "x/second", second, sizeof(second) - 1);
        temp_bytes(&t.temp, "x/third", third, sizeof(third) - 1);
        begin(&t, "on *watch=true*resourceVersion=1&* watch x/first\non *watch=true*resourceVersion=5&* times=1 reset\n"
                  "on *watch=true*resourceVersion=5&* times=1 status 429 retry-after=1\n"
                  "on *watch=true*resourceVersion=5&* watch x/second\non *watch=true*resourceVersion=7&* watch x/third\n");
        bw_buf_puts(&version, "1");
        /* Over the end of one watch, a broken connection and a refusal, to where the caller stops. */
        assert_ok(watch(&t, &w, &version));
        assert_str(bw_buf_view(&w.seen), "2367");
        assert_str(bw_buf_view(&version), "7");
        assert_int_equal(api_server_count(t.server, "GET *allowWatchBookmarks=true*"), 3);
        assert_int_equal(watch(&t, &w, &version), -ESTALE);
        assert_non_null(strstr(t.err.message, "too old"));
        assert_str(bw_buf_view(&version), "7");
        bw_buf_done(&w.seen);
}

static void test_watch_ends(void **state)
{
        static const char one[] = EVENT("ADDED", "2") EVENT("ADDED", "3");
        bw_auto_done(bw_buf_done) struct bw_buf version = {0};
        struct watched w = {.stop_at = 2, .answer = -EPIPE};
        TRIAL(t);

        (void)state;
        temp_bytes(&t.temp, "x/one", one, sizeof(one) - 1);
        temp_bytes(&t.temp, "x/nothing", "", 0);
        temp_bytes(&t.temp, "x/text", "no JSON at all\n", 15);
        begin(&t, "on *resourceVersion=1&* watch x/one\non *resourceVersion=20&* watch x/nothing\n"
                  "on *resourceVersion=21&* watch x/text\non *resourceVersion=22&* status 410\n"
                  "on *resourceVersion=23&* status 403\non *resourceVersion=24&* endless-line\n");
        t.options.clock_ms = NULL; /* whether a watch was short is told by time that passes as ever */
        t.options.tries = 3;
        bw_buf_puts(&version, "1");
        /* The event that was not taken is not moved past. */
        assert_int_equal(watch(&t, &w, &version), -EPIPE);
        assert_str(bw_buf_view(&version), "2");
        bw_buf_clear(&version);
        bw_buf_puts(&version, "20");
        assert_int_equal(watch(&t, &w, &version), -EAGAIN); /* each ends at once: not for ever */
        assert_int_equal(api_server_count(t.server, "GET *resourceVersion=20&*"), 3);
        for (unsigned i = 0; i < 4; i++) {
                static const int codes[] = {-EPROTO, -ESTALE, -EACCES, -E2BIG};

                bw_buf_clear(&version);
                bw_buf_printf(&version, "%u", 21 + i);
                if (watch(&t, &w, &version) != codes[i])
                        fail_msg("%u: %d %s", 21 + i, t.err.code, t.err.message);
        }
        bw_buf_done(&w.seen);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_get),
                cmocka_unit_test(test_too_large),
                cmocka_unit_test(test_who_may_not),
                cmocka_unit_test(test_tries_again),
                cmocka_unit_test(test_broken_bodies),
                cmocka_unit_test(test_no_end),
                cmocka_unit_test(test_cancel),
                cmocka_unit_test(test_review),
                cmocka_unit_test(test_certificates),
                cmocka_unit_test(test_own_authority_alone),
                cmocka_unit_test(test_server_name),
                cmocka_unit_test(test_client_certificate),
                cmocka_unit_test(test_impersonation),
                cmocka_unit_test(test_redirect),
                cmocka_unit_test(test_echo),
                cmocka_unit_test(test_plain_http),
                cmocka_unit_test(test_renewed_token),
                cmocka_unit_test(test_no_server),
                cmocka_unit_test(test_many),
                cmocka_unit_test(test_rate),
                cmocka_unit_test(test_list),
                cmocka_unit_test(test_list_options),
                cmocka_unit_test(test_list_breaks),
                cmocka_unit_test(test_list_halves),
                cmocka_unit_test(test_list_expires),
                cmocka_unit_test(test_list_hostile),
                cmocka_unit_test(test_list_over_an_outage),
                cmocka_unit_test(test_list_reader_stops),
                cmocka_unit_test(test_discovery),
                cmocka_unit_test(test_discovery_one_by_one),
                cmocka_unit_test(test_discovery_of_nothing),
                cmocka_unit_test(test_discovery_recorded),
                cmocka_unit_test(test_watch),
                cmocka_unit_test(test_watch_ends),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
