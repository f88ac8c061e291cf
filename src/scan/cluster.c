/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/cluster.h"

#include "base/alloc.h"
#include "base/error.h"
#include "kube/fetch.h"
#include "os/child.h"
#include "os/proc.h"

/* From the fetcher: one when the server has answered, one when it is done. The first may be the last. */
struct message {
        struct bw_error error; /* code 0: none */
        int minor;
        bool is_ready;
        char server[1024];
        char warnings[1536];   /* each ends with a line feed */
};
_Static_assert(sizeof(struct message) <= BW_CHILD_MESSAGE, "a message comes whole");

struct bw_cluster {
        struct bw_child child;
        struct message ready;
        struct bw_error end;
        bool ended;
};

/* What the fetcher needs, on the caller's stack when it is started. */
struct fetching {
        const struct bw_cluster_options *options;
        int messages;
};

static void send(const struct fetching *fetching, const struct message *message)
{
        /* Nobody hears it: then there is nobody to tell. */
        (void)!bw_child_write(fetching->messages, message, sizeof(*message));
}

static void on_ready(void *userdata, const struct bw_fetch_ready *ready)
{
        struct message message = {.is_ready = true, .minor = ready->minor};
        size_t n = BW_MIN(ready->server.n, sizeof(message.server) - 1);

        memcpy(message.server, ready->server.p, n);
        n = 0;
        for (size_t i = 0; i < ready->n_warnings && n + ready->warnings[i].n + 2 < sizeof(message.warnings); i++)
                n += (size_t)snprintf(message.warnings + n, sizeof(message.warnings) - n, "%.*s\n", BW_STR_ARG(ready->warnings[i]));
        send(userdata, &message);
}

static void run_fetcher(void *userdata, int data, int messages)
{
        struct fetching fetching = {.options = userdata, .messages = messages};
        const struct bw_cluster_options *options = userdata;
        struct message message = {0};
        const struct bw_fetch fetch = {
                .flags = &options->flags,
                .wanted = options->wanted,
                .userdata = options->userdata,
                .no_kubelets = options->no_kubelets,
                .sandbox = options->sandbox,
                .qps = options->qps,
                .timeout = options->timeout,
                .user_agent = options->user_agent,
                .cancel = bw_proc_watch_interrupts(),
                .data = data,
                .ready = on_ready,
                .ready_userdata = &fetching,
        };
        int r = bw_fetch_run(&fetch, &message.error);

        if (r < 0 && message.error.code == 0)
                (void)bw_error_set(&message.error, r, "the cluster cannot be read");
        send(&fetching, &message);
}

/* A message of our own process, but read with care: it has parsed what a stranger sent. */
static int hear(struct bw_cluster *cluster, struct message *ret, struct bw_error *reterr)
{
        int r = bw_child_message(&cluster->child, ret, sizeof(*ret), reterr);

        if (r < 0)
                return r;
        if (r == 0)
                return bw_error_set(reterr, -ECHILD, "the process that talks to the cluster ended without a word");
        ret->server[sizeof(ret->server) - 1] = '\0';
        ret->warnings[sizeof(ret->warnings) - 1] = '\0';
        ret->error.file[sizeof(ret->error.file) - 1] = '\0';
        ret->error.message[sizeof(ret->error.message) - 1] = '\0';
        if (ret->error.code >= 0)
                return 0;
        if (reterr)
                *reterr = ret->error;
        return ret->error.code;
}

int bw_cluster_open(const struct bw_cluster_options *options, struct bw_cluster **ret, struct bw_error *reterr)
{
        bw_auto(bw_cluster_close) struct bw_cluster *cluster = bw_zalloc(sizeof(*cluster));
        int r;

        if (!cluster)
                return bw_error_nomem(reterr);
        cluster->child = (struct bw_child)BW_CHILD_NONE;
        r = bw_child_start(run_fetcher, (void *)(uintptr_t)options, &cluster->child, reterr);
        if (r == 0) {
                bw_proc_share_interrupts(cluster->child.stop);
                r = hear(cluster, &cluster->ready, reterr);
        }
        if (r == 0 && !cluster->ready.is_ready)
                r = bw_error_set(reterr, -ECHILD, "the process that talks to the cluster ended too early");
        if (r < 0)
                return r;
        *ret = bw_take(cluster);
        return 0;
}

int bw_cluster_fd(const struct bw_cluster *cluster)
{
        return cluster->child.data;
}

struct bw_str bw_cluster_server(const struct bw_cluster *cluster)
{
        return bw_str(cluster->ready.server);
}

struct bw_str bw_cluster_warnings(const struct bw_cluster *cluster)
{
        return bw_str(cluster->ready.warnings);
}

int bw_cluster_minor(const struct bw_cluster *cluster)
{
        return cluster->ready.minor;
}

int bw_cluster_finish(struct bw_cluster *cluster, struct bw_error *reterr)
{
        struct message message;

        if (!cluster->ended) {
                cluster->ended = true;
                (void)!hear(cluster, &message, &cluster->end);
        }
        if (cluster->end.code && reterr)
                *reterr = cluster->end;
        return cluster->end.code;
}

void bw_cluster_close(struct bw_cluster *cluster)
{
        if (!cluster)
                return;
        bw_proc_share_interrupts(-1);
        bw_child_end(&cluster->child);
        bw_free(cluster);
}
