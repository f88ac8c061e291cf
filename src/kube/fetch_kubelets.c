/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every kubelet runs with, through the API server: GET /api/v1/nodes/NAME/proxy/configz.
 * Source: k8s.io/kubernetes pkg/kubelet/server/server.go (configz), k8s.io/component-base/configz.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/doc.h"
#include "doc/stream.h"
#include "kube/fetch_internal.h"
#include "kube/url.h"

static const struct bw_kube_resource nodes = {
        .version = {"v1", 2}, .resource = {"nodes", 5}, .kind = {"Node", 4}, .can_list = true};
static const struct bw_kube_resource nodes_proxy = {
        .version = {"v1", 2}, .resource = {"nodes/proxy", 11}, .kind = {"NodeProxyOptions", 16}};

struct kubelets {
        struct fetcher *f;
        struct bw_buf page;
        struct bw_kube_get_one *asks;
        size_t n_asks;
        size_t cap_asks;
        struct bw_error error;     /* of the first that did not answer */
        int code;
        uint64_t answered;
        uint64_t bytes;
        bool gave_up;
};

static int add_node(struct kubelets *k, struct bw_str name)
{
        bw_auto_done(bw_buf_done) struct bw_buf path = {0};
        struct bw_kube_get_one get = {.max = BW_LIMIT_CONFIG_BYTES};
        struct bw_str *kept = bw_arena_alloc(k->f->arena, sizeof(*kept));

        if (!kept || bw_arena_grow(k->f->arena, &k->asks, &k->cap_asks, k->n_asks, sizeof(get)) < 0)
                return -ENOMEM;
        *kept = bw_arena_str(k->f->arena, name);
        bw_buf_puts(&path, "/api/v1/nodes/");
        bw_kube_url_escape(&path, name);
        bw_buf_puts(&path, "/proxy/configz");
        get.path = bw_buf_status(&path) < 0 ? (struct bw_str){0} : bw_arena_str(k->f->arena, bw_buf_view(&path));
        get.userdata = kept;
        if (!kept->p || !get.path.p)
                return -ENOMEM;
        k->asks[k->n_asks++] = get;
        return 0;
}

/* Names of nodes: those of a page of metadata. */
static int take_page(struct kubelets *k)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        struct bw_value items;
        struct bw_doc doc;
        size_t used;
        int r;

        if (!arena)
                return -ENOMEM;
        r = bw_json_read(arena, bw_buf_view(&k->page), 1, 1, false, &doc, &used, NULL);
        if (r < 0)
                return r;
        items = bw_map_get(doc.root, BW_STR("items"));
        for (size_t i = 0; items.type == BW_LIST && i < items.n; i++) {
                struct bw_str name = bw_map_text(bw_map_get(bw_list_get(items, i), BW_STR("metadata")), "name");

                /* A name is one segment of a path. */
                if (name.n == 0 || name.n > 253 || name.p[0] == '.')
                        continue;
                if (k->n_asks == BW_LIMIT_KUBELETS)
                        return -E2BIG;
                if (add_node(k, name) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int on_piece(void *userdata, struct bw_str bytes, bool page_end)
{
        struct kubelets *k = userdata;
        int r;

        bw_buf_str(&k->page, bytes);
        if (bw_buf_status(&k->page) < 0)
                return bw_buf_status(&k->page);
        if (!page_end)
                return 0;
        r = take_page(k);
        bw_buf_clear(&k->page);
        return r;
}

static int on_restart(void *userdata)
{
        struct kubelets *k = userdata;

        bw_buf_clear(&k->page);
        return 0;
}

/* One JSON object, and nothing behind it: else it could speak for others. */
static bool is_one_object(struct bw_str body)
{
        struct bw_str rest = body;
        struct bw_piece piece;
        struct bw_cutter cutter;

        bw_cutter_init(&cutter, BW_FORMAT_JSON, false);
        return bw_stream_format(body) == BW_FORMAT_JSON && bw_cutter_next(&cutter, &rest, true, &piece, NULL) == 1 &&
               bw_str_trim(rest).n == 0;
}

static int put_configz(struct kubelets *k, struct bw_str node, struct bw_str body)
{
        struct bw_buf *out = &k->f->text;
        struct bw_error err = {0};
        int r;

        bw_buf_clear(out);
        bw_buf_puts(out, "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"KubeletConfigz\",\"metadata\":{\"name\":");
        bw_buf_json(out, node);
        bw_buf_puts(out, "},\"answer\":");
        for (size_t i = 0; i < body.n; i++)
                bw_buf_char(out, body.p[i] == '\n' || body.p[i] == '\r' ? ' ' : body.p[i]);
        bw_buf_char(out, '}');
        r = fetch_put_document(k->f, &err);
        k->gave_up = r < 0;
        return r;
}

static int on_answer(void *userdata, const struct bw_kube_get_one *get, struct bw_str body, const struct bw_error *err)
{
        struct kubelets *k = userdata;

        if (err->code == 0 && is_one_object(body)) {
                k->answered++;
                k->bytes += body.n;
                return put_configz(k, *(const struct bw_str *)get->userdata, body);
        }
        if (k->code == 0) {
                const struct bw_str *node = get->userdata;

                k->code = err->code ? err->code : -EPROTO;
                k->error = *err;
                if (err->code == 0)
                        (void)bw_error_set(&k->error, -EPROTO, "the kubelet of %.*s gives no JSON object", BW_STR_ARG(*node));
        }
        return 0;
}

static int ask_all(struct kubelets *k, struct bw_error *reterr)
{
        struct fetch_outcome outcome = {.resource = &nodes_proxy, .verb = "get", .wanted = k->n_asks};
        struct bw_error err = {0};
        int r = 0;

        /* Whether the server allows it is known after the first. */
        if (k->n_asks)
                r = bw_kube_many(k->f->client, k->asks, 1, on_answer, k, &err);
        if (r == 0 && k->n_asks > 1 && !fetch_is_refused(&k->error))
                r = bw_kube_many(k->f->client, k->asks + 1, k->n_asks - 1, on_answer, k, &err);
        if (r == -ENOMEM || k->gave_up) {
                if (reterr)
                        *reterr = err;
                return r;
        }
        outcome.code = r < 0 ? r : k->code;
        outcome.error = r < 0 ? err : k->error;
        outcome.answered = outcome.pages = k->answered;
        outcome.bytes = k->bytes;
        return fetch_add_outcome(k->f, &outcome, reterr);
}

int fetch_kubelets(struct fetcher *f, struct bw_error *reterr)
{
        const struct bw_kube_list list = {.resource = &nodes, .metadata_only = true};
        struct kubelets k = {.f = f};
        const struct bw_kube_sink sink = {.piece = on_piece, .restart = on_restart, .userdata = &k};
        struct bw_kube_listed listed;
        struct bw_error err = {0};
        int r;

        if (!f->options->wanted(f->options->userdata, BW_STR("kubelet.config.k8s.io"), BW_STR("KubeletConfiguration")))
                return 0;
        r = bw_kube_list(f->client, &list, &sink, &listed, &err);
        bw_buf_done(&k.page);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        if (r < 0) {
                const struct fetch_outcome outcome = {.resource = &nodes_proxy, .verb = "get", .code = r, .error = err};

                return fetch_add_outcome(f, &outcome, reterr);
        }
        return ask_all(&k, reterr);
}
