/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches. The server ends each after a while, and so does a proxy between; the next one goes on where it was.
 * Source: Kubernetes API concepts, "Efficient detection of changes" (bookmarks, 410); k8s.io/client-go
 *         tools/cache/reflector.go (how long a watch is asked for, pauses between).
 */
#include "base/arena.h"
#include "base/limits.h"
#include "kube/client_internal.h"

#define WATCH_SECONDS 300  /* and up to as many more by chance, so that watches do not end together */
#define GRACE_SECONDS 30   /* the server ends it, not we */
#define SHORT_MS 1000      /* one that ends sooner and brought nothing has failed, whatever it says */

struct watcher {
        struct bw_kube_client *client;
        struct bw_kube_frames frames;
        struct bw_arena *arena;   /* of one event */
        struct bw_buf path;
        struct bw_buf *version;
        int (*event)(void *userdata, struct bw_str json);
        void *userdata;
        struct bw_error err;      /* of the event that ended it */
        bool is_stopped;          /* by the caller */
        bool has_brought;         /* an event, since it was connected */
};

static int take_version(struct watcher *watcher, const struct bw_kube_event *event)
{
        if (!event->resource_version.n)
                return 0;
        bw_buf_clear(watcher->version);
        bw_buf_str(watcher->version, event->resource_version);
        return bw_buf_status(watcher->version) < 0 ? bw_error_nomem(&watcher->err) : 0;
}

/* An error ends the watch; 410 says that its resourceVersion is too old. */
static int take_error(struct watcher *watcher, const struct bw_kube_event *event)
{
        const struct bw_kube_status *status = &event->status;
        bool is_old = status->code == 410 || bw_str_is(status->reason, "Expired") || bw_str_is(status->reason, "Gone");
        bool is_passing = status->code == 0 || status->code == 429 || status->code >= 500;

        return bw_error_set(&watcher->err, is_old ? -ESTALE : is_passing ? -EAGAIN : -EINVAL,
                            "the watch ended with an error: %.*s", BW_STR_ARG(status->message));
}

static int on_event(void *userdata, struct bw_str json)
{
        struct watcher *watcher = userdata;
        struct bw_kube_event event;
        int r;

        bw_arena_reset(watcher->arena);
        r = bw_kube_event_read(watcher->arena, json, &event, &watcher->err);
        if (r == 0 && event.type == BW_KUBE_EVENT_ERROR)
                r = take_error(watcher, &event);
        if (r < 0)
                return r;
        watcher->has_brought = true;
        if (event.type == BW_KUBE_EVENT_OBJECT) {
                r = watcher->event(watcher->userdata, json);
                watcher->is_stopped = r > 0;
        }
        /* An event that the caller failed to take comes again with the next watch. */
        if (r < 0)
                return bw_error_set(&watcher->err, r, "the event was not taken");
        r = take_version(watcher, &event);
        return r == 0 && watcher->is_stopped ? -ECANCELED : r;
}

static int on_piece(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        struct watcher *watcher = userdata;

        return bw_kube_frames_feed(&watcher->frames, bytes, on_event, watcher, reterr);
}

static int make_path(struct watcher *watcher, const struct bw_kube_list *list, unsigned seconds, struct bw_error *reterr)
{
        bw_buf_clear(&watcher->path);
        bw_kube_list_path(&watcher->path, list);
        bw_buf_puts(&watcher->path, "watch=true&allowWatchBookmarks=true&resourceVersion=");
        bw_kube_url_escape(&watcher->path, bw_buf_view(watcher->version));
        bw_buf_printf(&watcher->path, "&timeoutSeconds=%u", seconds);
        return bw_buf_status(&watcher->path) < 0 ? bw_error_nomem(reterr) : 0;
}

/* One connection. 0: it came to its end; the request's failure otherwise. */
static int watch_once(struct watcher *watcher, const struct bw_kube_list *list, int64_t pause, int64_t *ret_retry_after,
                      struct bw_error *reterr)
{
        struct bw_kube_client *client = watcher->client;
        unsigned seconds = WATCH_SECONDS + (unsigned)(bw_kube_random(client) % WATCH_SECONDS);
        struct bw_kube_request request = {
                .accept = list->metadata_only ? "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
                                              : "application/json",
                .is_watch = true,
                .max = SIZE_MAX,
                .seconds = seconds + GRACE_SECONDS,
                .tries = 1,
                .piece = on_piece,
                .userdata = watcher,
                .not_before = bw_kube_client_now(client) + pause,
        };
        int r = make_path(watcher, list, seconds, reterr);

        if (r < 0)
                return r;
        request.path = watcher->path.p;
        client->lost = 0; /* the pauses are ours */
        bw_kube_frames_clear(&watcher->frames);
        bw_error_clear(&watcher->err);
        watcher->has_brought = false;
        r = bw_kube_run(client, &request, reterr);
        *ret_retry_after = request.retry_after;
        bw_kube_request_done(client, &request);
        if (watcher->err.code && !watcher->is_stopped && reterr) {
                *reterr = watcher->err;
                r = watcher->err.code;
        }
        return r;
}

static bool is_passing(int r)
{
        return r == 0 || r == -EAGAIN || r == -ETIMEDOUT || r == -ECONNRESET || r == -ECONNREFUSED || r == -EHOSTUNREACH ||
               r == -ECONNABORTED;
}

static int watch(struct watcher *watcher, const struct bw_kube_list *list, struct bw_error *reterr)
{
        struct bw_kube_client *client = watcher->client;
        unsigned n_failed = 0;
        int64_t pause = 0;

        for (;;) {
                int64_t started = bw_kube_client_now(client) + pause;
                int64_t retry_after = -1;
                struct bw_error err = {0};
                int r = watch_once(watcher, list, pause, &retry_after, &err);
                bool is_short = bw_kube_client_now(client) - started < SHORT_MS;

                if (watcher->is_stopped)
                        return 0;
                n_failed = watcher->has_brought || (r == 0 && !is_short) ? 0 : n_failed + 1;
                if (!is_passing(r) || n_failed >= client->options.tries) {
                        if (r == 0)
                                r = bw_error_set(&err, -EAGAIN, "the server ends the watch as soon as it has begun");
                        if (reterr && !reterr->code)
                                *reterr = err;
                        return r;
                }
                pause = r == 0 && !n_failed ? 0 : (int64_t)bw_kube_pause(BW_MAX(n_failed, 1u), bw_kube_random(client));
                pause = BW_MAX(pause, retry_after);
                if (r < 0)
                        bw_kube_tell_pause(client, &err, pause);
        }
}

int bw_kube_watch(struct bw_kube_client *client, const struct bw_kube_list *list, struct bw_buf *resource_version,
                  int (*event)(void *userdata, struct bw_str json), void *userdata, struct bw_error *reterr)
{
        struct watcher watcher = {
                .client = client,
                .arena = bw_arena_new(0),
                .version = resource_version,
                .event = event,
                .userdata = userdata,
        };
        int r = watcher.arena ? watch(&watcher, list, reterr) : bw_error_nomem(reterr);

        bw_kube_frames_done(&watcher.frames);
        bw_buf_done(&watcher.path);
        bw_arena_free(watcher.arena);
        return r;
}
