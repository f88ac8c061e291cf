/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Discovers, lists, watches and reviews while one allocation after the other fails, libcurl's among them, once and for ever
 * after. Each run ends without crash or leak; when it says that all went well, it got what an undisturbed run gets. The server is
 * another process, whose memory does not fail.
 */
#define BW_ALLOW_BANNED
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api_server.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/fault.h"
#include "kube/client.h"

#define SAMPLES 100 /* runs of each kind unless TORTURE=full */
#define TOKEN "token-of-tests-0123456789"

static char url[64];
static char ca[8192];
static struct bw_kube_config config = {.token = BW_STR(TOKEN)};

static int64_t fast_clock(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000) * 100;
}

static int on_piece(void *userdata, struct bw_str bytes, bool page_end)
{
        (void)page_end;
        *(size_t *)userdata += bytes.n;
        return 0;
}

static int on_restart(void *userdata)
{
        *(size_t *)userdata = 0;
        return 0;
}

static int on_event(void *userdata, struct bw_str json)
{
        *(size_t *)userdata += json.n;
        return 1;
}

static int discover(struct bw_kube_client *client, size_t *ret_n, struct bw_error *err)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_resource *resources;
        struct bw_str *broken;
        size_t n_broken;

        return arena ? bw_kube_discover(client, arena, &resources, ret_n, &broken, &n_broken, err) : bw_error_nomem(err);
}

/* *ret_n: something of all answers. */
static int ask(size_t *ret_n, struct bw_error *err)
{
        bw_auto(bw_kube_client_free) struct bw_kube_client *client = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf body = {0};
        bw_auto_done(bw_buf_done) struct bw_buf version = {0};
        const struct bw_kube_client_options options = {.config = &config, .clock_ms = fast_clock};
        const struct bw_kube_resource pods = {.version = BW_STR("v1"), .resource = BW_STR("pods")};
        const struct bw_kube_list list = {.resource = &pods, .limit = 5};
        size_t n_kinds = 0, n_bytes = 0, n_event = 0;
        const struct bw_kube_sink sink = {on_piece, on_restart, NULL, &n_bytes};
        struct bw_kube_listed listed;
        int r = bw_kube_client_new(&options, &client, err);

        if (r == 0)
                r = discover(client, &n_kinds, err);
        if (r == 0)
                r = bw_kube_list(client, &list, &sink, &listed, err);
        bw_buf_puts(&version, "1");
        if (r == 0 && bw_buf_status(&version) < 0)
                r = bw_error_nomem(err);
        if (r == 0)
                r = bw_kube_watch(client, &list, &version, on_event, &n_event, err);
        if (r == 0)
                r = bw_kube_review(client, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                                   BW_STR("{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\","
                                          "\"spec\":{\"resourceAttributes\":{\"verb\":\"list\",\"resource\":\"pods\"}}}"),
                                   &body, err);
        *ret_n = n_kinds + (n_event > 0) + (body.n > 0);
        return r;
}

/* Gives the server's process. */
static pid_t serve(char *folder, char *extra)
{
        const char *folders[] = {folder, extra, NULL};
        const struct api_server_options options = {
                .folders = folders,
                .script = "token " TOKEN " admin system:masters\npermit admin * *\n"
                          "on /api/v1/pods?*watch=true* watch event\n"};
        int ends[2];
        pid_t pid;
        size_t n = 0;
        ssize_t got;
        char text[sizeof(ca) + 16];
        char *certificate;

        if (pipe(ends) < 0 || (pid = fork()) < 0)
                exit(2);
        if (pid == 0) {
                struct api_server *server = api_server_start(&options);
                int len = snprintf(text, sizeof(text), "%u\n%s", api_server_port(server), api_server_ca(server));

                if (write(ends[1], text, (size_t)len) != len)
                        _exit(2);
                (void)close(ends[1]);
                for (;;)
                        (void)pause();
        }
        (void)close(ends[1]);
        while ((got = read(ends[0], text + n, sizeof(text) - 1 - n)) > 0)
                n += (size_t)got;
        (void)close(ends[0]);
        text[n] = '\0';
        certificate = strchr(text, '\n');
        if (!certificate)
                exit(2);
        (void)snprintf(url, sizeof(url), "https://127.0.0.1:%d", (int)strtol(text, NULL, 10));
        (void)snprintf(ca, sizeof(ca), "%s", certificate + 1);
        config.server = bw_str(url);
        config.ca_pem = bw_str(ca);
        return pid;
}

/* 0: as it should be. */
static unsigned disturbed(uint64_t n, bool persistent, size_t wanted)
{
        struct bw_error err = {0};
        size_t got = 0;
        int r;

        bw_fault_plan(BW_FAULT_ALLOC, n, persistent);
        r = ask(&got, &err);
        bw_fault_plan(BW_FAULT_ALLOC, 0, false);
        /* libcurl does not always call it a lack of memory. */
        if (r == 0 ? got == wanted : err.message[0] != '\0')
                return 0;
        printf("# allocation %" PRIu64 "%s: status %d, %zu: %s\n", n, persistent ? " and all after" : "", r, got, err.message);
        return 1;
}

int main(void)
{
        const char *root = getenv("SOURCE_ROOT");
        const char *torture = getenv("TORTURE");
        char fixtures[512], folder[] = "/tmp/bulwark-fault-XXXXXX", event[64];
        struct bw_error err = {0};
        unsigned bad = 0;
        size_t wanted = 0;
        uint64_t total, step;
        FILE *f;
        pid_t pid;

        (void)snprintf(fixtures, sizeof(fixtures), "%s/tests/fixtures/api", root ? root : ".");
        if (!mkdtemp(folder))
                return 2;
        (void)snprintf(event, sizeof(event), "%s/event", folder);
        f = fopen(event, "w");
        if (!f || fputs("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":\"2\"}}}\n", f) < 0 || fclose(f) != 0)
                return 2;
        pid = serve(fixtures, folder);
        bw_fault_plan(BW_FAULT_ALLOC, 0, false);
        if (ask(&wanted, &err) != 0 || wanted < 20) {
                printf("# undisturbed: %zu: %s\n", wanted, err.message);
                bad++;
        }
        total = bw_fault_count(BW_FAULT_ALLOC);
        step = torture && strcmp(torture, "full") == 0 ? 1 : total / SAMPLES + 1;
        for (uint64_t n = 1; n <= total; n += step)
                for (int persistent = 0; persistent <= 1; persistent++)
                        bad += disturbed(n, persistent, wanted);
        printf("1..1\n%sok 1 - a cluster asked, %" PRIu64 " allocations\n", bad ? "not " : "", total);
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        (void)remove(event);
        (void)rmdir(folder);
        return bad ? 1 : 0;
}
