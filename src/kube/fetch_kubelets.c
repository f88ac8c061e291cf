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

static const struct bw_kube_resource nodes_proxy = {
        .version = {"v1", 2}, .resource = {"nodes/proxy", 11}, .kind = {"NodeProxyOptions", 16}};

struct kubelets {
        struct fetcher *f;
        struct bw_kube_get_one *asks;
        struct bw_error error;     /* of the first that did not answer */
        int code;
        uint64_t answered;
        uint64_t bytes;
        bool gave_up;
};

/* "v1.32.13" */
static int minor_of(struct bw_str version)
{
        struct bw_str major;
        struct bw_str minor;
        uint64_t n;

        if (!bw_str_split(&version, '.', &major) || !bw_str_is(major, "v1") || !bw_str_split(&version, '.', &minor))
                return -1;
        return bw_str_to_u64(minor, &n) == 0 && n < 1000 ? (int)n : -1;
}

int fetch_take_nodes(struct fetcher *f, struct bw_str page)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        struct bw_value items;
        struct bw_doc doc;
        size_t used;

        if (!arena)
                return -ENOMEM;
        /* What cannot be read will be told of by those who judge it. */
        if (bw_json_read(arena, page, 1, 1, false, &doc, &used, NULL) < 0)
                return 0;
        items = bw_map_get(doc.root, BW_STR("items"));
        for (size_t i = 0; items.type == BW_LIST && i < items.n; i++) {
                struct bw_value node = bw_list_get(items, i);
                struct bw_str name = bw_map_text(bw_map_get(node, BW_STR("metadata")), "name");
                struct bw_value info = bw_map_walk(node, "status.nodeInfo");
                struct fetch_node kept = {.minor = minor_of(bw_map_text(info, "kubeletVersion"))};

                /* A name is one segment of a path. */
                if (name.n == 0 || name.n > 253 || name.p[0] == '.')
                        continue;
                f->too_many_nodes = f->n_nodes == BW_LIMIT_KUBELETS;
                if (f->too_many_nodes)
                        return 0;
                kept.name = bw_arena_str(f->arena, name);
                if (!kept.name.p || bw_arena_grow(f->arena, &f->nodes, &f->cap_nodes, f->n_nodes, sizeof(kept)) < 0)
                        return -ENOMEM;
                f->nodes[f->n_nodes++] = kept;
        }
        return 0;
}

static int make_asks(struct kubelets *k)
{
        bw_auto_done(bw_buf_done) struct bw_buf path = {0};

        k->asks = bw_arena_array(k->f->arena, k->f->n_nodes + 1, sizeof(*k->asks));
        if (!k->asks)
                return -ENOMEM;
        for (size_t i = 0; i < k->f->n_nodes; i++) {
                struct bw_kube_get_one *ask = &k->asks[i];

                bw_buf_clear(&path);
                bw_buf_puts(&path, "/api/v1/nodes/");
                bw_kube_url_escape(&path, k->f->nodes[i].name);
                bw_buf_puts(&path, "/proxy/configz");
                if (bw_buf_status(&path) < 0)
                        return -ENOMEM;
                *ask = (struct bw_kube_get_one){.path = bw_arena_str(k->f->arena, bw_buf_view(&path)),
                                                .max = BW_LIMIT_CONFIG_BYTES,
                                                .userdata = &k->f->nodes[i]};
                if (!ask->path.p)
                        return -ENOMEM;
        }
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

static int put_configz(struct kubelets *k, const struct fetch_node *node, struct bw_str body)
{
        struct bw_buf *out = &k->f->text;
        struct bw_error err = {0};
        int r;

        bw_buf_clear(out);
        bw_buf_puts(out, "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"KubeletConfigz\",\"metadata\":{\"name\":");
        bw_buf_json(out, node->name);
        bw_buf_char(out, '}');
        if (node->minor >= 0)
                bw_buf_printf(out, ",\"kubernetesMinor\":%d", node->minor);
        bw_buf_puts(out, ",\"answer\":");
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
                return put_configz(k, get->userdata, body);
        }
        if (k->code == 0) {
                const struct fetch_node *node = get->userdata;

                k->code = err->code ? err->code : -EPROTO;
                k->error = *err;
                if (err->code == 0)
                        (void)bw_error_set(&k->error, -EPROTO, "the kubelet of %.*s gives no JSON object", BW_STR_ARG(node->name));
        }
        return 0;
}

static int ask_all(struct kubelets *k, struct bw_error *reterr)
{
        struct fetch_outcome outcome = {.resource = &nodes_proxy, .verb = "get", .wanted = k->f->n_nodes};
        struct bw_error err = {0};
        size_t n = k->f->n_nodes;
        int r = 0;

        /* Whether the server allows it is known after the first. */
        if (n)
                r = bw_kube_many(k->f->client, k->asks, 1, on_answer, k, &err);
        if (r == 0 && n > 1 && !fetch_is_refused(&k->error))
                r = bw_kube_many(k->f->client, k->asks + 1, n - 1, on_answer, k, &err);
        if (r == -ENOMEM || k->gave_up) {
                if (reterr)
                        *reterr = err;
                return r;
        }
        if (r == 0 && k->code == 0 && k->f->too_many_nodes)
                r = bw_error_set(&err, -E2BIG, "more than %d nodes: the kubelets of the others were not asked", BW_LIMIT_KUBELETS);
        outcome.code = r < 0 ? r : k->code;
        outcome.error = r < 0 ? err : k->error;
        outcome.answered = outcome.pages = k->answered;
        outcome.bytes = k->bytes;
        return fetch_add_outcome(k->f, &outcome, reterr);
}

/* Why no node is known: their list was refused, or broke off. */
static const struct fetch_outcome *failed_list(const struct fetcher *f)
{
        for (size_t i = 0; i < f->n_outcomes; i++)
                if (bw_str_is(f->outcomes[i].resource->resource, "nodes") && f->outcomes[i].resource->group.n == 0 &&
                    f->outcomes[i].code < 0)
                        return &f->outcomes[i];
        return NULL;
}

int fetch_kubelets(struct fetcher *f, struct bw_error *reterr)
{
        struct kubelets k = {.f = f};
        const struct fetch_outcome *failed = failed_list(f);

        if (!f->options->wanted(f->options->userdata, BW_STR("kubelet.config.k8s.io"), BW_STR("KubeletConfiguration")))
                return 0;
        if (failed && f->n_nodes == 0) {
                struct fetch_outcome outcome = {.resource = &nodes_proxy, .verb = "get", .code = failed->code};

                /* Not the right on nodes/proxy is missing. */
                if (outcome.code == -EACCES)
                        outcome.code = -ENOENT;
                (void)bw_error_set(&outcome.error, outcome.code, "the nodes are not known: %s", failed->error.message);
                return fetch_add_outcome(f, &outcome, reterr);
        }
        if (make_asks(&k) < 0)
                return bw_error_nomem(reterr);
        return ask_all(&k, reterr);
}
