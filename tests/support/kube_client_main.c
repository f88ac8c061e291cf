/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kube-client: what src/kube/client.h does, as a program, for tests against API servers that misbehave or are real:
 *
 *     kube-client [--context NAME] [--as USER] [--tries N] [--timeout SECONDS] [--limit N] [--ns NAMESPACE] [--metadata] [--raw]
 *                 KUBECONFIG get PATH | list GROUP/VERSION/RESOURCE | watch GROUP/VERSION/RESOURCE FROM N | discover | many PATH…
 *
 * One JSON object on standard output says what came; the error's code and message stand in it.
 */
#define BW_ALLOW_BANNED
#include <getopt.h>
#include <signal.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "kube/client.h"

static atomic_bool cancelled;

struct got {
        uint64_t bytes, pages, restarts, begun_again, events, failed;
        uint64_t wanted;
        bool raw;
};

static int piece(void *userdata, struct bw_str bytes, bool page_end)
{
        struct got *got = userdata;

        got->bytes += bytes.n;
        got->pages += page_end;
        if (got->raw)
                (void)fwrite(bytes.p, 1, bytes.n, stdout);
        return 0;
}

static int restart(void *userdata)
{
        ((struct got *)userdata)->restarts++;
        return 0;
}

static int again(void *userdata)
{
        ((struct got *)userdata)->begun_again++;
        return 0;
}

static int event(void *userdata, struct bw_str json)
{
        struct got *got = userdata;

        if (got->raw)
                (void)printf("%.*s\n", BW_STR_ARG(json));
        got->bytes += json.n;
        return ++got->events == got->wanted ? 1 : 0;
}

static int done(void *userdata, const struct bw_kube_get_one *get, struct bw_str body, const struct bw_error *err)
{
        struct got *got = userdata;

        if (got->raw)
                (void)printf("%.*s %d %s\n", BW_STR_ARG(get->path), err->code, err->message);
        got->bytes += body.n;
        got->pages++;
        got->failed += err->code != 0;
        return 0;
}

static void on_signal(int number BW_UNUSED)
{
        atomic_store(&cancelled, true);
}

/* "apps/v1/deployments", "/v1/pods" */
static struct bw_kube_resource resource_of(const char *text)
{
        struct bw_str rest = bw_str(text);
        struct bw_kube_resource r = {.namespaced = true, .can_list = true, .can_watch = true};

        (void)bw_str_split(&rest, '/', &r.group);
        (void)bw_str_split(&rest, '/', &r.version);
        r.resource = rest;
        return r;
}

static int many(struct bw_kube_client *client, char **paths, int n, struct got *got, struct bw_error *err)
{
        struct bw_kube_get_one wanted[64];

        for (int i = 0; i < n && i < 64; i++)
                wanted[i] = (struct bw_kube_get_one){.path = bw_str(paths[i]), .max = BW_MIB};
        return bw_kube_many(client, wanted, (size_t)BW_MIN(n, 64), done, got, err);
}

static int discover(struct bw_kube_client *client, struct got *got, struct bw_error *err)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_kube_resource *resources;
        struct bw_str *broken;
        size_t n, n_broken;
        int r = bw_kube_discover(client, arena, &resources, &n, &broken, &n_broken, err);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n && got->raw; i++)
                (void)printf("%.*s/%.*s/%.*s %.*s%s%s%s\n", BW_STR_ARG(resources[i].group), BW_STR_ARG(resources[i].version),
                             BW_STR_ARG(resources[i].resource), BW_STR_ARG(resources[i].kind),
                             resources[i].namespaced ? " namespaced" : "", resources[i].can_list ? " list" : "",
                             resources[i].can_watch ? " watch" : "");
        for (size_t i = 0; i < n_broken && got->raw; i++)
                (void)printf("broken %.*s\n", BW_STR_ARG(broken[i]));
        got->pages = n;
        got->failed = n_broken;
        return 0;
}

