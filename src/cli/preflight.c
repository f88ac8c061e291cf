/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scan of a cluster would ask for, and whether it may: one SelfSubjectAccessReview for each resource.
 * Source: Kubernetes API reference, authorization.k8s.io/v1.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "cli/scan_cluster.h"
#include "cli/version.h"
#include "doc/doc.h"
#include "kube/fetch.h"
#include "scan/wanted.h"

#define REVIEWS "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

struct preflight {
        struct bw_cli *cli;
        struct bw_arena *arena;
        struct bw_kube_config *config;
        struct bw_kube_client *client;
        struct bw_buf body;
        struct bw_buf answer;
        struct bw_buf rows;
        struct bw_buf rules;       /* that are missing, as YAML */
        size_t n_allowed;
        size_t n;
};

static void preflight_done(struct preflight *p)
{
        bw_kube_client_free(p->client);
        bw_kube_config_free(p->config);
        bw_buf_done(&p->body);
        bw_buf_done(&p->answer);
        bw_buf_done(&p->rows);
        bw_buf_done(&p->rules);
}

static int review(struct preflight *p, const struct bw_kube_resource *resource, const char *verb, const char *subresource,
                  bool *ret_allowed, struct bw_error *reterr)
{
        struct bw_buf *body = &p->body;
        struct bw_doc doc;
        struct bw_value allowed;
        size_t used;
        int r;

        bw_buf_clear(body);
        bw_buf_clear(&p->answer);
        bw_buf_puts(body, "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\","
                          "\"spec\":{\"resourceAttributes\":{\"group\":");
        bw_buf_json(body, resource->group);
        bw_buf_puts(body, ",\"resource\":");
        bw_buf_json(body, resource->resource);
        bw_buf_printf(body, ",\"verb\":\"%s\"", verb);
        if (subresource)
                bw_buf_printf(body, ",\"subresource\":\"%s\"", subresource);
        if (p->config->ns_is_given && resource->namespaced) {
                bw_buf_puts(body, ",\"namespace\":");
                bw_buf_json(body, p->config->ns);
        }
        bw_buf_puts(body, "}}}");
        if (bw_buf_status(body) < 0)
                return bw_error_nomem(reterr);
        r = bw_kube_review(p->client, REVIEWS, bw_buf_view(body), &p->answer, reterr);
        if (r == 0)
                r = bw_json_read(p->arena, bw_buf_view(&p->answer), 1, 1, false, &doc, &used, reterr);
        if (r < 0)
                return r;
        allowed = bw_map_walk(doc.root, "status.allowed");
        *ret_allowed = allowed.type == BW_BOOL && allowed.b;
        return 0;
}

/* As people write it: deployments.apps. */
static void put_name(struct bw_buf *out, const struct bw_kube_resource *resource, const char *subresource)
{
        bw_buf_str(out, resource->resource);
        if (subresource)
                bw_buf_printf(out, "/%s", subresource);
        if (resource->group.n)
                bw_buf_printf(out, ".%.*s", BW_STR_ARG(resource->group));
}

static int check_one(struct preflight *p, const struct bw_kube_resource *resource, const char *verb, const char *subresource,
                     struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf name = {0};
        bool color = p->cli->out.color;
        bool allowed = false;
        int r = review(p, resource, verb, subresource, &allowed, reterr);

        if (r < 0)
                return r;
        p->n++;
        p->n_allowed += allowed;
        put_name(&name, resource, subresource);
        if (bw_buf_status(&name) < 0)
                return bw_error_nomem(reterr);
        bw_buf_printf(&p->rows, "%s%-8s%s %-5s ", !color ? "" : allowed ? "\x1b[32m" : "\x1b[31m", allowed ? "yes" : "no",
                      color ? "\x1b[0m" : "", verb);
        bw_buf_clean(&p->rows, bw_buf_view(&name));
        bw_buf_char(&p->rows, '\n');
        if (allowed)
                return 0;
        bw_buf_clear(&name);
        bw_buf_str(&name, resource->resource);
        if (subresource)
                bw_buf_printf(&name, "/%s", subresource);
        bw_buf_puts(&p->rules, "- ");
        bw_fetch_put_rule(&p->rules, resource->group, bw_buf_view(&name), verb);
        bw_buf_char(&p->rules, '\n');
        return 0;
}

static int check_all(struct preflight *p, const struct bw_args *args, struct bw_catalog *catalog, struct bw_error *reterr)
{
        static const struct bw_kube_resource nodes = {.version = {"v1", 2}, .resource = {"nodes", 5}, .kind = {"Node", 4}};
        const struct bw_kube_resource **plan;
        struct bw_kube_resource *resources;
        struct bw_str *broken;
        size_t n_broken;
        size_t n;
        int r = bw_kube_discover(p->client, p->arena, &resources, &n, &broken, &n_broken, reterr);

        if (r == 0)
                r = bw_fetch_plan(p->arena, resources, n, bw_scan_wants, catalog, &plan, &n, reterr);
        for (size_t i = 0; r == 0 && i < n; i++)
                if (plan[i]->namespaced || !p->config->ns_is_given)
                        r = check_one(p, plan[i], "list", NULL, reterr);
        if (r == 0 && !bw_args_has(args, BW_OPT_NO_KUBELETS) && !p->config->ns_is_given)
                r = check_one(p, &nodes, "get", "proxy", reterr);
        for (size_t i = 0; r == 0 && i < n_broken; i++) {
                bw_buf_puts(&p->rows, "unknown  list  ");
                bw_buf_clean(&p->rows, broken[i]);
                bw_buf_puts(&p->rows, ": the server of this API group does not answer\n");
        }
        return r;
}

static int connect_to(struct preflight *p, const struct bw_args *args, struct bw_error *reterr)
{
        struct bw_cluster_options options = {0};
        struct bw_kube_client_options client = {.user_agent = BW_STR("bulwark/" BW_VERSION)};
        int r = bw_cluster_args(args, true, p->arena, &options, reterr);

        if (r == 0)
                r = bw_kube_config_load(&options.flags, NULL, &p->config, reterr);
        if (r < 0)
                return r;
        client.config = p->config;
        client.qps = options.qps;
        client.timeout = options.timeout;
        return bw_kube_client_new(&client, &p->client, reterr);
}

int bw_preflight(struct bw_cli *cli, const struct bw_args *args, struct bw_catalog *catalog, struct bw_arena *arena)
{
        bw_auto_done(preflight_done) struct preflight p = {.cli = cli, .arena = arena};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_error error = {0};
        int r = connect_to(&p, args, &error);
        int status;

        if (r == 0)
                r = check_all(&p, args, catalog, &error);
        if (r < 0)
                return bw_cli_fail(cli, &error);
        bw_buf_puts(&out, "ALLOWED  VERB  RESOURCE\n");
        bw_buf_str(&out, bw_buf_view(&p.rows));
        bw_buf_printf(&out, "\n%zu of %zu questions of a scan of %.*s would be answered.\n", p.n_allowed, p.n,
                      BW_STR_ARG(p.config->server));
        if (p.rules.n) {
                bw_buf_puts(&out, "These rules of a ClusterRole allow the others (bulwark cluster rbac prints all of it):\n\n");
                bw_buf_str(&out, bw_buf_view(&p.rules));
        }
        status = bw_cli_print(cli, &out);
        return status == BW_EXIT_OK && p.n_allowed < p.n ? BW_EXIT_USAGE : status;
}