static int run(struct bw_kube_client *client, struct bw_kube_list *list, char **arg, int n, struct got *got, struct bw_error *err)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_kube_sink sink = {.piece = piece, .restart = restart, .again = again, .userdata = got};
        struct bw_kube_listed listed = {0};
        struct bw_kube_resource resource;

        if (strcmp(arg[0], "discover") == 0)
                return discover(client, got, err);
        if (n < 2)
                return bw_error_set(err, -EINVAL, "usage");
        if (strcmp(arg[0], "many") == 0)
                return many(client, arg + 1, n - 1, got, err);
        if (strcmp(arg[0], "get") == 0) {
                int r = bw_kube_get(client, arg[1], "application/json", BW_LIMIT_KUBE_DISCOVERY, &text, err);

                got->bytes = text.n;
                if (got->raw)
                        (void)printf("%.*s\n", BW_STR_ARG(bw_buf_view(&text)));
                return r;
        }
        resource = resource_of(arg[1]);
        list->resource = &resource;
        if (strcmp(arg[0], "list") == 0)
                return bw_kube_list(client, list, &sink, &listed, err);
        if (n < 4)
                return bw_error_set(err, -EINVAL, "usage");
        bw_buf_puts(&text, arg[2]);
        got->wanted = strtoull(arg[3], NULL, 10);
        return bw_kube_watch(client, list, &text, event, got, err);
}

int main(int argc, char **argv)
{
        static const struct option long_options[] = {
                {"context", 1, NULL, 'c'}, {"as", 1, NULL, 'a'},       {"tries", 1, NULL, 't'}, {"timeout", 1, NULL, 'T'},
                {"limit", 1, NULL, 'l'},   {"metadata", 0, NULL, 'm'}, {"raw", 0, NULL, 'r'},   {"ns", 1, NULL, 'n'},
                {0},
        };
        bw_auto(bw_kube_config_free) struct bw_kube_config *config = NULL;
        bw_auto(bw_kube_client_free) struct bw_kube_client *client = NULL;
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_kube_client_options options = {.cancel = &cancelled, .user_agent = BW_STR("kube-client")};
        struct bw_kube_flags flags = {0};
        struct bw_kube_list list = {0};
        struct bw_kube_stats stats = {0};
        struct bw_error err = {0};
        struct got got = {0};
        int c, r;

        while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
                switch (c) {
                case 'c': flags.context = bw_str(optarg); break;
                case 'a': flags.as_user = bw_str(optarg); break;
                case 't': options.tries = (unsigned)atoi(optarg); break;
                case 'T': options.timeout = (unsigned)atoi(optarg); break;
                case 'l': list.limit = (unsigned)atoi(optarg); break;
                case 'n': list.ns = bw_str(optarg); break;
                case 'm': list.metadata_only = true; break;
                case 'r': got.raw = true; break;
                default: return 2;
                }
        }
        if (argc - optind < 2)
                return 2;
        (void)signal(SIGINT, on_signal);
        flags.kubeconfig = bw_str(argv[optind]);
        r = bw_kube_config_load(&flags, NULL, &config, &err);
        if (r == 0) {
                options.config = config;
                r = bw_kube_client_new(&options, &client, &err);
        }
        if (r == 0)
                r = run(client, &list, argv + optind + 1, argc - optind - 1, &got, &err);
        if (client)
                stats = bw_kube_client_stats(client);
        bw_buf_printf(&out, "{\"code\":%d,\"error\":\"%s\",\"message\":", r, r < 0 ? strerrorname_np(-r) : "");
        bw_buf_json(&out, bw_str(err.message));
        bw_buf_printf(&out,
                      ",\"bytes\":%" PRIu64 ",\"pages\":%" PRIu64 ",\"restarts\":%" PRIu64 ",\"again\":%" PRIu64 ",\"events\":%" PRIu64
                      ",\"failed\":%" PRIu64 ",\"requests\":%" PRIu64 ",\"retries\":%" PRIu64 ",\"packed\":%" PRIu64 ",\"http\":%u}\n",
                      got.bytes, got.pages, got.restarts, got.begun_again, got.events, got.failed, stats.requests, stats.retries,
                      stats.packed_bytes, stats.http_version);
        (void)fputs(out.p, stdout);
        return r == 0 ? 0 : 1;
}
